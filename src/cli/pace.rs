//! Takes what happens and when; gives when the screen is to be drawn: at once for fingers, four times a second for all else,
//! and not at all while nothing changes.
//! Pure: the time is told, never asked for.

use std::time::{Duration, Instant};

use crate::player::ItemId;

/// Between pictures while somebody types: quicker than a key repeats.
const QUICK: Duration = Duration::from_millis(25);

/// Between pictures otherwise.
const CALM: Duration = Duration::from_millis(250);

/// Between pictures while something moves: levels.
const LIVELY: Duration = Duration::from_millis(50);

/// How long after a key its effects are shown as quickly as itself.
const TOUCHED: Duration = Duration::from_secs(1);

/// What is heard: an entry, and the second of it.
type Second = (Option<ItemId>, u64);

/// When to draw.
#[derive(Debug)]
pub(super) struct Pace {
    wanted: bool,
    drawn: Option<Instant>,
    touched: Instant,
    lively: bool,
    second: Option<Second>,
}

impl Pace {
    /// Nothing was drawn, and all is wanted.
    pub(super) fn new(now: Instant) -> Self {
        Self { wanted: true, drawn: None, touched: now, lively: false, second: None }
    }

    /// Something has changed.
    pub(super) fn want(&mut self) {
        self.wanted = true;
    }

    /// A key was pressed.
    pub(super) fn touched(&mut self, now: Instant) {
        self.touched = now;
    }

    /// Whether something moves all the time.
    pub(super) fn set_lively(&mut self, lively: bool) {
        self.lively = lively;
    }

    /// The second that is heard, while it plays.
    pub(super) fn see(&mut self, second: Option<Second>) {
        if second.is_some() && second != self.second {
            self.second = second;
            self.wanted = true;
        }
    }

    /// How long until it may be drawn, if something is wanted.
    pub(super) fn due(&self, now: Instant) -> Option<Duration> {
        let drawn = self.drawn.filter(|_| self.wanted);
        let Some(drawn) = drawn else { return self.wanted.then_some(Duration::ZERO) };
        let is_touched = now.saturating_duration_since(self.touched) < TOUCHED;
        let gap = match (is_touched, self.lively) {
            (true, _) => QUICK,
            (false, true) => LIVELY,
            (false, false) => CALM,
        };
        Some((drawn + gap).saturating_duration_since(now))
    }

    /// Whether it is to be drawn now; if so, it was.
    pub(super) fn may_draw(&mut self, now: Instant) -> bool {
        let may = self.due(now) == Some(Duration::ZERO);
        if may {
            (self.wanted, self.drawn) = (false, Some(now));
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many pictures there are in so many milliseconds in which something happens in each.
    fn pictures(millis: u64, touch: bool) -> usize {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let late = start + Duration::from_secs(60);
        let of = |n| late + Duration::from_millis(n);
        (0..millis)
            .filter(|n| {
                if touch {
                    pace.touched(of(*n));
                }
                pace.want();
                pace.may_draw(of(*n))
            })
            .count()
    }

    #[test]
    fn events_are_shown_four_times_a_second_and_keys_at_once() {
        assert_eq!(pictures(1000, false), 4);
        assert_eq!(pictures(1000, true), 40);
    }

    #[test]
    fn nothing_is_drawn_while_nothing_changes() {
        let now = Instant::now();
        let mut pace = Pace::new(now);
        assert!(pace.may_draw(now));
        assert_eq!(pace.due(now + Duration::from_secs(9)), None);
        assert!(!pace.may_draw(now + Duration::from_secs(9)));
        let second = |n| Some((Some(ItemId(1)), n));
        pace.see(second(7));
        assert!(pace.may_draw(now + Duration::from_secs(10)));
        pace.see(second(7));
        pace.see(None);
        assert_eq!(pace.due(now + Duration::from_secs(11)), None);
    }
}
