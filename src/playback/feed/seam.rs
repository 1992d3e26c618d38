//! Takes a change of mind about what follows; gives a run whose end is written anew, from the frame where the tracks
//! that stay end: what sounds goes on, and not a sample of it is touched.
//! Never moves what stays: only where another rate was joined does the resampler begin anew at the seam.

use super::next::Following;
use super::{Feed, RING, frames_in};
use crate::playback::Media;
use crate::playback::realtime::Run;

impl Feed {
    /// From now on `media` follows the first `begun` tracks of the run.
    pub(super) fn instead(&mut self, begun: usize, media: Option<Media>) {
        self.orders += 1;
        let Some(writing) = &self.writing else { return self.follow(media) };
        let at = match writing.begins.get(begun) {
            Some(at) => *at,
            None if !writing.ended => return self.follow(media),
            // It has ended, and what was said of that is void.
            None if media.is_none() => return self.tell_end(),
            None => writing.frames,
        };
        self.cut(at, begun);
        self.following = media.map_or(Following::Nothing, Following::Named);
    }

    /// What was made of the run from frame `at` on is void; another ring takes its place.
    fn cut(&mut self, at: u64, begun: usize) {
        (self.voice, self.spent) = (None, None);
        self.drain_resampler();
        let (Some(writing), Some(device)) = (&mut self.writing, &self.device) else { return };
        let channels = usize::from(device.channels);
        let at = at.min(writing.frames);
        let unsent = &self.ready[self.sent..];
        let pushed = writing.frames - (unsent.len() / channels) as u64;
        // What was never handed over begins as it would have; else its head sounds meanwhile.
        writing.goes_on |= writing.run.is_none();
        let (from, mut stays) =
            writing.run.take().map_or_else(|| (at.min(pushed), Vec::new()), Run::take_back);
        stays.extend_from_slice(unsent);
        stays.truncate(
            usize::try_from(at.saturating_sub(from)).unwrap_or(usize::MAX).saturating_mul(channels),
        );
        let (ring, run) = Run::anew(&writing.clock, from, frames_in(RING, device.rate), channels);
        writing.clock.go_on();
        writing.begins.truncate(begun);
        (writing.ring, writing.run, writing.frames, writing.ended) = (ring, Some(run), at, false);
        (self.ready, self.sent) = (stays, 0);
        let lead = self.lead();
        self.besides.cut(at, lead);
    }

    /// What the resampler still holds belongs to the run.
    fn drain_resampler(&mut self) {
        let Some(mut resampler) = self.resampler.take() else { return };
        let before = self.ready.len();
        resampler.flush(&mut self.ready);
        if let (Some(writing), Some(device)) = (&mut self.writing, &self.device) {
            writing.frames += ((self.ready.len() - before) / usize::from(device.channels)) as u64;
        }
    }
}
