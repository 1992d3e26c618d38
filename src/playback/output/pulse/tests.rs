//! The client against a server that speaks the protocol at the other end of a socket, and plays when the test says so.
#![allow(clippy::unwrap_used)]

use std::io;
use std::io::Read;
use std::sync::Mutex;

use pulseaudio::protocol::{Descriptor, PlaybackLatency, ProtocolError};

use super::*;
use crate::playback::realtime::{Run, RunClock};

const RATE: u32 = 1000;

/// Bytes of a frame: one channel of floats.
const FRAME: usize = 4;

/// What the server has of the stream, in frames.
#[derive(Default)]
struct Queue {
    frames: Vec<f32>,
    write: i64,
    read: usize,
    corked: bool,
    /// What would have gone to the ear.
    heard: Vec<f32>,
}

impl Queue {
    /// As `pa_memblockq` does: what comes too late is dropped.
    fn take(&mut self, offset: i64, bytes: &[u8]) {
        self.write += offset / FRAME as i64;
        for sample in bytes.chunks_exact(FRAME) {
            let at = usize::try_from(self.write).unwrap();
            if at >= self.frames.len() {
                self.frames.resize(at + 1, 0.0);
            }
            if at >= self.read {
                self.frames[at] = f32::from_le_bytes(sample.try_into().unwrap());
            }
            self.write += 1;
        }
    }
}

/// A server with one sink of one channel at 1 kHz.
struct Fake {
    queue: Arc<Mutex<Queue>>,
    socket: UnixStream,
}

fn fake() -> (Fake, UnixStream) {
    let (client, socket) = UnixStream::pair().unwrap();
    let queue = Arc::new(Mutex::new(Queue::default()));
    let (of_thread, mut wire) = (Arc::clone(&queue), socket.try_clone().unwrap());
    std::thread::spawn(move || while serve(&mut wire, &of_thread).is_ok() {});
    (Fake { queue, socket }, client)
}

fn serve(wire: &mut UnixStream, queue: &Mutex<Queue>) -> Result<(), ProtocolError> {
    let descriptor: Descriptor = protocol::read_descriptor(wire)?;
    let mut body = vec![0; descriptor.length as usize];
    wire.read_exact(&mut body)?;
    let version = protocol::MAX_VERSION;
    let mut queue = queue.lock().unwrap();
    if descriptor.channel != u32::MAX {
        queue.take(descriptor.offset.cast_signed(), &body);
        return Ok(());
    }
    let (number, command) = Command::read_tag_prefixed(&mut &body[..], version)?;
    match command {
        Command::Auth(_) => {
            let reply = AuthReply { version, ..AuthReply::default() };
            protocol::write_reply_message(wire, number, &reply, version)
        }
        Command::SetClientName(_) => {
            protocol::write_reply_message(wire, number, &SetClientNameReply { client_id: 7 }, version)
        }
        Command::GetSinkInfo(_) => {
            let mut sink = SinkInfo::new_dummy(1);
            sink.sample_spec.sample_rate = RATE;
            sink.channel_map = ChannelMap::mono();
            protocol::write_reply_message(wire, number, &sink, version)
        }
        Command::CreatePlaybackStream(params) => {
            let reply = CreatePlaybackStreamReply {
                channel: 3,
                requested_bytes: params.buffer_attr.target_length,
                buffer_attr: params.buffer_attr,
                sample_spec: params.sample_spec,
                sink_index: 1,
                stream_latency: 20_000,
                ..CreatePlaybackStreamReply::default()
            };
            protocol::write_reply_message(wire, number, &reply, version)
        }
        Command::GetPlaybackLatency(params) => {
            let reply = PlaybackLatency {
                sink_usec: 0,
                source_usec: 0,
                playing: !queue.corked && queue.write > queue.read as i64,
                local_time: params.now,
                // It is never late: a busy machine would let milliseconds pass, which are frames here.
                remote_time: params.now + Duration::from_secs(3600),
                write_offset: queue.write * FRAME as i64,
                read_offset: (queue.read * FRAME) as i64,
                underrun_for: 0,
                playing_for: 1,
            };
            protocol::write_reply_message(wire, number, &reply, version)
        }
        Command::CorkPlaybackStream(params) => {
            queue.corked = params.cork;
            protocol::write_ack_message(wire, number)
        }
        _ => protocol::write_ack_message(wire, number),
    }
}

