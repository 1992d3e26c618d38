//! Takes the INPUT words: listings, `-`, audio files, folders; gives a [`Program`]: the rows to play,
//! in order, each with its file or the reason why it has none.
//! Never plays; what cannot be used at all is an error, what can be left out is a row without a file.

use std::borrow::Cow;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::music::{self, Music, MusicOptions};
use crate::library::{FileKind, Library, Track};
use crate::playlist::format::{self, KnowsArtist};
use crate::playlist::{Entry, EntryMatch, Index, Listing, Reason, Status, Unread, follow_lists, named_file};
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
}

/// Which format to take a listing for. Not of `render`, where --from is a place in the music.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct FormatOption {
    /// The listing's format, where its content and its name mislead (toml, m3u8, txt, ...).
    #[arg(long, value_name = "FORMAT", value_parser = format_name)]
    pub(super) from: Option<&'static str>,
}

/// The name of a known format, for clap.
pub(super) fn format_name(word: &str) -> Result<&'static str, String> {
    let names = || format::FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ");
    format::by_name(word).map(|format| format.name).ok_or_else(|| format!("the formats are {}", names()))
}

/// What is to be played.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) title: Option<String>,
    pub(super) rows: Vec<Row>,
    /// Lines of listings that are no entries.
    pub(super) unread: Vec<Unread>,
    /// Files of folders to be played that cannot be read; they were named when they were found.
    pub(super) unusable: usize,
    /// The music folders, to show paths relative to them.
    pub(super) roots: Vec<PathBuf>,
    /// Where entries of listings were looked for, if there were any.
    pub(super) library: Option<Library>,
}

/// One row of a program.
#[derive(Debug)]
pub(super) struct Row {
    /// 1, 2, 3 ... in the order of playing.
    pub(super) number: usize,
    /// The listing's line, or the name of the file.
    pub(super) text: String,
    pub(super) artist: Option<String>,
    pub(super) title: String,
    /// `None` for a file that was named itself.
    pub(super) status: Option<Status>,
    pub(super) confidence: f64,
    pub(super) file: Option<PathBuf>,
    pub(super) reasons: Vec<Reason>,
    pub(super) candidates: Vec<(PathBuf, f64)>,
}

impl Row {
    /// "Artist - Title", or the title alone.
    pub(super) fn name(&self) -> String {
        let name = match &self.artist {
            Some(artist) => format!("{artist} - {}", self.title),
            None => self.title.clone(),
        };
        sanitise::line(&name).into_owned()
    }
}

impl Program {
    /// The files, in order; rows without one are left out.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        self.rows.iter().filter_map(|row| row.file.clone()).collect()
    }

    /// Adds rows, numbered on from those there are.
    fn extend(&mut self, rows: impl IntoIterator<Item = Row>) {
        for row in rows {
            self.rows.push(Row { number: self.rows.len() + 1, ..row });
        }
    }

    /// Rows without a file.
    pub(super) fn left_out(&self) -> usize {
        self.rows.iter().filter(|row| row.file.is_none()).count()
    }

    /// Why there is nothing to play, where that is so.
    pub(super) fn nothing_to_play(&self) -> Option<String> {
        match (self.rows.len(), self.left_out()) {
            (0, _) => Some("no line reads like a track, such as \"1. Artist - Title\"".into()),
            (1, 1) => Some("the one entry was not found among your files".into()),
            (rows, left_out) if rows == left_out => {
                Some(format!("none of the {rows} entries was found among your files"))
            }
            _ => None,
        }
    }

    /// Whether nothing that was asked for is left out.
    pub(super) fn is_whole(&self) -> bool {
        self.left_out() == 0 && self.unusable == 0
    }

    /// A path as people know it: below its music folder, safe to print.
    pub(super) fn name_of<'a>(&self, path: &'a Path) -> Cow<'a, str> {
        let below = self.roots.iter().find_map(|root| path.strip_prefix(root).ok());
        sanitise::path(below.filter(|below| !below.as_os_str().is_empty()).unwrap_or(path))
    }
}

