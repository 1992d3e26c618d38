//! Takes what an entry and a file say beside the song's name (versions, notes in brackets, remarks); gives what the
//! differences cost.
//! Never looks at names of songs or people but for what a remark says of them.

use std::collections::BTreeSet;

use super::ledger::Piece;
use super::normalise::{Phrase, Word, number, words};
use super::report::Accept;
use super::request::{Asked, Request};
use super::score::{Evidence, Scale};
use super::similarity;
use super::title::Title;
use super::version::{Version, Versions};
use super::view::{Described, View};
use super::weights as w;

impl Scale<'_> {
    /// What remarks beside the entry say about the file's people and subtitle.
    pub(super) fn remarks(&self, request: &Request, asked: &Asked, view: &View, found: &mut Evidence) {
        if request.remarks.is_empty() {
            return; // most entries have none, and there are many files to hold each against
        }
        let asides = view.title.asides.iter().chain(std::iter::once(&view.title.versions.label));
        let told: Vec<&Word> = view.artists.iter().chain(asides).flat_map(|p| &p.words).collect();
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

    /// What the versions that entry and file speak of cost.
    pub(super) fn compare_versions(
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
        let tagged = tagged.into_iter().flat_map(|first| &first.title.versions.kinds);
        let all: BTreeSet<Version> =
            has.kinds.iter().chain(&track.surroundings).chain(tagged).copied().collect();
        let related = wants.kinds.iter().any(|k| is_relative(*k))
            && has.kinds.union(&track.surroundings).any(|k| is_relative(*k));
        let of_source = self.is_of_source(asked, track, view);
        let on_named = of_source == Some(true);
        let sides = Sides { request, asked, track, view, all, related, on_named };
        let any = self.accept == Accept::Any;
        if on_named {
            found.add(Piece::Note, w::NAMED_RELEASE);
        }
        found.other_source = of_source == Some(false);
        let mut bill = Bill { found, any, worst: (0.0, None) };
        self.charge_unasked(&sides, &mut bill);
        self.charge_unsaid(&sides, &mut bill);
        self.charge_another(&sides, &mut bill);
        found.other_version = bill.worst.1;
        let covers = [Version::Karaoke, Version::Cover, Version::Instrumental, Version::Altered];
        if any && found.contradiction && sides.all.iter().any(|kind| covers.contains(kind)) {
            // Such a version is by somebody else by its nature.
            found.contradiction = false;
            found.add(Piece::Artist, w::ANY_PERFORMER);
        }
    }

    /// Whether a file is from the release that the entry's title names; `None` where it names none, or the file none.
    fn is_of_source(&self, asked: &Asked, track: &Described, view: &View) -> Option<bool> {
        let source = asked.title.source.as_ref()?;
        let there = |name: &Phrase| similarity::within(source, name, self.rarity).value >= w::SAME_WORDS;
        let of_it = view.title.source.iter().chain(&track.album).chain(track.hints.iter()).any(there);
        (of_it || track.album.is_some()).then_some(of_it)
    }

    /// Charges the versions that the file is of and nobody asks for.
    fn charge_unasked(&self, sides: &Sides<'_>, bill: &mut Bill<'_>) {
        let gap_of = |kind: &Version| (*kind, w::gap(*kind));
        let performer = bill.found.is_theirs() || sides.request.said.contains("quartet");
        for (kind, gap) in sides.all.iter().map(gap_of) {
            if self.is_asked_for(kind, sides, performer) {
                continue;
            }
            if sides.related && is_relative(kind) {
                bill.charge(kind, w::RELATIVE * gap.in_file, false);
            } else if sides.on_named && is_relative(kind) {
                // All of that release is so, or this is what it has beside its plain songs.
                let beside = !sides.track.surroundings.contains(&kind);
                bill.charge(kind, if beside { w::BESIDE_PLAIN * gap.in_file } else { 0.0 }, false);
            } else {
                bill.charge(kind, gap.in_file, gap.blocks.0);
            }
        }
    }

    /// Whether a version that the file is of is the one meant, or says nothing of it.
    fn is_asked_for(&self, kind: Version, sides: &Sides<'_>, performer: bool) -> bool {
        let Sides { request, asked, track, view, .. } = *sides;
        let (wants, has) = (&asked.title.versions, &view.title.versions);
        let headed = self.heading.versions.contains(&kind);
        let said = kind != Version::Live && kind.words().iter().any(|word| is_said(request, word));
        // A label vouches for one version, not for a second one beside that; nor does a word of the song's name vouch for
        // anything.
        let by_label = wants.kinds.is_disjoint(&sides.all)
            && !has.label.is_empty()
            && similarity::within(&has.label, view.title.base(), self.rarity).value < 0.5
            && self.says(&asked.title, wants, &has.label);
        // "A Tribute to Ada Moor" has her name in it and is not hers.
        let their_trade =
            kind == Version::Cover && performer && !has.kinds.contains(&kind) && !is_tribute(asked, view);
        // "Bo Lind vs Ada Moor" is a remix by its makers, whether the file says so or not.
        let versus = kind == Version::Remix && is_versus(&asked.artists) && is_versus(&view.artists);
        // "(Jo's Show 2006)" on both sides names the recording; that its album is a live one says no more. A note
        // without a year may as well be the song's second name.
        let noted =
            || is_relative(kind) && track.surroundings.contains(&kind) && self.share_note(asked, view);
        // Of one remixer's work sleeves say "mix" or leave it out.
        // "(Ada Moor)" behind a title, and the file is her mix.
        let same_note = || {
            asked.title.asides.iter().any(|note| {
                let alike = || similarity::artists(note, &has.label, self.rarity).value >= w::SAME_ARTIST;
                self.same_words(note, &has.label) || (request.names_mixer && alike())
            })
        };
        let same_work = || {
            kind == Version::Remix && (self.same_label(wants, has) || (!has.label.is_empty() && same_note()))
        };
        wants.kinds.contains(&kind)
            || headed
            || said
            || by_label
            || their_trade
            || versus
            || same_work()
            || noted()
    }

    /// Charges the versions that are asked for and of which the file does not say that it is one.
    fn charge_unsaid(&self, sides: &Sides<'_>, bill: &mut Bill<'_>) {
        let Sides { request, asked, track, view, .. } = *sides;
        let (wants, has) = (&asked.title.versions, &view.title.versions);
        // Its place on the disc that the heading says it of tells as much.
        let placed = request.disc.is_some()
            && request.number.is_some()
            && (track.disc, track.number) == (request.disc, request.number);
        let unsaid = |kind: &Version| placed && !is_noted(asked, *kind);
        // A heading that asks for them anew asks for each of them so.
        let anew = self.heading.versions.get(&Version::Other);
        for kind in wants.kinds.iter().chain(anew).filter(|k| !sides.all.contains(k) && !unsaid(k)) {
            let gap = w::gap(*kind);
            // Whose the new recording is says nothing of which one the file is.
            let by_label = !wants.label.is_empty()
                && (self.says(&view.title, has, &wants.label)
                    || (*kind != Version::Other && self.album_says(track, &wants.label)));
            if by_label || (sides.related && is_relative(*kind)) {
                bill.charge(*kind, w::RELATIVE * gap.in_listing, false);
            } else {
                bill.charge(*kind, gap.in_listing, gap.blocks.1);
            }
        }
    }

    /// Charges another one of the same kind: the other mix, length, concert or remixer.
    fn charge_another(&self, sides: &Sides<'_>, bill: &mut Bill<'_>) {
        let Sides { request, asked, track, view, .. } = *sides;
        let (wants, has) = (&asked.title.versions, &view.title.versions);
        if let Some(sound) = wants.sound {
            match track.sound(&view.title) {
                Some(has) if has == sound => {}
                None => bill.charge(Version::Remaster, w::SOME_MIX, false),
                Some(_) => bill.charge(Version::Other, w::OTHER_MIX, true),
            }
        }
        // "Full version": not the one that was cut for the pictures.
        let said = |word: &str| request.said.contains(word);
        let full = || said("full") && FULL.iter().any(|word| said(word));
        let named = || asked.title.whole.words.iter().any(|word| word == "full");
        if sides.all.contains(&Version::Edit) && full() && !named() {
            bill.charge(Version::Edit, w::OTHER_LENGTH, true);
        }
        let lengths = |kinds: &BTreeSet<Version>| {
            [Version::Edit, Version::Extended].map(|length| kinds.contains(&length))
        };
        match (lengths(&wants.kinds), lengths(&sides.all)) {
            ([true, false], [false, true]) | ([false, true], [true, false]) => {
                bill.charge(Version::Edit, w::OTHER_LENGTH, true);
            }
            _ => {}
        }
        if wants.kinds.contains(&Version::Live) && sides.all.contains(&Version::Live) {
            match self.same_concert(wants, track, view) {
                Some(true) => {}
                None => bill.charge(Version::Live, w::SOME_CONCERT, false),
                Some(false) => bill.charge(Version::Live, w::OTHER_CONCERT, true),
            }
        }
        let both =
            [Version::Remix, Version::Other].iter().any(|k| wants.kinds.contains(k) && has.kinds.contains(k));
        match (both, wants.label.is_empty(), has.label.is_empty()) {
            (true, false, false) => {
                let there = similarity::within(&wants.label, &has.label, self.rarity).value;
                let back = similarity::within(&has.label, &wants.label, self.rarity).value;
                if there.max(back) < 0.5 {
                    bill.charge(Version::Remix, w::OTHER_REMIXER, true);
                }
            }
            (true, true, false) | (true, false, true) => bill.charge(Version::Remix, w::SOME_REMIXER, false),
            _ => {}
        }
    }

    /// Whether two notes name the same person or place.
    fn same_label(&self, wants: &Versions, has: &Versions) -> bool {
        !wants.label.is_empty() && self.same_words(&wants.label, &has.label)
    }

    /// Whether each of two phrases holds the words of the other.
    fn same_words(&self, a: &Phrase, b: &Phrase) -> bool {
        let within = |a: &Phrase, b: &Phrase| similarity::within(a, b, self.rarity).value >= w::SAME_WORDS;
        within(a, b) && within(b, a)
    }

    /// Whether a live recording is of the concert that is asked for; `None` where the file does not say which it is of.
    /// Where the entry names none, any will do.
    fn same_concert(&self, wants: &Versions, track: &Described, view: &View) -> Option<bool> {
        if wants.label.is_empty() {
            return Some(true);
        }
        let has = &view.title.versions.label;
        let told = track.album.iter().chain(track.hints.iter()).chain([has, &view.title.whole]);
        let told = Phrase::from_words(told.flat_map(|name| name.words.iter().cloned()).collect());
        if similarity::within(&wants.label, &told, self.rarity).value >= 0.4 {
            return Some(true);
        }
        let places = track.surroundings.contains(&Version::Live) || !has.is_empty();
        places.then_some(false)
    }

    /// What another cast costs: songs of a show are sung on stage and screen, and in several cities.
    pub(super) fn compare_productions(&self, request: &Request, track: &Described, found: &mut Evidence) {
        let Some(album) = &track.album else { return };
        let has = productions(&album.words);
        // An album that names a city is no cast's.
        if has.is_empty() || !album.words.iter().any(is_of_show) || self.accept == Accept::Any {
            return;
        }
        let wants = productions(&request.said);
        let wants = if wants.is_empty() { self.heading.productions.clone() } else { wants };
        if !wants.is_empty() && wants.is_disjoint(&has) {
            found.blocked = true;
            found.other_version = Some(Version::Other);
            found.add(Piece::Version, w::OTHER_CAST);
        }
    }

    /// Whether what stands in the artist's place is the show or film that the file's album is of.
    pub(super) fn album_for_artist(&self, asked: &Asked, track: &Described) -> bool {
        let Some(album) = &track.album else { return false };
        // Elsewhere an album of that name is as often a namesake's, or songs by others.
        let Some(show) = album.words.iter().position(is_of_show) else { return false };
        let name = &album.words[..show];
        let name = name.strip_suffix(&[Word::from("the")]).unwrap_or(name);
        let name = Phrase::from_words(name.to_vec());
        let mut names = asked.artists.iter().take(1).chain(&asked.also);
        !name.is_empty() && names.any(|asked| self.same_words(asked, &name))
    }

    /// Whether a note with a year that the entry has stands in the file's title as well.
    fn share_note(&self, asked: &Asked, view: &View) -> bool {
        let same = |note: &Phrase| view.title.asides.iter().any(|other| self.same_words(note, other));
        asked.title.asides.iter().any(|note| is_dated(note) && same(note))
    }

    /// Whether a title's words hold the label of the other's version.
    fn says(&self, title: &Title, versions: &Versions, label: &Phrase) -> bool {
        let within = |whole: &Phrase| similarity::within(label, whole, self.rarity).value >= w::SAME_WORDS;
        within(&title.whole) || within(&versions.label)
    }

    fn album_says(&self, track: &Described, label: &Phrase) -> bool {
        let within = |whole: &Phrase| similarity::within(label, whole, self.rarity).value >= 0.7;
        track.album.as_ref().is_some_and(&within) || track.hints.iter().any(within)
    }

    pub(super) fn compare_asides(
        &self,
        request: &Request,
        asked: &Asked,
        track: &Described,
        view: &View,
        found: &mut Evidence,
    ) {
        let is_told = |guest: &Phrase| guest.words.iter().any(|word| request.said.contains(word));
        if !view.title.guests.iter().all(is_told) {
            found.add(Piece::Note, w::GUEST_UNSAID);
        }
        for aside in &view.title.asides {
            let told = similarity::within(aside, &asked.title.whole, self.rarity).value >= 0.5;
            if !told {
                found.add(Piece::Note, if is_dated(aside) { w::DATED_NOTE } else { w::ASIDE_UNSAID });
            }
        }
        for aside in &asked.title.asides {
            let answered = track
                .hints
                .iter()
                .chain(&track.album)
                .any(|name| similarity::within(aside, name, self.rarity).value >= 0.5);
            // "(recorded 1981)": the year of a recording tells it from another of the same piece.
            let year = aside.words.iter().find(|word| is_year(word));
            let names = || track.hints.iter().chain(&track.album).flat_map(|name| &name.words);
            if let Some(year) = year.filter(|_| names().any(|word| is_year(word))) {
                let same = names().any(|word| word == year);
                found.add(Piece::Note, if same { w::SAME_YEAR } else { w::OTHER_YEAR });
            } else if answered {
                found.add(Piece::Note, w::ASIDE_ANSWERED);
            } else if !request.usual_note
                && similarity::within(aside, &view.title.whole, self.rarity).value < 0.5
                && similarity::within(aside, &view.title.versions.label, self.rarity).value < 0.5
            {
                found.add(Piece::Note, if is_dated(aside) { w::DATED_NOTE } else { w::ASIDE_UNSAID });
                found.unanswered = true;
                if request.names_mixer && self.accept == Accept::Exact {
                    found.blocked = true;
                    found.other_version = Some(Version::Remix);
                }
            }
        }
    }
}

