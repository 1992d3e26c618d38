//! Every format against everything that must be exact in it: its length, a join, forty seeks, what comes after
//! the end, and damage. One table, so that a format without a row of its own is seen.
//! `tests/fixtures/make.sh` made the files; `tests/decode.rs` holds their samples against the sound itself.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use tonearm::playback::decode::{self, Decoder};
use tonearm::playback::{Piece, Render};

/// A format and what its files promise.
struct Row {
    file: &'static str,
    /// Frames of music, where the file says where it begins and ends; else nothing is cut off.
    frames: Option<u64>,
    damage: Damage,
}

/// What twenty-four wrong bytes may do to the sound.
#[derive(Clone, Copy)]
struct Damage {
    /// Frames from the first that differs to the last, at most: what one packet, or one page of Ogg, holds
    /// and what hangs on it.
    reach: usize,
    /// How far samples may be from the right ones behind that: 0.0, but Opus forgets a gap only slowly.
    after: f32,
    /// What may be missing at the end.
    missing: Missing,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    /// The length is that of the whole.
    Nothing,
    /// Up to this many packets of this many frames, when the last ones are hit.
    Packets(usize, usize),
    /// Everything from the damage on, when a page or cluster is hit in which all that follows stands.
    Rest,
}

const fn within(reach: usize) -> Damage {
    Damage { reach, after: 0.0, missing: Missing::Nothing }
}

const fn row(file: &'static str, frames: u64, damage: Damage) -> Row {
    Row { file, frames: Some(frames), damage }
}

/// A frame or two of MPEG audio, and those that hold bits of theirs; at the end one may be missing.
const fn mpeg(frames: usize) -> Damage {
    Damage { missing: Missing::Packets(1, frames), ..within(6 * frames) }
}

const MATRIX: &[Row] = &[
    row("short.flac", 4201, Damage { missing: Missing::Packets(1, 105), ..within(2048) }),
    row("short.oga", 4201, Damage { missing: Missing::Rest, ..within(4201) }),
    row("short.m4a", 4201, within(4096)),
    row("short-alac.caf", 4201, within(4096)),
    row("mono24.flac", 2003, Damage { missing: Missing::Rest, ..within(2003) }),
    row("mono24.aiff", 2003, within(9)),
    row("lame.mp3", 44_117, mpeg(1152)),
    row("lavc.mp3", 44_117, mpeg(1152)),
    row("lavc.m4a", 44_117, within(3 * 1024)),
    row("vorbis.ogg", 44_117, Damage { missing: Missing::Rest, ..within(44_117) }),
    row("pages.ogg", 44_117, within(4 * 2048)),
    row("surround.ogg", 13_230, Damage { missing: Missing::Rest, ..within(13_230) }),
    // Behind a block whose head is hit, a cluster is lost: these have one.
    row("vorbis.webm", 44_117, Damage { missing: Missing::Rest, ..within(2 * 2048) }),
    row("opus.opus", 36_011, Damage { missing: Missing::Rest, ..within(36_011) }),
    row("pages.opus", 36_011, Damage { after: 0.1, ..within(4 * 2880) }),
    row("mono.opus", 9001, Damage { after: 0.1, ..within(4 * 2880) }),
    row("opus.mp4", 36_011, Damage { after: 0.1, ..within(6 * 960) }),
    row("opus.webm", 36_011, Damage { after: 0.1, missing: Missing::Rest, ..within(6 * 960) }),
    Row { file: "half.mp3", frames: None, damage: mpeg(576) },
    Row { file: "untagged.mp3", frames: None, damage: mpeg(1152) },
    Row {
        file: "adts.aac",
        frames: None,
        damage: Damage { missing: Missing::Packets(1, 1024), ..within(3 * 1024) },
    },
];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// A file decoded from its first frame to its last.
struct Whole {
    decoder: Box<dyn Decoder>,
    channels: usize,
    samples: Vec<f32>,
}

