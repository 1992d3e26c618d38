//! A whole house: a real Snapcast server and two of its clients, which write what they would have played.
//! The server's ports are free ones of this machine; it listens to nobody else.
//! Never judges when a client plays, only what.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::process::Command;

use tonearm::library::Tags;

use super::support::{Home, PATIENCE, until};
use super::{CD, Process, music, needs};

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Where a recording holds the whole of the music.
pub(crate) fn holds(recording: &[u8], music: &[u8]) -> bool {
    let (offset, piece) = (music.len() / 2, 400);
    let wanted = &music[offset..offset + piece];
    let found = recording.windows(piece).position(|window| window == wanted);
    let begin = found.and_then(|at| at.checked_sub(offset));
    begin.and_then(|begin| recording.get(begin..begin + music.len())) == Some(music)
}

#[test]
fn two_rooms_hear_every_sample() {
    needs(&["snapserver", "snapclient"]);
    let sound = music(3 * CD as usize);
    let home = Home::new().sound("song.wav", &sound, &Tags::default());
    let (source, stream, control) = (free_port(), free_port(), free_port());
    let settings = format!(
        "[http]\nenabled = false\n[tcp]\nbind_to_address = 127.0.0.1\nport = {control}\n\
         [stream]\nbind_to_address = 127.0.0.1\nport = {stream}\nbuffer = 500\n\
         source = tcp://127.0.0.1:{source}?name=tonearm&mode=server&sampleformat=44100:16:2&codec=pcm\n"
    );
    let home = home.file("snapserver.conf", settings);
    let data = home.path("snapdata");
    fs::create_dir_all(&data).unwrap();
    let mut server = Command::new("snapserver");
    server.arg("-c").arg(home.path("snapserver.conf")).arg(format!("--server.datadir={}", data.display()));
    let _server = Process::start(&mut server);
    until("the server listens", PATIENCE, || TcpStream::connect(("127.0.0.1", stream)).is_ok());

    let rooms = ["kitchen", "bedroom"].map(|room| home.path(format!("{room}.raw")));
    let _clients = rooms.each_ref().map(|file| {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let mut client = Command::new("snapclient");
        client.args(["-h", "127.0.0.1", "-p", &stream.to_string(), "--hostID", name]);
        client.args(["--player", &format!("file:filename={},mode=w", file.display())]);
        Process::start(&mut client)
    });
    let recorded = |file| fs::read(file).unwrap_or_default();
    until("both rooms listen", PATIENCE, || rooms.iter().all(|file| !recorded(file).is_empty()));

    let output = format!("snapcast:127.0.0.1:{source}?44100:16:2");
    home.run(["play", "Music/song.wav", "-q", "--output", &output]).ends(0).says_nothing();
    let bytes: Vec<u8> =
        sound.samples.iter().flat_map(|sample| ((sample * 32_768.0) as i16).to_le_bytes()).collect();
    for room in &rooms {
        until("every sample arrives", PATIENCE, || holds(&recorded(room), &bytes));
    }
}
