//! Takes text as people write it: blogs, sleeves, forums, chats; gives its entries in the order
//! of the text. Numbering, separator and the artist's side are voted over the whole listing.
//! Every line that is not blank ends in one place: an entry, context that was used, or unread.

mod chat;
mod fields;
mod front;
mod heading;
mod layout;
mod line;
mod marked;
mod number;
mod orientation;
mod phrase;
mod prose;
mod records;
mod section;
mod separator;
mod series;
mod time;
mod titles;
mod words;

use std::fmt::Write as _;

use super::problem::{Problem, WriteError};
use super::{KnowsArtist, length};
use crate::playlist::{Entry, Listing, Unread};
use fields::Fields;
use layout::{Form, Row};
use line::Line;
use section::Section;
use words::Column;

/// Where a line went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Entry,
    Context,
    Unread,
}

pub(super) fn read(text: &str, knows: &KnowsArtist<'_>) -> Result<Listing, Vec<Problem>> {
    let lines = line::lines(text);
    let (listing, _) = read_lines(&lines, knows);
    Ok(listing)
}

/// The listing, and where each line went.
fn read_lines(lines: &[Line<'_>], knows: &KnowsArtist<'_>) -> (Listing, Vec<Place>) {
    let mut places = vec![Place::Unread; lines.len()];
    let layout = layout::find(lines);
    let mut rows = layout.rows;
    for used in layout.used {
        places[used] = Place::Context;
    }
    for row in &rows {
        places[row.line] = Place::Entry;
    }
    times_below(lines, &mut rows, &mut places);
    let head = table_head(lines, &mut places);
    let sections = section::sections(lines, &rows, &places);
    for section in sections.iter().flatten() {
        places[section.line] = Place::Context;
    }
    let fields = fields::fields(&rows, layout.form, &head, knows);
    let mut listing = Listing::default();
    if layout.form == Form::Chat {
        listing.title = introduction(lines, &rows);
    } else {
        heading::read(lines, &fields, knows, &mut listing, &mut places);
    }
    for ((row, fields), section) in rows.iter().zip(fields).zip(sections) {
        listing.entries.push(entry(row, fields, section));
    }
    let unread = lines.iter().zip(&places).filter(|(_, place)| **place == Place::Unread);
    listing.unread =
        unread.map(|(line, _)| Unread { line: line.number, text: line.raw.to_owned() }).collect();
    (listing, places)
}

/// A time at the end of the credits below an entry is the entry's (Discogs prints them so).
fn times_below(lines: &[Line<'_>], rows: &mut [Row], places: &mut [Place]) {
    for row in rows.iter_mut().filter(|row| row.length.is_none() && row.columns.is_empty()) {
        let below = (row.line + 1..lines.len()).take(4);
        let own = below.take_while(|index| places[*index] == Place::Unread && !lines[*index].gap);
        for index in own {
            let line = &lines[index];
            let timed = time::tail(&line.text).filter(|found| !words::is_total(found.rest));
            let belongs = |rest: &str| rest.is_empty() || line.indented || words::is_credit(rest);
            if let Some(found) = timed.filter(|found| belongs(found.rest)) {
                row.length = Some(found.length);
                places[index] = Place::Context;
                break;
            }
        }
    }
}

/// The columns of the page's table: the first line with a title's heading and another one.
fn table_head(lines: &[Line<'_>], places: &mut [Place]) -> Vec<Column> {
    let mut found = Vec::new();
    for (line, place) in
        lines.iter().zip(places).filter(|(line, place)| **place == Place::Unread && line.text.len() < 200)
    {
        let Some(cells) = separator::Separator::Tab.split(&line.text) else { continue };
        let columns: Vec<Column> = cells.iter().filter_map(|cell| words::column(cell)).collect();
        if columns.len() >= 2 && columns.len() == cells.len() && columns.contains(&Column::Title) {
            *place = Place::Context;
            if found.is_empty() {
                // A button's column holds no text in the rows ("Listen").
                found = columns.into_iter().skip_while(|column| *column == Column::Other).collect();
            }
        }
    }
    found
}

/// What a message says before its list, where it is a single message.
fn introduction(lines: &[Line<'_>], rows: &[Row]) -> Option<String> {
    let (first, last) = (rows.first()?, rows.last()?);
    let text = chat::introduction(&lines[first.line].text).0?;
    (first.line == last.line && text.split_whitespace().count() <= 40).then(|| text.to_owned())
}

fn entry(row: &Row, fields: Fields, section: Option<Section>) -> Entry {
    let section = section.unwrap_or_default();
    Entry {
        text: row.columns.get(fields.title_column).unwrap_or(&row.text).clone(),
        artist: fields.artist,
        title: fields.title,
        album: fields.album.or(section.album),
        section: Some(section.heading).filter(|heading| !heading.is_empty()),
        number: row.number,
        disc: row.disc.or(section.disc),
        length: row.length,
        file: None,
        note: fields.note,
    }
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
