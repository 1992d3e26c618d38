//! Takes the lines and rows of a page; tells what the columns of its table hold, where a line says so, "No. Title Length",
//! and gives the cells of a row under them.
//! Never guesses what a column holds: its heading says it.

use super::Place;
use super::fields::Fields;
use super::line::Line;
use super::separator::{SPACED_DASHES, Separator};
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

/// The column that a heading names, or that it is about: whoever makes a form asks for more than a word, "Artist (if you know it!)",
/// "Name of the song", "Who should we thank?". The names of those who answer are no artists'.
fn asked_for(heading: &str) -> Option<Column> {
    /// Who asks, when and why, whatever else the heading says.
    const ASKERS: &[&str] = &[
        "your name",
        "requested by",
        "suggested by",
        "submitted by",
        "picked by",
        "added by",
        "chosen by",
        "why",
        "dein name",
        "ihr name",
        "gewünscht von",
        "warum",
        "votre nom",
        "ton nom",
        "pourquoi",
        "tu nombre",
        "por qué",
        "seu nome",
        "por que",
        "il tuo nome",
        "perché",
        "link",
        "url",
        "youtube",
        "spotify",
    ];
    const ARTISTS: &[&str] = &[
        "artist",
        "artists",
        "band",
        "singer",
        "performer",
        "interpret",
        "künstler",
        "künstlerin",
        "artiste",
        "interprète",
        "artista",
        "intérprete",
        "cantante",
        "исполнитель",
        "wykonawca",
        "artiest",
        "uitvoerende",
    ];
    const TITLES: &[&str] = &[
        "song",
        "title",
        "track",
        "tune",
        "titel",
        "lied",
        "songtitel",
        "titre",
        "chanson",
        "morceau",
        "canción",
        "título",
        "música",
        "canzone",
        "brano",
        "titolo",
        "песня",
        "название",
        "piosenka",
        "utwór",
        "nummer",
    ];
    const OTHERS: &[&str] = &[
        "timestamp",
        "zeitstempel",
        "horodateur",
        "date",
        "datum",
        "fecha",
        "email",
        "e-mail",
        "mail",
        "name",
        "guest",
        "table",
        "message",
        "messages",
        "comment",
        "comments",
        "note",
        "notes",
        "anything",
        "dedication",
        "dedicated",
        "kommentar",
        "anmerkung",
        "anmerkungen",
        "commentaire",
        "comentario",
        "comentarios",
        "mensaje",
        "votes",
        "status",
        "played",
    ];
    let lower = heading.trim().to_lowercase();
    let bare =
        lower.split(['(', '[', '?']).next().unwrap_or_default().trim_end_matches(['*', ':', '!', ' ']).trim();
    if let Some(column) = column(bare) {
        return Some(column);
    }
    let words: Vec<&str> = bare
        .split(|c: char| !c.is_alphanumeric() && !"-'’".contains(c))
        .filter(|word| !word.is_empty())
        .collect();
    let spaced = format!(" {} ", words.join(" "));
    let has = |known: &[&str]| known.iter().any(|word| spaced.contains(&format!(" {word} ")));
    let columns = [
        (ASKERS, Column::Other),
        (ARTISTS, Column::Artist),
        (TITLES, Column::Title),
        (OTHERS, Column::Other),
    ];
    columns.iter().find(|(known, _)| has(known)).map(|(_, column)| *column)
}

