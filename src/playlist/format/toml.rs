//! Takes the native format, TOML with one `[[track]]` an entry; gives the listing it describes,
//! and writes it so that reading gives the same listing again.
//! Never guesses: an unknown key or a wrong type is a problem with its line.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};

use super::lines::LineIndex;
use super::problem::{Problem, ProblemKind};
use super::{KnowsArtist, length, location, part};
use crate::cue::{Gain, Gains, Sector, Span};
use crate::playlist::{Details, Entry, Listing};

const LISTING_KEYS: &[&str] = &["title", "artist", "date", "source", "track"];
const TRACK_KEYS: &[&str] = &[
    "artist",
    "title",
    "album",
    "section",
    "duration",
    "number",
    "disc",
    "file",
    "identifier",
    "note",
    "from",
    "to",
    "gain",
    "peak",
    "album_gain",
    "album_peak",
];

pub(super) fn sniff(text: &str) -> bool {
    text.lines().any(|line| line.trim_end() == "[[track]]")
}

pub(super) fn read(text: &str, _: &KnowsArtist<'_>) -> Result<Listing, Vec<Problem>> {
    let mut reader = Reader { lines: LineIndex::new(text), problems: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let start = error.span().map_or(0, |span| span.start);
        reader.problem(start, ProblemKind::Syntax(error.message().to_owned()));
    }
    let listing = reader.listing(table.get_ref());
    if reader.problems.is_empty() {
        return Ok(listing);
    }
    // What follows from broken syntax would only hide it.
    if !errors.is_empty() {
        reader.problems.retain(|problem| matches!(problem.kind, ProblemKind::Syntax(_)));
    }
    reader.problems.sort_by_key(|problem| problem.line);
    Err(reader.problems)
}

struct Reader {
    lines: LineIndex,
    problems: Vec<Problem>,
}

impl Reader {
    fn problem(&mut self, offset: usize, kind: ProblemKind) {
        self.problems.push(Problem { line: self.lines.line(offset), kind });
    }

    fn listing(&mut self, table: &DeTable<'_>) -> Listing {
        self.check_keys(table, LISTING_KEYS);
        let mut listing = Listing {
            title: self.text(table, "title"),
            artist: self.text(table, "artist"),
            date: self.date(table),
            source: self.text(table, "source"),
            ..Listing::default()
        };
        let Some(tracks) = table.get("track") else { return listing };
        let Some(array) = tracks.get_ref().as_array() else {
            self.wrong_type(tracks, "track", "[[track]] sections");
            return listing;
        };
        for track in array.iter() {
            match track.get_ref().as_table() {
                Some(fields) => listing.entries.extend(self.entry(fields, track.span().start)),
                None => self.wrong_type(track, "track", "[[track]] sections"),
            }
        }
        listing
    }

    fn entry(&mut self, table: &DeTable<'_>, offset: usize) -> Option<Entry> {
        self.check_keys(table, TRACK_KEYS);
        let title = self.text(table, "title");
        if !table.contains_key("title") {
            self.problem(offset, ProblemKind::MissingKey("title"));
        }
        let entry = Entry {
            title: title.clone().unwrap_or_default(),
            artist: self.text(table, "artist"),
            number: self.count(table, "number"),
            disc: self.count(table, "disc"),
            length: self.duration(table),
            file: self.text(table, "file").map(PathBuf::from),
            more: Details {
                text: String::new(),
                album: self.text(table, "album"),
                section: self.text(table, "section"),
                identifiers: self.texts(table, "identifier"),
                span: self.span(table),
                gains: Gains {
                    track: self.gain(table, "gain", "peak"),
                    album: self.gain(table, "album_gain", "album_peak"),
                },
                note: self.text(table, "note"),
                ..Details::default()
            }
            .into(),
        };
        title.map(|_| entry)
    }

