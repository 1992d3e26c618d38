//! Takes the bytes of bare MPEG audio or ADTS; gives its packets, and how much time is lost where the headers
//! stop leading from one to the next. Finds any packet by its number. Never decodes.
//!
//! Needed because symphonia 0.6.1 takes the next bytes that look like a header for one, without asking whether
//! another follows it, and keeps no time for what it passes over.

use std::io;

use super::frame_index::{FrameIndex, Header, is_information};
use super::patient::PatientFile;

/// Bytes read at once.
const BLOCK: usize = 64 * 1024;

/// Bytes that tell a frame's length or a tag's.
const LOOK: usize = 40;

/// The longest stretch of bytes that is taken for lost frames rather than for something foreign, in packets.
const MOST_LOST: u64 = 100;

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A packet: its place in frames of sound, its length in such frames, and its bytes.
    Packet { at: u64, frames: u64, data: Vec<u8> },
    /// The end of the packets.
    End,
}

/// A place in a file of bare packets.
#[derive(Debug)]
pub(super) struct BareReader {
    file: PatientFile,
    index: FrameIndex,
    first: Header,
    /// Bytes of the file from `buffer_at` on.
    buffer: Vec<u8>,
    buffer_at: u64,
    /// The byte that is read next, and the frame of sound that begins there.
    at: u64,
    frame: u64,
    packets: u64,
    /// The length of the frames before, as a mean that forgets: in sixteenths of a byte.
    typical: u64,
    failures: u64,
}

impl BareReader {
    /// Reads a stream from its first packet on, which the demuxer gave, and which stands somewhere in the bytes
    /// of `head`. `None` where it does not.
    pub(super) fn new(file: &PatientFile, head: &[u8], head_at: u64, packet: &[u8]) -> Option<Self> {
        let index = FrameIndex::new(head, head_at, packet)?;
        let (first, at) = (index.first(), index.begin());
        Some(Self {
            file: file.clone(),
            index,
            first,
            buffer: Vec::new(),
            buffer_at: 0,
            at,
            frame: 0,
            packets: 0,
            typical: first.len as u64 * 16,
            failures: 0,
        })
    }

    /// Times that the headers led nowhere.
    pub(super) fn failures(&self) -> u64 {
        self.failures
    }

