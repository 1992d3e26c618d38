//! Takes lines and a status; gives a terminal with the lines scrolling by above one line of progress,
//! and the keys that are pressed, from one table. Gives the terminal back as it was, even in a panic.
//! Never decides what a key does to the music.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::{queue, style, terminal};
use unicode_width::UnicodeWidthStr;

use crate::control::clock;
use crate::player::Status;
use crate::player::StopAfter;
use crate::queue::{Repeat, Shuffle};
use crate::sanitise;
use crate::tui::keys::{Does, Keys, Place};
use crate::tui::{self, Chord};

/// What was pressed, as far as it asks for something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Key {
    Does(Does),
    Resized,
}

fn key_of(event: &Event, keys: &Keys) -> Option<Key> {
    match event {
        Event::Resize(..) => Some(Key::Resized),
        Event::Key(KeyEvent { code: KeyCode::Char('c'), modifiers, .. })
            if modifiers.contains(KeyModifiers::CONTROL) =>
        {
            Some(Key::Does(Does::Interrupt))
        }
        Event::Key(event) if event.kind != KeyEventKind::Release => {
            keys.find(Chord::of(*event), Place::Both).map(|action| Key::Does(action.does))
        }
        _ => None,
    }
}

/// Whether keys can be read: from standard input or, where that is a listing, from the terminal behind it.
pub(super) fn has_keyboard() -> bool {
    io::stdin().is_terminal() || (cfg!(unix) && std::fs::File::open("/dev/tty").is_ok())
}

/// A terminal in raw mode with the cursor hidden, until it is dropped.
pub(super) struct Screen {
    /// The progress line as it stands there.
    shown: String,
}

impl Screen {
    /// Takes the terminal and starts the thread that reads keys; `say` is false when nobody listens any more.
    pub(super) fn open(keys: Keys, say: impl Fn(Key) -> bool + Send + 'static) -> io::Result<Self> {
        tui::take_keys()?;
        std::thread::Builder::new().name("keys".into()).spawn(move || {
            while let Ok(event) = event::read() {
                if key_of(&event, &keys).is_some_and(|key| !say(key)) {
                    return;
                }
            }
        })?;
        Ok(Self { shown: String::new() })
    }

    /// Prints a line that stays.
    pub(super) fn line(&mut self, text: &str) {
        self.clear();
        let columns = columns();
        for part in wrapped(text, columns) {
            let _ = queue!(io::stdout(), style::Print(part), style::Print("\r\n"));
        }
        let _ = io::stdout().flush();
    }

    /// Shows the progress line, if it has changed. `track` is its number and name, of `of` tracks.
    pub(super) fn progress(&mut self, status: &Status, track: Option<(usize, String)>, of: usize) {
        let line =
            progress(status, track.as_ref().map(|(number, name)| (*number, name.as_str())), of, columns());
        if line != self.shown {
            self.clear();
            let _ = queue!(io::stdout(), style::Print(&line));
            let _ = io::stdout().flush();
            self.shown = line;
        }
    }

    fn clear(&mut self) {
        let _ = if tui::is_dumb() {
            let blank = " ".repeat(self.shown.width());
            queue!(io::stdout(), style::Print(format!("\r{blank}\r")))
        } else {
            queue!(io::stdout(), style::Print('\r'), terminal::Clear(terminal::ClearType::FromCursorDown))
        };
        self.shown.clear();
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.clear();
        tui::restore();
    }
}

fn columns() -> usize {
    terminal::size().map_or(80, |(columns, _)| usize::from(columns)).max(20)
}

/// Text in lines of at most so many columns, broken between words; those after the first are indented.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_inclusive(' ') {
        let last = lines.len() - 1;
        if lines[last].width() + word.trim_end().width() > columns && !lines[last].trim().is_empty() {
            lines.push("  ".into());
        }
        let last = lines.len() - 1;
        lines[last].push_str(&sanitise::fit(word, columns.saturating_sub(2)));
    }
    lines.into_iter().map(|line| line.trim_end().to_owned()).collect()
}

