//! Takes the commands that show and change the queue; gives its entries, and changes to the player.
//! Never decides what plays next.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;
use std::time::Duration;

use super::ack::Fault;
use super::arguments::{bounded, local, number, place, range, stretch, too_large};
use super::catalogue::{Catalogue, Node};
use super::filter::Filter;
use super::mirror::Row;
use super::reply::Reply;
use super::session::Session;
use super::song::Song;
use super::table::Done;
use super::tag::Tag;
use super::transport::{entry, song_id};
use crate::cue::{Mark, Span};
use crate::player::{Command, Edit, ItemId};

/// One entry with its place and number.
pub(super) fn tell_row(
    session: &Session,
    place: usize,
    row: &Row,
    catalogue: Option<&Catalogue>,
    reply: &mut Reply,
) {
    session.house.song(&row.item, catalogue).tell(session.wanted, reply);
    reply.pair("Pos", place);
    reply.pair("Id", song_id(row.id));
    if row.priority > 0 {
        reply.pair("Prio", row.priority);
    }
}

fn tell_rows(session: &Session, rows: &[(usize, Row)], reply: &mut Reply) {
    let catalogue = session.house.catalogue().ok();
    for (place, row) in rows {
        tell_row(session, *place, row, catalogue.as_deref(), reply);
    }
}

/// The entries at these places, as they stand.
fn rows(session: &Session, places: &Range<usize>) -> Vec<(usize, Row)> {
    let queue = session.house.queue();
    let rows = queue.rows().iter().cloned().enumerate();
    rows.skip(places.start).take(places.len()).collect()
}

fn len(session: &Session) -> usize {
    session.house.queue().rows().len()
}

/// The places that an argument names; all without one.
fn places(session: &Session, text: Option<&String>) -> Result<Range<usize>, Fault> {
    let count = len(session);
    text.map_or(Ok(0..count), |text| range(text, count))
}

fn ids(session: &Session) -> Vec<ItemId> {
    session.house.queue().rows().iter().map(|row| row.id).collect()
}

/// The place of the current entry.
fn current_place(session: &Session) -> Option<usize> {
    let current = session.house.current(&session.house.remote.status())?;
    session.house.queue().place(current)
}

/// Where new entries go.
fn insertion(session: &Session, text: Option<&String>) -> Result<Option<usize>, Fault> {
    text.map(|text| place(text, current_place(session), len(session))).transpose()
}

/// The songs of that name: one song, or all in a folder and below.
fn songs(session: &Session, uri: &str) -> Result<Vec<Song>, Fault> {
    let catalogue = session.house.catalogue()?;
    if let Some(song) = catalogue.song(uri) {
        return Ok(vec![song]);
    }
    let mut songs = Vec::new();
    let is_there = catalogue.walk(uri, &mut |node| {
        if let Node::Song(song) = node {
            songs.push(*song);
        }
    });
    if is_there { Ok(songs) } else { Err(Fault::NoFolder) }
}

/// Puts songs into the queue.
pub(super) fn insert(session: &Session, songs: &[Song], at: Option<usize>) -> Vec<ItemId> {
    session.house.insert(songs.iter().map(Song::item).collect(), at)
}

pub(super) fn add(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let at = insertion(session, arguments.get(1))?;
    let songs = songs(session, local(&arguments[0])?)?;
    insert(session, &songs, at);
    Ok(())
}

pub(super) fn add_id(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    let at = insertion(session, arguments.get(1))?;
    let song = session.house.catalogue()?.song(local(&arguments[0])?).ok_or(Fault::NoSong)?;
    for id in insert(session, &[song], at) {
        reply.pair("Id", song_id(id));
    }
    Ok(())
}

pub(super) fn clear(session: &mut Session, _: &[String], _: &mut Reply) -> Done {
    // As in MPD it stops, and not only for want of music: what comes in next waits to be played.
    session.house.obey(&[Command::Clear, Command::Pause]);
    Ok(())
}

