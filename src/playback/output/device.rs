//! Takes frames from an outlet; gives them to a sound server, a sound card or another room, and looks after it: lost, it
//! is found again; unused for a while, it is given back; where a track's own rate is wanted, it is opened anew.
//! Never starts sound that the listener had stopped, never caches a host or a device.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use super::doorbell::Doorbell;
use super::pulse::{Ended, Turn};
use super::{Call, News, Output, OutputError, Target, Wiring, away, card, pulse};

/// How often a playing card is looked at.
const WATCH: Duration = Duration::from_millis(500);

/// A paused device is given back after this time.
const GIVE_BACK: Duration = Duration::from_secs(30);

/// The first and the longest wait between attempts to open a lost device.
const RETRY: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(2));

/// The longest wait for the last frames to be heard.
const DRAIN: Duration = Duration::from_millis(600);

/// An output that there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// What to say after `--output`.
    pub output: String,
    /// The device's own name.
    pub name: String,
    /// PulseAudio, ALSA, ...
    pub system: String,
    /// Whether `--output auto` takes it.
    pub is_default: bool,
    /// Its rate in Hz and its channels, where it tells.
    pub shape: Option<(u32, u16)>,
}

/// The outputs there are, the default first.
pub fn devices() -> Vec<Device> {
    let _quiet = silence_alsa();
    let sinks = pulse::sinks();
    let has_server = !sinks.is_empty();
    let sinks = sinks.into_iter().map(|sink| Device {
        output: if sink.is_default { "pulse".into() } else { format!("pulse:{}", sink.name) },
        shape: Some((sink.rate, sink.channels())),
        is_default: sink.is_default,
        name: sink.description,
        system: "PulseAudio".into(),
    });
    let cards = card::cards().into_iter().map(|card| Device {
        output: if card.is_default { "alsa".into() } else { format!("alsa:{}", card.id) },
        name: card.name,
        system: "ALSA".into(),
        is_default: card.is_default && !has_server,
        shape: card.shape,
    });
    let mut found: Vec<_> = sinks.chain(cards).collect();
    found.sort_by_key(|device| !device.is_default);
    found
}

/// Keeps libasound from writing to the terminal for as long as the guard lives, on this thread.
#[cfg(target_os = "linux")]
fn silence_alsa() -> Option<impl Sized> {
    alsa::Output::local_error_handler().ok()
}

/// Nobody to silence elsewhere.
#[cfg(not(target_os = "linux"))]
fn silence_alsa() -> Option<impl Sized> {
    None::<()>
}

/// Starts the thread that owns the device, and comes back when it is open; beside another output, at once. A server
/// that was asked for by name is waited for.
pub(super) fn open(target: Target, wiring: Wiring) -> Result<Output, OutputError> {
    let (calls, inbox) = mpsc::channel();
    let (opened, first) = mpsc::channel();
    let doorbell = Doorbell::new().map_err(|error| OutputError::Refused(error.into()))?;
    wiring.dials.hang(doorbell.bell());
    let dials = std::sync::Arc::clone(&wiring.dials);
    let is_beside = wiring.is_beside;
    let made = if let Target::Away(away) = &target { away.prepare()? } else { None };
    let thread = std::thread::Builder::new()
        .name("output".into())
        .spawn(move || {
            let _quiet = silence_alsa();
            let _made = made;
            let mut supervisor =
                Supervisor { target, wiring, doorbell, rate: None, stream: None, paused: None };
            match supervisor.open() {
                Ok(()) => {
                    let _ = opened.send(Ok(()));
                    if supervisor.wiring.is_beside {
                        (supervisor.wiring.news)(News::Back);
                    }
                }
                Err(error) if supervisor.waits_for(&error) => {
                    let _ = opened.send(Ok(()));
                    (supervisor.wiring.news)(News::Lost { error, vanished: false });
                }
                Err(error) => {
                    let _ = opened.send(Err(error));
                    return;
                }
            }
            supervisor.run(&inbox);
        })
        .map_err(|error| OutputError::Refused(error.into()))?;
    let output = Output { calls, dials, thread: Some(thread) };
    if is_beside {
        return Ok(output);
    }
    match first.recv() {
        Ok(Ok(())) => Ok(output),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(OutputError::NoDevice), // the thread died before it could say why
    }
}

