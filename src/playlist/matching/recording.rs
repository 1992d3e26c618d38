//! Takes tracks that may be twins; gives the groups of files that hold the same recording (rips of
//! one disc, the same song on a compilation), and later the best file of a group.
//! Never lets the quality of a file decide what it is.
//!
//! The groups do not depend on the listing: they are found once, when the index is made, from what of each file must
//! be equal, as keys.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::index::Place;
use super::key::key;
use super::normalise::Phrase;
use super::union::Union;
use super::version::Version;
use super::view::{Described, View};
use crate::library::Track;

/// Rips of one recording differ in length by no more than this many seconds.
const SAME_LENGTH: f64 = 2.0;

/// Files that are called one recording: nobody has as many rips of a song, and whoever asks for it is held against each.
const MOST_RIPS: usize = 32;
/// A file is held against so many of its length: hundreds of "Intro"s are no twins.
const MOST_TWINS: usize = 50;

/// What must be equal for two files to hold one recording.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// The accounts that are good enough to call it a twin of another.
    accounts: Vec<Account>,
    /// Names of folders, where an account names no artist.
    hints: Box<[u64]>,
}

#[derive(Debug)]
struct Account {
    title: u64,
    /// Numbers and versions.
    kind: u64,
    /// The notes behind the title; 0 where there is none.
    notes: u64,
    artists: Box<[u64]>,
}

impl Sheet {
    /// That of a track.
    pub(super) fn of(track: &Described) -> Self {
        // Beside tags the file's name says too little: two songs called "1.mp3" are not one, nor is a version that only
        // the tags name.
        let good = track.views.iter().filter(|view| view.cost < super::weights::BESIDE_TAGS);
        let accounts: Vec<Account> = good
            .map(|view| Account {
                title: key(&view.title.base().glued),
                kind: kind(track, view),
                notes: notes(&view.title.asides),
                artists: keys(&view.artists),
            })
            .collect();
        Self { accounts, hints: keys(&track.hints) }
    }
}

fn keys(names: &[Phrase]) -> Box<[u64]> {
    names.iter().map(|name| key(&name.glued)).collect()
}

/// Equal for equal notes; 0 for none.
fn notes(asides: &[Phrase]) -> u64 {
    asides.iter().fold(0, |all, note| all ^ key(&note.glued))
}

/// Equal for equal numbers and versions.
fn kind(track: &Described, view: &View) -> u64 {
    let title = &view.title;
    let all = title.versions.kinds.union(&track.surroundings);
    let kinds: Vec<Version> = all.copied().filter(|kind| *kind != Version::Remaster).collect();
    let label = &title.versions.label;
    let sound = track.sound(title);
    if kinds.is_empty()
        && sound.is_none()
        && label.is_empty()
        && title.numbers == super::count::Numbers::default()
    {
        return 0; // most are, and need not be written out
    }
    key(&format!("{:?} {:?} {kinds:?} {sound:?}", title.numbers, label.words))
}

/// The tracks of each recording that has several, ascending; `titles` are the pairs of a title's key and a track
/// that may bear it, sorted.
pub(super) fn groups(sheets: &[Sheet], places: &[Place], titles: &[(u64, u32)]) -> Vec<Vec<u32>> {
    let library = Twins { sheets, places };
    let mut all = Union::new(sheets.len());
    for bearers in titles.chunk_by(|a, b| a.0 == b.0).filter(|bearers| bearers.len() > 1) {
        let title = bearers[0].0;
        let timed = bearers.iter().filter_map(|(_, at)| Some((places[*at as usize].seconds?, *at as usize)));
        library.twins(timed.collect(), title, |a, b| all.join(a, b));
    }
    let mut related: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..sheets.len() {
        let first = all.first(at);
        if first != at {
            related.entry(first).or_insert_with(|| vec![first]).push(at);
        }
    }
    let groups = related.into_values().flat_map(|related| library.group(&related));
    // Positions below the number of tracks, which is a u32.
    groups
        .filter(|group| group.len() > 1)
        .map(|group| group.into_iter().map(|at| at as u32).collect())
        .collect()
}

/// All tracks of a library, to find twins among.
struct Twins<'a> {
    sheets: &'a [Sheet],
    places: &'a [Place],
}

