//! Takes file paths and frames; gives sound on a device, in a file, or nowhere in real time.
//! Knows nothing of listings, libraries or queues.
//!
//! ```text
//! player --Command--> engine --open/seek/stop--> DECODER thread: decode -> gain -> resample
//!        <--Event----        <--markers, errors--      |  ring of f32 at device rate and channels
//!                                                      v
//! OUTPUT supervisor: owns the stream       --   CALLBACK: pops frames, ramps, clamps; atomics only
//! ```

#[cfg(test)]
mod allocations;
mod channels;
mod check;
pub mod decode;
mod engine;
mod feed;
mod integers;
pub mod level;
pub mod loudness;
pub mod output;
mod realtime;
mod render;
mod resample;
mod wav_file;

pub use check::{Checked, check, same_sound};
pub use engine::{Engine, Event, Hand, Position, Signal, Tally};
pub use integers::{IntegerPiece, join_integers, need_integers};
pub use render::{Piece, Render, RenderError};
pub use wav_file::{Sample, Shape, WavWriter};

use std::path::PathBuf;
use std::time::Duration;

/// Names one thing to play. The player's own number: playback only hands it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(pub u64);

/// One thing to play: a whole audio file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// What events will call it.
    pub key: Key,
    /// The file.
    pub path: PathBuf,
    /// The files before and after it in the queue, to tell whether a release is played.
    pub neighbours: Vec<PathBuf>,
}

impl Media {
    /// A file without neighbours.
    pub fn new(key: Key, path: PathBuf) -> Self {
        Self { key, path, neighbours: Vec::new() }
    }
}

/// A place in a track, from its first frame of music.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A frame at the track's own rate.
    Frame(u64),
    /// A time; the frame that sounds then.
    Time(Duration),
}

impl Place {
    /// The beginning.
    pub const START: Self = Self::Frame(0);

    /// The frame at `rate` Hz.
    pub fn frame(self, rate: u32) -> u64 {
        match self {
            Self::Frame(frame) => frame,
            Self::Time(time) => {
                let frame = time.as_nanos() * u128::from(rate) / 1_000_000_000;
                u64::try_from(frame).unwrap_or(u64::MAX)
            }
        }
    }
}
