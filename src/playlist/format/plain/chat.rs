//! Takes the lines of a page; finds the entries in running messages: "rehab, valerie (the fast
//! one) and then cupid". Commas outside brackets and quotes separate, connecting words are cut.
//! Believed only for chats and for pages of hardly more than one long line.

use std::collections::BTreeMap;

use super::super::KnowsArtist;
use super::layout::{Form, Layout, Row};
use super::line::{LONGEST, Line};
use super::phrase;
use super::prose::is_prose;
use super::table::is_table_head;

/// The listing, where the page is a chat or a single run-on line.
pub(super) fn find(lines: &[Line<'_>], knows: &KnowsArtist<'_>) -> Option<Layout> {
    let messages: Vec<(usize, &str)> =
        lines.iter().enumerate().filter_map(|(index, line)| Some((index, message(&line.text)?))).collect();
    let stamped = messages.len() >= 3 && messages.len() * 3 >= lines.len() * 2;
    let spoken = if stamped { Vec::new() } else { dialogue(lines, knows) };
    let is_chat = stamped || !spoken.is_empty();
    let messages = if stamped { messages } else { spoken };
    let texts: Vec<(usize, &str)> = if is_chat {
        messages
    } else if lines.len() <= 4 {
        let lines: Vec<_> =
            lines.iter().enumerate().map(|(index, line)| (index, line.text.as_str())).collect();
        // As many pieces on every line make columns.
        let widths: Vec<usize> = lines.iter().map(|(_, text)| split_outside(text).len()).collect();
        if widths.len() >= 3 && widths.iter().all(|width| *width == widths[0] && (2..=4).contains(width)) {
            return None;
        }
        lines
    } else {
        return None;
    };
    let mut rows = Vec::new();
    for (index, text) in texts.into_iter().filter(|(_, text)| text.len() <= LONGEST) {
        if is_chat && !asks(text) {
            continue;
        }
        if !is_chat && pieces(text, knows).len() < 3 {
            continue;
        }
        rows.extend(entries(text, knows).into_iter().map(|text| row(index, text)));
    }
    // In a chat, no other reading has anything to go by.
    let score = if is_chat { 3.0 } else { 1.0 } * rows.len() as f64;
    // People talk whatever they ask for: where nothing else is a chat's, no line of it is a track of a list.
    let talk = is_chat && !stamped && !rows.is_empty();
    let score = if talk { 3.0 * lines.len() as f64 } else { score };
    (talk || rows.len() >= 3).then_some(Layout { rows, used: Vec::new(), score, form: Form::Chat })
}

/// The words behind a short name and a colon.
pub(super) fn said(text: &str) -> Option<&str> {
    let (name, said) = text.split_once(": ")?;
    (name.split_whitespace().count() <= 2 && !said.is_empty()).then_some(said)
}

/// So many lines make a conversation, and so many people at the most talk in it.
const LINES: usize = 8;
const PEOPLE: usize = 4;

/// The messages of a conversation that was copied without its hours: "Kez: text" by a few people in turn, of whom the
/// library knows none as an artist.
fn dialogue<'a>(lines: &'a [Line<'_>], knows: &KnowsArtist<'_>) -> Vec<(usize, &'a str)> {
    let said = |(index, line): (usize, &'a Line<'_>)| {
        let (name, text) = line.text.split_once(": ")?;
        let named = name.split_whitespace().count() <= 2 && name.chars().count() <= 16;
        (named && !name.contains(|c: char| c.is_ascii_digit())).then_some((index, name, text))
    };
    let said: Vec<(usize, &str, &str)> = lines.iter().enumerate().filter_map(said).collect();
    let mut people: BTreeMap<&str, usize> = BTreeMap::new();
    said.iter().for_each(|(_, name, _)| *people.entry(name).or_default() += 1);
    let turns = said.windows(2).filter(|pair| pair[0].1 != pair[1].1).count();
    let often = people.values().all(|count| *count >= 3) && people.len() >= 2;
    let conversation = said.len() >= LINES
        && said.len() * 5 >= lines.len() * 4
        && people.len() <= PEOPLE
        && often
        // A list in the order of its artists has hardly more turns than artists.
        && turns >= people.len() * 2
        && !people.keys().any(|name| knows(name));
    if conversation { said.into_iter().map(|(index, _, text)| (index, text)).collect() } else { Vec::new() }
}

fn row(line: usize, text: &str) -> Row {
    let body = text.trim_end_matches(|c: char| !(c.is_alphanumeric() || ")]\"”'!?.".contains(c)));
    Row { line, text: text.to_owned(), body: body.to_owned(), ..Row::default() }
}

/// Where people ask a bot for songs, what they ask for, a bullet and a request a line, and the lines that ask for nothing.
pub(super) fn requests(lines: Vec<Line<'_>>) -> (Vec<Line<'_>>, Vec<Line<'_>>) {
    let messages: Vec<&str> = lines.iter().filter_map(|line| message(&line.text)).collect();
    let Some(command) = command(messages.iter()) else { return (lines, Vec::new()) };
    let request = |line: &Line<'_>| {
        let (_, request) = message(&line.text)?.split_once(command.as_str())?;
        // The bot says how: "type !sr artist - title".
        let asked = !request.trim().is_empty() && !is_table_head(request.trim());
        asked.then(|| format!("• {}", request.trim()))
    };
    let (mut asked, mut rest) = (Vec::new(), Vec::new());
    for line in lines {
        match request(&line) {
            Some(text) => asked.push(Line { text, ..line }),
            None => rest.push(line),
        }
    }
    (asked, rest)
}

