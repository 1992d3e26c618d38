//! Cue sheets as other programs write them, and as nobody should; what is written is read back.
#![allow(clippy::unwrap_used)]
use super::*;

fn listing(text: &str) -> Listing {
    read(text, &|_| false).unwrap()
}

/// "text | file from-to": one line an entry.
fn lines(listing: &Listing) -> Vec<String> {
    let part = |span: Span| format!(" {}-{}", span.from(), span.to().map_or("".into(), |to| to.to_string()));
    let line = |entry: &Entry| {
        let file = entry.file.as_ref().map_or("-".into(), |file| file.to_string_lossy().into_owned());
        format!("{} | {file}{}", entry.line(), entry.more.span.map(part).unwrap_or_default())
    };
    listing.entries.iter().map(line).collect()
}

fn unread(listing: &Listing) -> Vec<String> {
    listing.unread.iter().map(|unread| format!("{}: {}", unread.line, unread.text)).collect()
}

#[test]
fn a_whole_disc_in_lower_case_with_windows_line_ends() {
    let text = "\u{feff}rem date 1985\r\nrem genre Rock\r\nrem discnumber 2\r\nperformer \"Velo\"\r\ntitle \"Night \"Drive\"\"\r\n\
                file \"disc one.flac\" wave\r\ntrack 01 audio\r\ntitle \"Rain\"\r\nflags dcp\r\nindex 01 00:00:00\r\n\
                track 02 audio\r\ntitle Glass\r\nperformer \"Nova Kite\"\r\nindex 00 03:40:00\r\nindex 01 03:41:15\r\nnonsense\r\n";
    assert!(sniff(text));
    let listing = listing(text);
    assert_eq!((listing.title.as_deref(), listing.date.as_deref()), (Some("Night \"Drive\""), Some("1985")));
    assert_eq!(
        lines(&listing),
        [
            "1. Velo - Rain | disc one.flac 00:00:00-03:41:15",
            "2. Nova Kite - Glass | disc one.flac 03:41:15-",
        ]
    );
    assert_eq!(listing.entries[0].length, Some(Duration::from_millis(221_200)));
    assert_eq!(listing.entries[0].disc, Some(2));
    assert_eq!(unread(&listing), ["16: nonsense"]);
}

#[test]
fn gains_of_tracks_and_disc() {
    let text = "REM REPLAYGAIN_ALBUM_GAIN -6.00 dB\nREM REPLAYGAIN_ALBUM_PEAK 1.000000\nFILE a.flac WAVE\n\
                TRACK 01 AUDIO\nREM REPLAYGAIN_TRACK_GAIN -6.52 dB\nREM REPLAYGAIN_TRACK_PEAK 0.988553\nINDEX 01 00:00:00\n\
                TRACK 02 AUDIO\nREM REPLAYGAIN_TRACK_GAIN loud\nINDEX 01 01:00:00\n";
    let listing = listing(text);
    let gains = listing.entries[0].more.gains;
    assert_eq!(gains.track.map(part::gain).as_deref(), Some("-6.52 dB"));
    assert_eq!(gains.album.and_then(part::peak_of).as_deref(), Some("1.000000"));
    assert_eq!(listing.entries[1].more.gains, Gains { track: None, ..gains });
    assert_eq!(unread(&listing), ["9: REM REPLAYGAIN_TRACK_GAIN loud (its value means nothing)"]);
}

#[test]
fn a_pregap_ends_the_track_before_and_the_first_one_is_heard() {
    let text = "FILE a.flac WAVE\nTRACK 01 AUDIO\nINDEX 00 00:00:00\nINDEX 01 03:00:00\n\
                TRACK 02 AUDIO\nPREGAP 00:02:00\nINDEX 00 07:58:00\nINDEX 01 08:00:00\nINDEX 02 09:00:00\n";
    let listing = listing(text);
    assert_eq!(lines(&listing), ["1. Track 1 | a.flac 00:00:00-08:00:00", "2. Track 2 | a.flac 08:00:00-"]);
    assert_eq!(unread(&listing), ["6: PREGAP 00:02:00 (silence that is in no file is not made)"]);
}

