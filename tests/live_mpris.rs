//! The session bus with real programs: `playerctl` for every property and method, the interfaces by name, signals
//! in time, and a desktop that is asked to stay awake. Run with `cargo test --features live-tests --test live_mpris`.
//! Never touches the user's bus: every test has one of its own.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{Home, PATIENCE, Running, Sound, tags, until};

const NAME: &str = "org.mpris.MediaPlayer2.tonearm";
const PLAYER: &str = "org.mpris.MediaPlayer2.Player";

/// A session bus of the test's own; killed when it is dropped.
struct Bus {
    address: String,
    daemon: Child,
}

impl Bus {
    fn start(home: &Home) -> Self {
        let socket = home.path("bus");
        let address = format!("unix:path={}", socket.display());
        let daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--address", &address])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("this test needs the program `dbus-daemon`");
        until("the bus listens", PATIENCE, || UnixStream::connect(&socket).is_ok());
        Self { address, daemon }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address);
        command
    }

    fn run(&self, program: &str, words: &[&str]) -> Result<String, String> {
        let output =
            self.command(program).args(words).output().unwrap_or_else(|error| panic!("{program}: {error}"));
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().trim_end().to_owned();
        if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
    }

    fn playerctl(&self, words: &[&str]) -> String {
        let words: Vec<&str> = ["-p", "tonearm"].iter().chain(words).copied().collect();
        self.run("playerctl", &words).unwrap_or_else(|error| panic!("playerctl {words:?}: {error}"))
    }

    /// Calls a method; its answer as `gdbus` prints it.
    fn call(&self, method: &str, words: &[&str]) -> Result<String, String> {
        let fixed = [
            "call",
            "--session",
            "--dest",
            NAME,
            "--object-path",
            "/org/mpris/MediaPlayer2",
            "--method",
            method,
        ];
        let words: Vec<&str> = fixed.iter().chain(words).copied().collect();
        self.run("gdbus", &words)
    }

    fn get(&self, interface: &str, property: &str) -> String {
        self.call("org.freedesktop.DBus.Properties.Get", &[interface, property]).unwrap()
    }

    /// A player of the three songs of [`home`].
    fn play(&self, home: &Home, words: &[&str]) -> Running {
        let words = ["play", "list.txt", "--output", "null"].iter().chain(words);
        let mut command = home.command(words);
        let player = Running::start(command.env("DBUS_SESSION_BUS_ADDRESS", &self.address));
        until("it stands on the bus", PATIENCE, || {
            self.run("playerctl", &["-p", "tonearm", "metadata", "mpris:length"]).is_ok()
        });
        player
    }

    /// What `dbus-monitor` prints, line by line, with the time when it came.
    fn listen(&self, rule: &str) -> (Receiver<(Instant, String)>, Killed) {
        let mut child =
            self.command("dbus-monitor").args(["--session", rule]).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = sender.send((Instant::now(), line));
            }
        });
        // It has taken its place when it says so about itself.
        let (_, first) = receiver.recv_timeout(PATIENCE).unwrap();
        assert!(first.contains("member="), "{first}");
        (receiver, Killed(child))
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn home() -> Home {
    let minute = Sound::tone(60 * 8000);
    ["Amber", "Basalt", "Cobalt"]
        .iter()
        .zip(1..)
        .fold(Home::new(), |home, (title, n)| {
            home.sound(&format!("Stones/{n:02} - {title}.wav"), &minute, &tags("Velo", title, Some(n)))
        })
        .file("Music/Stones/cover.jpg", "a cover")
        .file("list.txt", "1. Velo - Amber\n2. Velo - Basalt\n3. Velo - Cobalt\n")
}

fn quit(bus: &Bus, player: Running) {
    bus.call("org.mpris.MediaPlayer2.Quit", &[]).unwrap();
    player.end().ends(0);
}

