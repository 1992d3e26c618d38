//! Listings as people meet them, and what the reader makes of each: `golden/listings/NAME` and
//! beside it `NAME.expected`. `GOLDEN=write cargo test --test format` writes what is missing
//! or has changed; read the difference before keeping it.
#![allow(clippy::unwrap_used, missing_docs)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::prelude::*;
use tonearm::cue::{Gain, Gains, Sector, Span};
use tonearm::playlist::format::{self, FORMATS, ReadError};
use tonearm::playlist::{Entry, Listing};

/// The listing as a person would check it, line by line.
fn describe(listing: &Listing) -> String {
    let mut out = String::new();
    for (name, value) in [("title", &listing.title), ("artist", &listing.artist), ("date", &listing.date)] {
        if let Some(value) = value {
            writeln!(out, "{name}: {value}").unwrap();
        }
    }
    for entry in &listing.entries {
        writeln!(out, "\n> {}", entry.text.replace('\t', " ")).unwrap();
        writeln!(
            out,
            "  {}{}",
            entry.title,
            entry.artist.as_ref().map(|a| format!("  BY  {a}")).unwrap_or_default()
        )
        .unwrap();
        let details = [
            ("number", entry.number.map(|number| number.to_string())),
            ("disc", entry.disc.map(|disc| disc.to_string())),
            ("seconds", entry.length.map(|length| length.as_secs().to_string())),
            ("album", entry.album.clone()),
            (
                "part",
                entry.span.map(|span| {
                    format!("{} to {}", span.from(), span.to().map_or("the end".into(), |to| to.to_string()))
                }),
            ),
            ("section", entry.section.clone()),
            ("note", entry.note.clone()),
            ("file", entry.file.as_ref().map(|file| file.display().to_string())),
        ];
        let details: Vec<String> =
            details.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", value?))).collect();
        if !details.is_empty() {
            writeln!(out, "  {}", details.join(" | ")).unwrap();
        }
    }
    out.push('\n');
    for unread in &listing.unread {
        writeln!(out, "unread {}: {}", unread.line, unread.text.replace('\t', " ")).unwrap();
    }
    out
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/listings")
}

