//! Takes the lines of a page; where a library's catalogue has all tracks in one note, "Rain / Velo (3:41) -- Glass / Velo",
//! gives it a line a track.
//! Never parts a line at fewer than three such dashes, nor at rules that are drawn with them.

use super::line::{BULLET, LONGEST, Line};
use super::words::names_part;

/// Between two tracks.
const SIGN: &str = "--";
/// A line has at least this many tracks, or the sign stands between artist and title.
const FEWEST: usize = 4;
/// So many rows make a table.
const TABLE: usize = 3;
/// More columns than a table has.
const WIDEST: usize = 5;
/// The lines, with such notes taken apart.
pub(super) fn unrolled(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let found = || lines.iter().filter_map(|line| tracks(&line.text));
    let rows = found().count();
    // As many lines with a few pieces each are the rows of a table: "Velo -- Rain -- Night -- 3:41".
    if rows == 0 || (rows >= TABLE && found().all(|tracks| tracks.len() <= WIDEST)) {
        return lines;
    }
    let mut unrolled = Vec::with_capacity(lines.len());
    for line in lines {
        let Some(tracks) = tracks(&line.text) else {
            unrolled.push(line);
            continue;
        };
        for (at, track) in tracks.into_iter().enumerate() {
            let (heading, track) = without_heading(track);
            let gap = at == 0 && line.gap;
            if !heading.is_empty() {
                unrolled.push(line.piece(heading, heading.to_owned(), gap));
            }
            unrolled.push(line.piece(track, format!("{BULLET}{track}"), gap && heading.is_empty()));
        }
    }
    unrolled
}

fn tracks(text: &str) -> Option<Vec<&str>> {
    if text.len() > LONGEST || text.contains("---") || text.matches(SIGN).count() + 1 < FEWEST {
        return None;
    }
    // "Contents: Rain -- Glass"
    let label = text.split_once(':').filter(|(label, _)| {
        label.split_whitespace().count() <= 3 && label.chars().all(|c| c.is_alphanumeric() || c == ' ')
    });
    let notes = label.map_or(text, |(_, notes)| notes);
    let tracks: Vec<&str> = notes
        .split(SIGN)
        .map(|track| track.trim().trim_end_matches('.').trim_end())
        .filter(|track| track.contains(char::is_alphanumeric))
        .collect();
    (tracks.len() >= FEWEST).then_some(tracks)
}

/// "Disc B. Work songs. Rain / Velo": the part, with the words for it, and the track.
fn without_heading(track: &str) -> (&str, &str) {
    let Some(at) = track.find(". ").filter(|at| names_part(&track[..*at])) else { return ("", track) };
    // The part may have a name: then a sentence ends before the track begins.
    let rest = &track[at + 2..];
    let named = rest.find(". ").filter(|stop| {
        let word = rest[..*stop].rsplit(' ').next().unwrap_or_default();
        word.chars().count() >= 4 && word.chars().all(char::is_lowercase)
    });
    let end = named.map_or(at, |stop| at + 2 + stop);
    (&track[..end], track[end + 2..].trim_start())
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        unrolled(line::lines(text)).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn the_note_of_a_catalogue() {
        let note = "Contents:\tDisc A. Songs of the hills. Rain / Velo (2:18) -- Mr. Glass / Ada -- Disc B. Dr. Salt / Velo -- Tide.\n";
        assert_eq!(
            texts(note),
            [
                "Disc A. Songs of the hills",
                "• Rain / Velo (2:18)",
                "• Mr. Glass / Ada",
                "Disc B",
                "• Dr. Salt / Velo",
                "• Tide"
            ]
        );
    }

    #[test]
    fn dashes_between_artist_and_title_stay() {
        assert_eq!(texts("Velo -- Rain -- Live\n-----------\n").len(), 2);
        let row = "Velo -- Rain -- Night -- 3:41\n";
        assert_eq!(texts(&row.repeat(3)).len(), 3);
    }
}
