//! What goes out in a format comes in again: no entry, name or file is lost, whatever they are called, and what
//! a format gave back once it gives back for ever.
#![allow(clippy::unwrap_used, missing_docs)]
#![cfg(unix)]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::prelude::*;
use tonearm::cue::{Gain, Gains, Sector, Span};
use tonearm::playlist::format::{self, FORMATS};
use tonearm::playlist::{Details, Entry, Listing, named_file};

/// Formats that programs read. Text and Markdown are for people.
const EXACT: &[&str] = &["toml", "json", "xspf", "jspf", "csv", "tsv", "m3u8", "pls", "cue"];

/// Writes and reads.
fn again(listing: &Listing, format: &str) -> (Listing, String) {
    let written = format::write(listing, format).unwrap();
    match format::read(written.as_bytes(), Some(format)) {
        Ok(listing) => (listing, written),
        Err(error) => panic!("{format}: {error}\n{written}"),
    }
}

/// The fields, and not the lines that they were written as.
fn fields(mut listing: Listing) -> Listing {
    listing.unread.clear();
    for entry in &mut listing.entries {
        entry.more.text.clear();
        entry.more.markup = None;
    }
    listing
}

/// Artist and title as far as every format can tell them.
fn name(entry: &Entry) -> String {
    let words = |text: &str| text.replace('"', "'").trim().to_owned();
    let artist = entry.artist.as_deref().map(words).filter(|artist| !artist.is_empty());
    let title = Some(words(&entry.title)).filter(|title| !title.is_empty());
    let name = artist.into_iter().chain(title).collect::<Vec<_>>().join(" - ");
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text without the characters that no name keeps.
fn kept(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// Names, with all that a line format trips over: its own signs, control characters, nothing at all.
fn odd() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~é“]{0,12}",
        "[\\x01-\\x08\\x0e-\\x1f\\x7f-\\x9f]{1,8}[a-z]{0,2}",
        "(#EXTINF:|#|;|File1=|\\[|\"|'|,|&lt;| - |- |%41|REM |[a-c ]){1,6}",
        "\\PC{0,6}",
    ]
}

/// The bytes of a file's name in a folder, or of none: any but those that no name has.
fn file_name() -> impl Strategy<Value = Vec<u8>> {
    let byte =
        prop_oneof![4 => b'a'..=b'e', 2 => 1..=255_u8, 1 => Just(b'%'), 1 => Just(b'#'), 1 => Just(b' ')];
    let fits = |name: &Vec<u8>| !name.contains(&b'/') && !name.contains(&b'\\');
    prop::collection::vec(byte, 1..9).prop_filter("a name", fits).prop_map(|mut name| {
        name.extend(b".mp3");
        name
    })
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let words = || prop::option::of(odd());
    let entry = (odd(), words(), words(), prop::option::of(file_name()), prop::option::of(1_u64..5_000));
    let entry = entry.prop_map(|(title, artist, album, file, seconds)| Entry {
        // Without a title and a file there is no entry.
        title: if kept(&title).trim().is_empty() && file.is_none() { "Rain".into() } else { title },
        artist,
        more: Details { album, ..Details::default() }.into(),
        file: file.map(|name| PathBuf::from(OsStr::from_bytes(&name))),
        length: seconds.map(Duration::from_secs),
        ..Entry::default()
    });
    prop::collection::vec(entry, 1..5)
}

/// A disc as one or several files, cut into tracks, some of them in no file.
fn disc() -> impl Strategy<Value = Listing> {
    let gain = || prop::option::of((-60_000..=60_000_i32, prop::option::of(0..3_000_000_u32)));
    let track =
        ("[A-Za-z][ -~]{0,8}[a-z]", prop::option::of("[A-Z][a-z]{1,6}"), 0..3_u8, 1..9_000_u32, gain());
    let tracks = prop::collection::vec((track, any::<bool>(), 0..400_u32), 1..9);
    let head =
        (prop::option::of("[A-Z][ -~]{0,8}[a-z]"), prop::option::of("[A-Z][a-z]{0,8}"), gain(), 1..40_u32);
    (head, tracks).prop_map(|((title, date, album, first), tracks)| {
        let gain = |gain: Option<_>| gain.map(|(millidecibels, peak)| Gain { millidecibels, peak });
        let mut at = 0;
        let mut entries = Vec::new();
        for (number, ((name, artist, file, length, own), joins, gap)) in tracks.into_iter().enumerate() {
            let from = if joins { at } else { at + gap };
            at = from + length;
            let span = Span::new(Sector(from), Some(Sector(at))).filter(|_| file > 0);
            entries.push(Entry {
                title: name.replace('"', "'"),
                artist,
                number: Some(first + number as u32),
                length: span
                    .and_then(|span| span.length(None))
                    .map(|l| Duration::from_millis(l.as_millis() as u64)),
                file: Some(format!("side {file}.flac").into()),
                more: Details {
                    album: title.clone().map(|title| title.replace('"', "'")),
                    span,
                    gains: Gains { track: gain(own), album: gain(album) },
                    ..Details::default()
                }
                .into(),
                ..Entry::default()
            });
        }
        Listing { title: title.map(|title| title.replace('"', "'")), date, entries, ..Listing::default() }
    })
}

