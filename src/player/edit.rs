//! Takes changes of the queue's entries; gives them to the queue, and sees to what plays and what follows.
//! Never reads an entry, never decides an order.

use std::collections::HashSet;
use std::sync::Arc;

use super::desk::{Desk, Sound};
use super::{Change, Edit, Event, Item};
use crate::queue::ItemId;

impl<S: Sound> Desk<S> {
    /// Changes the queue; gives the ids of the items that came in.
    pub(super) fn edit(&mut self, edit: Edit) -> Vec<ItemId> {
        match edit {
            Edit::Insert(items, at) => self.insert(items, at),
            Edit::Remove(ids) => {
                self.remove(&ids.into_iter().collect());
                Vec::new()
            }
            Edit::Arrange(order) => {
                self.queue.arrange(&order);
                self.rename();
                Vec::new()
            }
            Edit::Prefer(ids, priority) => {
                self.queue.prefer(&ids, priority);
                self.rename();
                Vec::new()
            }
        }
    }

    fn insert(&mut self, items: Vec<Item>, at: Option<usize>) -> Vec<ItemId> {
        let at = at.unwrap_or(self.queue.len());
        let items = items.into_iter().map(Arc::new).enumerate();
        let ids = items.map(|(n, item)| self.queue.insert(at.saturating_add(n), item)).collect();
        self.rename();
        ids
    }

    fn remove(&mut self, ids: &HashSet<ItemId>) {
        let plays = self.now.item.is_some_and(|id| ids.contains(&id));
        self.queue.remove_all(ids);
        if plays {
            let next = self.queue.current();
            self.play_or_finish(next);
            return self.say(Event::Changed(Change::Queue));
        }
        self.rename();
    }
}
