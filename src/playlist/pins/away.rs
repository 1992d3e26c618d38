//! Takes a path; gives whether it lies on a drive that is not there, as far as the folders above it tell.
//! Never mounts, never waits for a drive.

use std::path::{Path, PathBuf};

/// Folders in which systems mount drives that come and go, a folder each. `*` is one folder of any name.
const MOUNTED_IN: &[&str] = &["/mnt", "/media", "/media/*", "/run/media/*", "/Volumes"];

/// Whether the file is away: below a music folder that is, or below a place for drives where nothing is.
pub fn is_away(path: &Path, away_roots: &[PathBuf]) -> bool {
    away_roots.iter().any(|root| path.starts_with(root)) || is_unmounted(path, is_missing_or_empty)
}

fn is_missing_or_empty(folder: &Path) -> bool {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        // A drive that was torn off gives other errors than this; none of them says that it is there.
        Err(error) => error.kind() != std::io::ErrorKind::PermissionDenied,
    }
}

fn is_unmounted(path: &Path, is_bare: impl Fn(&Path) -> bool) -> bool {
    let mut above = path.ancestors().skip(1);
    above.any(|folder| folder.parent().is_some_and(holds_drives) && is_bare(folder))
}

fn holds_drives(folder: &Path) -> bool {
    MOUNTED_IN.iter().any(|place| {
        let place = Path::new(place);
        let (wanted, given) = (place.components(), folder.components());
        wanted.clone().count() == given.clone().count()
            && wanted.zip(given).all(|(wanted, given)| wanted.as_os_str() == "*" || wanted == given)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drives_that_are_not_there_are_known_by_the_folders_they_are_mounted_on() {
        let away = |path: &str, bare: &[&str]| {
            is_unmounted(Path::new(path), |folder| bare.iter().any(|bare| folder == Path::new(bare)))
        };
        assert!(away("/mnt/usb/music/a.flac", &["/mnt/usb"]));
        assert!(away("/media/ann/STICK/a.flac", &["/media/ann/STICK"]));
        assert!(away("/media/ann/STICK/a.flac", &["/media/ann"]));
        assert!(away("/run/media/ann/STICK/a.flac", &["/run/media/ann/STICK"]));
        assert!(away("/Volumes/Disk/a.flac", &["/Volumes/Disk"]));
        assert!(
            !away("/mnt/usb/music/a.flac", &["/mnt/usb/music"]),
            "an empty folder of a drive that is there"
        );
        assert!(!away("/mnt/usb/music/a.flac", &[]));
        assert!(!away("/home/ann/Music/a.flac", &["/home/ann/Music"]));
        assert!(!away("/run/user/ann/a.flac", &["/run/user/ann"]));
    }

    #[test]
    fn what_lies_in_an_away_music_folder_is_away() {
        let roots = [PathBuf::from("/srv/nas")];
        assert!(is_away(Path::new("/srv/nas/a/b.flac"), &roots));
        assert!(!is_away(Path::new("/srv/nasty/b.flac"), &roots));
    }
}
