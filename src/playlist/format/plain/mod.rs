//! Takes text as people write it: blogs, sleeves, forums, chats; gives its entries in the order
//! of the text. Numbering, separator and the artist's side are voted over the whole listing.
//! Every line that is not blank ends in one place: an entry, context that was used, or unread.

mod acts;
mod bbcode;
mod below;
mod buttons;
mod chat;
mod codes;
mod composers;
mod contents;
mod credit;
mod fields;
mod front;
mod headed;
mod heading;
mod labelled;
mod layout;
mod leaders;
mod line;
mod loud;
mod marked;
mod messages;
mod number;
mod orientation;
mod page;
mod pairs;
mod parts;
mod phrase;
mod posts;
mod prose;
mod publisher;
mod records;
mod release;
mod row;
mod section;
mod separator;
mod series;
mod sets;
mod several;
mod single_quotes;
mod source;
mod spelled;
mod sums;
mod table;
mod thread;
mod time;
mod titles;
mod trim;
mod two_columns;
mod unread;
mod wishes;
mod words;
mod writers;

use std::fmt::Write as _;

use super::problem::Problem;
use super::{KnowsArtist, length, m3u};
use crate::playlist::{Details, Entry, Listing};
use fields::Fields;
use layout::{Form, Row};
use line::Line;
use section::Section;
pub(super) use sums::is_total;
pub(super) use table::{Column, column};
pub(super) use words::{disc_of, is_listing_word, is_version, names_part};

/// Where a line went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Entry,
    Context,
    Unread,
}

/// The listing of a text. First goes what is none of a line's words, for whatever looks at lines after that looks at where
/// they begin, where they end and what stands beside them; then lines that hold several entries become as many.
pub(super) fn read(text: &str, knows: &KnowsArtist<'_>) -> Result<Listing, Vec<Problem>> {
    let mut lines = line::lines(text);
    buttons::strip(&mut lines);
    // Requests are known by their stamps, and what a slip or a leader's dots stand before shows only without.
    let (mut lines, around) = messages::requests(lines);
    messages::strip_stamps(&mut lines);
    leaders::cut(&mut lines);
    messages::strip_seats(&mut lines);
    // A tab within a catalogue's note parts no columns. What is spelled counts down a column, not across two; and "Disc one:
    // Rain" is the first of the discs that somebody lists, before it would be a set of one track.
    let lines = contents::unrolled(lines);
    let lines = several::unrolled(lines);
    let lines = two_columns::unfolded(lines);
    let lines = spelled::numbered(lines);
    let mut lines = sets::unrolled(lines);
    single_quotes::double_lines(&mut lines);
    let mut listing = thread::thread(&lines, knows).unwrap_or_else(|| read_lines(&lines, knows).0);
    listing.unread.extend(unread::unread(&around, |_| true));
    listing.unread.sort_by_key(|unread| unread.line);
    Ok(listing)
}

/// The listing, and where each line went. Each step uses lines that the ones before have left unread: first what belongs to
/// single entries, then the heads of tables and sections, the page's own head last, for it wants to know who the entries name.
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
    below::times_below(lines, &mut rows, &mut places);
    below::remarks_below(lines, &mut rows, &mut places, layout.form);
    forget_positions(&mut rows);
    let head = table::head(lines, &mut places);
    let sections = section::sections(lines, &rows, &places);
    for section in sections.iter().flatten() {
        places[section.line] = Place::Context;
    }
    let mut fields = fields::fields(&rows, layout.form, &head, knows);
    acts::sung_on_stage(&mut fields, &sections);
    let mut listing = Listing::default();
    if layout.form == Form::Chat {
        listing.title = introduction(lines, &rows);
    } else {
        heading::read(lines, &fields, knows, &mut listing, &mut places);
    }
    for ((row, fields), section) in rows.iter().zip(fields).zip(sections) {
        listing.entries.push(entry(row, fields, section));
    }
    listing.unread = unread::unread(lines, |index| places[index] == Place::Unread);
    listing.asides = unread::asides(lines, &rows, &places, layout.form);
    (listing, places)
}

/// Times that begin at nought and rise say where in a mix a track begins, not how long it is.
fn forget_positions(rows: &mut [Row]) {
    let times: Vec<_> = rows.iter().filter_map(|row| row.length).collect();
    let rising = times.windows(2).all(|pair| pair[0] < pair[1]);
    if times.len() >= 3 && rising && times[0].is_zero() {
        rows.iter_mut().for_each(|row| row.length = None);
    }
}

/// Takes the heading of a page for the title of its listing, and for the artist's name where no entry has one.
pub(super) fn name_listing(listing: &mut Listing, heading: &str, knows: &KnowsArtist<'_>) {
    let artists = listing.entries.iter().filter(|entry| entry.artist.is_some()).count();
    let nameless = artists * 5 <= listing.entries.len();
    heading::name(listing, heading, nameless, knows);
}

/// What a message says before its list, where it is a single message.
fn introduction(lines: &[Line<'_>], rows: &[Row]) -> Option<String> {
    let (first, last) = (rows.first()?, rows.last()?);
    let text = wishes::introduction(&lines[first.line].text).0.filter(|text| !is_listing_word(text))?;
    (first.line == last.line && text.split_whitespace().count() <= 40).then(|| text.to_owned())
}

fn entry(row: &Row, fields: Fields, section: Option<Section>) -> Entry {
    let section = section.unwrap_or_default();
    Entry {
        artist: fields.artist,
        title: fields.title,
        number: row.number.or(fields.number),
        disc: row.disc.or(section.disc),
        length: row.length,
        file: None,
        more: Details {
            text: row.columns.get(fields.title_column).unwrap_or(&row.text).clone(),
            album: fields.album.or(section.album),
            section: Some(section.heading).filter(|heading| !heading.is_empty()),
            note: fields.note,
            ..Details::default()
        }
        .into(),
    }
}

/// One line an entry, as a person would write it.
pub(super) fn write(listing: &Listing) -> String {
    let mut out = String::new();
    if let Some(title) = &listing.title {
        let _ = writeln!(out, "{}\n", title);
    }
    let mut section = None;
    for (index, entry) in listing.entries.iter().enumerate() {
        if entry.more.section.as_deref() != section {
            section = entry.more.section.as_deref();
            let _ = writeln!(out, "\n== {} ==\n", section.unwrap_or_default());
        }
        let number = entry.number.unwrap_or(index as u32 + 1);
        let time = entry.length.map(|time| format!(" ({})", length::rounded(time))).unwrap_or_default();
        let _ = writeln!(out, "{number}. {}{time}", m3u::display(entry));
    }
    out
}

#[cfg(test)]
mod tests;
