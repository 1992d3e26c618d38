//! Takes nothing; gives the nouns of the library: a [`Track`] is one audio file, or a part of one, with what its
//! tags or its cue sheet say. Never touches the disk.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cue::{Gains, Span};

/// One audio file, or a track inside one, and what is known of it without decoding it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Track {
    /// Absolute path. Need not be UTF-8.
    pub path: PathBuf,
    /// Size in bytes.
    pub size: u64,
    /// Modification time in nanoseconds since the Unix epoch.
    pub modified: i64,
    /// Playing time as the file's header has it; `None` where it does not say.
    pub length: Option<Duration>,
    /// How the sound is stored.
    pub codec: Codec,
    /// Average bit rate in kbit/s, where the header tells.
    pub bitrate: Option<u32>,
    /// What the tags say. All empty for an untagged file.
    pub tags: Tags,
    /// The part of the file that the track is, as a cue sheet says; `None` for the whole.
    pub span: Option<Span>,
    /// The ReplayGain that the cue sheet states.
    pub gains: Gains,
}

/// What a file's tags say; an absent or blank tag is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tags {
    /// Track title.
    pub title: Option<String>,
    /// Track artist.
    pub artist: Option<String>,
    /// Release title.
    pub album: Option<String>,
    /// Release artist ("Various Artists" on compilations).
    pub album_artist: Option<String>,
    /// Composer.
    pub composer: Option<String>,
    /// Genre.
    pub genre: Option<String>,
    /// Release date as written, usually a year.
    pub date: Option<String>,
    /// Track number on its disc, from 1.
    pub track: Option<u32>,
    /// Disc number, from 1.
    pub disc: Option<u32>,
}

impl Tags {
    /// Whether no tag says anything.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How a file stores its sound, as its header says (not its extension).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[allow(missing_docs)] // the names are the formats' own
pub enum Codec {
    Wav,
    Aiff,
    Flac,
    Alac,
    Mp3,
    Aac,
    Vorbis,
    Opus,
    #[default]
    Other,
}

impl Codec {
    /// Whether nothing was lost when the file was made.
    pub fn is_lossless(self) -> bool {
        matches!(self, Self::Wav | Self::Aiff | Self::Flac | Self::Alac)
    }
}
