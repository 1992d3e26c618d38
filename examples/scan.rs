//! Scans music folders and says what was found: `cargo run --example scan -- INDEX FOLDER...`

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use tonearm::{library, sanitise};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let index = arguments.next().ok_or("usage: scan INDEX FOLDER...")?;
    let folders: Vec<PathBuf> = arguments.collect();

    let begun = Instant::now();
    let library = library::scan(&folders, &index, |_| {})?;
    let took = begun.elapsed();

    for track in library.tracks().take(20) {
        let title = track.tags.title.as_deref().unwrap_or("-");
        println!("{:?} {:?} {} {}", track.codec, track.length, sanitise::line(title), shown(&track.path));
    }
    for problem in &library.problems {
        println!("{}: {}", shown(&problem.path), problem.kind);
    }
    println!(
        "{} tracks, {} unplayable, {} problems; {} files read in {took:.2?}",
        library.len(),
        library.unplayable().count(),
        library.problems.len(),
        library.files_read
    );
    Ok(())
}

fn shown(path: &Path) -> impl std::fmt::Display {
    sanitise::fit(&sanitise::path(path), 60).into_owned()
}