    fn check_keys(&mut self, table: &DeTable<'_>, known: &'static [&'static str]) {
        for key in table.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                let nearest = nearest(key.get_ref(), known);
                let kind = ProblemKind::UnknownKey { key: key.get_ref().to_string(), nearest };
                self.problem(key.span().start, kind);
            }
        }
    }

    fn wrong_type(&mut self, value: &Spanned<DeValue<'_>>, key: &str, expected: &'static str) {
        self.problem(value.span().start, ProblemKind::WrongType { key: key.to_owned(), expected });
    }

    fn text(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        let value = table.get(key)?;
        match value.get_ref().as_str() {
            Some(text) => Some(text.to_owned()),
            None => {
                self.wrong_type(value, key, "text in quotes");
                None
            }
        }
    }

    /// One text, or an array of them.
    fn texts(&mut self, table: &DeTable<'_>, key: &str) -> Vec<String> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let one = |value: &Spanned<DeValue<'_>>| value.get_ref().as_str().map(str::to_owned);
        let found = match value.get_ref() {
            DeValue::Array(several) => several.iter().map(one).collect::<Option<Vec<_>>>(),
            _ => one(value).map(|text| vec![text]),
        };
        found.unwrap_or_else(|| {
            self.wrong_type(value, key, "text in quotes, or several in brackets");
            Vec::new()
        })
    }

    /// `date = 1985` and TOML's own dates are as good as text.
    fn date(&mut self, table: &DeTable<'_>) -> Option<String> {
        let value = table.get("date")?;
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Integer(year) => Some(year.as_str().to_owned()),
            DeValue::Datetime(date) => Some(date.to_string()),
            _ => {
                self.wrong_type(value, "date", "a year or a date");
                None
            }
        }
    }

    fn count(&mut self, table: &DeTable<'_>, key: &str) -> Option<u32> {
        let value = table.get(key)?;
        let number = value.get_ref().as_integer().and_then(|integer| {
            let digits = integer.as_str().strip_prefix('+').unwrap_or(integer.as_str());
            u32::from_str_radix(digits, integer.radix()).ok()
        });
        if number.is_none() {
            self.wrong_type(value, key, "a whole number from 0");
        }
        number
    }

    fn duration(&mut self, table: &DeTable<'_>) -> Option<Duration> {
        let value = table.get("duration")?;
        let duration = match value.get_ref() {
            DeValue::String(text) => length::parse(text),
            DeValue::Integer(seconds) => length::parse(seconds.as_str()),
            DeValue::Float(seconds) => seconds.as_str().parse().ok().and_then(length::from_seconds),
            _ => None,
        };
        if duration.is_none() {
            self.wrong_type(value, "duration", "\"minutes:seconds\" or seconds");
        }
        duration
    }
}

impl Reader {
    /// `from` and `to`: the part of the file.
    fn span(&mut self, table: &DeTable<'_>) -> Option<Span> {
        let (from, to) = (self.place(table, "from"), self.place(table, "to"));
        part::span(from, to).unwrap_or_else(|()| {
            if let Some(to) = table.get("to") {
                self.wrong_type(to, "to", "a time behind \"from\"");
            }
            None
        })
    }

    fn place(&mut self, table: &DeTable<'_>, key: &str) -> Option<Sector> {
        let value = table.get(key)?;
        let place = value.get_ref().as_str().and_then(part::sector);
        if place.is_none() {
            self.wrong_type(value, key, "\"minutes:seconds\"");
        }
        place
    }

    fn gain(&mut self, table: &DeTable<'_>, key: &str, peak: &str) -> Option<Gain> {
        let (stated, peak) = (self.text(table, key), self.text(table, peak));
        let gain = part::read_gain(stated.as_deref(), peak.as_deref());
        if let (Some(_), None, Some(value)) = (stated, gain, table.get(key)) {
            self.wrong_type(value, key, "a gain as in \"-6.52 dB\"");
        }
        gain
    }
}

/// The known key that a mistyped one most likely means.
fn nearest(key: &str, known: &'static [&'static str]) -> Option<&'static str> {
    // A key of a thousand letters is like none of them, and the distance is quadratic.
    if key.len() > 20 {
        return None;
    }
    let distance = |name: &&str| strsim::osa_distance(&key.to_lowercase(), name);
    let nearest = known.iter().copied().min_by_key(|name| distance(name))?;
    (distance(&nearest) <= 2).then_some(nearest)
}

