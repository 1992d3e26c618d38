//! Takes a program with ambiguous entries, at a terminal; asks about each of them, one key an answer, lets
//! the listener hear the candidates, and writes every answer down at once.
//! Never asks what is sure, missing or away. Gives the terminal back as it was; what was answered stays.
//!
//! `question` decides what keys mean and what is shown; here are the terminal, the sound and the pins.

mod listen;
mod question;

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::event::{self, Event, KeyEventKind};
use crossterm::{cursor, queue, style, terminal};

use super::program::{Program, Row};
use super::screen;
use super::{pins, say, signals};
use crate::library::Track;
use crate::playback::output::Target;
use crate::playlist::pins::{Choice, PinnedFile, Pins};
use crate::playlist::{Pinned, Reason, Status};
use crate::sanitise;
use crate::tui;

pub(super) use listen::Listening;
pub(super) use question::{Answer, Question, about_track};
use question::{Asking, Key, Step};

/// How often signals and the sound are looked at while no key is pressed.
const LOOK: Duration = Duration::from_millis(100);

/// How the questions ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// All are answered or skipped.
    Done,
    /// The listener wants no more, and no music.
    Quit,
    /// Ctrl-C, or a signal that asks to end.
    Interrupted,
}

/// Whether there is somebody to ask.
pub(super) fn is_possible() -> bool {
    io::stdout().is_terminal() && io::stderr().is_terminal() && screen::has_keyboard()
}

/// Asks about the ambiguous entries of `program`, and gives them what was answered.
///
/// # Errors
/// When the terminal cannot be used.
pub(super) fn about(program: &mut Program, output: &Target) -> anyhow::Result<End> {
    let questions = questions(program);
    if questions.is_empty() {
        return Ok(End::Done);
    }
    let stop = Stop::watch()?;
    let mut asking = Asking::new(questions);
    let mut problems = Vec::new();
    let end = {
        let mut terminal = Terminal::open()?;
        ask(program, &mut asking, &mut terminal, (output, &stop), &mut problems)?
    };
    for problem in problems {
        say::problem(&sanitise::line(&problem));
    }
    Ok(end)
}

fn ask(
    program: &mut Program,
    asking: &mut Asking,
    terminal: &mut Terminal,
    (output, stop): (&Target, &Stop),
    problems: &mut Vec<String>,
) -> io::Result<End> {
    let mut listening: Option<Listening> = None;
    let mut is_changed = true;
    while !asking.is_done() {
        if is_changed {
            terminal.draw(asking)?;
        }
        if stop.is_wanted() {
            return Ok(End::Interrupted);
        }
        let Some(key) = key(LOOK)? else {
            let over = listening.as_mut().and_then(Listening::over);
            is_changed = over.is_some();
            if let Some(note) = over {
                listening = None;
                asking.heard(note.map(|error| error.to_string()));
            }
            continue;
        };
        is_changed = true;
        let step = asking.press(key);
        if key.ends_sound() {
            listening = None;
        }
        match step {
            Step::Draw => {}
            Step::Listen(at) => match Listening::start(asking.choice(at), output) {
                Ok(started) => listening = Some(started),
                Err(error) => asking.heard(Some(error)),
            },
            Step::Answer(rows, answer) => problems.extend(take(program, &rows, answer)),
            Step::Quit => return Ok(End::Quit),
            Step::Interrupt => return Ok(End::Interrupted),
        }
    }
    Ok(End::Done)
}

/// One question an entry; entries that are alike are asked about once.
pub(super) fn questions(program: &Program) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    for (at, row) in program.rows.iter().enumerate() {
        if row.status != Some(Status::Ambiguous) || row.pin.choices.is_empty() {
            continue;
        }
        let entry = |row: &Row| (row.pin.wanted.clone(), row.pin.listing.clone());
        match questions.iter_mut().find(|asked| entry(&program.rows[asked.rows[0]]) == entry(row)) {
            Some(asked) => asked.rows.push(at),
            None => questions.push(Question::new(at, program)),
        }
    }
    questions
}

