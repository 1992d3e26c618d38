//! Takes a line; gives the time at its front or its end and what is left of the line.
//! Knows `3:41`, `1:02:03`, `[03:41]`, `(3:41)`, `3'41"`, `3m41s`, `3.41`, `6.03am`, `20.15 Uhr` and `7h04`.
//! Never decides whether the listing means it: a title may end in "4:33".

use std::time::Duration;

/// A time found in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found<'a> {
    pub(super) length: Duration,
    pub(super) kind: Kind,
    /// The line without the time, trimmed.
    pub(super) rest: &'a str,
}

/// How a time is written. All lines of a listing write it alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    /// `[3:41]` or `(3:41)`.
    Bracketed,
    /// `3:41`.
    Colon,
    /// `3'41"`.
    Primes,
    /// `3m41s`, `3 min 41 sec`.
    Words,
    /// `3.41`, which could as well be a decimal number.
    Dot,
    /// `6.03am`, a time of day.
    Clock,
}

/// The time that the line begins with.
pub(super) fn lead(text: &str) -> Option<Found<'_>> {
    if let Some((inner, rest)) = bracketed(text) {
        let (length, _, after) = scan(inner)?;
        return after.trim().is_empty().then(|| Found {
            length,
            kind: Kind::Bracketed,
            rest: after_lead(rest),
        });
    }
    if let Some((length, rest)) = hours(text) {
        return Some(Found { length, kind: Kind::Clock, rest: after_lead(rest) });
    }
    let (length, kind, rest) = scan(text)?;
    if let Some(rest) = strip_half_day(rest) {
        return Some(Found { length, kind: Kind::Clock, rest: after_lead(rest) });
    }
    let apart = rest.is_empty()
        || rest.starts_with(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '|' | ']' | ')'));
    apart.then(|| Found { length, kind, rest: after_lead(rest) })
}

/// What follows a leading time, without the dash or bar that may stand between.
fn after_lead(rest: &str) -> &str {
    let rest = rest.trim_start();
    let bare = rest.trim_start_matches(['-', '–', '—', '|', ':', '►', '»', ')', ']']);
    if bare.len() < rest.len() && (bare.is_empty() || bare.starts_with(char::is_whitespace)) {
        bare.trim()
    } else {
        rest.trim()
    }
}

fn strip_half_day(rest: &str) -> Option<&str> {
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    // "20.15 Uhr", "20:15 uur"
    if let Some(rest) = ["Uhr", "uhr", "uur"].iter().find_map(|hour| rest.strip_prefix(hour)) {
        return (!rest.starts_with(char::is_alphanumeric)).then_some(rest);
    }
    let half = rest.get(..2)?;
    let matches = half.eq_ignore_ascii_case("am") || half.eq_ignore_ascii_case("pm");
    (matches && !rest[2..].starts_with(char::is_alphanumeric)).then(|| &rest[2..])
}

/// `7h04`, as the French write the time of day.
fn hours(text: &str) -> Option<(Duration, &str)> {
    // As with other hours, what counts is that the next one is later.
    let (hour, rest) = digits(text, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(['h', 'H'])?, 2)?;
    let apart = rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || ":-–—".contains(c));
    (minute.len() == 2 && number(minute) <= 59 && number(hour) <= 24 && apart)
        .then(|| (seconds(0, hour, minute), rest))
}

fn bracketed(text: &str) -> Option<(&str, &str)> {
    let close = match text.chars().next()? {
        '[' => ']',
        '(' => ')',
        '{' => '}',
        '<' => '>',
        _ => return None,
    };
    text[1..].split_once(close)
}

/// The time that the line ends with.
pub(super) fn tail(text: &str) -> Option<Found<'_>> {
    let text = text.trim_end();
    if let Some(inner) = text.strip_suffix([')', ']']) {
        let open = inner.rfind(['(', '['])?;
        let found = tail(&inner[open + 1..]).filter(|found| found.rest.is_empty())?;
        let rest = before_tail(inner[..open].trim_end());
        return Some(Found { length: found.length, kind: Kind::Bracketed, rest });
    }
    if let Some(found) = in_words(text) {
        return Some(found);
    }
    // The longest time has ten characters: 100:59'59".
    let start = text
        .char_indices()
        .rev()
        .take(10)
        .take_while(|(_, c)| {
            c.is_ascii_digit() || matches!(c, ':' | '.' | '\'' | '"' | '’' | '′' | '″' | '”')
        })
        .last()
        .map(|(at, _)| at)?;
    // The leader's dots may touch the time.
    let start = start + text[start..].bytes().take_while(|byte| *byte == b'.').count();
    let rest = text[..start].trim_end();
    let apart = start == 0 || rest.len() < start || rest.ends_with(['-', '–', '—', '.', '…', '|', ',']);
    let (length, kind, after) = scan(&text[start..])?;
    (apart && after.is_empty()).then_some(Found { length, kind, rest: before_tail(rest) })
}

/// `3m41s`, `3 min 41 sec`, `3 min 41`; and `3:41 min`, which says the same twice.
fn in_words(text: &str) -> Option<Found<'_>> {
    if let Some(before) = strip_unit(text, &["minutes", "mins", "min"]) {
        return tail(before).filter(|found| found.kind == Kind::Colon);
    }
    let before = strip_unit(text, &["seconds", "secs", "sec", "s"]);
    let bare = || last_digits(text).filter(|(before, second)| second.len() == 2 && before.ends_with(' '));
    let (before, second) = before.map_or_else(bare, last_digits)?;
    let before = strip_unit(before, &["minutes", "mins", "min", "mn", "m"])?;
    let (rest, minute) = last_digits(before)?;
    let apart = rest.is_empty() || rest.ends_with(char::is_whitespace);
    (apart && number(second) <= 59).then(|| Found {
        length: seconds(0, minute, second),
        kind: Kind::Words,
        rest: before_tail(rest.trim_end()),
    })
}

