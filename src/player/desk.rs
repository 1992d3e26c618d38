//! The player's decisions: takes a command or what the engine says; gives orders to the engine, and events.
//! Pure but for the engine it is given: no thread, no clock. Never draws, never decodes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{Change, Command, Event, Item, OnUnplug, Setup, Status, View};
use crate::playback::decode::{DecodeError, Format};
use crate::playback::level::Measurer;
use crate::playback::{self, Engine, Hand, Key, Media, Part, Place, Position};
use crate::queue::{ItemId, Queue, Shuffle};

/// What the player needs of an engine; tests put a plain recorder in its place.
pub(super) trait Sound {
    fn play(&mut self, media: Media, from: Place);
    fn follow(&mut self, media: Option<Media>);
    fn halt(&mut self);
    fn set_playing(&mut self, playing: bool);
    fn set_gain(&mut self, gain: f32);
    fn hand(&self) -> Option<Hand>;
    fn taken(&self) -> Option<Position>;
    fn has_joined(&self) -> bool;
}

impl Sound for Engine {
    fn play(&mut self, media: Media, from: Place) {
        self.play(media, from);
    }
    fn follow(&mut self, media: Option<Media>) {
        self.follow(media);
    }
    fn halt(&mut self) {
        self.halt();
    }
    fn set_playing(&mut self, playing: bool) {
        self.set_playing(playing);
    }
    fn set_gain(&mut self, gain: f32) {
        self.set_gain(gain);
    }
    fn hand(&self) -> Option<Hand> {
        self.hand()
    }
    fn taken(&self) -> Option<Position> {
        self.taken()
    }
    fn has_joined(&self) -> bool {
        self.has_joined()
    }
}

/// Entries among which a release is looked for: more than any has tracks.
const MEASURED_OVER: usize = 1000;

/// Where events go.
pub(super) type Tell = Box<dyn FnMut(Event, &Status) + Send>;

/// The player thread's whole state.
pub(super) struct Desk<S> {
    pub(super) sound: S,
    pub(super) queue: Queue<Arc<Item>>,
    start: Option<usize>,
    /// Named to follow, in order, and not yet heard.
    named: Vec<ItemId>,
    /// Whether the current track has been heard.
    heard: bool,
    on_unplug: OnUnplug,
    pub(super) now: Status,
    status: Arc<Mutex<Status>>,
    tell: Tell,
    /// Measures ahead what no tags speak of.
    pub(super) measurer: Option<Measurer>,
}

impl<S: Sound> Desk<S> {
    pub(super) fn new(sound: S, setup: Setup, tell: Tell, status: Arc<Mutex<Status>>) -> Self {
        let mut queue = Queue::new(setup.seed);
        for item in setup.items {
            queue.append(Arc::new(item));
        }
        queue.set_repeat(setup.repeat);
        queue.set_shuffle(setup.shuffle);
        let now = Status {
            playing: true,
            volume: 100,
            shuffle: setup.shuffle,
            repeat: setup.repeat,
            ..Status::default()
        };
        Self {
            sound,
            queue,
            start: setup.start,
            named: Vec::new(),
            heard: false,
            on_unplug: setup.on_unplug,
            now,
            status,
            tell,
            measurer: None,
        }
    }

