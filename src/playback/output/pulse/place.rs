//! Takes the environment; gives the sockets at which a PulseAudio server may listen, in libpulse's order, and the cookie
//! that it wants to see. Never connects, never asks for a server on another machine.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

/// The sockets to try, the first that answers.
pub(super) fn sockets() -> Vec<PathBuf> {
    sockets_of(|name| std::env::var_os(name).filter(|value| !value.is_empty()))
}

fn sockets_of(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    if let Some(servers) = variable("PULSE_SERVER") {
        // Several, with spaces between; each may begin with the machine it is meant for: `{id}unix:/path`.
        return servers.to_string_lossy().split_whitespace().filter_map(socket).collect();
    }
    let own = variable("PULSE_RUNTIME_PATH").map(|folder| PathBuf::from(folder).join("native"));
    let user = variable("XDG_RUNTIME_DIR").map(|folder| PathBuf::from(folder).join("pulse/native"));
    own.into_iter().chain(user).collect()
}

fn socket(server: &str) -> Option<PathBuf> {
    let server = match server.strip_prefix('{') {
        Some(rest) => rest.split_once('}')?.1,
        None => server,
    };
    let path = server.strip_prefix("unix:").unwrap_or(server);
    path.starts_with('/').then(|| path.into())
}

/// The cookie, empty where there is none.
pub(super) fn cookie() -> Vec<u8> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = variable("HOME");
    let in_home = |name: &str| home.as_ref().map(|home| home.join(name));
    let places = [variable("PULSE_COOKIE"), in_home(".config/pulse/cookie"), in_home(".pulse-cookie")];
    places.into_iter().flatten().find_map(|place| fs::read(place).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Vec<PathBuf> {
        sockets_of(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn the_named_server_comes_before_the_users_own() {
        let user = ("XDG_RUNTIME_DIR", "/run/user/7");
        assert_eq!(found(&[user]), [PathBuf::from("/run/user/7/pulse/native")]);
        assert_eq!(
            found(&[user, ("PULSE_RUNTIME_PATH", "/run/pulse")]),
            [PathBuf::from("/run/pulse/native"), PathBuf::from("/run/user/7/pulse/native")]
        );
        assert_eq!(found(&[user, ("PULSE_SERVER", "unix:/tmp/a")]), [PathBuf::from("/tmp/a")]);
        assert_eq!(found(&[]), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_server_may_name_its_machine_and_others_follow() {
        let servers = "{0123abc}unix:/tmp/a tcp:elsewhere:4713 /tmp/b";
        assert_eq!(found(&[("PULSE_SERVER", servers)]), [PathBuf::from("/tmp/a"), PathBuf::from("/tmp/b")]);
    }
}