#[test]
fn playerctl_does_all_it_can() {
    let home = home();
    let bus = Bus::start(&home);
    let player = bus.play(&home, &[]);
    let ctl = |words: &[&str]| bus.playerctl(words);
    let is = |words: &[&str], wanted: &str| until(wanted, PATIENCE, || ctl(words) == wanted);

    assert_eq!(bus.run("playerctl", &["-l"]).unwrap(), "tonearm");
    assert_eq!(ctl(&["status"]), "Playing");
    assert_eq!(ctl(&["metadata", "--format", "{{artist}} - {{title}}"]), "Velo - Amber");
    assert_eq!(ctl(&["metadata", "mpris:length"]), "60000000");
    assert_eq!(ctl(&["metadata", "mpris:trackid"]), "'/org/tonearm/track/0'");
    let cover = fs::canonicalize(home.path("Music/Stones/cover.jpg")).unwrap();
    assert!(ctl(&["metadata", "mpris:artUrl"]).ends_with("/Music/Stones/cover.jpg"), "{}", cover.display());
    assert!(ctl(&["metadata", "xesam:url"]).ends_with("/Music/Stones/01%20-%20Amber.wav"));

    ctl(&["pause"]);
    is(&["status"], "Paused");
    ctl(&["play-pause"]);
    is(&["status"], "Playing");
    ctl(&["play-pause"]);
    is(&["status"], "Paused");
    ctl(&["position", "30"]);
    is(&["position"], "30.000000");
    ctl(&["position", "10-"]);
    is(&["position"], "20.000000");
    ctl(&["position", "5+"]);
    is(&["position"], "25.000000");
    ctl(&["next"]);
    is(&["metadata", "title"], "Basalt");
    assert_eq!(ctl(&["status"]), "Paused", "what was paused stays paused");
    ctl(&["previous"]);
    is(&["metadata", "title"], "Amber");
    ctl(&["play"]);
    is(&["status"], "Playing");

    ctl(&["volume", "0.4"]);
    is(&["volume"], "0.400000");
    ctl(&["volume", "0.1+"]);
    is(&["volume"], "0.500000");
    for status in ["Track", "Playlist", "None"] {
        ctl(&["loop", status]);
        is(&["loop"], status);
    }
    ctl(&["shuffle", "On"]);
    is(&["shuffle"], "On");
    ctl(&["shuffle", "Toggle"]);
    is(&["shuffle"], "Off");
    // Past the end is the next track.
    ctl(&["position", "70+"]);
    is(&["metadata", "title"], "Basalt");

    let new = fs::canonicalize(home.path("Music/Stones/03 - Cobalt.wav")).unwrap();
    ctl(&["open", &format!("file://{}", new.display()).replace(' ', "%20")]);
    is(&["metadata", "mpris:trackid"], "'/org/tonearm/track/3'");
    ctl(&["stop"]);
    is(&["status"], "Stopped");
    ctl(&["play-pause"]);
    is(&["status"], "Playing");
    quit(&bus, player);
}

#[test]
fn properties_are_what_the_specification_wants() {
    let home = home();
    let bus = Bus::start(&home);
    let player = bus.play(&home, &[]);
    let root = |name| bus.get("org.mpris.MediaPlayer2", name);
    assert_eq!(root("Identity"), "(<'tonearm'>,)");
    assert_eq!(
        (root("CanQuit"), root("CanRaise"), root("HasTrackList")),
        ("(<true>,)".into(), "(<false>,)".into(), "(<true>,)".into())
    );
    assert_eq!(root("SupportedUriSchemes"), "(<['file']>,)");
    let of = |name| bus.get(PLAYER, name);
    for name in ["Rate", "MinimumRate", "MaximumRate"] {
        assert_eq!(of(name), "(<1.0>,)");
    }
    for name in ["CanControl", "CanPlay", "CanPause", "CanSeek", "CanGoNext"] {
        assert_eq!(of(name), "(<true>,)", "{name}");
    }
    assert_eq!(of("CanGoPrevious"), "(<false>,)", "nothing was heard before the first");

    bus.playerctl(&["pause"]);
    let set = |track: &str, position: &str| {
        bus.call("org.mpris.MediaPlayer2.Player.SetPosition", &[track, position]).unwrap();
    };
    set("/org/tonearm/track/0", "30000000");
    until("the seek", PATIENCE, || bus.playerctl(&["position"]) == "30.000000");
    set("/org/tonearm/track/1", "1000000"); // a track that does not play
    set("/org/tonearm/track/0", "@x -5"); // before the begin
    set("/org/tonearm/track/0", "61000000"); // behind the end
    set("/org/mpris/MediaPlayer2/TrackList/NoTrack", "1000000");
    assert_eq!(bus.playerctl(&["position"]), "30.000000", "none of these does anything");

    let go = |n: &str| {
        bus.call("org.mpris.MediaPlayer2.TrackList.GoTo", &[&format!("/org/tonearm/track/{n}")]).unwrap()
    };
    go("2");
    until("the last track", PATIENCE, || of("CanGoNext") == "(<false>,)");
    assert_eq!(of("CanGoPrevious"), "(<true>,)");
    bus.playerctl(&["loop", "Playlist"]);
    until("the first follows the last", PATIENCE, || of("CanGoNext") == "(<true>,)");
    for uri in ["http://example.org/a.mp3", "file:///etc/passwd", "file:///nowhere.flac"] {
        let error = bus.call("org.mpris.MediaPlayer2.Player.OpenUri", &[uri]).unwrap_err();
        assert!(error.contains("InvalidArgs"), "{error}");
    }
    quit(&bus, player);
}

