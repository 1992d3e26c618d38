//! Takes files; gives how loud they are by EBU R128 (ITU-R BS.1770): integrated loudness, range, true peak, of a
//! track and of a release. Never changes a level.

use ebur128::{EbuR128, Mode};

use crate::playback::decode::{DecodeError, Decoder};
use crate::playback::part::Part;

/// ReplayGain 2.0 makes everything so loud, in LUFS.
const REFERENCE: f64 = -18.0;

/// How loud something is.
#[derive(Debug, Clone, Copy, PartialEq)]
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

/// A measured track: its blocks count again for its release.
pub struct Measured {
    meter: EbuR128,
    /// Packets that could not be decoded.
    pub damaged: u64,
}

impl Measured {
    /// How loud the track is.
    pub fn loudness(&self) -> Loudness {
        of_all(&[self])
    }
}

/// How loud tracks are as one: a release.
pub fn of_all(tracks: &[&Measured]) -> Loudness {
    let meters = || tracks.iter().map(|track| &track.meter);
    let peaks = meters().flat_map(|meter| {
        // Every channel there is has a peak.
        (0..meter.channels()).map(|channel| meter.true_peak(channel).unwrap_or(0.0))
    });
    Loudness {
        integrated: EbuR128::loudness_global_multiple(meters()).ok().filter(|lufs| lufs.is_finite()),
        range: EbuR128::loudness_range_multiple(meters()).unwrap_or(0.0),
        true_peak: peaks.fold(0.0, f64::max),
    }
}

/// Decodes and measures a file, or a part of one.
///
/// # Errors
/// When it does not open or breaks off.
pub fn measure(part: &Part) -> Result<Measured, DecodeError> {
    measure_decoder(&mut part.open()?)
}

fn measure_decoder(decoder: &mut dyn Decoder) -> Result<Measured, DecodeError> {
    let (rate, channels) = (decoder.format().rate, decoder.format().channels);
    let cannot = |_| DecodeError::Unsupported(format!("sound of {channels} channels at {rate} Hz"));
    let mode = Mode::I | Mode::LRA | Mode::TRUE_PEAK;
    let mut meter = EbuR128::new(u32::from(channels), rate, mode).map_err(cannot)?;
    let mut block = Vec::new();
    while decoder.decode(&mut block)? > 0 {
        meter.add_frames_f32(&block).map_err(cannot)?;
        block.clear();
    }
    Ok(Measured { meter, damaged: decoder.damaged() })
}

#[cfg(test)]
mod tests {
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

    fn tone(db: f32, seconds: u32) -> Measured {
        let format =
            Format { codec: "tone", rate: 48_000, channels: 2, bits: None, float: true, frames: None };
        let level = 10_f32.powf(db / 20.0);
        measure_decoder(&mut Tone { format, level, frame: 0, frames: seconds * 48_000 }).unwrap()
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
    fn silence_has_no_loudness() {
        assert_eq!(tone(-200.0, 2).loudness().integrated, None);
        assert_eq!(of_all(&[]).integrated, None);
    }
}
