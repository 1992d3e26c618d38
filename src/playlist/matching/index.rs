//! Takes the tracks of a library once; gives, for any name, the few tracks that may bear it.
//! Never decides: it only saves comparing every entry with every file.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::normalise::Phrase;
use super::recording::{self, Recordings};
use super::release::{self, Releases};
use super::view::{self, Described};
use super::words::Rarity;
use crate::library::Track;

/// Tracks that a look-up gives, best first; equals of the last one come along ...
const BEST: usize = 40;
/// ... up to this many.
const BEST_WITH_TIES: usize = 160;
/// Trigrams in more than this share of a large library tell nothing.
const COMMON_SHARE: usize = 12;
/// A library is large from here on.
const LARGE: usize = 5_000;
/// What an artist's words add to a look-up, against the title's 1.
const ARTIST_SHARE: f32 = 0.35;

/// Everything about a library that does not depend on the listing.
#[derive(Debug, Default)]
pub struct Index {
    pub(super) described: Vec<Described>,
    pub(super) recordings: Recordings,
    pub(super) releases: Releases,
    pub(super) rarity: Rarity,
    grams: HashMap<[char; 3], Vec<u32>>,
    gram_mass: Vec<f32>,
    exact: HashMap<String, Vec<u32>>,
    initials: HashMap<String, Vec<u32>>,
    artists: HashMap<String, Vec<u32>>,
    files: HashMap<String, Vec<u32>>,
}

impl Index {
    /// Reads the names of all tracks. Positions in `tracks` are what a report speaks of.
    pub fn new(tracks: &[Track]) -> Self {
        let described = view::describe(tracks);
        let mut index = Self {
            recordings: recording::group(&described),
            releases: release::find(&described),
            rarity: Rarity::new(),
            ..Self::default()
        };
        for (at, track) in described.iter().enumerate() {
            // Positions beyond u32 cannot be: a library of four thousand million files.
            let Ok(id) = u32::try_from(at) else { break };
            index.enter(id, track);
            if let Some(name) = tracks[at].path.file_name() {
                index.files.entry(name.to_string_lossy().to_lowercase()).or_default().push(id);
            }
        }
        index.described = described;
        index.weigh_grams();
        index
    }

    fn enter(&mut self, id: u32, track: &Described) {
        let mut grams = HashSet::new();
        let mut keys = BTreeSet::new();
        let mut words = BTreeSet::new();
        let mut artists = BTreeSet::new();
        for view in &track.views {
            for (name, _) in &view.title.names {
                keys.insert(name.glued.as_str());
                grams.extend(trigrams(&name.glued));
            }
            words.extend(view.title.whole.words.iter().map(String::as_str));
            artists.extend(view.artists.iter().flat_map(|a| &a.words).map(String::as_str));
            if view.title.initials.len() > 2 {
                push(&mut self.initials, &view.title.initials, id);
            }
        }
        artists.extend(track.hints.iter().flat_map(|h| &h.words).map(String::as_str));
        for key in keys {
            push(&mut self.exact, key, id);
        }
        for artist in &artists {
            push(&mut self.artists, artist, id);
        }
        for gram in grams {
            self.grams.entry(gram).or_default().push(id);
        }
        words.extend(artists);
        self.rarity.count(words);
    }

    fn weigh_grams(&mut self) {
        let count = self.described.len();
        if count > LARGE {
            self.grams.retain(|_, ids| ids.len() * COMMON_SHARE < count);
        }
        self.gram_mass = vec![0.0; count];
        for ids in self.grams.values() {
            let weight = gram_weight(ids.len(), count);
            for id in ids {
                self.gram_mass[*id as usize] += weight;
            }
        }
    }

    /// The tracks that may be `title` by `artist`, as positions, best first.
    pub(super) fn candidates(&self, names: &[&Phrase], artists: &[Phrase]) -> Vec<usize> {
        let mut scores: HashMap<u32, f32> = HashMap::new();
        let mut best: HashMap<u32, f32> = HashMap::new();
        for name in names {
            scores.clear();
            let grams = trigrams(&name.glued);
            let mut mass = 0.0;
            for gram in &grams {
                let ids = self.grams.get(gram).map_or(&[][..], Vec::as_slice);
                let weight = gram_weight(ids.len(), self.described.len());
                mass += weight;
                for id in ids {
                    *scores.entry(*id).or_default() += weight;
                }
            }
            for (id, shared) in &scores {
                let whole = self.gram_mass[*id as usize].max(*shared);
                let score = shared / (mass.powf(0.75) * whole.powf(0.25)).max(f32::MIN_POSITIVE);
                let entry = best.entry(*id).or_default();
                *entry = entry.max(score);
            }
            let short = if name.words.len() == 1 { name.glued.as_str() } else { "" };
            for id in self.initials.get(short).into_iter().flatten() {
                best.insert(*id, 1.5);
            }
            for id in self.exact.get(&name.glued).into_iter().flatten() {
                best.insert(*id, 1.5);
            }
        }
        self.add_artists(artists, &mut best);
        top(best)
    }

    fn add_artists(&self, artists: &[Phrase], best: &mut HashMap<u32, f32>) {
        let Some(artist) = artists.first() else { return };
        let all: f64 = self.rarity.mass(&artist.words);
        let words: BTreeSet<&String> = artist.words.iter().collect();
        for word in words {
            // f64 -> f32: a share between 0 and 1.
            let share = (self.rarity.weight(word) / all.max(1.0)) as f32;
            let ids = self.artists.get(word).map_or(&[][..], Vec::as_slice);
            for id in ids {
                *best.entry(*id).or_default() += ARTIST_SHARE * share;
            }
        }
    }

    /// The tracks whose file is called `name`, without regard to case.
    pub(super) fn files_called(&self, name: &str) -> impl Iterator<Item = usize> {
        self.files.get(&name.to_lowercase()).into_iter().flatten().map(|id| *id as usize)
    }
}

/// The best of the scored, with equals of the last, by score and then by position.
fn top(scores: HashMap<u32, f32>) -> Vec<usize> {
    let mut ranked: Vec<(u32, f32)> = scores.into_iter().collect();
    ranked.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let bar = ranked.get(BEST - 1).map_or(0.0, |(_, score)| score - 1e-4);
    ranked
        .into_iter()
        .take(BEST_WITH_TIES)
        .take_while(|(_, score)| *score >= bar)
        .map(|(id, _)| id as usize)
        .collect()
}

fn push(postings: &mut HashMap<String, Vec<u32>>, key: &str, id: u32) {
    match postings.get_mut(key) {
        Some(ids) if ids.last() == Some(&id) => {}
        Some(ids) => ids.push(id),
        None => {
            postings.insert(key.to_owned(), vec![id]);
        }
    }
}

/// The weight of a trigram that so many of so many tracks have. usize -> f32 may round.
fn gram_weight(having: usize, all: usize) -> f32 {
    if having == 0 { 2.0 } else { (1.0 + all as f32 / having as f32).ln() }
}

/// The distinct runs of three characters, the ends marked, in a stable order.
fn trigrams(key: &str) -> Vec<[char; 3]> {
    let chars: Vec<char> =
        std::iter::once('^').chain(key.chars().take(120)).chain(std::iter::once('$')).collect();
    let grams: BTreeSet<[char; 3]> = chars.windows(3).map(|w| [w[0], w[1], w[2]]).collect();
    grams.into_iter().collect()
}
