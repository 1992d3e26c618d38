//! The full screen in a real terminal: every key of its help, the mouse, other sizes, a stop by the shell, every way out,
//! and tags that would like to steer it. Run with `cargo test --features live-tests --test live_screen`.
//! Needs `tmux`, `bash` and `stty`. A test that lacks a program says which, and fails.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{Home, PATIENCE, Sound, tags, until};
use tonearm::library::Tags;
use tonearm::sanitise;
use tonearm::tui::Chord;
use tonearm::tui::keys::{ACTIONS, Keys, Place};

const SECONDS: usize = 200;

/// A terminal in which a command runs.
struct Terminal<'a> {
    home: &'a Home,
    socket: PathBuf,
}

impl<'a> Terminal<'a> {
    /// Runs `command` in a shell; `$T` is the program.
    fn start(home: &'a Home, (columns, rows): (u16, u16), command: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        for program in ["tmux", "bash", "stty"] {
            let found = Command::new(program).arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status();
            assert!(found.is_ok(), "this test needs the program `{program}`, which is not installed");
        }
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let terminal = Self { home, socket: home.path(format!("tmux{number}")) };
        let folder = home.path("").display().to_string();
        let (columns, rows) = (columns.to_string(), rows.to_string());
        let script = format!(
            "HOME={folder} TONEARM_HOME={folder}/state NO_COLOR=1 PS1='$ ' T={} {command}",
            env!("CARGO_BIN_EXE_tonearm")
        );
        let size = ["-x", &columns, "-y", &rows, "-c", &folder];
        terminal.tmux(&[&["-u", "-f", "/dev/null", "new-session", "-d"], &size[..], &[&script]].concat());
        terminal
    }

    fn tmux(&self, words: &[&str]) -> String {
        let mut command = Command::new("tmux");
        command.arg("-S").arg(&self.socket).args(words).env("LC_ALL", "C.UTF-8").env_remove("TMUX");
        let output = command.stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "tmux: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    /// Presses a key, called as in the table of keys.
    fn press(&self, key: &str) {
        let named = [
            ("space", "Space"),
            ("enter", "Enter"),
            ("esc", "Escape"),
            ("tab", "Tab"),
            ("shift-tab", "BTab"),
            ("backspace", "BSpace"),
            ("delete", "DC"),
            ("left", "Left"),
            ("right", "Right"),
            ("up", "Up"),
            ("down", "Down"),
            ("home", "Home"),
            ("end", "End"),
            ("page-up", "PPage"),
            ("page-down", "NPage"),
            ("shift-left", "S-Left"),
            ("shift-right", "S-Right"),
            ("f1", "F1"),
        ];
        match named.iter().find(|(name, _)| *name == key) {
            Some((_, word)) => self.tmux(&["send-keys", word]),
            None if key.starts_with("ctrl-") => self.tmux(&["send-keys", &key.replace("ctrl-", "C-")]),
            None => self.tmux(&["send-keys", "-l", key]),
        };
    }

    /// The process of the player.
    fn player(&self) -> String {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_tonearm")).canonicalize().unwrap();
        let folder = self.home.path("").canonicalize().unwrap();
        let is_it = |process: &PathBuf| {
            let link = |name: &str| fs::read_link(process.join(name)).ok();
            link("exe").is_some_and(|exe| exe == program) && link("cwd").is_some_and(|cwd| cwd == folder)
        };
        let processes = fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path());
        let found = processes.into_iter().find(is_it).expect("the player runs");
        found.file_name().unwrap().to_str().unwrap().to_owned()
    }

    fn flag(&self, name: &str) -> String {
        self.tmux(&["display-message", "-p", &format!("#{{{name}}}")]).trim().to_owned()
    }

    /// Waits until the screen is as it should be; gives it.
    #[track_caller]
    fn shows(&self, what: &str, is_so: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let screen = self.screen();
            if is_so(&screen) {
                return screen;
            }
            assert!(start.elapsed() < PATIENCE, "not shown: {what}\n{screen}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whether a page is open: its tab is underlined.
    fn is_open(&self, tab: &str) -> bool {
        let tabs = self.tmux(&["capture-pane", "-p", "-e", "-S", "0", "-E", "0"]);
        let before = tabs.split(tab).next().unwrap_or_default();
        before.len() < tabs.len() && before.ends_with("4m")
    }

    #[track_caller]
    fn opens(&self, tab: &str) {
        until(&format!("{tab} is open"), PATIENCE, || self.is_open(tab));
    }

    /// Everything that goes to the terminal from now on is written to a file, too.
    fn record(&self, name: &str) -> PathBuf {
        let path = self.home.path(name);
        self.tmux(&["pipe-pane", "-O", &format!("cat > {}", path.display())]);
        path
    }

    /// Asks the player how it stands.
    fn status(&self) -> Value {
        let output = self.home.command(["status", "--json"]).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }

    /// The paths of what is in the queue, in the order of playing.
    fn queue(&self) -> Vec<String> {
        let output = self.home.command(["queue", "--json"]).output().unwrap();
        let queue: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let text = |entry: &Value| entry["title"].as_str().unwrap_or_default().to_owned();
        queue["queue"]
            .as_array()
            .or(queue.as_array())
            .map(|all| all.iter().map(text).collect())
            .unwrap_or_default()
    }

    fn tell(&self, words: &[&str]) {
        let output = self.home.command(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    #[track_caller]
    fn stands(&self, what: &str, is_so: impl Fn(&Value) -> bool) {
        let mut status = Value::Null;
        let start = Instant::now();
        while !is_so(&status) {
            assert!(start.elapsed() < PATIENCE, "{what}: {status}\n{}", self.screen());
            status = self.status();
        }
    }
}

impl Drop for Terminal<'_> {
    fn drop(&mut self) {
        let _ = Command::new("tmux").arg("-S").arg(&self.socket).arg("kill-server").status();
    }
}

const TITLES: [&str; 14] = [
    "Amber", "Basalt", "Cobalt", "Dolomite", "Emerald", "Flint", "Garnet", "Halite", "Iolite", "Jasper",
    "Kyanite", "Lapis", "Marble", "Nephrite",
];

/// Fourteen songs, two entries that two files may be meant by, one that is missing, and a stray line.
fn home() -> Home {
    let sound = Sound::tone(8000 * SECONDS);
    let mut home = Home::new();
    let mut list = String::from("The Stones\n\n");
    for (n, title) in TITLES.iter().enumerate() {
        home = home.sound(&format!("{title}.wav"), &sound, &tags("Velo", title, None));
        list.push_str(&format!("{}. Velo - {title}\n", n + 1));
    }
    for (n, title) in ["Obsidian", "Pyrite"].iter().enumerate() {
        for version in ["Live", "Remix"] {
            let name = format!("{title} ({version})");
            home = home.sound(&format!("{name}.wav"), &sound, &tags("Velo", &name, None));
        }
        list.push_str(&format!("{}. Velo - {title}\n", n + 15));
    }
    list.push_str("17. Velo - Zzyzx Quartz\n\nBuy the record at our shop, it is the best one we made\n");
    home.file("list.txt", list)
}

const PLAY: &str = "bash -c 'before=$(stty -a); $T list.txt --output null; echo code $?; [ \"$before\" = \"$(stty -a)\" ] && echo restored; exec cat'";

fn play(home: &Home) -> Terminal<'_> {
    let terminal = Terminal::start(home, (100, 40), PLAY);
    terminal.shows("the screen", |screen| screen.contains("1 Listing") && screen.contains("Velo - Amber"));
    terminal
}

#[test]
fn every_key_of_the_help_does_what_it_says() {
    let home = home();
    let terminal = play(&home);
    terminal.opens("4 Review!");
    terminal.stands("it plays", |status| status["state"] == "playing");
    let keys = Keys::default();
    for action in ACTIONS {
        for key in action.keys {
            let chord: Chord = key.parse().unwrap();
            let is_it = keys.find(chord, action.place.max(Place::Screen)).map(|found| found.name);
            // On the screen some keys of the line move the mark; the table shows them there.
            if is_it == Some(action.name) {
                does(&terminal, action.name, key);
            }
        }
    }
}

/// Brings the player and the screen to a state of which the key makes another, presses it, and looks.
fn does(terminal: &Terminal<'_>, action: &str, key: &str) {
    let press = || terminal.press(key);
    let listing = || {
        terminal.press("1");
        terminal.opens("1 Listing");
        terminal.press("home");
        terminal.shows("the first is marked", |screen| screen.contains("written: 1. Velo - Amber"));
    };
    let marked = |at: &str| {
        terminal.shows(&format!("{action} by {key}: {at} is marked"), |screen| {
            screen.contains(&format!("written: {at} "))
        });
    };
    let still = |at: &str| {
        terminal.tell(&["pause"]);
        terminal.tell(&["seek", at]);
        terminal.stands("it waits there", |status| status["position"] == 100.0);
    };
    let at = |seconds: f64| {
        terminal.stands(&format!("{action} by {key}"), |status| status["position"] == seconds);
        terminal.tell(&["resume"]);
    };
    let is = |field: &str, value: Value| {
        terminal.stands(&format!("{action} by {key}"), |status| status[field] == value);
    };
    let entries = || terminal.status()["of"].as_u64().unwrap();
    match action {
        "pause" => {
            press();
            is("state", "paused".into());
            press();
            is("state", "playing".into());
        }
        "next-track" => {
            terminal.tell(&["goto", "1"]);
            press();
            is("number", 2.into());
        }
        "previous-track" => {
            terminal.tell(&["goto", "1"]);
            terminal.tell(&["goto", "5"]);
            press();
            is("number", 1.into());
        }
        "seek-back" => {
            still("100");
            press();
            at(95.0);
        }
        "seek-on" => {
            still("100");
            press();
            at(105.0);
        }
        "minute-back" => {
            still("100");
            press();
            at(40.0);
        }
        "minute-on" => {
            still("100");
            press();
            at(160.0);
        }
        "shuffle" => {
            press();
            is("shuffle", "tracks".into());
            terminal.shows("the mode", |screen| screen.contains("· shuffle ·"));
            press();
            is("shuffle", "off".into());
        }
        "shuffle-albums" => {
            press();
            is("shuffle", "albums".into());
            press();
            is("shuffle", "off".into());
        }
        "repeat" => {
            for mode in ["all", "one", "off"] {
                press();
                is("repeat", mode.into());
            }
        }
        "stop-after-track" => {
            press();
            is("stop_after", "track".into());
            terminal.shows("the mode", |screen| screen.contains("then stop"));
            press();
            is("stop_after", Value::Null);
        }
        "louder" | "softer" => {
            terminal.tell(&["volume", "50"]);
            press();
            let volume = if action == "louder" { 55 } else { 45 };
            is("volume", volume.into());
            terminal.shows("the mode", |screen| screen.contains(&format!("volume {volume}")));
        }
        "mute" => {
            press();
            is("muted", true.into());
            press();
            is("muted", false.into());
        }
        "help" => {
            press();
            terminal.shows("the keys", |screen| screen.contains("┌─ Keys"));
            press();
            terminal.shows("no keys", |screen| !screen.contains("┌─ Keys"));
        }
        "mark-above" => {
            listing();
            terminal.press("down");
            marked("2.");
            press();
            marked("1.");
        }
        "mark-below" => {
            listing();
            press();
            marked("2.");
        }
        "page-above" => {
            listing();
            terminal.press("page-down");
            marked("11.");
            press();
            marked("1.");
        }
        "page-below" => {
            listing();
            press();
            marked("11.");
        }
        "mark-first" => {
            listing();
            terminal.press("down");
            marked("2.");
            press();
            marked("1.");
        }
        "mark-last" => {
            listing();
            press();
            terminal.shows("the stray line", |screen| screen.contains("is no track to tonearm"));
            listing();
        }
        "mark-current" => {
            listing();
            terminal.tell(&["goto", "5"]);
            press();
            marked("5.");
        }
        "choose" => {
            listing();
            terminal.tell(&["goto", "1"]);
            terminal.press("down");
            marked("2.");
            press();
            is("number", 2.into());
        }
        "add" => {
            listing();
            let before = entries();
            press();
            is("of", (before + 1).into());
        }
        "remove" => {
            let before = entries();
            terminal.press("2");
            terminal.opens("2 Queue");
            terminal.press("end");
            press();
            is("of", (before - 1).into());
        }
        "raise" | "lower" => {
            terminal.press("2");
            terminal.opens("2 Queue");
            terminal.press("home");
            let (from, order) = match action {
                "raise" => ("down", ["Basalt", "Amber"]),
                _ => ("home", ["Amber", "Basalt"]),
            };
            terminal.press(from);
            press();
            until(&format!("{action} by {key}"), PATIENCE, || terminal.queue()[..2] == order);
        }
        "listen" => {
            terminal.press("1");
            terminal.opens("1 Listing");
            terminal.press("c");
            terminal.press("end");
            for _ in 0..3 {
                terminal.press("up");
            }
            marked("15.");
            terminal.press("enter"); // which one it is, is asked there
            terminal.opens("4 Review!");
            terminal.press("home");
            press();
            terminal.shows("it sounds", |screen| screen.contains("♪ "));
            is("state", "paused".into());
            press();
            terminal.shows("it is over", |screen| !screen.contains("♪ "));
            is("state", "playing".into());
        }
        "none-of-these" => {
            terminal.press("4");
            terminal.opens("4 Review!");
            terminal.press("end");
            press();
            terminal.shows("it is decided", |screen| {
                screen.contains("you have none of these") && !screen.contains("Pyrite")
            });
            let pins = fs::read_to_string(terminal.home.path("state/pins.toml")).unwrap();
            assert!(pins.contains("Pyrite"), "{pins}");
            // The other is taken, and plays at its place.
            let before = entries();
            terminal.press("enter");
            is("of", (before + 1).into());
            let queue = terminal.queue();
            let place = queue.iter().position(|title| title == "Obsidian").unwrap();
            assert_eq!(place, queue.len() - 1, "behind those that stand above it in the listing: {queue:?}");
            terminal.opens("1 Listing");
        }
        "listing" => opens(terminal, key, "1 Listing"),
        "queue" => opens(terminal, key, "2 Queue"),
        "history" => {
            opens(terminal, key, "3 History");
            terminal.shows("what was heard", |screen| screen.contains("Velo - Amber"));
        }
        "review" => opens(terminal, key, "4 Review"),
        "outputs" => {
            opens(terminal, key, "5 Outputs");
            terminal.shows("where the sound goes", |screen| screen.contains("--output null"));
        }
        "search" => {
            opens(terminal, key, "6 Search");
            terminal.press("lapis");
            terminal.shows("it is found", |screen| screen.contains("Velo - Lapis"));
            terminal.press("enter");
            terminal.stands("it plays", |status| status["title"] == "Lapis");
            terminal.press("ctrl-u");
            terminal.press("esc");
            terminal.opens("2 Queue");
        }
        "lyrics" => {
            opens(terminal, key, "7 Lyrics");
            terminal.shows("there are none", |screen| screen.contains("no words: "));
        }
        "meters" => {
            listing();
            let has_meter =
                |screen: &str| screen.lines().any(|line| line.starts_with("M ") && line.contains('│'));
            press();
            terminal.shows("levels", has_meter);
            press();
            terminal.shows("no levels", |screen| !has_meter(screen));
        }
        "next-page" => {
            listing();
            press();
            terminal.opens("2 Queue");
        }
        "previous-page" => {
            terminal.press("2");
            terminal.opens("2 Queue");
            press();
            terminal.opens("1 Listing");
        }
        "add-found" | "erase" | "erase-all" => {
            listing();
            terminal.press("/");
            terminal.opens("6 Search");
            terminal.press("marble");
            terminal.shows("it is found", |screen| {
                screen.contains("/ marble") && screen.contains("Velo - Marble")
            });
            let before = entries();
            press();
            match action {
                "add-found" => is("of", (before + 1).into()),
                "erase" => drop(terminal.shows("a letter less", |screen| screen.contains("/ marbl "))),
                _ => drop(terminal.shows("nothing", |screen| screen.contains("type words of an artist"))),
            }
            terminal.press("ctrl-u");
            terminal.press("esc");
            terminal.opens("1 Listing");
        }
        "back" => {
            terminal.press("3");
            terminal.opens("3 History");
            press();
            terminal.opens("1 Listing");
        }
        "redraw" => {
            let tty = terminal.flag("pane_tty");
            fs::write(tty, "\x1b[5;5HRUBBISH").unwrap();
            terminal.shows("rubbish", |screen| screen.contains("RUBBISH"));
            press();
            terminal.shows("no rubbish", |screen| !screen.contains("RUBBISH"));
        }
        // These have tests of their own below.
        "quit" | "suspend" | "interrupt" | "cover" => {}
        other => panic!("no test knows the action {other}"),
    }
}

fn opens(terminal: &Terminal<'_>, key: &str, tab: &str) {
    terminal.press("1");
    terminal.opens("1 Listing");
    terminal.press("2");
    terminal.opens("2 Queue");
    terminal.press(key);
    terminal.opens(tab);
}

#[test]
fn a_cover_and_words_are_shown_and_the_cover_can_be_hidden() {
    let home = Home::new()
        .sound("One.wav", &Sound::tone(8000 * 60), &tags("Velo", "One", None))
        .file("Music/One.lrc", "[00:00.00]Hello\n[59:00.00]Goodbye");
    let fixture = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/two_colours.jpg");
    fs::copy(fixture, home.path("Music/cover.jpg")).unwrap();
    let command = "bash -c 'env -u NO_COLOR $T Music --output null; exec cat'";
    let terminal = Terminal::start(&home, (100, 30), command);
    let has_cover = |screen: &str| screen.lines().any(|line| line.ends_with("▀▀▀▀▀▀▀▀"));
    // tmux shows no pictures, but colours.
    terminal.shows("a cover in half blocks", has_cover);
    terminal.press("v");
    terminal.shows("no cover", |screen| !has_cover(screen));
    terminal.press("v");
    terminal.shows("a cover again", has_cover);
    terminal.press("w");
    terminal.shows("the words", |screen| screen.contains("› Hello") && screen.contains("  Goodbye"));
}

/// What the terminal must be again, whichever way it ends.
#[track_caller]
fn is_given_back(terminal: &Terminal<'_>, code: &str) {
    let words = format!("code {code}\nrestored");
    terminal.shows("the terminal is as it was", |screen| screen.contains(&words));
    assert_eq!(terminal.flag("alternate_on"), "0", "the other screen is left");
    assert_eq!(terminal.flag("cursor_flag"), "1", "the cursor is shown");
    assert_eq!(terminal.flag("mouse_any_flag"), "0", "the mouse is the terminal's again");
}

#[test]
fn every_way_out_gives_the_terminal_back() {
    let home = Home::new().with_three_songs().sound("long.wav", &Sound::tone(8000 * 60), &Tags::default());
    let command = PLAY.replace("list.txt", "Music/long.wav");
    for (way, code) in
        [("q", "0"), ("esc", "0"), ("ctrl-c", "130"), ("TERM", "130"), ("HUP", "130"), ("INT", "130")]
    {
        let terminal = Terminal::start(&home, (100, 30), &command);
        terminal.shows("it plays", |screen| screen.contains("▶ long"));
        assert_eq!(terminal.flag("alternate_on"), "1");
        assert_eq!(terminal.flag("mouse_any_flag"), "1");
        if way.chars().all(|c| c.is_ascii_uppercase()) {
            let sent =
                Command::new("sh").args(["-c", &format!("kill -{way} {}", terminal.player())]).status();
            assert!(sent.unwrap().success());
        } else {
            terminal.press(way);
        }
        is_given_back(&terminal, code);
    }
    // The end of the music is one, too.
    let command = PLAY.replace("list.txt", "Music/0*");
    let terminal = Terminal::start(&home, (100, 30), &command);
    is_given_back(&terminal, "0");
}

#[test]
fn after_kill_9_the_next_start_and_end_leave_a_usable_terminal() {
    let home = Home::new().sound("long.wav", &Sound::tone(8000 * 60), &Tags::default());
    let terminal = Terminal::start(&home, (100, 30), "bash --norc -i");
    terminal.shows("a shell", |screen| screen.contains('$'));
    let start = || {
        terminal.tmux(&["send-keys", "-l", "clear; $T Music/long.wav --output null\n"]);
        terminal.shows("it plays", |screen| screen.contains("▶ long"));
    };
    start();
    let killed = Command::new("sh").args(["-c", &format!("kill -9 {}", terminal.player())]).status();
    assert!(killed.unwrap().success());
    terminal.shows("the shell has noticed", |screen| screen.contains("Killed"));
    // Typing goes on as ever: the shell has seen to that.
    start();
    terminal.press("q");
    until("the other screen is left", PATIENCE, || terminal.flag("alternate_on") == "0");
    assert_eq!(terminal.flag("cursor_flag"), "1");
    assert_eq!(terminal.flag("mouse_any_flag"), "0");
    terminal.tmux(&["send-keys", "-l", "stty -a | grep -c ' -icanon'; echo seen\n"]);
    terminal.shows("lines are read as lines", |screen| screen.contains("\n0\nseen"));
}

#[test]
fn a_listing_that_is_handed_over_is_what_the_pages_show() {
    let home =
        home().file("other.txt", "The Others\n\n1. Velo - Kyanite\n2. Velo - Qqq Nowhere\n3. Velo - Lapis\n");
    let terminal = play(&home);
    terminal.press("1");
    terminal.shows("a listing with a doubt", |screen| screen.contains("4 Review!"));
    // One entry is missing: that is said, and is no failure of the hand-over.
    let handed = home.command(["play", "other.txt"]).output().unwrap();
    assert_eq!(handed.status.code(), Some(3), "{}", String::from_utf8_lossy(&handed.stderr));
    let screen = terminal.shows("the other listing, with what is missing", |screen| {
        screen.contains("✗ 2 Velo - Qqq Nowhere") && screen.contains("▶ Velo - Kyanite")
    });
    assert!(screen.contains("The Others") && screen.contains("✓ 3 Velo - Lapis"), "{screen}");
    assert!(
        !screen.contains("Amber") && !screen.contains("The Stones") && !screen.contains("Review!"),
        "{screen}"
    );
    // What is chosen there plays.
    terminal.press("end");
    terminal.press("enter");
    terminal.shows("the chosen one plays", |screen| screen.contains("▶ Velo - Lapis"));
    // Files that come by themselves are a listing, too.
    terminal.tell(&["play", "Music/Marble.wav"]);
    terminal.shows("the file", |screen| screen.contains("1 Velo - Marble") && !screen.contains("Lapis"));
}

#[test]
fn a_stop_by_the_shell_pauses_and_fg_goes_on() {
    let home = home();
    let terminal = Terminal::start(&home, (100, 30), "bash --norc -i");
    terminal.shows("a shell", |screen| screen.contains('$'));
    terminal.tmux(&["send-keys", "-l", "$T Music/Amber.wav --output null\n"]);
    terminal.shows("it plays", |screen| screen.contains("▶ Velo - Amber"));
    terminal.tell(&["seek", "50"]);
    for _ in 0..2 {
        terminal.press("ctrl-z");
        terminal.shows("the shell", |screen| screen.contains("Stopped") && screen.trim_end().ends_with('$'));
        assert_eq!(terminal.flag("alternate_on"), "0");
        assert_eq!(terminal.flag("cursor_flag"), "1");
        assert_eq!(terminal.flag("mouse_any_flag"), "0");
        terminal.tmux(&["send-keys", "-l", "clear; fg\n"]);
        terminal
            .shows("it plays on", |screen| screen.contains("▶ Velo - Amber") && screen.contains("1 Listing"));
        terminal.stands("it plays", |status| status["state"] == "playing");
        assert_eq!(terminal.flag("alternate_on"), "1");
        assert_eq!(terminal.flag("mouse_any_flag"), "1");
    }
    // What was paused stays so.
    terminal.press("space");
    terminal.stands("a pause", |status| status["state"] == "paused");
    terminal.press("ctrl-z");
    terminal.shows("the shell", |screen| screen.contains("Stopped"));
    terminal.tmux(&["send-keys", "-l", "clear; fg\n"]);
    terminal.shows("still paused", |screen| screen.contains("⏸ Velo - Amber"));
    terminal.press("q");
    terminal.shows("the end", |screen| screen.trim_end().ends_with('$'));
}

#[test]
fn a_storm_of_sizes_leaves_a_whole_screen() {
    let home = home();
    // Its size is another in the end; all else must be as it was.
    let terminal = Terminal::start(&home, (100, 40), &PLAY.replace("stty -a", "stty -g"));
    terminal.shows("the screen", |screen| screen.contains("1 Listing"));
    for n in 0..60_u32 {
        let (columns, rows) = (20 + n * 37 % 260, 4 + n * 23 % 90);
        terminal.tmux(&["resize-window", "-x", &columns.to_string(), "-y", &rows.to_string()]);
    }
    terminal.tmux(&["resize-window", "-x", "30", "-y", "6"]);
    terminal.shows("one sentence", |screen| screen.starts_with("This terminal is too small: 40"));
    terminal.tmux(&["resize-window", "-x", "120", "-y", "35"]);
    let is_whole = |screen: &str| {
        let lines: Vec<&str> = screen.lines().collect();
        lines.len() == 35
            && lines[0].starts_with("1 Listing  2 Queue")
            && lines[34].starts_with("space pause")
            && lines.iter().filter(|line| line.starts_with("────")).count() == 2
            && lines.iter().filter(|line| line.contains("▶ Velo - Amber")).count() == 1
    };
    terminal.shows("a whole screen", is_whole);
    terminal.press("q");
    is_given_back(&terminal, "3");
}

#[test]
fn the_mouse_seeks_marks_plays_and_scrolls() {
    let home = home();
    let terminal = play(&home);
    terminal.press("1");
    terminal.opens("1 Listing");
    terminal.press("home");
    let screen = terminal.shows("the first is marked", |screen| screen.contains("written: 1. "));
    let line = |words: &str| screen.lines().position(|line| line.contains(words)).unwrap() + 1;
    let at = |button: u8, column: usize, row: usize| format!("\x1b[<{button};{column};{row}M");
    let mouse = |button, column, row| drop(terminal.tmux(&["send-keys", "-l", &at(button, column, row)]));
    mouse(0, 20, line("Velo - Cobalt"));
    terminal.shows("it is marked", |screen| screen.contains("written: 3. "));
    terminal.stands("it does not play", |status| status["number"] == 1);
    let twice = at(0, 20, line("Velo - Emerald")).repeat(2);
    terminal.tmux(&["send-keys", "-l", &twice]);
    terminal.stands("it plays", |status| status["number"] == 5);
    mouse(65, 20, 5);
    terminal.shows("the wheel goes down", |screen| screen.contains("written: 8. "));
    mouse(64, 20, 5);
    terminal.shows("the wheel goes up", |screen| screen.contains("written: 5. "));
    // A line at first, then the shape of the track.
    let is_bar = |line: &str| line.ends_with(" 3:20") && line.starts_with(|c: char| c.is_ascii_digit());
    let screen = terminal.shows("a seek bar", |screen| screen.lines().any(is_bar));
    let row = screen.lines().position(is_bar).unwrap() + 1;
    mouse(0, 93, row);
    terminal.stands("it has sought", |status| status["position"].as_f64().is_some_and(|at| at > 190.0));
    mouse(0, 14, 1);
    terminal.opens("2 Queue");
}

/// What may stand in the bytes for a terminal: characters that are safe, and sequences of ours.
fn assert_harmless(bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).unwrap();
    let mut rest = text;
    while let Some(at) = rest.find('\x1b') {
        assert_safe(&rest[..at]);
        let sequence = rest[at + 1..].strip_prefix('[').unwrap_or_else(|| panic!("{:?}", &rest[at..]));
        let end = sequence.find(|c: char| !c.is_ascii_digit() && !"?;".contains(c)).unwrap();
        assert!("HmJhl".contains(&sequence[end..=end]), "{:?}", &sequence[..=end]);
        assert!(!sequence[..end].contains("38;") && !sequence[..end].contains("48;"), "only sixteen colours");
        rest = &sequence[end + 1..];
    }
    assert_safe(rest);
}

