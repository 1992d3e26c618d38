//! `tonearm pin`, `tonearm unpin`: take an entry of a listing by its number; remember which file it means,
//! or forget that. Never touch the listing or the file, never play.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::exit::Exit;
use super::input::{self, Input, PartOptions};
use super::music::{self, MusicOptions};
use super::pins;
use super::say;
use crate::library::{FileKind, track_of};
use crate::playlist::pins::{Choice, Pin, PinnedFile, Pins, Scope, Wanted, listing_name};
use crate::sanitise;

#[derive(Debug, clap::Args)]
pub(super) struct PinOptions {
    /// The listing; `-` reads it from standard input.
    #[arg(value_name = "LISTING")]
    listing: PathBuf,
    /// The entry, as `tonearm match` numbers it with the same --section and --reverse.
    #[arg(value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    number: u32,
    /// The file that it means.
    #[arg(value_name = "FILE", required_unless_present = "none")]
    file: Option<PathBuf>,
    /// You have no file of it.
    #[arg(long, conflicts_with = "file")]
    none: bool,
    /// Only in this listing, not wherever the same artist and title are asked for.
    #[arg(long)]
    here: bool,
    /// Show what would change; write nothing.
    #[arg(long)]
    dry_run: bool,
    /// The listing's format, where its content and its name mislead.
    #[arg(long, value_name = "FORMAT", value_parser = input::format_name)]
    from: Option<&'static str>,
    #[command(flatten)]
    part: PartOptions,
    #[command(flatten)]
    music: MusicOptions,
}

#[derive(Debug, clap::Args)]
pub(super) struct UnpinOptions {
    /// The listing; `-` reads it from standard input. With --all it may be left out: forget everything.
    #[arg(value_name = "LISTING", required_unless_present = "all")]
    listing: Option<PathBuf>,
    /// The entry, as `tonearm match` numbers it with the same --section and --reverse.
    #[arg(value_name = "N", required_unless_present = "all", value_parser = clap::value_parser!(u32).range(1..))]
    number: Option<u32>,
    /// All entries of the listing, or of its section.
    #[arg(long, conflicts_with = "number")]
    all: bool,
    /// Show what would change; write nothing.
    #[arg(long)]
    dry_run: bool,
    /// The listing's format, where its content and its name mislead.
    #[arg(long, value_name = "FORMAT", value_parser = input::format_name)]
    from: Option<&'static str>,
    #[command(flatten)]
    part: PartOptions,
    #[command(flatten)]
    music: MusicOptions,
}

/// A listing as far as pins are concerned.
struct Asked {
    name: Option<String>,
    entries: Vec<Wanted>,
}

impl Asked {
    fn read(
        path: &Path,
        (from, part): (Option<&str>, &PartOptions),
        music: &MusicOptions,
        quiet: bool,
    ) -> anyhow::Result<Self> {
        let bytes = match Input::of(path)? {
            Input::Listing(bytes) => bytes,
            Input::File | Input::Folder => anyhow::bail!("{} is no listing", sanitise::path(path)),
        };
        // The artists of the library help to read the listing, as they do when it is played.
        let music = music::music(music, quiet)?;
        let listing = input::listing(path, &bytes, from, &music.index, &music.library)?;
        let name = listing_name(&listing, pins::file_of(path));
        // What an entry is told from others by, it is told by in the whole listing.
        let entries = part.of_each(&listing, Wanted::all(&listing)).with_context(|| input::name_of(path))?;
        Ok(Self { name, entries })
    }

    fn entry(&self, number: u32) -> anyhow::Result<&Wanted> {
        let entry = usize::try_from(number).ok().and_then(|number| self.entries.get(number.checked_sub(1)?));
        entry.with_context(|| match self.entries.len() {
            0 => "no line of the listing reads like a track".into(),
            1 => format!("there is no entry {number}: the listing has one"),
            all => format!("there is no entry {number}: the listing has {all}"),
        })
    }
}