    /// The next packet.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn next(&mut self) -> io::Result<Found> {
        loop {
            let has_begun = self.packets > 0;
            let look = self.bytes(self.at, LOOK)?;
            if look.len() < 4 {
                return Ok(Found::End);
            }
            if let Some(len) = tag_len(look) {
                self.at = self.at.saturating_add(len);
                continue;
            }
            let is_information = has_begun && is_information(look);
            let Some(header) = Header::parse(look).filter(|header| header.is_like(&self.first)) else {
                if self.find_again(self.at + 1, None)? { continue } else { return Ok(Found::End) }
            };
            let end = self.at + header.len as u64;
            let data = self.bytes(self.at, header.len)?;
            if data.len() < header.len {
                return Ok(Found::End);
            }
            let data = data[header.len_before_packet()..].to_vec();
            if is_information {
                self.at = end;
                continue;
            }
            let found = Found::Packet { at: self.frame, frames: header.frames, data };
            self.packets += 1;
            self.frame += header.frames;
            let (begin, before, first) = (self.at, self.typical, self.first);
            self.at = end;
            if self.leads_on(end, &first)? {
                self.typical = before - before / 8 + header.len as u64 * 2;
            } else {
                // Its length may be wrong, or the next one's header.
                self.at = begin;
                self.find_again(begin + 4, Some(end))?;
            }
            return Ok(found);
        }
    }

    /// Goes to packet number `wanted`, or one before it; says which. Nothing that is lost is before it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn seek(&mut self, wanted: u64) -> io::Result<u64> {
        let (packet, at) = self.index.find(&self.file, wanted)?;
        self.at = at;
        self.packets = packet;
        self.frame = packet * self.first.frames;
        Ok(self.frame)
    }

    /// Frames of sound in every packet.
    pub(super) fn frames_per_packet(&self) -> u64 {
        self.first.frames
    }

    /// Whether a frame like this one, a tag, zeros, or the file's end stands at a byte.
    fn leads_on(&mut self, at: u64, like: &Header) -> io::Result<bool> {
        let look = self.bytes(at, LOOK)?;
        let is_frame = Header::parse(look).is_some_and(|header| header.is_like(like));
        let is_padding = look.starts_with(&[0; 4]);
        Ok(look.len() < 4 || is_frame || is_padding || tag_len(look).is_some())
    }

    /// Looks for the next frame that others follow, from byte `from` on, and counts the packets that do not come
    /// on the way. The one here did, where it has an `end`. Says whether there is a next; else the place is the
    /// file's end.
    fn find_again(&mut self, from: u64, end: Option<u64>) -> io::Result<bool> {
        // As they were: the frame that is found may be of another kind.
        let (begin, typical, frames) = (self.at, self.typical.max(1), self.first.frames);
        let mut at = from;
        let mut is_silent = true;
        let found = loop {
            let bytes = self.bytes(at, BLOCK)?;
            if bytes.len() < 4 {
                break None;
            }
            let candidate = bytes.windows(4).position(|window| {
                window[0] == 0xff && window[1] & 0xe0 == 0xe0
                    || matches!(&window[..3], b"TAG" | b"ID3")
                    || window == b"APET"
            });
            let passed = candidate.unwrap_or(bytes.len() - 3);
            is_silent &= bytes[..passed].iter().all(|&byte| byte == 0);
            at += passed as u64;
            if candidate.is_some() {
                if self.is_start(at)? {
                    break Some(at);
                }
                at += 1;
                is_silent = false;
            }
        };
        let Some(at) = found else {
            self.failures += u64::from(!is_silent);
            self.at = u64::MAX / 2;
            return Ok(false);
        };
        let passed = (at - begin).saturating_mul(16);
        let lost = ((passed + typical / 2) / typical).saturating_sub(u64::from(end.is_some()));
        // Frames of another kind may follow at once.
        self.failures += u64::from(end != Some(at));
        if lost <= MOST_LOST {
            self.frame += lost * frames;
        }
        self.at = at;
        Ok(true)
    }

    /// Whether a frame begins here that is sure to be one; in another kind of stream, two must follow.
    fn is_start(&mut self, at: u64) -> io::Result<bool> {
        let look = self.bytes(at, LOOK)?;
        if tag_len(look).is_some() {
            return Ok(true);
        }
        let Some(header) = Header::parse(look) else { return Ok(false) };
        let next = at + header.len as u64;
        if header.is_like(&self.first) {
            return self.leads_on(next, &header);
        }
        let Some(second) = Header::parse(self.bytes(next, LOOK)?) else { return Ok(false) };
        let sure = second.is_like(&header) && self.leads_on(next + second.len as u64, &header)?;
        if sure {
            // Packets of this kind follow from now on.
            self.first = header;
            self.typical = header.len as u64 * 16;
        }
        Ok(sure)
    }

    /// Up to `len` bytes from `at` on; fewer at the file's end.
    fn bytes(&mut self, at: u64, len: usize) -> io::Result<&[u8]> {
        let end = self.buffer_at + self.buffer.len() as u64;
        let is_there = at >= self.buffer_at && at.saturating_add(len as u64) <= end;
        let is_rest = at >= self.buffer_at && at <= end && end >= self.file.len();
        if !is_there && !is_rest {
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.resize(BLOCK, 0);
            self.buffer = self.file.read_into(at, buffer)?;
            self.buffer_at = at;
        }
        let bytes = &self.buffer[(at - self.buffer_at) as usize..];
        Ok(&bytes[..bytes.len().min(len)])
    }
}

