//! Takes a file; gives the packets of its one audio track, in order, each with its place in decoded
//! time. A packet that cannot be read is passed over and counted; a panic of a demuxer becomes an error
//! here. Never decodes and never trims.

use std::collections::VecDeque;
use std::io;

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::common::Limit;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::well_known::*;
use symphonia::core::formats::{FormatId, FormatOptions, FormatReader, SeekMode, SeekTo, Track, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::{MetadataOptions, RawValue};
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, TimeBase, Timestamp};

use crate::guard::guarded;

use super::bare::{BareReader, Found};
use super::ogg_watch::{Loss, OggWatch};
use super::patient::{Reader, View};
use super::source::Source;
use super::{DecodeError, mp4, ogg, sniff};

/// Unreadable packets in a row after which a file is given up.
const MOST_FAILURES: u32 = 500;

/// The reader's ring: also how far it can look back.
const BUFFER: usize = 128 * 1024;

/// The longest part of a Matroska file before its sound that is read again.
pub(super) const MOST_HEAD: usize = 16 << 20;

/// What comes next in a file.
pub(super) enum Next {
    Packet(Packet),
    /// Another stream begins (chained Ogg): codec, length and time start anew.
    NewStream,
    End,
}

/// An open file and its chosen audio track.
pub(super) struct Demuxer {
    reader: Box<dyn FormatReader>,
    track: Track,
    params: AudioCodecParameters,
    /// What was read ahead.
    ahead: Option<Next>,
    /// The reader of a container without any structure; the other has only begun then.
    bare: Option<BareReader>,
    /// What is missing of an Ogg file.
    watch: OggWatch,
    /// Packets behind a loss, put in their place.
    mended: VecDeque<Packet>,
    /// Packets that could not be read.
    failures: u64,
    is_cut: bool,
}

impl Demuxer {
    /// Opens the file and chooses its default audio track.
    ///
    /// # Errors
    /// See [`super::open`].
    pub(super) fn open(source: &Source) -> Result<Self, DecodeError> {
        let head = source.head();
        if let Some(error) = sniff::refuse(head) {
            return Err(error);
        }
        let error = match Self::probe(source.open(), head) {
            Ok(mut demuxer) => {
                demuxer.bare = demuxer.bare(source)?;
                return Ok(demuxer);
            }
            Err(error @ (DecodeError::Damaged(_) | DecodeError::NotAudio | DecodeError::Unsupported(_))) => {
                error
            }
            Err(error) => return Err(error),
        };
        let opened = match head {
            // What is cut off is missed by a demuxer only that looks at the end before it begins.
            [b'F', b'O', b'R', b'M', ..] | [0x1a, 0x45, 0xdf, 0xa3, ..] => {
                Self::probe(source.open_onward(), head)
            }
            [b'O', b'g', b'g', b'S', ..] => {
                let first = source.first(ogg::HEAD)?;
                let view = View { head: ogg::whole_pages(&first), from: first.len() as u64, ..View::WHOLE };
                Self::probe(Reader::new(source.file(), view), head)
            }
            [_, _, _, _, b'f', b't', b'y', b'p', ..] if !mp4::has_index(&mut source.open())? => {
                let text = "its index (moov) is missing: the recording was never finished";
                return Err(DecodeError::Damaged(text.into()));
            }
            _ => return Err(error),
        };
        opened.map_err(|_| error)
    }

    /// Opens a Matroska file as if its first cluster were another one.
    ///
    /// # Errors
    /// See [`super::open`].
    pub(super) fn open_from_cluster(source: &Source, first: u64, cluster: u64) -> Result<Self, DecodeError> {
        let head = source.first(usize::try_from(first).unwrap_or(usize::MAX).min(MOST_HEAD))?;
        let view = View { head, from: cluster, to: u64::MAX, is_seekable: false };
        Self::probe(Reader::new(source.file(), view), source.head())
    }

