//! Takes names in other scripts than Latin; gives how they may be spelt in Latin letters, what they
//! sound like, and what their words mean where they are everyday words of songs.
//! Never replaces the name as written: each of these is one more name beside it, and trusted less.
//!
//! Romanisation follows the common tables (Revised Romanisation of Korean with its sound changes,
//! Hepburn for kana); other scripts go through `deunicode`. People romanise their own names as they
//! like and write English words in Hangul or kana by ear, so spellings are compared by what remains of
//! them by ear: see `sound`.

use super::glossary;

/// The first Hangul syllable, and the numbers of vowels and finals that syllables are counted by
/// (Unicode 16, section 3.12).
const FIRST_SYLLABLE: u32 = 0xAC00;
const VOWELS: u32 = 21;
const FINALS: u32 = 28;
const SYLLABLES: u32 = 19 * VOWELS * FINALS;

const INITIAL: [&str; 19] =
    ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"];
const VOWEL: [&str; 21] = [
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi",
    "yu", "eu", "ui", "i",
];
/// Finals before a consonant or at the end.
const FINAL: [&str; 28] = [
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t",
    "ng", "t", "t", "k", "t", "p", "t",
];
/// Finals before a vowel, where they are heard as the next syllable's beginning.
const LINKED: [&str; 28] = [
    "", "g", "kk", "ks", "n", "nj", "n", "d", "r", "lg", "lm", "lb", "ls", "lt", "lp", "r", "m", "b", "ps",
    "s", "ss", "ng", "j", "ch", "k", "t", "p", "",
];

/// What a Latin letter or digit is called in Korean, longest first among those that begin alike.
const LETTERS: &[(&str, char)] = &[
    ("에이치", 'h'),
    ("더블유", 'w'),
    ("에이", 'a'),
    ("에프", 'f'),
    ("아이", 'i'),
    ("제이", 'j'),
    ("케이", 'k'),
    ("에스", 's'),
    ("브이", 'v'),
    ("엑스", 'x'),
    ("와이", 'y'),
    ("제트", 'z'),
    ("비", 'b'),
    ("씨", 'c'),
    ("시", 'c'),
    ("디", 'd'),
    ("이", 'e'),
    ("지", 'g'),
    ("엘", 'l'),
    ("엠", 'm'),
    ("엔", 'n'),
    ("오", 'o'),
    ("피", 'p'),
    ("큐", 'q'),
    ("알", 'r'),
    ("티", 't'),
    ("유", 'u'),
    ("원", '1'),
    ("투", '2'),
    ("포", '4'),
];

/// The syllables of kana; a small one follows the table's rules below.
const KANA: &[(&str, &str)] = &[
    ("a", "あ"),
    ("i", "い"),
    ("u", "う"),
    ("e", "え"),
    ("o", "お"),
    ("ka", "か"),
    ("ki", "き"),
    ("ku", "く"),
    ("ke", "け"),
    ("ko", "こ"),
    ("ga", "が"),
    ("gi", "ぎ"),
    ("gu", "ぐ"),
    ("ge", "げ"),
    ("go", "ご"),
    ("sa", "さ"),
    ("shi", "し"),
    ("su", "す"),
    ("se", "せ"),
    ("so", "そ"),
    ("za", "ざ"),
    ("ji", "じ"),
    ("zu", "ず"),
    ("ze", "ぜ"),
    ("zo", "ぞ"),
    ("ta", "た"),
    ("chi", "ち"),
    ("tsu", "つ"),
    ("te", "て"),
    ("to", "と"),
    ("da", "だ"),
    ("ji", "ぢ"),
    ("zu", "づ"),
    ("de", "で"),
    ("do", "ど"),
    ("na", "な"),
    ("ni", "に"),
    ("nu", "ぬ"),
    ("ne", "ね"),
    ("no", "の"),
    ("ha", "は"),
    ("hi", "ひ"),
    ("fu", "ふ"),
    ("he", "へ"),
    ("ho", "ほ"),
    ("ba", "ば"),
    ("bi", "び"),
    ("bu", "ぶ"),
    ("be", "べ"),
    ("bo", "ぼ"),
    ("pa", "ぱ"),
    ("pi", "ぴ"),
    ("pu", "ぷ"),
    ("pe", "ぺ"),
    ("po", "ぽ"),
    ("ma", "ま"),
    ("mi", "み"),
    ("mu", "む"),
    ("me", "め"),
    ("mo", "も"),
    ("ya", "や"),
    ("yu", "ゆ"),
    ("yo", "よ"),
    ("ra", "ら"),
    ("ri", "り"),
    ("ru", "る"),
    ("re", "れ"),
    ("ro", "ろ"),
    ("wa", "わ"),
    ("o", "を"),
    ("n", "ん"),
    ("vu", "ゔ"),
];
const SMALL: &[(&str, char)] = &[
    ("ya", 'ゃ'),
    ("yu", 'ゅ'),
    ("yo", 'ょ'),
    ("a", 'ぁ'),
    ("i", 'ぃ'),
    ("u", 'ぅ'),
    ("e", 'ぇ'),
    ("o", 'ぉ'),
];

