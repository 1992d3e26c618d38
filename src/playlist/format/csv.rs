//! Takes a table of text, separated by commas, semicolons or tabs, with a row of headings; gives an entry a
//! row. Headings are known in several languages and in the exports of players and services.
//! Never guesses columns: a table without headings is left to the plain reader.

use ::csv::{Position, ReaderBuilder, StringRecord, WriterBuilder};

use super::lines::LineIndex;
use super::plain::{self, Column};
use super::problem::{Problem, ProblemKind};
use super::{KnowsArtist, length, location};
use crate::playlist::{Entry, Listing, Unread};

const DELIMITERS: &[u8] = b",;\t";

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Number,
    Disc,
    Artist,
    Title,
    Album,
    Section,
    Length,
    Milliseconds,
    File,
    Identifiers,
    Note,
}

/// The headings that are written, and those that only tables have.
const HEADINGS: &[(&str, Field)] = &[
    ("number", Field::Number),
    ("disc", Field::Disc),
    ("artist", Field::Artist),
    ("title", Field::Title),
    ("album", Field::Album),
    ("section", Field::Section),
    ("duration", Field::Length),
    ("file", Field::File),
    ("identifier", Field::Identifiers),
    ("note", Field::Note),
    ("track number", Field::Number),
    ("disc number", Field::Disc),
    ("artist name(s)", Field::Artist),
    ("duration (ms)", Field::Milliseconds),
    ("track duration (ms)", Field::Milliseconds),
    ("duration_ms", Field::Milliseconds),
    ("seconds", Field::Length),
    ("path", Field::File),
    ("filename", Field::File),
    ("location", Field::File),
    ("comment", Field::Note),
];
const WRITTEN: usize = 10;

fn field(heading: &str) -> Option<Field> {
    let lower = heading.trim().trim_start_matches('\u{feff}').to_lowercase();
    let known = HEADINGS.iter().find(|(name, _)| *name == lower).map(|(_, field)| *field);
    known.or_else(|| {
        Some(match plain::column(&lower)? {
            Column::Number => Field::Number,
            Column::Title => Field::Title,
            Column::Artist => Field::Artist,
            Column::Album => Field::Album,
            Column::Length => Field::Length,
            Column::Other => return None,
        })
    })
}

pub(super) fn sniff(text: &str) -> bool {
    head(text).is_some()
}

/// The delimiter and the columns, where the first line is a row of headings with a title among them.
fn head(text: &str) -> Option<(u8, Vec<Option<Field>>)> {
    let first = text.trim_start().lines().next().filter(|line| line.len() < 4096)?;
    let columns = |delimiter: u8| {
        let mut reader =
            ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(first.as_bytes());
        let record = reader.records().next()?.ok()?;
        let columns: Vec<Option<Field>> = once_each(record.iter().map(field));
        let known = columns.iter().flatten().count();
        (known >= 2 && columns.contains(&Some(Field::Title))).then_some((delimiter, columns))
    };
    let found = DELIMITERS.iter().filter_map(|delimiter| columns(*delimiter));
    found.max_by_key(|(_, columns)| columns.iter().flatten().count())
}

/// A heading that comes again ("Track" beside "Track number") says nothing.
fn once_each(columns: impl Iterator<Item = Option<Field>>) -> Vec<Option<Field>> {
    let mut seen = Vec::new();
    for column in columns {
        seen.push(column.filter(|column| !seen.contains(&Some(*column))));
    }
    seen
}

pub(super) fn read(text: &str, knows: &KnowsArtist<'_>) -> Result<Listing, Vec<Problem>> {
    let Some((delimiter, columns)) = head(text) else { return plain::read(text, knows) };
    let start = text.len() - text.trim_start().len();
    let index = LineIndex::new(text);
    // A row's place may lie on the line feed that ends the row before.
    let line = |place: Option<&Position>| {
        let at = start + place.map_or(0, |place| place.byte() as usize);
        let feed = text
            .as_bytes()
            .get(at..)
            .map_or(0, |rest| rest.iter().take_while(|b| b"\r\n".contains(b)).count());
        index.line(at + feed)
    };
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(&text.as_bytes()[start..]);
    let mut listing = Listing::default();
    let mut rows = Vec::new();
    let mut records = reader.records();
    while let Some(record) = records.next() {
        let end = start + records.reader().position().byte() as usize;
        let record = record.map_err(|error| {
            vec![Problem { line: line(error.position()), kind: ProblemKind::Syntax(error.to_string()) }]
        })?;
        match entry(&record, &columns).filter(|_| !sums_up(&record, &columns)) {
            Some(entry) => {
                listing.entries.push(entry);
                if rows.len() <= MOST_WITH_LINES {
                    rows.push((start + record.position().map_or(0, |place| place.byte() as usize), end));
                }
            }
            None => {
                let text = record.iter().collect::<Vec<_>>().join(" ");
                listing.unread.push(Unread { line: line(record.position()), text: text.trim().to_owned() });
            }
        }
    }
    listing.unread.retain(|unread| !unread.text.is_empty());
    if rows.len() <= MOST_WITH_LINES {
        keep_rows(&mut listing, text, &rows);
    }
    Ok(listing)
}

/// A longer table is a program's whole library: its rows are not kept beside what was read from them.
const MOST_WITH_LINES: usize = 10_000;