/// Gives the rows what was answered and remembers it; gives what went wrong.
fn take(program: &mut Program, rows: &[usize], answer: Answer) -> Option<String> {
    if answer == Answer::Skip {
        return None;
    }
    let problem = remember(&program.rows[*rows.first()?], &answer);
    for at in rows {
        decide(&mut program.rows[*at], &answer);
    }
    problem
}

/// Writes an answer about a row down; gives what went wrong.
pub(super) fn remember(row: &Row, answer: &Answer) -> Option<String> {
    let (choice, problem) = match answer {
        Answer::Skip => return None,
        Answer::NotOwned => (Some(Choice::NotOwned), None),
        Answer::File(track) => remembered(track),
    };
    let Some(pin) = choice.and_then(|choice| row.pin.decided(choice)) else { return problem };
    let written = pins::path().and_then(|path| Ok(Pins::change(&path, |pins| pins.set(pin))?));
    written.err().map(|error| format!("the answer is not remembered: {error:#}"))
}

fn remembered(track: &Track) -> (Option<Choice>, Option<String>) {
    match PinnedFile::of(track) {
        Ok(file) => (Some(Choice::File(file)), None),
        Err(error) => {
            let name = sanitise::path(&track.path);
            (None, Some(format!("the answer is not remembered: {name} {error}")))
        }
    }
}

fn decide(row: &mut Row, answer: &Answer) {
    let file = match answer {
        Answer::File(track) => Some(track.path.clone()),
        _ => None,
    };
    row.confidence = if file.is_some() { 1.0 } else { 0.0 };
    row.status = Some(if file.is_some() { Status::Sure } else { Status::Missing });
    row.reasons = vec![Reason::Pinned(if file.is_some() { Pinned::Here } else { Pinned::NotOwned })];
    let part = match answer {
        Answer::File(track) => (track.span, track.gains),
        _ => Default::default(),
    };
    (row.span, row.gains) = part;
    row.candidates = file.iter().map(|file| (file.clone(), 1.0)).collect();
    row.file = file;
}

/// The next key, if one is pressed within `patience`.
fn key(patience: Duration) -> io::Result<Option<Key>> {
    if !event::poll(patience)? {
        return Ok(None);
    }
    Ok(match event::read()? {
        Event::Resize(..) => Some(Key::Resized),
        Event::Key(key) if key.kind != KeyEventKind::Release => question::key_of(key),
        _ => None,
    })
}

/// Whether a signal has asked to end.
struct Stop {
    flag: Arc<AtomicBool>,
    ids: Vec<signal_hook::SigId>,
}

impl Stop {
    fn watch() -> io::Result<Self> {
        let flag = Arc::new(AtomicBool::new(false));
        let register = |signal: &i32| signal_hook::flag::register(*signal, Arc::clone(&flag));
        let ids = signals::ENDING.iter().map(register).collect::<io::Result<_>>()?;
        Ok(Self { flag, ids })
    }

    fn is_wanted(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        for id in self.ids.drain(..) {
            signal_hook::low_level::unregister(id);
        }
    }
}

/// The terminal's other screen in raw mode, until it is dropped: what stood on the first comes back. A dumb terminal has
/// one screen, on which every question follows the one before.
struct Terminal {
    is_dumb: bool,
}

impl Terminal {
    fn open() -> io::Result<Self> {
        let terminal = Self { is_dumb: tui::is_dumb() }; // gives back what it has taken, should the rest fail
        if terminal.is_dumb {
            tui::take_keys()?
        } else {
            tui::take_screen()?
        }
        Ok(terminal)
    }

    fn draw(&mut self, asking: &Asking) -> io::Result<()> {
        let (columns, rows) = terminal::size().unwrap_or((80, 24));
        let mut out = io::stdout();
        let lines = asking.lines(usize::from(columns), usize::from(rows));
        if self.is_dumb {
            queue!(out, style::Print(format!("\r\n{}\r\n", lines.join("\r\n"))))?;
            return out.flush();
        }
        queue!(out, cursor::MoveTo(0, 0), terminal::Clear(terminal::ClearType::All))?;
        for (at, line) in lines.iter().enumerate() {
            let row = u16::try_from(at).unwrap_or(u16::MAX);
            queue!(out, cursor::MoveTo(0, row), style::Print(line))?;
        }
        out.flush()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        tui::restore();
    }
}
