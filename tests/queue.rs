//! The order of play: what people expect of it by example, and what must hold whatever they do.
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;

use proptest::prelude::*;
use tonearm::queue::{ItemId, Queue, Repeat, Shuffle};

/// A queue of the items "0", "1", ... whose ids are the same numbers.
fn queue_of(count: u64) -> Queue<String> {
    let mut queue = Queue::new(42);
    for n in 0..count {
        assert_eq!(queue.append(n.to_string()), ItemId(n));
    }
    queue
}

fn shuffled(count: u64, seed: u64) -> Queue<()> {
    let mut queue = Queue::new(seed);
    for _ in 0..count {
        queue.append(());
    }
    queue.set_shuffle(Shuffle::Tracks);
    queue
}

fn advance(queue: &mut Queue<impl Sized>, times: usize) -> Vec<u64> {
    (0..times).map_while(|_| queue.advance()).map(|id| id.0).collect()
}

fn ids(numbers: &[u64]) -> Vec<Option<ItemId>> {
    numbers.iter().map(|n| Some(ItemId(*n))).collect()
}

mod in_order {
    use super::*;

    #[test]
    fn plays_the_listing_and_ends() {
        let mut queue = queue_of(3);
        assert_eq!(queue.current(), None);
        assert_eq!(advance(&mut queue, 9), [0, 1, 2]);
        assert_eq!(queue.current(), None);
        assert_eq!(queue.peek_next(), None);
    }

    #[test]
    fn starts_anywhere() {
        let mut queue = queue_of(5);
        assert_eq!(queue.start_at(3), Some(ItemId(3)));
        assert_eq!(advance(&mut queue, 9), [4]);
        assert_eq!(queue.start_at(5), None);
        assert_eq!(queue.start(), Some(ItemId(0)));
    }

    #[test]
    fn repeat_all_goes_round() {
        let mut queue = queue_of(2);
        queue.set_repeat(Repeat::All);
        assert_eq!(advance(&mut queue, 5), [0, 1, 0, 1, 0]);
    }

    #[test]
    fn repeat_one_holds_the_track_but_not_the_user() {
        let mut queue = queue_of(2);
        queue.set_repeat(Repeat::One);
        assert_eq!(advance(&mut queue, 3), [0, 0, 0]);
        assert_eq!(queue.next(), Some(ItemId(1)));
        assert_eq!(queue.peek_next(), Some(ItemId(1)));
        assert_eq!(queue.next(), Some(ItemId(0)));
    }

    #[test]
    fn previous_goes_back_through_what_was_heard() {
        let mut queue = queue_of(9);
        advance(&mut queue, 2);
        queue.goto(ItemId(7));
        let back = [queue.previous(), queue.previous(), queue.next(), queue.next(), queue.next()];
        assert_eq!(back.to_vec(), ids(&[1, 0, 1, 7, 8]));
    }

    #[test]
    fn previous_beyond_what_was_heard_is_the_item_above() {
        let mut queue = queue_of(9);
        queue.start_at(4);
        let steps = [queue.previous(), queue.previous(), queue.next(), queue.next(), queue.next()];
        assert_eq!(steps.to_vec(), ids(&[3, 2, 3, 4, 5]));
    }

    #[test]
    fn previous_at_the_top_stays_unless_all_repeats() {
        let mut queue = queue_of(3);
        queue.start();
        assert_eq!(queue.previous(), None);
        assert_eq!(queue.current(), Some(ItemId(0)));
        queue.set_repeat(Repeat::All);
        assert_eq!(queue.previous(), Some(ItemId(2)));
        assert_eq!(queue.next(), Some(ItemId(0)));
    }

    #[test]
    fn after_the_end_previous_is_the_last_track_and_appended_items_come() {
        let mut queue = queue_of(2);
        advance(&mut queue, 9);
        assert_eq!(queue.previous(), Some(ItemId(1)));
        assert_eq!(queue.advance(), None);
        queue.append("late".into());
        assert_eq!(queue.advance(), Some(ItemId(2)));
    }
}

mod shuffle {
    use super::*;

