//! Takes files; gives how loud they are by EBU R128 (ITU-R BS.1770): integrated loudness, range, true peak, of a
//! track and of a release. Never changes a level.

use std::collections::VecDeque;

use ebur128::{EbuR128, Mode};
use serde::{Deserialize, Serialize};

use crate::playback::decode::{DecodeError, Decoder};
use crate::playback::part::Part;

/// ReplayGain 2.0 makes everything so loud, in LUFS.
const REFERENCE: f64 = -18.0;

/// How loud something is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Loudness {
    /// In LUFS; `None` where nothing is loud enough to be measured.
    pub integrated: Option<f64>,
    /// The range between quiet and loud parts in LU (EBU Tech 3342).
    pub range: f64,
    /// The highest value between and on samples, 1.0 is full scale.
    pub true_peak: f64,
}

impl Loudness {
    /// What brings it to the reference of ReplayGain 2.0, in dB.
    pub fn gain(&self) -> Option<f64> {
        self.integrated.map(|lufs| REFERENCE - lufs)
    }
}

/// A measured track. Small enough to be kept, and enough to measure its release by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    loudness: Loudness,
    /// Blocks of 400 ms, one each 100 ms: what integrated loudness is made of.
    blocks: Histogram,
    /// Stretches of 3 s, one a second: what the range is made of.
    stretches: Histogram,
    /// Packets that could not be decoded.
    pub damaged: u64,
}

impl Measured {
    /// How loud the track is.
    pub fn loudness(&self) -> Loudness {
        self.loudness
    }

    /// Counted blocks by their energy. A block stands in the middle of its class; all are moved so that the track
    /// by itself is exactly as loud as it was measured.
    fn energies(&self) -> Vec<(f64, u64)> {
        let classes: Vec<(f64, u64)> =
            self.blocks.classes().map(|(lufs, count)| (energy(lufs), count)).collect();
        let moved = match (self.loudness.integrated, gated(&classes)) {
            (Some(exact), Some(classed)) => energy(exact - classed),
            _ => 1.0,
        };
        classes.into_iter().map(|(energy, count)| (energy * moved, count)).collect()
    }
}

/// How loud tracks are as one: a release.
pub fn of_all(tracks: &[&Measured]) -> Loudness {
    if let [single] = tracks {
        return single.loudness;
    }
    let classes: Vec<(f64, u64)> = tracks.iter().flat_map(|track| track.energies()).collect();
    Loudness {
        integrated: gated(&classes),
        range: range(tracks.iter().flat_map(|track| track.stretches.classes()).collect()),
        true_peak: tracks.iter().map(|track| track.loudness.true_peak).fold(0.0, f64::max),
    }
}

/// To the base of 0 LUFS: only ratios matter here.
fn energy(lufs: f64) -> f64 {
    10_f64.powf(lufs / 10.0)
}

/// The mean of all that is at most so many LU below the mean of all, in LUFS.
fn gated_by(classes: &[(f64, u64)], gate: f64) -> Option<(f64, f64)> {
    let mean = |least: f64| {
        let kept = classes.iter().filter(|(energy, _)| *energy >= least);
        let (sum, count) =
            kept.fold((0.0, 0), |(sum, all), (energy, count)| (sum + energy * *count as f64, all + count));
        (count > 0).then(|| sum / count as f64)
    };
    let least = mean(0.0)? * energy(gate);
    Some((least, 10.0 * mean(least)?.log10()))
}

/// Integrated loudness: ITU-R BS.1770-4. The absolute gate is in the histograms.
fn gated(classes: &[(f64, u64)]) -> Option<f64> {
    gated_by(classes, -10.0).map(|(_, lufs)| lufs)
}

/// EBU Tech 3342: from the 10th to the 95th of a hundred stretches, those far below the mean left out.
fn range(mut stretches: Vec<(f64, u64)>) -> f64 {
    stretches.sort_by(|a, b| a.0.total_cmp(&b.0));
    let classes: Vec<(f64, u64)> = stretches.iter().map(|(lufs, count)| (energy(*lufs), *count)).collect();
    let Some((least, _)) = gated_by(&classes, -20.0) else { return 0.0 };
    stretches.retain(|(lufs, _)| energy(*lufs) >= least);
    let all: u64 = stretches.iter().map(|(_, count)| count).sum();
    let at = |share: f64| {
        let mut rank = (all.saturating_sub(1) as f64 * share).round() as u64;
        let found = stretches.iter().find(|(_, count)| {
            let is_here = rank < *count;
            rank = rank.saturating_sub(*count);
            is_here
        });
        found.map_or(0.0, |(lufs, _)| *lufs)
    };
    at(0.95) - at(0.10)
}

