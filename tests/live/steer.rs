//! Steering as it is heard: how long a verb takes to reach the ear, what the socket bears, whom it refuses, and a sleep
//! that fades. On a sound server of the tests' own.
//! Bounds are for the worst minute of a loaded machine, and what the recorder needs is in them.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tonearm::library::Tags;

use super::support::{Home, PATIENCE, Running, Sound, assert_same, until};
use super::{CD, Recording, Server, UnixStream, fs, music, needs};

/// Two minutes of noise that is in the left channel alone, and two that are in the right.
fn sides() -> Home {
    let side = |side: usize| {
        let mut sound: Sound = music(120 * CD as usize);
        for (at, sample) in sound.samples.iter_mut().enumerate() {
            *sample = if at % 2 == side { sample.abs() + 0.125 } else { 0.0 };
        }
        sound
    };
    Home::new().sound("1.wav", &side(0), &Tags::default()).sound("2.wav", &side(1), &Tags::default())
}

fn seconds(frames: usize) -> f64 {
    frames as f64 / f64::from(CD)
}

fn more(recording: &Recording, time: f64) {
    let wanted = recording.frames() + (time * f64::from(CD)) as usize;
    until("the recording goes on", PATIENCE, || recording.frames() > wanted);
}

/// Plays the music folder, and comes back when it sounds and listens.
fn playing(home: &Home, server: &Server, recording: &Recording, words: &[&str]) -> Running {
    let words: Vec<&str> = ["Music", "-q"].iter().chain(words).copied().collect();
    let player = server.play(home, &words);
    until("it listens", PATIENCE, || home.path("state/control.sock").exists());
    until("it sounds", PATIENCE, || recording.samples().iter().any(|sample| *sample != 0.0));
    player
}

#[test]
fn a_pause_and_a_skip_by_command_are_heard_at_once() {
    needs(&["pulseaudio", "parec"]);
    let home = sides();
    let server = Server::start(&home, CD);
    let recording = server.record("out.raw");
    let player = playing(&home, &server, &recording, &[]);
    let (mut pauses, mut skips, mut runs) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..10 {
        let side = 1 - round % 2;
        let mut say = |verb: &str| {
            let start = Instant::now();
            home.run([verb]).ends(0);
            runs.push(start.elapsed().as_secs_f64());
        };
        let asked = recording.frames();
        say("pause");
        more(&recording, 0.5);
        let last = recording.samples().iter().rposition(|sample| *sample != 0.0).unwrap() / 2;
        pauses.push(seconds(last.saturating_sub(asked)));
        say("resume");
        more(&recording, 0.5);
        let asked = recording.frames();
        say(if side == 1 { "next" } else { "prev" });
        more(&recording, 0.5);
        let all = recording.samples();
        let first = all.chunks_exact(2).skip(asked).position(|frame| frame[side] != 0.0).unwrap();
        skips.push(seconds(first));
    }
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load {}", load.trim());
    let median = |what: &str, times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
        println!("{what}: median {:.1} ms, worst of {} {:.1} ms", median * 1e3, times.len(), worst * 1e3);
        median
    };
    median("the command itself", &mut runs);
    assert!(median("from pause to silence", &mut pauses) < 0.3, "{pauses:?}");
    assert!(median("from next to the first new sample", &mut skips) < 0.3, "{skips:?}");
    home.run(["quit"]).ends(0);
    player.end().ends(0);
}

#[test]
fn a_sleep_fades_and_pauses_and_is_loud_again_after() {
    needs(&["pulseaudio", "parec"]);
    let home = sides();
    let server = Server::start(&home, CD);
    let recording = server.record("out.raw");
    let player = playing(&home, &server, &recording, &["--sleep", "13s"]);
    let state = || home.run(["status", "--format", "{state}"]).ends(0).out().to_owned();
    until("it sleeps", PATIENCE, || state() == "paused\n");
    let loud = |from: usize, to: usize| {
        let all = recording.samples();
        all[2 * from..2 * to].iter().fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()))
    };
    let all = recording.samples();
    let begin = all.iter().position(|sample| *sample != 0.0).unwrap() / 2;
    let end = all.iter().rposition(|sample| *sample != 0.0).unwrap() / 2;
    let second = CD as usize;
    assert!((8.0..16.0).contains(&seconds(end - begin)), "{} s were heard", seconds(end - begin));
    let (first, last) = (loud(begin, begin + second), loud(end - second, end));
    assert!(last < first / 50.0 && last > 0.0, "{first} at the begin, {last} in the last second");
    let asked = recording.frames();
    home.run(["resume"]).ends(0);
    more(&recording, 1.5);
    assert!(loud(asked + second, asked + second + second / 4) > first * 0.9, "loud again");
    home.run(["quit"]).ends(0);
    player.end().ends(0);
}

