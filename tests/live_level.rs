//! Loudness, tags and renderings held against other people's programs: ffmpeg's meters, flac's decoder, metaflac's
//! tags. Run with `cargo test --features live-tests --test live_level`. Needs no sound server.
//! A test that lacks a program says which, and fails.
#![allow(clippy::unwrap_used)]

mod support;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use support::{Home, Sound, assert_same, samples};
use tonearm::playback::Sample;
use tonearm::playback::level;

/// Runs a program to its end; gives its standard output and standard error.
#[track_caller]
fn run<S: AsRef<OsStr>>(program: &str, words: impl IntoIterator<Item = S>) -> (Vec<u8>, String) {
    let ran = Command::new(program).args(words).stdin(Stdio::null()).output();
    let output = ran.unwrap_or_else(|error| panic!("this test needs the program `{program}`: {error}"));
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program}: {err}");
    (output.stdout, err)
}

/// Twelve seconds in which soft and loud parts follow each other, in two channels of 16 bits.
fn music(level: f32) -> Sound {
    let mut sound = Sound::music(44_100, 2, Sample::S16, 44_100 * 12);
    for (n, sample) in sound.samples.iter_mut().enumerate() {
        let swell = 0.55 + 0.45 * (n as f32 / 88_200.0 * 1.3).sin();
        *sample = (*sample * swell * level * 32_768.0).round() / 32_768.0;
    }
    sound
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What ffmpeg's meter says at the end: LUFS, range in LU, true peak in dBTP. Its loudnorm filter is no meter: with
/// loudness that changes it is up to half a LU off its own `ebur128`.
fn ebur128(path: &Path) -> [f64; 3] {
    let filter = "ebur128=metadata=1:peak=true,ametadata=print:file=-";
    let words = ["-v", "error", "-nostdin", "-i", text(path), "-af", filter, "-f", "null", "-"];
    let said = String::from_utf8(run("ffmpeg", words).0).unwrap();
    let last = |key: &str| -> f64 {
        let said = said.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('=')).next_back();
        said.unwrap_or_else(|| panic!("no {key}")).parse().unwrap()
    };
    let peak = ["lavfi.r128.true_peaks_ch0", "lavfi.r128.true_peaks_ch1"].map(last);
    [last("lavfi.r128.I"), last("lavfi.r128.LRA"), 20.0 * peak[0].max(peak[1]).log10()]
}

#[test]
fn loudness_is_what_ffmpeg_measures() {
    let home = Home::new();
    music(0.8).write(&home.path("loud.wav"));
    music(0.11).write(&home.path("soft.wav"));
    for (name, encoder) in
        [("a.flac", "flac"), ("b.mp3", "libmp3lame"), ("c.opus", "libopus"), ("d.ogg", "libvorbis")]
    {
        let (from, to) =
            (home.path(if name < "c" { "loud.wav" } else { "soft.wav" }), home.path("Music").join(name));
        run("ffmpeg", ["-v", "error", "-i", text(&from), "-c:a", encoder, text(&to)]);
    }
    let object = home.run(["loudness", "Music", "--json"]).ends(0).json();
    let tracks = object["tracks"].as_array().unwrap();
    assert_eq!(tracks.len(), 4);
    for track in tracks {
        let [lufs, range, peak] = ebur128(Path::new(track["file"].as_str().unwrap()));
        let near = |key: &str, theirs: f64, tolerance: f64| {
            let ours = track[key].as_f64().unwrap();
            assert!((ours - theirs).abs() <= tolerance, "{key}: ours {ours}, ffmpeg's {theirs}: {track}");
        };
        near("lufs", lufs, 0.1);
        near("true_peak_dbtp", peak, 0.3);
        // Its range is of stretches ten times as close.
        near("range_lu", range, 1.0);
    }
}

#[test]
fn a_release_is_as_loud_as_its_tracks_in_one_file() {
    let home = Home::new();
    let all = [0.8, 0.11, 0.4].map(music);
    for (n, sound) in all.iter().enumerate() {
        let wav = home.path(format!("{n}.wav"));
        sound.write(&wav);
        let flac = home.path(format!("Music/{n}.flac"));
        run("flac", ["--silent", "-T", "ALBUM=All", "-o", text(&flac), text(&wav)]);
    }
    let joined = all.iter().flat_map(|sound| sound.samples.clone()).collect();
    Sound { samples: joined, ..all[0].clone() }.write(&home.path("all.wav"));
    let [lufs, ..] = ebur128(&home.path("all.wav"));
    let object = home.run(["loudness", "Music", "--json"]).ends(0).json();
    let ours = object["releases"][0]["lufs"].as_f64().unwrap();
    assert!((ours - lufs).abs() <= 0.1, "ours {ours}, ffmpeg's {lufs}");
    // Once more, from what was remembered.
    assert_eq!(home.run(["loudness", "Music", "--json"]).ends(0).json(), object);
}

