//! Takes an index and music folders; gives the [`Library`]: the tracks in these folders, each read from the
//! index when it is asked for.
//! Never keeps a track, never touches a music folder but to say whether a file is still as it was.

use std::cmp::Ordering;
#[cfg(target_os = "linux")]
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::index::{Folders, Index, Shown, by_bytes};
use super::problem::{Problem, ProblemKind};
use super::track::Track;
use super::walk::modified;
use crate::table::Sum;

/// What the music folders hold. Everything is sorted by the bytes of its path; the tracks inside a file by their place.
#[derive(Debug, Default)]
pub struct Library {
    /// The folders it was made of, as absolute paths, without those that lie in another of them.
    pub roots: Vec<PathBuf>,
    /// What could not be used as it should.
    pub problems: Vec<Problem>,
    /// How many files were read because they are new or have changed; the others were known.
    pub files_read: usize,
    /// Music folders that are not there now, as of a drive that is not plugged in.
    pub away_roots: Vec<PathBuf>,
    /// Of the index what an earlier library did not have.
    fresh: Vec<u32>,
    index: Index,
    away: Vec<u32>,
    playable: Vec<u32>,
    unplayable: Vec<u32>,
}

/// A library as it was.
#[cfg(target_os = "linux")]
#[derive(Debug)]
pub(super) struct Seen {
    index: Index,
    roots: Vec<PathBuf>,
    away: Vec<PathBuf>,
}

impl Library {
    /// What the index has of folders that are there, and of folders that are away.
    pub(super) fn of(
        index: Index,
        (roots, away_roots): (Vec<PathBuf>, Vec<PathBuf>),
        problems: Vec<Problem>,
        files_read: usize,
    ) -> Self {
        let mut library = Self { roots, away_roots, problems, files_read, ..Self::default() };
        let (here, away) = (index.folders_in(&library.roots), index.folders_in(&library.away_roots));
        for (at, record) in (0_u32..).zip(index.records()) {
            let lies_in = |folders: &[bool]| folders.get(record.folder as usize).copied().unwrap_or(false);
            let shown = record.shown();
            if lies_in(&away) {
                library.away.extend(Some(at).filter(|_| shown == Shown::Playable));
                continue;
            }
            if !lies_in(&here) {
                continue;
            }
            if record.is_damaged()
                && let Some((Track { path, .. }, Some(reason))) = index.track(at as usize)
            {
                library.problems.push(Problem { path, kind: ProblemKind::Tags(reason) });
            }
            match shown {
                Shown::Playable => library.playable.push(at),
                Shown::Unplayable => library.unplayable.push(at),
                Shown::Hidden => {}
            }
        }
        library.problems.sort_by(|a, b| by_bytes(&a.path, &b.path));
        Self { index, ..library }
    }

    /// How many tracks there are: files, and of discs in one file, by a cue sheet beside it or in it, the tracks.
    pub fn len(&self) -> usize {
        self.playable.len()
    }

    /// Whether there is no track.
    pub fn is_empty(&self) -> bool {
        self.playable.is_empty()
    }

    /// A track, by its position; `None` beyond the last, or where the index is damaged.
    pub fn track(&self, at: usize) -> Option<Track> {
        self.index.track(*self.playable.get(at)? as usize).map(|(track, _)| track)
    }

    /// Its path alone.
    pub fn path(&self, at: usize) -> Option<PathBuf> {
        self.index.path(*self.playable.get(at)? as usize)
    }

    /// Whether it is what a cue sheet makes of a file.
    pub fn is_part(&self, at: usize) -> bool {
        let record = self.playable.get(at).and_then(|at| self.index.record(*at as usize));
        record.is_some_and(|record| record.is_part())
    }

    /// Whether the file at `at` has the size and the modification time that it had when it was read.
    pub fn is_current(&self, at: usize) -> bool {
        self.track(at).is_some_and(|track| track.is_current())
    }

