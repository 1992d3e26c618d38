//! `tonearm match`: takes a listing; gives which file each entry gets, how sure, and why, as a table
//! or as the JSON object that scripts depend on. Never plays.

use std::io::IsTerminal;

use serde::Serialize;

use super::exit::Exit;
use super::input::{Program, ReportOptions, Row};
use super::pins;
use super::say;
use super::show::{self, Style};

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    report: ReportOptions,
    /// Show what would be remembered anew about pinned files that were moved or re-tagged; write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(options: &Options, quiet: bool) -> anyhow::Result<Exit> {
    let program = options.report.read(quiet)?;
    if options.report.json {
        say::line(&say::json(&Object::of(&program))?);
    } else {
        say::data(&show::table(&program, Style::of(std::io::stdout().is_terminal())));
    }
    if options.dry_run {
        let tell = if options.report.json { say::aside } else { say::line };
        pins::would_keep(&program).iter().for_each(|line| tell(line));
    } else {
        pins::keep(&program)?;
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
    /// The part of the file, where it is not the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<PartObject>,
    reasons: Vec<String>,
    candidates: Vec<CandidateObject>,
}

/// In seconds; without `to` up to the file's end.
#[derive(Serialize)]
struct PartObject {
    from: f64,
    to: Option<f64>,
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
            part: row.span.map(|span| PartObject {
                from: span.from().time().as_secs_f64(),
                to: span.to().map(|to| to.time().as_secs_f64()),
            }),
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
