//! Takes who is asked for and who a file says made it; gives the evidence of it, also where the artist stands within
//! the line's title or the file's name.
//! Never looks at a title but to find people in it.

use super::ear;
use super::gap::is_of_show;
use super::kanji;
use super::ledger::Piece;
use super::normalise::{Phrase, Word};
use super::request::Asked;
use super::score::{Evidence, Scale, scripts_differ};
use super::script;
use super::similarity::{self, Likeness};
use super::sound;
use super::title::Title;
use super::view::{Described, View};
use super::weights as w;

/// What somebody asked for may be to the several people whom a file is by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    /// The name may be short for theirs.
    Short,
    /// One of them has that surname.
    Perhaps,
    /// The same, and other entries of the listing ask for all of them by name: here one alone is meant.
    OfNamed,
}

impl Scale<'_> {
    /// Artists: likeness, its worth, and whether they contradict each other.
    pub(super) fn artist(&self, asked: &Asked, track: &Described, view: &View) -> (Option<f64>, f64, bool) {
        let (names, part) = if asked.artists.is_empty() {
            (&self.heading.artists, w::HEADING_ARTIST)
        } else {
            (&asked.artists, 1.0)
        };
        if names.is_empty() {
            let headed = self.is_of_page(track, view);
            return if headed { (Some(w::HINT), w::HEADED_ARTIST, false) } else { (None, 0.0, false) };
        }
        let best = self.best_artist(names, &view.artists);
        let hint = self.best_artist(names, &track.hints);
        // Guests of a title whose artist is not told say nothing against anybody.
        let nobody = view.artists.len() <= view.title.guests.len();
        let worth = if nobody || best.value >= w::CONTRADICTION { w::HINT } else { w::HINT_AGAINST };
        // A name that these people are known by besides is nobody else's.
        let also = self.known_besides(asked, track, view, worth);
        let hinted = hint.value > 0.7 && hint.value * worth > best.value;
        let mut best = if hinted { Likeness { value: hint.value * worth, ..hint } } else { best };
        // Another spelling of one person is nobody else.
        let spelt_twice = names.iter().any(|name| name.glued.chars().any(script::is_foreign));
        if names.len() > 1 && !asked.artists.is_empty() && !spelt_twice {
            best.value *= w::BEST_PERSON + (1.0 - w::BEST_PERSON) * self.people_there(&names[0], track, view);
        }
        if !asked.artists.is_empty() && also.value > best.value {
            best = also;
        }
        if best.value < w::CONTRADICTION && acronym(names, &view.artists) {
            best = Likeness { value: w::ABBREVIATED[0], mass: w::HEAVY_NAME };
        }
        if best.value < w::ALBUM_FOR_ARTIST
            && !asked.artists.is_empty()
            && (self.album_for_artist(asked, track) || (self.by_album && is_album_of(asked, track)))
        {
            let value = w::ALBUM_FOR_ARTIST;
            return (Some(value), w::on_curve(w::ARTIST, value), false);
        }
        if nobody && best.value < 0.7 {
            return (None, 0.0, false);
        }
        if best.value < 0.9 {
            let heard = artist_by_ear(names, view.artists.iter().chain(track.hints.iter()));
            if heard > best.value {
                best = Likeness { value: heard, mass: w::HEAVY_NAME };
            }
        }
        if best.value < w::CONTRADICTION && view.artists.iter().all(|a| scripts_differ(a, &names[0])) {
            // Where they are known by a name in this script, that is nobody here.
            let here = asked.also.iter().any(|name| view.artists.iter().any(|a| !scripts_differ(a, name)));
            let worth = if here { w::on_curve(w::ARTIST, best.value) * part } else { w::OTHER_SCRIPT_ARTIST };
            return (here.then_some(best.value), worth, here);
        }
        let mut nats = w::on_curve(w::ARTIST, best.value) * part;
        if nats > 0.0 {
            nats *= (best.mass / w::HEAVY_NAME).min(1.0);
        }
        let against = hinted && worth == w::HINT_AGAINST;
        (
            Some(best.value),
            nats,
            against || best.value < w::CONTRADICTION || self.other_performer(asked, track, view),
        )
    }

    /// Whether a file is by somebody whom the page names beside the entries or, where no line says who plays, in its title: a
    /// composer's name above the pieces vouches for no pianist.
    fn is_of_page(&self, track: &Described, view: &View) -> bool {
        let named = |a: &Phrase| similarity::within(a, &self.heading.title, self.rarity);
        let titled = || view.artists.iter().map(named).any(|l| l.value >= 0.9 && l.mass >= w::HEAVY_NAME);
        (self.heading.players.is_empty() && titled()) || self.is_named_beside(track, view)
    }

    /// Whether a line beside the entries names who made the file, or the player whom its album or folder speaks of.
    fn is_named_beside(&self, track: &Described, view: &View) -> bool {
        let plays = |player| self.people_there(player, track, view) >= w::SAME_WORDS;
        view.artists.iter().any(|name| self.heading.speaks_of(name)) || self.heading.players.iter().any(plays)
    }

    /// How alike the file's people are to other names that those asked for are known by; a folder's name is worth `hint`.
    fn known_besides(&self, asked: &Asked, track: &Described, view: &View, hint: f64) -> Likeness {
        let named = self.best_artist(&asked.also, &view.artists);
        let hinted = self.best_artist(&asked.also, &track.hints);
        let best = if hinted.value * hint > named.value {
            Likeness { value: hinted.value * hint, ..hinted }
        } else {
            named
        };
        Likeness { value: best.value * w::KNOWN_PERSON, ..best }
    }

    /// Whether who is asked for is perhaps one of a pair, of whom the file says the surname only: "Ada Moor" for "Moor & Lind". The
    /// surname alone is short for the pair, unless the listing asks for the pair elsewhere.
    pub(super) fn member(&self, asked: &Asked, view: &View) -> Option<Member> {
        let names = if asked.artists.is_empty() { &self.heading.artists } else { &asked.artists };
        let (only, others) = names.split_first()?;
        let surname = only.words.last()?;
        let is_part = |name: &Phrase| name.words.iter().all(|word| only.words.contains(word));
        if others.iter().any(is_part) {
            return None; // several are asked for
        }
        let is_pair = |whole: &&Phrase| {
            whole.words.len() > 2
                && whole.glued != only.glued
                && whole.words.split(|word| word == "and").any(|one| one == std::slice::from_ref(surname))
        };
        let pair = view.artists.iter().find(is_pair)?;
        let full = only.words.len() > 1;
        if full && view.artists.iter().any(|name| name.glued == only.glued) {
            return None;
        }
        Some(match (full, self.named.contains(&pair.glued)) {
            (true, true) => Member::OfNamed,
            (true, false) | (false, true) => Member::Perhaps,
            (false, false) => Member::Short,
        })
    }

    /// Whether all who are asked for are guests in the file's title, and the song is somebody else's: "Ada Moor - River" for
    /// "Bo Lind - River (feat. Ada Moor)".
    pub(super) fn is_guest(&self, asked: &Asked, view: &View) -> bool {
        let guests = view.title.guests.len();
        if guests == 0 || asked.artists.is_empty() || view.artists.len() <= guests {
            return false;
        }
        let (own, guests) = view.artists.split_at(view.artists.len() - guests);
        self.best_artist(&asked.artists, guests).value >= w::SAME_ARTIST
            && self.best_artist(&asked.artists, own).value < w::CONTRADICTION
            && self.best_artist(&asked.also, own).value < w::CONTRADICTION
    }

    /// Whether the page says who plays, no other artist is asked for, and the file does not say that it is them.
    pub(super) fn is_uncredited(&self, asked: &Asked, track: &Described, view: &View) -> bool {
        !self.heading.players.is_empty()
            && asked.artists.is_empty()
            && self.heading.artists.is_empty()
            && !self.is_named_beside(track, view)
    }

    /// Whether the file's first artist is nobody of several people asked for, and one of these
    /// is nowhere in the file: the same composer, other players.
    fn other_performer(&self, asked: &Asked, track: &Described, view: &View) -> bool {
        let (Some(first), Some((_, people))) = (view.artists.first(), asked.artists.split_first()) else {
            return false;
        };
        let spelt_twice = asked.artists.iter().any(|name| name.glued.chars().any(script::is_foreign));
        let unknown = |person: &Phrase| {
            person.words.len() > 1
                && !spelt_twice
                && self.people_there(person, track, view) < w::CONTRADICTION
        };
        let is_first =
            |names: &[Phrase]| self.best_artist(names, std::slice::from_ref(first)).value >= w::CONTRADICTION;
        let named = is_first(&asked.artists) || is_first(&asked.also);
        !named && people.iter().any(unknown)
    }

    /// The share of the people asked for that the file speaks of anywhere.
    fn people_there(&self, people: &Phrase, track: &Described, view: &View) -> f64 {
        let mut words: Vec<Word> = view
            .artists
            .iter()
            .chain(track.hints.iter())
            .chain(&track.album)
            .flat_map(|p| p.words.clone())
            .collect();
        words.extend(view.title.whole.words.iter().cloned());
        words.sort_unstable();
        words.dedup();
        similarity::within(people, &Phrase::from_words(words), self.rarity).value
    }

    /// The case of a file called "elgar nimrod boult": what the title does not hold are people
    /// that the request names.
    pub(super) fn artist_in_name(&self, asked: &Asked, view: &View) -> Option<Evidence> {
        let words = &view.title.whole.words;
        let belongs = |word: &Word| {
            asked.artists.iter().any(|a| a.words.iter().any(|x| similarity::word(x, word) >= 0.8))
        };
        let titled = |word: &Word| asked.title.whole.words.contains(word);
        let named: Vec<Word> = words.iter().filter(|x| belongs(x) && !titled(x)).cloned().collect();
        let rest: Vec<Word> = words.iter().filter(|x| titled(x) || !belongs(x)).cloned().collect();
        if named.is_empty() || rest.is_empty() || !view.artists.is_empty() {
            return None;
        }
        let artist = self.best_artist(&asked.artists, &[Phrase::from_words(named)]);
        if artist.mass < w::HEAVY_NAME || artist.value < 0.5 {
            return None;
        }
        let title = self.names(&asked.title, &Title::new(&rest.join(" ")));
        let mut found = self.sum(title, (Some(artist.value), w::on_curve(w::ARTIST, artist.value), false));
        found.add(Piece::ArtistInTitle, w::EDGE_ARTIST);
        Some(found)
    }

    fn best_artist(&self, names: &[Phrase], others: &[Phrase]) -> Likeness {
        let mut best = Likeness::default();
        for (rank, name) in names.iter().enumerate() {
            // One of several people is a little less than all of them.
            let trust = if rank == 0 { 1.0 } else { 0.95 };
            for other in others {
                let found = similarity::artists(name, other, self.rarity);
                if found.value * trust > best.value {
                    best = Likeness { value: found.value * trust, mass: found.mass };
                }
            }
        }
        best
    }

    /// The case of "angels robbie": the artist is a part of the line that the reader could not
    /// tell from the title, but the file's artist can.
    pub(super) fn artist_at_edge(
        &self,
        asked: &Asked,
        track: &Described,
        view: &View,
    ) -> Option<(Evidence, Title)> {
        let words = &asked.title.whole.words;
        let known: Vec<&Phrase> = if view.artists.is_empty() {
            track.hints.iter().collect()
        } else {
            view.artists.iter().collect()
        };
        let belongs =
            |word: &Word| known.iter().any(|a| a.words.iter().any(|x| similarity::word(x, word) >= 0.8));
        let joins = |word: &Word| {
            matches!(word.as_str(), "by" | "from" | "and" | "with" | "feat" | "the" | "w" | "ft")
        };
        let at_end = words.iter().rev().take_while(|word| belongs(word) || joins(word)).count();
        let at_start = words.iter().take_while(|word| belongs(word) || joins(word)).count();
        let mut best: Option<(Evidence, Title)> = None;
        for (count, end) in [(at_end, true), (at_start, false)] {
            if count == 0 || count >= words.len() {
                continue;
            }
            let (rest, names) =
                if end { words.split_at(words.len() - count) } else { (&words[count..], &words[..count]) };
            let named = Phrase::from_words(names.iter().filter(|x| belongs(x)).cloned().collect());
            let artist = self.best_artist(
                std::slice::from_ref(&named),
                &known.iter().map(|k| (*k).clone()).collect::<Vec<_>>(),
            );
            if artist.mass < w::HEAVY_NAME || artist.value < 0.5 {
                continue;
            }
            let title = Title::asked(&rest.join(" "));
            let alike = self.names(&title, &view.title);
            let mut found =
                self.sum(alike, (Some(artist.value), w::on_curve(w::ARTIST, artist.value), false));
            found.add(Piece::ArtistInTitle, w::EDGE_ARTIST);
            if best.as_ref().is_none_or(|(b, _)| found.score() > b.score()) {
                best = Some((found, title));
            }
        }
        best
    }
}

