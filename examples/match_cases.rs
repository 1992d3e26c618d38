//! Matches listings against music folders that exist on paper only, for measuring:
//! `cargo run --release --example match_cases -- CASE... > answers.jsonl`
//! A CASE is a folder with `listing.txt`, as people write it, and `files.tsv`, a line a file: path, title,
//! artist, album, album artist, track, disc, date, genre, seconds. One JSON object a case comes out, with the
//! margin of each choice and what caps it, as `benches/confidence.py` reads them. Touches no sound file.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tonearm::library::{Codec, Tags, Track};
use tonearm::playlist::reading::{self, Kind};
use tonearm::playlist::{EntryMatch, Held, Index};

fn main() -> Result<(), Box<dyn Error>> {
    for case in std::env::args_os().skip(1).map(PathBuf::from) {
        println!("{}", answers(&case).map_err(|error| format!("{}: {error}", case.display()))?);
    }
    Ok(())
}

fn answers(case: &Path) -> Result<Value, Box<dyn Error>> {
    let files = std::fs::read_to_string(case.join("files.tsv"))?;
    let tracks: Vec<Track> = files.lines().skip(1).map(track).collect();
    let index = Index::new(&tracks);
    let text = std::fs::read(case.join("listing.txt"))?;
    let listing = reading::read(&text, Kind::Hinted(Some("listing.txt")), &index, &tracks)?;
    let begun = Instant::now();
    let report = index.match_listing(&listing, &tracks);
    let took = begun.elapsed();
    let texts = listing.entries.iter().map(|entry| entry.more.text.as_str());
    let entries: Vec<Value> =
        texts.zip(&report.entries).map(|(text, found)| answer(text, found, &tracks)).collect();
    Ok(json!({ "case": case.to_string_lossy(), "seconds": took.as_secs_f64(), "entries": entries }))
}

fn answer(text: &str, found: &EntryMatch, tracks: &[Track]) -> Value {
    let path = |at: usize| tracks[at].path.to_string_lossy();
    let file = found.chosen.or(found.candidates.first().map(|first| first.track)).map(path);
    json!({
        "text": text,
        "artist": found.artist,
        "title": found.title,
        "status": found.status.to_string(),
        "confidence": found.confidence,
        "file": file,
        "reasons": found.reasons.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "margin": found.margin,
        "not_sure": found.guards.iter().filter(|(_, held)| *held != Held::Yes).map(|(guard, held)| format!("{guard}: {held:?}")).collect::<Vec<_>>(),
        "evidence": found.candidates.first().map(|best| best.evidence.iter().map(|(piece, nats)| (piece.to_string(), *nats)).collect::<Vec<_>>()),
    })
}

fn track(line: &str) -> Track {
    let mut cells = line.split('\t');
    let mut cell = || cells.next().map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned);
    let path = cell().unwrap_or_default();
    let [title, artist, album, album_artist] = [cell(), cell(), cell(), cell()];
    let number = |text: Option<String>| text.and_then(|text| text.split('/').next()?.parse().ok());
    let (track, disc) = (number(cell()), number(cell()));
    let (date, genre, seconds) = (cell(), cell(), cell().and_then(|text| text.parse().ok()));
    let codec = match path.rsplit('.').next() {
        Some("flac") => Codec::Flac,
        Some("wav") => Codec::Wav,
        Some("mp3") => Codec::Mp3,
        Some("m4a") => Codec::Aac,
        Some("opus") => Codec::Opus,
        Some("ogg") => Codec::Vorbis,
        _ => Codec::Other,
    };
    let tags = Tags { title, artist, album, album_artist, composer: None, genre, date, track, disc };
    let length = seconds.map(Duration::from_secs);
    Track { path: path.into(), codec, tags, length, ..Track::default() }
}
