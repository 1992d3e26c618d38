//! Takes requests from the socket, one JSON object a line; gives the player its commands, and answers.
//! A thread for each connection, which sleeps until its client says something.
//! Never decides what plays; never lets one client hold up another, or the player.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use interprocess::local_socket::{
    Listener, Stream,
    traits::{Listener as _, Stream as _},
};
use serde_json::{Value, json};

use super::hub::Hub;
use super::message::{self, LINE, Request};
use super::outputs;
use super::picture::Picture;
use super::seat::{self, Seat};
use super::verb::Wish;
use crate::player::{Command, ItemId, Remote, StopAfter};

/// Connections at a time. One more is told so and closed.
const CONNECTIONS: usize = 64;
/// How long a line may take from its first byte to its end, and how long an answer may find no reader.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long `wait` waits to hear the change, where the device does not go on.
const WAIT: Duration = Duration::from_secs(10);

/// Listens for commands until it is dropped.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    seat: Seat,
    /// The thread that waits for clients, until it has ended.
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    remote: Remote,
    hub: Arc<Hub>,
    connections: AtomicUsize,
    closing: AtomicBool,
}

impl Server {
    /// Opens the socket of the seat and serves it from threads of its own.
    ///
    /// # Errors
    /// When the socket cannot be made.
    pub fn start(mut seat: Seat, remote: Remote, hub: Arc<Hub>) -> io::Result<Self> {
        let listener = seat.listen()?;
        let shared = Arc::new(Shared {
            remote,
            hub,
            connections: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
        });
        let waiting = Arc::clone(&shared);
        let accept = move || accept(&listener, &waiting);
        let accepting = Some(std::thread::Builder::new().name("control".into()).spawn(accept)?);
        Ok(Self { shared, seat, accepting })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::Release);
        self.shared.hub.close();
        // Wakes the thread that waits for a client; it unlinks the socket as it ends, and it must have ended before
        // the next player may take the seat. Where nobody can be woken it has ended already.
        let woken = matches!(seat::connect(self.seat.socket()), Ok(Some(_)));
        if let Some(accepting) = self.accepting.take().filter(|_| woken) {
            let _ = accepting.join(); // a panic of its own was reported already
        }
    }
}

fn accept(listener: &Listener, shared: &Arc<Shared>) {
    while let Ok(stream) = listener.accept() {
        if shared.closing.load(Ordering::Acquire) {
            return;
        }
        let Some(guest) = Guest::seat(shared) else {
            let _ = (&stream).write_all(message::refused(&Value::Null, "too many connections").as_bytes());
            continue;
        };
        let served = std::thread::Builder::new().name("client".into()).spawn(move || {
            // A client that goes away in the middle is no news.
            let _ = serve(&stream, &guest.shared, PATIENCE);
        });
        if let Err(error) = served {
            tracing::warn!("no thread for a client: {error}");
        }
    }
}

/// A connection that is counted for as long as it lives.
struct Guest {
    shared: Arc<Shared>,
}

impl Guest {
    fn seat(shared: &Arc<Shared>) -> Option<Self> {
        if shared.connections.fetch_add(1, Ordering::AcqRel) >= CONNECTIONS {
            shared.connections.fetch_sub(1, Ordering::AcqRel);
            return None;
        }
        Some(Self { shared: Arc::clone(shared) })
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.shared.connections.fetch_sub(1, Ordering::AcqRel);
    }
}

fn serve(stream: &Stream, shared: &Shared, patience: Duration) -> io::Result<()> {
    if !is_owner(stream) {
        return Ok(());
    }
    stream.set_send_timeout(Some(patience))?;
    let mut lines = Lines::new(stream, patience);
    loop {
        let line = match lines.next() {
            Ok(Some(line)) => line,
            Ok(None) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return say(stream, &message::refused(&Value::Null, &error.to_string()));
            }
            Err(error) => return Err(error),
        };
        if line.trim_ascii().is_empty() {
            continue;
        }
        let read = message::read(&line);
        match read.request {
            Err(error) => say(stream, &message::refused(&read.id, &error.to_string()))?,
            Ok(Request::Wish(Wish::Events)) => return tell_events(stream, shared),
            Ok(Request::Wish(Wish::Do(Command::Quit))) => {
                // The player takes its process along: answered before.
                say(stream, &message::done(&read.id, &Picture::of(&shared.remote.settled())))?;
                shared.remote.send(Command::Quit);
            }
            Ok(request) => say(stream, &carry_out(request, &read.id, read.wait, shared))?,
        }
    }
}

