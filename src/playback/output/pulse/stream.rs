//! Takes what a PulseAudio server says of one stream; gives it frames in bursts, and what a pause, a skip or a new volume
//! changes in place of frames that it holds and has not played.
//! Never waits: [`Stream::timeout`] says when to work again if the server says nothing before.
//!
//! The server holds [`HELD`] and asks for more when half of it is played, so that few wake-ups suffice. To be heard at
//! once all the same, a change asks the server where it plays, turns the outlet back to a little after that, and
//! writes from there on over what was sent.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use pulseaudio::protocol::{self, Command, PlaybackLatency};

use super::wire::{Message, PACKET, Wire, WireError};
use crate::playback::realtime::{Dials, Outlet};

/// What the server holds of a stream, its sink's own buffer included.
pub(super) const HELD: Duration = Duration::from_millis(500);

/// What a sink is asked to hold by itself: it cannot be written over everywhere, and adds to every change.
pub(super) const IN_SINK: Duration = Duration::from_millis(25);

/// The server plays on while it is told to play something else: that much after what it has taken, beside one
/// buffer of its sink.
const MARGIN: Duration = Duration::from_millis(4);

/// A sink that holds more cannot be waited for.
const LONGEST_MARGIN: Duration = Duration::from_millis(200);

/// How old the knowledge of what is heard may become.
const ANCHOR: Duration = Duration::from_secs(2);

/// How long after a change its effect is measured.
const SETTLED: Duration = Duration::from_millis(150);

/// What the owner of the stream must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    /// The server moved the stream from one sink to another.
    Moved { from: u32, to: u32 },
    /// The server ended the stream: its sink is gone, and there is no other.
    Killed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Flowing,
    /// A pause fades out; afterwards the stream is corked.
    Fading(Instant),
    Corked,
}

/// What the place of playing was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To know what is heard.
    Anchor,
    /// To write something else from there on.
    Turn,
}

/// A stream that was created.
pub(super) struct Stream {
    wire: Wire,
    outlet: Outlet,
    dials: Arc<Dials>,
    pub(super) info: Info,
    state: State,
    /// Bytes that the server has room for.
    credit: i64,
    /// Frames up to which the server's queue is written.
    written: i64,
    /// How many of them, at the end, are the silence behind a pause.
    silence: i64,
    /// Bytes by which the next packet moves the place of writing.
    seek: i64,
    /// What the sink may take at once, in frames.
    margin: i64,
    asked: Option<(u32, Purpose)>,
    anchored: Option<Instant>,
    anchor_due: Option<Instant>,
    /// Whether the server has played all there was.
    is_dry: bool,
}

/// What the server said when it created a stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Info {
    pub(super) channel: u32,
    pub(super) sink: u32,
    pub(super) rate: u32,
    /// Bytes of a frame.
    pub(super) frame: i64,
    /// Bytes that it wants at once.
    pub(super) requested: u32,
    /// What its sink holds, in microseconds.
    pub(super) in_sink: u64,
}

impl Info {
    fn frames(&self, time: Duration) -> i64 {
        (time.as_secs_f64() * f64::from(self.rate)) as i64
    }

    fn time(&self, frames: i64) -> Duration {
        Duration::from_secs_f64(frames.max(0) as f64 / f64::from(self.rate.max(1)))
    }
}

impl Stream {
    /// Takes over a stream that `wire` has just created.
    pub(super) fn new(wire: Wire, info: Info, outlet: Outlet, dials: Arc<Dials>) -> Self {
        let mut stream = Self {
            wire,
            outlet: outlet.held(usize::try_from(info.frames(HELD + IN_SINK)).unwrap_or(0)),
            dials,
            info,
            state: State::Flowing,
            credit: i64::from(info.requested),
            written: 0,
            silence: 0,
            seek: 0,
            margin: 0,
            asked: None,
            anchored: None,
            anchor_due: None,
            is_dry: true,
        };
        stream.set_latency(info.in_sink);
        stream
    }

