//! Takes places in sectors of a CD; gives the part of a file between two of them, in frames of any rate.
//! Both sides of a mark are rounded alike, so that parts join without a frame lost or heard twice.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Sectors a second; cue sheets call them frames.
const A_SECOND: u32 = 75;

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

/// A part of a file: from a place to another, or to the file's end. Never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    from: Sector,
    to: Option<Sector>,
}

impl Span {
    /// `None` when it would end where it begins, or before.
    pub fn new(from: Sector, to: Option<Sector>) -> Option<Self> {
        to.is_none_or(|to| from < to).then_some(Self { from, to })
    }

    /// Where it begins.
    pub fn from(self) -> Sector {
        self.from
    }

    /// Where it ends; `None` for the end of the file.
    pub fn to(self) -> Option<Sector> {
        self.to
    }

    /// Whether it begins where `before` ends: both belong to the same music.
    pub fn continues(self, before: Self) -> bool {
        before.to == Some(self.from)
    }

    /// How long it is, where it or the file's length says.
    pub fn length(self, file: Option<Duration>) -> Option<Duration> {
        let end = match (self.to.map(Sector::time), file) {
            (Some(to), Some(file)) => to.min(file),
            (to, file) => to.or(file)?,
        };
        end.checked_sub(self.from.time())
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
}
