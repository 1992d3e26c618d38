//! Takes what the terminal says: keys, the mouse, its size; gives it as one of few nouns.
//! Never knows what a key does, nor what is where on the screen.

use std::io;
use std::time::{Duration, Instant};

use crossterm::event::{self, Event, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};

use super::chord::Chord;

/// Two clicks within this time are one double click.
const TWICE: Duration = Duration::from_millis(400);

/// What was done at the terminal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Input {
    /// A key.
    Key(Chord),
    /// The mouse.
    Mouse(Pointed),
    /// The terminal has another size.
    Resized,
}

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pointed {
    /// A click, at a column and a row from 0.
    Click {
        /// Column.
        column: u16,
        /// Row.
        row: u16,
        /// Whether it is the second at the same place.
        twice: bool,
    },
    /// A turn of the wheel: -1 is up, 1 down.
    Wheel(isize),
}

/// Hands on what is done, from a thread of its own, until `say` gives `false`.
///
/// # Errors
/// When there is no thread for it.
pub(super) fn listen(say: impl Fn(Input) -> bool + Send + 'static) -> io::Result<()> {
    std::thread::Builder::new().name("keys".into()).spawn(move || {
        let mut clicks = Clicks::default();
        while let Ok(event) = event::read() {
            if clicks.input(&event, Instant::now()).is_some_and(|input| !say(input)) {
                return;
            }
        }
    })?;
    Ok(())
}

/// Knows when the last click was, and where.
#[derive(Debug, Default)]
struct Clicks {
    last: Option<(Instant, u16, u16)>,
}

impl Clicks {
    fn input(&mut self, event: &Event, now: Instant) -> Option<Input> {
        match event {
            Event::Resize(..) => Some(Input::Resized),
            Event::Key(key) if key.kind != KeyEventKind::Release => Some(Input::Key(Chord::of(*key))),
            Event::Mouse(mouse) => self.pointed(*mouse, now).map(Input::Mouse),
            _ => None,
        }
    }

    fn pointed(&mut self, MouseEvent { kind, column, row, .. }: MouseEvent, now: Instant) -> Option<Pointed> {
        match kind {
            MouseEventKind::ScrollUp => Some(Pointed::Wheel(-1)),
            MouseEventKind::ScrollDown => Some(Pointed::Wheel(1)),
            MouseEventKind::Down(MouseButton::Left) => {
                let twice = self.last.take().is_some_and(|(then, of_column, of_row)| {
                    (of_column, of_row) == (column, row) && now.saturating_duration_since(then) < TWICE
                });
                self.last = (!twice).then_some((now, column, row));
                Some(Pointed::Click { column, row, twice })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyModifiers;

    use super::*;

    fn click(clicks: &mut Clicks, column: u16, at: Instant) -> Option<Input> {
        let kind = MouseEventKind::Down(MouseButton::Left);
        clicks.input(&Event::Mouse(MouseEvent { kind, column, row: 3, modifiers: KeyModifiers::NONE }), at)
    }

    #[test]
    fn two_quick_clicks_at_one_place_are_a_double_click() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut clicks = Clicks::default();
        let mut twice = |column, millis| match click(&mut clicks, column, at(millis)) {
            Some(Input::Mouse(Pointed::Click { twice, .. })) => twice,
            other => panic!("{other:?}"),
        };
        assert!(!twice(5, 0) && twice(5, 200), "quick");
        assert!(!twice(5, 300), "a third click begins again");
        assert!(!twice(6, 400), "elsewhere");
        assert!(!twice(6, 900), "slow");
    }
}