/// What versions are compared of.
struct Sides<'a> {
    request: &'a Request,
    asked: &'a Asked,
    track: &'a Described,
    view: &'a View,
    /// All that the file is, as its title, its tags or its surroundings say.
    all: BTreeSet<Version>,
    /// Both are off the studio's record: one says that it is live, say, and the other that it is acoustic.
    related: bool,
    /// The file is from the release that the entry names.
    on_named: bool,
}

/// What differences of version cost a file.
struct Bill<'a> {
    found: &'a mut Evidence,
    /// Any version will do.
    any: bool,
    /// The dearest of them.
    worst: (f64, Option<Version>),
}

impl Bill<'_> {
    fn charge(&mut self, kind: Version, cost: f64, blocks: bool) {
        self.found.add(Piece::Version, if self.any { -cost.min(w::ANY_VERSION) } else { -cost });
        self.found.blocked |= blocks && !self.any;
        if cost > self.worst.0 {
            self.worst = (cost, Some(kind));
        }
    }
}

/// Whether a version is one of those that people make of one performance: a live one is often acoustic, too.
fn is_relative(kind: Version) -> bool {
    matches!(kind, Version::Live | Version::Acoustic | Version::Demo)
}

/// What a full one is said to be.
const FULL: [&str; 4] = ["version", "ver", "size", "length"];

