//! Takes a listing as its reader left it, and where in a line a library sees one of its tracks, title and artist; gives the
//! listing with such lines as entries, and with lines written the same way read alike.
//! Never doubts an entry of which the library sees the same as its reader, and never asks twice for what is asked for.

use std::collections::BTreeMap;
use std::ops::Range;

use super::matching::name_key;
use super::{Aside, Details, Entry, Listing};

/// Where in a line a title stands, and the artist's name, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The title.
    pub title: Range<usize>,
    /// The artist, or a part of the name that tells who it is.
    pub artist: Range<usize>,
}

/// Where in a line the library sees a track of its own.
pub type Spots<'a> = dyn Fn(&str) -> Option<Spot> + 'a;

/// So many lines that are written alike are written so on purpose.
const ALIKE: usize = 3;
/// The share of a line's letters that a title and its artist have where the line is about nothing else.
const MOST_OF_IT: f64 = 0.6;
/// Lines of more words are prose.
const LONGEST_FIELD: usize = 12;

/// Reads the lines in which the library sees a track as it sees them.
pub fn settle(listing: &mut Listing, spots: &Spots<'_>) {
    let seen: Vec<Seen> = listing.entries.iter().map(|entry| seen(entry, spots)).collect();
    let asides: Vec<Option<Spot>> = listing.asides.iter().map(|aside| spots(&aside.text)).collect();
    let ways = ways(listing, &seen, &asides);
    reread(listing, &seen, &ways);
    add(listing, &asides, &ways);
}

/// What the library says of an entry as it was read.
#[derive(Debug, PartialEq)]
enum Seen {
    /// It sees nothing, or the entry has no line.
    Nothing,
    /// The same title and artist.
    Same,
    /// The same title, and nobody where the reader found none or somebody else.
    Artist(Spot),
    /// Another title.
    Other(Spot),
}

fn seen(entry: &Entry, spots: &Spots<'_>) -> Seen {
    let line = &entry.more.text;
    if line.is_empty() || entry.file.is_some() {
        return Seen::Nothing;
    }
    let as_read = entry.artist.as_deref().map(|artist| format!("{artist}\t{}", entry.title));
    if as_read.is_some_and(|read| spots(&read).is_some_and(|spot| agrees(entry, &read, &spot))) {
        return Seen::Same;
    }
    match spots(line) {
        None => Seen::Nothing,
        Some(spot) if agrees(entry, line, &spot) => Seen::Same,
        Some(spot) => {
            let title = name_key(&line[spot.title.clone()]);
            let artist = name_key(&line[spot.artist.clone()]);
            let read = name_key(&entry.title);
            let same = is_title(&read, &title) && !has(&read, &artist);
            if same { Seen::Artist(spot) } else { Seen::Other(spot) }
        }
    }
}

/// Whether what is seen in a line is what was read, either way round: which is which the matcher tries itself.
fn agrees(entry: &Entry, line: &str, spot: &Spot) -> bool {
    let (title, artist) = (name_key(&line[spot.title.clone()]), name_key(&line[spot.artist.clone()]));
    let read = (name_key(&entry.title), entry.artist.as_deref().map(name_key).unwrap_or_default());
    let named = |read: &str, name: &str| has(read, name) || (!read.is_empty() && has(name, read));
    let straight = is_title(&read.0, &title) && named(&read.1, &artist) && !has(&read.0, &artist);
    straight || (is_title(&read.1, &title) && named(&read.0, &artist))
}

/// Whether a title that was read is the one that is seen, with a version behind it or a remark.
fn is_title(read: &str, title: &str) -> bool {
    read == title
        || read.starts_with(&format!("{title} "))
        || (has(read, title) && title.len() * 2 >= read.len())
}

/// Whether the words stand in a name.
fn has(name: &str, words: &str) -> bool {
    format!(" {name} ").contains(&format!(" {words} "))
}

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

type Ways = BTreeMap<Way, Shape>;

