//! Takes a player that plays, keys, signals and events; gives words on the screen, or one line a track, until it ends.
//! Keys become commands of the player, its events become words.
//! Never decides what plays.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::arrivals::Arrival;
use super::exit::Exit;
use super::finder::Found;
use super::full::Full;
use super::handed::Handed;
use super::how::{AtEnd, How};
use super::program::{Program, Row};
use super::resuming;
use super::say;
use super::screen::{Key, Screen};
use crate::control::Server;
use crate::memory;
use crate::playback::output::Device;
use crate::player::{Beside, Change, Command, Event, ItemId, OutputId, Player, Status};
use crate::resume::Keeper;
use crate::sanitise;
use crate::tui::Said;
use crate::tui::keys::{Does, Keys};

/// Anything that the loop of `play` may hear.
pub(super) enum Happening {
    Player(Event),
    Key(Key),
    /// A file for an entry that had none.
    Came(Arrival),
    Said(Said),
    Found(Found),
    Outputs(Vec<Device>),
    /// The listing that was opened in the place of another was read; and how many were opened until then.
    Handed(u64, Box<Handed>),
    /// Something that the screen waits for was read or decoded.
    Made,
    Signal,
    /// The program was stopped and goes on.
    Woken,
}

/// What a terminal shows.
pub(super) enum Front<'a> {
    /// A line a track, or nothing.
    Plain,
    /// Lines that scroll by above one of progress.
    Line(Screen, Keys),
    /// The whole of it.
    Full(Box<Full<'a>>),
}

/// What is said when the music has ended and the player stays.
const THE_END: &str = "⏹ the end; space begins again";

/// Why the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
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

/// The loop, and what it needs.
pub(super) struct Desk<'a> {
    pub(super) program: &'a Program,
    pub(super) playable: Vec<&'a Row>,
    /// For each item that it began with its place in `playable`.
    pub(super) rows: Vec<Option<usize>>,
    pub(super) player: Player,
    pub(super) keeping: Option<Keeper>,
    pub(super) _server: Option<Server>,
    pub(super) front: Front<'a>,
    pub(super) how: &'a How,
    pub(super) announce: bool,
    pub(super) heard: usize,
    pub(super) failed: usize,
    /// Entries that a file came for.
    pub(super) came: usize,
}

/// After this time nothing is done any more that is only done at the beginning.
const BEGUN: Duration = Duration::from_secs(5);

