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
