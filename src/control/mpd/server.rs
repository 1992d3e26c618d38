//! Takes connections of MPD clients; gives each a thread that sleeps until its client says something, or something
//! changes that it waits for. Answers are sent as they are made: no client costs more memory than a buffer each way.
//! Never lets one client hold up another, or the player: one that does not read, or is slow to say a line, is let go.

use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::ack::Fault;
use super::address::{Listeners, Stream};
use super::house::{Backing, House};
use super::idle::{Board, hush};
use super::reply::Reply;
use super::session::{GREETING, Session, Then};
use super::wire::LINE;
use crate::player::Remote;

/// Connections at a time; as in MPD. One more is closed at once.
const CONNECTIONS: usize = 128;
/// How long is waited for a client.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// How long it may say no whole line, unless it waits for changes.
    silence: Duration,
    /// How long an answer may find no reader.
    deafness: Duration,
}

/// Silence as in MPD.
const PATIENCE: Patience = Patience { silence: Duration::from_secs(60), deafness: Duration::from_secs(10) };
/// Bytes that are read at a time.
const CHUNK: usize = 4 << 10;

/// Serves MPD clients until it is dropped.
pub struct Server {
    board: Arc<Board>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves the clients that come, from threads of its own.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        listeners: Listeners,
        backing: Backing,
        remote: Remote,
        board: Arc<Board>,
    ) -> io::Result<Self> {
        let house = Arc::new(House::new(backing, remote, Arc::clone(&board)));
        for listener in &listeners.listeners {
            listener.set_nonblocking()?;
        }
        // Only its end rings this bell.
        let (ear, rung) = board.ear()?;
        let thread = std::thread::Builder::new().name("mpd".into()).spawn(move || {
            accept(&listeners, &house, &rung);
            drop(ear);
        })?;
        Ok(Self { board, thread: Some(thread) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.board.close();
        // Then nobody listens, and a socket is gone; a panic has been printed.
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn accept(listeners: &Listeners, house: &Arc<House>, rung: &UnixStream) {
    let clients = Arc::new(AtomicUsize::new(0));
    loop {
        let mut doors: Vec<PollFd<'_>> =
            listeners.listeners.iter().map(|listener| PollFd::new(listener, PollFlags::IN)).collect();
        doors.push(PollFd::new(rung, PollFlags::IN));
        let _ = poll(&mut doors, None);
        if house.board.is_closed() {
            return;
        }
        for listener in &listeners.listeners {
            while let Some(stream) = next(listener) {
                admit(stream, house, &clients);
            }
        }
    }
}

/// The next connection, if one is waiting.
fn next(listener: &super::address::Listener) -> Option<Stream> {
    match listener.accept() {
        Ok(stream) => Some(stream),
        Err(error) => {
            if error.kind() != io::ErrorKind::WouldBlock {
                tracing::warn!(%error, "an MPD client cannot be let in");
                // Without descriptors the next try would fail at once, and for ever.
                std::thread::sleep(Duration::from_millis(100));
            }
            None
        }
    }
}

fn admit(stream: Stream, house: &Arc<House>, clients: &Arc<AtomicUsize>) {
    if clients.fetch_add(1, Ordering::AcqRel) >= CONNECTIONS {
        clients.fetch_sub(1, Ordering::AcqRel);
        tracing::info!("too many MPD clients");
        return;
    }
    let guest = Guest { house: Arc::clone(house), clients: Arc::clone(clients) };
    let thread = std::thread::Builder::new().name("mpd client".into());
    let served = thread.spawn(move || {
        // A client that goes away in the middle is no news.
        if let Err(error) = serve(stream, &guest.house, PATIENCE) {
            tracing::debug!(%error, "an MPD client is gone");
        }
    });
    if let Err(error) = served {
        tracing::warn!(%error, "no thread for an MPD client");
    }
}

/// A client that is counted for as long as it lives.
struct Guest {
    house: Arc<House>,
    clients: Arc<AtomicUsize>,
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.clients.fetch_sub(1, Ordering::AcqRel);
    }
}

fn serve(mut stream: Stream, house: &Arc<House>, patience: Patience) -> io::Result<()> {
    stream.set_patience(patience.deafness)?;
    let (ear, rung) = house.board.ear()?;
    let mut reply = Reply::new(stream.try_clone()?);
    let mut session = Session::new(Arc::clone(house), ear, stream.is_local());
    let mut inbox = Inbox::default();
    reply.raw(GREETING);
    let mut since = Instant::now();
    loop {
        while let Some(line) = inbox.next() {
            since = Instant::now();
            let then = session.hear(line, &mut reply);
            if reply.is_broken() {
                return Ok(());
            }
            if then == Then::Close {
                reply.flush();
                return Ok(());
            }
        }
        if inbox.is_full() {
            reply.raw(&Fault::TooLong("the line is too long").line(0, ""));
            reply.flush();
            return Ok(());
        }
        hush(&rung);
        session.look(&mut reply);
        reply.flush();
        if reply.is_broken() || house.board.is_closed() {
            return Ok(());
        }
        let left = session.waits.is_none().then(|| patience.silence.saturating_sub(since.elapsed()));
        if left == Some(Duration::ZERO) {
            return Ok(());
        }
        if wait(&stream, &rung, left)? && !inbox.fill(&mut stream)? {
            return Ok(());
        }
    }
}

/// Sleeps until there is something to read, which is told, the bell rings, or the time is over.
fn wait(stream: &Stream, rung: &UnixStream, time: Option<Duration>) -> io::Result<bool> {
    let mut both =
        [PollFd::from_borrowed_fd(stream.as_fd(), PollFlags::IN), PollFd::new(rung, PollFlags::IN)];
    let time = time
        .map(|time| Timespec { tv_sec: time.as_secs().cast_signed(), tv_nsec: time.subsec_nanos().into() });
    match poll(&mut both, time.as_ref()) {
        Ok(_) => Ok(!both[0].revents().is_empty()),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// What a client has said and was not heard yet: never more than a line and a chunk.
#[derive(Default)]
struct Inbox {
    bytes: Vec<u8>,
    /// Where the next line begins.
    start: usize,
    /// Up to here there is no line end.
    searched: usize,
}

impl Inbox {
    /// The next whole line, without its end.
    fn next(&mut self) -> Option<&[u8]> {
        let end = self.bytes[self.searched..].iter().position(|byte| *byte == b'\n');
        let Some(end) = end.map(|end| self.searched + end) else {
            self.bytes.drain(..self.start);
            (self.start, self.searched) = (0, self.bytes.len());
            self.bytes.shrink_to(CHUNK);
            return None;
        };
        let line = self.start..end;
        (self.start, self.searched) = (end + 1, end + 1);
        Some(&self.bytes[line])
    }

    /// Whether the line that is being said is too long already.
    fn is_full(&self) -> bool {
        self.bytes.len() - self.start > LINE
    }

    /// Takes what there is; whether there was anything.
    fn fill(&mut self, stream: &mut impl Read) -> io::Result<bool> {
        let mut chunk = [0; CHUNK];
        match stream.read(&mut chunk) {
            Ok(count) => {
                self.bytes.extend_from_slice(&chunk[..count]);
                Ok(count > 0)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(true),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A house where nothing plays.
    fn house() -> (Arc<House>, crate::player::Player) {
        use crate::player::{Player, Setup, Target};
        let setup = Setup { outputs: vec![Target::Null], ..Setup::default() };
        let player = Player::start(setup, |_, _| {}).unwrap();
        let backing = Backing {
            password: None,
            open: Box::new(|_| Err("there is no library".into())),
            find: Box::new(|_| Err("there is none".into())),
            listings: Vec::new(),
            saved: "/nowhere".into(),
            stickers: "/nowhere".into(),
        };
        (Arc::new(House::new(backing, player.remote(), Arc::default())), player)
    }

    /// A client, and what becomes of its connection.
    fn client(house: &Arc<House>, patience: Patience) -> (UnixStream, JoinHandle<io::Result<()>>) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let house = Arc::clone(house);
        let served = std::thread::spawn(move || serve(Stream::Unix(theirs), &house, patience));
        (ours, served)
    }

    #[test]
    fn one_that_says_nothing_is_let_go_and_one_that_waits_is_not() {
        let (house, player) = house();
        let patience = Patience { silence: Duration::from_millis(100), deafness: PATIENCE.deafness };
        let (mut waiting, still) = client(&house, patience);
        io::Write::write_all(&mut waiting, b"idle\n").unwrap();
        let start = Instant::now();
        let (mut silent, gone) = client(&house, patience);
        let mut said = String::new();
        silent.read_to_string(&mut said).unwrap();
        assert_eq!(said, GREETING);
        assert!(start.elapsed() >= patience.silence);
        gone.join().unwrap().unwrap();
        // Half a line is silence too.
        let (mut half, gone) = client(&house, patience);
        io::Write::write_all(&mut half, b"stat").unwrap();
        half.read_to_string(&mut said).unwrap();
        gone.join().unwrap().unwrap();
        assert!(!still.is_finished());
        io::Write::write_all(&mut waiting, b"noidle\nclose\n").unwrap();
        let mut answer = String::new();
        waiting.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with("OK\n") && answer.starts_with(GREETING), "{answer}");
        still.join().unwrap().unwrap();
        drop(player);
    }

    #[test]
    fn one_that_does_not_read_is_let_go() {
        let (house, player) = house();
        let patience = Patience { silence: PATIENCE.silence, deafness: Duration::from_millis(100) };
        let (mut deaf, gone) = client(&house, patience);
        let asked = "commands\n".repeat(1000);
        while io::Write::write_all(&mut deaf, asked.as_bytes()).is_ok() && !gone.is_finished() {}
        gone.join().unwrap().unwrap();
        drop(player);
    }

    /// The lines that come out when these pieces come in.
    fn lines(pieces: &[&[u8]]) -> Vec<String> {
        let (mut inbox, mut lines) = (Inbox::default(), Vec::new());
        for piece in pieces {
            let mut rest = *piece;
            while !rest.is_empty() {
                inbox.fill(&mut rest).unwrap();
                while let Some(line) = inbox.next() {
                    lines.push(String::from_utf8(line.to_vec()).unwrap());
                }
                assert!(inbox.bytes.len() <= piece.len().max(LINE + CHUNK));
            }
        }
        lines
    }

    #[test]
    fn lines_come_whole_however_they_are_cut() {
        assert_eq!(lines(&[b"noidle\nstatus\n"]), ["noidle", "status"]);
        assert_eq!(lines(&[b"sta", b"t", b"us", b"\n", b"\npi", b"ng\nx"]), ["status", "", "ping"]);
        let many = "ping\n".repeat(10_000);
        assert_eq!(lines(&[many.as_bytes()]).len(), 10_000);
    }

    #[test]
    fn a_line_without_an_end_is_noticed() {
        let mut inbox = Inbox::default();
        let mut endless = io::repeat(b'x');
        let mut read = 0;
        while !inbox.is_full() {
            assert!(inbox.next().is_none());
            inbox.fill(&mut endless).unwrap();
            read += CHUNK;
        }
        assert!(read <= LINE + 2 * CHUNK);
    }
}
