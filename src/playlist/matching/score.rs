//! Takes one request and one described track; gives the evidence that the one asks for the
//! other, in nats, with its reasons, without regard to the other entries.
//! Never sees quality of files, never decides.

use super::collection::Collection;
use super::normalise::{Phrase, fold, latin};
use super::request::{Asked, Heading, Request};
use super::similarity::{self, Likeness};
use super::title::Title;
use super::version::{Version, Versions};
use super::view::{Described, View};
use super::weights as w;
use super::words::Rarity;

/// The evidence for one pair.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Evidence {
    /// Everything below, summed.
    pub(super) score: f64,
    /// The part of the titles in `score`.
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
    /// Difference in seconds, where both lengths are known.
    pub(super) seconds_off: Option<f64>,
    /// The request was read the other way round.
    pub(super) turned: bool,
    /// The listing named this file.
    pub(super) named_file: bool,
}

/// What stays the same while pairs are scored.
pub(super) struct Scale<'a> {
    pub(super) tracks: &'a Collection<'a>,
    pub(super) rarity: &'a Rarity,
    pub(super) heading: &'a Heading,
}

/// The best evidence for a pair, by how the request was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    /// As written.
    pub(super) straight: Evidence,
    /// Artist and title exchanged; `None` where there is only one name.
    pub(super) turned: Option<Evidence>,
}

impl Pair {
    /// The better one, if the listing as a whole was written one way or the other.
    pub(super) fn best(&self, listing_turned: bool) -> Evidence {
        let charged = |e: Evidence| Evidence { score: e.score + w::TURNED, ..e };
        match (self.turned, listing_turned) {
            (None, _) => self.straight,
            (Some(turned), false) => better(self.straight, charged(turned)),
            (Some(turned), true) => better(charged(self.straight), turned),
        }
    }
}

/// The first unless the second is better.
fn better(a: Evidence, b: Evidence) -> Evidence {
    if b.score > a.score { b } else { a }
}

