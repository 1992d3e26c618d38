//! Takes what plays; gives its names, its seek bar and the modes.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::Widget;

use super::{Brush, columns};
use crate::player::Waveform;
use crate::tui::pane::Tone;
use crate::tui::view::{Now, View};
use crate::tui::waveform::SeekBar;

/// How many lines of a screen what plays may have.
pub(super) fn lines(screen: Rect) -> u16 {
    match screen.height {
        ..16 => 2,
        16..30 => 4,
        30.. => 5,
    }
}

/// What plays; gives where the seek bar is.
pub(super) fn now(view: &View, area: Rect, brush: &mut Brush<'_>) -> Rect {
    let mut lines = area.rows();
    if area.height > 2
        && let Some(rule) = lines.next()
    {
        let faint = brush.theme.tone(Tone::Faint);
        brush.write((rule.x, rule.y), rule.width, &"─".repeat(rule.width.into()), faint);
    }
    let Some(now) = &view.now else {
        if let Some(line) = lines.next() {
            brush.write((line.x, line.y), line.width, "⏹ nothing plays", brush.theme.tone(Tone::Faint));
        }
        return Rect::default();
    };
    if let Some(line) = lines.next() {
        names(now, line, brush);
    }
    if area.height > 3
        && let Some(line) = lines.next()
    {
        about(now, line, brush);
    }
    // All that is left: a seek bar of two lines shows more.
    let rest = lines.next().map(|line| Rect { height: area.bottom() - line.y, ..line });
    rest.map(|lines| seek(now, view.extras.shape.as_deref(), lines, brush)).unwrap_or_default()
}

/// `▶ Artist - Title                3/10`
fn names(now: &Now, line: Rect, brush: &mut Brush<'_>) {
    let sign = if now.playing { "▶" } else { "⏸" };
    brush.write((line.x, line.y), 1, sign, brush.theme.current());
    let place = brush.write_right(line, now.place.text(), Style::new());
    let room = line.width.saturating_sub(2 + place + 2);
    let name = match now.artist.is_empty() {
        true => now.title.text().to_owned(),
        false => format!("{} - {}", now.artist.text(), now.title.text()),
    };
    brush.write((line.x + 2, line.y), room, &name, brush.theme.tone(Tone::Strong));
}

/// `  Release                FLAC 44.1 kHz 16 bit stereo, bit-perfect`
fn about(now: &Now, line: Rect, brush: &mut Brush<'_>) {
    let format = columns(now.format.text()).min(line.width * 2 / 3);
    let place = Rect { x: line.right() - format, width: format, ..line };
    brush.write((place.x, place.y), format, now.format.text(), brush.theme.tone(Tone::Faint));
    let room = line.width.saturating_sub(2 + format + 2);
    brush.write((line.x + 2, line.y), room, now.release.text(), Style::new());
}

/// `1:12 ━━━━━────── 3:42`, or the shape of the track in the place of the line; gives where the bar is.
fn seek(now: &Now, shape: Option<&Waveform>, lines: Rect, brush: &mut Brush<'_>) -> Rect {
    let line = Rect { y: lines.bottom() - 1, height: 1, ..lines };
    let elapsed = brush.write((line.x, line.y), line.width, now.elapsed.text(), Style::new());
    let length = brush.write_right(line, now.length.text(), Style::new());
    let taken = elapsed + length + 2;
    let bar = Rect { x: line.x + elapsed + 1, width: line.width.saturating_sub(taken), ..lines };
    let (done, rest) = (brush.theme.done(), brush.theme.tone(Tone::Faint));
    SeekBar::new(shape, now.share).styles(done, rest).render(bar, brush.buffer);
    bar
}

/// Volume, order, end and gain; only what is not as usual where there is no room for all.
pub(super) fn modes(view: &View, line: Rect, brush: &mut Brush<'_>) {
    let whole: u16 = view.modes.iter().map(|mode| columns(mode.words.text()) + 3).sum();
    let has_room = whole <= line.width + 3;
    let mut column = line.x;
    for mode in view.modes.iter().filter(|mode| has_room || mode.is_set) {
        if column > line.x {
            column += brush.write((column, line.y), 3, " · ", brush.theme.tone(Tone::Faint));
        }
        let style = brush.theme.tone(if mode.is_set { Tone::Plain } else { Tone::Faint });
        let room = line.right().saturating_sub(column);
        column += brush.write((column, line.y), room, mode.words.text(), style);
        if column + 3 >= line.right() {
            break;
        }
    }
}
