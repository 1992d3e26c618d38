//! Takes what the environment says of a terminal, and what it answers; gives the way to show pictures on it.
//! Never waits long, never asks a terminal that might print the question, never guesses at more than half blocks.
#![cfg_attr(not(unix), allow(dead_code))] // elsewhere nobody asks

use std::time::Duration;

use ratatui::style::Color;

/// How pictures get onto a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Not at all: it has no colours, or they are not wanted.
    None,
    /// Two pixels a cell, in the colours of text.
    HalfBlocks,
    /// Kitty's graphics protocol with placeholders in text: kitty, Ghostty.
    Kitty,
    /// iTerm2's inline images: iTerm2, WezTerm, Konsole.
    Iterm,
    /// Sixels: foot, xterm, mlterm, Windows Terminal and others.
    Sixel,
}

/// The colours that text can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// All of them.
    All,
    /// The 216 of the cube that xterm has introduced.
    Cube,
}

impl Colours {
    pub(super) fn of(self, [red, green, blue]: [u8; 3]) -> Color {
        match self {
            Self::All => Color::Rgb(red, green, blue),
            Self::Cube => {
                // The cube's steps are 0, 95, 135, 175, 215, 255.
                let step = |part: u8| if part < 48 { 0 } else { part.saturating_sub(35).max(40) / 40 };
                Color::Indexed(16 + 36 * step(red) + 6 * step(green) + step(blue))
            }
        }
    }
}

/// What a terminal can do with pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surface {
    /// How they get onto it.
    pub protocol: Protocol,
    /// Which colours text has.
    pub colours: Colours,
    /// The width and the height of a cell in pixels; only their relation counts for half blocks. Never 0.
    pub cell: (u16, u16),
}

/// For a terminal that nobody has asked.
pub const NOT_ASKED: Surface = Surface { protocol: Protocol::None, colours: Colours::Cube, cell: USUAL_CELL };

/// What a terminal has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Answers {
    /// It takes kitty's graphics.
    pub kitty: bool,
    /// It takes sixels.
    pub sixel: bool,
    /// The width and the height of a cell in pixels.
    pub cell: Option<(u16, u16)>,
}

/// The shape of a cell where nobody says.
const USUAL_CELL: (u16, u16) = (8, 16);

/// What a variable of the environment says; `None` where it is not set.
type Says<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What the environment says of the terminal, before it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// No colours.
    Plain,
    /// Another program draws for us, and knows no pictures: tmux, screen.
    Nested,
    /// Says that it is kitty or Ghostty.
    Kitty,
    /// Says that it is one of those that know iTerm2's images.
    Iterm,
    Other,
}

fn kind(says: Says<'_>) -> Kind {
    let said = |name: &str| says(name).filter(|value| !value.is_empty());
    let term = said("TERM").unwrap_or_default();
    if said("NO_COLOR").is_some() || ["", "dumb", "linux"].contains(&term.as_str()) || term.starts_with("vt")
    {
        return Kind::Plain;
    }
    let nested = ["screen", "tmux"].iter().any(|name| term.starts_with(name));
    if nested || said("TMUX").is_some() || said("STY").is_some() || said("ZELLIJ").is_some() {
        return Kind::Nested;
    }
    let program = said("TERM_PROGRAM").unwrap_or_default();
    let is_kitty =
        ["xterm-kitty", "xterm-ghostty"].contains(&term.as_str()) || said("KITTY_WINDOW_ID").is_some();
    if is_kitty || program == "ghostty" {
        return Kind::Kitty;
    }
    let is_iterm =
        said("LC_TERMINAL").is_some_and(|name| name == "iTerm2") || said("KONSOLE_VERSION").is_some();
    if is_iterm || ["iTerm.app", "WezTerm"].contains(&program.as_str()) {
        return Kind::Iterm;
    }
    Kind::Other
}

/// Chooses by what the environment says, and what the terminal answers where it is asked.
pub fn surface(says: Says<'_>, ask: impl FnOnce(bool) -> Answers) -> Surface {
    let kind = kind(says);
    let answers = match kind {
        Kind::Plain | Kind::Nested => Answers::default(),
        kind => ask(kind == Kind::Kitty),
    };
    let protocol = match kind {
        Kind::Plain => Protocol::None,
        Kind::Nested => Protocol::HalfBlocks,
        Kind::Kitty if answers.kitty => Protocol::Kitty,
        Kind::Iterm => Protocol::Iterm,
        _ if answers.sixel && answers.cell.is_some() => Protocol::Sixel,
        _ => Protocol::HalfBlocks,
    };
    let all = ["truecolor", "24bit"];
    let says_all = says("COLORTERM").is_some_and(|colours| all.contains(&colours.as_str()));
    let colours = if says_all || protocol == Protocol::Kitty { Colours::All } else { Colours::Cube };
    let cell = answers.cell.filter(|(wide, high)| *wide > 0 && *high > 0).unwrap_or(USUAL_CELL);
    Surface { protocol, colours, cell }
}

