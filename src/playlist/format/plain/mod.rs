//! Takes text as people write it: blogs, sleeves, forums, chats; gives its entries in the order
//! of the text. Numbering, separator and the artist's side are voted over the whole listing.
//! Every line that is not blank ends in one place: an entry, context that was used, or unread.

mod front;
mod layout;
mod line;
mod number;
mod orientation;
mod prose;
mod separator;
mod series;
mod time;

use std::fmt::Write as _;

use super::problem::{Problem, WriteError};
use super::{KnowsArtist, length};
use crate::playlist::{Entry, Listing, Unread};
use layout::Row;
use line::Line;
use orientation::{Roles, Usual};
use separator::Separator;

/// Where a line went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Entry,
    Context,
    Unread,
}

pub(super) fn read(text: &str, knows: &KnowsArtist<'_>) -> Result<Listing, Vec<Problem>> {
    let lines = line::lines(text);
    let rows = layout::rows(&lines);
    let mut places = vec![Place::Unread; lines.len()];
    for row in &rows {
        places[row.line] = Place::Entry;
    }
    let title = title(&lines, &mut places);
    let entries = entries(&rows, knows);
    let unread = lines
        .iter()
        .zip(&places)
        .filter(|(_, place)| **place == Place::Unread)
        .map(|(line, _)| Unread { line: line.number, text: line.raw.to_owned() })
        .collect();
    Ok(Listing { title, entries, unread, ..Listing::default() })
}

/// The first line names the page, where it stands above the first entry and is no prose.
fn title(lines: &[Line<'_>], places: &mut [Place]) -> Option<String> {
    let first = lines.first()?;
    if places[0] != Place::Unread || prose::is_prose(&first.text) {
        return None;
    }
    places[0] = Place::Context;
    Some(first.text.clone())
}

fn entries(rows: &[Row], knows: &KnowsArtist<'_>) -> Vec<Entry> {
    let bodies: Vec<&str> = rows.iter().map(|row| row.body.as_str()).collect();
    let voted = separator::vote(&bodies);
    let parts: Vec<Vec<&str>> = bodies.iter().map(|body| separator::split(body, voted, knows)).collect();
    let usual = if voted == Some(Separator::By) { Usual::TitleFirst } else { Usual::ArtistFirst };
    let roles = orientation::roles(&parts, usual, knows);
    rows.iter().zip(&parts).map(|(row, parts)| entry(row, parts, roles)).collect()
}

fn entry(row: &Row, parts: &[&str], roles: Roles) -> Entry {
    let whole = || Roles { title: 0, artist: None, album: None };
    let roles = if parts.len() < 2 { whole() } else { roles };
    let last = parts.len() - 1;
    let part = |column: usize| parts[column.min(last)].to_owned();
    // A part too many belongs to the title: "Artist - Title - Live", "Title - Live - Artist".
    let (title, artist) = match (roles.title, roles.artist, roles.album) {
        (0, Some(1), None) => (row.body[..start_of(&row.body, parts[last])].to_owned(), Some(part(last))),
        (1, Some(0), None) => (row.body[start_of(&row.body, parts[1])..].to_owned(), Some(part(0))),
        (title, artist, _) => (part(title), artist.map(part)),
    };
    Entry {
        text: row.text.clone(),
        artist,
        title: tidy(&title),
        album: roles.album.filter(|_| parts.len() > 2).map(part),
        number: row.number,
        disc: row.disc,
        length: row.length,
        ..Entry::default()
    }
}

/// Where a part begins in the text that it is a part of.
fn start_of(whole: &str, part: &str) -> usize {
    let offset = (part.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize);
    if offset <= whole.len() { offset } else { 0 }
}

/// A title without the separator that it was cut off at and without quotes around all of it.
fn tidy(title: &str) -> String {
    let title = title.trim().trim_end_matches(['-', '–', '—']).trim_end();
    for (open, close) in [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('‘', '’')] {
        let inner = title.strip_prefix(open).and_then(|inner| inner.strip_suffix(close));
        if let Some(inner) = inner.filter(|inner| !inner.contains(open)) {
            return inner.to_owned();
        }
    }
    title.to_owned()
}

/// One line an entry, as a person would write it.
pub(super) fn write(listing: &Listing) -> Result<String, WriteError> {
    let mut out = String::new();
    if let Some(title) = &listing.title {
        let _ = writeln!(out, "{title}\n");
    }
    for (index, entry) in listing.entries.iter().enumerate() {
        let number = entry.number.unwrap_or(index as u32 + 1);
        let artist = entry.artist.as_ref().map(|artist| format!("{artist} - ")).unwrap_or_default();
        let time = entry.length.map(|time| format!(" ({})", length::format(time))).unwrap_or_default();
        let _ = writeln!(out, "{number}. {artist}{}{time}", entry.title);
    }
    Ok(out)
}
