//! Settings as a person meets them: what `config` shows, what an editor leaves behind, what counts more than what. The
//! program itself is run, in a home of its own.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;

use support::{Home, Outcome, Running};

const SET: &str = "# mine\nmusic = \"/m\"\nlistings = [\"/l\", \"/k\"]\ngain = \"album\"\nmpd = 6600\n\
                   mpd_password = \"swordfish\"\n\n[keys]\nnext-track = [\"n\", \"ctrl-n\"]\nmute = []\n";

fn run(home: &Home, words: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let mut command = home.command(words);
    command.envs(variables.iter().copied());
    Running::start(&mut command).end()
}

/// Held against the golden file; `GOLDEN=write cargo test` writes it anew.
#[track_caller]
fn golden(name: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("GOLDEN").is_some_and(|word| word == "write") {
        fs::write(&file, text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(&file).unwrap(), "{}", file.display());
}

fn shown(home: &Home, outcome: &Outcome) -> String {
    outcome.out().replace(home.path("").to_str().unwrap().trim_end_matches('/'), "HOME")
}

#[test]
fn config_shows_every_setting_and_where_it_was_set() {
    let home = Home::new().file("state/config.toml", SET);
    let words = ["config", "--preamp", "-3", "--at-end=stop"];
    let outcome = run(&home, &words, &[("TONEARM_OUTPUT", "null"), ("TONEARM_GAIN", "track")]);
    let outcome = outcome.ends(0).says_nothing();
    golden("config.txt", &shown(&home, &outcome));
    let outcome = home.run(["config", "--json", "--rate", "source"]).ends(0);
    assert!(!outcome.out().contains("swordfish"));
    golden("config.json", &shown(&home, &outcome));
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let home = Home::new().with_three_songs().file("state/config.toml", "musik = 1\ngain = \"loud\"\n");
    for words in [&["config"][..], &["match", "list.txt"], &["play", "list.txt"]] {
        let outcome = run(&home, words, &[("TONEARM_RATE", "fast")]).ends(1);
        for place in ["config.toml, line 1: ", "config.toml, line 2: ", "TONEARM_RATE: "] {
            assert!(outcome.err.contains(place), "{words:?}: {outcome}");
        }
    }
    // What only the parser of an option can know.
    let home =
        Home::new().with_three_songs().file("state/config.toml", "\noutput = \"speaker\"\nmpd = \"a b\"\n");
    for words in [&["config"][..], &["play", "list.txt"]] {
        let outcome = home.run(words).ends(1).says("config.toml, line 2: `output`: no output is called");
        assert_eq!(outcome.err.lines().count(), 2, "{outcome}");
    }
    let home = Home::new().file("state/config.toml", "\n[keys]\nnext = \"n\"\n");
    home.run(["config"]).ends(1).says("config.toml, line 3: `keys`: no action is called \"next\"");
    Home::new().run(["config", "--gain", "loud"]).ends(2).says_only_one_sentence();
}

#[test]
fn settings_hold_where_nothing_else_was_said() {
    let home = Home::new()
        .with_three_songs()
        .file("state/config.toml", "output = \"wav:file.wav\"\nrepeat = \"off\"\n");
    home.run(["play", "list.txt"]).ends(0);
    assert!(home.path("file.wav").exists());
    run(&home, &["play", "list.txt"], &[("TONEARM_OUTPUT", "wav:variable.wav")]).ends(0);
    assert!(home.path("variable.wav").exists());
    run(&home, &["play", "list.txt", "--output", "wav:option.wav"], &[("TONEARM_OUTPUT", "wav:no.wav")])
        .ends(0);
    assert!(home.path("option.wav").exists() && !home.path("no.wav").exists());
}

#[test]
fn an_order_that_is_set_is_that_of_listings_that_begin() {
    let home = Home::new().with_three_songs();
    let order = |words: &[&str]| -> Vec<String> {
        let mut all = vec!["play", "Music", "--output", "wav:/dev/null", "--seed", "7"];
        all.extend(words);
        let outcome = home.run(all).ends(0);
        outcome.lines().iter().map(|line| (*line).to_owned()).collect()
    };
    let (listed, shuffled) = (order(&["--fresh"]), order(&["--fresh", "--shuffle"]));
    assert_ne!(listed, shuffled);
    fs::write(home.path("state/config.toml"), "shuffle = \"tracks\"\n").unwrap();
    assert_eq!(order(&["--fresh"]), shuffled);
    assert_eq!(order(&["--fresh", "--shuffle=off"]), listed);
}

#[test]
fn an_editor_is_given_the_file_and_what_it_leaves_is_looked_at() {
    let home = Home::new();
    let file = home.path("state/config.toml");
    let made = run(&home, &["config", "--edit"], &[("VISUAL", "grep -q gain"), ("EDITOR", "false")]);
    made.ends(0).says("made ");
    let template = fs::read_to_string(&file).unwrap();
    assert!(template.contains("# gain = "), "{template}");

    let editor = home.path("an editor.sh");
    fs::write(&editor, "#!/bin/sh\nprintf '\\ngain = \"loud\"\\n' >> \"$2\"\n").unwrap();
    let named = format!("sh '{}' --wait", editor.display());
    let outcome = run(&home, &["config", "--edit"], &[("EDITOR", &named)]).ends(1);
    let line = template.lines().count() + 2;
    let outcome = outcome.says(&format!("config.toml, line {line}: `gain` takes "));
    assert!(outcome.bytes.is_empty() && !outcome.err.contains("made"), "{outcome}");
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("{template}\ngain = \"loud\"\n"));

    run(&home, &["config", "--edit"], &[("EDITOR", "false")]).ends(1).says("the editor `false` ended with ");
    run(&home, &["config", "--edit"], &[("EDITOR", "no-such-editor")]).ends(1);
}

#[test]
fn the_file_is_where_config_says() {
    let home = Home::new();
    let outcome = home.run(["config", "--path"]).ends(0).says_nothing();
    assert_eq!(Path::new(outcome.out().trim_end()), home.path("state/config.toml"));
    home.run(["config", "--path", "--edit"]).ends(2);
}

#[test]
fn the_manual_and_completions_are_written() {
    let home = Home::new();
    home.run(["man", "-o", "pages"]).ends(0);
    assert!(home.path("pages/tonearm.1").exists() && home.path("pages/tonearm-volume.1").exists());
    let page = home.run(["man", "play"]).ends(0);
    assert_eq!(page.bytes, fs::read(home.path("pages/tonearm-play.1")).unwrap());
    home.run(["man", "dance"]).ends(1).says_only_one_sentence();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(!home.run(["completions", shell]).ends(0).says_nothing().bytes.is_empty());
    }
}
