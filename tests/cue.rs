//! A whole disc in one file and its cue sheet: it plays, renders, matches and is measured as its tracks, and all
//! its tracks together are the file, sample for sample.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;

use lofty::config::WriteOptions;
use lofty::id3::v2::Id3v2Tag;
use lofty::mp4::{Atom, AtomData, AtomIdent, Ilst};
use lofty::ogg::tag::VorbisComments;
use lofty::tag::TagExt;
use support::{Home, Sound, assert_same};
use tonearm::cue::Sector;
use tonearm::library::Tags;
use tonearm::playback::Sample;

const CD: u32 = 44_100;

/// A sheet of three tracks of one file, the marks in sectors.
fn sheet(file: &str, marks: [u32; 3]) -> String {
    let [first, second, third] = marks.map(Sector);
    format!(
        "REM DATE 1985\nPERFORMER \"Velo\"\nTITLE \"Stones\"\nFILE \"{file}\" WAVE\n\
         \x20 TRACK 01 AUDIO\n    TITLE \"Amber\"\n    INDEX 01 {first}\n\
         \x20 TRACK 02 AUDIO\n    TITLE \"Basalt\"\n    INDEX 00 {}\n    INDEX 01 {second}\n\
         \x20 TRACK 03 AUDIO\n    TITLE \"Cobalt\"\n    PERFORMER \"Nova Kite\"\n    INDEX 01 {third}\n",
        Sector(second.0.saturating_sub(10))
    )
}

/// A disc of three seconds and a bit, untagged, and its sheet beside it.
fn disc() -> (Home, Sound) {
    let sound = Sound::music(CD, 2, Sample::S16, 3 * CD as usize + 123);
    let home = Home::new()
        .sound("Stones.wav", &sound, &Tags::default())
        .file("Music/Stones.cue", sheet("Stones.wav", [0, 76, 151]));
    (home, sound)
}

/// What a rendering of these words gives.
fn rendered(home: &Home, words: &[&str]) -> Sound {
    let mut all = vec!["render", "-o", "out.wav"];
    all.extend(words);
    home.run(all).ends(0);
    Sound::read(&fs::read(home.path("out.wav")).unwrap())
}

/// The frames of a sound in these sectors.
fn cut(sound: &Sound, from: u32, to: Option<u32>) -> &[f32] {
    let channels = usize::from(sound.shape.channels);
    let at = |sector: u32| Sector(sector).frame(sound.shape.rate) as usize * channels;
    &sound.samples[at(from)..to.map_or(sound.samples.len(), at)]
}

#[test]
fn the_tracks_of_a_disc_are_the_disc() {
    let (home, sound) = disc();
    assert_same(&rendered(&home, &["Music/Stones.cue"]).samples, &sound.samples);
    home.run(["play", "Music/Stones.cue", "--output", "wav:played.wav"]).ends(0);
    assert_same(&Sound::read(&fs::read(home.path("played.wav")).unwrap()).samples, &sound.samples);
}

#[test]
fn a_part_of_the_tracks_is_cut_at_the_marks() {
    let (home, sound) = disc();
    home.run(["play", "Music/Stones.cue", "--start", "2", "--output", "wav:played.wav"]).ends(0);
    let played = Sound::read(&fs::read(home.path("played.wav")).unwrap());
    assert_same(&played.samples, cut(&sound, 76, None));

    let third_then_first = "[[track]]\ntitle = \"Cobalt\"\nfile = \"Music/Stones.wav\"\nfrom = \"2.013\"\n\
                            [[track]]\ntitle = \"Amber\"\nfile = \"Music/Stones.wav\"\nto = \"0:01.013\"\n";
    let home = home.file("two.toml", third_then_first);
    let want = [cut(&sound, 151, None), cut(&sound, 0, Some(76))].concat();
    assert_same(&rendered(&home, &["two.toml"]).samples, &want);
    let range = ["two.toml", "--from", "44000f", "--to", "44200f"];
    assert_same(&rendered(&home, &range).samples, &want[88_000..88_400]);
}

