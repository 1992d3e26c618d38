//! Takes the lines of a page; where a library's catalogue has all tracks in one note, "Rain / Velo (3:41) -- Glass / Velo",
//! gives it a line a track.
//! Never parts a line at fewer than three such dashes, nor at rules that are drawn with them.

use super::line::{BULLET, LONGEST, Line};
use super::time;
use super::words::{is_listing_word, is_version, names_part};

/// Between two tracks.
const SIGN: &str = "--";
/// A line has at least this many tracks, or the sign stands between artist and title.
const FEWEST: usize = 4;
/// So many rows make a table.
const TABLE: usize = 3;
/// More columns than a table has.
const WIDEST: usize = 5;
/// So few lists of names may be those of players.
const WRITERS: usize = 3;

/// The lines, with such notes taken apart.
pub(super) fn unrolled(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let found = || lines.iter().filter_map(|line| tracks(&line.text));
    let rows = found().count();
    // As many lines with a few pieces each are the rows of a table: "Velo -- Rain -- Night -- 3:41".
    if rows == 0 || (rows >= TABLE && found().all(|tracks| tracks.len() <= WIDEST)) {
        return lines;
    }
    let notes: Vec<Vec<&str>> = found().collect();
    let mut bare = without_writers(&notes).into_iter();
    let mut unrolled = Vec::with_capacity(lines.len());
    for line in &lines {
        let Some(written) = tracks(&line.text) else {
            unrolled.push(line.clone());
            continue;
        };
        let bare = bare.next().unwrap_or_default();
        for (at, (written, track)) in written.into_iter().zip(&bare).enumerate() {
            let (heading, track) = without_heading(track);
            let gap = at == 0 && line.gap;
            if !heading.is_empty() {
                unrolled.push(line.piece(heading, heading.to_owned(), gap));
            }
            let written = without_heading(written).1;
            unrolled.push(line.piece(written, format!("{BULLET}{track}"), gap && heading.is_empty()));
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
    // "Contents     Rain -- Glass"
    let column =
        || text.split_once("  ").or_else(|| text.split_once('\t')).filter(|(label, _)| is_contents(label));
    let notes = label.or_else(column).map_or(text, |(_, notes)| notes);
    let tracks: Vec<&str> = notes
        .split(SIGN)
        .map(|track| track.trim().trim_end_matches('.').trim_end())
        .filter(|track| track.contains(char::is_alphanumeric))
        .collect();
    (tracks.len() >= FEWEST).then_some(tracks)
}

fn is_contents(label: &str) -> bool {
    const WORDS: &[&str] = &[
        "contents",
        "content",
        "inhalt",
        "enthält",
        "contenu",
        "contient",
        "contenido",
        "contiene",
        "conteúdo",
        "inhoud",
        "содержание",
    ];
    let lower = label.trim().to_lowercase();
    lower.split(' ').any(|word| WORDS.contains(&word)) || is_listing_word(&lower)
}

/// Where the brackets of a note name those who wrote the tracks, "Rain (take 2) (Ana Moor, Jo Lind) (6:09)", they go. Several names
/// with commas between, one track after another, are no performers': a catalogue has those behind a stroke.
fn without_writers(notes: &[Vec<&str>]) -> Vec<Vec<String>> {
    let credited = |track: &str| -> Option<(usize, usize, bool)> {
        let end = track.rfind(" (").filter(|at| time::tail(&track[*at..]).is_some()).unwrap_or(track.len());
        let open = track[..end].rfind(" (")?;
        let inner = track[open..end].trim().strip_prefix('(')?.strip_suffix(')')?;
        let named = |name: &str| {
            let name = name.trim();
            name.starts_with(char::is_uppercase)
                && name.split(' ').count() <= 5
                && !name.contains(|c: char| c.is_ascii_digit())
        };
        (!is_version(inner) && inner.split([',', '&']).all(named)).then(|| (open, end, inner.contains(',')))
    };
    let all = || notes.iter().flatten();
    let named = all().filter(|track| credited(track).is_some()).count();
    let several = all().filter(|track| credited(track).is_some_and(|(.., several)| several)).count();
    let performers = all().filter(|track| track.contains(" / ")).count();
    let writers = several >= WRITERS && several * 5 >= named * 2 && performers == 0;
    let bare = |track: &&str| match credited(track).filter(|_| writers) {
        Some((open, end, _)) => format!("{}{}", &track[..open], &track[end..]),
        None => (*track).to_owned(),
    };
    notes.iter().map(|note| note.iter().map(bare).collect()).collect()
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
    fn writers_in_brackets_are_no_performers() {
        let note = "Contents     Rain (take 2) (Ana Moor) (6:09) -- Glass (Jo & Bo Lind, I. Vale) (3:41) -- Salt (live) (4:00) -- \
                    Tide (Moor, Lind) (2:18) -- Shore (Lind, Vale) (5:05).\n";
        let bare = [
            "• Rain (take 2) (6:09)",
            "• Glass (3:41)",
            "• Salt (live) (4:00)",
            "• Tide (2:18)",
            "• Shore (5:05)",
        ];
        assert_eq!(texts(note), bare);
        let note = "Rain (Velo) (6:09) -- Glass (Ana) (3:41) -- Salt (Velo) (4:00) -- Tide (Jo, Bo) (2:18)\n";
        assert_eq!(texts(note)[1], "• Glass (Ana) (3:41)");
    }

    #[test]
    fn dashes_between_artist_and_title_stay() {
        assert_eq!(texts("Velo -- Rain -- Live\n-----------\n").len(), 2);
        let row = "Velo -- Rain -- Night -- 3:41\n";
        assert_eq!(texts(&row.repeat(3)).len(), 3);
    }
}
