//! Takes music folders and the place of the index; gives the [`Library`], and brings the index up
//! to date: only files whose size or modification time has changed are read.
//! Never writes into a music folder, never draws the progress it tells.
//!
//! There are two ways to see what has changed. [`scan`] looks at every file. [`open`] looks at the folders
//! only, which tell whether a file came, went or was renamed in them: for 100,000 files in 11,000 folders that is
//! a tenth of the looks at the disk. A file that was written into without that is seen by [`scan`] alone;
//! [`Library::is_current`] says of a single file whether that has happened to it.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

use super::discs::{File, discs};
use super::index::{Index, State, by_bytes, whole};
use super::maker::Maker;
use super::problem::{Problem, ProblemKind, ScanError};
use super::read::{Contents, read};
use super::sheets;
use super::shelf::Library;
use super::track::Track;
use super::walk::{Found, Listed, Standing, modified, stand, walk};

/// Folders whose state may be out of date in the index before it is written for their sake alone.
const STALE: usize = 50;

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
    progress: impl FnMut(Progress),
) -> Result<Library, ScanError> {
    let old = Index::open(index);
    let old = if old.is_whole() { old } else { Index::default() };
    let mut scan = Scan::new(folders, index, old, progress)?;
    let asked = scan.asked().into_iter();
    let standing = asked.map(|asked| if asked { Standing::Doubtful } else { Standing::Same });
    Ok(scan.update(standing.collect(), true))
}

/// The same by a look at the folders only: a file that was changed in place is as it was when it was read.
///
/// # Errors
/// As for [`scan`].
pub fn open(
    folders: &[impl AsRef<Path>],
    index: &Path,
    progress: impl FnMut(Progress),
) -> Result<Library, ScanError> {
    open_touched(folders, index, &HashSet::new(), progress)
}

/// The same; the folders in `touched` are looked into though they may look the same.
pub(super) fn open_touched(
    folders: &[impl AsRef<Path>],
    index: &Path,
    touched: &HashSet<PathBuf>,
    progress: impl FnMut(Progress),
) -> Result<Library, ScanError> {
    let mut scan = Scan::new(folders, index, Index::open(index), progress)?;
    let standing = stand(&scan.old, &scan.asked(), touched);
    Ok(scan.update(standing, false))
}

/// A scan at work.
struct Scan<'a, P> {
    folders: Vec<PathBuf>,
    away: Vec<PathBuf>,
    index: &'a Path,
    old: Index,
    problems: Vec<Problem>,
    progress: P,
    told: Progress,
}

impl<'a, P: FnMut(Progress)> Scan<'a, P> {
    fn new(
        folders: &[impl AsRef<Path>],
        index: &'a Path,
        old: Index,
        progress: P,
    ) -> Result<Self, ScanError> {
        let mut problems = Vec::new();
        let Folders { here, away } = Folders::of(folders, &old, &mut problems)?;
        Ok(Self { folders: here, away, index, old, problems, progress, told: Progress::default() })
    }

    /// Which folders of the index are asked for and there.
    fn asked(&self) -> Vec<bool> {
        let here = self.old.folders_in(&self.folders);
        let away = self.old.folders_in(&self.away);
        here.into_iter().zip(away).map(|(here, away)| here && !away).collect()
    }

    fn update(&mut self, standing: Vec<Standing>, whole: bool) -> Library {
        let problems_before = self.problems.len();
        let listed = self.list(&standing, whole);
        let mut states: Vec<(PathBuf, State)> = Vec::with_capacity(listed.len());
        let mut found = Vec::new();
        for Listed { path, state, files, problems, .. } in listed {
            self.problems.extend(problems);
            found.extend(files);
            states.push((path, state));
        }
        found.sort_unstable_by(|a, b| by_bytes(&a.path, &b.path));
        states.sort_unstable_by(|a, b| by_bytes(&a.0, &b.0));
        let (gone, to_read) = self.compare(found, &standing);
        let (read, files_read) = self.read(to_read, &mut states);
        let files_changed = files_read > 0 || !gone.is_empty();
        if files_changed || self.stale(&states, &standing) {
            // Nothing that is damaged goes on into an index that says it is whole.
            if !self.old.is_whole() {
                self.problems.truncate(problems_before);
                (self.old, self.told) = (Index::default(), Progress::default());
                return self.update(Vec::new(), true);
            }
            self.write(&gone, read, states, &standing);
        }
        let (folders, away) = (std::mem::take(&mut self.folders), std::mem::take(&mut self.away));
        let (old, problems) = (std::mem::take(&mut self.old), std::mem::take(&mut self.problems));
        Library::of(old, (folders, away), problems, files_read)
    }

