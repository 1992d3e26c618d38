//! Takes and gives the library's files, the tracks inside them, and their folders, kept in one file that is read in place: what is not
//! asked for is not read. The file is written whole; of two writers the last wins.
//! Never fails on reading: an index that is absent, damaged or of another version is empty.
//!
//! Sections of the [`crate::table`]: a record of fixed size a file, in the order of the bytes of the paths, behind it
//! one for each track that a cue sheet finds in it; the files' names and contents, in postcard encoding; a record a folder, in the same order; the folders' paths.
//! A folder's record has the inode and the modification time that it had before it was listed: while
//! both stay, no file came, went or was renamed in it.

use std::cmp::Ordering;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::read::Contents;
use super::track::Track;
use crate::cue::{Gain, Gains, Sector, Span};
use crate::paths::path_of;
use crate::table::{NAME, Section, TableFile, read_u32, read_u64};

/// Counts up whenever a record changes or the same file would be read differently.
pub(super) const KIND: &[u8; NAME] = b"tonearm library4";

const RECORD: usize = 40;
pub(super) const FOLDER: usize = 32;
pub(super) const PLAYABLE: u32 = 1;
pub(super) const DAMAGED: u32 = 2;
/// It is a cue sheet, or carries one.
pub(super) const SHEET: u32 = 4;
/// It is a cue sheet, and so no track.
pub(super) const BARE_SHEET: u32 = 8;
/// The records that follow stand for it.
pub(super) const REPLACED: u32 = 16;
/// What a cue sheet makes of the file before it.
pub(super) const PART: u32 = 32;
pub(super) const STEADY: u32 = 1;

/// What tells whether a folder's listing may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct State {
    pub(super) modified: i64,
    pub(super) inode: u64,
    /// It was old enough when it was listed that a later change has another time, and all in it could be read.
    pub(super) steady: bool,
}

impl State {
    /// The state of a folder, taken to be steady.
    pub(super) fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(metadata);
        #[cfg(not(unix))]
        let inode = 0;
        Self { modified: super::walk::modified(metadata), inode, steady: true }
    }
}

/// One file's record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    pub(super) text: u64,
    pub(super) size: u64,
    pub(super) modified: i64,
    /// A sum over all that is known of the file.
    pub(super) mark: u64,
    pub(super) folder: u32,
    pub(super) flags: u32,
}

impl Record {
    /// Whether it is no file, but what a cue sheet makes of one.
    pub(super) fn is_part(&self) -> bool {
        self.flags & PART != 0
    }

    /// Whether the file is a cue sheet or carries one.
    pub(super) fn has_sheet(&self) -> bool {
        self.flags & SHEET != 0
    }

    /// Whether the file is of a kind that is played.
    pub(super) fn is_playable(&self) -> bool {
        self.flags & PLAYABLE != 0
    }

    /// What the library shows of it.
    pub(super) fn shown(&self) -> Shown {
        match self.flags {
            flags if flags & (BARE_SHEET | REPLACED) != 0 => Shown::Hidden,
            flags if flags & PLAYABLE != 0 => Shown::Playable,
            _ => Shown::Unplayable,
        }
    }

    /// Whether its tags could not be read.
    pub(super) fn is_damaged(&self) -> bool {
        self.flags & DAMAGED != 0 && self.flags & BARE_SHEET == 0
    }
}

/// What the library shows of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// A track.
    Playable,
    /// A file that tonearm does not play.
    Unplayable,
    /// Nothing: a cue sheet, or a file that others stand for.
    Hidden,
}

/// The part of a file that a track is, and its gains, as they are stored.
#[derive(Serialize, Deserialize)]
pub(super) struct Part {
    /// From, and to.
    span: Option<(u32, Option<u32>)>,
    track: Option<(i32, Option<u32>)>,
    album: Option<(i32, Option<u32>)>,
}

impl Part {
    pub(super) fn of(track: &Track) -> Self {
        let gain = |gain: Gain| (gain.millidecibels, gain.peak);
        Self {
            span: track.span.map(|span| (span.from().0, span.to().map(|to| to.0))),
            track: track.gains.track.map(gain),
            album: track.gains.album.map(gain),
        }
    }

    fn span(&self) -> Option<Span> {
        self.span.and_then(|(from, to)| Span::new(Sector(from), to.map(Sector)))
    }

