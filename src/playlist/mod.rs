//! Takes listing text and a library; gives entries with their files, how sure, and why.
//! Never plays, never asks, never writes to a terminal.

pub mod format;
mod listing;
mod matching;
mod named;
mod nested;

pub use listing::{Entry, Listing, Unread};
pub use matching::{Candidate, EntryMatch, Index, Reason, Report, Status, Tracks, Version, match_listing};
pub use named::named_file;
pub use nested::follow_lists;
