//! Decisions last: what was pinned is found again when it was moved, renamed, re-tagged or transcoded, and a
//! drive that is away is away. Through the program, as a script would do it.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{Home, Outcome, Sound, tags};
use tonearm::library::{Tags, write_tags};
use tonearm::playback::Sample;

/// Two takes of one song that the listing does not tell apart, and another song.
fn home() -> Home {
    let take = |n: usize| Sound::music(8000, 1, Sample::S16, 8000 + n * 1600);
    let tagged = |title: &str, album: &str| Tags { album: Some(album.into()), ..tags("Velo", title, None) };
    Home::new()
        .sound("a/Amber.wav", &take(0), &tagged("Amber", "First"))
        .sound("b/Amber (Live).wav", &take(3), &tagged("Amber (Live)", "On Stage"))
        .sound("c/Basalt.wav", &take(5), &tagged("Basalt", "Third"))
        .file("list.txt", "1. Velo - Amber\n2. Velo - Basalt\n")
}

fn matched(home: &Home) -> Vec<Value> {
    home.run(["match", "list.txt", "--json"]).json()["entries"].as_array().unwrap().clone()
}

/// File below the music folder, status and reasons of the first entry.
fn first(home: &Home) -> (String, String, String) {
    about(home, &matched(home)[0])
}

fn about(home: &Home, entry: &Value) -> (String, String, String) {
    let music = home.path("Music");
    let file = entry["file"].as_str().map_or("-".into(), |file| {
        Path::new(file).strip_prefix(&music).unwrap_or(Path::new(file)).display().to_string()
    });
    let reasons: Vec<_> = entry["reasons"].as_array().unwrap().iter().map(|r| r.as_str().unwrap()).collect();
    (file, entry["status"].as_str().unwrap().into(), reasons.join(", "))
}

fn is(file: &str, status: &str, why: &str) -> (String, String, String) {
    (file.into(), status.into(), why.into())
}

/// A home in which the first entry is pinned to the take that its name does not mean.
fn pinned() -> Home {
    let home = home();
    assert_eq!(first(&home).0, "a/Amber.wav");
    let outcome = home.run(["pin", "list.txt", "1", "Music/b/Amber (Live).wav"]).ends(0).says_nothing();
    assert!(outcome.out().starts_with("pinned: 1. Velo - Amber -> "), "{outcome}");
    home
}

fn pins_file(home: &Home) -> PathBuf {
    home.path("state/pins.toml")
}

fn move_file(home: &Home, from: &str, to: &str) {
    let to = home.path("Music").join(to);
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::rename(home.path("Music").join(from), to).unwrap();
}

#[test]
fn a_pin_outranks_what_names_say() {
    let home = pinned();
    assert_eq!(first(&home), is("b/Amber (Live).wav", "sure", "pinned"));
    let m3u = home.run(["export", "list.txt", "--to", "m3u8"]).ends(0);
    assert!(m3u.out().contains("b/Amber (Live).wav"), "{m3u}");
    let text = fs::read_to_string(pins_file(&home)).unwrap();
    for line in
        ["title = \"Amber\"", "listing = \"list\"", "frames = 12800", "rate = 8000", "album = \"On Stage\""]
    {
        assert!(text.contains(line), "{line} in {text}");
    }
}

#[test]
fn a_pinned_file_is_found_under_another_name_and_place() {
    let home = pinned();
    move_file(&home, "b/Amber (Live).wav", "new/x.wav");
    let before = fs::read(pins_file(&home)).unwrap();
    let dry = home.run(["match", "list.txt", "--dry-run"]).ends(0);
    assert!(dry.out().contains("would be renewed: 1. Velo - Amber -> new/x.wav"), "{dry}");
    assert_eq!(fs::read(pins_file(&home)).unwrap(), before, "nothing was written");
    assert_eq!(first(&home), is("new/x.wav", "sure", "pinned, found under another name"));
    assert_eq!(first(&home), is("new/x.wav", "sure", "pinned"), "and known from now on");
    let dry = home.run(["match", "list.txt", "--dry-run"]).ends(0);
    assert!(dry.out().contains("nothing that is pinned would be renewed"), "{dry}");
}

#[test]
fn a_pinned_file_is_found_after_it_was_re_tagged_or_moved_and_re_tagged() {
    let home = pinned();
    let retag = |name: &str, title: &str| {
        let tags = Tags { album: Some("x".repeat(5000)), ..tags("Someone", title, Some(9)) };
        write_tags(&home.path("Music").join(name), &tags).unwrap();
    };
    retag("b/Amber (Live).wav", "Else");
    assert_eq!(first(&home), is("b/Amber (Live).wav", "sure", "pinned, re-tagged since"));
    assert_eq!(first(&home), is("b/Amber (Live).wav", "sure", "pinned"));
    retag("b/Amber (Live).wav", "Again another");
    move_file(&home, "b/Amber (Live).wav", "y.wav");
    assert_eq!(first(&home), is("y.wav", "sure", "pinned, found under another name"));
}

