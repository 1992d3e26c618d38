//! Takes a line as it was written; gives its words with their places, and whether some of them stand by themselves: between
//! signs, the ends of the line, numbers, or words that lead from a title to who plays it.
//! Never knows a title or a name: `spot` does.

use std::ops::Range;

use super::normalise::{Phrase, Word};

/// Lines of more words are no entries.
const MOST_WORDS: usize = 32;

/// What may stand between a title and an artist, and is part of neither.
const BETWEEN: &[&str] =
    &["by", "from", "de", "del", "da", "do", "von", "par", "di", "od", "af", "av", "door"];
/// Who does this in front of `by` plays what is asked for.
const PLAYS: &[&str] =
    &["performed", "sung", "played", "song", "track", "recorded", "interpretado", "interprétée"];
/// Whoever is named behind one of these plays along, or plays something else, or is another person.
const JOINS: &[&str] = &[
    "w",
    "with",
    "feat",
    "ft",
    "featuring",
    "con",
    "mit",
    "avec",
    "vs",
    "x",
    "not",
    "no",
    "st",
    "mr",
    "mrs",
    "dr",
    "prod",
    "and",
    "cover",
    "remix",
    "orig",
    "originally",
    "org",
    "arr",
    "written",
    "cf",
];
/// Words in front of one more wish.
const MORE: &[&str] =
    &["and", "also", "then", "plus", "und", "dann", "auch", "y", "luego", "et", "puis", "e", "poi"];
/// Words of names that tell nobody.
const SMALL: &[&str] = &["the", "and", "of", "los", "las", "les", "die", "der", "das"];
/// How a name ends that has something: "Velo's".
const OWNERS: [&str; 2] = ["'s", "’s"];

/// One word of a line.
struct Token {
    at: Range<usize>,
    word: Word,
}

/// A line and its words.
pub(super) struct Parted<'t> {
    text: &'t str,
    tokens: Vec<Token>,
}

impl<'t> Parted<'t> {
    /// The words: runs of letters and digits, and `&`. `None` for a line of one word, and for one that is none of a list.
    pub(super) fn new(text: &'t str) -> Option<Self> {
        let mut tokens: Vec<Token> = Vec::new();
        let mut start: Option<usize> = None;
        let mut end = |start: &mut Option<usize>, at: usize, sign: bool| {
            if let Some(from) = start.take() {
                tokens.push(Token { at: from..at, word: Phrase::new(&text[from..at]).glued });
            }
            if sign {
                tokens.push(Token { at: at..at + 1, word: "and".into() });
            }
            tokens.len()
        };
        for (at, c) in text.char_indices() {
            if c.is_alphanumeric()
                || unicode_normalization::char::is_combining_mark(c)
                || matches!(c, '\'' | '’' | 'ʼ')
            {
                start.get_or_insert(at);
            } else if end(&mut start, at, matches!(c, '&' | '+')) > MOST_WORDS {
                return None;
            }
        }
        end(&mut start, text.len(), false);
        tokens.retain(|token| !token.word.is_empty());
        (2..=MOST_WORDS).contains(&tokens.len()).then_some(Self { text, tokens })
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// A word as it is compared.
    pub(super) fn word(&self, at: usize) -> &Word {
        &self.tokens[at].word
    }

    /// The word, and who it is that has something: `Velo's "Rain"`.
    pub(super) fn names(&self, at: usize) -> impl Iterator<Item = &str> {
        let Token { at, word } = &self.tokens[at];
        let owns = OWNERS.iter().any(|sign| self.text[at.clone()].ends_with(sign));
        let owner = if owns { word.strip_suffix('s') } else { None };
        [Some(word.as_str()), owner].into_iter().flatten()
    }

    /// Whether the word tells nobody in a name.
    pub(super) fn is_small(&self, at: usize) -> bool {
        is_small(self.word(at))
    }

    /// Where the words stand in the line, in bytes; a name without what says that it has something.
    pub(super) fn place(&self, words: &Range<usize>) -> Range<usize> {
        let place = self.bytes(words);
        let owner = OWNERS.iter().find(|sign| self.text[place.clone()].ends_with(**sign));
        place.start..place.end - owner.map_or(0, |sign| sign.len())
    }

    /// The words as they were written.
    pub(super) fn written(&self, words: &Range<usize>) -> &'t str {
        &self.text[self.bytes(words)]
    }

    fn bytes(&self, words: &Range<usize>) -> Range<usize> {
        self.tokens[words.start].at.start..self.tokens[words.end - 1].at.end
    }

    /// The words as one.
    pub(super) fn glued(&self, words: &Range<usize>) -> Word {
        let mut glued = Word::default();
        self.tokens[words.clone()].iter().for_each(|token| glued.push_str(&token.word));
        glued
    }

    /// How many letters the words have.
    pub(super) fn letters(&self, words: &Range<usize>) -> usize {
        self.tokens[words.clone()].iter().map(|token| token.word.chars().count()).sum()
    }