    fn gains(&self) -> Gains {
        let gain = |(millidecibels, peak)| Gain { millidecibels, peak };
        Gains { track: self.track.map(gain), album: self.album.map(gain) }
    }
}

/// The folders of an index, which may be kept when the rest of it is let go.
#[derive(Debug, Clone, Default)]
pub(super) struct Folders {
    records: Section,
    paths: Section,
}

impl Folders {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.records.len() / FOLDER
    }

    /// A folder's path as bytes.
    pub(super) fn bytes(&self, at: usize) -> Option<&[u8]> {
        let bytes = self.records.get(at * FOLDER..)?;
        let start = usize::try_from(read_u64(bytes, 0)?).ok()?;
        self.paths.get(start..start.checked_add(read_u32(bytes, 8)? as usize)?)
    }

    pub(super) fn path(&self, at: usize) -> Option<PathBuf> {
        path_of(self.bytes(at)?)
    }

    /// The same for whoever keeps them for long: they are in memory only where the index cannot be kept on disk.
    pub(super) fn alone(&self) -> Self {
        Self { records: self.records.alone(), paths: self.paths.alone() }
    }

    /// Gives back the memory of what was read.
    pub(super) fn rest(&self) {
        self.paths.rest();
    }
}

/// The index as it stands on disk, or in memory where it cannot be kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    records: Section,
    texts: Section,
    folders: Folders,
    file: Option<TableFile>,
}

impl Index {
    /// The index at `path`; an empty one where there is none.
    pub(super) fn open(path: &Path) -> Self {
        match TableFile::open(path, KIND) {
            Ok(file) => Self::of(file),
            Err(error) => {
                tracing::debug!(path = %path.display(), %error, "no index, a damaged one, or another version's");
                Self::default()
            }
        }
    }

    pub(super) fn of(file: TableFile) -> Self {
        Self {
            records: file.section(0),
            texts: file.section(1),
            folders: Folders { records: file.section(2), paths: file.section(3) },
            file: Some(file),
        }
    }

    /// Whether every byte is as it was written. Reads all of it.
    pub(super) fn is_whole(&self) -> bool {
        self.file.as_ref().is_none_or(TableFile::is_whole)
    }

    /// Gives back the memory of what was read.
    pub(super) fn rest(&self) {
        self.texts.rest();
    }

    /// How many files it holds.
    pub(super) fn len(&self) -> usize {
        self.records.len() / RECORD
    }

    pub(super) fn record(&self, at: usize) -> Option<Record> {
        let bytes: &[u8] = self.records.get(at * RECORD..)?.first_chunk::<RECORD>()?;
        Some(Record {
            text: read_u64(bytes, 0)?,
            size: read_u64(bytes, 8)?,
            modified: read_u64(bytes, 16)?.cast_signed(),
            mark: read_u64(bytes, 24)?,
            folder: read_u32(bytes, 32)?,
            flags: read_u32(bytes, 36)?,
        })
    }

    /// All records, in order.
    pub(super) fn records(&self) -> impl Iterator<Item = Record> {
        (0..self.len()).map_while(|at| self.record(at))
    }

    /// A sum over the file it stands in: another for another index.
    pub(super) fn sum(&self) -> u64 {
        self.file.as_ref().map_or(0, TableFile::sum)
    }

    /// A file's name and contents as they are stored.
    pub(super) fn text(&self, at: usize) -> Option<&[u8]> {
        let start = usize::try_from(self.record(at)?.text).ok()?;
        let end =
            self.record(at + 1).map_or(Some(self.texts.len()), |next| usize::try_from(next.text).ok())?;
        self.texts.get(start..end)
    }

    /// What was read from a file.
    pub(super) fn contents(&self, at: usize) -> Option<Contents> {
        let ((_, contents), _) = postcard::take_from_bytes::<(&[u8], Contents)>(self.text(at)?).ok()?;
        Some(contents)
    }

    /// A file's path as bytes, into `path`, which is emptied first.
    pub(super) fn path_bytes(&self, at: usize, path: &mut Vec<u8>) -> Option<()> {
        path.clear();
        let folder = self.folder_bytes(self.record(at)?.folder as usize)?;
        path.extend_from_slice(folder);
        if !folder.ends_with(b"/") {
            path.push(b'/');
        }
        let (name, _): (&[u8], _) = postcard::take_from_bytes(self.text(at)?).ok()?;
        path.extend_from_slice(name);
        Some(())
    }