#[test]
fn another_coding_of_a_pinned_file_is_likely_and_is_not_written_down() {
    let home = pinned();
    fs::remove_file(home.path("Music/b/Amber (Live).wav")).unwrap();
    let before = fs::read(pins_file(&home)).unwrap();
    // The same length within a hair, the same tags, other samples.
    let sound = Sound::tone(12_900);
    let tags = Tags { album: Some("On Stage".into()), ..tags("Velo", "Amber (Live)", None) };
    let home = home.sound("other/coded.wav", &sound, &tags);
    let why = "pinned, likely transcoded since: same tags and length";
    assert_eq!(first(&home), is("other/coded.wav", "likely", why));
    let strict = home.run(["match", "list.txt", "--json", "--strict"]).ends(3).json();
    assert_eq!(strict["entries"][0]["file"], Value::Null);
    assert_eq!(fs::read(pins_file(&home)).unwrap(), before);
}

#[test]
fn a_file_of_the_same_name_and_tags_but_another_sound_is_not_the_pinned_one() {
    let home = pinned();
    let path = home.path("Music/b/Amber (Live).wav");
    Sound::music(8000, 1, Sample::S16, 8000 * 9).write(&path);
    let tags = Tags { album: Some("On Stage".into()), ..tags("Velo", "Amber (Live)", None) };
    write_tags(&path, &tags).unwrap();
    let (file, status, why) = first(&home);
    assert_eq!((file.as_str(), status.as_str()), ("a/Amber.wav", "likely"));
    assert!(why.ends_with("the pinned file is gone"), "{why}");
}

#[test]
fn what_a_pin_takes_from_another_entry_is_no_longer_that_entrys() {
    let home = home();
    home.run(["pin", "list.txt", "1", "Music/c/Basalt.wav"]).ends(0);
    let entries = matched(&home);
    assert_eq!(about(&home, &entries[0]).0, "c/Basalt.wav");
    assert_eq!(entries[1]["file"], Value::Null, "{:?}", entries[1]);
}

#[test]
fn none_of_these_is_remembered() {
    let home = home();
    home.run(["pin", "list.txt", "2", "--none"]).ends(0);
    let entries = matched(&home);
    assert_eq!(about(&home, &entries[1]), is("-", "missing", "pinned: you have none of these"));
    let table = home.run(["match", "list.txt"]).ends(3);
    assert!(table.out().contains("pinned: you have none"), "{table}");
    home.run(["unpin", "list.txt", "2"]).ends(0);
    assert_eq!(about(&home, &matched(&home)[1]).0, "c/Basalt.wav");
}

#[test]
fn a_pin_of_another_listing_only_settles_doubt() {
    let list = "1. Velo - Amber\n2. Velo - Basalt\n";
    let home = home().file("other.txt", list).file("again/LIST.txt", list);
    let of = |list: &str| home.run(["match", list, "--json"]).json()["entries"][1].clone();
    home.run(["pin", "list.txt", "2", "Music/a/Amber.wav"]).ends(0);
    assert_eq!(about(&home, &of("other.txt")).0, "c/Basalt.wav", "sure without the pin");
    assert_eq!(about(&home, &of("again/LIST.txt")), is("a/Amber.wav", "sure", "pinned"), "the same listing");
    fs::remove_file(home.path("Music/c/Basalt.wav")).unwrap();
    assert_eq!(about(&home, &of("other.txt")), is("a/Amber.wav", "sure", "pinned"));
    home.run(["pin", "list.txt", "2", "Music/a/Amber.wav", "--here"]).ends(0);
    assert_ne!(about(&home, &of("other.txt")).2, "pinned");
}

#[test]
fn pins_are_listed_and_forgotten() {
    let home = pinned();
    home.run(["pin", "list.txt", "2", "--none", "--dry-run"]).ends(0);
    let pins = home.run(["pins"]).ends(0).says_nothing();
    assert_eq!(pins.lines().len(), 1, "{pins}");
    assert!(pins.out().contains("Velo - Amber  ->  /") && pins.out().contains("[from list]"), "{pins}");
    let json = home.run(["pins", "--json"]).ends(0).json();
    assert_eq!(json[0]["title"], "Amber");
    assert_eq!(json[0]["state"], "there");
    home.run(["unpin", "list.txt", "--all", "--dry-run"]).ends(0);
    assert_eq!(home.run(["pins"]).lines().len(), 1);
    home.run(["unpin", "--all"]).ends(0);
    let none = home.run(["pins"]).ends(0);
    assert_eq!((none.out(), none.err.as_str()), ("", "nothing is pinned\n"));
    assert_eq!(first(&home).0, "a/Amber.wav");
}

