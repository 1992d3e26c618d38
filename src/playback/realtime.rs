//! Takes runs of decoded frames from the decoder thread; gives the device its samples, with the
//! ramps of pause, volume and skip. Everything that runs in the device callback is in this file.
//! Never allocates, frees, locks, logs, reads a file or waits: a run that is played out goes back
//! through a ring to be freed elsewhere, an underrun is silence and a count.
//!
//! A sound card takes frames for good. A sound server holds half a second of them, which can be written over
//! until they are heard: for that, an outlet that is [held](Outlet::held) keeps what it gave in the run's own ring,
//! and [turns back](Outlet::turn_back) to where a pause, a skip or a new volume is to begin.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rtrb::{Consumer, Producer, PushError, RingBuffer};

/// Frames that are taken from the ring at once. Small enough for the cache, large enough that
/// atomics do not show in a profile.
const BLOCK_FRAMES: usize = 256;

/// Length of every ramp: pause, resume, volume, and the cross-fade of a skip, in milliseconds.
/// Long enough that no click is heard, short enough to feel immediate.
const RAMP_MS: u32 = 10;

/// The most runs that can be alive at once; see [`Door::hand_over`].
const RUNS: usize = 8;

/// The largest sample that no integer format of up to 24 bits wraps: 1 - 2^-23.
const CEILING: f32 = 1.0 - 1.0 / 8_388_608.0;

/// Something that can be rung from any thread, and wakes the output.
pub(crate) type Bell = Box<dyn Fn() + Send + Sync>;

/// What the player sets and the callback obeys, and what the callback counts. Atomics only.
pub(crate) struct Dials {
    playing: AtomicBool,
    /// Linear gain as `f32` bits; 1.0 leaves every sample as it is.
    volume: AtomicU32,
    /// Frames asked for by the device, sounding or not: the sign that the device lives.
    asked: AtomicU64,
    underruns: AtomicU64,
    clipped: AtomicU64,
    /// Whether nothing sounds: a pause has faded out, or nothing is left.
    silent: AtomicBool,
    /// Whether the output waits for frames.
    starved: AtomicBool,
    /// Wakes an output that sleeps until it is told of a change.
    bell: OnceLock<Bell>,
}

impl Dials {
    pub(crate) fn new() -> Self {
        Self {
            playing: AtomicBool::new(true),
            volume: AtomicU32::new(1.0_f32.to_bits()),
            asked: AtomicU64::new(0),
            underruns: AtomicU64::new(0),
            clipped: AtomicU64::new(0),
            silent: AtomicBool::new(false),
            starved: AtomicBool::new(false),
            bell: OnceLock::new(),
        }
    }

    pub(crate) fn set_playing(&self, playing: bool) {
        self.playing.store(playing, Ordering::Release);
        self.ring();
    }

    pub(crate) fn playing(&self) -> bool {
        self.playing.load(Ordering::Acquire)
    }

    /// Sets the linear gain, from 0 (silence) to 1 (as it is) and beyond.
    pub(crate) fn set_volume(&self, gain: f32) {
        self.volume.store(gain.to_bits(), Ordering::Relaxed);
        self.ring();
    }

    fn volume(&self) -> f32 {
        f32::from_bits(self.volume.load(Ordering::Relaxed))
    }

    /// Frames that the device has asked for since it was opened.
    pub(crate) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    /// Times that the ring was empty when the device asked.
    pub(crate) fn underruns(&self) -> u64 {
        self.underruns.load(Ordering::Relaxed)
    }

    /// Counts a time that the device ran dry, for an output that only its server can tell.
    pub(crate) fn count_underrun(&self) {
        self.underruns.fetch_add(1, Ordering::Relaxed);
    }

    /// Samples that were beyond full scale.
    pub(crate) fn clipped(&self) -> u64 {
        self.clipped.load(Ordering::Relaxed)
    }

    /// The bell of an output that sleeps until something changes. The first one stays.
    pub(crate) fn hang(&self, bell: Bell) {
        let _ = self.bell.set(bell);
    }

    /// Wakes an output that sleeps until something changes; others look by themselves.
    pub(crate) fn ring(&self) {
        if let Some(bell) = self.bell.get() {
            bell();
        }
    }

    /// Wakes the output if it waits for frames. Costs next to nothing when it does not.
    pub(crate) fn wake(&self) {
        if self.starved.swap(false, Ordering::AcqRel) {
            self.ring();
        }
    }

