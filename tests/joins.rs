//! Not one sample is lost, added or changed between tracks: music is cut into files, the program plays
//! them, and what comes out is held against what was cut.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;

use support::{Home, Outcome, Sound, assert_same, rocky_iv, rocky_iv_listing};
use tonearm::library::Tags;
use tonearm::playback::{Sample, Shape};

const CD: u32 = 44_100;

/// Ten files of one sound, and the program run over the listing with these words.
fn ten_files(sound: &Sound) -> Home {
    let home = Home::new();
    rocky_iv(&home.path("Music/Rocky IV"), &sound.cut(10));
    home
}

fn render(home: &Home, input: &Path, options: &[&str]) -> Outcome {
    let mut words = vec!["render", input.to_str().unwrap(), "-o", "out.wav"];
    words.extend(options);
    home.run(words).ends(0)
}

fn result(home: &Home) -> Sound {
    Sound::read(&fs::read(home.path("out.wav")).unwrap())
}

#[track_caller]
fn assert_is(got: &Sound, want: &Sound) {
    assert_eq!(got.shape, want.shape);
    assert_same(&got.samples, &want.samples);
}

#[test]
fn a_rendered_listing_is_the_sound_that_was_cut() {
    let sound = Sound::music(CD, 2, Sample::S16, 4 * CD as usize + 123);
    let home = ten_files(&sound);
    let music = home.path("Music");
    render(&home, &rocky_iv_listing(), &["--music", music.to_str().unwrap(), "--format", "s16"]);
    assert_is(&result(&home), &sound);
}

#[test]
fn a_played_listing_is_the_sound_that_was_cut() {
    let sound = Sound::music(CD, 2, Sample::S16, 4 * CD as usize + 123);
    let home = ten_files(&sound);
    home.run(["play", rocky_iv_listing().to_str().unwrap(), "--output", "wav:out.wav"]).ends(0);
    assert_is(&result(&home), &sound);
}

#[test]
fn a_rendering_to_standard_output_is_the_same() {
    let sound = Sound::music(CD, 2, Sample::S16, CD as usize);
    let home = ten_files(&sound);
    let outcome = home.run(["render", rocky_iv_listing().to_str().unwrap(), "-o", "-"]).ends(0);
    assert_is(&Sound::read(&outcome.bytes), &sound);
}

#[test]
fn sounds_of_24_bits_keep_all_of_them() {
    let sound = Sound::music(CD, 2, Sample::S24, CD as usize);
    let home = ten_files(&sound);
    render(&home, &rocky_iv_listing(), &[]);
    assert_is(&result(&home), &sound);
    home.run(["play", rocky_iv_listing().to_str().unwrap(), "--output", "wav:out.wav"]).ends(0);
    assert_is(&result(&home), &sound);
}

#[test]
fn one_channel_stays_one_and_two_are_made_of_it_where_asked() {
    let sound = Sound::music(CD, 1, Sample::S16, CD as usize);
    let home = ten_files(&sound);
    render(&home, &rocky_iv_listing(), &[]);
    assert_is(&result(&home), &sound);

    render(&home, &rocky_iv_listing(), &["--channels", "2"]);
    let both: Vec<f32> = sound.samples.iter().flat_map(|sample| [*sample, *sample]).collect();
    let got = result(&home);
    assert_eq!(got.shape, Shape { channels: 2, ..sound.shape });
    assert_eq!(got.frames(), sound.frames());
    assert_same(&got.samples, &both);
}

#[test]
fn tracks_of_one_frame_are_played_too() {
    let sound = Sound::music(CD, 2, Sample::S16, 10);
    let pieces: Vec<Sound> = sound.samples.chunks_exact(2).map(|frame| sound_of(&sound, frame)).collect();
    let home = Home::new();
    rocky_iv(&home.path("Music"), &pieces);
    render(&home, &rocky_iv_listing(), &[]);
    assert_is(&result(&home), &sound);
}

fn sound_of(like: &Sound, samples: &[f32]) -> Sound {
    Sound { shape: like.shape, samples: samples.to_vec() }
}

