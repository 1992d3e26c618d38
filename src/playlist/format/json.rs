//! Takes JSON: the object that tonearm writes and `match --json` prints, or a bare array of tracks; gives
//! its listing. Keys are those of the native format; ones that are not known are left alone, and an object that has
//! none of ours is another program's (`dump`).
//! Never takes JSPF: that is `jspf`'s.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::problem::{Problem, ProblemKind};
use super::{KnowsArtist, dump, length, location, part};
use crate::cue::{Gains, Sector, Span};
use crate::playlist::{Details, Entry, Listing, Unread};

pub(super) fn sniff(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with('{') || text.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with('{'))
}

#[derive(Serialize, Deserialize)]
struct Object {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    artist: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(alias = "tracks", alias = "track", default)]
    entries: Vec<Track>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unread: Vec<Line>,
}

#[derive(Serialize, Deserialize)]
struct Track {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    disc: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    artist: Option<String>,
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    album: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    section: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    duration: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(default, deserialize_with = "one_or_several", skip_serializing_if = "Vec::is_empty")]
    identifier: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gain: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    peak: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    album_gain: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    album_peak: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// `"3:41"` or seconds.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Time {
    Text(String),
    Seconds(f64),
}

/// A text or an array of texts; anything else counts as absent.
fn one_or_several<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Vec<String>, D::Error> {
    Ok(texts(&Value::deserialize(value)?).map(str::to_owned).collect())
}

/// The texts of a value: itself, or those of an array.
pub(super) fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let several = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    value.as_str().into_iter().chain(several)
}

#[derive(Serialize, Deserialize)]
struct Line {
    line: usize,
    text: String,
}

pub(super) fn read(text: &str, _: &KnowsArtist<'_>) -> Result<Listing, Vec<Problem>> {
    let text = text.trim_start_matches('\u{feff}');
    let object: Result<Object, _> = if text.trim_start().starts_with('[') {
        let bare = |entries| Object {
            entries,
            title: None,
            artist: None,
            date: None,
            source: None,
            unread: Vec::new(),
        };
        serde_json::from_str(text).map(bare)
    } else {
        serde_json::from_str(text)
    };
    // What is none of ours may be another program's.
    if object.as_ref().map_or(true, |object| object.entries.is_empty()) {
        let dumped = serde_json::from_str(text).ok().and_then(|root| dump::listing(&root));
        if let Some(listing) = dumped {
            return Ok(listing);
        }
    }
    let object = object.map_err(|error| vec![problem(&error)])?;
    Ok(Listing {
        title: object.title,
        artist: object.artist,
        date: object.date,
        source: object.source,
        entries: object.entries.into_iter().map(entry).collect(),
        unread: object.unread.into_iter().map(|u| Unread { line: u.line, text: u.text }).collect(),
        ..Listing::default()
    })
}

/// The parser's own words; the line stands in front of them already.
pub(super) fn problem(error: &serde_json::Error) -> Problem {
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    Problem { line: error.line().max(1), kind: ProblemKind::Syntax(words.to_owned()) }
}

fn entry(track: Track) -> Entry {
    // `match --json` gives the line of a page with its markup, which is nothing to read.
    let (markup, text) = track.text.map_or((None, None), |text| {
        if text.starts_with('<') && text.contains('>') { (Some(text), None) } else { (None, Some(text)) }
    });
    Entry {
        artist: track.artist,
        title: track.title,
        number: track.number,
        disc: track.disc,
        length: track.duration.and_then(duration),
        file: track.file.map(PathBuf::from),
        more: Details {
            text: text.unwrap_or_default(),
            markup,
            album: track.album,
            section: track.section,
            identifiers: track.identifier,
            // A part that ends before it begins is none.
            span: part::span(place(track.from), place(track.to)).unwrap_or(None),
            gains: Gains {
                track: part::read_gain(track.gain.as_deref(), track.peak.as_deref()),
                album: part::read_gain(track.album_gain.as_deref(), track.album_peak.as_deref()),
            },
            note: track.note,
        }
        .into(),
    }
}

fn place(text: Option<String>) -> Option<Sector> {
    text.as_deref().and_then(part::sector)
}

fn duration(time: Time) -> Option<Duration> {
    match time {
        Time::Text(text) => length::parse(&text),
        Time::Seconds(seconds) => length::from_seconds(seconds),
    }
}

pub(super) fn write(listing: &Listing) -> String {
    let object = Object {
        title: listing.title.clone(),
        artist: listing.artist.clone(),
        date: listing.date.clone(),
        source: listing.source.clone(),
        entries: listing.entries.iter().map(track).collect(),
        unread: listing.unread.iter().map(|u| Line { line: u.line, text: u.text.clone() }).collect(),
    };
    pretty(&serde_json::to_value(object).expect("keys are text and numbers are finite"))
}

/// On several lines, with a line break at the end.
pub(super) fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn track(entry: &Entry) -> Track {
    Track {
        text: Some(entry.more.text.clone()).filter(|text| !text.is_empty()),
        number: entry.number,
        disc: entry.disc,
        artist: entry.artist.clone(),
        title: entry.title.clone(),
        album: entry.more.album.clone(),
        section: entry.more.section.clone(),
        duration: entry.length.map(|time| Time::Text(length::format(time))),
        file: entry.file.as_deref().map(|file| location::exact(file).into_owned()),
        identifier: entry.more.identifiers.clone(),
        from: entry.more.span.map(|span| part::place(span.from())),
        to: entry.more.span.and_then(Span::to).map(part::place),
        gain: entry.more.gains.track.map(part::gain),
        peak: entry.more.gains.track.and_then(part::peak_of),
        album_gain: entry.more.gains.album.map(part::gain),
        album_peak: entry.more.gains.album.and_then(part::peak_of),
        note: entry.more.note.clone(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn objects_and_bare_arrays_are_read() {
        let object =
            r#"{"title":"T","tracks":[{"title":"Rain","artist":"Velo","duration":61.5,"status":"sure"}]}"#;
        let listing = read(object, &|_| false).unwrap();
        assert_eq!(listing.title.as_deref(), Some("T"));
        assert_eq!(listing.entries[0].line(), "Velo - Rain");
        assert_eq!(listing.entries[0].length, Some(Duration::from_millis(61_500)));
        let array = read("[{\"title\":\"Rain\",\"duration\":\"1:01.5\"}]", &|_| false).unwrap();
        assert_eq!(array.entries[0].length, listing.entries[0].length);
    }

    #[test]
    fn what_is_wrong_has_its_line() {
        let found = read("{\"tracks\":\n[{\"artist\":\"x\"}]}", &|_| false).unwrap_err();
        assert_eq!(found[0].to_string(), "line 2: missing field `title`");
        assert!(read(&"[".repeat(100_000), &|_| false).is_err());
    }
}
