//! Takes the lines of a page; where each set or side is one line, "Set 1: Rain, Glass > Salt", gives it a line for its
//! name and one a track below it.
//! Never parts a line whose label names no part, the only one of its kind, or a heading above numbered tracks.

use super::line::{BULLET, LONGEST, Line};
use super::number;
use super::separator::{SPACED_DASHES, split_outside};
use super::words::names_part;

/// The lines, with sets in one line taken apart.
pub(super) fn unrolled(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let sets: Vec<Option<(&str, Vec<&str>)>> = lines
        .iter()
        .map(|line| written_out(&line.text).filter(|_| lines.len() >= SHORT).or_else(|| set(&line.text)))
        .collect();
    let explicit = lines.len() >= SHORT && lines.iter().any(|line| written_out(&line.text).is_some());
    let most = sets.iter().flatten().map(|(_, tracks)| tracks.len()).max().unwrap_or(0);
    // "CD 1: Live in Riga, Latvia, 1984" is the heading of what is numbered below it.
    let heads = sets
        .windows(2)
        .zip(&lines[1.min(lines.len())..])
        .any(|(pair, below)| pair[0].is_some() && pair[1].is_none() && number::lead(&below.text).is_some());
    if (sets.iter().flatten().count() < 2 && !explicit) || most < 3 || (heads && !explicit) {
        return encores(&lines).filter(|_| !heads).unwrap_or(lines);
    }
    let mut unrolled = Vec::with_capacity(lines.len());
    for (line, set) in lines.iter().zip(sets) {
        let Some((label, tracks)) = set.filter(|_| !explicit || written_out(&line.text).is_some()) else {
            unrolled.push(line.clone());
            continue;
        };
        let labelled = !label.is_empty();
        unrolled.extend(labelled.then(|| line.piece(label, format!("{label}:"), line.gap)));
        let track = |track: &&str| line.piece(track, format!("{BULLET}{track}"), false);
        unrolled.extend(tracks.iter().map(track));
    }
    unrolled
}

/// "2nd encore: Rain" below a set of a title a line: the title gets a line, too.
fn encores<'a>(lines: &[Line<'a>]) -> Option<Vec<Line<'a>>> {
    let encore = |line: &Line<'_>| {
        let (label, title) = line.text.split_once(": ")?;
        let lower = label.to_lowercase();
        let named = ["encore", "zugabe", "rappel", "bis", "extranummer", "na bis"]
            .iter()
            .any(|word| lower.ends_with(word));
        let one = !title.contains([',', ';', '>']) && (1..=8).contains(&title.split_whitespace().count());
        (named && label.split_whitespace().count() <= 2 && one).then(|| (label.to_owned(), title.to_owned()))
    };
    let found: Vec<Option<(String, String)>> = lines.iter().map(encore).collect();
    if found.iter().all(Option::is_none) {
        return None;
    }
    let mut apart = Vec::with_capacity(lines.len() + 1);
    for (line, encore) in lines.iter().zip(found) {
        match encore {
            Some((label, title)) => {
                apart.push(line.piece(&label, format!("{label}:"), line.gap));
                apart.push(line.piece(&title, title.clone(), false));
            }
            None => apart.push(line.clone()),
        }
    }
    Some(apart)
}

/// A page of fewer lines is a message.
const SHORT: usize = 5;

/// "First break: Rain - Velo; Glass - Ana; Salt - Jo": every piece between semicolons or commas is an artist and a title.
fn written_out(text: &str) -> Option<(&str, Vec<&str>)> {
    if text.len() > LONGEST || !text.contains([';', ',', '/', '|', '•']) {
        return None;
    }
    let dashed = |piece: &&str| SPACED_DASHES.iter().any(|dash| piece.split(dash).count() == 2);
    let semicolons = |text: &'_ str| text.matches(';').count() >= 2;
    let (label, list) = match text.split_once(": ") {
        Some((label, list)) if !dashed(&label) && !label.contains(';') => (label, list),
        _ => ("", text),
    };
    let pieces: Vec<&str> = if semicolons(list) {
        list.split(';').map(str::trim).filter(|piece| !piece.is_empty()).collect()
    } else {
        split_outside(list)
    };
    (pieces.len() >= 3 && pieces.iter().all(dashed)).then_some((label, pieces))
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
