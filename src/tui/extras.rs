//! Takes what belongs to the track that plays beside its names: its shape, its sleeve, how loud it is; keeps it as the plain
//! data that the screen is drawn from, and what of it is to be seen.
//! Never reads a file, never asks the player.

use std::sync::Arc;
use std::time::Duration;

use super::Picture;
use super::lyrics::Scroll;
use super::meters::Meters;
use super::sleeve::Sleeve;
use crate::library::Lyrics;
use crate::player::{ItemId, Waveform};

/// What is shown of a track beside its names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Extras {
    /// Its shape, once it is known.
    pub shape: Option<Arc<Waveform>>,
    /// The levels, while they are to be seen.
    pub meters: Option<Meters>,
    /// The place that is heard.
    pub place: Duration,
    /// Which lines of the words are in sight.
    pub scroll: Scroll,
    /// Whether the cover is not to be seen.
    pub hides_cover: bool,
    /// Whether the terminal shows no pictures.
    pub has_no_pictures: bool,
    item: Option<ItemId>,
    sleeve: Option<Arc<Sleeve>>,
    cover: Option<Arc<Picture>>,
}

impl Extras {
    /// This plays now, and so much is known of it. A cover stays until the next sleeve is there: tracks of a release have the
    /// same.
    pub fn turn_to(
        &mut self,
        item: Option<ItemId>,
        shape: Option<Arc<Waveform>>,
        sleeve: Option<Arc<Sleeve>>,
    ) {
        if self.item != item {
            (self.item, self.scroll) = (item, Scroll::Follow);
        }
        self.shape = shape;
        if item.is_none() {
            self.cover = None;
        } else if let Some(sleeve) = &sleeve
            && self.cover != sleeve.cover
        {
            self.cover.clone_from(&sleeve.cover);
        }
        self.sleeve = sleeve;
    }

    /// The words, if there are any.
    pub fn lyrics(&self) -> Option<&Lyrics> {
        self.sleeve.as_ref()?.lyrics.as_ref()
    }

    /// Whether it is not known yet whether there are any.
    pub fn waits_for_lyrics(&self) -> bool {
        self.item.is_some() && self.sleeve.is_none()
    }

    /// The line that is sung, counted from 0.
    pub fn sung(&self) -> Option<usize> {
        self.lyrics()?.line_at(self.place)
    }

    /// How long until another line is sung.
    pub fn next_line(&self, place: Duration) -> Option<Duration> {
        let Lyrics::Timed(lines) = self.lyrics()? else { return None };
        let next = lines.get(lines.partition_point(|(time, _)| *time <= place))?;
        next.0.checked_sub(place)
    }

    /// The cover, if there is one and it is to be seen.
    pub fn cover(&self) -> Option<&Arc<Picture>> {
        self.cover.as_ref().filter(|_| !self.hides_cover && !self.has_no_pictures)
    }

    /// Moves the words by so many lines.
    pub fn scroll(&mut self, by: isize) {
        let lines = self.lyrics().map_or(0, |lyrics| lyrics.lines().len());
        self.scroll = self.scroll.by(by, self.sung(), lines);
    }

    /// Shows the levels, or no more.
    pub fn toggle_meters(&mut self) {
        self.meters = if self.meters.is_some() { None } else { Some(Meters::default()) };
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn sleeve(words: &str) -> Option<Arc<Sleeve>> {
        Some(Arc::new(Sleeve { lyrics: Lyrics::parse(words), cover: None }))
    }

    #[test]
    fn another_track_has_other_words_and_begins_at_their_first() {
        let mut extras = Extras::default();
        extras.turn_to(Some(ItemId(1)), None, None);
        assert!(extras.waits_for_lyrics() && extras.lyrics().is_none());
        extras.turn_to(Some(ItemId(1)), None, sleeve("a\nb\nc"));
        extras.scroll(2);
        extras.turn_to(Some(ItemId(1)), None, sleeve("a\nb\nc"));
        assert_eq!((extras.scroll, extras.waits_for_lyrics()), (Scroll::From(2), false));
        extras.turn_to(Some(ItemId(2)), None, None);
        assert_eq!((extras.scroll, extras.lyrics()), (Scroll::Follow, None));
        extras.turn_to(None, None, None);
        assert!(!extras.waits_for_lyrics());
    }

    #[test]
    fn the_next_line_comes_when_it_is_sung() {
        let mut extras = Extras::default();
        extras.turn_to(Some(ItemId(1)), None, sleeve("[00:01]a\n[00:03]b"));
        let next = |millis| extras.next_line(Duration::from_millis(millis)).map(|time| time.as_millis());
        assert_eq!([next(0), next(1000), next(2999), next(3000)], [Some(1000), Some(2000), Some(1), None]);
        extras.place = Duration::from_secs(2);
        assert_eq!(extras.sung(), Some(0));
    }
}
