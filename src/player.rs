//! Takes commands and what the engine says; gives events and one [`Status`]: the only writer of
//! what is playing. Owns the queue and the engine.
//! Never decodes, never draws, never knows where a command comes from.

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::playback::decode::{DecodeError, Format};
use crate::playback::output::{OutputError, Target};
use crate::playback::{self, Engine, Hand, Key, Media, Place, Position, Shape, Signal};
use crate::queue::{ItemId, Queue, Repeat, Shuffle};

/// How the player begins.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The files, in order. Their ids are 0, 1, 2, ... in this order.
    pub files: Vec<PathBuf>,
    /// The file to begin with, counted from 0; a shuffled queue begins anywhere when `None`.
    pub start: Option<usize>,
    /// What happens at the end.
    pub repeat: Repeat,
    /// In which order.
    pub shuffle: Shuffle,
    /// Makes a shuffle repeatable.
    pub seed: u64,
    /// Where the sound goes.
    pub output: Target,
    /// The shape of the first track, for outputs without one of their own.
    pub shape: Shape,
}

/// What a listener can want.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Command {
    /// Go on, or begin again after the end.
    Play,
    /// Pause; nothing is lost.
    Pause,
    /// One or the other.
    Toggle,
    /// Silence, back to the beginning of the queue.
    Stop,
    /// The next track.
    Next,
    /// The track that was heard before.
    Previous,
    /// This track.
    Goto(ItemId),
    /// Forward (or, negative, back) by milliseconds; past the end is the next track.
    SeekBy(i64),
    /// To a time of the current track.
    SeekTo(Duration),
    /// Percent of full volume, 0..=100; 100 leaves every sample as it is.
    Volume(u8),
    /// Louder or softer by percent points.
    VolumeBy(i8),
    /// Silence without pausing, and back.
    ToggleMute,
    /// In which order.
    Shuffle(Shuffle),
    /// What happens at the end.
    Repeat(Repeat),
    /// Fade out and end.
    Quit,
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// This track plays now.
    Started(ItemId),
    /// Paused or gone on, sought, louder, other order: look at the status.
    Changed,
    /// The file does not play, or no further; the music goes on.
    Failed(ItemId, DecodeError),
    /// Nothing follows any more.
    Finished,
    /// The device is gone and is looked for.
    OutputLost(OutputError),
    /// The device is back.
    OutputBack,
    /// The output takes no more, for good.
    OutputBroken(OutputError),
}

/// What is playing. A value: it does not change once it was given.
#[derive(Debug, Clone, Default)]
pub struct Status {
    /// The current track, if any.
    pub item: Option<ItemId>,
    /// What its file holds, once it is open.
    pub format: Option<Format>,
    /// Whether sound is wanted (else paused or stopped).
    pub playing: bool,
    /// Percent of full volume.
    pub volume: u8,
    /// Whether muted.
    pub muted: bool,
    /// In which order.
    pub shuffle: Shuffle,
    /// What happens at the end.
    pub repeat: Repeat,
    hand: Option<Hand>,
    /// Where a seek is going that the device has not reached.
    going_to: Option<Duration>,
}

impl Status {
    /// The place in the current track that is heard now. Live: ask again and it has moved on.
    pub fn position(&self) -> Duration {
        self.going_to.or_else(|| self.hand.as_ref().map(|hand| hand.position().time())).unwrap_or_default()
    }

    /// The length of the current track, where its file says.
    pub fn length(&self) -> Option<Duration> {
        let format = self.format.as_ref()?;
        Some(Duration::from_secs_f64(format.frames? as f64 / f64::from(format.rate.max(1))))
    }
}

/// What the player needs of an engine; tests put a plain recorder in its place.
trait Sound {
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

/// The handle of the player thread. Dropping it ends the player.
pub struct Player {
    inbox: Sender<Word>,
    status: Arc<Mutex<Status>>,
    thread: Option<JoinHandle<()>>,
}

enum Word {
    Command(Command),
    Signal(Signal),
}

impl Player {
    /// Opens the output and starts playing. `tell` is called from the player's thread, and must not wait.
    ///
    /// # Errors
    /// When the output cannot be opened.
    pub fn start(setup: Setup, tell: impl FnMut(Event) + Send + 'static) -> Result<Self, OutputError> {
        let (inbox, words) = mpsc::channel();
        let say = inbox.clone();
        let engine = Engine::start(&setup.output, setup.shape, move |signal| {
            // Once the player has ended nobody needs to know.
            let _ = say.send(Word::Signal(signal));
        })?;
        let status = Arc::new(Mutex::new(Status::default()));
        let mut desk = Desk::new(engine, setup, Box::new(tell), Arc::clone(&status));
        let thread = std::thread::Builder::new()
            .name("player".into())
            .spawn(move || {
                desk.begin();
                run(&mut desk, &words);
            })
            .map_err(|error| OutputError::Refused(error.into()))?;
        Ok(Self { inbox, status, thread: Some(thread) })
    }

