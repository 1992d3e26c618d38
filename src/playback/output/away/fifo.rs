//! Takes the name of a FIFO; gives it made where there is none, and open where somebody reads.
//! One that was made is removed when it is dropped.
//! Never waits for a reader, and never writes over a file that is no FIFO.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use crate::playback::output::OutputError;

/// A FIFO that was not there before; removed when dropped.
#[derive(Debug)]
pub(in crate::playback::output) struct Made(PathBuf);

impl Drop for Made {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0); // somebody else has removed it: fine
    }
}

/// Makes the FIFO where nothing stands.
///
/// # Errors
/// When it cannot be made, or when something else stands there: a file would be overwritten.
pub(in crate::playback::output) fn make(path: &Path) -> Result<Option<Made>, OutputError> {
    let failed = |cause| OutputError::File { path: path.to_owned(), cause };
    match fs::metadata(path) {
        Ok(found) if found.file_type().is_fifo() => Ok(None),
        Ok(_) => Err(failed(io::Error::new(ErrorKind::AlreadyExists, "it is there, and is no FIFO"))),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            make_new(path).map_err(failed)?;
            Ok(Some(Made(path.to_owned())))
        }
        Err(error) => Err(failed(error)),
    }
}

#[cfg(target_os = "linux")]
fn make_new(path: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, FileType};
    Ok(rustix::fs::mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(0o600), 0)?)
}

/// Where rustix has no call for it, the program of that name makes it.
#[cfg(not(target_os = "linux"))]
fn make_new(path: &Path) -> io::Result<()> {
    let ended = std::process::Command::new("mkfifo").args(["-m", "600"]).arg(path).status()?;
    if ended.success() { Ok(()) } else { Err(io::Error::other("mkfifo cannot make it")) }
}

/// Opens a FIFO that somebody reads.
pub(super) fn open(path: &Path) -> Result<File, OutputError> {
    match rustix::fs::open(path, OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty()) {
        Ok(fifo) => Ok(fifo.into()),
        Err(rustix::io::Errno::NXIO) => Err(OutputError::NoReader(path.to_owned())),
        Err(error) => Err(OutputError::File { path: path.to_owned(), cause: error.into() }),
    }
}
