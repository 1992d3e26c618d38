//! What is decided for a listing over some thousand made-up tracks, line by line: a change of how tracks are stored
//! or looked up must leave it as it is. A change of what is decided writes it anew: TONEARM_BLESS=1 cargo test.
#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use tonearm::library::{Codec, Tags, Track};
use tonearm::playlist::{Details, Entry, Index, Listing, Report, match_listing};

const COMMON: &[&str] =
    &["the", "of", "love", "night", "heart", "fire", "blue", "home", "rain", "star", "soul", "road"];
const PARTS: &[&str] =
    &["ba", "ke", "lo", "mi", "ra", "so", "tan", "ver", "end", "ing", "ast", "ro", "di", "fa", "ul", "en"];

/// xorshift64 (Marsaglia, "Xorshift RNGs", 2003).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % end
    }

    fn word(&mut self) -> String {
        if self.below(5) < 2 {
            return COMMON[self.below(COMMON.len())].to_owned();
        }
        (0..2 + self.below(2)).map(|_| PARTS[self.below(PARTS.len())]).collect()
    }

    fn name(&mut self, most: usize) -> String {
        (0..1 + self.below(most)).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

/// Albums of a folder each: most tagged, some with nothing but file names, some songs twice.
fn library() -> Vec<Track> {
    let mut chance = Chance(0x2545_f491_4f6c_dd1d);
    let artists: Vec<String> = (0..150).map(|_| chance.name(3)).collect();
    let mut tracks: Vec<Track> = Vec::new();
    while tracks.len() < 6_000 {
        let artist = &artists[chance.below(artists.len())];
        let (album, tagged) = (chance.name(3), chance.below(12) > 0);
        for number in 1..=8 + u32::try_from(chance.below(6)).unwrap() {
            let mut title = chance.name(4);
            match chance.below(20) {
                0 => title.push_str(" (Live)"),
                1 => title.push_str(" - Remastered 2009"),
                2 => title = tracks.last().and_then(|track| track.tags.title.clone()).unwrap_or(title),
                _ => {}
            }
            let name = if tagged { title.clone() } else { format!("{artist} - {title}") };
            let text = |text: &str| tagged.then(|| text.to_owned());
            tracks.push(Track {
                path: format!("/music/{artist}/{album}/{number:02} {name}.flac").into(),
                length: Some(Duration::from_secs(100 + chance.below(200) as u64)),
                codec: if chance.below(2) == 0 { Codec::Flac } else { Codec::Mp3 },
                tags: Tags {
                    title: text(&title),
                    artist: text(artist),
                    album: text(&album),
                    track: tagged.then_some(number),
                    ..Tags::default()
                },
                ..Track::default()
            });
        }
    }
    tracks
}

/// Some of an album in order, then songs from everywhere; some misspelt, some of nobody's.
fn listing(tracks: &[Track]) -> Listing {
    let mut chance = Chance(7);
    let mut entries = Vec::new();
    for at in 0..120 {
        let track = if at < 9 { &tracks[at] } else { &tracks[chance.below(tracks.len())] };
        let name = track.path.file_stem().unwrap().to_str().unwrap()[3..].to_owned();
        let folder = track.path.iter().rev().nth(2).unwrap().to_str().unwrap();
        let mut title =
            track.tags.title.clone().unwrap_or_else(|| name.rsplit(" - ").next().unwrap().to_owned());
        match chance.below(8) {
            0 if title.len() > 4 => drop(title.remove(2)),
            1 => title = chance.name(4),
            2 => title = title.to_uppercase(),
            _ => {}
        }
        let artist = (chance.below(6) > 0).then(|| folder.to_owned());
        let number = u32::try_from(at + 1).ok();
        let more = Details { text: title.clone(), ..Details::default() }.into();
        entries.push(Entry { artist, title, number, more, ..Entry::default() });
    }
    Listing { entries, ..Listing::default() }
}

fn told(report: &Report, tracks: &[Track]) -> String {
    report.entries.iter().fold(String::new(), |mut text, entry| {
        let file = entry.chosen.map_or("-".into(), |at| tracks[at].path.to_string_lossy());
        writeln!(text, "{} {} {file}", entry.number, entry.status).unwrap();
        text
    })
}

#[test]
fn the_same_is_decided_as_before() {
    let tracks = library();
    let listing = listing(&tracks);
    let found = told(&match_listing(&listing, &tracks), &tracks);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/decisions.txt");
    if std::env::var_os("TONEARM_BLESS").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let wanted = std::fs::read_to_string(&path).unwrap();
    for (found, wanted) in found.lines().zip(wanted.lines()) {
        assert_eq!(found, wanted);
    }
    assert_eq!(found.lines().count(), wanted.lines().count());
    assert!(wanted.lines().filter(|line| line.contains(" sure ")).count() > 60);
}

#[test]
fn neither_order_nor_repetition_changes_what_is_decided() {
    let mut tracks = library();
    tracks.truncate(1500);
    let listing = listing(&tracks);
    let first = told(&match_listing(&listing, &tracks), &tracks);
    tracks.rotate_left(700);
    assert_eq!(told(&match_listing(&listing, &tracks), &tracks), first);
    let index = Index::new(&tracks);
    for _ in 0..2 {
        assert_eq!(told(&index.match_listing(&listing, &tracks), &tracks), first);
    }
}
