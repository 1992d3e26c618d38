//! `tonearm play`: takes inputs; reads and finds what they list, asks what must be asked, and has it played: here, in the
//! background, or by the player that runs. What is heard and said while it plays is `attend`'s.
//! Never decides what plays.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;

use super::arrivals::Waiting;
use super::ask;
use super::attend::{Desk, Front, Happening};
#[cfg(unix)]
use super::detach;
use super::early::{self, Early};
use super::exit::{self, Exit};
use super::finder::OpenLibrary;
use super::full::{Full, Room};
use super::how::{AtEnd, How, Ui};
use super::input::{self, ListingOptions};
#[cfg(unix)]
use super::mpd::MpdOption;
use super::music::{self, MusicOptions};
use super::panes;
use super::pins;
use super::program::Program;
use super::resuming::{self, Beginning};
use super::screen::Screen;
use super::setup::setup;
use super::shelf;
use super::show::{self, Style};
use super::signals;
use super::{say, settings};
#[cfg(unix)]
use crate::control::Mpris;
use crate::control::{Client, Hub, Seat, Server};
use crate::library::{Library, Track};
use crate::memory;
use crate::paths::{Environment, Paths};
use crate::player::{Event, ItemId, Place, Player, Status};
use crate::sanitise;
use crate::tui;
use crate::tui::keys::Keys;

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

/// So many tracks that came are looked at together: more than any album has.
const AT_ONCE: usize = 1000;

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

    /// Whether it is not for a player that runs already.
    fn plays_here(&self) -> bool {
        let socket = Paths::new(&Environment::of_process()).map(|paths| paths.control_socket());
        self.is_apart() || socket.is_ok_and(|socket| Client::connect(&socket).is_err())
    }

    /// Whether it is told to be for none.
    fn is_apart(&self) -> bool {
        self.whose.new || self.how.is_elsewhere
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
    options.how.settle(settings::usual(&settings::config()?)?);
    // Only a screen of our own, with something to play, can ask and tell by itself.
    let has_screen = options.how.shown() == Ui::Full && !options.dry_run && options.plays_here();
    let is_told =
        quiet || options.no_ask || options.dry_run || options.how.json || options.listing.input.strict;
    let may_ask = !is_told && ask::is_possible();
    let may_begin = !options.dry_run && (has_screen || !may_ask);
    let mut early = None;
    let mut program = options.listing.read_showing(quiet, &mut |listing| {
        if may_begin {
            early = Early::begin(listing, &options.how, &options.whose_state(), options.is_apart());
        }
    })?;
    if program.nothing_to_play().is_none() && !options.dry_run {
        shelf::remember(&options.listing.input.inputs);
    }
    let is_asked_there = has_screen && program.nothing_to_play().is_none();
    if may_ask && !is_asked_there {
        early = None;
        match ask::about(&mut program, options.how.first_output())? {
            ask::End::Done => {}
            ask::End::Quit => return Ok(if program.is_whole() { Exit::Done } else { Exit::Partly }),
            ask::End::Interrupted => return Ok(Exit::Interrupted),
        }
    }
    if !quiet && !options.how.json && !has_screen {
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
    play_or_hand_over(&mut program, &options, early, quiet)
}

/// Plays here, unless another player runs that is to play it.
fn play_or_hand_over(
    program: &mut Program,
    options: &Options,
    early: Option<Early>,
    quiet: bool,
) -> anyhow::Result<Exit> {
    if let Some(mut early) = early {
        let seat = early.take_seat();
        return play_here(program, options, seat, Some(early), quiet);
    }
    let is_apart = options.is_apart();
    let socket = Paths::new(&Environment::of_process()).ok().map(|paths| paths.control_socket());
    let Some(socket) = socket else { return play_here(program, options, None, None, quiet) };
    match Seat::take(&socket) {
        Ok(Some(seat)) => play_here(program, options, Some(seat), None, quiet),
        Ok(None) if is_apart => play_here(program, options, None, None, quiet),
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
            play_here(program, options, None, None, quiet)
        }
    }
}

/// Plays in this process; the index is kept up to date meanwhile.
fn play_here(
    program: &mut Program,
    options: &Options,
    seat: Option<Seat>,
    early: Option<Early>,
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
    let (come, coming) = mpsc::sync_channel(1);
    let say_changed = move |library: &Library| {
        let mut fresh = library.fresh().peekable();
        // Whoever waits for files may have got them all.
        while fresh.peek().is_some() && come.send(fresh.by_ref().take(AT_ONCE).collect()).is_ok() {}
        if let Some(changed) = &changed {
            changed();
        }
    };
    let _watch = library.and_then(|library| music::watch(library, say_changed));
    let listing = (options.how.shown() == Ui::Full).then(|| panes::listing(program));
    program.settle(listing.is_some());
    memory::give_back();
    memory::give_back_code();
    let beginning = Beginning::of(&program.playable(), options.whose_state());
    let music = &options.listing.input.music;
    let (waits, of_search) = (options.waits(), music.clone());
    let library: OpenLibrary = Box::new(move || music::library(&of_search));
    let asks = !options.no_ask && !options.listing.input.strict;
    let reach = Reached { early, seat, clients, waits, music, listing, library, asks, coming: Some(coming) };
    play(program, beginning, &options.how, reach, quiet)
}

/// How others reach the player, and the music that they may ask for.
pub(super) struct Reached<'a> {
    /// The player, where it plays already.
    early: Option<Early>,
    seat: Option<Seat>,
    clients: Option<Clients>,
    /// Whether it waits for clients with nothing to play.
    waits: bool,
    music: &'a MusicOptions,
    /// The tracks that come into the music folders.
    coming: Option<mpsc::Receiver<Vec<Track>>>,
    /// The rows of the program, as they were before what was only of use until all was decided was forgotten.
    listing: Option<Vec<tui::Row>>,
    /// The library in which the screen searches.
    library: OpenLibrary,
    /// Whether the screen begins with what is ambiguous.
    asks: bool,
}

