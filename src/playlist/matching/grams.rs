//! Takes names; gives the tracks that share runs of three characters with another name, and how
//! much of the name that is.
//! Never compares words, never sees more than a name without its gaps.

use super::index::Scores;

/// Trigrams in more than this share of a large library tell nothing.
const COMMON_SHARE: usize = 12;
/// A library is large from here on.
const LARGE: usize = 5_000;
/// Names that have less in common than this are not alike.
const FAINTEST: f32 = 0.15;
/// Characters of a name that are looked at.
const LONGEST: usize = 120;
/// Trigrams of Latin letters and digits have a slot each; others share what is left of these.
const SLOTS: u32 = 1 << 18;
/// Latin letters, digits, the two ends.
const PLAIN: u32 = 38;

/// The trigrams of tracks, before they are turned round.
#[derive(Default)]
pub(super) struct Lists {
    slots: Vec<u32>,
    ends: Vec<u32>,
}

impl Lists {
    /// Adds a name of the track at hand.
    pub(super) fn add(&mut self, name: &str) {
        trigrams(name, &mut self.slots);
    }

    /// Turns to the next track.
    pub(super) fn end_track(&mut self) {
        let start = self.ends.last().map_or(0, |end| *end as usize);
        self.slots[start..].sort_unstable();
        let mut kept = start;
        for at in start..self.slots.len() {
            if at == start || self.slots[at] != self.slots[kept - 1] {
                self.slots[kept] = self.slots[at];
                kept += 1;
            }
        }
        self.slots.truncate(kept);
        self.ends.push(super::key::len_u32(&self.slots));
    }

    fn tracks(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.slots[start as usize..*end as usize])
    }
}

/// The tracks of each trigram.
#[derive(Debug, Default)]
pub(super) struct Grams {
    /// Where each slot's tracks begin in `ids`, and the end of the last.
    starts: Vec<u32>,
    ids: Vec<u32>,
    /// The weight of all trigrams of each track.
    mass: Vec<f32>,
}

impl Grams {
    /// Turns the lists round: they hold the tracks in order.
    pub(super) fn new(lists: &[Lists], count: usize) -> Self {
        let mut sizes = vec![0_u32; SLOTS as usize];
        lists.iter().flat_map(|list| &list.slots).for_each(|slot| sizes[*slot as usize] += 1);
        if count > LARGE {
            let common = |size: &&mut u32| **size as usize * COMMON_SHARE >= count;
            sizes.iter_mut().filter(common).for_each(|size| *size = 0);
        }
        let mut starts = vec![0_u32; SLOTS as usize + 1];
        for (slot, size) in sizes.iter().enumerate() {
            starts[slot + 1] = starts[slot].saturating_add(*size);
        }
        let weights: Vec<f32> = sizes.iter().map(|size| weight(*size, count)).collect();
        let mut next = starts.clone();
        let mut ids = vec![0_u32; starts[SLOTS as usize] as usize];
        let mut mass = vec![0.0; count];
        for (id, slots) in (0_u32..).zip(lists.iter().flat_map(Lists::tracks)) {
            for slot in slots.iter().map(|slot| *slot as usize).filter(|slot| sizes[*slot] > 0) {
                ids[next[slot] as usize] = id;
                next[slot] += 1;
                mass[id as usize] += weights[slot];
            }
        }
        Self { starts, ids, mass }
    }

    /// Scores the tracks that share trigrams with `name`: the share of both names' weight.
    pub(super) fn score(&self, name: &str, scores: &mut Scores) {
        if self.mass.is_empty() {
            return;
        }
        let mut slots = Vec::new();
        trigrams(name, &mut slots);
        slots.sort_unstable();
        slots.dedup();
        let mut mass = 0.0;
        for slot in slots {
            let (start, end) = (self.starts[slot as usize], self.starts[slot as usize + 1]);
            let weight = weight(end - start, self.mass.len());
            mass += weight;
            for id in &self.ids[start as usize..end as usize] {
                scores.shared[*id as usize] += weight;
            }
        }
        let ours = mass.powf(0.75);
        // The best that a track with so much in common could score: its name is no lighter.
        let least = (FAINTEST * ours).powf(4.0 / 3.0);
        for id in 0..super::key::len_u32(&self.mass) {
            let shared = std::mem::take(&mut scores.shared[id as usize]);
            if shared < least || shared == 0.0 {
                continue;
            }
            let whole = self.mass[id as usize].max(shared);
            let score = shared / (ours * whole.sqrt().sqrt()).max(f32::MIN_POSITIVE);
            scores.raise(id, score);
        }
    }
}

/// The weight of a trigram that so many of so many tracks have. Integers -> f32 may round.
fn weight(having: u32, all: usize) -> f32 {
    if having == 0 { 2.0 } else { (1.0 + all as f32 / having as f32).ln() }
}

/// Appends the slots of the runs of three characters in `name`, its ends marked.
fn trigrams(name: &str, slots: &mut Vec<u32>) {
    let (mut a, mut b) = (None, '^');
    for c in name.chars().take(LONGEST).chain(std::iter::once('$')) {
        if let Some(a) = a {
            slots.push(slot([a, b, c]));
        }
        (a, b) = (Some(b), c);
    }
}

fn slot(gram: [char; 3]) -> u32 {
    let code = |c: char| match c {
        'a'..='z' => Some(u32::from(c) - u32::from('a')),
        '0'..='9' => Some(u32::from(c) - u32::from('0') + 26),
        '^' => Some(36),
        '$' => Some(37),
        _ => None,
    };
    let plain = gram.iter().try_fold(0, |slot, c| Some(slot * PLAIN + code(*c)?));
    plain.unwrap_or_else(|| {
        const FIRST: u32 = PLAIN * PLAIN * PLAIN;
        let mixed = gram
            .iter()
            .fold(0_u32, |hash, c| (hash ^ u32::from(*c)).wrapping_mul(0x9E37_79B1).rotate_left(13));
        FIRST + (mixed.wrapping_mul(0x85EB_CA6B) >> 8) % (SLOTS - FIRST)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_trigrams_have_slots_of_their_own() {
        let mut slots = Vec::new();
        trigrams("war", &mut slots);
        trigrams("raw", &mut slots);
        slots.sort_unstable();
        slots.dedup();
        assert_eq!(slots.len(), 6);
        assert!(slot(['日', '本', '語']) < SLOTS && slot(['z', 'z', '$']) < PLAIN * PLAIN * PLAIN);
    }

    #[test]
    fn names_without_trigrams_are_no_trouble() {
        let mut lists = Lists::default();
        lists.add("");
        lists.end_track();
        let grams = Grams::new(&[lists], 1);
        grams.score("", &mut Scores::new(1));
        grams.score("abc", &mut Scores::new(1));
        Grams::default().score("abc", &mut Scores::new(0));
    }
}
