//! Takes the player, the program and what the screen wishes; gives the full screen its view, and the player its commands.
//! Never decides what plays; draws only when something has changed, and never while all stands still.

mod outputs;
mod queue;
mod review;

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use super::ask::{self, Listening, Question};
use super::attend::{End, Happening};
use super::finder::{Finder, Found, OpenLibrary};
use super::handed::Handed;
use super::music::MusicOptions;
use super::pace::Pace;
use super::panes::{self, Outward};
use super::program::Program;
use super::show;
use crate::control::clock;
use crate::library::Track;
use crate::memory;
use crate::playback::output::Device;
use crate::player::{
    self, Command, Item, ItemId, Origin, Remote, Shuffle, Status, Switch, Target, Waveforms,
};
use crate::tui::keys::{Keys, Page};
use crate::tui::sleeve::Sleeves;
use crate::tui::{Areas, Face, Input, Now, Row, Said, View, Wish, Words};

/// How long a message stays.
const MESSAGE: Duration = Duration::from_secs(6);

/// How often it is looked whether a candidate has been heard enough.
const LISTENING: Duration = Duration::from_millis(200);

/// How often levels are looked at while they are shown.
const LEVELS: Duration = Duration::from_millis(50);

/// How long what the device holds still sounds after a pause: its fade, and its latency.
const FADE: Duration = Duration::from_millis(120);

/// How much of what was heard is kept.
const HISTORY: usize = 1000;

/// What the screen needs of the rest of the program.
pub(super) struct Room<'a> {
    pub(super) program: &'a Program,
    pub(super) remote: Remote,
    pub(super) keys: Keys,
    pub(super) target: Target,
    /// What levels the tracks, in a word.
    pub(super) gain: &'static str,
    /// For each item that the player began with its row in the program.
    pub(super) rows: HashMap<ItemId, usize>,
    /// The rows of the program, as a list.
    pub(super) listing: Vec<Row>,
    pub(super) library: OpenLibrary,
    /// The music among which the files of another listing are.
    pub(super) music: MusicOptions,
    /// Whether it begins with what is ambiguous.
    pub(super) asks: bool,
    /// Where shapes of tracks are kept.
    pub(super) waveforms: Option<PathBuf>,
}

/// The full screen.
pub(super) struct Full<'a> {
    room: Room<'a>,
    /// The program that plays by now in the place of the room's, and how many were opened until then.
    handed: Option<Program>,
    opened: u64,
    say: Sender<Happening>,
    face: Face,
    view: View,
    areas: Areas,
    pace: Pace,
    waveforms: Option<Waveforms>,
    sleeves: Sleeves,
    /// When the levels were looked at.
    measured: Instant,
    /// Until when the message stays.
    message: Option<Instant>,
    /// Whether the queue has changed since it was listed.
    queue_is_old: bool,
    history: Vec<(ItemId, Arc<Item>)>,
    lengths: HashMap<ItemId, Duration>,
    finder: Option<Finder>,
    found: Vec<Track>,
    questions: Vec<Option<Question>>,
    /// What is heard for the ear, of which question and candidate, and whether the music goes on after it.
    listening: Option<(Listening, (usize, usize), bool)>,
    devices: Vec<Device>,
    outward: Vec<Outward>,
}

impl<'a> Full<'a> {
    /// Takes the terminal.
    pub(super) fn open(
        mut room: Room<'a>,
        say: &Sender<Happening>,
        words: Option<String>,
    ) -> io::Result<Self> {
        let tell = say.clone();
        let face = Face::open(move |said: Said| tell.send(Happening::Said(said)).is_ok())?;
        let mut view = View::default();
        view.extras.has_no_pictures = !face.shows_covers();
        view.title = room.program.title.as_deref().unwrap_or_default().into();
        let questions: Vec<_> = ask::questions(room.program).into_iter().map(Some).collect();
        view.set(Page::Listing, std::mem::take(&mut room.listing));
        view.set(Page::Review, panes::review(&questions, None));
        if room.program.rows.is_empty() {
            view.open(Page::Queue);
        }
        let asks = room.asks && !questions.is_empty();
        if asks {
            view.open(Page::Review);
        }
        let program = room.program;
        let length = |(id, row): (&ItemId, &usize)| Some((*id, program.rows.get(*row)?.length?));
        let lengths = room.rows.iter().filter_map(length).collect();
        let made = || {
            let say = say.clone();
            move || drop(say.send(Happening::Made))
        };
        let mut full = Self {
            waveforms: room.waveforms.take().map(|folder| Waveforms::start(folder, made())),
            sleeves: Sleeves::start(made()),
            measured: Instant::now(),
            room,
            handed: None,
            opened: 0,
            say: say.clone(),
            face,
            view,
            areas: Areas::default(),
            pace: Pace::new(Instant::now()),
            message: None,
            queue_is_old: true,
            history: Vec::new(),
            lengths,
            finder: None,
            found: Vec::new(),
            questions,
            listening: None,
            devices: Vec::new(),
            outward: Vec::new(),
        };
        let summary = show::summary(program);
        match words {
            _ if asks => full.say(&review::how(&full.room.keys)),
            Some(words) => full.say(&words),
            None if !program.rows.is_empty() => full.say(&summary),
            None => {}
        }
        Ok(full)
    }

