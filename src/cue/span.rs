//! Takes places in sectors of a CD, or in milliseconds; gives the part of a file between two of them, in frames of any
//! rate. Both sides of a mark are rounded alike, so that parts join without a frame lost or heard twice.
//! Never knows a file.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Sectors a second; cue sheets call them frames.
const A_SECOND: u32 = 75;
/// Ticks a second: sectors and milliseconds are whole numbers of them.
const TICKS: u32 = 3000;
/// Ticks of a sector.
const OF_SECTOR: u32 = TICKS / A_SECOND;
/// Ticks of a millisecond.
const OF_MILLISECOND: u32 = TICKS / 1000;

/// A place in a file, in sectors of a CD, 75 a second: the unit in which cue sheets count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Sector(pub u32);

impl Sector {
    /// The frame at `rate` Hz in which it begins: 588 a sector at 44.1 kHz; where it lies between two
    /// frames, the first of them.
    pub fn frame(self, rate: u32) -> u64 {
        u64::from(self.0) * u64::from(rate) / u64::from(A_SECOND)
    }

    /// The time from the beginning, to the nanosecond below.
    pub fn time(self) -> Duration {
        Duration::from_nanos(u64::from(self.0) * 1_000_000_000 / u64::from(A_SECOND))
    }

    /// The sector nearest to a time, up to 1000 hours.
    pub fn nearest(time: Duration) -> Option<Self> {
        let sectors = (time.as_nanos() * u128::from(A_SECOND) + 500_000_000) / 1_000_000_000;
        u32::try_from(sectors).ok().filter(|sectors| *sectors <= 3_600_000 * A_SECOND).map(Self)
    }

    /// Reads `mm:ss:ff`. Minutes may be many, up to 1000 hours; seconds go to 59, sectors to 74.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |part: &str| {
            let all = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            all.then(|| part.parse::<u32>().ok()).flatten()
        };
        let mut parts = text.trim().split(':').map(digits);
        let (minutes, seconds, sectors) = (parts.next()??, parts.next()??, parts.next()??);
        let is_sound = parts.next().is_none() && minutes < 60_000 && seconds < 60 && sectors < A_SECOND;
        is_sound.then(|| Self((minutes * 60 + seconds) * A_SECOND + sectors))
    }
}

/// `mm:ss:ff`, as [`Sector::parse`] reads it.
impl fmt::Display for Sector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / A_SECOND;
        write!(f, "{:02}:{:02}:{:02}", seconds / 60, seconds % 60, self.0 % A_SECOND)
    }
}

/// A place in a file that lies on a sector or on a millisecond. Written as a number of sectors, with a fraction where it
/// lies between two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mark(u64);

impl Mark {
    /// The place at that time, to the millisecond below.
    pub fn at(time: Duration) -> Self {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self(millis.saturating_mul(OF_MILLISECOND.into()))
    }

    /// The frame at `rate` Hz, as [`Sector::frame`] has it.
    pub fn frame(self, rate: u32) -> u64 {
        let frame = u128::from(self.0) * u128::from(rate) / u128::from(TICKS);
        u64::try_from(frame).unwrap_or(u64::MAX)
    }

    /// The time from the beginning, to the nanosecond below.
    pub fn time(self) -> Duration {
        let (seconds, ticks) = (self.0 / u64::from(TICKS), self.0 % u64::from(TICKS));
        Duration::from_secs(seconds) + Duration::from_nanos(ticks * 1_000_000_000 / u64::from(TICKS))
    }

    /// The sector nearest to it.
    fn sector(self) -> Sector {
        let sectors = self.0.saturating_add(u64::from(OF_SECTOR / 2)) / u64::from(OF_SECTOR);
        Sector(u32::try_from(sectors).unwrap_or(u32::MAX))
    }
}

impl From<Sector> for Mark {
    fn from(sector: Sector) -> Self {
        Self(u64::from(sector.0) * u64::from(OF_SECTOR))
    }
}

impl Serialize for Mark {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let of_sector = u64::from(OF_SECTOR);
        match self.0 % of_sector {
            0 => serializer.serialize_u64(self.0 / of_sector),
            _ => serializer.serialize_f64(self.0 as f64 / f64::from(OF_SECTOR)),
        }
    }
}

impl<'de> Deserialize<'de> for Mark {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // What is below zero, or no number, is the beginning.
        let sectors = f64::deserialize(deserializer)?;
        Ok(Self((sectors * f64::from(OF_SECTOR)).round() as u64))
    }
}

/// A part of a file: from a place to another, or to the file's end. Never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    start: Mark,
    end: Option<Mark>,
}

impl Span {
    /// `None` when it would end where it begins, or before.
    pub fn new(from: Sector, to: Option<Sector>) -> Option<Self> {
        Self::between(from.into(), to.map(Mark::from))
    }

