//! Takes a verb and its arguments, or items to play; gives the running player's answer to it.
//! Never starts a player, never prints.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use interprocess::local_socket::{Stream, traits::Stream as _};
use serde_json::Value;

use super::message::{LINE, Line};
use super::seat;
use crate::player::{Item, Opening, Origin, Place};

/// How long an answer may take: longer than the longest wait for a change to be heard.
const PATIENCE: Duration = Duration::from_secs(15);
/// Items of one request, so that no line grows too long.
const BATCH: usize = 500;

/// Why the player that runs could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// None runs.
    #[error("no tonearm is playing; start one with `tonearm play`")]
    Nobody,
    /// It runs and cannot be reached.
    #[error("the tonearm that is playing cannot be reached: {0}")]
    Io(#[from] io::Error),
    /// It says no.
    #[error("{0}")]
    Refused(String),
    /// It says something that is no answer.
    #[error("the tonearm that is playing gave no answer that can be read; is it of another version?")]
    Answer,
}

/// A connection to the player that runs.
#[derive(Debug)]
pub struct Client {
    lines: BufReader<Stream>,
}

impl Client {
    /// Connects to the player behind that socket.
    ///
    /// # Errors
    /// [`ClientError::Nobody`] when none runs.
    pub fn connect(socket: &Path) -> Result<Self, ClientError> {
        let stream = seat::connect(socket)?.ok_or(ClientError::Nobody)?;
        stream.set_recv_timeout(Some(PATIENCE))?;
        stream.set_send_timeout(Some(PATIENCE))?;
        Ok(Self { lines: BufReader::new(stream) })
    }

    /// Says a verb; gives the answer's fields. With `wait` it comes when the change is heard.
    ///
    /// # Errors
    /// When the player says no, or does not answer.
    pub fn ask(&mut self, verb: &str, arguments: &[String], wait: bool) -> Result<Value, ClientError> {
        self.call(&Line { arguments: arguments.to_vec(), wait, ..Line::new(verb) })
    }

    /// Hands over a listing to be played in the place of what plays, where it was left if that is known. One
    /// that is too long for a line begins anew.
    ///
    /// # Errors
    /// When the player says no, or does not answer.
    pub fn open(&mut self, opening: &Opening) -> Result<Value, ClientError> {
        let origin = opening.origin.as_deref().map(|origin| match origin.items == opening.items {
            true => Origin { items: Vec::new(), ..origin.clone() },
            false => origin.clone(),
        });
        let bookmark = opening.bookmark.clone();
        let line = Line { items: owned(&opening.items), origin, bookmark, ..Line::new("play") };
        if opening.items.len() > BATCH && text(&line)?.len() > LINE {
            return self.play(&opening.items, Place::Replace);
        }
        self.call(&line)
    }

    /// Hands over items to play.
    ///
    /// # Errors
    /// When the player says no, or does not answer.
    pub fn play(&mut self, items: &[Arc<Item>], place: Place) -> Result<Value, ClientError> {
        let mut batches: Vec<(&[Arc<Item>], Place)> = Vec::new();
        for (at, batch) in items.chunks(BATCH).enumerate() {
            // What is to come next is handed over from its end, so that it comes in its order.
            let place = if at > 0 && place == Place::Replace { Place::Append } else { place };
            batches.push((batch, place));
        }
        if place == Place::Next {
            batches.reverse();
        }
        let mut answer = Err(ClientError::Answer);
        for (batch, place) in batches {
            let items = owned(batch);
            answer = Ok(self.call(&Line { items, place: Some(place.into()), ..Line::new("play") })?);
        }
        answer
    }

    /// Listens to events; `heard` is given each line, and says whether to go on.
    ///
    /// # Errors
    /// When the player cannot be asked. Its end is the end of the events.
    pub fn events(mut self, mut heard: impl FnMut(&str) -> bool) -> Result<(), ClientError> {
        self.lines.get_ref().set_recv_timeout(None)?;
        let mut stream = self.lines.get_ref();
        stream.write_all(b"{\"command\":\"events\"}\n")?;
        let mut line = String::new();
        while self.lines.read_line(&mut line)? > 0 {
            if !heard(line.trim_end()) {
                return Ok(());
            }
            line.clear();
        }
        Ok(())
    }

    fn call(&mut self, line: &Line) -> Result<Value, ClientError> {
        self.lines.get_ref().write_all(text(line)?.as_bytes())?;
        let mut answer = String::new();
        self.lines.read_line(&mut answer)?;
        let answer: Value = serde_json::from_str(&answer).map_err(|_| ClientError::Answer)?;
        match answer["ok"].as_bool() {
            Some(true) => Ok(answer),
            Some(false) => Err(ClientError::Refused(answer["error"].as_str().unwrap_or_default().to_owned())),
            None => Err(ClientError::Answer),
        }
    }
}

/// What is sent of items that others hold.
fn owned(items: &[Arc<Item>]) -> Vec<Item> {
    items.iter().map(|item| Item::clone(item)).collect()
}

fn text(line: &Line) -> Result<String, ClientError> {
    let mut text = serde_json::to_string(line).map_err(io::Error::from)?;
    text.push('\n');
    Ok(text)
}