/// Whether what stands in the artist's place is the name of the file's album, or the first letters of it.
pub(super) fn is_album_of(asked: &Asked, track: &Described) -> bool {
    let Some(album) = &track.album else { return false };
    let main = Phrase::from_words(album.words.iter().take_while(|word| !is_of_show(word)).cloned().collect());
    let all = || asked.artists.iter().take(1).chain(&asked.also);
    let same = |name: &Phrase| {
        [album, &main].iter().any(|album| {
            name.glued == album.glued
                || (name.words.len() == album.words.len()
                    && name.words.iter().zip(&album.words).all(|(x, y)| similarity::word(x, y) >= 0.8))
        })
    };
    // "Glass River: The Long Way Home (Original Soundtrack)".
    let begins = |name: &Phrase| {
        let rest = album.words.strip_prefix(name.words.as_slice()).unwrap_or_default();
        rest.iter().any(|word| matches!(word.as_str(), "soundtrack" | "ost" | "film" | "movie"))
    };
    all().any(|name| !name.is_empty() && (same(name) || begins(name)))
        || acronym(std::slice::from_ref(&asked.artists[0]), std::slice::from_ref(album))
}

/// Whether one of the names is the first letters of another's words ("ELP"), which "and" has a part in or not.
fn acronym(names: &[Phrase], others: &[Phrase]) -> bool {
    let letters = |name: &Phrase, with_and: bool| -> String {
        let words = name.words.iter().filter(|word| with_and || *word != "and");
        words.filter_map(|word| word.chars().next()).collect()
    };
    let is_short = |name: &Phrase, other: &Phrase| {
        let [only] = name.words.as_slice() else { return false };
        other.words.len() > 2
            && (3..=5).contains(&only.len())
            && [true, false].iter().any(|with_and| only.as_str() == letters(other, *with_and))
    };
    names.iter().any(|name| others.iter().any(|other| is_short(name, other) || is_short(other, name)))
}

