//! Takes the lines of a page; where each set or side is one line, "Set 1: Rain, Glass > Salt", gives it a line for its
//! name and one a track below it.
//! Never parts a line whose label names no part, the only one of its kind, or a heading above numbered tracks.

use std::borrow::Cow;

use super::chat::split_outside;
use super::line::{LONGEST, Line};
use super::number;
use super::words::names_part;

/// The sign that the tracks get in front, so that they are told from what stands around them.
const BULLET: &str = "• ";

/// The lines, with sets in one line taken apart.
pub(super) fn unrolled(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let sets: Vec<Option<(&str, Vec<&str>)>> = lines.iter().map(|line| set(&line.text)).collect();
    let most = sets.iter().flatten().map(|(_, tracks)| tracks.len()).max().unwrap_or(0);
    // "CD 1: Live in Riga, Latvia, 1984" is the heading of what is numbered below it.
    let heads = sets
        .windows(2)
        .zip(&lines[1.min(lines.len())..])
        .any(|(pair, below)| pair[0].is_some() && pair[1].is_none() && number::lead(&below.text).is_some());
    if sets.iter().flatten().count() < 2 || most < 3 || heads {
        return lines;
    }
    let mut unrolled = Vec::with_capacity(lines.len());
    for (line, set) in lines.iter().zip(sets) {
        let Some((label, tracks)) = set else {
            unrolled.push(line.clone());
            continue;
        };
        unrolled.push(Line { raw: Cow::Owned(label.to_owned()), text: format!("{label}:"), ..line.clone() });
        let track = |track: &&str| Line {
            raw: Cow::Owned((*track).to_owned()),
            text: format!("{BULLET}{track}"),
            gap: false,
            ..line.clone()
        };
        unrolled.extend(tracks.iter().map(track));
    }
    unrolled
}

/// "Encore: Rain, Glass > Salt": the label, and the tracks. A segue's sign parts as a comma does.
fn set(text: &str) -> Option<(&str, Vec<&str>)> {
    let (label, tracks) = text.split_once(':').filter(|_| text.len() <= LONGEST)?;
    let is_part =
        label.len() <= 20 && (names_part(&format!("{label}:")) || matches!(label, "E" | "E1" | "E2"));
    let tracks: Vec<&str> = split_outside(tracks)
        .into_iter()
        .flat_map(|piece| piece.split(" > "))
        .flat_map(|piece| piece.split(" -> "))
        .map(|track| track.trim().trim_end_matches(['>', ' ']).trim_end_matches(" -"))
        .filter(|track| track.contains(char::is_alphanumeric))
        .collect();
    (is_part && !tracks.is_empty()).then_some((label, tracks))
}