/// The socket's mode says so already; where the system can tell who called, it is asked too.
fn is_owner(stream: &Stream) -> bool {
    #[cfg(unix)]
    {
        use interprocess::local_socket::traits::StreamCommon as _;
        let theirs = stream.peer_creds().ok().and_then(|creds| creds.euid());
        theirs.is_none_or(|id| id == rustix::process::geteuid().as_raw())
    }
    #[cfg(not(unix))]
    {
        let _ = stream;
        true
    }
}

fn say(mut stream: &Stream, line: &str) -> io::Result<()> {
    stream.write_all(line.as_bytes())
}

/// Does what is asked, and answers when the player has heard it.
fn carry_out(request: Request, id: &Value, wait: bool, shared: &Shared) -> String {
    let remote = &shared.remote;
    let happenings = wait.then(|| shared.hub.listen(Picture::of(&remote.status())));
    let outcome = match request {
        Request::Play { items, place } => {
            remote.add(items, place);
            Ok(())
        }
        Request::Open(opening) => {
            remote.open(opening);
            Ok(())
        }
        Request::Wish(Wish::Queue) => {
            return message::queue(id, &Picture::of(&remote.settled()), &rows(remote));
        }
        Request::Wish(Wish::Outputs) => return outputs::told(id, remote),
        Request::Wish(Wish::Switch(name, switch)) => match outputs::switch(&name, switch, remote) {
            Ok(()) => return outputs::told(id, remote),
            Err(why) => Err(why),
        },
        Request::Wish(wish) => match command(wish, remote) {
            Ok(command) => {
                command.into_iter().for_each(|command| remote.send(command));
                Ok(())
            }
            Err(why) => Err(why),
        },
    };
    if let Err(why) = outcome {
        return message::refused(id, &why);
    }
    let mut status = remote.settled();
    if let Some(happenings) = happenings {
        let until = Instant::now() + WAIT;
        while status.playing && !status.is_settled() {
            let Ok(happening) = happenings.recv_timeout(until.saturating_duration_since(Instant::now()))
            else {
                break;
            };
            if happening.settled {
                status = remote.status();
            }
        }
    }
    message::done(id, &Picture::of(&status))
}

/// The command that a wish comes to as the player stands; `None` where it only asks.
fn command(wish: Wish, remote: &Remote) -> Result<Option<Command>, String> {
    let status = remote.status();
    Ok(Some(match wish {
        Wish::Do(command) => command,
        Wish::Status | Wish::Queue | Wish::Events | Wish::Outputs | Wish::Switch(..) => return Ok(None),
        Wish::SeekShare(share) => {
            let length = status.length().ok_or("the length of this track is not known: seek to a time")?;
            Command::SeekTo(length.mul_f64(share))
        }
        Wish::Goto(number) => Command::Goto(entry(number, remote)?),
        Wish::StopAfter(number) => Command::StopAfter(StopAfter::Entry(entry(number, remote)?)),
        Wish::Remove(number) => Command::Remove(entry(number, remote)?),
        Wish::Move(number, to) => {
            entry(to, remote)?;
            Command::Move(entry(number, remote)?, to - 1)
        }
        Wish::ToggleConsume => Command::Consume(!status.consume),
        Wish::ToggleShuffle => Command::Shuffle(status.shuffle.toggled()),
        Wish::CycleRepeat => Command::Repeat(status.repeat.next()),
    }))
}

/// The entry of that number, from 1.
fn entry(number: usize, remote: &Remote) -> Result<ItemId, String> {
    let items = remote.view().items;
    let id = number.checked_sub(1).and_then(|at| items.get(at).map(|(id, _)| *id));
    id.ok_or_else(|| format!("there is no entry {number}: the queue has {}", items.len()))
}

/// The queue: what was heard last comes first, then the current entry, then what follows.
fn rows(remote: &Remote) -> Vec<Value> {
    let view = remote.view();
    let places: HashMap<ItemId, usize> =
        view.items.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
    let row = |id: &ItemId| {
        let at = *places.get(id)?;
        let item = &view.items[at].1;
        Some(json!({
            "number": at + 1, "id": id.0, "current": view.current == Some(*id),
            "artist": item.label.artist, "title": item.label.title, "album": item.label.album,
            "file": item.part.path.to_string_lossy(),
        }))
    };
    view.order.iter().filter_map(row).collect()
}

/// The whole status once, then what happens, until the client or the player goes.
fn tell_events(stream: &Stream, shared: &Shared) -> io::Result<()> {
    let now = Picture::of(&shared.remote.settled());
    let happenings = shared.hub.listen(now.clone());
    say(stream, &message::event("status", now.fields()))?;
    for happening in &happenings {
        say(stream, &happening.line)?;
    }
    Ok(())
}

/// Lines of bounded length and bounded patience.
struct Lines<'a> {
    stream: &'a Stream,
    patience: Duration,
    held: Vec<u8>,
}