#[test]
fn ten_resampled_tracks_are_as_long_as_one() {
    let sound = Sound::music(48_000, 2, Sample::S16, 100_003);
    let home = ten_files(&sound);
    render(&home, &rocky_iv_listing(), &["--rate", "44100", "--format", "f32"]);
    let cut = result(&home);
    assert_eq!(cut.frames(), in_cd_frames(100_003));

    let home = Home::new().sound("whole.wav", &sound, &Tags::default());
    render(&home, Path::new("Music/whole.wav"), &["--rate", "44100", "--format", "f32"]);
    assert_is(&cut, &result(&home));
}

/// 48 kHz to 44.1 kHz, to the nearest frame.
fn in_cd_frames(frames: usize) -> usize {
    (frames as f64 * 44_100.0 / 48_000.0).round() as usize
}

#[test]
fn a_track_of_another_rate_leaves_its_neighbours_as_they_are() {
    let before = Sound::music(CD, 2, Sample::S16, 30_001);
    let other = Sound::music(48_000, 2, Sample::S16, 50_021);
    let after = Sound::music(CD, 2, Sample::S16, 20_011);
    let home = Home::new()
        .sound("1.wav", &before, &Tags::default())
        .sound("2.wav", &other, &Tags::default())
        .sound("3.wav", &after, &Tags::default());
    render(&home, Path::new("Music"), &[]);
    let got = result(&home);
    assert_eq!(got.shape, before.shape);
    assert_eq!(got.frames(), 30_001 + in_cd_frames(50_021) + 20_011);
    assert_same(&got.samples[..30_001 * 2], &before.samples);
    assert_same(&got.samples[got.samples.len() - 20_011 * 2..], &after.samples);
}

#[test]
fn a_range_is_cut_to_the_frame_over_joins() {
    let sound = Sound::music(CD, 2, Sample::S16, 4 * CD as usize + 123);
    let home = ten_files(&sound);
    let listing = rocky_iv_listing();
    for (from, to, frames) in [
        ("0:00.5", "3.25", 22_050..143_325),
        ("30001f", "30002f", 30_001..30_002),
        ("2", "99:00", 88_200..sound.frames()),
    ] {
        render(&home, &listing, &["--from", from, "--to", to]);
        assert_is(&result(&home), &sound_of(&sound, &sound.samples[frames.start * 2..frames.end * 2]));
    }
    let words = ["render", listing.to_str().unwrap(), "-o", "out.wav", "--from", "2", "--to", "1:"];
    home.run(words).ends(2);
}

#[test]
fn a_resampled_range_is_a_piece_of_the_resampled_whole() {
    let home = ten_files(&Sound::music(48_000, 2, Sample::S16, 100_003));
    render(&home, &rocky_iv_listing(), &["--rate", "44100", "--format", "f32"]);
    let whole = result(&home);
    let options = ["--rate", "44100", "--format", "f32", "--from", "40000f", "--to", "50001f"];
    render(&home, &rocky_iv_listing(), &options);
    assert_same(&result(&home).samples, &whole.samples[40_000 * 2..50_001 * 2]);
}

/// A WAV file of 32-bit integers with something in every bit.
fn deep_wav(samples: &[i32]) -> Vec<u8> {
    let len = samples.len() as u32 * 4;
    let mut wav = [b"RIFF".as_slice(), &(36 + len).to_le_bytes(), b"WAVEfmt \x10\0\0\0\x01\0\x02\0"].concat();
    for number in [CD, CD * 8] {
        wav.extend(number.to_le_bytes());
    }
    wav.extend(b"\x08\0\x20\0data");
    wav.extend(len.to_le_bytes());
    wav.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    wav
}

#[test]
fn integers_of_32_bits_keep_all_of_them() {
    let mut noise = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        (noise >> 32) as i32
    };
    let samples: Vec<i32> = (0..60_000).map(|_| next()).collect();
    let home =
        Home::new().file("1.wav", deep_wav(&samples[..25_000])).file("2.wav", deep_wav(&samples[25_000..]));
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    for (options, frames) in [
        (&[][..], 0..30_000),
        (&["--from", "12000f", "--to", "13000f"], 12_000..13_000),
        (&["--from", "20000f"], 20_000..30_000),
    ] {
        let words = ["render", "1.wav", "2.wav", "-o", "out.wav"];
        home.run(words.iter().chain(options)).ends(0);
        let written = fs::read(home.path("out.wav")).unwrap();
        assert!(written.ends_with(&bytes[frames.start * 8..frames.end * 8]), "{options:?}");
        assert_eq!(written.len(), 80 + frames.len() * 8, "{options:?}");
    }
}