/// How alike names of people are by ear, where they are in two scripts; 0 where they are not.
fn artist_by_ear<'a>(names: &'a [Phrase], others: impl Iterator<Item = &'a Phrase> + Clone) -> f64 {
    let foreign = |p: &Phrase| p.glued.chars().any(script::is_foreign);
    let (ours, theirs) = (names.iter().any(foreign), others.clone().any(foreign));
    if !ours && !theirs {
        return 0.0;
    }
    let syllables: Vec<String> = names
        .iter()
        .chain(others.clone())
        .filter(|p| foreign(p))
        .map(|p| sound::initials(&p.glued))
        .collect();
    // Names as written stand beside their spellings.
    let written = |name: Option<&'a Phrase>| name.map_or("", |name| name.glued.as_str());
    let in_script =
        (written(names.iter().find(|p| foreign(p))), written(others.clone().find(|p| foreign(p))));
    let mut best = 0.0_f64;
    for (x, y) in names.iter().flat_map(|x| others.clone().map(move |y| (x, y))) {
        if x.glued.is_ascii() && y.glued.is_ascii() {
            let heard = ear::heard_alike((in_script.0, &x.words), (in_script.1, &y.words));
            best = best.max(heard * w::SOUNDING_ARTIST);
            if sound::sounds_briefly_like(&x.words, &y.words) {
                best = best.max(w::BRIEF_ARTIST);
            }
        }
        let (written, latin) = if foreign(x) { (x, y) } else { (y, x) };
        if latin.glued.is_ascii() {
            // The family's name stands first there.
            let turned: Vec<Word> = latin.words.iter().rev().cloned().collect();
            let read = kanji::read_alike(&written.glued, &latin.words)
                .max(kanji::read_alike(&written.glued, &turned));
            best = best.max(read * w::SOUNDING_ARTIST);
        }
        let acronym = if foreign(x) { y } else { x };
        if syllables.iter().any(|s| sound::is_acronym(&acronym.glued, s)) && foreign(x) != foreign(y) {
            best = best.max(w::ACRONYM);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::super::view::names_of;
    use super::*;

    #[test]
    fn an_album_is_known_by_its_name_or_its_letters() {
        let of = |said: &str, album: &str| {
            let (artists, album) = (names_of(said), Some(Phrase::new(album)));
            let asked =
                Asked { artists, also: Vec::new(), title: Title::default(), cost: 0.0, turned: false };
            is_album_of(&asked, &Described { album, ..Described::default() })
        };
        assert!(of("Glass River", "Glass River"));
        assert!(of("Glas River", "Glass River (Original Soundtrack)"));
        assert!(of("RPC", "River Paper Crown"));
        assert!(!of("Glass", "Glass River"));
        assert!(!of("The Lanterns", ""));
    }
}
