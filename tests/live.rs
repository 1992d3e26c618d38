//! The same promises with real programs around it: a sound server of the test's own, other people's
//! encoders and decoders, a terminal. Run with `cargo test --features live-tests --test live`.
//! Never touches the user's sound server or terminal. A test that lacks a program says which, and fails.
#![allow(clippy::unwrap_used)]

#[path = "live/away.rs"]
mod away;
#[path = "live/device.rs"]
mod device;
#[path = "live/several.rs"]
mod several;
#[path = "live/steer.rs"]
mod steer;
mod support;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use support::{Home, PATIENCE, ROCKY_IV, Running, Sound, assert_same, rocky_iv_listing, until};
use tonearm::library::Tags;
use tonearm::playback::Sample;

const CD: u32 = 44_100;

/// Fails in one sentence when a program is missing.
fn needs(programs: &[&str]) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    for program in programs {
        let found = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
        assert!(found, "this test needs the program `{program}`, which is not installed");
    }
}

/// Runs a program to its end; gives its standard output.
fn run<S: AsRef<OsStr>>(program: &str, words: impl IntoIterator<Item = S>) -> Vec<u8> {
    let output = Command::new(program).args(words).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A child that is killed when it is dropped.
struct Process(Child);

impl Process {
    fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // As with `kill -9`; a child that has ended does not mind.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A PulseAudio of the test's own, with one sink whose monitor loses nothing.
struct Server {
    folder: PathBuf,
    rate: u32,
    process: Option<Process>,
    _turn: MutexGuard<'static, ()>,
}

/// Real time needs the machine for itself: one server of sound at a time.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    fn start(home: &Home, rate: u32) -> Self {
        let turn = turn();
        let folder = home.path("pulse");
        fs::create_dir_all(&folder).unwrap();
        let mut server = Self { folder, rate, process: None, _turn: turn };
        server.open();
        server
    }

    fn open(&mut self) {
        let sink =
            format!("module-null-sink sink_name=test rate={} format=s16le channels=2 norewinds=1", self.rate);
        let mut command = Command::new("pulseaudio");
        command.args(["--daemonize=no", "--exit-idle-time=-1", "-n", "-F", "/dev/null"]);
        command.args(["-L", "module-native-protocol-unix auth-anonymous=1", "-L", &sink]);
        self.process = Some(Process::start(self.environment(&mut command)));
        let socket = self.socket();
        until("the sound server listens", PATIENCE, || UnixStream::connect(&socket).is_ok());
    }

    /// `kill -9`.
    fn kill(&mut self) {
        self.process = None;
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("native")
    }

    fn environment<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("HOME", &self.folder)
            .env("XDG_RUNTIME_DIR", &self.folder)
            .env("PULSE_RUNTIME_PATH", &self.folder)
            .env("PULSE_SERVER", format!("unix:{}", self.socket().display()))
    }

    /// Records what the sink plays from now on.
    fn record(&self, name: &str) -> Recording {
        self.record_sink(name, "test", self.rate)
    }

    fn record_sink(&self, name: &str, sink: &str, rate: u32) -> Recording {
        let file = self.folder.join(name);
        let mut command = Command::new("parec");
        command
            .args(["--format=s16le", "--channels=2", "--raw", "--latency-msec=50"])
            .args([format!("--device={sink}.monitor"), format!("--rate={rate}")])
            .arg(&file);
        let process = Process::start(self.environment(&mut command));
        let recording = Recording { file, _process: process };
        until("the recording begins", PATIENCE, || !recording.samples().is_empty());
        recording
    }

    fn play(&self, home: &Home, words: &[&str]) -> Running {
        let mut all = vec!["play", "--output", "pulse"];
        all.extend(words);
        let mut command = home.command(all);
        command.env("PULSE_SERVER", format!("unix:{}", self.socket().display()));
        Running::start(&mut command)
    }
}

struct Recording {
    file: PathBuf,
    _process: Process,
}

impl Recording {
    fn frames(&self) -> usize {
        fs::metadata(&self.file).map_or(0, |file| file.len() as usize / 4)
    }

    fn samples(&self) -> Vec<f32> {
        support::samples(&fs::read(&self.file).unwrap_or_default(), Sample::S16)
    }

