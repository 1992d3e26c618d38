//! Takes names in other scripts than Latin; gives how they may be spelt in Latin letters, what they
//! sound like, and what their words mean where they are everyday words of songs.
//! Never replaces the name as written: each of these is one more name beside it, and trusted less.
//!
//! Romanisation follows the common tables (Revised Romanisation of Korean with its sound changes,
//! Hepburn for kana); other scripts go through `deunicode`. People romanise their own names as they
//! like and write English words in Hangul or kana by ear, so spellings are compared by what remains of
//! them by ear: see [`skeleton`].

use super::glossary;
use super::key::key;
use super::normalise::Word;

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

fn is_han(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c) || ('\u{3400}'..='\u{4DBF}').contains(&c)
}

/// Initial, vowel and final of a Hangul syllable, as positions in the tables.
fn syllable(c: char) -> Option<(usize, usize, usize)> {
    let index = u32::from(c).checked_sub(FIRST_SYLLABLE).filter(|index| *index < SYLLABLES)?;
    let (initial, vowel, last) = (index / (VOWELS * FINALS), index / FINALS % VOWELS, index % FINALS);
    // u32 -> usize: below 28.
    Some((initial as usize, vowel as usize, last as usize))
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

/// How the syllables of a Hangul name begin, by ear ("소녀시대" is "snst").
pub(super) fn initials(text: &str) -> String {
    text.chars()
        .filter_map(syllable)
        .filter_map(|(initial, ..)| INITIAL[initial].chars().next())
        .map(by_ear)
        .collect()
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

/// Whether a name is of a script that writes few of its vowels: Hebrew, Arabic.
pub(super) fn is_unvowelled(name: &str) -> bool {
    name.chars().any(|c| ('\u{05D0}'..='\u{05EA}').contains(&c) || ('\u{0620}'..='\u{064A}').contains(&c))
}

/// What each consonant of a name in such a script may be heard as, in Latin letters as [`romanised`] spells them;
/// `' '` for nothing. "Ch" and "kh" are one letter there and v is as often a vowel.
fn sounds(words: &[Word]) -> Vec<&'static [char]> {
    let mut heard: Vec<&'static [char]> = Vec::new();
    for word in words {
        let mut rest = word.as_str();
        while let Some(first) = rest.chars().next() {
            let pair = ["kh", "sh", "ts", "th", "dh", "gh"].iter().find(|pair| rest.starts_with(**pair));
            rest = &rest[pair.map_or(first.len_utf8(), |pair| pair.len())..];
            let sound: &'static [char] = match pair.copied().unwrap_or_default() {
                "kh" => &['k', 's', ' '],
                "sh" | "ts" => &['s'],
                "th" | "dh" => &['s', 't'],
                "gh" => &['k', ' '],
                _ => match first {
                    'k' => &['k', 's'],
                    'q' => &['k', ' '],
                    'j' => &['s', 'k'],
                    'g' => &['k'],
                    'v' => &['p', ' '],
                    'b' | 'p' | 'f' => &['p'],
                    'd' | 't' => &['t'],
                    's' | 'z' => &['s'],
                    'l' | 'r' => &['l'],
                    'm' => &['m'],
                    'n' => &['n'],
                    _ => &[],
                },
            };
            heard.extend(Some(sound).filter(|sound| !sound.is_empty()));
        }
    }
    heard
}

