//! Takes orders from the engine and frames from decoders; gives runs of frames at the device's rate
//! and channels, joined without a frame lost or added, and reports what begins, fails and ends.
//! Never plays, waits or decides what comes next: it asks, and [`Feed::step`] says when to call again.

mod beside;
mod next;
mod orders;
mod seam;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;

use rtrb::Producer;

use self::beside::{Beside, Besides, Lead};
use self::next::Following;
pub(crate) use self::orders::{Line, Marker, Order, Report};
use crate::playback::channels::ChannelMap;
use crate::playback::decode::{DecodeError, Decoder};
use crate::playback::level::{self, GainTags, Leveller};
use crate::playback::part::{Part, Window};
use crate::playback::realtime::{Dials, Door, Run, RunClock};
use crate::playback::resample::Resampler;
use crate::playback::{Key, Media, Place};

/// What the ring holds. Decoding in bursts of half of it lets the decoder thread sleep a second at a time.
const RING: Duration = Duration::from_secs(2);

/// What a fresh run holds before the callback gets it, so that it does not run dry at once.
const PREFILL: Duration = Duration::from_millis(100);

/// How soon to try again when the callback has not yet taken the runs of earlier skips.
const DOOR_RETRY: Duration = Duration::from_millis(10);

/// Opens a file for decoding; tests put their own in its place.
pub(crate) type Open = Box<dyn FnMut(&Path) -> Result<Box<dyn Decoder>, DecodeError> + Send>;

/// Where reports go.
pub(crate) type Tell = Box<dyn FnMut(Report) + Send>;

/// When to call [`Feed::step`] again.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// At once.
    Continue,
    /// After this time, or at the next order.
    Wait(Duration),
    /// At the next order.
    Idle,
}

struct Voice {
    key: Key,
    part: Part,
    decoder: Window,
    map: ChannelMap,
    gain: f32,
    /// How many times the levelling had been changed when the gain was looked up.
    levellings: u64,
    /// Frames of the track up to which it is decoded.
    frame: u64,
}

/// The run that is being written.
struct Writing {
    ring: Producer<f32>,
    clock: Arc<RunClock>,
    /// The callback's end, until it holds enough to start.
    run: Option<Run>,
    /// Frames that were made for it.
    frames: u64,
    /// Where its tracks begin; eight bytes a track.
    begins: Vec<u64>,
    /// Whether it only replaces the end of what is handed over already.
    goes_on: bool,
    ended: bool,
}

struct Device {
    door: Door,
    rate: u32,
    channels: u16,
    latency: Duration,
    /// Whether what it has taken and not played can be replaced.
    rewinds: bool,
}

impl Device {
    /// Frames of a run of this device that were heard.
    fn heard(&self, clock: &RunClock) -> u64 {
        clock
            .heard(self.rate)
            .unwrap_or_else(|| clock.played().saturating_sub(frames_in(self.latency, self.rate) as u64))
    }
}

/// The decoder thread's whole state.
pub(crate) struct Feed {
    open: Open,
    levelling: Leveller,
    /// How many times it was changed.
    levellings: u64,
    gain_tags: fn(&Path) -> GainTags,
    tell: Tell,
    /// Of the main output, as what follows.
    line: Line,
    dials: Arc<Dials>,
    device: Option<Device>,
    besides: Besides,
    writing: Option<Writing>,
    voice: Option<Voice>,
    /// The track that has just ended, for one that goes on in its file.
    spent: Option<Voice>,
    following: Following,
    /// How many orders made void what was said before.
    orders: u64,
    resampler: Option<Resampler>,
    /// Whether the device is to have each track's own rate; then, the rate that it was last asked for.
    rates: Option<u32>,
    decoded: Vec<f32>,
    mapped: Vec<f32>,
    /// Frames for the ring; `[sent..]` did not fit yet.
    ready: Vec<f32>,
    sent: usize,
}

