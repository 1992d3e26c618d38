//! Takes the name of a FIFO; gives the answer of a system that has none.
//! Never makes or opens anything.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::playback::output::OutputError;

/// A FIFO that was made, of which there is none.
#[derive(Debug)]
pub(in crate::playback::output) enum Made {}

fn none(path: &Path) -> OutputError {
    let cause = io::Error::new(io::ErrorKind::Unsupported, "this system has no FIFOs");
    OutputError::File { path: path.to_owned(), cause }
}

pub(in crate::playback::output) fn make(path: &Path) -> Result<Option<Made>, OutputError> {
    Err(none(path))
}

pub(super) fn open(path: &Path) -> Result<File, OutputError> {
    Err(none(path))
}
