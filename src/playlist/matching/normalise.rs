//! Takes text as people and rippers write it; gives keys that are equal where people would
//! say "the same": a folded line, a list of words, a Latin spelling.
//! Never decides what a word means and never loses a name whole: a name without letters keeps
//! its signs.

use caseless::Caseless;
use compact_str::CompactString;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::han::simplified;
use super::script;

/// Characters of a name that are looked at. Longer ones are prose or damage.
const LONGEST_NAME: usize = 400;

/// Stands in a word for one letter that was lost on the way ("R?yksopp").
pub(super) const LOST_LETTER: char = '\u{FFFD}';

/// One word as it is compared. Most are so short that they need no memory of their own.
pub(super) type Word = CompactString;

/// The words of a name and the same without gaps.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub(super) struct Phrase {
    /// The words in order.
    pub(super) words: Vec<Word>,
    /// The words joined without spaces, so that "black bird" equals "blackbird".
    pub(super) glued: Word,
}

impl Phrase {
    /// Reads the words of `text`.
    pub(super) fn new(text: &str) -> Self {
        Self::from_words(words(text))
    }

    /// Takes words that are already keys.
    pub(super) fn from_words(words: Vec<Word>) -> Self {
        let mut glued = Word::default();
        words.iter().for_each(|word| glued.push_str(word));
        Self { words, glued }
    }

    /// The same with numbers as words, and with the words that people write a letter or a digit for; `None` where
    /// there is none of these.
    pub(super) fn spelt_out(&self) -> Option<Self> {
        let full = |word: &Word| {
            let full = match word.as_str() {
                "2" => "to",
                "4" => "for",
                "u" => "you",
                "r" => "are",
                "ur" => "your",
                "n" => "and",
                word => {
                    let digits = word.bytes().all(|b| b.is_ascii_digit());
                    digits
                        .then(|| number(word))
                        .flatten()
                        .and_then(|n| NUMBERS.get(n as usize))
                        .unwrap_or(&"")
                }
            };
            if full.is_empty() { word.clone() } else { full.into() }
        };
        let words: Vec<Word> = self.words.iter().map(full).collect();
        (words != self.words).then(|| Self::from_words(words))
    }

    /// Whether there is nothing to compare. Two empty phrases are not "the same".
    pub(super) fn is_empty(&self) -> bool {
        self.glued.is_empty()
    }
}

/// The beginning of a text, as much of it as may be a name: what prose or damage follows costs no time.
pub(super) fn beginning(text: &str) -> &str {
    text.char_indices().nth(LONGEST_NAME).map_or(text, |(end, _)| &text[..end])
}

/// Canonical composition, full case folding, single spaces: the key that keeps everything else.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        // The long way round changes nothing else in plain ASCII.
        let short: String = text.chars().take(LONGEST_NAME).collect();
        return short.to_ascii_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let folded: String = text.chars().take(LONGEST_NAME).nfc().default_case_fold().nfc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The main key: compatibility forms, no accents on Latin, Greek and Cyrillic letters, no
/// apostrophes, joined initials, `&` as a word. A text without any letter or digit
/// ("!!!") is its own only word.
pub(super) fn words(text: &str) -> Vec<Word> {
    let start = text.chars().take(LONGEST_NAME);
    // The long way round changes nothing else in plain ASCII, and most names are that.
    let chars: Vec<char> = if text.is_ascii() {
        start.map(|c| c.to_ascii_lowercase()).collect()
    } else {
        start.nfkc().default_case_fold().nfkc().collect()
    };
    let mut splitter = Splitter::default();
    for at in 0..chars.len() {
        splitter.take(&chars, at);
    }
    splitter.finish();
    if splitter.words.is_empty() {
        let signs = fold(text).replace(' ', "");
        return if signs.is_empty() { Vec::new() } else { vec![signs.into()] };
    }
    splitter.words
}

/// Collects words from characters that are already folded.
#[derive(Default)]
struct Splitter {
    words: Vec<Word>,
    word: Word,
    /// The word so far is made of single letters ("r.e.m").
    initials: bool,
}

