//! Takes the outputs that are to play, and which of them are on; gives one main output, by which the time goes, and the
//! others beside it. Opens them, and lets go of those that are switched off without waiting.
//! Never decides what plays; never leaves the music without a clock: where nothing is on, it goes on in silence.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use crate::playback::feed::{Line, Order};
use crate::playback::output::{News, Output, OutputError, Target, Wiring};
use crate::playback::realtime::Dials;
use crate::playback::wav_file::Shape;

/// Names an output for as long as the engine lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OutputId(pub u32);

/// What is wanted of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// It plays.
    On,
    /// It does not.
    Off,
    /// One or the other.
    Toggle,
    /// It plays, and all others do not.
    Only,
}

/// How an output is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// Switched off.
    Off,
    /// It takes the music.
    Open,
    /// It takes frames too slowly, or none, and is not where the music is.
    Behind,
    /// It is not there, and is looked for; with the reason, in words.
    Away(String),
}

/// One of the places where the sound goes, or may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlet {
    /// Names it.
    pub id: OutputId,
    /// What it is.
    pub target: Target,
    /// How it is doing.
    pub link: Link,
    /// Whether the time goes by it.
    pub leads: bool,
    /// Times that it had nothing to play, or was brought back to where the music is.
    pub gaps: u64,
}

impl Outlet {
    /// Whether it is switched on.
    pub fn is_on(&self) -> bool {
        self.link != Link::Off
    }
}

/// What the threads of outputs talk to.
#[derive(Clone)]
pub(super) struct Threads {
    pub(super) orders: Sender<Order>,
    pub(super) news: Arc<dyn Fn(Line, News) + Send + Sync>,
}

/// An output that is on.
struct Opened {
    output: Output,
    line: Line,
    dials: Arc<Dials>,
}

/// One place in the lineup.
pub(super) struct Slot {
    id: OutputId,
    pub(super) target: Target,
    /// Of the last opening, unless it was switched off since.
    line: Option<Line>,
    opened: Option<Opened>,
    link: Link,
    /// Of earlier openings.
    gaps: u64,
}

impl Slot {
    fn new(id: OutputId, target: Target) -> Self {
        Self { id, target, line: None, opened: None, link: Link::Off, gaps: 0 }
    }

    fn is_on(&self) -> bool {
        self.link != Link::Off
    }
}

/// Stands for no output: the music goes on in silence.
const SILENCE: OutputId = OutputId(u32::MAX);

/// All outputs.
pub(super) struct Lineup {
    slots: Vec<Slot>,
    /// The one that keeps the time where all are off.
    silence: Slot,
    main: OutputId,
    shape: Shape,
    threads: Threads,
    lines: u32,
    playing: bool,
    volume: f32,
}

impl Lineup {
    /// Opens the main output, whose dials are given, and has the others looked for.
    pub(super) fn open(
        targets: &[Target],
        shape: Shape,
        threads: Threads,
        dials: &Arc<Dials>,
    ) -> Result<Self, OutputError> {
        let mut lineup = Self {
            slots: Vec::new(),
            silence: Slot::new(SILENCE, Target::Null),
            main: SILENCE,
            shape,
            threads,
            lines: 0,
            playing: true,
            volume: 1.0,
        };
        for target in targets {
            lineup.called(target.clone());
        }
        let main = lineup.slots.iter().find(|slot| slot.target.keeps_time()).or(lineup.slots.first());
        lineup.main = main.map_or(SILENCE, |slot| slot.id);
        let main = lineup.main;
        lineup.start(main, false, Line::FIRST, Arc::clone(dials))?;
        let others: Vec<OutputId> =
            lineup.slots.iter().map(|slot| slot.id).filter(|id| *id != main).collect();
        for id in others {
            lineup.add_beside(id);
        }
        Ok(lineup)
    }

    fn slot(&mut self, id: OutputId) -> Option<&mut Slot> {
        if id == SILENCE { Some(&mut self.silence) } else { self.slots.iter_mut().find(|slot| slot.id == id) }
    }

    /// The one by which the time goes.
    pub(super) fn main(&self) -> Option<&Slot> {
        let slots = self.slots.iter().chain([&self.silence]);
        slots.into_iter().find(|slot| slot.id == self.main)
    }

