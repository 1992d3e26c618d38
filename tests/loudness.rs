//! Loudness: measured, stored in tags without touching the sound, read again, and applied.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::{Home, Sound, assert_same};
use tonearm::library::{ReplayGain, Tags, write_gain, write_tags};
use tonearm::playback::level::{self, Gain};
use tonearm::playback::{Sample, same_sound};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// A home with a release of two loud and soft files, and one file of no release.
fn home() -> Home {
    let loud = Sound::music(44_100, 2, Sample::S16, 44_100);
    let soft: Vec<f32> = loud.samples.iter().map(|s| (s * 8192.0).round() / 32_768.0).collect();
    let soft = Sound { samples: soft, ..loud.clone() };
    let tags = |title: &str, track| Tags {
        title: Some(title.into()),
        album: Some("Both".into()),
        track: Some(track),
        ..Tags::default()
    };
    Home::new().sound("1.wav", &loud, &tags("Loud", 1)).sound("2.wav", &soft, &tags("Soft", 2)).sound(
        "single.wav",
        &soft,
        &Tags::default(),
    )
}

fn rendered(home: &Home, input: &str, gain: &str) -> Sound {
    home.run(["render", input, "-o", "out.wav", "--format", "f32", "--gain", gain]).ends(0);
    Sound::read(&fs::read(home.path("out.wav")).unwrap())
}

#[test]
fn gains_go_into_every_kind_of_file_and_come_back_and_the_sound_stays() {
    let home = Home::new();
    let gains = ReplayGain { track: (-6.5, 0.875), album: Some((-4.25, 0.9375)) };
    for name in [
        "short.flac",
        "lame.mp3",
        "lavc.mp3",
        "untagged.mp3",
        "lavc.m4a",
        "short.m4a",
        "vorbis.ogg",
        "opus.opus",
        "mono24.aiff",
    ] {
        // The copy has another name on purpose: what it is stands inside.
        let copy = home.path("copy");
        fs::copy(fixture(name), &copy).unwrap();
        write_gain(&fixture(name), &copy, &gains).unwrap();
        assert!(same_sound(&fixture(name), &copy).unwrap(), "{name}");
        let file = home.path(name);
        fs::rename(&copy, &file).unwrap();
        let tags = level::read(&file);
        // Opus has no peaks.
        let peak = |peak| (name != "opus.opus").then_some(peak);
        assert_eq!(tags.track, Some(Gain { db: -6.5, peak: peak(0.875) }), "{name}");
        assert_eq!(tags.album, Some(Gain { db: -4.25, peak: peak(0.9375) }), "{name}");
    }
}

#[test]
fn other_tags_stay_and_gains_of_before_go() {
    let home = home();
    let file = home.path("Music/1.wav");
    write_gain(&file, &file, &ReplayGain { track: (1.0, 0.5), album: Some((2.0, 0.5)) }).unwrap();
    write_gain(&file, &file, &ReplayGain { track: (3.0, 0.5), album: None }).unwrap();
    let tags = level::read(&file);
    assert_eq!((tags.track, tags.album), (Some(Gain { db: 3.0, peak: Some(0.5) }), None));
    assert!(tags.release.unwrap().starts_with("Both\n"));
    let shown = home.run(["play", "Music/1.wav", "--output", "wav:out.wav"]).ends(0);
    assert!(shown.out().contains('1'), "{shown}");
}

#[test]
fn tags_that_only_one_kind_of_file_has_stay() {
    use lofty::config::{ParseOptions, WriteOptions};
    use lofty::file::AudioFile;
    use lofty::flac::FlacFile;

    let home = Home::new();
    let file = home.path("a.flac");
    fs::copy(fixture("short.flac"), &file).unwrap();
    let read = || FlacFile::read_from(&mut fs::File::open(&file).unwrap(), ParseOptions::new()).unwrap();
    let mut flac = read();
    let mut comments = flac.remove_vorbis_comments().unwrap_or_default();
    comments.push("MY OWN".into(), "words".into());
    flac.set_vorbis_comments(comments);
    flac.save_to_path(&file, WriteOptions::default()).unwrap();
    write_gain(&file, &file, &ReplayGain { track: (1.0, 0.5), album: None }).unwrap();
    assert_eq!(read().vorbis_comments().unwrap().get("MY OWN"), Some("words"));
}

