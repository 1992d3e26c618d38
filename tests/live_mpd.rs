//! tonearm beside MPD itself, with the same music: what programs for MPD say to both must be answered alike.
//! Run with `cargo test --features live-tests --test live_mpd`; needs `mpd`, `mpc`, `ncmpc`, `ncmpcpp`, `mpDris2`,
//! `playerctl`, `mpdscribble`, Python's `mpd`, `ffmpeg`, `tmux` and `dbus-run-session`.
//! A test that lacks a program says which, and fails.
#![allow(clippy::unwrap_used)]

#[path = "live/mpd.rs"]
mod mpd;
mod support;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use mpd::{Mpd, mpc, run};
use support::{Home, PATIENCE, Running, until};

/// A sound file: its name, how long it is in seconds, and its tags.
type File = (&'static str, u32, &'static [&'static str]);

const MUSIC: &[File] = &[
    (
        "Velo/Stones/01.flac",
        61,
        &["artist=Velo", "title=Amber", "album=Stones", "track=1", "genre=Rock", "date=2001"],
    ),
    (
        "Velo/Stones/02.flac",
        62,
        &["artist=Velo", "title=Basalt", "album=Stones", "track=2", "genre=Rock", "disc=1"],
    ),
    (
        "Velo/Stones/10.flac",
        63,
        &["artist=Velo", "title=Cobalt", "album=Stones", "track=10", "composer=Quux"],
    ),
    (
        "Kreis/a.ogg",
        30,
        &["artist=Kreis", "ALBUMARTIST=Various", "title=Über Öl", "album=Sampler", "track=1"],
    ),
    (
        "Kreis/b.mp3",
        31,
        &[
            "artist=kreis & Co",
            "album_artist=Various",
            "title=It's \"War\"",
            "album=Sampler",
            "track=2",
            "date=1999",
        ],
    ),
    ("untagged.flac", 20, &[]),
];

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A home with the music, a cover beside an album and one inside a file.
fn home() -> Home {
    let home = Home::new();
    let cover = home.path("Music/Velo/Stones/cover.png");
    fs::create_dir_all(cover.parent().unwrap()).unwrap();
    let ffmpeg = |words: &[&str], output: &Path| {
        fs::create_dir_all(output.parent().unwrap()).unwrap();
        let made = run(Command::new("ffmpeg").args(["-v", "error", "-y"]).args(words).arg(output));
        assert!(made.status.success(), "{}", text(&made));
    };
    ffmpeg(&["-f", "lavfi", "-i", "mandelbrot=size=200x200", "-frames:v", "1"], &cover);
    for (name, seconds, tags) in MUSIC {
        let tone = format!("sine=frequency=330:duration={seconds}");
        let mut words = vec!["-f", "lavfi", "-i", &tone];
        if name.ends_with(".mp3") {
            words.extend(["-i", cover.to_str().unwrap(), "-map", "0:a", "-map", "1:v", "-c:v", "copy"]);
            words.extend(["-disposition:v", "attached_pic"]);
        }
        words.extend(["-ac", "2", "-ar", "44100"]);
        tags.iter().for_each(|tag| words.extend(["-metadata", tag]));
        ffmpeg(&words, &home.path("Music").join(name));
    }
    home
}

/// Both players, with the same music.
struct Pair {
    mpd: Mpd,
    _tonearm: Running,
    socket: PathBuf,
    home: Home,
}

impl Pair {
    fn start() -> Self {
        let home = home();
        let mpd = Mpd::start(&home);
        let socket = home.path("tonearm.sock");
        let tonearm = home.start(["play", "--mpd", socket.to_str().unwrap(), "--output", "null"]);
        until("tonearm listens", PATIENCE, || UnixStream::connect(&socket).is_ok());
        Self { mpd, _tonearm: tonearm, socket, home }
    }

    /// What both are asked, by socket; the answers are the same.
    #[track_caller]
    fn alike(&self, what: &str, ask: impl Fn(&Path) -> String) {
        let (theirs, ours) = (ask(&self.mpd.socket), ask(&self.socket));
        assert_eq!(ours, theirs, "{what}: tonearm on the left, MPD on the right");
    }
}

/// A connection that says lines.
struct Client(BufReader<UnixStream>);

impl Client {
    fn new(socket: &Path) -> Self {
        let stream = UnixStream::connect(socket).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut client = Self(BufReader::new(stream));
        client.0.read_line(&mut String::new()).unwrap();
        client
    }

    fn ask(&mut self, line: &str) -> Vec<String> {
        self.0.get_mut().write_all(format!("{line}\n").as_bytes()).unwrap();
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the connection is over");
            lines.push(line.trim_end().to_owned());
            if lines.last().is_some_and(|line| line == "OK" || line.starts_with("ACK ")) {
                return lines;
            }
        }
    }
}

/// How long a screen may take to be drawn to its end.
const SETTLING: Duration = Duration::from_secs(10);

/// What is another at every run, and what tonearm does not keep: the sound's format (it is said of what plays), and
/// lengths to the millisecond, which the two read from headers and frames.
const LEFT_OUT: &[&str] = &[
    "Last-Modified",
    "Format",
    "uptime",
    "playtime",
    "db_playtime",
    "db_update",
    "elapsed",
    "time",
    "bitrate",
    "Time",
    "duration",
    "audio",
    "plugin",
    "mixrampdb",
    "mixrampdelay",
];

/// Comparable: the tags of each song in one order.
fn comparable(answer: Vec<String>) -> String {
    let (mut lines, mut tags) = (Vec::new(), Vec::new());
    for line in answer {
        let key = line.split(": ").next().unwrap_or_default();
        if LEFT_OUT.contains(&key) || (key == "playlist" && line[key.len() + 2..].parse::<u32>().is_ok()) {
            continue;
        }
        if ["file", "directory", "playlist", "OK"].contains(&key) || line.starts_with("ACK") {
            tags.sort();
            lines.append(&mut tags);
            lines.push(line);
        } else {
            tags.push(line);
        }
    }
    tags.sort();
    lines.append(&mut tags);
    lines.join("\n")
}

#[test]
fn every_command_is_answered_as_mpd_answers_it() {
    let pair = Pair::start();
    let (mut theirs, mut ours) = (Client::new(&pair.mpd.socket), Client::new(&pair.socket));
    let commands = include_str!("live/mpd_commands.txt").lines().filter(|line| !line.is_empty());
    let mut different = Vec::new();
    for command in commands {
        let (their, our) = (comparable(theirs.ask(command)), comparable(ours.ask(command)));
        if their != our {
            different.push(format!("{command}\n-- MPD:\n{their}\n-- tonearm:\n{our}\n"));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
    let names = |client: &mut Client| client.ask("commands").into_iter().collect::<BTreeSet<_>>();
    let missing: Vec<String> = names(&mut theirs).difference(&names(&mut ours)).cloned().collect();
    // Mounts and other machines: one player, one set of ears.
    let known = "getfingerprint kill listmounts listneighbors mount outputset unmount volume";
    let unknown = missing.iter().filter(|line| !known.contains(line.trim_start_matches("command: ")));
    assert_eq!(unknown.collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn mpc_shows_the_same() {
    let pair = Pair::start();
    for words in [
        "status",
        "clear",
        "add Velo",
        "playlist",
        "-f %position%|%id%|%artist%|%title%|%album%|%track%|%time%|%file% playlist",
        "listall",
        "ls",
        "ls Velo/Stones",
        "tab Ve",
        "search artist kreis",
        "find artist Velo title Amber",
        "list album",
        "list artist album Sampler",
        "searchplay title bas",
        "pause",
        "current",
        "volume 40",
        "volume -3",
        "volume",
        "random on",
        "repeat on",
        "single on",
        "consume on",
        "consume off",
        "random off",
        "repeat off",
        "single off",
        "status",
        "next",
        "pause",
        "current",
        "prev",
        "pause",
        "current",
        "seek 0:30",
        "status",
        "seek +5",
        "seek 50%",
        "status",
        "play 2",
        "pause",
        "current",
        "stop",
        "status",
        "play",
        "pause",
        "move 1 3",
        "playlist",
        "del 2",
        "playlist",
        "insert untagged.flac",
        "playlist",
        "crop",
        "playlist",
        "save by-mpc",
        "lsplaylists",
        "clear",
        "load by-mpc",
        "playlist",
        "rm by-mpc",
        "lsplaylists",
        "rm by-mpc",
        "add nowhere",
        "play 99",
        "outputs",
        "disable 1",
        "enable 1",
        "replaygain",
        "replaygain off",
        "prio 3 1",
        "shuffle",
        "findadd artist Velo",
        "playlist",
        "crossfade",
        "crossfade 0",
        "mixrampdb",
        "addplaylist four untagged.flac",
        "playlist four",
        "delplaylist four 1",
        "rm four",
        "idle -h",
        "clearerror",
        "sendmessage nobody x",
        "channels",
        "version",
    ] {
        let said = |socket: &Path| {
            let mut arguments: Vec<&str> = words.split(' ').collect();
            if words.starts_with("-f") {
                arguments = vec!["-f", arguments[1], arguments[2]];
            }
            let output = mpc(socket, &arguments);
            let text = text(&output).replace(socket.to_str().unwrap(), "SOCKET");
            format!("{:?} {}", output.status.code(), text)
        };
        if words == "version" {
            continue;
        }
        pair.alike(words, said);
    }
}

#[test]
fn python_gets_the_same() {
    let pair = Pair::start();
    pair.alike("python-mpd2", |socket| {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/live/mpd_client.py");
        let output = run(Command::new("/usr/bin/python3").arg(script).arg(socket));
        assert!(output.status.success(), "{}: {}", socket.display(), text(&output));
        text(&output)
    });
}

/// A program on a terminal of its own.
struct Terminal {
    name: String,
}

impl Terminal {
    fn start(name: &str, home: &Home, words: &[&str]) -> Self {
        let terminal = Self { name: format!("tonearm-{}-{name}", std::process::id()) };
        let home = home.path("terminal");
        fs::create_dir_all(&home).unwrap();
        let home = format!("HOME={}", home.display());
        let size = ["new-session", "-d", "-x", "100", "-y", "24", "env", "LANG=C.UTF-8", &home];
        let started = terminal.tmux(&[&size[..], words].concat());
        assert!(started.status.success(), "{}", text(&started));
        terminal
    }

    fn tmux(&self, words: &[&str]) -> Output {
        run(Command::new("tmux").args(["-f", "/dev/null", "-L", &self.name]).args(words))
    }

    fn press(&self, key: &str) {
        assert!(self.tmux(&["send-keys", key]).status.success());
    }

    fn screen(&self) -> String {
        text(&self.tmux(&["capture-pane", "-p"]))
    }

    /// What it shows, without the last line, where messages come and go, and without what is another at every run, or
    /// is what MPD can and tonearm does not: addresses, and tags.
    fn lines(&self) -> String {
        let screen = self.screen();
        let lines: Vec<&str> = screen.trim_end_matches('\n').lines().collect();
        let lines = lines[..lines.len().saturating_sub(1)].iter();
        let of_server = screen.contains("MPD server info");
        let is_same = |line: &&&str| {
            !of_server
                || ["Version", "Artist names", "Album names", "Songs"].iter().any(|word| line.contains(word))
        };
        lines.filter(is_same).copied().collect::<Vec<_>>().join("\n")
    }

    #[track_caller]
    fn shows(&self, words: &str) {
        until(&format!("the screen shows {words}"), PATIENCE, || self.screen().contains(words));
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

#[test]
fn people_steer_it_from_the_screens_of_ncmpc_and_ncmpcpp() {
    let pair = Pair::start();
    let socket = pair.socket.to_str().unwrap();
    assert!(mpc(&pair.socket, &["add", "Velo"]).status.success());
    let state = |words: &str| text(&mpc(&pair.socket, &["status"])).contains(words);
    let screen = Terminal::start("ncmpcpp", &pair.home, &["ncmpcpp", "-h", socket]);
    screen.shows("Playlist (3 items");
    screen.shows("Cobalt");
    screen.press("Enter");
    until("it plays", PATIENCE, || state("[playing] #1/3"));
    screen.shows("Playing"); // it takes no pause for what it believes to be stopped
    screen.press("p");
    until("it is paused", PATIENCE, || state("[paused]"));
    screen.press(">");
    until("the next one plays", PATIENCE, || state("#2/3"));
    screen.press("r");
    until("it repeats", PATIENCE, || state("repeat: on"));
    screen.press("2");
    screen.shows("[Kreis]");
    screen.press("4");
    screen.shows("Albums");
    screen.shows("Velo");
    screen.press("q");
    let screen = Terminal::start("ncmpc", &pair.home, &["ncmpc", "--host", socket]);
    screen.shows("Cobalt");
    let before = state("[paused]");
    screen.press("P");
    until("it goes on, or pauses", PATIENCE, || state("[paused]") != before);
    screen.press("z");
    until("it is random", PATIENCE, || state("random: on"));
    assert!(mpc(&pair.socket, &["clear"]).status.success());
    screen.press("3");
    screen.shows("Kreis");
}

/// The keys that are pressed in ncmpcpp, one after the other, and what is on the screen then.
const SCREENS: &[(&[&str], &str)] = &[
    (&["1"], "Cobalt"),
    (&["i"], "Directory: Velo/Stones"),
    (&["i"], "Playlist (3 items"),
    (&["2"], "playlist by-mpc"),
    (&["Home", "Enter"], "Über Öl"),
    (&["Home", "Enter"], "[Velo]"),
    (&["3"], "Search mode"),
    (&["Enter"], "Any"),
    (&["b", "a", "s", "Enter"], "bas"),
    (&["y"], "Basalt"),
    (&["4"], "kreis & Co"),
    (&["Down", "Right"], "Sampler"),
    (&["Right"], "01 - Über Öl"),
    (&["5"], "Content (3 items)"),
    (&["7"], "null"),
    (&["@"], "Songs in database: 6"),
];

#[test]
fn ncmpcpp_shows_the_same_on_every_screen() {
    let pair = Pair::start();
    let sockets = [&pair.mpd.socket, &pair.socket];
    let steps: [&[&str]; 6] =
        [&["clear"], &["add", "Velo"], &["save", "by-mpc"], &["play"], &["pause"], &["seek", "0:10"]];
    for (socket, words) in sockets.iter().flat_map(|socket| steps.map(|words| (socket, words))) {
        assert!(mpc(socket, words).status.success(), "{words:?}");
    }
    let [theirs, ours] = [("theirs", sockets[0]), ("ours", sockets[1])].map(|(name, socket)| {
        let screen = Terminal::start(name, &pair.home, &["ncmpcpp", "-h", socket.to_str().unwrap()]);
        screen.shows("Cobalt");
        screen
    });
    for (keys, words) in SCREENS {
        for screen in [&theirs, &ours] {
            keys.iter().for_each(|key| screen.press(key));
            screen.shows(words);
        }
        let start = Instant::now();
        until(&format!("{keys:?}: both screens are alike"), PATIENCE, || {
            let (their, our) = (theirs.lines(), ours.lines());
            if start.elapsed() > SETTLING {
                assert_eq!(our, their, "{keys:?}: tonearm on the left, MPD on the right");
            }
            our == their
        });
    }
}

#[test]
fn mpdris2_makes_it_a_player_of_the_desktop() {
    let pair = Pair::start();
    let script = "mpDris2 >/dev/null 2>&1 & dris=$!\n\
        wait_for() { for i in $(seq 100); do [ \"$(playerctl -p mpd $1 2>/dev/null)\" = \"$2\" ] && return; sleep 0.1; done; \
        echo \"$1 is $(playerctl -p mpd $1), not $2\"; }\n\
        wait_for status Playing; playerctl -p mpd metadata | sort\n\
        playerctl -p mpd pause; wait_for status Paused; playerctl -p mpd next; wait_for 'metadata title' Cobalt\n\
        playerctl -p mpd loop Playlist; wait_for loop Playlist; playerctl -p mpd shuffle On; wait_for shuffle On\n\
        playerctl -p mpd volume 0.5; wait_for volume 0.500000; playerctl -p mpd stop; wait_for status Stopped\n\
        kill $dris";
    pair.alike("mpDris2", |socket| {
        for words in [&["clear"][..], &["add", "Velo"], &["play"]] {
            assert!(mpc(socket, words).status.success());
        }
        let mut command = Command::new("dbus-run-session");
        command
            .args(["--", "sh", "-c", script])
            .env("MPD_HOST", socket)
            .env("HOME", pair.home.path("terminal"));
        let said = run(&mut command);
        String::from_utf8_lossy(&said.stdout).into_owned()
    });
}
