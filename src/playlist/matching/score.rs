//! Takes one request and one described track; gives the evidence that the one asks for the
//! other, in nats, with its reasons, without regard to the other entries.
//! Never sees quality of files, never decides.

use std::collections::BTreeSet;

use super::collection::Collection;
use super::key::key;
use super::ledger::{Ledger, Piece};
use super::normalise::{Phrase, fold, latin};
use super::report::Accept;
use super::request::{Asked, Heading, Request};
use super::script;
use super::similarity::{self, Likeness};
use super::title::{Movement, Sequel, Title};
use super::version::{Version, Versions};
use super::view::{Described, View};
use super::weights as w;
use super::words::Rarity;

/// The evidence for one pair.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Evidence {
    /// What everything below is worth.
    pub(super) ledger: Ledger,
    /// The part of the titles in it.
    pub(super) title_nats: f64,
    /// How alike the titles are; `None` where the file has none.
    pub(super) title: Option<f64>,
    /// Weight of the words that agree.
    pub(super) mass: f64,
    /// How alike the artists are; `None` where a side names none.
    pub(super) artist: Option<f64>,
    /// The artists cannot both be right.
    pub(super) contradiction: bool,
    /// The file is another version than asked for.
    pub(super) other_version: Option<Version>,
    /// That version must not be played without asking.
    pub(super) blocked: bool,
    /// The numbers of sibling titles differ.
    pub(super) other_number: bool,
    /// One title is the other and a number behind it.
    pub(super) sequel: Option<Sequel>,
    /// The file's title is the one with the number.
    pub(super) longer_file: bool,
    /// The titles agree by ear or in translation only.
    pub(super) other_script: bool,
    /// A note in brackets behind the entry's title is nowhere in the file.
    pub(super) unanswered: bool,
    /// Difference in seconds, where both lengths are known.
    pub(super) seconds_off: Option<f64>,
    /// The request was read the other way round.
    pub(super) turned: bool,
    /// A remark beside the entry names the file's artist.
    pub(super) remarked: bool,
    /// The listing named this file.
    pub(super) named_file: bool,
}

impl Evidence {
    /// All of it, in nats.
    pub(super) fn score(&self) -> f64 {
        self.ledger.total()
    }

    fn add(&mut self, piece: Piece, nats: f64) {
        self.ledger.add(piece, nats);
    }
}

/// What stays the same while pairs are scored.
pub(super) struct Scale<'a> {
    pub(super) tracks: &'a Collection<'a>,
    pub(super) rarity: &'a Rarity,
    pub(super) heading: &'a Heading,
    pub(super) accept: Accept,
}

/// The best evidence for a pair, by how the request was read.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    /// As written.
    pub(super) straight: Evidence,
    /// Artist and title exchanged; `None` where there is only one name.
    pub(super) turned: Option<Box<Evidence>>,
    /// A bit for each name of the track: two tracks without a bit in common share no name.
    pub(super) names: u64,
}

impl Pair {
    /// The better one, if the listing as a whole was written one way or the other.
    pub(super) fn best(&self, listing_turned: bool) -> Evidence {
        let charged = |mut e: Evidence| {
            e.add(Piece::EntryReading, w::TURNED);
            e
        };
        match (&self.turned, listing_turned) {
            (None, _) => self.straight,
            (Some(turned), false) => better(self.straight, charged(**turned)),
            (Some(turned), true) => better(charged(self.straight), **turned),
        }
    }
}

/// The first unless the second is better.
fn better(a: Evidence, b: Evidence) -> Evidence {
    if b.score() > a.score() { b } else { a }
}