fn assert_safe(text: &str) {
    let is_harmless = |c: char| sanitise::is_safe(c) || c == '\r' || c == '\n';
    assert!(text.chars().all(is_harmless), "{text:?}");
}

#[test]
fn tags_steer_no_terminal() {
    let evil =
        "\u{1b}]52;c;aGk=\u{7}\u{9b}31m\u{90}q\u{9c}\u{1b}[2J\u{202e}live\u{2066}\u{200b}\u{e0041}\r\nx";
    let long = "宽e\u{301}".repeat(5_000);
    let home = Home::new()
        .sound("a.wav", &Sound::tone(8000 * 60), &tags(evil, &format!("One {evil}"), None))
        .sound("b\u{1b}[31m\u{9b}2J.wav", &Sound::tone(8000 * 60), &tags(&long, &long, None))
        .file("list.txt", "1. Ve\u{1b}[31mlo\u{202e} - One\u{9b}2J\n\nthis stray line has \u{1b}]0;x\u{7} in the midst of it\n");
    let command = "bash -c 'read; env -u NO_COLOR $T Music list.txt --output null; exec cat'";
    let terminal = Terminal::start(&home, (100, 30), command);
    let bytes = terminal.record("bytes");
    terminal.press("enter");
    terminal.shows("it plays", |screen| screen.contains("1 Listing"));
    for key in ["n", "2", "3", "/", "o", "down", "up"] {
        terminal.press(key);
    }
    terminal.shows("it is found", |screen| screen.contains("/ o ") && screen.contains("Music/"));
    terminal.press("esc");
    terminal.shows("the history", |screen| !screen.contains("/ o "));
    for key in ["1", "end", "?", "?", "p", "5", "4", "1"] {
        terminal.press(key);
    }
    terminal.shows("all was done", |screen| screen.contains("is no track to tonearm"));
    terminal.press("q");
    until("the other screen is left", PATIENCE, || terminal.flag("alternate_on") == "0");
    let bytes = fs::read(bytes).unwrap();
    let drawn = bytes.windows(8).position(|piece| piece == b"\x1b[?1049h").expect("the screen was drawn");
    assert_harmless(&bytes[drawn..]);
    assert!(bytes.len() < 200_000, "{} bytes", bytes.len());
}

