//! Takes an MP4 file; gives the one edit of each track (`elst`) with the clocks needed to read it
//! in frames. Reads box headers and a few fixed fields, never the sample tables as a whole.
//!
//! Boxes: ISO/IEC 14496-12, 8.2 (`mvhd`), 8.3 (`tkhd`), 8.4 (`mdhd`), 8.6.1 (`stts`), 8.6.6 (`elst`).

use std::io::{self, Read, Seek, SeekFrom};

use super::trim::Window;

/// More boxes, table rows or levels than any music file has: reading stops there.
const MOST_BOXES: usize = 4096;
const MOST_ROWS: u32 = 1 << 20;

/// What is needed to place one track's edit in time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Mp4Track {
    pub(super) id: u32,
    /// Ticks a second of the whole movie; edits are as long as this is fine.
    pub(super) movie_timescale: u32,
    /// Ticks a second of this track.
    pub(super) timescale: u32,
    /// Sum of the sample durations, in the track's ticks.
    pub(super) duration: u64,
    pub(super) edit: Option<Edit>,
}

/// The one edit of a track that shows media.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edit {
    /// Where it begins, in the track's ticks.
    pub(super) media_time: u64,
    /// How long it is, in the movie's ticks; 0 is "to the end".
    pub(super) duration: u64,
}

impl Mp4Track {
    /// The music in decoded time, in frames of `rate` Hz.
    ///
    /// The edit's length is only as fine as a movie tick (22 frames with the usual 1000): where it
    /// agrees with the sample durations within one tick, those are the exact answer.
    pub(super) fn window(&self, rate: u32) -> Option<Window> {
        let edit = self.edit?;
        let start = scale(edit.media_time, rate, self.timescale)?;
        let media = self.media_frames(rate);
        let edited = match edit.duration {
            0 => None,
            ticks => start.checked_add(scale(ticks, rate, self.movie_timescale)?),
        };
        let tick = u64::from(rate).div_ceil(u64::from(self.movie_timescale.max(1)));
        let end = match (edited, media) {
            (Some(edited), Some(media)) if edited.saturating_add(tick) >= media => Some(media),
            (Some(edited), _) => Some(edited),
            (None, media) => media,
        };
        Some(Window { start, end })
    }

    /// Frames of the whole track, encoder delay included; `None` where the samples are in fragments.
    pub(super) fn media_frames(&self, rate: u32) -> Option<u64> {
        scale(self.duration, rate, self.timescale).filter(|&frames| frames > 0)
    }
}

/// Ticks of one clock in frames of another, rounded to the nearest.
fn scale(ticks: u64, rate: u32, timescale: u32) -> Option<u64> {
    let timescale = u128::from(timescale);
    let frames = (u128::from(ticks) * u128::from(rate) + timescale / 2).checked_div(timescale)?;
    u64::try_from(frames).ok()
}

/// Reads all tracks of a file.
///
/// # Errors
/// When the file cannot be read. A malformed file gives what was understood of it.
pub(super) fn read_tracks<R: Read + Seek>(file: &mut R) -> io::Result<Vec<Mp4Track>> {
    let len = file.seek(SeekFrom::End(0))?;
    let mut walk = Walk { file, boxes_left: MOST_BOXES, movie_timescale: 0, tracks: Vec::new() };
    walk.children(0, len, 0)?;
    let movie_timescale = walk.movie_timescale;
    let mut tracks = walk.tracks;
    for track in &mut tracks {
        track.movie_timescale = movie_timescale;
    }
    Ok(tracks)
}

/// Whether a file has the box `moov`, without which nothing in it can be found.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn has_index<R: Read + Seek>(file: &mut R) -> io::Result<bool> {
    let len = file.seek(SeekFrom::End(0))?;
    let mut at = 0_u64;
    for _ in 0..MOST_BOXES {
        let mut head = [0; 16];
        file.seek(SeekFrom::Start(at))?;
        if fill(file, &mut head)? < 8 || head[4..8] == *b"moov" {
            return Ok(head[4..8] == *b"moov");
        }
        let size = match be32(&head, 0) {
            0 => len,
            1 => be64(&head, 8),
            size => u64::from(size),
        };
        at = at.saturating_add(size.max(8));
    }
    Ok(false)
}

