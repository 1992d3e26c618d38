//! Takes what the engine has begun, asks for or could not play; gives it what follows, and begins anew where what follows
//! was changed after it was named. Never decides an order: the queue does.

use super::{Desk, Sound};
use crate::playback::decode::{DecodeError, Format};
use crate::playback::{Key, Media, Part};
use crate::player::{Change, Event, StopAfter};
use crate::queue::{ItemId, Shuffle};

/// Entries among which a release is looked for: more than any has tracks.
const MEASURED_OVER: usize = 1000;

impl<S: Sound> Desk<S> {
    pub(super) fn ended(&mut self) {
        let stops = self.named.is_empty() && self.now.item.is_some_and(|id| self.stops_after(id));
        let named = self.named.first().copied();
        let next = self.queue.advance();
        if stops {
            if self.now.stop_after != StopAfter::Each {
                self.now.stop_after = StopAfter::Never;
            }
            self.now.playing = false;
            self.sound.set_playing(false);
            self.play_or_finish(next);
            return self.say(Event::Changed(Change::Playing));
        }
        // One that was named was to join and needs the device in another shape; if it is not the next, the
        // queue was changed meanwhile.
        let next = match named {
            Some(id) if next != named => self.queue.goto(id).or(next),
            _ => next,
        };
        match next {
            Some(id) => self.play(id),
            None => self.finish(),
        }
    }

    /// Whether the music stops by itself when that track has ended.
    fn stops_after(&self, id: ItemId) -> bool {
        match self.now.stop_after {
            StopAfter::Never => false,
            StopAfter::Track => self.now.item == Some(id),
            StopAfter::Each => true,
            StopAfter::Entry(entry) => entry == id,
        }
    }

    pub(super) fn began(&mut self, id: ItemId, format: Format) {
        let joined = self.named.first() == Some(&id) && (self.heard || self.now.item != Some(id));
        if joined {
            self.named.remove(0);
            if self.queue.advance() != Some(id) {
                self.queue.goto(id); // the queue was changed after this track was decoded
            }
        }
        let new = joined || self.now.item != Some(id);
        self.heard = true;
        self.now.item = Some(id);
        self.now.format = Some(format);
        self.now.going_to = None;
        self.now.hand = self.sound.hand();
        if new {
            self.measure_ahead();
        }
        self.spend_priority(id);
        self.say(if new { Event::Started(id) } else { Event::Changed(Change::Heard) });
    }

    /// It was to come before others once, and does.
    pub(super) fn spend_priority(&mut self, id: ItemId) {
        if self.queue.priority(id) > 0 && self.queue.set_priority(id, 0) {
            self.rename(Change::Queue);
        }
    }

    pub(super) fn failed(&mut self, id: ItemId, error: DecodeError) {
        let was_heard = self.heard && self.now.item == Some(id);
        if !was_heard {
            self.queue.mark_unplayable(id);
        }
        self.named.retain(|named| *named != id);
        self.say(Event::Failed(id, error));
    }

    /// Answers what follows the tracks that are named already.
    pub(super) fn name_next(&mut self) {
        let next = self.after_named();
        self.named.extend(next);
        self.named_nothing = next.is_none();
        let media = next.and_then(|id| self.media(id));
        self.sound.follow(media);
    }

    fn after_named(&self) -> Option<ItemId> {
        if self.named.last().copied().or(self.now.item).is_some_and(|last| self.stops_after(last)) {
            return None;
        }
        let mut queue = self.queue.clone();
        for id in &self.named {
            if queue.advance() != Some(*id) {
                queue.goto(*id);
            }
        }
        queue.advance()
    }

    /// The order has changed: what was named to follow may be wrong now.
    pub(in crate::player) fn rename(&mut self, change: Change) {
        let named = std::mem::take(&mut self.named);
        let next = self.after_named();
        if named.first().copied() == next && named.len() <= 1 {
            self.named = named;
        } else if !named.is_empty() || self.named_nothing {
            self.named.extend(next);
            self.named_nothing = next.is_none();
            let media = next.and_then(|id| self.media(id));
            self.sound.instead(media);
        }
        self.say(Event::Changed(change));
    }

    pub(super) fn media(&self, id: ItemId) -> Option<Media> {
        let part = self.queue.get(id)?.part.clone();
        Some(Media { key: Key(id.0), part, neighbours: self.neighbours(id) })
    }

    /// What stands beside an item in the order of playing; a shuffle plays no release.
    fn neighbours(&self, id: ItemId) -> Vec<Part> {
        let Some(at) = self.queue.index(id).filter(|_| self.queue.shuffle() != Shuffle::Tracks) else {
            return Vec::new();
        };
        let beside = [at.checked_sub(1), at.checked_add(1)].into_iter().flatten();
        beside.filter_map(|at| Some(self.queue.get(self.queue.id_at(at)?)?.part.clone())).collect()
    }

    /// Hands the queue to the measurer, from the current track round to the one before it.
    pub(super) fn measure_ahead(&self) {
        let Some(measurer) = &self.measurer else { return };
        let len = self.queue.len();
        let now = self.now.item.and_then(|id| self.queue.index(id)).unwrap_or(0);
        let order = (now..len).chain(0..now).take(MEASURED_OVER);
        let files = order.filter_map(|at| Some(self.queue.get(self.queue.id_at(at)?)?.part.clone()));
        measurer.ahead(files.collect());
    }

    pub(super) fn forget_named(&mut self) {
        self.named.clear();
        self.named_nothing = false;
    }
}
