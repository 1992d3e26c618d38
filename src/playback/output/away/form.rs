//! Takes "48000:16:2", as Snapcast writes formats; gives frames in it as bytes, little-endian.
//! Never dithers: 16 bits of a file leave as the 16 bits they were.

use std::fmt;
use std::str::FromStr;

/// How samples are written for somebody who is not told it with them: RATE:BITS:CHANNELS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    rate: u32,
    bits: u16,
    channels: u16,
}

impl Default for Form {
    /// What a Snapcast server expects that was told nothing.
    fn default() -> Self {
        Self { rate: 48_000, bits: 16, channels: 2 }
    }
}

impl FromStr for Form {
    type Err = ();

    /// Rates from 8,000 to 384,000 Hz; 16, 24 (in four bytes) or 32 bits; 1 to 8 channels.
    fn from_str(words: &str) -> Result<Self, ()> {
        let mut numbers = words.split(':').map(|word| word.parse::<u32>().map_err(drop));
        let mut next = || numbers.next().unwrap_or(Err(()));
        let (rate, bits, channels) = (next()?, next()?, next()?);
        let is_known =
            (8000..=384_000).contains(&rate) && matches!(bits, 16 | 24 | 32) && (1..=8).contains(&channels);
        if !is_known || numbers.next().is_some() {
            return Err(());
        }
        Ok(Self { rate, bits: bits as u16, channels: channels as u16 })
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.rate, self.bits, self.channels)
    }
}

impl Form {
    /// Frames a second.
    pub(super) fn rate(self) -> u32 {
        self.rate
    }

    pub(super) fn channels(self) -> u16 {
        self.channels
    }

    /// Appends samples, given as little-endian floats, to `out`.
    pub(super) fn write(self, floats: &[u8], out: &mut Vec<u8>) {
        let full = 2.0_f64.powi(i32::from(self.bits) - 1);
        for float in floats.chunks_exact(size_of::<f32>()) {
            let Ok(bytes) = float.try_into() else { return }; // four bytes are four
            let sample =
                (f64::from(f32::from_le_bytes(bytes)) * full).round().clamp(-full, full - 1.0) as i32;
            match self.bits {
                16 => out.extend((sample as i16).to_le_bytes()),
                _ => out.extend(sample.to_le_bytes()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn written(form: &str, samples: &[f32]) -> Vec<u8> {
        let floats: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let mut out = Vec::new();
        form.parse::<Form>().unwrap().write(&floats, &mut out);
        out
    }

    #[test]
    fn forms_are_read_as_they_are_written() {
        for words in ["48000:16:2", "44100:24:2", "192000:32:8"] {
            assert_eq!(words.parse::<Form>().unwrap().to_string(), words);
        }
        for words in [
            "",
            "48000",
            "48000:16",
            "48000:16:2:1",
            "48000:8:2",
            "1:16:2",
            "48000:16:0",
            "48000:16:9",
            "a:b:c",
        ] {
            assert_eq!(words.parse::<Form>(), Err(()), "{words}");
        }
    }

    #[test]
    fn every_sample_of_16_bits_comes_out_as_it_went_in() {
        let all: Vec<i16> = (i16::MIN..=i16::MAX).collect();
        let floats: Vec<f32> = all.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
        let bytes: Vec<u8> = all.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        assert_eq!(written("44100:16:1", &floats), bytes);
    }

    #[test]
    fn nothing_wraps() {
        assert_eq!(written("44100:16:1", &[0.999_999_9, -1.0]), [0xff, 0x7f, 0, 0x80]);
        assert_eq!(written("44100:24:1", &[0.999_999_9, -1.0]), [0xff, 0xff, 0x7f, 0, 0, 0, 0x80, 0xff]);
    }
}
