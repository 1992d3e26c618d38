//! Takes text; gives 64-bit keys that stand for it in tables, and tables that take such keys.
//! Never keeps the text: two texts with one key are one, which among a million happens to none.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use crate::table::{Ids, Numbers, Section, numbers, push_list};

/// The key of a text: FNV-1a over words of eight bytes, mixed at the end as in MurmurHash3.
pub(super) fn key(text: &str) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01B3;
    let mut hash = 0xCBF2_9CE4_8422_2325 ^ text.len() as u64;
    for chunk in text.as_bytes().chunks(8) {
        let mut bytes = [0_u8; 8];
        bytes[..chunk.len()].copy_from_slice(chunk);
        hash = (hash ^ u64::from_le_bytes(bytes)).wrapping_mul(PRIME);
        hash ^= hash >> 29;
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    hash ^ (hash >> 33)
}

/// Passes keys through: they are mixed already.
#[derive(Debug, Default, Clone)]
pub(super) struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// A set of keys.
pub(super) type Keys = HashSet<u64, BuildHasherDefault<AsIs>>;
/// A table by keys.
pub(super) type ByKey<T> = HashMap<u64, T, BuildHasherDefault<AsIs>>;

/// Lists of tracks by key, each ascending, as they stand in two sections of a file.
#[derive(Debug, Clone, Default)]
pub(super) struct Postings {
    /// Where in `lists` each key's list begins.
    starts: Numbers,
    lists: Section,
    /// Tracks are less than this.
    below: u32,
}

/// The two sections of pairs of key and track in any order; a pair that comes twice counts once.
pub(super) fn postings(mut pairs: Vec<(u64, u32)>) -> [Vec<u8>; 2] {
    pairs.sort_unstable();
    pairs.dedup();
    let (mut starts, mut lists, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for same in pairs.chunk_by(|a, b| a.0 == b.0) {
        ids.clear();
        ids.extend(same.iter().map(|(_, id)| *id));
        starts.push((same[0].0, len_u32(&lists)));
        push_list(&mut lists, &ids);
    }
    [numbers(starts.into_iter()), lists]
}

impl Postings {
    /// Reads what [`postings`] made, of tracks less than `below`.
    pub(super) fn new(starts: Section, lists: Section, below: u32) -> Self {
        Self { starts: Numbers::new(starts), lists, below }
    }

    /// The tracks of a key.
    pub(super) fn of(&self, key: u64) -> Ids<'_> {
        let start = self.starts.of(key).and_then(|start| self.lists.get(start as usize..));
        start.map(|list| Ids::new(list, self.below)).unwrap_or_default()
    }
}

/// A length as a position. A list longer than four thousand million cannot be: it would be of
/// more files than a disk holds.
pub(super) fn len_u32<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::table::{NAME, TableFile, image};

    const KIND: &[u8; NAME] = b"tonearm tests 1\n";

    #[test]
    fn lists_are_found_by_key() {
        let [starts, lists] = postings(vec![(key("b"), 3), (key("a"), 2), (key("b"), 1), (key("b"), 3)]);
        let file = TableFile::of_bytes(image(KIND, 0, &[starts, lists]), KIND).unwrap();
        let lists = Postings::new(file.section(0), file.section(1), 9);
        let of = |text: &str| lists.of(key(text)).collect::<Vec<u32>>();
        assert_eq!((of("b"), of("a"), of("c")), (vec![1, 3], vec![2], Vec::new()));
        assert_eq!(Postings::default().of(key("c")).count(), 0);
    }

    #[test]
    fn near_texts_have_other_keys() {
        let texts = ["", "a", "b", "ab", "ba", "aaaaaaaa", "aaaaaaaaa", "aaaaaaaa\0", "\0", "\0\0"];
        let keys: Keys = texts.into_iter().map(key).collect();
        assert_eq!(keys.len(), texts.len());
    }
}
