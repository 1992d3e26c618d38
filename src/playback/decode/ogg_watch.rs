//! Takes the bytes of an Ogg file as they are read; gives the places where pages of a stream are missing,
//! with the time at which the sound goes on behind each. Changes no byte and reads none of its own.
//!
//! Needed because symphonia 0.6.1 puts the packets behind a lost page where that page stood, and notices
//! the time only one page later. Pages: RFC 3533, 6.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use symphonia::core::io::MediaSource;

/// More losses than a file that is still worth hearing has.
const MOST_LOSSES: usize = 4096;

/// Pages that are missing from a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Loss {
    pub(super) serial: u32,
    /// Granule position up to which the sound is there.
    pub(super) after: i64,
    /// Granule position at the end of the first page behind the loss.
    pub(super) end: i64,
    /// Packets that this page gives.
    pub(super) packets: usize,
    /// Whether the stream ends with this page: its last packet may reach beyond `end`.
    pub(super) is_last: bool,
}

/// What was seen of a file so far; shared by the reader and by whoever asks.
#[derive(Debug, Clone, Default)]
pub(super) struct OggWatch(Arc<Mutex<Seen>>);

impl OggWatch {
    /// The loss behind this place of a stream, where there is one.
    pub(super) fn loss(&self, serial: u32, after: i64) -> Option<Loss> {
        let seen = self.seen();
        seen.losses.iter().find(|loss| loss.serial == serial && loss.after == after).copied()
    }

    /// Whether pages are missing between the headers of a stream and the first sound.
    pub(super) fn begins_late(&self, serial: u32) -> bool {
        self.seen().late.contains(&serial)
    }

    /// A reader that tells this watch what it reads.
    pub(super) fn over<R>(&self, inner: R) -> Watched<R> {
        Watched { inner, watch: self.clone() }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        // What it holds is whole after every statement.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reader whose pages are watched.
pub(super) struct Watched<R> {
    inner: R,
    watch: OggWatch,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let len = self.inner.read(into)?;
        self.watch.seen().see(&into[..len]);
        Ok(len)
    }
}

impl<R: Seek> Seek for Watched<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.watch.seen().forget_place();
        self.inner.seek(to)
    }
}

impl<R: MediaSource> MediaSource for Watched<R> {
    fn is_seekable(&self) -> bool {
        self.inner.is_seekable()
    }

    fn byte_len(&self) -> Option<u64> {
        self.inner.byte_len()
    }
}

#[derive(Debug, Default)]
struct Seen {
    /// Bytes that may still become a page.
    bytes: Vec<u8>,
    streams: Vec<Stream>,
    losses: Vec<Loss>,
    /// Streams whose first sound is missing.
    late: Vec<u32>,
}

/// Where a stream stands.
#[derive(Debug)]
struct Stream {
    serial: u32,
    sequence: u32,
    /// Where its last packet ended.
    end: Option<i64>,
    /// Pages went missing, and no packet ended since.
    has_gap: bool,
    /// A packet goes on in the next page.
    is_open: bool,
}

impl Seen {
    fn forget_place(&mut self) {
        self.bytes.clear();
        self.streams.clear();
    }

    fn see(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        let all = std::mem::take(&mut self.bytes);
        let mut at = 0;
        while let Some(found) = all[at..].windows(4).position(|window| window == b"OggS") {
            at += found;
            match Page::parse(&all[at..]) {
                Parsed::Page(page) => {
                    at += page.len;
                    self.page(&page);
                }
                Parsed::Nothing => at += 1,
                Parsed::Partly => {
                    self.bytes = all;
                    self.bytes.drain(..at);
                    return;
                }
            }
        }
        self.bytes = all;
        self.bytes.drain(..at.max(self.bytes.len().saturating_sub(3)));
    }

    fn page(&mut self, page: &Page) {
        if page.begins {
            self.losses.retain(|loss| loss.serial != page.serial);
            self.streams.retain(|stream| stream.serial != page.serial);
        }
        let Some(stream) = self.streams.iter_mut().find(|stream| stream.serial == page.serial) else {
            self.streams.push(Stream {
                serial: page.serial,
                sequence: page.sequence,
                end: page.end(page.packets),
                has_gap: false,
                is_open: page.is_open,
            });
            return;
        };
        if page.sequence.wrapping_sub(stream.sequence) != 1 {
            stream.has_gap = true;
            stream.is_open = false;
        }
        stream.sequence = page.sequence;
        let is_torn = page.continues && !stream.is_open;
        stream.is_open = page.is_open && !(is_torn && page.packets == 0);
        // The end of a packet whose beginning is lost gives nothing.
        let packets = page.packets.saturating_sub(usize::from(is_torn));
        let Some(end) = page.end(packets) else { return };
        let after = stream.end.replace(end);
        if !std::mem::take(&mut stream.has_gap) {
            return;
        }
        let Some(after) = after else {
            // Without a place before it only headers stand there, or the reader has just jumped.
            if !self.late.contains(&page.serial) {
                self.late.push(page.serial);
            }
            return;
        };
        let loss = Loss { serial: page.serial, after, end, packets, is_last: page.ends };
        if !self.losses.contains(&loss) && self.losses.len() < MOST_LOSSES {
            self.losses.push(loss);
        }
    }
}

/// A page whose checksum is right.
struct Page {
    len: usize,
    continues: bool,
    begins: bool,
    ends: bool,
    is_open: bool,
    granule: i64,
    serial: u32,
    sequence: u32,
    packets: usize,
}

