//! Takes another part of an entry's file; gives it to the queue, and to the engine where the entry was named to follow.
//! Never touches what is current.

use std::sync::Arc;

use super::{Desk, Sound};
use crate::cue::Span;
use crate::playback::Place;
use crate::player::{Change, Event, Item};
use crate::queue::ItemId;

impl<S: Sound> Desk<S> {
    pub(in crate::player) fn cut(&mut self, id: ItemId, span: Option<Span>) {
        let entry = self.queue.get(id).filter(|item| self.now.item != Some(id) && item.part.span != span);
        let Some(entry) = entry else { return };
        let mut item = Item::clone(entry);
        item.part.span = span;
        self.queue.replace(id, Arc::new(item));
        self.measure_ahead();
        if !self.queue.is_playable(id) {
            self.queue.mark_playable(id); // another part of it may well play
            return self.rename(Change::Queue);
        }
        if self.named.contains(&id) {
            self.renew_named();
        }
        self.say(Event::Changed(Change::Queue));
    }

    /// What was named to follow is not what it was when it was named.
    fn renew_named(&mut self) {
        self.forget_named();
        // What is decoded already is taken back: from where the device is; the cross-fade hides it.
        let here = self.sound.taken().filter(|_| self.sound.has_joined());
        match here.zip(self.now.item.and_then(|id| self.media(id))) {
            Some((position, media)) => self.sound.play(media, Place::Frame(position.frame)),
            None => self.name_next(),
        }
    }
}