impl Fake {
    /// Plays `frames` frames, as far as there are any, and asks for as many.
    fn play(&mut self, frames: usize) {
        let played = {
            let mut queue = self.queue.lock().unwrap();
            let end = (queue.read + frames).min(usize::try_from(queue.write).unwrap());
            let played = queue.frames[queue.read..end].to_vec();
            queue.read = end;
            queue.heard.extend(&played);
            played.len()
        };
        let length = u32::try_from(played * FRAME).unwrap();
        self.say(&Command::Request(protocol::Request { channel: 3, length }));
    }

    fn say(&mut self, command: &Command) {
        protocol::write_command_message(&mut self.socket, u32::MAX, command, protocol::MAX_VERSION).unwrap();
    }

    fn has(&self, is_so: impl Fn(&Queue) -> bool) -> bool {
        is_so(&self.queue.lock().unwrap())
    }

    fn heard(&self) -> Vec<f32> {
        self.queue.lock().unwrap().heard.clone()
    }
}

/// A client that plays on a fake server.
struct Case {
    fake: Fake,
    playing: Playing,
    door: Door,
    dials: Arc<Dials>,
    _writers: Vec<rtrb::Producer<f32>>,
}

impl Case {
    fn new() -> Self {
        let (fake, client) = fake();
        let dials = Arc::new(Dials::new());
        let doorbell = Doorbell::new().unwrap();
        dials.hang(doorbell.bell());
        let server = Server::greet(client).unwrap();
        let (playing, door) = Playing::on(server, None, None, &dials, &doorbell).unwrap();
        Self { fake, playing, door, dials, _writers: Vec::new() }
    }

    /// Music of 3 s that ends there, as a skip or a start hands it over.
    fn hand_over(&mut self, music: &[f32]) -> Arc<RunClock> {
        let (mut writer, clock, run) = Run::new(music.len(), 1);
        writer.push_entire_slice(music).unwrap();
        clock.finish();
        self.door.hand_over(run).unwrap();
        self.dials.ring();
        self._writers.push(writer);
        clock
    }

    /// Works until something is so.
    #[track_caller]
    fn work_until(&mut self, what: &str, is_so: impl Fn(&mut Self) -> bool) {
        let start = Instant::now();
        while !is_so(self) {
            assert!(start.elapsed() < Duration::from_secs(20), "never: {what}");
            let soon = Instant::now() + Duration::from_millis(5);
            assert_eq!(self.playing.work(Some(soon)), Ok(Turn::Quiet));
        }
    }

    /// The server has all that it wants, and nothing is on its way.
    #[track_caller]
    fn settle(&mut self) {
        self.work_until("the queue is full", |case| {
            case.fake.has(|queue| queue.write - queue.read as i64 >= 500) && !case.playing.stream.wants()
        });
    }

    fn play(&mut self, frames: usize) {
        self.fake.play(frames);
        self.settle();
    }
}

fn music(first: f32) -> Vec<f32> {
    (0..3000).map(|n| first + n as f32 / 100_000.0).collect()
}

#[test]
fn the_server_gets_the_music_in_order_and_no_more_than_it_asks_for() {
    let mut case = Case::new();
    let music = music(0.1);
    case.hand_over(&music);
    case.settle();
    assert!(case.fake.has(|queue| queue.write == 500));
    for _ in 0..5 {
        case.play(225);
    }
    assert_eq!(case.fake.heard(), music[..1125]);
}

#[test]
fn a_pause_is_heard_at_once_and_nothing_is_lost_when_the_music_goes_on() {
    let mut case = Case::new();
    let music = music(0.5);
    let clock = case.hand_over(&music);
    case.settle();
    case.play(300);
    // Twice, and at other places, so that what one pause leaves behind does not disturb the next.
    let mut at = 300;
    for ahead in [40, 137] {
        case.dials.set_playing(false);
        case.work_until("it is corked", |case| case.fake.has(|queue| queue.corked));
        assert!(case.playing.is_corked());
        let before = case.fake.heard().len();
        case.fake.play(ahead);
        let faded = case.fake.heard()[before..].to_vec();
        // One buffer of the sink and the margin, then ten frames of fading.
        assert_eq!(faded[..24], music[at..at + 24]);
        assert!(faded[24..33].windows(2).all(|pair| pair[1] < pair[0]), "{faded:?}");
        assert!(faded[34..].iter().all(|sample| sample.abs() < 1e-6), "{faded:?}");
        at += 34;
        assert_eq!(clock.heard(RATE), Some(at as u64));

        case.dials.set_playing(true);
        case.work_until("it goes on", |case| case.fake.has(|queue| !queue.corked));
        case.settle();
        let before = case.fake.heard().len();
        case.play(200);
        let back = case.fake.heard()[before..].to_vec();
        assert!(back[0] < 0.1, "it fades in");
        assert_eq!(back[10..], music[at + 10..at + 200]);
        at += 200;
    }
}

