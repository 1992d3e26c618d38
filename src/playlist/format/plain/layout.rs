//! Takes the lines of a page; gives the rows among them that are entries. Every way to lay out a
//! listing (see `marked`, `records`, `labelled`, `pairs`, `headed`, `titles`, `chat`) is tried on the whole page; the one
//! that explains most lines best is taken. Never looks for artists.

use std::time::Duration;

use super::super::KnowsArtist;
use super::line::Line;
use super::{chat, headed, labelled, marked, pairs, records, titles};

/// One entry, with its number and times taken off.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Row {
    /// Index of its line.
    pub(super) line: usize,
    /// The entry as written.
    pub(super) text: String,
    /// The words that are left.
    pub(super) body: String,
    /// The body's parts, where the layout already tells them apart.
    pub(super) columns: Vec<String>,
    pub(super) number: Option<u32>,
    pub(super) disc: Option<u32>,
    pub(super) length: Option<Duration>,
}

/// One reading of the page.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// In the order of the text; a chat's line may hold several.
    pub(super) rows: Vec<Row>,
    /// Lines that belong to rows without being their text.
    pub(super) used: Vec<usize>,
    /// How many good rows, weighed by how telling their form is: about one to three a row, and more only where nothing else
    /// looks so (names of sound files, a conversation).
    pub(super) score: f64,
    /// Which way of laying out it is.
    pub(super) form: Form,
}

impl Layout {
    /// The score of entries of several lines each: such an entry stands against as many rows of another layout.
    pub(super) fn score_of_several_lines(&self) -> f64 {
        1.5 * self.rows.len() as f64 + 0.7 * self.used.len() as f64
    }
}

/// The ways to lay out a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Form {
    /// One line an entry, with something that all lines share.
    #[default]
    Marked,
    /// Several lines an entry; the columns are title first or artist first.
    TitleLineFirst,
    /// As in programmes of concerts and broadcasts.
    ArtistLineFirst,
    /// Several lines an entry, each with its field's name; the columns are title, artist, album.
    Labelled,
    /// Nothing but titles.
    Titles,
    /// Running text, entries between commas.
    Chat,
}

/// The best reading of the page; empty where nothing on it is like a listing.
pub(super) fn find(lines: &[Line<'_>], knows: &KnowsArtist<'_>) -> Layout {
    let mut best = marked::find(lines, knows);
    let others = [
        records::find(lines),
        labelled::find(lines),
        labelled::placed(lines),
        labelled::performed(lines),
        pairs::find(lines, knows),
        headed::find(lines, knows),
        titles::find(lines),
        chat::find(lines, knows),
    ];
    for other in others.into_iter().flatten() {
        if other.score > best.score {
            best = other;
        }
    }
    best
}
