//! Takes the lines of a page; finds the listing whose entries are fields with their names in front, a line
//! each: "Title: Rain", "Artist: Velo". Never guesses what a field is: its name says it.

use super::layout::{Form, Layout, Row};
use super::line::Line;
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
        let performer = credited(&line.text, PERFORMED);
        if performer.is_none() && credited(&line.text, OTHERS).is_none() {
            title = Some(index);
            continue;
        }
        let Some(at) = title else { continue };
        layout.used.push(index);
        // A second performer of the same title is another recording's, or a guest.
        if let Some(performer) = performer.filter(|_| layout.rows.last().is_none_or(|row| row.line != at)) {
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

/// What says who plays.
const PERFORMED: &[&str] = &[
    "performed by ",
    "written and performed by ",
    "composed and performed by ",
    "sung by ",
    "interpreted by ",
    "gesungen von ",
    "interprété par ",
    "interpretada por ",
];
/// What else stands below a title.
const OTHERS: &[&str] = &[
    "written ",
    "composed ",
    "music by ",
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

fn credited<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    let word = words
        .iter()
        .find(|word| text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word)))?;
    Some(text[word.len()..].trim()).filter(|rest| !rest.is_empty())
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
    fn fields_are_taken_by_their_names() {
        let text = "Artist: Velo\nTrack: Rain\nTime: 3:41\nLabel: x\n\nArtist: Ana\nTrack: Glass\n\nArtist: Bo\nTrack: Tide\nAlbum: Sea\n";
        let layout = find(&line::lines(text)).unwrap();
        let seen: Vec<String> = layout.rows.iter().map(|row| row.columns.join("/")).collect();
        assert_eq!(seen, ["Rain/Velo/", "Glass/Ana/", "Tide/Bo/Sea"]);
        assert_eq!(layout.rows[0].length.map(|length| length.as_secs()), Some(221));
        assert!(find(&line::lines("Artist: Velo\nTitle: Night\n1. Rain\n2. Glass\n")).is_none());
    }
}
