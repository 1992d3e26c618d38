//! Takes interleaved `f32` frames; gives a WAV stream in 16, 24 or 32 bit integers or floats, RF64 when
//! it grows past 4 GiB. Never changes a sample that the format can hold; dither is asked for by the caller.

use std::io::{self, Seek, SeekFrom, Write};

/// How a sample is stored. All little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sample {
    /// 16-bit integer.
    #[default]
    S16,
    /// 24-bit integer in three bytes.
    S24,
    /// 32-bit integer.
    S32,
    /// 32-bit float, full scale 1.0; the only one that holds more than full scale.
    F32,
}

impl Sample {
    /// Bytes of one sample.
    pub fn bytes(self) -> u16 {
        match self {
            Self::S16 => 2,
            Self::S24 => 3,
            Self::S32 | Self::F32 => 4,
        }
    }

    /// Bits of one sample, for integers.
    pub fn bits(self) -> Option<u32> {
        (self != Self::F32).then(|| u32::from(self.bytes()) * 8)
    }
}

/// How frames are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Frames per second, in Hz.
    pub rate: u32,
    /// Channels of a frame.
    pub channels: u16,
    /// How each sample is stored.
    pub sample: Sample,
}

impl Default for Shape {
    fn default() -> Self {
        Self { rate: 44_100, channels: 2, sample: Sample::S16 }
    }
}

impl Shape {
    fn frame_bytes(self) -> u16 {
        self.channels.saturating_mul(self.sample.bytes())
    }
}

/// Bytes before the samples: RIFF, a place for `ds64`, `fmt `, `data`.
const HEADER: u32 = 12 + 36 + 24 + 8;

/// What sizes say that are not known (a stream) or stand in `ds64` (EBU Tech 3306).
const UNKNOWN: u32 = u32::MAX;

/// Writes one WAV stream.
pub struct WavWriter<W: Write> {
    out: W,
    shape: Shape,
    /// Triangular noise of one step, added before rounding to integers.
    dither: Option<Dither>,
    frames: u64,
    bytes: Vec<u8>,
}

impl<W: Write> WavWriter<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// What the stream says.
    pub fn new(mut out: W, shape: Shape) -> io::Result<Self> {
        out.write_all(&header(shape, None))?;
        Ok(Self { out, shape, dither: None, frames: 0, bytes: Vec::new() })
    }

    /// Writes whole frames.
    ///
    /// # Errors
    /// What the stream says.
    pub fn write(&mut self, frames: &[f32]) -> io::Result<()> {
        self.bytes.clear();
        encode(frames, self.shape.sample, self.dither.as_mut(), &mut self.bytes);
        self.frames += (frames.len() / usize::from(self.shape.channels.max(1))) as u64;
        self.out.write_all(&self.bytes)
    }

    /// Writes whole frames of integers, full scale at 2^31; lower bits that the format does not hold are cut off.
    ///
    /// # Errors
    /// What the stream says.
    pub fn write_integers(&mut self, frames: &[i32]) -> io::Result<()> {
        let sample = self.shape.sample;
        self.bytes.clear();
        for value in frames {
            match sample {
                Sample::F32 => self.bytes.extend((*value as f32 / -(i32::MIN as f32)).to_le_bytes()),
                _ => self.bytes.extend(&value.to_le_bytes()[4 - usize::from(sample.bytes())..]),
            }
        }
        self.frames += (frames.len() / usize::from(self.shape.channels.max(1))) as u64;
        self.out.write_all(&self.bytes)
    }

    /// Dithers what is written from now on, or not; floats never are.
    pub fn set_dither(&mut self, dither: bool) {
        if dither && self.shape.sample != Sample::F32 {
            self.dither.get_or_insert_default();
        } else {
            self.dither = None;
        }
    }

    /// Frames written so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Ends a stream that cannot be rewound: its header keeps saying "unknown length".
    ///
    /// # Errors
    /// What the stream says.
    pub fn finish_stream(mut self) -> io::Result<()> {
        self.pad()?;
        self.out.flush()
    }

    /// A chunk of odd length is followed by a byte of padding.
    fn pad(&mut self) -> io::Result<u64> {
        let data = self.frames * u64::from(self.shape.frame_bytes());
        if data % 2 == 1 {
            self.out.write_all(&[0])?;
        }
        Ok(data)
    }
}

