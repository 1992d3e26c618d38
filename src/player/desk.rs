//! The player's decisions: takes a command or what the engine says; gives orders to the engine, and events.
//! Pure but for the engine it is given and the time of the alarm: no thread. Never draws, never decodes.

mod cut;
mod follow;
mod keep;
mod level;
mod outputs;
mod sound;
mod whole;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::alarm::Alarm;
use super::keeping::Keeping;
use super::{
    Bookmark, Change, Command, Event, Item, OnUnplug, Opening, Origin, Setup, Status, StopAfter, View,
};
use crate::playback::level::{Leveller, Measurer};
use crate::playback::{self, Place};
use crate::queue::{ItemId, Queue};
pub(super) use sound::Sound;

/// Where events go.
pub(super) type Tell = Box<dyn FnMut(Event, &Status) + Send>;

/// The player thread's whole state.
pub(super) struct Desk<S> {
    pub(super) sound: S,
    pub(super) queue: Queue<Arc<Item>>,
    start: Option<usize>,
    /// Where the current track is to begin, when it was left.
    resumes_at: Option<Duration>,
    origin: Option<Arc<Origin>>,
    keeping: Option<Keeping>,
    alarm: Alarm,
    /// Where the fade to sleep stands: 1 where there is none.
    level: f32,
    /// Whether the queue has only the first of what is to be played yet.
    is_first: bool,
    /// Whether the decoder was told that nothing follows.
    named_nothing: bool,
    /// Named to follow, in order, and not yet heard.
    named: Vec<ItemId>,
    /// Whether the current track has been heard.
    heard: bool,
    on_unplug: OnUnplug,
    pub(super) now: Status,
    status: Arc<Mutex<Status>>,
    tell: Tell,
    leveller: Leveller,
    /// Measures ahead what no tags speak of.
    measurer: Option<Measurer>,
}

impl<S: Sound> Desk<S> {
    pub(super) fn new(sound: S, setup: Setup, tell: Tell, status: Arc<Mutex<Status>>) -> Self {
        let mut desk = Self {
            sound,
            queue: Queue::with_releases(setup.seed, |item: &Arc<Item>| item.release()),
            start: setup.start,
            resumes_at: None,
            origin: setup.origin,
            keeping: setup.keeper.map(Keeping::new),
            alarm: Alarm::default(),
            level: 1.0,
            is_first: setup.is_first,
            named_nothing: false,
            named: Vec::new(),
            heard: false,
            on_unplug: setup.on_unplug,
            now: Status {
                playing: true,
                volume: 100,
                levelling: setup.levelling.levelling,
                ..Status::default()
            },
            status,
            tell,
            leveller: setup.levelling,
            measurer: None,
        };
        desk.fill(setup.items, setup.bookmark.as_ref());
        if let Some(bookmark) = &setup.bookmark {
            (desk.now.volume, desk.now.muted) = (bookmark.volume.min(100), bookmark.muted);
        }
        desk.queue.set_repeat(setup.repeat);
        desk.queue.set_shuffle(setup.shuffle);
        desk.set_alarm(setup.sleep);
        desk
    }

    /// Puts a listing into an empty queue, as it was left if that is known.
    fn fill(&mut self, items: Vec<Arc<Item>>, bookmark: Option<&Bookmark>) {
        for item in items {
            self.queue.append(item);
        }
        let Some(bookmark) = bookmark else { return };
        self.restore(bookmark);
        self.resumes_at = self.queue.current().map(|_| bookmark.position);
    }

    fn restore(&mut self, bookmark: &Bookmark) {
        self.queue.set_shuffle(bookmark.shuffle);
        self.queue.set_repeat(bookmark.repeat);
        self.queue.set_consume(bookmark.consume);
        self.queue.restore(&bookmark.order);
    }

    pub(super) fn begin(&mut self) {
        if (self.now.volume, self.now.muted) != (100, false) {
            self.set_gain();
        }
        let start = self.start.take();
        let left = self.resumes_at.take().filter(|_| start.is_none());
        match (left.zip(self.queue.current()), start) {
            (Some((time, id)), _) => self.play_from(id, time),
            (None, Some(index)) => {
                let first = self.queue.start_at(index);
                self.play_or_finish(first);
            }
            (None, None) => {
                let first = self.queue.start();
                self.play_or_finish(first);
            }
        }
    }

