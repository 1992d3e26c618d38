//! Takes music folders and the place of the index; gives the [`Library`], and brings the index up
//! to date: only files whose size or modification time has changed are read.
//! Never writes into a music folder, never draws the progress it tells.

use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

use super::index::{self, Entry, by_bytes};
use super::kind::FileKind;
use super::problem::{Problem, ProblemKind, ScanError};
use super::read::{Contents, read};
use super::sheets::{self, is_sheet};
use super::track::Track;
use super::walk::{Found, modified, walk};

/// What the music folders hold. Everything is sorted by the bytes of its path.
#[derive(Debug, Default)]
pub struct Library {
    /// The folders it was made of, as absolute paths, without those that lie in another of them.
    pub roots: Vec<PathBuf>,
    /// What tonearm plays: files, and of discs in one file, by a cue sheet beside it or in it, the tracks.
    pub tracks: Vec<Track>,
    /// Audio files of kinds that tonearm does not play; good to name when a track is missed.
    pub unplayable: Vec<Track>,
    /// What could not be used as it should.
    pub problems: Vec<Problem>,
    /// How many files were read because they are new or have changed; the others were known.
    pub files_read: usize,
    /// Music folders that are not there now, as of a drive that is not plugged in.
    pub away_roots: Vec<PathBuf>,
    /// The files that tonearm would play from those folders, as the index remembers them.
    pub away: Vec<Track>,
}

/// How far a scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Audio files found so far.
    pub found: usize,
    /// Of the files that must be read, how many are.
    pub read: usize,
    /// How many files must be read; `None` until all folders are walked.
    pub to_read: Option<usize>,
}

/// Gives the audio files in `folders` and below with what their tags say. What the index knows of
/// other folders is kept for when those are asked for. A folder that is gone or empty, but of which the
/// index knows files, is away: nothing of it is forgotten.
///
/// `progress` is called at every file found and every file read, in this thread.
///
/// # Errors
/// When one of the folders is no folder, or does not exist and never did. All else that goes wrong is in
/// [`Library::problems`].
pub fn scan(
    folders: &[impl AsRef<Path>],
    index: &Path,
    mut progress: impl FnMut(Progress),
) -> Result<Library, ScanError> {
    let mut problems = Vec::new();
    let mut entries = index::load(index);
    let Folders { here: folders, away } = Folders::of(folders, &entries, &mut problems)?;
    let mut told = Progress::default();
    let found = find(&folders, &mut problems, || {
        told.found += 1;
        progress(told);
    });
    let before = entries.len();
    let changed = sort_out(found, &mut entries, |path| lies_in(path, &folders) && !lies_in(path, &away));
    let gone = before - entries.len();

    told.to_read = Some(changed.len());
    progress(told);
    let contents = read_all(changed, || {
        told.read += 1;
        progress(told);
    });
    let mut files_read = 0;
    for (found, contents) in contents {
        match contents {
            Ok(contents) => {
                files_read += 1;
                entries.push(Entry::new(found.path, found.size, found.modified, contents));
            }
            Err(error) => problems.push(Problem { path: found.path, kind: ProblemKind::Unreadable(error) }),
        }
    }
    entries.sort_unstable_by(|a, b| by_bytes(a.path(), b.path()));

    if (files_read > 0 || gone > 0)
        && let Err(error) = index::store(index, &entries)
    {
        problems.push(Problem { path: index.to_owned(), kind: ProblemKind::Index(error) });
    }
    let remembered = entries.extract_if(.., |entry| lies_in(entry.path(), &away)).collect();
    let remembered = library(remembered, Vec::new(), 0).tracks;
    entries.retain(|entry| lies_in(entry.path(), &folders));
    let library = library(entries, problems, files_read);
    Ok(Library { roots: folders, away_roots: away, away: remembered, ..library })
}

/// The music folders as absolute paths, without those that lie in another of them.
struct Folders {
    here: Vec<PathBuf>,
    away: Vec<PathBuf>,
}

impl Folders {
    fn of(
        folders: &[impl AsRef<Path>],
        known: &[Entry],
        problems: &mut Vec<Problem>,
    ) -> Result<Self, ScanError> {
        let is_known = |folder: &Path| known.iter().any(|entry| entry.path().starts_with(folder));
        let (mut here, mut away) = (Vec::new(), Vec::new());
        for folder in folders.iter().map(AsRef::as_ref) {
            match absolute(folder) {
                // What a drive is mounted on stays, empty, when the drive goes.
                Ok(path) if is_empty(&path) && is_known(&path) => away.push(path),
                Ok(path) => here.push(path),
                Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                    return Err(ScanError::NotAFolder { folder: folder.to_owned() });
                }
                Err(error) => match std::path::absolute(folder) {
                    Ok(path) if is_known(&path) => away.push(path),
                    _ if error.kind() == io::ErrorKind::NotFound => {
                        return Err(ScanError::Missing { folder: folder.to_owned() });
                    }
                    _ => {
                        let kind = ProblemKind::Unreadable(error);
                        problems.push(Problem { path: folder.to_owned(), kind });
                    }
                },
            }
        }
        // A folder stands before all that lie in it.
        for folders in [&mut here, &mut away] {
            folders.sort_unstable();
            folders.dedup_by(|inner, outer| inner.starts_with(outer));
        }
        Ok(Self { here, away })
    }
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

