//! Takes what a pin remembers of a file; gives where that file is now: where it was, somewhere else under
//! another name, re-tagged, or most likely as another coding of the same recording.
//! Never takes a file for the pinned one by its name alone, never reads more files than it must.

use std::path::Path;
use std::time::Duration;

use super::settle::Shelf;
use super::{PinnedFile, PinnedTags, is_away};
use crate::library::{Codec, Track, track_of};
use crate::playlist::matching::name_key;

/// Files that are read, at most, to find one that was moved: of those that might be it, the likeliest.
const MOST_READ: usize = 24;

/// How far the playing time in an index may be from the counted one: readers round, and some count the
/// frames that an encoder put before and after.
const SAME_LENGTH: Duration = Duration::from_millis(250);

/// How far another coding of a recording may differ in length: encoders fill up their last frame, and some
/// decoders keep it.
const TRANSCODED_LENGTH: Duration = Duration::from_millis(500);

/// What has become of a pinned file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    /// Nothing.
    Unchanged,
    /// Other tags, or another size for another reason; the same sound.
    Retagged,
    /// Another place or another name; the same sound.
    Moved,
    /// Another coding: same tags, same length. Likely, not sure.
    Transcoded,
}

/// Where a pinned file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Located {
    /// It is there.
    There {
        /// Where, and what is known of it.
        track: Box<Track>,
        /// What has become of it.
        how: How,
        /// What to remember from now on, where that has changed. Never of what is only likely.
        renewed: Option<Box<PinnedFile>>,
    },
    /// On a drive that is not there.
    Away,
    /// Nowhere.
    Gone,
}

/// Looks for a pinned file: where it was, then by its sound among the tracks, then on drives that are away,
/// then by tags and length.
pub fn locate(file: &PinnedFile, shelf: &Shelf<'_>) -> Located {
    let at_path = shelf.track(&file.path, file.span);
    if let Some(track) = &at_path {
        if is_unchanged(file, track) {
            return there(track, How::Unchanged, None);
        }
        if let Some(found) = same_sound(file, track, How::Retagged, shelf) {
            return found;
        }
    }
    let moved = candidates(file, shelf.tracks())
        .into_iter()
        .find_map(|track| same_sound(file, track, How::Moved, shelf));
    if let Some(found) = moved {
        return found;
    }
    let is_remembered = shelf.away().iter().any(|track| track.path == file.path);
    if at_path.is_none() && (is_remembered || is_away(&file.path, shelf.away_roots())) {
        return Located::Away;
    }
    let stray = at_path.as_ref();
    let names = Names::of(&file.tags);
    let transcoded = shelf.tracks().iter().chain(stray).filter(|track| is_transcoded(file, &names, track));
    match transcoded.min_by(|a, b| by_quality(a, b)) {
        Some(track) => there(track, How::Transcoded, None),
        None => Located::Gone,
    }
}

/// A file of the same size and tags at the same path is the same file; its sound need not be read.
fn is_unchanged(file: &PinnedFile, track: &Track) -> bool {
    let near = length_off(file, track).is_none_or(|off| off <= SAME_LENGTH);
    file.size == track.size && file.tags == PinnedTags::of(track) && near
}

fn same_sound(file: &PinnedFile, track: &Track, how: How, shelf: &Shelf<'_>) -> Option<Located> {
    let identity = shelf.identity(&track.path).filter(|identity| identity.is_same(&file.identity))?;
    Some(there(track, how, Some(PinnedFile::with(track, identity))))
}

fn there(track: &Track, how: How, renewed: Option<PinnedFile>) -> Located {
    Located::There { track: Box::new(track.clone()), how, renewed: renewed.map(Box::new) }
}

/// The tracks that may be the file under another name, the likeliest first: of its size, of its tags, of
/// its file name, of its length.
fn candidates<'a>(file: &PinnedFile, tracks: &'a [Track]) -> Vec<&'a Track> {
    let names = Names::of(&file.tags);
    let rank = |track: &Track| {
        let off = length_off(file, track);
        if off.is_some_and(|off| off > SAME_LENGTH) {
            return None;
        }
        let (sized, tagged) = (track.size == file.size, names.are_of(track));
        let named = track.path.file_name() == file.path.file_name();
        let rank = match (sized, tagged, named) {
            (true, ..) => 0,
            (_, true, _) => 1,
            (_, _, true) => 2,
            _ if off.is_some() => 3,
            _ => return None,
        };
        Some((rank, off))
    };
    let mut ranked: Vec<_> = tracks
        .iter()
        .filter(|track| track.span == file.span && track.path != file.path)
        .filter_map(|track| Some((rank(track)?, track)))
        .collect();
    ranked.sort_by(|(a, x), (b, y)| a.cmp(b).then_with(|| x.path.cmp(&y.path)));
    ranked.into_iter().map(|(_, track)| track).take(MOST_READ).collect()
}

/// How far the lengths are apart; `None` where one of them is not known.
fn length_off(file: &PinnedFile, track: &Track) -> Option<Duration> {
    Some(file.length()?.abs_diff(track.length?))
}

fn is_transcoded(file: &PinnedFile, names: &Names<'_>, track: &Track) -> bool {
    length_off(file, track).is_some_and(|off| off <= TRANSCODED_LENGTH) && names.are_of(track)
}

/// The tags of a pinned file, to be held against those of many.
struct Names<'a> {
    tags: &'a PinnedTags,
    artist: Option<String>,
    title: Option<String>,
    album: Option<String>,
}

impl<'a> Names<'a> {
    fn of(tags: &'a PinnedTags) -> Self {
        Self { tags, artist: key(&tags.artist), title: key(&tags.title), album: key(&tags.album) }
    }

    /// Artist and title are there and the same; so is the album, where both name one.
    fn are_of(&self, track: &Track) -> bool {
        // What is written the same need not be looked at closer: of thousands of files with the same tags all are.
        let same = |own: &Option<String>, pinned: &Option<String>, tag: &Option<String>| {
            own.is_some() && (pinned == tag || *own == key(tag))
        };
        let (pinned, tags) = (self.tags, &track.tags);
        let has_album = || self.album.is_some() && key(&tags.album).is_some();
        same(&self.artist, &pinned.artist, &tags.artist)
            && same(&self.title, &pinned.title, &tags.title)
            && (same(&self.album, &pinned.album, &tags.album) || !has_album())
    }
}

fn key(text: &Option<String>) -> Option<String> {
    text.as_deref().map(name_key).filter(|key| !key.is_empty())
}

/// The better coding first.
fn by_quality(a: &Track, b: &Track) -> std::cmp::Ordering {
    let lossy = |track: &Track| !Codec::is_lossless(track.codec);
    lossy(a).cmp(&lossy(b)).then_with(|| b.bitrate.cmp(&a.bitrate)).then_with(|| a.path.cmp(&b.path))
}

/// The track of a plain file that the library does not hold.
pub(super) fn stray(path: &Path) -> Option<Track> {
    track_of(path).ok()
}