struct Walk<'a, R> {
    file: &'a mut R,
    boxes_left: usize,
    movie_timescale: u32,
    tracks: Vec<Mp4Track>,
}

impl<R: Read + Seek> Walk<'_, R> {
    fn children(&mut self, from: u64, to: u64, depth: u32) -> io::Result<()> {
        let mut at = from;
        while at.saturating_add(8) <= to && self.boxes_left > 0 {
            self.boxes_left -= 1;
            let mut head = [0; 16];
            let read = self.bytes_at(at, &mut head)?;
            let (size, kind) = (be32(&head, 0), [head[4], head[5], head[6], head[7]]);
            let (body, end) = match size {
                0 => (at + 8, to),
                1 if read == 16 => (at + 16, at.saturating_add(be64(&head, 8))),
                size => (at + 8, at.saturating_add(u64::from(size))),
            };
            if read < 8 || end < body || end > to {
                break;
            }
            self.one(kind, body, end, depth)?;
            at = end;
        }
        Ok(())
    }

    fn one(&mut self, kind: [u8; 4], body: u64, end: u64, depth: u32) -> io::Result<()> {
        match &kind {
            b"trak" => self.tracks.push(Mp4Track::default()),
            b"moov" | b"mdia" | b"minf" | b"stbl" | b"edts" => {}
            _ => return self.leaf(kind, body),
        }
        if depth < 8 {
            self.children(body, end, depth + 1)?;
        }
        Ok(())
    }

    fn leaf(&mut self, kind: [u8; 4], body: u64) -> io::Result<()> {
        let mut field = [0; 32];
        let wanted = [b"mvhd", b"tkhd", b"mdhd", b"stts", b"elst"];
        if !wanted.contains(&&kind) || self.bytes_at(body, &mut field)? < 16 {
            return Ok(());
        }
        // Version 1 has 64-bit times before the field that is wanted.
        let at = if field[0] == 1 { 20 } else { 12 };
        if &kind == b"mvhd" {
            self.movie_timescale = be32(&field, at);
            return Ok(());
        }
        let (stts, edit) = match &kind {
            b"stts" => (self.stts(body, be32(&field, 4))?, None),
            b"elst" => (0, self.elst(body, field[0], be32(&field, 4))?),
            _ => (0, None),
        };
        let Some(track) = self.tracks.last_mut() else {
            return Ok(());
        };
        match &kind {
            b"tkhd" => track.id = be32(&field, at),
            b"mdhd" => track.timescale = be32(&field, at),
            b"stts" => track.duration = stts,
            _ => track.edit = edit,
        }
        Ok(())
    }

    /// The sum of all sample durations.
    fn stts(&mut self, body: u64, rows: u32) -> io::Result<u64> {
        let mut total = 0_u64;
        self.file.seek(SeekFrom::Start(body + 8))?;
        let mut table = (&mut self.file).take(u64::from(rows.min(MOST_ROWS)) * 8);
        let mut block = [0; 4096];
        loop {
            let len = fill(&mut table, &mut block)?;
            if len < 8 {
                return Ok(total);
            }
            for row in block[..len].chunks_exact(8) {
                let time = u64::from(be32(row, 0)) * u64::from(be32(row, 4));
                total = total.saturating_add(time);
            }
        }
    }

    /// The edit that shows media, if there is just one.
    fn elst(&mut self, body: u64, version: u8, rows: u32) -> io::Result<Option<Edit>> {
        let row = if version == 1 { 20 } else { 12 };
        let mut edits = Vec::new();
        for index in 0..u64::from(rows.min(64)) {
            let mut bytes = [0; 20];
            if self.bytes_at(body + 8 + index * row, &mut bytes)? < 12 {
                break;
            }
            let (duration, time) = match version {
                1 => (be64(&bytes, 0), i64::from_be_bytes(be64(&bytes, 8).to_be_bytes())),
                _ => {
                    let time = i32::from_be_bytes(be32(&bytes, 4).to_be_bytes());
                    (u64::from(be32(&bytes, 0)), i64::from(time))
                }
            };
            // A negative media time is an empty edit: a pause before the track begins.
            if let Ok(media_time) = u64::try_from(time) {
                edits.push(Edit { media_time, duration });
            }
        }
        Ok(match edits[..] {
            [edit] => Some(edit),
            _ => None,
        })
    }

    fn bytes_at(&mut self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        self.file.seek(SeekFrom::Start(at))?;
        fill(&mut self.file, into)
    }
}

