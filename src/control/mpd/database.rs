//! Takes the commands that browse and search the library; gives folders, songs, and the values of tags.
//! Never changes a file.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use super::ack::Fault;
use super::arguments::{local, place, range};
use super::catalogue::{Catalogue, Folder, Node};
use super::filter::Filter;
use super::house::House;
use super::moment;
use super::playlists;
use super::queue;
use super::reply::Reply;
use super::session::Session;
use super::song::Song;
use super::table::Done;
use super::tag::Tag;

/// The folder of an argument; without one that of all music.
fn uri(arguments: &[String]) -> &str {
    arguments.first().map_or("", |uri| uri.trim_end_matches('/'))
}

fn tell_folder(folder: &Folder, reply: &mut Reply) {
    reply.pair("directory", &folder.uri);
    reply.pair_of("Last-Modified", folder.modified().map(moment::written));
}

pub(super) fn folder(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    let uri = local(uri(arguments))?;
    let catalogue = session.house.catalogue()?;
    if let Some(song) = catalogue.song(uri) {
        song.tell(session.wanted, reply);
        return Ok(());
    }
    let (folders, songs) = catalogue.list(uri).ok_or(Fault::NoFolder)?;
    songs.iter().for_each(|song| song.tell(session.wanted, reply));
    folders.iter().for_each(|folder| tell_folder(folder, reply));
    // The listings stand at the root too; some clients look for them nowhere else.
    if uri.is_empty() {
        playlists::tell_all(&session.house, reply);
    }
    Ok(())
}

fn walk(session: &Session, arguments: &[String], tell: &mut dyn FnMut(Node)) -> Done {
    let (catalogue, uri) = (session.house.catalogue()?, uri(arguments));
    if let Some(song) = catalogue.song(uri) {
        tell(Node::Song(Box::new(song)));
        return Ok(());
    }
    let parent = catalogue.list(uri).is_some() && !uri.is_empty();
    if parent {
        tell(Node::Folder(Folder { uri: uri.to_owned(), path: std::path::PathBuf::new() }));
    }
    if catalogue.walk(uri, tell) { Ok(()) } else { Err(Fault::NoFolder) }
}

pub(super) fn list_all(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    walk(session, arguments, &mut |node| match node {
        Node::Folder(folder) => reply.pair("directory", folder.uri),
        Node::Song(song) => reply.pair("file", song.uri),
    })
}

pub(super) fn list_all_info(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    walk(session, arguments, &mut |node| match node {
        Node::Folder(folder) => tell_folder(&folder, reply),
        Node::Song(song) => song.tell(session.wanted, reply),
    })
}

pub(super) fn list_files(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    let (folders, songs) = session.house.catalogue()?.list(local(uri(arguments))?).ok_or(Fault::NoFolder)?;
    let name = |uri: &str| uri.rsplit('/').next().unwrap_or_default().to_owned();
    for folder in folders {
        reply.pair("directory", name(&folder.uri));
        reply.pair_of("Last-Modified", folder.modified().map(moment::written));
    }
    for song in songs {
        reply.pair("file", name(&song.uri));
        reply.pair("size", song.track.size);
        reply.pair("Last-Modified", moment::written(song.track.modified.div_euclid(1_000_000_000)));
    }
    Ok(())
}

/// What stands behind the filter of a search.
#[derive(Debug, Default)]
struct Rest {
    /// The tag to sort by, and whether from its end.
    sort: Option<(Sort, bool)>,
    window: Option<String>,
    place: Option<String>,
}

#[derive(Debug, Clone, Copy)]
enum Sort {
    Tag(Tag),
    Modified,
}

/// Takes `sort`, `window` and `position` with their values from the end of the arguments.
fn rest(arguments: &[String]) -> Result<(&[String], Rest), Fault> {
    let (mut filter, mut rest) = (arguments, Rest::default());
    // A filter has at least one argument, or two.
    while let [before @ .., word, value] = filter {
        match word.as_str() {
            "sort" if !before.is_empty() => rest.sort = Some(sort(value)?),
            "window" if !before.is_empty() => rest.window = Some(value.clone()),
            "position" if !before.is_empty() => rest.place = Some(value.clone()),
            _ => break,
        }
        filter = before;
    }
    Ok((filter, rest))
}

fn sort(value: &str) -> Result<(Sort, bool), Fault> {
    let (name, from_end) = value.strip_prefix('-').map_or((value, false), |name| (name, true));
    let by = match name.to_ascii_lowercase().as_str() {
        "last-modified" | "added" => Some(Sort::Modified),
        _ => Tag::named(name).map(Sort::Tag),
    };
    by.map(|by| (by, from_end)).ok_or_else(|| Fault::Argument("Unknown sort tag".into()))
}