pub(super) fn delete(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let places = places(session, arguments.first())?;
    let ids = rows(session, &places).into_iter().map(|(_, row)| row.id);
    session.house.edit(Edit::Remove(ids.collect()));
    Ok(())
}

pub(super) fn delete_id(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let id = entry(session, &arguments[0])?;
    session.house.obey(&[Command::Remove(id)]);
    Ok(())
}

/// Takes a stretch of the order to another place, where it begins then.
fn moved(mut order: Vec<ItemId>, from: Range<usize>, to: usize) -> Result<Vec<ItemId>, Fault> {
    let block: Vec<ItemId> = order.drain(from).collect();
    if to > order.len() {
        return Err(too_large(&to.to_string()));
    }
    order.splice(to..to, block);
    Ok(order)
}

/// Where a stretch goes: a place, or counted from what plays.
fn destination(session: &Session, text: &str, from: &Range<usize>) -> Result<usize, Fault> {
    let is_relative = text.starts_with(['+', '-']);
    let current = current_place(session);
    if !is_relative {
        return number(text);
    }
    if current.is_some_and(|current| from.contains(&current)) {
        return Err(Fault::Argument("Cannot move current song relative to itself".into()));
    }
    // The place of the current entry once the stretch is taken out.
    let current = current.map(|current| if from.start < current { current - from.len() } else { current });
    place(text, current, len(session) - from.len())
}

fn move_places(session: &Session, from: Range<usize>, to: &str) -> Done {
    let to = destination(session, to, &from)?;
    session.house.edit(Edit::Arrange(moved(ids(session), from, to)?));
    Ok(())
}

pub(super) fn move_range(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let from = places(session, Some(&arguments[0]))?;
    move_places(session, from, &arguments[1])
}

pub(super) fn move_id(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let id = entry(session, &arguments[0])?;
    let at = session.house.queue().place(id).ok_or(Fault::NoSong)?;
    move_places(session, at..at + 1, &arguments[1])
}

fn swap_places(session: &Session, first: usize, second: usize) -> Done {
    let mut order = ids(session);
    if first.max(second) >= order.len() {
        return Err(Fault::Index);
    }
    order.swap(first, second);
    session.house.edit(Edit::Arrange(order));
    Ok(())
}

pub(super) fn swap(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    swap_places(session, number(&arguments[0])?, number(&arguments[1])?)
}

pub(super) fn swap_ids(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let place = |text: &str| {
        let id = entry(session, text)?;
        session.house.queue().place(id).ok_or(Fault::NoSong)
    };
    swap_places(session, place(&arguments[0])?, place(&arguments[1])?)
}

/// Another order of a stretch; what plays comes first in it.
fn shuffled(
    mut order: Vec<ItemId>,
    places: Range<usize>,
    first: Option<ItemId>,
    dice: impl Fn(usize) -> u64,
) -> Vec<ItemId> {
    let mut stretch: Vec<(u64, ItemId)> =
        order[places.clone()].iter().enumerate().map(|(at, id)| (dice(at), *id)).collect();
    stretch.sort_by_key(|(thrown, id)| (Some(*id) != first, *thrown));
    order.splice(places, stretch.into_iter().map(|(_, id)| id));
    order
}

pub(super) fn shuffle(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let places = places(session, arguments.first())?;
    let seed = RandomState::new();
    let current = session.house.remote.status().item;
    let order = shuffled(ids(session), places, current, |at| seed.hash_one(at));
    session.house.edit(Edit::Arrange(order));
    Ok(())
}

pub(super) fn info(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    let places = places(session, arguments.first())?;
    tell_rows(session, &rows(session, &places), reply);
    Ok(())
}

pub(super) fn info_id(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    let places = match arguments.first() {
        Some(id) if id != "-1" => {
            let id = entry(session, id)?;
            let at = session.house.queue().place(id).ok_or(Fault::NoSong)?;
            at..at + 1
        }
        _ => 0..len(session),
    };
    tell_rows(session, &rows(session, &places), reply);
    Ok(())
}

