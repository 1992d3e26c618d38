//! Takes the places and albums of tracks; gives the releases in the library: folders and albums
//! whose files belong together, with their names and numbering.
//! Never decides which release a listing means.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::index::{PLACE, Place, place};
use super::key::{ByKey, Postings, key, len_u32, postings};
use super::normalise::{Phrase, Word};
use super::parallel::in_parallel;
use super::similarity;
use super::title::Title;
use super::tracks::Tracks;
use super::view::release_folder;
use super::words::Rarity;
use crate::library::Track;
use crate::table::{Ids, Section, push_list, push_short, read_u32, take_short};

/// Files that belong together.
#[derive(Debug, Default)]
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

/// All releases as they were found, and those of each track.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The releases in a stable order.
    all: Vec<Release>,
    /// Which releases each track is in: its folder's, its album's.
    pub(super) of: Vec<[u32; 2]>,
}

/// The releases of a library as they stand in a file.
#[derive(Debug, Default)]
pub(super) struct Releases {
    /// Where each release begins in `all`, and the end of the last.
    starts: Section,
    all: Section,
    places: Section,
    /// The releases that have a word in one of their names.
    by_word: Postings,
}

impl Found {
    /// Finds the releases. A folder is one if most of its files share an album or are numbered: a
    /// heap of downloads is none. `albums` holds the key of each track's album.
    pub(super) fn find(tracks: &dyn Tracks, places: &[Place], albums: &[Option<u64>]) -> Self {
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
                    let folder = release_folder(&tracks.path(at as usize).unwrap_or_default());
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
        releases
    }

    /// The four sections of a file that hold them: see [`Releases::new`].
    pub(super) fn sections(&self, tracks: &dyn Tracks) -> [Vec<u8>; 4] {
        let parts = in_parallel(&self.all, |first, part| {
            let (mut words, mut stored) = (Vec::new(), Vec::new());
            for (id, release) in (u32::try_from(first).unwrap_or(NONE)..).zip(part) {
                let names = release.names(|track| tracks.track(track));
                words.extend(names.iter().flat_map(|name| &name.words).map(|word| (key(word), id)));
                stored.push(release.stored(&names));
            }
            (words, stored)
        });
        let (mut starts, mut all, mut words) = (Vec::new(), Vec::new(), Vec::new());
        for (part_words, stored) in parts {
            words.extend(part_words);
            for release in stored {
                starts.extend(len_u32(&all).to_le_bytes());
                all.extend_from_slice(&release);
            }
        }
        starts.extend(len_u32(&all).to_le_bytes());
        let [keys, lists] = postings(words);
        [starts, all, keys, lists]
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
    fn of(&self, track: usize) -> impl Iterator<Item = usize> + use<> {
        self.of[track].into_iter().filter(|id| *id != NONE).map(|id| id as usize)
    }
}

impl Releases {
    /// Reads what [`Found::sections`] made, and the section of the tracks' places.
    pub(super) fn new([starts, all, keys, lists]: [Section; 4], places: Section) -> Self {
        let count = u32::try_from(starts.len() / 4).unwrap_or(NONE).saturating_sub(1);
        Self { starts, all, places, by_word: Postings::new(keys, lists, count) }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        (self.starts.len() / 4).saturating_sub(1)
    }

    fn stored(&self, id: usize) -> Option<&[u8]> {
        let at = |id: usize| read_u32(&self.starts, id * 4).map(|start| start as usize);
        self.all.get(at(id)?..at(id + 1)?)
    }

    /// One of them, without its names; an empty one where the file is damaged.
    pub(super) fn release(&self, id: usize) -> Release {
        self.stored(id).and_then(|bytes| Release::read(bytes, self.places.len() / PLACE)).unwrap_or_default()
    }

