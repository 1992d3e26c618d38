//! Takes text; gives its lines that are not blank, each as written and as it is compared:
//! without invisible characters, full-width forms narrowed, odd spaces plain.
//! Never drops a line and never decides what a line is.

use std::borrow::Cow;

use super::super::m3u::has_audio_extension;
use super::bbcode;

/// A line longer than this many bytes is shown as unread and not taken apart.
pub(super) const LONGEST: usize = 16 << 10;

/// One line that is not blank.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    /// Line number in the input, from 1.
    pub(super) number: usize,
    /// As written, trimmed.
    pub(super) raw: Cow<'a, str>,
    /// Cleaned: what all parsing looks at. Tabs are kept, they separate.
    pub(super) text: String,
    /// Whether the line begins with white space.
    pub(super) indented: bool,
    /// Whether blank lines stand above it.
    pub(super) gap: bool,
    /// Whether it is a message whose writer and hour were taken off.
    pub(super) said: bool,
}

/// The sign in front of tracks that stood on one line, so that they are told from what stands around them.
pub(super) const BULLET: &str = "• ";

impl<'a> Line<'a> {
    /// A piece of the line as a line of its own.
    pub(super) fn piece(&self, raw: &str, text: String, gap: bool) -> Line<'a> {
        Line { raw: Cow::Owned(raw.to_owned()), text, gap, ..self.clone() }
    }
}

/// The lines of a text that are not blank.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    let forum = bbcode::is_used(text);
    let mut gap = true;
    for (index, written) in split(text).enumerate() {
        let raw = written.trim();
        let cleaned = match raw.len() {
            length if length > LONGEST => raw.to_owned(),
            _ if forum => clean(&bbcode::shown(raw)),
            _ => clean(raw),
        };
        if cleaned.is_empty() {
            gap = true;
            continue;
        }
        let indented = written.starts_with(char::is_whitespace);
        lines.push(Line { number: index + 1, raw: raw.into(), text: cleaned, indented, gap, said: false });
        gap = false;
    }
    join_broken(join_overlaid(lines))
}

/// "w/" alone on a line says that the track on the next one was laid over the one before.
fn join_overlaid(mut lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    for index in 1..lines.len() {
        if lines[index - 1].text == "w/" && !lines[index].text.starts_with("w/") {
            lines[index].text.insert_str(0, "w/ ");
        }
    }
    lines.retain(|line| line.text != "w/");
    lines
}

/// How often lines break at a dash where the page does it, and not a writer who trails off.
const BROKEN: usize = 3;

/// Lines that break at the dash between artist and title, as tables do when they are copied: "A1 Velo –" with
/// "Rain 3:41" below it, or "A1 Velo" with "– Rain 3:41".
fn join_broken(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let breaks: Vec<bool> =
        (0..lines.len()).map(|index| index > 0 && breaks_at_dash(&lines, index)).collect();
    if breaks.iter().filter(|breaks| **breaks).count() < BROKEN {
        return lines;
    }
    let mut joined: Vec<Line<'_>> = Vec::with_capacity(lines.len());
    for (line, breaks) in lines.into_iter().zip(breaks) {
        match joined.last_mut().filter(|_| breaks) {
            Some(above) => {
                above.raw = format!("{} {}", above.raw, line.raw).into();
                above.text = format!("{} {}", above.text, line.text);
            }
            None => joined.push(line),
        }
    }
    joined
}

/// Dashes before one line after another are bullets, and so are those below a line that ends a paragraph.
fn breaks_at_dash(lines: &[Line<'_>], index: usize) -> bool {
    let (above, below) = (lines[index - 1].text.as_str(), lines[index].text.as_str());
    let (ended, begun) = (ends_with_dash(above), begins_with_dash(below));
    let bullets =
        begins_with_dash(above) || lines.get(index + 1).is_some_and(|next| begins_with_dash(&next.text));
    !lines[index].gap
        && above.len() + below.len() < LONGEST
        && ((ended && !begun && !ends_with_dash(below))
            || (begun && !ended && !bullets && !above.ends_with(':')))
}

fn ends_with_dash(text: &str) -> bool {
    text.strip_suffix(['–', '-'])
        .is_some_and(|before| text.ends_with('–') || before.ends_with(char::is_whitespace))
}

fn begins_with_dash(text: &str) -> bool {
    text.strip_prefix(['–', '-']).is_some_and(|after| after.starts_with(char::is_whitespace))
}

/// LF, CRLF and CR end a line, and so do Unicode's own line and paragraph separators.
fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .flat_map(|line| line.split(['\r', '\u{85}', '\u{2028}', '\u{2029}', '\x0b', '\x0c']))
}