    fn opened(&self) -> impl Iterator<Item = &Opened> {
        self.slots.iter().chain([&self.silence]).filter_map(|slot| slot.opened.as_ref())
    }

    /// All of them, as they stand.
    pub(super) fn outlets(&self) -> Vec<Outlet> {
        let outlet = |slot: &Slot| Outlet {
            id: slot.id,
            target: slot.target.clone(),
            link: slot.link.clone(),
            leads: slot.id == self.main,
            gaps: slot.gaps + slot.opened.as_ref().map_or(0, |opened| opened.dials.underruns()),
        };
        self.slots.iter().map(outlet).collect()
    }

    /// The output of that name; a new one is off.
    pub(super) fn called(&mut self, target: Target) -> OutputId {
        if let Some(slot) = self.slots.iter().find(|slot| slot.target == target) {
            return slot.id;
        }
        let id = OutputId(u32::try_from(self.slots.len()).unwrap_or(SILENCE.0 - 1));
        self.slots.push(Slot::new(id, target));
        id
    }

    /// Opens an output that is not.
    fn start(
        &mut self,
        id: OutputId,
        beside: bool,
        line: Line,
        dials: Arc<Dials>,
    ) -> Result<(), OutputError> {
        let (shape, threads) = (self.shape, self.threads.clone());
        let Some(slot) = self.slot(id) else { return Ok(()) };
        let before = slot.line.replace(line);
        let news = threads.news;
        let wiring = Wiring {
            line,
            is_beside: beside,
            dials: Arc::clone(&dials),
            orders: threads.orders,
            news: Box::new(move |said| news(line, said)),
        };
        let output = Output::open(&slot.target, shape, wiring).inspect_err(|_| {
            if !beside {
                slot.line = before;
            }
        })?;
        slot.opened = Some(Opened { output, line, dials });
        slot.link = Link::Open;
        Ok(())
    }

    fn next_line(&mut self) -> (Line, Arc<Dials>) {
        self.lines += 1;
        let dials = Arc::new(Dials::new());
        dials.set_volume(self.volume);
        (Line(self.lines), dials)
    }

    /// Has an output play beside the main one, as soon as it is there.
    fn add_beside(&mut self, id: OutputId) {
        let (line, dials) = self.next_line();
        self.order(Order::Join { line, dials: Arc::clone(&dials) });
        if let Err(error) = self.start(id, true, line, dials) {
            self.order(Order::Leave(line));
            let news = Arc::clone(&self.threads.news);
            if let Some(slot) = self.slot(id) {
                slot.link = Link::Away(error.to_string());
            }
            // It is not looked for: a file that cannot be made today cannot be made tomorrow.
            tracing::debug!("an output cannot be opened: {error}");
            news(line, News::Broken(error));
        }
    }

    /// Lets an output go. What it holds is faded out, and nobody waits for that.
    fn end(&mut self, id: OutputId) {
        let Some(slot) = self.slot(id) else { return };
        (slot.link, slot.line) = (Link::Off, None);
        let Some(opened) = slot.opened.take() else { return };
        slot.gaps += opened.dials.underruns();
        opened.dials.set_playing(false);
        self.order(Order::Leave(opened.line));
        let parting = std::thread::Builder::new().name("parting".into());
        // Without a thread it is waited for after all: the closure is dropped, and the output with it.
        let _ = parting.spawn(move || drop(opened));
    }

    /// Switches an output. The dials of the one that leads now, if that is another than before.
    pub(super) fn switch(&mut self, id: OutputId, switch: Switch) -> Result<Option<Arc<Dials>>, OutputError> {
        let Some(slot) = self.slot(id).filter(|slot| slot.id != SILENCE) else { return Ok(None) };
        let on = match switch {
            Switch::On | Switch::Only => true,
            Switch::Off => false,
            Switch::Toggle => !slot.is_on(),
        };
        let is_on = slot.is_on();
        let mut leader = None;
        if on && !is_on {
            if self.main == SILENCE || switch == Switch::Only {
                leader = self.lead(id, true)?;
            } else {
                self.add_beside(id);
            }
        } else if on && switch == Switch::Only && self.main != id {
            leader = self.lead(id, false)?;
        }
        if switch == Switch::Only {
            let others: Vec<OutputId> = self.slots.iter().map(|slot| slot.id).collect();
            others.into_iter().filter(|other| *other != id).for_each(|other| self.end(other));
        }
        if !on && is_on {
            if self.main == id {
                let next = self.next_leader(id).unwrap_or(SILENCE);
                leader = self.lead(next, next == SILENCE)?;
            }
            self.end(id);
        }
        if self.main != SILENCE {
            self.end(SILENCE);
        }
        Ok(leader)
    }