    /// Its names.
    pub(super) fn names(&self, id: usize) -> Vec<Phrase> {
        let names = self.stored(id).and_then(|mut bytes| {
            let length = take_short(&mut bytes)? as usize;
            std::str::from_utf8(bytes.get(..length)?).ok()
        });
        let phrase = |name: &str| Phrase::from_words(name.split(' ').map(Word::from).collect());
        names
            .filter(|names| !names.is_empty())
            .map_or(Vec::new(), |names| names.split('\n').map(phrase).collect())
    }

    /// The releases of a track: its folder's, then its album's.
    pub(super) fn of(&self, track: usize) -> impl Iterator<Item = usize> + use<> {
        let (place, count) = (place(&self.places, track), self.len());
        place.releases.into_iter().map(|id| id as usize).filter(move |id| *id < count)
    }

    /// The releases that `heading` names, with how well; `names` gives the names of a release.
    pub(super) fn named<'a>(
        &self,
        heading: &Phrase,
        rarity: &Rarity,
        names: impl Fn(usize) -> &'a [Phrase],
    ) -> BTreeMap<usize, f64> {
        // A release all of whose words are so common is only found by its other words.
        const MOST: u32 = 3_000;
        let ids = heading.words.iter().map(|w| self.by_word.of(key(w))).filter(|ids| ids.size() <= MOST);
        let ids: BTreeSet<u32> = ids.flatten().collect();
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
    /// Names (length, then text, a line each), whether it is a folder, what is before its discs, its tracks.
    fn stored(&self, names: &[Phrase]) -> Vec<u8> {
        let names = names.iter().map(|name| name.words.join(" ")).collect::<Vec<_>>().join("\n");
        let mut bytes = Vec::new();
        push_short(&mut bytes, u32::try_from(names.len()).unwrap_or(0));
        bytes.extend_from_slice(names.as_bytes());
        push_short(&mut bytes, u32::from(self.is_folder));
        push_short(&mut bytes, len_u32(&self.before));
        for (disc, before) in &self.before {
            push_short(&mut bytes, *disc);
            push_short(&mut bytes, *before);
        }
        push_list(&mut bytes, &self.tracks);
        bytes
    }

    fn read(mut bytes: &[u8], tracks: usize) -> Option<Self> {
        let names = take_short(&mut bytes)? as usize;
        let mut bytes = bytes.get(names..)?;
        let is_folder = take_short(&mut bytes)? == 1;
        let discs = take_short(&mut bytes)?;
        let before = (0..discs).map(|_| Some((take_short(&mut bytes)?, take_short(&mut bytes)?)));
        let before = before.collect::<Option<_>>()?;
        Some(Self { tracks: Ids::new(bytes, u32::try_from(tracks).ok()?).collect(), is_folder, before })
    }

    /// Whether its numbers begin anew on further discs.
    pub(super) fn has_discs(&self) -> bool {
        !self.before.is_empty()
    }

    /// The number of one of its tracks counted through all discs.
    pub(super) fn running(&self, place: &Place) -> Option<u32> {
        let disc = place.disc.unwrap_or(1);
        let before = self.before.binary_search_by_key(&disc, |(disc, _)| *disc);
        let before = before.map_or(0, |at| self.before[at].1);
        place.number.map(|number| number.saturating_add(before))
    }

    /// What it may be called; `track` gives one of its tracks.
    fn names<'a>(&self, track: impl Fn(usize) -> Option<Cow<'a, Track>>) -> Vec<Phrase> {
        let tracks = || self.tracks.iter().filter_map(|at| track(*at as usize));
        let mut names = Vec::new();
        if let Some(first) = tracks().next().filter(|_| self.is_folder) {
            names = folder_names(&release_folder(&first.path));
        }
        let mut last = None;
        for album in tracks().filter_map(|track| track.tags.album.clone()) {
            if names.len() >= MOST_NAMES {
                break;
            }
            let phrase = Phrase::new(&album);
            if last.as_ref() == Some(&album) {
                continue;
            }
            last = Some(album);
            let album = phrase;
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
