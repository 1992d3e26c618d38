//! Takes the lines of a page; where places are written in words, "TEN" above each entry or "Disc one: " before it, gives
//! them as numbers, "10. ", on the line of the entry.
//! Never believes it where the words do not count, one after the other.

use super::line::Line;
use super::number;

/// So many places count.
const FEWEST: usize = 4;

/// Numbers as they are spelled, from one.
const SPELLED: &[&[&str]] = &[
    &[
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
    ],
    &[
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
        "eleventh", "twelfth",
    ],
    &["eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"],
    &["un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"],
    &["uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"],
    &["um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez"],
];

/// What is counted, before its number. A side or a disc of several tracks has them below it.
const COUNTED: &[&str] = &[
    "disc",
    "record",
    "song",
    "track",
    "number",
    "no",
    "no.",
    "nr",
    "nr.",
    "nummer",
    "platz",
    "titel",
    "lied",
    "numéro",
    "número",
    "puesto",
    "canción",
    "choice",
    "selection",
    "choix",
    "wahl",
    "elección",
    "escolha",
    "scelta",
    "pick",
    "place",
    "place:",
    "platte",
    "disque",
    "disco",
    "posição",
    "miejsce",
];

/// What may stand between what is counted and its number.
const NUMBER: &[&str] =
    &["no", "no.", "nr", "nr.", "number", "nummer", "n°", "nº", "№", "#", "numéro", "número"];

/// The lines, with places as numbers.
pub(super) fn numbered(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let places: Vec<Option<(u32, &str)>> = lines.iter().map(|line| place(&line.text)).collect();
    let values: Vec<u32> = places.iter().flatten().map(|(value, _)| *value).collect();
    // "Disc one" above "1. Title" is the heading of a part.
    let heads = places.iter().zip(lines.iter().skip(1)).any(|(place, below)| {
        place.is_some_and(|(_, rest)| rest.is_empty()) && number::lead(&below.text).is_some()
    });
    if values.len() < FEWEST || heads || !(count(&values, 1) || count(&values, -1)) {
        return lines;
    }
    let rests: Vec<Option<(u32, String)>> =
        places.into_iter().map(|place| place.map(|(value, rest)| (value, rest.to_owned()))).collect();
    let mut numbered: Vec<Line<'_>> = Vec::with_capacity(lines.len());
    let mut pending = None;
    for (mut line, place) in lines.into_iter().zip(rests) {
        match place {
            Some((value, rest)) if rest.is_empty() => pending = Some(value),
            Some((value, rest)) => {
                line.text = format!("{value}. {rest}");
                numbered.push(line);
            }
            None => {
                if let Some(value) = pending.take() {
                    line.text = format!("{value}. {}", line.text);
                    line.gap = true;
                }
                numbered.push(line);
            }
        }
    }
    numbered
}

/// Whether the places count by this step; each list of several on a page, of one castaway after the other, for itself and
/// from the first or down to it.
fn count(values: &[u32], by: i64) -> bool {
    let lists = || values.chunk_by(|before, next| i64::from(*next) - i64::from(*before) == by);
    let whole = |list: &[u32]| {
        let first = if by > 0 { list.first() } else { list.last() };
        list.len() >= FEWEST && first == Some(&1)
    };
    lists().count() == 1 || lists().all(whole)
}

/// The place that a line begins with or is, and what follows.
fn place(text: &str) -> Option<(u32, &str)> {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    let counted = COUNTED.contains(&first.to_lowercase().as_str());
    let text = if counted { rest.trim_start() } else { text };
    // "Choice no. 2"
    let number =
        text.split_once(' ').filter(|(word, _)| counted && NUMBER.contains(&word.to_lowercase().as_str()));
    let text = number.map_or(text, |(_, rest)| rest.trim_start());
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let word = word.to_lowercase();
    let spelled = SPELLED.iter().find_map(|names| names.iter().position(|name| *name == word));
    let digits = || word.parse().ok().filter(|value| counted && (1..=100).contains(value));
    let value = spelled.and_then(|at| u32::try_from(at + 1).ok()).or_else(digits)?;
    let bare = rest.trim_start().trim_start_matches([':', '.', ')', '-', '–', '—']);
    let apart = rest.trim_start().len() > bare.len();
    (rest.is_empty() || (apart && (counted || !rest.starts_with([' ', '-'])))).then(|| (value, bare.trim()))
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        numbered(line::lines(text)).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn places_in_words_are_numbers() {
        assert_eq!(
            texts("FOUR\nRain\nWell.\n\nTHREE\nGlass\nTWO\nSalt\nONE\nTide"),
            ["4. Rain", "Well.", "3. Glass", "2. Salt", "1. Tide"]
        );
        assert_eq!(
            texts("Disc one: Rain\nYes.\nDisc two: Glass\nDisc three: Salt\nDisc four: Tide"),
            ["1. Rain", "Yes.", "2. Glass", "3. Salt", "4. Tide"]
        );
    }

    #[test]
    fn one_list_after_the_other() {
        assert_eq!(
            texts(
                "ANA\nChoice no. 1: Rain\nChoice no. 2: Glass\nChoice no. 3: Salt\nChoice no. 4: Tide\nBOOK: Night\n\
                 BO\nDISC ONE: Moor\nDISC TWO: Lind\nDISC THREE: Vale\nDISC FOUR: Shore"
            ),
            [
                "ANA",
                "1. Rain",
                "2. Glass",
                "3. Salt",
                "4. Tide",
                "BOOK: Night",
                "BO",
                "1. Moor",
                "2. Lind",
                "3. Vale",
                "4. Shore"
            ]
        );
        let parts = "Disc 1: Rain\nDisc 1: Glass\nDisc 2: Salt\nDisc 2: Tide";
        assert_eq!(texts(parts), parts.lines().collect::<Vec<_>>());
    }

    #[test]
    fn titles_that_begin_with_numbers_are_titles() {
        for text in [
            "One\nTwo Hearts\nThree Is a Magic Number\nFour Sticks",
            "One\nSeven\nTwo\nNine",
            "One\nTwo\nThree",
        ] {
            assert_eq!(texts(text), text.lines().collect::<Vec<_>>());
        }
        let parts = "Disc one\n1. Rain\nDisc two\n1. Glass\nDisc three\n1. Salt\nDisc four\n1. Tide";
        assert_eq!(texts(parts), parts.lines().collect::<Vec<_>>());
    }
}