impl Desk<'_> {
    pub(super) fn run(&mut self, happenings: &Receiver<Happening>) -> End {
        let mut begins = Some(Instant::now() + BEGUN);
        loop {
            if begins.is_some_and(|until| until <= Instant::now()) {
                begins = None;
                memory::give_back();
                memory::give_back_code();
            }
            self.draw();
            let begun = begins.map(|until| until.saturating_duration_since(Instant::now()));
            let happening = match self.next_look().into_iter().chain(begun).min() {
                Some(time) => happenings.recv_timeout(time),
                None => happenings.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            let first = match happening {
                Ok(happening) => Some(happening),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return End::Broken,
            };
            // What has come meanwhile is shown in one picture.
            for happening in first.into_iter().chain(happenings.try_iter()) {
                if let Some(end) = self.attend(happening) {
                    return end;
                }
            }
        }
    }

    fn attend(&mut self, happening: Happening) -> Option<End> {
        match (happening, &mut self.front) {
            (Happening::Player(event), _) => return self.hear(event),
            (Happening::Key(key), _) => return self.press(key),
            (Happening::Came(arrival), _) => self.came(&arrival),
            (Happening::Signal, _) => return Some(End::Interrupted),
            (Happening::Said(said), Front::Full(full)) => return full.hear(said, &self.player.status()),
            (Happening::Found(found), Front::Full(full)) => full.found(found),
            (Happening::Outputs(devices), Front::Full(full)) => full.outputs(devices),
            (Happening::Handed(opened, handed), Front::Full(full)) => {
                full.handed(opened, *handed, &self.player.status());
            }
            (Happening::Woken, Front::Full(full)) => full.woken(),
            (Happening::Made, Front::Full(full)) => full.changed(),
            (
                Happening::Said(_)
                | Happening::Found(_)
                | Happening::Outputs(_)
                | Happening::Handed(..)
                | Happening::Made
                | Happening::Woken,
                _,
            ) => {}
        }
        None
    }

    /// When the second that is shown changes; never while nothing moves.
    fn next_look(&self) -> Option<Duration> {
        let status = self.player.status();
        match &self.front {
            Front::Full(full) => return full.next_look(&status),
            Front::Line(..) if status.playing && status.item.is_some() => {}
            _ => return None,
        }
        let into_second = status.position().subsec_millis();
        Some(Duration::from_millis(u64::from(1000 - into_second) + 5))
    }

    fn draw(&mut self) {
        if matches!(self.front, Front::Plain) {
            return;
        }
        let status = self.player.status();
        if let Front::Full(full) = &mut self.front {
            return full.draw(&status);
        }
        let shown = status.item.and_then(|item| self.shown(item, &status));
        if let (Front::Line(screen, _), of) = (&mut self.front, shown.as_ref().map_or(0, |shown| shown.of)) {
            screen.progress(&status, shown.map(|shown| (shown.number, shown.name)), of);
        }
    }

    fn hear(&mut self, event: Event) -> Option<End> {
        match event {
            Event::Started(item) => {
                self.heard += 1;
                self.announce_track(item);
            }
            Event::Changed(change) => {
                if let Front::Full(full) = &mut self.front {
                    match change {
                        Change::Queue => full.queue_changed(),
                        Change::Outputs => full.outputs_changed(),
                        _ => full.changed(),
                    }
                }
            }
            Event::Quit => return Some(End::Quit),
            Event::Failed(item, error) => {
                self.failed += 1;
                let name = self.file_name(item);
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
            Event::OutputRefused(error) => self.problem("output-refused", None, &error.to_string()),
            Event::Beside(id, news) => self.tell_beside(id, &news),
        }
        None
    }

    /// Something about an output beside the main one.
    fn tell_beside(&mut self, id: OutputId, news: &Beside) {
        let status = self.player.status();
        let name =
            status.outputs.iter().find(|output| output.id == id).map(|output| output.target.to_string());
        let name = name.unwrap_or_default();
        match news {
            Beside::Lost(error) => {
                self.problem("output-lost", None, &format!("{error}; the other outputs go on"));
            }
            Beside::Back => self.problem("output-back", None, &format!("{name} plays along")),
            Beside::Behind => {
                self.problem("output-behind", None, &format!("{name} takes no sound; the others go on"));
            }
        }
    }

    fn row(&self, item: ItemId) -> Option<&Row> {
        let at = *self.rows.get(usize::try_from(item.0).ok()?)?;
        self.playable.get(at?).copied()
    }

    /// What people call the file of an entry, also of one that came over the socket.
    fn file_name(&self, item: ItemId) -> String {
        if let Some(file) = self.row(item).and_then(|row| row.file.as_ref()) {
            return self.program.name_of(file).into_owned();
        }
        let queue = self.player.remote().view();
        let held = queue.items.iter().find(|(id, _)| *id == item);
        held.map(|(_, held)| self.program.name_of(&held.part.path).into_owned()).unwrap_or_default()
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
        if let Front::Full(full) = &mut self.front {
            return full.started(item, &status);
        }
        let Some(shown) = self.shown(item, &status) else { return };
        let line = format!("{}/{}  {}", shown.number, shown.of, shown.name);
        if self.how.json {
            // One that ended before anybody could be told of it is named by its row.
            let named = self.row(item).and_then(resuming::item);
            let track = status.track.as_deref().filter(|_| status.item == Some(item)).or(named.as_ref());
            let label = track.map(|track| &track.label);
            let object = serde_json::json!({
                "event": "track-started", "number": shown.number,
                "artist": label.and_then(|label| label.artist.as_ref()),
                "title": label.map(|label| &label.title),
                "file": track.map(|track| track.part.path.to_string_lossy()),
            });
            say::line(&say::json_line(&object));
        } else if let Front::Line(screen, _) = &mut self.front {
            screen.line(&format!("▶ {line}"));
        } else if self.announce {
            say::line(&line);
        }
    }

    /// A file that was missed is there, and in the queue.
    fn came(&mut self, arrival: &Arrival) {
        self.came += 1;
        let line = format!("{} is there now: {}", arrival.number, sanitise::line(&arrival.name));
        if self.how.json {
            let (number, file) = (arrival.number, arrival.file.to_string_lossy());
            let object = serde_json::json!({ "event": "arrived", "number": number, "file": file });
            say::line(&say::json_line(&object));
            return;
        }
        match &mut self.front {
            Front::Full(full) => full.say(&line),
            Front::Line(screen, _) => screen.line(&line),
            Front::Plain if self.announce => say::line(&line),
            Front::Plain => {}
        }
    }

    fn problem(&mut self, event: &str, item: Option<ItemId>, words: &str) {
        let words = sanitise::line(words).into_owned();
        if self.how.json {
            let number = item.and_then(|item| self.row(item)).map(|row| row.number);
            let object = serde_json::json!({ "event": event, "number": number, "message": words });
            say::line(&say::json_line(&object));
            return;
        }
        match &mut self.front {
            Front::Full(full) => full.say(&format!("! {words}")),
            Front::Line(screen, _) => screen.line(&format!("! {words}")),
            Front::Plain => say::problem(&words),
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
            return;
        }
        match &mut self.front {
            Front::Full(full) => full.say(THE_END),
            Front::Line(screen, _) => screen.line(THE_END),
            Front::Plain => {}
        }
    }

    fn press(&mut self, key: Key) -> Option<End> {
        match key {
            Key::Does(Does::Command(command)) => self.player.send(command),
            Key::Does(Does::Turn(turn)) => self.player.send(turn.command(&self.player.status())),
            Key::Does(Does::Help) => {
                if let Front::Line(screen, keys) = &mut self.front {
                    screen.line(&keys.line());
                }
            }
            Key::Does(Does::Look(_)) | Key::Resized => {}
            Key::Does(Does::Quit) => return Some(End::Quit),
            Key::Does(Does::Interrupt) => return Some(End::Interrupted),
        }
        None
    }

    /// Ends the player (with a fade when it still plays), gives the terminal back, sums up.
    pub(super) fn close(self, end: End) -> Exit {
        drop(self.front);
        let tally = self.player.tally().clone();
        drop(self.player);
        drop(self.keeping); // when all is written
        tell_troubles(self.how.json, tally.underruns(), tally.clipped());
        let left_out = self.program.left_out().saturating_sub(self.came);
        if self.announce && left_out + self.failed > 0 {
            say::problem(&left_out_words(left_out, self.failed));
        }
        match end {
            End::Interrupted => Exit::Interrupted,
            End::Broken => Exit::Failed,
            End::Finished if self.failed >= self.playable.len() && self.heard <= self.failed => Exit::Failed,
            End::Finished | End::Quit if self.failed + left_out + self.program.unusable > 0 => Exit::Partly,
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
