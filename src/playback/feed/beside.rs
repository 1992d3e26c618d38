//! Takes the frames that the main output gets, before they are shaped for it; gives them to the outputs beside it, each in
//! its own rate and channels, from the frame that is heard on the main one.
//! Never holds the main output up: an output that takes nothing is left behind, and joins again where the music is.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use rtrb::Producer;

use super::{DOOR_RETRY, Device, Line, PREFILL, RING, frames_in};
use crate::playback::channels::ChannelMap;
use crate::playback::realtime::{Dials, Run, RunClock};
use crate::playback::resample::Resampler;

/// Further from the main output than this, for a second or more, an output is brought back to it. A FIFO's reader holds a
/// quarter of a second, which a seek is late by there.
const APART: Duration = Duration::from_millis(300);

/// How often an output is looked at, by the main one's time.
const LOOK: Duration = Duration::from_secs(1);

/// How often one that stands still is looked at.
const STALLED: Duration = Duration::from_millis(100);

/// Where the main output is: its run, as far as others must know it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lead {
    /// Frames of the run that are heard.
    pub(super) heard: u64,
    /// Frames of the run that were made.
    pub(super) made: u64,
    /// Its rate in Hz.
    pub(super) rate: u32,
    /// Whether nothing more is made.
    pub(super) ended: bool,
    /// Whether the music plays.
    pub(super) playing: bool,
}

/// Decoded frames that the main output has not played yet.
struct Block {
    /// The frame of the main run that they begin with.
    at: u64,
    rate: u32,
    channels: u16,
    samples: Vec<f32>,
}

impl Block {
    /// How many frames of the main run, at `rate` Hz, it makes.
    fn frames(&self, rate: u32) -> u64 {
        let own = self.samples.len() as u64 / u64::from(self.channels.max(1));
        scaled(own, self.rate, rate)
    }
}

fn scaled(frames: u64, from: u32, to: u32) -> u64 {
    let frames = u128::from(frames) * u128::from(to) / u128::from(from.max(1));
    u64::try_from(frames).unwrap_or(u64::MAX)
}

/// The run that is being written for an output.
struct Writing {
    ring: Producer<f32>,
    clock: Arc<RunClock>,
    run: Option<Run>,
    /// The frame of the main run with which it begins.
    base: u64,
    /// Whether it only replaces the end of what is handed over already.
    goes_on: bool,
    ended: bool,
}

/// How an output keeps up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    Even,
    /// It was apart from the main one when it was looked at last.
    Apart,
    /// It takes nothing.
    Stalled,
}

/// One output beside the main one.
pub(super) struct Beside {
    pub(super) line: Line,
    pub(super) dials: Arc<Dials>,
    pub(super) device: Option<Device>,
    writing: Option<Writing>,
    map: Option<(u16, ChannelMap)>,
    resampler: Option<Resampler>,
    mapped: Vec<f32>,
    ready: Vec<f32>,
    /// Frames that it had taken when it was looked at last.
    taken: u64,
    pace: Pace,
}

impl Beside {
    pub(super) fn new(line: Line, dials: Arc<Dials>, device: Option<Device>) -> Self {
        Self {
            line,
            dials,
            device,
            writing: None,
            map: None,
            resampler: None,
            mapped: Vec::new(),
            ready: Vec::new(),
            taken: 0,
            pace: Pace::Even,
        }
    }

    /// A fresh run that begins with the main run's frame `base`.
    fn begin(&mut self, base: u64) {
        self.resampler = None;
        self.ready.clear();
        self.taken = 0;
        self.writing = self.device.as_ref().map(|device| {
            // Twice what the main output is ahead: the rest is for the difference between two clocks.
            let (ring, clock, run) = Run::new(frames_in(2 * RING, device.rate), usize::from(device.channels));
            Writing { ring, clock, run: Some(run), base, goes_on: false, ended: false }
        });
    }

    /// What was written from the main run's frame `at` on is void. Whether it could be done: what the output was never
    /// given has no end to replace.
    fn cut(&mut self, at: u64, rate: u32) -> bool {
        let (Some(writing), Some(device)) = (&mut self.writing, &self.device) else { return true };
        if writing.run.is_some() {
            return false;
        }
        self.resampler = None;
        self.ready.clear();
        let from = scaled(at.saturating_sub(writing.base), rate, device.rate);
        let frames = frames_in(2 * RING, device.rate);
        let (ring, run) = Run::anew(&writing.clock, from, frames, usize::from(device.channels));
        writing.clock.go_on();
        (writing.ring, writing.run, writing.goes_on, writing.ended) = (ring, Some(run), true, false);
        true
    }

