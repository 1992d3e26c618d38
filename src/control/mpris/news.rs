//! Takes what happens in the player; gives the bus the signals for what has changed: properties, a place that
//! nobody could foresee, tracks that came and went.
//! Never says what has not changed.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use mpris_server::{Property, Server, Signal, TrackId, TrackListProperty, TrackListSignal, zbus};

use super::face::{self, Face};
use super::metadata::{self, time, track_id};
use crate::control::hub::Happening;
use crate::player::{ItemId, Remote, Status};

/// A place that is nearer to where listeners on the bus reckon it is no news.
const NEAR: Duration = Duration::from_millis(15);
/// After a change that long, where the music is is looked at once more: a sound server that was just given something else
/// may take a moment to say how late it is.
const AGAIN: Duration = Duration::from_millis(300);
/// What was found then is looked at again so much later, until it stays: an output that is late for a moment is soon back.
const SURE: Duration = Duration::from_millis(50);
/// How often at most.
const LOOKS: u8 = 5;
/// More changes of the list at a time are told as a new list.
const FEW: usize = 8;

/// What the bus knows.
#[derive(Debug)]
pub(super) struct News {
    remote: Remote,
    properties: Vec<Property>,
    tracks: Vec<ItemId>,
    version: u64,
    reckoning: Reckoning,
    again: Again,
}

/// Whether the place is to be looked at without any news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    No,
    Once,
    /// It was off by so many nanoseconds; so many looks are left.
    Off(i128, u8),
}

impl Again {
    /// What is to come when the place is found off by so many nanoseconds, and whether to tell it.
    fn found(self, off: i128) -> (Self, bool) {
        let near = NEAR.as_nanos().cast_signed();
        match self {
            _ if off.abs() <= near => (Self::No, false),
            Self::Off(before, _) if (off - before).abs() <= near / 3 => (Self::No, true),
            Self::Off(_, 0) | Self::No => (Self::No, false),
            Self::Off(_, left) => (Self::Off(off, left - 1), false),
            Self::Once => (Self::Off(off, LOOKS), false),
        }
    }
}

/// Where listeners on the bus take the music to be: they count on from what they were told.
#[derive(Debug, Clone, Copy)]
struct Reckoning {
    item: Option<ItemId>,
    position: Duration,
    at: Instant,
    moves: bool,
}

impl Reckoning {
    fn of(status: &Status, now: Instant) -> Self {
        Self { item: status.item, position: status.position(), at: now, moves: status.plays() }
    }

    fn position(&self, now: Instant) -> Duration {
        if self.moves { self.position + now.saturating_duration_since(self.at) } else { self.position }
    }
}

impl News {
    pub(super) fn new(remote: &Remote) -> Self {
        let status = remote.status();
        Self {
            remote: remote.clone(),
            properties: Vec::new(),
            tracks: remote.view().items.into_iter().map(|(id, _)| id).collect(),
            version: status.version,
            reckoning: Reckoning::of(&status, Instant::now()),
            again: Again::No,
        }
    }

    /// Tells the bus. A bus that is gone hears nothing.
    pub(super) async fn tell(&mut self, server: &Server<Face>, happening: &Happening) {
        let said = self.say(server, &happening.status).await;
        self.again = if happening.status.plays() { Again::Once } else { Again::No };
        note(said);
    }

    /// When to look once more, if nothing happens before.
    pub(super) fn looks_again(&self) -> Option<Duration> {
        match self.again {
            Again::No => None,
            Again::Once => Some(AGAIN),
            Again::Off(..) => Some(SURE),
        }
    }

    /// Looks once more where the music is.
    pub(super) async fn look_again(&mut self, server: &Server<Face>) {
        let status = self.remote.status();
        let before = std::mem::replace(&mut self.again, Again::No);
        // Anything else would be news, which comes by itself.
        if status.item != self.reckoning.item || !status.plays() || !status.is_settled() {
            return;
        }
        let nanos = |time: Duration| time.as_nanos().cast_signed();
        let off = nanos(status.position()) - nanos(self.reckoning.position(Instant::now()));
        let (again, tells) = before.found(off);
        self.again = again;
        if tells {
            note(self.say_position(server, &status).await);
        }
    }

    async fn say(&mut self, server: &Server<Face>, status: &Status) -> zbus::Result<()> {
        // First, for it is true at this moment.
        self.say_position(server, status).await?;
        let all = properties(status, server.imp());
        let changed: Vec<Property> =
            all.iter().filter(|property| !self.properties.contains(property)).cloned().collect();
        self.properties = all;
        server.properties_changed(changed).await?;
        if status.version != self.version {
            self.version = status.version;
            self.say_tracks(server).await?;
        }
        Ok(())
    }

