//! Takes the lines of a page; finds the listing whose entries are fields with their names in front, a line each, "Title: Rain",
//! "Artist: Velo", or titles with such fields below them.
//! Never guesses what a field is: its name says it, or the same line of the other entries does.

use super::layout::{Form, Layout, Row};
use super::line::Line;
use super::number::{self, Style};
use super::prose::is_prose;
use super::table::{Column, column};
use super::time;

/// The listing, where the page has three entries of this kind or more.
pub(super) fn find(lines: &[Line<'_>]) -> Option<Layout> {
    let fields: Vec<(usize, Column, &str)> = lines
        .iter()
        .enumerate()
        .filter_map(|(index, line)| field(&line.text).map(|(column, value)| (index, column, value)))
        .collect();
    let has = |wanted: Column| fields.iter().filter(|(_, column, _)| *column == wanted).count() >= 3;
    if !has(Column::Title) || !has(Column::Artist) {
        return None;
    }
    let mut layout = Layout { form: Form::Labelled, ..Layout::default() };
    // The field that comes first begins each entry.
    let first = fields.first()?.1;
    let starts: Vec<usize> = (0..fields.len()).filter(|at| fields[*at].1 == first).collect();
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(fields.len());
        layout.rows.extend(row(lines, &fields[*start..end], &mut layout.used));
    }
    layout.score = 3.0 * layout.rows.len() as f64 + layout.used.len() as f64;
    (layout.rows.len() >= 3).then_some(layout)
}

/// Entries that are a title with credits below it, a line each, one of which says who plays: "Performed by Velo". Pages
/// about the music of films print so.
pub(super) fn performed(lines: &[Line<'_>]) -> Option<Layout> {
    let mut layout = Layout { form: Form::Labelled, ..Layout::default() };
    let mut title = None::<usize>;
    for (index, line) in lines.iter().enumerate() {
        let credits = credits(&line.text);
        if credits.is_empty() {
            title = Some(index);
            continue;
        }
        let Some(at) = title else { continue };
        layout.used.push(index);
        // A second performer of the same title is another recording's, or a guest.
        let performer =
            of(&credits, Role::Plays).filter(|_| layout.rows.last().is_none_or(|row| row.line != at));
        if let Some(performer) = performer {
            let title = lines[at].text.clone();
            layout.rows.push(Row {
                line: at,
                text: lines[at].raw.to_string(),
                body: title.clone(),
                columns: vec![unquoted(&title), performer.to_owned(), String::new()],
                ..Row::default()
            });
        }
    }
    layout.score = 3.0 * layout.rows.len() as f64 + layout.used.len() as f64;
    (layout.rows.len() >= 3).then_some(layout)
}

/// An entry has at most this many lines below its title.
const BELOW: usize = 4;

/// Entries that are a title with its number and credits below it: "1. Rain", "Artist: Velo", "Composer: Ana". So the records
/// that guests of a broadcast choose are printed. Where most entries say who plays, a line without the word says it, too.
pub(super) fn placed(lines: &[Line<'_>]) -> Option<Layout> {
    let title = |line: &Line<'_>| {
        let number = number::lead(&line.text).filter(|number| !number.rest.is_empty())?;
        (number.style == Style::Marked).then(|| (number.value, number.rest.to_owned()))
    };
    let titles: Vec<(usize, u32, String)> = lines
        .iter()
        .enumerate()
        .filter_map(|(index, line)| title(line).map(|(value, title)| (index, value, title)))
        .collect();
    let mut layout = Layout { form: Form::Labelled, ..Layout::default() };
    let mut told = 0;
    for (at, (line, value, title)) in titles.into_iter().enumerate() {
        let end = lines.len().min(line + 1 + BELOW);
        let below = (line + 1..end)
            .take_while(|index| !lines[*index].gap && number::lead(&lines[*index].text).is_none());
        let (mut plays, mut wrote, mut bare) = (None, None, None);
        for index in below {
            let text = lines[index].text.as_str();
            let found = credits(text);
            plays = plays.or_else(|| of(&found, Role::Plays).map(str::to_owned));
            wrote = wrote.or_else(|| of(&found, Role::Wrote).map(str::to_owned));
            if !found.is_empty() {
                layout.used.push(index);
            } else if index == line + 1 && !text.contains(':') && !is_prose(text) {
                bare = Some(index);
            }
        }
        told += usize::from(plays.is_some() || wrote.is_some());
        if plays.is_none()
            && let Some(index) = bare
        {
            layout.used.push(index);
            plays = Some(lines[index].text.clone());
        }
        let timed =
            time::tail(&title).filter(|found| found.kind != time::Kind::Dot && !found.rest.is_empty());
        let length = timed.as_ref().map(|found| found.length);
        let title = timed.map_or(title.as_str(), |found| found.rest).to_owned();
        let artist = plays.or_else(|| wrote.take()).unwrap_or_default();
        layout.rows.push(Row {
            line,
            text: lines[line].raw.to_string(),
            body: title.clone(),
            columns: vec![unquoted(&title), artist, String::new(), wrote.unwrap_or_default()],
            number: Some(value),
            length,
            ..Row::default()
        });
        // Where the first entries say nothing of the kind, it is another page: no need to look at all of it.
        if at == 8 && told == 0 {
            return None;
        }
    }
    layout.score = 3.0 * layout.rows.len() as f64 + layout.used.len() as f64;
    (told >= 3 && told * 4 >= layout.rows.len() * 3).then_some(layout)
}

/// What somebody did for a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Plays,
    Wrote,
    Other,
}

