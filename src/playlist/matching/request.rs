//! Takes a listing; gives what is asked for: each entry read both ways round (artist first,
//! title first), with what the heading adds, equal lines joined.
//! Never looks at files.

use std::collections::{BTreeSet, HashMap};

use super::count::is_count;
use super::gap::productions;
use super::heading::is_event;
use super::known;
use super::normalise::{Phrase, Word, beginning, number, unmangled, words};
use super::note::{Note, read_note_text};
use super::pieces::is_wide;
use super::title::Title;
use super::version::Version;
use super::view::{is_nobody, names_of};
use super::weights;
use crate::playlist::listing::{Entry, Listing};

/// One way to read an entry.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// The artist and its spellings; empty where nobody is named.
    pub(super) artists: Vec<Phrase>,
    /// Other names that these people are known by.
    pub(super) also: Vec<Phrase>,
    /// The title taken apart.
    pub(super) title: Title,
    /// What it costs to read the line so, in nats.
    pub(super) cost: f64,
    /// Artist and title stand the other way round than the listing's reader had them.
    pub(super) turned: bool,
}

/// One entry, or several that ask for the same.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// The entries, by position, first one first.
    pub(super) entries: Vec<usize>,
    /// The readings: as written, then turned if there are two names.
    pub(super) readings: Vec<Asked>,
    /// The number given.
    pub(super) number: Option<u32>,
    /// The disc that it is on.
    pub(super) disc: Option<u32>,
    /// The position in the listing, from 1.
    pub(super) position: u32,
    /// The length given, in seconds.
    pub(super) seconds: Option<f64>,
    /// The album that the line names.
    pub(super) album: Option<Phrase>,
    /// The heading above it is taken for the album, and may as well be the artist's name.
    pub(super) headed: bool,
    /// The file that the line names.
    pub(super) file: Option<String>,
    /// All words of the line and its remarks.
    pub(super) said: BTreeSet<Word>,
    /// Most lines of the listing carry such a note in brackets as this one does: it is the writer's, and no part of
    /// the song's name.
    pub(super) usual_note: bool,
    /// The note in brackets is a person's name, in a listing of mixes: theirs is asked for.
    pub(super) names_mixer: bool,
    /// The words that are neither title nor artist; `false` for those that a "not" rules out.
    pub(super) remarks: Vec<(Word, bool)>,
}

/// Reads the entries. Lines that ask for the same thing are one request.
pub(super) fn requests(listing: &Listing) -> Vec<Request> {
    let mut requests: Vec<Request> = Vec::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut titled: HashMap<String, usize> = HashMap::new();
    for (at, entry) in listing.entries.iter().enumerate() {
        let request = read(entry, at);
        let key = key(&request);
        let title = &request.readings[0].title;
        let again = before_again(title).and_then(|name| titled.get(&name));
        match seen.get(&key).or(again).copied() {
            Some(first) => requests[first].entries.push(at),
            None => {
                if !title.is_empty() {
                    titled.entry(title.base().words.join(" ")).or_insert(requests.len());
                }
                seen.insert(key, requests.len());
                requests.push(request);
            }
        }
    }
    let headed = listing.artist.as_deref().is_some_and(|artist| !is_nobody(artist) && !is_event(artist));
    read_brackets(&mut requests, headed);
    see_usual_notes(&mut requests);
    see_mixers(listing, &mut requests);
    requests
}

/// Among lines that say whose mix they ask for ("Song (Ada Moor mix)"), a name in brackets alone says the same.
fn see_mixers(listing: &Listing, requests: &mut [Request]) {
    const FEWEST: usize = 2;
    let names_mix = |r: &&Request| {
        let versions = &r.readings[0].title.versions;
        versions.kinds.contains(&Version::Remix) && !versions.label.is_empty()
    };
    if requests.iter().filter(names_mix).count() < FEWEST {
        return;
    }
    for request in requests.iter_mut().filter(|r| !r.readings[0].artists.is_empty()) {
        let noted = matches!(request.readings[0].title.asides.as_slice(), [only] if only.words.len() > 1);
        request.names_mixer = noted && ends_in_name(&listing.entries[request.entries[0]].title);
    }
}

