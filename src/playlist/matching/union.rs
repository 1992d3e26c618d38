//! Takes pairs of numbers that belong together; gives the sets that they make.
//! Never asks why they do.

/// Numbers joined into sets; each set is called by its least.
#[derive(Debug)]
pub(super) struct Union(Vec<usize>);

impl Union {
    /// So many sets of one number each.
    pub(super) fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    /// The least number of the set that `at` is in.
    pub(super) fn first(&mut self, at: usize) -> usize {
        let mut first = at;
        while self.0[first] != first {
            self.0[first] = self.0[self.0[first]];
            first = self.0[first];
        }
        first
    }

    /// Makes the sets of two numbers one.
    pub(super) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.first(a), self.first(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_numbers_are_called_by_the_least() {
        let mut all = Union::new(6);
        for (a, b) in [(5, 4), (4, 2), (1, 0)] {
            all.join(a, b);
        }
        assert_eq!((0..6).map(|at| all.first(at)).collect::<Vec<_>>(), [0, 0, 2, 3, 2, 2]);
    }
}
