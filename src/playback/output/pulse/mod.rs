//! Takes frames from an outlet; gives them to a PulseAudio server, or to PipeWire's PulseAudio socket, in the
//! rate and channels of its sink. One thread, which sleeps in one place: the server, the bell, the time.
//! Never looks for another server while one is there, never starts what the listener had stopped.
//!
//! | file     | takes -> gives                                                 |
//! |----------|-----------------------------------------------------------------|
//! | `place`  | environment -> sockets and cookie                               |
//! | `wire`   | commands, samples -> framed to the server, and what it says     |
//! | `stream` | what the server says of a stream -> frames in bursts, rewritten for a pause or a skip |

mod place;
mod stream;
#[cfg(test)]
mod tests;
mod wire;

use std::ffi::{CStr, CString};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pulseaudio::protocol::{
    self, AuthParams, AuthReply, ChannelMap, Command, CreatePlaybackStreamReply, GetSinkInfo,
    PlaybackStreamParams, Prop, Props, PulseError, SampleFormat, SampleSpec, ServerInfo, SetClientNameReply,
    SinkInfo,
};
use rustix::event::{PollFd, PollFlags};

use self::stream::{HELD, IN_SINK, Info, Notice, Stream};
use self::wire::{Wire, WireError};
use super::doorbell::{Doorbell, poll};
use super::{OutputError, Wiring, cookie};
use crate::playback::realtime::{self, Dials, Door};

/// A server that does not answer for so long is none.
const PATIENCE: Duration = Duration::from_secs(1);

/// A sink, as far as it matters here.
#[derive(Debug, Clone)]
pub(super) struct Sink {
    index: u32,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) rate: u32,
    pub(super) is_default: bool,
    map: ChannelMap,
}

impl Sink {
    fn new(info: &SinkInfo, default: Option<&CStr>) -> Self {
        let name = info.name.to_string_lossy().into_owned();
        let description = info.description.as_ref().map(|words| words.to_string_lossy().into_owned());
        Self {
            index: info.index,
            description: description.unwrap_or_else(|| name.clone()),
            name,
            rate: info.sample_spec.sample_rate,
            is_default: default == Some(&info.name),
            map: info.channel_map,
        }
    }

    pub(super) fn channels(&self) -> u16 {
        u16::from(self.map.num_channels())
    }

    /// Whether a stream for the one suits the other as it is.
    fn is_like(&self, other: &Self) -> bool {
        self.rate == other.rate && self.map == other.map
    }
}

/// Why there is no stream (any more).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// The server hung up.
    ServerGone,
    /// The sink went away, and there was no other.
    SinkGone,
    /// The stream is on a sink of another shape now: open it anew.
    Reshaped,
}

/// What a while of playing brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing for anybody else.
    Quiet,
    /// The stream goes on on another sink, because the one before went away.
    Unplugged,
}

/// A server that lets us in.
struct Server {
    wire: Wire,
}

