//! Takes the bodies of rows; where sleeves print names in capitals and titles not, "VELO Rain at Night", gives both.
//! Never parts a single row: nearly all have to be written so.

/// So few rows may be written so by chance.
const FEWEST: usize = 4;

/// Between two names of one artist, in small letters.
const JOINS: &[&str] = &[
    "&",
    "+",
    "and",
    "feat.",
    "feat",
    "ft.",
    "ft",
    "featuring",
    "with",
    "vs",
    "vs.",
    "of",
    "the",
    "und",
    "et",
    "y",
    "con",
    "presents",
    "meets",
];

/// Artist and title of each row, or all of it where it is written otherwise; nothing where the listing is.
pub(super) fn parts<'a>(bodies: &[&'a str]) -> Option<Vec<Vec<&'a str>>> {
    let parts: Vec<Vec<&str>> =
        bodies.iter().map(|body| halves(body).unwrap_or_else(|| vec![body])).collect();
    let found = parts.iter().filter(|parts| parts.len() == 2).count();
    (found >= FEWEST && found * 4 >= bodies.len() * 3).then_some(parts)
}

fn halves(body: &str) -> Option<Vec<&str>> {
    let mut end = 0;
    let mut at = 0;
    for word in body.split(' ') {
        if is_loud(word) {
            // "A" and "I" begin titles and end no names, but they begin these as well ("A GUY CALLED ADA").
            let letter = matches!(word, "A" | "I" | "O");
            if !letter || body[at + word.len()..].trim_start().split(' ').next().is_some_and(is_loud) {
                end = at + word.len();
            }
        } else if !JOINS.contains(&word) || end == 0 {
            break;
        }
        at += word.len() + 1;
    }
    let (artist, title) = (body[..end].trim(), body[end..].trim_start());
    let begins = title.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || "'\"“‘".contains(c));
    let letters = artist.chars().filter(|c| c.is_alphabetic()).count();
    (letters >= 2 && begins && title.contains(char::is_lowercase)).then(|| vec![artist, title])
}

/// In capitals, or a number or sign that a name may have.
fn is_loud(word: &str) -> bool {
    word.contains(|c: char| c.is_alphanumeric())
        && !word.contains(|c: char| c.is_lowercase())
        && !word.starts_with(['(', '"', '['])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_capitals_before_titles() {
        let rows = [
            "VELO Rain At Night",
            "THE MOOR featuring ADA A Little Glass",
            "A GUY CALLED LIND I Will Stay",
            "808 TIDE Pacific",
            "ADA & THE SHORE Salt (Live)",
        ];
        let found = parts(&rows).unwrap_or_default();
        assert_eq!(found.len(), 5);
        assert_eq!(found[1], ["THE MOOR featuring ADA", "A Little Glass"]);
        assert_eq!(found[2], ["A GUY CALLED LIND", "I Will Stay"]);
        assert_eq!(found[3], ["808 TIDE", "Pacific"]);
        assert_eq!(found[4], ["ADA & THE SHORE", "Salt (Live)"]);
    }

    #[test]
    fn titles_in_capitals_stay_whole() {
        assert_eq!(parts(&["RAIN (live)", "GLASS", "SALT AND TIDE", "SHORE (demo)", "OH"]), None);
        assert_eq!(parts(&["VELO Rain", "Glass at Night", "Salt", "Tide", "Shore"]), None);
    }
}