#[test]
fn a_file_a_track_with_gaps_at_the_end_of_the_file_before() {
    let text = "FILE \"01 Rain.wav\" WAVE\n  TRACK 01 AUDIO\n    TITLE \"Rain\"\n    INDEX 01 00:00:00\n\
                \x20 TRACK 02 AUDIO\n    TITLE \"Glass\"\n    INDEX 00 04:10:20\nFILE \"02 Glass.wav\" WAVE\n    INDEX 01 00:00:00\n\
                \x20 TRACK 03 AUDIO\nFILE \"03 - Dust.wav\" WAVE\n    INDEX 01 00:00:00\n";
    let listing = listing(text);
    assert_eq!(
        lines(&listing),
        ["1. Rain | 01 Rain.wav", "2. Glass | 02 Glass.wav", "3. 03 - Dust | 03 - Dust.wav"]
    );
    assert_eq!(unread(&listing), Vec::<String>::new());
}

#[test]
fn several_discs_in_several_files() {
    let text = "FILE side-a.flac WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 02:00:00\n\
                FILE side b.flac WAVE\nTRACK 03 AUDIO\nINDEX 00 00:00:00\nINDEX 01 00:01:00\nTRACK 04 AUDIO\nINDEX 01 03:00:00\n";
    assert_eq!(
        lines(&listing(text)),
        [
            "1. Track 1 | side-a.flac 00:00:00-02:00:00",
            "2. Track 2 | side-a.flac 02:00:00-",
            "3. Track 3 | side b.flac 00:00:00-03:00:00",
            "4. Track 4 | side b.flac 03:00:00-",
        ]
    );
}

#[test]
fn data_is_no_music_and_images_are_not_played() {
    let text = "FILE a.flac WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 MODE1/2352\nINDEX 00 05:00:00\nINDEX 01 05:02:00\n\
                FILE disc.bin BINARY\nTRACK 03 AUDIO\nTITLE Dust\nINDEX 01 00:00:00\n";
    let listing = listing(text);
    assert_eq!(lines(&listing), ["1. Track 1 | a.flac 00:00:00-05:00:00", "3. Dust | -"]);
    assert_eq!(
        listing.entries[1].more.note.as_deref(),
        Some("in an image of a disc, which tonearm does not play")
    );
    assert_eq!(
        unread(&listing),
        [
            "4: TRACK 02 MODE1/2352 (a data track is no music)",
            "7: FILE disc.bin BINARY (an image of a disc, which tonearm does not play)",
        ]
    );
}

#[test]
fn a_mark_that_cannot_be_costs_its_own_track_and_no_other() {
    let text = "INDEX 01 00:00:00\nTRACK 9 AUDIO\nFILE a WAVE\nTRACK 1 AUDIO\nINDEX 01 00:00:00\nTRACK 2 AUDIO\nINDEX 01 99:99:99\n\
                TRACK 3 AUDIO\nINDEX 01 02:00:00\nTRACK 4 AUDIO\nINDEX 01 01:00:00\nTRACK 5 AUDIO\nINDEX 01 03:00:00\n\
                TRACK 6 AUDIO\nINDEX 01 03:00:00\nTRACK 99999999999 AUDIO\nINDEX 01 4294967296:00:00\nINDEX x\n";
    let listing = listing(text);
    assert_eq!(
        lines(&listing),
        [
            "9. Track 9 | -",
            "1. Track 1 | a 00:00:00-01:00:00",
            "2. Track 2 | -",
            "3. Track 3 | a 02:00:00-03:00:00",
            "4. Track 4 | a 01:00:00-02:00:00",
            "5. Track 5 | -",
            "6. Track 6 | a 03:00:00-",
            "Track 8 | -",
        ]
    );
    assert_eq!(
        unread(&listing),
        [
            "1: INDEX 01 00:00:00 (no track stands before it)",
            "2: TRACK 09 AUDIO (no file stands before it)",
            "7: INDEX 01 99:99:99 (no such time: it is minutes:seconds:frames, to 59 seconds and 74 frames)",
            "10: TRACK 04 AUDIO (it begins before the track that stands above it)",
            "12: TRACK 05 AUDIO (it has no length: another one begins where it does)",
            "16: TRACK 99999999999 AUDIO (it has no number that a track can have)",
            "17: INDEX 01 4294967296:00:00 (no such time: it is minutes:seconds:frames, to 59 seconds and 74 frames)",
            "18: INDEX x (it has no number)",
        ]
    );
}

