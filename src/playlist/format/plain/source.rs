//! Takes an entry's words; tells what it is from, where that stands in quotes outside the title: "Rain, from the film
//! «Night» — Velo". Never takes a name in quotes without such a word before it, nor what a bracket holds.

use super::phrase;

/// What stands before the quotes, in small letters and the languages of the listings one meets most.
const WORDS: &[&str] = &[
    "from the film",
    "from the movie",
    "from the musical",
    "from the opera",
    "from the motion picture",
    "aus dem film",
    "aus dem musical",
    "aus der oper",
    "du film",
    "de la película",
    "dal film",
    "do filme",
    "uit de film",
    "z filmu",
    "из к/ф",
    "из т/ф",
    "из м/ф",
    "из х/ф",
    "из фильма",
    "из кинофильма",
    "из телефильма",
    "из мультфильма",
    "из оперетты",
    "из оперы",
    "к/ф",
    "т/ф",
    "м/ф",
    "х/ф",
];

/// The words without it, and what it is from.
pub(super) fn cut(body: &str) -> Option<(String, &str)> {
    let (before, source, after) = phrase::quoted(body)?;
    let lower = before.to_lowercase();
    let word = WORDS.iter().find(|word| lower.ends_with(*word))?;
    // Small letters may take other room than capitals: then nothing is cut.
    let start = before.len().checked_sub(word.len()).filter(|_| lower.len() == before.len())?;
    let before = before.get(..start)?.trim_end();
    let open = before.ends_with(['(', '[']);
    let before = before.trim_end_matches([',', '-', '–', '—']).trim_end();
    (!before.is_empty() && !open).then(|| (format!("{before} {after}").trim_end().to_owned(), source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_song_is_from() {
        let found = |body| cut(body).map(|(rest, source)| format!("{rest} | {source}"));
        assert_eq!(found("Rain, из к/ф «Night» — Velo").as_deref(), Some("Rain — Velo | Night"));
        assert_eq!(found("Rain from the film \"Night\"").as_deref(), Some("Rain | Night"));
        assert_eq!(found("Velo – \"Rain\""), None);
        assert_eq!(found("Rain (from the film \"Night\")"), None);
    }
}
