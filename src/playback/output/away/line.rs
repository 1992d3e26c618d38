//! Takes the name of a FIFO or of a Snapcast server; gives an open line to it that takes bytes without blocking.
//! Never waits for a reader to come.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::Path;
use std::time::Duration;

#[cfg(unix)]
use rustix::event::{PollFd, PollFlags};

use super::fifo;
use crate::playback::output::OutputError;
use crate::playback::output::doorbell::Doorbell;
#[cfg(unix)]
use crate::playback::output::doorbell::poll;

/// A server that does not take a call for so long is none.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where bytes go.
#[derive(Debug)]
pub(super) enum Line {
    Fifo(File),
    Server(TcpStream),
}

impl Line {
    /// Opens a FIFO that somebody reads.
    pub(super) fn to_fifo(path: &Path) -> Result<Self, OutputError> {
        fifo::open(path).map(Self::Fifo)
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

    /// Sleeps until the reader goes away, has room again if it is `full`, the bell rings, or for `time`. Whether the
    /// reader is there still.
    #[cfg(unix)]
    pub(super) fn wait(
        &mut self,
        full: bool,
        doorbell: &Doorbell,
        time: Option<Duration>,
    ) -> io::Result<bool> {
        let mut fds = [self.watched(full), doorbell.watched()];
        let polled = poll(&mut fds, time);
        let (said, rung) = (fds[0].revents(), !fds[1].revents().is_empty());
        if rung {
            doorbell.silence();
        }
        polled.map(|()| !self.is_gone(said))
    }

    /// The same where nothing waits for a socket and a bell at once: the socket is looked at often.
    #[cfg(not(unix))]
    pub(super) fn wait(&mut self, _: bool, doorbell: &Doorbell, time: Option<Duration>) -> io::Result<bool> {
        let often = Duration::from_millis(10);
        doorbell.wait(Some(time.map_or(often, |time| time.min(often))))?;
        doorbell.silence();
        let Self::Server(stream) = self else { return Ok(true) };
        match stream.read(&mut [0; 512]) {
            Ok(read) => Ok(read > 0),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// What to poll: whether the reader goes away, and, if it is `full`, whether it has room again.
    #[cfg(unix)]
    fn watched(&self, full: bool) -> PollFd<'_> {
        let room = if full { PollFlags::OUT } else { PollFlags::empty() };
        match self {
            Self::Fifo(fifo) => PollFd::new(fifo, room),
            Self::Server(stream) => PollFd::new(stream, room | PollFlags::IN),
        }
    }

    /// Whether the reader went away, by what polling said.
    #[cfg(unix)]
    fn is_gone(&mut self, said: PollFlags) -> bool {
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
