//! `tonearm man`: takes nothing; gives the manual, a page a command, from the tables that the program itself reads: the
//! command line, the verbs, the keys, the settings, the exit codes.
//! Never says by hand what a table knows.

mod sections;

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;
use clap_mangen::Man;

use super::exit::Exit;
use super::{remote, say};
use crate::{paths, sanitise};

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The command whose page it is; without it the page of tonearm itself.
    command: Option<String>,
    /// Write all pages into this folder: tonearm.1, tonearm-play.1 and so on.
    #[arg(short, long, value_name = "DIR", conflicts_with = "command")]
    output: Option<PathBuf>,
}

pub(super) fn run(options: &Options, quiet: bool) -> anyhow::Result<Exit> {
    let pages = pages()?;
    if let Some(folder) = &options.output {
        write(&pages, folder)?;
        if !quiet {
            say::aside(&format!("{} pages in {}", pages.len(), sanitise::path(folder)));
        }
        return Ok(Exit::Done);
    }
    let name = match &options.command {
        Some(command) => format!("tonearm-{command}.1"),
        None => "tonearm.1".into(),
    };
    let Some(page) = pages.iter().find(|page| page.name == name) else {
        anyhow::bail!("there is no command `{}`", options.command.as_deref().unwrap_or_default());
    };
    if !(std::io::stdout().is_terminal() && read(&page.text)) {
        say::data(&page.text);
    }
    Ok(Exit::Done)
}

/// How the program is called, a form a line.
const FORMS: &str = "tonearm [OPTIONS] INPUT...\ntonearm [OPTIONS] COMMAND [ARGUMENT]...";

/// A page of the manual.
struct Page {
    /// Its file's name.
    name: String,
    /// Its text, in the language of man(7).
    text: String,
}

fn pages() -> anyhow::Result<Vec<Page>> {
    let mut all = super::command().disable_help_subcommand(true).override_usage(FORMS);
    all.build();
    let mut pages = vec![page(&all, |man, text| {
        man.render_options_section(text)?;
        text.extend(sections::of_program(&all).into_bytes());
        Ok(())
    })?];
    for command in all.get_subcommands() {
        let name = command.get_name();
        let more = sections::of_command(name, remote::is_verb(name));
        pages.push(page(command, |man, text| {
            man.render_options_section(text)?;
            text.extend(more.into_bytes());
            Ok(())
        })?);
    }
    Ok(pages)
}

fn page(
    command: &clap::Command,
    rest: impl FnOnce(&Man, &mut Vec<u8>) -> std::io::Result<()>,
) -> anyhow::Result<Page> {
    let title = command.get_display_name().unwrap_or(command.get_name()).to_uppercase();
    let version = concat!("tonearm ", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone()).title(title).source(version).manual("tonearm");
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    rest(&man, &mut text)?;
    Ok(Page { name: man.get_filename(), text: in_bold(&String::from_utf8_lossy(&text)) })
}

/// Words in backticks, as help has them, become bold.
fn in_bold(text: &str) -> String {
    let line = |line: &str| {
        let ticks = line.matches('`').count();
        if ticks == 0 || ticks % 2 == 1 || line.contains("\\fB") {
            return line.to_owned();
        }
        let parts = line.split('`').enumerate();
        parts
            .map(|(at, part)| if at % 2 == 1 { format!("\\fB{part}\\fR") } else { part.to_owned() })
            .collect()
    };
    text.lines().map(|text| line(text) + "\n").collect()
}

fn write(pages: &[Page], folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    for page in pages {
        paths::write_whole(&folder.join(&page.name), page.text.as_bytes())?;
    }
    Ok(())
}

/// Has `man` show a page at the terminal; false where it cannot.
fn read(page: &str) -> bool {
    let man = Command::new("man").args(["-l", "-"]).stdin(Stdio::piped()).stderr(Stdio::null()).spawn();
    let Ok(mut man) = man else { return false };
    let written = man.stdin.take().is_some_and(|mut to| to.write_all(page.as_bytes()).is_ok());
    let ended = man.wait().is_ok_and(|status| status.success());
    written && ended
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::config::SETTINGS;
    use crate::control::VERBS;

    fn named(name: &str) -> String {
        pages().unwrap().into_iter().find(|page| page.name == name).unwrap().text
    }

    /// Text as roff has it: a hyphen that is one.
    fn roff(text: &str) -> String {
        text.replace('-', "\\-")
    }

    #[test]
    fn there_is_a_page_for_every_command_and_verb() {
        let names: Vec<String> = pages().unwrap().into_iter().map(|page| page.name).collect();
        for name in ["tonearm.1", "tonearm-play.1", "tonearm-man.1", "tonearm-config.1"] {
            assert!(names.iter().any(|known| known == name), "{name}");
        }
        for verb in VERBS {
            assert!(names.contains(&format!("tonearm-{}.1", verb.name)), "{}", verb.name);
        }
    }

    #[test]
    fn the_page_of_the_program_says_what_the_tables_say() {
        let page = named("tonearm.1");
        for heading in
            ["COMMANDS", "KEYS", "CONFIGURATION", "ENVIRONMENT", "FILES", "EXIT STATUS", "SEE ALSO"]
        {
            assert!(
                page.contains(&format!(".SH {heading}")) || page.contains(&format!(".SH \"{heading}\"")),
                "{heading}"
            );
        }
        for setting in SETTINGS {
            assert!(page.contains(&format!("\\fB{}\\fR", setting.name)), "{}", setting.name);
        }
        for (exit, words) in super::super::exit::ALL {
            assert!(page.contains(&format!("\\fB{}\\fR", exit.code())) && page.contains(words), "{words}");
        }
        for verb in VERBS {
            assert!(page.contains(&roff(&format!("tonearm-{}", verb.name))), "{}", verb.name);
        }
    }

    #[test]
    fn words_in_backticks_are_bold() {
        assert_eq!(in_bold("say `tonearm play` or `stop`\n"), "say \\fBtonearm play\\fR or \\fBstop\\fR\n");
        assert_eq!(in_bold("one ` alone\n"), "one ` alone\n");
    }
}
