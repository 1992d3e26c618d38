//! `tonearm demo`: takes nothing; makes ten short tracks as an owner's messy folder would have them, matches
//! the Rocky IV listing against them, shows what was found, and plays it. Works without a sound device.
//! Never touches the owner's music, index or settings, and leaves nothing behind.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::Path;

use anyhow::Context;

use super::exit::Exit;
use super::how::How;
use super::input;
use super::music::{Music, MusicOptions};
use super::play::{self, Reached};
use super::program::Program;
use super::resuming::Beginning;
use super::say;
use super::show::{self, Style};
use super::tune;
use crate::library::{self, Library, ScanError, Tags};
use crate::playback::output::{OutputError, Target};
use crate::playback::{Sample, Shape, WavWriter};
use crate::playlist::Index;
use crate::sanitise;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Do not wait in real time: no sound, done in a moment.
    #[arg(long)]
    fast: bool,
    #[command(flatten)]
    how: How,
}

/// The listing as a blog printed it.
const LISTING: &str = include_str!("../../playlists/rocky-iv.toml");

/// The release as the owner's tags have it.
const RELEASE: &str = "Rocky IV (Original Motion Picture Soundtrack)";

/// A file of the demo: where it lies, artist and title of its tags if it has any, and its part of the tune.
struct Owned {
    path: &'static str,
    tags: Option<(&'static str, &'static str)>,
    part: Part,
}

enum Part {
    /// The n-th part, counted from 0; also the track number less one.
    Of(usize),
    /// Another song altogether: a short note.
    Other,
}

const fn tagged(path: &'static str, artist: &'static str, title: &'static str, part: usize) -> Owned {
    Owned { path, tags: Some((artist, title)), part: Part::Of(part) }
}

const fn untagged(path: &'static str, part: usize) -> Owned {
    Owned { path, tags: None, part: Part::Of(part) }
}

const fn other(path: &'static str, artist: &'static str, title: &'static str) -> Owned {
    Owned { path, tags: Some((artist, title)), part: Part::Other }
}

/// What a listener of twenty years has: tags from several programs, names from several more, and
/// songs that only look like those asked for.
const FILES: &[Owned] = &[
    tagged("Soundtracks/Rocky IV/01 - Burning Heart.wav", "Survivor", "Burning Heart", 0),
    tagged("Soundtracks/Rocky IV/02 - Heart's on Fire.wav", "John Cafferty", "Heart's on Fire", 1),
    tagged(
        "Soundtracks/Rocky IV/03 - Double or Nothing.wav",
        "Kenny Loggins & Gladys Knight",
        "Double or Nothing",
        2,
    ),
    untagged("Soundtracks/Rocky IV/04_survivor-eye_of_the_tiger.WAV", 3),
    tagged(
        "Soundtracks/Rocky IV/05 - War _ Fanfare from Rocky.wav",
        "Vince DiCola",
        "War / Fanfare from Rocky",
        4,
    ),
    untagged("Soundtracks/Rocky IV/06_james_brown-living_in_america.wav", 5),
    tagged("Soundtracks/Rocky IV/07 - No Easy Way Out.wav", "ROBERT TEPPER", "NO EASY WAY OUT", 6),
    tagged("Soundtracks/Rocky IV/08 - One Way Street.wav", "Go West", "One Way Street", 7),
    untagged("Soundtracks/Rocky IV/09_touch-the_sweetest_victory.wav", 8),
    tagged("Soundtracks/Rocky IV/10 - Training Montage.wav", "Vince DiCola", "Training Montage", 9),
    other(
        "Karaoke Night/Eye of the Tiger (Karaoke Version).wav",
        "Party Singers",
        "Eye of the Tiger (In the Style of Survivor) [Karaoke Version]",
    ),
    other("Motown/Edwin Starr - War.wav", "Edwin Starr", "War"),
    other("new folder (2)/One Way Street.wav", "Aerosmith", "One Way Street"),
    other("new folder (2)/living in america LIVE.wav", "James Brown", "Living in America (Live)"),
];

