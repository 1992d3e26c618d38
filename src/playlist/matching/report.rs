//! Takes nothing; gives the nouns of the answer: for each entry the file, how sure, and why.
//! Never holds text for one language of output only: reasons are values with a `Display`.

use std::fmt;

use super::ledger::Piece;
pub use super::version::Version;
use super::weights;

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
    /// The entry's line in the source of its page, where that has markup ([`Details::markup`](crate::playlist::Details)).
    pub markup: Option<String>,
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
    /// What all choices for the listing together lose, in nats, if this one is not made: the confidence
    /// is read off this. `None` where nothing was chosen.
    pub margin: Option<f64>,
    /// What was asked before the confidence was given; empty where nothing was chosen.
    pub guards: Vec<(Guard, Held)>,
    /// The nearest files, best first; the chosen one, if any, is the first.
    pub candidates: Vec<Candidate>,
}

/// Which files may be taken for a song.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Accept {
    /// The version that the listing asks for, and no other.
    #[default]
    Exact,
    /// Where that one is not there, another one: live, remixed, as karaoke, by somebody else.
    Any,
}

/// Whether a guard held, or let a doubt through that caps the confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Held {
    /// There is nothing to say against the file.
    Yes,
    /// The file may be played, but is not sure.
    NotSure,
    /// The file must not be played without asking.
    NotPlayed,
}

impl Held {
    /// The most that a choice may be trusted after that answer, 0 to 1.
    pub fn most(self) -> f64 {
        match self {
            Self::Yes => 1.0,
            Self::NotSure => weights::NEVER_SURE,
            Self::NotPlayed => weights::NEVER_LIKELY,
        }
    }
}

/// A question that is asked of every choice, whatever the evidence for it. Each is named by what has to
/// be so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Guard {
    /// The file is the version asked for.
    SameVersion,
    /// Numbers in the titles do not tell two songs apart.
    SameNumber,
    /// The artists do not contradict each other.
    SameArtist,
    /// A file from outside the album that the listing is has the right length.
    SameTake,
    /// There is no other recording of the song that fits as well.
    OnlyRecording,
    /// Artist, release or rare words vouch for the file.
    VouchedFor,
    /// The titles are alike enough by themselves.
    AlikeTitle,
    /// Somebody's name does not merely resemble the artist's.
    CertainArtist,
    /// More than place and length speak for the file.
    MoreThanPlace,
    /// The titles were compared as they are written, not by ear or in translation.
    AsWritten,
    /// What stands in brackets behind the title is answered for.
    NoteAnswered,
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SameVersion => "the version asked for",
            Self::SameNumber => "no number tells them apart",
            Self::SameArtist => "no other artist",
            Self::SameTake => "from the album, or as long",
            Self::OnlyRecording => "no other recording fits as well",
            Self::VouchedFor => "artist, folder or rare words vouch for it",
            Self::AlikeTitle => "titles alike by themselves",
            Self::CertainArtist => "the artist's name is clear",
            Self::MoreThanPlace => "more than place and length",
            Self::AsWritten => "compared as written",
            Self::NoteAnswered => "the note in brackets is answered",
        })
    }
}

/// A file that may be meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Position in the tracks.
    pub track: usize,
    /// How likely it is the right one, 0 to 1.
    pub confidence: f64,
    /// What each piece of evidence is worth, in nats, in the order of [`Piece::ALL`]; pieces worth nothing
    /// are left out.
    pub evidence: Vec<(Piece, f64)>,
    /// What speaks for it, and what against.
    pub reasons: Vec<Reason>,
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
