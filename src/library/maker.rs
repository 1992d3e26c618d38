//! Takes folders, files and the tracks inside files, in the order of their paths; gives the index of them, written.
//! Never reads a file: what is in it comes along.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use super::index::{
    BARE_SHEET, DAMAGED, FOLDER, Index, KIND, PART, PLAYABLE, Part, REPLACED, Record, SHEET, STEADY, State,
};
use super::kind::FileKind;
use super::read::Contents;
use super::sheets::is_sheet;
use super::track::Track;
use crate::paths::{WriteError, write_whole};
use crate::table::{Sum, TableFile, image};

/// An index in the making. Folders first, then files, both in the order of their paths.
#[derive(Debug, Default)]
pub(super) struct Maker {
    records: Vec<u8>,
    texts: Vec<u8>,
    folders: Vec<u8>,
    paths: Vec<u8>,
}

impl Maker {
    /// Adds a folder; gives its number.
    pub(super) fn folder(&mut self, path: &[u8], state: State) -> u32 {
        let at = u32::try_from(self.folders.len() / FOLDER).unwrap_or(u32::MAX);
        self.folders.extend((self.paths.len() as u64).to_le_bytes());
        self.folders.extend(u32::try_from(path.len()).unwrap_or(u32::MAX).to_le_bytes());
        self.folders.extend(if state.steady { STEADY } else { 0 }.to_le_bytes());
        self.folders.extend(state.modified.to_le_bytes());
        self.folders.extend(state.inode.to_le_bytes());
        self.paths.extend_from_slice(path);
        at
    }

    /// Adds a file as an older index has it; `parts` are then added for it or not.
    pub(super) fn keep(&mut self, index: &Index, at: usize, folder: u32, parts: bool) {
        if let (Some(record), Some(text)) = (index.record(at), index.text(at)) {
            let flags = record.flags & !REPLACED | if parts { REPLACED } else { 0 };
            self.record(Record { folder, flags, ..record });
            self.texts.extend_from_slice(text);
        }
    }

    /// Adds a file; `parts` are then added for it or not.
    ///
    /// # Errors
    /// When what was read of it cannot be encoded.
    pub(super) fn add(
        &mut self,
        path: &Path,
        about: (u64, i64),
        contents: &Contents,
        folder: u32,
        parts: bool,
    ) -> io::Result<()> {
        let name = path.file_name().map(OsStr::as_encoded_bytes).unwrap_or_default();
        let text = postcard::to_stdvec(&(name, contents)).map_err(io::Error::other)?;
        let flag = |flag: u32, holds: bool| if holds { flag } else { 0 };
        let flags = flag(DAMAGED, contents.damage.is_some())
            | flag(SHEET, contents.sheet.is_some())
            | flag(BARE_SHEET, is_sheet(path))
            | flag(REPLACED, parts);
        self.text(path, about, &text, folder, flags);
        Ok(())
    }

    /// Adds what a cue sheet makes of the file that was added last.
    ///
    /// # Errors
    /// When what is known of it cannot be encoded.
    pub(super) fn part(&mut self, track: &Track, folder: u32) -> io::Result<()> {
        let name = track.path.file_name().map(OsStr::as_encoded_bytes).unwrap_or_default();
        let Track { length, codec, bitrate, ref tags, .. } = *track;
        let contents = Contents { length, codec, bitrate, tags: tags.clone(), ..Contents::default() };
        let text = postcard::to_stdvec(&((name, contents), Part::of(track))).map_err(io::Error::other)?;
        self.text(&track.path, (track.size, track.modified), &text, folder, PART);
        Ok(())
    }

    fn text(&mut self, path: &Path, (size, modified): (u64, i64), text: &[u8], folder: u32, flags: u32) {
        let mut mark = Sum::default();
        for piece in [path.as_os_str().as_encoded_bytes(), &size.to_le_bytes(), &modified.to_le_bytes(), text]
        {
            mark.add(piece);
        }
        let playable = FileKind::of(path) == Some(FileKind::Playable);
        let flags = flags | if playable { PLAYABLE } else { 0 };
        self.record(Record { text: 0, size, modified, mark: mark.0, folder, flags });
        self.texts.extend_from_slice(text);
    }

    fn record(&mut self, record: Record) {
        for field in [self.texts.len() as u64, record.size, record.modified.cast_unsigned(), record.mark] {
            self.records.extend(field.to_le_bytes());
        }
        self.records.extend(record.folder.to_le_bytes());
        self.records.extend(record.flags.to_le_bytes());
    }

    /// Replaces the index at `path`; gives it opened, from memory if it could not be written.
    pub(super) fn store(self, path: &Path) -> (Index, Result<(), WriteError>) {
        let bytes = image(KIND, 0, &[self.records, self.texts, self.folders, self.paths]);
        let written = write_whole(path, &bytes);
        let file = if written.is_ok() { TableFile::open(path, KIND).ok() } else { None };
        // Another tonearm may have put its own in the place by now, of other folders.
        let file = file.filter(|file| file.is_of(&bytes));
        let file = file.or_else(|| TableFile::of_bytes(bytes, KIND));
        (file.map(Index::of).unwrap_or_default(), written)
    }
}
