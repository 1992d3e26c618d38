//! Takes interleaved frames at one rate; gives them at another, as one unbroken stream: it lives on
//! across tracks of equal rate, and in the end has given round(frames in x rate out / rate in) frames.
//! Never touches samples when the two rates are the same.

use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _};

/// The chunk that the filter works on, in frames, at least: long enough to be flat to 20 kHz at 44.1 kHz.
const CHUNK_FRAMES: usize = 1024;

/// A stream from one rate to another.
pub(crate) struct Resampler {
    from: u32,
    to: u32,
    channels: usize,
    /// `None` where both rates are the same.
    filter: Option<Filter>,
    frames_in: u64,
    frames_out: u64,
}

/// In `f64`: with `f32` the transform's own rounding is heard before the filter's (119 dB against 148 at 1 kHz).
struct Filter {
    fft: Fft<f64>,
    /// Input that does not fill a chunk yet, interleaved.
    waiting: Vec<f64>,
    /// Frames of the filter's own delay that are still to be dropped from its output.
    delay: usize,
    chunk_out: Vec<f64>,
}

impl Resampler {
    /// A stream of `channels` channels from `from` Hz to `to` Hz.
    pub(crate) fn new(from: u32, to: u32, channels: u16) -> Self {
        let channels = usize::from(channels.max(1));
        let filter = if from == to { None } else { Filter::new(from, to, channels) };
        Self { from, to, channels, filter, frames_in: 0, frames_out: 0 }
    }

    /// The rate of the input, in Hz.
    pub(crate) fn from(&self) -> u32 {
        self.from
    }

    /// Takes all of `frames`, appends what is ready to `out`.
    pub(crate) fn push(&mut self, frames: &[f32], out: &mut Vec<f32>) {
        self.frames_in += (frames.len() / self.channels) as u64;
        let before = out.len();
        match &mut self.filter {
            None => out.extend_from_slice(frames),
            Some(filter) => filter.push(frames, self.channels, out),
        }
        self.frames_out += ((out.len() - before) / self.channels) as u64;
    }

    /// Output frames, from now on, until the frame that is pushed next will come out.
    pub(crate) fn frames_until_next_input(&self) -> u64 {
        self.due().saturating_sub(self.frames_out)
    }

    /// Appends the frames that are still inside, so that none is lost, and starts afresh.
    pub(crate) fn flush(&mut self, out: &mut Vec<f32>) {
        let mut missing = usize::try_from(self.frames_until_next_input()).unwrap_or(0);
        let zeros = vec![0.0; CHUNK_FRAMES * self.channels];
        while let (Some(filter), 1..) = (&mut self.filter, missing) {
            let before = out.len();
            filter.push(&zeros, self.channels, out);
            let came = (out.len() - before) / self.channels;
            out.truncate(before + came.min(missing) * self.channels);
            missing -= came.min(missing);
        }
        self.reset();
    }

    /// Forgets all that came before: after a seek.
    pub(crate) fn reset(&mut self) {
        *self = Self::new(self.from, self.to, u16::try_from(self.channels).unwrap_or(u16::MAX));
    }

    fn due(&self) -> u64 {
        let (from, to) = (u128::from(self.from.max(1)), u128::from(self.to));
        let rounded = (u128::from(self.frames_in) * to + from / 2) / from;
        u64::try_from(rounded).unwrap_or(u64::MAX)
    }
}

impl Filter {
    fn new(from: u32, to: u32, channels: usize) -> Option<Self> {
        let (rate_in, rate_out) = (from as usize, to as usize);
        let fft = Fft::new(rate_in, rate_out, even_chunk(rate_in, rate_out), channels, FixedSync::Both)
            .inspect_err(|error| tracing::error!("no resampler from {from} to {to} Hz: {error}"))
            .ok()?;
        let delay = fft.output_delay();
        let chunk_out = vec![0.0; fft.output_frames_max() * channels];
        Some(Self { fft, waiting: Vec::new(), delay, chunk_out })
    }

    fn push(&mut self, frames: &[f32], channels: usize, out: &mut Vec<f32>) {
        self.waiting.extend(frames.iter().map(|sample| f64::from(*sample)));
        let chunk = self.fft.input_frames_next();
        let mut used = 0;
        while self.waiting.len() / channels >= used + chunk {
            let produced = self.chunk(used, channels);
            let dropped = produced.min(self.delay);
            self.delay -= dropped;
            let ready = &self.chunk_out[dropped * channels..produced * channels];
            out.extend(ready.iter().map(|sample| *sample as f32));
            used += chunk;
        }
        self.waiting.drain(..used * channels);
    }