/// How many blocks are how loud, in classes of 0.1 LU above the absolute gate of -70 LUFS.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct Histogram {
    /// The class that the first count is of.
    first: u16,
    counts: VecDeque<u32>,
}

/// The lower end of class 0, in LUFS: the absolute gate of ITU-R BS.1770.
const GATE: f64 = -70.0;

/// Classes in a LU.
const PER_LU: f64 = 10.0;

/// Louder than +30 LUFS is no sound.
const MOST_CLASSES: f64 = 1000.0;

impl Histogram {
    fn add(&mut self, lufs: f64) {
        if !(lufs >= GATE && lufs.is_finite()) {
            return;
        }
        let class = ((lufs - GATE) * PER_LU).min(MOST_CLASSES - 1.0) as u16;
        if self.counts.is_empty() {
            self.first = class;
        }
        while class < self.first {
            self.counts.push_front(0);
            self.first -= 1;
        }
        let at = usize::from(class - self.first);
        if at >= self.counts.len() {
            self.counts.resize(at + 1, 0);
        }
        self.counts[at] += 1;
    }

    /// The middle of each class in LUFS, and how many are in it.
    fn classes(&self) -> impl Iterator<Item = (f64, u64)> {
        let first = f64::from(self.first);
        let counted = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        counted.map(move |(at, count)| (GATE + (first + at as f64 + 0.5) / PER_LU, u64::from(*count)))
    }
}

/// Decodes and measures a file or a part of one, as long as `go_on` lets it: that is asked every few thousand frames and
/// may wait.
///
/// # Errors
/// When it does not open or breaks off, and what `go_on` says.
pub fn measure<E: From<DecodeError>>(
    part: &Part,
    go_on: impl FnMut() -> Result<(), E>,
) -> Result<Measured, E> {
    measure_decoder(&mut part.open()?, go_on)
}

fn measure_decoder<E: From<DecodeError>>(
    decoder: &mut dyn Decoder,
    mut go_on: impl FnMut() -> Result<(), E>,
) -> Result<Measured, E> {
    let mut meter = Meter::new(decoder.format().rate, decoder.format().channels)?;
    let mut block = Vec::new();
    while decoder.decode(&mut block)? > 0 {
        meter.add(&block)?;
        block.clear();
        go_on()?;
    }
    Ok(meter.measured(decoder.damaged()))
}

/// The meter of the standard, read at every step of it.
struct Meter {
    meter: EbuR128,
    rate: u32,
    channels: u16,
    /// Samples of 100 ms: loudness is taken in such steps.
    step: usize,
    /// Samples of the step that are there.
    filled: usize,
    steps: u64,
    blocks: Histogram,
    stretches: Histogram,
}

impl Meter {
    fn new(rate: u32, channels: u16) -> Result<Self, DecodeError> {
        let mode = Mode::I | Mode::LRA | Mode::TRUE_PEAK;
        let meter = EbuR128::new(u32::from(channels), rate, mode);
        Ok(Self {
            meter: meter.map_err(|_| cannot(rate, channels))?,
            rate,
            channels,
            // As the meter itself counts them.
            step: (rate as usize + 5) / 10 * usize::from(channels),
            filled: 0,
            steps: 0,
            blocks: Histogram::default(),
            stretches: Histogram::default(),
        })
    }

    fn add(&mut self, mut samples: &[f32]) -> Result<(), DecodeError> {
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(self.step - self.filled));
            self.meter.add_frames_f32(now).map_err(|_| cannot(self.rate, self.channels))?;
            self.filled += now.len();
            samples = later;
            if self.filled == self.step {
                self.filled = 0;
                self.steps += 1;
                self.look();
            }
        }
        Ok(())
    }

    /// The standard's blocks overlap by three quarters, the stretches by two thirds.
    fn look(&mut self) {
        if self.steps >= 4 {
            self.blocks.add(self.meter.loudness_momentary().unwrap_or(f64::NEG_INFINITY));
        }
        if self.steps >= 30 && self.steps.is_multiple_of(10) {
            self.stretches.add(self.meter.loudness_shortterm().unwrap_or(f64::NEG_INFINITY));
        }
    }

    fn measured(self, damaged: u64) -> Measured {
        let peaks = (0..self.meter.channels()).map(|channel| {
            // Every channel there is has a peak.
            self.meter.true_peak(channel).unwrap_or(0.0)
        });
        let loudness = Loudness {
            integrated: self.meter.loudness_global().ok().filter(|lufs| lufs.is_finite()),
            range: self.meter.loudness_range().unwrap_or(0.0),
            true_peak: peaks.fold(0.0, f64::max),
        };
        Measured { loudness, blocks: self.blocks, stretches: self.stretches, damaged }
    }
}

