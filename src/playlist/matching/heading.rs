//! Takes a listing; gives what stands above and between its entries: what it is called, whose it is, which versions it is of,
//! and who its other lines speak of.
//! Never looks at an entry.

use std::collections::BTreeSet;

use super::gap::{Production, is_cast, productions};
use super::known;
use super::normalise::{Phrase, Word, beginning, words};
use super::surroundings::of_surroundings;
use super::version::Version;
use super::view::{is_nobody, names_of};
use crate::playlist::listing::Listing;

/// What the heading says about all entries.
#[derive(Debug, Clone, Default)]
pub(super) struct Heading {
    /// The words of the title.
    pub(super) title: Phrase,
    /// The artist of the whole.
    pub(super) artists: Vec<Phrase>,
    /// Versions that the heading asks for ("Live at ...").
    pub(super) versions: BTreeSet<Version>,
    /// The stage or the screen that a cast's record is from.
    pub(super) productions: BTreeSet<Production>,
    /// Who plays the pieces, as a line beside them says ("Ada Moor, piano").
    pub(super) players: Vec<Phrase>,
    /// The words of the lines that are no entries, each after a gap.
    lines: Vec<Word>,
}

impl Heading {
    /// Whether a line that is no entry names these people in full: a section's artist, the players of a programme.
    pub(super) fn speaks_of(&self, name: &Phrase) -> bool {
        let count = name.words.len();
        let letters: usize = name.words.iter().map(|word| word.len()).sum();
        letters > 1
            && self.lines.windows(count + 2).any(|line| {
                let whole = line[0].is_empty() && line[count + 1].is_empty();
                // Within a line one word may be any word.
                (whole || count > 1) && line[1..=count] == name.words[..]
            })
    }
}

/// Words of lines that are no entries, as far as they are looked at.
const MOST_SAID: usize = 200;

fn lines(listing: &Listing) -> Vec<Word> {
    let mut said = vec![Word::default()];
    for line in &listing.unread {
        said.extend(words(beginning(&line.text)));
        said.push(Word::default());
        if said.len() > MOST_SAID {
            break;
        }
    }
    said
}

/// The players whom lines that are no entries name with what they play. A band's page names its guitarist and drummer: there
/// nobody else plays.
fn players(listing: &Listing) -> Vec<Phrase> {
    const ALONE: &[&str] = &[
        "piano",
        "klavier",
        "violin",
        "violine",
        "viola",
        "cello",
        "violoncello",
        "organ",
        "orgel",
        "harpsichord",
        "cembalo",
        "clavecin",
        "flute",
        "clarinet",
        "oboe",
        "bassoon",
        "lute",
        "harp",
        "conductor",
        "dirigent",
        "soprano",
        "mezzo",
        "tenor",
        "baritone",
        "bariton",
    ];
    const BAND: &[&str] = &[
        "guitar",
        "guitars",
        "bass",
        "drums",
        "vocals",
        "vocal",
        "keyboards",
        "gitarre",
        "schlagzeug",
        "saxophone",
    ];
    const MOST_LINES: usize = 40;
    const MOST: usize = 3;
    let mut players = Vec::new();
    for line in listing.unread.iter().take(MOST_LINES) {
        let mut before: Option<Phrase> = None;
        for part in beginning(&line.text).split([',', '(', ')', ';', '/', '–']).map(Phrase::new) {
            if let [only] = part.words.as_slice() {
                if BAND.contains(&only.as_str()) {
                    return Vec::new();
                }
                if ALONE.contains(&only.as_str()) {
                    players.extend(before.take().filter(|name| (1..=4).contains(&name.words.len())));
                    continue;
                }
            }
            before = Some(part).filter(|part| !part.is_empty());
        }
    }
    if players.len() > MOST { Vec::new() } else { players }
}

/// Reads the heading. Where the library has music by who the listing is called after and none by who it is said to be
/// by, that stands the other way round ("Glass River – The Lanterns (1979)").
pub(super) fn heading(listing: &Listing, is_artist: impl Fn(&str) -> bool) -> Heading {
    let title = listing.title.as_deref().unwrap_or_default();
    let artist = listing.artist.as_deref().filter(|a| !is_nobody(a));
    let name = title.split(['(', '[']).next().unwrap_or_default().trim();
    let whole;
    let (title, artist) = match artist {
        Some(album) if is_artist(name) && !is_artist(album) => (album, Some(name)),
        // "Some Tour – London, 14 Oct" is an evening, and nobody's name.
        Some(event) if !is_artist(event) && is_event(event) => {
            whole = format!("{event} {title}");
            (whole.as_str(), None)
        }
        _ => (title, artist),
    };
    // "RAIN - Original Broadway Cast": what stands in the artist's place is the show, and its cast sings.
    let (named, artist) = match artist {
        Some(show) if is_cast(name) => (Phrase::new(&format!("{show} {title}")), None),
        _ => (Phrase::new(title), artist),
    };
    Heading {
        productions: if is_cast(title) { productions(&named.words) } else { BTreeSet::new() },
        title: named,
        artists: artist.map(names_of).map(with_other_names).unwrap_or_default(),
        versions: of_surroundings(title),
        players: players(listing),
        lines: lines(listing),
    }
}

/// Whether what stands in the artist's place of a heading is an occasion or a list.
pub(super) fn is_event(name: &str) -> bool {
    const SIGNS: &[&str] = &[
        "tour",
        "setlist",
        "festival",
        "concert",
        "gig",
        "playlist",
        "party",
        "songs",
        "chart",
        "countdown",
        "tracklist",
        "mixtape",
        "soundtrack",
        "radio",
    ];
    words(name).iter().any(|word| SIGNS.contains(&word.as_str()))
}

/// The names, and those that the same people are known by beside.
fn with_other_names(mut names: Vec<Phrase>) -> Vec<Phrase> {
    names.extend(known::people(&names));
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playlist::Unread;

    #[test]
    fn who_plays_is_named_beside_the_pieces() {
        let of = |lines: &[&str]| -> Vec<String> {
            let unread = lines.iter().map(|text| Unread { line: 1, text: (*text).into() }).collect();
            let listing = Listing { unread, ..Listing::default() };
            heading(&listing, |_| false).players.into_iter().map(|name| name.words.join(" ")).collect()
        };
        assert_eq!(of(&["Ada Moor, piano"]), ["ada moor"]);
        assert_eq!(of(&["Played by friends", "Bo Lind (violin), Ada Moor (piano)"]), ["bo lind", "ada moor"]);
        assert!(of(&["Ada Moor – piano", "Bo Lind – drums"]).is_empty());
        assert!(of(&["piano", "Glass River"]).is_empty());
    }

    #[test]
    fn a_heading_may_stand_the_other_way_round() {
        let read = |is_artist: fn(&str) -> bool| {
            let title = Some("The Lanterns (1979)".into());
            let listing = Listing { title, artist: Some("Glass River".into()), ..Listing::default() };
            let heading = heading(&listing, is_artist);
            (heading.title.glued, heading.artists[0].glued.clone())
        };
        assert_eq!(read(|name| name == "The Lanterns"), ("glassriver".into(), "thelanterns".into()));
        assert_eq!(read(|_| true), ("thelanterns1979".into(), "glassriver".into()), "both are known");
        assert_eq!(read(|_| false).1, "glassriver");
    }
}