    /// Asks for something. Its effect is told by an event.
    pub fn send(&self, command: Command) {
        // A player that has ended takes no commands; its last event has said so.
        let _ = self.inbox.send(Word::Command(command));
    }

    /// What is playing.
    pub fn status(&self) -> Status {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.send(Command::Quit);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The player thread: sleeps until somebody says something or the next track is reached.
fn run(desk: &mut Desk<Engine>, words: &Receiver<Word>) {
    loop {
        let word = match desk.sound.next_change() {
            Some(time) => words.recv_timeout(time),
            None => words.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match word {
            Ok(Word::Command(Command::Quit)) | Err(RecvTimeoutError::Disconnected) => {
                desk.sound.set_playing(false);
                return;
            }
            Ok(Word::Command(command)) => desk.obey(command),
            Ok(Word::Signal(signal)) => {
                if let Some(event) = desk.sound.hear(signal) {
                    desk.hear(event);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        while let Some(event) = desk.sound.reached() {
            desk.hear(event);
        }
    }
}

/// Where events go.
type Tell = Box<dyn FnMut(Event) + Send>;

/// The player thread's whole state.
struct Desk<S> {
    sound: S,
    queue: Queue<PathBuf>,
    start: Option<usize>,
    /// Named to follow, in order, and not yet heard.
    named: Vec<ItemId>,
    /// Whether the current track has been heard.
    heard: bool,
    now: Status,
    status: Arc<Mutex<Status>>,
    tell: Tell,
}

impl<S: Sound> Desk<S> {
    fn new(sound: S, setup: Setup, tell: Tell, status: Arc<Mutex<Status>>) -> Self {
        let mut queue = Queue::new(setup.seed);
        for file in setup.files {
            queue.append(file);
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
        Self { sound, queue, start: setup.start, named: Vec::new(), heard: false, now, status, tell }
    }

    fn begin(&mut self) {
        let first = match self.start {
            Some(index) => self.queue.start_at(index),
            None => self.queue.start(),
        };
        self.play_or_finish(first);
    }

    fn obey(&mut self, command: Command) {
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

    fn hear(&mut self, event: playback::Event) {
        match event {
            playback::Event::Began { key, format } => self.began(ItemId(key.0), format),
            playback::Event::Wanted => self.name_next(),
            playback::Event::Failed { key, error } => self.failed(ItemId(key.0), error),
            playback::Event::Ended => {
                self.queue.advance();
                self.finish();
            }
            playback::Event::OutputLost(error) => self.say(Event::OutputLost(error)),
            playback::Event::OutputBack => {
                self.named.clear();
                self.say(Event::OutputBack);
            }
            playback::Event::OutputBroken(error) => self.say(Event::OutputBroken(error)),
        }
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
        self.say(if new { Event::Started(id) } else { Event::Changed });
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
    fn rename(&mut self) {
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
        self.say(Event::Changed);
    }

    fn media(&self, id: ItemId) -> Option<Media> {
        Some(Media { key: Key(id.0), path: self.queue.get(id)?.clone() })
    }

    fn play_or_finish(&mut self, id: Option<ItemId>) {
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
        if playing && self.now.item.is_none() {
            let first = self.queue.start();
            return self.play_or_finish(first);
        }
        self.say(Event::Changed);
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
        self.say(Event::Changed);
    }

    fn set_volume(&mut self, percent: u8, muted: bool) {
        self.now.volume = percent.min(100);
        self.now.muted = muted;
        self.sound.set_gain(if muted { 0.0 } else { gain(self.now.volume) });
        self.say(Event::Changed);
    }

    fn say(&mut self, event: Event) {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&self.now);
        (self.tell)(event);
    }
}

/// Loudness is heard by its logarithm; a cube comes near it and reaches silence. 100 is exactly 1.
fn gain(percent: u8) -> f32 {
    (f32::from(percent) / 100.0).powi(3)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

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
                files: (0..files).map(|n| PathBuf::from(n.to_string())).collect(),
                start: None,
                repeat,
                shuffle: Shuffle::Off,
                seed: 1,
                output: Target::Null,
                shape: Shape::default(),
            };
            let (tell, events) = mpsc::channel();
            let tell = Box::new(move |event| tell.send(event).unwrap());
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
