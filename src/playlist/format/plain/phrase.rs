//! Takes an entry's words where the title is marked by quotes, or the artist by brackets; gives
//! title, artist and the remark that follows: `"Song" by Artist plays over the credits`.
//! Never splits at dashes alone (see `separator`).

use super::super::KnowsArtist;
use super::number::is_year;
use super::prose::is_prose;
use super::words::is_version;

/// What a phrase says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phrase {
    pub(super) title: String,
    pub(super) artist: Option<String>,
    pub(super) note: Option<String>,
}

/// Opening and closing signs, those that quote titles everywhere first.
const QUOTES: &[(char, char)] = &[
    ('"', '"'),
    ('“', '”'),
    ('„', '“'),
    ('„', '”'),
    ('«', '»'),
    ('»', '«'),
    ('「', '」'),
    ('『', '』'),
    ('《', '》'),
    ('”', '”'),
];

/// The first quoted piece: what stands before it, in it, and after it.
pub(super) fn quoted(text: &str) -> Option<(&str, &str, &str)> {
    let (at, open, close) = QUOTES
        .iter()
        .filter_map(|(open, close)| {
            let at = text.find(*open)?;
            text[at + open.len_utf8()..].contains(*close).then_some((at, *open, *close))
        })
        .min_by_key(|(at, _, _)| *at)?;
    // 12" is a record, not a quote.
    if open == '"' && text[..at].ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let inner = &text[at + open.len_utf8()..];
    let (title, after) = inner.split_once(close)?;
    (!title.trim().is_empty()).then(|| (text[..at].trim(), title.trim(), after.trim()))
}

/// A phrase whose title is in quotes.
pub(super) fn by_quotes(text: &str, knows: &KnowsArtist<'_>) -> Option<Phrase> {
    let (before, title, after) = quoted(text)?;
    let title = title.trim_end_matches(',');
    // "Rain." ends a sentence, and "I.G.Y." an abbreviation.
    let mut title =
        if title.matches('.').count() > 1 { title } else { title.trim_end_matches('.') }.to_owned();
    let (version, after) = leading_bracket(after);
    let mut credited = None;
    match version {
        // A mark, a length, a count: no name.
        Some(inner) if is_figure(inner) && !knows(inner) => {
            let before = (!before.is_empty()).then_some(before);
            let artist = before.map(|name| name.trim_end_matches([',', ':', '-', '–', '—', ' ']).to_owned());
            return Some(Phrase {
                title,
                artist: artist.filter(|name| !name.is_empty()),
                note: Some(inner.to_owned()),
            });
        }
        Some(inner) if !before.is_empty() || is_version(inner) => title = format!("{title} ({inner})"),
        Some(inner) => credited = Some(inner),
        None => {}
    }
    // "Next week: "Title" (Artist)" is talk before a title.
    if before.ends_with(':') && before.split_whitespace().count() > 1 {
        let rest = text.get(before.len()..).map(str::trim).and_then(|rest| by_quotes(rest, knows));
        return rest.map(|phrase| Phrase { note: Some(before.to_owned()), ..phrase });
    }
    let name_before = before.trim_end_matches([',', ':', '-', '–', '—', ' ']);
    let name_before =
        name_before.strip_suffix("'s").or_else(|| name_before.strip_suffix("’s")).unwrap_or(name_before);
    if !name_before.is_empty() && credited.is_none() {
        let note = (!after.is_empty()).then(|| remark(after));
        return Some(Phrase { title, artist: Some(name_before.to_owned()), note });
    }
    if let Some(inner) = credited {
        let (artist, note) = cut_remark(inner, knows);
        let note = note.or_else(|| (!after.is_empty()).then(|| remark(after)));
        return Some(Phrase { title, artist: Some(artist.to_owned()), note });
    }
    match introduced(after) {
        Some(credit) => {
            let (artist, note) = cut_remark(credit, knows);
            if matches!(artist.to_lowercase().as_str(), "no" | "not" | "yes" | "from") {
                return Some(Phrase { title, artist: None, note: Some(remark(credit)) });
            }
            Some(Phrase { title, artist: (!artist.is_empty()).then(|| artist.to_owned()), note })
        }
        None => Some(Phrase { title, artist: None, note: (!after.is_empty()).then(|| remark(after)) }),
    }
}

