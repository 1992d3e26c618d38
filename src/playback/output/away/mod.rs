//! Takes frames from an outlet; gives them, as whole numbers in one fixed form, to a FIFO that somebody reads or to a
//! Snapcast server, a fraction of a second before they are due. One thread, which sleeps in one place.
//! Never runs ahead of the time, whatever the reader takes; never falls behind a reader that is slow: it sets the pace then.

#[cfg_attr(not(unix), path = "../elsewhere/fifo.rs")]
mod fifo;
mod form;
mod line;
mod pace;
mod snapserver;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use form::Form;

pub(super) use self::fifo::Made;
use self::line::Line;
use self::pace::Pace;
use super::doorbell::Doorbell;
use super::{OutputError, Wiring};
use crate::playback::realtime::{self, Dials, Outlet};

/// Somewhere that is no sound device of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Away {
    /// A FIFO, in a form that its reader knows.
    Pipe {
        /// Where it is; made where nothing stands.
        path: PathBuf,
        /// The form; [`Form::default`] where none is given.
        form: Option<Form>,
    },
    /// A Snapcast server's TCP source.
    Snapcast {
        /// Its name or address.
        host: String,
        /// The source's port.
        port: u16,
        /// The form; asked of the server where none is given.
        form: Option<Form>,
    },
}

impl Away {
    /// Reads PATH[?FORM].
    pub(super) fn pipe(words: &str) -> Option<Self> {
        let (path, form) = with_form(words)?;
        (!path.is_empty()).then(|| Self::Pipe { path: path.into(), form })
    }

    /// Reads HOST[:PORT][?FORM]; an IPv6 address stands in brackets.
    pub(super) fn snapcast(words: &str) -> Option<Self> {
        let (address, form) = with_form(words)?;
        let bracketed = address.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let (host, port) = match bracketed {
            Some((host, "")) => (host, None),
            Some((host, rest)) => (host, Some(rest.strip_prefix(':')?)),
            None => address.split_once(':').map_or((address, None), |(host, port)| (host, Some(port))),
        };
        let port = port.map_or(Some(snapserver::SOURCE_PORT), |port| port.parse().ok())?;
        (!host.is_empty()).then(|| Self::Snapcast { host: host.into(), port, form })
    }
}

impl Away {
    /// Makes the FIFO where there is none; it lives as long as what this gives.
    ///
    /// # Errors
    /// When it cannot be made, or something else stands there.
    pub(super) fn prepare(&self) -> Result<Option<Made>, OutputError> {
        match self {
            Self::Pipe { path, .. } => fifo::make(path),
            Self::Snapcast { .. } => Ok(None),
        }
    }

    /// What to say when the reader went away.
    pub(super) fn gone(&self) -> OutputError {
        match self {
            Self::Pipe { path, .. } => OutputError::NoReader(path.clone()),
            Self::Snapcast { host, port, .. } => OutputError::NoRoom {
                address: format!("{host}:{port}"),
                cause: std::io::ErrorKind::ConnectionReset.into(),
            },
        }
    }
}

/// Parts "WORDS?RATE:BITS:CHANNELS". What stands behind a question mark and is no form belongs to the words.
fn with_form(words: &str) -> Option<(&str, Option<Form>)> {
    match words.rsplit_once('?') {
        Some((words, form)) if form.split(':').count() == 3 => Some((words, Some(form.parse().ok()?))),
        _ => Some((words, None)),
    }
}

impl fmt::Display for Away {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = match self {
            Self::Pipe { path, form } => {
                write!(f, "pipe:{}", path.display())?;
                form
            }
            Self::Snapcast { host, port, form } => {
                let is_v6 = host.contains(':');
                let (open, close) = if is_v6 { ("[", "]") } else { ("", "") };
                write!(f, "snapcast:{open}{host}{close}:{port}")?;
                form
            }
        };
        form.map_or(Ok(()), |form| write!(f, "?{form}"))
    }
}

/// The silence behind the last frames: one part in so many of a second.
const TRAIL: usize = 20;

/// The reader is gone.
#[derive(Debug)]
pub(super) struct Gone;

/// A line that is open until it is dropped.
pub(super) struct Playing {
    line: Line,
    form: Form,
    outlet: Outlet,
    dials: Arc<Dials>,
    doorbell: Doorbell,
    pace: Pace,
    /// Bytes that did not go yet.
    waiting: Vec<u8>,
    /// Whether the reader has no room.
    is_full: bool,
    floats: Vec<u8>,
    /// Whether silence follows what was sent last.
    is_whole: bool,
}

