//! Takes items that come, go and change places; leaves the queue as if it had always been so: what was heard and what is
//! to come keep their order, and the current item goes on.
//! Never decides what follows: where the current item is taken out, the queue moves on by itself.

use std::collections::{HashMap, HashSet};

use super::{Asked, ItemId, Queue, Shuffle};

impl<T> Queue<T> {
    /// Adds an item at the end of the listing; in a shuffled round at a random place among those
    /// to come.
    pub fn append(&mut self, item: T) -> ItemId {
        self.insert(item, self.items.len())
    }

    /// Puts an item at that place of the listing, from 0; beyond the end is the end. In a shuffled round it
    /// gets a random place among those to come.
    pub fn insert(&mut self, item: T, index: usize) -> ItemId {
        let id = self.new_id();
        self.items.insert(index.min(self.items.len()), (id, item));
        self.deal_in(id);
        id
    }

    /// Puts an item right behind the current one, to play next. Before the start: at the top.
    pub fn insert_next(&mut self, item: T) -> ItemId {
        let id = self.new_id();
        let index = self.last_heard().and_then(|current| self.index(current)).map_or(0, |index| index + 1);
        self.items.insert(index, (id, item));
        self.heard.truncate(self.at + 1);
        if self.shuffle != Shuffle::Off && !self.heard.is_empty() {
            self.ahead.push_front(id);
        }
        id
    }

    /// Takes an item out, also from what was heard. If it is the current one, the queue first
    /// moves on as by [`Queue::next`].
    pub fn remove(&mut self, id: ItemId) -> Option<T> {
        self.index(id)?;
        self.unplayable.insert(id); // so that moving on cannot lead back to it
        if self.current() == Some(id) {
            let step = self.following(Asked::ByUser);
            self.make(step);
        }
        self.take_out(id)
    }

    /// Takes out an item that is not the current one, or the last one after the end.
    pub(super) fn take_out(&mut self, id: ItemId) -> Option<T> {
        let index = self.index(id)?;
        self.unplayable.remove(&id);
        self.priorities.remove(&id);
        self.ahead.retain(|held| *held != id);
        let before = self.heard.iter().take(self.at).filter(|held| **held != id).count();
        self.heard.retain(|held| *held != id);
        self.at = before.min(self.heard.len().saturating_sub(1));
        Some(self.items.remove(index).1)
    }

    /// Takes items out, as [`Queue::remove`] does, all at once: if the current one is among them, the queue first
    /// moves on to one that stays.
    pub fn remove_all(&mut self, ids: &HashSet<ItemId>) {
        self.unplayable.extend(ids); // so that moving on cannot lead to one of them
        if self.current().is_some_and(|current| ids.contains(&current)) {
            let step = self.following(Asked::ByUser);
            self.make(step);
        }
        self.unplayable.retain(|id| !ids.contains(id));
        self.priorities.retain(|id, _| !ids.contains(id));
        self.ahead.retain(|id| !ids.contains(id));
        let before = self.heard.iter().take(self.at).filter(|id| !ids.contains(id)).count();
        self.heard.retain(|id| !ids.contains(id));
        self.at = before.min(self.heard.len().saturating_sub(1));
        self.ended &= !self.heard.is_empty();
        self.items.retain(|(id, _)| !ids.contains(id));
    }

    /// Puts the listing in this order; items that are not named come behind, in the order they had. A shuffled
    /// round keeps its order.
    pub fn arrange(&mut self, order: &[ItemId]) {
        let places: HashMap<ItemId, usize> = order.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        self.items.sort_by_key(|(id, _)| places.get(id).copied().unwrap_or(usize::MAX));
    }

    /// Puts something else in an item's place, under its id; a round that was dealt stays as it is. Whether there is such
    /// an item.
    pub fn replace(&mut self, id: ItemId, item: T) -> bool {
        let Some(index) = self.index(id) else { return false };
        self.items[index].1 = item;
        true
    }

    /// Moves an item to that place of the listing, from 0; beyond the end is the end. A shuffled
    /// round keeps its order. Whether there is such an item.
    pub fn move_to(&mut self, id: ItemId, index: usize) -> bool {
        let Some(from) = self.index(id) else { return false };
        let held = self.items.remove(from);
        self.items.insert(index.min(self.items.len()), held);
        true
    }

    /// Takes everything out and forgets what was heard; modes stay, and ids are not used again.
    pub fn clear(&mut self) {
        self.items.clear();
        self.unplayable.clear();
        self.priorities.clear();
        self.heard.clear();
        self.ahead.clear();
        self.at = 0;
        self.ended = false;
    }
}
