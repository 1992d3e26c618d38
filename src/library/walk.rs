//! Takes a music folder; gives the audio files and cue sheets below it, by name, size and modification time.
//! Never opens a file, never gives one that is not plain (FIFOs, devices), never follows a
//! symlink round in a circle, never looks into what is hidden.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use walkdir::{DirEntry, WalkDir};

use super::kind::FileKind;
use super::problem::{Problem, ProblemKind};
use super::sheets::is_sheet;

/// A file that is to be in the library.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) size: u64,
    pub(super) modified: i64,
}

/// Calls `seen` for every plain audio file below `folder`, in the order of the disk.
pub(super) fn walk(folder: &Path, problems: &mut Vec<Problem>, mut seen: impl FnMut(Found)) {
    let entries = WalkDir::new(folder).follow_links(true).into_iter();
    for entry in entries.filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.path())) {
        match entry.and_then(look_at) {
            Ok(Some(found)) => seen(found),
            Ok(None) => {}
            Err(error) => problems.extend(told(error)),
        }
    }
}

fn look_at(entry: DirEntry) -> walkdir::Result<Option<Found>> {
    // Asked of the name and the folder's listing first, so that other files cost no look at the disk.
    let is_wanted = FileKind::of(entry.path()).is_some() || is_sheet(entry.path());
    if !entry.file_type().is_file() || !is_wanted {
        return Ok(None);
    }
    let metadata = entry.metadata()?;
    let found = Found { path: entry.into_path(), size: metadata.len(), modified: modified(&metadata) };
    Ok(metadata.is_file().then_some(found))
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

/// A symlink that leads back to a folder above it is no problem: that folder is walked anyway.
fn told(error: walkdir::Error) -> Option<Problem> {
    let path = error.path()?.to_owned();
    if error.loop_ancestor().is_some() || is_hidden(&path) {
        tracing::debug!(path = %path.display(), "not followed");
        return None;
    }
    let source = error.into_io_error()?;
    Some(Problem { path, kind: ProblemKind::Unreadable(source) })
}

/// Nanoseconds since the Unix epoch, which suffice until the year 2262; 0 where the system has none.
pub(super) fn modified(metadata: &Metadata) -> i64 {
    let Ok(time) = metadata.modified() else { return 0 };
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanos| -nanos),
    }
}
