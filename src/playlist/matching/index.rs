//! Takes the tracks of a library once; gives, for any name, the few tracks that may bear it.
//! Never decides: it only saves comparing every entry with every file. Keeps no names, only keys
//! and positions: a track is described anew when an entry may mean it.
//!
//! Tracks are counted by path within the matching room, so that the order in which they came
//! means nothing; [`Index::position`] leads back.

use std::collections::HashMap;
use std::path::Path;
use std::thread;

use super::filename::Pattern;
use super::grams::{self, Grams};
use super::key::{ByKey, Keys, Postings, key, len_u32};
use super::normalise::Phrase;
use super::release::Releases;
use super::script;
use super::view::{self, Memory, stem};
use super::words::Rarity;
use crate::library::Track;

/// Tracks that a look-up gives, best first; equals of the last one come along ...
const BEST: usize = 24;
/// ... up to this many. Beyond, the first by path.
const BEST_WITH_TIES: usize = 80;
/// What an artist's words add to a look-up, against the title's 1.
const ARTIST_SHARE: f32 = 0.35;
/// What a name that is the same scores.
const EXACT: f32 = 1.5;
/// Fewer tracks than this are not worth another thread.
const PER_THREAD: usize = 500;

/// What is known of every track without its names.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// Number on the disc.
    pub(super) number: Option<u32>,
    /// The disc.
    pub(super) disc: Option<u32>,
    /// Length in seconds.
    pub(super) seconds: Option<f64>,
    /// The folder of its release.
    pub(super) folder: u32,
    /// Something but a number is known of it.
    pub(super) titled: bool,
    /// Its tags name an album.
    pub(super) has_album: bool,
    /// How the names of its folder are built, as a position in the patterns.
    pattern: u32,
}

/// Everything about a library that does not depend on the listing.
#[derive(Debug, Default)]
pub struct Index {
    /// The position of each track in the caller's list.
    order: Vec<u32>,
    pub(super) places: Vec<Place>,
    pub(super) releases: Releases,
    pub(super) rarity: Rarity,
    patterns: Vec<Pattern>,
    grams: Grams,
    pub(super) exact: Postings,
    initials: Postings,
    artists: Postings,
}

/// What one worker read of its tracks.
#[derive(Default)]
struct Part {
    places: Vec<Place>,
    albums: Vec<Option<u64>>,
    grams: grams::Lists,
    exact: Vec<(u64, u32)>,
    initials: Vec<(u64, u32)>,
    artists: Vec<(u64, u32)>,
    counts: ByKey<u32>,
}

impl Index {
    /// Reads the names of all tracks. Positions in `tracks` are what a report speaks of.
    pub fn new(tracks: &[Track]) -> Self {
        // Positions beyond u32 cannot be: a library of four thousand million files.
        let mut order: Vec<u32> = (0..len_u32(tracks)).collect();
        let place = |at: &u32| &tracks[*at as usize];
        order.sort_by_key(|at| (place(at).path.as_os_str().as_encoded_bytes(), place(at).span));
        let sorted: Vec<&Track> = order.iter().map(|at| &tracks[*at as usize]).collect();
        let folders = Folders::of(&sorted);
        let artists = artists(&sorted);
        let folder_lists: Vec<&Vec<u32>> = folders.members.iter().collect();
        let patterns: Vec<Pattern> = in_parallel(&folder_lists, |_, members| {
            let pattern = |members: &&Vec<u32>| {
                let stems: Vec<String> = members.iter().map(|at| stem(sorted[*at as usize])).collect();
                Pattern::of(&stems, &artists)
            };
            members.iter().map(pattern).collect::<Vec<_>>()
        })
        .into_iter()
        .flatten()
        .collect();
        let parts = in_parallel(&sorted, |first, part| read(first, part, &folders, &patterns));
        let mut index = Self { order, patterns, rarity: Rarity::new(), ..Self::default() };
        let mut albums = Vec::with_capacity(sorted.len());
        let (mut exact, mut initials, mut artists) = (Vec::new(), Vec::new(), Vec::new());
        let mut lists = Vec::new();
        for part in parts {
            index.rarity.add(part.places.len(), &part.counts);
            index.places.extend(part.places);
            albums.extend(part.albums);
            exact.extend(part.exact);
            initials.extend(part.initials);
            artists.extend(part.artists);
            lists.push(part.grams);
        }
        index.exact = Postings::new(exact);
        index.initials = Postings::new(initials);
        index.artists = Postings::new(artists);
        index.grams = Grams::new(&lists, sorted.len());
        index.releases = Releases::find(&sorted, &index.places, &albums);
        index
    }