    pub(super) fn obey(&mut self, command: Command) {
        match command {
            Command::Play => self.set_playing(true),
            Command::Pause => self.set_playing(false),
            Command::Toggle => self.set_playing(!self.now.playing || self.now.item.is_none()),
            Command::Stop => self.stop(),
            Command::Next => {
                let next = self.queue.next();
                self.play_or_finish(next);
            }
            Command::Previous => {
                let before = self.queue.previous().or(self.queue.current());
                self.play_or_finish(before);
            }
            Command::Goto(id) => {
                if let Some(id) = self.queue.goto(id) {
                    self.play(id);
                }
            }
            Command::SeekBy(millis) => self.seek_by(millis),
            Command::SeekTo(time) => self.seek_to(time),
            Command::Volume(percent) => self.set_volume(percent, false),
            Command::VolumeBy(points) => {
                let percent = i16::from(self.now.volume) + i16::from(points);
                self.set_volume(u8::try_from(percent.clamp(0, 100)).unwrap_or(100), false);
            }
            Command::ToggleMute => self.set_volume(self.now.volume, !self.now.muted),
            Command::Shuffle(shuffle) => {
                self.queue.set_shuffle(shuffle);
                self.rename(Change::Queue);
            }
            Command::Repeat(repeat) => {
                self.queue.set_repeat(repeat);
                self.rename(Change::Queue);
            }
            Command::StopAfter(stop_after) => {
                self.now.stop_after = stop_after;
                self.rename(Change::Ending);
            }
            Command::Sleep(time) => {
                self.set_alarm(time);
                self.say(Event::Changed(Change::Ending));
            }
            Command::Consume(consume) => {
                self.queue.set_consume(consume);
                self.rename(Change::Ending);
            }
            Command::Remove(id) => self.remove(id),
            Command::Clear => {
                self.keep_now();
                self.origin = None;
                self.queue.clear();
                self.sound.halt();
                self.clear();
                self.say(Event::Changed(Change::Queue));
            }
            Command::Move(id, index) => {
                if self.queue.move_to(id, index) {
                    self.rename(Change::Queue);
                }
            }
            Command::Swap(one, other) => self.swap(one, other),
            Command::Priority(id, priority) => {
                if self.queue.set_priority(id, priority) {
                    self.rename(Change::Queue);
                }
            }
            Command::Level(levelling) => self.level(levelling),
            Command::Output(id, switch) => self.switch_output(id, switch),
            Command::Quit => {}
        }
    }

    /// Puts items into the queue; gives their ids.
    pub(super) fn add(&mut self, items: Vec<Item>, place: super::Place) -> Vec<ItemId> {
        let new = items.into_iter().map(Arc::new);
        let ids = match place {
            super::Place::Append => new.map(|item| self.queue.append(item)).collect(),
            super::Place::Next => {
                // The last first, for each goes right behind the current one.
                let mut ids: Vec<_> = new.rev().map(|item| self.queue.insert_next(item)).collect();
                ids.reverse();
                ids
            }
            super::Place::At(index) => {
                new.enumerate().map(|(n, item)| self.queue.insert(item, index.saturating_add(n))).collect()
            }
            super::Place::Replace => {
                self.open(Opening { items: new.collect(), origin: None, bookmark: None });
                return self.queue.items().map(|(id, _)| id).collect();
            }
        };
        self.rename(Change::Queue);
        ids
    }

    /// Plays another listing, where it was left if that is known.
    pub(super) fn open(&mut self, opening: Opening) {
        self.keep_now();
        self.queue.clear();
        self.origin = opening.origin;
        self.fill(opening.items, opening.bookmark.as_ref());
        self.now.stop_after = StopAfter::Never;
        self.now.opened += 1;
        self.now.playing = true;
        self.sound.set_playing(true);
        self.begin();
        self.say(Event::Changed(Change::Queue));
    }

