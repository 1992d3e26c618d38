//! Takes any text of tags, listings and file names; gives text that a screen may show: cut first, then made safe.
//! Never gives a character that steers a terminal, never more than the widest screen could show.

use unicode_width::UnicodeWidthChar;

use crate::sanitise;

/// Characters of a text that are looked at: those beyond it cost nothing.
const LOOKED_AT: usize = 1000;

/// Columns that are kept: wider than any screen that is drawn for.
const COLUMNS: usize = 400;

/// Marks on one letter that are kept: more than any script needs.
const MARKS: usize = 4;

/// Text that is safe to draw.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words(Box<str>);

impl Words {
    /// What may be shown of a text.
    pub fn of(text: &str) -> Self {
        let end = text.char_indices().nth(LOOKED_AT).map_or(text.len(), |(at, _)| at);
        let safe = sanitise::line(&text[..end]);
        let mut marks = 0;
        let kept: String = safe
            .trim()
            .chars()
            .filter(|c| {
                marks = if c.width() == Some(0) { marks + 1 } else { 0 };
                marks <= MARKS
            })
            .collect();
        Self(sanitise::fit(&kept, COLUMNS).into())
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Words {
    fn from(text: &str) -> Self {
        Self::of(text)
    }
}

impl From<String> for Words {
    fn from(text: String) -> Self {
        Self::of(&text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    use super::*;

    #[test]
    fn what_steers_a_terminal_is_gone() {
        let words = Words::of(" a\u{1b}]52;c;aGk=\u{7}b\u{9b}2J\u{202e}c\n ");
        assert_eq!(words.text(), "a]52;c;aGk=b2Jc");
    }

    #[test]
    fn long_texts_are_cut_and_heaps_of_marks_taken_off() {
        assert_eq!(Words::of(&"宽".repeat(10_000)).text().width(), 399);
        let heap = format!("e{}f", "\u{301}".repeat(50));
        assert_eq!(Words::of(&heap).text().chars().count(), 2 + MARKS);
        assert_eq!(Words::of(&"\u{301}".repeat(10_000)).text().chars().count(), MARKS);
    }

    proptest! {
        #[test]
        fn every_text_becomes_safe(text in "\\PC{0,40}|[\\x00-\\xff\u{202e}\u{301}宽]{0,400}") {
            let words = Words::of(&text);
            prop_assert!(words.text().chars().all(sanitise::is_safe));
            prop_assert!(words.text().width() <= COLUMNS);
        }
    }
}
