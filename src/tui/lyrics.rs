//! Takes the words of a song and the place that is heard; gives its lines, the one that is sung in the middle and marked.
//! Words that nobody has timed stand still until they are scrolled.
//! Never draws more than fits, never looks at more lines than it draws.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthChar;

use crate::library::Lyrics;

/// What stands before the line that is sung, so that it is seen without colour, too.
const MARK: &str = "› ";

/// Columns of [`MARK`].
const INDENT: u16 = 2;

/// Narrower areas have no room for the mark.
const NARROW: u16 = 12;

/// Which lines are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scroll {
    /// Those around the one that is sung; without times, the first.
    #[default]
    Follow,
    /// From this one on, counted from 0.
    From(usize),
}

impl Scroll {
    /// Scrolled by so many lines, when `sung` is the line that is sung, and there are `of`.
    pub fn by(self, lines: isize, sung: Option<usize>, of: usize) -> Self {
        let now = match self {
            Self::Follow => sung.unwrap_or(0),
            Self::From(line) => line,
        };
        Self::From(now.saturating_add_signed(lines).min(of.saturating_sub(1)))
    }
}

/// The words of a song.
#[derive(Debug, Clone, Copy)]
pub struct LyricsView<'a> {
    lyrics: &'a Lyrics,
    sung: Option<usize>,
    scroll: Scroll,
    line: Style,
    marked: Style,
}

impl<'a> LyricsView<'a> {
    /// The words, at a place of the track.
    pub fn new(lyrics: &'a Lyrics, place: Duration, scroll: Scroll) -> Self {
        let sung = lyrics.line_at(place);
        Self { lyrics, sung, scroll, line: Style::new(), marked: Style::new().add_modifier(Modifier::BOLD) }
    }

    /// How lines look, and the one that is sung.
    pub fn styles(self, line: Style, marked: Style) -> Self {
        Self { line, marked, ..self }
    }
}

impl Widget for LyricsView<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        if area.is_empty() {
            return;
        }
        let lines: Vec<&str> = self.lyrics.lines().collect();
        let indent = if self.lyrics.is_timed() && area.width >= NARROW { INDENT } else { 0 };
        let width = area.width - indent;
        let rows = usize::from(area.height);
        let begin = match self.scroll {
            Scroll::From(line) => (line.min(lines.len().saturating_sub(1)), 0),
            Scroll::Follow => self.sung.map_or((0, 0), |sung| above(&lines, sung, width, rows)),
        };
        let mut row = 0;
        for (number, line) in lines.iter().enumerate().skip(begin.0) {
            let is_sung = self.sung == Some(number);
            let style = if is_sung { self.marked } else { self.line };
            let skipped = if number == begin.0 { begin.1 } else { 0 };
            for (at, piece) in wrapped(line, width).into_iter().enumerate().skip(skipped) {
                if row == area.height {
                    return;
                }
                let y = area.y + row;
                if is_sung && at == 0 && indent > 0 {
                    buf.set_stringn(area.x, y, MARK, usize::from(indent), style);
                }
                buf.set_stringn(area.x + indent, y, piece, usize::from(width), style);
                row += 1;
            }
        }
    }
}

/// The first line to draw, and how many of its rows to leave out, so that the line that is sung stands in the middle.
fn above(lines: &[&str], sung: usize, width: u16, rows: usize) -> (usize, usize) {
    let own = wrapped(lines[sung], width).len().min(rows);
    let mut room = (rows - own) / 2;
    for line in (0..sung).rev() {
        let count = wrapped(lines[line], width).len();
        if count >= room {
            return if room == 0 { (line + 1, 0) } else { (line, count - room) };
        }
        room -= count;
    }
    (0, 0)
}

