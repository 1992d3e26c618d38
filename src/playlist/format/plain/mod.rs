//! Takes text as people write it: blogs, sleeves, forums, chats; gives its entries in the order
//! of the text. Numbering, separator and the artist's side are voted over the whole listing.
//! Every line that is not blank ends in one place: an entry, context that was used, or unread.

mod acts;
mod bbcode;
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
mod section;
mod separator;
mod series;
mod sets;
mod single_quotes;
mod source;
mod spelled;
mod sums;
mod table;
mod time;
mod titles;
mod trim;
mod two_columns;
mod wishes;
mod words;
mod writers;

use std::fmt::Write as _;

use super::problem::Problem;
use super::{KnowsArtist, length, m3u};
use crate::playlist::{Aside, Details, Entry, Listing, Unread};
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

pub(super) fn read(text: &str, knows: &KnowsArtist<'_>) -> Result<Listing, Vec<Problem>> {
    let mut lines = line::lines(text);
    buttons::strip(&mut lines);
    let (mut lines, around) = messages::requests(lines);
    messages::strip_stamps(&mut lines);
    leaders::cut(&mut lines);
    messages::strip_seats(&mut lines);
    let lines = sets::unrolled(spelled::numbered(two_columns::unfolded(contents::unrolled(lines))));
    let mut listing = thread(&lines, knows).unwrap_or_else(|| read_lines(&lines, knows).0);
    listing.unread.extend(unread(&around, |_| true));
    listing.unread.sort_by_key(|unread| unread.line);
    Ok(listing)
}

/// So many entries above the first comment are a page's own list, and what others say of it is none.
const OWN_LIST: usize = 5;