/// Whether a title ends in brackets that hold what may be a person's name: two or three words with a great letter each.
fn ends_in_name(title: &str) -> bool {
    let note = title.trim_end().strip_suffix([')', ']']).and_then(|rest| rest.rsplit_once(['(', '[']));
    let Some((before, note)) = note else { return false };
    let great = |word: &str| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase) && word.chars().all(|c| c.is_alphabetic() || c == '.')
    };
    let words: Vec<&str> = note.split_whitespace().collect();
    !before.trim().is_empty() && (2..=3).contains(&words.len()) && words.into_iter().all(great)
}

/// Where nearly every line carries a note in brackets that names no version ("Song (the film)"), the writer put it there.
fn see_usual_notes(requests: &mut [Request]) {
    const FEWEST: usize = 5;
    let noted = |r: &Request| r.readings.iter().any(|asked| !asked.title.asides.is_empty());
    let count = requests.iter().filter(|r| noted(r)).count();
    let usual = count >= FEWEST && count * 10 >= requests.len() * 7;
    requests.iter_mut().for_each(|request| request.usual_note = usual);
}

/// "Title (Artist)": a listing most of whose lines name nobody and end in one pair of brackets names its
/// artists there. Elsewhere that is one more way to read such a line; under an artist's name writers stand there.
fn read_brackets(requests: &mut [Request], headed: bool) {
    const FEWEST: usize = 3;
    let nameless = |r: &&mut Request| r.readings[0].artists.is_empty();
    let bracketed = |r: &Request| match r.readings[0].title.asides.as_slice() {
        // In another script it is the title again.
        [aside] => !is_measure(aside) && is_wide(&aside.glued) == is_wide(&r.readings[0].title.base().glued),
        _ => false,
    };
    let lines: Vec<&mut Request> = requests.iter_mut().filter(nameless).collect();
    let count = lines.iter().filter(|r| bracketed(r)).count();
    let is_rule = !headed && count >= FEWEST && count * 10 >= lines.len() * 6;
    for request in lines.into_iter().filter(|r| bracketed(r)) {
        let first = &request.readings[0];
        let mut title = Title::new(&first.title.base().words.join(" "));
        title.versions.join(&first.title.versions);
        let artists = names_of(&first.title.asides[0].words.join(" "));
        let cost = if is_rule { 0.0 } else { weights::CUT_SHORT };
        let also = known::people(&artists);
        let reading = Asked { artists, also, title, cost, turned: false };
        if is_rule {
            // However else the line is cut: the artist stands there, and it is not somebody else's song.
            for other in request.readings.iter_mut().filter(|other| other.artists.is_empty()) {
                (other.artists, other.also) = (reading.artists.clone(), reading.also.clone());
            }
            request.readings[0] = reading;
        } else {
            request.readings.push(reading);
        }
    }
}

/// Whether a note only says how long something is ("21 min").
fn is_measure(note: &Phrase) -> bool {
    const UNITS: &[&str] = &[
        "min", "mins", "minute", "minutes", "sec", "secs", "seconds", "h", "hr", "hour", "hours", "std",
        "minuten",
    ];
    let is_unit = |word: &Word| UNITS.contains(&word.as_str());
    note.words.iter().all(|word| number(word).is_some() || is_unit(word)) && note.words.iter().any(is_unit)
}

/// Artist and album of a heading like "The Lanterns – Glass River".
fn divided(section: &str) -> Option<(&str, &str)> {
    let dashes = [" – ", " — ", " - "].iter().filter_map(|dash| Some((section.find(dash)?, dash.len())));
    let (at, length) = dashes.min()?;
    Some((&section[..at], &section[at + length..]))
}

/// The two halves of a line in a script that is written without gaps: the one between them parts artist and title.
fn halves(title: &str) -> Option<(&str, &str)> {
    let (first, rest) = title.trim().split_once([' ', '\u{3000}'])?;
    let gapless = |c: char| ('\u{3040}'..='\u{30FF}').contains(&c) || ('\u{4E00}'..='\u{9FFF}').contains(&c);
    let rest = rest.trim();
    let whole = |half: &str| half.chars().count() > 1 && half.chars().all(gapless);
    (whole(first) && whole(rest)).then_some((first, rest))
}

