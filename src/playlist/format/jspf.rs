//! Takes JSPF (<https://xspf.org/jspf>), XSPF as JSON, in the strict and in the loose form that services
//! write; gives its listing. Writes JSPF that ListenBrainz and players read.
//! Never refuses for a field it does not need: one of the wrong type counts as absent.

use serde_json::{Map, Value, json};

use super::json::{pretty, problem, texts};
use super::problem::{Problem, ProblemKind};
use super::{KnowsArtist, dump, length, location};
use crate::playlist::{Details, Entry, Listing};

/// The key of our own extension: what JSPF has no field for.
const EXTENSION: &str = "tonearm:listing";
/// The key of ListenBrainz's extension (<https://musicbrainz.org/doc/jspf>): an object, no array of them.
const LISTENBRAINZ: &str = "https://musicbrainz.org/doc/jspf#playlist";

pub(super) fn sniff(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(200).filter(|c| !c.is_whitespace()).collect();
    head.starts_with("{\"playlist\":") || (head.starts_with('{') && text.contains("\"trackList\""))
}

pub(super) fn read(text: &str, _: &KnowsArtist<'_>) -> Result<Listing, Vec<Problem>> {
    let root: Value =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| vec![problem(&error)])?;
    let playlist = root.get("playlist").unwrap_or(&root);
    let tracks = playlist.get("track").or_else(|| playlist.get("trackList"));
    let Some(tracks) = tracks.and_then(Value::as_array) else {
        return dump::listing(&root)
            .ok_or(vec![Problem { line: 1, kind: ProblemKind::MissingElement("track") }]);
    };
    let own = own(playlist);
    Ok(Listing {
        title: text_of(playlist, "title"),
        artist: text_of(playlist, "creator"),
        date: text_of(playlist, "date").or_else(|| text_of(own, "date")),
        source: text_of(playlist, "annotation"),
        entries: tracks.iter().map(entry).collect(),
        ..Listing::default()
    })
}

fn entry(track: &Value) -> Entry {
    Entry {
        artist: text_of(track, "creator"),
        title: text_of(track, "title").unwrap_or_default(),
        number: small(track, "trackNum"),
        disc: small(own(track), "disc"),
        length: number_of(track, "duration").and_then(length::from_millis),
        file: text_of(track, "location").map(|text| location::path(&text, "")),
        more: Details {
            album: text_of(track, "album"),
            section: text_of(own(track), "section"),
            identifiers: texts_of(track, "identifier"),
            note: text_of(track, "annotation"),
            ..Details::default()
        }
        .into(),
    }
}

/// Our own extension; null where there is none.
fn own(object: &Value) -> &Value {
    let extension = &object["extension"][EXTENSION];
    extension.get(0).unwrap_or(extension)
}

