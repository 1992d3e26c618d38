//! Takes a file, or a part of one, and what people call it; gives the item that stands in a queue, and its
//! written form: the same on the socket and in what is kept on disk.
//! Never opens the file.

use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cue::{Gains, Mark, Span};
use crate::playback::Part;

/// Something to play, and what people call it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(from = "Written", into = "Written")]
pub struct Item {
    /// The file, or the part of one.
    pub part: Part,
    /// What people call it. The player hands it on; only its release tells a shuffle what stays together.
    pub label: Label,
}

/// Items that several hold, written as if each held its own.
pub(super) mod shared {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::Item;

    pub(in crate::player) fn serialize<S: Serializer>(
        items: &[Arc<Item>],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(items.iter().map(Arc::as_ref))
    }

    pub(in crate::player) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Arc<Item>>, D::Error> {
        Ok(Vec::<Item>::deserialize(deserializer)?.into_iter().map(Arc::new).collect())
    }
}

/// What people call a track.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    /// Its artist.
    pub artist: Option<String>,
    /// Its title.
    pub title: String,
    /// The release it is on.
    pub album: Option<String>,
}

impl Item {
    /// A file that has no other name than its own.
    pub fn of_file(file: PathBuf) -> Self {
        let title = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
        Self { part: file.into(), label: Label { title, ..Label::default() } }
    }

    /// A number that the tracks of a release share: by its name and the folder it lies in (the discs of a
    /// set lie in one), and where it has no name by the folder alone. The parts of a file are one release.
    pub fn release(&self) -> Option<u64> {
        let mut hash = DefaultHasher::new();
        if self.part.span.is_some() {
            self.part.path.hash(&mut hash);
        } else {
            let folder = self.part.path.parent()?;
            let folder = if is_disc(folder) { folder.parent().unwrap_or(folder) } else { folder };
            (folder, self.label.album.as_deref().map(str::trim)).hash(&mut hash);
        }
        Some(hash.finish())
    }
}

/// Whether a folder is called as those of single discs are: `CD1`, `Disc 2`, `disk-3`.
fn is_disc(folder: &Path) -> bool {
    let name = folder.file_name().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
    let number = ["cd", "disc", "disk"].iter().find_map(|word| name.strip_prefix(word));
    number.is_some_and(|rest| {
        let digits = rest.trim_start_matches([' ', '-', '_', '.']);
        (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// An item as it is written.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Written {
    file: WrittenPath,
    /// Where in the file it begins, and where it ends, in sectors of a cue sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Mark>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<Mark>,
    /// What a cue sheet says of its loudness.
    #[serde(default, skip_serializing_if = "Gains::is_none")]
    gains: Gains,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    artist: Option<String>,
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    album: Option<String>,
}

/// A path: text, or its bytes where they are no Unicode.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum WrittenPath {
    /// As text.
    Text(String),
    /// Byte by byte.
    Bytes(Vec<u8>),
}

impl From<Item> for Written {
    fn from(item: Item) -> Self {
        let Label { artist, title, album } = item.label;
        let Part { path, span, gains } = item.part;
        let (from, to) = (span.map(Span::start), span.and_then(Span::end));
        Self { file: path.into(), from, to, gains, artist, title, album }
    }
}

impl From<Written> for Item {
    fn from(written: Written) -> Self {
        let label = Label { artist: written.artist, title: written.title, album: written.album };
        let span = written.from.and_then(|from| Span::between(from, written.to));
        Self { part: Part { path: written.file.into(), span, gains: written.gains }, label }
    }
}

impl From<PathBuf> for WrittenPath {
    fn from(path: PathBuf) -> Self {
        match path.into_os_string().into_string() {
            Ok(text) => Self::Text(text),
            Err(bytes) => Self::Bytes(bytes.into_encoded_bytes()),
        }
    }
}

impl From<WrittenPath> for PathBuf {
    fn from(path: WrittenPath) -> Self {
        match path {
            WrittenPath::Text(text) => Self::from(text),
            WrittenPath::Bytes(bytes) => of_bytes(bytes),
        }
    }
}

#[cfg(unix)]
fn of_bytes(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

#[cfg(not(unix))]
fn of_bytes(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use super::*;
    use crate::cue::{Gain, Sector};

    #[test]
    fn an_item_is_written_and_read_back() {
        let label = Label { artist: None, title: "B".into(), album: Some("C".into()) };
        let span = Span::between(Sector(75).into(), Some(Mark::at(Duration::from_millis(1501))));
        let gains = Gains { track: Some(Gain { millidecibels: -6_500, peak: None }), album: None };
        let items = vec![
            Item { part: Part { path: "/a b.flac".into(), span, gains }, label: label.clone() },
            Item { part: of_bytes(b"/\xff.flac".to_vec()).into(), label },
        ];
        let back: Vec<Item> = serde_json::from_str(&serde_json::to_string(&items).unwrap()).unwrap();
        assert_eq!(back, items);
    }

    #[test]
    fn tracks_of_a_release_share_a_number() {
        let release = |path: &str, album: Option<&str>| {
            let mut item = Item::of_file(path.into());
            item.label.album = album.map(str::to_owned);
            item.release().unwrap()
        };
        let (hits, other) = (Some("Greatest Hits"), Some("Other"));
        assert_eq!(release("/m/Queen/CD1/1.flac", hits), release("/m/Queen/disc 2/1.flac", hits));
        assert_eq!(release("/m/a/1.flac", None), release("/m/a/2.flac", None));
        assert_ne!(release("/m/Queen/1.flac", hits), release("/m/Abba/1.flac", hits));
        assert_ne!(release("/m/1.flac", hits), release("/m/2.flac", other));
        assert_ne!(release("/m/CD/1.flac", None), release("/m/1.flac", None));
        let mut part = Item::of_file("/m/disc.flac".into());
        part.part.span = Span::new(Sector(0), Some(Sector(75)));
        assert_ne!(part.release(), Item::of_file("/m/disc.flac".into()).release());
    }
}