/// What carries the samples. Dropping it ends the sound.
enum Stream {
    Card(card::Playing),
    Pulse(Box<pulse::Playing>),
    Away(Box<away::Playing>),
}

impl Stream {
    /// Resolves the device anew, opens it, and connects the decoder thread.
    fn open(
        target: &Target,
        rate: Option<u32>,
        wiring: &Wiring,
        doorbell: &Doorbell,
    ) -> Result<Self, OutputError> {
        let server = |name| {
            pulse::Playing::open(name, rate, wiring, doorbell).map(|playing| Self::Pulse(Box::new(playing)))
        };
        let card = |name| card::Playing::open(name, rate, wiring).map(Self::Card);
        match target {
            Target::Pulse(name) => server(name.as_deref()),
            Target::Alsa(name) => card(name.as_deref()),
            Target::Away(away) => {
                away::Playing::open(away, wiring, doorbell).map(|playing| Self::Away(Box::new(playing)))
            }
            _ => server(None).or_else(|_| card(None)),
        }
    }
}

/// The thread that owns the device.
struct Supervisor {
    target: Target,
    wiring: Wiring,
    doorbell: Doorbell,
    /// The rate that was asked for, if one was.
    rate: Option<u32>,
    stream: Option<Stream>,
    /// Since when nothing sounds on an open device.
    paused: Option<Instant>,
}

/// Whether the thread goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    On,
    End,
}

impl Supervisor {
    fn open(&mut self) -> Result<(), OutputError> {
        self.paused = None;
        self.stream = Some(Stream::open(&self.target, self.rate, &self.wiring, &self.doorbell)?);
        Ok(())
    }

    /// Whether the device may still come: the listener has named a server or a reader, and there is none yet; or the
    /// music plays elsewhere meanwhile.
    fn waits_for(&self, error: &OutputError) -> bool {
        match self.target {
            _ if self.wiring.is_beside || !self.wiring.waits => self.wiring.is_beside,
            Target::Pulse(_) => matches!(error, OutputError::NoServer),
            Target::Away(_) => matches!(error, OutputError::NoReader(_) | OutputError::NoRoom { .. }),
            _ => false,
        }
    }

    fn run(mut self, inbox: &Receiver<Call>) {
        let mut retry = RETRY.0;
        loop {
            let then = match &mut self.stream {
                None => self.without(inbox, &mut retry),
                Some(Stream::Card(_)) => self.with_card(inbox),
                Some(Stream::Pulse(_) | Stream::Away(_)) => self.with_server(inbox),
            };
            if then == Then::End {
                return self.drain();
            }
            if self.stream.is_some() {
                retry = RETRY.0;
            }
        }
    }

    fn without(&mut self, inbox: &Receiver<Call>, retry: &mut Duration) -> Then {
        // Nobody wakes for a device that nobody wants. Whoever calls rings too, and so does the decoder thread, where an
        // output beside the main one is to play again.
        let time = self.wiring.dials.playing().then_some(*retry);
        let _ = self.doorbell.wait(time); // interrupted: looked at once more
        self.doorbell.silence();
        loop {
            match inbox.try_recv() {
                Ok(Call::Quit) | Err(TryRecvError::Disconnected) => return Then::End,
                Ok(Call::Rate(rate)) => self.rate = Some(rate),
                Ok(Call::Wake) => *retry = RETRY.0,
                Err(TryRecvError::Empty) => break,
            }
        }
        if self.wiring.dials.playing() {
            match self.open() {
                Ok(()) => (self.wiring.news)(News::Back),
                Err(error) => {
                    tracing::debug!("output still away: {error}");
                    *retry = (*retry * 2).min(RETRY.1);
                }
            }
        }
        Then::On
    }