/// Whether a letter is of a script that needs another spelling to be compared with Latin ones.
pub(super) fn is_foreign(c: char) -> bool {
    c.is_alphabetic() && c >= '\u{0370}' && !('\u{1E00}'..='\u{1EFF}').contains(&c)
}

/// The text with its foreign letters spelt in Latin ones.
pub(super) fn romanised(text: &str) -> String {
    let mut latin = String::with_capacity(text.len());
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        if syllable(c).is_some() {
            at += push_hangul(&chars[at..], &mut latin);
        } else if kana(c).is_some() {
            at += push_kana(&chars[at..], &mut latin);
        } else if c.is_ascii() {
            latin.push(c);
            at += 1;
        } else if let Some((spelt, length)) = greek(&chars, at) {
            latin.push_str(spelt);
            at += length;
        } else if let Some((_, spelt)) = HEBREW.iter().find(|(letter, _)| *letter == c) {
            latin.push_str(spelt);
            at += 1;
        } else {
            latin.push_str(&deunicode::deunicode(c.encode_utf8(&mut [0; 4])));
            at += 1;
        }
        let next = chars.get(at).copied().unwrap_or(' ');
        // A name of kanji and one of kana stand together without a gap.
        if is_han(c) != is_han(next) && (kana(c).is_some() || kana(next).is_some()) {
            latin.push(' ');
        }
    }
    latin
}

/// The sound that two Greek letters make together, and their number.
fn greek(chars: &[char], at: usize) -> Option<(&'static str, usize)> {
    let lower = |at: usize| chars.get(at).and_then(|c| c.to_lowercase().next()).unwrap_or(' ');
    let first = at.checked_sub(1).is_none_or(|before| !chars[before].is_alphabetic());
    let spelt = match (lower(at), lower(at + 1)) {
        ('ε', 'υ' | 'ύ') => "ev",
        ('α', 'υ' | 'ύ') => "av",
        ('γ', 'γ') => "ng",
        ('μ', 'π') if first => "b",
        ('ν', 'τ') if first => "d",
        ('γ', 'κ') if first => "g",
        _ => return None,
    };
    Some((spelt, 2))
}

pub(super) fn is_han(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c) || ('\u{3400}'..='\u{4DBF}').contains(&c)
}

/// Initial, vowel and final of a Hangul syllable, as positions in the tables.
fn syllable(c: char) -> Option<(usize, usize, usize)> {
    let index = u32::from(c).checked_sub(FIRST_SYLLABLE).filter(|index| *index < SYLLABLES)?;
    let (initial, vowel, last) = (index / (VOWELS * FINALS), index / FINALS % VOWELS, index % FINALS);
    // u32 -> usize: below 28.
    Some((initial as usize, vowel as usize, last as usize))
}

/// The consonants that the syllables of a Hangul name begin with, where there is one.
pub(super) fn hangul_initials(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter_map(syllable).filter_map(|(initial, ..)| INITIAL[initial].chars().next())
}

/// Appends the run of Hangul that `chars` begins with; gives its length.
fn push_hangul(chars: &[char], latin: &mut String) -> usize {
    let run: Vec<_> = chars.iter().map_while(|c| syllable(*c)).collect();
    let mut carried = "";
    for (at, (initial, vowel, last)) in run.iter().enumerate() {
        latin.push_str(if carried.is_empty() { INITIAL[*initial] } else { carried });
        latin.push_str(VOWEL[*vowel]);
        carried = "";
        let next = run.get(at + 1).map(|(initial, ..)| INITIAL[*initial]);
        latin.push_str(match (FINAL[*last], next) {
            (_, Some("")) if LINKED[*last] == "ng" => "ng",
            (_, Some("")) => {
                carried = LINKED[*last];
                ""
            }
            ("l", Some("r")) => {
                carried = "l";
                "l"
            }
            ("k", Some("n" | "m")) => "ng",
            ("t", Some("n" | "m")) => "n",
            ("p", Some("n" | "m")) => "m",
            (plain, _) => plain,
        });
    }
    run.len()
}

/// A kana as hiragana.
fn kana(c: char) -> Option<char> {
    match c {
        '\u{3041}'..='\u{3096}' | 'ー' => Some(c),
        '\u{30A1}'..='\u{30F6}' => char::from_u32(u32::from(c) - 0x60),
        _ => None,
    }
}