impl Way {
    fn of(line: &str, spot: &Spot) -> Self {
        let title_first = spot.title.start < spot.artist.start;
        let between = if title_first {
            line.get(spot.title.end..spot.artist.start)
        } else {
            line.get(spot.artist.end..spot.title.start)
        };
        Self { title_first, between: squeezed(between.unwrap_or_default()) }
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
fn outline(front: &str) -> String {
    let front = squeezed(front);
    let tail = front
        .rfind(char::is_alphanumeric)
        .map_or(0, |at| at + front[at..].chars().next().map_or(0, char::len_utf8));
    front[tail..].to_owned()
}

/// The ways in which the lines are written that the reader made something else of, or nothing.
fn ways(listing: &Listing, seen: &[Seen], asides: &[Option<Spot>]) -> Ways {
    let entries = listing.entries.iter().zip(seen).filter_map(|(entry, seen)| match seen {
        Seen::Artist(spot) | Seen::Other(spot) => Some((entry.more.text.as_str(), spot)),
        Seen::Nothing | Seen::Same => None,
    });
    let asides = listing.asides.iter().zip(asides);
    let asides = asides.filter_map(|(aside, spot)| Some((aside.text.as_str(), spot.as_ref()?)));
    let mut ways = Ways::new();
    for (line, spot) in entries.chain(asides) {
        let shape = ways.entry(Way::of(line, spot)).or_default();
        let (start, end) = (spot.title.start.min(spot.artist.start), spot.title.end.max(spot.artist.end));
        shape.count += 1;
        *shape.fronts.entry(outline(&line[..start])).or_default() += 1;
        *shape.ends.entry(line[end..].trim_start().chars().next()).or_default() += 1;
    }
    ways
}

/// Gives the entries the title and the artist that the library sees, where it is not by chance.
fn reread(listing: &mut Listing, seen: &[Seen], ways: &Ways) {
    let count = |test: fn(&Seen) -> bool| seen.iter().filter(|seen| test(seen)).count();
    let same = count(|seen| *seen == Seen::Same);
    let artists = count(|seen| matches!(seen, Seen::Artist(_)));
    let others = count(|seen| matches!(seen, Seen::Other(_)));
    let nameless = listing.entries.iter().filter(|entry| entry.artist.is_none()).count();
    let (mut turned, mut fronts) = (0, 0);
    for (entry, seen) in listing.entries.iter_mut().zip(seen) {
        let many = |count: usize| count >= ALIKE && count > same;
        let whole = |spot: &Spot| share(&entry.more.text, spot) >= MOST_OF_IT;
        let (spot, often) = match seen {
            Seen::Artist(spot) if entry.artist.is_some() => (spot, many(artists)),
            // The reader left the name out, mostly as a writer's or a guest's.
            Seen::Artist(spot) => (spot, many(artists) && artists * 2 > nameless),
            Seen::Other(spot) => (spot, many(others) || (entry.artist.is_none() && whole(spot))),
            Seen::Nothing | Seen::Same => continue,
        };
        if often {
            let line = entry.more.text.clone();
            let front = &line[..spot.title.start.min(spot.artist.start)];
            let as_artist = entry.artist.as_deref().map(name_key).is_some_and(|name| name == name_key(front));
            fronts += usize::from(as_artist);
            entry.title = titled(&line, spot);
            entry.artist = Some(line[spot.artist.clone()].to_owned());
            turned += 1;
        }
    }
    // What is written the same way means the same, whether the library has it or not.
    if turned < ALIKE || turned <= same {
        return;
    }
    let label = label(ways);
    for (entry, _) in listing.entries.iter_mut().zip(seen).filter(|(_, seen)| **seen == Seen::Nothing) {
        if let Some(rest) = behind_label(entry, label, fronts >= ALIKE) {
            let parts = written_alike(&rest, ways, false);
            let (title, artist) = parts.map_or((rest, None), |(title, artist)| (title, Some(artist)));
            (entry.title, entry.artist) = (title, artist);
        } else if entry.artist.is_none()
            && let Some((title, artist)) = written_alike(&entry.more.text, ways, true)
        {
            (entry.title, entry.artist) = (title, Some(artist));
        }
    }
}

/// What stands behind whoever asks for a song, or behind its place, where that was taken for the artist or for a part of the title.
fn behind_label(entry: &Entry, label: Option<&str>, as_artists: bool) -> Option<String> {
    let line = entry.more.text.as_str();
    let artist = entry.artist.as_deref().unwrap_or_default();
    let labelled = label.and_then(|label| line.split_once(label)).filter(|(front, _)| {
        let front = name_key(front);
        let begins = |name: &str| name_key(name).starts_with(&front);
        !front.is_empty() && (begins(artist) || begins(&entry.title))
    });
    let named = line.split_once(artist).filter(|(_, rest)| {
        as_artists && !artist.is_empty() && has(&name_key(&entry.title), &name_key(rest))
    });
    let (_, rest) = labelled.or(named)?;
    let opens = |c: char| c.is_alphanumeric() || "([\"“„«「'".contains(c);
    let rest = rest.trim_start_matches(|c: char| !opens(c)).trim_end();
    rest.contains(char::is_alphanumeric).then(|| rest.to_owned())
}

/// What ends the words in front of the names on nearly all lines that were read otherwise: who asks, where it is played.
fn label(ways: &Ways) -> Option<&str> {
    let mut tails: BTreeMap<&str, usize> = BTreeMap::new();
    let fronts = ways.values().flat_map(|shape| &shape.fronts);
    fronts.for_each(|(tail, count)| *tails.entry(tail).or_default() += count);
    let all: usize = tails.values().sum();
    let (tail, count) = tails.into_iter().max_by_key(|(_, count)| *count)?;
    (count >= ALIKE && count * 5 >= all * 4 && !tail.trim().is_empty()).then_some(tail)
}

/// The title, with a bracket behind it: which version it is, mostly.
fn titled(line: &str, spot: &Spot) -> String {
    let title = &line[spot.title.clone()];
    let rest = &line[spot.title.end..];
    let open = title.matches(['(', '[']).count() > title.matches([')', ']']).count();
    let bracket = open || rest.trim_start().starts_with(['(', '[']);
    let bracket = bracket.then(|| rest.find([')', ']'])).flatten();
    let end = bracket.map_or(spot.title.end, |at| spot.title.end + at + 1);
    let apart = spot.artist.start >= end || spot.artist.end <= spot.title.start;
    let end = if apart { end } else { spot.title.end };
    line[spot.title.start..end].to_owned()
}

/// How much of the line's letters are the title's and the artist's; a number in front of them is nobody's.
fn share(line: &str, spot: &Spot) -> f64 {
    // What is said in the next sentence is said about it.
    let end = spot.title.end.max(spot.artist.end);
    let line = line[end..].find(['.', '!', '?']).map_or(line, |at| &line[..end + at]);
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count() as f64;
    let names = letters(&line[spot.title.clone()]) + letters(&line[spot.artist.clone()]);
    names / letters(line).max(1.0)
}

/// Title and artist of a line that is written in one of the ways that several have.
fn written_alike(line: &str, ways: &Ways, fronts: bool) -> Option<(String, String)> {
    let mut often: Vec<_> = ways.iter().filter(|(_, shape)| shape.count >= ALIKE).collect();
    often.sort_by_key(|(_, shape)| std::cmp::Reverse(shape.count));
    often.into_iter().find_map(|(way, shape)| {
        let front = shape.fronts.iter().max_by_key(|(_, count)| **count)?.0;
        apart(line, way, shape, if fronts { front } else { "" })
    })
}

fn apart(line: &str, way: &Way, shape: &Shape, front: &str) -> Option<(String, String)> {
    let end = *shape.ends.iter().max_by_key(|(_, count)| **count)?.0;
    let line = squeezed_as_written(line);
    let rest = behind(&line, front)?;
    let (first, second) = rest.split_at_checked(find_small(rest, &way.between)?)?;
    let second = second.get(way.between.len()..)?;
    // A bracket behind the last name says which version it is.
    let end = end.filter(|end| !matches!(end, '(' | '['));
    let second = end.and_then(|end| second.find(end)).map_or(second, |at| &second[..at]);
    let field = |text: &str| {
        let text = text.trim();
        let words = text.split_whitespace().count();
        (text.contains(char::is_alphanumeric) && words <= LONGEST_FIELD).then(|| text.to_owned())
    };
    let (first, second) = (field(first)?, field(second)?);
    Some(if way.title_first { (first, second) } else { (second, first) })
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

/// Makes entries of the lines beside the entries in which the library sees a track, and of those written like three of them.
fn add(listing: &mut Listing, spots: &[Option<Spot>], ways: &Ways) {
    let asides = std::mem::take(&mut listing.asides);
    let often =
        |line: &str, spot: &Spot| ways.get(&Way::of(line, spot)).is_some_and(|shape| shape.count >= ALIKE);
    let mut put = 0;
    let alike = alike(&asides, spots, ways);
    for ((aside, spot), alike) in asides.into_iter().zip(spots).zip(alike) {
        let spotted = spot.as_ref().filter(|spot| {
            let whole = share(&aside.text, spot) >= MOST_OF_IT && aside.before > 0;
            whole || often(&aside.text, spot)
        });
        let named = match spotted {
            Some(spot) => Some((titled(&aside.text, spot), aside.text[spot.artist.clone()].to_owned())),
            None => alike,
        };
        let before = aside.before + put;
        match named.filter(|(title, artist)| !asked(&listing.entries, title, artist)) {
            Some((title, artist)) => {
                listing.unread.retain(|unread| unread.line != aside.line);
                let more = Details { text: aside.text, ..Details::default() }.into();
                let entry = Entry { artist: Some(artist), title, more, ..Entry::default() };
                listing.entries.insert(before.min(listing.entries.len()), entry);
                put += 1;
            }
            None => listing.asides.push(Aside { before, ..aside }),
        }
    }
}

/// The lines that are written as those are in which the library sees a track, where most that are written so are seen.
fn alike(asides: &[Aside], spots: &[Option<Spot>], ways: &Ways) -> Vec<Option<(String, String)>> {
    let read: Vec<_> = asides.iter().map(|aside| written_alike(&aside.text, ways, true)).collect();
    let written = read.iter().flatten().count();
    let seen = read.iter().zip(spots).filter(|(read, spot)| read.is_some() && spot.is_some()).count();
    if seen < ALIKE || seen * 2 < written { vec![None; asides.len()] } else { read }
}

/// Whether an entry asks for this already.
fn asked(entries: &[Entry], title: &str, artist: &str) -> bool {
    let (title, artist) = (name_key(title), name_key(artist));
    entries.iter().any(|entry| {
        let by = entry.artist.as_deref().map(name_key);
        name_key(&entry.title) == title && by.is_none_or(|by| by.contains(&artist) || artist.contains(&by))
    })
}