/// The text without what stands before a title in quotes and ends with a colon: `First dance: "Title" by Artist`.
pub(super) fn without_label(text: &str) -> &str {
    match quoted(text) {
        Some((before, _, _)) if before.ends_with(':') => text.trim_start()[before.len()..].trim_start(),
        _ => text,
    }
}

/// "6.5/10", "21 min", "10 pts": figures, and a word at the most.
fn is_figure(text: &str) -> bool {
    let letters = text.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count();
    let mix = text.contains(['"', '”', '″']);
    text.starts_with(|c: char| c.is_ascii_digit())
        && letters <= 1
        && text.chars().count() <= 10
        && !is_year(text)
        && !mix
}

/// Whom the words behind a title in quotes credit: the bracket, or what follows "by", a dash, a comma.
pub(super) fn credit(after: &str) -> Option<&str> {
    leading_bracket(after).0.filter(|inner| !is_version(inner)).or_else(|| introduced(after))
}

/// The phrase, of a listing in which the name before a title is that of somebody who asks for it.
pub(super) fn performed(phrase: Phrase, text: &str, knows: &KnowsArtist<'_>) -> Phrase {
    let Some((before, title, after)) = quoted(text).filter(|(before, _, _)| !before.is_empty()) else {
        return phrase;
    };
    let (artist, remark) = credit(after).map_or((None, None), |credit| {
        let (artist, note) = cut_remark(credit, knows);
        (Some(artist.to_owned()).filter(|_| !is_pointing(credit)), note)
    });
    Phrase { title: title.to_owned(), artist, note: remark.or_else(|| Some(before.to_owned())) }
}

/// `(inner) rest`
fn leading_bracket(text: &str) -> (Option<&str>, &str) {
    let inner = text.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let inner = inner.or_else(|| text.strip_prefix('[').and_then(|rest| rest.split_once(']')));
    inner.map_or((None, text), |(inner, rest)| (Some(inner.trim()), rest.trim()))
}

/// What follows "by", a dash, a comma: the artist, perhaps with a remark behind.
fn introduced(after: &str) -> Option<&str> {
    const WORDS: &[&str] = &["by ", "performed by ", "sung by ", "played by ", "von ", "par ", "de ", "от "];
    let lower = after.to_lowercase();
    if let Some(word) = WORDS.iter().find(|word| lower.starts_with(*word)) {
        return after.get(word.len()..).map(str::trim);
    }
    let rest = after.trim_start_matches(['-', '–', '—', ',', '/', '|', '~']);
    let bare = rest.trim();
    // `"Rain", de Velo`: the sign and the word.
    let lower = bare.to_lowercase();
    let word = WORDS.iter().find(|word| lower.starts_with(*word)).and_then(|word| bare.get(word.len()..));
    (rest.len() < after.len()).then(|| word.map_or(bare, str::trim))
}

/// Who somebody means by "the Velo one", "la de Velo", "die von Velo, nicht die andere": the name alone, where the library has it.
fn pointed_at<'a>(inner: &'a str, knows: &KnowsArtist<'_>) -> &'a str {
    const BEFORE: &[&str] = &[
        "the one by ",
        "the one from ",
        "by ",
        "the ",
        "la de ",
        "el de ",
        "la del ",
        "los de ",
        "die von ",
        "das von ",
        "der von ",
        "von ",
        "de ",
        "da ",
        "do ",
        "a do ",
        "a da ",
        "celle de ",
        "quella di ",
        "quella dei ",
        "ta od ",
    ];
    const BEHIND: &[&str] =
        &[" one", " version", " original", "'s", "’s", "'s one", "'s version", "’s version"];
    let first = inner.split(", ").next().unwrap_or(inner).trim();
    let lower = first.to_lowercase();
    let fronts = BEFORE.iter().filter(|front| lower.starts_with(**front)).map(|front| front.len()).chain([0]);
    let candidate = |start: usize| {
        let name = first.get(start..)?;
        let ends = BEHIND.iter().filter_map(|behind| name.strip_suffix(behind)).chain([name]);
        let begun = |name: &str| name.len() < first.len();
        // "the Velo one from the film" goes on behind the name.
        let inside = BEHIND.iter().filter_map(|behind| Some(name.split_once(&format!("{behind} "))?.0));
        ends.chain(inside).map(str::trim).find(|name| begun(name) && knows(name))
    };
    fronts.into_iter().find_map(candidate).unwrap_or(inner)
}