enum Parsed {
    Page(Page),
    /// Not a page, or one that is damaged.
    Nothing,
    /// More bytes will tell.
    Partly,
}

impl Page {
    fn parse(bytes: &[u8]) -> Parsed {
        let Some(head) = bytes.first_chunk::<27>() else { return Parsed::Partly };
        let Some(lacing) = bytes.get(27..27 + usize::from(head[26])) else { return Parsed::Partly };
        let len = 27 + lacing.len() + lacing.iter().map(|&len| usize::from(len)).sum::<usize>();
        let Some(page) = bytes.get(..len) else { return Parsed::Partly };
        let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        if checksum(page) != word(22) {
            return Parsed::Nothing;
        }
        Parsed::Page(Self {
            len,
            continues: head[5] & 1 != 0,
            begins: head[5] & 2 != 0,
            ends: head[5] & 4 != 0,
            is_open: lacing.last() == Some(&255),
            granule: i64::from(word(6)) | i64::from(word(10)) << 32,
            serial: word(14),
            sequence: word(18),
            packets: lacing.iter().filter(|&&len| len < 255).count(),
        })
    }

    /// Where the last of so many packets ends. Headers end at 0.
    fn end(&self, packets: usize) -> Option<i64> {
        (packets > 0 && self.granule > 0).then_some(self.granule)
    }
}

/// The length of the page that begins here; 0 where none does that is whole, `None` where more bytes
/// would tell.
pub(super) fn page_len(bytes: &[u8]) -> Option<usize> {
    match Page::parse(bytes) {
        Parsed::Page(page) => Some(page.len),
        Parsed::Nothing => Some(0),
        Parsed::Partly => None,
    }
}

/// CRC-32 with the polynomial 0x04c11db7, bits not reflected, over a page whose own checksum counts as 0.
fn checksum(page: &[u8]) -> u32 {
    let step = |crc: u32, byte: u8| crc << 8 ^ TABLE[usize::from((crc >> 24) as u8 ^ byte)];
    let (head, rest) = page.split_at(22);
    let crc = head.iter().fold(0, |crc, &byte| step(crc, byte));
    let crc = (0..4).fold(crc, |crc, _| step(crc, 0));
    rest[4..].iter().fold(crc, |crc, &byte| step(crc, byte))
}

const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = (byte as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000_0000 != 0 { crc << 1 ^ 0x04c1_1db7 } else { crc << 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn page(flags: u8, granule: i64, sequence: u32, lacing: &[u8]) -> Vec<u8> {
        let mut page = b"OggS\0".to_vec();
        page.push(flags);
        page.extend(granule.to_le_bytes());
        page.extend(7_u32.to_le_bytes());
        page.extend(sequence.to_le_bytes());
        page.extend([0; 4]);
        page.push(lacing.len() as u8);
        page.extend(lacing);
        page.extend(lacing.iter().flat_map(|&len| vec![9; usize::from(len)]));
        let crc = checksum(&page);
        page[22..26].copy_from_slice(&crc.to_le_bytes());
        page
    }

    fn losses(pages: &[Vec<u8>], piece: usize) -> Vec<Loss> {
        let mut seen = Seen::default();
        for bytes in pages.concat().chunks(piece) {
            seen.see(bytes);
        }
        seen.losses
    }

    fn stream() -> Vec<Vec<u8>> {
        let mut pages = vec![page(2, 0, 0, &[30]), page(0, 0, 1, &[40])];
        pages.extend((2..8).map(|sequence| page(0, i64::from(sequence) * 100, sequence, &[50, 60, 70])));
        pages
    }

    #[test]
    fn a_whole_stream_has_no_loss() {
        assert_eq!(losses(&stream(), 64), []);
    }

    #[test]
    fn a_missing_or_damaged_page_is_found_however_it_is_read() {
        let loss = Loss { serial: 7, after: 300, end: 500, packets: 3, is_last: false };
        let mut pages = stream();
        pages[4][80] = 0;
        for piece in [1, 7, 100, 10_000] {
            assert_eq!(losses(&pages, piece), [loss], "{piece}");
        }
        pages.remove(4);
        assert_eq!(losses(&pages, 64), [loss]);
    }

    #[test]
    fn the_end_of_a_packet_that_began_on_a_lost_page_does_not_count() {
        let mut pages = stream();
        pages[5] = page(1, 500, 5, &[50, 60, 70]);
        pages.remove(4);
        let loss = Loss { serial: 7, after: 300, end: 500, packets: 2, is_last: false };
        assert_eq!(losses(&pages, 64), [loss]);
    }

    #[test]
    fn a_stream_whose_first_sound_is_missing_begins_late() {
        let mut pages = stream();
        pages.remove(2);
        let watch = OggWatch::default();
        assert!(!watch.begins_late(7));
        watch.seen().see(&pages.concat());
        assert!(watch.begins_late(7));
        assert_eq!(watch.seen().losses, []);
    }

    #[test]
    fn a_jump_of_the_reader_is_no_loss() {
        let mut seen = Seen::default();
        let pages = stream();
        seen.see(&pages[2]);
        seen.forget_place();
        seen.see(&pages[5]);
        seen.see(&pages[6]);
        assert_eq!(seen.losses, []);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..400) {
            let mut stream = stream().concat();
            let at = at.min(stream.len());
            stream.splice(at..at, bytes);
            losses(&[stream], 33);
        }
    }
}