impl Scale<'_> {
    /// The best evidence over all readings and views; the entry is read as written, or both ways round.
    pub(super) fn pair(&self, request: &Request, at: usize, both_ways: bool) -> Pair {
        let track = self.tracks.described(at);
        let best = |turned: bool| {
            let mut best: Option<Evidence> = None;
            for asked in request.readings.iter().filter(|a| a.turned == turned) {
                // Turning both sides would compare the same again, without the title's notes.
                for view in track.views.iter().filter(|v| !(turned && v.turned)) {
                    let found = self.read(request, asked, &track, view);
                    best = Some(best.map_or(found, |b| better(b, found)));
                }
            }
            best.map(|found| self.beyond_names(request, at, found))
        };
        let mut untitled = Evidence { title_nats: w::UNTITLED, ..Evidence::default() };
        untitled.add(Piece::Any, w::PRIOR);
        untitled.add(Piece::Title, w::UNTITLED);
        let straight = best(false).unwrap_or_else(|| self.beyond_names(request, at, untitled));
        let bit = |view: &View| 1 << (key(&view.title.base().glued) % 64);
        let names = track.views.iter().fold(0, |names, view| names | bit(view));
        Pair { straight, turned: if both_ways { best(true).map(Box::new) } else { None }, names }
    }

    fn beyond_names(&self, request: &Request, at: usize, mut found: Evidence) -> Evidence {
        if let (Some(asked), Some(has)) = (request.seconds, self.tracks.place(at).seconds) {
            let off = (asked - has).abs();
            found.seconds_off = Some(off);
            found.add(Piece::Length, w::on_curve(w::LENGTH, off));
        }
        if request.file.as_deref().is_some_and(|file| is_file(file, &self.tracks.path(at))) {
            found.named_file = true;
            found.ledger.raise(Piece::NamedFile, 0.0);
            found.add(Piece::NamedFile, w::NAMED_FILE);
        }
        found
    }

    fn read(&self, request: &Request, asked: &Asked, track: &Described, view: &View) -> Evidence {
        let plain = self.plain(asked, view);
        let artist = self.artist(asked, track, view);
        let mut found = self.sum(plain, artist);
        // What is left of the line as the title once the artist is found in it.
        let mut left = None;
        if !asked.artists.is_empty() {
            found = self.artist_in_name(asked, view).map_or(found, |other| better(found, other));
        } else if let Some((edge, title)) = self.artist_at_edge(asked, track, view)
            && edge.score() > found.score()
        {
            found = edge;
            left = Some(title);
        }
        let title = left.as_ref().unwrap_or(&asked.title);
        found.turned = asked.turned;
        found.other_script = scripts_differ(asked.title.base(), view.title.base());
        found.add(Piece::FileReading, -view.cost);
        found.add(Piece::EntryReading, -asked.cost);
        self.compare_versions(request, asked, track, view, &mut found);
        self.compare_asides(asked, track, view, &mut found);
        self.remarks(request, asked, view, &mut found);
        let movements = Movement::conflict(asked.title.movement.as_ref(), view.title.movement.as_ref());
        if movements || asked.title.numbers.conflict(&view.title.numbers) {
            found.other_number = true;
            found.add(Piece::TitleNumber, w::NUMBERS_DIFFER);
        } else if let Some(sequel) = title.sequel(&view.title) {
            found.sequel = Some(sequel);
            found.longer_file = view.title.base().words.len() > title.base().words.len();
            found.add(Piece::TitleNumber, w::SEQUEL);
        } else if asked.title.numbers != view.title.numbers {
            found.add(Piece::TitleNumber, w::NUMBER_UNSAID);
        }
        found
    }

    fn sum(
        &self,
        title: Likeness,
        (artist, artist_nats, contradiction): (Option<f64>, f64, bool),
    ) -> Evidence {
        let mut ledger = Ledger::default();
        ledger.add(Piece::Any, w::PRIOR);
        ledger.add(Piece::Artist, artist_nats);
        let mut title_nats = w::OTHER_SCRIPT_TITLE;
        if title.value < 0.0 {
            ledger.add(Piece::Title, title_nats);
        } else {
            let alike = w::on_curve(w::TITLE, title.value);
            let rare = ((title.mass - w::USUAL_MASS) * w::MASS).clamp(w::MASS_RANGE.0, w::MASS_RANGE.1);
            ledger.add(Piece::Title, alike);
            ledger.add(Piece::Words, rare);
            title_nats = alike + rare;
        }
        Evidence {
            ledger,
            title_nats,
            title: Some(title.value.max(0.0)),
            mass: title.mass,
            artist,
            contradiction,
            ..Evidence::default()
        }
    }

    /// Titles by their best pair of names. Negative where scripts differ and nothing agrees.
    fn plain(&self, asked: &Asked, view: &View) -> Likeness {
        let best = self.names(&asked.title, &view.title);
        if !scripts_differ(asked.title.base(), view.title.base()) {
            return best;
        }
        let best = self.by_ear(&asked.title, &view.title, best);
        if best.value < 0.5 { Likeness { value: -1.0, mass: 0.0 } } else { best }
    }

    /// Titles in two scripts by how they sound, if that is better than `best`.
    fn by_ear(&self, asked: &Title, has: &Title, mut best: Likeness) -> Likeness {
        for (x, trust_x) in asked.names.iter().filter(|(name, _)| name.glued.is_ascii()) {
            for (y, trust_y) in has.names.iter().filter(|(name, _)| name.glued.is_ascii()) {
                // The trust in a spelling is part of the trust in a sound already.
                let trust = (trust_x.max(w::TRANSLITERATED) * trust_y.max(w::TRANSLITERATED))
                    / w::TRANSLITERATED.max(trust_x.max(*trust_y).min(1.0));
                let value = script::sounds_like(&x.words, &y.words) * trust.min(1.0);
                if value > best.value {
                    best = Likeness { value, mass: w::USUAL_MASS };
                }
                if best.value < w::BRIEF_TITLE && script::same_brief_sound(&x.words, &y.words) {
                    best = Likeness { value: w::BRIEF_TITLE, mass: w::USUAL_MASS };
                }
            }
        }
        best
    }

    fn names(&self, asked: &Title, has: &Title) -> Likeness {
        let mut best = Likeness::default();
        for (x, trust_x) in &asked.names {
            for (y, trust_y) in &has.names {
                let parts = if *trust_x < 1.0 && *trust_y < 1.0 { w::PARTS_ONLY } else { 1.0 };
                let trust = trust_x * trust_y * parts;
                if trust <= best.value {
                    continue;
                }
                let found = similarity::titles(x, y, self.rarity);
                let value = found.value * trust;
                if (value, found.mass) > (best.value, best.mass) {
                    best = Likeness { value, mass: found.mass };
                }
            }
        }
        // A work is known by its kind and number, and a movement by its own: what else a title says are
        // nicknames and tempi, of which each sleeve prints others.
        if best.value < w::SAME_WORK && Movement::same(asked.movement.as_ref(), has.movement.as_ref()) {
            best = Likeness { value: w::SAME_WORK, mass: best.mass.max(w::USUAL_MASS) };
        }
        match asked.whole.words.as_slice() {
            [only] if only.chars().count() > 2 && *only == has.initials && best.value < w::ABBREVIATED[1] => {
                let trust = w::ABBREVIATED[usize::from(only.chars().count() > 3)];
                best = Likeness { value: trust, mass: w::USUAL_MASS };
            }
            _ => {}
        }
        best
    }

    /// Artists: likeness, its worth, and whether they contradict each other.
    fn artist(&self, asked: &Asked, track: &Described, view: &View) -> (Option<f64>, f64, bool) {
        let (names, part) = if asked.artists.is_empty() {
            (&self.heading.artists, w::HEADING_ARTIST)
        } else {
            (&asked.artists, 1.0)
        };
        if names.is_empty() {
            let named = |a: &Phrase| similarity::within(a, &self.heading.title, self.rarity);
            let headed = view.artists.iter().map(named).any(|l| l.value >= 0.9 && l.mass >= w::HEAVY_NAME);
            return if headed { (Some(w::HINT), w::HEADED_ARTIST, false) } else { (None, 0.0, false) };
        }
        let best = self.best_artist(names, &view.artists);
        let hint = self.best_artist(names, &track.hints);
        // Guests of a title whose artist is not told say nothing against anybody.
        let nobody = view.artists.len() <= view.title.guests.len();
        let worth = if nobody || best.value >= w::CONTRADICTION { w::HINT } else { w::HINT_AGAINST };
        // A name that these people are known by besides is nobody else's.
        let also = self.best_artist(&asked.also, &view.artists);
        let also_hint = self.best_artist(&asked.also, &track.hints);
        let also = if also_hint.value * worth > also.value {
            Likeness { value: also_hint.value * worth, ..also_hint }
        } else {
            also
        };
        let also = Likeness { value: also.value * w::KNOWN_PERSON, ..also };
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
        let mut words: Vec<String> = view
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
    fn artist_in_name(&self, asked: &Asked, view: &View) -> Option<Evidence> {
        let words = &view.title.whole.words;
        let belongs = |word: &String| {
            asked.artists.iter().any(|a| a.words.iter().any(|x| similarity::word(x, word) >= 0.8))
        };
        let titled = |word: &String| asked.title.whole.words.contains(word);
        let named: Vec<String> = words.iter().filter(|x| belongs(x) && !titled(x)).cloned().collect();
        let rest: Vec<String> = words.iter().filter(|x| titled(x) || !belongs(x)).cloned().collect();
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
    fn artist_at_edge(&self, asked: &Asked, track: &Described, view: &View) -> Option<(Evidence, Title)> {
        let words = &asked.title.whole.words;
        let known: Vec<&Phrase> = if view.artists.is_empty() {
            track.hints.iter().collect()
        } else {
            view.artists.iter().collect()
        };
        let belongs =
            |word: &String| known.iter().any(|a| a.words.iter().any(|x| similarity::word(x, word) >= 0.8));
        let joins = |word: &String| {
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

    /// What remarks beside the entry say about the file's people and subtitle.
    fn remarks(&self, request: &Request, asked: &Asked, view: &View, found: &mut Evidence) {
        let asides = view.title.asides.iter().chain(std::iter::once(&view.title.versions.label));
        let told: Vec<&String> = view.artists.iter().chain(asides).flat_map(|p| &p.words).collect();
        let heard = |for_it: bool| {
            let words = request.remarks.iter().filter(|(_, kind)| *kind == for_it).map(|(word, _)| word);
            let of_version = |word: &str| view.title.versions.kinds.iter().any(|k| k.words().contains(&word));
            let heard = words.filter(|word| {
                self.rarity.weight(word) >= w::REMARK_MASS
                    && (told.contains(word) || of_version(word))
                    && !asked.title.whole.words.contains(word)
            });
            heard.collect::<BTreeSet<_>>()
        };
        let for_it = heard(true);
        let ruled_out = if heard(false).is_empty() { 0.0 } else { w::RULED_OUT };
        let told_of = match for_it.len() {
            0 => 0.0,
            1 => w::REMARKED,
            _ => w::REMARKED_TWICE,
        };
        found.remarked = view.artists.iter().any(|a| a.words.iter().any(|word| for_it.contains(word)));
        found.add(Piece::Remark, ruled_out + told_of);
    }

    fn compare_versions(
        &self,
        request: &Request,
        asked: &Asked,
        track: &Described,
        view: &View,
        found: &mut Evidence,
    ) {
        let (wants, has) = (&asked.title.versions, &view.title.versions);
        // What the tags say of the version holds however the file is called.
        let tagged = track.views.first().filter(|first| first.cost == 0.0);
        let tagged = tagged.map(|first| first.title.versions.kinds.clone()).unwrap_or_default();
        let any = self.accept == Accept::Any;
        let mut blame = (0.0, None);
        let mut charge = |kind: Version, cost: f64, blocks: bool, found: &mut Evidence| {
            found.add(Piece::Version, if any { -cost.min(w::ANY_VERSION) } else { -cost });
            found.blocked |= blocks && !any;
            if cost > blame.0 {
                blame = (cost, Some(kind));
            }
        };
        let relative = |kind: Version| matches!(kind, Version::Live | Version::Acoustic | Version::Demo);
        let performer = found.artist.is_some_and(|a| a >= 0.7) || request.said.contains("quartet");
        let related = wants.kinds.iter().any(|k| relative(*k))
            && has.kinds.union(&track.surroundings).any(|k| relative(*k));
        let all: BTreeSet<Version> =
            has.kinds.iter().chain(&track.surroundings).chain(&tagged).copied().collect();
        for kind in &all {
            let headed = self.heading.versions.contains(kind);
            let said = *kind != Version::Live && kind.words().iter().any(|word| is_said(request, word));
            // A label vouches for one version, not for a second one beside that.
            let alone = wants.kinds.is_disjoint(&all);
            let by_label = alone && !has.label.is_empty() && self.says(&asked.title, wants, &has.label);
            let their_trade = *kind == Version::Cover && performer && !has.kinds.contains(kind);
            if wants.kinds.contains(kind) || headed || said || by_label || their_trade {
                continue;
            }
            let gap = w::gap(*kind);
            if related && relative(*kind) {
                charge(*kind, 0.2 * gap.in_file, false, found);
            } else {
                charge(*kind, gap.in_file, gap.blocks.0, found);
            }
        }
        for kind in wants.kinds.iter().filter(|k| !all.contains(k)) {
            let gap = w::gap(*kind);
            let by_label = !wants.label.is_empty()
                && (self.says(&view.title, has, &wants.label) || self.album_says(track, &wants.label));
            if by_label || (related && relative(*kind)) {
                charge(*kind, 0.2 * gap.in_listing, false, found);
            } else {
                charge(*kind, gap.in_listing, gap.blocks.1, found);
            }
        }
        let both = wants.kinds.contains(&Version::Remix) && has.kinds.contains(&Version::Remix);
        if both && !wants.label.is_empty() && !has.label.is_empty() {
            let likeness = similarity::within(&wants.label, &has.label, self.rarity).value;
            let back = similarity::within(&has.label, &wants.label, self.rarity).value;
            if likeness.max(back) < 0.5 {
                charge(Version::Remix, w::OTHER_REMIXER, true, found);
            }
        } else if both && wants.label.is_empty() != has.label.is_empty() {
            charge(Version::Remix, 1.0, false, found);
        }
        found.other_version = blame.1;
        let covers = [Version::Karaoke, Version::Cover, Version::Instrumental, Version::Altered];
        if any && found.contradiction && all.iter().any(|kind| covers.contains(kind)) {
            // Such a version is by somebody else by its nature.
            found.contradiction = false;
            found.add(Piece::Artist, w::ANY_PERFORMER);
        }
    }

    /// Whether a title's words hold the label of the other's version.
    fn says(&self, title: &Title, versions: &Versions, label: &Phrase) -> bool {
        let within = |whole: &Phrase| similarity::within(label, whole, self.rarity).value >= 0.86;
        within(&title.whole) || within(&versions.label)
    }

    fn album_says(&self, track: &Described, label: &Phrase) -> bool {
        let within = |whole: &Phrase| similarity::within(label, whole, self.rarity).value >= 0.7;
        track.album.as_ref().is_some_and(&within) || track.hints.iter().any(within)
    }

    fn compare_asides(&self, asked: &Asked, track: &Described, view: &View, found: &mut Evidence) {
        for aside in &view.title.asides {
            let told = similarity::within(aside, &asked.title.whole, self.rarity).value >= 0.5;
            if !told {
                let dated = aside.words.len() > 1 && aside.words.iter().any(|x| is_year(x));
                found.add(Piece::Note, if dated { w::DATED_NOTE } else { w::ASIDE_UNSAID });
            }
        }
        for aside in &asked.title.asides {
            let answered = track
                .hints
                .iter()
                .chain(&track.album)
                .any(|name| similarity::within(aside, name, self.rarity).value >= 0.5);
            if answered {
                found.add(Piece::Note, w::ASIDE_ANSWERED);
            } else if similarity::within(aside, &view.title.whole, self.rarity).value < 0.5 {
                found.add(Piece::Note, w::ASIDE_UNSAID);
                found.unanswered = true;
            }
        }
    }
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
        .map(|p| script::initials(&p.glued))
        .collect();
    let mut best = 0.0_f64;
    for (x, y) in names.iter().flat_map(|x| others.clone().map(move |y| (x, y))) {
        if x.glued.is_ascii() && y.glued.is_ascii() {
            best = best.max(script::sounds_like(&x.words, &y.words) * w::SOUNDING_ARTIST);
            if script::sounds_briefly_like(&x.words, &y.words) {
                best = best.max(w::BRIEF_ARTIST);
            }
        }
        let acronym = if foreign(x) { y } else { x };
        if syllables.iter().any(|s| script::is_acronym(&acronym.glued, s)) && foreign(x) != foreign(y) {
            best = best.max(w::ACRONYM);
        }
    }
    best
}

/// Whether the path that a listing names is the end of, or ends in, that of a track.
fn is_file(named: &str, path: &str) -> bool {
    let named = fold(named);
    let named = named.trim_start_matches("./").trim_start_matches('/');
    path.strip_suffix(named).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        && !named.is_empty()
}

/// Whether an entry says a word, give or take a slip in a long one.
fn is_said(request: &Request, word: &str) -> bool {
    const LONG: usize = 7;
    request.said.contains(word)
        || (word.len() >= LONG && request.said.iter().any(|said| similarity::word(said, word) >= 0.8))
}

fn is_year(word: &str) -> bool {
    word.len() == 4
        && (word.starts_with("19") || word.starts_with("20"))
        && word.bytes().all(|b| b.is_ascii_digit())
}

/// Whether one name has only letters of other scripts and the other only Latin ones.
fn scripts_differ(a: &Phrase, b: &Phrase) -> bool {
    let latin_only = |p: &Phrase| latin(&p.glued).is_none() && p.glued.chars().any(char::is_alphabetic);
    let foreign = |p: &Phrase| latin(&p.glued).is_some() && !p.glued.chars().any(|c| c.is_ascii_alphabetic());
    (latin_only(a) && foreign(b)) || (latin_only(b) && foreign(a))
}
