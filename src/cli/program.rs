//! Takes rows: entries with their files or the reasons why they have none, and files that were named themselves; gives
//! what is to be played, in order, and what is left out.
//! Never reads a listing or a file.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::pins::OfRow;
use crate::cue::{Gains, Span};
use crate::library::{Library, Track};
use crate::playback::Part;
use crate::playlist::{EntryMatch, Reason, Status, Unread};
use crate::sanitise;

/// What is to be played.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) title: Option<String>,
    pub(super) rows: Vec<Row>,
    /// Lines of listings that are no entries.
    pub(super) unread: Vec<Unread>,
    /// Files of folders to be played that cannot be read; they were named when they were found.
    pub(super) unusable: usize,
    /// The music folders, to show paths relative to them.
    pub(super) roots: Vec<PathBuf>,
    /// Where entries of listings were looked for, if there were any.
    pub(super) library: Option<Library>,
}

/// One row of a program.
#[derive(Debug)]
pub(super) struct Row {
    /// 1, 2, 3 ... in the order of playing.
    pub(super) number: usize,
    /// The listing's line, or the name of the file.
    pub(super) text: String,
    pub(super) artist: Option<String>,
    pub(super) title: String,
    /// The release, as the file's tags have it.
    pub(super) album: Option<String>,
    /// The heading that the entry stands under.
    pub(super) section: Option<String>,
    /// `None` for a file that was named itself.
    pub(super) status: Option<Status>,
    pub(super) confidence: f64,
    pub(super) file: Option<PathBuf>,
    /// How long the file is, where that is known without opening it.
    pub(super) length: Option<Duration>,
    /// The part of the file that it is; `None` for the whole.
    pub(super) span: Option<Span>,
    /// The ReplayGain that a cue sheet states for it.
    pub(super) gains: Gains,
    pub(super) reasons: Vec<Reason>,
    pub(super) candidates: Vec<(PathBuf, f64)>,
    /// What pins have to do with it.
    pub(super) pin: OfRow,
    /// How the matcher came to it; `None` for a file that was named itself.
    pub(super) found: Option<Box<EntryMatch>>,
}

impl Row {
    /// "Artist - Title", or the title alone.
    pub(super) fn name(&self) -> String {
        let name = match &self.artist {
            Some(artist) => format!("{artist} - {}", self.title),
            None => self.title.clone(),
        };
        sanitise::line(&name).into_owned()
    }
}

impl Program {
    /// The files, in order; rows without one are left out.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        self.rows.iter().filter_map(|row| row.file.clone()).collect()
    }

    /// The rows that have a file.
    pub(super) fn playable(&self) -> Vec<&Row> {
        self.rows.iter().filter(|row| row.file.is_some()).collect()
    }

    /// What is to be played, in order: files, and parts of files.
    pub(super) fn parts(&self) -> Vec<Part> {
        let part = |row: &Row| Some(Part { path: row.file.clone()?, span: row.span, gains: row.gains });
        self.rows.iter().filter_map(part).collect()
    }

    /// Forgets what was only of use until all was decided; `asks` says whether something is still to be asked.
    pub(super) fn settle(&mut self, asks: bool) {
        for row in &mut self.rows {
            row.found = None;
            // Of what is away the file that is waited for.
            if row.status != Some(Status::Away) {
                row.candidates = Vec::new();
            }
            // Only what is asked about is remembered.
            if !asks || row.pin.choices.is_empty() {
                row.pin = OfRow::default();
            }
        }
    }

    /// Adds rows, numbered on from those there are.
    pub(super) fn extend(&mut self, rows: impl IntoIterator<Item = Row>) {
        for row in rows {
            self.rows.push(Row { number: self.rows.len() + 1, ..row });
        }
    }

    /// Rows without a file.
    pub(super) fn left_out(&self) -> usize {
        self.rows.iter().filter(|row| row.file.is_none()).count()
    }

    /// Why there is nothing to play, where that is so.
    pub(super) fn nothing_to_play(&self) -> Option<String> {
        if self.left_out() == self.rows.len() && self.rows.iter().any(|row| row.status == Some(Status::Away))
        {
            return Some("the music is on a drive that is away".into());
        }
        match (self.rows.len(), self.left_out()) {
            (0, _) => Some("no line reads like a track, such as \"1. Artist - Title\"".into()),
            (1, 1) => Some("the one entry was not found among your files".into()),
            (rows, left_out) if rows == left_out => {
                Some(format!("none of the {rows} entries was found among your files"))
            }
            _ => None,
        }
    }

    /// Whether nothing that was asked for is left out.
    pub(super) fn is_whole(&self) -> bool {
        self.left_out() == 0 && self.unusable == 0
    }

    /// A path as people know it: below its music folder, safe to print.
    pub(super) fn name_of<'a>(&self, path: &'a Path) -> Cow<'a, str> {
        let below = self.roots.iter().find_map(|root| path.strip_prefix(root).ok());
        sanitise::path(below.filter(|below| !below.as_os_str().is_empty()).unwrap_or(path))
    }
}

/// A file's name, and where in it a part begins.
pub(super) fn with_place(name: Cow<'_, str>, span: Option<Span>) -> String {
    match span {
        Some(span) => format!("{name} from {}", span.from()),
        None => name.into_owned(),
    }
}

/// A file that was named itself.
pub(super) fn file_row(file: PathBuf) -> Row {
    let title = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
    Row {
        number: 0,
        text: title.clone(),
        artist: None,
        title,
        album: None,
        section: None,
        status: None,
        confidence: 1.0,
        file: Some(file),
        length: None,
        span: None,
        gains: Gains::default(),
        reasons: Vec::new(),
        candidates: Vec::new(),
        found: None,
        pin: OfRow::default(),
    }
}

/// A track of the library as something to play.
pub(super) fn track_row(track: Track) -> Row {
    let row = file_row(track.path);
    let unnamed = || match track.tags.track.filter(|_| track.span.is_some()) {
        Some(number) => format!("Track {number}"),
        None => row.title.clone(),
    };
    Row {
        artist: track.tags.artist,
        album: track.tags.album,
        title: track.tags.title.unwrap_or_else(unnamed),
        length: track.length,
        span: track.span,
        gains: track.gains,
        ..row
    }
}
