//! Takes the lines of a page; where a line holds several tracks with their numbers, "01 RAIN • 02 GLASS", "1) Rain 2) Glass",
//! as the backs of sleeves do, gives it a line a track, and so for those between the same signs that have none.
//! Never parts a line whose second number is not the one after its first, or stands on the next line as well.

use super::line::{BULLET, LONGEST, Line};
use super::number;

/// So few tracks that share a line do so by chance.
const FEWEST: usize = 2;
/// So many pieces between signs are tracks, without numbers.
const PIECES: usize = 3;
/// A title has at most this many words.
const WORDS: usize = 12;

/// What stands between two tracks.
const SIGNS: &[char] =
    &['•', '·', '∙', '|', '/', '-', '–', '—', ',', ';', '~', '*', '►', '●', '♪', '+', '→', '>', '★', '◦'];
/// The signs that part tracks whether or not they have numbers.
const BULLETS: &[char] = &['•', '·', '∙', '|', '►', '●', '♪', '★', '◦'];

/// The lines, with those of several tracks taken apart.
pub(super) fn unrolled(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let firsts: Vec<Option<u32>> =
        lines.iter().map(|line| number::lead(&line.text).map(|number| number.value)).collect();
    // The number of the next line that has one says whether a second number was a track's.
    let mut nexts = vec![None; lines.len()];
    for index in (1..lines.len()).rev() {
        nexts[index - 1] = firsts[index].or(nexts[index]);
    }
    let mut found: Vec<Option<Found<'_>>> = lines.iter().map(|line| tracks(&line.text)).collect();
    for (found, next) in found.iter_mut().zip(&nexts) {
        found.take_if(|found| *next == Some(found.first + 1));
    }
    let joints: usize = found.iter().flatten().map(|found| found.tracks.len() - 1).sum();
    if joints < FEWEST {
        return lines;
    }
    let sign = found.iter().flatten().find_map(|found| found.sign.filter(|sign| BULLETS.contains(sign)));
    let mut unrolled = Vec::with_capacity(lines.len() + joints);
    for ((line, found), first) in lines.iter().zip(&found).zip(&firsts) {
        let bare = || sign.filter(|_| first.is_none()).and_then(|sign| pieces(&line.text, sign));
        if let Some(found) = found {
            let label = found.label;
            unrolled.extend((!label.is_empty()).then(|| line.piece(label, label.to_owned(), line.gap)));
            let piece = |(at, track): (usize, &&str)| {
                line.piece(track, (*track).to_owned(), at == 0 && line.gap && label.is_empty())
            };
            unrolled.extend(found.tracks.iter().enumerate().map(piece));
        } else if let Some(pieces) = bare() {
            let piece = |(at, track): (usize, &str)| {
                line.piece(track, format!("{BULLET}{track}"), at == 0 && line.gap)
            };
            unrolled.extend(pieces.into_iter().enumerate().map(piece));
        } else {
            unrolled.push(line.clone());
        }
    }
    unrolled
}

/// A line of several tracks.
struct Found<'a> {
    /// What stands before the first, with its colon: "Side A:".
    label: &'a str,
    /// The first one's number.
    first: u32,
    tracks: Vec<&'a str>,
    /// What parts them, where that is a sign.
    sign: Option<char>,
}

fn tracks(text: &str) -> Option<Found<'_>> {
    if text.len() > LONGEST {
        return None;
    }
    let starts = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let (label, list) = match text.split_once(": ") {
        Some((label, list))
            if !starts(text) && starts(list.trim_start()) && label.split(' ').count() <= 4 =>
        {
            (&text[..=label.len()], list.trim_start())
        }
        _ => ("", text),
    };
    let digits = list.bytes().take_while(u8::is_ascii_digit).count();
    let first: u32 = list[..digits].parse().ok().filter(|_| (1..=3).contains(&digits))?;
    let padded = digits > 1 && list.starts_with('0');
    let mark = list[digits..].chars().next().filter(|mark| ".):".contains(*mark));
    let behind = |rest: &str| rest.starts_with(char::is_whitespace) && rest.trim_start().len() > 1;
    if !behind(&list[digits + mark.map_or(0, char::len_utf8)..]) {
        return None;
    }
    let (mut tracks, mut sign, mut start, mut at) = (Vec::new(), None, 0, digits);
    let mut value = first + 1;
    loop {
        let width = if padded { digits } else { 1 };
        let wanted = format!("{value:0width$}{}", mark.map(String::from).unwrap_or_default());
        let Some(next) = list[at..].find(&wanted).map(|next| at + next) else { break };
        at = next + wanted.len();
        let before = &list[start..next];
        let trimmed = before.trim_end();
        let parted = trimmed.chars().next_back().filter(|c| SIGNS.contains(c));
        let apart = before.len() > trimmed.len() && behind(&list[at..]);
        // A mark of its own tells a number; without one there is a sign before it.
        let counts = parted.is_some() || matches!(mark, Some('.' | ')'));
        let track = trimmed.trim_end_matches(SIGNS).trim_end();
        if apart && counts && track.len() > digits + 1 {
            tracks.push(track);
            sign = sign.or(parted);
            start = next;
            value += 1;
        }
    }
    tracks.push(list[start..].trim_end_matches(SIGNS).trim());
    (tracks.len() > 1).then_some(Found { label, first, tracks, sign })
}

/// Tracks between the signs that part those with numbers.
fn pieces(text: &str, sign: char) -> Option<Vec<&str>> {
    let pieces: Vec<&str> = text.split(sign).map(str::trim).filter(|piece| !piece.is_empty()).collect();
    let title = |piece: &&str| {
        piece.contains(char::is_alphanumeric)
            && piece.split_whitespace().count() <= WORDS
            && !piece.contains(": ")
    };
    (text.len() <= LONGEST && pieces.len() >= PIECES && pieces.iter().all(title)).then_some(pieces)
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        unrolled(line::lines(text)).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn several_tracks_a_line() {
        assert_eq!(
            texts(
                "VELO\n01 RAIN • 02 GLASS (with Ana)\n03 SALT\n04 TIDE • 05 SHORE\n(C) Velo\nMOOR • LIND (LIVE) • VALE\n"
            ),
            [
                "VELO",
                "01 RAIN",
                "02 GLASS (with Ana)",
                "03 SALT",
                "04 TIDE",
                "05 SHORE",
                "(C) Velo",
                "• MOOR",
                "• LIND (LIVE)",
                "• VALE"
            ]
        );
        assert_eq!(
            texts("Side A: 1. Rain / 2. Glass / 3. Salt"),
            ["Side A:", "1. Rain", "2. Glass", "3. Salt"]
        );
        assert_eq!(texts("1) Rain 2) Glass 3) Salt 3:41"), ["1) Rain", "2) Glass", "3) Salt 3:41"]);
        assert_eq!(
            texts("1. Rain, 2. Glass, 3. No. 4\n4. Tide"),
            ["1. Rain", "2. Glass", "3. No. 4", "4. Tide"]
        );
    }

    #[test]
    fn numbers_within_titles_stay() {
        for text in [
            "1. Sonata No. 2. Adagio\n2. Sonata No. 3. Largo\n3. Sonata No. 4. Presto\n4. Coda",
            "1 Night 2 Remember\n2 Become 3 Again\n3 of 4 People",
            "1. Rain 02:10\n2. Glass 03:41\n3. Salt 04:00",
            "1 - 2 - 3 Velo",
        ] {
            assert_eq!(texts(text), text.lines().collect::<Vec<_>>());
        }
    }
}