impl Server {
    fn connect() -> Result<Self, WireError> {
        let mut last = WireError::Nowhere;
        for path in place::sockets() {
            match UnixStream::connect(&path).map_err(WireError::from).and_then(Self::greet) {
                Ok(server) => return Ok(server),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn greet(socket: UnixStream) -> Result<Self, WireError> {
        let mut wire = Wire::new(socket)?;
        let auth = AuthParams {
            version: protocol::MAX_VERSION,
            supports_shm: false,
            supports_memfd: false,
            cookie: place::cookie(),
        };
        let reply: AuthReply = wire.ask(&Command::Auth(auth), PATIENCE)?;
        wire.set_version(reply.version);
        let mut props = Props::new();
        props.set(Prop::ApplicationName, c"tonearm");
        if let Ok(process) = CString::new(std::process::id().to_string()) {
            props.set(Prop::ApplicationProcessId, process);
        }
        let _: SetClientNameReply = wire.ask(&Command::SetClientName(props), PATIENCE)?;
        Ok(Self { wire })
    }

    /// The sink of that name, or the default one.
    fn sink_called(&mut self, name: Option<&str>) -> Result<Sink, WireError> {
        let name = match name {
            // A name with a NUL is no sink's.
            Some(name) => CString::new(name).map_err(|_| WireError::Refused(PulseError::NoEntity))?,
            None => protocol::DEFAULT_SINK.to_owned(),
        };
        self.sink(GetSinkInfo { index: None, name: Some(name) })
    }

    fn sink(&mut self, which: GetSinkInfo) -> Result<Sink, WireError> {
        let info: SinkInfo = self.wire.ask(&Command::GetSinkInfo(which), PATIENCE)?;
        Ok(Sink::new(&info, None))
    }

    fn sinks(&mut self) -> Result<Vec<Sink>, WireError> {
        let server: ServerInfo = self.wire.ask(&Command::GetServerInfo, PATIENCE)?;
        let sinks: Vec<SinkInfo> = self.wire.ask(&Command::GetSinkInfoList, PATIENCE)?;
        let default = server.default_sink_name.as_deref();
        Ok(sinks.iter().map(|info| Sink::new(info, default)).collect())
    }

    /// Creates a stream in the shape of `sink`. Unless it is to be on that one, the server takes its default, or where
    /// the listener has moved this player before.
    fn create(
        &mut self,
        sink: &Sink,
        on_it: bool,
        rate: Option<u32>,
    ) -> Result<CreatePlaybackStreamReply, WireError> {
        let sample_rate = rate.unwrap_or(sink.rate);
        let channels = sink.map.num_channels();
        let frame = usize::from(channels) * size_of::<f32>();
        let bytes = |time: Duration| {
            let frames = u64::from(sample_rate) * time.as_millis() as u64 / 1000;
            u32::try_from(frames * frame as u64).unwrap_or(u32::MAX)
        };
        let mut props = Props::new();
        props.set(Prop::MediaName, c"tonearm");
        props.set(Prop::MediaRole, c"music");
        let params = PlaybackStreamParams {
            sample_spec: SampleSpec { format: SampleFormat::Float32Le, channels, sample_rate },
            channel_map: sink.map,
            buffer_attr: protocol::stream::BufferAttr {
                target_length: bytes(HELD),
                // The server gives its sink half of what two requests leave of the whole.
                minimum_request_length: bytes((HELD - 2 * IN_SINK) / 2),
                // Sound at the first frame: what begins a run is decoded far ahead of need.
                pre_buffering: u32::try_from(frame).unwrap_or(u32::MAX),
                ..Default::default()
            },
            props,
            sink_index: on_it.then_some(sink.index),
            flags: protocol::stream::StreamFlags { adjust_latency: true, ..Default::default() },
            ..Default::default()
        };
        self.wire.ask(&Command::CreatePlaybackStream(params), PATIENCE)
    }

    /// A stream in the shape of the sink that it is on.
    fn stream(
        &mut self,
        name: Option<&str>,
        rate: Option<u32>,
    ) -> Result<(CreatePlaybackStreamReply, Sink), WireError> {
        let wanted = self.sink_called(name)?;
        let reply = self.create(&wanted, name.is_some(), rate)?;
        if reply.sink_index == wanted.index {
            return Ok((reply, wanted));
        }
        let other = self.sink(GetSinkInfo { index: Some(reply.sink_index), name: None })?;
        if other.is_like(&wanted) {
            return Ok((reply, other));
        }
        self.wire.send(&Command::DeletePlaybackStream(reply.channel))?;
        let reply = self.create(&other, false, rate)?;
        Ok((reply, other))
    }
}

/// The sinks of the server, if there is one.
pub(super) fn sinks() -> Vec<Sink> {
    cookie::ensure();
    Server::connect().and_then(|mut server| server.sinks()).unwrap_or_default()
}

fn refused(error: WireError) -> OutputError {
    match error {
        WireError::Nowhere | WireError::Closed | WireError::Io(_) | WireError::Silent => {
            OutputError::NoServer
        }
        WireError::Refused(PulseError::NoEntity) => OutputError::NoDevice,
        other => OutputError::Refused(other.into()),
    }
}

/// A stream that plays until it is dropped.
pub(super) struct Playing {
    stream: Stream,
    sink: Sink,
    rate: u32,
    doorbell: Doorbell,
}

impl Playing {
    /// Connects to the server that the environment names, opens a stream on the sink called `name` or on the default
    /// one, and connects the decoder thread. At `rate` Hz, or at the sink's own rate.
    pub(super) fn open(
        name: Option<&str>,
        rate: Option<u32>,
        wiring: &Wiring,
        doorbell: &Doorbell,
    ) -> Result<Self, OutputError> {
        cookie::ensure();
        let server = Server::connect().map_err(refused)?;
        let (playing, door) =
            Self::on(server, name, rate, &wiring.dials, doorbell).map_err(|error| match (error, name) {
                (WireError::Refused(PulseError::NoEntity), Some(name)) => {
                    OutputError::NoSuchSink(name.to_owned())
                }
                (error, _) => refused(error),
            })?;
        wiring.connect_rewinding(door, playing.rate, playing.sink.channels());
        Ok(playing)
    }

    fn on(
        mut server: Server,
        name: Option<&str>,
        rate: Option<u32>,
        dials: &Arc<Dials>,
        doorbell: &Doorbell,
    ) -> Result<(Self, Door), WireError> {
        let (reply, sink) = server.stream(name, rate)?;
        let rate = reply.sample_spec.sample_rate;
        let (outlet, door) = realtime::outlet(rate, sink.channels(), Arc::clone(dials));
        let info = Info {
            channel: reply.channel,
            sink: reply.sink_index,
            rate,
            frame: i64::from(sink.channels()) * size_of::<f32>() as i64,
            requested: reply.requested_bytes,
            in_sink: reply.stream_latency,
        };
        tracing::debug!(
            "output open: PulseAudio, {}, {} Hz, {} us in the sink, asked for {} bytes at a time",
            sink.name,
            rate,
            reply.stream_latency,
            reply.buffer_attr.minimum_request_length
        );
        let stream = Stream::new(server.wire, info, outlet, Arc::clone(dials));
        Ok((Self { stream, sink, rate, doorbell: doorbell.clone() }, door))
    }

    /// Whether nothing sounds: a pause has faded out, or all is played.
    pub(super) fn is_silent(&self) -> bool {
        self.stream.is_corked() || self.stream.is_dry()
    }

    /// Whether it is paused, and the server knows.
    pub(super) fn is_corked(&self) -> bool {
        self.stream.is_corked()
    }

    /// Sleeps until the server, the bell or the time (`until` at the latest) says that there is something to do; does it.
    pub(super) fn work(&mut self, until: Option<Instant>) -> Result<Turn, Ended> {
        let writable = if self.stream.wire().is_blocked() { PollFlags::OUT } else { PollFlags::empty() };
        let wake = [until, self.stream.timeout()].into_iter().flatten().min();
        let mut fds =
            [PollFd::new(self.stream.wire().socket(), PollFlags::IN | writable), self.doorbell.watched()];
        let time = wake.map(|wake| wake.saturating_duration_since(Instant::now()));
        let polled = poll(&mut fds, time);
        let readable = !(fds[0].revents() - PollFlags::OUT).is_empty();
        if !fds[1].revents().is_empty() {
            self.doorbell.silence();
        }
        let worked = polled.map_err(WireError::from).and_then(|()| self.stream.work(readable));
        match worked {
            Ok(None) => Ok(Turn::Quiet),
            Ok(Some(Notice::Killed)) => Err(Ended::SinkGone),
            Ok(Some(Notice::Moved { from, to })) => self.moved(from, to),
            Err(error) => {
                tracing::debug!("the sound server is lost: {error}");
                Err(Ended::ServerGone)
            }
        }
    }

    /// The server has moved the stream. A second connection tells what the sinks are like, so that the stream's
    /// own goes on undisturbed.
    fn moved(&mut self, from: u32, to: u32) -> Result<Turn, Ended> {
        let Ok(sinks) = Server::connect().and_then(|mut server| server.sinks()) else {
            return Ok(Turn::Quiet);
        };
        let Some(sink) = sinks.iter().find(|sink| sink.index == to) else { return Ok(Turn::Quiet) };
        if !sinks.iter().any(|sink| sink.index == from) {
            self.sink = sink.clone();
            return Ok(Turn::Unplugged);
        }
        if sink.is_like(&self.sink) {
            self.sink = sink.clone();
            return Ok(Turn::Quiet);
        }
        Err(Ended::Reshaped)
    }
}