#[test]
fn marks_of_any_rate_and_depth_join_without_loss() {
    for (rate, sample) in
        [(8000, Sample::S16), (22_050, Sample::S16), (48_000, Sample::S24), (96_000, Sample::S24)]
    {
        let sound = Sound::music(rate, 2, sample, rate as usize * 2 + 7);
        for marks in [[0, 11, 12], [0, 74, 149], [0, 13, 150]] {
            let home = Home::new()
                .sound("a.wav", &sound, &Tags::default())
                .file("a.cue", sheet("Music/a.wav", marks));
            let got = rendered(&home, &["a.cue"]);
            assert_eq!(got.shape, sound.shape);
            assert_same(&got.samples, &sound.samples);
        }
    }
}

#[test]
fn lossy_discs_are_the_same_with_marks_and_without() {
    for name in ["lame.mp3", "lavc.m4a", "vorbis.ogg", "opus.opus", "short.flac", "adts.aac"] {
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
        let home = Home::new().file(name, fs::read(fixture).unwrap()).file("a.cue", sheet(name, [0, 2, 5]));
        let whole = rendered(&home, &[name]);
        assert_same(&rendered(&home, &["a.cue"]).samples, &whole.samples);
    }
}

#[test]
fn a_sheet_matches_as_its_tracks() {
    let (home, _) = disc();
    let json = home.run(["match", "Music/Stones.cue", "--json"]).ends(0).json();
    let entries = json["entries"].as_array().unwrap();
    let told: Vec<String> = entries
        .iter()
        .map(|entry| format!("{} {} {} {}", entry["artist"], entry["title"], entry["status"], entry["part"]))
        .collect();
    assert_eq!(
        told,
        [
            r#""Velo" "Amber" "sure" {"from":0.0,"to":1.013333333}"#,
            r#""Velo" "Basalt" "sure" {"from":1.013333333,"to":2.013333333}"#,
            r#""Nova Kite" "Cobalt" "sure" {"from":2.013333333,"to":null}"#,
        ]
    );
    assert!(entries.iter().all(|entry| entry["file"].as_str().unwrap().ends_with("/Stones.wav")));
    let table = home.run(["match", "Music/Stones.cue"]).ends(0);
    assert!(table.out().contains("Stones.wav from 00:02:01"), "{table}");
}

#[test]
fn the_file_is_found_when_it_was_converted_or_renamed() {
    let sound = Sound::music(CD, 2, Sample::S16, 3 * CD as usize);
    for (sheet_name, file) in [("Music/Stones.cue", "CDImage.wav"), ("Music/other.cue", "Stones.ape")] {
        let home = Home::new()
            .sound("Stones.wav", &sound, &Tags::default())
            .file(sheet_name, sheet(file, [0, 76, 151]));
        assert_same(&rendered(&home, &[sheet_name]).samples, &sound.samples);
    }
}

#[test]
fn a_track_behind_the_end_of_its_file_fails_alone() {
    let sound = Sound::music(CD, 2, Sample::S16, CD as usize);
    let home = Home::new()
        .sound("a.wav", &sound, &Tags::default())
        .file("a.cue", sheet("Music/a.wav", [0, 40, 500]));
    home.run(["render", "a.cue", "-o", "out.wav"]).ends(3).says("a.wav ends before this track of it begins");
    assert_same(&Sound::read(&fs::read(home.path("out.wav")).unwrap()).samples, &sound.samples);
}

#[test]
fn sheets_in_and_out_lose_nothing() {
    let (home, sound) = disc();
    let gains = "    REM REPLAYGAIN_TRACK_GAIN -6.52 dB\n    REM REPLAYGAIN_TRACK_PEAK 0.988553\n";
    let text = sheet("Stones.wav", [0, 76, 151])
        .replace("    INDEX 01 00:01", &format!("{gains}    INDEX 01 00:01"));
    let text = format!("REM REPLAYGAIN_ALBUM_GAIN -5.00 dB\n{text}");
    let home = home.file("Music/gains.cue", text);
    home.run(["import", "Music/gains.cue", "-o", "Music/a.toml"]).ends(0).says_nothing();
    let toml = fs::read_to_string(home.path("Music/a.toml")).unwrap();
    assert!(
        toml.contains("from = \"0:01.013\"\nto = \"0:02.013\"\ngain = \"-6.52 dB\"\npeak = \"0.988553\"\n"),
        "{toml}"
    );
    for format in ["cue", "json", "toml"] {
        let out = format!("Music/b.{format}");
        home.run(["export", "Music/a.toml", "--to", format, "-o", &out]).ends(0).says_nothing();
        let again = home.run(["import", &out]).ends(0).out().replace(&format!("b.{format}"), "gains.cue");
        assert_eq!(again, toml, "{format}");
        assert_same(&rendered(&home, &[&out]).samples, &sound.samples);
    }
}

