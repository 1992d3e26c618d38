//! Takes the items of a queue and its dice; gives the order of a shuffled round: single tracks, or whole
//! releases with their tracks in the listing's order, those with a higher priority first.
//! Never moves to another track.

use std::collections::{HashMap, VecDeque};

use super::dice::Dice;
use super::{ItemId, Queue, Shuffle, Step};

impl<T> Queue<T> {
    /// Deals all playable items, and not the last heard one (or its release) first, unless there is no other.
    pub(super) fn new_round(&self) -> Option<Step> {
        let mut dice = self.dice.clone();
        let mut hands = self.deal(&mut dice);
        if self.consume {
            hands.iter_mut().for_each(|hand| hand.retain(|id| self.offers(*id)));
            hands.retain(|hand| !hand.is_empty());
        }
        let last = self.last_heard();
        if hands.len() > 1 && last.is_some_and(|last| hands[0].contains(&last)) {
            let other = 1 + dice.below(hands.len() - 1);
            hands.swap(0, other);
        }
        let mut rest: VecDeque<ItemId> = hands.into_iter().flatten().collect();
        self.sort_by_priority(&mut rest);
        let first = rest.pop_front()?;
        Some(Step::NewRound { first, rest, dice })
    }

    /// Opens a round in which `id` comes first, and deals the rest. What stands behind it on its release
    /// follows, and what stands before it comes last of all.
    pub(super) fn deal_around(&mut self, id: ItemId) {
        let mut dice = self.dice.clone();
        let hands = self.deal(&mut dice);
        self.dice = dice;
        let is_its_own = |hand: &&Vec<ItemId>| hand.contains(&id);
        let own = hands.iter().find(is_its_own).cloned().unwrap_or_default();
        let at = own.iter().position(|held| *held == id).map_or(0, |at| at + 1);
        let (before, behind) = own.split_at(at);
        let others = hands.iter().filter(|hand| !is_its_own(hand)).flatten();
        let order = behind.iter().chain(others).chain(before);
        self.ahead = order.copied().filter(|held| *held != id).collect();
        self.rank();
    }

    /// Gives a newcomer a place in the round that is being played, if there is one: behind its release
    /// where that is to come, else a random one between two releases.
    pub(super) fn deal_in(&mut self, id: ItemId) {
        if self.shuffle == Shuffle::Off || self.heard.is_empty() {
            return;
        }
        let place = match self.shuffle {
            Shuffle::Albums => self.place_among_releases(id),
            _ => self.dice.below(self.ahead.len() + 1),
        };
        self.ahead.insert(place, id);
        self.rank();
    }

    fn place_among_releases(&mut self, id: ItemId) -> usize {
        let of_items: HashMap<ItemId, Option<u64>> =
            self.items.iter().map(|(id, item)| (*id, self.release(item))).collect();
        let release = |id: ItemId| of_items.get(&id).copied().flatten();
        // What plays, and what comes: a newcomer stands behind one of them.
        let current = self.current().and_then(release);
        let line: Vec<Option<u64>> =
            std::iter::once(current).chain(self.ahead.iter().map(|id| release(*id))).collect();
        let own = release(id);
        if let Some(behind) = line.iter().rposition(|release| release.is_some() && *release == own) {
            return behind;
        }
        let is_border = |at: &usize| line[*at].is_none() || line.get(at + 1) != Some(&line[*at]);
        let places: Vec<usize> = (0..line.len()).filter(is_border).collect();
        places[self.dice.below(places.len())] // the end is always a border
    }

    /// Puts what is to come into the order of priorities.
    pub(super) fn rank(&mut self) {
        let mut ahead = std::mem::take(&mut self.ahead);
        self.sort_by_priority(&mut ahead);
        self.ahead = ahead;
    }

    fn sort_by_priority(&self, order: &mut VecDeque<ItemId>) {
        if !self.priorities.is_empty() {
            order.make_contiguous().sort_by_key(|id| std::cmp::Reverse(self.priority(*id)));
        }
    }

    /// The playable items in hands that stay together, in random order.
    fn deal(&self, dice: &mut Dice) -> Vec<Vec<ItemId>> {
        let mut hands: Vec<Vec<ItemId>> = Vec::new();
        let mut of_release = HashMap::new();
        for (id, item) in &self.items {
            match self.release(item) {
                Some(release) => match of_release.get(&release) {
                    Some(at) => {
                        let hand: &mut Vec<ItemId> = &mut hands[*at];
                        hand.push(*id);
                    }
                    None => {
                        of_release.insert(release, hands.len());
                        hands.push(vec![*id]);
                    }
                },
                None => hands.push(vec![*id]),
            }
        }
        dice.shuffle(&mut hands);
        // Only now, so that one unplayable item leaves the order of the others as it was.
        hands.iter_mut().for_each(|hand| hand.retain(|id| self.is_playable(*id)));
        hands.retain(|hand| !hand.is_empty());
        hands
    }

    /// The release that an item stays with; `None` where each goes by itself.
    fn release(&self, item: &T) -> Option<u64> {
        if self.shuffle == Shuffle::Albums { (self.release_of)(item) } else { None }
    }
}