/// How alike a name in a script of few vowels and a Latin spelling are by ear, 0 to 1. Nothing tells how many syllables
/// are between two consonants there, so short names say little.
fn unvowelled_alike(foreign: &[Word], latin: &[Word]) -> f64 {
    let (sounds, heard) = (sounds(foreign), heard(latin, true));
    let must = sounds.iter().filter(|sound| !sound.contains(&' ')).count();
    let (short, long) = (must.min(heard.len()), must.max(heard.len()));
    if short < 2 || short * 3 < long * 2 {
        return 0.0;
    }
    // The least slips that lead from the sounds so far to each beginning of what is heard.
    let mut slips: Vec<usize> = (0..=heard.len()).collect();
    let mut before: &[char] = &[];
    for sound in sounds {
        // Two alike with no vowel between are one.
        let twice = sound.iter().any(|c| *c != ' ' && before.contains(c));
        before = sound;
        let free = usize::from(!twice && !sound.contains(&' '));
        let mut next = vec![slips[0] + free];
        for (at, c) in heard.chars().enumerate() {
            let same = slips[at] + usize::from(!sound.contains(&c));
            next.push(same.min(slips[at + 1] + free).min(next[at] + 1));
        }
        slips = next;
    }
    let slips = slips[heard.len()];
    // usize -> f64: names are short.
    let alike = 1.0 - slips as f64 / long as f64;
    let most = match short {
        2 => 0.8,
        3 => 0.88,
        4 => 0.92,
        _ => 0.96,
    };
    if (slips == 0 || short > 3) && alike >= 0.75 { alike * most } else { 0.0 }
}

/// The keys by which a name in such a script is looked up among Latin ones, by all that it may be heard as.
pub(super) fn unvowelled_keys(words: &[Word]) -> Vec<u64> {
    const MOST: usize = 64;
    let mut all = vec![String::new()];
    for sound in sounds(words) {
        // An r is not heard in many places.
        let sound: &[char] = if sound == ['l'] { &['l', ' '] } else { sound };
        if all.len() * sound.len() > MOST {
            all.iter_mut().for_each(|heard| heard.extend(sound.first().filter(|c| **c != ' ')));
            continue;
        }
        let longer = |heard: &String| {
            let heard = heard.clone();
            sound.iter().map(move |c| if *c == ' ' { heard.clone() } else { format!("{heard}{c}") })
        };
        all = all.iter().flat_map(longer).collect();
    }
    let fits = |heard: &String| heard.len() > 1 && heard.len() < 24;
    all.into_iter().filter(fits).map(|heard| key(&format!("\u{1}{heard}"))).collect()
}

/// A spelling of a Slavic name in Latin letters, as English readers spell the sounds: "j" is no hissing sound there, and
/// "c" is.
fn as_slavic(words: &[Word]) -> Vec<Word> {
    let respelt = |word: &Word| {
        let mut spelt = word.replace("shch", "sh").replace("sch", "sh").replace("kh", "h").replace('j', "y");
        let bytes = spelt.clone();
        for (at, _) in bytes.match_indices('c') {
            if !matches!(bytes.as_bytes().get(at + 1), Some(b'h' | b'k')) {
                spelt.replace_range(at..=at, "s");
            }
        }
        Word::from(spelt)
    };
    words.iter().map(respelt).collect()
}

/// How alike two names are by ear, each as it was written and as it is spelt in Latin letters.
pub(super) fn heard_alike((a, spelt_a): (&str, &[Word]), (b, spelt_b): (&str, &[Word])) -> f64 {
    let plain = sounds_like(spelt_a, spelt_b);
    let own = match (is_foreign_name(a), is_foreign_name(b)) {
        (true, false) => by_script(a, spelt_a, spelt_b),
        (false, true) => by_script(b, spelt_b, spelt_a),
        _ => 0.0,
    };
    plain.max(own)
}

fn by_script(name: &str, spelt: &[Word], latin: &[Word]) -> f64 {
    if is_unvowelled(name) {
        unvowelled_alike(spelt, latin)
    } else if is_cyrillic(name) {
        sounds_like(&as_slavic(spelt), &as_slavic(latin))
    } else {
        0.0
    }
}

fn is_foreign_name(name: &str) -> bool {
    name.chars().any(is_foreign)
}

/// Whether a name is in Cyrillic letters.
fn is_cyrillic(name: &str) -> bool {
    name.chars().any(|c| ('\u{0400}'..='\u{04FF}').contains(&c))
}

/// Whether two names of two consonants are the same by ear: little, but something.
pub(super) fn sounds_briefly_like(a: &[Word], b: &[Word]) -> bool {
    let (a, b) = (skeleton(a), skeleton(b));
    a.len() == 2 && a == b
}

