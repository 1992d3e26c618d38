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

/// Every exit code, and what it means, as the manual has it.
pub(crate) const ALL: [(Exit, &str); 6] = [
    (Exit::Done, "All well."),
    (Exit::Failed, "It could not do its job."),
    (Exit::Usage, "Wrong usage."),
    (Exit::Partly, "Done, but something was left out or is wrong: entries without a file, damaged files."),
    (Exit::NoOutput, "No audio output."),
    (Exit::Interrupted, "Interrupted."),
];

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

impl Exit {
    /// What another tonearm ended with.
    #[cfg(unix)]
    pub(crate) fn of_code(code: i32) -> Self {
        let known = ALL.into_iter().map(|(exit, _)| exit).find(|exit| i32::from(exit.code()) == code);
        known.unwrap_or(Self::Failed)
    }
}

/// The error and its causes, joined by colons. Some errors name their cause themselves: not twice.
fn with_causes(error: &anyhow::Error) -> String {
    let mut words = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if words.is_empty() {
            words = cause;
        } else if !words.contains(&cause) {
            words = format!("{words}: {cause}");
        }
    }
    words
}

/// Says an error in one line and gives its exit code.
pub(crate) fn explain(error: &anyhow::Error) -> Exit {
    // A listing may have several problems, one a line.
    for line in with_causes(error).lines() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cause_is_said_twice() {
        let cause = std::io::Error::other("the disk is full");
        let error = OutputError::File { path: "out.wav".into(), cause };
        let error = anyhow::Error::new(error).context("nothing was rendered");
        assert_eq!(with_causes(&error), "nothing was rendered: out.wav cannot be written: the disk is full");
    }
}