    fn remove(&mut self, id: ItemId) {
        let plays = self.now.item == Some(id);
        if self.queue.remove(id).is_none() {
            return;
        }
        if self.now.stop_after == StopAfter::Entry(id) {
            self.now.stop_after = StopAfter::Never;
        }
        if plays {
            let next = self.queue.current();
            self.play_or_finish(next);
        }
        self.rename(Change::Queue);
    }

    fn swap(&mut self, one: ItemId, other: ItemId) {
        let (Some(at), Some(to)) = (self.queue.index(one), self.queue.index(other)) else { return };
        let (first, last) = if at < to { (one, other) } else { (other, one) };
        self.queue.move_to(first, at.max(to));
        self.queue.move_to(last, at.min(to));
        self.rename(Change::Queue);
    }

    /// The queue, for those who look at it.
    pub(super) fn view(&self) -> View {
        let ranked =
            |(id, _): (ItemId, &Arc<Item>)| Some((id, self.queue.priority(id))).filter(|(_, p)| *p > 0);
        View {
            items: self.queue.items().map(|(id, item)| (id, Arc::clone(item))).collect(),
            current: self.now.item,
            order: self.queue.order(),
            next: self.queue.peek_next(),
            priorities: self.queue.items().filter_map(ranked).collect(),
            version: self.now.version,
            origin: self.origin.clone(),
        }
    }

    /// Fades out; nothing more is heard.
    pub(super) fn quit(&mut self) {
        self.keep_now();
        self.sound.set_playing(false);
        self.say(Event::Quit);
    }

    /// How long nothing happens by itself, but for the sound.
    pub(super) fn next_look(&self, now: Instant) -> Option<Duration> {
        let alarm = self.alarm.next_look(now).filter(|_| self.now.plays());
        let keeping = self.keeping.as_ref().filter(|_| self.origin.is_some());
        let keeping = keeping.and_then(|keeping| keeping.next_look(self.now.plays(), now));
        alarm.into_iter().chain(keeping).min()
    }

    /// Does what the time asks for.
    pub(super) fn look(&mut self, now: Instant) {
        if self.now.plays() && self.alarm.rings(now) {
            self.set_alarm(None);
            self.set_playing(false); // the fade has made it silent; it is loud again when it goes on
        } else if self.now.plays() {
            self.fade(self.alarm.level(now));
        }
        self.keep(now);
    }

    fn set_alarm(&mut self, time: Option<Duration>) {
        self.alarm.set(time.and_then(|time| Instant::now().checked_add(time)));
        self.now.sleep_at = self.alarm.at();
    }

    fn fade(&mut self, level: f32) {
        if level != self.level {
            self.level = level;
            self.set_gain();
        }
    }

    pub(super) fn hear(&mut self, event: playback::Event) {
        match event {
            playback::Event::Began { key, format } => self.began(ItemId(key.0), format),
            playback::Event::Wanted => self.name_next(),
            // What was tried for a queue that another has replaced meanwhile.
            playback::Event::Failed { key, .. } if self.queue.get(ItemId(key.0)).is_none() => {}
            playback::Event::Failed { key, error } => self.failed(ItemId(key.0), error),
            playback::Event::Ended => self.ended(),
            playback::Event::OutputLost { error, vanished } => {
                if self.on_unplug.pauses(vanished) {
                    self.pause_unplugged();
                }
                self.say(Event::OutputLost(error));
            }
            playback::Event::OutputUnplugged => {
                if self.on_unplug == OnUnplug::Pause {
                    self.pause_unplugged();
                }
                self.say(Event::OutputMoved);
            }
            playback::Event::OutputChanged => {
                self.go_on();
                self.say(Event::Changed(Change::Outputs));
            }
            playback::Event::OutputBack => {
                self.go_on();
                self.say(Event::OutputBack);
            }
            playback::Event::OutputBroken(error) => self.say(Event::OutputBroken(error)),
            playback::Event::Beside(id, news) => self.say(Event::Beside(id, news)),
        }
    }

    /// Nobody wants to hear on the loudspeakers what went to the headphones.
    fn pause_unplugged(&mut self) {
        if self.now.playing {
            self.set_playing(false);
        }
    }

