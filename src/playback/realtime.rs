//! Takes runs of decoded frames from the decoder thread; gives the device its samples, with the
//! ramps of pause, volume and skip. Everything that runs in the device callback is in this file.
//! Never allocates, frees, locks, logs, reads a file or waits: a run that is played out goes back
//! through a ring to be freed elsewhere, an underrun is silence and a count, or a wait where the output can.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::task::Waker;
use std::time::Duration;

use futures::task::AtomicWaker;
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

/// What the player sets and the callback obeys, and what the callback counts. Atomics only.
#[derive(Debug)]
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
    /// An output that has nothing to give, and wants to be woken when that changes.
    starved: AtomicWaker,
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
            starved: AtomicWaker::new(),
        }
    }

    pub(crate) fn set_playing(&self, playing: bool) {
        self.playing.store(playing, Ordering::Release);
        self.wake();
    }

    pub(crate) fn playing(&self) -> bool {
        self.playing.load(Ordering::Acquire)
    }

    /// Sets the linear gain, from 0 (silence) to 1 (as it is) and beyond.
    pub(crate) fn set_volume(&self, gain: f32) {
        self.volume.store(gain.to_bits(), Ordering::Relaxed);
    }

    /// Frames that the device has asked for since it was opened.
    pub(crate) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    /// Times that the ring was empty when the device asked.
    pub(crate) fn underruns(&self) -> u64 {
        self.underruns.load(Ordering::Relaxed)
    }

    /// Samples that were beyond full scale.
    pub(crate) fn clipped(&self) -> u64 {
        self.clipped.load(Ordering::Relaxed)
    }

    /// Wakes an output that waits for frames or for the end of a pause. Costs next to nothing when none does.
    pub(crate) fn wake(&self) {
        self.starved.wake();
    }

    /// Whether a pause has faded out to silence, or nothing is left to sound.
    pub(crate) fn silent(&self) -> bool {
        self.silent.load(Ordering::Acquire)
    }
}

/// How far a run has been written and played, in frames. Shared by all three threads.
#[derive(Debug, Default)]
pub(crate) struct RunClock {
    played: AtomicU64,
    finished: AtomicBool,
}

impl RunClock {
    /// Frames of the run that the device has taken.
    pub(crate) fn played(&self) -> u64 {
        self.played.load(Ordering::Acquire)
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
}

impl Run {
    /// A ring of `frames` frames of `channels` samples: the decoder's end, the clock, the callback's end.
    pub(crate) fn new(frames: usize, channels: usize) -> (Producer<f32>, Arc<RunClock>, Self) {
        let (writer, ring) = RingBuffer::new(frames * channels);
        let clock = Arc::new(RunClock::default());
        (writer, Arc::clone(&clock), Self { ring, clock, channels })
    }

    /// Fills as much of `out` as the ring holds, in whole frames; gives the samples filled.
    pub(crate) fn read(&mut self, out: &mut [f32]) -> usize {
        let ready = self.ring.slots().min(out.len());
        let whole = ready - ready % self.channels;
        // `whole` is at most what the ring said it holds, and nobody else takes from it.
        if whole == 0 || self.ring.pop_entire_slice(&mut out[..whole]).is_err() {
            return 0;
        }
        self.clock.played.fetch_add((whole / self.channels) as u64, Ordering::Release);
        whole
    }