#[test]
fn what_is_written_is_read_back() {
    let disc = "REM DATE \"1985\"\nREM DISCNUMBER 2\nREM REPLAYGAIN_ALBUM_GAIN -6.00 dB\nPERFORMER \"Velo\"\nTITLE \"Night\"\n\
                FILE \"a b.flac\" WAVE\n  TRACK 01 AUDIO\n    TITLE \"Rain\"\n    PERFORMER \"Velo\"\n\
                \x20   REM REPLAYGAIN_TRACK_GAIN +1.25 dB\n    REM REPLAYGAIN_TRACK_PEAK 0.500000\n    INDEX 01 00:00:00\n\
                \x20 TRACK 02 AUDIO\n    TITLE \"Glass\"\n    PERFORMER \"Velo\"\n    INDEX 01 03:41:15\n";
    assert_eq!(write(&listing(disc)), disc);
    let files = "TITLE \"Night\"\nFILE \"a b.wav\" WAVE\n  TRACK 01 AUDIO\n    TITLE \"Rain\"\n    PERFORMER \"Velo\"\n    INDEX 01 00:00:00\n\
                 FILE \"c.wav\" WAVE\n  TRACK 02 AUDIO\n    TITLE \"Glass\"\n    INDEX 01 00:00:00\n";
    assert_eq!(write(&listing(files)), files);
}

#[test]
fn parts_that_do_not_follow_each_other_say_where_they_end() {
    let text = "FILE \"a\" WAVE\n  TRACK 01 AUDIO\n    TITLE \"Dust\"\n    REM END 05:00:00\n    INDEX 01 04:00:00\n\
                FILE \"a\" WAVE\n  TRACK 02 AUDIO\n    TITLE \"Rain\"\n    REM END 01:00:00\n    INDEX 01 00:00:00\n\
                \x20 TRACK 03 AUDIO\n    TITLE \"Glass\"\n    REM END 03:00:00\n    INDEX 01 02:00:00\n";
    let listing = listing(text);
    assert_eq!(
        lines(&listing),
        ["1. Dust | a 04:00:00-05:00:00", "2. Rain | a 00:00:00-01:00:00", "3. Glass | a 02:00:00-03:00:00"]
    );
    assert_eq!(write(&listing), text);
}

#[test]
fn what_has_no_file_keeps_its_names_whatever_dashes_they_hold() {
    for (sheet, artist, title) in [
        (Some("Hall - Oates"), Some("Hall - Oates"), "Rain"),
        (Some("Velo"), Some("Velo"), "Rain - Live"),
        (Some("Velo"), Some("Ada Moor"), "Glass - Demo"),
        (None, Some("Ada Moor"), "Glass"),
        (None, None, "Glass"),
    ] {
        let [sheet, artist] = [sheet, artist].map(|name| name.map(str::to_owned));
        let entry = Entry { artist: artist.clone(), title: title.into(), ..Entry::default() };
        let written = write(&Listing { artist: sheet, entries: vec![entry], ..Listing::default() });
        let again = read(&written, &|_| false).unwrap().entries.remove(0);
        assert_eq!((again.artist, again.title.as_str()), (artist, title), "{written}");
    }
}