/// The columns of a form's head, which may ask for anything besides a song and who it is by: "name" is then that of who asks.
fn form(cells: &[&str]) -> Option<Vec<Column>> {
    let mut columns: Vec<Option<Column>> = cells.iter().map(|cell| asked_for(cell)).collect();
    let titles =
        |columns: &[Option<Column>]| columns.iter().filter(|column| **column == Some(Column::Title)).count();
    if titles(&columns) > 1 {
        let named = |cell: &str| cell.trim().eq_ignore_ascii_case("name");
        for (column, _) in columns.iter_mut().zip(cells).filter(|(_, cell)| named(cell)) {
            *column = Some(Column::Other);
        }
    }
    let artists = columns.iter().filter(|column| **column == Some(Column::Artist)).count();
    let whole = cells.len() >= 3 && titles(&columns) == 1 && artists == 1;
    whole.then(|| columns.into_iter().map(|column| column.unwrap_or(Column::Other)).collect())
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
        let plain = columns.len() == cells.len() && columns.contains(&Column::Title);
        let columns = form(&cells).filter(|_| !plain && line.text.contains('\t')).unwrap_or(columns);
        if columns.len() >= 2 && columns.len() == cells.len() && columns.contains(&Column::Title) {
            *place = Place::Context;
            if found.is_empty() {
                // A button's column holds no text in the rows ("Listen").
                let buttons = cells.iter().take_while(|cell| is_button(cell)).count();
                found = columns.into_iter().skip(buttons).collect();
            }
        }
    }
    found
}

fn is_button(heading: &str) -> bool {
    ["listen", "play", "preview", "buy"].contains(&heading.trim().to_lowercase().as_str())
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
    // An empty cell between tabs keeps its place.
    let cells: Vec<&str> = if body.contains('\t') {
        body.split('\t').map(str::trim).collect()
    } else {
        Separator::Tab.split(body).unwrap_or_else(|| vec![body])
    };
    let mut fields = Fields::default();
    let mut remarks = Vec::new();
    for (cell, column) in cells.iter().zip(columns) {
        let name = || Some((*cell).to_owned()).filter(|_| !is_blank(cell));
        match column {
            Column::Title => fields.title = tidy_cell(cell),
            Column::Artist => fields.artist = name(),
            Column::Album => fields.album = name(),
            Column::Number | Column::Length => {}
            Column::Other => remarks.push(*cell),
        }
    }
    if fields.title.is_empty() {
        // "Music behind the talk:" may have its piece among the comments.
        let piece = remarks
            .into_iter()
            .find_map(|remark| SPACED_DASHES.iter().find_map(|dash| remark.split_once(dash)));
        match piece {
            Some((artist, title)) => {
                fields.title = tidy_cell(title.trim());
                fields.artist = Some(artist.trim().to_owned());
            }
            None => {
                fields.title = tidy_cell(cells.iter().find(|cell| !cell.is_empty()).copied().unwrap_or(body))
            }
        }
    }
    fields
}

/// A cell that says that nobody knows.
fn is_blank(cell: &str) -> bool {
    cell.chars().all(|c| "?-–—. ".contains(c))
        || ["n/a", "na", "idk", "dunno", "unknown", "unbekannt"].contains(&cell.to_lowercase().as_str())
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
    fn forms_ask_in_their_own_words() {
        use Column::{Album, Artist, Other, Title};
        for (head, columns) in [
            (
                "Timestamp\tYour name\tSong\tArtist (if you know it!)\tAnything else?",
                vec![Other, Other, Title, Artist, Other],
            ),
            (
                "Zeitstempel\tDein Name\tSongtitel*\tInterpret/Band\tFür wen?",
                vec![Other, Other, Title, Artist, Other],
            ),
            ("Name\tName of the song\tWhich artist is it by?\tAlbum", vec![Other, Title, Artist, Album]),
        ] {
            assert_eq!(form(&head.split('\t').collect::<Vec<_>>()), Some(columns), "{head}");
        }
        assert_eq!(form(&["Rain", "Velo", "Artist in a Song"]), None);
    }

    #[test]
    fn cells_keep_their_places() {
        use Column::{Artist, Other, Title};
        let head = [Other, Title, Artist, Other];
        let read = |body: &str| {
            let fields = by_head(body, &head);
            (fields.title, fields.artist.unwrap_or_default())
        };
        let pair = |title: &str, artist: &str| (title.to_owned(), artist.to_owned());
        assert_eq!(read("Jo\tRain\tVelo\tloud"), pair("Rain", "Velo"));
        assert_eq!(read("Jo\tRain\t\tlong version"), pair("Rain", ""));
        assert_eq!(read("Jo\tRain\t??"), pair("Rain", ""));
        assert_eq!(read("Music behind the talk\t\t\tVelo - Rain"), pair("Rain", "Velo"));
    }

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
