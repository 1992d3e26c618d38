//! Takes what became of a command; gives the exit code that scripts depend on, and one line for people.
//! Never prints anything else.

use super::say;
use crate::playback::output::OutputError;
use crate::sanitise;

/// The exit codes: a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All well.
    Done,
    /// It could not do its job.
    Failed,
    /// Wrong usage.
    Usage,
    /// Done, but something was left out: missing entries, damaged files.
    Partly,
    /// No audio output.
    NoOutput,
    /// Ctrl-C, or a signal that asks to end.
    Interrupted,
}

impl Exit {
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Partly => 3,
            Self::NoOutput => 4,
            Self::Interrupted => 130,
        }
    }
}

/// Says an error in one line and gives its exit code.
pub(crate) fn explain(error: &anyhow::Error) -> Exit {
    // Alternate form: the error and its causes, joined by colons. A listing may have several problems, one a line.
    for line in format!("{error:#}").lines() {
        say::problem(&sanitise::line(line));
    }
    match error.downcast_ref::<OutputError>() {
        Some(OutputError::File { .. }) | None => Exit::Failed,
        Some(_) => {
            say::problem(
                "start a sound server (PulseAudio or PipeWire), see `tonearm devices`, \
                 or play without sound: --output null",
            );
            Exit::NoOutput
        }
    }
}