#[test]
fn tags_that_are_written_are_read_by_others_and_nothing_else_changes() {
    let home = Home::new();
    music(0.8).write(&home.path("a.wav"));
    let (wav, flac) = (home.path("a.wav"), home.path("Music/a.flac"));
    fs::write(home.path("a.png"), png()).unwrap();
    let picture = format!("3|image/png|front||{}", text(&home.path("a.png")));
    let words =
        ["--silent", "-T", "TITLE=One", "-T", "MY OWN=words", "--picture", &picture, "-S", "10x", "-o"];
    run("flac", words.into_iter().chain([text(&flac), text(&wav)]));
    for (name, encoder) in
        [("a.mp3", "libmp3lame"), ("a.m4a", "aac"), ("a.ogg", "libvorbis"), ("a.opus", "libopus")]
    {
        let to = home.path("Music").join(name);
        run(
            "ffmpeg",
            ["-v", "error", "-i", text(&wav), "-metadata", "title=One", "-c:a", encoder, text(&to)],
        );
    }
    let blocks = |name: &str| {
        let words = ["--list", "--except-block-type=PADDING,VORBIS_COMMENT", "--data-format=text", name];
        let (list, _) = run("metaflac", words);
        // The numbers of blocks count the padding too.
        let lines = String::from_utf8(list).unwrap();
        lines
            .lines()
            .filter(|line| !line.contains("block #") && !line.contains("is last"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let before = (blocks(text(&flac)), run("flac", ["-s", "-d", "-c", text(&flac)]).0);
    home.run(["loudness", "Music", "--write"]).ends(0).says("5 files tagged");
    run("flac", ["--silent", "--test", text(&flac)]);
    assert!(before == (blocks(text(&flac)), run("flac", ["-s", "-d", "-c", text(&flac)]).0));
    let shown = |tag: &str| {
        let (out, _) = run("metaflac", [&format!("--show-tag={tag}"), text(&flac)]);
        String::from_utf8(out).unwrap().trim().to_owned()
    };
    let db = level::read(&flac).track.unwrap().db;
    assert_eq!(shown("REPLAYGAIN_TRACK_GAIN"), format!("REPLAYGAIN_TRACK_GAIN={db:.2} dB"));
    assert_eq!((shown("TITLE"), shown("MY OWN")), ("TITLE=One".into(), "MY OWN=words".into()));
    for name in ["a.mp3", "a.m4a", "a.ogg", "a.opus"] {
        let file = home.path("Music").join(name);
        let words = ["-v", "error", "-show_entries", "format_tags:stream_tags", "-of", "json", text(&file)];
        let tags = String::from_utf8(run("ffprobe", words).0).unwrap().to_ascii_uppercase();
        let gain = if name == "a.opus" { "R128_TRACK_GAIN" } else { "REPLAYGAIN_TRACK_GAIN" };
        assert!(tags.contains(gain) && tags.contains("\"ONE\""), "{name}: {tags}");
        run("ffmpeg", ["-v", "error", "-xerror", "-i", text(&file), "-f", "null", "-"]);
    }
}

/// A picture of one point.
fn png() -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    file.extend(b"\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55");
    file.extend(b"\0\0\0\nIDAT\x78\xda\x63\x60\0\0\0\x02\0\x01\xe5\x27\xde\xfc\0\0\0\0IEND\xae\x42\x60\x82");
    file
}

#[test]
fn the_tags_of_metaflac_are_obeyed() {
    let home = Home::new();
    music(0.8).write(&home.path("a.wav"));
    let flac = home.path("a.flac");
    run("flac", ["--silent", "-o", text(&flac), text(&home.path("a.wav"))]);
    run("metaflac", ["--add-replay-gain", text(&flac)]);
    let (shown, _) = run("metaflac", ["--show-tag=REPLAYGAIN_TRACK_GAIN", text(&flac)]);
    let shown = String::from_utf8(shown).unwrap();
    let db: f64 = shown.trim().split_once('=').unwrap().1.trim_end_matches(" dB").parse().unwrap();
    let tags = level::read(&flac);
    assert_eq!(tags.track.unwrap().db, db);
    let peak = tags.track.unwrap().peak.unwrap();
    assert!((peak - f64::from(music(0.8).samples.iter().fold(0.0_f32, |p, s| p.max(s.abs())))).abs() < 1e-4);
    home.run(["render", "a.flac", "-o", "out.wav", "--format", "f32", "--gain", "track"]).ends(0);
    let factor = tags.track.unwrap().factor();
    let want: Vec<f32> = music(0.8).samples.iter().map(|sample| sample * factor).collect();
    assert_same(&Sound::read(&fs::read(home.path("out.wav")).unwrap()).samples, &want);
}

#[test]
fn renderings_are_what_flac_decodes_and_ffmpeg_reads() {
    let home = Home::new();
    for (sample, depth) in [(Sample::S16, "s16le"), (Sample::S24, "s24le")] {
        let sound = Sound::music(48_000, 2, sample, 30_011);
        sound.write(&home.path("a.wav"));
        run("flac", ["-f", "--silent", "-o", text(&home.path("a.flac")), text(&home.path("a.wav"))]);
        home.run(["render", "a.flac", "-o", "out.wav"]).ends(0);
        let (theirs, _) = run(
            "flac",
            [
                "-d",
                "-s",
                "-c",
                "--force-raw-format",
                "--endian=little",
                "--sign=signed",
                text(&home.path("a.flac")),
            ],
        );
        assert_same(
            &Sound::read(&fs::read(home.path("out.wav")).unwrap()).samples,
            &samples(&theirs, sample),
        );
        // A stream says no length; programs read it to its end.
        let stream =
            home.run(["render", "a.flac", "-o", "-", "--from", "0.25", "--to", "24000f"]).ends(0).bytes;
        fs::write(home.path("stream.wav"), stream).unwrap();
        let words =
            ["-v", "error", "-i", text(&home.path("stream.wav")), "-f", depth, "-"].map(str::to_owned);
        assert!(
            run("ffmpeg", words).0
                == theirs[12_000 * 2 * usize::from(sample.bytes())..]
                    [..12_000 * 2 * usize::from(sample.bytes())]
        );
    }
}