    pub(super) fn begin(&mut self) {
        let first = match self.start {
            Some(index) => self.queue.start_at(index),
            None => self.queue.start(),
        };
        self.play_or_finish(first);
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
                self.now.shuffle = shuffle;
                self.rename();
            }
            Command::Repeat(repeat) => {
                self.queue.set_repeat(repeat);
                self.now.repeat = repeat;
                self.rename();
            }
            Command::Quit => {}
        }
    }

    /// Puts items into the queue.
    pub(super) fn add(&mut self, items: Vec<Item>, place: super::Place) {
        let items = items.into_iter().map(Arc::new);
        match place {
            super::Place::Append => {
                for item in items {
                    self.queue.append(item);
                }
            }
            super::Place::Next => {
                // The last first, for each goes right behind the current one.
                for item in items.rev() {
                    self.queue.insert_next(item);
                }
            }
            super::Place::Replace => {
                self.queue.clear();
                for item in items {
                    self.queue.append(item);
                }
                self.now.playing = true;
                self.sound.set_playing(true);
                let first = self.queue.start();
                self.play_or_finish(first);
                return self.say(Event::Changed(Change::Queue));
            }
        }
        self.rename();
    }

    /// The queue, for those who look at it.
    pub(super) fn view(&self) -> View {
        View {
            items: self.queue.items().map(|(id, item)| (id, Arc::clone(item))).collect(),
            current: self.now.item,
            order: self.queue.order(),
        }
    }

    /// Fades out; nothing more is heard.
    pub(super) fn quit(&mut self) {
        self.sound.set_playing(false);
        self.say(Event::Quit);
    }

    pub(super) fn hear(&mut self, event: playback::Event) {
        match event {
            playback::Event::Began { key, format } => self.began(ItemId(key.0), format),
            playback::Event::Wanted => self.name_next(),
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
            playback::Event::OutputChanged => self.go_on(),
            playback::Event::OutputBack => {
                self.go_on();
                self.say(Event::OutputBack);
            }
            playback::Event::OutputBroken(error) => self.say(Event::OutputBroken(error)),
        }
    }

    fn ended(&mut self) {
        let named = self.named.first().copied();
        let next = self.queue.advance();
        match named {
            // It was to join and needs the device in another shape.
            Some(id) => {
                if next != Some(id) {
                    self.queue.goto(id); // the queue was changed meanwhile
                }
                self.play(id);
            }
            None => self.finish(),
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
        self.named.clear();
        let Some(media) = self.now.item.and_then(|id| self.media(id)) else { return };
        let heard = self.now.hand.as_ref().map(|hand| Place::Frame(hand.position().frame));
        let place = self.now.going_to.map(Place::Time).or(heard).unwrap_or(Place::START);
        self.sound.play(media, place);
    }

    fn began(&mut self, id: ItemId, format: Format) {
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
        self.say(if new { Event::Started(id) } else { Event::Changed(Change::Heard) });
    }

    fn failed(&mut self, id: ItemId, error: DecodeError) {
        let was_heard = self.heard && self.now.item == Some(id);
        if !was_heard {
            self.queue.mark_unplayable(id);
        }
        self.named.retain(|named| *named != id);
        self.say(Event::Failed(id, error));
    }

    /// Answers what follows the tracks that are named already.
    fn name_next(&mut self) {
        let next = self.after_named();
        self.named.extend(next);
        let media = next.and_then(|id| self.media(id));
        self.sound.follow(media);
    }

    fn after_named(&self) -> Option<ItemId> {
        let mut queue = self.queue.clone();
        for id in &self.named {
            if queue.advance() != Some(*id) {
                queue.goto(*id);
            }
        }
        queue.advance()
    }

    /// The order has changed: what was named to follow may be wrong now.
    pub(super) fn rename(&mut self) {
        let named = std::mem::take(&mut self.named);
        let expected = self.after_named();
        if named.first().copied() == expected && named.len() <= 1 {
            self.named = named;
        } else if self.sound.has_joined() {
            // Already decoded: begin again from where the device is; the cross-fade hides it.
            if let (Some(position), Some(media)) =
                (self.sound.taken(), self.now.item.and_then(|id| self.media(id)))
            {
                self.sound.play(media, Place::Frame(position.frame));
            }
        } else if !named.is_empty() {
            self.name_next();
        }
        self.say(Event::Changed(Change::Queue));
    }

    fn media(&self, id: ItemId) -> Option<Media> {
        let part = self.queue.get(id)?.part.clone();
        Some(Media { key: Key(id.0), part, neighbours: self.neighbours(id) })
    }

    /// What stands beside an item in the order of playing; a shuffle plays no release.
    fn neighbours(&self, id: ItemId) -> Vec<Part> {
        let Some(at) = self.queue.index(id).filter(|_| self.now.shuffle == Shuffle::Off) else {
            return Vec::new();
        };
        let beside = [at.checked_sub(1), at.checked_add(1)].into_iter().flatten();
        beside.filter_map(|at| Some(self.queue.get(self.queue.id_at(at)?)?.part.clone())).collect()
    }

    /// Hands the queue to the measurer, from the current track round to the one before it.
    fn measure_ahead(&self) {
        let Some(measurer) = &self.measurer else { return };
        let len = self.queue.len();
        let now = self.now.item.and_then(|id| self.queue.index(id)).unwrap_or(0);
        let order = (now..len).chain(0..now).take(MEASURED_OVER);
        let files = order.filter_map(|at| Some(self.queue.get(self.queue.id_at(at)?)?.part.clone()));
        measurer.ahead(files.collect());
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
        let Some(media) = self.media(id) else { return };
        self.named.clear();
        self.heard = false;
        self.now.item = Some(id);
        self.now.format = None;
        self.now.going_to = Some(Duration::ZERO);
        self.sound.play(media, Place::START);
        self.measure_ahead();
        self.say(Event::Started(id));
    }

    fn finish(&mut self) {
        self.clear();
        self.say(Event::Finished);
    }

    fn stop(&mut self) {
        self.sound.halt();
        self.clear();
        self.set_playing(false);
    }

    fn clear(&mut self) {
        self.named.clear();
        self.now.item = None;
        self.now.format = None;
        self.now.hand = None;
        self.now.going_to = None;
    }

    fn set_playing(&mut self, playing: bool) {
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
        self.named.clear();
        self.now.going_to = Some(time);
        self.sound.play(media, Place::Time(time));
        self.say(Event::Changed(Change::Sought));
    }

    fn set_volume(&mut self, percent: u8, muted: bool) {
        self.now.volume = percent.min(100);
        self.now.muted = muted;
        self.sound.set_gain(if muted { 0.0 } else { gain(self.now.volume) });
        self.say(Event::Changed(Change::Volume));
    }

    pub(super) fn say(&mut self, event: Event) {
        self.now.track = self.now.item.and_then(|id| self.queue.get(id)).cloned();
        self.now.number = self.now.item.and_then(|id| self.queue.index(id)).map(|index| index + 1);
        self.now.of = self.queue.len();
        self.now.next = self.now.item.and_then(|_| self.queue.peek_next());
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&self.now);
        (self.tell)(event, &self.now);
    }
}

