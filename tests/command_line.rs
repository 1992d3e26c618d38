//! What a person or a script meets at the command line: exit codes, where words go, what bad input
//! comes to. The program itself is run, in a home of its own, without a sound device.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{Home, Outcome, PATIENCE, Sound, until};
use tonearm::library::Tags;

/// Numbers of the tracks that were announced, in order.
fn played(outcome: &Outcome) -> Vec<String> {
    outcome.lines().iter().map(|line| line.split('/').next().unwrap().to_owned()).collect()
}

mod exit_codes {
    use super::*;

    #[test]
    fn all_well_is_0() {
        let home = Home::new().with_three_songs();
        home.run(["match", "list.txt"]).ends(0).says_nothing();
        home.run(["play", "list.txt", "--output", "wav:out.wav"]).ends(0).says_nothing();
        home.run(["render", "list.txt", "-o", "out.wav"]).ends(0);
        home.run(["scan"]).ends(0).says_nothing();
        home.run(["--help"]).ends(0).says_nothing();
        home.run(["--version"]).ends(0).says_nothing();
    }

    #[test]
    fn a_file_is_called_what_its_tags_say() {
        let home =
            Home::new().song("x1.wav", "Velo", "Rain").sound("x2.wav", &Sound::short(), &Tags::default());
        let files = ["play", "Music/x1.wav", "Music/x2.wav", "--output", "wav:out.wav"];
        assert_eq!(home.run(files).ends(0).lines(), ["1/2  Velo - Rain", "2/2  x2"]);
    }