/// A name, and the remark that may follow it.
pub(super) fn cut_remark<'a>(text: &'a str, knows: &KnowsArtist<'_>) -> (&'a str, Option<String>) {
    if knows(text) {
        return (text, None);
    }
    let Some(at) = remark_start(text) else { return (text.trim(), None) };
    let note = remark(&text[at..]);
    (text[..at].trim(), (!note.is_empty()).then_some(note))
}

fn remark(text: &str) -> String {
    text.trim_start_matches([',', ':', ';', '-', '–', '—', '.', ' ']).trim().to_owned()
}

/// Where a name ends and somebody begins to talk.
fn remark_start(text: &str) -> Option<usize> {
    const STOPS: &[&str] = &[
        " – ",
        " — ",
        " - ",
        ": ",
        "; ",
        "...",
        "…",
        "! ",
        "? ",
        " plays ",
        " play ",
        " is playing ",
        " as the ",
        " as ",
        " while ",
        " when ",
        " during ",
        " in the ",
        " over the ",
        " (",
        " at the ",
    ];
    let stop = STOPS.iter().filter_map(|stop| text.find(stop)).filter(|at| *at > 0).min();
    let sentence = text.match_indices(". ").map(|(at, _)| at).find(|at| word_before(text, *at) >= 3);
    let comma = text.match_indices(", ").map(|(at, _)| at).find(|at| !joins_names(&text[at + 2..]));
    [stop, sentence, comma].into_iter().flatten().min()
}

fn word_before(text: &str, at: usize) -> usize {
    text[..at].chars().rev().take_while(|c| c.is_alphabetic()).count()
}

/// "Earth, Wind & Fire": what follows the comma goes on with the name.
fn joins_names(rest: &str) -> bool {
    let words: Vec<&str> = rest.split_whitespace().take(6).collect();
    words.len() <= 5
        && rest.starts_with(char::is_uppercase)
        && words.iter().any(|word| matches!(*word, "&" | "and" | "+" | "und"))
}

/// The last bracket of a text, where it ends with one: what stands before it, and in it.
pub(super) fn closing_bracket(text: &str) -> Option<(&str, &str)> {
    let inner = text.trim_end_matches(['.', '!', ' ']).strip_suffix(')')?;
    let mut depth = 0_usize;
    let open = inner.char_indices().rev().find(|(_, c)| match c {
        ')' => {
            depth += 1;
            false
        }
        '(' if depth == 0 => true,
        '(' => {
            depth -= 1;
            false
        }
        _ => false,
    })?;
    let (title, artist) = (inner[..open.0].trim(), inner[open.0 + 1..].trim());
    (!title.is_empty() && !artist.is_empty()).then_some((title, artist))
}

/// A phrase whose artist is in the bracket at its end.
pub(super) fn by_bracket(text: &str, knows: &KnowsArtist<'_>) -> Option<Phrase> {
    let (text, after) = remark_behind_bracket(text);
    let (title, inner) = closing_bracket(text)?;
    let pointed = pointed_at(inner, knows);
    if pointed.len() < inner.len() && !pointed.is_empty() && knows(pointed) {
        let (artist, note) = (Some(pointed.to_owned()), Some(inner.to_owned()));
        return Some(Phrase { title: title.to_owned(), artist, note });
    }
    if is_pointing(inner) {
        return Some(Phrase { title: title.to_owned(), artist: None, note: Some(inner.to_owned()) });
    }
    if (is_version(inner) || is_figure(inner)) && !knows(inner) {
        return None;
    }
    let (artist, note) = cut_remark(inner, knows);
    let note = note.or_else(|| (!after.is_empty()).then(|| remark(after)));
    // "and for the road: Title" is talk before a title.
    let talk = title.starts_with(char::is_lowercase).then(|| title.split_once(": ")).flatten();
    let (note, title) = match talk {
        Some((talk, title)) => (note.or_else(|| Some(talk.to_owned())), title),
        None => (note, title),
    };
    Some(Phrase { title: title.to_owned(), artist: Some(artist.to_owned()), note })
}

/// "Title (Artist), a remark": the text up to its last bracket, and what follows.
fn remark_behind_bracket(text: &str) -> (&str, &str) {
    match text.rfind(')') {
        Some(at) if text[at + 1..].split_whitespace().count() <= 10 => text.split_at(at + 1),
        _ => (text, ""),
    }
}

