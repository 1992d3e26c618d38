//! Takes the commands that ask for covers; gives them piece by piece: the file that lies beside a song, or what the
//! song's file carries.
//! Never reads a file outside the song's folder, or one that is larger than a cover is.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::ack::Fault;
use super::arguments::number;
use super::reply::Reply;
use super::session::Session;
use super::table::Done;
use crate::library::picture;

/// Larger files are no covers, in bytes.
const LARGEST: u64 = 32 << 20;

/// What covers are called, the usual first, and how they are stored.
const NAMES: &[&str] = &["cover", "folder", "front", "albumart", "album"];
const KINDS: &[&str] = &["png", "jpg", "jpeg", "webp", "jxl", "gif", "bmp"];

/// A picture that is being read piece by piece.
#[derive(Debug)]
pub(super) struct Picture {
    uri: String,
    kind: String,
    bytes: Vec<u8>,
}

/// The cover in a folder, which lies in it and not elsewhere.
fn cover(folder: &Path) -> Option<PathBuf> {
    let files = fs::read_dir(folder).ok()?.filter_map(|file| Some(file.ok()?.path()));
    let rank = |path: &PathBuf| {
        let text = |part: Option<&std::ffi::OsStr>| Some(part?.to_str()?.to_ascii_lowercase());
        let (name, kind) = (text(path.file_stem())?, text(path.extension())?);
        let place = |among: &[&str], word: &str| among.iter().position(|known| *known == word);
        Some((place(NAMES, &name)?, place(KINDS, &kind)?))
    };
    let mut covers: Vec<_> = files.filter_map(|path| Some((rank(&path)?, path))).collect();
    covers.sort();
    let home = folder.canonicalize().ok()?;
    covers.into_iter().map(|(_, path)| path).find(|path| {
        let is_file = fs::metadata(path).is_ok_and(|about| about.is_file() && about.len() <= LARGEST);
        is_file && path.canonicalize().is_ok_and(|real| real.starts_with(&home))
    })
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_cover_lies_in_the_folder_itself() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("album");
        fs::create_dir(&folder).unwrap();
        fs::write(home.path().join("secret.png"), "s").unwrap();
        assert_eq!(cover(&folder), None);
        std::os::unix::fs::symlink(home.path().join("secret.png"), folder.join("cover.png")).unwrap();
        assert_eq!(cover(&folder), None, "a link that leads out");
        fs::write(folder.join("Folder.JPG"), "f").unwrap();
        assert_eq!(cover(&folder), Some(folder.join("Folder.JPG")));
        fs::write(folder.join("cover.jpg"), "c").unwrap();
        assert_eq!(cover(&folder), Some(folder.join("cover.jpg")));
        fs::create_dir(folder.join("cover.webp")).unwrap();
        assert_eq!(cover(&folder), Some(folder.join("cover.jpg")));
        File::create(folder.join("cover.jpg")).unwrap().set_len(LARGEST + 1).unwrap();
        assert_eq!(cover(&folder), Some(folder.join("Folder.JPG")), "a file that is no cover");
    }
}
