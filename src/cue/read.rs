//! Takes the lines of a cue sheet; gives what each of them says, in the shape of [`Sheet`]. Keywords count in
//! either case, values with and without quotes, quotes inside them too. Never decides where a track ends.

use super::marks::{self, Described, Disc, File, Mark};
use super::{Gain, Problem, Sector, Sheet, decibels, peak};

/// Lines end in LF, CRLF or CR.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> + Clone {
    text.trim_start_matches('\u{feff}')
        .split('\n')
        .flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// How a remark begins that keeps a track without a file.
const NO_FILE: &str = "no file: ";

/// What a line came to.
enum Said {
    Understood,
    /// Means nothing here.
    Nothing,
    /// Means something that cannot be, or is not done; why.
    Refused(&'static str),
}

pub(super) fn read(text: &str) -> Sheet {
    let mut reader = Reader::default();
    for (index, line) in lines(text).enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let said = if line.contains('\0') { Said::Nothing } else { reader.take(line, index + 1) };
        let text = match said {
            Said::Understood => continue,
            Said::Nothing => line.to_owned(),
            Said::Refused(why) => format!("{line} ({why})"),
        };
        reader.sheet.problems.push(Problem { line: index + 1, text });
    }
    let Reader { mut sheet, disc, album_gain, album_peak } = reader;
    let album = gain(album_gain, album_peak);
    marks::settle(disc, album, &mut sheet);
    sheet.problems.sort_by_key(|problem| problem.line);
    sheet
}

/// A peak alone says nothing of loudness.
pub(super) fn gain(millidecibels: Option<i32>, peak: Option<u32>) -> Option<Gain> {
    millidecibels.map(|millidecibels| Gain { millidecibels, peak })
}

#[derive(Default)]
struct Reader {
    sheet: Sheet,
    disc: Disc,
    album_gain: Option<i32>,
    album_peak: Option<u32>,
}

impl Reader {
    fn take(&mut self, line: &str, number: usize) -> Said {
        let (command, rest) = word(line);
        let text = unquoted(rest);
        let track = self.disc.tracks.last_mut();
        match (command.to_ascii_uppercase().as_str(), track) {
            ("FILE", _) => self.file(rest),
            ("TRACK", _) => self.track(rest, number),
            ("TITLE", Some(track)) => set(&mut track.title, text),
            ("TITLE", None) => set(&mut self.sheet.title, text),
            ("PERFORMER", Some(track)) => set(&mut track.performer, text),
            ("PERFORMER", None) => set(&mut self.sheet.performer, text),
            ("SONGWRITER" | "COMPOSER", Some(track)) => set(&mut track.songwriter, text),
            ("INDEX", Some(_)) => self.index(rest),
            ("INDEX", None) => Said::Refused("no track stands before it"),
            ("PREGAP" | "POSTGAP", _) => Said::Refused("silence that is in no file is not made"),
            ("REM", _) => self.remark(rest),
            ("CATALOG" | "CDTEXTFILE" | "FLAGS" | "ISRC" | "SONGWRITER" | "COMPOSER", _) => Said::Understood,
            _ => Said::Nothing,
        }
    }

    fn file(&mut self, rest: &str) -> Said {
        let (name, kind) = file_name(rest);
        let is_image = ["BINARY", "MOTOROLA"].iter().any(|image| kind.eq_ignore_ascii_case(image));
        self.disc.files.push(File { name: name.to_owned(), is_image });
        match (name.is_empty(), is_image) {
            (true, _) => Said::Refused("it names no file"),
            (_, true) => Said::Refused("an image of a disc, which tonearm does not play"),
            _ => Said::Understood,
        }
    }

    fn track(&mut self, rest: &str, line: usize) -> Said {
        let (number, kind) = word(rest);
        let number: Option<u32> = number.parse().ok().filter(|number| *number < 1000);
        // What is not said to be data is taken for sound.
        let is_sound = kind.is_empty() || unquoted(kind).eq_ignore_ascii_case("AUDIO");
        let file = self.disc.files.len().checked_sub(1);
        self.disc.tracks.push(Described { number, line, is_sound, file, ..Described::default() });
        match (is_sound, number) {
            (false, _) => Said::Refused("a data track is no music"),
            (_, None) => Said::Refused("it has no number that a track can have"),
            _ => Said::Understood,
        }
    }