/// A line in rows of at most `width` columns, broken between words where that can be. An empty line is one row.
fn wrapped(line: &str, width: u16) -> Vec<&str> {
    let width = usize::from(width.max(1));
    let mut rows = Vec::new();
    let mut rest = line;
    loop {
        let (mut columns, mut space, mut end) = (0, None, None);
        for (at, c) in rest.char_indices() {
            let own = c.width().unwrap_or(0);
            if columns + own > width && at > 0 {
                end = Some(at);
                break;
            }
            columns += own;
            if c == ' ' {
                space = Some(at);
            }
        }
        let Some(end) = end else {
            rows.push(rest);
            return rows;
        };
        // A space that does not fit is the best place to break.
        let end = if rest[end..].starts_with(' ') { end } else { space.filter(|at| *at > 0).unwrap_or(end) };
        rows.push(rest[..end].trim_end());
        rest = rest[end..].trim_start();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::tui::drawn;

    fn timed() -> Lyrics {
        let text = "[00:01]One\n[00:02]Two\n[00:03]Three\n[00:04]\n[00:05]A line that is too long for it\n[00:06]Six";
        Lyrics::parse(text).unwrap()
    }

    fn seen(width: u16, rows: u16, lyrics: &Lyrics, second: u64, scroll: Scroll) -> Vec<String> {
        let rows = drawn(width, rows, LyricsView::new(lyrics, Duration::from_secs(second), scroll));
        rows.iter().map(|row| row.trim_end().to_owned()).collect()
    }

    #[test]
    fn the_line_that_is_sung_stands_in_the_middle() {
        let lyrics = timed();
        let seen = |second| seen(16, 5, &lyrics, second, Scroll::Follow);
        assert_eq!(seen(0), ["  One", "  Two", "  Three", "", "  A line that is"]);
        assert_eq!(seen(1), ["› One", "  Two", "  Three", "", "  A line that is"]);
        assert_eq!(seen(3), ["  One", "  Two", "› Three", "", "  A line that is"]);
        assert_eq!(seen(5), ["", "› A line that is", "  too long for", "  it", "  Six"]);
        assert_eq!(seen(60), ["  too long for", "  it", "› Six", "", ""]);
    }

    #[test]
    fn it_is_marked_by_weight_too() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 16, 3));
        LyricsView::new(&timed(), Duration::from_secs(2), Scroll::Follow).render(buffer.area, &mut buffer);
        let bold = |row| buffer[(2, row)].modifier.contains(Modifier::BOLD);
        assert_eq!([bold(0), bold(1), bold(2)], [false, true, false]);
    }

    #[test]
    fn untimed_words_are_scrolled_by_hand() {
        let lyrics = Lyrics::parse("One\nTwo\n\nThree").unwrap();
        assert_eq!(seen(8, 3, &lyrics, 9, Scroll::Follow), ["One", "Two", ""]);
        assert_eq!(seen(8, 3, &lyrics, 9, Scroll::From(1)), ["Two", "", "Three"]);
        assert_eq!(seen(8, 3, &lyrics, 9, Scroll::From(99)), ["Three", "", ""]);
        assert_eq!(Scroll::Follow.by(2, None, 4), Scroll::From(2));
        assert_eq!(Scroll::Follow.by(-1, Some(3), 4), Scroll::From(2));
        assert_eq!(Scroll::From(1).by(-9, Some(3), 4), Scroll::From(0));
        assert_eq!(Scroll::From(1).by(9, None, 4), Scroll::From(3));
        assert_eq!(Scroll::From(1).by(9, None, 0), Scroll::From(0));
    }

    #[test]
    fn wide_characters_are_not_cut_in_half() {
        let lyrics = Lyrics::parse("東京の夜は更けて\ne\u{301}e\u{301}e\u{301}e\u{301}").unwrap();
        assert_eq!(
            seen(7, 4, &lyrics, 0, Scroll::Follow),
            ["東 京 の", "夜 は 更", "け て", "e\u{301}e\u{301}e\u{301}e\u{301}"]
        );
        assert_eq!(seen(1, 2, &lyrics, 0, Scroll::Follow).len(), 2);
    }

    proptest! {
        #[test]
        fn nothing_but_spaces_is_lost_between_rows(line in "[a-z東👩\u{301} ]{0,40}", width in 2_u16..12) {
            let rows = wrapped(&line, width);
            let squeezed = |text: &str| text.replace(' ', "");
            prop_assert_eq!(squeezed(&rows.concat()), squeezed(&line));
            prop_assert!(rows.iter().all(|row| row.width() <= usize::from(width)), "{:?}", rows);
        }

        #[test]
        fn no_area_and_no_place_is_too_small(width in 0_u16..20, rows in 0_u16..9, second in 0_u64..9, from in 0_usize..9) {
            let lyrics = timed();
            let drawn = seen(width, rows, &lyrics, second, Scroll::Follow);
            if (1..=6).contains(&second) && rows > 0 && width >= NARROW {
                prop_assert!(drawn.iter().any(|row| row.starts_with('›')), "{:?}", drawn);
            }
            seen(width, rows, &lyrics, second, Scroll::From(from));
        }
    }
}
