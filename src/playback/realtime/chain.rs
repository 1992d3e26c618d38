//! Takes a run, and runs that take the place of its end; gives the callback their frames as one stretch of sound.
//! The seam is from one frame to the next, turning back passes it, and what is read out is given back to be freed elsewhere.
//! Never allocates, frees or waits.

use std::sync::Arc;

use super::run::{Run, RunClock};

/// A run with, at most, one that replaces its end.
#[derive(Debug)]
pub(super) struct Chain {
    head: Run,
    /// Of the head's clock. Once it is here nothing more is written to the head.
    tail: Option<Run>,
}

impl Chain {
    pub(super) fn new(run: Run) -> Self {
        Self { head: run, tail: None }
    }

    pub(super) fn clock(&self) -> &RunClock {
        &self.head.clock
    }

    /// Whether `run` goes on where this one is to stop, rather than being a skip.
    pub(super) fn is_continued_by(&self, run: &Run) -> bool {
        Arc::ptr_eq(&self.head.clock, &run.clock)
    }

    /// Replaces what comes from the first frame of `run` on; where that is played already, what comes next. Gives
    /// what is not needed any more.
    pub(super) fn replace_end(&mut self, run: Run) -> Option<Run> {
        let tail = self.tail.replace(run)?;
        if tail.kept() == 0 && self.clock().played() <= tail.from {
            return Some(tail); // nobody heard of it
        }
        Some(std::mem::replace(&mut self.head, tail))
    }

    /// Frames before the seam.
    fn before_seam(&self, tail: &Run) -> usize {
        let left = tail.from.saturating_sub(self.clock().played());
        // A head that ran out early stops there: nothing more comes.
        usize::try_from(left).unwrap_or(usize::MAX).min(self.head.ready())
    }

    /// Whole frames that can be read now.
    pub(super) fn ready(&self) -> usize {
        match &self.tail {
            None => self.head.ready(),
            Some(tail) => self.before_seam(tail) + tail.ready(),
        }
    }

    /// Fills as much of `out` as can be read, in whole frames; gives the samples filled. They stay in reach of
    /// [`Chain::unread`] until [`Chain::keep`] lets them go.
    pub(super) fn read_ahead(&mut self, out: &mut [f32]) -> usize {
        let Some(tail) = &self.tail else { return self.head.read_ahead(out) };
        let before = self.head.samples(self.before_seam(tail)).min(out.len());
        let (head, rest) = out.split_at_mut(before);
        let filled = self.head.read_ahead(head);
        filled + self.tail.as_mut().map_or(0, |tail| tail.read_ahead(rest))
    }

    /// Lets go of what was read, but for the last `frames` frames.
    pub(super) fn keep(&mut self, frames: usize) {
        let in_tail = self.tail.as_mut().map_or(0, |tail| {
            tail.keep(frames);
            tail.kept()
        });
        self.head.keep(frames.saturating_sub(in_tail));
    }

    /// The head, when it is read out and out of reach: the tail takes its place.
    pub(super) fn spent(&mut self) -> Option<Run> {
        let before = self.before_seam(self.tail.as_ref()?);
        let tail = self.tail.take_if(|_| before == 0 && self.head.kept() == 0)?;
        Some(std::mem::replace(&mut self.head, tail))
    }

    /// Goes back by `frames` frames, or as far as they are kept.
    pub(super) fn unread(&mut self, frames: usize) {
        let in_tail = self.tail.as_mut().map_or(0, |tail| tail.unread(frames));
        self.head.unread(frames - in_tail);
    }

    /// Both parts, to be freed elsewhere.
    pub(super) fn into_runs(self) -> impl Iterator<Item = Run> {
        std::iter::once(self.head).chain(self.tail)
    }
}
