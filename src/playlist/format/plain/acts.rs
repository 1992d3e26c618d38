//! Takes the words of a heading; says whether it is that of an act of a play, in the languages of the stage. Below such a
//! heading, names beside a title are those of characters.
//! Never takes a title for one that only has the word in it: "Last Act".

use super::fields::Fields;
use super::phrase;
use super::section::Section;
use super::words::is_version;

/// What the parts of a play are called.
const ACTS: &[&str] = &["act", "acte", "atto", "akt", "acto", "aufzug"];

/// Whether the heading is that of an act of a play: "ACT I", "Act Two", "2. Akt".
fn is_act(heading: &str) -> bool {
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

/// Below the heading of an act stand the numbers of a play, each with the characters who sing it: no performers of a recording.
pub(super) fn sung_on_stage(fields: &mut [Fields], sections: &[Option<Section>]) {
    let act = |section: &Option<Section>| section.as_ref().is_some_and(|section| is_act(&section.heading));
    for (fields, _) in fields.iter_mut().zip(sections).filter(|(_, section)| act(section)) {
        if let Some(who) = fields.artist.take() {
            fields.note.get_or_insert(who);
            continue;
        }
        let bracket = phrase::closing_bracket(&fields.title).filter(|(_, inner)| !is_version(inner));
        if let Some((title, who)) = bracket.map(|(title, who)| (title.to_owned(), who.to_owned())) {
            fields.note.get_or_insert(who);
            fields.title = title;
        }
    }
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
