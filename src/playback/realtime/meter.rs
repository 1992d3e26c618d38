//! Takes the samples that an outlet gives; gives how loud each channel is at the frame that is heard, which may be
//! seconds behind what was given. A table of short stretches in atomics, the oldest written over.
//! Never allocates or waits in the callback, and measures nothing unless somebody has looked of late.

use std::sync::atomic::{AtomicU64, Ordering};

/// Channels that are measured; more have no place in a meter that people look at.
pub(super) const CHANNELS: usize = 8;

/// Stretches that are remembered: with those of [`stretch`], more than two and a half seconds.
const STRETCHES: usize = 256;

/// Somebody who looks looks again before so many seconds have passed.
const WATCHED_S: u64 = 3;

/// The peak is the highest of so many milliseconds: none is missed by ten looks a second.
const PEAK_MS: u64 = 100;

/// The RMS is of so many milliseconds, as a VU meter takes to rise (IEC 60268-17).
const RMS_MS: u64 = 300;

/// How loud a channel is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Level {
    /// The highest sample of the last tenth of a second, 1.0 is full scale.
    pub peak: f32,
    /// The root of the mean square over 0.3 s, 1.0 is full scale: a sine of full scale has 0.707.
    pub rms: f32,
}

/// Frames of a stretch: about a hundredth of a second.
fn stretch(rate: u32) -> u64 {
    (u64::from(rate) / 100).max(1)
}

/// What the callback writes and others read.
pub(super) struct Meter {
    /// The count of frames asked for up to which somebody wants to know.
    watched: AtomicU64,
    /// The device's rate, and its channels in the lowest byte.
    shape: AtomicU64,
    slots: Box<[Slot]>,
}

/// One stretch.
#[derive(Default)]
struct Slot {
    /// Its number, from 1; 0 while it is written.
    number: AtomicU64,
    /// A channel's peak, and its mean square, as the bits of two `f32`.
    channels: [AtomicU64; CHANNELS],
}

fn pack(peak: f32, mean: f32) -> u64 {
    u64::from(peak.to_bits()) << 32 | u64::from(mean.to_bits())
}

fn unpack(bits: u64) -> (f32, f32) {
    // Each half is 32 bits wide.
    (f32::from_bits((bits >> 32) as u32), f32::from_bits(bits as u32))
}

impl Meter {
    pub(super) fn new() -> Self {
        Self {
            watched: AtomicU64::new(0),
            shape: AtomicU64::new(0),
            slots: (0..STRETCHES).map(|_| Slot::default()).collect(),
        }
    }

    /// Whether to measure, when the device has asked for so many frames.
    pub(super) fn is_watched(&self, asked: u64) -> bool {
        asked < self.watched.load(Ordering::Relaxed)
    }

    /// Somebody looks, when the device has asked for so many frames: the channels at `frame` of the outlet.
    pub(super) fn look(&self, asked: u64, frame: u64) -> Vec<Level> {
        let shape = self.shape.load(Ordering::Acquire);
        let (rate, channels) = ((shape >> 8) as u32, (shape & 0xFF) as usize);
        self.watched.store(asked + WATCHED_S * u64::from(rate.max(1)), Ordering::Relaxed);
        let mut heard: Vec<(f32, f32)> = vec![(0.0, 0.0); channels.min(CHANNELS)];
        let length = stretch(rate);
        let stretches = |ms: u64| (u64::from(rate) * ms / 1000 / length).max(1);
        let last = frame / length;
        let mut read = 0;
        for back in 0..stretches(RMS_MS).min(last + 1) {
            let Some(slot) = self.read(last - back) else { continue };
            read += 1;
            for ((peak, sum), (highest, mean)) in heard.iter_mut().zip(slot) {
                if back < stretches(PEAK_MS) {
                    *peak = peak.max(highest);
                }
                *sum += mean;
            }
        }
        let level = |(peak, sum): (f32, f32)| Level { peak, rms: (sum / read.max(1) as f32).sqrt() };
        heard.into_iter().map(level).collect()
    }

    /// A stretch by its number, from 0; `None` when it was not measured, or is being written.
    fn read(&self, number: u64) -> Option<[(f32, f32); CHANNELS]> {
        let slot = &self.slots[number as usize % STRETCHES];
        if slot.number.load(Ordering::Acquire) != number + 1 {
            return None;
        }
        let channels = std::array::from_fn(|at| unpack(slot.channels[at].load(Ordering::Acquire)));
        (slot.number.load(Ordering::Acquire) == number + 1).then_some(channels)
    }
}

/// The callback's end of a [`Meter`]: what of the current stretch was measured so far.
pub(super) struct Gauge {
    channels: usize,
    length: u64,
    /// The frame that comes next, if nothing is turned back.
    next: u64,
    frames: u32,
    peaks: [f32; CHANNELS],
    sums: [f32; CHANNELS],
}

impl Gauge {
    /// For a new outlet.
    pub(super) fn new(meter: &Meter, rate: u32, channels: usize) -> Self {
        meter.shape.store(u64::from(rate) << 8 | channels.min(0xFF) as u64, Ordering::Release);
        let (peaks, sums) = ([0.0; CHANNELS], [0.0; CHANNELS]);
        Self { channels, length: stretch(rate), next: 0, frames: 0, peaks, sums }
    }

