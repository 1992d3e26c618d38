//! Takes an open file; gives it as a stream whose seeks cost nothing: it looks at the file through a window of some
//! kilobytes, which is moved only when something outside it is read.
//! Never writes, never reads what nobody asked for but for the rest of the window.

use std::fs::File;
use std::io::{self, BufRead, Read, Seek, SeekFrom};

/// Bytes of the window: the header and the tags of most files.
const SIZE: usize = 16 << 10;
/// The window begins at a multiple of this, so that what is read backwards from the end of a file is read once.
const STEP: u64 = 4 << 10;

/// A file, seen through a window.
pub(super) struct Window {
    file: File,
    length: u64,
    /// Where the file's own position is.
    file_at: u64,
    /// Where the window begins.
    start: u64,
    bytes: Vec<u8>,
    at: u64,
}

impl Window {
    /// The whole of `file`, from its beginning.
    ///
    /// # Errors
    /// When its length cannot be told.
    pub(super) fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { file, length, file_at: 0, start: 0, bytes: Vec::new(), at: 0 })
    }

    /// What of the window lies behind the position.
    fn seen(&self) -> &[u8] {
        let inside = self.at.checked_sub(self.start).and_then(|at| usize::try_from(at).ok());
        inside.and_then(|at| self.bytes.get(at..)).unwrap_or_default()
    }

    /// Moves the window to the position.
    fn look(&mut self) -> io::Result<()> {
        let start = self.at / STEP * STEP;
        self.bytes.resize(SIZE, 0);
        let read = self.read_from(start);
        self.bytes.truncate(*read.as_ref().unwrap_or(&0));
        self.start = start;
        read.map(|_| ())
    }

    fn read_from(&mut self, start: u64) -> io::Result<usize> {
        if self.file_at != start {
            self.file.seek(SeekFrom::Start(start))?;
            self.file_at = start;
        }
        let mut filled = 0;
        // As much as is asked for, so that the position lies inside; a file may give less at a time.
        while start + (filled as u64) <= self.at && filled < self.bytes.len() {
            match self.file.read(&mut self.bytes[filled..]) {
                Ok(0) => break,
                Ok(count) => {
                    filled += count;
                    self.file_at += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }
}

impl BufRead for Window {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.seen().is_empty() && self.at < self.length {
            self.look()?;
        }
        Ok(self.seen())
    }

    fn consume(&mut self, count: usize) {
        self.at = self.at.saturating_add(count as u64);
    }
}

impl Read for Window {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(to)?;
        self.consume(count);
        Ok(count)
    }
}

impl Seek for Window {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    /// A file of so many bytes, and the same.
    fn both(length: usize) -> (Window, io::Cursor<Vec<u8>>) {
        let bytes: Vec<u8> = (0..length).map(|at| (at / 251 + at) as u8).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        file.rewind().unwrap();
        (Window::new(file).unwrap(), io::Cursor::new(bytes))
    }

    proptest! {
        #[test]
        fn it_reads_as_the_bytes_do(length in 0_usize..60_000, steps in proptest::collection::vec((0_u8..4, -70_000_i64..70_000, 0_usize..40_000), 0..12)) {
            let (mut window, mut bytes) = both(length);
            for (how, by, count) in steps {
                let to = match how {
                    0 => SeekFrom::Start(by.unsigned_abs()),
                    1 => SeekFrom::End(by),
                    2 => SeekFrom::Current(by),
                    _ => SeekFrom::Current(0),
                };
                prop_assert_eq!(window.seek(to).ok(), bytes.seek(to).ok());
                let (mut ours, mut theirs) = (Vec::new(), Vec::new());
                (&mut window).take(count as u64).read_to_end(&mut ours).unwrap();
                (&mut bytes).take(count as u64).read_to_end(&mut theirs).unwrap();
                prop_assert_eq!(ours, theirs);
                prop_assert_eq!(window.stream_position().unwrap(), bytes.stream_position().unwrap());
            }
        }
    }
}
