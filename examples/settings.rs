//! Prints what a settings file and the environment set, and where: `cargo run --example settings -- FILE`.

use std::path::Path;

use tonearm::config::{Config, SETTINGS};

fn main() {
    let Some(file) = std::env::args_os().nth(1) else {
        eprintln!("usage: settings FILE");
        std::process::exit(2);
    };
    match Config::load(Path::new(&file), None, &|name| std::env::var_os(name)) {
        Err(error) => println!("{error}"),
        Ok(config) => {
            for setting in SETTINGS {
                match config.get(setting.name) {
                    Some(set) => println!("{}: {:?} ({})", set.name, set.value, set.source),
                    None => println!("{}: {}", setting.name, setting.default),
                }
            }
        }
    }
}
