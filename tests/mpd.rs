//! MPD clients of a player that runs, through the program itself: what they say and hear, what they may reach, and
//! how many of them there may be.
#![allow(clippy::unwrap_used)]
#![cfg(unix)]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use support::{Home, Running, Sound, tags, until};
use tonearm::library::Tags;

/// Longer than any of these takes, shorter than anybody would wait.
const PATIENCE: Duration = Duration::from_secs(60);

/// A home with an album of three songs of a minute, another song, and a listing.
fn home() -> Home {
    let minute = Sound::tone(60 * 8000);
    let of_album = |title: &str, number| Tags {
        album: Some("Stones".into()),
        genre: Some("Rock".into()),
        ..tags("Velo", title, number)
    };
    ["Amber", "Basalt", "Cobalt"]
        .iter()
        .zip(1..)
        .fold(Home::new(), |home, (title, n)| {
            home.sound(&format!("Velo/Stones/{n:02}.wav"), &minute, &of_album(title, Some(n)))
        })
        .song("other.wav", "Other", "Alone")
        .file("lists/mix.txt", "1. Velo - Cobalt\n2. Velo - Ambr\n3. Nobody - Nothing\n")
        .file("state/config.toml", "listings = \"~/lists\"\n")
}

/// A player that waits for clients at a socket.
fn waiting(home: &Home) -> Running {
    let player = home.start(["play", "--mpd", socket(home).to_str().unwrap(), "--output", "null"]);
    until("clients are heard", PATIENCE, || {
        UnixStream::connect(socket(home)).is_ok() && home.path("state/control.sock").exists()
    });
    player
}

fn socket(home: &Home) -> std::path::PathBuf {
    home.path("mpd.sock")
}

struct Client {
    lines: BufReader<UnixStream>,
}

