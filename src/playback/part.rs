//! Takes a file and a span of it; gives its music from the first frame of the span to the last, as if it were
//! a file of its own, and goes on into the next span without a seek. Never alters a sample; a span to the end
//! of the file ends where the file's own trim window does.

use std::path::PathBuf;

use crate::cue::{Gains, Span};
use crate::playback::decode::{self, DecodeError, Decoder, Format};
use crate::playback::level::{Gain, GainTags};

/// A file, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// The file.
    pub path: PathBuf,
    /// The part of it; `None` for the whole.
    pub span: Option<Span>,
    /// The ReplayGain that a cue sheet states for it. It counts for more than the file's own tags.
    pub gains: Gains,
}

impl From<PathBuf> for Part {
    fn from(path: PathBuf) -> Self {
        Self { path, ..Self::default() }
    }
}

impl Part {
    /// What the file holds, as far as this part goes.
    ///
    /// # Errors
    /// Those of [`decode::open`]; and a span that begins behind the end of the file.
    pub fn format(&self) -> Result<Format, DecodeError> {
        self.open().map(|window| window.format)
    }

    pub(crate) fn open(&self) -> Result<Window, DecodeError> {
        Window::new(decode::open(&self.path)?, self.span)
    }

    pub(crate) fn open_integers(&self) -> Result<Window<i32>, DecodeError> {
        Window::new(decode::open_integers(&self.path)?, self.span)
    }

    /// Whether this is what follows `before` in the same file.
    pub(crate) fn continues(&self, before: &Self) -> bool {
        let spans = self.span.zip(before.span);
        self.path == before.path && spans.is_some_and(|(own, before)| own.continues(before))
    }

    /// What is known of its loudness, when the file's tags say `file`. To the tracks of a disc in one file
    /// the gain of that file is the gain of their release.
    pub(crate) fn gain_tags(&self, file: GainTags) -> GainTags {
        let stated = |gain: crate::cue::Gain| Gain { db: gain.db(), peak: gain.peak() };
        let (track, album) = (self.gains.track.map(stated), self.gains.album.map(stated));
        if self.span.is_none() {
            return GainTags { track: track.or(file.track), album: album.or(file.album), ..file };
        }
        let name = || self.path.file_name().unwrap_or_default().to_string_lossy();
        let release = file.release.unwrap_or_else(|| format!("{}\n{}", name(), self.path.display()));
        GainTags { track, album: album.or(file.album).or(file.track), release: Some(release) }
    }
}

/// The [`Decoder`] of a part.
pub(crate) struct Window<S = f32> {
    inner: Box<dyn Decoder<S>>,
    format: Format,
    /// Frames of the whole file, where it says.
    whole: Option<u64>,
    /// The part, in frames of the file.
    from: u64,
    to: Option<u64>,
    /// The frame of the file that comes next.
    at: u64,
    /// Whether `inner` is not there yet.
    must_seek: bool,
    /// Decoded beyond the part's end: the beginning of the next one.
    rest: Vec<S>,
}

impl<S> Window<S> {
    /// Reads no sound yet: where it begins is looked for when it is decoded.
    ///
    /// # Errors
    /// When the span begins behind the end of the file.
    pub(crate) fn new(inner: Box<dyn Decoder<S>>, span: Option<Span>) -> Result<Self, DecodeError> {
        let (format, whole) = (inner.format().clone(), inner.format().frames);
        let mut window =
            Self { inner, format, whole, from: 0, to: None, at: 0, must_seek: false, rest: Vec::new() };
        if let Some(span) = span {
            window.set(span);
            window.at = window.from;
            window.must_seek = window.from > 0;
            if whole.is_some_and(|whole| window.from >= whole) {
                return Err(DecodeError::TooShort);
            }
        }
        Ok(window)
    }

    fn set(&mut self, span: Span) {
        let rate = self.format.rate;
        self.from = span.start().frame(rate);
        self.to = span.end().map(|end| end.frame(rate));
        let end = match (self.to, self.whole) {
            (Some(to), Some(whole)) => Some(to.min(whole)),
            (to, whole) => to.or(whole),
        };
        self.format.frames = end.map(|end| end.saturating_sub(self.from));
    }

    /// Becomes the part that begins where this one has ended. False when it has not: then nothing changes.
    pub(crate) fn go_on(&mut self, span: Span) -> bool {
        let has_ended = !self.must_seek && self.to == Some(self.at);
        let is_next = has_ended && span.start().frame(self.format.rate) == self.at;
        if is_next && self.whole.is_none_or(|whole| self.at < whole) {
            self.set(span);
            return true;
        }
        false
    }
}

impl<S: Send> Decoder<S> for Window<S> {
    fn format(&self) -> &Format {
        &self.format
    }

