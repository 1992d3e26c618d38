//! Exported playlists, opened by the players they are meant for: an MPD of the test's own, and mpv. Run with
//! `cargo test --features live-tests --test live_exchange`. Never touches the user's MPD, sound or settings.
//! A test that lacks a program says which, and fails.
#![allow(clippy::unwrap_used)]

#[path = "live/mpd.rs"]
mod mpd;
mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use mpd::{Mpd, mpc, run};
use support::Home;

/// Names that players stumble over; in the order of the list, which is not that of the alphabet.
const NAMES: &[&str] = &[
    "z plain name.wav",
    "100% #1.wav",
    "#hash first.wav",
    "pct%20x.wav",
    " leading space.wav",
    "caf\u{e9} \u{6771}\u{4eac}.wav",
    "sub folder/it's & [that].wav",
    "a;b=c?.wav",
];

/// Music with these names, and a list that names them all.
fn home() -> Home {
    let home = NAMES.iter().fold(Home::new(), |home, name| home.untagged(name));
    let list: String = NAMES.iter().map(|name| format!("./{name}\n")).collect();
    home.file("Music/list.m3u8", format!("#EXTM3U\n{list}"))
}

/// Exports the list into a folder beside the music.
fn export(home: &Home, format: &str, paths: &str) -> String {
    let out = format!("Music/lists/{paths}.{format}");
    fs::create_dir_all(home.path("Music/lists")).unwrap();
    home.run(["export", "Music/list.m3u8", "--to", format, "--paths", paths, "-o", &out]).ends(0);
    out
}

#[test]
fn mpv_plays_the_same_files_in_the_same_order() {
    let home = home();
    let music = home.path("Music").canonicalize().unwrap();
    for format in ["m3u8", "m3u", "pls"] {
        for paths in ["relative", "absolute"] {
            let list = home.path(export(&home, format, paths));
            let output = run(Command::new("mpv")
                .args(["--no-config", "--ao=null", "--vo=null", "--term-osd=no"])
                .arg(format!("--playlist={}", list.display())));
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{format}, {paths}: {said}");
            let file = |line: &str| {
                let path = Path::new(line.strip_prefix("Playing: ")?).canonicalize().unwrap();
                Some(path.strip_prefix(&music).unwrap().to_str().unwrap().to_owned())
            };
            let played: Vec<String> = said.lines().filter_map(file).collect();
            assert_eq!(played, NAMES, "{format}, {paths}: {said}");
        }
    }
}

#[test]
fn mpd_loads_the_same_files_in_the_same_order() {
    let home = home();
    let lists: Vec<String> = ["m3u8", "m3u", "pls"]
        .iter()
        .flat_map(|format| ["relative", "absolute"].map(|paths| export(&home, format, paths)))
        .collect();
    let mpd = Mpd::start(&home);
    // MPD 0.23 leaves a name out that begins with a space.
    let wanted: Vec<&str> = NAMES.iter().copied().filter(|name| !name.starts_with(' ')).collect();
    for list in lists {
        assert!(mpc(&mpd.socket, &["clear"]).status.success());
        let loaded = mpc(&mpd.socket, &["load", list.strip_prefix("Music/").unwrap()]);
        assert!(loaded.status.success(), "{list}: {}", String::from_utf8_lossy(&loaded.stderr));
        let queue = mpc(&mpd.socket, &["playlist", "-f", "%file%"]);
        let queue = String::from_utf8(queue.stdout).unwrap();
        assert_eq!(queue.lines().collect::<Vec<_>>(), wanted, "{list}");
    }
}