impl Twins<'_> {
    /// Calls `twin` for pairs of one title and length that hold one recording.
    fn twins(&self, mut timed: Vec<(f64, usize)>, title: u64, mut twin: impl FnMut(usize, usize)) {
        timed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (rank, (shorter, a)) in timed.iter().enumerate() {
            let after = timed[rank + 1..].iter().take(MOST_TWINS);
            for (_, b) in after.take_while(|(longer, _)| longer - shorter <= SAME_LENGTH) {
                if self.same(*a, *b, title) {
                    twin(*a, *b);
                }
            }
        }
    }

    /// Groups tracks that are related, title by title.
    fn group(&self, related: &[usize]) -> Vec<Vec<usize>> {
        let mut buckets: BTreeMap<u64, BTreeSet<usize>> = BTreeMap::new();
        for at in related {
            for account in &self.sheets[*at].accounts {
                buckets.entry(account.title).or_default().insert(*at);
            }
        }
        let mut of: BTreeMap<usize, usize> = related.iter().map(|at| (*at, *at)).collect();
        let mut groups: BTreeMap<usize, Vec<usize>> = related.iter().map(|at| (*at, vec![*at])).collect();
        for (title, bucket) in buckets {
            let timed = bucket.iter().filter_map(|at| Some((self.places[*at].seconds?, *at)));
            self.twins(timed.collect(), title, |a, b| {
                if of[&a] != of[&b] {
                    self.join(&mut groups, &mut of, a, b);
                }
            });
        }
        let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
        groups.iter_mut().for_each(|tracks| tracks.sort_unstable());
        groups
    }

    /// Joins two groups, unless that would put two numbers of one folder together.
    fn join(
        &self,
        groups: &mut BTreeMap<usize, Vec<usize>>,
        of: &mut BTreeMap<usize, usize>,
        a: usize,
        b: usize,
    ) {
        let (to, from) = (of[&a].min(of[&b]), of[&a].max(of[&b]));
        if groups[&to].len() + groups[&from].len() > MOST_RIPS {
            return;
        }
        let siblings = |a: &usize, b: &usize| siblings(&self.places[*a], &self.places[*b]);
        if groups[&to].iter().any(|x| groups[&from].iter().any(|y| siblings(x, y))) {
            return;
        }
        for track in groups.remove(&from).unwrap_or_default() {
            of.insert(track, to);
            groups.entry(to).or_default().push(track);
        }
    }

    /// Whether two files of one title and length hold one recording.
    fn same(&self, a: usize, b: usize, title: u64) -> bool {
        let by_title =
            |at: usize| self.sheets[at].accounts.iter().filter(move |account| account.title == title);
        // "Song (Going Out)" and "Song (Coming Home)" are two; a note may be left out.
        let noted = |x: &Account, y: &Account| x.notes == y.notes || x.notes == 0 || y.notes == 0;
        by_title(a)
            .any(|x| by_title(b).any(|y| x.kind == y.kind && noted(x, y) && self.people((a, x), (b, y))))
    }

    fn people(&self, (a, x): (usize, &Account), (b, y): (usize, &Account)) -> bool {
        let named = |names: &[u64], others: &[u64]| names.iter().any(|name| others.contains(name));
        match (x.artists.is_empty(), y.artists.is_empty()) {
            (false, false) => named(&x.artists, &y.artists),
            (false, true) => named(&x.artists, &self.sheets[b].hints),
            (true, false) => named(&y.artists, &self.sheets[a].hints),
            (true, true) => {
                let numbers = [a, b].map(|at| self.places[at].number);
                numbers[0].is_some() && numbers[0] == numbers[1]
            }
        }
    }
}

/// Whether two files stand in one folder under different numbers.
fn siblings(a: &Place, b: &Place) -> bool {
    let numbered = a.number.is_some() && b.number.is_some();
    a.folder == b.folder && numbered && (a.number, a.disc) != (b.number, b.disc)
}

/// The file of a recording that is to be played: from the release that most of the listing
/// comes from (`vouched`), then lossless, then by bit rate, then by path.
pub(super) fn choose<'a>(
    members: &[usize],
    track: impl Fn(usize) -> Option<Cow<'a, Track>>,
    vouched: impl Fn(usize) -> bool,
) -> Option<usize> {
    if let [only] = members {
        return Some(*only); // most are, and need not be read
    }
    let rank = |at: usize| {
        let track = track(at);
        let rate = track.as_ref().and_then(|track| track.bitrate).unwrap_or(0);
        let whole = track.as_ref().is_none_or(|track| !is_censored(track));
        let lossless = track.is_some_and(|track| track.codec.is_lossless());
        (vouched(at), whole, lossless, if lossless { 0 } else { rate })
    };
    members.iter().copied().max_by(|a, b| rank(*a).cmp(&rank(*b)).then(b.cmp(a)))
}

/// Whether a file says that words were cut out of it.
fn is_censored(track: &Track) -> bool {
    const SIGNS: [&str; 6] = ["(clean", "[clean", "(censored", "[censored", "(edited)", "[edited]"];
    let name = track.path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase());
    let title = track.tags.title.as_deref().map(str::to_lowercase);
    name.into_iter().chain(title).any(|text| SIGNS.iter().any(|sign| text.contains(sign)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_rips_the_one_with_all_words_is_taken() {
        let names = ["Glass River (Clean).flac", "Glass River.mp3"];
        let tracks = names.map(|name| Track { path: name.into(), ..Track::default() });
        assert_eq!(choose(&[0, 1], |at| Some(Cow::Borrowed(&tracks[at])), |_| false), Some(1));
    }
}
