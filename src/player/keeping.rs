//! Takes that something has changed, and the time; gives whether it is to be kept now, and when to ask again.
//! Never writes: what is kept goes to whoever keeps it, over a channel.

use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::item::{self, Item, WrittenPath};
use crate::queue::{Memory, Repeat, Shuffle};

/// What a queue was made from: what was named to be played, and what it held then.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct Origin {
    /// The listings and folders, as absolute paths.
    pub inputs: Vec<WrittenPath>,
    /// Which part of them, where not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// What there was to play in them, in order. The queue that is made of it holds the same ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "item::shared")]
    pub items: Vec<Arc<Item>>,
}

impl Origin {
    /// Whether both are the same part of the same inputs, whatever they hold.
    pub fn is_same(&self, other: &Self) -> bool {
        self.inputs == other.inputs && self.part == other.part
    }
}

/// How a queue was left, but for its items.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct Bookmark {
    /// The order of playing, and what was heard.
    pub order: Memory,
    /// The place in the current track.
    pub position: Duration,
    /// Percent of full volume.
    pub volume: u8,
    /// Whether muted.
    pub muted: bool,
    /// In which order.
    pub shuffle: Shuffle,
    /// What happens at the end.
    pub repeat: Repeat,
    /// Whether what was played is taken out.
    pub consume: bool,
}

/// Something to be kept.
#[derive(Debug, Clone)]
pub enum Kept {
    /// All of it.
    Whole {
        /// What the queue was made from.
        origin: Arc<Origin>,
        /// What is in it.
        items: Vec<Arc<Item>>,
        /// How it stands.
        bookmark: Bookmark,
    },
    /// Since the whole was given, only this has changed.
    Spot(Spot),
}

/// What changes all the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
pub struct Spot {
    /// The place in the current track.
    pub position: Duration,
    /// Percent of full volume.
    pub volume: u8,
    /// Whether muted.
    pub muted: bool,
}

/// Where the music moves on by itself, its place is kept this often.
const SPOTS: Duration = Duration::from_secs(4);
/// Changes that follow each other are kept together.
const TOGETHER: Duration = Duration::from_secs(1);

/// What has not been kept yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum News {
    Nothing,
    Spot,
    Whole,
}

/// When to keep what.
#[derive(Debug)]
pub(super) struct Keeping {
    keeper: Sender<Kept>,
    news: News,
    /// Nothing may happen any more for a long time: not to be put off.
    now_or_never: bool,
    last: Option<Instant>,
}

impl Keeping {
    pub(super) fn new(keeper: Sender<Kept>) -> Self {
        Self { keeper, news: News::Nothing, now_or_never: false, last: None }
    }

    /// Takes note of a change.
    pub(super) fn note(&mut self, news: News, now_or_never: bool) {
        self.news = self.news.max(news);
        self.now_or_never |= now_or_never;
    }

    /// How long nothing needs to be kept. `moves` is whether the music plays.
    pub(super) fn next_look(&self, moves: bool, now: Instant) -> Option<Duration> {
        let wait = match self.news {
            News::Nothing if moves => SPOTS,
            News::Nothing => return None,
            _ if self.now_or_never => return Some(Duration::ZERO),
            _ => TOGETHER,
        };
        Some(self.last.map_or(Duration::ZERO, |last| (last + wait).saturating_duration_since(now)))
    }

    /// What is to be kept now; afterwards it counts as kept.
    pub(super) fn due(&mut self, moves: bool, now: Instant) -> News {
        if self.next_look(moves, now) != Some(Duration::ZERO) {
            return News::Nothing;
        }
        self.last = Some(now);
        self.now_or_never = false;
        std::mem::replace(&mut self.news, News::Nothing).max(News::Spot)
    }

    pub(super) fn keep(&self, kept: Kept) {
        // Whoever keeps has said why when it ended.
        let _ = self.keeper.send(kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeping() -> (Keeping, Instant) {
        (Keeping::new(std::sync::mpsc::channel().0), Instant::now())
    }

    #[test]
    fn a_change_is_kept_at_once_and_those_after_it_together() {
        let (mut keeping, start) = keeping();
        assert_eq!(keeping.next_look(false, start), None);
        keeping.note(News::Whole, false);
        assert_eq!(keeping.due(true, start), News::Whole);
        keeping.note(News::Spot, false);
        keeping.note(News::Whole, false);
        keeping.note(News::Spot, false);
        assert_eq!(keeping.due(true, start), News::Nothing);
        assert_eq!(keeping.next_look(true, start), Some(TOGETHER));
        assert_eq!(keeping.due(true, start + TOGETHER), News::Whole);
    }

    #[test]
    fn the_place_is_kept_while_the_music_moves_and_never_while_it_stands() {
        let (mut keeping, start) = keeping();
        keeping.note(News::Whole, false);
        keeping.due(true, start);
        assert_eq!(keeping.next_look(true, start), Some(SPOTS));
        assert_eq!(keeping.due(true, start + SPOTS), News::Spot);
        assert_eq!(keeping.next_look(false, start + SPOTS), None);
    }

    #[test]
    fn a_pause_is_kept_before_the_silence() {
        let (mut keeping, start) = keeping();
        keeping.note(News::Whole, false);
        keeping.due(true, start);
        keeping.note(News::Spot, true);
        assert_eq!(keeping.due(false, start), News::Spot);
        assert_eq!(keeping.next_look(false, start), None, "nothing wakes it any more");
    }
}
