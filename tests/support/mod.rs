//! Takes a few words about music and listings; gives a home with them in it, and runs the program there.
//! Never sees the user's own home, music or sound server. Every run is held to what no run may do:
//! hang, panic, or let a control character reach the terminal.
#![allow(clippy::unwrap_used, unreachable_pub, dead_code)] // each test file uses a part of it

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tonearm::library::{Tags, write_tags};
use tonearm::playback::{Sample, Shape, WavWriter};

/// After this long a run hangs.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Frames in one channel or more, and how they are stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound {
    pub shape: Shape,
    pub samples: Vec<f32>,
}

impl Sound {
    pub fn new(rate: u32, channels: u16, sample: Sample, samples: Vec<f32>) -> Self {
        Self { shape: Shape { rate, channels, sample }, samples }
    }

    /// A tenth of a second of a tone.
    pub fn short() -> Self {
        Self::tone(800)
    }

    /// A tone of so many frames, in one channel at 8 kHz.
    pub fn tone(frames: usize) -> Self {
        let samples = (0..frames).map(|n| (n as f32 * 0.3).sin() * 0.5).collect();
        Self::new(8000, 1, Sample::S16, samples)
    }

    /// Noise and tones in every channel, in steps of `bits` bits: no two stretches are alike, no sample is lost
    /// in a `Sample` of that depth.
    pub fn music(rate: u32, channels: u16, sample: Sample, frames: usize) -> Self {
        let full = f64::from(1_u32 << (sample.bits().unwrap() - 1));
        let mut noise = 0x2545_f491_4f6c_dd1d_u64;
        let mut samples = Vec::with_capacity(frames * usize::from(channels));
        for n in 0..frames {
            for channel in 0..channels {
                // xorshift64 (Marsaglia, "Xorshift RNGs", 2003)
                noise ^= noise << 13;
                noise ^= noise >> 7;
                noise ^= noise << 17;
                let hiss = (noise >> 11) as f64 / (1_u64 << 53) as f64 - 0.5;
                let pitch = 0.031 * f64::from(channel + 1) + n as f64 * 1e-7;
                let value = 0.6 * (n as f64 * pitch).sin() + 0.5 * hiss;
                samples.push(((value * full).round() / full) as f32);
            }
        }
        Self::new(rate, channels, sample, samples)
    }

    pub fn frames(&self) -> usize {
        self.samples.len() / usize::from(self.shape.channels)
    }

    /// Cuts it into `pieces` pieces of different, odd lengths.
    pub fn cut(&self, pieces: usize) -> Vec<Self> {
        let channels = usize::from(self.shape.channels);
        let place = |n: usize| match n {
            0 => 0,
            n if n == pieces => self.frames(),
            n => self.frames() * n / pieces + (n * 37) % 101,
        };
        (0..pieces)
            .map(|n| {
                let samples = self.samples[place(n) * channels..place(n + 1) * channels].to_vec();
                Self { shape: self.shape, samples }
            })
            .collect()
    }

    pub fn write(&self, path: &Path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut writer = WavWriter::new(BufWriter::new(File::create(path).unwrap()), self.shape).unwrap();
        writer.write(&self.samples).unwrap();
        writer.finish_file().unwrap();
    }

    /// Reads a WAV file, chunk by chunk. A length that was never filled in means: to the end.
    pub fn read(bytes: &[u8]) -> Self {
        assert_eq!((&bytes[..4], &bytes[8..12]), (&b"RIFF"[..], &b"WAVE"[..]));
        let u16_at = |at: usize| u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap());
        let u32_at = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        let (mut at, mut shape) = (12, None);
        loop {
            let (name, size, body) = (&bytes[at..at + 4], u32_at(at + 4) as usize, at + 8);
            if name == b"fmt " {
                let sample = match (u16_at(body), u16_at(body + 14)) {
                    (1, 16) => Sample::S16,
                    (1, 24) => Sample::S24,
                    (1, 32) => Sample::S32,
                    (3, 32) => Sample::F32,
                    other => panic!("a WAV format of another kind: {other:?}"),
                };
                shape = Some(Shape { rate: u32_at(body + 4), channels: u16_at(body + 2), sample });
            }
            if name == b"data" {
                let shape = shape.expect("`fmt ` stands before `data`");
                let end = body.saturating_add(size).min(bytes.len());
                return Self { shape, samples: samples(&bytes[body..end], shape.sample) };
            }
            at = body + size + size % 2;
        }
    }
}