    fn decode(&mut self, out: &mut Vec<S>) -> Result<usize, DecodeError> {
        let left = self.to.map_or(u64::MAX, |to| to.saturating_sub(self.at));
        if left == 0 {
            return Ok(0);
        }
        if std::mem::take(&mut self.must_seek) {
            self.inner.seek(self.at)?;
        }
        let start = out.len();
        let channels = usize::from(self.format.channels);
        let frames = if self.rest.is_empty() {
            self.inner.decode(out)?
        } else {
            let frames = self.rest.len() / channels;
            out.append(&mut self.rest);
            frames
        };
        let kept = usize::try_from(left).map_or(frames, |left| left.min(frames));
        if kept < frames {
            self.rest = out.split_off(start + kept * channels);
        }
        self.at += kept as u64;
        Ok(kept)
    }

    fn seek(&mut self, frame: u64) -> Result<(), DecodeError> {
        let target = self.from.saturating_add(frame);
        let target = self.to.map_or(target, |to| target.min(to));
        self.rest.clear();
        self.at = target;
        self.must_seek = false;
        self.inner.seek(target)
    }

    fn damaged(&self) -> u64 {
        self.inner.damaged()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::cue::Sector;
    use crate::playback::decode::mock::MockDecoder;

    fn span(from: u32, to: u32) -> Option<Span> {
        Span::new(Sector(from), Some(Sector(to)).filter(|to| to.0 < u32::MAX))
    }

    /// At 75 Hz a sector is a frame, and frame 7 holds an 8.
    fn window(frames: u64, part: Option<Span>) -> Window {
        Window::new(Box::new(MockDecoder::new(frames).rate(75)), part).unwrap()
    }

    fn rest_of(window: &mut Window) -> Vec<f32> {
        let mut out = Vec::new();
        while window.decode(&mut out).unwrap() > 0 {}
        out
    }

    #[test]
    fn a_part_is_like_a_file_of_its_own() {
        let mut part = window(20, span(4, 9));
        assert_eq!(part.format().frames, Some(5));
        assert_eq!(rest_of(&mut part), [5.0, 6.0, 7.0, 8.0, 9.0]);
        part.seek(3).unwrap();
        assert_eq!(rest_of(&mut part), [8.0, 9.0]);
        part.seek(99).unwrap();
        assert!(rest_of(&mut part).is_empty());
        part.seek(0).unwrap();
        assert_eq!(rest_of(&mut part).len(), 5);
    }

    #[test]
    fn a_part_ends_with_its_file() {
        let mut last = window(20, span(17, u32::MAX));
        assert_eq!((last.format().frames, rest_of(&mut last)), (Some(3), vec![18.0, 19.0, 20.0]));
        let mut cut = window(20, span(17, 30));
        assert_eq!((cut.format().frames, rest_of(&mut cut)), (Some(3), vec![18.0, 19.0, 20.0]));
        let behind = Window::new(Box::new(MockDecoder::new(20).rate(75)), span(20, 30));
        assert!(matches!(behind, Err(DecodeError::TooShort)));
    }

    #[test]
    fn the_next_part_goes_on_in_the_open_file_wherever_the_mark_lies() {
        for mark in 1..19 {
            let mut part = window(20, span(0, mark));
            let mut all = rest_of(&mut part);
            assert!(!part.go_on(span(mark + 1, 20).unwrap()), "not what follows");
            assert!(part.go_on(span(mark, u32::MAX).unwrap()));
            assert_eq!(part.format().frames, Some(20 - u64::from(mark)));
            all.extend(rest_of(&mut part));
            assert_eq!(all, (1..=20).map(|n| n as f32).collect::<Vec<_>>(), "{mark}");
            part.seek(0).unwrap();
            assert_eq!(rest_of(&mut part)[0], mark as f32 + 1.0);
        }
        assert!(!window(20, span(0, 5)).go_on(span(5, 9).unwrap()), "it has not ended");
    }

    #[test]
    fn of_a_disc_in_one_file_the_files_gain_is_the_releases() {
        let gain = |db| Some(Gain { db, peak: None });
        let file = || GainTags { track: gain(-3.0), album: None, release: None };
        let mut part = Part { span: span(0, 9), ..Part::from(PathBuf::from("/m/disc.flac")) };
        let tags = part.gain_tags(file());
        assert_eq!(
            (tags.track, tags.album, tags.release.as_deref()),
            (None, gain(-3.0), Some("disc.flac\n/m/disc.flac"))
        );
        part.gains.track = Some(crate::cue::Gain { millidecibels: -6520, peak: None });
        assert_eq!(part.gain_tags(file()).track, gain(-6.52));
        part.span = None;
        assert_eq!(part.gain_tags(file()).track, gain(-6.52));
        assert_eq!(Part::from(PathBuf::new()).gain_tags(file()), file());
    }
}
