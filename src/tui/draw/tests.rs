//! The screen as people see it, in many sizes: `tests/golden/screens/NAME.txt`. A change of what is seen writes them anew:
//! TONEARM_BLESS=1 cargo test.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;

use super::*;
use crate::player::ItemId;
use crate::tui::keys::Keys;
use crate::tui::pane::{Row, Tone, What};
use crate::tui::view::{Mode, Now, Wish};
use crate::tui::{Chord, Pointed, Words};

const PLAIN: Theme = Theme { colour: false };
const COLOURED: Theme = Theme { colour: true };

fn entry(at: usize, (sign, tone): (&'static str, Tone), name: &str, release: &str, time: &str) -> Row {
    Row {
        sign,
        tone,
        number: at + 1,
        beside: release.into(),
        time: time.into(),
        detail: vec![
            format!("written: {}. {name}", at + 1).into(),
            "file: Soundtracks/Rocky IV/01 - Burning Heart.flac".into(),
            "why: title, artist, track number, same folder".into(),
        ],
        ..Row::new(What::Entry(at), name)
    }
}

const SURE: (&str, Tone) = ("✓", Tone::Good);
const LIKELY: (&str, Tone) = ("~", Tone::Maybe);
const AMBIGUOUS: (&str, Tone) = ("?", Tone::Doubt);
const MISSING: (&str, Tone) = ("✗", Tone::Bad);

/// A view with something in every part of it.
fn view() -> View {
    let mut view = View::default();
    view.title = "Rocky IV (Original Motion Picture Soundtrack)".into();
    let missing = Row {
        detail: vec![
            "written: 5. Vinnie DiCola- War".into(),
            "nearest: Motown/Edwin Starr - War.mp3 (12 %)".into(),
            "why: missing: title, another artist".into(),
        ],
        ..entry(4, MISSING, "Vinnie DiCola - War", "", "")
    };
    let mut rows = vec![
        Row::heading("Side one"),
        entry(0, SURE, "Survivor - Burning Heart", "Rocky IV", "3:53"),
        entry(1, LIKELY, "John Cafferty & the Beaver Brown Band - Hearts of Fire", "Rocky IV", "4:11"),
        entry(2, AMBIGUOUS, "宇多田ヒカル - 光 (日本語の長い題名、とても長い題名、さらに長い題名)", "", ""),
        entry(
            3,
            SURE,
            "Sigur Ro\u{301}s - Hoppi\u{301}polla 👩‍🎤❤\u{fe0f}🏳\u{fe0f}‍🌈 live",
            "Takk\u{2026}",
            "4:28",
        ),
        Row::heading("Side two"),
        missing,
    ];
    rows.extend((5..40).map(|at| entry(at, SURE, &format!("Band - Song {}", at + 1), "An album", "3:00")));
    rows.push(Row::heading("not read as tracks"));
    rows.push(Row { sign: "·", tone: Tone::Faint, ..Row::new(What::Unread(0), "Buy the record here!") });
    view.set(Page::Listing, rows);
    let queued = |id: u64, name: &str| Row {
        number: usize::try_from(id).unwrap() + 1,
        time: "3:53".into(),
        ..Row::new(What::Item(ItemId(id)), name)
    };
    view.set(
        Page::Queue,
        vec![queued(0, "Survivor - Burning Heart"), queued(3, "Sigur Ro\u{301}s - Hoppi\u{301}polla")],
    );
    view.set(Page::History, vec![Row { number: 1, ..Row::new(What::Heard(0), "Survivor - Burning Heart") }]);
    let candidate = |at: usize, name: &str, likely: &str| Row {
        sign: "?",
        tone: Tone::Doubt,
        beside: "Band - Third (Live) · Best · 3:41 · MP3 256 kbit/s".into(),
        time: likely.into(),
        ..Row::new(What::Candidate(0, at), name)
    };
    view.set(
        Page::Review,
        vec![
            Row::heading("Which one is 3. 宇多田ヒカル - 光?"),
            candidate(0, "b/光.mp3", "62 %"),
            candidate(1, "c/光 (Live).flac", "31 %"),
        ],
    );
    let output = |at: usize, sign, tone, name: &str, time: &str| Row {
        sign,
        tone,
        time: time.into(),
        beside: "PulseAudio, 48000 Hz, 2 channels".into(),
        ..Row::new(What::Output(at), name)
    };
    view.set(
        Page::Outputs,
        vec![
            output(0, "✓", Tone::Good, "the system's default output", "on"),
            output(1, "·", Tone::Faint, "Headphones", ""),
        ],
    );
    view.plays(Some(1), Some(ItemId(3)));
    view.now = Some(Now {
        playing: true,
        artist: "John Cafferty & the Beaver Brown Band".into(),
        title: "Hearts of Fire".into(),
        release: "Rocky IV".into(),
        format: "FLAC 44.1 kHz 16 bit stereo, bit-perfect".into(),
        place: "2/40".into(),
        elapsed: "1:12".into(),
        length: "4:11".into(),
        share: Some(72.0 / 251.0),
    });
    let mode = |words: &str, is_set| Mode { words: words.into(), is_set };
    view.modes = vec![
        mode("volume 80", true),
        mode("shuffle off", false),
        mode("repeat all", true),
        mode("gain off", false),
    ];
    view
}

fn screen(view: &View, columns: u16, rows: u16) -> (String, Areas) {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    let mut areas = Areas::default();
    terminal.draw(|frame| areas = draw(view, PLAIN, frame.buffer_mut())).unwrap();
    (terminal.backend().to_string(), areas)
}

/// Holds a screen against the one that is kept.
fn assert_golden(name: &str, view: &View, columns: u16, rows: u16) {
    let (found, _) = screen(view, columns, rows);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/screens");
    let path = folder.join(format!("{name}.txt"));
    if std::env::var_os("TONEARM_BLESS").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(&path, &found).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == found, "{name} differs:\n{found}");
}