/// What says who plays.
const PERFORMED: &[&str] = &[
    "performed by ",
    "written and performed by ",
    "composed and performed by ",
    "played by ",
    "sung by ",
    "interpreted by ",
    "gesungen von ",
    "gespielt von ",
    "interprété par ",
    "chanté par ",
    "interpretada por ",
    "interpretado por ",
    "cantata da ",
];
/// What says who wrote it.
const WROTE: &[&str] =
    &["written ", "composed ", "music by ", "komponiert von ", "composé par ", "compuesta por "];
/// What else stands below a title.
const OTHERS: &[&str] = &[
    "lyrics by ",
    "words by ",
    "courtesy of ",
    "by arrangement ",
    "under license ",
    "published by ",
    "produced by ",
    "arranged by ",
    "featuring ",
    "used by ",
    "licensed ",
    "conducted by ",
    "(as ",
];
/// Names of fields that hold who plays, besides those of a table's columns.
const PLAYERS: &[&str] = &[
    "soloist",
    "soloists",
    "solist",
    "ensemble",
    "orchestra",
    "orchester",
    "orchestre",
    "choir",
    "interpreti",
    "wykonawca",
];
/// Names of fields that hold who wrote it.
const WRITERS: &[&str] =
    &["composer", "composers", "writer", "writers", "written by", "komponist", "compositeur", "compositor"];

/// A line of credits that names several roles is no longer than this many bytes.
const LONGEST: usize = 400;

/// What a line credits, and whom: "Composer: Ana Moor. Performed by Velo" names two.
fn credits(text: &str) -> Vec<(Role, &str)> {
    // A long line is a paragraph, whatever it begins with.
    let rest = if text.len() <= LONGEST { text } else { "" };
    let sentences =
        [". ", "; "].iter().flat_map(|sign| rest.match_indices(sign)).map(|(at, sign)| at + sign.len());
    let mut begins: Vec<(usize, Role, usize)> = Vec::new();
    for at in std::iter::once(0).chain(sentences) {
        if at > 0 && begins.first().is_none_or(|(first, ..)| *first > 0) {
            // A line that begins with something else is no line of credits.
            break;
        }
        begins.extend(credit(&text[at..]).map(|(role, words)| (at, role, at + words)));
    }
    begins.sort_unstable_by_key(|(at, ..)| *at);
    let ends = begins.iter().skip(1).map(|(at, ..)| *at).chain([text.len()]);
    let value = |((_, role, from), to): (&(usize, Role, usize), usize)| {
        let value = text.get(*from..to)?.trim().trim_end_matches([';', ' ']);
        let value = if to < text.len() { value.trim_end_matches('.') } else { value };
        (!value.is_empty()).then_some((*role, value))
    };
    begins.iter().zip(ends).filter_map(value).collect()
}

/// The role that the text begins with, and the length of its words.
fn credit(text: &str) -> Option<(Role, usize)> {
    let begins = |words: &[&str]| {
        let word = words
            .iter()
            .find(|word| text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word)));
        word.map(|word| word.len())
    };
    let by = [(PERFORMED, Role::Plays), (WROTE, Role::Wrote), (OTHERS, Role::Other)];
    if let Some(found) = by.iter().find_map(|(words, role)| Some((*role, begins(words)?))) {
        return Some(found);
    }
    let (name, _) = text.split_once(':').filter(|(name, _)| name.len() <= 20)?;
    let lower = name.to_lowercase();
    let role = match column(name) {
        _ if WRITERS.contains(&lower.as_str()) => Role::Wrote,
        _ if PLAYERS.contains(&lower.as_str()) => Role::Plays,
        Some(Column::Artist) => Role::Plays,
        Some(Column::Other) => Role::Other,
        _ => return None,
    };
    Some((role, name.len() + 1))
}

