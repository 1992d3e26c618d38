//! Takes commands and what the engine says; gives events and one [`Status`]: the only writer of
//! what is playing. Owns the queue and the engine.
//! Never decodes, never draws, never knows where a command comes from.
//!
//! This file holds the nouns and the thread; `desk` holds the decisions.

mod alarm;
mod desk;
mod edit;
mod item;
mod keeping;

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::cue::Span;
use crate::playback::decode::DecodeError;
use crate::playback::level::Leveller;
use crate::playback::{Engine, Hand, RatePolicy, Shape, Signal, Tally};
use desk::Desk;

pub use crate::playback::decode::Format;
pub use crate::playback::level::Levelling;
pub use crate::playback::output::{OutputError, Target, UnknownOutput};
pub use crate::playback::waveform::{Waveform, Waveforms};
pub use crate::playback::{Beside, Level, Link, Outlet, OutputId, Part, Passage, Switch};
pub use crate::queue::{ItemId, Memory, Repeat, Shuffle};
pub use item::{Item, Label, WrittenPath};
pub use keeping::{Bookmark, Kept, Origin, Spot};

/// How the player begins.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// What is to be played, in order. Ids are 0, 1, 2, ... in this order.
    pub items: Vec<Arc<Item>>,
    /// The file to begin with, counted from 0; a shuffled queue begins anywhere when `None`.
    pub start: Option<usize>,
    /// What happens at the end.
    pub repeat: Repeat,
    /// In which order.
    pub shuffle: Shuffle,
    /// Makes a shuffle repeatable.
    pub seed: u64,
    /// How tracks are made equally loud. With a memory, those that no tags speak of are measured ahead.
    pub levelling: Leveller,
    /// Where the sound goes; the first that keeps time is the main output.
    pub outputs: Vec<Target>,
    /// At which rate.
    pub rate: RatePolicy,
    /// What happens when the device goes away.
    pub on_unplug: OnUnplug,
    /// The shape of the first track, for outputs without one of their own.
    pub shape: Shape,
    /// What the items are of. Without it nothing is kept.
    pub origin: Option<Arc<Origin>>,
    /// Goes on where that was. Its places are those of `items`, and its modes do not count.
    pub bookmark: Option<Bookmark>,
    /// Takes what is to be kept, whenever it changes and while it moves.
    pub keeper: Option<Sender<Kept>>,
    /// When the music goes to sleep.
    pub sleep: Option<Duration>,
    /// Whether `items` is only the first of what is to be played: [`Player::complete`] gives the whole, and until then
    /// nothing is kept, and the end of that one is not the end.
    pub is_first: bool,
}

/// Another listing in the place of the one that plays.
#[derive(Debug, Clone)]
pub struct Opening {
    /// What is to be played, in order.
    pub items: Vec<Arc<Item>>,
    /// What they are of. Without it nothing is kept.
    pub origin: Option<Arc<Origin>>,
    /// Goes on where that was; its volume does not count.
    pub bookmark: Option<Bookmark>,
}

/// Where in the queue new items go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Instead of all there is; the first of them plays at once.
    Replace,
    /// At the end.
    Append,
    /// Right behind the current one.
    Next,
    /// At that place of the listing, from 0; beyond the end is the end.
    At(usize),
}

/// A change of what is in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Takes entries out. If the current one is among them, what follows it plays.
    Remove(Vec<ItemId>),
    /// Puts the listing in this order; entries that are not named come behind.
    Arrange(Vec<ItemId>),
    /// Plays this part of an entry's file from now on, or all of it. What is current stays as it is.
    Cut(ItemId, Option<Span>),
}

/// After what the music stops by itself: it pauses then, at the begin of what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StopAfter {
    /// After nothing.
    #[default]
    Never,
    /// After the track that plays.
    Track,
    /// After every track.
    Each,
    /// After this entry, whenever it plays.
    Entry(ItemId),
}

/// What happens when the device goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnUnplug {
    /// Go on where the server has moved the sound, pause where there is nothing to go on with.
    #[default]
    Usual,
    /// Pause in both cases.
    Pause,
    /// Go on in both cases, as soon as there is a device.
    Follow,
}

