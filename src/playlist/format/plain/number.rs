//! Takes the front of a line; gives the track number it may begin with: `1.` `01)` `#1` `[1]`
//! `(1)` `1` `A1` `1-01` roman, circled digits, `Track 1:`.
//! Never decides whether it is one: "7 Seconds" is settled by its neighbours (see `series`).

/// A number that a line may begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number<'a> {
    pub(super) style: Style,
    pub(super) value: u32,
    /// The disc of `2-01`; for `B1` the side, counted from A = 1; for `En1` which encore.
    pub(super) part: Option<u32>,
    /// What follows the number, trimmed.
    pub(super) rest: &'a str,
}

/// How a number is written. Within one listing it is written alike, give or take a slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Style {
    /// `1-01`
    DiscTrack,
    /// `CD-1` `CD2-03` `DVD-1.2`
    Medium,
    /// `1.` `1)` `1:` `1 -` `#1` `[1]` `(1)` `Track 1` `En1.`
    Marked,
    /// `①`, `1️⃣`
    Circled,
    /// `A1`
    Side,
    /// `IV.` `IV -` `IV)`
    Roman,
    /// `A:` `A)` `A.`: the two sides of a single
    Letter,
    /// `1 Title`: a number and a space
    Bare,
}

/// The words that may stand before a number.
const WORDS: &[&str] = &[
    "track", "titel", "piste", "pista", "no.", "nr.", "nº", "n°", "№", "song", "cut", "day", "tag", "platz",
    "rank", "number", "nummer", "numéro", "número", "numero", "position",
];

/// The largest number without a mark that is believed to be a track's: a year is none.
const LARGEST_BARE: u32 = 1500;

/// Reads the number that the text begins with, as the most telling style it can have.
pub(super) fn lead(text: &str) -> Option<Number<'_>> {
    circled(text)
        .or_else(|| enclosed(text))
        .or_else(|| hash(text))
        .or_else(|| medium(text))
        .or_else(|| disc_track(text))
        .or_else(|| of_all(text))
        .or_else(|| marked(text))
        .or_else(|| encore(text))
        .or_else(|| side(text))
        .or_else(|| roman(text))
        .or_else(|| letter(text))
        .or_else(|| word(text))
        .or_else(|| bare(text))
}

fn found(style: Style, value: u32, part: Option<u32>, rest: &str) -> Option<Number<'_>> {
    let believed = style != Style::Bare || value <= LARGEST_BARE;
    believed.then(|| Number { style, value, part, rest: rest.trim() })
}

fn digits(text: &str) -> Option<(u32, &str)> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    let value = text[..end].parse().ok().filter(|_| end <= 6)?;
    Some((value, &text[end..]))
}

fn circled(text: &str) -> Option<Number<'_>> {
    let first = text.chars().next()?;
    let rest = &text[first.len_utf8()..];
    let value = match first {
        '①'..='⑳' => first as u32 - '①' as u32 + 1,
        '㉑'..='㉟' => first as u32 - '㉑' as u32 + 21,
        '㊱'..='㊿' => first as u32 - '㊱' as u32 + 36,
        '❶'..='❿' => first as u32 - '❶' as u32 + 1,
        '⓫'..='⓴' => first as u32 - '⓫' as u32 + 11,
        '⑴'..='⒇' => first as u32 - '⑴' as u32 + 1,
        '⒈'..='⒛' => first as u32 - '⒈' as u32 + 1,
        '🔟' => 10,
        '0'..='9' => return keycaps(text),
        _ => return None,
    };
    found(Style::Circled, value, None, rest)
}

/// `1️⃣` and `1️⃣2️⃣`; the variation selector has been cleaned away.
fn keycaps(text: &str) -> Option<Number<'_>> {
    let mut value = 0;
    let mut rest = text;
    while let Some(after) = rest.get(1..).and_then(|after| after.strip_prefix('\u{20e3}')) {
        value = value * 10 + u32::from(rest.as_bytes()[0].wrapping_sub(b'0'));
        if value > LARGEST_BARE {
            return None;
        }
        rest = after;
    }
    if rest.len() == text.len() { None } else { found(Style::Circled, value, None, rest) }
}

