//! Takes a playing time as listings write it, "3:41" or seconds; gives a [`Duration`], and back.
//! Never guesses: times inside running text are the business of `plain::time`.

use std::time::Duration;

/// The longest time that is believed: 1000 hours. Keeps arithmetic on hostile numbers safe.
const MAX_SECONDS: u64 = 3_600_000;

/// Reads `h:mm:ss`, `m:ss` or seconds, each with an optional decimal fraction.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut seconds: u64 = 0;
    let mut parts = 0;
    for part in whole.split(':') {
        if part.is_empty() || part.len() > 9 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let value: u64 = part.parse().ok()?;
        parts += 1;
        if parts > 3 || (parts > 1 && value > 59) {
            return None;
        }
        seconds = seconds * 60 + value;
    }
    if seconds > MAX_SECONDS || (text.contains('.') && fraction.is_empty()) {
        return None;
    }
    Some(Duration::new(seconds, nanoseconds(fraction)?))
}

/// The digits behind the decimal point; what is finer than a nanosecond is cut off.
fn nanoseconds(fraction: &str) -> Option<u32> {
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    Some(digits.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
}

/// Whole and decimal seconds from a number, where it is a possible length.
pub(super) fn from_seconds(seconds: f64) -> Option<Duration> {
    let believable = (0.0..=MAX_SECONDS as f64).contains(&seconds);
    believable.then(|| Duration::from_secs_f64(seconds))
}

/// A length in milliseconds, where it is a possible one. Nought says that it is not known.
pub(super) fn from_millis(milliseconds: u64) -> Option<Duration> {
    (1..=MAX_SECONDS * 1000).contains(&milliseconds).then(|| Duration::from_millis(milliseconds))
}

/// Writes `m:ss` or `h:mm:ss`, with as many decimals as the length has. [`parse`] reads it back.
pub(super) fn format(length: Duration) -> String {
    let seconds = length.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut text = if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    };
    if length.subsec_nanos() > 0 {
        let decimals = format!(".{:09}", length.subsec_nanos());
        text.push_str(decimals.trim_end_matches('0'));
    }
    text
}

/// As [`format`], to the nearest second: what people read, and read back.
pub(super) fn rounded(length: Duration) -> String {
    format(Duration::from_secs(length.as_secs() + u64::from(length.subsec_millis() >= 500)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        let seconds = |text| parse(text).map(|d| d.as_secs_f64());
        assert_eq!(seconds("3:41"), Some(221.0));
        assert_eq!(seconds("1:02:03"), Some(3723.0));
        assert_eq!(seconds("90"), Some(90.0));
        assert_eq!(seconds("75:00"), Some(4500.0));
        assert_eq!(seconds("0:01.5"), Some(1.5));
        for wrong in ["", ":", "3:", "3:61", "-1:00", "1:2:3:4", "3:4a", "3.", "99999999999999999999"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for length in [Duration::ZERO, Duration::from_secs(3723), Duration::new(221, 120_000_000)] {
            assert_eq!(parse(&format(length)), Some(length));
        }
        assert_eq!(format(Duration::from_millis(61_500)), "1:01.5");
    }
}