/// The form that MPD calls deprecated.
pub(super) fn names(session: &mut Session, _: &[String], reply: &mut Reply) -> Done {
    let catalogue = session.house.catalogue().ok();
    for (place, row) in rows(session, &(0..len(session))) {
        let song = session.house.song(&row.item, catalogue.as_deref());
        reply.pair(&format!("{place}:file"), song.uri);
    }
    Ok(())
}

/// What has changed since a version, within a stretch.
fn changes(session: &Session, arguments: &[String]) -> Result<Vec<(usize, Row)>, Fault> {
    let version = u32::try_from(number(&arguments[0])?).unwrap_or(u32::MAX);
    let places = places(session, arguments.get(1))?;
    let queue = session.house.queue();
    let changed = queue.since(version).filter(|(place, _)| places.contains(place));
    Ok(changed.map(|(place, row)| (place, row.clone())).collect())
}

pub(super) fn changes_info(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    tell_rows(session, &changes(session, arguments)?, reply);
    Ok(())
}

pub(super) fn changes_ids(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    for (place, row) in changes(session, arguments)? {
        reply.pair("cpos", place);
        reply.pair("Id", song_id(row.id));
    }
    Ok(())
}

fn find_in_queue(session: &Session, arguments: &[String], folds: bool, reply: &mut Reply) -> Done {
    let filter = Filter::read(arguments, folds)?;
    let catalogue = session.house.catalogue().ok();
    for (place, row) in rows(session, &(0..len(session))) {
        if filter.takes(&session.house.song(&row.item, catalogue.as_deref())) {
            tell_row(session, place, &row, catalogue.as_deref(), reply);
        }
    }
    Ok(())
}

pub(super) fn find(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    find_in_queue(session, arguments, false, reply)
}

pub(super) fn search(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    find_in_queue(session, arguments, true, reply)
}

fn prefer(session: &Session, ids: Vec<ItemId>, priority: &str) -> Done {
    let priority = u8::try_from(bounded(priority, 255)?).unwrap_or(u8::MAX);
    let commands: Vec<Command> = ids.iter().map(|id| Command::Priority(*id, priority)).collect();
    session.house.obey(&commands);
    Ok(())
}

pub(super) fn priority(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let mut ids = HashSet::new();
    for text in &arguments[1..] {
        let places = places(session, Some(text))?;
        ids.extend(rows(session, &places).into_iter().map(|(_, row)| row.id));
    }
    prefer(session, ids.into_iter().collect(), &arguments[0])
}

pub(super) fn priority_of_ids(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let ids: Result<Vec<ItemId>, Fault> = arguments[1..].iter().map(|text| entry(session, text)).collect();
    prefer(session, ids?, &arguments[0])
}

/// The part of a song between two times of its file. What is open, or beyond the song, is the song's own begin or end.
fn part(song: &Song, start: Duration, end: Option<Duration>) -> Result<Option<Span>, Fault> {
    let whole = song.track.span;
    let (first, last) = song.ends();
    if (!start.is_zero() && start < first) || last.is_some_and(|last| start > last) {
        return Err(Fault::Argument("Invalid start offset".into()));
    }
    let begin = Some(Mark::at(start)).filter(|_| start > first);
    let begin = begin.or(whole.map(Span::start));
    let end = end.filter(|end| last.is_none_or(|last| *end < last)).map(Mark::at);
    match (begin, end.or(whole.and_then(Span::end))) {
        (None, None) => Ok(None),
        (begin, end) => {
            let span = Span::between(begin.unwrap_or(Mark::at(Duration::ZERO)), end);
            span.map(Some).ok_or_else(|| Fault::Argument("Bad range".into()))
        }
    }
}

pub(super) fn cut(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    number(&arguments[0])?;
    let (start, end) = stretch(&arguments[1])?;
    let id = entry(session, &arguments[0])?;
    if session.house.remote.status().item == Some(id) {
        return Err(Fault::Denied("Cannot edit the current song"));
    }
    let at = session.house.queue().place(id).ok_or(Fault::NoSong)?;
    let row = session.house.row(at)?;
    let song = session.house.whole(&row);
    session.house.edit(Edit::Cut(id, part(&song, start, end)?));
    Ok(())
}

