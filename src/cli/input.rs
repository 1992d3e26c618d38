//! Takes the INPUT words: listings, `-`, audio files, folders; gives a [`Program`]: the rows to play,
//! in order, each with its file or the reason why it has none.
//! Never plays; what cannot be used at all is an error, what can be left out is a row without a file.

use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::music::{self, Music, MusicOptions};
use super::pins::{self, OfRow};
use super::program::{Program, Row, file_row, track_row};
use crate::library::{self, FileKind, Library, Track};
use crate::playlist::format;
use crate::playlist::pins::Pins;
use crate::playlist::reading::{self, Kind};
use crate::playlist::{
    Accept, Entry, EntryMatch, Index, Listing, NoSuchSection, Reason, Status, Tracks, beside_sheet,
    follow_lists, named_file,
};
use crate::sanitise;

#[derive(Debug, Clone, clap::Args)]
pub(super) struct InputOptions {
    /// Listings, audio files or folders; `-` reads a listing from standard input.
    #[arg(required = true, value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) music: MusicOptions,
    /// Take only what is sure.
    #[arg(long)]
    pub(super) strict: bool,
    #[command(flatten)]
    pub(super) part: PartOptions,
    #[command(flatten)]
    pub(super) versions: VersionsOption,
}

/// Which versions of a song will do.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(super) struct VersionsOption {
    /// Which version of a song to take: the one that the listing asks for, or any where that one is missing
    /// (live, remix, karaoke, cover).
    #[arg(long, value_name = "WHICH", value_enum, default_value_t)]
    versions: Versions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum Versions {
    /// The one asked for: another is shown, and not played.
    #[default]
    Exact,
    /// Another one rather than none.
    Any,
}

impl VersionsOption {
    /// The same for the matcher.
    pub(super) fn accept(self) -> Accept {
        match self.versions {
            Versions::Exact => Accept::Exact,
            Versions::Any => Accept::Any,
        }
    }
}

/// Which part of a listing is taken, and in which order.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct PartOptions {
    /// Take one section of the listing: a side, a disc, one of two albums on a page.
    #[arg(long, value_name = "N|NAME")]
    pub(super) section: Option<String>,
    /// Take the entries from the last to the first: a countdown begins with its end.
    #[arg(long)]
    pub(super) reverse: bool,
}

impl PartOptions {
    /// The part in words, as they are kept; `None` for all of it.
    pub(super) fn words(&self) -> Option<String> {
        let section = self.section.iter().map(|section| format!("section {section}"));
        let words: Vec<_> = section.chain(self.reverse.then(|| "reverse".into())).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// The part that such words mean.
    pub(super) fn of_words(words: &str) -> Self {
        let forward = words.strip_suffix(", reverse");
        let section = forward.unwrap_or(words).strip_prefix("section ");
        Self { section: section.map(str::to_owned), reverse: forward.is_some() || words == "reverse" }
    }

    /// Of things that there are one of for each entry of the whole listing those of the part.
    pub(super) fn of_each<T>(&self, listing: &Listing, mut all: Vec<T>) -> Result<Vec<T>, NoSuchSection> {
        if let Some(section) = &self.section {
            let range = listing.section_range(section)?;
            all.truncate(range.end);
            all.drain(..range.start);
        }
        if self.reverse {
            all.reverse();
        }
        Ok(all)
    }

    /// That part of a listing.
    pub(super) fn of(&self, listing: Listing) -> Result<Listing, NoSuchSection> {
        let mut part = match &self.section {
            Some(section) => listing.section(section)?,
            None => listing,
        };
        if self.reverse {
            part.entries.reverse();
        }
        Ok(part)
    }
}

/// Inputs, and what to take them for.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct ListingOptions {
    #[command(flatten)]
    pub(super) input: InputOptions,
    /// The listing's format, where its content and its name mislead (toml, m3u8, txt, ...).
    #[arg(long, value_name = "FORMAT", visible_alias = "input-format", value_parser = format_name)]
    from: Option<&'static str>,
}

impl ListingOptions {
    pub(super) fn read(&self, quiet: bool) -> anyhow::Result<Program> {
        read(&self.input, self.from, quiet)
    }

    /// The same; each listing is shown to `begin` before its entries are decided.
    pub(super) fn read_showing(
        &self,
        quiet: bool,
        begin: &mut dyn FnMut(&Undecided<'_>),
    ) -> anyhow::Result<Program> {
        read_showing(&self.input, self.from, quiet, begin)
    }
}

/// A listing that is read, and whose entries are not decided yet.
pub(super) struct Undecided<'a> {
    pub(super) entries: &'a [Entry],
    /// Decides some that stand together; gives their rows. `None` where that needs another look at the music.
    pub(super) decide: &'a dyn Fn(Range<usize>) -> Option<Vec<Row>>,
}

/// Inputs of a command that reports on them.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct ReportOptions {
    #[command(flatten)]
    listing: ListingOptions,
    /// Print one JSON object.
    #[arg(long)]
    pub(super) json: bool,
}