    /// On a new device: from the last frame heard, or from where the listener wanted to be.
    fn go_on(&mut self) {
        self.forget_named();
        let Some(media) = self.now.item.and_then(|id| self.media(id)) else { return };
        let heard = self.now.hand.as_ref().map(|hand| Place::Frame(hand.position().frame));
        let place = self.now.going_to.map(Place::Time).or(heard).unwrap_or(Place::START);
        self.sound.play(media, place);
    }

    pub(super) fn play_or_finish(&mut self, id: Option<ItemId>) {
        match id {
            Some(id) => self.play(id),
            None => {
                self.sound.halt();
                self.finish();
            }
        }
    }

    fn play(&mut self, id: ItemId) {
        self.play_from(id, Duration::ZERO);
    }

    fn play_from(&mut self, id: ItemId, time: Duration) {
        let Some(media) = self.media(id) else { return };
        self.forget_named();
        self.heard = false;
        self.now.item = Some(id);
        self.now.format = None;
        self.now.going_to = Some(time);
        self.sound.play(media, if time.is_zero() { Place::START } else { Place::Time(time) });
        self.measure_ahead();
        self.spend_priority(id);
        self.say(Event::Started(id));
    }

    fn finish(&mut self) {
        self.clear();
        if !self.is_first {
            self.say(Event::Finished);
        }
    }

    fn stop(&mut self) {
        self.sound.halt();
        self.clear();
        self.set_playing(false);
    }

    fn clear(&mut self) {
        self.forget_named();
        self.now.item = None;
        self.now.format = None;
        self.now.hand = None;
        self.now.going_to = None;
    }

    fn set_playing(&mut self, playing: bool) {
        if playing {
            let now = Instant::now();
            if self.alarm.rings(now) {
                self.set_alarm(None); // it slept already
            }
            self.fade(self.alarm.level(now));
        }
        self.now.playing = playing;
        self.sound.set_playing(playing);
        if let Some(measurer) = &self.measurer {
            measurer.set_resting(!playing);
        }
        if playing && self.now.item.is_none() {
            let first = self.queue.start();
            return self.play_or_finish(first);
        }
        self.say(Event::Changed(Change::Playing));
    }

    fn seek_by(&mut self, millis: i64) {
        let distance = Duration::from_millis(millis.unsigned_abs());
        let here = self.now.position();
        self.seek_to(if millis < 0 { here.saturating_sub(distance) } else { here + distance });
    }

    fn seek_to(&mut self, time: Duration) {
        let Some(media) = self.now.item.and_then(|id| self.media(id)) else { return };
        if self.now.length().is_some_and(|length| time >= length) {
            return self.obey(Command::Next);
        }
        self.forget_named();
        self.now.going_to = Some(time);
        self.sound.play(media, Place::Time(time));
        self.say(Event::Changed(Change::Sought));
    }

    fn set_volume(&mut self, percent: u8, muted: bool) {
        self.now.volume = percent.min(100);
        self.now.muted = muted;
        self.set_gain();
        self.say(Event::Changed(Change::Volume));
    }

    fn set_gain(&mut self) {
        let volume = if self.now.muted { 0.0 } else { f32::from(self.now.volume) };
        self.sound.set_gain(gain(volume * self.level));
    }

    fn say(&mut self, event: Event) {
        let len = self.queue.len();
        if len != self.now.of || matches!(event, Event::Changed(Change::Queue)) {
            self.now.version += 1;
        }
        self.look_at_outputs(&event);
        self.now.track = self.now.item.and_then(|id| self.queue.get(id)).cloned();
        self.now.number = self.now.item.and_then(|id| self.queue.index(id)).map(|index| index + 1);
        self.now.of = len;
        self.now.next = self.queue.current().and_then(|_| self.queue.peek_next());
        self.now.shuffle = self.queue.shuffle();
        self.now.repeat = self.queue.repeat();
        self.now.consume = self.queue.consume();
        (self.now.has_next, self.now.has_previous) = (self.queue.has_next(), self.queue.has_previous());
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&self.now);
        self.note(&event);
        (self.tell)(event, &self.now);
    }
}

/// Loudness is heard by its logarithm; a cube comes near it and reaches silence. 100 is exactly 1.
fn gain(percent: f32) -> f32 {
    (percent / 100.0).powi(3)
}

#[cfg(test)]
mod tests;
