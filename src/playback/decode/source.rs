//! Takes a path; gives the plain file behind it with its first and last bytes. Never blocks: what is
//! no plain file is refused before it is opened. Never interprets more than ID3v2 sizes.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::DecodeError;

/// Bytes of the beginning that are looked at: room for an MP3's information frame behind some junk.
const HEAD: u64 = 16 * 1024;

/// A file that can be opened again for every jump that a demuxer cannot make.
#[derive(Debug)]
pub(super) struct Source {
    path: PathBuf,
    len: u64,
    /// The first bytes behind any ID3v2 tags, and where they stand.
    head: Vec<u8>,
    head_at: u64,
}

impl Source {
    /// Looks at the file and reads its beginning.
    ///
    /// # Errors
    /// [`DecodeError::NotAFile`], [`DecodeError::Empty`] or [`DecodeError::Io`].
    pub(super) fn new(path: &Path) -> Result<Self, DecodeError> {
        let meta = fs::metadata(path)?;
        if !meta.is_file() {
            return Err(DecodeError::NotAFile);
        }
        if meta.len() == 0 {
            return Err(DecodeError::Empty);
        }
        let mut file = File::open(path)?;
        let mut at = 0;
        let mut head = read_at(&mut file, at, HEAD)?;
        // Some files carry several tags in a row; a damaged size must not send us round in circles.
        for _ in 0..8 {
            let Some(len) = id3v2_len(&head) else { break };
            at += len;
            head = read_at(&mut file, at, HEAD)?;
        }
        Ok(Self { path: path.to_owned(), len: meta.len(), head, head_at: at })
    }

    /// The first bytes behind any ID3v2 tags.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// Bytes in the file behind any ID3v2 tags in front.
    pub(super) fn len(&self) -> u64 {
        self.len.saturating_sub(self.head_at)
    }

    /// Opens the file from its beginning.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn open(&self) -> io::Result<File> {
        File::open(&self.path)
    }

    /// The first `len` bytes.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn first(&self, len: u64) -> io::Result<Vec<u8>> {
        read_at(&mut self.open()?, 0, len)
    }

    /// The last `len` bytes.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn last(&self, len: u64) -> io::Result<Vec<u8>> {
        read_at(&mut self.open()?, self.len.saturating_sub(len), len)
    }
}

fn read_at(file: &mut File, at: u64, len: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.take(len).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The length of the ID3v2 tag that begins here, with header and footer (id3.org, ID3v2.4.0, 3.1).
fn id3v2_len(head: &[u8]) -> Option<u64> {
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
