//! Takes a file; decodes all of it and says what is wrong with it: where it is damaged, whether it ends too
//! soon, whether FLAC's checksum holds, whether it clips or is silent. Never keeps the sound, never changes the file.

use std::ops::Range;
use std::path::Path;

use crate::playback::decode::{self, DecodeError, Decoder, Format};

/// Places of damage that are kept; all are counted.
const MOST_PLACES: usize = 100;

/// So many samples in a row at full scale were cut off; music touches it for one or two.
const CLIP_RUN: u32 = 3;

/// More clipped samples than this share of all are heard. Loud masters stay far below it.
const CLIPPED_SHARE: f64 = 0.001;

/// Below this peak (-80 dB) nothing is heard.
const SILENCE: f32 = 1e-4;

/// A pause in the music is shorter than this, in seconds.
const PAUSE: u64 = 10;

/// What became of a whole file.
#[derive(Debug)]
pub struct Checked {
    /// What its header says.
    pub format: Format,
    /// Frames that came out of it.
    pub frames: u64,
    /// Frames before each damaged place, the first hundred.
    pub damage: Vec<u64>,
    /// Packets that could not be decoded.
    pub damaged: u64,
    /// The file ends before its own statement.
    pub truncated: bool,
    /// Why decoding ended before the file did.
    pub broken: Option<DecodeError>,
    /// Whether the samples have the checksum that the file states; `None` where it states none.
    pub checksum: Option<bool>,
    /// Stretches of at least three samples at full scale.
    pub clips: u64,
    /// Samples in those stretches, of all channels.
    pub clipped_samples: u64,
    /// The longest silence between sounds: its first frame, and how many.
    pub gap: Range<u64>,
    /// The highest sample, 1.0 is full scale.
    pub peak: f32,
}

impl Checked {
    /// Whether there is nothing to complain of: it is whole, and holds what a listener would call music.
    pub fn is_well(&self) -> bool {
        self.is_whole() && !self.is_silent() && !self.is_clipped() && self.long_gap().is_none()
    }

    /// Whether clipping is heard: more than one sample in a thousand.
    pub fn is_clipped(&self) -> bool {
        let samples = self.frames as f64 * f64::from(self.format.channels);
        self.clipped_samples as f64 > samples * CLIPPED_SHARE
    }

    /// The longest silence between sounds, if it is longer than a pause: ten seconds.
    pub fn long_gap(&self) -> Option<Range<u64>> {
        let frames = self.gap.end - self.gap.start;
        (frames >= PAUSE * u64::from(self.format.rate)).then(|| self.gap.clone())
    }

    /// Whether all that the file promises came out of it.
    pub fn is_whole(&self) -> bool {
        self.damaged == 0
            && !self.truncated
            && self.broken.is_none()
            && self.checksum != Some(false)
            && self.has_told_length()
    }

    /// Whether it is as long as its header says, where that says anything.
    pub fn has_told_length(&self) -> bool {
        self.format.frames.is_none_or(|frames| frames == self.frames)
    }

    /// Whether there is nothing to hear.
    pub fn is_silent(&self) -> bool {
        self.peak < SILENCE
    }
}

/// Decodes a file from its first frame to its last.
///
/// # Errors
/// When it does not open at all.
pub fn check(path: &Path) -> Result<Checked, DecodeError> {
    let mut decoder = decode::open_verifying(path)?;
    Ok(check_decoder(decoder.as_mut()))
}

fn check_decoder(decoder: &mut dyn Decoder) -> Checked {
    let format = decoder.format().clone();
    let mut meter = Meter::new(&format);
    let mut checked = Checked {
        format,
        frames: 0,
        damage: Vec::new(),
        damaged: 0,
        truncated: false,
        broken: None,
        checksum: None,
        clips: 0,
        clipped_samples: 0,
        gap: 0..0,
        peak: 0.0,
    };
    let mut block = Vec::new();
    loop {
        block.clear();
        let decoded = decoder.decode(&mut block);
        meter.take(&block);
        let damaged = decoder.damaged();
        let is_new = damaged > checked.damaged;
        checked.damaged = damaged;
        match decoded {
            Ok(0) => {
                // What is found out at the very end is that there should be more.
                checked.truncated = is_new || checked.format.frames.is_some_and(|told| checked.frames < told);
                break;
            }
            Ok(frames) => {
                if is_new && checked.damage.len() < MOST_PLACES {
                    checked.damage.push(checked.frames);
                }
                checked.frames += frames as u64;
            }
            Err(error) => {
                checked.broken = Some(error);
                break;
            }
        }
    }
    checked.checksum = decoder.checksum();
    (checked.clips, checked.clipped_samples) = (meter.clips, meter.clipped);
    (checked.gap, checked.peak) = (meter.gap, meter.peak);
    checked
}

/// Whether two files decode to the same samples, bit for bit.
///
/// # Errors
/// When one of them does not open or breaks off.
pub fn same_sound(one: &Path, other: &Path) -> Result<bool, DecodeError> {
    let (mut one, mut other) = (decode::open(one)?, decode::open(other)?);
    let (a, b) = (one.format(), other.format());
    if (a.rate, a.channels) != (b.rate, b.channels) {
        return Ok(false);
    }
    let (mut left, mut right) = (Vec::new(), Vec::new());
    loop {
        // Blocks may be cut differently: the rest of the longer one waits.
        let ended = if left.is_empty() { one.decode(&mut left)? == 0 } else { false };
        if right.is_empty() && other.decode(&mut right)? == 0 {
            return Ok(ended && left.is_empty());
        }
        let both = left.len().min(right.len());
        let is_same = left[..both].iter().zip(&right).all(|(a, b)| a.to_bits() == b.to_bits());
        if ended || !is_same {
            return Ok(false);
        }
        left.drain(..both);
        right.drain(..both);
    }
}