impl<W: Write + Seek> WavWriter<W> {
    /// Ends a file, or whatever can be rewound: its header gets the true sizes.
    ///
    /// # Errors
    /// What the file system says.
    pub fn finish_file(mut self) -> io::Result<()> {
        let data = self.pad()?;
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&header(self.shape, Some((data, self.frames))))?;
        self.out.flush()
    }
}

/// RIFF/WAVE as in Microsoft's multimedia programming interface 1.0, `WAVE_FORMAT_EXTENSIBLE` left out where
/// the plain form says all; RF64 and `ds64` as in EBU Tech 3306. `length` is data bytes and frames.
fn header(shape: Shape, length: Option<(u64, u64)>) -> Vec<u8> {
    let Shape { rate, channels, sample } = shape;
    let (data, frames) = length.unwrap_or((u64::from(UNKNOWN), 0));
    let riff = data + data % 2 + u64::from(HEADER) - 8;
    let long = length.is_some() && riff > u64::from(UNKNOWN);
    let size = |bytes: u64| u32::try_from(bytes).unwrap_or(UNKNOWN).to_le_bytes();
    let frame_bytes = shape.frame_bytes();

    let mut head = Vec::with_capacity(HEADER as usize);
    head.extend(if long { b"RF64" } else { b"RIFF" });
    head.extend(size(riff));
    head.extend(b"WAVE");
    head.extend(if long { b"ds64" } else { b"JUNK" });
    head.extend(28_u32.to_le_bytes());
    for number in if long { [riff, data, frames] } else { [0; 3] } {
        head.extend(number.to_le_bytes());
    }
    head.extend([0; 4]);
    head.extend(b"fmt ");
    head.extend(16_u32.to_le_bytes());
    head.extend(if sample == Sample::F32 { 3_u16 } else { 1 }.to_le_bytes());
    head.extend(channels.to_le_bytes());
    head.extend(rate.to_le_bytes());
    head.extend(rate.saturating_mul(u32::from(frame_bytes)).to_le_bytes());
    head.extend(frame_bytes.to_le_bytes());
    head.extend((sample.bytes() * 8).to_le_bytes());
    head.extend(b"data");
    head.extend(size(data));
    head
}

fn encode(frames: &[f32], sample: Sample, mut dither: Option<&mut Dither>, out: &mut Vec<u8>) {
    let mut noise = move || dither.as_mut().map_or(0.0, |dither| dither.next());
    match sample {
        Sample::F32 => out.extend(frames.iter().flat_map(|s| s.to_le_bytes())),
        Sample::S16 => {
            out.extend(frames.iter().flat_map(|s| (quantise(*s, 16, noise()) as i16).to_le_bytes()))
        }
        Sample::S24 => {
            for s in frames {
                out.extend_from_slice(&quantise(*s, 24, noise()).to_le_bytes()[..3]);
            }
        }
        Sample::S32 => out.extend(frames.iter().flat_map(|s| quantise(*s, 32, noise()).to_le_bytes())),
    }
}

/// The nearest step of `bits` bits, full scale at 2^(bits - 1), held to the ends of the range.
fn quantise(sample: f32, bits: u32, noise: f64) -> i32 {
    let full = f64::from(1_u32 << (bits - 1));
    (f64::from(sample) * full + noise).round().clamp(-full, full - 1.0) as i32
}

/// Triangular noise between -1 and 1 step: it makes the rounding error independent of the music
/// (Lipshitz, Wannamaker, Vanderkooy: "Quantization and Dither", JAES 1992). The same every time.
struct Dither(u64);

impl Default for Dither {
    fn default() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }
}

impl Dither {
    fn next(&mut self) -> f64 {
        self.uniform() - self.uniform()
    }

    /// From 0 to 1, by Marsaglia's xorshift64.
    fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs::File;
    use std::io::BufWriter;

    use super::*;

    fn stored(frames: &[f32], sample: Sample) -> Vec<u8> {
        let mut out = Vec::new();
        encode(frames, sample, None, &mut out);
        out
    }

    #[test]
    fn sixteen_bit_music_comes_back_bit_for_bit() {
        for step in i16::MIN..=i16::MAX {
            assert_eq!(stored(&[f32::from(step) / 32_768.0], Sample::S16), step.to_le_bytes());
        }
    }

