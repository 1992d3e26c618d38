//! Takes what somebody looks at; gives something that a thread makes of it, beside all else, and the last few of those.
//! Never makes anybody wait: what is not there yet is not there; what nobody wants any more is not made.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Things that are held: going back and forth makes none anew.
const AT_HAND: usize = 8;

/// The handle of the thread, which makes a `T` of a `K`. Dropping it ends the work soon.
pub struct Errand<K, T> {
    shared: Arc<Shared<K, T>>,
}

impl<K, T> fmt::Debug for Errand<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Errand").finish_non_exhaustive()
    }
}

struct Shared<K, T> {
    desk: Mutex<Desk<K, T>>,
    changed: Condvar,
}

struct Desk<K, T> {
    /// What was asked for last, and is not there.
    wanted: Option<K>,
    /// What was made, the newest last; `None` where there is nothing to make.
    made: VecDeque<(K, Option<Arc<T>>)>,
    quits: bool,
}

impl<K: Clone + PartialEq + Send + 'static, T: Send + Sync + 'static> Errand<K, T> {
    /// Starts the thread. `make` may ask the function that it is given whether to go on; `tell` is called from the thread
    /// whenever there is an answer. Where the system gives no thread nothing is made.
    pub fn start(
        name: &str,
        mut make: impl FnMut(&K, &dyn Fn() -> bool) -> Option<T> + Send + 'static,
        tell: impl Fn() + Send + 'static,
    ) -> Self {
        let desk = Desk { wanted: None, made: VecDeque::new(), quits: false };
        let shared = Arc::new(Shared { desk: Mutex::new(desk), changed: Condvar::new() });
        let theirs = Arc::clone(&shared);
        let run = move || {
            while let Some(key) = theirs.wanted() {
                let made = make(&key, &|| theirs.is_wanted(&key));
                if theirs.take(key, made) {
                    tell();
                }
            }
        };
        if let Err(error) = std::thread::Builder::new().name(name.to_owned()).spawn(run) {
            tracing::debug!(%error, "no thread for {name}");
        }
        Self { shared }
    }

    /// What was made of `key`, if it is there. If not, it is made from now on, and nothing else.
    pub fn get(&self, key: &K) -> Option<Arc<T>> {
        let mut desk = self.shared.desk();
        if let Some((_, made)) = desk.made.iter().find(|(of, _)| of == key) {
            return made.clone();
        }
        if desk.wanted.as_ref() != Some(key) {
            desk.wanted = Some(key.clone());
            self.shared.changed.notify_all();
        }
        None
    }
}

impl<K, T> Drop for Errand<K, T> {
    /// Does not wait: a file on a network that is gone may hold the thread.
    fn drop(&mut self) {
        self.shared.desk().quits = true;
        self.shared.changed.notify_all();
    }
}

impl<K, T> Shared<K, T> {
    fn desk(&self) -> MutexGuard<'_, Desk<K, T>> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + PartialEq, T> Shared<K, T> {
    /// Waits until something is wanted; `None` when the work is to end.
    fn wanted(&self) -> Option<K> {
        let mut desk = self.desk();
        loop {
            if desk.quits {
                return None;
            }
            if let Some(key) = &desk.wanted {
                return Some(key.clone());
            }
            desk = self.changed.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn is_wanted(&self, key: &K) -> bool {
        let desk = self.desk();
        !desk.quits && desk.wanted.as_ref() == Some(key)
    }

    /// Keeps what was made, unless it was given up meanwhile; says whether it did.
    fn take(&self, key: K, made: Option<T>) -> bool {
        let mut desk = self.desk();
        let is_wanted = !desk.quits && desk.wanted.as_ref() == Some(&key);
        // Nothing, of something that is not wanted any more, may only mean that it was given up.
        if !is_wanted && made.is_none() {
            return false;
        }
        desk.wanted.take_if(|wanted| *wanted == key);
        desk.made.push_back((key, made.map(Arc::new)));
        if desk.made.len() > AT_HAND {
            desk.made.pop_front();
        }
        is_wanted
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn what_is_looked_at_is_made_once_and_told() {
        let (tell, told) = mpsc::channel();
        let (count, counted) = mpsc::channel();
        let make = move |key: &u32, _: &dyn Fn() -> bool| {
            count.send(*key).unwrap();
            (*key != 13).then_some(key * 2)
        };
        let errand = Errand::start("test", make, move || tell.send(()).unwrap());
        for key in [1, 13] {
            assert_eq!(errand.get(&key), None);
            told.recv().unwrap();
        }
        assert_eq!(errand.get(&1).as_deref(), Some(&2));
        assert_eq!(errand.get(&13), None, "there is nothing to make of it");
        for key in 100..100 + AT_HAND as u32 {
            errand.get(&key);
            told.recv().unwrap();
        }
        assert_eq!(errand.get(&1), None, "forgotten");
        told.recv().unwrap();
        drop(errand);
        let wanted: Vec<u32> = [1, 13].into_iter().chain(100..108).chain([1]).collect();
        assert_eq!(counted.iter().collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn what_nobody_wants_any_more_is_given_up() {
        let (begin, begun) = mpsc::channel();
        let (tell, told) = mpsc::channel();
        let make = move |key: &u32, go_on: &dyn Fn() -> bool| {
            begin.send(*key).unwrap();
            while *key == 1 && go_on() {
                std::thread::yield_now();
            }
            (*key != 1).then_some(*key)
        };
        let errand = Errand::start("test", make, move || tell.send(()).unwrap());
        errand.get(&1);
        assert_eq!(begun.recv(), Ok(1));
        errand.get(&2);
        told.recv().unwrap();
        assert_eq!(errand.get(&2).as_deref(), Some(&2));
        errand.get(&1);
        assert_eq!((begun.recv(), begun.recv()), (Ok(2), Ok(1)), "it is tried again");
        drop(errand);
        assert!(begun.recv().is_err(), "the thread ends");
    }
}