fn press(view: &mut View, key: &str) -> Option<Wish> {
    view.press(key.parse::<Chord>().unwrap(), &Keys::default())
}

#[test]
fn the_listing_in_five_sizes() {
    for (columns, rows) in [(40, 10), (80, 24), (100, 30), (200, 50), (300, 100)] {
        assert_golden(&format!("listing-{columns}x{rows}"), &view(), columns, rows);
    }
}

#[test]
fn every_page() {
    for page in Page::ALL {
        let mut view = view();
        view.open(page);
        if page == Page::Search {
            view.query = "hoppi 光".into();
            view.tally = "2".into();
            let found = |at, name: &str| Row { time: "4:28".into(), ..Row::new(What::Found(at), name) };
            view.set(page, vec![found(0, "Sigur Rós - Hoppípolla"), found(1, "宇多田ヒカル - 光")]);
        }
        assert_golden(&format!("{}-80x24", page.name().to_lowercase()), &view, 80, 24);
        assert_golden(&format!("{}-40x10", page.name().to_lowercase()), &view, 40, 10);
    }
}

#[test]
fn what_is_missing_says_what_was_nearest() {
    let mut view = view();
    for _ in 0..3 {
        press(&mut view, "down");
    }
    view.message = Some("! 7. cannot be decoded".into());
    assert_golden("missing-80x24", &view, 80, 24);
}

#[test]
fn help_stands_over_the_rest() {
    let mut view = view();
    press(&mut view, "?");
    assert_golden("help-40x10", &view, 40, 10);
    assert_golden("help-80x24", &view, 80, 24);
    assert_golden("help-200x50", &view, 200, 50);
    for _ in 0..99 {
        press(&mut view, "down");
    }
    let (shown, areas) = screen(&view, 40, 10);
    assert!(shown.contains("end at once"), "{shown}");
    view.was_drawn(&areas);
    let last = areas.help_top;
    press(&mut view, "up");
    assert_eq!(screen(&view, 40, 10).1.help_top, last - 1, "the help was not moved beyond its end");
    press(&mut view, "esc");
    assert_eq!(view.help, None);
}

#[test]
fn nothing_is_a_screen_too() {
    assert_golden("empty-80x24", &View::default(), 80, 24);
    assert_golden("small-39x9", &view(), 39, 9);
    for (columns, rows) in [(1, 1), (0, 0), (39, 100), (300, 9), (7, 3)] {
        draw(&view(), PLAIN, &mut Buffer::empty(Rect::new(0, 0, columns, rows)));
    }
}

#[test]
fn every_size_is_drawn_and_every_row_is_as_wide_as_the_screen() {
    for columns in (40..310).step_by(7) {
        for rows in (10..60).step_by(5) {
            let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
            let mut view = view();
            for page in Page::ALL {
                view.open(page);
                let areas = draw(&view, COLOURED, &mut buffer);
                assert!(areas.list.bottom() <= rows && areas.list.height > 0, "{columns}x{rows}");
            }
        }
    }
}

#[test]
fn without_colours_signs_say_it_all() {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 100, 30));
    draw(&view(), PLAIN, &mut buffer);
    assert!(buffer.content.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    draw(&view(), COLOURED, &mut buffer);
    assert!(buffer.content.iter().any(|cell| cell.fg == Color::Green));
}

#[test]
fn what_is_hostile_is_drawn_harmlessly() {
    let mut view = view();
    let hostile = format!("\u{1b}]0;x\u{7}\u{9b}31m\u{202e}{}", "宽e\u{301}".repeat(5000));
    let mut row = entry(0, SURE, &hostile, &hostile, &hostile);
    row.detail = vec![Words::of(&hostile); 9];
    view.set(Page::Listing, vec![row; 50]);
    let words = Words::of(&hostile);
    view.now = Some(Now {
        playing: true,
        artist: words.clone(),
        title: words.clone(),
        release: words.clone(),
        format: words.clone(),
        place: words.clone(),
        elapsed: words.clone(),
        length: words.clone(),
        share: Some(f64::NAN),
    });
    view.message = Some(words);
    for (columns, rows) in [(40, 10), (81, 25), (300, 100)] {
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        draw(&view, COLOURED, &mut buffer);
        let cells = buffer.content.iter().flat_map(|cell| cell.symbol().chars());
        assert!(cells.into_iter().all(sanitise::is_safe));
    }
}

