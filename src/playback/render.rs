//! Takes files; gives the frames that a listener would hear, joined, as fast as the CPU goes:
//! the same feed as playback, with a consumer that pulls. One thread.
//! Never changes a level unasked, never clamps: what the decoders give is what comes out.

use std::collections::VecDeque;
use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use rtrb::{Consumer, Producer};

use crate::playback::decode::{self, DecodeError, Decoder, Format};
use crate::playback::feed::{Feed, Line, Marker, Open, Order, Report, Step};
use crate::playback::level::Leveller;
use crate::playback::part::{Part, Window};
use crate::playback::realtime::{Dials, Door, Run};
use crate::playback::{Key, Media, Place};

/// Frames handed on at once, at most.
const BLOCK_FRAMES: usize = 8192;

/// Files on their way to frames at one rate and channel count.
pub struct Render {
    feed: Feed,
    reports: Receiver<Report>,
    fresh: Consumer<Run>,
    _spent: Producer<Run>,
    run: Option<Run>,
    files: Vec<Part>,
    next: usize,
    channels: u16,
    markers: VecDeque<Marker>,
    /// Frames that came out of the feed.
    taken: u64,
    /// Those of them that are wanted.
    wanted: Range<u64>,
    ended: bool,
    /// Where the first file begins.
    from: Place,
    levelling: Leveller,
    block: Vec<f32>,
}

/// Why a rendering stopped before its end.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The frames could not be written.
    #[error("the sound cannot be written: {0}")]
    Write(#[from] io::Error),
}

/// What comes out of a rendering, in order.
#[derive(Debug)]
pub enum Piece<'a> {
    /// The frames that follow belong to this file.
    Begins {
        /// Index of the file.
        file: usize,
        /// What it holds.
        format: &'a Format,
        /// Frames that came before.
        at: u64,
        /// What its samples are multiplied by; 1.0 leaves them as they are.
        gain: f32,
    },
    /// Interleaved frames.
    Frames(&'a [f32]),
    /// The file does not play, or no further.
    Failed {
        /// Index of the file.
        file: usize,
        /// Why.
        error: DecodeError,
    },
}

impl Render {
    /// Joins `files` at `rate` Hz and `channels` channels.
    pub fn new(files: Vec<Part>, rate: u32, channels: u16) -> Self {
        Self::between(files, rate, channels, 0..u64::MAX)
    }

    /// Joins `files` and gives only these frames of the whole, bit for bit. What lies before is passed
    /// over by a seek in files that are not resampled, where those before them tell their lengths, else decoded.
    pub fn between(files: Vec<Part>, rate: u32, channels: u16, frames: Range<u64>) -> Self {
        Self::with_opener(files, rate, channels, frames, Box::new(decode::open))
    }

    fn with_opener(files: Vec<Part>, rate: u32, channels: u16, frames: Range<u64>, mut open: Open) -> Self {
        let start = Start::find(&files, rate, frames.start, &mut open);
        let (say, reports) = mpsc::channel();
        let tell = Box::new(move |report| {
            // The receiver lives in the same struct as the feed.
            let _ = say.send(report);
        });
        let (door, fresh, spent) = Door::new();
        let mut feed = Feed::new(open, tell, Arc::new(Dials::new()));
        feed.obey(Order::Outlet {
            line: Line::FIRST,
            door,
            rate,
            channels,
            latency: Duration::ZERO,
            rewinds: false,
        });
        Self {
            feed,
            reports,
            fresh,
            _spent: spent,
            run: None,
            files,
            next: start.file,
            channels,
            markers: VecDeque::new(),
            taken: 0,
            wanted: start.drop..start.drop.saturating_add(frames.end.saturating_sub(frames.start)),
            ended: frames.is_empty(),
            from: Place::Frame(start.frame),
            levelling: Leveller::default(),
            block: vec![0.0; BLOCK_FRAMES * usize::from(channels)],
        }
    }

    /// Makes tracks equally loud.
    pub fn levelled(mut self, levelling: Leveller) -> Self {
        self.levelling = levelling;
        self
    }

