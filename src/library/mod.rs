//! Takes music folders; gives the tracks in them, from an index on disk that is brought up
//! to date by path, size and modification time.
//! Never reads a listing, never decides what matches, never decodes audio.

mod track;

pub use track::{Codec, Tags, Track};
