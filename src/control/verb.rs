//! Takes words (`seek +10`, `volume 80`), wherever they were written; gives what is wished of the player.
//! The one table of verbs: the command line, the socket and their help all read it.
//! Never asks the player anything: what depends on its state stays a wish.

use std::time::Duration;

use crate::player::{Command, Repeat, Shuffle, StopAfter, Switch};

/// What somebody wants of the player that is running.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// A command that needs no look at the player first.
    Do(Command),
    /// To a share of the current track, 0.0..=1.0.
    SeekShare(f64),
    /// The entry of that number in the queue, from 1.
    Goto(usize),
    /// Stop after the entry of that number, from 1.
    StopAfter(usize),
    /// Take out the entry of that number, from 1.
    Remove(usize),
    /// Move an entry to the place of another, both from 1.
    Move(usize, usize),
    /// Taking out what was played on if it is off, and off if it is on.
    ToggleConsume,
    /// Shuffle on if it is off, and off if it is on.
    ToggleShuffle,
    /// The next of off, all and one.
    CycleRepeat,
    /// Say what is playing.
    Status,
    /// Say what is in the queue, in the order of playing.
    Queue,
    /// Say what happens from now on.
    Events,
    /// Say where the sound goes.
    Outputs,
    /// Switch an output: the one of that number in the list, from 1, or of that name.
    Switch(String, Switch),
}

/// One verb: what it is called, what it may be given, what it does.
#[derive(Debug)]
pub struct Verb {
    /// Its name.
    pub name: &'static str,
    /// Its arguments, as help shows them; empty where it takes none.
    pub arguments: &'static str,
    /// What it does, in a sentence.
    pub help: &'static str,
    read: fn(&str) -> Option<Wish>,
}

impl Verb {
    /// How many arguments it takes, at least and at most.
    pub fn counts(&self) -> (usize, usize) {
        match self.arguments {
            "" => (0, 0),
            optional if optional.starts_with('[') => (0, optional.split(' ').count()),
            words => (words.split(' ').count(), words.split(' ').count()),
        }
    }
}

const fn plain(name: &'static str, help: &'static str, read: fn(&str) -> Option<Wish>) -> Verb {
    Verb { name, arguments: "", help, read }
}

/// Every verb, in the order in which help shows them.
pub const VERBS: &[Verb] = &[
    plain("status", "Say what is playing.", |_| Some(Wish::Status)),
    plain("pause", "Pause; nothing is lost.", |_| Some(Wish::Do(Command::Pause))),
    plain("resume", "Go on playing.", |_| Some(Wish::Do(Command::Play))),
    plain("toggle", "Pause, or go on.", |_| Some(Wish::Do(Command::Toggle))),
    Verb {
        name: "stop",
        arguments: "[WHEN]",
        help: "Stop; the queue begins again when it is resumed. Or pause later: `track` after this track, `each` \
               after every track, N after entry N, `off` not at all.",
        read: stop,
    },
    Verb {
        name: "sleep",
        arguments: "TIME",
        help: "Fade out and pause when that time has passed: 30m, 1h30m, 45s, 1:30:00; or `off`.",
        read: sleep,
    },
    plain("next", "Play the next track.", |_| Some(Wish::Do(Command::Next))),
    plain("prev", "Play the track that was heard before.", |_| Some(Wish::Do(Command::Previous))),
    Verb {
        name: "seek",
        arguments: "WHERE",
        help: "Go to a place in the track: 83, 1:23, 50%, or from here: +10, -1:00.",
        read: place,
    },
    Verb { name: "goto", arguments: "N", help: "Play entry N of the queue.", read: number },
    Verb {
        name: "volume",
        arguments: "PERCENT",
        help: "Set the volume: 80, or louder and softer: +5, -5.",
        read: volume,
    },
    plain("mute", "Silence without pausing, and back.", |_| Some(Wish::Do(Command::ToggleMute))),
    Verb {
        name: "shuffle",
        arguments: "[tracks|albums|off]",
        help: "Play tracks in random order, or whole releases, or all as the listing has it; alone it turns \
               shuffling tracks on, or any shuffle off.",
        read: shuffle,
    },
    Verb {
        name: "repeat",
        arguments: "[off|all|one]",
        help: "What happens at the end; alone it takes the next of the three.",
        read: repeat,
    },
    Verb {
        name: "consume",
        arguments: "[on|off]",
        help: "Take tracks out of the queue once they were played; alone it changes from one to the other.",
        read: consume,
    },
    Verb { name: "remove", arguments: "N", help: "Take entry N out of the queue.", read: remove },
    Verb {
        name: "move",
        arguments: "N TO",
        help: "Move entry N of the queue to the place of entry TO.",
        read: shift,
    },
    plain("clear", "Take everything out of the queue.", |_| Some(Wish::Do(Command::Clear))),
    plain("queue", "Show what plays, in the order of playing.", |_| Some(Wish::Queue)),
    Verb {
        name: "output",
        arguments: "[NAME [on|off|toggle]]",
        help: "Show where the sound goes; or switch one of these outputs, by number or name, on or off. With a name \
               alone (one of `tonearm devices`, say) the sound goes there, and nowhere else.",
        read: output,
    },
    plain("events", "Say what happens, one JSON object a line, until the player ends.", |_| {
        Some(Wish::Events)
    }),
    plain("quit", "Fade out and end the player.", |_| Some(Wish::Do(Command::Quit))),
];

