//! `tonearm play`: takes inputs; plays them, with a line of progress and keys on a terminal, one line a
//! track elsewhere. Never decides what plays: keys become commands of the player, its events become words.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use super::ask;
#[cfg(unix)]
use super::detach;
use super::exit::{self, Exit};
use super::gain::GainOption;
use super::input::{self, ListingOptions, Program, Row};
#[cfg(unix)]
use super::mpd::MpdOption;
use super::music::{self, MusicOptions};
use super::pins;
use super::render;
use super::resuming::{self, Beginning};
use super::say;
use super::screen::{self, Key, Screen};
use super::shelf;
use super::show::{self, Style};
#[cfg(unix)]
use crate::control::Mpris;
use crate::control::{Client, Hub, Seat, Server};
use crate::memory;
use crate::paths::{Environment, Paths};
use crate::playback::output::Target;
use crate::playback::{RatePolicy, Shape};
use crate::player::{
    Command, Event, ItemId, OnUnplug, Opening, Place, Player, Repeat, Setup, Shuffle, Status, StopAfter,
};
use crate::resume::Keeper;
use crate::sanitise;

#[derive(Debug, clap::Args)]
#[command(mut_arg("inputs", |inputs| inputs.required(false)))]
pub(super) struct Options {
    #[command(flatten)]
    listing: ListingOptions,
    #[command(flatten)]
    how: How,
    /// Ask nothing about ambiguous entries, leave them out. Nothing is asked anyway without a terminal.
    #[arg(long)]
    no_ask: bool,
    /// Show what would be remembered anew about pinned files that were moved or re-tagged; play nothing.
    #[arg(long)]
    dry_run: bool,
    /// Begin anew, not where the listing was left.
    #[arg(long)]
    fresh: bool,
    /// Play in the background: come back as soon as it plays. `tonearm status`, `pause`, `quit` ... steer it.
    #[cfg(unix)]
    #[arg(long, conflicts_with_all = ["new", "json", "dry_run"])]
    detach: bool,
    #[command(flatten)]
    whose: Whose,
    #[cfg(unix)]
    #[command(flatten)]
    mpd: MpdOption,
}

/// Where MPD clients come, on systems where they do.
#[cfg(unix)]
type Clients = super::mpd::Reach;
#[cfg(not(unix))]
type Clients = std::convert::Infallible;

impl Options {
    /// Whether it waits for MPD clients, with nothing to play and at the end of the queue.
    fn waits(&self) -> bool {
        #[cfg(unix)]
        return self.mpd.is_given();
        #[cfg(not(unix))]
        false
    }

    fn clients(&self) -> anyhow::Result<Option<Clients>> {
        #[cfg(unix)]
        return self.mpd.listen();
        #[cfg(not(unix))]
        Ok(None)
    }
}

/// Whether the player that runs takes it, and where in its queue.
#[derive(Debug, Clone, clap::Args)]
#[group(multiple = false)]
struct Whose {
    /// Where tonearm is playing already: put it at the end of what plays, instead of in its place.
    #[arg(long)]
    append: bool,
    /// Where tonearm is playing already: play it next.
    #[arg(long)]
    next: bool,
    /// Play it here, even where tonearm is playing already. (--output has the same effect.)
    #[arg(long)]
    new: bool,
}

impl Whose {
    fn place(&self) -> Place {
        match (self.append, self.next) {
            (true, _) => Place::Append,
            (_, true) => Place::Next,
            _ => Place::Replace,
        }
    }
}