    /// Where the device has not reached what was asked for, the place is told when it has.
    async fn say_position(&mut self, server: &Server<Face>, status: &Status) -> zbus::Result<()> {
        let now = Instant::now();
        let new = Reckoning::of(status, now);
        let is_pending = status.plays() && !status.is_settled();
        let known =
            if self.reckoning.item == new.item { self.reckoning.position(now) } else { Duration::ZERO };
        if is_pending || (new.item.is_some() && known.abs_diff(new.position) > NEAR) {
            if is_pending {
                // Listeners count on from here until it is told.
                self.reckoning = Reckoning { position: known, ..new };
                return Ok(());
            }
            server.emit(Signal::Seeked { position: time(new.position) }).await?;
            self.reckoning = new;
        } else {
            self.reckoning = Reckoning { position: known, ..new };
        }
        Ok(())
    }

    async fn say_tracks(&mut self, server: &Server<Face>) -> zbus::Result<()> {
        let view = self.remote.view();
        let now: Vec<ItemId> = view.items.iter().map(|(id, _)| *id).collect();
        if now == self.tracks {
            return Ok(());
        }
        let before: HashSet<ItemId> = self.tracks.iter().copied().collect();
        let after: HashSet<ItemId> = now.iter().copied().collect();
        let stay = |ids: &[ItemId]| {
            ids.iter().filter(|id| before.contains(id) && after.contains(id)).copied().collect::<Vec<_>>()
        };
        let few = before.symmetric_difference(&after).count() <= FEW;
        if few && stay(&self.tracks) == stay(&now) {
            for id in self.tracks.iter().filter(|id| !after.contains(id)) {
                server.track_list_emit(TrackListSignal::TrackRemoved { track_id: track_id(*id) }).await?;
            }
            for (at, (id, item)) in view.items.iter().enumerate().filter(|(_, (id, _))| !before.contains(id))
            {
                let after_track = at.checked_sub(1).map_or(TrackId::NO_TRACK, |above| track_id(now[above]));
                let metadata = metadata::of(*id, item, None);
                server.track_list_emit(TrackListSignal::TrackAdded { metadata, after_track }).await?;
            }
        } else {
            let tracks = now.iter().map(|id| track_id(*id)).collect();
            let current_track = view.current.map_or(TrackId::NO_TRACK, track_id);
            server.track_list_emit(TrackListSignal::TrackListReplaced { tracks, current_track }).await?;
        }
        self.tracks = now;
        server.track_list_properties_changed([TrackListProperty::Tracks]).await
    }
}

fn note(said: zbus::Result<()>) {
    if let Err(error) = said {
        tracing::debug!("the session bus: {error}");
    }
}

/// Everything that may change, as it stands.
fn properties(status: &Status, face: &Face) -> Vec<Property> {
    vec![
        Property::Metadata(face.metadata_of(status)),
        Property::PlaybackStatus(face::playback(status)),
        Property::LoopStatus(face::loops(status.repeat)),
        Property::Shuffle(status.shuffle != crate::player::Shuffle::Off),
        Property::Volume(face::volume(status)),
        Property::CanGoNext(status.has_next),
        Property::CanGoPrevious(status.has_previous),
        Property::CanPlay(status.of > 0),
        Property::CanPause(status.of > 0),
        Property::CanSeek(status.item.is_some()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_count_on_while_the_music_moves() {
        let start = Instant::now();
        let mut reckoning =
            Reckoning { item: None, position: Duration::from_secs(5), at: start, moves: true };
        let later = start + Duration::from_secs(2);
        assert_eq!(reckoning.position(later), Duration::from_secs(7));
        reckoning.moves = false;
        assert_eq!(reckoning.position(later), Duration::from_secs(5));
    }

    #[test]
    fn a_place_is_told_anew_when_it_is_off_and_stays_so() {
        let millis = |millis: i128| millis * 1_000_000;
        assert_eq!(Again::Once.found(millis(10)), (Again::No, false), "near enough");
        let (again, tells) = Again::Once.found(millis(-90));
        assert_eq!((again, tells), (Again::Off(millis(-90), LOOKS), false));
        assert_eq!(again.found(millis(-88)), (Again::No, true), "it stays off");
        assert_eq!(again.found(millis(-2)), (Again::No, false), "it was late for a moment");
        let mut again = again;
        for look in 1.. {
            let (next, tells) = again.found(millis(-90 - 50 * look));
            assert!(!tells, "the sound stands still");
            again = next;
            if again == Again::No {
                assert_eq!(look, i128::from(LOOKS) + 1);
                break;
            }
        }
    }
}
