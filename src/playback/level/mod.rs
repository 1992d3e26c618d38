//! Takes what tags say about a track's loudness and how the listener wants it; gives the factor for its samples.
//! Pure. Never raises a sample beyond full scale where the peak is known, and never raises at all where it is not.

mod read;

pub use read::{GainTags, read};

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

    /// The factor for the samples of one thing to play; exactly 1.0 where nothing is to be done.
    pub(crate) fn factor<'a, T: 'a>(
        self,
        own: &T,
        neighbours: impl IntoIterator<Item = &'a T>,
        tags: impl Fn(&T) -> GainTags,
    ) -> f32 {
        if self == Self::Off {
            return 1.0;
        }
        let neighbours = neighbours.into_iter().map(&tags);
        self.choose(&tags(own), neighbours).map_or(1.0, Gain::factor)
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
