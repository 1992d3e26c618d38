//! Takes a picture and an area; gives the picture on the terminal, in the best way it knows: kitty's graphics, iTerm2's,
//! sixels, or half blocks in colour, which work everywhere.
//! Never decodes while it draws, never asks the terminal anything but once at the start.
//!
//! ```text
//! bytes -> picture: checked, decoded, small -> Cover: cells + what is to be written after them -> terminal
//!                                 terminal: which way, asked once ---^
//! ```

mod graphics;
mod picture;
mod sixel;
pub mod terminal;

use std::io::{self, Write};
use std::sync::Arc;

use ratatui::buffer::{Buffer, CellDiffOption};
use ratatui::layout::Rect;
use ratatui::style::Color;

pub(super) use picture::LARGEST;
pub use picture::{NoPicture, Picture};
pub use terminal::{Colours, Protocol, Surface};

/// What stands in the cells that a picture covers and that are not written: no text is the same, so that text that comes
/// in its place is.
const COVERED: char = '\u{F0000}';

/// The picture that is shown.
struct Shown {
    picture: Arc<Picture>,
    place: Rect,
    /// What kitty calls it.
    id: u32,
    /// As large as it is drawn, where cells are drawn.
    small: Option<Picture>,
}

/// A place on the screen for pictures. Draw it like any part of the screen, then call [`Cover::write`].
pub struct Cover {
    surface: Surface,
    shown: Option<Shown>,
    due: Vec<u8>,
    ids: u32,
}

impl Cover {
    /// For a terminal.
    pub fn new(surface: Surface) -> Self {
        // Another program in the same window may have pictures too.
        let ids = 0x7A_0000 | (std::process::id() & 0xFF) << 8;
        Self { surface, shown: None, due: Vec::new(), ids }
    }

    /// Whether pictures can be shown at all.
    pub fn shows(&self) -> bool {
        self.surface.protocol != Protocol::None
    }

    /// Draws a picture as large as it fits, in the middle of `area`; gives where it is. Without one there is nothing.
    pub fn draw(&mut self, picture: Option<&Arc<Picture>>, area: Rect, buf: &mut Buffer) -> Rect {
        let area = area.intersection(buf.area);
        let picture = picture.filter(|_| self.shows() && !area.is_empty());
        let Some(picture) = picture else {
            self.take_away();
            return Rect { width: 0, height: 0, ..area };
        };
        let place = self.place(picture, area);
        let is_there =
            self.shown.as_ref().is_some_and(|now| Arc::ptr_eq(&now.picture, picture) && now.place == place);
        if !is_there {
            self.take_away();
            self.show(picture, place);
        }
        if let Some(shown) = &self.shown {
            self.fill(shown, buf);
        }
        place
    }

    /// Writes what cells cannot hold. Call it after each frame was written.
    ///
    /// # Errors
    /// When the terminal takes nothing.
    pub fn write(&mut self, terminal: &mut impl Write) -> io::Result<()> {
        if !self.due.is_empty() {
            terminal.write_all(&std::mem::take(&mut self.due))?;
            terminal.flush()?;
        }
        Ok(())
    }

    /// The terminal was cleared or has another size: the next frame shows the picture anew.
    pub fn forget(&mut self) {
        self.take_away();
    }

    fn take_away(&mut self) {
        if let Some(shown) = self.shown.take()
            && self.surface.protocol == Protocol::Kitty
        {
            self.due.extend(graphics::kitty_delete(shown.id));
        }
    }

    fn show(&mut self, picture: &Arc<Picture>, place: Rect) {
        let (wide, high) = self.surface.cell;
        let size =
            (usize::from(place.width) * usize::from(wide), usize::from(place.height) * usize::from(high));
        let mut small = None;
        match self.surface.protocol {
            Protocol::Kitty => {
                self.ids = self.ids & !0xFF | (self.ids + 1) & 0xFF;
                self.due.extend(graphics::kitty(&picture.at_most(size), self.ids, place.width, place.height));
            }
            Protocol::Iterm => {
                let image = graphics::iterm(&picture.at_most(size), place.width, place.height);
                self.due.extend(graphics::at(place.x, place.y, &image));
            }
            Protocol::Sixel => {
                let image = sixel::encode(&picture.scaled((size.0, size.1 - size.1 % 6)));
                self.due.extend(graphics::at(place.x, place.y, &image));
            }
            Protocol::HalfBlocks => {
                small = Some(picture.scaled((usize::from(place.width), 2 * usize::from(place.height))));
            }
            Protocol::None => {}
        }
        self.shown = Some(Shown { picture: Arc::clone(picture), place, id: self.ids, small });
    }

    fn fill(&self, shown: &Shown, buf: &mut Buffer) {
        let place = shown.place;
        for (column, row) in
            (0..place.height).flat_map(|row| (0..place.width).map(move |column| (column, row)))
        {
            let cell = &mut buf[(place.x + column, place.y + row)];
            match (self.surface.protocol, &shown.small) {
                (Protocol::HalfBlocks, Some(small)) => {
                    let (x, y) = (usize::from(column), 2 * usize::from(row));
                    let colour = |y| self.surface.colours.of(small.at(x, y));
                    cell.set_char('▀').set_fg(colour(y)).set_bg(colour(y + 1));
                }
                (Protocol::Kitty, _) => {
                    let [_, red, green, blue] = shown.id.to_be_bytes();
                    let symbol = graphics::kitty_cell(column, row);
                    cell.set_symbol(&symbol).set_fg(Color::Rgb(red, green, blue)).set_bg(Color::Reset);
                }
                _ => {
                    cell.reset();
                    cell.set_char(COVERED).set_diff_option(CellDiffOption::Skip);
                }
            }
        }
    }

    /// As large as it fits in its own shape, in the middle.
    fn place(&self, picture: &Picture, area: Rect) -> Rect {
        let most = if self.surface.protocol == Protocol::Kitty { graphics::KITTY_MOST } else { u16::MAX };
        let (columns, rows) = (area.width.min(most), area.height.min(most));
        let (wide, high) = self.surface.cell;
        let room = (f64::from(columns) * f64::from(wide), f64::from(rows) * f64::from(high));
        let (width, height) = picture.size();
        let scale = (room.0 / width as f64).min(room.1 / height as f64);
        let cells = |pixels: usize, cell: u16, most: u16| {
            ((pixels as f64 * scale / f64::from(cell)).round() as u16).clamp(1, most)
        };
        let (width, height) = (cells(width, wide, columns), cells(height, high, rows));
        Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
    }
}

#[cfg(test)]
mod tests;
