//! Takes frames from an outlet; gives them to a PulseAudio server, or to PipeWire's PulseAudio socket, in the
//! server's own rate and channels. Never looks for another server.
//!
//! cpal can do that too, for three times the wake-ups and twice the CPU time: it asks for the latency
//! after every request, from a thread of its own, and rodio moves every sample by itself.

use std::num::NonZero;
use std::pin::Pin;
use std::sync::mpsc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::FutureExt;
use futures::executor::block_on;
use pulseaudio::protocol::{self, stream};
use pulseaudio::{Client, ClientError, PlaybackSource, PlaybackStream};

use crate::playback::realtime::Outlet;

/// A server that does not answer for so long is none.
const PATIENCE: Duration = Duration::from_secs(1);

/// A server's default sink.
pub(super) struct Server {
    client: Client,
    rate: NonZero<u32>,
    channels: protocol::ChannelMap,
}

impl Server {
    /// Connects to the server that the environment names.
    pub(super) fn connect() -> Result<Self, ClientError> {
        // The first greeting blocks for as long as the server likes. It has a thread that can be left behind.
        let (answer, inbox) = mpsc::channel();
        std::thread::spawn(move || {
            let _ = answer.send(Client::from_env(c"tonearm").and_then(|client| {
                let sink = block_on(client.sink_info_by_name(protocol::DEFAULT_SINK.to_owned()))?;
                Ok((client, sink))
            }));
        });
        let (client, sink) = inbox.recv_timeout(PATIENCE).map_err(|_| ClientError::ServerUnavailable)??;
        let rate = NonZero::new(sink.sample_spec.sample_rate).ok_or(ClientError::ServerUnavailable)?;
        Ok(Self { client, rate, channels: sink.channel_map })
    }

    pub(super) fn rate(&self) -> u32 {
        self.rate.get()
    }

    pub(super) fn channels(&self) -> u16 {
        u16::from(self.channels.num_channels())
    }

    /// Starts a stream that asks `outlet` for `buffer` frames at a time and holds twice as many.
    pub(super) fn start(self, outlet: Outlet, buffer: u32) -> Result<Playing, ClientError> {
        let frame = u32::from(self.channels.num_channels()) * size_of::<f32>() as u32;
        let request = buffer.saturating_mul(frame);
        let held = request.saturating_mul(2);
        let params = protocol::PlaybackStreamParams {
            sample_spec: protocol::SampleSpec {
                format: protocol::SampleFormat::Float32Le,
                channels: self.channels.num_channels(),
                sample_rate: self.rate.get(),
            },
            channel_map: self.channels,
            buffer_attr: stream::BufferAttr {
                max_length: held,
                target_length: held,
                minimum_request_length: request,
                // Sound at the first frame: what begins a run is decoded far ahead of need.
                pre_buffering: frame,
                ..Default::default()
            },
            // Without a sink the server takes its default, or where the listener has moved this player before.
            sink_index: None,
            flags: stream::StreamFlags { adjust_latency: true, ..Default::default() },
            ..Default::default()
        };
        let stream = block_on(self.client.create_playback_stream(params, Source(outlet)))?;
        Ok(Playing { stream })
    }
}

/// The outlet as the client draws it. Where there is nothing to give it waits, so that the server's buffer bridges
/// a slow disk, the first frame is music, and a pause wakes nobody.
struct Source(Outlet);

impl PlaybackSource for Source {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &mut [u8]) -> Poll<usize> {
        match self.0.fill_sounding(bytes, context.waker()) {
            0 => Poll::Pending,
            filled => Poll::Ready(filled),
        }
    }
}

/// A stream that sounds until it is dropped.
pub(super) struct Playing {
    stream: PlaybackStream,
}

impl Playing {
    /// Whether the connection to the server has ended.
    pub(super) fn is_lost(&self) -> bool {
        // The outlet never ends, so that only the end of the connection makes an end of the source.
        self.stream.source_eof().now_or_never().is_some()
    }
}
