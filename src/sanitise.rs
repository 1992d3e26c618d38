//! Takes any text (tags, file names, listings); gives text that is safe to print on one line of a
//! terminal, and cut to a number of columns.
//! Never changes what is stored or compared: only what is shown goes through here.

use std::borrow::Cow;
use std::path::Path;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Text that cannot steer a terminal, break a line, or make what follows read differently.
///
/// Line breaks and tabs become spaces. Removed are control characters (C0, DEL and C1, which are
/// commands to many terminals even when they arrive as UTF-8) and characters that reorder or hide
/// text. Joiners (U+200C, U+200D) stay: Persian and emoji need them.
pub fn line(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_safe) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter_map(shown_as).collect())
}

/// Whether [`line()`] keeps this character as it is.
pub fn is_safe(c: char) -> bool {
    shown_as(c) == Some(c)
}

/// A path as [`line()`] text; bytes that are no UTF-8 show as U+FFFD.
pub fn path(path: &Path) -> Cow<'_, str> {
    match path.to_string_lossy() {
        Cow::Borrowed(text) => line(text),
        Cow::Owned(text) => Cow::Owned(line(&text).into_owned()),
    }
}

/// Cuts text that is already safe to at most `columns` terminal columns; what is cut ends in "…".
pub fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    if text.width() <= columns {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    let mut used = 0;
    let end = text.char_indices().find_map(|(at, c)| {
        used += columns_of(c);
        (used > room).then_some(at)
    });
    let kept = &text[..end.unwrap_or(text.len())];
    Cow::Owned(format!("{kept}…"))
}

/// What stands for a character on a terminal, if anything.
fn shown_as(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if c.is_control() => None,
        c if reorders(c) || hides(c) => None,
        c => Some(c),
    }
}

/// Marks, embeddings, overrides and isolates of the Unicode Bidirectional Algorithm (UAX #9).
fn reorders(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Format characters without a shape of their own: soft hyphen, zero-width spaces, invisible
/// operators, deprecated controls, annotations, and tags, which can hide a whole text.
fn hides(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{180E}'
            | '\u{200B}'
            | '\u{2060}'..='\u{2065}'
            | '\u{206A}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E007F}'
    )
}

/// The most columns a character may add: U+FE0F asks for the wide, coloured form of the one before.
fn columns_of(c: char) -> usize {
    if c == '\u{FE0F}' { 1 } else { c.width().unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_text_is_not_copied() {
        for text in ["", "Heart's on Fire", "Sigur Rós – ( )", "東京", "نمی‌دانم", "👩‍🎤 ❤️"]
        {
            assert!(matches!(line(text), Cow::Borrowed(kept) if kept == text), "{text}");
        }
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(line("\u{1b}[31mred\u{1b}[0m"), "[31mred[0m");
        assert_eq!(line("\u{1b}]52;c;aGk=\u{7}"), "]52;c;aGk=");
        // Bytes C2 9D: OSC as one C1 character (mpv pull request 17769).
        assert_eq!(line(std::str::from_utf8(b"a\xC2\x9D52;c;aGk=\xC2\x9Cb").unwrap()), "a52;c;aGk=b");
        assert_eq!(line("a\0b\u{8}c\u{7f}d\u{9b}e"), "abcde");
    }

    #[test]
    fn it_stays_one_line() {
        assert_eq!(line("a\r\nb\tc\u{85}d\u{2028}e"), "a  b c d e");
    }

    #[test]
    fn nothing_reorders_or_hides() {
        assert_eq!(line("song\u{202E}3pm.exe\u{202C}"), "song3pm.exe");
        assert_eq!(line("a\u{200B}b\u{FEFF}c\u{AD}d\u{E0041}e\u{2066}f"), "abcdef");
    }

    #[cfg(unix)]
    #[test]
    fn paths_that_are_no_utf8_are_shown() {
        use std::os::unix::ffi::OsStrExt;
        let odd = std::ffi::OsStr::from_bytes(b"/m/Caf\xE9\x1b.flac");
        assert_eq!(path(Path::new(odd)), "/m/Caf\u{FFFD}.flac");
        assert_eq!(path(Path::new("/m/a.flac")), "/m/a.flac");
    }

    #[test]
    fn cuts_by_columns_not_by_characters() {
        assert_eq!(fit("Burning Heart", 13), "Burning Heart");
        assert_eq!(fit("Burning Heart", 12), "Burning Hea…");
        assert_eq!(fit("東京事変", 8), "東京事変");
        assert_eq!(fit("東京事変", 6), "東京…");
        assert_eq!(fit("東京事変", 1), "…");
        assert_eq!(fit("東京事変", 0), "");
        assert_eq!(fit("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
    }

    proptest! {
        #[test]
        fn safe_text_is_safe(text in any::<String>()) {
            let safe = line(&text);
            prop_assert!(!safe.chars().any(char::is_control));
            prop_assert_eq!(line(&safe), safe.as_ref());
        }

        #[test]
        fn what_fits_fits(text in any::<String>(), columns in 0..20_usize) {
            let safe = line(&text);
            prop_assert!(fit(&safe, columns).width() <= columns);
        }
    }
}
