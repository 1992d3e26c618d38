//! Takes the track that somebody looks at; gives its shape, from the store or decoded by a thread that runs only when
//! nothing else wants to. Never makes anybody wait: a shape that is not there yet is not there.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::{Store, Waveform};
use crate::memory;
use crate::playback::decode::DecodeError;
use crate::playback::idle::step_back;
use crate::playback::level::Identity;
use crate::playback::part::Part;

/// Shapes that are held in memory: going back and forth reads no file.
const AT_HAND: usize = 8;

/// How many shapes are kept before the store is tidied again.
const BETWEEN_TIDYING: usize = 64;

/// The handle of the thread; dropping it ends the work.
#[derive(Debug)]
pub struct Waveforms {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    desk: Mutex<Desk>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Desk {
    /// What was asked for last, and is not there.
    wanted: Option<Part>,
    /// What was made, the newest last; `None` of what has no shape.
    made: VecDeque<(Part, Option<Arc<Waveform>>)>,
    quits: bool,
}

/// Why a shape was not made.
enum Stop {
    /// Nobody wants it any more.
    Unwanted,
    Failed(DecodeError),
}

impl From<DecodeError> for Stop {
    fn from(error: DecodeError) -> Self {
        Self::Failed(error)
    }
}

impl Waveforms {
    /// Starts the thread, which keeps what it makes in `folder`. Where the system gives no thread there are no shapes.
    pub fn start(folder: PathBuf) -> Self {
        let shared = Arc::new(Shared::default());
        let (theirs, store) = (Arc::clone(&shared), Store::new(folder));
        let thread = std::thread::Builder::new().name("waveform".into()).spawn(move || run(&theirs, &store));
        Self { shared, thread: thread.ok() }
    }

    /// The shape of a track, if it is there. If not, it is made from now on: ask again, or for another one.
    pub fn get(&self, part: &Part) -> Option<Arc<Waveform>> {
        let mut desk = self.shared.desk();
        if let Some((_, made)) = desk.made.iter().find(|(of, _)| of == part) {
            return made.clone();
        }
        if desk.wanted.as_ref() != Some(part) {
            desk.wanted = Some(part.clone());
            self.shared.changed.notify_all();
        }
        None
    }
}

impl Drop for Waveforms {
    fn drop(&mut self) {
        self.shared.desk().quits = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // a panic of it was told
        }
    }
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something is wanted; `None` when the work is to end.
    fn wanted(&self) -> Option<Part> {
        let mut desk = self.desk();
        loop {
            if desk.quits {
                return None;
            }
            if let Some(part) = &desk.wanted {
                return Some(part.clone());
            }
            desk = self.changed.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn is_wanted(&self, part: &Part) -> bool {
        let desk = self.desk();
        !desk.quits && desk.wanted.as_ref() == Some(part)
    }

    fn made(&self, part: Part, waveform: Option<Waveform>) {
        let mut desk = self.desk();
        desk.wanted.take_if(|wanted| *wanted == part);
        desk.made.push_back((part, waveform.map(Arc::new)));
        if desk.made.len() > AT_HAND {
            desk.made.pop_front();
        }
    }
}

fn run(shared: &Shared, store: &Store) {
    step_back();
    let mut kept = 0;
    while let Some(part) = shared.wanted() {
        let before = Identity::of_part(&part).ok();
        if let Some(waveform) = before.as_ref().and_then(|of| store.get(of)) {
            shared.made(part, Some(waveform));
            continue;
        }
        let go_on = || if shared.is_wanted(&part) { Ok(()) } else { Err(Stop::Unwanted) };
        match Waveform::of(&part, go_on) {
            Ok(waveform) => {
                shared.made(part, Some(waveform.clone()));
                if let Some(Err(error)) = before.map(|of| store.keep(&of, &waveform)) {
                    tracing::debug!(%error, "a waveform is not kept");
                }
                if kept % BETWEEN_TIDYING == 0 {
                    store.tidy();
                }
                kept += 1;
            }
            Err(Stop::Failed(error)) => {
                tracing::debug!(file = %part.path.display(), %error, "has no waveform");
                shared.made(part, None);
            }
            Err(Stop::Unwanted) => {}
        }
        memory::give_back();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs::{self, File};
    use std::io::BufWriter;
    use std::path::Path;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::playback::{Sample, Shape, WavWriter};

    fn tone(file: &Path, level: f32) -> Part {
        let shape = Shape { rate: 8000, channels: 1, sample: Sample::S16 };
        let mut writer = WavWriter::new(BufWriter::new(File::create(file).unwrap()), shape).unwrap();
        writer.write(&vec![level; 8000]).unwrap();
        writer.finish_file().unwrap();
        file.to_owned().into()
    }

    fn soon(waveforms: &Waveforms, part: &Part) -> Arc<Waveform> {
        let start = Instant::now();
        loop {
            if let Some(waveform) = waveforms.get(part) {
                return waveform;
            }
            assert!(start.elapsed() < Duration::from_secs(60));
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_shape_is_there_soon_and_the_next_time_from_the_store() {
        let home = tempfile::tempdir().unwrap();
        let part = tone(&home.path().join("a.wav"), 0.5);
        let (bad, folder) = (home.path().join("bad.wav"), home.path().join("waveforms"));
        fs::write(&bad, "RIFF").unwrap();
        let waveforms = Waveforms::start(folder.clone());
        assert_eq!(waveforms.get(&bad.clone().into()), None);
        assert_eq!(soon(&waveforms, &part).loudest().peak, 128);
        drop(waveforms);
        let of = Identity::of_part(&part).unwrap();
        assert_eq!(Store::new(folder).get(&of).unwrap().loudest().peak, 128);
    }

    #[test]
    fn what_was_wanted_last_is_made() {
        let home = tempfile::tempdir().unwrap();
        let shared = Shared::default();
        let (one, other) = (Part::from(PathBuf::from("one")), tone(&home.path().join("other.wav"), 0.25));
        shared.desk().wanted = Some(one.clone());
        assert!(shared.is_wanted(&one));
        shared.desk().wanted = Some(other.clone());
        assert!(!shared.is_wanted(&one));
        shared.made(one, None);
        assert_eq!(shared.wanted(), Some(other.clone()), "what came late takes nothing away");
        shared.desk().quits = true;
        assert!(!shared.is_wanted(&other) && shared.wanted().is_none());
    }
}