/// Whether the file's artist plays in honour of somebody, and is not asked for under that name.
fn is_tribute(asked: &Asked, view: &View) -> bool {
    let says = |names: &[Phrase]| names.iter().any(|name| name.words.iter().any(|word| word == "tribute"));
    says(&view.artists) && !says(&asked.artists)
}

/// Whether people are set against each other: one remixed the other.
fn is_versus(names: &[Phrase]) -> bool {
    let sign = |word: &Word| matches!(word.as_str(), "vs" | "versus");
    names.first().is_some_and(|whole| whole.words.iter().any(sign))
}

/// Where the songs of a show may be from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Production {
    Screen,
    Broadway,
    London,
}

/// Which of them words speak of.
pub(super) fn productions<'a>(words: impl IntoIterator<Item = &'a Word>) -> BTreeSet<Production> {
    let of = |word: &Word| match word.as_str() {
        "film" | "movie" | "picture" | "soundtrack" => Some(Production::Screen),
        "broadway" => Some(Production::Broadway),
        "london" => Some(Production::London),
        _ => None,
    };
    words.into_iter().filter_map(of).collect()
}

/// Whether a word of an album's name says that it is of a show; what stands before is the show's name.
pub(super) fn is_of_show(word: &Word) -> bool {
    const SIGNS: &[&str] = &[
        "original",
        "cast",
        "soundtrack",
        "ost",
        "motion",
        "music",
        "musical",
        "broadway",
        "highlights",
        "film",
        "movie",
        "score",
        "recording",
    ];
    SIGNS.contains(&word.as_str())
}

