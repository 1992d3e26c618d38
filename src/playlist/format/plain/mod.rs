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
pub(super) use words::{Column, column};

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
    let layout = layout::find(lines, knows);
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
        let columns: Vec<Column> = cells.iter().filter_map(|cell| column(cell)).collect();
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
        note: fields.note,
        ..Entry::default()
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    /// Pieces that listings are made of, so that chance puts together what almost makes sense.
    fn listing_like() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("1. ".to_owned()),
            Just("2) ".to_owned()),
            Just("A1\t".to_owned()),
            Just("IV - ".to_owned()),
            Just("[0:05:30] ".to_owned()),
            Just(" - ".to_owned()),
            Just("- ".to_owned()),
            Just(" – ".to_owned()),
            Just("\t".to_owned()),
            Just(" by ".to_owned()),
            Just("\"Rain\"".to_owned()),
            Just("「雨」".to_owned()),
            Just("(live)".to_owned()),
            Just("(Velo, the old one)".to_owned()),
            Just(" 3:41".to_owned()),
            Just("Side A".to_owned()),
            Just("No.\tTitle\tLength".to_owned()),
            Just("6.03am".to_owned()),
            Just("[14/05, 19:02] Ana: ".to_owned()),
            Just(", and then ".to_owned()),
            Just("Producer – ".to_owned()),
            Just("\n".to_owned()),
            Just("\n\n".to_owned()),
            Just("\r\n".to_owned()),
            "[A-Z][a-zé]{1,7} ?",
            "\\PC{0,3}",
        ];
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    fn check(text: &str) {
        let lines = line::lines(text);
        let (listing, places) = read_lines(&lines, &|name| name.len() % 3 == 0);
        assert_eq!(places.len(), lines.len());
        let unread: Vec<usize> = listing.unread.iter().map(|unread| unread.line).collect();
        let expected: Vec<usize> = lines
            .iter()
            .zip(&places)
            .filter(|(_, place)| **place == Place::Unread)
            .map(|(line, _)| line.number)
            .collect();
        assert_eq!(unread, expected);
        let entry_lines = places.iter().filter(|place| **place == Place::Entry).count();
        assert!(listing.entries.len() >= entry_lines, "each entry line holds an entry");
        for entry in &listing.entries {
            let written = |line: &Line<'_>| line.raw.contains(&entry.text) || line.text.contains(&entry.text);
            assert!(lines.iter().any(written), "{:?} stands in the text", entry.text);
        }
    }

    proptest! {
        #[test]
        fn every_line_ends_in_one_place(text in listing_like()) {
            check(&text);
        }

        #[test]
        fn any_text_is_read(text in "(?s).{0,300}") {
            check(&text);
        }
    }

    #[test]
    fn long_input_is_read_in_one_pass() {
        let started = std::time::Instant::now();
        let listing: String = (0..3_000).map(|n| format!("{n}. Velo {n} - Rain {n} (live) 3:41\n")).collect();
        assert_eq!(read(&listing, &|_| false).unwrap().entries.len(), 3_000);
        let dashes = " - ".repeat(1 << 18);
        assert_eq!(read(&dashes, &|_| false).unwrap().entries.len(), 0);
        let paragraphs: String = (0..3_000).map(|n| format!("Velo {n} - Rain\n\n")).collect();
        read(&paragraphs, &|_| false).unwrap();
        // Far above what it takes, far below what anything quadratic would take.
        assert!(started.elapsed().as_secs() < 20);
    }
}
