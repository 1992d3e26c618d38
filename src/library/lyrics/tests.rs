//! Takes texts as people and programs write them; gives the proof that their lines and times are read, and that
//! nothing else can come of them. Files only in temporary folders.
#![allow(clippy::unwrap_used)]

use std::fs;

use lofty::TextEncoding;
use lofty::config::WriteOptions;
use lofty::id3::v2::{BinaryFrame, FrameId};
use lofty::prelude::TagExt;
use proptest::prelude::*;

use super::*;

/// Lines as `mm:ss.mmm words`, or as they are where nobody has timed them.
fn read(text: &str) -> Vec<String> {
    let stamp = |time: &Duration| {
        let millis = time.as_millis();
        format!("{:02}:{:02}.{:03}", millis / 60_000, millis / 1000 % 60, millis % 1000)
    };
    match Lyrics::parse(text) {
        Some(Lyrics::Timed(lines)) => {
            lines.iter().map(|(time, words)| format!("{} {words}", stamp(time))).collect()
        }
        Some(Lyrics::Plain(lines)) => lines,
        None => Vec::new(),
    }
}

#[test]
fn times_are_read_as_programs_write_them() {
    for (stamp, time) in [
        ("00:01", "00:01.000"),
        ("1:02.5", "01:02.500"),
        ("01:02.05", "01:02.050"),
        ("01:02.123", "01:02.123"),
        ("01:02:05", "01:02.050"),
        ("01:02,05", "01:02.050"),
        ("100:00.00", "100:00.000"),
        (" 00:07.00 ", "00:07.000"),
    ] {
        assert_eq!(read(&format!("[{stamp}]la")), [format!("{time} la")], "{stamp}");
    }
    for stamp in
        ["", ":", "a:b", "00:60.00", "-1:00", "1:-2", "00:1.", "00:00.0000000000", "99999:00", "1:2:3:4"]
    {
        assert_eq!(read(&format!("[{stamp}]la")), [format!("[{stamp}]la")], "{stamp}");
    }
}

#[test]
fn lines_stand_in_the_order_of_their_times_and_a_chorus_stands_more_than_once() {
    let text = "[ar:Somebody]\n[00:10.00][00:30.00]Chorus\r\n[00:20.00]Verse\n[00:40]\n";
    assert_eq!(read(text), ["00:10.000 Chorus", "00:20.000 Verse", "00:30.000 Chorus", "00:40.000 "]);
}

#[test]
fn an_offset_makes_the_words_earlier() {
    assert_eq!(read("[offset:+500]\n[00:10.00]a"), ["00:09.500 a"]);
    assert_eq!(read("[00:10.00]a\n[offset: -250]"), ["00:10.250 a"]);
    assert_eq!(read("[offset:99999999999]\n[00:10.00]a"), ["00:00.000 a"]);
    assert_eq!(read("[offset:soon]\n[00:10.00]a"), ["00:10.000 a"]);
}

#[test]
fn times_of_words_are_left_out_and_brackets_of_words_are_not() {
    assert_eq!(
        read("[00:01.00]<00:01.00> Hea<00:01.50>rt's [00:02.00]on < fire > [x2]"),
        ["00:01.000 Heart's on < fire > [x2]"]
    );
}

#[test]
fn a_line_without_a_time_belongs_to_the_one_before() {
    let text = "by me\n[00:05.00]Hallo\n(hello)\n\n[00:09.00]Welt";
    assert_eq!(read(text), ["00:05.000 Hallo", "00:05.000 (hello)", "00:09.000 Welt"]);
}

#[test]
fn untimed_lyrics_keep_their_stanzas() {
    assert_eq!(read("\n\n[ti:A song]\r\nOne\r\n\r\nTwo\n\n"), ["One", "", "Two"]);
    assert_eq!(read("[Chorus]\nLa: la"), ["[Chorus]", "La: la"]);
    assert_eq!(Lyrics::parse(" \n\n"), None);
    assert_eq!(Lyrics::parse("[00:01.00]\n[00:02.00]"), None, "times and not a word");
}

#[test]
fn nothing_of_it_steers_a_terminal() {
    assert_eq!(read("[00:01.00]a\u{1b}[31mb\u{202E}c"), ["00:01.000 a[31mbc"]);
    assert_eq!(read("a\u{9b}2Jb"), ["a2Jb"]);
}

#[test]
fn the_line_that_is_sung_is_the_last_that_has_begun() {
    let lyrics = Lyrics::parse("[00:01]a\n[00:02]b\n[00:02]c").unwrap();
    let at = |millis| lyrics.line_at(Duration::from_millis(millis));
    assert_eq!(
        [at(0), at(999), at(1000), at(1999), at(2000), at(99_000)],
        [None, None, Some(0), Some(0), Some(2), Some(2)]
    );
    assert_eq!(Lyrics::parse("a").unwrap().line_at(Duration::ZERO), None);
}