#[test]
fn a_cue_sheet_names_every_join() {
    let sound = Sound::music(CD, 2, Sample::S16, 4 * CD as usize);
    let home = ten_files(&sound);
    render(&home, &rocky_iv_listing(), &["--cue", "out.cue", "--from", "1"]);
    let sheet = fs::read_to_string(home.path("out.cue")).unwrap();
    assert!(sheet.contains("FILE \"out.wav\" WAVE"), "{sheet}");
    let frames: Vec<usize> =
        sheet.lines().filter_map(|line| line.trim().strip_prefix("REM FRAME ")?.parse().ok()).collect();
    let mut ends: Vec<usize> = vec![0];
    for piece in sound.cut(10) {
        ends.push(ends.last().unwrap() + piece.frames());
    }
    let inside = ends[..10].iter().filter(|at| **at > CD as usize).map(|at| at - CD as usize);
    assert_eq!(frames, [0].into_iter().chain(inside).collect::<Vec<_>>());
}

#[test]
fn a_file_that_ends_too_soon_gives_what_it_has_and_the_next_one_joins() {
    let sound = Sound::music(CD, 2, Sample::S16, 30_000);
    let pieces = sound.cut(2);
    let home =
        Home::new().sound("1.wav", &pieces[0], &Tags::default()).sound("2.wav", &pieces[1], &Tags::default());
    let first = home.path("Music/1.wav");
    let bytes = fs::read(&first).unwrap();
    fs::write(&first, &bytes[..bytes.len() - 1000 * 4]).unwrap();
    let outcome = home.run(["render", "Music", "-o", "out.wav"]);
    assert!([0, 3].contains(&outcome.code()), "{outcome}");
    let got = result(&home);
    let kept = pieces[0].samples.len() - 1000 * 2;
    assert_same(&got.samples[..kept], &pieces[0].samples[..kept]);
    assert_same(&got.samples[got.samples.len() - pieces[1].samples.len()..], &pieces[1].samples);
}

/// The fixtures of this rate, and the frames that `tests/fixtures/make.sh` put into each.
fn fixtures(rate: u32) -> &'static [(&'static str, usize)] {
    match rate {
        CD => &[
            ("lame.mp3", 44_117),
            ("short.flac", 4201),
            ("vorbis.ogg", 44_117),
            ("pages.ogg", 44_117),
            ("lavc.mp3", 44_117),
            ("short.m4a", 4201),
            ("lavc.m4a", 44_117),
            ("short.oga", 4201),
            ("short-alac.caf", 4201),
        ],
        48_000 => {
            &[("opus.opus", 36_011), ("pages.opus", 36_011), ("opus.webm", 36_011), ("opus.mp4", 36_011)]
        }
        other => panic!("no fixtures at {other} Hz"),
    }
}

#[test]
fn every_format_that_tells_its_length_joins_every_other() {
    for rate in [CD, 48_000] {
        let home = Home::new();
        let place = |name: &str| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
            path.to_str().unwrap().to_owned()
        };
        let shape = ["--rate", &rate.to_string(), "--channels", "2", "--format", "f32"];
        let (mut files, mut want, mut frames) = (Vec::new(), Vec::new(), 0);
        for (name, own) in fixtures(rate) {
            render(&home, Path::new(&place(name)), &shape);
            let alone = result(&home);
            assert_eq!(alone.frames(), *own, "{name}");
            want.extend(alone.samples);
            frames += own;
            files.push(place(name));
        }
        let mut words = vec!["render", "-o", "out.wav"];
        words.extend(shape);
        words.extend(files.iter().map(String::as_str));
        home.run(words).ends(0);
        let joined = result(&home);
        assert_eq!(joined.frames(), frames);
        assert_same(&joined.samples, &want);
    }
}
