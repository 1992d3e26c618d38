//! Takes a line; says whether it reads like running text and not like a track.
//! Counts words and looks at sentence ends; knows no language. Never sees the neighbours.

/// More words than a track's line has, unless it is a long one.
const MANY_WORDS: usize = 16;

/// Whether the text reads like a sentence or several.
pub(super) fn is_prose(text: &str) -> bool {
    let words = text.split_whitespace().count();
    if words >= MANY_WORDS {
        return true;
    }
    let ends = ends_sentence(text);
    (words >= 9 && ends) || (words >= 2 && ends_with_stop(text)) || (words >= 6 && has_inner_stop(text))
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
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_prose_and_titles_are_not() {
        for prose in [
            "Great record.",
            "Always did love this one montage.",
            "I love it. Every bit of it is good",
            "So I went down to the shop and asked them whether they still had it on tape",
        ] {
            assert!(is_prose(prose), "{prose}");
        }
        for title in [
            "Don't You (Forget About Me)",
            "Help!",
            "Mr. Blue Sky",
            "Velo feat. Ana",
            "T.N.T.",
            "Vol. 4",
            "Who Are You?",
        ] {
            assert!(!is_prose(title), "{title}");
        }
    }
}
