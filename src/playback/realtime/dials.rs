//! Takes what the player sets: playing, volume; gives it to the callback, and what the callback counts to the player.
//! Atomics only, and a bell that wakes an output which sleeps until something changes.
//! Never waits, and never makes either side wait.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use super::meter::{Level, Meter};

/// Something that can be rung from any thread, and wakes the output.
pub(crate) type Bell = Box<dyn Fn() + Send + Sync>;

/// What the player sets and the callback obeys, and what the callback counts. Atomics only.
pub(crate) struct Dials {
    playing: AtomicBool,
    /// Linear gain as `f32` bits; 1.0 leaves every sample as it is.
    volume: AtomicU32,
    /// Frames asked for by the device, sounding or not: the sign that the device lives.
    pub(super) asked: AtomicU64,
    underruns: AtomicU64,
    pub(super) clipped: AtomicU64,
    /// Whether nothing sounds: a pause has faded out, or nothing is left.
    pub(super) silent: AtomicBool,
    /// Whether the output waits for frames.
    pub(super) starved: AtomicBool,
    /// Wakes an output that sleeps until it is told of a change.
    bell: OnceLock<Bell>,
    pub(super) meter: Meter,
}

impl std::fmt::Debug for Dials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dials").field("playing", &self.playing).finish_non_exhaustive()
    }
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
            meter: Meter::new(),
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

    pub(super) fn volume(&self) -> f32 {
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

    /// How loud each channel is at `frame`, as [`RunClock::outlet_frame`] counts it. The first look only says that somebody
    /// does, and measuring goes on for some seconds after the last.
    ///
    /// [`RunClock::outlet_frame`]: super::RunClock::outlet_frame
    pub(crate) fn levels(&self, frame: u64) -> Vec<Level> {
        self.meter.look(self.asked(), frame)
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
