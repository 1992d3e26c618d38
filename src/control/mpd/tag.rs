//! Takes a track's tags; gives their values under the names that MPD has for them.
//! Never reads a file.

use crate::library::Tags;

/// One of MPD's tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tag(u8);

/// Every tag of MPD 0.23 (`src/tag/Names.cxx`), first those that the index holds.
const NAMES: &[&str] = &[
    "Artist",
    "AlbumArtist",
    "Album",
    "Title",
    "Track",
    "Genre",
    "Date",
    "Composer",
    "Disc",
    "ArtistSort",
    "AlbumArtistSort",
    "AlbumSort",
    "ComposerSort",
    "Name",
    "OriginalDate",
    "Performer",
    "Conductor",
    "Work",
    "Ensemble",
    "Movement",
    "MovementNumber",
    "Location",
    "Grouping",
    "Comment",
    "Label",
    "MUSICBRAINZ_ARTISTID",
    "MUSICBRAINZ_ALBUMID",
    "MUSICBRAINZ_ALBUMARTISTID",
    "MUSICBRAINZ_TRACKID",
    "MUSICBRAINZ_RELEASETRACKID",
    "MUSICBRAINZ_WORKID",
];

/// How many of them the index holds.
const HELD: u8 = 9;

impl Tag {
    pub(super) const ARTIST: Self = Self(0);
    pub(super) const ALBUM_ARTIST: Self = Self(1);
    pub(super) const ALBUM: Self = Self(2);
    pub(super) const TITLE: Self = Self(3);
    pub(super) const TRACK: Self = Self(4);
    pub(super) const GENRE: Self = Self(5);
    pub(super) const DATE: Self = Self(6);
    pub(super) const COMPOSER: Self = Self(7);
    pub(super) const DISC: Self = Self(8);

    /// The tag of that name, in letters of any case.
    pub(super) fn named(name: &str) -> Option<Self> {
        (0_u8..).zip(NAMES).find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(at, _)| Self(at))
    }

    pub(super) fn name(self) -> &'static str {
        NAMES[usize::from(self.0)]
    }

    /// Those that the index holds.
    pub(super) fn held() -> impl Iterator<Item = Self> {
        (0..HELD).map(Self)
    }

    /// What a track says, without a substitute; several artists are several values.
    pub(super) fn own(self, tags: &Tags) -> Vec<String> {
        let one = |text: &Option<String>| text.clone().into_iter().collect();
        let many = |text: &Option<String>| {
            text.iter().flat_map(|text| text.split("; ")).map(str::to_owned).collect::<Vec<_>>()
        };
        let count = |number: Option<u32>| number.map(|number| number.to_string()).into_iter().collect();
        match self {
            Self::ARTIST => many(&tags.artist),
            Self::ALBUM_ARTIST => many(&tags.album_artist),
            Self::ALBUM => one(&tags.album),
            Self::TITLE => one(&tags.title),
            Self::TRACK => count(tags.track),
            Self::GENRE => many(&tags.genre),
            Self::DATE => one(&tags.date),
            Self::COMPOSER => many(&tags.composer),
            Self::DISC => count(tags.disc),
            _ => Vec::new(),
        }
    }

    /// What a track says, or what stands for it: the artist for the album artist, a name for the form it is sorted by.
    pub(super) fn values(self, tags: &Tags) -> Vec<String> {
        let own = self.own(tags);
        if !own.is_empty() {
            return own;
        }
        let substitute = match self.name() {
            "AlbumArtist" | "ArtistSort" => Self::ARTIST,
            "AlbumArtistSort" => Self::ALBUM_ARTIST,
            "AlbumSort" => Self::ALBUM,
            "ComposerSort" => Self::COMPOSER,
            _ => return own,
        };
        substitute.values(tags)
    }

    /// Whether its values are sorted as numbers.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::TRACK | Self::DISC)
    }
}

/// The tags that a client wants to see of a song.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted(u64);

impl Wanted {
    pub(super) const ALL: Self = Self(u64::MAX);
    pub(super) const NONE: Self = Self(0);

    pub(super) fn set(&mut self, tag: Tag, wanted: bool) {
        let bit = 1 << tag.0;
        self.0 = if wanted { self.0 | bit } else { self.0 & !bit };
    }

    pub(super) fn has(self, tag: Tag) -> bool {
        self.0 & 1 << tag.0 != 0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn tags_are_found_by_name_and_have_substitutes() {
        let tags = Tags {
            artist: Some("A; B".into()),
            album: Some("C; D".into()),
            track: Some(3),
            ..Tags::default()
        };
        let values = |name: &str| Tag::named(name).unwrap().values(&tags);
        assert_eq!(values("artist"), ["A", "B"]);
        assert_eq!(values("AlbumArtistSort"), ["A", "B"]);
        assert_eq!(values("ALBUM"), ["C; D"], "a title may hold a semicolon");
        assert_eq!(values("track"), ["3"]);
        assert!(values("genre").is_empty() && values("performer").is_empty());
        assert_eq!(Tag::named("moon"), None);
        assert_eq!(Tag::named("Disc"), Some(Tag::DISC));
        assert!(NAMES.len() <= 64);
    }
}
