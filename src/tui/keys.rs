//! Takes the settings' words about keys; gives the one table of what can be asked for by a key, and which key asks for
//! what. The line, the screen, its help, the man page and `[keys]` of the settings all read it.
//! Never does what it says.

use std::fmt::Write as _;

use super::chord::{Chord, UnknownKey};
use crate::player::{Command, Shuffle, Status, StopAfter};

/// A page of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Page {
    /// The entries as the listing has them, and the lines that were not read.
    #[default]
    Listing,
    /// What plays, in the order of playing.
    Queue,
    /// What was heard.
    History,
    /// Entries that several files may be meant by.
    Review,
    /// Where the sound can go.
    Outputs,
    /// The library.
    Search,
    /// The words of what plays.
    Lyrics,
}

impl Page {
    /// All of them, in the order of their tabs.
    pub const ALL: [Self; 7] =
        [Self::Listing, Self::Queue, Self::History, Self::Review, Self::Outputs, Self::Search, Self::Lyrics];

    /// What its tab says.
    pub fn name(self) -> &'static str {
        match self {
            Self::Listing => "Listing",
            Self::Queue => "Queue",
            Self::History => "History",
            Self::Review => "Review",
            Self::Outputs => "Outputs",
            Self::Search => "Search",
            Self::Lyrics => "Lyrics",
        }
    }

    /// Its place among the tabs, from 0.
    pub fn at(self) -> usize {
        Self::ALL.iter().position(|page| *page == self).unwrap_or(0)
    }

    /// The page so many tabs further, round and round.
    pub fn turned(self, by: isize) -> Self {
        let tabs = Self::ALL.len().cast_signed();
        Self::ALL[(self.at().cast_signed() + by).rem_euclid(tabs).cast_unsigned()]
    }
}

/// Where a key means something. A key of a narrower place goes before the same key of a wider one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// In the line and on the screen.
    Both,
    /// On the screen.
    Screen,
    /// On the screen while a search is typed: characters without Ctrl or Alt are typed there.
    Search,
}

/// Something that depends on how the player stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Shuffle tracks, or no more.
    Shuffle,
    /// Shuffle releases, or no more.
    ShuffleAlbums,
    /// The next of off, all and one.
    Repeat,
    /// Stop after the track that plays, or not.
    StopAfter,
}

impl Turn {
    /// The same as a command.
    pub fn command(self, status: &Status) -> Command {
        match (self, status.shuffle, status.stop_after) {
            (Self::Shuffle, shuffle, _) => Command::Shuffle(shuffle.toggled()),
            (Self::ShuffleAlbums, Shuffle::Albums, _) => Command::Shuffle(Shuffle::Off),
            (Self::ShuffleAlbums, ..) => Command::Shuffle(Shuffle::Albums),
            (Self::Repeat, ..) => Command::Repeat(status.repeat.next()),
            (Self::StopAfter, _, StopAfter::Never) => Command::StopAfter(StopAfter::Track),
            (Self::StopAfter, ..) => Command::StopAfter(StopAfter::Never),
        }
    }
}

/// Something that only the screen can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the table below has a sentence for each
pub enum Look {
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    Current,
    Choose,
    Add,
    Remove,
    Raise,
    Lower,
    Listen,
    NotOwned,
    Page(Page),
    NextPage,
    PreviousPage,
    Erase,
    EraseAll,
    Back,
    Cover,
    Meters,
    Redraw,
    Suspend,
}

/// What an action does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Does {
    /// Something of the player.
    Command(Command),
    /// Something of the player that depends on how it stands.
    Turn(Turn),
    /// Something of the screen.
    Look(Look),
    /// Show the keys.
    Help,
    /// End the player.
    Quit,
    /// End it as Ctrl-C does.
    Interrupt,
}

/// One row of the table: something that a key can ask for.
#[derive(Debug)]
pub struct Action {
    /// What the settings call it.
    pub name: &'static str,
    /// The keys that it has unless the settings say otherwise, as they are written there.
    pub keys: &'static [&'static str],
    /// What it does, in a few words.
    pub help: &'static str,
    /// Where it can be asked for.
    pub place: Place,
    /// What it does.
    pub does: Does,
}

