//! It goes on where it was: after an end, after `kill -9`, with an edited listing; and what is kept is whole
//! at whatever moment its writer is killed.
#![allow(clippy::unwrap_used)]
#![cfg(unix)]

mod support;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{Home, Running, Sound, tags, until};
use tonearm::player::{Bookmark, Item, Kept, Memory, Origin, Repeat, Shuffle, Spot};
use tonearm::resume::Store;

const PATIENCE: Duration = Duration::from_secs(30);

const TITLES: [&str; 5] = ["Amber", "Basalt", "Cobalt", "Diorite", "Emerald"];

/// A home with five songs of a minute, and a listing of them.
fn home() -> Home {
    let minute = Sound::tone(60 * 8000);
    let home = TITLES.iter().zip(1..).fold(Home::new(), |home, (title, n)| {
        home.sound(&format!("{n:02} - {title}.wav"), &minute, &tags("Velo", title, Some(n)))
    });
    home.file("list.txt", listing(&TITLES))
}

fn listing(titles: &[&str]) -> String {
    titles.iter().enumerate().map(|(n, title)| format!("{}. Velo - {title}\n", n + 1)).collect()
}

fn play(home: &Home, options: &[&str]) -> Running {
    let words = ["play", "--output", "null"].iter().chain(options);
    let mut player = home.start(words);
    player.line();
    until("the file is open", PATIENCE, || status(home).is_some_and(|status| status["duration"] == 60.0));
    player
}

fn status(home: &Home) -> Option<Value> {
    let run = home.run(["status", "--json"]);
    run.out().starts_with('{').then(|| run.json())
}

fn ask(home: &Home, words: &[&str]) -> Value {
    home.run(words.iter().chain(&["--json"])).ends(0).json()
}

fn quit(home: &Home, player: Running) {
    home.run(["quit"]).ends(0);
    player.end().ends(0);
}

