//! Takes the commands about listings; gives those of the listener's folders and those that clients saved. A listing
//! is loaded as it is played elsewhere: its entries are found among the listener's files.
//! Never changes a listing that a person keeps: what clients save and change lies in a folder of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::ack::Fault;
use super::arguments::{local, number, place, range};
use super::house::House;
use super::idle::Parts;
use super::moment;
use super::reply::Reply;
use super::session::Session;
use super::song::Song;
use super::table::Done;
use crate::paths::write_whole;
use crate::player::Item;
use crate::playlist::format;
use crate::playlist::{Details, Entry, Listing};

/// The format of what clients save: it can name a part of a file, and who made what, so that a file is found again
/// when it was moved.
const SAVED: &str = "toml";
/// Entries that a saved listing may have; as in MPD.
const LONGEST: usize = 16_384;

/// A listing's file by the name that clients know it by: the file's, without its ending. Of two with the same name
/// the one that clients saved counts, then the first.
fn all(house: &House) -> BTreeMap<String, PathBuf> {
    let mut all = BTreeMap::new();
    let folders = std::iter::once(&house.backing.saved).chain(&house.backing.listings);
    for folder in folders {
        let Ok(files) = fs::read_dir(folder) else { continue };
        let mut files: Vec<PathBuf> = files.filter_map(|file| Some(file.ok()?.path())).collect();
        files.sort();
        for file in files.into_iter().filter(|file| is_listing(file)) {
            let name = file.file_stem().and_then(|stem| stem.to_str());
            if let Some(name) = name.filter(|name| check(name).is_ok()) {
                all.entry(name.to_owned()).or_insert(file);
            }
        }
    }
    all
}

fn is_listing(file: &Path) -> bool {
    let extension = file.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| format::by_name(extension).is_some()) && file.is_file()
}

/// Whether it can be a listing's name: never a path.
fn check(name: &str) -> Done {
    let is_name = !name.is_empty()
        && !name.starts_with('.')
        && name.len() <= 200
        && !name.contains(|c: char| c == '/' || c == '\\' || c.is_control());
    if is_name {
        return Ok(());
    }
    Err(Fault::Argument("Bad playlist name".into()))
}

/// The file of the listing of that name.
fn file(house: &House, name: &str) -> Result<PathBuf, Fault> {
    check(name)?;
    all(house).remove(name).ok_or(Fault::NoPlaylist)
}

/// The place of what clients save under that name.
fn saved(house: &House, name: &str) -> PathBuf {
    house.backing.saved.join(format!("{name}.{SAVED}"))
}

/// The file of a listing that clients may change.
fn own(house: &House, name: &str) -> Result<PathBuf, Fault> {
    let path = file(house, name)?;
    if path == saved(house, name) {
        return Ok(path);
    }
    Err(Fault::Refused(format!(
        "{name} is a listing of its owner's: it is loaded, and not changed from here"
    )))
}

fn read(path: &Path) -> Result<Listing, Fault> {
    let unreadable = |error: &dyn std::fmt::Display| Fault::Listing(error.to_string());
    let bytes = fs::read(path).map_err(|error| unreadable(&error))?;
    format::read(&bytes, path.to_str()).map_err(|error| unreadable(&error))
}

fn write(house: &House, path: &Path, listing: &Listing) -> Done {
    if listing.entries.len() > LONGEST {
        return Err(Fault::Refused("the playlist is too long".into()));
    }
    let text = format::write(listing, SAVED).map_err(|error| Fault::Refused(error.to_string()))?;
    write_whole(path, text.as_bytes()).map_err(|error| Fault::Refused(error.to_string()))?;
    house.board.changed(Parts::STORED_PLAYLIST);
    Ok(())
}

/// What a listing holds of something to play.
fn entry(item: &Item) -> Entry {
    Entry {
        artist: item.label.artist.clone(),
        title: item.label.title.clone(),
        file: Some(item.part.path.clone()),
        more: Details {
            album: item.label.album.clone(),
            span: item.part.span,
            gains: item.part.gains,
            ..Details::default()
        }
        .into(),
        ..Entry::default()
    }
}

/// All listings.
pub(super) fn tell_all(house: &House, reply: &mut Reply) {
    for (name, path) in all(house) {
        reply.pair("playlist", name);
        let modified = fs::metadata(path).and_then(|about| about.modified()).ok();
        let seconds =
            modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok()).map(|time| time.as_secs());
        reply.pair_of("Last-Modified", seconds.and_then(|s| i64::try_from(s).ok()).map(moment::written));
    }
}

pub(super) fn list(session: &mut Session, _: &[String], reply: &mut Reply) -> Done {
    tell_all(&session.house, reply);
    Ok(())
}

/// What a listing's entries are, and how many of them there are no files for.
fn found(house: &House, name: &str) -> Result<(Vec<Item>, usize), Fault> {
    let found = (house.backing.find)(&file(house, name)?).map_err(Fault::Listing)?;
    Ok((found.items, found.missing))
}

fn songs(session: &Session, name: &str) -> Result<Vec<Song>, Fault> {
    let (items, _) = found(&session.house, name)?;
    let catalogue = session.house.catalogue().ok();
    Ok(items.iter().map(|item| session.house.song(item, catalogue.as_deref())).collect())
}