/// `[1]`, `(1)`
fn enclosed(text: &str) -> Option<Number<'_>> {
    let inner = text.strip_prefix(['[', '('])?;
    let (value, rest) = digits(inner)?;
    found(Style::Marked, value, None, rest.strip_prefix([']', ')'])?)
}

fn hash(text: &str) -> Option<Number<'_>> {
    let (value, rest) = digits(text.strip_prefix('#')?.trim_start())?;
    let rest = rest.strip_prefix(['.', ':', ')', ',']).unwrap_or(rest);
    (rest.is_empty() || rest.starts_with(char::is_whitespace))
        .then(|| found(Style::Marked, value, None, rest))?
}

/// `1-01 Title`: the second number has two digits, or a mark behind it.
fn disc_track(text: &str) -> Option<Number<'_>> {
    let (disc, rest) = digits(text)?;
    let rest = rest.strip_prefix(['-', '.', '/', '–'])?;
    let (value, after) = digits(rest)?;
    let padded = rest.len() - after.len() >= 2;
    let marked = after.strip_prefix(['.', ')', ':']);
    let rest = marked.unwrap_or(after);
    let apart = rest.is_empty() || rest.starts_with(char::is_whitespace);
    // "1.1 Title" on the disc before "2.1 Title"; "1-1" might be anything.
    let short = text.as_bytes().get(1) == Some(&b'.') && value > 0;
    // Catalogues have it in a column of its own.
    let column = after.starts_with('\t');
    let plausible =
        (1..=50).contains(&disc) && value <= 199 && apart && (padded || marked.is_some() || short || column);
    plausible.then(|| found(Style::DiscTrack, value, Some(disc), rest))?
}

/// `CD-1`, `CD2-03`, `DVD-1.2`: catalogues say which of several media a track is on, and number the pieces within one.
fn medium(text: &str) -> Option<Number<'_>> {
    const MEDIA: &[&str] = &["CD", "DVD", "LP", "SACD", "BD", "BR", "Blu-ray", "MC", "Cass", "Vinyl"];
    let after = MEDIA.iter().find_map(|name| {
        let rest = text.strip_prefix(name)?;
        rest.starts_with(|c: char| c == '-' || c.is_ascii_digit()).then_some(rest)
    })?;
    let (disc, after) = digits(after).map_or((None, after), |(disc, rest)| (Some(disc), rest));
    let (value, rest) = digits(after.strip_prefix('-')?)?;
    let rest = strip_piece(rest);
    let rest = rest.strip_prefix(['.', ')', ':']).unwrap_or(rest);
    let apart = rest.is_empty() || rest.starts_with(char::is_whitespace);
    let plausible = apart && value <= 199 && disc.is_none_or(|disc| (1..=99).contains(&disc));
    plausible.then(|| found(Style::Medium, value, disc, rest))?
}

/// `01 of 12: Title`: which of how many.
fn of_all(text: &str) -> Option<Number<'_>> {
    let (value, rest) = digits(text)?;
    let (all, rest) = digits(rest.strip_prefix(" of ")?)?;
    let rest = rest
        .strip_prefix(['.', ':', ')'])
        .or_else(|| rest.strip_prefix(" -"))
        .or_else(|| rest.strip_prefix('\t'))?;
    (value >= 1 && value <= all).then(|| found(Style::Marked, value, None, strip_dash(rest)))?
}

/// A number with a mark behind it. A mark without a space after it needs a letter or an opening
/// sign there ("1.Title"), and a dash with neither space is none ("24-7").
/// What a chart calls a place, behind its number.
const PLACES: &[&str] = &[" место", " miejsce", " místo", " miesto", " місце", " lugar", " puesto", " place"];

