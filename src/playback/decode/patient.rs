//! Takes something that opens a file; gives readers of it that wait only so long. All that may block, the
//! opening and every read, happens on a thread of the file's own: a network mount that is gone then costs
//! its reader ten seconds, not its life. Never interprets a byte.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use symphonia::core::io::MediaSource;

use super::DecodeError;

/// How long a read may take: a sleeping disk needs some seconds to wake.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// Bytes asked for at once: few after a jump, then more and more, so that a whole minute of MP3 costs one
/// change of threads.
const FIRST_BLOCK: usize = 16 * 1024;
const LARGEST_BLOCK: usize = 128 * 1024;

/// An open file that is read elsewhere. Clones share the file and its thread, which ends with the last.
#[derive(Debug, Clone)]
pub(super) struct PatientFile {
    requests: Sender<Request>,
    /// The file did not answer once; nobody waits for it again.
    is_stuck: Arc<AtomicBool>,
    len: u64,
    patience: Duration,
}

/// Bytes wanted: as many as the buffer holds now.
#[derive(Debug)]
struct Request {
    at: u64,
    buffer: Vec<u8>,
    answer: Sender<io::Result<Vec<u8>>>,
}

impl PatientFile {
    /// Opens a file, which `open` gives with its length.
    ///
    /// # Errors
    /// Those of `open`, and [`io::ErrorKind::TimedOut`] when it does not return.
    pub(super) fn open<F: Read + Seek>(
        open: impl FnOnce() -> Result<(F, u64), DecodeError> + Send + 'static,
        patience: Duration,
    ) -> Result<Self, DecodeError> {
        let (requests, inbox) = mpsc::channel();
        let (tell, told) = mpsc::channel();
        std::thread::Builder::new().name("reader".into()).spawn(move || match open() {
            Ok((file, len)) => {
                // Whoever asked may have given up waiting; then the inbox is closed too.
                let _ = tell.send(Ok(len));
                serve(file, &inbox);
            }
            Err(error) => {
                let _ = tell.send(Err(error));
            }
        })?;
        match told.recv_timeout(patience) {
            Ok(len) => Ok(Self { requests, is_stuck: Arc::default(), len: len?, patience }),
            Err(_) => Err(no_answer(patience).into()),
        }
    }

    /// The file's length when it was opened.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Up to `len` bytes from `at` on; fewer where the file ends.
    ///
    /// # Errors
    /// The system's, and [`io::ErrorKind::TimedOut`].
    pub(super) fn read_at(&self, at: u64, len: usize) -> io::Result<Vec<u8>> {
        self.read_into(at, vec![0; len])
    }

    /// As [`PatientFile::read_at`], into a buffer that is used again.
    ///
    /// # Errors
    /// The system's, and [`io::ErrorKind::TimedOut`].
    pub(super) fn read_into(&self, at: u64, buffer: Vec<u8>) -> io::Result<Vec<u8>> {
        if self.is_stuck.load(Ordering::Relaxed) {
            return Err(no_answer(self.patience));
        }
        let (answer, answers) = mpsc::channel();
        let is_sent = self.requests.send(Request { at, buffer, answer }).is_ok();
        match answers.recv_timeout(self.patience) {
            Ok(read) => read,
            Err(RecvTimeoutError::Timeout) => {
                self.is_stuck.store(true, Ordering::Relaxed);
                Err(no_answer(self.patience))
            }
            Err(RecvTimeoutError::Disconnected) => {
                Err(io::Error::other(if is_sent { "its reader broke" } else { "its reader is gone" }))
            }
        }
    }
}

fn no_answer(patience: Duration) -> io::Error {
    let text = format!("it did not answer for {} seconds", patience.as_secs());
    io::Error::new(io::ErrorKind::TimedOut, text)
}

/// The file's own thread.
fn serve<F: Read + Seek>(mut file: F, requests: &Receiver<Request>) {
    for Request { at, mut buffer, answer } in requests {
        let read = file.seek(SeekFrom::Start(at)).and_then(|_| fill(&mut file, &mut buffer));
        let _ = answer.send(read.map(|len| {
            buffer.truncate(len);
            buffer
        }));
    }
}

