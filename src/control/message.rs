//! Takes one line of JSON from the socket; gives the request in it, and writes answers as lines.
//! The shapes here are a contract with scripts: fields are added, never renamed.
//! Never touches the socket or the player.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::picture::Picture;
use super::verb::{self, VerbError, Wish};
use crate::player::{Bookmark, Item, Opening, Origin, Place};

/// The longest line that is read, in bytes: a listing of some fifty thousand entries fits. Only the player's owner can say it.
pub(super) const LINE: usize = 16 << 20;

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
    pub(super) items: Vec<Item>,
    /// Of `play` in the place of all there is: what the items are of, to be kept with where it was left. Its own
    /// items are left out where they are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) origin: Option<Origin>,
    /// Of `play` in the place of all there is: where it was left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) bookmark: Option<Bookmark>,
    /// Of `play`: where in the queue.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<SentPlace>,
}

impl Line {
    /// A command alone.
    pub(super) fn new(command: &str) -> Self {
        Self {
            id: Value::Null,
            command: command.to_owned(),
            arguments: Vec::new(),
            wait: false,
            items: Vec::new(),
            origin: None,
            bookmark: None,
            place: None,
        }
    }
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
            Place::Next | Place::At(_) => Self::Next,
        }
    }
}

/// What a line asks for.
#[derive(Debug)]
pub(super) enum Request {
    Wish(Wish),
    Play { items: Vec<Item>, place: Place },
    Open(Opening),
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
    match line.place.unwrap_or(SentPlace::Replace).into() {
        Place::Replace => {
            let items: Vec<Arc<Item>> = line.items.into_iter().map(Arc::new).collect();
            let origin = line.origin.map(|origin| match origin.items.is_empty() {
                true => Origin { items: items.clone(), ..origin },
                false => origin,
            });
            Ok(Request::Open(Opening { items, origin: origin.map(Arc::new), bookmark: line.bookmark }))
        }
        place => Ok(Request::Play { items: line.items, place }),
    }
}

/// An answer that all is well, with how the player stands.
pub(super) fn done(id: &Value, picture: &Picture) -> String {
    answer(id, json!({ "ok": true, "status": picture }))
}

/// An answer with the queue in the order of playing.
pub(super) fn queue(id: &Value, picture: &Picture, queue: &[Value]) -> String {
    answer(id, json!({ "ok": true, "status": picture, "queue": queue }))
}

/// An answer with where the sound goes.
pub(super) fn outputs(id: &Value, picture: &Picture, outputs: &[Value]) -> String {
    answer(id, json!({ "ok": true, "status": picture, "outputs": outputs }))
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
    use crate::player::Command;

    #[test]
    fn a_command_is_read_with_its_id() {
        let read = read(br#"{"id":7,"command":"seek","arguments":["+10"],"wait":true}"#);
        assert_eq!((read.id, read.wait), (json!(7), true));
        assert!(matches!(read.request, Ok(Request::Wish(Wish::Do(Command::SeekBy(10_000))))));
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
