//! Takes nothing; gives the one table of settings: the reader, `tonearm config`, the template of the settings file and
//! the manual all read it.
//! Never knows what is set.

/// One thing that can be set.
#[derive(Debug)]
pub struct Setting {
    /// Its key in the settings file.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What holds where it is not set, in words.
    pub default: &'static str,
    /// A value as the settings file has it.
    pub example: &'static str,
    /// What it does, in a sentence or two.
    pub help: &'static str,
    /// The option of `tonearm play` that says the same and counts more, without its dashes.
    pub option: Option<&'static str>,
}

/// What a setting holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Folders, one or several. `~/` is the home folder.
    Folders,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Decibels, to so many in either direction.
    Decibels(f64),
    /// A TCP port, or text: `HOST:PORT` or the path of a socket.
    Place,
    /// Any texts, one or several.
    Texts,
    /// Text that is never shown.
    Secret,
    /// A table: actions and the keys that ask for them.
    Keys,
}

impl Kind {
    /// What it takes, in the words of an error: "takes ...".
    pub fn takes(self) -> String {
        match self {
            Self::Folders => "a folder in quotes, or several in brackets".into(),
            Self::Word(words) => {
                let quoted: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
                quoted.join(" or ")
            }
            Self::Decibels(most) => format!("a number of decibels from -{most} to {most}"),
            Self::Place => "a port, or \"HOST:PORT\" or the path of a socket in quotes".into(),
            Self::Texts => "a text in quotes, or several in brackets".into(),
            Self::Secret => "a text in quotes".into(),
            Self::Keys => "a table: for each action a key in quotes, or several in brackets".into(),
        }
    }

    /// Its words, for kinds that have them.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::Word(words) => words,
            _ => &[],
        }
    }
}

impl Setting {
    /// The variable of the environment that says the same and counts more than the file. A table has none.
    pub fn variable(&self) -> Option<String> {
        (self.kind != Kind::Keys).then(|| format!("TONEARM_{}", self.name.to_ascii_uppercase()))
    }
}

/// Every setting, in the order in which people are shown them.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "music",
        kind: Kind::Folders,
        default: "your system's music folder",
        example: "[\"~/Music\", \"/mnt/records\"]",
        help: "Where your music is.",
        option: Some("music"),
    },
    Setting {
        name: "listings",
        kind: Kind::Folders,
        default: "none",
        example: "\"~/Listings\"",
        help: "Folders with listings: `tonearm play` alone shows what is in them, MPD clients can load them.",
        option: None,
    },
    Setting {
        name: "output",
        kind: Kind::Texts,
        default: "auto",
        example: "\"alsa:hw:1\"",
        help: "Where the sound goes, one place or several at once. `tonearm devices` lists what there is.",
        option: Some("output"),
    },
    Setting {
        name: "rate",
        kind: Kind::Word(&["device", "source"]),
        default: "device",
        example: "\"source\"",
        help: "At which rate the device runs: its own, or each track's own where the device has it.",
        option: Some("rate"),
    },
    Setting {
        name: "on_unplug",
        kind: Kind::Word(&["pause", "follow"]),
        default: "goes on if the sound server has moved the music, else pauses",
        example: "\"pause\"",
        help: "What happens when the audio device goes away.",
        option: Some("on-unplug"),
    },
    Setting {
        name: "gain",
        kind: Kind::Word(&["off", "track", "album", "auto"]),
        default: "off",
        example: "\"album\"",
        help: "Makes tracks, or releases, equally loud; never so loud that they clip. Off: every sample is played as \
               the file has it.",
        option: Some("gain"),
    },
    Setting {
        name: "preamp",
        kind: Kind::Decibels(24.0),
        default: "0",
        example: "-3.5",
        help: "Decibels added to every gain.",
        option: Some("preamp"),
    },
    Setting {
        name: "shuffle",
        kind: Kind::Word(&["off", "tracks", "albums"]),
        default: "off",
        example: "\"albums\"",
        help: "The order in which a listing begins: its own, or every track, or every release, once in random order. \
               One that was left goes on in the order it had.",
        option: Some("shuffle"),
    },
    Setting {
        name: "repeat",
        kind: Kind::Word(&["off", "one", "all"]),
        default: "off",
        example: "\"all\"",
        help: "What comes again in a listing that begins: nothing, the track, all of it. One that was left goes on as \
               it was.",
        option: Some("repeat"),
    },
    Setting {
        name: "at_end",
        kind: Kind::Word(&["stop", "quit", "repeat"]),
        default: "quit; with --mpd stop",
        example: "\"stop\"",
        help: "What the player does when the music has ended.",
        option: Some("at-end"),
    },
    Setting {
        name: "ui",
        kind: Kind::Word(&["full", "line", "none"]),
        default: "full; line on a terminal below 40x10 or a dumb one",
        example: "\"line\"",
        help: "What a terminal shows: the full screen, one line of progress below the tracks that were played, or a line \
               a track, without keys.",
        option: Some("ui"),
    },
    Setting {
        name: "mpd",
        kind: Kind::Place,
        default: "nowhere",
        example: "\"0.0.0.0:6600\"",
        help: "Where MPD clients (phones, mpc, ncmpcpp) reach the player: a port is for this machine alone, HOST:PORT \
               for others too, a path is a socket.",
        option: Some("mpd"),
    },
    Setting {
        name: "mpd_password",
        kind: Kind::Secret,
        default: "none",
        example: "\"a word that others do not know\"",
        help: "What MPD clients must say first.",
        option: None,
    },
    Setting {
        name: "keys",
        kind: Kind::Keys,
        default: "those that `?` shows while it plays",
        example: "{ pause = \"space\", next-track = [\"n\", \">\"], mute = [] }",
        help: "Which keys ask for what, at a terminal; also as lines below [keys], at the end of the file. An action that \
               is named has these keys and no others.",
        option: None,
    },
];