/// Loudness is heard by its logarithm; a cube comes near it and reaches silence. 100 is exactly 1.
fn gain(percent: u8) -> f32 {
    (f32::from(percent) / 100.0).powi(3)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::mpsc::{self, Receiver};

    use super::*;
    use crate::playback::level::Leveller;
    use crate::playback::output::OutputError;
    use crate::playback::output::Target;
    use crate::playback::{RatePolicy, Shape};
    use crate::player::Edit;
    use crate::queue::{Repeat, Shuffle};

    /// Notes what it is told: "play 2 from 0", "follow 3", ...
    #[derive(Default)]
    struct Recorder {
        notes: Vec<String>,
        joined: bool,
    }

    impl Sound for Recorder {
        fn play(&mut self, media: Media, from: Place) {
            self.notes.push(match from {
                Place::Frame(frame) => format!("play {} from {frame}", media.key.0),
                Place::Time(time) => format!("play {} at {} ms", media.key.0, time.as_millis()),
            });
        }
        fn follow(&mut self, media: Option<Media>) {
            self.notes.push(media.map_or("follow nothing".into(), |media| format!("follow {}", media.key.0)));
        }
        fn halt(&mut self) {
            self.notes.push("halt".into());
        }
        fn set_playing(&mut self, playing: bool) {
            self.notes.push(if playing { "go on".into() } else { "pause".into() });
        }
        fn set_gain(&mut self, gain: f32) {
            self.notes.push(format!("gain {gain:.3}"));
        }
        fn hand(&self) -> Option<Hand> {
            None
        }
        fn taken(&self) -> Option<Position> {
            Some(Position { key: Key(0), frame: 77, rate: 10 })
        }
        fn has_joined(&self) -> bool {
            self.joined
        }
    }

    struct Case {
        desk: Desk<Recorder>,
        events: Receiver<Event>,
    }

    /// Tracks of ten seconds at 10 Hz.
    fn format() -> Format {
        Format { codec: "numbers", rate: 10, channels: 1, bits: None, float: false, frames: Some(100) }
    }

    impl Case {
        fn new(files: usize, repeat: Repeat) -> Self {
            let setup = Setup {
                items: (0..files).map(|n| Item::of_file(n.to_string().into())).collect(),
                start: None,
                repeat,
                shuffle: Shuffle::Off,
                seed: 1,
                levelling: Leveller::default(),
                output: Target::Null,
                rate: RatePolicy::Device,
                on_unplug: OnUnplug::Usual,
                shape: Shape::default(),
            };
            let (tell, events) = mpsc::channel();
            let tell = Box::new(move |event, _: &Status| tell.send(event).unwrap());
            let mut desk = Desk::new(Recorder::default(), setup, tell, Arc::default());
            desk.begin();
            Self { desk, events }
        }

        fn began(&mut self, id: u64) {
            self.desk.hear(playback::Event::Began { key: Key(id), format: format() });
        }

        fn wanted(&mut self) {
            self.desk.hear(playback::Event::Wanted);
        }

        fn notes(&mut self) -> Vec<String> {
            std::mem::take(&mut self.desk.sound.notes)
        }

        fn started(&self) -> Vec<u64> {
            self.events
                .try_iter()
                .filter_map(|event| if let Event::Started(id) = event { Some(id.0) } else { None })
                .collect()
        }
    }

    #[test]
    fn entries_come_go_and_change_places_while_the_music_goes_on() {
        let mut case = Case::new(3, Repeat::Off);
        case.began(0);
        case.desk.sound.notes.clear();
        let item = |name: &str| Item::of_file(name.into());
        assert_eq!(case.desk.edit(Edit::Insert(vec![item("a"), item("b")], Some(1))), [ItemId(3), ItemId(4)]);
        let order = |case: &Case| case.desk.view().items.iter().map(|(id, _)| id.0).collect::<Vec<_>>();
        assert_eq!(order(&case), [0, 3, 4, 1, 2]);
        case.desk.edit(Edit::Arrange(vec![ItemId(2), ItemId(1), ItemId(0)]));
        assert_eq!(order(&case), [2, 1, 0, 3, 4]);
        case.desk.edit(Edit::Remove(vec![ItemId(2), ItemId(9)]));
        assert!(!case.desk.sound.notes.iter().any(|note| note.starts_with("play")), "what plays goes on");
        case.desk.edit(Edit::Remove(vec![ItemId(0), ItemId(3)]));
        assert_eq!(case.desk.sound.notes.last().unwrap(), "play 4 from 0");
        case.desk.edit(Edit::Remove(vec![ItemId(4), ItemId(1)]));
        assert_eq!((case.desk.now.item, order(&case).len()), (None, 0));
        assert_eq!(case.desk.sound.notes.last().unwrap(), "halt");
        assert_eq!(case.desk.edit(Edit::Insert(vec![item("c")], None)), [ItemId(5)]);
        case.desk.obey(Command::Play);
        assert_eq!(case.desk.now.item, Some(ItemId(5)));
    }

    #[test]
    fn a_list_plays_through_and_finishes() {
        let mut case = Case::new(2, Repeat::Off);
        case.began(0);
        case.wanted();
        case.began(1);
        case.wanted();
        case.desk.hear(playback::Event::Ended);
        assert_eq!(case.notes(), ["play 0 from 0", "follow 1", "follow nothing"]);
        let events: Vec<_> = case.events.try_iter().collect();
        assert!(matches!(events.last(), Some(Event::Finished)), "{events:?}");
        assert_eq!(case.desk.now.item, None);
    }

    #[test]
    fn tracks_shorter_than_the_ring_are_named_ahead_of_what_is_heard() {
        let mut case = Case::new(4, Repeat::Off);
        case.wanted();
        case.wanted();
        case.wanted();
        assert_eq!(case.notes(), ["play 0 from 0", "follow 1", "follow 2", "follow 3"]);
        case.began(0);
        case.began(1);
        case.began(2);
        assert_eq!(case.desk.queue.current(), Some(ItemId(2)));
        assert_eq!(case.started(), [0, 1, 2]);
    }

    #[test]
    fn one_track_on_repeat_starts_again_and_says_so() {
        let mut case = Case::new(2, Repeat::One);
        case.began(0);
        case.wanted();
        case.began(0);
        assert_eq!(case.notes(), ["play 0 from 0", "follow 0"]);
        assert_eq!(case.started(), [0, 0]);
    }

    #[test]
    fn a_file_that_does_not_open_is_passed_over() {
        let mut case = Case::new(3, Repeat::All);
        case.began(0);
        case.wanted();
        case.desk.hear(playback::Event::Failed { key: Key(1), error: DecodeError::Empty });
        case.wanted();
        case.began(2);
        case.wanted();
        assert_eq!(case.notes(), ["play 0 from 0", "follow 1", "follow 2", "follow 0"]);
    }

    #[test]
    fn a_file_that_breaks_half_way_is_offered_again_next_time() {
        let mut case = Case::new(2, Repeat::All);
        case.began(0);
        case.desk.hear(playback::Event::Failed { key: Key(0), error: DecodeError::Damaged("torn".into()) });
        case.wanted();
        case.began(1);
        case.wanted();
        assert_eq!(case.notes(), ["play 0 from 0", "follow 1", "follow 0"]);
    }

    #[test]
    fn when_nothing_plays_the_music_ends_and_does_not_spin() {
        let mut case = Case::new(2, Repeat::All);
        case.desk.hear(playback::Event::Failed { key: Key(0), error: DecodeError::Empty });
        case.wanted();
        case.desk.hear(playback::Event::Failed { key: Key(1), error: DecodeError::Empty });
        case.wanted();
        assert_eq!(case.notes(), ["play 0 from 0", "follow 1", "follow nothing"]);
    }

    #[test]
    fn seeks_add_up_before_the_device_has_reached_them() {
        let mut case = Case::new(2, Repeat::Off);
        case.began(0);
        case.notes();
        case.desk.obey(Command::SeekBy(4000));
        case.desk.obey(Command::SeekBy(3000));
        case.desk.obey(Command::SeekBy(-60_000));
        assert_eq!(case.notes(), ["play 0 at 4000 ms", "play 0 at 7000 ms", "play 0 at 0 ms"]);
    }

    #[test]
    fn on_a_new_device_the_music_goes_on_where_it_was_to_be() {
        let mut case = Case::new(2, Repeat::Off);
        case.began(0);
        case.desk.obey(Command::SeekBy(4000));
        case.notes();
        case.desk.hear(playback::Event::OutputBack);
        assert_eq!(case.notes(), ["play 0 at 4000 ms"]);
    }

    #[test]
    fn a_track_of_another_rate_begins_when_the_one_before_is_heard() {
        let mut case = Case::new(3, Repeat::Off);
        case.began(0);
        case.wanted();
        case.notes();
        case.desk.hear(playback::Event::Ended);
        assert_eq!(case.notes(), ["play 1 from 0"]);
        assert_eq!(case.desk.queue.current(), Some(ItemId(1)));
        case.desk.hear(playback::Event::OutputChanged);
        assert_eq!(case.notes(), ["play 1 at 0 ms"]);
    }

    #[test]
    fn a_vanished_device_pauses_and_a_server_that_died_does_not() {
        let lost = |vanished| playback::Event::OutputLost { error: OutputError::NoDevice, vanished };
        for (on_unplug, vanished, plays_on) in [
            (OnUnplug::Usual, false, true),
            (OnUnplug::Usual, true, false),
            (OnUnplug::Follow, true, true),
            (OnUnplug::Pause, true, false),
            (OnUnplug::Pause, false, true),
        ] {
            let mut case = Case::new(1, Repeat::Off);
            case.desk.on_unplug = on_unplug;
            case.began(0);
            case.desk.hear(lost(vanished));
            assert_eq!(case.desk.now.playing, plays_on, "{on_unplug:?}, {vanished}");
        }
    }

    #[test]
    fn a_loss_and_a_return_start_nothing_that_was_paused() {
        let mut case = Case::new(1, Repeat::Off);
        case.began(0);
        case.desk.obey(Command::Pause);
        case.notes();
        case.desk.hear(playback::Event::OutputLost { error: OutputError::NoServer, vanished: false });
        case.desk.hear(playback::Event::OutputBack);
        assert!(!case.desk.now.playing);
        assert_eq!(case.notes(), ["play 0 from 0"], "ready, and not heard before it goes on");
    }

    #[test]
    fn music_that_moves_to_the_loudspeakers_goes_on_unless_told_otherwise() {
        for (on_unplug, plays_on) in
            [(OnUnplug::Usual, true), (OnUnplug::Follow, true), (OnUnplug::Pause, false)]
        {
            let mut case = Case::new(1, Repeat::Off);
            case.desk.on_unplug = on_unplug;
            case.began(0);
            case.desk.hear(playback::Event::OutputUnplugged);
            assert_eq!(case.desk.now.playing, plays_on, "{on_unplug:?}");
        }
    }

    #[test]
    fn a_seek_past_the_end_is_the_next_track() {
        let mut case = Case::new(2, Repeat::Off);
        case.began(0);
        case.notes();
        case.desk.obey(Command::SeekBy(60_000));
        assert_eq!(case.notes(), ["play 1 from 0"]);
    }

    #[test]
    fn a_new_order_renames_what_follows() {
        let mut case = Case::new(3, Repeat::Off);
        case.began(0);
        case.wanted();
        case.notes();
        case.desk.obey(Command::Repeat(Repeat::One));
        assert_eq!(case.notes(), ["follow 0"]);
        case.desk.obey(Command::Repeat(Repeat::One));
        assert_eq!(case.notes(), Vec::<String>::new(), "nothing has changed");
        case.desk.sound.joined = true;
        case.desk.obey(Command::Repeat(Repeat::Off));
        assert_eq!(case.notes(), ["play 0 from 77"]);
    }

    #[test]
    fn next_while_paused_stays_paused() {
        let mut case = Case::new(3, Repeat::Off);
        case.began(0);
        case.desk.obey(Command::Pause);
        case.notes();
        case.desk.obey(Command::Next);
        assert_eq!(case.notes(), ["play 1 from 0"]);
        assert!(!case.desk.now.playing);
    }

    #[test]
    fn previous_at_the_beginning_begins_again() {
        let mut case = Case::new(3, Repeat::Off);
        case.began(0);
        case.notes();
        case.desk.obey(Command::Previous);
        assert_eq!(case.notes(), ["play 0 from 0"]);
    }

    #[test]
    fn full_volume_is_exactly_one_and_mute_comes_back() {
        let mut case = Case::new(1, Repeat::Off);
        assert_eq!(gain(100), 1.0);
        assert_eq!(gain(0), 0.0);
        case.notes();
        case.desk.obey(Command::VolumeBy(-50));
        case.desk.obey(Command::ToggleMute);
        case.desk.obey(Command::ToggleMute);
        case.desk.obey(Command::VolumeBy(100));
        assert_eq!(case.notes(), ["gain 0.125", "gain 0.000", "gain 0.125", "gain 1.000"]);
    }

    #[test]
    fn what_is_added_follows_where_it_was_put() {
        let mut case = Case::new(2, Repeat::Off);
        case.began(0);
        case.wanted();
        case.notes();
        case.desk.add(vec![Item::of_file("a".into()), Item::of_file("b".into())], crate::player::Place::Next);
        case.desk.add(vec![Item::of_file("c".into())], crate::player::Place::Append);
        let order: Vec<_> = case.desk.view().items.iter().map(|(_, item)| item.label.title.clone()).collect();
        assert_eq!(order, ["0", "a", "b", "1", "c"]);
        assert_eq!(case.notes(), ["follow 3"], "a has the id 3; what is at the end changes nothing now");
    }

    #[test]
    fn a_new_listing_plays_at_once_even_when_paused() {
        let mut case = Case::new(2, Repeat::Off);
        case.began(0);
        case.desk.obey(Command::Pause);
        case.notes();
        case.desk.add(vec![Item::of_file("a".into())], crate::player::Place::Replace);
        assert_eq!(case.notes(), ["go on", "play 2 from 0"]);
        assert_eq!((case.desk.now.number, case.desk.now.of), (Some(1), 1));
    }

    #[test]
    fn play_after_the_end_begins_again() {
        let mut case = Case::new(1, Repeat::Off);
        case.began(0);
        case.wanted();
        case.desk.hear(playback::Event::Ended);
        case.notes();
        case.desk.obey(Command::Play);
        assert_eq!(case.notes(), ["go on", "play 0 from 0"]);
    }
}
