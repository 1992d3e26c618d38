//! Takes a call into somebody else's parser; gives its value, or that it panicked: a damaged file's
//! panic is that file's damage, no more. Nothing of it reaches the terminal.
//! Never used around our own code: there a panic is a bug, and is to be seen.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

/// The guarded code panicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it breaks the reader")]
pub struct Panicked;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic in it becomes an error.
///
/// # Errors
/// When `work` panicked.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    stay_silent();
    let outer = GUARDED.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outer);
    outcome.map_err(|_| Panicked)
}

/// Whether this thread is inside [`guarded`]: its panic will be caught.
pub fn is_guarded() -> bool {
    GUARDED.get()
}

/// Puts a hook before the one there is, once, that keeps caught panics from being printed.
fn stay_silent() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if is_guarded() {
                tracing::debug!("caught: {info}");
            } else {
                print(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_and_the_guard_ends_with_the_call() {
        assert_eq!(guarded(|| 7), Ok(7));
        assert_eq!(guarded(|| -> u8 { panic!("torn") }), Err(Panicked));
        assert!(!is_guarded());
    }

    #[test]
    fn guards_may_stand_in_guards() {
        let outcome = guarded(|| (guarded(|| -> u8 { panic!("torn") }), is_guarded()));
        assert_eq!(outcome, Ok((Err(Panicked), true)));
    }
}
