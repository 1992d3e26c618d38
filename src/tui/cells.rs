//! Takes cells that have changed; gives the bytes that put them on a terminal: moves, styles, characters, as one update.
//! Never writes them. The sixteen colours go out by their own old numbers, which every terminal knows.

use std::fmt::Write as _;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// Begins and ends an update that is shown at once, where the terminal knows that; others pass over it.
/// <https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036>
const TOGETHER: (&str, &str) = ("\x1b[?2026h", "\x1b[?2026l");

/// The bytes for the cells, in their order. `anew` wipes the screen first.
pub(super) fn bytes<'a>(cells: impl IntoIterator<Item = (u16, u16, &'a Cell)>, anew: bool) -> String {
    let mut text = String::from(TOGETHER.0);
    if anew {
        text.push_str("\x1b[0m\x1b[2J");
    }
    let mut style = Style::default();
    let mut reached = None;
    for (column, row, cell) in cells {
        if reached != Some((column, row)) {
            // A string takes what is written to it; so below.
            let _ = write!(text, "\x1b[{};{}H", row + 1, column + 1);
        }
        let wanted = Style { front: cell.fg, back: cell.bg, modifier: cell.modifier };
        if wanted != style {
            wanted.push(&mut text);
            style = wanted;
        }
        text.push_str(cell.symbol());
        // After anything but a plain character the place is told anew: terminals differ in how wide they take it.
        reached = cell.symbol().is_ascii().then_some((column + 1, row));
    }
    if style != Style::default() {
        text.push_str("\x1b[0m");
    }
    text.push_str(TOGETHER.1);
    text
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Style {
    front: Color,
    back: Color,
    modifier: Modifier,
}

/// Attributes and their numbers (ECMA-48, 8.3.117).
const ATTRIBUTES: &[(Modifier, u8)] = &[
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::REVERSED, 7),
    (Modifier::CROSSED_OUT, 9),
];

impl Style {
    /// All of it, from nothing.
    fn push(self, text: &mut String) {
        text.push_str("\x1b[0");
        for (modifier, number) in ATTRIBUTES {
            if self.modifier.contains(*modifier) {
                let _ = write!(text, ";{number}");
            }
        }
        colour(self.front, 30, text);
        colour(self.back, 40, text);
        text.push('m');
    }
}

/// A colour of the front (from 30) or the back (from 40).
fn colour(colour: Color, from: u16, text: &mut String) {
    let number = match colour {
        Color::Reset => return,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 60,
        Color::LightRed => 61,
        Color::LightGreen => 62,
        Color::LightYellow => 63,
        Color::LightBlue => 64,
        Color::LightMagenta => 65,
        Color::LightCyan => 66,
        Color::White => 67,
        Color::Indexed(index) => {
            let _ = write!(text, ";{};5;{index}", from + 8);
            return;
        }
        Color::Rgb(red, green, blue) => {
            let _ = write!(text, ";{};2;{red};{green};{blue}", from + 8);
            return;
        }
    };
    let _ = write!(text, ";{}", from + number);
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Style as Look;

    use super::*;

    fn update(paint: impl Fn(&mut Buffer)) -> String {
        let empty = Buffer::empty(Rect::new(0, 0, 12, 2));
        let mut next = empty.clone();
        paint(&mut next);
        bytes(empty.diff(&next), false)
    }

    #[test]
    fn only_what_has_changed_is_written() {
        let text = update(|next| {
            next.set_string(2, 0, "ab", Look::new().fg(Color::Green).add_modifier(Modifier::BOLD));
            next.set_string(0, 1, "c", Look::new());
        });
        assert_eq!(text, "\x1b[?2026h\x1b[1;3H\x1b[0;1;32mab\x1b[2;1H\x1b[0mc\x1b[?2026l");
        assert_eq!(update(|_| {}), "\x1b[?2026h\x1b[?2026l");
    }

    #[test]
    fn after_a_wide_character_the_place_is_told() {
        let text = update(|next| {
            next.set_string(0, 0, "宽e\u{301}b", Look::new());
        });
        assert_eq!(text, "\x1b[?2026h\x1b[1;1H宽\x1b[1;3He\u{301}\x1b[1;4Hb\x1b[?2026l");
    }

    #[test]
    fn bright_colours_have_numbers_of_their_own() {
        let text = update(|next| {
            next.set_string(0, 0, "x", Look::new().fg(Color::White).bg(Color::DarkGray));
        });
        assert!(text.contains("\x1b[0;97;100mx\x1b[0m"), "{text:?}");
    }
}