    pub(super) fn path(&self, at: usize) -> Option<PathBuf> {
        let mut path = Vec::new();
        self.path_bytes(at, &mut path)?;
        path_of(&path)
    }

    /// A file with what its tags say, and why they could not be read.
    pub(super) fn track(&self, at: usize) -> Option<(Track, Option<String>)> {
        let (record, path) = (self.record(at)?, self.path(at)?);
        let ((_, mut contents), rest) =
            postcard::take_from_bytes::<(&[u8], Contents)>(self.text(at)?).ok()?;
        let damage = contents.damage.take();
        let whole = whole(path, (record.size, record.modified), contents);
        if !record.is_part() {
            return Some((whole, damage));
        }
        let part: Part = postcard::from_bytes(rest).ok()?;
        Some((Track { span: part.span(), gains: part.gains(), ..whole }, damage))
    }

    /// The folders.
    pub(super) fn folders(&self) -> &Folders {
        &self.folders
    }

    /// How many folders it holds.
    pub(super) fn folder_count(&self) -> usize {
        self.folders.len()
    }

    /// A folder's path as bytes.
    pub(super) fn folder_bytes(&self, at: usize) -> Option<&[u8]> {
        self.folders.bytes(at)
    }

    pub(super) fn folder_path(&self, at: usize) -> Option<PathBuf> {
        self.folders.path(at)
    }

    pub(super) fn folder_state(&self, at: usize) -> Option<State> {
        let bytes: &[u8] = self.folders.records.get(at * FOLDER..)?.first_chunk::<FOLDER>()?;
        let steady = read_u32(bytes, 12)? & STEADY != 0;
        Some(State { modified: read_u64(bytes, 16)?.cast_signed(), inode: read_u64(bytes, 24)?, steady })
    }

