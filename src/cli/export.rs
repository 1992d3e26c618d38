//! `tonearm export`: takes a listing and the library; gives it in the format of another player, each entry
//! with the file that was found for it. Never leaves an entry out: one without a file is a comment or
//! carries its names alone, as the format allows.

use std::path::{Component, Path, PathBuf};

use anyhow::Context;

use super::exit::Exit;
use super::import;
use super::input::{self, Input, VersionsOption};
use super::music::{self, MusicOptions};
use super::pins;
use super::say;
use super::whole;
use crate::playlist::{Listing, Status, format, named_file};
use crate::sanitise;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// A listing; `-` reads it from standard input.
    #[arg(value_name = "INPUT")]
    input: PathBuf,
    /// The format to write: toml, m3u8, m3u, pls, xspf, jspf, cue, json, csv, tsv, md, txt.
    #[arg(long, value_name = "FORMAT", value_parser = input::format_name)]
    to: &'static str,
    /// Write to this file.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How files are named; without it relative where all of them lie below the new list.
    #[arg(long)]
    paths: Option<Paths>,
    /// The listing's format, where its content and its name mislead.
    #[arg(long, value_name = "FORMAT", value_parser = input::format_name)]
    from: Option<&'static str>,
    /// Take only what is sure.
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    part: input::PartOptions,
    #[command(flatten)]
    versions: VersionsOption,
    #[command(flatten)]
    music: MusicOptions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Paths {
    /// From the folder of the new list, or the working folder.
    Relative,
    /// From the root.
    Absolute,
}

pub(super) fn run(options: &Options, quiet: bool) -> anyhow::Result<Exit> {
    let bytes = match Input::of(&options.input)? {
        Input::Listing(bytes) => bytes,
        Input::File | Input::Folder => anyhow::bail!("{} is no listing", sanitise::path(&options.input)),
    };
    let music = music::music(&options.music, quiet)?;
    let listing = input::listing(&options.input, &bytes, options.from, &music.index, &music.library)?;
    let mut listing = options.part.of(listing).with_context(|| input::name_of(&options.input))?;
    let mut report = music.index.match_accepting(&listing, &music.library, options.versions.accept());
    let decided = pins::of_rows(&listing, &options.input, &mut report, (&music, &pins::load()?));
    let stream = input::is_stream(&options.input);
    let folder = if stream { Path::new(".") } else { import::folder_of(&options.input) };
    for ((entry, found), (settled, _)) in listing.entries.iter_mut().zip(report.entries).zip(decided) {
        let named = named_file(entry, folder);
        let is_pinned = settled.as_ref().is_some_and(|settled| settled.is_own || named.is_none());
        let (status, track) = match settled.filter(|_| is_pinned) {
            Some(settled) => (settled.status, settled.file.map(|track| *track)),
            None if named.is_some() => {
                entry.file = named;
                continue;
            }
            None => (found.status, found.chosen.and_then(|track| music.library.track(track))),
        };
        let track = track.filter(|_| !options.strict || status == Status::Sure);
        entry.more.span = track.as_ref().and_then(|track| track.span);
        entry.more.gains = track.as_ref().map_or(entry.more.gains, |track| track.gains);
        entry.file = track.map(|track| track.path);
    }
    if !format::holds_parts(options.to) {
        for words in whole::without_parts(&mut listing, options.to) {
            say::problem(&words);
        }
    }
    let home = options.output.as_deref().map_or(Path::new("."), import::folder_of);
    name_files(&mut listing, &std::path::absolute(home)?, options.paths)?;
    import::write(&format::write(&listing, options.to)?, options.output.as_deref())?;
    let missing = listing.entries.iter().any(|entry| entry.file.is_none());
    Ok(if missing { Exit::Partly } else { Exit::Done })
}

/// Names all files in one way.
fn name_files(listing: &mut Listing, home: &Path, paths: Option<Paths>) -> std::io::Result<()> {
    let home = home.canonicalize()?;
    let mut files: Vec<&mut PathBuf> =
        listing.entries.iter_mut().filter_map(|entry| entry.file.as_mut()).collect();
    for file in &mut files {
        **file = real(file)?;
    }
    let all_below = files.iter().all(|file| file.starts_with(&home));
    let relative = paths.map_or(all_below, |paths| paths == Paths::Relative);
    for file in files.into_iter().filter(|_| relative) {
        *file = from(&home, file);
    }
    Ok(())
}

/// Absolute, its folder without links and dots; the name itself stays, it may be a link.
fn real(file: &Path) -> std::io::Result<PathBuf> {
    let folder = import::folder_of(file).canonicalize()?;
    Ok(file.file_name().map_or(folder.clone(), |name| folder.join(name)))
}

/// The way from one absolute folder to a file.
fn from(home: &Path, file: &Path) -> PathBuf {
    let shared = home.components().zip(file.components()).take_while(|(a, b)| a == b).count();
    let up = home.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(file.components().skip(shared)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_a_file() {
        let way = |home: &str, file: &str| from(Path::new(home), Path::new(file));
        assert_eq!(way("/m", "/m/x/a.ogg"), Path::new("x/a.ogg"));
        assert_eq!(way("/m/lists", "/m/x/a.ogg"), Path::new("../x/a.ogg"));
        assert_eq!(way("/", "/a.ogg"), Path::new("a.ogg"));
    }
}
