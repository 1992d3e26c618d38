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
