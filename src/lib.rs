//! tonearm: takes a track listing as people write it, finds each track among the files its
//! owner has, says how sure it is, and plays them in order.
//!
//! This page is the map. Data flows from the top room to the bottom one; imports follow the
//! arrows and no others (`tests/rooms.rs` holds the `use crate::` lines against this picture).
//!
//! ```text
//! main -> cli -> { player, playlist, library, playback }
//!         player   -> { playback, queue }
//!         playlist -> library
//!         playback sees none of playlist, library, queue; queue sees nobody; nothing imports cli
//! ```
//!
//! | room         | takes -> gives                                              |
//! |--------------|-------------------------------------------------------------|
//! | [`cli`]      | words typed -> the rooms below; words and tables for people  |
//! | [`playlist`] | listing text + library -> entries with their files. Never plays |
//! | [`library`]  | music folders -> tracks: walk, tags, the index on disk       |
//! | [`player`]   | commands -> what is playing: the one writer of it            |
//! | [`queue`]    | items -> order: current, next, previous, shuffle, repeat. Pure |
//! | [`playback`] | files -> samples -> device. Knows paths and frames only      |
//!
//! Beside the rooms stand the shelves that any room may use: [`paths`] (where things live on
//! disk, and writing them whole), [`sanitise`] (text that is safe for a terminal) and [`guard`]
//! (panics of other people's parsers).

pub mod cli;
pub mod guard;
pub mod library;
pub mod paths;
pub mod playback;
pub mod player;
pub mod playlist;
pub mod queue;
pub mod sanitise;
