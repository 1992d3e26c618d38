//! A [`Decoder`] with readable numbers, for the tests of other rooms: frame `n` (from 1 on) holds
//! `first + n - 1` in every channel, in packets of three frames. Reads no file.

use super::{DecodeError, Decoder, Format};

/// Frames in one block.
const PACKET: u64 = 3;

/// A decoder of the numbers 1, 2, 3, ...
#[derive(Debug, Clone)]
pub(crate) struct MockDecoder {
    format: Format,
    frames: u64,
    first: f32,
    fails_at: Option<u64>,
    position: u64,
}

impl MockDecoder {
    /// `frames` frames in one channel at 1 Hz, counting from 1.
    pub(crate) fn new(frames: u64) -> Self {
        Self {
            format: Format {
                codec: "mock",
                rate: 1,
                channels: 1,
                bits: None,
                float: false,
                frames: Some(frames),
            },
            frames,
            first: 1.0,
            fails_at: None,
            position: 0,
        }
    }

    /// With another rate, in Hz.
    pub(crate) fn rate(mut self, rate: u32) -> Self {
        self.format.rate = rate;
        self
    }

    /// With more channels, all alike.
    pub(crate) fn channels(mut self, channels: u16) -> Self {
        self.format.channels = channels;
        self
    }

    /// Counting from `first` on.
    pub(crate) fn starting_at(mut self, first: f32) -> Self {
        self.first = first;
        self
    }

    /// Without telling its length.
    pub(crate) fn without_length(mut self) -> Self {
        self.format.frames = None;
        self
    }

    /// With an error in place of frame `frame` (0 is the first).
    pub(crate) fn failing_at(mut self, frame: u64) -> Self {
        self.fails_at = Some(frame);
        self
    }
}

impl Decoder for MockDecoder {
    fn format(&self) -> &Format {
        &self.format
    }

    fn decode(&mut self, out: &mut Vec<f32>) -> Result<usize, DecodeError> {
        if self.fails_at == Some(self.position) {
            return Err(DecodeError::Damaged("the mock was told to fail".into()));
        }
        let limit = self.fails_at.filter(|&at| at > self.position).unwrap_or(u64::MAX);
        let end = (self.position + PACKET).min(self.frames).min(limit);
        let begin = self.position;
        for frame in begin..end {
            let sample = self.first + frame as f32;
            out.extend((0..self.format.channels).map(|_| sample));
        }
        self.position = end.max(begin);
        Ok((self.position - begin) as usize)
    }

    fn seek(&mut self, frame: u64) -> Result<(), DecodeError> {
        self.position = frame.min(self.frames);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn counts_in_packets_of_three() {
        let mut mock = MockDecoder::new(5).channels(2);
        let mut out = Vec::new();
        assert_eq!(mock.decode(&mut out).unwrap(), 3);
        assert_eq!(mock.decode(&mut out).unwrap(), 2);
        assert_eq!(mock.decode(&mut out).unwrap(), 0);
        assert_eq!(out, [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0, 5.0, 5.0]);
    }

    #[test]
    fn seeks_and_fails_where_told() {
        let mut mock = MockDecoder::new(9).starting_at(101.0).failing_at(4);
        let mut out = Vec::new();
        mock.seek(2).unwrap();
        assert_eq!(mock.decode(&mut out).unwrap(), 2);
        assert_eq!(out, [103.0, 104.0]);
        assert!(mock.decode(&mut out).is_err());
        let other = MockDecoder::new(1).rate(8).without_length();
        assert_eq!((other.format().rate, other.format().frames), (8, None));
    }
}
