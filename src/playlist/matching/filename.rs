//! Takes the file names of one folder, without extensions; gives what each may say: number,
//! artist, title, in one reading or two.
//! Reads names by what fits the whole folder, since one name alone seldom tells an artist
//! from a title or a track number from "99 Luftballons".

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::key::{Keys, key};
use super::normalise::{Phrase, unmangled, words};

/// One way to read a file name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Reading {
    /// The artist, where the name has one.
    pub(super) artist: Option<String>,
    /// The title; `None` for "Track 07".
    pub(super) title: Option<String>,
    /// The disc, where the number tells.
    pub(super) disc: Option<u32>,
    /// The number on the disc.
    pub(super) number: Option<u32>,
    /// How artist and title were told apart.
    pub(super) kind: Kind,
}

/// How a name with two varying fields was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Kind {
    /// As the folder suggests.
    #[default]
    Likeliest,
    /// The other way round.
    Turned,
    /// All fields as one title.
    Undivided,
}

/// Files of a folder that must agree before it is a rule.
const RULE: usize = 3;

/// How the names of a folder are built.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Pattern {
    /// Bytes that all names share before their numbers.
    prefix: usize,
    /// Most names begin with a number.
    numbered: bool,
    /// The numbers hold the disc ("101").
    by_hundreds: bool,
    /// " _ " divides fields.
    divided: bool,
    /// Most names are a number and a title: a dash in another is part of its title.
    titles_only: bool,
    /// What the fields mean, by how many there are.
    roles: HashMap<usize, Role>,
}

/// What the fields of a name mean.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Role {
    /// Fields that say the same in every file.
    constant: Vec<bool>,
    /// The last varying field is the artist.
    artist_last: bool,
}

/// A name cut into its fields.
struct Cut {
    disc: Option<u32>,
    number: Option<u32>,
    fields: Vec<String>,
}

impl Pattern {
    /// Learns from all names of a folder. `artists` holds the keys of artists that tags name, to
    /// tell "Artist - Title" from "Title - Artist".
    pub(super) fn of(stems: &[String], artists: &Keys) -> Self {
        let prefix = number_prefix(stems);
        let tidy: Vec<(String, bool)> =
            stems.iter().map(|stem| tidy(stem.get(prefix..).unwrap_or(stem))).collect();
        let leads: Vec<Option<Lead>> = tidy.iter().map(|(text, _)| lead(text)).collect();
        let numbered = leads.iter().flatten().count();
        // "A _ B" in most names: the sign that stood there divided fields. In few: a slash in a title.
        let underscores = tidy.iter().filter(|(text, _)| text.matches(" _ ").count() == 1).count();
        let by_hundreds = numbered >= RULE && leads.iter().flatten().all(|l| (101..1000).contains(&l.number));
        let mut pattern = Self {
            prefix,
            numbered: numbered >= RULE && numbered * 10 >= stems.len() * 6,
            by_hundreds,
            divided: underscores * 2 >= stems.len(),
            titles_only: false,
            roles: HashMap::new(),
        };
        let cuts: Vec<Cut> = tidy
            .iter()
            .zip(leads)
            .map(|((text, tight), lead)| pattern.cut_tidy(text, *tight, lead))
            .collect();
        let alone = cuts.iter().filter(|cut| cut.fields.len() == 1).count();
        pattern.titles_only = pattern.numbered && alone >= RULE && alone * 10 >= cuts.len() * 6;
        pattern.roles = roles(&cuts, artists);
        pattern
    }

    /// The readings of one of the names, the likeliest first.
    pub(super) fn read(&self, stem: &str) -> Vec<Reading> {
        let (text, tight) = tidy(stem.get(self.prefix..).unwrap_or(stem));
        let cut = self.cut_tidy(&text, tight, lead(&text));
        self.interpret(&cut)
    }

