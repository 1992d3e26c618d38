//! Takes the places and albums of tracks; gives the releases in the library: folders and albums
//! whose files belong together, with their names and numbering.
//! Never decides which release a listing means.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::index::{Place, in_parallel};
use super::key::{ByKey, Postings, key, len_u32};
use super::normalise::Phrase;
use super::similarity;
use super::title::Title;
use super::view::release_folder;
use super::words::Rarity;
use crate::library::Track;

/// Files that belong together.
#[derive(Debug)]
pub(super) struct Release {
    /// Its tracks, ascending.
    pub(super) tracks: Box<[u32]>,
    /// It is a folder, not only an album's name.
    is_folder: bool,
    /// What to add to the numbers of each disc to count through all; empty for one disc.
    before: Box<[(u32, u32)]>,
}

/// Names kept per release.
const MOST_NAMES: usize = 12;
/// No release.
const NONE: u32 = u32::MAX;

/// All releases, and those of each track.
#[derive(Debug, Default)]
pub(super) struct Releases {
    /// The releases in a stable order.
    pub(super) all: Vec<Release>,
    /// Which releases each track is in: its folder's, its album's.
    of: Vec<[u32; 2]>,
    /// The releases that have a word in one of their names.
    by_word: Postings,
}

impl Releases {
    /// Finds the releases. A folder is one if most of its files share an album or are numbered: a
    /// heap of downloads is none. `albums` holds the key of each track's album.
    pub(super) fn find(tracks: &[&Track], places: &[Place], albums: &[Option<u64>]) -> Self {
        let count = places.iter().map(|place| place.folder as usize + 1).max().unwrap_or(0);
        let mut folders: Vec<Vec<u32>> = vec![Vec::new(); count];
        let mut by_album: HashMap<(u64, u64), Vec<u32>> = HashMap::new();
        let mut above: ByKey<u64> = ByKey::default();
        for (at, (place, album)) in (0_u32..).zip(places.iter().zip(albums)) {
            folders[place.folder as usize].push(at);
            if let Some(album) = album {
                // Equal album names of different people ("Greatest Hits") are kept apart by the
                // folder above: an artist's folder, or the one of all compilations.
                let above = above.entry(u64::from(place.folder)).or_insert_with(|| {
                    let folder = release_folder(&tracks[at as usize].path);
                    key(&Path::new(&folder).parent().map(|p| p.to_string_lossy()).unwrap_or_default())
                });
                by_album.entry((*album, *above)).or_default().push(at);
            }
        }
        let mut releases = Self { of: vec![[NONE; 2]; places.len()], ..Self::default() };
        for members in folders {
            if is_release(&members, places, albums) {
                releases.add(members, true, places);
            }
        }
        let mut rest: Vec<Vec<u32>> = by_album.into_values().collect();
        rest.sort_unstable();
        for members in rest {
            let known = releases.of(members[0] as usize).next();
            if known.is_none_or(|id| *releases.all[id].tracks != *members) {
                releases.add(members, false, places);
            }
        }
        let words = in_parallel(&releases.all, |first, part| {
            let mut words = Vec::new();
            for (id, release) in (u32::try_from(first).unwrap_or(NONE)..).zip(part) {
                let names = release.names(|track| tracks.get(track).copied());
                words.extend(names.iter().flat_map(|name| &name.words).map(|word| (key(word), id)));
            }
            words
        });
        releases.by_word = Postings::new(words.concat());
        releases
    }

    fn add(&mut self, tracks: Vec<u32>, is_folder: bool, places: &[Place]) {
        let id = len_u32(&self.all);
        for at in &tracks {
            let of = &mut self.of[*at as usize];
            of[usize::from(of[0] != NONE)] = id;
        }
        let before = before(&tracks, places);
        self.all.push(Release { tracks: tracks.into(), is_folder, before });
    }

    /// The releases of a track: its folder's, then its album's.
    pub(super) fn of(&self, track: usize) -> impl Iterator<Item = usize> + use<> {
        self.of[track].into_iter().filter(|id| *id != NONE).map(|id| id as usize)
    }

    /// The releases that `heading` names, with how well; `names` gives the names of a release.
    pub(super) fn named<'a>(
        &self,
        heading: &Phrase,
        rarity: &Rarity,
        names: impl Fn(usize) -> &'a [Phrase],
    ) -> BTreeMap<usize, f64> {
        // A release all of whose words are so common is only found by its other words.
        const MOST: usize = 3_000;
        let ids = heading.words.iter().map(|w| self.by_word.of(key(w))).filter(|ids| ids.len() <= MOST);
        let ids: BTreeSet<u32> = ids.flatten().copied().collect();
        ids.into_iter()
            .map(|id| (id as usize, named_by(names(id as usize), heading, rarity)))
            .filter(|(_, how)| *how > 0.0)
            .collect()
    }
}

