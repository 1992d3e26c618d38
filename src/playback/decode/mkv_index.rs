//! Takes a Matroska file, block header by block header; gives the cluster from which a frame of its sound can
//! be reached. Never decodes; ends where it cannot count the frames of a packet, or where time jumps.
//!
//! Needed because times in Matroska are rounded to milliseconds, and `symphonia` 0.6.1 does not seek in it
//! reliably. Elements: RFC 9559, 5.1.3 (`Cluster`); blocks: 10.

use std::io;

use symphonia::core::codecs::audio::AudioCodecParameters;

use super::demux::Clock;
use super::frame_index::Header;
use super::mkv::{BLOCK, BLOCK_GROUP, CLUSTER, SEGMENT, SIMPLE_BLOCK, vint};
use super::names::Family;
use super::opus;
use super::patient::PatientFile;
use super::vorbis_setup::Lengths;

const TIMESTAMP: u32 = 0xe7;

/// Bytes read at once where every block is looked at, and where only the first of a cluster is.
const READ: usize = 512 * 1024;
const GLANCE: usize = 512;

/// Bytes that tell what an element is and how much sound a block holds.
const LOOK: u64 = 64;

/// A cluster, and the frame of sound that the first packet of it brings that a fresh decoder can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) byte: u64,
    pub(super) frame: u64,
}

/// The clusters of a file, as far as it was walked.
#[derive(Debug)]
pub(super) struct MkvIndex {
    track: u64,
    clock: Clock,
    packets: Packets,
    marks: Vec<Mark>,
    /// The next byte to look at, and the sound before it.
    at: u64,
    frames: u64,
    /// The current cluster until its first block was seen, and its time.
    cluster: Option<Cluster>,
    time: i64,
    /// Frames of every packet but the last, where that is known: then a cluster's time tells the frame it begins with.
    unit: Option<u64>,
    /// The time of the first packet with sound, in frames.
    begin: Option<i64>,
    is_over: bool,
}

/// Where a cluster begins and ends.
#[derive(Debug, Clone, Copy)]
struct Cluster {
    byte: u64,
    end: Option<u64>,
}

/// How the frames of a packet are told.
#[derive(Debug)]
enum Packets {
    Same(u64),
    Mpeg,
    Opus,
    Flac,
    Vorbis(Lengths),
    /// Frames of every packet but the last.
    Alac(u64),
    /// Bytes of a frame.
    Pcm(u64),
}

impl Packets {
    fn of(params: &AudioCodecParameters) -> Option<Self> {
        Some(match Family::of(params.codec) {
            Family::Aac => Self::Same(1024),
            Family::Mpeg => Self::Mpeg,
            Family::Opus => Self::Opus,
            Family::Flac => Self::Flac,
            Family::Alac => {
                let cookie = params.extra_data.as_deref()?.first_chunk()?;
                Self::Alac(u64::from(u32::from_be_bytes(*cookie)))
            }
            Family::Pcm { .. } => {
                let bits = params.bits_per_coded_sample.or(params.bits_per_sample)?;
                Self::Pcm(u64::from(bits / 8) * params.channels.as_ref()?.count() as u64)
            }
            Family::Vorbis => {
                let channels = params.channels.as_ref()?.count() as u32;
                Self::Vorbis(Lengths::read(params.extra_data.as_deref()?, channels)?)
            }
            _ => return None,
        })
    }

    /// Frames of every packet but the last, told by the first one.
    fn unit(&self, packet: &[u8], frames: u64) -> Option<u64> {
        match self {
            Self::Same(_) | Self::Mpeg | Self::Alac(_) => Some(frames),
            // Blocks of one size (RFC 9639, 9.1).
            Self::Flac => (packet.get(1) == Some(&0xf8)).then_some(frames),
            Self::Opus | Self::Vorbis(_) | Self::Pcm(_) => None,
        }
    }

    /// Frames of a packet of `size` bytes, of which the first are given.
    fn frames(&mut self, packet: &[u8], size: u64) -> Option<u64> {
        match self {
            Self::Same(frames) => Some(*frames),
            Self::Mpeg => Header::parse(packet).map(|header| header.frames),
            Self::Opus => opus::packet_frames(packet),
            Self::Flac => flac_frames(packet),
            Self::Vorbis(lengths) => lengths.next(packet),
            Self::Alac(frames) => alac_frames(packet, *frames),
            Self::Pcm(frame) => size.checked_div(*frame),
        }
    }
}

