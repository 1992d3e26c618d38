//! Takes a cue sheet; gives its tracks with title, performer and length. Where each track has a FILE of
//! its own, the entry names it; tracks inside one file say in their note where they start.
//! Never names a whole disc as the file of one of its tracks.

use std::fmt::Write as _;
use std::time::Duration;

use super::m3u::{NO_FILE, flat, one_line};
use super::problem::{Problem, WriteError};
use super::{KnowsArtist, length, lines, m3u};
use crate::playlist::{Entry, Listing, Unread};

/// Frames a second: the sectors of a CD.
const FRAMES: u64 = 75;

pub(super) fn sniff(text: &str) -> bool {
    lines::split(text).take(500).any(|line| {
        let line = line.trim().to_ascii_uppercase();
        line.starts_with("TRACK ") && line.ends_with(" AUDIO")
    })
}

/// A track as the sheet describes it.
#[derive(Default)]
struct Track {
    entry: Entry,
    /// Which FILE it starts in.
    file: usize,
    /// INDEX 01, in frames.
    start: Option<u64>,
}

pub(super) fn read(text: &str, _: &KnowsArtist<'_>) -> Result<Listing, Vec<Problem>> {
    let mut listing = Listing::default();
    let mut files: Vec<&str> = Vec::new();
    let mut tracks: Vec<Track> = Vec::new();
    for (index, line) in lines::split(text).enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (command, rest) = word(line.trim());
        let value = value(rest);
        let known = match (command.to_ascii_uppercase().as_str(), tracks.last_mut()) {
            ("FILE", _) => {
                files.push(value);
                !value.is_empty()
            }
            ("TRACK", _) => {
                let number = word(rest).0.parse().ok();
                let file = files.len().saturating_sub(1);
                tracks.push(Track { entry: Entry { number, ..Entry::default() }, file, start: None });
                number.is_some()
            }
            ("TITLE", Some(track)) => set(&mut track.entry.title, value),
            ("TITLE", None) => set(listing.title.get_or_insert_default(), value),
            ("PERFORMER", Some(track)) => set(track.entry.artist.get_or_insert_default(), value),
            ("PERFORMER", None) => set(listing.artist.get_or_insert_default(), value),
            ("INDEX", Some(track)) => index_mark(rest, track, files.len()),
            ("REM", _) => {
                remark(rest, &mut listing);
                true
            }
            ("CATALOG" | "CDTEXTFILE" | "FLAGS" | "ISRC" | "POSTGAP" | "PREGAP" | "SONGWRITER", _) => true,
            _ => false,
        };
        if !known || line.contains('\0') {
            listing.unread.push(Unread { line: index + 1, text: line.trim().to_owned() });
        }
    }
    listing.entries = entries(tracks, &files, &listing);
    Ok(listing)
}

/// The first word, and the rest.
fn word(text: &str) -> (&str, &str) {
    let (first, rest) = text.split_once([' ', '\t']).unwrap_or((text, ""));
    (first, rest.trim())
}

/// What stands in quotes, or the words but for a file's kind behind them.
fn value(rest: &str) -> &str {
    if let Some(quoted) = rest.strip_prefix('"') {
        return quoted.rsplit_once('"').map_or(quoted, |(inner, _)| inner);
    }
    match rest.rsplit_once(' ') {
        Some((name, kind))
            if ["WAVE", "MP3", "AIFF", "BINARY", "MOTOROLA"].iter().any(|k| kind.eq_ignore_ascii_case(k)) =>
        {
            name
        }
        _ => rest,
    }
}

fn set(place: &mut String, value: &str) -> bool {
    value.clone_into(place);
    true
}

/// `REM DATE 1985` is the only remark of use here.
fn remark(rest: &str, listing: &mut Listing) {
    let (key, date) = word(rest);
    if key.eq_ignore_ascii_case("DATE") && !date.is_empty() {
        listing.date = Some(value(date).to_owned());
    }
}

/// INDEX 01 starts the track; others (the pregap's 00 among them) are marks within.
fn index_mark(rest: &str, track: &mut Track, files: usize) -> bool {
    let (number, time) = word(rest);
    let Some(frames) = frames(time) else { return false };
    if number.parse() == Ok(1_u8) {
        track.start = Some(frames);
        // A pregap may end the file before: the track is in the file of its start.
        track.file = files.saturating_sub(1);
    }
    true
}

/// `mm:ss:ff` in frames; minutes may be many, but no more than can be.
fn frames(time: &str) -> Option<u64> {
    let mut parts = time.split(':').map(|part| part.parse::<u32>().ok());
    let (minutes, seconds, frames) = (parts.next()??, parts.next()??, parts.next()??);
    let sound = parts.next().is_none() && minutes < 60_000 && seconds < 60 && u64::from(frames) < FRAMES;
    sound.then(|| (u64::from(minutes) * 60 + u64::from(seconds)) * FRAMES + u64::from(frames))
}

fn duration(frames: u64) -> Duration {
    Duration::from_secs(frames / FRAMES) + Duration::from_millis(frames % FRAMES * 1000 / FRAMES)
}

