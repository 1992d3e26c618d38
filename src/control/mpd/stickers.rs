//! Takes what clients note beside songs (ratings, mostly); keeps it in one small file, and gives it back.
//! Never changes a song; never writes over a file that it cannot read.
//!
//! The file is TOML, a table a song, under the song's absolute path, so that a note outlives another `--music`.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::ack::Fault;
use super::catalogue::Catalogue;
use super::idle::Parts;
use super::reply::Reply;
use super::session::Session;
use super::table::Done;
use crate::paths;

/// The longest file that is read, in bytes: some ten thousand songs.
const LONGEST: u64 = 16 << 20;

type Notes = BTreeMap<String, BTreeMap<String, String>>;

/// What is noted of songs.
#[derive(Debug)]
pub(super) struct Stickers {
    file: PathBuf,
    /// Read when it is first asked for.
    notes: Mutex<Option<Notes>>,
}

impl Stickers {
    pub(super) fn new(file: PathBuf) -> Self {
        Self { file, notes: Mutex::default() }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Notes) -> T) -> Result<T, Fault> {
        let mut held = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() {
            *held = Some(load(&self.file).map_err(Fault::Refused)?);
        }
        Ok(act(held.get_or_insert_default()))
    }

    /// Changes the notes, and writes them down if anything has changed.
    fn change(&self, act: impl FnOnce(&mut Notes) -> bool) -> Result<bool, Fault> {
        self.with(|notes| {
            let before = notes.clone();
            if !act(notes) {
                return Ok(false);
            }
            notes.retain(|_, of_song| !of_song.is_empty());
            let text = toml::to_string(notes).map_err(|error| Fault::Refused(error.to_string()));
            let written = text.and_then(|text| {
                paths::write_whole(&self.file, text.as_bytes())
                    .map_err(|error| Fault::Refused(error.to_string()))
            });
            if written.is_err() {
                *notes = before;
            }
            written.map(|()| true)
        })?
    }
}

fn load(file: &Path) -> Result<Notes, String> {
    let told = |error: &dyn std::fmt::Display| format!("{} cannot be read: {error}", file.display());
    match fs::metadata(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Notes::new()),
        Ok(about) if about.len() > LONGEST => return Err(told(&"it is too long")),
        _ => {}
    }
    let text = fs::read_to_string(file).map_err(|error| told(&error))?;
    toml::from_str(&text).map_err(|error| told(&error.message()))
}

/// How values are compared, as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    Any,
    Is,
    Below,
    Above,
}

impl Test {
    fn takes(self, value: &str, wanted: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Is => value == wanted,
            Self::Below => value < wanted,
            Self::Above => value > wanted,
        }
    }
}

fn bad() -> Fault {
    Fault::Argument("bad request".into())
}

/// The path under which a song is noted.
fn key(catalogue: &Catalogue, uri: &str) -> Result<String, Fault> {
    let song = catalogue.song(uri).ok_or(Fault::NoSong)?;
    let path = catalogue.path(&song.uri).ok_or(Fault::NoSong)?;
    path.to_str().map(str::to_owned).ok_or_else(|| Fault::Refused("its path is no Unicode".into()))
}

