//! Takes the words of a line; gives its parts at a separator: tab, dashes, quotes, " by ", a
//! colon, brackets. The kind of separator is voted over the whole listing, because people keep
//! to one. Never decides which part is the artist (see `orientation`).

use super::super::KnowsArtist;
use super::number::Style;

/// What stands between artist and title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    /// A tab, or several spaces: columns.
    Tab,
    /// A dash of this kind with white space on both sides.
    Dash(char),
    /// `--`
    DoubleDash,
    /// " by "
    By,
    /// " / ", " | ", " · " and their like, with white space on both sides.
    Sign(char),
    /// A dash with white space on at least one side.
    LooseDash,
    /// ": "
    Colon,
    /// ", ", where nothing else is and every line has it
    Comma,
}

/// About how many lines vote.
const MOST_VOTERS: usize = 1000;

/// The dashes that most people write between artist and title.
pub(super) const SPACED_DASHES: &[&str] = &[" - ", " – ", " — "];

const DASHES: &[char] = &['-', '–', '—', '−', '‐', '‑', '―', '~', '〜'];
const SIGNS: &[char] = &['/', '|', '·', '•', '∙', '►', '»', '=', '♪', '→'];

impl Separator {
    /// A quick look that spares most lines the search for separators they do not have.
    fn may_split(self, text: &str) -> bool {
        match self {
            Self::Tab => text.contains('\t') || text.contains("  "),
            Self::Dash(sign) | Self::Sign(sign) => text.contains(sign),
            Self::DoubleDash => text.contains("--"),
            Self::By => text.contains(" by ") || text.contains(" By ") || text.contains(" BY "),
            Self::Colon => text.contains(": "),
            Self::Comma => text.contains(", "),
            Self::LooseDash => text.contains(DASHES),
        }
    }

    /// The parts of the text, at least two and none of them empty.
    pub(super) fn split(self, text: &str) -> Option<Vec<&str>> {
        if !self.may_split(text) {
            return None;
        }
        let parts: Vec<&str> = match self {
            Self::Tab => {
                text.split('\t').flat_map(|cell| cell.split("  ")).filter(|cell| !is_sign(cell)).collect()
            }
            Self::Dash(sign) | Self::Sign(sign) => split_spaced(text, sign),
            Self::DoubleDash => text.split("--").map(|part| part.trim_matches('-')).collect(),
            Self::By => by(text)?,
            Self::Colon => colon(text)?,
            Self::Comma => comma(text)?,
            Self::LooseDash => split_loose(text)?,
        };
        let parts: Vec<&str> = parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect();
        (parts.len() >= 2).then_some(parts)
    }
}

/// A cell that holds nothing but a dash or a bar.
fn is_sign(cell: &str) -> bool {
    let cell = cell.trim();
    let mut signs = cell.chars();
    matches!((signs.next(), signs.next()), (Some(sign), None) if DASHES.contains(&sign) || SIGNS.contains(&sign))
}

