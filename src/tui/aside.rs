//! Takes what is written to standard error while the screen is up, where both are the same terminal; gives it line by line,
//! to be shown as messages. Else a library's warning would tear the picture.
//! Never takes it where it goes to a file.

#[cfg(unix)]
pub(super) use unix::{give_back, take};

#[cfg(unix)]
mod unix {
    use std::io::{self, BufRead, BufReader, IsTerminal, Read};
    use std::os::fd::{AsFd, OwnedFd};
    use std::sync::Mutex;

    /// Standard error as it was.
    static SAVED: Mutex<Option<OwnedFd>> = Mutex::new(None);

    /// The longest line that is taken as one, in bytes.
    const LINE: u64 = 4096;

    /// Hands what is written there to `say`, from a thread, until [`give_back`].
    pub(in crate::tui) fn take(say: impl Fn(String) + Send + 'static) -> io::Result<()> {
        if !io::stderr().is_terminal() {
            return Ok(());
        }
        let (reader, writer) = io::pipe()?;
        let saved = io::stderr().as_fd().try_clone_to_owned()?;
        let Ok(mut place) = SAVED.lock() else { return Ok(()) };
        std::thread::Builder::new().name("words".into()).spawn(move || {
            let mut lines = BufReader::new(reader);
            let mut line = Vec::new();
            while lines.by_ref().take(LINE).read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
                say(String::from_utf8_lossy(&line).into_owned());
                line.clear();
            }
        })?;
        rustix::stdio::dup2_stderr(&writer)?;
        *place = Some(saved);
        Ok(())
    }

    /// Standard error goes where it went before.
    pub(in crate::tui) fn give_back() {
        // Not waited for: a panic may come while it is held.
        if let Ok(mut place) = SAVED.try_lock()
            && let Some(saved) = place.take()
        {
            let _ = rustix::stdio::dup2_stderr(saved);
        }
    }
}

/// Other systems keep it as it is.
#[cfg(not(unix))]
pub(super) fn take(_: impl Fn(String) + Send + 'static) -> std::io::Result<()> {
    Ok(())
}

/// Nothing was taken.
#[cfg(not(unix))]
pub(super) fn give_back() {}
