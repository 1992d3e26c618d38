//! Takes the files of an index in the making; gives those of which a cue sheet makes something else, with that.
//! Looks only at files that lie where a sheet says: most libraries have few sheets.
//! Never touches the disk.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::index::{Index, whole};
use super::kind::FileKind;
use super::read::Contents;
use super::sheets::{self, Found as SheetFound};
use super::track::Track;
use super::walk::Found;
use crate::cue::{Sheet, Sound};

/// A file of the new index: one of the old, or one that was read.
pub(super) enum File {
    Old(usize),
    New(Box<(Found, Contents)>),
}

/// By path, the tracks that stand for a file: those of a disc, or the file under the names of a sheet.
pub(super) fn discs(old: &Index, files: &[File]) -> HashMap<PathBuf, Vec<Track>> {
    let sheets: Vec<SheetFound> = files.iter().filter_map(|file| sheet(old, file)).collect();
    if sheets.is_empty() {
        return HashMap::new();
    }
    let folders = folders(&sheets);
    let asked: Vec<bool> = (0..old.folder_count())
        .map(|at| old.folder_path(at).is_some_and(|path| folders.contains(&path)))
        .collect();
    let wholes: Vec<Track> = files
        .iter()
        .filter_map(|file| match file {
            File::Old(at) => {
                let record = old.record(*at).filter(|record| record.is_playable())?;
                let is_asked = asked.get(record.folder as usize).copied().unwrap_or(false);
                is_asked.then(|| old.track(*at)).flatten().map(|(track, _)| track)
            }
            File::New(read) => {
                let (found, contents) = &**read;
                let folder = found.path.parent().unwrap_or(Path::new(""));
                let is_asked =
                    FileKind::of(&found.path) == Some(FileKind::Playable) && folders.contains(folder);
                let about = (found.size, found.modified);
                is_asked.then(|| whole(found.path.clone(), about, contents.clone()))
            }
        })
        .collect();
    let mut discs: HashMap<PathBuf, Vec<Track>> = HashMap::new();
    for track in sheets::put_tracks(wholes.clone(), sheets) {
        discs.entry(track.path.clone()).or_default().push(track);
    }
    for track in wholes {
        if discs.get(&track.path).is_some_and(|found| *found == [track.clone()]) {
            discs.remove(&track.path);
        }
    }
    discs
}

fn sheet(old: &Index, file: &File) -> Option<SheetFound> {
    let (path, text) = match file {
        File::Old(at) => {
            let record = old.record(*at).filter(|record| record.has_sheet())?;
            debug_assert!(!record.is_part(), "a part carries no sheet");
            (old.path(*at)?, old.contents(*at)?.sheet?)
        }
        File::New(read) => (read.0.path.clone(), read.1.sheet.clone()?),
    };
    Some(SheetFound { path, text })
}

/// The folders in which files may lie that the sheets speak of.
fn folders(sheets: &[SheetFound]) -> HashSet<PathBuf> {
    let mut folders = HashSet::new();
    for found in sheets {
        let folder = found.path.parent().unwrap_or(Path::new(""));
        folders.insert(folder.to_owned());
        for on in Sheet::read(&found.text).tracks {
            let Sound::In { file, .. } = on.sound else { continue };
            for name in [file.replace('\\', "/"), file] {
                folders.extend(folder.join(name).parent().map(Path::to_owned));
            }
        }
    }
    folders
}
