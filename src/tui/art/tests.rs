//! Takes pictures, good and hostile; gives the proof of what is drawn for them on each kind of terminal, and that none
//! costs memory or a panic. Pictures are made here.
#![allow(clippy::unwrap_used)]

use super::*;

fn surface(protocol: Protocol) -> Surface {
    Surface { protocol, colours: Colours::All, cell: (10, 20) }
}

fn buffer(width: u16, height: u16) -> Buffer {
    Buffer::empty(Rect::new(0, 0, width, height))
}

/// Left half red, right half blue; its lower half darker.
fn flag(width: usize, height: usize) -> Arc<Picture> {
    Arc::new(Picture::of(width, height, |x, y| {
        let bright = if y < height / 2 { 200 } else { 100 };
        if x < width / 2 { [bright, 0, 0] } else { [0, 0, bright] }
    }))
}

fn written(cover: &mut Cover) -> String {
    let mut said = Vec::new();
    cover.write(&mut said).unwrap();
    String::from_utf8(said).unwrap()
}

#[test]
fn half_blocks_are_two_pixels_a_cell() {
    let mut cover = Cover::new(surface(Protocol::HalfBlocks));
    let mut buf = buffer(6, 2);
    let place = cover.draw(Some(&flag(8, 8)), buf.area, &mut buf);
    assert_eq!(
        place,
        Rect::new(1, 0, 4, 2),
        "a square of cells that are twice as high as wide, in the middle"
    );
    let cell = |x, y| (buf[(x, y)].symbol(), buf[(x, y)].fg, buf[(x, y)].bg);
    assert_eq!(cell(1, 0), ("▀", Color::Rgb(200, 0, 0), Color::Rgb(200, 0, 0)));
    assert_eq!(cell(4, 1), ("▀", Color::Rgb(0, 0, 100), Color::Rgb(0, 0, 100)));
    assert_eq!(cell(0, 0).0, " ");
    assert_eq!(written(&mut cover), "");
}

#[test]
fn kitty_is_sent_a_picture_once_and_shows_it_in_cells() {
    let mut cover = Cover::new(surface(Protocol::Kitty));
    let (mut buf, picture) = (buffer(6, 2), flag(8, 8));
    cover.draw(Some(&picture), buf.area, &mut buf);
    let said = written(&mut cover);
    assert!(said.starts_with("\x1b_Ga=T,U=1,q=2,f=100,i=") && said.contains(",c=4,r=2,"), "{said:?}");
    assert_eq!(buf[(1, 1)].symbol(), "\u{10EEEE}\u{30D}\u{305}");
    assert!(matches!(buf[(1, 1)].fg, Color::Rgb(0x7A, ..)));
    cover.draw(Some(&picture), buf.area, &mut buf);
    assert_eq!(written(&mut cover), "", "it is there");
    cover.draw(Some(&flag(4, 4)), buf.area, &mut buf);
    let said = written(&mut cover);
    assert!(
        said.starts_with("\x1b_Ga=d,d=I,q=2,i=") && said.contains("\x1b_Ga=T,"),
        "another one in its place"
    );
    cover.draw(None, buf.area, &mut buf);
    let said = written(&mut cover);
    assert!(said.starts_with("\x1b_Ga=d,d=I,q=2,i=") && !said.contains("a=T"), "{said:?}");
}

#[test]
fn sixels_and_iterm_are_written_over_cells_that_stay_untouched_until_text_comes() {
    for (protocol, begin) in
        [(Protocol::Sixel, "\x1b7\x1b[1;2H\x1bP0;1;0q"), (Protocol::Iterm, "\x1b7\x1b[1;2H\x1b]1337;")]
    {
        let mut cover = Cover::new(surface(protocol));
        let picture = flag(8, 8);
        let (empty, mut with) = (buffer(6, 2), buffer(6, 2));
        cover.draw(Some(&picture), with.area, &mut with);
        assert!(written(&mut cover).starts_with(begin));
        assert_eq!(empty.diff(&with), vec![], "no cell is written");
        assert_eq!(with.diff(&empty).len(), 8, "and all of them are when it goes");
        cover.draw(Some(&picture), with.area, &mut with);
        assert_eq!(written(&mut cover), "");
        cover.forget();
        cover.draw(Some(&picture), with.area, &mut with);
        assert!(written(&mut cover).starts_with(begin), "after the screen was cleared");
    }
}

#[test]
fn where_nothing_can_be_shown_nothing_is() {
    let mut cover = Cover::new(surface(Protocol::None));
    let mut buf = buffer(6, 2);
    assert!(cover.draw(Some(&flag(8, 8)), buf.area, &mut buf).is_empty() && !cover.shows());
    assert_eq!(buf, buffer(6, 2));
    for protocol in [Protocol::HalfBlocks, Protocol::Kitty, Protocol::Sixel, Protocol::Iterm] {
        let mut cover = Cover::new(surface(protocol));
        for area in
            [Rect::new(0, 0, 0, 2), Rect::new(9, 9, 3, 3), Rect::new(5, 1, 9, 9), Rect::new(0, 0, 1, 1)]
        {
            for picture in [flag(1, 1), flag(1000, 1), flag(1, 1000)] {
                cover.draw(Some(&picture), area, &mut buf);
            }
        }
        let mut wide = buffer(300, 200);
        cover.draw(Some(&flag(9, 9)), wide.area, &mut wide);
    }
}