    #[test]
    fn a_written_down_seed_gives_this_order_in_every_version() {
        let mut queue = shuffled(10, 2026);
        queue.set_repeat(Repeat::All);
        assert_eq!(advance(&mut queue, 20), GOLDEN);
    }

    const GOLDEN: [u64; 20] = [1, 0, 6, 7, 3, 9, 2, 5, 4, 8, 5, 6, 4, 0, 8, 1, 9, 7, 3, 2];

    #[test]
    fn turned_off_the_listing_goes_on_from_the_current_track() {
        let mut queue = shuffled(10, 1);
        advance(&mut queue, 4);
        queue.goto(ItemId(6));
        queue.set_shuffle(Shuffle::Off);
        assert_eq!(queue.current(), Some(ItemId(6)));
        assert_eq!(advance(&mut queue, 99), [7, 8, 9]);
    }

    #[test]
    fn turned_off_while_going_back_the_listing_goes_on_too() {
        let mut queue = shuffled(10, 1);
        queue.start_at(3);
        advance(&mut queue, 4);
        while queue.current() != Some(ItemId(3)) {
            queue.previous();
        }
        queue.set_shuffle(Shuffle::Off);
        assert_eq!(queue.next(), Some(ItemId(4)));
    }

    #[test]
    fn turned_on_the_current_track_stays_and_all_others_follow() {
        let mut queue = queue_of(10);
        queue.start_at(5);
        queue.set_shuffle(Shuffle::Tracks);
        assert_eq!(queue.current(), Some(ItemId(5)));
        let mut rest = advance(&mut queue, 99);
        rest.sort_unstable();
        assert_eq!(rest, [0, 1, 2, 3, 4, 6, 7, 8, 9]);
    }

    #[test]
    fn there_is_no_way_back_beyond_what_was_heard() {
        let mut queue = shuffled(5, 1);
        queue.start_at(2);
        assert_eq!(queue.previous(), None);
        assert_eq!(queue.current(), Some(ItemId(2)));
    }

    #[test]
    fn a_newcomer_gets_its_place_in_the_round() {
        let mut queue = shuffled(5, 1);
        advance(&mut queue, 3);
        queue.append(());
        assert_eq!(queue.insert_next(()), ItemId(6));
        let rest = advance(&mut queue, 99);
        assert_eq!(rest.len(), 4);
        assert_eq!(rest[0], 6);
        assert!(rest.contains(&5));
    }

    #[test]
    fn goto_after_the_end_opens_a_new_round() {
        let mut queue = shuffled(5, 1);
        advance(&mut queue, 99);
        assert_eq!(queue.goto(ItemId(2)), Some(ItemId(2)));
        assert_eq!(advance(&mut queue, 99).len(), 4);
    }
}

mod albums {
    use super::*;

    /// Items of the releases 1, 2, ... that are `sizes` long, one after the other.
    fn albums(sizes: &[u64], seed: u64) -> Queue<u64> {
        let mut queue = Queue::with_releases(seed, |release| Some(*release));
        for (release, size) in sizes.iter().enumerate() {
            (0..*size).for_each(|_| _ = queue.append(release as u64));
        }
        queue.set_shuffle(Shuffle::Albums);
        queue
    }

    fn releases(queue: &mut Queue<u64>) -> Vec<u64> {
        let heard = advance(queue, 99);
        heard.iter().map(|id| *queue.get(ItemId(*id)).unwrap()).collect()
    }

    #[test]
    fn releases_come_in_random_order_and_each_in_its_own() {
        let orders: HashSet<Vec<u64>> =
            (0..50).map(|seed| advance(&mut albums(&[2, 3, 2], seed), 99)).collect();
        let possible = [[0, 1], [5, 6]];
        assert_eq!(orders.len(), 6, "every order of three comes up: {orders:?}");
        for order in &orders {
            assert!(possible.iter().all(|pair| order.windows(2).any(|window| window == pair)), "{order:?}");
            assert!(order.windows(3).any(|window| window == [2, 3, 4]), "{order:?}");
        }
    }

