//! Takes whether music plays; keeps the machine from falling asleep while it does, the screen may.
//! Asks the desktop (its portal) and, where there is none, the system (logind); where neither is there, nobody.
//! Never holds anything while paused, and never says a word but in the log.

use std::collections::HashMap;

use mpris_server::zbus::{self, Connection, OwnedObjectPath, Variant};

/// What keeps the machine awake.
#[derive(Debug)]
enum Hold {
    /// Until the request is closed.
    Portal(OwnedObjectPath),
    /// Until the file is.
    System(zbus::OwnedFd),
    /// There is nobody to ask.
    Nobody,
}

/// Keeps the machine awake while music plays.
#[derive(Debug)]
pub(super) struct Awake {
    session: Connection,
    hold: Option<Hold>,
}

const PORTAL: &str = "org.freedesktop.portal.Desktop";
const SYSTEM: &str = "org.freedesktop.login1";
const REASON: &str = "music is playing";

/// Of the portal's flags: the machine is not to be suspended.
const SUSPEND: u32 = 4;

impl Awake {
    pub(super) fn new(session: Connection) -> Self {
        Self { session, hold: None }
    }

    /// Takes hold, or lets go.
    pub(super) async fn follow(&mut self, plays: bool) {
        match (plays, self.hold.take()) {
            (true, None) => self.hold = Some(self.take().await),
            (true, held) => self.hold = held,
            (false, Some(Hold::Portal(request))) => {
                let request = request.as_ref();
                let closed = self.session.call_method(
                    Some(PORTAL),
                    request,
                    Some("org.freedesktop.portal.Request"),
                    "Close",
                    &(),
                );
                if let Err(error) = closed.await {
                    tracing::debug!("the portal: {error}");
                }
            }
            (false, Some(Hold::System(file))) => drop(file), // which closes it
            (false, Some(Hold::Nobody) | None) => {}
        }
    }

    async fn take(&self) -> Hold {
        match self.portal().await {
            Ok(request) => return Hold::Portal(request),
            Err(error) => tracing::debug!("the portal keeps nothing awake: {error}"),
        }
        match logind().await {
            Ok(file) => Hold::System(file),
            Err(error) => {
                tracing::debug!("logind keeps nothing awake: {error}");
                Hold::Nobody
            }
        }
    }

    async fn portal(&self) -> zbus::Result<OwnedObjectPath> {
        let options = HashMap::from([("reason", Variant::from(REASON))]);
        let path = "/org/freedesktop/portal/desktop";
        let interface = Some("org.freedesktop.portal.Inhibit");
        let answer = self
            .session
            .call_method(Some(PORTAL), path, interface, "Inhibit", &("", SUSPEND, options))
            .await?;
        answer.body().deserialize()
    }
}

/// What `systemd-inhibit --what=idle` does.
async fn logind() -> zbus::Result<zbus::OwnedFd> {
    let system = Connection::system().await?;
    let path = "/org/freedesktop/login1";
    let interface = Some("org.freedesktop.login1.Manager");
    let answer = system
        .call_method(Some(SYSTEM), path, interface, "Inhibit", &("idle", "tonearm", REASON, "block"))
        .await?;
    answer.body().deserialize()
}