    pub(super) fn wire(&self) -> &Wire {
        &self.wire
    }

    /// Whether a question is open or the socket is full: more is to come without anybody's doing.
    #[cfg(test)]
    pub(super) fn wants(&mut self) -> bool {
        self.asked.is_some() || self.wire.is_blocked() || self.outlet.wants_turn()
    }

    /// Whether a pause has faded out, and the server plays nothing.
    pub(super) fn is_corked(&self) -> bool {
        self.state == State::Corked
    }

    /// Whether all that was sent is played.
    pub(super) fn is_dry(&self) -> bool {
        self.is_dry
    }

    /// When to work again at the latest.
    pub(super) fn timeout(&self) -> Option<Instant> {
        let fade = if let State::Fading(until) = self.state { Some(until) } else { None };
        [fade, self.anchor_due].into_iter().flatten().min()
    }

    /// Does what there is to do. Call it when the socket can be read or written, when the bell rang and when the time is up.
    pub(super) fn work(&mut self, readable: bool) -> Result<Option<Notice>, WireError> {
        let mut notice = None;
        if self.wire.is_blocked() {
            self.wire.flush()?;
        }
        if readable {
            self.wire.receive()?;
            while let Some(message) = self.wire.next()? {
                notice = self.hear(message)?.or(notice);
            }
        }
        self.keep_time()?;
        self.begin_turn()?;
        self.feed()?;
        Ok(notice)
    }

    fn hear(&mut self, message: Message) -> Result<Option<Notice>, WireError> {
        match message {
            Message::Reply(number) => {
                if let Some((_, purpose)) = self.asked.take_if(|(asked, _)| *asked == number) {
                    let place: PlaybackLatency = self.wire.body()?;
                    match purpose {
                        Purpose::Anchor => self.anchor(&place),
                        Purpose::Turn => self.turn(&place)?,
                    }
                }
            }
            Message::Error(number, error) => {
                tracing::debug!("the sound server refuses command {number}: {error}");
                if self.asked.is_some_and(|(asked, _)| asked == number) {
                    return Err(WireError::Refused(error));
                }
            }
            Message::Event(event) => return Ok(self.hear_event(&event)),
        }
        Ok(None)
    }

    fn hear_event(&mut self, event: &Command) -> Option<Notice> {
        match event {
            Command::Request(request) if request.channel == self.info.channel => {
                self.credit += i64::from(request.length);
                if self.anchored.is_none_or(|anchored| anchored.elapsed() > ANCHOR) {
                    self.anchor_due = Some(Instant::now());
                }
            }
            Command::Started(channel) if *channel == self.info.channel => self.is_dry = false,
            Command::Underflow(underflow) if underflow.channel == self.info.channel => {
                self.is_dry = true;
                if self.state == State::Flowing && !self.outlet.is_finished() {
                    self.dials.count_underrun();
                }
            }
            Command::PlaybackStreamKilled(_) => return Some(Notice::Killed),
            Command::PlaybackStreamMoved(moved) => {
                let from = std::mem::replace(&mut self.info.sink, moved.device_index);
                self.set_latency(moved.configured_sink_latency);
                self.anchor_due = Some(Instant::now() + SETTLED);
                return Some(Notice::Moved { from, to: moved.device_index });
            }
            Command::PlaybackBufferAttrChanged(changed) => self.set_latency(changed.sink_input_latency),
            Command::PlaybackStreamSuspended(suspended) => {
                if suspended.suspended {
                    self.stand();
                } else {
                    self.anchor_due = Some(Instant::now() + SETTLED);
                }
            }
            _ => {}
        }
        None
    }

    fn set_latency(&mut self, micros: u64) {
        let in_sink = Duration::from_micros(micros).min(LONGEST_MARGIN);
        self.margin = self.info.frames(in_sink + MARGIN);
    }

