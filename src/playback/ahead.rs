//! Takes what the decoder thread says is to come: tracks that begin, the end; gives what the device has reached of it.
//! A start, or a change of mind, makes void what was said before the decoder thread knew of it.
//! Never asks anybody: how far the device is stands in the run's clock.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::playback::feed::Marker;
use crate::playback::realtime::RunClock;

/// The device takes frames by the buffer: looking more often sees nothing new.
const LOOK: Duration = Duration::from_millis(20);

/// The frame after the last one of a run, at the run's rate in Hz.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) clock: Arc<RunClock>,
    pub(crate) at: u64,
    pub(crate) rate: u32,
}

/// What the device has come to.
#[derive(Debug)]
pub(crate) enum Reached {
    Track(Marker),
    End,
}

/// Begun or ended by the decoder, not yet reached by the device.
#[derive(Debug, Default)]
pub(crate) struct Ahead {
    tracks: VecDeque<Marker>,
    end: Option<End>,
    /// How many orders made void what was said before them.
    orders: u64,
    /// How many of those there were with the last start, skip or seek.
    started: u64,
    /// Tracks that were reached since then.
    begun: usize,
    /// Of what was said before the last order, only so many tracks still hold.
    hold: usize,
}

/// Frames of a run that the listener has heard, or the device has taken where it does not tell.
fn frames_reached(clock: &RunClock, rate: u32) -> u64 {
    clock.heard(rate).unwrap_or_else(|| clock.played())
}

impl Ahead {
    /// A start, a skip, a seek or silence is ordered: nothing holds.
    pub(crate) fn start_anew(&mut self) {
        self.orders += 1;
        (self.started, self.begun, self.hold) = (self.orders, 0, 0);
        self.forget();
    }

    /// What follows the current track is ordered anew. Gives how many tracks of the run hold: those that were reached, or
    /// the first one, which is the current one from the order on.
    pub(crate) fn change_mind(&mut self) -> usize {
        self.orders += 1;
        self.hold = self.begun.max(1);
        self.tracks.retain(|marker| marker.index < self.hold);
        self.end = None;
        self.hold
    }

    /// The device is another one: it will reach nothing of this.
    pub(crate) fn forget(&mut self) {
        self.tracks.clear();
        self.end = None;
    }

    /// Whether the decoder thread knew of all orders when it spoke.
    pub(crate) fn knows(&self, orders: u64) -> bool {
        orders == self.orders
    }

    pub(crate) fn expect(&mut self, marker: Marker) {
        let holds = self.knows(marker.orders) || marker.index < self.hold;
        if holds && marker.orders >= self.started {
            self.tracks.push_back(marker);
        }
    }

    pub(crate) fn expect_end(&mut self, end: End, orders: u64) {
        if self.knows(orders) {
            self.end = Some(end);
        }
    }

    /// The next thing that the device has reached since the last call.
    pub(crate) fn reached(&mut self) -> Option<Reached> {
        if self.tracks.front().is_some_and(|next| frames_reached(&next.clock, next.rate) > next.at) {
            let marker = self.tracks.pop_front()?;
            self.begun = marker.index + 1;
            return Some(Reached::Track(marker));
        }
        self.end.take_if(|end| frames_reached(&end.clock, end.rate) >= end.at).map(|_| Reached::End)
    }

    /// Until something is reached, when the music plays on; `None` when nothing is to come.
    pub(crate) fn next_change(&self) -> Option<Duration> {
        let track = self.tracks.front().map(|marker| (&marker.clock, marker.at, marker.rate));
        let end = || self.end.as_ref().map(|end| (&end.clock, end.at, end.rate));
        let (clock, at, rate) = track.or_else(end)?;
        let frames = at.saturating_sub(frames_reached(clock, rate));
        Some(Duration::from_secs_f64(frames as f64 / f64::from(rate.max(1))).max(LOOK))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playback::Key;
    use crate::playback::decode::Format;

    fn marker(key: u64, index: usize, orders: u64) -> Marker {
        let format =
            Format { codec: "numbers", rate: 10, channels: 1, bits: None, float: false, frames: None };
        Marker {
            key: Key(key),
            clock: Arc::default(),
            at: 0,
            track_frame: 0,
            format,
            rate: 10,
            channels: 1,
            gain: 1.0,
            index,
            orders,
            latency: Duration::ZERO,
        }
    }

    fn keys(ahead: &Ahead) -> Vec<u64> {
        ahead.tracks.iter().map(|marker| marker.key.0).collect()
    }

    #[test]
    fn what_was_said_before_a_change_of_mind_is_void_but_for_the_current_track() {
        let mut ahead = Ahead::default();
        ahead.start_anew();
        assert_eq!(ahead.change_mind(), 1, "the current track is on its way");
        ahead.expect(marker(1, 0, 1));
        ahead.expect(marker(2, 1, 1));
        ahead.expect(marker(3, 1, 2));
        assert_eq!(keys(&ahead), [1, 3]);
        let end = || End { clock: Arc::default(), at: 0, rate: 10 };
        ahead.expect_end(end(), 1);
        assert!(ahead.end.is_none());
        ahead.expect_end(end(), 2);
        assert!(ahead.end.is_some());
        ahead.change_mind();
        assert_eq!(keys(&ahead), [1]);
        assert!(ahead.end.is_none());
    }

    #[test]
    fn a_start_makes_all_void() {
        let mut ahead = Ahead::default();
        ahead.start_anew();
        ahead.expect(marker(1, 0, 1));
        ahead.start_anew();
        ahead.expect(marker(2, 0, 1));
        assert!(keys(&ahead).is_empty());
        assert!(!ahead.knows(1) && ahead.knows(2));
    }
}
