//! Takes the environment (XDG base folders, `TONEARM_HOME`); gives where tonearm keeps its things
//! and where music is kept, and writes files whole: a reader sees the old file or the new one.
//! Never reads or judges what is in those files, but for the one line that names the music folder.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs};

use etcetera::BaseStrategy;

/// What of the environment decides where things are. Tests make their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// `TONEARM_HOME`: one folder for everything. Empty counts as not set.
    pub tonearm_home: Option<OsString>,
    /// The user's folders; `None` where the user has no home.
    pub user: Option<UserFolders>,
}

/// The base folders of the XDG specification, or what the system has in their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserFolders {
    /// `~`
    pub home: PathBuf,
    /// `~/.config`
    pub config: PathBuf,
    /// `~/.cache`
    pub cache: PathBuf,
    /// `~/.local/share`
    pub data: PathBuf,
    /// `~/.local/state`
    pub state: PathBuf,
    /// `/run/user/UID`, where there is one.
    pub runtime: Option<PathBuf>,
}

impl Environment {
    /// The environment of this process.
    pub fn of_process() -> Self {
        let user = etcetera::choose_base_strategy().ok().map(|base| UserFolders {
            home: base.home_dir().to_owned(),
            config: base.config_dir(),
            cache: base.cache_dir(),
            data: base.data_dir(),
            state: base.state_dir().unwrap_or_else(|| base.data_dir()),
            runtime: base.runtime_dir(),
        });
        Self { tonearm_home: env::var_os("TONEARM_HOME"), user }
    }
}

/// Where tonearm keeps its things. Naming a place does not create it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    config: PathBuf,
    cache: PathBuf,
    data: PathBuf,
    state: PathBuf,
    runtime: PathBuf,
    music: Option<PathBuf>,
}

/// There is neither a home folder nor `TONEARM_HOME`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no home folder: set HOME or TONEARM_HOME")]
pub struct NoHome;

impl Paths {
    /// The places for this environment. Looks up the music folder in `user-dirs.dirs`.
    ///
    /// # Errors
    /// When the environment names no folder at all.
    pub fn new(environment: &Environment) -> Result<Self, NoHome> {
        let music = environment.user.as_ref().map(music_folder);
        if let Some(one) = environment.tonearm_home.as_ref().filter(|home| !home.is_empty()) {
            // An unreadable working folder leaves a relative path relative.
            let one = std::path::absolute(one).unwrap_or_else(|_| one.into());
            return Ok(Self {
                config: one.clone(),
                cache: one.clone(),
                data: one.clone(),
                state: one.clone(),
                runtime: one,
                music,
            });
        }
        let user = environment.user.as_ref().ok_or(NoHome)?;
        let state = user.state.join("tonearm");
        Ok(Self {
            config: user.config.join("tonearm"),
            cache: user.cache.join("tonearm"),
            data: user.data.join("tonearm"),
            runtime: user.runtime.as_ref().map_or_else(|| state.clone(), |runtime| runtime.join("tonearm")),
            state,
            music,
        })
    }

    /// The settings, written by people.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The library index. Safe to delete.
    pub fn library_index(&self) -> PathBuf {
        self.cache.join("library.idx")
    }

    /// How loud files are that were measured. Safe to delete.
    pub fn loudness_memory(&self) -> PathBuf {
        self.cache.join("loudness.idx")
    }

    /// Shapes of tracks that were decoded. Safe to delete.
    pub fn waveforms(&self) -> PathBuf {
        self.cache.join("waveforms")
    }

    /// Pictures of covers that were taken out of sound files. Safe to delete.
    pub fn pictures(&self) -> PathBuf {
        self.cache.join("pictures")
    }

    /// Remembered choices, written by tonearm and by people.
    pub fn pins_file(&self) -> PathBuf {
        self.data.join("pins.toml")
    }

    /// What MPD clients note beside songs: ratings, mostly.
    pub fn stickers_file(&self) -> PathBuf {
        self.data.join("stickers.toml")
    }

    /// The folder of listings that MPD clients save.
    pub fn playlists_dir(&self) -> PathBuf {
        self.data.join("playlists")
    }

    /// The folder of what should outlive a restart but is no setting: where it was, logs.
    pub fn state_dir(&self) -> &Path {
        &self.state
    }

    /// The socket of the player that runs. In the state folder where there is no runtime folder.
    pub fn control_socket(&self) -> PathBuf {
        self.runtime.join("control.sock")
    }

    /// Where the user keeps music: as `user-dirs.dirs` has it, else `~/Music`. It need not exist.
    pub fn music_folder(&self) -> Option<&Path> {
        self.music.as_deref()
    }
}

fn music_folder(user: &UserFolders) -> PathBuf {
    let named = fs::read(user.config.join("user-dirs.dirs"))
        .ok()
        .and_then(|text| music_in_user_dirs(&text, &user.home))
        // xdg-user-dirs: a folder that is switched off points to the home folder.
        .filter(|folder| folder != &user.home);
    named.unwrap_or_else(|| user.home.join("Music"))
}

