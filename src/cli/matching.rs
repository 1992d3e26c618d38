//! `tonearm match`: takes a listing; gives which file each entry gets, how sure, and why, as a table
//! or as the JSON object that scripts depend on. Never plays.

use std::io::IsTerminal;

use serde::Serialize;

use super::exit::Exit;
use super::input::{self, FormatOption, InputOptions, Program, Row};
use super::say;
use super::show::{self, Style};

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    format: FormatOption,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options, quiet: bool) -> anyhow::Result<Exit> {
    let program = input::read(&options.input, &options.format, quiet)?;
    if options.json {
        say::line(&say::json(&Object::of(&program))?);
    } else {
        say::data(&show::table(&program, Style::of(std::io::stdout().is_terminal())));
    }
    if program.rows.is_empty() {
        anyhow::bail!("{}", program.nothing_to_play().unwrap_or_default());
    }
    Ok(if program.is_whole() { Exit::Done } else { Exit::Partly })
}

/// The object of `--json`. Paths that are not UTF-8 show U+FFFD.
#[derive(Serialize)]
struct Object<'a> {
    title: Option<&'a str>,
    entries: Vec<EntryObject<'a>>,
    unread: Vec<UnreadObject<'a>>,
}

#[derive(Serialize)]
struct EntryObject<'a> {
    number: usize,
    text: &'a str,
    artist: Option<&'a str>,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    section: Option<&'a str>,
    status: String,
    confidence: f64,
    file: Option<String>,
    reasons: Vec<String>,
    candidates: Vec<CandidateObject>,
}

#[derive(Serialize)]
struct CandidateObject {
    file: String,
    confidence: f64,
}

#[derive(Serialize)]
struct UnreadObject<'a> {
    line: usize,
    text: &'a str,
}

impl<'a> Object<'a> {
    fn of(program: &'a Program) -> Self {
        Self {
            title: program.title.as_deref(),
            entries: program.rows.iter().map(EntryObject::of).collect(),
            unread: program.unread.iter().map(|u| UnreadObject { line: u.line, text: &u.text }).collect(),
        }
    }
}

impl<'a> EntryObject<'a> {
    fn of(row: &'a Row) -> Self {
        Self {
            number: row.number,
            text: &row.text,
            artist: row.artist.as_deref(),
            title: &row.title,
            section: row.section.as_deref(),
            status: row.status.map_or_else(|| "sure".into(), |status| status.to_string()),
            confidence: rounded(row.confidence),
            file: row.file.as_ref().map(|file| file.to_string_lossy().into_owned()),
            reasons: row.reasons.iter().map(ToString::to_string).collect(),
            candidates: row
                .candidates
                .iter()
                .map(|(file, confidence)| CandidateObject {
                    file: file.to_string_lossy().into_owned(),
                    confidence: rounded(*confidence),
                })
                .collect(),
        }
    }
}

/// Four digits: the rest is noise.
fn rounded(confidence: f64) -> f64 {
    (confidence * 10_000.0).round() / 10_000.0
}
