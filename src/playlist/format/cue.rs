//! Takes a cue sheet; gives its tracks as entries, each with its file and the part of it that it is; and writes
//! entries as a sheet. What marks mean is said in `crate::cue`. Never leaves a line aside without a word.

use std::fmt::Write as _;
use std::time::Duration;

use super::m3u::NO_FILE;
use super::problem::Problem;
use super::{KnowsArtist, location, m3u, part};
use crate::cue::{Gains, Sector, Sheet, Sound, Span, Track};
use crate::playlist::{Details, Entry, Listing, Unread};

pub(super) fn sniff(text: &str) -> bool {
    Sheet::is_one(text)
}

pub(super) fn read(text: &str, _: &KnowsArtist<'_>) -> Result<Listing, Vec<Problem>> {
    let Sheet { title, performer, date, genre: _, disc, tracks, problems } = Sheet::read(text);
    let mut listing = Listing { title, artist: performer, date, ..Listing::default() };
    listing.unread = problems.into_iter().map(|p| Unread { line: p.line, text: p.text }).collect();
    let entries = tracks.into_iter().enumerate().map(|(at, track)| entry(at, track, disc, &listing));
    listing.entries = entries.collect();
    Ok(listing)
}

fn entry(at: usize, track: Track, disc: Option<u32>, sheet: &Listing) -> Entry {
    let Track { number, title, performer, songwriter: _, sound, gains } = track;
    let (file, span, note) = match sound {
        Sound::In { file, span } => (Some(file), span, None),
        Sound::Nowhere(why) => (None, None, Some(why.to_owned())),
        Sound::Unknown => (None, None, None),
    };
    let stem = || file.as_deref().filter(|_| span.is_none()).map(m3u::shown_stem);
    let unnamed = || format!("Track {}", number.unwrap_or(u32::try_from(at + 1).unwrap_or(u32::MAX)));
    Entry {
        artist: performer.or_else(|| sheet.artist.clone()),
        title: title.or_else(stem).unwrap_or_else(unnamed),
        number,
        disc,
        length: span.and_then(|span| span.length(None)).map(to_millis),
        file: file.map(Into::into),
        more: Details { album: sheet.title.clone(), span, gains, note, ..Details::default() }.into(),
    }
}

/// A listing's length needs no more.
fn to_millis(length: Duration) -> Duration {
    Duration::from_millis(u64::try_from(length.as_millis()).unwrap_or(u64::MAX))
}

/// A FILE for each file, again where its parts do not follow each other. An entry without a file is kept as a
/// remark. `REM END` says where a part ends that no INDEX ends: other players go on to the file's end there.
pub(super) fn write(listing: &Listing) -> String {
    let mut out = String::new();
    head(&mut out, listing);
    let numbers = numbers(listing);
    let mut count = 0;
    for (index, entry) in listing.entries.iter().enumerate() {
        let Some(file) = &entry.file else {
            // The sheet's own artist is that of every track, and need not be told from a title.
            let is_said = entry.artist == listing.artist && !entry.title.contains(" - ");
            let name = if is_said { entry.title.clone() } else { m3u::display(entry) };
            let _ = writeln!(out, "REM{NO_FILE}{name}");
            continue;
        };
        let number = numbers.get(count).copied().unwrap_or(count as u32 + 1);
        count += 1;
        let before = index.checked_sub(1).map(|before| &listing.entries[before]);
        if !before.is_some_and(|before| goes_on(before, entry)) {
            let file = location::written(file, &['"']);
            let _ = writeln!(out, "FILE \"{file}\" WAVE");
        }
        let _ = writeln!(out, "  TRACK {number:02} AUDIO\n    TITLE \"{}\"", quoted(&entry.title));
        if let Some(artist) = &entry.artist {
            let _ = writeln!(out, "    PERFORMER \"{}\"", quoted(artist));
        }
        if let Some(gain) = entry.more.gains.track {
            let _ = writeln!(out, "    REM REPLAYGAIN_TRACK_GAIN {}", part::gain(gain));
        }
        if let Some(peak) = entry.more.gains.track.and_then(part::peak_of) {
            let _ = writeln!(out, "    REM REPLAYGAIN_TRACK_PEAK {peak}");
        }
        let next = listing.entries.get(index + 1).filter(|next| goes_on(entry, next));
        let end = entry.more.span.and_then(Span::to);
        if let Some(end) =
            end.filter(|end| next.and_then(|next| next.more.span).is_none_or(|next| next.from() != *end))
        {
            let _ = writeln!(out, "    REM END {end}");
        }
        let _ = writeln!(out, "    INDEX 01 {}", entry.more.span.map_or(Sector(0), Span::from));
    }
    out
}

/// The tracks' own numbers where they rise from the first to the last, as those of a sheet have to; else none,
/// and tracks are counted.
fn numbers(listing: &Listing) -> Vec<u32> {
    let filed = listing.entries.iter().filter(|entry| entry.file.is_some());
    let numbers: Vec<u32> = filed.map(|entry| entry.number.unwrap_or_default()).collect();
    let rise = numbers.windows(2).all(|pair| pair[0] < pair[1]);
    let fit =
        numbers.first().is_some_and(|first| *first > 0) && numbers.last().is_some_and(|last| *last < 100);
    if rise && fit { numbers } else { Vec::new() }
}

/// Whether an entry is a later part of the file of the one before it.
fn goes_on(before: &Entry, entry: &Entry) -> bool {
    let parts = before.more.span.and_then(Span::to).zip(entry.more.span);
    before.file == entry.file && parts.is_some_and(|(end, span)| end <= span.from())
}

fn head(out: &mut String, listing: &Listing) {
    if let Some(date) = &listing.date {
        let _ = writeln!(out, "REM DATE \"{}\"", quoted(date));
    }
    let entries = &listing.entries;
    let first = |entry: &Entry| (entry.disc, entry.more.gains.album);
    // What is said of the disc holds for all of it.
    if let Some((disc, album)) = entries.first().map(first) {
        if let Some(disc) = disc.filter(|disc| entries.iter().all(|entry| entry.disc == Some(*disc))) {
            let _ = writeln!(out, "REM DISCNUMBER {disc}");
        }
        let is_alike = |entry: &Entry| entry.more.gains == Gains { album, ..entry.more.gains };
        if let Some(album) = album.filter(|_| entries.iter().all(is_alike)) {
            let _ = writeln!(out, "REM REPLAYGAIN_ALBUM_GAIN {}", part::gain(album));
            if let Some(peak) = part::peak_of(album) {
                let _ = writeln!(out, "REM REPLAYGAIN_ALBUM_PEAK {peak}");
            }
        }
    }
    if let Some(artist) = &listing.artist {
        let _ = writeln!(out, "PERFORMER \"{}\"", quoted(artist));
    }
    if let Some(title) = &listing.title {
        let _ = writeln!(out, "TITLE \"{}\"", quoted(title));
    }
}

/// A cue sheet has no way to write a quotation mark inside quotation marks.
fn quoted(text: &str) -> String {
    text.replace('"', "'")
}

#[cfg(test)]
mod tests;
