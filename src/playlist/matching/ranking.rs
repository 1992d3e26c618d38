//! Takes the scores of tracks in a look-up; gives the best of them.
//! Never knows what is looked up.

/// Tracks that a look-up gives, best first; equals of the last one come along ...
const BEST: usize = 16;
/// ... up to this many. Beyond, the first by path.
const BEST_WITH_TIES: usize = 80;
/// Tracks beside one that bears just the name and the artist.
const BEST_BESIDE: usize = 8;
/// Tracks that share little more than the artist: of these a few will do.
const BEST_FAINT: usize = 12;
/// What an artist's words add to a look-up, against the title's 1.
pub(super) const ARTIST_SHARE: f32 = 0.35;
/// What a name that is the same scores.
pub(super) const EXACT: f32 = 1.5;
/// What one scores that bears the name, and has the artist but for a word that says little.
const BOTH: f32 = EXACT + 0.9 * ARTIST_SHARE;

/// What tracks score in a look-up. Kept from one to the next, since there are many tracks.
pub(super) struct Scores {
    best: Vec<f32>,
    found: Vec<u32>,
    /// What was found, with its score: it may be a good part of a library, for every look-up.
    scored: Vec<(u32, f32)>,
    /// What tracks have in common with the name at hand; zero between names.
    pub(super) shared: Vec<f32>,
}

impl Scores {
    /// For a library of so many tracks.
    pub(super) fn new(tracks: usize) -> Self {
        let (found, scored) = (Vec::new(), Vec::new());
        Self { best: vec![0.0; tracks], found, scored, shared: vec![0.0; tracks] }
    }

    pub(super) fn raise(&mut self, id: u32, score: f32) {
        if score > self.best[id as usize] {
            self.set(id, score);
        }
    }

    pub(super) fn set(&mut self, id: u32, score: f32) {
        let best = &mut self.best[id as usize];
        if *best == 0.0 {
            self.found.push(id);
        }
        *best = score;
    }

    pub(super) fn add(&mut self, id: u32, score: f32) {
        self.set(id, self.best[id as usize] + score);
    }

    /// Gives what was found and starts anew.
    pub(super) fn take(&mut self) -> &mut Vec<(u32, f32)> {
        let best = &mut self.best;
        self.scored.clear();
        self.scored.extend(self.found.drain(..).map(|id| (id, std::mem::take(&mut best[id as usize]))));
        &mut self.scored
    }
}

/// The best of the scored, with equals of the last, by score and then by path; of those that score no more than
/// `faint` a few.
pub(super) fn top(scored: &mut Vec<(u32, f32)>, faint: f32) -> Vec<usize> {
    let better = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if scored.len() > BEST_WITH_TIES {
        scored.select_nth_unstable_by(BEST_WITH_TIES, better);
        scored.truncate(BEST_WITH_TIES);
    }
    scored.sort_unstable_by(better);
    let bar = scored.get(BEST - 1).map_or(0.0, |(_, score)| score - 1e-4);
    let above = |bar: f32| scored.iter().filter(|(_, score)| *score > bar).count();
    let most = match scored.first() {
        _ if faint == 0.0 => scored.len(),
        // Title and artist as asked for: all others are there to be rivals at most, be there ever so many of that title.
        Some((_, best)) if *best > BOTH => above(BOTH).max(above(EXACT - 0.01).min(BEST)).max(BEST_BESIDE),
        _ => (above(faint) + BEST_FAINT).min(BEST.max(above(faint))),
    };
    scored.iter().take(most).take_while(|(_, score)| *score >= bar).map(|(id, _)| *id as usize).collect()
}