    fn with_card(&mut self, inbox: &Receiver<Call>) -> Then {
        let playing = self.wiring.dials.playing();
        match inbox.recv_timeout(if playing { WATCH } else { GIVE_BACK }) {
            Ok(call) => return self.obey(call),
            Err(RecvTimeoutError::Disconnected) => return Then::End,
            Err(RecvTimeoutError::Timeout) if !playing => self.stream = None,
            Err(RecvTimeoutError::Timeout) => {
                let asked = self.wiring.dials.asked();
                if let Some(Stream::Card(card)) = &mut self.stream
                    && card.is_lost(asked)
                {
                    self.lose(OutputError::NoDevice, true);
                }
            }
        }
        Then::On
    }

    fn with_server(&mut self, inbox: &Receiver<Call>) -> Then {
        // An open line that nothing is said on costs nothing, and its reader would take its end for the end of the music.
        let is_corked = match &self.stream {
            Some(Stream::Pulse(playing)) => playing.is_corked(),
            Some(Stream::Away(_)) => false,
            Some(Stream::Card(_)) | None => return Then::On,
        };
        if !is_corked {
            self.paused = None;
        } else if self.paused.is_none() {
            self.paused = Some(Instant::now());
        }
        let give_back = self.paused.map(|since| since + GIVE_BACK);
        match self.work(give_back) {
            Ok(Turn::Quiet) => {}
            Ok(Turn::Unplugged) => (self.wiring.news)(News::Unplugged),
            Err(Ended::ServerGone) => self.lose(self.gone(), false),
            Err(Ended::SinkGone) => self.lose(OutputError::NoDevice, true),
            Err(Ended::Reshaped) => self.reopen(),
        }
        if give_back.is_some_and(|time| time <= Instant::now()) && !self.wiring.dials.playing() {
            self.stream = None;
        }
        loop {
            match inbox.try_recv() {
                Ok(call) => {
                    if self.obey(call) == Then::End {
                        return Then::End;
                    }
                }
                Err(TryRecvError::Empty) => return Then::On,
                Err(TryRecvError::Disconnected) => return Then::End,
            }
        }
    }

    fn work(&mut self, until: Option<Instant>) -> Result<Turn, Ended> {
        match &mut self.stream {
            Some(Stream::Pulse(playing)) => playing.work(until),
            Some(Stream::Away(playing)) => {
                playing.work(until).map(|()| Turn::Quiet).map_err(|away::Gone| Ended::ServerGone)
            }
            Some(Stream::Card(_)) | None => Ok(Turn::Quiet),
        }
    }

    /// What is to be said of whoever hung up.
    fn gone(&self) -> OutputError {
        match &self.target {
            Target::Away(away) => away.gone(),
            _ => OutputError::NoServer,
        }
    }

    fn obey(&mut self, call: Call) -> Then {
        match call {
            Call::Quit => return Then::End,
            Call::Wake => {}
            Call::Rate(rate) => {
                self.rate = Some(rate);
                self.reopen();
            }
        }
        Then::On
    }

    fn lose(&mut self, error: OutputError, vanished: bool) {
        self.stream = None;
        (self.wiring.news)(News::Lost { error, vanished });
    }

    /// The same device in another shape. What sounded before is over.
    fn reopen(&mut self) {
        self.stream = None;
        match self.open() {
            Ok(()) => (self.wiring.news)(News::Changed),
            Err(error) => self.lose(error, false),
        }
    }

    /// Dropping the stream throws away what it holds: let it be heard first.
    fn drain(mut self) {
        let deadline = Instant::now() + DRAIN;
        while !self.is_silent() && Instant::now() < deadline && self.work(Some(deadline)).is_ok() {}
        if let Some(Stream::Card(card)) = &self.stream {
            let rate = f64::from(card.rate());
            let wanted = self.wiring.dials.asked() + (card.latency.as_secs_f64() * rate) as u64;
            while self.wiring.dials.asked() < wanted && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }

    /// Whether all that was given to a server or a reader is heard. A card does not tell.
    fn is_silent(&self) -> bool {
        match &self.stream {
            Some(Stream::Pulse(playing)) => playing.is_silent(),
            Some(Stream::Away(playing)) => playing.is_silent(),
            Some(Stream::Card(_)) | None => true,
        }
    }
}