#[test]
fn the_track_list_can_be_read_and_edited() {
    let home = home();
    let bus = Bus::start(&home);
    let player = bus.play(&home, &[]);
    let list = |method: &str, words: &[&str]| {
        bus.call(&format!("org.mpris.MediaPlayer2.TrackList.{method}"), words).unwrap()
    };
    let tracks =
        || bus.get("org.mpris.MediaPlayer2.TrackList", "Tracks").matches("/org/tonearm/track/").count();
    assert_eq!(tracks(), 3);
    let metadata =
        list("GetTracksMetadata", &["[objectpath '/org/tonearm/track/1', '/org/tonearm/track/9']"]);
    assert!(metadata.contains("'Basalt'") && !metadata.contains("track/9"), "{metadata}");
    let (signals, _monitor) = bus.listen("type='signal',interface='org.mpris.MediaPlayer2.TrackList'");
    let hear = |member: &str| {
        let until = Instant::now() + PATIENCE;
        while let Ok((_, line)) = signals.recv_timeout(until.saturating_duration_since(Instant::now())) {
            if line.contains(member) {
                return;
            }
        }
        panic!("no {member}");
    };
    let file = fs::canonicalize(home.path("Music/Stones/01 - Amber.wav")).unwrap();
    let uri = format!("file://{}", file.display()).replace(' ', "%20");
    list("AddTrack", &[&uri, "/org/tonearm/track/0", "false"]);
    hear("TrackAdded");
    assert_eq!(tracks(), 4);
    list("RemoveTrack", &["/org/tonearm/track/1"]);
    hear("TrackRemoved");
    assert_eq!(tracks(), 3);
    home.run(["move", "3", "1"]).ends(0);
    hear("TrackListReplaced");
    quit(&bus, player);
}

/// The names of MPRIS 2.2, as its specification has them.
const NAMES: &[(&str, &[&str])] = &[
    (
        "org.mpris.MediaPlayer2",
        &[
            "method Raise",
            "method Quit",
            "property CanQuit",
            "property Fullscreen",
            "property CanSetFullscreen",
            "property CanRaise",
            "property HasTrackList",
            "property Identity",
            "property DesktopEntry",
            "property SupportedUriSchemes",
            "property SupportedMimeTypes",
        ],
    ),
    (
        PLAYER,
        &[
            "method Next",
            "method Previous",
            "method Pause",
            "method PlayPause",
            "method Stop",
            "method Play",
            "method Seek",
            "method SetPosition",
            "method OpenUri",
            "signal Seeked",
            "property PlaybackStatus",
            "property LoopStatus",
            "property Rate",
            "property Shuffle",
            "property Metadata",
            "property Volume",
            "property Position",
            "property MinimumRate",
            "property MaximumRate",
            "property CanGoNext",
            "property CanGoPrevious",
            "property CanPlay",
            "property CanPause",
            "property CanSeek",
            "property CanControl",
        ],
    ),
    (
        "org.mpris.MediaPlayer2.TrackList",
        &[
            "method GetTracksMetadata",
            "method AddTrack",
            "method RemoveTrack",
            "method GoTo",
            "signal TrackListReplaced",
            "signal TrackAdded",
            "signal TrackRemoved",
            "signal TrackMetadataChanged",
            "property Tracks",
            "property CanEditTracks",
        ],
    ),
];