fn read(entry: &Entry, at: usize) -> Request {
    // "Episode 3: The Ferry" is a title with its number, whichever side of the sign was taken for the artist.
    let (title, artist, count) = match (&entry.artist, &entry.title) {
        (Some(artist), title) if is_count(&words(artist)) => (title, None, Some(artist)),
        (Some(artist), title) if is_count(&words(title)) => (artist, None, Some(title)),
        (artist, title) => (title, artist.as_deref(), None),
    };
    let counted = count.and_then(|count| number(words(count).last()?));
    let title = unmangled(title).unwrap_or_else(|| title.clone());
    let artist = artist.filter(|a| !is_nobody(a) && !is_measure(&Phrase::new(a)));
    // A heading without a dash that was taken for an album is none of people.
    let above = entry.more.section.as_deref();
    let above = above.filter(|section| entry.more.album.is_none() || divided(section).is_some());
    let of_section = || entry.more.section.as_deref().and_then(divided).map(|(_, album)| album);
    let told = entry.more.album.as_deref().or_else(of_section);
    let album = told.or(above.filter(|_| artist.is_none()));
    let line = entry.line();
    let remarked = [line.as_ref(), entry.more.note.as_deref().unwrap_or_default(), &title].map(beginning);
    let mut named: Vec<Word> = words(&title);
    named.extend(words(artist.unwrap_or_default()));
    Request {
        remarks: remarks(&remarked, &named),
        usual_note: false,
        names_mixer: false,
        entries: vec![at],
        readings: readings(entry, &title, artist, above),
        number: entry.number.or(counted),
        disc: entry.disc,
        position: u32::try_from(at + 1).unwrap_or(u32::MAX),
        seconds: entry.length.map(|l| l.as_secs_f64()).filter(|s| *s > 0.0),
        album: album.map(Phrase::new).filter(|a| !a.is_empty()),
        headed: told.is_none(),
        // A part of a file is not found by the name of the whole.
        file: entry
            .file
            .as_deref()
            .filter(|_| entry.more.span.is_none())
            .map(|f| f.to_string_lossy().replace('\\', "/")),
        said: remarked.iter().flat_map(|text| words(text)).collect(),
    }
}

/// All ways to read an entry whose reader found these two sides; `above` is the name above its part of the listing.
fn readings(entry: &Entry, title: &str, artist: Option<&str>, above: Option<&str>) -> Vec<Asked> {
    let reading = |artists: Vec<Phrase>, title, cost| {
        let also = known::people(&artists);
        Asked { artists, also, title, cost, turned: false }
    };
    let mut straight = Title::asked(title);
    // "CD 2: Live in Riga" says it of each of its tracks.
    if let Some(version) = of_disc(entry).filter(|_| straight.versions.kinds.is_empty()) {
        straight.versions.kinds.insert(version);
    }
    let mut artists = artist.map(names_of).unwrap_or_default();
    if !artists.is_empty() {
        artists.extend_from_slice(&straight.guests);
    }
    let turned = artist.map(|artist| {
        let mut other = Title::asked(artist);
        other.versions.join(&straight.versions);
        Asked { turned: true, ..reading(names_of(title), other, 0.0) }
    });
    let mut readings = vec![reading(artists.clone(), straight, 0.0)];
    if let Some(head) = before_filler(title) {
        readings.push(reading(artists, Title::asked(head), weights::FILLER));
    }
    match turned {
        Some(turned) => readings.push(turned),
        None => nameless_readings(entry, title, above, |artists, title, cost| {
            readings.push(reading(artists, Title::asked(title), cost));
        }),
    }
    readings
}

