//! Takes the lines of a page; gives the rows among them that are entries, found by what the
//! lines of a listing have in common: numbers that count, times, bullets, a separator.
//! Never looks for artists or titles, and leaves a line that it is not sure of.

use std::collections::BTreeMap;
use std::time::Duration;

use super::front::{self, Front};
use super::line::{LONGEST, Line};
use super::number::Style;
use super::prose::is_prose;
use super::separator;
use super::series::{self, Mark};
use super::time;

/// One entry, with its number and times taken off.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// Index of its line.
    pub(super) line: usize,
    /// The entry as written.
    pub(super) text: String,
    /// The words that are left.
    pub(super) body: String,
    pub(super) number: Option<u32>,
    pub(super) disc: Option<u32>,
    pub(super) length: Option<Duration>,
}

/// Lines that have one thing in common.
#[derive(Debug)]
struct Group {
    kind: Kind,
    lines: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Numbered(Style),
    Timed(time::Kind),
    TailTimed,
    Bulleted(char),
    Separated,
}

/// The rows of the page, in the order of its lines.
pub(super) fn rows(lines: &[Line<'_>]) -> Vec<Row> {
    let fronts: Vec<Front<'_>> = lines.iter().map(read_front).collect();
    let groups = groups(lines, &fronts);
    let Some(best) = groups.iter().max_by(|a, b| score(a, &fronts).total_cmp(&score(b, &fronts))) else {
        return Vec::new();
    };
    let separated = has_separator(&bodies(best, &fronts));
    let mut chosen: BTreeMap<usize, Kind> = BTreeMap::new();
    for group in &groups {
        let same = group.kind == best.kind;
        let alike = !separated || has_separator(&bodies(group, &fronts));
        if same && (std::ptr::eq(group, best) || alike) {
            chosen.extend(group.lines.iter().map(|line| (*line, group.kind)));
        }
    }
    chosen.into_iter().map(|(line, kind)| row(&lines[line], line, kind)).collect()
}

fn read_front<'a>(line: &'a Line<'_>) -> Front<'a> {
    if line.text.len() > LONGEST { Front::default() } else { front::read(&line.text, true, true) }
}

fn bodies<'a>(group: &Group, fronts: &[Front<'a>]) -> Vec<&'a str> {
    group.lines.iter().map(|line| fronts[*line].body).collect()
}

fn has_separator(bodies: &[&str]) -> bool {
    separator::vote(bodies).is_some()
}

/// Every group that could be a listing.
fn groups(lines: &[Line<'_>], fronts: &[Front<'_>]) -> Vec<Group> {
    let mut groups = Vec::new();
    let marks: Vec<Mark> = fronts
        .iter()
        .enumerate()
        .filter_map(|(line, front)| {
            let number = front.number.as_ref().filter(|_| !front.body.is_empty())?;
            Some(Mark { line, style: number.style, value: number.value, part: number.part })
        })
        .collect();
    for run in series::runs(&marks) {
        let lines = run.iter().map(|mark| mark.line).collect();
        groups.push(Group { kind: Kind::Numbered(run[0].style), lines });
    }
    let mut by_kind: BTreeMap<Kind, Vec<usize>> = BTreeMap::new();
    for (index, front) in fronts.iter().enumerate().filter(|(_, front)| !front.body.is_empty()) {
        if let Some(time) = &front.time {
            by_kind.entry(Kind::Timed(time.kind)).or_default().push(index);
        }
        if let Some(bullet) = front.bullet {
            by_kind.entry(Kind::Bulleted(bullet)).or_default().push(index);
        }
        if time::tail(&lines[index].text).is_some_and(|found| !found.rest.is_empty()) {
            by_kind.entry(Kind::TailTimed).or_default().push(index);
        }
    }
    groups
        .extend(by_kind.into_iter().filter(|(_, l)| l.len() >= 3).map(|(kind, lines)| Group { kind, lines }));
    groups.extend(separated_blocks(lines));
    groups.retain(|group| {
        let prose = bodies(group, fronts).iter().filter(|body| is_prose(body)).count();
        prose * 5 <= group.lines.len() * 2
    });
    groups
}

/// Blocks of lines between blank lines that share a separator.
fn separated_blocks(lines: &[Line<'_>]) -> Vec<Group> {
    let mut blocks: Vec<Vec<usize>> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        match blocks.last_mut() {
            Some(block) if !line.gap => block.push(index),
            _ => blocks.push(vec![index]),
        }
    }
    let separates = |block: &Vec<usize>| {
        let bodies: Vec<&str> = block.iter().map(|line| lines[*line].text.as_str()).collect();
        has_separator(&bodies)
    };
    blocks.retain(separates);
    blocks.into_iter().map(|lines| Group { kind: Kind::Separated, lines }).collect()
}

/// How much a group is like a listing: its tracks, less its prose, weighed by how telling the
/// thing is that its lines have in common.
fn score(group: &Group, fronts: &[Front<'_>]) -> f64 {
    let bodies = bodies(group, fronts);
    let prose = bodies.iter().filter(|body| is_prose(body)).count() as f64;
    let separated = if has_separator(&bodies) { 1.5 } else { 1.0 };
    let trust = match group.kind {
        Kind::Numbered(Style::Bare | Style::Roman) => 1.5,
        Kind::Numbered(_) => 2.0,
        Kind::Timed(_) => 1.8,
        Kind::TailTimed => 1.5,
        Kind::Bulleted(_) => 1.2,
        Kind::Separated => 1.0,
    };
    (bodies.len() as f64 - 3.0 * prose) * separated * trust
}

fn row(line: &Line<'_>, index: usize, kind: Kind) -> Row {
    let numbered = matches!(kind, Kind::Numbered(_));
    let front = front::read(&line.text, numbered, true);
    let number = front.number.as_ref();
    let disc = number.filter(|number| number.style == Style::DiscTrack).and_then(|number| number.part);
    let tail = time::tail(front.body).filter(|found| !found.rest.is_empty());
    Row {
        line: index,
        text: line.raw.to_owned(),
        body: tail.as_ref().map_or(front.body, |found| found.rest).to_owned(),
        number: number.map(|number| number.value),
        disc,
        length: tail.map(|found| found.length),
    }
}