    /// The folder of that path.
    pub(super) fn folder(&self, path: &Path) -> Option<usize> {
        let wanted = path.as_os_str().as_encoded_bytes();
        let (mut low, mut high) = (0, self.folder_count());
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.folder_bytes(middle)?.cmp(wanted) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Some(middle),
                Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// Whether each folder is one of `roots` or lies in one.
    pub(super) fn folders_in(&self, roots: &[PathBuf]) -> Vec<bool> {
        (0..self.folder_count())
            .map(|at| self.folder_bytes(at).is_some_and(|path| lies_in(path, roots)))
            .collect()
    }
}

/// A whole file as a track.
pub(super) fn whole(path: PathBuf, (size, modified): (u64, i64), contents: Contents) -> Track {
    let Contents { length, codec, bitrate, tags, sheet: _, damage: _ } = contents;
    Track { path, size, modified, length, codec, bitrate, tags, ..Track::default() }
}

/// Whether a path is one of `roots` or lies in one.
pub(super) fn lies_in(path: &[u8], roots: &[PathBuf]) -> bool {
    roots.iter().any(|root| {
        let root = root.as_os_str().as_encoded_bytes();
        path.strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/") || root.ends_with(b"/"))
    })
}

/// The order of the library: by the bytes of the path, which no locale changes.
pub(super) fn by_bytes(a: &Path, b: &Path) -> Ordering {
    a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;
    use std::time::Duration;

    use super::super::maker::Maker;
    use super::*;
    use crate::library::{Codec, Tags};
    use std::ffi::OsStr;

    fn contents() -> Contents {
        Contents {
            length: Some(Duration::from_millis(231_400)),
            codec: Codec::Flac,
            bitrate: Some(900),
            tags: Tags { title: Some("Heart's on Fire".into()), track: Some(5), ..Tags::default() },
            sheet: Some("FILE a.flac WAVE".into()),
            damage: None,
        }
    }

    fn written(names: &[&OsStr]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cache/library.idx");
        let mut maker = Maker::default();
        let music = maker.folder(b"/m", State { modified: 7, inode: 8, steady: true });
        for name in names {
            maker.add(&Path::new("/m").join(name), (1234, -5), &contents(), music, false).unwrap();
        }
        maker.store(&path).1.unwrap();
        (folder, path)
    }

    #[test]
    fn gives_back_what_was_stored() {
        let (_folder, path) = written(&[OsStr::new("a.flac"), OsStr::new("b.wma")]);
        let index = Index::open(&path);
        assert_eq!((index.len(), index.folder_count()), (2, 1));
        let (track, damage) = index.track(0).unwrap();
        assert_eq!((track.path.as_path(), track.size, track.modified), (Path::new("/m/a.flac"), 1234, -5));
        assert_eq!((track.tags, track.length, damage), (contents().tags, contents().length, None));
        let shown: Vec<_> = index.records().map(|record| (record.folder, record.shown())).collect();
        assert_eq!(shown, [(0, Shown::Playable), (0, Shown::Unplayable)]);
        assert!(index.records().all(|record| record.has_sheet() && !record.is_damaged()));
        assert_eq!(index.folder_state(0), Some(State { modified: 7, inode: 8, steady: true }));
        assert_eq!((index.folder(Path::new("/m")), index.folder(Path::new("/n"))), (Some(0), None));
        assert!(index.track(2).is_none() && index.folder_path(1).is_none());
    }

    #[test]
    fn parts_come_back_with_their_place_and_gains() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.idx");
        let gain = |millidecibels, peak| Some(Gain { millidecibels, peak });
        let part = |from, to| Track {
            path: "/m/a.flac".into(),
            size: 7,
            modified: -3,
            tags: contents().tags,
            span: Span::new(Sector(from), to),
            gains: Gains { track: gain(-6520, Some(988_553)), album: gain(3, None) },
            ..Track::default()
        };
        let parts = [part(0, Some(Sector(75))), part(75, None), Track { span: None, ..part(0, None) }];
        let mut maker = Maker::default();
        let music = maker.folder(b"/m", State::default());
        maker.add(Path::new("/m/a.cue"), (1, 1), &contents(), music, false).unwrap();
        maker.add(Path::new("/m/a.flac"), (7, -3), &contents(), music, true).unwrap();
        parts.iter().for_each(|part| maker.part(part, music).unwrap());
        maker.store(&path).1.unwrap();
        let index = Index::open(&path);
        let shown: Vec<_> = index.records().map(|record| record.shown()).collect();
        assert_eq!(shown, [[Shown::Hidden; 2].as_slice(), &[Shown::Playable; 3]].concat());
        let stored: Vec<Track> = (2..5).map(|at| index.track(at).unwrap().0).collect();
        assert_eq!(stored, parts);
        assert_eq!(
            index.records().map(|record| record.is_part()).collect::<Vec<_>>(),
            [false, false, true, true, true]
        );
    }

    #[cfg(unix)]
    #[test]
    fn paths_that_are_no_utf8_survive() {
        use std::os::unix::ffi::OsStrExt;
        let odd = OsStr::from_bytes(b"Caf\xE9.flac");
        let (_folder, path) = written(&[odd]);
        assert_eq!(Index::open(&path).path(0).unwrap(), Path::new("/m").join(odd));
    }

    #[test]
    fn damage_is_seen_or_does_no_harm() {
        let (folder, path) = written(&[OsStr::new("a.flac"), OsStr::new("b.flac")]);
        let good = fs::read(&path).unwrap();
        let damaged = folder.path().join("damaged");
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x90;
            fs::write(&damaged, &bad).unwrap();
            let index = Index::open(&damaged);
            assert!(index.len() == 0 || !index.is_whole(), "byte {at} changed");
            for at in 0..3 {
                let _ = (index.track(at), index.folder_path(at), index.folder(Path::new("/m")));
            }
            fs::write(&damaged, &good[..at]).unwrap();
            assert_eq!(Index::open(&damaged).len(), 0, "cut at {at}");
        }
        assert_eq!(Index::open(Path::new("/nonexistent/library.idx")).len(), 0);
    }

    #[test]
    fn below_a_root_is_what_lies_in_it() {
        let roots = [PathBuf::from("/m"), PathBuf::from("/n/")];
        for (path, inside) in [("/m", true), ("/m/a", true), ("/music", false), ("/n/a", true), ("/", false)]
        {
            assert_eq!(lies_in(path.as_bytes(), &roots), inside, "{path}");
        }
        assert!(lies_in(b"/anything", &[PathBuf::from("/")]));
    }
}
