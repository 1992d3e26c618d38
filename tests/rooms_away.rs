//! Other rooms: the music leaves for a FIFO or a Snapcast server as the samples that it was, comes back after the reader
//! was away, and waits for one that is not there yet.
#![allow(clippy::unwrap_used)]
#![cfg(target_os = "linux")]

mod support;

use std::fs::File;
use std::io::Read;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use support::{Home, Running, Sound, assert_same, samples, until};
use tonearm::library::Tags;
use tonearm::playback::Sample;

/// Longer than any of these takes, shorter than anybody would wait.
const PATIENCE: Duration = Duration::from_secs(30);

const RATE: usize = 44_100;

fn music(seconds: usize) -> (Home, Sound) {
    let sound = Sound::music(RATE as u32, 2, Sample::S16, seconds * RATE);
    (Home::new().sound("song.wav", &sound, &Tags::default()), sound)
}

fn play(home: &Home, output: &str) -> Running {
    home.start(["play", "Music/song.wav", "--json", "--output", output])
}

/// A FIFO that stands there before the player does.
fn fifo(home: &Home) -> String {
    let path = home.path("fifo");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    format!("pipe:{}?44100:16:2", path.display())
}

/// What `read` gives. A player that does not come must not hold up the test for good.
fn within<T: Send + 'static>(read: impl FnOnce() -> T + Send + 'static) -> T {
    let (say, hear) = mpsc::channel();
    thread::spawn(move || say.send(read()));
    hear.recv_timeout(PATIENCE).expect("the player comes, and goes")
}

fn all_of(fifo: PathBuf) -> Vec<u8> {
    within(move || {
        let mut bytes = Vec::new();
        File::open(fifo).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    })
}

fn all_that_comes(server: TcpListener) -> Vec<u8> {
    within(move || {
        let mut bytes = Vec::new();
        server.accept().unwrap().0.read_to_end(&mut bytes).unwrap();
        bytes
    })
}

fn heard(bytes: &[u8]) -> Vec<f32> {
    samples(bytes, Sample::S16)
}

/// The frame of the sound with which a recording begins, past a fade.
fn begin(heard: &[f32], sound: &Sound) -> usize {
    let past = 2 * RATE / 20;
    let piece = &heard[past..past + 64];
    let at = sound.samples.windows(64).position(|window| window == piece).expect("it is the music");
    (at - past) / 2
}

#[test]
fn a_reader_of_a_fifo_gets_every_sample_in_time_and_the_fifo_goes_as_it_came() {
    let (home, sound) = music(1);
    let path = home.path("made");
    let start = Instant::now();
    let player = play(&home, &format!("pipe:{}?44100:16:2", path.display()));
    until("the FIFO is made", PATIENCE, || path.exists());
    let bytes = all_of(path.clone());
    assert!(
        start.elapsed() > Duration::from_millis(700),
        "a second of music lasts a second, however fast it is read"
    );
    player.end().ends(0);
    assert_same(&heard(&bytes), &sound.samples);
    assert!(!path.exists());
}

#[test]
fn a_reader_that_goes_is_waited_for_and_hears_on_where_it_left() {
    let (home, sound) = music(4);
    let output = fifo(&home);
    let mut player = play(&home, &output);
    assert!(player.line().contains("track-started"));
    assert!(player.line().contains("nobody reads"));
    let mut first = vec![0; 4 * RATE];
    {
        let path = home.path("fifo");
        let mut reader = within(|| File::open(path).unwrap());
        assert!(player.line().contains("output-back"));
        reader.read_exact(&mut first).unwrap();
    }
    assert_same(&heard(&first), &sound.samples[..2 * RATE]);
    assert!(player.line().contains("output-lost"));

    let bytes = all_of(home.path("fifo"));
    assert!(player.line().contains("output-back"));
    player.end().ends(0);
    let second = heard(&bytes);
    let from = begin(&second, &sound);
    assert!(from.abs_diff(RATE) < RATE / 2, "it left after frame {RATE}, and came back at {from}");
    let past = RATE / 10; // a fade
    assert_same(&second[past..], &sound.samples[2 * from + past..]);
    assert!(Path::new(&home.path("fifo")).exists(), "it was not ours");
}

#[test]
fn a_file_that_is_no_fifo_is_not_written_over() {
    let (home, _) = music(1);
    let home = home.file("notes.txt", "dear diary");
    let path = home.path("notes.txt");
    let output = format!("pipe:{}", path.display());
    home.run(["play", "Music/song.wav", "--output", &output]).ends(1).says("no FIFO");
    assert_eq!(std::fs::read_to_string(path).unwrap(), "dear diary");
}

