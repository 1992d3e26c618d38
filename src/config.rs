//! Takes the settings file; gives what the listener has set. Everything is optional, and so is the file.
//! Never writes it: it belongs to people.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The settings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Music folders, used where `--music` is not given. `~/` is the home folder.
    pub music: Vec<PathBuf>,
    /// Folders with listings, one in quotes or several in brackets: `tonearm play` alone shows what is in them.
    #[serde(deserialize_with = "one_or_several")]
    pub listings: Vec<PathBuf>,
    /// Where MPD clients reach the player: a port, `HOST:PORT` or the path of a socket. Nowhere when absent.
    #[serde(deserialize_with = "port_or_text")]
    pub mpd: Option<String>,
    /// What MPD clients must say first.
    pub mpd_password: Option<String>,
    /// Keys of the terminal, by the names of what they ask for.
    #[serde(deserialize_with = "keys")]
    pub keys: Vec<KeysOf>,
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

/// Gives the places of the lines as bytes: only who has the text can count lines.
fn keys<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Vec<KeysOf>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a key in quotes, or several in brackets")]
    enum Words {
        One(String),
        Several(Vec<String>),
    }
    let table: HashMap<toml::Spanned<String>, Words> = HashMap::deserialize(value)?;
    let mut keys: Vec<KeysOf> = table
        .into_iter()
        .map(|(action, words)| KeysOf {
            line: action.span().start,
            action: action.into_inner(),
            keys: match words {
                Words::One(key) => vec![key],
                Words::Several(keys) => keys,
            },
        })
        .collect();
    keys.sort_by_key(|keys| keys.line);
    Ok(keys)
}

fn port_or_text<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a port, or \"HOST:PORT\" or the path of a socket in quotes")]
    enum Place {
        Port(u16),
        Text(String),
    }
    Ok(Some(match Place::deserialize(value)? {
        Place::Port(port) => port.to_string(),
        Place::Text(text) => text,
    }))
}

fn one_or_several<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Vec<PathBuf>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a folder in quotes, or several in brackets")]
    enum Folders {
        One(PathBuf),
        Several(Vec<PathBuf>),
    }
    Ok(match Folders::deserialize(value)? {
        Folders::One(folder) => vec![folder],
        Folders::Several(folders) => folders,
    })
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
    /// The text breaks the rules; says where.
    #[error("{}, line {line}: {message}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// The parser's words, which name an unknown key and the known ones.
        message: String,
    },
}

impl Config {
    /// Reads the settings file; one that does not exist sets nothing.
    ///
    /// # Errors
    /// When it is there and cannot be read or understood.
    pub fn load(path: &Path, home: Option<&Path>) -> Result<Self, ConfigError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(cause) => return Err(ConfigError::Unreadable { path: path.to_owned(), cause }),
        };
        let line_at = |place: usize| {
            let before = &text.as_bytes()[..place.min(text.len())];
            before.iter().filter(|byte| **byte == b'\n').count() + 1
        };
        let mut config: Self = toml::from_str(&text).map_err(|error| {
            let line = line_at(error.span().map_or(0, |span| span.start));
            ConfigError::Malformed { path: path.to_owned(), line, message: error.message().to_owned() }
        })?;
        for keys in &mut config.keys {
            keys.line = line_at(keys.line);
        }
        for folder in config.music.iter_mut().chain(&mut config.listings) {
            if let (Some(home), Ok(below)) = (home, folder.strip_prefix("~")) {
                *folder = home.join(below);
            }
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn load(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(&path, Some(Path::new("/u")))
    }

    #[test]
    fn music_folders_may_lie_below_home() {
        let config = load("music = [\"~/Music\", \"/srv/music\"]").unwrap();
        assert_eq!(config.music, [Path::new("/u/Music"), Path::new("/srv/music")]);
    }

    #[test]
    fn folders_of_listings_are_one_or_several() {
        assert_eq!(load("listings = \"~/Lists\"").unwrap().listings, [Path::new("/u/Lists")]);
        assert_eq!(load("listings = [\"/a\", \"/b\"]").unwrap().listings, [Path::new("/a"), Path::new("/b")]);
        let error = load("listings = 5").unwrap_err().to_string();
        assert!(error.contains("line 1: a folder in quotes, or several in brackets"), "{error}");
    }

    #[test]
    fn mpd_clients_come_to_a_port_or_a_socket() {
        assert_eq!(load("mpd = 6600").unwrap().mpd.as_deref(), Some("6600"));
        assert_eq!(load("mpd = \"/run/mpd\"").unwrap().mpd.as_deref(), Some("/run/mpd"));
        let error = load("mpd = [1]").unwrap_err().to_string();
        assert!(error.contains("line 1: a port, or \"HOST:PORT\""), "{error}");
    }

    #[test]
    fn keys_are_one_or_several_and_know_their_line() {
        let config =
            load("music = []\n\n[keys]\nnext-track = [\"n\", \">\"]\n# mine\nmute = \"M\"\n").unwrap();
        let of = |action: &str, keys: &[&str], line| {
            let keys = keys.iter().map(|key| (*key).to_owned()).collect();
            KeysOf { action: action.into(), keys, line }
        };
        assert_eq!(config.keys, [of("next-track", &["n", ">"], 4), of("mute", &["M"], 6)]);
        let error = load("[keys]\nmute = 5").unwrap_err().to_string();
        assert!(error.contains("line 2: a key in quotes, or several in brackets"), "{error}");
    }

    #[test]
    fn no_file_sets_nothing() {
        assert_eq!(Config::load(Path::new("/nowhere/config.toml"), None).unwrap(), Config::default());
        assert_eq!(load("").unwrap(), Config::default());
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let error = load("# mine\nmusic = []\nmusik = []\n").unwrap_err().to_string();
        assert!(
            error.contains("config.toml, line 3: unknown field `musik`, expected one of `music`, `listings`"),
            "{error}"
        );
    }
}
