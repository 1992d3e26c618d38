//! Takes the words about playing that several commands share: output, order, end, gain; gives them typed.
//! Never plays; says nothing of what is played.

use std::io::IsTerminal;
use std::time::Duration;

use super::gain::GainOption;
use super::screen;
use crate::control::{Client, ClientError};
use crate::playback::RatePolicy;
use crate::playback::output::Target;
use crate::player::{OnUnplug, Repeat, Shuffle};
use crate::tui::{self, LEAST};

/// How something is played, whatever it is.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct How {
    /// Where the sound goes: auto, pulse[:SINK], alsa[:DEVICE], snapcast:HOST, pipe:PATH, wav:PATH, null (no sound, real
    /// time). Several play at once; the first sets the time, and none holds up another [default: auto].
    #[arg(long = "output", value_name = "OUTPUT")]
    pub(super) outputs: Vec<Target>,
    /// At which rate the device runs: `device` (its own), `source` (each track's own, where the device has it) [default: device].
    #[arg(long, value_enum, value_name = "RATE")]
    pub(super) rate: Option<RateWord>,
    /// When the device goes away [default: go on if the sound server has moved the music, else pause].
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(super) on_unplug: Option<UnplugWord>,
    /// Play in random order: every track, or with `albums` every release, once before any comes again; `off`: as listed.
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
    /// Whether the command line names an output of its own.
    #[arg(skip)]
    pub(super) is_elsewhere: bool,
    /// How the settings have a listing that was not left before.
    #[arg(skip)]
    pub(super) usual: Order,
    /// What a terminal shows: the full screen, one line of progress below the tracks that were played, or only a line a
    /// track, without keys [default: full, and line on a terminal below 40x10 or a dumb one].
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(super) ui: Option<Ui>,
    /// In the background, where somebody waits to hear that it plays.
    #[arg(skip)]
    pub(super) behind: bool,
    /// Print events as JSON, one object a line; no keys.
    #[arg(long)]
    pub(super) json: bool,
}

/// In which order something begins, and what comes again.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Order {
    pub(super) shuffle: Shuffle,
    pub(super) repeat: Repeat,
}

impl How {
    /// Takes from the settings what was not said.
    pub(super) fn settle(&mut self, usual: Self) {
        self.is_elsewhere = !matches!(self.outputs[..], [] | [Target::Auto]);
        self.usual = Order {
            shuffle: usual.shuffle.map(Into::into).unwrap_or_default(),
            repeat: usual.repeat().unwrap_or_default(),
        };
        if self.outputs.is_empty() {
            self.outputs = usual.outputs;
        }
        self.rate = self.rate.or(usual.rate);
        self.on_unplug = self.on_unplug.or(usual.on_unplug);
        self.gain = self.gain.or(usual.gain);
        self.ui = self.ui.or(usual.ui);
        // That it comes again is said by the order.
        self.at_end = self.at_end.or(usual.at_end.filter(|end| *end != AtEnd::Repeat));
    }

    /// Where the sound goes; at least one place.
    pub(super) fn outputs(&self) -> &[Target] {
        if self.outputs.is_empty() { &[Target::Auto] } else { &self.outputs }
    }

    /// The output that was named first.
    pub(super) fn first_output(&self) -> &Target {
        self.outputs().first().unwrap_or(&Target::Auto)
    }

    /// Tells another player what was said of the order and the end; its answer, if there was anything to say.
    pub(super) fn steer(&self, client: &mut Client) -> Result<Option<serde_json::Value>, ClientError> {
        let shuffle = self.shuffle.map(|word| match word {
            ShuffleWord::Off => "off",
            ShuffleWord::Tracks => "tracks",
            ShuffleWord::Albums => "albums",
        });
        let repeat = self.repeat().map(|repeat| match repeat {
            Repeat::Off => "off",
            Repeat::One => "one",
            Repeat::All => "all",
        });
        let sleep = self.sleep.map(|time| format!("{}s", time.as_secs_f64()));
        let start = self.start.map(|number| number.to_string());
        let words = [
            ("shuffle", shuffle.map(str::to_owned)),
            ("repeat", repeat.map(str::to_owned)),
            ("sleep", sleep),
            ("goto", start),
        ];
        let mut answer = None;
        for (verb, word) in words {
            if let Some(word) = word {
                answer = Some(client.ask(verb, &[word], false)?);
            }
        }
        Ok(answer)
    }

    /// What is shown, as was said or as the terminal lets it; `None` where there is no terminal.
    pub(super) fn shown(&self) -> Ui {
        if !std::io::stdout().is_terminal() || !screen::has_keyboard() || self.json || self.behind {
            return Ui::None;
        }
        let (columns, rows) = crossterm::terminal::size().unwrap_or(LEAST);
        let usual = if tui::is_dumb() || columns < LEAST.0 || rows < LEAST.1 { Ui::Line } else { Ui::Full };
        self.ui.unwrap_or(usual)
    }

    /// What was said to come again.
    pub(super) fn repeat(&self) -> Option<Repeat> {
        match (self.repeat, self.at_end) {
            (Some(word), _) => Some(word.into()),
            (None, Some(AtEnd::Repeat)) => Some(Repeat::All),
            (None, _) => None,
        }
    }
}

/// What a terminal shows while music plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Ui {
    Full,
    Line,
    None,
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
    Off,
    Tracks,
    Albums,
}

impl From<ShuffleWord> for Shuffle {
    fn from(word: ShuffleWord) -> Self {
        match word {
            ShuffleWord::Off => Self::Off,
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
