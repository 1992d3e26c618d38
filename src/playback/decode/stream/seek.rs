//! How a [`Stream`] goes to a frame: by the demuxer's own seek, an index of ours, or reading past packets. Takes
//! a frame of the music; leaves the stream so that what it gives next equals continuous decoding from
//! there. Never decodes.

use symphonia::core::formats::FormatId;
use symphonia::core::formats::well_known::*;
use symphonia::core::packet::Packet;

use super::super::DecodeError;
use super::super::codec::Pcm;
use super::super::demux::{Clock, Demuxer, MOST_HEAD};
use super::super::mkv_index::MkvIndex;
use super::super::names::Family;
use super::{Codec, Link, Stream};

/// Packets that are passed over rather than looked up in an index.
const NEAR: u64 = 64;

/// RFC 7845 asks for 80 ms. Measured over random places, every sample equals continuous decoding after 27
/// packets of 20 ms, or 16 of 2.5 ms, at the most.
const OPUS_PRE_ROLL: u64 = 48_000;

/// Speech (SILK, alone or beneath CELT) is predicted from the pitch before it, and forgets only in a pause or
/// a hiss: measured with a pause every 5 s, 2.7 s at the most. A tone that never pauses was not forgotten in
/// half a minute; after one second its samples differed by less than a thousandth of full scale.
const OPUS_SPEECH_PRE_ROLL: u64 = 5 * 48_000;

/// How to go to a frame so that what follows equals continuous decoding, bit for bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seeking {
    /// Whether the demuxer's own seek lands where it says.
    pub(super) indexed: bool,
    /// Frames to decode ahead of the target, of packets that cannot be placed without decoding.
    pub(super) pre_roll: u64,
    /// Frames after which the decoder has forgotten where it began.
    pub(super) settled: u64,
}

impl Seeking {
    pub(super) fn of(container: FormatId, codec: Family, clock: Clock) -> Self {
        let indexed = match container {
            // Reading past packets counts frames as playing does; the demuxer's seek may not.
            FORMAT_ID_MP1 | FORMAT_ID_MP2 | FORMAT_ID_MP3 | FORMAT_ID_ADTS | FORMAT_ID_MKV => false,
            FORMAT_ID_CAF => matches!(codec, Family::Pcm { .. }),
            _ => codec != Family::Adpcm,
        };
        let settled = match codec {
            Family::Opus => OPUS_SPEECH_PRE_ROLL,
            Family::Adpcm | Family::Other => u64::MAX,
            Family::Mpeg => 10 * 1152,
            // Noise substitution is the exception: its random numbers count from the file's beginning.
            Family::Aac => 2 * 1024,
            Family::Vorbis => 2 * 8192,
            Family::Pcm { .. } | Family::Law | Family::Flac | Family::Alac => 0,
        };
        if !clock.is_exact() {
            // Only Opus tells a packet's length without decoding it.
            let pre_roll = if codec == Family::Opus { settled } else { u64::MAX };
            return Self { indexed: false, pre_roll, settled };
        }
        Self { indexed, pre_roll: settled, settled }
    }
}

