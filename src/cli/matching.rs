//! `tonearm match`: takes a listing; gives which file each entry gets, how sure, and why, as a table,
//! as the whole reckoning of one entry, or as the JSON object that scripts depend on. Never plays.

use std::collections::BTreeMap;
use std::io::IsTerminal;

use anyhow::Context;
use serde::{Serialize, Serializer};

use super::exit::Exit;
use super::input::ReportOptions;
use super::pins;
use super::program::{Program, Row};
use super::reckoning;
use super::say;
use super::show::{self, Style};
use crate::playlist::{EntryMatch, Held};

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    report: ReportOptions,
    /// Show what would be remembered anew about pinned files that were moved or re-tagged; write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print how the answer for entry N came about: every piece of evidence, what it is worth, and what
    /// keeps the answer from being surer.
    #[arg(long, value_name = "N", conflicts_with = "json")]
    why: Option<usize>,
}

pub(super) fn run(options: &Options, quiet: bool) -> anyhow::Result<Exit> {
    let program = options.report.read(quiet)?;
    let style = || Style::of(std::io::stdout().is_terminal());
    if options.report.json {
        say::line(&say::json(&Object::of(&program))?);
    } else if let Some(number) = options.why {
        let row = number.checked_sub(1).and_then(|at| program.rows.get(at));
        let row = row.with_context(|| format!("there is no entry {number} among {}", program.rows.len()))?;
        say::data(&reckoning::of(&program, row, style()));
    } else {
        say::data(&show::table(&program, style()));
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
    #[serde(serialize_with = "entries")]
    entries: &'a [Row],
    unread: Vec<UnreadObject<'a>>,
}

#[derive(Serialize)]
struct EntryObject<'a> {
    number: usize,
    /// The line as it stands in the listing, with its markup where a page has the entry on a line of its own.
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
    /// In nats; the confidence is read off it.
    margin: Option<f64>,
    /// What keeps the answer from being surer.
    doubts: Vec<String>,
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
    /// In nats, by what it is about.
    evidence: BTreeMap<String, f64>,
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
            entries: &program.rows,
            unread: program.unread.iter().map(|u| UnreadObject { line: u.line, text: &u.text }).collect(),
        }
    }
}

/// One after the other: all at once would take more memory than was taken to find them.
fn entries<S: Serializer>(rows: &[Row], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(rows.iter().map(EntryObject::of))
}

impl<'a> EntryObject<'a> {
    fn of(row: &'a Row) -> Self {
        Self {
            number: row.number,
            text: row.found.as_ref().and_then(|found| found.markup.as_deref()).unwrap_or(&row.text),
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
            margin: row.found.as_ref().and_then(|found| found.margin).map(rounded),
            doubts: row.found.iter().flat_map(|found| doubts(found)).collect(),
            candidates: candidates(row),
        }
    }
}

fn doubts(found: &EntryMatch) -> impl Iterator<Item = String> {
    found.guards.iter().filter(|(_, held)| *held != Held::Yes).map(|(guard, _)| guard.to_string())
}

fn candidates(row: &Row) -> Vec<CandidateObject> {
    let evidence = |at: usize| {
        let weighed = row.found.as_ref().and_then(|found| found.candidates.get(at));
        weighed
            .iter()
            .flat_map(|c| &c.evidence)
            .map(|(piece, nats)| (piece.to_string(), rounded(*nats)))
            .collect()
    };
    let object = |(at, (file, confidence)): (usize, &(std::path::PathBuf, f64))| CandidateObject {
        file: file.to_string_lossy().into_owned(),
        confidence: rounded(*confidence),
        evidence: evidence(at),
    };
    row.candidates.iter().enumerate().map(object).collect()
}

/// Four digits: the rest is noise.
fn rounded(confidence: f64) -> f64 {
    (confidence * 10_000.0).round() / 10_000.0
}