#[test]
fn formats_without_parts_get_the_disc_and_say_so() {
    let (home, sound) = disc();
    let outcome = home.run(["export", "Music/Stones.cue", "--to", "m3u8", "-o", "Music/out.m3u8"]).ends(0);
    outcome.says("3 tracks are written as the one file").says_only_one_sentence();
    assert_same(&rendered(&home, &["Music/out.m3u8"]).samples, &sound.samples);
    let one = "[[track]]\ntitle = \"Basalt\"\nfile = \"Stones.wav\"\nfrom = \"1.013\"\nto = \"2.013\"\n";
    let home = home.file("Music/one.toml", one);
    let outcome = home.run(["export", "Music/one.toml", "--to", "m3u8"]).ends(3);
    assert!(outcome.out().contains("# no file: Basalt"), "{outcome}");
    outcome.says("1 track is written without a file");
}

#[test]
fn a_disc_is_checked_once_and_measured_as_its_tracks() {
    let (home, _) = disc();
    let outcome = home.run(["check", "Music/Stones.cue"]).ends(0);
    outcome.says("1 files checked");
    let json = home.run(["loudness", "Music/Stones.cue", "--json"]).ends(0).json();
    let tracks = json["tracks"].as_array().unwrap();
    assert_eq!(tracks.len(), 3);
    assert_eq!(tracks[1]["part"]["from"].as_f64(), Some(1.013_333_333));
    assert_eq!(json["releases"].as_array().unwrap().len(), 1, "the disc");
    let whole = home.run(["loudness", "Music/Stones.wav", "--json"]).ends(0).json();
    let close = |a: &serde_json::Value, b: &serde_json::Value| {
        (a["lufs"].as_f64().unwrap() - b["lufs"].as_f64().unwrap()).abs() < 0.3
    };
    assert!(close(&json["releases"][0], &whole["tracks"][0]), "{json} {whole}");
    let before = fs::read(home.path("Music/Stones.wav")).unwrap();
    home.run(["loudness", "Music/Stones.cue", "--write"]).ends(3).says("its gain is not stored");
    assert_eq!(fs::read(home.path("Music/Stones.wav")).unwrap(), before);
}

#[test]
fn the_gain_of_the_sheet_is_obeyed() {
    let (home, sound) = disc();
    let text = sheet("Stones.wav", [0, 76, 151])
        .replace("    INDEX 00", "    REM REPLAYGAIN_TRACK_GAIN -6.0206 dB\n    INDEX 00");
    let home = home.file("Music/gain.cue", text);
    let got = rendered(&home, &["Music/gain.cue", "--gain", "track", "--format", "f32"]);
    assert_same(&got.samples[..cut(&sound, 0, Some(76)).len()], cut(&sound, 0, Some(76)));
    let (from, to) = (cut(&sound, 0, Some(76)).len(), cut(&sound, 0, Some(151)).len());
    let off = |n: usize| (got.samples[n] - sound.samples[n] * 0.5).abs();
    assert!((from..to).all(|n| off(n) < 1e-4));
    assert_same(&got.samples[to..], &sound.samples[to..]);
}

#[test]
fn a_disc_that_is_an_image_says_so() {
    let text = sheet("disc.bin", [0, 76, 151]).replace("WAVE", "BINARY");
    let home = Home::new().file("disc.cue", text).file("disc.bin", [0; 4000]);
    let outcome = home.run(["match", "disc.cue"]);
    assert!(outcome.out().contains("an image of a disc, which tonearm does not play"), "{outcome}");
}

