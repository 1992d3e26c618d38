//! Listings in and out: `tonearm import` and `tonearm export`, there and back through every format, and
//! playlists of other players with what goes wrong in them.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;

use support::Home;

/// Names of the files that the entries of a list get, in order; "-" for none.
fn files(home: &Home, list: &str) -> Vec<String> {
    let json = home.run(["match", list, "--json"]).json();
    let name = |entry: &serde_json::Value| {
        entry["file"].as_str().map_or("-", |path| path.rsplit('/').next().unwrap()).to_owned()
    };
    json["entries"].as_array().unwrap().iter().map(name).collect()
}

#[test]
fn what_is_exported_names_the_same_files_in_the_same_order() {
    let home = Home::new().with_three_songs();
    let wanted = files(&home, "list.txt");
    assert_eq!(wanted, ["01 - Amber.wav", "02 - Basalt.wav", "03 - Cobalt.wav"]);
    for format in ["toml", "m3u8", "m3u", "pls", "xspf", "jspf", "json", "csv", "tsv", "cue"] {
        for paths in ["relative", "absolute"] {
            let out = format!("lists/out.{format}");
            fs::create_dir_all(home.path("lists")).unwrap();
            home.run(["export", "list.txt", "--to", format, "--paths", paths, "-o", &out]).ends(0);
            let text = fs::read_to_string(home.path(&out)).unwrap();
            assert_eq!(text.contains(".."), paths == "relative", "{text}");
            assert_eq!(files(&home, &out), wanted, "{format}, {paths}");
        }
    }
}

#[test]
fn nothing_is_lost_on_the_way_in_out_and_in_again() {
    let listing = "title = \"Night\"\nsource = \"a sleeve\"\n\n[[track]]\nnumber = 2\ndisc = 1\nartist = \"Velo\"\n\
                   title = \"Amber & <Ash>\"\nalbum = \"Stones\"\nsection = \"Side A\"\nduration = \"3:41\"\n\
                   note = \"live\"\n\n[[track]]\ntitle = \"No Such Song\"\n";
    let home = Home::new().with_three_songs().file("night.toml", listing);
    let first = home.run(["import", "night.toml"]).ends(0);
    assert_eq!(first.out(), listing);
    for format in ["toml", "xspf", "jspf", "json"] {
        let out = format!("out.{format}");
        home.run(["export", "night.toml", "--to", format, "--strict", "-o", &out]);
        let again = home.run(["import", &out]).ends(0);
        let lines = |text: &str| -> Vec<String> {
            text.lines().filter(|line| !line.starts_with("file = ")).map(str::to_owned).collect()
        };
        let lost: Vec<String> =
            lines(listing).into_iter().filter(|l| !again.out().contains(l.as_str())).collect();
        assert!(lost.is_empty(), "{format}: {lost:?} of {}", again.out());
    }
}

#[test]
fn the_format_can_be_said() {
    let home = Home::new().with_three_songs().file("odd", "Velo - Amber\nVelo - Basalt\n");
    assert_eq!(files(&home, "odd"), ["01 - Amber.wav", "02 - Basalt.wav"]);
    home.run(["import", "odd", "--from", "xspf"]).ends(1).says_only_one_sentence();
    home.run(["import", "odd", "--from", "tape"]).ends(2);
    home.run(["export", "odd", "--to", "html"]).ends(1).says_only_one_sentence();
}