/// Bytes of a WAV file to samples.
pub fn samples(bytes: &[u8], sample: Sample) -> Vec<f32> {
    let width = usize::from(sample.bytes());
    let integer = |bytes: &[u8]| {
        let mut wide = [0; 4];
        wide[4 - width..].copy_from_slice(bytes);
        (f64::from(i32::from_le_bytes(wide)) / f64::from(1_u32 << 31)) as f32
    };
    bytes
        .chunks_exact(width)
        .map(|bytes| match sample {
            Sample::F32 => f32::from_le_bytes(bytes.try_into().unwrap()),
            _ => integer(bytes),
        })
        .collect()
}

/// Fails at the first sample that differs, by its number, instead of printing two million of them.
#[track_caller]
pub fn assert_same(got: &[f32], want: &[f32]) {
    let differs = got.iter().zip(want).position(|(got, want)| got != want);
    assert_eq!(differs, None, "the first sample that differs");
    assert_eq!(got.len(), want.len(), "samples");
}

/// A home with music in `Music`, where every run of the program takes place.
pub struct Home {
    folder: TempDir,
}

impl Home {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("Music")).unwrap();
        Self { folder }
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file of the music folder with these tags; any `Sound`.
    pub fn sound(self, name: &str, sound: &Sound, tags: &Tags) -> Self {
        let path = self.path("Music").join(name);
        sound.write(&path);
        if !tags.is_empty() {
            write_tags(&path, tags).unwrap();
        }
        self
    }

    /// A short song, tagged.
    pub fn song(self, name: &str, artist: &str, title: &str) -> Self {
        self.sound(name, &Sound::short(), &tags(artist, title, None))
    }

    /// A short song without tags.
    pub fn untagged(self, name: &str) -> Self {
        self.sound(name, &Sound::short(), &Tags::default())
    }

    /// Three songs of a band, and `list.txt` that asks for them.
    pub fn with_three_songs(self) -> Self {
        self.song("01 - Amber.wav", "Velo", "Amber")
            .song("02 - Basalt.wav", "Velo", "Basalt")
            .song("03 - Cobalt.wav", "Velo", "Cobalt")
            .file("list.txt", "1. Velo - Amber\n2. Velo - Basalt\n3. Velo - Cobalt\n")
    }

    /// Any file, its name below the home.
    pub fn file(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// The program, in this home, with an environment in which there is nothing of the user's.
    pub fn command<S: AsRef<std::ffi::OsStr>>(&self, words: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tonearm"));
        command
            .args(words)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("TONEARM_HOME", self.path("state"))
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs it to its end.
    pub fn run<S: AsRef<std::ffi::OsStr>>(&self, words: impl IntoIterator<Item = S>) -> Outcome {
        Running::start(&mut self.command(words)).end()
    }

    /// Runs it to its end with something on its standard input.
    pub fn run_with<S: AsRef<std::ffi::OsStr>>(
        &self,
        words: impl IntoIterator<Item = S>,
        input: &str,
    ) -> Outcome {
        let mut running = Running::start(self.command(words).stdin(Stdio::piped()));
        running.child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        running.end()
    }

    /// Starts it and comes back at once.
    pub fn start<S: AsRef<std::ffi::OsStr>>(&self, words: impl IntoIterator<Item = S>) -> Running {
        Running::start(&mut self.command(words))
    }
}

pub fn tags(artist: &str, title: &str, track: Option<u32>) -> Tags {
    Tags { artist: Some(artist.into()), title: Some(title.into()), track, ..Tags::default() }
}

/// A run that has not ended. Killed when it is dropped before.
pub struct Running {
    pub child: Child,
    out: Option<BufReader<ChildStdout>>,
    err: Option<JoinHandle<Vec<u8>>>,
    heard: Vec<u8>,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let out = child.stdout.take().map(BufReader::new);
        let err = child.stderr.take().map(|err: ChildStderr| read_aside(err));
        Self { child, out, err, heard: Vec::new() }
    }

    /// The next line of standard output; waits for it.
    pub fn line(&mut self) -> String {
        let mut line = Vec::new();
        self.out.as_mut().unwrap().read_until(b'\n', &mut line).unwrap();
        self.heard.extend_from_slice(&line);
        String::from_utf8(line).unwrap().trim_end().to_owned()
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its short name, such as INT.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Closes the reader of its standard output.
    pub fn hang_up(&mut self) {
        self.out = None;
    }

    /// Waits for its end.
    pub fn end(mut self) -> Outcome {
        let out = self.out.take().map(read_aside);
        let status = wait(&mut self.child);
        let mut heard = std::mem::take(&mut self.heard);
        heard.extend(out.map(|out| out.join().unwrap()).unwrap_or_default());
        let err = self.err.take().map(|err| err.join().unwrap()).unwrap_or_default();
        Outcome { status, bytes: heard, err: String::from_utf8(err).expect("standard error is UTF-8") }
            .checked()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Most have ended; both are harmless then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_aside(mut from: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        bytes
    })
}

fn wait(child: &mut Child) -> ExitStatus {
    let mut status = None;
    until("the program ends", PATIENCE, || {
        status = child.try_wait().unwrap();
        status.is_some()
    });
    status.unwrap()
}

/// Waits until something is so; fails, by its name, when that takes too long.
#[track_caller]
pub fn until(what: &str, patience: Duration, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    loop {
        let asked = Instant::now();
        if is_so() {
            return;
        }
        assert!(start.elapsed() < patience, "not within {patience:?}: {what}");
        // To look takes a fifth of the time at most: the machine is there for what is looked at.
        std::thread::sleep((4 * asked.elapsed()).max(Duration::from_millis(5)));
    }
}

/// What a run came to.
#[derive(Debug)]
pub struct Outcome {
    status: ExitStatus,
    /// Standard output.
    pub bytes: Vec<u8>,
    /// Standard error.
    pub err: String,
}

impl Outcome {
    /// What holds for every run, whatever it was given.
    fn checked(self) -> Self {
        assert!(!self.err.contains("panicked"), "{self}");
        assert!(!self.err.contains("RUST_BACKTRACE"), "{self}");
        assert!(self.err.chars().all(is_harmless), "{self}");
        if let Ok(out) = std::str::from_utf8(&self.bytes) {
            assert!(out.chars().all(is_harmless), "{self}");
        }
        self
    }

    /// The exit code; a run that a signal has ended has none.
    #[track_caller]
    pub fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| panic!("ended by a signal: {self}"))
    }

    /// Standard output.
    #[track_caller]
    pub fn out(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("standard output is UTF-8")
    }

    pub fn lines(&self) -> Vec<&str> {
        self.out().lines().collect()
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// Ends with this code.
    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code(), code, "{self}");
        self
    }

    /// Says these words on standard error.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.err.contains(words), "no {words:?} in {self}");
        self
    }

    /// Says nothing at all on standard error.
    #[track_caller]
    pub fn says_nothing(self) -> Self {
        assert_eq!(self.err, "", "{self}");
        self
    }

    /// Says one sentence on standard error, and nothing on standard output.
    #[track_caller]
    pub fn says_only_one_sentence(self) -> Self {
        assert_eq!(self.err.trim_end().lines().count(), 1, "{self}");
        assert!(self.err.starts_with("tonearm: "), "{self}");
        assert!(self.bytes.is_empty(), "{self}");
        self
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let out = String::from_utf8_lossy(&self.bytes[..self.bytes.len().min(4000)]).into_owned();
        let err: String = self.err.chars().take(4000).collect();
        write!(f, "{}\nstdout: {}\nstderr: {}", self.status, out.escape_debug(), err.escape_debug())
    }
}