#[test]
fn the_table_and_the_json_say_how_loud_it_is() {
    let home = home();
    let outcome = home.run(["loudness", "Music"]).ends(0).says_nothing();
    assert_eq!(outcome.lines().len(), 1 + 3 + 1, "{outcome}");
    assert!(outcome.lines()[4].ends_with("release: Both"), "{outcome}");
    let object = home.run(["loudness", "Music", "--json"]).ends(0).json();
    let lufs = |at: usize| object["tracks"][at]["lufs"].as_f64().unwrap();
    // A quarter of the amplitude: 12.04 dB.
    assert!((lufs(0) - lufs(1) - 12.04).abs() < 0.02, "{object}");
    assert_eq!(lufs(1), lufs(2));
    assert!((object["tracks"][0]["gain_db"].as_f64().unwrap() + lufs(0) + 18.0).abs() < 1e-9);
    assert_eq!(object["releases"].as_array().unwrap().len(), 1);
}

#[test]
fn stored_gains_are_heard_where_asked_and_only_there() {
    let home = home();
    let before = rendered(&home, "Music/1.wav", "track");
    let untouched = fs::read(home.path("Music/single.wav")).unwrap();
    home.run(["loudness", "Music/1.wav", "Music/2.wav", "--write"]).ends(0).says("2 files tagged");
    assert!(fs::read(home.path("Music/single.wav")).unwrap() == untouched);

    assert_same(&rendered(&home, "Music/1.wav", "off").samples, &before.samples);
    let factor = level::read(&home.path("Music/1.wav")).track.unwrap().factor();
    assert!(factor < 1.0);
    let softer: Vec<f32> = before.samples.iter().map(|sample| sample * factor).collect();
    assert_same(&rendered(&home, "Music/1.wav", "track").samples, &softer);
    // Alone, a track is no release.
    assert_same(&rendered(&home, "Music/1.wav", "auto").samples, &softer);
    let album = rendered(&home, "Music", "album");
    assert_same(
        &album.samples[..before.samples.len()],
        &rendered(&home, "Music", "auto").samples[..before.samples.len()],
    );
    assert!(album.samples[1000] != softer[1000]);
    home.run(["play", "Music/1.wav", "--output", "wav:played.wav", "--gain", "track"]).ends(0);
    assert!(fs::read(home.path("played.wav")).unwrap().len() > 44_100 * 4);
    home.run(["play", "Music/1.wav", "--gain", "loud"]).ends(2);
}

#[test]
fn what_cannot_be_measured_is_told_and_left_alone() {
    let mut cut = fs::read(fixture("lame.mp3")).unwrap();
    cut.truncate(cut.len() / 2);
    let home = Home::new().file("cut.mp3", &cut);
    home.run(["loudness", "cut.mp3", "--write"]).ends(3).says("cut.mp3 is damaged");
    assert!(fs::read(home.path("cut.mp3")).unwrap() == cut);
}

#[test]
fn sound_check_is_the_last_resort() {
    let home = Home::new();
    let file = home.path("a.mp3");
    let comment = b"\0engiTunNORM\0 00002710 000003E8 0 0 0 0 00004000 0 0 0";
    let mut tag = b"ID3\x03\0\0\0\0\0".to_vec();
    tag.push(comment.len() as u8 + 10);
    tag.extend(b"COMM\0\0\0");
    tag.push(comment.len() as u8);
    tag.extend(b"\0\0");
    tag.extend(comment);
    fs::write(&file, [tag, fs::read(fixture("untagged.mp3")).unwrap()].concat()).unwrap();
    assert_eq!(level::read(&file).track, Some(Gain { db: -10.0, peak: Some(0.5) }));
    write_gain(&file, &file, &ReplayGain { track: (-3.0, 0.5), album: None }).unwrap();
    assert_eq!(level::read(&file).track, Some(Gain { db: -3.0, peak: Some(0.5) }));
    write_tags(&file, &Tags { title: Some("A".into()), ..Tags::default() }).unwrap();
    assert_eq!(level::read(&file).track, Some(Gain { db: -3.0, peak: Some(0.5) }));
}
