//! Takes one request and one described track; gives the evidence that the one asks for the
//! other, in nats, with its reasons, without regard to the other entries.
//! Never sees quality of files, never decides.

use std::collections::BTreeSet;

use super::collection::Collection;
use super::count::{Movement, Sequel, is_count};
use super::ear;
use super::heading::Heading;
use super::kanji;
use super::key::key;
use super::ledger::{OwnLedger, Piece};
use super::normalise::{Phrase, Word, fold, latin};
use super::people::Member;
use super::report::Accept;
use super::request::{Asked, Request};
use super::similarity::{self, Likeness};
use super::title::Title;
use super::version::Version;
use super::view::{Described, View};
use super::weights as w;
use super::words::Rarity;

/// The evidence for one pair.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Evidence {
    /// What everything below is worth.
    pub(super) ledger: OwnLedger,
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
    /// The title is like what seems to be the file's artist, and nobody is named besides.
    pub(super) swapped: bool,
    /// The titles agree by ear or in translation only.
    pub(super) other_script: bool,
    /// A note in brackets behind the entry's title is nowhere in the file.
    pub(super) unanswered: bool,
    /// The entry names the release that it is from, and the file is from another.
    pub(super) other_source: bool,
    /// The file is by several people, and who is asked for may be one of them.
    pub(super) member: Option<Member>,
    /// Who is asked for is a guest in it, and somebody else's song it is.
    pub(super) guest: bool,
    /// The entry names its artist, and the file says no more than that it is from a collection of several.
    pub(super) of_various: bool,
    /// The page names who plays, and the file does not.
    pub(super) uncredited: bool,
    /// Difference in seconds, where both lengths are known.
    pub(super) seconds_off: Option<f64>,
    /// The request was read the other way round.
    pub(super) turned: bool,
    /// A remark beside the entry names the file's artist.
    pub(super) remarked: bool,
    /// The file's title has a number that the entry's has not.
    pub(super) extra_number: bool,
    /// That number is the last that its title says.
    pub(super) ends_in_number: bool,
    /// The listing named this file.
    pub(super) named_file: bool,
}

impl Evidence {
    /// All of it, in nats.
    pub(super) fn score(&self) -> f64 {
        self.ledger.total()
    }

    pub(super) fn add(&mut self, piece: Piece, nats: f64) {
        self.ledger.add(piece, nats);
    }

    /// Whether the file is by who is asked for, as far as names tell.
    pub(super) fn is_theirs(&self) -> bool {
        self.artist.is_some_and(|artist| artist >= w::SAME_ARTIST)
    }
}

/// What stays the same while pairs are scored.
pub(super) struct Scale<'a> {
    pub(super) tracks: &'a Collection<'a>,
    pub(super) rarity: &'a Rarity,
    pub(super) heading: &'a Heading,
    pub(super) accept: Accept,
    /// What stands in the artist's place of most lines is the film or album that the song is from.
    pub(super) by_album: bool,
    /// All whom the listing names as artists, as one word each.
    pub(super) named: &'a BTreeSet<Word>,
}

/// A track's name and people, as keys.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    /// Equal where the name and the numbers in it are.
    title: u64,
    /// A bit for each of the people: where none is set in both, nobody is.
    people: u64,
}

impl Name {
    fn of(view: &View) -> Self {
        let bit = |name: &Phrase| 1 << (key(&name.glued) % 64);
        Self { title: view.title.key(), people: view.artists.iter().fold(0, |bits, name| bits | bit(name)) }
    }

    /// Whether two tracks are called the same.
    pub(super) fn is_same(self, other: Self) -> bool {
        self.title == other.title
    }

    /// Whether they may be by the same people, too.
    pub(super) fn may_share_people(self, other: Self) -> bool {
        self.people & other.people != 0
    }
}