impl Feed {
    pub(crate) fn new(open: Open, tell: Tell, dials: Arc<Dials>) -> Self {
        Self {
            open,
            levelling: Leveller::default(),
            levellings: 0,
            gain_tags: level::read,
            tell,
            line: Line::FIRST,
            dials,
            device: None,
            besides: Besides::default(),
            writing: None,
            voice: None,
            spent: None,
            following: Following::Nothing,
            orders: 0,
            resampler: None,
            rates: None,
            decoded: Vec::new(),
            mapped: Vec::new(),
            ready: Vec::new(),
            sent: 0,
        }
    }

    /// From now on the device is asked for each track's own rate.
    pub(crate) fn ask_for_rates(&mut self) {
        self.rates = Some(0);
    }

    /// Whether the device is to be opened anew for a track of `rate` Hz. It is asked once: it may not have it.
    fn wants_other_rate(&self, rate: u32) -> bool {
        let has = self.device.as_ref().is_none_or(|device| device.rate == rate);
        !has && self.rates.is_some_and(|asked| asked != rate)
    }

    /// The decoder thread: steps, and sleeps until there is room or an order.
    pub(crate) fn run(mut self, orders: &Receiver<Order>) {
        loop {
            let order = match self.step() {
                Step::Continue => match orders.try_recv() {
                    Ok(order) => order,
                    Err(TryRecvError::Empty) => continue,
                    Err(TryRecvError::Disconnected) => return,
                },
                Step::Wait(time) => match orders.recv_timeout(time) {
                    Ok(order) => order,
                    Err(RecvTimeoutError::Timeout) => continue,
                    Err(RecvTimeoutError::Disconnected) => return,
                },
                Step::Idle => match orders.recv() {
                    Ok(order) => order,
                    Err(_) => return,
                },
            };
            // All that were given meanwhile: what an earlier one wants may be void already.
            for order in std::iter::once(order).chain(orders.try_iter()) {
                if matches!(order, Order::Quit) {
                    return;
                }
                self.obey(order);
            }
        }
    }

    /// Carries out one order; the work itself is done by the steps that follow.
    pub(crate) fn obey(&mut self, order: Order) {
        match order {
            Order::Play { media, from } => self.play(media, from),
            Order::Follow(media) => self.follow(media),
            Order::Instead { begun, media } => self.instead(begun, media),
            Order::Halt => self.halt(),
            Order::Level(levelling) => {
                self.levelling = levelling;
                self.levellings += 1;
            }
            Order::Outlet { line, door, rate, channels, latency, rewinds } => {
                let device = Device { door, rate, channels, latency, rewinds };
                if line == self.line {
                    self.silence();
                    self.device = Some(device);
                } else {
                    self.besides.connect(line, device, self.lead());
                }
            }
            Order::Join { line, dials } => self.besides.add(Beside::new(line, dials, None)),
            Order::Lead(line) => self.change_lead(line),
            Order::Leave(line) => drop(self.besides.remove(line)),
            Order::Wake => self.besides.set_playing(self.dials.playing(), self.lead()),
            Order::Quit => {}
        }
    }

    /// What sounded is over.
    fn silence(&mut self) {
        self.voice = None;
        self.spent = None;
        self.writing = None;
        self.besides.forget();
    }

    /// Where the main output is, if anything sounds there.
    fn lead(&self) -> Option<Lead> {
        let (writing, device) = (self.writing.as_ref()?, self.device.as_ref()?);
        Some(Lead {
            heard: device.heard(&writing.clock),
            made: writing.frames,
            rate: device.rate,
            ended: writing.ended,
            playing: self.dials.playing(),
        })
    }

    fn change_lead(&mut self, line: Line) {
        let Some(new) = self.besides.remove(line) else { return };
        self.silence();
        let dials = std::mem::replace(&mut self.dials, new.dials);
        let device = std::mem::replace(&mut self.device, new.device);
        self.besides.add(Beside::new(std::mem::replace(&mut self.line, line), dials, device));
    }

    /// Does a little work: hands over, fills the ring, decodes a block, or joins the next track.
    pub(crate) fn step(&mut self) -> Step {
        let step = self.step_main();
        let looked = self.besides.look(self.lead());
        for (line, up) in looked.keeps {
            (self.tell)(Report::Keeps { line, up });
        }
        match (step, looked.again) {
            (Step::Wait(time), Some(again)) => Step::Wait(time.min(again)),
            (Step::Idle, Some(again)) => Step::Wait(again),
            (step, _) => step,
        }
    }