/// The text before such a unit that follows a digit.
fn strip_unit<'a>(text: &'a str, units: &[&str]) -> Option<&'a str> {
    let text = text.trim_end();
    let text = text.strip_suffix('.').unwrap_or(text);
    let before = units.iter().find_map(|unit| text.strip_suffix(unit))?.trim_end();
    before.ends_with(|c: char| c.is_ascii_digit()).then_some(before)
}

/// The text before the one to three digits that it ends with, and those.
fn last_digits(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().rev().take(3).take_while(u8::is_ascii_digit).count();
    (end > 0).then(|| text.split_at(text.len() - end))
}

/// What stands before a time at the end, without the leader dots or dash between.
fn before_tail(rest: &str) -> &str {
    // The leader may have a gap in it; "4 A.M." ends with a stop of its own.
    let mut rest = rest;
    loop {
        let bare = rest.trim_end_matches(['.', '…', '_', '·']).trim_end();
        if rest.len() - bare.len() < 3 {
            break;
        }
        rest = bare;
    }
    let undashed = rest.trim_end_matches(['-', '–', '—', '|', '~', '@']);
    if undashed.ends_with(char::is_whitespace) || undashed.is_empty() { undashed.trim_end() } else { rest }
}

/// Reads a time at the start of the text: its value, how it is written, and what follows.
fn scan(text: &str) -> Option<(Duration, Kind, &str)> {
    let (first, rest) = digits(text, 3)?;
    let separator = rest.chars().next()?;
    let (second, after) = digits(&rest[separator.len_utf8()..], 2)?;
    if second.len() != 2 || number(second) > 59 {
        return None;
    }
    let kind = match separator {
        ':' => Kind::Colon,
        '.' if first.len() <= 2 => Kind::Dot,
        '\'' | '’' | '′' => Kind::Primes,
        _ => return None,
    };
    if kind == Kind::Primes {
        let after = after.strip_prefix("''").or_else(|| after.strip_prefix(['"', '″', '”', '’']));
        return Some((seconds(0, first, second), kind, after.unwrap_or_default()));
    }
    if let Some(third) = after.strip_prefix(separator) {
        let (third, after) = digits(third, 2)?;
        let valid =
            third.len() == 2 && number(third) <= 59 && !after.starts_with(|c: char| c.is_ascii_digit());
        return valid.then(|| (seconds(number(first), second, third), kind, after));
    }
    (!after.starts_with(|c: char| c.is_ascii_digit())).then(|| (seconds(0, first, second), kind, after))
}

fn digits(text: &str, most: usize) -> Option<(&str, &str)> {
    let end = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    (end > 0).then(|| text.split_at(end))
}

/// At most three digits come here.
fn number(digits: &str) -> u64 {
    digits.bytes().fold(0, |sum, digit| sum * 10 + u64::from(digit.wrapping_sub(b'0')))
}

fn seconds(hours: u64, minutes: &str, seconds: &str) -> Duration {
    Duration::from_secs(hours * 3600 + number(minutes) * 60 + number(seconds))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn times_in_front() {
        for (text, secs, kind, rest) in [
            ("00:00 One", 0, Kind::Colon, "One"),
            ("[0:05:30] Two - Three", 330, Kind::Bracketed, "Two - Three"),
            ("1:04:36 - Four", 3876, Kind::Colon, "Four"),
            ("6.03am", 21_780 / 60, Kind::Clock, ""),
            ("(3:41) Five", 221, Kind::Bracketed, "Five"),
            ("7h04", 424, Kind::Clock, ""),
            ("20.15 Uhr Six", 1215, Kind::Clock, "Six"),
        ] {
            let found = lead(text).unwrap();
            assert_eq!((found.length.as_secs(), found.kind, found.rest), (secs, kind, rest), "{text}");
        }
        for none in ["3:61 x", "Four 3:41", "[live] x", "10.000 Maniacs", "99:1 x", "(Sandy) 1:00"] {
            assert_eq!(lead(none), None, "{none}");
        }
    }

    #[test]
    fn times_at_the_end() {
        for (text, secs, kind, rest) in [
            ("One 3:41", 221, Kind::Colon, "One"),
            ("One (3:41)", 221, Kind::Bracketed, "One"),
            ("One ........ 1:02:03", 3723, Kind::Colon, "One"),
            ("One..... .... 3:41", 221, Kind::Colon, "One"),
            ("One..... .....3:41", 221, Kind::Colon, "One"),
            ("ALLEGRO   3.25", 205, Kind::Dot, "ALLEGRO"),
            ("One – 5:26", 326, Kind::Colon, "One"),
            ("One 3'41\"", 221, Kind::Primes, "One"),
            ("One 3’41”", 221, Kind::Primes, "One"),
            ("One  3m41s", 221, Kind::Words, "One"),
            ("One – 3 min 05 sec.", 185, Kind::Words, "One"),
            ("One [3m 41s]", 221, Kind::Bracketed, "One"),
            ("One 3:41 min", 221, Kind::Colon, "One"),
            ("One (3:41 min.)", 221, Kind::Bracketed, "One"),
        ] {
            let found = tail(text).unwrap();
            assert_eq!((found.length.as_secs(), found.kind, found.rest), (secs, kind, rest), "{text}");
        }
        for none in [
            "One",
            "Symphony No. 5",
            "1999",
            "Route 66",
            "One (live)",
            "",
            ")",
            "é)",
            "The 5 s",
            "Take 1m99s",
            "B52s",
            "3 mins",
        ] {
            assert_eq!(tail(none), None, "{none}");
        }
    }
}
