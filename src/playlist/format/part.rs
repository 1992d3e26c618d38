//! Takes the part of a file and the ReplayGain of an entry; gives them as text for the formats of tonearm's own,
//! and back: places as minutes and seconds to the millisecond, which tells every sector of a CD from the next.
//! Never lets a part end before it begins.

use super::length;
use crate::cue::{Gain, Sector, Span, decibels, peak};

/// `m:ss.mmm`, without the zeros at its end.
pub(super) fn place(sector: Sector) -> String {
    let nanos = sector.time().as_nanos() as u64; // 1000 hours at most, as all that reads sectors sees to
    length::format(std::time::Duration::from_millis((nanos + 500_000) / 1_000_000))
}

/// The sector nearest to a time.
pub(super) fn sector(text: &str) -> Option<Sector> {
    length::parse(text).and_then(Sector::nearest)
}

/// `None` where nothing is said; `Err` where it ends before it begins.
pub(super) fn span(from: Option<Sector>, to: Option<Sector>) -> Result<Option<Span>, ()> {
    match (from, to) {
        (None, None) => Ok(None),
        (from, to) => Span::new(from.unwrap_or_default(), to).map(Some).ok_or(()),
    }
}

/// "-6.52 dB".
pub(super) fn gain(gain: Gain) -> String {
    let sign = if gain.millidecibels < 0 { "-" } else { "+" };
    let number = gain.millidecibels.unsigned_abs();
    let decimals = format!("{:03}", number % 1000);
    let decimals = decimals.strip_suffix('0').unwrap_or(&decimals);
    format!("{sign}{}.{decimals} dB", number / 1000)
}

/// "0.988553".
pub(super) fn peak_of(gain: Gain) -> Option<String> {
    gain.peak.map(|peak| format!("{}.{:06}", peak / 1_000_000, peak % 1_000_000))
}

/// A gain and its peak, as text.
pub(super) fn read_gain(gain: Option<&str>, its_peak: Option<&str>) -> Option<Gain> {
    Some(Gain { millidecibels: decibels(gain?)?, peak: its_peak.and_then(peak) })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for sector in [0, 1, 74, 75, 16_590, 16_591, 4_499].map(Sector) {
            assert_eq!(super::sector(&place(sector)), Some(sector));
        }
        assert_eq!(place(Sector(16_590)), "3:41.2");
        for millidecibels in [-6520, 1200, 0, -1, 60_000] {
            let written = Gain { millidecibels, peak: Some(988_553) };
            let read = read_gain(Some(&gain(written)), peak_of(written).as_deref());
            assert_eq!(read, Some(written));
        }
        assert_eq!(gain(Gain { millidecibels: -6520, peak: None }), "-6.52 dB");
    }
}
