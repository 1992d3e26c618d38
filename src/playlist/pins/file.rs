//! Takes the text of `pins.toml`; gives the pins in it, and the text with pins put in, changed or taken out.
//! Keeps comments, the order and unknown keys as people wrote them. Never guesses: a key that is missing
//! or of another kind is a problem with its line, and nothing is written over such a file.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml_edit::{ArrayOfTables, Decor, DocumentMut, Item, RawString, Table, TableLike, value};

use super::{Choice, Key, Pin, PinnedFile, PinnedTags, Pins, Scope, Wanted};
use crate::cue::{Sector, Span};
use crate::library::{AudioHash, Identity};
use crate::paths::{WriteError, hold, write_whole};
use crate::playlist::format::location;

/// The first lines of a new file.
const HEADER: &str = "# What tonearm remembers of your choices. Edit it as you like: comments stay.\n\
                      # `tonearm pins` shows it, `tonearm unpin` takes out of it.\n";

/// Why the pins could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum PinsError {
    /// The file is there and cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// The text breaks the rules; says where.
    #[error("{}, line {line}: {message}; mend that line, or move the file away to begin anew", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// The file cannot be written.
    #[error(transparent)]
    Unwritable(#[from] WriteError),
}

impl Pins {
    /// Reads the file; one that does not exist holds no pins.
    ///
    /// # Errors
    /// When it is there and cannot be read or understood.
    pub fn load(path: &Path) -> Result<Self, PinsError> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(cause) => return Err(PinsError::Unreadable { path: path.to_owned(), cause }),
        };
        let malformed = |(line, message)| PinsError::Malformed { path: path.to_owned(), line, message };
        let text = std::str::from_utf8(&bytes)
            .map_err(|error| malformed((line_of(&bytes, error.valid_up_to()), "is not UTF-8 text".into())))?;
        Self::read(text).map_err(malformed)
    }

    /// Changes the file, as it is now: another tonearm may have written it since, and one that would do so at the
    /// same time waits.
    ///
    /// # Errors
    /// When it cannot be read, understood or written.
    pub fn change(path: &Path, change: impl FnOnce(&mut Self)) -> Result<Self, PinsError> {
        // A file system without locks has one writer most of the time.
        let _held = hold(path);
        let mut pins = Self::load(path)?;
        change(&mut pins);
        write_whole(path, pins.text().as_bytes())?;
        Ok(pins)
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        self.document.0.to_string()
    }

    /// Reads the text of a file; an error has its line, from 1.
    fn read(text: &str) -> Result<Self, (usize, String)> {
        let line = |span: Option<Range<usize>>| line_of(text.as_bytes(), span.map_or(0, |span| span.start));
        let document = toml_edit::Document::parse(text)
            .map_err(|error| (line(error.span()), error.message().to_owned()))?;
        let mut pins = Vec::new();
        match document.get("pin") {
            None => {}
            Some(Item::ArrayOfTables(tables)) => {
                for table in tables {
                    pins.push(pin(table).map_err(|wrong| (line(wrong.at.or(table.span())), wrong.message))?);
                }
            }
            Some(other) => return Err((line(other.span()), "\"pin\" takes [[pin]] sections".into())),
        }
        let keys = pins.iter().map(|pin: &Pin| Key::of(&pin.wanted)).collect();
        Ok(Self { pins, keys, document: Document(document.into_mut()) })
    }
}

