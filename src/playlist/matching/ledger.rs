//! Takes what each piece of evidence is worth, in nats; gives their sum and keeps them apart, so that
//! every answer can be checked by hand.
//! Never weighs: what a piece is worth stands in `weights`.

use std::fmt;

/// What a piece of evidence is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Piece {
    /// Any file, before looking.
    Any,
    /// How alike the titles are.
    Title,
    /// How rare the words are that the titles share.
    Words,
    /// How alike the artists are.
    Artist,
    /// The artist was found within the title.
    ArtistInTitle,
    /// The file's names are read from the file name, or in an order that they seldom have.
    FileReading,
    /// The entry is read in a way that it seldom means.
    EntryReading,
    /// One is a version that the other is not.
    Version,
    /// A note in brackets that only one side has, or that the album answers.
    Note,
    /// Remarks beside the entry.
    Remark,
    /// Numbers in the titles.
    TitleNumber,
    /// The length.
    Length,
    /// The listing names the file.
    NamedFile,
    /// Other entries come from the same folder or album.
    Release,
    /// The listing or the entry names the album, or another one.
    Album,
    /// The track number.
    TrackNumber,
    /// The artist of most entries, or not.
    ListingArtist,
    /// The same piece under another name: place and length agree.
    OtherName,
    /// A disc that is known by its lengths.
    Disc,
    /// All other entries left this file over.
    LeftOver,
}

impl Piece {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 20] = [
        Self::Any,
        Self::Title,
        Self::Words,
        Self::Artist,
        Self::ArtistInTitle,
        Self::FileReading,
        Self::EntryReading,
        Self::Version,
        Self::Note,
        Self::Remark,
        Self::TitleNumber,
        Self::Length,
        Self::NamedFile,
        Self::Release,
        Self::Album,
        Self::TrackNumber,
        Self::ListingArtist,
        Self::OtherName,
        Self::Disc,
        Self::LeftOver,
    ];

    /// How many come from the entry and the file alone. They are the first.
    const OWN: usize = Self::NamedFile as usize + 1;

    /// Whether it comes from the entry and the file alone, and not from the listing as a whole.
    pub fn is_own(self) -> bool {
        (self as usize) < Self::OWN
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "any file",
            Self::Title => "title",
            Self::Words => "rarity of the words",
            Self::Artist => "artist",
            Self::ArtistInTitle => "artist within the title",
            Self::FileReading => "how the file's names are read",
            Self::EntryReading => "how the entry is read",
            Self::Version => "version",
            Self::Note => "notes in brackets",
            Self::Remark => "remarks",
            Self::TitleNumber => "numbers in the titles",
            Self::Length => "length",
            Self::NamedFile => "the file is named",
            Self::Release => "others from this folder",
            Self::Album => "album",
            Self::TrackNumber => "track number",
            Self::ListingArtist => "artist of the listing",
            Self::OtherName => "same piece, other name",
            Self::Disc => "disc known by its lengths",
            Self::LeftOver => "left over by all others",
        })
    }
}

/// Pieces of evidence and their sum; of all pieces the first `PIECES`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ledger<const PIECES: usize = { Piece::ALL.len() }> {
    // Only shown, so half the digits do; there are many ledgers.
    pieces: [f32; PIECES],
    total: f64,
}

/// A ledger of what comes from an entry and a file alone: of these there are the most.
pub(super) type OwnLedger = Ledger<{ Piece::OWN }>;

impl<const PIECES: usize> Default for Ledger<PIECES> {
    fn default() -> Self {
        Self { pieces: [0.0; PIECES], total: 0.0 }
    }
}

impl<const PIECES: usize> Ledger<PIECES> {
    /// Adds to a piece, which must be one of its own.
    pub(super) fn add(&mut self, piece: Piece, nats: f64) {
        debug_assert!((piece as usize) < PIECES, "{piece:?} is no piece of this ledger");
        if let Some(worth) = self.pieces.get_mut(piece as usize) {
            *worth += nats as f32;
        }
        self.total += nats;
    }

    /// Adds another ledger, of no more pieces.
    pub(super) fn join<const OTHERS: usize>(&mut self, other: &Ledger<OTHERS>) {
        const { assert!(OTHERS <= PIECES) };
        for (mine, more) in self.pieces.iter_mut().zip(other.pieces) {
            *mine += more;
        }
        self.total += other.total;
    }

    /// Raises the total to `least`, for the sake of `piece`.
    pub(super) fn raise(&mut self, piece: Piece, least: f64) {
        if self.total < least {
            self.add(piece, least - self.total);
        }
    }

    /// The sum.
    pub(super) fn total(&self) -> f64 {
        self.total
    }

    /// The pieces that are worth anything.
    pub(super) fn pieces(&self) -> Vec<(Piece, f64)> {
        // No more room than they take: a long listing has thousands of such lists.
        let mut pieces = Vec::with_capacity(self.pieces.iter().filter(|nats| **nats != 0.0).count());
        let worth = |nats: f32| f64::from(nats);
        let all = Piece::ALL.into_iter().zip(self.pieces.map(worth));
        pieces.extend(all.filter(|(_, nats)| *nats != 0.0));
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_are_the_sum() {
        let mut ledger = Ledger::<{ Piece::ALL.len() }>::default();
        ledger.add(Piece::Any, -4.0);
        ledger.add(Piece::Title, 5.5);
        ledger.raise(Piece::NamedFile, 3.0);
        let mut other = OwnLedger::default();
        other.add(Piece::Title, 0.5);
        ledger.join(&other);
        assert_eq!(ledger.total(), 3.5);
        assert_eq!(ledger.pieces(), [(Piece::Any, -4.0), (Piece::Title, 6.0), (Piece::NamedFile, 1.5)]);
    }

    #[test]
    fn what_there_are_the_most_of_is_small() {
        assert!(Piece::ALL[..Piece::OWN].iter().all(|piece| piece.is_own()));
        assert!(!Piece::ALL[Piece::OWN..].iter().any(|piece| piece.is_own()));
        assert_eq!(size_of::<OwnLedger>(), 64);
    }

    #[test]
    fn every_piece_has_its_own_place() {
        for (at, piece) in Piece::ALL.into_iter().enumerate() {
            assert_eq!(piece as usize, at);
        }
    }
}