fn entries(tracks: Vec<Track>, files: &[&str], listing: &Listing) -> Vec<Entry> {
    let mut shared = vec![0_usize; files.len()];
    for track in &tracks {
        if let Some(count) = shared.get_mut(track.file) {
            *count += 1;
        }
    }
    let next: Vec<_> = tracks.iter().skip(1).map(|track| (track.file, track.start)).collect();
    let mut entries = Vec::with_capacity(tracks.len());
    for (index, Track { mut entry, file, start }) in tracks.into_iter().enumerate() {
        let end = next.get(index).filter(|(next, _)| *next == file).and_then(|(_, start)| *start);
        if let (Some(start), Some(end)) = (start, end) {
            entry.length = end.checked_sub(start).filter(|frames| *frames > 0).map(duration);
        }
        if let Some(name) = files.get(file) {
            if shared[file] == 1 {
                entry.file = Some((*name).into());
            } else {
                let start = start.map(duration).map(length::format).unwrap_or_default();
                entry.note = Some(format!("in {name}, from {start}"));
            }
        }
        if entry.title.is_empty() {
            let named = entry.file.as_deref().map(|file| m3u::shown_stem(&file.to_string_lossy()));
            entry.title =
                named.unwrap_or_else(|| format!("Track {}", entry.number.unwrap_or(index as u32 + 1)));
        }
        entry.artist = entry.artist.filter(|artist| !artist.is_empty()).or_else(|| listing.artist.clone());
        entry.album = listing.title.clone();
        entry.text = entry.composed_text();
        entries.push(entry);
    }
    entries
}

/// A FILE for each track, started at its beginning. An entry without a file is kept as a remark.
pub(super) fn write(listing: &Listing) -> Result<String, WriteError> {
    let mut out = String::new();
    let quoted = |text: &str| flat(text).replace('"', "'");
    if let Some(date) = &listing.date {
        let _ = writeln!(out, "REM DATE \"{}\"", quoted(date));
    }
    if let Some(artist) = &listing.artist {
        let _ = writeln!(out, "PERFORMER \"{}\"", quoted(artist));
    }
    if let Some(title) = &listing.title {
        let _ = writeln!(out, "TITLE \"{}\"", quoted(title));
    }
    let mut number = 0;
    for (index, entry) in listing.entries.iter().enumerate() {
        let Some(file) = &entry.file else {
            let _ = writeln!(out, "REM{NO_FILE}{}", flat(&m3u::display(entry)));
            continue;
        };
        number += 1;
        let file = one_line(file).filter(|name| !name.contains('"'));
        let file = file.ok_or(WriteError::FileName { entry: index + 1 })?;
        let _ = writeln!(
            out,
            "FILE \"{file}\" WAVE\n  TRACK {number:02} AUDIO\n    TITLE \"{}\"",
            quoted(&entry.title)
        );
        if let Some(artist) = &entry.artist {
            let _ = writeln!(out, "    PERFORMER \"{}\"", quoted(artist));
        }
        out.push_str("    INDEX 01 00:00:00\n");
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_whole_disc_gives_its_tracks_and_no_file() {
        let text = "rem date 1985\r\nperformer \"Velo\"\r\ntitle \"Night \"Drive\"\"\r\nfile \"disc one.flac\" wave\r\n\
                    track 01 audio\r\ntitle \"Rain\"\r\nindex 01 00:00:00\r\n\
                    track 02 audio\r\ntitle Glass\r\nperformer \"Nova Kite\"\r\nindex 00 03:40:00\r\nindex 01 03:41:15\r\nnonsense\r\n";
        assert!(sniff(text));
        let listing = read(text, &|_| false).unwrap();
        assert_eq!(
            (listing.title.as_deref(), listing.date.as_deref()),
            (Some("Night \"Drive\""), Some("1985"))
        );
        let [first, second] = &listing.entries[..] else { panic!("two entries") };
        assert_eq!(first.text, "1. Velo - Rain");
        assert_eq!(first.length, Some(Duration::from_millis(221_200)));
        assert_eq!((&first.file, &second.file), (&None, &None));
        assert_eq!(second.text, "2. Nova Kite - Glass");
        assert_eq!(second.note.as_deref(), Some("in disc one.flac, from 3:41.2"));
        assert_eq!(listing.unread[0].line, 13);
    }

    #[test]
    fn a_file_a_track_is_named_and_written_back() {
        let text = "TITLE \"Night\"\nFILE \"a b.wav\" WAVE\n  TRACK 01 AUDIO\n    TITLE \"Rain\"\n    PERFORMER \"Velo\"\n    INDEX 01 00:00:00\n\
                    FILE \"c.wav\" WAVE\n  TRACK 02 AUDIO\n    TITLE \"Glass\"\n    INDEX 01 00:00:00\n";
        let listing = read(text, &|_| false).unwrap();
        assert_eq!(listing.entries[0].file, Some("a b.wav".into()));
        assert_eq!(write(&listing).unwrap(), text);
    }

    #[test]
    fn hostile_marks_are_no_danger() {
        let text = "FILE a WAVE\nTRACK 99999999999 AUDIO\nINDEX 01 4294967295:00:00\nTRACK 2 AUDIO\nINDEX 01 00:61:00\nINDEX 1\n";
        assert_eq!(read(text, &|_| false).unwrap().unread.len(), 4);
    }
}
