//! Takes a long listing that is read and not decided; gives the sound of what it begins with, if that is sure by then, and
//! later the whole to the player that makes it.
//! Never decides: where the whole begins with something else, that plays. Never shows a part for the whole.
//!
//! Matching stays on its thread, and all that shows or steers the player opens when the listing is decided, as it always
//! did; only the sound comes before. So nothing has to know a queue that is not whole yet. Who calls at the socket
//! meanwhile waits in it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::how::How;
use super::input::Undecided;
use super::program::{Program, Row};
use super::resuming::{self, Beginning, Whose};
use super::setup::setup;
use crate::control::Seat;
use crate::memory;
use crate::paths::{Environment, Paths};
use crate::playback::output::Target;
use crate::player::{Event, Item, ItemId, Player, Repeat, Setup, Shuffle};
use crate::playlist::{Entry, Status};
use crate::resume::Left;

/// A shorter listing is decided before anybody could notice.
const LONG: usize = 100;

/// As many entries are decided together to be sure of one: enough to know the release that they are of.
const FEW: usize = 16;

/// Entries of the title that it goes on with that are looked at.
const NAMESAKES: usize = 3;

/// A player that plays the first of a listing.
pub(super) struct Early {
    player: Player,
    told: Arc<Mutex<Told>>,
    /// The place at the socket, if it could be had.
    seat: Option<Seat>,
}

/// Where events go at last.
type Tell = Box<dyn FnMut(Event, &crate::player::Status) + Send>;

/// Where events go.
enum Told {
    /// Nobody knows of the player yet.
    Held(Vec<Event>),
    On(Tell),
}

impl Early {
    /// Begins to play, if it is clear with what, and no player runs that is to play it. What fails here fails again when
    /// all is decided, and is said then.
    pub(super) fn begin(listing: &Undecided<'_>, how: &How, whose: &Whose<'_>, apart: bool) -> Option<Self> {
        if listing.entries.len() < LONG || whose.inputs.len() != 1 || !suits(how) {
            return None;
        }
        let left = resuming::left(whose);
        let usual = left.as_ref().map_or(how.usual.shuffle, |left| left.bookmark.shuffle);
        if how.shuffle.map_or(usual, Into::into) != Shuffle::Off {
            return None;
        }
        let socket = Paths::new(&Environment::of_process()).ok()?.control_socket();
        let mut seat = Seat::take(&socket).ok()?;
        if seat.is_none() && !apart {
            return None;
        }
        let row = first(listing, left.as_ref())?;
        let beginning = Beginning::first(resuming::item(&row)?, left.as_ref());
        let program = Program { rows: vec![row], ..Program::default() };
        let setup = setup(&program, how, &program.playable(), &beginning).ok()?;
        if let Some(Err(error)) = seat.as_mut().map(Seat::open) {
            tracing::debug!(%error, "nobody can call yet");
        }
        let early = Self::start(setup, seat);
        // The player's threads hold on to the heaps that its first track was found with: the others are found in new ones.
        memory::trim();
        early
    }

    fn start(setup: Setup, seat: Option<Seat>) -> Option<Self> {
        let told = Arc::new(Mutex::new(Told::Held(Vec::new())));
        let telling = Arc::clone(&told);
        // One track that comes again does so when the whole is known to have no other.
        let setup = Setup { is_first: true, repeat: Repeat::Off, ..setup };
        let player = Player::start(setup, move |event, status| {
            match &mut *telling.lock().unwrap_or_else(PoisonError::into_inner) {
                Told::Held(held) => held.push(event),
                Told::On(tell) => tell(event, status),
            }
        });
        let player = player.inspect_err(|error| tracing::debug!(%error, "nothing plays yet")).ok()?;
        Some(Self { player, told, seat })
    }

    /// The place at the socket, for whoever serves those who call.
    pub(super) fn take_seat(&mut self) -> Option<Seat> {
        self.seat.take()
    }

    /// Gives the player the whole; gives the player, and the ids of the items, in order. All that happened is told,
    /// but for the first track where it is not that of the whole.
    pub(super) fn complete(
        self,
        whole: Setup,
        mut tell: impl FnMut(Event, &crate::player::Status) + Send + 'static,
    ) -> (Player, Vec<ItemId>) {
        let ids = self.player.complete(whole);
        let status = self.player.status();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if let Told::Held(held) = &mut *told {
            let held = std::mem::take(held).into_iter();
            held.filter(|event| is_of(event, &ids)).for_each(|event| tell(event, &status));
        }
        *told = Told::On(Box::new(tell));
        drop(told);
        (self.player, ids)
    }
}

