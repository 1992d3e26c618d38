//! Takes the lines above the first entry; gives the listing its title, artist and date, where
//! they say them: the first line, "Artist – Title", "Artist: X", a name the library knows.
//! Never makes a title of prose, and never invents an artist.

use super::super::KnowsArtist;
use super::Place;
use super::credit::is_credit;
use super::fields::Fields;
use super::line::Line;
use super::page::SETLIST_AT;
use super::phrase;
use super::words::is_listing_word;
use crate::playlist::Listing;

/// Lines at the top in which a name is looked for.
const TOP: usize = 6;
/// A title has at most this many words.
const MOST_WORDS: usize = 30;

/// Fills in what the head of the page says; what was used becomes context.
pub(super) fn read(
    lines: &[Line<'_>],
    fields: &[Fields],
    knows: &KnowsArtist<'_>,
    listing: &mut Listing,
    places: &mut [Place],
) {
    let first_entry = places.iter().position(|place| *place == Place::Entry).unwrap_or(lines.len());
    let head: Vec<usize> = (0..first_entry).filter(|line| places[*line] == Place::Unread).collect();
    for line in &head {
        if labelled(&lines[*line].text, listing) {
            places[*line] = Place::Context;
        }
    }
    // Where entries name their artists, a name at the top is somebody else's as well.
    let artists = fields.iter().filter(|fields| fields.artist.is_some()).count();
    let nameless = artists * 5 <= fields.len();
    let top: Vec<usize> =
        head.iter().copied().take(TOP).filter(|line| places[*line] == Place::Unread).collect();
    let known = top.iter().find(|line| knows(&lines[**line].text));
    if let Some(line) = known.filter(|_| nameless && listing.artist.is_none()) {
        listing.artist = Some(lines[*line].text.clone());
        places[*line] = Place::Context;
    }
    let title = top.iter().copied().find(|line| places[*line] == Place::Unread);
    let at_top = |line: &usize| top.first() == Some(line) || listing.artist.is_some();
    let Some(line) =
        title.filter(at_top).filter(|line| listing.title.is_none() && may_be_title(&lines[*line].text))
    else {
        return;
    };
    places[line] = Place::Context;
    if is_listing_word(&lines[line].text) {
        return;
    }
    name(listing, &lines[line].text, nameless, knows);
}

/// Takes a heading for the listing's title, and for its artist as well where the entries name none.
pub(super) fn name(listing: &mut Listing, text: &str, nameless: bool, knows: &KnowsArtist<'_>) {
    let text = unruled(text).trim_end_matches(['/', ':']);
    let brackets =
        phrase::quoted(text).filter(|(_, _, after)| after.is_empty() && text.ends_with(['」', '』', '》']));
    if let Some((artist, title, _)) =
        brackets.filter(|(artist, ..)| !artist.is_empty() && nameless && listing.artist.is_none())
    {
        return set(listing, title, artist);
    }
    if let Some(at) =
        text.to_ascii_lowercase().find(SETLIST_AT).filter(|_| nameless && listing.artist.is_none())
    {
        return set(listing, text, &text[..at]);
    }
    let named = [" – ", " - ", " — ", " by "]
        .iter()
        .find_map(|sign| text.split_once(sign).map(|parts| (*sign, parts)));
    match named.filter(|_| nameless && listing.artist.is_none()) {
        Some((" by ", (title, artist))) => set(listing, title, artist),
        Some((_, (title, artist))) if knows(artist) => set(listing, title, artist),
        Some((_, (artist, title))) => set(listing, title, artist),
        None => listing.title = Some(text.to_owned()),
    }
}

/// Without the rules that people draw on both sides of a heading: "*** Friday's set ***".
fn unruled(text: &str) -> &str {
    let rule = |c: char| "*=~#_- ".contains(c);
    let is_ruled = text.starts_with(rule) && text.ends_with(rule);
    let inner = text.trim_matches(rule);
    if is_ruled && !inner.is_empty() { inner } else { text }
}

fn set(listing: &mut Listing, title: &str, artist: &str) {
    listing.title = Some(title.trim().to_owned());
    listing.artist = Some(artist.trim().to_owned());
}

/// A first line that ends like a sentence and is as long as one is prose.
fn may_be_title(text: &str) -> bool {
    let words = text.split_whitespace().count();
    let sentence = words >= 9 && text.ends_with(['.', '!', '?', ':']);
    text.contains(char::is_alphanumeric)
        && words <= MOST_WORDS
        && text.len() <= 300
        && !sentence
        && !is_credit(text)
}

/// "Artist: X", "Album: Y", "Released: 1985".
fn labelled(text: &str, listing: &mut Listing) -> bool {
    let byline = text.strip_prefix("by ").or_else(|| text.strip_prefix("By ")).map(|name| ("artist", name));
    let released =
        text.strip_prefix("released ").or_else(|| text.strip_prefix("Released ")).map(|date| ("date", date));
    let short = text.split_whitespace().count() <= 6;
    let Some((label, value)) = text.split_once(':').or(byline.or(released).filter(|_| short)) else {
        return false;
    };
    let value = value.trim();
    if value.is_empty() {
        return false;
    }
    // "ALBUM......: Night"
    let field = match label.trim_end_matches(['.', '_', '·', ' ']).trim().to_lowercase().as_str() {
        "artist" | "artista" | "artiste" | "interpret" | "künstler" | "band" => &mut listing.artist,
        "album" | "title" | "titel" | "titre" | "álbum" | "playlist" | "release" => &mut listing.title,
        "released"
        | "release date"
        | "original release date"
        | "date"
        | "year"
        | "jahr"
        | "année"
        | "año" => &mut listing.date,
        _ => return false,
    };
    if field.is_some() {
        return false;
    }
    *field = Some(value.to_owned());
    true
}