impl ReportOptions {
    pub(super) fn read(&self, quiet: bool) -> anyhow::Result<Program> {
        self.listing.read(quiet)
    }
}

/// The name of a known format, for clap.
pub(super) fn format_name(word: &str) -> Result<&'static str, String> {
    let names = || format::FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ");
    format::by_name(word).map(|format| format.name).ok_or_else(|| format!("the formats are {}", names()))
}

/// Reads all inputs, listings as `from` if that is given, and finds their files.
pub(super) fn read(options: &InputOptions, from: Option<&str>, quiet: bool) -> anyhow::Result<Program> {
    read_showing(options, from, quiet, &mut |_| ())
}

fn read_showing(
    options: &InputOptions,
    from: Option<&str>,
    quiet: bool,
    begin: &mut dyn FnMut(&Undecided<'_>),
) -> anyhow::Result<Program> {
    let mut program = Program::default();
    let mut known = None;
    for input in &options.inputs {
        match Input::of(input)? {
            Input::File if from.is_none() => match library::tracks_inside(input) {
                inside if inside.is_empty() => program.extend([file_row(input.clone())]),
                inside => program.extend(inside.into_iter().map(track_row)),
            },
            Input::Folder => add_folder(&mut program, input, quiet)?,
            Input::File => {
                anyhow::bail!("{}: a format is for listings, and this is a sound file", sanitise::path(input))
            }
            Input::Listing(bytes) => {
                if known.is_none() {
                    known = Some((music::music(&options.music, quiet)?, pins::load()?));
                }
                if let Some((music, pins)) = &mut known {
                    let listing = listing(input, &bytes, from, &music.index, &music.library)?;
                    let listing = options.part.of(listing).with_context(|| name_of(input))?;
                    let how = (options.strict, options.versions.accept());
                    begin(&Undecided {
                        entries: &listing.entries,
                        decide: &|some| decide_some(input, &listing, some, (music, pins), how),
                    });
                    if !add(&mut program, input, &listing, (music, pins), how, false) {
                        // A file that was to be played is not what it was when its tags were read.
                        *music = music::whole(&options.music, quiet)?;
                        add(&mut program, input, &listing, (music, pins), how, true);
                    }
                }
            }
        }
    }
    program.library = known.map(|(music, _)| music.library);
    Ok(program)
}

/// What an INPUT is.
pub(super) enum Input {
    File,
    Folder,
    Listing(Vec<u8>),
}

impl Input {
    pub(super) fn of(path: &Path) -> anyhow::Result<Self> {
        if path == Path::new("-") {
            let bytes = bounded(std::io::stdin().lock()).context("standard input cannot be read")?;
            return Ok(Self::Listing(bytes));
        }
        let name = sanitise::path(path).into_owned();
        let about = std::fs::metadata(path).with_context(|| format!("{name} cannot be opened"))?;
        if about.is_dir() {
            return Ok(Self::Folder);
        }
        if FileKind::of(path).is_some() {
            return Ok(Self::File);
        }
        anyhow::ensure!(about.is_file() || is_stream(path), "{name} is not a plain file");
        let bytes = std::fs::File::open(path).and_then(bounded);
        Ok(Self::Listing(bytes.with_context(|| format!("{name} cannot be read"))?))
    }
}

/// All bytes, or one more than a listing may have: the reader says so then.
fn bounded(stream: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.take(format::MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether the listing comes through a pipe that the listener named: `-`, `<(command)`, a FIFO. It lies in no
/// folder, and its name says nothing.
pub(super) fn is_stream(input: &Path) -> bool {
    input == Path::new("-")
        || input == Path::new("/dev/stdin")
        || input.starts_with("/dev/fd")
        || input.starts_with("/proc/self/fd")
        || is_fifo(input)
}

#[cfg(unix)]
fn is_fifo(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::metadata(path).is_ok_and(|about| about.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_fifo(_: &Path) -> bool {
    false
}

/// The folder that names in a listing start from: its own, and for a pipe the working folder.
fn folder_of(input: &Path) -> &Path {
    if is_stream(input) { Path::new("") } else { input.parent().unwrap_or(Path::new("")) }
}

/// What messages call a listing.
pub(super) fn name_of(input: &Path) -> String {
    if input == Path::new("-") { "standard input".into() } else { sanitise::path(input).into_owned() }
}

/// A folder plays as its releases do: folder by folder, by disc and track number, else by name.
fn add_folder(program: &mut Program, folder: &Path, quiet: bool) -> anyhow::Result<()> {
    let library = music::of_folder(folder.to_owned(), quiet)?;
    let name = sanitise::path(folder);
    let mut tracks: Vec<Track> = library.tracks().collect();
    anyhow::ensure!(!tracks.is_empty(), "there is no audio file in {name} that tonearm plays");
    program.unusable += library.problems.iter().filter(|problem| problem.leaves_out()).count();
    tracks.sort_by_cached_key(|track| {
        let folder = track.path.parent().map(Path::to_owned);
        (folder, track.tags.disc, track.tags.track, track.path.clone(), track.span)
    });
    program.roots.push(std::path::absolute(folder)?);
    program.extend(tracks.into_iter().map(track_row));
    Ok(())
}

/// Adds the entries of a listing, matched against a library.
pub(super) fn add_listing(
    program: &mut Program,
    input: &Path,
    bytes: &[u8],
    music: &Music,
    strict: bool,
) -> anyhow::Result<()> {
    let listing = listing(input, bytes, None, &music.index, &music.library)?;
    add(program, input, &listing, (music, &Pins::default()), (strict, Accept::Exact), true);
    Ok(())
}

/// Decides some entries of a listing without the others, but with its heading.
fn decide_some(
    input: &Path,
    listing: &Listing,
    some: Range<usize>,
    known: (&Music, &Pins),
    how: (bool, Accept),
) -> Option<Vec<Row>> {
    let some = Listing {
        title: listing.title.clone(),
        artist: listing.artist.clone(),
        date: listing.date.clone(),
        source: listing.source.clone(),
        entries: listing.entries.get(some)?.to_vec(),
        ..Listing::default()
    };
    let mut program = Program::default();
    add(&mut program, input, &some, known, how, false).then_some(program.rows)
}

/// Adds the entries of a listing that is read; or nothing, and gives `false`, if one of the files found
/// has changed since its tags were read, unless it is to be played `anyway`.
fn add(
    program: &mut Program,
    input: &Path,
    listing: &Listing,
    (music, pins): (&Music, &Pins),
    (strict, accept): (bool, Accept),
    anyway: bool,
) -> bool {
    let Music { library, index } = music;
    let mut report = index.match_accepting(listing, library, accept);
    let mut chosen = report.entries.iter().filter_map(|entry| entry.chosen).zip(1..);
    let is_current = |(track, count): (usize, usize)| {
        rest_at(library, count);
        library.is_current(track)
    };
    if !anyway && !chosen.all(is_current) {
        return false;
    }
    let of_rows = pins::of_rows(listing, input, &mut report, (music, pins));
    let folder = folder_of(input);
    let rows = listing.entries.iter().zip(report.entries).zip(of_rows);
    let rows = rows.map(|((entry, found), (settled, pin))| {
        rest_at(library, found.number);
        let row = Row { pin, ..row(entry, found, library) };
        let row = match (named_file(entry, folder), settled) {
            (named, Some(settled)) if settled.is_own || named.is_none() => pins::settled_row(row, settled),
            (Some(file), _) => named_row(row, entry, file),
            (None, _) => row,
        };
        if strict && row.status != Some(Status::Sure) { Row { file: None, ..row } } else { row }
    });
    program.extend(rows);
    program.title = program.title.take().or_else(|| listing.title.clone());
    program.unread.extend(listing.unread.iter().cloned());
    program.roots.extend(library.roots.iter().chain(&library.away_roots).cloned());
    true
}

/// Gives back what was read of the index for some entries: those of a long listing lie all over it.
fn rest_at(library: &Library, entry: usize) {
    const FEW: usize = 64;
    if entry.is_multiple_of(FEW) {
        library.rest();
    }
}

/// Reads a listing, with the library's help to tell artists from titles.
pub(super) fn listing(
    input: &Path,
    bytes: &[u8],
    from: Option<&str>,
    index: &Index,
    tracks: &dyn Tracks,
) -> anyhow::Result<Listing> {
    let hint = (!is_stream(input)).then(|| input.to_string_lossy());
    let kind = from.map_or(Kind::Hinted(hint.as_deref()), Kind::Named);
    let listing = reading::read(bytes, kind, index, tracks).with_context(|| name_of(input))?;
    let mut listing = follow_lists(listing, (!is_stream(input)).then_some(input), folder_of(input));
    if input.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("cue")) {
        beside_sheet(&mut listing, input);
    }
    Ok(listing)
}

fn row(entry: &Entry, found: EntryMatch, library: &Library) -> Row {
    let chosen = found.chosen.and_then(|track| library.track(track));
    let candidates = found.candidates.iter().filter_map(|c| Some((library.path(c.track)?, c.confidence)));
    Row {
        number: found.number,
        text: entry.line().into_owned(),
        artist: found.artist.clone(),
        title: found.title.clone(),
        album: chosen.as_ref().and_then(|track| track.tags.album.clone()),
        section: entry.more.section.clone(),
        status: Some(found.status),
        confidence: found.confidence,
        file: chosen.as_ref().map(|track| track.path.clone()),
        length: chosen.as_ref().and_then(|track| track.length),
        span: chosen.as_ref().and_then(|track| track.span),
        gains: chosen.map(|track| track.gains).unwrap_or_default(),
        reasons: found.reasons.clone(),
        candidates: candidates.collect(),
        pin: OfRow::default(),
        found: Some(found.into()),
    }
}

fn named_row(row: Row, entry: &Entry, file: PathBuf) -> Row {
    Row {
        status: Some(Status::Sure),
        confidence: 1.0,
        reasons: vec![Reason::NamedFile],
        candidates: vec![(file.clone(), 1.0)],
        found: None,
        file: Some(file),
        length: entry.length,
        span: entry.more.span,
        gains: entry.more.gains,
        ..row
    }
}
