//! Takes the whole of what is to be played, of which the first plays already; puts it around that, or plays what is right
//! in its place.
//! Never stops what plays and is right, and never goes back to its beginning.

use super::{Desk, Keeping, Sound};
use crate::playback::Part;
use crate::player::{Change, Event, Setup};
use crate::queue::ItemId;

impl<S: Sound> Desk<S> {
    /// The whole of what the queue has the first of; gives the ids of its items, in order.
    pub(in crate::player) fn complete(&mut self, whole: Setup) -> Vec<ItemId> {
        self.is_first = false;
        self.origin = whole.origin.clone();
        self.keeping = whole.keeper.clone().map(Keeping::new);
        let left = whole.bookmark.as_ref().and_then(|bookmark| bookmark.order.current());
        let at = whole.start.or(left).unwrap_or(0);
        let first = self.queue.items().next().map(|(id, item)| (id, item.part.clone()));
        let begins_with = |part: &Part| whole.items.get(at).is_some_and(|item| is_same(&item.part, part));
        match first.filter(|(_, part)| begins_with(part)) {
            Some((id, _)) => self.surround(id, at, whole),
            None => self.begin_with(whole),
        }
        self.measure_ahead();
        self.queue.items().map(|(id, _)| id).collect()
    }

    /// What plays is right: it goes on.
    fn surround(&mut self, id: ItemId, at: usize, whole: Setup) {
        self.queue.surround(id, whole.items, at);
        if let Some(bookmark) = &whole.bookmark {
            self.restore(bookmark);
        }
        self.queue.goto(id); // what was heard to its end has no current one; one that does not play is passed over
        self.queue.set_repeat(whole.repeat);
        self.queue.set_shuffle(whole.shuffle);
        if self.now.item.is_none() {
            // It has ended meanwhile, and here is what follows.
            let next = self.queue.advance();
            self.play_or_finish(next);
        }
        self.rename(Change::Queue);
    }

    /// The whole begins with something else.
    fn begin_with(&mut self, whole: Setup) {
        self.queue.clear();
        self.fill(whole.items, whole.bookmark.as_ref());
        self.queue.set_repeat(whole.repeat);
        self.queue.set_shuffle(whole.shuffle);
        self.start = whole.start;
        self.begin();
        self.say(Event::Changed(Change::Queue));
    }
}