impl MkvIndex {
    /// An index of one track; `None` where its packets do not tell their length.
    pub(super) fn new(track: u32, clock: Clock, params: &AudioCodecParameters) -> Option<Self> {
        Some(Self {
            track: u64::from(track),
            clock,
            packets: Packets::of(params)?,
            marks: Vec::new(),
            at: 0,
            frames: 0,
            cluster: None,
            time: 0,
            unit: None,
            begin: None,
            is_over: false,
        })
    }

    /// The first cluster's byte, and the last cluster at or before `frame`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn find(&mut self, file: &PatientFile, frame: u64) -> io::Result<Option<(u64, Mark)>> {
        let mut buffer = Vec::new();
        while self.frames <= frame && !self.is_over {
            let wanted = if self.unit.is_some() { GLANCE } else { READ };
            buffer.resize(wanted, 0);
            buffer = file.read_into(self.at, buffer)?;
            let is_last = buffer.len() < wanted;
            let before = self.at;
            self.walk(&buffer, is_last);
            self.is_over |= is_last || self.at == before;
        }
        let after = self.marks.partition_point(|mark| mark.frame <= frame);
        let found = after.checked_sub(1).map(|at| self.marks[at]);
        Ok(self.marks.first().map(|first| first.byte).zip(found))
    }

    fn walk(&mut self, bytes: &[u8], is_last: bool) {
        let begin = self.at;
        while !self.is_over {
            let offset = usize::try_from(self.at - begin).unwrap_or(usize::MAX);
            let Some(rest) = bytes.get(offset..) else { return };
            if rest.is_empty() || (!is_last && (rest.len() as u64) < LOOK) {
                return;
            }
            let Some((id, size, head)) = element(rest) else {
                self.is_over = true;
                return;
            };
            let body = &rest[head..];
            let byte = self.at;
            self.at += head as u64;
            match id {
                SEGMENT | BLOCK_GROUP => {}
                CLUSTER => {
                    let end = size.map(|size| self.at.saturating_add(size));
                    self.cluster = Some(Cluster { byte, end });
                }
                _ => {
                    let Some(size) = size else {
                        self.is_over = true;
                        return;
                    };
                    let seen = body.len().min(usize::try_from(size).unwrap_or(usize::MAX));
                    let behind = self.at.saturating_add(size);
                    let rest_of_cluster = self.leaf(id, &body[..seen], size);
                    self.at = rest_of_cluster.unwrap_or(behind);
                }
            }
        }
    }

    /// Takes an element without others inside; gives the end of its cluster where nothing more is wanted of it.
    fn leaf(&mut self, id: u32, body: &[u8], size: u64) -> Option<u64> {
        match id {
            TIMESTAMP => self.time = body.iter().take(8).fold(0, |time, &byte| time << 8 | i64::from(byte)),
            SIMPLE_BLOCK | BLOCK => match self.block(body, size) {
                Some(begun) => return begun.filter(|_| self.unit.is_some()).and_then(|cluster| cluster.end),
                None => self.is_over = true,
            },
            _ => {}
        }
        None
    }

    /// Counts a block; gives the cluster that begins with it. `None` where it cannot be counted.
    fn block(&mut self, body: &[u8], size: u64) -> Option<Option<Cluster>> {
        let (track, len) = vint(body)?;
        if track != Some(self.track) {
            return Some(None);
        }
        let &[high, low, flags, ref packet @ ..] = body.get(len..)? else { return None };
        // Several packets in one block, which music has not.
        if flags & 6 != 0 {
            return None;
        }
        let time = self.time.checked_add(i64::from(i16::from_be_bytes([high, low])))?;
        let frames = self.packets.frames(packet, size.saturating_sub(len as u64 + 3))?;
        let at = self.clock.frames(time);
        if frames > 0 {
            let begin = *self.begin.get_or_insert(at);
            let told = u64::try_from(at.checked_sub(begin)?).ok()?;
            if let Some(unit) = self.unit {
                self.frames = (told + unit / 2) / unit * unit; // what was passed over is counted by the time
            }
            if told.abs_diff(self.frames) > self.clock.slack().unsigned_abs() {
                return None;
            }
            if self.marks.is_empty() {
                self.unit = self.packets.unit(packet, frames);
            }
        }
        let begun = self.cluster.take();
        if begun.is_some_and(|cluster| cluster.end.is_none()) {
            self.unit = None;
        }
        if let Some(Cluster { byte, .. }) = begun {
            // The first packet of Vorbis gives a fresh decoder nothing.
            let lost = if matches!(self.packets, Packets::Vorbis(_)) { frames } else { 0 };
            self.marks.push(Mark { byte, frame: self.frames + lost });
        }
        self.frames += frames;
        Some(begun)
    }
}