/// The length of a tag that stands between or behind frames: ID3v1, ID3v2, APEv2 (its header or footer).
fn tag_len(bytes: &[u8]) -> Option<u64> {
    if bytes.starts_with(b"TAG") {
        return Some(128);
    }
    if bytes.starts_with(b"APETAGEX") {
        let size = u32::from_le_bytes(*bytes.get(12..16)?.first_chunk()?);
        let is_header = bytes.get(23)? & 0x20 != 0;
        return Some(if is_header { 32 + u64::from(size) } else { 32 });
    }
    super::source::id3v2_len(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::playback::decode::patient::PATIENCE;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn frame(number: u8) -> Vec<u8> {
        let padding = number % 2;
        let mut frame = vec![0xff, 0xfb, 0x90 | padding << 1, 0x40];
        frame.resize(417 + usize::from(padding), number | 1);
        frame
    }

    fn frames(count: u8) -> Vec<u8> {
        (0..count).flat_map(frame).collect()
    }

    /// Where packets are found, in packets, and how often the reader lost its way.
    fn found(bytes: Vec<u8>) -> (Vec<u64>, u64) {
        let len = bytes.len() as u64;
        let head = bytes.clone();
        let file = PatientFile::open(move || Ok((Cursor::new(bytes), len)), PATIENCE).unwrap();
        let mut reader = BareReader::new(&file, &head, 0, &frame(0)).unwrap();
        let mut places = Vec::new();
        while let Found::Packet { at, .. } = reader.next().unwrap() {
            assert!(at.is_multiple_of(1152));
            places.push(at / 1152);
        }
        (places, reader.failures())
    }

    #[test]
    fn packets_come_one_after_another() {
        assert_eq!(found([b"junk".to_vec(), frames(30)].concat()), ((0..30).collect(), 0));
    }

    #[test]
    fn a_damaged_header_costs_one_packet_and_no_time() {
        let mut bytes = frames(30);
        bytes[417 * 10 + 5..][..4].fill(0x55);
        let (places, failures) = found(bytes);
        assert_eq!(places, (0..30).filter(|n| *n != 10).collect::<Vec<_>>());
        assert_eq!(failures, 1);
    }

    #[test]
    fn a_header_in_the_sound_is_none() {
        let mut bytes = frames(30);
        bytes[417 * 10 + 5..][..4].fill(0x55);
        bytes[417 * 10 + 100..][..4].copy_from_slice(&[0xff, 0xfb, 0x90, 0x40]);
        assert_eq!(found(bytes).0, (0..30).filter(|n| *n != 10).collect::<Vec<_>>());
    }

    #[test]
    fn a_header_of_the_wrong_length_costs_no_time() {
        let mut bytes = frames(30);
        bytes[417 * 10 + 5 + 2] = 0xe0;
        let (places, failures) = found(bytes);
        assert_eq!((places.last(), failures), (Some(&29), 1));
    }

    #[test]
    fn tags_between_and_behind_are_no_sound() {
        let id3 = [b"ID3\x04\0\0\0\0\x02\0".to_vec(), vec![0xff; 256]].concat();
        let mut ape = b"APETAGEX\xd0\x07\0\0\x20\0\0\0\0\0\0\0".to_vec();
        ape.resize(32, 0);
        let tags = [ape, [b"TAG".to_vec(), vec![b' '; 125]].concat()].concat();
        assert_eq!(found([frames(5), id3, frames(5), tags].concat()), ((0..10).collect(), 0));
    }

    #[test]
    fn something_foreign_is_passed_over_and_takes_no_time() {
        let foreign = vec![7; 417 * 300];
        assert_eq!(found([frames(5), foreign, frames(5)].concat()), ((0..10).collect(), 1));
    }

    #[test]
    fn zeros_behind_the_sound_are_no_damage() {
        assert_eq!(found([frames(5), vec![0; 5000]].concat()), ((0..5).collect(), 0));
    }

    proptest! {
        #[test]
        fn never_panics_or_hangs(bytes in proptest::collection::vec(any::<u8>(), 0..300), at in 417_usize..8000) {
            let mut all = frames(20);
            let at = at.min(all.len());
            all.splice(at..at, bytes);
            let len = all.len() as u64;
            let head = all.clone();
            let file = PatientFile::open(move || Ok((Cursor::new(all), len)), PATIENCE).unwrap();
            let mut reader = BareReader::new(&file, &head, 0, &frame(0)).unwrap();
            while reader.next().unwrap() != Found::End {}
        }
    }
}
