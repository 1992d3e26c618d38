//! Matches a listing against music folders and says how long that took:
//! `cargo run --release --example match_listing -- INDEX LISTING FOLDER...`

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use tonearm::playlist::{Index, format};
use tonearm::{library, sanitise};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let usage = "usage: match_listing INDEX LISTING FOLDER...";
    let (index, file) = arguments.next().zip(arguments.next()).ok_or(usage)?;
    let folders: Vec<PathBuf> = arguments.collect();

    let listing = format::read(&std::fs::read(&file)?, Some(&file.to_string_lossy()))?;
    let tracks: Vec<_> = library::scan(&folders, &index, |_| {})?.tracks().collect();
    let begun = Instant::now();
    let names = Index::new(&tracks);
    let indexed = begun.elapsed();
    let begun = Instant::now();
    let report = names.match_listing(&listing, &tracks);
    let matched = begun.elapsed();

    for entry in &report.entries {
        let file = entry.chosen.map(|at| sanitise::path(&tracks[at].path).to_string());
        let title = sanitise::line(&entry.title);
        println!(
            "{:4} {:9} {:.3} {title}  {}",
            entry.number,
            entry.status.to_string(),
            entry.confidence,
            file.unwrap_or_else(|| "-".into())
        );
    }
    println!(
        "{} tracks indexed in {indexed:.2?}, {} entries matched in {matched:.2?}",
        tracks.len(),
        report.entries.len()
    );
    Ok(())
}