impl OnUnplug {
    /// Whether the loss of the output is a pause. A server that ended is nothing that the listener has unplugged.
    fn pauses(self, vanished: bool) -> bool {
        vanished && self != Self::Follow
    }
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
    /// After what it stops by itself.
    StopAfter(StopAfter),
    /// Fade out and pause when that time has passed; `None` takes it back. It passes while paused, too.
    Sleep(Option<Duration>),
    /// Whether a track that is left is taken out of the queue.
    Consume(bool),
    /// Take an entry out; if it plays, what follows plays.
    Remove(ItemId),
    /// Take everything out.
    Clear,
    /// Move an entry to that place of the listing, from 0.
    Move(ItemId, usize),
    /// Let two entries change their places in the listing.
    Swap(ItemId, ItemId),
    /// In a shuffle, entries with a higher priority come first.
    Priority(ItemId, u8),
    /// How tracks are made equally loud; it is heard at once.
    Level(Levelling),
    /// Switch one of the outputs in [`Status::outputs`]; any other is [`Remote::switch`]'s.
    Output(OutputId, Switch),
    /// Fade out and end.
    Quit,
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// This track plays now.
    Started(ItemId),
    /// Something else has changed: look at the status.
    Changed(Change),
    /// The file does not play, or no further; the music goes on.
    Failed(ItemId, DecodeError),
    /// Nothing follows any more.
    Finished,
    /// The device is gone and is looked for.
    OutputLost(OutputError),
    /// The device is back.
    OutputBack,
    /// The device went away, and the sound is on another one, playing or paused.
    OutputMoved,
    /// The output takes no more, for good.
    OutputBroken(OutputError),
    /// An output that was to be the main one cannot be opened; all is as it was.
    OutputRefused(OutputError),
    /// Something about an output beside the main one; the music does not notice.
    Beside(OutputId, Beside),
    /// Somebody wanted the player to end, and it has.
    Quit,
}

/// What has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Paused, gone on or stopped.
    Playing,
    /// Another place of the track is asked for.
    Sought,
    /// What was asked for is heard now.
    Heard,
    /// Louder, softer or muted.
    Volume,
    /// What is in the queue, or in which order it comes.
    Queue,
    /// When it stops by itself, whether what was played is taken out, or how loud tracks are made.
    Ending,
    /// Where the sound goes.
    Outputs,
}

/// What is playing. A value: it does not change once it was given.
#[derive(Debug, Clone, Default)]
pub struct Status {
    /// The current track, if any.
    pub item: Option<ItemId>,
    /// What it is.
    pub track: Option<Arc<Item>>,
    /// Its number in the queue, from 1.
    pub number: Option<usize>,
    /// How many entries the queue has.
    pub of: usize,
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
    /// After what it stops by itself.
    pub stop_after: StopAfter,
    /// When it goes to sleep.
    pub sleep_at: Option<Instant>,
    /// Whether a track that is left is taken out of the queue.
    pub consume: bool,
    /// Whether the listener's next leads to another track, or the same again.
    pub has_next: bool,
    /// Whether there is a way back.
    pub has_previous: bool,
    /// Counts the changes of what is in the queue and in which order it stands there.
    pub version: u64,
    /// Counts the listings that were opened in the place of what the player began with.
    pub opened: u64,
    /// What follows the current track by itself, as it looks now; after a stop what would have.
    pub next: Option<ItemId>,
    /// Where the sound goes, or may go.
    pub outputs: Arc<[Outlet]>,
    /// How tracks are made equally loud.
    pub levelling: Levelling,
    hand: Option<Hand>,
    /// Where a seek is going that the device has not reached.
    going_to: Option<Duration>,
}

impl Status {
    /// The place in the current track that is heard now. Live: ask again and it has moved on.
    pub fn position(&self) -> Duration {
        self.going_to.or_else(|| self.hand.as_ref().map(|hand| hand.position().time())).unwrap_or_default()
    }

    /// How loud each channel of the device is that is heard now; empty while nothing plays. Live, and measured only while
    /// somebody looks: look up to twenty times a second; the first look finds silence.
    pub fn levels(&self) -> Vec<Level> {
        self.hand.as_ref().filter(|_| self.playing).map(Hand::levels).unwrap_or_default()
    }

