//! Takes nothing; gives the nouns of a listing: [`Listing`], [`Entry`] and [`Unread`] lines,
//! in the shape in which the native TOML format writes them.
//! Never parses other formats (see `format`), never looks at files.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::format::m3u::shown_stem;
use crate::cue::{Gains, Span};

/// A track listing as a person wrote it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Listing {
    /// What the listing calls itself.
    pub title: Option<String>,
    /// One artist for all entries, where the listing names one.
    pub artist: Option<String>,
    /// Release date as written.
    pub date: Option<String>,
    /// Where the listing comes from, for people.
    pub source: Option<String>,
    /// The entries, in the order in which they are to be played.
    pub entries: Vec<Entry>,
    /// Lines that could not be understood as entries. Shown, never dropped.
    pub unread: Vec<Unread>,
}

/// One track of a listing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry {
    /// The line as it was written; empty in formats that have fields. What people see is [`Entry::line`].
    pub text: String,
    /// The track's artist, where the line names one.
    pub artist: Option<String>,
    /// The track's title.
    pub title: String,
    /// The release the track is said to be on.
    pub album: Option<String>,
    /// The heading that the track stands under, as written: a side, a work, a film.
    pub section: Option<String>,
    /// The number that the listing gives the track.
    pub number: Option<u32>,
    /// The disc that the listing puts the track on.
    pub disc: Option<u32>,
    /// The length that the listing gives.
    pub length: Option<Duration>,
    /// A file that the listing names outright.
    pub file: Option<PathBuf>,
    /// URIs that say which recording it is, as XSPF and JSPF have them: `https://musicbrainz.org/recording/...`.
    pub identifiers: Vec<String>,
    /// The part of that file that the track is; `None` for the whole.
    pub span: Option<Span>,
    /// The ReplayGain that the listing states.
    pub gains: Gains,
    /// A remark for people.
    pub note: Option<String>,
}

impl Entry {
    /// The entry as one line: the one that was written; of fields "3. Artist - Title", with what is there and
    /// no more; of a file that nothing else is known of, its name as the listing has it.
    pub fn line(&self) -> Cow<'_, str> {
        if !self.text.is_empty() {
            return self.text.as_str().into();
        }
        let named = self.file.as_deref().filter(|_| self.artist.is_none() && self.number.is_none());
        if let Some(file) = named.and_then(Path::to_str).filter(|file| shown_stem(file) == self.title) {
            return file.trim().into();
        }
        let number = self.number.map(|number| format!("{number}. ")).unwrap_or_default();
        let artist = self.artist.as_ref().map(|artist| format!("{artist} - ")).unwrap_or_default();
        format!("{number}{artist}{}", self.title).into()
    }
}

/// A line of the input that is no entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Line number in the input, from 1.
    pub line: usize,
    /// The line, trimmed.
    pub text: String,
}
