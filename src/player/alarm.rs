//! Takes when the music is to go to sleep; gives how loud it is until then, and when to look again.
//! The last seconds fade. Never looks at a clock itself.

use std::time::{Duration, Instant};

/// How long the music fades before it sleeps; a shorter sleep is all fade.
const FADE: Duration = Duration::from_secs(10);
/// Between two steps of the fade: each is heard as a ramp, and a twentieth of a fade is no step to the ear.
const STEP: Duration = Duration::from_millis(100);

/// A time to go to sleep, or none.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Alarm {
    at: Option<Instant>,
}

impl Alarm {
    pub(super) fn set(&mut self, at: Option<Instant>) {
        self.at = at;
    }

    pub(super) fn at(&self) -> Option<Instant> {
        self.at
    }

    /// Whether it is time.
    pub(super) fn rings(&self, now: Instant) -> bool {
        self.at.is_some_and(|at| at <= now)
    }

    /// Where the fade stands, from 1 before it to 0 at its end.
    pub(super) fn level(&self, now: Instant) -> f32 {
        let Some(at) = self.at else { return 1.0 };
        let left = at.saturating_duration_since(now);
        (left.as_secs_f32() / FADE.as_secs_f32()).min(1.0)
    }

    /// How long nothing changes.
    pub(super) fn next_look(&self, now: Instant) -> Option<Duration> {
        let left = self.at?.saturating_duration_since(now);
        Some(if left > FADE { left - FADE } else { left.min(STEP) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sleeps_until_the_fade_and_then_steps_down() {
        let start = Instant::now();
        let mut alarm = Alarm::default();
        assert_eq!((alarm.next_look(start), alarm.level(start), alarm.rings(start)), (None, 1.0, false));
        alarm.set(Some(start + Duration::from_secs(60)));
        assert_eq!(alarm.next_look(start), Some(Duration::from_secs(50)));
        let later = start + Duration::from_secs(55);
        assert_eq!((alarm.next_look(later), alarm.level(later)), (Some(STEP), 0.5));
        let end = start + Duration::from_secs(60);
        assert_eq!((alarm.level(end), alarm.rings(end)), (0.0, true));
    }
}
