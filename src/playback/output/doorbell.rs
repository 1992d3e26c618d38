//! Takes a ring from any thread; gives it to the one thread of an output, which sleeps in `poll` for it, for its
//! device and for the time. Never blocks the one who rings.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec};

use crate::playback::realtime::Bell;

/// Wakes the output's thread from any other.
#[derive(Debug, Clone)]
pub(super) struct Doorbell(Arc<OwnedFd>);

impl Doorbell {
    pub(super) fn new() -> io::Result<Self> {
        let flags = EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC;
        Ok(Self(Arc::new(rustix::event::eventfd(0, flags)?)))
    }

    /// What others ring.
    pub(super) fn bell(&self) -> Bell {
        let bell = Arc::clone(&self.0);
        // It fails only when it was rung 2^64 - 2 times and nobody came.
        Box::new(move || {
            let _ = rustix::io::write(&*bell, &1_u64.to_ne_bytes());
        })
    }

    /// What to poll for it.
    pub(super) fn watched(&self) -> PollFd<'_> {
        PollFd::new(&*self.0, PollFlags::IN)
    }

    /// Makes it quiet, once it was heard.
    pub(super) fn silence(&self) {
        // Not rung: fine.
        let _ = rustix::io::read(&*self.0, &mut [0_u8; 8]);
    }
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
