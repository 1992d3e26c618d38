//! Takes what the player wants to sound: a track from a place, what follows it, pause, volume; gives
//! events: what is heard, what failed, what is wanted next. Survives the device.
//! Never knows more than a current and a next track, never chooses one, never decodes on its caller's thread.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::playback::ahead::{Ahead, End, Reached};
use crate::playback::decode::{self, DecodeError, Format};
use crate::playback::feed::{Feed, Line, Marker, Open, Order, Report};
use crate::playback::level::Leveller;
use crate::playback::lineup::{Lineup, Outlet, OutputId, Switch, Threads};
use crate::playback::output::{News, OutputError, Target};
use crate::playback::realtime::{Dials, Level};
use crate::playback::wav_file::Shape;
use crate::playback::{Key, Media, Place, RatePolicy};

/// How long the decoder thread may take to end.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// Something that a thread of the engine says. The owner passes it to [`Engine::hear`].
#[derive(Debug)]
pub struct Signal(Inner);

#[derive(Debug)]
enum Inner {
    Feed(Report),
    Output(Line, News),
}

/// What the player needs to know.
#[derive(Debug)]
pub enum Event {
    /// The device has taken the first frame of this track (after a start, a join or a seek).
    Began {
        /// Which.
        key: Key,
        /// What it holds.
        format: Format,
    },
    /// What follows the last track that was named? Answer with [`Engine::follow`].
    Wanted,
    /// The track does not play, or no further. The music goes on with what follows.
    Failed {
        /// Which.
        key: Key,
        /// Why.
        error: DecodeError,
    },
    /// Nothing followed, and the last frame was taken.
    Ended,
    /// The device is gone and is looked for.
    OutputLost {
        /// Why.
        error: OutputError,
        /// Whether the device itself went (a plug was pulled), not the server before it.
        vanished: bool,
    },
    /// The device is back, and silent: order what is to sound, from the last frame heard.
    OutputBack,
    /// The device was opened anew in another shape, and is silent: order what is to sound, from the last frame heard.
    OutputChanged,
    /// The device went away, and the sound goes on on another one.
    OutputUnplugged,
    /// The output takes no more, for good.
    OutputBroken(OutputError),
    /// Something about an output that plays beside the main one; the music does not notice.
    Beside(OutputId, Beside),
}

/// What became of an output beside the main one.
#[derive(Debug)]
pub enum Beside {
    /// It is gone, or was never there, and is looked for.
    Lost(OutputError),
    /// It is there, and plays where the music is.
    Back,
    /// It takes frames too slowly, or none. It is brought back to where the music is when it moves.
    Behind,
}

/// What is heard now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The track.
    pub key: Key,
    /// Its frame, at its own rate.
    pub frame: u64,
    /// Its rate in Hz.
    pub rate: u32,
}

impl Position {
    /// The time since the track's first frame.
    pub fn time(&self) -> Duration {
        Duration::from_secs_f64(self.frame as f64 / f64::from(self.rate.max(1)))
    }
}

/// Reads the position without asking anybody: numbers that the callback counts.
#[derive(Clone)]
pub struct Hand {
    marker: Marker,
    dials: Arc<Dials>,
}

impl std::fmt::Debug for Hand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hand").field("marker", &self.marker).finish_non_exhaustive()
    }
}

impl Hand {
    /// Frames of the run that are heard: as the output tells, or what it took but for its latency.
    fn heard(&self) -> u64 {
        let (clock, rate) = (&self.marker.clock, self.marker.rate);
        clock.heard(rate).unwrap_or_else(|| {
            let unheard = (self.marker.latency.as_secs_f64() * f64::from(rate)) as u64;
            clock.played().saturating_sub(self.marker.at.saturating_add(unheard)) + self.marker.at
        })
    }
}

impl Hand {
    /// What becomes of the track on its way.
    pub fn passage(&self) -> Passage {
        let Marker { rate, channels, gain, .. } = self.marker;
        Passage { rate, channels, gain }
    }