    fn index(&mut self, rest: &str) -> Said {
        let Some(track) = self.disc.tracks.last_mut() else { return Said::Nothing };
        let Some(file) = self.disc.files.len().checked_sub(1) else {
            return Said::Refused("no file stands before it");
        };
        let (number, time) = word(rest);
        track.has_lost_mark = true;
        let Ok(number) = number.parse::<u8>() else { return Said::Refused("it has no number") };
        let Some(at) = Sector::parse(time) else {
            return Said::Refused("no such time: it is minutes:seconds:frames, to 59 seconds and 74 frames");
        };
        track.has_lost_mark = false;
        track.marks.push(Mark { number, file, at });
        Said::Understood
    }

    /// Of remarks those are of use that other programs write, too. All others are for people.
    fn remark(&mut self, rest: &str) -> Said {
        if let Some(name) = rest.strip_prefix(NO_FILE) {
            let (performer, title) =
                name.trim().split_once(" - ").map_or((None, name), |(a, b)| (Some(a), b));
            let words = |words: &str| Some(words.trim().to_owned()).filter(|words| !words.is_empty());
            let (performer, title) = (performer.and_then(words), words(title));
            let unfiled =
                Described { title, performer, is_sound: true, is_unfiled: true, ..Described::default() };
            self.disc.tracks.push(unfiled);
            return Said::Understood;
        }
        let (key, value) = word(rest);
        let value = unquoted(value);
        let track = self.disc.tracks.last_mut();
        let is_read = match (key.to_ascii_uppercase().as_str(), track) {
            ("DATE", _) => set_once(&mut self.sheet.date, Some(value.to_owned()).filter(|v| !v.is_empty())),
            ("GENRE", _) => set_once(&mut self.sheet.genre, Some(value.to_owned()).filter(|v| !v.is_empty())),
            ("DISCNUMBER", _) => set_once(&mut self.sheet.disc, value.parse().ok().filter(|disc| *disc > 0)),
            ("COMPOSER", Some(track)) => {
                set_once(&mut track.songwriter, Some(value.to_owned()).filter(|v| !v.is_empty()))
            }
            ("REPLAYGAIN_ALBUM_GAIN", _) => set_once(&mut self.album_gain, decibels(value)),
            ("REPLAYGAIN_ALBUM_PEAK", _) => set_once(&mut self.album_peak, peak(value)),
            ("REPLAYGAIN_TRACK_GAIN", Some(track)) => set_once(&mut track.gain, decibels(value)),
            ("REPLAYGAIN_TRACK_PEAK", Some(track)) => set_once(&mut track.peak, peak(value)),
            ("END", Some(track)) => {
                track.end = track.end.or(Sector::parse(value));
                true // a remark of somebody else's, perhaps
            }
            _ => true,
        };
        if is_read { Said::Understood } else { Said::Refused("its value means nothing") }
    }
}

/// The first word, and the rest.
fn word(text: &str) -> (&str, &str) {
    let (first, rest) = text.split_once([' ', '\t']).unwrap_or((text, ""));
    (first, rest.trim())
}

/// What stands in quotes, further quotes inside it, or the words as they are.
fn unquoted(rest: &str) -> &str {
    rest.strip_prefix('"').map_or(rest, |rest| rest.strip_suffix('"').unwrap_or(rest)).trim()
}

/// The name of a FILE line and the kind behind it, if there is one.
fn file_name(rest: &str) -> (&str, &str) {
    const KINDS: &[&str] = &["WAVE", "MP3", "AIFF", "BINARY", "MOTOROLA", "FLAC", "WAV"];
    if let Some(quoted) = rest.strip_prefix('"') {
        return match quoted.rsplit_once('"') {
            Some((name, kind)) => (name, kind.trim()),
            None => (quoted, ""),
        };
    }
    match rest.rsplit_once([' ', '\t']) {
        Some((name, kind)) if KINDS.iter().any(|known| kind.eq_ignore_ascii_case(known)) => {
            (name.trim(), kind)
        }
        _ => (rest, ""),
    }
}

fn set(field: &mut Option<String>, value: &str) -> Said {
    if !value.is_empty() {
        *field = Some(value.to_owned());
    }
    Said::Understood
}

/// Keeps the first value; says whether this is one.
fn set_once<T>(field: &mut Option<T>, value: Option<T>) -> bool {
    let is_value = value.is_some();
    if field.is_none() {
        *field = value;
    }
    is_value
}