impl<S: Pcm> Stream<S> {
    /// Goes to a frame of the music.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn go_to(&mut self, frame: u64) -> Result<(), DecodeError> {
        self.forget_waiting();
        self.has_sought = true;
        if self.format.frames.is_some_and(|frames| frame >= frames) {
            self.has_ended = true;
            return Ok(());
        }
        // FLAC's parser keeps what it had read of the next packets when a jump lands on a frame's first
        // byte (symphonia 0.6.1), and then loses a packet: only a new one is surely empty.
        let keeps_packets = self.demuxer.container() == FORMAT_ID_FLAC;
        let target = self.head.extent.window.start.saturating_add(frame);
        let target = i64::try_from(target).unwrap_or(i64::MAX);
        if self.jump_bare(target.saturating_sub_unsigned(self.seeking.pre_roll))? {
            self.aim(frame);
            return Ok(());
        }
        if self.jump_to_cluster(target)? {
            self.aim(frame);
            return Ok(());
        }
        let must_reopen = self.has_ended || self.is_chained || keeps_packets;
        if must_reopen {
            self.reopen()?;
            self.begin_at(frame);
        }
        let from = self.aim(frame);
        if from <= 0 && must_reopen {
            return Ok(());
        }
        if self.jump(from)? {
            return Ok(());
        }
        // Forward, packets are passed over; what lies behind is read again from the beginning. So is
        // everything after a failed jump, which leaves the demuxer anywhere.
        let target = i64::try_from(self.trim.next()).unwrap_or(i64::MAX);
        let is_ahead = self.reached.is_some_and(|reached| reached <= target);
        if self.seeking.indexed || (!must_reopen && !is_ahead) {
            self.reopen()?;
            self.begin_at(frame);
        }
        Ok(())
    }

    /// Has the trim window begin at a frame, and packets passed over up to the pre-roll before it.
    /// Gives the place in decoded time from which on packets are decoded.
    pub(super) fn aim(&mut self, frame: u64) -> i64 {
        let target = i64::try_from(self.trim.seek(frame)).unwrap_or(i64::MAX);
        let pre_roll = i64::try_from(self.seeking.pre_roll).unwrap_or(i64::MAX);
        self.skip_to = match pre_roll {
            i64::MAX => i64::MIN,
            pre_roll => target.saturating_sub(pre_roll),
        };
        self.skip_brief_to = match &self.codec {
            Codec::Opus(_) => target.saturating_sub_unsigned(OPUS_PRE_ROLL).max(self.skip_to),
            Codec::Symphonia { .. } => self.skip_to,
        };
        self.lost_until = None;
        self.barren = 0;
        self.skip_to
    }

    /// Opens the file anew: the only way back for some containers, and for all after their end.
    fn reopen(&mut self) -> Result<(), DecodeError> {
        self.damaged += self.demuxer.failures();
        self.demuxer = Demuxer::open(&self.source)?;
        self.codec = Codec::new(self.demuxer.params(), false)?;
        self.link = self.head;
        self.convert = None;
        self.is_chained = false;
        self.has_ended = false;
        Ok(())
    }

    /// Whether a packet that ends at a place is too far ahead of the target to be heard there.
    pub(super) fn is_passed_over(&self, packet: &Packet, end: i64) -> bool {
        end <= self.skip_to || (end <= self.skip_brief_to && !self.codec.remembers_long(packet))
    }

    /// Whether reading on does not lead to a place soon.
    fn is_far(&self, place: i64, frames: u64) -> bool {
        let near = i64::try_from(NEAR.saturating_mul(frames)).unwrap_or(i64::MAX);
        let ahead = self.reached.filter(|_| !self.has_ended).map(|reached| place.saturating_sub(reached));
        !ahead.is_some_and(|ahead| (0..near).contains(&ahead))
    }

    /// Goes to the packet of a bare stream that holds a place in decoded time; says whether it did.
    fn jump_bare(&mut self, place: i64) -> Result<bool, DecodeError> {
        // Where the rate changes within, packets do not tell their place.
        let Some(frames) = self.demuxer.bare_frames().filter(|_| !self.is_chained) else { return Ok(false) };
        if !self.is_far(place, frames) {
            return Ok(false);
        }
        self.demuxer.seek_bare(u64::try_from(place).unwrap_or(0) / frames)?;
        self.codec.reset()?;
        self.has_ended = false;
        self.reached = None;
        self.has_skipped = false;
        Ok(true)
    }

    /// Opens a Matroska file anew at the cluster from which a frame can be reached; says whether it did.
    fn jump_to_cluster(&mut self, place: i64) -> Result<bool, DecodeError> {
        let is_rounded = self.demuxer.container() == FORMAT_ID_MKV && !self.head.clock.is_exact();
        let settled = u64::try_from(place).unwrap_or(0).saturating_sub(self.seeking.settled);
        let second = u64::from(self.format.rate);
        if !is_rounded || self.is_chained || settled == 0 || !self.is_far(place, second / NEAR) {
            return Ok(false);
        }
        if self.clusters.is_none() {
            self.clusters = MkvIndex::new(self.demuxer.track().id, self.head.clock, self.demuxer.params());
        }
        let Some(clusters) = &mut self.clusters else { return Ok(false) };
        let found = clusters.find(self.source.file(), settled)?;
        let Some((first, mark)) = found.filter(|(first, mark)| mark.frame > 0 && *first < MOST_HEAD as u64)
        else {
            return Ok(false);
        };
        let Ok(demuxer) = Demuxer::open_from_cluster(&self.source, first, mark.byte) else {
            return Ok(false);
        };
        self.damaged += self.demuxer.failures();
        self.demuxer = demuxer;
        self.codec.reset()?;
        self.link = Link { base: i64::try_from(mark.frame).unwrap_or(i64::MAX), ..self.head };
        self.has_ended = false;
        self.reached = None;
        self.has_skipped = false;
        Ok(true)
    }

    /// Lets the demuxer jump; says whether it did.
    fn jump(&mut self, to: i64) -> Result<bool, DecodeError> {
        let ticks = self.link.clock.ticks(to.max(0).saturating_add(self.link.first));
        if !self.seeking.indexed || !self.demuxer.seek(ticks) {
            return Ok(false);
        }
        self.codec.reset()?;
        self.reached = None;
        self.has_skipped = false;
        Ok(true)
    }
}