#[test]
fn the_interfaces_have_the_names_of_the_specification() {
    let home = home();
    let bus = Bus::start(&home);
    let player = bus.play(&home, &[]);
    let xml = bus.call("org.freedesktop.DBus.Introspectable.Introspect", &[]).unwrap();
    for (interface, names) in NAMES {
        let part = xml.split(&format!("<interface name=\"{interface}\">")).nth(1).expect(interface);
        let part = part.split("</interface>").next().unwrap();
        let mut found: Vec<String> = ["method", "signal", "property"]
            .iter()
            .flat_map(|kind| {
                let mark = format!("<{kind} name=\"");
                let pieces: Vec<&str> = part.split(&mark).skip(1).collect();
                pieces.into_iter().map(move |piece| format!("{kind} {}", piece.split('"').next().unwrap()))
            })
            .collect();
        found.sort();
        let mut wanted: Vec<&str> = names.to_vec();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{interface}");
    }
    quit(&bus, player);
}

#[test]
fn a_seek_is_told_and_the_place_is_right_after_it() {
    let home = home();
    let bus = Bus::start(&home);
    let player = bus.play(&home, &[]);
    let (signals, _monitor) = bus.listen(&format!("type='signal',interface='{PLAYER}',member='Seeked'"));
    // One connection, so that what is measured is the player.
    let mut caller = BufReader::new(UnixStream::connect(home.path("state/control.sock")).unwrap());
    let mut ask = |line: &str| {
        caller.get_mut().write_all(format!("{line}\n").as_bytes()).unwrap();
        let mut answer = String::new();
        caller.read_line(&mut answer).unwrap();
        serde_json::from_str::<Value>(&answer).unwrap()
    };
    let quiet = Quiet::watch();
    let mut off = Vec::new();
    for to in [30, 5, 44, 20, 50, 1, 33, 12, 48, 7, 25, 40] {
        ask(&format!("{{\"command\":\"seek\",\"arguments\":[\"{to}\"]}}"));
        let wanted = Duration::from_secs(to);
        let (mut at, mut told) = heard(&signals, PATIENCE).expect("Seeked");
        assert!(told.abs_diff(wanted) < Duration::from_millis(150), "{told:?} for {to}");
        // Half a second later it is where everybody counts it to be, also by what was told meanwhile.
        until("half a second", PATIENCE, || at.elapsed() > Duration::from_millis(500));
        while let Some(later) = heard(&signals, Duration::ZERO) {
            (at, told) = later;
        }
        let before = at.elapsed();
        let position = ask("{\"command\":\"status\"}")["status"]["position"].as_f64().unwrap();
        let (position, after) = (Duration::from_secs_f64(position), at.elapsed());
        off.push((told + before).saturating_sub(position).max(position.saturating_sub(told + after)));
    }
    off.sort();
    let late = quiet.worst();
    println!("off by {off:?}; on this machine a thread woke {late:?} late");
    let bound = Duration::from_millis(50);
    match late < bound / 2 {
        true => assert!(off[off.len() - 1] < bound, "{off:?}"),
        // On a loaded machine a signal may lie about before it is read: that is not the player's.
        false => assert!(off[off.len() / 2] < bound, "{off:?}"),
    }
    quit(&bus, player);
}

/// The next place that was told, and when it came.
fn heard(signals: &Receiver<(Instant, String)>, patience: Duration) -> Option<(Instant, Duration)> {
    loop {
        let (at, line) = signals.recv_timeout(patience).ok()?;
        if let Some(micros) = line.trim().strip_prefix("int64 ") {
            return Some((at, Duration::from_micros(micros.parse().unwrap())));
        }
    }
}

/// A thread that sleeps and notes how late it wakes: what the machine adds to every measurement.
struct Quiet {
    ends: Arc<AtomicBool>,
    thread: JoinHandle<Duration>,
}

