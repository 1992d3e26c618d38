//! Takes music folders and the index of them; keeps the index up to date while files come, go and change, and
//! says so each time.
//! Never wakes while nothing changes, never holds the tracks between two changes, never scans on its own.
//!
//! The kernel tells of each folder by a number (inotify). There may be tens of thousands of them, for as long as the music
//! plays: what is kept of each is its place in the index, four bytes, and its path is read there when it is told of. What
//! is told is collected until nothing was for half a second: an album that is copied is one change. Where the kernel allows
//! no more watches, the folders are looked at once a minute instead. That a whole music folder goes or comes back, as with
//! a drive, is told by the folder above it and by the list of what is mounted.

use std::collections::HashSet;
use std::io::{self, PipeWriter};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};

use super::index::Folders;
use super::problem::ScanError;
use super::roots::Roots;
use super::scan::{open_touched, scan};
use super::shelf::{Library, Seen};

/// So long nothing must have been told of before what was is looked at ...
const QUIET: Duration = Duration::from_millis(500);
/// ... but no longer than this is waited for it.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often the folders are looked at where they cannot all be watched.
const ROUND: Duration = Duration::from_secs(60);

/// What a file or folder of interest does. A file that is written to counts once it is closed.
const OF_INTEREST: WatchFlags = WatchFlags::CREATE
    .union(WatchFlags::DELETE)
    .union(WatchFlags::MOVE)
    .union(WatchFlags::CLOSE_WRITE)
    .union(WatchFlags::ONLYDIR);

/// What happens to a music folder as a whole. A folder above may lie in another music folder, and be watched for more.
const ABOVE: WatchFlags = WatchFlags::CREATE
    .union(WatchFlags::DELETE)
    .union(WatchFlags::MOVE)
    .union(WatchFlags::ONLYDIR)
    .union(WatchFlags::MASK_ADD);

/// A watch over music folders, in a thread of its own, until it is dropped.
#[derive(Debug)]
pub struct Watch {
    /// Closed to end the thread.
    end: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Watches the folders of `library`, and calls `changed` with the new state of it, in the watching thread,
    /// after files came, went or changed; the index at `index` is up to date then.
    ///
    /// # Errors
    /// When the system has no means to watch, or no more threads.
    pub fn start(
        library: &Library,
        index: PathBuf,
        changed: impl FnMut(&Library) + Send + 'static,
    ) -> io::Result<Self> {
        let (ended, end) = io::pipe()?;
        let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        let roots = Roots::of([library.roots.as_slice(), &library.away_roots].concat());
        let seen = library.seen();
        let mut post = Post { inotify, roots, index, watched: Watched::default(), seen, all: true };
        post.watch(library);
        let thread = std::thread::Builder::new()
            .name("watch".into())
            .spawn(move || post.stand(&ended.into(), changed))?;
        Ok(Self { end: Some(end), thread: Some(thread) })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // a panic of the callback has been printed
        }
    }
}

/// Folders by the kernel's numbers.
#[derive(Debug, Default)]
struct Watched {
    folders: Folders,
    /// By number: the folder's place among them, or [`NONE`].
    places: Vec<u32>,
}

/// No folder is watched by that number.
const NONE: u32 = u32::MAX;

impl Watched {
    fn set(&mut self, number: i32, place: u32) {
        let Ok(number) = usize::try_from(number) else { return };
        if self.places.len() <= number {
            self.places.resize(number + 1, NONE);
        }
        self.places[number] = place;
    }

    fn has(&self, number: i32) -> bool {
        let place = usize::try_from(number).ok().and_then(|number| self.places.get(number));
        place.is_some_and(|place| *place != NONE)
    }

    fn path(&self, number: i32) -> Option<PathBuf> {
        let place = *self.places.get(usize::try_from(number).ok()?)?;
        self.folders.path(place as usize).filter(|_| place != NONE)
    }
}

/// What was told.
#[derive(Debug, Default)]
struct Told {
    touched: HashSet<PathBuf>,
    /// More happened than the kernel could tell of.
    overflow: bool,
}

impl Told {
    fn is_nothing(&self) -> bool {
        self.touched.is_empty() && !self.overflow
    }
}

/// Who stands watch.
struct Post {
    inotify: OwnedFd,
    roots: Roots,
    index: PathBuf,
    watched: Watched,
    /// The library as it was told of last.
    seen: Seen,
    /// All folders are watched.
    all: bool,
}

