//! Takes frames from an outlet; gives them to a sound device, through rodio's stream or straight to a
//! PulseAudio server, and looks after the device: lost, it is found again; unused for a while, it is given back.
//! Never starts sound that the listener had stopped, never caches a host or a device.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{BufferSize, ErrorKind, HostId, SampleFormat, SupportedBufferSize, SupportedStreamConfig};
use pulseaudio::ClientError;
use rodio::{DeviceSinkBuilder, DeviceSinkError, MixerDeviceSink};

use super::{Call, News, Output, OutputError, Target, Wiring, cookie, pulse};
use crate::playback::feed::Order;
use crate::playback::realtime;

/// Frames a device asks for at once, at up to 48 kHz. Every request wakes three threads; larger
/// buffers would make pause and skip feel late.
const BUFFER_FRAMES: u32 = 4096;

/// How often a playing device is looked at.
const WATCH: Duration = Duration::from_millis(500);

/// A paused device is given back after this time.
const GIVE_BACK: Duration = Duration::from_secs(30);

/// A device that asks for nothing for so long is gone.
const SILENT_DEATH: Duration = Duration::from_millis(2500);

/// So many errors without a frame asked for mean that the device is gone. A healthy start has up to 250.
const SOFT_ERRORS: u64 = 300;

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
    let auto = default_device(&cpal::default_host());
    let mut found = Vec::new();
    for id in cpal::ALL_HOSTS {
        let Ok(host) = cpal::host_from_id(*id) else { continue };
        let own_default = default_device(&host).and_then(|device| device.id().ok());
        let Ok(devices) = host.output_devices() else { continue };
        for device in devices {
            let Ok(device_id) = device.id() else { continue };
            let name = device.description().map(|d| d.name().to_owned());
            let is_own_default = own_default.as_ref() == Some(&device_id);
            found.push(Device {
                output: match id {
                    HostId::Alsa if is_own_default => "alsa".into(),
                    HostId::Alsa => format!("alsa:{}", device_id.id()),
                    _ => "pulse".into(),
                },
                name: name.unwrap_or_else(|_| device_id.id().to_owned()),
                system: id.name().to_owned(),
                is_default: auto.as_ref().and_then(|auto| auto.id().ok()).as_ref() == Some(&device_id),
                shape: is_quiet(&device_id).then(|| shape(&device)).flatten(),
            });
        }
    }
    found.sort_by_key(|device| !device.is_default);
    found
}

/// Some of ALSA's plug-ins (JACK's, say) print to the terminal when they are asked anything.
fn is_quiet(id: &cpal::DeviceId) -> bool {
    id.host() != HostId::Alsa
        || ["hw:", "plughw:", "sysdefault:", "default"].iter().any(|own| id.id().starts_with(own))
}

fn shape(device: &cpal::Device) -> Option<(u32, u16)> {
    device.default_output_config().ok().map(|config| (config.sample_rate(), config.channels()))
}

fn default_device(host: &cpal::Host) -> Option<cpal::Device> {
    host.default_output_device()
}

/// Keeps libasound from writing to the terminal for as long as the guard lives, on this thread.
fn silence_alsa() -> Option<impl Sized> {
    alsa::Output::local_error_handler().ok()
}

/// Opens the device and starts the thread that owns it.
pub(super) fn open(target: Target, wiring: Wiring) -> Result<Output, OutputError> {
    let (calls, inbox) = mpsc::channel();
    let (opened, first) = mpsc::channel();
    let thread = std::thread::Builder::new()
        .name("output".into())
        .spawn(move || {
            let _quiet = silence_alsa();
            match Stream::open(&target, &wiring) {
                Ok(stream) => {
                    let _ = opened.send(Ok(stream.latency));
                    Supervisor { target, wiring, stream: Some(stream) }.run(&inbox);
                }
                Err(error) => {
                    let _ = opened.send(Err(error));
                }
            }
        })
        .map_err(|error| OutputError::Refused(error.into()))?;
    match first.recv() {
        Ok(Ok(latency)) => Ok(Output { calls, thread: Some(thread), latency }),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(OutputError::NoDevice), // the thread died before it could say why
    }
}

