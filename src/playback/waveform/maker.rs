//! Takes the track that somebody looks at; gives its shape, from the store or decoded by a thread that runs only when
//! nothing else wants to. Never makes anybody wait: a shape that is not there yet is not there.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Store, Waveform};
use crate::errand::Errand;
use crate::memory;
use crate::playback::decode::DecodeError;
use crate::playback::idle::step_back;
use crate::playback::level::Identity;
use crate::playback::part::Part;

/// How many shapes are kept before the store is tidied again.
const BETWEEN_TIDYING: usize = 64;

/// Makes shapes of tracks. Dropping it ends the work soon.
#[derive(Debug)]
pub struct Waveforms(Errand<Part, Waveform>);

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
    /// Starts a thread, which keeps what it makes in `folder`, and calls `tell` when there is an answer. Where the system
    /// gives no thread there are no shapes.
    pub fn start(folder: PathBuf, tell: impl Fn() + Send + 'static) -> Self {
        let (store, mut made) = (Store::new(folder), 0);
        let make = move |part: &Part, go_on: &dyn Fn() -> bool| {
            if made == 0 {
                step_back(); // this is the thread's first work
            }
            if made % BETWEEN_TIDYING == 0 {
                store.tidy();
            }
            made += 1;
            let shape = shape(part, &store, go_on);
            memory::give_back();
            shape
        };
        Self(Errand::start("waveform", make, tell))
    }

    /// The shape of a track, if it is there. If not, it is made from now on: ask again, or for another one.
    pub fn get(&self, part: &Part) -> Option<Arc<Waveform>> {
        self.0.get(part)
    }
}

fn shape(part: &Part, store: &Store, go_on: &dyn Fn() -> bool) -> Option<Waveform> {
    let before = Identity::of_part(part).ok()?;
    if let Some(waveform) = store.get(&before) {
        return Some(waveform);
    }
    match Waveform::of(part, || if go_on() { Ok(()) } else { Err(Stop::Unwanted) }) {
        Ok(waveform) => {
            if let Err(error) = store.keep(&before, &waveform) {
                tracing::debug!(%error, "a waveform is not kept");
            }
            Some(waveform)
        }
        Err(Stop::Failed(error)) => {
            tracing::debug!(file = %part.path.display(), %error, "has no waveform");
            None
        }
        Err(Stop::Unwanted) => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs::{self, File};
    use std::io::BufWriter;
    use std::sync::mpsc;

    use super::*;
    use crate::playback::{Sample, Shape, WavWriter};

    #[test]
    fn a_shape_is_there_soon_and_the_next_time_from_the_store() {
        let home = tempfile::tempdir().unwrap();
        let (file, bad) = (home.path().join("a.wav"), home.path().join("bad.wav"));
        let form = Shape { rate: 8000, channels: 1, sample: Sample::S16 };
        let mut writer = WavWriter::new(BufWriter::new(File::create(&file).unwrap()), form).unwrap();
        writer.write(&[0.5; 8000]).unwrap();
        writer.finish_file().unwrap();
        fs::write(&bad, "RIFF").unwrap();
        let (part, bad, folder) = (Part::from(file), Part::from(bad), home.path().join("waveforms"));
        let (tell, told) = mpsc::channel();
        let waveforms = Waveforms::start(folder.clone(), move || tell.send(()).unwrap());
        for part in [&bad, &part] {
            assert_eq!(waveforms.get(part), None, "not yet");
            told.recv().unwrap();
        }
        assert_eq!(waveforms.get(&bad), None, "it has none");
        assert_eq!(waveforms.get(&part).unwrap().loudest().peak, 128);
        let kept = Store::new(folder).get(&Identity::of_part(&part).unwrap());
        assert_eq!(kept.unwrap().loudest().peak, 128);
    }
}
