//! Takes fresh runs from the decoder thread; gives them to the callback, and takes back and frees those played out.
//! Belongs to the decoder thread: freeing is allowed here.
//! Never makes the callback wait: the way back has room for every run that was let in.

use rtrb::{Consumer, Producer, PushError, RingBuffer};

use super::run::Run;

/// The most runs that can be alive at once; see [`Door::hand_over`].
pub(super) const RUNS: usize = 8;

/// The decoder thread's side: hands runs to the callback and takes spent ones back.
#[derive(Debug)]
pub(crate) struct Door {
    fresh: Producer<Run>,
    spent: Consumer<Run>,
    pub(super) alive: usize,
}

impl Door {
    /// A door, and the two rings behind it: fresh runs come out of one, spent ones go into the other.
    pub(crate) fn new() -> (Self, Consumer<Run>, Producer<Run>) {
        let (fresh, fresh_out) = RingBuffer::new(RUNS);
        let (spent_in, spent) = RingBuffer::new(RUNS);
        (Self { fresh, spent, alive: 0 }, fresh_out, spent_in)
    }

    /// Makes `run` the one that sounds; the callback cross-fades to it.
    /// Gives it back when too many skips came at once: try again after a moment.
    pub(crate) fn hand_over(&mut self, run: Run) -> Result<(), Run> {
        while self.spent.pop().is_ok() {
            self.alive -= 1; // dropped here, on this thread
        }
        // One short of RUNS, so that the callback never finds the way back full.
        if self.alive + 1 >= RUNS {
            return Err(run);
        }
        self.fresh.push(run).map_err(|PushError::Full(run)| run)?;
        self.alive += 1;
        Ok(())
    }

    /// Whether the callback is gone: the device was closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.fresh.is_abandoned()
    }
}