    #[test]
    fn turned_on_the_release_that_plays_goes_on_first() {
        let mut queue = albums(&[2, 4, 2], 1);
        queue.set_shuffle(Shuffle::Off);
        queue.start_at(3);
        queue.set_shuffle(Shuffle::Albums);
        let order = advance(&mut queue, 99);
        assert_eq!((&order[..2], order[6]), (&[4, 5][..], 2), "{order:?}");
        assert_eq!(order.len(), 7);
    }

    #[test]
    fn a_newcomer_comes_behind_its_release_and_tears_none_apart() {
        for seed in 0..50 {
            let mut queue = albums(&[3, 3, 3], seed);
            let first = queue.start().map(|id| *queue.get(id).unwrap()).unwrap();
            let other = (first + 1) % 3;
            queue.append(first);
            queue.append(other);
            queue.append(9);
            let mut heard = releases(&mut queue);
            heard.insert(0, first);
            let mut runs = heard.clone();
            runs.dedup();
            assert_eq!((heard.len(), runs.len()), (12, 4), "{heard:?}");
        }
    }

    #[test]
    fn an_item_without_a_release_goes_by_itself() {
        let mut queue = Queue::with_releases(3, |release: &Option<u64>| *release);
        for release in [None, Some(1), None, Some(1)] {
            queue.append(release);
        }
        queue.set_shuffle(Shuffle::Albums);
        let order = advance(&mut queue, 9);
        assert!(order.windows(2).any(|window| window == [1, 3]), "{order:?}");
    }

    #[test]
    fn the_release_that_was_just_heard_does_not_open_the_next_round() {
        for seed in 0..50 {
            let mut queue = albums(&[2, 2], seed);
            queue.set_repeat(Repeat::All);
            let heard = advance(&mut queue, 12);
            assert!(
                heard.chunks(2).collect::<Vec<_>>().windows(2).all(|pair| pair[0] != pair[1]),
                "{heard:?}"
            );
        }
    }
}

mod priority {
    use super::*;

    #[test]
    fn higher_comes_first_in_a_shuffle_and_nowhere_else() {
        let mut queue = shuffled(10, 5);
        queue.start_at(0);
        assert!(queue.set_priority(ItemId(7), 10));
        assert!(queue.set_priority(ItemId(3), 200));
        assert!(!queue.set_priority(ItemId(99), 1));
        assert_eq!(advance(&mut queue, 2), [3, 7]);
        assert!(queue.set_priority(ItemId(0), 1), "heard, and asked for again");
        assert_eq!(queue.order().iter().filter(|id| **id == ItemId(0)).count(), 1);
        assert_eq!(advance(&mut queue, 1), [0]);
        assert_eq!(advance(&mut queue, 99).len(), 7);
        queue.set_shuffle(Shuffle::Off);
        queue.start();
        assert_eq!(advance(&mut queue, 2), [1, 2]);
    }
}

mod consume {
    use super::*;

    #[test]
    fn what_was_left_is_gone() {
        let mut queue = queue_of(3);
        queue.set_consume(true);
        assert_eq!(advance(&mut queue, 2), [0, 1]);
        assert_eq!((queue.len(), queue.previous()), (2, None));
        assert_eq!(queue.next(), Some(ItemId(2)));
        assert_eq!(queue.advance(), None);
        assert!(queue.is_empty());
        queue.append("x".into());
        assert_eq!(queue.advance(), Some(ItemId(3)));
    }

    #[test]
    fn a_track_that_repeats_stays() {
        let mut queue = queue_of(2);
        queue.set_consume(true);
        queue.set_repeat(Repeat::One);
        assert_eq!(advance(&mut queue, 2), [0, 0]);
        queue.set_repeat(Repeat::All);
        assert_eq!(advance(&mut queue, 9), [1]);
    }
}

mod memory {
    use super::*;

    #[test]
    fn a_deleted_track_leaves_the_rest_in_its_order() {
        let mut queue = shuffled(6, 1);
        advance(&mut queue, 3);
        let order: Vec<usize> = queue.order().iter().map(|id| id.0 as usize).collect();
        let gone = order[4];
        let memory = queue.memory().moved(|at| (at != gone).then(|| at - usize::from(at > gone)));
        let mut again = shuffled(5, 99);
        again.restore(&memory);
        let expected: Vec<u64> =
            order.iter().filter(|at| **at != gone).map(|at| (at - usize::from(*at > gone)) as u64).collect();
        assert_eq!(again.order().iter().map(|id| id.0).collect::<Vec<_>>(), expected);
        assert_eq!(again.current(), Some(ItemId(expected[2])));
    }

