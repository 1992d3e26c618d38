//! Takes an index and the tracks it was made of; gives what is known of a track during one match,
//! worked out when it is first asked for and kept until the match ends.
//! Never decides; what it gives does not depend on what was asked before.

use std::sync::{Arc, OnceLock};

use super::index::{Index, Place};
use super::key::{ByKey, key};
use super::normalise::{Phrase, fold};
use super::recording;
use super::view::{self, Described, Memory};
use crate::library::Track;

/// The tracks of a library during one match.
pub(super) struct Collection<'a> {
    pub(super) index: &'a Index,
    tracks: &'a [Track],
    described: Vec<OnceLock<Box<Described>>>,
    recordings: Vec<OnceLock<Arc<[usize]>>>,
    release_names: Vec<OnceLock<Box<[Phrase]>>>,
    files: OnceLock<ByKey<Vec<u32>>>,
}

impl<'a> Collection<'a> {
    pub(super) fn new(index: &'a Index, tracks: &'a [Track]) -> Self {
        let (count, releases) = (index.places.len(), index.releases.all.len());
        Self {
            index,
            tracks,
            described: std::iter::repeat_with(OnceLock::new).take(count).collect(),
            recordings: std::iter::repeat_with(OnceLock::new).take(count).collect(),
            release_names: std::iter::repeat_with(OnceLock::new).take(releases).collect(),
            files: OnceLock::new(),
        }
    }

    /// The track itself; `None` if the caller gave other tracks than the index was made of.
    pub(super) fn track(&self, at: usize) -> Option<&'a Track> {
        self.tracks.get(self.index.position(at))
    }

    /// Where it stands.
    pub(super) fn place(&self, at: usize) -> &'a Place {
        &self.index.places[at]
    }

    /// Its names.
    pub(super) fn described(&self, at: usize) -> &Described {
        self.described_with(at, &mut Memory::default())
    }

    /// The same, for a caller who asks for many.
    pub(super) fn described_with(&self, at: usize, memory: &mut Memory) -> &Described {
        self.described[at].get_or_init(|| {
            let described = |track| view::describe(track, self.index.pattern(at), memory);
            Box::new(self.track(at).map(described).unwrap_or_default())
        })
    }

    /// The recording it holds, by its first track.
    pub(super) fn recording(&self, at: usize) -> usize {
        self.members(at)[0]
    }

    /// All tracks that hold the recording of this one, by path; never none.
    pub(super) fn members(&self, at: usize) -> &[usize] {
        // Not worked out within `get_or_init`: two threads that settle each other's tracks would
        // wait for one another.
        if self.recordings[at].get().is_none() {
            for group in recording::around(self, at) {
                let group: Arc<[usize]> = group.into();
                for member in group.iter() {
                    // Another thread may have found the same before.
                    let _ = self.recordings[*member].set(Arc::clone(&group));
                }
            }
        }
        self.recordings[at].get_or_init(|| Arc::from([at]))
    }

    /// What a release may be called.
    pub(super) fn release_names(&self, id: usize) -> &[Phrase] {
        self.release_names[id]
            .get_or_init(|| self.index.releases.all[id].names(|track| self.track(track)).into())
    }

    /// The tracks whose file is called `name`, without regard to case.
    pub(super) fn files_called(&self, name: &str) -> impl Iterator<Item = usize> {
        let files = self.files.get_or_init(|| {
            let mut files: ByKey<Vec<u32>> = ByKey::default();
            for at in 0..self.index.places.len() {
                let whole = self.track(at).filter(|track| track.span.is_none());
                let name = whole.and_then(|track| track.path.file_name());
                if let (Some(name), Ok(id)) = (name, u32::try_from(at)) {
                    files.entry(key(&name.to_string_lossy().to_lowercase())).or_default().push(id);
                }
            }
            files
        });
        files.get(&key(&name.to_lowercase())).into_iter().flatten().map(|id| *id as usize)
    }

    /// Its whole path, folded, with '/' between its parts. Empty for a part of a file.
    pub(super) fn path(&self, at: usize) -> String {
        let whole = self.track(at).filter(|track| track.span.is_none());
        whole.map(|track| fold(&track.path.to_string_lossy().replace('\\', "/"))).unwrap_or_default()
    }
}
