//! Takes the lines and rows of a page; gives each row the heading that it stands under: a side,
//! a work, a film. A heading names a part, or has the same form as another one of the listing; a
//! stray line between two entries is none. Never turns a heading into an entry.

use std::collections::{HashMap, HashSet};

use super::Place;
use super::credit::is_credit;
use super::layout::Row;
use super::line::Line;
use super::number::is_year;
use super::phrase;
use super::prose::is_prose;
use super::sums::is_total;
use super::words::{disc_of, names_part};

/// What a heading says of the rows below it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Section {
    /// As written, without the signs around it.
    pub(super) heading: String,
    pub(super) disc: Option<u32>,
    /// The release, where the heading gives one in quotes or with its year.
    pub(super) album: Option<String>,
    /// Index of the heading's line.
    pub(super) line: usize,
}

/// The section of each row, in the order of the rows.
pub(super) fn sections(lines: &[Line<'_>], rows: &[Row], places: &[Place]) -> Vec<Option<Section>> {
    let candidates: Vec<Option<usize>> =
        (0..rows.len()).map(|index| heading_above(lines, rows, places, index)).collect();
    let mut forms: HashMap<String, HashSet<usize>> = HashMap::new();
    for line in candidates.iter().flatten() {
        forms.entry(form(&lines[*line].text)).or_default().insert(*line);
    }
    let mut current: Option<Section> = None;
    let mut sections = Vec::with_capacity(rows.len());
    for (index, candidate) in candidates.iter().enumerate() {
        if let Some(line) = candidate.filter(|line| is_heading(lines, rows, &forms, index, *line)) {
            current = Some(section(&lines[line].text, line));
        }
        sections.push(current.clone());
    }
    sections
}

/// The nearest line above a row, and below the row before it, that could be a heading.
fn heading_above(lines: &[Line<'_>], rows: &[Row], places: &[Place], index: usize) -> Option<usize> {
    let from = if index == 0 { 0 } else { rows[index - 1].line + 1 };
    // A heading stands near its first row; credits may come between.
    let from = from.max(rows[index].line.saturating_sub(4));
    let could_be = |line: &usize| {
        let text = &lines[*line].text;
        let short = text.split_whitespace().count() <= 10 && text.len() <= 120;
        short
            && places[*line] == Place::Unread
            && !text.contains('\t')
            && !is_credit(text)
            && !is_total(text)
            && !is_prose(text)
    };
    let found: Vec<usize> = (from..rows[index].line).filter(could_be).collect();
    found.iter().copied().find(|line| names_part(&lines[*line].text)).or_else(|| found.last().copied())
}

fn is_heading(
    lines: &[Line<'_>],
    rows: &[Row],
    forms: &HashMap<String, HashSet<usize>>,
    index: usize,
    line: usize,
) -> bool {
    let text = &lines[line].text;
    if names_part(text) {
        return true;
    }
    let restarts = index > 0
        && rows[index].number == Some(1)
        && rows[index - 1].number.is_some_and(|before| before > 1)
        && rows.get(index + 1).is_some_and(|next| next.number == Some(2));
    let colon = text.ends_with(':') && text.split_whitespace().count() <= 6 && line + 1 == rows[index].line;
    let form = form(text);
    let alike = !form.is_empty() && forms.get(&form).is_some_and(|lines| lines.len() > 1);
    restarts || (colon && index > 0) || alike
}

/// Headings of one listing are alike: they begin with the same sign or the same word, or end with a colon.
fn form(text: &str) -> String {
    if text.ends_with(':') && text.split_whitespace().count() <= 6 {
        return ":".to_owned();
    }
    let first: String = match text.chars().next() {
        Some(sign) if "►▶•*=#~>◆■●+_-–—".contains(sign) => sign.to_string(),
        Some(sign) if !sign.is_alphabetic() => String::new(),
        _ => text.split([' ', '.', ':']).next().unwrap_or_default().to_lowercase(),
    };
    first.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned()
}

fn section(text: &str, line: usize) -> Section {
    let decoration = |c: char| "-–—=*_#►▶•~<>[]|: ".contains(c);
    let heading = text.trim_matches(decoration).to_owned();
    let quoted = phrase::quoted(text)
        .filter(|(before, _, _)| names_part(before))
        .map(|(_, title, _)| title.to_owned());
    let dated = heading
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once(" ("))
        .filter(|(_, year)| is_year(year))
        .map(|(title, _)| title.to_owned());
    Section { disc: disc_of(&heading), album: quoted.or(dated), heading, line }
}