#[test]
fn lists_of_other_players_with_what_goes_wrong_in_them() {
    let utf16: Vec<u8> = "\u{feff}Music/01 - Amber.wav\nMusic/02 - Basalt.wav\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let home = Home::new()
        .with_three_songs()
        .file("bom.m3u", "\u{feff}Music/01 - Amber.wav\nMusic/02 - Basalt.wav\n")
        .file("cr.m3u", "#EXTM3U\rMusic/01%20-%20Amber.wav\rMusic\\02 - Basalt.wav\r")
        .file("utf16.m3u", utf16)
        .file("loop.m3u", "#EXTM3U\nloop.m3u\nMusic/01 - Amber.wav\nbom.m3u\nloop.m3u\n")
        .file("moved.m3u8", "#EXTM3U\n#EXTINF:1,Velo - Amber\nold/place/1.wav\nold/place/Velo%20-%20Cobalt.wav\nMusic/02 - Basalt.wav\n")
        .file("url.m3u8", "#EXTM3U\nhttp://127.0.0.1:9/a.mp3\nMusic/02 - Basalt.wav\n");
    let (amber, basalt) = ("01 - Amber.wav", "02 - Basalt.wav");
    for list in ["bom.m3u", "cr.m3u", "utf16.m3u"] {
        assert_eq!(files(&home, list), [amber, basalt], "{list}");
    }
    assert_eq!(files(&home, "moved.m3u8"), [amber, "03 - Cobalt.wav", basalt]);
    assert_eq!(files(&home, "loop.m3u"), [amber, amber, basalt]);
    assert_eq!(files(&home, "url.m3u8"), ["-", basalt]);
}

#[test]
fn every_way_that_players_write_a_name_opens_the_file() {
    let home = Home::new();
    let names = [
        "b c.wav",
        "pct%20x.wav",
        "d#e.wav",
        "q?r.wav",
        " lead.wav",
        "#hash.wav",
        "caf\u{e9}.wav",
        "u\u{308}ber.wav",
        "sub/deep.wav",
    ];
    let home = names.iter().fold(home, |home, name| home.untagged(name)).untagged("../aside.wav");
    let absolute = |name: &str| format!("file://localhost{}", home.path("Music").join(name).display());
    let lines = [
        ("b%20c.wav", "b c.wav"),
        ("pct%20x.wav", "pct%20x.wav"),
        ("d#e.wav", "d#e.wav"),
        ("q?r.wav", "q?r.wav"),
        (" lead.wav", " lead.wav"),
        ("./#hash.wav", "#hash.wav"),
        ("cafe\u{301}.wav", "caf\u{e9}.wav"),
        ("\u{fc}ber.wav", "u\u{308}ber.wav"),
        ("sub\\deep.wav", "deep.wav"),
        ("..\\Music\\b c.wav", "b c.wav"),
        ("../aside.wav", "aside.wav"),
        (&absolute("b%20c.wav"), "b c.wav"),
        (&absolute("d%23e.wav").replace("localhost", ""), "d#e.wav"),
    ];
    let list: String = lines.iter().map(|(line, _)| format!("{line}\n")).collect();
    let wanted: Vec<&str> = lines.iter().map(|(_, file)| *file).collect();
    fs::write(home.path("Music/all.m3u"), format!("#EXTM3U\n{list}")).unwrap();
    assert_eq!(files(&home, "Music/all.m3u"), wanted);
    let pls = lines.iter().enumerate().rev().map(|(n, (line, _))| format!("File{}={line}\n", n + 1));
    fs::write(home.path("Music/all.pls"), format!("[playlist]\n{}", pls.collect::<String>())).unwrap();
    assert_eq!(files(&home, "Music/all.pls"), wanted);
}

#[test]
fn latin_1_is_recovered_over_the_whole_list() {
    let home =
        Home::new().untagged("Caf\u{e9} Noir.wav").untagged("Stra\u{df}e.wav").untagged("Gar\u{e7}on.wav");
    let latin: Vec<u8> = "Music/Caf\u{e9} Noir.wav\nMusic/Stra\u{df}e.wav\nMusic/Gar\u{e7}on.wav\n"
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let home = home.file("old.m3u", latin);
    assert_eq!(files(&home, "old.m3u"), ["Caf\u{e9} Noir.wav", "Stra\u{df}e.wav", "Gar\u{e7}on.wav"]);
}