#[test]
fn a_pin_whose_music_folder_is_not_there_is_away() {
    let home = pinned();
    let state = |words: &[&str]| home.run(words).ends(0).json()[0]["state"].clone();
    fs::rename(home.path("Music"), home.path("Elsewhere")).unwrap();
    assert_eq!(state(&["pins", "--json", "--music", "Music"]), "away");
    fs::create_dir(home.path("Music")).unwrap();
    assert_eq!(state(&["pins", "--json", "--music", "Music"]), "away", "what a drive is mounted on");
    fs::write(home.path("Music/other.txt"), "").unwrap();
    assert_eq!(state(&["pins", "--json", "--music", "Music"]), "moved or gone");
}

#[test]
fn bad_input_gets_one_clear_sentence() {
    let home = home().file("no.mp3", "words").file("notes.txt", "");
    let bad = |words: &[&str]| -> Outcome { home.run(words).ends(1).says_only_one_sentence() };
    bad(&["pin", "list.txt", "3", "Music/c/Basalt.wav"]).says("there is no entry 3: the listing has 2");
    bad(&["pin", "list.txt", "1", "nowhere.wav"]).says("nowhere.wav cannot be opened");
    bad(&["pin", "list.txt", "1", "notes.txt"]).says("notes.txt is no audio file that tonearm plays");
    bad(&["pin", "list.txt", "1", "Music"]).says("Music is no file");
    bad(&["pin", "list.txt", "1", "no.mp3"]).says("no.mp3 holds no sound that can be read");
    bad(&["pin", "gone.txt", "1", "--none"]).says("gone.txt cannot be opened");
    bad(&["unpin", "list.txt", "1"]).says("1. Velo - Amber is not pinned");
    for words in [
        &["pin", "list.txt", "1"][..],
        &["pin", "list.txt", "0", "--none"],
        &["unpin", "list.txt"],
        &["unpin"],
    ] {
        home.run(words).ends(2);
    }
    let home = home.file("state/pins.toml", "# mine\n[[pin]]\nartist = 3\n");
    for words in [&["match", "list.txt"][..], &["pins"], &["play", "list.txt"], &["unpin", "--all"]] {
        home.run(words).ends(1).says("pins.toml, line 3: \"artist\" takes text in quotes");
    }
    assert_eq!(fs::read_to_string(pins_file(&home)).unwrap(), "# mine\n[[pin]]\nartist = 3\n");
}

mod a_drive_that_is_away {
    use super::*;

    /// A home whose music was known and is not there now.
    fn away(home: Home, leave_empty: bool) -> Home {
        home.run(["scan"]).ends(0);
        fs::rename(home.path("Music"), home.path("elsewhere")).unwrap();
        if leave_empty {
            fs::create_dir(home.path("Music")).unwrap();
        }
        home
    }

    #[test]
    fn is_away_and_comes_back() {
        for leave_empty in [false, true] {
            let home = away(pinned(), leave_empty);
            for _ in 0..2 {
                let outcome = home.run(["match", "list.txt", "--json"]).ends(3).says("Music is away");
                let object = outcome.json();
                for entry in object["entries"].as_array().unwrap() {
                    assert_eq!(about(&home, entry), is("-", "away", "its drive is away"));
                    assert!(entry["candidates"][0]["file"].as_str().unwrap().contains("/Music/"), "{entry}");
                }
            }
            let table = home.run(["match", "list.txt", "-q"]).ends(3);
            assert!(table.out().contains("⏏ 1") && table.out().contains("2 away"), "{table}");
            let play = home.run(["play", "list.txt", "--output", "null", "-q"]).ends(1);
            play.says("nothing to play: the music is on a drive that is away");
            if leave_empty {
                fs::remove_dir(home.path("Music")).unwrap();
            }
            fs::rename(home.path("elsewhere"), home.path("Music")).unwrap();
            assert_eq!(first(&home), is("b/Amber (Live).wav", "sure", "pinned"));
        }
    }

    #[test]
    fn does_not_hide_what_was_copied_from_it() {
        let home = away(pinned(), false);
        fs::create_dir(home.path("copies")).unwrap();
        fs::copy(home.path("elsewhere/b/Amber (Live).wav"), home.path("copies/z.wav")).unwrap();
        let entries =
            home.run(["match", "list.txt", "--json", "--music", "Music", "--music", "copies"]).ends(3).json();
        assert!(entries["entries"][0]["file"].as_str().unwrap().ends_with("copies/z.wav"), "{entries}");
        assert_eq!(entries["entries"][1]["status"], "away");
    }

    #[test]
    fn a_folder_of_which_nothing_is_known_is_an_error() {
        let home = home();
        home.run(["match", "list.txt", "--music", "Musik"])
            .ends(1)
            .says("there is no music folder Musik: say --music DIR");
    }
}