    /// From a mark to another, or to the file's end; `None` when it would end where it begins, or before.
    pub fn between(start: Mark, end: Option<Mark>) -> Option<Self> {
        end.is_none_or(|end| start < end).then_some(Self { start, end })
    }

    /// Where it begins.
    pub fn start(self) -> Mark {
        self.start
    }

    /// Where it ends; `None` for the end of the file.
    pub fn end(self) -> Option<Mark> {
        self.end
    }

    /// The sector in which it begins, or the nearest.
    pub fn from(self) -> Sector {
        self.start.sector()
    }

    /// The sector before which it ends, or the nearest that leaves something of it; `None` for the end of the file.
    pub fn to(self) -> Option<Sector> {
        let least = Sector(self.from().0.saturating_add(1));
        self.end.map(|end| end.sector().max(least))
    }

    /// Whether it begins where `before` ends: both belong to the same music.
    pub fn continues(self, before: Self) -> bool {
        before.end == Some(self.start)
    }

    /// How long it is, where it or the file's length says.
    pub fn length(self, file: Option<Duration>) -> Option<Duration> {
        let end = match (self.end.map(Mark::time), file) {
            (Some(end), Some(file)) => end.min(file),
            (end, file) => end.or(file)?,
        };
        end.checked_sub(self.start.time())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn sectors_are_read_and_written() {
        for text in ["00:00:00", "03:41:15", "99:59:74", "1000:00:01"] {
            assert_eq!(Sector::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Sector::parse(" 3:1:5 "), Some(Sector((3 * 60 + 1) * 75 + 5)));
        for text in [
            "",
            "1",
            "1:2",
            "1:2:3:4",
            "0:60:0",
            "0:0:75",
            "+1:0:0",
            "60000:0:0",
            "99:99:99",
            "4294967296:0:0",
        ] {
            assert_eq!(Sector::parse(text), None, "{text}");
        }
    }

    #[test]
    fn at_the_rate_of_a_cd_every_sector_is_588_frames() {
        assert_eq!(Sector(75).frame(44_100), 44_100);
        assert_eq!(Sector(1).frame(44_100), 588);
        assert_eq!(Sector(u32::MAX).frame(44_100), 588 * u64::from(u32::MAX));
        assert_eq!((Sector(1).frame(48_000), Sector(1).frame(8000)), (640, 106));
    }

    #[test]
    fn milliseconds_suffice_to_write_a_sector() {
        for sector in (0..3000).map(Sector) {
            let millis = u64::try_from((sector.time().as_nanos() + 500_000) / 1_000_000).unwrap();
            assert_eq!(Sector::nearest(Duration::from_millis(millis)), Some(sector));
        }
        assert_eq!(Sector::nearest(Duration::MAX), None);
    }

    #[test]
    fn a_span_is_never_empty() {
        assert_eq!(Span::new(Sector(5), Some(Sector(5))), None);
        let span = Span::new(Sector(75), Some(Sector(300))).unwrap();
        assert_eq!(span.length(None), Some(Duration::from_secs(3)));
        assert_eq!(span.length(Some(Duration::from_secs(2))), Some(Duration::from_secs(1)));
        assert_eq!(span.length(Some(Duration::ZERO)), None);
    }

    #[test]
    fn marks_lie_on_sectors_and_on_milliseconds() {
        for sector in [0, 1, 74, 75, 16_591, 270_000_000].map(Sector) {
            let mark = Mark::from(sector);
            assert_eq!((mark.time(), mark.sector()), (sector.time(), sector));
            assert_eq!(
                [8000, 44_100, 48_000].map(|rate| mark.frame(rate)),
                [8000, 44_100, 48_000].map(|rate| sector.frame(rate))
            );
        }
        let mark = Mark::at(Duration::from_micros(3_250_900));
        assert_eq!((mark.time(), mark.frame(48_000)), (Duration::from_millis(3250), 156_000));
        assert_eq!(Mark::at(Duration::MAX).sector(), Sector(u32::MAX));
        for (mark, written) in
            [(Sector(75).into(), "75"), (mark, "243.75"), (Mark::at(Duration::from_millis(1)), "0.075")]
        {
            assert_eq!(serde_json::to_string(&mark).unwrap(), written);
            assert_eq!(serde_json::from_str::<Mark>(written).unwrap(), mark);
        }
        assert_eq!(serde_json::from_str::<Mark>("-3").unwrap(), Sector(0).into());
    }

    #[test]
    fn the_sectors_of_a_span_are_never_the_same() {
        let mark = |millis| Mark::at(Duration::from_millis(millis));
        let span = Span::between(mark(1000), Some(mark(1003))).unwrap();
        assert_eq!((span.from(), span.to()), (Sector(75), Some(Sector(76))));
        assert_eq!(span.length(None), Some(Duration::from_millis(3)));
        assert_eq!(Span::between(mark(5), Some(mark(5))), None);
        assert_eq!(Span::between(mark(0), Some(mark(40))), Span::new(Sector(0), Some(Sector(3))));
    }
}
