//! Takes the text of a cue sheet; gives its tracks: what they are called, which part of which file each of
//! them is, how loud. Pure. Never opens a file, never drops a line without a word: see [`Sheet::problems`].
//!
//! What a sheet means, where the format leaves it open:
//!
//! - A track goes from its INDEX 01 to that of the next one in its file, the last one to the file's end. So a
//!   pregap (INDEX 00) is the end of the track before it, as on a CD player, and tracks join without loss.
//! - The first track of a file begins at its INDEX 00 where it has one: what hides before the first track is
//!   heard, as in MPD.
//! - Silence that is in no file (PREGAP, POSTGAP) is not made: all tracks of a file, joined, are the file.
//! - A track alone in its file, from its beginning, is that file and no part of one. An INDEX 00 in the file
//!   before (as EAC writes it) changes nothing then: the gap is the end of that file.
//! - A data track is no music: it ends the track before it, and is told.
//! - `REM END` in a track is tonearm's own: where it ends, when nothing that follows says so. So is
//!   `REM no file: Artist - Title`, a track of the listing that was in no file.

mod marks;
mod read;
mod span;

use serde::{Deserialize, Serialize};

pub use span::{Mark, Sector, Span};

/// A cue sheet that was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// The release.
    pub title: Option<String>,
    /// Its artist.
    pub performer: Option<String>,
    /// Its date as written, usually a year.
    pub date: Option<String>,
    /// Its genre.
    pub genre: Option<String>,
    /// Which of several discs it is, from 1.
    pub disc: Option<u32>,
    /// The tracks of sound, in the order of the sheet.
    pub tracks: Vec<Track>,
    /// Lines that mean nothing, or something that cannot be.
    pub problems: Vec<Problem>,
}

/// A track of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// The number that the sheet gives it.
    pub number: Option<u32>,
    /// What it is called.
    pub title: Option<String>,
    /// Who plays it, where it is not the release's artist.
    pub performer: Option<String>,
    /// Who wrote it.
    pub songwriter: Option<String>,
    /// Where it is.
    pub sound: Sound,
    /// How much louder or softer it is to be.
    pub gains: Gains,
}

/// Where a track is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sound {
    /// In a file.
    In {
        /// Its name as the sheet has it.
        file: String,
        /// The part of it; `None` for the whole.
        span: Option<Span>,
    },
    /// Nowhere that tonearm can reach; why.
    Nowhere(&'static str),
    /// In no file that anybody knew when the sheet was written.
    Unknown,
}

/// A line and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line number in the sheet, from 1.
    pub line: usize,
    /// The line, trimmed, and behind it why it was left aside.
    pub text: String,
}

/// The ReplayGain that a sheet states for a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Gains {
    /// Of the track by itself.
    pub track: Option<Gain>,
    /// Of its release.
    pub album: Option<Gain>,
}

impl Gains {
    /// Whether nothing is stated.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// One gain, in whole numbers, so that it is written as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gain {
    /// In thousandths of a dB.
    pub millidecibels: i32,
    /// The highest sample in millionths of full scale, where the sheet says.
    pub peak: Option<u32>,
}

impl Gain {
    /// In dB.
    pub fn db(self) -> f64 {
        f64::from(self.millidecibels) / 1000.0
    }

    /// The highest sample, 1.0 is full scale.
    pub fn peak(self) -> Option<f64> {
        self.peak.map(|peak| f64::from(peak) / 1e6)
    }
}

impl Sheet {
    /// Reads a sheet. What cannot be understood is in [`Sheet::problems`]; nothing else is lost for it.
    pub fn read(text: &str) -> Self {
        read::read(text)
    }

    /// Whether a text is a cue sheet: a line of it begins a track of sound.
    pub fn is_one(text: &str) -> bool {
        let words = |line: &str| {
            let mut words = line.split_whitespace().map(str::to_ascii_uppercase);
            (words.next(), words.next(), words.next(), words.next())
        };
        read::lines(text).take(500).map(words).any(|(first, _, third, rest)| {
            first.as_deref() == Some("TRACK") && third.as_deref() == Some("AUDIO") && rest.is_none()
        })
    }
}

/// Reads a gain: "-6.52 dB", "+1,2". None for what is no number, or more than music ever needs (60 dB).
pub fn decibels(text: &str) -> Option<i32> {
    let text = text.trim_end_matches(|c: char| c.is_alphabetic() || c.is_whitespace());
    decimal(text, 1000).and_then(|number| i32::try_from(number).ok()).filter(|number| number.abs() <= 60_000)
}

/// Reads a peak: "0.988553".
pub fn peak(text: &str) -> Option<u32> {
    decimal(text, 1_000_000).and_then(|number| u32::try_from(number).ok())
}

/// A decimal number in units of `1 / unit`, to the nearest.
fn decimal(text: &str, unit: u32) -> Option<i64> {
    let number: f64 = text.trim().replace(',', ".").parse().ok()?;
    let scaled = number * f64::from(unit);
    (scaled.abs() < 1e12).then(|| scaled.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_are_whole_numbers() {
        for (text, wanted) in [("-6.52 dB", -6520), ("+1,2dB", 1200), ("0", 0), ("-0.001 dB", -1)] {
            assert_eq!(decibels(text), Some(wanted), "{text}");
        }
        for text in ["", "dB", "nan", "inf dB", "1e300 dB", "-61 dB"] {
            assert_eq!(decibels(text), None, "{text}");
        }
        assert_eq!((peak("0.988553"), peak("-1"), peak("1e99")), (Some(988_553), None, None));
    }

    #[test]
    fn a_sheet_is_known_by_its_tracks() {
        assert!(Sheet::is_one("\u{feff}file x wave\r\n  track 1 audio\r\n"));
        assert!(!Sheet::is_one("TRACK 1 - AUDIO\nAUDIO TRACK\n"));
    }
}
