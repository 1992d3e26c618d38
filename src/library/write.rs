//! Takes a file and tags; writes them into it.
//! Never changes a tag that is not given, never touches the sound.

use std::path::Path;

use lofty::config::WriteOptions;
use lofty::file::{AudioFile, TaggedFileExt};
use lofty::tag::{Accessor, Tag};

use super::track::Tags;

/// The tag library has an error type for reading and one for writing.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why tags could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be tagged", path.display())]
pub struct TagError {
    /// The file.
    pub path: std::path::PathBuf,
    /// What the tag writer says.
    #[source]
    pub cause: Cause,
}

/// Writes title, artist, album and track number, where given, into the file's own kind of tag.
///
/// # Errors
/// When the file cannot be read, is of a kind without tags, or cannot be written.
pub fn write_tags(path: &Path, tags: &Tags) -> Result<(), TagError> {
    write(path, tags).map_err(|cause| TagError { path: path.to_owned(), cause })
}

fn write(path: &Path, tags: &Tags) -> Result<(), Cause> {
    let mut file = lofty::read_from_path(path)?;
    let kind = file.primary_tag_type();
    if file.primary_tag().is_none() {
        file.insert_tag(Tag::new(kind));
    }
    if let Some(tag) = file.primary_tag_mut() {
        tags.title.clone().into_iter().for_each(|title| tag.set_title(title));
        tags.artist.clone().into_iter().for_each(|artist| tag.set_artist(artist));
        tags.album.clone().into_iter().for_each(|album| tag.set_album(album));
        tags.track.into_iter().for_each(|track| tag.set_track(track));
    }
    file.save_to_path(path, WriteOptions::default())?;
    Ok(())
}