    /// Whether a pause has faded out to silence, or nothing is left to sound.
    pub(crate) fn silent(&self) -> bool {
        self.silent.load(Ordering::Acquire)
    }
}

/// No anchor was set: what is heard is known from the output's latency alone.
const UNKNOWN: i64 = i64::MIN;

/// No frame is held fast.
const FLOWING: u64 = u64::MAX;

/// How far a run has been written, played and heard, in frames. Shared by all three threads.
#[derive(Debug)]
pub(crate) struct RunClock {
    played: AtomicU64,
    finished: AtomicBool,
    /// When frame 0 was heard, in nanoseconds after [`since_start`]'s beginning, or [`UNKNOWN`].
    zero: AtomicI64,
    /// The frame at which the sound stands still, or [`FLOWING`].
    still: AtomicU64,
}

impl Default for RunClock {
    fn default() -> Self {
        Self {
            played: AtomicU64::new(0),
            finished: AtomicBool::new(false),
            zero: AtomicI64::new(UNKNOWN),
            still: AtomicU64::new(FLOWING),
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

    /// Says that no frame will follow those in the ring: an empty ring is the end, no underrun.
    pub(crate) fn finish(&self) {
        self.finished.store(true, Ordering::Release);
    }

    fn finished(&self) -> bool {
        self.finished.load(Ordering::Acquire)
    }
}

/// One uninterrupted stretch of sound, from a start, skip or seek to the next one; several
/// tracks that join are one run. This is the callback's end of it.
#[derive(Debug)]
pub(crate) struct Run {
    ring: Consumer<f32>,
    clock: Arc<RunClock>,
    channels: usize,
    /// Samples that were read and are still in the ring, so that they can be read again.
    kept: usize,
}

impl Run {
    /// A ring of `frames` frames of `channels` samples: the decoder's end, the clock, the callback's end.
    pub(crate) fn new(frames: usize, channels: usize) -> (Producer<f32>, Arc<RunClock>, Self) {
        let (writer, ring) = RingBuffer::new(frames * channels);
        let clock = Arc::new(RunClock::default());
        (writer, Arc::clone(&clock), Self { ring, clock, channels, kept: 0 })
    }

    /// Fills as much of `out` as the ring holds, in whole frames; gives the samples filled.
    pub(crate) fn read(&mut self, out: &mut [f32]) -> usize {
        let filled = self.read_ahead(out);
        self.keep(0);
        filled
    }

    /// As [`Run::read`], but what was read stays in the ring until [`Run::keep`] lets it go.
    fn read_ahead(&mut self, out: &mut [f32]) -> usize {
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
    fn keep(&mut self, frames: usize) {
        let spent = self.kept.saturating_sub(frames * self.channels);
        if spent > 0
            && let Ok(chunk) = self.ring.read_chunk(spent)
        {
            chunk.commit_all();
            self.kept -= spent;
        }
    }

    /// Goes back by `frames` frames, or as far as they are kept.
    fn unread(&mut self, frames: usize) {
        let frames = frames.min(self.kept / self.channels);
        self.kept -= frames * self.channels;
        self.clock.played.fetch_sub(frames as u64, Ordering::Release);
    }

    /// Whole frames that can be read now.
    fn ready(&self) -> usize {
        (self.ring.slots() - self.kept) / self.channels
    }
}

/// A gain that moves in a straight line to where it is wanted, by the frame.
#[derive(Debug)]
struct Ramp {
    from: f32,
    to: f32,
    /// The outlet's frame before the first one that has moved.
    start: u64,
    /// Change per frame for a ramp from 0 to 1.
    step: f32,
}

impl Ramp {
    fn at_rest(value: f32, step: f32) -> Self {
        Self { from: value, to: value, start: 0, step }
    }

    /// The gain of the outlet's frame `at`.
    fn value(&self, at: u64) -> f32 {
        let moved = (at + 1).saturating_sub(self.start) as f32 * self.step;
        if self.from < self.to { (self.from + moved).min(self.to) } else { (self.from - moved).max(self.to) }
    }

    /// Goes to `to` from frame `at` on.
    fn turn(&mut self, to: f32, at: u64) {
        if to != self.to {
            let from = if at == 0 { self.from } else { self.value(at - 1) };
            *self = Self { from, to, start: at, step: self.step };
        }
    }

    fn is_at_rest(&self, at: u64) -> bool {
        self.value(at) == self.to
    }
}

/// The run that a skip replaced, for the length of the cross-fade.
#[derive(Debug)]
struct Leaving {
    run: Run,
    /// Frames of the cross-fade that were given.
    given: u32,
}

/// The callback's side: an endless source of samples in the device's rate and channels.
pub(crate) struct Outlet {
    rate: u32,
    channels: usize,
    dials: Arc<Dials>,
    fresh: Consumer<Run>,
    spent: Producer<Run>,
    current: Option<Run>,
    leaving: Option<Leaving>,
    /// Frames given, turned back with what they were.
    given: u64,
    /// Where the current run began.
    began: u64,
    gate: Ramp,
    volume: Ramp,
    fade_frames: u32,
    /// Frames that stay in reach of [`Outlet::turn_back`]; `None` when the device takes them for good.
    held: Option<usize>,
    block: Box<[f32]>,
    fade_block: Box<[f32]>,
    at: usize,
}

/// The decoder thread's side: hands runs to the callback and takes spent ones back.
#[derive(Debug)]
pub(crate) struct Door {
    fresh: Producer<Run>,
    spent: Consumer<Run>,
    alive: usize,
}

impl Door {
    /// A door, and the two rings behind it: fresh runs come out of one, spent ones go into the other.
    pub(crate) fn new() -> (Self, Consumer<Run>, Producer<Run>) {
        let (fresh, fresh_out) = RingBuffer::new(RUNS);
        let (spent_in, spent) = RingBuffer::new(RUNS);
        (Self { fresh, spent, alive: 0 }, fresh_out, spent_in)
    }

    /// Makes `run` the one that sounds; the callback cross-fades to it.
    /// Gives it back when too many skips came at once: try again after a moment.
    pub(crate) fn hand_over(&mut self, run: Run) -> Result<(), Run> {
        while self.spent.pop().is_ok() {
            self.alive -= 1; // dropped here, on this thread
        }
        // One short of RUNS, so that the callback never finds the way back full.
        if self.alive + 1 >= RUNS {
            return Err(run);
        }
        self.fresh.push(run).map_err(|PushError::Full(run)| run)?;
        self.alive += 1;
        Ok(())
    }

    /// Whether the callback is gone: the device was closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.fresh.is_abandoned()
    }
}

/// Makes the two sides for a device of `rate` Hz and `channels` channels. Allocates all that the
/// callback will ever use.
pub(crate) fn outlet(rate: u32, channels: u16, dials: Arc<Dials>) -> (Outlet, Door) {
    let (door, fresh, spent) = Door::new();
    let channels = usize::from(channels.max(1));
    let fade_frames = (rate / 1000 * RAMP_MS).max(1);
    let step = 1.0 / fade_frames as f32;
    let volume = dials.volume();
    let outlet = Outlet {
        rate,
        channels,
        dials,
        fresh,
        spent,
        current: None,
        leaving: None,
        given: 0,
        began: 0,
        // Opened at once: a start has nothing to click against, and its first frame must be exact.
        gate: Ramp::at_rest(1.0, step),
        volume: Ramp::at_rest(volume, step),
        fade_frames,
        held: None,
        block: vec![0.0; BLOCK_FRAMES * channels].into_boxed_slice(),
        fade_block: vec![0.0; BLOCK_FRAMES * channels].into_boxed_slice(),
        at: BLOCK_FRAMES * channels,
    };
    (outlet, door)
}

impl Outlet {
    /// An outlet whose last `frames` frames can be turned back. It follows the dials only where it [turns](Self::turn).
    pub(crate) fn held(mut self, frames: usize) -> Self {
        self.held = Some(frames);
        self
    }

    /// Frames that can be had now without silence between them; 0 while paused.
    /// For consumers that are not paced by a device.
    pub(crate) fn ready(&mut self) -> usize {
        self.adopt();
        if !self.dials.playing() {
            return 0;
        }
        self.current.as_ref().map_or(0, Run::ready)
    }

    /// Fills `out` (whole frames, at most [`BLOCK_FRAMES`] of them at a time inside).
    pub(crate) fn fill(&mut self, out: &mut [f32]) {
        for block in out.chunks_mut(BLOCK_FRAMES * self.channels) {
            self.fill_block(block);
        }
    }

    /// Fills `out` with samples as little-endian floats, as far as there are any: gives the bytes filled, in whole
    /// frames. For an output that need not be given silence; 0 means that its bell will be rung.
    pub(crate) fn fill_sounding(&mut self, out: &mut [u8]) -> usize {
        let mut frames = self.sounding();
        if frames == 0 {
            self.dials.starved.store(true, Ordering::Release);
            frames = self.sounding(); // what came before the flag stood
        }
        self.dials.silent.store(frames == 0, Ordering::Release);
        let frame = self.channels * size_of::<f32>();
        let bytes = (frames * frame).min(out.len() - out.len() % frame);
        let mut block = std::mem::take(&mut self.block); // an empty box: no allocation
        for bytes in out[..bytes].chunks_mut(block.len() * size_of::<f32>()) {
            let samples = &mut block[..bytes.len() / size_of::<f32>()];
            self.fill_block(samples);
            for (bytes, sample) in bytes.chunks_exact_mut(size_of::<f32>()).zip(samples) {
                bytes.copy_from_slice(&sample.to_le_bytes());
            }
        }
        self.block = block;
        bytes
    }

    /// Frames that can be given now without a gap; while a pause fades out, those of the fade.
    pub(crate) fn sounding(&mut self) -> usize {
        if self.held.is_none() {
            self.turn();
        }
        let left = |leaving: &Leaving| leaving.run.ready().min((self.fade_frames - leaving.given) as usize);
        let leaving = self.leaving.as_ref().map_or(0, left);
        let ready = self.current.as_ref().map_or(0, Run::ready).max(leaving);
        if self.gate.to != 0.0 {
            return ready;
        }
        let fade = (self.gate.from / self.gate.step).ceil() as u64;
        let left = (self.gate.start + fade).saturating_sub(self.given);
        ready.min(usize::try_from(left).unwrap_or(usize::MAX))
    }

    /// Whether a pause, a resume, a volume or a fresh run waits for the outlet to [turn](Self::turn).
    pub(crate) fn wants_turn(&self) -> bool {
        let open = if self.dials.playing() { 1.0 } else { 0.0 };
        self.gate.to != open || self.volume.to != self.dials.volume() || self.fresh.slots() > 0
    }

    /// Follows the dials and the decoder thread from here on.
    pub(crate) fn turn(&mut self) {
        self.adopt();
        self.follow_dials();
    }

    /// Closes the gate at once, where nothing sounds that could click.
    pub(crate) fn shut(&mut self) {
        self.gate = Ramp::at_rest(0.0, self.gate.step);
        self.release_leaving();
        self.dials.silent.store(true, Ordering::Release);
    }

    /// Takes back the last `frames` frames given: what follows takes their place. Gives how many it were: those that are
    /// held, and none from before the current run.
    pub(crate) fn turn_back(&mut self, frames: usize) -> usize {
        let since = usize::try_from(self.given - self.began).unwrap_or(usize::MAX);
        let frames = frames.min(self.held.unwrap_or(0)).min(since);
        self.given -= frames as u64;
        if let Some(run) = &mut self.current {
            run.unread(frames);
        }
        if let Some(leaving) = &mut self.leaving {
            let into = u32::try_from(self.given - self.began).unwrap_or(u32::MAX);
            let again = leaving.given.saturating_sub(into);
            leaving.given -= again;
            leaving.run.unread(again as usize);
        }
        frames
    }

    /// The current run's clock.
    pub(crate) fn clock(&self) -> Option<&RunClock> {
        self.current.as_ref().map(|run| &*run.clock)
    }

    /// Whether the current run is given to its end.
    pub(crate) fn is_finished(&self) -> bool {
        self.current.as_ref().is_none_or(|run| run.clock.finished() && run.ready() == 0)
    }

    fn fill_block(&mut self, out: &mut [f32]) {
        if self.held.is_none() {
            self.turn();
        }
        let frames = (out.len() / self.channels) as u64;
        self.dials.asked.fetch_add(frames, Ordering::Relaxed);
        if self.gate.to == 0.0 && self.gate.is_at_rest(self.given) {
            self.release_leaving();
            self.dials.silent.store(true, Ordering::Release);
            out.fill(0.0);
            return;
        }
        self.dials.silent.store(false, Ordering::Release);
        self.take_current(out);
        self.mix_leaving(out);
        self.apply_gain(out);
        self.given += frames;
        self.clamp(out);
    }

    fn follow_dials(&mut self) {
        let open = if self.dials.playing() { 1.0 } else { 0.0 };
        let volume = self.dials.volume();
        self.gate.turn(open, self.given);
        self.volume.turn(volume, self.given);
        let empty = self.current.as_ref().is_none_or(|run| run.ready() == 0) && self.leaving.is_none();
        if open == 0.0 && empty {
            self.gate.from = 0.0; // nothing is left to fade
        }
    }

    /// Takes a fresh run, if there is one; the one before it begins to leave.
    fn adopt(&mut self) {
        while let Ok(run) = self.fresh.pop() {
            let heard_more = self.heard_more();
            if let Some(old) = self.current.replace(run) {
                if heard_more {
                    // The new run's first frames are hardly heard yet: what leaves is still the one before.
                    self.release(old);
                } else {
                    self.release_leaving();
                    // Nothing to fade from: the new run starts exactly.
                    if old.clock.played() > 0 {
                        self.leaving = Some(Leaving { run: old, given: 0 });
                    } else {
                        self.release(old);
                    }
                }
            }
            if let Some(leaving) = &mut self.leaving {
                leaving.given = 0;
            }
            self.began = self.given;
        }
    }

    /// Whether the run that leaves is still louder than the one that came.
    fn heard_more(&self) -> bool {
        self.leaving.as_ref().is_some_and(|leaving| leaving.given < self.fade_frames / 2)
    }

    fn release_leaving(&mut self) {
        if let Some(leaving) = self.leaving.take() {
            self.release(leaving.run);
        }
    }

    fn release(&mut self, run: Run) {
        if let Err(PushError::Full(run)) = self.spent.push(run) {
            // Cannot happen: the door lets fewer runs in than the way back holds.
            // If it ever did, a leak is better than freeing in the callback.
            std::mem::forget(run);
        }
    }

    fn take_current(&mut self, out: &mut [f32]) {
        let held = self.held.unwrap_or(0);
        let filled = match &mut self.current {
            Some(run) => {
                let filled = run.read_ahead(out);
                run.keep(held);
                if filled < out.len() && !run.clock.finished() {
                    self.dials.count_underrun();
                }
                filled
            }
            None => 0,
        };
        out[filled..].fill(0.0);
    }

    /// Adds what is left of the run that was replaced. The two gains sum to one, so that the
    /// same music on both sides stays as it is.
    fn mix_leaving(&mut self, out: &mut [f32]) {
        let Some(leaving) = &mut self.leaving else { return };
        let left = self.fade_frames - leaving.given;
        let frames = (out.len() / self.channels).min(left as usize);
        let scratch = &mut self.fade_block[..frames * self.channels];
        let filled = leaving.run.read_ahead(scratch);
        scratch[filled..].fill(0.0);
        let length = self.fade_frames as f32;
        for (new, old) in out.chunks_exact_mut(self.channels).zip(scratch.chunks_exact(self.channels)) {
            let share = (self.fade_frames - leaving.given) as f32 / length;
            for (new, old) in new.iter_mut().zip(old) {
                *new += (old - *new) * share;
            }
            leaving.given += 1;
        }
        // Where it can be turned back it stays until it is out of reach.
        if leaving.given == self.fade_frames && self.given - self.began >= self.held.unwrap_or(0) as u64 {
            self.release_leaving();
        }
    }

    fn apply_gain(&mut self, out: &mut [f32]) {
        if self.gate.is_at_rest(self.given) && self.volume.is_at_rest(self.given) {
            let gain = self.gate.to * self.volume.to;
            if gain != 1.0 {
                out.iter_mut().for_each(|sample| *sample *= gain);
            }
            return;
        }
        for (frame, at) in out.chunks_exact_mut(self.channels).zip(self.given..) {
            let gain = self.gate.value(at) * self.volume.value(at);
            frame.iter_mut().for_each(|sample| *sample *= gain);
        }
    }

    fn clamp(&mut self, out: &mut [f32]) {
        let mut clipped = 0;
        for sample in out {
            clipped += u64::from(sample.abs() > 1.0);
            *sample = sample.clamp(-1.0, CEILING);
        }
        if clipped > 0 {
            self.dials.clipped.fetch_add(clipped, Ordering::Relaxed);
        }
    }
}

impl Iterator for Outlet {
    type Item = f32;

    #[inline]
    fn next(&mut self) -> Option<f32> {
        if self.at == self.block.len() {
            let mut block = std::mem::take(&mut self.block); // an empty box: no allocation
            self.fill_block(&mut block);
            self.block = block;
            self.at = 0;
        }
        let sample = self.block[self.at];
        self.at += 1;
        Some(sample)
    }
}

impl rodio::Source for Outlet {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> rodio::ChannelCount {
        // `outlet` takes a u16 and makes 0 into 1, so that neither fallback is ever used.
        u16::try_from(self.channels).ok().and_then(NonZero::new).unwrap_or(NonZero::<u16>::MIN)
    }

    fn sample_rate(&self) -> rodio::SampleRate {
        NonZero::new(self.rate).unwrap_or(NonZero::<u32>::MIN)
    }

    fn total_duration(&self) -> Option<Duration> {
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// 1 kHz, so that a ramp is ten frames and a millisecond is one.
    fn desk() -> (Outlet, Door, Arc<Dials>) {
        let dials = Arc::new(Dials::new());
        let (outlet, door) = outlet(1000, 1, Arc::clone(&dials));
        (outlet, door, dials)
    }

    fn run_of(samples: &[f32]) -> (Arc<RunClock>, Run) {
        let (mut writer, clock, run) = Run::new(samples.len(), 1);
        writer.push_entire_slice(samples).unwrap();
        (clock, run)
    }

    fn take(outlet: &mut Outlet, frames: usize) -> Vec<f32> {
        let mut out = vec![9.0; frames];
        outlet.fill(&mut out);
        out
    }

    #[test]
    fn unity_gain_leaves_every_sample_as_it_is() {
        let (mut outlet, mut door, dials) = desk();
        let samples: Vec<f32> = (0..600).map(|n| n as f32 / 600.0).collect();
        let (clock, run) = run_of(&samples);
        door.hand_over(run).unwrap();
        assert_eq!(take(&mut outlet, 600), samples);
        assert_eq!(clock.played(), 600);
        assert_eq!(dials.underruns(), 0);
    }

    #[test]
    fn an_empty_ring_is_silence_and_a_count() {
        let (mut outlet, mut door, dials) = desk();
        let (clock, run) = run_of(&[0.5, 0.25]);
        door.hand_over(run).unwrap();
        assert_eq!(take(&mut outlet, 4), [0.5, 0.25, 0.0, 0.0]);
        assert_eq!(dials.underruns(), 1);
        clock.finish();
        assert_eq!(take(&mut outlet, 2), [0.0, 0.0]);
        assert_eq!(dials.underruns(), 1, "the end is no underrun");
    }

    #[test]
    fn a_skip_fades_over_in_ten_milliseconds_and_the_old_run_goes_home() {
        let (mut outlet, mut door, _) = desk();
        let (_, old) = run_of(&[1.0; 40]);
        door.hand_over(old).unwrap();
        take(&mut outlet, 4);
        let (_, new) = run_of(&[0.0; 40]);
        door.hand_over(new).unwrap();
        let faded = take(&mut outlet, 12);
        assert_eq!(faded[0], CEILING);
        assert!(faded.windows(2).all(|pair| pair[1] <= pair[0] && pair[0] - pair[1] < 0.11), "{faded:?}");
        assert_eq!(faded[10..], [0.0, 0.0]);
        assert_eq!(door.alive, 2);
        let (_, third) = run_of(&[0.0; 4]);
        door.hand_over(third).unwrap();
        assert_eq!(door.alive, 2, "the first one came back and was freed here");
    }

    #[test]
    fn fading_between_the_same_music_changes_nothing() {
        let (mut outlet, mut door, _) = desk();
        let music: Vec<f32> = (0..40).map(|n| (n as f32 * 0.7).sin() * 0.5).collect();
        let (_, old) = run_of(&music);
        door.hand_over(old).unwrap();
        take(&mut outlet, 10);
        let (_, new) = run_of(&music[10..]);
        door.hand_over(new).unwrap();
        assert_eq!(take(&mut outlet, 30), music[10..]);
    }

    #[test]
    fn pause_fades_out_consumes_nothing_and_resumes_where_it_was() {
        let (mut outlet, mut door, dials) = desk();
        let (clock, run) = run_of(&[0.5; 100]);
        door.hand_over(run).unwrap();
        take(&mut outlet, 10);
        dials.set_playing(false);
        let fading = take(&mut outlet, 10);
        assert!(fading[0] < 0.5 && fading[9] == 0.0, "{fading:?}");
        let at_pause = clock.played();
        assert_eq!(take(&mut outlet, 50), [0.0; 50]);
        assert!(dials.silent());
        assert_eq!(clock.played(), at_pause);
        dials.set_playing(true);
        assert_eq!(take(&mut outlet, 20)[10..], [0.5; 10]);
        assert_eq!(clock.played(), at_pause + 20);
    }

    #[test]
    fn beyond_full_scale_is_clamped_and_counted() {
        let (mut outlet, mut door, dials) = desk();
        let (_, run) = run_of(&[1.5, -1.5, 0.1]);
        door.hand_over(run).unwrap();
        assert_eq!(take(&mut outlet, 3), [CEILING, -1.0, 0.1]);
        assert_eq!(dials.clipped(), 2);
    }

    #[test]
    fn too_many_skips_at_once_are_refused_not_freed_in_the_callback() {
        let (mut outlet, mut door, _) = desk();
        let refused = (0..RUNS).filter(|_| door.hand_over(run_of(&[0.0]).1).is_err()).count();
        assert_eq!(refused, 1);
        take(&mut outlet, 1);
        take(&mut outlet, 20);
        assert!(door.hand_over(run_of(&[0.0]).1).is_ok());
    }

    fn floats(bytes: &[u8]) -> Vec<f32> {
        bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect()
    }

    #[test]
    fn an_output_that_can_wait_gets_the_samples_there_are_and_no_silence() {
        let (mut outlet, mut door, dials) = desk();
        let mut bytes = vec![9; 4003];
        assert_eq!(outlet.fill_sounding(&mut bytes), 0, "no run yet");
        let samples: Vec<f32> = (0..600).map(|n| n as f32 / 600.0).collect();
        let (clock, run) = run_of(&samples);
        door.hand_over(run).unwrap();
        let filled = outlet.fill_sounding(&mut bytes);
        assert_eq!(floats(&bytes[..filled]), samples);
        assert_eq!((clock.played(), dials.underruns()), (600, 0));
        assert!(!dials.silent());
        assert_eq!(outlet.fill_sounding(&mut bytes), 0);
        assert!(dials.silent());
    }

    #[test]
    fn an_output_that_can_wait_gets_the_fade_of_a_pause_and_then_nothing() {
        let (mut outlet, mut door, dials) = desk();
        door.hand_over(run_of(&[0.5; 100]).1).unwrap();
        let mut bytes = vec![0; 40];
        assert_eq!(outlet.fill_sounding(&mut bytes), 40);
        dials.set_playing(false);
        let mut bytes = vec![0; 400];
        let filled = outlet.fill_sounding(&mut bytes);
        assert!((40..=44).contains(&filled), "{filled}");
        assert_eq!(floats(&bytes[..filled]).last(), Some(&0.0));
        assert_eq!(outlet.fill_sounding(&mut bytes), 0);
        dials.set_playing(true);
        assert_eq!(outlet.fill_sounding(&mut bytes), (90 - filled / 4) * 4);
    }

    #[test]
    fn a_starved_output_is_woken_by_what_it_waits_for() {
        let (mut outlet, _door, dials) = desk();
        let count = Arc::new(AtomicU64::new(0));
        let rung = Arc::clone(&count);
        dials.hang(Box::new(move || {
            rung.fetch_add(1, Ordering::Relaxed);
        }));
        dials.wake();
        assert_eq!(count.load(Ordering::Relaxed), 0, "nobody waits");
        outlet.fill_sounding(&mut [0; 40]);
        dials.wake();
        dials.wake();
        assert_eq!(count.load(Ordering::Relaxed), 1, "once for each time it waits");
        dials.set_playing(false);
        assert_eq!(count.load(Ordering::Relaxed), 2, "a pause is always told");
    }

    /// An outlet whose last 100 frames can be turned back, playing `samples`.
    fn held(samples: &[f32]) -> (Outlet, Door, Arc<Dials>, Arc<RunClock>) {
        let (outlet, mut door, dials) = desk();
        let mut outlet = outlet.held(100);
        let (clock, run) = run_of(samples);
        door.hand_over(run).unwrap();
        outlet.turn();
        (outlet, door, dials, clock)
    }

    fn ramp(frames: usize) -> Vec<f32> {
        (0..frames).map(|n| n as f32 / 1000.0).collect()
    }

    #[test]
    fn what_was_given_can_be_turned_back_and_given_again() {
        let samples = ramp(300);
        let (mut outlet, _door, _, clock) = held(&samples);
        assert_eq!(take(&mut outlet, 150), samples[..150]);
        assert_eq!(outlet.turn_back(40), 40);
        assert_eq!(clock.played(), 110);
        assert_eq!(take(&mut outlet, 100), samples[110..210]);
        assert_eq!(outlet.turn_back(1000), 100, "no more than is held");
        assert_eq!(take(&mut outlet, 190), samples[110..300]);
        assert_eq!(clock.played(), 300);
    }

    #[test]
    fn turned_back_the_ring_gives_again_what_lies_across_its_end() {
        let (mut outlet, mut door, _) = desk();
        let (mut writer, _, run) = Run::new(128, 1);
        let samples = ramp(1000);
        let mut written = 0;
        outlet = outlet.held(50);
        door.hand_over(run).unwrap();
        outlet.turn();
        let mut at = 0;
        while at + 60 < samples.len() {
            written += writer.push_partial_slice(&samples[written..]).0.len();
            assert_eq!(take(&mut outlet, 60), samples[at..at + 60]);
            at += 60 - outlet.turn_back(23);
        }
    }

    #[test]
    fn a_held_outlet_pauses_only_where_it_turns() {
        let (mut outlet, _door, dials, clock) = held(&[0.5; 300]);
        take(&mut outlet, 100);
        dials.set_playing(false);
        assert!(outlet.wants_turn());
        assert_eq!(take(&mut outlet, 20), [0.5; 20]);
        assert_eq!(outlet.turn_back(70), 70);
        outlet.turn();
        assert!(!outlet.wants_turn());
        assert_eq!(outlet.sounding(), 10, "the fade");
        let fade = take(&mut outlet, 10);
        assert!(fade[0] < 0.5 && fade[9].abs() < 1e-6, "{fade:?}");
        assert_eq!((outlet.sounding(), clock.played()), (0, 60));
        outlet.shut();
        dials.set_playing(true);
        outlet.turn();
        let back = take(&mut outlet, 20);
        assert!(back[0] < 0.1 && back[10..] == [0.5; 10], "{back:?}");
        assert_eq!(clock.played(), 80);
    }

    #[test]
    fn a_skip_in_a_held_outlet_fades_from_where_it_was_turned_back_to() {
        let (mut outlet, mut door, _, old) = held(&[1.0; 300]);
        take(&mut outlet, 100);
        door.hand_over(run_of(&[0.0; 300]).1).unwrap();
        assert_eq!(take(&mut outlet, 5), [CEILING; 5], "not before it turns");
        outlet.turn_back(65);
        outlet.turn();
        assert_eq!(old.played(), 40);
        let faded = take(&mut outlet, 12);
        assert_eq!(faded[0], CEILING);
        assert!(faded.windows(2).all(|pair| pair[1] <= pair[0]) && faded[10..] == [0.0; 2], "{faded:?}");
        assert_eq!(old.played(), 50);
    }

    #[test]
    fn two_skips_at_the_same_place_fade_from_what_is_heard_before_them() {
        let (mut outlet, mut door, _, _) = held(&[1.0; 300]);
        take(&mut outlet, 100);
        door.hand_over(run_of(&[-1.0; 300]).1).unwrap();
        outlet.turn_back(50);
        outlet.turn();
        take(&mut outlet, 50);
        door.hand_over(run_of(&[0.5; 300]).1).unwrap();
        assert_eq!(outlet.turn_back(99), 50, "not back beyond the skip before");
        outlet.turn();
        // The first skip's fade is over when the second comes, and yet nothing of it was heard.
        let faded = take(&mut outlet, 12);
        assert!(faded.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 0.3), "{faded:?}");
        assert_eq!(faded[10..], [0.5; 2]);
    }

    #[test]
    fn what_is_heard_follows_the_time_and_stands_when_told() {
        let clock = RunClock::default();
        assert_eq!(clock.heard(1000), None, "nobody has told");
        clock.played.store(500, Ordering::Release);
        clock.flow(600, 1000);
        assert_eq!(clock.heard(1000), Some(0), "the first frame is still to come");
        clock.flow(0, 1000);
        assert_eq!(clock.heard(1000), Some(500), "no more than was given");
        clock.flow(400, 1000);
        let heard = clock.heard(1000).unwrap();
        assert!((100..=500).contains(&heard), "{heard}");
        clock.stand(77);
        assert_eq!(clock.heard(1000), Some(77));
    }

    #[test]
    fn a_device_reads_sample_by_sample_what_fill_gives() {
        let (mut outlet, mut door, _) = desk();
        let samples: Vec<f32> = (0..1000).map(|n| n as f32 / 1000.0).collect();
        door.hand_over(run_of(&samples).1).unwrap();
        let heard: Vec<f32> = outlet.by_ref().take(1000).collect();
        assert_eq!(heard, samples);
    }
}
