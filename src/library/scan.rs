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

use super::index::{Index, Maker, State, by_bytes};
use super::problem::{Problem, ProblemKind, ScanError};
use super::read::{Contents, read};
use super::shelf::Library;
use super::walk::{Found, Listed, Standing, stand, walk};

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
/// other folders is kept for when those are asked for.
///
/// `progress` is called at every file found and every file read, in this thread.
///
/// # Errors
/// When one of the folders does not exist or is no folder. All else that goes wrong is in
/// [`Library::problems`].
pub fn scan(
    folders: &[impl AsRef<Path>],
    index: &Path,
    progress: impl FnMut(Progress),
) -> Result<Library, ScanError> {
    let mut problems = Vec::new();
    let folders = reachable(folders, &mut problems)?;
    let old = Index::open(index);
    let old = if old.is_whole() { old } else { Index::default() };
    let mut scan = Scan { folders, index, old, problems, progress, told: Progress::default() };
    let asked = scan.old.folders_in(&scan.folders).into_iter();
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
    let mut problems = Vec::new();
    let folders = reachable(folders, &mut problems)?;
    let mut scan =
        Scan { folders, index, old: Index::open(index), problems, progress, told: Progress::default() };
    let standing = stand(&scan.old, &scan.old.folders_in(&scan.folders), touched);
    Ok(scan.update(standing, false))
}

/// A scan at work.
struct Scan<'a, P> {
    folders: Vec<PathBuf>,
    index: &'a Path,
    old: Index,
    problems: Vec<Problem>,
    progress: P,
    told: Progress,
}

/// A file of the new index: one of the old, or one that was read.
enum File {
    Old(usize),
    New(Box<(Found, Contents)>),
}

impl<P: FnMut(Progress)> Scan<'_, P> {
    fn update(&mut self, standing: Vec<Standing>, whole: bool) -> Library {
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
            self.write(&gone, read, states, &standing);
        }
        let (folders, problems) = (std::mem::take(&mut self.folders), std::mem::take(&mut self.problems));
        Library::of(std::mem::take(&mut self.old), folders, problems, files_read)
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
        for (at, record) in self.old.records().enumerate() {
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
        for file in self.merged(gone, read) {
            let added = match file {
                File::Old(at) => {
                    let folder = self.old.record(at).and_then(|record| numbers.get(record.folder as usize));
                    maker.keep(&self.old, at, folder.copied().unwrap_or(u32::MAX));
                    Ok(())
                }
                File::New(read) => {
                    let (found, contents) = *read;
                    let folder = found.path.parent().unwrap_or(Path::new(""));
                    let number = new_numbers.binary_search_by(|(path, _)| by_bytes(path, folder));
                    let number = number.map_or(u32::MAX, |at| new_numbers[at].1);
                    maker.add(&found.path, (found.size, found.modified), &contents, number)
                }
            };
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
        let mut old = (0..self.old.len()).filter(move |at| gone.next_if_eq(at).is_none()).peekable();
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

/// The folders as absolute paths, without those that lie in another of them.
fn reachable(folders: &[impl AsRef<Path>], problems: &mut Vec<Problem>) -> Result<Vec<PathBuf>, ScanError> {
    let mut reachable: Vec<PathBuf> = Vec::new();
    for folder in folders.iter().map(AsRef::as_ref) {
        match absolute(folder) {
            Ok(path) => reachable.push(path),
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound => return Err(ScanError::Missing { folder: folder.to_owned() }),
                io::ErrorKind::NotADirectory => {
                    return Err(ScanError::NotAFolder { folder: folder.to_owned() });
                }
                _ => problems.push(Problem { path: folder.to_owned(), kind: ProblemKind::Unreadable(error) }),
            },
        }
    }
    // A folder stands before all that lie in it.
    reachable.sort_unstable();
    reachable.dedup_by(|inner, outer| inner.starts_with(outer));
    Ok(reachable)
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
    // Without the "/" at the end and the "." between that people may write: paths are compared as bytes.
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