    #[test]
    fn a_new_track_gets_its_place_in_the_round() {
        let mut queue = shuffled(3, 1);
        queue.start();
        let memory = tonearm::queue::Memory { newcomers: vec![3], ..queue.memory() };
        let mut again = shuffled(4, 1);
        again.restore(&memory);
        assert_eq!(again.order().len(), 4);
        assert_eq!(advance(&mut again, 99).len(), 3);
    }

    #[test]
    fn nonsense_is_passed_over() {
        let mut queue = shuffled(3, 1);
        let memory = tonearm::queue::Memory {
            heard: vec![7, 1, 9],
            at: 77,
            ahead: vec![5, 0, 0],
            ..Default::default()
        };
        queue.restore(&memory);
        assert_eq!(queue.current(), Some(ItemId(1)));
        assert_eq!(advance(&mut queue, 99), [0]);
    }
}

mod unplayable {
    use super::*;

    #[test]
    fn is_passed_over_in_both_directions() {
        let mut queue = queue_of(4);
        queue.mark_unplayable(ItemId(0));
        queue.mark_unplayable(ItemId(2));
        assert_eq!(advance(&mut queue, 9), [1, 3]);
        queue.mark_unplayable(ItemId(3));
        assert_eq!(queue.previous(), Some(ItemId(1)));
        assert_eq!(queue.goto(ItemId(2)), None);
        assert_eq!(queue.start_at(0), Some(ItemId(1)));
    }

    #[test]
    fn nothing_playable_ends_whatever_repeats() {
        for repeat in [Repeat::Off, Repeat::One, Repeat::All] {
            for shuffle in [Shuffle::Off, Shuffle::Tracks] {
                let mut queue = queue_of(3);
                queue.set_repeat(repeat);
                queue.set_shuffle(shuffle);
                queue.start();
                (0..3).for_each(|n| queue.mark_unplayable(ItemId(n)));
                assert_eq!(queue.peek_next(), None);
                assert_eq!(queue.advance(), None);
                assert_eq!(queue.next(), None);
                assert_eq!(queue.previous(), None);
                assert_eq!(queue.start(), None);
            }
        }
    }

    #[test]
    fn repeat_one_lets_go_of_it() {
        let mut queue = queue_of(2);
        queue.set_repeat(Repeat::One);
        queue.start();
        queue.mark_unplayable(ItemId(0));
        assert_eq!(queue.current(), Some(ItemId(0)));
        assert_eq!(queue.advance(), Some(ItemId(1)));
    }

    #[test]
    fn it_may_turn_up_again() {
        let mut queue = shuffled(2, 1);
        queue.mark_unplayable(ItemId(1));
        assert_eq!(advance(&mut queue, 1), [0]);
        assert_eq!(queue.peek_next(), None);
        queue.mark_playable(ItemId(1));
        assert_eq!(queue.advance(), Some(ItemId(1)));
    }
}

mod editing {
    use super::*;

    #[test]
    fn insert_next_plays_next_even_while_going_back() {
        let mut queue = queue_of(3);
        advance(&mut queue, 3);
        queue.previous();
        let id = queue.insert_next("x".into());
        assert_eq!(queue.index(id), Some(2));
        assert_eq!(advance(&mut queue, 9), [3, 2]);
    }

    #[test]
    fn removing_the_current_track_moves_on() {
        let mut queue = queue_of(3);
        advance(&mut queue, 2);
        assert_eq!(queue.remove(ItemId(1)).as_deref(), Some("1"));
        assert_eq!(queue.current(), Some(ItemId(2)));
        assert_eq!(queue.previous(), Some(ItemId(0)));
        assert_eq!(queue.remove(ItemId(1)), None);
        assert_eq!(queue.get(ItemId(1)), None);
    }

