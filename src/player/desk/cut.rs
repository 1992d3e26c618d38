//! Takes another part of an entry's file; gives it to the queue, and to the engine where the entry was named to follow.
//! Never touches what is current.

use std::sync::Arc;

use super::{Desk, Sound};
use crate::cue::Span;
use crate::player::{Change, Item};
use crate::queue::ItemId;

impl<S: Sound> Desk<S> {
    pub(in crate::player) fn cut(&mut self, id: ItemId, span: Option<Span>) {
        let entry = self.queue.get(id).filter(|item| self.now.item != Some(id) && item.part.span != span);
        let Some(entry) = entry else { return };
        let mut item = Item::clone(entry);
        item.part.span = span;
        self.queue.replace(id, Arc::new(item));
        self.measure_ahead();
        self.queue.mark_playable(id); // another part of it may well play
        if self.named.contains(&id) {
            // It was named as it was: as if nothing had been.
            self.named.clear();
            self.named_nothing = true;
        }
        self.rename(Change::Queue);
    }
}
