//! Takes an open file; gives the window of music in its decoded time, from whatever its container and
//! encoder wrote about it: Opus pre-skip and last granule, LAME's delay and padding, `iTunSMPB`,
//! `elst`, Vorbis granules, Matroska's delay and padding. Never guesses: no statement, no cut.

use symphonia::core::formats::FormatId;
use symphonia::core::formats::well_known::*;

use super::demux::Demuxer;
use super::names::Family;
use super::opus::OpusHead;
use super::source::Source;
use super::trim::Window;
use super::{DecodeError, itunsmpb, mkv, mp3_header, mp4, ogg};

/// What is known of a stream's length.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) window: Window,
    /// Frames to cut off the last packet, where only that is known of the end.
    pub(super) padding: u64,
    /// Frames of music, where the file says.
    pub(super) frames: Option<u64>,
}

impl Extent {
    fn of(window: Window) -> Self {
        Self { window, padding: 0, frames: window.frames() }
    }
}

/// Finds the extent of the file's first stream. Decoded time begins with its first packet, which
/// stands at frame `first` of the container's own time.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn find(
    source: &Source,
    demuxer: &mut Demuxer,
    rate: u32,
    first: i64,
) -> Result<Extent, DecodeError> {
    match demuxer.container() {
        FORMAT_ID_MP1 | FORMAT_ID_MP2 | FORMAT_ID_MP3 => Ok(mpeg(source, demuxer)),
        FORMAT_ID_ISOMP4 => mp4(source, demuxer, rate),
        FORMAT_ID_OGG => {
            let tail = source.last(ogg::TAIL)?;
            let end = ogg::final_granule(&tail, demuxer.track().id);
            Ok(of_ogg(demuxer, first, end))
        }
        FORMAT_ID_MKV => matroska(source, demuxer, rate),
        FORMAT_ID_ADTS => Ok(Extent::default()),
        container => Ok(counted(source, demuxer, container)),
    }
}

/// The extent of a later stream in a chain, of which only its own pages are known.
pub(super) fn of_link(demuxer: &Demuxer, first: i64) -> Extent {
    of_ogg(demuxer, first, None)
}

fn mpeg(source: &Source, demuxer: &mut Demuxer) -> Extent {
    let header = mp3_header::find(source.head());
    let len = source.len();
    let window = header.map_or(Window::default(), |header| header.window(len));
    if window != Window::default() {
        return Extent::of(window);
    }
    // iTunes writes the gap into a comment instead.
    let smpb = demuxer.text("iTunSMPB").and_then(|text| itunsmpb::parse(&text));
    match smpb {
        Some(smpb) => Extent::of(mp3_header::window_of(smpb.delay, smpb.frames)),
        None => Extent { frames: header.and_then(|header| header.decoded(len)), ..Extent::default() },
    }
}

fn mp4(source: &Source, demuxer: &mut Demuxer, rate: u32) -> Result<Extent, DecodeError> {
    let tracks = mp4::read_tracks(&mut source.open())?;
    let track = tracks.into_iter().find(|track| track.id == demuxer.track().id).unwrap_or_default();
    let media = track.media_frames(rate);
    let smpb = match Family::of(demuxer.params().codec) {
        Family::Aac => demuxer.text("iTunSMPB").and_then(|text| itunsmpb::parse(&text)),
        _ => None,
    };
    if let Some(smpb) = smpb {
        let start = u64::from(smpb.delay);
        let end = start.saturating_add(smpb.frames);
        // A comment that was copied from another file promises more than there is.
        if media.is_none_or(|media| end <= media) {
            return Ok(Extent::of(Window { start, end: Some(end) }));
        }
    }
    let unedited = Window { start: pre_skip(demuxer), end: media };
    Ok(Extent::of(track.window(rate).unwrap_or(unedited)))
}

fn of_ogg(demuxer: &Demuxer, first: i64, end: Option<u64>) -> Extent {
    // A stream whose time begins below zero says that what is before zero is no music.
    let before_zero = first.min(0).unsigned_abs();
    let in_decoded_time = |granule: u64| {
        let end = i128::from(granule) - i128::from(first);
        u64::try_from(end).unwrap_or(0)
    };
    let window = Window {
        start: before_zero + pre_skip(demuxer),
        end: end.or(demuxer.track().num_frames).map(in_decoded_time),
    };
    Extent {
        window,
        padding: 0,
        // Without a last page of its own the file goes on, or is cut short.
        frames: end.and(window.frames()),
    }
}

fn pre_skip(demuxer: &Demuxer) -> u64 {
    let params = demuxer.params();
    let head = params.extra_data.as_deref().filter(|_| Family::of(params.codec) == Family::Opus);
    head.and_then(|head| OpusHead::parse(head).ok()).map_or(0, |head| u64::from(head.pre_skip))
}

fn matroska(source: &Source, demuxer: &Demuxer, rate: u32) -> Result<Extent, DecodeError> {
    let number = u64::from(demuxer.track().id);
    let delay = mkv::codec_delay(&source.first(mkv::HEAD)?, number).unwrap_or(0);
    let start = match Family::of(demuxer.params().codec) {
        Family::Opus => pre_skip(demuxer),
        _ => nanoseconds(delay, rate),
    };
    let padding = mkv::tail_padding(&source.last(mkv::TAIL)?, number);
    Ok(Extent { window: Window { start, end: None }, padding: nanoseconds(padding, rate), frames: None })
}

fn nanoseconds(time: u64, rate: u32) -> u64 {
    let frames = (u128::from(time) * u128::from(rate) + 500_000_000) / 1_000_000_000;
    u64::try_from(frames).unwrap_or(u64::MAX)
}

/// Containers that count frames themselves.
fn counted(source: &Source, demuxer: &Demuxer, container: FormatId) -> Extent {
    let track = demuxer.track();
    let params = demuxer.params();
    if let Some(frames) = source.frames() {
        return Extent { frames: Some(frames), ..Extent::default() };
    }
    let family = Family::of(params.codec);
    // CAF counts whole packets of ALAC, but the last one knows that it is shorter.
    let is_told = (container, family) != (FORMAT_ID_CAF, Family::Alac);
    let frames = track.num_frames.filter(|&n| n > 0 && is_told && !is_streamed(source, demuxer, n));
    let start = match container {
        FORMAT_ID_CAF => u64::from(track.delay.unwrap_or(0)),
        _ => 0,
    };
    // PCM and FLAC end where they end; blocks of the others are padded.
    let is_padded = !matches!(family, Family::Pcm { .. } | Family::Flac);
    Extent {
        window: Window {
            start,
            end: frames.filter(|_| is_padded).and_then(|frames| start.checked_add(frames)),
        },
        padding: 0,
        frames,
    }
}

/// Whether a number of frames is the longest length that a WAV header can tell, as programs write it
/// that do not know the length yet.
fn is_streamed(source: &Source, demuxer: &Demuxer, frames: u64) -> bool {
    const LONGEST: u64 = 0x7fff_0000;
    let params = demuxer.params();
    let bits = params.bits_per_coded_sample.or(params.bits_per_sample).unwrap_or(8);
    let channels = params.channels.as_ref().map_or(1, |channels| channels.count() as u64);
    let bytes = frames.saturating_mul(channels).saturating_mul(u64::from(bits)) / 8;
    bytes >= LONGEST && source.len() < bytes
}
