//! Takes frames that the decoder thread writes into a ring; gives them to the callback, again where it turns back, and
//! tells all threads how far they were written, played and heard.
//! Never waits: a ring that is empty gives what it has.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use rtrb::{Consumer, Producer, RingBuffer};

/// No anchor was set: what is heard is known from the output's latency alone.
const UNKNOWN: i64 = i64::MIN;

/// No frame is held fast.
const FLOWING: u64 = u64::MAX;

/// How far a run has been written, played and heard, in frames. Shared by all three threads.
#[derive(Debug)]
pub(crate) struct RunClock {
    pub(super) played: AtomicU64,
    finished: AtomicBool,
    /// When frame 0 was heard, in nanoseconds after [`since_start`]'s beginning, or [`UNKNOWN`].
    zero: AtomicI64,
    /// The frame at which the sound stands still, or [`FLOWING`].
    still: AtomicU64,
    /// The outlet's frame of the run's first one: silence where the ring was empty moves it.
    begins_at: AtomicU64,
}

impl Default for RunClock {
    fn default() -> Self {
        Self {
            played: AtomicU64::new(0),
            finished: AtomicBool::new(false),
            zero: AtomicI64::new(UNKNOWN),
            still: AtomicU64::new(FLOWING),
            begins_at: AtomicU64::new(0),
        }
    }
}

/// Nanoseconds since the first call in this process.
fn since_start() -> i64 {
    static START: OnceLock<Instant> = OnceLock::new();
    i64::try_from(START.get_or_init(Instant::now).elapsed().as_nanos()).unwrap_or(i64::MAX)
}

fn nanos(frames: i64, rate: u32) -> i64 {
    let nanos = i128::from(frames) * 1_000_000_000 / i128::from(rate.max(1));
    i64::try_from(nanos).unwrap_or(i64::MAX)
}

impl RunClock {
    /// Frames of the run that the device has taken.
    pub(crate) fn played(&self) -> u64 {
        self.played.load(Ordering::Acquire)
    }

    /// Frames of the run that were heard, at `rate` Hz; `None` where the output does not tell.
    pub(crate) fn heard(&self, rate: u32) -> Option<u64> {
        let still = self.still.load(Ordering::Acquire);
        if still != FLOWING {
            return Some(still);
        }
        let zero = self.zero.load(Ordering::Acquire);
        if zero == UNKNOWN {
            return None;
        }
        let time = i128::from(since_start().saturating_sub(zero).max(0));
        let frames = time * i128::from(rate) / 1_000_000_000;
        Some(u64::try_from(frames).unwrap_or(u64::MAX).min(self.played()))
    }

    /// Says that now, at `rate` Hz, `unheard` of the frames played are still to be heard; they flow.
    pub(crate) fn flow(&self, unheard: i64, rate: u32) {
        let heard = i64::try_from(self.played()).unwrap_or(i64::MAX).saturating_sub(unheard);
        self.zero.store(since_start().saturating_sub(nanos(heard, rate)), Ordering::Release);
        self.still.store(FLOWING, Ordering::Release);
    }

    /// Says that the sound stands still before `frame`, until it flows again.
    pub(crate) fn stand(&self, frame: u64) {
        self.still.store(frame, Ordering::Release);
    }

    /// The frame of the run as its outlet counts them. Known while the outlet is measured.
    pub(crate) fn outlet_frame(&self, frame: u64) -> u64 {
        self.begins_at.load(Ordering::Relaxed).wrapping_add(frame)
    }

    /// Says that the outlet has given so many frames when it gave the last one of this run.
    pub(super) fn lies_before(&self, given: u64) {
        self.begins_at.store(given.wrapping_sub(self.played()), Ordering::Relaxed);
    }

    /// Says that no frame will follow those in the ring: an empty ring is the end, no underrun.
    pub(crate) fn finish(&self) {
        self.finished.store(true, Ordering::Release);
    }

    /// Says that frames follow after all.
    pub(crate) fn go_on(&self) {
        self.finished.store(false, Ordering::Release);
    }

