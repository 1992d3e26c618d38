//! Takes an item of the queue; gives what MPRIS says of it: names, place, length, cover.
//! Never changes a file of the listener's; pictures from inside files are copied to the cache.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use mpris_server::{Metadata, Time, TrackId};

use crate::library;
use crate::paths;
use crate::player::{Item, ItemId};

/// As many copied pictures stay; those that were shown longest ago go.
const PICTURES: usize = 100;

/// The name of an entry on the bus; it stays the same while the entry is in the queue.
pub(super) fn track_id(id: ItemId) -> TrackId {
    TrackId::try_from(format!("/org/tonearm/track/{}", id.0)).unwrap_or(TrackId::NO_TRACK) // digits are always fine
}

/// The entry of that name.
pub(super) fn item_id(track: &TrackId) -> Option<ItemId> {
    track.as_str().strip_prefix("/org/tonearm/track/")?.parse().ok().map(ItemId)
}

/// What is said of an entry, without its picture.
pub(super) fn of(id: ItemId, item: &Item, length: Option<Duration>) -> Metadata {
    let mut metadata = Metadata::new();
    metadata.set_trackid(Some(track_id(id)));
    metadata.set_title(Some(item.label.title.clone()));
    metadata.set_artist(item.label.artist.clone().map(|artist| [artist]));
    metadata.set_album(item.label.album.clone());
    metadata.set_url(Some(uri_of(&item.part.path)));
    metadata.set_length(length.map(time));
    metadata
}

/// Adds what the tags of its file say beyond its names. A part of a file has no tags of its own.
pub(super) fn add_tags(metadata: &mut Metadata, item: &Item) {
    if item.part.span.is_some() {
        return;
    }
    let Ok(track) = library::track_of(&item.part.path) else { return };
    let number = |number: Option<u32>| number.and_then(|number| i32::try_from(number).ok());
    let tags = track.tags;
    metadata.set_track_number(number(tags.track));
    metadata.set_disc_number(number(tags.disc));
    metadata.set_genre(tags.genre.map(|genre| [genre]));
    metadata.set_album_artist(tags.album_artist.map(|artist| [artist]));
    metadata.set_composer(tags.composer.map(|composer| [composer]));
    metadata.set_content_created(tags.date.as_deref().and_then(created));
    if metadata.length().is_none() {
        metadata.set_length(track.length.map(time));
    }
}

/// A date as tags have it, in the words of ISO 8601: a year alone is its first day.
fn created(date: &str) -> Option<String> {
    let digits = |part: &str, count| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    let day = date.trim().split(['T', ' ']).next().unwrap_or_default();
    let mut parts = day.split('-');
    let year = parts.next().filter(|year| digits(year, 4))?;
    let month = parts.next().filter(|month| digits(month, 2) && *month != "00").unwrap_or("01");
    let day = parts.next().filter(|day| digits(day, 2) && *day != "00").unwrap_or("01");
    Some(format!("{year}-{month}-{day}T00:00:00Z"))
}

pub(super) fn time(time: Duration) -> Time {
    Time::from_micros(i64::try_from(time.as_micros()).unwrap_or(i64::MAX))
}

/// The URI of an item's cover: one that lies beside it, or the one that it carries, copied to `folder`.
pub(super) fn art(item: &Item, folder: &Path) -> Option<String> {
    let file = &item.part.path;
    if let Some(cover) = file.parent().and_then(library::cover) {
        return Some(uri_of(&cover));
    }
    let picture = library::picture(file)?;
    let ending = match picture.kind.as_str() {
        "image/jpeg" | "image/jpg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "image/bmp" => "bmp",
        _ => "",
    };
    let copy = folder.join(format!("{:016x}", number(&picture.bytes))).with_extension(ending);
    if copy.exists() {
        // It was shown now: it is the last to go.
        let _ = fs::File::options()
            .append(true)
            .open(&copy)
            .and_then(|file| file.set_modified(SystemTime::now()));
    } else {
        paths::write_whole(&copy, &picture.bytes)
            .inspect_err(|error| tracing::warn!("the cover is not shown: {error}"))
            .ok()?;
        forget_oldest(folder);
    }
    Some(uri_of(&copy))
}

fn forget_oldest(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let file = |entry: fs::DirEntry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()));
    let mut files: Vec<_> = entries.flatten().filter_map(file).collect();
    let Some(surplus) = files.len().checked_sub(PICTURES) else { return };
    files.sort();
    for (_, path) in files.into_iter().take(surplus) {
        let _ = fs::remove_file(path); // the next picture tries again
    }
}

/// FNV-1a (Fowler, Noll, Vo): the same picture is one file for all tracks that carry it.
fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A path as a URI (RFC 8089): every byte that is not unreserved or a slash is written as `%XX`.
pub(super) fn uri_of(path: &Path) -> String {
    let mut uri = String::from("file://");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(*byte))
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// The path of a URI of this machine; `None` for any other.
pub(super) fn path_of(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    let mut bytes = Vec::new();
    let mut left = rest.bytes();
    while let Some(byte) = left.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let (high, low) = (digit(left.next()?)?, digit(left.next()?)?);
                u8::try_from(high * 16 + low).ok()?
            }
            _ => byte,
        });
    }
    let path = paths::path_of(&bytes)?;
    (path.is_absolute() && !bytes.contains(&0)).then_some(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_path_is_a_uri_and_back() {
        for path in ["/a b/c#d?e%20f.flac", "/Motörhead/Überrock.ogg", "/plain.mp3"] {
            assert_eq!(path_of(&uri_of(Path::new(path))), Some(path.into()));
        }
        assert_eq!(uri_of(Path::new("/a b/ö.flac")), "file:///a%20b/%C3%B6.flac");
        for other in ["http://x/y.mp3", "file://host/a", "file:///a%2", "file:///%00", "/a", "file:a"] {
            assert_eq!(path_of(other), None, "{other}");
        }
    }

    #[test]
    fn dates_are_said_as_the_bus_wants_them() {
        for (date, said) in [
            ("1985", Some("1985-01-01T00:00:00Z")),
            ("1985-11", Some("1985-11-01T00:00:00Z")),
            ("1985-11-27", Some("1985-11-27T00:00:00Z")),
            ("1985-11-27T12:00:00", Some("1985-11-27T00:00:00Z")),
            ("1985-00-00", Some("1985-01-01T00:00:00Z")),
            ("85", None),
            ("next year", None),
            ("", None),
        ] {
            assert_eq!(created(date).as_deref(), said, "{date}");
        }
    }

    #[test]
    fn an_entry_is_found_by_its_name() {
        assert_eq!(item_id(&track_id(ItemId(7))), Some(ItemId(7)));
        assert_eq!(item_id(&TrackId::NO_TRACK), None);
    }

    #[test]
    fn a_cover_beside_the_file_is_shown_where_it_lies() {
        let folder = tempfile::tempdir().unwrap();
        let cover = folder.path().join("cover.jpg");
        fs::write(&cover, "x").unwrap();
        let item = Item::of_file(folder.path().join("1.flac"));
        assert_eq!(art(&item, Path::new("/nowhere")), Some(uri_of(&cover)));
    }

    #[test]
    fn copied_pictures_do_not_pile_up() {
        let folder = tempfile::tempdir().unwrap();
        for n in 0..PICTURES + 5 {
            fs::write(folder.path().join(n.to_string()), "x").unwrap();
        }
        forget_oldest(folder.path());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), PICTURES);
    }
}
