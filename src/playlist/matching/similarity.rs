//! Takes two phrases; gives how alike they are, from 0 to 1, and how much that says.
//! Never looks at what the phrases are for: titles and artists are compared alike.

use super::normalise::{LOST_LETTER, Phrase, Word, number, roman};
use super::weights;
use super::words::Rarity;

/// How two phrases agree.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Likeness {
    /// 0 for nothing in common, 1 for equal.
    pub(super) value: f64,
    /// The weight of the words that agree, in nats.
    pub(super) mass: f64,
}

/// How alike two words are: 1 if equal or two spellings of one number or sound, the edit
/// similarity if that is high, else 0.
pub(super) fn word(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    if is_digits(a) || is_digits(b) {
        let (digits, word) = if is_digits(a) { (a, b) } else { (b, a) };
        let Some(value) = number(digits) else { return 0.0 };
        let same = number(word) == Some(value) || (word.len() > 1 && roman(word) == Some(value));
        return if same { 1.0 } else { sounds_alike(a, b) };
    }
    let (la, lb) = (a.chars().count(), b.chars().count());
    if la.min(lb) > 2 && (a.strip_suffix('s') == Some(b) || b.strip_suffix('s') == Some(a)) {
        return weights::PLURAL;
    }
    let by_ear = sounds_alike(a, b);
    if la.min(lb) < weights::SHORTEST_TYPO || by_ear > 0.0 {
        return by_ear;
    }
    let longest = la.max(lb);
    if la.abs_diff(lb) * 4 > longest {
        return 0.0;
    }
    if too_different(a, b, longest) {
        return 0.0;
    }
    let lost = if a.contains(LOST_LETTER) || b.contains(LOST_LETTER) { lost_letters(a, b) } else { 0 };
    // usize -> f64: word lengths are far below 2^53.
    let slips = strsim::osa_distance(a, b).saturating_sub(lost);
    let edits = if slips == 1 && longest >= weights::LONG_WORD { 0.5 } else { slips as f64 };
    let likeness = 1.0 - edits / longest as f64;
    if likeness >= weights::TYPO_FLOOR { likeness } else { 0.0 }
}

/// A quick look that spares most edit distances: each edit changes at most two of the kinds of
/// letters that the words have.
fn too_different(a: &str, b: &str, longest: usize) -> bool {
    let kinds = |word: &str| word.chars().fold(0_u64, |set, c| set | 1 << (u32::from(c) % 64));
    // f64 -> u32: at most 400 letters.
    let edits = ((1.0 - weights::TYPO_FLOOR) * longest as f64).floor() as u32;
    (kinds(a) ^ kinds(b)).count_ones() > 2 * edits + 2
}

fn is_digits(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

/// How many letters that were lost stand where the other word has one.
fn lost_letters(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).filter(|(x, y)| x != y && (*x == LOST_LETTER || *y == LOST_LETTER)).count()
}

/// Shorthand that people write by ear.
fn sounds_alike(a: &str, b: &str) -> f64 {
    if a.len().min(b.len()) > weights::SHORTEST_TYPO {
        return 0.0;
    }
    if same_vowels(a, b) {
        return weights::BY_EAR;
    }
    let same = spelled_out(a).contains(&b) || spelled_out(b).contains(&a);
    if same { weights::BY_EAR } else { 0.0 }
}

/// What a shorthand stands for. A `match`, since nearly every pair of words comes here, and goes on.
fn spelled_out(short: &str) -> &'static [&'static str] {
    match short {
        "2" => &["to", "too"],
        "4" => &["for"],
        "1" => &["one"],
        "u" => &["you"],
        "ur" => &["your"],
        "r" => &["are"],
        "w" => &["with"],
        "xmas" => &["christmas"],
        "da" => &["the"],
        "ya" => &["you"],
        "bro" => &["brother"],
        "bros" => &["brothers"],
        "luv" => &["love"],
        "lovin" => &["loving"],
        "nite" => &["night"],
        "lite" => &["light"],
        "thru" => &["through"],
        "int" | "intl" => &["international"],
        "orch" => &["orchestra", "orchester", "orchestre"],
        "phil" => &["philharmonic", "philharmoniker"],
        "boyz" => &["boys"],
        "gurl" => &["girl"],
        "dat" => &["that"],
        "tha" => &["the"],
        "em" => &["them"],
        "til" => &["until"],
        "till" => &["until"],
        "coz" => &["because"],
        "cuz" => &["because"],
        "cause" => &["because"],
        _ => &[],
    }
}

