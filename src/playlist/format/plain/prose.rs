//! Takes a line; says whether it reads like running text and not like a track.
//! Counts words and capitals and looks at sentence ends; knows no language. Never sees the neighbours.

use super::{phrase, time};

/// More words than a track's line has, unless it is made of names.
const MANY_WORDS: usize = 16;

/// More words than any track's line has.
const TOO_MANY_WORDS: usize = 48;

/// Whether the text reads like a sentence or several.
pub(super) fn is_prose(text: &str) -> bool {
    // What somebody remarks in brackets behind a track is a sentence often enough, and makes none of the track.
    let text = phrase::without_label(text);
    let text = match phrase::closing_bracket(text) {
        Some((before, _)) if text.ends_with(')') => before,
        _ => text,
    };
    let words = text.split_whitespace().count();
    if words >= MANY_WORDS {
        return words >= TOO_MANY_WORDS || !(is_of_names(text) || ends_with_time(text));
    }
    let ends = ends_sentence(text) && !is_of_names(text);
    (words >= 9 && ends)
        || (words >= 2 && ends_with_stop(text))
        || (words >= 6 && has_inner_stop(text) && !is_of_names(text))
}

/// Whether most words begin with a capital: a work, its movement, a soloist, an orchestra and its conductor make a long
/// line, and a sentence of that length has some names at the most (in German some nouns, too).
/// Where all is in capitals they tell nothing.
fn is_of_names(text: &str) -> bool {
    let first = |word: &str| word.chars().find(|c| c.is_alphabetic());
    let initials = text.split_whitespace().filter_map(first);
    let (words, capitals) =
        initials.fold((0, 0), |(words, capitals), c| (words + 1, capitals + usize::from(c.is_uppercase())));
    capitals * 5 >= words * 3 && text.contains(char::is_lowercase)
}

/// Sentences end in many ways, and in a track's length hardly ever.
fn ends_with_time(text: &str) -> bool {
    time::tail(text).is_some_and(|found| found.kind != time::Kind::Dot)
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(['"', '”', ')', '\'']).ends_with(['.', '!', '?', '…', ':'])
}

/// A single full stop behind a word of small letters: titles seldom have one, and abbreviations
/// ("feat.", "etc.") are short.
fn ends_with_stop(text: &str) -> bool {
    let Some(body) = text.strip_suffix('.') else { return false };
    let last = body.rsplit(' ').next().unwrap_or(body);
    let letters = last.chars().filter(|c| c.is_lowercase()).count();
    letters >= 4
        && last.chars().all(char::is_alphabetic)
        && !matches!(last, "feat" | "instr" | "vers" | "orch" | "cond" | "trad" | "incl")
}

/// Where a name ends with a full stop and a sentence of three words or more begins: "Rain. That was the first one."
pub(super) fn end_of_sentence(text: &str) -> Option<usize> {
    let stops = text.match_indices(". ").map(|(at, _)| at);
    stops.into_iter().find(|at| {
        let (before, after) = (&text[..*at], text[at + 2..].trim());
        let word = before.rsplit(' ').next().unwrap_or(before);
        let long = word.chars().filter(|c| c.is_lowercase()).count() >= 2;
        let words = after.split_whitespace().count();
        let small =
            after.split_whitespace().skip(1).filter(|word| word.starts_with(char::is_lowercase)).count();
        let sentence = after.starts_with(char::is_uppercase)
            && (words >= 3 || (words == 2 && after.ends_with(['.', '!'])))
            && small * 2 >= words - 1;
        long && sentence && !is_abbreviation(word) && !before.contains('(')
    })
}

/// A sentence ends inside: a stop, a space, a capital, with a word before that is no abbreviation.
fn has_inner_stop(text: &str) -> bool {
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let stop = word.ends_with(['.', '!', '?']);
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let capital = words.peek().and_then(|next| next.chars().next()).is_some_and(char::is_uppercase);
        if stop && capital && letters >= 2 && word.chars().any(char::is_lowercase) && !is_abbreviation(word) {
            return true;
        }
    }
    false
}

fn is_abbreviation(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    matches!(
        bare.as_str(),
        "feat"
            | "ft"
            | "vs"
            | "vol"
            | "mr"
            | "mrs"
            | "ms"
            | "dr"
            | "st"
            | "pt"
            | "pts"
            | "no"
            | "nr"
            | "nos"
            | "op"
            | "instr"
            | "orch"
            | "symph"
            | "prod"
            | "jr"
            | "sr"
            | "arr"
            | "conc"
            | "ver"
            | "mohd"
            | "orig"
            | "md"
            | "ste"
            | "mme"
            | "mlle"
            | "sgt"
            | "capt"
            | "prof"
            | "rev"
            | "bros"
            | "mt"
            | "trad"
            | "cond"
            | "dir"
            | "wm"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_ends_where_a_sentence_begins() {
        assert_eq!(end_of_sentence("Rain. That was the first one."), Some(4));
        assert_eq!(end_of_sentence("Rain. Every Dutch person over 40 is crying now."), Some(4));
        for title in
            ["Mr. Blue Sky Is Here", "Rain. Glass. Salt", "Love. Hate. Love", "Vol. 4 of the Rain", "Rain"]
        {
            assert_eq!(end_of_sentence(title), None, "{title}");
        }
    }

    #[test]
    fn sentences_are_prose_and_titles_are_not() {
        for prose in [
            "Great record.",
            "Always did love this one montage.",
            "I love it. Every bit of it is good",
            "So I went down to the shop and asked them whether they still had it on tape",
            "In Berlin kaufte ich die Platte von Ana Velo und hörte sie den ganzen Abend mit dem Nachbarn",
            "ALL RIGHTS RESERVED UNAUTHORISED COPYING HIRING LENDING PUBLIC PERFORMANCE AND BROADCASTING OF THIS RECORD ARE NOT ALLOWED",
        ] {
            assert!(is_prose(prose), "{prose}");
        }
        for title in [
            "Don't You (Forget About Me)",
            "Help!",
            "Rain – Velo (orig. The Kites)",
            "Rain – Velo (this one I heard at every single wedding that I went to. Every one of them!)",
            "Mr. Blue Sky",
            "Velo feat. Ana",
            "T.N.T.",
            "Vol. 4",
            "Who Are You?",
            "Ana Velo — Rain at Night (first by. The Moor)",
            "PRENDE LA VELA (PORRO) - Ana Velo. Canta: Jo Mild",
            "Concerto in B minor, Op. 61: II. Andante - Ana Velo, Riga Town Band and Choir, conducted by Jo Mild",
            "the slow one that they played at the end of it all when we were on the way home - velo 3:41",
        ] {
            assert!(!is_prose(title), "{title}");
        }
    }
}
