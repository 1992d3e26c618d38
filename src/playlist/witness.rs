//! Takes a listing as its reader left it, and where in a line a library sees one of its tracks, title and artist; gives the
//! listing with such lines as entries, and with lines written the same way read alike.
//! Never doubts an entry of which the library sees the same as its reader, and never asks twice for what is asked for.

mod ways;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::matching::name_key;
use super::{Aside, Details, Entry, Listing};
use ways::Ways;

/// Where in a line a track's names stand, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sighting {
    /// The title.
    pub(super) title: Range<usize>,
    /// The artist, or a part of the name that tells who it is.
    pub(super) artist: Range<usize>,
    /// Tags name an artist so; else it is the name of a file or a folder that says it.
    pub(super) tagged: bool,
}

impl Sighting {
    /// What stands in front of both names.
    fn front<'l>(&self, line: &'l str) -> &'l str {
        &line[..self.title.start.min(self.artist.start)]
    }

    /// What stands between them.
    fn between<'l>(&self, line: &'l str) -> &'l str {
        let (first, second) = (self.title.end.min(self.artist.end), self.title.start.max(self.artist.start));
        line.get(first..second).unwrap_or_default()
    }

    /// What stands behind both.
    fn behind<'l>(&self, line: &'l str) -> &'l str {
        &line[self.title.end.max(self.artist.end)..]
    }
}

/// Where in a line the library sees a track of its own.
pub(super) type Spots<'a> = dyn Fn(&str) -> Option<Sighting> + 'a;

/// So many lines that are written alike are written so on purpose.
const ALIKE: usize = 3;
/// The share of a line's letters that a title and its artist have where the line is about nothing else.
const MOST_OF_IT: f64 = 0.6;
/// Of a longer listing so many entries are looked at, and the others only if some of these were read wrongly.
const SAMPLE: usize = 100;
/// Lines that are no entries are looked at up to so many.
const MOST_ASIDES: usize = 1_000;

/// Reads the lines in which the library sees a track as it sees them. What a library may know to be entries is told by then.
pub(super) fn settle(listing: &mut Listing, spots: &Spots<'_>) {
    let asides = std::mem::take(&mut listing.asides);
    let asides: Vec<(Aside, Option<Sighting>)> = asides
        .into_iter()
        .take(MOST_ASIDES)
        .map(|aside| {
            let spot = spots(&aside.text);
            (aside, spot)
        })
        .collect();
    let seen = look(&listing.entries, spots);
    let ways = ways(listing, &seen, &asides);
    reread(listing, &seen, &ways);
    add(listing, asides, &ways);
}

/// What the library says of an entry as it was read.
#[derive(Debug, PartialEq)]
enum Seen {
    /// It sees nothing, or the entry has no line.
    Nothing,
    /// The same title and artist.
    Same,
    /// The same title, and nobody where the reader found none or somebody else.
    Artist(Sighting),
    /// Another title.
    Other(Sighting),
}

