//! Takes a message; gives what it asks for, a piece each: "rehab, valerie (the fast one) and then cupid". Commas outside
//! brackets and quotes separate; connecting words, "please" and "for the dads" are cut.
//! Never decides that a message is one: `chat` does, over the whole page.

use super::super::KnowsArtist;
use super::fields::Fields;
use super::prose::is_prose;
use super::separator::{offset, split_outside};
use super::{phrase, trim};
use crate::playlist::talk::refuses;

/// Whether a message asks for songs: it lists, quotes or brackets something, or says please.
pub(super) fn asks(text: &str) -> bool {
    let lower = text.to_lowercase();
    let pieces = split_outside(text);
    let listed = pieces.len() >= 3 || pieces.iter().skip(1).any(|piece| phrase::is_pointing(piece));
    let quoted = phrase::quoted(text).is_some();
    let bracketed = text.contains('(') && text.contains(')');
    let words = ["pls", "please", "plz", " = ", "bitte", "por favor", "svp"];
    listed || quoted || bracketed || words.iter().any(|word| lower.contains(word))
}

/// What one message asks for.
pub(super) fn wishes<'a>(text: &'a str, knows: &KnowsArtist<'_>) -> Vec<&'a str> {
    let pieces = pieces(text, knows).into_iter().map(strip_request).map(strip_connectors);
    pieces.filter(|piece| is_wish(piece)).collect()
}

/// Without "can you play" in front and "please" behind.
fn strip_request(piece: &str) -> &str {
    const ASKING: &[&str] = &["can you ", "could you ", "can we have ", "could we have ", "please ", "pls "];
    const DOING: &[&str] = &["play ", "bring ", "put on ", "add ", "spin "];
    // What people say behind a wish and no title ends with.
    const THANKS: &[&str] = &[
        " please",
        " pls",
        " plz",
        " thx",
        " thanks",
        " thank you",
        " bitte",
        " por favor",
        " porfa",
        " svp",
        " obvs",
        " obviously",
        " of course",
        " obvio",
        " claro",
        " natürlich",
        " lol",
        " haha",
        " hehe",
        " jaja",
        " ofc",
        " duh",
    ];
    let mut piece = piece;
    let mut asked = false;
    while let Some(word) = ASKING.iter().find(|word| starts_with_word(piece, word)) {
        piece = &piece[word.len()..];
        asked = true;
    }
    if let Some(word) = DOING.iter().find(|word| asked && starts_with_word(piece, word)) {
        piece = &piece[word.len()..];
    }
    loop {
        let bare = piece.trim_end_matches(['?', '!', '.', ' ', ',']);
        let lower = bare.to_lowercase();
        match THANKS.iter().find(|word| lower.ends_with(*word) && lower.len() == bare.len()) {
            Some(word) => piece = bare[..bare.len() - word.len()].trim_end(),
            None => return piece,
        }
    }
}