impl Whole {
    fn of(path: &Path) -> Self {
        let mut decoder = decode::open(path).unwrap();
        let mut samples = Vec::new();
        while decoder.decode(&mut samples).unwrap() > 0 {}
        Self { channels: usize::from(decoder.format().channels), decoder, samples }
    }

    fn frames(&self) -> usize {
        self.samples.len() / self.channels
    }

    /// Up to 2500 frames from `frame` on, after a seek.
    fn from(&mut self, frame: usize) -> Vec<f32> {
        self.decoder.seek(frame as u64).unwrap();
        let mut samples = Vec::new();
        while samples.len() < 2500 * self.channels && self.decoder.decode(&mut samples).unwrap() > 0 {}
        samples.truncate(2500 * self.channels);
        samples
    }
}

fn same(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
}

/// Runs a column over all rows.
fn for_each(check: impl Fn(&Row, Whole)) {
    for row in MATRIX {
        check(row, Whole::of(&fixture(row.file)));
    }
}

#[test]
fn every_fixture_has_its_row() {
    let mut files: Vec<_> = fs::read_dir(fixture(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        // What carries tags of gain or a sheet, or is a cover, is of the tests of those.
        .filter(|name| {
            !["make.sh", "r128.webm", "sheet.mka", "two_colours.jpg"].contains(&name.as_str())
                && !name.starts_with("gain.")
        })
        .collect();
    let mut rows: Vec<_> = MATRIX.iter().map(|row| row.file.to_owned()).collect();
    files.sort();
    rows.sort();
    assert_eq!(files, rows);
}

#[test]
fn length() {
    for_each(|row, whole| {
        if let Some(frames) = row.frames {
            assert_eq!(whole.frames() as u64, frames, "{}", row.file);
        }
        let told = whole.decoder.format().frames;
        assert!(told.is_none_or(|told| told == whole.frames() as u64), "{}: {told:?}", row.file);
        assert_eq!(whole.decoder.damaged(), 0, "{}", row.file);
    });
}

#[test]
fn join() {
    for_each(|row, whole| {
        let rate = whole.decoder.format().rate;
        let files = vec![fixture(row.file); 3];
        let (mut joined, mut begins) = (Vec::new(), Vec::new());
        let render =
            Render::new(files.into_iter().map(Into::into).collect(), rate, whole.decoder.format().channels);
        render
            .run(|piece| {
                match piece {
                    Piece::Begins { at, .. } => begins.push(at as usize),
                    Piece::Frames(frames) => joined.extend_from_slice(frames),
                    Piece::Failed { error, .. } => panic!("{}: {error}", row.file),
                }
                Ok(())
            })
            .unwrap();
        assert!(same(&joined, &whole.samples.repeat(3)), "{}", row.file);
        assert_eq!(begins, [0, whole.frames(), 2 * whole.frames()], "{}", row.file);
    });
}

#[test]
fn forty_seeks() {
    for_each(|row, mut whole| {
        // Knuth's linear congruential generator (MMIX): the same forty places every time.
        let mut random = 2026_u64;
        for _ in 0..40 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let target = (random >> 33) as usize % whole.frames();
            let end = whole.frames().min(target + 2500);
            let part = whole.from(target);
            let want = &whole.samples[target * whole.channels..end * whole.channels];
            assert!(same(&part, want), "{} at {target} of {}", row.file, whole.frames());
        }
    });
}

#[test]
fn after_the_end() {
    for_each(|row, mut whole| {
        assert_eq!(whole.decoder.decode(&mut Vec::new()).unwrap(), 0, "{}", row.file);
        for beyond in [whole.frames(), whole.frames() + 1, usize::MAX] {
            assert!(whole.from(beyond).is_empty(), "{} at {beyond}", row.file);
        }
        let start = whole.from(0);
        assert!(same(&start, &whole.samples[..start.len()]) && !start.is_empty(), "{}", row.file);
        let last = whole.from(whole.frames() - 1);
        assert!(same(&last, &whole.samples[whole.samples.len() - whole.channels..]), "{}", row.file);
    });
}

/// Nineteen places in the sound of every file.
#[test]
fn damaged() {
    let dir = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for row in MATRIX {
        let whole = Whole::of(&fixture(row.file));
        let bytes = fs::read(fixture(row.file)).unwrap();
        let sound = sound(row.file, &bytes);
        for part in 1..20 {
            let at = sound.start + sound.len() * part / 20;
            let mut bytes = bytes.clone();
            let end = sound.end.min(at + 24);
            bytes[at..end].fill(0x55);
            let path = dir.path().join(row.file);
            fs::write(&path, bytes).unwrap();
            if let Some(why) = harm(row.damage, &whole, &all_there_is(&path)) {
                wrong.push(format!("{} at byte {at}: {why}", row.file));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where the sound stands between headers and an index that a file cannot do without.
fn sound(file: &str, bytes: &[u8]) -> std::ops::Range<usize> {
    let find = |mark: &[u8]| bytes.windows(mark.len()).position(|window| window == mark).unwrap();
    match file.rsplit_once('.').unwrap().1 {
        // The last of three header packets of Vorbis, or the second of Opus, ends a page.
        "ogg" if file.starts_with("surround") => bytes.len() - 2000..bytes.len(),
        "ogg" => 3932..bytes.len(),
        "opus" => 841..bytes.len(),
        "webm" => find(b"\x1f\x43\xb6\x75") + 12..bytes.len(),
        "m4a" | "mp4" => find(b"mdat") + 4..find(b"moov") - 4,
        "caf" => find(b"data") + 16..find(b"pakt"),
        "flac" => find(b"\xff\xf8")..bytes.len(),
        _ => 600..bytes.len(),
    }
}

/// What a damaged file gave before it ended or broke off.
struct Rest {
    samples: Vec<f32>,
    /// Whether the listener is told that something is wrong.
    is_told: bool,
}

fn all_there_is(path: &Path) -> Rest {
    let mut samples = Vec::new();
    let Ok(mut decoder) = decode::open(path) else { return Rest { samples, is_told: true } };
    loop {
        match decoder.decode(&mut samples) {
            Ok(0) => return Rest { samples, is_told: decoder.damaged() > 0 },
            Ok(_) => {}
            Err(_) => return Rest { samples, is_told: true },
        }
    }
}

/// What damage did that it must not do.
fn harm(damage: Damage, whole: &Whole, got: &Rest) -> Option<String> {
    let channels = whole.channels;
    let (want, len) = (whole.frames(), got.samples.len() / channels);
    let is_same = |a: &[f32], b: &[f32], by: f32| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= by);
    let frames = |samples: &[f32]| samples.chunks_exact(channels).map(<[f32]>::to_vec).collect::<Vec<_>>();
    let (right, samples) = (frames(&whole.samples), frames(&got.samples));
    let Some(first) = right.iter().zip(&samples).position(|(a, b)| a != b) else {
        return (len != want && !got.is_told).then(|| format!("{len} of {want} frames, and nobody is told"));
    };
    let is_silent = samples[first..].windows(64).any(|run| run.iter().flatten().all(|sample| *sample == 0.0));
    if is_silent && !got.is_told {
        return Some(format!("silence from {first} on, and nobody is told"));
    }
    let missing = want.checked_sub(len)?;
    let is_allowed = match damage.missing {
        Missing::Nothing => missing == 0,
        Missing::Packets(most, frames) => missing <= most * frames,
        Missing::Rest => true,
    };
    if !is_allowed {
        return Some(format!("{len} of {want} frames, wrong from {first} on"));
    }
    // Behind the damage all is as it was, at its time.
    let back = (first + damage.reach).min(len);
    let wrong = samples[back..].iter().zip(&right[back..]).rposition(|(a, b)| !is_same(a, b, damage.after));
    wrong.map(|at| format!("frames from {first} to {} differ, {missing} missing", back + at))
}
