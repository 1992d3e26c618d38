//! Takes the files that will be played, in order; measures those whose tags say nothing of loudness, one at a time, and
//! remembers what it finds. A thread that runs only when nothing else wants to, and rests while the music does.
//! Never touches what plays: a gain counts from the next start of its track on.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::memory::{Identity, Memory};
use super::read;
use crate::playback::decode::DecodeError;
use crate::playback::idle::step_back;
use crate::playback::loudness;
use crate::playback::part::Part;

/// So many files are measured ahead of the one that plays; the rest when their time comes nearer.
const AHEAD: usize = 100;

/// What was measured is on disk after this time at the latest, should the power go.
const SAVE_AFTER: Duration = Duration::from_secs(60);

/// The handle of the thread; dropping it ends the work, keeping what is done.
pub struct Measurer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    desk: Mutex<Desk>,
    changed: Condvar,
}

#[derive(Default)]
struct Desk {
    /// The files to be played, the current one first; taken when the thread turns to them.
    files: Option<Vec<Part>>,
    rests: bool,
    quits: bool,
}

impl Measurer {
    /// Starts the thread; without it, where the system gives none, nothing is measured.
    pub fn start(memory: Arc<Memory>) -> Self {
        let shared = Arc::new(Shared::default());
        let worker =
            Worker { shared: Arc::clone(&shared), memory, looked_at: HashMap::new(), failed: HashSet::new() };
        let thread = std::thread::Builder::new().name("measurer".into()).spawn(move || worker.run());
        Self { shared, thread: thread.ok() }
    }

    /// The files that will be played, the next one first.
    pub fn ahead(&self, files: Vec<Part>) {
        self.shared.change(|desk| desk.files = Some(files));
    }

    /// Rests, or goes on.
    pub fn set_resting(&self, rests: bool) {
        self.shared.change(|desk| desk.rests = rests);
    }
}

impl Drop for Measurer {
    fn drop(&mut self) {
        self.shared.change(|desk| desk.quits = true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // a panic of it was told; the music has not heard it
        }
    }
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Desk)) {
        change(&mut self.desk());
        self.changed.notify_all();
    }

    /// Waits as long as `waits` wants; `false` when the work is to end.
    fn wait(&self, waits: impl Fn(&Desk) -> bool) -> bool {
        let mut desk = self.desk();
        while !desk.quits && waits(&desk) {
            desk = self.changed.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
        !desk.quits
    }
}

/// Names a file or a part of one while this thread runs.
fn key(part: &Part) -> OsString {
    let mut key = part.path.clone().into_os_string();
    key.push(format!("\0{:?}", part.span));
    key
}

/// What tags say that matters here.
#[derive(Clone)]
struct Looked {
    is_tagged: bool,
    release: Option<String>,
}

/// Why a file was not measured.
enum Stop {
    Quit,
    Failed(DecodeError),
}

impl From<DecodeError> for Stop {
    fn from(error: DecodeError) -> Self {
        Self::Failed(error)
    }
}

struct Worker {
    shared: Arc<Shared>,
    memory: Arc<Memory>,
    looked_at: HashMap<OsString, Looked>,
    failed: HashSet<OsString>,
}

impl Worker {
    fn run(mut self) {
        step_back();
        let mut saved = Instant::now();
        while self.shared.wait(|desk| desk.files.is_none() || desk.rests) {
            let files = self.shared.desk().files.take().unwrap_or_default();
            self.mark_whole(&files);
            for file in files.iter().take(AHEAD) {
                if !self.shared.wait(|desk| desk.rests) || self.shared.desk().files.is_some() {
                    break;
                }
                if self.is_wanted(file) && self.measure(file) {
                    self.mark_whole_of(file, &files);
                }
                if saved.elapsed() > SAVE_AFTER && self.memory.unsaved() > 0 {
                    self.save();
                    saved = Instant::now();
                }
            }
            self.save();
        }
        self.save();
    }

    fn look(&mut self, file: &Part) -> Looked {
        if let Some(looked) = self.looked_at.get(&key(file)) {
            return looked.clone();
        }
        let tags = file.gain_tags(read(&file.path));
        let looked = Looked { is_tagged: tags.has_gain(), release: tags.release };
        self.looked_at.insert(key(file), looked.clone());
        looked
    }

    fn is_wanted(&mut self, file: &Part) -> bool {
        !self.failed.contains(&key(file))
            && !self.look(file).is_tagged
            && self.memory.get_part(file).is_none()
    }

