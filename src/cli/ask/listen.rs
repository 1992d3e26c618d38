//! Takes a candidate and an output; gives a few seconds of its sound, from where a song is recognised.
//! Never plays to the end, never writes a file.

use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crate::cli::render;
use crate::library::Track;
use crate::playback::decode::DecodeError;
use crate::playback::output::Target;
use crate::playback::{Engine, Event, Key, Media, Part, Place, RatePolicy, Shape, Signal};

/// Enough to know a song by.
const HEARD: Duration = Duration::from_secs(8);

/// What is being heard.
pub(in crate::cli) struct Listening {
    engine: Engine,
    signals: Receiver<Signal>,
    until: Instant,
}

impl Listening {
    /// Begins to play; an error is a sentence.
    pub(in crate::cli) fn start(track: &Track, output: &Target) -> Result<Self, String> {
        if matches!(output, Target::Wav(_)) {
            return Err("there is nothing to listen with: the sound goes to a file".into());
        }
        let (say, signals) = mpsc::channel();
        let part = Part { path: track.path.clone(), span: track.span, gains: track.gains };
        let shape = render::first_format(std::slice::from_ref(&part))
            .map_or_else(Shape::default, |format| render::shape_of(&format));
        let engine =
            Engine::start(std::slice::from_ref(output), shape, RatePolicy::default(), move |signal| {
                // Who listens no more does not need to know.
                let _ = say.send(signal);
            });
        let mut engine = engine.map_err(|error| error.to_string())?;
        engine.play(Media::new(Key(0), part), Place::Time(beginning(track.length)));
        Ok(Self { engine, signals, until: Instant::now() + HEARD })
    }

    /// Whether it is over, and what went wrong if something did.
    pub(in crate::cli) fn over(&mut self) -> Option<Option<DecodeError>> {
        while let Ok(signal) = self.signals.try_recv() {
            match self.engine.hear(signal) {
                Some(Event::Failed { error, .. }) => return Some(Some(error)),
                Some(Event::Wanted) => self.engine.follow(None),
                Some(Event::OutputLost { .. } | Event::OutputBroken(_)) => return Some(None),
                _ => {}
            }
        }
        while let Some(event) = self.engine.reached() {
            if matches!(event, Event::Ended) {
                return Some(None);
            }
        }
        (Instant::now() >= self.until).then_some(None)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.engine.set_playing(false);
    }
}

/// Past the introduction; a short piece is heard from its beginning.
fn beginning(length: Option<Duration>) -> Duration {
    let third = length.unwrap_or_default().mul_f64(0.3);
    if third > HEARD / 2 { third } else { Duration::ZERO }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_song_is_heard_from_past_its_introduction() {
        let seconds = |length| beginning(Some(Duration::from_secs(length))).as_secs();
        assert_eq!([seconds(200), seconds(20), seconds(10)], [60, 6, 0]);
        assert_eq!(beginning(None), Duration::ZERO);
    }
}