/// A cue sheet of lines that fit together, or do not.
fn sheet() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        3 => "(FILE \"[ab] c\\.wav\" WAVE|FILE x\\.bin BINARY)",
        6 => "  TRACK [0-9]{1,2} AUDIO",
        1 => "  TRACK 07 MODE1/2352",
        6 => "    INDEX 0[01] 0[0-3]:[0-5][0-9]:[0-7][0-9]",
        4 => "    (TITLE|PERFORMER|REM DATE|REM GENRE|REM COMPOSER) \"?[ -~]{1,8}\"?",
        1 => "REM (DISCNUMBER [0-3]|END 0[0-4]:10:00|no file: [a-c] - [a-c]|REPLAYGAIN_(TRACK|ALBUM)_(GAIN -6\\.5 dB|PEAK 0\\.5))",
        1 => "[ -~]{0,10}",
    ];
    prop::collection::vec(line, 1..16).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_entry_name_or_file_is_lost(entries in entries(), title in prop::option::of(odd())) {
        let listing = Listing { title, entries, ..Listing::default() };
        let folder = tempfile::tempdir().unwrap();
        for entry in listing.entries.iter().filter_map(|entry| entry.file.as_deref()) {
            std::fs::write(folder.path().join(entry), "x").unwrap();
        }
        for format in EXACT {
            let (first, written) = again(&listing, format);
            prop_assert_eq!(first.entries.len(), listing.entries.len(), "{}:\n{}", format, written);
            for (found, wanted) in first.entries.iter().zip(&listing.entries) {
                let file = |entry: &Entry| named_file(entry, folder.path()).map(|file| file.canonicalize().unwrap());
                prop_assert_eq!(file(found), file(wanted), "{}:\n{}", format, written);
                if !kept(&wanted.title).trim().is_empty() && wanted.title == kept(&wanted.title)
                    && wanted.artist.as_ref().is_none_or(|artist| *artist == kept(artist))
                {
                    prop_assert_eq!(name(found), name(wanted), "{}:\n{}", format, written);
                }
            }
            let (second, rewritten) = again(&first, format);
            prop_assert_eq!(fields(second), fields(first), "{}:\n{}\n{}", format, written, rewritten);
        }
    }

    #[test]
    fn a_disc_cut_into_tracks_comes_back_from_its_sheet(disc in disc()) {
        let (found, written) = again(&disc, "cue");
        prop_assert_eq!(fields(found), fields(disc), "{}", written);
    }

    #[test]
    fn a_sheet_that_is_read_is_written_so_that_it_says_the_same(text in sheet()) {
        let first = format::read(text.as_bytes(), Some("cue"));
        let Some(first) = first.ok().filter(|first| !first.entries.is_empty()) else { return Ok(()) };
        let (found, written) = again(&first, "cue");
        let names = |listing: &Listing| -> Vec<_> {
            let parts = listing.entries.iter().map(|e| (e.title.replace('"', "'"), e.file.clone(), e.more.span, e.more.gains.track));
            parts.map(|(title, file, span, gain)| (title, file.is_some().then_some((file, span, gain)))).collect()
        };
        prop_assert_eq!(names(&found), names(&first), "{}\n{}", text, written);
    }
}

#[test]
fn every_listing_that_is_read_keeps_its_names_in_every_format() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/listings");
    // Which of two names is the artist, and whether a dash parts names at all, is voted over the lines of a text.
    let parts = |entry: &Entry, format: &str| {
        let text = name(entry).split_whitespace().collect::<Vec<_>>().join(" ");
        let mut parts: Vec<String> = text.split(" - ").map(str::to_owned).collect();
        if !EXACT.contains(&format) {
            parts.sort_unstable();
        }
        parts
    };
    let mut count = 0;
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.extension().unwrap() == "expected" {
            continue;
        }
        let listing = format::read(&std::fs::read(&path).unwrap(), path.to_str()).unwrap();
        for format in FORMATS.iter().map(|format| format.name) {
            let Ok(written) = format::write(&listing, format) else { continue };
            if format == "cue" && listing.artist.is_some() {
                continue; // it is then the artist of the tracks that name none
            }
            let found = format::read(written.as_bytes(), Some(format)).unwrap();
            let parts = |listing: &Listing| {
                listing.entries.iter().map(|entry| parts(entry, format)).collect::<Vec<_>>()
            };
            assert_eq!(parts(&found), parts(&listing), "{} as {format}:\n{written}", path.display());
            count += 1;
        }
    }
    assert!(count > 150, "{count}");
}