    pub(super) fn finished(&self) -> bool {
        self.finished.load(Ordering::Acquire)
    }
}

/// One uninterrupted stretch of sound, from a start, skip or seek to the next one; several
/// tracks that join are one run. This is the callback's end of it, or of what takes the place of its end.
#[derive(Debug)]
pub(crate) struct Run {
    ring: Consumer<f32>,
    pub(super) clock: Arc<RunClock>,
    /// The clock's frame that comes first in the ring.
    pub(super) from: u64,
    channels: usize,
    /// Samples that were read and are still in the ring, so that they can be read again.
    kept: usize,
}

impl Run {
    /// A ring of `frames` frames of `channels` samples: the decoder's end, the clock, the callback's end.
    pub(crate) fn new(frames: usize, channels: usize) -> (Producer<f32>, Arc<RunClock>, Self) {
        let clock = Arc::new(RunClock::default());
        let (writer, run) = Self::anew(&clock, 0, frames, channels);
        (writer, clock, run)
    }

    /// A ring for what a run that began already is to play from its frame `from` on, in place of what it holds there.
    pub(crate) fn anew(
        clock: &Arc<RunClock>,
        from: u64,
        frames: usize,
        channels: usize,
    ) -> (Producer<f32>, Self) {
        let (writer, ring) = RingBuffer::new(frames * channels);
        (writer, Self { ring, clock: Arc::clone(clock), from, channels, kept: 0 })
    }

    /// What was written and never handed over: the frame that it begins with, and the samples.
    pub(crate) fn take_back(mut self) -> (u64, Vec<f32>) {
        let samples = match self.ring.read_chunk(self.ring.slots()) {
            Ok(chunk) => chunk.into_iter().collect(),
            Err(_) => Vec::new(), // no more than it holds was asked for
        };
        (self.from, samples)
    }

    /// Fills as much of `out` as the ring holds, in whole frames; gives the samples filled.
    pub(crate) fn read(&mut self, out: &mut [f32]) -> usize {
        let filled = self.read_ahead(out);
        self.keep(0);
        filled
    }

    /// As [`Run::read`], but what was read stays in the ring until [`Run::keep`] lets it go.
    pub(super) fn read_ahead(&mut self, out: &mut [f32]) -> usize {
        let filled = (self.ready() * self.channels).min(out.len() - out.len() % self.channels);
        if filled == 0 {
            return 0;
        }
        // No more than the ring said it holds, and nobody else takes from it.
        let Ok(chunk) = self.ring.read_chunk(self.kept + filled) else { return 0 };
        let (first, second) = chunk.as_slices();
        let from_first = first.get(self.kept..).unwrap_or_default();
        let from_second = &second[self.kept.saturating_sub(first.len())..];
        let (front, back) = out[..filled].split_at_mut(from_first.len());
        front.copy_from_slice(from_first);
        back.copy_from_slice(from_second);
        self.kept += filled;
        self.clock.played.fetch_add((filled / self.channels) as u64, Ordering::Release);
        filled
    }

    /// Lets go of what was read, but for the last `frames` frames.
    pub(super) fn keep(&mut self, frames: usize) {
        let spent = self.kept.saturating_sub(frames * self.channels);
        if spent > 0
            && let Ok(chunk) = self.ring.read_chunk(spent)
        {
            chunk.commit_all();
            self.kept -= spent;
        }
    }

    /// Goes back by `frames` frames, or as far as they are kept; gives how many it were.
    pub(super) fn unread(&mut self, frames: usize) -> usize {
        let frames = frames.min(self.kept());
        self.kept -= frames * self.channels;
        self.clock.played.fetch_sub(frames as u64, Ordering::Release);
        frames
    }

    /// Frames that were read and can be read again.
    pub(super) fn kept(&self) -> usize {
        self.kept / self.channels
    }

    /// Samples of so many frames.
    pub(super) fn samples(&self, frames: usize) -> usize {
        frames.saturating_mul(self.channels)
    }

    /// Whole frames that can be read now.
    pub(super) fn ready(&self) -> usize {
        (self.ring.slots() - self.kept) / self.channels
    }
}
