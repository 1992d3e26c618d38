//! Takes the rows of a list; gives the list with one of them marked, and the part of it that a height shows.
//! Pure. Never draws.

use super::words::Words;
use crate::player::ItemId;

/// What a row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Words above other rows; cannot be marked.
    Heading,
    /// An entry of the listing, by its place there.
    Entry(usize),
    /// A line that is no entry, by its place among such.
    Unread(usize),
    /// An entry of the queue.
    Item(ItemId),
    /// Something that was heard, by its place in the history, the first that was heard being 0.
    Heard(usize),
    /// Something that was found, by its place among what was.
    Found(usize),
    /// A question of the review, by its place among them, and a candidate of it.
    Candidate(usize, usize),
    /// An output, by its place among them.
    Output(usize),
}

/// How a sign or a text is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// As any text.
    #[default]
    Plain,
    /// All is well.
    Good,
    /// Likely well.
    Maybe,
    /// In doubt.
    Doubt,
    /// Not well.
    Bad,
    /// Not here.
    Away,
    /// Beside the point.
    Faint,
    /// A heading.
    Strong,
}

/// One row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it stands for.
    pub what: What,
    /// A sign of one column, or none.
    pub sign: &'static str,
    /// How the sign is meant; of a row without a sign all of it.
    pub tone: Tone,
    /// Its number; 0 is not shown.
    pub number: usize,
    /// What people call it.
    pub name: Words,
    /// What is said beside that where there is room.
    pub beside: Words,
    /// How long it is, as a clock shows it.
    pub time: Words,
    /// What is told of it while it is marked.
    pub detail: Vec<Words>,
}

impl Row {
    /// A row that is a name and no more.
    pub fn new(what: What, name: impl Into<Words>) -> Self {
        Self {
            what,
            sign: "",
            tone: Tone::Plain,
            number: 0,
            name: name.into(),
            beside: Words::default(),
            time: Words::default(),
            detail: Vec::new(),
        }
    }

    /// Words above other rows.
    pub fn heading(name: impl Into<Words>) -> Self {
        Self { tone: Tone::Strong, ..Self::new(What::Heading, name) }
    }

    fn can_be_marked(&self) -> bool {
        self.what != What::Heading
    }
}

/// A list, and which of its rows is marked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pane {
    rows: Vec<Row>,
    mark: usize,
    /// The first row that was shown last.
    top: usize,
}

impl Pane {
    /// The rows.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Other rows. The mark stays on what it was on, or else at its place.
    pub fn set(&mut self, rows: Vec<Row>) {
        let marked = self.marked().map(|row| row.what);
        self.rows = rows;
        let same = marked.and_then(|what| self.rows.iter().position(|row| row.what == what));
        self.settle(same.unwrap_or(self.mark));
    }

    /// The place of the marked row.
    pub fn mark(&self) -> usize {
        self.mark
    }

    /// The marked row.
    pub fn marked(&self) -> Option<&Row> {
        self.rows.get(self.mark).filter(|row| row.can_be_marked())
    }

    /// Marks the row at a place, or the nearest that can be.
    pub fn settle(&mut self, at: usize) {
        let last = self.rows.len().saturating_sub(1);
        let at = at.min(last);
        let can = |at: &usize| self.rows.get(*at).is_some_and(Row::can_be_marked);
        let below = (at..self.rows.len()).find(can);
        self.mark = below.or_else(|| (0..at).rev().find(can)).unwrap_or(at);
    }

    /// Marks the row that stands for something, if there is one.
    pub fn settle_on(&mut self, what: What) -> bool {
        let at = self.rows.iter().position(|row| row.what == what);
        at.is_some_and(|at| {
            self.settle(at);
            true
        })
    }

    /// Moves the mark by so many rows that can be marked, as far as there are such.
    pub fn step(&mut self, by: isize) {
        let mut left = by.unsigned_abs();
        let mut at = self.mark;
        while left > 0 {
            let next = match by > 0 {
                true => at + 1,
                false => match at.checked_sub(1) {
                    Some(above) => above,
                    None => break,
                },
            };
            let Some(row) = self.rows.get(next) else { break };
            at = next;
            if row.can_be_marked() {
                self.mark = at;
                left -= 1;
            }
        }
    }

    /// The first row to be shown in so many lines: the mark is in sight, and the list moves no more than it must.
    /// The heading above the mark is in sight, too, where there is one right above.
    pub fn top(&self, lines: usize) -> usize {
        let most = self.rows.len().saturating_sub(lines);
        let above = self.mark.checked_sub(1).filter(|_| lines > 1);
        let heading = above.filter(|at| self.rows.get(*at).is_some_and(|row| !row.can_be_marked()));
        let first = heading.unwrap_or(self.mark);
        let least = (self.mark + 1).saturating_sub(lines);
        self.top.min(most).min(first).max(least.min(first))
    }

    /// Where it was shown from.
    pub fn shown_from(&mut self, top: usize) {
        self.top = top;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pane(rows: &[Option<usize>]) -> Pane {
        let row = |entry: &Option<usize>| match entry {
            Some(entry) => Row::new(What::Entry(*entry), "x"),
            None => Row::heading("Side"),
        };
        let mut pane = Pane::default();
        pane.set(rows.iter().map(row).collect());
        pane
    }

    #[test]
    fn headings_are_never_marked() {
        let mut pane = pane(&[None, Some(0), Some(1), None, Some(2), None]);
        assert_eq!(pane.mark(), 1);
        pane.step(2);
        assert_eq!(pane.mark(), 4);
        pane.step(5);
        assert_eq!(pane.mark(), 4);
        pane.step(-1);
        assert_eq!(pane.mark(), 2);
        pane.step(-9);
        assert_eq!(pane.mark(), 1);
        pane.settle(99);
        assert_eq!(pane.mark(), 4);
        pane.set(Vec::new());
        pane.step(1);
        assert_eq!(pane.marked(), None);
    }

    #[test]
    fn the_mark_stays_on_what_it_was_on() {
        let mut pane = pane(&[Some(0), Some(1), Some(2)]);
        pane.step(1);
        pane.set([7, 8, 1, 9].iter().map(|n| Row::new(What::Entry(*n), "x")).collect());
        assert_eq!(pane.mark(), 2);
        pane.set([7, 8].iter().map(|n| Row::new(What::Entry(*n), "x")).collect());
        assert_eq!(pane.mark(), 1);
        assert!(pane.settle_on(What::Entry(7)) && !pane.settle_on(What::Entry(70)));
    }

    #[test]
    fn the_mark_is_in_sight_and_the_list_moves_no_more_than_it_must() {
        let rows: Vec<_> = (0..10).map(Some).collect();
        let mut pane = pane(&rows);
        let mut look = |mark: usize| {
            pane.settle(mark);
            let top = pane.top(4);
            pane.shown_from(top);
            top
        };
        assert_eq!([look(0), look(3), look(4), look(9)], [0, 0, 1, 6]);
        assert_eq!([look(7), look(6), look(5), look(0)], [6, 6, 5, 0]);
        assert_eq!(pane.top(0), 0);
        assert_eq!(pane.top(99), 0);
    }

    #[test]
    fn a_heading_comes_into_sight_with_its_first_row() {
        let mut pane = pane(&[None, Some(0), Some(1), Some(2), Some(3)]);
        pane.settle(4);
        let top = pane.top(2);
        pane.shown_from(top);
        assert_eq!(top, 3);
        pane.settle(0);
        assert_eq!(pane.top(2), 0);
    }
}
