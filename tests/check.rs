//! What `tonearm check` finds in real files that were damaged in known places, and that it finds nothing in
//! those that were not.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::{Home, Sound};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(fixtures().join(name)).unwrap()
}

#[test]
fn whole_files_are_well_and_flac_proves_it() {
    let home = Home::new();
    let outcome = home.run(["check", fixtures().to_str().unwrap(), "--json"]).ends(0);
    let object = outcome.json();
    assert_eq!(object["wrong"], 0);
    let files = object["files"].as_array().unwrap();
    assert!(files.len() >= 15, "{outcome}");
    for file in files {
        assert_eq!((&file["ok"], &file["truncated"]), (&true.into(), &false.into()), "{file}");
        let is_flac = file["codec"].as_str().unwrap().starts_with("FLAC");
        assert_eq!(file["md5"], if is_flac { true.into() } else { serde_json::Value::Null }, "{file}");
    }
    let outcome = home.run(["check", fixtures().to_str().unwrap()]).ends(0);
    assert_eq!(outcome.out(), "");
}

#[test]
fn damage_is_told_with_its_time() {
    let mut damaged = bytes("short.flac");
    let at = damaged.len() / 2;
    damaged[at..at + 40].fill(0x55);
    let home = Home::new().file("Music/a.flac", damaged);
    let outcome = home.run(["check", "Music/a.flac"]).ends(3);
    // Packets hold 1024 frames at 44.1 kHz; the middle of the file lies in the third.
    assert!(outcome.out().starts_with("Music/a.flac: damaged at 0:00."), "{outcome}");
    assert!(outcome.out().contains("MD5"), "{outcome}");
}

#[test]
fn samples_that_are_not_those_of_the_checksum_are_told() {
    // The MD5 stands in the last 16 bytes of STREAMINFO: 4 of `fLaC`, 4 of header, 34 of body.
    let mut flac = bytes("short.flac");
    flac[4 + 4 + 20] ^= 1;
    let home = Home::new().file("a.flac", flac);
    let outcome = home.run(["check", "a.flac"]).ends(3);
    assert_eq!(outcome.lines().len(), 1, "{outcome}");
    assert!(outcome.out().contains("MD5"), "{outcome}");
}

#[test]
fn files_cut_short_are_told() {
    let home = Home::new();
    for name in ["short.flac", "lame.mp3", "lavc.m4a", "vorbis.ogg", "opus.opus", "mono24.aiff"] {
        let whole = bytes(name);
        fs::write(home.path(name), &whole[..whole.len() * 2 / 3]).unwrap();
        let outcome = home.run(["check", name]).ends(3);
        assert!(!outcome.out().is_empty(), "{outcome}");
    }
    let outcome = home.run(["check", "lame.mp3"]).ends(3);
    assert!(outcome.out().contains("truncated: 0:00."), "{outcome}");
}

#[test]
fn clipping_and_silence_are_wrong_where_they_are_heard() {
    let tone = |seconds: usize| Sound::tone(8000 * seconds).samples;
    let written = |samples: Vec<f32>| Sound { samples, ..Sound::tone(1) };
    let (mut loud, mut clipped) = (tone(4), tone(4));
    // Of 32000 samples, 32 are one in a thousand.
    loud[1000..1032].fill(1.0);
    clipped[1000..1033].fill(1.0);
    let (pause, gap) = (vec![0.0; 79_000], vec![0.0; 80_100]);
    let files = [
        ("loud", loud, 0, "note: clipped in 1 place"),
        ("clipped", clipped, 3, "clipped in 1 place"),
        ("pause", [tone(1), pause, tone(1)].concat(), 0, ""),
        ("gap", [tone(1), gap.clone(), tone(1)].concat(), 3, "silent from 0:01.000 to 0:11.012"),
        ("tail", [tone(1), gap.clone()].concat(), 0, ""),
        ("silent", gap, 3, "silent from beginning to end"),
    ];
    let home = Home::new();
    for (name, samples, code, words) in files {
        let file = format!("{name}.wav");
        written(samples).write(&home.path(&file));
        let outcome = home.run(["check", &file, "-q"]).ends(code);
        let expected = if words.is_empty() { String::new() } else { format!("{file}: {words}\n") };
        assert_eq!(outcome.out(), expected, "{outcome}");
    }
    let object = home.run(["check", "gap.wav", "--json"]).ends(3).json();
    assert_eq!((&object["files"][0]["ok"], &object["files"][0]["gap"]["from"]), (&false.into(), &1.0.into()));
}

#[test]
fn what_does_not_decode_or_is_missing_is_told() {
    let home = Home::new()
        .with_three_songs()
        .file("a.wv", b"wvpk\0\0\0\0")
        .file("more.txt", "1. Velo - Amber\n2. Zzyzx Quorum - Nothing Anybody Has\n");
    let outcome = home.run(["check", "a.wv"]);
    assert!([1, 3].contains(&outcome.code()), "{outcome}");
    let outcome = home.run(["check", "more.txt"]).ends(3);
    assert_eq!(outcome.out(), "missing: 2. Zzyzx Quorum - Nothing Anybody Has\n");
    home.run(["check", "Music"]).ends(0);
}
