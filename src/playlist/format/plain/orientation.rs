//! Takes the parts of all entries, column by column; says which column is the title, which the
//! artist, which the album. A column that repeats is the artist's; a listing keeps to one order.
//! Never looks at a single line alone.

use std::collections::{HashMap, HashSet};

use super::super::KnowsArtist;
use super::composers;

/// Which column holds what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Roles {
    pub(super) title: usize,
    pub(super) artist: Option<usize>,
    pub(super) album: Option<usize>,
}

/// The order to assume where nothing in the listing tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Usual {
    ArtistFirst,
    TitleFirst,
}

/// The roles of the columns, for the number of columns that most rows have.
pub(super) fn roles(rows: &[Vec<&str>], usual: Usual, knows: &KnowsArtist<'_>) -> Roles {
    match usual_width(rows) {
        0 | 1 => Roles { title: 0, artist: None, album: None },
        2 => two(rows, usual, knows),
        _ => three(rows, usual, knows),
    }
}

/// How many columns the listing has: the width that most rows with a separator have.
pub(super) fn usual_width(rows: &[Vec<&str>]) -> usize {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for row in rows.iter().filter(|row| row.len() > 1) {
        *counts.entry(row.len()).or_default() += 1;
    }
    counts
        .into_iter()
        .max_by_key(|(width, count)| (*count, std::cmp::Reverse(*width)))
        .map_or(1, |(width, _)| width)
}

fn two(rows: &[Vec<&str>], usual: Usual, knows: &KnowsArtist<'_>) -> Roles {
    let left = ArtistEvidence::of(rows, 0, 2, knows);
    let right = ArtistEvidence::of(rows, 1, 2, knows);
    // Words tell over a whole listing, not in a line or two.
    let talk = left.talk.abs_diff(right.talk) >= 2;
    let weigh = |side: &ArtistEvidence| side.total() - if talk { side.talk } else { 0 };
    let artist_first = match weigh(&left).cmp(&weigh(&right)) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => usual == Usual::ArtistFirst,
    };
    if artist_first {
        Roles { title: 1, artist: Some(0), album: None }
    } else {
        Roles { title: 0, artist: Some(1), album: None }
    }
}

/// The title is the column that repeats least; of the others, the artist comes first unless the
/// library says otherwise ("Song – Artist – Album", "Artist – Album – Song").
fn three(rows: &[Vec<&str>], usual: Usual, knows: &KnowsArtist<'_>) -> Roles {
    let width = usual_width(rows);
    let evidence: Vec<ArtistEvidence> =
        (0..3).map(|column| ArtistEvidence::of(rows, column, width, knows)).collect();
    if let Some(roles) = by_title_tracks(rows, &evidence) {
        return roles;
    }
    let least = evidence.iter().map(ArtistEvidence::total).min().unwrap_or(0);
    let order: [usize; 3] = if usual == Usual::ArtistFirst { [1, 0, 2] } else { [0, 2, 1] };
    let title = order.into_iter().find(|column| evidence[*column].total() == least).unwrap_or(0);
    let others: Vec<usize> = (0..3).filter(|column| *column != title).collect();
    let (first, second) = (others[0], others[1]);
    let swapped = evidence[second].known > evidence[first].known;
    let (artist, album) = if swapped { (second, first) } else { (first, second) };
    Roles { title, artist: Some(artist), album: Some(album) }
}

/// Singles and title tracks bear the name of their release: where two columns often agree, they
/// are the title and the album, and the third one is the artist.
fn by_title_tracks(rows: &[Vec<&str>], evidence: &[ArtistEvidence]) -> Option<Roles> {
    let wide = || rows.iter().filter(|row| row.len() >= 3);
    let agree = |a: usize, b: usize| {
        let starts = |row: &&Vec<&str>| row[a].to_lowercase().starts_with(&row[b].to_lowercase());
        wide().filter(starts).count()
    };
    let pairs = [(0, 1, agree(0, 1)), (0, 2, agree(0, 2)), (1, 2, agree(1, 2))];
    let (first, second, most) = pairs.into_iter().max_by_key(|(_, _, count)| *count)?;
    let next = pairs.iter().filter(|pair| (pair.0, pair.1) != (first, second)).map(|pair| pair.2).max()?;
    if most < 2 || most < 2 * next || evidence[second].total() < evidence[first].total() {
        return None;
    }
    Some(Roles { title: first, artist: Some(3 - first - second), album: Some(second) })
}

