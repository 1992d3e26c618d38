//! Steering a player that runs, through the program itself: verbs, the socket, events, handing over.
#![allow(clippy::unwrap_used)]
#![cfg(unix)]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use serde_json::{Value, json};
use support::{Home, Running, Sound, tags, until};

/// Longer than any of these takes, shorter than anybody would wait.
const PATIENCE: Duration = Duration::from_secs(30);

/// A home with three songs of a minute, and a player that has begun the first.
fn playing(options: &[&str]) -> (Home, Running) {
    let minute = Sound::tone(60 * 8000);
    let home = ["Amber", "Basalt", "Cobalt"].iter().enumerate().fold(Home::new(), |home, (n, title)| {
        let number = u32::try_from(n + 1).ok();
        home.sound(&format!("{:02} - {title}.wav", n + 1), &minute, &tags("Velo", title, number))
    });
    let home = home.file("list.txt", "1. Velo - Amber\n2. Velo - Basalt\n3. Velo - Cobalt\n");
    let words = ["play", "list.txt", "--output", "null"].iter().chain(options);
    let mut player = home.start(words);
    assert_eq!(player.line(), "1/3  Velo - Amber");
    until("the file is open", PATIENCE, || {
        socket(&home).is_ok() && home.run(["status", "--json"]).ends(0).json()["duration"] == 60.0
    });
    (home, player)
}

fn socket(home: &Home) -> std::io::Result<UnixStream> {
    UnixStream::connect(home.path("state/control.sock"))
}

/// A connection that says lines and reads answers.
struct Caller {
    lines: BufReader<UnixStream>,
}

impl Caller {
    fn new(home: &Home) -> Self {
        let socket = socket(home).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { lines: BufReader::new(socket) }
    }

    fn say(&mut self, bytes: &[u8]) {
        self.lines.get_mut().write_all(bytes).unwrap();
    }

