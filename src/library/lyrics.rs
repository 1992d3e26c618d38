//! Takes an audio file; gives its lyrics: from an `.lrc` file beside it or from its tags, with times or without.
//! Never gives text that is not safe to show, never more of it than a song has.
//!
//! The format of `.lrc` files has no standard; read is what players write and understand: several `[mm:ss.xx]` before a
//! line, `[offset:ms]`, names in brackets (`[ar:...]`), and times of single words (`<mm:ss.xx>`), which are left out.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::time::Duration;

use lofty::config::{ParseOptions, ParsingMode};
use lofty::file::{AudioFile, FileType, TaggedFile, TaggedFileExt};
use lofty::id3::v2::{Frame, Id3v2Tag, SyncTextContentType, SynchronizedTextFrame, TimestampFormat};
use lofty::mpeg::MpegFile;
use lofty::probe::Probe;
use lofty::tag::ItemKey;

use crate::encoding;
use crate::guard::guarded;
use crate::sanitise;

/// Of a file of lyrics no more bytes than these are read: those of an opera are fewer.
const LARGEST: usize = 1 << 20;

/// Lines of lyrics that are kept. One line with a thousand times is a thousand lines.
const MOST_LINES: usize = 5000;

/// Characters of a line that are kept.
const LONGEST_LINE: usize = 500;

/// Seven days: later times are no times.
const LATEST: Duration = Duration::from_secs(7 * 86_400);

/// The words of a song.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lyrics {
    /// Lines, and when each begins, in order; an empty line ends the one before.
    Timed(Vec<(Duration, String)>),
    /// Lines that nobody has timed.
    Plain(Vec<String>),
}

impl Lyrics {
    /// Reads a text, with times if there are any in it; `None` when there is no word in it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = &text[..text.floor_char_boundary(LARGEST)];
        let mut stanza = Stanza::default();
        // A lone carriage return ends a line in what old systems wrote.
        text.split(['\n', '\r']).for_each(|line| stanza.read(line));
        let lyrics = match stanza.timed {
            Some(mut lines) => {
                for (time, _) in &mut lines {
                    *time = moved(*time, stanza.offset);
                }
                Self::timed(lines)
            }
            None => Self::plain(text.replace("\r\n", "\n").split(['\n', '\r'])),
        };
        lyrics.has_words().then_some(lyrics)
    }

    fn timed(mut lines: Vec<(Duration, String)>) -> Self {
        lines.sort_by_key(|(time, _)| *time); // lines of the same time stay in their order
        Self::Timed(lines)
    }

    fn plain<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let lines = lines.filter(|line| tag(line.trim()).is_none());
        let mut lines: Vec<String> = lines.map(shown).take(MOST_LINES).collect();
        let is_empty = |line: &&String| line.is_empty();
        let end = lines.len() - lines.iter().rev().take_while(is_empty).count();
        lines.truncate(end);
        let begin = lines.iter().take_while(is_empty).count();
        lines.drain(..begin);
        Self::Plain(lines)
    }

    /// Whether each line has its time.
    pub fn is_timed(&self) -> bool {
        matches!(self, Self::Timed(_))
    }

    /// The lines, in order.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = &str> {
        let (timed, plain) = match self {
            Self::Timed(lines) => (lines.as_slice(), [].as_slice()),
            Self::Plain(lines) => ([].as_slice(), lines.as_slice()),
        };
        let count = timed.len() + plain.len();
        (0..count).map(move |at| timed.get(at).map_or_else(|| plain[at].as_str(), |(_, line)| line))
    }

    /// The line that is sung at a place of the track, counted from 0: the last one that has begun. `None` before the first
    /// one, and where nobody has timed them.
    pub fn line_at(&self, place: Duration) -> Option<usize> {
        let Self::Timed(lines) = self else { return None };
        lines.partition_point(|(time, _)| *time <= place).checked_sub(1)
    }

    fn has_words(&self) -> bool {
        self.lines().any(|line| !line.is_empty())
    }
}

