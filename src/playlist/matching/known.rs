//! Takes the name of a person, a song or a work; gives the other names that it is known by: in another language,
//! in another script, shortened, where no rule leads from one to the other.
//! Never a catalogue: names that are known well enough to be written down by people who mean the other one.

use std::sync::OnceLock;

use super::key::{ByKey, key};
use super::normalise::{Phrase, Word};

/// The names, a line a thing, in three sections.
const NAMES: &str = include_str!("known.txt");
/// Words of the longest name of a work that is looked for within a title.
const LONGEST: usize = 8;
/// Words of a title that are looked at.
const MOST_WORDS: usize = 24;

/// Things by their names. Few of them are ever asked for, and all stay for as long as the program runs: the names
/// themselves are read from their line each time.
#[derive(Default)]
struct Group {
    /// The line of the thing, by the key of a name without its gaps. Of two things the first.
    lines: ByKey<&'static str>,
}

#[derive(Default)]
struct Known {
    people: Group,
    songs: Group,
    works: Group,
}

impl Group {
    fn add(&mut self, line: &'static str) {
        for name in names(line) {
            self.lines.entry(key(&name.glued)).or_insert(line);
        }
    }

    /// Whether `glued` names something.
    fn has(&self, glued: &str) -> bool {
        self.lines.contains_key(&key(glued))
    }

    /// The other names of what `glued` names.
    fn others<'a>(&self, glued: &'a str) -> impl Iterator<Item = Phrase> + use<'a> {
        let line = self.lines.get(&key(glued)).copied();
        line.into_iter().flat_map(names).filter(move |name| name.glued != glued)
    }
}

/// The names of a thing.
fn names(line: &'static str) -> impl Iterator<Item = Phrase> {
    line.split(" = ").map(Phrase::new)
}

fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut known = Known::default();
        let mut section = "";
        for line in NAMES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match section {
                _ if line.starts_with('[') => section = line,
                "[people]" => known.people.add(line),
                "[songs]" => known.songs.add(line),
                _ => known.works.add(line),
            }
        }
        known
    })
}

/// What else somebody of these names is called.
pub(super) fn people(names: &[Phrase]) -> Vec<Phrase> {
    names.iter().flat_map(|name| known().people.others(&name.glued)).collect()
}

/// What else a title of these words may be: the song's other names, and the title with the other names of the work
/// that it speaks of.
pub(super) fn titles(words: &[Word]) -> Vec<Phrase> {
    let (whole, works) = (words.concat(), &known().works);
    let mut found: Vec<Phrase> = known().songs.others(&whole).collect();
    let words = &words[..words.len().min(MOST_WORDS)];
    let spans = (1..=words.len().min(LONGEST)).rev();
    let longest =
        spans.flat_map(|length| (0..=words.len() - length).map(move |at| at..at + length)).find(|span| {
            // A single word within a title seldom names a work.
            let length = span.len();
            (length > 1 || length == words.len()) && works.has(&words[span.clone()].concat())
        });
    if let Some(span) = longest {
        let name = words[span.clone()].concat();
        for other in works.others(&name) {
            let parts = [&words[..span.start], other.words.as_slice(), &words[span.end..]];
            found.push(Phrase::from_words(parts.concat()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(title: &str) -> Vec<String> {
        titles(&Phrase::new(title).words).into_iter().map(|name| name.words.join(" ")).collect()
    }

    #[test]
    fn works_are_known_in_other_languages() {
        assert!(of("The Magic Flute: Overture").contains(&"die zauberflote overture".to_owned()));
        assert!(of("Swan Lake, Op. 20 - Waltz").contains(&"schwanensee op 20 waltz".to_owned()));
        assert!(of("Bohemian Rhapsody").is_empty());
    }

    #[test]
    fn songs_are_known_by_their_whole_name_only() {
        assert_eq!(of("月亮代表我的心")[0], "the moon represents my heart");
        assert!(of("Sukiyaki").iter().any(|name| name == "上を向いて歩こう"));
        assert!(of("Sukiyaki Western").is_empty());
    }

    #[test]
    fn people_are_known_in_other_scripts_and_by_initials() {
        let others = people(&[Phrase::new("鄧麗君")]);
        assert!(others.iter().any(|name| name.glued == "teresateng"));
        assert!(people(&[Phrase::new("E.L.O.")]).iter().any(|name| name.words[0] == "electric"));
        assert!(people(&[Phrase::new("Nobody at All")]).is_empty());
    }

    #[test]
    fn every_line_names_one_thing_twice() {
        for group in [&known().people, &known().songs, &known().works] {
            assert!(group.lines.len() > 50);
            for line in group.lines.values() {
                assert!(names(line).count() > 1 && names(line).all(|name| !name.is_empty()), "{line}");
            }
        }
    }
}