/// The settings file as it is before anything is set: every setting explained, and commented out.
pub fn template() -> String {
    let mut text = String::from(
        "# Settings of tonearm (TOML). Everything is optional; take away a # to set something.\n\
         # The command line counts more than the environment, and that more than this file.\n\
         # `tonearm config` shows what holds, and where it was set.\n",
    );
    for setting in SETTINGS {
        let words = setting.kind.words();
        let choice = if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) };
        let help = format!("{}{choice} Not set: {}.", setting.help, setting.default);
        text.push('\n');
        for line in lines(&help, 96) {
            text.push_str(&format!("# {line}\n"));
        }
        text.push_str(&format!("# {} = {}\n", setting.name, setting.example));
    }
    text
}

/// Words in lines of at most `columns` characters, where words let them.
fn lines(words: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > columns {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::config::Config;

    #[test]
    fn every_setting_has_a_name_of_its_own_and_is_explained() {
        for (at, setting) in SETTINGS.iter().enumerate() {
            assert!(SETTINGS[..at].iter().all(|other| other.name != setting.name), "{}", setting.name);
            assert!(setting.help.ends_with('.') && !setting.default.is_empty(), "{}", setting.name);
            assert!(setting.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
        }
    }

    #[test]
    fn the_template_sets_nothing_and_every_example_in_it_can_be_set() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, template()).unwrap();
        let config = Config::load(&path, None, &|_| None).unwrap();
        assert!(config.all().is_empty());

        let is_example = |line: &&str| SETTINGS.iter().any(|s| line.starts_with(&format!("# {} = ", s.name)));
        let examples: Vec<String> =
            template().lines().filter(is_example).map(|line| line[2..].into()).collect();
        assert_eq!(examples.len(), SETTINGS.len());
        std::fs::write(&path, examples.join("\n")).unwrap();
        let config = Config::load(&path, None, &|_| None).unwrap();
        assert_eq!(config.all().len(), SETTINGS.len());
    }

    #[test]
    fn no_line_of_the_template_is_wider_than_a_terminal() {
        assert!(template().lines().all(|line| line.chars().count() <= 100));
        assert_eq!(lines("one two three", 7), ["one two", "three"]);
    }
}
