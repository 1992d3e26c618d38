//! Takes the name of a FIFO or of a Snapcast server; gives an open line to it that takes bytes without blocking.
//! Never waits for a reader; a FIFO that was made for it is removed with it.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};
use rustix::fs::{Mode, OFlags};

use crate::playback::output::OutputError;

/// A server that does not take a call for so long is none.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where bytes go.
#[derive(Debug)]
pub(super) enum Line {
    Fifo(File),
    Server(TcpStream),
}

/// A FIFO that was not there before; removed when dropped.
#[derive(Debug)]
pub(in crate::playback::output) struct Made(PathBuf);

impl Drop for Made {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0); // somebody else has removed it: fine
    }
}

/// Makes the FIFO where nothing stands.
///
/// # Errors
/// When it cannot be made, or when something else stands there: a file would be overwritten.
pub(in crate::playback::output) fn make_fifo(path: &Path) -> Result<Option<Made>, OutputError> {
    let failed = |cause| OutputError::File { path: path.to_owned(), cause };
    match fs::metadata(path) {
        Ok(found) if found.file_type().is_fifo() => Ok(None),
        Ok(_) => Err(failed(io::Error::new(ErrorKind::AlreadyExists, "it is there, and is no FIFO"))),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            make(path).map_err(failed)?;
            Ok(Some(Made(path.to_owned())))
        }
        Err(error) => Err(failed(error)),
    }
}

#[cfg(target_os = "linux")]
fn make(path: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, FileType};
    Ok(rustix::fs::mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(0o600), 0)?)
}

/// Where rustix has no call for it, the program of that name makes it.
#[cfg(not(target_os = "linux"))]
fn make(path: &Path) -> io::Result<()> {
    let ended = std::process::Command::new("mkfifo").args(["-m", "600"]).arg(path).status()?;
    if ended.success() { Ok(()) } else { Err(io::Error::other("mkfifo cannot make it")) }
}

impl Line {
    /// Opens a FIFO that somebody reads.
    pub(super) fn to_fifo(path: &Path) -> Result<Self, OutputError> {
        match rustix::fs::open(path, OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty()) {
            Ok(fifo) => Ok(Self::Fifo(fifo.into())),
            Err(rustix::io::Errno::NXIO) => Err(OutputError::NoReader(path.to_owned())),
            Err(error) => Err(OutputError::File { path: path.to_owned(), cause: error.into() }),
        }
    }

    /// Calls a server.
    pub(super) fn to_server(host: &str, port: u16) -> Result<Self, OutputError> {
        let stream = call(host, port, PATIENCE)
            .and_then(|stream| stream.set_nonblocking(true).map(|()| stream))
            .map_err(|cause| OutputError::NoRoom { address: format!("{host}:{port}"), cause })?;
        Ok(Self::Server(stream))
    }

    /// Gives as many bytes as go; `None` when none do now.
    ///
    /// # Errors
    /// When nobody reads any more.
    pub(super) fn give(&mut self, bytes: &[u8]) -> io::Result<Option<usize>> {
        let given = match self {
            Self::Fifo(fifo) => fifo.write(bytes),
            Self::Server(stream) => stream.write(bytes),
        };
        match given {
            Ok(0) => Err(ErrorKind::WriteZero.into()),
            Ok(given) => Ok(Some(given)),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What to poll: whether the reader goes away, and, if it is `full`, whether it has room again.
    pub(super) fn watched(&self, full: bool) -> PollFd<'_> {
        let room = if full { PollFlags::OUT } else { PollFlags::empty() };
        match self {
            Self::Fifo(fifo) => PollFd::new(fifo, room),
            Self::Server(stream) => PollFd::new(stream, room | PollFlags::IN),
        }
    }

    /// Whether the reader went away, by what polling said.
    pub(super) fn is_gone(&mut self, said: PollFlags) -> bool {
        if said.intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL) {
            return true;
        }
        let Self::Server(stream) = self else { return false };
        // A server that listens to music has nothing to say; what it says is not kept.
        said.contains(PollFlags::IN) && matches!(stream.read(&mut [0; 512]), Ok(0))
    }
}

/// Calls the first address of a host that answers.
pub(super) fn call(host: &str, port: u16, patience: Duration) -> io::Result<TcpStream> {
    let mut last = io::Error::new(ErrorKind::NotFound, "it has no address");
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, patience) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}
