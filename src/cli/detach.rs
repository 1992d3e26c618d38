//! Takes `--detach`; gives the same command in the background, once it plays or has said why it does not.
//! Never leaves a player behind that nobody can hear of: its words reach the terminal until it plays.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::Context;

use super::exit::Exit;
use super::say;

/// Set for the process in the background.
const MARK: &str = "TONEARM_DETACHED";
/// What that process says when it plays. No line of data begins so.
const READY: &str = "\u{1}it plays";

/// Whether this is the process in the background.
pub(super) fn is_behind() -> bool {
    std::env::var_os(MARK).as_deref() == Some(OsStr::new("1"))
}

/// Starts the same command in the background; comes back when it plays, or has ended.
pub(super) fn start(listing_from_stdin: bool, quiet: bool) -> anyhow::Result<Exit> {
    let program = std::env::current_exe().context("this program does not find itself")?;
    let mut child = Command::new(program)
        .args(std::env::args_os().skip(1))
        .env(MARK, "1")
        .stdin(if listing_from_stdin { Stdio::inherit() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("the player cannot be started in the background")?;
    let errors = child.stderr.take();
    let passing = std::thread::spawn(move || pass_on(errors));
    let mut plays = false;
    for line in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
        let line = line?;
        plays = line == READY;
        if plays {
            break;
        }
        say::line(&line);
    }
    let _ = passing.join(); // until it plays, or has ended
    if plays {
        if !quiet {
            say::aside(&format!("plays in the background, process {}; see `tonearm status`", child.id()));
        }
        return Ok(Exit::Done);
    }
    Ok(child.wait()?.code().map_or(Exit::Failed, Exit::of_code))
}

fn pass_on(errors: Option<impl io::Read>) {
    let lines = errors.into_iter().flat_map(|errors| BufReader::new(errors).lines());
    lines.map_while(Result::ok).for_each(|line| say::aside(&line));
}

/// Leaves the terminal: its signals and its end are no concern of the process in the background.
#[cfg(unix)]
pub(super) fn leave_terminal() {
    // Only the leader of a session cannot open another, and that has no terminal above it.
    let _ = rustix::process::setsid();
}

/// Tells whoever waits that it plays, and says nothing from then on.
#[cfg(unix)]
pub(super) fn tell_ready() {
    say::line(READY);
    let nothing = std::fs::File::options().read(true).write(true).open("/dev/null");
    if let Ok(nothing) = nothing {
        let _ = rustix::stdio::dup2_stdin(&nothing);
        let _ = rustix::stdio::dup2_stdout(&nothing);
        let _ = rustix::stdio::dup2_stderr(&nothing);
    }
}
