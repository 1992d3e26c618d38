//! Prints two rounds of a queue in each order that it can have: as listed, tracks shuffled, releases shuffled.
//!
//! ```text
//! cargo run --example order -- ITEMS SEED
//! ```
//! Equal seeds give equal orders. Every three items are a release.

use tonearm::queue::{Queue, Repeat, Shuffle};

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse::<u64>().ok());
    let (items, seed) = (numbers.next().unwrap_or(9), numbers.next().unwrap_or(1));
    for (name, shuffle) in
        [("as listed", Shuffle::Off), ("tracks", Shuffle::Tracks), ("releases", Shuffle::Albums)]
    {
        let mut queue = Queue::with_releases(seed, |item: &u64| Some((item - 1) / 3));
        queue.set_shuffle(shuffle);
        queue.set_repeat(Repeat::All);
        for item in 1..=items {
            queue.append(item);
        }
        let first = queue.start();
        let played = std::iter::successors(first, |_| queue.advance()).take(2 * items as usize);
        let played = played.collect::<Vec<_>>().into_iter().filter_map(|id| queue.get(id));
        let played: Vec<String> = played.map(|item| item.to_string()).collect();
        println!("{name:10} {}", played.join(" "));
    }
}