    fn hear(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    fn ask(&mut self, request: Value) -> Value {
        self.say(format!("{request}\n").as_bytes());
        self.hear()
    }
}

fn end(player: Running, home: &Home) {
    home.run(["quit"]).ends(0).says_nothing();
    player.end().ends(0).says_nothing();
}

#[test]
fn every_verb_does_what_it_says() {
    let (home, player) = playing(&[]);
    let state = |verb: &[&str]| {
        let words = verb.iter().chain(&["--json"]);
        home.run(words).ends(0).says_nothing().json()
    };
    let status = state(&["status"]);
    assert_eq!(status["title"], "Amber");
    assert_eq!(
        (&status["number"], &status["of"], &status["state"]),
        (&json!(1), &json!(3), &json!("playing"))
    );
    assert_eq!(status["duration"], 60.0);
    assert_eq!(state(&["pause"])["state"], "paused");
    assert_eq!(state(&["toggle"])["state"], "playing");
    assert_eq!(state(&["pause"])["state"], "paused");
    assert_eq!(state(&["seek", "50%"])["position"], 30.0);
    assert_eq!(state(&["seek", "-0:10"])["position"], 20.0);
    assert_eq!(state(&["seek", "+5.5"])["position"], 25.5);
    assert_eq!(state(&["next"])["title"], "Basalt");
    assert_eq!(state(&["next"])["state"], "paused", "what was paused stays paused");
    assert_eq!(state(&["prev"])["title"], "Basalt");
    assert_eq!(state(&["goto", "3"])["title"], "Cobalt");
    assert_eq!(state(&["volume", "80"])["volume"], 80);
    assert_eq!(state(&["volume", "-5"])["volume"], 75);
    assert_eq!(state(&["mute"])["muted"], true);
    assert_eq!(state(&["repeat"])["repeat"], "all");
    assert_eq!(state(&["repeat", "one"])["repeat"], "one");
    assert_eq!(state(&["shuffle"])["shuffle"], "tracks");
    assert_eq!(state(&["shuffle", "off"])["shuffle"], "off");
    assert_eq!(state(&["shuffle", "albums"])["shuffle"], "albums");
    assert_eq!(state(&["shuffle"])["shuffle"], "off", "the listing's order comes back");
    assert_eq!(state(&["stop", "track"])["stop_after"], "track");
    assert_eq!(state(&["stop", "2"])["stop_after_id"], 1);
    assert_eq!(state(&["stop", "off"])["stop_after"], Value::Null);
    assert!(state(&["sleep", "30m"])["sleep"].as_f64().is_some_and(|left| left > 1790.0));
    assert_eq!(state(&["sleep", "off"])["sleep"], Value::Null);
    assert_eq!(state(&["consume"])["consume"], true);
    assert_eq!(state(&["consume", "off"])["consume"], false);
    assert_eq!(state(&["resume"])["state"], "playing");
    assert_eq!(state(&["move", "3", "1"])["number"], 1, "what plays was moved");
    assert_eq!(state(&["remove", "3"])["of"], 2);
    home.run(["remove", "3"]).ends(1).says("there is no entry 3: the queue has 2");
    assert_eq!(state(&["stop"])["state"], "stopped");
    end(player, &home);
}

#[test]
fn people_and_status_bars_read_it() {
    let (home, player) = playing(&[]);
    home.run(["pause"]).ends(0);
    let said = home.run(["seek", "1.5", "--wait"]).ends(0);
    assert_eq!(said.out(), "⏸ 1/3  Velo - Amber  0:01/1:00\n");
    let line = home.run(["status", "--format", "{artist} - {title} {elapsed}/{duration} {percent}%"]).ends(0);
    assert_eq!(line.out(), "Velo - Amber 0:01/1:00 2%\n");
    home.run(["status", "--format", "{artits}"])
        .ends(1)
        .says_only_one_sentence()
        .says("there is no {artits}");
    assert_eq!(
        home.run(["queue"]).ends(0).out(),
        "▶  1  Velo - Amber\n   2  Velo - Basalt\n   3  Velo - Cobalt\n"
    );
    end(player, &home);
}

#[test]
fn where_nothing_plays_one_sentence_says_so() {
    let home = Home::new();
    for verb in ["status", "pause", "next", "events", "queue"] {
        home.run([verb]).ends(1).says_only_one_sentence().says("no tonearm is playing");
    }
    home.run(["volume", "loud"]).ends(2).says_only_one_sentence().says("\"loud\" is no PERCENT");
    home.run(["seek"]).ends(2).says("WHERE");
}

#[test]
fn a_player_that_was_killed_leaves_no_hindrance() {
    let (home, player) = playing(&[]);
    drop(player); // by SIGKILL: the socket stays behind
    assert!(home.path("state/control.sock").exists());
    home.run(["status"]).ends(1).says("no tonearm is playing");
    let mut next = home.start(["play", "list.txt", "--output", "null"]);
    assert_eq!(next.line(), "1/3  Velo - Amber");
    until("the new player listens", PATIENCE, || socket(&home).is_ok());
    end(next, &home);
    assert!(!home.path("state/control.sock").exists());
}

#[test]
fn a_second_play_hands_its_listing_over() {
    let (home, mut player) = playing(&[]);
    let home = home.file("more.txt", "Velo - Cobalt\n").file("again.txt", "Velo - Basalt\n");
    let titles = || {
        let rows = home.run(["queue", "--json"]).ends(0).json();
        rows.as_array()
            .unwrap()
            .iter()
            .map(|row| row["title"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let said = home.run(["play", "more.txt", "--append"]).ends(0).says_nothing();
    assert!(said.out().ends_with("1 track at the end of what plays\n"), "{said}");
    home.run(["play", "again.txt", "--next", "-q"]).ends(0).says_nothing();
    assert_eq!(titles(), ["Amber", "Basalt", "Basalt", "Cobalt", "Cobalt"]);
    home.run(["play", "more.txt", "--repeat", "all", "--shuffle", "--sleep", "1h"]).ends(0);
    assert_eq!(player.line(), "1/1  Velo - Cobalt");
    assert_eq!(titles(), ["Cobalt"]);
    let status = home.run(["status", "--json"]).ends(0).json();
    assert_eq!((&status["repeat"], &status["shuffle"]), (&json!("all"), &json!("tracks")));
    assert!(status["sleep"].is_number(), "{status}");
    end(player, &home);
}

#[test]
fn events_tell_the_whole_state_once_and_then_what_changes() {
    let (home, player) = playing(&[]);
    let mut listener = home.start(["events"]);
    let mut event = || serde_json::from_str::<Value>(&listener.line()).unwrap();
    let first = event();
    assert_eq!((&first["event"], &first["title"]), (&json!("status"), &json!("Amber")));
    home.run(["pause"]).ends(0);
    let paused = event();
    assert_eq!(
        (&paused["event"], &paused["state"], paused.get("title")),
        (&json!("paused"), &json!("paused"), None)
    );
    home.run(["volume", "50"]).ends(0);
    assert_eq!(event()["event"], "volume-changed");
    home.run(["seek", "9"]).ends(0);
    let sought = event();
    assert_eq!((&sought["event"], &sought["position"]), (&json!("seeked"), &json!(9.0)));
    home.run(["next"]).ends(0);
    let started = event();
    assert_eq!((&started["event"], &started["title"]), (&json!("track-started"), &json!("Basalt")));
    home.run(["shuffle", "on"]).ends(0);
    assert_eq!(event()["event"], "queue-changed");
    end(player, &home);
    listener.end().ends(0);
}

#[test]
fn ten_thousand_commands_in_one_go_are_all_answered_in_order() {
    let (home, player) = playing(&[]);
    let mut caller = Caller::new(&home);
    let writer = caller.lines.get_ref().try_clone().unwrap();
    let saying = std::thread::spawn(move || {
        let mut writer = writer;
        for n in 0..10_000 {
            writeln!(
                writer,
                "{}",
                json!({ "id": n, "command": "volume", "arguments": [(n % 101).to_string()] })
            )
            .unwrap();
        }
    });
    for n in 0..10_000 {
        let answer = caller.hear();
        assert_eq!((&answer["id"], &answer["status"]["volume"]), (&json!(n), &json!(n % 101)));
    }
    saying.join().unwrap();
    end(player, &home);
}

#[test]
fn a_listing_of_megabytes_is_taken_in_one_line_with_the_place_where_it_was_left() {
    let (home, player) = playing(&[]);
    let song = home.path("Music/02 - Basalt.wav");
    let title = "x".repeat(100);
    let items: Vec<Value> =
        (0..10_000).map(|n| json!({ "file": song, "title": format!("{n} {title}") })).collect();
    let request = json!({ "command": "play", "items": items, "bookmark": {
        "order": { "heard": [9000], "at": 0 }, "position": { "secs": 20, "nanos": 0 }, "volume": 100,
        "muted": false, "shuffle": "off", "repeat": "off", "consume": false,
    } });
    assert!(request.to_string().len() > 1 << 20);
    let mut caller = Caller::new(&home);
    let answer = caller.ask(request);
    assert_eq!(
        (&answer["ok"], &answer["status"]["of"]),
        (&json!(true), &json!(10_000)),
        "{}",
        answer["error"]
    );
    assert_eq!((&answer["status"]["number"], &answer["status"]["position"]), (&json!(9001), &json!(20.0)));
    end(player, &home);
}

#[test]
fn bad_input_is_answered_bounded_and_harms_nobody() {
    let (home, player) = playing(&[]);
    let mut caller = Caller::new(&home);
    caller.say(b"\n\n\xff\xfe\0{\n");
    assert!(caller.hear()["error"].as_str().unwrap().starts_with("that is no request"));
    caller.say(b"{\"command\":");
    caller.say(b"\"pause\"}\n");
    assert_eq!(caller.hear()["status"]["state"], "paused", "a request may come in pieces");
    assert_eq!(
        caller.ask(json!({ "command": "goto", "arguments": ["9"] }))["error"],
        "there is no entry 9: the queue has 3"
    );

    let mut flood = Caller::new(&home);
    let writer = flood.lines.get_ref().try_clone().unwrap();
    std::thread::spawn(move || {
        let mut writer = writer;
        while writer.write_all(&[b'x'; 1 << 16]).is_ok() {}
    });
    assert_eq!(flood.hear()["error"], "a line is longer than 16777216 bytes");

    let idle: Vec<_> = (0..80).map(|_| socket(&home).unwrap()).collect();
    let mut refused = String::new();
    let mut last = idle.last().unwrap();
    last.set_read_timeout(Some(PATIENCE)).unwrap();
    // A connection that is refused may be closed before its reader comes.
    let _ = last.read_to_string(&mut refused);
    assert!(refused.is_empty() || refused.contains("too many connections"), "{refused}");
    assert_eq!(caller.ask(json!({ "command": "resume" }))["status"]["state"], "playing");
    drop((idle, caller));
    until("the seats are free again", PATIENCE, || {
        let mut caller = Caller::new(&home);
        caller.ask(json!({ "command": "status" }))["ok"] == true
    });
    end(player, &home);
}

#[test]
fn a_client_that_never_reads_holds_nobody_up() {
    let (home, player) = playing(&[]);
    let mut deaf = Caller::new(&home);
    deaf.say(b"{\"command\":\"events\"}\n");
    let mut caller = Caller::new(&home);
    for n in 0..3000 {
        let answer = caller.ask(json!({ "command": "volume", "arguments": [(n % 101).to_string()] }));
        assert_eq!(answer["status"]["volume"], n % 101);
    }
    end(player, &home);
}

#[test]
fn in_the_background_it_plays_on_when_the_command_has_come_back() {
    let (home, player) = playing(&[]);
    end(player, &home);
    let said = home.run(["play", "list.txt", "--output", "null", "--detach"]).ends(0);
    said.says("plays in the background, process ");
    let status = home.run(["status", "--json"]).ends(0).json();
    assert_eq!((&status["state"], &status["of"]), (&json!("playing"), &json!(3)));
    let more = home.run(["play", "list.txt", "--append", "--detach"]).ends(0);
    assert!(more.out().ends_with("3 tracks at the end of what plays\n"), "{more}");
    home.run(["quit"]).ends(0);
    until("it has ended", PATIENCE, || socket(&home).is_err());
}

#[test]
fn what_does_not_play_in_the_background_says_why_in_front() {
    let home = Home::new().file("list.txt", "1. Nobody - Nothing\n");
    home.run(["play", "list.txt", "--detach"]).ends(1).says("nothing to play");
    home.run(["play", "nowhere.txt", "--detach"]).ends(1).says("nowhere.txt cannot be opened");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_comes_while_it_plays_takes_its_place() {
    let minute = Sound::tone(60 * 8000);
    let home = Home::new()
        .sound("01 - Amber.wav", &minute, &tags("Velo", "Amber", Some(1)))
        .sound("03 - Cobalt.wav", &minute, &tags("Velo", "Cobalt", Some(3)))
        .file("list.txt", "1. Velo - Amber\n2. Velo - Basalt\n3. Velo - Cobalt\n");
    let mut player = home.start(["play", "list.txt", "--output", "null", "--json"]);
    let mut event = || serde_json::from_str::<Value>(&player.line()).unwrap();
    assert_eq!(event()["title"], "Amber");
    // Somebody else's song first: it is nobody's.
    let home = home.sound("other.wav", &minute, &tags("Somebody Else", "Basalt", None));
    // Written elsewhere and moved: it is there whole.
    let home = home.sound("../Basalt.wav", &minute, &tags("Velo", "Basalt", Some(2)));
    std::fs::rename(home.path("Basalt.wav"), home.path("Music/Basalt.wav")).unwrap();
    let arrived = event();
    assert_eq!((&arrived["event"], &arrived["number"]), (&json!("arrived"), &json!(2)));
    assert!(arrived["file"].as_str().unwrap().ends_with("Music/Basalt.wav"));
    let queue = home.run(["queue"]).ends(0);
    assert_eq!(queue.out(), "▶  1  Velo - Amber\n   2  Velo - Basalt\n   3  Velo - Cobalt\n");
    home.run(["quit"]).ends(0).says_nothing();
    player.end().ends(0).says_nothing();
}