/// Name, size (`None`: unknown) and length of the head of the element that begins here.
fn element(bytes: &[u8]) -> Option<(u32, Option<u64>, usize)> {
    let id_len = bytes.first()?.leading_zeros() as usize + 1;
    let id = bytes.get(..id_len).filter(|_| id_len <= 4)?;
    let id = id.iter().fold(0, |id, &byte| id << 8 | u32::from(byte));
    let (size, size_len) = vint(&bytes[id_len..])?;
    Some((id, size, id_len + size_len))
}

/// Frames in a packet of ALAC: `usual` where its first element does not say otherwise (the element's tag, its
/// number, twelve zero bits, then whether a length follows; Apple's `ALACEncoder.cpp`).
fn alac_frames(packet: &[u8], usual: u64) -> Option<u64> {
    let head = u64::from_be_bytes(*packet.first_chunk()?);
    let is_partial = head >> 44 & 1 == 1;
    // Two bits for the shift and one for "not compressed" stand before the length.
    Some(if is_partial { head >> 9 & 0xffff_ffff } else { usual })
}

/// Frames in a frame of FLAC (RFC 9639, 9.1.1 and 9.1.6).
fn flac_frames(packet: &[u8]) -> Option<u64> {
    let &[0xff, 0xf8 | 0xf9, sizes, _, number, ..] = packet else { return None };
    let behind = 4 + (number.leading_ones() as usize).max(1);
    match sizes >> 4 {
        0 => None,
        1 => Some(192),
        code @ 2..=5 => Some(144 << code),
        6 => Some(u64::from(*packet.get(behind)?) + 1),
        7 => Some((u64::from(*packet.get(behind)?) << 8 | u64::from(*packet.get(behind + 1)?)) + 1),
        code => Some(1 << code),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::playback::decode::patient::PATIENCE;
    use proptest::prelude::*;
    use std::io::Cursor;
    use symphonia::core::codecs::audio::well_known::CODEC_ID_AAC;
    use symphonia::core::units::TimeBase;

    fn file(bytes: Vec<u8>) -> PatientFile {
        let len = bytes.len() as u64;
        PatientFile::open(move || Ok((Cursor::new(bytes), len)), PATIENCE).unwrap()
    }

    fn index() -> MkvIndex {
        let mut params = AudioCodecParameters::new();
        params.for_codec(CODEC_ID_AAC);
        MkvIndex::new(1, Clock::new(TimeBase::try_new(1, 1000), 44_100), &params).unwrap()
    }

    /// Twenty clusters of ten packets of 1024 frames, some video among them; their bytes.
    fn matroska() -> (Vec<u8>, Vec<u64>) {
        matroska_with(|_| b"\x01\xff\xff\xff\xff\xff\xff\xff".to_vec())
    }

    /// The same, with clusters that tell their size.
    fn measured_matroska() -> (Vec<u8>, Vec<u64>) {
        matroska_with(|len| (len as u32 | 0x1000_0000).to_be_bytes().to_vec())
    }

    fn matroska_with(size: impl Fn(usize) -> Vec<u8>) -> (Vec<u8>, Vec<u64>) {
        let mut bytes = b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff".to_vec();
        let mut clusters = Vec::new();
        for cluster in 0..20_u64 {
            let time = |packet: u64| ((cluster * 10 + packet) * 1024 * 1000 + 22_050) / 44_100;
            let mut body = b"\xe7\x82".to_vec();
            body.extend((time(0) as u16).to_be_bytes());
            for packet in 0..10 {
                body.extend(b"\xa3\x8a\x82\0\0\0video!");
                body.extend(b"\xa0\x8c\xa1\x8a\x81");
                body.extend(((time(packet) - time(0)) as u16).to_be_bytes());
                body.extend(b"\0music!");
            }
            clusters.push(bytes.len() as u64);
            bytes.extend(b"\x1f\x43\xb6\x75");
            bytes.extend(size(body.len()));
            bytes.extend(body);
        }
        (bytes, clusters)
    }

    #[test]
    fn finds_the_cluster_before_a_frame() {
        for (bytes, clusters) in [matroska(), measured_matroska()] {
            let file = file(bytes);
            let mut index = index();
            let places = [(0, 0), (10_239, 0), (10_240, 1), (150_000, 14), (5000, 0), (9_999_999, 19)];
            for (frame, cluster) in places {
                let mark = Mark { byte: clusters[cluster], frame: cluster as u64 * 10_240 };
                assert_eq!(index.find(&file, frame).unwrap(), Some((clusters[0], mark)), "{frame}");
            }
        }
    }

    #[test]
    fn looks_only_at_the_begin_of_clusters_that_tell_their_size() {
        let (mut bytes, clusters) = measured_matroska();
        for pair in clusters.windows(2) {
            // All but the first music of the cluster.
            bytes[pair[0] as usize + 60..pair[1] as usize].fill(0);
        }
        let (_, mark) = index().find(&file(bytes), 150_000).unwrap().unwrap();
        assert_eq!(mark, Mark { byte: clusters[14], frame: 143_360 });
    }

    #[test]
    fn a_cluster_whose_time_is_no_packet_ends_the_index() {
        let (mut bytes, clusters) = measured_matroska();
        bytes[clusters[7] as usize + 11] ^= 8; // the low byte of its time
        let (_, mark) = index().find(&file(bytes), 150_000).unwrap().unwrap();
        assert_eq!(mark.byte, clusters[6]);
    }

    #[test]
    fn ends_where_time_jumps() {
        let (mut bytes, clusters) = matroska();
        bytes[clusters[7] as usize + 14] += 9;
        let (_, mark) = index().find(&file(bytes), 150_000).unwrap().unwrap();
        assert_eq!(mark.byte, clusters[6]);
    }

    #[test]
    fn frames_of_flac_tell_their_length() {
        assert_eq!(flac_frames(&[0xff, 0xf8, 0xc9, 0x18, 0, 0]), Some(4096));
        assert_eq!(flac_frames(&[0xff, 0xf8, 0x59, 0x18, 0, 0]), Some(4608));
        assert_eq!(flac_frames(&[0xff, 0xf8, 0x79, 0x18, 5, 0x03, 0xe7]), Some(1000));
        assert_eq!(flac_frames(&[0xff, 0xf8, 0x69, 0x18, 0xc2, 0x80, 99]), Some(100));
        assert_eq!(flac_frames(b"noise"), None);
    }

    #[test]
    fn packets_of_alac_and_pcm_tell_their_length() {
        assert_eq!(alac_frames(&[0x20, 0, 0, 0, 0x13, 0, 0, 0], 4096), Some(4096));
        assert_eq!(alac_frames(&[0x20, 0, 0x12, 0, 0, 0x07, 0xd0, 0], 4096), Some(1000));
        assert_eq!(alac_frames(b"short", 4096), None);
        assert_eq!(Packets::Pcm(4).frames(&[0; 64], 4096), Some(1024));
        assert_eq!(Packets::Pcm(0).frames(&[0; 64], 4096), None);
    }

    proptest! {
        #[test]
        fn never_panics_or_hangs(at in 0_usize..5000, value in any::<u8>(), frame in any::<u64>()) {
            let (mut bytes, _) = matroska();
            let len = bytes.len();
            bytes[at % len] = value;
            index().find(&file(bytes), frame).unwrap();
        }
    }
}