fn cannot(rate: u32, channels: u16) -> DecodeError {
    DecodeError::Unsupported(format!("sound of {channels} channels at {rate} Hz"))
}

#[cfg(test)]
pub(in crate::playback) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::playback::decode::Format;

    /// A sine of 997 Hz in two channels at 48 kHz.
    struct Tone {
        format: Format,
        level: f32,
        frame: u32,
        frames: u32,
    }

    impl Decoder for Tone {
        fn format(&self) -> &Format {
            &self.format
        }

        fn decode(&mut self, out: &mut Vec<f32>) -> Result<usize, DecodeError> {
            let end = self.frames.min(self.frame + 4096);
            for frame in self.frame..end {
                let phase = f64::from(frame) * 997.0 / 48_000.0 * std::f64::consts::TAU;
                let sample = phase.sin() as f32 * self.level;
                out.extend([sample, sample]);
            }
            Ok((end - std::mem::replace(&mut self.frame, end)) as usize)
        }

        fn seek(&mut self, _: u64) -> Result<(), DecodeError> {
            Ok(())
        }
    }

    pub(in crate::playback) fn tone(db: f32, seconds: u32) -> Measured {
        let format =
            Format { codec: "tone", rate: 48_000, channels: 2, bits: None, float: true, frames: None };
        let level = 10_f32.powf(db / 20.0);
        let mut tone = Tone { format, level, frame: 0, frames: seconds * 48_000 };
        measure_decoder(&mut tone, || Ok::<(), DecodeError>(())).unwrap()
    }

    #[test]
    fn a_tone_is_as_loud_as_the_standard_says() {
        // EBU Tech 3341, case 1: a stereo sine at -23 dBFS is -23.0 LUFS, within 0.1 LU.
        let loudness = tone(-23.0, 20).loudness();
        assert!((loudness.integrated.unwrap() + 23.0).abs() < 0.1, "{loudness:?}");
        assert!((loudness.gain().unwrap() - 5.0).abs() < 0.1);
        assert!((20.0 * loudness.true_peak.log10() + 23.0).abs() < 0.1);
        assert!(loudness.range < 0.1);
    }

    #[test]
    fn a_release_is_measured_as_one() {
        let (loud, quiet) = (tone(-20.0, 10), tone(-40.0, 10));
        let both = of_all(&[&loud, &quiet]);
        // The quiet half is gated away: more than 10 LU below the rest.
        assert!((both.integrated.unwrap() + 20.0).abs() < 0.1, "{both:?}");
        assert_eq!(both.true_peak, loud.loudness().true_peak);
    }

    #[test]
    fn a_release_is_as_loud_and_as_wide_as_the_standard_meter_says() {
        let tracks = [tone(-20.0, 9), tone(-23.4, 12), tone(-26.0, 30)];
        let all = of_all(&tracks.iter().collect::<Vec<_>>());
        let mut meter = EbuR128::new(2, 48_000, Mode::I | Mode::LRA).unwrap();
        let sound = |db: f32, seconds: u32| {
            let level = 10_f32.powf(db / 20.0);
            let sine = move |n: u32| (f64::from(n) * 997.0 / 48_000.0 * std::f64::consts::TAU).sin();
            (0..seconds * 48_000).flat_map(move |n| [sine(n) as f32 * level; 2]).collect::<Vec<f32>>()
        };
        for (db, seconds) in [(-20.0, 9), (-23.4, 12), (-26.0, 30)] {
            meter.add_frames_f32(&sound(db, seconds)).unwrap();
        }
        let lufs = meter.loudness_global().unwrap();
        // The blocks over the two joins are in no track.
        assert!((all.integrated.unwrap() - lufs).abs() < 0.05, "{all:?}, {lufs}");
        assert!((all.range - meter.loudness_range().unwrap()).abs() < 0.2, "{all:?}");
        assert_eq!(of_all(&[&tracks[1]]), tracks[1].loudness());
    }

    #[test]
    fn a_measurement_can_be_stopped() {
        let format =
            Format { codec: "tone", rate: 48_000, channels: 2, bits: None, float: true, frames: None };
        let mut asked = 0;
        let mut tone = Tone { format, level: 0.5, frame: 0, frames: 480_000 };
        let stopped = measure_decoder(&mut tone, || {
            asked += 1;
            if asked < 3 { Ok(()) } else { Err(DecodeError::Empty) }
        });
        assert!(stopped.is_err());
        assert_eq!(tone.frame, 3 * 4096);
    }

    #[test]
    fn silence_has_no_loudness() {
        assert_eq!(tone(-200.0, 2).loudness().integrated, None);
        assert_eq!(of_all(&[]).integrated, None);
    }
}
