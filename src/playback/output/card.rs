//! Takes frames from an outlet; gives them to a sound card through rodio's stream, in a format of the card's own.
//! Never looks after the card (see `device`), never caches a host or a device.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{
    BufferSize, DeviceId, ErrorKind, SampleFormat, SupportedBufferSize, SupportedStreamConfig,
    SupportedStreamConfigRange,
};
use rodio::{DeviceSinkBuilder, DeviceSinkError, MixerDeviceSink};

use super::{OutputError, Wiring};
use crate::playback::realtime;

/// Frames a device asks for at once, at up to 48 kHz. Every request wakes three threads; larger
/// buffers would make pause and skip feel late.
const BUFFER_FRAMES: u32 = 4096;

/// A device that asks for nothing for so long is gone.
const SILENT_DEATH: Duration = Duration::from_millis(2500);

/// So many errors without a frame asked for mean that the device is gone. A healthy start has up to 250.
const SOFT_ERRORS: u64 = 300;

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

/// One opened card. Dropping it ends the sound.
pub(super) struct Playing {
    sink: MixerDeviceSink,
    health: Arc<Health>,
    watch: Watch,
    /// The stream holds two requests: one that sounds, one that waits.
    pub(super) latency: Duration,
}

impl Playing {
    /// Opens ALSA's default or the device called `name`, at `rate` where the device has it, and connects the decoder
    /// thread.
    pub(super) fn open(name: Option<&str>, rate: Option<u32>, wiring: &Wiring) -> Result<Self, OutputError> {
        let device = find(name)?;
        let ranges: Vec<_> = device.supported_output_configs().map_err(refused)?.collect();
        let own = device.default_output_config().map_err(refused)?;
        let config = choose(&ranges, own, rate);
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
            .with_sample_format(config.sample_format())
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
        tracing::debug!("output open: {rate} Hz, {}, {buffer} frames a request", config.sample_format());
        let latency = Duration::from_secs_f64(2.0 * f64::from(buffer) / f64::from(rate));
        wiring.connect(door, rate, channels, latency);
        Ok(Self { sink, health, watch: Watch::new(Instant::now(), wiring.dials.asked()), latency })
    }

    pub(super) fn rate(&self) -> u32 {
        self.sink.config().sample_rate().get()
    }

    /// Whether the device is gone. `asked` is what it has asked for.
    pub(super) fn is_lost(&mut self, asked: u64) -> bool {
        let (soft, hard) =
            (self.health.soft.load(Ordering::Relaxed), self.health.hard.load(Ordering::Relaxed));
        self.watch.is_lost(Instant::now(), asked, soft, hard)
    }
}

/// An ALSA device.
pub(super) struct Card {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) is_default: bool,
    /// Its rate and channels, where asking is quiet.
    pub(super) shape: Option<(u32, u16)>,
}

/// ALSA's devices.
pub(super) fn cards() -> Vec<Card> {
    let Ok(host) = host() else { return Vec::new() };
    let default = host.default_output_device().and_then(|device| device.id().ok());
    let devices = host.output_devices().into_iter().flatten();
    let card = |device: cpal::Device| {
        let id = device.id().ok()?;
        let name = device.description().map(|words| words.name().to_owned());
        let config = || device.default_output_config().ok();
        Some(Card {
            name: name.unwrap_or_else(|_| id.id().to_owned()),
            is_default: default.as_ref() == Some(&id),
            shape: is_quiet(id.id())
                .then(config)
                .flatten()
                .map(|config| (config.sample_rate(), config.channels())),
            id: id.id().to_owned(),
        })
    };
    devices.filter_map(card).collect()
}

/// Some of ALSA's plug-ins (JACK's, say) print to the terminal when they are asked anything.
fn is_quiet(id: &str) -> bool {
    ["hw:", "plughw:", "sysdefault:", "default"].iter().any(|own| id.starts_with(own))
}

/// The system's cards: ALSA's on Linux, whatever other systems have.
fn host() -> Result<cpal::Host, cpal::Error> {
    #[cfg(target_os = "linux")]
    return cpal::host_from_id(cpal::HostId::Alsa);
    #[cfg(not(target_os = "linux"))]
    Ok(cpal::default_host())
}

fn find(name: Option<&str>) -> Result<cpal::Device, OutputError> {
    let host = host().map_err(refused)?;
    match name {
        Some(name) => host
            .device_by_id(&DeviceId::new(host.id(), name))
            .ok_or_else(|| OutputError::NoSuchDevice(name.to_owned())),
        None => host.default_output_device().ok_or(OutputError::NoDevice),
    }
}

fn refused(error: cpal::Error) -> OutputError {
    match error.kind() {
        ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable => OutputError::NoDevice,
        _ => OutputError::Refused(error.into()),
    }
}

/// The deepest integers first: up to 24 bits they carry every sample as it is, and 32 bits make of the truncation in
/// rodio's conversion nothing that could be heard. Floats next, which the sound system rounds by itself.
const FORMATS: [SampleFormat; 4] =
    [SampleFormat::I32, SampleFormat::I24, SampleFormat::F32, SampleFormat::I16];

/// The configuration to open: the wanted rate if there is one and the device has it, in the best format it takes.
fn choose(
    ranges: &[SupportedStreamConfigRange],
    own: SupportedStreamConfig,
    wanted: Option<u32>,
) -> SupportedStreamConfig {
    let has = |rate: u32, format: SampleFormat| {
        ranges.iter().find(|range| {
            range.sample_format() == format
                && range.channels() == own.channels()
                && (range.min_sample_rate()..=range.max_sample_rate()).contains(&rate)
        })
    };
    for rate in wanted.into_iter().chain([own.sample_rate()]) {
        if let Some(range) = FORMATS.iter().find_map(|format| has(rate, *format)) {
            return range.with_sample_rate(rate);
        }
    }
    own
}

fn buffer_frames(config: &SupportedStreamConfig) -> u32 {
    let wanted = BUFFER_FRAMES * config.sample_rate().div_ceil(48_000).max(1);
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

    #[test]
    fn the_wanted_rate_is_taken_where_there_is_one_and_integers_before_floats() {
        let buffer = SupportedBufferSize::Unknown;
        let range =
            |channels, from, to, format| SupportedStreamConfigRange::new(channels, from, to, buffer, format);
        let own = SupportedStreamConfig::new(2, 48_000, buffer, SampleFormat::I16);
        let shape = |ranges: &[SupportedStreamConfigRange], wanted| {
            let config = choose(ranges, own, wanted);
            (config.sample_rate(), config.channels(), config.sample_format())
        };
        let card = [
            range(2, 44_100, 96_000, SampleFormat::I16),
            range(2, 44_100, 48_000, SampleFormat::I32),
            range(8, 8_000, 192_000, SampleFormat::I32),
            range(2, 8_000, 192_000, SampleFormat::F32),
        ];
        assert_eq!(shape(&card, None), (48_000, 2, SampleFormat::I32));
        assert_eq!(shape(&card, Some(44_100)), (44_100, 2, SampleFormat::I32));
        assert_eq!(shape(&card, Some(96_000)), (96_000, 2, SampleFormat::F32));
        assert_eq!(shape(&card, Some(384_000)), (48_000, 2, SampleFormat::I32));
        assert_eq!(shape(&[], Some(44_100)), (48_000, 2, SampleFormat::I16));
    }
}
