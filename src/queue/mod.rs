//! Takes items and gives each a stable id; gives what plays now, next and before: listing order,
//! shuffle, repeat, and the way back through what was really heard.
//! Never looks at a clock, a file or a sound; never plays. Pure: the same calls give the same order.
//!
//! The queue owns its items (`Queue<T>`), so that an id exists exactly as long as its item and no
//! second collection has to be kept in step. It asks nothing of `T`.
//!
//! Three lists carry all of it:
//! ```text
//! items   the listing, in its own order
//! heard   what was played, oldest first, with a finger `at` on the current one; `previous` and
//!         `next` move the finger, and only at its end does anything new come
//! ahead   with shuffle: what this round has still to play, in dealt order; else empty
//! ```
//! A shuffled round is one deal of all items: `deal` has how. `memory` takes the order down and sets it up again.

mod deal;
mod dice;
mod edit;
mod memory;

use std::collections::{HashMap, HashSet, VecDeque};

use dice::Dice;
pub use memory::Memory;
use serde::{Deserialize, Serialize};

/// Names one item for as long as the queue lives; never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub u64);

/// What happens at the end of a track and of the listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Repeat {
    /// The music ends after the last track.
    #[default]
    Off,
    /// The current track comes again by itself; the user's next and previous still move.
    One,
    /// After the last track the first comes again (with shuffle: a new round).
    All,
}

impl Repeat {
    /// The next of off, all and one, as a key or a bare word asks for it.
    pub fn next(self) -> Self {
        match self {
            Self::Off => Self::All,
            Self::All => Self::One,
            Self::One => Self::Off,
        }
    }
}

/// In which order tracks come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Shuffle {
    /// As the listing has them.
    #[default]
    Off,
    /// In rounds: every track once, in random order, before any comes again.
    Tracks,
    /// In rounds: every release once, in random order, each in the listing's order.
    Albums,
}

impl Shuffle {
    /// On if it is off, and off if it is on.
    pub fn toggled(self) -> Self {
        match self {
            Self::Off => Self::Tracks,
            Self::Tracks | Self::Albums => Self::Off,
        }
    }

    /// The next of off, tracks and albums, as a key asks for it.
    pub fn next(self) -> Self {
        match self {
            Self::Off => Self::Tracks,
            Self::Tracks => Self::Albums,
            Self::Albums => Self::Off,
        }
    }
}

/// How many heard tracks are remembered for going back (a few months of listening).
const HEARD_MAX: usize = 1 << 16;

/// The order of play. See the module for the picture.
#[derive(Debug, Clone)]
pub struct Queue<T> {
    items: Vec<(ItemId, T)>,
    next_id: u64,
    unplayable: HashSet<ItemId>,
    heard: VecDeque<ItemId>,
    /// Index in `heard` of the current track or, once `ended`, of the last one.
    at: usize,
    ended: bool,
    ahead: VecDeque<ItemId>,
    shuffle: Shuffle,
    repeat: Repeat,
    consume: bool,
    /// Those that are not 0.
    priorities: HashMap<ItemId, u8>,
    release_of: fn(&T) -> Option<u64>,
    dice: Dice,
}

/// Who asks for the next track.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    ByEndOfTrack,
    ByUser,
}

/// A move of the queue that has been worked out but not made.
enum Step {
    Again(ItemId),
    Forward { at: usize, id: ItemId },
    Play(ItemId),
    NewRound { first: ItemId, rest: VecDeque<ItemId>, dice: Dice },
}

impl Step {
    fn id(&self) -> ItemId {
        match self {
            Self::Again(id) | Self::Forward { id, .. } | Self::Play(id) => *id,
            Self::NewRound { first, .. } => *first,
        }
    }
}

impl<T> Queue<T> {
    /// An empty queue. Equal seeds and equal calls give equal shuffles, in every version.
    /// Every item is a release of its own.
    pub fn new(seed: u64) -> Self {
        Self::with_releases(seed, |_| None)
    }