/// Tags are the files': only those of streams, which there are none of, are for clients to set.
fn refuse_tag(session: &Session, id: &str, tag: Option<&String>) -> Done {
    if let Some(unknown) = tag.filter(|tag| Tag::named(tag).is_none()) {
        return Err(Fault::Argument(format!("Unknown tag type: {unknown}")));
    }
    entry(session, id)?;
    Err(Fault::Denied("Cannot edit tags of local file"))
}

pub(super) fn add_tag(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    refuse_tag(session, &arguments[0], Some(&arguments[1]))
}

pub(super) fn clear_tag(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    refuse_tag(session, &arguments[0], arguments.get(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(ids: &[u64]) -> Vec<ItemId> {
        ids.iter().copied().map(ItemId).collect()
    }

    #[test]
    fn a_stretch_begins_where_it_was_moved_to() {
        let all = order(&[0, 1, 2, 3, 4]);
        assert_eq!(moved(all.clone(), 0..1, 2), Ok(order(&[1, 2, 0, 3, 4])));
        assert_eq!(moved(all.clone(), 3..5, 0), Ok(order(&[3, 4, 0, 1, 2])));
        assert_eq!(moved(all.clone(), 0..2, 3), Ok(order(&[2, 3, 4, 0, 1])));
        assert_eq!(moved(all, 0..2, 4), Err(too_large("4")));
    }

    #[test]
    fn a_shuffle_keeps_all_entries_and_what_plays_comes_first() {
        let dice = |at: usize| (at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let shuffled = shuffled(order(&[0, 1, 2, 3, 4, 5]), 1..6, Some(ItemId(3)), dice);
        assert_eq!(shuffled[..2], order(&[0, 3]));
        let mut sorted = shuffled;
        sorted.sort();
        assert_eq!(sorted, order(&[0, 1, 2, 3, 4, 5]));
    }

    #[test]
    fn a_part_lies_within_its_song() {
        let mut song = super::super::song::tests::song("a.flac", "", "", "", 1);
        let seconds = Duration::from_secs;
        let cut = |song: &Song, start, end: Option<u64>| {
            let span = part(song, seconds(start), end.map(seconds)).map_err(|fault| fault.to_string())?;
            Ok::<_, String>(span.map(|span| (span.start().time(), span.end().map(Mark::time))))
        };
        let span = |start, end: Option<u64>| Ok(Some((seconds(start), end.map(seconds))));
        assert_eq!(cut(&song, 70, Some(80)), span(70, Some(80)), "nobody knows how long it is");
        song.track.length = Some(seconds(60));
        assert_eq!(cut(&song, 0, None), Ok(None));
        assert_eq!(cut(&song, 0, Some(99)), Ok(None));
        assert_eq!(cut(&song, 0, Some(9)), span(0, Some(9)));
        assert_eq!(cut(&song, 5, Some(60)), span(5, None));
        assert_eq!(cut(&song, 60, None), span(60, None));
        assert_eq!(cut(&song, 61, None), Err("Invalid start offset".into()));
        // A track of a disc in one file, from 20 to 40 seconds of it.
        let mark = |at| Mark::at(seconds(at));
        song.track.span = Span::between(mark(20), Some(mark(40)));
        song.track.length = Some(seconds(20));
        assert_eq!(cut(&song, 0, None), span(20, Some(40)));
        assert_eq!(cut(&song, 25, Some(30)), span(25, Some(30)));
        assert_eq!(cut(&song, 25, None), span(25, Some(40)));
        assert_eq!(cut(&song, 0, Some(30)), span(20, Some(30)));
        assert_eq!(cut(&song, 10, Some(30)), Err("Invalid start offset".into()));
        assert_eq!(cut(&song, 0, Some(15)), Err("Bad range".into()));
    }
}