pub(super) fn names(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    songs(session, &arguments[0])?.into_iter().for_each(|song| reply.pair("file", song.uri));
    Ok(())
}

pub(super) fn info(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    songs(session, &arguments[0])?.iter().for_each(|song| song.tell(session.wanted, reply));
    Ok(())
}

pub(super) fn load(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let house = &session.house;
    let name = &arguments[0];
    let (mut items, missing) = found(house, name)?;
    let total = items.len() + missing;
    let places = arguments.get(1).map_or(Ok(0..items.len()), |text| range(text, items.len()))?;
    let at = arguments.get(2).map(|text| {
        let current = house.current(&house.remote.status());
        let queue = house.queue();
        place(text, current.and_then(|id| queue.place(id)), queue.rows().len())
    });
    let at = at.transpose()?;
    house.insert(items.drain(places).collect(), at);
    if missing > 0 {
        house.notice(Some(format!("{name}: {missing} of {total} entries were not found among your files")));
        house.board.changed(Parts::PLAYER);
    }
    Ok(())
}

pub(super) fn save(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let (house, name) = (&session.house, &arguments[0]);
    check(name)?;
    if all(house).contains_key(name) {
        return Err(Fault::Exists);
    }
    let entries = house.queue().rows().iter().map(|row| entry(&row.item)).collect();
    write(house, &saved(house, name), &Listing { title: Some(name.clone()), entries, ..Listing::default() })
}

/// Puts songs behind a saved listing, or into a new one.
pub(super) fn append(house: &House, name: &str, songs: &[Song]) -> Done {
    insert(house, name, songs, None)
}

fn insert(house: &House, name: &str, songs: &[Song], at: Option<usize>) -> Done {
    check(name)?;
    let (path, mut listing) = match own(house, name) {
        Ok(path) => (path.clone(), read(&path)?),
        Err(Fault::NoPlaylist) => {
            (saved(house, name), Listing { title: Some(name.to_owned()), ..Listing::default() })
        }
        Err(other) => return Err(other),
    };
    let at = at.unwrap_or(listing.entries.len());
    if at > listing.entries.len() {
        return Err(Fault::Index);
    }
    listing.entries.splice(at..at, songs.iter().map(|song| entry(&song.item())));
    write(house, &path, &listing)
}

pub(super) fn add(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let at = arguments.get(2).map(|text| number(text)).transpose()?;
    let catalogue = session.house.catalogue()?;
    let uri = local(&arguments[1])?;
    let mut songs: Vec<Song> = catalogue.song(uri).into_iter().collect();
    if songs.is_empty() {
        let is_there = catalogue.walk(uri, &mut |node| {
            if let super::catalogue::Node::Song(song) = node {
                songs.push(*song);
            }
        });
        if !is_there {
            return Err(Fault::NoFolder);
        }
    }
    insert(&session.house, &arguments[0], &songs, at)
}

fn change(house: &House, name: &str, change: impl FnOnce(&mut Vec<Entry>) -> Done) -> Done {
    let path = own(house, name)?;
    let mut listing = read(&path)?;
    change(&mut listing.entries)?;
    write(house, &path, &listing)
}

pub(super) fn clear(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    change(&session.house, &arguments[0], |entries| {
        entries.clear();
        Ok(())
    })
}

pub(super) fn delete(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    change(&session.house, &arguments[0], |entries| {
        let places = range(&arguments[1], entries.len())?;
        entries.drain(places);
        Ok(())
    })
}

pub(super) fn shift(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    change(&session.house, &arguments[0], |entries| {
        let (from, to) = (number(&arguments[1])?, number(&arguments[2])?);
        if from.max(to) >= entries.len() {
            return Err(Fault::Argument("Bad range".into()));
        }
        let entry = entries.remove(from);
        entries.insert(to, entry);
        Ok(())
    })
}

pub(super) fn remove(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let path = own(&session.house, &arguments[0])?;
    fs::remove_file(path).map_err(|error| Fault::Refused(error.to_string()))?;
    session.house.board.changed(Parts::STORED_PLAYLIST);
    Ok(())
}

pub(super) fn rename(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let house = &session.house;
    let path = own(house, &arguments[0])?;
    check(&arguments[1])?;
    if all(house).contains_key(&arguments[1]) {
        return Err(Fault::Already("Playlist exists already"));
    }
    let mut listing = read(&path)?;
    listing.title = Some(arguments[1].clone());
    write(house, &saved(house, &arguments[1]), &listing)?;
    fs::remove_file(path).map_err(|error| Fault::Refused(error.to_string()))?;
    house.board.changed(Parts::STORED_PLAYLIST);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_a_path() {
        for name in ["rocky-iv", "Side A & B", "Jóga", "a.b"] {
            assert_eq!(check(name), Ok(()));
        }
        for name in ["", "../x", "a/b", "/etc/passwd", ".hidden", "a\nb", "a\\b", &"x".repeat(300)] {
            assert!(check(name).is_err(), "{name}");
        }
    }
}