    /// Whole frames that can be read now.
    fn ready(&self) -> usize {
        self.ring.slots() / self.channels
    }
}

/// A gain that moves in a straight line to where it is wanted.
#[derive(Debug)]
struct Ramp {
    now: f32,
    /// Change per frame for a ramp from 0 to 1.
    step: f32,
}

impl Ramp {
    fn toward(&mut self, wanted: f32) -> f32 {
        self.now = if self.now < wanted {
            (self.now + self.step).min(wanted)
        } else {
            (self.now - self.step).max(wanted)
        };
        self.now
    }
}

/// The callback's side: an endless source of samples in the device's rate and channels.
#[derive(Debug)]
pub(crate) struct Outlet {
    rate: u32,
    channels: usize,
    dials: Arc<Dials>,
    fresh: Consumer<Run>,
    spent: Producer<Run>,
    current: Option<Run>,
    /// The run that a skip replaced, for the length of the cross-fade, with the frames left of it.
    leaving: Option<(Run, u32)>,
    gate: Ramp,
    volume: Ramp,
    fade_frames: u32,
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
    let volume = f32::from_bits(dials.volume.load(Ordering::Relaxed));
    let outlet = Outlet {
        rate,
        channels,
        dials,
        fresh,
        spent,
        current: None,
        leaving: None,
        // Opened at once: a start has nothing to click against, and its first frame must be exact.
        gate: Ramp { now: 1.0, step },
        volume: Ramp { now: volume, step },
        fade_frames,
        block: vec![0.0; BLOCK_FRAMES * channels].into_boxed_slice(),
        fade_block: vec![0.0; BLOCK_FRAMES * channels].into_boxed_slice(),
        at: BLOCK_FRAMES * channels,
    };
    (outlet, door)
}

impl Outlet {
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
    /// frames. For an output that need not be given silence; 0 means that `waker` will be called.
    pub(crate) fn fill_sounding(&mut self, out: &mut [u8], waker: &Waker) -> usize {
        let mut frames = self.sounding();
        if frames == 0 {
            self.dials.starved.register(waker);
            frames = self.sounding(); // what came before the waker stood
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
    fn sounding(&mut self) -> usize {
        self.adopt();
        let leaving = self.leaving.as_ref().map_or(0, |(run, left)| run.ready().min(*left as usize));
        let ready = self.current.as_ref().map_or(0, Run::ready).max(leaving);
        if self.dials.playing() {
            return ready;
        }
        if ready == 0 {
            self.gate.now = 0.0; // nothing is left to fade
        }
        ready.min((self.gate.now / self.gate.step).ceil() as usize)
    }

    fn fill_block(&mut self, out: &mut [f32]) {
        self.adopt();
        let frames = (out.len() / self.channels) as u64;
        self.dials.asked.fetch_add(frames, Ordering::Relaxed);
        let open = if self.dials.playing() { 1.0 } else { 0.0 };
        if open == 0.0 && self.gate.now == 0.0 {
            self.release_leaving();
            self.dials.silent.store(true, Ordering::Release);
            out.fill(0.0);
            return;
        }
        self.dials.silent.store(false, Ordering::Release);
        self.take_current(out);
        self.mix_leaving(out);
        self.apply_gain(out, open);
        self.clamp(out);
    }

    /// Takes a fresh run, if there is one; the one before it begins to leave.
    fn adopt(&mut self) {
        while let Ok(run) = self.fresh.pop() {
            self.release_leaving();
            if let Some(old) = self.current.replace(run) {
                let sounded = old.clock.played() > 0;
                self.leaving = Some((old, self.fade_frames));
                if !sounded {
                    self.release_leaving(); // nothing to fade from: the new run starts exactly
                }
            }
        }
    }

    fn release_leaving(&mut self) {
        if let Some((run, _)) = self.leaving.take()
            && let Err(PushError::Full(run)) = self.spent.push(run)
        {
            // Cannot happen: the door lets fewer runs in than the way back holds.
            // If it ever did, a leak is better than freeing in the callback.
            std::mem::forget(run);
        }
    }

    fn take_current(&mut self, out: &mut [f32]) {
        let filled = match &mut self.current {
            Some(run) => {
                let filled = run.read(out);
                if filled < out.len() && !run.clock.finished() {
                    self.dials.underruns.fetch_add(1, Ordering::Relaxed);
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
        let Some((run, left)) = &mut self.leaving else { return };
        let scratch = &mut self.fade_block[..out.len()];
        let filled = run.read(scratch);
        scratch[filled..].fill(0.0);
        let length = self.fade_frames as f32;
        for (new, old) in out.chunks_exact_mut(self.channels).zip(scratch.chunks_exact(self.channels)) {
            let share = *left as f32 / length;
            for (new, old) in new.iter_mut().zip(old) {
                *new += (old - *new) * share;
            }
            *left = left.saturating_sub(1);
        }
        if *left == 0 {
            self.release_leaving();
        }
    }

    fn apply_gain(&mut self, out: &mut [f32], open: f32) {
        let volume = f32::from_bits(self.dials.volume.load(Ordering::Relaxed));
        if self.gate.now == open && self.volume.now == volume {
            let gain = open * volume;
            if gain != 1.0 {
                out.iter_mut().for_each(|sample| *sample *= gain);
            }
            return;
        }
        for frame in out.chunks_exact_mut(self.channels) {
            let gain = self.gate.toward(open) * self.volume.toward(volume);
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
        assert_eq!(outlet.fill_sounding(&mut bytes, Waker::noop()), 0, "no run yet");
        let samples: Vec<f32> = (0..600).map(|n| n as f32 / 600.0).collect();
        let (clock, run) = run_of(&samples);
        door.hand_over(run).unwrap();
        let filled = outlet.fill_sounding(&mut bytes, Waker::noop());
        assert_eq!(floats(&bytes[..filled]), samples);
        assert_eq!((clock.played(), dials.underruns()), (600, 0));
        assert!(!dials.silent());
        assert_eq!(outlet.fill_sounding(&mut bytes, Waker::noop()), 0);
        assert!(dials.silent());
    }

    #[test]
    fn an_output_that_can_wait_gets_the_fade_of_a_pause_and_then_nothing() {
        let (mut outlet, mut door, dials) = desk();
        door.hand_over(run_of(&[0.5; 100]).1).unwrap();
        let mut bytes = vec![0; 40];
        assert_eq!(outlet.fill_sounding(&mut bytes, Waker::noop()), 40);
        dials.set_playing(false);
        let mut bytes = vec![0; 400];
        let filled = outlet.fill_sounding(&mut bytes, Waker::noop());
        assert!((40..=44).contains(&filled), "{filled}");
        assert_eq!(floats(&bytes[..filled]).last(), Some(&0.0));
        assert_eq!(outlet.fill_sounding(&mut bytes, Waker::noop()), 0);
        dials.set_playing(true);
        assert_eq!(outlet.fill_sounding(&mut bytes, Waker::noop()), (90 - filled / 4) * 4);
    }

    #[test]
    fn a_starved_output_is_woken_by_what_it_waits_for() {
        struct Count(AtomicU64);
        impl std::task::Wake for Count {
            fn wake(self: Arc<Self>) {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
        let (mut outlet, _door, dials) = desk();
        let count = Arc::new(Count(AtomicU64::new(0)));
        let waker = Waker::from(Arc::clone(&count));
        outlet.fill_sounding(&mut [0; 40], &waker);
        dials.wake();
        dials.wake();
        assert_eq!(count.0.load(Ordering::Relaxed), 1, "once for each time it waits");
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