    fn step_main(&mut self) -> Step {
        let Some(writing) = &mut self.writing else { return Step::Idle };
        if self.sent < self.ready.len() {
            let (taken, _) = writing.ring.push_partial_slice(&self.ready[self.sent..]);
            self.sent += taken.len();
            self.dials.wake();
        }
        let full = self.sent < self.ready.len();
        if writing.ended && !full {
            writing.clock.finish();
        }
        if let Some(wait) = self.hand_over(full) {
            return wait;
        }
        if full {
            return self.wait_for_room();
        }
        self.ready.clear();
        self.sent = 0;
        self.fill()
    }

    /// Gives a run that holds enough to the callback. `Some` when the callback is not ready for it.
    fn hand_over(&mut self, full: bool) -> Option<Step> {
        let (Some(writing), Some(device)) = (&mut self.writing, &mut self.device) else { return None };
        let written = writing.ring.buffer().capacity() - writing.ring.slots();
        let enough = frames_in(PREFILL, device.rate) * usize::from(device.channels);
        if !(writing.goes_on || writing.ended || full || written >= enough) {
            return None;
        }
        let run = writing.run.take()?;
        match device.door.hand_over(run) {
            Ok(()) => {
                self.dials.ring();
                None
            }
            Err(run) => {
                writing.run = Some(run);
                Some(Step::Wait(DOOR_RETRY))
            }
        }
    }

    fn wait_for_room(&self) -> Step {
        match &self.device {
            // A device that is gone takes nothing; one that is paused neither. An order comes first.
            Some(device) if self.dials.playing() && !device.door.is_closed() => Step::Wait(RING / 2),
            _ => Step::Idle,
        }
    }

    fn fill(&mut self) -> Step {
        if self.writing.as_ref().is_none_or(|writing| writing.ended) {
            return Step::Idle;
        }
        self.look_ahead();
        let Some(voice) = &mut self.voice else { return self.turn() };
        self.decoded.clear();
        match voice.decoder.decode(&mut self.decoded) {
            Ok(0) => {
                self.spent = self.voice.take();
                return Step::Continue;
            }
            Ok(frames) => voice.frame += frames as u64,
            Err(error) => {
                let key = voice.key;
                self.voice = None;
                (self.tell)(Report::Failed { key, error });
                return Step::Continue;
            }
        }
        if voice.gain != 1.0 {
            self.decoded.iter_mut().for_each(|sample| *sample *= voice.gain);
        }
        let Some(resampler) = &mut self.resampler else { return Step::Continue };
        if let Some(writing) = &self.writing {
            let format = voice.decoder.format();
            let at = writing.frames + resampler.frames_until_next_input();
            self.besides.take(&self.decoded, format.rate, format.channels, at);
        }
        match &voice.map {
            ChannelMap::Same => resampler.push(&self.decoded, &mut self.ready),
            map => {
                self.mapped.clear();
                map.apply(&self.decoded, &mut self.mapped);
                resampler.push(&self.mapped, &mut self.ready);
            }
        }
        self.count_ready();
        Step::Continue
    }

    fn count_ready(&mut self) {
        if let (Some(writing), Some(device)) = (&mut self.writing, &self.device) {
            writing.frames += (self.ready.len() / usize::from(device.channels)) as u64;
        }
    }

