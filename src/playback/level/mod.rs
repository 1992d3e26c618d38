//! Takes what tags say about a track's loudness and how the listener wants it; gives the factor for its samples.
//! Never raises a sample beyond full scale where the peak is known, and never raises at all where it is not.
//!
//! This file decides and is pure; `read` reads tags, `memory` keeps what was measured of files without them, and
//! `measurer` is the thread that measures them while others play.

mod measurer;
mod memory;
mod read;

use std::sync::Arc;

pub use measurer::Measurer;
pub use memory::{Identity, Memory};
pub use read::{GainTags, read};

use crate::playback::part::Part;

/// Which loudness is made equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Levelling {
    /// None: files sound as they are, bit for bit.
    #[default]
    Off,
    /// That of each track.
    Track,
    /// That of each release: quiet songs stay quieter than loud ones.
    Album,
    /// That of the release while a neighbour in the queue comes from it too, else that of the track.
    Auto,
}

/// A gain as tags state it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gain {
    /// In dB, to the reference of -18 LUFS (ReplayGain 2.0).
    pub db: f64,
    /// The highest sample, 1.0 is full scale, where the tags say.
    pub peak: Option<f64>,
}

impl Gain {
    /// The factor for every sample, lowered until the peak stays below full scale. A peak that
    /// is not known may be at full scale.
    pub fn factor(self) -> f32 {
        let wanted = 10_f64.powf(self.db / 20.0);
        let peak = self.peak.unwrap_or(1.0);
        let room = if peak > 0.0 { 1.0 / peak } else { f64::MAX };
        wanted.min(room) as f32
    }
}

impl Levelling {
    /// The gain for a track with these tags, whose neighbours in the queue have those. The other kind of
    /// gain is better than none.
    pub fn choose(self, own: &GainTags, neighbours: impl IntoIterator<Item = GainTags>) -> Option<Gain> {
        let by_album = match self {
            Self::Off => return None,
            Self::Track => false,
            Self::Album => true,
            Self::Auto => {
                own.release.is_some() && neighbours.into_iter().any(|other| other.release == own.release)
            }
        };
        if by_album { own.album.or(own.track) } else { own.track.or(own.album) }
    }
}

/// How tracks are made equally loud, and by what is known of them.
#[derive(Debug, Clone, Default)]
pub struct Leveller {
    /// Which loudness is made equal.
    pub levelling: Levelling,
    /// Added to every gain, in dB, before the peak is looked at; a track without a gain has one of 0 dB.
    pub preamp: f64,
    /// What was measured of files whose tags say nothing.
    pub memory: Option<Arc<Memory>>,
}

impl Leveller {
    /// Files sound as they are.
    pub fn is_off(&self) -> bool {
        self.levelling == Levelling::Off
    }

    /// The factor for the samples of one thing to play; exactly 1.0 where nothing is to be done.
    pub(crate) fn factor<'a>(
        &self,
        own: &Part,
        neighbours: impl IntoIterator<Item = &'a Part>,
        tags: impl Fn(&Part) -> GainTags,
    ) -> f32 {
        if self.is_off() {
            return 1.0;
        }
        let known = match &self.memory {
            Some(memory) => memory.complete(own, tags(own)),
            None => tags(own),
        };
        let gain = self.levelling.choose(&known, neighbours.into_iter().map(tags));
        let Gain { db, peak } = gain.unwrap_or(Gain { db: 0.0, peak: None });
        Gain { db: db + self.preamp, peak }.factor()
    }
}

impl From<Levelling> for Leveller {
    fn from(levelling: Levelling) -> Self {
        Self { levelling, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gain(db: f64, peak: Option<f64>) -> Gain {
        Gain { db, peak }
    }

    fn tags(release: &str) -> GainTags {
        GainTags {
            track: Some(gain(-1.0, None)),
            album: Some(gain(-2.0, None)),
            release: (!release.is_empty()).then(|| release.into()),
        }
    }

    #[test]
    fn decibels_become_factors() {
        assert_eq!(gain(0.0, Some(1.0)).factor(), 1.0);
        assert!((gain(-6.0206, None).factor() - 0.5).abs() < 1e-5);
        assert!((gain(6.0206, Some(0.25)).factor() - 2.0).abs() < 1e-4);
    }

    #[test]
    fn the_peak_guard_lowers_rather_than_clips() {
        assert_eq!(gain(12.0, Some(0.5)).factor(), 2.0);
        assert_eq!(gain(12.0, None).factor(), 1.0);
        assert_eq!(gain(0.0, Some(1.25)).factor(), 0.8);
        assert!((gain(6.0, Some(0.0)).factor() - 1.995).abs() < 1e-3);
    }

    #[test]
    fn each_mode_takes_its_own_gain_and_the_other_rather_than_none() {
        let own = tags("A");
        let chosen = |mode: Levelling, own: &GainTags| mode.choose(own, []).map(|gain| gain.db);
        assert_eq!(chosen(Levelling::Off, &own), None);
        assert_eq!(chosen(Levelling::Track, &own), Some(-1.0));
        assert_eq!(chosen(Levelling::Album, &own), Some(-2.0));
        assert_eq!(chosen(Levelling::Album, &GainTags { album: None, ..own.clone() }), Some(-1.0));
        assert_eq!(chosen(Levelling::Track, &GainTags { track: None, ..own }), Some(-2.0));
        assert_eq!(chosen(Levelling::Auto, &GainTags::default()), None);
    }

    #[test]
    fn the_preamp_is_added_to_every_gain_and_cannot_clip() {
        let factor = |preamp, tags: fn(&Part) -> GainTags| {
            Leveller { preamp, ..Levelling::Track.into() }.factor(&Part::default(), [], tags)
        };
        let tagged = |_: &Part| GainTags { track: Some(gain(-6.0206, Some(0.5))), ..GainTags::default() };
        assert!((factor(0.0, tagged) - 0.5).abs() < 1e-4);
        assert!((factor(6.0206, tagged) - 1.0).abs() < 1e-4);
        assert_eq!(factor(24.0, tagged), 2.0, "up to full scale");
        let untagged = |_: &Part| GainTags::default();
        assert_eq!(factor(0.0, untagged), 1.0);
        assert!((factor(-6.0206, untagged) - 0.5).abs() < 1e-4);
        assert_eq!(factor(6.0, untagged), 1.0, "its peak is not known");
        assert_eq!(
            Leveller { preamp: -6.0, ..Leveller::default() }.factor(&Part::default(), [], tagged),
            1.0
        );
    }

    #[test]
    fn auto_is_album_among_neighbours_of_the_same_release() {
        let auto = |own: &str, neighbours: &[&str]| {
            let neighbours = neighbours.iter().map(|release| tags(release));
            Levelling::Auto.choose(&tags(own), neighbours).map(|gain| gain.db)
        };
        assert_eq!(auto("A", &["B", "A"]), Some(-2.0));
        assert_eq!(auto("A", &["B", "C"]), Some(-1.0));
        assert_eq!(auto("A", &[]), Some(-1.0));
        assert_eq!(auto("", &["", ""]), Some(-1.0), "no release is not the same release");
    }
}