/// Whether a character can neither steer a terminal nor make a line read differently.
fn is_harmless(c: char) -> bool {
    let reorders =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c == '\n' || !(c.is_control() || reorders)
}

/// A folder of ten files named as the disc has them: the ten pieces of one continuous sound.
pub fn rocky_iv(folder: &Path, pieces: &[Sound]) {
    for (n, (piece, (artist, title))) in pieces.iter().zip(ROCKY_IV).enumerate() {
        let path = folder.join(format!("{:02} - {}.wav", n + 1, title.replace('/', "_")));
        piece.write(&path);
        let number = u32::try_from(n + 1).ok();
        write_tags(&path, &Tags { album: Some("Rocky IV".into()), ..tags(artist, title, number) }).unwrap();
    }
}

/// The listing in the repository that asks for them, in another spelling.
pub fn rocky_iv_listing() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("playlists/rocky-iv.toml")
}

/// Artists and titles as on the disc.
pub const ROCKY_IV: [(&str, &str); 10] = [
    ("Survivor", "Burning Heart"),
    ("John Cafferty", "Heart's on Fire"),
    ("Kenny Loggins & Gladys Knight", "Double or Nothing"),
    ("Survivor", "Eye of the Tiger"),
    ("Vince DiCola", "War / Fanfare from Rocky"),
    ("James Brown", "Living in America"),
    ("Robert Tepper", "No Easy Way Out"),
    ("Go West", "One Way Street"),
    ("Touch", "The Sweetest Victory"),
    ("Vince DiCola", "Training Montage"),
];
