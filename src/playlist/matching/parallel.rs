//! Takes a list and work; gives the results in the list's order, made in as many threads as there are cores.
//! Never starts a thread for a short list.

use std::thread;

/// Fewer tracks than this are not worth another thread.
const PER_THREAD: usize = 500;

/// Works on a list in as many parts as there are cores; the results stand in the list's order.
pub(super) fn in_parallel<T: Sync, R: Send>(list: &[T], work: impl Fn(usize, &[T]) -> R + Sync) -> Vec<R> {
    shared_out(list, list.len().div_ceil(PER_THREAD), work)
}

/// The same in so many parts at most.
pub(super) fn shared_out<T: Sync, R: Send>(
    list: &[T],
    parts: usize,
    work: impl Fn(usize, &[T]) -> R + Sync,
) -> Vec<R> {
    let parts = parts.min(thread::available_parallelism().map_or(1, usize::from));
    if parts < 2 {
        return vec![work(0, list)];
    }
    let size = list.len().div_ceil(parts);
    thread::scope(|scope| {
        let chunks = list.chunks(size).enumerate();
        let work = &work;
        let workers: Vec<_> =
            chunks.map(|(rank, chunk)| scope.spawn(move || work(rank * size, chunk))).collect();
        let joined = workers.into_iter().map(|worker| worker.join());
        joined.map(|result| result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}
