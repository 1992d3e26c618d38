//! Takes how many frames were sent and what time it is; gives how many are due. Pure: the time is told.
//! Never lets a queue build up at a reader that takes everything, never hurries after one that was slow.

use std::time::{Duration, Instant};

/// What a reader holds when it keeps time. Less would not outlast a busy machine; more would make a pause late.
const LEAD: Duration = Duration::from_millis(250);

/// Frames are sent in pieces of this length.
const PERIOD: Duration = Duration::from_millis(100);

/// The clock of a stream.
#[derive(Debug)]
pub(super) struct Pace {
    rate: u32,
    /// When frame 0 was due, and the frames sent since.
    begun: Option<(Instant, u64)>,
}

impl Pace {
    pub(super) fn new(rate: u32) -> Self {
        Self { rate, begun: None }
    }

    /// Frames sent that are not due yet; negative when it is late.
    pub(super) fn ahead(&self, now: Instant) -> i64 {
        let Some((begin, sent)) = self.begun else { return 0 };
        let due = now.saturating_duration_since(begin).as_nanos() * u128::from(self.rate) / 1_000_000_000;
        i64::try_from(sent).unwrap_or(i64::MAX).saturating_sub(i64::try_from(due).unwrap_or(i64::MAX))
    }

    /// Frames to send now, or when to ask again.
    pub(super) fn due(&self, now: Instant) -> Result<usize, Instant> {
        let (lead, period) = (self.frames(LEAD), self.frames(PERIOD));
        let ahead = self.ahead(now).max(0);
        let room = lead - ahead;
        if room >= period {
            return Ok(usize::try_from(room).unwrap_or(0));
        }
        Err(now + Duration::from_secs_f64((period - room) as f64 / f64::from(self.rate)))
    }

    /// Counts what was sent. A stream that was silent, or late, begins anew.
    pub(super) fn sent(&mut self, frames: usize, now: Instant) {
        let ahead = self.ahead(now);
        let frames = frames as u64;
        self.begun = match self.begun {
            Some((begin, sent)) if ahead > 0 => Some((begin, sent + frames)),
            _ => Some((now, frames)),
        };
    }

    /// The reader had no room: it is as far as it is, and holds what it was sent.
    pub(super) fn yield_to_reader(&mut self, now: Instant) {
        if self.ahead(now) < self.frames(LEAD) {
            self.begun = Some((now, u64::try_from(self.frames(LEAD)).unwrap_or(0)));
        }
    }

    fn frames(&self, time: Duration) -> i64 {
        i64::from(self.rate) * time.as_millis() as i64 / 1000
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_reader_that_takes_everything_is_given_what_is_due_and_no_more() {
        let (start, mut pace, mut sent) = (Instant::now(), Pace::new(1000), 0);
        for millisecond in 0..10_000 {
            let now = start + millisecond * SECOND / 1000;
            if let Ok(frames) = pace.due(now) {
                pace.sent(frames, now);
                sent += frames;
            }
            assert!((150..=250).contains(&(sent as i64 - i64::from(millisecond))), "{sent} at {millisecond}");
        }
    }

    #[test]
    fn asked_when_it_says_there_is_always_something_to_send() {
        let (mut now, mut pace) = (Instant::now(), Pace::new(44_100));
        let mut asked = 0;
        let end = now + 10 * SECOND;
        while now < end {
            asked += 1;
            match pace.due(now) {
                Ok(frames) => pace.sent(frames, now),
                Err(later) => now = later + Duration::from_nanos(50_000),
            }
        }
        assert!(asked < 230, "{asked} times in ten seconds");
    }

    #[test]
    fn after_a_silence_it_begins_anew() {
        let (start, mut pace) = (Instant::now(), Pace::new(1000));
        pace.sent(250, start);
        let later = start + 5 * SECOND;
        assert_eq!(pace.due(later), Ok(250));
        pace.sent(250, later);
        assert_eq!(pace.ahead(later), 250);
    }

    #[test]
    fn a_slow_reader_is_not_hurried_after() {
        let (start, mut pace) = (Instant::now(), Pace::new(1000));
        pace.sent(250, start);
        let later = start + 5 * SECOND;
        pace.yield_to_reader(later);
        assert_eq!(pace.ahead(later), 250);
        assert!(pace.due(later).is_err());
    }
}
