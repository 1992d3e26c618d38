//! Takes interleaved frames of one channel count; gives them in another: nothing is lost going
//! up, and going down follows ITU-R BS.775-3.
//! Never changes the rate, never clips (the callback does, and counts it).

/// Weight of centre and surrounds in a stereo downmix: -3 dB (ITU-R BS.775-3, table 2).
const MINUS_3_DB: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// How one channel count becomes another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ChannelMap {
    /// As it is: not a sample is touched.
    Same,
    /// Row by row, the weights of the input channels in an output channel.
    Mix { from: usize, rows: Vec<Vec<f32>> },
}

impl ChannelMap {
    /// The map between two layouts in WAVE order (L R C LFE Ls Rs ...).
    pub(crate) fn new(from: u16, to: u16) -> Self {
        let (from, to) = (usize::from(from.max(1)), usize::from(to.max(1)));
        if from == to {
            return Self::Same;
        }
        let rows = match (from, to) {
            (1, _) => mono_to(to),
            (_, 1) => fold_to_mono(&stereo_rows(from)),
            (3.., 2) => stereo_rows(from),
            _ => (0..to).map(|out| unit(from, out)).collect(),
        };
        Self::Mix { from, rows }
    }

    /// Appends `frames` to `out` in the new layout.
    pub(crate) fn apply(&self, frames: &[f32], out: &mut Vec<f32>) {
        match self {
            Self::Same => out.extend_from_slice(frames),
            Self::Mix { from, rows } => {
                out.reserve(frames.len() / from * rows.len());
                for frame in frames.chunks_exact(*from) {
                    out.extend(rows.iter().map(|row| row.iter().zip(frame).map(|(w, s)| w * s).sum::<f32>()));
                }
            }
        }
    }
}

/// Mono sounds from both front speakers as it is; further speakers stay silent.
fn mono_to(to: usize) -> Vec<Vec<f32>> {
    (0..to).map(|out| vec![if out < 2 { 1.0 } else { 0.0 }]).collect()
}

fn unit(length: usize, one: usize) -> Vec<f32> {
    (0..length).map(|channel| if channel == one { 1.0 } else { 0.0 }).collect()
}

/// The two rows of a stereo downmix. The low-frequency channel is left out, as BS.775 says.
/// Channel meanings by count are those of WAVE files: 3 L R C; 4 L R Ls Rs; 5 L R C Ls Rs;
/// 6 L R C LFE Ls Rs; 7 L R C LFE Cs Ls Rs; 8 L R C LFE Lb Rb Ls Rs.
fn stereo_rows(from: usize) -> Vec<Vec<f32>> {
    let c = MINUS_3_DB;
    let (left, right): (&[f32], &[f32]) = match from {
        2 => (&[1.0, 0.0], &[0.0, 1.0]),
        3 => (&[1.0, 0.0, c], &[0.0, 1.0, c]),
        4 => (&[1.0, 0.0, c, 0.0], &[0.0, 1.0, 0.0, c]),
        5 => (&[1.0, 0.0, c, c, 0.0], &[0.0, 1.0, c, 0.0, c]),
        6 => (&[1.0, 0.0, c, 0.0, c, 0.0], &[0.0, 1.0, c, 0.0, 0.0, c]),
        7 => (&[1.0, 0.0, c, 0.0, 0.5, c, 0.0], &[0.0, 1.0, c, 0.0, 0.5, 0.0, c]),
        8 => (&[1.0, 0.0, c, 0.0, c, 0.0, c, 0.0], &[0.0, 1.0, c, 0.0, 0.0, c, 0.0, c]),
        _ => return vec![unit(from, 0), unit(from, 1)],
    };
    vec![left.to_vec(), right.to_vec()]
}

fn fold_to_mono(stereo: &[Vec<f32>]) -> Vec<Vec<f32>> {
    vec![stereo[0].iter().zip(&stereo[1]).map(|(l, r)| (l + r) / 2.0).collect()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(from: u16, to: u16, frames: &[f32]) -> Vec<f32> {
        let mut out = Vec::new();
        ChannelMap::new(from, to).apply(frames, &mut out);
        out
    }

    #[test]
    fn the_same_count_is_left_alone() {
        assert_eq!(ChannelMap::new(2, 2), ChannelMap::Same);
        assert_eq!(mapped(6, 6, &[1.0; 12]), [1.0; 12]);
    }

    #[test]
    fn mono_sounds_from_both_front_speakers() {
        assert_eq!(mapped(1, 2, &[0.1, 0.2]), [0.1, 0.1, 0.2, 0.2]);
        assert_eq!(mapped(1, 6, &[0.5]), [0.5, 0.5, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn stereo_to_mono_is_the_mean() {
        assert_eq!(mapped(2, 1, &[1.0, 0.0, 0.5, 0.5]), [0.5, 0.5]);
    }

    #[test]
    fn five_one_to_stereo_follows_the_itu_and_leaves_the_low_frequency_channel_out() {
        assert_eq!(mapped(6, 2, &[0.1, 0.2, 0.0, 9.0, 0.0, 0.0]), [0.1, 0.2]);
        assert_eq!(mapped(6, 2, &[0.0, 0.0, 1.0, 0.0, 0.0, 0.0]), [MINUS_3_DB, MINUS_3_DB]);
        assert_eq!(mapped(6, 2, &[0.0, 0.0, 0.0, 0.0, 1.0, 0.0]), [MINUS_3_DB, 0.0]);
    }

    #[test]
    fn stereo_into_more_speakers_keeps_its_two() {
        assert_eq!(mapped(2, 4, &[0.1, 0.2]), [0.1, 0.2, 0.0, 0.0]);
    }

    #[test]
    fn every_map_gives_whole_frames() {
        for from in 1..=10 {
            for to in 1..=10 {
                let frames = vec![0.25; usize::from(from) * 3];
                assert_eq!(mapped(from, to, &frames).len(), usize::from(to) * 3, "{from} -> {to}");
            }
        }
    }
}
