//! Prints what the reader makes of a listing: `parse_listing FILE...`, `--json FILE` for a program to
//! compare, or `--count FILE` to be measured.

use std::error::Error;

use tonearm::playlist::{Listing, format};

fn main() -> Result<(), Box<dyn Error>> {
    let mut files: Vec<String> = std::env::args().skip(1).collect();
    let option = files.first().filter(|first| first.starts_with("--")).cloned();
    if option.is_some() {
        files.remove(0);
    }
    for file in &files {
        let listing = format::read(&std::fs::read(file)?, Some(file))?;
        match option.as_deref() {
            Some("--json") => print_json(&listing),
            Some("--count") => println!("{} entries, {} unread", listing.entries.len(), listing.unread.len()),
            _ => print(&listing),
        }
    }
    Ok(())
}

fn print(listing: &Listing) {
    println!("title {:?} artist {:?} date {:?}", listing.title, listing.artist, listing.date);
    for (index, entry) in listing.entries.iter().enumerate() {
        println!("{:4}  {}", index + 1, entry.line());
        println!("      {:?} by {:?}", entry.title, entry.artist);
        let more = [
            entry.number.map(|n| format!("number {n}")),
            entry.disc.map(|n| format!("disc {n}")),
            entry.length.map(|length| format!("{length:?}")),
            entry.more.album.as_ref().map(|album| format!("album {album:?}")),
            entry.more.section.as_ref().map(|section| format!("under {section:?}")),
            entry.more.note.as_ref().map(|note| format!("note {note:?}")),
            entry.file.as_ref().map(|file| format!("file {file:?}")),
        ];
        println!("      {}", more.into_iter().flatten().collect::<Vec<_>>().join(", "));
    }
    for unread in &listing.unread {
        println!("unread {}: {}", unread.line, unread.text);
    }
}

fn print_json(listing: &Listing) {
    let texts: Vec<_> = listing.entries.iter().map(|entry| entry.line()).collect();
    println!("{}", serde_json::json!(texts));
}
