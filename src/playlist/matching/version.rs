//! Takes nothing; gives the ways in which recordings of a song differ, and several of them in one word.
//! What names them: `note` beside a title, `surroundings` for all songs of a release.
//! Never compares titles; what a difference of versions costs stands in `weights`.

use std::collections::BTreeSet;
use std::fmt;

use super::normalise::{Phrase, Word};

/// A way in which a recording differs from the plain one of a song.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the names say it
pub enum Version {
    Remaster,
    Edit,
    Extended,
    Live,
    Acoustic,
    Demo,
    Remix,
    Fragment,
    Instrumental,
    Acapella,
    Cover,
    Karaoke,
    Altered,
    /// Sung or played anew, or in another wording: "Ada's Version", "Spanish Version".
    Other,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Remaster => "remaster",
            Self::Edit => "edit",
            Self::Extended => "extended",
            Self::Live => "live",
            Self::Acoustic => "acoustic",
            Self::Demo => "demo",
            Self::Remix => "remix",
            Self::Fragment => "intro, reprise or the like",
            Self::Instrumental => "instrumental",
            Self::Acapella => "a cappella",
            Self::Cover => "cover",
            Self::Karaoke => "karaoke",
            Self::Altered => "altered",
            Self::Other => "other recording",
        })
    }
}

impl Version {
    /// Single words by which a remark asks for this version.
    pub(super) fn words(self) -> &'static [&'static str] {
        match self {
            Self::Live => &["live"],
            Self::Acoustic => {
                &["acoustic", "unplugged", "stripped", "acustico", "acustica", "acoustique", "akustik"]
            }
            Self::Demo => &["demo"],
            Self::Remix => &["remix", "rmx", "mix", "rework", "dub"],
            Self::Extended => &["extended"],
            Self::Instrumental => &["instrumental", "instr"],
            Self::Acapella => &["acapella", "acappella"],
            Self::Fragment => &["intro", "outro", "interlude", "reprise", "skit", "medley"],
            Self::Cover => &["cover"],
            Self::Karaoke => &["karaoke"],
            Self::Remaster | Self::Edit | Self::Altered | Self::Other => &[],
        }
    }
}

/// How many channels a recording was mixed for: one performance, and two records of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sound {
    Mono,
    Stereo,
}

impl Sound {
    /// Which of the two words speak of; none where they speak of both ("Mono & Stereo").
    pub(super) fn of<'a>(words: impl Iterator<Item = &'a Word>) -> Option<Self> {
        let (mut mono, mut stereo) = (false, false);
        for word in words {
            mono |= word == "mono";
            stereo |= word == "stereo";
        }
        match (mono, stereo) {
            (true, false) => Some(Self::Mono),
            (false, true) => Some(Self::Stereo),
            _ => None,
        }
    }
}

/// The versions that a name speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Versions {
    /// Which.
    pub(super) kinds: BTreeSet<Version>,
    /// The mix, where it is named.
    pub(super) sound: Option<Sound>,
    /// The other words of the notes: who remixed it, where it was live.
    pub(super) label: Phrase,
}

impl Versions {
    /// Adds what another note says.
    pub(super) fn join(&mut self, other: &Self) {
        if *other == Self::default() {
            return;
        }
        self.kinds.extend(&other.kinds);
        self.sound = self.sound.or(other.sound);
        let mut words = self.label.words.clone();
        words.extend(other.label.words.iter().cloned());
        self.label = Phrase::from_words(words);
    }
}