/// How something is played, whatever it is.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct How {
    /// Where the sound goes: auto, pulse, pipewire, alsa, alsa:DEVICE, wav:PATH, null (no sound, real time).
    #[arg(long, value_name = "OUTPUT", default_value = "auto")]
    pub(super) output: Target,
    /// At which rate the device runs: `device` (its own), `source` (each track's own, where the device has it).
    #[arg(long, value_enum, value_name = "RATE", default_value_t = RateWord::Device)]
    pub(super) rate: RateWord,
    /// When the device goes away [default: go on if the sound server has moved the music, else pause].
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(super) on_unplug: Option<UnplugWord>,
    /// Play in random order: every track, or with `albums` every release, once before any comes again.
    #[arg(long, value_enum, value_name = "WHAT", num_args = 0..=1, require_equals = true, default_missing_value = "tracks")]
    pub(super) shuffle: Option<ShuffleWord>,
    /// Makes a shuffle repeatable.
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
    /// What comes again: nothing (off), the track (one), all of it [default: off, or as it was left].
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(super) repeat: Option<RepeatWord>,
    /// What the player does when the music has ended; `repeat` is --repeat all. [default: quit, with --mpd stop]
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(super) at_end: Option<AtEnd>,
    /// Fade out and pause when that time has passed: 30m, 1h30m, 1:30:00.
    #[arg(long, value_name = "TIME", value_parser = span)]
    pub(super) sleep: Option<Duration>,
    /// Begin with entry N.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) start: Option<u32>,
    #[command(flatten)]
    pub(super) gain: GainOption,
    /// In the background, where somebody waits to hear that it plays.
    #[arg(skip)]
    pub(super) behind: bool,
    /// Print events as JSON, one object a line; no keys.
    #[arg(long)]
    pub(super) json: bool,
}