/// The value of `XDG_MUSIC_DIR`: in double quotes, beginning with `$HOME/` or `/`, backslashes
/// before what a shell would take as special (`man user-dirs.dirs`). The last such line counts.
fn music_in_user_dirs(text: &[u8], home: &Path) -> Option<PathBuf> {
    let line = text.split(|byte| *byte == b'\n').rev().find_map(|line| {
        line.trim_ascii().strip_prefix(b"XDG_MUSIC_DIR")?.trim_ascii_start().strip_prefix(b"=")
    })?;
    let quoted = line.trim_ascii().strip_prefix(b"\"")?;
    let mut value = Vec::with_capacity(quoted.len());
    let mut bytes = quoted.iter();
    loop {
        match bytes.next()? {
            b'"' => break,
            b'\\' => value.push(*bytes.next()?),
            byte => value.push(*byte),
        }
    }
    match value.strip_prefix(b"$HOME") {
        Some(b"") => Some(home.to_owned()),
        Some(below) => Some(home.join(path_of(below.strip_prefix(b"/")?)?)),
        None => path_of(&value).filter(|path| path.is_absolute()),
    }
}

/// The path of these bytes; `None` where the system's paths are text and these are none.
#[cfg(unix)]
#[allow(clippy::unnecessary_wraps)] // elsewhere it can fail
pub(crate) fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
pub(crate) fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(bytes).ok().map(PathBuf::from)
}

/// A file could not be written. What stood there before is untouched.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {source}", path.display())]
pub struct WriteError {
    /// The file that was to be written.
    pub path: PathBuf,
    /// Why not.
    #[source]
    pub source: io::Error,
}

/// Writes a file so that it is either wholly there or not at all, even if the power goes: a
/// temporary file beside it, synced and renamed. Makes the folders above it; follows a symlink
/// to the file it stands for; keeps the permissions of a file that is replaced.
///
/// # Errors
/// When a folder or file cannot be made, written, synced or renamed.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    write_beside(path, bytes).map_err(|error| WriteError { path: path.to_owned(), source: plain(error) })
}

/// The system's own error: what stands around it names a temporary file that nobody knows.
fn plain(error: io::Error) -> io::Error {
    let inner = error.get_ref().and_then(std::error::Error::source);
    let code = inner.and_then(|inner| inner.downcast_ref::<io::Error>()).and_then(io::Error::raw_os_error);
    code.map_or(error, io::Error::from_raw_os_error)
}

/// Waits until nobody else holds the file at `path`, and holds it until the value is dropped: for those who read a
/// file, change it and write it back. The lock is a file beside it, which stays: one that is replaced holds none.
///
/// # Errors
/// When that file cannot be made, or its file system knows no locks.
pub fn hold(path: &Path) -> io::Result<fs::File> {
    create_private(folder_of(path))?;
    let lock = fs::File::options().create(true).append(true).open(path.with_extension("lock"))?;
    lock.lock()?;
    Ok(lock)
}

fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = folder_of(path);
    create_private(folder)?;
    let mut file = temporary_beside(path)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    // The name is only safe once its folder is synced; some file systems cannot sync a folder.
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// How the names of temporary files begin.
const TEMPORARY: &str = ".tonearm-";

/// A temporary file in the folder of `path`, to take its place by `persist`; it is gone when it is
/// dropped before. Has the permissions of the file that it will replace, and its owner where that can be.
///
/// # Errors
/// When the folder takes no new file.
pub fn temporary_beside(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY);
    let Ok(replaced) = fs::metadata(path) else {
        usual_permissions(&mut builder);
        return builder.tempfile_in(folder_of(path));
    };
    let file = builder.permissions(replaced.permissions()).tempfile_in(folder_of(path))?;
    keep_owner(file.as_file(), &replaced);
    // The umask has no say about what was there before, and a change of owner may take bits away.
    file.as_file().set_permissions(replaced.permissions())?;
    Ok(file)
}

/// As far as the system lets us: only root gives files away, but a group may be any that the user is in.
fn keep_owner(file: &fs::File, replaced: &fs::Metadata) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        if fchown(file, Some(replaced.uid()), Some(replaced.gid())).is_err() {
            let _ = fchown(file, None, Some(replaced.gid()));
        }
    }
    #[cfg(not(unix))]
    let _ = (file, replaced);
}

/// Removes from `folder` what writers left that were killed an hour ago or earlier.
pub fn sweep(folder: &Path) {
    const OLD: Duration = Duration::from_secs(3600);
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries
        .flatten()
        .filter(|entry| entry.file_name().as_encoded_bytes().starts_with(TEMPORARY.as_bytes()))
    {
        let age = entry.metadata().and_then(|metadata| metadata.modified()).map(|at| at.elapsed());
        if age.is_ok_and(|age| age.is_ok_and(|age| age > OLD)) {
            let _ = fs::remove_file(entry.path()); // the next writer tries again
        }
    }
}

