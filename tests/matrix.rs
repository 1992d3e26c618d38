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

/// What damage in the last quarter of a file does to the sound before and after it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Damage {
    /// All of it stays where it was.
    InPlace,
    /// It stays where it was, but sounds different for longer than these files last: Opus needs time to
    /// forget a gap, and a packet of ALAC has no checksum.
    Audible,
    /// What follows, if anything, comes earlier: frames of bare MPEG audio have no time of their own, the packet
    /// hit is the last one, or a block's head is and the rest of a cluster of Matroska is lost with it.
    Earlier,
    /// A page of Ogg is lost as a whole; these short files have one or two.
    Page,
}

const fn row(file: &'static str, frames: u64, damage: Damage) -> Row {
    Row { file, frames: Some(frames), damage }
}

const MATRIX: &[Row] = &[
    row("short.flac", 4201, Damage::InPlace),
    row("short.oga", 4201, Damage::Page),
    row("short.m4a", 4201, Damage::Audible),
    row("short-alac.caf", 4201, Damage::Audible),
    row("mono24.flac", 2003, Damage::Earlier),
    row("mono24.aiff", 2003, Damage::InPlace),
    row("lame.mp3", 44_117, Damage::InPlace),
    row("lavc.mp3", 44_117, Damage::InPlace),
    row("lavc.m4a", 44_117, Damage::InPlace),
    row("vorbis.ogg", 44_117, Damage::Page),
    row("vorbis.webm", 44_117, Damage::InPlace),
    row("opus.opus", 36_011, Damage::Page),
    row("opus.mp4", 36_011, Damage::Audible),
    row("opus.webm", 36_011, Damage::Earlier),
    Row { file: "untagged.mp3", frames: None, damage: Damage::Earlier },
    Row { file: "adts.aac", frames: None, damage: Damage::Earlier },
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
        .filter(|name| name != "make.sh")
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

#[test]
fn damaged() {
    let dir = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for row in MATRIX {
        let whole = Whole::of(&fixture(row.file));
        let mut bytes = fs::read(fixture(row.file)).unwrap();
        let at = bytes.len() * 3 / 4;
        bytes[at..at + 24].fill(0x55);
        let path = dir.path().join(row.file);
        fs::write(&path, bytes).unwrap();
        let (samples, is_told) = all_there_is(&path);
        if let Some(why) = harm(row.damage, &whole, &samples, is_told) {
            wrong.push(format!("{}: {why}", row.file));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The samples of a file that may break off, and whether it says that something is wrong.
fn all_there_is(path: &Path) -> (Vec<f32>, bool) {
    let mut samples = Vec::new();
    let Ok(mut decoder) = decode::open(path) else { return (samples, true) };
    loop {
        match decoder.decode(&mut samples) {
            Ok(0) => return (samples, decoder.damaged() > 0),
            Ok(_) => {}
            Err(_) => return (samples, true),
        }
    }
}

/// What damage did that it must not do.
fn harm(damage: Damage, whole: &Whole, samples: &[f32], is_told: bool) -> Option<String> {
    let (want, got) = (whole.frames(), samples.len() / whole.channels);
    let length = || Some(format!("{got} of {want} frames"));
    if damage == Damage::Page {
        return (got > want || !is_told).then(length).flatten();
    }
    let third = whole.samples.len() / 3;
    if !same(&samples[..third.min(samples.len())], &whole.samples[..third]) {
        return Some("what comes before the damage differs".into());
    }
    if damage == Damage::Earlier {
        return (got > want || got + 8 * 1152 < want).then(length).flatten();
    }
    if got != want {
        return length();
    }
    let tail = whole.samples.len() - 100 * whole.channels;
    let is_placed = damage == Damage::Audible || same(&samples[tail..], &whole.samples[tail..]);
    (!is_placed).then(|| "what comes after the damage differs".into())
}