fn png(width: u32, height: u32, colour: png::ColorType, data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(colour);
    encoder.write_header().unwrap().write_image_data(data).unwrap();
    bytes
}

/// The PNG's header says another size, with a right checksum.
fn claiming(mut bytes: Vec<u8>, width: u32, height: u32) -> Vec<u8> {
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    // CRC-32 (PNG, annex D).
    let crc = bytes[12..29].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 },
        )
    });
    bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
    bytes
}

#[test]
fn every_kind_of_png_is_read() {
    use png::ColorType::{Grayscale, GrayscaleAlpha, Rgb, Rgba};
    for (colour, data, pixel) in [
        (Grayscale, vec![7], [7, 7, 7]),
        (GrayscaleAlpha, vec![200, 0], [0, 0, 0]),
        (Rgb, vec![1, 2, 3], [1, 2, 3]),
        (Rgba, vec![100, 200, 50, 255], [100, 200, 50]),
    ] {
        let picture = Picture::decode(&png(3, 2, colour, &data.repeat(6))).unwrap();
        assert_eq!(
            (picture.size(), picture.at(2, 1), picture.at(3, 0)),
            ((3, 2), pixel, [0; 3]),
            "{colour:?}"
        );
    }
}

#[test]
fn a_large_picture_is_kept_small_in_its_shape() {
    let data: Vec<u8> =
        (0..2000 * 1000).flat_map(|at| if at % 2000 < 1000 { [250, 0, 0] } else { [0, 0, 250] }).collect();
    let picture = Picture::decode(&png(2000, 1000, png::ColorType::Rgb, &data)).unwrap();
    assert_eq!(picture.size(), (640, 320));
    assert_eq!((picture.at(0, 0), picture.at(639, 319)), ([250, 0, 0], [0, 0, 250]));
    assert_eq!(picture.at_most((64, 1000)).size(), (64, 32));
    assert_eq!(picture.at_most((6400, 1000)).size(), (640, 320));
    let point = picture.scaled((1, 1));
    assert_eq!(point.at(0, 0), [125, 0, 125]);
}

/// A JPEG of 16 by 16, red above and blue below.
const JPEG: &[u8] = include_bytes!("../../../tests/fixtures/two_colours.jpg");

#[test]
fn a_jpeg_is_read() {
    let picture = Picture::decode(JPEG).unwrap();
    assert_eq!(picture.size(), (16, 16));
    let ([red, _, blue], [red_below, _, blue_below]) = (picture.at(8, 1), picture.at(8, 14));
    assert!(red > 200 && blue < 60 && red_below < 60 && blue_below > 200, "{:?}", picture.at(8, 1));
}

#[test]
fn what_is_too_large_is_refused_by_its_header() {
    let small = png(1, 1, png::ColorType::Rgb, &[1, 2, 3]);
    assert!(Picture::decode(&claiming(small.clone(), 1, 1)).is_ok());
    for (width, height) in
        [(100_000, 100_000), (u32::MAX >> 1, 1), (u32::MAX >> 1, u32::MAX >> 1), (0, 0), (5000, 5000)]
    {
        let found = Picture::decode(&claiming(small.clone(), width, height));
        assert!(found.is_err(), "{width} x {height}: {found:?}");
    }
    let mut jpeg = JPEG.to_vec();
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x1F, 0x40, 0x1F, 0x40]);
    assert!(matches!(Picture::decode(&jpeg), Err(NoPicture::TooLarge)), "8000 x 8000");
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    assert!(Picture::decode(&jpeg).is_err(), "65535 x 65535");
    assert!(matches!(Picture::decode(&vec![0x89; LARGEST + 1]), Err(NoPicture::TooLarge)));
    assert!(matches!(Picture::decode(b"GIF89a"), Err(NoPicture::Unknown)));
    assert!(matches!(Picture::decode(b""), Err(NoPicture::Unknown)));
}

#[test]
fn a_picture_that_is_small_on_disk_and_large_in_memory_is_shrunk_row_by_row() {
    let bomb = png(3000, 2000, png::ColorType::Grayscale, &vec![0; 6_000_000]);
    assert!(bomb.len() < 50_000);
    assert_eq!(Picture::decode(&bomb).unwrap().size(), (640, 426));
}

#[test]
fn no_damage_is_a_panic() {
    let data: Vec<u8> = (0..12 * 12 * 3).map(|at| (at * 7 % 251) as u8).collect();
    let whole = png(12, 12, png::ColorType::Rgb, &data);
    for good in [&whole[..], JPEG] {
        for cut in (0..good.len()).step_by(5) {
            let _ = Picture::decode(&good[..cut]);
        }
        for at in 0..good.len() {
            let mut bad = good.to_vec();
            bad[at] ^= [0x01, 0xFF, 0x80][at % 3];
            if let Ok(picture) = Picture::decode(&bad) {
                assert!(picture.rgb().len() <= 640 * 640);
            }
        }
    }
}
