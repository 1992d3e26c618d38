//! Takes the bytes of a picture file, JPEG or PNG; gives its pixels, no more than a terminal shows.
//! Never decodes what is too large by its header, never panics: decoders are other people's, and covers come from anywhere.

use std::io::Cursor;

use png::{ColorType, Transformations};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::guard::{Panicked, guarded};

/// Larger files are no covers, in bytes.
pub(in crate::tui) const LARGEST: usize = 20 << 20;

/// Pictures of more pixels are not decoded: a JPEG takes three bytes for each while it is.
const MOST_PIXELS: usize = 24_000_000;

/// The longer side that is kept.
const SIDE: usize = 640;

/// Passes over a progressive JPEG; usual are ten.
const MOST_SCANS: usize = 40;

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
pub enum NoPicture {
    /// Neither JPEG nor PNG.
    #[error("it is of a kind that is not shown")]
    Unknown,
    /// Too many bytes or pixels.
    #[error("it is too large")]
    TooLarge,
    /// The PNG is damaged.
    #[error("it is damaged: {0}")]
    Png(#[from] png::DecodingError),
    /// The JPEG is damaged.
    #[error("it is damaged: {0:?}")]
    Jpeg(zune_jpeg::errors::DecodeErrors),
    /// The decoder did not bear it.
    #[error(transparent)]
    Panicked(#[from] Panicked),
}

impl From<zune_jpeg::errors::DecodeErrors> for NoPicture {
    fn from(error: zune_jpeg::errors::DecodeErrors) -> Self {
        Self::Jpeg(error)
    }
}

/// Pixels in rows, each red, green and blue. Has at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    height: usize,
    rgb: Vec<[u8; 3]>,
}

impl Picture {
    /// Decodes a file; what is transparent becomes black.
    ///
    /// # Errors
    /// When it is too large, damaged at its beginning, or neither JPEG nor PNG.
    pub fn decode(bytes: &[u8]) -> Result<Self, NoPicture> {
        if bytes.len() > LARGEST {
            return Err(NoPicture::TooLarge);
        }
        match bytes {
            [0x89, b'P', b'N', b'G', ..] => guarded(|| decode_png(bytes))?,
            [0xFF, 0xD8, 0xFF, ..] => guarded(|| decode_jpeg(bytes))?,
            _ => Err(NoPicture::Unknown),
        }
    }

    /// Its width and height in pixels.
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Its pixels, row by row.
    pub fn rgb(&self) -> &[[u8; 3]] {
        &self.rgb
    }

    /// A pixel; black outside.
    pub fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let inside = x < self.width && y < self.height;
        if inside { self.rgb[y * self.width + x] } else { [0; 3] }
    }

    /// In another size: every pixel the mean of those that it covers.
    pub fn scaled(&self, to: (usize, usize)) -> Self {
        let (width, height) = (to.0.max(1), to.1.max(1));
        let covered = |at: usize, of: usize, from: usize| {
            let begin = at * from / of;
            begin..((at + 1) * from / of).max(begin + 1)
        };
        let mean = |x: usize, y: usize| {
            let (columns, rows) = (covered(x, width, self.width), covered(y, height, self.height));
            let count = (columns.len() * rows.len()) as u32;
            let mut sum = [0_u32; 3];
            for y in rows {
                for pixel in &self.rgb[y * self.width..][columns.clone()] {
                    sum.iter_mut().zip(pixel).for_each(|(sum, part)| *sum += u32::from(*part));
                }
            }
            sum.map(|sum| (sum / count) as u8)
        };
        let rgb =
            (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| mean(x, y)).collect();
        Self { width, height, rgb }
    }

    /// In its own shape, no larger than this: a terminal makes it larger by itself.
    pub fn at_most(&self, most: (usize, usize)) -> Self {
        let share = |most: usize, own: usize| most as f64 / own as f64;
        let scale = share(most.0, self.width).min(share(most.1, self.height));
        if scale >= 1.0 {
            return self.clone();
        }
        self.scaled(((self.width as f64 * scale) as usize, (self.height as f64 * scale) as usize))
    }
}

/// Checks what a header says before anything is made of it.
fn checked(width: usize, height: usize) -> Result<(), NoPicture> {
    let pixels = width.checked_mul(height).filter(|pixels| (1..=MOST_PIXELS).contains(pixels));
    pixels.map(|_| ()).ok_or(NoPicture::TooLarge)
}