    /// What stands between a word and the next one.
    pub(super) fn behind(&self, at: usize) -> &'t str {
        &self.text[self.tokens[at].at.end..self.tokens[at + 1].at.start]
    }

    /// Whether the next word begins another column, or another part in quotes.
    pub(super) fn ends_column(&self, at: usize) -> bool {
        let between = self.behind(at);
        between.contains(['\t', '"', '“', '”', '„', '«', '»', '「', '」']) || between.contains("  ")
    }

    /// Whether nothing but a space, a dot or a sign that names have stands between a word and the next one.
    fn joins(&self, at: usize) -> bool {
        let between = self.behind(at);
        between.trim_start_matches(['.', '!', ',']).trim().is_empty() || matches!(between, "-" | "/")
    }

    /// The runs of words that are of a name, small ones among them.
    pub(super) fn runs(&self, of_name: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
        let mut runs = Vec::new();
        let mut at = 0;
        while at < self.len() {
            let from = at;
            while at < self.len() && (of_name(at) || self.is_small(at)) && (at == from || self.joins(at - 1))
            {
                at += 1;
            }
            if (from..at).any(|word| of_name(word) && !self.is_small(word)) {
                runs.push(from..at);
            }
            at = at.max(from + 1);
        }
        runs
    }

    /// Whether title and name stand by themselves beside each other: a sign, an end, a number or a word that leads from one
    /// to the other is on both sides of both.
    pub(super) fn stand_alone(&self, title: &Range<usize>, name: &Range<usize>) -> bool {
        self.stands_alone(title, name) && self.stands_alone(name, title)
    }

    fn stands_alone(&self, words: &Range<usize>, others: &Range<usize>) -> bool {
        let left = words.start.checked_sub(1).is_none_or(|at| {
            let word = self.word(at).as_str();
            // "and then Title by Artist"
            let more = at < 3 && others.start > words.start && MORE.contains(&word);
            let guest = JOINS.contains(&word);
            let apart = || parts(self.behind(at)) || self.is_number(at) || self.leads(at, others);
            others.contains(&at) || more || (!guest && apart())
        });
        let right = words.end == self.len() || {
            let leads = is_between(self.word(words.end)) && others.start == words.end + 1;
            let apart = || parts(self.behind(words.end - 1)) || self.is_number(words.end);
            others.contains(&words.end) || leads || apart()
        };
        left && right
    }

    fn is_number(&self, at: usize) -> bool {
        self.word(at).bytes().all(|byte| byte.is_ascii_digit())
    }

    /// Whether the word at `at` leads from the other part, or who plays is said in front of it.
    fn leads(&self, at: usize, others: &Range<usize>) -> bool {
        if !is_between(self.word(at)) {
            return false;
        }
        let Some(before) = at.checked_sub(1) else { return true };
        let sign = self.behind(before).contains(|c: char| !c.is_whitespace());
        sign || others.contains(&before) || PLAYS.contains(&self.word(before).as_str())
    }
}

/// Whether a word may stand between a title and an artist, and is part of neither.
pub(super) fn is_between(word: &str) -> bool {
    BETWEEN.contains(&word)
}

/// Whether a word of a name tells nobody.
pub(super) fn is_small(word: &str) -> bool {
    SMALL.contains(&word)
}

/// Whether what stands between two words keeps them apart. A dot does where a sentence ends with it, not in "feat. Velo".
fn parts(between: &str) -> bool {
    let ends = |c: char| matches!(c, '.' | '!' | '?');
    let sign = |c: char| !c.is_whitespace() && !ends(c) && !matches!(c, '\'' | '’' | '&' | '+');
    between.contains(sign)
        || (between.starts_with(ends) && between.ends_with(char::is_whitespace))
        || between.contains('\t')
        || between.contains("  ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Whether `Rain` and the words from `Velo` on stand by themselves in the line.
    fn alone(line: &str, name: usize) -> bool {
        let parted = Parted::new(line).unwrap();
        let title = (0..parted.len()).find(|at| parted.word(*at) == "rain").unwrap();
        let first = (0..parted.len()).find(|at| parted.word(*at) == "velo").unwrap();
        parted.stand_alone(&(title..title + 1), &(first..first + name))
    }

    #[test]
    fn a_title_and_a_name_amid_other_words_are_talk() {
        for line in [
            "Velo - Rain",
            "3. Rain by Velo (1984)",
            "and then Rain by Velo, loud!",
            "Rain, performed by Velo",
            "Jo: Rain - Velo. What a song",
            "Rain Velo",
            "「Rain」 Velo",
        ] {
            assert!(alone(line, 1), "{line}");
        }
        for line in [
            "I saw Velo play Rain in May",
            "Rain (Velo cover)",
            "Rain (feat. Velo) - Ana",
            "Rain (originally by Velo)",
            "Rain - Ana & Velo",
            "Rain, not Velo",
        ] {
            assert!(!alone(line, 1), "{line}");
        }
    }

    #[test]
    fn who_has_something_is_named_without_it() {
        let parted = Parted::new("Velo's \"Rain\"").unwrap();
        assert_eq!(parted.names(0).collect::<Vec<_>>(), ["velos", "velo"]);
        assert_eq!(parted.place(&(0..1)), 0..4);
    }

    #[test]
    fn prose_is_no_line_of_a_list() {
        assert!(Parted::new(&"word ".repeat(40)).is_none());
        assert!(Parted::new("word").is_none());
    }
}
