//! Takes a folder of music; gives the picture of its cover, by the names that covers usually have.
//! Never follows a link out of the folder, never opens the picture.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// Larger files are no covers, in bytes.
const LARGEST: u64 = 32 << 20;

/// What covers are called, the usual first, and how they are stored.
const NAMES: &[&str] = &["cover", "folder", "front", "albumart", "album"];
const KINDS: &[&str] = &["png", "jpg", "jpeg", "webp", "jxl", "gif", "bmp"];

/// The cover in a folder, which lies in it and not elsewhere.
pub fn cover(folder: &Path) -> Option<PathBuf> {
    let files = fs::read_dir(folder).ok()?.filter_map(|file| Some(file.ok()?.path()));
    let rank = |path: &PathBuf| {
        let text = |part: Option<&OsStr>| Some(part?.to_str()?.to_ascii_lowercase());
        let (name, kind) = (text(path.file_stem())?, text(path.extension())?);
        let place = |among: &[&str], word: &str| among.iter().position(|known| *known == word);
        Some((place(NAMES, &name)?, place(KINDS, &kind)?))
    };
    let mut covers: Vec<_> = files.filter_map(|path| Some((rank(&path)?, path))).collect();
    covers.sort();
    let home = folder.canonicalize().ok()?;
    covers.into_iter().map(|(_, path)| path).find(|path| {
        let is_file = fs::metadata(path).is_ok_and(|about| about.is_file() && about.len() <= LARGEST);
        is_file && path.canonicalize().is_ok_and(|real| real.starts_with(&home))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_most_usual_name_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(cover(folder.path()), None);
        for name in ["back.jpg", "front.png", "Folder.JPG"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        assert_eq!(cover(folder.path()), Some(folder.path().join("Folder.JPG")));
    }

    #[cfg(unix)]
    #[test]
    fn a_cover_lies_in_the_folder_itself() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("album");
        fs::create_dir(&folder).unwrap();
        fs::write(home.path().join("secret.png"), "s").unwrap();
        assert_eq!(cover(&folder), None);
        std::os::unix::fs::symlink(home.path().join("secret.png"), folder.join("cover.png")).unwrap();
        assert_eq!(cover(&folder), None, "a link that leads out");
        fs::write(folder.join("Folder.JPG"), "f").unwrap();
        assert_eq!(cover(&folder), Some(folder.join("Folder.JPG")));
        fs::write(folder.join("cover.jpg"), "c").unwrap();
        assert_eq!(cover(&folder), Some(folder.join("cover.jpg")));
        fs::create_dir(folder.join("cover.webp")).unwrap();
        assert_eq!(cover(&folder), Some(folder.join("cover.jpg")));
        fs::File::create(folder.join("cover.jpg")).unwrap().set_len(LARGEST + 1).unwrap();
        assert_eq!(cover(&folder), Some(folder.join("Folder.JPG")), "a file that is no cover");
    }
}