/// Outside brackets: "Title (Artist - the slow one)" has no separator.
fn split_spaced(text: &str, sign: char) -> Vec<&str> {
    let closing = text.rfind([')', ']']).unwrap_or(0);
    let mut parts = Vec::new();
    let (mut start, mut depth, mut previous) = (0, 0_usize, 'x');
    for (at, c) in text.char_indices() {
        match c {
            // A bracket that is never closed opens nothing.
            '(' | '[' if at < closing => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let after = at + c.len_utf8();
        let spaced = previous.is_whitespace() && text[after..].starts_with(char::is_whitespace);
        if c == sign && spaced && depth == 0 {
            parts.push(&text[start..at]);
            start = after;
        }
        previous = c;
    }
    parts.push(&text[start..]);
    parts
}

/// At the first dash that has white space on either side.
fn split_loose(text: &str) -> Option<Vec<&str>> {
    let (at, dash) = text.char_indices().filter(|(_, c)| DASHES.contains(c)).find(|(at, c)| {
        let after = at + c.len_utf8();
        *at > 0
            && (text[..*at].ends_with(char::is_whitespace) || text[after..].starts_with(char::is_whitespace))
    })?;
    Some(vec![&text[..at], &text[at + dash.len_utf8()..]])
}

/// At the last " by ": a title may hold one ("Stand by Me"), a name seldom does.
fn by(text: &str) -> Option<Vec<&str>> {
    let at = [" by ", " By ", " BY "].iter().filter_map(|by| text.rfind(by)).max()?;
    Some(vec![&text[..at], &text[at + 4..]])
}

/// "Artist: Title", but not "Concerto in D: II. Largo", which is a work and its movement.
fn colon(text: &str) -> Option<Vec<&str>> {
    let (left, right) = text.split_once(": ")?;
    let movement = super::number::lead(right.trim()).is_some_and(|number| number.style != Style::Bare);
    (!movement).then(|| vec![left, right])
}

/// At the last comma outside brackets: names of several people have some ("Crosby, Stills & Nash, Ohio").
fn comma(text: &str) -> Option<Vec<&str>> {
    let at = text.rfind(", ").filter(|at| !text[*at..].contains([')', ']', '"', '”']))?;
    Some(vec![&text[..at], &text[at + 2..]])
}

/// So few lines with a comma in each may be titles.
const COMMAS: usize = 4;

/// The separators of a listing: the one that it keeps to, and whether it has one at all.
pub(super) fn vote(bodies: &[&str]) -> Option<Separator> {
    // A majority of a thousand lines, spread evenly, is the majority of all.
    let step = (bodies.len() / MOST_VOTERS).max(1);
    let bodies: Vec<&str> = bodies.iter().copied().step_by(step).collect();
    let count = |separator: Separator| bodies.iter().filter(|body| separator.split(body).is_some()).count();
    let half = bodies.len().div_ceil(2);
    let most = bodies.len() - bodies.len() / 4;
    let best_of = |candidates: Vec<Separator>, needed: usize| {
        let best = candidates.into_iter().rev().max_by_key(|separator| count(*separator))?;
        (count(best) >= needed.max(1)).then_some(best)
    };
    best_of(vec![Separator::Tab], half)
        .or_else(|| best_of(DASHES.iter().map(|dash| Separator::Dash(*dash)).collect(), half))
        .or_else(|| best_of(vec![Separator::DoubleDash], half))
        .or_else(|| best_of(vec![Separator::By], half))
        .or_else(|| best_of(vec![Separator::LooseDash], half))
        .or_else(|| best_of(SIGNS.iter().map(|sign| Separator::Sign(*sign)).collect(), most))
        .or_else(|| best_of(vec![Separator::Colon], most))
        .or_else(|| best_of(vec![Separator::Comma], bodies.len().max(COMMAS)))
}

/// The parts of one line: at the listing's separator, else at the next one in trust; at a bare
/// dash only where a side is an artist that the library knows.
pub(super) fn split<'a>(body: &'a str, voted: Option<Separator>, knows: &KnowsArtist<'_>) -> Vec<&'a str> {
    let Some(voted) = voted else { return at_bare_dash(body, knows).unwrap_or_else(|| vec![body]) };
    voted
        .split(body)
        .or_else(|| DASHES.iter().find_map(|dash| Separator::Dash(*dash).split(body)))
        .or_else(|| Separator::DoubleDash.split(body))
        .or_else(|| Separator::LooseDash.split(body))
        .or_else(|| at_bare_dash(body, knows))
        .unwrap_or_else(|| vec![body])
}

fn at_bare_dash<'a>(body: &'a str, knows: &KnowsArtist<'_>) -> Option<Vec<&'a str>> {
    body.char_indices()
        .filter(|(_, c)| DASHES.contains(c))
        // A line of nothing but dashes has no business here.
        .take(8)
        .map(|(at, dash)| (body[..at].trim(), body[at + dash.len_utf8()..].trim()))
        .find(|(left, right)| !left.is_empty() && !right.is_empty() && (knows(left) || knows(right)))
        .map(|(left, right)| vec![left, right])
}

/// Pieces between commas, semicolons and spaced signs, outside brackets and quotes.
pub(super) fn split_outside(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut depth, mut quoted, mut start) = (0_usize, false, 0);
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '"' => quoted = !quoted,
            '“' => quoted = true,
            '”' => quoted = false,
            _ => {}
        }
        let after = &text[at + c.len_utf8()..];
        let spaced = previous == ' ' && after.starts_with(' ');
        let separates = matches!(c, ',' | ';' | '、' | '，')
            && !after.starts_with(|c: char| c.is_ascii_digit())
            || (matches!(c, '/' | '+' | '|' | '•' | '·') && spaced);
        if separates && depth == 0 && !quoted {
            pieces.push(text[start..at].trim());
            start = at + c.len_utf8();
        }
        previous = c;
    }
    pieces.push(text[start..].trim());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Where a part begins in the text that it is a slice of.
pub(super) fn offset(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize).min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listing_keeps_to_one_separator() {
        let bodies = ["Levels - Radio Edit – Velo – Levels", "Rain – Ana – Clouds", "Go – Ana – Clouds"];
        assert_eq!(vote(&bodies), Some(Separator::Dash('–')));
        assert_eq!(split(bodies[0], vote(&bodies), &|_| false), ["Levels - Radio Edit", "Velo", "Levels"]);
    }

    #[test]
    fn a_dash_with_space_on_one_side() {
        let bodies = ["Velo- Rain", "Ana -Go", "The A-Team - Night"];
        assert_eq!(vote(&bodies), Some(Separator::LooseDash));
        assert_eq!(split(bodies[1], vote(&bodies), &|_| false), ["Ana", "Go"]);
        assert_eq!(split(bodies[2], vote(&bodies), &|_| false), ["The A-Team", "Night"]);
    }

    #[test]
    fn a_bare_dash_needs_a_known_artist() {
        assert_eq!(split("Velo-Rain", None, &|_| false), ["Velo-Rain"]);
        assert_eq!(split("Velo-Rain", None, &|name| name == "Velo"), ["Velo", "Rain"]);
        assert_eq!(split("Ve-lo-Rain", None, &|name| name == "Ve-lo"), ["Ve-lo", "Rain"]);
    }
}
