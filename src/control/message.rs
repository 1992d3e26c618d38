//! Takes one line of JSON from the socket; gives the request in it, and writes answers as lines.
//! The shapes here are a contract with scripts: fields are added, never renamed.
//! Never touches the socket or the player.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::picture::Picture;
use super::verb::{self, VerbError, Wish};
use crate::cue::{Gains, Sector, Span};
use crate::player::{Item, Label, Part, Place};

/// A line as it comes in: `{"id":1,"command":"seek","arguments":["+10"],"wait":true}`, or with the
/// command `play`, `{"command":"play","where":"append","items":[{"file":"/a.flac","title":"A"}]}`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    /// Comes back with the answer, whatever it is.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub(super) id: Value,
    pub(super) command: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) arguments: Vec<String>,
    /// Answer only when the change is heard.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) wait: bool,
    /// Of `play`: what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) items: Vec<SentItem>,
    /// Of `play`: where in the queue.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<SentPlace>,
}

/// An item on its way from one tonearm to another.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SentItem {
    file: SentPath,
    /// Where in the file it begins, and where it ends, in sectors of a cue sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Sector>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<Sector>,
    /// What a cue sheet says of its loudness.
    #[serde(default, skip_serializing_if = "Gains::is_none")]
    gains: Gains,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    artist: Option<String>,
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    album: Option<String>,
}

/// A path: text, or its bytes where they are no Unicode.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
enum SentPath {
    Text(String),
    Bytes(Vec<u8>),
}

/// Where in the queue new items go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum SentPlace {
    Replace,
    Append,
    Next,
}

impl From<SentPlace> for Place {
    fn from(place: SentPlace) -> Self {
        match place {
            SentPlace::Replace => Self::Replace,
            SentPlace::Append => Self::Append,
            SentPlace::Next => Self::Next,
        }
    }
}

impl From<Place> for SentPlace {
    fn from(place: Place) -> Self {
        match place {
            Place::Replace => Self::Replace,
            Place::Append => Self::Append,
            Place::Next => Self::Next,
        }
    }
}

impl From<&Item> for SentItem {
    fn from(item: &Item) -> Self {
        let Label { artist, title, album } = item.label.clone();
        let Part { path, span, gains } = item.part.clone();
        let (from, to) = (span.map(Span::from), span.and_then(Span::to));
        Self { file: path.into(), from, to, gains, artist, title, album }
    }
}

impl From<SentItem> for Item {
    fn from(sent: SentItem) -> Self {
        let label = Label { artist: sent.artist, title: sent.title, album: sent.album };
        let span = sent.from.and_then(|from| Span::new(from, sent.to));
        Self { part: Part { path: sent.file.into(), span, gains: sent.gains }, label }
    }
}

impl From<PathBuf> for SentPath {
    fn from(path: PathBuf) -> Self {
        match path.into_os_string().into_string() {
            Ok(text) => Self::Text(text),
            Err(bytes) => Self::Bytes(bytes.into_encoded_bytes()),
        }
    }
}

impl From<SentPath> for PathBuf {
    fn from(path: SentPath) -> Self {
        match path {
            SentPath::Text(text) => Self::from(text),
            SentPath::Bytes(bytes) => of_bytes(bytes),
        }
    }
}