/// Whether a name has nothing but the words for a record of a show's songs: "Original Broadway Cast Recording (1996)".
pub(super) fn is_cast(name: &str) -> bool {
    const BESIDE: &[&str] =
        &["the", "of", "from", "london", "picture", "album", "version", "television", "tv", "disc", "cd"];
    let words = words(name);
    let known = |word: &Word| is_of_show(word) || BESIDE.contains(&word.as_str()) || number(word).is_some();
    let sung = |word: &Word| matches!(word.as_str(), "cast" | "soundtrack" | "ost");
    words.len() > 1 && words.iter().any(sung) && words.iter().all(known)
}

/// Whether an entry says a word, give or take a slip in a long one.
fn is_said(request: &Request, word: &str) -> bool {
    const LONG: usize = 7;
    request.said.contains(word)
        || (word.len() >= LONG && request.said.iter().any(|said| similarity::word(said, word) >= 0.8))
}

/// Whether the title itself names the version.
fn is_noted(asked: &Asked, kind: Version) -> bool {
    !asked.title.versions.label.is_empty()
        || kind.words().iter().any(|word| asked.title.whole.words.iter().any(|own| own == word))
}

/// Whether a note names a session or a broadcast: "(Jo's Show 2006)".
fn is_dated(note: &Phrase) -> bool {
    note.words.len() > 1 && note.words.iter().any(|word| is_year(word))
}

fn is_year(word: &str) -> bool {
    word.len() == 4
        && (word.starts_with("19") || word.starts_with("20"))
        && word.bytes().all(|b| b.is_ascii_digit())
}
