//! Takes the environment; gives PulseAudio clients their cookie where no program has made one yet.
//! Servers hang up on a client that sends none, even when they let anybody in; libpulse makes the file at its
//! first connection, cpal's own client does not. Never replaces a cookie, never makes one without a server.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// `PA_NATIVE_COOKIE_LENGTH` of PulseAudio's protocol.
const LENGTH: usize = 256;

/// Makes the cookie if there is a server and no cookie. Failure shows when the connection is refused.
pub(super) fn ensure() {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let Some(home) = variable("HOME").map(PathBuf::from) else { return };
    let places = [home.join(".config/pulse/cookie"), home.join(".pulse-cookie")];
    if variable("PULSE_COOKIE").is_some() || places.iter().any(|place| place.exists()) {
        return;
    }
    let server = variable("PULSE_SERVER");
    let runtime = variable("XDG_RUNTIME_DIR").map(PathBuf::from);
    if has_server(server.as_deref(), runtime.as_deref())
        && let Err(error) = make(&places[0])
    {
        tracing::debug!("no cookie for PulseAudio: {error}");
    }
}

fn has_server(server: Option<&OsStr>, runtime: Option<&Path>) -> bool {
    server.is_some() || runtime.is_some_and(|runtime| runtime.join("pulse/native").exists())
}

/// Random bytes that only the user may read: a server of this user takes the same file for its own.
fn make(place: &Path) -> io::Result<()> {
    let folder = place.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    let mut random = [0; LENGTH];
    File::open("/dev/urandom")?.read_exact(&mut random)?;
    // Readable by the user alone from the start; gone again unless it is whole.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&random)?;
    file.persist_noclobber(place)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_cookie_is_made_once_and_for_the_user_alone() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let place = home.path().join(".config/pulse/cookie");
        make(&place).unwrap();
        let cookie = fs::read(&place).unwrap();
        assert_eq!(cookie.len(), LENGTH);
        assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(make(&place).is_err());
        assert_eq!(fs::read(&place).unwrap(), cookie);
    }

    #[test]
    fn without_a_server_there_is_nothing_to_do() {
        let runtime = tempfile::tempdir().unwrap();
        assert!(!has_server(None, None) && !has_server(None, Some(runtime.path())));
        assert!(has_server(Some(OsStr::new("unix:/run/pulse")), None));
    }
}