/// The XDG specification wants missing base folders made for the user alone.
fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// What the umask leaves of rw-rw-rw-, as for any file a program makes; tempfile's own is rw for
/// the user alone.
fn usual_permissions(builder: &mut tempfile::Builder<'_, '_>) {
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    #[cfg(not(unix))]
    let _ = builder;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn user(home: &Path) -> UserFolders {
        UserFolders {
            home: home.into(),
            config: home.join("c"),
            cache: home.join("k"),
            data: home.join("d"),
            state: home.join("s"),
            runtime: Some(home.join("r")),
        }
    }

    #[test]
    fn every_thing_has_its_xdg_place() {
        let user = user(Path::new("/u"));
        let paths = Paths::new(&Environment { tonearm_home: None, user: Some(user) }).unwrap();
        assert_eq!(paths.config_file(), Path::new("/u/c/tonearm/config.toml"));
        assert_eq!(paths.library_index(), Path::new("/u/k/tonearm/library.idx"));
        assert_eq!(paths.pins_file(), Path::new("/u/d/tonearm/pins.toml"));
        assert_eq!(paths.state_dir(), Path::new("/u/s/tonearm"));
        assert_eq!(paths.control_socket(), Path::new("/u/r/tonearm/control.sock"));
        assert_eq!(paths.music_folder(), Some(Path::new("/u/Music")));
    }

    #[test]
    fn without_a_runtime_folder_the_socket_stands_in_the_state_folder() {
        let user = UserFolders { runtime: None, ..user(Path::new("/u")) };
        let paths = Paths::new(&Environment { tonearm_home: Some("".into()), user: Some(user) }).unwrap();
        assert_eq!(paths.control_socket(), Path::new("/u/s/tonearm/control.sock"));
    }

    #[test]
    fn tonearm_home_holds_everything_even_without_a_user() {
        let paths = Paths::new(&Environment { tonearm_home: Some("/t".into()), user: None }).unwrap();
        assert_eq!(paths.config_file(), Path::new("/t/config.toml"));
        assert_eq!(paths.library_index(), Path::new("/t/library.idx"));
        assert_eq!(paths.control_socket(), Path::new("/t/control.sock"));
        assert_eq!(paths.music_folder(), None);
        assert_eq!(Paths::new(&Environment { tonearm_home: None, user: None }), Err(NoHome));
    }

    #[test]
    fn user_dirs_names_the_music_folder() {
        let music = |text: &str| music_in_user_dirs(text.as_bytes(), Path::new("/u"));
        assert_eq!(music("# a\nXDG_MUSIC_DIR=\"$HOME/Musik\"\n"), Some("/u/Musik".into()));
        assert_eq!(
            music("XDG_MUSIC_DIR = \"/mnt/the \\\"big\\\" one\"\r\n"),
            Some("/mnt/the \"big\" one".into())
        );
        assert_eq!(music("XDG_MUSIC_DIR=\"/a\"\nXDG_MUSIC_DIR=\"/b\""), Some("/b".into()));
        assert_eq!(music("XDG_MUSIC_DIR=\"$HOME\""), Some("/u".into()));
        for nothing in [
            "",
            "#XDG_MUSIC_DIR=\"/a\"",
            "XDG_MUSIC_DIR=\"a\"",
            "XDG_MUSIC_DIR=\"/a",
            "XDG_MUSIC_DIR=\"$HOMEx\"",
        ] {
            assert_eq!(music(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_music_folder_that_is_switched_off_is_the_usual_one() {
        let home = tempfile::tempdir().unwrap();
        let user = user(home.path());
        write_whole(&user.config.join("user-dirs.dirs"), b"XDG_MUSIC_DIR=\"$HOME/\"\n").unwrap();
        assert_eq!(music_folder(&user), home.path().join("Music"));
    }

    #[test]
    fn writing_makes_folders_replaces_and_leaves_nothing_beside() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("a/b/file");
        write_whole(&file, b"one").unwrap();
        write_whole(&file, b"two").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"two");
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_killed_writer_left_is_swept_away_when_it_is_old() {
        let home = tempfile::tempdir().unwrap();
        for (name, hours) in [(".tonearm-old", 2), (".tonearm-new", 0), ("other", 2)] {
            let file = fs::File::create(home.path().join(name)).unwrap();
            file.set_modified(std::time::SystemTime::now() - Duration::from_secs(3600 * hours + 60)).unwrap();
        }
        sweep(home.path());
        let left = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(
            left.collect::<std::collections::BTreeSet<_>>(),
            [".tonearm-new", "other"].map(OsString::from).into()
        );
    }

    #[test]
    fn an_error_names_the_file_and_keeps_the_cause() {
        let home = tempfile::tempdir().unwrap();
        let error = write_whole(home.path(), b"x").unwrap_err();
        assert_eq!(error.path, home.path());
        assert!(error.to_string().contains(&home.path().display().to_string()));
        assert!(std::error::Error::source(&error).is_some());
        assert!(!error.to_string().contains(TEMPORARY), "{error}");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_symlink_stays_one_and_permissions_are_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let home = tempfile::tempdir().unwrap();
        let (real, link) = (home.path().join("real"), home.path().join("link"));
        fs::write(&real, b"old").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&real, &link).unwrap();
        write_whole(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
