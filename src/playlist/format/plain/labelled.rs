//! Takes the lines of a page; finds the listing whose entries are fields with their names in front, a line
//! each: "Title: Rain", "Artist: Velo". Never guesses what a field is: its name says it.

use super::layout::{Form, Layout, Row};
use super::line::Line;
use super::time;
use super::words::{Column, column};

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
    fn fields_are_taken_by_their_names() {
        let text = "Artist: Velo\nTrack: Rain\nTime: 3:41\nLabel: x\n\nArtist: Ana\nTrack: Glass\n\nArtist: Bo\nTrack: Tide\nAlbum: Sea\n";
        let layout = find(&line::lines(text)).unwrap();
        let seen: Vec<String> = layout.rows.iter().map(|row| row.columns.join("/")).collect();
        assert_eq!(seen, ["Rain/Velo/", "Glass/Ana/", "Tide/Bo/Sea"]);
        assert_eq!(layout.rows[0].length.map(|length| length.as_secs()), Some(221));
        assert!(find(&line::lines("Artist: Velo\nTitle: Night\n1. Rain\n2. Glass\n")).is_none());
    }
}