impl<'a> Reached<'a> {
    /// Nobody does.
    pub(super) fn by_nobody(music: &'a MusicOptions, library: OpenLibrary) -> Self {
        Self {
            early: None,
            seat: None,
            clients: None,
            waits: false,
            music,
            listing: None,
            library,
            asks: true,
            coming: None,
        }
    }
}

impl Options {
    fn whose_state(&self) -> resuming::Whose<'_> {
        let input = &self.listing.input;
        let fresh = self.fresh || resuming::is_told(&self.how);
        resuming::Whose { inputs: &input.inputs, part: input.part.words(), fresh }
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
            let answer = options.how.steer(&mut client)?.unwrap_or(answer);
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
    let ui = how.shown();
    let announce = !quiet && !how.json && !how.behind;
    let waits = reached.waits && program.rows.is_empty();
    if let Some(why) = program.nothing_to_play().filter(|_| !waits) {
        anyhow::bail!("nothing to play: {why}; see `tonearm match`");
    }

    let keys = keys(ui)?;
    let (say, happenings) = mpsc::channel();
    let told = say.clone();
    let hub = Arc::new(Hub::default());
    let telling = Arc::clone(&hub);
    #[cfg(unix)]
    let board = reached.clients.as_ref().map(Clients::board);
    let mut setup = setup(program, how, &playable, &beginning)?;
    if announce && ui != Ui::Full {
        beginning.announce();
    }
    let words = beginning.words();
    beginning.opening.items = Vec::new(); // the player has them
    let (keeper, keeping) = beginning.keeper().unzip();
    setup.keeper = keeper;
    let items = setup.items.len();
    let tell = move |event: Event, status: &Status| {
        telling.tell(&event, status);
        #[cfg(unix)]
        if let Some(board) = &board {
            board.tell(&event, status);
        }
        // The loop below outlives the player.
        let _ = told.send(Happening::Player(event));
    };
    let (player, ids) = match reached.early {
        Some(early) => early.complete(setup, tell),
        None => (Player::start(setup, tell)?, (0..).map(ItemId).take(items).collect()),
    };
    let rows_by_id = early::by_id(&ids, &beginning.rows);
    let server = reached.seat.and_then(|seat| listen(seat, &player, Arc::clone(&hub)));
    #[cfg(unix)]
    let clients = reached.clients.and_then(|clients| clients.serve(player.remote(), reached.music));
    #[cfg(not(unix))]
    let clients = reached.clients.filter(|_| reached.music.music.is_empty());
    #[cfg(unix)]
    let _ = Paths::new(&Environment::of_process())
        .map(|paths| Mpris::start(&player.remote(), &hub, paths.pictures()));
    signals::watch(say.clone())?;
    if let Some((waiting, coming)) = Waiting::of(program, &rows_by_id).zip(reached.coming) {
        let (remote, say) = (player.remote(), say.clone());
        // It ends when the folders are watched no more. Without a thread nothing comes in its place.
        let _ = std::thread::Builder::new().name("arrivals".into()).spawn(move || {
            waiting.stand(&coming, &remote, |arrival| drop(say.send(Happening::Came(arrival))))
        });
    }
    #[cfg(unix)]
    if how.behind {
        detach::tell_ready();
    }
    let front = match ui {
        Ui::Full => {
            let row_of = |at: &Option<usize>| playable.get((*at)?)?.number.checked_sub(1);
            let rows = (0..).map(ItemId).zip(rows_by_id.iter().map(row_of));
            let room = Room {
                program,
                remote: player.remote(),
                keys,
                target: how.first_output().clone(),
                gain: how.gain.name(),
                rows: rows.filter_map(|(id, row)| Some((id, row?))).collect(),
                listing: reached.listing.unwrap_or_else(|| panes::listing(program)),
                library: reached.library,
                music: reached.music.clone(),
                asks: reached.asks,
                waveforms: Paths::new(&Environment::of_process()).ok().map(|paths| paths.waveforms()),
            };
            Front::Full(Box::new(Full::open(room, &say, words)?))
        }
        Ui::Line => {
            let screen = Screen::open(keys.clone(), move |key| say.send(Happening::Key(key)).is_ok())?;
            Front::Line(screen, keys)
        }
        Ui::None => Front::Plain,
    };
    let mut desk = Desk {
        program,
        playable,
        rows: rows_by_id,
        player,
        keeping,
        _server: server,
        front,
        how,
        announce,
        heard: 0,
        failed: 0,
        came: 0,
    };
    let end = desk.run(&happenings);
    drop(clients);
    Ok(desk.close(end))
}

/// The keys, as the settings have them, where keys can be pressed.
fn keys(ui: Ui) -> anyhow::Result<Keys> {
    if ui == Ui::None {
        return Ok(Keys::default());
    }
    Ok(settings::keys(&settings::config()?)?)
}

/// Opens the socket for commands. Without it the music plays all the same.
fn listen(seat: Seat, player: &Player, hub: Arc<Hub>) -> Option<Server> {
    Server::start(seat, player.remote(), hub)
        .inspect_err(|error| say::problem(&format!("no commands can reach this player: {error}")))
        .ok()
}

fn tell_left_out(program: &Program) {
    for row in program.rows.iter().filter(|row| row.file.is_none()) {
        let status = row.status.map(|status| status.to_string()).unwrap_or_default();
        say::problem(&format!("{status}, left out: {}. {}", row.number, row.name()));
    }
}
