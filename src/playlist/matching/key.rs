//! Takes text; gives 64-bit keys that stand for it in tables, and tables that take such keys.
//! Never keeps the text: two texts with one key are one, which among a million happens to none.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

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

/// Lists of tracks by key, each ascending, in three flat arrays.
#[derive(Debug, Default)]
pub(super) struct Postings {
    keys: Vec<u64>,
    /// Where each key's list begins, and the end of the last.
    starts: Vec<u32>,
    ids: Vec<u32>,
}

impl Postings {
    /// Takes pairs of key and track in any order; a pair that comes twice counts once.
    pub(super) fn new(mut pairs: Vec<(u64, u32)>) -> Self {
        pairs.sort();
        pairs.dedup();
        let mut postings = Self { ids: Vec::with_capacity(pairs.len()), ..Self::default() };
        for (key, id) in pairs {
            if postings.keys.last() != Some(&key) {
                postings.keys.push(key);
                postings.starts.push(len_u32(&postings.ids));
            }
            postings.ids.push(id);
        }
        postings.starts.push(len_u32(&postings.ids));
        postings.keys.shrink_to_fit();
        postings.starts.shrink_to_fit();
        postings
    }

    /// The tracks of a key.
    pub(super) fn of(&self, key: u64) -> &[u32] {
        match self.keys.binary_search(&key) {
            Ok(at) => &self.ids[self.starts[at] as usize..self.starts[at + 1] as usize],
            Err(_) => &[],
        }
    }
}

/// A length as a position. A list longer than four thousand million cannot be: it would be of
/// more files than a disk holds.
pub(super) fn len_u32<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_found_by_key() {
        let postings = Postings::new(vec![(key("b"), 3), (key("a"), 2), (key("b"), 1), (key("b"), 3)]);
        assert_eq!(postings.of(key("b")), [1, 3]);
        assert_eq!(postings.of(key("a")), [2]);
        assert_eq!(postings.of(key("c")), [] as [u32; 0]);
        assert_eq!(Postings::default().of(key("c")), [] as [u32; 0]);
    }

    #[test]
    fn near_texts_have_other_keys() {
        let texts = ["", "a", "b", "ab", "ba", "aaaaaaaa", "aaaaaaaaa", "aaaaaaaa\0", "\0", "\0\0"];
        let keys: Keys = texts.into_iter().map(key).collect();
        assert_eq!(keys.len(), texts.len());
    }
}