#[test]
fn every_listing_is_read_as_expected() {
    let mut inputs: Vec<PathBuf> =
        std::fs::read_dir(golden()).unwrap().map(|entry| entry.unwrap().path()).collect();
    inputs.retain(|path| path.extension().unwrap() != "expected");
    inputs.sort();
    assert!(inputs.len() > 10);
    let mut wrong = Vec::new();
    for input in inputs {
        let name = input.file_name().unwrap().to_str().unwrap();
        let found = describe(&format::read(&std::fs::read(&input).unwrap(), Some(name)).unwrap());
        let beside = golden().join(format!("{name}.expected"));
        if std::env::var_os("GOLDEN").is_some() {
            std::fs::write(&beside, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&beside).unwrap_or_default();
        if found != expected {
            wrong.push(format!("== {name}: expected\n{expected}\n== found\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_first_listing_has_its_ten_entries() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("playlists/rocky-iv.toml");
    let listing = format::read(&std::fs::read(path).unwrap(), Some("toml")).unwrap();
    let texts: Vec<&str> = listing.entries.iter().map(|entry| entry.text.as_str()).collect();
    assert_eq!(texts.len(), 10);
    assert_eq!(texts[0], "1. Survivor - Burning Heart");
    assert_eq!(texts[1], "2. John Cafferty and the Beaver Brown Band - Hearts of Fire");
    assert_eq!(texts[9], "10. Vinnie DiCola - Montage");
}

#[test]
fn the_listings_that_come_with_the_player_are_sound() {
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("playlists")).unwrap() {
        let path = entry.unwrap().path();
        let listing = format::read(&std::fs::read(&path).unwrap(), path.to_str()).unwrap();
        assert!(!listing.entries.is_empty(), "{}", path.display());
    }
}

#[test]
fn the_library_settles_what_the_text_leaves_open() {
    let text = b"Tail Lights - Velo\nRain - Nova Kite\nGlass-blink-9\n";
    let knows = |name: &str| ["velo", "nova kite", "blink-9"].contains(&name.to_lowercase().as_str());
    let listing = format::read_with(text, None, &knows).unwrap();
    let artists: Vec<_> = listing.entries.iter().map(|entry| entry.artist.as_deref()).collect();
    assert_eq!(artists, [Some("Velo"), Some("Nova Kite"), Some("blink-9")]);
}

#[test]
fn what_is_no_listing_is_refused_with_its_reason() {
    assert_eq!(format::read(b"", None), Err(ReadError::Empty));
    assert_eq!(format::read(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", None), Err(ReadError::Binary));
    let error = format::read(b"[[track]]\ntitel = 'x'\ntitle = 'y'\n", None).unwrap_err();
    assert_eq!(error.to_string(), "line 2: there is no key \"titel\"; did you mean \"title\"?");
}

/// Any text that a field may hold, quotes and line breaks included.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~é“\\n\\t]{0,20}", "\\PC{0,8}"]
}

fn entry() -> impl Strategy<Value = Entry> {
    let words = (text(), prop::option::of(text()), prop::option::of(text()), prop::option::of(text()));
    let counts = (prop::option::of(any::<u32>()), prop::option::of(any::<u32>()));
    let length = prop::option::of((0..3_000_000_u64, 0..1_000_000_000_u32));
    let rest = (prop::option::of(text()), prop::option::of(text()));
    (words, counts, length, rest, part()).prop_map(
        |((title, artist, album, section), (number, disc), length, (file, note), part)| {
            let length = length.map(|(seconds, nanos)| Duration::new(seconds, nanos));
            let file = file.map(PathBuf::from);
            let mut entry = Entry {
                text: String::new(),
                title,
                artist,
                album,
                section,
                number,
                disc,
                length,
                file,
                note,
                span: part.0,
                gains: part.1,
            };
            entry.text = entry.composed_text();
            entry
        },
    )
}

/// A part of a file, and gains.
fn part() -> impl Strategy<Value = (Option<Span>, Gains)> {
    let gain = || {
        prop::option::of((-60_000..=60_000_i32, prop::option::of(0..3_000_000_u32)))
            .prop_map(|gain| gain.map(|(millidecibels, peak)| Gain { millidecibels, peak }))
    };
    let span = prop::option::of((0..200_000_000_u32, prop::option::of(1..1_000_000_u32))).prop_map(|span| {
        span.and_then(|(from, length)| Span::new(Sector(from), length.map(|length| Sector(from + length))))
    });
    (span, gain(), gain()).prop_map(|(span, track, album)| (span, Gains { track, album }))
}

/// An entry as real ones are: words without space around them, times in milliseconds.
fn whole_entry() -> impl Strategy<Value = Entry> {
    let words = || "[A-Za-z0-9é&<'\"][ -~é“]{0,12}[a-zé>;]";
    let optional = move || prop::option::of(words());
    let counts = (prop::option::of(any::<u32>()), prop::option::of(any::<u32>()));
    let length = prop::option::of(1_000..3_000_000_000_u64);
    (words(), optional(), optional(), optional(), counts, length, optional(), optional()).prop_map(
        |(title, artist, album, section, (number, disc), length, file, note)| {
            let length = length.map(Duration::from_millis);
            let file = file.map(PathBuf::from);
            let text = String::new();
            let mut entry = Entry {
                text,
                title,
                artist,
                album,
                section,
                number,
                disc,
                length,
                file,
                note,
                ..Entry::default()
            };
            entry.text = entry.composed_text();
            entry
        },
    )
}

#[test]
fn the_content_tells_the_format() {
    for name in [
        "player.pls",
        "player.xspf",
        "service.jspf",
        "export.csv",
        "disc.cue",
        "notes.md",
        "album.html",
        "blogpost.html",
    ] {
        let bytes = std::fs::read(golden().join(name)).unwrap();
        assert_eq!(format::read(&bytes, None), format::read(&bytes, Some(name)), "{name}");
        assert_eq!(
            format::read(&bytes, Some("list.txt")),
            format::read(&bytes, Some(name)),
            "{name} as text"
        );
    }
}

proptest! {
    #[test]
    fn toml_is_read_back_as_it_was_written(
        title in prop::option::of(text()),
        date in prop::option::of(text()),
        entries in prop::collection::vec(entry(), 1..6),
    ) {
        let listing = Listing { title, date, entries, ..Listing::default() };
        let written = format::write(&listing, "toml").unwrap();
        prop_assert_eq!(format::read(written.as_bytes(), Some("toml")), Ok(listing));
    }

    #[test]
    fn json_is_read_back_as_it_was_written(
        title in prop::option::of(text()),
        entries in prop::collection::vec(entry(), 0..6),
    ) {
        let listing = Listing { title, entries, ..Listing::default() };
        let written = format::write(&listing, "json").unwrap();
        prop_assert_eq!(format::read(written.as_bytes(), Some("json")), Ok(listing));
    }

    #[test]
    fn formats_with_fields_lose_no_field(entries in prop::collection::vec(whole_entry(), 1..6)) {
        let listing = Listing { entries, ..Listing::default() };
        for format in ["xspf", "jspf", "csv", "tsv"] {
            let written = format::write(&listing, format).unwrap();
            let again = format::read(written.as_bytes(), Some(format));
            prop_assert_eq!(again, Ok(listing.clone()), "{}: {}", format, written);
        }
    }

    #[test]
    fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for format in FORMATS {
            let first = format::read(&bytes, Some(format.name));
            prop_assert_eq!(first, format::read(&bytes, Some(format.name)), "reading is deterministic");
        }
    }

    #[test]
    fn no_text_is_too_strange(text in "(?s).{0,200}") {
        for format in FORMATS {
            if let Ok(listing) = format::read(text.as_bytes(), Some(format.name)) {
                prop_assert!(format::write(&listing, "toml").is_ok());
                prop_assert!(format::write(&listing, "xspf").is_ok());
            }
        }
    }
}
