//! Takes what MPD clients say, over TCP or a socket in the file system; gives the player its commands, and answers
//! in the words of that protocol, version 0.23. Off unless it is asked for; then there is nothing of it in memory.
//! Never decides what plays; never reaches a file that is not in the library.
//!
//! ```text
//! client ── lines ──> server ── session ── table ──> transport, queue ──> Remote ──> player
//!        <── reply ──            │                   database, art ─────> catalogue <── library
//!                                │                   playlists ─────────> (find) the matcher, handed in by cli
//!        <── changed ── board <──┴── what happens in the player, the folders, the listings
//! ```
//!
//! Source: "The MPD protocol", <https://mpd.readthedocs.io/en/stable/protocol.html>; where it is silent, MPD 0.23.

mod ack;
mod address;
mod arguments;
mod art;
mod catalogue;
mod channels;
mod connection;
mod database;
mod filter;
mod house;
mod idle;
mod mirror;
mod moment;
mod playlists;
mod queue;
mod reply;
mod server;
mod session;
mod song;
mod status;
mod stickers;
mod table;
mod tag;
mod transport;
mod wire;

pub use address::{Address, Listeners, NoAddress};
pub use house::{Backing, FindListing, Found, Look, OpenLibrary};
pub use idle::Board;
pub use server::Server;