/// Looks at this process's terminal. Call it while the terminal is raw and nobody else reads keys: a key that is pressed
/// in this moment is lost. Waits no longer than `patience` for each of two answers.
pub fn look(patience: Duration) -> Surface {
    surface(&|name| std::env::var(name).ok(), |kitty| {
        let mut answers = asked(kitty, patience);
        answers.cell = cell_by_window().or(answers.cell);
        answers
    })
}

/// A cell's pixels, where the system knows them.
fn cell_by_window() -> Option<(u16, u16)> {
    let window = crossterm::terminal::window_size().ok()?;
    let cell = (window.width.checked_div(window.columns)?, window.height.checked_div(window.rows)?);
    (cell.0 > 0 && cell.1 > 0).then_some(cell)
}

/// The size of a cell in pixels (XTWINOPS), and what the terminal is (DA1), which all of them answer.
const WHAT: &[u8] = b"\x1b[16t\x1b[c";

/// Whether it takes a picture of one pixel, which is not shown; and what it is.
const KITTY: &[u8] = b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[c";

/// Asks about kitty's graphics only a terminal that has answered in time to something that all of them know: an answer that
/// came later would be taken for keys.
#[cfg(unix)]
fn asked(kitty: bool, patience: Duration) -> Answers {
    let Some(said) = question(WHAT, patience) else { return Answers::default() };
    let mut answers = heard(&said);
    if kitty {
        answers.kitty = question(KITTY, patience).is_some_and(|said| heard(&said).kitty);
    }
    answers
}

#[cfg(not(unix))]
fn asked(_: bool, _: Duration) -> Answers {
    Answers::default()
}

/// Asks, and waits for the answer that comes last; `None` when it did not come in time.
#[cfg(unix)]
fn question(text: &[u8], patience: Duration) -> Option<Vec<u8>> {
    use std::io::{IsTerminal, Write};
    use std::time::Instant;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    /// No terminal says more.
    const MOST: usize = 1 << 12;
    let (keys, mut screen) = (rustix::stdio::stdin(), std::io::stdout());
    if !std::io::stdin().is_terminal() || !screen.is_terminal() {
        return None;
    }
    screen.write_all(text).and_then(|()| screen.flush()).ok()?;
    let (begin, mut said) = (Instant::now(), Vec::new());
    while said.len() < MOST {
        let left = patience.checked_sub(begin.elapsed())?;
        let left = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: i64::from(left.subsec_nanos()) };
        let mut polled = [PollFd::new(&keys, PollFlags::IN)];
        match poll(&mut polled, Some(&left)) {
            Ok(0) => return None,
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(_) => return None,
        }
        let mut bytes = [0; 256];
        match rustix::io::read(keys, &mut bytes) {
            Ok(0) | Err(_) => return None,
            Ok(count) => said.extend(&bytes[..count]),
        }
        if is_whole(&said) {
            return Some(said);
        }
    }
    None
}

/// Whether the answer to `CSI c` is there: `CSI ? ... c`.
fn is_whole(said: &[u8]) -> bool {
    replies(said).any(|(reply, last)| reply.starts_with(b"?") && last == b'c')
}

/// Control sequences: what stands between `CSI` and the last byte, and that byte.
fn replies(said: &[u8]) -> impl Iterator<Item = (&[u8], u8)> {
    let starts = said.windows(2).enumerate().filter(|(_, pair)| *pair == b"\x1b[").map(|(at, _)| at + 2);
    starts.filter_map(|at| {
        let end = said[at..].iter().position(|byte| (0x40..=0x7E).contains(byte))?;
        Some((&said[at..at + end], said[at + end]))
    })
}