    /// Filters one chunk that begins `offset` frames into the waiting input; gives the frames produced.
    fn chunk(&mut self, offset: usize, channels: usize) -> usize {
        let frames_in = self.waiting.len() / channels;
        let frames_out = self.chunk_out.len() / channels;
        let at = Indexing::new().input_offset(offset);
        let done = match (
            InterleavedSlice::new(&self.waiting[..], channels, frames_in),
            InterleavedSlice::new_mut(&mut self.chunk_out[..], channels, frames_out),
        ) {
            (Ok(input), Ok(mut output)) => {
                self.fft.process_into_buffer(&input, &mut output, Some(&at)).map(|(_, frames)| frames).ok()
            }
            _ => None,
        };
        // Both buffers hold what the filter asked for, so that it has no reason to refuse.
        done.unwrap_or(0)
    }
}

/// A chunk that holds an even number of the smallest blocks that both rates share. With an odd number
/// the filter's centre falls between two frames, and the music comes out half a frame late.
fn even_chunk(from: usize, to: usize) -> usize {
    let smallest = from / greatest_common_divisor(from, to);
    CHUNK_FRAMES.div_ceil(2 * smallest) * 2 * smallest
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a.max(1) } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(rate: u32, frames: usize, hz: f64) -> Vec<f32> {
        (0..frames)
            .map(|n| {
                let at = n as f64 / f64::from(rate);
                ((at * hz * std::f64::consts::TAU).sin() * 0.5) as f32
            })
            .collect()
    }

    fn resampled(from: u32, to: u32, pieces: &[&[f32]]) -> Vec<f32> {
        let mut resampler = Resampler::new(from, to, 1);
        let mut out = Vec::new();
        for piece in pieces {
            resampler.push(piece, &mut out);
        }
        resampler.flush(&mut out);
        out
    }

    fn snr_db(got: &[f32], want: &[f32]) -> f64 {
        let power = |samples: &mut dyn Iterator<Item = f64>| samples.map(|s| s * s).sum::<f64>();
        let signal = power(&mut want.iter().map(|s| f64::from(*s)));
        let noise = power(&mut got.iter().zip(want).map(|(g, w)| f64::from(*g) - f64::from(*w)));
        10.0 * (signal / noise).log10()
    }

    #[test]
    fn equal_rates_touch_nothing() {
        let music = sine(44_100, 5000, 440.0);
        assert_eq!(resampled(44_100, 44_100, &[&music]), music);
    }

    #[test]
    fn not_a_frame_too_many_or_too_few() {
        for (from, to) in
            [(44_100, 48_000), (48_000, 44_100), (96_000, 48_000), (22_050, 48_000), (8_000, 44_100)]
        {
            for frames in [0_usize, 1, 500, 1024, 44_100, 50_001] {
                let out = resampled(from, to, &[&vec![0.1; frames]]);
                let want = (frames as f64 * f64::from(to) / f64::from(from)).round() as usize;
                assert_eq!(out.len(), want, "{frames} frames {from} -> {to}");
            }
        }
    }

    #[test]
    fn what_comes_out_is_the_same_music() {
        for (from, to, hz) in
            [(44_100, 48_000, 1000.0), (48_000, 44_100, 10_000.0), (96_000, 48_000, 18_000.0)]
        {
            let out = resampled(from, to, &[&sine(from, from as usize, hz)]);
            let want = sine(to, to as usize, hz);
            let middle = 4000..want.len() - 4000;
            let snr = snr_db(&out[middle.clone()], &want[middle]);
            assert!(snr > 120.0, "{hz} Hz {from} -> {to}: {snr:.1} dB");
        }
    }

    #[test]
    fn a_tone_above_the_new_range_is_gone() {
        let out = resampled(96_000, 48_000, &[&sine(96_000, 96_000, 30_000.0)]);
        let peak = out[4000..44_000].iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
        assert!(peak < 1e-6, "{peak}");
    }

    #[test]
    fn a_join_is_the_same_stream_however_it_is_cut() {
        let music = sine(44_100, 30_000, 440.0);
        let whole = resampled(44_100, 48_000, &[&music]);
        let cut = resampled(44_100, 48_000, &[&music[..7], &music[7..12_345], &music[12_345..]]);
        assert_eq!(whole, cut);
    }

    #[test]
    fn it_knows_where_the_next_input_frame_comes_out() {
        let mut resampler = Resampler::new(44_100, 48_000, 1);
        let mut out = Vec::new();
        resampler.push(&vec![0.0; 44_100], &mut out);
        assert_eq!(out.len() as u64 + resampler.frames_until_next_input(), 48_000);
    }
}