/// Makes a picture small while its rows come.
struct Shrinker {
    from: (usize, usize),
    to: (usize, usize),
    sums: Vec<[u32; 3]>,
    counts: Vec<u32>,
}

impl Shrinker {
    fn new(width: usize, height: usize) -> Self {
        let longer = width.max(height);
        let small = |side: usize| if longer > SIDE { (side * SIDE / longer).max(1) } else { side };
        let to = (small(width), small(height));
        let pixels = to.0 * to.1;
        Self { from: (width, height), to, sums: vec![[0; 3]; pixels], counts: vec![0; pixels] }
    }

    fn add(&mut self, y: usize, row: impl Iterator<Item = [u8; 3]>) {
        let begin = y.min(self.from.1 - 1) * self.to.1 / self.from.1 * self.to.0;
        for (x, pixel) in row.take(self.from.0).enumerate() {
            let at = begin + x * self.to.0 / self.from.0;
            self.sums[at].iter_mut().zip(pixel).for_each(|(sum, part)| *sum += u32::from(part));
            self.counts[at] += 1;
        }
    }

    fn picture(self) -> Picture {
        let mean = |(sum, count): (&[u32; 3], &u32)| sum.map(|sum| (sum / (*count).max(1)) as u8);
        let rgb = self.sums.iter().zip(&self.counts).map(mean).collect();
        Picture { width: self.to.0, height: self.to.1, rgb }
    }
}

fn decode_png(bytes: &[u8]) -> Result<Picture, NoPicture> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    let header = decoder.read_header_info()?;
    let (width, height) = (header.width as usize, header.height as usize);
    checked(width, height)?;
    let interlaced = header.interlaced;
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info()?;
    let colour = reader.output_color_type().0;
    let mut shrinker = Shrinker::new(width, height);
    if interlaced {
        let mut all = vec![0; reader.output_buffer_size().ok_or(NoPicture::TooLarge)?];
        let line = reader.next_frame(&mut all)?.line_size;
        for (y, row) in all.chunks(line.max(1)).enumerate() {
            shrinker.add(y, pixels(colour, row));
        }
        return Ok(shrinker.picture());
    }
    let mut y = 0;
    loop {
        match reader.next_row() {
            Ok(Some(row)) => shrinker.add(y, pixels(colour, row.data())),
            Ok(None) => break,
            // What there is of a picture that is cut short is better than nothing.
            Err(error) if y == 0 => return Err(error.into()),
            Err(_) => break,
        }
        y += 1;
    }
    Ok(shrinker.picture())
}

/// The pixels of a row of eight bits a sample, on black.
fn pixels(colour: ColorType, row: &[u8]) -> impl Iterator<Item = [u8; 3]> {
    let on_black = |part: u8, alpha: u8| (u16::from(part) * u16::from(alpha) / 255) as u8;
    row.chunks_exact(colour.samples()).map(move |pixel| match *pixel {
        [grey] => [grey; 3],
        [grey, alpha] => [on_black(grey, alpha); 3],
        [red, green, blue] => [red, green, blue],
        [red, green, blue, alpha] => [red, green, blue].map(|part| on_black(part, alpha)),
        _ => [0; 3], // no kind of PNG has other samples
    })
}

fn decode_jpeg(bytes: &[u8]) -> Result<Picture, NoPicture> {
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .jpeg_set_out_colorspace(ColorSpace::RGB)
        .jpeg_set_max_scans(MOST_SCANS);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers()?;
    let info = decoder.info().ok_or(NoPicture::Unknown)?;
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    checked(width, height)?;
    let all = decoder.decode()?;
    let mut shrinker = Shrinker::new(width, height);
    for (y, row) in all.chunks(3 * width).enumerate() {
        shrinker.add(y, row.chunks_exact(3).map(|pixel| [pixel[0], pixel[1], pixel[2]]));
    }
    Ok(shrinker.picture())
}

#[cfg(test)]
impl Picture {
    /// Made of its pixels.
    pub(super) fn of(width: usize, height: usize, pixel: impl Fn(usize, usize) -> [u8; 3]) -> Self {
        let rgb =
            (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| pixel(x, y)).collect();
        Self { width, height, rgb }
    }
}
