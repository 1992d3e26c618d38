//! Takes the words of a title; gives what they count: parts, opus and catalogue numbers, the movement of a work, a
//! sequel's number; and the title without what sleeves leave out.
//! Never compares names: only what is counted.

use std::collections::BTreeSet;

use super::normalise::{Phrase, Word, number, roman};
use super::similarity;

/// The numbers in a title by what they count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Numbers {
    /// Part, volume, movement and plain numbers.
    pub(super) ordinal: BTreeSet<u32>,
    /// Opus numbers.
    pub(super) opus: BTreeSet<u32>,
    /// Numbers of a catalogue of works.
    pub(super) catalogue: BTreeSet<u32>,
}

/// A movement of a work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Movement {
    /// What the work is: "symphony".
    kind: &'static str,
    /// Its number, where it is told.
    work: Option<u32>,
    /// The movement's number.
    number: u32,
}

impl Movement {
    /// Whether both name the same movement of the same numbered work.
    pub(super) fn same(a: Option<&Self>, b: Option<&Self>) -> bool {
        matches!((a, b), (Some(a), Some(b)) if a == b && a.work.is_some())
    }

    /// Whether both name a movement, and another one.
    pub(super) fn conflict(a: Option<&Self>, b: Option<&Self>) -> bool {
        matches!((a, b), (Some(a), Some(b)) if a.kind == b.kind && a.number != b.number)
    }

    /// Finds "Symphony No. 3 ... : II. Lento" or "... 2nd movement" in a title and its words.
    pub(super) fn read(text: &str, words: &[Word]) -> Option<Self> {
        const KINDS: &[(&str, &str)] = &[
            ("symphony", "symphony"),
            ("sinfonie", "symphony"),
            ("symphonie", "symphony"),
            ("sinfonia", "symphony"),
            ("concerto", "concerto"),
            ("konzert", "concerto"),
            ("sonata", "sonata"),
            ("sonate", "sonata"),
            ("quartet", "quartet"),
            ("quartett", "quartet"),
            ("trio", "trio"),
            ("quintet", "quintet"),
            ("suite", "suite"),
            ("partita", "partita"),
            ("brandenburg", "brandenburg"),
        ];
        let (at, kind) = words.iter().enumerate().find_map(|(at, word)| {
            KINDS.iter().find(|(spelt, _)| spelt == word).map(|(_, kind)| (at, *kind))
        })?;
        let rest = &words[at + 1..];
        let value = |word: &Word| number(word).or_else(|| roman(word)).filter(|n| (1..=110).contains(n));
        let counted = rest.iter().take(6).position(|word| word == "no");
        // "Op. 27 No. 2" counts within the opus.
        let counted =
            counted.filter(|no| !rest[..*no].iter().any(|word| matches!(word.as_str(), "op" | "opus")));
        let work = counted.map_or(0, |no| no + 1);
        let work = rest.get(work).and_then(value);
        let named = |word: &str| matches!(word, "movement" | "movt" | "mvt" | "mov" | "satz");
        let place = |word: &Word| {
            let names = ["first", "second", "third", "fourth", "fifth", "sixth"];
            let spelt = names.iter().position(|name| name == word).and_then(|n| u32::try_from(n + 1).ok());
            ordinal(word).or(spelt).or_else(|| value(word))
        };
        let by_name = rest.windows(2).find_map(|pair| match pair {
            [nth, word] if named(word) => place(nth),
            [word, nth] if named(word) => place(nth),
            _ => None,
        });
        let by_sign = || {
            let parts = text.split([':', ';', ',']).flat_map(|part| part.split(" - ")).skip(1);
            parts.filter_map(|part| part.split_whitespace().next()).find_map(|first| {
                let bare = first.strip_suffix('.')?;
                let value = roman(&bare.to_lowercase()).or_else(|| bare.parse().ok());
                value.filter(|n| (1..=12).contains(n))
            })
        };
        let number = by_name.or_else(by_sign)?;
        Some(Self { kind, work, number })
    }
}

/// What a number behind a title tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sequel {
    /// Another song, named after the first ("Song", "Song II").
    Song,
    /// A piece of the song ("Song", "Song, Part 2").
    Part,
    /// The first piece ("Song, Part 1"): often the side that was the hit.
    First,
}

/// What the number behind the longer of two names tells, if that is all they differ in.
pub(super) fn follows(a: &Phrase, b: &Phrase) -> Option<Sequel> {
    let (short, long) = (&a.words, &b.words);
    let (short, long) = if short.len() < long.len() { (short, long) } else { (long, short) };
    let (same, rest) = long.split_at(short.len());
    if short.is_empty() || !short.iter().zip(same).all(|(x, y)| similarity::word(x, y) > 0.0) {
        return None;
    }
    let count = |word: &Word| number(word).or_else(|| roman(word)).is_some_and(|n| (2..=20).contains(&n));
    match rest {
        [last] if count(last) && (last.len() > 1 || number(last).is_some()) => Some(Sequel::Song),
        [part, last] if part == "part" && count(last) => Some(Sequel::Part),
        [part, last] if part == "part" && matches!(last.as_str(), "1" | "i" | "one") => Some(Sequel::First),
        _ => None,
    }
}