    fn cut_tidy(&self, text: &str, tight: bool, lead: Option<Lead>) -> Cut {
        let lead = lead.filter(|lead| lead.certain || self.numbered);
        let rest = lead.as_ref().map_or(text, |lead| &text[lead.end..]);
        let (mut disc, mut number) = lead.as_ref().map_or((None, None), |l| (l.disc, Some(l.number)));
        if let (true, Some(n)) = (self.by_hundreds, number) {
            (disc, number) = (Some(n / 100), Some(n % 100));
        }
        let mut fields = split(rest, tight, self.divided);
        if let Some(at) =
            fields.iter().skip(1).position(|p| p.len() <= 3 && p.bytes().all(|b| b.is_ascii_digit()))
        {
            let n = fields.remove(at + 1).parse().ok();
            number = number.or(n);
        }
        Cut { disc, number, fields }
    }

    fn interpret(&self, cut: &Cut) -> Vec<Reading> {
        let Cut { disc, number, fields: parts } = cut;
        let (disc, number) = (*disc, *number);
        let role = self.roles.get(&parts.len());
        let constant = |at: usize| role.is_some_and(|role| role.constant.get(at).copied().unwrap_or(false));
        let varying: Vec<&String> =
            parts.iter().enumerate().filter(|(at, _)| !constant(*at)).map(|(_, p)| p).collect();
        let fixed = parts.first().filter(|_| constant(0) && !varying.is_empty()).cloned();
        let reading = |artist: Option<&String>, title: Option<&String>| {
            let unnamed = title.and_then(|t| unnamed(t));
            Reading {
                artist: artist.cloned().or_else(|| fixed.clone()),
                title: title.filter(|_| unnamed.is_none()).cloned(),
                disc,
                number: number.or(unnamed.flatten()),
                kind: Kind::Likeliest,
            }
        };
        let all = parts.join(" - ");
        match varying.as_slice() {
            [] => vec![reading(None, (!all.is_empty()).then_some(&all))],
            [title] => vec![reading(None, Some(title))],
            [first, .., last] => {
                let straight = reading(Some(first), Some(last));
                let turned = reading(Some(last), Some(first));
                let (likeliest, other) = if role.is_some_and(|role| role.artist_last) {
                    (turned, straight)
                } else {
                    (straight, turned)
                };
                if self.titles_only {
                    let whole = reading(None, Some(&all));
                    return vec![whole, likeliest, Reading { kind: Kind::Turned, ..other }];
                }
                let mut readings = vec![likeliest, Reading { kind: Kind::Turned, ..other }];
                if varying.len() > 2 {
                    let rest = varying[1..].iter().map(|p| p.as_str()).collect::<Vec<_>>().join(" - ");
                    readings.push(reading(Some(first), Some(&rest)));
                } else {
                    readings.push(Reading { kind: Kind::Undivided, ..reading(None, Some(&all)) });
                }
                readings
            }
        }
    }
}

/// Length of a prefix that all names share before their numbers ("CT-101 ...", "CT-102 ...").
fn number_prefix(stems: &[String]) -> usize {
    let Some(first) = stems.first().filter(|_| stems.len() >= RULE) else { return 0 };
    let mut length = first.len();
    for stem in stems {
        length = first.bytes().zip(stem.bytes()).take(length).take_while(|(a, b)| a == b).count();
    }
    while length > 0 && (!first.is_char_boundary(length) || first.as_bytes()[length - 1].is_ascii_digit()) {
        length -= 1;
    }
    let numbers = |stem: &String| stem.as_bytes().get(length).is_some_and(u8::is_ascii_digit);
    let closed = length > 0 && !first.as_bytes()[length - 1].is_ascii_alphanumeric();
    // "Artist - 01 - Title" is better read as fields.
    let spaced = first[..length].contains(' ');
    if closed && !spaced && length <= 6 && stems.iter().all(numbers) { length } else { 0 }
}

/// The name with spaces for other gaps, and whether a plain hyphen divides its fields.
fn tidy(stem: &str) -> (String, bool) {
    let stem = unmangled(stem).unwrap_or_else(|| stem.to_owned());
    let stem = stem.trim();
    if stem.contains(' ') {
        return (stem.to_owned(), false);
    }
    if stem.contains('_') {
        return (stem.replace('_', " "), true);
    }
    let hyphens = stem.matches('-').count();
    if hyphens > 3 {
        return (stem.replace('-', " "), false);
    }
    if hyphens == 0 && stem.matches('.').count() >= 2 {
        return (stem.replace('.', " "), false);
    }
    (stem.to_owned(), hyphens > 0)
}

