//! Takes keys and their words; gives them in a frame over the rest of the screen.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{Brush, clear, columns};
use crate::tui::pane::Tone;

/// Columns of a key, and of what it does.
const KEY: u16 = 12;
const WORDS: u16 = 42;

/// The frame with the keys from `top` on; gives the row that is in sight first, after as many as there are.
pub(super) fn help(
    rows: &[(String, &'static str)],
    top: usize,
    screen: Rect,
    brush: &mut Brush<'_>,
) -> usize {
    let across = if screen.width >= 2 * (KEY + WORDS) + 6 { 2 } else { 1 };
    let down = rows.len().div_ceil(across);
    let height = u16::try_from(down + 2).unwrap_or(u16::MAX).min(screen.height);
    let width = (u16::try_from(across).unwrap_or(1) * (KEY + WORDS) + 4).min(screen.width);
    let frame = Rect {
        x: screen.x + (screen.width - width) / 2,
        y: screen.y + (screen.height - height) / 2,
        width,
        height,
    };
    clear(frame, brush.buffer);
    edge(frame, brush);
    let inside = Rect { x: frame.x + 2, y: frame.y + 1, width: width - 4, height: height - 2 };
    let lines = usize::from(inside.height);
    let top = top.min(down.saturating_sub(lines));
    let column = inside.width / u16::try_from(across).unwrap_or(1);
    for (part, place) in (0..across).zip((inside.x..).step_by(column.into())) {
        let of_part = rows.iter().skip(part * down).take(down).skip(top);
        for ((keys, words), row) in of_part.zip(inside.y..inside.bottom()) {
            let key = KEY.min(column / 3);
            brush.write((place, row), key, keys, brush.theme.tone(Tone::Strong));
            brush.write((place + key + 1, row), column.saturating_sub(key + 2), words, Style::new());
        }
    }
    top
}

fn edge(frame: Rect, brush: &mut Brush<'_>) {
    let across = |left: &str, right: &str| {
        format!("{left}{}{right}", "─".repeat(usize::from(frame.width.saturating_sub(2))))
    };
    brush.write((frame.x, frame.y), frame.width, &across("┌", "┐"), Style::new());
    let title = " Keys ";
    brush.write((frame.x + 2, frame.y), columns(title), title, brush.theme.tone(Tone::Strong));
    let close = " ↑↓ more · Esc closes ";
    let last = frame.bottom() - 1;
    brush.write((frame.x, last), frame.width, &across("└", "┘"), Style::new());
    brush.write((frame.x + 2, last), frame.width.saturating_sub(4), close, brush.theme.tone(Tone::Faint));
    for row in frame.y + 1..last {
        brush.write((frame.x, row), 1, "│", Style::new());
        brush.write((frame.right() - 1, row), 1, "│", Style::new());
    }
}
