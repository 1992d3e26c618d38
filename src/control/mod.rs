//! Takes words from outside, over a socket; gives the player its commands, and says how it stands.
//! One JSON object a line, both ways: `message` has the shapes, `verb` the table of what can be said.
//! Never decides what plays. The socket is its owner's alone.
//!
//! ```text
//! tonearm pause ── client ──> control.sock ── server ── Remote ──> player
//!               <── answer ──              <── hub <── events ───┘
//! ```

mod client;
mod hub;
mod message;
#[cfg(unix)]
pub mod mpd;
#[cfg(unix)]
mod mpris;
mod outputs;
mod picture;
mod seat;
mod server;
mod verb;

pub use client::{Client, ClientError};
pub use hub::Hub;
#[cfg(unix)]
pub use mpris::Mpris;
pub use picture::{Encoding, PatternError, Picture, clock};
pub use seat::Seat;
pub use server::Server;
pub use verb::{VERBS, Verb, VerbError, Wish, parse, span};