impl How {
    /// What was said to come again.
    fn repeat(&self) -> Option<Repeat> {
        match (self.repeat, self.at_end) {
            (Some(word), _) => Some(word.into()),
            (None, Some(AtEnd::Repeat)) => Some(Repeat::All),
            (None, _) => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum RateWord {
    Device,
    Source,
}

fn span(word: &str) -> Result<Duration, String> {
    crate::control::span(word).ok_or_else(|| "say 30m, 1h30m, 45s or 1:30:00, at most a day".into())
}

impl From<RateWord> for RatePolicy {
    fn from(word: RateWord) -> Self {
        match word {
            RateWord::Device => Self::Device,
            RateWord::Source => Self::Source,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum UnplugWord {
    Pause,
    Follow,
}

impl From<UnplugWord> for OnUnplug {
    fn from(word: UnplugWord) -> Self {
        match word {
            UnplugWord::Pause => Self::Pause,
            UnplugWord::Follow => Self::Follow,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ShuffleWord {
    Tracks,
    Albums,
}

impl From<ShuffleWord> for Shuffle {
    fn from(word: ShuffleWord) -> Self {
        match word {
            ShuffleWord::Tracks => Self::Tracks,
            ShuffleWord::Albums => Self::Albums,
        }
    }
}

/// What the player does when the music has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum AtEnd {
    /// Stay, stopped: it can be resumed, or given something else to play.
    Stop,
    /// End.
    Quit,
    /// Begin again.
    Repeat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum RepeatWord {
    Off,
    One,
    All,
}

impl From<RepeatWord> for Repeat {
    fn from(word: RepeatWord) -> Self {
        match word {
            RepeatWord::Off => Self::Off,
            RepeatWord::One => Self::One,
            RepeatWord::All => Self::All,
        }
    }
}

pub(super) fn run(mut options: Options, quiet: bool) -> anyhow::Result<Exit> {
    if options.listing.input.inputs.is_empty() && !options.waits() {
        let Some(last) = shelf::last()? else { return shelf::show(quiet) };
        if !quiet {
            let names: Vec<_> = last.iter().map(|path| sanitise::path(path)).collect();
            say::aside(&format!("again: {}", names.join(" ")));
        }
        options.listing.input.inputs = last;
    }
    #[cfg(unix)]
    if options.detach && !detach::is_behind() {
        let from_stdin = options.listing.input.inputs.iter().any(|input| input::is_stream(input));
        return detach::start(from_stdin, quiet);
    }
    #[cfg(unix)]
    if options.detach {
        detach::leave_terminal();
        options.how.behind = true;
    }
    if options.waits() {
        // Whoever steers it from elsewhere has more in mind.
        options.how.at_end.get_or_insert(AtEnd::Stop);
    }
    let mut program = options.listing.read(quiet)?;
    if program.nothing_to_play().is_none() && !options.dry_run {
        shelf::remember(&options.listing.input.inputs);
    }
    let is_told =
        quiet || options.no_ask || options.dry_run || options.how.json || options.listing.input.strict;
    if !is_told && ask::is_possible() {
        match ask::about(&mut program, &options.how.output)? {
            ask::End::Done => {}
            ask::End::Quit => return Ok(if program.is_whole() { Exit::Done } else { Exit::Partly }),
            ask::End::Interrupted => return Ok(Exit::Interrupted),
        }
    }
    if !quiet && !options.how.json {
        if std::io::stdout().is_terminal() {
            say::data(&show::table(&program, Style::of(true)));
        } else {
            tell_left_out(&program);
        }
    }
    if options.dry_run {
        pins::would_keep(&program).iter().for_each(|line| say::line(line));
        return Ok(if program.is_whole() { Exit::Done } else { Exit::Partly });
    }
    if let Err(error) = pins::keep(&program) {
        // No reason to keep the music back.
        exit::explain(&error);
    }
    play_or_hand_over(&mut program, &options, quiet)
}

/// Plays here, unless another player runs that is to play it.
fn play_or_hand_over(program: &mut Program, options: &Options, quiet: bool) -> anyhow::Result<Exit> {
    let is_apart = options.whose.new || options.how.output != Target::Auto;
    let socket = Paths::new(&Environment::of_process()).ok().map(|paths| paths.control_socket());
    let Some(socket) = socket else { return play_here(program, options, None, quiet) };
    match Seat::take(&socket) {
        Ok(Some(seat)) => play_here(program, options, Some(seat), quiet),
        Ok(None) if is_apart => play_here(program, options, None, quiet),
        Ok(None) if options.waits() => {
            anyhow::bail!(
                "tonearm is playing already, and nobody new can listen for it: end it with `tonearm quit`, or say --new"
            )
        }
        Ok(None) => {
            let beginning = Beginning::of(&program.playable(), options.whose_state());
            hand_over(program, beginning, &socket, options, quiet)
        }
        Err(error) => {
            say::problem(&format!("no commands can reach this player: {}: {error}", sanitise::path(&socket)));
            play_here(program, options, None, quiet)
        }
    }
}

/// Plays in this process; the index is kept up to date meanwhile.
fn play_here(
    program: &mut Program,
    options: &Options,
    seat: Option<Seat>,
    quiet: bool,
) -> anyhow::Result<Exit> {
    let clients = options.clients()?;
    let library = program.library.take();
    #[cfg(unix)]
    let (library, changed) = match &clients {
        Some(clients) => {
            let board = clients.board();
            // A music folder that is not there is told when a client asks for it.
            let library = library.or_else(|| music::library(&options.listing.input.music).ok());
            (library, Some(move || board.music_changed()))
        }
        None => (library, None),
    };
    #[cfg(not(unix))]
    let changed = None::<fn()>;
    let say_changed = move || {
        if let Some(changed) = &changed {
            changed();
        }
    };
    let _watch = library.and_then(|library| music::watch(library, say_changed));
    program.settle();
    memory::give_back();
    let beginning = Beginning::of(&program.playable(), options.whose_state());
    let reach = Reached { seat, clients, waits: options.waits(), music: &options.listing.input.music };
    play(program, beginning, &options.how, reach, quiet)
}

/// How others reach the player, and the music that they may ask for.
pub(super) struct Reached<'a> {
    seat: Option<Seat>,
    clients: Option<Clients>,
    /// Whether it waits for clients with nothing to play.
    waits: bool,
    music: &'a MusicOptions,
}

impl<'a> Reached<'a> {
    /// Nobody does.
    pub(super) fn by_nobody(music: &'a MusicOptions) -> Self {
        Self { seat: None, clients: None, waits: false, music }
    }
}

impl Options {
    fn whose_state(&self) -> resuming::Whose<'_> {
        let input = &self.listing.input;
        let part = &input.part;
        let words = part.section.iter().map(|section| format!("section {section}"));
        let words: Vec<_> = words.chain(part.reverse.then(|| "reverse".into())).collect();
        let part = (!words.is_empty()).then(|| words.join(", "));
        resuming::Whose { inputs: &input.inputs, part, fresh: self.fresh || resuming::is_told(&self.how) }
    }
}

/// Gives what is to be played to the player that runs.
fn hand_over(
    program: &Program,
    beginning: Beginning,
    socket: &Path,
    options: &Options,
    quiet: bool,
) -> anyhow::Result<Exit> {
    if let Some(why) = program.nothing_to_play() {
        anyhow::bail!("nothing to play: {why}; see `tonearm match`");
    }
    let mut client = Client::connect(socket)?;
    let (items, answer) = match options.whose.place() {
        Place::Replace => {
            if !quiet && !options.how.json {
                beginning.announce();
            }
            let answer = client.open(&beginning.opening)?;
            (beginning.opening.items, answer)
        }
        place => {
            let items = Beginning::anew(&program.playable()).opening.items;
            let answer = client.play(&items, place)?;
            (items, answer)
        }
    };
    if options.how.json {
        say::line(&say::json_line(&answer["status"]));
    } else if !quiet {
        let tracks = if items.len() == 1 { "1 track".into() } else { format!("{} tracks", items.len()) };
        say::line(&match options.whose.place() {
            Place::Replace => format!("{tracks} play in the tonearm that runs; --new plays here"),
            Place::Append => format!("{tracks} at the end of what plays"),
            Place::Next | Place::At(_) => format!("{tracks} to be played next"),
        });
    }
    Ok(if program.is_whole() { Exit::Done } else { Exit::Partly })
}

/// Plays a program to its end, or until somebody wants it to end.
pub(super) fn play(
    program: &Program,
    mut beginning: Beginning,
    how: &How,
    reached: Reached<'_>,
    quiet: bool,
) -> anyhow::Result<Exit> {
    let playable = program.playable();
    let on_terminal = std::io::stdout().is_terminal() && screen::has_keyboard() && !how.json;
    let announce = !quiet && !how.json && !how.behind;
    let waits = reached.waits && program.rows.is_empty();
    if let Some(why) = program.nothing_to_play().filter(|_| !waits) {
        anyhow::bail!("nothing to play: {why}; see `tonearm match`");
    }

    let (say, happenings) = mpsc::channel();
    let told = say.clone();
    let hub = Arc::new(Hub::default());
    let telling = Arc::clone(&hub);
    #[cfg(unix)]
    let board = reached.clients.as_ref().map(Clients::board);
    let mut setup = setup(program, how, &playable, &beginning)?;
    if announce {
        beginning.announce();
    }
    let (keeper, keeping) = beginning.keeper().unzip();
    setup.keeper = keeper;
    let player = Player::start(setup, move |event, status| {
        telling.tell(&event, status);
        #[cfg(unix)]
        if let Some(board) = &board {
            board.tell(&event, status);
        }
        // The loop below outlives the player.
        let _ = told.send(Happening::Player(event));
    })?;
    let server = reached.seat.and_then(|seat| listen(seat, &player, Arc::clone(&hub)));
    #[cfg(unix)]
    let clients =
        reached.clients.and_then(|clients| clients.serve(player.remote(), reached.music, how.gain.name()));
    #[cfg(not(unix))]
    let clients = reached.clients.filter(|_| reached.music.music.is_empty());
    #[cfg(unix)]
    let _ = Paths::new(&Environment::of_process())
        .map(|paths| Mpris::start(&player.remote(), &hub, paths.pictures()));
    watch_signals(say.clone())?;
    #[cfg(unix)]
    if how.behind {
        detach::tell_ready();
    }
    let screen = if on_terminal {
        Some(Screen::open(move |key| say.send(Happening::Key(key)).is_ok())?)
    } else {
        None
    };
    let mut desk = Desk {
        program,
        playable,
        rows: beginning.rows,
        player,
        keeping,
        _server: server,
        screen,
        how,
        announce,
        heard: 0,
        failed: 0,
    };
    let end = desk.run(&happenings);
    drop(clients);
    Ok(desk.close(end))
}

fn setup(program: &Program, how: &How, playable: &[&Row], beginning: &Beginning) -> anyhow::Result<Setup> {
    let files = program.parts();
    // Only these two have no shape of their own; for a device no file is opened twice.
    let shape = match how.output {
        Target::Wav(_) | Target::Null | Target::Void => {
            render::first_format(&files).map_or_else(Shape::default, |format| render::shape_of(&format))
        }
        _ => Shape::default(),
    };
    let rows = &beginning.rows;
    let start = how.start.map(|number| {
        let reaches = |at: &Option<usize>| at.is_some_and(|at| playable[at].number >= number as usize);
        rows.iter().position(reaches).unwrap_or(rows.len().saturating_sub(1))
    });
    let Opening { items, origin, bookmark } = beginning.opening.clone();
    let (shuffle, repeat) =
        bookmark.as_ref().map_or_else(Default::default, |left| (left.shuffle, left.repeat));
    Ok(Setup {
        items,
        start,
        repeat: how.repeat().unwrap_or(repeat),
        shuffle: how.shuffle.map_or(shuffle, Into::into),
        seed: how.seed.unwrap_or_else(any_seed),
        levelling: how.gain.leveller()?,
        output: how.output.clone(),
        rate: how.rate.into(),
        on_unplug: how.on_unplug.map_or(OnUnplug::Usual, Into::into),
        shape,
        origin,
        bookmark,
        keeper: None,
        sleep: how.sleep,
    })
}

/// Opens the socket for commands. Without it the music plays all the same.
fn listen(seat: Seat, player: &Player, hub: Arc<Hub>) -> Option<Server> {
    Server::start(seat, player.remote(), hub)
        .inspect_err(|error| say::problem(&format!("no commands can reach this player: {error}")))
        .ok()
}

/// A different shuffle every time.
fn any_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0)
}

fn tell_left_out(program: &Program) {
    for row in program.rows.iter().filter(|row| row.file.is_none()) {
        let status = row.status.map(|status| status.to_string()).unwrap_or_default();
        say::problem(&format!("{status}, left out: {}. {}", row.number, row.name()));
    }
}

/// Anything that the loop of `play` may hear.
enum Happening {
    Player(Event),
    Key(Key),
    Signal,
}

/// SIGINT, SIGTERM and SIGHUP end the music with a fade instead of a click.
fn watch_signals(say: Sender<Happening>) -> anyhow::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::Builder::new().name("signals".into()).spawn(move || {
        for _ in &mut signals {
            if say.send(Happening::Signal).is_err() {
                return;
            }
        }
    })?;
    Ok(())
}

/// Why the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Finished,
    Quit,
    Interrupted,
    Broken,
}

/// What is shown of the entry that plays.
struct Shown {
    number: usize,
    of: usize,
    name: String,
}

struct Desk<'a> {
    program: &'a Program,
    playable: Vec<&'a Row>,
    /// For each item that it began with its place in `playable`.
    rows: Vec<Option<usize>>,
    player: Player,
    keeping: Option<Keeper>,
    _server: Option<Server>,
    screen: Option<Screen>,
    how: &'a How,
    announce: bool,
    heard: usize,
    failed: usize,
}

impl Desk<'_> {
    fn run(&mut self, happenings: &Receiver<Happening>) -> End {
        loop {
            self.draw();
            let happening = match self.next_look() {
                Some(time) => happenings.recv_timeout(time),
                None => happenings.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            let end = match happening {
                Ok(Happening::Player(event)) => self.hear(event),
                Ok(Happening::Key(key)) => self.press(key),
                Ok(Happening::Signal) => Some(End::Interrupted),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => Some(End::Broken),
            };
            if let Some(end) = end {
                return end;
            }
        }
    }

    /// When the second that is shown changes; never while nothing moves.
    fn next_look(&self) -> Option<Duration> {
        let status = self.player.status();
        if self.screen.is_none() || !status.playing || status.item.is_none() {
            return None;
        }
        let into_second = status.position().subsec_millis();
        Some(Duration::from_millis(u64::from(1000 - into_second) + 5))
    }

    fn draw(&mut self) {
        if self.screen.is_none() {
            return;
        }
        let status = self.player.status();
        let shown = status.item.and_then(|item| self.shown(item, &status));
        if let (Some(screen), of) = (&mut self.screen, shown.as_ref().map_or(0, |shown| shown.of)) {
            screen.progress(&status, shown.map(|shown| (shown.number, shown.name)), of);
        }
    }

    fn hear(&mut self, event: Event) -> Option<End> {
        match event {
            Event::Started(item) => {
                self.heard += 1;
                self.announce_track(item);
            }
            Event::Changed(_) => {}
            Event::Quit => return Some(End::Quit),
            Event::Failed(item, error) => {
                self.failed += 1;
                let file = self.row(item).and_then(|row| row.file.as_ref());
                let name = file.map(|file| self.program.name_of(file)).unwrap_or_default();
                self.problem("failed", Some(item), &format!("{name} {error}"));
            }
            Event::Finished => {
                if self.how.at_end != Some(AtEnd::Stop) {
                    return Some(End::Finished);
                }
                self.ended();
            }
            Event::OutputLost(error) => {
                let then = if self.player.status().playing { "waiting for it" } else { "paused" };
                self.problem("output-lost", None, &format!("{error}; {then}"));
            }
            Event::OutputBack => self.problem("output-back", None, "the audio output is there"),
            Event::OutputMoved => {
                let then = if self.player.status().playing { "goes on on another" } else { "is paused" };
                self.problem("output-moved", None, &format!("the audio device went away; the music {then}"));
            }
            Event::OutputBroken(error) => {
                self.problem("output-broken", None, &error.to_string());
                return Some(End::Broken);
            }
        }
        None
    }

    fn row(&self, item: ItemId) -> Option<&Row> {
        let at = *self.rows.get(usize::try_from(item.0).ok()?)?;
        self.playable.get(at?).copied()
    }

    /// What is shown of an entry: as the listing has it, or as it came over the socket.
    fn shown(&self, item: ItemId, status: &Status) -> Option<Shown> {
        if let Some(row) = self.row(item) {
            return Some(Shown { number: row.number, of: self.program.rows.len(), name: row.name() });
        }
        let label = &status.track.as_deref().filter(|_| status.item == Some(item))?.label;
        let artist = label.artist.as_ref().map(|artist| format!("{artist} - ")).unwrap_or_default();
        let name = sanitise::line(&format!("{artist}{}", label.title)).into_owned();
        Some(Shown { number: status.number?, of: status.of, name })
    }

    fn announce_track(&mut self, item: ItemId) {
        let status = self.player.status();
        let Some(shown) = self.shown(item, &status) else { return };
        let line = format!("{}/{}  {}", shown.number, shown.of, shown.name);
        if self.how.json {
            let track = status.track.as_deref().filter(|_| status.item == Some(item));
            let label = track.map(|track| &track.label);
            let object = serde_json::json!({
                "event": "track-started", "number": shown.number,
                "artist": label.and_then(|label| label.artist.as_ref()),
                "title": label.map(|label| &label.title),
                "file": track.map(|track| track.part.path.to_string_lossy()),
            });
            say::line(&say::json_line(&object));
        } else if let Some(screen) = &mut self.screen {
            screen.line(&format!("▶ {line}"));
        } else if self.announce {
            say::line(&line);
        }
    }

    fn problem(&mut self, event: &str, item: Option<ItemId>, words: &str) {
        let words = sanitise::line(words).into_owned();
        if self.how.json {
            let number = item.and_then(|item| self.row(item)).map(|row| row.number);
            let object = serde_json::json!({ "event": event, "number": number, "message": words });
            say::line(&say::json_line(&object));
        } else if let Some(screen) = &mut self.screen {
            screen.line(&format!("! {words}"));
        } else {
            say::problem(&words);
        }
    }

    /// The music has ended and the player stays.
    fn ended(&mut self) {
        self.player.send(Command::Pause); // so that nothing wakes up for silence
        if self.heard == 0 {
            return; // it waits for something to play
        }
        if self.how.json {
            say::line(&say::json_line(&serde_json::json!({ "event": "stopped" })));
        } else if let Some(screen) = &mut self.screen {
            screen.line("⏹ the end; space begins again");
        }
    }

    fn press(&mut self, key: Key) -> Option<End> {
        match key {
            Key::Command(command) => self.player.send(command),
            Key::Shuffle => {
                let shuffle = self.player.status().shuffle.toggled();
                self.player.send(Command::Shuffle(shuffle));
            }
            Key::ShuffleAlbums => {
                let shuffle = match self.player.status().shuffle {
                    Shuffle::Albums => Shuffle::Off,
                    _ => Shuffle::Albums,
                };
                self.player.send(Command::Shuffle(shuffle));
            }
            Key::StopAfter => {
                let stop_after = match self.player.status().stop_after {
                    StopAfter::Never => StopAfter::Track,
                    _ => StopAfter::Never,
                };
                self.player.send(Command::StopAfter(stop_after));
            }
            Key::Repeat => {
                let repeat = self.player.status().repeat.next();
                self.player.send(Command::Repeat(repeat));
            }
            Key::Help => {
                if let Some(screen) = &mut self.screen {
                    screen.line(&screen::help());
                }
            }
            Key::Resized => {}
            Key::Quit => return Some(End::Quit),
            Key::Interrupt => return Some(End::Interrupted),
        }
        None
    }

    /// Ends the player (with a fade when it still plays), gives the terminal back, sums up.
    fn close(self, end: End) -> Exit {
        drop(self.screen);
        let tally = self.player.tally().clone();
        drop(self.player);
        drop(self.keeping); // when all is written
        tell_troubles(self.how.json, tally.underruns(), tally.clipped());
        let left_out = self.program.left_out();
        if self.announce && left_out + self.failed > 0 {
            say::problem(&left_out_words(left_out, self.failed));
        }
        match end {
            End::Interrupted => Exit::Interrupted,
            End::Broken => Exit::Failed,
            End::Finished if self.failed >= self.playable.len() && self.heard <= self.failed => Exit::Failed,
            End::Finished | End::Quit if self.failed > 0 || !self.program.is_whole() => Exit::Partly,
            End::Finished | End::Quit => Exit::Done,
        }
    }
}

/// What nobody could hear the reason of: with -v, and in JSON. Clipped samples are of files beyond full scale.
fn tell_troubles(json: bool, underruns: u64, clipped: u64) {
    if (underruns, clipped) == (0, 0) {
        return;
    }
    tracing::info!(underruns, clipped, "the output could not play all as it was");
    if json {
        let object = serde_json::json!({ "event": "troubles", "underruns": underruns, "clipped": clipped });
        say::line(&say::json_line(&object));
    }
}

fn left_out_words(left_out: usize, failed: usize) -> String {
    let entries = |count: usize| if count == 1 { "1 entry".into() } else { format!("{count} entries") };
    let files = |count: usize| if count == 1 { "1 file".into() } else { format!("{count} files") };
    match (left_out, failed) {
        (left_out, 0) => format!("{} had no file and were left out", entries(left_out)),
        (0, failed) => format!("{} did not play to the end", files(failed)),
        (left_out, failed) => {
            format!(
                "{} had no file and were left out; {} did not play to the end",
                entries(left_out),
                files(failed)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_is_counted_in_words() {
        assert_eq!(left_out_words(1, 0), "1 entry had no file and were left out");
        assert_eq!(left_out_words(0, 2), "2 files did not play to the end");
        assert_eq!(
            left_out_words(3, 1),
            "3 entries had no file and were left out; 1 file did not play to the end"
        );
    }
}
