//! `tonearm play`: takes inputs; plays them, with a line of progress and keys on a terminal, one line a
//! track elsewhere. Never decides what plays: keys become commands of the player, its events become words.

use std::io::IsTerminal;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use super::ask;
use super::exit::{self, Exit};
use super::gain::GainOption;
use super::input::{ListingOptions, Program, Row};
use super::music;
use super::pins;
use super::render;
use super::say;
use super::screen::{self, Key, Screen};
use super::shelf;
use super::show::{self, Style};
use crate::playback::output::Target;
use crate::playback::{RatePolicy, Shape};
use crate::player::{Command, Event, OnUnplug, Player, Setup};
use crate::queue::{ItemId, Repeat, Shuffle};
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
    /// Play in random order: every track once before any comes again.
    #[arg(long, value_enum, value_name = "WHAT", num_args = 0..=1, require_equals = true, default_missing_value = "tracks")]
    pub(super) shuffle: Option<ShuffleWord>,
    /// Makes a shuffle repeatable.
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
    /// What happens at the end.
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = RepeatWord::Off)]
    pub(super) repeat: RepeatWord,
    /// Begin with entry N.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) start: Option<u32>,
    #[command(flatten)]
    pub(super) gain: GainOption,
    /// Print events as JSON, one object a line; no keys.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum RateWord {
    Device,
    Source,
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
    if options.listing.input.inputs.is_empty() {
        let Some(last) = shelf::last()? else { return shelf::show(quiet) };
        if !quiet {
            let names: Vec<_> = last.iter().map(|path| sanitise::path(path)).collect();
            say::aside(&format!("again: {}", names.join(" ")));
        }
        options.listing.input.inputs = last;
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
    let watch = program.library.take().and_then(music::watch);
    let exit = play(&program, &options.how, quiet);
    drop(watch); // the index was kept up to date until here
    exit
}

/// Plays a program to its end, or until somebody wants it to end.
pub(super) fn play(program: &Program, how: &How, quiet: bool) -> anyhow::Result<Exit> {
    let playable: Vec<&Row> = program.rows.iter().filter(|row| row.file.is_some()).collect();
    let on_terminal = std::io::stdout().is_terminal() && screen::has_keyboard() && !how.json;
    let announce = !quiet && !how.json;
    if let Some(why) = program.nothing_to_play() {
        anyhow::bail!("nothing to play: {why}; see `tonearm match`");
    }

    let (say, happenings) = mpsc::channel();
    let told = say.clone();
    let player = Player::start(setup(program, how, &playable)?, move |event| {
        // The loop below outlives the player.
        let _ = told.send(Happening::Player(event));
    })?;
    watch_signals(say.clone())?;
    let screen = if on_terminal {
        Some(Screen::open(move |key| say.send(Happening::Key(key)).is_ok())?)
    } else {
        None
    };
    let mut desk = Desk { program, playable, player, screen, how, announce, heard: 0, failed: 0 };
    let end = desk.run(&happenings);
    Ok(desk.close(end))
}

fn setup(program: &Program, how: &How, playable: &[&Row]) -> anyhow::Result<Setup> {
    let files = program.parts();
    // Only these two have no shape of their own; for a device no file is opened twice.
    let shape = match how.output {
        Target::Wav(_) | Target::Null | Target::Void => {
            render::first_format(&files).map_or_else(Shape::default, |format| render::shape_of(&format))
        }
        _ => Shape::default(),
    };
    let start = how.start.map(|number| {
        let at = playable.iter().position(|row| row.number >= number as usize);
        at.unwrap_or(playable.len().saturating_sub(1))
    });
    Ok(Setup {
        files,
        start,
        repeat: how.repeat.into(),
        shuffle: if how.shuffle.is_some() { Shuffle::Tracks } else { Shuffle::Off },
        seed: how.seed.unwrap_or_else(any_seed),
        levelling: how.gain.leveller()?,
        output: how.output.clone(),
        rate: how.rate.into(),
        on_unplug: how.on_unplug.map_or(OnUnplug::Usual, Into::into),
        shape,
    })
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

struct Desk<'a> {
    program: &'a Program,
    playable: Vec<&'a Row>,
    player: Player,
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
        let Some(screen) = &mut self.screen else { return };
        let status = self.player.status();
        let row = status.item.and_then(|item| self.playable.get(item.0 as usize));
        screen.progress(&status, row.map(|row| (row.number, row.name())), self.program.rows.len());
    }

    fn hear(&mut self, event: Event) -> Option<End> {
        match event {
            Event::Started(item) => {
                self.heard += 1;
                self.announce_track(item);
            }
            Event::Changed => {}
            Event::Failed(item, error) => {
                self.failed += 1;
                let file = self.row(item).and_then(|row| row.file.as_ref());
                let name = file.map(|file| self.program.name_of(file)).unwrap_or_default();
                self.problem("failed", Some(item), &format!("{name} {error}"));
            }
            Event::Finished => return Some(End::Finished),
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
        self.playable.get(usize::try_from(item.0).ok()?).copied()
    }

    fn announce_track(&mut self, item: ItemId) {
        let Some(row) = self.row(item) else { return };
        let line = format!("{}/{}  {}", row.number, self.program.rows.len(), row.name());
        if self.how.json {
            let file = row.file.as_ref().map(|file| file.to_string_lossy());
            let object = serde_json::json!({
                "event": "track-started", "number": row.number, "artist": row.artist,
                "title": row.title, "file": file,
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

    fn press(&mut self, key: Key) -> Option<End> {
        match key {
            Key::Command(command) => self.player.send(command),
            Key::Shuffle => {
                let off = self.player.status().shuffle == Shuffle::Off;
                self.player.send(Command::Shuffle(if off { Shuffle::Tracks } else { Shuffle::Off }));
            }
            Key::Repeat => {
                let next = match self.player.status().repeat {
                    Repeat::Off => Repeat::All,
                    Repeat::All => Repeat::One,
                    Repeat::One => Repeat::Off,
                };
                self.player.send(Command::Repeat(next));
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
