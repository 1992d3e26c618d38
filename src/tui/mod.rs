//! The terminal's full screen. Takes how the player stands and what people read, as plain data; gives cells on a terminal,
//! and what is wished by keys and mouse.
//! Never decides what plays, never opens a file of music.
//!
//! ```text
//! who has the player ── View ──> draw ──> cells ──> terminal
//!                    <── Wish ── View::press, View::point <── input <── keys, mouse
//! ```
//! One table says which key asks for what: [`keys`]. [`View`] is all that is shown, a plain value; `draw` makes cells of it,
//! the same each time. Text comes to the screen as [`Words`], which steer no terminal.

#[cfg(feature = "art")]
pub mod art;
mod aside;
mod cells;
mod chord;
mod draw;
mod extras;
mod input;
pub mod keys;
pub mod lyrics;
pub mod meters;
mod pane;
pub mod sleeve;
mod terminal;
mod theme;
mod view;
pub mod waveform;
mod words;

use std::io::{self, Write};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

#[cfg(feature = "art")]
pub use art::Picture;
pub use chord::{Chord, UnknownKey};
pub use draw::{Areas, LEAST};
pub use extras::Extras;
pub use input::{Input, Pointed};
pub use pane::{Pane, Row, Tone, What};
pub use terminal::{is_dumb, restore, take_keys, take_screen};
pub use theme::Theme;
pub use view::{Mode, Now, View, Wish};
pub use words::Words;

/// Without the feature `art` there are no pictures.
#[cfg(not(feature = "art"))]
#[derive(Debug, PartialEq)]
pub enum Picture {}

/// How long a terminal may take to say what it is. Those that answer do so in a few milliseconds.
#[cfg(feature = "art")]
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(150);

/// What the terminal and those who write to it say.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// Something was done at the terminal.
    Input(Input),
    /// A line that was written to standard error, as it is.
    Words(String),
}

/// A terminal with the screen on it, until it is dropped.
pub struct Face {
    /// What stands there; nothing when it must be drawn anew.
    shown: Option<Buffer>,
    theme: Theme,
    say: Box<dyn Fn() -> Box<dyn Fn(String) + Send>>,
    #[cfg(feature = "art")]
    cover: art::Cover,
}

impl Face {
    /// Takes the terminal. `say` is called from other threads, and gives `false` when nobody listens any more.
    ///
    /// # Errors
    /// When the terminal does not let it.
    pub fn open(say: impl Fn(Said) -> bool + Clone + Send + 'static) -> io::Result<Self> {
        let tell = say.clone();
        let words = move || {
            let tell = tell.clone();
            let say: Box<dyn Fn(String) + Send> = Box::new(move |words| {
                tell(Said::Words(words));
            });
            say
        };
        let mut face = Self {
            shown: None,
            theme: Theme::of_process(),
            say: Box::new(words),
            #[cfg(feature = "art")]
            cover: art::Cover::new(art::terminal::NOT_ASKED),
        };
        face.take()?;
        #[cfg(feature = "art")]
        {
            // Before anybody else reads what the terminal says.
            face.cover = art::Cover::new(art::terminal::look(PATIENCE));
        }
        input::listen(move |input| say(Said::Input(input)))?;
        Ok(face)
    }

    /// Takes the terminal, again if need be: it may be as a stop, a shell or a panic left it. All is drawn anew.
    ///
    /// # Errors
    /// When the terminal does not let it.
    pub fn take(&mut self) -> io::Result<()> {
        self.shown = None;
        restore(); // what is thought to be taken may not be
        take_screen()?;
        terminal::take_mouse()?;
        aside::take((self.say)())
    }

    /// Draws what has changed; gives where a click means what.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn draw(&mut self, view: &View) -> io::Result<Areas> {
        if !terminal::has_screen() {
            self.take()?; // a panic elsewhere has given it back
        }
        let (columns, rows) = crossterm::terminal::size().unwrap_or((80, 24));
        let area = Rect::new(0, 0, columns, rows);
        let mut next = Buffer::empty(area);
        let areas = draw::draw(view, self.theme, &mut next);
        let known = self.shown.take().filter(|shown| shown.area == area);
        let anew = known.is_none();
        self.draw_cover(view, &areas, anew, &mut next);
        let known = known.unwrap_or_else(|| Buffer::empty(area));
        let changed = known.diff(&next);
        if anew || !changed.is_empty() {
            let mut out = io::stdout().lock();
            out.write_all(cells::bytes(changed, anew).as_bytes())?;
            out.flush()?;
        }
        self.shown = Some(next);
        self.write_cover()?;
        Ok(areas)
    }

    /// Whether the terminal can show pictures.
    pub fn shows_covers(&self) -> bool {
        #[cfg(feature = "art")]
        return self.cover.shows();
        #[cfg(not(feature = "art"))]
        false
    }

    #[cfg(feature = "art")]
    fn draw_cover(&mut self, view: &View, areas: &Areas, anew: bool, cells: &mut Buffer) {
        if anew {
            self.cover.forget();
        }
        // Help lies over everything, and a picture would lie over help.
        let picture = view.extras.cover().filter(|_| view.help.is_none());
        self.cover.draw(picture, areas.cover, cells);
    }

    #[cfg(not(feature = "art"))]
    fn draw_cover(&mut self, _: &View, _: &Areas, _: bool, _: &mut Buffer) {}

    fn write_cover(&mut self) -> io::Result<()> {
        #[cfg(feature = "art")]
        self.cover.write(&mut io::stdout().lock())?;
        Ok(())
    }

    /// Takes the picture off the terminal, which would keep it.
    fn leave_cover(&mut self) {
        #[cfg(feature = "art")]
        self.cover.forget();
        if let Err(error) = self.write_cover() {
            tracing::debug!(%error, "the terminal is gone");
        }
    }

    /// The next picture is drawn from nothing.
    pub fn forget(&mut self) {
        self.shown = None;
    }

    /// Gives the terminal back and stops the program until the shell lets it go on; then takes it again.
    ///
    /// # Errors
    /// When the terminal does not let it be taken again.
    pub fn suspend(&mut self) -> io::Result<()> {
        self.leave_cover();
        restore();
        terminal::stop();
        self.take()
    }
}

impl Drop for Face {
    fn drop(&mut self) {
        self.leave_cover();
        restore();
    }
}

/// The screen as people see it, without colours.
#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) fn seen(view: &View, columns: u16, rows: u16) -> String {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    let plain = Theme { colour: false };
    terminal.draw(|frame| drop(draw::draw(view, plain, frame.buffer_mut()))).unwrap();
    terminal.backend().to_string()
}

/// What a widget draws in an area of its own, row by row; behind a wide character stands a space.
#[cfg(test)]
fn drawn(width: u16, rows: u16, widget: impl ratatui::widgets::Widget) -> Vec<String> {
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, rows));
    widget.render(buffer.area, &mut buffer);
    (0..rows).map(|y| (0..width).map(|x| buffer[(x, y)].symbol()).collect()).collect()
}
