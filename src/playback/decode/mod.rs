//! Takes the path of an audio file; gives its music as interleaved `f32` frames, from the first
//! frame that is music to the last (encoder delay and padding are cut by one trim window).
//! Never resamples, never changes a level, never plays.

mod bare;
mod codec;
mod convert;
mod demux;
mod extent;
mod frame_index;
mod itunsmpb;
mod mkv;
mod mkv_index;
#[cfg(test)]
pub(crate) mod mock;
mod mp3_header;
mod mp4;
mod names;
mod ogg;
mod ogg_watch;
mod opus;
mod patient;
mod rf64;
mod sniff;
mod source;
mod stream;
mod trim;
mod vorbis_setup;

use std::path::Path;

/// What a file holds. Fixed for the life of a [`Decoder`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// Codec and container in words for people: "FLAC", "AAC in M4A", "Opus in Ogg".
    pub codec: &'static str,
    /// Frames per second, in Hz. Never 0.
    pub rate: u32,
    /// Channels per frame, 1..=32, in the WAVE order (L R C LFE ...).
    pub channels: u16,
    /// Bits per sample of the source; `None` for lossy codecs.
    pub bits: Option<u32>,
    /// Whether samples are stored as floating point.
    pub float: bool,
    /// Frames of music after trimming, where the file says; `None` where only the end tells.
    pub frames: Option<u64>,
}

/// A stream of music from one file.
///
/// Implementations: symphonia, Opus, and in tests a mock with readable numbers. Samples are `f32` with full
/// scale at 1.0, which holds integers exactly up to 24 bits, or `i32`, which holds all of them.
pub trait Decoder<S = f32>: Send {
    /// What the file holds.
    fn format(&self) -> &Format;

    /// Appends the next frames, interleaved, to `out` and says how many came.
    /// A block is at most a few thousand frames. `Ok(0)` is the end of the music, for good until a seek.
    ///
    /// # Errors
    /// Only what ends the file: a damaged packet is skipped, its time filled with silence,
    /// and counted in [`Decoder::damaged`].
    fn decode(&mut self, out: &mut Vec<S>) -> Result<usize, DecodeError>;

    /// Goes to `frame` of the music (0 is its first frame): the next [`Decoder::decode`] begins
    /// there exactly. Past the end, the next decode gives `Ok(0)`.
    ///
    /// # Errors
    /// When the file can no longer be read.
    fn seek(&mut self, frame: u64) -> Result<(), DecodeError>;

    /// Packets so far that could not be decoded.
    fn damaged(&self) -> u64 {
        0
    }

    /// Whether all samples together have the checksum that the file states, once they were decoded from
    /// the first to the last. `None` where none is stated, after a seek, or without [`open_verifying`].
    fn checksum(&mut self) -> Option<bool> {
        None
    }
}

/// Why a file does not play (any more).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The file could not be opened or read.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// A folder, FIFO, socket or device; only plain files are opened.
    #[error("is not a plain file")]
    NotAFile,
    /// Nothing in it.
    #[error("is empty")]
    Empty,
    /// No known audio container.
    #[error("is not audio in any format tonearm knows")]
    NotAudio,
    /// Audio, but of a kind without a decoder here; named.
    #[error("is {0}, which tonearm does not play")]
    Unsupported(String),
    /// The part of it that is to be played begins behind its end.
    #[error("ends before this track of it begins")]
    TooShort,
    /// The container or the stream is broken beyond reading on.
    #[error("is damaged: {0}")]
    Damaged(String),
}

/// Opens a file for playing and reads its header.
///
/// # Errors
/// When it is no file, not audio, of an unsupported kind, or damaged at its head.
pub fn open(path: &Path) -> Result<Box<dyn Decoder>, DecodeError> {
    Ok(Box::new(stream::Stream::<f32>::open(source::Source::new(path)?, false)?))
}

/// Opens a file for all the bits of its integers; those of fewer than 32 stand in the upper ones.
///
/// # Errors
/// Those of [`open`].
pub fn open_integers(path: &Path) -> Result<Box<dyn Decoder<i32>>, DecodeError> {
    Ok(Box::new(stream::Stream::<i32>::open(source::Source::new(path)?, false)?))
}

/// Opens a file for [`Decoder::checksum`]: FLAC computes an MD5 of all that it decodes.
///
/// # Errors
/// Those of [`open`].
pub fn open_verifying(path: &Path) -> Result<Box<dyn Decoder>, DecodeError> {
    Ok(Box::new(stream::Stream::<f32>::open(source::Source::new(path)?, true)?))
}