/// Appends the run of kana that `chars` begins with; gives its length.
fn push_kana(chars: &[char], latin: &mut String) -> usize {
    let run: Vec<char> = chars.iter().map_while(|c| kana(*c)).collect();
    let mut doubled = false;
    for c in &run {
        if *c == 'っ' {
            doubled = true;
        } else if let Some((small, _)) = SMALL.iter().find(|(_, s)| s == c) {
            // "ki" and a small "ya" are "kya", "fu" and a small "o" are "fo".
            if latin.ends_with(['i', 'u', 'e', 'o']) {
                latin.pop();
            }
            let soft = latin.ends_with("sh") || latin.ends_with("ch") || latin.ends_with('j');
            latin.push_str(if soft { small.trim_start_matches('y') } else { small });
        } else if let Some((spelt, _)) = KANA.iter().find(|(_, kana)| kana.starts_with(*c)) {
            if std::mem::take(&mut doubled) {
                latin.extend(spelt.chars().next());
            }
            latin.push_str(spelt);
        }
    }
    run.len()
}

/// A name made of the names of letters ("아이유" is "IU").
pub(super) fn spelt(text: &str) -> Option<String> {
    let mut rest = text.trim();
    let mut letters = String::new();
    while !rest.is_empty() {
        let (name, letter) = LETTERS.iter().find(|(name, _)| rest.starts_with(name))?;
        letters.push(*letter);
        rest = &rest[name.len()..];
    }
    (letters.len() > 1).then_some(letters)
}

/// Hebrew letters in Latin ones; those that are only heard as vowels, if at all, are nothing.
const HEBREW: &[(char, &str)] = &[
    ('א', ""),
    ('ב', "b"),
    ('ג', "g"),
    ('ד', "d"),
    ('ה', "h"),
    ('ו', "v"),
    ('ז', "z"),
    ('ח', "kh"),
    ('ט', "t"),
    ('י', "y"),
    ('כ', "k"),
    ('ך', "k"),
    ('ל', "l"),
    ('מ', "m"),
    ('ם', "m"),
    ('נ', "n"),
    ('ן', "n"),
    ('ס', "z"), // "ts" and "sh" are letters of their own
    ('ע', ""),
    ('פ', "p"),
    ('ף', "p"),
    ('צ', "ts"),
    ('ץ', "ts"),
    ('ק', "q"),
    ('ר', "r"),
    ('ש', "sh"),
    ('ת', "t"),
];

/// What a title of everyday words means in English, if most of it is such words.
pub(super) fn meaning(text: &str) -> Option<String> {
    let foreign = text.chars().filter(|c| is_foreign(*c)).count();
    if foreign == 0 {
        return None;
    }
    let (mut words, mut known) = (Vec::new(), 0);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let found = glossary::WORDS
            .iter()
            .filter(|(word, _)| rest.starts_with(word))
            .max_by_key(|(word, _)| word.len());
        match found {
            Some((word, english)) => {
                words.push(*english);
                known += word.chars().count();
                rest = &rest[word.len()..];
            }
            None => rest = &rest[first.len_utf8()..],
        }
    }
    words.retain(|word| !word.is_empty());
    (known * 2 >= foreign && !words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hangul_is_romanised_as_it_is_spoken() {
        for (hangul, latin) in [
            ("벚꽃", "beotkkot"),
            ("설날", "seolnal"),
            ("음악", "eumak"),
            ("신라", "sinra"),
            ("빨리", "ppalli"),
            ("국민", "gungmin"),
            ("영어", "yeongeo"),
        ] {
            assert_eq!(romanised(hangul), latin);
        }
    }

    #[test]
    fn greek_pairs_of_letters_are_one_sound() {
        assert!(romanised("ευχή").starts_with("ev"));
        assert!(romanised("μπαμπάς").starts_with('b'));
        assert!(romanised("γκολ").starts_with("go"));
    }

    #[test]
    fn kana_is_romanised() {
        assert_eq!(romanised("さくら"), "sakura");
        assert_eq!(romanised("きょうと"), "kyouto");
        assert_eq!(romanised("チョコレート"), "chokoreto");
        assert_eq!(romanised("ロケット"), "roketto");
        assert_eq!(romanised("フォーク"), "foku");
    }

    #[test]
    fn names_of_letters_are_letters() {
        assert_eq!(spelt("에이비씨").as_deref(), Some("abc"));
        assert_eq!(spelt("사랑"), None);
    }

    #[test]
    fn everyday_words_are_understood() {
        assert_eq!(meaning("겨울 바다").as_deref(), Some("winter sea"));
        assert_eq!(meaning("雪の花").as_deref(), Some("snow flower"));
        assert_eq!(meaning("Hello"), None);
        assert_eq!(meaning("가나다라마바사"), None);
    }
}