    /// Begins where the main output is.
    fn join(&mut self, past: &VecDeque<Block>, lead: Lead) {
        // What it holds is heard before anything else.
        let base = (lead.heard + self.unheard(lead.rate)).min(lead.made.max(lead.heard));
        self.begin(base);
        let mut silent = past.front().map_or(lead.made, |block| block.at).saturating_sub(base);
        if let Some(device) = self.device.as_ref().filter(|_| silent > 0) {
            // What it should have played meanwhile is not known any more.
            silent = scaled(silent, lead.rate, device.rate);
            let samples = usize::try_from(silent).unwrap_or(0) * usize::from(device.channels);
            self.ready.resize(samples, 0.0);
            self.push();
        }
        for block in past {
            let before = scaled(base.saturating_sub(block.at), lead.rate, block.rate);
            let skipped = usize::try_from(before).unwrap_or(usize::MAX).saturating_mul(block.channels.into());
            if let Some(samples) = block.samples.get(skipped..).filter(|samples| !samples.is_empty()) {
                self.take(samples, block.rate, block.channels);
            }
        }
        if lead.ended {
            self.end();
        }
    }

    /// Frames of the main run, at `rate` Hz, for which it plays on before it plays something else.
    fn unheard(&self, rate: u32) -> u64 {
        let Some(device) = self.device.as_ref().filter(|device| !device.rewinds) else { return 0 };
        let own = match &self.writing {
            Some(Writing { clock, .. }) => clock.played().saturating_sub(device.heard(clock)),
            None => frames_in(device.latency, device.rate) as u64,
        };
        scaled(own, device.rate, rate)
    }

    /// Shapes frames for this output and writes them.
    fn take(&mut self, samples: &[f32], rate: u32, channels: u16) {
        let (Some(device), Some(_)) = (&self.device, &self.writing) else { return };
        if self.resampler.as_ref().is_none_or(|resampler| resampler.from() != rate)
            && let Some(mut old) = self.resampler.replace(Resampler::new(rate, device.rate, device.channels))
        {
            old.flush(&mut self.ready);
        }
        if self.map.as_ref().is_none_or(|(from, _)| *from != channels) {
            self.map = Some((channels, ChannelMap::new(channels, device.channels)));
        }
        let (Some(resampler), Some((_, map))) = (&mut self.resampler, &self.map) else { return };
        match map {
            ChannelMap::Same => resampler.push(samples, &mut self.ready),
            map => {
                self.mapped.clear();
                map.apply(samples, &mut self.mapped);
                resampler.push(&self.mapped, &mut self.ready);
            }
        }
        self.push();
    }

    /// Writes what is ready. What does not fit is lost to this output: it takes nothing, and will have to join again.
    fn push(&mut self) {
        let Some(writing) = &mut self.writing else { return self.ready.clear() };
        let (_, rest) = writing.ring.push_partial_slice(&self.ready);
        if !rest.is_empty() && self.pace == Pace::Even {
            self.pace = Pace::Apart;
        }
        self.ready.clear();
        self.dials.wake();
    }

    fn end(&mut self) {
        if let Some(resampler) = &mut self.resampler {
            resampler.flush(&mut self.ready);
        }
        self.push();
        if let Some(writing) = &mut self.writing {
            writing.ended = true;
            writing.clock.finish();
        }
    }

    /// Gives a run that holds enough to the callback; whether it is to be tried again.
    fn hand_over(&mut self, playing: bool) -> bool {
        let (Some(writing), Some(device)) = (&mut self.writing, &mut self.device) else { return false };
        let written = writing.ring.buffer().capacity() - writing.ring.slots();
        let enough = frames_in(PREFILL, device.rate) * usize::from(device.channels);
        if !(writing.goes_on || writing.ended || written >= enough) {
            return false;
        }
        let Some(run) = writing.run.take() else { return false };
        match device.door.hand_over(run) {
            Ok(()) if playing => self.dials.set_playing(true),
            Ok(()) => self.dials.ring(),
            Err(run) => {
                writing.run = Some(run);
                return true;
            }
        }
        false
    }

    /// By how much of a second it is behind the main output; less than nothing when it is ahead.
    fn behind(&self, lead: Lead) -> Option<f64> {
        let (writing, device) = (self.writing.as_ref()?, self.device.as_ref()?);
        let heard = device.heard(&writing.clock);
        let due = lead.heard.saturating_sub(writing.base);
        Some(due as f64 / f64::from(lead.rate) - heard as f64 / f64::from(device.rate))
    }
}

/// What became of the outputs beside the main one.
#[derive(Debug, Default)]
pub(super) struct Looked {
    /// When to look again, if sooner than anything else happens.
    pub(super) again: Option<Duration>,
    /// Those that fell behind, or keep up again.
    pub(super) keeps: Vec<(Line, bool)>,
}

/// The outputs beside the main one, and what they need to join it.
#[derive(Default)]
pub(super) struct Besides {
    all: Vec<Beside>,
    past: VecDeque<Block>,
    /// The frame of the main run up to which they were looked at.
    looked: u64,
}

impl Besides {
    pub(super) fn add(&mut self, beside: Beside) {
        self.all.push(beside);
    }

    /// Takes one out.
    pub(super) fn remove(&mut self, line: Line) -> Option<Beside> {
        let at = self.all.iter().position(|beside| beside.line == line)?;
        let beside = self.all.remove(at);
        if self.all.is_empty() {
            self.past = VecDeque::new();
        }
        Some(beside)
    }