/// Unread lines follow as comments, so that nothing is lost to the person who edits the file.
pub(super) fn write(listing: &Listing) -> String {
    let mut out = String::new();
    pair(&mut out, "title", listing.title.as_deref());
    pair(&mut out, "artist", listing.artist.as_deref());
    pair(&mut out, "date", listing.date.as_deref());
    pair(&mut out, "source", listing.source.as_deref());
    for entry in &listing.entries {
        let break_before = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{break_before}[[track]]");
        number(&mut out, "number", entry.number);
        number(&mut out, "disc", entry.disc);
        pair(&mut out, "artist", entry.artist.as_deref());
        pair(&mut out, "title", Some(&entry.title));
        pair(&mut out, "album", entry.more.album.as_deref());
        pair(&mut out, "section", entry.more.section.as_deref());
        pair(&mut out, "duration", entry.length.map(length::format).as_deref());
        pair(&mut out, "file", entry.file.as_deref().map(location::exact).as_deref());
        match &entry.more.identifiers[..] {
            [] => {}
            [one] => pair(&mut out, "identifier", Some(one)),
            several => {
                let _ = writeln!(out, "identifier = {}", ::toml::Value::from(several.to_vec()));
            }
        }
        pair(&mut out, "from", entry.more.span.map(|span| part::place(span.from())).as_deref());
        pair(&mut out, "to", entry.more.span.and_then(Span::to).map(part::place).as_deref());
        gain(&mut out, "gain", "peak", entry.more.gains.track);
        gain(&mut out, "album_gain", "album_peak", entry.more.gains.album);
        pair(&mut out, "note", entry.more.note.as_deref());
    }
    if !listing.unread.is_empty() {
        out.push_str("\n# Not understood:\n");
    }
    for unread in &listing.unread {
        let text: Cow<'_, str> = unread.text.replace(char::is_control, " ").into();
        let _ = writeln!(out, "# {}: {text}", unread.line);
    }
    out
}

fn pair(out: &mut String, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        let _ = writeln!(out, "{key} = {}", ::toml::Value::from(value));
    }
}

fn gain(out: &mut String, key: &str, peak: &str, gain: Option<Gain>) {
    pair(out, key, gain.map(part::gain).as_deref());
    pair(out, peak, gain.and_then(part::peak_of).as_deref());
}

fn number(out: &mut String, key: &str, value: Option<u32>) {
    if let Some(value) = value {
        let _ = writeln!(out, "{key} = {value}");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        read(text, &|_| false).unwrap_err().iter().map(Problem::to_string).collect()
    }

    #[test]
    fn a_listing_is_read() {
        let text = "title = 'Night Drive'\ndate = 1985\n[[track]]\nartist = 'Velo'\ntitle = 'Tail Lights'\n\
                    duration = '3:41'\nnumber = 2\n[[track]]\ntitle = 'Untitled'\nduration = 61.5\n";
        let listing = read(text, &|_| false).unwrap();
        assert_eq!(listing.date.as_deref(), Some("1985"));
        assert_eq!(listing.entries[0].line(), "2. Velo - Tail Lights");
        assert_eq!(listing.entries[0].length, Some(Duration::from_secs(221)));
        assert_eq!(listing.entries[1].line(), "Untitled");
        assert_eq!(listing.entries[1].length, Some(Duration::from_millis(61_500)));
    }

    #[test]
    fn every_problem_has_its_line_and_key() {
        let text = "titel = 'x'\n[[track]]\ntitle = 5\nnumber = -1\n\n[[track]]\nartist = 'A'\nzzzzzz = 1\n";
        assert_eq!(
            problems(text),
            [
                "line 1: there is no key \"titel\"; did you mean \"title\"?",
                "line 3: \"title\" takes text in quotes",
                "line 4: \"number\" takes a whole number from 0",
                "line 6: this track has no \"title\"",
                "line 8: there is no key \"zzzzzz\"",
            ]
        );
    }

    #[test]
    fn broken_syntax_names_its_line() {
        assert!(problems("title = 'a'\n[[track]\n")[0].starts_with("line 2: "));
    }
}
