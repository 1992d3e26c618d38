//! Takes names in Latin letters; gives what remains of them by ear, whatever language they are spelt in, how alike that is,
//! and keys to look it up by.
//! Never spells a name: see `script`. What hangs on the script that a name was in stands in `ear`.

use super::key::key;
use super::normalise::Word;
use super::script::hangul_initials;

/// How the syllables of a Hangul name begin, by ear ("소녀시대" is "snst").
pub(super) fn initials(text: &str) -> String {
    hangul_initials(text).map(by_ear).collect()
}

/// Whether `acronym` is how a name's syllables begin ("BTS" for "방탄소년단").
pub(super) fn is_acronym(acronym: &str, initials: &str) -> bool {
    let heard: String = acronym.chars().map(by_ear).collect();
    acronym.len() > 2 && acronym.len() < 6 && initials.starts_with(&heard)
}

/// The class that a consonant is heard as across languages: voiced and voiceless are one, so are
/// hissing sounds, and l and r.
fn by_ear(c: char) -> char {
    match c {
        'b' | 'f' | 'v' => 'p',
        'g' | 'q' | 'c' => 'k',
        'd' => 't',
        'z' | 'j' => 's',
        'r' => 'l',
        c => c,
    }
}

/// What remains of a Latin spelling by ear: classes of consonants, without vowels, silent letters and
/// the r that many do not speak ("Wonder Girls" and "wondeogeolseu" are "ntkls").
pub(super) fn skeleton(words: &[Word]) -> String {
    heard(words, false)
}

/// The same, with each r spoken or not.
fn heard(words: &[Word], every_r: bool) -> String {
    let mut heard = String::new();
    for word in words {
        push_word(&word.bytes().collect::<Vec<_>>(), every_r, &mut heard);
    }
    heard
}

fn push_word(word: &[u8], every_r: bool, heard: &mut String) {
    let is_vowel = |b: Option<&u8>| b.is_some_and(|b| b"aeiouyw".contains(b));
    let soft = |b: Option<&u8>| b.is_some_and(|b| b"eiy".contains(b));
    let mut last = ' ';
    let mut at = 0;
    while at < word.len() {
        let (here, rest) = (word[at], &word[at + 1..]);
        let next = rest.first();
        let (class, length) = match here {
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'w' | b'h' => (' ', 1),
            b'p' if at == 0 && next == Some(&b's') => (' ', 1),
            b'k' if at == 0 && next == Some(&b'n') => (' ', 1),
            b'p' if next == Some(&b'h') => ('p', 2),
            b'g' if next == Some(&b'h') => (' ', 2),
            b'c' if rest.starts_with(b"hr") => ('k', 2),
            b't' if rest.starts_with(b"ch") => ('s', 3),
            b's' if rest.starts_with(b"ch") => ('s', 3),
            b't' if rest.starts_with(b"ion") => ('s', 1),
            b't' | b's' | b'c' | b'z' if next == Some(&b'h') => ('s', 2),
            b't' if matches!(next, Some(b's' | b'z')) => ('s', 2),
            b't' if rest.starts_with(b"ts") || rest.starts_with(b"tz") => (' ', 1),
            b'c' if next == Some(&b'k') => ('k', 2),
            b'g' if rest == b"e" => ('s', 1),
            b'c' if soft(next) => ('s', 1),
            b'n' if next == Some(&b'g') && rest != b"ge" => ('n', 2),
            b'x' if at == 0 => ('s', 1),
            b'x' => {
                heard.push('k');
                ('s', 1)
            }
            // "Park", "Busker": not spoken in most languages that write it by ear.
            b'r' if !every_r && at > 0 && !is_vowel(next) && next != Some(&b'r') => (' ', 1),
            // "Sign", "foreign".
            b'g' if rest == b"n" => (' ', 1),
            letter if letter.is_ascii_alphabetic() || letter.is_ascii_digit() => {
                (by_ear(char::from(letter)), 1)
            }
            _ => (' ', 1),
        };
        // A doubled letter is one sound; the same sound after a vowel is another.
        if class != ' ' && class != last {
            heard.push(class);
        }
        last = class;
        at += length;
    }
}

/// How alike two Latin spellings are by ear, 0 to 1. Short ones say little: "tlm" is also "dial 'em".
///
/// Most languages speak each r, and some who write a foreign name by ear write it: they are held against each other with
/// and without.
pub(super) fn sounds_like(a: &[Word], b: &[Word]) -> f64 {
    let (quiet, spoken) = ((skeleton(a), skeleton(b)), (heard(a, true), heard(b, true)));
    let best = skeletons_alike(&quiet.0, &quiet.1);
    if spoken == quiet { best } else { best.max(skeletons_alike(&spoken.0, &spoken.1)) }
}

fn skeletons_alike(a: &str, b: &str) -> f64 {
    let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
    if short < 3 || short * 3 < long * 2 {
        return 0.0;
    }
    // usize -> f64: names are short.
    let alike = 1.0 - strsim::osa_distance(a, b) as f64 / long as f64;
    let most = match short {
        3 => 0.88,
        4 => 0.92,
        _ => 0.96,
    };
    if alike >= 0.75 { alike * most } else { 0.0 }
}

/// Whether two names of two consonants are the same by ear: little, but something.
pub(super) fn sounds_briefly_like(a: &[Word], b: &[Word]) -> bool {
    let (a, b) = (skeleton(a), skeleton(b));
    a.len() == 2 && a == b
}

/// The key by which names that sound the same are looked up; `None` for names too short to look up.
pub(super) fn sound_key(words: &[Word]) -> Option<u64> {
    sound_of(&skeleton(words))
}

/// The key of what is heard.
pub(super) fn sound_of(heard: &str) -> Option<u64> {
    // No name as written begins with this sign: normal words hold none.
    (heard.len() > 1 && heard.len() < 24).then(|| key(&format!("\u{1}{heard}")))
}

/// What remains of a spelling in which every r is spoken.
pub(super) fn every_sound(words: &[Word]) -> String {
    heard(words, true)
}

#[cfg(test)]
mod tests {
    use super::super::script::romanised;
    use super::*;

    fn cut(text: &str) -> Vec<Word> {
        text.to_lowercase().split(' ').map(Word::from).collect()
    }

    fn alike(foreign: &str, latin: &str) -> f64 {
        sounds_like(&cut(&romanised(foreign)), &cut(latin))
    }

    #[test]
    fn words_written_by_ear_are_heard() {
        assert!(alike("초콜릿", "Chocolate") > 0.8);
        assert!(alike("오렌지", "Orange") > 0.8);
        assert!(alike("ロックンロール", "Rock and Roll") > 0.6);
        assert!(alike("クリスマス", "Christmas") > 0.7);
        assert!(alike("Подмосковные вечера", "Podmoskovnye vechera") > 0.9);
        assert_eq!(alike("초콜릿", "Umbrella"), 0.0);
        assert!(alike("ロードサイン", "Road Sign") > 0.8, "a g that nobody speaks");
        assert!(alike("カーペンター", "Carpenter") > 0.7);
        assert!(alike("アルバート", "Albert") > 0.8, "an r that is spoken");
        assert_eq!(alike("밤", "Bam"), 0.0, "too short to say anything");
    }

    #[test]
    fn acronyms_are_of_syllables() {
        assert!(is_acronym("dbsk", &initials("동방신기")));
        assert!(!is_acronym("abba", &initials("동방신기")));
    }
}