fn sorted(mut songs: Vec<Song>, by: Sort, from_end: bool) -> Vec<Song> {
    let key = |song: &Song| match by {
        Sort::Modified => (song.track.modified, String::new()),
        Sort::Tag(tag) => {
            let value = tag.values(&song.track.tags).into_iter().next().unwrap_or_default();
            (if tag.is_number() { value.parse().unwrap_or(0) } else { 0 }, value)
        }
    };
    // Both ways the songs of one key keep their order.
    if from_end {
        songs.sort_by_cached_key(|song| std::cmp::Reverse(key(song)));
    } else {
        songs.sort_by_cached_key(key);
    }
    songs
}

/// The songs that a search finds, and where they go.
fn found(session: &Session, arguments: &[String], folds: bool) -> Result<(Vec<Song>, Rest), Fault> {
    let (filter, rest) = rest(arguments)?;
    let filter = Filter::read(filter, folds)?;
    let mut songs = Vec::new();
    session.house.catalogue()?.songs(|song| {
        if filter.takes(&song) {
            songs.push(song);
        }
    });
    if let Some((by, from_end)) = rest.sort {
        songs = sorted(songs, by, from_end);
    }
    if let Some(window) = &rest.window {
        let window: Range<usize> = range(window, songs.len()).or_else(|fault| match fault {
            Fault::Index => Ok(0..0),
            other => Err(other),
        })?;
        songs = songs.drain(window).collect();
    }
    Ok((songs, rest))
}

fn tell_found(session: &Session, arguments: &[String], folds: bool, reply: &mut Reply) -> Done {
    let (songs, _) = found(session, arguments, folds)?;
    songs.iter().for_each(|song| song.tell(session.wanted, reply));
    Ok(())
}

fn add_found(session: &Session, arguments: &[String], folds: bool) -> Done {
    let (songs, rest) = found(session, arguments, folds)?;
    let at = rest.place.map(|text| {
        let current = session.house.current(&session.house.remote.status());
        let queue = session.house.queue();
        place(&text, current.and_then(|id| queue.place(id)), queue.rows().len())
    });
    queue::insert(session, &songs, at.transpose()?);
    Ok(())
}

pub(super) fn find(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    tell_found(session, arguments, false, reply)
}

pub(super) fn search(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    tell_found(session, arguments, true, reply)
}

pub(super) fn find_add(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    add_found(session, arguments, false)
}

pub(super) fn search_add(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    add_found(session, arguments, true)
}

pub(super) fn search_add_listing(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let (songs, _) = found(session, &arguments[1..], true)?;
    playlists::append(&session.house, &arguments[0], &songs)
}

/// Takes `group TAG` from the end of the arguments, as often as it stands there. The last is the outermost.
fn groups(arguments: &[String]) -> Result<(&[String], Vec<Tag>), Fault> {
    let (mut filter, mut groups) = (arguments, Vec::new());
    while let [before @ .., word, name] = filter {
        if !word.eq_ignore_ascii_case("group") {
            break;
        }
        groups.push(tag(name)?);
        filter = before;
    }
    Ok((filter, groups))
}

fn tag(name: &str) -> Result<Tag, Fault> {
    Tag::named(name).ok_or_else(|| Fault::Argument(format!("Unknown tag type: {name}")))
}

/// Every way to take one value of each tag.
fn combinations(song: &Song, tags: &[Tag]) -> Vec<Vec<String>> {
    tags.iter().fold(vec![Vec::new()], |all, tag| {
        let mut values = tag.values(&song.track.tags);
        if values.is_empty() {
            values.push(String::new());
        }
        let with =
            |before: &Vec<String>, value: &String| [before.as_slice(), std::slice::from_ref(value)].concat();
        all.iter().flat_map(|before| values.iter().map(move |value| with(before, value))).collect()
    })
}

pub(super) fn list(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    let (rest, mut tags) = groups(&arguments[1..])?;
    let catalogue = session.house.catalogue()?;
    if arguments[0].eq_ignore_ascii_case("file") {
        let filter = Filter::read(rest, false)?;
        catalogue.songs(|song| {
            if filter.takes(&song) {
                reply.pair("file", song.uri);
            }
        });
        return Ok(());
    }
    let wanted = tag(&arguments[0])?;
    // `list album X` has always meant the albums of the artist X.
    let of_artist = ["artist".to_owned(), rest.first().cloned().unwrap_or_default()];
    let is_of_artist = rest.len() == 1 && wanted == Tag::ALBUM && !rest[0].starts_with('(');
    let filter = Filter::read(if is_of_artist { &of_artist } else { rest }, false)?;
    if tags.contains(&wanted) {
        return Err(Fault::Argument("Conflicting group".into()));
    }
    tags.push(wanted);
    tell_values(&values(&catalogue, &filter, &tags), &tags, reply);
    Ok(())
}