    /// What becomes of the current track on its way to the device, once it is heard.
    pub fn passage(&self) -> Option<Passage> {
        self.hand.as_ref().map(Hand::passage)
    }

    /// Whether there is a track and it is not paused.
    pub fn plays(&self) -> bool {
        self.playing && self.item.is_some()
    }

    /// Whether what was last asked for is what is heard.
    pub fn is_settled(&self) -> bool {
        self.going_to.is_none()
    }

    /// The length of the current track, where its file says.
    pub fn length(&self) -> Option<Duration> {
        let format = self.format.as_ref()?;
        Some(Duration::from_secs_f64(format.frames? as f64 / f64::from(format.rate.max(1))))
    }
}

/// The queue as it stands. A value: it does not change once it was given.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// All entries, as the listing has them.
    pub items: Vec<(ItemId, Arc<Item>)>,
    /// The current one.
    pub current: Option<ItemId>,
    /// All of them in the order of playing: what was heard, the current one, what comes.
    pub order: Vec<ItemId>,
    /// What would play next by itself.
    pub next: Option<ItemId>,
    /// Those with a priority.
    pub priorities: Vec<(ItemId, u8)>,
    /// As in [`Status::version`].
    pub version: u64,
    /// What it was made from, where that is known.
    pub origin: Option<Arc<Origin>>,
}

/// The handle of the player thread. Dropping it ends the player.
pub struct Player {
    remote: Remote,
    tally: Tally,
    thread: Option<JoinHandle<()>>,
}

/// A way to the player for those who do not own it. What is said after its end is not heard.
#[derive(Debug, Clone)]
pub struct Remote {
    inbox: Sender<Word>,
    status: Arc<Mutex<Status>>,
}

#[derive(Debug)]
enum Word {
    Command(Command),
    Add(Vec<Item>, Place, Option<SyncSender<Vec<ItemId>>>),
    Open(Box<Opening>),
    Complete(Box<Setup>, SyncSender<Vec<ItemId>>),
    Edit(Edit),
    Switch(Target, Switch, SyncSender<Result<(), OutputError>>),
    Signal(Signal),
    /// Answered when all that was said before is done.
    Settled(SyncSender<()>),
    View(SyncSender<View>),
}

impl Remote {
    /// Asks for something. Its effect is told by an event.
    pub fn send(&self, command: Command) {
        // A player that has ended takes no commands; its last event has said so.
        let _ = self.inbox.send(Word::Command(command));
    }

    /// Puts items into the queue.
    pub fn add(&self, items: Vec<Item>, place: Place) {
        let _ = self.inbox.send(Word::Add(items, place, None));
    }

    /// Puts items into the queue; gives their ids once they are in it, and none when the player has ended.
    pub fn insert(&self, items: Vec<Item>, place: Place) -> Vec<ItemId> {
        self.ask(|answer| Word::Add(items, place, Some(answer))).unwrap_or_default()
    }

    /// Changes what is in the queue.
    pub fn edit(&self, edit: Edit) {
        let _ = self.inbox.send(Word::Edit(edit));
    }

    /// Switches an output on or off by its name, one that was never heard of too: a device of this machine, say.
    /// Comes back when it is done.
    ///
    /// # Errors
    /// When it is to be the main output and cannot be opened; all is as it was then.
    pub fn switch(&self, target: Target, switch: Switch) -> Result<(), OutputError> {
        // A player that has ended has no outputs.
        self.ask(|answer| Word::Switch(target, switch, answer)).unwrap_or(Ok(()))
    }

    /// Plays another listing.
    pub fn open(&self, opening: Opening) {
        let _ = self.inbox.send(Word::Open(Box::new(opening)));
    }

