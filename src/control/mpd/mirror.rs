//! Takes the player's queue each time it has changed; gives it with the version in which each place changed last,
//! so that a client that knows an older version hears the difference only.
//! Never changes the queue.

use std::collections::HashMap;
use std::sync::Arc;

use crate::player::{Item, ItemId, View};

/// The queue, as clients know it.
#[derive(Debug)]
pub(super) struct Mirror {
    version: u32,
    rows: Vec<Row>,
}

/// One place of the queue.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) id: ItemId,
    pub(super) item: Arc<Item>,
    /// 0 is usual, 255 the highest.
    pub(super) priority: u8,
    version: u32,
}

impl Default for Mirror {
    fn default() -> Self {
        Self { version: 1, rows: Vec::new() }
    }
}

impl Mirror {
    /// Takes the queue as it stands now.
    pub(super) fn update(&mut self, view: View) {
        let priorities: HashMap<ItemId, u8> = view.priorities.into_iter().collect();
        let priority = |id: &ItemId| priorities.get(id).copied().unwrap_or(0);
        let is_same = |row: &Row, (id, item): &(ItemId, Arc<Item>)| {
            row.id == *id
                && row.priority == priority(id)
                && (Arc::ptr_eq(&row.item, item) || row.item == *item)
        };
        let same = view.items.len() == self.rows.len()
            && view.items.iter().zip(&self.rows).all(|(entry, row)| is_same(row, entry));
        if same {
            return;
        }
        self.version = self.version.wrapping_add(1);
        let mut old = std::mem::take(&mut self.rows).into_iter();
        for entry in view.items {
            let version =
                old.next().filter(|row| is_same(row, &entry)).map_or(self.version, |row| row.version);
            let (id, item) = entry;
            self.rows.push(Row { id, item, priority: priority(&id), version });
        }
    }

    pub(super) fn version(&self) -> u32 {
        self.version
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(super) fn place(&self, id: ItemId) -> Option<usize> {
        self.rows.iter().position(|row| row.id == id)
    }

    /// The places that have changed since that version; all when it is of another queue.
    pub(super) fn since(&self, version: u32) -> impl Iterator<Item = (usize, &Row)> {
        let all = version > self.version;
        self.rows.iter().enumerate().filter(move |(_, row)| all || row.version > version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(ids: &[u64]) -> View {
        let item = |id: &u64| (ItemId(*id), Arc::new(Item::of_file(id.to_string().into())));
        View { items: ids.iter().map(item).collect(), ..View::default() }
    }

    fn changed(mirror: &Mirror, version: u32) -> Vec<(usize, u64)> {
        mirror.since(version).map(|(at, row)| (at, row.id.0)).collect()
    }

    #[test]
    fn only_places_that_changed_are_told() {
        let mut mirror = Mirror::default();
        mirror.update(view(&[0, 1, 2]));
        let first = mirror.version();
        assert_eq!(changed(&mirror, 0), [(0, 0), (1, 1), (2, 2)]);
        assert_eq!(changed(&mirror, first), []);
        mirror.update(view(&[0, 1, 2]));
        assert_eq!(mirror.version(), first, "nothing has changed");
        mirror.update(view(&[0, 2, 3, 4]));
        assert_eq!(changed(&mirror, first), [(1, 2), (2, 3), (3, 4)]);
        assert_eq!(changed(&mirror, 999), [(0, 0), (1, 2), (2, 3), (3, 4)]);
        let second = mirror.version();
        mirror.update(view(&[0]));
        assert_eq!(changed(&mirror, second), [], "a shorter queue is told by its length");
        assert!(mirror.version() > second);
    }

    #[test]
    fn priorities_stay_with_their_entries() {
        let mut mirror = Mirror::default();
        mirror.update(view(&[0, 1]));
        let before = mirror.version();
        mirror.update(View { priorities: vec![(ItemId(1), 9)], ..view(&[0, 1]) });
        assert_eq!(changed(&mirror, before), [(1, 1)]);
        mirror.update(View { priorities: vec![(ItemId(1), 9)], ..view(&[1, 0]) });
        assert_eq!(mirror.rows()[0].priority, 9);
    }

    #[test]
    fn another_part_of_a_file_is_a_change() {
        let mut mirror = Mirror::default();
        mirror.update(view(&[0, 1]));
        let before = mirror.version();
        let mut cut = view(&[0, 1]);
        Arc::make_mut(&mut cut.items[1].1).part.span = crate::cue::Span::new(crate::cue::Sector(1), None);
        mirror.update(cut);
        assert_eq!(changed(&mirror, before), [(1, 1)]);
    }
}