/// Gives `add` the artist, the title and the cost of each further way to read an entry that names no artist.
fn nameless_readings(
    entry: &Entry,
    title: &str,
    above: Option<&str>,
    mut add: impl FnMut(Vec<Phrase>, &str, f64),
) {
    if let Some(rest) = after_dash(entry) {
        // "Title - remark" is how the listing stands; this line may be "Artist - Title" all the same.
        add(names_of(title), rest, weights::REMARK_AS_TITLE);
    }
    if let Some(section) = above {
        // "The Lanterns – Glass River", or the name alone, above these entries.
        let people = divided(section).map_or(section, |(people, _)| people);
        add(names_of(people), title, weights::SECTION_ARTIST);
    }
    if let Some((first, rest)) = halves(title) {
        add(names_of(first), rest, weights::GAP_PARTS);
        add(names_of(rest), first, weights::CUT_SHORT);
    }
    let cut = title.split_once(',').filter(|(head, _)| !head.contains(['(', '[', '「', '"']));
    if let Some((head, _)) = cut {
        add(Vec::new(), head, weights::CUT_SHORT);
    }
}

/// The version that the heading of a disc says of all its tracks, where it says one: "CD 2: Live in Riga", "Disc 3 - Demos".
fn of_disc(entry: &Entry) -> Option<Version> {
    let section = entry.more.section.as_deref().filter(|_| entry.disc.is_some())?;
    let named = section.split_once([':', '-', '–', '—', '(', '[', '"', '“'])?.1;
    let named = named.rsplit_once([':', '–', '—']).map_or(named, |(_, last)| last);
    let Note::Version(versions) = read_note_text(named.trim_matches(|c: char| !c.is_alphanumeric())) else {
        return None;
    };
    let mut kinds = versions.kinds.into_iter();
    let whole = [Version::Live, Version::Demo, Version::Instrumental, Version::Acoustic];
    kinds.next().filter(|kind| whole.contains(kind)).filter(|_| kinds.next().is_none())
}

/// The remark of an entry, if it stands behind a dash.
fn after_dash(entry: &Entry) -> Option<&str> {
    let note = entry.more.note.as_deref().map(str::trim).filter(|note| !note.is_empty())?;
    let before = entry.more.text.split(note).next()?.trim_end();
    before.ends_with(['-', '–', '—']).then_some(note)
}

/// What is left of a title without the words that people end a wish with ("Waterloo pls").
fn before_filler(title: &str) -> Option<&str> {
    const FILLERS: &[&str] = &[
        "pls",
        "plz",
        "plss",
        "please",
        "obvs",
        "obviously",
        "ofc",
        "lol",
        "lmao",
        "haha",
        "hahaha",
        "thx",
        "thanks",
        "defo",
        "definitely",
        "duh",
        "btw",
        "tho",
        "imo",
        "fyi",
        "asap",
        "bitte",
        "danke",
        "svp",
    ];
    let is_filler = |word: &str| {
        let plain = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        plain.is_empty() || FILLERS.contains(&plain.as_str())
    };
    let mut head = title.trim_end();
    while let Some((before, last)) = head.rsplit_once(' ').filter(|(_, last)| is_filler(last)) {
        head = before.trim_end();
        if last.is_empty() {
            continue;
        }
    }
    (head.len() < title.trim_end().len() && !head.is_empty()).then_some(head)
}

/// The words of remarks. A "not" reaches as far as the next sign, and five words at most.
fn remarks(texts: &[&str], named: &[Word]) -> Vec<(Word, bool)> {
    const REACH: usize = 5;
    let mut found = Vec::new();
    for clause in
        texts.iter().flat_map(|text| text.split(['(', ')', ',', ';', ':', '.', '!', '?', '–', '—', '"']))
    {
        let mut ruled_out = 0_usize;
        for word in words(clause) {
            if matches!(word.as_str(), "not" | "no" | "without" | "never" | "isnt") {
                ruled_out = REACH;
                continue;
            }
            if !named.contains(&word) {
                found.push((word, ruled_out == 0));
            }
            ruled_out = ruled_out.saturating_sub(1);
        }
    }
    found
}

