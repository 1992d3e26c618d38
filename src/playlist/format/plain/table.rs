//! Takes the lines and rows of a page; tells what the columns of its table hold, where a line says so, "No. Title Length",
//! and gives the cells of a row under them.
//! Never guesses what a column holds: its heading says it.

use super::Place;
use super::fields::Fields;
use super::line::Line;
use super::separator::Separator;
use super::{phrase, trim};

/// What a column of a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Column {
    Number,
    Title,
    Artist,
    Album,
    Length,
    Other,
}

/// The column that a heading names.
pub(in super::super) fn column(heading: &str) -> Option<Column> {
    let lower = heading.trim().trim_end_matches(['.', ':']).to_lowercase();
    let lower = lower.strip_suffix("(s)").unwrap_or(&lower).trim();
    Some(match lower {
        "no" | "nr" | "#" | "number" | "track" | "track no" | "nº" | "n°" | "№" | "pos" | "position"
        | "num" => Column::Number,
        "title" | "titles" | "name" | "song" | "songs" | "song title" | "track title" | "track name"
        | "titel" | "titre" | "título" | "titolo" | "canción" | "название" | "曲名" | "タイトル"
        | "tytuł" | "lied" => Column::Title,
        "artist"
        | "artists"
        | "performer"
        | "performers"
        | "performed by"
        | "band"
        | "singer"
        | "singers"
        | "interpret"
        | "künstler"
        | "artiste"
        | "interprète"
        | "artista"
        | "intérprete"
        | "исполнитель"
        | "アーティスト"
        | "歌手"
        | "by"
        | "artist name"
        | "vocals" => Column::Artist,
        "album" | "release" | "from" | "film" | "movie" | "album name" | "álbum" => Column::Album,
        "length" | "time" | "duration" | "runtime" | "länge" | "dauer" | "zeit" | "durée" | "duración"
        | "durata" | "laufzeit" | "playing time" | "時間" => Column::Length,
        "writer" | "writers" | "composer" | "composers" | "lyrics" | "music" | "producer" | "producers"
        | "price" | "listen" | "notes" | "year" | "genre" | "label" | "written by" | "autor"
        | "komponist" | "popularity" | "plays" | "rating" | "date added" | "buy" | "bpm" | "key"
        | "preview" | "comments" | "comment" | "start time" | "approx. start time" | "year released" => {
            Column::Other
        }
        _ => return None,
    })
}

/// Names of columns: those of a table, or all that the line has ("artist: song (album)").
pub(super) fn is_table_head(text: &str) -> bool {
    let named = |cell: &&str| column(cell).is_some();
    let mut words = text.split(['\t', '|', ':', '-', '–', '—', '/', '(', ')', ',']).map(str::trim);
    let known = words.clone().filter(named).count();
    text.split(['\t', '|']).filter(named).count() >= 2
        || (known >= 2 && text.len() < 200 && words.all(|word| word.is_empty() || named(&word)))
        || (text.len() < 200
            && text.split(' ').count() >= 3
            && text.split_whitespace().all(|word| named(&word)))
}

/// The columns of the page's table: the first line with a title's heading and another one.
pub(super) fn head(lines: &[Line<'_>], places: &mut [Place]) -> Vec<Column> {
    let mut found = Vec::new();
    for (line, place) in
        lines.iter().zip(places).filter(|(line, place)| **place == Place::Unread && line.text.len() < 200)
    {
        let Some(cells) = Separator::Tab.split(&line.text) else {
            if is_table_head(&line.text) {
                *place = Place::Context;
            }
            continue;
        };
        let mut columns: Vec<Column> = cells.iter().filter_map(|cell| column(cell)).collect();
        name_tracks(&cells, &mut columns);
        if columns.len() >= 2 && columns.len() == cells.len() && columns.contains(&Column::Title) {
            *place = Place::Context;
            if found.is_empty() {
                // A button's column holds no text in the rows ("Listen").
                found = columns.into_iter().skip_while(|column| *column == Column::Other).collect();
            }
        }
    }
    found
}

/// "Track" beside another number's column or the artist's, and no title's, is the title's.
fn name_tracks(cells: &[&str], columns: &mut [Column]) {
    let numbers = columns.iter().filter(|column| **column == Column::Number).count();
    let track = cells.iter().position(|cell| cell.trim().eq_ignore_ascii_case("track"));
    let column = track
        .filter(|_| !columns.contains(&Column::Title) && (numbers >= 2 || columns.contains(&Column::Artist)));
    if let Some(column) = column.and_then(|at| columns.get_mut(at)) {
        *column = Column::Title;
    }
}

/// The cells of a table row, under the columns that its head names. Numbers and times have been
/// taken off the row, so their columns are skipped.
pub(super) fn by_head(body: &str, head: &[Column]) -> Fields {
    let columns = head.iter().filter(|column| !matches!(column, Column::Number | Column::Length));
    let cells = Separator::Tab.split(body).unwrap_or_else(|| vec![body]);
    let mut fields = Fields::default();
    for (cell, column) in cells.iter().zip(columns) {
        match column {
            Column::Title => fields.title = tidy_cell(cell),
            Column::Artist => fields.artist = Some((*cell).to_owned()),
            Column::Album => fields.album = Some((*cell).to_owned()),
            Column::Number | Column::Length | Column::Other => {}
        }
    }
    if fields.title.is_empty() {
        fields.title = tidy_cell(cells.first().copied().unwrap_or(body));
    }
    fields
}

/// `"Title" (reprise)` as Wikipedia has it: the quotes go, the version stays.
fn tidy_cell(cell: &str) -> String {
    match phrase::quoted(cell) {
        Some(("", title, "")) => title.to_owned(),
        Some(("", title, after)) if after.starts_with(['(', '[']) => format!("{title} {after}"),
        _ => trim::title(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_tables_are_told_from_tracks() {
        for text in ["artist: song (album)", "Artist - Title", "No.\tTitle\tLength", "Titel / Interpret"] {
            assert!(is_table_head(text), "{text}");
        }
        for text in ["Velo: Song (Album)", "Title - Velo", "Song", "Track 1 - Artist"] {
            assert!(!is_table_head(text), "{text}");
        }
    }
}