fn values(catalogue: &Catalogue, filter: &Filter, tags: &[Tag]) -> BTreeSet<Vec<String>> {
    let mut values = BTreeSet::new();
    catalogue.songs(|song| {
        if filter.takes(&song) {
            values.extend(combinations(&song, tags));
        }
    });
    values
}

/// A value of a group is told where it changes.
fn tell_values(values: &BTreeSet<Vec<String>>, tags: &[Tag], reply: &mut Reply) {
    let mut told: &[String] = &[];
    for row in values {
        let same = row.iter().zip(told).take_while(|(a, b)| a == b).count();
        for (tag, value) in tags.iter().zip(row).skip(same) {
            reply.pair(tag.name(), value);
        }
        told = row;
    }
}

fn tell_count(session: &Session, arguments: &[String], folds: bool, reply: &mut Reply) -> Done {
    let (filter, tags) = groups(arguments)?;
    let filter = Filter::read(filter, folds)?;
    let mut counts: BTreeMap<Vec<String>, (usize, Duration)> = BTreeMap::new();
    if tags.is_empty() {
        counts.insert(Vec::new(), (0, Duration::ZERO));
    }
    session.house.catalogue()?.songs(|song| {
        if !filter.takes(&song) {
            return;
        }
        for group in combinations(&song, &tags) {
            let count = counts.entry(group).or_default();
            *count = (count.0 + 1, count.1 + song.length().unwrap_or_default());
        }
    });
    for (group, (songs, time)) in counts {
        for (tag, value) in tags.iter().zip(group) {
            reply.pair(tag.name(), value);
        }
        reply.pair("songs", songs);
        reply.pair("playtime", time.as_secs());
    }
    Ok(())
}

pub(super) fn count(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    tell_count(session, arguments, false, reply)
}

pub(super) fn search_count(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    tell_count(session, arguments, true, reply)
}

pub(super) fn comments(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    let song = session.house.catalogue()?.song(local(&arguments[0])?).ok_or(Fault::NoSong)?;
    for tag in Tag::held() {
        tag.own(&song.track.tags).into_iter().for_each(|value| reply.pair(tag.name(), value));
    }
    Ok(())
}

/// All of it: what has not changed costs a look.
pub(super) fn update(session: &mut Session, _: &[String], reply: &mut Reply) -> Done {
    reply.pair("updating_db", House::update(&session.house)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::reply::tests::said;
    use super::super::song::tests::song;
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn what_stands_behind_a_filter_is_taken_off() {
        let arguments = words("artist X sort -Date window 0:2 position +1");
        let (filter, rest) = rest(&arguments).unwrap();
        assert_eq!(filter, words("artist X"));
        assert!(matches!(rest.sort, Some((Sort::Tag(Tag::DATE), true))));
        assert_eq!((rest.window.as_deref(), rest.place.as_deref()), (Some("0:2"), Some("+1")));
        let arguments = words("artist X group album group date");
        assert_eq!(groups(&arguments).unwrap(), (&words("artist X")[..], vec![Tag::DATE, Tag::ALBUM]));
        assert!(sort("moon").is_err() && groups(&words("group moon")).is_err());
    }

    #[test]
    fn songs_are_sorted_by_number_where_it_is_one() {
        let songs = vec![song("c", "B", "", "", 10), song("a", "A", "", "", 2), song("b", "A", "", "", 1)];
        let order = |by, from_end| {
            sorted(songs.clone(), by, from_end).iter().map(|song| song.uri.clone()).collect::<String>()
        };
        assert_eq!(order(Sort::Tag(Tag::TRACK), false), "bac");
        assert_eq!(order(Sort::Tag(Tag::ARTIST), false), "abc");
        assert_eq!(order(Sort::Tag(Tag::ARTIST), true), "cab");
    }

    #[test]
    fn groups_are_told_where_they_change() {
        let songs = [song("1", "X; Y", "", "M", 1), song("2", "X", "", "N", 2), song("3", "", "", "N", 3)];
        let tags = [Tag::ALBUM_ARTIST, Tag::ALBUM];
        let values = songs.iter().flat_map(|song| combinations(song, &tags)).collect();
        assert_eq!(
            said(|reply| tell_values(&values, &tags, reply)),
            "AlbumArtist: \nAlbum: N\nAlbumArtist: X\nAlbum: M\nAlbum: N\nAlbumArtist: Y\nAlbum: M\n"
        );
    }
}