    /// Who leads when `id` does not: one that is there before one that is not.
    fn next_leader(&self, id: OutputId) -> Option<OutputId> {
        let others = || self.slots.iter().filter(|slot| slot.id != id && slot.is_on());
        let timely = || others().filter(|slot| slot.target.keeps_time());
        let there = timely().find(|slot| slot.link == Link::Open);
        there.or_else(|| timely().next()).or_else(|| others().next()).map(|slot| slot.id)
    }

    /// Another one that is there leads in the place of the main output, which is lost.
    pub(super) fn replace_lost(&mut self) -> Option<Arc<Dials>> {
        let next = self.next_leader(self.main)?;
        let is_there =
            self.slot(next).is_some_and(|slot| slot.link == Link::Open && slot.target.keeps_time());
        if !is_there {
            return None;
        }
        self.lead(next, false).ok().flatten()
    }

    /// Has an output lead; `opens` when it is not open yet.
    fn lead(&mut self, id: OutputId, opens: bool) -> Result<Option<Arc<Dials>>, OutputError> {
        if opens {
            let (line, dials) = self.next_line();
            self.order(Order::Join { line, dials: Arc::clone(&dials) });
            if let Err(error) = self.start(id, false, line, dials) {
                self.order(Order::Leave(line));
                return Err(error);
            }
        }
        let Some(opened) = self.slot(id).and_then(|slot| slot.opened.as_ref()) else { return Ok(None) };
        let (line, dials) = (opened.line, Arc::clone(&opened.dials));
        dials.set_playing(self.playing);
        self.order(Order::Lead(line));
        self.main = id;
        Ok(Some(dials))
    }

    /// Pauses all, or lets the main one go on: the decoder thread starts the others where that one is.
    pub(super) fn set_playing(&mut self, playing: bool) {
        self.playing = playing;
        let main = self.main().and_then(|slot| slot.line);
        for opened in self.opened() {
            if !playing || Some(opened.line) == main {
                opened.dials.set_playing(playing);
            }
            opened.output.wake();
        }
    }

    pub(super) fn set_volume(&mut self, gain: f32) {
        self.volume = gain;
        self.opened().for_each(|opened| opened.dials.set_volume(gain));
    }

    /// Opens the main output anew at this rate.
    pub(super) fn set_rate(&self, rate: u32) {
        if let Some(opened) = self.main().and_then(|slot| slot.opened.as_ref()) {
            opened.output.set_rate(rate);
        }
    }

    /// Takes note of what an output says; gives who it is, and whether it leads. Nothing is heard of one that was let go.
    pub(super) fn hear(&mut self, line: Line, news: &News) -> Option<(OutputId, bool)> {
        let main = self.main;
        let mut slots = self.slots.iter_mut().chain([&mut self.silence]);
        let slot = slots.find(|slot| slot.line == Some(line))?;
        match news {
            News::Lost { error, .. } | News::Broken(error) => slot.link = Link::Away(error.to_string()),
            News::Back | News::Changed | News::Unplugged => slot.link = Link::Open,
        }
        Some((slot.id, slot.id == main))
    }

    /// Takes note of whether one beside the main output keeps up.
    pub(super) fn keeps_up(&mut self, line: Line, up: bool) -> Option<OutputId> {
        let slot = self.slots.iter_mut().find(|slot| slot.line == Some(line))?;
        slot.link = if up { Link::Open } else { Link::Behind };
        Some(slot.id)
    }

    fn order(&self, order: Order) {
        // The decoder thread ends only when the engine is dropped.
        let _ = self.threads.orders.send(order);
    }
}

impl Drop for Lineup {
    /// All end at the same time, so that the wait is that of the longest.
    fn drop(&mut self) {
        self.opened().for_each(|opened| opened.output.hang_up());
    }
}
