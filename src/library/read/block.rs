//! Takes a FLAC file; gives its own CUESHEET block (RFC 9639, 8.7) as the text of a cue sheet, without names, for
//! the block has none. Never believes a size or a count that the block states: what is not there ends it.

use std::fmt::Write as _;
use std::io::{self, Read, Seek, SeekFrom};

use crate::cue::Sector;

const STREAMINFO: u8 = 0;
const CUESHEET: u8 = 5;

/// A hundred tracks of a hundred marks each have about as many bytes.
const MOST: u32 = 1 << 18;

/// The sheet in the file's own block, where it has one with tracks of sound.
pub(super) fn sheet(file: &mut (impl Read + Seek)) -> Option<String> {
    find(file).ok().flatten()
}

fn find(file: &mut (impl Read + Seek)) -> io::Result<Option<String>> {
    skip_id3(file)?;
    let mut magic = [0; 4];
    file.read_exact(&mut magic)?;
    if &magic != b"fLaC" {
        return Ok(None);
    }
    let mut rate = 0;
    loop {
        let mut head = [0; 4];
        file.read_exact(&mut head)?;
        let (is_last, kind) = (head[0] & 0x80 != 0, head[0] & 0x7f);
        let size = u32::from_be_bytes([0, head[1], head[2], head[3]]);
        if [STREAMINFO, CUESHEET].contains(&kind) && size <= MOST {
            let mut block = vec![0; size as usize];
            file.read_exact(&mut block)?;
            match kind {
                STREAMINFO => rate = rate_of(&block).unwrap_or(0),
                _ => return Ok(text(&block, rate)),
            }
        } else {
            file.seek_relative(i64::from(size))?;
        }
        if is_last {
            return Ok(None);
        }
    }
}

/// Some programs put an ID3 tag before the stream.
fn skip_id3(file: &mut (impl Read + Seek)) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    let mut head = [0; 10];
    file.read_exact(&mut head)?;
    let size = head[6..].iter().fold(0_u64, |size, byte| size << 7 | u64::from(byte & 0x7f));
    let start = if head.starts_with(b"ID3") { 10 + size } else { 0 };
    file.seek(SeekFrom::Start(start)).map(|_| ())
}

/// The sample rate: 20 bits behind the sizes of blocks and frames.
fn rate_of(streaminfo: &[u8]) -> Option<u32> {
    let bytes = streaminfo.get(10..13)?;
    Some(u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]) >> 4).filter(|rate| *rate > 0)
}

/// The block as text. Marks are in frames; those of a CD lie on its sectors, others on the sector before.
fn text(block: &[u8], rate: u32) -> Option<String> {
    let mut rest = Bytes(block);
    rest.take(128 + 8 + 1 + 258)?; // catalogue number, lead-in, what it is of, reserved
    let tracks = rest.byte()?;
    let mut out = String::from("FILE \"disc\" WAVE\n");
    for _ in 0..tracks {
        let (start, number) = (rest.long()?, rest.byte()?);
        rest.take(12)?; // ISRC
        let is_sound = rest.byte()? & 0x80 == 0;
        rest.take(13)?;
        let marks = rest.byte()?;
        let is_end = number == 170 || number == 255;
        if !is_end {
            let kind = if is_sound { "AUDIO" } else { "MODE1/2352" };
            let _ = writeln!(out, "  TRACK {number:02} {kind}");
        }
        for _ in 0..marks {
            let (behind, mark) = (rest.long()?, rest.byte()?);
            rest.take(3)?;
            let _ = writeln!(out, "    INDEX {mark:02} {}", sector(start.checked_add(behind)?, rate)?);
        }
    }
    out.contains(" AUDIO\n").then_some(out)
}

fn sector(frame: u64, rate: u32) -> Option<Sector> {
    let sectors = u128::from(frame) * 75 / u128::from(rate.max(1));
    u32::try_from(sectors).ok().map(Sector).filter(|sector| Sector::parse(&sector.to_string()).is_some())
}

/// Bytes that end where they end.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn long(&mut self) -> Option<u64> {
        self.take(8)?.try_into().ok().map(u64::from_be_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(kind: u8, is_last: bool, body: &[u8]) -> Vec<u8> {
        let size = (body.len() as u32).to_be_bytes();
        [&[kind | u8::from(is_last) << 7], &size[1..], body].concat()
    }

    /// Number, first frame, whether it is sound, and the marks behind that frame.
    type Track<'a> = (u8, u64, bool, &'a [(u8, u64)]);

    fn cuesheet(tracks: &[Track<'_>]) -> Vec<u8> {
        let mut body = vec![0; 128 + 8 + 1 + 258];
        body.push(tracks.len() as u8);
        for (number, start, is_sound, marks) in tracks {
            body.extend(start.to_be_bytes());
            body.push(*number);
            body.extend([0; 12]);
            body.push(u8::from(!is_sound) << 7);
            body.extend([0; 13]);
            body.push(marks.len() as u8);
            for (mark, behind) in *marks {
                body.extend(behind.to_be_bytes());
                body.extend([*mark, 0, 0, 0]);
            }
        }
        body
    }

    fn file(rate: u32, cuesheet: &[u8]) -> Vec<u8> {
        let mut info = [0; 34];
        info[10..13].copy_from_slice(&(rate << 4).to_be_bytes()[1..]);
        [&b"fLaC"[..], &block(0, false, &info), &block(1, false, &[0; 99]), &block(5, true, cuesheet)]
            .concat()
    }

    fn read(bytes: &[u8]) -> Option<String> {
        sheet(&mut io::Cursor::new(bytes))
    }

    #[test]
    fn marks_are_frames_of_the_file() {
        let body = cuesheet(&[
            (1, 0, true, &[(1, 0)]),
            (2, 588 * 150, true, &[(0, 0), (1, 588 * 75)]),
            (3, 588 * 300, false, &[(1, 0)]),
            (170, 588 * 400, true, &[]),
        ]);
        let wanted = "FILE \"disc\" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n  TRACK 02 AUDIO\n    INDEX 00 00:02:00\n    INDEX 01 00:03:00\n  \
                      TRACK 03 MODE1/2352\n    INDEX 01 00:04:00\n";
        let plain = file(44_100, &body);
        assert_eq!(read(&plain).as_deref(), Some(wanted));
        let tagged = [&b"ID3\x04\0\0\0\0\x01\x05"[..], &[7; 133], &plain].concat();
        assert_eq!(read(&tagged).as_deref(), Some(wanted));
        let fine = read(&file(96_000, &cuesheet(&[(1, 0, true, &[(1, 0)]), (2, 96_000, true, &[(1, 0)])])));
        assert!(fine.is_some_and(|text| text.ends_with("INDEX 01 00:01:00\n")));
    }

    #[test]
    fn what_is_cut_off_or_impossible_is_no_sheet() {
        let whole = file(44_100, &cuesheet(&[(1, 0, true, &[(1, 0)]), (2, 588, true, &[(1, 0)])]));
        assert!(read(&whole).is_some());
        for length in 0..whole.len() {
            assert_eq!(read(&whole[..length]), None, "{length}");
        }
        for body in [
            vec![0; 396],
            cuesheet(&[(1, u64::MAX, true, &[(1, 1)])]),
            cuesheet(&[(1, u64::MAX, true, &[(1, 0)])]),
        ] {
            assert_eq!(read(&file(44_100, &body)), None);
        }
    }
}