    /// What sounded: from the first sample that is not silent, so many of them.
    fn heard(&self, samples: usize) -> Vec<f32> {
        let mut begin = None;
        until("the music begins", PATIENCE, || {
            begin = self.samples().iter().position(|sample| *sample != 0.0).map(|begin| begin - begin % 2);
            begin.is_some()
        });
        let begin = begin.unwrap();
        // And a tenth of a second more, to see that nothing follows.
        let frames = (begin + samples + 8820) / 2;
        until("the recording holds the music", PATIENCE, || self.frames() >= frames);
        self.samples().split_off(begin)
    }
}

/// Noise that begins and ends with a sample that is not silent.
fn music(frames: usize) -> Sound {
    let mut sound = Sound::music(CD, 2, Sample::S16, frames);
    sound.samples[0] = 0.25;
    *sound.samples.last_mut().unwrap() = 0.25;
    sound
}

/// Ten FLAC files named and tagged as the disc has them.
fn ten_flacs(home: &Home, sound: &Sound) {
    for (n, (piece, (artist, title))) in sound.cut(10).iter().zip(ROCKY_IV).enumerate() {
        let name = format!("{:02} - {}", n + 1, title.replace('/', "_"));
        let wav = home.path(format!("wav/{name}.wav"));
        piece.write(&wav);
        let flac = home.path(format!("Music/{name}.flac"));
        let mut words: Vec<String> = ["-s", "-f", "-o"].map(Into::into).into();
        words.push(flac.to_str().unwrap().into());
        for (tag, value) in [("ARTIST", artist), ("TITLE", title), ("TRACKNUMBER", &(n + 1).to_string())] {
            words.push(format!("--tag={tag}={value}"));
        }
        words.push(wav.to_str().unwrap().into());
        run("flac", words);
    }
}

#[test]
fn ten_flac_tracks_reach_the_sound_server_bit_for_bit() {
    needs(&["pulseaudio", "parec", "flac"]);
    let home = Home::new();
    let sound = music(6 * CD as usize);
    ten_flacs(&home, &sound);
    let server = Server::start(&home, CD);
    let recording = server.record("out.raw");
    server.play(&home, &[rocky_iv_listing().to_str().unwrap()]).end().ends(0).says_nothing();
    let heard = recording.heard(sound.samples.len());
    let (music, after) = heard.split_at(sound.samples.len());
    assert_same(music, &sound.samples);
    assert!(after.iter().all(|sample| *sample == 0.0), "silence follows");
}

#[test]
fn a_sink_of_another_rate_gets_what_render_makes_at_that_rate() {
    needs(&["pulseaudio", "parec", "flac"]);
    let home = Home::new();
    ten_flacs(&home, &music(4 * CD as usize));
    let listing = rocky_iv_listing();
    let listing = listing.to_str().unwrap();
    home.run(["render", listing, "-o", "want.wav", "--rate", "48000", "--format", "f32"]).ends(0);
    let want = Sound::read(&fs::read(home.path("want.wav")).unwrap());
    assert_eq!(want.frames(), 4 * 48_000);

    let server = Server::start(&home, 48_000);
    let recording = server.record("out.raw");
    server.play(&home, &[listing]).end().ends(0);
    let heard = recording.heard(want.samples.len());
    // The first frames of either may be too soft for 16 bits, so that the begin is looked for.
    let step = 1.0 / 32_768.0;
    let fits = (0..200).step_by(2).any(|skip| {
        let pairs = heard.iter().zip(&want.samples[skip..]);
        pairs.clone().count() > want.samples.len() - 400
            && pairs.clone().all(|(heard, want)| (heard - want.clamp(-1.0, 1.0)).abs() <= 2.0 * step)
    });
    assert!(fits, "the recording is not what was rendered");
}

/// Encodes ten pieces with one program and holds the rendering of them against the program's own decoder.
/// `encode` and `decode` are given a file to read and one to write (raw 16 bits for `decode`).
fn joins_of(
    sound: &Sound,
    extension: &str,
    encode: impl Fn(&str, &str),
    decode: impl Fn(&str, &str),
) -> (Sound, Vec<f32>) {
    let home = Home::new();
    let (mut files, mut want) = (Vec::new(), Vec::new());
    for (n, piece) in sound.cut(10).iter().enumerate() {
        let place = |extension: &str| home.path(format!("{n}.{extension}")).to_str().unwrap().to_owned();
        let (wav, file, raw) = (place("wav"), place(extension), place("raw"));
        piece.write(Path::new(&wav));
        encode(&wav, &file);
        decode(&file, &raw);
        let decoded = support::samples(&fs::read(&raw).unwrap(), Sample::S16);
        assert_eq!(decoded.len(), piece.samples.len(), "the program's own decoder, track {n}");
        want.extend(decoded);
        files.push(file);
    }
    let mut words: Vec<&str> = vec!["render", "-o", "out.wav", "--format", "s16"];
    words.extend(files.iter().map(String::as_str));
    home.run(words).ends(0);
    (Sound::read(&fs::read(home.path("out.wav")).unwrap()), want)
}

