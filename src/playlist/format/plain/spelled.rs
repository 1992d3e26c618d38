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
    "pick",
    "place",
    "place:",
    "platte",
    "disque",
    "disco",
    "posição",
    "miejsce",
];

/// The lines, with places as numbers.
pub(super) fn numbered(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let places: Vec<Option<(u32, &str)>> = lines.iter().map(|line| place(&line.text)).collect();
    let values: Vec<u32> = places.iter().flatten().map(|(value, _)| *value).collect();
    let steps = |by: i64| {
        values.windows(2).filter(|pair| i64::from(pair[1]) - i64::from(pair[0]) == by).count() + 1
            == values.len()
    };
    // "Disc one" above "1. Title" is the heading of a part.
    let heads = places.iter().zip(lines.iter().skip(1)).any(|(place, below)| {
        place.is_some_and(|(_, rest)| rest.is_empty()) && number::lead(&below.text).is_some()
    });
    if values.len() < FEWEST || heads || !(steps(1) || steps(-1)) {
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

/// Slips and tickets tell where a wish comes from: "table 4: Rain - Velo", "team 2: Glass". Where most lines have that, with one
/// word and numbers that do not count the lines, it is taken off them.
pub(super) fn without_seats(lines: &mut [Line<'_>]) {
    let seat = |text: &str| {
        let (label, _) = text.split_once(": ")?;
        let (word, number) = label.split_once(' ')?;
        Some((word.to_lowercase(), number.parse::<u32>().ok()?, label.len() + 2))
    };
    let seats: Vec<Option<(String, u32, usize)>> = lines.iter().map(|line| seat(&line.text)).collect();
    let found: Vec<&(String, u32, usize)> = seats.iter().flatten().collect();
    let counts = found.windows(2).all(|pair| pair[1].1 == pair[0].1 + 1 || pair[1].1 + 1 == pair[0].1);
    let alike = found.windows(2).all(|pair| pair[0].0 == pair[1].0);
    if found.len() < FEWEST || found.len() * 5 < lines.len() * 3 || counts || !alike {
        return;
    }
    for (line, seat) in lines.iter_mut().zip(seats) {
        if let Some((_, _, length)) = seat {
            line.text = line.text[length..].trim_start().to_owned();
        }
    }
}

/// The place that a line begins with or is, and what follows.
fn place(text: &str) -> Option<(u32, &str)> {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    let counted = COUNTED.contains(&first.to_lowercase().as_str());
    let text = if counted { rest.trim_start() } else { text };
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
    fn slips_lose_where_they_come_from() {
        let mut lines = line::lines("table 4: Rain\ntable 9: Glass - Velo\ntable 2: Salt\ntable 4: Tide");
        without_seats(&mut lines);
        assert_eq!(
            lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(),
            ["Rain", "Glass - Velo", "Salt", "Tide"]
        );
        let mut counted = line::lines("Day 1: Rain\nDay 2: Glass\nDay 3: Salt\nDay 4: Tide");
        without_seats(&mut counted);
        assert_eq!(counted[0].text, "Day 1: Rain");
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