/// Why words are no wish.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerbError {
    /// No such verb.
    #[error("there is no command \"{0}\"; there are {known}", known = names())]
    Unknown(String),
    /// It takes no argument, or only one.
    #[error("\"{verb}\" takes {what}, and got {got}", what = if .takes.is_empty() { "no argument" } else { .takes })]
    Count {
        /// The verb.
        verb: &'static str,
        /// What it takes, as its help has it.
        takes: &'static str,
        /// How many arguments it was given.
        got: usize,
    },
    /// The argument makes no sense.
    #[error("\"{word}\" is no {takes} for \"{verb}\": {help}")]
    Argument {
        /// The verb.
        verb: &'static str,
        /// What it takes, as its help has it.
        takes: &'static str,
        /// What it was given.
        word: String,
        /// What the verb does, with examples.
        help: &'static str,
    },
}

fn names() -> String {
    VERBS.iter().map(|verb| verb.name).collect::<Vec<_>>().join(", ")
}

/// Reads a verb and its arguments.
///
/// # Errors
/// When there is no such verb, or it cannot take these arguments.
pub fn parse(name: &str, arguments: &[String]) -> Result<Wish, VerbError> {
    let verb = VERBS
        .iter()
        .find(|verb| verb.name == name || (name == "previous" && verb.name == "prev"))
        .ok_or_else(|| VerbError::Unknown(name.to_owned()))?;
    let (least, most) = verb.counts();
    if !(least..=most).contains(&arguments.len()) {
        return Err(VerbError::Count { verb: verb.name, takes: verb.arguments, got: arguments.len() });
    }
    let words: Vec<&str> = arguments.iter().map(|word| word.trim()).collect();
    let words = words.join(" ");
    (verb.read)(&words).ok_or_else(|| VerbError::Argument {
        verb: verb.name,
        takes: verb.arguments,
        word: words.clone(),
        help: verb.help,
    })
}

/// `83`, `1:23`, `1:02:03.5`, `50%`, and from here `+10`, `-1:00`.
fn place(word: &str) -> Option<Wish> {
    if let Some(share) = word.strip_suffix('%') {
        let share = number_of(share)? / 100.0;
        return (share <= 1.0).then_some(Wish::SeekShare(share));
    }
    let by = |time: Duration, sign: i64| {
        Some(Wish::Do(Command::SeekBy(sign * i64::try_from(time.as_millis()).ok()?)))
    };
    match word.as_bytes().first()? {
        b'+' => by(time(&word[1..])?, 1),
        b'-' => by(time(&word[1..])?, -1),
        _ => Some(Wish::Do(Command::SeekTo(time(word)?))),
    }
}

/// Seconds, minutes and seconds, or hours, minutes and seconds; the last may have a fraction.
fn time(word: &str) -> Option<Duration> {
    let parts: Vec<&str> = word.split(':').collect();
    let (seconds, above) = parts.split_last()?;
    if above.len() > 2 {
        return None;
    }
    let above = above.iter().try_fold(0.0, |sum, part| {
        let whole: u32 = part.parse().ok()?;
        Some((sum + f64::from(whole)) * 60.0)
    })?;
    Duration::try_from_secs_f64(above + number_of(seconds)?).ok()
}

/// A number as people write it: digits, at most one point, nothing else ("inf" and "1e9" are none).
fn number_of(word: &str) -> Option<f64> {
    let plain = word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if plain { word.parse().ok() } else { None }
}

fn entry(word: &str) -> Option<usize> {
    word.parse().ok().filter(|number| *number > 0)
}

fn number(word: &str) -> Option<Wish> {
    entry(word).map(Wish::Goto)
}

fn remove(word: &str) -> Option<Wish> {
    entry(word).map(Wish::Remove)
}