#[test]
fn a_missing_file_stays_in_its_place_and_a_nul_is_reported() {
    let home = Home::new().with_three_songs().file(
        "list.m3u8",
        b"#EXTM3U\nMusic/01 - Amber.wav\nMusic/gone for good.wav\nMusic/02\0 - Basalt.wav\nMusic/03 - Cobalt.wav\n",
    );
    let json = home.run(["match", "list.m3u8", "--json"]).ends(3).json();
    assert_eq!(json["entries"].as_array().unwrap().len(), 3);
    assert_eq!(json["entries"][1]["status"], "missing");
    assert_eq!(json["unread"][0]["line"], 4);
    assert_eq!(files(&home, "list.m3u8"), ["01 - Amber.wav", "-", "03 - Cobalt.wav"]);
}

#[test]
fn pls_goes_by_number_whatever_it_counts() {
    let body = "File2=Music/02 - Basalt.wav\nFile1=Music/01 - Amber.wav\nFile3=Music/03 - Cobalt.wav\n";
    let home = Home::new()
        .with_three_songs()
        .file("few.pls", format!("[playlist]\nNumberOfEntries=1\n{body}"))
        .file("none.pls", format!("\u{feff}[playlist]\n{body}"));
    for list in ["few.pls", "none.pls"] {
        assert_eq!(files(&home, list), ["01 - Amber.wav", "02 - Basalt.wav", "03 - Cobalt.wav"], "{list}");
    }
}

fn xspf(head: &str, base: &str, locations: &[&str]) -> String {
    let tracks: String =
        locations.iter().map(|at| format!("<track><location>{at}</location></track>")).collect();
    format!(
        "<?xml version=\"1.0\"?>{head}<playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\"{base}>\
         <trackList>{tracks}</trackList></playlist>"
    )
}

#[test]
fn xspf_locations_are_uris_against_their_base() {
    let home = Home::new().with_three_songs();
    let uri = format!("file://{}/01%20-%20Amber.wav", home.path("Music").display());
    let relative = ["01%20-%20Amber.wav", "02%20-%20Basalt.wav"];
    let home = home
        .file("uri.xspf", xspf("", "", &[&uri, "Music/02%20-%20Basalt.wav"]))
        .file("base.xspf", xspf("", " xml:base=\"Music/\"", &relative));
    for list in ["uri.xspf", "base.xspf"] {
        assert_eq!(files(&home, list), ["01 - Amber.wav", "02 - Basalt.wav"], "{list}");
    }
}

#[test]
fn bombs_and_foreign_entities_are_refused_in_one_sentence() {
    let bomb = "<!DOCTYPE playlist [<!ENTITY a \"boom\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
    let foreign = "<!DOCTYPE playlist [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>";
    let home = Home::new()
        .with_three_songs()
        .file("bomb.xspf", xspf(bomb, "", &["&b;"]))
        .file("foreign.xspf", xspf(foreign, "", &["&x;"]))
        .file("unknown.xspf", xspf("", "", &["&x;"]));
    for list in ["bomb.xspf", "foreign.xspf"] {
        home.run(["match", list]).ends(1).says_only_one_sentence().says("DOCTYPE");
    }
    home.run(["match", "unknown.xspf"]).ends(1).says_only_one_sentence().says("there is no entity \"x\"");
}

#[test]
fn a_pipe_that_the_listener_names_is_read() {
    let home = Home::new().with_three_songs();
    let listing = "Velo - Cobalt\nMusic/x\nVelo - Amber\n";
    let json = home.run_with(["match", "/dev/fd/0", "--json"], "Velo - Cobalt\nVelo - Amber\n").json();
    assert_eq!(json["entries"].as_array().unwrap().len(), 2, "{listing}");
    assert!(std::process::Command::new("mkfifo").arg(home.path("pipe")).status().unwrap().success());
    let pipe = home.path("pipe");
    let writer = std::thread::spawn(move || fs::write(pipe, "Velo - Basalt\nVelo - Amber\n"));
    assert_eq!(files(&home, "pipe"), ["02 - Basalt.wav", "01 - Amber.wav"]);
    writer.join().unwrap().unwrap();
    // What a listing names is never opened unless it is a plain file.
    assert!(std::process::Command::new("mkfifo").arg(home.path("trap.wav")).status().unwrap().success());
    let home = home.file("trap.m3u", "#EXTM3U\ntrap.wav\n/dev/zero\nMusic/01 - Amber.wav\n");
    assert_eq!(files(&home, "trap.m3u"), ["-", "-", "01 - Amber.wav"]);
    home.run(["match", "/dev/null"]).ends(1).says_only_one_sentence();
}