/// A number in front of a name.
struct Lead {
    disc: Option<u32>,
    number: u32,
    /// Byte offset of what follows.
    end: usize,
    /// It is written as only numbers are ("01", "1.", "2-04").
    certain: bool,
}

fn lead(text: &str) -> Option<Lead> {
    let open = text.len() - text.trim_start_matches(['(', '[', '#']).len();
    let digits = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let first = digits(open);
    if first == 0 || first > 3 {
        return None;
    }
    let mut at = open + first;
    let mut certain = text[open..].starts_with('0') || open > 0;
    let mut disc = None;
    let mut number: u32 = text[open..at].parse().ok()?;
    if first == 1 && text[at..].starts_with(['-', '.']) && digits(at + 1) == 2 {
        disc = Some(number);
        number = text[at + 1..at + 3].parse().ok()?;
        at += 3;
        certain = true;
    }
    let rest = &text[at..];
    let trimmed = rest.trim_start_matches([' ', '.', '-', ')', ']', ':']);
    let gap = &rest[..rest.len() - trimmed.len()];
    if gap.is_empty() && !trimmed.is_empty() {
        return None;
    }
    certain |= gap.contains(['.', ')', ']', '-', ':']);
    (number > 0).then_some(Lead { disc, number, end: text.len() - trimmed.len(), certain })
}

/// The fields of a name.
fn split(text: &str, tight: bool, divided: bool) -> Vec<String> {
    let spaced = text.replace(" – ", " - ").replace(" — ", " - ").replace(" -- ", " - ");
    let parts: Vec<&str> = if tight && !spaced.contains(" - ") {
        spaced.split('-').collect()
    } else {
        spaced.split(" - ").collect()
    };
    let parts: Vec<String> =
        parts.into_iter().map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect();
    match parts.as_slice() {
        [one] if divided && one.matches(" _ ").count() == 1 => one.split(" _ ").map(str::to_owned).collect(),
        _ => parts,
    }
}

/// What the fields mean, by how many there are.
fn roles(cuts: &[Cut], artists: &Keys) -> HashMap<usize, Role> {
    let mut by_count: HashMap<usize, Role> = HashMap::new();
    let counts: HashSet<usize> = cuts.iter().map(|cut| cut.fields.len()).filter(|n| *n > 1).collect();
    for count in counts {
        let rows: Vec<Vec<u64>> = cuts
            .iter()
            .filter(|cut| cut.fields.len() == count)
            .map(|cut| cut.fields.iter().map(|field| key(&Phrase::new(field).glued)).collect())
            .collect();
        let same =
            |column: usize| rows.len() >= RULE && rows.iter().all(|row| row[column] == rows[0][column]);
        let constant: Vec<bool> = (0..count).map(same).collect();
        let known = |column: usize| rows.iter().filter(|row| artists.contains(&row[column])).count();
        let artist_last = known(count - 1) > known(0) && !constant[count - 1];
        by_count.insert(count, Role { constant, artist_last });
    }
    by_count
}

