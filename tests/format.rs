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
use tonearm::playlist::{Details, Entry, Listing};

/// The listing as a person would check it, line by line.
fn describe(listing: &Listing) -> String {
    let mut out = String::new();
    for (name, value) in [("title", &listing.title), ("artist", &listing.artist), ("date", &listing.date)] {
        if let Some(value) = value {
            writeln!(out, "{name}: {value}").unwrap();
        }
    }
    for entry in &listing.entries {
        writeln!(out, "\n> {}", entry.line().replace('\t', " ")).unwrap();
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
            ("album", entry.more.album.clone()),
            (
                "part",
                entry.more.span.map(|span| {
                    format!("{} to {}", span.from(), span.to().map_or("the end".into(), |to| to.to_string()))
                }),
            ),
            ("section", entry.more.section.clone()),
            ("note", entry.more.note.clone()),
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
    let texts: Vec<_> = listing.entries.iter().map(|entry| entry.line()).collect();
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
        assert!(!listing.entries.is_empty() && listing.unread.len() <= 1, "{}", path.display());
    }
}

#[test]
fn the_listings_that_come_with_the_player_show_what_a_listing_may_have() {
    let read = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("playlists").join(name);
        format::read(&std::fs::read(path).unwrap(), Some(name)).unwrap()
    };
    let sections = |listing: &Listing| -> Vec<(String, usize)> {
        listing.sections().into_iter().map(|s| (s.name.unwrap_or_default(), s.entries)).collect()
    };
    let part = |name: &str, entries| (name.to_owned(), entries);
    let sides = read("evening-and-morning.md");
    assert_eq!(sections(&sides), [part("Side A: Evening", 3), part("Side B: Morning", 3)]);
    assert_eq!(sides.entries[5].artist.as_deref(), Some("Ines Calder feat. Bo Lindqvist"));
    assert_eq!(sides.entries[5].length, Some(Duration::from_secs(168)));
    let discs = read("two-discs.html");
    assert_eq!(sections(&discs), [part("Disc 1", 3), part("Disc 2", 2), part("Bonus tracks", 2)]);
    assert_eq!(discs.title.as_deref(), Some("Harbour Songs"));
    assert_eq!(
        discs.entries.iter().map(|entry| entry.disc).collect::<Vec<_>>()[2..5],
        [Some(1), Some(2), Some(2)]
    );
    assert!(discs.entries.iter().all(|entry| entry.artist.is_some()));
    let times = read("running.csv");
    assert_eq!(times.entries[1].line(), "2. Quiet Engines - Glass, Twice");
    assert!(times.entries.iter().all(|entry| entry.length.is_some() && entry.more.album.is_some()));
    assert_eq!(read("slow-train.xspf").entries[2].title, "Platform 9 & a Bit");
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
fn a_version_behind_the_artist_is_the_songs() {
    let text = b"Tail Lights - Velo (1992)\nTail Lights - Velo (MTV Unplugged, 1999)\nRain - Nova Kite (opening credits)\n";
    let knows = |name: &str| ["velo", "nova kite"].contains(&name.to_lowercase().as_str());
    let listing = format::read_with(text, None, &knows).unwrap();
    let names: Vec<_> =
        listing.entries.iter().map(|entry| (entry.title.as_str(), entry.artist.as_deref())).collect();
    let unplugged = ("Tail Lights (MTV Unplugged, 1999)", Some("Velo"));
    assert_eq!(names, [("Tail Lights", Some("Velo")), unplugged, ("Rain", Some("Nova Kite"))]);
}

