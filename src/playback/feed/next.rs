//! Takes the answer to what comes after the current track; gives the next one joined, opened while there is time.
//! A part of the file that is open goes on in it, so that not even a lossy decoder notices the mark.
//! Never chooses a track: it asks, and plays on what it is told.

use std::time::Duration;

use super::{Feed, Report, Step, Voice, frames_in};
use crate::playback::Media;
use crate::playback::decode::Decoder;

/// How long before the end of a track the next one is opened.
const LOOKAHEAD: Duration = Duration::from_secs(10);

/// What is known of the track after the current one.
pub(super) enum Following {
    /// Nobody was asked yet.
    Unasked,
    Asked,
    Named(Media),
    /// It goes on in the file that is decoded now.
    Continues(Media),
    Open(Voice),
    /// Nothing follows.
    Nothing,
}

impl Feed {
    /// Asks for the next track and opens it while there is time.
    pub(super) fn look_ahead(&mut self) {
        let Some(voice) = &self.voice else { return };
        let format = voice.decoder.format();
        let near = format.frames.is_some_and(|frames| {
            frames.saturating_sub(voice.frame) < frames_in(LOOKAHEAD, format.rate) as u64
        });
        if near {
            self.ask_or_open();
        }
    }

    fn ask_or_open(&mut self) {
        match std::mem::replace(&mut self.following, Following::Asked) {
            Following::Unasked => (self.tell)(Report::Wanted { orders: self.orders }),
            Following::Named(media) if self.goes_on(&media) => self.following = Following::Continues(media),
            Following::Named(media) => match self.open_voice(&media) {
                Ok(voice) => self.following = Following::Open(voice),
                Err(error) => {
                    self.following = Following::Unasked;
                    (self.tell)(Report::Failed { key: media.key, error });
                }
            },
            other => self.following = other,
        }
    }

    /// Whether a track is what comes next in the file that is being decoded.
    fn goes_on(&self, media: &Media) -> bool {
        let now = self.voice.as_ref().or(self.spent.as_ref());
        now.is_some_and(|voice| media.part.continues(&voice.part))
    }

    /// The current track is at its end: the next one joins, or the run ends.
    pub(super) fn turn(&mut self) -> Step {
        match std::mem::replace(&mut self.following, Following::Unasked) {
            Following::Open(voice) if self.wants_other_rate(voice.decoder.format().rate) => {
                // It was named, and does not begin: whoever hears of the end orders it anew.
                self.following = Following::Nothing;
                self.end();
                Step::Continue
            }
            Following::Open(voice) => {
                self.begin(voice);
                Step::Continue
            }
            Following::Continues(media) => {
                self.go_on(media);
                Step::Continue
            }
            Following::Nothing => {
                self.following = Following::Nothing;
                self.end();
                Step::Continue
            }
            Following::Asked => {
                self.following = Following::Asked;
                Step::Idle
            }
            other => {
                self.following = other;
                self.ask_or_open();
                Step::Continue
            }
        }
    }

    /// The next track of the same file: the open decoder goes on where it is, so that not even a lossy one
    /// notices the mark.
    fn go_on(&mut self, media: Media) {
        let mut spent = self.spent.take();
        let going = spent.as_mut().zip(media.part.span);
        if !going.is_some_and(|(voice, span)| voice.decoder.go_on(span)) {
            spent = None; // it was shorter than the sheet says
        }
        let joined = match spent {
            Some(voice) => {
                let gain = self.gain(&media);
                let levellings = self.levellings;
                Ok(Voice { key: media.key, part: media.part, gain, levellings, frame: 0, ..voice })
            }
            None => self.open_voice(&media),
        };
        match joined {
            Ok(voice) => self.begin(voice),
            Err(error) => (self.tell)(Report::Failed { key: media.key, error }),
        }
    }

    pub(super) fn follow(&mut self, media: Option<Media>) {
        self.following = match media {
            None => Following::Nothing,
            Some(media) => match std::mem::replace(&mut self.following, Following::Nothing) {
                Following::Open(voice) if voice.key == media.key => Following::Open(voice),
                Following::Continues(named) if named == media => Following::Continues(named),
                _ => Following::Named(media),
            },
        };
    }
}
