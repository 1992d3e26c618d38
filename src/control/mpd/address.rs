//! Takes where to listen, `[HOST:]PORT` or the path of a socket; gives listeners there, and the connections that come.
//! Without a host only this machine reaches it; a socket is its owner's alone.
//! Never reads or writes what clients say.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream, ToSocketAddrs};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// Where MPD clients reach the player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A port, on the host's addresses; without a host on those that only this machine reaches.
    Port(Option<String>, u16),
    /// A socket in the file system.
    Socket(PathBuf),
}

/// It is neither a port nor a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is neither a port, such as 6600, nor HOST:PORT, nor the path of a socket")]
pub struct NoAddress(String);

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        if text.starts_with('/') {
            return Ok(Self::Socket(text.into()));
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (Some(host.trim_start_matches('[').trim_end_matches(']')), port),
            None => (None, text),
        };
        let port = port.parse().ok().filter(|port| *port > 0 && host != Some(""));
        port.map(|port| Self::Port(host.map(str::to_owned), port)).ok_or_else(|| NoAddress(text.to_owned()))
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Port(None, port) => write!(f, "port {port}"),
            Self::Port(Some(host), port) if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Port(Some(host), port) => write!(f, "{host}:{port}"),
            Self::Socket(path) => write!(f, "{}", path.display()),
        }
    }
}

/// Listens; the socket, if it is one, is gone when this is dropped.
#[derive(Debug)]
pub struct Listeners {
    pub(super) listeners: Vec<Listener>,
    socket: Option<PathBuf>,
}

impl Listeners {
    /// Listens there.
    ///
    /// # Errors
    /// When somebody else does already, or the system does not allow it.
    pub fn open(address: &Address) -> io::Result<Self> {
        match address {
            Address::Socket(path) => {
                let listener = own_socket(path)?;
                Ok(Self { listeners: vec![Listener::Unix(listener)], socket: Some(path.clone()) })
            }
            Address::Port(Some(host), port) => Self::at((host.as_str(), *port).to_socket_addrs()?),
            Address::Port(None, port) => {
                // A machine may lack one of the two.
                let loopback = |host: &str| (host, *port).to_socket_addrs();
                Self::at(loopback("127.0.0.1")?.chain(loopback("::1")?))
            }
        }
    }

    fn at(addresses: impl Iterator<Item = std::net::SocketAddr>) -> io::Result<Self> {
        let (mut listeners, mut refused) = (Vec::new(), None);
        for address in addresses {
            match TcpListener::bind(address) {
                Ok(listener) => listeners.push(Listener::Tcp(listener)),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
                Err(error) => refused = Some(error),
            }
        }
        match refused {
            Some(error) if listeners.is_empty() => Err(error),
            _ => Ok(Self { listeners, socket: None }),
        }
    }
}

impl Drop for Listeners {
    fn drop(&mut self) {
        if let Some(socket) = &self.socket {
            let _ = fs::remove_file(socket);
        }
    }
}

/// A socket that only its owner can open, from the moment it has its name. One that a dead process left is replaced.
fn own_socket(path: &Path) -> io::Result<UnixListener> {
    match fs::symlink_metadata(path) {
        Ok(about) => {
            use std::os::unix::fs::FileTypeExt;
            if !about.file_type().is_socket() || UnixStream::connect(path).is_ok() {
                return Err(io::ErrorKind::AddrInUse.into());
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let private = tempfile::Builder::new().prefix(".tonearm-").tempdir_in(folder)?;
    let first = private.path().join("mpd");
    let listener = UnixListener::bind(&first)?;
    fs::set_permissions(&first, fs::Permissions::from_mode(0o600))?;
    fs::rename(&first, path)?;
    Ok(listener)
}

/// One place where clients come.
#[derive(Debug)]
pub(super) enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Listener {
    pub(super) fn set_nonblocking(&self) -> io::Result<()> {
        match self {
            Self::Tcp(listener) => listener.set_nonblocking(true),
            Self::Unix(listener) => listener.set_nonblocking(true),
        }
    }

    pub(super) fn accept(&self) -> io::Result<Stream> {
        Ok(match self {
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept()?;
                stream.set_nonblocking(false)?;
                stream.set_nodelay(true)?;
                Stream::Tcp(stream)
            }
            Self::Unix(listener) => {
                let (stream, _) = listener.accept()?;
                stream.set_nonblocking(false)?;
                Stream::Unix(stream)
            }
        })
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tcp(listener) => listener.as_fd(),
            Self::Unix(listener) => listener.as_fd(),
        }
    }
}

/// A connection.
#[derive(Debug)]
pub(super) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Stream {
    pub(super) fn try_clone(&self) -> io::Result<Self> {
        Ok(match self {
            Self::Tcp(stream) => Self::Tcp(stream.try_clone()?),
            Self::Unix(stream) => Self::Unix(stream.try_clone()?),
        })
    }

    /// How long an answer may find no reader.
    pub(super) fn set_patience(&self, time: Duration) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.set_write_timeout(Some(time)),
            Self::Unix(stream) => stream.set_write_timeout(Some(time)),
        }
    }

    /// Whether it comes through the file system, and so from this machine.
    pub(super) fn is_local(&self) -> bool {
        matches!(self, Self::Unix(_))
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tcp(stream) => stream.as_fd(),
            Self::Unix(stream) => stream.as_fd(),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(buffer),
            Self::Unix(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write(bytes),
            Self::Unix(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn addresses_are_ports_hosts_or_paths() {
        let port = |host: Option<&str>, port| Ok(Address::Port(host.map(str::to_owned), port));
        for (text, address) in [
            ("6600", port(None, 6600)),
            ("0.0.0.0:6600", port(Some("0.0.0.0"), 6600)),
            ("[::]:6601", port(Some("::"), 6601)),
            ("kitchen:6600", port(Some("kitchen"), 6600)),
            ("/run/user/1/mpd", Ok(Address::Socket("/run/user/1/mpd".into()))),
        ] {
            assert_eq!(text.parse(), address, "{text}");
        }
        for text in ["", "x", "0", ":6600", "host:", "70000", "host:x", "mpd.sock"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_socket_is_its_owners_and_a_dead_one_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mpd.sock");
        let address = Address::Socket(path.clone());
        drop(UnixListener::bind(&path).unwrap());
        let listening = Listeners::open(&address).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Listeners::open(&address).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        drop(listening);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        fs::write(&path, "a file of somebody's").unwrap();
        assert!(Listeners::open(&address).is_err());
        assert!(path.exists());
    }

    #[test]
    fn without_a_host_only_this_machine_reaches_it() {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let listening = Listeners::open(&Address::Port(None, free)).unwrap();
        for listener in &listening.listeners {
            let Listener::Tcp(listener) = listener else { panic!("a port") };
            assert!(listener.local_addr().unwrap().ip().is_loopback());
        }
    }
}
