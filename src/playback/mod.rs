//! Takes file paths and frames; gives sound on a device, in a file, or nowhere in real time.
//! Knows nothing of listings, libraries or queues.
//!
//! ```text
//! player --Command--> engine --open/seek/stop--> DECODER thread: decode -> gain -> resample
//!        <--Event----        <--markers, errors--      |  ring of f32 at device rate and channels
//!                                                      v
//! OUTPUT supervisor: owns the stream       --   CALLBACK: pops frames, ramps, clamps; atomics only
//! ```

mod ahead;
#[cfg(test)]
mod allocations;
mod channels;
mod check;
pub mod decode;
mod engine;
mod feed;
mod idle;
mod integers;
pub mod level;
mod lineup;
pub mod loudness;
pub mod output;
mod part;
mod realtime;
mod render;
mod resample;
mod wav_file;
pub mod waveform;

pub use check::{Checked, check, same_sound};
pub use engine::{Beside, Engine, Event, Hand, Passage, Position, Signal, Tally};
pub use integers::{IntegerPiece, join_integers, need_integers};
pub use lineup::{Link, Outlet, OutputId, Switch};
pub use part::Part;
pub use realtime::Level;
pub use render::{Piece, Render, RenderError};
pub use wav_file::{Sample, Shape, WavWriter};

use std::time::Duration;

/// The rate of the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RatePolicy {
    /// The device's own; tracks of other rates are resampled.
    #[default]
    Device,
    /// Each track's own, where the device has it: it is opened anew between tracks of different rates.
    Source,
}

/// Names one thing to play. The player's own number: playback only hands it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(pub u64);

/// One thing to play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// What events will call it.
    pub key: Key,
    /// The file, or the part of one.
    pub part: Part,
    /// What stands before and after it in the queue, to tell whether a release is played.
    pub neighbours: Vec<Part>,
}

impl Media {
    /// A file, or a part of one, without neighbours.
    pub fn new(key: Key, part: impl Into<Part>) -> Self {
        Self { key, part: part.into(), neighbours: Vec::new() }
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
