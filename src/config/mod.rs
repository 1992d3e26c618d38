//! Takes the settings file and the environment; gives what the listener has set, and where. Everything is optional, and so
//! is the file. What can be set is one table ([`SETTINGS`]).
//! Never writes the file: it belongs to people.

mod read;
mod table;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

pub use table::{Kind, SETTINGS, Setting, template};

/// What is set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Config {
    all: Vec<Set>,
}

/// A setting that is set.
#[derive(Debug, Clone, PartialEq)]
pub struct Set {
    /// Its name in the table.
    pub name: &'static str,
    /// What it is set to.
    pub value: Value,
    /// Where that was said.
    pub source: Source,
}

/// What a setting is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A word, a number, a text: as it would be said on the command line.
    Text(String),
    /// Texts, one or several.
    Texts(Vec<String>),
    /// Folders, `~` replaced.
    Folders(Vec<PathBuf>),
    /// Actions and their keys, in the order of the file.
    Keys(Vec<KeysOf>),
}

/// The keys of one action, instead of those that it would have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeysOf {
    /// What they ask for.
    pub action: String,
    /// The keys, in words.
    pub keys: Vec<String>,
    /// Where in the file that stands, from 1.
    pub line: usize,
}

/// Where something was set; what comes later counts more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// In the settings file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// By a variable of the environment.
    Variable(String),
    /// By an option of the command line, without its dashes.
    Option(String),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { path, line } => write!(f, "{}, line {line}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Option(name) => write!(f, "--{name}"),
        }
    }
}

/// Something that was set wrongly.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{source}: {message}", source = .place)]
pub struct Mistake {
    /// Where.
    pub place: Source,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// Why the settings could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is there and cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// Something is set wrongly; a line each.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Wrong(Vec<Mistake>),
}

