//! Takes the words beside a title ("2011 Remaster", "Live at Wembley", "Dub Mix"); gives which
//! version of a song they name, if they name one.
//! Never compares titles, never looks beyond the note.

use std::collections::BTreeSet;

use super::lexicon::{Place, lexicon};
use super::normalise::{Phrase, Word, number, words};
use super::version::{Sound, Version, Versions};

/// What a note in brackets or after a dash is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Note {
    /// It names a version.
    Version(Versions),
    /// It says nothing about the song.
    Paper,
    /// It is a part of the name, or a remark: no version is named.
    Other,
}

/// Words after which "live" and the like are notes wherever they stand.
const PLACES: &[&str] =
    &["at", "in", "from", "on", "version", "session", "sessions", "lounge", "take", "recording"];
/// Words that say nothing in a label.
const EMPTY: &[&str] =
    &["the", "a", "version", "mix", "and", "at", "in", "from", "on", "s", "original", "by", "re"];

/// How a version is said to be somebody's own, as people and as names of files have it.
pub(super) const OWNED: [&str; 3] = ["'s version", "’s version", "_s version"];

/// Reads a note as written: "Ada's version" is one by its sign.
pub(super) fn read_note_text(note: &str) -> Note {
    let lower = note.to_lowercase();
    let owned = OWNED.iter().find(|sign| lower.contains(**sign));
    let inches = INCHES.iter().find(|sign| lower.contains(**sign));
    match (owned, inches) {
        (Some(sign), _) => read_note(&words(&lower.replace(sign, " s version"))),
        (None, Some(sign)) => {
            let size = sign.trim_end_matches(|c: char| !c.is_ascii_digit());
            read_note(&words(&lower.replace(sign, &format!("{size} inch "))))
        }
        (None, None) => read_note(&words(note)),
    }
}

/// How the size of a single is written, also by file systems that allow no such sign.
const INCHES: [&str; 10] = ["12\"", "12''", "12”", "12″", "12_", "7\"", "7''", "7”", "7″", "7_"];

/// Reads a note.
pub(super) fn read_note(note: &[Word]) -> Note {
    // Alone in brackets it is how Korean sellers mark a backing track; with a name it is a man.
    if note.iter().map(Word::as_str).eq(["mr"]) {
        return Note::Version(Versions { kinds: BTreeSet::from([Version::Karaoke]), ..Versions::default() });
    }
    // With a name behind them they say who sings along.
    if note.iter().map(Word::as_str).eq(["backing", "vocals"]) {
        return Note::Version(Versions { kinds: BTreeSet::from([Version::Acapella]), ..Versions::default() });
    }
    let known_words = &lexicon().words;
    if !note.iter().any(|word| known_words.binary_search(&word.as_str()).is_ok()) {
        return Note::Other;
    }
    let mut kinds = BTreeSet::new();
    let mut taken = vec![false; note.len()];
    let mut known = false;
    for (kind, place, name) in &lexicon().names {
        let Some(at) = find(note, name, *place, &taken) else { continue };
        taken[at..at + name.len()].fill(true);
        kinds.extend(*kind);
        known = true;
    }
    if kinds.is_empty() && is_wording(note, &taken) {
        // "Spanish Version", "Bossa Version": whatever it is, it is not the plain song.
        kinds.insert(Version::Other);
    }
    if kinds.is_empty() {
        let all = note.iter().zip(&taken).all(|(word, taken)| *taken || EMPTY.contains(&word.as_str()));
        return if known && all { Note::Paper } else { Note::Other };
    }
    let rest = note.iter().zip(taken).filter(|(word, taken)| !taken && !EMPTY.contains(&word.as_str()));
    let label = Phrase::from_words(rest.map(|(word, _)| word.clone()).collect());
    // "Ana Velo Radio Edit" is Ana Velo's work, cut for the radio.
    let names = label.words.iter().filter(|word| number(word).is_none() && word.chars().count() > 2).count();
    if names >= 2 && kinds.len() == 1 && kinds.contains(&Version::Edit) {
        kinds.insert(Version::Remix);
    }
    Note::Version(Versions { kinds, sound: Sound::of(note.iter()), label })
}

