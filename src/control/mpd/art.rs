//! Takes the commands that ask for covers; gives them piece by piece: the file that lies beside a song, or what the
//! song's file carries.
//! Never reads a file outside the song's folder, or one that is larger than a cover is.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::ack::Fault;
use super::arguments::number;
use super::reply::Reply;
use super::session::Session;
use super::table::Done;
use crate::library::{cover, picture};

/// A picture that is being read piece by piece.
#[derive(Debug)]
pub(super) struct Picture {
    uri: String,
    kind: String,
    bytes: Vec<u8>,
}

pub(super) fn album(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    let from = number(&arguments[1])? as u64;
    let catalogue = session.house.catalogue()?;
    let folder = match catalogue.song(&arguments[0]) {
        Some(song) => song.track.path.parent().map(Path::to_owned),
        None => catalogue.folder_path(&arguments[0]),
    };
    let path = folder.as_deref().and_then(cover).ok_or(Fault::NoFile)?;
    let refused = |error: std::io::Error| Fault::Refused(error.to_string());
    let mut file = File::open(path).map_err(refused)?;
    let size = file.metadata().map_err(refused)?.len();
    if from > size {
        return Err(Fault::Argument("Offset too large".into()));
    }
    file.seek(SeekFrom::Start(from)).map_err(refused)?;
    let mut piece = Vec::new();
    file.take(session.binary as u64).read_to_end(&mut piece).map_err(refused)?;
    reply.pair("size", size);
    reply.binary(&piece);
    Ok(())
}

pub(super) fn embedded(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    let (uri, from) = (&arguments[0], number(&arguments[1])?);
    if session.picture.as_ref().is_none_or(|held| held.uri != *uri) {
        let song = session.house.catalogue()?.song(uri).ok_or(Fault::NoSong)?;
        let held = picture(&song.track.path);
        session.picture =
            held.map(|picture| Picture { uri: uri.clone(), kind: picture.kind, bytes: picture.bytes });
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
