//! Takes what the server was started with; gives its clients what they share: the player, the queue as they know it,
//! the library, the listings, and what is to be told to all.
//! Never speaks the protocol.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::ack::Fault;
use super::catalogue::Catalogue;
use super::channels::Channels;
use super::idle::{Board, Parts};
use super::mirror::{Mirror, Row};
use super::song::Song;
use super::stickers::Stickers;
use crate::library::{Library, Tags, Track};
use crate::player::{Command, Edit, Item, ItemId, Place, Remote, Status};

/// How closely the music folders are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// As far as the folders tell.
    Folders,
    /// At every file.
    Files,
}

/// A listing with its files.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// What was found, in order.
    pub items: Vec<Item>,
    /// How many entries were not.
    pub missing: usize,
}

/// Gives the library.
pub type OpenLibrary = Box<dyn Fn(Look) -> Result<Library, String> + Send + Sync>;
/// Finds the files of the listing at a path.
pub type FindListing = Box<dyn Fn(&Path) -> Result<Found, String> + Send + Sync>;

/// What the server works with.
pub struct Backing {
    /// What clients must say before anything else, if anything.
    pub password: Option<String>,
    /// Opens the library; called when a client asks for it first, and after it has changed.
    pub open: OpenLibrary,
    /// Finds the files of a listing. Says in a sentence why it cannot.
    pub find: FindListing,
    /// Folders with listings, which clients may load and not change.
    pub listings: Vec<PathBuf>,
    /// The folder of what clients save, and may change.
    pub saved: PathBuf,
    /// The file of what clients note beside songs.
    pub stickers: PathBuf,
}

/// What all clients share.
pub(super) struct House {
    pub(super) remote: Remote,
    pub(super) board: Arc<Board>,
    pub(super) backing: Backing,
    pub(super) started: Instant,
    pub(super) channels: Channels,
    pub(super) stickers: Stickers,
    catalogue: Mutex<Option<Arc<Catalogue>>>,
    mirror: Mutex<Mirror>,
    /// Entries that were cut, as they were before.
    wholes: Mutex<HashMap<ItemId, Song>>,
    notice: Mutex<Option<String>>,
    /// The number of the update that runs; 0 for none.
    updating: AtomicU32,
    updates: AtomicU32,
    clients: AtomicU64,
}

impl House {
    pub(super) fn new(backing: Backing, remote: Remote, board: Arc<Board>) -> Self {
        Self {
            stickers: Stickers::new(backing.stickers.clone()),
            remote,
            board,
            backing,
            started: Instant::now(),
            channels: Channels::default(),
            catalogue: Mutex::default(),
            mirror: Mutex::default(),
            wholes: Mutex::default(),
            notice: Mutex::default(),
            updating: AtomicU32::new(0),
            updates: AtomicU32::new(0),
            clients: AtomicU64::new(0),
        }
    }

    /// Another client's number.
    pub(super) fn welcome(&self) -> u64 {
        self.clients.fetch_add(1, Ordering::Relaxed)
    }

    /// Does it, and comes back when it is done.
    pub(super) fn obey(&self, commands: &[Command]) -> Status {
        for command in commands {
            self.remote.send(*command);
        }
        self.remote.settled()
    }

    /// Changes the queue, and comes back when that is done.
    pub(super) fn edit(&self, edit: Edit) {
        self.remote.edit(edit);
        self.remote.settled();
    }

    /// Puts items into the queue, from that place on, from 0, or at the end; gives their ids.
    pub(super) fn insert(&self, items: Vec<Item>, at: Option<usize>) -> Vec<ItemId> {
        self.remote.insert(items, at.map_or(Place::Append, Place::At))
    }

