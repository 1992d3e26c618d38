//! Takes a small picture; gives what is written for it to terminals that speak kitty's or iTerm2's graphics protocol.
//! Never asks for an answer: what a terminal says would be taken for keys.

use super::Picture;

/// A piece of kitty's data may be so long.
const PIECE: usize = 4096;

/// The character that kitty replaces by a part of a picture.
const PLACEHOLDER: char = '\u{10EEEE}';

/// Combining marks that tell kitty rows and columns (kitty's `rowcolumn-diacritics.txt`, its beginning).
const NUMBERS: [u32; 120] = [
    0x305, 0x30D, 0x30E, 0x310, 0x312, 0x33D, 0x33E, 0x33F, 0x346, 0x34A, 0x34B, 0x34C, 0x350, 0x351, 0x352,
    0x357, 0x35B, 0x363, 0x364, 0x365, 0x366, 0x367, 0x368, 0x369, 0x36A, 0x36B, 0x36C, 0x36D, 0x36E, 0x36F,
    0x483, 0x484, 0x485, 0x486, 0x487, 0x592, 0x593, 0x594, 0x595, 0x597, 0x598, 0x599, 0x59C, 0x59D, 0x59E,
    0x59F, 0x5A0, 0x5A1, 0x5A8, 0x5A9, 0x5AB, 0x5AC, 0x5AF, 0x5C4, 0x610, 0x611, 0x612, 0x613, 0x614, 0x615,
    0x616, 0x617, 0x657, 0x658, 0x659, 0x65A, 0x65B, 0x65D, 0x65E, 0x6D6, 0x6D7, 0x6D8, 0x6D9, 0x6DA, 0x6DB,
    0x6DC, 0x6DF, 0x6E0, 0x6E1, 0x6E2, 0x6E4, 0x6E7, 0x6E8, 0x6EB, 0x6EC, 0x730, 0x732, 0x733, 0x735, 0x736,
    0x73A, 0x73D, 0x73F, 0x740, 0x741, 0x743, 0x745, 0x747, 0x749, 0x74A, 0x7EB, 0x7EC, 0x7ED, 0x7EE, 0x7EF,
    0x7F0, 0x7F1, 0x7F3, 0x816, 0x817, 0x818, 0x819, 0x81B, 0x81C, 0x81D, 0x81E, 0x81F, 0x820, 0x821, 0x822,
];

/// Rows or columns of the largest picture.
pub(super) const KITTY_MOST: u16 = NUMBERS.len() as u16;

/// Sends a picture, and says how many cells it covers; see "Unicode placeholders" of kitty's graphics protocol.
pub(super) fn kitty(picture: &Picture, id: u32, columns: u16, rows: u16) -> Vec<u8> {
    let data = base64(&png(picture));
    let mut said = Vec::with_capacity(data.len() + data.len() / 100 + 100);
    let mut pieces = data.as_bytes().chunks(PIECE).peekable();
    let mut keys = format!("a=T,U=1,q=2,f=100,i={id},c={columns},r={rows},");
    while let Some(piece) = pieces.next() {
        let more = u8::from(pieces.peek().is_some());
        said.extend(format!("\x1b_G{keys}m={more};").into_bytes());
        said.extend(piece);
        said.extend(b"\x1b\\");
        keys = "q=2,".to_owned();
    }
    said
}

/// Takes a picture away and frees it.
pub(super) fn kitty_delete(id: u32) -> Vec<u8> {
    format!("\x1b_Ga=d,d=I,q=2,i={id}\x1b\\").into_bytes()
}

/// What stands in a cell of a picture; its colour is the picture's id.
pub(super) fn kitty_cell(column: u16, row: u16) -> String {
    let number = |at: u16| NUMBERS.get(usize::from(at)).and_then(|mark| char::from_u32(*mark));
    [Some(PLACEHOLDER), number(row), number(column)].into_iter().flatten().collect()
}

/// A picture as iTerm2 and those that follow it take it ("Inline Images Protocol").
pub(super) fn iterm(picture: &Picture, columns: u16, rows: u16) -> Vec<u8> {
    let png = png(picture);
    let data = base64(&png);
    let size = png.len();
    format!(
        "\x1b]1337;File=inline=1;size={size};width={columns};height={rows};preserveAspectRatio=0:{data}\x07"
    )
    .into_bytes()
}

/// Something written at a cell, counted from 0; the cursor stays where it was.
pub(super) fn at(column: u16, row: u16, what: &[u8]) -> Vec<u8> {
    let place = format!("\x1b7\x1b[{};{}H", u32::from(row) + 1, u32::from(column) + 1);
    [place.as_bytes(), what, b"\x1b8"].concat()
}

fn png(picture: &Picture) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (width, height) = picture.size();
    // Sides of a few hundred pixels.
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(picture.rgb().as_flattened())?;
        writer.finish()
    });
    if let Err(error) = written {
        tracing::debug!(%error, "a picture is not shown"); // memory takes all that is written
    }
    bytes
}

/// RFC 4648, 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits =
            three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at) & 0x3F) as usize];
            text.push(if at <= three.len() { letter.into() } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn kitty_gets_pieces_that_it_takes() {
        let noise = |x: usize, y: usize| {
            [x * 7 + y * 131, x * y, x * 97 ^ y * 31].map(|part| (part * 2_654_435_761 >> 7) as u8)
        };
        let picture = Picture::of(64, 64, noise);
        let said = String::from_utf8(kitty(&picture, 77, 8, 4)).unwrap();
        let pieces: Vec<&str> = said.split_terminator("\x1b\\").collect();
        assert!(pieces.len() > 2);
        assert!(pieces[0].starts_with("\x1b_Ga=T,U=1,q=2,f=100,i=77,c=8,r=4,m=1;"));
        assert!(
            pieces[1].starts_with("\x1b_Gq=2,m=1;") && pieces.last().unwrap().starts_with("\x1b_Gq=2,m=0;")
        );
        assert!(pieces.iter().all(|piece| piece.split(';').nth(1).unwrap().len() <= PIECE));
    }

    #[test]
    fn a_cell_names_its_row_and_column() {
        assert_eq!(kitty_cell(1, 0), "\u{10EEEE}\u{305}\u{30D}");
        assert!((0..KITTY_MOST).all(|at| kitty_cell(at, at).chars().count() == 3));
    }

    #[test]
    fn iterm_gets_a_png_in_so_many_cells() {
        let said = String::from_utf8(at(2, 1, &iterm(&Picture::of(1, 1, |_, _| [9; 3]), 4, 2))).unwrap();
        assert!(said.starts_with("\x1b7\x1b[2;3H\x1b]1337;File=inline=1;size="), "{said:?}");
        assert!(
            said.contains(";width=4;height=2;preserveAspectRatio=0:iVBORw0KGgo")
                && said.ends_with("\x07\x1b8")
        );
    }
}