#[test]
fn the_socket_refuses_other_users_even_where_they_can_reach_it() {
    needs(&["setpriv", "id"]);
    if super::run("id", ["-u"]) != b"0\n" {
        return; // only root can become somebody else
    }
    let home = Home::new().with_three_songs();
    let player = home.start(["play", "list.txt", "--output", "null", "--repeat", "all", "-q"]);
    let socket = home.path("state/control.sock");
    until("it listens", PATIENCE, || UnixStream::connect(&socket).is_ok());
    // As wide open as somebody careless could make it.
    for (path, mode) in [(home.path("."), "755"), (home.path("state"), "755"), (socket.clone(), "666")] {
        super::run("chmod", [mode, path.to_str().unwrap()]);
    }
    let ask = "import socket, sys\ns = socket.socket(socket.AF_UNIX)\ns.connect(sys.argv[1])\n\
               s.sendall(b'{\"command\":\"status\"}\\n')\nprint(s.recv(99))";
    let said = |user: &str| {
        let output = Command::new("setpriv")
            .args([&format!("--reuid={user}"), "--clear-groups", "/usr/bin/python3", "-c", ask])
            .arg(&socket)
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    };
    assert!(said("0").contains("ok"), "its owner is answered");
    let stranger = said("65534");
    assert!(
        stranger.contains("b''") || stranger.contains("reset") || stranger.contains("Broken pipe"),
        "{stranger}"
    );
    home.run(["quit"]).ends(0);
    player.end().ends(0);
}

#[test]
fn clients_that_never_come_to_an_end_are_let_go_and_hold_nobody_up() {
    let home = Home::new().with_three_songs();
    let player = home.start(["play", "list.txt", "--output", "null", "--repeat", "all", "-q"]);
    let socket = home.path("state/control.sock");
    until("it listens", PATIENCE, || UnixStream::connect(&socket).is_ok());
    let start = Instant::now();
    let mut slow: Vec<UnixStream> = (0..40).map(|_| UnixStream::connect(&socket).unwrap()).collect();
    let mut ends = Vec::new();
    while !slow.is_empty() && start.elapsed() < Duration::from_secs(30) {
        // A byte now and then, and never a line.
        slow.retain_mut(|stream| {
            stream.set_nonblocking(true).unwrap();
            let open = stream.write_all(b"{").is_ok() && !matches!(stream.read(&mut [0; 99]), Ok(0));
            if !open {
                ends.push(start.elapsed());
            }
            open
        });
        let mut caller = BufReader::new(UnixStream::connect(&socket).unwrap());
        let asked = Instant::now();
        caller.get_mut().write_all(b"{\"command\":\"status\"}\n").unwrap();
        let mut answer = String::new();
        caller.read_line(&mut answer).unwrap();
        assert!(answer.contains("\"ok\":true") && asked.elapsed() < Duration::from_secs(1), "{answer}");
        until("a moment passes", PATIENCE, || asked.elapsed() > Duration::from_millis(200));
    }
    assert!(slow.is_empty(), "{} are still there", slow.len());
    assert!(ends.iter().all(|end| *end < Duration::from_secs(20)), "{ends:?}");
    let memory = fs::read_to_string(format!("/proc/{}/status", player.id())).unwrap();
    let peak = memory.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim().to_owned();
    println!("peak {peak}");
    home.run(["quit"]).ends(0);
    player.end().ends(0);
}

/// What a busy client of MPD's says in turn, without rest.
const BUSY: [&str; 6] = [
    "status",
    "search any other",
    "add other.wav",
    "playlistinfo",
    "delete 1:",
    "command_list_begin\nstatus\ncurrentsong\nplchanges 0\ncommand_list_end",
];

/// Asks until it is told to end; gives how often it was answered.
fn hammer(socket: &std::path::Path, ends: &AtomicBool) -> usize {
    let mut client = BufReader::new(UnixStream::connect(socket).unwrap());
    let mut line = String::new();
    client.read_line(&mut line).unwrap();
    let mut answers = 0;
    while !ends.load(Ordering::Relaxed) {
        client.get_mut().write_all(format!("{}\n", BUSY[answers % BUSY.len()]).as_bytes()).unwrap();
        loop {
            line.clear();
            assert!(client.read_line(&mut line).unwrap() > 0, "it is answered to the end");
            if line == "OK\n" || line.starts_with("ACK ") {
                break;
            }
        }
        answers += 1;
    }
    answers
}

#[test]
fn twenty_busy_clients_are_not_heard() {
    needs(&["pulseaudio", "parec"]);
    let sound = music(8 * CD as usize);
    let home = Home::new().sound("song.wav", &sound, &Tags::default()).song("other.wav", "Other", "Alone");
    let server = Server::start(&home, CD);
    let recording = server.record("out.raw");
    let socket = home.path("mpd.sock");
    let words = ["Music/song.wav", "--json", "--mpd", socket.to_str().unwrap()];
    let player = server.play(&home, &words);
    until("clients are heard", PATIENCE, || UnixStream::connect(&socket).is_ok());
    let ends = AtomicBool::new(false);
    let (heard, answers) = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..20).map(|_| scope.spawn(|| hammer(&socket, &ends))).collect();
        // What follows is decoded long before, and changes with every edit; they rest before it is due.
        recording.heard(sound.samples.len() - 2 * CD as usize);
        ends.store(true, Ordering::Relaxed);
        let heard = recording.heard(sound.samples.len());
        (heard, clients.into_iter().map(|client| client.join().unwrap()).sum::<usize>())
    });
    home.run(["quit"]).ends(0);
    let said = player.end().ends(0).out().to_owned();
    println!("{answers} commands were answered meanwhile\n{said}");
    assert!(!said.contains("troubles"), "{said}");
    assert_same(&heard[..sound.samples.len()], &sound.samples);
}
