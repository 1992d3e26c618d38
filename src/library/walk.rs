//! Takes music folders, and what is known of them; gives the audio files and cue sheets in those that may have changed,
//! by name, size and modification time, with a worker a core.
//! Never opens a file, never gives one that is not plain (FIFOs, devices), never follows a
//! symlink round in a circle, never looks into what is hidden.

use std::collections::HashSet;
use std::fs::{self, DirEntry, Metadata};
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, SystemTime};

use super::index::{Index, State};
use super::kind::FileKind;
use super::problem::{Problem, ProblemKind};
use super::sheets::is_sheet;

/// A folder that changed this short a time before it was listed may change again within the same tick of its
/// file system's clock; the coarsest clock (FAT's) has ticks of two seconds.
const TICK: Duration = Duration::from_secs(2);

/// A file that is to be in the library.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) size: u64,
    pub(super) modified: i64,
}

/// One folder as it was listed.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) path: PathBuf,
    pub(super) state: State,
    pub(super) files: Vec<Found>,
    pub(super) problems: Vec<Problem>,
    folders: Vec<PathBuf>,
}

/// How a folder of the index stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing came, went or was renamed in it.
    Same,
    /// It must be listed.
    Doubtful,
    /// It is not there, or not to be reached.
    Gone,
}

/// How the folders of the index stand of which `asked` is true; for the others, the same.
pub(super) fn stand(index: &Index, asked: &[bool], touched: &HashSet<PathBuf>) -> Vec<Standing> {
    let look = |at: usize| {
        if !asked[at] {
            return Standing::Same;
        }
        let Some(path) = index.folder_path(at) else { return Standing::Gone };
        match fs::metadata(&path) {
            Ok(metadata) if !metadata.is_dir() => Standing::Gone,
            Ok(metadata)
                if index.folder_state(at) == Some(State::of(&metadata)) && !touched.contains(&path) =>
            {
                Standing::Same
            }
            Ok(_) => Standing::Doubtful,
            Err(_) => Standing::Gone,
        }
    };
    let count = index.folder_count();
    let share = count.div_ceil(workers()).max(256);
    let mut all: Vec<Standing> = thread::scope(|scope| {
        let starts = (0..count).step_by(share);
        let parts: Vec<_> = starts
            .map(|from| {
                let look = &look;
                scope.spawn(move || (from..count.min(from + share)).map(look).collect::<Vec<_>>())
            })
            .collect();
        parts.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
    });
    // A worker that panicked leaves its share doubtful.
    all.resize(count, Standing::Doubtful);
    for at in (0..count).filter(|at| all[*at] == Standing::Gone).collect::<Vec<_>>() {
        // It may only be closed: then the folder above says so, and must be asked again next time.
        let above = index.folder_path(at).and_then(|path| index.folder(path.parent()?));
        if let Some(above) = above.filter(|above| asked[*above] && all[*above] == Standing::Same) {
            all[above] = Standing::Doubtful;
        }
    }
    all
}

/// Lists `folders`, which lie in `roots`, and those below them for which `enters` holds; calls `seen` for
/// each, in no order.
pub(super) fn walk(
    folders: Vec<PathBuf>,
    roots: &[PathBuf],
    enters: impl Fn(&Path) -> bool + Sync,
    mut seen: impl FnMut(Listed),
) {
    let now = SystemTime::now();
    let queue = Queue { state: Mutex::new((folders, 0)), more: Condvar::new() };
    let (done, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..workers() {
            let (queue, done, enters) = (&queue, done.clone(), &enters);
            scope.spawn(move || {
                while let Some(folder) = queue.take() {
                    let listed = list(folder, roots, now);
                    queue.give(listed.folders.iter().filter(|folder| enters(folder)).cloned());
                    let _ = done.send(listed); // the other end outlives every worker
                }
            });
        }
        drop(done); // so that the results end with the last worker
        results.into_iter().for_each(&mut seen);
    });
}

