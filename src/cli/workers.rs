//! Takes files and what is to be done with each; does it, a thread a core, under a progress bar.
//! Never knows what is done, never prints but for the bar.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The results of `work`, in the order of `files`.
pub(super) fn each<I: Sync, T: Send>(
    files: &[I],
    doing: &'static str,
    quiet: bool,
    work: impl Fn(&I) -> T + Sync,
) -> Vec<T> {
    let bar = bar(files.len(), doing, quiet);
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(files.len()));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores.min(files.len()) {
            scope.spawn(|| {
                while let Some((at, file)) = take(&next, files) {
                    let result = work(file);
                    bar.inc(1);
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((at, result));
                }
            });
        }
    });
    bar.finish_and_clear();
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

fn take<'a, I>(next: &AtomicUsize, files: &'a [I]) -> Option<(usize, &'a I)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    Some((at, files.get(at)?))
}

fn bar(files: usize, doing: &'static str, quiet: bool) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    }
    let bar = ProgressBar::new(files as u64).with_message(doing);
    match ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar, // the template is ours
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_files() {
        let files: Vec<PathBuf> = (0..50).map(|n| PathBuf::from(n.to_string())).collect();
        let names = each(&files, "reading", true, Clone::clone);
        assert_eq!(names, files);
        assert!(each(&[(); 0], "reading", true, |()| ()).is_empty());
    }
}
