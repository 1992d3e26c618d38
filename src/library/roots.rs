//! Takes music folders; says when one of them is another than it was: gone, back, or with a drive mounted on it.
//! Never looks into a folder, never waits: whoever watches asks when something may have happened.

use std::fs::{self, File};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Music folders, and what they were when they were last looked at.
#[derive(Debug)]
pub(super) struct Roots {
    paths: Vec<PathBuf>,
    known: Vec<Option<(u64, u64)>>,
    /// The kernel's list of what is mounted, which can be waited for (proc(5), /proc/pid/mounts).
    mounts: Option<File>,
}

impl Roots {
    /// Folders that may be there or not.
    pub(super) fn of(paths: Vec<PathBuf>) -> Self {
        let known = paths.iter().map(|path| state(path)).collect();
        Self { paths, known, mounts: File::open("/proc/self/mountinfo").ok() }
    }

    pub(super) fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Whether one of them is another than when this was last asked.
    pub(super) fn have_changed(&mut self) -> bool {
        let now: Vec<_> = self.paths.iter().map(|path| state(path)).collect();
        let before = std::mem::replace(&mut self.known, now);
        before != self.known
    }

    /// Of each the nearest folder above that is there: in it a folder that goes or comes back is seen.
    pub(super) fn above(&self) -> impl Iterator<Item = &Path> {
        self.paths.iter().filter_map(|path| path.ancestors().skip(1).find(|above| above.is_dir()))
    }

    /// What to wait for, with `POLLPRI`, to be told that something was mounted or unmounted.
    pub(super) fn mounts(&self) -> Option<BorrowedFd<'_>> {
        self.mounts.as_ref().map(AsFd::as_fd)
    }
}

/// Which folder it is: another file system on it is another.
fn state(path: &Path) -> Option<(u64, u64)> {
    fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_folder_that_goes_and_comes_back_has_changed_each_time() {
        let home = tempfile::tempdir().unwrap();
        let (music, away) = (home.path().join("drive/music"), home.path().join("away"));
        fs::create_dir_all(&music).unwrap();
        let mut roots = Roots::of(vec![music.clone()]);
        assert!(!roots.have_changed());
        assert_eq!(roots.above().collect::<Vec<_>>(), [home.path().join("drive")]);
        fs::rename(home.path().join("drive"), &away).unwrap();
        assert!(roots.have_changed() && !roots.have_changed());
        assert_eq!(roots.above().collect::<Vec<_>>(), [home.path()]);
        fs::create_dir_all(&music).unwrap();
        assert!(roots.have_changed(), "another folder of the same name");
        fs::write(music.join("a.wav"), b"x").unwrap();
        assert!(!roots.have_changed(), "what is in it is not looked at");
    }
}
