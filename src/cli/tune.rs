//! Takes nothing; gives the demo's music: one continuous piece in ten parts of a different colour
//! each, so that every join can be heard if it is not exact. 44.1 kHz, stereo.
//! Never random: the same samples on every machine that rounds alike.

use std::f32::consts::TAU;

/// Frames per second.
pub(super) const RATE: u32 = 44_100;

/// Parts of the piece.
pub(super) const PARTS: usize = 10;

/// Eighth notes in a part.
const STEPS: usize = 16;

/// Frames of an eighth note: 100 beats a minute.
const STEP: usize = RATE as usize * 3 / 10;

/// Chord roots in semitones from A2, two to a part: a slow walk that comes home.
const ROOTS: [i32; 2 * PARTS] = [0, 8, 3, 10, 0, 8, 5, 7, 0, 3, 8, 10, 5, 0, 8, 7, 3, 10, 7, 0];

/// Steps of the minor pentatonic scale, in semitones.
const SCALE: [i32; 5] = [0, 3, 5, 7, 10];

/// What the lead plays in each part: steps of the scale, `.` is a rest.
const LEADS: [&str; PARTS] = [
    "0.2.4.2.3.1.0...",
    "4.3.2.3.4.4.3...",
    "0123..4.3.2.1.0.",
    "0.0.3.0.4.3.0...",
    "4...3...2...1.0.",
    "2.3.4.3.2.0.1.2.",
    "0.4.0.4.3.2.3...",
    "43210123..4.2...",
    "2..3..4.2..1..0.",
    "01234321.4.3.2.0",
];

/// How loud the first four harmonics of the lead are in each part: its colour.
const COLOURS: [[f32; 4]; PARTS] = [
    [1.0, 0.2, 0.1, 0.0],
    [1.0, 0.0, 0.5, 0.0],
    [1.0, 0.6, 0.2, 0.1],
    [1.0, 0.1, 0.0, 0.4],
    [1.0, 0.4, 0.4, 0.0],
    [0.8, 0.8, 0.2, 0.0],
    [1.0, 0.0, 0.2, 0.3],
    [1.0, 0.3, 0.0, 0.0],
    [0.7, 0.5, 0.5, 0.3],
    [1.0, 0.5, 0.25, 0.125],
];

/// The ten parts, interleaved. Notes ring on across the cuts.
pub(super) fn parts() -> Vec<Vec<f32>> {
    let part = STEPS * STEP;
    let mut piece = vec![0.0_f32; PARTS * part * 2];
    for (number, (lead, colour)) in LEADS.iter().zip(&COLOURS).enumerate() {
        let start = number * part;
        for half in 0..2 {
            let root = ROOTS[number * 2 + half];
            let at = start + half * part / 2;
            for note in [root, root + 7, root + 12, root + SCALE[1] + 12] {
                ring(&mut piece, at, part, &[1.0, 0.3], note, 0.055, 0.5, 1.6);
            }
            for beat in 0..4 {
                ring(&mut piece, at + beat * 2 * STEP, 3 * STEP, &[1.0, 0.4, 0.1], root - 12, 0.2, 0.5, 6.0);
            }
        }
        for (step, sign) in lead.bytes().enumerate() {
            if let Some(degree) = sign.checked_sub(b'0').and_then(|degree| SCALE.get(usize::from(degree))) {
                let pan = if step % 4 < 2 { 0.35 } else { 0.65 };
                ring(&mut piece, start + step * STEP, 6 * STEP, colour, degree + 24, 0.16, pan, 4.0);
            }
        }
    }
    piece.chunks(part * 2).map(<[f32]>::to_vec).collect()
}

/// Adds a note that is struck and dies away: harmonics, semitones from A2, loudness, place between
/// left (0) and right (1), and how fast it dies.
#[allow(clippy::too_many_arguments)] // a note has that many
fn ring(
    piece: &mut [f32],
    at: usize,
    frames: usize,
    harmonics: &[f32],
    semitones: i32,
    level: f32,
    pan: f32,
    decay: f32,
) {
    let hertz = 110.0 * 2.0_f32.powf(semitones as f32 / 12.0);
    let (left, right) = ((1.0 - pan).sqrt(), pan.sqrt());
    for (n, frame) in piece.chunks_exact_mut(2).skip(at).take(frames).enumerate() {
        let time = n as f32 / RATE as f32;
        let attack = (time * 100.0).min(1.0);
        let release = ((frames - n) as f32 / RATE as f32 * 50.0).min(1.0);
        let phase = (time * hertz).fract() * TAU;
        let tone: f32 =
            harmonics.iter().enumerate().map(|(k, weight)| weight * (phase * (k + 1) as f32).sin()).sum();
        let sample = tone * level * attack * release * (-time * decay).exp();
        frame[0] += sample * left;
        frame[1] += sample * right;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_different_parts_that_fit_and_do_not_stop_at_the_cuts() {
        let parts = parts();
        assert_eq!(parts.len(), PARTS);
        for (number, part) in parts.iter().enumerate() {
            assert_eq!(part.len(), STEPS * STEP * 2);
            let peak = part.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            assert!((0.2..1.0).contains(&peak), "part {number} peaks at {peak}");
            assert!(parts[..number].iter().all(|other| other != part));
        }
        let sounding = |frames: &[f32]| frames.iter().any(|sample| sample.abs() > 0.001);
        assert!(parts[..PARTS - 1].iter().all(|part| sounding(&part[part.len() - 200..])));
    }
}