/// What speaks for a column being the artist's.
#[derive(Debug, Default)]
struct ArtistEvidence {
    /// Rows whose value the library knows as an artist.
    known: usize,
    /// Rows whose value an earlier row had or that names a composer, less the rows that look like titles.
    repeats: isize,
    /// How many values have words that sentences have.
    talk: isize,
}

impl ArtistEvidence {
    fn of(rows: &[Vec<&str>], column: usize, width: usize, knows: &KnowsArtist<'_>) -> Self {
        let mut evidence = Self::default();
        let mut seen = HashSet::new();
        for row in rows.iter().filter(|row| row.len() >= width) {
            let value =
                if column == 1 && row.len() > 2 && width == 2 { row[row.len() - 1] } else { row[column] };
            // "Velo (not the other ones)" is Velo.
            let bare = value.split_once(" (").map_or(value, |(name, _)| name);
            evidence.known += usize::from(knows(value) || (bare.len() < value.len() && knows(bare)));
            evidence.repeats += isize::from(!seen.insert(value.to_lowercase()));
            evidence.repeats -= isize::from(looks_like_title(value));
            evidence.repeats += isize::from(composers::is_composer(value));
            evidence.talk += isize::from(talks(value));
        }
        evidence
    }

    fn total(&self) -> isize {
        3 * self.known as isize + self.repeats
    }
}

/// Words of a sentence about oneself and others, which titles have far more often than names of bands.
fn talks(value: &str) -> bool {
    const WORDS: &[&str] = &[
        "i", "i'm", "i'll", "i've", "me", "my", "you", "you're", "your", "it", "it's", "don't", "can't",
        "won't", "ain't", "to", "this", "what", "how", "when", "why", "where", "let", "let's", "is", "are",
        "be", "am", "do", "got", "gonna", "wanna", "ich", "du", "mich", "dich", "mein", "dein", "nicht",
        "ist", "je", "tu", "moi", "toi", "ne", "pas", "est", "yo", "mi", "te", "no", "es", "sei", "non",
    ];
    value.split_whitespace().any(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric()).replace('’', "'").to_lowercase();
        WORDS.contains(&word.as_str())
    })
}

/// Brackets with a version in them, a part number, quotes: names of people have none.
fn looks_like_title(value: &str) -> bool {
    let lower = value.to_lowercase();
    let version = [
        "(live",
        "mix)",
        "version)",
        "edit)",
        "remix",
        "(acoustic",
        "(reprise",
        "(instr",
        "(demo",
        "pt.",
        " edit",
        "(feat",
        "(ft",
        "part ",
    ];
    version.iter().any(|word| lower.contains(word))
        || value.starts_with(['"', '“', '„', '«'])
        || value.ends_with('?')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_columns(rows: &[[&'static str; 2]], knows: &KnowsArtist<'_>) -> Option<usize> {
        let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.to_vec()).collect();
        roles(&rows, Usual::ArtistFirst, knows).artist
    }

    #[test]
    fn the_side_that_repeats_is_the_artist() {
        assert_eq!(two_columns(&[["Rain", "Velo"], ["Go", "Velo"], ["Up", "Ana"]], &|_| false), Some(1));
        assert_eq!(two_columns(&[["Velo", "Rain"], ["Velo", "Go"]], &|_| false), Some(0));
        assert_eq!(two_columns(&[["Rain", "Velo"], ["Go", "Ana"]], &|_| false), Some(0));
    }

    #[test]
    fn the_side_that_speaks_is_the_title() {
        let rows = [["Blame It on the Rain", "Velo"], ["Got to Go", "Nova"], ["September", "Earth"]];
        assert_eq!(two_columns(&rows, &|_| false), Some(1));
        let turned = rows.map(|[title, artist]| [artist, title]);
        assert_eq!(two_columns(&turned, &|_| false), Some(0));
        assert_eq!(
            two_columns(&[["They Might Be", "Rain"], ["Velo", "Up"]], &|_| false),
            Some(0),
            "one is none"
        );
    }

    #[test]
    fn the_library_outweighs_the_usual_order() {
        assert_eq!(two_columns(&[["Rain", "Velo"], ["Go", "Ana"]], &|name| name == "Ana"), Some(1));
    }
}