/// An existing folder's absolute path, symlinks kept as the user wrote them, unless a `..` makes
/// it ambiguous where they lead.
fn absolute(folder: &Path) -> io::Result<PathBuf> {
    if !folder.metadata()?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    if folder.components().any(|part| part == std::path::Component::ParentDir) {
        return folder.canonicalize();
    }
    std::path::absolute(folder)
}

/// The audio files in the folders, sorted; an empty one is a problem instead.
fn find(folders: &[PathBuf], problems: &mut Vec<Problem>, mut one_more: impl FnMut()) -> Vec<Found> {
    let mut files = Vec::new();
    let mut empty = Vec::new();
    for folder in folders {
        walk(folder, problems, |found| {
            let kept = if found.size > 0 { &mut files } else { &mut empty };
            kept.push(found);
            one_more();
        });
    }
    problems.extend(empty.into_iter().map(|found| Problem { path: found.path, kind: ProblemKind::Empty }));
    files.sort_unstable_by(|a, b| by_bytes(&a.path, &b.path));
    files
}

/// Leaves in `entries` what still holds and what was not looked for; gives the files that must
/// be read. Both lists are sorted, so that one walk along them suffices.
fn sort_out(
    found: Vec<Found>,
    entries: &mut Vec<Entry>,
    is_looked_for: impl Fn(&Path) -> bool,
) -> Vec<Found> {
    let mut changed = Vec::new();
    let mut files = found.into_iter().peekable();
    entries.retain(|entry| {
        while let Some(new) = files.next_if(|file| by_bytes(&file.path, entry.path()).is_lt()) {
            changed.push(new);
        }
        match files.next_if(|file| file.path.as_os_str() == entry.path().as_os_str()) {
            Some(file) if entry.is_current(file.size, file.modified) => true,
            Some(file) => {
                changed.push(file);
                false
            }
            None => !is_looked_for(entry.path()),
        }
    });
    changed.extend(files);
    changed
}

fn lies_in(path: &Path, folders: &[PathBuf]) -> bool {
    folders.iter().any(|folder| path.starts_with(folder))
}

/// Reads the files with a worker a core; gives them in the order in which they are done.
fn read_all(files: Vec<Found>, mut one_more: impl FnMut()) -> Vec<(Found, io::Result<Contents>)> {
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(files.len());
    let waiting = Mutex::new(files.into_iter());
    let (done, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..workers {
            let (waiting, done) = (&waiting, done.clone());
            scope.spawn(move || {
                while let Some(file) = take_one(waiting) {
                    let contents = read(&file.path);
                    let _ = done.send((file, contents)); // the other end outlives every worker
                }
            });
        }
        drop(done); // so that the results end with the last worker
        results.into_iter().inspect(|_| one_more()).collect()
    })
}

/// The tracks that a sound file carries a cue sheet of; none for a file that is one track.
pub fn tracks_inside(file: &Path) -> Vec<Track> {
    // A FIFO would be waited for.
    let contents = file.is_file().then(|| read(file).ok()).flatten();
    let Some(mut contents) = contents else { return Vec::new() };
    let Some(text) = contents.sheet.take() else { return Vec::new() };
    let whole = Entry::new(file.to_owned(), 0, 0, contents).into_track();
    let mut tracks = sheets::put_tracks(vec![whole], vec![sheets::Found { path: file.to_owned(), text }]);
    tracks.retain(|track| track.span.is_some());
    tracks
}

fn take_one(waiting: &Mutex<impl Iterator<Item = Found>>) -> Option<Found> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).next()
}

fn library(entries: Vec<Entry>, mut problems: Vec<Problem>, files_read: usize) -> Library {
    let mut library = Library { files_read, tracks: Vec::with_capacity(entries.len()), ..Library::default() };
    let mut sheets = Vec::new();
    for mut entry in entries {
        if let Some(text) = entry.contents.sheet.take() {
            sheets.push(sheets::Found { path: entry.path().to_owned(), text });
        }
        if is_sheet(entry.path()) {
            continue;
        }
        if let Some(reason) = entry.contents.damage.take() {
            problems.push(Problem { path: entry.path().to_owned(), kind: ProblemKind::Tags(reason) });
        }
        match FileKind::of(entry.path()) {
            Some(FileKind::Playable) => library.tracks.push(entry.into_track()),
            _ => library.unplayable.push(entry.into_track()),
        }
    }
    library.tracks = sheets::put_tracks(library.tracks, sheets);
    problems.sort_by(|a, b| by_bytes(&a.path, &b.path));
    library.problems = problems;
    library
}

/// One plain file with what its tags say, whether it lies in a music folder or not.
///
/// # Errors
/// When it cannot be read, or is no plain file.
pub fn track_of(path: &Path) -> io::Result<Track> {
    let about = path.metadata()?;
    if !about.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let entry = Entry::new(std::path::absolute(path)?, about.len(), modified(&about), read(path)?);
    Ok(entry.into_track())
}
