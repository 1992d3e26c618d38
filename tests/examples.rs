//! Runs every program of `examples/` on small files, as a reader of the source would. `cargo test` has built them.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::Home;

/// What each is given, and what it then says. The file names are those of `with_three_songs`.
const RUNS: &[(&str, &[&str], &str)] = &[
    ("ask", &["state/control.sock", "status"], "no tonearm is playing"),
    ("decode", &["Music/01 - Amber.wav"], "800 frames"),
    ("match_cases", &["case"], "\"status\":\"sure\""),
    ("match_listing", &["index", "list.txt", "Music"], "3 entries matched"),
    ("order", &["5", "42"], "tracks"),
    ("parse_listing", &["list.txt"], "\"Basalt\" by Some(\"Velo\")"),
    ("play_files", &["null", "Music/01 - Amber.wav"], "Finished"),
    ("scan", &["index", "Music"], "3 tracks, 0 unplayable, 0 problems"),
    ("settings", &["config.toml"], "gain: Text(\"album\")"),
];

fn example(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_BIN_EXE_tonearm")).parent().unwrap().join("examples");
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.exists(),
        "{} is not there: `cargo test` or `cargo build --examples` builds it",
        program.display()
    );
    program
}

fn run(home: &Home, name: &str, words: &[&str]) -> Output {
    Command::new(example(name)).args(words).current_dir(home.path("")).output().unwrap()
}

#[test]
fn every_example_does_what_it_is_there_to_show() {
    let home = Home::new()
        .with_three_songs()
        .file("config.toml", "gain = \"album\"\n")
        .file("case/listing.txt", "1. Velo - Amber\n")
        .file(
            "case/files.tsv",
            "path\ttitle\tartist\talbum\talbum artist\ttrack\tdisc\tdate\tgenre\tseconds\n\
             /m/01 - Amber.flac\tAmber\tVelo\tStones\t\t1\t\t\t\t200\n",
        );
    for (name, words, says) in RUNS {
        let output = run(&home, name, words);
        let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(text.contains(says), "{name} {words:?} ends with {}: {text}", output.status);
    }
}

#[test]
fn none_is_left_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(RUNS.iter().any(|(known, ..)| *known == name), "examples/{name}.rs is run by no test");
    }
}
