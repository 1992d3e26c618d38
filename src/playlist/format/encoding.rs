//! Takes the bytes of a listing; gives its text, whatever the encoding, or says that it is none.
//! Never takes sound or pictures for text, never keeps the byte order mark.

use std::borrow::Cow;

use super::problem::{MAX_BYTES, ReadError};
use crate::encoding;

/// The text of a listing: what its byte order mark says, UTF-8 where the bytes are that or nearly that, else
/// the legacy encoding that the whole of them is likeliest in.
///
/// # Errors
/// When there are too many bytes, when they are no text, and when there is nothing but space.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    if bytes.len() > MAX_BYTES {
        return Err(ReadError::TooLarge { bytes: bytes.len() });
    }
    let text = encoding::text(bytes);
    if is_binary(&text) {
        return Err(ReadError::Binary);
    }
    if text.chars().all(is_blank) {
        return Err(ReadError::Empty);
    }
    Ok(text)
}

/// More than one character in twenty is a control character: sound files and pictures have
/// more, text has none. A stray NUL in a long listing is left to the reader of its line.
fn is_binary(text: &str) -> bool {
    let odd = |c: char| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0b' | '\x0c' | '\x1b');
    let (mut controls, mut all) = (0_usize, 0_usize);
    for c in text.chars() {
        controls += usize::from(odd(c));
        all += 1;
    }
    controls * 20 > all
}

/// White space, and characters that only look like nothing.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// What stands in a file's name is written as it is, however odd.
    #[test]
    fn control_characters_beyond_ascii_are_no_sign_of_a_program() {
        assert!(decode("file = \"\u{90}\u{90}\u{90}\u{90}.ogg\"".as_bytes()).is_ok());
        assert_eq!(decode(b"file\x01\x02\x03\x04"), Err(ReadError::Binary));
    }

    fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
        let unit = |u: u16| if big_endian { u.to_be_bytes() } else { u.to_le_bytes() };
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(unit).collect()
    }

    #[test]
    fn unicode_with_and_without_a_mark() {
        for bytes in [
            "Dvořák".as_bytes().to_vec(),
            "\u{feff}Dvořák".as_bytes().to_vec(),
            utf16("Dvořák", true),
            utf16("Dvořák", false),
        ] {
            assert_eq!(decode(&bytes).unwrap(), "Dvořák");
        }
    }

    #[test]
    fn legacy_bytes_are_detected_over_the_whole_input() {
        let (bytes, _, _) =
            encoding_rs::WINDOWS_1252.encode("1. Café – Les Élèves\n2. Où êtes-vous, été ?\n");
        assert_eq!(decode(&bytes).unwrap(), "1. Café – Les Élèves\n2. Où êtes-vous, été ?\n");
        let russian = "1. Земляне - Трава у дома\n2. Кино - Группа крови\n";
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(russian);
        assert_eq!(decode(&bytes).unwrap(), russian);
    }

    #[test]
    fn one_broken_byte_does_not_spoil_the_rest() {
        let mut bytes = "Sigur Rós, Björk, Mínus, Gusgús, Múm, Þeyr".as_bytes().to_vec();
        bytes.push(0xc3);
        assert_eq!(decode(&bytes).unwrap(), "Sigur Rós, Björk, Mínus, Gusgús, Múm, Þeyr\u{fffd}");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(decode(b""), Err(ReadError::Empty));
        assert_eq!(decode(b" \r\n\t\xef\xbb\xbf"), Err(ReadError::Empty));
        assert_eq!(decode(b"\xef\xbb\xbf\xe2\x80\x8b\n"), Err(ReadError::Empty));
        assert_eq!(decode(b"\0\0\0\x20ftypM4A \0\0\0\0"), Err(ReadError::Binary));
        let large = vec![b'a'; MAX_BYTES + 1];
        assert_eq!(decode(&large), Err(ReadError::TooLarge { bytes: MAX_BYTES + 1 }));
    }

    #[test]
    fn one_nul_in_a_listing_is_left_to_its_line() {
        assert!(decode(b"#EXTM3U\nmusic/one.flac\nmusic/t\0wo.flac\nmusic/three.flac\n").is_ok());
    }
}
