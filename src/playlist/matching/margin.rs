//! Takes a table of what requests may mean; gives the best choice for all of them together, and what all lose without one of
//! its choices.
//! Never adds evidence.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::assign::{Row, assign, worth};
use super::joint::{Choice, Joint};
use super::union::Union;

/// Rows that a margin is worked out with exactly.
const LARGEST_COMPONENT: usize = 60;

/// Whole numbers per nat in the assignment.
const STEPS: f64 = 1e6;

fn rows<'a>(table: impl Iterator<Item = &'a Vec<Choice>>) -> Vec<Row> {
    // f64 -> i64: totals are some tens of nats, so some 10^7 steps.
    table.map(|row| row.iter().map(|c| (c.recording, (c.total * STEPS) as i64)).collect()).collect()
}

/// The best choices for now, as positions in the rows.
pub(super) fn solve(table: &[Vec<Choice>]) -> Vec<Option<usize>> {
    let pairing = assign(&rows(table.iter()));
    let position = |(row, recording): (&Vec<Choice>, &Option<usize>)| {
        recording.and_then(|r| row.iter().position(|c| c.recording == r))
    };
    table.iter().zip(&pairing).map(position).collect()
}

impl Joint {
    /// What all choices together lose if a request must do without its choice and every other
    /// recording in `barred`: the only measure of doubt that knows that files are used once.
    pub(super) fn margin(&self, at: usize, barred: &BTreeSet<usize>, components: &Components) -> f64 {
        let Some(choice) = self.chosen[at].map(|p| &self.table[at][p]) else { return 0.0 };
        let members = &components.members[components.of[at]];
        if members.len() > LARGEST_COMPONENT {
            let taken = &components.taken;
            let others = self.table[at]
                .iter()
                .filter(|c| !barred.contains(&c.recording) && !taken.contains(&c.recording));
            return choice.total - others.map(|c| c.total).fold(0.0, f64::max);
        }
        let mut part: Vec<Row> = rows(members.iter().map(|m| &self.table[*m]));
        let before = worth(&part, &assign(&part));
        if let Some(row) = members.iter().position(|m| *m == at) {
            part[row].retain(|(recording, _)| !barred.contains(recording));
        }
        // i64 -> f64: far below 2^53.
        (before - worth(&part, &assign(&part))) as f64 / STEPS
    }

    /// The requests that compete with each other, directly or through others.
    pub(super) fn components(&self) -> Components {
        let mut sets = Union::new(self.table.len());
        let mut first: HashMap<usize, usize> = HashMap::new();
        for (at, row) in self.table.iter().enumerate() {
            for choice in row.iter().filter(|c| c.total > 0.0) {
                sets.join(at, *first.entry(choice.recording).or_insert(at));
            }
        }
        let of: Vec<usize> = (0..self.table.len()).map(|at| sets.first(at)).collect();
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, component) in of.iter().enumerate() {
            members.entry(*component).or_default().push(at);
        }
        let ranks: HashMap<usize, usize> = members.keys().enumerate().map(|(rank, c)| (*c, rank)).collect();
        let taken = self.chosen.iter().zip(&self.table).filter_map(|(p, row)| p.map(|p| row[p].recording));
        Components {
            of: of.iter().map(|c| ranks[c]).collect(),
            members: members.into_values().collect(),
            taken: taken.collect(),
        }
    }
}

/// Requests grouped by competition.
pub(super) struct Components {
    /// The group of each request.
    of: Vec<usize>,
    /// The requests of each group.
    members: Vec<Vec<usize>>,
    /// The recordings that are chosen.
    taken: BTreeSet<usize>,
}
