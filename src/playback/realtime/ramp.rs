//! Takes a gain that is wanted from a frame on; gives the gain of every frame, in a straight line to it.
//! Pure: the same frames give the same gains, also after turning back.
//! Never jumps, so that nothing clicks.

/// A gain that moves in a straight line to where it is wanted, by the frame.
#[derive(Debug)]
pub(super) struct Ramp {
    pub(super) from: f32,
    pub(super) to: f32,
    /// The outlet's frame before the first one that has moved.
    pub(super) start: u64,
    /// Change per frame for a ramp from 0 to 1.
    pub(super) step: f32,
}

impl Ramp {
    pub(super) fn at_rest(value: f32, step: f32) -> Self {
        Self { from: value, to: value, start: 0, step }
    }

    /// The gain of the outlet's frame `at`.
    pub(super) fn value(&self, at: u64) -> f32 {
        let moved = (at + 1).saturating_sub(self.start) as f32 * self.step;
        if self.from < self.to { (self.from + moved).min(self.to) } else { (self.from - moved).max(self.to) }
    }

    /// Goes to `to` from frame `at` on.
    pub(super) fn turn(&mut self, to: f32, at: u64) {
        if to != self.to {
            let from = if at == 0 { self.from } else { self.value(at - 1) };
            *self = Self { from, to, start: at, step: self.step };
        }
    }

    pub(super) fn is_at_rest(&self, at: u64) -> bool {
        self.value(at) == self.to
    }
}