/// The same number of frames, and the same sound at every one of them: `floor` dB between it and the difference.
#[track_caller]
fn assert_alike(got: &Sound, want: &[f32], floor: f64) {
    assert_eq!(got.samples.len(), want.len(), "samples");
    let power = |samples: &mut dyn Iterator<Item = f32>| samples.map(|s| f64::from(s).powi(2)).sum::<f64>();
    let noise = power(&mut got.samples.iter().zip(want).map(|(got, want)| got - want));
    let ratio = 10.0 * (power(&mut want.iter().copied()) / noise.max(1e-12)).log10();
    assert!(ratio >= floor, "{ratio:.1} dB, not {floor}");
}

#[test]
fn lame_tracks_join_without_a_frame_too_many_or_too_few() {
    needs(&["lame", "mpg123"]);
    let sound = Sound::music(CD, 2, Sample::S16, 5 * CD as usize + 77);
    let (got, want) = joins_of(
        &sound,
        "mp3",
        |wav, mp3| drop(run("lame", ["--quiet", "-b", "192", wav, mp3])),
        |mp3, raw| fs::write(raw, run("mpg123", ["-q", "-s", "-e", "s16", mp3])).unwrap(),
    );
    assert_alike(&got, &want, 70.0);
}

#[test]
fn oggenc_tracks_join_without_a_frame_too_many_or_too_few() {
    needs(&["oggenc", "ffmpeg"]);
    let sound = Sound::music(CD, 2, Sample::S16, 5 * CD as usize + 77);
    let (got, want) = joins_of(
        &sound,
        "ogg",
        |wav, ogg| drop(run("oggenc", ["-Q", "-q", "5", wav, "-o", ogg])),
        |ogg, raw| drop(run("ffmpeg", ["-v", "error", "-i", ogg, "-f", "s16le", raw])),
    );
    assert_alike(&got, &want, 70.0);
}

#[test]
fn opusenc_tracks_join_without_a_frame_too_many_or_too_few() {
    needs(&["opusenc", "opusdec"]);
    let sound = Sound::music(48_000, 2, Sample::S16, 5 * 48_000 + 77);
    let (got, want) = joins_of(
        &sound,
        "opus",
        |wav, opus| drop(run("opusenc", ["--quiet", "--bitrate", "128", wav, opus])),
        |opus, raw| drop(run("opusdec", ["--quiet", "--no-dither", "--rate", "48000", opus, raw])),
    );
    assert_alike(&got, &want, 60.0);
}

#[test]
fn the_music_goes_on_when_the_sound_server_was_killed_and_comes_back() {
    needs(&["pulseaudio", "parec"]);
    let sound = music(30 * CD as usize);
    let home = Home::new().sound("long.wav", &sound, &Tags::default());
    let mut server = Server::start(&home, CD);
    let recording = server.record("before.raw");
    let mut running = server.play(&home, &["Music/long.wav", "--json"]);
    assert!(running.line().contains("track-started"));
    recording.heard(CD as usize * 2); // a second
    server.kill();
    assert!(running.line().contains("output-lost"));
    server.open();
    let recording = server.record("after.raw");
    assert!(running.line().contains("output-back"));
    let heard = recording.heard(CD as usize * 2);
    running.signal("INT");
    running.end().ends(130);

    // Where in the music is what was heard after the return?
    let piece = &heard[8820..8820 + 2000];
    let at = sound.samples.windows(piece.len()).position(|window| window == piece);
    let seconds = at.expect("it is the same music") as f64 / 2.0 / f64::from(CD);
    assert!(seconds > 0.5, "it began again instead of going on: {seconds:.2} s");
    assert!(seconds < 25.0, "{seconds:.2} s");
}

/// A terminal of a hundred columns in which a command runs.
struct Terminal {
    socket: PathBuf,
}

impl Terminal {
    fn start(home: &Home, command: &str) -> Self {
        // A server of its own for each: the one before may still be ending.
        static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let terminal = Self { socket: home.path(format!("tmux{number}")) };
        let home_folder = home.path("").display().to_string();
        let words =
            ["-u", "-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", "-c", &home_folder];
        terminal.tmux(words.into_iter().chain([command]));
        terminal
    }