    #[test]
    fn removing_the_only_track_ends_even_when_all_repeats() {
        let mut queue = queue_of(1);
        queue.set_repeat(Repeat::All);
        queue.start();
        queue.remove(ItemId(0));
        assert_eq!(queue.current(), None);
        assert!(queue.is_empty());
    }

    #[test]
    fn removing_something_heard_leaves_the_finger_where_it_is() {
        let mut queue = queue_of(4);
        advance(&mut queue, 4);
        queue.previous();
        queue.remove(ItemId(0));
        assert_eq!(queue.current(), Some(ItemId(2)));
        assert_eq!(queue.next(), Some(ItemId(3)));
    }

    #[test]
    fn moving_changes_what_comes() {
        let mut queue = queue_of(4);
        queue.start();
        assert!(queue.move_to(ItemId(3), 1));
        assert!(queue.move_to(ItemId(1), 99));
        assert!(!queue.move_to(ItemId(9), 0));
        assert_eq!(advance(&mut queue, 9), [3, 2, 1]);
    }

    #[test]
    fn ids_are_never_used_again() {
        let mut queue = queue_of(2);
        queue.start();
        queue.clear();
        assert_eq!(queue.current(), None);
        assert_eq!(queue.advance(), None);
        assert_eq!(queue.append("x".into()), ItemId(2));
    }
}

/// Everything that can be done to a queue.
#[derive(Debug, Clone)]
enum Act {
    Advance,
    Next,
    Previous,
    Start,
    StartAt(usize),
    Goto(u64),
    Repeat(Repeat),
    Shuffle(Shuffle),
    Unplayable(u64),
    Playable(u64),
    Append,
    InsertNext,
    Insert(usize),
    Consume(bool),
    Priority(u64, u8),
    Remove(u64),
    Move(u64, usize),
    Clear,
}

fn act() -> impl Strategy<Value = Act> {
    let id = 0..20_u64;
    let place = 0..20_usize;
    prop_oneof![
        6 => Just(Act::Advance),
        6 => Just(Act::Next),
        6 => Just(Act::Previous),
        1 => Just(Act::Start),
        1 => place.clone().prop_map(Act::StartAt),
        3 => id.clone().prop_map(Act::Goto),
        3 => prop_oneof![Just(Repeat::Off), Just(Repeat::One), Just(Repeat::All)].prop_map(Act::Repeat),
        1 => any::<bool>().prop_map(Act::Consume),
        3 => prop_oneof![Just(Shuffle::Off), Just(Shuffle::Tracks), Just(Shuffle::Albums)].prop_map(Act::Shuffle),
        2 => id.clone().prop_map(Act::Unplayable),
        2 => id.clone().prop_map(Act::Playable),
        3 => Just(Act::Append),
        3 => Just(Act::InsertNext),
        2 => place.clone().prop_map(Act::Insert),
        2 => (id.clone(), 0..3_u8).prop_map(|(id, rank)| Act::Priority(id, rank)),
        2 => id.clone().prop_map(Act::Remove),
        2 => (id, place).prop_map(|(id, place)| Act::Move(id, place)),
        1 => Just(Act::Clear),
    ]
}

/// Does it and gives what the queue said, where the act asks for a track.
fn perform(queue: &mut Queue<()>, act: &Act) -> Option<ItemId> {
    match *act {
        Act::Advance => queue.advance(),
        Act::Next => queue.next(),
        Act::Previous => queue.previous(),
        Act::Start => queue.start(),
        Act::StartAt(index) => queue.start_at(index),
        Act::Goto(id) => queue.goto(ItemId(id)),
        Act::Repeat(repeat) => (queue.set_repeat(repeat), None).1,
        Act::Shuffle(shuffle) => (queue.set_shuffle(shuffle), None).1,
        Act::Unplayable(id) => (queue.mark_unplayable(ItemId(id)), None).1,
        Act::Playable(id) => (queue.mark_playable(ItemId(id)), None).1,
        Act::Append => (queue.append(()), None).1,
        Act::InsertNext => (queue.insert_next(()), None).1,
        Act::Consume(consume) => (queue.set_consume(consume), None).1,
        Act::Insert(index) => (queue.insert((), index), None).1,
        Act::Priority(id, rank) => (queue.set_priority(ItemId(id), rank), None).1,
        Act::Remove(id) => (queue.remove(ItemId(id)), None).1,
        Act::Move(id, index) => (queue.move_to(ItemId(id), index), None).1,
        Act::Clear => (queue.clear(), None).1,
    }
}