    fn probe(bytes: Reader, head: &[u8]) -> Result<Self, DecodeError> {
        let watch = OggWatch::default();
        let bytes: Box<dyn MediaSource> = match head.starts_with(b"OggS") {
            true => Box::new(watch.over(bytes)),
            false => Box::new(bytes),
        };
        let stream = MediaSourceStream::new(bytes, MediaSourceStreamOptions { buffer_len: BUFFER });
        // Pictures are the library's business; here they would only cost time.
        let meta = MetadataOptions::default().limit_visual_bytes(Limit::Maximum(0));
        let format = FormatOptions::default();
        let probe = symphonia::default::get_probe();
        let reader = guard(|| probe.probe(&Hint::new(), stream, format, meta))?
            .map_err(|error| open_error(error, head))?;
        let (track, params) = choose_track(reader.as_ref())?;
        let mended = VecDeque::new();
        Ok(Self { reader, track, params, ahead: None, bare: None, watch, mended, failures: 0, is_cut: false })
    }

    /// A reader of our own from the first packet on, where packets stand bare in the file.
    fn bare(&mut self, source: &Source) -> Result<Option<BareReader>, DecodeError> {
        let is_bare =
            [FORMAT_ID_MP1, FORMAT_ID_MP2, FORMAT_ID_MP3, FORMAT_ID_ADTS].contains(&self.container());
        Ok(match self.peek()? {
            Next::Packet(packet) if is_bare => {
                let bare = BareReader::new(source.file(), source.head(), source.head_at(), &packet.data);
                if bare.is_some() {
                    self.ahead = None;
                }
                bare
            }
            _ => None,
        })
    }

    /// Frames of sound in every packet of a bare stream.
    pub(super) fn bare_frames(&self) -> Option<u64> {
        self.bare.as_ref().map(BareReader::frames_per_packet)
    }