    /// What is due by the clock alone.
    fn keep_time(&mut self) -> Result<(), WireError> {
        let now = Instant::now();
        if let State::Fading(until) = self.state
            && until <= now
        {
            self.cork(true)?;
            self.outlet.shut();
            self.state = State::Corked;
        }
        if self.anchor_due.is_some_and(|due| due <= now) {
            self.anchor_due = None;
            if self.state == State::Flowing {
                self.ask(Purpose::Anchor)?;
            }
        }
        Ok(())
    }

    fn cork(&mut self, cork: bool) -> Result<(), WireError> {
        let params = protocol::stream::CorkStreamParams { channel: self.info.channel, cork };
        self.wire.send(&Command::CorkPlaybackStream(params)).map(drop)
    }

    /// Asks where the server plays. A question for a turn takes the place of one before.
    fn ask(&mut self, purpose: Purpose) -> Result<(), WireError> {
        if self.asked.is_some_and(|(_, asked)| asked == Purpose::Turn || purpose == Purpose::Anchor) {
            return Ok(());
        }
        let params = protocol::LatencyParams { channel: self.info.channel, now: SystemTime::now() };
        let number = self.wire.send(&Command::GetPlaybackLatency(params))?;
        self.asked = Some((number, purpose));
        Ok(())
    }

    fn begin_turn(&mut self) -> Result<(), WireError> {
        let resumes =
            self.is_dry && self.written > 0 && self.state == State::Flowing && self.outlet.sounding() > 0;
        if !resumes && !self.outlet.wants_turn() {
            return Ok(());
        }
        if self.written > 0 {
            return self.ask(Purpose::Turn);
        }
        // Nothing was ever sent: nothing is to be written over, and nothing fades.
        self.outlet.turn();
        if self.dials.playing() {
            if self.state == State::Corked {
                self.cork(false)?;
            }
            self.state = State::Flowing;
        } else {
            self.outlet.shut();
            if self.state != State::Corked {
                self.cork(true)?;
            }
            self.state = State::Corked;
        }
        Ok(())
    }

    /// The frame that is heard now.
    fn heard(&self, place: &PlaybackLatency) -> i64 {
        let in_sink = self.info.frames(Duration::from_micros(place.sink_usec));
        place.read_offset / self.info.frame - in_sink + self.since(place)
    }

    /// Frames that were played since the server looked: on a busy machine its answer is old when it is read. Both have
    /// the same clock, being on the same machine.
    fn since(&self, place: &PlaybackLatency) -> i64 {
        let age = SystemTime::now().duration_since(place.remote_time).unwrap_or_default();
        if place.playing { self.info.frames(age.min(LONGEST_MARGIN)) } else { 0 }
    }

    fn anchor(&mut self, place: &PlaybackLatency) {
        if place.playing && self.state == State::Flowing {
            self.anchored = Some(Instant::now());
            let unheard = self.written - self.silence - self.heard(place);
            if let Some(clock) = self.outlet.clock() {
                clock.flow(unheard, self.info.rate);
            }
        }
    }

    /// Writes what the dials and the decoder thread want now from where the server plays.
    fn turn(&mut self, place: &PlaybackLatency) -> Result<(), WireError> {
        let read = place.read_offset / self.info.frame;
        let flows = place.playing && self.state != State::Corked;
        if read > self.written {
            // The server ran ahead of what it had. What would be written there would be dropped.
            self.seek += (read - self.written) * self.info.frame;
            self.credit -= (read - self.written) * self.info.frame;
            self.written = read;
            self.silence = 0;
        }
        let from = if flows { (read + self.since(place) + self.margin).min(self.written) } else { read };
        let back = self.go_back(self.written - from);
        self.outlet.turn();
        if !self.dials.playing() {
            return self.fade_out(back, flows, self.heard(place));
        }
        self.go_on(back, flows, self.heard(place))
    }

    /// Goes back by `frames` frames, as far as it can be done; gives how far.
    fn go_back(&mut self, frames: i64) -> i64 {
        let silent = frames.clamp(0, self.silence);
        let music = usize::try_from(frames - silent).unwrap_or(0);
        let back = silent + i64::try_from(self.outlet.turn_back(music)).unwrap_or(0);
        self.silence -= silent;
        self.written -= back;
        self.seek -= back * self.info.frame;
        // The server counts a step back as room.
        self.credit += back * self.info.frame;
        back
    }

