//! Takes the lines of a page; finds the entries in running messages: of a chat with its stamps, of a conversation without,
//! or of a single long line. What one message asks for is `wishes`' business, who says it `messages`'.
//! Believed only for chats and for pages of hardly more than one long line.

use std::collections::BTreeMap;

use super::super::KnowsArtist;
use super::layout::{Form, Layout, Row};
use super::line::{LONGEST, Line};
use super::messages::{message, spoken};
use super::separator::split_outside;
use super::wishes::{asks, pieces, wishes};

/// The listing, where the page is a chat or a single run-on line.
pub(super) fn find(lines: &[Line<'_>], knows: &KnowsArtist<'_>) -> Option<Layout> {
    let messages: Vec<(usize, &str)> =
        lines.iter().enumerate().filter_map(|(index, line)| Some((index, message(&line.text)?))).collect();
    let stamped = messages.len() >= 3 && messages.len() * 3 >= lines.len() * 2;
    let spoken = if stamped { Vec::new() } else { dialogue(lines, knows) };
    let is_chat = stamped || !spoken.is_empty();
    let messages = if stamped { messages } else { spoken };
    let texts: Vec<(usize, &str)> = if is_chat {
        messages
    } else if lines.len() <= 4 {
        let lines: Vec<_> =
            lines.iter().enumerate().map(|(index, line)| (index, line.text.as_str())).collect();
        // As many pieces on every line make columns.
        let widths: Vec<usize> = lines.iter().map(|(_, text)| split_outside(text).len()).collect();
        if widths.len() >= 3 && widths.iter().all(|width| *width == widths[0] && (2..=4).contains(width)) {
            return None;
        }
        lines
    } else {
        return None;
    };
    let mut rows = Vec::new();
    for (index, text) in texts.into_iter().filter(|(_, text)| text.len() <= LONGEST) {
        if is_chat && !asks(text) {
            continue;
        }
        if !is_chat && pieces(text, knows).len() < 3 {
            continue;
        }
        rows.extend(wishes(text, knows).into_iter().map(|text| row(index, text)));
    }
    // In a chat, no other reading has anything to go by.
    let score = if is_chat { 3.0 } else { 1.0 } * rows.len() as f64;
    // People talk whatever they ask for: where nothing else is a chat's, no line of it is a track of a list.
    let talk = is_chat && !stamped && !rows.is_empty();
    let score = if talk { 3.0 * lines.len() as f64 } else { score };
    (talk || rows.len() >= 3).then_some(Layout { rows, used: Vec::new(), score, form: Form::Chat })
}

/// So many lines make a conversation, and so many people at the most talk in it.
const LINES: usize = 8;
const PEOPLE: usize = 4;

/// The messages of a conversation that was copied without its hours: "Kez: text" by a few people in turn, of whom the
/// library knows none as an artist.
fn dialogue<'a>(lines: &'a [Line<'_>], knows: &KnowsArtist<'_>) -> Vec<(usize, &'a str)> {
    let said = |(index, line): (usize, &'a Line<'_>)| {
        let (name, text) = spoken(&line.text)?;
        let named = name.chars().count() <= 16 && !name.contains(|c: char| c.is_ascii_digit());
        named.then_some((index, name, text))
    };
    let said: Vec<(usize, &str, &str)> = lines.iter().enumerate().filter_map(said).collect();
    let mut people: BTreeMap<&str, usize> = BTreeMap::new();
    said.iter().for_each(|(_, name, _)| *people.entry(name).or_default() += 1);
    let turns = said.windows(2).filter(|pair| pair[0].1 != pair[1].1).count();
    let often = people.values().all(|count| *count >= 3) && people.len() >= 2;
    let conversation = said.len() >= LINES
        && said.len() * 5 >= lines.len() * 4
        && people.len() <= PEOPLE
        && often
        // A list in the order of its artists has hardly more turns than artists.
        && turns >= people.len() * 2
        && !people.keys().any(|name| knows(name));
    if conversation { said.into_iter().map(|(index, _, text)| (index, text)).collect() } else { Vec::new() }
}

fn row(line: usize, text: &str) -> Row {
    let body = text.trim_end_matches(|c: char| !(c.is_alphanumeric() || ")]\"”'!?.".contains(c)));
    Row { line, text: text.to_owned(), body: body.to_owned(), ..Row::default() }
}