    /// What is heard now.
    pub fn position(&self) -> Position {
        let rate = self.marker.format.rate;
        let heard = u128::from(self.heard().saturating_sub(self.marker.at));
        let frames = heard * u128::from(rate) / u128::from(self.marker.rate.max(1));
        let frame = self.marker.track_frame + u64::try_from(frames).unwrap_or(0);
        let frame = self.marker.format.frames.map_or(frame, |end| frame.min(end));
        Position { key: self.marker.key, frame, rate }
    }

    /// How loud each of the device's channels is now, as it is heard: with volume, and in time as far as the output knows
    /// what it holds back. Nothing is measured until somebody looks, nor a few seconds after the last look: the first
    /// one finds silence.
    pub fn levels(&self) -> Vec<Level> {
        self.dials.levels(self.marker.clock.outlet_frame(self.heard()))
    }
}

/// What becomes of a track on its way to the device.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Passage {
    /// The rate at which the device takes it, in Hz.
    pub rate: u32,
    /// In how many channels.
    pub channels: u16,
    /// What its samples are multiplied by, before the volume.
    pub gain: f32,
}

/// Counts what the device could not play as it was. Live: ask again and it may be more.
#[derive(Clone)]
pub struct Tally(Arc<Mutex<Vec<Arc<Dials>>>>);

impl Tally {
    /// Times that the device found nothing to play; of all that were the main one.
    pub fn underruns(&self) -> u64 {
        self.sum(Dials::underruns)
    }

    /// Samples that were beyond full scale and were held to it.
    pub fn clipped(&self) -> u64 {
        self.sum(Dials::clipped)
    }

    fn sum(&self, count: impl Fn(&Dials) -> u64) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|dials| count(dials)).sum()
    }

    fn add(&self, dials: Arc<Dials>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(dials);
    }
}

/// About how long an order takes until it is heard, on an output that writes over what waits.
const ORDERED_TO_HEARD: Duration = Duration::from_millis(60);

fn frames_in(time: Duration, rate: u32) -> u64 {
    (time.as_secs_f64() * f64::from(rate)) as u64
}

/// The handle of decoder thread and output.
pub struct Engine {
    orders: Sender<Order>,
    /// Of the main output.
    dials: Arc<Dials>,
    lineup: Lineup,
    tally: Tally,
    /// To be told with what is reached.
    told: VecDeque<Event>,
    /// The decoder thread, and what hangs up when it ends.
    decoder: Option<(JoinHandle<()>, Receiver<Infallible>)>,
    ahead: Ahead,
    heard: Option<Marker>,
}

impl Engine {
    /// Opens the outputs and starts the threads. `say` is called from them. The first output that keeps time is the
    /// main one; the others play beside it, and are waited for.
    ///
    /// # Errors
    /// When the main output cannot be opened.
    pub fn start(
        targets: &[Target],
        shape: Shape,
        rate: RatePolicy,
        say: impl Fn(Signal) + Send + Sync + Clone + 'static,
    ) -> Result<Self, OutputError> {
        Self::start_opening(Box::new(decode::open), targets, shape, rate, say)
    }

    fn start_opening(
        open: Open,
        targets: &[Target],
        shape: Shape,
        rate: RatePolicy,
        say: impl Fn(Signal) + Send + Sync + Clone + 'static,
    ) -> Result<Self, OutputError> {
        let (orders, inbox) = mpsc::channel();
        let dials = Arc::new(Dials::new());
        let tell = say.clone();
        let tell = Box::new(move |report| tell(Signal(Inner::Feed(report))));
        let mut feed = Feed::new(open, tell, Arc::clone(&dials));
        let threads = Threads {
            orders: orders.clone(),
            news: Arc::new(move |line, news| say(Signal(Inner::Output(line, news)))),
        };
        let lineup = Lineup::open(targets, shape, threads, &dials)?;
        if rate == RatePolicy::Source && lineup.main().is_some_and(|main| main.target.is_device()) {
            feed.ask_for_rates();
        }
        let tally = Tally(Arc::new(Mutex::new(vec![Arc::clone(&dials)])));
        let (running, ended) = mpsc::channel();
        let decoder = std::thread::Builder::new()
            .name("decoder".into())
            .spawn(move || {
                feed.run(&inbox);
                drop(running);
            })
            .map_err(|error| OutputError::Refused(error.into()))?;
        Ok(Self {
            orders,
            dials,
            lineup,
            tally,
            told: VecDeque::new(),
            decoder: Some((decoder, ended)),
            ahead: Ahead::default(),
            heard: None,
        })
    }

