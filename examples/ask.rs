//! Says a verb to the player that runs, as `tonearm next` does, and prints the whole of its answer.
//!
//! ```text
//! cargo run --example ask -- SOCKET VERB [ARGUMENT]...
//! ```
//! SOCKET is `$XDG_RUNTIME_DIR/tonearm/control.sock`, VERB a word of `control::VERBS`.

use std::error::Error;
use std::path::Path;

use tonearm::control::{Client, VERBS};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(socket), Some(verb)) = (words.next(), words.next()) else {
        eprintln!("usage: ask SOCKET VERB [ARGUMENT]...");
        for verb in VERBS {
            eprintln!("  {:8} {:20} {}", verb.name, verb.arguments, verb.help);
        }
        std::process::exit(2);
    };
    let arguments: Vec<String> = words.collect();
    let answer =
        Client::connect(Path::new(&socket)).and_then(|mut client| client.ask(&verb, &arguments, false));
    match answer {
        Ok(answer) => println!("{answer:#}"),
        Err(error) => println!("{error}"),
    }
    Ok(())
}
