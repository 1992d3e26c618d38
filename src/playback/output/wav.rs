//! Takes frames from an outlet; gives a WAV file in the shape of the first track, as fast as the
//! CPU goes. Never leaves half a header: the sizes are written when the output ends.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use super::{News, Output, OutputError, Wiring, null};
use crate::playback::realtime;
use crate::playback::wav_file::{Shape, WavWriter};

pub(super) fn open(path: &Path, shape: Shape, wiring: Wiring) -> Result<Output, OutputError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |cause| OutputError::File { path: path.clone(), cause }
    };
    let file = File::create(path).map_err(failed(path))?;
    let mut writer = WavWriter::new(BufWriter::new(file), shape).map_err(failed(path))?;
    let failed = failed(path);

    let (calls, inbox) = mpsc::channel();
    let dials = wiring.dials.clone();
    let (outlet, door) = realtime::outlet(shape.rate, shape.channels, wiring.dials.clone());
    wiring.connect(door, shape.rate, shape.channels, Duration::ZERO);
    let thread = std::thread::Builder::new().name("output".into()).spawn(move || {
        let mut broken = None;
        null::drain(outlet, shape.channels, &wiring, &inbox, |frames| {
            broken = writer.write(frames).err();
            broken.is_none()
        });
        if let Some(cause) = broken.or_else(|| writer.finish_file().err()) {
            (wiring.news)(News::Broken(failed(cause)));
        }
    });
    Ok(Output { calls, dials, thread: thread.ok() })
}