/// The text of a field, or the first one of an array of texts.
fn text_of(object: &Value, key: &str) -> Option<String> {
    let value = object.get(key)?;
    let text = value.as_str().or_else(|| value.get(0)?.as_str())?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The texts of a field: one, or an array of them.
fn texts_of(object: &Value, key: &str) -> Vec<String> {
    let texts = texts(&object[key]).map(str::trim);
    texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// A whole number, also in quotes or with a fraction.
fn number_of(object: &Value, key: &str) -> Option<u64> {
    let value = object.get(key)?;
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    (0.0..9e15).contains(&number).then_some(number.round() as u64)
}

fn small(object: &Value, key: &str) -> Option<u32> {
    number_of(object, key)?.try_into().ok()
}

pub(super) fn write(listing: &Listing) -> String {
    let mut playlist = Map::new();
    put(&mut playlist, "title", listing.title.as_deref());
    put(&mut playlist, "creator", listing.artist.as_deref());
    put(&mut playlist, "annotation", listing.source.as_deref());
    // ListenBrainz takes no playlist that does not say this; whoever sends one may say otherwise.
    let mut extension = Map::from_iter([(LISTENBRAINZ.to_owned(), json!({ "public": false }))]);
    if let Some(date) = &listing.date {
        extension.insert(EXTENSION.to_owned(), json!([{ "date": date }]));
    }
    playlist.insert("extension".into(), extension.into());
    playlist.insert("track".into(), listing.entries.iter().map(track).collect());
    pretty(&json!({ "playlist": playlist }))
}

fn track(entry: &Entry) -> Value {
    let mut track = Map::new();
    put(&mut track, "title", Some(&entry.title));
    put(&mut track, "creator", entry.artist.as_deref());
    put(&mut track, "album", entry.more.album.as_deref());
    put(&mut track, "annotation", entry.more.note.as_deref());
    if let Some(number) = entry.number {
        track.insert("trackNum".into(), number.into());
    }
    if let Some(length) = entry.length {
        track.insert("duration".into(), (length.as_millis() as u64).into());
    }
    if let Some(file) = &entry.file {
        track.insert("location".into(), json!([location::of_path(file)]));
    }
    if !entry.more.identifiers.is_empty() {
        track.insert("identifier".into(), json!(entry.more.identifiers));
    }
    let mut own = Map::new();
    put(&mut own, "section", entry.more.section.as_deref());
    if let Some(disc) = entry.disc {
        own.insert("disc".into(), disc.into());
    }
    if !own.is_empty() {
        track.insert("extension".into(), json!({ EXTENSION: [own] }));
    }
    track.into()
}

fn put(object: &mut Map<String, Value>, key: &str, text: Option<&str>) {
    if let Some(text) = text {
        object.insert(key.to_owned(), text.into());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let strict = r#"{"playlist":{"title":"T","track":[{"title":"Rain","creator":"Velo","album":"Night",
            "trackNum":2,"duration":61500,"location":["a%20b.ogg"],"identifier":["https://example.org/r/1"]}]}}"#;
        let loose = r#"{ "playlist" : {"title":"T","trackList":[{"title":"Rain","creator":"Velo","album":"Night",
            "trackNum":"2","duration":"61500","location":"a%20b.ogg","identifier":"https://example.org/r/1"}]}}"#;
        assert!(sniff(strict) && sniff(loose));
        let listing = read(strict, &|_| false).unwrap();
        assert_eq!(listing, read(loose, &|_| false).unwrap());
        assert_eq!(listing.entries[0].line(), "2. Velo - Rain");
        assert_eq!(listing.entries[0].file, Some("a b.ogg".into()));
        assert_eq!(listing.entries[0].more.identifiers, ["https://example.org/r/1"]);
        assert_eq!(read(&write(&listing), &|_| false).unwrap(), listing);
    }

    /// What its playlist API asks of a new playlist: a title, whether it is public, a recording for each track.
    #[test]
    fn listenbrainz_takes_what_is_written() {
        let recording = "https://musicbrainz.org/recording/00000000-0000-4000-8000-000000000001";
        let entry = Entry {
            artist: Some("Velo".into()),
            title: "Rain".into(),
            more: Details { identifiers: vec![recording.into()], ..Details::default() }.into(),
            ..Entry::default()
        };
        let listing = Listing { title: Some("Night".into()), entries: vec![entry], ..Listing::default() };
        let written: Value = serde_json::from_str(&write(&listing)).unwrap();
        let playlist = &written["playlist"];
        assert_eq!(playlist["title"], "Night");
        assert_eq!(playlist["extension"]["https://musicbrainz.org/doc/jspf#playlist"]["public"], false);
        assert_eq!(playlist["track"][0]["identifier"], json!([recording]));
        assert_eq!(playlist["track"][0]["title"], "Rain");
        assert_eq!(playlist["track"][0]["creator"], "Velo");
        assert!(playlist.get("creator").is_none(), "the server names the owner");
    }

    #[test]
    fn what_is_no_playlist_is_refused() {
        assert!(read("{\"playlist\":{}}", &|_| false).is_err());
        assert!(read("{\"playlist\":{\"track\":[5,{}]}}", &|_| false).is_ok());
    }
}
