//! Takes the samples of a track; gives its shape: how loud it is from its beginning to its end, in one or two thousand
//! pieces of two bytes. Never decides how it is drawn.
//!
//! This file folds samples; `store` keeps shapes on disk, and `maker` is the thread that makes them while others play.

mod maker;
mod store;

pub use maker::Waveforms;
pub use store::Store;

use crate::playback::decode::{DecodeError, Decoder};
use crate::playback::part::Part;

/// The shape of a track has at least so many pieces, unless it is shorter than a second, and fewer than twice as many:
/// enough for the dots of the widest terminal.
const PIECES: usize = 1000;

/// Frames of a piece of the shortest tracks.
const SHORTEST: u64 = 32;

/// How loud a piece of a track is, 255 is full scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Piece {
    /// The highest sample of all channels.
    pub peak: u8,
    /// The root of the mean square of all channels.
    pub rms: u8,
}

/// The shape of a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waveform {
    pieces: Vec<Piece>,
    /// Frames of every piece but the last, which may be shorter.
    piece: u64,
    /// Frames of the track.
    frames: u64,
}

impl Waveform {
    /// Decodes a file or a part of one, as long as `go_on` lets it: that is asked every few thousand frames.
    ///
    /// # Errors
    /// When it does not open or breaks off, and what `go_on` says.
    pub fn of<E: From<DecodeError>>(part: &Part, go_on: impl FnMut() -> Result<(), E>) -> Result<Self, E> {
        Self::of_decoder(&mut part.open()?, go_on)
    }

    fn of_decoder<E: From<DecodeError>>(
        decoder: &mut dyn Decoder,
        mut go_on: impl FnMut() -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut folder = Folder::new(decoder.format().channels);
        let mut block = Vec::new();
        while decoder.decode(&mut block)? > 0 {
            folder.add(&block);
            block.clear();
            go_on()?;
        }
        Ok(folder.waveform())
    }

    /// Of interleaved samples that are there already.
    pub fn of_samples(channels: u16, samples: &[f32]) -> Self {
        let mut folder = Folder::new(channels);
        folder.add(samples);
        folder.waveform()
    }

    /// From the beginning to the end.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The loudest there is between two shares of the track, 0 its beginning and 1 its end: at least the piece at `from`.
    pub fn between(&self, from: f64, to: f64) -> Piece {
        let Some(last) = self.pieces.len().checked_sub(1) else { return Piece::default() };
        let at = |share: f64| (share.clamp(0.0, 1.0) * self.frames as f64 / self.piece as f64) as usize;
        let from = at(from).min(last);
        // The piece that begins where the stretch ends is the next one's.
        let end = at(to).clamp(from + 1, last + 1);
        self.pieces[from..end].iter().fold(Piece::default(), |loudest, piece| Piece {
            peak: loudest.peak.max(piece.peak),
            rms: loudest.rms.max(piece.rms),
        })
    }

    /// The loudest piece.
    pub fn loudest(&self) -> Piece {
        self.between(0.0, 1.0)
    }
}

/// The highest sample, and the sum of squares, of some frames.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    peak: f32,
    squares: f64,
    frames: u64,
}

impl Sum {
    fn with(self, other: Self) -> Self {
        Self {
            peak: self.peak.max(other.peak),
            squares: self.squares + other.squares,
            frames: self.frames + other.frames,
        }
    }

    fn piece(self, channels: usize) -> Piece {
        let samples = (self.frames * channels as u64).max(1) as f64;
        // A conversion to `u8` stops at both ends; what is no number is 0.
        let byte = |value: f64| (value * 255.0).round() as u8;
        Piece { peak: byte(f64::from(self.peak)), rms: byte((self.squares / samples).sqrt()) }
    }
}

/// Folds samples into pieces that become twice as long whenever there are too many: nobody need say how long a track is.
struct Folder {
    channels: usize,
    piece: u64,
    sums: Vec<Sum>,
    open: Sum,
}

impl Folder {
    fn new(channels: u16) -> Self {
        let channels = usize::from(channels.max(1));
        Self { channels, piece: SHORTEST, sums: Vec::with_capacity(2 * PIECES), open: Sum::default() }
    }