/// What the library says of each entry.
fn look(entries: &[Entry], spots: &Spots<'_>) -> Vec<Seen> {
    let step = entries.len().div_ceil(SAMPLE).max(1);
    let sample = entries.iter().step_by(step).map(|entry| seen(entry, spots));
    let otherwise = sample.filter(|seen| matches!(seen, Seen::Artist(_) | Seen::Other(_))).count();
    if step > 1 && otherwise < ALIKE {
        return entries.iter().map(|_| Seen::Nothing).collect();
    }
    entries.iter().map(|entry| seen(entry, spots)).collect()
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
fn agrees(entry: &Entry, line: &str, spot: &Sighting) -> bool {
    let (title, artist) = (name_key(&line[spot.title.clone()]), name_key(&line[spot.artist.clone()]));
    let read = (name_key(&entry.title), entry.artist.as_deref().map(name_key).unwrap_or_default());
    let named = |read: &str, name: &str| has(read, name) || (!read.is_empty() && has(name, read));
    // "Jo: Rain": who asks for it was taken for a part of the title.
    let labelled = entry.title.split_once(": ").is_some_and(|(_, rest)| name_key(rest).starts_with(&title));
    let straight =
        is_title(&read.0, &title) && named(&read.1, &artist) && !has(&read.0, &artist) && !labelled;
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

/// The ways in which the lines are written that the reader made something else of, or nothing.
fn ways(listing: &Listing, seen: &[Seen], asides: &[(Aside, Option<Sighting>)]) -> Ways {
    let entries = listing.entries.iter().zip(seen).filter_map(|(entry, seen)| match seen {
        Seen::Artist(spot) | Seen::Other(spot) => Some((entry.more.text.as_str(), spot)),
        Seen::Nothing | Seen::Same => None,
    });
    let asides = asides.iter().filter_map(|(aside, spot)| Some((aside.text.as_str(), spot.as_ref()?)));
    Ways::of(entries.chain(asides))
}

/// Gives the entries the title and the artist that the library sees, where it is not by chance.
fn reread(listing: &mut Listing, seen: &[Seen], ways: &Ways) {
    let count = |test: fn(&Seen) -> bool| seen.iter().filter(|seen| test(seen)).count();
    let same = count(|seen| *seen == Seen::Same);
    let many = |count: usize| count >= ALIKE && count > same;
    let artists = count(|seen| matches!(seen, Seen::Artist(_)));
    let others = count(|seen| matches!(seen, Seen::Other(_)));
    let nameless = listing.entries.iter().filter(|entry| entry.artist.is_none()).count();
    let (mut turned, mut fronts) = (0, 0);
    for (entry, seen) in listing.entries.iter_mut().zip(seen) {
        let line = &entry.more.text;
        // A bracket behind a title names the work that it is from as often as who plays it: then only tags tell.
        let sure = |spot: &Sighting| spot.tagged || !spot.between(line).contains(['(', '[']);
        let (spot, right) = match (seen, &entry.artist) {
            (Seen::Artist(spot), Some(_)) => (spot, many(artists) && sure(spot)),
            // The reader left the name out, mostly as a writer's or a guest's.
            (Seen::Artist(spot), None) => (spot, many(artists) && artists * 2 > nameless),
            (Seen::Other(spot), Some(_)) => (spot, many(others) && sure(spot)),
            (Seen::Other(spot), None) => (spot, many(others) || share(line, spot) >= MOST_OF_IT),
            (Seen::Nothing | Seen::Same, _) => continue,
        };
        if right {
            let front = name_key(spot.front(line));
            fronts += usize::from(entry.artist.as_deref().is_some_and(|name| name_key(name) == front));
            let (title, artist) = (titled(line, spot), line[spot.artist.clone()].to_owned());
            (entry.title, entry.artist) = (title, Some(artist));
            turned += 1;
        }
    }
    // What is written the same way means the same, whether the library has it or not.
    if turned >= ALIKE && turned > same {
        let unseen = listing.entries.iter_mut().zip(seen).filter(|(_, seen)| **seen == Seen::Nothing);
        unseen.for_each(|(entry, _)| read_alike(entry, ways, fronts >= ALIKE));
    }
}

/// Reads an entry as those lines are written in which the library sees a track. `as_artists` says whether their reader took what
/// stands in front of the names for the artist.
fn read_alike(entry: &mut Entry, ways: &Ways, as_artists: bool) {
    if let Some(rest) = behind_label(entry, ways.label(), as_artists) {
        let parts = ways.read_bare(&rest);
        let (title, artist) = parts.map_or((rest, None), |(title, artist)| (title, Some(artist)));
        (entry.title, entry.artist) = (title, artist);
    } else if entry.artist.is_none()
        && let Some((title, artist)) = ways.read(&entry.more.text)
    {
        (entry.title, entry.artist) = (title, Some(artist));
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

/// The title, with a bracket behind it: which version it is, mostly.
fn titled(line: &str, spot: &Sighting) -> String {
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
fn share(line: &str, spot: &Sighting) -> f64 {
    // What is said in the next sentence is said about it.
    let behind = spot.behind(line);
    let end = line.len() - behind.len();
    let line = behind.find(['.', '!', '?']).map_or(line, |at| &line[..end + at]);
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count() as f64;
    let names = letters(&line[spot.title.clone()]) + letters(&line[spot.artist.clone()]);
    names / letters(line).max(1.0)
}

/// Makes entries of the lines beside the entries in which the library sees a track, and of those written like three of them.
fn add(listing: &mut Listing, asides: Vec<(Aside, Option<Sighting>)>, ways: &Ways) {
    let mut asked = Asked::of(&listing.entries);
    let alike = alike(&asides, ways);
    let mut added: Vec<(usize, usize, Entry)> = Vec::new();
    for ((aside, spot), alike) in asides.into_iter().zip(alike) {
        let line = &aside.text;
        let named = match &spot {
            Some(spot)
                if ways.is_usual(line, spot) || (aside.before > 0 && share(line, spot) >= MOST_OF_IT) =>
            {
                Some((titled(line, spot), line[spot.artist.clone()].to_owned()))
            }
            _ => alike,
        };
        let Some((title, artist)) = named.filter(|(title, artist)| asked.adds(title, artist)) else {
            continue;
        };
        let more = Details { text: aside.text, ..Details::default() }.into();
        added.push((
            aside.before,
            aside.line,
            Entry { artist: Some(artist), title, more, ..Entry::default() },
        ));
    }
    if added.is_empty() {
        return;
    }
    let lines: HashSet<usize> = added.iter().map(|(_, line, _)| *line).collect();
    listing.unread.retain(|unread| !lines.contains(&unread.line));
    let mut added = added.into_iter().peekable();
    let mut entries = Vec::with_capacity(listing.entries.len() + added.len());
    for (at, entry) in std::mem::take(&mut listing.entries).into_iter().enumerate() {
        while let Some((_, _, new)) = added.next_if(|(before, _, _)| *before <= at) {
            entries.push(new);
        }
        entries.push(entry);
    }
    entries.extend(added.map(|(_, _, new)| new));
    listing.entries = entries;
}

/// The lines that are written as those are in which the library sees a track, where most that are written so are seen.
fn alike(asides: &[(Aside, Option<Sighting>)], ways: &Ways) -> Vec<Option<(String, String)>> {
    let read: Vec<_> = asides.iter().map(|(aside, _)| ways.read(&aside.text)).collect();
    let written = read.iter().flatten().count();
    let seen = read.iter().zip(asides).filter(|(read, (_, spot))| read.is_some() && spot.is_some()).count();
    if seen < ALIKE || seen * 2 < written { vec![None; asides.len()] } else { read }
}

/// What is asked for: the artists by title.
struct Asked(HashMap<String, Vec<Option<String>>>);

impl Asked {
    fn of(entries: &[Entry]) -> Self {
        let mut asked: HashMap<String, Vec<Option<String>>> = HashMap::new();
        for entry in entries {
            asked.entry(name_key(&entry.title)).or_default().push(entry.artist.as_deref().map(name_key));
        }
        Self(asked)
    }

    /// Adds a wish; whether nobody had it before.
    fn adds(&mut self, title: &str, artist: &str) -> bool {
        let artist = name_key(artist);
        let known = self.0.entry(name_key(title)).or_default();
        let same = |by: &Option<String>| {
            by.as_ref().is_none_or(|by| by.contains(&artist) || artist.contains(by.as_str()))
        };
        let new = !known.iter().any(same);
        known.push(Some(artist));
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playlist::Unread;

    /// Sees `Rain`, `Glass`, `Salt` and `Orbit` by the artist whose name stands in the same line.
    fn spots(line: &str) -> Option<Sighting> {
        let find = |names: &[&str]| names.iter().find_map(|name| Some((line.find(name)?, name.len())));
        let (title, artist) = (find(&["Rain", "Glass", "Salt", "Orbit"])?, find(&["Velo", "Ana", "Nova"])?);
        Some(Sighting {
            title: title.0..title.0 + title.1,
            artist: artist.0..artist.0 + artist.1,
            tagged: true,
        })
    }

    fn entry(artist: Option<&str>, title: &str, line: &str) -> Entry {
        let more = Details { text: line.to_owned(), ..Details::default() }.into();
        Entry { artist: artist.map(str::to_owned), title: title.to_owned(), more, ..Entry::default() }
    }

    fn names(mut listing: Listing) -> Vec<String> {
        settle(&mut listing, &spots);
        let name = |entry: &Entry| format!("{} / {}", entry.artist.as_deref().unwrap_or("-"), entry.title);
        listing.entries.iter().map(name).collect()
    }

    #[test]
    fn who_asks_for_a_song_is_not_its_artist() {
        let line = |who: &str, wish: &str| entry(Some(who), wish, &format!("> {who}: {wish}"));
        let entries = vec![
            line("Jo", "Rain - Velo"),
            line("Ida", "Glass - Ana"),
            line("Jo", "Salt - Nova"),
            line("Bo", "Mist - Mild Storms"),
            line("Bo", "Low Tide"),
        ];
        let want = ["Velo / Rain", "Ana / Glass", "Nova / Salt", "Mild Storms / Mist", "- / Low Tide"];
        assert_eq!(names(Listing { entries, ..Listing::default() }), want);
    }

    #[test]
    fn what_the_reader_saw_as_well_stays() {
        let kept = [
            (Some("Velo"), "Rain (live)", "Velo - Rain (live)"),
            (Some("Rain"), "Velo", "Rain - Velo"),
            // One line may be about a cover.
            (Some("Ida"), "Glass", "Ida - Glass (Ana)"),
        ];
        let entries = kept.iter().map(|(artist, title, line)| entry(*artist, title, line)).collect();
        let want = kept.map(|(artist, title, _)| format!("{} / {title}", artist.unwrap_or_default()));
        assert_eq!(names(Listing { entries, ..Listing::default() }), want);
    }

    #[test]
    fn lines_that_were_not_read_are_entries_in_their_places() {
        let aside = |before, line, text: &str| Aside { before, line, text: text.to_owned(), near: false };
        let unread = |line| Unread { line, text: String::new() };
        let mut listing = Listing {
            entries: vec![entry(Some("Velo"), "Orbit", "Velo - Orbit")],
            asides: vec![
                aside(0, 1, "About the Rain of which Velo sings"),
                aside(0, 2, "[x] Glass = Ana"),
                aside(1, 4, "[x] Salt = Nova"),
                aside(1, 5, "[x] Low Tide = Mild Storms"),
                aside(1, 6, "[x] Rain = Velo"),
                aside(1, 7, "Velo, again: Orbit"),
            ],
            unread: (1..=7).filter(|line| *line != 3).map(unread).collect(),
            ..Listing::default()
        };
        settle(&mut listing, &spots);
        let left: Vec<usize> = listing.unread.iter().map(|unread| unread.line).collect();
        assert_eq!(left, [1, 7], "what is asked for is not asked for again");
        let want = ["Ana / Glass", "Velo / Orbit", "Nova / Salt", "Mild Storms / Low Tide", "Velo / Rain"];
        assert_eq!(names(listing), want);
    }

    #[test]
    fn a_title_keeps_the_bracket_behind_it() {
        let whole = |line: &str| spots(line).map(|spot| titled(line, &spot));
        assert_eq!(whole("Velo: Rain (live), 1984").as_deref(), Some("Rain (live)"));
        assert_eq!(whole("Rain (Velo)").as_deref(), Some("Rain"));
    }
}