    /// Goes to a packet of a bare stream by its number, or to one before it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn seek_bare(&mut self, packet: u64) -> Result<bool, DecodeError> {
        let Some(bare) = &mut self.bare else { return Ok(false) };
        self.ahead = None;
        bare.seek(packet)?;
        Ok(true)
    }

    pub(super) fn container(&self) -> FormatId {
        self.reader.format_info().format
    }

    pub(super) fn track(&self) -> &Track {
        &self.track
    }

    pub(super) fn params(&self) -> &AudioCodecParameters {
        &self.params
    }

    /// Packets that could not be read.
    pub(super) fn failures(&self) -> u64 {
        self.failures + self.bare.as_ref().map_or(0, BareReader::failures)
    }

    /// Whether the file ended where the container promised more.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Whether the first sound is missing, so that what comes first is not the beginning: FLAC that tells its
    /// length begins at zero.
    pub(super) fn begins_late(&self) -> bool {
        let is_flac = self.container() == FORMAT_ID_FLAC && self.track.num_frames.is_some();
        is_flac || self.watch.begins_late(self.track.id)
    }

    /// The text of the tag whose name ends with `name`, where the container or a tag beside it has it.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        let mut metadata = self.reader.metadata();
        loop {
            let found =
                metadata.current().and_then(|revision| {
                    revision.media.tags.iter().find_map(|tag| {
                        let described =
                            tag.raw.sub_fields.iter().flatten().any(
                                |sub| matches!(&sub.value, RawValue::String(text) if text.as_str() == name),
                            );
                        let RawValue::String(text) = &tag.raw.value else {
                            return None;
                        };
                        (described || tag.raw.key.ends_with(name)).then(|| text.to_string())
                    })
                });
            if found.is_some() || metadata.pop().is_none() {
                return found;
            }
        }
    }

    /// The next packet of the track.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub(super) fn next(&mut self) -> Result<Next, DecodeError> {
        match self.ahead.take() {
            Some(next) => Ok(next),
            None => self.read(),
        }
    }

    /// What [`Demuxer::next`] will give.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub(super) fn peek(&mut self) -> Result<&Next, DecodeError> {
        let next = match self.ahead.take() {
            Some(next) => next,
            None => self.read()?,
        };
        Ok(self.ahead.insert(next))
    }

    fn read(&mut self) -> Result<Next, DecodeError> {
        if let Some(packet) = self.mended.pop_front() {
            return Ok(Next::Packet(packet));
        }
        if let Some(bare) = &mut self.bare {
            return Ok(match bare.next()? {
                Found::Packet { at, frames, data } => {
                    let at = Timestamp::new(i64::try_from(at).unwrap_or(i64::MAX));
                    Next::Packet(Packet::new(self.track.id, at, Duration::from(frames), data))
                }
                Found::End => Next::End,
            });
        }
        let mut failures = 0;
        while failures < MOST_FAILURES {
            match guard(|| self.reader.next_packet())? {
                Ok(Some(packet)) if packet.track_id == self.track.id => {
                    let packet = match self.watch.loss(self.track.id, packet.pts.get()) {
                        Some(loss) => self.mend(packet, loss)?,
                        None => packet,
                    };
                    return Ok(Next::Packet(packet));
                }
                // Video, chapters, a second language.
                Ok(Some(_)) => {}
                Ok(None) => return Ok(Next::End),
                Err(Error::ResetRequired) => return self.start_stream(),
                Err(Error::IoError(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    self.is_cut = true;
                    return Ok(Next::End);
                }
                Err(Error::IoError(error)) => return Err(error.into()),
                Err(_) => {
                    self.failures += 1;
                    failures += 1;
                }
            }
        }
        Err(DecodeError::Damaged("no packet can be read any more".into()))
    }

    /// Puts the packets of the first page behind a loss where they belong: that page ends at a known time.
    fn mend(&mut self, first: Packet, loss: Loss) -> Result<Packet, DecodeError> {
        let block = i64::try_from(first.block_dur().get()).unwrap_or(i64::MAX);
        let (begin, mut end) = (first.pts.get(), first.pts.get().saturating_add(block));
        let mut packets = VecDeque::from([first]);
        let mut other = None;
        // The demuxer holds all packets of a page: nothing is read here.
        while packets.len() < loss.packets {
            let next = guard(|| self.reader.next_packet())?.ok().flatten();
            match next.filter(|packet| packet.track_id == self.track.id) {
                Some(packet) if packet.pts.get() == end => {
                    end = end.saturating_add_unsigned(packet.block_dur().get());
                    packets.push_back(packet);
                }
                next => {
                    other = next;
                    break;
                }
            }
        }
        let mut late = loss.end.saturating_sub(end).max(0);
        if loss.is_last && block > 0 {
            // The last page ends before its last packet does; packets are mostly of one length.
            late = late.saturating_add(block - 1) / block * block;
        }
        tracing::debug!("a loss of {late} frames behind {begin}");
        for packet in &mut packets {
            packet.pts = Timestamp::new(packet.pts.get().saturating_add(late));
        }
        packets.extend(other);
        let first = packets.pop_front();
        self.mended = packets;
        first.ok_or_else(|| DecodeError::Damaged("a page of it is empty".into()))
    }

    fn start_stream(&mut self) -> Result<Next, DecodeError> {
        (self.track, self.params) = choose_track(self.reader.as_ref())?;
        Ok(Next::NewStream)
    }

    /// Asks the demuxer to go to the packet that holds `timestamp`, or one before it. Says whether it
    /// did; if not, its place is unknown and the file must be opened again.
    pub(super) fn seek(&mut self, timestamp: i64) -> bool {
        self.ahead = None;
        self.mended.clear();
        let to = SeekTo::Timestamp { ts: Timestamp::new(timestamp), track_id: self.track.id };
        match guard(|| self.reader.seek(SeekMode::Accurate, to)) {
            Ok(Ok(at)) => at.actual_ts.get() <= timestamp,
            _ => false,
        }
    }
}

/// Turns a panic of a demuxer or decoder into an error: overflow checks find two files in 1,500.
pub(super) fn guard<T>(work: impl FnOnce() -> T) -> Result<T, DecodeError> {
    guarded(work).map_err(|_| DecodeError::Damaged("it breaks the decoder".into()))
}

