//! Takes what is to be played and where that came from; gives it as it was left when it was played last.
//! Never keeps anything itself: `resume` does.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use super::how::How;
use super::input;
use super::program::Row;
use super::say;
use crate::control::clock;
use crate::library::FileKind;
use crate::paths::{Environment, Paths};
use crate::player::{Bookmark, Item, Kept, Label, Memory, Opening, Origin, Part, Repeat, Shuffle};
use crate::resume::{Keeper, Left, Store};

/// What to play, where to begin, and where to keep how it goes on.
#[derive(Debug)]
pub(super) struct Beginning {
    pub(super) opening: Opening,
    /// For each item its place among the rows that have a file; none for what was put in by hand.
    pub(super) rows: Vec<Option<usize>>,
    store: Option<Store>,
}

/// Whose state it is.
#[derive(Debug, Clone)]
pub(super) struct Whose<'a> {
    pub(super) inputs: &'a [PathBuf],
    /// Which part of them, where not all.
    pub(super) part: Option<String>,
    /// Whether to begin anew.
    pub(super) fresh: bool,
}

impl Beginning {
    /// The rows from their beginning; nothing is kept.
    pub(super) fn anew(playable: &[&Row]) -> Self {
        let items: Vec<Arc<Item>> = playable.iter().filter_map(|row| item(row)).map(Arc::new).collect();
        let rows = (0..items.len()).map(Some).collect();
        Self { opening: Opening { items, origin: None, bookmark: None }, rows, store: None }
    }

    /// The rows as they were left, where that was kept.
    pub(super) fn of(playable: &[&Row], whose: Whose<'_>) -> Self {
        let anew = Self::anew(playable);
        let Some((origin, store)) = origin(whose.inputs, whose.part).zip(store()) else { return anew };
        let origin = Origin { items: anew.opening.items.clone(), ..origin };
        let left = if whose.fresh { None } else { store.load(&origin) };
        let origin = Some(Arc::new(origin));
        let Some(left) = left else {
            return Self { opening: Opening { origin, ..anew.opening }, store: Some(store), ..anew };
        };
        let resumed = left.resume(&anew.opening.items);
        let (items, rows) = resumed.rows.into_iter().map(|row| (row.item, row.at)).unzip();
        Self {
            opening: Opening { items, origin, bookmark: Some(resumed.bookmark) },
            rows,
            store: Some(store),
        }
    }

    /// One item of what was left so, heard while the others are not decided. Nothing is kept.
    pub(super) fn first(item: Item, left: Option<&Left>) -> Self {
        let bookmark = left.map(|left| Bookmark {
            order: Memory { heard: vec![0], ..Memory::default() },
            position: if left.bookmark.order.ended { Duration::ZERO } else { left.bookmark.position },
            shuffle: Shuffle::Off,
            repeat: Repeat::Off,
            consume: false,
            ..left.bookmark.clone()
        });
        let opening = Opening { items: vec![Arc::new(item)], origin: None, bookmark };
        Self { opening, rows: vec![Some(0)], store: None }
    }

    /// Starts keeping how it goes on. Without a thread for that the music plays all the same.
    pub(super) fn keeper(&mut self) -> Option<(Sender<Kept>, Keeper)> {
        let keeper = self.store.take()?.start();
        keeper.inspect_err(|error| tracing::warn!("where it was is not remembered: {error}")).ok()
    }

    /// Says where it goes on, if that is not the beginning.
    pub(super) fn announce(&self) {
        if let Some(words) = self.words() {
            say::aside(&words);
        }
    }

    /// Where it goes on, if that is not the beginning.
    pub(super) fn words(&self) -> Option<String> {
        let bookmark = self.opening.bookmark.as_ref()?;
        let item = bookmark.order.current()?;
        let (number, of, time) = (item + 1, self.opening.items.len(), clock(bookmark.position));
        let is_further = item > 0 || bookmark.position.as_secs() > 0;
        is_further.then(|| format!("goes on at {time} of {number}/{of}; --fresh starts over"))
    }
}

/// How these inputs were left, where it is to go on so.
pub(super) fn left(whose: &Whose<'_>) -> Option<Left> {
    let origin = origin(whose.inputs, whose.part.clone()).filter(|_| !whose.fresh)?;
    store()?.load(&origin)
}

/// How the user wants it to begin, where that is said.
pub(super) fn is_told(how: &How) -> bool {
    how.start.is_some() || how.seed.is_some()
}

fn store() -> Option<Store> {
    Some(Store::new(Paths::new(&Environment::of_process()).ok()?.state_dir()))
}

/// What is kept is kept for a listing or a folder. Sound files that were named one by one begin anew.
fn origin(inputs: &[PathBuf], part: Option<String>) -> Option<Origin> {
    let is_program = |input: &PathBuf| input.is_dir() || FileKind::of(input).is_none();
    if inputs.iter().any(|input| input::is_stream(input)) || !inputs.iter().any(is_program) {
        return None;
    }
    let absolute = |input: &PathBuf| std::path::absolute(input).ok().map(Into::into);
    Some(Origin { inputs: inputs.iter().map(absolute).collect::<Option<_>>()?, part, items: Vec::new() })
}

/// What the player is given of a row, with a path that holds in other processes too.
pub(super) fn item(row: &Row) -> Option<Item> {
    let label = Label { artist: row.artist.clone(), title: row.title.clone(), album: row.album.clone() };
    let file = row.file.clone()?;
    let path = std::path::absolute(&file).unwrap_or(file);
    Some(Item { part: Part { path, span: row.span, gains: row.gains }, label })
}
