//! Takes the shape of a track and how far it is played; gives a seek bar: what was played in blocks, the rest in dots, so
//! that both differ without colour. Where the shape is not known yet, a line.
//! Never waits for a shape.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::Widget;

use crate::player::Waveform;

/// Eighths of a cell, from the bottom.
const BLOCKS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// The first braille pattern; its dots are bits (Unicode, chapter 21.1).
const BRAILLE: u32 = 0x2800;

/// The dots of the left and of the right half of a cell, from the bottom.
const DOTS: [[u32; 4]; 2] = [[0x40, 0x04, 0x02, 0x01], [0x80, 0x20, 0x10, 0x08]];

/// The seek bar of a track. Fills any area; one to three rows look best.
#[derive(Debug, Clone, Copy)]
pub struct SeekBar<'a> {
    shape: Option<&'a Waveform>,
    /// From 0 to 1; `None` where the length is not known.
    played: Option<f64>,
    before: Style,
    after: Style,
}

impl<'a> SeekBar<'a> {
    /// For a track of which the share `played` is heard, 0 to 1; `None` where nobody knows how long it is.
    pub fn new(shape: Option<&'a Waveform>, played: Option<f64>) -> Self {
        Self { shape, played, before: Style::new(), after: Style::new() }
    }

    /// How what was played looks, and what comes.
    pub fn styles(self, before: Style, after: Style) -> Self {
        Self { before, after, ..self }
    }

    /// Columns that are played.
    fn columns(&self, width: u16) -> u16 {
        let played = self.played.unwrap_or(0.0).clamp(0.0, 1.0);
        (played * f64::from(width)).round() as u16 // NaN is 0
    }

    /// The share of the track that begins at a column of an area as wide as this.
    pub fn share(column: u16, width: u16) -> f64 {
        f64::from(column.min(width)) / f64::from(width.max(1))
    }
}

/// A track that is quieter all over than this, of 255, is not drawn as if it were loud.
const LEAST: u8 = 16;

/// How high a stretch stands in `full` steps, at least one: beside the loudest of its track.
fn height(shape: &Waveform, from: f64, to: f64, full: u16) -> u16 {
    let loudest = f64::from(shape.loudest().rms.max(LEAST));
    let share = f64::from(shape.between(from, to).rms) / loudest;
    ((share * f64::from(full)).round() as u16).clamp(1, full.max(1))
}

impl Widget for SeekBar<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        if area.is_empty() {
            return;
        }
        let played = self.columns(area.width);
        for column in 0..area.width {
            let is_played = column < played;
            let style = if is_played { self.before } else { self.after };
            let share = |half: u16| Self::share(2 * column + half, 2 * area.width);
            for row in 0..area.height {
                let above = area.height - 1 - row;
                let cell = &mut buf[(area.x + column, area.y + row)];
                cell.set_style(style);
                match self.shape {
                    Some(shape) if is_played => {
                        let steps = height(shape, share(0), share(2), 8 * area.height);
                        let here = steps.saturating_sub(8 * above).min(8);
                        cell.set_symbol(BLOCKS[usize::from(here)]);
                    }
                    Some(shape) => {
                        let steps =
                            [0, 1].map(|half| height(shape, share(half), share(half + 1), 4 * area.height));
                        cell.set_char(dots(steps.map(|steps| steps.saturating_sub(4 * above).min(4))));
                    }
                    None if row == area.height / 2 => {
                        cell.set_symbol(if is_played { "━" } else { "─" });
                    }
                    None => {
                        cell.set_symbol(" ");
                    }
                }
            }
        }
    }
}