    /// Measures whole frames, the first of which is the outlet's frame `at`.
    pub(super) fn add(&mut self, meter: &Meter, mut at: u64, mut samples: &[f32]) {
        while !samples.is_empty() {
            let left = usize::try_from(self.length - at % self.length).unwrap_or(usize::MAX);
            let frames = left.min(samples.len() / self.channels);
            if frames == 0 {
                return;
            }
            let (now, later) = samples.split_at(frames * self.channels);
            if at % self.length == 0 || at != self.next {
                (self.frames, self.peaks, self.sums) = (0, [0.0; CHANNELS], [0.0; CHANNELS]);
            }
            self.hear(now);
            self.write(&meter.slots[(at / self.length) as usize % STRETCHES], at / self.length);
            at += frames as u64;
            self.next = at;
            samples = later;
        }
    }

    fn hear(&mut self, samples: &[f32]) {
        for frame in samples.chunks_exact(self.channels) {
            for ((sample, peak), sum) in frame.iter().zip(&mut self.peaks).zip(&mut self.sums) {
                *peak = peak.max(sample.abs());
                *sum += sample * sample;
            }
            self.frames += 1;
        }
    }

    fn write(&self, slot: &Slot, number: u64) {
        slot.number.store(0, Ordering::Release);
        for ((channel, peak), sum) in slot.channels.iter().zip(self.peaks).zip(self.sums) {
            channel.store(pack(peak, sum / self.frames.max(1) as f32), Ordering::Release);
        }
        slot.number.store(number + 1, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1 kHz: stretches of ten frames, a peak of ten of them, an RMS of thirty.
    fn meter(channels: usize) -> (Meter, Gauge) {
        let meter = Meter::new();
        let gauge = Gauge::new(&meter, 1000, channels);
        (meter, gauge)
    }

    #[test]
    fn a_level_is_of_the_frame_that_is_heard_not_of_the_last_one_given() {
        let (meter, mut gauge) = meter(1);
        gauge.add(&meter, 0, &[0.5; 1000]);
        gauge.add(&meter, 1000, &[0.25; 1000]);
        assert_eq!(meter.look(0, 999), [Level { peak: 0.5, rms: 0.5 }]);
        assert_eq!(meter.look(0, 1999), [Level { peak: 0.25, rms: 0.25 }]);
        let between = meter.look(0, 1099)[0];
        assert_eq!(between.peak, 0.25, "of the last tenth of a second");
        assert!((between.rms - ((2.0 * 0.25 + 0.0625_f32) / 3.0).sqrt()).abs() < 1e-6, "{between:?}");
        assert_eq!(meter.look(0, 5000), [Level::default()], "nothing of it was given yet");
    }

    #[test]
    fn channels_are_measured_by_themselves() {
        let (meter, mut gauge) = meter(3);
        let frames: Vec<f32> =
            (0..400).flat_map(|n| [0.0, 1.0, if n % 2 == 0 { 0.5 } else { -0.5 }]).collect();
        gauge.add(&meter, 0, &frames);
        let peaks: Vec<f32> = meter.look(0, 399).iter().map(|level| level.peak).collect();
        assert_eq!(peaks, [0.0, 1.0, 0.5]);
        let rms: Vec<f32> = meter.look(0, 399).iter().map(|level| level.rms).collect();
        assert_eq!(rms, [0.0, 1.0, 0.5]);
    }

    #[test]
    fn pieces_of_any_length_make_the_same_stretches() {
        let samples: Vec<f32> = (0..900).map(|n| (n as f32 * 0.37).sin()).collect();
        let (whole, mut gauge) = meter(1);
        gauge.add(&whole, 0, &samples);
        for piece in [1, 3, 7, 64, 256] {
            let (pieces, mut gauge) = meter(1);
            let mut at = 0;
            for piece in samples.chunks(piece) {
                gauge.add(&pieces, at, piece);
                at += piece.len() as u64;
            }
            assert_eq!(pieces.look(0, 899), whole.look(0, 899));
        }
    }

    #[test]
    fn what_is_turned_back_is_measured_anew() {
        let (meter, mut gauge) = meter(1);
        gauge.add(&meter, 0, &[1.0; 1000]);
        gauge.add(&meter, 500, &[0.0; 500]);
        assert_eq!(meter.look(0, 999), [Level::default()]);
        assert_eq!(meter.look(0, 499).first().map(|level| level.peak), Some(1.0));
        gauge.add(&meter, 995, &[0.5; 5]);
        assert_eq!(meter.look(0, 999).first().map(|level| level.peak), Some(0.5));
    }

    #[test]
    fn what_lies_further_back_than_the_table_is_long_is_not_taken_for_something_else() {
        let (meter, mut gauge) = meter(1);
        gauge.add(&meter, 0, &[1.0; 10_000]);
        assert_eq!(meter.look(0, 1000), [Level::default()]);
    }

    #[test]
    fn it_is_watched_for_a_while_after_each_look() {
        let (meter, _) = meter(2);
        assert!(!meter.is_watched(0));
        meter.look(500, 0);
        assert!(meter.is_watched(500) && meter.is_watched(3499) && !meter.is_watched(3500));
    }

    #[test]
    fn a_device_of_many_channels_shows_the_first_eight() {
        let (meter, mut gauge) = meter(32);
        gauge.add(&meter, 0, &vec![0.5; 32 * 300]);
        assert_eq!(meter.look(0, 299), [Level { peak: 0.5, rms: 0.5 }; 8]);
    }
}
