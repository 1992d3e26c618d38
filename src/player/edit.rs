//! Takes changes of what is in the queue; gives them to the queue, and sees to what plays and what follows.
//! Never reads an entry, never decides an order.

use std::collections::HashSet;

use super::desk::{Desk, Sound};
use super::{Change, Edit, StopAfter};
use crate::queue::ItemId;

impl<S: Sound> Desk<S> {
    /// Changes the queue.
    pub(super) fn edit(&mut self, edit: Edit) {
        match edit {
            Edit::Remove(ids) => self.remove_all(&ids.into_iter().collect()),
            Edit::Arrange(order) => self.queue.arrange(&order),
            Edit::Cut(id, span) => return self.cut(id, span),
        }
        self.rename(Change::Queue);
    }

    fn remove_all(&mut self, ids: &HashSet<ItemId>) {
        let plays = self.now.item.is_some_and(|id| ids.contains(&id));
        self.queue.remove_all(ids);
        if let StopAfter::Entry(id) = self.now.stop_after
            && ids.contains(&id)
        {
            self.now.stop_after = StopAfter::Never;
        }
        if plays {
            let next = self.queue.current();
            self.play_or_finish(next);
        }
    }
}
