//! Takes a list and work; gives the results in the list's order, made in as many threads as there are cores.
//! Never starts a thread for a short list.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Fewer tracks than this are not worth another thread.
const PER_THREAD: usize = 500;
/// Parts that a thread works off one after the other, so that none waits long for the last one.
const PARTS_EACH: usize = 4;

/// Works on a list in as many parts as there are cores; the results stand in the list's order.
pub(super) fn in_parallel<T: Sync, R: Send>(list: &[T], work: impl Fn(usize, &[T]) -> R + Sync) -> Vec<R> {
    shared_out(list, list.len().div_ceil(PER_THREAD).min(cores()), work)
}

/// The same in so many parts at most; a long list in some more than there are cores.
pub(super) fn shared_out<T: Sync, R: Send>(
    list: &[T],
    parts: usize,
    work: impl Fn(usize, &[T]) -> R + Sync,
) -> Vec<R> {
    let size = part_size(list.len(), parts);
    if size >= list.len() {
        return vec![work(0, list)];
    }
    let chunks: Vec<&[T]> = list.chunks(size).collect();
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let rank = next.fetch_add(1, Ordering::Relaxed);
            let Some(chunk) = chunks.get(rank) else { return done };
            done.push((rank, work(rank * size, chunk)));
        }
    };
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores().min(chunks.len())).map(|_| scope.spawn(worker)).collect();
        let joined = workers.into_iter().map(|worker| worker.join());
        joined.flat_map(|result| result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    done.sort_unstable_by_key(|(rank, _)| *rank);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Works on each of a list, in so many parts at most.
pub(super) fn each<T: Send>(list: &mut [T], parts: usize, work: impl Fn(usize, &mut T) + Sync) {
    let size = part_size(list.len(), parts);
    let all = |first: usize, part: &mut [T]| (first..).zip(part).for_each(|(at, one)| work(at, one));
    if size >= list.len() {
        return all(0, list);
    }
    let waiting = Mutex::new(list.chunks_mut(size).enumerate());
    thread::scope(|scope| {
        for _ in 0..cores() {
            scope.spawn(|| {
                let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
                while let Some((rank, part)) = next() {
                    all(rank * size, part);
                }
            });
        }
    });
}

/// So many cores are said to be there, where that is not 0.
#[cfg(test)]
pub(super) static TOLD_CORES: AtomicUsize = AtomicUsize::new(0);

fn cores() -> usize {
    #[cfg(test)]
    if let told @ 1.. = TOLD_CORES.load(Ordering::Relaxed) {
        return told;
    }
    thread::available_parallelism().map_or(1, usize::from)
}

/// How long a part is of a list of `count`.
fn part_size(count: usize, parts: usize) -> usize {
    let cores = cores();
    let most = if cores < 2 { 1 } else { cores * PARTS_EACH };
    count.div_ceil(parts.clamp(1, most)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_out_comes_back_in_order() {
        let list: Vec<usize> = (0..1000).collect();
        for parts in [0, 1, 2, 7, 1000] {
            let back: Vec<usize> = shared_out(&list, parts, |first, part| (first, part.to_vec()))
                .into_iter()
                .flat_map(|(first, part)| {
                    assert_eq!(part.first(), Some(&first));
                    part
                })
                .collect();
            assert_eq!(back, list);
            let mut all = list.clone();
            each(&mut all, parts, |at, one| *one += at);
            assert!(all.iter().enumerate().all(|(at, one)| *one == 2 * at));
        }
        assert_eq!(shared_out(&[] as &[u8], 3, |_, part| part.len()), [0]);
    }
}