pub(super) fn pin(options: &PinOptions, quiet: bool) -> anyhow::Result<Exit> {
    let choice = match &options.file {
        Some(file) => Choice::File(pinned(file)?),
        None => Choice::NotOwned,
    };
    let asked = Asked::read(&options.listing, (options.from, &options.part), &options.music, quiet)?;
    let wanted = asked.entry(options.number)?.clone();
    let name = sanitise::line(&wanted.name()).into_owned();
    let here = options.here && asked.name.is_some();
    let scope = if here { Scope::Listing } else { pins::usual_scope(&wanted, asked.name.as_deref()) };
    let what = match &choice {
        Choice::File(file) => sanitise::path(&file.path).into_owned(),
        Choice::NotOwned => "none of your files".into(),
    };
    let pin = Pin { wanted, choice, listing: asked.name, scope };
    if !options.dry_run {
        Pins::change(&pins::path()?, |pins| pins.set(pin))?;
    }
    if !quiet || options.dry_run {
        let would = if options.dry_run { "would be " } else { "" };
        let place = if scope == Scope::Listing { ", in this listing" } else { "" };
        say::line(&format!("{would}pinned: {}. {name} -> {what}{place}", options.number));
    }
    Ok(Exit::Done)
}

fn pinned(file: &Path) -> anyhow::Result<PinnedFile> {
    let name = sanitise::path(file).into_owned();
    let about = std::fs::metadata(file).with_context(|| format!("{name} cannot be opened"))?;
    anyhow::ensure!(about.is_file(), "{name} is no file");
    anyhow::ensure!(
        FileKind::of(file) == Some(FileKind::Playable),
        "{name} is no audio file that tonearm plays"
    );
    let track = track_of(file).with_context(|| format!("{name} cannot be read"))?;
    PinnedFile::of(&track).map_err(|error| anyhow::anyhow!("{name} {error}"))
}

pub(super) fn unpin(options: &UnpinOptions, quiet: bool) -> anyhow::Result<Exit> {
    let pins = pins::load()?;
    let Some(path) = &options.listing else {
        return forget(&pins, &(0..pins.all().len()).collect::<Vec<_>>(), options.dry_run, quiet);
    };
    let asked = Asked::read(path, (options.from, &options.part), &options.music, quiet)?;
    let found = |wanted: &Wanted| pins.find(wanted, asked.name.as_deref());
    let positions: Vec<usize> = match options.number {
        None => asked.entries.iter().filter_map(found).collect(),
        Some(number) => {
            let wanted = asked.entry(number)?;
            let at = found(wanted);
            let at =
                at.with_context(|| format!("{number}. {} is not pinned", sanitise::line(&wanted.name())))?;
            vec![at]
        }
    };
    forget(&pins, &positions, options.dry_run, quiet)
}

fn forget(pins: &Pins, positions: &[usize], is_dry: bool, quiet: bool) -> anyhow::Result<Exit> {
    let forgotten: Vec<Pin> = pins
        .all()
        .iter()
        .enumerate()
        .filter(|(at, _)| positions.contains(at))
        .map(|(_, pin)| pin.clone())
        .collect();
    if !is_dry && !forgotten.is_empty() {
        // By what they say, not by where they stand: the file may have been changed since.
        Pins::change(&pins::path()?, |pins| {
            let at = (0..pins.all().len()).filter(|at| forgotten.contains(&pins.all()[*at]));
            let at: Vec<usize> = at.collect();
            pins.remove(&at);
        })?;
    }
    if !quiet || is_dry {
        for pin in &forgotten {
            let would = if is_dry { "would be " } else { "" };
            say::line(&format!("{would}forgotten: {}", sanitise::line(&pin.wanted.name())));
        }
        if forgotten.is_empty() {
            say::line("nothing is pinned there");
        }
    }
    Ok(Exit::Done)
}
