//! Takes what happens in the player and elsewhere; gives each client the parts of tonearm that have changed since
//! it asked last, and wakes it if it waits for one of them.
//! Never waits, never loses a change: what happens while a client is busy is kept for it.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::ack::Fault;
use crate::player::{Change, Event, ItemId, Levelling, Repeat, Shuffle, Status, StopAfter};

/// Parts of tonearm that change, as a set of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Parts(u32);

/// Every part, in the order in which MPD names them.
const NAMES: &[&str] = &[
    "database",
    "stored_playlist",
    "playlist",
    "player",
    "mixer",
    "output",
    "options",
    "sticker",
    "update",
    "subscription",
    "message",
    "neighbor",
    "mount",
    "partition",
];

impl Parts {
    pub(super) const NONE: Self = Self(0);
    pub(super) const DATABASE: Self = Self(1);
    pub(super) const STORED_PLAYLIST: Self = Self(1 << 1);
    pub(super) const PLAYLIST: Self = Self(1 << 2);
    pub(super) const PLAYER: Self = Self(1 << 3);
    pub(super) const MIXER: Self = Self(1 << 4);
    pub(super) const OUTPUT: Self = Self(1 << 5);
    pub(super) const OPTIONS: Self = Self(1 << 6);
    pub(super) const STICKER: Self = Self(1 << 7);
    pub(super) const UPDATE: Self = Self(1 << 8);
    pub(super) const SUBSCRIPTION: Self = Self(1 << 9);
    pub(super) const MESSAGE: Self = Self(1 << 10);
    const ALL: Self = Self((1 << NAMES.len()) - 1);

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that an `idle` command names; without names all.
    pub(super) fn named(names: &[String]) -> Result<Self, Fault> {
        if names.is_empty() {
            return Ok(Self::ALL);
        }
        names.iter().try_fold(Self::NONE, |parts, name| {
            let at = NAMES.iter().position(|known| known.eq_ignore_ascii_case(name));
            let at = at.ok_or_else(|| Fault::Argument(format!("Unrecognized idle event: {name}")))?;
            Ok(parts.and(Self(1 << at)))
        })
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES.iter().enumerate().filter(move |(at, _)| self.0 & 1 << at != 0).map(|(_, name)| *name)
    }
}

/// Where changes are written down.
#[derive(Debug, Default)]
pub struct Board {
    ears: Mutex<Vec<Weak<Ear>>>,
    known: Mutex<Known>,
    /// Whether the queue has changed since it was looked at.
    queue_changed: AtomicBool,
    /// Whether the music folders have.
    music_changed: AtomicBool,
    closed: AtomicBool,
}

#[derive(Debug, Default)]
struct Known {
    modes: (Shuffle, Repeat, StopAfter, bool, Levelling),
    /// Of the queue.
    version: u64,
    /// What plays, and whether it is paused.
    state: Option<(ItemId, bool)>,
    last: Option<ItemId>,
    /// Since when it plays.
    since: Option<Instant>,
    played: Duration,
}

impl Known {
    /// How long it has played until now.
    fn played(&self) -> Duration {
        self.played + self.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn count(&mut self, plays: bool) {
        self.played = self.played();
        self.since = plays.then(Instant::now);
    }
}

impl Board {
    /// Writes down what happened. To be called from the player's `tell`.
    pub fn tell(&self, event: &Event, status: &Status) {
        let parts = self.parts(event, status);
        self.changed(parts);
        if matches!(event, Event::Quit) {
            self.close();
        }
    }