/// Whether a note of two or three words names a version that has no name of its own ("Spanish Version"). A year tells
/// when ("2000 Version"), and most often of a new transfer; what was made for the pictures or a shop is the same take.
fn is_wording(note: &[Word], taken: &[bool]) -> bool {
    const SAME: &[&str] = &[
        "movie", "film", "video", "ep", "cd", "us", "uk", "hit", "bonus", "main", "regular", "long", "uncut",
        "vocal", "deluxe",
    ];
    let Some((last, label)) = note.split_last() else { return false };
    let says = |word: &Word| number(word).is_none() && !EMPTY.contains(&word.as_str());
    last == "version"
        && !taken.contains(&true)
        && (1..=2).contains(&label.len())
        && label.iter().all(says)
        && !label.iter().any(|word| SAME.contains(&word.as_str()))
}

fn find(note: &[Word], name: &[&str], place: Place, taken: &[bool]) -> Option<usize> {
    (0..note.len().checked_sub(name.len())? + 1).find(|&at| {
        let end = at + name.len();
        let here = note[at..end].iter().zip(name).all(|(x, y)| x == y) && !taken[at..end].contains(&true);
        let edge = at == 0
            || end == note.len()
            || taken[at - 1]
            || note.get(end).is_some_and(|w| PLACES.contains(&w.as_str()) || number(w).is_some());
        here && (place == Place::Any || edge)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(note: &str) -> Vec<Version> {
        match read_note(&words(note)) {
            Note::Version(v) => v.kinds.into_iter().collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn notes_name_versions() {
        assert_eq!(kinds("2011 Remaster"), [Version::Remaster]);
        assert_eq!(kinds("Live at Chastain Park"), [Version::Live]);
        assert_eq!(kinds("Karaoke Version"), [Version::Karaoke]);
        assert_eq!(kinds("12\" Version"), [Version::Extended]);
        assert_eq!(kinds("Bassline Remake"), [Version::Other]);
        let Note::Version(size) = read_note_text("12\"") else { panic!("a version") };
        assert!(size.kinds.contains(&Version::Extended));
        assert_eq!(kinds("Album Version"), [Version::Remaster]);
        assert_eq!(kinds("Monster Mix"), [Version::Remix]);
        assert_eq!(kinds("Radio Edit"), [Version::Edit]);
        assert_eq!(kinds("Acoustic, MTV Unplugged"), [Version::Acoustic]);
        assert_eq!(kinds("Akustik"), [Version::Acoustic]);
        assert_eq!(kinds("The Basement Sessions"), [Version::Live]);
        assert_eq!(kinds("Spanish Version"), [Version::Other]);
        assert_eq!(kinds("2000 Version"), []);
        assert_eq!(kinds("Film Version"), []);
        assert_eq!(kinds("Vocals Only"), [Version::Acapella]);
        assert_eq!(kinds("Backing Vocals"), [Version::Acapella]);
        assert_eq!(kinds("backing vocals Ada Moor"), []);
        assert!(kinds("Instrumental Mix").contains(&Version::Instrumental));
    }

    #[test]
    fn somebodys_version_is_another_one() {
        for note in ["Ada's Version", "Ada’s version", "Ada_s Version", "Ada Moor's Version"] {
            let Note::Version(v) = read_note_text(note) else { panic!("{note}") };
            assert!(v.kinds.contains(&Version::Other) && v.label.words[0] == "ada", "{note}");
        }
    }

    #[test]
    fn parts_of_titles_are_no_versions() {
        assert_eq!(kinds("A Deal with God"), []);
        assert_eq!(kinds("How I Live Now"), []);
        assert_eq!(kinds("That Thing"), []);
    }

    #[test]
    fn paper_is_known() {
        assert_eq!(read_note(&words("Official Video")), Note::Paper);
        assert_eq!(read_note(&words("lyrics")), Note::Paper);
    }

    #[test]
    fn sizes_and_mixes_are_read() {
        for note in ["12\"", "12''", "12” version", "12_", "12 inch"] {
            let Note::Version(v) = read_note_text(note) else { panic!("{note}") };
            assert_eq!(Vec::from_iter(v.kinds), [Version::Extended], "{note}");
        }
        let sound = |note| match read_note_text(note) {
            Note::Version(versions) => versions.sound,
            _ => None,
        };
        assert_eq!(sound("2009 Mono Remaster"), Some(Sound::Mono));
        assert_eq!(sound("Stereo Mix"), Some(Sound::Stereo));
        assert_eq!(sound("Mono & Stereo"), None);
    }

    #[test]
    fn a_remixer_is_the_label() {
        let Note::Version(v) = read_note(&words("Afro Bros Remix")) else { panic!("a version") };
        assert_eq!(v.label.words, ["afro", "bros"]);
    }
}
