//! Takes a ring from any thread; gives it to the one thread of an output, which sleeps for it and for the time, on systems
//! without `poll` for all that one waits for.
//! Never blocks the one who rings for longer than it takes to note it.

use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::playback::realtime::Bell;

/// Wakes the output's thread from any other.
#[derive(Debug, Clone, Default)]
pub(super) struct Doorbell(Arc<(Mutex<bool>, Condvar)>);

impl Doorbell {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self::default())
    }

    /// What others ring.
    pub(super) fn bell(&self) -> Bell {
        let bell = Arc::clone(&self.0);
        Box::new(move || {
            *bell.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
            bell.1.notify_one();
        })
    }

    /// Waits for it, no longer than `time`.
    pub(super) fn wait(&self, time: Option<Duration>) -> io::Result<()> {
        let rung = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let time = time.unwrap_or(Duration::from_secs(3600)); // an early end does no harm
        drop(self.0.1.wait_timeout_while(rung, time, |rung| !*rung));
        Ok(())
    }

    /// Makes it quiet, once it was heard.
    pub(super) fn silence(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = false;
    }
}
