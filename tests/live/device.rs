//! The device end to end, on sound servers of the tests' own: what is heard when keys are pressed, servers die, come late,
//! stop or move the music, and what a paused player costs. ALSA through its `file` plug-in.
//! Never measures closer than a loaded machine allows: bounds are for the worst minute, not for the best.

use std::collections::HashSet;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use tonearm::library::Tags;
use tonearm::playback::Sample;

use super::support::{self, Home, PATIENCE, Sound, assert_same, until};
use super::{CD, Recording, Server, Terminal, music, needs, run};

impl Server {
    fn pactl(&self, words: &[&str]) -> String {
        let output = self.environment(&mut Command::new("pactl")).args(words).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    fn signal(&self, name: &str) {
        signal(self.process.as_ref().unwrap().0.id(), name);
    }
}

fn signal(process: u32, name: &str) {
    run("kill", ["-s", name, &process.to_string()]);
}

impl Recording {
    /// The frame of the music at which the recording begins; `None` before some of it is heard. A fade at the begin and
    /// gaps, as a loaded machine makes them, are passed over.
    fn begins_at(&self, sound: &Sound) -> Option<usize> {
        let heard = self.sounding();
        (0..10).map(|tenth| tenth * CD as usize / 10).find_map(|skip| {
            let skip = skip + CD as usize / 50; // past a fade
            let piece = heard.get(2 * skip..2 * skip + 64)?;
            let at = sound.samples.windows(piece.len()).position(|window| window == piece)?;
            Some((at / 2).saturating_sub(skip))
        })
    }

    /// What was recorded but for the silence.
    fn sounding(&self) -> Vec<f32> {
        let all = self.samples();
        all.chunks_exact(2).filter(|frame| *frame != [0.0; 2]).flatten().copied().collect()
    }
}

/// Two frames of 16 bits in one number: what noise has in two places by chance once in a lifetime.
fn four(samples: &[f32]) -> u64 {
    samples[..4].iter().fold(0, |all, sample| all << 16 | u64::from((sample * 32_768.0) as i16 as u16))
}

/// Every two frames that follow each other in a sound.
fn places(sound: &[f32]) -> HashSet<u64> {
    sound.windows(4).step_by(2).map(four).collect()
}

/// Context switches of a process.
fn switches(process: &str) -> u64 {
    let mut sum = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task")).unwrap() {
        let status = fs::read_to_string(thread.unwrap().path().join("status")).unwrap();
        let lines = status.lines().filter(|line| line.contains("ctxt_switches"));
        sum += lines.map(|line| line.rsplit('\t').next().unwrap().parse::<u64>().unwrap()).sum::<u64>();
    }
    sum
}

