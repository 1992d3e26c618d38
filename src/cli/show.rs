//! Takes a program; gives the table that a person reads at a glance: status, entry, file, why.
//! Never colours what does not go to a terminal, never lets a name reach it unsanitised.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::program::{Program, Row, with_place};
use super::screen;
use crate::playlist::{Reason, Status};
use crate::sanitise;
use crate::tui;

/// Where a table goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) colour: bool,
    pub(super) columns: usize,
    /// Whether what is too long for its column is cut. Not where a program reads it: it may look for what was cut off.
    pub(super) cuts: bool,
}

impl Style {
    /// For a stream: its width, and colours if it is a terminal that knows them and `NO_COLOR` is not set.
    pub(super) fn of(is_terminal: bool) -> Self {
        let wished = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let columns =
            if is_terminal { crossterm::terminal::size().map_or(80, |(columns, _)| columns) } else { 120 };
        let colour = is_terminal && wished && !tui::is_dumb();
        Self { colour, columns: usize::from(columns).clamp(40, 200), cuts: is_terminal }
    }

    /// A line as wide as the stream.
    pub(super) fn fit(self, text: &str) -> Cow<'_, str> {
        self.cell(text, self.columns)
    }

    /// A text for a column of that width.
    fn cell(self, text: &str, columns: usize) -> Cow<'_, str> {
        if self.cuts { sanitise::fit(text, columns) } else { Cow::Borrowed(text) }
    }

    pub(super) fn paint(self, colour: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{colour}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// A rival less likely than this is no rival.
const FAINTEST_RIVAL: f64 = 0.02;

/// Sign and colour of a status.
pub(super) fn sign(status: Option<Status>) -> (&'static str, &'static str) {
    match status {
        None | Some(Status::Sure) => ("✓", "32"),
        Some(Status::Likely) => ("~", "33"),
        Some(Status::Ambiguous) => ("?", "35"),
        Some(Status::Missing) => ("✗", "31"),
        Some(Status::Away) => ("⏏", "36"),
    }
}

/// The whole table, with the lines that were not understood and a line that sums up.
pub(super) fn table(program: &Program, style: Style) -> String {
    let mut text = String::new();
    if let Some(title) = &program.title {
        text.push_str(&style.paint("1", &style.fit(&sanitise::line(title))));
        text.push('\n');
    }
    let widths = Widths::of(program, style.columns);
    let mut section = None;
    for row in &program.rows {
        if row.section.is_some() && row.section.as_deref() != section {
            let heading = sanitise::line(row.section.as_deref().unwrap_or_default());
            let _ = writeln!(text, "{}", style.paint("1", &style.fit(&heading)));
        }
        section = row.section.as_deref();
        write_row(&mut text, program, row, &widths, style);
    }
    if !program.unread.is_empty() {
        text.push_str("not read as tracks:\n");
        for unread in &program.unread {
            let line = format!("  line {}: {}", unread.line, sanitise::line(&unread.text));
            let _ = writeln!(text, "{}", style.fit(&line));
        }
    }
    if !program.rows.is_empty() {
        text.push_str(&summary(program));
    }
    text
}

/// How many entries have which status, in one line.
pub(super) fn summary(program: &Program) -> String {
    let count = |wanted: &[Status]| {
        program.rows.iter().filter(|row| row.status.is_some_and(|s| wanted.contains(&s))).count()
    };
    let parts = [
        (count(&[Status::Sure]), "sure"),
        (count(&[Status::Likely]), "likely"),
        (count(&[Status::Ambiguous]), "ambiguous"),
        (count(&[Status::Missing]), "missing"),
        (count(&[Status::Away]), "away"),
        (program.rows.iter().filter(|row| row.status.is_none()).count(), "files"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    let unread = match program.unread.len() {
        0 => String::new(),
        1 => "; 1 line not read as a track".into(),
        lines => format!("; {lines} lines not read as tracks"),
    };
    format!("{}{unread}\n", parts.collect::<Vec<_>>().join(", "))
}

struct Widths {
    number: usize,
    name: usize,
    file: usize,
    why: usize,
}

impl Widths {
    fn of(program: &Program, columns: usize) -> Self {
        let number = program.rows.len().to_string().len();
        let widest = program.rows.iter().map(|row| row.name().width()).max().unwrap_or(0);
        // sign, number and three gaps of two
        let room = columns.saturating_sub(1 + 1 + number + 2 + 2 + 2);
        let name = widest.min(room * 2 / 5).max(10);
        let widest = program.rows.iter().map(|row| file(program, row).width()).max().unwrap_or(0);
        let file = widest.min((room - name.min(room)) * 3 / 5);
        Self { number, name, file, why: room.saturating_sub(name + file) }
    }
}

/// The file of a row as it is shown, or what comes nearest to one.
fn file(program: &Program, row: &Row) -> String {
    match (&row.file, row.candidates.first()) {
        (Some(file), _) => with_place(program.name_of(file), row.span),
        (None, Some((away, _))) if row.status == Some(Status::Away) => format!("({})", program.name_of(away)),
        (None, Some((nearest, _))) => format!("({}?)", program.name_of(nearest)),
        (None, None) => "-".into(),
    }
}

fn write_row(text: &mut String, program: &Program, row: &Row, widths: &Widths, style: Style) {
    let (sign, colour) = sign(row.status);
    let (word, reasons) = because(row);
    let why = joined(word.as_deref(), &reasons);
    // What is doubted is told in full, below where there is no room beside.
    let is_below = style.cuts && word.is_some() && why.width() > widths.why;
    let beside = if is_below { word.clone().unwrap_or_default() } else { why };
    let file = file(program, row);
    let file = if style.cuts { end_of(&file, widths.file) } else { file };
    let line = format!(
        "{} {:>number$}  {}  {}  {}",
        style.paint(colour, sign),
        row.number,
        padded(&style.cell(&row.name(), widths.name), widths.name),
        padded(&file, widths.file),
        style.paint("2", &style.cell(&beside, widths.why)),
        number = widths.number,
    );
    let _ = writeln!(text, "{}", line.trim_end());
    if is_below {
        let indent = widths.number + 4;
        for line in screen::wrapped(&reasons, style.columns.saturating_sub(indent)) {
            let _ = writeln!(text, "{:indent$}{}", "", style.paint("2", &line));
        }
    }
    if row.status == Some(Status::Ambiguous) || row.reasons.contains(&Reason::Rival) {
        let close = |rival: &&(_, f64)| rival.1 >= FAINTEST_RIVAL;
        for (rival, confidence) in row.candidates.iter().skip(1).filter(close).take(2) {
            let rival = format!("{:.0} % {}", confidence * 100.0, program.name_of(rival));
            let indent = widths.number + widths.name + 6;
            let _ = writeln!(
                text,
                "{:indent$}{}",
                "",
                style.paint("2", &style.cell(&rival, style.columns.saturating_sub(indent)))
            );
        }
    }
}

/// What speaks for the file of a row, and against it.
pub(super) fn why(row: &Row) -> String {
    let (word, reasons) = because(row);
    joined(word.as_deref(), &reasons)
}

fn joined(word: Option<&str>, reasons: &str) -> String {
    word.map_or_else(|| reasons.to_owned(), |word| format!("{word}: {reasons}"))
}

/// The word for a row that is not sure, and the reasons.
fn because(row: &Row) -> (Option<String>, String) {
    let said = |reasons: &[Reason]| reasons.iter().map(Reason::to_string).collect::<Vec<_>>().join(", ");
    let reasons = said(&row.reasons);
    // What speaks for and against the nearest file, where none was good enough to speak of.
    let nearest = row.found.as_ref().and_then(|found| found.candidates.first());
    match row.status {
        None => (None, String::new()),
        Some(Status::Missing) if reasons.is_empty() => match nearest {
            Some(nearest) => (Some(Status::Missing.to_string()), said(&nearest.reasons)),
            None => (None, "nothing like it".into()),
        },
        Some(Status::Sure) => (None, reasons),
        Some(status) => (Some(status.to_string()), reasons),
    }
}

/// The end of a path tells more than its beginning.
fn end_of(path: &str, columns: usize) -> String {
    if path.width() <= columns {
        return path.to_owned();
    }
    let mut tail = path;
    while tail.width() + 1 > columns {
        let Some((at, _)) = tail.char_indices().nth(1) else { break };
        tail = &tail[at..];
    }
    format!("…{tail}")
}

fn padded(text: &str, columns: usize) -> String {
    let gap = columns.saturating_sub(text.width());
    format!("{text}{:gap$}", "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cue::Gains;
    use crate::playlist::Unread;

    const PLAIN: Style = Style { colour: false, columns: 80, cuts: true };

    fn row(number: usize, title: &str, status: Status, files: &[(&str, f64)], reasons: &[Reason]) -> Row {
        Row {
            number,
            text: title.into(),
            artist: Some("Band".into()),
            title: title.into(),
            album: None,
            section: None,
            status: Some(status),
            confidence: files.first().map_or(0.0, |(_, confidence)| *confidence),
            file: files.first().filter(|_| status.is_played()).map(|(file, _)| format!("/m/{file}").into()),
            length: None,
            span: None,
            gains: Gains::default(),
            reasons: reasons.to_vec(),
            candidates: files.iter().map(|(file, c)| (format!("/m/{file}").into(), *c)).collect(),
            pin: Default::default(),
            found: None,
        }
    }

    fn program() -> Program {
        Program {
            title: Some("A \x1b[31mlisting".into()),
            rows: vec![
                row(1, "First", Status::Sure, &[("a/01.flac", 0.999)], &[Reason::Title, Reason::Artist]),
                row(2, "Second", Status::Likely, &[("a/02.flac", 0.9)], &[Reason::SimilarTitle]),
                row(3, "Third", Status::Ambiguous, &[("b/x.mp3", 0.5), ("b/y.mp3", 0.4)], &[Reason::Rival]),
                row(4, "Fourth", Status::Missing, &[], &[]),
            ],
            unread: vec![Unread { line: 12, text: "a caption".into() }],
            unusable: 0,
            roots: vec!["/m".into()],
            library: None,
        }
    }

    #[test]
    fn the_table_reads_at_a_glance() {
        let want = "\
A [31mlisting
✓ 1  Band - First   a/01.flac   title, artist
~ 2  Band - Second  a/02.flac   likely: similar title
? 3  Band - Third   (b/x.mp3?)  ambiguous: another file fits as well
                    40 % b/y.mp3
✗ 4  Band - Fourth  -           nothing like it
not read as tracks:
  line 12: a caption
1 sure, 1 likely, 1 ambiguous, 1 missing; 1 line not read as a track
";
        let got = table(&program(), PLAIN);
        assert_eq!(got, want, "\n{got}");
    }

    #[test]
    fn what_is_doubted_is_told_in_full() {
        let mut program = Program { title: None, unread: Vec::new(), ..program() };
        program.rows[1].file = Some(format!("/m/{}.flac", "long".repeat(9)).into());
        let want = "\
✓ 1  Band - First   a/01.flac               title, artist
~ 2  Band - Second  …longlonglonglong.flac  likely
     similar title
? 3  Band - Third   (b/x.mp3?)              ambiguous
     another file fits as well
                    40 % b/y.mp3
✗ 4  Band - Fourth  -                       nothing like it
1 sure, 1 likely, 1 ambiguous, 1 missing
";
        let got = table(&program, Style { columns: 60, ..PLAIN });
        assert_eq!(got, want, "\n{got}");
    }

    #[test]
    fn what_a_program_reads_is_not_cut() {
        let mut program = program();
        let name = format!("{}.flac", "long".repeat(50));
        program.rows[1].file = Some(format!("/m/{name}").into());
        let text = table(&program, Style { columns: 40, cuts: false, ..PLAIN });
        assert!(text.contains(&format!("{name}  likely: similar title\n")) && !text.contains('…'), "{text}");
    }

    #[test]
    fn sections_stand_under_their_headings() {
        let mut program = Program { title: None, unread: Vec::new(), ..program() };
        for (row, section) in program.rows.iter_mut().zip(["Side A", "Side A", "Side\tB", "Side\tB"]) {
            row.section = Some(section.into());
        }
        let text = table(&program, PLAIN);
        let begin = |line: &str| line.chars().take(8).collect::<String>().trim_end().to_owned();
        let begins: Vec<String> = text.lines().map(begin).collect();
        let want = ["Side A", "✓ 1  Ban", "~ 2  Ban", "Side B", "? 3  Ban", "", "✗ 4  Ban", "1 sure,"];
        assert_eq!(begins, want, "{text}");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let mut program = program();
        program.rows[0].title = "宽".repeat(100);
        program.rows[1].file = Some(format!("/m/{}.flac", "long".repeat(50)).into());
        for columns in [40, 60, 80, 200] {
            for line in
                table(&program, Style { columns, ..PLAIN }).lines().filter(|line| !line.contains("sure,"))
            {
                assert!(line.width() <= columns, "{columns}: {line}");
            }
        }
    }

    #[test]
    fn colours_only_where_they_are_wanted() {
        assert!(!table(&program(), PLAIN).contains('\x1b'));
        assert!(table(&program(), Style { colour: true, ..PLAIN }).contains("\x1b[32m✓\x1b[0m"));
    }
}