#[test]
fn a_skip_is_heard_at_once_though_the_server_holds_half_a_second() {
    let mut case = Case::new();
    let (old, new) = (music(0.1), music(0.5));
    case.hand_over(&old);
    case.settle();
    case.play(300);
    let clock = case.hand_over(&new);
    case.work_until("the new run plays", |_| clock.played() > 0);
    case.work_until("the server has it", |case| case.fake.has(|queue| queue.frames.contains(&new[100])));
    case.settle();
    case.play(225);
    let heard = case.fake.heard();
    assert_eq!(heard[300..324], old[300..324]);
    assert_eq!(heard[334..525], new[10..201]);
}

#[test]
fn of_a_short_run_nothing_of_the_one_before_sounds_behind_its_end() {
    let mut case = Case::new();
    case.hand_over(&music(0.1));
    case.settle();
    let clock = case.hand_over(&[0.5; 50]);
    case.work_until("the new run is given", |_| clock.played() == 50);
    case.work_until("the server has it", |case| case.fake.has(|queue| queue.write == 74));
    assert!(case.fake.has(|queue| queue.frames[74..500].iter().all(|sample| *sample == 0.0)));
}

#[test]
fn what_starts_paused_is_not_heard() {
    let mut case = Case::new();
    case.dials.set_playing(false);
    let music = music(0.1);
    case.hand_over(&music);
    case.work_until("it is corked", |case| case.fake.has(|queue| queue.corked));
    assert!(case.fake.has(|queue| queue.write == 0));
    case.dials.set_playing(true);
    case.settle();
    case.play(100);
    assert_eq!(case.fake.heard()[10..], music[10..100]);
}

#[test]
fn a_server_that_hangs_up_and_a_sink_that_goes_are_told_apart() {
    let ended = |case: &mut Case| loop {
        if let Err(ended) = case.playing.work(Some(Instant::now() + Duration::from_secs(5))) {
            return ended;
        }
    };
    let mut case = Case::new();
    let clock = case.hand_over(&music(0.1));
    case.settle();
    case.fake.socket.shutdown(std::net::Shutdown::Both).unwrap();
    assert_eq!(ended(&mut case), Ended::ServerGone);
    drop(case);
    let heard = clock.heard(RATE).unwrap();
    assert_eq!(clock.heard(RATE), Some(heard), "what was heard stands still");

    let mut case = Case::new();
    case.fake.say(&Command::PlaybackStreamKilled(3));
    assert_eq!(ended(&mut case), Ended::SinkGone);
}

#[test]
fn a_message_that_comes_in_pieces_is_read_when_it_is_whole() {
    let (client, mut server) = UnixStream::pair().unwrap();
    let mut wire = Wire::new(client).unwrap();
    let mut bytes = Vec::new();
    for channel in [3, 4] {
        protocol::write_command_message(&mut bytes, 9, &Command::Started(channel), protocol::MAX_VERSION)
            .unwrap();
    }
    let mut seen = Vec::new();
    for byte in bytes {
        io::Write::write_all(&mut server, &[byte]).unwrap();
        wire.receive().unwrap();
        while let Some(wire::Message::Event(event)) = wire.next().unwrap() {
            seen.push(*event);
        }
    }
    assert_eq!(seen, [Command::Started(3), Command::Started(4)]);
}

#[test]
fn a_server_that_says_nothing_is_none() {
    let (client, _server) = UnixStream::pair().unwrap();
    let mut wire = Wire::new(client).unwrap();
    let asked = wire.ask::<ServerInfo>(&Command::GetServerInfo, Duration::from_millis(20));
    assert!(matches!(asked, Err(WireError::Silent)), "{asked:?}");
}