    /// One of them has a (new) device.
    pub(super) fn connect(&mut self, line: Line, device: Device, lead: Option<Lead>) {
        let Some(beside) = self.all.iter_mut().find(|beside| beside.line == line) else { return };
        (beside.device, beside.writing, beside.map) = (Some(device), None, None);
        beside.pace = Pace::Even;
        if let Some(lead) = lead.filter(|lead| lead.playing) {
            beside.join(&self.past, lead);
        }
    }

    /// A start, a skip or a seek: all begin a fresh run.
    pub(super) fn begin(&mut self) {
        self.past.clear();
        self.looked = 0;
        for beside in &mut self.all {
            beside.begin(0);
            beside.pace = Pace::Even;
        }
    }

    /// Nothing sounds, and nothing is to follow.
    pub(super) fn forget(&mut self) {
        self.past.clear();
        self.all.iter_mut().for_each(|beside| beside.writing = None);
    }

    /// Frames that the main run gets from its frame `at` on.
    pub(super) fn take(&mut self, samples: &[f32], rate: u32, channels: u16, at: u64) {
        if self.all.is_empty() {
            return;
        }
        self.all.iter_mut().for_each(|beside| beside.take(samples, rate, channels));
        self.past.push_back(Block { at, rate, channels, samples: samples.to_vec() });
    }

    /// What the main run holds from its frame `at` on is void.
    pub(super) fn cut(&mut self, at: u64, lead: Option<Lead>) {
        self.past.retain(|block| block.at < at);
        let Some(lead) = lead else { return };
        for beside in &mut self.all {
            if !beside.cut(at, lead.rate) {
                beside.join(&self.past, lead);
            }
        }
    }

    /// The music ends with what was taken.
    pub(super) fn end(&mut self) {
        self.all.iter_mut().for_each(Beside::end);
    }

    /// The music plays or pauses. What plays again begins where the main output does: in a pause each has let out
    /// what it held, and no two hold the same.
    pub(super) fn set_playing(&mut self, playing: bool, lead: Option<Lead>) {
        for beside in &mut self.all {
            if beside.dials.playing() == playing {
                continue;
            }
            match lead.filter(|_| playing && beside.device.is_some()) {
                Some(lead) => beside.join(&self.past, lead),
                None => beside.dials.set_playing(playing),
            }
        }
    }

    /// Hands over what is ready, and sees who keeps up.
    pub(super) fn look(&mut self, lead: Option<Lead>) -> Looked {
        let mut looked = Looked::default();
        if self.all.is_empty() {
            return looked;
        }
        for beside in &mut self.all {
            if beside.device.as_ref().is_some_and(|device| device.door.is_closed()) {
                (beside.device, beside.writing) = (None, None); // it will say when it is there again
            }
        }
        let Some(lead) = lead else { return looked };
        // A little more than is ahead: a pause may take the main output back by some frames.
        let kept = lead.heard.saturating_sub(u64::from(lead.rate) / 4);
        while self.past.front().is_some_and(|block| block.at + block.frames(lead.rate) < kept) {
            self.past.pop_front();
        }
        let is_due = lead.heard >= self.looked + frames_in(LOOK, lead.rate) as u64;
        if is_due {
            self.looked = lead.heard;
        }
        for beside in &mut self.all {
            if lead.playing && (is_due || beside.pace == Pace::Stalled) {
                Self::keep_up(beside, &self.past, lead, &mut looked);
            }
            let waits = beside.hand_over(lead.playing);
            let again = match beside.pace {
                // An output that takes nothing does not take runs either.
                Pace::Stalled => Some(STALLED),
                _ if waits => Some(DOOR_RETRY),
                _ => None,
            };
            looked.again = looked.again.into_iter().chain(again).min();
        }
        if !lead.playing {
            looked.again = None;
        }
        looked
    }

    fn keep_up(beside: &mut Beside, past: &VecDeque<Block>, lead: Lead, looked: &mut Looked) {
        let Some(behind) = beside.behind(lead) else { return };
        let taken = beside.writing.as_ref().map_or(0, |writing| writing.clock.played());
        let moves = taken != std::mem::replace(&mut beside.taken, taken);
        let apart = APART.as_secs_f64();
        match beside.pace {
            Pace::Stalled if moves => looked.keeps.push((beside.line, true)),
            Pace::Stalled => return,
            _ if !moves && behind > apart => {
                beside.pace = Pace::Stalled;
                beside.dials.count_underrun();
                return looked.keeps.push((beside.line, false));
            }
            Pace::Even if behind.abs() > apart => {
                beside.pace = Pace::Apart;
                return;
            }
            Pace::Apart if behind.abs() > apart => beside.dials.count_underrun(),
            _ => {
                beside.pace = Pace::Even;
                return;
            }
        }
        tracing::debug!("an output is {behind:.3} s behind, and joins again");
        beside.pace = Pace::Even;
        beside.join(past, lead);
    }
}
