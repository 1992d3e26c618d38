//! Takes the word that names an output; gives it opened: something that draws frames from an
//! outlet (see `realtime`) until it is told to stop. One table of outputs.
//! Never decodes, never decides what is played.

mod away;
mod card;
#[cfg(unix)]
mod cookie;
mod device;
#[cfg_attr(not(unix), path = "elsewhere/doorbell.rs")]
mod doorbell;
mod null;
#[cfg_attr(not(unix), path = "elsewhere/pulse.rs")]
mod pulse;
mod wav;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

pub use away::{Away, Form};
pub use device::{Device, devices};

use crate::playback::feed::{Line, Order};
use crate::playback::realtime::{Dials, Door};
use crate::playback::wav_file::Shape;

/// Where the sound goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Target {
    /// The sound server that runs (PipeWire, PulseAudio), else ALSA.
    #[default]
    Auto,
    /// PulseAudio, or PipeWire through its PulseAudio socket: its default sink, or the named one.
    Pulse(Option<String>),
    /// ALSA: its default, or the named device.
    Alsa(Option<String>),
    /// A FIFO, or a Snapcast server.
    Away(Away),
    /// A WAV file, written as fast as the CPU goes.
    Wav(PathBuf),
    /// Nowhere, in real time.
    Null,
    /// Nowhere, as fast as the CPU goes.
    Void,
}

impl Target {
    /// Whether it is a device, with a shape of its own.
    pub(crate) fn is_device(&self) -> bool {
        matches!(self, Self::Auto | Self::Pulse(_) | Self::Alsa(_))
    }

    /// Whether it takes frames as they are due, so that others can go by it.
    pub(crate) fn keeps_time(&self) -> bool {
        !matches!(self, Self::Wav(_) | Self::Void)
    }
}

/// One row of the table of outputs.
struct Row {
    name: &'static str,
    /// What stands after the colon, if anything may.
    argument: Option<&'static str>,
    make: fn(Option<&str>) -> Option<Target>,
}

/// All outputs by name, the default first.
const OUTPUTS: &[Row] = &[
    Row { name: "auto", argument: None, make: |_| Some(Target::Auto) },
    Row { name: "pulse", argument: Some("[:SINK]"), make: |sink| Some(Target::Pulse(sink.map(Into::into))) },
    // PipeWire speaks PulseAudio's protocol; its own needs a C library.
    Row {
        name: "pipewire",
        argument: Some("[:SINK]"),
        make: |sink| Some(Target::Pulse(sink.map(Into::into))),
    },
    Row {
        name: "alsa",
        argument: Some("[:DEVICE]"),
        make: |device| Some(Target::Alsa(device.map(Into::into))),
    },
    Row {
        name: "snapcast",
        argument: Some(":HOST[:PORT][?RATE:BITS:CHANNELS]"),
        make: |server| Away::snapcast(server?).map(Target::Away),
    },
    Row {
        name: "pipe",
        argument: Some(":PATH[?RATE:BITS:CHANNELS]"),
        make: |path| Away::pipe(path?).map(Target::Away),
    },
    Row { name: "wav", argument: Some(":PATH"), make: |path| Some(Target::Wav(path?.into())) },
    Row { name: "null", argument: None, make: |_| Some(Target::Null) },
];

/// A word that names no output.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("no output is called {word:?}; there are {}", known())]
pub struct UnknownOutput {
    word: String,
}

fn known() -> String {
    let words = OUTPUTS.iter().map(|row| format!("{}{}", row.name, row.argument.unwrap_or_default()));
    words.collect::<Vec<_>>().join(", ")
}

impl FromStr for Target {
    type Err = UnknownOutput;

    fn from_str(word: &str) -> Result<Self, UnknownOutput> {
        let (name, argument) = match word.split_once(':') {
            Some((name, argument)) => (name, Some(argument).filter(|argument| !argument.is_empty())),
            None => (word, None),
        };
        OUTPUTS
            .iter()
            .find(|row| row.name == name && (argument.is_none() || row.argument.is_some()))
            .and_then(|row| (row.make)(argument))
            .ok_or_else(|| UnknownOutput { word: word.into() })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Pulse(None) => f.write_str("pulse"),
            Self::Pulse(Some(sink)) => write!(f, "pulse:{sink}"),
            Self::Alsa(None) => f.write_str("alsa"),
            Self::Alsa(Some(device)) => write!(f, "alsa:{device}"),
            Self::Away(away) => away.fmt(f),
            Self::Wav(path) => write!(f, "wav:{}", path.display()),
            Self::Null | Self::Void => f.write_str("null"),
        }
    }
}

/// Why an output cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// No device, or none of that name.
    #[error("no audio output was found")]
    NoDevice,
    /// No sound server answers.
    #[error("no sound server answers")]
    NoServer,
    /// The sound server has no sink of that name.
    #[error("the sound server has no sink called {0:?}; `tonearm devices` lists them")]
    NoSuchSink(String),
    /// The named ALSA device does not exist.
    #[error("there is no ALSA device called {0:?}")]
    NoSuchDevice(String),
    /// A FIFO that is not open at its other end.
    #[error("nobody reads {}", .0.display())]
    NoReader(PathBuf),
    /// No Snapcast server takes the call.
    #[error("no Snapcast server answers at {address}: {cause}")]
    NoRoom {
        /// Host and port.
        address: String,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
    /// The sound system refused.
    #[error("the audio output cannot be opened: {0}")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The WAV file cannot be made.
    #[error("{} cannot be written: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
}