fn starts_with_word(text: &str, word: &str) -> bool {
    text.len() > word.len() && text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

pub(super) fn pieces<'a>(text: &'a str, knows: &KnowsArtist<'_>) -> Vec<&'a str> {
    let numbered = numbered_pieces(text);
    if numbered.len() >= 3 {
        return numbered;
    }
    let quotes = text.matches(['"', '“', '„']).count();
    if quotes >= 3 {
        return quoted_pieces(text);
    }
    // "first dance = title, artist": what is asked for is one song.
    if let Some((_, wish)) = text.split_once(" = ")
        && split_outside(wish).len() == 2
    {
        return vec![wish.trim()];
    }
    let mut pieces: Vec<&str> = Vec::new();
    let listed = split_outside(introduction(text).1);
    for (index, piece) in listed.iter().enumerate() {
        let ends = listed
            .get(index + 1)
            .is_none_or(|next| next.starts_with("then ") || next.starts_with("and then "));
        match pieces.last_mut() {
            // A remark on the song before, not a song: "Shout, the long one".
            Some(last) if phrase::is_pointing(piece) => *last = join(text, last, piece),
            // "a, b and c" ends a list of three.
            Some(_) if ends => pieces.extend(split_at_and(piece, knows)),
            _ => pieces.push(piece),
        }
    }
    pieces
}

/// Pieces behind numbers that count from 1 within the line: "1) a - b 2) c - d 3) e - f".
fn numbered_pieces(text: &str) -> Vec<&str> {
    let mut starts: Vec<(usize, usize)> = Vec::new();
    let mut from = 0;
    loop {
        let digits = (starts.len() + 1).to_string();
        let number = |at: &usize| {
            let begins =
                text[..*at].chars().next_back().is_none_or(|c| c.is_whitespace() || c == '#' || c == '(');
            let after = &text[at + digits.len()..];
            let mark = after.strip_prefix([')', '.', ':', ']']);
            begins
                && mark
                    .is_some_and(|rest| rest.starts_with(' ') || (after.starts_with(')') && !rest.is_empty()))
        };
        let found = text[from..].match_indices(&digits).map(|(at, _)| from + at).find(number);
        let Some(at) = found else { break };
        from = at + digits.len() + 1;
        starts.push((at, from));
    }
    let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([text.len()]);
    let pieces = starts.iter().zip(ends).map(|((_, from), end)| text[*from..end].trim());
    pieces.map(|piece| piece.trim_end_matches(['(', '#', ',', ';', '/', '|']).trim_end()).collect()
}

/// One piece a quotation, with what belongs to it up to the next comma, "and" or full stop.
fn quoted_pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((_, title, after)) = phrase::quoted(rest) {
        let bracket = if after.starts_with('(') { after.find(')').unwrap_or(0) } else { 0 };
        let start = offset(text, title).saturating_sub(1);
        let start = (0..=start).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let stop = [", ", ". ", "? ", "! ", "; ", " & ", " + "]
            .iter()
            .chain(AND)
            .filter_map(|stop| after[bracket..].find(stop))
            .min();
        let end = offset(text, after) + stop.map_or(after.len(), |stop| bracket + stop);
        pieces.push(text[start..end].trim().trim_end_matches('.'));
        rest = after;
    }
    pieces
}

/// The text from the start of the first piece to the end of the last one.
fn join<'a>(text: &'a str, first: &'a str, last: &'a str) -> &'a str {
    text.get(offset(text, first)..offset(text, last) + last.len()).unwrap_or(first)
}

/// The word that stands before the last of several things.
const AND: &[&str] = &[" and ", " und ", " y ", " et ", " e ", " och ", " og ", " и ", " ve "];

/// "Rain and Glass", but not where the word is in a name that the library has: "Rain de Ana y los Otros".
fn split_at_and<'a>(piece: &'a str, knows: &KnowsArtist<'_>) -> Vec<&'a str> {
    let Some((at, and)) = AND
        .iter()
        .filter_map(|and| Some((piece.find(and).filter(|at| *at > 0)?, *and)))
        .min_by_key(|(at, _)| *at)
    else {
        return vec![piece];
    };
    let (first, last) = (&piece[..at], &piece[at + and.len()..]);
    // "e - f": a letter may be a title, and a word for "and" behind one.
    if first.ends_with(|c: char| !c.is_alphanumeric() && !")]\"”'!?.".contains(c))
        || last.starts_with(['-', '–'])
    {
        return vec![piece];
    }
    let mut starts = first.match_indices(' ').map(|(space, _)| space + 1).chain([0]);
    let begins_with_and = AND.iter().any(|and| piece.starts_with(and.trim_start()));
    if begins_with_and || first.contains('(') || starts.any(|start| knows(&piece[start..])) {
        return vec![piece];
    }
    vec![first, last]
}

/// A list often has an introduction with a colon: "play these please: a, b, c". It tells the
/// occasion or the record.
pub(super) fn introduction(text: &str) -> (Option<&str>, &str) {
    match text.split_once(": ") {
        Some((introduction, list)) if !list.trim().is_empty() => (Some(introduction.trim()), list.trim()),
        _ => (None, text),
    }
}

/// Without "and then", "and from the second cd", "to send everyone home".
fn strip_connectors(piece: &str) -> &str {
    let mut piece = piece;
    loop {
        let lower = piece.to_lowercase();
        let word = [
            "and ",
            "then ",
            "also ",
            "plus ",
            "finally ",
            "maybe ",
            "+ ",
            "& ",
            "or ",
            "und ",
            "dann ",
            "et ",
            "y ",
            "och ",
            "og ",
            "luego ",
            "después ",
            "depois ",
            "noch ",
            "auch ",
            "puis ",
        ]
        .into_iter()
        .find(|word| lower.starts_with(word));
        match word.and_then(|word| piece.get(word.len()..)) {
            Some(rest) if !rest.trim().is_empty() => piece = rest.trim(),
            _ => return strip_occasion(piece),
        }
    }
}