fn clean(raw: &str) -> String {
    let cleaned: String = raw.chars().filter(|c| !is_invisible(*c)).map(plain_form).collect();
    // The lines that programs draw between a folder and its files, and the frames around the notes of a release.
    let cleaned = match cleaned.trim_matches(|c: char| is_drawn(c) || c == ' ') {
        "" => cleaned,
        rest if cleaned.starts_with(is_drawn) || cleaned.ends_with(is_drawn) => rest.to_owned(),
        _ => cleaned,
    };
    let cleaned = match file_of(&cleaned) {
        Some(name) => name.to_owned(),
        None => cleaned,
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

/// Lines and blocks that frames are drawn with.
fn is_drawn(c: char) -> bool {
    ('\u{2500}'..='\u{259f}').contains(&c)
}

/// The name of the sound file that the line gives the path of, as logs and lists of folders do, with a word before it
/// or none: "Filename D:\Music\01 - Rain.wav", "/music/01 Rain.flac". A slash within a name ("AC/DC - Rain.mp3") is
/// no path.
fn file_of(text: &str) -> Option<&str> {
    if !has_audio_extension(text) {
        return None;
    }
    if let Some(name) = listed_file(text) {
        return Some(name);
    }
    let rooted = || text.starts_with(['/', '~', '.']) || text.contains(": /") || text.contains(":/");
    let (_, name) = text.rsplit_once('\\').or_else(|| text.rsplit_once('/').filter(|_| rooted()))?;
    Some(name.trim()).filter(|name| name.len() > 4)
}

/// The name at the end of a line of `ls -l` or of `dir`, which begin with rights, owners, sizes and dates.
fn listed_file(text: &str) -> Option<&str> {
    let skip = |count: usize| {
        let mut rest = text;
        for _ in 0..count {
            rest = rest.trim_start().split_once(char::is_whitespace)?.1;
        }
        Some(rest.trim())
    };
    let mut words = text.split_whitespace();
    let (first, second, third) = (words.next()?, words.next()?, words.next()?);
    let rights =
        first.len() >= 10 && first.starts_with('-') && first.chars().all(|c| "-rwxsStT.+@".contains(c));
    if rights {
        return skip(8);
    }
    let digits = |word: &str, signs: &str| {
        word.starts_with(|c: char| c.is_ascii_digit())
            && word.chars().all(|c| c.is_ascii_digit() || signs.contains(c))
    };
    let dated = first.len() >= 8 && digits(first, "./-") && second.contains(':') && digits(second, ":");
    let half = third.eq_ignore_ascii_case("am") || third.eq_ignore_ascii_case("pm");
    if dated { skip(if half { 4 } else { 3 }) } else { None }
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

/// Full-width ASCII as ASCII, the digits of other scripts as the ones that count everywhere, every space but the tab as
/// a space.
fn plain_form(c: char) -> char {
    /// The noughts of scripts whose digits follow each other: Arabic, Persian, Devanagari, Bengali, Thai.
    const NOUGHTS: &[char] = &['\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}'];
    let digit = |nought: &char| (c as u32).checked_sub(*nought as u32).filter(|value| *value < 10);
    match c {
        c if c.is_numeric() && NOUGHTS.iter().any(|nought| digit(nought).is_some()) => {
            let value = NOUGHTS.iter().find_map(digit).unwrap_or_default();
            char::from_digit(value, 10).unwrap_or(c)
        }
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
    fn lines_that_break_at_a_dash_are_one() {
        let texts = |text: &str| lines(text).iter().map(|line| line.text.clone()).collect::<Vec<_>>();
        let whole = ["A1 Velo – Rain 3:41", "A2 Ada - Glass 4:02", "A3 Ida – Salt 2:10"];
        assert_eq!(texts("A1 Velo –\n\tRain 3:41\nA2 Ada -\nGlass 4:02\nA3 Ida –\nSalt 2:10"), whole);
        assert_eq!(texts("A1 Velo\n– Rain 3:41\nA2 Ada\n- Glass 4:02\nA3 Ida\n–\tSalt 2:10").len(), 3);
        assert_eq!(texts("Velo:\n- Rain\n- Glass\n- Salt\n- Orbit").len(), 5, "bullets");
        assert_eq!(texts("I went –\nand came").len(), 2, "somebody trails off");
    }

    #[test]
    fn frames_paths_and_tags_are_no_words() {
        for (text, words) in [
            ("║  01. Rain......3:41  ║", "01. Rain......3:41"),
            ("├── 01 Rain.flac", "01 Rain.flac"),
            ("Filename D:\\Music\\Velo\\01 - Rain.wav", "01 - Rain.wav"),
            ("/music/Velo/01 Rain.flac", "01 Rain.flac"),
            ("Velo/Ada - Rain.mp3", "Velo/Ada - Rain.mp3"),
            ("-rw-r--r-- 1 ana ana  5120331 Mar  3  2004 Velo - Rain.mp3", "Velo - Rain.mp3"),
            ("03/03/2004  02:14 PM   5,120,331 Velo - Rain.mp3", "Velo - Rain.mp3"),
            ("٢. ۳", "2. 3"),
            ("[b]Rain[/b]", "Rain"),
        ] {
            assert_eq!(lines(text)[0].text, words);
        }
        let overlaid = lines("Velo - Rain\nw/\nAda - Glass\n");
        assert_eq!((overlaid.len(), overlaid[1].text.as_str()), (2, "w/ Ada - Glass"));
    }

    #[test]
    fn full_width_forms_are_narrowed() {
        assert_eq!(lines("０１．　３：４１")[0].text, "01. 3:41");
    }
}
