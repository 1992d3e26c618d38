//! Takes a Matroska or WebM file; gives the title of its segment (RFC 9559, section 5.1.2), which ffmpeg and those who
//! use it write instead of a tag, and which the demuxer keeps to itself.
//! Never reads more than the beginning, never believes a size that it does not find there.

use std::fs::File;
use std::io::{self, Read, Seek};

/// Writers put what describes the segment before its sound.
const BEGINNING: u64 = 64 * 1024;

const HEADER: u32 = 0x1A45_DFA3;
const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_A966;
const TITLE: u32 = 0x7BA9;

/// The title, if the file is a Matroska file that has one. The file stands at its beginning after it.
///
/// # Errors
/// When it cannot be read.
pub(super) fn title(file: &mut File) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    Read::by_ref(file).take(BEGINNING).read_to_end(&mut bytes)?;
    file.rewind()?;
    Ok(title_in(&bytes))
}

fn title_in(bytes: &[u8]) -> Option<String> {
    let mut rest = bytes;
    if element(&mut rest)?.0 != HEADER {
        return None;
    }
    let info = child(child(rest, SEGMENT)?, INFO)?;
    let title = std::str::from_utf8(child(info, TITLE)?).ok()?;
    // Strings may be filled up with zeros (RFC 8794, section 7.4).
    Some(title.split('\0').next().unwrap_or_default().to_owned())
}

/// The contents of the first element of that kind among these, as far as they are there.
fn child(mut elements: &[u8], wanted: u32) -> Option<&[u8]> {
    loop {
        let (id, contents) = element(&mut elements)?;
        if id == wanted {
            return Some(contents);
        }
    }
}

/// Takes one element off the front: its kind and its contents (RFC 8794, sections 5 and 6).
fn element<'a>(bytes: &mut &'a [u8]) -> Option<(u32, &'a [u8])> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    let id = bytes.get(..length).filter(|_| length <= 4)?;
    let id = id.iter().fold(0, |id, byte| id << 8 | u32::from(*byte));
    *bytes = &bytes[length..];
    let length = bytes.first()?.leading_zeros() as usize + 1;
    let size = bytes.get(..length).filter(|_| length <= 8)?;
    let size = size.iter().fold(0, |size, byte| size << 8 | u64::from(*byte));
    *bytes = &bytes[length..];
    let ones = (1 << (7 * length)) - 1;
    // All ones are a size that nobody knew yet: all that follows.
    let size =
        if size & ones == ones { usize::MAX } else { usize::try_from(size & ones).unwrap_or(usize::MAX) };
    let (contents, rest) = bytes.split_at(size.min(bytes.len()));
    *bytes = rest;
    Some((id, contents))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(id: u32, contents: &[u8]) -> Vec<u8> {
        let id = id.to_be_bytes().into_iter().skip_while(|byte| *byte == 0);
        let size = [0x40 | (contents.len() >> 8) as u8, contents.len() as u8];
        id.chain(size).chain(contents.iter().copied()).collect()
    }

    fn file(info: &[u8]) -> Vec<u8> {
        let inside = [make(0xEC, b"nothing"), make(INFO, info)].concat();
        [make(HEADER, b"webm"), make(SEGMENT, &inside)].concat()
    }

    #[test]
    fn the_title_is_found_behind_what_stands_before_it() {
        let info = [make(0x4D80, b"app"), make(TITLE, "Rain – on glass\0\0".as_bytes())].concat();
        assert_eq!(title_in(&file(&info)).as_deref(), Some("Rain – on glass"));
        let mut endless = file(&info);
        let size = make(HEADER, b"webm").len() + 4;
        endless.splice(size..size + 2, [0x01, 255, 255, 255, 255, 255, 255, 255]);
        assert_eq!(title_in(&endless).as_deref(), Some("Rain – on glass"), "as a live stream has it");
    }

    #[test]
    fn what_is_cut_or_something_else_has_none() {
        let whole = file(&make(TITLE, b"Rain"));
        assert_eq!(title_in(&file(&make(0x4D80, b"app"))), None);
        assert_eq!(title_in(b"RIFF....WAVEfmt "), None);
        assert_eq!(title_in(b""), None);
        for end in 0..whole.len() {
            let title = title_in(&whole[..end]);
            assert!(title.is_none_or(|title| "Rain".starts_with(&title)), "{end}");
        }
        for at in 0..whole.len() {
            for byte in [0, 1, 0x80, 0xFF] {
                let mut broken = whole.clone();
                broken[at] = byte;
                let _ = title_in(&broken);
            }
        }
    }
}
