//! Takes what the player has said and the time; gives what is to be kept of it to the keeper.
//! Never writes, never waits.

use std::sync::Arc;
use std::time::Instant;

use super::{Desk, Sound};
use crate::player::keeping::News;
use crate::player::{Bookmark, Change, Event, Kept, Spot};

impl<S: Sound> Desk<S> {
    /// Takes note of what an event changes of what is kept.
    pub(super) fn note(&mut self, event: &Event) {
        let news = match event {
            Event::Started(_) | Event::Finished => News::Whole,
            Event::Changed(Change::Queue | Change::Ending) => News::Whole,
            Event::Changed(Change::Playing) if self.now.item.is_none() => News::Whole,
            Event::Changed(_) => News::Spot,
            _ => return,
        };
        // A queue that is built while nothing plays changes a thousand times in a row.
        let stands = !self.now.plays() && !matches!(event, Event::Changed(Change::Queue));
        if let Some(keeping) = self.keeping.as_mut().filter(|_| self.origin.is_some()) {
            keeping.note(news, stands);
        }
    }

    /// Gives away what is to be kept by now.
    pub(super) fn keep(&mut self, now: Instant) {
        let moves = self.now.plays();
        let Some(keeping) = self.keeping.as_mut().filter(|_| self.origin.is_some()) else { return };
        match (keeping.due(moves, now), &self.keeping) {
            (News::Spot, Some(keeping)) => keeping.keep(Kept::Spot(self.spot())),
            (News::Whole, _) => self.keep_now(),
            _ => {}
        }
    }

    /// Gives all of it away, whatever the time.
    pub(super) fn keep_now(&self) {
        let (Some(keeping), Some(origin)) = (&self.keeping, &self.origin) else { return };
        let mut order = self.queue.memory();
        // After the end or a stop it begins again.
        order.ended |= self.now.item.is_none();
        let Spot { position, volume, muted } = self.spot();
        keeping.keep(Kept::Whole {
            origin: Arc::clone(origin),
            items: self.queue.items().map(|(_, item)| Arc::clone(item)).collect(),
            bookmark: Bookmark {
                order,
                position,
                volume,
                muted,
                shuffle: self.queue.shuffle(),
                repeat: self.queue.repeat(),
                consume: self.queue.consume(),
            },
        });
    }

    fn spot(&self) -> Spot {
        Spot { position: self.now.position(), volume: self.now.volume, muted: self.now.muted }
    }
}