impl Client {
    fn silent(home: &Home) -> Self {
        let stream = UnixStream::connect(socket(home)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { lines: BufReader::new(stream) }
    }

    fn new(home: &Home) -> Self {
        let mut client = Self::silent(home);
        assert_eq!(client.line(), "OK MPD 0.23.5\n");
        client
    }

    fn say(&mut self, text: impl AsRef<[u8]>) {
        self.lines.get_mut().write_all(text.as_ref()).unwrap();
    }

    /// The next line; nothing when the connection is over.
    fn line(&mut self) -> String {
        let mut line = String::new();
        match self.lines.read_line(&mut line) {
            Ok(_) => line,
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => String::new(), // it was closed at once
            Err(error) => panic!("{error}"),
        }
    }

    /// Up to the line that ends an answer.
    fn answer(&mut self) -> String {
        let mut answer = String::new();
        loop {
            let line = self.line();
            answer.push_str(&line);
            if line.is_empty() || line == "OK\n" || line.starts_with("ACK ") {
                return answer;
            }
        }
    }

    fn ask(&mut self, text: &str) -> String {
        self.say(format!("{text}\n"));
        self.answer()
    }

    /// What must be done without a word.
    #[track_caller]
    fn done(&mut self, text: &str) {
        assert_eq!(self.ask(text), "OK\n", "{text}");
    }

    /// The values of a key in an answer.
    #[track_caller]
    fn values(&mut self, text: &str, key: &str) -> Vec<String> {
        let answer = self.ask(text);
        assert!(answer.ends_with("OK\n") && !answer.starts_with("ACK"), "{text}: {answer}");
        let values = answer.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
        values.map(str::to_owned).collect()
    }

    fn value(&mut self, text: &str, key: &str) -> String {
        self.values(text, key).join(" ")
    }
}

fn end(player: Running, home: &Home) {
    home.run(["quit"]).ends(0);
    player.end().ends(0).says_nothing();
    assert!(!socket(home).exists());
}

/// Without what is another one at every run.
fn timeless(answer: &str) -> String {
    answer.lines().filter(|line| !line.starts_with("Last-Modified")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_library_is_browsed_and_searched() {
    let home = home();
    let player = waiting(&home);
    let mut client = Client::new(&home);
    assert_eq!(
        timeless(&client.ask("lsinfo")),
        "file: other.wav\nArtist: Other\nTitle: Alone\nTime: 0\nduration: 0.100\ndirectory: Velo\n\
         playlist: mix\nOK\n"
    );
    assert_eq!(
        client.ask("listall \"Velo\""),
        "directory: Velo\ndirectory: Velo/Stones\nfile: Velo/Stones/01.wav\nfile: Velo/Stones/02.wav\n\
         file: Velo/Stones/03.wav\nOK\n"
    );
    assert_eq!(client.values("find \"(Title == 'Basalt')\"", "file"), ["Velo/Stones/02.wav"]);
    assert_eq!(client.values("search title AMB", "file"), ["Velo/Stones/01.wav"]);
    assert_eq!(client.values("find album Stones sort -Track window 0:2", "Title"), ["Cobalt", "Basalt"]);
    assert_eq!(
        client.ask("list album group albumartist"),
        "AlbumArtist: Other\nAlbum: \nAlbumArtist: Velo\nAlbum: Stones\nOK\n"
    );
    assert_eq!(client.ask("list album Velo"), "Album: Stones\nOK\n");
    assert_eq!(client.ask("count artist Velo"), "songs: 3\nplaytime: 180\nOK\n");
    assert_eq!(client.value("stats", "songs"), "4");
    assert_eq!(client.ask("lsinfo no"), "ACK [50@0] {lsinfo} No such directory\n");
    assert_eq!(client.ask("find moon x"), "ACK [2@0] {find} Unknown filter type\n");
    end(player, &home);
}

#[test]
fn the_queue_is_built_and_played() {
    let home = home();
    let player = waiting(&home);
    let mut client = Client::new(&home);
    assert_eq!(client.value("status", "state"), "stop");
    client.done("add Velo");
    let version = client.value("status", "playlist");
    assert_eq!(client.value("addid other.wav 1", "Id"), "4");
    assert_eq!(client.values(&format!("plchanges {version}"), "Pos"), ["1", "2", "3"]);
    assert_eq!(client.values("playlistinfo", "Title"), ["Amber", "Alone", "Basalt", "Cobalt"]);
    client.done("move 1 3");
    client.done("swap 0 2");
    assert_eq!(client.values("playlistinfo", "Id"), ["3", "2", "1", "4"]);
    client.done("prio 7 0:2");
    assert_eq!(client.values("playlistinfo", "Prio"), ["7", "7"]);
    client.done("deleteid 4");
    client.done("shuffle");
    let mut ids = client.values("playlistid", "Id");
    ids.sort();
    assert_eq!(ids, ["1", "2", "3"]);
    client.done("playid 2");
    until("it is heard", PATIENCE, || client.value("status", "audio") == "8000:16:1");
    let status = client.ask("status");
    for line in ["state: play", "songid: 2", "audio: 8000:16:1", "volume: 100", "playlistlength: 3"] {
        assert!(status.contains(&format!("{line}\n")), "{line}: {status}");
    }
    assert_eq!(client.value("currentsong", "Title"), "Basalt");
    client.done("pause 1");
    client.done("pause 1");
    client.done("seekcur 30");
    client.done("seekcur -10");
    assert_eq!(client.value("status", "elapsed"), "20.000");
    assert_eq!(client.value("status", "state"), "pause");
    client.done("setvol 40");
    client.done("volume \"2\"");
    assert_eq!(client.value("getvol", "volume"), "42");
    for mode in ["random", "repeat", "single", "consume"] {
        client.done(&format!("{mode} 1"));
        assert_eq!(client.value("status", mode), "1", "{mode}");
        client.done(&format!("{mode} 0"));
        assert_eq!(client.value("status", mode), "0", "{mode}");
    }
    client.done("single oneshot");
    assert_eq!(client.value("status", "single"), "oneshot");
    client.done("stop");
    assert_eq!(
        (client.value("status", "state"), client.value("status", "songid")),
        ("stop".into(), "2".into())
    );
    assert_eq!(client.ask("seekcur 5"), "ACK [55@0] {seekcur} Not playing\n");
    client.done("play");
    assert_eq!(client.value("status", "songid"), "2");
    client.done("clear");
    assert_eq!(
        (client.value("status", "state"), client.value("status", "playlistlength")),
        ("stop".into(), "0".into())
    );
    assert!(client.ask("crossfade 5").starts_with("ACK [52@0] {crossfade} tonearm joins tracks"));
    client.done("crossfade 0");
    end(player, &home);
}

#[test]
fn a_part_of_an_entry_is_played_and_told() {
    let home = home().file(
        "Music/disc/Disc.cue",
        "PERFORMER \"Disc\"\nFILE \"disc.wav\" WAVE\n  TRACK 01 AUDIO\n    TITLE \"First\"\n    INDEX 01 00:00:00\n  \
         TRACK 02 AUDIO\n    TITLE \"Second\"\n    INDEX 01 00:20:00\n  TRACK 03 AUDIO\n    TITLE \"Third\"\n    \
         INDEX 01 00:40:10\n",
    );
    let home = home.sound("disc/disc.wav", &Sound::tone(60 * 8000), &Tags::default());
    let player = waiting(&home);
    let mut client = Client::new(&home);
    client.done("add Velo");
    client.say("idle playlist\n");
    let mut other = Client::new(&home);
    other.done("rangeid 2 1.5:3.25");
    assert_eq!(client.answer(), "changed: playlist\nOK\n");
    let told = |client: &mut Client, id: u32| {
        ["Range", "Time", "duration", "file"].map(|key| client.value(&format!("playlistid {id}"), key))
    };
    let basalt = "Velo/Stones/02.wav";
    assert_eq!(told(&mut client, 2), ["1.500-3.250", "2", "1.750", basalt]);
    assert_eq!(client.value("playlistid 2", "Album"), "Stones", "it is still the same song");
    let version = client.value("status", "playlist");
    client.done("rangeid 2 58:99");
    assert_eq!(client.values(&format!("plchangesposid {version}"), "cpos"), ["1"]);
    assert_eq!(told(&mut client, 2), ["58.000-", "2", "2.000", basalt]);
    for (wrong, words) in [
        ("rangeid 2 60.5:", "ACK [2@0] {rangeid} Invalid start offset\n"),
        ("rangeid 2 5:4", "ACK [2@0] {rangeid} Bad range\n"),
        ("rangeid 2 5", "ACK [2@0] {rangeid} Bad range\n"),
        ("rangeid x 5:", "ACK [2@0] {rangeid} Integer expected: x\n"),
        ("rangeid 99 5:", "ACK [50@0] {rangeid} No such song\n"),
        ("rangeid 2", "ACK [2@0] {rangeid} wrong number of arguments for \"rangeid\"\n"),
    ] {
        assert_eq!(client.ask(wrong), words, "{wrong}");
    }
    // It plays from there to there, and its times are its own.
    client.done("playid 2");
    client.done("pause 1");
    until("its length is known", PATIENCE, || client.value("status", "duration") == "2.000");
    assert_eq!(client.ask("rangeid 2 1:2"), "ACK [4@0] {rangeid} Cannot edit the current song\n");
    client.done("seekcur 1");
    assert_eq!(
        (client.value("status", "elapsed"), client.value("currentsong", "Range")),
        ("1.000".into(), "58.000-".into())
    );
    client.done("pause 0");
    until("the next one plays", PATIENCE, || client.value("status", "songid") == "3");
    client.done("rangeid 2 :");
    assert_eq!(told(&mut client, 2), ["", "60", "60.000", basalt]);
    client.done("stop");
    client.done("rangeid 3 :1");
    assert_eq!(client.value("currentsong", "Range"), "0.000-1.000", "what is stopped is not current");

    // The tracks of a disc in one file are parts of it already.
    client.done("clear");
    client.done("add disc");
    let second = client.values("playlistinfo", "Id")[1].parse().unwrap();
    let is = |client: &mut Client, range: &str, length: &str| {
        assert_eq!(told(client, second)[..3], [range, length.split('.').next().unwrap(), length]);
        assert_eq!(told(client, second)[3], "disc/disc.wav/track0002");
        assert_eq!(client.value(&format!("playlistid {second}"), "Title"), "Second");
    };
    is(&mut client, "20.000-40.133", "20.133");
    client.done(&format!("rangeid {second} 25:30"));
    is(&mut client, "25.000-30.000", "5.000");
    client.done(&format!("rangeid {second} 30:"));
    is(&mut client, "30.000-40.133", "10.133");
    assert!(client.ask(&format!("rangeid {second} 1:2")).contains("Invalid start offset"));
    client.done(&format!("rangeid {second} :"));
    is(&mut client, "20.000-40.133", "20.133");
    end(player, &home);
}

#[test]
fn listings_are_loaded_by_the_matcher_and_what_clients_save_is_theirs() {
    let home = home();
    let player = waiting(&home);
    let mut client = Client::new(&home);
    assert_eq!(client.values("listplaylists", "playlist"), ["mix"]);
    assert_eq!(client.values("listplaylist mix", "file"), ["Velo/Stones/03.wav", "Velo/Stones/01.wav"]);
    client.done("load mix");
    assert_eq!(client.values("playlistinfo", "Title"), ["Cobalt", "Amber"]);
    assert_eq!(client.value("status", "error"), "mix: 1 of 3 entries were not found among your files");
    client.done("clearerror");
    assert_eq!(client.value("status", "error"), "");
    client.done("save mine");
    assert_eq!(client.ask("save mine"), "ACK [56@0] {save} Playlist already exists\n");
    client.done("playlistadd mine other.wav");
    client.done("playlistmove mine 2 0");
    client.done("playlistdelete mine 1");
    client.done("rename mine ours");
    assert_eq!(client.values("listplaylistinfo ours", "Title"), ["Alone", "Amber"]);
    assert_eq!(client.values("listplaylists", "playlist"), ["mix", "ours"]);
    client.done("load ours 1:2 0");
    assert_eq!(client.values("playlistinfo", "Title"), ["Amber", "Cobalt", "Amber"]);
    for change in ["rm mix", "playlistclear mix", "playlistadd mix other.wav", "rename mix x"] {
        assert!(client.ask(change).contains("mix is a listing of its owner's"), "{change}");
    }
    client.done("rm ours");
    assert_eq!(client.ask("rm ours"), "ACK [50@0] {rm} No such playlist\n");
    assert!(home.path("lists/mix.txt").exists());
    for name in ["../lists/mix", "/etc/passwd", ""] {
        assert!(client.ask(&format!("load \"{name}\"")).starts_with("ACK [2@0]"), "{name}");
    }
    end(player, &home);
}

#[test]
fn clients_reach_the_music_folders_only() {
    let home = home().file("secret.txt", "secret").file("Music/Velo/Stones/cover.jpg", "a cover of 19 bytes");
    Sound::short().write(&home.path("secret.wav"));
    let player = waiting(&home);
    let mut client = Client::new(&home);
    let outside = home.path("secret.wav");
    for uri in [
        "../secret.wav",
        "Velo/../../secret.wav",
        outside.to_str().unwrap(),
        &format!("file://{}", outside.display()),
        "/etc/passwd",
        "file:///etc/passwd",
        "http://127.0.0.1/x.mp3",
    ] {
        for command in
            ["add", "addid", "lsinfo", "listall", "albumart", "readpicture", "readcomments", "playlistadd x"]
        {
            let offset = if ["albumart", "readpicture"].contains(&command) { " 0" } else { "" };
            let answer = client.ask(&format!("{command} \"{uri}\"{offset}"));
            let is_refused = match uri.starts_with("http:") && command != "listall" {
                true => answer.starts_with("ACK [2@0]") && answer.ends_with("Unsupported URI scheme\n"),
                false => answer.starts_with("ACK [50@0]"),
            };
            assert!(is_refused, "{command} {uri}: {answer}");
        }
    }
    assert_eq!(client.value("status", "playlistlength"), "0");
    client.done("binarylimit 64");
    assert_eq!(client.ask("albumart Velo/Stones/02.wav 8"), "size: 19\nbinary: 11\nof 19 bytes\nOK\n");
    assert_eq!(client.ask("albumart Velo/Stones/02.wav 20"), "ACK [2@0] {albumart} Offset too large\n");
    assert_eq!(client.ask("albumart other.wav 0"), "ACK [50@0] {albumart} No file exists\n");
    client.done("readpicture other.wav 0");
    end(player, &home);
}

#[test]
fn a_list_runs_when_it_is_closed_and_stops_at_the_first_error() {
    let home = home();
    let player = waiting(&home);
    let mut client = Client::new(&home);
    client.say("command_list_begin\nadd other.wav\n");
    assert_eq!(Client::new(&home).value("status", "playlistlength"), "0");
    client.say("command_list_end\n");
    assert_eq!(client.answer(), "OK\n");
    client.say("command_list_ok_begin\nsetvol 30\ngetvol\ncommand_list_end\n");
    assert_eq!(client.answer(), "list_OK\nvolume: 30\nlist_OK\nOK\n");
    client.say("command_list_begin\nsetvol 50\nplayid 99\nsetvol 60\ncommand_list_end\n");
    assert_eq!(client.answer(), "ACK [50@1] {playid} No such song\n");
    assert_eq!(client.value("getvol", "volume"), "50");
    assert_eq!(client.ask("x"), "ACK [5@0] {} unknown command \"x\"\n");
    assert_eq!(client.ask("setvol"), "ACK [2@0] {setvol} wrong number of arguments for \"setvol\"\n");
    assert_eq!(client.ask("add \"x"), "ACK [5@0] {} Missing closing '\"'\n");
    end(player, &home);
}

#[test]
fn changes_wait_for_the_client_that_asks_for_them() {
    let home = home();
    let player = waiting(&home);
    let (mut one, mut other) = (Client::new(&home), Client::new(&home));
    one.say("idle\n");
    other.done("setvol 70");
    assert_eq!(one.answer(), "changed: mixer\nOK\n");
    other.done("add other.wav");
    other.done("random 1");
    assert_eq!(one.ask("idle playlist"), "changed: playlist\nOK\n", "it happened while nobody waited");
    assert_eq!(one.ask("idle"), "changed: options\nOK\n", "and what was not asked for is kept");
    one.say("idle\n");
    one.say("noidle\nstatus\n");
    assert_eq!(one.answer(), "OK\n");
    assert!(one.answer().contains("playlistlength: 1\n"));
    one.done("save x");
    assert_eq!(one.ask("idle stored_playlist"), "changed: stored_playlist\nOK\n", "its own changes too");
    one.done("noidle\nping");
    one.say("idle\n");
    let number = one.ask("status");
    assert_eq!(number, "", "only noidle may be said while it waits");
    let mut third = Client::new(&home);
    third.done("subscribe chat");
    other.done("sendmessage chat \"hello there\"");
    assert!(third.ask("idle message").starts_with("changed: message\n"));
    assert_eq!(third.ask("readmessages"), "channel: chat\nmessage: hello there\nOK\n");
    let job = third.value("update", "updating_db");
    assert_eq!(job, "1");
    assert!(third.ask("idle update").starts_with("changed: update\n"));
    end(player, &home);
}

#[test]
fn new_music_is_told() {
    let home = home();
    let player = waiting(&home);
    let mut client = Client::new(&home);
    assert_eq!(client.value("stats", "songs"), "4");
    Sound::short().write(&home.path("Music/new.wav"));
    if cfg!(not(target_os = "linux")) {
        client.values("update", "updating_db");
    }
    assert!(client.ask("idle database").starts_with("changed: database\n"));
    assert_eq!(client.values("find file new.wav", "file"), ["new.wav"]);
    end(player, &home);
}

#[test]
fn a_password_is_asked_for_where_one_is_set() {
    let home = home().file("state/config.toml", "mpd_password = \"open sesame\"\n");
    let player = waiting(&home);
    let mut client = Client::new(&home);
    assert_eq!(client.ask("status"), "ACK [4@0] {status} you don't have permission for \"status\"\n");
    assert!(client.ask("idle").starts_with("ACK [4@0]"));
    client.done("ping");
    assert_eq!(client.ask("password x"), "ACK [3@0] {password} incorrect password\n");
    client.done("password \"open sesame\"");
    assert_eq!(client.value("status", "state"), "stop");
    let mut guesser = Client::new(&home);
    let guesses = (0..20).filter(|n| {
        guesser.lines.get_mut().write_all(format!("password {n}\n").as_bytes()).is_ok()
            && !guesser.answer().is_empty()
    });
    assert_eq!(guesses.count(), 5, "then the connection ends");
    end(player, &home);
}

#[test]
fn ten_thousand_commands_in_one_go_are_all_answered_in_order() {
    let home = home();
    let player = waiting(&home);
    let mut client = Client::new(&home);
    let mut writer = client.lines.get_ref().try_clone().unwrap();
    let saying = std::thread::spawn(move || {
        for n in 0..10_000 {
            writer.write_all(format!("setvol {}\ngetvol\n", n % 101).as_bytes()).unwrap();
        }
    });
    for n in 0..10_000 {
        assert_eq!(client.answer(), "OK\n");
        assert_eq!(client.answer(), format!("volume: {}\nOK\n", n % 101));
    }
    saying.join().unwrap();
    for byte in b"status\n" {
        client.say([*byte]);
    }
    assert!(client.answer().contains("volume: 0\n"), "a line may come byte by byte");
    end(player, &home);
}

#[test]
fn a_hundred_clients_are_served_and_those_that_misbehave_harm_nobody() {
    let home = home();
    let player = waiting(&home);
    let before = memory(&player);
    let mut many: Vec<Client> = (0..100).map(|_| Client::new(&home)).collect();
    many.iter_mut().for_each(|client| client.say("idle mixer\n"));
    let mut master = Client::new(&home);
    // Neither reads; one has asked for more than a socket holds.
    let mut deaf = Client::silent(&home);
    let _ = deaf.lines.get_mut().set_write_timeout(Some(Duration::from_millis(200)));
    let flood = "commands\n".repeat(1000);
    while deaf.lines.get_mut().write_all(flood.as_bytes()).is_ok() {}
    master.done("setvol 33");
    for client in &mut many {
        assert_eq!(client.answer(), "changed: mixer\nOK\n");
        client.done("ping");
    }
    let mut endless = Client::new(&home);
    let mut writer = endless.lines.get_ref().try_clone().unwrap();
    std::thread::spawn(move || while writer.write_all(&[b'x'; 1 << 16]).is_ok() {});
    assert_eq!(endless.line(), "ACK [5@0] {} the line is too long\n");
    let mut list = Client::new(&home);
    let mut writer = list.lines.get_ref().try_clone().unwrap();
    std::thread::spawn(move || {
        let _ = writer.write_all(b"command_list_begin\n");
        while writer.write_all("ping\n".repeat(1000).as_bytes()).is_ok() {}
    });
    assert!(list.line().starts_with("ACK [5@0] {} command list size is larger"));
    for garbage in [&b"\x00\xff\xfe\n"[..], b"POST / HTTP/1.1\nstatus\n", b"\x16\x03\x01\x02\n", b"\n"] {
        let mut client = Client::new(&home);
        client.say(garbage);
        assert!(client.line().starts_with("ACK ["));
        assert_eq!(client.line(), "", "and then it is over: {garbage:?}");
    }
    let mut client = Client::new(&home);
    client.say(b"add \"\xff\xfe\"\nping\n");
    assert_eq!(
        (client.answer().as_str(), client.answer().as_str()),
        ("ACK [5@0] {} the line is not UTF-8\n", "OK\n")
    );
    assert_eq!(master.value("getvol", "volume"), "33");
    if let (Some(before), Some(after)) = (before, memory(&player)) {
        assert!(after < before + 30_000, "{before} kB, and then {after} kB");
    }
    // One too many is let go, and the others stay.
    let mut more: Vec<Client> = (0..60).map(|_| Client::silent(&home)).collect();
    let refused = more.iter_mut().map(Client::line).filter(String::is_empty).count();
    assert!((1..60).contains(&refused), "{refused} of 60 were refused");
    drop(more);
    drop(many);
    until("there is room again", PATIENCE, || Client::silent(&home).line() == "OK MPD 0.23.5\n");
    master.done("ping");
    end(player, &home);
}

#[test]
fn outputs_are_switched_for_real() {
    let home = home();
    let player = waiting(&home);
    let mut client = Client::new(&home);
    assert_eq!(client.ask("outputs"), "outputid: 0\noutputname: null\nplugin: null\noutputenabled: 1\nOK\n");
    client.done("add other.wav");
    client.done("play");
    let wav = home.path("out.wav");
    home.run(["output", &format!("wav:{}", wav.display()), "on"]).ends(0);
    assert_eq!(client.values("outputs", "outputenabled"), ["1", "1"]);
    client.say("idle output\n");
    let mut other = Client::new(&home);
    other.done("disableoutput 0");
    assert_eq!(client.answer(), "changed: output\nOK\n");
    assert_eq!(client.values("outputs", "outputenabled"), ["0", "1"]);
    client.done("toggleoutput 1");
    client.done("toggleoutput 0");
    assert_eq!(client.values("outputs", "outputenabled"), ["1", "0"]);
    assert_eq!(client.ask("enableoutput 7"), "ACK [50@0] {enableoutput} No such audio output\n");
    assert!(wav.exists());
    end(player, &home);
}

#[test]
fn ratings_outlive_the_player() {
    let home = home();
    let player = waiting(&home);
    let mut client = Client::new(&home);
    let mut watcher = Client::new(&home);
    watcher.say("idle sticker\n");
    let song = "Velo/Stones/01.wav";
    client.done(&format!("sticker set song {song} rating 8"));
    assert_eq!(watcher.answer(), "changed: sticker\nOK\n");
    client.done("sticker set song other.wav rating 4");
    end(player, &home);

    let player = waiting(&home);
    let mut client = Client::new(&home);
    assert_eq!(client.ask(&format!("sticker get song {song} rating")), "sticker: rating=8\nOK\n");
    let found = format!("file: {song}\nsticker: rating=8\nOK\n");
    assert_eq!(client.ask("sticker find song Velo rating"), found);
    assert_eq!(client.ask("sticker find song \"\" rating > 5"), found);
    client.done(&format!("sticker delete song {song}"));
    assert_eq!(
        client.ask(&format!("sticker get song {song} rating")),
        "ACK [50@0] {sticker} no such sticker\n"
    );
    let kept = std::fs::read_to_string(home.path("state/stickers.toml")).unwrap();
    assert!(kept.contains("other.wav") && !kept.contains("Velo"), "{kept}");
    end(player, &home);
}

#[test]
fn the_gain_is_changed_while_it_plays() {
    let home = home();
    let player = waiting(&home);
    let mut client = Client::new(&home);
    client.done("add Velo");
    client.done("play");
    assert_eq!(client.value("replay_gain_status", "replay_gain_mode"), "off");
    client.say("idle options\n");
    let mut other = Client::new(&home);
    other.done("replay_gain_mode album");
    assert_eq!(client.answer(), "changed: options\nOK\n");
    assert_eq!(client.value("replay_gain_status", "replay_gain_mode"), "album");
    assert_eq!(client.value("status", "state"), "play");
    assert!(client.ask("replay_gain_mode loud").starts_with("ACK [2@0]"));
    end(player, &home);
}

/// What the player has in memory, in kilobytes, where the system tells.
fn memory(player: &Running) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", player.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

#[test]
fn where_nobody_can_listen_it_is_said() {
    let home = home();
    let player = waiting(&home);
    let taken = socket(&home);
    let said = home.run(["play", "--new", "--mpd", taken.to_str().unwrap(), "--output", "null"]).ends(1);
    said.says_only_one_sentence().says("no MPD client can be heard at");
    home.run(["play", "--mpd", "moon"]).ends(2).says("\"moon\" is neither a port");
    home.run(["play", "--mpd", "/nowhere"]).ends(1).says("tonearm is playing already");
    end(player, &home);
}

#[test]
fn without_being_asked_for_nobody_listens() {
    let home = home();
    let mut player = home.start(["play", "lists/mix.txt", "--output", "null"]);
    assert_eq!(player.line(), "1/3  Velo - Cobalt");
    if let Ok(tcp) = std::fs::read_to_string(format!("/proc/{}/net/tcp", player.id())) {
        let own: Vec<String> = std::fs::read_dir(format!("/proc/{}/fd", player.id()))
            .unwrap()
            .filter_map(|fd| std::fs::read_link(fd.ok()?.path()).ok()?.to_str().map(str::to_owned))
            .filter_map(|link| link.strip_prefix("socket:[")?.strip_suffix(']').map(str::to_owned))
            .collect();
        let is_own =
            |line: &&str| line.split_whitespace().nth(9).is_some_and(|inode| own.iter().any(|o| o == inode));
        assert_eq!(tcp.lines().skip(1).filter(is_own).count(), 0, "no TCP socket of its own");
    }
    home.run(["quit"]).ends(0);
    player.end();
}
