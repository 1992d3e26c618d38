//! A long listing sounds before it is decided: with what it begins with, or where it was left; and nothing is lost by that.
//!
//! What holds the listing up here is its own list of missing entries: it is longer than a pipe, nobody reads it, and it is
//! written before anything but the sound begins.
#![allow(clippy::unwrap_used)]
#![cfg(target_os = "linux")]

mod support;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use support::{Home, Running, Sound, tags};

/// Longer than any of these takes, shorter than anybody would wait.
const PATIENCE: Duration = Duration::from_secs(60);

/// Entries that nobody has, of more than 50 letters each: more than the 64 KiB that a pipe holds.
const MISSING: usize = 1400;

const RATE: usize = 8000;

/// Three songs of a minute with a listing of hundreds, and a FIFO for the sound.
fn home(first: &str) -> Home {
    let minute = Sound::tone(60 * RATE);
    let home = ["Amber", "Basalt", "Cobalt"].iter().fold(Home::new(), |home, title| {
        home.sound(&format!("{title}.wav"), &minute, &tags("Velo", title, None))
    });
    let missing = |n: usize| format!("Nobody {n} - The Song That Was Never Heard Of By Anyone");
    let lines = first.lines().map(str::to_owned).chain((0..MISSING).map(missing));
    let lines = lines.chain(["Velo - Basalt", "Velo - Cobalt"].map(str::to_owned));
    let text: String = lines.enumerate().map(|(n, line)| format!("{}. {line}\n", n + 1)).collect();
    let home = home.file("list.txt", text);
    assert!(Command::new("mkfifo").arg(home.path("fifo")).status().unwrap().success());
    home
}

fn words(home: &Home) -> [String; 4] {
    let output = format!("pipe:{}?{RATE}:16:1", home.path("fifo").display());
    ["play".into(), "list.txt".into(), "--output".into(), output]
}

/// A player that is heard, and has not said yet what it misses.
struct Held {
    player: std::process::Child,
    fifo: File,
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.player.kill();
        let _ = self.player.wait();
    }
}

impl Held {
    fn start(home: &Home) -> Self {
        let player = home.command(words(home)).spawn().unwrap();
        let fifo = heard(&home.path("fifo"));
        Self { player, fifo }
    }

    /// Reads all that it says, and hears all that it plays.
    fn let_go(&mut self) {
        let (mut out, mut err) = (self.player.stdout.take().unwrap(), self.player.stderr.take().unwrap());
        let mut fifo = self.fifo.try_clone().unwrap();
        thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        thread::spawn(move || std::io::copy(&mut err, &mut std::io::sink()));
        thread::spawn(move || std::io::copy(&mut fifo, &mut std::io::sink()));
    }
}

/// The FIFO, once there is sound in it.
fn heard(path: &Path) -> File {
    let (say, hear) = mpsc::channel();
    let path = path.to_owned();
    thread::spawn(move || {
        let mut fifo = File::open(path).unwrap();
        let mut bytes = [0; 512];
        while bytes.iter().all(|byte| *byte == 0) {
            fifo.read_exact(&mut bytes).unwrap();
        }
        say.send(fifo)
    });
    hear.recv_timeout(PATIENCE).expect("it sounds")
}

/// A connection to the player.
struct Caller(BufReader<UnixStream>);

impl Caller {
    fn new(home: &Home) -> Self {
        let socket = UnixStream::connect(home.path("state/control.sock")).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(socket))
    }

    fn say(&mut self, request: &Value) {
        self.0.get_mut().write_all(format!("{request}\n").as_bytes()).unwrap();
    }

    /// How the player stands, by its next answer.
    fn hear(&mut self) -> Value {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        let mut answer: Value =
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        answer["status"].take()
    }

    fn ask(&mut self, request: &Value) -> Value {
        self.say(request);
        self.hear()
    }
}

#[test]
fn the_first_sounds_before_the_rest_is_decided_and_who_calls_meanwhile_gets_the_whole() {
    let home = home("Nobody - Nowhere\nVelo - Amber");
    let mut held = Held::start(&home);
    let mut caller = Caller::new(&home);
    caller.say(&json!({ "command": "status" }));
    caller.say(&json!({ "command": "next" }));
    held.let_go();
    let status = caller.hear();
    assert_eq!((&status["number"], &status["of"]), (&json!(1), &json!(3)), "{status}");
    assert_eq!(status["title"], "Amber");
    let status = caller.hear();
    assert_eq!((&status["title"], &status["number"]), (&json!("Basalt"), &json!(2)));
}

#[test]
fn it_goes_on_where_it_was_left_and_loses_no_place_when_it_is_killed_before_the_rest_is_there() {
    let home = home("Velo - Amber");
    let mut first = Held::start(&home);
    first.let_go();
    let mut caller = Caller::new(&home);
    caller.ask(&json!({ "command": "goto", "arguments": ["3"] }));
    caller.ask(&json!({ "command": "volume", "arguments": ["50"] }));
    caller.ask(&json!({ "command": "seek", "arguments": ["40"], "wait": true }));
    caller.ask(&json!({ "command": "quit" }));
    first.player.wait().unwrap();
    drop(first);

    drop(Held::start(&home)); // killed while it sounds
    let mut again = Held::start(&home);
    again.let_go();
    let status = Caller::new(&home).ask(&json!({ "command": "status" }));
    assert_eq!((&status["title"], &status["number"]), (&json!("Cobalt"), &json!(3)), "{status}");
    assert_eq!((&status["of"], &status["volume"]), (&json!(3), &json!(50)));
    assert!(status["position"].as_f64().is_some_and(|position| (40.0..50.0).contains(&position)), "{status}");
}

#[test]
fn scripts_are_told_the_same_as_ever() {
    let home = home("Velo - Amber");
    let mut words = words(&home).to_vec();
    words.push("--json".into());
    let mut player = Running::start(&mut home.command(&words));
    let mut fifo = heard(&home.path("fifo"));
    thread::spawn(move || std::io::copy(&mut fifo, &mut std::io::sink()));
    let started: Value = serde_json::from_str(&player.line()).unwrap();
    assert_eq!((&started["event"], &started["number"]), (&json!("track-started"), &json!(1)));
    assert_eq!(started["title"], "Amber");
    home.run(["next"]).ends(0);
    let started: Value = serde_json::from_str(&player.line()).unwrap();
    assert_eq!((&started["event"], &started["number"]), (&json!("track-started"), &json!(MISSING + 2)));
    home.run(["quit"]).ends(0);
    player.end().ends(3);
}
