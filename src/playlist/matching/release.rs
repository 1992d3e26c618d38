//! Takes described tracks; gives the releases in the library: folders and albums whose files
//! belong together, with their names and numbering.
//! Never decides which release a listing means.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::normalise::Phrase;
use super::similarity;
use super::title::Title;
use super::view::Described;
use super::words::Rarity;

/// Files that belong together.
#[derive(Debug, Default)]
pub(super) struct Release {
    /// What it may be called.
    pub(super) names: Vec<Phrase>,
    /// Its tracks, ascending.
    pub(super) tracks: Vec<usize>,
    /// Number of each track counted through all discs.
    pub(super) running: HashMap<usize, u32>,
}

/// Names kept per release.
const MOST_NAMES: usize = 12;

/// All releases, and those of each track.
#[derive(Debug, Default)]
pub(super) struct Releases {
    /// The releases in a stable order.
    pub(super) all: Vec<Release>,
    /// Which releases each track is in: its folder's, its album's.
    pub(super) of: Vec<Vec<usize>>,
    /// The releases that have a word in one of their names.
    by_word: HashMap<String, Vec<usize>>,
}

/// Finds the releases. A folder is one if most of its files share an album or are numbered: a
/// heap of downloads is none.
pub(super) fn find(described: &[Described]) -> Releases {
    let mut folders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut albums: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for (at, track) in described.iter().enumerate() {
        folders.entry(&track.folder).or_default().push(at);
        if let Some(album) = &track.album {
            // Equal album names of different people ("Greatest Hits") are kept apart by the
            // folder above: an artist's folder, or the one of all compilations.
            let above = Path::new(&track.folder).parent().map(|p| p.to_string_lossy().into_owned());
            albums.entry((album.glued.clone(), above.unwrap_or_default())).or_default().push(at);
        }
    }
    let mut releases = Releases { of: vec![Vec::new(); described.len()], ..Releases::default() };
    for (folder, tracks) in &folders {
        if is_release(tracks, described) {
            releases.add(tracks, folder_names(folder), described);
        }
    }
    for tracks in albums.values() {
        let known = releases.of[tracks[0]].first().is_some_and(|r| releases.all[*r].tracks == *tracks);
        if !known {
            releases.add(tracks, Vec::new(), described);
        }
    }
    releases
}

fn is_release(tracks: &[usize], described: &[Described]) -> bool {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for at in tracks {
        if let Some(album) = &described[*at].album {
            *counts.entry(&album.glued).or_default() += 1;
        }
    }
    let share = |n: usize| n * 10 >= tracks.len() * 6;
    let numbered = tracks.iter().filter(|at| described[**at].number.is_some()).count();
    tracks.len() > 1 && (counts.values().any(|n| share(*n)) || share(numbered))
}

fn folder_names(folder: &str) -> Vec<Phrase> {
    let name =
        Path::new(folder).file_name().map(|n| n.to_string_lossy().replace('_', " ")).unwrap_or_default();
    let mut names = vec![Title::new(&name).base().clone()];
    names.extend(name.split(['-', '–', '(', '[', ']', ')']).map(Phrase::new));
    names
}

impl Releases {
    fn add(&mut self, tracks: &[usize], mut names: Vec<Phrase>, described: &[Described]) {
        let id = self.all.len();
        for at in tracks {
            let album = described[*at].album.as_ref().filter(|_| names.len() < MOST_NAMES);
            if let Some(album) = album.filter(|a| !names.iter().any(|n| n.glued == a.glued)) {
                names.push(album.clone());
                names.push(before_paper(&album.words.join(" ")));
            }
            self.of[*at].push(id);
        }
        names.retain(|n| !n.is_empty() && !n.words.iter().all(|w| w.bytes().all(|b| b.is_ascii_digit())));
        for word in names.iter().flat_map(|n| &n.words) {
            let ids = self.by_word.entry(word.clone()).or_default();
            if ids.last() != Some(&id) {
                ids.push(id);
            }
        }
        self.all.push(Release { names, tracks: tracks.to_vec(), running: running(tracks, described) });
    }
}

impl Releases {
    /// The releases that `heading` names, with how well.
    pub(super) fn named(&self, heading: &Phrase, rarity: &Rarity) -> BTreeMap<usize, f64> {
        // A release all of whose words are so common is only found by its other words.
        const MOST: usize = 3_000;
        let ids = heading
            .words
            .iter()
            .filter_map(|w| self.by_word.get(w))
            .filter(|ids| ids.len() <= MOST)
            .flatten();
        let ids: BTreeSet<usize> = ids.copied().collect();
        ids.into_iter()
            .map(|id| (id, self.all[id].named_by(heading, rarity)))
            .filter(|(_, how)| *how > 0.0)
            .collect()
    }
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

/// Numbers through all discs: those of earlier discs are added.
fn running(tracks: &[usize], described: &[Described]) -> HashMap<usize, u32> {
    let mut longest: BTreeMap<u32, u32> = BTreeMap::new();
    for at in tracks {
        if let Some(number) = described[*at].number {
            let last = longest.entry(described[*at].disc.unwrap_or(1)).or_default();
            *last = (*last).max(number);
        }
    }
    let before = |disc: u32| longest.range(..disc).fold(0_u32, |sum, (_, n)| sum.saturating_add(*n));
    let number = |at: &usize| {
        Some((*at, described[*at].number?.saturating_add(before(described[*at].disc.unwrap_or(1)))))
    };
    tracks.iter().filter_map(number).collect()
}

impl Release {
    /// How well `heading` names this release, from 0 to 1: every word that weighs anything must
    /// be there.
    fn named_by(&self, heading: &Phrase, rarity: &Rarity) -> f64 {
        const ENOUGH: f64 = 5.0;
        let best = self.names.iter().map(|name| {
            let found = similarity::within(name, heading, rarity);
            if found.mass >= ENOUGH && found.value >= 0.8 { found.value } else { 0.0 }
        });
        best.fold(0.0, f64::max)
    }
}