/// What the answers mean.
fn heard(said: &[u8]) -> Answers {
    let mut answers = Answers { kitty: said.windows(7).any(|part| part == b"_Gi=31;"), ..Answers::default() };
    // `OK` follows; an error does not.
    answers.kitty &= said.windows(9).any(|part| part == b"_Gi=31;OK");
    for (reply, last) in replies(said) {
        let reply = String::from_utf8_lossy(reply);
        let mut numbers = reply.trim_start_matches('?').split(';').map(|number| number.parse::<u16>().ok());
        match last {
            b'c' if reply.starts_with('?') => {
                answers.sixel |= numbers.skip(1).any(|number| number == Some(4))
            }
            b't' if numbers.next() == Some(Some(6)) => {
                let (high, wide) = (numbers.next().flatten(), numbers.next().flatten());
                answers.cell = wide.zip(high).filter(|(wide, high)| *wide > 0 && *high > 0);
            }
            _ => {}
        }
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(says: &[(&str, &str)], said: &str) -> Surface {
        let value =
            |name: &str| says.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        surface(&value, |_| heard(said.as_bytes()))
    }

    #[test]
    fn each_terminal_gets_what_it_knows() {
        let xterm = ("TERM", "xterm-256color");
        let sixel = "\x1b[6;20;10t\x1b[?62;4;22c";
        for (says, said, protocol) in [
            (vec![("TERM", "xterm-kitty")], "\x1b_Gi=31;OK\x1b\\\x1b[?62;c", Protocol::Kitty),
            (vec![("TERM", "xterm-kitty")], "", Protocol::HalfBlocks),
            (vec![("TERM", "xterm-kitty")], "\x1b_Gi=31;EINVAL:no\x1b\\\x1b[?62;c", Protocol::HalfBlocks),
            (vec![xterm, ("TERM_PROGRAM", "ghostty")], "\x1b_Gi=31;OK\x1b\\\x1b[?62;c", Protocol::Kitty),
            (vec![xterm, ("TERM_PROGRAM", "WezTerm")], sixel, Protocol::Iterm),
            (vec![xterm, ("LC_TERMINAL", "iTerm2")], "", Protocol::Iterm),
            (vec![("TERM", "foot")], sixel, Protocol::Sixel),
            (vec![xterm], "\x1b[?62;4;22c", Protocol::HalfBlocks), // nobody says how large a cell is
            (vec![xterm], "\x1b[?62;14;44c", Protocol::HalfBlocks),
            (vec![xterm], "", Protocol::HalfBlocks),
        ] {
            assert_eq!(chosen(&says, said).protocol, protocol, "{says:?} {said:?}");
        }
        assert_eq!(chosen(&[("TERM", "foot")], sixel).cell, (10, 20));
    }

    #[test]
    fn some_terminals_are_not_asked() {
        for (says, protocol) in [
            (vec![], Protocol::None),
            (vec![("TERM", "dumb")], Protocol::None),
            (vec![("TERM", "linux"), ("COLORTERM", "truecolor")], Protocol::None),
            (vec![("TERM", "xterm-kitty"), ("NO_COLOR", "1")], Protocol::None),
            (vec![("TERM", "xterm-kitty"), ("TMUX", "/tmp/tmux-0/default,1,0")], Protocol::HalfBlocks),
            (vec![("TERM", "screen-256color"), ("KITTY_WINDOW_ID", "1")], Protocol::HalfBlocks),
        ] {
            let value = |name: &str| {
                says.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            };
            let surface = surface(&value, |_| panic!("asked: {says:?}"));
            assert_eq!(surface.protocol, protocol, "{says:?}");
        }
    }

    #[test]
    fn an_answer_is_whole_when_the_last_one_is() {
        for (said, whole) in [
            ("", false),
            ("\x1b[?62;4", false),
            ("\x1b[6;20;10t", false),
            ("x\x1b[A\x1b[6;20;10t\x1b[?62c", true),
            ("\x1b[62c", false),
        ] {
            assert_eq!(is_whole(said.as_bytes()), whole, "{said:?}");
        }
        assert_eq!(heard(b"\x1b[6;0;0t\x1b[6;t\x1b[6;99999;1t\x1b[\xFF\x1b["), Answers::default());
    }

    #[test]
    fn terminals_with_few_colours_get_the_nearest() {
        assert_eq!(Colours::Cube.of([0, 0, 0]), Color::Indexed(16));
        assert_eq!(Colours::Cube.of([255, 255, 255]), Color::Indexed(231));
        assert_eq!(Colours::Cube.of([95, 135, 175]), Color::Indexed(16 + 36 + 12 + 3));
        assert_eq!(Colours::All.of([1, 2, 3]), Color::Rgb(1, 2, 3));
        assert_eq!(chosen(&[("TERM", "xterm"), ("COLORTERM", "truecolor")], "").colours, Colours::All);
    }
}
