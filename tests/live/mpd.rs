//! A real MPD of a test's own, and a word to it through `mpc`. Needs `mpd` and `mpc`.
//! Never touches the user's MPD, sound or settings.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use super::support::{Home, PATIENCE, until};

/// MPD itself, with a state of its own.
pub(crate) struct Mpd {
    child: Child,
    /// Where it listens.
    pub(crate) socket: PathBuf,
}

impl Mpd {
    /// One that knows the music of `home`, below the folder `Music`, and makes no sound.
    pub(crate) fn start(home: &Home) -> Self {
        let at = |name: &str| home.path(name).to_str().unwrap().to_owned();
        fs::create_dir_all(home.path("mpd/playlists")).unwrap();
        let settings = format!(
            "music_directory \"{}\"\nplaylist_directory \"{}\"\ndb_file \"{}\"\nsticker_file \"{}\"\nbind_to_address \"{}\"\n\
             audio_output {{\ntype \"null\"\nname \"null\"\nmixer_type \"software\"\n}}\n",
            at("Music"),
            at("mpd/playlists"),
            at("mpd/db"),
            at("mpd/stickers"),
            at("mpd/socket")
        );
        fs::write(home.path("mpd/conf"), settings).unwrap();
        let child = Command::new("mpd")
            .args(["--no-daemon", "--stderr", &at("mpd/conf")])
            .env("HOME", home.path("mpd"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("this test needs `mpd`: {error}"));
        let mpd = Self { child, socket: home.path("mpd/socket") };
        until("MPD listens", PATIENCE, || UnixStream::connect(&mpd.socket).is_ok());
        assert!(mpc(&mpd.socket, &["--wait", "update"]).status.success());
        mpd
    }
}

impl Drop for Mpd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says something to an MPD, or to what passes for one.
pub(crate) fn mpc(socket: &Path, words: &[&str]) -> Output {
    run(Command::new("mpc").arg("-h").arg(socket).args(words).env("LANG", "C.UTF-8"))
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Output {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("this test needs `{name}`: {error}"))
}