fn marked(text: &str) -> Option<Number<'_>> {
    let (value, rest) = digits(text)?;
    // "3 место. ", "3. miejsce: ": the place in a chart.
    let rest =
        PLACES.iter().find_map(|place| rest.trim_start_matches('.').strip_prefix(place)).unwrap_or(rest);
    let trimmed = rest.trim_start();
    let mark = trimmed.chars().next().filter(|c| ".):;,-–—|/]°º、．·>_".contains(*c))?;
    let after = &trimmed[mark.len_utf8()..];
    // "01.)", "1.-", "01. - Title"
    let after = after
        .strip_prefix([')', '-', '.', ':'])
        .filter(|a| a.is_empty() || a.starts_with(' '))
        .unwrap_or(after);
    let spaced = after.is_empty() || after.starts_with(char::is_whitespace);
    let dash = matches!(mark, '-' | '–' | '—' | '/' | '|' | '>' | ',' | ';');
    let before_space = trimmed.len() < rest.len();
    let glued = !dash && !before_space && after.starts_with(|c: char| !c.is_ascii_digit());
    let dash_glued = matches!(mark, '-' | '–' | '—') && after.starts_with(char::is_alphabetic);
    (spaced || glued || dash_glued).then(|| found(Style::Marked, value, None, strip_dash(after)))?
}

/// "01. - Title" and "1) – Title" hold one mark in two signs.
fn strip_dash(rest: &str) -> &str {
    let rest = rest.trim_start();
    rest.strip_prefix("- ").or_else(|| rest.strip_prefix("– ")).unwrap_or(rest)
}

/// `En1.`, `Enc. 1:`, `Encore 1 -`, and `WEn1.` of the second one: the tracks of an encore go on from those before
/// them, as those of another part.
fn encore(text: &str) -> Option<Number<'_>> {
    let split = text.find(|c: char| c.is_ascii_digit()).filter(|at| *at <= 8)?;
    let head = text[..split].to_ascii_lowercase();
    let head = head.trim_end_matches([' ', '.', '-']);
    let (part, word) = match head.strip_prefix(['w', 'd']) {
        Some(word) => (2, word),
        None => (1, head),
    };
    let number = marked(&text[split..]).filter(|number| number.value <= 30)?;
    (["en", "enc", "encore"].contains(&word)).then_some(Number { part: Some(part), ..number })
}

/// `A1`, `B2.`, `AA1` (the other side of a single), `B2.a` (a piece within a track)
fn side(text: &str) -> Option<Number<'_>> {
    let letter = text.bytes().next().filter(u8::is_ascii_uppercase)?;
    let doubled = text.as_bytes().get(1) == Some(&letter);
    let (value, rest) = digits(&text[1 + usize::from(doubled)..])?;
    let rest = strip_piece(rest);
    let rest = rest.strip_prefix(['.', ')', ':', '-']).unwrap_or(rest);
    let apart = rest.is_empty() || rest.starts_with(char::is_whitespace);
    let plausible = letter <= b'P' && (1..=30).contains(&value) && apart;
    plausible.then(|| {
        found(Style::Side, value, Some(u32::from(letter - b'A') + 1 + u32::from(doubled)), strip_dash(rest))
    })?
}

/// Without the letter or digit of a piece: `.a Title`, `a Title`, `.1 Title`.
fn strip_piece(rest: &str) -> &str {
    let bare = rest.strip_prefix('.').unwrap_or(rest);
    let mut signs = bare.chars();
    let piece = signs.next().is_some_and(|c| c.is_ascii_lowercase() || (c.is_ascii_digit() && bare != rest));
    let apart = signs.next().is_none_or(|c| c.is_whitespace() || ".):".contains(c));
    if piece && apart { &bare[1..] } else { rest }
}

/// `IV -`, `IV.`, `IV)`, `IV:`; upper or lower case, up to thirty-nine.
fn roman(text: &str) -> Option<Number<'_>> {
    let end = text.find(|c: char| !"IVXivx".contains(c)).unwrap_or(text.len());
    let value = roman_value(&text[..end])?;
    let rest = text[end..].trim_start();
    let mark = rest.chars().next().filter(|c| ".):-–—".contains(*c))?;
    let after = &rest[mark.len_utf8()..];
    after.starts_with(char::is_whitespace).then(|| found(Style::Roman, value, None, after))?
}

/// The value of a well-formed roman numeral below forty.
fn roman_value(text: &str) -> Option<u32> {
    let upper = text.to_ascii_uppercase();
    if text.len() > 7 || (text != upper && text != text.to_ascii_lowercase()) {
        return None;
    }
    let tens = upper.bytes().take_while(|b| *b == b'X').count();
    let units = match &upper[tens..] {
        "" => 0,
        "I" => 1,
        "II" => 2,
        "III" => 3,
        "IIII" | "IV" => 4,
        "V" => 5,
        "VI" => 6,
        "VII" => 7,
        "VIII" => 8,
        "IX" => 9,
        _ => return None,
    };
    let value = tens as u32 * 10 + units;
    (tens <= 3 && value > 0).then_some(value)
}