/// So many dots, up to four, in the left and in the right half of a cell.
fn dots(heights: [u16; 2]) -> char {
    let bits =
        heights.iter().zip(DOTS).flat_map(|(height, dots)| dots.into_iter().take(usize::from(*height)));
    let pattern = bits.fold(0, |all, dot| all | dot);
    if pattern == 0 { ' ' } else { char::from_u32(BRAILLE + pattern).unwrap_or(' ') }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::tui::drawn;

    /// A track that becomes louder from silence to full scale, and ends in silence.
    fn shape() -> Waveform {
        let levels = (0..96_000).map(|n| if n < 80_000 { n as f32 / 80_000.0 } else { 0.0 });
        Waveform::of_samples(1, &levels.collect::<Vec<_>>())
    }

    fn bar(width: u16, rows: u16, shape: Option<&Waveform>, played: Option<f64>) -> Vec<String> {
        drawn(width, rows, SeekBar::new(shape, played))
    }

    #[test]
    fn played_is_blocks_and_the_rest_is_dots() {
        let shape = shape();
        assert_eq!(bar(24, 1, Some(&shape), Some(0.5)), ["▁▁▁▂▂▂▃▃▄▄▄▅⣴⣶⣶⣶⣶⣾⣿⣿⣀⣀⣀⣀"]);
        assert_eq!(bar(24, 1, Some(&shape), Some(1.0)), ["▁▁▁▂▂▂▃▃▄▄▄▅▅▆▆▆▇▇██▁▁▁▁"]);
        assert_eq!(bar(8, 1, Some(&shape), Some(0.0)), ["⣀⣀⣠⣤⣶⣾⣿⣀"]);
    }

    #[test]
    fn more_rows_show_more() {
        let shape = shape();
        let two = bar(12, 2, Some(&shape), Some(0.5));
        assert_eq!(two, ["     ▂⣠⣤⣶⣿  ", "▂▃▅▆██⣿⣿⣿⣿⣀⣀"]);
        let three = bar(12, 3, Some(&shape), Some(0.5));
        assert_eq!(three, ["       ⣠⣴⣾  ", "   ▂▄▆⣿⣿⣿⣿  ", "▂▅▇███⣿⣿⣿⣿⣀⣀"]);
    }

    #[test]
    fn without_a_shape_it_is_a_line() {
        assert_eq!(bar(10, 1, None, Some(0.35)), ["━━━━──────"]);
        assert_eq!(bar(10, 3, None, Some(0.35)), ["          ", "━━━━──────", "          "]);
        assert_eq!(bar(6, 1, None, None), ["──────"]);
        assert_eq!(bar(6, 1, None, Some(f64::NAN)), ["──────"]);
        assert_eq!(bar(6, 1, None, Some(7.0)), ["━━━━━━"]);
    }

    #[test]
    fn silence_is_low_and_a_quiet_track_is_not() {
        let silence = Waveform::of_samples(2, &[0.0; 10_000]);
        assert_eq!(bar(6, 1, Some(&silence), Some(0.5)), ["▁▁▁⣀⣀⣀"]);
        let quiet = Waveform::of_samples(2, &[0.1; 10_000]);
        assert_eq!(bar(6, 1, Some(&quiet), Some(0.5)), ["███⣿⣿⣿"]);
        assert_eq!(bar(4, 1, Some(&Waveform::of_samples(1, &[])), Some(0.5)), ["▁▁⣀⣀"]);
    }

    #[test]
    fn no_area_is_too_small_or_outside() {
        let shape = shape();
        let mut buffer = Buffer::empty(Rect::new(0, 0, 3, 1));
        for area in
            [Rect::new(0, 0, 0, 1), Rect::new(0, 0, 1, 0), Rect::new(2, 0, 9, 9), Rect::new(7, 7, 2, 2)]
        {
            SeekBar::new(Some(&shape), Some(0.5)).render(area, &mut buffer);
        }
    }

    #[test]
    fn a_column_is_a_share() {
        assert_eq!(
            [SeekBar::share(0, 10), SeekBar::share(5, 10), SeekBar::share(99, 10), SeekBar::share(0, 0)],
            [0.0, 0.5, 1.0, 0.0]
        );
    }
}