/// Gives each entry its row as it is written, where that is one line. `rows` are where the entries begin and end.
fn keep_rows(listing: &mut Listing, text: &str, rows: &[(usize, usize)]) {
    for (entry, (from, to)) in listing.entries.iter_mut().zip(rows) {
        let row = text.get(*from..*to).unwrap_or_default().trim();
        entry.more.markup = (!row.contains(['\n', '\r']) && !row.is_empty()).then(|| row.to_owned());
    }
}

/// Whether the row is the last one of a table that people made, with the time of all: "Total length:" and a time.
/// A program's table, which names files, has rows of tracks only.
fn sums_up(record: &StringRecord, columns: &[Option<Field>]) -> bool {
    let filled: Vec<(&str, Option<Field>)> =
        record.iter().zip(columns.iter().copied()).filter(|(cell, _)| !cell.trim().is_empty()).collect();
    match filled[..] {
        [(words, _), (time, Some(Field::Length))] => {
            plain::is_total(&format!("{words} {time}")) && !columns.contains(&Some(Field::File))
        }
        _ => false,
    }
}

/// The entry of a row; `None` where the row has neither a title nor a file.
fn entry(record: &StringRecord, columns: &[Option<Field>]) -> Option<Entry> {
    let mut entry = Entry::default();
    for (cell, field) in record.iter().zip(columns) {
        let Some(field) = field.filter(|_| !cell.is_empty()) else { continue };
        let text = Some(cell.to_owned());
        match field {
            Field::Number => entry.number = cell.trim().trim_end_matches('.').parse().ok(),
            Field::Disc => entry.disc = cell.trim().parse().ok(),
            Field::Artist => entry.artist = text,
            Field::Title => cell.clone_into(&mut entry.title),
            Field::Album => entry.more.album = text,
            Field::Section => entry.more.section = text,
            Field::Length => entry.length = length::parse(cell),
            Field::Milliseconds => entry.length = cell.trim().parse().ok().and_then(length::from_millis),
            Field::File => entry.file = Some(cell.into()),
            // No URI holds a space.
            Field::Identifiers => {
                entry.more.identifiers = cell.split_whitespace().map(str::to_owned).collect();
            }
            Field::Note => entry.more.note = text,
        }
    }
    (!entry.title.trim().is_empty() || entry.file.is_some()).then_some(entry)
}

pub(super) fn write(listing: &Listing) -> String {
    write_with(listing, b',')
}

/// As `write`, with tabs.
pub(super) fn write_tabs(listing: &Listing) -> String {
    write_with(listing, b'\t')
}

fn write_with(listing: &Listing, delimiter: u8) -> String {
    let mut writer = WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    let headings = HEADINGS[..WRITTEN].iter().map(|(name, _)| *name);
    writer.write_record(headings).expect("memory takes every byte");
    for entry in &listing.entries {
        let count = |count: Option<u32>| count.map(|count| count.to_string()).unwrap_or_default();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let row = [
            count(entry.number),
            count(entry.disc),
            text(&entry.artist),
            entry.title.clone(),
            text(&entry.more.album),
            text(&entry.more.section),
            entry.length.map(length::format).unwrap_or_default(),
            entry.file.as_deref().map(|file| location::written(file, &[]).into_owned()).unwrap_or_default(),
            entry.more.identifiers.join(" "),
            text(&entry.more.note),
        ];
        writer.write_record(row).expect("memory takes every byte, and all rows are of one length");
    }
    let bytes = writer.into_inner().expect("memory is always flushed");
    String::from_utf8(bytes).expect("only text was written")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_table_that_people_made_may_end_with_its_sum() {
        let table = "No.\tTitle\tLength\n1.\tRain\t3:41\n2.\tTotal Time\t4:02\nTotal length:\t\t7:43\n";
        let listing = read(table, &|_| false).unwrap();
        assert_eq!((listing.entries.len(), listing.unread.len()), (2, 1), "{listing:?}");
        let own = "number,title,duration,file\n,Total time,4:02,\n";
        assert_eq!(read(own, &|_| false).unwrap().entries.len(), 1);
    }

    #[test]
    fn tables_are_read_by_their_headings() {
        let comma = "\"Track Name\",\"Artist Name(s)\",\"Album Name\",\"Duration (ms)\",\"Popularity\"\r\n\
                     \"Rain, \"\"late\"\"\",Velo,Night,61500,3\r\n,,,,\r\n,Nobody,,,\r\n";
        let listing = read(comma, &|_| false).unwrap();
        assert_eq!(listing.entries.len(), 1);
        assert_eq!(listing.entries[0].line(), "Velo - Rain, \"late\"");
        assert_eq!(listing.entries[0].length, length::from_millis(61_500));
        assert_eq!((listing.unread[0].line, listing.unread[0].text.as_str()), (4, "Nobody"));
        let tabs = read("\nNr.\tTitel\tInterpret\tLänge\n2.\tRain\tVelo\t3:41\n", &|_| false).unwrap();
        assert_eq!(tabs.entries[0].line(), "2. Velo - Rain");
    }

    #[test]
    fn prose_and_lists_are_no_tables() {
        for text in ["Title, artist and so on\n1. A - B", "Velo, Rain\nNova, Glass", "1. Velo - Rain", ""] {
            assert!(!sniff(text), "{text}");
        }
    }
}
