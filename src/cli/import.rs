//! `tonearm import`: takes a listing in any format; gives it as clean TOML, to standard output or a file.
//! Never looks for music: what the listing says is all that is written.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::exit::Exit;
use super::input::{self, Input};
use super::say;
use crate::paths;
use crate::playlist::{Index, Listing, format};
use crate::sanitise;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The listing: text, a saved page, a playlist of another player; `-` or nothing reads standard input.
    #[arg(default_value = "-", hide_default_value = true, value_name = "FILE")]
    input: PathBuf,
    /// Write to this file.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The listing's format, where its content and its name mislead.
    #[arg(long, value_name = "FORMAT", value_parser = input::format_name)]
    from: Option<&'static str>,
    #[command(flatten)]
    part: input::PartOptions,
}

pub(super) fn run(options: &Options, quiet: bool) -> anyhow::Result<Exit> {
    let bytes = match Input::of(&options.input)? {
        Input::Listing(bytes) => bytes,
        Input::File | Input::Folder => {
            anyhow::bail!("{} is no listing; tonearm plays it as it is", sanitise::path(&options.input))
        }
    };
    let listing = input::listing(&options.input, &bytes, options.from, &Index::default(), &Vec::new())?;
    let mut listing = options.part.of(listing).with_context(|| input::name_of(&options.input))?;
    if !input::is_stream(&options.input) {
        let name = options.input.file_name().map(|name| name.to_string_lossy().into_owned());
        listing.source = listing.source.or(name);
    }
    if let Some(output) = &options.output {
        let old = if input::is_stream(&options.input) { Path::new(".") } else { folder_of(&options.input) };
        rebase(&mut listing, old, folder_of(output))?;
    }
    write(&format::write(&listing, "toml")?, options.output.as_deref())?;
    if !listing.unread.is_empty() && !quiet {
        let count = listing.unread.len();
        let lines = if count == 1 { "line was" } else { "lines were" };
        say::aside(&format!("{count} {lines} not understood; the new listing has them at its end"));
    }
    Ok(Exit::Done)
}

/// The folder of a file; the working folder where its name has none.
pub(super) fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Names that were relative to the old listing still name the same files from the new one.
fn rebase(listing: &mut Listing, old: &Path, new: &Path) -> std::io::Result<()> {
    if old.canonicalize()? == new.canonicalize()? {
        return Ok(());
    }
    for file in listing.entries.iter_mut().filter_map(|entry| entry.file.as_mut()) {
        let is_uri = file.to_str().is_some_and(|text| text.contains(":/"));
        if file.is_relative() && !is_uri {
            *file = std::path::absolute(old.join(&*file))?;
        }
    }
    Ok(())
}

/// Writes to a file, whole, or to standard output. What is no plain file (`/dev/null`, a FIFO) is written
/// into, never replaced.
pub(super) fn write(text: &str, output: Option<&Path>) -> anyhow::Result<()> {
    match output {
        Some(path) if std::fs::metadata(path).is_ok_and(|about| !about.is_file() && !about.is_dir()) => {
            std::fs::write(path, text).with_context(|| format!("cannot write {}", sanitise::path(path)))?;
        }
        Some(path) => paths::write_whole(path, text.as_bytes())?,
        None => say::data(text),
    }
    Ok(())
}