    /// The tracks.
    pub fn tracks(&self) -> impl Iterator<Item = Track> {
        (0..self.len()).filter_map(|at| self.track(at))
    }

    /// The tracks that came or have changed since a watch last looked; of any other library none.
    pub fn fresh(&self) -> impl Iterator<Item = Track> {
        self.fresh.iter().filter_map(|at| self.index.track(*at as usize)).map(|(track, _)| track)
    }

    /// Of its tracks those are fresh that were not to be had in the library that was `seen`, whoever read them.
    #[cfg(target_os = "linux")]
    pub(super) fn compare(&mut self, seen: &Seen) {
        let before = Self::of(seen.index.clone(), (seen.roots.clone(), seen.away.clone()), Vec::new(), 0);
        let known: HashSet<u64> = before.marks().map(|(_, mark)| mark).collect();
        self.fresh = self.marks().filter(|(_, mark)| !known.contains(mark)).map(|(at, _)| at).collect();
    }

    /// What to compare a later library with. Costs next to nothing to keep.
    #[cfg(target_os = "linux")]
    pub(super) fn seen(&self) -> Seen {
        Seen { index: self.index.clone(), roots: self.roots.clone(), away: self.away_roots.clone() }
    }

    /// Of each track its place in the index, and a sum over all that is known of it.
    fn marks(&self) -> impl Iterator<Item = (u32, u64)> {
        self.playable.iter().filter_map(|at| Some((*at, self.index.record(*at as usize)?.mark)))
    }

    /// The tracks of the folders that are away, as the index remembers them.
    pub fn away(&self) -> impl Iterator<Item = Track> {
        self.away.iter().filter_map(|at| self.index.track(*at as usize)).map(|(track, _)| track)
    }

    /// The tracks in the file at `path`.
    pub fn at_path(&self, path: &Path) -> impl Iterator<Item = Track> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            let is_before = self.path(middle).is_some_and(|at| by_bytes(&at, path) == Ordering::Less);
            if is_before { low = middle + 1 } else { high = middle }
        }
        (low..self.len()).map_while(|at| self.track(at)).take_while(move |track| track.path == path)
    }

    /// Audio files of kinds that tonearm does not play; good to name when a track is missed.
    pub fn unplayable(&self) -> impl Iterator<Item = Track> {
        self.unplayable.iter().filter_map(|at| self.index.track(*at as usize)).map(|(track, _)| track)
    }

    /// A sum over the index that it is read from, and over its folders: equal for the same library. Costs nothing, but
    /// changes with other folders of the same index too.
    pub fn edition(&self) -> u64 {
        let mut edition = Sum(self.index.sum());
        self.roots.iter().for_each(|root| edition.add(root.as_os_str().as_encoded_bytes()));
        // No path: the same folder is another library when it is away.
        edition.add(&[0]);
        self.away_roots.iter().for_each(|root| edition.add(root.as_os_str().as_encoded_bytes()));
        edition.0
    }

    /// A sum over all that is known of the files that tonearm plays: another for another library.
    pub fn mark(&self) -> u64 {
        let mut mark = Sum::default();
        self.marks().for_each(|(_, own)| mark.add(&own.to_le_bytes()));
        mark.0
    }

    /// Gives back the memory of what was read from the index; it is there again when it is asked for.
    pub fn rest(&self) {
        self.index.rest();
    }

    /// All folders in which files were looked for, by their places among the folders of the index, and those.
    pub(super) fn folders(&self) -> (impl Iterator<Item = u32> + use<>, &Folders) {
        let inside = (0..).zip(self.index.folders_in(&self.roots)).filter(|(_, inside)| *inside);
        (inside.map(|(at, _)| at), self.index.folders())
    }
}

impl Track {
    /// Whether its file has the size and the modification time that it had when it was read.
    pub fn is_current(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|now| (self.size, self.modified) == (now.len(), modified(&now)))
    }
}