fn titles(home: &Home) -> Vec<String> {
    let rows = ask(home, &["queue"]);
    rows.as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_end_and_a_start_change_nothing() {
    let home = home();
    let player = play(&home, &["list.txt", "--shuffle"]);
    for words in
        [&["next"][..], &["next"], &["volume", "40"], &["repeat", "all"], &["pause"], &["seek", "33"]]
    {
        ask(&home, words);
    }
    let (before, order) = (ask(&home, &["status"]), titles(&home));
    quit(&home, player);

    let player = play(&home, &["list.txt"]);
    let after = ask(&home, &["pause"]);
    for field in ["title", "volume", "shuffle", "repeat", "of"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    assert_eq!(titles(&home), order);
    assert!(after["position"].as_f64().is_some_and(|at| (33.0..38.0).contains(&at)), "{after}");
    assert_eq!(ask(&home, &["shuffle", "off"])["shuffle"], "off", "a shuffle is undone at any time");
    assert_eq!(titles(&home), TITLES);
    quit(&home, player);

    let said = home.start(["play", "--output", "null"]);
    until("the last listing plays", PATIENCE, || {
        status(&home).is_some_and(|now| now["title"] == before["title"])
    });
    home.run(["quit"]).ends(0);
    said.end().ends(0).says("again: ").says("goes on at 0:3").says("--fresh starts over");

    let player = play(&home, &["list.txt", "--fresh"]);
    let fresh = ask(&home, &["pause"]);
    assert_eq!(
        (&fresh["title"], &fresh["volume"], &fresh["shuffle"]),
        (&"Amber".into(), &100.into(), &"off".into())
    );
    assert!(fresh["position"].as_f64().is_some_and(|at| at < 20.0), "{fresh}");
    quit(&home, player);
}

#[test]
fn a_kill_loses_five_seconds_at_most() {
    let home = home();
    let player = play(&home, &["list.txt"]);
    ask(&home, &["goto", "2"]);
    let start = Instant::now();
    until("seven seconds pass", PATIENCE, || start.elapsed() > Duration::from_secs(7));
    let before = ask(&home, &["status"])["position"].as_f64().unwrap();
    drop(player); // by SIGKILL
    let player = play(&home, &["list.txt"]);
    let after = ask(&home, &["pause"]);
    let lost = before - after["position"].as_f64().unwrap();
    assert!(lost <= 5.0, "{lost:.3} s are lost");
    assert_eq!(after["title"], "Basalt");
    quit(&home, player);
}

#[test]
fn what_is_paused_is_kept_before_it_is_killed() {
    let home = home();
    let player = play(&home, &["list.txt"]);
    ask(&home, &["goto", "3"]);
    ask(&home, &["seek", "40"]);
    ask(&home, &["pause"]);
    let kept = || home.run(["status", "--json"]).ends(0).json()["position"].as_f64().unwrap();
    let position = kept();
    until("it is written", PATIENCE, || {
        let folder = std::fs::read_dir(home.path("state/resume")).unwrap();
        folder
            .flatten()
            .any(|file| std::fs::read_to_string(file.path()).is_ok_and(|text| text.contains("\"secs\":40")))
    });
    drop(player);
    let player = play(&home, &["list.txt"]);
    let after = ask(&home, &["pause"]);
    assert_eq!(after["title"], "Cobalt");
    assert!(after["position"].as_f64().is_some_and(|at| at >= position), "{after}");
    quit(&home, player);
}

#[test]
fn an_edited_listing_goes_on_with_what_still_stands() {
    let home = home();
    let player = play(&home, &["list.txt"]);
    ask(&home, &["goto", "4"]);
    ask(&home, &["seek", "20"]);
    quit(&home, player);
    let home = home.file("list.txt", listing(&["Emerald", "Amber", "Diorite"]));
    let player = play(&home, &["list.txt"]);
    let after = ask(&home, &["pause"]);
    assert_eq!((&after["title"], &after["number"]), (&"Diorite".into(), &3.into()));
    assert!(after["position"].as_f64().is_some_and(|at| at >= 20.0), "{after}");
    assert_eq!(titles(&home), ["Emerald", "Amber", "Diorite"]);
    quit(&home, player);
}

#[test]
fn each_listing_has_its_own_place_even_where_one_player_plays_them_all() {
    let home = home().file("other.txt", listing(&["Emerald", "Diorite"]));
    let player = play(&home, &["list.txt"]);
    ask(&home, &["goto", "3"]);
    ask(&home, &["seek", "30"]);
    home.run(["play", "other.txt"]).ends(0);
    assert_eq!(ask(&home, &["next"])["title"], "Diorite");
    home.run(["play", "list.txt"]).ends(0).says("goes on at 0:3");
    let back = ask(&home, &["pause"]);
    assert_eq!((&back["title"], &back["of"]), (&"Cobalt".into(), &5.into()));
    assert!(back["position"].as_f64().is_some_and(|at| at >= 30.0), "{back}");
    quit(&home, player);
    let player = play(&home, &["other.txt"]);
    assert_eq!(ask(&home, &["status"])["title"], "Diorite");
    quit(&home, player);
}

#[test]
fn a_listing_that_was_heard_to_its_end_begins_again() {
    let home = home();
    let player = play(&home, &["list.txt"]);
    ask(&home, &["goto", "5"]);
    home.run(["next"]);
    player.end().ends(0);
    let player = play(&home, &["list.txt"]);
    assert_eq!(ask(&home, &["status"])["title"], "Amber");
    quit(&home, player);
}

/// As often a writer is killed.
const KILLS: usize = 1000;
/// What the child is told by: the folder that it writes to.
const CHILD: &str = "TONEARM_TEST_WRITER";

fn origin() -> Origin {
    let items = (0..20).map(|n| Arc::new(Item::of_file(format!("/music/{n}.flac").into()))).collect();
    Origin { inputs: vec![PathBuf::from("/list.toml").into()], part: None, items }
}

/// The `n`-th state: every part of it says `n`.
fn state(n: u64, origin: &Arc<Origin>) -> Kept {
    Kept::Whole {
        origin: Arc::clone(origin),
        items: origin.items.clone(),
        bookmark: Bookmark {
            order: Memory { heard: vec![0; 1 + n as usize % 50], dice: n, ..Memory::default() },
            position: Duration::from_secs(n),
            volume: (n % 101) as u8,
            muted: false,
            shuffle: Shuffle::Tracks,
            repeat: Repeat::All,
            consume: false,
        },
    }
}

/// Not a test: what is killed. Writes states as fast as the disk takes them, and says when the first is there.
#[test]
#[ignore = "it is the child of another test"]
fn writer() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let store = Store::new(Path::new(&folder));
    let first = store.load(&origin()).map_or(0, |left| left.bookmark.order.dice) + 1;
    let (keeper, _thread) = store.start().unwrap();
    let origin = Arc::new(origin());
    println!("\nready");
    for n in first.. {
        keeper.send(state(n, &origin)).unwrap();
        let volume = (n % 101) as u8;
        let spot = Spot { position: Duration::from_secs(n), volume, muted: false };
        std::thread::sleep(Duration::from_micros(50));
        keeper.send(Kept::Spot(spot)).unwrap();
        std::thread::sleep(Duration::from_micros(50));
    }
}

#[test]
fn a_thousand_kills_leave_a_thousand_whole_states() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let mut last = 0;
    let mut grown = 0;
    let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
    for kill in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writer", "--ignored", "--nocapture"])
            .env(CHILD, folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap() == "ready"));
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_micros((dice >> 33) % 4000));
        child.kill().unwrap();
        child.wait().unwrap();
        let Some(left) = store.load(&origin()) else {
            assert_eq!(last, 0, "kill {kill}: what was there is gone");
            continue;
        };
        let n = left.bookmark.order.dice;
        assert!(n >= last, "kill {kill}: {n} after {last}");
        assert_eq!((left.bookmark.position, left.bookmark.volume), (Duration::from_secs(n), (n % 101) as u8));
        assert_eq!((left.items.len(), left.bookmark.order.heard.len()), (20, 1 + n as usize % 50));
        grown += usize::from(n > last);
        last = n;
    }
    // On a busy machine most children are killed before they have the processor.
    assert!(grown > KILLS / 100, "some of the children wrote something: {grown}");
}
