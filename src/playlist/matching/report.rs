//! Takes nothing; gives the nouns of the answer: for each entry the file, how sure, and why.
//! Never holds text for one language of output only: reasons are values with a `Display`.

use std::fmt;

pub use super::version::Version;

/// The answer for a listing: one item per entry, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// The entries.
    pub entries: Vec<EntryMatch>,
}

/// The answer for one entry.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryMatch {
    /// 1, 2, 3 ... in the order of the listing.
    pub number: usize,
    /// The artist as finally read (artist and title may have stood the other way round).
    pub artist: Option<String>,
    /// The title as finally read.
    pub title: String,
    /// What may be done with the entry.
    pub status: Status,
    /// How likely the file is the right one, 0 to 1. For entries without a file: how likely the
    /// best candidate is.
    pub confidence: f64,
    /// The file, as a position in the tracks. `None` if ambiguous or missing.
    pub chosen: Option<usize>,
    /// What speaks for the choice, and what against; for ambiguous and missing entries it
    /// speaks of the best candidate.
    pub reasons: Vec<Reason>,
    /// The nearest files, best first; the chosen one, if any, is the first.
    pub candidates: Vec<Candidate>,
}

/// A file that may be meant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Position in the tracks.
    pub track: usize,
    /// How likely it is the right one, 0 to 1.
    pub confidence: f64,
}

/// What may be done with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Play it.
    Sure,
    /// Play it, and show that there was a little doubt.
    Likely,
    /// Do not play it; ask.
    Ambiguous,
    /// The owner does not have it.
    Missing,
    /// The owner has it, on a drive that is not there now.
    Away,
}

impl Status {
    /// Whether the entry has a file that is to be played.
    pub fn is_played(self) -> bool {
        matches!(self, Self::Sure | Self::Likely)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sure => "sure",
            Self::Likely => "likely",
            Self::Ambiguous => "ambiguous",
            Self::Missing => "missing",
            Self::Away => "away",
        })
    }
}

/// One thing that speaks for or against a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The listing names the file itself.
    NamedFile,
    /// The titles are the same.
    Title,
    /// The titles are alike.
    SimilarTitle,
    /// The titles differ; something else speaks for the file.
    OtherTitle,
    /// The file has no title.
    NoTitle,
    /// The artists are the same.
    Artist,
    /// The artists are alike.
    SimilarArtist,
    /// Somebody else's recording.
    OtherArtist,
    /// The track number fits.
    TrackNumber,
    /// Other entries come from the same folder or album.
    SameFolder,
    /// The listing names the album.
    Album,
    /// The lengths agree.
    Length,
    /// The lengths differ much.
    OtherLength,
    /// Numbers in the titles differ ("Part 1", "Part 2").
    OtherNumber,
    /// The file is another version than asked for.
    OtherVersion(Version),
    /// Another file fits as well.
    Rival,
    /// The entry was read title first.
    Turned,
    /// It was decided before.
    Pinned(Pinned),
    /// The file is known, but the drive it is on is not there.
    Away,
}

/// What has become of a file that was decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pinned {
    /// It is where it was.
    Here,
    /// It has another place or name.
    Moved,
    /// It has other tags.
    Retagged,
    /// It is gone, and this has its tags and its length.
    Transcoded,
    /// It is gone, and nothing is like it.
    Gone,
    /// It was decided that the owner has none.
    NotOwned,
}

impl fmt::Display for Pinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Here => "pinned",
            Self::Moved => "pinned, found under another name",
            Self::Retagged => "pinned, re-tagged since",
            Self::Transcoded => "pinned, likely transcoded since: same tags and length",
            Self::Gone => "the pinned file is gone",
            Self::NotOwned => "pinned: you have none of these",
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NamedFile => "named file",
            Self::Title => "title",
            Self::SimilarTitle => "similar title",
            Self::OtherTitle => "other title",
            Self::NoTitle => "no title",
            Self::Artist => "artist",
            Self::SimilarArtist => "similar artist",
            Self::OtherArtist => "other artist",
            Self::TrackNumber => "track number",
            Self::SameFolder => "same folder",
            Self::Album => "album",
            Self::Length => "length",
            Self::OtherLength => "other length",
            Self::OtherNumber => "other number",
            Self::OtherVersion(version) => return write!(f, "other version: {version}"),
            Self::Rival => "another file fits as well",
            Self::Turned => "read title first",
            Self::Pinned(pinned) => return pinned.fmt(f),
            Self::Away => "its drive is away",
        })
    }
}