/// `sticker get|set|delete|list|find song URI ...`
pub(super) fn sticker(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    let (word, kind, rest) = match arguments {
        [word, kind, rest @ ..] => (word.as_str(), kind.as_str(), rest),
        _ => return Err(bad()),
    };
    if kind != "song" {
        return Err(Fault::Argument("unknown sticker domain".into()));
    }
    let catalogue = session.house.catalogue()?;
    let stickers = &session.house.stickers;
    match (word, rest) {
        ("get", [uri, name]) => {
            let key = key(&catalogue, uri)?;
            let value = stickers.with(|notes| notes.get(&key)?.get(name).cloned())?;
            let value = value.ok_or(Fault::NoSticker)?;
            reply.pair("sticker", format_args!("{name}={value}"));
            Ok(())
        }
        ("set", [uri, name, value]) => {
            if name.is_empty() || name.contains(['=', '\n']) {
                return Err(Fault::Argument("invalid sticker name".into()));
            }
            let key = key(&catalogue, uri)?;
            let same = |notes: &Notes| notes.get(&key).and_then(|of_song| of_song.get(name)) == Some(value);
            let changed = stickers.change(|notes| {
                let is_new = !same(notes);
                notes.entry(key.clone()).or_default().insert(name.clone(), value.clone());
                is_new
            })?;
            tell(session, changed);
            Ok(())
        }
        ("delete", [uri, name @ ..]) if name.len() <= 1 => {
            let key = key(&catalogue, uri)?;
            let removed = stickers.change(|notes| match name.first() {
                Some(name) => notes.get_mut(&key).is_some_and(|of_song| of_song.remove(name).is_some()),
                None => notes.remove(&key).is_some(),
            })?;
            tell(session, removed);
            if removed { Ok(()) } else { Err(Fault::NoSticker) }
        }
        ("list", [uri]) => {
            let key = key(&catalogue, uri)?;
            for (name, value) in stickers.with(|notes| notes.get(&key).cloned())?.unwrap_or_default() {
                reply.pair("sticker", format_args!("{name}={value}"));
            }
            Ok(())
        }
        ("find", [uri, name]) => find(session, &catalogue, uri, name, (Test::Any, ""), reply),
        ("find", [uri, name, test, wanted]) => {
            let test = match test.as_str() {
                "=" => Test::Is,
                "<" => Test::Below,
                ">" => Test::Above,
                _ => return Err(Fault::Argument("bad operator".into())),
            };
            find(session, &catalogue, uri, name, (test, wanted), reply)
        }
        _ => Err(bad()),
    }
}

fn tell(session: &Session, changed: bool) {
    if changed {
        session.house.board.changed(Parts::STICKER);
    }
}

/// The songs of a folder and below that have such a note.
fn find(
    session: &Session,
    catalogue: &Catalogue,
    uri: &str,
    name: &str,
    (test, wanted): (Test, &str),
    reply: &mut Reply,
) -> Done {
    let uri = uri.trim_matches('/');
    let is_below = |song: &str| {
        uri.is_empty() || song.strip_prefix(uri).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut found: Vec<(String, String)> = session.house.stickers.with(|notes| {
        let songs = notes.iter().filter_map(|(path, of_song)| {
            let value = of_song.get(name).filter(|value| test.takes(value, wanted))?;
            let song = catalogue.uri(Path::new(path)).filter(|song| is_below(song))?;
            Some((song, value.clone()))
        });
        songs.collect()
    })?;
    found.retain(|(song, _)| catalogue.song(song).is_some());
    for (song, value) in found {
        reply.pair("file", song);
        reply.pair("sticker", format_args!("{name}={value}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn note(stickers: &Stickers, path: &str, name: &str, value: &str) -> bool {
        let set = |notes: &mut Notes| {
            notes.entry(path.into()).or_default().insert(name.into(), value.into());
            true
        };
        stickers.change(set).unwrap()
    }

    #[test]
    fn what_is_noted_is_there_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("data/stickers.toml");
        note(&Stickers::new(file.clone()), "/m/a \"b\".flac", "rating", "8");
        let again = Stickers::new(file.clone());
        let value = again.with(|notes| notes["/m/a \"b\".flac"]["rating"].clone());
        assert_eq!(value.unwrap(), "8");
        assert!(again.change(|notes| notes.remove("/m/a \"b\".flac").is_some()).unwrap());
        assert_eq!(fs::read_to_string(file).unwrap(), "");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("stickers.toml");
        fs::write(&file, "rating = ").unwrap();
        let stickers = Stickers::new(file.clone());
        let why = stickers.change(|_| true).unwrap_err().to_string();
        assert!(why.contains("stickers.toml cannot be read"), "{why}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "rating = ");
    }

    #[test]
    fn values_are_compared_as_text() {
        assert!(Test::Is.takes("8", "8") && !Test::Is.takes("8", "08"));
        assert!(Test::Below.takes("10", "8") && Test::Above.takes("8", "10"), "as text, 10 is below 8");
        assert!(Test::Any.takes("", "x"));
    }
}
