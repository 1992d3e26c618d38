//! Takes key presses and the words that people write for them (`space`, `ctrl-l`, `n`); gives one noun for both.
//! Never knows what a key does.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key, with what is held down beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord {
    /// The key; of a letter the one that appears, so that `N` is shift and n.
    pub code: KeyCode,
    /// Ctrl, Alt, and with keys that are no letters Shift.
    pub modifiers: KeyModifiers,
}

/// Keys with a name: as it is written, and as help shows it.
const NAMED: &[(&str, KeyCode, &str)] = &[
    ("space", KeyCode::Char(' '), "space"),
    ("enter", KeyCode::Enter, "Enter"),
    ("esc", KeyCode::Esc, "Esc"),
    ("tab", KeyCode::Tab, "Tab"),
    ("backspace", KeyCode::Backspace, "Backspace"),
    ("delete", KeyCode::Delete, "Del"),
    ("insert", KeyCode::Insert, "Ins"),
    ("left", KeyCode::Left, "←"),
    ("right", KeyCode::Right, "→"),
    ("up", KeyCode::Up, "↑"),
    ("down", KeyCode::Down, "↓"),
    ("home", KeyCode::Home, "Home"),
    ("end", KeyCode::End, "End"),
    ("page-up", KeyCode::PageUp, "PgUp"),
    ("page-down", KeyCode::PageDown, "PgDn"),
];

/// Words for what is held down.
const HELD: &[(&str, KeyModifiers)] =
    &[("ctrl-", KeyModifiers::CONTROL), ("alt-", KeyModifiers::ALT), ("shift-", KeyModifiers::SHIFT)];

impl Chord {
    /// A key that is pressed.
    pub fn of(event: KeyEvent) -> Self {
        Self::new(event.code, event.modifiers)
    }

    fn new(code: KeyCode, modifiers: KeyModifiers) -> Self {
        let known = KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT;
        let (code, modifiers) = match code {
            KeyCode::BackTab => (KeyCode::Tab, modifiers | KeyModifiers::SHIFT),
            // Which letter appears says already whether Shift was held; with Ctrl terminals send either.
            KeyCode::Char(c) if modifiers.contains(KeyModifiers::CONTROL) => {
                (KeyCode::Char(c.to_ascii_lowercase()), modifiers - KeyModifiers::SHIFT)
            }
            KeyCode::Char(_) => (code, modifiers - KeyModifiers::SHIFT),
            _ => (code, modifiers),
        };
        Self { code, modifiers: modifiers & known }
    }

    /// The character that it types, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if self.modifiers.is_empty() => Some(c),
            _ => None,
        }
    }
}

/// A word that names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no key is called {0:?}; there are single characters, {known}, f1 to f12, and ctrl-, alt-, shift- before them", known = known())]
pub struct UnknownKey(pub String);

fn known() -> String {
    NAMED.iter().map(|(word, ..)| *word).collect::<Vec<_>>().join(", ")
}

impl FromStr for Chord {
    type Err = UnknownKey;

    fn from_str(word: &str) -> Result<Self, UnknownKey> {
        let unknown = || UnknownKey(word.into());
        let (mut rest, mut modifiers) = (word, KeyModifiers::NONE);
        while let Some((after, held)) =
            HELD.iter().find_map(|(name, held)| Some((rest.strip_prefix(name)?, *held)))
        {
            if after.is_empty() {
                break;
            }
            (rest, modifiers) = (after, modifiers | held);
        }
        let mut letters = rest.chars();
        let code = match (letters.next(), letters.next()) {
            (Some(letter), None) if !letter.is_control() && letter != ' ' => KeyCode::Char(letter),
            _ => named(rest).ok_or_else(unknown)?,
        };
        let shifted_letter = matches!(code, KeyCode::Char(_)) && modifiers.contains(KeyModifiers::SHIFT);
        if shifted_letter { Err(unknown()) } else { Ok(Self::new(code, modifiers)) }
    }
}

fn named(word: &str) -> Option<KeyCode> {
    if let Some(number) = word.strip_prefix('f') {
        let number = number.parse().ok().filter(|number| (1..=12).contains(number))?;
        return Some(KeyCode::F(number));
    }
    NAMED.iter().find(|(name, ..)| *name == word).map(|(_, code, _)| *code)
}

impl fmt::Display for Chord {
    /// As help shows it: `space`, `Ctrl-L`, `↑`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, word) in
            [(KeyModifiers::CONTROL, "Ctrl-"), (KeyModifiers::ALT, "Alt-"), (KeyModifiers::SHIFT, "Shift-")]
        {
            if self.modifiers.contains(held) {
                f.write_str(word)?;
            }
        }
        match self.code {
            KeyCode::F(number) => write!(f, "F{number}"),
            KeyCode::Char(c) if c != ' ' => match self.modifiers.contains(KeyModifiers::CONTROL) {
                true => write!(f, "{}", c.to_ascii_uppercase()),
                false => write!(f, "{c}"),
            },
            code => {
                let shown = NAMED.iter().find(|(_, named, _)| *named == code).map(|(.., shown)| *shown);
                f.write_str(shown.unwrap_or("?"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn chord(word: &str) -> Chord {
        word.parse().unwrap()
    }

    #[test]
    fn words_and_presses_meet() {
        let pressed = |code, modifiers| Chord::of(KeyEvent::new(code, modifiers));
        assert_eq!(chord("N"), pressed(KeyCode::Char('N'), KeyModifiers::SHIFT));
        assert_eq!(chord("ctrl-l"), pressed(KeyCode::Char('L'), KeyModifiers::CONTROL));
        assert_eq!(chord("shift-tab"), pressed(KeyCode::BackTab, KeyModifiers::SHIFT));
        assert_eq!(chord("shift-left"), pressed(KeyCode::Left, KeyModifiers::SHIFT));
        assert_eq!(chord("space"), pressed(KeyCode::Char(' '), KeyModifiers::NONE));
        assert_eq!(chord("f12"), pressed(KeyCode::F(12), KeyModifiers::NONE));
        assert_eq!(chord("-"), pressed(KeyCode::Char('-'), KeyModifiers::NONE));
        assert_eq!(chord("ctrl--"), pressed(KeyCode::Char('-'), KeyModifiers::CONTROL));
        assert_ne!(chord("n"), pressed(KeyCode::Char('n'), KeyModifiers::ALT));
    }

    #[test]
    fn what_is_no_key_is_named() {
        for word in ["", "spcae", "ctrl-", "shift-n", "f0", "f13", "nn", "\u{1b}", " "] {
            let error = word.parse::<Chord>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("no key is called {word:?}; there are single")), "{error}");
        }
    }

    #[test]
    fn help_shows_signs() {
        let shown = |word| chord(word).to_string();
        assert_eq!(shown("shift-right"), "Shift-→");
        assert_eq!([shown("space"), shown("ctrl-z"), shown("page-up")], ["space", "Ctrl-Z", "PgUp"]);
        assert_eq!([shown("G"), shown("?"), shown("f1")], ["G", "?", "F1"]);
    }
}
