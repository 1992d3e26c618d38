//! Takes a seed; gives numbers and orders that look random and are the same for the same seed.
//! Its own dozen lines, so that they stay the same in every version.
//! Never asks the system for chance.

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014; the
/// constants are those of its public-domain C version). Its own dozen lines, because a seed that
/// someone has written down must give the same order in every version, and the `rand` crates do
/// not promise that for their shuffles.
#[derive(Debug, Clone)]
pub(super) struct Dice {
    state: u64,
}

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The seed of dice that go on from here.
    pub(super) fn state(&self) -> u64 {
        self.state
    }

    fn roll(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `0..bound` (0 for a bound of 0), by Lemire's multiplication; its bias is below
    /// `bound` / 2^64.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.roll()) * bound as u128) >> 64) as usize
    }

    /// Fisher and Yates.
    pub(super) fn shuffle<I>(&mut self, items: &mut [I]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dice_are_the_published_splitmix64() {
        // First outputs of the reference implementation for seed 1234567.
        let mut dice = Dice::new(1_234_567);
        let rolls = [dice.roll(), dice.roll(), dice.roll()];
        assert_eq!(rolls, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn below_stays_below() {
        let mut dice = Dice::new(7);
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.below(1), 0);
        assert!((0..1000).all(|_| dice.below(10) < 10));
    }
}