/// "the long one", "not the remix": which version is meant, by pointing at it.
pub(super) fn is_pointing(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    // In other languages, too: "pero la de siempre", "no la nueva", "aber nicht der Remix".
    const ELSEWHERE: &[&str] = &[
        "pero ",
        "no la ",
        "no el ",
        "la de siempre",
        "la original",
        "aber ",
        "nicht ",
        "bitte nicht ",
        "das original",
        "die originale",
        "mais pas ",
        "pas la ",
        "pas celle ",
        "mas não ",
        "não a ",
        "a original",
        "ma non ",
        "non la ",
        "ale nie ",
        "nie ta ",
        "not ",
        "only not ",
    ];
    if ELSEWHERE.iter().any(|start| lower.starts_with(start)) {
        return true;
    }
    let pointing = matches!(words.first(), Some(&("the" | "not" | "but" | "obviously" | "obvs")));
    let at_one =
        |word: &&str| matches!(*word, "one" | "version" | "ones" | "mix" | "original" | "one!!" | "one!");
    pointing && (words[0] != "the" || words.iter().any(at_one))
}

/// Words of a title in quotes, its artist and what people say of it.
const MOST_TALK: usize = 24;

/// A title in quotes with a name before or behind it, and not much more.
pub(super) fn is_quoted_phrase(text: &str) -> bool {
    // What stands before a colon says when it is played ("First dance: "Title" by Artist"), and what in a bracket at the end
    // is a remark: neither makes a sentence of it.
    let rest = without_label(text);
    let labelled = rest.len() < text.len();
    let text = rest;
    let Some((before, _, after)) = quoted(text) else { return false };
    // Behind a title in quotes with its artist, people may talk on.
    let short = text.split_whitespace().count() <= MOST_TALK;
    let named = before.is_empty() && credit(after).is_some_and(|name| name.starts_with(char::is_uppercase));
    if short && ((labelled && credit(after).is_some()) || named) {
        return true;
    }
    let credited = match closing_bracket(after) {
        Some((credited, _)) => credited,
        None if after.starts_with('(') && after.ends_with(')') => "()",
        None => after,
    };
    let words = before.split_whitespace().count() + credited.split_whitespace().count();
    // `Artist, "Title", Album`
    let between = before.ends_with([',', ':']) && after.starts_with([',', '(', '-', '–', '—']);
    (before.is_empty() != after.is_empty() || between) && words <= 8 && !is_prose(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn quotes(text: &str) -> (String, Option<String>, Option<String>) {
        let phrase = by_quotes(text, &|_| false).unwrap();
        (phrase.title, phrase.artist, phrase.note)
    }

    #[test]
    fn quoted_titles() {
        for (text, title, artist) in [
            ("\"Rain\" by Velo plays over the titles", "Rain", Some("Velo")),
            ("\"Rain\" - Ana & the Waves", "Rain", Some("Ana & the Waves")),
            ("\"Rain\" – Velo. She opens the door.", "Rain", Some("Velo")),
            ("Ana's \"Rain\" as they leave", "Rain", Some("Ana")),
            ("Ana Velo, \"Rain\": the ferry", "Rain", Some("Ana Velo")),
            ("\"Rain\" (Ana), the bar", "Rain", Some("Ana")),
            ("\"Rain\" (6.5/10)", "Rain", None),
            ("\"Rain\", de Velo, al final", "Rain", Some("Velo")),
            ("Velo, \"Rain\" (21 min)", "Rain", Some("Velo")),
            ("\"Rain\" (instrumental)", "Rain (instrumental)", None),
            ("Velo - \"Rain\" (Night Mix)", "Rain (Night Mix)", Some("Velo")),
            ("\"Rain\", Snow, Hail & Sleet", "Rain", Some("Snow, Hail & Sleet")),
            ("空「雨」", "雨", Some("空")),
        ] {
            let (found, by, _) = quotes(text);
            assert_eq!((found.as_str(), by.as_deref()), (title, artist), "{text}");
        }
        assert_eq!(quotes("\"Rain\" by Velo: the end").2.as_deref(), Some("the end"));
        assert_eq!(by_quotes("Rain (12\" mix, 7\" mix)", &|_| false), None);
    }

    #[test]
    fn artists_in_brackets() {
        let phrase = by_bracket("Let It (Rain) Again (Ana – not the slow one)", &|_| false).unwrap();
        assert_eq!(phrase.title, "Let It (Rain) Again");
        assert_eq!(phrase.artist.as_deref(), Some("Ana"));
        assert_eq!(phrase.note.as_deref(), Some("not the slow one"));
        assert_eq!(by_bracket("Rain (Live)", &|_| false), None);
    }
}
