//! Takes the lines of a page; finds the posts that it is made of: a line that names a writer and an hour, and below it
//! what he or she wrote. Discord, Slack, Telegram and pages with comments are copied so.
//! Never takes a track and its length for a writer and an hour: a post's hour has its day or its half of the day.

use std::ops::Range;

use super::line::Line;
use super::page::is_clock;

/// A single line of this kind is a signature.
const FEWEST: usize = 2;
/// A name, a day and an hour are no longer.
const LONGEST: usize = 80;

/// The lines of each post, without the line above it, and the lines before the first one; none where the page has no posts.
pub(super) fn posts(lines: &[Line<'_>]) -> Vec<Range<usize>> {
    let heads: Vec<usize> = (0..lines.len()).filter(|index| is_head(&lines[*index].text)).collect();
    if heads.len() < FEWEST {
        return Vec::new();
    }
    let begins = std::iter::once(0).chain(heads.iter().map(|head| head + 1));
    let ends = heads.iter().copied().chain([lines.len()]);
    begins.zip(ends).map(|(begin, end)| begin..end).collect()
}

/// "maya — Today at 7:41 PM", "Jo Lind 7:41 PM", "Jo, [05.12.2024 19:41]", "u/jo • 3 hr. ago", "jo, vor 2 Jahren".
fn is_head(text: &str) -> bool {
    if text.len() > LONGEST {
        return false;
    }
    let text = text.strip_suffix("(edited)").unwrap_or(text).trim_end_matches([' ', ':']);
    let lower = text.to_lowercase();
    let name = before_hour(&lower).or_else(|| before_age(&lower)).or_else(|| before_points(&lower));
    name.is_some_and(|name| {
        let name = name.trim_end_matches(|c: char| !c.is_alphanumeric());
        name.contains(char::is_alphabetic) && name.split_whitespace().count() <= 5 && !name.contains(':')
    })
}

/// What stands before a day and an hour at the end: "today at 7:41 pm", "05.12.2024, 19:41", "7:41 pm".
fn before_hour(lower: &str) -> Option<&str> {
    const DAYS: &[&str] = &[
        "today",
        "yesterday",
        "heute",
        "gestern",
        "hoy",
        "ayer",
        "hoje",
        "ontem",
        "aujourd'hui",
        "hier",
        "oggi",
        "ieri",
        "dziś",
        "wczoraj",
        "bugün",
        "dün",
        "сегодня",
        "вчера",
    ];
    let bare = lower.trim_end_matches(']');
    let half = bare.strip_suffix("am").or_else(|| bare.strip_suffix("pm")).unwrap_or(bare).trim_end();
    let at = half.trim_end_matches(|c: char| c.is_ascii_digit() || c == ':').len();
    let timed = half[at..].contains(':') && half[at..].split(':').all(|part| matches!(part.len(), 1 | 2));
    if !timed {
        return None;
    }
    let before = bare[..at].trim_end();
    let before = ["at", "um", "às", "alle", "o", "à", "в"]
        .iter()
        .find_map(|word| before.strip_suffix(word).filter(|rest| rest.ends_with(' ')))
        .unwrap_or(before)
        .trim_end_matches([' ', ',']);
    if let Some(name) = DAYS.iter().find_map(|day| before.strip_suffix(day)) {
        return Some(name);
    }
    let date = |c: char| c.is_ascii_digit() || "./-".contains(c);
    let day = before.trim_end_matches(date);
    let dated = before[day.len()..].trim_start_matches(['-', '.']);
    let parts = dated.split(['.', '/', '-']).filter(|part| !part.is_empty()).count();
    if parts == 3 {
        return Some(day);
    }
    // "7:41 pm" alone: no track is as long as half a day.
    is_clock(bare).then_some(before)
}

/// What stands before "3 hours ago", "vor 2 Jahren", "hace 3 años", "il y a 2 ans".
fn before_age(lower: &str) -> Option<&str> {
    const UNITS: &[&str] = &[
        "s", "sec", "second", "m", "min", "minute", "h", "hr", "hour", "d", "day", "w", "wk", "week", "mo",
        "month", "y", "yr", "year", "minuten", "stunde", "stunden", "tag", "tagen", "woche", "wochen",
        "monat", "monaten", "jahr", "jahren", "minuto", "hora", "día", "dia", "semana", "mese", "mes",
        "meses", "año", "ano", "heure", "jour", "semaine", "moi", "an",
    ];
    let aged = |count: &str, unit: &str| {
        let unit = unit.trim_end_matches('.');
        let known = UNITS.contains(&unit) || unit.strip_suffix('s').is_some_and(|unit| UNITS.contains(&unit));
        let counted = count.bytes().all(|byte| byte.is_ascii_digit()) || ["a", "an"].contains(&count);
        counted && known
    };
    let joined = |word: &str| {
        let unit = word.trim_start_matches(|c: char| c.is_ascii_digit());
        unit.len() < word.len() && aged(&word[..word.len() - unit.len()], unit)
    };
    if let Some(before) = lower.strip_suffix(" ago") {
        let (rest, last) = before.rsplit_once(' ')?;
        if joined(last) {
            return Some(rest);
        }
        let (rest, count) = rest.rsplit_once(' ')?;
        return aged(count, last).then_some(rest);
    }
    let before = [" vor ", " hace ", " há ", " il y a "].iter().find_map(|word| lower.rsplit_once(word));
    let (name, age) = before?;
    let (count, unit) = age.split_once(' ')?;
    aged(count, unit).then_some(name)
}

/// What stands before how many liked it, "[–] jo 1.2k points": the sign in front folds what others have answered.
fn before_points(lower: &str) -> Option<&str> {
    let folded = ["[–]", "[-]", "[—]", "[+]"].iter().find_map(|sign| lower.strip_prefix(sign))?;
    let before = folded.strip_suffix("points").or_else(|| folded.strip_suffix("point"))?.trim_end();
    let (name, count) = before.rsplit_once(' ')?;
    (count.contains(|c: char| c.is_ascii_digit())
        && count.chars().all(|c| c.is_ascii_digit() || ".,k-".contains(c)))
    .then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writers_stand_above_what_they_wrote() {
        for head in [
            "maya — Today at 7:41 PM",
            "jo 🦊 — 05/12/2024 7:41 PM",
            "Jo Lind 7:41 PM",
            "Jo Lind, [05.12.2024 19:41]",
            "u/jo • 3 hr. ago",
            "jo 2 years ago (edited)",
            "jo · 3y ago",
            "Jo vor 2 Jahren",
            "[–] jo_lind 1843 points",
            "[-]jo 1.2k points",
        ] {
            assert!(is_head(head), "{head}");
        }
        for none in [
            "Velo - Rain 3:41",
            "Rain – Velo 19:41",
            "Long Time Ago",
            "Velo - Rain 24 points",
            "Two Years Ago",
            "19:41 Velo - Rain",
            "Today",
            "7:41 PM",
            "Velo: Rain at 5:15 PM",
        ] {
            assert!(!is_head(none), "{none}");
        }
    }
}
