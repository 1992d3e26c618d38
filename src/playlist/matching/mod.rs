//! Takes a listing and the tracks of a library; gives for each entry its file, how sure, and why.
//! Pure and deterministic: no clock, no disk, no chance; the order of the tracks does not matter.
//! Never chooses a file because it sounds better than another song.
//!
//! ```text
//! listing -> heading, request ----------------------\
//! tracks -> view -> build -> file -> index -- search (score) -> joint (context, margin) -> confidence -> report
//!       (filename, title,          \-- collection (recording, release)
//!        note, surroundings)
//! ```
//! `score` holds one entry against one track (`people`: who, `gap`: versions and notes); `joint` chooses for all of them,
//! with what they say together (`context`, `numbering`) and what stands for a title in short (`shorthand`) or by its number alone (`seats`); `margin` and
//! `assign` give what all lose without a choice.
//! The index keeps only keys (`key`, `grams`), in a file that is read in place; `collection` describes the
//! tracks that an entry may mean; `recognise` and `spot` (which looks at lines as `parted` cuts them) tell those who
//! read listings what the library has, before anything is matched.
//! A title is cut by `pieces`, `title`, `count` and `note` (its words are in `lexicon`); `normalise`, `words`, `script`,
//! `sound`, `ear`, `kanji`, `han`, `known` and `similarity` compare names; every number stands in `weights`, and
//! `ledger` keeps what each piece of evidence was worth.

mod assign;
mod build;
mod collection;
mod confidence;
mod context;
mod count;
mod ear;
mod filename;
mod gap;
mod glossary;
mod grams;
mod han;
mod heading;
mod index;
mod joint;
mod kanji;
mod key;
mod known;
mod ledger;
mod lexicon;
mod margin;
mod normalise;
mod note;
mod numbering;
mod parallel;
mod parted;
mod people;
mod pieces;
mod ranking;
mod recognise;
mod recording;
mod release;
mod report;
mod request;
mod score;
mod script;
mod search;
mod seats;
mod shorthand;
mod similarity;
mod sound;
mod spot;
mod surroundings;
mod title;
mod tracks;
mod union;
mod version;
mod view;
mod weights;
mod words;

pub use index::Index;
pub use ledger::Piece;
pub use report::{Accept, Candidate, EntryMatch, Guard, Held, Pinned, Reason, Report, Status, Version};
pub(in crate::playlist) use spot::Spotter;
pub use tracks::Tracks;

use crate::library::Track;
use crate::memory;
use crate::playlist::listing::Listing;
use collection::Collection;
use confidence::Verdict;
use joint::{Choice, Joint};
use parallel::shared_out;
use request::Request;
use search::MANY;
use tracks::Row;

/// What counts of a name, for comparing it: its words without accents, apostrophes and case.
pub(in crate::playlist) fn name_key(name: &str) -> String {
    normalise::Phrase::new(name).words.join(" ")
}

/// Whether a note beside a title names a version of the song: "live", "radio edit".
pub(in crate::playlist) fn names_version(note: &str) -> bool {
    matches!(note::read_note_text(note), note::Note::Version(_))
}

/// Requests that are worth another thread.
const FEWEST_ROWS: usize = 16;
/// Candidates shown per entry.
const SHOWN: usize = 5;
/// Candidates less likely than this are not shown.
const FAINTEST: f64 = 1e-4;

/// Finds the entries of `listing` among `tracks`; no other version of a song is taken for it.
pub fn match_listing(listing: &Listing, tracks: &[Track]) -> Report {
    Index::new(tracks).match_listing(listing, &Row(tracks))
}

/// Finds the entries of `listing` among `tracks`, with other versions of a song or without.
pub fn match_accepting(listing: &Listing, tracks: &[Track], accept: Accept) -> Report {
    Index::new(tracks).match_accepting(listing, &Row(tracks), accept)
}

impl Index {
    /// Finds the entries of `listing` among `tracks`, which must be those the index was made of; no other
    /// version of a song is taken for it.
    pub fn match_listing(&self, listing: &Listing, tracks: &dyn Tracks) -> Report {
        self.match_accepting(listing, tracks, Accept::Exact)
    }

    /// The same, with other versions of a song or without.
    ///
    /// No answer comes from a damaged file: then the names are read anew.
    pub fn match_accepting(&self, listing: &Listing, tracks: &dyn Tracks, accept: Accept) -> Report {
        let report = self.answer(listing, tracks, accept);
        let report =
            if self.is_whole() { report } else { Self::of_sorted(tracks).answer(listing, tracks, accept) };
        if listing.entries.len() > MANY {
            tracks.rest();
            memory::give_back();
        }
        report
    }

    fn answer(&self, listing: &Listing, tracks: &dyn Tracks, accept: Accept) -> Report {
        let heading = heading::heading(listing, |name| self.knows_artist(name));
        let requests = request::requests(listing);
        let collection = Collection::new(self, tracks);
        let joint = joint::choose(&collection, &heading, &requests, accept);
        let components = joint.components();
        let mut entries: Vec<Option<EntryMatch>> = vec![None; listing.entries.len()];
        let found = shared_out(&requests, requests.len() / FEWEST_ROWS, |first, part| {
            let found = part.iter().zip(first..).map(|(request, at)| {
                let verdict = confidence::judge(&collection, &joint, &components, at);
                report(listing, &collection, &joint, request, at, verdict)
            });
            let found = found.collect::<Vec<_>>();
            if requests.len() > MANY {
                collection.forget_pages();
            }
            found
        });
        for (request, found) in requests.iter().zip(found.into_iter().flatten()) {
            let Some((last, others)) = request.entries.split_last() else { continue };
            let own = |entry: usize| listing.entries[entry].more.markup.clone();
            for entry in others {
                entries[*entry] =
                    Some(EntryMatch { number: entry + 1, markup: own(*entry), ..found.clone() });
            }
            entries[*last] = Some(EntryMatch { number: last + 1, markup: own(*last), ..found });
        }
        Report { entries: entries.into_iter().flatten().collect() }
    }
}