    /// Where a track stands in the caller's list.
    pub(super) fn position(&self, track: usize) -> usize {
        self.order[track] as usize
    }

    /// How the names of a track's folder are built.
    pub(super) fn pattern(&self, track: usize) -> &Pattern {
        &self.patterns[self.places[track].pattern as usize]
    }

    /// The tracks that may be `title` by `artist`, as positions, best first.
    pub(super) fn candidates(
        &self,
        names: &[&Phrase],
        artists: &[Phrase],
        scores: &mut Scores,
    ) -> Vec<usize> {
        for name in names {
            self.grams.score(&name.glued, scores);
            let short = if name.words.len() == 1 { name.glued.as_str() } else { "" };
            let same = self.initials.of(key(short)).iter().chain(self.exact.of(key(&name.glued)));
            same.for_each(|id| scores.set(*id, EXACT));
        }
        self.add_artists(artists, scores);
        top(scores.take())
    }

    fn add_artists(&self, artists: &[Phrase], scores: &mut Scores) {
        let Some(artist) = artists.first() else { return };
        let all: f64 = self.rarity.mass(&artist.words);
        let mut words: Vec<&String> = artist.words.iter().collect();
        words.sort_unstable();
        words.dedup();
        for word in words {
            // f64 -> f32: a share between 0 and 1.
            let share = (self.rarity.weight(word) / all.max(1.0)) as f32;
            for id in self.artists.of(key(word)) {
                scores.add(*id, ARTIST_SHARE * share);
            }
        }
    }
}

/// The folders that tracks lie in.
struct Folders {
    /// The tracks of each.
    members: Vec<Vec<u32>>,
    /// The folder of each track.
    of: Vec<u32>,
    /// The folder of the release, for each.
    releases: Vec<u32>,
}

impl Folders {
    fn of(tracks: &[&Track]) -> Self {
        let mut known: HashMap<&Path, u32> = HashMap::new();
        let mut releases: HashMap<String, u32> = HashMap::new();
        let mut folders = Self { members: Vec::new(), of: Vec::new(), releases: Vec::new() };
        let mut last: Option<(&Path, u32)> = None;
        for (at, track) in (0_u32..).zip(tracks) {
            let parent = track.path.parent().unwrap_or(Path::new(""));
            let id = match last {
                Some((path, id)) if path.as_os_str() == parent.as_os_str() => id,
                _ => *known.entry(parent).or_insert_with(|| {
                    let count = len_u32(&folders.members);
                    folders.members.push(Vec::new());
                    let next = u32::try_from(releases.len()).unwrap_or(u32::MAX);
                    let release = releases.entry(view::release_folder(&track.path)).or_insert(next);
                    folders.releases.push(*release);
                    count
                }),
            };
            last = Some((parent, id));
            folders.members[id as usize].push(at);
            folders.of.push(id);
        }
        folders
    }
}

/// The keys of all artists that tags name.
fn artists(tracks: &[&Track]) -> Keys {
    let mut seen = Keys::default();
    let named = tracks.iter().filter_map(|track| track.tags.artist.as_deref());
    named.filter(|name| seen.insert(key(name))).map(|name| key(&Phrase::new(name).glued)).collect()
}

