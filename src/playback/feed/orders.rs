//! What the engine orders of the decoder thread, and what it hears of it.
//! An order that changes what was to come makes earlier reports void: each tells which orders it knew of.
//! Never does anything: it is the language of the two.

use std::sync::Arc;
use std::time::Duration;

use crate::playback::decode::{DecodeError, Format};
use crate::playback::level::Leveller;
use crate::playback::realtime::{Dials, Door, RunClock};
use crate::playback::{Key, Media, Place};

/// Names one opening of one output, for as long as the engine lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Line(pub(crate) u32);

impl Line {
    /// The one that leads from the beginning.
    pub(crate) const FIRST: Self = Self(0);
}

/// What the engine wants of the decoder thread.
#[derive(Debug)]
pub(crate) enum Order {
    /// From now on the sound is this track, from this place: a start, a skip or a seek.
    Play { media: Media, from: Place },
    /// What follows the track that is being decoded: the answer to [`Report::Wanted`].
    Follow(Option<Media>),
    /// A change of mind: what follows the first `begun` tracks of the run, in place of all that was to follow them,
    /// even where it is decoded already.
    Instead { begun: usize, media: Option<Media> },
    /// Silence: no track at all.
    Halt,
    /// Tracks that are opened from now on are made equally loud in this way.
    Level(Leveller),
    /// There is a (new) device. On the main output, what sounded on the old one is over, and a `Play` follows; others
    /// join where the music is.
    Outlet { line: Line, door: Door, rate: u32, channels: u16, latency: Duration, rewinds: bool },
    /// There is an output beside the main one, and soon a device of it.
    Join { line: Line, dials: Arc<Dials> },
    /// This output beside the main one changes places with it; a `Play` follows.
    Lead(Line),
    /// This output is no more.
    Leave(Line),
    /// Look again: playback was paused or resumed, or an unpaced output has room.
    Wake,
    /// The thread ends.
    Quit,
}

/// What the decoder thread says.
#[derive(Debug)]
pub(crate) enum Report {
    /// From this frame of this run on, the device gets this track.
    Begins(Marker),
    /// What follows the track that is being decoded? Answered by [`Order::Follow`].
    Wanted { orders: u64 },
    /// The track does not play, or no further.
    Failed { key: Key, error: DecodeError },
    /// After this frame of this run, at this rate, there is nothing.
    Ends { clock: Arc<RunClock>, at: u64, rate: u32, orders: u64 },
    /// The track that was ordered has this rate, the device another: the device is to be opened anew.
    Rate(u32),
    /// Whether an output beside the main one keeps up. It joins again when it moves.
    Keeps { line: Line, up: bool },
}

/// Where in a run a track begins.
#[derive(Debug, Clone)]
pub(crate) struct Marker {
    pub(crate) key: Key,
    pub(crate) clock: Arc<RunClock>,
    /// Frame of the run, at the device's rate.
    pub(crate) at: u64,
    /// Frame of the track that is heard there, at the track's rate.
    pub(crate) track_frame: u64,
    pub(crate) format: Format,
    /// The rate of the run, in Hz.
    pub(crate) rate: u32,
    /// The channels of the run.
    pub(crate) channels: u16,
    /// What the track's samples are multiplied by; 1.0 leaves them as they are.
    pub(crate) gain: f32,
    /// How many tracks of the run began before it.
    pub(crate) index: usize,
    /// How many orders had come that make void what was said before: [`Order::Play`], [`Order::Instead`],
    /// [`Order::Halt`].
    pub(crate) orders: u64,
    /// Time between the device's taking a frame and its being heard, where the device does not tell.
    pub(crate) latency: Duration,
}
