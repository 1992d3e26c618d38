//! Plays files through the player, without listing, library or screen, and prints what happens.
//!
//! ```text
//! cargo run --example play_files -- OUTPUT FILE...
//! ```
//! OUTPUT is a word of `tonearm play --output`: `auto`, `pulse`, `alsa`, `null`, `wav:PATH`.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, mpsc};

use tonearm::playback::level::Levelling;
use tonearm::playback::{RatePolicy, Shape};
use tonearm::player::{Event, Item, OnUnplug, Player, Repeat, Setup, Shuffle};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(output), files) = (args.next(), args.map(PathBuf::from).collect::<Vec<_>>()) else {
        eprintln!("usage: play_files OUTPUT FILE...");
        return ExitCode::from(2);
    };
    match run(&output, files) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(output: &str, files: Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    let setup = Setup {
        items: files.into_iter().map(Item::of_file).map(Arc::new).collect(),
        start: Some(0),
        repeat: Repeat::Off,
        shuffle: Shuffle::Off,
        seed: 0,
        levelling: Levelling::Off.into(),
        outputs: vec![output.parse()?],
        on_unplug: OnUnplug::default(),
        rate: RatePolicy::default(),
        shape: Shape::default(),
        origin: None,
        bookmark: None,
        keeper: None,
        sleep: None,
        is_first: false,
    };
    let (tell, events) = mpsc::channel();
    // The loop below outlives the player.
    let player = Player::start(setup, move |event, _| drop(tell.send(event)))?;
    for event in events {
        let position = player.status().position();
        println!("{:9.3} s  {event:?}", position.as_secs_f64());
        if matches!(event, Event::Finished | Event::OutputBroken(_)) {
            break;
        }
    }
    Ok(())
}