    /// From now on the sound is `media` from `from`: a start, a skip or a seek, cross-faded.
    pub fn play(&mut self, media: Media, from: Place) {
        self.ahead.start_anew();
        self.order(Order::Play { media, from });
    }

    /// What follows the track that is heard, in place of all that was to follow it. What sounds goes on untouched, and
    /// the two join exactly, even where something else was decoded already.
    pub fn instead(&mut self, media: Option<Media>) {
        let begun = self.ahead.change_mind();
        self.order(Order::Instead { begun, media });
    }

    /// What follows the last track that was named; `None` ends the music there.
    pub fn follow(&mut self, media: Option<Media>) {
        self.order(Order::Follow(media));
    }

    /// Silence; nothing is current any more.
    pub fn halt(&mut self) {
        self.ahead.start_anew();
        self.heard = None;
        self.order(Order::Halt);
    }

    /// Pauses (with a short fade, nothing is lost) or goes on.
    pub fn set_playing(&mut self, playing: bool) {
        self.lineup.set_playing(playing);
        self.order(Order::Wake);
    }

    /// Sets the linear gain; 1.0 leaves every sample as it is.
    pub fn set_gain(&mut self, gain: f32) {
        self.lineup.set_volume(gain);
    }

    /// All places where the sound goes, or may go.
    pub fn outputs(&self) -> Vec<Outlet> {
        self.lineup.outlets()
    }

    /// Switches an output on or off, or on and all others off. Should another one lead from then on,
    /// [`Event::OutputChanged`] follows.
    ///
    /// # Errors
    /// When it is to lead and cannot be opened. Then all is as it was.
    pub fn switch(&mut self, id: OutputId, switch: Switch) -> Result<(), OutputError> {
        if let Some(dials) = self.lineup.switch(id, switch)? {
            self.follow_lead(dials);
        }
        Ok(())
    }

    /// The output of that name, which is added where there is none.
    pub fn output_called(&mut self, target: Target) -> OutputId {
        self.lineup.called(target)
    }

    /// Another output leads now, and is silent.
    fn follow_lead(&mut self, dials: Arc<Dials>) {
        self.tally.add(Arc::clone(&dials));
        self.dials = dials;
        self.ahead.forget();
        self.told.push_back(Event::OutputChanged);
    }

    /// Makes tracks that begin from now on equally loud, or not.
    pub fn set_levelling(&mut self, levelling: Leveller) {
        self.order(Order::Level(levelling));
    }

    /// Translates what a thread said.
    pub fn hear(&mut self, signal: Signal) -> Option<Event> {
        match signal.0 {
            Inner::Feed(Report::Begins(marker)) => {
                self.ahead.expect(marker);
                None
            }
            Inner::Feed(Report::Wanted { orders }) => self.ahead.knows(orders).then_some(Event::Wanted),
            Inner::Feed(Report::Failed { key, error }) => Some(Event::Failed { key, error }),
            Inner::Feed(Report::Ends { clock, at, rate, orders }) => {
                self.ahead.expect_end(End { clock, at, rate }, orders);
                None
            }
            Inner::Feed(Report::Rate(rate)) => {
                self.lineup.set_rate(rate);
                None
            }
            Inner::Feed(Report::Keeps { line, up }) => {
                let id = self.lineup.keeps_up(line, up)?;
                Some(Event::Beside(id, if up { Beside::Back } else { Beside::Behind }))
            }
            Inner::Output(line, news) => {
                let (id, leads) = self.lineup.hear(line, &news)?;
                if leads { Some(self.hear_main(news)) } else { Self::hear_beside(id, news) }
            }
        }
    }