/// Whether two words differ only in how a vowel is drawn out ("ja", "jaa"; "ye", "yeh"; "o", "oh"). Other doubled
/// vowels make other words.
fn same_vowels(a: &str, b: &str) -> bool {
    // A quick look that spares nearly all words the long one.
    let drawn_out = |word: &str| word.ends_with('h') || word.contains("aa");
    if a.len() == b.len() || a.as_bytes().first() != b.as_bytes().first() || !(drawn_out(a) || drawn_out(b)) {
        return false;
    }
    let plain = |word: &str| {
        let word = word.replace("aa", "a");
        match word.strip_suffix('h') {
            Some(rest) if rest.ends_with(['a', 'e', 'i', 'o', 'u']) => rest.to_owned(),
            _ => word,
        }
    };
    plain(a) == plain(b)
}

/// How well the words of `a` are found in `b` and the other way round.
struct Coverage {
    of_a: f64,
    of_b: f64,
    matched: f64,
}

/// Pairs each word of `a` with its best free word of `b`, in order; two neighbours may pair
/// with one word that joins them.
fn coverage(a: &Phrase, b: &Phrase, rarity: &Rarity, alike: impl Fn(&str, &str) -> f64) -> Coverage {
    // Most names are so short that they need no memory of their own.
    let (mut few, mut many) = ([0.0_f64; 4 * USUAL_WORDS], Vec::new());
    let count = a.words.len() + b.words.len();
    let room = if count <= 2 * USUAL_WORDS {
        &mut few[..2 * count]
    } else {
        many.resize(2 * count, 0.0);
        &mut many
    };
    let (weights, found) = room.split_at_mut(count);
    a.words.iter().chain(&b.words).zip(&mut *weights).for_each(|(word, to)| *to = rarity.weight(word));
    let (weight_a, weight_b) = weights.split_at(a.words.len());
    let (found_a, found_b) = found.split_at_mut(a.words.len());
    pair_joined(&a.words, &b.words, found_a, found_b);
    pair_joined(&b.words, &a.words, found_b, found_a);
    for (i, x) in a.words.iter().enumerate().filter(|(i, _)| *i < MOST_WORDS) {
        if found_a[i] > 0.0 {
            continue;
        }
        let mut best = (0.0, 0);
        for (j, y) in b.words.iter().enumerate().take(MOST_WORDS) {
            let s = if found_b[j] > 0.0 { 0.0 } else { alike(x, y) };
            if s > best.0 {
                best = (s, j);
            }
        }
        if best.0 > 0.0 {
            found_a[i] = best.0;
            found_b[best.1] = best.0;
        }
    }
    let share = |weights: &[f64], found: &[f64]| {
        let all: f64 = weights.iter().sum();
        let got: f64 = weights.iter().zip(found).map(|(w, f)| w * f).sum();
        if all > 0.0 { (got / all, got) } else { (0.0, 0.0) }
    };
    let ((of_a, got_a), (of_b, got_b)) = (share(weight_a, found_a), share(weight_b, found_b));
    Coverage { of_a, of_b, matched: got_a.min(got_b) }
}

/// Two names of no more words than this are compared without asking for memory.
const USUAL_WORDS: usize = 16;
/// Words beyond this many are not paired: names are shorter, and the work is a product.
const MOST_WORDS: usize = 40;

/// Marks where two neighbouring words of `a`, joined, are one word of `b`.
fn pair_joined(a: &[Word], b: &[Word], found_a: &mut [f64], found_b: &mut [f64]) {
    for i in 1..a.len().min(MOST_WORDS) {
        let length = a[i - 1].len() + a[i].len();
        for (j, y) in b.iter().enumerate().take(MOST_WORDS) {
            let free = found_a[i - 1] == 0.0 && found_a[i] == 0.0 && found_b[j] == 0.0;
            if free && y.len() == length && y.starts_with(a[i - 1].as_str()) && y.ends_with(a[i].as_str()) {
                (found_a[i - 1], found_a[i], found_b[j]) = (1.0, 1.0, 1.0);
            }
        }
    }
}

/// How alike two titles are: the weighted share of common words seen from both sides, or the
/// edit similarity of the whole without gaps where that is higher.
pub(super) fn titles(a: &Phrase, b: &Phrase, rarity: &Rarity) -> Likeness {
    if a.is_empty() || b.is_empty() {
        return Likeness::default();
    }
    if a.glued == b.glued {
        let mass = rarity.mass(&a.words).max(rarity.mass(&b.words));
        return Likeness { value: 1.0, mass };
    }
    let c = coverage(a, b, rarity, word);
    let by_words = 0.5 * c.of_a.max(c.of_b) + 0.5 * c.of_a.min(c.of_b);
    let by_letters = glued(a, b);
    let mass = if by_letters > by_words {
        c.matched.max(by_letters * rarity.mass(&a.words).min(rarity.mass(&b.words)))
    } else {
        c.matched
    };
    Likeness { value: by_words.max(by_letters), mass }
}

