//! Takes words; gives how much it says when two names share one.
//! Never compares words: see `similarity`.

use super::key::{ByKey, key};
use super::normalise::Word;
use super::weights;
use crate::table::{Numbers, numbers};

/// How many of 10,000 song records (title and artist) hold a word, for the words that are so
/// common that a small library would overrate them. Counted in half of a public set of dirty
/// song records; words of other languages and of file names added by hand.
const COMMON: &[(u32, &str)] = &[
    (2000, "the"),
    (800, "of and"),
    (650, "a in"),
    (400, "i you"),
    (300, "love to me no la de"),
    (250, "on my feat le volume el"),
    (200, "for is your with live mix remix"),
    (130, "all one ii it from im blues band music part no and"),
    (110, "dont time up best what new day night we version world die der das und les en"),
    (80, "rock out hits at song this baby be are so get more big man black radio edit minor major"),
    (
        60,
        "little dance life his king down city blue original dream take when go back like come can that home",
    ),
    (60, "da du des del von van im ein eine une un los las il lo di e y et o os"),
    (
        45,
        "star soul sun girl songs christmas red house as its green sweet greatest good two an over young boy",
    ),
    (45, "heart not just by lady will last white am power light let got oh too do if way je only how"),
    (45, "mr youre never fire off roll beautiful girls or us was her him she he they them our there here"),
    (
        400,
        "official video audio lyrics lyric hq hd hifi mv kbps explicit remaster remastered track album single recording recorded",
    ),
    (120, "ft featuring orchestra symphony concerto op bwv allegro andante adagio largo presto"),
];
/// How many records the counts above are out of.
const COUNTED: f64 = 10_000.0;

/// How rare words are, from the counts above and the library at hand.
#[derive(Debug)]
pub(super) struct Rarity {
    counts: Counts,
    records: f64,
}

/// How many records hold each word.
#[derive(Debug)]
enum Counts {
    Counting(ByKey<u32>),
    Stored(Numbers),
}

impl Rarity {
    /// Starts with the background counts alone.
    pub(super) fn new() -> Self {
        let mut counts = ByKey::default();
        for (count, words) in COMMON {
            for word in words.split(' ') {
                counts.entry(key(word)).or_insert(*count);
            }
        }
        Self { counts: Counts::Counting(counts), records: COUNTED }
    }

    /// The counts as a file has them.
    pub(super) fn stored(counts: Numbers, records: f64) -> Self {
        Self { counts: Counts::Stored(counts), records }
    }

    /// What [`Self::stored`] takes: counts by the words' keys, and the number of records.
    pub(super) fn to_store(&self) -> (Vec<u8>, f64) {
        let counts = match &self.counts {
            Counts::Counting(counts) => numbers(counts.iter().map(|(word, count)| (*word, *count))),
            Counts::Stored(_) => Vec::new(),
        };
        (counts, self.records)
    }

    /// Counts more names: how many, and how many of them hold each word, by its key.
    pub(super) fn add(&mut self, names: usize, counts: &ByKey<u32>) {
        // usize -> f64: a number of files, far below 2^53.
        self.records += names as f64;
        if let Counts::Counting(known) = &mut self.counts {
            for (word, count) in counts {
                *known.entry(*word).or_default() += count;
            }
        }
    }

    /// The weight of a word in nats: the logarithm of its rarity, at least a tenth.
    pub(super) fn weight(&self, word: &str) -> f64 {
        let count = match &self.counts {
            Counts::Counting(counts) => counts.get(&key(word)).copied(),
            Counts::Stored(counts) => counts.of(key(word)),
        };
        let count = f64::from(count.unwrap_or(0));
        let weight = (self.records / (count + 1.0)).ln();
        let short_number = word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit());
        let most = if short_number { weights::SHORT_NUMBER } else { weights::HEAVIEST_WORD };
        weight.clamp(weights::LIGHTEST_WORD, most)
    }

    /// The weight of all words of a name together.
    pub(super) fn mass(&self, words: &[Word]) -> f64 {
        words.iter().map(|word| self.weight(word)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_weigh_little() {
        let rarity = Rarity::new();
        assert!(rarity.weight("the") < 2.0);
        assert!(rarity.weight("rhapsody") > 8.0);
        assert!(rarity.weight("the") < rarity.weight("love"));
    }

    #[test]
    fn the_library_adds_to_the_counts() {
        let mut rarity = Rarity::new();
        let before = rarity.weight("grease");
        rarity.add(50, &ByKey::from_iter([(key("grease"), 50)]));
        assert!(rarity.weight("grease") < before - 3.0);
    }
}
