//! Takes a queue; gives its order as plain numbers to be kept, and sets a queue up again from them.
//! Items stand in it by their places in the listing, for ids live no longer than a queue.
//! Never writes a file.

use std::collections::{HashMap, HashSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::dice::Dice;
use super::{ItemId, Queue, Shuffle};

/// The order of a queue, with what was heard and what a shuffle has dealt. Places count from 0.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// What was heard, oldest first.
    pub heard: Vec<usize>,
    /// Which of those is the current one, from 0.
    pub at: usize,
    /// Whether the music has ended.
    pub ended: bool,
    /// What a shuffled round has still to play, in order.
    pub ahead: Vec<usize>,
    /// Places with a priority.
    pub priorities: Vec<(usize, u8)>,
    /// Where the dice stand.
    pub dice: u64,
    /// Items that a round did not know when it was dealt, and that are to get a place in it.
    #[serde(skip)]
    pub newcomers: Vec<usize>,
}

impl Memory {
    /// The place of the current item.
    pub fn current(&self) -> Option<usize> {
        if self.ended { None } else { self.heard.get(self.at).copied() }
    }

    /// The same for a listing that was changed: `place` gives where an item stands now, if it still does.
    /// A current item that is gone is no longer current: the finger is on what was heard before it.
    pub fn moved(&self, place: impl Fn(usize) -> Option<usize>) -> Self {
        let moved = |places: &[usize]| places.iter().filter_map(|at| place(*at)).collect::<Vec<_>>();
        let stands = self.heard.get(self.at).is_some_and(|at| place(*at).is_some());
        let before = moved(self.heard.get(..self.at).unwrap_or_default()).len();
        Self {
            heard: moved(&self.heard),
            at: if stands { before } else { before.saturating_sub(1) },
            ended: self.ended,
            ahead: moved(&self.ahead),
            priorities: self.priorities.iter().filter_map(|(at, rank)| Some((place(*at)?, *rank))).collect(),
            dice: self.dice,
            newcomers: moved(&self.newcomers),
        }
    }
}

impl<T> Queue<T> {
    /// The order as it stands.
    pub fn memory(&self) -> Memory {
        let places: HashMap<ItemId, usize> =
            self.items.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
        let placed = |ids: &VecDeque<ItemId>| -> Vec<usize> {
            ids.iter().filter_map(|id| places.get(id).copied()).collect()
        };
        let mut priorities: Vec<(usize, u8)> =
            self.priorities.iter().filter_map(|(id, rank)| Some((*places.get(id)?, *rank))).collect();
        priorities.sort_unstable();
        Memory {
            heard: placed(&self.heard),
            at: self.at,
            ended: self.ended,
            ahead: placed(&self.ahead),
            priorities,
            dice: self.dice.state(),
            newcomers: Vec::new(),
        }
    }

    /// Sets the order up again. Modes and items must be as they are to be. Places that do not exist are
    /// passed over.
    pub fn restore(&mut self, memory: &Memory) {
        let memory = memory.moved(|at| (at < self.items.len()).then_some(at));
        let id = |at: &usize| self.items[*at].0;
        self.heard = memory.heard.iter().map(id).collect();
        self.ahead = memory.ahead.iter().map(id).collect();
        self.priorities = memory
            .priorities
            .iter()
            .filter(|(_, rank)| *rank > 0)
            .map(|(at, rank)| (id(at), *rank))
            .collect();
        self.at = memory.at.min(self.heard.len().saturating_sub(1));
        self.ended = memory.ended;
        self.dice = Dice::new(memory.dice);
        if self.shuffle == Shuffle::Off {
            self.ahead.clear();
            return;
        }
        let mut seen = HashSet::new();
        self.ahead.retain(|id| seen.insert(*id));
        for at in &memory.newcomers {
            let id = self.items[*at].0;
            if seen.insert(id) {
                self.deal_in(id);
            }
        }
    }
}