    fn add(&mut self, mut samples: &[f32]) {
        while samples.len() >= self.channels {
            let left = usize::try_from(self.piece - self.open.frames).unwrap_or(usize::MAX);
            let frames = left.min(samples.len() / self.channels);
            let (now, later) = samples.split_at(frames * self.channels);
            let (peak, squares) = now.iter().fold((0.0_f32, 0.0_f32), |(peak, squares), sample| {
                (peak.max(sample.abs()), squares + sample * sample)
            });
            let heard = Sum { peak, squares: f64::from(squares), frames: frames as u64 };
            self.open = self.open.with(heard);
            samples = later;
            if self.open.frames == self.piece {
                self.sums.push(std::mem::take(&mut self.open));
                if self.sums.len() == 2 * PIECES {
                    self.halve();
                }
            }
        }
    }

    fn halve(&mut self) {
        for at in 0..PIECES {
            self.sums[at] = self.sums[2 * at].with(self.sums[2 * at + 1]);
        }
        self.sums.truncate(PIECES);
        self.piece *= 2;
    }

    fn waveform(mut self) -> Waveform {
        if self.open.frames > 0 {
            self.sums.push(self.open);
        }
        let frames = self.sums.iter().map(|sum| sum.frames).sum();
        let pieces = self.sums.iter().map(|sum| sum.piece(self.channels)).collect();
        Waveform { pieces, piece: self.piece, frames }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::playback::decode::mock::MockDecoder;

    fn folded(channels: u16, samples: &[f32], block: usize) -> Waveform {
        let mut folder = Folder::new(channels);
        samples.chunks(block * usize::from(channels)).for_each(|block| folder.add(block));
        folder.waveform()
    }

    #[test]
    fn quiet_and_loud_stand_where_they_are() {
        let samples: Vec<f32> = (0..300_000).map(|n| if n < 100_000 { 0.125 } else { -0.75 }).collect();
        let wave = folded(1, &samples, 4096);
        assert!((PIECES..2 * PIECES).contains(&wave.pieces().len()));
        assert_eq!(wave.between(0.0, 0.32), Piece { peak: 32, rms: 32 });
        assert_eq!(wave.between(0.34, 1.0), Piece { peak: 191, rms: 191 });
        assert_eq!(wave.between(0.3, 0.4).peak, 191);
    }

    #[test]
    fn channels_are_one_shape() {
        let samples: Vec<f32> = (0..1000).flat_map(|_| [0.0, 0.5]).collect();
        let wave = folded(2, &samples, 100);
        assert_eq!(wave.pieces()[0], Piece { peak: 128, rms: 90 });
    }

    #[test]
    fn nothing_and_what_is_no_number_have_a_shape() {
        let nothing = folded(2, &[], 1);
        assert_eq!((nothing.pieces().len(), nothing.between(0.0, 1.0)), (0, Piece::default()));
        let odd = folded(1, &[f32::NAN, f32::INFINITY, 3.0], 1);
        assert_eq!(odd.loudest().peak, 255);
        let wave = folded(1, &[0.5; 10], 3);
        for (from, to) in [(0.0, 0.0), (1.0, 1.0), (2.0, -1.0), (f64::NAN, f64::NAN), (0.9, 0.1)] {
            assert_eq!(wave.between(from, to).peak, 128);
        }
    }

    #[test]
    fn it_is_of_what_a_decoder_gives_and_can_be_stopped() {
        let mut decoder = MockDecoder::new(5000).rate(1000).channels(2);
        let wave = Waveform::of_decoder(&mut decoder, || Ok::<(), DecodeError>(())).unwrap();
        assert_eq!(wave.frames, 5000);
        let mut decoder = MockDecoder::new(5000).rate(1000).channels(2);
        assert!(Waveform::of_decoder(&mut decoder, || Err(DecodeError::Empty)).is_err());
    }

    proptest! {
        #[test]
        fn every_frame_is_in_a_piece_and_no_peak_is_lost(frames in 0_usize..200_000, at: prop::sample::Index) {
            let mut samples = vec![0.0; frames];
            if frames > 0 {
                samples[at.index(frames)] = 1.0;
            }
            let wave = folded(1, &samples, 4096);
            prop_assert_eq!(wave.frames, frames as u64);
            prop_assert!(wave.pieces().len() < 2 * PIECES);
            prop_assert!(wave.pieces().len() >= PIECES.min(frames / SHORTEST as usize));
            prop_assert_eq!(wave.pieces().iter().filter(|piece| piece.peak == 255).count(), usize::from(frames > 0));
        }
    }
}