/// What the device's error callback leaves behind. It may come 200,000 times a second, and does no more.
#[derive(Debug, Default)]
struct Health {
    hard: AtomicBool,
    soft: AtomicU64,
}

impl Health {
    fn note(&self, error: &cpal::Error) {
        match error.kind() {
            ErrorKind::DeviceNotAvailable | ErrorKind::StreamInvalidated | ErrorKind::HostUnavailable => {
                self.hard.store(true, Ordering::Relaxed);
            }
            _ => {
                self.soft.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// What carries the samples. Dropping it ends the sound.
enum Carrier {
    Rodio { sink: MixerDeviceSink, health: Arc<Health> },
    Pulse(pulse::Playing),
}

/// One opened device.
struct Stream {
    carrier: Carrier,
    watch: Watch,
    latency: Duration,
}

impl Stream {
    /// Resolves the device anew, opens it, and connects the decoder thread.
    fn open(target: &Target, wiring: &Wiring) -> Result<Self, OutputError> {
        match target {
            Target::Pulse => Self::open_pulse(wiring),
            Target::Auto => Self::open_pulse(wiring).or_else(|_| Self::open_rodio(target, wiring)),
            _ => Self::open_rodio(target, wiring),
        }
    }

    fn open_pulse(wiring: &Wiring) -> Result<Self, OutputError> {
        let refused = |error: ClientError| match error {
            ClientError::ServerError(_) => OutputError::Refused(error.into()),
            _ => OutputError::NoDevice,
        };
        cookie::ensure();
        let server = pulse::Server::connect().map_err(refused)?;
        let (rate, channels) = (server.rate(), server.channels());
        let buffer = frames_at(rate);
        let (outlet, door) = realtime::outlet(rate, channels, Arc::clone(&wiring.dials));
        let playing = server.start(outlet, buffer).map_err(refused)?;
        let _ = wiring.orders.send(Order::Outlet { door, rate, channels });
        Ok(Self::new(Carrier::Pulse(playing), rate, buffer, wiring))
    }

    fn new(carrier: Carrier, rate: u32, buffer: u32, wiring: &Wiring) -> Self {
        // The stream holds two requests: one that sounds, one that waits.
        let latency = Duration::from_secs_f64(2.0 * f64::from(buffer) / f64::from(rate));
        tracing::debug!("output open: {rate} Hz, {buffer} frames a request");
        Self { carrier, watch: Watch::new(Instant::now(), wiring.dials.asked()), latency }
    }

    fn open_rodio(target: &Target, wiring: &Wiring) -> Result<Self, OutputError> {
        let device = find(target)?;
        let config = device.default_output_config().map_err(refused)?;
        let (rate, channels) = (config.sample_rate(), config.channels());
        let (Some(rate_set), Some(channels_set)) = (NonZero::new(rate), NonZero::new(channels)) else {
            return Err(OutputError::NoDevice);
        };
        let buffer = buffer_frames(&config);
        let health = Arc::new(Health::default());
        let noted = Arc::clone(&health);
        let mut sink = DeviceSinkBuilder::default()
            .with_sample_rate(rate_set)
            .with_channels(channels_set)
            .with_sample_format(sample_format(&device, &config))
            .with_buffer_size(BufferSize::Fixed(buffer))
            .with_device(device)
            .with_error_callback(move |error| noted.note(&error))
            .open_stream()
            .map_err(|error| match error {
                DeviceSinkError::NoDevice => OutputError::NoDevice,
                DeviceSinkError::BuildError(error) | DeviceSinkError::PlayError(error) => refused(error),
                other => OutputError::Refused(other.into()),
            })?;
        sink.log_on_drop(false);
        let (outlet, door) = realtime::outlet(rate, channels, Arc::clone(&wiring.dials));
        sink.mixer().add(outlet);
        let _ = wiring.orders.send(Order::Outlet { door, rate, channels });
        Ok(Self::new(Carrier::Rodio { sink, health }, rate, buffer, wiring))
    }
}

fn find(target: &Target) -> Result<cpal::Device, OutputError> {
    if !matches!(target, Target::Alsa(_)) {
        cookie::ensure();
    }
    let host = match target {
        Target::Pulse => cpal::host_from_id(HostId::PulseAudio).map_err(refused)?,
        Target::Alsa(_) => cpal::host_from_id(HostId::Alsa).map_err(refused)?,
        _ => cpal::default_host(),
    };
    match target {
        Target::Alsa(Some(name)) => host
            .output_devices()
            .map_err(refused)?
            .find(|device| device.id().is_ok_and(|id| id.id() == name))
            .ok_or_else(|| OutputError::NoSuchDevice(name.clone())),
        _ => default_device(&host).ok_or(OutputError::NoDevice),
    }
}

fn refused(error: cpal::Error) -> OutputError {
    match error.kind() {
        ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable => OutputError::NoDevice,
        _ => OutputError::Refused(error.into()),
    }
}

/// Floats where the device takes them: conversion to its own depth is then the sound system's, which
/// rounds; rodio's truncates.
fn sample_format(device: &cpal::Device, config: &SupportedStreamConfig) -> SampleFormat {
    let takes_floats = device.supported_output_configs().is_ok_and(|mut ranges| {
        ranges.any(|range| {
            range.sample_format() == SampleFormat::F32
                && range.channels() == config.channels()
                && (range.min_sample_rate()..=range.max_sample_rate()).contains(&config.sample_rate())
        })
    });
    if takes_floats { SampleFormat::F32 } else { config.sample_format() }
}

fn frames_at(rate: u32) -> u32 {
    BUFFER_FRAMES * rate.div_ceil(48_000).max(1)
}

fn buffer_frames(config: &SupportedStreamConfig) -> u32 {
    let wanted = frames_at(config.sample_rate());
    match *config.buffer_size() {
        SupportedBufferSize::Range { min, max } if min <= max => wanted.clamp(min.max(1), max.max(1)),
        _ => wanted,
    }
}

/// Decides whether a device is still alive, from what it asks for and what it complains of.
#[derive(Debug)]
struct Watch {
    asked: u64,
    soft: u64,
    progress: Instant,
}

impl Watch {
    fn new(now: Instant, asked: u64) -> Self {
        Self { asked, soft: 0, progress: now }
    }

    fn is_lost(&mut self, now: Instant, asked: u64, soft: u64, hard: bool) -> bool {
        if asked != self.asked {
            *self = Self { asked, soft, progress: now };
        }
        let stalled = now.saturating_duration_since(self.progress);
        hard || stalled >= SILENT_DEATH || (!stalled.is_zero() && soft - self.soft > SOFT_ERRORS)
    }
}

/// The thread that owns the device.
struct Supervisor {
    target: Target,
    wiring: Wiring,
    stream: Option<Stream>,
}

impl Supervisor {
    fn run(mut self, inbox: &Receiver<Call>) {
        let mut retry = RETRY.0;
        loop {
            let playing = self.wiring.dials.playing();
            let call = match (playing, &self.stream) {
                (true, Some(_)) => inbox.recv_timeout(WATCH),
                (true, None) => inbox.recv_timeout(retry),
                (false, Some(_)) => inbox.recv_timeout(GIVE_BACK),
                (false, None) => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match call {
                Ok(Call::Quit) | Err(RecvTimeoutError::Disconnected) => return self.drain(),
                Ok(Call::Wake) if self.stream.is_some() => {}
                Ok(Call::Wake) => retry = self.reopen(RETRY.0),
                Err(RecvTimeoutError::Timeout) if !playing => self.stream = None,
                Err(RecvTimeoutError::Timeout) if self.stream.is_none() => retry = self.reopen(retry),
                Err(RecvTimeoutError::Timeout) => self.look(),
            }
        }
    }

    fn look(&mut self) {
        let Some(stream) = &mut self.stream else { return };
        let is_lost = match &stream.carrier {
            Carrier::Rodio { health, .. } => {
                let (soft, hard) = (health.soft.load(Ordering::Relaxed), health.hard.load(Ordering::Relaxed));
                stream.watch.is_lost(Instant::now(), self.wiring.dials.asked(), soft, hard)
            }
            // It asks for nothing while nothing sounds, and its connection ends by itself.
            Carrier::Pulse(playing) => playing.is_lost(),
        };
        if is_lost {
            self.stream = None;
            (self.wiring.news)(News::Lost(OutputError::NoDevice));
        }
    }

    /// Tries once; gives the time to wait before the next attempt.
    fn reopen(&mut self, waited: Duration) -> Duration {
        if !self.wiring.dials.playing() {
            return RETRY.0;
        }
        match Stream::open(&self.target, &self.wiring) {
            Ok(stream) => {
                self.stream = Some(stream);
                (self.wiring.news)(News::Back);
                RETRY.0
            }
            Err(error) => {
                tracing::debug!("output still away: {error}");
                (waited * 2).min(RETRY.1)
            }
        }
    }

    /// Dropping the stream throws away what it holds: let it be heard first.
    fn drain(self) {
        let Some(stream) = self.stream else { return };
        let dials = &self.wiring.dials;
        let start = Instant::now();
        let wait_until = |heard: &dyn Fn() -> bool| {
            while !heard() && start.elapsed() < DRAIN {
                std::thread::sleep(Duration::from_millis(10));
            }
        };
        match &stream.carrier {
            Carrier::Rodio { sink, .. } => {
                let rate = f64::from(sink.config().sample_rate().get());
                let wanted = dials.asked() + (stream.latency.as_secs_f64() * rate) as u64;
                wait_until(&|| dials.asked() >= wanted);
            }
            Carrier::Pulse(_) => {
                wait_until(&|| dials.silent());
                std::thread::sleep(stream.latency);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_device_that_asks_is_alive_whatever_it_complains_of() {
        let start = Instant::now();
        let mut watch = Watch::new(start, 0);
        for n in 1..100 {
            assert!(!watch.is_lost(start + SECOND * n, u64::from(n), u64::from(n) * 250, false));
        }
    }

    #[test]
    fn a_hard_error_is_the_end() {
        let start = Instant::now();
        assert!(Watch::new(start, 0).is_lost(start, 0, 0, true));
    }

    #[test]
    fn many_errors_and_no_progress_are_the_end() {
        let start = Instant::now();
        let mut watch = Watch::new(start, 7);
        assert!(!watch.is_lost(start + SECOND / 2, 7, 250, false), "a healthy start complains too");
        assert!(watch.is_lost(start + SECOND, 7, 100_000, false));
    }

    #[test]
    fn silence_for_too_long_is_the_end() {
        let start = Instant::now();
        let mut watch = Watch::new(start, 7);
        assert!(!watch.is_lost(start + SECOND * 2, 7, 0, false));
        assert!(watch.is_lost(start + SECOND * 3, 7, 0, false));
    }

    #[test]
    fn a_request_grows_with_the_rate_and_stays_in_the_devices_range() {
        let config = |rate, min, max| {
            let range = SupportedBufferSize::Range { min, max };
            SupportedStreamConfig::new(2, rate, range, SampleFormat::F32)
        };
        assert_eq!(buffer_frames(&config(44_100, 1, 1 << 20)), 4096);
        assert_eq!(buffer_frames(&config(96_000, 1, 1 << 20)), 8192);
        assert_eq!(buffer_frames(&config(48_000, 1, 1024)), 1024);
    }
}