pub(super) fn run(options: &Options, quiet: bool) -> anyhow::Result<Exit> {
    let folder = tempfile::Builder::new().prefix("tonearm-demo-").tempdir()?;
    make(folder.path()).with_context(|| format!("the demo cannot be made in {}", folder.path().display()))?;
    let program = program(folder.path())?;
    if !quiet && !options.how.json {
        let place = sanitise::path(folder.path());
        say::line(&format!("{} files of the demo are in {place} until it ends.\n", FILES.len()));
        say::line(&show::table(&program, Style::of(io::IsTerminal::is_terminal(&io::stdout()))));
    }
    let mut how = options.how.clone();
    if options.fast {
        how.outputs = vec![Target::Void];
    }
    let nowhere = MusicOptions::default();
    let beginning = || Beginning::anew(&program.playable());
    let by_nobody = || {
        let folder = folder.path().to_owned();
        Reached::by_nobody(&nowhere, Box::new(move || Ok(library_of(&folder)?)))
    };
    match play::play(&program, beginning(), &how, by_nobody(), quiet) {
        Err(error) if is_no_device(&error) && how.outputs() == [Target::Auto] => {
            say::problem("there is no audio output here; the demo plays without sound (--output null)");
            how.outputs = vec![Target::Null];
            play::play(&program, beginning(), &how, by_nobody(), quiet)
        }
        played => played,
    }
}

fn is_no_device(error: &anyhow::Error) -> bool {
    error.downcast_ref::<OutputError>().is_some_and(|error| !matches!(error, OutputError::File { .. }))
}

fn library_of(folder: &Path) -> Result<Library, ScanError> {
    library::scan(&[folder], &folder.join("library.idx"), |_| {})
}

fn program(folder: &Path) -> anyhow::Result<Program> {
    let library = library_of(folder)?;
    let mut program = Program::default();
    let (index, _) = Index::of_library(&library, folder);
    let music = Music { library, index };
    input::add_listing(&mut program, Path::new("rocky-iv.toml"), LISTING.as_bytes(), &music, false)?;
    Ok(program)
}

fn make(folder: &Path) -> anyhow::Result<()> {
    let parts = tune::parts();
    for owned in FILES {
        let path = folder.join(owned.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        match owned.part {
            Part::Of(part) => write(&path, &parts[part])?,
            Part::Other => write(&path, &parts[0][..tune::RATE as usize / 2])?,
        }
        if let Some((artist, title)) = owned.tags {
            library::write_tags(&path, &tags(owned, artist, title))?;
        }
    }
    Ok(())
}

fn tags(owned: &Owned, artist: &str, title: &str) -> Tags {
    let (album, track) = match owned.part {
        Part::Of(part) => (Some(RELEASE.to_owned()), u32::try_from(part + 1).ok()),
        Part::Other => (None, None),
    };
    Tags { artist: Some(artist.into()), title: Some(title.into()), album, track, ..Tags::default() }
}

fn write(path: &Path, frames: &[f32]) -> io::Result<()> {
    let shape = Shape { rate: tune::RATE, channels: 2, sample: Sample::S16 };
    let mut writer = WavWriter::new(BufWriter::new(File::create(path)?), shape)?;
    writer.write(frames)?;
    writer.finish_file()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::playlist::Status;

    #[test]
    fn the_demo_finds_all_ten_and_none_of_the_others() {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path()).unwrap();
        let program = program(folder.path()).unwrap();
        let found: Vec<String> =
            program.rows.iter().map(|row| program.name_of(row.file.as_ref().unwrap()).into_owned()).collect();
        let wanted: Vec<&str> = FILES[..10].iter().map(|owned| owned.path).collect();
        assert_eq!(found, wanted);
        assert!(program.rows.iter().all(|row| row.status == Some(Status::Sure)));
    }
}
