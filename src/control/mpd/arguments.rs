//! Takes the text of an argument; gives the number, range, time or place that it means.
//! Never looks at the player. What is wrong is said in MPD's words.

use std::ops::Range;
use std::time::Duration;

use super::ack::Fault;

/// A whole number from 0.
pub(super) fn number(text: &str) -> Result<usize, Fault> {
    bounded(text, u32::MAX as usize)
}

/// A whole number from 0 to `most`.
pub(super) fn bounded(text: &str, most: usize) -> Result<usize, Fault> {
    let value = text.parse::<i128>().map_err(|_| Fault::Argument(format!("Integer expected: {text}")))?;
    usize::try_from(value).ok().filter(|value| *value <= most).ok_or_else(|| too_large(text))
}

pub(super) fn too_large(text: &str) -> Fault {
    Fault::Argument(format!("Number too large: {text}"))
}

/// A whole number.
pub(super) fn signed(text: &str) -> Result<i64, Fault> {
    text.parse().map_err(|_| Fault::Argument(format!("Integer expected: {text}")))
}

/// 0 or 1.
pub(super) fn switch(text: &str) -> Result<bool, Fault> {
    match text {
        "0" => Ok(false),
        "1" => Ok(true),
        _ => Err(Fault::Argument(format!("Boolean (0/1) expected: {text}"))),
    }
}

/// `N`, `FROM:TO` or `FROM:`, among `count`. One that begins behind the last is empty or, as a single number, wrong.
pub(super) fn range(text: &str, count: usize) -> Result<Range<usize>, Fault> {
    let wrong = || Fault::Argument(format!("Integer or range expected: {text}"));
    let number = |part: &str| part.parse::<u32>().map(|n| n as usize).map_err(|_| wrong());
    let Some((from, to)) = text.split_once(':') else {
        // -1 has always meant all.
        if text == "-1" {
            return Ok(0..count);
        }
        let at = number(text)?;
        return if at < count { Ok(at..at + 1) } else { Err(Fault::Index) };
    };
    let from = if from.is_empty() { 0 } else { number(from)? };
    let to = if to.is_empty() { count } else { number(to)? };
    if from > to && to < count {
        return Err(Fault::Argument(format!("Malformed range: {text}")));
    }
    let to = to.min(count);
    Ok(from.min(to)..to)
}

/// The name of a song or folder. Addresses of another kind are never opened.
pub(super) fn local(uri: &str) -> Result<&str, Fault> {
    let is_other = uri.contains("://") && !uri.starts_with("file://");
    if is_other { Err(Fault::Argument("Unsupported URI scheme".into())) } else { Ok(uri) }
}

/// Seconds, with a fraction.
pub(super) fn time(text: &str) -> Result<Duration, Fault> {
    let wrong = || Fault::Argument(format!("Float expected: {text}"));
    let seconds: f64 = text.parse().map_err(|_| wrong())?;
    if seconds < 0.0 {
        return Err(Fault::Argument(format!("Negative value not allowed: {text}")));
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| wrong())
}

/// `START:END` in seconds, each to the millisecond below; what is left out, or 0, is open.
pub(super) fn stretch(text: &str) -> Result<(Duration, Option<Duration>), Fault> {
    let wrong = || Fault::Argument("Bad range".into());
    let moment = |text: &str| match text.trim_start() {
        "" => Some(Duration::ZERO),
        text => {
            let millis = time(text).ok()?.as_millis();
            u64::try_from(millis).ok().map(Duration::from_millis)
        }
    };
    let (start, end) = text.split_once(':').ok_or_else(wrong)?;
    let (start, end) = moment(start).zip(moment(end)).ok_or_else(wrong)?;
    match end.is_zero() {
        true => Ok((start, None)),
        false if start < end => Ok((start, Some(end))),
        false => Err(wrong()),
    }
}

