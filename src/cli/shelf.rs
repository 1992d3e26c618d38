//! Takes `tonearm play` without an INPUT; gives the listing that was played last, or shows those in the
//! folders that the settings name. Remembers what is played, in the state folder.
//! Never stops the music because it could not remember.

use std::path::{Path, PathBuf};

use super::exit::Exit;
use super::input;
use super::{say, settings};
use crate::library::FileKind;
use crate::paths::{self, Environment, Paths};
use crate::playlist::format;
use crate::sanitise;

/// A listing on the shelf is no larger; what is, is shown without its title.
const LARGEST: u64 = 1 << 20;

fn memory(paths: &Paths) -> PathBuf {
    paths.state_dir().join("last-listing")
}

/// The inputs that were played last, a path a line, while all of them are there.
pub(super) fn last() -> anyhow::Result<Option<Vec<PathBuf>>> {
    let paths = Paths::new(&Environment::of_process())?;
    let Ok(text) = std::fs::read_to_string(memory(&paths)) else { return Ok(None) };
    let inputs: Vec<PathBuf> = text.lines().map(PathBuf::from).collect();
    Ok(Some(inputs).filter(|inputs| !inputs.is_empty() && inputs.iter().all(|input| input.exists())))
}

/// Remembers the inputs, where they are files to come back to and a listing or a folder is among them.
pub(super) fn remember(inputs: &[PathBuf]) {
    let is_listing = |input: &&PathBuf| input.is_dir() || (input.is_file() && FileKind::of(input).is_none());
    if inputs.iter().any(|input| input::is_stream(input)) || !inputs.iter().any(|input| is_listing(&input)) {
        return;
    }
    let line = |input: &PathBuf| {
        let path = std::path::absolute(input).ok()?.into_os_string().into_string().ok()?;
        (!path.contains(['\n', '\r'])).then(|| path + "\n")
    };
    let Some(text) = inputs.iter().map(line).collect::<Option<String>>() else { return };
    let Ok(paths) = Paths::new(&Environment::of_process()) else { return };
    if let Err(error) = paths::write_whole(&memory(&paths), text.as_bytes()) {
        tracing::warn!("the listing is not remembered: {error}");
    }
}

/// Shows the listings of the settings' folders, or says how to play one.
pub(super) fn show(quiet: bool) -> anyhow::Result<Exit> {
    let paths = Paths::new(&Environment::of_process())?;
    let config = settings::config()?;
    let mut listings = Vec::new();
    for folder in config.listings() {
        match listings_in(folder) {
            Ok(found) => listings.extend(found),
            Err(error) => say::problem(&format!("{} cannot be read: {error}", sanitise::path(folder))),
        }
    }
    if listings.is_empty() {
        let settings = paths.config_file();
        say::problem(&format!(
            "there is no listing to come back to: say `tonearm play LISTING`, or name a folder of listings \
             in {}: listings = \"~/Listings\"",
            sanitise::path(&settings)
        ));
        return Ok(Exit::Usage);
    }
    for listing in &listings {
        say::line(&described(listing));
    }
    if !quiet {
        say::aside("say `tonearm play LISTING`");
    }
    Ok(Exit::Done)
}

/// The files with a listing's extension that lie in the folder itself, by name.
fn listings_in(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if extension.is_some_and(|extension| format::by_name(extension).is_some()) && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// "PATH  Title, 10 entries"
fn described(path: &Path) -> String {
    let small = std::fs::metadata(path).is_ok_and(|about| about.len() <= LARGEST);
    let bytes = if small { std::fs::read(path).ok() } else { None };
    let about = match bytes.map(|bytes| format::read(&bytes, path.to_str())) {
        Some(Ok(listing)) => {
            let title = listing.title.map(|title| format!("{title}, ")).unwrap_or_default();
            let entries = if listing.entries.len() == 1 { "entry" } else { "entries" };
            format!("  {title}{} {entries}", listing.entries.len())
        }
        Some(Err(error)) => format!("  {}", error.to_string().lines().next().unwrap_or_default()),
        None => String::new(),
    };
    format!("{}{}", sanitise::path(path), sanitise::line(&about))
}
