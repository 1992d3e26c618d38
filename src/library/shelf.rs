//! Takes an index and music folders; gives the [`Library`]: the tracks in these folders, each read from the
//! index when it is asked for.
//! Never keeps a track, never touches a music folder but to say whether a file is still as it was.

use std::fs;
use std::path::PathBuf;

use super::index::{Index, by_bytes};
use super::problem::{Problem, ProblemKind};
use super::track::Track;
use super::walk::modified;
use crate::table::Sum;

/// What the music folders hold. Everything is sorted by the bytes of its path.
#[derive(Debug, Default)]
pub struct Library {
    /// The folders it was made of, as absolute paths, without those that lie in another of them.
    pub roots: Vec<PathBuf>,
    /// What could not be used as it should.
    pub problems: Vec<Problem>,
    /// How many files were read because they are new or have changed; the others were known.
    pub files_read: usize,
    index: Index,
    playable: Vec<u32>,
    unplayable: Vec<u32>,
}

impl Library {
    pub(super) fn of(index: Index, roots: Vec<PathBuf>, problems: Vec<Problem>, files_read: usize) -> Self {
        let mut library = Self { roots, problems, files_read, ..Self::default() };
        let inside = index.folders_in(&library.roots);
        for (at, (folder, playable, damaged)) in (0_u32..).zip(index.kinds()) {
            if !inside.get(folder as usize).copied().unwrap_or(false) {
                continue;
            }
            if damaged && let Some((Track { path, .. }, Some(reason))) = index.track(at as usize) {
                library.problems.push(Problem { path, kind: ProblemKind::Tags(reason) });
            }
            if playable { library.playable.push(at) } else { library.unplayable.push(at) }
        }
        library.problems.sort_by(|a, b| by_bytes(&a.path, &b.path));
        Self { index, ..library }
    }

    /// How many files there are that tonearm plays.
    pub fn len(&self) -> usize {
        self.playable.len()
    }

    /// Whether there is no file that tonearm plays.
    pub fn is_empty(&self) -> bool {
        self.playable.is_empty()
    }

    /// A file that tonearm plays, by its position; `None` beyond the last, or where the index is damaged.
    pub fn track(&self, at: usize) -> Option<Track> {
        self.index.track(*self.playable.get(at)? as usize).map(|(track, _)| track)
    }

    /// Its path alone.
    pub fn path(&self, at: usize) -> Option<PathBuf> {
        self.index.path(*self.playable.get(at)? as usize)
    }

    /// Whether the file at `at` has the size and the modification time that it had when it was read.
    pub fn is_current(&self, at: usize) -> bool {
        let record = self.playable.get(at).and_then(|at| self.index.record(*at as usize));
        let now = self.path(at).and_then(|path| fs::metadata(path).ok());
        let (Some(record), Some(now)) = (record, now) else { return false };
        (record.size, record.modified) == (now.len(), modified(&now))
    }

    /// The files that tonearm plays.
    pub fn tracks(&self) -> impl Iterator<Item = Track> {
        (0..self.len()).filter_map(|at| self.track(at))
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
        edition.0
    }

    /// A sum over all that is known of the files that tonearm plays: another for another library.
    pub fn mark(&self) -> u64 {
        let mut mark = Sum::default();
        for record in self.playable.iter().filter_map(|at| self.index.record(*at as usize)) {
            mark.add(&record.mark.to_le_bytes());
        }
        mark.0
    }

    /// All folders in which files were looked for.
    pub fn folders(&self) -> impl Iterator<Item = PathBuf> {
        let inside = self.index.folders_in(&self.roots).into_iter().enumerate().filter(|(_, inside)| *inside);
        inside.filter_map(|(at, _)| self.index.folder_path(at))
    }
}