/// Whom the first of the credits of this role names.
fn of<'a>(credits: &[(Role, &'a str)], role: Role) -> Option<&'a str> {
    credits.iter().find(|(found, _)| *found == role).map(|(_, name)| *name)
}

fn unquoted(title: &str) -> String {
    title.strip_prefix(['"', '“']).and_then(|rest| rest.strip_suffix(['"', '”'])).unwrap_or(title).to_owned()
}

/// "Track: Rain" names a title, though a column of that name holds numbers.
fn field(text: &str) -> Option<(Column, &str)> {
    let (name, value) = text.split_once(':')?;
    let value = value.trim();
    let column = column(name)?;
    let numbered = value.chars().all(|c| c.is_ascii_digit());
    let column = if column == Column::Number && !numbered { Column::Title } else { column };
    (!value.is_empty() && name.len() <= 20).then_some((column, value))
}

/// The columns are title, artist and album, in this order.
fn row(lines: &[Line<'_>], fields: &[(usize, Column, &str)], used: &mut Vec<usize>) -> Option<Row> {
    let value = |wanted: Column| {
        fields.iter().find(|(_, column, _)| *column == wanted).map(|(_, _, value)| (*value).to_owned())
    };
    let title = value(Column::Title)?;
    let (line, ..) = fields.iter().find(|(_, column, _)| *column == Column::Title)?;
    used.extend(fields.iter().map(|(index, ..)| *index));
    let length = value(Column::Length).and_then(|text| time::lead(&text).map(|found| found.length));
    Some(Row {
        line: *line,
        text: lines[*line].raw.to_string(),
        body: title.clone(),
        columns: vec![
            title,
            value(Column::Artist).unwrap_or_default(),
            value(Column::Album).unwrap_or_default(),
        ],
        number: value(Column::Number).and_then(|number| number.parse().ok()),
        length,
        ..Row::default()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::line;
    use super::*;

    #[test]
    fn titles_with_their_performers_below() {
        let text = "Night (1994)\nSoundtracks\nRain\nWritten by A. Moor\nPerformed by Velo\nCourtesy of Storm\n\"Glass\"\nPerformed by Ana\n\
                    Written by Ana\nTide\nPerformed by Bo & Ida\nEdit this page\n";
        let layout = performed(&line::lines(text)).unwrap();
        let seen: Vec<String> = layout.rows.iter().map(|row| row.columns.join("/")).collect();
        assert_eq!(seen, ["Rain/Velo/", "Glass/Ana/", "Tide/Bo & Ida/"]);
        assert!(performed(&line::lines("Rain\nPerformed by Velo\nGlass\nWritten by Bo\n")).is_none());
    }

    #[test]
    fn numbered_titles_with_fields_below() {
        let text = "1. Rain\nArtist: Velo\n2. Glass (2nd movement)\nPerformer: Ana Moor with the Lind Quartet\nComposer: Jo Vale\n\
                    3. Salt\nComposer: J. Vale. Performed by The Tides\n4. Tide\nThe Lind Quartet and friends\nBOOK: Night - Bo\n\n\
                    1. Shore\nSinger: Ida\n";
        let layout = placed(&line::lines(text)).unwrap();
        let seen: Vec<String> = layout.rows.iter().map(|row| row.columns.join("/")).collect();
        assert_eq!(
            seen,
            [
                "Rain/Velo//",
                "Glass (2nd movement)/Ana Moor with the Lind Quartet//Jo Vale",
                "Salt/The Tides//J. Vale",
                "Tide/The Lind Quartet and friends//",
                "Shore/Ida//"
            ]
        );
        assert!(placed(&line::lines("1. Rain\nI like it\n2. Glass\nMe too\n3. Salt\nWhy not\n")).is_none());
    }

    #[test]
    fn fields_are_taken_by_their_names() {
        let text = "Artist: Velo\nTrack: Rain\nTime: 3:41\nLabel: x\n\nArtist: Ana\nTrack: Glass\n\nArtist: Bo\nTrack: Tide\nAlbum: Sea\n";
        let layout = find(&line::lines(text)).unwrap();
        let seen: Vec<String> = layout.rows.iter().map(|row| row.columns.join("/")).collect();
        assert_eq!(seen, ["Rain/Velo/", "Glass/Ana/", "Tide/Bo/Sea"]);
        assert_eq!(layout.rows[0].length.map(|length| length.as_secs()), Some(221));
        assert!(find(&line::lines("Artist: Velo\nTitle: Night\n1. Rain\n2. Glass\n")).is_none());
    }
}