fn choose_track(reader: &dyn FormatReader) -> Result<(Track, AudioCodecParameters), DecodeError> {
    let track = reader.default_track(TrackType::Audio);
    let track = track.or_else(|| reader.first_track(TrackType::Audio));
    match track.map(|track| (track, &track.codec_params)) {
        Some((track, Some(CodecParameters::Audio(params)))) => Ok((track.clone(), params.clone())),
        _ if reader.tracks().is_empty() => Err(DecodeError::Damaged("it has no track".into())),
        _ => Err(DecodeError::Unsupported("a file without sound in a known codec".into())),
    }
}

/// What a failed probe means.
fn open_error(error: Error, head: &[u8]) -> DecodeError {
    let is_known = [&b"fLaC"[..], b"RIFF", b"FORM", b"OggS", b"caff", b"\x1a\x45\xdf\xa3"]
        .iter()
        .any(|mark| head.starts_with(mark))
        || head.get(4..8) == Some(b"ftyp");
    match error {
        Error::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => match is_known {
            true => DecodeError::Damaged("it ends within its header".into()),
            false => DecodeError::NotAudio,
        },
        Error::IoError(error) => error.into(),
        _ if !is_known => DecodeError::NotAudio,
        Error::Unsupported(what) if what.contains("missing") => DecodeError::Damaged(what.into()),
        Error::Unsupported(what) => DecodeError::Unsupported(format!("of a rare kind ({what})")),
        error => DecodeError::Damaged(error.to_string()),
    }
}

/// Turns container ticks into frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    frames: u64,
    ticks: u64,
}

impl Clock {
    /// A clock of `time_base` seconds a tick, for `rate` frames a second; without a time base a tick
    /// is a frame.
    pub(super) fn new(time_base: Option<TimeBase>, rate: u32) -> Self {
        match time_base {
            Some(base) => Self {
                frames: u64::from(base.numer.get()) * u64::from(rate),
                ticks: u64::from(base.denom.get()),
            },
            None => Self { frames: 1, ticks: 1 },
        }
    }

    /// Whether every frame has a tick of its own: a millisecond may be 48 frames exactly, but times
    /// in milliseconds are rounded.
    pub(super) fn is_exact(self) -> bool {
        self.frames != 0 && self.ticks.is_multiple_of(self.frames)
    }

    /// A time in frames, rounded to the nearest.
    pub(super) fn frames(self, ticks: i64) -> i64 {
        let frames = i128::from(ticks) * i128::from(self.frames);
        let (unit, half) = (i128::from(self.ticks), i128::from(self.ticks / 2));
        i64::try_from((frames + half).div_euclid(unit)).unwrap_or(i64::MAX)
    }

    /// The last tick at or before a frame.
    pub(super) fn ticks(self, frame: i64) -> i64 {
        let ticks = i128::from(frame) * i128::from(self.ticks);
        i64::try_from(ticks.div_euclid(i128::from(self.frames.max(1)))).unwrap_or(i64::MAX)
    }

    /// How far a rounded time may be from the true one, with a rounded duration beside it.
    pub(super) fn slack(self) -> i64 {
        match self.is_exact() {
            true => 0,
            false => i64::try_from(3 * self.frames.div_ceil(self.ticks)).unwrap_or(i64::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_clock_of_frames_is_exact() {
        let clock = Clock::new(TimeBase::try_new(1, 44_100), 44_100);
        assert!(clock.is_exact());
        assert_eq!((clock.frames(-1105), clock.ticks(-1105), clock.slack()), (-1105, -1105, 0));
    }

    #[test]
    fn a_clock_of_milliseconds_is_rounded() {
        assert!(!Clock::new(TimeBase::try_new(1, 1000), 48_000).is_exact());
        let clock = Clock::new(TimeBase::try_new(1, 1000), 44_100);
        assert!(!clock.is_exact());
        assert_eq!((clock.frames(23), clock.ticks(1024), clock.slack()), (1014, 23, 135));
        assert_eq!(clock.frames(i64::MAX), i64::MAX);
    }

    #[test]
    fn a_panic_becomes_an_error() {
        let result = guard(|| -> u8 { panic!("a demuxer broke") });
        assert!(matches!(result, Err(DecodeError::Damaged(_))));
    }
}