/// The listing of a page where several people write, each in a way of their own: every post is read by itself.
fn thread(lines: &[Line<'_>], knows: &KnowsArtist<'_>) -> Option<Listing> {
    let posts = posts::posts(lines);
    let read = posts.into_iter().map(|post| (&lines[post.clone()], read_lines(&lines[post], knows).0));
    let read: Vec<(&[Line<'_>], Listing)> = read.collect();
    if read.first().is_some_and(|(_, listing)| listing.entries.len() >= OWN_LIST) {
        return None;
    }
    // Talk has the looks of a track here and there.
    let credited = |listing: &Listing| listing.entries.iter().all(|entry| entry.artist.is_some());
    let lists = |lines: &[Line<'_>], listing: &Listing| {
        let artists = listing.entries.iter().filter_map(|entry| entry.artist.as_deref());
        let most = listing.entries.len() >= FEWEST && listing.entries.len() * 2 > lines.len();
        most || artists.filter(|artist| knows(artist)).count() > 0
    };
    // Where one post after another is a track, those are, too, of whose artists the library has nothing.
    let single = |lines: &[Line<'_>], listing: &Listing| {
        lines.len() == 1 && listing.entries.len() == 1 && credited(listing)
    };
    let singles =
        read.iter().filter(|(lines, listing)| single(lines, listing) && lists(lines, listing)).count();
    let mut whole = Listing::default();
    for (lines, listing) in read {
        let before = whole.entries.len();
        if lists(lines, &listing) || (singles >= FEWEST && single(lines, &listing)) {
            // A post has no heading: its first line is somebody's first wish, or nothing.
            let first =
                listing.title.as_ref().and_then(|title| lines.iter().find(|line| line.text == *title));
            whole.asides.extend(first.map(|line| aside(line, before)));
            whole.title = whole.title.or(listing.title);
            whole.entries.extend(listing.entries);
            whole.unread.extend(listing.unread);
            let asides = listing.asides.into_iter();
            whole.asides.extend(asides.map(|aside| Aside { before: before + aside.before, ..aside }));
        } else {
            whole.asides.extend(lines.iter().map(|line| aside(line, before)));
            whole.unread.extend(unread(lines, |_| true));
        }
    }
    (whole.entries.len() >= FEWEST).then_some(whole)
}

/// What could be an entry, for a library to tell.
fn aside(line: &Line<'_>, before: usize) -> Aside {
    let text = messages::said(&line.text).unwrap_or_else(|| front::read(&line.text, true, true).body);
    Aside { before, line: line.number, text: text.to_owned() }
}

/// The lines that stand among entries that share nothing but being lines, and the messages among those that ask for
/// something: they may be titles.
fn asides(lines: &[Line<'_>], rows: &[Row], places: &[Place], form: Form) -> Vec<Aside> {
    let bare = rows.iter().all(|row| row.number.is_none() && row.length.is_none() && row.columns.is_empty());
    let (true, Some(first)) = (bare, rows.first()) else { return Vec::new() };
    let entry = |line: usize| places.get(line) == Some(&Place::Entry);
    let near = |line: &usize| {
        let above = entry(line.wrapping_sub(1)) && !lines[*line].gap;
        let below = entry(line + 1) && !lines[line + 1].gap;
        form == Form::Chat || lines[*line].said || above || below
    };
    let from = if form == Form::Chat { 0 } else { first.line };
    let unread = (from..lines.len()).filter(|line| places[*line] == Place::Unread).filter(near);
    unread.map(|line| aside(&lines[line], rows.iter().filter(|row| row.line < line).count())).collect()
}

/// Fewer entries than these are hardly a list.
const FEWEST: usize = 3;

/// The lines that `is_unread` at their index, as the listing shows them.
fn unread(lines: &[Line<'_>], is_unread: impl Fn(usize) -> bool) -> Vec<Unread> {
    let unread = lines.iter().enumerate().filter(|(index, _)| is_unread(*index));
    unread.map(|(_, line)| Unread { line: line.number, text: line.raw.to_string() }).collect()
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
    remarks_below(lines, &mut rows, &mut places, layout.form);
    forget_positions(&mut rows);
    let head = table::head(lines, &mut places);
    let sections = section::sections(lines, &rows, &places);
    for section in sections.iter().flatten() {
        places[section.line] = Place::Context;
    }
    let mut fields = fields::fields(&rows, layout.form, &head, knows);
    sung_on_stage(&mut fields, &sections);
    let mut listing = Listing::default();
    if layout.form == Form::Chat {
        listing.title = introduction(lines, &rows);
    } else {
        heading::read(lines, &fields, knows, &mut listing, &mut places);
    }
    for ((row, fields), section) in rows.iter().zip(fields).zip(sections) {
        listing.entries.push(entry(row, fields, section));
    }
    listing.unread = unread(lines, |index| places[index] == Place::Unread);
    listing.asides = asides(lines, &rows, &places, layout.form);
    (listing, places)
}

/// A time at the end of the credits below an entry is the entry's (Discogs prints them so).
fn times_below(lines: &[Line<'_>], rows: &mut [Row], places: &mut [Place]) {
    for row in rows.iter_mut().filter(|row| row.length.is_none() && row.columns.is_empty()) {
        let below = (row.line + 1..lines.len()).take(4);
        let own = below.take_while(|index| places[*index] == Place::Unread && !lines[*index].gap);
        for index in own {
            let line = &lines[index];
            let timed = time::tail(&line.text).filter(|found| !is_total(found.rest));
            let belongs = |rest: &str| rest.is_empty() || line.indented || credit::is_credit(rest);
            if let Some(found) = timed.filter(|found| belongs(found.rest)) {
                row.length = Some(found.length);
                places[index] = Place::Context;
                break;
            }
        }
    }
}

/// A line in brackets below a title says which version it is: "(acoustic)".
fn remarks_below(lines: &[Line<'_>], rows: &mut [Row], places: &mut [Place], form: Form) {
    for row in rows.iter_mut().filter(|_| form == Form::Titles) {
        let Some(below) = lines.get(row.line + 1).filter(|below| !below.gap) else { continue };
        let inner = below.text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
        // More words than these tell how it went: "(with an extended outro)".
        let version = |inner: &str| {
            let lower = inner.to_lowercase();
            is_version(inner)
                && inner.split_whitespace().count() <= 3
                && !["cover", "debut", "premiere", "with "].iter().any(|word| lower.contains(word))
        };
        if inner.is_some_and(version) && places[row.line + 1] == Place::Unread {
            row.body = format!("{} {}", row.body, below.text);
            places[row.line + 1] = Place::Context;
        }
    }
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

/// Below the heading of an act stand the numbers of a play, each with the characters who sing it: no performers of a recording.
fn sung_on_stage(fields: &mut [Fields], sections: &[Option<Section>]) {
    let act =
        |section: &Option<Section>| section.as_ref().is_some_and(|section| acts::is_act(&section.heading));
    for (fields, _) in fields.iter_mut().zip(sections).filter(|(_, section)| act(section)) {
        if let Some(who) = fields.artist.take() {
            fields.note.get_or_insert(who);
            continue;
        }
        let bracket = phrase::closing_bracket(&fields.title).filter(|(_, inner)| !is_version(inner));
        if let Some((title, who)) = bracket.map(|(title, who)| (title.to_owned(), who.to_owned())) {
            fields.note.get_or_insert(who);
            fields.title = title;
        }
    }
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
