//! Takes the open page; gives its list, the line of its search, and what is told of its marked row.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::{Brush, columns};
use crate::tui::keys::Page;
use crate::tui::pane::{Row, Tone, What};
use crate::tui::view::View;

/// What is said of a page without rows.
fn nothing(page: Page) -> &'static str {
    match page {
        Page::Listing => "no listing was given",
        Page::Queue => "nothing is in the queue",
        Page::History => "nothing was heard yet",
        Page::Review => "no entry is ambiguous",
        Page::Outputs => "looking for outputs",
        Page::Search => "type words of an artist, a title, a release, a file's name",
        Page::Lyrics => "nothing plays",
    }
}

/// The list of the open page; gives the row in its first line.
pub(super) fn list(view: &View, area: Rect, brush: &mut Brush<'_>) -> usize {
    let pane = view.pane(view.page);
    let top = pane.top(usize::from(area.height));
    if pane.rows().is_empty() {
        let words = if view.tally.is_empty() || view.page != Page::Search {
            nothing(view.page)
        } else {
            view.tally.text()
        };
        brush.write((area.x + 1, area.y), area.width.saturating_sub(1), words, brush.theme.tone(Tone::Faint));
        return top;
    }
    let number = pane.rows().iter().map(|row| row.number).max().unwrap_or(0);
    let number = if number == 0 { 0 } else { columns(&number.to_string()) };
    for (line, (at, row)) in area.rows().zip(pane.rows().iter().enumerate().skip(top)) {
        let is_marked = at == pane.mark() && row.what != What::Heading;
        one(row, view.is_current(row.what), number, line, brush);
        if is_marked {
            brush.buffer.set_style(line, brush.theme.marked());
        }
    }
    top
}

/// `▶ ✓ 12 Artist - Title      Release   3:42`
fn one(row: &Row, is_current: bool, number: u16, line: Rect, brush: &mut Brush<'_>) {
    let tone = brush.theme.tone(row.tone);
    if row.what == What::Heading {
        brush.write((line.x, line.y), line.width, row.name.text(), tone);
        return;
    }
    let mut column = line.x;
    if is_current {
        brush.write((column, line.y), 1, "▶", brush.theme.current());
    }
    column += 2;
    if !row.sign.is_empty() {
        brush.write((column, line.y), 1, row.sign, tone);
        column += 2;
    }
    if number > 0 {
        if row.number > 0 {
            let text = row.number.to_string();
            brush.write((column + number - columns(&text), line.y), number, &text, tone_of(row, brush));
        }
        column += number + 1;
    }
    let time = brush.write_right(line, row.time.text(), Style::new());
    let room = line.right().saturating_sub(column + time + u16::from(time > 0) * 2);
    // A third for what is said beside it, once both have room to be read.
    let beside = if room >= 60 && !row.beside.is_empty() { room / 3 } else { 0 };
    let name = if is_current { brush.theme.current() } else { tone_of(row, brush) };
    brush.write((column, line.y), room - beside, row.name.text(), name);
    if beside > 2 {
        let style = brush.theme.tone(Tone::Faint);
        brush.write((column + room - beside + 2, line.y), beside - 2, row.beside.text(), style);
    }
}

/// A row without a sign has its tone in its words.
fn tone_of(row: &Row, brush: &Brush<'_>) -> Style {
    if row.sign.is_empty() { brush.theme.tone(row.tone) } else { Style::new() }
}

/// The line in which a search is typed.
pub(super) fn query(view: &View, line: Rect, brush: &mut Brush<'_>) {
    let tally = brush.write_right(line, view.tally.text(), brush.theme.tone(Tone::Faint));
    let room = line.width.saturating_sub(tally + 2);
    let width = brush.write((line.x, line.y), 2, "/ ", brush.theme.tone(Tone::Strong));
    // The end is where it is typed.
    let mut typed = view.query.as_str();
    while columns(typed) + width + 1 > room {
        let Some((at, _)) = typed.char_indices().nth(1) else { break };
        typed = &typed[at..];
    }
    let at = line.x + width + brush.write((line.x + width, line.y), room, typed, Style::new());
    let cursor = Rect { x: at, y: line.y, width: 1, height: 1 };
    brush.buffer.set_style(cursor, Style::new().add_modifier(Modifier::REVERSED));
}

/// What is told of the marked row, under a rule.
pub(super) fn detail(view: &View, area: Rect, brush: &mut Brush<'_>) {
    let mut lines = area.rows();
    let Some(rule) = lines.next() else { return };
    brush.write((rule.x, rule.y), rule.width, &"─".repeat(rule.width.into()), brush.theme.tone(Tone::Faint));
    let Some(row) = view.pane(view.page).marked() else { return };
    for (line, words) in lines.zip(&row.detail) {
        brush.write((line.x, line.y), line.width, words.text(), Style::new());
    }
}