impl Config {
    /// Reads the settings file and the variables of the environment that say the same; a file that does not exist sets
    /// nothing, nor does an empty variable. `home` is what `~` stands for.
    ///
    /// # Errors
    /// When the file is there and cannot be read, or when it or a variable sets something wrongly.
    pub fn load(
        path: &Path,
        home: Option<&Path>,
        variable: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(cause) => return Err(ConfigError::Unreadable { path: path.to_owned(), cause }),
        };
        let (mut config, mut mistakes) = (Self::default(), Vec::new());
        let of_file = read::of_file(&text, path).into_iter();
        for set in of_file.chain(read::of_environment(variable)) {
            match set {
                Ok(set) => config.put(set),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        if !mistakes.is_empty() {
            return Err(ConfigError::Wrong(mistakes));
        }
        let folders = config.all.iter_mut().filter_map(|set| match &mut set.value {
            Value::Folders(folders) => Some(folders),
            _ => None,
        });
        for folder in folders.flatten() {
            if let (Some(home), Ok(below)) = (home, folder.strip_prefix("~")) {
                *folder = home.join(below);
            }
        }
        Ok(config)
    }

    /// Sets something from the command line, which counts more than what is set.
    ///
    /// # Errors
    /// When it does not take that.
    pub fn say(&mut self, setting: &'static Setting, words: &[OsString]) -> Result<(), Mistake> {
        self.put(read::of_option(setting, words)?);
        Ok(())
    }

    fn put(&mut self, set: Set) {
        self.all.retain(|other| other.name != set.name);
        self.all.push(set);
    }

    /// Everything that is set.
    pub fn all(&self) -> &[Set] {
        &self.all
    }

    /// The setting of that name, if it is set.
    pub fn get(&self, name: &str) -> Option<&Set> {
        self.all.iter().find(|set| set.name == name)
    }

    fn folders(&self, name: &str) -> &[PathBuf] {
        match self.get(name).map(|set| &set.value) {
            Some(Value::Folders(folders)) => folders,
            _ => &[],
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        match &self.get(name)?.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The keys of actions, as the file has them.
    pub fn keys(&self) -> &[KeysOf] {
        match self.get("keys").map(|set| &set.value) {
            Some(Value::Keys(keys)) => keys,
            _ => &[],
        }
    }

    /// Music folders, used where `--music` is not given.
    pub fn music(&self) -> &[PathBuf] {
        self.folders("music")
    }

    /// Folders with listings.
    pub fn listings(&self) -> &[PathBuf] {
        self.folders("listings")
    }

    /// Where MPD clients reach the player: a port, `HOST:PORT` or the path of a socket.
    pub fn mpd(&self) -> Option<&str> {
        self.text("mpd")
    }

    /// What MPD clients must say first.
    pub fn mpd_password(&self) -> Option<&str> {
        self.text("mpd_password").filter(|password| !password.is_empty())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn with(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, text).unwrap();
        let value =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
        Config::load(&path, Some(Path::new("/u")), &value)
    }

    fn load(text: &str) -> Result<Config, ConfigError> {
        with(text, &[])
    }

    fn text(config: &Config, name: &str) -> String {
        config.text(name).unwrap().to_owned()
    }

    #[test]
    fn music_folders_may_lie_below_home() {
        let config = load("music = [\"~/Music\", \"/srv/music\"]").unwrap();
        assert_eq!(config.music(), [Path::new("/u/Music"), Path::new("/srv/music")]);
    }

    #[test]
    fn folders_of_listings_are_one_or_several() {
        assert_eq!(load("listings = \"~/Lists\"").unwrap().listings(), [Path::new("/u/Lists")]);
        assert_eq!(
            load("listings = [\"/a\", \"/b\"]").unwrap().listings(),
            [Path::new("/a"), Path::new("/b")]
        );
        let error = load("listings = 5").unwrap_err().to_string();
        assert!(
            error.contains("line 1: `listings` takes a folder in quotes, or several in brackets"),
            "{error}"
        );
    }

    #[test]
    fn mpd_clients_come_to_a_port_or_a_socket() {
        assert_eq!(load("mpd = 6600").unwrap().mpd(), Some("6600"));
        assert_eq!(load("mpd = \"/run/mpd\"").unwrap().mpd(), Some("/run/mpd"));
        let error = load("mpd = [1]").unwrap_err().to_string();
        assert!(error.contains("line 1: `mpd` takes a port, or \"HOST:PORT\""), "{error}");
        assert!(load("mpd = 70000").is_err());
    }

    #[test]
    fn words_and_numbers_are_those_of_the_table() {
        let config = load("gain = \"album\"\npreamp = -3\n").unwrap();
        assert_eq!((text(&config, "gain"), text(&config, "preamp")), ("album".into(), "-3".into()));
        assert_eq!(text(&load("preamp = 1.5").unwrap(), "preamp"), "1.5");
        let error = load("gain = \"loud\"").unwrap_err().to_string();
        assert!(
            error.ends_with("line 1: `gain` takes \"off\" or \"track\" or \"album\" or \"auto\""),
            "{error}"
        );
        for wrong in ["preamp = 30", "preamp = nan", "preamp = \"3\"", "gain = true", "[gain]\na = 1"] {
            assert!(load(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn keys_are_one_or_several_and_know_their_line() {
        let config =
            load("music = []\n\n[keys]\nnext-track = [\"n\", \">\"]\n# mine\nmute = \"M\"\n").unwrap();
        let of = |action: &str, keys: &[&str], line| {
            let keys = keys.iter().map(|key| (*key).to_owned()).collect();
            KeysOf { action: action.into(), keys, line }
        };
        assert_eq!(config.keys(), [of("next-track", &["n", ">"], 4), of("mute", &["M"], 6)]);
        assert_eq!(load("keys = { mute = [] }").unwrap().keys(), [of("mute", &[], 1)]);
        let error = load("[keys]\nmute = 5").unwrap_err().to_string();
        assert!(error.contains("line 2: `keys` takes a table: for each action a key"), "{error}");
    }

    #[test]
    fn no_file_sets_nothing() {
        let config = Config::load(Path::new("/nowhere/config.toml"), None, &|_| None).unwrap();
        assert_eq!(config, Config::default());
        assert_eq!(load("").unwrap(), Config::default());
    }

    #[test]
    fn all_that_is_wrong_is_named_with_its_line() {
        let error = load("# mine\nmusic = []\nmusik = []\n\ngain = 1\n").unwrap_err().to_string();
        let lines: Vec<&str> =
            error.lines().map(|line| line.split_once("config.toml, ").unwrap().1).collect();
        assert!(
            lines[0]
                .starts_with("line 3: there is no setting `musik`, but `music`; there are music, listings,")
        );
        assert!(lines[1].starts_with("line 5: `gain` takes "));
        let error = load("music = []\nmusic = [").unwrap_err().to_string();
        assert!(error.contains("config.toml, line 2: "), "{error}");
    }

    #[test]
    fn the_environment_counts_more_than_the_file_and_the_command_line_more_still() {
        let mut config = with(
            "gain = \"album\"\nmusic = \"/a\"",
            &[("TONEARM_GAIN", "track"), ("TONEARM_MUSIC", "~/b:/c"), ("TONEARM_MPD", "")],
        )
        .unwrap();
        assert_eq!(text(&config, "gain"), "track");
        assert_eq!(config.get("gain").unwrap().source, Source::Variable("TONEARM_GAIN".into()));
        assert_eq!(config.mpd(), None);
        if cfg!(unix) {
            assert_eq!(config.music(), [Path::new("/u/b"), Path::new("/c")]);
        }
        let gain = SETTINGS.iter().find(|setting| setting.name == "gain").unwrap();
        config.say(gain, &["off".into()]).unwrap();
        assert_eq!(
            (text(&config, "gain"), config.get("gain").unwrap().source.to_string()),
            ("off".into(), "--gain".into())
        );
        let error = with("", &[("TONEARM_GAIN", "loud")]).unwrap_err().to_string();
        assert!(error.starts_with("TONEARM_GAIN: `gain` takes "), "{error}");
    }
}
