//! Takes a line; gives what stands in front of its words: a bullet, a number, a time, in any
//! order. Never decides which of them the listing means; `layout` does, over all lines.

use super::number::{self, Number};
use super::time::{self, Found};

/// A line taken apart at its front.
#[derive(Debug, Clone, Default)]
pub(super) struct Front<'a> {
    pub(super) bullet: Option<char>,
    pub(super) number: Option<Number<'a>>,
    pub(super) time: Option<Found<'a>>,
    /// What is left.
    pub(super) body: &'a str,
}

/// Signs that lists begin their lines with.
const BULLETS: &str = "*-•–—·・●○◦▪▫■□►▶▸»➤➜→+~♪♫🎵🎶✓✔★☆>";

/// Takes the front apart, looking for numbers and times only where asked.
pub(super) fn read(text: &str, numbers: bool, times: bool) -> Front<'_> {
    let mut front = Front { body: skip_button(skip_greeting(text)), ..Front::default() };
    // A bullet, a time and a number may come in any order, each once.
    for _ in 0..3 {
        if times
            && front.time.is_none()
            && let Some(found) = time::lead(front.body)
        {
            front.body = found.rest;
            front.time = Some(found);
        } else if numbers
            && front.number.is_none()
            && let Some(found) = number::lead(front.body)
        {
            front.body = skip_last_week(found.rest);
            front.number = Some(found);
        } else if front.bullet.is_none()
            && front.number.is_none()
            && let Some((bullet, rest)) = bullet(front.body)
        {
            front.bullet = Some(bullet);
            front.body = rest;
        }
    }
    front
}

/// What people write before the track that they hear: "Now playing: Artist - Title".
fn skip_greeting(text: &str) -> &str {
    let (head, rest) = text.split_once(": ").unwrap_or(("", text));
    let greets =
        ["now playing", "np", "currently playing"].iter().any(|greeting| head.eq_ignore_ascii_case(greeting));
    if greets { rest.trim_start() } else { text }
}

/// Shops and players put a button before the number, a column away: "Play    1. Title".
fn skip_button(text: &str) -> &str {
    let Some((first, rest)) = text.split_once(['\t', ' ']) else { return text };
    let gap = text.as_bytes().get(first.len()) == Some(&b'\t') || rest.starts_with([' ', '\t']);
    let rest = rest.trim_start();
    let button =
        gap && first.chars().all(char::is_alphabetic) && rest.starts_with(|c: char| c.is_ascii_digit());
    if button && number::lead(rest).is_some() { rest } else { text }
}

/// A chart's line has the position of the week before behind its number: "1 (3) Title".
fn skip_last_week(text: &str) -> &str {
    let Some((inner, rest)) = text.strip_prefix(['(', '[']).and_then(|rest| rest.split_once([')', ']']))
    else {
        return text;
    };
    let position =
        inner.len() <= 3 && !inner.is_empty() && inner.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let entered = matches!(
        inner.to_ascii_lowercase().as_str(),
        "new" | "re" | "neu" | "ne" | "=" | "up" | "down" | "n" | "r" | "e"
    );
    if (position || entered) && rest.starts_with(' ') && rest.len() > 1 { rest.trim_start() } else { text }
}

fn bullet(text: &str) -> Option<(char, &str)> {
    pictures(text).or_else(|| sign(text)).or_else(|| ticked(text))
}

/// A box to tick, as notes and forums write it; the box that is a sign of its own counts as a picture.
fn ticked(text: &str) -> Option<(char, &str)> {
    let rest = ["[x] ", "[X] ", "[ ] ", "[] "].iter().find_map(|tick| text.strip_prefix(tick))?.trim_start();
    (!rest.is_empty()).then_some(('\u{1f3b5}', rest))
}

/// Whether the words stand between two pictures that are the same: "🎵 Summer 🎵" is a heading.
pub(super) fn pictured(text: &str) -> bool {
    let (first, last) = (text.chars().next(), text.chars().next_back());
    first == last && first.is_some_and(is_picture) && text.contains(char::is_alphanumeric)
}

/// Pictures before the words, one or several. They count as one bullet, for people take another one each line.
fn pictures(text: &str) -> Option<(char, &str)> {
    let rest = text.trim_start_matches(is_picture);
    let apart = rest.len() < text.len() && rest.starts_with(' ');
    (apart && rest.contains(char::is_alphanumeric)).then(|| ('\u{1f3b5}', rest.trim_start()))
}

/// Emoji, their skin tones and joiners; signs that have a place in names (©, ™, ♯) are none.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{26ff}' | '\u{2700}'..='\u{27bf}' | '\u{200d}' | '\u{fe0f}')
        && !matches!(c, '\u{266d}'..='\u{266f}' | '\u{2776}'..='\u{2793}')
}

fn sign(text: &str) -> Option<(char, &str)> {
    let first = text.chars().next().filter(|c| BULLETS.contains(*c))?;
    let rest = text[first.len_utf8()..].trim_start_matches('\u{fe0f}');
    let apart = rest.starts_with(char::is_whitespace) || !first.is_ascii();
    let rest = rest.trim_start();
    (apart && !rest.is_empty()).then_some((first, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_front_in_any_order() {
        for text in ["01. [00:00] One", "[00:00] 01. One", "* 1) 0:00 One", "Play    1. One", "► One"] {
            assert_eq!(read(text, true, true).body, "One", "{text}");
        }
        for text in ["🔥 One", "💃🏽 One", "👩\u{200d}🎤✨ One", "・One", "[x] One", "☐ One"] {
            assert_eq!(read(text, true, true).body, "One", "{text}");
        }
        assert_eq!(read("❤️", true, true).body, "❤️");
        assert_eq!(read("7 Seconds", false, false).body, "7 Seconds");
        assert_eq!(read("-One", true, true).body, "-One");
    }
}
