//! Several outputs at once: a sound server, a FIFO and a whole Snapcast house, one of which stands still for a while.
//! Never judges when an output plays, only what.

use std::fs;
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tonearm::library::Tags;

use super::away::{free_port, holds};
use super::support::{Home, PATIENCE, assert_same, until};
use super::{CD, Process, Server, music, needs, run};

/// All but the silence: where a busy machine lets a room wait, its client fills the time with it.
fn sounding(bytes: &[u8]) -> Vec<u8> {
    bytes.chunks_exact(4).filter(|frame| *frame != [0; 4]).flatten().copied().collect()
}

#[test]
fn three_outputs_hear_every_sample_while_one_of_them_stands_still_for_a_while() {
    needs(&["pulseaudio", "parec", "snapserver", "snapclient", "mkfifo", "cat"]);
    let sound = music(14 * CD as usize);
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
    let mut house = Command::new("snapserver");
    house.arg("-c").arg(home.path("snapserver.conf")).arg(format!("--server.datadir={}", data.display()));
    let _house = Process::start(&mut house);
    until("the house listens", PATIENCE, || TcpStream::connect(("127.0.0.1", stream)).is_ok());
    let room = home.path("room.raw");
    let mut client = Command::new("snapclient");
    client.args(["-h", "127.0.0.1", "-p", &stream.to_string(), "--hostID", "room"]);
    client.args(["--player", &format!("file:filename={},mode=w", room.display())]);
    let _client = Process::start(&mut client);
    until("the room listens", PATIENCE, || fs::metadata(&room).is_ok_and(|file| file.len() > 0));

    let (fifo, heard) = (home.path("fifo"), home.path("fifo.raw"));
    run("mkfifo", [&fifo]);
    let mut reader = Command::new("sh");
    reader.args(["-c", "exec cat \"$0\" > \"$1\""]).arg(&fifo).arg(&heard).stdin(Stdio::null());
    let reader = Process(reader.spawn().unwrap());
    let server = Server::start(&home, CD);
    let recording = server.record("out.raw");

    let (away, pipe) =
        (format!("snapcast:127.0.0.1:{source}?44100:16:2"), format!("pipe:{}?44100:16:2", fifo.display()));
    let player = server.play(&home, &["Music/song.wav", "--json", "--output", &pipe, "--output", &away]);
    let size = || fs::metadata(&heard).map_or(0, |file| file.len());
    until("it sounds there too", PATIENCE, || size() > u64::from(CD) * 4 * 2);
    let id = reader.0.id().to_string();
    run("kill", ["-s", "STOP", &id]);
    let stopped = Instant::now();
    until("it stands still for a while", PATIENCE, || stopped.elapsed() > Duration::from_secs(5));
    let outputs = home.run(["output"]).ends(0).out().to_owned();
    println!("{outputs}");
    run("kill", ["-s", "CONT", &id]);
    let said = player.end().ends(0).out().to_owned();
    assert!(outputs.contains("takes no sound now"), "{outputs}");
    assert_eq!(said.matches("output-behind").count(), 1, "{said}");

    let bytes: Vec<u8> =
        sound.samples.iter().flat_map(|sample| ((sample * 32_768.0) as i16).to_le_bytes()).collect();
    let begin = 4 * CD as usize / 2; // the first half second may be before it was there
    let main = recording.heard(sound.samples.len());
    assert_same(&main[..sound.samples.len()], &sound.samples);
    until("every sample arrives in the room", PATIENCE, || {
        holds(&sounding(&fs::read(&room).unwrap_or_default()), &sounding(&bytes[begin..]))
    });
    let piped = fs::read(&heard).unwrap();
    let tail = &bytes[bytes.len() - 4 * CD as usize..];
    assert!(piped.ends_with(tail), "what stood still comes back, and ends as the others do");
    let missed = (bytes.len() - piped.len()) as f64 / f64::from(4 * CD);
    println!("it missed {missed:.2} s");
    assert!((2.0..6.0).contains(&missed), "{missed} s");
}
