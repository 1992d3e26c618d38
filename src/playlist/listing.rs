//! Takes nothing; gives the nouns of a listing: [`Listing`], [`Entry`] and [`Unread`] lines,
//! in the shape in which the native TOML format writes them.
//! Never parses other formats (see `format`), never looks at files.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, DerefMut};
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
    /// What a library may know to be entries: words that stand among the entries and may as well be talk.
    pub asides: Vec<Aside>,
}

/// One track of a listing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry {
    /// The track's artist, where the line names one.
    pub artist: Option<String>,
    /// The track's title.
    pub title: String,
    /// The number that the listing gives the track.
    pub number: Option<u32>,
    /// The disc that the listing puts the track on.
    pub disc: Option<u32>,
    /// The length that the listing gives.
    pub length: Option<Duration>,
    /// A file that the listing names outright.
    pub file: Option<PathBuf>,
    /// What else is said of it.
    pub more: More,
}

/// What else a listing may say of an entry.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Details {
    /// The line as it was written; empty in formats that have fields. What people see is [`Entry::line`].
    pub text: String,
    /// The line of the page's source that holds this entry and no other, where it is written otherwise than it shows:
    /// with the markup of HTML, Markdown or a wiki, or as a row of CSV. For programs; people see [`Entry::line`].
    pub markup: Option<String>,
    /// The release the track is said to be on.
    pub album: Option<String>,
    /// The heading that the track stands under, as written: a side, a work, a film.
    pub section: Option<String>,
    /// URIs that say which recording it is, as XSPF and JSPF have them: `https://musicbrainz.org/recording/...`.
    pub identifiers: Vec<String>,
    /// The part of the file that the track is; `None` for the whole.
    pub span: Option<Span>,
    /// The ReplayGain that the listing states.
    pub gains: Gains,
    /// A remark for people.
    pub note: Option<String>,
}

/// [`Details`], which take no room until there are some: a playlist of a million bare paths says none.
#[derive(Clone, Default)]
pub struct More(Option<Box<Details>>);

impl More {
    const NONE: &'static Details = &Details {
        text: String::new(),
        markup: None,
        album: None,
        section: None,
        identifiers: Vec::new(),
        span: None,
        gains: Gains { track: None, album: None },
        note: None,
    };

    /// What is said, to change it; `None` where nothing is.
    pub fn get_mut(&mut self) -> Option<&mut Details> {
        self.0.as_deref_mut()
    }
}

impl From<Details> for More {
    fn from(details: Details) -> Self {
        Self((details != *Self::NONE).then(|| Box::new(details)))
    }
}

impl Deref for More {
    type Target = Details;

    fn deref(&self) -> &Details {
        self.0.as_deref().unwrap_or(Self::NONE)
    }
}

impl DerefMut for More {
    fn deref_mut(&mut self) -> &mut Details {
        self.0.get_or_insert_default()
    }
}

impl PartialEq for More {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl fmt::Debug for More {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl Entry {
    /// The entry as one line: the one that was written; of fields "3. Artist - Title", with what is there and
    /// no more; of a file that nothing else is known of, its name as the listing has it.
    pub fn line(&self) -> Cow<'_, str> {
        if !self.more.text.is_empty() {
            return self.more.text.as_str().into();
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

/// Words of a line that was not read, where an entry could stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// How many entries stand before it.
    pub before: usize,
    /// The number of its line, from 1.
    pub line: usize,
    /// The words.
    pub text: String,
    /// Whether it stands among the entries, or is a message among those that ask: then a title alone may be one.
    pub near: bool,
}

/// A line of the input that is no entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Line number in the input, from 1.
    pub line: usize,
    /// The line, trimmed.
    pub text: String,
}
