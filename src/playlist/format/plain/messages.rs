//! Takes the lines of a page; tells what people say on it from who says it, when, where and to whom: stamps and names of a
//! chat, "table 4: ", "!req ".
//! Never reads what is said: see `chat` and `wishes`.

use std::collections::BTreeMap;

use super::line::{BULLET, Line};
use super::separator::split_outside;
use super::table::is_table_head;

/// Where people ask a bot for songs, what they ask for, a bullet and a request a line, and the lines that ask for nothing.
pub(super) fn requests(lines: Vec<Line<'_>>) -> (Vec<Line<'_>>, Vec<Line<'_>>) {
    let messages: Vec<&str> = lines.iter().filter_map(|line| message(&line.text)).collect();
    let Some(command) = command(messages.iter()) else { return (lines, Vec::new()) };
    let request = |line: &Line<'_>| {
        let (_, request) = message(&line.text)?.split_once(command.as_str())?;
        // The bot says how: "type !sr artist - title".
        let asked = !request.trim().is_empty() && !is_table_head(request.trim());
        asked.then(|| format!("{BULLET}{}", request.trim()))
    };
    let (mut asked, mut rest) = (Vec::new(), Vec::new());
    for line in lines {
        match request(&line) {
            Some(text) => asked.push(Line { text, ..line }),
            None => rest.push(line),
        }
    }
    (asked, rest)
}

/// The word that tells a bot what to do ("!req", "/play"), where several messages have it: what follows it is the request.
fn command<'a>(messages: impl Iterator<Item = &'a &'a str>) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for message in messages {
        let called = |word: &&str| {
            let name = word.strip_prefix(['!', '/', '.', '-']);
            name.is_some_and(|name| name.len() >= 2 && name.bytes().all(|byte| byte.is_ascii_lowercase()))
        };
        message
            .split_whitespace()
            .find(called)
            .into_iter()
            .for_each(|word| *counts.entry(word).or_default() += 1);
    }
    let (word, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (count >= 3).then(|| format!("{word} "))
}

/// Where the messages of a chat are a list of "Artist - Title", takes their stamps and senders off the lines,
/// so that the list reads as any other. Two names or more in one message are running text.
pub(super) fn strip_stamps(lines: &mut [Line<'_>]) {
    let messages: Vec<Option<&str>> = lines.iter().map(|line| message(&line.text)).collect();
    let count = messages.iter().flatten().count();
    let dashed = |text: &&&str| text.split(" - ").count() == 2 && split_outside(text).len() == 1;
    let listed = messages.iter().flatten().filter(dashed).count();
    if count < 3 || count * 3 < lines.len() * 2 || listed < 3 || listed * 2 < count {
        return;
    }
    let messages: Vec<Option<String>> =
        messages.into_iter().map(|message| message.map(str::to_owned)).collect();
    for (line, message) in lines.iter_mut().zip(messages) {
        line.said = message.is_some();
        line.text = message.unwrap_or_else(|| line.text.clone());
        // A message is a paragraph of its own: what others say between the tracks is no part of a block with them.
        line.gap = true;
    }
}

/// The text of a chat line, without date, time and sender.
pub(super) fn message(text: &str) -> Option<&str> {
    let stamped = match text.strip_prefix('[') {
        Some(inner) => inner.split_once(']').filter(|(stamp, _)| is_stamp(stamp))?.1.trim_start(),
        None => match text.split_once(" <").filter(|(stamp, _)| is_stamp(stamp)) {
            // IRC's own logs: "21:04 <nick> text".
            Some((stamp, _)) => text[stamp.len()..].trim_start(),
            None => {
                let end = text.find(" - ").filter(|at| *at <= 24 && is_stamp(&text[..*at]))?;
                &text[end + 3..]
            }
        },
    };
    let (sender, message) = match stamped.strip_prefix('<') {
        Some(nick) => nick.split_once("> ")?,
        None => stamped.split_once(": ")?,
    };
    let talks = sender.split_whitespace().count() <= 5 && !is_of_server(sender);
    talks.then(|| message.trim())
}

/// Whether it is the server of a chat that speaks, and nobody of those who talk.
pub(super) fn is_of_server(text: &str) -> bool {
    text.starts_with("***") || text.starts_with("-!-")
}

/// A date and a time: digits, and more signs between them than words.
fn is_stamp(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    digits >= 3 && letters <= 4 && text.contains(':') && text.len() <= 32
}

/// Who speaks, by a short name, and what is said: "Kez: rain". Whether it is one who speaks, only its neighbours tell.
pub(super) fn spoken(text: &str) -> Option<(&str, &str)> {
    text.split_once(": ").filter(|(name, _)| name.split_whitespace().count() <= 2)
}

/// What the line says, without who says it, and when.
pub(super) fn said(text: &str) -> Option<&str> {
    message(text).or_else(|| spoken(text).map(|(_, said)| said).filter(|said| !said.is_empty()))
}

/// Fewer slips than these tell nothing of where they come from.
const SLIPS: usize = 4;

/// Slips and tickets tell where a wish comes from: "table 4: Rain - Velo", "team 2: Glass". Where most lines have that, with one
/// word and numbers that do not count the lines, it is taken off them.
pub(super) fn strip_seats(lines: &mut [Line<'_>]) {
    let seat = |text: &str| {
        let (label, _) = text.split_once(": ")?;
        let (word, number) = label.split_once(' ')?;
        Some((word.to_lowercase(), number.parse::<u32>().ok()?, label.len() + 2))
    };
    let seats: Vec<Option<(String, u32, usize)>> = lines.iter().map(|line| seat(&line.text)).collect();
    let found: Vec<&(String, u32, usize)> = seats.iter().flatten().collect();
    let counts = found.windows(2).all(|pair| pair[0].1.abs_diff(pair[1].1) == 1);
    let alike = found.windows(2).all(|pair| pair[0].0 == pair[1].0);
    if found.len() < SLIPS || found.len() * 5 < lines.len() * 3 || counts || !alike {
        return;
    }
    for (line, seat) in lines.iter_mut().zip(seats) {
        if let Some((_, _, length)) = seat {
            line.text = line.text[length..].trim_start().to_owned();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use super::*;

    #[test]
    fn messages_lose_their_stamps() {
        assert_eq!(message("[14/05, 19:02] Ana 💍: rain"), Some("rain"));
        assert_eq!(message("14/05/2021, 19:02 - Ana: rain"), Some("rain"));
        assert_eq!(message("[19:02] <ana> rain"), Some("rain"));
        assert_eq!(message("Ana: rain"), None);
        assert_eq!(message("[19:02] *** Topic is: rain"), None);
        assert_eq!(message("[live] Ana: rain"), None);
    }

    #[test]
    fn slips_lose_where_they_come_from() {
        let mut lines = line::lines("table 4: Rain\ntable 9: Glass - Velo\ntable 2: Salt\ntable 4: Tide");
        strip_seats(&mut lines);
        assert_eq!(
            lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(),
            ["Rain", "Glass - Velo", "Salt", "Tide"]
        );
        let mut counted = line::lines("Day 1: Rain\nDay 2: Glass\nDay 3: Salt\nDay 4: Tide");
        strip_seats(&mut counted);
        assert_eq!(counted[0].text, "Day 1: Rain");
    }
}