/// `▶ 1:12 ━━━━━──────── 3:42  3/10 Artist - Title  vol 80  shuffle`, as wide as the terminal, at most.
fn progress(status: &Status, track: Option<(usize, &str)>, of: usize, columns: usize) -> String {
    let Some((number, name)) = track else { return String::new() };
    let sign = if status.playing { '▶' } else { '⏸' };
    let (position, length) = (status.position(), status.length());
    let mut modes = String::new();
    if status.muted {
        modes.push_str("  muted");
    } else if status.volume != 100 {
        modes.push_str(&format!("  vol {}", status.volume));
    }
    match status.shuffle {
        Shuffle::Off => {}
        Shuffle::Tracks => modes.push_str("  shuffle"),
        Shuffle::Albums => modes.push_str("  shuffle albums"),
    }
    match status.repeat {
        Repeat::Off => {}
        Repeat::One => modes.push_str("  repeat one"),
        Repeat::All => modes.push_str("  repeat all"),
    }
    match status.stop_after {
        StopAfter::Never | StopAfter::Entry(_) => {}
        StopAfter::Track => modes.push_str("  then stop"),
        StopAfter::Each => modes.push_str("  stop after each"),
    }
    if let Some(at) = status.sleep_at {
        modes.push_str(&format!("  sleep {}", clock(at.saturating_duration_since(Instant::now()))));
    }
    let bar = bar(position, length, (columns / 4).clamp(4, 30));
    let length = length.map_or_else(|| "?".into(), clock);
    let head = format!("{sign} {} {bar} {length}  {number}/{of} ", clock(position));
    // One column stays free: some terminals wrap a line that fills the last one.
    let room = columns.saturating_sub(1 + head.width() + modes.width());
    let line = format!("{head}{}{modes}", sanitise::fit(name, room));
    sanitise::fit(&line, columns.saturating_sub(1)).into_owned()
}

fn bar(position: Duration, length: Option<Duration>, cells: usize) -> String {
    let share = match length {
        Some(length) if !length.is_zero() => position.as_secs_f64() / length.as_secs_f64(),
        _ => 0.0,
    };
    let full = ((share * cells as f64) as usize).min(cells);
    format!("{}{}", "━".repeat(full), "─".repeat(cells - full))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playback::decode::Format;

    fn status() -> Status {
        let format =
            Format { codec: "FLAC", rate: 10, channels: 2, bits: Some(16), float: false, frames: Some(2220) };
        let mut status = Status::default();
        (status.playing, status.volume, status.format) = (true, 100, Some(format));
        status
    }

    fn press(code: KeyCode, modifiers: KeyModifiers) -> Option<Key> {
        key_of(&Event::Key(KeyEvent::new(code, modifiers)), &Keys::default())
    }

    #[test]
    fn the_progress_line_says_what_plays() {
        assert_eq!(
            progress(&status(), Some((3, "Touch - The Sweetest Victory")), 10, 72),
            "▶ 0:00 ────────────────── 3:42  3/10 Touch - The Sweetest Victory"
        );
        let mut quiet = status();
        (quiet.playing, quiet.volume, quiet.repeat) = (false, 80, Repeat::All);
        assert_eq!(
            progress(&quiet, Some((3, "Touch - The Sweetest Victory")), 10, 60),
            "⏸ 0:00 ─────────────── 3:42  3/10 Touc…  vol 80  repeat all"
        );
    }

    #[test]
    fn the_progress_line_fits_every_terminal() {
        for columns in 20..200 {
            let line = progress(&status(), Some((3, &"宽e\u{301}".repeat(90))), 10, columns);
            assert!(line.width() < columns, "{columns}: {line}");
        }
    }

    #[test]
    fn the_bar_fills_with_the_track() {
        let bar = |done| bar(Duration::from_secs(done), Some(Duration::from_secs(10)), 4);
        assert_eq!([bar(0), bar(5), bar(10), bar(99)], ["────", "━━──", "━━━━", "━━━━"]);
    }

    #[test]
    fn times_read_as_on_a_sleeve() {
        assert_eq!(clock(Duration::from_millis(187_900)), "3:07");
        assert_eq!(clock(Duration::from_secs(3723)), "1:02:03");
    }

    #[test]
    fn control_c_interrupts_and_control_n_is_nothing() {
        assert_eq!(press(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Key::Does(Does::Interrupt)));
        assert_eq!(press(KeyCode::Char('n'), KeyModifiers::CONTROL), None);
        assert_eq!(
            press(KeyCode::Char('n'), KeyModifiers::NONE),
            Some(Key::Does(Does::Command(crate::player::Command::Next)))
        );
    }

    #[test]
    fn help_wraps_between_words() {
        for line in wrapped(&Keys::default().line(), 40) {
            assert!(line.trim_end().width() <= 40, "{line}");
        }
    }
}
