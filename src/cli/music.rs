//! Takes the `--music` options; gives the library, up to date, with a progress bar when it takes long.
//! Never hides what could not be read: that is said once, on standard error.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};

use super::{say, settings};
use crate::library::{self, Library, Problem, ProblemKind, Progress, ScanError};
use crate::paths::{Environment, Paths};
use crate::playlist::Index;
use crate::sanitise;

/// A scan that takes longer than this shows a bar.
const PATIENCE: Duration = Duration::from_millis(500);

#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct MusicOptions {
    /// A folder with your music; may be given several times. Without it: those of the settings, else your system's music folder.
    #[arg(long = "music", value_name = "DIR")]
    pub(super) music: Vec<PathBuf>,
}

impl MusicOptions {
    fn folders(&self, paths: &Paths) -> anyhow::Result<Vec<PathBuf>> {
        if !self.music.is_empty() {
            return Ok(self.music.clone());
        }
        let config = settings::config()?;
        if !config.music().is_empty() {
            return Ok(config.music().to_vec());
        }
        let folder = paths.music_folder().context("there is no music folder: say --music DIR")?;
        Ok(vec![folder.to_owned()])
    }

    /// Those of the folders that are not there, or in which there is nothing: what was in them is away.
    pub(super) fn bare(&self) -> Vec<PathBuf> {
        let folders = Paths::new(&Environment::of_process()).ok().and_then(|paths| self.folders(&paths).ok());
        let folders =
            folders.unwrap_or_default().into_iter().filter_map(|folder| std::path::absolute(folder).ok());
        folders
            .filter(|folder| std::fs::read_dir(folder).map_or(true, |mut inside| inside.next().is_none()))
            .collect()
    }
}

/// The library of the music folders with the index of its names.
pub(super) struct Music {
    pub(super) library: Library,
    pub(super) index: Index,
}

/// The music of the folders, brought up to date by a look at every file.
pub(super) fn whole(options: &MusicOptions, quiet: bool) -> anyhow::Result<Music> {
    let paths = Paths::new(&Environment::of_process())?;
    let library = scan(&options.folders(&paths)?, &paths, quiet, Look::Files)?;
    named(library, &paths, quiet)
}

/// The music of the folders, brought up to date as far as the folders themselves tell.
pub(super) fn music(options: &MusicOptions, quiet: bool) -> anyhow::Result<Music> {
    let paths = Paths::new(&Environment::of_process())?;
    let library = scan(&options.folders(&paths)?, &paths, quiet, Look::Folders)?;
    named(library, &paths, quiet)
}

/// The library of the folders without its names, as far as the folders themselves tell. Says nothing.
pub(super) fn library(options: &MusicOptions) -> anyhow::Result<Library> {
    let paths = Paths::new(&Environment::of_process())?;
    scan(&options.folders(&paths)?, &paths, true, Look::Folders)
}

/// The same by a look at every file.
#[cfg(unix)]
pub(super) fn whole_library(options: &MusicOptions) -> anyhow::Result<Library> {
    let paths = Paths::new(&Environment::of_process())?;
    scan(&options.folders(&paths)?, &paths, true, Look::Files)
}

fn named(library: Library, paths: &Paths, quiet: bool) -> anyhow::Result<Music> {
    let index = paths.library_index();
    let (index, error) = Index::of_library(&library, index.parent().unwrap_or(Path::new("")));
    // Where neither index can be kept, that was said already.
    let told = library.problems.iter().any(|problem| matches!(problem.kind, ProblemKind::Index(_)));
    if let Some(error) = error.filter(|_| !quiet && !told) {
        say::problem(&format!("the index of names cannot be kept: {}", sanitise::line(&error.to_string())));
    }
    Ok(Music { library, index })
}

/// The tracks of folders that were named as something to play.
pub(super) fn of_folder(folder: PathBuf, quiet: bool) -> anyhow::Result<Library> {
    let paths = Paths::new(&Environment::of_process())?;
    scan(&[folder], &paths, quiet, Look::Folders)
}

/// How closely to look for what has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Files,
    Folders,
}

fn scan(folders: &[PathBuf], paths: &Paths, quiet: bool, look: Look) -> anyhow::Result<Library> {
    let mut bar = Bar::new(!quiet && std::io::stderr().is_terminal());
    let (index, show) = (paths.library_index(), |progress| bar.show(progress));
    let library = match look {
        Look::Files => library::scan(folders, &index, show),
        Look::Folders => library::open(folders, &index, show),
    };
    bar.finish();
    let library = library.map_err(|error| match error {
        ScanError::Missing { .. } => anyhow::anyhow!("{error}: say --music DIR"),
        other => other.into(),
    })?;
    if !quiet {
        for root in &library.away_roots {
            say::problem(&format!(
                "the music folder {} is away; what was in it is remembered",
                sanitise::path(root)
            ));
        }
        for problem in &library.problems {
            say::problem(&problem_words(problem));
        }
    }
    Ok(library)
}

/// Keeps the index of `library` up to date until what it gives is dropped, while music plays, and gives each time the
/// library as it has changed. That is done without if the system does not let it be done: the next listing finds what has changed.
#[cfg(target_os = "linux")]
pub(super) fn watch(library: Library, say: impl Fn(&Library) + Send + 'static) -> Option<library::Watch> {
    let paths = Paths::new(&Environment::of_process()).ok()?;
    let changed = move |library: &Library| {
        tracing::debug!(tracks = library.len(), "the music folders have changed");
        say(library);
    };
    match library::Watch::start(&library, paths.library_index(), changed) {
        Ok(watch) => Some(watch),
        Err(error) => {
            tracing::info!(%error, "the music folders are not watched");
            None
        }
    }
}

/// Nothing is watched on other systems: the next listing finds what has changed.
#[cfg(not(target_os = "linux"))]
pub(super) fn watch(_: Library, _: impl Fn(&Library) + Send + 'static) -> Option<()> {
    None
}

/// A problem in one line that is safe to print.
pub(super) fn problem_words(problem: &Problem) -> String {
    let kind = problem.kind.to_string();
    format!("{} {}", sanitise::path(&problem.path), sanitise::line(&kind))
}

struct Bar {
    wanted: bool,
    start: Instant,
    bar: Option<ProgressBar>,
}

impl Bar {
    fn new(wanted: bool) -> Self {
        Self { wanted, start: Instant::now(), bar: None }
    }

    fn show(&mut self, progress: Progress) {
        if !self.wanted
            || progress.to_read.is_none()
            || (self.bar.is_none() && self.start.elapsed() < PATIENCE)
        {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("reading tags {bar:30} {pos}/{len} {eta}");
            let bar = ProgressBar::new(0);
            match style {
                Ok(style) => bar.with_style(style),
                Err(_) => bar, // the template is ours, and is tried by every long scan
            }
        });
        bar.set_length(progress.to_read.unwrap_or(0) as u64);
        bar.set_position(progress.read as u64);
    }

    fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
