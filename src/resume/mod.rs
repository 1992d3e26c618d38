//! Takes how a queue stands; gives it back when the same listing is played again, after an end, a kill or
//! a power cut, and fits it to a listing that was edited meanwhile.
//! Never stops the music because something could not be kept, and never plays anything.
//!
//! Each listing has two files in the state folder: the whole (items, order, modes), and its spot (where in
//! the track), which is written every few seconds and counts only for the whole that it names. Both are
//! written as files that are there or not: a kill at any moment leaves the ones before.

mod edited;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

use serde::{Deserialize, Serialize};

use crate::paths;
use crate::player::{Bookmark, Item, Kept, Origin, Spot};

pub use edited::{Resumed, Row};

/// As many listings are remembered; those played longest ago are forgotten.
const LISTINGS: usize = 500;

/// The folder of what is kept.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

/// How a listing was left.
#[derive(Debug, Clone, PartialEq)]
pub struct Left {
    /// The listing as it was then.
    pub origin: Origin,
    /// What was in the queue.
    pub items: Vec<Arc<Item>>,
    /// Where it was.
    pub bookmark: Bookmark,
}

/// The whole, as it is written.
#[derive(Debug, Deserialize)]
struct Written {
    version: u32,
    /// Its spot names it by this.
    turn: u64,
    origin: Origin,
    /// Left out where it is the same as the listing.
    #[serde(default)]
    queue: Option<Vec<Item>>,
    bookmark: Bookmark,
}

/// The same while it is written: nothing of it is copied for that.
#[derive(Debug, Serialize)]
struct Writing<'a> {
    version: u32,
    turn: u64,
    origin: &'a Origin,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<Vec<&'a Item>>,
    bookmark: Bookmark,
}

#[derive(Debug, Deserialize, Serialize)]
struct WrittenSpot {
    turn: u64,
    spot: Spot,
}

/// Of the shape above. Another number is another program's, and is not read.
const VERSION: u32 = 1;

impl Store {
    /// What is kept below the state folder. Nothing is made until something is kept.
    pub fn new(state: &Path) -> Self {
        Self { folder: state.join("resume") }
    }

    /// How these inputs were left; `None` where they never were, or where that cannot be read.
    pub fn load(&self, origin: &Origin) -> Option<Left> {
        let whole = fs::read(self.whole(origin)).ok()?;
        let written: Written = serde_json::from_slice(&whole)
            .inspect_err(|error| tracing::warn!("where it was cannot be read: {error}"))
            .ok()
            .filter(|written: &Written| written.version == VERSION && written.origin.is_same(origin))?;
        let mut bookmark = written.bookmark;
        let spot = fs::read(self.spot(origin)).ok();
        let spot: Option<WrittenSpot> = spot.and_then(|spot| serde_json::from_slice(&spot).ok());
        if let Some(WrittenSpot { spot, .. }) = spot.filter(|spot| spot.turn == written.turn) {
            set(&mut bookmark, spot);
        }
        let items = match written.queue {
            Some(queue) => queue.into_iter().map(Arc::new).collect(),
            None => written.origin.items.clone(),
        };
        Some(Left { origin: written.origin, items, bookmark })
    }

    /// Starts the thread that writes what it is sent. It ends when all senders are gone.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn start(self) -> std::io::Result<(Sender<Kept>, Keeper)> {
        let (sender, receiver) = mpsc::channel();
        let thread = std::thread::Builder::new().name("keeper".into()).spawn(move || self.run(&receiver))?;
        Ok((sender, Keeper { thread: Some(thread) }))
    }

    fn run(&self, receiver: &Receiver<Kept>) {
        paths::sweep(&self.folder);
        self.forget_oldest();
        let mut whole: Option<(Arc<Origin>, u64)> = None;
        while let Ok(first) = receiver.recv() {
            let mut newest = first;
            // What came while the disk was busy is written in one go.
            while let Ok(next) = receiver.try_recv() {
                let (before, both) = together(newest, next);
                if let Some(before) = before {
                    self.write(before, &mut whole);
                }
                newest = both;
            }
            self.write(newest, &mut whole);
        }
    }

    fn write(&self, kept: Kept, whole: &mut Option<(Arc<Origin>, u64)>) {
        match kept {
            Kept::Whole { origin, items, bookmark } => {
                let turn = any_number();
                let is_same = origin.items == items;
                let queue = (!is_same).then(|| items.iter().map(Arc::as_ref).collect());
                let written = Writing { version: VERSION, turn, origin: &origin, queue, bookmark };
                put(&self.whole(&origin), &written);
                *whole = Some((origin, turn));
            }
            Kept::Spot(spot) => {
                let Some((origin, turn)) = whole else { return };
                put(&self.spot(origin), &WrittenSpot { turn: *turn, spot });
            }
        }
    }

    fn whole(&self, origin: &Origin) -> PathBuf {
        self.folder.join(format!("{:016x}.json", name(origin)))
    }

    fn spot(&self, origin: &Origin) -> PathBuf {
        self.folder.join(format!("{:016x}.spot.json", name(origin)))
    }

    fn forget_oldest(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let file = |entry: fs::DirEntry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()));
        let mut files: Vec<_> = entries.flatten().filter_map(file).collect();
        let Some(surplus) = files.len().checked_sub(2 * LISTINGS) else { return };
        files.sort();
        for (_, path) in files.into_iter().take(surplus) {
            let _ = fs::remove_file(path); // the next start tries again
        }
    }
}