/// Whether two names too short for [`sounds_like`] are the same by ear: two consonants, as many syllables.
pub(super) fn same_brief_sound((a, spelt_a): (&str, &[Word]), (b, spelt_b): (&str, &[Word])) -> bool {
    brief(spelt_a, spelt_b)
        || ((is_cyrillic(a) || is_cyrillic(b)) && brief(&as_slavic(spelt_a), &as_slavic(spelt_b)))
}

fn brief(a: &[Word], b: &[Word]) -> bool {
    let syllables = |words: &[Word]| -> usize {
        let is_vowel = |c: char| "aeiouy".contains(c);
        let in_word = |word: &Word| word.split(|c| !is_vowel(c)).filter(|run| !run.is_empty()).count();
        words.iter().map(in_word).sum()
    };
    sounds_briefly_like(a, b) && syllables(a) == syllables(b)
}

/// The key by which names that sound the same are looked up; `None` for names too short to look up.
pub(super) fn sound_key(words: &[Word]) -> Option<u64> {
    let heard = skeleton(words);
    // No name as written begins with this sign: normal words hold none.
    (heard.len() > 1 && heard.len() < 24).then(|| key(&format!("\u{1}{heard}")))
}

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

    fn cut(text: &str) -> Vec<Word> {
        text.to_lowercase().split(' ').map(Word::from).collect()
    }

    fn alike(foreign: &str, latin: &str) -> f64 {
        sounds_like(&cut(&romanised(foreign)), &cut(latin))
    }

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
    fn kana_is_romanised() {
        assert_eq!(romanised("さくら"), "sakura");
        assert_eq!(romanised("きょうと"), "kyouto");
        assert_eq!(romanised("チョコレート"), "chokoreto");
        assert_eq!(romanised("ロケット"), "roketto");
        assert_eq!(romanised("フォーク"), "foku");
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
    fn scripts_of_few_vowels_are_heard() {
        let alike = |foreign: &str, latin: &str| unvowelled_alike(&cut(&romanised(foreign)), &cut(latin));
        assert!(alike("ירושלים של זהב", "Yerushalayim shel zahav") > 0.9);
        assert!(alike("הבה נגילה", "Hava Nagila") > 0.85);
        assert!(alike("חנה", "Chana") == 0.0, "too short to say anything");
        assert_eq!(alike("ירח", "Yareach"), 0.0);
        assert!(alike("עכשיו מעונן", "Achshav meunan") > 0.9);
        assert_eq!(alike("הבה נגילה", "Paper Crown"), 0.0);
        let key = |latin: &str| sound_key(&cut(latin)).expect("long enough");
        assert!(unvowelled_keys(&cut(&romanised("שלמה ארצי"))).contains(&key("shlomo artzi")));
        assert!(unvowelled_keys(&cut(&romanised("חנוכה"))).contains(&key("chanukah")));
    }

    #[test]
    fn slavic_spellings_are_heard() {
        let alike = |foreign: &str, latin: &str| {
            heard_alike((foreign, &cut(&romanised(foreign))), (latin, &cut(latin)))
        };
        assert!(alike("Обійми", "Obijmy") == 0.0, "two consonants");
        assert!(alike("щасливих людей", "schaslyvyh lyudey") > 0.9);
        assert!(alike("срце моје", "srce moje") > 0.85);
    }

    #[test]
    fn letters_and_acronyms() {
        assert_eq!(spelt("에이비씨").as_deref(), Some("abc"));
        assert_eq!(spelt("사랑"), None);
        assert!(is_acronym("dbsk", &initials("동방신기")));
        assert!(!is_acronym("abba", &initials("동방신기")));
    }

    #[test]
    fn everyday_words_are_understood() {
        assert_eq!(meaning("겨울 바다").as_deref(), Some("winter sea"));
        assert_eq!(meaning("雪の花").as_deref(), Some("snow flower"));
        assert_eq!(meaning("Hello"), None);
        assert_eq!(meaning("가나다라마바사"), None);
    }
}