const fn both(
    name: &'static str,
    keys: &'static [&'static str],
    help: &'static str,
    command: Command,
) -> Action {
    Action { name, keys, help, place: Place::Both, does: Does::Command(command) }
}

const fn turn(name: &'static str, keys: &'static [&'static str], help: &'static str, turn: Turn) -> Action {
    Action { name, keys, help, place: Place::Both, does: Does::Turn(turn) }
}

const fn look(name: &'static str, keys: &'static [&'static str], help: &'static str, look: Look) -> Action {
    Action { name, keys, help, place: Place::Screen, does: Does::Look(look) }
}

const fn typing(name: &'static str, keys: &'static [&'static str], help: &'static str, look: Look) -> Action {
    Action { name, keys, help, place: Place::Search, does: Does::Look(look) }
}

/// All that can be asked for by a key, in the order in which help shows it.
pub const ACTIONS: &[Action] = &[
    both("pause", &["space"], "pause", Command::Toggle),
    both("next-track", &["n", ">"], "next", Command::Next),
    both("previous-track", &["p", "<"], "previous", Command::Previous),
    both("seek-back", &["left"], "5 s back", Command::SeekBy(-5_000)),
    both("seek-on", &["right"], "5 s on", Command::SeekBy(5_000)),
    both("minute-back", &["down", "shift-left"], "1 min back", Command::SeekBy(-60_000)),
    both("minute-on", &["up", "shift-right"], "1 min on", Command::SeekBy(60_000)),
    turn("shuffle", &["s"], "shuffle", Turn::Shuffle),
    turn("shuffle-albums", &["S"], "shuffle albums", Turn::ShuffleAlbums),
    turn("repeat", &["r"], "repeat", Turn::Repeat),
    turn("stop-after-track", &["t"], "stop after this track", Turn::StopAfter),
    both("louder", &["+", "=", "0"], "louder", Command::VolumeBy(5)),
    both("softer", &["-", "9"], "softer", Command::VolumeBy(-5)),
    both("mute", &["m"], "mute", Command::ToggleMute),
    Action { name: "quit", keys: &["q", "esc"], help: "quit", place: Place::Both, does: Does::Quit },
    Action { name: "help", keys: &["?", "h", "f1"], help: "help", place: Place::Both, does: Does::Help },
    look("mark-above", &["up", "k"], "mark the one above", Look::Up),
    look("mark-below", &["down", "j"], "mark the one below", Look::Down),
    look("page-above", &["page-up"], "a page up", Look::PageUp),
    look("page-below", &["page-down"], "a page down", Look::PageDown),
    look("mark-first", &["home", "g"], "mark the first", Look::First),
    look("mark-last", &["end", "G"], "mark the last", Look::Last),
    look("mark-current", &["c"], "mark what plays", Look::Current),
    look("choose", &["enter"], "play the marked one; take it; play there", Look::Choose),
    look("add", &["a"], "add it to the queue; play there, too", Look::Add),
    look("remove", &["d", "delete"], "take it out of the queue", Look::Remove),
    look("raise", &["K"], "move it up in the queue", Look::Raise),
    look("lower", &["J"], "move it down in the queue", Look::Lower),
    look("listen", &["l"], "hear a candidate of the review", Look::Listen),
    look("none-of-these", &["x"], "you have none of the candidates", Look::NotOwned),
    look("listing", &["1"], "the listing", Look::Page(Page::Listing)),
    look("queue", &["2"], "what plays, in order", Look::Page(Page::Queue)),
    look("history", &["3"], "what was heard", Look::Page(Page::History)),
    look("review", &["4"], "what is ambiguous", Look::Page(Page::Review)),
    look("outputs", &["5"], "where the sound can go", Look::Page(Page::Outputs)),
    look("search", &["/", "6"], "find in your music", Look::Page(Page::Search)),
    look("lyrics", &["w", "7"], "the words of what plays", Look::Page(Page::Lyrics)),
    look("cover", &["v"], "show the cover, or not", Look::Cover),
    look("meters", &["V"], "show levels, or not", Look::Meters),
    look("next-page", &["tab"], "the next of these pages", Look::NextPage),
    look("previous-page", &["shift-tab"], "the one before", Look::PreviousPage),
    typing("add-found", &["tab"], "searching: add it at the end of the queue", Look::Add),
    typing("erase", &["backspace"], "searching: erase a letter", Look::Erase),
    typing("erase-all", &["ctrl-u"], "searching: erase all", Look::EraseAll),
    look("back", &["esc"], "close what is open; from the listing, quit", Look::Back),
    look("redraw", &["ctrl-l"], "draw the screen anew", Look::Redraw),
    look("suspend", &["ctrl-z"], "pause, and back to the shell until `fg`", Look::Suspend),
    Action {
        name: "interrupt",
        keys: &[KEPT],
        help: "end at once",
        place: Place::Screen,
        does: Does::Interrupt,
    },
];

/// This key ends every program, and no setting takes that from it.
const KEPT: &str = "ctrl-c";

/// What the settings say of one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting<'a> {
    /// The action's name.
    pub action: &'a str,
    /// Its keys, instead of those that it would have.
    pub keys: &'a [String],
    /// Where in the settings file that stands, from 1.
    pub line: usize,
}

/// What is wrong with a setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct KeysError {
    /// Where in the settings file, from 1.
    pub line: usize,
    /// What.
    pub fault: KeyFault,
}

/// A setting of a key that means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// No such action.
    #[error("no action is called {0:?}; there are {known}", known = names())]
    Action(String),
    /// No such key.
    #[error(transparent)]
    Key(#[from] UnknownKey),
    /// A key that has one meaning in every program.
    #[error("{KEPT} always ends the player")]
    Kept,
}

fn names() -> String {
    ACTIONS.iter().map(|action| action.name).collect::<Vec<_>>().join(", ")
}

/// Which key asks for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// Keys and rows of the table.
    bound: Vec<(Chord, usize)>,
}

