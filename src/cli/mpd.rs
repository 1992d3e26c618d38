//! Takes `--mpd` and the settings; gives the server for MPD clients what it works with: where to listen, the library,
//! and the matcher for listings that clients load.
//! Never speaks the protocol.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use super::input::{self, InputOptions, PartOptions, VersionsOption};
use super::music::{self, MusicOptions};
use super::resuming;
use super::{say, settings};
use crate::config::Config;
use crate::control::mpd::{Address, Backing, Board, Found, Listeners, Look, Server};
use crate::library::Library;
use crate::paths::{Environment, Paths};
use crate::player::Remote;
use crate::sanitise;

#[derive(Debug, Clone, clap::Args)]
pub(super) struct MpdOption {
    /// Let MPD clients steer the player: those of this machine at a port, of others at HOST:PORT (such as
    /// 0.0.0.0:6600), or at the path of a socket. Without an INPUT nothing plays until one of them says so.
    #[arg(long, value_name = "[HOST:]PORT|SOCKET")]
    mpd: Option<Address>,
}

impl MpdOption {
    /// Whether it was asked for on the command line.
    pub(super) fn is_given(&self) -> bool {
        self.mpd.is_some()
    }

    /// Listens where the command line or the settings say, if they do.
    ///
    /// # Errors
    /// When it was asked for on the command line and cannot be.
    pub(super) fn listen(&self) -> anyhow::Result<Option<Reach>> {
        let paths = Paths::new(&Environment::of_process())?;
        let config = settings::config()?;
        let set = config.mpd().map(str::parse).transpose().context("`mpd` in the settings")?;
        let Some(address) = self.mpd.clone().or(set) else { return Ok(None) };
        let shown = sanitise::line(&address.to_string()).into_owned();
        let listeners =
            Listeners::open(&address).with_context(|| format!("no MPD client can be heard at {shown}"));
        match listeners {
            Ok(listeners) => Ok(Some(Reach { listeners, config, paths, board: Arc::default() })),
            Err(error) if self.mpd.is_some() => Err(error),
            Err(error) => {
                say::problem(&format!("{error:#}"));
                Ok(None)
            }
        }
    }
}

/// Where clients come, before there is a player.
pub(super) struct Reach {
    listeners: Listeners,
    config: Config,
    paths: Paths,
    board: Arc<Board>,
}

impl Reach {
    /// Where changes are written down.
    pub(super) fn board(&self) -> Arc<Board> {
        Arc::clone(&self.board)
    }

    /// Serves the clients of a player. Without them the music plays all the same.
    pub(super) fn serve(self, remote: Remote, music: &MusicOptions) -> Option<Server> {
        let (of_library, of_listings) = (music.clone(), music.clone());
        let backing = Backing {
            password: self.config.mpd_password().map(str::to_owned),
            open: Box::new(move |look| open(&of_library, look).map_err(|error| words(&error))),
            find: Box::new(move |path| find(&of_listings, path).map_err(|error| words(&error))),
            listings: self.config.listings().to_vec(),
            saved: self.paths.playlists_dir(),
            stickers: self.paths.stickers_file(),
        };
        Server::start(self.listeners, backing, remote, self.board)
            .inspect_err(|error| say::problem(&format!("no MPD client can be served: {error}")))
            .ok()
    }
}

fn words(error: &anyhow::Error) -> String {
    sanitise::line(&format!("{error:#}")).into_owned()
}

fn open(music: &MusicOptions, look: Look) -> anyhow::Result<Library> {
    match look {
        Look::Folders => music::library(music),
        Look::Files => music::whole_library(music),
    }
}

/// Finds the files of a listing as `play` does; what is not sure enough is missing.
fn find(music: &MusicOptions, path: &Path) -> anyhow::Result<Found> {
    let options = InputOptions {
        inputs: vec![path.to_owned()],
        music: music.clone(),
        strict: false,
        part: PartOptions::default(),
        versions: VersionsOption::default(),
    };
    let program = input::read(&options, None, true)?;
    Ok(Found { items: program.rows.iter().filter_map(resuming::item).collect(), missing: program.left_out() })
}