/// Watches samples go by.
struct Meter {
    /// Where the samples can go no further.
    full: f32,
    /// Samples in a row at full scale, by channel.
    runs: Vec<u32>,
    clips: u64,
    clipped: u64,
    peak: f32,
    frame: u64,
    /// Frames up to here were sound; `None` before the first sound.
    sounded: Option<u64>,
    gap: Range<u64>,
}

impl Meter {
    fn new(format: &Format) -> Self {
        // Integers end one step below 1.0. What lossy codecs and floats have above it is cut off on the way out.
        let step = match format.bits {
            Some(bits @ 1..=24) if !format.float => 1.0 / (1_u32 << (bits - 1)) as f32,
            _ => 0.0,
        };
        Self {
            full: 1.0 - step,
            runs: vec![0; usize::from(format.channels)],
            clips: 0,
            clipped: 0,
            peak: 0.0,
            frame: 0,
            sounded: None,
            gap: 0..0,
        }
    }

    fn take(&mut self, frames: &[f32]) {
        for frame in frames.chunks_exact(self.runs.len().max(1)) {
            let mut loudest = 0.0_f32;
            for (sample, run) in frame.iter().zip(&mut self.runs) {
                loudest = loudest.max(sample.abs());
                *run = if sample.abs() >= self.full { run.saturating_add(1) } else { 0 };
                self.clips += u64::from(*run == CLIP_RUN);
                self.clipped += match *run {
                    CLIP_RUN => u64::from(CLIP_RUN),
                    longer if longer > CLIP_RUN => 1,
                    _ => 0,
                };
            }
            self.peak = self.peak.max(loudest);
            if loudest >= SILENCE {
                let since = self.sounded.unwrap_or(self.frame);
                if self.frame - since > self.gap.end - self.gap.start {
                    self.gap = since..self.frame;
                }
                self.sounded = Some(self.frame + 1);
            }
            self.frame += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playback::decode::mock::MockDecoder;

    fn checked(mut mock: MockDecoder) -> Checked {
        check_decoder(&mut mock)
    }

    #[test]
    fn a_whole_file_is_whole() {
        let checked = checked(MockDecoder::new(10));
        assert!(checked.is_whole() && !checked.is_silent());
        assert_eq!((checked.frames, checked.damage.len(), checked.peak), (10, 0, 10.0));
    }

    #[test]
    fn a_file_that_breaks_says_where_and_why() {
        let checked = checked(MockDecoder::new(10).failing_at(4));
        assert!(!checked.is_whole() && !checked.truncated);
        assert_eq!(checked.frames, 4);
        assert!(checked.broken.is_some());
    }

    #[test]
    fn three_samples_in_a_row_are_a_clip_two_are_music() {
        let format =
            Format { codec: "test", rate: 1, channels: 2, bits: Some(16), float: false, frames: None };
        let mut meter = Meter::new(&format);
        let full = 32_767.0 / 32_768.0;
        meter.take(&[full, 0.0, -1.0, full]);
        meter.take(&[0.0, full]);
        assert_eq!(meter.clips, 0);
        meter.take(&[0.9, full, 0.9, full, 0.9, 0.0]);
        assert_eq!((meter.clips, meter.clipped, meter.peak), (1, 4, 1.0));
        meter.take(&[0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, -1.0, 0.0, 1.0, 0.0, 0.5]);
        assert_eq!((meter.clips, meter.clipped), (2, 9));
    }

    /// A file of so many seconds at 100 Hz with so many clipped samples and a silence.
    fn heard(seconds: u64, clipped_samples: u64, gap: Range<u64>) -> Checked {
        let mut heard = checked(MockDecoder::new(10));
        (heard.format.rate, heard.format.channels) = (100, 2);
        heard.format.frames = Some(seconds * 100);
        Checked { frames: seconds * 100, clipped_samples, gap, ..heard }
    }

    #[test]
    fn a_few_clipped_samples_are_a_loud_master_many_are_a_fault() {
        assert!(heard(100, 20, 0..0).is_well(), "one in a thousand");
        assert!(heard(100, 21, 0..0).is_clipped() && !heard(100, 21, 0..0).is_well());
    }

    #[test]
    fn ten_seconds_of_silence_between_sounds_are_no_pause() {
        assert!(heard(100, 0, 500..1499).is_well());
        assert_eq!(heard(100, 0, 500..1500).long_gap(), Some(500..1500));
        assert!(!heard(100, 0, 500..1500).is_well());
        let format = Format { codec: "test", rate: 1, channels: 1, bits: None, float: true, frames: None };
        let mut meter = Meter::new(&format);
        meter.take(&[0.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.5, 0.00005, 0.5, 0.0, 0.0, 0.0]);
        assert_eq!(meter.gap, 5..7, "before the first sound and after the last there may be silence");
    }

    #[test]
    fn nothing_is_silence() {
        assert!(checked(MockDecoder::new(0)).is_silent());
    }
}
