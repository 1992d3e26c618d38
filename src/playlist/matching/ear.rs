//! Takes two names in different scripts, each spelt in Latin letters; gives how alike they are by ear, as far as that
//! hangs on the script: Hebrew and Arabic write few vowels, Slavic languages spell sounds another way than English.
//! Never romanises anything: see `script`.

use super::normalise::Word;
use super::script::is_foreign;
use super::sound::{every_sound, sound_of, sounds_briefly_like, sounds_like};

/// Whether a name is of a script that writes few of its vowels: Hebrew, Arabic.
pub(super) fn is_unvowelled(name: &str) -> bool {
    name.chars().any(|c| ('\u{05D0}'..='\u{05EA}').contains(&c) || ('\u{0620}'..='\u{064A}').contains(&c))
}

/// What each consonant of a name in such a script may be heard as, in Latin letters as `script` spells them;
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
    let (sounds, heard) = (sounds(foreign), every_sound(latin));
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
    all.iter().filter_map(|heard| sound_of(heard)).collect()
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

/// How alike two names are by ear, each as it was written and as it is spelt in Latin letters. Other scripts leave the
/// English article out.
pub(super) fn heard_alike((a, spelt_a): (&str, &[Word]), (b, spelt_b): (&str, &[Word])) -> f64 {
    let plain = sounds_like(spelt_a, spelt_b).max(sounds_like(bare(spelt_a), bare(spelt_b)));
    let own = match (is_foreign_name(a), is_foreign_name(b)) {
        (true, false) => by_script(a, spelt_a, spelt_b),
        (false, true) => by_script(b, spelt_b, spelt_a),
        _ => 0.0,
    };
    plain.max(own)
}

/// A name without the article.
fn bare(name: &[Word]) -> &[Word] {
    match name {
        [article, rest @ ..] if article == "the" && !rest.is_empty() => rest,
        all => all,
    }
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

#[cfg(test)]
mod tests {
    use super::super::script::romanised;
    use super::super::sound::sound_key;
    use super::*;

    fn cut(text: &str) -> Vec<Word> {
        text.to_lowercase().split(' ').map(Word::from).collect()
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
    fn the_article_is_left_out() {
        let foreign = "プレリュード";
        assert!(
            heard_alike((foreign, &cut(&romanised(foreign))), ("the prelude", &cut("the prelude"))) > 0.9
        );
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
}
