//! Several outputs at once: a sound server, a FIFO and a whole Snapcast house, one of which stands still for a while.
//! Never judges when an output plays, only what.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tonearm::library::Tags;

use super::away::House;
use super::support::{Home, PATIENCE, assert_same, until};
use super::{CD, Process, Server, music, needs, run};

/// All but the silence.
fn sounding(bytes: &[u8]) -> Vec<u8> {
    bytes.chunks_exact(4).filter(|frame| *frame != [0; 4]).flatten().copied().collect()
}

/// A way into the house that keeps what passes. What a room of a busy machine plays late, its client leaves out.
struct Way {
    port: u16,
    passed: JoinHandle<Vec<u8>>,
}

impl Way {
    fn to(house: u16) -> Self {
        let door = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = door.local_addr().unwrap().port();
        let passed = std::thread::spawn(move || {
            let (mut from, _) = door.accept().unwrap();
            let mut to = TcpStream::connect(("127.0.0.1", house)).unwrap();
            let (mut passed, mut piece) = (Vec::new(), [0; 4096]);
            loop {
                let count = from.read(&mut piece).unwrap();
                if count == 0 {
                    return passed;
                }
                to.write_all(&piece[..count]).unwrap();
                passed.extend_from_slice(&piece[..count]);
            }
        });
        Self { port, passed }
    }
}

#[test]
fn three_outputs_hear_every_sample_while_one_of_them_stands_still_for_a_while() {
    needs(&["pulseaudio", "parec", "snapserver", "mkfifo", "cat"]);
    let sound = music(14 * CD as usize);
    let home = Home::new().sound("song.wav", &sound, &Tags::default());
    let house = House::start(&home);
    let way = Way::to(house.source);

    let (fifo, heard) = (home.path("fifo"), home.path("fifo.raw"));
    run("mkfifo", [&fifo]);
    let mut reader = Command::new("sh");
    reader.args(["-c", "exec cat \"$0\" > \"$1\""]).arg(&fifo).arg(&heard).stdin(Stdio::null());
    let reader = Process(reader.spawn().unwrap());
    let server = Server::start(&home, CD);
    let recording = server.record("out.raw");

    let (away, pipe) = (
        format!("snapcast:127.0.0.1:{}?44100:16:2", way.port),
        format!("pipe:{}?44100:16:2", fifo.display()),
    );
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
    let main = recording.heard(sound.samples.len());
    assert_same(&main[..sound.samples.len()], &sound.samples);
    // The first half second may be before it was there.
    let passed = sounding(&way.passed.join().unwrap());
    let music = sounding(&bytes);
    assert!(passed.len() > music.len() - 4 * CD as usize / 2, "{} of {} bytes", passed.len(), music.len());
    assert!(music.ends_with(&passed), "every sample arrives in the house");
    let piped = fs::read(&heard).unwrap();
    let tail = &bytes[bytes.len() - 4 * CD as usize..];
    assert!(piped.ends_with(tail), "what stood still comes back, and ends as the others do");
    let missed = (bytes.len() - piped.len()) as f64 / f64::from(4 * CD);
    println!("it missed {missed:.2} s");
    assert!((2.0..6.0).contains(&missed), "{missed} s");
}
