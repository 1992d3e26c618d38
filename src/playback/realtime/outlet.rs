//! Takes runs of frames; gives the device its samples, with the ramps of pause, volume and skip.
//! A run that is played out goes back through a ring to be freed elsewhere; an underrun is silence and a count.
//! Never allocates, frees, locks, logs, reads a file or waits.
//!
//! A sound card takes frames for good. A sound server holds half a second of them, which can be written over
//! until they are heard: for that, an outlet that is [held](Outlet::held) keeps what it gave in the run's own ring,
//! and [turns back](Outlet::turn_back) to where a pause, a skip or a new volume is to begin.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rtrb::{Consumer, Producer, PushError};

use super::chain::Chain;
use super::dials::Dials;
use super::door::Door;
use super::meter::Gauge;
use super::ramp::Ramp;
use super::run::{Run, RunClock};

/// Frames that are taken from the ring at once. Small enough for the cache, large enough that
/// atomics do not show in a profile.
const BLOCK_FRAMES: usize = 256;

/// Length of every ramp: pause, resume, volume, and the cross-fade of a skip, in milliseconds.
/// Long enough that no click is heard, short enough to feel immediate.
const RAMP_MS: u32 = 10;

/// The largest sample that no integer format of up to 24 bits wraps: 1 - 2^-23.
pub(super) const CEILING: f32 = 1.0 - 1.0 / 8_388_608.0;

/// The run that a skip replaced, for the length of the cross-fade.
#[derive(Debug)]
struct Leaving {
    run: Chain,
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
    current: Option<Chain>,
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
    gauge: Gauge,
}

/// Makes the two sides for a device of `rate` Hz and `channels` channels. Allocates all that the
/// callback will ever use.
pub(crate) fn outlet(rate: u32, channels: u16, dials: Arc<Dials>) -> (Outlet, Door) {
    let (door, fresh, spent) = Door::new();
    let channels = usize::from(channels.max(1));
    let fade_frames = (rate / 1000 * RAMP_MS).max(1);
    let step = 1.0 / fade_frames as f32;
    let volume = dials.volume();
    let gauge = Gauge::new(&dials.meter, rate, channels);
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
        gauge,
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
        self.current.as_ref().map_or(0, Chain::ready)
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
        let ready = self.current.as_ref().map_or(0, Chain::ready).max(leaving);
        if self.gate.to != 0.0 {
            return ready;
        }
        let fade = (self.gate.from / self.gate.step).ceil() as u64;
        let left = (self.gate.start + fade).saturating_sub(self.given);
        ready.min(usize::try_from(left).unwrap_or(usize::MAX))
    }

    /// Whether a pause, a resume, a volume or a fresh run waits for the outlet to [turn](Self::turn).
    pub(crate) fn wants_turn(&mut self) -> bool {
        self.adopt_ends();
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
        self.current.as_ref().map(Chain::clock)
    }

    /// Whether the current run is given to its end.
    pub(crate) fn is_finished(&self) -> bool {
        self.current.as_ref().is_none_or(|run| run.clock().finished() && run.ready() == 0)
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
        self.measure(out);
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
            let Some(run) = self.replace_end(run) else { continue };
            let heard_more = self.heard_more();
            if let Some(old) = self.current.replace(Chain::new(run)) {
                if heard_more {
                    // The new run's first frames are hardly heard yet: what leaves is still the one before.
                    self.release(old);
                } else {
                    self.release_leaving();
                    // Nothing to fade from: the new run starts exactly.
                    if old.clock().played() > 0 {
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

    /// Takes fresh runs as long as they only replace what is not played yet: nothing is to be turned back for them.
    fn adopt_ends(&mut self) {
        let is_ahead = |current: &Option<Chain>, run: &Run| {
            current
                .as_ref()
                .is_some_and(|run_now| run_now.is_continued_by(run) && run_now.clock().played() <= run.from)
        };
        while self.fresh.peek().is_ok_and(|run| is_ahead(&self.current, run)) {
            if let Ok(run) = self.fresh.pop() {
                self.replace_end(run);
            }
        }
    }

    /// Gives `run` to the current one as its new end, or back where it is a skip.
    fn replace_end(&mut self, run: Run) -> Option<Run> {
        match &mut self.current {
            Some(current) if current.is_continued_by(&run) => {
                if let Some(spent) = current.replace_end(run) {
                    self.give_back(spent);
                }
                None
            }
            _ => Some(run),
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

    fn release(&mut self, chain: Chain) {
        chain.into_runs().for_each(|run| self.give_back(run));
    }

    fn give_back(&mut self, run: Run) {
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
                if filled < out.len() && !run.clock().finished() {
                    self.dials.count_underrun();
                }
                filled
            }
            None => 0,
        };
        out[filled..].fill(0.0);
        if let Some(spent) = self.current.as_mut().and_then(Chain::spent) {
            self.give_back(spent);
        }
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

impl Outlet {
    /// Tells how loud the last frames given are, if somebody wants to know.
    fn measure(&mut self, out: &[f32]) {
        if !self.dials.meter.is_watched(self.dials.asked()) {
            return;
        }
        let frames = (out.len() / self.channels) as u64;
        self.gauge.add(&self.dials.meter, self.given - frames, out);
        if let Some(run) = &self.current {
            run.clock().lies_before(self.given);
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