#[test]
fn what_is_written_into_stays_what_it_is() {
    let home = Home::new().with_three_songs();
    assert!(std::process::Command::new("mkfifo").arg(home.path("out")).status().unwrap().success());
    let out = home.path("out");
    let reader = std::thread::spawn(move || fs::read_to_string(out).unwrap());
    home.run(["import", "list.txt", "-o", "out"]).ends(0);
    assert!(reader.join().unwrap().contains("title = \"Cobalt\""));
    assert!(!fs::metadata(home.path("out")).unwrap().is_file(), "the pipe is still a pipe");
}

const SIDES: &str = "Stones\n\nSide A\n1. Velo - Amber\n2. Velo - Basalt\n\nSide B\n1. Velo - Cobalt\n";

#[test]
fn a_section_is_picked_by_name_or_number_and_shown_by_match() {
    let home = Home::new().with_three_songs().file("sides.txt", SIDES);
    let titles = |words: &[&str]| -> Vec<String> {
        let outcome = home.run([&["import", "sides.txt"], words].concat()).ends(0);
        let title =
            |line: &&str| line.strip_prefix("title = ").map(|title| title.trim_matches('"').to_owned());
        outcome.lines().iter().filter_map(title).skip(1).collect()
    };
    assert_eq!(titles(&["--section", "side a"]), ["Amber", "Basalt"]);
    assert_eq!(titles(&["--section", "2"]), ["Cobalt"]);
    assert_eq!(titles(&["--reverse"]), ["Cobalt", "Basalt", "Amber"]);
    assert_eq!(titles(&["--section", "1", "--reverse"]), ["Basalt", "Amber"]);
    let sentence = "tonearm: sides.txt: there is no section \"C\"; the sections are 1 \"Side A\" (2 entries), 2 \"Side B\" (1 entry)\n";
    for command in ["match", "play", "check", "loudness"] {
        let outcome = home.run([command, "sides.txt", "--section", "C"]).ends(1);
        assert_eq!(outcome.err, sentence, "{command}");
    }
    home.run(["import", "sides.txt", "--section", "C"]).ends(1).says("2 \"Side B\" (1 entry)");
    home.run(["export", "sides.txt", "--section", "C", "--to", "m3u8"])
        .ends(1)
        .says("2 \"Side B\" (1 entry)");
    home.run(["render", "sides.txt", "--section", "C", "-o", "x.wav"]).ends(1).says("2 \"Side B\" (1 entry)");
    let shown = home.run(["match", "sides.txt"]).ends(0);
    let begins: Vec<&str> = shown.lines().iter().map(|line| line.split("  ").next().unwrap()).collect();
    assert_eq!(begins, ["Stones", "Side A", "\u{2713} 1", "\u{2713} 2", "Side B", "\u{2713} 3", "3 sure"]);
    let json = home.run(["match", "sides.txt", "--json"]).json();
    assert_eq!(json["entries"][2]["section"], "Side B");
}

