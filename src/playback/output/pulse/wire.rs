//! Takes commands and samples; gives them framed to a PulseAudio server, and hands back what it says.
//! One socket, one small buffer each way, no thread.
//! Never waits but where a deadline is given, never keeps a large buffer.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use pulseaudio::protocol::{
    self, Command, CommandReply, DESCRIPTOR_SIZE, Descriptor, DescriptorFlags, ProtocolError, PulseError,
    TagStructReader,
};
use rustix::event::{PollFd, PollFlags};

use crate::playback::output::doorbell::poll;

/// Bytes of samples in one packet. The server copies each into a block of its own, of at most 64 KiB.
pub(super) const PACKET: usize = 16 * 1024;

/// The channel that carries commands instead of samples.
const CONTROL: u32 = u32::MAX;

/// A message that claims to be longer is damage, not a message.
const LONGEST: usize = 1 << 20;

/// Bytes read at once. Requests and answers in a stream's life are below 200.
const GULP: usize = 2048;

/// Why a connection ended, or never began.
#[derive(Debug, thiserror::Error)]
pub(super) enum WireError {
    #[error("no sound server is known")]
    Nowhere,
    #[error("the sound server has hung up")]
    Closed,
    #[error("the sound server does not answer")]
    Silent,
    #[error("the sound server refuses: {0}")]
    Refused(PulseError),
    #[error("the sound server cannot be understood: {0}")]
    Garbled(#[from] ProtocolError),
    #[error("the connection to the sound server failed: {0}")]
    Io(#[from] io::Error),
}

/// What a server says.
#[derive(Debug)]
pub(super) enum Message {
    /// The answer to the command with this number; its body is [`Wire::body`].
    Reply(u32),
    /// The command with this number failed.
    Error(u32, PulseError),
    /// Something by itself.
    Event(Box<Command>),
}

/// A connection.
pub(super) struct Wire {
    socket: UnixStream,
    version: u16,
    number: u32,
    /// What the socket did not take yet.
    unsent: Vec<u8>,
    received: Vec<u8>,
    /// Bytes of `received` that were taken out as messages.
    taken: usize,
    /// Where the body of the last reply is.
    body: std::ops::Range<usize>,
}

impl Wire {
    pub(super) fn new(socket: UnixStream) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Ok(Self {
            socket,
            version: protocol::MAX_VERSION,
            number: 0,
            unsent: Vec::with_capacity(PACKET + DESCRIPTOR_SIZE),
            received: Vec::with_capacity(GULP),
            taken: 0,
            body: 0..0,
        })
    }

    pub(super) fn socket(&self) -> &UnixStream {
        &self.socket
    }

    /// The version of the protocol that both sides speak.
    pub(super) fn set_version(&mut self, version: u16) {
        self.version = version.min(protocol::MAX_VERSION);
    }

    /// Whether the socket is full, and the rest goes when it is writable.
    pub(super) fn is_blocked(&self) -> bool {
        !self.unsent.is_empty()
    }

    /// Sends a command; gives its number, which the answer will bear.
    pub(super) fn send(&mut self, command: &Command) -> Result<u32, WireError> {
        self.number = self.number.wrapping_add(1) & 0x7fff_ffff;
        let mut cursor = Vec::with_capacity(256);
        protocol::encode_command_message(&mut cursor, self.number, command, self.version)?;
        self.unsent.extend_from_slice(&cursor);
        self.flush()?;
        Ok(self.number)
    }

    /// Sends samples, at most `limit` bytes and one [`PACKET`], as far as `fill` gives any; gives the bytes filled.
    /// `seek` moves the place of writing by bytes first.
    pub(super) fn samples(
        &mut self,
        channel: u32,
        seek: i64,
        limit: usize,
        fill: impl FnOnce(&mut [u8]) -> usize,
    ) -> Result<usize, WireError> {
        let start = self.unsent.len();
        let body = start + DESCRIPTOR_SIZE;
        self.unsent.resize(body + limit.min(PACKET), 0);
        let filled = fill(&mut self.unsent[body..]);
        if filled == 0 {
            self.unsent.truncate(start);
            return Ok(0);
        }
        self.unsent.truncate(body + filled);
        let descriptor = Descriptor {
            length: u32::try_from(filled).unwrap_or(u32::MAX), // at most PACKET
            channel,
            offset: seek.cast_unsigned(),
            flags: DescriptorFlags::empty(), // `PA_SEEK_RELATIVE` is 0
        };
        protocol::write_descriptor(&mut &mut self.unsent[start..body], &descriptor)?;
        self.flush()?;
        Ok(filled)
    }

    /// Sends what the socket takes.
    pub(super) fn flush(&mut self) -> Result<(), WireError> {
        let mut sent = 0;
        while sent < self.unsent.len() {
            match self.socket.write(&self.unsent[sent..]) {
                Ok(0) => return Err(WireError::Closed),
                Ok(count) => sent += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(closed(error)),
            }
        }
        self.unsent.drain(..sent);
        if self.unsent.is_empty() {
            self.unsent.shrink_to(2 * PACKET);
        }
        Ok(())
    }

    /// Takes in what the socket holds.
    pub(super) fn receive(&mut self) -> Result<(), WireError> {
        self.received.drain(..self.taken);
        self.taken = 0;
        loop {
            let filled = self.received.len();
            self.received.resize(filled + GULP, 0);
            let read = self.socket.read(&mut self.received[filled..]);
            self.received.truncate(filled + *read.as_ref().unwrap_or(&0));
            match read {
                Ok(0) => return Err(WireError::Closed),
                Ok(count) if count < GULP => return Ok(()),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(closed(error)),
            }
        }
    }

    /// The next message that is here as a whole. What is not known is passed over.
    pub(super) fn next(&mut self) -> Result<Option<Message>, WireError> {
        loop {
            let Some(mut head) = self.received.get(self.taken..self.taken + DESCRIPTOR_SIZE) else {
                return Ok(None);
            };
            let descriptor = protocol::read_descriptor(&mut head)?;
            let length = descriptor.length as usize;
            if length > LONGEST {
                return Err(ProtocolError::Invalid("a message too long".into()).into());
            }
            let start = self.taken + DESCRIPTOR_SIZE;
            let Some(mut body) = self.received.get(start..start + length) else { return Ok(None) };
            let whole = body.len();
            self.taken = start + length;
            if descriptor.channel != CONTROL {
                continue;
            }
            match Command::read_tag_prefixed(&mut body, self.version) {
                Ok((number, Command::Reply)) => {
                    self.body = start + whole - body.len()..start + whole;
                    return Ok(Some(Message::Reply(number)));
                }
                Ok((number, Command::Error(error))) => return Ok(Some(Message::Error(number, error))),
                Ok((_, event)) => return Ok(Some(Message::Event(Box::new(event)))),
                Err(error) => tracing::debug!("passed over what the sound server says: {error}"),
            }
        }
    }

    /// Reads the last reply.
    pub(super) fn body<R: CommandReply>(&self) -> Result<R, WireError> {
        let mut body = &self.received[self.body.clone()];
        Ok(TagStructReader::new(&mut body, self.version).read()?)
    }

    /// Sends a command and waits for its answer. What else the server says meanwhile is dropped: for the time
    /// before a stream is made.
    pub(super) fn ask<R: CommandReply>(
        &mut self,
        command: &Command,
        patience: Duration,
    ) -> Result<R, WireError> {
        let deadline = Instant::now() + patience;
        let asked = self.send(command)?;
        loop {
            while let Some(message) = self.next()? {
                match message {
                    Message::Reply(number) if number == asked => return self.body(),
                    Message::Error(number, error) if number == asked => {
                        return Err(WireError::Refused(error));
                    }
                    _ => {}
                }
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(WireError::Silent);
            }
            let writable = if self.is_blocked() { PollFlags::OUT } else { PollFlags::empty() };
            let mut fds = [PollFd::new(&self.socket, PollFlags::IN | writable)];
            poll(&mut fds, Some(left))?;
            let events = fds[0].revents();
            if events.contains(PollFlags::OUT) {
                self.flush()?;
            }
            if !(events - PollFlags::OUT).is_empty() {
                self.receive()?;
            }
        }
    }
}

/// A peer that is gone shows itself in several ways.
fn closed(error: io::Error) -> WireError {
    match error.kind() {
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => WireError::Closed,
        _ => error.into(),
    }
}