    #[test]
    fn twenty_four_bit_music_comes_back_bit_for_bit() {
        for step in (-8_388_608_i32..=8_388_607).step_by(4097) {
            assert_eq!(stored(&[step as f32 / 8_388_608.0], Sample::S24), step.to_le_bytes()[..3]);
        }
    }

    #[test]
    fn beyond_full_scale_is_held_not_wrapped() {
        assert_eq!(stored(&[1.5, -1.5], Sample::S16), [0xFF, 0x7F, 0x00, 0x80]);
        assert_eq!(stored(&[1.0], Sample::S32), i32::MAX.to_le_bytes());
    }

    #[test]
    fn the_header_counts_the_bytes_of_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.wav");
        let file = BufWriter::new(File::create(&path).unwrap());
        let mut writer =
            WavWriter::new(file, Shape { rate: 44_100, channels: 1, sample: Sample::S24 }).unwrap();
        writer.write(&[0.1, 0.2, 0.3]).unwrap();
        assert_eq!(writer.frames(), 3);
        writer.finish_file().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(bytes.len() as u32, HEADER + 9 + 1);
        assert_eq!(u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize, bytes.len() - 8);
        assert_eq!(bytes[HEADER as usize - 4..HEADER as usize], 9_u32.to_le_bytes());
    }

    #[test]
    fn past_four_gigabytes_the_sizes_move_to_ds64() {
        let data = 5_000_000_000_u64;
        let head = header(Shape::default(), Some((data, data / 4)));
        assert_eq!(&head[..4], b"RF64");
        assert_eq!(head[4..8], UNKNOWN.to_le_bytes());
        assert_eq!(&head[12..16], b"ds64");
        assert_eq!(head[28..36], data.to_le_bytes());
        assert_eq!(head.len(), HEADER as usize);
    }

    /// Keeps the first bytes, counts the others.
    #[derive(Default)]
    struct Counter {
        head: Vec<u8>,
        at: u64,
        end: u64,
    }

    impl Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if let Ok(at) = usize::try_from(self.at)
                && at < 200
            {
                self.head.resize(self.head.len().max(at + bytes.len()), 0);
                self.head[at..at + bytes.len()].copy_from_slice(bytes);
            }
            self.at += bytes.len() as u64;
            self.end = self.end.max(self.at);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Seek for Counter {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            let SeekFrom::Start(at) = to else { panic!("{to:?}") };
            self.at = at;
            Ok(at)
        }
    }

    #[test]
    fn a_file_past_four_gigabytes_is_counted_to_its_last_byte() {
        let shape = Shape { rate: 48_000, channels: 8, sample: Sample::F32 };
        let block = vec![0.25; 8 << 20];
        for (blocks, name) in [(127, b"RIFF"), (129, b"RF64")] {
            let mut counter = Counter::default();
            let mut writer = WavWriter::new(&mut counter, shape).unwrap();
            writer.write(&block).unwrap();
            for _ in 1..blocks {
                // The same bytes again, without the work of making them.
                writer.out.write_all(&writer.bytes).unwrap();
                writer.frames += block.len() as u64 / 8;
            }
            let frames = writer.frames();
            writer.finish_file().unwrap();
            let (head, data) = (&counter.head, frames * 32);
            assert_eq!(counter.end, u64::from(HEADER) + data);
            let u64_at = |at: usize| u64::from_le_bytes(head[at..at + 8].try_into().unwrap());
            let u32_at = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap());
            assert_eq!(&head[..4], name);
            if name == b"RF64" {
                assert_eq!((u64_at(20), u64_at(28), u64_at(36)), (counter.end - 8, data, frames));
                assert_eq!((u32_at(4), u32_at(HEADER as usize - 4)), (UNKNOWN, UNKNOWN));
            } else {
                assert_eq!(u64::from(u32_at(4)), counter.end - 8);
                assert_eq!(u64::from(u32_at(HEADER as usize - 4)), data);
            }
        }
    }

    #[test]
    fn dither_is_triangular_small_and_the_same_every_time() {
        let mut noise = Dither::default();
        let values: Vec<f64> = (0..100_000).map(|_| noise.next()).collect();
        assert!(values.iter().all(|v| v.abs() < 1.0));
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let variance = values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64;
        assert!(mean.abs() < 0.01, "{mean}");
        assert!((variance - 1.0 / 6.0).abs() < 0.005, "{variance}");
        assert_eq!(Dither::default().next(), values[0]);
    }
}