/// Words of a listing and the parts of files that they get.
fn matched(home: &Home, listing: &str) -> Vec<String> {
    let json = home.run(["match", listing, "--json"]).json();
    let line = |entry: &serde_json::Value| {
        let name = entry["file"].as_str().map_or("-", |path| path.rsplit('/').next().unwrap());
        format!("{} {name} {}", entry["status"].as_str().unwrap(), entry["part"]["from"])
    };
    json["entries"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn a_listing_finds_its_songs_on_a_disc() {
    let (home, sound) = disc();
    let home = home.song("else/Dust.wav", "Velo", "Dust").file(
        "list.txt",
        "1. Nova Kite - Cobalt\n2. Velo - Dust\n3. Velo - Amber\n4. Velo - Nothing Like It\n",
    );
    let want = ["sure Stones.wav 2.013333333", "sure Dust.wav null", "sure Stones.wav 0.0", "missing - null"];
    for _ in 0..2 {
        assert_eq!(matched(&home, "list.txt"), want, "read, and from the index");
    }
    home.run(["render", "list.txt", "-o", "out.wav"]).ends(3);
    let got = Sound::read(&fs::read(home.path("out.wav")).unwrap());
    assert_same(&got.samples[..cut(&sound, 151, None).len()], cut(&sound, 151, None));
    assert_same(&got.samples[got.samples.len() - cut(&sound, 0, Some(76)).len()..], cut(&sound, 0, Some(76)));

    // The album's name is no song of it.
    let home = home.file("album.txt", "1. Velo - Stones\n");
    assert_eq!(matched(&home, "album.txt"), ["missing - null"]);
    fs::remove_file(home.path("Music/Stones.cue")).unwrap();
    assert_eq!(matched(&home, "list.txt")[0], "missing - null", "without its sheet it is a file again");
    assert_eq!(home.run(["scan", "--json"]).json()["tracks"], 2);
}

#[test]
fn a_folder_plays_a_disc_once() {
    let (home, sound) = disc();
    assert_same(&rendered(&home, &["Music"]).samples, &sound.samples);
    let json = home.run(["match", "Music", "--json"]).json();
    assert_eq!(json["entries"].as_array().unwrap().len(), 3);
    assert_eq!(json["entries"][1]["title"], "Basalt");
}

#[test]
fn a_sheet_inside_a_file_makes_it_a_disc() {
    let flac = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/short.flac")).unwrap();
    let whole = rendered(&Home::new().file("a.flac", &flac), &["a.flac"]);
    let home = Home::new().file("Music/disc.flac", &flac);
    let mut tag = VorbisComments::default();
    tag.push("cuesheet".into(), sheet("x.wav", [0, 2, 5]));
    tag.save_to_path(home.path("Music/disc.flac"), WriteOptions::default()).unwrap();
    let json = home.run(["match", "Music/disc.flac", "--json"]).ends(0).json();
    assert_eq!(json["entries"].as_array().unwrap().len(), 3);
    assert_eq!(json["entries"][2]["artist"], "Nova Kite");
    assert_same(&rendered(&home, &["Music/disc.flac"]).samples, &whole.samples);
    let home = home.file("list.txt", "Nova Kite - Cobalt\nVelo - Basalt\n");
    assert_eq!(matched(&home, "list.txt"), ["sure disc.flac 0.066666666", "sure disc.flac 0.026666666"]);
}

#[test]
fn the_tags_of_an_mp3_may_hold_a_sheet_too() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lame.mp3");
    let home = Home::new().file("disc.mp3", fs::read(path).unwrap());
    let whole = rendered(&home, &["disc.mp3"]);
    let mut tag = Id3v2Tag::default();
    tag.insert_user_text("CUESHEET".into(), sheet("disc.mp3", [0, 20, 50]));
    tag.save_to_path(home.path("disc.mp3"), WriteOptions::default()).unwrap();
    let json = home.run(["match", "disc.mp3", "--json"]).ends(0).json();
    assert_eq!(json["entries"].as_array().unwrap().len(), 3);
    assert_same(&rendered(&home, &["disc.mp3"]).samples, &whole.samples);
}

/// A home with the fixture as `Music/NAME`, and its sound as a whole.
fn with_fixture(name: &str) -> (Home, Sound) {
    let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap();
    let whole = rendered(&Home::new().file(name, &bytes), &[name]);
    (Home::new().file(&format!("Music/{name}"), bytes), whole)
}

/// The disc is three tracks that join without a frame lost, and a listing finds the second one.
fn assert_is_disc(home: &Home, name: &str, whole: &Sound) {
    let path = format!("Music/{name}");
    let json = home.run(["match", &path, "--json"]).ends(0).json();
    assert_eq!(json["entries"].as_array().unwrap().len(), 3, "{name}");
    assert_same(&rendered(home, &[&path]).samples, &whole.samples);
}

#[test]
fn comments_of_vorbis_and_opus_and_atoms_of_mp4_hold_a_sheet() {
    let text = || sheet("x.wav", [0, 2, 5]);
    let path = |home: &Home, name: &str| home.path("Music").join(name);
    for name in ["vorbis.ogg", "opus.opus", "short.m4a"] {
        let (home, whole) = with_fixture(name);
        if name.ends_with("m4a") {
            let ident = AtomIdent::Freeform { mean: "com.apple.iTunes".into(), name: "cuesheet".into() };
            let mut tag = Ilst::default();
            tag.insert(Atom::new(ident, AtomData::UTF8(text())));
            tag.save_to_path(path(&home, name), WriteOptions::default()).unwrap();
        } else {
            let mut tag = VorbisComments::default();
            tag.push("CUESHEET".into(), text());
            tag.save_to_path(path(&home, name), WriteOptions::default()).unwrap();
        }
        assert_is_disc(&home, name, &whole);
        let home = home.file("list.txt", "Nova Kite - Cobalt\nVelo - Basalt\n");
        let found = matched(&home, "list.txt");
        assert!(found.iter().all(|line| line.starts_with(&format!("sure {name}"))), "{found:?}");
    }
}

#[test]
fn a_tag_of_matroska_holds_a_sheet() {
    let (home, whole) = with_fixture("sheet.mka");
    assert_is_disc(&home, "sheet.mka", &whole);
    let home = home.file("list.txt", "Velo - Cobalt\nVelo - Basalt\n");
    let found = matched(&home, "list.txt");
    assert!(found.iter().all(|line| line.starts_with("sure sheet.mka")), "{found:?}");
}

/// FLAC's own block: tracks that begin at these frames, and the end.
fn flac_block(starts: &[u64]) -> Vec<u8> {
    let mut body = vec![0; 128 + 8 + 1 + 258];
    body.push(starts.len() as u8 + 1);
    for (at, start) in starts.iter().chain([&1_000_000]).enumerate() {
        let is_end = at == starts.len();
        body.extend(start.to_be_bytes());
        body.push(if is_end { 170 } else { at as u8 + 1 });
        body.extend([0; 12 + 1 + 13]);
        body.push(u8::from(!is_end));
        if !is_end {
            body.extend([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
        }
    }
    let size = (body.len() as u32).to_be_bytes();
    [&[5], &size[1..], &body].concat()
}

#[test]
fn flac_has_a_block_for_it() {
    let (home, whole) = with_fixture("short.flac");
    let mut bytes = fs::read(home.path("Music/short.flac")).unwrap();
    assert_eq!(bytes[4] & 0x7f, 0, "the stream's information comes first");
    let block = flac_block(&[0, 588 * 2, 588 * 5]);
    bytes.splice(42..42, block);
    let home = home.file("Music/short.flac", bytes);
    assert_is_disc(&home, "short.flac", &whole);
    let second = ["play", "Music/short.flac", "--start", "2", "--output", "wav:second.wav"];
    home.run(second).ends(0);
    let played = Sound::read(&fs::read(home.path("second.wav")).unwrap());
    assert_same(&played.samples, cut(&whole, 2, None));
}