    fn parts(&self, event: &Event, status: &Status) -> Parts {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match (status.item, event) {
            (Some(item), _) => known.last = Some(item),
            (None, Event::Finished) => known.last = None,
            (None, _) => {}
        }
        let modes = (status.shuffle, status.repeat, status.stop_after, status.consume, status.levelling);
        let options = std::mem::replace(&mut known.modes, modes) != modes;
        let moved = std::mem::replace(&mut known.version, status.version) != status.version;
        let state = status.item.map(|item| (item, status.playing));
        let stands = std::mem::replace(&mut known.state, state) == state;
        known.count(status.playing && status.item.is_some());
        drop(known);
        if moved {
            self.queue_changed.store(true, Ordering::Release);
        }
        let parts = match event {
            Event::Changed(Change::Queue | Change::Ending) | Event::Quit => Parts::NONE,
            // What is stopped already is no news.
            Event::Changed(Change::Playing) | Event::Finished if stands => Parts::NONE,
            Event::Changed(Change::Volume) => Parts::MIXER,
            Event::Changed(Change::Outputs) | Event::Beside(..) | Event::OutputRefused(_) => Parts::OUTPUT,
            Event::OutputLost(_) | Event::OutputBack | Event::OutputMoved | Event::OutputBroken(_) => {
                Parts::OUTPUT.and(Parts::PLAYER)
            }
            Event::Started(_) | Event::Changed(_) | Event::Failed(..) | Event::Finished => Parts::PLAYER,
        };
        // A mode changes the order of playing; where entries stand stays as it was.
        let moved = moved && !(options && matches!(event, Event::Changed(Change::Queue)));
        let parts = if moved { parts.and(Parts::PLAYLIST) } else { parts };
        if options { parts.and(Parts::OPTIONS) } else { parts }
    }

    /// The music folders hold something else than before.
    pub fn music_changed(&self) {
        self.music_changed.store(true, Ordering::Release);
        self.changed(Parts::DATABASE);
    }

    /// Tells every client.
    pub(super) fn changed(&self, parts: Parts) {
        if !parts.is_empty() {
            self.ears(|ear| ear.tell(parts));
        }
    }

    /// Every client's connection is over.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.ears(Ear::ring);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    fn ears(&self, mut each: impl FnMut(&Ear)) {
        let mut ears = self.ears.lock().unwrap_or_else(PoisonError::into_inner);
        ears.retain(|ear| ear.upgrade().inspect(|ear| each(ear)).is_some());
    }

    /// A client's ear, and the stream that can be read when something it waits for has changed.
    pub(super) fn ear(&self) -> io::Result<(Arc<Ear>, UnixStream)> {
        let (bell, rung) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        rung.set_nonblocking(true)?;
        let ear = Arc::new(Ear { changed: AtomicU32::new(0), wanted: AtomicU32::new(0), bell });
        self.ears.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&ear));
        Ok((ear, rung))
    }

    /// Whether the queue has changed since this was asked.
    pub(super) fn take_queue_changed(&self) -> bool {
        self.queue_changed.swap(false, Ordering::AcqRel)
    }

    /// Whether the music folders have changed since this was asked.
    pub(super) fn take_music_changed(&self) -> bool {
        self.music_changed.swap(false, Ordering::AcqRel)
    }

    /// How long music has played.
    pub(super) fn played(&self) -> Duration {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).played()
    }

    /// What played last: the current song of a player that was stopped.
    pub(super) fn last(&self) -> Option<ItemId> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).last
    }
}

/// What one client has not been told yet.
#[derive(Debug)]
pub(super) struct Ear {
    changed: AtomicU32,
    /// What the client waits for; nothing while it does not wait.
    wanted: AtomicU32,
    bell: UnixStream,
}

impl Ear {
    fn tell(&self, parts: Parts) {
        // In this order, and in the other one in `wait`: one of the two threads sees what the other wrote.
        self.changed.fetch_or(parts.0, Ordering::SeqCst);
        if self.wanted.load(Ordering::SeqCst) & parts.0 != 0 {
            self.ring();
        }
    }

    /// A bell that is full of rings rings already.
    fn ring(&self) {
        let _ = (&self.bell).write(&[0]);
    }

