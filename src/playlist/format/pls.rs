//! Takes PLS, the INI of WinAmp and SHOUTcast: `File1`, `Title1`, `Length1`; gives entries in the order
//! of their numbers, whatever the order of the lines and whatever `NumberOfEntries` says.
//! Never drops a line: what is no key of the format, or comes twice, is unread.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use super::m3u::{NO_FILE, display, escape_start, finish, is_bare, seconds, show};
use super::problem::Problem;
use super::{KnowsArtist, length, lines};
use crate::playlist::{Entry, Listing, Unread};

pub(super) fn sniff(text: &str) -> bool {
    let first = lines::split(text).map(str::trim).find(|line| !line.is_empty());
    first.is_some_and(|line| line.eq_ignore_ascii_case("[playlist]"))
}

/// What the lines with one number say.
#[derive(Default)]
struct Parts<'a> {
    file: Option<&'a str>,
    title: Option<&'a str>,
    length: Option<&'a str>,
}

pub(super) fn read(text: &str, _: &KnowsArtist<'_>) -> Result<Listing, Vec<Problem>> {
    let mut listing = Listing::default();
    // By number; the second number counts the entries without one that a comment keeps behind it.
    let mut parts: BTreeMap<(u64, usize), Parts<'_>> = BTreeMap::new();
    for (index, line) in lines::split(text).enumerate() {
        let trimmed = line.trim();
        if let Some(title) = trimmed.strip_prefix(';').and_then(|comment| comment.strip_prefix(NO_FILE)) {
            let (number, kept) = parts.last_key_value().map_or((0, 0), |(key, _)| *key);
            parts.insert((number, kept + 1), Parts { title: Some(title), ..Parts::default() });
        } else if !is_empty(trimmed) && (line.contains('\0') || !take(line, &mut parts)) {
            listing.unread.push(Unread { line: index + 1, text: trimmed.to_owned() });
        }
    }
    listing.entries = parts.into_values().filter_map(entry).collect();
    Ok(listing)
}

/// Lines that say nothing of an entry: blank, a comment, the header, what is counted anyway.
fn is_empty(line: &str) -> bool {
    let key = line.split('=').next().unwrap_or_default().trim().to_ascii_lowercase();
    line.is_empty()
        || line.starts_with([';', '#'])
        || matches!(key.as_str(), "[playlist]" | "numberofentries" | "version")
}

/// Keeps what a line says; `false` where it is no key of the format, or says it again.
fn take<'a>(line: &'a str, parts: &mut BTreeMap<(u64, usize), Parts<'a>>) -> bool {
    // A name may end in a space; it cannot begin with one that is told from the one behind "=".
    let Some((key, value)) = line.split_once('=') else { return false };
    let key = key.trim().to_ascii_lowercase();
    let digits = key.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let Ok(number) = digits.parse() else { return false };
    let parts = parts.entry((number, 0)).or_default();
    let place = match &key[..key.len() - digits.len()] {
        "file" => &mut parts.file,
        "title" => &mut parts.title,
        "length" => &mut parts.length,
        _ => return false,
    };
    let first = place.is_none();
    place.get_or_insert(value);
    first
}

fn entry(parts: Parts<'_>) -> Option<Entry> {
    let mut entry = Entry::default();
    if let Some(title) = parts.title {
        show(title, &mut entry);
    }
    entry.length = parts.length.and_then(length::parse).filter(|length| *length > Duration::ZERO);
    match parts.file.filter(|file| !file.trim().is_empty()) {
        Some(file) => Some(finish(entry, file)),
        // A title without a file can still be found.
        None => (!entry.title.is_empty()).then_some(entry),
    }
}

/// Version 2. Players want numbers without gaps, so an entry without a file is kept as a comment.
pub(super) fn write(listing: &Listing) -> String {
    let mut out = String::from("[playlist]\n");
    let mut count = 0;
    for entry in &listing.entries {
        let display = display(entry);
        let Some(file) = &entry.file else {
            let _ = writeln!(out, ";{NO_FILE}{display}");
            continue;
        };
        count += 1;
        let _ = writeln!(out, "File{count}={}", escape_start(file));
        if !is_bare(entry, file) {
            let _ = writeln!(out, "Title{count}={display}");
        }
        let _ = writeln!(out, "Length{count}={}", seconds(entry));
    }
    let _ = writeln!(out, "NumberOfEntries={count}\nVersion=2");
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn entries_follow_their_numbers() {
        let text = "\r\n[Playlist]\r\nNumberOfEntries=1\r\nFILE2=b%20c.mp3\r\nfile1= a.mp3\r\nTitle1=Velo - Rain\r\n\
                    Length1=61\r\nLength2=-1\r\nTitle10=Last\r\nFile1=again.mp3\r\nnonsense\r\n";
        assert!(sniff(text));
        let listing = read(text, &|_| false).unwrap();
        let seen: Vec<_> = listing.entries.iter().map(|e| (e.title.as_str(), e.file.as_deref())).collect();
        let file = |name: &'static str| Some(std::path::Path::new(name));
        assert_eq!(seen, [("Rain", file(" a.mp3")), ("b c", file("b%20c.mp3")), ("Last", None)]);
        assert_eq!(listing.entries[0].length, Some(Duration::from_secs(61)));
        assert_eq!(listing.unread.iter().map(|u| u.line).collect::<Vec<_>>(), [10, 11]);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut listing = read("[playlist]\nFile1=x/y.flac\nTitle1=A - B\nLength1=10\n", &|_| false).unwrap();
        let mut without = Entry::default();
        show("C - D", &mut without);
        listing.entries = vec![without.clone(), listing.entries[0].clone(), without.clone(), without];
        assert_eq!(read(&write(&listing), &|_| false).unwrap(), listing);
    }
}