impl Playing {
    /// Opens the line and connects the decoder thread.
    pub(super) fn open(away: &Away, wiring: &Wiring, doorbell: &Doorbell) -> Result<Self, OutputError> {
        let (line, form) = match away {
            Away::Pipe { path, form } => (Line::to_fifo(path)?, form.unwrap_or_default()),
            Away::Snapcast { host, port, form } => {
                let line = Line::to_server(host, *port)?;
                let form = form.or_else(|| snapserver::form(host, *port)).unwrap_or_default();
                (line, form)
            }
        };
        tracing::debug!("output open: {away}, {form}");
        let (outlet, door) = realtime::outlet(form.rate(), form.channels(), Arc::clone(&wiring.dials));
        wiring.connect(door, form.rate(), form.channels(), Duration::ZERO);
        Ok(Self {
            line,
            form,
            outlet,
            dials: Arc::clone(&wiring.dials),
            doorbell: doorbell.clone(),
            pace: Pace::new(form.rate()),
            waiting: Vec::new(),
            is_full: false,
            floats: Vec::new(),
            is_whole: true,
        })
    }

    /// Whether nothing sounds: a pause has faded out, or all is played.
    pub(super) fn is_silent(&self) -> bool {
        self.waiting.is_empty() && self.dials.silent() && self.pace.ahead(Instant::now()) <= 0
    }

    /// Sleeps until the reader, the bell or the time (`until` at the latest) says that there is something to do; does it.
    pub(super) fn work(&mut self, until: Option<Instant>) -> Result<(), Gone> {
        let next = self.send()?;
        let wake = [until, next].into_iter().flatten().min();
        let time = wake.map(|wake| wake.saturating_duration_since(Instant::now()));
        match self.line.wait(self.is_full, &self.doorbell, time) {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(Gone),
        }
    }

    /// Gives what is due. Says when more will be; `None` when only the reader or the bell can tell.
    fn send(&mut self) -> Result<Option<Instant>, Gone> {
        loop {
            while !self.waiting.is_empty() {
                match self.line.give(&self.waiting) {
                    Ok(Some(given)) => drop(self.waiting.drain(..given)),
                    Ok(None) => {
                        self.is_full = true;
                        return Ok(None);
                    }
                    Err(error) => {
                        tracing::debug!("the line is lost: {error}");
                        return Err(Gone);
                    }
                }
            }
            let now = Instant::now();
            if std::mem::take(&mut self.is_full) {
                self.pace.yield_to_reader(now);
            }
            let due = match self.pace.due(now) {
                Ok(frames) => frames,
                Err(later) if self.is_idle() => return Ok(self.ends_at(later)),
                Err(later) => return Ok(Some(later)),
            };
            let frame = usize::from(self.form.channels()) * size_of::<f32>();
            self.floats.resize(due * frame, 0);
            let filled = self.outlet.fill_sounding(&mut self.floats);
            if filled == 0 {
                if self.trails() {
                    continue;
                }
                return Ok(self.ends_at(now));
            }
            self.is_whole = false;
            self.form.write(&self.floats[..filled], &mut self.waiting);
            self.pace.sent(filled / frame, now);
            if let Some(clock) = self.outlet.clock() {
                clock.flow(self.pace.ahead(now), self.form.rate());
            }
        }
    }

    /// Follows the last frames before a pause or the end with silence: a Snapcast server gives its clients pieces of
    /// 20 ms, and keeps what does not fill one. Says whether it did.
    fn trails(&mut self) -> bool {
        let is_over = self.outlet.is_finished() || !self.dials.playing();
        if self.is_whole || !is_over || !matches!(self.line, Line::Server(_)) {
            return false;
        }
        self.is_whole = true;
        self.floats.clear();
        self.floats.resize(
            self.form.rate() as usize / TRAIL * usize::from(self.form.channels()) * size_of::<f32>(),
            0,
        );
        self.form.write(&self.floats, &mut self.waiting);
        true
    }

    fn is_idle(&self) -> bool {
        self.dials.silent() && !self.dials.playing()
    }

    /// When what was sent will have been heard, if that is to come: the last frames of a pause are let out by the time.
    fn ends_at(&self, now: Instant) -> Option<Instant> {
        let ahead = u64::try_from(self.pace.ahead(now)).ok().filter(|&frames| frames > 0)?;
        Some(now + Duration::from_secs_f64(ahead as f64 / f64::from(self.form.rate())))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        let server = |host: &str, port| Away::Snapcast { host: host.into(), port, form: None };
        assert_eq!(Away::snapcast("kitchen"), Some(server("kitchen", 4953)));
        assert_eq!(Away::snapcast("10.0.0.7:5000"), Some(server("10.0.0.7", 5000)));
        assert_eq!(Away::snapcast("[::1]"), Some(server("::1", 4953)));
        assert_eq!(Away::snapcast("[::1]:5000"), Some(server("::1", 5000)));
        for words in ["", ":4953", "kitchen:", "kitchen:x", "[::1]5000", "kitchen?1:2:3"] {
            assert_eq!(Away::snapcast(words), None, "{words}");
        }
        let form = "44100:16:2".parse().ok();
        assert_eq!(Away::pipe("/run/music?44100:16:2"), Some(Away::Pipe { path: "/run/music".into(), form }));
        assert_eq!(Away::pipe("what?.fifo"), Some(Away::Pipe { path: "what?.fifo".into(), form: None }));
        assert_eq!(Away::pipe(""), None);
    }
}
