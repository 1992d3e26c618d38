//! Takes the bytes of bare MPEG audio or ADTS, frame header by frame header; gives the byte at which a frame
//! stands. Never decodes, and never guesses: where the headers stop leading from one to the next it ends.
//!
//! Headers: ISO/IEC 11172-3, 2.4.1.3 and 13818-3; ADTS: ISO/IEC 14496-3, 1.A.2.2.

use std::io;

use super::patient::PatientFile;

/// Every so many packets one is remembered.
const EVERY: u64 = 64;

/// Bytes read at once.
const BLOCK: usize = 1 << 20;

/// Bytes of a frame that tell its length, and whether it is an information frame.
const LOOK: usize = 40;

/// Where packets stand, as far as the file was walked.
#[derive(Debug)]
pub(super) struct FrameIndex {
    first: Header,
    /// The byte of every 64th packet.
    marks: Vec<u64>,
    /// Packets walked, and the byte behind them.
    packets: u64,
    at: u64,
    /// The file ends here, or what follows is no frame like the first.
    is_over: bool,
}

impl FrameIndex {
    /// An index of the stream whose first packet is `packet`, as the demuxer gave it, somewhere in the bytes
    /// of `head`, which stands at `head_at` in the file.
    pub(super) fn new(head: &[u8], head_at: u64, packet: &[u8]) -> Option<Self> {
        let begins = packet.get(..packet.len().min(64)).filter(|bytes| bytes.len() >= 16)?;
        let found = head.windows(begins.len()).position(|window| window == begins)?;
        // Packets of MPEG audio begin with their header; those of ADTS come behind it.
        let (at, first) = [0, 7, 9].into_iter().find_map(|len| {
            let at = found.checked_sub(len)?;
            let header = Header::parse(head.get(at..)?)?;
            (header.len_before_packet() == len).then_some((at, header))
        })?;
        let at = head_at + at as u64;
        Some(Self { first, marks: vec![at], packets: 0, at, is_over: false })
    }

    /// The header of the first packet.
    pub(super) fn first(&self) -> Header {
        self.first
    }

    /// The byte of the first packet.
    pub(super) fn begin(&self) -> u64 {
        self.marks[0]
    }

    /// A packet at or before packet number `wanted`, and its byte.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn find(&mut self, file: &PatientFile, wanted: u64) -> io::Result<(u64, u64)> {
        let mut buffer = Vec::new();
        while self.packets <= wanted && !self.is_over {
            buffer.resize(BLOCK, 0);
            buffer = file.read_into(self.at, buffer)?;
            self.walk(&buffer);
        }
        let nearest = usize::try_from(wanted / EVERY).unwrap_or(usize::MAX).min(self.marks.len() - 1);
        Ok((nearest as u64 * EVERY, self.marks[nearest]))
    }

    fn walk(&mut self, bytes: &[u8]) {
        let mut at = 0;
        while let Some(look) = bytes.get(at..at + LOOK) {
            let header = Header::parse(look).filter(|header| header.is_like(&self.first));
            let Some(header) = header.filter(|_| self.packets == 0 || !is_information(look)) else {
                self.stop();
                break;
            };
            if self.packets.is_multiple_of(EVERY) && self.packets > 0 {
                self.marks.push(self.at + at as u64);
            }
            self.packets += 1;
            at += header.len;
        }
        self.at += at as u64;
        self.is_over |= at == 0;
    }

    /// A frame that no other follows may be none: it is not remembered.
    fn stop(&mut self) {
        self.is_over = true;
        let is_last_marked = self.packets.saturating_sub(1).is_multiple_of(EVERY);
        if is_last_marked && self.marks.len() > 1 {
            self.marks.pop();
        }
    }
}

/// What all packets of one stream of MPEG audio have in common: version, layer, rate, one channel or more.
pub(super) fn mpeg_kind(packet: &[u8]) -> Option<u32> {
    Header::parse(packet).filter(|header| !header.is_adts).map(|header| header.kind)
}

/// Whether an encoder wrote about the stream here; demuxers pass over such a frame.
pub(super) fn is_information(frame: &[u8]) -> bool {
    [13, 21, 36].into_iter().any(|at| {
        let tag = frame.get(at..at + 4);
        matches!(tag, Some(b"Xing" | b"Info" | b"VBRI"))
    })
}

/// What of a frame header matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    is_adts: bool,
    /// Version, layer, rate and channels: the same in all frames of a stream.
    kind: u32,
    has_checksum: bool,
    /// Bytes of the frame, header included.
    pub(super) len: usize,
    /// Frames of sound.
    pub(super) frames: u64,
}

