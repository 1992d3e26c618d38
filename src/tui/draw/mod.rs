//! Takes the view and a buffer of cells; gives the screen in it, and where on it a click means what.
//! Pure: the same view in the same room gives the same cells. Never writes to a terminal.
//!
//! From the top: the tabs, the list of the open page, what is told of its marked row, what plays, the modes, a line for
//! messages. What is told of the row and the second line of what plays go first where there is little room.

mod beside;
mod help;
mod list;
mod now;
#[cfg(test)]
mod tests;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::keys::Page;
use super::theme::Theme;
use super::view::View;
use crate::sanitise;

/// The least room that there is a screen for.
pub const LEAST: (u16, u16) = (40, 10);

/// Where on the screen a click means what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Areas {
    /// The seek bar.
    pub seek: Rect,
    /// The list, and the row in its first line.
    pub list: Rect,
    /// See `list`.
    pub top: usize,
    /// The first row of the help that is in sight.
    pub help_top: usize,
    /// Where there is room for a picture.
    pub cover: Rect,
    /// The tabs.
    pub tabs: Vec<(Rect, Page)>,
}

impl Areas {
    /// Which share of the track a place means, if it is on the seek bar: its ends are the track's.
    pub fn seek_at(&self, column: u16, row: u16) -> Option<f64> {
        let into = f64::from(column.checked_sub(self.seek.x)?);
        let last = f64::from(self.seek.width.saturating_sub(1).max(1));
        is_in(self.seek, column, row).then_some(into / last)
    }

    /// Which row of the list is at a place.
    pub fn row_at(&self, column: u16, row: u16) -> Option<usize> {
        is_in(self.list, column, row).then(|| self.top + usize::from(row - self.list.y))
    }

    /// Which tab is at a place.
    pub fn page_at(&self, column: u16, row: u16) -> Option<Page> {
        self.tabs.iter().find(|(tab, _)| is_in(*tab, column, row)).map(|(_, page)| *page)
    }
}

fn is_in(area: Rect, column: u16, row: u16) -> bool {
    (area.left()..area.right()).contains(&column) && (area.top()..area.bottom()).contains(&row)
}

/// Draws all of it but the cover, for which there is room; gives where a click means what.
pub(super) fn draw(view: &View, theme: Theme, buffer: &mut Buffer) -> Areas {
    let area = buffer.area;
    if area.width < LEAST.0 || area.height < LEAST.1 {
        too_small(buffer);
        return Areas::default();
    }
    let mut brush = Brush { buffer, theme };
    let mut left = area;
    let mut areas = Areas { tabs: tabs(view, take_top(&mut left, 1), &mut brush), ..Areas::default() };
    message(view, take_bottom(&mut left, 1), &mut brush);
    now::modes(view, take_bottom(&mut left, 1), &mut brush);
    areas.seek = now::now(view, take_bottom(&mut left, now::lines(area)), &mut brush);
    beside::meters(view, area, &mut left, &mut brush);
    areas.cover = beside::cover(view, &mut left);
    if area.height >= 20 && view.page != Page::Lyrics {
        list::detail(view, take_bottom(&mut left, if area.height >= 26 { 5 } else { 4 }), &mut brush);
    }
    if view.page == Page::Search {
        list::query(view, take_top(&mut left, 1), &mut brush);
    }
    if view.page == Page::Lyrics {
        beside::lyrics(view, left, &mut brush);
    } else {
        areas.top = list::list(view, left, &mut brush);
        areas.list = left;
    }
    if let Some((rows, top)) = &view.help {
        areas.help_top = help::help(rows, *top, area, &mut brush);
    }
    areas
}

fn take_top(area: &mut Rect, lines: u16) -> Rect {
    let lines = lines.min(area.height);
    let taken = Rect { height: lines, ..*area };
    (area.y, area.height) = (area.y + lines, area.height - lines);
    taken
}

fn take_bottom(area: &mut Rect, lines: u16) -> Rect {
    let lines = lines.min(area.height);
    area.height -= lines;
    Rect { y: area.y + area.height, height: lines, ..*area }
}

/// Puts text into cells.
struct Brush<'a> {
    buffer: &'a mut Buffer,
    theme: Theme,
}

impl Brush<'_> {
    /// Writes a line of text, cut to fit with "…"; gives the columns that it took.
    fn write(&mut self, (column, row): (u16, u16), room: u16, text: &str, style: Style) -> u16 {
        if room == 0 {
            return 0;
        }
        let fitted = sanitise::fit(text, usize::from(room));
        self.buffer.set_stringn(column, row, &fitted, usize::from(room), style).0.saturating_sub(column)
    }

    /// Writes text that ends at the right end of a line; gives the columns that it took.
    fn write_right(&mut self, line: Rect, text: &str, style: Style) -> u16 {
        let width = columns(text).min(line.width);
        self.write((line.right() - width, line.y), width, text, style)
    }
}

/// Columns that a text takes.
fn columns(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// Lets go of what stood in an area.
fn clear(area: Rect, buffer: &mut Buffer) {
    for position in area.positions() {
        buffer[position].reset();
    }
}

fn too_small(buffer: &mut Buffer) {
    let (area, mut row) = (buffer.area, buffer.area.y);
    let words = format!("This terminal is too small: {} by {} is the least.", LEAST.0, LEAST.1);
    let mut line = String::new();
    let mut put = |line: &str| {
        if row < area.bottom() {
            buffer.set_stringn(area.x, row, line, usize::from(area.width), Style::new());
            row += 1;
        }
    };
    for word in words.split(' ') {
        let is_full = line.len() + 1 + word.len() > usize::from(area.width);
        if is_full && !line.is_empty() {
            put(&std::mem::take(&mut line));
        }
        line = if line.is_empty() { word.into() } else { format!("{line} {word}") };
    }
    put(&line);
}

fn tabs(view: &View, line: Rect, brush: &mut Brush<'_>) -> Vec<(Rect, Page)> {
    let name = |page: Page| match (page, view.pane(page).rows().is_empty()) {
        (Page::Review, false) => format!("{} {}!", page.at() + 1, page.name()),
        _ => format!("{} {}", page.at() + 1, page.name()),
    };
    let wide: u16 = Page::ALL.iter().map(|page| columns(&name(*page)) + 2).sum();
    let mut column = line.x;
    let mut tabs = Vec::new();
    for page in Page::ALL {
        let is_open = page == view.page;
        let text = if wide <= line.width + 2 || is_open { name(page) } else { (page.at() + 1).to_string() };
        let style = if is_open { brush.theme.open() } else { Style::new() };
        let width = brush.write((column, line.y), line.right().saturating_sub(column), &text, style);
        tabs.push((Rect { x: column, width, ..line }, page));
        column += width + 2;
    }
    let title = view.title.text();
    let room = line.right().saturating_sub(column);
    if room >= 12 && !title.is_empty() {
        let width = columns(title).min(room);
        brush.write((line.right() - width, line.y), width, title, brush.theme.tone(super::pane::Tone::Faint));
    }
    tabs
}

fn message(view: &View, line: Rect, brush: &mut Brush<'_>) {
    let (text, style) = match &view.message {
        Some(words) => (words.text(), Style::new()),
        None => ("space pause · / search · tab pages · ? help", brush.theme.tone(super::pane::Tone::Faint)),
    };
    brush.write((line.x, line.y), line.width, text, style);
}
