//! Takes decoded blocks with their places in decoded time; says which of their frames are music,
//! and how much silence stands before them. The same code serves joins, seeks and damage.
//! Never sees a sample, a file or a codec.

/// The music within a stream's decoded time, in frames: `start` is the first frame of music, `end`
/// is one past the last where the file says so, else the stream's own end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) start: u64,
    pub(super) end: Option<u64>,
}

impl Window {
    /// Frames of music, where the file says.
    pub(super) fn frames(self) -> Option<u64> {
        self.end.map(|end| end.saturating_sub(self.start))
    }
}

/// What to do with one decoded block: first `silence` frames of nothing, then `take` frames of the
/// block from its frame `skip` on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) silence: u64,
    pub(super) skip: usize,
    pub(super) take: usize,
}

/// A [`Window`] and the place reached in it.
#[derive(Debug, Clone)]
pub(super) struct Trim {
    window: Window,
    /// The decoded frame that is to be given next.
    next: u64,
    /// The longest hole in time that is filled; beyond it the timestamps are not believed.
    longest_gap: u64,
}

impl Trim {
    pub(super) fn new(window: Window, longest_gap: u64) -> Self {
        Self { window, next: window.start, longest_gap }
    }

    /// The decoded frame that is to be given next.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// The music's place in decoded time.
    pub(super) fn window(&self) -> Window {
        self.window
    }

    /// Learns where the music ends.
    pub(super) fn end_at(&mut self, end: i64) {
        self.window.end = Some(u64::try_from(end).unwrap_or(0));
    }

    /// Frames of music given so far, or passed over by a seek.
    pub(super) fn given(&self) -> u64 {
        self.next.saturating_sub(self.window.start)
    }

    /// Whether nothing after this place is music.
    pub(super) fn is_done(&self) -> bool {
        self.window.end.is_some_and(|end| self.next >= end)
    }

    /// Goes to a frame of the music, and gives its place in decoded time.
    pub(super) fn seek(&mut self, frame: u64) -> u64 {
        self.next = self.window.start.saturating_add(frame);
        self.next
    }

    /// Places a block of `frames` frames that begins at decoded frame `at`, and moves on past what
    /// is taken of it.
    pub(super) fn place(&mut self, at: i64, frames: usize) -> Cut {
        let from = i128::from(self.next);
        let begin = i128::from(at);
        let end = begin + frames as i128;
        let limit = self.window.end.map_or(i128::MAX, i128::from);
        if end <= from || from >= limit {
            return Cut::default();
        }
        let skip = (from - begin).max(0);
        let gap = (begin.min(limit) - from).max(0);
        let take = (end.min(limit) - (begin + skip)).max(0);
        let silence = if gap > i128::from(self.longest_gap) { 0 } else { gap };
        // Both fit: `end` and `limit` come from an i64 plus a block's length, and a u64.
        self.next = u64::try_from(end.min(limit)).unwrap_or(self.next);
        Cut { silence: silence as u64, skip: skip as usize, take: take as usize }
    }

    /// Frames of silence for time that was lost at the very end, up to decoded frame `until`.
    pub(super) fn pad(&mut self, until: i64) -> u64 {
        let until = u64::try_from(until).unwrap_or(0);
        let until = self.window.end.map_or(until, |end| end.min(until));
        let missing = until.saturating_sub(self.next);
        if missing > self.longest_gap {
            return 0;
        }
        self.next += missing;
        missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trim(start: u64, end: Option<u64>) -> Trim {
        Trim::new(Window { start, end }, 1000)
    }

    fn cut(silence: u64, skip: usize, take: usize) -> Cut {
        Cut { silence, skip, take }
    }

    #[test]
    fn cuts_the_head_the_tail_and_nothing_between() {
        let mut trim = trim(5, Some(25));
        assert_eq!(trim.place(-4, 4), cut(0, 0, 0));
        assert_eq!(trim.place(0, 10), cut(0, 5, 5));
        assert_eq!(trim.place(10, 10), cut(0, 0, 10));
        assert!(!trim.is_done());
        assert_eq!(trim.place(20, 10), cut(0, 0, 5));
        assert!(trim.is_done());
        assert_eq!(trim.given(), 20);
        assert_eq!(trim.place(30, 10), cut(0, 0, 0));
    }

    #[test]
    fn a_block_holding_the_whole_window_is_cut_on_both_sides() {
        assert_eq!(trim(2, Some(7)).place(0, 10), cut(0, 2, 5));
    }

    #[test]
    fn a_hole_in_time_becomes_silence() {
        let mut trim = trim(0, Some(40));
        assert_eq!(trim.place(0, 10), cut(0, 0, 10));
        assert_eq!(trim.place(20, 10), cut(10, 0, 10));
        assert_eq!(trim.place(50, 10), cut(10, 0, 0));
        assert!(trim.is_done());
    }

    #[test]
    fn an_unbelievable_hole_is_jumped() {
        let mut trim = trim(0, None);
        assert_eq!(trim.place(1_000_000, 10), cut(0, 0, 10));
        assert_eq!(trim.given(), 1_000_010);
    }

    #[test]
    fn overlapping_time_is_given_once() {
        let mut trim = trim(0, None);
        trim.place(0, 10);
        assert_eq!(trim.place(6, 10), cut(0, 4, 6));
        assert_eq!(trim.place(2, 10), cut(0, 0, 0));
    }

    #[test]
    fn seeking_drops_what_comes_before_the_target() {
        let mut trim = trim(5, Some(100));
        assert_eq!(trim.seek(20), 25);
        assert_eq!(trim.place(10, 10), cut(0, 0, 0));
        assert_eq!(trim.place(20, 10), cut(0, 5, 5));
        trim.seek(95);
        assert!(trim.is_done());
    }

    #[test]
    fn lost_time_at_the_end_is_padded_within_the_window() {
        let mut trim = trim(0, Some(25));
        trim.place(0, 20);
        assert_eq!(trim.pad(30), 5);
        assert_eq!(trim.pad(30), 0);
    }

    #[test]
    fn extreme_places_do_not_overflow() {
        let mut trim = trim(u64::MAX, Some(u64::MAX));
        assert_eq!(trim.place(i64::MAX, usize::MAX), cut(0, 0, 0));
        assert_eq!(trim.place(i64::MIN, 1), cut(0, 0, 0));
        assert_eq!(trim.seek(u64::MAX), u64::MAX);
    }
}