    /// What the pages show.
    fn program(&self) -> &Program {
        self.handed.as_ref().unwrap_or(self.room.program)
    }

    /// Shows a message for some seconds.
    pub(super) fn say(&mut self, words: &str) {
        self.view.message = Some(words.into());
        self.message = Some(Instant::now() + MESSAGE);
        self.changed();
    }

    /// Something that is shown has changed.
    pub(super) fn changed(&mut self) {
        self.pace.want();
    }

    /// The queue has other entries, or another order.
    pub(super) fn queue_changed(&mut self) {
        self.queue_is_old = true;
        self.changed();
    }

    /// A track has begun.
    pub(super) fn started(&mut self, item: ItemId, status: &Status) {
        if let Some(track) = status.track.as_ref().filter(|_| status.item == Some(item)) {
            self.history.push((item, Arc::clone(track)));
            if self.history.len() > 2 * HISTORY {
                self.history.drain(..HISTORY);
            }
            if let Some(length) = status.length() {
                self.lengths.entry(item).or_insert(length);
            }
        }
        self.view.plays(self.room.rows.get(&item).copied(), Some(item));
        let heard = self.history.iter().map(|(id, item)| (&**item, self.lengths.get(id).copied()));
        self.view.set(Page::History, panes::history(heard));
        self.queue_changed(); // a shuffle may have dealt anew
    }

    /// Draws, if there is something new and it is time.
    pub(super) fn draw(&mut self, status: &Status) {
        let now = Instant::now();
        if self.message.is_some_and(|until| until <= now) {
            (self.message, self.view.message) = (None, None);
            self.pace.want();
        }
        self.look_at_levels(status, now);
        self.look_at_words(status);
        self.pace.see(status.plays().then(|| (status.item, status.position().as_secs())));
        if self.listening.is_some() {
            self.look_after_listening();
        }
        if !self.pace.may_draw(now) {
            return;
        }
        if status.opened != self.opened {
            self.turn_to_what_plays(status);
        }
        if self.queue_is_old && self.view.page == Page::Queue {
            self.list_queue();
        }
        let (_, item) = self.view.current;
        if status.item != item {
            let entry = status.item.and_then(|item| self.room.rows.get(&item).copied());
            self.view.plays(entry, status.item);
        }
        self.view.now =
            status.track.as_deref().filter(|_| status.item.is_some()).map(|track| now_of(track, status));
        self.view.modes = panes::modes(status, self.room.gain);
        self.look_beside(status);
        match self.face.draw(&self.view) {
            Ok(areas) => {
                self.view.was_drawn(&areas);
                self.areas = areas;
            }
            // A terminal that is gone says so by SIGHUP.
            Err(error) => tracing::debug!(%error, "the screen cannot be drawn"),
        }
    }

    /// Another listing was opened: shows what plays at once, and what the listing says as soon as it is read.
    fn turn_to_what_plays(&mut self, status: &Status) {
        self.opened = status.opened;
        let queue = self.room.remote.view();
        self.show(Handed::of_queue(&queue), &queue, status);
        match queue.origin {
            Some(origin) => self.read(origin),
            None => self.say_what_is_new(),
        }
    }