/// Where the messages of a chat are a list of "Artist - Title", takes their stamps and senders off the lines,
/// so that the list reads as any other. Two names or more in one message are running text.
pub(super) fn strip_stamps(lines: &mut [Line<'_>]) {
    let messages: Vec<Option<&str>> = lines.iter().map(|line| message(&line.text)).collect();
    let count = messages.iter().flatten().count();
    let dashed = |text: &&&str| text.split(" - ").count() == 2 && split_outside(text).len() == 1;
    let listed = messages.iter().flatten().filter(dashed).count();
    if count < 3 || count * 3 < lines.len() * 2 || listed < 3 || listed * 2 < count {
        return;
    }
    let messages: Vec<Option<String>> =
        messages.into_iter().map(|message| message.map(str::to_owned)).collect();
    for (line, message) in lines.iter_mut().zip(messages) {
        line.said = message.is_some();
        line.text = message.unwrap_or_else(|| line.text.clone());
        // A message is a paragraph of its own: what others say between the tracks is no part of a block with them.
        line.gap = true;
    }
}

/// The word that tells a bot what to do ("!req", "/play"), where several messages have it: what follows it is the request.
fn command<'a>(messages: impl Iterator<Item = &'a &'a str>) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for message in messages {
        let called = |word: &&str| {
            let name = word.strip_prefix(['!', '/', '.', '-']);
            name.is_some_and(|name| name.len() >= 2 && name.bytes().all(|byte| byte.is_ascii_lowercase()))
        };
        message
            .split_whitespace()
            .find(called)
            .into_iter()
            .for_each(|word| *counts.entry(word).or_default() += 1);
    }
    let (word, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (count >= 3).then(|| format!("{word} "))
}