    #[test]
    fn the_sound_of_a_film_is_played() {
        let film = include_bytes!("fixtures/opus.webm");
        let home = Home::new().file("live.mkv", film).file("live.WebM", film);
        let film = include_bytes!("fixtures/opus.mp4");
        let home = home.file("live.mp4", film).file("live.m4v", film).file("live.mov", film);
        for name in ["live.mkv", "live.WebM", "live.mp4", "live.m4v", "live.mov"] {
            home.run(["render", name, "-o", "out.wav"]).ends(0);
            assert!(Sound::read(&fs::read(home.path("out.wav")).unwrap()).frames() > 30_000, "{name}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_1() {
        let home = Home::new().with_three_songs();
        home.run(["play", "nowhere.txt", "--output", "null"]).ends(1).says_only_one_sentence();
        home.run(["render", "list.txt", "-o", "no/such/folder/out.wav"]).ends(1).says_only_one_sentence();
        home.run(["play", "list.txt", "--output", "wav:no/such/folder/out.wav"])
            .ends(1)
            .says_only_one_sentence();
    }

    #[test]
    fn wrong_usage_is_2() {
        let home = Home::new().with_three_songs();
        for words in [
            &[][..],
            &["play"],
            &["match"],
            &["play", "--loud", "list.txt"],
            &["play", "list.txt", "--output", "speaker"],
            &["play", "list.txt", "--start", "0"],
            &["play", "list.txt", "--repeat", "sometimes"],
            &["render", "list.txt"],
            &["render", "list.txt", "-o", "out.wav", "--rate", "fast"],
        ] {
            let outcome = home.run(words).ends(2);
            assert!(outcome.bytes.is_empty() && !outcome.err.is_empty(), "{words:?}: {outcome}");
        }
    }

    #[test]
    fn something_left_out_is_3() {
        let home = Home::new()
            .with_three_songs()
            .file("more.txt", "1. Velo - Amber\n2. Zzyzx Quorum - Nothing Anybody Has\n3. Velo - Cobalt\n");
        home.run(["match", "more.txt"]).ends(3);
        home.run(["render", "more.txt", "-o", "out.wav"]).ends(3);
        let outcome = home.run(["play", "more.txt", "--output", "wav:out.wav"]).ends(3);
        assert_eq!(played(&outcome), ["1", "3"]);
        let outcome = outcome.says("missing, left out: 2. Zzyzx Quorum - Nothing Anybody Has");
        outcome.says("1 entry had no file and were left out");
    }

    #[test]
    fn no_audio_output_is_4() {
        let home = Home::new().with_three_songs();
        let home = home.file("asound.conf", "");
        let mut command = home.command(["play", "list.txt", "--output", "auto"]);
        command.env("PULSE_SERVER", "unix:/nonexistent/pulse");
        command.env("ALSA_CONFIG_PATH", home.path("asound.conf"));
        let outcome = support::Running::start(&mut command).end().ends(4);
        assert!(outcome.bytes.is_empty(), "{outcome}");
        assert!(outcome.err.lines().count() <= 2, "{outcome}");
        outcome.says("--output null");
    }

    #[test]
    fn a_sound_server_that_was_named_is_waited_for() {
        let home = Home::new().with_three_songs();
        let mut command = home.command(["play", "list.txt", "--output", "pulse", "--json"]);
        let mut running = support::Running::start(command.env("PULSE_SERVER", "unix:/nonexistent/pulse"));
        assert!(running.line().contains("track-started"));
        assert!(running.line().contains("no sound server answers; waiting for it"));
        running.signal("INT");
        running.end().ends(130);
    }

    #[test]
    fn an_interrupt_is_130_and_ends_at_once() {
        let home = Home::new().sound("long.wav", &Sound::tone(8000 * 60), &Tags::default());
        for signal in ["INT", "TERM", "HUP"] {
            let mut running = home.start(["play", "Music/long.wav", "--output", "null"]);
            assert_eq!(running.line(), "1/1  long");
            running.signal(signal);
            let start = Instant::now();
            running.end().ends(130).says_nothing();
            assert!(start.elapsed() < Duration::from_secs(5), "{signal}: {:?}", start.elapsed());
        }
    }
}

#[test]
fn a_rendering_that_is_interrupted_leaves_nothing_behind() {
    let home = Home::new().sound("long.wav", &Sound::tone(8000 * 600), &Tags::default());
    fs::create_dir(home.path("out")).unwrap();
    let names = || fs::read_dir(home.path("out")).unwrap().count();
    let words = ["render", "Music/long.wav", "-o", "out/long.wav", "--rate", "96000", "--channels", "8"];
    let running = home.start(words);
    until("the rendering begins", PATIENCE, || names() > 0);
    running.signal("INT");
    running.end().ends(130).says_nothing();
    assert_eq!(names(), 0);
}

mod words_and_streams {
    use super::*;

    #[test]
    fn match_json_has_the_shape_that_scripts_depend_on() {
        let home = Home::new().with_three_songs().file(
            "list.txt",
            "Three and One\n\n1. Velo - Amber\n2. Velo - Basalt\n3. Velo - Cobalt\n4. Zzyzx Quorum - Nothing Anybody Has\n",
        );
        let outcome = home.run(["match", "list.txt", "--json"]).ends(3).says_nothing();
        let object = outcome.json();
        assert_eq!(keys(&object), ["entries", "title", "unread"]);
        assert!(object["title"].is_string() || object["title"].is_null());
        for unread in object["unread"].as_array().unwrap() {
            assert_eq!(keys(unread), ["line", "text"]);
            assert!(unread["line"].is_u64() && unread["text"].is_string());
        }
        let entries = object["entries"].as_array().unwrap();
        assert_eq!(entries.len(), 4);
        for (n, entry) in entries.iter().enumerate() {
            assert_entry(entry, n + 1);
        }
        let amber = &entries[0];
        assert_eq!(amber["status"], "sure");
        assert_eq!(amber["artist"], "Velo");
        assert_eq!(amber["title"], "Amber");
        let file = fs::canonicalize(home.path("Music/01 - Amber.wav")).unwrap();
        assert_eq!(fs::canonicalize(amber["file"].as_str().unwrap()).unwrap(), file);
        assert_eq!(entries[3]["status"], "missing");
    }

    #[test]
    fn match_json_gives_the_line_of_the_source_and_tables_what_it_shows() {
        let page = "<h1>Three</h1>\n<ol>\n  <li><b>Velo</b> - Amber</li>\n<li>Velo - <i>Basalt</i></li>\n<li>Velo -\nCobalt</li>\n</ol>\n";
        let home = Home::new()
            .with_three_songs()
            .file("page.html", page)
            .file("table.csv", "Title,Artist\nAmber,Velo\n\"Bas\nalt\",Velo\n");
        let texts = |list: &str| -> Vec<String> {
            let object = home.run(["match", list, "--json"]).json();
            let entries = object["entries"].as_array().unwrap().iter();
            entries.map(|entry| entry["text"].as_str().unwrap().to_owned()).collect()
        };
        // What takes two lines of the source has none of its own.
        let own = ["<li><b>Velo</b> - Amber</li>", "<li>Velo - <i>Basalt</i></li>", "3. Velo - Cobalt"];
        assert_eq!(texts("page.html"), own);
        assert_eq!(texts("table.csv"), ["Amber,Velo", "Velo - Bas alt"]);
        let shown = home.run(["match", "page.html"]);
        let shown = shown.out();
        assert!(shown.contains("Velo - Amber") && !shown.contains("<b>"), "{shown}");
        // The object is a listing as well: markup is no words of it.
        let object = home.run(["match", "page.html", "--json"]);
        let again = home.run_with(["match", "-"], object.out());
        let again = again.out();
        assert!(again.contains("Amber") && !again.contains("<b>"), "{again}");
    }

    #[test]
    fn the_library_tells_names_from_what_a_page_puts_around_them() {
        let home = Home::new().with_three_songs();
        let asked = "> Jo: Amber - Velo\n> Ida: basalt, velo\n> Jo: Cobalt by Velo\n> Bo: Dusk - Nova Kite\n";
        let shop = "1. Amber - Velo Listen\n2. Basalt - Velo Listen\n3. Cobalt - Velo Listen\n\
                    4. Dusk - Nova Kite Listen\n5. Salt - Nova Kite Listen\n";
        for listing in [asked, shop] {
            let object = home.run_with(["match", "-", "--json"], listing).json();
            let entries = object["entries"].as_array().unwrap();
            let artists: Vec<_> = entries.iter().map(|entry| entry["artist"].as_str().unwrap()).collect();
            assert!(artists[..3].iter().all(|artist| artist.eq_ignore_ascii_case("velo")), "{artists:?}");
            assert_eq!(artists[3], "Nova Kite", "what nobody has is read alike");
            assert!(entries[..3].iter().all(|entry| entry["file"].is_string()));
        }
    }

    fn keys(object: &Value) -> Vec<&str> {
        let mut keys: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        keys
    }

    fn assert_entry(entry: &Value, number: usize) {
        let known = [
            "artist",
            "candidates",
            "confidence",
            "doubts",
            "file",
            "margin",
            "number",
            "reasons",
            "status",
            "text",
            "title",
        ];
        assert_eq!(keys(entry), known);
        assert!(entry["margin"].is_f64() || entry["margin"].is_null());
        assert!(entry["doubts"].as_array().unwrap().iter().all(Value::is_string));
        assert_eq!(entry["number"], number);
        assert!(entry["text"].is_string() && entry["title"].is_string());
        assert!(entry["artist"].is_string() || entry["artist"].is_null());
        assert!((0.0..=1.0).contains(&entry["confidence"].as_f64().unwrap()));
        assert!(entry["reasons"].as_array().unwrap().iter().all(Value::is_string));
        match entry["status"].as_str().unwrap() {
            "sure" | "likely" => assert!(entry["file"].as_str().unwrap().starts_with('/'), "{entry}"),
            "ambiguous" | "missing" => assert!(entry["file"].is_null(), "{entry}"),
            other => panic!("a status called {other}"),
        }
        for candidate in entry["candidates"].as_array().unwrap() {
            assert_eq!(keys(candidate), ["confidence", "evidence", "file"]);
            assert!(candidate["file"].as_str().unwrap().starts_with('/'));
            assert!((0.0..=1.0).contains(&candidate["confidence"].as_f64().unwrap()));
        }
    }

    #[test]
    fn data_goes_to_standard_output_and_the_rest_to_standard_error() {
        let home = Home::new().with_three_songs().file("Music/empty.wav", "");
        let matched = home.run(["match", "list.txt"]).ends(0).says("empty.wav");
        assert!(matched.out().contains("Velo - Basalt") && !matched.out().contains("empty.wav"), "{matched}");
        assert!(home.run(["match", "list.txt", "--json"]).says("empty.wav").json().is_object());
        home.run(["match", "list.txt", "--json", "-q"]).says_nothing();
        let logged = home.run(["match", "list.txt", "--json", "-vv"]);
        assert!(logged.json().is_object() && !logged.err.is_empty());

        let rendered = home.run(["render", "list.txt", "-o", "-", "--json"]).ends(0);
        assert_eq!(Sound::read(&rendered.bytes).frames(), 3 * 800);
        let about = rendered.err.lines().find(|line| line.starts_with('{')).unwrap();
        assert_eq!(serde_json::from_str::<Value>(about).unwrap()["frames"], 2400);
    }

    #[test]
    fn a_match_tells_status_file_and_reason_in_a_line_each() {
        let home = Home::new().with_three_songs();
        let outcome = home.run(["match", "list.txt"]).ends(0);
        let lines = outcome.lines();
        assert_eq!(lines.len(), 4, "{outcome}");
        for (line, title) in lines.iter().zip(["Amber", "Basalt", "Cobalt"]) {
            assert!(line.starts_with("✓ ") && line.contains(&format!("- {title}.wav")), "{line}");
        }
        assert_eq!(lines[3], "3 sure");
    }

    #[test]
    fn quiet_play_says_nothing() {
        let home = Home::new().with_three_songs();
        let outcome = home.run(["-q", "play", "list.txt", "--output", "wav:out.wav"]).ends(0).says_nothing();
        assert!(outcome.bytes.is_empty());
    }

    #[test]
    fn play_json_is_one_object_a_line() {
        let home = Home::new().with_three_songs();
        let outcome = home.run(["play", "list.txt", "--output", "wav:out.wav", "--json"]).ends(0);
        let events: Vec<Value> =
            outcome.lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        let numbers: Vec<u64> = events.iter().filter_map(|event| event["number"].as_u64()).collect();
        assert_eq!(numbers, [1, 2, 3]);
        assert!(events.iter().all(|event| event["event"] == "track-started"));
    }

    #[test]
    fn names_and_tags_cannot_steer_a_terminal() {
        let evil = "\u{1b}[31mRed\u{1b}]52;c;aGk=\u{7} \u{9b}2J\u{202e}cba\u{2066}\u{200f}\r\nnew";
        let home = Home::new()
            .song("a\u{1b}[2J\u{9d}\u{202e}/01 evil\u{1b}]0;x\u{7}\n.wav", evil, evil)
            .song("02 plain.wav", "Velo", "Plain")
            .file("a\u{1b}[31m\u{202e}.txt", format!("title {evil}\n1. {evil} - {evil}\n2. Velo - Plain\n"))
            .file("Music/\u{1b}[5mempty\u{9b}.mp3", "")
            .file("Music/\u{1b}[5mtext\u{9b}.mp3", "\u{1b}[5m no music \u{9b}")
            .file("evil.toml", format!("\"\\u001b[31mk\\u009b\\u202e\" = 1\n[[track]]\ntitle = {evil:?}\n"));
        // Every run is checked for such characters.
        home.run(["match", "a\u{1b}[31m\u{202e}.txt"]);
        home.run(["play", "a\u{1b}[31m\u{202e}.txt", "--output", "wav:out.wav"]);
        home.run(["play", "Music", "--output", "wav:out.wav"]).ends(3);
        home.run(["play", "Music", "--output", "wav:out.wav", "--json"]).ends(3);
        home.run(["render", "Music", "-o", "out\u{1b}[31m.wav"]).ends(3);
        home.run(["render", "Music", "-o", "no\u{1b}[31m/such\u{9b}.wav"]).ends(1);
        home.run(["scan", "--json"]).ends(3);
        home.run(["match", "evil.toml"]).ends(1);
        home.run(["match", "no\u{1b}[31m\u{9b}such.txt"]).ends(1);
        home.run(["match", "--music", "no\u{1b}[31m\u{9b}such", "list.txt"]).ends(1);
        home.run(["play", "--music", "no\u{1b}[31m\u{9b}such", "evil.toml"]).ends(1);
        home.run(["play", "Music", "--output", "alsa:\u{1b}[31m\u{9b}"]);
        home.run(["play", "Music", "--output", "\u{1b}[31m\u{9b}"]).ends(2);
        home.run(["play", "Music", "--output", "wav:no\u{1b}[31m\u{9b}/such.wav"]).ends(1);
        home.run(["\u{1b}[31m\u{9b}\u{202e}", "-x\u{1b}[31m\u{9b}"]).ends(2);
    }
}

mod inputs_and_order {
    use super::*;

    fn order(home: &Home, words: &[&str]) -> Vec<String> {
        let mut all = vec!["play", "list.txt", "--output", "wav:out.wav"];
        all.extend(words);
        played(&home.run(all).ends(0))
    }

    #[test]
    fn a_listing_alone_is_short_for_play() {
        let home = Home::new().with_three_songs();
        let outcome = home.run(["list.txt", "--output", "wav:out.wav"]).ends(0);
        assert_eq!(outcome.lines(), ["1/3  Velo - Amber", "2/3  Velo - Basalt", "3/3  Velo - Cobalt"]);
    }

    #[test]
    fn a_dash_is_a_listing_on_standard_input() {
        let home = Home::new().with_three_songs();
        let listing = "Velo - Cobalt\nVelo - Amber\n";
        let outcome = home.run_with(["play", "-", "--output", "wav:out.wav"], listing).ends(0);
        assert_eq!(outcome.lines(), ["1/2  Velo - Cobalt", "2/2  Velo - Amber"]);
        assert_eq!(
            home.run_with(["match", "-", "--json"], listing).ends(0).json()["entries"][0]["number"],
            1
        );
        home.run_with(["match", "-"], "").ends(1).says_only_one_sentence().says("standard input");
    }

    #[test]
    fn files_folders_and_listings_play_in_the_order_they_are_named() {
        let home = Home::new()
            .with_three_songs()
            .song("album/2.wav", "Orbit", "Second")
            .song("album/1.wav", "Orbit", "First")
            .song("single.wav", "Solo", "Alone");
        let outcome =
            home.run(["play", "Music/album", "Music/single.wav", "list.txt", "--output", "wav:out.wav"]);
        let outcome = outcome.ends(0);
        assert_eq!(
            outcome.lines(),
            [
                "1/6  Orbit - First",
                "2/6  Orbit - Second",
                "3/6  Solo - Alone",
                "4/6  Velo - Amber",
                "5/6  Velo - Basalt",
                "6/6  Velo - Cobalt"
            ]
        );
    }

    #[test]
    fn music_is_looked_for_where_it_is_said_to_be() {
        let home = Home::new().with_three_songs();
        fs::rename(home.path("Music"), home.path("elsewhere")).unwrap();
        home.run(["match", "list.txt"]).ends(1).says_only_one_sentence().says("--music");
        home.run(["match", "list.txt", "--music", "elsewhere"]).ends(0);
        fs::create_dir(home.path("more")).unwrap();
        home.run(["match", "list.txt", "--music", "more", "--music", "elsewhere"]).ends(0);
    }

    #[test]
    fn it_begins_where_it_is_told() {
        let home = Home::new().with_three_songs();
        assert_eq!(order(&home, &["--start", "2"]), ["2", "3"]);
        let sound = Sound::read(&fs::read(home.path("out.wav")).unwrap());
        assert_eq!(sound.frames(), 2 * 800);
        assert_eq!(order(&home, &["--start", "3"]), ["3"]);
    }

    #[test]
    fn a_shuffle_with_a_seed_comes_again() {
        let home = Home::new().with_three_songs();
        let shuffled = |seed: &str| order(&home, &["--shuffle", "--seed", seed]);
        let orders: Vec<Vec<String>> = (0..8).map(|seed| shuffled(&seed.to_string())).collect();
        assert_eq!(shuffled("5"), orders[5]);
        assert!(orders.iter().any(|order| order != &["1", "2", "3"]), "nothing was ever shuffled");
        for mut order in orders {
            order.sort();
            assert_eq!(order, ["1", "2", "3"], "every track once");
        }
    }

    #[test]
    fn repeat_all_begins_again_and_repeat_one_stays() {
        let home = Home::new().with_three_songs();
        for (repeat, expected) in [("all", ["1", "2", "3", "1", "2"]), ("one", ["1"; 5])] {
            let words = ["play", "list.txt", "--output", "null", "--fresh", "--repeat", repeat];
            let mut running = home.start(words);
            let heard: Vec<String> =
                (0..5).map(|_| running.line().split('/').next().unwrap().to_owned()).collect();
            assert_eq!(heard, expected, "--repeat {repeat}");
            running.signal("INT");
            running.end().ends(130);
        }
    }

    #[test]
    fn strict_takes_only_what_is_sure() {
        let home = Home::new()
            .with_three_songs()
            .file("vague.txt", "1. Velo - Amber\n2. Basalt\n3. Velvet - Cobald\n");
        let plain = home.run(["match", "vague.txt", "--json"]).json();
        let strict = home.run(["match", "vague.txt", "--json", "--strict"]).json();
        let mut left_out = 0;
        for (plain, strict) in
            plain["entries"].as_array().unwrap().iter().zip(strict["entries"].as_array().unwrap())
        {
            assert_eq!(plain["status"], strict["status"]);
            let wanted = if plain["status"] == "sure" { &plain["file"] } else { &Value::Null };
            assert_eq!(&strict["file"], wanted);
            left_out += usize::from(plain["file"] != strict["file"]);
        }
        assert!(left_out > 0, "the test needs an entry that is likely: {plain}");
        home.run(["play", "vague.txt", "--output", "wav:out.wav", "--strict"]).ends(3).says("left out");
    }

    #[test]
    fn real_time_without_sound_keeps_real_time() {
        let home = Home::new().with_three_songs();
        let start = Instant::now();
        home.run(["play", "list.txt", "--output", "null"]).ends(0);
        assert!(start.elapsed() >= Duration::from_millis(290), "{:?}", start.elapsed());
    }

    #[test]
    fn the_demo_works_without_a_sound_device() {
        let home = Home::new();
        let outcome = home.run(["demo", "--fast"]).ends(0);
        assert!(outcome.out().contains("10 sure"), "{outcome}");
    }

    #[test]
    fn a_reader_that_goes_away_is_no_panic() {
        let home = Home::new().with_three_songs();
        for words in [&["match", "list.txt"][..], &["match", "list.txt", "--json"], &["devices"], &["--help"]]
        {
            let mut running = home.start(words);
            running.hang_up();
            // How it ends is its own affair; that it did not panic is checked for every run.
            running.end();
        }
    }
}

mod bad_input {
    use super::*;

    #[test]
    fn a_listing_that_is_none_is_named_in_one_sentence() {
        let home = Home::new()
            .with_three_songs()
            .file("empty.txt", "")
            .file("blank.txt", " \r\n\t\n\u{feff}\n")
            .file("binary.txt", (0..4096_u32).map(|n| (n * 7 % 256) as u8).collect::<Vec<u8>>())
            .file("picture.m3u", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0")
            .file("broken.toml", "title = 'x\n[[track]\n");
        for (name, words) in [
            ("empty.txt", "empty"),
            ("blank.txt", "empty"),
            ("binary.txt", "not text"),
            ("picture.m3u", "not text"),
            ("no-such.txt", "cannot be opened"),
        ] {
            for command in [&["match", name][..], &["play", name, "--output", "null"]] {
                home.run(command).ends(1).says_only_one_sentence().says(name).says(words);
            }
        }
        home.run(["match", "broken.toml"]).ends(1).says("line 1");
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let home = Home::new()
            .with_three_songs()
            .file("list.toml", "title = 'x'\n\n[[track]]\nartits = 'Velo'\ntitle = 'Amber'\n");
        let outcome = home.run(["match", "list.toml"]).ends(1).says_only_one_sentence();
        outcome.says("line 4").says("artits").says("artist");
    }

    #[test]
    fn a_listing_in_another_encoding_is_read() {
        let home = Home::new()
            .song("1.wav", "Café Élan", "Déjà vu")
            .file("latin1.txt", b"1. Caf\xe9 \xc9lan - D\xe9j\xe0 vu\n");
        let object = home.run(["match", "latin1.txt", "--json"]).ends(0).json();
        assert_eq!(object["entries"][0]["title"], "Déjà vu");
    }

    #[test]
    fn a_hundred_thousand_lines_are_answered_in_time() {
        let home = Home::new().with_three_songs();
        // Without optimisation, on a busy machine, all of them would take minutes.
        let lines = if cfg!(debug_assertions) { 5_000 } else { 100_000 };
        let mut listing = String::new();
        for n in 1..=lines {
            listing.push_str(&format!("{n}. Band {} - Song number {n} of many\n", n % 977));
        }
        let home = home.file("long.txt", listing);
        let start = Instant::now();
        let object = home.run(["match", "long.txt", "--json"]).ends(3).json();
        assert_eq!(object["entries"].as_array().unwrap().len(), lines);
        assert!(start.elapsed() < Duration::from_secs(40), "{:?}", start.elapsed());
    }

    #[test]
    fn folders_that_are_none_and_folders_without_music_are_named() {
        let home = Home::new().with_three_songs().file("notes/readme.txt", "no music here\n");
        for words in [
            &["match", "list.txt", "--music", "no-such-folder"][..],
            &["scan", "no-such-folder"],
            &["play", "no-such-folder", "--output", "null"],
        ] {
            home.run(words).ends(1).says_only_one_sentence().says("no-such-folder");
        }
        home.run(["match", "list.txt", "--music", "list.txt"]).ends(1).says("not a folder");
        home.run(["play", "notes", "--output", "null"]).ends(1).says_only_one_sentence().says("notes");
        let outcome = home.run(["match", "list.txt", "--music", "notes"]).ends(3);
        assert!(outcome.out().contains("3 missing"), "{outcome}");
        let outcome = home.run(["play", "list.txt", "--music", "notes", "--output", "null"]).ends(1);
        outcome.says("nothing to play");
    }

    #[test]
    fn files_that_do_not_play_are_named_and_the_rest_goes_on() {
        let home = Home::new()
            .song("1 good.wav", "Velo", "Amber")
            .file("Music/2 empty.wav", "")
            .file("Music/3 text.mp3", "This is a text, whatever its name says.\n".repeat(50))
            .song("4 torn.wav", "Velo", "Torn")
            .file("Music/5 noise.flac", (0..9000_u32).map(|n| (n * n % 251) as u8).collect::<Vec<u8>>())
            .song("7 good.wav", "Velo", "Zinc");
        fs::create_dir(home.path("Music/6 folder.flac")).unwrap();
        let torn = fs::read(home.path("Music/4 torn.wav")).unwrap();
        fs::write(home.path("Music/4 torn.wav"), &torn[..20]).unwrap();

        let outcome = home.run(["play", "Music", "--output", "wav:out.wav"]).ends(3);
        let heard = outcome.lines().join("\n");
        assert!(heard.contains("Velo - Amber") && heard.contains("Velo - Zinc"), "{outcome}");
        let outcome = outcome.says("2 empty.wav").says("3 text.mp3").says("5 noise.flac").says("4 torn.wav");
        assert!(!outcome.err.contains("6 folder"), "{outcome}");
        assert_eq!(Sound::read(&fs::read(home.path("out.wav")).unwrap()).frames(), 2 * 800);

        for name in ["2 empty.wav", "3 text.mp3", "4 torn.wav", "5 noise.flac"] {
            let file = format!("Music/{name}");
            home.run(["play", &file, "--output", "null"]).ends(1).says(name);
            let mixed = home.run(["play", &file, "Music/7 good.wav", "--output", "wav:out.wav"]).ends(3);
            mixed.says(name).says("1 file did not play to the end");
        }
        let folder = Home::new().with_three_songs().file("Music/4 empty.wav", "");
        folder.run(["play", "Music", "--output", "wav:out.wav"]).ends(3).says("4 empty.wav");

        home.run(["play", "Music/6 folder.flac", "--output", "null"]).ends(1).says_only_one_sentence();
    }

    #[test]
    fn a_fifo_among_the_music_is_not_waited_for() {
        let home = Home::new().with_three_songs();
        let made = std::process::Command::new("mkfifo").arg(home.path("Music/pipe.wav")).status().unwrap();
        assert!(made.success());
        home.run(["match", "list.txt"]).ends(0);
        home.run(["play", "Music", "--output", "wav:out.wav"]).ends(0);
        home.run(["play", "Music/pipe.wav", "--output", "null"]).ends(1).says("pipe.wav");
        home.run(["match", "/dev/null"]).ends(1).says_only_one_sentence();
    }

    #[cfg(unix)]
    #[test]
    fn a_file_without_permission_is_named() {
        use std::os::unix::fs::PermissionsExt;
        let home = Home::new().with_three_songs();
        for name in ["list.txt", "Music/02 - Basalt.wav"] {
            fs::set_permissions(home.path(name), fs::Permissions::from_mode(0o000)).unwrap();
        }
        if fs::read(home.path("list.txt")).is_ok() {
            return; // the superuser may read anything
        }
        home.run(["match", "list.txt"]).ends(1).says_only_one_sentence().says("list.txt");
        let outcome = home.run(["play", "Music", "--output", "wav:out.wav"]).ends(3);
        outcome.says("02 - Basalt.wav");
    }

    #[test]
    fn an_index_that_is_damaged_or_cannot_be_kept_stops_nothing() {
        let home = Home::new().with_three_songs();
        home.run(["scan"]).ends(0);
        fs::write(home.path("state/library.idx"), "no index at all").unwrap();
        home.run(["match", "list.txt"]).ends(0);
        fs::remove_file(home.path("state/library.idx")).unwrap();
        fs::create_dir(home.path("state/library.idx")).unwrap();
        home.run(["match", "list.txt"]).ends(0).says("index");
    }

    #[test]
    fn a_playlist_that_names_files_plays_those_that_are_there() {
        let home = Home::new().with_three_songs().file(
            "list.m3u",
            "#EXTM3U\nMusic/02 - Basalt.wav\nMusic/a file that went.wav\nMusic/01 - Amber.wav\n",
        );
        let outcome = home.run(["play", "list.m3u", "--output", "wav:out.wav"]).ends(3);
        assert_eq!(played(&outcome), ["1", "3"]);
        outcome.says("left out: 2. a file that went");
    }
}
