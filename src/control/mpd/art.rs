//! Takes the commands that ask for covers; gives them piece by piece: the file that lies beside a song, or what the
//! song's file carries.
//! Never reads a file outside the song's folder, or one that is larger than a cover is.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::ack::Fault;
use super::arguments::{local, number};
use super::reply::Reply;
use super::session::Session;
use super::table::Done;
use crate::library::{cover, picture};

/// A file that is being read piece by piece.
#[derive(Debug)]
pub(super) struct Cover {
    uri: String,
    file: File,
    size: u64,
}

/// A picture that is being read piece by piece.
#[derive(Debug)]
pub(super) struct Picture {
    uri: String,
    kind: String,
    bytes: Vec<u8>,
}

pub(super) fn album(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    let (uri, from) = (local(&arguments[0])?, number(&arguments[1])? as u64);
    // The folder is read once a cover, not once a piece.
    let held = session.cover.take().filter(|held| held.uri == uri && from > 0);
    let mut held = match held {
        Some(held) => held,
        None => open_cover(session, uri)?,
    };
    if from > held.size {
        return Err(Fault::Argument("Offset too large".into()));
    }
    let piece = read_piece(&mut held.file, from, session.binary).map_err(refused)?;
    reply.pair("size", held.size);
    reply.binary(&piece);
    if from + (piece.len() as u64) < held.size {
        session.cover = Some(held);
    }
    Ok(())
}

fn refused(error: io::Error) -> Fault {
    Fault::Refused(error.to_string())
}

fn open_cover(session: &Session, uri: &str) -> Result<Cover, Fault> {
    let catalogue = session.house.catalogue()?;
    let folder = match catalogue.song(uri) {
        Some(song) => song.track.path.parent().map(Path::to_owned),
        None => catalogue.folder_path(uri),
    };
    let path = folder.as_deref().and_then(cover).ok_or(Fault::NoFile)?;
    let file = File::open(path).map_err(refused)?;
    let size = file.metadata().map_err(refused)?.len();
    Ok(Cover { uri: uri.to_owned(), file, size })
}

fn read_piece(file: &mut File, from: u64, bytes: usize) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(from))?;
    let mut piece = Vec::new();
    file.take(bytes as u64).read_to_end(&mut piece)?;
    Ok(piece)
}

pub(super) fn embedded(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    let (uri, from) = (local(&arguments[0])?, number(&arguments[1])?);
    if session.picture.as_ref().is_none_or(|held| held.uri != uri) {
        let song = session.house.catalogue()?.song(uri).ok_or(Fault::NoSong)?;
        let held = picture(&song.track.path);
        session.picture =
            held.map(|picture| Picture { uri: uri.to_owned(), kind: picture.kind, bytes: picture.bytes });
    }
    // A song without a picture is answered with nothing.
    let Some(held) = &session.picture else { return Ok(()) };
    let rest = held.bytes.get(from..).ok_or_else(|| Fault::Argument("Offset too large".into()))?;
    let piece = &rest[..rest.len().min(session.binary)];
    reply.pair("size", held.bytes.len());
    reply.pair("type", &held.kind);
    reply.binary(piece);
    if piece.len() == rest.len() {
        session.picture = None;
    }
    Ok(())
}