    /// What is playing.
    pub fn status(&self) -> Status {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is playing once all that was said before is done.
    pub fn settled(&self) -> Status {
        let _ = self.ask(Word::Settled);
        self.status()
    }

    /// The queue as it stands; empty when the player has ended.
    pub fn view(&self) -> View {
        self.ask(Word::View).unwrap_or_default()
    }

    /// Whether the player is no more.
    pub fn has_ended(&self) -> bool {
        self.ask(Word::View).is_none()
    }

    fn ask<T>(&self, word: impl FnOnce(SyncSender<T>) -> Word) -> Option<T> {
        let (answer, answered) = mpsc::sync_channel(1);
        self.inbox.send(word(answer)).ok()?;
        answered.recv().ok()
    }
}

impl Player {
    /// Opens the output and starts playing. `tell` is called from the player's thread, and must not wait.
    ///
    /// # Errors
    /// When the output cannot be opened.
    pub fn start(
        setup: Setup,
        tell: impl FnMut(Event, &Status) + Send + 'static,
    ) -> Result<Self, OutputError> {
        let (inbox, words) = mpsc::channel();
        let say = inbox.clone();
        let mut engine = Engine::start(&setup.outputs, setup.shape, setup.rate, move |signal| {
            // Once the player has ended nobody needs to know.
            let _ = say.send(Word::Signal(signal));
        })?;
        engine.set_levelling(setup.levelling.clone());
        let tally = engine.tally();
        let status = Arc::new(Mutex::new(Status::default()));
        let mut desk = Desk::new(engine, setup, Box::new(tell), Arc::clone(&status));
        desk.measure();
        let thread = std::thread::Builder::new()
            .name("player".into())
            .spawn(move || {
                desk.begin();
                run(&mut desk, &words);
            })
            .map_err(|error| OutputError::Refused(error.into()))?;
        Ok(Self { remote: Remote { inbox, status }, tally, thread: Some(thread) })
    }

    /// Asks for something. Its effect is told by an event.
    pub fn send(&self, command: Command) {
        self.remote.send(command);
    }

    /// Gives the whole to a player that began with the first of it ([`Setup::is_first`]). Where that is what the whole
    /// begins with, it goes on, with all others around it; else what the whole begins with plays in its place. Order,
    /// modes and what is kept are those of `whole`; the volume, the outputs and all else stay. Comes back when it is
    /// done, with the ids of the items, in order; without any when the player has ended.
    pub fn complete(&self, whole: Setup) -> Vec<ItemId> {
        self.remote.ask(|answer| Word::Complete(Box::new(whole), answer)).unwrap_or_default()
    }

    /// What the device could not play as it was.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// What is playing.
    pub fn status(&self) -> Status {
        self.remote.status()
    }

    /// A handle for others.
    pub fn remote(&self) -> Remote {
        self.remote.clone()
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

/// The player thread: sleeps until somebody says something, the next track is reached, or something is to be kept.
fn run(desk: &mut Desk<Engine>, words: &Receiver<Word>) {
    loop {
        let looks = [desk.sound.next_change(), desk.next_look(Instant::now())];
        let word = match looks.into_iter().flatten().min() {
            Some(time) => words.recv_timeout(time),
            None => words.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match word {
            Ok(Word::Command(Command::Quit)) | Err(RecvTimeoutError::Disconnected) => {
                desk.quit();
                return;
            }
            Ok(word) => hear(desk, word),
            Err(RecvTimeoutError::Timeout) => {}
        }
        while let Some(event) = desk.sound.reached() {
            desk.hear(event);
        }
        desk.look(Instant::now());
    }
}

fn hear(desk: &mut Desk<Engine>, word: Word) {
    match word {
        Word::Command(command) => desk.obey(command),
        Word::Add(items, place, answer) => {
            let ids = desk.add(items, place);
            // Whoever asked may have gone away; so with the others below.
            answer.map(|answer| answer.send(ids));
        }
        Word::Open(opening) => desk.open(*opening),
        Word::Complete(whole, answer) => drop(answer.send(desk.complete(*whole))),
        Word::Edit(edit) => desk.edit(edit),
        Word::Switch(target, switch, answer) => drop(answer.send(desk.switch(target, switch))),
        Word::Settled(answer) => drop(answer.send(())),
        Word::View(answer) => drop(answer.send(desk.view())),
        Word::Signal(signal) => {
            if let Some(event) = desk.sound.hear(signal) {
                desk.hear(event);
            }
        }
    }
}
