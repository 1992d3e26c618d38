//! The terminal's full screen. Takes how the player stands and what people read, as plain data; gives cells on a terminal,
//! and what is asked for by keys and mouse. One table says which key asks for what: [`keys`].
//! Never decides what plays, never opens a file of music.

mod chord;
pub mod keys;

pub use chord::{Chord, UnknownKey};