    /// From now on the bell rings when one of these changes.
    pub(super) fn wait(&self, parts: Parts) {
        self.wanted.store(parts.0, Ordering::SeqCst);
    }

    /// What of these has changed; it counts as told. The rest is kept.
    pub(super) fn take(&self, parts: Parts) -> Parts {
        Parts(self.changed.fetch_and(!parts.0, Ordering::SeqCst) & parts.0)
    }
}

/// Empties a bell.
pub(super) fn hush(mut rung: &UnixStream) {
    while rung.read(&mut [0; 64]).is_ok_and(|count| count > 0) {}
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::field_reassign_with_default)] // a status has fields of its own
    use super::*;

    fn names(parts: Parts) -> String {
        parts.names().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_event_changes_the_parts_that_mpd_names() {
        let board = Board::default();
        let mut status = Status::default();
        let said = |event, status: &Status| names(board.parts(&event, status));
        assert_eq!(said(Event::Started(ItemId(0)), &status), "player");
        status.version = 1;
        assert_eq!(said(Event::Changed(Change::Queue), &status), "playlist");
        (status.version, status.shuffle) = (2, Shuffle::Tracks);
        assert_eq!(said(Event::Changed(Change::Queue), &status), "options");
        status.consume = true;
        assert_eq!(said(Event::Changed(Change::Ending), &status), "options");
        status.version = 3;
        assert_eq!(said(Event::Started(ItemId(1)), &status), "playlist player");
        assert_eq!(said(Event::Changed(Change::Volume), &status), "mixer");
        assert_eq!(said(Event::Changed(Change::Outputs), &status), "output");
        assert_eq!(said(Event::Changed(Change::Playing), &status), "", "it is stopped already");
        status.item = Some(ItemId(1));
        assert_eq!(said(Event::Changed(Change::Playing), &status), "player");
        assert_eq!(said(Event::OutputBack, &status), "player output");
        assert_eq!(said(Event::Quit, &status), "");
    }

    #[test]
    fn the_last_song_is_remembered_until_the_music_ends_by_itself() {
        let board = Board::default();
        let mut status = Status::default();
        status.item = Some(ItemId(4));
        board.tell(&Event::Started(ItemId(4)), &status);
        status.item = None;
        board.tell(&Event::Changed(Change::Playing), &status);
        assert_eq!(board.last(), Some(ItemId(4)));
        board.tell(&Event::Finished, &status);
        assert_eq!(board.last(), None);
    }

    #[test]
    fn changes_are_kept_until_they_are_asked_for() {
        let board = Board::default();
        let (ear, rung) = board.ear().unwrap();
        let rings = || (&rung).read(&mut [0; 8]).unwrap_or(0);
        board.changed(Parts::PLAYER);
        board.changed(Parts::MIXER);
        board.changed(Parts::PLAYER);
        assert_eq!(rings(), 0, "it does not wait");
        assert_eq!(names(ear.take(Parts::named(&["mixer".into()]).unwrap())), "mixer");
        assert_eq!(names(ear.take(Parts::ALL)), "player");
        assert!(ear.take(Parts::ALL).is_empty());
        ear.wait(Parts::MIXER);
        board.changed(Parts::PLAYER);
        assert_eq!(rings(), 0);
        board.changed(Parts::MIXER);
        assert_eq!(rings(), 1);
        drop(ear);
        board.changed(Parts::MIXER);
        assert!(board.ears.lock().unwrap().is_empty());
    }

    #[test]
    fn parts_have_mpds_names() {
        assert_eq!(names(Parts::named(&[]).unwrap()), NAMES.join(" "));
        assert_eq!(
            names(Parts::UPDATE.and(Parts::SUBSCRIPTION).and(Parts::MESSAGE)),
            "update subscription message"
        );
        let error = Parts::named(&["moon".into()]).unwrap_err();
        assert_eq!(error.to_string(), "Unrecognized idle event: moon");
    }
}
