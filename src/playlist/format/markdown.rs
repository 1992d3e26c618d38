//! Takes Markdown; gives the listing in it: its lists, tables and headings read as the plain lines that
//! they show. Never reads a link's target or a picture; lines keep their numbers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::problem::Problem;
use super::{KnowsArtist, length, lines, m3u, plain};
use crate::playlist::Listing;

/// No line of a listing is longer than this many bytes.
const LONGEST: usize = 16 << 10;

pub(super) fn sniff(text: &str) -> bool {
    let marks = |line: &str| {
        let line = line.trim();
        heading(line).is_some_and(|(_, words)| words.starts_with(char::is_alphabetic))
            || line.starts_with("|--")
            || line.starts_with("| --")
            || (line.contains("](http") && line.contains('['))
    };
    text.lines().take(1000).any(marks)
}

pub(super) fn read(text: &str, knows: &KnowsArtist<'_>) -> Result<Listing, Vec<Problem>> {
    let mut title = None;
    let mut parts: BTreeMap<usize, String> = BTreeMap::new();
    let mut shown = String::with_capacity(text.len());
    for (index, line) in text.split('\n').enumerate() {
        match heading(line.trim()) {
            // The page's own name; a second one of this rank is a part.
            Some((1, words)) if title.is_none() => title = Some(shown_words(words).into_owned()),
            Some((_, words)) => {
                shown.push_str(&shown_words(words));
                parts.insert(index + 1, shown_words(words).into_owned());
            }
            None => shown.push_str(&shown_words(line)),
        }
        shown.push('\n');
    }
    let mut listing = plain::read(&shown, knows)?;
    listing.title = title.or(listing.title);
    put_under(&mut listing, &shown, &parts);
    lines::keep_source(&mut listing, &shown, text);
    Ok(listing)
}

/// Gives each entry the heading above its line. Entries stand in the order of their lines.
fn put_under(listing: &mut Listing, shown: &str, parts: &BTreeMap<usize, String>) {
    let mut lines = shown.split('\n').enumerate().peekable();
    let mut used = Vec::new();
    for entry in &mut listing.entries {
        while lines.next_if(|(_, line)| !line.contains(&entry.more.text)).is_some() {}
        let Some((index, _)) = lines.peek() else { return };
        if let Some((line, heading)) = parts.range(..=index + 1).next_back() {
            entry.more.section = Some(heading.clone());
            used.push(*line);
        }
    }
    listing.unread.retain(|unread| !used.contains(&unread.line));
}

/// The rank and the words of a heading.
fn heading(line: &str) -> Option<(usize, &str)> {
    let words = line.trim_start_matches('#');
    let rank = line.len() - words.len();
    let is_heading = (1..=6).contains(&rank) && words.starts_with([' ', '\t']);
    is_heading.then(|| (rank, words.trim().trim_end_matches('#').trim_end()))
}

/// A line without the signs that only shape it.
fn shown_words(line: &str) -> Cow<'_, str> {
    let line = line.strip_prefix("> ").unwrap_or(line);
    // A line that long is shown as unread; looking for pairs of signs in it would take the square of its length.
    if line.len() > LONGEST || !line.contains(['[', '\\', '*', '_', '`', '<', '&']) {
        return line.into();
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '\\' if after.starts_with(|c: char| c.is_ascii_punctuation()) => {
                out.push_str(&after[..1]);
                &after[1..]
            }
            '!' if image(after).is_some() => image(after).unwrap_or(after),
            '[' => match link(rest) {
                Some((words, behind)) => {
                    out.push_str(words);
                    behind
                }
                None => push(&mut out, c, after),
            },
            '`' => after,
            '*' if after.starts_with('*') || out.ends_with('*') => push(&mut out, c, after),
            '*' | '_' if is_emphasis(&out, after, line, c) => after,
            _ => push(&mut out, c, after),
        };
    }
    out.into()
}

fn push<'a>(out: &mut String, c: char, after: &'a str) -> &'a str {
    out.push(c);
    after
}

/// What follows `![words](target)`; the text starts behind the `!`.
fn image(text: &str) -> Option<&str> {
    link(text).map(|(_, behind)| behind)
}

/// The words of `[words](target)` and what follows it.
fn link(text: &str) -> Option<(&str, &str)> {
    let (words, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (_, behind) = rest.split_once(')')?;
    (!words.contains('[')).then_some((words, behind))
}

/// A sign that touches a word on one side only, and comes in pairs, is emphasis; a bullet is none.
fn is_emphasis(before: &str, after: &str, line: &str, sign: char) -> bool {
    let word = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
    let (left, right) = (word(before.chars().next_back()), word(after.chars().next()));
    let inside = before.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric);
    line.matches(sign).count() >= 2 && (left || right) && !inside
}

/// A numbered list under its title, sections as headings.
pub(super) fn write(listing: &Listing) -> String {
    let mut out = String::new();
    if let Some(title) = &listing.title {
        out.push_str(&format!("# {}\n\n", title));
    }
    let mut section = None;
    for (index, entry) in listing.entries.iter().enumerate() {
        if entry.more.section.as_deref() != section {
            section = entry.more.section.as_deref();
            out.push_str(&format!("\n## {}\n\n", section.unwrap_or_default()));
        }
        let number = entry.number.unwrap_or(index as u32 + 1);
        let time = entry.length.map(|time| format!(" ({})", length::rounded(time))).unwrap_or_default();
        out.push_str(&format!("{number}. {}{time}\n", m3u::display(entry)));
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn signs_that_only_shape_are_not_read() {
        for (line, shown) in [
            ("1\\. *Rain*", "1. Rain"),
            ("* [Velo - Rain](https://example.org/x) ![pic](y.png)", "* Velo - Rain "),
            ("_Velo_ - snake_case", "Velo - snake_case"),
            ("> **Velo** - [live]", "**Velo** - [live]"),
            ("M*A*S*H", "M*A*S*H"),
        ] {
            assert_eq!(shown_words(line), shown);
        }
    }

    #[test]
    fn headings_are_the_title_and_the_sections() {
        let text = "# Night Drive\n\nSome words.\n\n## Side A\n\n1. Velo - *Rain*\n2. [Nova Kite - Orbit](http://x.org)\n\n\
                    ## Side B\n\n1. Ines Calder - Low Tide\n2. Velo - Glass\n";
        assert!(sniff(text));
        let listing = read(text, &|_| false).unwrap();
        assert_eq!(listing.title.as_deref(), Some("Night Drive"));
        let seen: Vec<_> =
            listing.entries.iter().map(|e| (e.title.as_str(), e.more.section.as_deref())).collect();
        let (a, b) = (Some("Side A"), Some("Side B"));
        assert_eq!(seen, [("Rain", a), ("Orbit", a), ("Low Tide", b), ("Glass", b)]);
        assert!(listing.unread.iter().all(|unread| unread.line == 3));
    }
}
