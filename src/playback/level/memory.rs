//! Takes what was measured of files; gives it back as long as they are the same, from one file on disk that several
//! processes may share. Never measures, never fails on reading: what is absent or damaged is empty.
//!
//! Layout: [`MAGIC`] (with the version), the FNV-1a hash of what follows (8 bytes, little-endian), then [`Stored`] in
//! postcard encoding. Written whole; what another process has written meanwhile is kept.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::{Gain, GainTags};
use crate::paths::{WriteError, write_whole};
use crate::playback::loudness::{self, Loudness, Measured};
use crate::playback::part::Part;

/// Counts up whenever [`Stored`] changes or the same file would be measured differently.
const MAGIC: &[u8] = b"tonearm loudness 1\n";

/// Files that are remembered; those measured longest ago are forgotten first. Half a kilobyte each.
const MOST: usize = 20_000;

/// The place of a file and what tells that it has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub(in crate::playback) name: OsString,
    pub(in crate::playback) size: u64,
    /// Nanoseconds since 1970, or before.
    pub(in crate::playback) modified: i64,
}

impl Identity {
    /// Looks at the file.
    ///
    /// # Errors
    /// When that is impossible.
    pub fn of(path: &Path) -> std::io::Result<Self> {
        let about = fs::metadata(path)?;
        let modified = about.modified()?;
        let nanos = |time: std::time::Duration| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
        let modified = match modified.duration_since(UNIX_EPOCH) {
            Ok(after) => nanos(after),
            Err(before) => -nanos(before.duration()),
        };
        Ok(Self { name: std::path::absolute(path)?.into_os_string(), size: about.len(), modified })
    }