/// Whether something happened to one of these, or to none in particular.
fn is_of(event: &Event, ids: &[ItemId]) -> bool {
    match event {
        Event::Started(id) | Event::Failed(id, _) => ids.contains(id),
        _ => true,
    }
}

/// Whether it is to be heard as soon as it can be, and the first can be told from the listing alone. A file that is
/// written as fast as it can be has time.
fn suits(how: &How) -> bool {
    how.start.is_none() && !how.gain.looks_beside() && how.outputs().iter().all(Target::keeps_time)
}

/// The row that is heard first, if a few entries tell that for sure.
fn first(listing: &Undecided<'_>, left: Option<&Left>) -> Option<Row> {
    let Some(left) = left.filter(|left| !left.bookmark.order.ended) else {
        let rows = (listing.decide)(0..FEW.min(listing.entries.len()))?;
        // With an ambiguous one the whole may begin; with one that nobody has it does not.
        return rows.into_iter().find(|row| row.status != Some(Status::Missing)).filter(is_sure);
    };
    let item = left.items.get(left.bookmark.order.current()?)?;
    // A listing may have its titles first, and its reader may not have known.
    let title = item.label.title.as_str();
    let is_namesake = |entry: &Entry| entry.title == title || entry.artist.as_deref() == Some(title);
    let namesakes = listing.entries.iter().enumerate().filter(|(_, entry)| is_namesake(entry));
    namesakes.take(NAMESAKES).find_map(|(at, _)| goes_on(listing, at, item))
}

/// The row of that entry, if it is surely the one that was left.
fn goes_on(listing: &Undecided<'_>, at: usize, left: &Item) -> Option<Row> {
    let from = at.saturating_sub(FEW / 2);
    let rows = (listing.decide)(from..(from + FEW).min(listing.entries.len()))?;
    let row = rows.into_iter().nth(at - from).filter(is_sure)?;
    let part = resuming::item(&row)?.part;
    ((&part.path, part.span) == (&left.part.path, left.part.span)).then_some(row)
}

fn is_sure(row: &Row) -> bool {
    row.status == Some(Status::Sure) && row.file.is_some()
}