    fn fade_out(&mut self, back: i64, flows: bool, heard: i64) -> Result<(), WireError> {
        if !flows {
            self.outlet.shut();
        }
        let faded = self.send()?;
        // Nothing that was sent before may sound behind the fade.
        let rest = (back - faded).max(0);
        self.send_silence(rest)?;
        self.silence = if faded > 0 { rest } else { self.silence + rest };
        if let Some(clock) = self.outlet.clock() {
            clock.stand(clock.played());
        }
        let wait = self.info.time(self.written - rest - heard);
        self.state = State::Fading(Instant::now() + if flows { wait + MARGIN } else { Duration::ZERO });
        Ok(())
    }

    fn go_on(&mut self, back: i64, flows: bool, heard: i64) -> Result<(), WireError> {
        let ready = i64::try_from(self.outlet.sounding()).unwrap_or(i64::MAX);
        if ready < back {
            // The end of what was sent before is not covered yet, and must not sound.
            let frame = self.info.frame;
            self.seek += ready * frame;
            self.credit -= ready * frame;
            self.send_silence(back - ready)?;
            self.written -= back - ready;
            self.seek -= back * frame;
            self.credit += back * frame;
        }
        // What is left of it was played: it is behind music now, not at the end.
        self.silence = 0;
        let from = self.written;
        self.send()?;
        let in_sink = if flows { from - heard } else { self.margin };
        if let Some(clock) = self.outlet.clock() {
            clock.flow(self.written - from + in_sink, self.info.rate);
        }
        if self.state != State::Flowing {
            self.cork(false)?;
            self.state = State::Flowing;
        }
        self.is_dry = false;
        self.anchor_due = Some(Instant::now() + SETTLED);
        Ok(())
    }

    /// Sends what the server has room for.
    fn feed(&mut self) -> Result<(), WireError> {
        let turning = self.asked.is_some_and(|(_, purpose)| purpose == Purpose::Turn);
        if self.state != State::Flowing || turning {
            return Ok(());
        }
        let begins = self.written == 0;
        let sent = self.send()?;
        if begins && sent > 0 {
            self.is_dry = false;
            if let Some(clock) = self.outlet.clock() {
                clock.flow(sent + self.margin, self.info.rate);
            }
            self.anchor_due = Some(Instant::now() + SETTLED);
        }
        Ok(())
    }

    /// Sends frames of music, as far as there are any and the server has room; gives how many.
    fn send(&mut self) -> Result<i64, WireError> {
        let before = self.written;
        while !self.wire.is_blocked() {
            let limit = usize::try_from(self.credit).unwrap_or(0);
            let outlet = &mut self.outlet;
            let sent = self
                .wire
                .samples(self.info.channel, self.seek, limit, |bytes| outlet.fill_sounding(bytes))?;
            if sent == 0 {
                break;
            }
            self.count(sent);
        }
        Ok(self.written - before)
    }

    fn send_silence(&mut self, frames: i64) -> Result<(), WireError> {
        let mut left = usize::try_from(frames * self.info.frame).unwrap_or(0);
        while left > 0 {
            let limit = left.min(PACKET - PACKET % usize::try_from(self.info.frame).unwrap_or(1));
            let sent = self.wire.samples(self.info.channel, self.seek, limit, |bytes| bytes.len())?;
            left -= sent;
            self.count(sent);
        }
        Ok(())
    }

    fn count(&mut self, bytes: usize) {
        let bytes = i64::try_from(bytes).unwrap_or(0);
        self.seek = 0;
        self.credit -= bytes;
        self.written += bytes / self.info.frame;
    }

    /// What is heard stands still from now on.
    fn stand(&self) {
        if let Some(clock) = self.outlet.clock()
            && let Some(heard) = clock.heard(self.info.rate)
        {
            clock.stand(heard);
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.stand();
    }
}