    /// As [`Identity::of`], of a file or a part of one.
    ///
    /// # Errors
    /// When the file cannot be looked at.
    pub fn of_part(part: &Part) -> std::io::Result<Self> {
        let mut file = Self::of(&part.path)?;
        if let Some(span) = part.span {
            // No path holds a zero.
            let to = span.to().map(|to| to.to_string()).unwrap_or_default();
            file.name.push(format!("\0{}-{to}", span.from()));
        }
        Ok(file)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    size: u64,
    modified: i64,
    /// When it was measured, in seconds since 1970.
    at: u64,
    /// Names the release that its tags named then.
    release: Option<u64>,
    measured: Measured,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Stored {
    /// Not `PathBuf`s: serde would refuse paths that are no UTF-8.
    files: Vec<(OsString, Entry)>,
    /// Releases of which all was measured.
    whole: Vec<u64>,
}

#[derive(Debug, Clone, Default)]
struct Known {
    files: HashMap<OsString, Arc<Entry>>,
    whole: HashSet<u64>,
    /// Releases of which something is not measured yet, whatever is on disk.
    open: HashSet<u64>,
    /// Files that were measured since the last save.
    unsaved: usize,
    changed: bool,
}

/// How loud files are that were measured before. Shared by threads.
#[derive(Debug, Default)]
pub struct Memory {
    file: Option<PathBuf>,
    known: Mutex<Known>,
}

impl Memory {
    /// What the file on disk holds.
    pub fn open(file: PathBuf) -> Self {
        let known = Mutex::new(Known::from(load(&file)));
        Self { file: Some(file), known }
    }

    /// What was measured of a file that is still the same.
    pub fn get(&self, path: &Path) -> Option<Measured> {
        self.same(&Identity::of(path).ok()?)
    }

    /// As [`Memory::get`], of a file or a part of one.
    pub fn get_part(&self, part: &Part) -> Option<Measured> {
        self.same(&Identity::of_part(part).ok()?)
    }

    fn same(&self, identity: &Identity) -> Option<Measured> {
        let known = self.known();
        let entry = known.files.get(&identity.name)?;
        let is_same = (entry.size, entry.modified) == (identity.size, identity.modified);
        is_same.then(|| entry.measured.clone())
    }

    /// Remembers what was measured of a file as it was before that.
    pub fn remember(&self, file: Identity, release: Option<&str>, measured: Measured) {
        let entry = Entry {
            size: file.size,
            modified: file.modified,
            at: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()),
            release: release.map(hash),
            measured,
        };
        let mut known = self.known();
        known.files.insert(file.name, Arc::new(entry));
        known.unsaved += 1;
        known.changed = true;
    }

    /// Says whether all there is of a release was measured: only then does it have a gain.
    pub fn set_whole(&self, release: &str, is_whole: bool) {
        let release = hash(release);
        let mut known = self.known();
        let is_new = if is_whole {
            known.open.remove(&release);
            known.whole.insert(release)
        } else {
            known.open.insert(release);
            known.whole.remove(&release)
        };
        known.changed |= is_new;
    }

    /// How loud a release is, if all of it was measured.
    pub fn release(&self, release: &str) -> Option<Loudness> {
        let release = hash(release);
        let known = self.known();
        if !known.whole.contains(&release) {
            return None;
        }
        let of_it = known.files.values().filter(|entry| entry.release == Some(release));
        let tracks: Vec<&Measured> = of_it.map(|entry| &entry.measured).collect();
        (!tracks.is_empty()).then(|| loudness::of_all(&tracks))
    }

    /// Tags that say nothing of loudness get what was measured.
    pub(super) fn complete(&self, part: &Part, tags: GainTags) -> GainTags {
        if tags.has_gain() {
            return tags;
        }
        let gain = |loud: Loudness| Some(Gain { db: loud.gain()?, peak: Some(loud.true_peak) });
        let track = self.get_part(part).and_then(|measured| gain(measured.loudness()));
        // The release counts only with a track that is known to be of it.
        let release = tags.release.as_deref().filter(|_| track.is_some());
        let album = release.and_then(|release| self.release(release)).and_then(gain);
        GainTags { track, album, ..tags }
    }

    /// Files that were measured and are not on disk yet.
    pub(super) fn unsaved(&self) -> usize {
        self.known().unsaved
    }

    /// Writes what is new, beside what others have written since.
    ///
    /// # Errors
    /// When the file cannot be written; all stays remembered until the process ends.
    pub fn save(&self) -> Result<(), WriteError> {
        let Some(file) = &self.file else { return Ok(()) };
        // Nobody who wants to know something waits for the disk.
        let mut known = self.known().clone();
        if !known.changed {
            return Ok(());
        }
        let saved = known.unsaved;
        known.merge(Known::from(load(file)));
        known.forget();
        store(file, known)?;
        let mut known = self.known();
        known.unsaved -= saved.min(known.unsaved);
        known.changed = known.unsaved > 0;
        Ok(())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<Stored> for Known {
    fn from(stored: Stored) -> Self {
        Self {
            files: stored.files.into_iter().map(|(path, entry)| (path, Arc::new(entry))).collect(),
            whole: stored.whole.into_iter().collect(),
            ..Self::default()
        }
    }
}

impl Known {
    /// Takes what another process knows better.
    fn merge(&mut self, other: Self) {
        for (path, entry) in other.files {
            if self.files.get(&path).is_none_or(|own| own.at < entry.at) {
                self.files.insert(path, entry);
            }
        }
        self.whole.extend(other.whole.difference(&self.open));
    }

    fn forget(&mut self) {
        let surplus = self.files.len().saturating_sub(MOST);
        if surplus > 0 {
            let mut by_age: Vec<(u64, OsString)> =
                self.files.iter().map(|(path, entry)| (entry.at, path.clone())).collect();
            by_age.sort_unstable();
            for (_, path) in &by_age[..surplus] {
                self.files.remove(path);
            }
        }
        let named: HashSet<u64> = self.files.values().filter_map(|entry| entry.release).collect();
        self.whole.retain(|release| named.contains(release));
    }
}

fn load(file: &Path) -> Stored {
    fs::read(file).ok().and_then(|bytes| decode(&bytes)).unwrap_or_default()
}

fn decode(bytes: &[u8]) -> Option<Stored> {
    let (sum, payload) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<8>()?;
    if u64::from_le_bytes(*sum) != fnv1a(payload) {
        return None;
    }
    postcard::from_bytes(payload).ok()
}

fn store(file: &Path, known: Known) -> Result<(), WriteError> {
    let mut files: Vec<(OsString, Entry)> =
        known.files.into_iter().map(|(path, entry)| (path, Entry::clone(&entry))).collect();
    files.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let mut whole: Vec<u64> = known.whole.into_iter().collect();
    whole.sort_unstable();
    let payload = postcard::to_stdvec(&Stored { files, whole })
        .map_err(|error| WriteError { path: file.to_owned(), source: std::io::Error::other(error) })?;
    write_whole(file, &[MAGIC, &fnv1a(&payload).to_le_bytes(), &payload].concat())
}

fn hash(release: &str) -> u64 {
    fnv1a(release.as_bytes())
}

/// Fowler, Noll and Vo's 64-bit hash (RFC 9923): against accidents, not malice.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01B3))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::playback::loudness::tests::tone;

    struct Case {
        folder: tempfile::TempDir,
    }

    impl Case {
        fn new() -> Self {
            Self { folder: tempfile::tempdir().unwrap() }
        }

        fn file(&self, name: &str) -> PathBuf {
            let file = self.folder.path().join(name);
            fs::write(&file, name).unwrap();
            file
        }

        fn store(&self) -> PathBuf {
            self.folder.path().join("cache/loudness.idx")
        }

        fn memory(&self) -> Memory {
            Memory::open(self.store())
        }
    }

    fn remember(memory: &Memory, file: &Path, release: &str, db: f32) {
        memory.remember(Identity::of(file).unwrap(), Some(release), tone(db, 5));
    }

    #[test]
    fn a_file_is_known_until_it_changes() {
        let case = Case::new();
        let file = case.file("a");
        remember(&case.memory(), &file, "A", -20.0);
        assert_eq!(case.memory().get(&file), None, "it was not saved");
        let memory = case.memory();
        remember(&memory, &file, "A", -20.0);
        memory.save().unwrap();
        assert_eq!(case.memory().get(&file), Some(tone(-20.0, 5)));
        fs::write(&file, "longer").unwrap();
        assert_eq!(case.memory().get(&file), None);
    }

    #[test]
    fn processes_do_not_lose_what_others_have_measured() {
        let case = Case::new();
        let (a, b) = (case.file("a"), case.file("b"));
        let (one, other) = (case.memory(), case.memory());
        remember(&one, &a, "A", -20.0);
        remember(&other, &b, "A", -30.0);
        one.set_whole("A", true);
        one.save().unwrap();
        other.save().unwrap();
        let both = case.memory();
        assert!(both.get(&a).is_some() && both.get(&b).is_some());
        assert!(both.release("A").is_some());
    }

    #[test]
    fn a_release_has_a_gain_once_all_of_it_was_measured() {
        let case = Case::new();
        let memory = case.memory();
        let (a, b) = (case.file("a"), case.file("b"));
        remember(&memory, &a, "A", -20.0);
        let tags = GainTags { release: Some("A".into()), ..GainTags::default() };
        let track = memory.complete(&a.clone().into(), tags.clone());
        assert!((track.track.unwrap().db - 2.0).abs() < 0.1, "{track:?}");
        assert_eq!(track.album, None);
        remember(&memory, &b, "A", -26.0);
        memory.set_whole("A", true);
        let album = memory.complete(&a.clone().into(), tags.clone()).album.unwrap();
        assert!(album.db > 2.5 && album.db < 8.0, "{album:?}");
        assert_eq!(memory.complete(&case.file("c").into(), tags.clone()).album, None, "not measured itself");
        memory.set_whole("A", false);
        assert_eq!(memory.complete(&a.clone().into(), tags.clone()).album, None, "there is more of it");
        // What tags say comes first.
        let tagged = GainTags { track: Some(Gain { db: 1.0, peak: None }), ..tags };
        assert_eq!(memory.complete(&a.into(), tagged.clone()), tagged);
    }

    #[test]
    fn the_oldest_are_forgotten_first() {
        let measured = tone(-20.0, 1);
        let entry = |at| {
            let measured = measured.clone();
            Arc::new(Entry { size: 1, modified: 1, at, release: Some(at), measured })
        };
        let files = (0..MOST as u64 + 2).map(|n| (n.to_string().into(), entry(n))).collect();
        let mut known = Known { files, whole: [0, 1, 2].into(), ..Known::default() };
        known.forget();
        assert_eq!(known.files.len(), MOST);
        assert!(
            !known.files.contains_key(&OsString::from("1")) && known.files.contains_key(&OsString::from("2"))
        );
        assert_eq!(known.whole, [2].into());
    }

    #[test]
    fn any_damage_means_nothing_is_known() {
        let case = Case::new();
        let memory = case.memory();
        remember(&memory, &case.file("a"), "A", -20.0);
        memory.save().unwrap();
        let good = fs::read(case.store()).unwrap();
        assert!(decode(&good).is_some());
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            assert!(decode(&bad).is_none(), "byte {at} changed");
            assert!(decode(&good[..at]).is_none(), "cut at {at}");
        }
    }
}