proptest! {
    #[test]
    fn every_track_once_a_round_and_none_twice_running(count in 1..40_u64, seed: u64) {
        let mut queue = shuffled(count, seed);
        queue.set_repeat(Repeat::All);
        let heard = advance(&mut queue, count as usize * 4);
        for round in heard.chunks(count as usize) {
            prop_assert_eq!(round.iter().collect::<HashSet<_>>().len() as u64, count);
        }
        if count > 1 {
            prop_assert!(heard.windows(2).all(|pair| pair[0] != pair[1]));
        }
    }

    #[test]
    fn without_repeat_a_shuffle_ends_after_one_round(count in 0..40_u64, seed: u64) {
        let mut queue = shuffled(count, seed);
        prop_assert_eq!(advance(&mut queue, 99).len() as u64, count);
        prop_assert_eq!(queue.current(), None);
    }

    #[test]
    fn a_round_is_one_round_however_it_begins(count in 1..40_u64, seed: u64, first in 0..40_usize) {
        let mut queue = shuffled(count, seed);
        let started = queue.start_at(first % count as usize);
        let mut heard: HashSet<u64> = advance(&mut queue, 99).into_iter().collect();
        prop_assert_eq!(heard.len() as u64, count - 1);
        heard.extend(started.map(|id| id.0));
        prop_assert_eq!(heard.len() as u64, count);
    }

    #[test]
    fn going_back_and_forth_costs_the_round_nothing(count in 2..30_u64, seed: u64, back in 1..30_usize, after in 1..30_usize) {
        let mut plain = shuffled(count, seed);
        let mut restless = plain.clone();
        let heard = advance(&mut plain, after);
        advance(&mut restless, after);
        if plain.current().is_none() {
            return Ok(());
        }
        let went = (0..back).map_while(|_| restless.previous()).count();
        prop_assert_eq!(went, back.min(heard.len() - 1));
        advance(&mut restless, went);
        prop_assert_eq!(restless.current(), plain.current());
        prop_assert_eq!(advance(&mut restless, 99), advance(&mut plain, 99));
    }

    #[test]
    fn equal_seeds_and_calls_give_equal_orders(seed: u64, acts in prop::collection::vec(act(), 0..80)) {
        let (mut one, mut other) = (Queue::new(seed), Queue::new(seed));
        for act in &acts {
            prop_assert_eq!(perform(&mut one, act), perform(&mut other, act));
        }
    }

    #[test]
    fn a_queue_that_was_taken_down_goes_on_as_if_nothing_had_been(
        seed: u64, acts in prop::collection::vec(act(), 0..60), after in prop::collection::vec(0..3_u8, 0..30),
    ) {
        let mut queue = Queue::new(seed);
        for act in &acts {
            perform(&mut queue, act);
        }
        let ids: Vec<ItemId> = queue.items().map(|(id, ())| id).collect();
        ids.iter().for_each(|id| queue.mark_playable(*id)); // files may have turned up meanwhile
        let mut again = Queue::new(0);
        ids.iter().for_each(|_| _ = again.append(()));
        again.set_shuffle(queue.shuffle());
        again.set_repeat(queue.repeat());
        again.set_consume(queue.consume());
        again.restore(&queue.memory());
        let place = |queue: &Queue<()>, id: Option<ItemId>| id.and_then(|id| queue.index(id));
        prop_assert_eq!(place(&again, again.current()), place(&queue, queue.current()));
        for step in after {
            let step = |queue: &mut Queue<()>| match step {
                0 => queue.advance(),
                1 => queue.next(),
                _ => queue.previous(),
            };
            let (one, other) = (step(&mut queue), step(&mut again));
            prop_assert_eq!(place(&queue, one), place(&again, other));
        }
    }

    #[test]
    fn whatever_is_done(seed: u64, count in 0..12_u64, acts in prop::collection::vec(act(), 0..120)) {
        let mut queue = Queue::new(seed);
        for _ in 0..count {
        queue.append(());
    }
        for act in &acts {
            let before = queue.current();
            let peeked = queue.peek_next();
            let (has_next, has_previous) = (queue.has_next(), queue.has_previous());
            let got = perform(&mut queue, act);
            // What is offered is in the queue, playable and current.
            if let Some(id) = got {
                prop_assert_eq!(queue.current(), Some(id));
                prop_assert!(queue.is_playable(id));
            }
            if let Some(current) = queue.current() {
                prop_assert!(queue.get(current).is_some());
            }
            match act {
                Act::Advance => prop_assert_eq!(peeked, got),
                // No way back leaves everything as it was.
                Act::Next if got.is_some() != has_next => prop_assert!(false, "{}", has_next),
                Act::Previous if got.is_some() != has_previous => prop_assert!(false, "{}", has_previous),
                Act::Previous if got.is_none() => prop_assert_eq!(queue.current(), before),
                // Previous takes back a move of next, if what was left still plays.
                Act::Next => if let (Some(from), Some(_)) = (before, got) && queue.get(from).is_some() && queue.is_playable(from) {
                    let mut back = queue.clone();
                    prop_assert_eq!(back.previous(), Some(from));
                    prop_assert_eq!(back.next(), got);
                },
                // Shuffle never takes the current track away, and its end goes on below it.
                Act::Shuffle(shuffle) => {
                    prop_assert_eq!(queue.current(), before);
                    if let (Shuffle::Off, Some(current)) = (shuffle, before) {
                        let mut on = queue.clone();
                        on.set_shuffle(Shuffle::Tracks);
                        on.set_shuffle(Shuffle::Off);
                        on.set_repeat(Repeat::Off);
                        let here = queue.index(current).unwrap();
                        let below = (here + 1..queue.len()).filter_map(|index| queue.id_at(index));
                        prop_assert_eq!(on.next(), below.into_iter().find(|id| queue.is_playable(*id)));
                    }
                }
                _ => {}
            }
            // It always ends by itself without repeat: no move leads round for ever.
            let mut rest = queue.clone();
            rest.set_repeat(Repeat::Off);
            let limit = rest.len() + acts.len() + 1;
            prop_assert!((0..limit).map_while(|_| rest.advance()).count() < limit);
        }
    }
}

