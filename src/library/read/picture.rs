//! Takes an audio file; gives the picture that it carries, the front cover if there are several.
//! Never decodes it, never takes one that is larger than a cover is.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use lofty::config::{ParseOptions, ParsingMode};
use lofty::file::TaggedFileExt;
use lofty::picture::PictureType;
use lofty::probe::Probe;

use crate::guard::guarded;

/// Larger ones are no covers, in bytes.
const LARGEST: usize = 16 << 20;

/// A picture as a file carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its media type, such as `image/jpeg`; empty where nothing says it.
    pub kind: String,
    /// The picture itself, in its own format.
    pub bytes: Vec<u8>,
}

/// The picture that a file carries; `None` where there is none, or nothing of it can be read.
pub fn picture(path: &Path) -> Option<Picture> {
    guarded(|| read(path)).ok().flatten()
}

fn read(path: &Path) -> Option<Picture> {
    let options = ParseOptions::new().read_properties(false).parsing_mode(ParsingMode::Relaxed);
    let probe = Probe::new(BufReader::new(File::open(path).ok()?)).options(options);
    let file = probe.guess_file_type().ok()?.read().ok()?;
    let pictures: Vec<_> = file.tags().iter().flat_map(|tag| tag.pictures()).collect();
    let front = pictures.iter().find(|picture| picture.pic_type() == PictureType::CoverFront);
    let picture = front.or(pictures.first())?;
    let kind = picture.mime_type().map_or(String::new(), ToString::to_string);
    let bytes = picture.data();
    (!bytes.is_empty() && bytes.len() <= LARGEST).then(|| Picture { kind, bytes: bytes.to_vec() })
}