    /// The queue as it stands.
    pub(super) fn queue(&self) -> MutexGuard<'_, Mirror> {
        let mut mirror = self.mirror.lock().unwrap_or_else(PoisonError::into_inner);
        // What has changed by the time of the first look is seen by it; nobody may have told of it.
        if self.board.take_queue_changed() || mirror.version() == 1 {
            mirror.update(self.remote.view());
        }
        mirror
    }

    /// The current entry: of a player that was stopped, what played before.
    pub(super) fn current(&self, status: &Status) -> Option<ItemId> {
        status.item.or_else(|| self.board.last())
    }

    /// The library, opened or brought up to date if need be.
    pub(super) fn catalogue(&self) -> Result<Arc<Catalogue>, Fault> {
        let mut held = self.catalogue.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = self.board.take_music_changed();
        if let Some(catalogue) = held.as_ref().filter(|_| !changed) {
            return Ok(Arc::clone(catalogue));
        }
        let library = (self.backing.open)(Look::Folders).map_err(Fault::Refused)?;
        Ok(Arc::clone(held.insert(Arc::new(Catalogue::new(library)))))
    }

    /// What is known of an entry of the queue.
    pub(super) fn song(&self, item: &Item, catalogue: Option<&Catalogue>) -> Song {
        self.uncut(item, catalogue).cut(item.part.span)
    }

    /// The same, of all of it where a client has cut it, as far as the library knows.
    fn uncut(&self, item: &Item, catalogue: Option<&Catalogue>) -> Song {
        let part = &item.part;
        if let Some(mut song) = catalogue.and_then(|catalogue| catalogue.known(item)) {
            let tags = &mut song.track.tags;
            // A listing may say more than the tags; a file's name does not.
            if tags.title.is_none() && item.label.artist.is_some() {
                tags.title = Some(item.label.title.clone());
                tags.artist = tags.artist.take().or(item.label.artist.clone());
            }
            return song;
        }
        let uri = catalogue.and_then(|catalogue| catalogue.uri(&part.path));
        let tags = Tags {
            title: Some(item.label.title.clone()),
            artist: item.label.artist.clone(),
            album: item.label.album.clone(),
            ..Tags::default()
        };
        Song {
            uri: uri.unwrap_or_else(|| part.path.to_string_lossy().into_owned()),
            track: Track {
                path: part.path.clone(),
                span: part.span,
                length: part.span.and_then(|span| span.length(None)),
                tags,
                ..Track::default()
            },
        }
    }

    /// All of an entry that is to be cut, as it was before it was cut first.
    pub(super) fn whole(&self, row: &Row) -> Song {
        let catalogue = self.catalogue().ok();
        let mut wholes = self.wholes.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = self.queue();
        wholes.retain(|id, _| queue.place(*id).is_some());
        drop(queue);
        wholes.entry(row.id).or_insert_with(|| self.uncut(&row.item, catalogue.as_deref())).clone()
    }

    /// The entry of the queue at a place, from 0.
    pub(super) fn row(&self, place: usize) -> Result<Row, Fault> {
        self.queue().rows().get(place).cloned().ok_or(Fault::Index)
    }

    /// Looks at every file in the background; gives the number of that update, or of the one that runs.
    pub(super) fn update(house: &Arc<Self>) -> Result<u32, Fault> {
        let job = house.updates.fetch_add(1, Ordering::AcqRel) % 32_768 + 1;
        if let Err(running) = house.updating.compare_exchange(0, job, Ordering::AcqRel, Ordering::Acquire) {
            return Ok(running);
        }
        house.board.changed(Parts::UPDATE);
        let looking = Arc::clone(house);
        let thread = std::thread::Builder::new().name("mpd update".into()).spawn(move || looking.look());
        if let Err(error) = thread {
            house.updating.store(0, Ordering::Release);
            return Err(Fault::Refused(error.to_string()));
        }
        Ok(job)
    }

    fn look(&self) {
        match (self.backing.open)(Look::Files) {
            Ok(library) => {
                let mut held = self.catalogue.lock().unwrap_or_else(PoisonError::into_inner);
                let is_new = held.as_ref().is_none_or(|held| held.library().edition() != library.edition());
                *held = Some(Arc::new(Catalogue::new(library)));
                drop(held);
                if is_new {
                    self.board.changed(Parts::DATABASE);
                }
            }
            Err(why) => self.notice(Some(why)),
        }
        self.updating.store(0, Ordering::Release);
        self.board.changed(Parts::UPDATE);
    }

    /// The number of the update that runs.
    pub(super) fn updating(&self) -> Option<u32> {
        Some(self.updating.load(Ordering::Acquire)).filter(|job| *job > 0)
    }

    /// A sentence for the status of all clients, until one takes it away.
    pub(super) fn notice(&self, words: Option<String>) {
        *self.notice.lock().unwrap_or_else(PoisonError::into_inner) = words;
    }

    pub(super) fn noticed(&self) -> Option<String> {
        self.notice.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