/// The best evidence for a pair, by how the request was read.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    /// As written.
    pub(super) straight: Evidence,
    /// Artist and title exchanged; `None` where there is only one name.
    pub(super) turned: Option<Box<Evidence>>,
    /// What each account of the track calls it, and whose it says it is.
    pub(super) names: Box<[Name]>,
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
        let names = track.views.iter().map(Name::of).collect();
        Pair { straight, turned: if both_ways { best(true).map(Box::new) } else { None }, names }
    }

    fn beyond_names(&self, request: &Request, at: usize, mut found: Evidence) -> Evidence {
        if let (Some(asked), Some(has)) = (request.seconds, self.tracks.place(at).seconds) {
            let off = (asked - has).abs();
            found.seconds_off = Some(off);
            found.add(Piece::Length, w::on_curve(w::LENGTH, off));
            let of_concert = |asked: &Asked| asked.title.versions.kinds.contains(&Version::Live);
            // On stage a song is never as long twice.
            if off > w::OTHER_NIGHT && self.accept == Accept::Exact && request.readings.iter().any(of_concert)
            {
                found.blocked = true;
                found.other_version = Some(Version::Live);
            }
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
        } else if !view.turned // it finds the artist wherever it stands
            && let Some((edge, title)) = self.artist_at_edge(asked, track, view)
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
        self.compare_asides(request, asked, track, view, &mut found);
        self.compare_productions(request, track, &mut found);
        self.remarks(request, asked, view, &mut found);
        // A name that is not taken apart has the artist somewhere, and it is not the one asked for.
        let unnamed = view.turned || (view.undivided && !asked.artists.is_empty());
        found.swapped = unnamed && found.artist.is_none();
        found.member = self.member(asked, view);
        found.uncredited = self.is_uncredited(asked, track, view);
        found.guest = self.is_guest(asked, view);
        if found.guest {
            found.add(Piece::Artist, w::ONLY_GUEST);
        }
        let named = |name: &Phrase| name.glued.chars().any(char::is_alphabetic);
        let unsaid = found.artist.is_none() && asked.artists.iter().any(named);
        found.of_various = track.of_various && unsaid && !view.turned && !view.undivided;
        compare_numbers(request, asked, title, (track, view), &mut found);
        found
    }

    pub(super) fn sum(
        &self,
        title: Likeness,
        (artist, artist_nats, contradiction): (Option<f64>, f64, bool),
    ) -> Evidence {
        let mut ledger = OwnLedger::default();
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
        for (foreign, latin) in [(asked, has), (has, asked)] {
            for (name, trust) in latin.names.iter().filter(|(name, _)| name.glued.is_ascii()) {
                let read = kanji::read_alike(&foreign.base().glued, &name.words) * trust * w::TRANSLITERATED;
                if read > best.value {
                    best = Likeness { value: read, mass: w::USUAL_MASS };
                }
            }
        }
        for (x, trust_x) in asked.names.iter().filter(|(name, _)| name.glued.is_ascii()) {
            for (y, trust_y) in has.names.iter().filter(|(name, _)| name.glued.is_ascii()) {
                // The trust in a spelling is part of the trust in a sound already.
                let trust = (trust_x.max(w::TRANSLITERATED) * trust_y.max(w::TRANSLITERATED))
                    / w::TRANSLITERATED.max(trust_x.max(*trust_y).min(1.0));
                let (ours, theirs) = (&asked.base().glued, &has.base().glued);
                let heard = ear::heard_alike((ours, &x.words), (theirs, &y.words));
                let value = heard * trust.min(1.0);
                if value > best.value {
                    best = Likeness { value, mass: w::USUAL_MASS };
                }
                let brief = ear::same_brief_sound((ours, &x.words), (theirs, &y.words));
                if best.value < w::BRIEF_TITLE && brief {
                    best = Likeness { value: w::BRIEF_TITLE, mass: w::USUAL_MASS };
                }
            }
        }
        best
    }

    pub(super) fn names(&self, asked: &Title, has: &Title) -> Likeness {
        let mut best = Likeness::default();
        for (x, trust_x) in &asked.names {
            for (y, trust_y) in &has.names {
                // A count that goes on ("Chapter 4: The Ferry") names nothing by itself.
                let counts = (*trust_x < 1.0 && is_count(&x.words)) || (*trust_y < 1.0 && is_count(&y.words));
                let parts = match *trust_x < 1.0 && *trust_y < 1.0 {
                    _ if counts => w::COUNT_ONLY,
                    true => w::PARTS_ONLY,
                    false => 1.0,
                };
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
}

/// What the numbers that titles count cost; `title` is what is left of the one asked for once an artist is found in it.
fn compare_numbers(
    request: &Request,
    asked: &Asked,
    title: &Title,
    (track, view): (&Described, &View),
    found: &mut Evidence,
) {
    // What a file is mainly called holds however else entry and file may be read.
    let main_sequel = || {
        let main = &track.views.first()?.title;
        request.readings.iter().find_map(|asked| asked.title.sequel(main))
    };
    found.extra_number = title.lacks_number_of(&view.title);
    found.ends_in_number = found.extra_number && view.title.ends_in_number();
    let movements = Movement::conflict(asked.title.movement.as_ref(), view.title.movement.as_ref());
    if movements || asked.title.numbers.conflict(&view.title.numbers) {
        found.other_number = true;
        found.add(Piece::TitleNumber, w::NUMBERS_DIFFER);
    } else if let Some((sequel, longer)) =
        title.sequel(&view.title).or_else(main_sequel).filter(|_| !title.counts_as(&view.title))
    {
        found.sequel = Some(sequel);
        found.longer_file = longer;
        found.add(Piece::TitleNumber, w::SEQUEL);
    } else if asked.title.numbers != view.title.numbers {
        found.add(Piece::TitleNumber, w::NUMBER_UNSAID);
    }
}

/// Whether the path that a listing names is the end of, or ends in, that of a track.
fn is_file(named: &str, path: &str) -> bool {
    let named = fold(named);
    let named = named.trim_start_matches("./").trim_start_matches('/');
    path.strip_suffix(named).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        && !named.is_empty()
}

/// Whether one name has only letters of other scripts and the other only Latin ones.
pub(super) fn scripts_differ(a: &Phrase, b: &Phrase) -> bool {
    let latin_only = |p: &Phrase| latin(&p.glued).is_none() && p.glued.chars().any(char::is_alphabetic);
    let foreign = |p: &Phrase| latin(&p.glued).is_some() && !p.glued.chars().any(|c| c.is_ascii_alphabetic());
    (latin_only(a) && foreign(b)) || (latin_only(b) && foreign(a))
}