impl Post {
    /// Watches all folders; one that is watched already stays so. Gives whether there was one that was not.
    fn watch(&mut self, library: &Library) -> bool {
        // Whatever comes and goes there: the folders themselves tell what is of interest.
        for above in self.roots.above() {
            let _ = inotify::add_watch(&self.inotify, above, ABOVE);
        }
        let mut any_new = false;
        let (places, folders) = library.folders();
        let mut watched = Watched { folders: folders.alone(), ..Watched::default() };
        self.all = true;
        for place in places {
            let Some(path) = folders.path(place as usize) else { continue };
            match inotify::add_watch(&self.inotify, &path, OF_INTEREST) {
                Ok(number) => {
                    any_new |= !self.watched.has(number);
                    watched.set(number, place);
                }
                Err(error) if error == rustix::io::Errno::NOSPC || error == rustix::io::Errno::NOMEM => {
                    tracing::info!("not all music folders can be watched; they are looked at once a minute");
                    self.all = false;
                    break;
                }
                // It is gone again, or closed: then the folder above tells when that changes.
                Err(error) => tracing::debug!(path = %path.display(), %error, "not watched"),
            }
        }
        watched.places.shrink_to_fit();
        watched.folders.rest();
        self.watched = watched;
        any_new
    }

    fn stand(mut self, ended: &OwnedFd, mut changed: impl FnMut(&Library)) {
        let mut again = false;
        loop {
            let wait = match (again, self.all) {
                (true, _) => Some(QUIET),
                (false, true) => None,
                (false, false) => Some(ROUND),
            };
            if !self.wait(ended, wait) {
                return;
            }
            let Some(told) = self.collect(ended) else { return };
            let is_round = again || !self.all;
            if !self.roots.have_changed() && told.is_nothing() && !is_round {
                continue; // a folder that was removed tells that its watch is over
            }
            again = false;
            match self.look(&told) {
                Ok(mut library) => {
                    // What came into a new folder before it was watched was told by nobody.
                    again = self.watch(&library);
                    library.compare(&self.seen);
                    self.seen = library.seen();
                    changed(&library);
                }
                Err(error) => tracing::debug!(%error, "the music folders cannot be looked at"),
            }
        }
    }

    fn look(&self, told: &Told) -> Result<Library, ScanError> {
        if told.overflow {
            return scan(self.roots.paths(), &self.index, |_| {});
        }
        open_touched(self.roots.paths(), &self.index, &told.touched, |_| {})
    }

    /// Waits until something is told, or for `time`; `false` when the watch is over.
    fn wait(&self, ended: &OwnedFd, time: Option<Duration>) -> bool {
        let time = time.and_then(|time| Timespec::try_from(time).ok());
        let mut all = vec![
            PollFd::from_borrowed_fd(self.inotify.as_fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(ended.as_fd(), PollFlags::IN),
        ];
        all.extend(self.roots.mounts().map(|mounts| PollFd::from_borrowed_fd(mounts, PollFlags::PRI)));
        match poll(&mut all, time.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => all[1].revents().is_empty(),
            Err(_) => false,
        }
    }

    /// What is told until there is quiet; `None` when the watch is over.
    fn collect(&self, ended: &OwnedFd) -> Option<Told> {
        let (start, mut told) = (Instant::now(), Told::default());
        while self.read(&mut told) && start.elapsed() < PATIENCE {
            if !self.wait(ended, Some(QUIET)) {
                return None;
            }
        }
        Some(told)
    }

    /// Reads what the kernel has to tell; whether that was anything.
    fn read(&self, told: &mut Told) -> bool {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = Reader::new(&self.inotify, &mut buffer);
        let mut any = false;
        while let Ok(event) = reader.next() {
            any = true;
            told.overflow |= event.events().contains(ReadFlags::QUEUE_OVERFLOW);
            if !event.events().contains(ReadFlags::IGNORED) {
                told.touched.extend(self.watched.path(event.wd()));
            }
        }
        any
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;

    use super::*;

    #[test]
    fn a_watched_folder_is_four_bytes_beside_the_index() {
        let folder = tempfile::tempdir().unwrap();
        let (music, index) = (folder.path().join("music"), folder.path().join("library.idx"));
        let mut wanted = vec![music.clone()];
        wanted.extend((0..100).map(|n| music.join(format!("an artist {n}/an album of many words {n}"))));
        wanted.extend((0..100).map(|n| music.join(format!("an artist {n}"))));
        wanted.iter().for_each(|folder| fs::create_dir_all(folder).unwrap());
        let library = scan(&[&music], &index, |_| {}).unwrap();
        let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).unwrap();
        let (roots, seen) = (Roots::of(vec![music]), library.seen());
        let mut post = Post { inotify, roots, index, watched: Watched::default(), seen, all: true };
        assert!(post.watch(&library));
        let Watched { folders, places } = &post.watched;
        // The kernel counts from 1, and counts the folders above.
        assert!(places.capacity() <= wanted.len() + 8);
        let most = places.len() as i32;
        let (mut all, kept) = library.folders();
        assert!(
            all.all(|at| std::ptr::eq(folders.bytes(at as usize).unwrap(), kept.bytes(at as usize).unwrap()))
        );
        drop(library);
        let mut found: Vec<PathBuf> = (0..=most).filter_map(|number| post.watched.path(number)).collect();
        wanted.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, wanted);
        assert!(post.watched.path(-1).is_none() && post.watched.path(most).is_none());
    }
}