impl<'a> Lines<'a> {
    fn new(stream: &'a Stream, patience: Duration) -> Self {
        Self { stream, patience, held: Vec::new() }
    }

    /// The next line without its end; `None` when the client has said all it has to say.
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut until = (!self.held.is_empty()).then(|| Instant::now() + self.patience);
        let mut looked_at = 0;
        loop {
            if let Some(end) = self.held[looked_at..].iter().position(|byte| *byte == b'\n') {
                let rest = self.held.split_off(looked_at + end + 1);
                let mut line = std::mem::replace(&mut self.held, rest);
                line.pop();
                return Ok(Some(line));
            }
            looked_at = self.held.len();
            if looked_at > LINE {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("a line is longer than {LINE} bytes"),
                ));
            }
            if !self.fill(until)? {
                return Ok(None);
            }
            until.get_or_insert_with(|| Instant::now() + self.patience);
        }
    }

    /// Reads what there is, waiting until then, or for ever. False at the end.
    fn fill(&mut self, until: Option<Instant>) -> io::Result<bool> {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.stream.set_recv_timeout(left)?;
        let mut bytes = [0; 4096];
        let mut stream = self.stream;
        let read = loop {
            match stream.read(&mut bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.held.extend_from_slice(&bytes[..read]);
        Ok(read > 0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::{BufRead, BufReader};
    use std::thread::JoinHandle;

    use super::*;
    use crate::player::{Player, Setup, Target};

    const SHORT: Duration = Duration::from_millis(100);

    /// A player where nothing plays, and the door to it.
    struct House {
        player: Player,
        shared: Arc<Shared>,
        seat: Seat,
        listener: Listener,
        _folder: tempfile::TempDir,
    }

    impl House {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let mut seat = Seat::take(&folder.path().join("control.sock")).unwrap().unwrap();
            let listener = seat.listen().unwrap();
            let hub = Arc::new(Hub::default());
            let telling = Arc::clone(&hub);
            let setup = Setup { outputs: vec![Target::Null], ..Setup::default() };
            let player = Player::start(setup, move |event, status| telling.tell(&event, status)).unwrap();
            let shared = Arc::new(Shared {
                remote: player.remote(),
                hub,
                connections: AtomicUsize::new(0),
                closing: AtomicBool::new(false),
            });
            Self { player, shared, seat, listener, _folder: folder }
        }

        /// A client, and what becomes of its connection.
        fn client(&self) -> (Stream, JoinHandle<io::Result<()>>) {
            let ours = seat::connect(self.seat.socket()).unwrap().unwrap();
            let theirs = self.listener.accept().unwrap();
            let shared = Arc::clone(&self.shared);
            (ours, std::thread::spawn(move || serve(&theirs, &shared, SHORT)))
        }
    }

    #[test]
    fn one_that_never_ends_its_line_is_let_go_and_one_that_says_nothing_is_not() {
        let house = House::new();
        let (mut silent, still) = house.client();
        let (mut slow, gone) = house.client();
        let start = Instant::now();
        // A byte now and then buys no time.
        slow.set_recv_timeout(Some(SHORT / 10)).unwrap();
        while slow.write_all(b"{").is_ok() {
            match slow.read(&mut [0; 9]) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => {
                    assert!(!read.is_ok_and(|read| read > 0), "it is not answered");
                    break;
                }
            }
        }
        assert!(start.elapsed() >= SHORT);
        assert!(gone.join().unwrap().is_err());
        assert!(!still.is_finished());
        silent.write_all(b"{\"command\":\"status\"}\n").unwrap();
        let mut answer = String::new();
        BufReader::new(&silent).read_line(&mut answer).unwrap();
        assert!(answer.contains("\"ok\":true"), "{answer}");
        drop(silent);
        still.join().unwrap().unwrap();
    }

    #[test]
    fn one_that_does_not_read_is_let_go() {
        let house = House::new();
        let (mut deaf, gone) = house.client();
        let asked = "{\"command\":\"status\"}\n".repeat(1000);
        while deaf.write_all(asked.as_bytes()).is_ok() && !gone.is_finished() {}
        assert!(gone.join().unwrap().is_err());
        // One that wants to hear of everything, and does not listen.
        let (mut deaf, gone) = house.client();
        deaf.write_all(b"{\"command\":\"events\"}\n").unwrap();
        let mut percent = 0;
        while !gone.is_finished() {
            percent = (percent + 1) % 100;
            house.player.send(Command::Volume(percent));
            house.shared.remote.settled();
        }
        drop(gone.join().unwrap());
        assert_eq!(house.player.status().volume, percent, "the player was not held up");
    }
}