impl Scale<'_> {
    /// The best evidence over all readings and views.
    pub(super) fn pair(&self, request: &Request, at: usize) -> Pair {
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
        let untitled =
            Evidence { score: w::PRIOR + w::UNTITLED, title_nats: w::UNTITLED, ..Evidence::default() };
        let straight = best(false).unwrap_or_else(|| self.beyond_names(request, at, untitled));
        Pair { straight, turned: best(true) }
    }

    fn beyond_names(&self, request: &Request, at: usize, mut found: Evidence) -> Evidence {
        if let (Some(asked), Some(has)) = (request.seconds, self.tracks.place(at).seconds) {
            let off = (asked - has).abs();
            found.seconds_off = Some(off);
            found.score += w::on_curve(w::LENGTH, off);
        }
        if request.file.as_deref().is_some_and(|file| is_file(file, &self.tracks.path(at))) {
            found.named_file = true;
            found.score = found.score.max(0.0) + w::NAMED_FILE;
        }
        found
    }

    fn read(&self, request: &Request, asked: &Asked, track: &Described, view: &View) -> Evidence {
        let plain = self.plain(asked, view);
        let artist = self.artist(asked, track, view);
        let mut found = self.sum(plain, artist);
        let edge = if asked.artists.is_empty() {
            self.artist_at_edge(asked, track, view)
        } else {
            self.artist_in_name(asked, view)
        };
        if let Some(edge) = edge {
            found = better(found, edge);
        }
        found.turned = asked.turned;
        found.score -= view.cost + asked.cost;
        self.compare_versions(request, asked, track, view, &mut found);
        self.compare_asides(asked, track, view, &mut found);
        found.score += self.remarks(request, asked, view);
        if asked.title.numbers.conflict(&view.title.numbers) {
            found.other_number = true;
            found.score += w::NUMBERS_DIFFER;
        } else if asked.title.numbers != view.title.numbers {
            found.score += w::NUMBER_UNSAID;
        }
        found
    }

    fn sum(
        &self,
        title: Likeness,
        (artist, artist_nats, contradiction): (Option<f64>, f64, bool),
    ) -> Evidence {
        let mut title_nats = w::on_curve(w::TITLE, title.value);
        title_nats += ((title.mass - w::USUAL_MASS) * w::MASS).clamp(w::MASS_RANGE.0, w::MASS_RANGE.1);
        if title.value < 0.0 {
            title_nats = w::OTHER_SCRIPT_TITLE;
        }
        Evidence {
            score: w::PRIOR + title_nats + artist_nats,
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
        if best.value < 0.5 && scripts_differ(&asked.title.whole, &view.title.whole) {
            return Likeness { value: -1.0, mass: 0.0 };
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
        let worth =
            if view.artists.is_empty() || best.value >= w::CONTRADICTION { w::HINT } else { w::HINT_AGAINST };
        let hinted = hint.value > 0.7 && hint.value * worth > best.value;
        let mut best = if hinted { Likeness { value: hint.value * worth, ..hint } } else { best };
        if names.len() > 1 && !asked.artists.is_empty() {
            best.value *= w::BEST_PERSON + (1.0 - w::BEST_PERSON) * self.people_there(&names[0], track, view);
        }
        if view.artists.is_empty() && best.value < 0.7 {
            return (None, 0.0, false);
        }
        if best.value < w::CONTRADICTION && view.artists.iter().all(|a| scripts_differ(a, &names[0])) {
            return (None, w::OTHER_SCRIPT_ARTIST, false);
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
        let unknown = |person: &Phrase| {
            person.words.len() > 1 && self.people_there(person, track, view) < w::CONTRADICTION
        };
        let named = self.best_artist(&asked.artists, std::slice::from_ref(first)).value >= w::CONTRADICTION;
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
        found.score += w::EDGE_ARTIST;
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
    fn artist_at_edge(&self, asked: &Asked, track: &Described, view: &View) -> Option<Evidence> {
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
        let mut best: Option<Evidence> = None;
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
            let title = self.names(&Title::new(&rest.join(" ")), &view.title);
            let mut found =
                self.sum(title, (Some(artist.value), w::on_curve(w::ARTIST, artist.value), false));
            found.score += w::EDGE_ARTIST;
            if best.is_none_or(|b| found.score > b.score) {
                best = Some(found);
            }
        }
        best
    }

    /// What remarks beside the entry say about the file's people and subtitle.
    fn remarks(&self, request: &Request, asked: &Asked, view: &View) -> f64 {
        let asides = view.title.asides.iter().chain(std::iter::once(&view.title.versions.label));
        let told: Vec<&String> = view.artists.iter().chain(asides).flat_map(|p| &p.words).collect();
        let heard = |for_it: bool| {
            let mut words = request.remarks.iter().filter(|(_, kind)| *kind == for_it).map(|(word, _)| word);
            words.any(|word| {
                self.rarity.weight(word) >= w::REMARK_MASS
                    && told.contains(&word)
                    && !asked.title.whole.words.contains(word)
            })
        };
        let ruled_out = if heard(false) { w::RULED_OUT } else { 0.0 };
        ruled_out + if heard(true) { w::REMARKED } else { 0.0 }
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
        let mut blame = (0.0, None);
        let mut charge = |kind: Version, cost: f64, blocks: bool, found: &mut Evidence| {
            found.score -= cost;
            found.blocked |= blocks;
            if cost > blame.0 {
                blame = (cost, Some(kind));
            }
        };
        let relative = |kind: Version| matches!(kind, Version::Live | Version::Acoustic | Version::Demo);
        let performer = found.artist.is_some_and(|a| a >= 0.7) || request.said.contains("quartet");
        let related = wants.kinds.iter().any(|k| relative(*k))
            && has.kinds.union(&track.surroundings).any(|k| relative(*k));
        for kind in has.kinds.union(&track.surroundings) {
            let headed = self.heading.versions.contains(kind);
            let said = *kind != Version::Live && kind.words().iter().any(|word| request.said.contains(*word));
            let by_label = !has.label.is_empty() && self.says(&asked.title, wants, &has.label);
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
        for kind in wants.kinds.iter().filter(|k| !has.kinds.contains(k) && !track.surroundings.contains(k)) {
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
                found.score += if dated { w::DATED_NOTE } else { w::ASIDE_UNSAID };
            }
        }
        for aside in &asked.title.asides {
            let answered = track
                .hints
                .iter()
                .chain(&track.album)
                .any(|name| similarity::within(aside, name, self.rarity).value >= 0.5);
            if answered {
                found.score += w::ASIDE_ANSWERED;
            } else if similarity::within(aside, &view.title.whole, self.rarity).value < 0.5 {
                found.score += w::ASIDE_UNSAID;
            }
        }
    }
}

/// Whether the path that a listing names is the end of, or ends in, that of a track.
fn is_file(named: &str, path: &str) -> bool {
    let named = fold(named);
    let named = named.trim_start_matches("./").trim_start_matches('/');
    path.strip_suffix(named).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        && !named.is_empty()
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