    fn tmux<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
        let mut command = Command::new("tmux");
        command.arg("-S").arg(&self.socket).args(words).env("LC_ALL", "C.UTF-8").env_remove("TMUX");
        let output = command.stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "tmux: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    fn screen(&self) -> String {
        String::from_utf8_lossy(&self.tmux(["capture-pane", "-p"])).trim_end().to_owned()
    }

    fn press(&self, key: &str) {
        self.tmux(["send-keys", key]);
    }

    /// Waits until the screen is as it should be; gives it.
    #[track_caller]
    fn shows(&self, what: &str, is_so: impl Fn(&str) -> bool) -> String {
        let mut screen = String::new();
        let start = std::time::Instant::now();
        loop {
            screen.clone_from(&self.screen());
            if is_so(&screen) {
                return screen;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "not shown: {what}\n{screen}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = Command::new("tmux").arg("-S").arg(&self.socket).arg("kill-server").status();
    }
}

/// The last line of a screen, and the seconds of its progress.
fn progress(screen: &str) -> (&str, u64) {
    let line = screen.lines().last().unwrap_or_default();
    let clock = line.split(' ').nth(1).and_then(|clock| clock.split_once(':'));
    let seconds = clock.and_then(|(m, s)| Some(m.parse::<u64>().ok()? * 60 + s.parse::<u64>().ok()?));
    (line, seconds.unwrap_or(0))
}

#[test]
fn keys_steer_the_music_and_the_terminal_is_given_back() {
    needs(&["tmux", "stty"]);
    let mut home = Home::new().file("list.txt", "1. Velo - Amber\n2. Velo - Basalt\n3. Velo - Cobalt\n");
    for (n, title) in ["Amber", "Basalt", "Cobalt"].iter().enumerate() {
        let name = format!("{} - {title}.wav", n + 1);
        home = home.sound(&name, &Sound::tone(8000 * 180), &support::tags("Velo", title, None));
    }
    let terminal = Terminal::start(
        &home,
        &format!(
            "HOME=$PWD TONEARM_HOME=$PWD/state sh -c 'before=$(stty -g); {} list.txt --ui line --output null; echo code $?; \
             [ \"$before\" = \"$(stty -g)\" ] && echo restored; exec cat'",
            env!("CARGO_BIN_EXE_tonearm")
        ),
    );
    let screen =
        terminal.shows("the first track", |screen| progress(screen).0.contains("3:00  1/3 Velo - Amber"));
    assert!(screen.contains("✓ 2  Velo - Basalt") && screen.contains("3 sure"), "{screen}");
    assert!(progress(&screen).0.starts_with("▶ "), "{screen}");
    terminal.shows("time passes", |screen| progress(screen).1 >= 1);

    terminal.press("Space");
    terminal.shows("a pause", |screen| progress(screen).0.starts_with("⏸ "));
    terminal.press("Space");
    terminal.shows("it goes on", |screen| progress(screen).0.starts_with("▶ "));

    terminal.press("n");
    terminal.shows("the next track", |screen| progress(screen).0.contains("2/3 Velo - Basalt"));
    terminal.press("p");
    terminal.shows("the previous track", |screen| progress(screen).0.contains("1/3 Velo - Amber"));

    terminal.press("Up");
    terminal.shows("a minute on", |screen| progress(screen).1 >= 60);
    terminal.press("Right");
    terminal.shows("five seconds on", |screen| progress(screen).1 >= 65);
    terminal.press("Down");
    terminal.shows("a minute back", |screen| progress(screen).1 < 30);
    terminal.press("-");
    terminal.shows("softer", |screen| progress(screen).0.contains("vol 95"));

    terminal.press("q");
    let screen = terminal.shows("the end", |screen| screen.contains("code "));
    assert!(screen.contains("code 0"), "{screen}");
    terminal.shows("the terminal is as it was", |screen| screen.contains("restored"));
    let cursor = terminal.tmux(["display-message", "-p", "#{cursor_flag}"]);
    assert_eq!(String::from_utf8_lossy(&cursor).trim(), "1", "the cursor is shown again");
}

#[test]
fn an_ambiguous_entry_is_asked_about_once_and_the_answer_lasts() {
    needs(&["tmux", "stty"]);
    let take = |title: &str| support::tags("Velo", title, None);
    let home = Home::new()
        .sound("a.wav", &Sound::tone(8000 * 60), &take("Amber (Live)"))
        .sound("b.wav", &Sound::tone(8000 * 50), &take("Amber (Remix)"))
        .sound("c.wav", &Sound::tone(8000 * 40), &take("Basalt"))
        .file("list.txt", "1. Velo - Amber\n2. Velo - Basalt\n");
    let run = |command: &str| {
        let command = format!(
            "HOME=$PWD TONEARM_HOME=$PWD/state sh -c 'before=$(stty -g); {} {command}; echo code $?; \
             [ \"$before\" = \"$(stty -g)\" ] && echo restored; exec cat'",
            env!("CARGO_BIN_EXE_tonearm")
        );
        Terminal::start(&home, &command)
    };
    {
        let terminal = run("list.txt --ui line --output null");
        terminal.shows("the question", |screen| screen.contains("1. Velo - Amber\n"));
        terminal.press("Down");
        terminal.press("Space");
        let screen = terminal.shows("the second is heard", |screen| screen.contains('♪'));
        assert!(screen.contains("▸ 2  ") && !screen.contains("Basalt"), "{screen}");
        terminal.press("C-c");
        terminal.shows("the terminal is as it was", |screen| screen.contains("code 130\nrestored"));
    }
    {
        let terminal = run("list.txt --ui line --output null");
        let screen = terminal.shows("the question again", |screen| screen.contains("1. Velo - Amber\n"));
        let second = screen.lines().find(|line| line.starts_with("  2  ")).unwrap();
        let file = second.split_whitespace().last().unwrap().to_owned();
        terminal.press("2");
        terminal.shows("it plays", |screen| progress(screen).0.contains("1/2 Velo - Amber"));
        terminal.press("q");
        let screen = terminal.shows("the end", |screen| screen.contains("code 0\nrestored"));
        assert!(screen.contains(&file) && screen.contains("pinned"), "{screen}");
    }
    let terminal = run("list.txt --ui line --output null");
    let screen =
        terminal.shows("no question any more", |screen| progress(screen).0.contains("1/2 Velo - Amber"));
    assert!(!screen.contains("Which one"), "{screen}");
    terminal.press("q");
    terminal.shows("the end", |screen| screen.contains("code 0\nrestored"));
}

#[test]
fn files_keep_their_identity_when_other_programs_rewrite_them() {
    needs(&["ffmpeg", "flac", "metaflac", "lame", "oggenc", "vorbiscomment", "opusenc"]);
    let home = Home::new().sound("a.wav", &music(12 * CD as usize), &Tags::default());
    let path = |name: &str| home.path(name).to_str().unwrap().to_owned();
    let wav = path("Music/a.wav");
    run("flac", ["--silent", "-o", &path("a.flac"), &wav]);
    run("lame", ["--quiet", "-V2", &wav, &path("a.mp3")]);
    run("oggenc", ["--quiet", "-o", &path("a.ogg"), &wav]);
    run("opusenc", ["--quiet", &wav, &path("a.opus")]);
    run("ffmpeg", ["-v", "error", "-i", &wav, "-c:a", "aac", &path("a.m4a")]);
    run("ffmpeg", ["-v", "error", "-i", &wav, "-c:a", "alac", &path("alac.m4a")]);
    for name in ["a.flac", "a.mp3", "a.ogg", "a.opus", "a.m4a", "alac.m4a", "Music/a.wav"] {
        let before = tonearm::library::identify(Path::new(&path(name))).unwrap();
        let tagged = path(&format!("tagged.{}", name.rsplit('.').next().unwrap()));
        let copy =
            ["-v", "error", "-y", "-i", &path(name), "-c", "copy", "-metadata", "title=Other", &tagged];
        run("ffmpeg", copy);
        let after = tonearm::library::identify(Path::new(&tagged)).unwrap();
        assert!(after.is_same(&before), "{name}: {before:?} {after:?}");
    }
    let flac = path("a.flac");
    let before = tonearm::library::identify(Path::new(&flac)).unwrap();
    run("metaflac", ["--remove-all", "--dont-use-padding", &flac]);
    run("metaflac", ["--set-tag=TITLE=Other", "--add-padding=100000", &flac]);
    assert_eq!(tonearm::library::identify(Path::new(&flac)).unwrap(), before);
    let ogg = path("a.ogg");
    let before = tonearm::library::identify(Path::new(&ogg)).unwrap();
    let long = format!("TITLE={}", "x".repeat(100_000));
    run("vorbiscomment", ["-w", "-t", &long, &ogg]);
    assert_eq!(tonearm::library::identify(Path::new(&ogg)).unwrap(), before);
}