fn shift(words: &str) -> Option<Wish> {
    let (from, to) = words.split_once(' ')?;
    Some(Wish::Move(entry(from)?, entry(to)?))
}

fn stop(word: &str) -> Option<Wish> {
    let after = |after| Some(Wish::Do(Command::StopAfter(after)));
    match word {
        "" => Some(Wish::Do(Command::Stop)),
        "track" => after(StopAfter::Track),
        "each" => after(StopAfter::Each),
        "off" => after(StopAfter::Never),
        number => entry(number).map(Wish::StopAfter),
    }
}

fn sleep(word: &str) -> Option<Wish> {
    match word {
        "off" => Some(Wish::Do(Command::Sleep(None))),
        _ => Some(Wish::Do(Command::Sleep(Some(span(word)?)))),
    }
}

/// A span of time with its units, `1h30m`, `45s`, or as a clock shows it, `1:30:00`. A bare number is none:
/// nobody could say of what. At most a day.
pub fn span(word: &str) -> Option<Duration> {
    const DAY: Duration = Duration::from_secs(24 * 3600);
    let span = if word.contains(':') { time(word)? } else { with_units(word)? };
    (!span.is_zero() && span <= DAY).then_some(span)
}

fn with_units(word: &str) -> Option<Duration> {
    let mut rest = word;
    let mut seconds = 0.0;
    for (unit, length) in [('h', 3600.0), ('m', 60.0), ('s', 1.0)] {
        if let Some((digits, after)) = rest.split_once(unit) {
            seconds += number_of(digits)? * length;
            rest = after;
        }
    }
    if rest.is_empty() { Duration::try_from_secs_f64(seconds).ok() } else { None }
}

fn consume(word: &str) -> Option<Wish> {
    match word {
        "" => Some(Wish::ToggleConsume),
        "on" => Some(Wish::Do(Command::Consume(true))),
        "off" => Some(Wish::Do(Command::Consume(false))),
        _ => None,
    }
}

fn volume(word: &str) -> Option<Wish> {
    let word = word.strip_suffix('%').unwrap_or(word);
    let points = |digits: &str| digits.parse::<u8>().ok().filter(|points| *points <= 100);
    let by = |digits: &str, sign: i8| {
        Some(Wish::Do(Command::VolumeBy(sign * i8::try_from(points(digits)?).ok()?)))
    };
    match word.as_bytes().first()? {
        b'+' => by(&word[1..], 1),
        b'-' => by(&word[1..], -1),
        _ => Some(Wish::Do(Command::Volume(points(word)?))),
    }
}

fn shuffle(word: &str) -> Option<Wish> {
    match word {
        "" => Some(Wish::ToggleShuffle),
        "on" | "tracks" => Some(Wish::Do(Command::Shuffle(Shuffle::Tracks))),
        "albums" => Some(Wish::Do(Command::Shuffle(Shuffle::Albums))),
        "off" => Some(Wish::Do(Command::Shuffle(Shuffle::Off))),
        _ => None,
    }
}

/// A name may have blanks: the path of a FIFO, say.
fn output(words: &str) -> Option<Wish> {
    if words.is_empty() {
        return Some(Wish::Outputs);
    }
    let switch = |word: &str| match word {
        "on" => Some(Switch::On),
        "off" => Some(Switch::Off),
        "toggle" => Some(Switch::Toggle),
        _ => None,
    };
    let (name, switch) = match words.rsplit_once(' ') {
        Some((name, word)) => (name, switch(word)?),
        None => (words, Switch::Only),
    };
    Some(Wish::Switch(name.to_owned(), switch))
}