#[test]
fn a_line_with_many_times_does_not_fill_the_memory() {
    let many = format!("{}{}", "[0:1]".repeat(100_000), "x".repeat(100_000));
    let lyrics = Lyrics::parse(&many).unwrap();
    assert_eq!(lyrics.lines().len(), MOST_LINES);
    assert!(lyrics.lines().all(|line| line.len() <= LONGEST_LINE));
    assert_eq!(Lyrics::parse(&"x\n".repeat(MOST_LINES + 7)).unwrap().lines().len(), MOST_LINES);
}

#[test]
fn syllables_become_lines() {
    let of = |syllables: &[(u32, &str)]| {
        let syllables: Vec<_> = syllables.iter().map(|(time, text)| (*time, (*text).to_owned())).collect();
        of_syllables(&syllables).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(of(&[(0, "Hea"), (500, "rts"), (900, "\non "), (1000, "fire")]), ["Hearts", "on fire"]);
    assert_eq!(of(&[(1000, "second"), (0, "first")]), ["first", "second"]);
}

#[test]
fn a_file_beside_it_counts_for_more_than_tags_unless_only_they_have_times() {
    let home = tempfile::tempdir().unwrap();
    let song = home.path().join("song.mp3");
    assert_eq!(lyrics(&song), None);
    // An MPEG header that the tag reader takes for a file.
    let frame = [&[0xFF, 0xFB, 0x90, 0x00][..], &[0; 413]].concat();
    fs::write(&song, frame.repeat(4)).unwrap();
    let sylt = SynchronizedTextFrame::new(
        TextEncoding::UTF8,
        *b"eng",
        TimestampFormat::MS,
        SyncTextContentType::Lyrics,
        None,
        vec![(1500, "in the file".into())],
    );
    let mut tag = Id3v2Tag::new();
    let data = sylt.as_bytes(WriteOptions::default()).unwrap();
    tag.insert(Frame::Binary(BinaryFrame::new(FrameId::new("SYLT").unwrap(), data)));
    tag.save_to_path(&song, WriteOptions::default()).unwrap();
    let inside = Some(Lyrics::Timed(vec![(Duration::from_millis(1500), "in the file".into())]));
    assert_eq!(lyrics(&song), inside);
    fs::write(home.path().join("song.lrc"), "no times").unwrap();
    assert_eq!(lyrics(&song), inside);
    // Windows-1252, as an old program wrote it.
    fs::write(home.path().join("song.lrc"), b"[00:02.00]Caf\xE9 \x96 d\xE9j\xE0 vu, fa\xE7ade, na\xEFve")
        .unwrap();
    let beside = lyrics(&song).unwrap();
    assert_eq!(beside.lines().collect::<Vec<_>>(), ["Café – déjà vu, façade, naïve"]);
}

fn stamps() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\[[0-9]{0,3}[:.][0-9]{0,3}[.:,]?[0-9]{0,4}\\]",
        "<[0-9]{1,2}:[0-9]{2}\\.[0-9]{2}>",
        "\\[(offset|ar|length|Chorus):[-+]?[0-9]{0,20}\\]",
        "[a-zß東👩‍🎤\u{301} \\[\\]<>:\u{1b}\u{9b}\u{202E}\t\r]{0,9}",
        Just("\n".to_owned()),
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn whatever_is_read_is_in_order_bounded_and_safe(parts in prop::collection::vec(stamps(), 0..40)) {
        let Some(lyrics) = Lyrics::parse(&parts.concat()) else { return Ok(()) };
        prop_assert!(lyrics.has_words());
        for line in lyrics.lines() {
            prop_assert_eq!(sanitise::line(line), line);
            prop_assert!(line.chars().count() <= LONGEST_LINE);
        }
        if let Lyrics::Timed(lines) = &lyrics {
            prop_assert!(lines.is_sorted_by_key(|(time, _)| *time));
            for (at, (time, _)) in lines.iter().enumerate() {
                prop_assert!(lyrics.line_at(*time).unwrap() >= at);
            }
        }
    }

    #[test]
    fn what_is_written_with_times_is_read_with_them(
        lines in prop::collection::vec((0_u64..6_000_000, "[a-z ,.']{1,30}"), 1..30),
    ) {
        let mut text = String::new();
        for (millis, words) in &lines {
            text += &format!("[{:02}:{:02}.{:03}]{words}\n", millis / 60_000, millis / 1000 % 60, millis % 1000);
        }
        let mut wanted: Vec<_> = lines.iter().map(|(millis, words)| (Duration::from_millis(*millis), words.trim().to_owned())).collect();
        wanted.sort_by_key(|(time, _)| *time);
        let wanted = wanted.iter().any(|(_, words)| !words.is_empty()).then_some(Lyrics::Timed(wanted));
        prop_assert_eq!(Lyrics::parse(&text), wanted);
    }
}
