//! Takes nothing; gives the words for what can be wrong with music folders and the files in them.
//! Never decides what to do about it.

use std::io;
use std::path::PathBuf;

use crate::paths::WriteError;

/// Something in a music folder that could not be used as it should. The scan went on.
///
/// Not printed as one text: the path must be made safe for where it is shown.
#[derive(Debug)]
pub struct Problem {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong with it.
    pub kind: ProblemKind,
}

impl Problem {
    /// Whether the file or folder is not in the library because of it.
    pub fn leaves_out(&self) -> bool {
        matches!(self.kind, ProblemKind::Unreadable(_) | ProblemKind::Empty)
    }
}

/// What can be wrong with a file or folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProblemKind {
    /// It could not be opened or read. A file is not in the library then.
    #[error("cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// A file of no bytes. It is not in the library.
    #[error("is empty")]
    Empty,
    /// Its header or tags make no sense. It is in the library untagged, for it may still play.
    #[error("its tags cannot be read: {0}")]
    Tags(String),
    /// The index could not be written; the next scan reads the tags again.
    #[error("is the library's index and cannot be written: {}; tags are read again next time", .0.source)]
    Index(#[source] WriteError),
}

/// Why a folder could not be scanned at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// There is nothing of that name.
    #[error("there is no music folder {}", folder.display())]
    Missing {
        /// The folder asked for.
        folder: PathBuf,
    },
    /// There is something else of that name.
    #[error("{} is not a folder", folder.display())]
    NotAFolder {
        /// The folder asked for.
        folder: PathBuf,
    },
}