    /// Whether it could be measured.
    fn measure(&mut self, file: &Part) -> bool {
        let Ok(before) = Identity::of_part(file) else { return false };
        let shared = Arc::clone(&self.shared);
        let go_on = || if shared.wait(|desk| desk.rests) { Ok(()) } else { Err(Stop::Quit) };
        match loudness::measure(file, go_on) {
            Ok(measured) => {
                let release = self.look(file).release;
                self.memory.remember(before, release.as_deref(), measured);
                true
            }
            Err(Stop::Failed(error)) => {
                tracing::debug!(file = %file.path.display(), %error, "cannot be measured");
                self.failed.insert(key(file));
                false
            }
            Err(Stop::Quit) => false,
        }
    }

    /// As [`Self::mark_whole`], for the release of one file.
    fn mark_whole_of(&mut self, file: &Part, files: &[Part]) {
        if let Some(release) = self.look(file).release {
            let mut files = files.to_vec();
            files.retain(|file| self.look(file).release.as_ref() == Some(&release));
            self.mark_whole(&files);
        }
    }

    /// A release of which every file to be played was measured has a gain of its own.
    fn mark_whole(&mut self, files: &[Part]) {
        let mut releases: HashMap<String, bool> = HashMap::new();
        for file in files {
            if let Looked { is_tagged, release: Some(release) } = self.look(file) {
                let is_known =
                    !is_tagged && (self.failed.contains(&key(file)) || self.memory.get_part(file).is_some());
                *releases.entry(release).or_insert(true) &= is_known;
            }
        }
        for (release, is_whole) in releases {
            self.memory.set_whole(&release, is_whole);
        }
    }

    fn save(&self) {
        if let Err(error) = self.memory.save() {
            tracing::debug!(%error, "what was measured is not remembered");
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs::File;
    use std::io::BufWriter;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::playback::{Sample, Shape, WavWriter};

    /// A WAV of a second of a tone.
    fn tone(folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(name);
        let shape = Shape { rate: 8000, channels: 1, sample: Sample::S16 };
        let mut writer = WavWriter::new(BufWriter::new(File::create(&path).unwrap()), shape).unwrap();
        writer.write(&(0..8000).map(|n| (n as f32 * 0.3).sin() * 0.5).collect::<Vec<f32>>()).unwrap();
        writer.finish_file().unwrap();
        path
    }

    fn worker(memory: &Arc<Memory>) -> Worker {
        Worker {
            shared: Arc::default(),
            memory: Arc::clone(memory),
            looked_at: HashMap::new(),
            failed: HashSet::new(),
        }
    }

    #[test]
    fn what_is_ahead_is_measured_and_saved_before_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("loudness.idx");
        let files =
            [tone(folder.path(), "a.wav"), folder.path().join("gone.wav"), tone(folder.path(), "b.wav")];
        let memory = Arc::new(Memory::open(store.clone()));
        let measurer = Measurer::start(Arc::clone(&memory));
        measurer.ahead(files.iter().cloned().map(Part::from).collect());
        let start = Instant::now();
        while memory.get(&files[2]).is_none() {
            assert!(start.elapsed() < Duration::from_secs(60));
            std::thread::yield_now();
        }
        drop(measurer);
        let kept = Memory::open(store);
        assert!(kept.get(&files[0]).is_some() && kept.get(&files[2]).is_some());
    }

    #[test]
    fn one_that_rests_measures_nothing_and_ends_when_asked() {
        let folder = tempfile::tempdir().unwrap();
        let file = tone(folder.path(), "a.wav");
        let memory = Arc::new(Memory::default());
        let measurer = Measurer::start(Arc::clone(&memory));
        measurer.set_resting(true);
        measurer.ahead(vec![file.clone().into()]);
        drop(measurer);
        assert_eq!(memory.get(&file), None);
    }

    #[test]
    fn a_file_is_measured_once_and_a_bad_one_is_not_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let (file, bad) = (tone(folder.path(), "a.wav"), folder.path().join("bad.wav"));
        std::fs::write(&bad, "RIFF").unwrap();
        let (file, bad) = (Part::from(file), Part::from(bad));
        let memory = Arc::new(Memory::default());
        let mut worker = worker(&memory);
        assert!(worker.is_wanted(&file) && worker.measure(&file) && !worker.is_wanted(&file));
        assert!(worker.is_wanted(&bad) && !worker.measure(&bad) && !worker.is_wanted(&bad));
        worker.shared.change(|desk| desk.quits = true);
        assert!(!worker.measure(&file), "asked to end");
    }
}