/// Reads until `into` is full or the source ends.
fn fill<R: Read>(source: &mut R, into: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while len < into.len() {
        match source.read(&mut into[len..]) {
            Ok(0) => break,
            Ok(n) => len += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}

fn be32(bytes: &[u8], at: usize) -> u32 {
    let word = bytes.get(at..at + 4).and_then(|word| word.try_into().ok());
    word.map_or(0, u32::from_be_bytes)
}

fn be64(bytes: &[u8], at: usize) -> u64 {
    u64::from(be32(bytes, at)) << 32 | u64::from(be32(bytes, at + 4))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn atom(kind: &[u8; 4], body: &[&[u8]]) -> Vec<u8> {
        let body = body.concat();
        let mut atom = (body.len() as u32 + 8).to_be_bytes().to_vec();
        atom.extend_from_slice(kind);
        atom.extend(body);
        atom
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    /// A file with one track at 44.1 kHz whose last sample is shortened to 600 ticks.
    fn file(movie_timescale: u32, elst: &[u32]) -> Vec<u8> {
        let stts = atom(b"stts", &[&words(&[0, 2, 10, 1024, 1, 600])]);
        let stbl = atom(b"stbl", &[&stts]);
        let minf = atom(b"minf", &[&stbl]);
        let mdhd = atom(b"mdhd", &[&words(&[0, 0, 0, 44_100, 10_840, 0])]);
        let mdia = atom(b"mdia", &[&mdhd, &minf]);
        let elst = atom(b"elst", &[&words(elst)]);
        let edts = atom(b"edts", &[&elst]);
        let tkhd = atom(b"tkhd", &[&words(&[0, 0, 0, 7, 0, 0])]);
        let trak = atom(b"trak", &[&tkhd, &edts, &mdia]);
        let mvhd = atom(b"mvhd", &[&words(&[0, 0, 0, movie_timescale, 0])]);
        let moov = atom(b"moov", &[&mvhd, &trak]);
        [atom(b"ftyp", &[b"M4A "]), moov].concat()
    }

    fn track(bytes: Vec<u8>) -> Mp4Track {
        let tracks = read_tracks(&mut Cursor::new(bytes)).unwrap();
        assert_eq!(tracks.len(), 1);
        tracks[0]
    }

    #[test]
    fn a_coarse_edit_takes_its_exact_length_from_the_samples() {
        // 9816 frames are 222.6 ms: written as 223.
        let track = track(file(1000, &[0, 1, 223, 1024, 0x1_0000]));
        assert_eq!((track.id, track.duration), (7, 10_840));
        let window = track.window(44_100).unwrap();
        assert_eq!((window.start, window.frames()), (1024, Some(9816)));
    }

    #[test]
    fn an_edit_that_ends_early_is_believed() {
        let track = track(file(44_100, &[0, 1, 5000, 1024, 0x1_0000]));
        let window = track.window(44_100).unwrap();
        assert_eq!((window.start, window.frames()), (1024, Some(5000)));
    }

    #[test]
    fn an_empty_edit_is_passed_over_and_two_edits_are_none() {
        let one = track(file(1000, &[0, 2, 50, u32::MAX, 0x1_0000, 0, 2112, 0x1_0000]));
        let window = one.window(44_100).unwrap();
        assert_eq!((window.start, window.end), (2112, Some(10_840)));
        let two = track(file(1000, &[0, 2, 50, 0, 0x1_0000, 50, 4000, 0x1_0000]));
        assert_eq!(two.window(44_100), None);
    }

    #[test]
    fn a_missing_clock_gives_no_window() {
        let track = Mp4Track { edit: Some(Edit { media_time: 1024, duration: 1 }), ..Mp4Track::default() };
        assert_eq!(track.window(44_100), None);
    }

    proptest! {
        #[test]
        fn damaged_files_never_panic(at in 0_usize..300, byte in any::<u8>(), cut in 0_usize..300) {
            let mut bytes = file(1000, &[0, 1, 223, 1024, 0x1_0000]);
            let len = bytes.len();
            bytes[at % len] = byte;
            bytes.truncate(len - cut % len);
            for track in read_tracks(&mut Cursor::new(bytes)).unwrap() {
                track.window(44_100);
            }
        }
    }
}