fn report(
    listing: &Listing,
    tracks: &Collection<'_>,
    joint: &Joint,
    request: &Request,
    at: usize,
    verdict: Verdict,
) -> EntryMatch {
    let row = &joint.table[at];
    let file = |choice: &Choice| {
        let members: Vec<usize> = tracks.members(choice.recording).collect();
        let vouched = |track: usize| joint.context.vouches_for(tracks, track, joint.table.len());
        let best = recording::choose(&members, |at| tracks.track(at), vouched);
        tracks.index.position(best.unwrap_or(choice.track))
    };
    let mut order: Vec<&Choice> = verdict.best.map(|best| &row[best]).into_iter().collect();
    let rest = row.iter().enumerate().filter(|(rank, _)| Some(*rank) != verdict.best);
    order.extend(rest.map(|(_, choice)| choice));
    let mut candidates = Vec::new();
    for (rank, choice) in order.into_iter().take(SHOWN).enumerate() {
        let first = rank == 0 && verdict.best.is_some();
        let confidence = if first {
            verdict.confidence
        } else {
            // What is left of certainty, and no more than the first has.
            let most =
                if verdict.best.is_some() { verdict.confidence.min(1.0 - verdict.confidence) } else { 1.0 };
            weights::calibrated(choice.total).min(most)
        };
        if first || confidence > FAINTEST {
            candidates.push(Candidate {
                track: file(choice),
                confidence,
                evidence: choice.ledger().pieces(),
                reasons: confidence::reasons(choice),
            });
        }
    }
    if candidates.len() > 1 {
        candidates[1..].sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    }
    let entry = &listing.entries[request.entries[0]];
    let turned = match verdict.best {
        Some(best) if row[best].evidence.title.is_some() => row[best].evidence.turned,
        _ => joint.turned && request.readings.len() > 1,
    };
    let mut reasons = verdict.reasons;
    let (mut artist, mut title) = (entry.artist.clone(), entry.title.clone());
    if let (true, Some(first)) = (turned, &entry.artist) {
        (artist, title) = (Some(entry.title.clone()), first.clone());
        reasons.push(Reason::Turned);
    }
    EntryMatch {
        number: 0,
        markup: None,
        artist,
        title,
        status: verdict.status,
        confidence: verdict.confidence,
        chosen: verdict.best.filter(|_| verdict.status.is_played()).map(|best| file(&row[best])),
        reasons,
        margin: verdict.margin,
        guards: verdict.guards,
        candidates,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;
    use crate::library::Tags;
    use crate::playlist::listing::Entry;

    const WORDS: [&str; 12] = [
        "river", "paper", "crown", "bridge", "lantern", "amber", "home", "war", "night", "glass", "moor",
        "song",
    ];

    fn word(n: usize) -> &'static str {
        WORDS[n % WORDS.len()]
    }

    /// Songs of two words by a few people; many share a name, a folder, or all but the length.
    fn songs(count: usize) -> Vec<Track> {
        let song = |n: usize| {
            let (title, artist) = (format!("{} {}", word(n), word(n / 7)), format!("The {}s", word(n / 40)));
            let path = format!("/m/{artist}/{}/{:02} {title}.flac", n / 10, n % 10);
            let tags = Tags { title: Some(title), artist: Some(artist), track: Some(1), ..Tags::default() };
            let length = Some(std::time::Duration::from_secs(100 + n as u64 % 50));
            Track { path: path.into(), tags, length, ..Track::default() }
        };
        (0..count).map(song).collect()
    }

    /// Some misspelt, some without their artist, some that nobody has.
    fn lines(count: usize) -> Listing {
        let line = |n: usize| {
            let (mut title, artist) =
                (format!("{} {}", word(n * 3), word(n)), format!("The {}s", word(n / 9)));
            if n.is_multiple_of(5) {
                title.remove(1);
            }
            Entry { artist: Some(artist).filter(|_| !n.is_multiple_of(4)), title, ..Entry::default() }
        };
        Listing { entries: (0..count).map(line).collect(), ..Listing::default() }
    }

    /// All that is said of each entry, with paths for positions.
    fn said(listing: &Listing, tracks: &[Track]) -> Vec<String> {
        let path = |at: usize| tracks[at].path.display().to_string();
        let entry = |entry: EntryMatch| {
            let candidates: Vec<_> =
                entry.candidates.iter().map(|c| (path(c.track), c.confidence.to_bits())).collect();
            let chosen = entry.chosen.map(path);
            format!("{chosen:?} {:?} {:?} {:?} {candidates:?}", entry.status, entry.margin, entry.reasons)
        };
        match_listing(listing, tracks).entries.into_iter().map(entry).collect()
    }

    #[test]
    fn the_answer_depends_neither_on_the_threads_nor_on_the_order_of_the_files() {
        // A short listing, and one that is long enough for memory to be given back meanwhile.
        for count in [30, MANY + 10] {
            let (listing, mut tracks) = (lines(count), songs(600));
            let wanted = said(&listing, &tracks);
            for cores in [1, 2, 5] {
                parallel::TOLD_CORES.store(cores, Ordering::Relaxed);
                let found = said(&listing, &tracks);
                assert_eq!(found, wanted, "{cores} threads");
                tracks.rotate_left(77 * cores);
                tracks[..200].reverse();
            }
            parallel::TOLD_CORES.store(0, Ordering::Relaxed);
        }
    }
}