/// The line in which the byte at `at` stands, from 1.
fn line_of(text: &[u8], at: usize) -> usize {
    text[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

struct Wrong {
    at: Option<Range<usize>>,
    message: String,
}

fn wrong(item: &Item, message: impl Into<String>) -> Wrong {
    Wrong { at: item.span(), message: message.into() }
}

fn pin(table: &Table) -> Result<Pin, Wrong> {
    let wanted = Wanted {
        artist: text(table, "artist")?,
        title: needed(table.span(), "title", text(table, "title")?)?,
        album: text(table, "album")?,
        section: text(table, "section")?,
        number: count(table, "number")?,
    };
    let scope = match table.get("scope") {
        None => Scope::Everywhere,
        Some(item) => match item.as_str() {
            Some("everywhere") => Scope::Everywhere,
            Some("listing") => Scope::Listing,
            _ => return Err(wrong(item, "\"scope\" takes \"everywhere\" or \"listing\"")),
        },
    };
    let owned = match table.get("owned") {
        None => true,
        Some(item) => item.as_bool().ok_or_else(|| wrong(item, "\"owned\" takes true or false"))?,
    };
    let choice = match table.get("file") {
        None if !owned => Choice::NotOwned,
        None => {
            let message = "this pin has no [pin.file] and does not say owned = false";
            return Err(Wrong { at: table.span(), message: message.into() });
        }
        Some(item) if !owned => return Err(wrong(item, "this pin says owned = false and has a file")),
        Some(item) => {
            let table =
                item.as_table_like().ok_or_else(|| wrong(item, "\"file\" takes a [pin.file] section"))?;
            Choice::File(file(table, item.span())?)
        }
    };
    Ok(Pin { wanted, choice, listing: text(table, "listing")?, scope })
}

fn file(table: &dyn TableLike, span: Option<Range<usize>>) -> Result<PinnedFile, Wrong> {
    let audio = needed(span.clone(), "audio", text(table, "audio")?)?;
    let audio: AudioHash = audio.parse().map_err(|error| Wrong {
        at: table.get("audio").and_then(Item::span),
        message: format!("\"audio\" {error}"),
    })?;
    let path = needed(span.clone(), "path", text(table, "path")?)?;
    Ok(PinnedFile {
        path: location::file_uri(&path).unwrap_or_else(|| path.into()),
        span: part(table)?,
        size: count(table, "size")?.unwrap_or(0),
        identity: Identity {
            audio,
            frames: count(table, "frames")?,
            rate: needed(span, "rate", count(table, "rate")?)?,
        },
        tags: PinnedTags {
            artist: text(table, "artist")?,
            title: text(table, "title")?,
            album: text(table, "album")?,
        },
    })
}

/// The part of a file, in the places of a cue sheet.
fn part(table: &dyn TableLike) -> Result<Option<Span>, Wrong> {
    let place = |key: &str| {
        let Some(item) = table.get(key) else { return Ok(None) };
        let place = item.as_str().and_then(Sector::parse);
        place.map(Some).ok_or_else(|| wrong(item, format!("\"{key}\" takes a place like \"03:41:15\"")))
    };
    let (from, to) = (place("from")?, place("to")?);
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    let at = table.get("to").and_then(Item::span);
    let span = Span::new(from.unwrap_or_default(), to);
    span.map(Some).ok_or_else(|| Wrong { at, message: "\"to\" is not behind \"from\"".into() })
}

fn needed<T>(at: Option<Range<usize>>, key: &str, value: Option<T>) -> Result<T, Wrong> {
    value.ok_or_else(|| Wrong { at, message: format!("there is no \"{key}\" here") })
}

fn text(table: &dyn TableLike, key: &str) -> Result<Option<String>, Wrong> {
    let Some(item) = table.get(key) else { return Ok(None) };
    let text = item.as_str().ok_or_else(|| wrong(item, format!("\"{key}\" takes text in quotes")))?;
    Ok(Some(text.to_owned()))
}

fn count<T: TryFrom<i64>>(table: &dyn TableLike, key: &str) -> Result<Option<T>, Wrong> {
    let Some(item) = table.get(key) else { return Ok(None) };
    let number = item.as_integer().and_then(|number| T::try_from(number).ok());
    number.map(Some).ok_or_else(|| wrong(item, format!("\"{key}\" takes a whole number from 0")))
}

/// The file as people wrote it.
#[derive(Debug, Clone)]
pub(super) struct Document(DocumentMut);

impl Default for Document {
    fn default() -> Self {
        let mut document = DocumentMut::new();
        document.decor_mut().set_prefix(HEADER);
        Self(document)
    }
}

impl Document {
    pub(super) fn append(&mut self, pin: &Pin) {
        let pins = self.0.entry("pin").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
        let is_first = pins.as_array_of_tables().is_none_or(ArrayOfTables::is_empty);
        let mut table = Table::new();
        table.decor_mut().set_prefix("\n");
        write(&mut table, pin);
        if let Some(pins) = pins.as_array_of_tables_mut() {
            pins.push(table);
        }
        // What a file without pins says stays at its head.
        let head = self.0.trailing().as_str().unwrap_or_default().trim_end().to_owned();
        if is_first && !head.is_empty() {
            self.0.set_trailing("");
            let pins = self.0.get_mut("pin").and_then(Item::as_array_of_tables_mut);
            if let Some(table) = pins.and_then(|pins| pins.get_mut(0)) {
                table.decor_mut().set_prefix(format!("{head}\n\n"));
            }
        }
    }

    /// What people added beside the keys of a pin stays.
    pub(super) fn replace(&mut self, at: usize, pin: &Pin) {
        let pins = self.0.get_mut("pin").and_then(Item::as_array_of_tables_mut);
        if let Some(table) = pins.and_then(|pins| pins.get_mut(at)) {
            write(table, pin);
        }
    }

    /// What people wrote above a pin stays, but for what stands right above it: that is about it.
    pub(super) fn remove(&mut self, at: usize) {
        let Some(pins) = self.0.get_mut("pin").and_then(Item::as_array_of_tables_mut) else { return };
        let above =
            pins.get(at).map(|table| kept_above(prefix(table.decor())).to_owned()).unwrap_or_default();
        pins.remove(at);
        if above.is_empty() {
            return;
        }
        if let Some(next) = pins.get_mut(at) {
            let own = above + prefix(next.decor());
            next.decor_mut().set_prefix(own);
        } else {
            let trailing = above + self.0.trailing().as_str().unwrap_or_default();
            self.0.set_trailing(trailing);
        }
    }
}

fn prefix(decor: &Decor) -> &str {
    decor.prefix().and_then(RawString::as_str).unwrap_or_default()
}

/// Of the lines above a pin those that an empty line parts from it.
fn kept_above(lines: &str) -> &str {
    let (mut at, mut end) = (0, 0);
    for line in lines.split_inclusive('\n') {
        at += line.len();
        if line.trim().is_empty() {
            end = at;
        }
    }
    lines[..end].trim_start()
}

fn write(table: &mut Table, pin: &Pin) {
    let wanted = &pin.wanted;
    put(table, "artist", wanted.artist.as_deref());
    put(table, "title", Some(wanted.title.as_str()));
    put(table, "album", wanted.album.as_deref());
    put(table, "section", wanted.section.as_deref());
    put(table, "number", wanted.number.map(i64::from));
    put(table, "listing", pin.listing.as_deref());
    let scope = if pin.scope == Scope::Everywhere { "everywhere" } else { "listing" };
    put(table, "scope", Some(scope));
    match &pin.choice {
        Choice::NotOwned => {
            put(table, "owned", Some(false));
            table.remove("file");
        }
        Choice::File(file) => {
            table.remove("owned");
            let item = table.entry("file").or_insert_with(|| Item::Table(Table::new()));
            if let Some(table) = item.as_table_like_mut() {
                write_file(table, file);
            }
        }
    }
}

fn write_file(table: &mut dyn TableLike, file: &PinnedFile) {
    // A path that TOML cannot hold is written as a URI.
    let path = file.path.to_str().map_or_else(|| location::of_path(&file.path), str::to_owned);
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    put(table, "path", Some(path));
    put(table, "from", file.span.map(|span| span.from().to_string()));
    put(table, "to", file.span.and_then(Span::to).map(|place| place.to_string()));
    put(table, "size", Some(number(file.size)));
    put(table, "frames", file.identity.frames.map(number));
    put(table, "rate", Some(i64::from(file.identity.rate)));
    put(table, "audio", Some(file.identity.audio.to_string()));
    put(table, "artist", file.tags.artist.as_deref());
    put(table, "title", file.tags.title.as_deref());
    put(table, "album", file.tags.album.as_deref());
}

/// Sets a key, or takes it out; what is the same already stays as it is written.
fn put(table: &mut dyn TableLike, key: &str, new: Option<impl Into<toml_edit::Value>>) {
    let Some(new) = new.map(Into::into) else {
        table.remove(key);
        return;
    };
    let new: toml_edit::Value = new;
    let same = table.get(key).and_then(Item::as_value).is_some_and(|old| {
        (old.as_str(), old.as_integer(), old.as_bool()) == (new.as_str(), new.as_integer(), new.as_bool())
    });
    if !same {
        table.insert(key, value(new));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const AUDIO: &str = "packets1:343e1662793c64bf6f0d3597ba446f18";

    fn pinned(path: &str) -> PinnedFile {
        PinnedFile {
            path: path.into(),
            span: None,
            size: 31_415,
            identity: Identity { audio: AUDIO.parse().unwrap(), frames: Some(9_876_543), rate: 44_100 },
            tags: PinnedTags { artist: Some("Vince DiCola".into()), title: Some("War".into()), album: None },
        }
    }

    fn war(choice: Choice) -> Pin {
        let wanted =
            Wanted { artist: Some("Vinnie DiCola".into()), title: "War".into(), ..Wanted::default() };
        Pin { wanted, choice, listing: Some("Rocky \"IV\"".into()), scope: Scope::Everywhere }
    }

    fn problem(text: &str) -> (usize, String) {
        Pins::read(text).unwrap_err()
    }

    #[test]
    fn the_file_reads_as_a_person_would_write_it() {
        let mut pins = Pins::default();
        pins.set(war(Choice::File(pinned("/m/05 War.flac"))));
        pins.set(Pin { listing: None, scope: Scope::Listing, ..war(Choice::NotOwned) });
        let want = format!(
            "{HEADER}\n\
             [[pin]]\nartist = \"Vinnie DiCola\"\ntitle = \"War\"\nlisting = 'Rocky \"IV\"'\nscope = \"everywhere\"\n\n\
             [pin.file]\npath = \"/m/05 War.flac\"\nsize = 31415\nframes = 9876543\nrate = 44100\n\
             audio = \"{AUDIO}\"\nartist = \"Vince DiCola\"\ntitle = \"War\"\n\n\
             [[pin]]\nartist = \"Vinnie DiCola\"\ntitle = \"War\"\nscope = \"listing\"\nowned = false\n"
        );
        assert_eq!(pins.text(), want, "\n{}", pins.text());
        assert_eq!(Pins::read(&want).unwrap().all(), pins.all());
    }

    #[test]
    fn what_people_wrote_stays() {
        let mut first = Pins::default();
        first.set(war(Choice::File(pinned("/m/a.flac"))));
        let text =
            first.text().replace("title = \"War\"\nlisting", "title = 'War' # mine\nmood = 3\nlisting");
        let text = format!("{text}\n# the end\n");
        let mut pins = Pins::read(&text).unwrap();
        pins.renew(&war(Choice::NotOwned).wanted, None, pinned("/n/b.flac"));
        let other = Wanted { title: "Other".into(), ..Wanted::default() };
        pins.set(Pin { wanted: other, ..war(Choice::NotOwned) });
        let after = pins.text();
        assert!(after.contains("title = 'War' # mine\nmood = 3\n"), "{after}");
        assert!(after.contains("/n/b.flac") && !after.contains("/m/a.flac"), "{after}");
        assert!(after.contains("# the end"), "{after}");
        assert_eq!(Pins::read(&after).unwrap().all(), pins.all());
        pins.remove(&[0, 1]);
        assert_eq!(Pins::read(&pins.text()).unwrap().all(), []);
    }

    #[test]
    fn parts_of_files_are_read_back() {
        let mut pins = Pins::default();
        let span = Span::new(Sector(75), Some(Sector(16_591)));
        pins.set(war(Choice::File(PinnedFile { span, ..pinned("/m/disc.flac") })));
        assert!(pins.text().contains("from = \"00:01:00\"\nto = \"03:41:16\"\n"), "{}", pins.text());
        assert_eq!(Pins::read(&pins.text()).unwrap().all(), pins.all());
        let text = pins.text().replace("03:41:16", "00:00:10");
        assert_eq!(problem(&text), (13, "\"to\" is not behind \"from\"".into()));
    }

    #[cfg(unix)]
    #[test]
    fn paths_that_are_no_utf8_survive() {
        use std::os::unix::ffi::OsStringExt;
        let odd = PathBuf::from(std::ffi::OsString::from_vec(b"/m/Caf\xE9 #1.flac".to_vec()));
        let mut pins = Pins::default();
        pins.set(war(Choice::File(PinnedFile { path: odd, ..pinned("") })));
        assert_eq!(Pins::read(&pins.text()).unwrap().all(), pins.all());
    }

    #[test]
    fn every_mistake_has_its_line() {
        let good = {
            let mut pins = Pins::default();
            pins.set(war(Choice::File(pinned("/m/a.flac"))));
            pins.text()
        };
        for (from, to, line, message) in [
            ("title = \"War\"\nlisting", "listing", 4, "there is no \"title\" here"),
            ("artist = \"Vinnie DiCola\"", "artist = 5", 5, "\"artist\" takes text in quotes"),
            ("\"everywhere\"", "\"here\"", 8, "\"scope\" takes \"everywhere\" or \"listing\""),
            ("size = 31415", "size = -1", 12, "\"size\" takes a whole number from 0"),
            ("packets1:34", "md5:34", 15, "\"audio\" is no audio hash"),
            ("rate = 44100\n", "", 10, "there is no \"rate\" here"),
            ("[pin.file]", "[pin.lost]", 4, "this pin has no [pin.file] and does not say owned = false"),
        ] {
            assert!(good.contains(from), "{from} in {good}");
            assert_eq!(problem(&good.replacen(from, to, 1)), (line, message.to_owned()), "{from}");
        }
        assert_eq!(problem("a = 1\npin = 3\n"), (2, "\"pin\" takes [[pin]] sections".into()));
        assert_eq!(problem("\n[[pin]\n").0, 2);
    }

    #[test]
    fn a_file_that_is_not_understood_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/pins.toml");
        assert_eq!(Pins::load(&path).unwrap().all(), []);
        Pins::change(&path, |pins| pins.set(war(Choice::NotOwned))).unwrap();
        assert_eq!(Pins::load(&path).unwrap().all().len(), 1);
        std::fs::write(&path, "[[pin]]\n").unwrap();
        let error = Pins::change(&path, |pins| pins.set(war(Choice::NotOwned))).unwrap_err();
        let said = "pins.toml, line 1: there is no \"title\" here; mend that line, or move the file away to begin anew";
        assert!(error.to_string().ends_with(said), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "[[pin]]\n");
        std::fs::write(&path, b"# a\n\xff\xfe").unwrap();
        let error = Pins::change(&path, |pins| pins.set(war(Choice::NotOwned))).unwrap_err();
        assert!(error.to_string().contains("pins.toml, line 2: is not UTF-8 text"), "{error}");
    }

    #[test]
    fn what_people_wrote_above_a_pin_outlives_it() {
        let text = "# mine\n\n# about a\n[[pin]]\ntitle = \"a\"\nowned = false\n\n# about b\n[[pin]]\n\
                    title = \"b\"\nowned = false\n";
        let mut pins = Pins::read(text).unwrap();
        pins.remove(&[0]);
        assert_eq!(pins.text(), "# mine\n\n\n# about b\n[[pin]]\ntitle = \"b\"\nowned = false\n");
        pins.remove(&[0]);
        assert_eq!(pins.text().trim_end(), "# mine");
        let mut pins = Pins::default();
        pins.set(war(Choice::NotOwned));
        pins.remove(&[0]);
        assert_eq!(pins.text().trim_end(), HEADER.trim_end());
        for text in [pins.text(), "# mine\n".into(), "# mine".into(), HEADER.into()] {
            let head = text.lines().next().unwrap().to_owned();
            let mut pins = Pins::read(&text).unwrap();
            for _ in 0..2 {
                pins.set(war(Choice::NotOwned));
                assert!(pins.text().starts_with(&head), "{}", pins.text());
                pins = Pins::read(&pins.text()).unwrap();
                assert_eq!(pins.all().len(), 1);
                pins.remove(&[0]);
                pins = Pins::read(&pins.text()).unwrap();
            }
        }
    }

    #[test]
    fn who_changes_the_file_at_the_same_time_waits() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/pins.toml");
        std::thread::scope(|scope| {
            for number in 0..16 {
                let path = &path;
                scope.spawn(move || {
                    let wanted = Wanted { title: format!("Song {number}"), ..Wanted::default() };
                    let pin = Pin { wanted, ..war(Choice::NotOwned) };
                    Pins::change(path, |pins| pins.set(pin)).unwrap();
                });
            }
        });
        assert_eq!(Pins::load(&path).unwrap().all().len(), 16);
    }
}
