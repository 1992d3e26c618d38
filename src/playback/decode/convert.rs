//! Takes the frames of a stream whose rate is not that of its file's first one; gives them at that rate, as
//! long as they were. Never touches channels, and never sees where a stream begins or ends.

use std::marker::PhantomData;

use crate::playback::resample::Resampler;

use super::codec::Pcm;

/// Frames of silence that are converted at once.
const SILENCE: u64 = 4096;

/// The way from one rate to another, for the length of one stream.
pub(super) struct Convert<S> {
    resampler: Resampler,
    channels: usize,
    /// Frames to pass over, at the new rate.
    drop: u64,
    samples: PhantomData<fn() -> S>,
}

impl<S: Pcm> Convert<S> {
    /// Between two rates in Hz.
    pub(super) fn new(from: u32, to: u32, channels: u16) -> Self {
        let resampler = Resampler::new(from, to, channels);
        Self { resampler, channels: usize::from(channels.max(1)), drop: 0, samples: PhantomData }
    }

    /// Passes over the first frames, at the new rate.
    pub(super) fn drop_frames(&mut self, frames: u64) {
        self.drop = frames;
    }

    /// Appends what comes of these samples.
    pub(super) fn push(&mut self, samples: &[S], out: &mut Vec<S>) {
        let floats: Vec<f32> = samples.iter().map(|sample| sample.to_f32()).collect();
        let mut converted = Vec::new();
        self.resampler.push(&floats, &mut converted);
        self.give(&converted, out);
    }

    /// Appends what comes of so many frames of silence.
    pub(super) fn push_silence(&mut self, mut frames: u64, out: &mut Vec<S>) {
        while frames > 0 {
            let some = frames.min(SILENCE);
            self.push(&vec![S::default(); some as usize * self.channels], out);
            frames -= some;
        }
    }

    /// Appends what is still inside; gives the frames that were to be passed over and did not come.
    pub(super) fn finish(mut self, out: &mut Vec<S>) -> u64 {
        let mut converted = Vec::new();
        self.resampler.flush(&mut converted);
        self.give(&converted, out);
        self.drop
    }

    fn give(&mut self, converted: &[f32], out: &mut Vec<S>) {
        let frames = (converted.len() / self.channels) as u64;
        let dropped = frames.min(self.drop);
        self.drop -= dropped;
        let kept = &converted[dropped as usize * self.channels..];
        out.extend(kept.iter().map(|&sample| S::from_sample(sample)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(drop: u64, frames: usize) -> (Vec<f32>, u64) {
        let mut convert = Convert::<f32>::new(48_000, 44_100, 2);
        convert.drop_frames(drop);
        let mut out = Vec::new();
        let samples: Vec<f32> = (0..frames * 2).map(|n| (n % 97) as f32 / 97.0).collect();
        convert.push(&samples, &mut out);
        let left = convert.finish(&mut out);
        (out, left)
    }

    #[test]
    fn a_stream_stays_as_long_as_it_was() {
        let (all, left) = converted(0, 48_000);
        assert_eq!((all.len(), left), (88_200, 0));
        let (rest, left) = converted(40_000, 48_000);
        assert_eq!((rest.as_slice(), left), (&all[80_000..], 0));
    }

    #[test]
    fn what_is_passed_over_may_be_more_than_there_is() {
        assert_eq!(converted(50_000, 48_000), (vec![], 5900));
    }

    #[test]
    fn integers_keep_their_scale() {
        let mut convert = Convert::<i32>::new(48_000, 24_000, 1);
        let mut out = Vec::new();
        convert.push(&[1 << 29; 48_000], &mut out);
        let middle = f64::from(out[10_000]) / f64::from(1 << 29);
        assert!((middle - 1.0).abs() < 1e-6, "{middle}");
    }
}