/// For each id up to the highest what there is for it; `rows` are those of `ids`.
pub(super) fn by_id(ids: &[ItemId], rows: &[Option<usize>]) -> Vec<Option<usize>> {
    let rows: BTreeMap<u64, Option<usize>> = ids.iter().map(|id| id.0).zip(rows.iter().copied()).collect();
    let end = rows.last_key_value().map_or(0, |(id, _)| id + 1);
    (0..end).map(|id| rows.get(&id).copied().flatten()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::cell::RefCell;
    use std::ops::Range;
    use std::sync::mpsc;

    use super::*;
    use crate::cli::program::track_row;
    use crate::library::{Tags, Track};
    use crate::player::{Bookmark, Change, Memory, Origin};

    /// Entries "0", "1", ... as the letters have it: sure, likely, ambiguous or missing.
    fn rows(letters: &str) -> Vec<Row> {
        let row = |(at, letter): (usize, char)| {
            let tags = Tags { title: Some(at.to_string()), ..Tags::default() };
            let row = track_row(Track { path: format!("/m/{at}.flac").into(), tags, ..Track::default() });
            let (status, file) = match letter {
                's' => (Status::Sure, row.file.clone()),
                'l' => (Status::Likely, row.file.clone()),
                'a' => (Status::Ambiguous, None),
                _ => (Status::Missing, None),
            };
            Row { status: Some(status), file, ..row }
        };
        letters.chars().enumerate().map(row).collect()
    }

    /// What is heard first, and which entries were looked at for that.
    fn heard(letters: &str, left: Option<&Left>) -> (Option<String>, Vec<(usize, usize)>) {
        let entry = |at: usize| Entry { title: at.to_string(), ..Entry::default() };
        let entries: Vec<Entry> = (0..letters.len()).map(entry).collect();
        let looks = RefCell::new(Vec::new());
        let decide = |some: Range<usize>| {
            looks.borrow_mut().push((some.start, some.end));
            Some(rows(letters).into_iter().skip(some.start).take(some.len()).collect())
        };
        let row = first(&Undecided { entries: &entries, decide: &decide }, left);
        (row.map(|row| row.title), looks.into_inner())
    }

    fn left(file: &str, title: &str) -> Left {
        let mut item = Item::of_file(file.into());
        item.label.title = title.into();
        let bookmark = Bookmark {
            order: Memory { heard: vec![0], ..Memory::default() },
            position: std::time::Duration::from_secs(9),
            volume: 30,
            muted: false,
            shuffle: Shuffle::Off,
            repeat: Repeat::All,
            consume: true,
        };
        let origin = Origin { inputs: Vec::new(), part: None, items: Vec::new() };
        Left { origin, items: vec![item.into()], bookmark }
    }

    #[test]
    fn it_begins_with_the_first_that_is_sure_unless_the_whole_may_begin_with_another() {
        let title = |letters| heard(letters, None).0;
        assert_eq!(title("sss").as_deref(), Some("0"));
        assert_eq!(title("mmsa").as_deref(), Some("2"));
        assert_eq!(title("mas"), None);
        assert_eq!(title("ls"), None);
        assert_eq!(title("mmm"), None);
    }

    #[test]
    fn a_few_of_many_are_looked_at() {
        let many = "s".repeat(1000);
        assert_eq!(heard(&many, None).1, [(0, FEW)]);
        assert_eq!(heard(&many, Some(&left("/m/500.flac", "500"))).1, [(492, 508)]);
        assert_eq!(heard(&many, Some(&left("/m/999.flac", "999"))).1, [(991, 1000)]);
    }

    #[test]
    fn it_goes_on_with_what_was_left_where_that_is_still_sure() {
        let title = |letters, file, title| heard(letters, Some(&left(file, title))).0;
        assert_eq!(title("sss", "/m/1.flac", "1").as_deref(), Some("1"));
        assert_eq!(title("sas", "/m/1.flac", "1"), None, "others have come that it may be");
        assert_eq!(title("sss", "/m/other.flac", "1"), None, "it is another file now");
        assert_eq!(title("sss", "/m/9.flac", "9"), None, "it is not in the listing any more");
        let mut ended = left("/m/1.flac", "1");
        ended.bookmark.order.ended = true;
        assert_eq!(heard("sss", Some(&ended)).0.as_deref(), Some("0"), "it begins again");
    }

    #[test]
    fn the_first_begins_where_and_as_loud_as_it_was_left() {
        let left = left("/m/1.flac", "1");
        let bookmark = Beginning::first(Item::clone(&left.items[0]), Some(&left)).opening.bookmark.unwrap();
        assert_eq!((bookmark.position.as_secs(), bookmark.volume, bookmark.consume), (9, 30, false));
        assert_eq!(bookmark.order.current(), Some(0));
    }

    #[test]
    fn each_id_has_its_row() {
        let ids = |ids: &[u64]| ids.iter().map(|id| ItemId(*id)).collect::<Vec<_>>();
        assert_eq!(by_id(&ids(&[1, 2, 0]), &[Some(4), None, Some(6)]), [Some(6), Some(4), None]);
        assert_eq!(by_id(&ids(&[1, 2]), &[Some(0), Some(1)]), [None, Some(0), Some(1)]);
        assert_eq!(by_id(&[], &[]), []);
    }

    /// A setup of files that are not there, for an output that makes no sound.
    fn files(names: &[&str]) -> Setup {
        let item = |name: &&str| Item::of_file(format!("/nowhere/{name}").into());
        let items = names.iter().map(item).map(Arc::new).collect();
        Setup { items, outputs: vec![Target::Null], ..Setup::default() }
    }

    /// What is told of a player that began with "a" and then heard of the whole, to its end. The matcher is `whole`: the
    /// player waits for it, however long it takes.
    fn told(whole: &[&str]) -> (Vec<ItemId>, Vec<String>) {
        let early = Early::start(files(&["a"]), None).unwrap();
        let (say, events) = mpsc::channel();
        let (_player, ids) = early.complete(files(whole), move |event, _| drop(say.send(event)));
        let mut words = Vec::new();
        for event in events {
            match event {
                Event::Started(id) => words.push(format!("started {}", id.0)),
                Event::Failed(id, _) => words.push(format!("failed {}", id.0)),
                Event::Changed(Change::Queue) => words.push("queue".into()),
                Event::Finished => break,
                _ => {}
            }
        }
        (ids, words)
    }

    #[test]
    fn what_happened_to_the_first_is_told_once_and_what_follows_it_follows() {
        let (ids, mut words) = told(&["a", "b"]);
        assert_eq!(ids, [ItemId(0), ItemId(1)]);
        // The file may be found to be missing before or after.
        let queue = words.iter().position(|word| word == "queue").unwrap();
        words.remove(queue);
        assert_eq!(words[0], "started 0");
        assert_eq!(words.iter().filter(|word| *word == "failed 0").count(), 1, "{words:?}");
        assert!(words.iter().any(|word| word == "failed 1"), "{words:?}");
    }

    #[test]
    fn nothing_is_told_of_a_first_that_the_whole_does_not_begin_with() {
        let (ids, words) = told(&["x", "a"]);
        assert_eq!(ids, [ItemId(1), ItemId(2)]);
        let named = |id: char| words.iter().any(|word| word.ends_with(id));
        assert!(!named('0') && named('1') && named('2'), "{words:?}");
    }
}
