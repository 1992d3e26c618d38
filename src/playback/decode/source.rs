//! Takes a path; gives the plain file behind it with its first and last bytes. Never blocks for long: what
//! is no plain file is refused before it is opened, and reads have a limit. Never interprets more than
//! ID3v2 sizes and the header of WAV above 4 GB.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::DecodeError;
use super::patient::{PATIENCE, PatientFile, Reader, View};
use super::rf64;

/// Bytes of the beginning that are looked at: room for an MP3's information frame behind some junk.
const HEAD: usize = 16 * 1024;

/// A file that can be opened again for every jump that a demuxer cannot make.
#[derive(Debug)]
pub(super) struct Source {
    file: PatientFile,
    /// What demuxers are shown.
    view: View,
    /// The first bytes behind any ID3v2 tags, and where they stand.
    head: Vec<u8>,
    head_at: u64,
    /// Frames that a header says which demuxers are not shown.
    frames: Option<u64>,
}

impl Source {
    /// Looks at the file and reads its beginning.
    ///
    /// # Errors
    /// [`DecodeError::NotAFile`], [`DecodeError::Empty`] or [`DecodeError::Io`].
    pub(super) fn new(path: &Path) -> Result<Self, DecodeError> {
        let path = path.to_owned();
        Self::of(PatientFile::open(move || plain_file(&path), PATIENCE)?)
    }

    fn of(file: PatientFile) -> Result<Self, DecodeError> {
        let mut at = 0;
        let mut head = file.read_at(at, HEAD)?;
        // Some files carry several tags in a row; a damaged size must not send us round in circles.
        for _ in 0..8 {
            let Some(len) = id3v2_len(&head) else { break };
            at += len;
            head = file.read_at(at, HEAD)?;
        }
        let source = Self { file, view: View::WHOLE, head, head_at: at, frames: None };
        Ok(match rf64::translate(&source.head) {
            Some(wave) => Self {
                frames: Some(wave.frames),
                view: View {
                    head: wave.head.clone(),
                    from: source.head_at + wave.data_at,
                    to: (source.head_at + wave.data_at).saturating_add(wave.data_len),
                    is_seekable: true,
                },
                head: wave.head,
                ..source
            },
            None => source,
        })
    }

    /// The first bytes behind any ID3v2 tags.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// Where [`Source::head`] stands in the file.
    pub(super) fn head_at(&self) -> u64 {
        self.head_at
    }

    /// Bytes in the file behind any ID3v2 tags in front.
    pub(super) fn len(&self) -> u64 {
        self.file.len().saturating_sub(self.head_at)
    }

    /// Frames of music, where a header says so which demuxers are not shown.
    pub(super) fn frames(&self) -> Option<u64> {
        self.frames
    }

    /// The file itself.
    pub(super) fn file(&self) -> &PatientFile {
        &self.file
    }

    /// A reader from the beginning.
    pub(super) fn open(&self) -> Reader {
        Reader::new(&self.file, self.view.clone())
    }

    /// A reader that says that it cannot jump: a demuxer then takes what comes.
    pub(super) fn open_onward(&self) -> Reader {
        Reader::new(&self.file, View { is_seekable: false, ..self.view.clone() })
    }

    /// The first `len` bytes.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn first(&self, len: usize) -> io::Result<Vec<u8>> {
        self.file.read_at(0, len)
    }

    /// The last `len` bytes.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn last(&self, len: usize) -> io::Result<Vec<u8>> {
        self.file.read_at(self.file.len().saturating_sub(len as u64), len)
    }
}

/// Opens what is a plain file with something in it.
fn plain_file(path: &Path) -> Result<(File, u64), DecodeError> {
    let meta = fs::metadata(path)?;
    if !meta.is_file() {
        return Err(DecodeError::NotAFile);
    }
    if meta.len() == 0 {
        return Err(DecodeError::Empty);
    }
    Ok((File::open(path)?, meta.len()))
}

/// The length of the ID3v2 tag that begins here, with header and footer (id3.org, ID3v2.4.0, 3.1).
pub(super) fn id3v2_len(head: &[u8]) -> Option<u64> {
    let &[b'I', b'D', b'3', _, _, flags, a, b, c, d, ..] = head else {
        return None;
    };
    let size = [a, b, c, d].iter().fold(0, |size, &byte| size << 7 | u64::from(byte & 0x7f));
    let footer = if flags & 0x10 != 0 { 10 } else { 0 };
    Some(10 + size + footer)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_head_begins_behind_all_tags() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.flac");
        let tag = b"ID3\x04\0\0\0\0\0\x05.....".to_vec();
        fs::write(&path, [tag.clone(), tag, b"fLaC".to_vec()].concat()).unwrap();
        assert_eq!(Source::new(&path).unwrap().head(), b"fLaC");
    }

    #[test]
    fn what_is_no_plain_file_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(Source::new(dir.path()), Err(DecodeError::NotAFile)));
        let empty = dir.path().join("empty");
        fs::write(&empty, b"").unwrap();
        assert!(matches!(Source::new(&empty), Err(DecodeError::Empty)));
        let missing = Source::new(&dir.path().join("missing"));
        assert!(matches!(missing, Err(DecodeError::Io(e)) if e.kind() == io::ErrorKind::NotFound));
    }

    #[test]
    fn a_tag_longer_than_the_file_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.mp3");
        fs::write(&path, b"ID3\x04\0\0\x7f\x7f\x7f\x7f").unwrap();
        assert!(Source::new(&path).unwrap().head().is_empty());
    }
}
