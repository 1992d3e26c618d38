//! Takes nothing; gives the word for where the tracks to be matched come from: a list in memory, or a library
//! that reads each from its index.
//! Never changes what it gives while a match lasts.

use std::borrow::Cow;
use std::path::PathBuf;

use super::view::{file_stem, stem};
use crate::library::{Library, Track};

/// Tracks by position.
pub trait Tracks: Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// One of them; `None` beyond the last, or where it cannot be read.
    fn track(&self, at: usize) -> Option<Cow<'_, Track>>;

    /// Its path.
    fn path(&self, at: usize) -> Option<PathBuf> {
        self.track(at).map(|track| track.path.clone())
    }

    /// Its file's name without the extension; empty for a part of a file.
    fn stem(&self, at: usize) -> String {
        self.track(at).map(|track| stem(&track)).unwrap_or_default()
    }

    /// Gives back what memory was only taken to read faster.
    fn rest(&self) {}
}

impl Tracks for Vec<Track> {
    fn count(&self) -> usize {
        self.len()
    }

    fn track(&self, at: usize) -> Option<Cow<'_, Track>> {
        self.get(at).map(Cow::Borrowed)
    }
}

/// Tracks that stand in a row.
pub(super) struct Row<'a>(pub(super) &'a [Track]);

impl Tracks for Row<'_> {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn track(&self, at: usize) -> Option<Cow<'_, Track>> {
        self.0.get(at).map(Cow::Borrowed)
    }
}

impl Tracks for Library {
    fn count(&self) -> usize {
        self.len()
    }

    fn track(&self, at: usize) -> Option<Cow<'_, Track>> {
        self.track(at).map(Cow::Owned)
    }

    fn path(&self, at: usize) -> Option<PathBuf> {
        self.path(at)
    }

    fn stem(&self, at: usize) -> String {
        if self.is_part(at) {
            return self.track(at).map(|track| stem(&track)).unwrap_or_default();
        }
        self.path(at).map(|path| file_stem(&path)).unwrap_or_default()
    }

    fn rest(&self) {
        self.rest();
    }
}

/// Other tracks, in another order.
pub(super) struct Sorted<'a> {
    pub(super) tracks: &'a dyn Tracks,
    pub(super) order: &'a [u32],
}

impl Tracks for Sorted<'_> {
    fn count(&self) -> usize {
        self.order.len()
    }

    fn track(&self, at: usize) -> Option<Cow<'_, Track>> {
        self.tracks.track(*self.order.get(at)? as usize)
    }

    fn path(&self, at: usize) -> Option<PathBuf> {
        self.tracks.path(*self.order.get(at)? as usize)
    }
}