#[test]
fn what_is_no_listing_is_refused_with_its_reason() {
    assert_eq!(format::read(b"", None), Err(ReadError::Empty));
    assert_eq!(format::read(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", None), Err(ReadError::Binary));
    let error = format::read(b"[[track]]\ntitel = 'x'\ntitle = 'y'\n", None).unwrap_err();
    assert_eq!(error.to_string(), "line 2: there is no key \"titel\"; did you mean \"title\"?");
}

/// Reads in every format; none may take long.
fn read_in_all(bytes: &[u8], most: Duration) {
    for format in FORMATS {
        let start = std::time::Instant::now();
        let _ = format::read_as(bytes, format.name, &|_| false);
        assert!(start.elapsed() < most, "{}: {:?}", format.name, start.elapsed());
    }
}

#[test]
fn odd_texts_are_bounded() {
    // Far above what it takes in a debug build, far below what anything quadratic would take.
    let most = Duration::from_secs(20);
    for piece in ["Rain - ", "a", "\"", "<", "&", "(", " \u{3000}", "1. ", "|", "[", "é"] {
        read_in_all(piece.repeat(200_000 / piece.len()).as_bytes(), most);
    }
    let mut broken = b"1. Velo - Rain\n2. Velo - Gl\0ass\n3. Velo - \xff\xfe\xc3Tide\n".to_vec();
    broken.extend([0xf0, 0x9f]);
    read_in_all(&broken, most);
    let listing = format::read(&broken, Some("txt")).unwrap();
    assert_eq!(listing.entries.len() + listing.unread.len(), 4, "no line is dropped");
    let utf16: Vec<u8> =
        "\u{feff}1. Velo - Rain\r\n2. Velo - Glass\r\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(format::read(&utf16, None).unwrap().entries.len(), 2);
}

#[test]
fn ten_thousand_nested_lists_are_refused_or_read_at_once() {
    let most = Duration::from_secs(20);
    for (open, close) in [
        ("<ul><li>", "</li></ul>"),
        ("<ol><li>a", ""),
        ("<dl><dd>", "</dl>"),
        ("[", "]"),
        ("{\"track\":[", "]}"),
    ] {
        read_in_all(format!("{}x{}", open.repeat(10_000), close.repeat(10_000)).as_bytes(), most);
    }
    let page = "<ul><li>".repeat(10_000);
    let error = format::read(page.as_bytes(), Some("html")).unwrap_err();
    assert_eq!(error.to_string(), "line 1: the page's elements are nested too deep");
}

#[test]
fn a_document_type_is_refused_before_its_entities_are_looked_at() {
    let bomb: String = (1..30).map(|n| format!("<!ENTITY e{n} \"&e{0};&e{0};\">", n - 1)).collect();
    let text = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE p [<!ENTITY e0 \"boom\">{bomb}<!ENTITY x SYSTEM \"file:///etc/hostname\">]>\
         <playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\"><title>&e29;&x;</title><trackList/></playlist>"
    );
    let start = std::time::Instant::now();
    let error = format::read(text.as_bytes(), Some("xspf")).unwrap_err().to_string();
    assert!(start.elapsed() < Duration::from_millis(10), "{:?}", start.elapsed());
    assert_eq!(error, "line 1: a document type (DOCTYPE) is not accepted: no playlist needs one");
}

/// Any text that a name may hold, quotes and brackets included.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~é“]{0,20}", "\\PC{0,8}"]
}

/// Any text that a remark may hold: line breaks, too.
fn remark() -> impl Strategy<Value = String> {
    "[ -~é“\\n\\t]{0,20}"
}

fn entry() -> impl Strategy<Value = Entry> {
    let words = (text(), prop::option::of(text()), prop::option::of(text()), prop::option::of(text()));
    let counts = (prop::option::of(any::<u32>()), prop::option::of(any::<u32>()));
    let length = prop::option::of((0..3_000_000_u64, 0..1_000_000_000_u32));
    let identifiers = prop::collection::vec("[!-~é]{1,20}", 0..3);
    let rest = (prop::option::of("[!-~é][ -~é]{0,20}"), prop::option::of(remark()), identifiers);
    (words, counts, length, rest, part()).prop_map(
        |((title, artist, album, section), (number, disc), length, (file, note, identifiers), part)| {
            let length = length.map(|(seconds, nanos)| Duration::new(seconds, nanos));
            let file = file.map(PathBuf::from);
            let (span, gains) = part;
            let more = Details { album, section, identifiers, span, gains, note, ..Details::default() };
            Entry {
                // An entry with a file and no title is called like the file.
                title: if title.trim().is_empty() && file.is_some() { "Rain".into() } else { title },
                artist,
                number,
                disc,
                length,
                file,
                more: more.into(),
            }
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
            let identifiers = number.map(|number| format!("https://example.org/recording/{number}"));
            let identifiers = identifiers.into_iter().collect();
            let more = Details { album, section, identifiers, note, ..Details::default() };
            Entry { title, artist, number, disc, length, file, more: more.into() }
        },
    )
}

/// Words that nothing can be read into.
fn name() -> impl Strategy<Value = String> {
    "[BDFGHJ-NPQRT-Z][a-zé]{2,6}( [BDFGHJ-NPQRT-Z][a-zé]{2,6})?"
        .prop_filter("no word of credits or parts", |name| {
            !["Set", "Tape", "Part"].iter().any(|w| name.contains(w))
        })
}

/// An entry that a list of players has: a file, or a name alone.
fn listed_entry() -> impl Strategy<Value = Entry> {
    let names = (prop::option::of(name()), name(), prop::option::of(name()));
    (names, prop::option::of(1_u64..5_000), prop::option::of("[a-z][a-z#%é ]{0,8}[a-z]\\.flac")).prop_map(
        |((artist, title, album), seconds, file)| Entry {
            artist,
            title,
            more: Details { album, ..Details::default() }.into(),
            length: seconds.map(Duration::from_secs),
            file: file.map(PathBuf::from),
            ..Entry::default()
        },
    )
}

/// The two names of an entry, whichever is which: a text of a few lines does not say.
fn parts(entry: &Entry) -> Vec<&str> {
    let mut parts = vec![entry.artist.as_deref().unwrap_or_default(), &entry.title];
    parts.sort_unstable();
    parts
}

/// What of a listing such a format has room for.
fn held(listing: &Listing, format: &str) -> Listing {
    let entry = |entry: &Entry| {
        let without_file = entry.file.is_none();
        let mut held = entry.clone();
        held.more.album = entry.more.album.clone().filter(|_| format == "m3u8" && !without_file);
        held.length = entry.length.filter(|_| !without_file);
        held
    };
    let title = listing.title.clone().filter(|_| format != "pls");
    Listing { title, entries: listing.entries.iter().map(entry).collect(), ..Listing::default() }
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
            // A table's rows are kept beside what they say.
            let again = again.map(|mut listing| {
                listing.entries.iter_mut().filter_map(|entry| entry.more.get_mut()).for_each(|more| more.markup = None);
                listing
            });
            prop_assert_eq!(again, Ok(listing.clone()), "{}: {}", format, written);
        }
    }

    #[test]
    fn formats_with_lines_keep_what_they_have_room_for(
        title in prop::option::of(name()),
        entries in prop::collection::vec(listed_entry(), 1..6),
    ) {
        let listing = Listing { title, entries, ..Listing::default() };
        for format in ["m3u8", "pls"] {
            let written = format::write(&listing, format).unwrap();
            let again = format::read(written.as_bytes(), Some(format));
            prop_assert_eq!(again, Ok(held(&listing, format)), "{}: {}", format, written);
        }
    }

    #[test]
    fn what_people_read_keeps_its_names_in_order(
        title in name(),
        sections in prop::collection::vec(prop::collection::vec((name(), name()), 3..6), 1..4),
    ) {
        let mut entries = Vec::new();
        for (index, section) in sections.iter().enumerate() {
            for (number, (artist, title)) in section.iter().enumerate() {
                entries.push(Entry {
                    artist: Some(artist.clone()),
                    title: title.clone(),
                    more: Details { section: Some(format!("Side {}", index + 1)), ..Details::default() }.into(),
                    number: Some(number as u32 + 1),
                    length: Some(Duration::from_secs(60 + number as u64)),
                    ..Entry::default()
                });
            }
        }
        let listing = Listing { title: Some(title), entries, ..Listing::default() };
        for format in ["md", "txt"] {
            let written = format::write(&listing, format).unwrap();
            let again = format::read(written.as_bytes(), Some(format)).unwrap();
            prop_assert_eq!(&again.title, &listing.title, "{}: {}", format, written);
            prop_assert!(again.unread.is_empty(), "{}: {:?}", written, again.unread);
            let seen: Vec<_> = again.entries.iter().map(|e| (&e.more.section, e.number, e.length, parts(e))).collect();
            let want: Vec<_> = listing.entries.iter().map(|e| (&e.more.section, e.number, e.length, parts(e))).collect();
            prop_assert_eq!(seen, want, "{}: {}", format, written);
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
