//! Takes an index and the tracks it was made of; gives what is known of a track during one match,
//! worked out when it is first asked for and kept while there is room.
//! Never decides; what it gives does not depend on what was asked before.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::filename::Pattern;
use super::index::{Index, Place};
use super::normalise::{Phrase, fold};
use super::release::Release;
use super::tracks::Tracks;
use super::view::{self, Described, Memory};
use crate::library::Track;

/// Tracks whose description is kept: some megabytes. A listing of a thousand lines asks for twenty times as
/// many, most of them once.
const MOST_DESCRIBED: usize = 2_048;
/// Tracks after which what they had in common is forgotten.
const MOST_REMEMBERED: usize = 500;
/// Releases that are kept.
const MOST_SMALL: usize = 8_192;

/// The tracks of a library during one match.
pub(super) struct Collection<'a> {
    pub(super) index: &'a Index,
    tracks: &'a dyn Tracks,
    described: Kept<Described>,
    memories: Mutex<Vec<(Memory, usize)>>,
    patterns: Kept<Pattern>,
    releases: Kept<Release>,
    release_names: Vec<OnceLock<Box<[Phrase]>>>,
}

impl<'a> Collection<'a> {
    pub(super) fn new(index: &'a Index, tracks: &'a dyn Tracks) -> Self {
        let releases = index.releases.len();
        Self {
            index,
            tracks,
            described: Kept::new(MOST_DESCRIBED),
            memories: Mutex::new(Vec::new()),
            patterns: Kept::new(MOST_SMALL),
            releases: Kept::new(MOST_SMALL),
            release_names: std::iter::repeat_with(OnceLock::new).take(releases).collect(),
        }
    }

    /// The track itself; `None` if the caller gave other tracks than the index was made of.
    pub(super) fn track(&self, at: usize) -> Option<Cow<'a, Track>> {
        self.tracks.track(self.index.position(at))
    }

    /// Where it stands.
    pub(super) fn place(&self, at: usize) -> Place {
        self.index.place(at)
    }

    /// Its names.
    pub(super) fn described(&self, at: usize) -> Arc<Described> {
        self.described.get(at, || {
            let memories = || self.memories.lock().unwrap_or_else(PoisonError::into_inner);
            let (mut memory, used) = memories().pop().unwrap_or_default();
            let describe = |track: Cow<'_, Track>| view::describe(&track, &self.pattern(at), &mut memory);
            let described = self.track(at).map(describe).unwrap_or_default();
            // What a few hundred tracks had in common may be forgotten.
            if used < MOST_REMEMBERED {
                memories().push((memory, used + 1));
            }
            described
        })
    }

    /// Gives back the memory of what was worked out and read so far.
    pub(super) fn rest(&self) {
        self.described.clear();
        self.memories.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.forget_pages();
    }

    /// Gives back the memory that the files of the index take; what is asked for again comes from the disk's cache.
    pub(super) fn forget_pages(&self) {
        self.index.rest();
        self.tracks.rest();
    }

    /// How the names of its folder are built. Few kinds there are for all folders.
    fn pattern(&self, at: usize) -> Arc<Pattern> {
        let start = self.place(at).pattern as usize;
        self.patterns.get(start, || self.index.pattern(start))
    }

    /// The recording it holds, by its first track.
    pub(super) fn recording(&self, at: usize) -> usize {
        self.members(at).next().unwrap_or(at)
    }

    /// All tracks that hold the recording of this one, by path; never none.
    pub(super) fn members(&self, at: usize) -> impl Iterator<Item = usize> + use<'a> {
        self.index.recording(at)
    }

    /// A release.
    pub(super) fn release(&self, id: usize) -> Arc<Release> {
        self.releases.get(id, || self.index.releases.release(id))
    }

    /// What a release may be called.
    pub(super) fn release_names(&self, id: usize) -> &[Phrase] {
        self.release_names[id].get_or_init(|| self.index.releases.names(id).into())
    }

    /// The tracks whose file is called `name`, without regard to case.
    pub(super) fn files_called(&self, name: &str) -> impl Iterator<Item = usize> {
        self.index.files_called(name)
    }

    /// Its whole path, folded, with '/' between its parts. Empty for a part of a file.
    pub(super) fn path(&self, at: usize) -> String {
        let whole = self.track(at).filter(|track| track.span.is_none());
        whole.map(|track| fold(&track.path.to_string_lossy().replace('\\', "/"))).unwrap_or_default()
    }
}

/// Values by key, worked out when first asked for. It only saves time: of more than fit, those that were not asked
/// for lately go.
struct Kept<V> {
    /// Several, so that threads seldom wait for one another.
    tables: [Mutex<Generations<V>>; TABLES],
    most: usize,
}

/// Once the young ones are too many, they are the old ones, and the old ones go.
struct Generations<V> {
    young: HashMap<usize, Arc<V>>,
    old: HashMap<usize, Arc<V>>,
}

const TABLES: usize = 8;

impl<V> Kept<V> {
    fn new(most: usize) -> Self {
        let empty = |_| Mutex::new(Generations { young: HashMap::new(), old: HashMap::new() });
        Self { tables: std::array::from_fn(empty), most: most / TABLES / 2 }
    }

    fn clear(&self) {
        for table in &self.tables {
            let mut table = table.lock().unwrap_or_else(PoisonError::into_inner);
            *table = Generations { young: HashMap::new(), old: HashMap::new() };
        }
    }

    fn get(&self, key: usize, make: impl FnOnce() -> V) -> Arc<V> {
        let lock = || self.tables[key % TABLES].lock().unwrap_or_else(PoisonError::into_inner);
        let known = {
            let mut table = lock();
            if let Some(value) = table.young.get(&key) {
                return Arc::clone(value);
            }
            table.old.remove(&key)
        };
        // Not made under the lock: making one may ask for others.
        let value = known.unwrap_or_else(|| Arc::new(make()));
        let mut table = lock();
        let gone = if table.young.len() >= self.most {
            let young = std::mem::take(&mut table.young);
            std::mem::replace(&mut table.old, young)
        } else {
            HashMap::new()
        };
        let value = Arc::clone(table.young.entry(key).or_insert(value));
        drop(table); // before those that are gone, which takes a while
        drop(gone);
        value
    }
}