/// A place in the queue: `N`, or `+N` and `-N` counted from what plays: +0 is right behind it, -0 right before it.
pub(super) fn place(text: &str, current: Option<usize>, count: usize) -> Result<usize, Fault> {
    let at = match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (None, None) => number(text)?,
        (after, before) => {
            let current = current
                .ok_or_else(|| Fault::Argument("No current song, position must be absolute".into()))?;
            match (after, before) {
                (Some(after), _) => current + 1 + number(after)?,
                (_, before) => {
                    current.checked_sub(number(before.unwrap_or_default())?).ok_or(Fault::Index)?
                }
            }
        }
    };
    if at > count { Err(too_large(text)) } else { Ok(at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong<T: std::fmt::Debug>(outcome: Result<T, Fault>) -> String {
        outcome.expect_err("it is wrong").to_string()
    }

    #[test]
    fn numbers_and_switches() {
        assert_eq!(number("7"), Ok(7));
        assert_eq!(wrong(number("x")), "Integer expected: x");
        assert_eq!(wrong(bounded("101", 100)), "Number too large: 101");
        assert_eq!(wrong(number("99999999999")), "Number too large: 99999999999");
        assert_eq!(wrong(number("-1")), "Number too large: -1");
        assert_eq!((switch("0"), switch("1")), (Ok(false), Ok(true)));
        assert_eq!(wrong(switch("on")), "Boolean (0/1) expected: on");
    }

    #[test]
    fn ranges_stay_within_what_there_is() {
        for (text, expected) in [
            ("2", 2..3),
            ("0:2", 0..2),
            ("1:", 1..5),
            (":3", 0..3),
            ("3:99", 3..5),
            ("9:", 5..5),
            ("-1", 0..5),
        ] {
            assert_eq!(range(text, 5), Ok(expected), "{text}");
        }
        assert_eq!(wrong(range("5", 5)), "Bad song index");
        assert_eq!(wrong(range("3:1", 5)), "Malformed range: 3:1");
        for text in ["", "a", "1:x", "-2"] {
            assert_eq!(wrong(range(text, 5)), format!("Integer or range expected: {text}"));
        }
    }

    #[test]
    fn only_files_have_names() {
        for uri in ["", "a/b.flac", "/music/a: b.flac", "file:///music/a.flac"] {
            assert_eq!(local(uri), Ok(uri));
        }
        assert_eq!(wrong(local("http://host/a.mp3")), "Unsupported URI scheme");
    }

    #[test]
    fn times_are_seconds() {
        assert_eq!(time("83.5"), Ok(Duration::from_millis(83_500)));
        for text in ["x", "nan", "inf", "1:23"] {
            assert_eq!(wrong(time(text)), format!("Float expected: {text}"));
        }
        assert_eq!(wrong(time("-1")), "Negative value not allowed: -1");
    }

    #[test]
    fn stretches_are_open_where_nothing_is_said() {
        let millis = Duration::from_millis;
        for (text, expected) in [
            (":", (0, None)),
            ("0:0", (0, None)),
            ("2:", (2000, None)),
            (":2", (0, Some(2000))),
            ("1.5:3.25", (1500, Some(3250))),
            ("1e1: 20.0019", (10_000, Some(20_001))),
        ] {
            let (start, end) = expected;
            assert_eq!(stretch(text), Ok((millis(start), end.map(millis))), "{text}");
        }
        for text in
            ["", "1", "x", "x:y", "-1:", "1:2:3", "5:5", "5:4", "1.0005:1.0006", "nan:1", "1 :2", "inf:"]
        {
            assert_eq!(wrong(stretch(text)), "Bad range", "{text}");
        }
    }

    #[test]
    fn places_may_be_counted_from_what_plays() {
        assert_eq!(place("3", None, 5), Ok(3));
        assert_eq!(place("+0", Some(2), 5), Ok(3));
        assert_eq!(place("-0", Some(2), 5), Ok(2));
        assert_eq!(place("-2", Some(2), 5), Ok(0));
        assert_eq!(wrong(place("-3", Some(2), 5)), "Bad song index");
        assert_eq!(wrong(place("6", Some(2), 5)), "Number too large: 6");
        assert!(wrong(place("+1", None, 5)).starts_with("No current song"));
    }
}