impl Default for Keys {
    fn default() -> Self {
        let rows = ACTIONS.iter().enumerate();
        // A test reads every word of the table.
        let chords = rows.flat_map(|(row, action)| {
            action.keys.iter().filter_map(move |key| Some((key.parse().ok()?, row)))
        });
        Self { bound: chords.collect() }
    }
}

impl Keys {
    /// The keys of the table, changed as the settings say: an action that they name has those keys and no others,
    /// and what had one of them before has it no more.
    ///
    /// # Errors
    /// When a setting names no action, or no key.
    pub fn with<'a>(settings: impl IntoIterator<Item = Setting<'a>>) -> Result<Self, KeysError> {
        let mut keys = Self::default();
        for setting in settings {
            let fault = |fault| KeysError { line: setting.line, fault };
            let row = ACTIONS.iter().position(|action| action.name == setting.action);
            let row = row.ok_or_else(|| fault(KeyFault::Action(setting.action.into())))?;
            if ACTIONS[row].does == Does::Interrupt {
                return Err(fault(KeyFault::Kept));
            }
            keys.bound.retain(|(_, bound)| *bound != row);
            for word in setting.keys {
                let chord: Chord = word.parse().map_err(|unknown: UnknownKey| fault(unknown.into()))?;
                if KEPT.parse() == Ok(chord) {
                    return Err(fault(KeyFault::Kept));
                }
                keys.bound.retain(|(held, _)| *held != chord);
                keys.bound.push((chord, row));
            }
        }
        Ok(keys)
    }

    /// What a key asks for in a place.
    pub fn find(&self, chord: Chord, place: Place) -> Option<&'static Action> {
        let rows = self.bound.iter().filter(|(held, _)| *held == chord).map(|(_, row)| &ACTIONS[*row]);
        let typed = place == Place::Search && chord.typed().is_some();
        rows.filter(|action| action.place <= place && !typed).max_by_key(|action| action.place)
    }

    /// The keys that ask for an action in a place, the first of the table first.
    pub fn of<'a>(&'a self, action: &'static Action, place: Place) -> impl Iterator<Item = Chord> + 'a {
        let is_it = move |chord: &Chord| {
            self.find(*chord, place.max(action.place)).is_some_and(|found| found.name == action.name)
        };
        let row = ACTIONS.iter().position(|row| row.name == action.name);
        let held = self.bound.iter().filter(move |(_, bound)| Some(*bound) == row).map(|(chord, _)| *chord);
        held.filter(is_it)
    }

    /// Keys and words of everything that a place offers, in the table's order; what has no key there is left out.
    pub fn help(&self, place: Place) -> Vec<(Vec<String>, &'static str)> {
        let offered = ACTIONS.iter().filter(|action| action.place == Place::Both || place > Place::Both);
        let rows = offered.map(|action| {
            let place = if action.place == Place::Search { Place::Search } else { place };
            (self.of(action, place).map(|chord| chord.to_string()).collect(), action.help)
        });
        rows.filter(|(keys, _): &(Vec<String>, _)| !keys.is_empty()).collect()
    }

    /// The keys of the line, in one line.
    pub fn line(&self) -> String {
        let mut text = String::from(" ");
        for (at, (keys, words)) in self.help(Place::Both).into_iter().enumerate() {
            let between = if at == 0 { " " } else { "  ·  " };
            let _ = write!(text, "{between}{} {words}", keys[0]); // `help` leaves out what has no key
        }
        text
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::HashSet;

    use super::*;

    fn name(keys: &Keys, key: &str, place: Place) -> Option<&'static str> {
        keys.find(key.parse().unwrap(), place).map(|action| action.name)
    }

    fn with(settings: &[(&str, &[&str])]) -> Result<Keys, KeysError> {
        let owned: Vec<(&str, Vec<String>)> = settings
            .iter()
            .map(|(action, keys)| (*action, keys.iter().map(|key| (*key).to_owned()).collect()))
            .collect();
        Keys::with(owned.iter().zip(7..).map(|((action, keys), line)| Setting {
            action,
            keys: keys.as_slice(),
            line,
        }))
    }

    #[test]
    fn the_table_is_sound() {
        let mut names = HashSet::new();
        let mut held = HashSet::new();
        for action in ACTIONS {
            let kebab = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(action.name.chars().all(kebab) && names.insert(action.name), "{}", action.name);
            assert!(!action.keys.is_empty() && !action.help.is_empty(), "{}", action.name);
            for key in action.keys {
                key.parse::<Chord>().unwrap();
                assert!(held.insert((key, action.place)), "{key} is bound twice");
            }
        }
        let keys = Keys::default();
        for action in ACTIONS {
            assert!(keys.of(action, action.place).next().is_some(), "{} has no key", action.name);
        }
    }

    #[test]
    fn the_line_keeps_its_keys() {
        let keys = Keys::default();
        for (key, action) in [
            ("space", "pause"),
            ("n", "next-track"),
            (">", "next-track"),
            ("p", "previous-track"),
            ("<", "previous-track"),
            ("left", "seek-back"),
            ("right", "seek-on"),
            ("down", "minute-back"),
            ("up", "minute-on"),
            ("s", "shuffle"),
            ("S", "shuffle-albums"),
            ("r", "repeat"),
            ("t", "stop-after-track"),
            ("+", "louder"),
            ("=", "louder"),
            ("0", "louder"),
            ("-", "softer"),
            ("9", "softer"),
            ("m", "mute"),
            ("q", "quit"),
            ("esc", "quit"),
            ("?", "help"),
            ("h", "help"),
        ] {
            assert_eq!(name(&keys, key, Place::Both), Some(action), "{key}");
        }
        for none in ["enter", "j", "1", "ctrl-n", "alt-n"] {
            assert_eq!(name(&keys, none, Place::Both), None, "{none}");
        }
        let line = keys.line();
        assert!(line.starts_with(
            "  space pause  ·  n next  ·  p previous  ·  ← 5 s back  ·  → 5 s on  ·  ↓ 1 min back"
        ));
        assert!(line.ends_with("m mute  ·  q quit  ·  ? help"), "{line}");
    }

    #[test]
    fn the_screen_has_lists_to_move_in() {
        let keys = Keys::default();
        assert_eq!(name(&keys, "up", Place::Screen), Some("mark-above"));
        assert_eq!(name(&keys, "shift-right", Place::Screen), Some("minute-on"));
        assert_eq!(name(&keys, "n", Place::Screen), Some("next-track"));
        assert_eq!(name(&keys, "esc", Place::Screen), Some("back"));
        assert_eq!(name(&keys, "tab", Place::Screen), Some("next-page"));
        let help = keys.help(Place::Screen);
        let row = |words: &str| help.iter().find(|(_, help)| *help == words).unwrap().0.join(" ");
        assert_eq!([row("1 min on"), row("quit"), row("mark the one above")], ["Shift-→", "q", "↑ k"]);
    }

    #[test]
    fn letters_are_typed_while_searching() {
        let keys = Keys::default();
        for letter in ["n", "q", "space", "6", "?"] {
            assert_eq!(name(&keys, letter, Place::Search), None, "{letter}");
        }
        assert_eq!(name(&keys, "tab", Place::Search), Some("add-found"));
        assert_eq!(name(&keys, "enter", Place::Search), Some("choose"));
        assert_eq!(name(&keys, "right", Place::Search), Some("seek-on"));
        assert_eq!(name(&keys, "f1", Place::Search), Some("help"));
    }

    #[test]
    fn a_key_that_is_given_away_is_taken_from_who_had_it() {
        let keys = with(&[("next-track", &["k", "space"]), ("mute", &[])]).unwrap();
        assert_eq!(name(&keys, "k", Place::Screen), Some("next-track"));
        assert_eq!(name(&keys, "space", Place::Both), Some("next-track"));
        assert_eq!([name(&keys, "n", Place::Both), name(&keys, "m", Place::Both)], [None, None]);
        assert!(!keys.line().contains("pause") && !keys.line().contains("mute"));
        assert_eq!(name(&keys, "up", Place::Screen), Some("mark-above"));
    }

    #[test]
    fn a_setting_that_means_nothing_is_named_with_its_line() {
        let said = |settings| with(settings).unwrap_err().to_string();
        assert!(
            said(&[("mute", &[]), ("next", &["n"])])
                .starts_with("line 8: no action is called \"next\"; there are pause, next-track,")
        );
        assert!(said(&[("mute", &["mm"])]).starts_with("line 7: no key is called \"mm\"; there are"));
        assert_eq!(said(&[("mute", &["ctrl-c"])]), "line 7: ctrl-c always ends the player");
        assert_eq!(said(&[("interrupt", &["x"])]), "line 7: ctrl-c always ends the player");
    }

    #[test]
    fn pages_go_round() {
        assert_eq!(Page::Listing.turned(-1), Page::Lyrics);
        assert_eq!(Page::Lyrics.turned(1), Page::Listing);
        assert!(Page::ALL.iter().all(|page| page.turned(1).turned(-1) == *page));
    }

    #[test]
    fn a_turn_depends_on_how_the_player_stands() {
        let mut status = Status::default();
        (status.shuffle, status.stop_after) = (Shuffle::Albums, StopAfter::Each);
        assert_eq!(Turn::Shuffle.command(&status), Command::Shuffle(Shuffle::Off));
        assert_eq!(Turn::ShuffleAlbums.command(&status), Command::Shuffle(Shuffle::Off));
        assert_eq!(Turn::StopAfter.command(&status), Command::StopAfter(StopAfter::Never));
        let status = Status::default();
        assert_eq!(Turn::ShuffleAlbums.command(&status), Command::Shuffle(Shuffle::Albums));
        assert_eq!(Turn::StopAfter.command(&status), Command::StopAfter(StopAfter::Track));
    }
}