/// Reads the tracks from `first` on.
fn read(first: usize, tracks: &[&Track], folders: &Folders, patterns: &[Pattern]) -> Part {
    let mut memory = Memory::default();
    let mut part = Part::default();
    let (mut keys, mut words, mut artists) = (Vec::new(), Vec::new(), Vec::new());
    for (id, track) in (u32::try_from(first).unwrap_or(u32::MAX)..).zip(tracks) {
        let folder = folders.of[id as usize];
        let described = view::describe(track, &patterns[folder as usize], &mut memory);
        for view in &described.views {
            for (name, _) in &view.title.names {
                keys.push(key(&name.glued));
                part.grams.add(&name.glued);
            }
            // Names that sound the same, for entries in another script.
            keys.extend(script::sound_key(&view.title.base().words));
            keys.extend(view.artists.iter().take(2).filter_map(|artist| script::sound_key(&artist.words)));
            words.extend(view.title.whole.words.iter().map(|word| key(word)));
            artists.extend(view.artists.iter().flat_map(|a| &a.words).map(|word| key(word)));
            if view.title.initials.len() > 2 {
                part.initials.push((key(&view.title.initials), id));
            }
        }
        artists.extend(described.hints.iter().flat_map(|h| &h.words).map(|word| key(word)));
        part.grams.end_track();
        for list in [&mut keys, &mut artists] {
            list.sort_unstable();
            list.dedup();
        }
        part.exact.extend(keys.drain(..).map(|key| (key, id)));
        part.artists.extend(artists.iter().map(|word| (*word, id)));
        words.append(&mut artists);
        words.sort_unstable();
        words.dedup();
        words.drain(..).for_each(|word| *part.counts.entry(word).or_default() += 1);
        part.albums.push(described.album.as_ref().map(|album| key(&album.glued)));
        part.places.push(Place {
            number: described.number,
            disc: described.disc,
            seconds: track.length.map(|l| l.as_secs_f64()).filter(|s| *s > 0.0),
            folder: folders.releases[folder as usize],
            titled: !described.views.is_empty(),
            has_album: described.album.is_some(),
            pattern: folder,
        });
    }
    part
}

/// Works on a list in as many parts as there are cores; the results stand in the list's order.
pub(super) fn in_parallel<T: Sync, R: Send>(list: &[T], work: impl Fn(usize, &[T]) -> R + Sync) -> Vec<R> {
    shared_out(list, list.len().div_ceil(PER_THREAD), work)
}

/// The same in so many parts at most.
pub(super) fn shared_out<T: Sync, R: Send>(
    list: &[T],
    parts: usize,
    work: impl Fn(usize, &[T]) -> R + Sync,
) -> Vec<R> {
    let parts = parts.min(thread::available_parallelism().map_or(1, usize::from));
    if parts < 2 {
        return vec![work(0, list)];
    }
    let size = list.len().div_ceil(parts);
    thread::scope(|scope| {
        let chunks = list.chunks(size).enumerate();
        let work = &work;
        let workers: Vec<_> =
            chunks.map(|(rank, chunk)| scope.spawn(move || work(rank * size, chunk))).collect();
        let joined = workers.into_iter().map(|worker| worker.join());
        joined.map(|result| result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}

/// What tracks score in a look-up. Kept from one to the next, since there are many tracks.
pub(super) struct Scores {
    best: Vec<f32>,
    found: Vec<u32>,
    /// What tracks have in common with the name at hand; zero between names.
    pub(super) shared: Vec<f32>,
}

impl Scores {
    /// For a library of so many tracks.
    pub(super) fn new(tracks: usize) -> Self {
        Self { best: vec![0.0; tracks], found: Vec::new(), shared: vec![0.0; tracks] }
    }

    pub(super) fn raise(&mut self, id: u32, score: f32) {
        if score > self.best[id as usize] {
            self.set(id, score);
        }
    }

    fn set(&mut self, id: u32, score: f32) {
        let best = &mut self.best[id as usize];
        if *best == 0.0 {
            self.found.push(id);
        }
        *best = score;
    }

    fn add(&mut self, id: u32, score: f32) {
        self.set(id, self.best[id as usize] + score);
    }

    /// Gives what was found and starts anew.
    fn take(&mut self) -> Vec<(u32, f32)> {
        self.found.drain(..).map(|id| (id, std::mem::take(&mut self.best[id as usize]))).collect()
    }
}

/// The best of the scored, with equals of the last, by score and then by path.
fn top(mut scored: Vec<(u32, f32)>) -> Vec<usize> {
    let better = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if scored.len() > BEST_WITH_TIES {
        scored.select_nth_unstable_by(BEST_WITH_TIES, better);
        scored.truncate(BEST_WITH_TIES);
    }
    scored.sort_unstable_by(better);
    let bar = scored.get(BEST - 1).map_or(0.0, |(_, score)| score - 1e-4);
    scored.into_iter().take_while(|(_, score)| *score >= bar).map(|(id, _)| id as usize).collect()
}