impl Splitter {
    fn take(&mut self, chars: &[char], at: usize) {
        let c = chars[at];
        let next = chars.get(at + 1).copied().unwrap_or(' ');
        let inside = !self.word.is_empty() && next.is_alphanumeric();
        match c {
            '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | '′' | 'ʻ' => {}
            '&' | '+' => {
                self.finish();
                self.words.push("and".into());
            }
            '!' if inside && next.is_alphabetic() => self.word.push('i'),
            '$' if next.is_alphabetic() => self.word.push('s'),
            '@' if inside => self.word.push('a'),
            '?' | LOST_LETTER if inside => self.word.push(LOST_LETTER),
            '.' | '-' if self.joins_initials(chars, at) => self.initials = true,
            // "Op. 15/2" is "Op. 15 No. 2".
            '/' if self.is_opus() && next.is_ascii_digit() => {
                self.finish();
                self.words.push("no".into());
            }
            '/' if self.word == "w" => {
                self.word = "with".into();
                self.finish();
            }
            _ if c.is_alphanumeric() || (is_combining_mark(c) && !self.word.is_empty()) => {
                push_plain(&mut self.word, c)
            }
            _ => self.finish(),
        }
    }

    /// Whether the sign at `at` stands between two single letters, as in "R.E.M." or "C-I-T-Y".
    fn joins_initials(&self, chars: &[char], at: usize) -> bool {
        let letter = |i: usize| chars.get(i).is_some_and(|c| c.is_alphanumeric());
        let single = self.initials || self.word.chars().count() == 1;
        single && chars.get(at + 1).is_some_and(|c| c.is_alphabetic()) && !letter(at + 2)
    }

    /// Whether the word so far is the number of an opus.
    fn is_opus(&self) -> bool {
        let sign = self.words.last().is_some_and(|word| matches!(word.as_str(), "op" | "opus"));
        sign && !self.word.is_empty() && self.word.bytes().all(|b| b.is_ascii_digit())
    }

    fn finish(&mut self) {
        self.initials = false;
        let word = match self.word.as_str() {
            "" => return,
            "n" => "and",
            "pt" | "pts" | "parts" | "teil" => "part",
            "vol" | "vols" => "volume",
            "nr" => "no",
            word => word,
        };
        let word = Word::from(word);
        self.words.push(word);
        self.word.clear();
    }
}

/// Appends `c` without its accent where the script writes the plain letter for it. The marks of
/// other scripts (kana voicing, Indic vowels) are letters and stay.
fn push_plain(word: &mut Word, c: char) {
    let plain = match c {
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'æ' => "ae",
        'œ' => "oe",
        'ı' => "i",
        'þ' => "th",
        'ħ' => "h",
        _ => "",
    };
    if !plain.is_empty() {
        word.push_str(plain);
    } else if c.is_ascii() {
        word.push(c);
    } else if ('\u{0300}'..='\u{036F}').contains(&c) {
        // A free accent after a letter of these scripts.
    } else if c < '\u{0530}' || ('\u{1E00}'..='\u{1FFF}').contains(&c) {
        word.extend(std::iter::once(c).nfd().filter(|c| !is_combining_mark(*c)));
    } else {
        word.push(simplified(c));
    }
}

/// The name in Latin letters, if it has others. A rough spelling: an extra view, never the only one.
pub(super) fn latin(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let short: String = text.chars().take(LONGEST_NAME).collect();
    short.chars().any(script::is_foreign).then(|| script::romanised(&short))
}

/// The text that was meant where Cyrillic or Greek of Windows was read as Windows-1252 ("Êèíî"), if it was: no language
/// writes whole words in letters with accents.
fn unread_code_page(text: &str) -> Option<String> {
    const FEWEST: usize = 3;
    let high = |c: char| ('\u{C0}'..='\u{FF}').contains(&c) || matches!(c, '\u{A8}' | '\u{B8}' | '\u{A2}');
    let mut found = 0;
    for word in text.split(|c: char| !c.is_alphanumeric() && !high(c)) {
        let letters = word.chars().filter(|c| high(*c)).count();
        if letters > 0 && letters < word.chars().count() {
            return None;
        }
        found += letters;
    }
    if found < FEWEST {
        return None;
    }
    let (bytes, _, lossy) = encoding_rs::WINDOWS_1252.encode(text);
    let usual = |meant: &str| {
        // Capitals stand first, or everywhere.
        let cased = |word: &str| {
            let mut rest = word.chars().skip(1).filter(|c| c.is_alphabetic());
            let capitals = rest.clone().filter(|c| c.is_uppercase()).count();
            capitals == 0 || rest.all(char::is_uppercase)
        };
        let letters = meant.chars().filter(|c| !c.is_ascii());
        letters.clone().all(char::is_alphabetic) && meant.split(' ').all(cased)
    };
    let pages = [encoding_rs::WINDOWS_1251, encoding_rs::WINDOWS_1253];
    let read =
        pages.iter().filter(|_| !lossy).map(|page| page.decode_without_bom_handling(&bytes).0.into_owned());
    read.into_iter().find(|meant| usual(meant))
}