#[test]
fn nothing_is_written_while_it_is_paused() {
    let home = home();
    let terminal = play(&home);
    terminal.press("1");
    terminal.press("space");
    terminal.shows("a pause", |screen| screen.contains("⏸ Velo"));
    let bytes = terminal.record("bytes");
    terminal.press("down");
    until("a key is shown", PATIENCE, || fs::metadata(&bytes).is_ok_and(|about| about.len() > 0));
    // Until nothing was written for a second, which must come soon.
    let mut known = (0, Instant::now());
    until("it is quiet", PATIENCE, || {
        let size = fs::metadata(&bytes).unwrap().len();
        if size != known.0 {
            known = (size, Instant::now());
        }
        known.1.elapsed() > Duration::from_secs(1)
    });
    assert!(known.0 < 4_000, "one key: {} bytes", known.0);
}

#[test]
fn keys_are_the_listeners() {
    let home = home();
    fs::create_dir_all(home.path("state")).unwrap();
    let config = home.path("state/config.toml");
    fs::write(&config, "[keys]\nnext-track = [\"N\", \"ctrl-n\"]\npause = \"n\"\n").unwrap();
    let terminal = play(&home);
    terminal.press("1");
    terminal.press("ctrl-n");
    terminal.stands("the next", |status| status["number"] == 2);
    terminal.press("n");
    terminal.stands("a pause", |status| status["state"] == "paused");
    terminal.press("q");
    terminal.shows("the end", |screen| screen.contains("code "));
    fs::write(&config, "[keys]\n\nnext = \"n\"\n").unwrap();
    let terminal = Terminal::start(&home, (100, 30), PLAY);
    terminal.shows("the line is named", |screen| {
        let words = screen.replace('\n', "");
        words.contains("config.toml, line 3: ")
            && words.contains("no action is called \"next\"")
            && words.contains("code 1")
    });
}
