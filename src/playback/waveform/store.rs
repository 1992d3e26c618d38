//! Takes shapes of tracks; gives them back as long as their files are the same, from a folder with a small file for
//! each. Never holds more than [`MOST`] of them, never fails on reading: what is absent or damaged is not known.
//!
//! Layout of a file: [`MAGIC`] (with the version), the sum of what follows (8 bytes, little-endian), then [`Stored`] in
//! postcard encoding. It is written whole; its name is the sum of what it is of.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::{PIECES, Piece, Waveform};
use crate::paths::{WriteError, sweep, write_whole};
use crate::playback::level::Identity;
use crate::table;

/// Counts up whenever [`Stored`] changes or the same file would have another shape.
const MAGIC: &[u8] = b"tonearm waveform 1\n";

/// What the names of the files end in.
const ENDING: &str = "wave";

/// Shapes that are kept, four kilobytes each at the most: 16 MB.
const MOST: usize = 4000;

/// A little room is made when there are too many, so that not every shape looks through the folder.
const ROOM: usize = 100;

#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    /// What it is of: two names can have the same sum.
    of: OsString,
    size: u64,
    modified: i64,
    piece: u64,
    frames: u64,
    peaks: Vec<u8>,
    rms: Vec<u8>,
}

/// Shapes on disk.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// In this folder, which is made when there is something to keep.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The shape of a file, or a part of one, that is still the same.
    pub fn get(&self, of: &Identity) -> Option<Waveform> {
        let stored = decode(&fs::read(self.file(of)).ok()?)?;
        let is_same = (&stored.of, stored.size, stored.modified) == (&of.name, of.size, of.modified);
        let whole = stored.peaks.len() == stored.rms.len()
            && stored.peaks.len() < 2 * PIECES
            && stored.frames.div_ceil(stored.piece.max(1)) == stored.peaks.len() as u64;
        (is_same && whole).then(|| Waveform {
            pieces: stored.peaks.iter().zip(&stored.rms).map(|(&peak, &rms)| Piece { peak, rms }).collect(),
            piece: stored.piece.max(1),
            frames: stored.frames,
        })
    }

    /// Keeps the shape of a file as it was before it was decoded.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, of: &Identity, waveform: &Waveform) -> Result<(), WriteError> {
        let stored = Stored {
            of: of.name.clone(),
            size: of.size,
            modified: of.modified,
            piece: waveform.piece,
            frames: waveform.frames,
            peaks: waveform.pieces.iter().map(|piece| piece.peak).collect(),
            rms: waveform.pieces.iter().map(|piece| piece.rms).collect(),
        };
        let file = self.file(of);
        let payload = postcard::to_stdvec(&stored)
            .map_err(|error| WriteError { path: file.clone(), source: std::io::Error::other(error) })?;
        write_whole(&file, &[MAGIC, &table::sum(&payload).to_le_bytes(), &payload].concat())
    }

    /// Forgets those that were written longest ago, if there are more than `most` of them, and what killed writers left.
    pub fn tidy(&self) {
        self.tidy_to(MOST);
    }

    fn tidy_to(&self, most: usize) {
        sweep(&self.folder);
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let ours =
            entries.flatten().filter(|entry| entry.path().extension().is_some_and(|kind| kind == ENDING));
        let mut files: Vec<(SystemTime, PathBuf)> =
            ours.filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()))).collect();
        if files.len() <= most {
            return;
        }
        files.sort_unstable();
        let surplus = files.len() - most.saturating_sub(ROOM.min(most / 2));
        for (_, file) in &files[..surplus] {
            let _ = fs::remove_file(file); // another process was quicker
        }
    }

    fn file(&self, of: &Identity) -> PathBuf {
        let name = table::sum(of.name.as_encoded_bytes());
        self.folder.join(format!("{name:016x}.{ENDING}"))
    }
}

fn decode(bytes: &[u8]) -> Option<Stored> {
    let (sum, payload) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<8>()?;
    if u64::from_le_bytes(*sum) != table::sum(payload) {
        return None;
    }
    postcard::from_bytes(payload).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::playback::waveform::Folder;

    fn shape(level: f32) -> Waveform {
        let mut folder = Folder::new(1);
        folder.add(&vec![level; 1000]);
        folder.waveform()
    }

    fn case() -> (tempfile::TempDir, Store, PathBuf) {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("a.flac");
        fs::write(&file, "sound").unwrap();
        let store = Store::new(home.path().join("cache/waveforms"));
        (home, store, file)
    }

    #[test]
    fn a_shape_is_known_until_its_file_changes() {
        let (_home, store, file) = case();
        let of = Identity::of(&file).unwrap();
        assert_eq!(store.get(&of), None);
        store.keep(&of, &shape(0.5)).unwrap();
        assert_eq!(store.get(&of), Some(shape(0.5)));
        fs::write(&file, "other sound").unwrap();
        let now = Identity::of(&file).unwrap();
        assert_eq!(store.get(&now), None);
        store.keep(&now, &shape(0.25)).unwrap();
        assert_eq!(store.get(&now), Some(shape(0.25)));
        assert_eq!(fs::read_dir(&store.folder).unwrap().count(), 1, "in the place of the old one");
    }

    #[test]
    fn any_damage_means_that_it_is_not_known() {
        let (_home, store, file) = case();
        let of = Identity::of(&file).unwrap();
        store.keep(&of, &shape(0.5)).unwrap();
        let good = fs::read(store.file(&of)).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            assert!(decode(&bad).is_none(), "byte {at} changed");
            assert!(decode(&good[..at]).is_none(), "cut at {at}");
        }
    }

    #[test]
    fn the_oldest_are_forgotten_first_and_nothing_else() {
        let (home, store, _) = case();
        let folder = home.path().join("cache/waveforms");
        store.tidy();
        fs::create_dir_all(&folder).unwrap();
        for age in 0..6 {
            let file = fs::File::create(folder.join(format!("{age}.wave"))).unwrap();
            file.set_modified(SystemTime::now() - std::time::Duration::from_secs(60 * age)).unwrap();
        }
        fs::write(folder.join("notes.txt"), "").unwrap();
        store.tidy_to(6);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 7);
        store.tidy_to(4);
        let mut left: Vec<_> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["0.wave", "1.wave", "notes.txt"]);
    }
}