impl Quiet {
    fn watch() -> Self {
        let ends = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&ends);
        let nap = Duration::from_millis(5);
        let thread = std::thread::spawn(move || {
            let mut worst = Duration::ZERO;
            while !seen.load(Ordering::Relaxed) {
                let start = Instant::now();
                std::thread::sleep(nap);
                worst = worst.max(start.elapsed().saturating_sub(nap));
            }
            worst
        });
        Self { ends, thread }
    }

    fn worst(self) -> Duration {
        self.ends.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

#[test]
fn a_second_player_has_a_name_of_its_own() {
    let home = home();
    let bus = Bus::start(&home);
    let first = bus.play(&home, &[]);
    let mut command = home.command(["play", "list.txt", "--output", "null", "--new"]);
    let second = Running::start(command.env("DBUS_SESSION_BUS_ADDRESS", &bus.address));
    let name = format!("tonearm.instance{}", second.id());
    until("both are there", PATIENCE, || {
        bus.run("playerctl", &["-l"]).is_ok_and(|list| list.contains(&name))
    });
    bus.run("playerctl", &["-p", &name, "pause"]).unwrap();
    until("it is paused", PATIENCE, || bus.run("playerctl", &["-p", &name, "status"]).unwrap() == "Paused");
    assert_eq!(bus.run("playerctl", &["-p", "tonearm,%any", "status"]).unwrap(), "Playing");
    second.signal("INT");
    second.end().ends(130);
    quit(&bus, first);
}

#[test]
fn without_a_bus_nothing_is_said_and_nothing_is_started() {
    let home = home();
    let words = ["play", "list.txt", "--output", "null"];
    let mut command = home.command(words);
    command.env_remove("DBUS_SESSION_BUS_ADDRESS").env("XDG_RUNTIME_DIR", home.path("."));
    let mut player = Running::start(&mut command);
    player.line();
    until("it listens", PATIENCE, || home.path("state/control.sock").exists());
    let names: Vec<String> = fs::read_dir(format!("/proc/{}/task", player.id()))
        .unwrap()
        .map(|task| fs::read_to_string(task.unwrap().path().join("comm")).unwrap().trim().to_owned())
        .collect();
    assert!(!names.iter().any(|name| name == "mpris" || name.starts_with("zbus")), "{names:?}");
    home.run(["quit"]).ends(0);
    player.end().ends(0).says_nothing();

    // An address where nobody is: said in the log and nowhere else.
    let mut command = home.command(words);
    command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", home.path("nobody").display()));
    let mut player = Running::start(&mut command);
    player.line();
    until("it listens", PATIENCE, || home.run(["status"]).out().contains("Velo"));
    home.run(["quit"]).ends(0);
    player.end().ends(0);
}

/// A portal that notes who wants what. Prints `hold REASON FLAGS` and `let go`.
const PORTAL: &str = r#"
import dbus, dbus.service, dbus.mainloop.glib
from gi.repository import GLib
dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
name = dbus.service.BusName("org.freedesktop.portal.Desktop", bus)
class Request(dbus.service.Object):
    @dbus.service.method("org.freedesktop.portal.Request", in_signature="", out_signature="")
    def Close(self):
        print("let go", flush=True)
        self.remove_from_connection()
class Portal(dbus.service.Object):
    count = 0
    @dbus.service.method("org.freedesktop.portal.Inhibit", in_signature="sua{sv}", out_signature="o")
    def Inhibit(self, window, flags, options):
        print("hold", options["reason"], flags, flush=True)
        Portal.count += 1
        path = "/org/freedesktop/portal/desktop/request/%d" % Portal.count
        Request(bus, path)
        return dbus.ObjectPath(path)
Portal(bus, "/org/freedesktop/portal/desktop")
print("ready", flush=True)
GLib.MainLoop().run()
"#;

#[test]
fn the_machine_stays_awake_while_music_plays_and_only_then() {
    let home = home();
    let bus = Bus::start(&home);
    let mut portal =
        bus.command("/usr/bin/python3").args(["-c", PORTAL]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(portal.stdout.take().unwrap()).lines();
    let _portal = Killed(portal);
    let mut line = || lines.next().unwrap().unwrap();
    assert_eq!(line(), "ready");
    let player = bus.play(&home, &[]);
    assert_eq!(line(), "hold music is playing 4");
    bus.playerctl(&["pause"]);
    assert_eq!(line(), "let go");
    bus.playerctl(&["next"]);
    bus.playerctl(&["play"]);
    assert_eq!(line(), "hold music is playing 4");
    quit(&bus, player);
    assert_eq!(line(), "let go");
}