    /// An empty queue that knows which items are of one release: those that have the same number.
    pub fn with_releases(seed: u64, release_of: fn(&T) -> Option<u64>) -> Self {
        Self {
            items: Vec::new(),
            next_id: 0,
            unplayable: HashSet::new(),
            heard: VecDeque::new(),
            at: 0,
            ended: false,
            ahead: VecDeque::new(),
            shuffle: Shuffle::Off,
            repeat: Repeat::Off,
            consume: false,
            priorities: HashMap::new(),
            release_of,
            dice: Dice::new(seed),
        }
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// All items in listing order.
    pub fn items(&self) -> impl Iterator<Item = (ItemId, &T)> {
        self.items.iter().map(|(id, item)| (*id, item))
    }

    /// The item of that id, while it is in the queue.
    pub fn get(&self, id: ItemId) -> Option<&T> {
        self.index(id).map(|index| &self.items[index].1)
    }

    /// Where in the listing the item stands, from 0.
    pub fn index(&self, id: ItemId) -> Option<usize> {
        self.items.iter().position(|(held, _)| *held == id)
    }

    /// The item at that place of the listing, from 0.
    pub fn id_at(&self, index: usize) -> Option<ItemId> {
        self.items.get(index).map(|(id, _)| *id)
    }

    /// All items in the order of playing: what was heard of this round, the current one, what comes.
    pub fn order(&self) -> Vec<ItemId> {
        if self.shuffle == Shuffle::Off {
            return self.items.iter().map(|(id, _)| *id).collect();
        }
        let forward = self.heard.iter().skip(self.at).chain(&self.ahead).copied();
        let mut seen = HashSet::new();
        let mut coming: Vec<ItemId> = forward.filter(|id| seen.insert(*id)).collect();
        let back = self.heard.iter().take(self.at).rev().copied();
        let mut order: Vec<ItemId> = back.filter(|id| seen.insert(*id)).collect();
        order.reverse();
        order.append(&mut coming);
        let left = self.items.iter().map(|(id, _)| *id).filter(|id| !seen.contains(id));
        order.extend(left.collect::<Vec<_>>());
        order
    }

    /// What plays; `None` before the start and after the end.
    pub fn current(&self) -> Option<ItemId> {
        if self.ended { None } else { self.last_heard() }
    }

    /// How tracks are ordered.
    pub fn shuffle(&self) -> Shuffle {
        self.shuffle
    }

    /// What repeats.
    pub fn repeat(&self) -> Repeat {
        self.repeat
    }

    /// Sets what repeats.
    pub fn set_repeat(&mut self, repeat: Repeat) {
        self.repeat = repeat;
    }

    /// Sets the order. The current track stays. Turned on, all other tracks come in a new round;
    /// turned off, the listing goes on after the current track. The way back stays what was heard.
    pub fn set_shuffle(&mut self, shuffle: Shuffle) {
        if shuffle == self.shuffle {
            return;
        }
        self.shuffle = shuffle;
        self.heard.truncate(self.at + 1);
        self.ahead.clear();
        if let Some(current) = self.current()
            && shuffle != Shuffle::Off
        {
            self.deal_around(current);
        }
    }

    /// Whether what was played is taken out.
    pub fn consume(&self) -> bool {
        self.consume
    }

    /// From now on a track that is left is taken out of the queue, or no longer.
    pub fn set_consume(&mut self, consume: bool) {
        self.consume = consume;
    }

    /// The rank of an item in a shuffle, 0 where none was given.
    pub fn priority(&self, id: ItemId) -> u8 {
        self.priorities.get(&id).copied().unwrap_or(0)
    }

    /// In a shuffle, items with a higher priority come first. One that was heard in this round comes again
    /// when it is given one. Whether there is such an item.
    pub fn set_priority(&mut self, id: ItemId, priority: u8) -> bool {
        if self.index(id).is_none() {
            return false;
        }
        match priority {
            0 => self.priorities.remove(&id),
            _ => self.priorities.insert(id, priority),
        };
        if self.shuffle != Shuffle::Off && !self.heard.is_empty() {
            let comes = self.ahead.contains(&id) || self.current() == Some(id);
            if priority > 0 && !comes && self.is_playable(id) {
                self.ahead.push_back(id);
            }
            self.rank();
        }
        true
    }

    /// Begins at the top: with the first playable item, or with a new round of shuffle.
    pub fn start(&mut self) -> Option<ItemId> {
        match self.shuffle {
            Shuffle::Off => self.start_at(0),
            Shuffle::Tracks | Shuffle::Albums => {
                self.heard.truncate(self.at + 1);
                let step = self.new_round();
                self.make(step)
            }
        }
    }

    /// Begins with the item at `index` (from 0) or the first playable one after it. With shuffle
    /// it opens a new round. `None`, and nothing moved, when there is none.
    pub fn start_at(&mut self, index: usize) -> Option<ItemId> {
        let (id, _) = *self.items.iter().skip(index).find(|(id, _)| self.is_playable(*id))?;
        if self.shuffle != Shuffle::Off {
            self.deal_around(id);
        }
        self.hear(id);
        Some(id)
    }

    /// Plays that item now, whether or not it was heard in this round. `None`, and nothing moved,
    /// when it is not in the queue or unplayable.
    pub fn goto(&mut self, id: ItemId) -> Option<ItemId> {
        if self.index(id).is_none() || !self.is_playable(id) {
            return None;
        }
        match (self.shuffle, self.current()) {
            (Shuffle::Tracks | Shuffle::Albums, None) => self.deal_around(id),
            _ => self.ahead.retain(|held| *held != id),
        }
        if self.current() != Some(id) {
            self.hear(id);
        }
        Some(id)
    }

    /// What [`Queue::advance`] would play, without moving.
    pub fn peek_next(&self) -> Option<ItemId> {
        self.following(Asked::ByEndOfTrack).map(|step| step.id())
    }

    /// Moves on because the track has ended: repeat one gives it again. Before the start it
    /// begins. `None` is the end of the music, and then nothing is current.
    pub fn advance(&mut self) -> Option<ItemId> {
        self.leave(Asked::ByEndOfTrack)
    }

    /// Moves on because the user asks: repeat one does not hold it back and, as MPRIS has it for
    /// its `Next`, both kinds of repeat lead from the last track to the first.
    #[expect(clippy::should_implement_trait, reason = "the word every player has for it")]
    pub fn next(&mut self) -> Option<ItemId> {
        self.leave(Asked::ByUser)
    }

    fn leave(&mut self, asked: Asked) -> Option<ItemId> {
        let left = self.current();
        let step = self.following(asked);
        let next = self.make(step);
        if let Some(left) = left.filter(|left| self.consume && next != Some(*left)) {
            self.take_out(left);
        }
        next
    }

    /// Whether [`Queue::next`] would play something.
    pub fn has_next(&self) -> bool {
        self.following(Asked::ByUser).is_some()
    }

    /// Whether [`Queue::previous`] would go back.
    pub fn has_previous(&self) -> bool {
        self.earlier().is_some() || self.above().is_some()
    }

    /// Where in what was heard the track before the current one stands.
    fn earlier(&self) -> Option<usize> {
        let back = if self.ended { self.at + 1 } else { self.at };
        (0..back.min(self.heard.len())).rev().find(|at| self.is_playable(self.heard[*at]))
    }

    /// Goes back to what was heard before; where nothing was, in listing order to the item above.
    /// `None`, and nothing moved, when there is no way back.
    pub fn previous(&mut self) -> Option<ItemId> {
        match self.earlier() {
            Some(at) => self.at = at,
            None => {
                let above = self.above()?;
                self.heard.push_front(above);
                self.at = 0;
            }
        }
        self.ended = false;
        self.current()
    }

    /// Takes note that the item does not play (missing, damaged): it is not offered again. If it
    /// is the current one it stays so until the queue moves.
    pub fn mark_unplayable(&mut self, id: ItemId) {
        if self.index(id).is_some() {
            self.unplayable.insert(id);
        }
    }

    /// Takes the mark back, say because the file has turned up; in a shuffled round the item gets
    /// a place among those to come.
    pub fn mark_playable(&mut self, id: ItemId) {
        if self.unplayable.remove(&id) && self.current() != Some(id) && !self.ahead.contains(&id) {
            self.deal_in(id);
        }
    }

    /// Whether the item may be offered.
    pub fn is_playable(&self, id: ItemId) -> bool {
        !self.unplayable.contains(&id)
    }

    /// The one place that knows what comes next; peeking and moving both ask here.
    fn following(&self, asked: Asked) -> Option<Step> {
        if let Some(current) = self.current()
            && asked == Asked::ByEndOfTrack
            && self.repeat == Repeat::One
            && self.is_playable(current)
        {
            return Some(Step::Again(current));
        }
        for (at, id) in self.heard.iter().copied().enumerate().skip(self.at + 1) {
            if self.offers(id) {
                return Some(Step::Forward { at, id });
            }
        }
        let wraps = self.heard.is_empty() || self.repeat != Repeat::Off;
        match self.shuffle {
            Shuffle::Off => self.below(wraps).map(Step::Play),
            Shuffle::Tracks | Shuffle::Albums => match self.ahead.iter().find(|id| self.offers(**id)) {
                Some(id) => Some(Step::Play(*id)),
                None if wraps => self.new_round(),
                None => None,
            },
        }
    }

    fn make(&mut self, step: Option<Step>) -> Option<ItemId> {
        let Some(step) = step else {
            self.ended = true;
            return None;
        };
        let id = step.id();
        match step {
            Step::Again(_) => {}
            Step::Forward { at, .. } => self.at = at,
            Step::Play(_) => {
                if let Some(dealt) = self.ahead.iter().position(|held| *held == id) {
                    self.ahead.drain(..=dealt); // those before it are unplayable
                }
                self.hear(id);
            }
            Step::NewRound { rest, dice, .. } => {
                self.ahead = rest;
                self.dice = dice;
                self.hear(id);
            }
        }
        Some(id)
    }

    /// The first playable item below the last heard one, or the top where nothing was heard.
    fn below(&self, wraps: bool) -> Option<ItemId> {
        let below = self.last_heard().and_then(|last| self.index(last)).map_or(0, |index| index + 1);
        let (above, below) = self.items.split_at(below);
        let again = if wraps { above } else { &[] };
        below.iter().chain(again).map(|(id, _)| *id).find(|id| self.offers(*id))
    }

    /// Whether an item can come next: what is taken out when it is left cannot.
    fn offers(&self, id: ItemId) -> bool {
        self.is_playable(id) && !(self.consume && self.current() == Some(id))
    }

    /// The item above the current one in the listing; none with shuffle, whose past is `heard` alone.
    fn above(&self) -> Option<ItemId> {
        if self.shuffle != Shuffle::Off {
            return None;
        }
        let current = self.index(self.last_heard()?)?;
        let (above, below) = self.items.split_at(current);
        let again = if self.repeat == Repeat::Off { &[] } else { below.get(1..).unwrap_or_default() };
        let upwards = above.iter().rev().chain(again.iter().rev());
        upwards.map(|(id, _)| *id).find(|id| self.is_playable(*id))
    }

    fn hear(&mut self, id: ItemId) {
        self.heard.truncate(self.at + 1);
        self.heard.push_back(id);
        if self.heard.len() > HEARD_MAX {
            self.heard.pop_front();
        }
        self.at = self.heard.len() - 1;
        self.ended = false;
    }

    fn last_heard(&self) -> Option<ItemId> {
        self.heard.get(self.at).copied()
    }

    fn new_id(&mut self) -> ItemId {
        let id = ItemId(self.next_id);
        self.next_id += 1;
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_is_bounded() {
        let mut queue = Queue::new(0);
        queue.append(());
        queue.set_repeat(Repeat::All);
        for _ in 0..HEARD_MAX + 10 {
            assert_eq!(queue.advance(), Some(ItemId(0)));
        }
        assert_eq!(queue.heard.len(), HEARD_MAX);
        assert_eq!(queue.current(), Some(ItemId(0)));
    }
}
