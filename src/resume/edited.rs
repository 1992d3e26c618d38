//! Takes how a listing was left, and what it holds now; gives the queue to go on with: what still stands stays
//! in its order, what is gone is gone, what is new gets its place.
//! Never reads or writes a file.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use super::Left;
use crate::player::{Bookmark, Item, Memory, Shuffle};

/// A queue to go on with.
#[derive(Debug, Clone, PartialEq)]
pub struct Resumed {
    /// What is in it, in its order.
    pub rows: Vec<Row>,
    /// Where it goes on; its places are those of the rows.
    pub bookmark: Bookmark,
}

/// One item of a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What is to be played.
    pub item: Arc<Item>,
    /// Where it stands in the listing as it is now, from 0; `None` for what was added by hand.
    pub at: Option<usize>,
    /// Where it stood in the queue that was left.
    was: Option<usize>,
}

impl Left {
    /// The queue to go on with, for what the listing holds now. A listing that was heard to its end begins
    /// again, whole, in the modes that it was left in.
    pub fn resume(self, listing: &[Arc<Item>]) -> Resumed {
        let mut bookmark = self.bookmark;
        if bookmark.order.ended || self.items.is_empty() {
            let rows = listing.iter().cloned().enumerate();
            let rows = rows.map(|(at, item)| Row { item, at: Some(at), was: None }).collect();
            bookmark.order = Memory { ended: true, dice: bookmark.order.dice, ..Default::default() };
            return Resumed { rows, bookmark };
        }
        let rows = rows(&self.items, &self.origin.items, listing);
        let places: HashMap<usize, usize> =
            rows.iter().enumerate().filter_map(|(at, row)| Some((row.was?, at))).collect();
        let order = bookmark.order;
        bookmark.order = order.moved(|at| places.get(&at).copied());
        bookmark.order.newcomers = (0..rows.len()).filter(|at| rows[*at].was.is_none()).collect();
        if let Some(current) = order.current().filter(|at| !places.contains_key(at)) {
            // It goes on with what would have followed.
            bookmark.position = Duration::ZERO;
            let following: Vec<usize> = match bookmark.shuffle {
                Shuffle::Off => (current + 1..self.items.len()).collect(),
                _ => order.ahead,
            };
            let next = following.iter().find_map(|at| places.get(at).copied());
            let order = &mut bookmark.order;
            match next {
                Some(next) => {
                    order.ahead.retain(|at| *at != next);
                    order.heard.truncate(order.at + 1);
                    order.heard.push(next);
                    order.at = order.heard.len() - 1;
                }
                None => order.ended = true,
            }
        }
        Resumed { rows, bookmark }
    }
}

/// The queue for a listing that may have been edited: `queue` was made of `before`, which is now `listing`.
fn rows(queue: &[Arc<Item>], before: &[Arc<Item>], listing: &[Arc<Item>]) -> Vec<Row> {
    let of_before = matched(queue, before);
    let now = matched(before, listing);
    let was_moved = of_before.iter().flatten().collect::<Vec<_>>().windows(2).any(|pair| pair[0] > pair[1]);
    let mut rows: Vec<Row> = Vec::new();
    for (was, item) in queue.iter().enumerate() {
        match of_before[was] {
            None => rows.push(Row { item: Arc::clone(item), at: None, was: Some(was) }),
            Some(entry) => {
                if let Some(at) = now[entry] {
                    rows.push(Row { item: Arc::clone(&listing[at]), at: Some(at), was: Some(was) });
                }
            }
        }
    }
    if !was_moved {
        rows = in_listing_order(rows);
    }
    let known: HashSet<usize> = now.iter().flatten().copied().collect();
    for (at, item) in listing.iter().enumerate().filter(|(at, _)| !known.contains(at)) {
        // Behind the nearest entry above it that is there.
        let place = (0..at).rev().find_map(|above| rows.iter().position(|row| row.at == Some(above)));
        rows.insert(
            place.map_or(0, |place| place + 1),
            Row { item: Arc::clone(item), at: Some(at), was: None },
        );
    }
    rows
}

/// As the listing has them now; what was added by hand stays behind what it was added behind.
fn in_listing_order(rows: Vec<Row>) -> Vec<Row> {
    let mut groups: Vec<Vec<Row>> = vec![Vec::new()];
    for row in rows {
        if row.at.is_some() {
            groups.push(Vec::new());
        }
        if let Some(group) = groups.last_mut() {
            group.push(row);
        }
    }
    groups.sort_by_key(|group| group.first().and_then(|row| row.at));
    groups.into_iter().flatten().collect()
}

/// For each of `these` the place of the same entry in `those`: the same part of the same file, and where
/// that is not there any more, the same artist and title. What is there twice is told apart by its turn.
fn matched(these: &[Arc<Item>], those: &[Arc<Item>]) -> Vec<Option<usize>> {
    let mut found = vec![None; these.len()];
    let mut taken = vec![false; those.len()];
    pair(these, those, &mut found, &mut taken, |item| (item.part.path.clone(), item.part.span));
    pair(these, those, &mut found, &mut taken, |item| (item.label.artist.clone(), item.label.title.clone()));
    found
}