#[test]
fn a_click_means_what_is_drawn_there() {
    let mut view = view();
    let (shown, areas) = screen(&view, 100, 30);
    let line =
        |words: &str| u16::try_from(shown.lines().position(|line| line.contains(words)).unwrap()).unwrap();
    let click = |column, row, twice| Pointed::Click { column, row, twice };

    let row = line("Hoppi");
    assert_eq!(view.point(click(20, row, false), &areas), None);
    assert_eq!(view.pane(Page::Listing).marked().unwrap().what, What::Entry(3));
    assert_eq!(view.point(click(20, row, true), &areas), Some(Wish::Play(What::Entry(3))));
    assert_eq!(view.point(click(20, line("Side two"), true), &areas), None, "a heading is no entry");
    assert_eq!(view.pane(Page::Listing).marked().unwrap().what, What::Entry(3));

    let bar = areas.seek;
    assert_eq!(bar.y, line("1:12 ━"));
    assert_eq!(view.point(click(bar.x, bar.y, false), &areas), Some(Wish::Seek(0.0)));
    assert_eq!(view.point(click(bar.right() - 1, bar.y, false), &areas), Some(Wish::Seek(1.0)));
    assert_eq!(view.point(click(bar.right(), bar.y, false), &areas), None, "the length is no bar");
    assert_eq!(areas.seek_at(bar.x, bar.y - 1), None);

    view.point(Pointed::Wheel(1), &areas);
    assert_eq!(view.pane(Page::Listing).marked().unwrap().what, What::Entry(6));

    let (tab, _) = areas.tabs[2];
    view.point(click(tab.x, tab.y, false), &areas);
    assert_eq!(view.page, Page::History);
    assert_eq!(view.point(click(3, 25, true), &areas), None, "below the list");
}

#[test]
fn keys_ask_for_what_the_page_has() {
    let mut view = view();
    assert_eq!(press(&mut view, "enter"), Some(Wish::Play(What::Entry(1))), "the mark is on what plays");
    assert_eq!(press(&mut view, "a"), Some(Wish::Add(What::Entry(1))));
    press(&mut view, "end");
    assert!(matches!(press(&mut view, "enter"), Some(Wish::Say(_))), "that line is no track");
    press(&mut view, "c");
    assert_eq!(view.pane(Page::Listing).marked().unwrap().what, What::Entry(1));

    press(&mut view, "2");
    assert_eq!(press(&mut view, "K"), Some(Wish::Move(ItemId(3), 0)));
    assert_eq!(press(&mut view, "J"), None, "it is the last");
    assert_eq!(press(&mut view, "d"), Some(Wish::Remove(What::Item(ItemId(3)))));

    press(&mut view, "4");
    assert_eq!(press(&mut view, "l"), Some(Wish::Listen(0, 0)));
    press(&mut view, "j");
    assert_eq!(press(&mut view, "enter"), Some(Wish::Answer(0, Some(1))));
    assert_eq!(press(&mut view, "x"), Some(Wish::Answer(0, None)));

    assert_eq!(press(&mut view, "5"), Some(Wish::Outputs));
    press(&mut view, "j");
    assert_eq!(press(&mut view, "enter"), Some(Wish::Output(1)));
    assert_eq!(press(&mut view, "a"), Some(Wish::Beside(1)));

    press(&mut view, "/");
    assert_eq!(press(&mut view, "q"), Some(Wish::Find("q".into())));
    assert_eq!(press(&mut view, "space"), Some(Wish::Find("q ".into())));
    assert_eq!(press(&mut view, "backspace"), Some(Wish::Find("q".into())));
    assert_eq!(press(&mut view, "ctrl-u"), Some(Wish::Find(String::new())));
    press(&mut view, "esc");
    assert_eq!(view.page, Page::Outputs, "back where the search came from");
    press(&mut view, "esc");
    assert_eq!(view.page, Page::Listing);
    assert_eq!(press(&mut view, "esc"), Some(Wish::Quit));
}

#[test]
fn a_mark_on_what_plays_goes_along_and_any_other_stays() {
    let mut view = view();
    view.plays(Some(2), Some(ItemId(4)));
    assert_eq!(view.pane(Page::Listing).marked().unwrap().what, What::Entry(2));
    press(&mut view, "end");
    view.plays(Some(3), Some(ItemId(5)));
    assert_eq!(view.pane(Page::Listing).marked().unwrap().what, What::Unread(0));
}