    fn begin(&mut self, voice: Voice) {
        self.spent = None;
        let Some(device) = &self.device else { return };
        let (rate, channels, latency) = (device.rate, device.channels, device.latency);
        let from = voice.decoder.format().rate;
        if self.resampler.as_ref().is_none_or(|resampler| resampler.from() != from)
            && let Some(mut old) = self.resampler.replace(Resampler::new(from, rate, channels))
        {
            old.flush(&mut self.ready);
            self.count_ready();
        }
        let inside = self.resampler.as_ref().map_or(0, Resampler::frames_until_next_input);
        if let Some(writing) = &mut self.writing {
            let at = writing.frames + inside;
            let marker = Marker {
                key: voice.key,
                clock: Arc::clone(&writing.clock),
                at,
                track_frame: voice.frame,
                format: voice.decoder.format().clone(),
                rate,
                channels,
                gain: voice.gain,
                index: writing.begins.len(),
                orders: self.orders,
                latency,
            };
            writing.begins.push(at);
            (self.tell)(Report::Begins(marker));
        }
        self.voice = Some(voice);
    }

    fn end(&mut self) {
        if let Some(resampler) = &mut self.resampler {
            resampler.flush(&mut self.ready);
        }
        self.count_ready();
        self.besides.end();
        if let Some(writing) = &mut self.writing {
            writing.ended = true;
        }
        self.tell_end();
    }

    fn tell_end(&mut self) {
        if let (Some(writing), Some(device)) = (&self.writing, &self.device) {
            let (clock, at, rate) = (Arc::clone(&writing.clock), writing.frames, device.rate);
            (self.tell)(Report::Ends { clock, at, rate, orders: self.orders });
        }
    }

    fn open_voice(&mut self, media: &Media) -> Result<Voice, DecodeError> {
        let decoder = Window::new((self.open)(&media.part.path)?, media.part.span)?;
        let channels = self.device.as_ref().map_or(2, |device| device.channels);
        let map = ChannelMap::new(decoder.format().channels, channels);
        let gain = self.gain(media);
        let levellings = self.levellings;
        Ok(Voice { key: media.key, part: media.part.clone(), decoder, map, gain, levellings, frame: 0 })
    }

    fn gain(&self, media: &Media) -> f32 {
        let tags = |part: &Part| part.gain_tags((self.gain_tags)(&part.path));
        self.levelling.factor(&media.part, &media.neighbours, tags)
    }

    fn play(&mut self, media: Media, from: Place) {
        self.orders += 1;
        self.spent = None;
        let reused = self.voice.take().filter(|voice| voice.key == media.key);
        self.start_run();
        let placed = match reused {
            Some(mut voice) => {
                if voice.levellings != self.levellings {
                    (voice.gain, voice.levellings) = (self.gain(&media), self.levellings);
                }
                Ok(voice)
            }
            None => self.open_voice(&media),
        }
        .and_then(|mut voice| {
            let format = voice.decoder.format();
            let frame = from.frame(format.rate);
            if frame != voice.frame {
                voice.decoder.seek(frame)?;
                voice.frame = frame;
            }
            Ok(voice)
        });
        match placed {
            Ok(voice) if self.wants_other_rate(voice.decoder.format().rate) => {
                let rate = voice.decoder.format().rate;
                self.rates = Some(rate);
                self.writing = None;
                (self.tell)(Report::Rate(rate));
            }
            Ok(voice) => self.begin(voice),
            Err(error) => (self.tell)(Report::Failed { key: media.key, error }),
        }
    }

    /// Silence: an empty run replaces what sounds.
    fn halt(&mut self) {
        self.orders += 1;
        self.voice = None;
        self.spent = None;
        if self.writing.as_ref().is_some_and(|writing| !writing.ended) {
            self.start_run();
            if let Some(writing) = &mut self.writing {
                writing.ended = true;
            }
            self.besides.end();
        }
    }

    fn start_run(&mut self) {
        self.following = Following::Unasked;
        self.resampler = None;
        self.ready.clear();
        self.sent = 0;
        self.writing = self.device.as_ref().map(|device| {
            let (ring, clock, run) = Run::new(frames_in(RING, device.rate), usize::from(device.channels));
            Writing {
                ring,
                clock,
                run: Some(run),
                frames: 0,
                begins: Vec::new(),
                goes_on: false,
                ended: false,
            }
        });
        self.besides.begin();
    }
}

fn frames_in(time: Duration, rate: u32) -> usize {
    // At most seconds of audio: far below the range of either type.
    (time.as_millis() as usize * rate as usize) / 1000
}

#[cfg(test)]
mod tests;
