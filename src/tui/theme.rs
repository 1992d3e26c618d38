//! Takes what a text means; gives how it looks: with the sixteen colours that every terminal lets its owner choose, or
//! without any. What matters is said by signs and words too.
//! Never uses a colour that is not among the sixteen.

use ratatui::style::{Color, Modifier, Style};

use super::pane::Tone;

/// Whether there are colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Else bold, faint, underlined and reversed must do.
    pub colour: bool,
}

impl Theme {
    /// As `NO_COLOR` has it: <https://no-color.org>.
    pub fn of_process() -> Self {
        Self { colour: std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) }
    }

    /// How a tone looks.
    pub fn tone(self, tone: Tone) -> Style {
        match tone {
            Tone::Plain => Style::new(),
            Tone::Good => self.coloured(Color::Green),
            Tone::Maybe => self.coloured(Color::Yellow),
            Tone::Doubt => self.coloured(Color::Magenta),
            Tone::Bad => self.coloured(Color::Red),
            Tone::Away => self.coloured(Color::Cyan),
            Tone::Faint => Style::new().add_modifier(Modifier::DIM),
            Tone::Strong => Style::new().add_modifier(Modifier::BOLD),
        }
    }

    /// What plays.
    pub fn current(self) -> Style {
        self.coloured(Color::Green).add_modifier(Modifier::BOLD)
    }

    /// What is marked.
    pub fn marked(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// The part of a bar that is done.
    pub fn done(self) -> Style {
        self.coloured(Color::Green)
    }

    /// The page that is open.
    pub fn open(self) -> Style {
        self.coloured(Color::Cyan).add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
    }

    fn coloured(self, colour: Color) -> Style {
        if self.colour { Style::new().fg(colour) } else { Style::new() }
    }
}