/// The text of a chat line, without date, time and sender.
pub(super) fn message(text: &str) -> Option<&str> {
    let stamped = match text.strip_prefix('[') {
        Some(inner) => inner.split_once(']').filter(|(stamp, _)| is_stamp(stamp))?.1.trim_start(),
        None => match text.split_once(" <").filter(|(stamp, _)| is_stamp(stamp)) {
            // IRC's own logs: "21:04 <nick> text".
            Some((stamp, _)) => text[stamp.len()..].trim_start(),
            None => {
                let end = text.find(" - ").filter(|at| *at <= 24 && is_stamp(&text[..*at]))?;
                &text[end + 3..]
            }
        },
    };
    let (sender, message) = match stamped.strip_prefix('<') {
        Some(nick) => nick.split_once("> ")?,
        None => stamped.split_once(": ")?,
    };
    // What the server says has three stars before it.
    let talks =
        sender.split_whitespace().count() <= 5 && !sender.starts_with("***") && !sender.starts_with("-!-");
    talks.then(|| message.trim())
}

/// A date and a time: digits, and more signs between them than words.
fn is_stamp(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    digits >= 3 && letters <= 4 && text.contains(':') && text.len() <= 32
}

/// Whether a message asks for songs: it lists, quotes or brackets something, or says please.
fn asks(text: &str) -> bool {
    let lower = text.to_lowercase();
    let pieces = split_outside(text);
    let listed = pieces.len() >= 3 || pieces.iter().skip(1).any(|piece| phrase::is_pointing(piece));
    let quoted = phrase::quoted(text).is_some();
    let bracketed = text.contains('(') && text.contains(')');
    let words = ["pls", "please", "plz", " = ", "bitte", "por favor", "svp"];
    listed || quoted || bracketed || words.iter().any(|word| lower.contains(word))
}

/// The entries of one message.
fn entries<'a>(text: &'a str, knows: &KnowsArtist<'_>) -> Vec<&'a str> {
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

fn pieces<'a>(text: &'a str, knows: &KnowsArtist<'_>) -> Vec<&'a str> {
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

/// Where a slice of the text begins in it.
fn offset(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize).min(text.len())
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
    let lower = piece.to_lowercase();
    let refused = [
        "no ",
        "not ",
        "nicht ",
        "kein ",
        "keine ",
        "nada de ",
        "pas de ",
        "não ",
        "nie ",
        "dont play",
        "don't play",
        "never ",
    ]
    .iter()
    .any(|word| lower.starts_with(word));
    !refused
        && piece.chars().any(char::is_alphanumeric)
        && piece.split_whitespace().count() <= 16
        && (!is_prose(piece) || piece.contains('('))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_lose_their_stamps() {
        assert_eq!(message("[14/05, 19:02] Ana 💍: rain"), Some("rain"));
        assert_eq!(message("14/05/2021, 19:02 - Ana: rain"), Some("rain"));
        assert_eq!(message("[19:02] <ana> rain"), Some("rain"));
        assert_eq!(message("Ana: rain"), None);
        assert_eq!(message("[19:02] *** Topic is: rain"), None);
        assert_eq!(message("[live] Ana: rain"), None);
    }

    #[test]
    fn wishes_are_told_from_talk() {
        assert_eq!(
            entries("play this: rain, sun (the old one, not the mix) and then go / up", &|_| false),
            ["rain", "sun (the old one, not the mix) and then go", "up"]
        );
        assert_eq!(entries("rain, the long one, sun, NO snow", &|_| false), ["rain, the long one", "sun"]);
        assert_eq!(
            entries("We want \"Rain, Sun\" by Ana, and \"Go\" from Up. Thanks", &|_| false),
            ["\"Rain, Sun\" by Ana", "\"Go\" from Up"]
        );
        assert_eq!(
            entries("can you play a - b, c - d and e - f please? thx", &|_| false),
            ["a - b", "c - d", "e - f"]
        );
        assert_eq!(entries("opening = rain, velo", &|_| false), ["rain, velo"]);
        assert_eq!(
            entries("top 3: 1) Velo - Rain 2) Tyler, the Second - Up, 3) Ana - Part 2. of 1.5", &|_| false),
            ["Velo - Rain", "Tyler, the Second - Up", "Ana - Part 2. of 1.5"]
        );
    }
}