/// The text that was meant where UTF-8 was read as Windows-1252 ("BublÃ©"), or a code page as another, if it was.
pub(super) fn unmangled(text: &str) -> Option<String> {
    if text.is_ascii() || text.len() > 4 * LONGEST_NAME {
        return None;
    }
    let (bytes, _, lossy) = encoding_rs::WINDOWS_1252.encode(text);
    if lossy {
        return None;
    }
    let Ok(meant) = std::str::from_utf8(&bytes) else { return unread_code_page(text) };
    (meant.chars().count() < text.chars().count()).then(|| meant.to_owned())
}

/// Numbers that are words.
const NUMBERS: [&str; 13] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
];

/// The number that a word stands for: digits, or an English number word up to twelve.
pub(super) fn number(word: &str) -> Option<u32> {
    if !word.is_empty() && word.len() <= 6 && word.bytes().all(|b| b.is_ascii_digit()) {
        return word.parse().ok();
    }
    NUMBERS.iter().position(|name| *name == word).and_then(|n| u32::try_from(n).ok())
}

/// The value of a lower-case roman number up to 39 in its usual spelling.
pub(super) fn roman(word: &str) -> Option<u32> {
    let (tens, rest) = match word.trim_start_matches('x') {
        rest if word.len() - rest.len() <= 3 => (word.len() - rest.len(), rest),
        _ => return None,
    };
    let units = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    // "ix" loses its x to nothing above: it does not start with one.
    let unit = units.iter().position(|u| *u == rest)?;
    let value = u32::try_from(tens * 10 + unit).ok()?;
    (value > 0).then_some(value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn joined(text: &str) -> String {
        words(text).join(" ")
    }

    #[test]
    fn spellings_of_one_name_have_one_key() {
        assert_eq!(joined("Heart’s on Fire"), "hearts on fire");
        assert_eq!(joined("R.E.M."), "rem");
        assert_eq!(joined("C-I-T-Y"), "city");
        assert_eq!(joined("Kenny Loggins & Gladys Knight"), "kenny loggins and gladys knight");
        assert_eq!(joined("Rock 'n' Roll"), "rock and roll");
        assert_eq!(joined("Sigur Rós"), "sigur ros");
        assert_eq!(joined("Motörhead"), joined("Moto\u{308}rhead"));
        assert_eq!(joined("ＡＢＣ"), "abc");
        assert_eq!(joined("Trentemøller"), "trentemoller");
        assert_eq!(joined("P!nk"), "pink");
        assert_eq!(joined("Ke$ha"), "kesha");
        assert_eq!(joined("Straße"), "strasse");
    }

    #[test]
    fn letters_and_digits_are_spelt_out() {
        let full = |text: &str| Phrase::new(text).spelt_out().map(|phrase| phrase.words.join(" "));
        assert_eq!(full("The 1 I Love").as_deref(), Some("the one i love"));
        assert_eq!(full("Fade 2 Black").as_deref(), Some("fade to black"));
        assert_eq!(full("I Would Die 4 U").as_deref(), Some("i would die for you"));
        assert_eq!(full("The One I Love"), None);
    }

    #[test]
    fn names_of_signs_and_other_scripts_stay() {
        assert_eq!(joined("!!!"), "!!!");
        assert_eq!(joined("がぎぐ"), "がぎぐ");
        assert_eq!(joined("हिन्दी"), "हिन्दी");
        assert_eq!(joined("  "), "");
        assert_ne!(joined("ハ"), joined("バ"));
    }

    #[test]
    fn mojibake_is_undone_only_where_it_is_one() {
        assert_eq!(unmangled("BublÃ©").as_deref(), Some("Bublé"));
        assert_eq!(unmangled("Bublé"), None);
        assert_eq!(unmangled("Bubble"), None);
    }

    #[test]
    fn numbers_are_read() {
        assert_eq!(roman("iv"), Some(4));
        assert_eq!(roman("xix"), Some(19));
        assert_eq!(roman("xiv"), Some(14));
        assert_eq!(roman("mix"), None);
        assert_eq!(number("seven"), Some(7));
        assert_eq!(number("0042"), Some(42));
        assert_eq!(number("1234567"), None);
    }
}
