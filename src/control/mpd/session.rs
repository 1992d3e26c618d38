//! Takes the lines of one client; carries its commands out by the table, alone or as a list, and answers.
//! Never reads or waits for bytes: the server does, and wakes it when something changes that the client waits for.

use std::sync::Arc;

use super::ack::Fault;
use super::art::{Cover, Picture};
use super::house::House;
use super::idle::{Ear, Parts};
use super::reply::Reply;
use super::tag::Wanted;
use super::{table, wire};

/// What a client may say between the beginning and the end of a list, in bytes; as in MPD.
const LIST: usize = 2 << 20;
/// Bytes of a picture at a time, unless the client asks for more or less; as in MPD.
const BINARY: usize = 8 << 10;
/// Wrong passwords before the connection ends.
const GUESSES: u8 = 5;

/// What a client says first, and what clients look for in it: the version of the protocol that is spoken.
pub(super) const GREETING: &str = "OK MPD 0.23.5\n";

/// What happens with the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Go,
    Close,
}

/// One client.
pub(super) struct Session {
    pub(super) house: Arc<House>,
    pub(super) number: u64,
    /// Whether it comes through the file system.
    pub(super) is_local: bool,
    /// Whether it may do everything.
    pub(super) is_trusted: bool,
    pub(super) guesses: u8,
    pub(super) wanted: Wanted,
    /// Bytes of a picture at a time.
    pub(super) binary: usize,
    /// A picture that is being read piece by piece.
    pub(super) picture: Option<Picture>,
    /// A cover file that is.
    pub(super) cover: Option<Cover>,
    /// What it waits for.
    pub(super) waits: Option<Parts>,
    /// Whether it said that it goes.
    pub(super) leaves: bool,
    ear: Arc<Ear>,
    list: Option<List>,
}

/// Commands that are to be carried out together.
struct List {
    /// Whether each is answered with a line.
    tells: bool,
    lines: Vec<String>,
    bytes: usize,
}

impl Session {
    pub(super) fn new(house: Arc<House>, ear: Arc<Ear>, is_local: bool) -> Self {
        Self {
            number: house.welcome(),
            is_local,
            is_trusted: house.backing.password.is_none(),
            guesses: 0,
            wanted: Wanted::ALL,
            binary: BINARY,
            picture: None,
            cover: None,
            waits: None,
            leaves: false,
            ear,
            list: None,
            house,
        }
    }

    /// Hears a line, without its end.
    pub(super) fn hear(&mut self, line: &[u8], reply: &mut Reply) -> Then {
        // Every command begins with a lower-case letter. What does not may be a browser's request that somebody's
        // page has sent here: nothing that follows is to be taken for a command.
        let is_list = self.list.is_some();
        if !is_list && line.first().is_some_and(|first| !first.is_ascii_lowercase() && *first != b' ') {
            reply.raw(&Fault::Argument("malformed command".into()).line(0, ""));
            return Then::Close;
        }
        let Ok(line) = std::str::from_utf8(line) else {
            self.list = None;
            reply.raw(&Fault::Encoding.line(0, ""));
            return Then::Go;
        };
        match (line.trim_end_matches('\r'), self.waits) {
            ("noidle", Some(_)) => self.tell_changes(reply),
            // Its answer came before the client could know.
            ("noidle", None) => {}
            (_, Some(_)) => return Then::Close,
            ("command_list_end", None) if is_list => self.run_list(reply),
            (line, None) if is_list => return self.gather(line, reply),
            ("command_list_begin", None) => {
                self.list = Some(List { tells: false, lines: Vec::new(), bytes: 0 });
            }
            ("command_list_ok_begin", None) => {
                self.list = Some(List { tells: true, lines: Vec::new(), bytes: 0 });
            }
            (line, None) => match self.run(line, 0, reply) {
                Ok(()) if self.waits.is_none() && !self.leaves => reply.raw("OK\n"),
                Ok(()) => {}
                Err(ack) => {
                    reply.raw(&ack);
                    if line.trim().is_empty() {
                        return Then::Close;
                    }
                }
            },
        }
        if self.leaves || self.guesses >= GUESSES { Then::Close } else { Then::Go }
    }

    fn gather(&mut self, line: &str, reply: &mut Reply) -> Then {
        let Some(list) = &mut self.list else { return Then::Go };
        list.bytes += line.len() + size_of::<String>();
        if list.bytes > LIST {
            reply.raw(&Fault::TooLong("command list size is larger than the max (2048KB)").line(0, ""));
            return Then::Close;
        }
        list.lines.push(line.to_owned());
        Then::Go
    }

    fn run_list(&mut self, reply: &mut Reply) {
        let Some(list) = self.list.take() else { return };
        for (place, line) in list.lines.iter().enumerate() {
            let waits = |session: &Self| session.waits.is_some();
            let outcome = self.run(line, place, reply);
            let outcome = if waits(self) {
                self.waits = None;
                Err(Fault::Refused("\"idle\" does not go into a list".into()).line(place, "idle"))
            } else {
                outcome
            };
            match outcome {
                Ok(()) if self.leaves => return,
                Ok(()) if list.tells => reply.raw("list_OK\n"),
                Ok(()) => {}
                Err(ack) => return reply.raw(&ack),
            }
        }
        reply.raw("OK\n");
    }

    /// Carries out one command; what goes wrong is given as the line to answer.
    fn run(&mut self, line: &str, place: usize, reply: &mut Reply) -> Result<(), String> {
        let request = wire::parse(line).map_err(|error| Fault::from(error).line(place, ""))?;
        let Some(command) = table::find(&request.name) else {
            return Err(Fault::Unknown(request.name).line(place, ""));
        };
        let outcome = command.check(self.is_trusted, request.arguments.len());
        let outcome = outcome.and_then(|()| (command.run)(self, &request.arguments, reply));
        outcome.map_err(|fault| fault.line(place, command.name))
    }

    /// Whether it waits, and something of that has changed: then it is told, and waits no more.
    pub(super) fn look(&mut self, reply: &mut Reply) {
        let Some(parts) = self.waits else { return };
        self.ear.wait(parts);
        let changed = self.ear.take(parts);
        if !changed.is_empty() {
            self.end_wait(changed, reply);
        }
    }

    fn tell_changes(&mut self, reply: &mut Reply) {
        let changed = self.ear.take(self.waits.unwrap_or(Parts::NONE));
        self.end_wait(changed, reply);
    }

    fn end_wait(&mut self, changed: Parts, reply: &mut Reply) {
        self.ear.wait(Parts::NONE);
        self.waits = None;
        changed.names().for_each(|name| reply.pair("changed", name));
        reply.raw("OK\n");
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.house.channels.leave(self.number);
    }
}
