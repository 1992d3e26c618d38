//! Takes what desktops say over the session bus (media keys, applets, `playerctl`); gives the player its
//! commands, and tells the bus how it stands: MPRIS 2.2, with the track list. While music plays, the machine is
//! asked not to fall asleep.
//! Never starts anything where there is no session bus; never decides what plays.
//!
//! `face` answers the bus, `news` tells it what has changed, `metadata` has what is said of a track, `awake`
//! keeps the machine awake.

mod awake;
mod face;
mod metadata;
mod news;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;
use std::thread::JoinHandle;

use mpris_server::{Server, zbus};

use super::hub::Hub;
use super::picture::Picture;
use crate::player::Remote;
use awake::Awake;
use face::Face;
use news::News;

/// Stands on the session bus until the hub closes.
#[derive(Debug)]
pub struct Mpris {
    thread: JoinHandle<()>,
}

impl Mpris {
    /// Stands on the session bus as `org.mpris.MediaPlayer2.tonearm`, or behind another instance with a number.
    /// Pictures that files carry are laid down in `pictures`. `None` where there is no bus: nothing was started.
    pub fn start(remote: &Remote, hub: &Arc<Hub>, pictures: PathBuf) -> Option<Self> {
        if !has_bus() {
            tracing::debug!("there is no session bus");
            return None;
        }
        let happenings = hub.listen(Picture::of(&remote.status()));
        let remote = remote.clone();
        let run = move || {
            let face = Face::new(remote.clone(), pictures);
            let server = match zbus::block_on(serve(face)) {
                Ok(server) => server,
                Err(error) => return tracing::warn!("no desktop can reach this player: {error}"),
            };
            let mut awake = Awake::new(server.connection().clone());
            let mut news = News::new(&remote);
            loop {
                let heard = match news.looks_again() {
                    Some(time) => happenings.recv_timeout(time),
                    None => happenings.recv().map_err(|_| RecvTimeoutError::Disconnected),
                };
                match heard {
                    Ok(happening) => {
                        zbus::block_on(news.tell(&server, &happening));
                        zbus::block_on(awake.follow(happening.status.plays()));
                    }
                    Err(RecvTimeoutError::Timeout) => zbus::block_on(news.look_again(&server)),
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            zbus::block_on(awake.follow(false));
        };
        let thread = std::thread::Builder::new().name("mpris".into()).spawn(run);
        thread
            .inspect_err(|error| tracing::warn!("no thread for the session bus: {error}"))
            .ok()
            .map(|thread| Self { thread })
    }

    /// Whether it still stands there.
    pub fn is_running(&self) -> bool {
        !self.thread.is_finished()
    }
}

/// Under the plain name, unless another tonearm has it: asked first, for the bus would give it to the newcomer.
async fn serve(face: Face) -> zbus::Result<Server<Face>> {
    let bus = zbus::Connection::session().await?;
    let bus_name = "org.freedesktop.DBus";
    let name = "org.mpris.MediaPlayer2.tonearm";
    let answer = bus
        .call_method(Some(bus_name), "/org/freedesktop/DBus", Some(bus_name), "NameHasOwner", &(name,))
        .await?;
    let suffix = match answer.body().deserialize()? {
        true => format!("tonearm.instance{}", std::process::id()),
        false => "tonearm".into(),
    };
    Server::new_with_track_list(&suffix, face).await
}

/// Where the address is set, or the socket is where it usually is.
fn has_bus() -> bool {
    let named = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some_and(|address| !address.is_empty());
    named
        || std::env::var_os("XDG_RUNTIME_DIR")
            .is_some_and(|folder| PathBuf::from(folder).join("bus").exists())
}