#[cfg(unix)]
fn of_bytes(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

#[cfg(not(unix))]
fn of_bytes(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

/// What a line asks for.
#[derive(Debug)]
pub(super) enum Request {
    Wish(Wish),
    Play { items: Vec<Item>, place: Place },
}

/// Why a line is no request.
#[derive(Debug, thiserror::Error)]
pub(super) enum RequestError {
    #[error("that is no request: {0}; try {{\"command\":\"status\"}}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Verb(#[from] VerbError),
    #[error("\"play\" needs items, each with a file and a title")]
    NoItems,
}

/// A request, with what its answer needs.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) id: Value,
    pub(super) wait: bool,
    pub(super) request: Result<Request, RequestError>,
}

/// Reads a line.
pub(super) fn read(line: &[u8]) -> Read {
    match serde_json::from_slice::<Line>(line) {
        Ok(line) => Read { id: line.id.clone(), wait: line.wait, request: request(line) },
        Err(error) => Read { id: Value::Null, wait: false, request: Err(error.into()) },
    }
}

fn request(line: Line) -> Result<Request, RequestError> {
    if line.command != "play" {
        return Ok(Request::Wish(verb::parse(&line.command, &line.arguments)?));
    }
    if line.items.is_empty() {
        return Err(RequestError::NoItems);
    }
    let place = line.place.unwrap_or(SentPlace::Replace).into();
    Ok(Request::Play { items: line.items.into_iter().map(Item::from).collect(), place })
}

/// An answer that all is well, with how the player stands.
pub(super) fn done(id: &Value, picture: &Picture) -> String {
    answer(id, json!({ "ok": true, "status": picture }))
}

/// An answer with the queue in the order of playing.
pub(super) fn queue(id: &Value, picture: &Picture, queue: &[Value]) -> String {
    answer(id, json!({ "ok": true, "status": picture, "queue": queue }))
}

/// An answer that it cannot be done, and why.
pub(super) fn refused(id: &Value, why: &str) -> String {
    answer(id, json!({ "ok": false, "error": why }))
}

fn answer(id: &Value, mut fields: Value) -> String {
    if !id.is_null() {
        fields["id"] = id.clone();
    }
    format!("{fields}\n")
}

/// An event with the fields that go with it.
pub(super) fn event(name: &str, fields: Map<String, Value>) -> String {
    let mut all = Map::from_iter([("event".to_owned(), Value::from(name))]);
    all.extend(fields);
    format!("{}\n", Value::Object(all))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::cue::Gain;
    use crate::player::Command;

    #[test]
    fn a_command_is_read_with_its_id() {
        let read = read(br#"{"id":7,"command":"seek","arguments":["+10"],"wait":true}"#);
        assert_eq!((read.id, read.wait), (json!(7), true));
        assert!(matches!(read.request, Ok(Request::Wish(Wish::Do(Command::SeekBy(10_000))))));
    }

    #[test]
    fn items_go_over_the_line_and_back() {
        let label = Label { artist: None, title: "B".into(), album: Some("C".into()) };
        let span = Span::new(Sector(75), Some(Sector(150)));
        let gains = Gains { track: Some(Gain { millidecibels: -6_500, peak: None }), album: None };
        let items = vec![
            Item { part: Part { path: "/a b.flac".into(), span, gains }, label: label.clone() },
            Item { part: of_bytes(b"/\xff.flac".to_vec()).into(), label },
        ];
        let line = Line {
            id: Value::Null,
            command: "play".into(),
            arguments: Vec::new(),
            wait: false,
            items: items.iter().map(SentItem::from).collect(),
            place: Some(SentPlace::Next),
        };
        let read = read(serde_json::to_string(&line).unwrap().as_bytes());
        let Ok(Request::Play { items: back, place: Place::Next }) = read.request else { panic!("{read:?}") };
        assert_eq!(back, items);
    }

    #[test]
    fn what_is_no_request_is_said_in_one_sentence() {
        let why = |line: &str| read(line.as_bytes()).request.unwrap_err().to_string();
        assert!(why("pause").starts_with("that is no request: expected value at line 1"));
        assert!(why(r#"{"command":"pause","argument":1}"#).contains("unknown field `argument`"));
        assert_eq!(why(r#"{"command":"play"}"#), "\"play\" needs items, each with a file and a title");
    }

    #[test]
    fn answers_are_one_line_each() {
        let picture = crate::control::picture::tests::picture();
        for line in
            [done(&json!("x\n"), &picture), refused(&Value::Null, "no\nway"), queue(&json!(1), &picture, &[])]
        {
            assert_eq!(line.matches('\n').count(), 1);
            assert!(line.ends_with('\n'));
        }
        assert_eq!(refused(&json!(3), "no"), "{\"error\":\"no\",\"id\":3,\"ok\":false}\n");
    }

    proptest! {
        #[test]
        fn no_bytes_bring_it_down(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }
    }
}