/// What an output says.
#[derive(Debug)]
pub(crate) enum News {
    /// The device is gone; it is looked for until it is back. `vanished` when it was the device itself that went, not
    /// the server before it.
    Lost { error: OutputError, vanished: bool },
    /// The device is there again. What was to sound must be ordered anew.
    Back,
    /// The device has another rate now, or another shape. What was to sound must be ordered anew.
    Changed,
    /// The device went away, and the server goes on on another one.
    Unplugged,
    /// The output can take no more, for good.
    Broken(OutputError),
}

/// What every output is given.
pub(crate) struct Wiring {
    /// How the decoder thread calls it.
    pub(crate) line: Line,
    /// Whether others may do without it: it is opened behind their backs, and looked for until it is there.
    pub(crate) is_beside: bool,
    /// Whether what was named and is not there is waited for.
    pub(crate) waits: bool,
    pub(crate) dials: Arc<Dials>,
    /// The decoder thread.
    pub(crate) orders: Sender<Order>,
    /// The engine's owner.
    pub(crate) news: Box<dyn Fn(News) + Send>,
}

impl Wiring {
    /// Connects the decoder thread to a device that was opened. `latency` is the time between the callback and the
    /// ear, where the output does not tell by the frame.
    fn connect(&self, door: Door, rate: u32, channels: u16, latency: Duration) {
        self.connect_to(door, rate, channels, latency, false);
    }

    /// As [`Wiring::connect`], to a device that tells by the frame, and lets what it has not played be replaced.
    fn connect_rewinding(&self, door: Door, rate: u32, channels: u16) {
        self.connect_to(door, rate, channels, Duration::ZERO, true);
    }

    fn connect_to(&self, door: Door, rate: u32, channels: u16, latency: Duration, rewinds: bool) {
        // The decoder thread lives as long as the engine, which owns all outputs.
        let _ = self.orders.send(Order::Outlet { line: self.line, door, rate, channels, latency, rewinds });
    }
}

/// What an output's thread hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    /// Playing was resumed, or paused: look at the dials.
    Wake,
    /// Open the device anew at this rate, in Hz, if it has it.
    Rate(u32),
    Quit,
}

/// An output that runs.
pub(crate) struct Output {
    calls: Sender<Call>,
    /// For an output that sleeps until the bell rings.
    dials: Arc<Dials>,
    thread: Option<JoinHandle<()>>,
}

impl Output {
    /// Opens `target` and connects the decoder thread to it. `shape` is for outputs without one of their own.
    pub(crate) fn open(target: &Target, shape: Shape, wiring: Wiring) -> Result<Self, OutputError> {
        match target {
            Target::Auto | Target::Pulse(_) | Target::Alsa(_) | Target::Away(_) => {
                device::open(target.clone(), wiring)
            }
            Target::Wav(path) => wav::open(path, shape, wiring),
            Target::Null => Ok(null::open(shape, null::Pace::Real, wiring)),
            Target::Void => Ok(null::open(shape, null::Pace::Free, wiring)),
        }
    }

    /// Says that playing was paused or resumed.
    pub(crate) fn wake(&self) {
        self.call(Call::Wake);
    }

    /// Opens the device anew at `rate` Hz, or as near as it gets. Its news is [`News::Changed`].
    pub(crate) fn set_rate(&self, rate: u32) {
        self.call(Call::Rate(rate));
    }

    /// Says that it is to end once what it holds is heard; dropping it waits for that.
    pub(crate) fn hang_up(&self) {
        self.call(Call::Quit);
    }

    fn call(&self, call: Call) {
        // A thread that ended by itself has said so before.
        let _ = self.calls.send(call);
        self.dials.ring();
    }
}

impl Drop for Output {
    /// Ends the output and waits for it: a WAV file is whole afterwards.
    fn drop(&mut self) {
        self.call(Call::Quit);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Waits for a call while there is nothing to do. `false` when the output is to end.
fn wait(calls: &Receiver<Call>, time: Option<Duration>) -> bool {
    let call = match time {
        Some(time) => calls.recv_timeout(time),
        None => calls.recv().map_err(|_| RecvTimeoutError::Disconnected),
    };
    !matches!(call, Ok(Call::Quit) | Err(RecvTimeoutError::Disconnected))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_output_is_named_as_it_is_shown() {
        for word in [
            "auto",
            "pulse",
            "pulse:alsa_output.pci-0000_00_1f.3.analog-stereo",
            "alsa",
            "alsa:hw:0,3",
            "snapcast:kitchen:4953",
            "snapcast:[::1]:5000?44100:16:2",
            "pipe:/run/music?48000:24:2",
            "wav:/tmp/a b.wav",
            "null",
        ] {
            assert_eq!(word.parse::<Target>().unwrap().to_string(), word);
        }
        assert_eq!("pipewire".parse::<Target>(), Ok(Target::Pulse(None)));
        assert_eq!("pipewire:hdmi".parse::<Target>(), Ok(Target::Pulse(Some("hdmi".into()))));
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_known_ones() {
        for word in ["speaker", "", "wav", "wav:", "null:x", "auto:x", "pipe", "snapcast:", "pipe:x?1:2:3"] {
            let error = word.parse::<Target>().unwrap_err().to_string();
            assert!(
                error.ends_with(
                    "there are auto, pulse[:SINK], pipewire[:SINK], alsa[:DEVICE], \
                     snapcast:HOST[:PORT][?RATE:BITS:CHANNELS], pipe:PATH[?RATE:BITS:CHANNELS], wav:PATH, null"
                ),
                "{error}"
            );
        }
    }

    #[test]
    fn no_name_stands_twice_in_the_table() {
        let mut names: Vec<_> = OUTPUTS.iter().map(|row| row.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), OUTPUTS.len());
    }
}