/// The lyrics of a file; `None` where there are none, or nothing of them can be read. Those with times come first, and
/// those of a file beside it before those in it.
pub fn lyrics(path: &Path) -> Option<Lyrics> {
    let beside = beside(path);
    if beside.as_ref().is_some_and(Lyrics::is_timed) {
        return beside;
    }
    let inside = guarded(|| inside(path)).ok().flatten();
    match inside {
        Some(inside) if inside.is_timed() => Some(inside),
        inside => beside.or(inside),
    }
}

fn beside(path: &Path) -> Option<Lyrics> {
    let file = ["lrc", "LRC"].iter().find_map(|kind| File::open(path.with_extension(kind)).ok())?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(LARGEST as u64).read_to_end(&mut bytes).ok()?;
    Lyrics::parse(&encoding::text(&bytes))
}

fn inside(path: &Path) -> Option<Lyrics> {
    let options =
        ParseOptions::new().read_cover_art(false).read_properties(false).parsing_mode(ParsingMode::Relaxed);
    let probe = Probe::new(BufReader::new(File::open(path).ok()?)).options(options);
    let probe = probe.guess_file_type().ok()?;
    if probe.file_type() != Some(FileType::Mpeg) {
        return in_tags(&probe.read().ok()?);
    }
    let file = MpegFile::read_from(&mut probe.into_inner(), options).ok()?;
    let timed = file.id3v2().and_then(in_timed_frames);
    timed.or_else(|| in_tags(&TaggedFile::from(file)))
}

/// `LYRICS`, `UNSYNCEDLYRICS`, `USLT`, `©lyr`: any of them may hold times as an `.lrc` file does.
fn in_tags(file: &TaggedFile) -> Option<Lyrics> {
    let keys = [ItemKey::Lyrics, ItemKey::UnsyncLyrics];
    let texts = file.tags().iter().flat_map(|tag| keys.iter().flat_map(|key| tag.get_strings(*key)));
    let mut found: Vec<Lyrics> = texts.take(8).filter_map(Lyrics::parse).collect();
    let best = found.iter().position(Lyrics::is_timed).unwrap_or(0);
    (best < found.len()).then(|| found.swap_remove(best))
}

/// `SYLT` of ID3v2 (ID3v2.4.0 frames, 4.9), where its times are milliseconds.
fn in_timed_frames(tag: &Id3v2Tag) -> Option<Lyrics> {
    let frames = tag.into_iter().filter_map(|frame| match frame {
        Frame::Binary(frame) if frame.id().as_str() == "SYLT" => {
            SynchronizedTextFrame::parse(&frame.data, frame.flags()).ok()
        }
        _ => None,
    });
    let is_lyrics = |frame: &SynchronizedTextFrame<'_>| {
        frame.timestamp_format == TimestampFormat::MS
            && matches!(
                frame.content_type,
                SyncTextContentType::Lyrics | SyncTextContentType::TextTranscription
            )
    };
    let mut lyrics = frames.filter(is_lyrics).map(|frame| of_syllables(&frame.content));
    lyrics.find(Lyrics::has_words)
}

/// Syllables to lines. One that begins with a line break begins a line; where none does, each is a line.
fn of_syllables(syllables: &[(u32, String)]) -> Lyrics {
    let breaks = |text: &str| text.starts_with(['\n', '\r']);
    let by_breaks = syllables.iter().any(|(_, text)| breaks(text));
    let mut lines: Vec<(Duration, String)> = Vec::new();
    for (time, text) in syllables {
        let is_full = lines.len() == MOST_LINES;
        match lines.last_mut() {
            Some((_, line)) if by_breaks && !breaks(text) => {
                if line.len() < 4 * LONGEST_LINE {
                    line.push_str(text);
                }
            }
            _ if is_full => break,
            _ => lines.push((Duration::from_millis(u64::from(*time)), text.clone())),
        }
    }
    Lyrics::timed(lines.into_iter().map(|(time, line)| (time, shown(&line))).collect())
}

/// The lines of a text as they are read.
#[derive(Default)]
struct Stanza {
    /// `None` until a time was seen.
    timed: Option<Vec<(Duration, String)>>,
    /// Milliseconds by which the words come earlier than their times say.
    offset: i64,
}