    /// Gives all pieces to `take`, in order, and says how many frames there were.
    ///
    /// # Errors
    /// What `take` says.
    pub fn run(
        mut self,
        mut take: impl FnMut(Piece<'_>) -> Result<(), RenderError>,
    ) -> Result<u64, RenderError> {
        self.feed.obey(Order::Level(self.levelling.clone()));
        match self.next_media() {
            Some(media) => self.feed.obey(Order::Play { media, from: self.from }),
            None => self.ended = true,
        }
        while !self.ended {
            let rests = self.feed.step() != Step::Continue;
            self.listen(&mut take)?;
            // The ring is emptied when it is full, or when nothing more will come.
            if rests || self.ended {
                self.drain(&mut take)?;
            }
        }
        if self.taken < self.wanted.end {
            self.begin_reached(&mut take)?; // files without a single frame
        }
        Ok(self.taken.saturating_sub(self.wanted.start))
    }

    fn next_media(&mut self) -> Option<Media> {
        let part = self.files.get(self.next)?.clone();
        let at = self.next;
        let beside = [at.checked_sub(1), at.checked_add(1)].into_iter().flatten();
        let neighbours = beside.filter_map(|at| self.files.get(at).cloned()).collect();
        let media = Media { key: Key(at as u64), part, neighbours };
        self.next += 1;
        Some(media)
    }

    fn listen(
        &mut self,
        take: &mut impl FnMut(Piece<'_>) -> Result<(), RenderError>,
    ) -> Result<(), RenderError> {
        while let Ok(report) = self.reports.try_recv() {
            match report {
                Report::Begins(marker) => self.markers.push_back(marker),
                Report::Wanted { .. } => {
                    let next = self.next_media();
                    self.feed.obey(Order::Follow(next));
                }
                Report::Failed { key, error } => take(Piece::Failed { file: key.0 as usize, error })?,
                Report::Ends { at, .. } => {
                    while self.taken < at.min(self.wanted.end) {
                        self.feed.step();
                        self.drain(take)?;
                    }
                    self.ended = true;
                }
                Report::Rate(_) | Report::Keeps { .. } => {} // never asked for, and nobody is beside it
            }
        }
        Ok(())
    }

    fn drain(
        &mut self,
        take: &mut impl FnMut(Piece<'_>) -> Result<(), RenderError>,
    ) -> Result<(), RenderError> {
        if let Ok(run) = self.fresh.pop() {
            self.run = Some(run);
        }
        let channels = usize::from(self.channels);
        loop {
            if self.taken >= self.wanted.end {
                self.ended = true;
                return Ok(());
            }
            let is_wanted = self.taken >= self.wanted.start;
            let until = if is_wanted { self.begin_reached(take)? } else { Some(self.wanted.start) };
            let Some(run) = &mut self.run else { return Ok(()) };
            let most = until.unwrap_or(u64::MAX).min(self.wanted.end) - self.taken;
            let most = most.min(BLOCK_FRAMES as u64) as usize;
            let samples = run.read(&mut self.block[..most * channels]);
            if samples == 0 {
                return Ok(());
            }
            self.taken += (samples / channels) as u64;
            if is_wanted {
                take(Piece::Frames(&self.block[..samples]))?;
            }
        }
    }

    /// Says which files begin here; gives the frame where the next one does, if that is known.
    fn begin_reached(
        &mut self,
        take: &mut impl FnMut(Piece<'_>) -> Result<(), RenderError>,
    ) -> Result<Option<u64>, RenderError> {
        let first = self.wanted.start;
        while let Some(marker) = self.markers.pop_front() {
            if marker.at > self.taken {
                let at = marker.at;
                self.markers.push_front(marker);
                return Ok(Some(at));
            }
            // Of the files before the first wanted frame, only the one that holds it is wanted.
            let is_over = first > 0 && self.markers.front().is_some_and(|next| next.at <= first);
            if !is_over {
                let at = marker.at.saturating_sub(first);
                take(Piece::Begins {
                    file: marker.key.0 as usize,
                    format: &marker.format,
                    at,
                    gain: marker.gain,
                })?;
            }
        }
        Ok(None)
    }
}

/// Where decoding begins so that a frame of the whole comes out of it.
#[derive(Debug, PartialEq, Eq)]
struct Start {
    file: usize,
    /// Of the file, at its own rate.
    frame: u64,
    /// Frames, at the rate of the rendering, that come before the one that is wanted.
    drop: u64,
}

impl Start {
    /// A resampler's output depends on all that went through it since its first frame, and a file that neither
    /// tells its length nor has the frame must be decoded to learn where the next one begins: such files are begun
    /// at their beginning.
    fn find(files: &[Part], rate: u32, frame: u64, open: &mut Open) -> Self {
        let mut before = frame;
        if before == 0 {
            return Self { file: 0, frame: 0, drop: 0 };
        }
        for (file, part) in files.iter().enumerate() {
            let opened = open(&part.path).and_then(|decoder| Window::new(decoder, part.span));
            let Ok(mut decoder) = opened else { continue };
            let Format { frames, rate: own, .. } = *decoder.format();
            if own != rate {
                return Self { file, frame: 0, drop: before };
            }
            match frames {
                Some(frames) if before >= frames => before -= frames,
                None if !has_frame(&mut decoder, before) => return Self { file, frame: 0, drop: before },
                _ => return Self { file, frame: before, drop: 0 },
            }
        }
        Self { file: files.len(), frame: 0, drop: 0 }
    }
}

/// Whether a file that does not tell its length is longer than `frame` frames.
fn has_frame(decoder: &mut Window, frame: u64) -> bool {
    let mut block = Vec::new();
    decoder.seek(frame).is_ok() && decoder.decode(&mut block).is_ok_and(|frames| frames > 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::playback::decode::mock::MockDecoder;

    /// "100+7": seven frames that count from 100. "100+7?" does not tell its length, "100+7@20" has 20 Hz.
    fn open(path: &Path) -> Result<Box<dyn Decoder>, DecodeError> {
        let name = path.to_str().unwrap();
        let (name, rate) = name.split_once('@').unwrap_or((name, "10"));
        let (first, frames) = name.split_once('+').ok_or(DecodeError::NotAudio)?;
        let mock = MockDecoder::new(frames.trim_end_matches('?').parse().unwrap())
            .starting_at(first.parse().unwrap())
            .rate(rate.parse().unwrap());
        Ok(Box::new(if frames.ends_with('?') { mock.without_length() } else { mock }))
    }

    /// The numbers that come out, and which file begins at which frame.
    fn rendered(files: &[&str], frames: Range<u64>) -> (Vec<f32>, Vec<(usize, u64)>) {
        let files = files.iter().map(|name| PathBuf::from(name).into()).collect();
        let (mut numbers, mut begins) = (Vec::new(), Vec::new());
        let render = Render::with_opener(files, 10, 1, frames, Box::new(open));
        let count = render.run(|piece| {
            match piece {
                Piece::Begins { file, at, .. } => begins.push((file, at)),
                Piece::Frames(frames) => numbers.extend_from_slice(frames),
                Piece::Failed { .. } => {}
            }
            Ok(())
        });
        assert_eq!(count.unwrap(), numbers.len() as u64);
        (numbers, begins)
    }

    #[test]
    fn a_range_runs_over_joins() {
        let files = ["10+5", "20+3", "30+4"];
        assert_eq!(
            rendered(&files, 4..9),
            (vec![14.0, 20.0, 21.0, 22.0, 30.0], vec![(0, 0), (1, 1), (2, 4)])
        );
        assert_eq!(rendered(&files, 5..8), (vec![20.0, 21.0, 22.0], vec![(1, 0)]));
        assert_eq!(rendered(&files, 11..99), (vec![33.0], vec![(2, 0)]));
    }

    #[test]
    fn every_range_is_a_piece_of_the_whole_whatever_is_known_of_the_files() {
        for files in [
            &["10+5", "20+3", "30+4"][..],
            &["10+5?", "no audio", "20+3?", "30+4"],
            &["10+5", "20+6@20", "30+7@20", "40+4", "50+5?"],
            &["10+0", "20+3", "30+0"],
        ] {
            let (whole, _) = rendered(files, 0..u64::MAX);
            for from in 0..=whole.len() {
                for to in from..=whole.len() + 2 {
                    let (part, begins) = rendered(files, from as u64..to as u64);
                    assert_eq!(part, whole[from..to.min(whole.len())], "{files:?} {from}..{to}");
                    assert!(part.is_empty() || begins[0].1 == 0, "{files:?} {from}..{to}: {begins:?}");
                }
            }
        }
    }

    #[test]
    fn only_what_must_be_is_decoded_in_vain() {
        let start = |files: &[&str], frame| {
            let files: Vec<Part> = files.iter().map(|name| PathBuf::from(name).into()).collect();
            let Start { file, frame, drop } = Start::find(&files, 10, frame, &mut (Box::new(open) as Open));
            (file, frame, drop)
        };
        assert_eq!(start(&["10+5", "20+5"], 7), (1, 2, 0));
        assert_eq!(start(&["10+5", "20+5?"], 7), (1, 2, 0));
        assert_eq!(start(&["10+5?", "20+5"], 7), (0, 0, 7));
        assert_eq!(start(&["10+5", "20+5@20", "30+5"], 8), (1, 0, 3));
        assert_eq!(start(&["10+5"], 5), (1, 0, 0));
    }
}
