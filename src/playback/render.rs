//! Takes files; gives the frames that a listener would hear, joined, as fast as the CPU goes:
//! the same feed as playback, with a consumer that pulls. One thread.
//! Never changes a level, never clamps: what the decoders give is what comes out.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};

use rtrb::{Consumer, Producer};

use crate::playback::decode::{self, DecodeError, Format};
use crate::playback::feed::{Feed, Marker, Open, Order, Report, Step};
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
    files: Vec<PathBuf>,
    next: usize,
    channels: u16,
    markers: VecDeque<Marker>,
    taken: u64,
    ended: bool,
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
    pub fn new(files: Vec<PathBuf>, rate: u32, channels: u16) -> Self {
        Self::with_opener(files, rate, channels, Box::new(decode::open))
    }

    fn with_opener(files: Vec<PathBuf>, rate: u32, channels: u16, open: Open) -> Self {
        let (say, reports) = mpsc::channel();
        let tell = Box::new(move |report| {
            // The receiver lives in the same struct as the feed.
            let _ = say.send(report);
        });
        let (door, fresh, spent) = Door::new();
        let mut feed = Feed::new(open, tell, Arc::new(Dials::new()));
        feed.obey(Order::Outlet { door, rate, channels });
        let mut render = Self {
            feed,
            reports,
            fresh,
            _spent: spent,
            run: None,
            files,
            next: 0,
            channels,
            markers: VecDeque::new(),
            taken: 0,
            ended: false,
            block: vec![0.0; BLOCK_FRAMES * usize::from(channels)],
        };
        match render.next_media() {
            Some(media) => render.feed.obey(Order::Play { media, from: Place::START }),
            None => render.ended = true,
        }
        render
    }

    /// Gives all pieces to `take`, in order, and says how many frames there were.
    ///
    /// # Errors
    /// What `take` says.
    pub fn run(
        mut self,
        mut take: impl FnMut(Piece<'_>) -> Result<(), RenderError>,
    ) -> Result<u64, RenderError> {
        while !self.ended {
            let rests = self.feed.step() != Step::Continue;
            self.listen(&mut take)?;
            // The ring is emptied when it is full, or when nothing more will come.
            if rests || self.ended {
                self.drain(&mut take)?;
            }
        }
        self.begin_reached(&mut take)?; // files without a single frame
        Ok(self.taken)
    }

    fn next_media(&mut self) -> Option<Media> {
        let path = self.files.get(self.next)?.clone();
        let media = Media { key: Key(self.next as u64), path };
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
                Report::Wanted => {
                    let next = self.next_media();
                    self.feed.obey(Order::Follow(next));
                }
                Report::Failed { key, error } => take(Piece::Failed { file: key.0 as usize, error })?,
                Report::Ends { at, .. } => {
                    while self.taken < at {
                        self.feed.step();
                        self.drain(take)?;
                    }
                    self.ended = true;
                }
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
            let until = self.begin_reached(take)?;
            let Some(run) = &mut self.run else { return Ok(()) };
            let most = until.map_or(BLOCK_FRAMES, |frames| frames.min(BLOCK_FRAMES as u64) as usize);
            let samples = run.read(&mut self.block[..most * channels]);
            if samples == 0 {
                return Ok(());
            }
            self.taken += (samples / channels) as u64;
            take(Piece::Frames(&self.block[..samples]))?;
        }
    }

    /// Says which files begin here; gives the frames until the next one does, if that is known.
    fn begin_reached(
        &mut self,
        take: &mut impl FnMut(Piece<'_>) -> Result<(), RenderError>,
    ) -> Result<Option<u64>, RenderError> {
        while self.markers.front().is_some_and(|marker| marker.at <= self.taken) {
            if let Some(marker) = self.markers.pop_front() {
                take(Piece::Begins { file: marker.key.0 as usize, format: &marker.format, at: marker.at })?;
            }
        }
        Ok(self.markers.front().map(|marker| marker.at - self.taken))
    }
}
