//! Takes the JSON of a program or a service that has no format for listings; gives the tracks in it: the objects that
//! have a title among the keys that such programs use, and what else those say of one.
//! Never takes a value whose key does not say what it is, and never a list of names for one of tracks if there are both.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde_json::{Map, Value};

use super::length;
use crate::playlist::{Details, Entry, Listing};

const TITLES: &[&str] = &[
    "title",
    "name",
    "trackname",
    "tracktitle",
    "song",
    "songname",
    "songtitle",
    "mastermetadatatrackname",
    "track",
];
const ARTISTS: &[&str] = &[
    "artist",
    "artists",
    "artistname",
    "artistnames",
    "artistcredit",
    "creator",
    "performer",
    "performers",
    "interpret",
    "band",
    "singer",
    "singers",
    "mastermetadataalbumartistname",
];
const ALBUMS: &[&str] = &["album", "albumname", "albumtitle", "collectionname", "release"];
const LENGTHS: &[&str] = &["duration", "length", "time", "seconds", "durationseconds", "tracklength"];
const MILLISECONDS: &[&str] = &["durationms", "lengthms", "tracktimemillis", "trackdurationms"];
const NUMBERS: &[&str] = &["tracknumber", "trackno", "number", "position"];
/// What a list of entries may have around each track.
const WRAPPED: &[&str] = &["track", "song", "item", "recording"];
/// Longer than any track in seconds: then the number counts milliseconds.
const MOST_SECONDS: f64 = 20_000.0;

/// How much the objects under one key are like tracks, and those of them that may be.
type Tracks<'a> = (usize, Vec<&'a Map<String, Value>>);

/// The listing in the value; `None` where nothing has a title.
pub(super) fn listing(root: &Value) -> Option<Listing> {
    let mut lists: BTreeMap<&str, Tracks<'_>> = BTreeMap::new();
    let mut heads = Vec::new();
    let mut open: VecDeque<(&str, &Value)> = VecDeque::from([("", root)]);
    while let Some((key, value)) = open.pop_front() {
        match value {
            Value::Object(object) => {
                heads.extend(text(object, &["title", "name"]));
                open.extend(object.iter().map(|(key, value)| (key.as_str(), value)));
            }
            Value::Array(items) => {
                let tracks = items.iter().filter_map(Value::as_object).filter(|item| title(item).is_some());
                let (worth, list) = lists.entry(key).or_default();
                for track in tracks {
                    // What has an artist or a length besides is a track rather than a name.
                    let said = artist(track).is_some() || time(track).is_some();
                    *worth += if said { 3 } else { 1 };
                    list.push(track);
                }
                open.extend(items.iter().map(|item| ("", item)));
            }
            _ => {}
        }
    }
    let (_, tracks) = lists.into_values().max_by_key(|(worth, _)| *worth).filter(|(worth, _)| *worth > 0)?;
    let first = title(tracks.first()?);
    // The names that stand before the first track are those of the list.
    let name = heads.into_iter().next().filter(|name| Some(name) != first.as_ref());
    Some(Listing {
        title: name,
        entries: tracks.into_iter().filter_map(entry).collect(),
        ..Listing::default()
    })
}

fn entry(track: &Map<String, Value>) -> Option<Entry> {
    let number = value(track, NUMBERS).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
    Some(Entry {
        title: title(track)?,
        artist: artist(track),
        number: number.filter(|number| *number > 0),
        length: time(track),
        more: Details { album: text(track, ALBUMS), ..Details::default() }.into(),
        ..Entry::default()
    })
}

fn title(track: &Map<String, Value>) -> Option<String> {
    text(track, TITLES)
}

fn artist(track: &Map<String, Value>) -> Option<String> {
    text(track, ARTISTS)
}

fn time(track: &Map<String, Value>) -> Option<Duration> {
    if let Some(milliseconds) = value(track, MILLISECONDS).and_then(Value::as_u64) {
        return length::from_millis(milliseconds);
    }
    match value(track, LENGTHS)? {
        Value::String(text) => length::parse(text),
        time => {
            let seconds = time.as_f64()?;
            length::from_seconds(if seconds > MOST_SECONDS { seconds / 1000.0 } else { seconds })
        }
    }
    .filter(|time| !time.is_zero())
}

fn text(track: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    value(track, keys).and_then(words)
}

/// The value of the first of these keys that holds something, in the track or in what is wrapped in it.
fn value<'a>(track: &'a Map<String, Value>, keys: &[&str]) -> Option<&'a Value> {
    let wrapped = WRAPPED.iter().find_map(|key| track.get(*key)?.as_object());
    let own = |object: &'a Map<String, Value>| {
        keys.iter().find_map(|wanted| {
            let named = |key: &&String| {
                key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).eq(wanted.chars())
            };
            let (_, value) = object.iter().find(|(key, _)| named(key))?;
            (!value.is_null() && words_or_number(value)).then_some(value)
        })
    };
    wrapped.and_then(own).or_else(|| own(track))
}

fn words_or_number(value: &Value) -> bool {
    value.is_number() || words(value).is_some()
}

/// A text, the name of an object, or the names of several.
fn words(value: &Value) -> Option<String> {
    let name = |value: &Value| {
        let own = value.as_str();
        let named = ["name", "title", "#text"].iter().find_map(|key| value.get(key)?.as_str());
        own.or(named).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    match value {
        Value::Array(items) => {
            let names: Vec<String> = items.iter().filter_map(name).collect();
            (!names.is_empty()).then(|| names.join(", "))
        }
        value => name(value),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(text: &str) -> Listing {
        listing(&serde_json::from_str(text).unwrap()).unwrap()
    }

    #[test]
    fn tracks_are_found_by_their_keys_wherever_they_are() {
        let api = read(
            r#"{"playlist":{"name":"Night","items":[
                {"added_at":"x","track":{"name":"Rain","artists":[{"name":"Velo"},{"name":"Ada"}],"album":{"name":"Sea"},"duration_ms":221000}},
                {"added_at":"x","track":{"name":"Glass","artists":[{"name":"Velo"}],"duration_ms":242000}}]}}"#,
        );
        assert_eq!(api.title.as_deref(), Some("Night"));
        let seen: Vec<_> =
            api.entries.iter().map(|e| (e.line().into_owned(), e.length.unwrap().as_secs())).collect();
        assert_eq!(seen, [("Velo, Ada - Rain".into(), 221), ("Velo - Glass".into(), 242)]);
        assert_eq!(api.entries[0].more.album.as_deref(), Some("Sea"));
        let release = read(
            r#"{"media":[{"tracks":[{"number":1,"title":"Rain","length":221000}]},{"tracks":[{"number":1,"title":"Salt","length":"3:41"}]}],"genres":[{"name":"a"},{"name":"b"}]}"#,
        );
        let seen: Vec<_> =
            release.entries.iter().map(|e| (e.title.as_str(), e.length.unwrap().as_secs())).collect();
        assert_eq!(seen, [("Rain", 221), ("Salt", 221)]);
        assert_eq!(listing(&serde_json::json!({"a": [1, {"b": []}]})), None);
    }
}