    /// Reads a listing, in a thread: the music goes on, and so does the screen.
    fn read(&self, origin: Arc<Origin>) {
        let (say, music, opened) = (self.say.clone(), self.room.music.clone(), self.opened);
        let reading = std::thread::Builder::new().name("listing".into()).spawn(move || {
            let read = Handed::read(&origin, music)
                .inspect_err(|error| tracing::debug!("what plays cannot be read again: {error:#}"));
            if let Ok(handed) = read {
                let _ = say.send(Happening::Handed(opened, Box::new(handed)));
            }
            memory::give_back();
        });
        if let Err(error) = reading {
            tracing::debug!(%error, "what plays is not read again");
        }
    }

    /// The listing that plays was read.
    pub(super) fn handed(&mut self, opened: u64, handed: Handed, status: &Status) {
        if opened == self.opened {
            self.show(handed, &self.room.remote.view(), status);
            self.say_what_is_new();
        }
    }

    fn show(&mut self, handed: Handed, queue: &player::View, status: &Status) {
        self.end_listening();
        self.room.rows = handed.rows_of(queue);
        let row = status.item.and_then(|item| self.room.rows.get(&item).copied());
        let (program, questions) = handed.show(&mut self.view, (row, status.item));
        let length = |(id, row): (&ItemId, &usize)| Some((*id, program.rows.get(*row)?.length?));
        self.lengths.extend(self.room.rows.iter().filter_map(length));
        self.questions = questions.into_iter().map(Some).collect();
        self.handed = Some(program);
        self.queue_changed();
    }

    fn say_what_is_new(&mut self) {
        self.say(&format!("another listing: {}", show::summary(self.program())));
    }

    /// Takes a look at the levels, if they are shown and it is time.
    fn look_at_levels(&mut self, status: &Status, now: Instant) {
        let Some(meters) = &mut self.view.extras.meters else { return self.pace.set_lively(false) };
        let passed = now.saturating_duration_since(self.measured);
        let moves = status.plays() || !meters.is_still();
        self.pace.set_lively(moves);
        if moves && passed >= LEVELS {
            self.measured = now;
            meters.look(&status.levels(), passed);
            self.pace.want();
        }
    }

    /// Another line may be sung.
    fn look_at_words(&mut self, status: &Status) {
        let sung = self.view.extras.sung();
        self.view.extras.place = status.position();
        if self.view.page == Page::Lyrics && self.view.extras.sung() != sung {
            self.pace.want();
        }
    }

    /// What is known by now of the track that plays, beside its names.
    fn look_beside(&mut self, status: &Status) {
        let track = status.track.as_deref().filter(|_| status.item.is_some());
        let shape = track.and_then(|track| self.waveforms.as_ref()?.get(&track.part));
        let sleeve = track.and_then(|track| self.sleeves.get(&track.part));
        self.view.extras.turn_to(status.item, shape, sleeve);
    }

    /// When to look again if nothing is said before.
    pub(super) fn next_look(&self, status: &Status) -> Option<Duration> {
        let now = Instant::now();
        let second = status
            .plays()
            .then(|| Duration::from_millis(u64::from(1000 - status.position().subsec_millis()) + 5));
        let message = self.message.map(|until| until.saturating_duration_since(now));
        let listening = self.listening.is_some().then_some(LISTENING);
        let meters = self.view.extras.meters.as_ref().filter(|meters| status.plays() || !meters.is_still());
        let levels = meters.map(|_| (self.measured + LEVELS).saturating_duration_since(now));
        let words = (self.view.page == Page::Lyrics && status.plays())
            .then(|| self.view.extras.next_line(status.position()))
            .flatten();
        [second, message, listening, levels, words, self.pace.due(now)].into_iter().flatten().min()
    }

    /// Does what was done at the terminal.
    pub(super) fn hear(&mut self, said: Said, status: &Status) -> Option<End> {
        let wish = match said {
            Said::Words(words) => {
                self.say(&words);
                return None;
            }
            Said::Input(Input::Resized) => None,
            Said::Input(Input::Key(chord)) => {
                self.pace.touched(Instant::now());
                self.view.press(chord, &self.room.keys)
            }
            Said::Input(Input::Mouse(pointed)) => {
                self.pace.touched(Instant::now());
                self.view.point(pointed, &self.areas)
            }
        };
        self.changed();
        let is_listening = matches!(wish, Some(Wish::Listen(..)));
        if !is_listening && wish.is_some() {
            self.end_listening();
        }
        wish.and_then(|wish| self.grant(wish, status))
    }

