//! Takes the words of a heading; says whether it is that of an act of a play, in the languages of the stage.
//! Never takes a title for one that only has the word in it: "Last Act".

/// What the parts of a play are called.
const ACTS: &[&str] = &["act", "acte", "atto", "akt", "acto", "aufzug"];

/// Whether the heading is that of an act of a play: "ACT I", "Act Two", "2. Akt".
pub(super) fn is_act(heading: &str) -> bool {
    let lower = heading.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(2);
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let counted = second.len() <= 5 && !second.is_empty();
    (ACTS.contains(&first) && counted) || (ACTS.contains(&second) && first.len() <= 7) || names_act(&lower)
}

/// What counts the acts, before or behind the word.
const ACT_COUNTS: &[&str] = &[
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "premier",
    "deuxième",
    "troisième",
    "quatrième",
    "erster",
    "zweiter",
    "dritter",
    "vierter",
    "fünfter",
    "primo",
    "secondo",
    "terzo",
    "quarto",
    "primero",
    "segundo",
    "tercero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "i",
    "ii",
    "iii",
    "iv",
    "v",
];

/// Whether the line says no more than which act follows: "ERSTER AKT", "Atto primo", "Act II".
pub(super) fn names_act(bare: &str) -> bool {
    let mut words = bare.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let (first, second, third) = (words.next(), words.next(), words.next());
    let is = |word: Option<&str>, names: &[&str]| word.is_some_and(|word| names.contains(&word));
    let counts =
        |word: Option<&str>| is(word, ACT_COUNTS) || word.is_some_and(|word| word.parse::<u8>().is_ok());
    third.is_none() && ((is(first, ACTS) && counts(second)) || (counts(first) && is(second, ACTS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_and_what_only_sounds_like_them() {
        for act in ["act ii", "erster akt", "atto secondo", "2 akt"] {
            assert!(names_act(act) && is_act(act), "{act}");
        }
        for none in ["last act", "act naturally", "a class act", "act"] {
            assert!(!names_act(none), "{none}");
        }
    }
}