#[test]
fn what_was_asked_to_come_next_does_also_in_an_order_that_was_taken_down() {
    let mut queue = Queue::new(1);
    let ids = [queue.append(()), queue.append(()), queue.append(())];
    queue.set_shuffle(Shuffle::Tracks);
    queue.goto(ids[0]);
    queue.set_priority(ids[1], 9);
    queue.insert_next(());
    let mut again = Queue::new(2);
    queue.items().for_each(|_| _ = again.append(()));
    again.set_shuffle(Shuffle::Tracks);
    again.restore(&queue.memory());
    let next = queue.next().and_then(|id| queue.index(id));
    assert_eq!(next, Some(1), "it stands behind the current one");
    assert_eq!(again.next().and_then(|id| again.index(id)), next);
}

#[test]
fn a_listing_is_put_around_what_plays() {
    let mut queue = queue_of(1);
    queue.advance();
    queue.surround(ItemId(0), ["x", "y", "0", "z"].map(String::from), 2);
    let items: Vec<_> = queue.items().map(|(id, item)| (id.0, item.as_str())).collect();
    assert_eq!(items, [(1, "x"), (2, "y"), (0, "0"), (3, "z")]);
    assert_eq!((queue.current(), queue.peek_next()), (Some(ItemId(0)), Some(ItemId(3))));
    assert_eq!(queue.previous(), Some(ItemId(2)));
    assert_eq!(queue.append("new".into()), ItemId(4));

    let mut queue = shuffled(1, 7);
    queue.advance();
    queue.surround(ItemId(0), [(); 5], 3);
    let mut round = advance(&mut queue, 9);
    round.sort_unstable();
    assert_eq!(round, [1, 2, 3, 4], "every other one once");
}