    fn hear_main(&mut self, news: News) -> Event {
        match news {
            News::Lost { error, vanished } => {
                // Another one that plays goes on by itself; without one, all wait.
                if let Some(dials) = self.lineup.replace_lost() {
                    self.follow_lead(dials);
                }
                Event::OutputLost { error, vanished }
            }
            News::Back => {
                self.ahead.forget();
                Event::OutputBack
            }
            News::Changed => {
                self.ahead.forget();
                Event::OutputChanged
            }
            News::Unplugged => Event::OutputUnplugged,
            News::Broken(error) => Event::OutputBroken(error),
        }
    }

    fn hear_beside(id: OutputId, news: News) -> Option<Event> {
        let news = match news {
            News::Lost { error, .. } | News::Broken(error) => Beside::Lost(error),
            News::Back => Beside::Back,
            News::Changed | News::Unplugged => return None,
        };
        Some(Event::Beside(id, news))
    }

    /// The next thing that the device has reached since the last call.
    pub fn reached(&mut self) -> Option<Event> {
        if let Some(told) = self.told.pop_front() {
            return Some(told);
        }
        match self.ahead.reached()? {
            Reached::Track(marker) => {
                let began = Event::Began { key: marker.key, format: marker.format.clone() };
                self.heard = Some(marker);
                Some(began)
            }
            Reached::End => Some(Event::Ended),
        }
    }

    /// When to call [`Engine::reached`] again if nothing is said before; `None` when nothing will happen by itself.
    pub fn next_change(&self) -> Option<Duration> {
        if self.dials.playing() { self.ahead.next_change() } else { None }
    }

    /// Reads the position from now on, until the next [`Event::Began`].
    pub fn hand(&self) -> Option<Hand> {
        let marker = self.heard.clone()?;
        Some(Hand { marker, dials: Arc::clone(&self.dials) })
    }

    /// Where something that is ordered now will begin to sound, about: the device has what comes before.
    pub fn taken(&self) -> Option<Position> {
        let mut marker = self.heard.clone()?;
        let tells = marker.clock.heard(marker.rate).is_some();
        marker.latency = Duration::ZERO;
        let mut position = Hand { marker, dials: Arc::clone(&self.dials) }.position();
        if tells {
            position.frame += frames_in(ORDERED_TO_HEARD, position.rate);
        }
        Some(position)
    }

    /// What went wrong without anybody being told, counted on as the music plays.
    pub fn tally(&self) -> Tally {
        self.tally.clone()
    }

    fn order(&self, order: Order) {
        // The decoder thread ends only when the engine is dropped.
        let _ = self.orders.send(order);
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.order(Order::Quit);
        let Some((decoder, ended)) = self.decoder.take() else { return };
        // A file that does not answer holds the thread for seconds: nobody waits for that.
        if ended.recv_timeout(LAST_WORDS) == Err(RecvTimeoutError::Disconnected) {
            let _ = decoder.join();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn a_file_that_does_not_answer_holds_nobody_up() {
        let (asks, asked) = mpsc::channel();
        let (answer, answers) = mpsc::channel::<()>();
        let open: Open = Box::new(move |_| {
            asks.send(()).unwrap();
            let _ = answers.recv();
            Err(DecodeError::NotAudio)
        });
        let shape = Shape { rate: 44_100, channels: 2, sample: crate::playback::Sample::F32 };
        let mut engine =
            Engine::start_opening(open, &[Target::Void], shape, RatePolicy::Device, |_| {}).unwrap();
        engine.play(Media::new(Key(1), PathBuf::from("on a network that is gone")), Place::START);
        asked.recv().unwrap();
        // Every call of the player comes back, and so does the last.
        engine.set_playing(false);
        engine.follow(None);
        engine.play(Media::new(Key(2), PathBuf::from("another")), Place::START);
        assert!(engine.reached().is_none() && engine.hand().is_none());
        drop(engine);
        drop(answer);
    }
}