/// Whether a title is only a ripper's stand-in ("Track 07"); the number it holds, if any.
pub(super) fn unnamed(title: &str) -> Option<Option<u32>> {
    // A quick look that spares most names the long one: how the stand-ins below begin.
    let first = title.bytes().find(u8::is_ascii_alphanumeric);
    if title.is_ascii() && first.is_some_and(|b| !b"tapsfu".contains(&b.to_ascii_lowercase())) {
        return None;
    }
    const STAND_INS: &[&str] = &[
        "track",
        "audiotrack",
        "titel",
        "titre",
        "piste",
        "pista",
        "traccia",
        "spur",
        "faixa",
        "untitled track",
        "unknown",
        "unknown title",
        "unknown track",
    ];
    let words = words(&title.replace('_', " "));
    let split = words.iter().position(|w| w.bytes().all(|b| b.is_ascii_digit())).unwrap_or(words.len());
    let (name, rest) = words.split_at(split);
    let name = name.join(" ").replace("audio track", "audiotrack");
    let stuck = || {
        ["track", "audiotrack", "titel", "piste"]
            .iter()
            .find_map(|s| name.strip_prefix(s)?.parse::<u32>().ok())
    };
    if STAND_INS.contains(&name.as_str()) && rest.len() <= 1 {
        return Some(rest.first().and_then(|n| n.parse().ok()));
    }
    if rest.is_empty() { stuck().map(Some) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(stems: &[&str]) -> Vec<Vec<Reading>> {
        let stems: Vec<String> = stems.iter().map(|s| (*s).to_owned()).collect();
        let pattern = Pattern::of(&stems, &["psapp", "bjork"].into_iter().map(key).collect());
        stems.iter().map(|stem| pattern.read(stem)).collect()
    }

    fn first(stems: &[&str]) -> Vec<(Option<u32>, String, String)> {
        let show = |s: &Option<String>| s.clone().unwrap_or_default();
        read(stems).iter().map(|r| (r[0].number, show(&r[0].artist), show(&r[0].title))).collect()
    }

    #[test]
    fn messy_rips_are_read() {
        assert_eq!(
            first(&["01_survivor-burning_heart"]),
            [(Some(1), "survivor".into(), "burning heart".into())]
        );
        assert_eq!(
            first(&["04 - Survivor - Eye of the Tiger"]),
            [(Some(4), "Survivor".into(), "Eye of the Tiger".into())]
        );
        assert_eq!(first(&["01-speak_to_me"]), [(Some(1), String::new(), "speak to me".into())]);
        assert_eq!(first(&["2-04 Danger Zone"]), [(Some(4), String::new(), "Danger Zone".into())]);
        assert_eq!(first(&["Track 07"]), [(Some(7), String::new(), String::new())]);
    }

    #[test]
    fn a_slash_that_could_not_stand_in_a_name_divides_no_fields() {
        let read = first(&["01 - One", "02 - Two", "03 - Three _ Four"]);
        assert_eq!(read[2], (Some(3), String::new(), "Three _ Four".into()));
    }

    #[test]
    fn numbers_in_titles_stay_where_the_folder_has_no_numbers() {
        assert_eq!(
            first(&["99 Luftballons", "Nena - Leuchtturm"])[0],
            (None, String::new(), "99 Luftballons".into())
        );
        assert_eq!(first(&["50 Cent - In Da Club"]), [(None, "50 Cent".into(), "In Da Club".into())]);
        assert_eq!(first(&["12 Anna", "13 Bella", "14 Clara"])[2], (Some(14), String::new(), "Clara".into()));
    }

    #[test]
    fn the_folder_tells_the_fields() {
        let scene = first(&["01-band-one-xyz", "02-band-two-xyz", "03-band-three-xyz"]);
        assert_eq!(scene[1], (Some(2), "band".into(), "two".into()));
        let turned = first(&["Rocket - Psapp", "Joga - Björk", "Other - Nobody"]);
        assert_eq!(turned[2], (None, "Nobody".into(), "Other".into()));
        let hundreds = read(&["CT-101 Alpha", "CT-102 Beta", "CT-211 Gamma"]);
        assert_eq!((hundreds[2][0].disc, hundreds[2][0].number), (Some(2), Some(11)));
    }

    #[test]
    fn a_dash_among_plain_titles_is_part_of_one() {
        let read = first(&["01. BURNING HEART", "02. HEART'S ON FIRE", "03. ONE WAY", "04. WAR - FANFARE"]);
        assert_eq!(read[3], (Some(4), String::new(), "WAR - FANFARE".into()));
        let mixed = first(&["01 Ada - One", "02 Two", "03 Bo - Three"]);
        assert_eq!(mixed[0], (Some(1), "Ada".into(), "One".into()));
    }

    #[test]
    fn odd_names_survive() {
        for odd in ["", "-", " - ", "_", "07", "...", "(", "0", "é-ü_ñ", "1-", "日本"] {
            let _ = read(&[odd]);
            let _ = read(&[odd, odd, odd]);
        }
    }
}