/// Reads until the buffer is full or the file ends.
fn fill(file: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while len < into.len() {
        match file.read(&mut into[len..]) {
            Ok(0) => break,
            Ok(more) => len += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // What was read before a bad sector is music still.
            Err(_) if len > 0 => break,
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}

/// What a reader shows of a file: bytes of our own, then a part of the file's.
#[derive(Debug, Clone)]
pub(super) struct View {
    pub(super) head: Vec<u8>,
    pub(super) from: u64,
    pub(super) to: u64,
    /// Whether a demuxer may jump in it, or look at its end.
    pub(super) is_seekable: bool,
}

impl View {
    /// The whole file.
    pub(super) const WHOLE: Self = Self { head: Vec::new(), from: 0, to: u64::MAX, is_seekable: true };
}

/// A place in a view of a file.
pub(super) struct Reader {
    file: PatientFile,
    view: View,
    /// The place in the view.
    at: u64,
    /// Bytes of the file from `buffer_at` on.
    buffer: Vec<u8>,
    buffer_at: u64,
    block: usize,
}

impl Reader {
    pub(super) fn new(file: &PatientFile, view: View) -> Self {
        Self { file: file.clone(), view, at: 0, buffer: Vec::new(), buffer_at: 0, block: FIRST_BLOCK }
    }

    fn len(&self) -> u64 {
        let end = self.view.to.min(self.file.len());
        self.view.head.len() as u64 + end.saturating_sub(self.view.from)
    }

    /// Bytes of the file from `at` on, at most `most` of them; none at its end.
    fn bytes(&mut self, at: u64, most: u64) -> io::Result<&[u8]> {
        let end = self.buffer_at + self.buffer.len() as u64;
        if !(self.buffer_at..end).contains(&at) {
            let goes_on = at == end;
            self.block = if goes_on { (self.block * 2).min(LARGEST_BLOCK) } else { FIRST_BLOCK };
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.resize(self.block, 0);
            self.buffer = self.file.read_into(at, buffer)?;
            self.buffer_at = at;
        }
        // Within the buffer, which is at `at` now.
        let bytes = &self.buffer[(at - self.buffer_at) as usize..];
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Ok(&bytes[..bytes.len().min(most)])
    }
}

impl Read for Reader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let head = self.view.head.len() as u64;
        let len = if self.at < head {
            (&self.view.head[self.at as usize..]).read(into)?
        } else {
            let at = self.view.from.saturating_add(self.at - head);
            let left = self.view.to.saturating_sub(at);
            self.bytes(at, left)?.read(into)?
        };
        self.at += len as u64;
        Ok(len)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.len().checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

impl MediaSource for Reader {
    fn is_seekable(&self) -> bool {
        self.view.is_seekable
    }

    fn byte_len(&self) -> Option<u64> {
        self.view.is_seekable.then(|| self.len())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::Cursor;

    fn file(bytes: &[u8]) -> PatientFile {
        let (bytes, len) = (bytes.to_vec(), bytes.len() as u64);
        PatientFile::open(move || Ok((Cursor::new(bytes), len)), PATIENCE).unwrap()
    }

    /// A file whose bytes come when they are sent, and never else.
    struct Slow(Receiver<u8>);

    impl Read for Slow {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            match self.0.recv() {
                Ok(byte) => {
                    into[0] = byte;
                    Ok(1)
                }
                Err(_) => Ok(0),
            }
        }
    }

    impl Seek for Slow {
        fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
            Ok(0)
        }
    }

    #[test]
    fn reads_what_the_file_holds() {
        let bytes: Vec<u8> = (0..300_000_u32).map(|n| (n / 7) as u8).collect();
        let mut reader = Reader::new(&file(&bytes), View::WHOLE);
        let mut all = Vec::new();
        reader.read_to_end(&mut all).unwrap();
        assert!(all == bytes);
        assert_eq!(reader.seek(SeekFrom::End(-3)).unwrap(), 299_997);
        all.clear();
        reader.read_to_end(&mut all).unwrap();
        assert_eq!(all, bytes[299_997..]);
        assert!(reader.seek(SeekFrom::Current(-300_001)).is_err());
    }

    #[test]
    fn a_view_puts_its_head_before_a_part_of_the_file() {
        let view = View { head: b"head".to_vec(), from: 2, to: 6, is_seekable: true };
        let mut reader = Reader::new(&file(b"0123456789"), view);
        let mut all = String::new();
        reader.read_to_string(&mut all).unwrap();
        assert_eq!((all.as_str(), reader.byte_len()), ("head2345", Some(8)));
        reader.seek(SeekFrom::Start(3)).unwrap();
        let mut bytes = [0; 3];
        reader.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"d23");
    }

    #[test]
    fn a_file_that_does_not_answer_is_given_up() {
        let (sender, bytes) = mpsc::channel();
        let patience = Duration::from_millis(30);
        let file = PatientFile::open(move || Ok((Slow(bytes), 9)), patience).unwrap();
        sender.send(7).unwrap();
        let error = file.read_at(0, 2).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        // Nobody waits a second time.
        let file = PatientFile { patience: PATIENCE, ..file };
        assert_eq!(file.read_at(0, 2).unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn a_file_that_does_not_open_is_given_up() {
        let (_sender, never) = mpsc::channel::<u64>();
        let open = move || Ok((Cursor::new(Vec::new()), never.recv().unwrap_or(0)));
        let opened = PatientFile::open(open, Duration::from_millis(30));
        assert!(matches!(opened, Err(DecodeError::Io(error)) if error.kind() == io::ErrorKind::TimedOut));
    }
}