impl Numbers {
    pub(super) fn read(words: &[Word]) -> Self {
        let mut numbers = Self::default();
        for (at, word) in words.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|at| words.get(at)).map_or("", Word::as_str);
            let counted = is_sign(before) || matches!(before, "symphony" | "book" | "movement");
            let digits = word.bytes().all(|b| b.is_ascii_digit());
            if let Some((sign, value)) = joined_number(word) {
                if sign.starts_with("op") {
                    numbers.opus.insert(value)
                } else {
                    numbers.catalogue.insert(value)
                };
                continue;
            }
            let value = match number(word) {
                Some(n) if digits || counted => Some(n),
                _ if word.len() > 1 || counted => roman(word),
                _ => None,
            };
            let value = value.or_else(|| ordinal(word));
            let Some(value) = value else { continue };
            let opus = at
                .checked_sub(3)
                .and_then(|at| words.get(at))
                .is_some_and(|word| matches!(word.as_str(), "op" | "opus"));
            match before {
                // "Op. 27 No. 2"
                "no" if opus => numbers.opus.insert(value),
                "op" | "opus" => numbers.opus.insert(value),
                name if CATALOGUES.contains(&name) => numbers.catalogue.insert(value),
                _ => numbers.ordinal.insert(value),
            };
        }
        numbers
    }

    /// What a note in brackets counts: "Part 2", "Vol. 3", or a number alone that is no year.
    pub(super) fn counted(note: &[Word]) -> Self {
        // More parts than these are years ("'68").
        const MOST: u32 = 40;
        let value = |word: &Word| number(word).or_else(|| roman(word)).filter(|n| *n <= MOST);
        match note {
            [only] => Self { ordinal: value(only).into_iter().collect(), ..Self::default() },
            // "Parts 1-5" are the first and the last.
            [sign, rest @ ..] if is_sign(sign) && rest.len() <= 3 => {
                Self { ordinal: rest.iter().filter_map(value).collect(), ..Self::default() }
            }
            _ => Self::default(),
        }
    }

    /// Adds what another part of the title counts.
    pub(super) fn join(&mut self, other: Self) {
        self.ordinal.extend(other.ordinal);
    }

    /// Whether the two name siblings: some count differs and neither says less than the other.
    pub(super) fn conflict(&self, other: &Self) -> bool {
        let differ = |a: &BTreeSet<u32>, b: &BTreeSet<u32>| !a.is_subset(b) && !b.is_subset(a);
        differ(&self.ordinal, &other.ordinal)
            || differ(&self.opus, &other.opus)
            || differ(&self.catalogue, &other.catalogue)
    }
}

/// Whether a word only says that a number follows.
fn is_sign(word: &str) -> bool {
    matches!(word, "part" | "volume" | "no" | "chapter" | "act" | "kapitel" | "episode" | "folge" | "track")
}

/// Whether a name is nothing but a count ("Chapter 4"): every book has that one.
pub(super) fn is_count(words: &[Word]) -> bool {
    // "No One" is nobody.
    let nobody = matches!(words, [no, one] if no == "no" && one == "one");
    !nobody
        && matches!(words, [sign, value] if is_sign(sign) && number(value).or_else(|| roman(value)).is_some())
}

/// Catalogues of works, by what stands before the number.
const CATALOGUES: &[&str] = &["bwv", "rv", "k", "kv", "hob", "d", "hwv", "woo", "wwv", "twv"];

/// "bwv1048", "op27", "d929": the number of a catalogue written as one word.
fn joined_number(word: &str) -> Option<(&str, u32)> {
    let (sign, digits) = word.split_at(word.find(|c: char| c.is_ascii_digit())?);
    // A letter with one or two digits is the name of much else.
    let long_enough = sign.len() > 1 || digits.len() > 2;
    let known = CATALOGUES.contains(&sign) || sign == "op";
    (known && long_enough).then(|| number(digits).map(|value| (sign, value)))?
}

/// A title without what sleeves leave out as they like: the number of a catalogue, the key, "Parts 1 & 2" of a piece
/// that has two.
pub(super) fn without_paper(words: &[Word]) -> Option<Phrase> {
    let word = |at: usize| words.get(at).map_or("", Word::as_str);
    let is_number = |at: usize| number(word(at)).is_some();
    let mut kept: Vec<Word> = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let catalogue = CATALOGUES.contains(&word(at)) || matches!(word(at), "op" | "opus");
        let key =
            word(at) == "in" && word(at + 1).len() == 1 && matches!(word(at + 1).as_bytes(), [b'a'..=b'h']);
        let taken = if catalogue && is_number(at + 1) {
            // "Op. 27 No. 2"
            if word(at + 2) == "no" && is_number(at + 3) { 4 } else { 2 }
        } else if joined_number(word(at)).is_some() {
            1
        } else if key {
            let altered = usize::from(matches!(word(at + 2), "sharp" | "flat"));
            let mode = matches!(word(at + 2 + altered), "major" | "minor" | "dur" | "moll");
            // "In a Sentimental Mood" names no key.
            if mode || altered > 0 { 2 + altered + usize::from(mode) } else { 0 }
        } else {
            0
        };
        if taken == 0 {
            kept.push(word(at).into());
        }
        at += taken.max(1);
    }
    let count = |word: &Word| number(word).or_else(|| roman(word));
    if let Some(part) = kept.iter().position(|word| word == "part").filter(|part| *part > 0) {
        let parts: Vec<u32> =
            kept[part + 1..].iter().filter(|word| *word != "and").filter_map(count).collect();
        let only = kept[part + 1..].iter().all(|word| word == "and" || word == "to" || count(word).is_some());
        if only && parts.len() > 1 && parts[0] == 1 {
            kept.truncate(part);
        }
    }
    (kept.len() < words.len() && !kept.is_empty()).then(|| Phrase::from_words(kept))
}

/// "1st", "2nd", "3rd", "4th".
fn ordinal(word: &str) -> Option<u32> {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end))?;
    if digits.is_empty() || digits.len() > 2 {
        None
    } else {
        number(digits).filter(|_| digits.bytes().all(|b| b.is_ascii_digit()))
    }
}