fn pair<K: Hash + Eq>(
    these: &[Arc<Item>],
    those: &[Arc<Item>],
    found: &mut [Option<usize>],
    taken: &mut [bool],
    key: impl Fn(&Item) -> K,
) {
    let mut places: HashMap<K, Vec<usize>> = HashMap::new();
    for (at, item) in those.iter().enumerate().rev().filter(|(at, _)| !taken[*at]) {
        places.entry(key(item)).or_default().push(at);
    }
    for (item, found) in these.iter().zip(found).filter(|(_, found)| found.is_none()) {
        *found = places.get_mut(&key(item)).and_then(Vec::pop);
        if let Some(at) = *found {
            taken[at] = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::player::{Origin, Repeat};

    fn items(names: &str) -> Vec<Arc<Item>> {
        let item = |name| Arc::new(Item::of_file(format!("/m/{name}").into()));
        names.split_whitespace().map(item).collect()
    }

    /// A listing that was left at the `at`-th of a queue.
    fn left(listing: &str, queue: &str, at: usize) -> Left {
        let order = Memory { heard: (0..=at).collect(), at, ..Memory::default() };
        let bookmark = Bookmark {
            order,
            position: Duration::from_secs(9),
            volume: 100,
            muted: false,
            shuffle: Shuffle::Off,
            repeat: Repeat::Off,
            consume: false,
        };
        let origin = Origin { inputs: Vec::new(), part: None, items: items(listing) };
        Left { origin, items: items(queue), bookmark }
    }

    /// The queue's names, the current one in brackets, and the seconds into it.
    fn shown(resumed: &Resumed) -> (String, u64) {
        let current = resumed.bookmark.order.current();
        let name = |(at, row): (usize, &Row)| match current == Some(at) {
            true => format!("[{}]", row.item.label.title),
            false => row.item.label.title.clone(),
        };
        let names: Vec<_> = resumed.rows.iter().enumerate().map(name).collect();
        (names.join(" "), resumed.bookmark.position.as_secs())
    }

    fn resumed(listing: &str, queue: &str, at: usize, now: &str) -> (String, u64) {
        shown(&left(listing, queue, at).resume(&items(now)))
    }

    #[test]
    fn an_untouched_listing_goes_on_as_it_was() {
        assert_eq!(resumed("a b c", "a b c", 1, "a b c"), ("a [b] c".into(), 9));
        assert_eq!(resumed("a b c", "c x a", 2, "a b c"), ("c x [a]".into(), 9), "edited by hand");
    }

    #[test]
    fn an_edited_listing_keeps_what_still_stands() {
        assert_eq!(resumed("a b c d", "a b c d", 2, "n a c e d"), ("n a [c] e d".into(), 9));
        assert_eq!(resumed("a b c d", "a b c d", 1, "d c b a"), ("d c [b] a".into(), 9), "turned round");
        assert_eq!(resumed("a b c", "a x b c", 2, "c b a"), ("c [b] a x".into(), 9), "x was put behind a");
        assert_eq!(resumed("a b c d", "d c b", 1, "a b c n d"), ("d [c] n b".into(), 9), "a was taken out");
    }

    #[test]
    fn what_was_taken_out_of_the_listing_while_it_played_gives_way_to_what_follows() {
        assert_eq!(resumed("a b c d", "a b c d", 1, "a d"), ("a [d]".into(), 0));
        assert_eq!(resumed("a b c", "a b c", 2, "a b"), ("a b".into(), 0));
        let mut shuffled = left("a b c d", "a b c d", 1);
        shuffled.bookmark.shuffle = Shuffle::Tracks;
        shuffled.bookmark.order.ahead = vec![3, 2];
        let resumed = shuffled.resume(&items("a c d e"));
        assert_eq!(shown(&resumed), ("a c [d] e".into(), 0));
        assert_eq!((resumed.bookmark.order.ahead, resumed.bookmark.order.newcomers), (vec![1], vec![3]));
    }

    #[test]
    fn the_same_file_twice_is_told_apart() {
        assert_eq!(resumed("a b a c", "a b a c", 2, "a b a c d"), ("a b [a] c d".into(), 9));
        let (names, _) = resumed("a a", "a a", 1, "a");
        assert_eq!(names, "a", "the second is gone, and it was the last");
    }

    #[test]
    fn a_file_that_was_moved_is_known_by_its_name() {
        let mut moved = items("a b c");
        Arc::make_mut(&mut moved[1]).part.path = "/elsewhere/b.flac".into();
        let resumed = left("a b c", "a b c", 1).resume(&moved);
        assert_eq!(shown(&resumed), ("a [b] c".into(), 9));
        assert!(Arc::ptr_eq(&resumed.rows[1].item, &moved[1]), "it is the listing's, and no copy");
    }

    #[test]
    fn what_was_heard_to_the_end_begins_again() {
        let mut left = left("a b", "b", 0);
        left.bookmark.order.ended = true;
        let resumed = left.resume(&items("a b"));
        assert_eq!((resumed.rows.len(), resumed.bookmark.order.current()), (2, None));
    }
}