/// Reads all inputs and finds their files.
pub(super) fn read(options: &InputOptions, format: &FormatOption, quiet: bool) -> anyhow::Result<Program> {
    let mut program = Program::default();
    let mut music = None;
    for input in &options.inputs {
        match Input::of(input)? {
            Input::File if format.from.is_none() => program.extend([file_row(input.clone())]),
            Input::Folder => add_folder(&mut program, input, quiet)?,
            Input::File => {
                anyhow::bail!("{}: --from is for listings, and this is a sound file", sanitise::path(input))
            }
            Input::Listing(bytes) => {
                if music.is_none() {
                    music = Some(music::music(&options.music, quiet)?);
                }
                if let Some(found) = &mut music {
                    let text = listing(input, &bytes, format.from, &found.index)?;
                    if !add(&mut program, input, &text, found, options.strict) {
                        // A file that was to be played is not what it was when its tags were read.
                        *found = music::whole(&options.music, quiet)?;
                        add(&mut program, input, &text, found, options.strict);
                    }
                }
            }
        }
    }
    program.library = music.map(|music| music.library);
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
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes).context("standard input cannot be read")?;
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
        anyhow::ensure!(about.is_file(), "{name} is not a plain file");
        Ok(Self::Listing(std::fs::read(path).with_context(|| format!("{name} cannot be read"))?))
    }
}

fn file_row(file: PathBuf) -> Row {
    let title = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
    Row {
        number: 0,
        text: title.clone(),
        artist: None,
        title,
        status: None,
        confidence: 1.0,
        file: Some(file),
        reasons: Vec::new(),
        candidates: Vec::new(),
    }
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
        (folder, track.tags.disc, track.tags.track, track.path.clone())
    });
    program.roots.push(std::path::absolute(folder)?);
    program.extend(tracks.into_iter().map(|track| Row {
        artist: track.tags.artist.clone(),
        title: track.tags.title.clone().unwrap_or_else(|| file_row(track.path.clone()).title),
        ..file_row(track.path)
    }));
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
    let listing = listing(input, bytes, None, &music.index)?;
    add(program, input, &listing, music, strict);
    Ok(())
}

/// Adds the entries of a listing that is read; or nothing, and gives `false`, if one of the files found
/// has changed since its tags were read.
fn add(program: &mut Program, input: &Path, listing: &Listing, music: &Music, strict: bool) -> bool {
    let Music { library, index } = music;
    let report = index.match_listing(listing, library);
    let mut chosen = report.entries.iter().filter_map(|entry| entry.chosen);
    if !chosen.all(|track| library.is_current(track)) {
        return false;
    }
    let folder = input.parent().unwrap_or(Path::new(""));
    let rows = listing.entries.iter().zip(report.entries).map(|(entry, found)| {
        let row = row(entry, found, library);
        match named_file(entry, folder) {
            Some(file) => named_row(row, file),
            None if strict && row.status != Some(Status::Sure) => Row { file: None, ..row },
            None => row,
        }
    });
    program.extend(rows);
    program.title = program.title.take().or_else(|| listing.title.clone());
    program.unread.extend(listing.unread.iter().cloned());
    program.roots.extend(library.roots.iter().cloned());
    true
}

/// Reads a listing, with the library's help to tell artists from titles.
pub(super) fn listing(
    input: &Path,
    bytes: &[u8],
    from: Option<&str>,
    index: &Index,
) -> anyhow::Result<Listing> {
    let knows: &KnowsArtist<'_> = &|name| index.knows_artist(name);
    let is_stdin = input == Path::new("-");
    let hint = (!is_stdin).then(|| input.to_string_lossy());
    let name = if is_stdin { "standard input".into() } else { sanitise::path(input) };
    let read = match from {
        Some(format) => format::read_as(bytes, format, knows),
        None => format::read_with(bytes, hint.as_deref(), knows),
    };
    let listing = read.with_context(|| name.into_owned())?;
    let folder = input.parent().unwrap_or(Path::new(""));
    Ok(follow_lists(listing, (!is_stdin).then_some(input), folder))
}

fn row(entry: &Entry, found: EntryMatch, library: &Library) -> Row {
    let path = |track: usize| library.path(track);
    Row {
        number: found.number,
        text: entry.text.clone(),
        artist: found.artist,
        title: found.title,
        status: Some(found.status),
        confidence: found.confidence,
        file: found.chosen.and_then(path),
        reasons: found.reasons,
        candidates: found.candidates.iter().filter_map(|c| Some((path(c.track)?, c.confidence))).collect(),
    }
}

fn named_row(row: Row, file: PathBuf) -> Row {
    Row {
        status: Some(Status::Sure),
        confidence: 1.0,
        reasons: vec![Reason::NamedFile],
        candidates: vec![(file.clone(), 1.0)],
        file: Some(file),
        ..row
    }
}