fn is_release(tracks: &[u32], places: &[Place], albums: &[Option<u64>]) -> bool {
    let mut counts: ByKey<usize> = ByKey::default();
    for album in tracks.iter().filter_map(|at| albums[*at as usize]) {
        *counts.entry(album).or_default() += 1;
    }
    let share = |n: usize| n * 10 >= tracks.len() * 6;
    let numbered = tracks.iter().filter(|at| places[**at as usize].number.is_some()).count();
    tracks.len() > 1 && (counts.values().any(|n| share(*n)) || share(numbered))
}

fn folder_names(folder: &str) -> Vec<Phrase> {
    let name =
        Path::new(folder).file_name().map(|n| n.to_string_lossy().replace('_', " ")).unwrap_or_default();
    let mut names = vec![Title::new(&name).base().clone()];
    names.extend(name.split(['-', '–', '(', '[', ']', ')']).map(Phrase::new));
    names
}

/// An album's name without "original soundtrack", "deluxe edition" and what follows.
fn before_paper(album: &str) -> Phrase {
    let signs = [
        " original ",
        " music from",
        " soundtrack",
        " deluxe",
        " special",
        " expanded",
        " remastered",
        " remaster",
        " ost",
        " the soundtrack",
        " motion picture",
    ];
    let end =
        signs.iter().filter_map(|sign| album.find(sign)).filter(|at| *at > 0).min().unwrap_or(album.len());
    Phrase::new(&album[..end])
}

/// What to add to the numbers of each disc: the longest numbers of the discs before it.
fn before(tracks: &[u32], places: &[Place]) -> Box<[(u32, u32)]> {
    let mut longest: BTreeMap<u32, u32> = BTreeMap::new();
    for place in tracks.iter().map(|at| &places[*at as usize]) {
        if let Some(number) = place.number {
            let last = longest.entry(place.disc.unwrap_or(1)).or_default();
            *last = (*last).max(number);
        }
    }
    if longest.len() < 2 {
        return Box::default();
    }
    let mut sum = 0_u32;
    longest
        .into_iter()
        .map(|(disc, last)| {
            let before = sum;
            sum = sum.saturating_add(last);
            (disc, before)
        })
        .collect()
}

impl Release {
    /// The number of one of its tracks counted through all discs.
    pub(super) fn running(&self, place: &Place) -> Option<u32> {
        let disc = place.disc.unwrap_or(1);
        let before = self.before.binary_search_by_key(&disc, |(disc, _)| *disc);
        let before = before.map_or(0, |at| self.before[at].1);
        place.number.map(|number| number.saturating_add(before))
    }

    /// What it may be called; `track` gives one of its tracks.
    pub(super) fn names<'a>(&self, track: impl Fn(usize) -> Option<&'a Track>) -> Vec<Phrase> {
        let tracks = || self.tracks.iter().filter_map(|at| track(*at as usize));
        let mut names = Vec::new();
        if let Some(first) = tracks().next().filter(|_| self.is_folder) {
            names = folder_names(&release_folder(&first.path));
        }
        let mut last = None;
        for album in tracks().filter_map(|track| track.tags.album.as_deref()) {
            if names.len() >= MOST_NAMES {
                break;
            }
            if last.replace(album) == Some(album) {
                continue;
            }
            let album = Phrase::new(album);
            if !album.is_empty() && !names.iter().any(|n| n.glued == album.glued) {
                let before = before_paper(&album.words.join(" "));
                names.extend([album, before]);
            }
        }
        names.retain(|n| !n.is_empty() && !n.words.iter().all(|w| w.bytes().all(|b| b.is_ascii_digit())));
        names
    }
}

/// How well `heading` names a release of these names, from 0 to 1: every word that weighs
/// anything must be there.
fn named_by(names: &[Phrase], heading: &Phrase, rarity: &Rarity) -> f64 {
    const ENOUGH: f64 = 5.0;
    let best = names.iter().map(|name| {
        let found = similarity::within(name, heading, rarity);
        if found.mass >= ENOUGH && found.value >= 0.8 { found.value } else { 0.0 }
    });
    best.fold(0.0, f64::max)
}
