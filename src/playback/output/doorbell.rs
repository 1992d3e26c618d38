//! Takes a ring from any thread; gives it to the one thread of an output, which sleeps in `poll` for it, for its
//! device and for the time. Never blocks the one who rings.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};

use crate::playback::realtime::Bell;

/// Wakes the output's thread from any other.
#[derive(Debug, Clone)]
pub(super) struct Doorbell {
    rung: Arc<OwnedFd>,
    heard: Arc<OwnedFd>,
}

impl Doorbell {
    pub(super) fn new() -> io::Result<Self> {
        let (rung, heard) = ends()?;
        Ok(Self { rung, heard })
    }

    /// What others ring.
    pub(super) fn bell(&self) -> Bell {
        let bell = Arc::clone(&self.rung);
        // It fails only when it was rung so often that it cannot hold more, and nobody came.
        Box::new(move || {
            let _ = rustix::io::write(&*bell, &1_u64.to_ne_bytes());
        })
    }

    /// What to poll for it.
    pub(super) fn watched(&self) -> PollFd<'_> {
        PollFd::new(&*self.heard, PollFlags::IN)
    }

    /// Waits for it, no longer than `time`. A signal may end the wait early.
    pub(super) fn wait(&self, time: Option<Duration>) -> io::Result<()> {
        poll(&mut [self.watched()], time)
    }

    /// Makes it quiet, once it was heard.
    pub(super) fn silence(&self) {
        // Not rung: fine.
        while rustix::io::read(&*self.heard, &mut [0_u8; 64]).is_ok_and(|bytes| bytes == 64) {}
    }
}

/// Where it is rung and where that is heard; neither ever blocks. An eventfd is both.
#[cfg(target_os = "linux")]
fn ends() -> io::Result<(Arc<OwnedFd>, Arc<OwnedFd>)> {
    let flags = rustix::event::EventfdFlags::NONBLOCK | rustix::event::EventfdFlags::CLOEXEC;
    let both = Arc::new(rustix::event::eventfd(0, flags)?);
    Ok((Arc::clone(&both), both))
}

/// The same on systems without eventfd.
#[cfg(not(target_os = "linux"))]
fn ends() -> io::Result<(Arc<OwnedFd>, Arc<OwnedFd>)> {
    let (rung, heard) = std::os::unix::net::UnixStream::pair()?;
    rung.set_nonblocking(true)?;
    heard.set_nonblocking(true)?;
    Ok((Arc::new(rung.into()), Arc::new(heard.into())))
}

/// Waits for one of `fds`, no longer than `time`. A signal (as when a stopped program goes on) may end the wait early.
pub(super) fn poll(fds: &mut [PollFd<'_>], time: Option<Duration>) -> io::Result<()> {
    let time = time.map(|time| Timespec {
        tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(time.subsec_nanos()),
    });
    match rustix::event::poll(fds, time.as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
