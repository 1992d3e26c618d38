//! Takes a title or a note as written; gives its pieces: what stands in brackets, between dashes, behind a count or the sign
//! of a credit, and which of them are no part of a name.
//! Never says what a song is called: see `title`.

use super::normalise::{Word, number, roman, words};

/// What stands behind the number of a piece within a work (" XXIV. Der Leiermann").
pub(super) fn after_count(segment: &str) -> Option<&str> {
    let (count, piece) = segment.trim().split_once(". ")?;
    let is_count = roman(&count.to_lowercase()).or_else(|| number(count)).is_some();
    // A movement that only has a tempo is known by its number.
    const TEMPI: &[&str] = &[
        "adagio",
        "adagietto",
        "allegretto",
        "allegro",
        "andante",
        "andantino",
        "finale",
        "grave",
        "larghetto",
        "largo",
        "lento",
        "menuet",
        "menuetto",
        "minuet",
        "moderato",
        "molto",
        "poco",
        "prestissimo",
        "presto",
        "rondo",
        "scherzo",
        "un",
        "vivace",
        "vivo",
    ];
    let first = words(piece).into_iter().next()?;
    (is_count && !TEMPI.contains(&first.as_str())).then_some(piece)
}

/// Whether a note tells where the song is from ("From 'Rocky IV'"): that is no part of its name.
pub(super) fn is_source(note: &[Word]) -> bool {
    let any = |words: &[&str]| note.iter().any(|w| words.contains(&w.as_str()));
    any(SOUNDTRACKS) || behind_from(note).is_some()
}

/// The release that a note says the song is from ("from Live and Loud"). What is sung in a film is the same take on any of
/// its records, and a vault is none.
pub(super) fn source(note: &[Word]) -> Option<&[Word]> {
    const BEFORE: &[&str] = &["the", "album", "lp", "ep", "record", "cd"];
    const NO_RELEASE: &[&str] = &[
        "film", "movie", "picture", "musical", "series", "show", "game", "tv", "vault", "vaults", "archive",
        "archives",
    ];
    let name = behind_from(note)?;
    let begin = name.iter().position(|word| !BEFORE.contains(&word.as_str()))?;
    let other = name.iter().any(|word| [NO_RELEASE, SOUNDTRACKS].concat().contains(&word.as_str()));
    (!other).then_some(&name[begin..])
}

/// What stands behind "from" in a note.
fn behind_from(note: &[Word]) -> Option<&[Word]> {
    let (first, name) = note.split_first()?;
    (matches!(first.as_str(), "from" | "aus") && !name.is_empty()).then_some(name)
}

const SOUNDTRACKS: &[&str] = &["soundtrack", "ost"];

/// Whether a note is the id that a download left ("tJVEwmWBBcY").
pub(super) fn is_serial(note: &str) -> bool {
    let id = note.trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mixed = id.chars().any(|c| c.is_ascii_digit())
        || (id.chars().skip(1).any(|c| c.is_ascii_uppercase()) && id.chars().any(|c| c.is_ascii_lowercase()));
    id.len() == 11 && id.chars().all(fits) && mixed
}

/// What follows a credit sign at the start of a note.
pub(super) fn after_credit(note: &str) -> Option<String> {
    let lower = note.trim().to_lowercase();
    ["feat. ", "feat.", "feat ", "featuring ", "ft. ", "ft ", "with ", "w/ ", "w/"]
        .iter()
        .find_map(|sign| lower.strip_prefix(sign))
        .map(str::to_owned)
}

const OPENING: [char; 6] = ['(', '[', '{', '（', '【', '［'];

const CLOSING: [char; 6] = [')', ']', '}', '）', '】', '］'];

/// Whether a word is of a script whose words are written without gaps.
pub(super) fn is_wide(word: &str) -> bool {
    word.contains(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '가'..='힣'))
}

/// The text outside brackets, and what each pair of brackets holds. An open bracket without its
/// end holds the rest.
pub(super) fn split_brackets(text: &str) -> (String, Vec<String>) {
    let mut outside = String::new();
    let mut notes = Vec::new();
    let mut note = String::new();
    let mut depth = 0_usize;
    // Where a bracket was lost, each that opens begins a note of its own.
    let count = |signs: &[char]| text.matches(signs).count();
    let lost = count(&OPENING) > count(&CLOSING);
    for c in text.chars() {
        match c {
            c if OPENING.contains(&c) => {
                if depth > 0 {
                    note.push(' ');
                }
                if depth == 0 || !lost {
                    depth += 1;
                } else {
                    notes.push(std::mem::take(&mut note));
                }
            }
            c if depth > 0 && CLOSING.contains(&c) => {
                depth -= 1;
                if depth == 0 {
                    notes.push(std::mem::take(&mut note));
                    outside.push(' ');
                } else {
                    note.push(' ');
                }
            }
            _ if depth > 0 => note.push(c),
            _ => outside.push(c),
        }
    }
    if depth > 0 {
        notes.push(note);
    }
    if outside.chars().any(char::is_alphanumeric) {
        (outside, notes)
    } else if let Some((first, rest)) = notes.split_first() {
        (format!("{outside}{first}"), rest.to_vec())
    } else {
        (outside, notes)
    }
}

/// The parts between spaced dashes.
pub(super) fn split_dashes(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut words = text.split(' ').peekable();
    while let Some(word) = words.next() {
        let last = parts.len() - 1;
        if matches!(word, "-" | "–" | "—" | "--" | "->" | "−")
            && !parts[last].trim().is_empty()
            && words.peek().is_some()
        {
            parts.push(String::new());
        } else {
            parts[last].push_str(word);
            parts[last].push(' ');
        }
    }
    parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_may_name_a_release() {
        let of = |note: &str| source(&words(note)).map(<[Word]>::concat);
        assert_eq!(of("from Live and Loud").as_deref(), Some("liveandloud"));
        assert_eq!(of("From the album Glass River").as_deref(), Some("glassriver"));
        for none in [
            "from the film The Ferry",
            "From The Vault",
            "The Ferry soundtrack",
            "from the",
            "live from Riga",
        ] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
