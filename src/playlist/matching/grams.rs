//! Takes names; gives the tracks that share runs of three characters with another name, and how
//! much of the name that is.
//! Never compares words, never sees more than a name without its gaps.

use super::key::len_u32;
use super::ranking::Scores;
use crate::table::{Ids, Section, push_list, read_u32};

/// Trigrams in more than this share of a large library tell nothing.
const COMMON_SHARE: usize = 12;
/// A library is large from here on.
const LARGE: usize = 5_000;
/// Names that have less in common than this are not alike.
const FAINTEST: f32 = 0.15;
/// Characters of a name that are looked at.
const LONGEST: usize = 120;
/// Tracks that are looked at together.
const HANDFUL: usize = 32;
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
        self.ends.push(len_u32(&self.slots));
    }

    fn tracks(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.slots[start as usize..*end as usize])
    }
}

/// The tracks of each trigram, as they stand in three sections of a file.
#[derive(Debug, Clone, Default)]
pub(super) struct Grams {
    /// Where each slot's list begins in `lists`, and the end of the last.
    starts: Section,
    lists: Section,
    /// The weight of all trigrams of each track.
    mass: Section,
    count: u32,
}

/// The three sections of lists that hold `count` tracks in order.
pub(super) fn sections(lists: &[Lists], count: usize) -> [Vec<u8>; 3] {
    let mut sizes = vec![0_u32; SLOTS as usize];
    lists.iter().flat_map(|list| &list.slots).for_each(|slot| sizes[*slot as usize] += 1);
    if count > LARGE {
        let common = |size: &&mut u32| **size as usize * COMMON_SHARE >= count;
        sizes.iter_mut().filter(common).for_each(|size| *size = 0);
    }
    let mut first = vec![0_u32; SLOTS as usize + 1];
    for (slot, size) in sizes.iter().enumerate() {
        first[slot + 1] = first[slot].saturating_add(*size);
    }
    let weights: Vec<f32> = sizes.iter().map(|size| weight(*size, count)).collect();
    let mut next = first.clone();
    let mut ids = vec![0_u32; first[SLOTS as usize] as usize];
    let mut mass = vec![0.0_f32; count];
    for (id, slots) in (0_u32..).zip(lists.iter().flat_map(Lists::tracks)) {
        for slot in slots.iter().map(|slot| *slot as usize).filter(|slot| sizes[*slot] > 0) {
            ids[next[slot] as usize] = id;
            next[slot] += 1;
            mass[id as usize] += weights[slot];
        }
    }
    let (mut starts, mut packed) = (Vec::with_capacity(4 * first.len()), Vec::with_capacity(ids.len() * 2));
    for slot in 0..SLOTS as usize {
        starts.extend(len_u32(&packed).to_le_bytes());
        if sizes[slot] > 0 {
            push_list(&mut packed, &ids[first[slot] as usize..first[slot + 1] as usize]);
        }
    }
    starts.extend(len_u32(&packed).to_le_bytes());
    [starts, packed, mass.into_iter().flat_map(f32::to_le_bytes).collect()]
}

impl Grams {
    /// Reads what [`sections`] made of `count` tracks.
    pub(super) fn new([starts, lists, mass]: [Section; 3], count: u32) -> Self {
        Self { starts, lists, mass, count }
    }

    /// The tracks of a slot.
    fn of(&self, slot: u32) -> Ids<'_> {
        let at = |slot: u32| read_u32(&self.starts, slot as usize * 4).map(|start| start as usize);
        let list = at(slot).zip(at(slot + 1)).filter(|(start, end)| start < end);
        let list = list.and_then(|(start, end)| self.lists.get(start..end));
        list.map(|list| Ids::new(list, self.count)).unwrap_or_default()
    }

    /// Scores the tracks that share trigrams with `name`: the share of both names' weight.
    pub(super) fn score(&self, name: &str, scores: &mut Scores) {
        let mut slots = Vec::new();
        trigrams(name, &mut slots);
        slots.sort_unstable();
        slots.dedup();
        let mut mass = 0.0;
        for slot in slots {
            let ids = self.of(slot);
            let weight = weight(ids.size(), self.count as usize);
            mass += weight;
            ids.for_each(|id| scores.shared[id as usize] += weight);
        }
        let ours = mass.powf(0.75);
        // The best that a track with so much in common could score: its name is no lighter.
        let least = (FAINTEST * ours).powf(4.0 / 3.0).max(f32::MIN_POSITIVE);
        // Most tracks have little in common: they are passed over a handful at a time.
        let mut shared = std::mem::take(&mut scores.shared);
        for (rank, handful) in shared.chunks_mut(HANDFUL).enumerate() {
            if handful.iter().map(|shared| u32::from(*shared >= least)).sum::<u32>() > 0 {
                for (at, shared) in handful.iter().enumerate().filter(|(_, shared)| **shared >= least) {
                    let id = rank * HANDFUL + at;
                    let bytes = self.mass.get(id * 4..).and_then(|mass| mass.first_chunk());
                    let whole = bytes.map_or(0.0, |bytes| f32::from_le_bytes(*bytes)).max(*shared);
                    let score = shared / (ours * whole.sqrt().sqrt()).max(f32::MIN_POSITIVE);
                    // A position below `count`, which is a u32.
                    scores.raise(id as u32, score);
                }
            }
            handful.fill(0.0);
        }
        scores.shared = shared;
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
        assert_eq!(sections(&[lists], 1)[2].len(), 4);
        Grams::default().score("", &mut Scores::new(0));
        Grams::default().score("abc", &mut Scores::new(0));
    }
}
