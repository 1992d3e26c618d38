//! Takes one audio file; gives what its header and tags say.
//! Never decodes sound, never reads cover art, never lets a damaged file take the scan down.
//!
//! The tag reader is asked first. Where it knows the container too little, the demuxers are, which
//! tell less of tags, but all that is needed.

mod block;
mod demuxed;
mod field;
mod picture;
mod segment;
mod tagged;
mod window;

use std::error::Error;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cue::Sheet;
use crate::encoding;
use crate::guard::guarded;

use super::kind::{FileKind, has_known_tags};
use super::sheets::is_sheet;
use super::track::{Codec, Tags};
pub use picture::{Picture, picture};

/// What a file says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Contents {
    pub(super) length: Option<Duration>,
    pub(super) codec: Codec,
    pub(super) bitrate: Option<u32>,
    pub(super) tags: Tags,
    /// The cue sheet that it is, or carries.
    pub(super) sheet: Option<String>,
    /// Why nothing could be read, where that is so.
    pub(super) damage: Option<String>,
}

type Outcome = Result<Contents, Box<dyn Error>>;

/// Reads a file's header and tags. What makes no sense is noted in [`Contents::damage`].
///
/// # Errors
/// When the file cannot be opened.
pub(super) fn read(path: &Path) -> io::Result<Contents> {
    let file = File::open(path)?;
    if is_sheet(path) {
        return Ok(Contents { sheet: sheet(file)?, ..Contents::default() });
    }
    let plays = FileKind::of(path) == Some(FileKind::Playable);
    let outcome = match (has_known_tags(path), plays) {
        (true, true) => caught(|| tagged::read(path, file)).or_else(|error| {
            // Of two that fail, the tag reader knows better why.
            caught(|| demuxed::read(path, File::open(path)?)).map_err(|_| error)
        }),
        (true, false) => caught(|| tagged::read(path, file)),
        (false, true) => caught(|| demuxed::read(path, file)),
        (false, false) => Ok(Contents::default()),
    };
    Ok(outcome.unwrap_or_else(|error| Contents {
        damage: field::said(&with_causes(&*error)).map(str::to_owned),
        ..Contents::default()
    }))
}

/// Of a cue sheet no more bytes than these are read: 99 tracks with many remarks each are far fewer.
const SHEET_MAX: u64 = 1 << 20;

/// The text of a cue sheet, whatever its encoding.
fn sheet(file: File) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    file.take(SHEET_MAX).read_to_end(&mut bytes)?;
    Ok(Some(encoding::text(&bytes).into_owned()).filter(|text| Sheet::is_one(text)))
}

/// A cue sheet in the tags of a file.
fn carried(text: &str) -> Option<String> {
    let is_one = text.len() as u64 <= SHEET_MAX && Sheet::is_one(text);
    is_one.then(|| text.to_owned())
}

/// Parsers meet every damage there is; a panic is one file's damage, no more.
fn caught(parse: impl FnOnce() -> Outcome) -> Outcome {
    guarded(parse).unwrap_or_else(|panicked| Err(panicked.into()))
}

fn with_causes(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
