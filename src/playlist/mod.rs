//! Takes listing text, a library and what was decided before; gives entries with their files, how sure, and why.
//! Never plays, never asks, never writes to a terminal.

mod asides;
mod endings;
pub mod format;
mod listing;
mod matching;
mod named;
mod nested;
pub mod pins;
pub mod reading;

mod section;
mod talk;
mod witness;

pub use listing::{Aside, Details, Entry, Listing, More, Unread};
pub use matching::{
    Accept, Candidate, EntryMatch, Guard, Held, Index, Piece, Pinned, Reason, Report, Status, Tracks,
    Version, match_accepting, match_listing,
};
pub use named::{beside_sheet, named_file};
pub use nested::follow_lists;
pub use section::{NoSuchSection, Section};
