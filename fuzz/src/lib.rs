//! Takes bytes of a fuzzer; gives them to a reader of listings and holds what comes back against what is
//! true of every listing. Never returns when it is not: the fuzzer keeps the bytes.

use tonearm::playlist::format::{self, FORMATS, ReadError};
use tonearm::playlist::{Entry, Listing};

/// Reads the bytes in the format of this name.
pub fn read_as(bytes: &[u8], format: &str) {
    if let Ok(listing) = format::read_as(bytes, format, &some_artists) {
        check(listing);
    }
}

/// Reads the bytes in the format that their content is in.
pub fn read_any(bytes: &[u8]) {
    if let Ok(listing) = format::read_with(bytes, None, &some_artists) {
        check(listing);
    }
}

/// Finds the encoding of the bytes. Text that is UTF-8 comes back as it is, but for its byte order mark.
pub fn decode(bytes: &[u8]) {
    let Ok(text) = format::decode(bytes) else { return };
    if let (Ok(given), false) = (std::str::from_utf8(bytes), bytes.starts_with(&[0xfe, 0xff])) {
        assert_eq!(text, given.strip_prefix('\u{feff}').unwrap_or(given));
    }
    assert_eq!(
        format::decode(text.as_bytes()).as_deref(),
        Ok(text.strip_prefix('\u{feff}').unwrap_or(&text))
    );
}

/// Stands for a library: knows some names and not others, the same ones each time.
fn some_artists(name: &str) -> bool {
    name.len() % 3 == 0
}

/// Formats that programs read: they hold every entry, and give back for ever what they gave back once.
const EXACT: &[&str] = &["toml", "json", "xspf", "jspf", "csv", "tsv", "m3u8", "pls", "cue"];

/// What is true of every listing: the native format gives it back, formats of other programs lose no entry,
/// no name and no file, and all that take it can be read again.
fn check(mut listing: Listing) {
    assert!(listing.unread.iter().all(|unread| unread.line > 0), "lines count from 1");
    // Without a title and a file there is no entry.
    listing.entries.retain(|entry| !entry.title.trim().is_empty() || entry.file.is_some());
    // Bytes that are no text are percent-encoded in formats that are text, and stay so.
    for file in listing.entries.iter_mut().filter_map(|entry| entry.file.as_mut()) {
        *file = file.to_string_lossy().into_owned().into();
    }
    let listing = &listing;
    for format in FORMATS.iter().map(|format| format.name) {
        let Some((again, written)) = again(listing, format) else { continue };
        let Ok(again) = again else { panic!("{format} is not read back: {again:?}\n{written}") };
        if ["toml", "json"].contains(&format) {
            assert_eq!(native(&again), native(listing), "{written}");
        }
        if EXACT.contains(&format) {
            assert_eq!(named(&again, format), named(listing, format), "{format} loses something:\n{written}");
            if let Some((Ok(third), rewritten)) = self::again(&again, format) {
                assert_eq!(native(&third), native(&again), "{format} changes again:\n{written}\n{rewritten}");
            }
        }
    }
}

/// What comes back of a listing that is written and read, and the text between.
fn again(listing: &Listing, format: &str) -> Option<(Result<Listing, ReadError>, String)> {
    let written = format::write(listing, format).ok().filter(|_| !listing.entries.is_empty())?;
    let again = format::read_as(written.as_bytes(), format, &|_| false);
    (!matches!(again, Err(ReadError::TooLarge { .. } | ReadError::Empty))).then_some((again, written))
}

/// What the native format holds: the fields, and not the lines that they were written as.
fn native(listing: &Listing) -> Listing {
    let mut listing = listing.clone();
    listing.unread.clear();
    for entry in &mut listing.entries {
        entry.more.text.clear();
        entry.more.markup = None;
    }
    listing
}

/// The name and the file of each entry, as far as every format can tell them.
fn named(listing: &Listing, format: &str) -> Vec<(String, Option<String>)> {
    let name = |entry: &Entry| {
        let words = |text: &str| Some(text.trim().replace('"', "'")).filter(|text| !text.is_empty());
        let (artist, title) = (entry.artist.as_deref().and_then(words), words(&entry.title));
        let name = artist.into_iter().chain(title).collect::<Vec<_>>().join(" - ");
        // A sheet's own artist is that of its tracks.
        let own = if format == "cue" { name.rsplit(" - ").next() } else { None };
        own.unwrap_or(&name).trim_start_matches("- ").split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let file = |entry: &Entry| {
        let file = entry.file.as_ref()?.to_str()?;
        let odd = |c: char| c.is_control() || "%\"\u{fffe}\u{ffff}".contains(c);
        // What a format has no way to write is percent-encoded, and a name that begins oddly is "./ name".
        Some(file.strip_prefix("./").unwrap_or(file).to_owned()).filter(|file| !file.contains(odd))
    };
    listing.entries.iter().map(|entry| (name(entry), file(entry))).collect()
}
