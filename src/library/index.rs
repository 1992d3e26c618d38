//! Takes and gives the library's entries, kept in one file so that unchanged files need not be
//! read again. The file is written whole; of two writers the last wins.
//! Never fails on reading: an index that is absent, damaged or of another version is empty.
//!
//! Layout: [`MAGIC`] (with the version), the FNV-1a hash of what follows (8 bytes, little-endian),
//! then the entries in postcard encoding.

use std::cmp::Ordering;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::read::Contents;
use super::track::Track;
use crate::paths::{WriteError, write_whole};

/// Counts up whenever [`Entry`] changes or the same file would be read differently.
const MAGIC: &[u8] = b"tonearm library 2\n";

/// One audio file, and what was read from it when it had that size and modification time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Not a `PathBuf`: serde would refuse paths that are no UTF-8.
    path: OsString,
    size: u64,
    modified: i64,
    pub(super) contents: Contents,
}

impl Entry {
    pub(super) fn new(path: PathBuf, size: u64, modified: i64, contents: Contents) -> Self {
        Self { path: path.into_os_string(), size, modified, contents }
    }

    pub(super) fn path(&self) -> &Path {
        Path::new(&self.path)
    }

    /// Whether a file of that size and modification time is still the one that was read.
    pub(super) fn is_current(&self, size: u64, modified: i64) -> bool {
        (self.size, self.modified) == (size, modified)
    }

    pub(super) fn into_track(self) -> Track {
        let Contents { length, codec, bitrate, tags, sheet: _, damage: _ } = self.contents;
        let path = PathBuf::from(self.path);
        Track {
            path,
            size: self.size,
            modified: self.modified,
            length,
            codec,
            bitrate,
            tags,
            ..Track::default()
        }
    }
}

/// The order of the library: by the bytes of the path, which no locale changes.
pub(super) fn by_bytes(a: &Path, b: &Path) -> Ordering {
    a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes())
}

/// The entries of the index at `path`, sorted, or none.
pub(super) fn load(path: &Path) -> Vec<Entry> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::debug!(path = %path.display(), %error, "no index");
            return Vec::new();
        }
    };
    decode(&bytes).unwrap_or_else(|| {
        tracing::debug!(path = %path.display(), "index damaged or of another version; rebuilt");
        Vec::new()
    })
}

/// Replaces the index at `path`.
pub(super) fn store(path: &Path, entries: &[Entry]) -> Result<(), WriteError> {
    let payload = postcard::to_stdvec(entries)
        .map_err(|error| WriteError { path: path.to_owned(), source: std::io::Error::other(error) })?;
    let bytes = [MAGIC, &fnv1a(&payload).to_le_bytes(), &payload].concat();
    write_whole(path, &bytes)
}

fn decode(bytes: &[u8]) -> Option<Vec<Entry>> {
    let (sum, payload) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<8>()?;
    if u64::from_le_bytes(*sum) != fnv1a(payload) {
        return None;
    }
    let mut entries: Vec<Entry> = postcard::from_bytes(payload).ok()?;
    entries.sort_unstable_by(|a, b| by_bytes(a.path(), b.path())); // as they should be already
    Some(entries)
}

/// Fowler, Noll and Vo's 64-bit hash (RFC 9923): against accidents of the disk, not malice.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01B3))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use super::*;
    use crate::library::{Codec, Tags};

    fn entry(path: &str) -> Entry {
        let contents = Contents {
            length: Some(Duration::from_millis(231_400)),
            codec: Codec::Flac,
            bitrate: Some(900),
            tags: Tags { title: Some("Heart's on Fire".into()), track: Some(5), ..Tags::default() },
            sheet: Some("FILE a.flac WAVE".into()),
            damage: None,
        };
        Entry::new(path.into(), 1234, -5, contents)
    }

    fn written(entries: &[Entry]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cache/library.idx");
        store(&path, entries).unwrap();
        (folder, path)
    }

    #[test]
    fn gives_back_what_was_stored() {
        let entries = [entry("/m/a.flac"), entry("/m/b.flac")];
        let (_folder, path) = written(&entries);
        assert_eq!(load(&path), entries);
    }

    #[cfg(unix)]
    #[test]
    fn paths_that_are_no_utf8_survive() {
        use std::os::unix::ffi::OsStringExt;
        let odd = Entry { path: OsString::from_vec(b"/m/Caf\xE9.flac".to_vec()), ..entry("") };
        let (_folder, path) = written(std::slice::from_ref(&odd));
        assert_eq!(load(&path), [odd]);
    }

    #[test]
    fn any_damage_means_no_index() {
        let (_folder, path) = written(&[entry("/m/a.flac")]);
        let good = fs::read(&path).unwrap();
        assert!(decode(&good).is_some());
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            assert_eq!(decode(&bad), None, "byte {at} changed");
            assert_eq!(decode(&good[..at]), None, "cut at {at}");
        }
        assert_eq!(load(Path::new("/nonexistent/library.idx")), []);
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(b""), 0xCBF2_9CE4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_F739_67E8);
    }
}