#[test]
fn a_server_gets_every_sample_and_the_silence_that_carries_the_last_ones_on() {
    let (home, sound) = music(1);
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let player = play(&home, &format!("snapcast:127.0.0.1:{port}?44100:16:2"));
    let bytes = all_that_comes(server);
    player.end().ends(0);
    let all = heard(&bytes);
    let (music, rest) = all.split_at(sound.samples.len());
    assert_same(music, &sound.samples);
    assert!(rest.len() >= 2 * RATE / 50, "a piece of a Snapcast server's is 20 ms");
    assert!(rest.iter().all(|sample| *sample == 0.0));
}

#[test]
fn a_server_that_is_not_there_yet_is_called_again() {
    let (home, sound) = music(1);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut player = play(&home, &format!("snapcast:127.0.0.1:{port}?44100:16:2"));
    assert!(player.line().contains("track-started"));
    assert!(player.line().contains("no Snapcast server answers"));
    let server = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let bytes = all_that_comes(server);
    assert_same(&heard(&bytes)[..sound.samples.len()], &sound.samples);
    player.end().ends(0);
}

/// FIFOs, and threads that wait at their other ends for all that comes out.
fn listeners<const N: usize>(home: &Home) -> ([String; N], [mpsc::Receiver<Vec<u8>>; N]) {
    let names = std::array::from_fn(|n| home.path(format!("fifo{n}")));
    let heard = names.each_ref().map(|path| {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        let (say, heard) = mpsc::channel();
        let path = path.clone();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            File::open(path).unwrap().read_to_end(&mut bytes).unwrap();
            say.send(bytes)
        });
        heard
    });
    (names.map(|path| format!("pipe:{}?44100:16:2", path.display())), heard)
}

#[test]
fn several_outputs_get_every_sample_at_the_same_time() {
    let (home, sound) = music(2);
    let ([one, other], heard_there) = listeners::<2>(&home);
    let player = home.start([
        "play",
        "Music/song.wav",
        "-q",
        "--output",
        "null",
        "--output",
        &one,
        "--output",
        &other,
        "--output",
        "wav:out.wav",
    ]);
    player.end().ends(0);
    for listener in heard_there {
        let all = heard(&listener.recv_timeout(PATIENCE).unwrap());
        let from = begin(&all, &sound);
        assert!(from < RATE / 4, "it began at frame {from}");
        let past = RATE / 10; // a fade
        assert_same(&all[past..], &sound.samples[2 * from + past..]);
    }
    let written = Sound::read(&std::fs::read(home.path("out.wav")).unwrap());
    assert_same(&written.samples, &sound.samples);
}

#[test]
fn outputs_are_switched_while_the_music_plays() {
    let (home, sound) = music(20);
    let ([fifo], [listener]) = listeners::<1>(&home);
    let player = home.start(["play", "Music/song.wav", "-q", "--output", "null"]);
    until("it listens", PATIENCE, || home.path("state/control.sock").exists());
    let outputs = || home.run(["output", "--json"]).ends(0).json();
    assert_eq!(outputs().as_array().unwrap().len(), 1);
    assert_eq!(home.run(["output", "1"]).ends(0).out(), "▶  1  null  on\n");

    // One that nobody has heard of plays along; then alone, then not at all, and the music goes on in silence.
    home.run(["output", &fifo, "on"]).ends(0);
    until("it plays along", PATIENCE, || outputs()[1]["state"] == "open");
    assert_eq!((&outputs()[0]["main"], &outputs()[1]["main"]), (&true.into(), &false.into()));
    home.run(["output", &fifo]).ends(0);
    assert_eq!((&outputs()[0]["state"], &outputs()[1]["main"]), (&"off".into(), &true.into()));
    let place = || home.run(["status", "--json"]).ends(0).json()["position"].as_f64().unwrap();
    let then = place();
    until("it goes on there", PATIENCE, || place() > then + 0.5);
    home.run(["output", "2", "toggle"]).ends(0);
    let all = heard(&listener.recv_timeout(PATIENCE).unwrap());
    let then = place();
    until("it goes on in silence", PATIENCE, || place() > then + 0.3);
    assert!(outputs().as_array().unwrap().iter().all(|output| output["on"] == false));
    begin(&all, &sound);

    home.run(["output", "1", "on"]).ends(0);
    assert_eq!(outputs()[0]["main"], true);
    home.run(["output", "9", "on"]).ends(1).says("there is no output 9");
    home.run(["output", "pulse:nowhere"]).ends(1);
    assert_eq!(outputs()[0]["main"], true, "what cannot be opened changes nothing");
    home.run(["output", "1", "louder"]).ends(2);
    home.run(["quit"]).ends(0);
    player.end().ends(0);
}
