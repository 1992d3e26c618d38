//! Takes text; gives its lines that are not blank, each as written and as it is compared:
//! without invisible characters, full-width forms narrowed, odd spaces plain.
//! Never drops a line and never decides what a line is.

use super::super::m3u::has_audio_extension;

/// A line longer than this many bytes is shown as unread and not taken apart.
pub(super) const LONGEST: usize = 16 << 10;

/// One line that is not blank.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    /// Line number in the input, from 1.
    pub(super) number: usize,
    /// As written, trimmed.
    pub(super) raw: &'a str,
    /// Cleaned: what all parsing looks at. Tabs are kept, they separate.
    pub(super) text: String,
    /// Whether the line begins with white space.
    pub(super) indented: bool,
    /// Whether blank lines stand above it.
    pub(super) gap: bool,
}

/// The lines of a text that are not blank.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut gap = true;
    for (index, written) in split(text).enumerate() {
        let raw = written.trim();
        let cleaned = if raw.len() > LONGEST { raw.to_owned() } else { clean(raw) };
        if cleaned.is_empty() {
            gap = true;
            continue;
        }
        let indented = written.starts_with(char::is_whitespace);
        lines.push(Line { number: index + 1, raw, text: cleaned, indented, gap });
        gap = false;
    }
    lines
}

/// LF, CRLF and CR end a line, and so do Unicode's own line and paragraph separators.
fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .flat_map(|line| line.split(['\r', '\u{85}', '\u{2028}', '\u{2029}', '\x0b', '\x0c']))
}

fn clean(raw: &str) -> String {
    let cleaned: String = raw.chars().filter(|c| !is_invisible(*c)).map(plain_form).collect();
    // The lines that programs draw between a folder and its files.
    let cleaned =
        match cleaned.trim_start_matches(|c: char| ('\u{2500}'..='\u{257f}').contains(&c) || c == ' ') {
            "" => cleaned,
            rest if cleaned.starts_with(|c: char| ('\u{2500}'..='\u{257f}').contains(&c)) => rest.to_owned(),
            _ => cleaned,
        };
    if let Some(row) = cleaned.trim().strip_prefix('|').and_then(|row| row.strip_suffix('|')) {
        // A table row of Markdown or of a wiki: its bars are columns.
        return row.replace('|', "\t").trim().to_owned();
    }
    if has_audio_extension(&cleaned) && !cleaned.contains(' ') {
        // A file name that does without spaces: "01-artist_name-title.mp3".
        return cleaned.replace('_', " ").replace('-', " - ");
    }
    // Markdown's bold comes in pairs; "B**ch" is a title.
    let bold = cleaned.matches("**").count() >= 2;
    if bold { cleaned.replace("**", "").trim().to_owned() } else { cleaned.trim().to_owned() }
}

/// Characters that take no room: zero-width spaces and marks, soft hyphens, variation
/// selectors, direction marks. The joiners stay: emoji and some scripts need them.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{fe00}'..='\u{fe0f}'
    ) || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || (c.is_control() && c != '\t')
}

/// Full-width ASCII as ASCII, every space but the tab as a space.
fn plain_form(c: char) -> char {
    match c {
        '\t' => '\t',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_numbers_and_gaps() {
        let found = lines("a\r\n\r\n  b\rc\u{200b}\n\u{feff}\n");
        let seen: Vec<_> = found.iter().map(|l| (l.number, l.text.as_str(), l.indented, l.gap)).collect();
        assert_eq!(seen, [(1, "a", false, true), (3, "b", true, true), (4, "c", false, false)]);
    }

    #[test]
    fn full_width_forms_are_narrowed() {
        assert_eq!(lines("０１．　３：４１")[0].text, "01. 3:41");
    }
}