/// Two that are kept one after the other: what is to be written first, if they cannot be one, and the newest.
fn together(before: Kept, next: Kept) -> (Option<Kept>, Kept) {
    match (before, next) {
        (Kept::Whole { origin, items, mut bookmark }, Kept::Spot(spot)) => {
            set(&mut bookmark, spot);
            (None, Kept::Whole { origin, items, bookmark })
        }
        (Kept::Spot(_), next @ Kept::Spot(_)) => (None, next),
        (Kept::Whole { origin, .. }, next @ Kept::Whole { .. }) if matches!(&next, Kept::Whole { origin: other, .. } if origin.is_same(other)) => {
            (None, next)
        }
        (before, next) => (Some(before), next),
    }
}

fn set(bookmark: &mut Bookmark, Spot { position, volume, muted }: Spot) {
    (bookmark.position, bookmark.volume, bookmark.muted) = (position, volume, muted);
}

fn put(path: &Path, value: &impl Serialize) {
    let written = serde_json::to_vec(value).map_err(|error| error.to_string());
    let written = written.and_then(|text| paths::write_whole(path, &text).map_err(|error| error.to_string()));
    if let Err(error) = written {
        tracing::warn!("where it was is not remembered: {error}");
    }
}

/// FNV-1a (Fowler, Noll, Vo) over the inputs, the same in every version. Two listings that share one are
/// told apart by what is in the file.
fn name(origin: &Origin) -> u64 {
    let text = serde_json::to_string(&(&origin.inputs, &origin.part)).unwrap_or_default();
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn any_number() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0)
}

/// The thread that writes. Dropping it waits until all is written; the senders must be gone by then.
#[derive(Debug)]
pub struct Keeper {
    thread: Option<JoinHandle<()>>,
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use super::*;
    use crate::player::{Memory, Repeat, Shuffle};

    fn whole(input: &str, titles: &[&str], volume: u8) -> Kept {
        let item = |title: &&str| Arc::new(Item::of_file(format!("/{title}").into()));
        let items: Vec<Arc<Item>> = titles.iter().map(item).collect();
        Kept::Whole {
            items: items.clone(),
            origin: Arc::new(origin(input, items)),
            bookmark: Bookmark {
                order: Memory { heard: vec![0], ..Memory::default() },
                position: Duration::from_secs(1),
                volume,
                muted: false,
                shuffle: Shuffle::Albums,
                repeat: Repeat::All,
                consume: false,
            },
        }
    }

    fn origin(input: &str, items: Vec<Arc<Item>>) -> Origin {
        Origin { inputs: vec![PathBuf::from(input).into()], part: None, items }
    }

    fn spot(seconds: u64) -> Kept {
        Kept::Spot(Spot { position: Duration::from_secs(seconds), volume: 7, muted: true })
    }

    #[test]
    fn what_was_kept_comes_back_listing_by_listing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        let (sender, keeper) = store.clone().start().unwrap();
        for kept in [whole("/a", &["1", "2"], 50), spot(9), whole("/b", &["3"], 60), spot(8), spot(10)] {
            sender.send(kept).unwrap();
        }
        drop(sender);
        drop(keeper);
        let left = |input| {
            store.load(&origin(input, Vec::new())).map(|left| (left.items.len(), left.bookmark.position))
        };
        assert_eq!(left("/a"), Some((2, Duration::from_secs(9))));
        assert_eq!(left("/b"), Some((1, Duration::from_secs(10))));
        assert_eq!(left("/c"), None);
    }

    #[test]
    fn a_spot_counts_only_for_its_whole() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        let mut turn = None;
        store.write(whole("/a", &["1"], 50), &mut turn);
        store.write(spot(9), &mut turn);
        let at = |store: &Store| store.load(&origin("/a", Vec::new())).unwrap().bookmark.position;
        assert_eq!(at(&store), Duration::from_secs(9));
        store.write(whole("/a", &["1"], 50), &mut turn);
        assert_eq!(at(&store), Duration::from_secs(1));
    }

    #[test]
    fn what_is_no_state_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        store.write(whole("/a", &["1"], 50), &mut None);
        let file = store.whole(&origin("/a", Vec::new()));
        let text = fs::read_to_string(&file).unwrap();
        for wrong in [&text[..text.len() / 2], "", "[]", &text.replace("\"version\":1", "\"version\":2")] {
            fs::write(&file, wrong).unwrap();
            assert_eq!(store.load(&origin("/a", Vec::new())), None, "{wrong}");
        }
    }

    #[test]
    fn two_hundred_changes_in_a_row_are_one() {
        let mut kept = whole("/a", &["1"], 50);
        for second in 0..200 {
            let (before, both) = together(kept, spot(second));
            assert!(before.is_none());
            kept = together(both, whole("/a", &["1"], 1)).1;
        }
        assert!(matches!(kept, Kept::Whole { bookmark: Bookmark { volume: 1, .. }, .. }));
        assert!(together(kept, whole("/b", &["1"], 1)).0.is_some());
    }
}