#[test]
fn a_section_has_numbers_of_its_own_wherever_one_is_asked_for() {
    let home = Home::new().with_three_songs().file("sides.txt", SIDES);
    let second = ["sides.txt", "--section", "side b"];
    let with = |command: &str, words: &[&str]| home.run([&[command], words].concat());
    let entry = |words: &[&str]| {
        let json = with("match", &[words, &["--json"]].concat()).json();
        let told = |entry: &serde_json::Value| {
            format!("{} {} {}", entry["number"], entry["title"], entry["reasons"][0])
        };
        json["entries"].as_array().unwrap().iter().map(told).collect::<Vec<_>>()
    };
    assert!(entry(&second)[0].starts_with("1 \"Cobalt\""));
    assert!(with("match", &[&second[..], &["--why", "1"]].concat()).ends(0).out().contains("Velo - Cobalt"));
    let pinned = with("pin", &[&second[..], &["1", "Music/01 - Amber.wav"]].concat()).ends(0);
    assert!(pinned.out().starts_with("pinned: 1. Velo - Cobalt -> "), "{pinned}");
    assert!(entry(&second)[0].contains("pin"), "{:?}", entry(&second));
    assert!(entry(&["sides.txt"])[2].contains("pin"), "{:?}", entry(&["sides.txt"]));
    assert!(!entry(&["sides.txt"])[0].contains("pin"));
    with("pin", &[&second[..], &["2", "--none"]].concat())
        .ends(1)
        .says("there is no entry 2: the listing has one");
    let back = ["sides.txt", "--reverse"];
    assert!(with("unpin", &[&back[..], &["1"]].concat()).ends(0).out().contains("forgotten: Velo - Cobalt"));
    with("unpin", &["sides.txt", "--section", "C", "--all"]).ends(1).says("the sections are");
}

#[test]
fn play_alone_comes_back_to_the_last_listing() {
    let home = Home::new().with_three_songs().file("lists/b.txt", "Velo - Cobalt\nVelo - Amber\n");
    let alone = || home.run(["play", "--output", "wav:out.wav"]);
    alone().ends(2).says_only_one_sentence().says("listings = ");
    home.run(["play", "lists/b.txt", "--output", "wav:out.wav"]).ends(0);
    // A file, a pipe or something that cannot be played is nothing to come back to.
    home.run(["play", "Music/01 - Amber.wav", "--output", "wav:out.wav"]).ends(0);
    home.run_with(["play", "-", "--output", "wav:out.wav"], "Velo - Amber\n").ends(0);
    home.run(["play", "lists/b.txt", "--section", "9", "--output", "wav:out.wav"]).ends(1);
    let again = alone().ends(0).says("lists/b.txt");
    assert_eq!(again.lines(), ["1/2  Velo - Cobalt", "2/2  Velo - Amber"]);
    fs::remove_file(home.path("lists/b.txt")).unwrap();
    alone().ends(2);
}

#[test]
fn play_alone_shows_the_listings_there_are() {
    let home = Home::new()
        .with_three_songs()
        .file("state/config.toml", "listings = \"~/lists\"\n")
        .file("lists/sides.txt", SIDES)
        .file("lists/one.m3u", "#EXTM3U\nMusic/01 - Amber.wav\n")
        .file("lists/broken.toml", "[[track]]\nartist = \"x\"\n")
        .file("lists/cover.jpg", "no listing");
    let shown = home.run(["play"]).ends(0).says("tonearm play LISTING");
    let folder = home.path("lists").display().to_string();
    let lines: Vec<String> = shown.lines().iter().map(|line| line.replace(&folder, "LISTS")).collect();
    let want = [
        "LISTS/broken.toml  line 1: this track has no \"title\"",
        "LISTS/one.m3u  1 entry",
        "LISTS/sides.txt  Stones, 3 entries",
    ];
    assert_eq!(lines, want);
}

#[test]
fn identifiers_go_in_and_out() {
    let id = "https://musicbrainz.org/recording/00000000-0000-4000-8000-000000000001";
    let jspf = format!(
        "{{\"playlist\":{{\"title\":\"T\",\"track\":[{{\"title\":\"Amber\",\"creator\":\"Velo\",\"identifier\":[\"{id}\"]}}]}}}}"
    );
    let home = Home::new().with_three_songs().file("in.jspf", jspf);
    home.run(["import", "in.jspf", "-o", "in.toml"]).ends(0);
    assert!(fs::read_to_string(home.path("in.toml")).unwrap().contains(&format!("identifier = \"{id}\"")));
    for format in ["toml", "jspf", "xspf", "json", "csv", "tsv"] {
        let out = format!("out.{format}");
        home.run(["export", "in.toml", "--to", format, "-o", &out]).ends(0);
        assert!(home.run(["import", &out]).ends(0).out().contains(id), "{format}");
    }
}
