//! Takes a name written in kanji and kana; gives how well a Latin spelling is one of the ways to read it aloud in
//! Japanese.
//! Never a dictionary: common characters of titles and names with their usual readings, one of which is chosen for each
//! character; a character that is not among them may be read as anything, at a price.

use std::sync::OnceLock;

use super::han::simplified;
use super::key::{ByKey, key};
use super::normalise::Word;
use super::script::{is_han, romanised};
use super::sound::{every_sound, sound_of};

/// A character and its readings a line.
const READINGS: &str = include_str!("kanji.txt");
/// Sounds that a character which is not in the table may stand for, at most.
const LONGEST_UNKNOWN: usize = 2;

/// By character, all that it may be heard as.
fn readings() -> &'static ByKey<Vec<String>> {
    static READ: OnceLock<ByKey<Vec<String>>> = OnceLock::new();
    READ.get_or_init(|| {
        let mut all: ByKey<Vec<String>> = ByKey::default();
        for line in READINGS.lines() {
            let mut words = line.split(' ');
            let Some(kanji) = words.next().and_then(|kanji| kanji.chars().next()) else { continue };
            let known = all.entry(of(kanji)).or_default();
            for reading in words.flat_map(as_spoken) {
                if !known.contains(&reading) {
                    known.push(reading);
                }
            }
        }
        all
    })
}

fn of(kanji: char) -> u64 {
    key(simplified(kanji).encode_utf8(&mut [0; 4]))
}

/// A reading by ear, alone and joined to others: "hana" may be "bana", and the end of "gaku" may be swallowed.
fn as_spoken(reading: &str) -> Vec<String> {
    let mut all = vec![every_sound(&[reading.into()])];
    if reading.starts_with(['h', 'f']) {
        all.push(every_sound(&[format!("b{}", &reading[1..]).into()]));
    }
    let swallowed = ["ku", "tsu", "chi", "ki"].iter().find_map(|end| reading.strip_suffix(end));
    all.extend(swallowed.filter(|rest| !rest.is_empty()).map(|rest| every_sound(&[rest.into()])));
    all
}

/// The parts of a name, each by all that it may be heard as; `None` for a character that is not known.
fn parts(name: &str) -> Vec<Option<Vec<String>>> {
    let mut parts: Vec<Option<Vec<String>>> = Vec::new();
    let mut kana = String::new();
    let spell = |kana: &mut String, parts: &mut Vec<Option<Vec<String>>>| {
        if !kana.is_empty() {
            parts.push(Some(vec![every_sound(&[romanised(kana).into()])]));
            kana.clear();
        }
    };
    for c in name.chars() {
        if is_han(c) {
            spell(&mut kana, &mut parts);
            parts.push(readings().get(&of(c)).cloned());
        } else {
            kana.push(c);
        }
    }
    spell(&mut kana, &mut parts);
    parts
}

/// How alike a name with kanji and a Latin spelling are by ear, 0 to 1. So many readings fit much that is short.
pub(super) fn read_alike(name: &str, latin: &[Word]) -> f64 {
    let heard: Vec<char> = every_sound(latin).chars().collect();
    if heard.len() < 3 || !name.chars().any(is_han) {
        return 0.0;
    }
    // The least slips that lead from the parts so far to each beginning of what is heard.
    let mut slips: Vec<usize> = (0..=heard.len()).collect();
    for part in parts(name) {
        slips = match part {
            Some(readings) => {
                let read = readings.iter().map(|reading| said(&slips, reading, &heard));
                read.reduce(|a, b| a.into_iter().zip(b).map(|(x, y)| x.min(y)).collect()).unwrap_or(slips)
            }
            None => (0..slips.len())
                .map(|at| {
                    slips[at.saturating_sub(LONGEST_UNKNOWN)..=at].iter().min().map_or(at, |least| least + 1)
                })
                .collect(),
        };
    }
    // usize -> f64: names are short.
    let alike = 1.0 - slips[heard.len()] as f64 / heard.len() as f64;
    let most = match heard.len() {
        3 => 0.85,
        4 => 0.9,
        _ => 0.94,
    };
    if alike >= 0.8 { alike * most } else { 0.0 }
}

/// The slips after one more reading.
fn said(slips: &[usize], reading: &str, heard: &[char]) -> Vec<usize> {
    let mut slips = slips.to_vec();
    for sound in reading.chars() {
        let mut next = vec![slips[0] + 1];
        for (at, c) in heard.iter().enumerate() {
            let same = slips[at] + usize::from(*c != sound);
            next.push(same.min(slips[at + 1] + 1).min(next[at] + 1));
        }
        slips = next;
    }
    slips
}

/// The keys by which a name with kanji is looked up among Latin ones, by the ways to read it.
pub(super) fn read_keys(name: &str) -> Vec<u64> {
    const MOST: usize = 64;
    if !name.chars().any(is_han) {
        return Vec::new();
    }
    let mut all = vec![String::new()];
    for part in parts(name) {
        let Some(readings) = part else { return Vec::new() };
        let few = if all.len() * readings.len() > MOST { 1 } else { readings.len() };
        all = all
            .iter()
            .flat_map(|heard| readings[..few].iter().map(move |next| format!("{heard}{next}")))
            .collect();
    }
    all.iter().filter_map(|heard| sound_of(heard)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::normalise::{Phrase, words};
    use super::super::sound::sound_key;
    use super::*;

    fn alike(name: &str, latin: &str) -> f64 {
        read_alike(&Phrase::new(name).glued, &words(latin))
    }

    #[test]
    fn one_of_the_readings_fits() {
        assert!(alike("夏の終わりの花火", "Natsu no owari no hanabi") > 0.9);
        assert!(alike("山田花子", "Yamada Hanako") > 0.85);
        assert!(alike("青い鳥の歌", "Aoi tori no uta") > 0.8);
        assert_eq!(alike("夏の終わりの花火", "Paper Crown Bridge"), 0.0);
        assert_eq!(alike("花", "Hana"), 0.0, "too short to say anything");
        assert_eq!(alike("Paper Crown", "Paper Crown"), 0.0, "nothing to read");
    }

    #[test]
    fn a_name_is_looked_up_by_each_of_its_readings() {
        let key = |latin: &str| sound_key(&words(latin)).expect("long enough");
        assert!(read_keys("山田花子").contains(&key("yamada hanako")));
        assert!(read_keys("Paper Crown").is_empty());
    }
}