/// Equal for entries that ask for the same. An entry without words is only like itself.
fn key(request: &Request) -> String {
    let asked = &request.readings[0];
    let artist = asked.artists.first().map_or("", |a| a.glued.as_str());
    let title = &asked.title;
    if title.is_empty() {
        return format!("{:?}", request.entries);
    }
    let aside: Vec<&str> = title.asides.iter().map(|a| a.glued.as_str()).collect();
    let (versions, album) = (&title.versions, request.album.as_ref().map_or("", |a| a.glued.as_str()));
    // Two pieces of an album may share a name ("Allegro"); their numbers or lengths differ.
    let place = (
        request.number.filter(|_| artist.is_empty()),
        request.disc.filter(|_| artist.is_empty()),
        request.seconds.map(|s| s.round().to_bits()),
    );
    format!(
        "{artist}\u{1}{}\u{1}{aside:?}\u{1}{:?}\u{1}{}\u{1}{album}\u{1}{place:?}\u{1}{:?}\u{1}{:?}",
        title.base().words.join(" "),
        versions.kinds,
        versions.label.glued,
        request.file,
        productions(&request.said)
    )
}

/// The title that "X again" repeats.
fn before_again(title: &Title) -> Option<String> {
    let at = title.whole.words.iter().position(|w| w == "again").filter(|at| *at > 0)?;
    Some(title.whole.words[..at].join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playlist::Details;

    #[test]
    fn what_ends_a_wish_is_no_part_of_it() {
        assert_eq!(before_filler("waterloo pls 🙏"), Some("waterloo"));
        assert_eq!(before_filler("mamma mia obvs lol!!"), Some("mamma mia"));
        assert_eq!(before_filler("Please Please Me"), None);
        assert_eq!(before_filler("please"), None);
    }

    fn listing(titles: &[&str]) -> Listing {
        let entries = titles
            .iter()
            .map(|t| Entry {
                title: (*t).into(),
                more: Details { text: (*t).into(), ..Details::default() }.into(),
                ..Entry::default()
            })
            .collect();
        Listing { entries, ..Listing::default() }
    }

    #[test]
    fn repeats_are_one_request() {
        let all = requests(&listing(&["Rehab", "Valerie ('68)", "rehab AGAIN", "REHAB", "Valerie ('08)"]));
        let entries: Vec<Vec<usize>> = all.into_iter().map(|r| r.entries).collect();
        assert_eq!(entries, [vec![0, 2, 3], vec![1], vec![4]]);
    }

    #[test]
    fn artists_in_brackets_are_read_where_that_is_the_rule() {
        let named = |titles: &[&str]| -> Vec<bool> {
            requests(&listing(titles)).iter().map(|r| !r.readings[0].artists.is_empty()).collect()
        };
        assert_eq!(named(&["One (Ada Moor)", "Two (Bo Lind)", "Three (The Lanterns)"]), [true; 3]);
        assert_eq!(named(&["One (Ada Moor)", "Two", "Three", "Four"]), [false; 4]);
        assert_eq!(named(&["One (live)", "Two (live)", "Three (live)"]), [false; 3]);
    }

    #[test]
    fn a_rule_of_brackets_leaves_no_line_without_its_artist() {
        let titles = ["One (Ada Moor, 1967)", "Two, Too (Bo Lind, 1968)", "Three (The Lanterns, 1970)"];
        for request in requests(&listing(&titles)) {
            assert!(request.readings.iter().all(|asked| !asked.artists.is_empty()), "{request:?}");
        }
    }

    #[test]
    fn what_nearly_every_line_notes_is_the_writers() {
        let usual = |titles: &[&str]| {
            let mut all = listing(titles);
            all.entries.iter_mut().for_each(|entry| entry.artist = Some("Ada Moor".into()));
            requests(&all).iter().all(|request| request.usual_note)
        };
        let films =
            ["One (the Ferry)", "Two (the Moor)", "Three (the Ferry)", "Four (Amber)", "Five", "Six (Amber)"];
        assert!(usual(&films));
        assert!(!usual(&films[..4]), "too few to tell");
        assert!(!usual(&["One (the Ferry)", "Two", "Three", "Four", "Five", "Six"]));
    }

    #[test]
    fn odd_entries_are_kept_apart() {
        assert_eq!(requests(&listing(&["", "", "!!!", "???", "Again"])).len(), 5);
    }
}
