//! Takes music folders; gives the tracks in them, from an index on disk that is brought up
//! to date by path, size and modification time, and read in place.
//! Never reads a listing, never decides what matches, never decodes audio.
//!
//! ```text
//! scan: walk folders -> compare with index -> read what is new, a worker a core -> index -> Library (shelf)
//! watch: what the kernel tells of folders -> the same for these
//! ```
//!
//! Why files of our own and not a database: with 100,000 tracks (`benches/library_scale.py`, two busy cores),
//! SQLite with FTS5 trigrams took 1.5 s of processor time to give the candidates of ten lines, ranked, from 18.7 MB;
//! a whole `tonearm match` of these lines takes 0.08 s of processor time and 41 MB, nearly all of it its two files as
//! they are read in place: 14.4 MB of tracks and 18.4 MB of names.

mod cover;
mod discs;
mod identity;
mod index;
mod kind;
mod lyrics;
mod maker;
mod problem;
mod read;
#[cfg(target_os = "linux")]
mod roots;
mod scan;
mod sheets;
mod shelf;
mod track;
mod walk;
#[cfg(target_os = "linux")]
mod watch;
mod write;

pub use cover::cover;
pub use identity::{AudioHash, Identity, IdentityError, NoHash, identify};
pub use kind::FileKind;
pub use lyrics::{Lyrics, lyrics};
pub use problem::{Problem, ProblemKind, ScanError};
pub use read::{Picture, picture};
pub use scan::{Progress, open, scan, track_of, tracks_inside};
pub use shelf::Library;
pub use track::{Codec, Tags, Track};
#[cfg(target_os = "linux")]
pub use watch::Watch;
pub use write::{ReplayGain, TagError, write_gain, write_tags};