    /// Lists what must be listed.
    fn list(&mut self, standing: &[Standing], whole: bool) -> Vec<Listed> {
        let old = &self.old;
        let known = |folder: &Path| !whole && old.folder(folder).is_some();
        let mut first: Vec<PathBuf> = self.folders.iter().filter(|folder| !known(folder)).cloned().collect();
        if !whole {
            let doubtful =
                standing.iter().enumerate().filter(|(_, standing)| **standing == Standing::Doubtful);
            first.extend(doubtful.filter_map(|(at, _)| old.folder_path(at)));
        }
        let mut listed = Vec::new();
        if first.is_empty() {
            return listed;
        }
        let (told, progress) = (&mut self.told, &mut self.progress);
        // A folder that was gone and is back was missed by nobody: it is entered.
        let enters = |folder: &Path| {
            let known = if whole { None } else { old.folder(folder) };
            known.is_none_or(|at| standing.get(at) == Some(&Standing::Gone))
        };
        walk(first, &self.folders, enters, |folder| {
            for _ in &folder.files {
                told.found += 1;
                progress(*told);
            }
            listed.push(folder);
        });
        listed
    }

    /// The old files that no longer hold, ascending, and the files that must be read. Only files in folders
    /// that are not the same can be either. All lists are in the order of the paths.
    fn compare(&self, found: Vec<Found>, standing: &[Standing]) -> (Vec<usize>, Vec<Found>) {
        let (mut gone, mut changed) = (Vec::new(), Vec::new());
        if found.is_empty() && standing.iter().all(|standing| *standing == Standing::Same) {
            return (gone, changed);
        }
        let mut files = found.into_iter().peekable();
        let mut path = Vec::new();
        let bytes = |file: &Found, path: &[u8]| file.path.as_os_str().as_encoded_bytes().cmp(path);
        for (at, record) in self.old.records().enumerate().filter(|(_, record)| !record.is_part()) {
            if standing.get(record.folder as usize) == Some(&Standing::Same) {
                continue;
            }
            if self.old.path_bytes(at, &mut path).is_none() {
                gone.push(at);
                continue;
            }
            while let Some(new) = files.next_if(|file| bytes(file, &path) == Ordering::Less) {
                changed.push(new);
            }
            match files.next_if(|file| bytes(file, &path) == Ordering::Equal) {
                Some(file) if (file.size, file.modified) == (record.size, record.modified) => {}
                Some(file) => {
                    gone.push(at);
                    changed.push(file);
                }
                None => gone.push(at),
            }
        }
        changed.extend(files);
        (gone, changed)
    }

    /// Reads files; those that cannot be are problems, and their folders not steady. Gives the others in order.
    fn read(
        &mut self,
        to_read: Vec<Found>,
        states: &mut [(PathBuf, State)],
    ) -> (Vec<(Found, Contents)>, usize) {
        self.told.to_read = Some(to_read.len());
        (self.progress)(self.told);
        let mut read = Vec::with_capacity(to_read.len());
        for (found, contents) in read_all(to_read, || {
            self.told.read += 1;
            (self.progress)(self.told);
        }) {
            match contents {
                Ok(contents) => read.push((found, contents)),
                Err(error) => {
                    let folder = found.path.parent().unwrap_or(Path::new(""));
                    if let Ok(at) = states.binary_search_by(|(path, _)| by_bytes(path, folder)) {
                        states[at].1.steady = false;
                    }
                    self.problems.push(Problem { path: found.path, kind: ProblemKind::Unreadable(error) });
                }
            }
        }
        read.sort_unstable_by(|(a, _), (b, _)| by_bytes(&a.path, &b.path));
        let count = read.len();
        (read, count)
    }

    /// Whether the index says of so many folders what is no longer so that it is worth writing.
    fn stale(&self, states: &[(PathBuf, State)], standing: &[Standing]) -> bool {
        if self.old.folder_count() == 0 {
            return !states.is_empty();
        }
        let mut stale = standing.iter().filter(|standing| **standing == Standing::Gone).count();
        for (path, state) in states {
            let known = self.old.folder(path).and_then(|at| self.old.folder_state(at));
            // What was not steady and still is not is looked into again either way.
            stale += usize::from(known.is_none_or(|known| known != *state && (known.steady || state.steady)));
        }
        stale > STALE
    }