    fn grant(&mut self, wish: Wish, status: &Status) -> Option<End> {
        match wish {
            Wish::Command(command) => self.room.remote.send(command),
            Wish::Turn(turn) => self.room.remote.send(turn.command(status)),
            Wish::Seek(share) => match status.length() {
                Some(length) => self.room.remote.send(Command::SeekTo(length.mul_f64(share.clamp(0.0, 1.0)))),
                None => self.say("its length is not known"),
            },
            Wish::Play(what) => self.play(what),
            Wish::Add(what) => self.add(what),
            Wish::Remove(what) => match self.item_of(what) {
                Some(item) => self.room.remote.send(Command::Remove(item)),
                None => self.say("it is not in the queue"),
            },
            Wish::Move(..) if status.shuffle != Shuffle::Off => {
                self.say("a shuffle deals the order; without it entries can be moved");
            }
            Wish::Move(item, to) => self.room.remote.send(Command::Move(item, to)),
            Wish::Find(query) => self.find(query),
            Wish::Listen(question, candidate) => self.listen(question, candidate, status),
            Wish::Answer(question, choice) => self.answer(question, choice),
            Wish::Outputs => {
                self.outputs_changed();
                self.look_for_outputs();
            }
            Wish::Output(output) => self.switch(output, Switch::Only),
            Wish::Beside(output) => self.switch(output, Switch::Toggle),
            Wish::Say(words) => self.say(words),
            Wish::Redraw => self.face.forget(),
            Wish::Suspend => self.suspend(status),
            Wish::Quit => return Some(End::Quit),
            Wish::Interrupt => return Some(End::Interrupted),
        }
        None
    }

    /// Pauses, gives the terminal back, and is stopped until the shell says otherwise.
    fn suspend(&mut self, status: &Status) {
        if status.plays() {
            self.room.remote.send(Command::Pause);
            self.room.remote.settled();
            std::thread::sleep(FADE);
        }
        if let Err(error) = self.face.suspend() {
            tracing::debug!(%error, "the terminal is not there any more");
        }
        if status.plays() {
            self.room.remote.send(Command::Play);
        }
    }

    /// The program was stopped and goes on: the terminal may be as others left it.
    pub(super) fn woken(&mut self) {
        if let Err(error) = self.face.take() {
            tracing::debug!(%error, "the terminal is not there any more");
        }
        self.changed();
    }

    fn find(&mut self, query: String) {
        if self.finder.is_none() {
            let say = self.say.clone();
            let library = std::mem::replace(&mut self.room.library, Box::new(|| anyhow::bail!("")));
            let tell = move |found| drop(say.send(Happening::Found(found)));
            match Finder::start(library, tell) {
                Ok(finder) => self.finder = Some(finder),
                Err(error) => return self.say(&error.to_string()),
            }
        }
        if self.view.pane(Page::Search).rows().is_empty() && !query.trim().is_empty() {
            self.view.tally = "searching".into();
        }
        if let Some(finder) = &self.finder {
            finder.find(query);
        }
    }

    /// Something was found, or nothing.
    pub(super) fn found(&mut self, found: Found) {
        if found.query != self.view.query {
            return; // more was typed since
        }
        self.view.tally = match (found.problem, found.total) {
            (Some(problem), _) => problem.into(),
            (None, 0) if found.query.trim().is_empty() => Words::default(),
            (None, 0) => "nothing has all these words".into(),
            (None, total) if total > found.tracks.len() => {
                format!("{} of {total}", found.tracks.len()).into()
            }
            (None, total) => total.to_string().into(),
        };
        self.view.set(Page::Search, Vec::new()); // the mark begins at the top
        self.view.set(Page::Search, panes::found(&found.tracks));
        self.found = found.tracks;
        self.changed();
    }
}

/// What plays, in words.
fn now_of(track: &Item, status: &Status) -> Now {
    let (position, length) = (status.position(), status.length());
    let label = &track.label;
    Now {
        playing: status.playing,
        artist: label.artist.as_deref().unwrap_or_default().into(),
        title: label.title.as_str().into(),
        release: label.album.as_deref().unwrap_or_default().into(),
        format: panes::format(status),
        place: status.number.map(|number| format!("{number}/{}", status.of)).unwrap_or_default().into(),
        elapsed: clock(position).into(),
        length: length.map_or_else(|| "?".into(), clock).into(),
        share: length
            .filter(|length| !length.is_zero())
            .map(|all| position.as_secs_f64() / all.as_secs_f64()),
    }
}