/// Without "for the dads", "from the 2nd cd": three or four words that say when or from where.
fn strip_occasion(piece: &str) -> &str {
    let mut words = piece.split_whitespace();
    let (first, second, third) = (words.next(), words.next(), words.next());
    let fourth = words.next();
    let rest = |word: &str| piece.get(offset(piece, word) + word.len()..).map_or(piece, str::trim);
    match (first, second, third, fourth) {
        (Some("from"), Some("the"), Some(_), Some(medium @ ("cd" | "disc" | "album" | "record" | "lp"))) => {
            rest(medium)
        }
        (Some("for"), Some("the" | "my" | "our" | "all"), Some(whom), Some(_)) => rest(whom),
        _ => piece,
    }
}

/// Not a refusal ("NO macarena"), not talk, and not a lone sign.
fn is_wish(piece: &str) -> bool {
    !refuses(piece)
        && piece.chars().any(char::is_alphanumeric)
        && piece.split_whitespace().count() <= 16
        && (!is_prose(piece) || piece.contains('('))
}

/// What somebody asks for in passing: "title, artist", "title - artist", "title artist".
pub(super) fn wish(body: &str, turned: bool, knows: &KnowsArtist<'_>) -> Fields {
    let dashed = body.split_once(" - ");
    let parts = dashed.or_else(|| body.split_once(", "));
    match parts {
        Some((title, remark)) if phrase::is_pointing(remark) => {
            Fields { title: trim::title(title), note: Some(remark.trim().to_owned()), ..Fields::default() }
        }
        Some((artist, title)) if knows(artist) || (dashed.is_some() && !turned && !knows(title)) => {
            Fields { title: trim::title(title), artist: Some(artist.trim().to_owned()), ..Fields::default() }
        }
        Some((title, artist)) => {
            Fields { title: trim::title(title), artist: Some(artist.trim().to_owned()), ..Fields::default() }
        }
        None => match known_at_end(body, knows) {
            Some((title, artist)) => {
                Fields { title: trim::title(title), artist: Some(artist.to_owned()), ..Fields::default() }
            }
            None => Fields { title: trim::title(body), ..Fields::default() },
        },
    }
}

/// An artist of two words or more that the library knows, at the end of the text. A single word
/// is too easily the title's own ("dancing queen").
fn known_at_end<'a>(body: &'a str, knows: &KnowsArtist<'_>) -> Option<(&'a str, &'a str)> {
    let spaces: Vec<usize> = body.match_indices(' ').map(|(at, _)| at).collect();
    let candidates = spaces.iter().rev().skip(1).take(5);
    candidates
        .map(|at| (without_of(body[..*at].trim()), body[at + 1..].trim()))
        .find(|(title, name)| !title.is_empty() && knows(name))
}

/// Without the word between a title and whose it is: "Lluvia de [Ana Velo]".
fn without_of(title: &str) -> &str {
    const OF: &[&str] =
        &[" de", " del", " do", " da", " dos", " by", " von", " par", " di", " dei", " od", " from", " -"];
    OF.iter().find_map(|of| title.strip_suffix(of)).unwrap_or(title).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_told_from_talk() {
        assert_eq!(
            wishes("play this: rain, sun (the old one, not the mix) and then go / up", &|_| false),
            ["rain", "sun (the old one, not the mix) and then go", "up"]
        );
        assert_eq!(wishes("rain, the long one, sun, NO snow", &|_| false), ["rain, the long one", "sun"]);
        assert_eq!(
            wishes("We want \"Rain, Sun\" by Ana, and \"Go\" from Up. Thanks", &|_| false),
            ["\"Rain, Sun\" by Ana", "\"Go\" from Up"]
        );
        assert_eq!(
            wishes("can you play a - b, c - d and e - f please? thx", &|_| false),
            ["a - b", "c - d", "e - f"]
        );
        assert_eq!(wishes("opening = rain, velo", &|_| false), ["rain, velo"]);
        assert_eq!(
            wishes("top 3: 1) Velo - Rain 2) Tyler, the Second - Up, 3) Ana - Part 2. of 1.5", &|_| false),
            ["Velo - Rain", "Tyler, the Second - Up", "Ana - Part 2. of 1.5"]
        );
    }
}