/// Ticks of CPU time that a process has used.
fn ticks(process: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

/// The player in a terminal, on the server.
fn in_terminal(home: &Home, server: &Server, words: &str) -> Terminal {
    let command = format!(
        "HOME=$PWD TONEARM_HOME=$PWD/state PULSE_SERVER=unix:{} exec {} play --output pulse {words}",
        server.socket().display(),
        env!("CARGO_BIN_EXE_tonearm")
    );
    Terminal::start(home, &command)
}

fn process_of(terminal: &Terminal) -> String {
    String::from_utf8(terminal.tmux(["display-message", "-p", "#{pane_pid}"])).unwrap().trim().to_owned()
}

#[test]
fn music_at_48_khz_reaches_a_sink_at_48_khz_bit_for_bit() {
    needs(&["pulseaudio", "parec"]);
    let mut sound = Sound::music(48_000, 2, Sample::S16, 4 * 48_000);
    sound.samples[0] = 0.25;
    *sound.samples.last_mut().unwrap() = 0.25;
    let home = Home::new().sound("song.wav", &sound, &Tags::default());
    let server = Server::start(&home, 48_000);
    let recording = server.record("out.raw");
    server.play(&home, &["Music/song.wav", "-q"]).end().ends(0).says_nothing();
    let heard = recording.heard(sound.samples.len());
    assert_same(&heard[..sound.samples.len()], &sound.samples);
}

#[test]
fn after_a_kill_of_the_server_hardly_anything_is_heard_twice_and_waiting_costs_nothing() {
    needs(&["pulseaudio", "parec"]);
    let sound = music(40 * CD as usize);
    let home = Home::new().sound("long.wav", &sound, &Tags::default());
    let mut server = Server::start(&home, CD);
    let before = server.record("before.raw");
    let mut running = server.play(&home, &["Music/long.wav", "--json"]);
    before.heard(2 * 2 * CD as usize);
    server.kill();
    assert!(running.line().contains("track-started"));
    assert!(running.line().contains("output-lost"));
    let heard = before.sounding();
    let last = &heard[heard.len() - 64..];
    let end = sound.samples.windows(64).position(|window| window == last).unwrap() / 2 + 32;

    let (start, used) = (Instant::now(), ticks(running.id()));
    until("two seconds pass", PATIENCE, || start.elapsed() > Duration::from_secs(2));
    assert!(ticks(running.id()) - used < 20, "a fifth of a second of CPU time for two of waiting");

    server.open();
    let after = server.record("after.raw");
    assert!(running.line().contains("output-back"));
    until("it goes on", PATIENCE, || after.sounding().len() > 3 * CD as usize);
    let begin = after.begins_at(&sound).expect("it is the same music");
    let twice = (end as f64 - begin as f64) / f64::from(CD);
    assert!(twice < 0.2, "{twice:.3} s were heard twice");
    assert!(twice > -0.7, "{:.3} s were never heard", -twice);
    running.signal("INT");
    running.end().ends(130);
}

#[test]
fn a_server_that_is_not_there_yet_is_waited_for_when_it_was_named() {
    needs(&["pulseaudio", "parec"]);
    let sound = music(2 * CD as usize);
    let home = Home::new().sound("song.wav", &sound, &Tags::default());
    let mut server = Server::start(&home, CD);
    server.kill();
    let mut running = server.play(&home, &["Music/song.wav", "--json"]);
    assert!(running.line().contains("track-started"));
    assert!(running.line().contains("no sound server answers; waiting for it"));
    server.open();
    let recording = server.record("out.raw");
    assert!(running.line().contains("output-back"));
    until("the music plays", PATIENCE, || recording.begins_at(&sound).is_some());
    running.end().ends(0);
}

#[test]
fn keys_are_heard_though_the_server_holds_half_a_second_and_a_pause_wakes_nobody() {
    needs(&["pulseaudio", "parec", "tmux"]);
    let (one, two) = (music(60 * CD as usize), Sound::music(CD, 2, Sample::S16, 61 * CD as usize));
    let two = Sound { samples: two.samples.iter().map(|sample| -sample).collect(), ..two };
    let home = Home::new().sound("1.wav", &one, &Tags::default()).sound("2.wav", &two, &Tags::default());
    let server = Server::start(&home, CD);
    let recording = server.record("out.raw");
    let terminal = in_terminal(&home, &server, "Music/1.wav Music/2.wav");
    recording.heard(2 * CD as usize);

    let pressed = recording.samples().len();
    terminal.press("Space");
    let mut all = Vec::new();
    until("silence", PATIENCE, || {
        all = recording.samples();
        all.len() > pressed + CD as usize && all[all.len() - CD as usize / 2..].iter().all(|s| *s == 0.0)
    });
    let last = all.iter().rposition(|sample| *sample != 0.0).unwrap();
    // What the key and the recorder need is in it: it is a bound from above.
    let late = last.saturating_sub(pressed) as f64 / 2.0 / f64::from(CD);
    assert!(late < 0.3, "silent {late:.3} s after the key");

    let process = process_of(&terminal);
    let (start, before) = (Instant::now(), switches(&process));
    until("two seconds pass", PATIENCE, || start.elapsed() > Duration::from_secs(2));
    assert_eq!(switches(&process), before, "nothing wakes while it is paused");

    terminal.press("Space");
    let resumed = all.len() / 2;
    until("it goes on", PATIENCE, || recording.frames() > resumed + 2 * CD as usize);
    let pressed = recording.samples().len();
    terminal.press("n");
    until("the next track", PATIENCE, || recording.frames() > pressed / 2 + CD as usize);
    let all = recording.samples();
    let new = places(&two.samples[..4 * CD as usize]);
    let first = (pressed..all.len() - 4).step_by(2).find(|at| new.contains(&four(&all[*at..])));
    let late = (first.expect("the next track sounds") - pressed) as f64 / 2.0 / f64::from(CD);
    assert!(late < 0.4, "new {late:.3} s after the key");
}

#[test]
fn after_half_a_minute_of_pause_the_device_is_given_back_and_the_music_goes_on_from_its_frame() {
    needs(&["pulseaudio", "parec", "tmux"]);
    let sound = music(60 * CD as usize);
    let home = Home::new().sound("1.wav", &sound, &Tags::default());
    let server = Server::start(&home, CD);
    let recording = server.record("out.raw");
    let terminal = in_terminal(&home, &server, "Music/1.wav");
    let held = || !server.pactl(&["list", "short", "sink-inputs"]).trim().is_empty();
    recording.heard(2 * CD as usize);
    assert!(held());

    terminal.press("Space");
    let paused = Instant::now();
    until("the device is given back", Duration::from_secs(60), || !held());
    assert!(paused.elapsed() > Duration::from_secs(28), "it may be wanted again soon");
    let process = process_of(&terminal);
    let (start, before) = (Instant::now(), switches(&process));
    until("two seconds pass", PATIENCE, || start.elapsed() > Duration::from_secs(2));
    assert_eq!(switches(&process), before, "nothing wakes while it is paused");

    let first = recording.sounding();
    let whole = &first[..first.len() - 2 * CD as usize / 20]; // without the fade at its end
    let last = &whole[whole.len() - 64..];
    let end = sound.samples.windows(64).position(|window| window == last).expect("it is the music") / 2 + 32;
    let faded = (first.len() - whole.len()) / 2;
    terminal.press("Space");
    until("it goes on", PATIENCE, || recording.sounding().len() > first.len() + 2 * CD as usize);
    let again = &recording.sounding()[first.len()..];
    let piece = &again[CD as usize..CD as usize + 64]; // past the fade at its begin
    let begin = sound.samples.windows(64).position(|window| window == piece).expect("it is the music") / 2
        - CD as usize / 2;
    let apart = begin as i64 - (end + faded) as i64;
    assert!(apart.abs() < i64::from(CD) / 50, "{apart} frames apart");
}

#[test]
fn stopped_and_continued_neither_player_nor_server_loses_a_frame() {
    needs(&["pulseaudio", "parec"]);
    let sound = music(40 * CD as usize);
    let home = Home::new().sound("long.wav", &sound, &Tags::default());
    let server = Server::start(&home, CD);
    let recording = server.record("out.raw");
    let running = server.play(&home, &["Music/long.wav", "-q"]);
    recording.heard(2 * CD as usize);
    let pause = |stop: &dyn Fn(&str)| {
        stop("STOP");
        let start = Instant::now();
        until("it stands for a while", PATIENCE, || start.elapsed() > Duration::from_millis(1200));
        stop("CONT");
        let so_far = recording.sounding().len();
        until("it goes on", PATIENCE, || recording.sounding().len() > so_far + 4 * CD as usize);
    };
    pause(&|name| signal(running.id(), name));
    pause(&|name| server.signal(name));
    running.signal("INT");
    running.end().ends(130);
    let heard = recording.sounding();
    let heard = &heard[..heard.len() - CD as usize]; // the end fades
    assert_same(heard, &sound.samples[..heard.len()]);
}

#[test]
fn music_that_is_moved_to_a_sink_of_another_rate_goes_on_there() {
    needs(&["pulseaudio", "parec", "pactl"]);
    let sound = music(40 * CD as usize);
    let home = Home::new().sound("long.wav", &sound, &Tags::default());
    let server = Server::start(&home, 48_000);
    server.pactl(&[
        "load-module",
        "module-null-sink",
        "sink_name=other",
        &format!("rate={CD}"),
        "norewinds=1",
    ]);
    let mut running = server.play(&home, &["Music/long.wav", "--json"]);
    assert!(running.line().contains("track-started"));
    let recording = server.record_sink("moved.raw", "other", CD);
    let input = server.pactl(&["list", "short", "sink-inputs"]);
    let input = input.split_whitespace().next().unwrap().to_owned();
    server.pactl(&["set-default-sink", "other"]);
    server.pactl(&["move-sink-input", &input, "other"]);
    // At the track's own rate nothing is resampled any more.
    let mut found = None;
    until("it plays on the other sink", PATIENCE, || {
        found = recording
            .sounding()
            .chunks_exact(2)
            .collect::<Vec<_>>()
            .iter()
            .rev()
            .nth(CD as usize / 4)
            .and_then(|frame| sound.samples.chunks_exact(2).position(|other| other == *frame));
        found.is_some()
    });
    let list = server.pactl(&["list", "short", "sink-inputs"]);
    assert!(list.contains("44100Hz"), "{list}");
    running.signal("INT");
    running.end().ends(130);
}

#[test]
fn alsa_gets_every_track_at_its_own_rate_bit_for_bit() {
    needs(&["pulseaudio"]);
    for (rate, sample) in
        [(44_100, Sample::S16), (48_000, Sample::S24), (96_000, Sample::S16), (96_000, Sample::S24)]
    {
        let mut sound = Sound::music(rate, 2, sample, rate as usize);
        sound.samples[0] = 0.25;
        *sound.samples.last_mut().unwrap() = 0.25;
        let home = Home::new();
        for (n, piece) in sound.cut(3).iter().enumerate() {
            piece.write(&home.path(format!("{n}.wav")));
        }
        let server = Server::start(&home, 48_000);
        let out = home.path("out.raw");
        let device = format!(
            "type file slave.pcm {{ type pulse }} file \"{}\" format raw perm 384 hint {{ show on description file }}",
            out.display()
        );
        let home =
            home.file("asound.conf", format!("pcm.card {{ {device} }}\nctl.!default {{ type hw card 0 }}\n"));
        let words = ["play", "-q", "--output", "alsa:card", "--rate", "source", "0.wav", "1.wav", "2.wav"];
        let mut command = home.command(words);
        server.environment(&mut command).env("ALSA_CONFIG_PATH", home.path("asound.conf"));
        support::Running::start(&mut command).end().ends(0).says_nothing();
        let heard: Vec<f32> = fs::read(&out)
            .unwrap()
            .chunks_exact(4)
            .map(|bytes| i32::from_le_bytes(bytes.try_into().unwrap()) as f32 / 2_147_483_648.0)
            .collect();
        let begin = heard.iter().position(|sample| *sample != 0.0).unwrap();
        assert_same(&heard[begin..begin + sound.samples.len()], &sound.samples);
        assert!(heard[begin + sound.samples.len()..].iter().all(|sample| *sample == 0.0), "silence follows");
    }
}

#[test]
fn tracks_of_different_rates_follow_each_other_on_a_device_that_is_opened_anew() {
    needs(&["pulseaudio"]);
    let home = Home::new();
    for (name, rate) in [("0.wav", 44_100), ("1.wav", 44_100), ("2.wav", 96_000), ("3.wav", 48_000)] {
        Sound::music(rate, 2, Sample::S16, rate as usize / 2).write(&home.path(name));
    }
    let server = Server::start(&home, CD);
    let mut words = vec!["--rate", "source", "--json"];
    words.extend(["0.wav", "1.wav", "2.wav", "3.wav"]);
    let outcome = server.play(&home, &words).end().ends(0);
    let events: Vec<bool> = outcome.lines().iter().map(|line| line.contains("track-started")).collect();
    assert_eq!(events, [true; 4], "{outcome}");
}
