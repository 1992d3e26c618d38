//! `tonearm scan`: takes folders; gives an index on disk that is up to date, and what is in it.
//! Never touches the music itself.

use std::path::PathBuf;

use super::exit::Exit;
use super::music::{self, MusicOptions};
use super::say;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The folders; without any, those of --music, else your system's music folder.
    #[arg(value_name = "DIR")]
    folders: Vec<PathBuf>,
    #[command(flatten)]
    music: MusicOptions,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options, quiet: bool) -> anyhow::Result<Exit> {
    let mut music = options.music.clone();
    music.music.extend(options.folders.iter().cloned());
    let library = music::whole(&music, quiet)?.library;
    let (tracks, problems) = (library.len(), library.problems.len());
    let untagged = library.tracks().filter(|track| track.tags.is_empty()).count();
    if options.json {
        let problems: Vec<String> = library.problems.iter().map(music::problem_words).collect();
        let object = serde_json::json!({ "tracks": tracks, "untagged": untagged, "problems": problems });
        say::line(&say::json(&object)?);
    } else {
        say::line(&format!("{tracks} tracks, {untagged} of them without tags"));
    }
    Ok(if problems > 0 { Exit::Partly } else { Exit::Done })
}