    /// Writes the index anew and opens it.
    fn write(
        &mut self,
        gone: &[usize],
        read: Vec<(Found, Contents)>,
        states: Vec<(PathBuf, State)>,
        standing: &[Standing],
    ) {
        let mut maker = Maker::default();
        let mut numbers = vec![u32::MAX; self.old.folder_count()];
        let mut new_numbers = Vec::with_capacity(states.len());
        let mut states = states.into_iter().peekable();
        let mut add_new = |maker: &mut Maker, (path, state): (PathBuf, State)| {
            let number = maker.folder(path.as_os_str().as_encoded_bytes(), state);
            new_numbers.push((path, number));
            number
        };
        for (at, number) in numbers.iter_mut().enumerate() {
            let Some(path) = self.old.folder_bytes(at) else { continue };
            while let Some(new) = states.next_if(|(new, _)| new.as_os_str().as_encoded_bytes() < path) {
                add_new(&mut maker, new);
            }
            if let Some(again) = states.next_if(|(new, _)| new.as_os_str().as_encoded_bytes() == path) {
                *number = add_new(&mut maker, again);
            } else if let (Some(Standing::Same), Some(state)) = (standing.get(at), self.old.folder_state(at))
            {
                *number = maker.folder(path, state);
            }
        }
        states.for_each(|new| {
            add_new(&mut maker, new);
        });
        let files: Vec<File> = self.merged(gone, read).collect();
        let discs = discs(&self.old, &files);
        for file in files {
            let path = match &file {
                _ if discs.is_empty() => None,
                File::Old(at) => self.old.path(*at),
                File::New(read) => Some(read.0.path.clone()),
            };
            let parts = path.and_then(|path| discs.get(&path)).map(Vec::as_slice).unwrap_or_default();
            let has_parts = !parts.is_empty();
            let (added, folder) = match file {
                File::Old(at) => {
                    let folder = self.old.record(at).and_then(|record| numbers.get(record.folder as usize));
                    let folder = folder.copied().unwrap_or(u32::MAX);
                    maker.keep(&self.old, at, folder, has_parts);
                    (Ok(()), folder)
                }
                File::New(read) => {
                    let (found, contents) = *read;
                    let folder = found.path.parent().unwrap_or(Path::new(""));
                    let number = new_numbers.binary_search_by(|(path, _)| by_bytes(path, folder));
                    let number = number.map_or(u32::MAX, |at| new_numbers[at].1);
                    let about = (found.size, found.modified);
                    (maker.add(&found.path, about, &contents, number, has_parts), number)
                }
            };
            let added = added.and_then(|()| parts.iter().try_for_each(|part| maker.part(part, folder)));
            if let Err(error) = added {
                let path = self.index.to_owned();
                tracing::warn!(path = %path.display(), %error, "a file could not be put into the index");
            }
        }
        let (index, written) = maker.store(self.index);
        self.old = index;
        if let Err(error) = written {
            self.problems.push(Problem { path: self.index.to_owned(), kind: ProblemKind::Index(error) });
        }
    }

    /// The files of the new index in the order of their paths.
    fn merged(&self, gone: &[usize], read: Vec<(Found, Contents)>) -> impl Iterator<Item = File> {
        let mut gone = gone.iter().copied().peekable();
        let is_file = |at: &usize| self.old.record(*at).is_some_and(|record| !record.is_part());
        let files = (0..self.old.len()).filter(is_file);
        let mut old = files.filter(move |at| gone.next_if_eq(at).is_none()).peekable();
        let mut new = read.into_iter().peekable();
        let mut path = Vec::new();
        std::iter::from_fn(move || {
            let first = match (old.peek(), new.peek()) {
                (Some(at), Some((found, _))) => {
                    let known = self.old.path_bytes(*at, &mut path);
                    known.is_some() && *path < *found.path.as_os_str().as_encoded_bytes()
                }
                (known, _) => known.is_some(),
            };
            if first { old.next().map(File::Old) } else { new.next().map(|read| File::New(Box::new(read))) }
        })
    }
}

/// The music folders as absolute paths, without those that lie in another of them.
struct Folders {
    here: Vec<PathBuf>,
    away: Vec<PathBuf>,
}

impl Folders {
    fn of(
        folders: &[impl AsRef<Path>],
        known: &Index,
        problems: &mut Vec<Problem>,
    ) -> Result<Self, ScanError> {
        let (mut here, mut away) = (Vec::new(), Vec::new());
        for folder in folders.iter().map(AsRef::as_ref) {
            match absolute(folder) {
                // What a drive is mounted on stays, empty, when the drive goes.
                Ok(path) if is_empty(&path) && is_known(known, &path) => away.push(path),
                Ok(path) => here.push(path),
                Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                    return Err(ScanError::NotAFolder { folder: folder.to_owned() });
                }
                Err(error) => match plain(folder) {
                    Ok(path) if is_known(known, &path) => away.push(path),
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

/// Whether the index has files in a folder or below it.
fn is_known(index: &Index, folder: &Path) -> bool {
    let inside = index.folders_in(&[folder.to_owned()]);
    inside.contains(&true)
        && index.records().any(|record| inside.get(record.folder as usize).copied().unwrap_or(false))
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
    plain(folder)
}

/// Without the "/" at the end and the "." between that people may write: paths are compared as bytes.
fn plain(folder: &Path) -> io::Result<PathBuf> {
    std::path::absolute(folder).map(|path| path.components().collect())
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

fn take_one(waiting: &Mutex<impl Iterator<Item = Found>>) -> Option<Found> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).next()
}

/// A sound file as its tracks: those of the cue sheet that it carries, else itself with what its tags say; none where it
/// cannot be read.
pub fn tracks_inside(file: &Path) -> Vec<Track> {
    // A FIFO would be waited for.
    let contents = file.is_file().then(|| read(file).ok()).flatten();
    let Some(mut contents) = contents else { return Vec::new() };
    let sheet = contents.sheet.take();
    let whole = whole(file.to_owned(), (0, 0), contents);
    let Some(text) = sheet else { return vec![whole] };
    let mut tracks =
        sheets::put_tracks(vec![whole.clone()], vec![sheets::Found { path: file.to_owned(), text }]);
    tracks.retain(|track| track.span.is_some());
    if tracks.is_empty() { vec![whole] } else { tracks }
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
    Ok(whole(std::path::absolute(path)?, (about.len(), modified(&about)), read(path)?))
}