/// Whether both sound alike: what a sheet says of their loudness may have come later.
fn is_same(one: &Part, other: &Part) -> bool {
    (&one.path, one.span) == (&other.path, other.span)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::{Arc, mpsc};
    use std::time::Duration;

    use super::*;
    use crate::playback::decode::DecodeError;
    use crate::playback::{self, Key};
    use crate::player::desk::tests::Case;
    use crate::player::{Bookmark, Item, Kept, Memory, Origin};
    use crate::queue::{Repeat, Shuffle};

    /// A player that has the file "0" of what will be more.
    fn first() -> Case {
        Case::with(Setup { is_first: true, ..Case::setup(1) })
    }

    /// Files of these names.
    fn whole(names: &str) -> Setup {
        let items = names.split_whitespace().map(|name| Arc::new(Item::of_file(name.into()))).collect();
        Setup { items, ..Case::setup(0) }
    }

    /// The whole as it was left at its `at`-th.
    fn left(names: &str, at: usize, ended: bool) -> Setup {
        let bookmark = Bookmark {
            order: match ended {
                true => Memory { ended, ..Memory::default() },
                false => Memory { heard: (0..=at).collect(), at, ..Memory::default() },
            },
            position: Duration::from_secs(3),
            volume: 40,
            muted: false,
            shuffle: Shuffle::Off,
            repeat: Repeat::All,
            consume: false,
        };
        Setup { repeat: Repeat::All, bookmark: Some(bookmark), ..whole(names) }
    }

    fn ids(case: &mut Case, whole: Setup) -> Vec<u64> {
        case.desk.complete(whole).into_iter().map(|id| id.0).collect()
    }

    fn ended(case: &mut Case) {
        case.desk.hear(playback::Event::Ended);
    }

    fn finished(case: &Case) -> bool {
        case.events.try_iter().any(|event| matches!(event, Event::Finished))
    }

    #[test]
    fn what_plays_goes_on_and_the_rest_follows_it_with_one_event() {
        let mut case = first();
        case.began(0);
        case.wanted();
        assert_eq!(case.notes(), ["play 0 from 0", "follow nothing"]);
        case.events.try_iter().for_each(drop);
        assert_eq!(ids(&mut case, whole("0 1 2")), [0, 1, 2]);
        assert_eq!(case.notes(), ["1 instead"]);
        let events: Vec<_> = case.events.try_iter().collect();
        assert!(matches!(events[..], [Event::Changed(Change::Queue)]), "{events:?}");
        assert_eq!((case.desk.now.number, case.desk.now.of), (Some(1), 3));
    }

    #[test]
    fn it_goes_on_in_the_midst_of_what_was_left() {
        let mut case = first();
        case.began(0);
        case.notes();
        assert_eq!(ids(&mut case, left("7 8 0 9", 2, false)), [1, 2, 0, 3]);
        assert_eq!(case.notes(), [""; 0], "and nothing was asked for yet");
        assert_eq!((case.desk.now.number, case.desk.now.of), (Some(3), 4));
        assert_eq!((case.desk.now.repeat, case.desk.now.next), (Repeat::All, Some(ItemId(3))));
        assert_eq!(case.desk.queue.memory().heard, [0, 1, 2], "the way back is what was heard");
    }

    #[test]
    fn what_was_heard_to_its_end_begins_again() {
        let mut case = first();
        case.began(0);
        case.notes();
        assert_eq!(ids(&mut case, left("0 8", 1, true)), [0, 1]);
        assert_eq!(case.notes(), [""; 0]);
        assert_eq!((case.desk.queue.current(), case.desk.now.next), (Some(ItemId(0)), Some(ItemId(1))));
    }

    #[test]
    fn where_the_whole_begins_with_another_that_one_plays() {
        for (whole, notes) in
            [(whole("8 0 9"), "play 1 from 0"), (left("0 8", 1, false), "play 2 at 3000 ms")]
        {
            let mut case = first();
            case.began(0);
            case.wanted();
            case.notes();
            let ids = ids(&mut case, whole);
            assert!(!ids.contains(&0), "{ids:?}");
            assert_eq!(case.notes(), [notes]);
            assert_eq!(case.desk.now.number, Some(if notes.contains('2') { 2 } else { 1 }));
            assert_eq!(case.started().len(), 2);
        }
    }

    #[test]
    fn the_end_of_the_first_waits_for_the_rest() {
        let mut case = first();
        case.began(0);
        case.wanted();
        ended(&mut case);
        assert!(!finished(&case));
        case.notes();
        ids(&mut case, whole("0 1"));
        assert_eq!(case.notes(), ["play 1 from 0"]);
        case.began(1);
        ended(&mut case);
        assert!(finished(&case));
    }

    #[test]
    fn one_that_comes_again_does_so_when_the_rest_is_there() {
        let mut case = first();
        case.began(0);
        case.wanted();
        ended(&mut case);
        case.notes();
        ids(&mut case, Setup { repeat: Repeat::One, ..whole("0 1") });
        assert_eq!(case.notes(), ["play 0 from 0"]);
    }

    #[test]
    fn a_first_that_does_not_play_is_passed_over() {
        let failed = |case: &mut Case| {
            case.desk.hear(playback::Event::Failed { key: Key(0), error: DecodeError::Empty });
            case.wanted();
        };
        let mut case = first();
        failed(&mut case);
        ended(&mut case);
        assert!(!finished(&case));
        case.notes();
        ids(&mut case, left("0 1", 1, true));
        assert_eq!(case.notes(), ["play 1 from 0"]);
        // The rest comes before the decoder has ended.
        let mut case = first();
        failed(&mut case);
        case.notes();
        ids(&mut case, whole("0 1"));
        ended(&mut case);
        assert_eq!(case.notes(), ["1 instead", "play 1 from 0"]);
        // Nothing else is there.
        let mut case = first();
        failed(&mut case);
        ended(&mut case);
        ids(&mut case, whole("0"));
        assert!(finished(&case));
    }

    #[test]
    fn nothing_is_kept_of_a_queue_that_is_not_whole() {
        let (keeper, kept) = mpsc::channel();
        let mut case = first();
        case.began(0);
        case.desk.keep(std::time::Instant::now());
        let whole = whole("0 1 2");
        let origin = Origin { inputs: Vec::new(), part: None, items: whole.items.clone() };
        ids(&mut case, Setup { origin: Some(Arc::new(origin)), keeper: Some(keeper.clone()), ..whole });
        let view = case.desk.view();
        let origin = view.origin.unwrap();
        let is_one = |(held, (_, item)): (&Arc<Item>, &(_, Arc<Item>))| Arc::ptr_eq(held, item);
        assert!(origin.items.iter().zip(&view.items).all(is_one), "nothing is held twice");
        case.desk.keep(std::time::Instant::now());
        let kept: Vec<Kept> = kept.try_iter().collect();
        assert!(matches!(&kept[..], [Kept::Whole { items, .. }] if items.len() == 3), "{kept:?}");
        // Of what ends before it is whole nothing is.
        let (keeper, kept) = mpsc::channel();
        let mut case = Case::with(Setup { is_first: true, keeper: Some(keeper), ..Case::setup(1) });
        case.began(0);
        case.desk.quit();
        assert_eq!(kept.try_iter().count(), 0);
    }
}
