//! Takes music folders; gives the tracks in them, from an index on disk that is brought up
//! to date by path, size and modification time.
//! Never reads a listing, never decides what matches, never decodes audio.
//!
//! ```text
//! scan: walk folders -> compare with index -> read what is new, a worker a core -> index -> Library
//! ```

mod identity;
mod index;
mod kind;
mod problem;
mod read;
mod scan;
mod sheets;
mod track;
mod walk;
mod write;

pub use identity::{AudioHash, Identity, IdentityError, NoHash, identify};
pub use kind::FileKind;
pub use problem::{Problem, ProblemKind, ScanError};
pub use scan::{Library, Progress, scan, track_of, tracks_inside};
pub use track::{Codec, Tags, Track};
pub use write::{ReplayGain, TagError, write_gain, write_tags};
