//! Takes the tables of the program; gives those sections of its manual that no command line has.
//! Never formats but through roff's own words.

use std::path::{Path, PathBuf};

use clap_mangen::roff::{Roff, bold, italic, roman};

use super::super::exit;
use super::super::remote;
use crate::config::{SETTINGS, Setting};
use crate::paths::{Environment, Paths, UserFolders};
use crate::tui::keys::{ACTIONS, Keys, Place};

/// What the program reads of the environment, besides the settings.
const VARIABLES: &[(&str, &str)] = &[
    (
        "TONEARM_HOME",
        "One folder for settings, index, what is remembered, and the socket, in place of those below.",
    ),
    ("VISUAL, EDITOR", "What `tonearm config --edit` opens the settings with."),
    ("NO_COLOR", "No colours, whatever it holds."),
    (
        "XDG_CONFIG_HOME, XDG_CACHE_HOME, XDG_DATA_HOME, XDG_STATE_HOME, XDG_RUNTIME_DIR",
        "Where the folders below are, by the XDG base directory specification.",
    ),
    (
        "PULSE_SERVER, PULSE_COOKIE, PULSE_RUNTIME_PATH",
        "Where the sound server is and how it knows its user, as for every client of PulseAudio.",
    ),
    ("TERM", "On a dumb terminal there is no full screen."),
    ("DBUS_SESSION_BUS_ADDRESS", "The session bus, for media keys and desktop applets."),
];

/// The sections of the program's own page that come after its options.
pub(super) fn of_program(program: &clap::Command) -> String {
    let mut page = Roff::new();
    page.control("SH", ["COMMANDS"]);
    commands(&mut page, program, false);
    page.control("SH", ["COMMANDS FOR THE PLAYER THAT RUNS"]);
    commands(&mut page, program, true);
    keys(&mut page);
    configuration(&mut page);
    environment(&mut page);
    files(&mut page);
    exit_status(&mut page);
    page.control("SH", ["SEE ALSO"]);
    let first = ["play", "match", "config", "status"].map(|name| format!("tonearm-{name}(1)"));
    page.text([roman(first.join(", "))]);
    page.render()
}

/// The sections of a command's page that come after its options.
pub(super) fn of_command(name: &str, is_verb: bool) -> String {
    let mut page = Roff::new();
    if name == "play" || name == "demo" {
        keys(&mut page);
    }
    if name == "config" {
        configuration(&mut page);
    }
    if is_verb {
        page.control("SH", ["NOTES"]);
        page.text([roman("It steers the tonearm that runs, from anywhere; where none runs, that is said.")]);
    }
    exit_status(&mut page);
    page.control("SH", ["SEE ALSO"]);
    page.text([roman("tonearm(1)")]);
    page.render()
}

fn entry(page: &mut Roff, name: &str, words: &str) {
    page.control("TP", []);
    page.text([bold(name)]);
    page.text([roman(words)]);
}

fn commands(page: &mut Roff, program: &clap::Command, verbs: bool) {
    for command in program.get_subcommands().filter(|command| remote::is_verb(command.get_name()) == verbs) {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        entry(page, &format!("tonearm-{}(1)", command.get_name()), &about);
    }
}

fn keys(page: &mut Roff) {
    page.control("SH", ["KEYS"]);
    page.text([roman(
        "While it plays at a terminal. In italics: the name by which the settings can give it other keys.",
    )]);
    let keys = Keys::default();
    for action in ACTIONS {
        let chords: Vec<String> = keys.of(action, action.place).map(|chord| chord.to_string()).collect();
        let place = match action.place {
            Place::Both => "",
            Place::Screen | Place::Search => " (full screen)",
        };
        page.control("TP", []);
        page.text([bold(chords.join(", ")), roman("  "), italic(action.name)]);
        page.text([roman(format!("{}{place}", action.help))]);
    }
}

fn configuration(page: &mut Roff) {
    page.control("SH", ["CONFIGURATION"]);
    page.text([
        roman("The settings are a TOML file; `tonearm config --edit` opens it, with every setting explained, and "),
        roman("`tonearm config` shows what holds and where that was set. An option of the command line counts more "),
        roman("than a variable of the environment (TONEARM_ and the setting's name in capitals), and that more than "),
        roman("the file."),
    ]);
    for setting in SETTINGS {
        page.control("TP", []);
        page.text([bold(setting.name), roman(" = "), italic(setting.example)]);
        let words = setting.kind.words();
        let words = if words.is_empty() { String::new() } else { format!(" One of: {}.", words.join(", ")) };
        let option = setting.option.map(|option| format!(" Option: --{option}.")).unwrap_or_default();
        page.text([roman(format!("{}{words} Not set: {}.{option}", setting.help, setting.default))]);
    }
}

fn environment(page: &mut Roff) {
    page.control("SH", ["ENVIRONMENT"]);
    for (name, words) in VARIABLES {
        entry(page, name, words);
    }
    let names: Vec<String> = SETTINGS.iter().filter_map(Setting::variable).collect();
    entry(page, &names.join(", "), "The settings of these names. Folders are separated as in PATH.");
}

fn files(page: &mut Roff) {
    page.control("SH", ["FILES"]);
    for (path, words) in places() {
        entry(page, &path.to_string_lossy(), words);
    }
}

/// Where things are for somebody who has set nothing.
fn places() -> Vec<(PathBuf, &'static str)> {
    let below = |name: &str| Path::new("~").join(name);
    let user = UserFolders {
        home: below(""),
        config: below(".config"),
        cache: below(".cache"),
        data: below(".local/share"),
        state: below(".local/state"),
        runtime: Some("$XDG_RUNTIME_DIR".into()),
    };
    let Ok(paths) = Paths::new(&Environment { tonearm_home: None, user: Some(user) }) else {
        return Vec::new();
    };
    vec![
        (paths.config_file(), "The settings."),
        (paths.pins_file(), "Which file an entry means, as it was decided; may be edited, comments stay."),
        (paths.playlists_dir(), "Playlists that MPD clients have saved."),
        (paths.state_dir().to_owned(), "Where each listing was left."),
        (paths.library_index(), "The index of the music. May be deleted at any time."),
        (paths.loudness_memory(), "What was measured of loudness. May be deleted at any time."),
        (paths.pictures(), "Covers that were taken out of sound files. May be deleted at any time."),
        (paths.control_socket(), "The socket of the player that runs; its owner's alone."),
    ]
}

fn exit_status(page: &mut Roff) {
    page.control("SH", ["EXIT STATUS"]);
    for (exit, words) in exit::ALL {
        entry(page, &exit.code().to_string(), words);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The names of variables that the sources ask the environment for.
    #[test]
    fn every_variable_that_is_read_is_in_the_manual() {
        let page = of_program(&super::super::super::command());
        let sources = walkdir::WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
        for file in sources.into_iter().map(Result::unwrap).filter(|file| file.file_type().is_file()) {
            let text = std::fs::read_to_string(file.path()).unwrap_or_default();
            for (at, _) in text.match_indices("var_os(\"") {
                let name = text[at + 8..].split('"').next().unwrap();
                assert!(page.contains(name), "{name} of {}", file.path().display());
            }
        }
    }

    #[test]
    fn files_are_where_xdg_has_them() {
        let places: Vec<String> =
            places().iter().map(|(path, _)| path.to_string_lossy().into_owned()).collect();
        assert!(places.contains(&"~/.config/tonearm/config.toml".to_owned()), "{places:?}");
        assert!(places.contains(&"$XDG_RUNTIME_DIR/tonearm/control.sock".to_owned()), "{places:?}");
    }
}
