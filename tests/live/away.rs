//! A whole house: a real Snapcast server and two of its clients, which write what they would have played.
//! The server's ports are free ones of this machine; it listens to nobody else.
//! Never judges when a client plays, only what.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use tonearm::library::Tags;

use super::support::{Home, PATIENCE, until};
use super::{CD, Process, music, needs, turn};

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Where a recording holds the whole of the music.
fn holds(recording: &[u8], music: &[u8]) -> bool {
    let (offset, piece) = (music.len() / 2, 400);
    let wanted = &music[offset..offset + piece];
    let found = recording.windows(piece).enumerate().filter(|(_, window)| *window == wanted);
    found.filter_map(|(at, _)| at.checked_sub(offset)).any(|begin| recording[begin..].starts_with(music))
}

/// A Snapcast server that takes sound on a port of this machine.
pub(crate) struct House {
    _server: Process,
    /// Where sound goes in.
    pub(crate) source: u16,
    /// Where rooms listen.
    stream: u16,
}

impl House {
    pub(crate) fn start(home: &Home) -> Self {
        let (source, stream, control) = (free_port(), free_port(), free_port());
        let settings = format!(
            "[http]\nenabled = false\n[tcp]\nbind_to_address = 127.0.0.1\nport = {control}\n\
             [stream]\nbind_to_address = 127.0.0.1\nport = {stream}\nbuffer = 1000\n\
             source = tcp://127.0.0.1:{source}?name=tonearm&mode=server&sampleformat=44100:16:2&codec=pcm\n"
        );
        let (file, data) = (home.path("snapserver.conf"), home.path("snapdata"));
        fs::write(&file, settings).unwrap();
        fs::create_dir_all(&data).unwrap();
        let mut server = Command::new("snapserver");
        server.arg("-c").arg(file).arg(format!("--server.datadir={}", data.display()));
        let server = Process::start(&mut server);
        until("the house listens", PATIENCE, || TcpStream::connect(("127.0.0.1", stream)).is_ok());
        Self { _server: server, source, stream }
    }

    /// A client that writes what it would play.
    fn room(&self, name: &str, file: &Path) -> Process {
        let mut client = Command::new("snapclient");
        client.args(["-h", "127.0.0.1", "-p", &self.stream.to_string(), "--hostID", name]);
        client.args(["--player", &format!("file:filename={},mode=w", file.display())]);
        let client = Process::start(&mut client);
        until("the room listens", PATIENCE, || fs::metadata(file).is_ok_and(|file| file.len() > 0));
        client
    }
}

/// How long a song is played again and again until a room has heard all of it.
const MANY_TRIES: Duration = Duration::from_secs(300);

#[test]
fn two_rooms_hear_every_sample() {
    needs(&["snapserver", "snapclient"]);
    let _turn = turn();
    let sound = music(3 * CD as usize);
    let home = Home::new().sound("song.wav", &sound, &Tags::default());
    let house = House::start(&home);
    let rooms = ["kitchen", "bedroom"].map(|room| home.path(format!("{room}.raw")));
    let _clients = rooms.each_ref().map(|file| house.room(file.file_stem().unwrap().to_str().unwrap(), file));

    let output = format!("snapcast:127.0.0.1:{}?44100:16:2", house.source);
    let bytes: Vec<u8> =
        sound.samples.iter().flat_map(|sample| ((sample * 32_768.0) as i16).to_le_bytes()).collect();
    let mut played: Option<Instant> = None;
    until("every sample arrives in both rooms", MANY_TRIES, || {
        // What comes late a client leaves out, and on a busy machine something is late more often than not: then it is
        // played once more.
        if played.is_none_or(|played| played.elapsed() > Duration::from_secs(6)) {
            home.run(["play", "Music/song.wav", "-q", "--fresh", "--output", &output]).ends(0).says_nothing();
            played = Some(Instant::now());
        }
        rooms.iter().all(|room| holds(&fs::read(room).unwrap_or_default(), &bytes))
    });
}
