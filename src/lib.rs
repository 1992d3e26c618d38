//! tonearm: takes a track listing as people write it, finds each track among the files its
//! owner has, says how sure it is, and plays them in order.
//!
//! This page is the map. Data flows from the top room to the bottom one; imports follow the
//! arrows and no others (`tests/rooms.rs` holds the `use crate::` lines against this picture).
//!
//! ```text
//! main -> cli -> { control, tui, resume, player, queue, playlist, library, playback, config }
//!         control  -> { player, playlist, library }
//!         tui      -> { player, playlist, library }
//!         resume   -> player
//!         player   -> { playback, queue }
//!         playlist -> library
//!         playback sees none of playlist, library, queue; queue sees nobody; nothing imports cli
//! ```
//!
//! | room         | takes -> gives                                              |
//! |--------------|-------------------------------------------------------------|
//! | [`cli`]      | words typed -> the rooms below; words and tables for people  |
//! | [`playlist`] | listing text + library -> entries with their files, decisions kept (pins). Never plays |
//! | [`library`]  | music folders -> tracks: walk, tags, the index on disk       |
//! | [`control`]  | words over a socket, JSON or MPD's -> commands; how the player stands, what the library holds -> words |
//! | [`tui`]      | how the player stands, what people read -> a full screen; keys and mouse -> what is asked for |
//! | [`resume`]   | how a queue stands -> the same after an end, a kill, an edit of its listing |
//! | [`player`]   | commands -> what is playing: the one writer of it            |
//! | [`queue`]    | items -> order: current, next, previous, shuffle, repeat. Pure |
//! | [`playback`] | files -> samples -> device. Knows paths and frames only      |
//! | [`config`]   | the settings file, the environment -> what the listener has set, and where; the table of settings |
//!
//! What becomes of `tonearm listing.txt`, room by room: [`cli`] reads the words and the settings ([`config`]);
//! [`library::open`] brings the index of the music up to date; [`playlist`] makes a listing of the text, with what the library knows, and finds each
//! entry's file (of a long one what it begins with is found first, and is heard meanwhile); [`resume`] knows where the
//! listing was left; [`player`] puts the files into a [`queue`] and has [`playback`] play them; [`tui`] shows it, [`control`] lets others steer it. Each room can
//! be heard or seen alone: `examples/` has a small program for it, named in its first line.
//!
//! | thread   | runs                              | hears                      | says                         |
//! |----------|-----------------------------------|----------------------------|------------------------------|
//! | main     | [`cli`]: words, keys, the screen   | keys, signals, events      | commands                     |
//! | control  | [`control`]: waits for callers, a thread each | requests of clients  | commands, answers, events    |
//! | mpd      | [`control::mpd`], if it is asked for: waits for MPD clients, a thread each | commands of clients, events | commands, answers, changes |
//! | mpris    | [`control`]: tells the session bus, where there is one | events              | signals                      |
//! | zbus     | answers the session bus           | calls of the desktop       | commands, properties         |
//! | player   | [`player`]: queue and engine       | commands, engine, its clock | events, one status           |
//! | keeper   | [`resume`]: writes where it is, every few seconds | the player           | nothing                      |
//! | decoder  | `playback::feed`, a step at a time | orders                     | frames into the ring, reports |
//! | reader   | `playback::decode`: one open file's reads | what is wanted    | bytes; may block, and then is given up |
//! | waveform | `playback::waveform`, when nothing else wants to run | which track is seen | its shape         |
//! | sleeve   | `tui::sleeve`: reads a cover and lyrics | which track is seen    | both                         |
//! | measurer | `playback::level`: how loud untagged files are, when nothing else wants to run | the queue | levels, for tracks that begin later |
//! | watch    | [`library`]: waits for files that come and go | the kernel | the index is brought up to date |
//! | arrivals | [`cli`]: whether a file that came is a missing entry's | watch | an edit of the queue        |
//! | listing  | `cli::full`: reads what another `play` handed over | which listing | its rows and questions, once |
//! | finder   | `cli::finder`: searches the library as somebody types | words | tracks                      |
//! | output   | `playback::output`: owns the device | calls, atomics             | lost, back, broken           |
//! | callback | `playback::realtime`, and only that | atomics, fresh runs        | atomics, spent runs          |
//!
//! Where a PulseAudio server runs (or PipeWire's socket for such clients), the output thread speaks to it by
//! itself (`playback::output`) and runs what else is the callback's; so with a Snapcast server or a FIFO. A sound card is
//! rodio's, with one source that never ends.
//!
//! Beside the rooms stand the shelves that any room may use: [`paths`] (where things live on
//! disk, and writing them whole), [`table`] (files of tables that are read in place), [`sanitise`] (text
//! that is safe for a terminal), [`guard`] (panics of other people's parsers), [`memory`] (what was freed goes back), [`errand`] (what a thread makes for those who look), [`encoding`] (text of unknown
//! encoding) and [`cue`] (cue sheets, and the part of a file that a track of one is).
//!
//! Beside `src` lie `playlists` (listings to try), `tests` (`tests/live*.rs` need other programs, see `.ci/run`), `examples`,
//! `benches` (measurements), `fuzz`, `packaging` (what a package of the player holds besides it) and `docs` (the guide, the
//! README's pictures and the script that draws them).

pub mod cli;
pub mod config;
pub mod control;
pub mod cue;
pub mod encoding;
pub mod errand;
pub mod guard;
pub mod library;
pub mod memory;
pub mod paths;
pub mod playback;
pub mod player;
pub mod playlist;
pub mod queue;
pub mod resume;
pub mod sanitise;
pub mod table;
pub mod tui;