fn workers() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Folders to be listed, and how many are being listed.
struct Queue {
    state: Mutex<(Vec<PathBuf>, usize)>,
    more: Condvar,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, (Vec<PathBuf>, usize)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next folder; `None` once all are listed.
    fn take(&self) -> Option<PathBuf> {
        let mut state = self.lock();
        loop {
            if let Some(folder) = state.0.pop() {
                state.1 += 1;
                return Some(folder);
            }
            if state.1 == 0 {
                return None;
            }
            state = self.more.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Says that a folder is listed, and which lie in it.
    fn give(&self, folders: impl Iterator<Item = PathBuf>) {
        let mut state = self.lock();
        state.0.extend(folders);
        state.1 -= 1;
        self.more.notify_all();
    }
}

/// One folder: what is in it, and how it stood before it was read.
fn list(path: PathBuf, roots: &[PathBuf], now: SystemTime) -> Listed {
    let mut listed = Listed {
        state: State::default(),
        path,
        files: Vec::new(),
        problems: Vec::new(),
        folders: Vec::new(),
    };
    let entries = fs::metadata(&listed.path).and_then(|metadata| {
        listed.state = State::of(&metadata);
        let old = metadata.modified().is_ok_and(|at| now.duration_since(at).is_ok_and(|age| age > TICK));
        listed.state.steady = old;
        fs::read_dir(&listed.path)
    });
    match entries {
        Ok(entries) => entries.for_each(|entry| match entry {
            Ok(entry) if is_hidden(&entry.path()) => {}
            Ok(entry) => {
                if let Err(error) = look_at(&entry, roots, &mut listed) {
                    trouble(&mut listed, entry.path(), ProblemKind::Unreadable(error));
                }
            }
            Err(error) => trouble(&mut listed, PathBuf::new(), ProblemKind::Unreadable(error)),
        }),
        Err(error) => trouble(&mut listed, PathBuf::new(), ProblemKind::Unreadable(error)),
    }
    listed
}

/// Notes a problem with something in a folder, or with itself, which must then be asked again next time.
fn trouble(listed: &mut Listed, path: PathBuf, kind: ProblemKind) {
    let path = if path.as_os_str().is_empty() { listed.path.clone() } else { path };
    listed.problems.push(Problem { path, kind });
    listed.state.steady = false;
}

fn look_at(entry: &DirEntry, roots: &[PathBuf], listed: &mut Listed) -> io::Result<()> {
    let kind = entry.file_type()?;
    let path = entry.path();
    if kind.is_dir() {
        listed.folders.push(path);
        return Ok(());
    }
    let wanted = FileKind::of(&path).is_some() || is_sheet(&path);
    // Asked of the name and the folder's listing first, so that other files cost no look at the disk.
    if !(kind.is_symlink() || (kind.is_file() && wanted)) {
        return Ok(());
    }
    // A link is followed; the listing's own entry spares the way from the root.
    let metadata = if kind.is_symlink() { fs::metadata(&path) } else { entry.metadata() }?;
    if metadata.is_dir() {
        if leads_back(&path, &metadata, roots) {
            tracing::debug!(path = %path.display(), "not followed");
        } else {
            listed.folders.push(path);
        }
    } else if metadata.is_file() && wanted {
        if metadata.len() == 0 {
            trouble(listed, path, ProblemKind::Empty);
        } else {
            listed.files.push(Found { path, size: metadata.len(), modified: modified(&metadata) });
        }
    }
    Ok(())
}

/// Whether a symlink leads to a folder above it: that folder is walked anyway.
fn leads_back(path: &Path, metadata: &Metadata, roots: &[PathBuf]) -> bool {
    let to = State::of(metadata).inode;
    let above = path.ancestors().skip(1).take_while(|above| roots.iter().any(|root| above.starts_with(root)));
    for above in above {
        if fs::metadata(above)
            .is_ok_and(|above| State::of(&above).inode == to && same_device(&above, metadata))
        {
            return true;
        }
    }
    false
}

#[cfg(unix)]
fn same_device(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    a.dev() == b.dev()
}

#[cfg(not(unix))]
fn same_device(_: &Metadata, _: &Metadata) -> bool {
    true
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

/// Nanoseconds since the Unix epoch, which suffice until the year 2262; 0 where the system has none.
pub(super) fn modified(metadata: &Metadata) -> i64 {
    let Ok(time) = metadata.modified() else { return 0 };
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanos| -nanos),
    }
}
