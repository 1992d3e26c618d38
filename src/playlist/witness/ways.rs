//! Takes lines in which a title and an artist are known to stand; gives the ways in which they are written, and what stands in
//! the same places of a line that is written alike.
//! Never judges whether a line is an entry.

use std::collections::BTreeMap;

use super::{ALIKE, Sighting};

/// Lines of more words are prose.
const LONGEST_FIELD: usize = 12;

/// A way to write a track in a line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    title_first: bool,
    /// What stands between title and artist.
    between: String,
}

/// How the lines that are written one way begin and end.
#[derive(Debug, Default)]
struct Shape {
    /// The lines that the library knows.
    count: usize,
    /// The signs right in front.
    fronts: BTreeMap<String, usize>,
    /// The sign behind.
    ends: BTreeMap<Option<char>, usize>,
}

/// The ways in which lines are written, each with how often.
#[derive(Debug, Default)]
pub(super) struct Ways(BTreeMap<Way, Shape>);

impl Ways {
    /// Of lines, each with what is known to stand in it.
    pub(super) fn of<'a>(lines: impl Iterator<Item = (&'a str, &'a Sighting)>) -> Self {
        let mut ways = Self::default();
        for (line, spot) in lines {
            let shape = ways.0.entry(Way::of(line, spot)).or_default();
            shape.count += 1;
            *shape.fronts.entry(tail(spot.front(line))).or_default() += 1;
            *shape.ends.entry(spot.behind(line).trim_start().chars().next()).or_default() += 1;
        }
        ways
    }

    /// Whether several lines are written as this one is.
    pub(super) fn is_usual(&self, line: &str, spot: &Sighting) -> bool {
        self.0.get(&Way::of(line, spot)).is_some_and(|shape| shape.count >= ALIKE)
    }

    /// What ends the words in front of the names on nearly all lines, where there are some: who asks for a song, its place.
    pub(super) fn label(&self) -> Option<&str> {
        let mut tails: BTreeMap<&str, usize> = BTreeMap::new();
        let fronts = self.0.values().flat_map(|shape| &shape.fronts);
        fronts.for_each(|(tail, count)| *tails.entry(tail).or_default() += count);
        let all: usize = tails.values().sum();
        let (tail, count) = tails.into_iter().max_by_key(|(_, count)| *count)?;
        (count >= ALIKE && count * 5 >= all * 4 && !tail.trim().is_empty()).then_some(tail)
    }

    /// Title and artist of a line that is written in one of the ways that several have.
    pub(super) fn read(&self, line: &str) -> Option<(String, String)> {
        self.usual().find_map(|(way, shape)| {
            let front = shape.fronts.iter().max_by_key(|(_, count)| **count)?.0;
            way.read(line, shape, front)
        })
    }

    /// The same of words in front of which nothing stands.
    pub(super) fn read_bare(&self, words: &str) -> Option<(String, String)> {
        self.usual().find_map(|(way, shape)| way.read(words, shape, ""))
    }

    /// The ways that several lines have, the commonest first.
    fn usual(&self) -> impl Iterator<Item = (&Way, &Shape)> {
        let mut usual: Vec<_> = self.0.iter().filter(|(_, shape)| shape.count >= ALIKE).collect();
        usual.sort_by_key(|(_, shape)| std::cmp::Reverse(shape.count));
        usual.into_iter()
    }
}

impl Way {
    fn of(line: &str, spot: &Sighting) -> Self {
        Self { title_first: spot.title.start < spot.artist.start, between: squeezed(spot.between(line)) }
    }

    /// What stands in the places of title and artist, behind a front that ends so.
    fn read(&self, line: &str, shape: &Shape, front: &str) -> Option<(String, String)> {
        let end = *shape.ends.iter().max_by_key(|(_, count)| **count)?.0;
        let line = squeezed_as_written(line);
        let rest = behind(&line, front)?;
        let (first, second) = rest.split_at_checked(find_small(rest, &self.between)?)?;
        let second = second.get(self.between.len()..)?;
        // A bracket behind the last name says which version it is.
        let end = end.filter(|end| !matches!(end, '(' | '['));
        let second = end.and_then(|end| second.find(end)).map_or(second, |at| &second[..at]);
        let field = |text: &str| {
            let text = text.trim();
            let words = text.split_whitespace().count();
            (text.contains(char::is_alphanumeric) && words <= LONGEST_FIELD).then(|| text.to_owned())
        };
        let (first, second) = (field(first)?, field(second)?);
        Some(if self.title_first { (first, second) } else { (second, first) })
    }
}

/// One space for any run of white space, small letters.
fn squeezed(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            c if c.is_whitespace() && out.ends_with(' ') => {}
            c if c.is_whitespace() => out.push(' '),
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// What ends the words in front of the names, without what changes from line to line: ": ", "#. ".
fn tail(front: &str) -> String {
    let front = squeezed(front);
    let tail = front
        .rfind(char::is_alphanumeric)
        .map_or(0, |at| at + front[at..].chars().next().map_or(0, char::len_utf8));
    front[tail..].to_owned()
}

/// One space for any run of white space.
fn squeezed_as_written(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where `small`, which has no capitals, stands in the text in any case.
fn find_small(text: &str, small: &str) -> Option<usize> {
    if small.trim().is_empty() {
        return None;
    }
    text.char_indices()
        .map(|(at, _)| at)
        .find(|at| text.get(*at..*at + small.len()).is_some_and(|part| part.to_lowercase() == small))
}

/// What stands behind a front that ends so.
fn behind<'a>(line: &'a str, tail: &str) -> Option<&'a str> {
    if tail.is_empty() {
        return Some(line);
    }
    let at = line.find(tail)?;
    line.get(at + tail.len()..)
}