/// `A: Title`
fn letter(text: &str) -> Option<Number<'_>> {
    let letter = text.bytes().next().filter(u8::is_ascii_uppercase)?;
    let after = text[1..].strip_prefix([':', ')', '.', '\t'])?;
    let value = u32::from(letter - b'A') + 1;
    let apart = after.starts_with(char::is_whitespace) || text[1..].starts_with('\t');
    (apart && letter <= b'L').then(|| found(Style::Letter, value, None, after))?
}

/// `Track 1: Title`
fn word(text: &str) -> Option<Number<'_>> {
    let split = text.char_indices().nth(8).map_or(text.len(), |(at, _)| at);
    let head = text[..split].to_lowercase();
    let word = WORDS.iter().find(|word| head.starts_with(*word))?;
    // Lower-casing may change lengths only of characters that these words do not have.
    let (value, rest) = digits(text.get(word.len()..)?.trim_start())?;
    let rest = rest.trim_start().trim_start_matches(['.', ':', ')', '-', '–']);
    // "Day 2" alone is a heading.
    let heading = rest.is_empty() && ["day", "tag"].contains(word);
    if heading { None } else { found(Style::Marked, value, None, rest) }
}

fn bare(text: &str) -> Option<Number<'_>> {
    let (value, rest) = digits(text)?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace))
        .then(|| found(Style::Bare, value, None, rest))?
}

/// Whether the word is a year.
pub(super) fn is_year(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn numbers_in_front() {
        use Style::*;
        for (text, style, value, rest) in [
            ("1. One", Marked, 1, "One"),
            ("1.One", Marked, 1, "One"),
            ("01) One", Marked, 1, "One"),
            ("01 - One", Marked, 1, "One"),
            ("01. - One", Marked, 1, "One"),
            ("#7 One", Marked, 7, "One"),
            ("[12] One", Marked, 12, "One"),
            ("(3) One", Marked, 3, "One"),
            ("Track 4: One", Marked, 4, "One"),
            ("Day 5 - One", Marked, 5, "One"),
            ("1-09 One", DiscTrack, 9, "One"),
            ("2.3. One", DiscTrack, 3, "One"),
            ("2.3 One", DiscTrack, 3, "One"),
            ("1-1\tOne", DiscTrack, 1, "One"),
            ("CD-7\t\tOne", Medium, 7, "One"),
            ("CD2-03\tOne", Medium, 3, "One"),
            ("DVD-1.2\tOne", Medium, 1, "One"),
            ("B\tOne", Letter, 2, "One"),
            ("B2\t\tOne", Side, 2, "One"),
            ("IV - One", Roman, 4, "One"),
            ("xii. One", Roman, 12, "One"),
            ("⑳ One", Circled, 20, "One"),
            ("㉑ One", Circled, 21, "One"),
            ("1\u{20e3}2\u{20e3} One", Circled, 12, "One"),
            ("En1. One", Marked, 1, "One"),
            ("Encore 2: One", Marked, 2, "One"),
            ("WEn1.One", Marked, 1, "One"),
            ("03 of 12: One", Marked, 3, "One"),
            ("3 место. One", Marked, 3, "One"),
            ("3. miejsce: One", Marked, 3, "One"),
            ("7 Seconds", Bare, 7, "Seconds"),
            ("10", Bare, 10, ""),
        ] {
            let number = lead(text).unwrap();
            assert_eq!((number.style, number.value, number.rest), (style, value, rest), "{text}");
        }
        for none in [
            "One",
            "U2",
            "I Want You",
            "",
            "É",
            "3AM",
            "50ft Queenie",
            "24-7",
            "2:30 One",
            "I, Robot",
            "Encore",
            "Day 2",
            "CD1 - One",
            "LP-One",
            "En 1973",
            "Den 2 One",
            "#1's",
            "1999 One",
            "1234567. One",
        ] {
            assert_eq!(lead(none), None, "{none}");
        }
    }
}