impl Stanza {
    fn read(&mut self, line: &str) {
        let line = line.trim().trim_start_matches('\u{FEFF}');
        let (times, words) = times(line);
        if times.is_empty() {
            match tag(words) {
                Some(("offset", offset)) => self.offset = offset.parse().unwrap_or(0),
                Some(_) => {}
                None => self.go_on(words),
            }
            return;
        }
        let words = shown(&without_times(words));
        let lines = self.timed.get_or_insert_default();
        let room = MOST_LINES.saturating_sub(lines.len());
        lines.extend(times.into_iter().take(room).map(|time| (time, words.clone())));
    }

    /// A line without a time among those that have one, such as a translation: it belongs to the one before.
    fn go_on(&mut self, words: &str) {
        let words = shown(words);
        if let Some(lines) = &mut self.timed
            && let Some(time) = lines.last().map(|(time, _)| *time)
            && lines.len() < MOST_LINES
            && !words.is_empty()
        {
            lines.push((time, words));
        }
    }
}

/// The times before a line, and the line.
fn times(mut line: &str) -> (Vec<Duration>, &str) {
    let mut times = Vec::new();
    while let Some((time, rest)) =
        bracketed(line, '[', ']').and_then(|(inner, rest)| Some((time(inner)?, rest)))
        && times.len() < MOST_LINES
    {
        times.push(time);
        line = rest.trim_start();
    }
    (times, line)
}

/// The line without the times of its words.
fn without_times(mut line: &str) -> String {
    let mut words = String::new();
    while let Some(at) = line.find(['<', '[']) {
        words.push_str(&line[..at]);
        line = &line[at..];
        let inner = bracketed(line, '<', '>').or_else(|| bracketed(line, '[', ']'));
        match inner.filter(|(inner, _)| time(inner).is_some()) {
            Some((_, rest)) => line = rest,
            None => {
                words.push_str(&line[..1]);
                line = &line[1..];
            }
        }
    }
    words.push_str(line);
    words
}

/// What stands in the brackets that a line begins with, and what follows them.
fn bracketed(line: &str, open: char, close: char) -> Option<(&str, &str)> {
    /// Longer than any time or tag that matters.
    const LONGEST: usize = 200;
    let inner = line.strip_prefix(open)?;
    let near = &inner[..inner.floor_char_boundary(LONGEST)];
    let end = near.find(close)?;
    Some((&inner[..end], &inner[end + close.len_utf8()..]))
}

/// `[name:value]` that fills a line.
fn tag(line: &str) -> Option<(&str, &str)> {
    let (inner, rest) = bracketed(line, '[', ']')?;
    let (name, value) = inner.split_once(':')?;
    let is_name = !name.is_empty()
        && name.len() <= 20
        && name.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c == '#');
    (rest.trim().is_empty() && is_name).then(|| (name, value.trim()))
}

/// `mm:ss`, `mm:ss.x`, `mm:ss.xx`, `mm:ss.xxx`, also with a colon or a comma in place of the point.
fn time(text: &str) -> Option<Duration> {
    let number = |digits: &str, most: usize| {
        let is_number =
            (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse::<u64>().ok()).flatten()
    };
    let (minutes, rest) = text.trim().split_once(':')?;
    let (seconds, part) = rest.split_once(['.', ':', ',']).unwrap_or((rest, "0"));
    let seconds = number(minutes, 5)? * 60 + number(seconds, 2).filter(|seconds| *seconds < 60)?;
    // "5" is half a second, "05" a twentieth.
    let nanos = number(part, 9)? * 10_u64.pow(9 - u32::try_from(part.len()).ok()?);
    Some(Duration::from_secs(seconds) + Duration::from_nanos(nanos)).filter(|time| *time < LATEST)
}

fn moved(time: Duration, earlier: i64) -> Duration {
    let by = Duration::from_millis(earlier.unsigned_abs()).min(LATEST);
    if earlier > 0 { time.saturating_sub(by) } else { time + by }
}

/// A line as it may be shown.
fn shown(line: &str) -> String {
    let line = sanitise::line(line);
    line.trim().chars().take(LONGEST_LINE).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests;