impl Header {
    /// Reads the header that begins here.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let word = u32::from_be_bytes(*bytes.first_chunk()?);
        let is_adts = word >> 20 == 0xfff && word >> 17 & 3 == 0;
        if is_adts { Self::adts(bytes, word) } else { Self::mpeg(word) }
    }

    fn adts(bytes: &[u8], word: u32) -> Option<Self> {
        let &[_, _, _, d, e, f, g, ..] = bytes else { return None };
        let len = usize::from(d & 3) << 11 | usize::from(e) << 3 | usize::from(f >> 5);
        // One block a frame; files with more are not written by anyone.
        let is_plain = len > 9 && g & 3 == 0;
        is_plain.then_some(Self {
            is_adts: true,
            kind: word & 0x0008_fdc0,
            has_checksum: word & 0x1_0000 == 0,
            len,
            frames: 1024,
        })
    }

    fn mpeg(word: u32) -> Option<Self> {
        let (version, layer) = (word >> 19 & 3, 4 - (word >> 17 & 3));
        if word >> 21 != 0x7ff || version == 1 || layer == 4 {
            return None;
        }
        let is_mpeg1 = version == 3;
        let kbit: &[u16; 14] = match (is_mpeg1, layer) {
            (true, 1) => &[32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
            (true, 2) => &[32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
            (true, _) => &[32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
            (false, 1) => &[32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
            (false, _) => &[8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
        };
        // Streams of free format (0) do not tell their frames' length.
        let kbit = usize::from(*kbit.get((word >> 12 & 15).checked_sub(1)? as usize)?);
        let rate = *[44_100_usize, 48_000, 32_000].get((word >> 10 & 3) as usize)?;
        let rate = match version {
            3 => rate,
            2 => rate / 2,
            _ => rate / 4,
        };
        let padding = (word >> 9 & 1) as usize;
        let (len, frames) = match (layer, is_mpeg1) {
            (1, _) => ((12_000 * kbit / rate + padding) * 4, 384),
            (3, false) => (72_000 * kbit / rate + padding, 576),
            _ => (144_000 * kbit / rate + padding, 1152),
        };
        let is_mono = u32::from(word >> 6 & 3 == 3);
        let kind = word & 0x001e_0c00 | is_mono;
        Some(Self { is_adts: false, kind, has_checksum: word & 0x1_0000 == 0, len, frames })
    }

    /// Whether both may stand in one stream.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (self.is_adts, self.kind) == (other.is_adts, other.kind)
    }

    /// Bytes of the header that a demuxer leaves out of the packet.
    pub(super) fn len_before_packet(&self) -> usize {
        match (self.is_adts, self.has_checksum) {
            (false, _) => 0,
            (true, false) => 7,
            (true, true) => 9,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::playback::decode::patient::PATIENCE;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn file(bytes: Vec<u8>) -> PatientFile {
        let len = bytes.len() as u64;
        PatientFile::open(move || Ok((Cursor::new(bytes), len)), PATIENCE).unwrap()
    }

    /// MPEG-1 layer III at 128 kbit/s and 44.1 kHz: 417 bytes, every other frame 418.
    fn frame(number: u8) -> Vec<u8> {
        let padding = number % 2;
        let mut frame = vec![0xff, 0xfb, 0x90 | padding << 1, 0x40];
        frame.resize(417 + usize::from(padding), number);
        frame
    }

    fn frames(count: u8) -> Vec<u8> {
        (0..count).flat_map(frame).collect()
    }

    #[test]
    fn finds_a_packet_at_or_before_the_one_wanted() {
        let bytes = [b"junk".to_vec(), frames(200)].concat();
        let mut index = FrameIndex::new(&bytes, 0, &frame(0)).unwrap();
        assert_eq!(index.first().frames, 1152);
        let file = file(bytes);
        let at = |packets: u64| 4 + packets * 417 + packets / 2;
        for (wanted, packet) in [(0, 0), (63, 0), (64, 64), (199, 192), (100, 64), (9999, 192)] {
            assert_eq!(index.find(&file, wanted).unwrap(), (packet, at(packet)), "{wanted}");
        }
    }

    #[test]
    fn ends_where_headers_lead_no_further() {
        let mut bytes = frames(200);
        bytes[417 * 129 + 64] = 0;
        let mut index = FrameIndex::new(&bytes, 0, &frame(0)).unwrap();
        // Frame 128 is the last that is sure, and nothing like it follows.
        assert_eq!(index.find(&file(bytes), 199).unwrap().0, 64);
    }

    #[test]
    fn a_second_information_frame_ends_it_too() {
        let mut bytes = frames(100);
        let at = 90 * 417 + 45;
        bytes[at + 36..at + 40].copy_from_slice(b"Info");
        let mut index = FrameIndex::new(&bytes, 0, &frame(0)).unwrap();
        assert_eq!(index.find(&file(bytes), 99).unwrap().0, 64);
        assert_eq!(index.packets, 90);
    }

    #[test]
    fn packets_of_adts_come_behind_their_header() {
        let head = [0xff, 0xf1, 0x50, 0x80, 100 >> 3, 0x1f | (100 & 7) << 5, 0xfc];
        let frame = |n: u8| [head.to_vec(), vec![n; 93]].concat();
        let bytes: Vec<u8> = (0..150).flat_map(frame).collect();
        let mut index = FrameIndex::new(&bytes, 10, &[0; 93]).unwrap();
        assert_eq!(index.first().frames, 1024);
        let shifted = [vec![1; 10], bytes].concat();
        assert_eq!(index.find(&file(shifted), 130).unwrap(), (128, 10 + 12_800));
    }

    #[test]
    fn a_packet_that_is_not_there_gives_no_index() {
        assert!(FrameIndex::new(&frames(3), 0, &[1; 400]).is_none());
        assert!(FrameIndex::new(&[], 0, &frame(0)).is_none());
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..500), wanted in any::<u64>()) {
            let bytes = [frame(0), bytes].concat();
            if let Some(mut index) = FrameIndex::new(&bytes, 0, &frame(0)) {
                index.find(&file(bytes), wanted).unwrap();
            }
        }
    }
}
