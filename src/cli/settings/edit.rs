//! `tonearm config --edit`: takes the settings file, made from the template where there is none; gives it to the owner's
//! editor, and says what is wrong in it afterwards.
//! Never takes back what the owner wrote.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use anyhow::Context;

use super::super::exit::Exit;
use super::super::say;
use crate::config;
use crate::paths::{self, Paths};
use crate::sanitise;

pub(super) fn run(paths: &Paths) -> anyhow::Result<Exit> {
    let file = paths.config_file();
    if !file.exists() {
        paths::write_whole(&file, config::template().as_bytes())?;
        say::aside(&format!("made {}", sanitise::path(&file)));
    }
    let editor = editor(|name| std::env::var_os(name).filter(|value| !value.is_empty()));
    let shown = editor.to_string_lossy().into_owned();
    let status = command(&editor, &file)
        .status()
        .with_context(|| format!("the editor `{shown}` cannot be started: set VISUAL or EDITOR"))?;
    if !status.success() {
        anyhow::bail!(
            "the editor `{shown}` ended with {status}; see whether {} is as it should be",
            file.display()
        );
    }
    super::check(&super::config()?)?;
    Ok(Exit::Done)
}

/// The owner's editor, as other programs find it: VISUAL, EDITOR, else what the system has.
fn editor(variable: impl Fn(&str) -> Option<OsString>) -> OsString {
    let usual = if cfg!(windows) { "notepad" } else { "vi" };
    variable("VISUAL").or_else(|| variable("EDITOR")).unwrap_or_else(|| usual.into())
}

/// The variable may hold words for the editor too (`code --wait`): a shell reads it, as git has it.
#[cfg(unix)]
fn command(editor: &std::ffi::OsStr, file: &Path) -> Command {
    let mut line = editor.to_owned();
    line.push(" \"$@\"");
    let mut command = Command::new("sh");
    command.arg("-c").arg(line).arg("sh").arg(file);
    command
}

#[cfg(not(unix))]
fn command(editor: &std::ffi::OsStr, file: &Path) -> Command {
    let words = editor.to_string_lossy();
    let mut words = words.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or("notepad"));
    command.args(words).arg(file);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_editor_is_the_one_that_was_named() {
        let with = |names: &'static [(&str, &str)]| {
            editor(move |name| names.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into()))
        };
        assert_eq!(with(&[("VISUAL", "code --wait"), ("EDITOR", "ed")]), "code --wait");
        assert_eq!(with(&[("EDITOR", "ed")]), "ed");
        assert!(!with(&[]).is_empty());
    }
}