fn repeat(word: &str) -> Option<Wish> {
    match word {
        "" => Some(Wish::CycleRepeat),
        "off" => Some(Wish::Do(Command::Repeat(Repeat::Off))),
        "all" | "on" => Some(Wish::Do(Command::Repeat(Repeat::All))),
        "one" => Some(Wish::Do(Command::Repeat(Repeat::One))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn read(line: &str) -> Result<Wish, String> {
        let mut words = line.split(' ').map(str::to_owned);
        let name = words.next().unwrap();
        parse(&name, &words.collect::<Vec<_>>()).map_err(|error| error.to_string())
    }

    #[test]
    fn every_verb_is_read() {
        let seconds = Duration::from_secs;
        for (line, wish) in [
            ("status", Wish::Status),
            ("pause", Wish::Do(Command::Pause)),
            ("resume", Wish::Do(Command::Play)),
            ("toggle", Wish::Do(Command::Toggle)),
            ("stop", Wish::Do(Command::Stop)),
            ("stop track", Wish::Do(Command::StopAfter(StopAfter::Track))),
            ("stop each", Wish::Do(Command::StopAfter(StopAfter::Each))),
            ("stop off", Wish::Do(Command::StopAfter(StopAfter::Never))),
            ("stop 7", Wish::StopAfter(7)),
            ("sleep 30m", Wish::Do(Command::Sleep(Some(seconds(1800))))),
            ("sleep 1h30m", Wish::Do(Command::Sleep(Some(seconds(5400))))),
            ("sleep 1:30:00", Wish::Do(Command::Sleep(Some(seconds(5400))))),
            ("sleep 0.5s", Wish::Do(Command::Sleep(Some(Duration::from_millis(500))))),
            ("sleep off", Wish::Do(Command::Sleep(None))),
            ("shuffle albums", Wish::Do(Command::Shuffle(Shuffle::Albums))),
            ("consume", Wish::ToggleConsume),
            ("consume on", Wish::Do(Command::Consume(true))),
            ("remove 3", Wish::Remove(3)),
            ("move 3 1", Wish::Move(3, 1)),
            ("clear", Wish::Do(Command::Clear)),
            ("next", Wish::Do(Command::Next)),
            ("prev", Wish::Do(Command::Previous)),
            ("previous", Wish::Do(Command::Previous)),
            ("seek 83", Wish::Do(Command::SeekTo(seconds(83)))),
            ("seek 1:23", Wish::Do(Command::SeekTo(seconds(83)))),
            ("seek 1:02:03.5", Wish::Do(Command::SeekTo(Duration::from_millis(3_723_500)))),
            ("seek +10", Wish::Do(Command::SeekBy(10_000))),
            ("seek -1:00", Wish::Do(Command::SeekBy(-60_000))),
            ("seek 50%", Wish::SeekShare(0.5)),
            ("goto 7", Wish::Goto(7)),
            ("volume 80", Wish::Do(Command::Volume(80))),
            ("volume +5", Wish::Do(Command::VolumeBy(5))),
            ("volume -5%", Wish::Do(Command::VolumeBy(-5))),
            ("mute", Wish::Do(Command::ToggleMute)),
            ("shuffle", Wish::ToggleShuffle),
            ("shuffle on", Wish::Do(Command::Shuffle(Shuffle::Tracks))),
            ("shuffle off", Wish::Do(Command::Shuffle(Shuffle::Off))),
            ("repeat", Wish::CycleRepeat),
            ("repeat all", Wish::Do(Command::Repeat(Repeat::All))),
            ("queue", Wish::Queue),
            ("events", Wish::Events),
            ("output", Wish::Outputs),
            ("output 2 off", Wish::Switch("2".into(), Switch::Off)),
            ("output pulse:hdmi", Wish::Switch("pulse:hdmi".into(), Switch::Only)),
            ("output snapcast:kitchen toggle", Wish::Switch("snapcast:kitchen".into(), Switch::Toggle)),
            ("quit", Wish::Do(Command::Quit)),
        ] {
            assert_eq!(read(line), Ok(wish), "{line}");
        }
    }

    #[test]
    fn what_is_no_wish_is_said_in_one_sentence() {
        assert!(
            read("dance").unwrap_err().starts_with("there is no command \"dance\"; there are status, pause,")
        );
        assert_eq!(read("pause now").unwrap_err(), "\"pause\" takes no argument, and got 1");
        assert_eq!(read("seek").unwrap_err(), "\"seek\" takes WHERE, and got 0");
        assert_eq!(
            read("volume loud").unwrap_err(),
            "\"loud\" is no PERCENT for \"volume\": Set the volume: 80, or louder and softer: +5, -5."
        );
    }

    #[test]
    fn odd_numbers_are_refused() {
        for line in [
            "seek",
            "seek x",
            "seek 1:2:3:4",
            "seek inf",
            "seek -",
            "seek 101%",
            "seek 1e9",
            "seek 9:x",
            "goto 0",
            "goto -1",
            "goto 1.5",
            "volume 101",
            "volume +",
            "volume 300",
            "shuffle maybe",
            "stop 0",
            "stop later",
            "sleep 30",
            "sleep m",
            "sleep 0s",
            "sleep 25h",
            "sleep 30m1h",
            "remove 0",
            "move 1",
            "move 1 x",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }

    proptest! {
        #[test]
        fn no_words_bring_it_down(name in "\\PC{0,12}", word in "[0-9:+.%-]{0,24}|\\PC{0,12}") {
            let _ = parse(&name, std::slice::from_ref(&word));
            for verb in VERBS {
                let _ = parse(verb.name, std::slice::from_ref(&word));
            }
        }
    }
}
