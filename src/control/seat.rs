//! Takes the place of the socket; gives the seat of the one player that listens there, or the news that
//! it is taken. A lock decides, which ends with its process: a socket that was left behind is no hindrance.
//! Never talks over the socket.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use interprocess::local_socket::{
    GenericFilePath, Listener, ListenerOptions, Name, Stream, ToFsName, traits::Stream as _,
};

/// The right to be the player that commands reach, for as long as this lives.
#[derive(Debug)]
pub struct Seat {
    socket: PathBuf,
    /// Where callers come already, though nobody serves them yet.
    open: Option<Listener>,
    _lock: File,
}

impl Seat {
    /// Takes the seat. `None` when another player has it.
    ///
    /// # Errors
    /// When the folder or the lock beside the socket cannot be made.
    pub fn take(socket: &Path) -> io::Result<Option<Self>> {
        if let Some(folder) = socket.parent() {
            make_private(folder)?;
        }
        let lock = File::options().create(true).append(true).open(socket.with_extension("lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { socket: socket.to_owned(), open: None, _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Opens the socket before there is somebody to serve those who call: they wait for it, and what they say is heard
    /// in its order once a [`Server`](super::Server) has the seat.
    ///
    /// # Errors
    /// When the socket cannot be made.
    pub fn open(&mut self) -> io::Result<()> {
        self.open = Some(self.listen()?);
        Ok(())
    }

    /// Listens at the socket, which only its owner can open.
    pub(super) fn listen(&mut self) -> io::Result<Listener> {
        if let Some(open) = self.open.take() {
            return Ok(open);
        }
        // Whoever holds the lock is the only player: what lies there is a dead one's.
        match fs::remove_file(&self.socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let options = ListenerOptions::new().name(name(&self.socket)?);
        #[cfg(unix)]
        let options = interprocess::os::unix::local_socket::ListenerOptionsExt::mode(options, 0o600);
        options.create_sync()
    }

    pub(super) fn socket(&self) -> &Path {
        &self.socket
    }
}

/// The other end of the player that runs. `None` when none does.
pub(super) fn connect(socket: &Path) -> io::Result<Option<Stream>> {
    match Stream::connect(name(socket)?) {
        Ok(stream) => Ok(Some(stream)),
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => Ok(None),
            _ => Err(error),
        },
    }
}

fn name(socket: &Path) -> io::Result<Name<'_>> {
    socket.to_fs_name::<GenericFilePath>()
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_player_has_the_seat_and_the_next_gets_it_after() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("run/control.sock");
        let seat = Seat::take(&socket).unwrap().unwrap();
        assert!(Seat::take(&socket).unwrap().is_none());
        drop(seat);
        assert!(Seat::take(&socket).unwrap().is_some());
    }

    #[test]
    fn a_socket_left_behind_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("control.sock");
        assert!(connect(&socket).unwrap().is_none());
        fs::write(&socket, "left").unwrap();
        assert!(connect(&socket).unwrap().is_none());
        let mut seat = Seat::take(&socket).unwrap().unwrap();
        let _listener = seat.listen().unwrap();
        assert!(connect(&socket).unwrap().is_some());
    }

    #[test]
    fn who_calls_before_anybody_serves_is_not_lost() {
        use std::io::{Read, Write};

        use interprocess::local_socket::traits::Listener as _;
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("control.sock");
        let mut seat = Seat::take(&socket).unwrap().unwrap();
        seat.open().unwrap();
        let mut caller = connect(&socket).unwrap().unwrap();
        caller.write_all(b"next").unwrap();
        let mut heard = [0; 4];
        seat.listen().unwrap().accept().unwrap().read_exact(&mut heard).unwrap();
        assert_eq!(&heard, b"next");
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_use_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("run/control.sock");
        let mut seat = Seat::take(&socket).unwrap().unwrap();
        let _listener = seat.listen().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&socket), mode(socket.parent().unwrap())), (0o600, 0o700));
    }
}
