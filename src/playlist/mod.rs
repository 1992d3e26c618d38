//! Takes listing text and a library; gives entries with their files, how sure, and why.
//! Never plays, never asks, never writes to a terminal.

pub mod format;
mod listing;
mod matching;
mod named;
mod nested;
mod section;

pub use listing::{Entry, Listing, Unread};
pub use matching::{Candidate, EntryMatch, Index, Reason, Report, Status, Version, match_listing};
pub use named::named_file;
pub use nested::follow_lists;
pub use section::{NoSuchSection, Section};