/// Edit similarity of the phrases without gaps; 0 where it is too low or the names are too
/// short to say anything, or where a number differs.
fn glued(a: &Phrase, b: &Phrase) -> f64 {
    let (la, lb) = (a.glued.chars().count(), b.glued.chars().count());
    let longest = la.max(lb);
    if la.min(lb) < weights::SHORTEST_GLUED || la.abs_diff(lb) * 3 > longest || longest > 120 {
        return 0.0;
    }
    let digits = |p: &Phrase| -> String { p.glued.chars().filter(char::is_ascii_digit).collect() };
    if digits(a) != digits(b) {
        return 0.0;
    }
    let likeness = 1.0 - strsim::osa_distance(&a.glued, &b.glued) as f64 / longest as f64;
    if likeness >= weights::GLUED_FLOOR { likeness } else { 0.0 }
}

/// How alike two names of people are. First names are often misspelt or cut to an initial, so
/// these count in part; one name inside the other counts if the shared words are heavy.
pub(super) fn artists(a: &Phrase, b: &Phrase, rarity: &Rarity) -> Likeness {
    if a.is_empty() || b.is_empty() {
        return Likeness::default();
    }
    if a.glued == b.glued {
        return Likeness { value: 1.0, mass: rarity.mass(&a.words) };
    }
    let c = coverage(a, b, rarity, person_word);
    let (high, low) = (c.of_a.max(c.of_b), c.of_a.min(c.of_b));
    let high = if c.matched >= weights::HEAVY_NAME { high } else { low };
    let by_words = weights::ARTIST_WITHIN * high + (1.0 - weights::ARTIST_WITHIN) * low;
    let by_letters = glued(a, b);
    let mass = if by_letters > by_words {
        rarity.mass(&a.words).min(rarity.mass(&b.words)) * by_letters
    } else {
        c.matched
    };
    Likeness { value: by_words.max(by_letters), mass }
}

/// [`word`] for names: a close first name or an initial is worth a part.
fn person_word(a: &str, b: &str) -> f64 {
    let exact = word(a, b);
    if exact > 0.0 {
        return exact;
    }
    let (la, lb) = (a.chars().count(), b.chars().count());
    if a.chars().next() != b.chars().next() || is_digits(a) || is_digits(b) {
        return 0.0;
    }
    if la.min(lb) == 1 {
        return weights::INITIAL;
    }
    if la.min(lb) < weights::SHORTEST_TYPO {
        return 0.0;
    }
    let likeness = 1.0 - strsim::osa_distance(a, b) as f64 / la.max(lb) as f64;
    if likeness >= weights::NICKNAME_FLOOR { likeness * weights::NICKNAME } else { 0.0 }
}

/// The share of the weight of `part` that is found in `whole`, and that weight.
pub(super) fn within(part: &Phrase, whole: &Phrase, rarity: &Rarity) -> Likeness {
    if part.is_empty() || whole.is_empty() {
        return Likeness::default();
    }
    let c = coverage(part, whole, rarity, word);
    Likeness { value: c.of_a, mass: c.matched }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(a: &str, b: &str) -> f64 {
        titles(&Phrase::new(a), &Phrase::new(b), &Rarity::new()).value
    }

    fn artist(a: &str, b: &str) -> f64 {
        artists(&Phrase::new(a), &Phrase::new(b), &Rarity::new()).value
    }

    #[test]
    fn typos_keep_most_of_the_likeness() {
        assert!(title("Hearts of Fire", "Heart's on Fire") > 0.85);
        assert!(title("Santa Tell Me", "SANTATELLME") > 0.99);
        assert!(title("Black Bird", "Blackbird") > 0.99);
        assert!(title("R?yksopp", "Röyksopp") > 0.99);
    }

    #[test]
    fn other_songs_stay_apart() {
        assert!(title("Dani California", "Californication") < 0.6);
        assert!(title("Under the Bridge", "Around the World") < 0.3);
        assert!(title("War", "Training Montage") < 0.1);
        assert!(title("Track 04", "Track 24") < 0.7);
        assert!(title("Go", "U2") < 0.1);
    }

    #[test]
    fn empty_is_like_nothing() {
        assert_eq!(title("", ""), 0.0);
        assert_eq!(artist("", ""), 0.0);
    }

    #[test]
    fn names_of_people_bear_slips() {
        assert!(artist("Vinnie DiCola", "Vince DiCola") > 0.7);
        assert!(artist("John Cafferty and the Beaver Brown Band", "John Cafferty") > 0.7);
        assert!(artist("Survivor", "Aerosmith") < 0.1);
        assert!(artist("The Mossy Bros", "The Mossy Brothers") > 0.9);
        assert!(artist("Amy Winehouse", "Amy Whinehouse") > 0.9);
        assert!(artist("Edwin Starr", "Vinnie DiCola") < 0.1);
    }
}
