//! Takes the lines of a page; finds the listing whose entries take several lines each: a number
//! or a time alone on a line, then title and artist, a line each. Streaming services paste so,
//! and broadcasters print their programmes so. Never splits within a line.

use std::ops::Range;

use super::credit::is_credit;
use super::layout::{Form, Layout, Row};
use super::line::{LONGEST, Line};
use super::number::{self, Style};
use super::page::{is_count, is_date};
use super::prose::is_prose;
use super::separator::{self, Separator};
use super::series::{self, Mark};
use super::sums::is_total;
use super::time::{self, Kind};
use super::words::{is_version, names_part};

/// An entry has at most this many lines; what follows is about something else.
const MOST_LINES: usize = 8;

/// The listing, where the page has one of this kind.
pub(super) fn find(lines: &[Line<'_>]) -> Option<Layout> {
    let Some((starts, first)) = starts(lines) else {
        return titles_above_performers(lines).or_else(|| ended_by_times(lines));
    };
    let mut layout = Layout { form: first, ..Layout::default() };
    let mut spans = Vec::new();
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).map_or(lines.len(), |next| next.line);
        layout.used.push(start.line);
        let span = span(lines, start.line + 1..end, first);
        spans.push(span.clone());
        // What follows the last entry is about something else.
        let widest = layout.rows.iter().map(|row| row.columns.len()).max();
        let most = widest.filter(|_| index + 1 == starts.len()).unwrap_or(MOST_LINES);
        let Some(row) = record(lines, start, span, most, &mut layout.used) else {
            layout.used.pop();
            continue;
        };
        layout.rows.push(row);
    }
    if let Some(rows) = whole_lines(lines, &layout.rows, &starts, &spans) {
        layout.rows = rows;
        layout.used = starts.iter().map(|start| start.line).collect();
        layout.form = Form::Marked;
    }
    only_music(&mut layout);
    layout.score = layout.score_of_several_lines();
    one_line_alone(&mut layout);
    (layout.rows.len() >= 3).then_some(layout)
}

/// Where most entries are one line, "Artist - Title", below its place in a mix, each such line is one: a track that was
/// laid over another has no place of its own. Other lines tell of the page.
fn whole_lines(
    lines: &[Line<'_>],
    rows: &[Row],
    starts: &[Start],
    spans: &[Range<usize>],
) -> Option<Vec<Row>> {
    let single = rows.iter().filter(|row| row.columns.len() == 1).count();
    let bodies: Vec<&str> = rows.iter().map(|row| row.body.as_str()).collect();
    let shared =
        separator::vote(&bodies).filter(|sign| matches!(sign, Separator::Dash(_) | Separator::LooseDash))?;
    let whole = |index: &usize| {
        let text = lines[*index].text.as_str();
        shared.split(text).is_some() && text.len() <= LONGEST && !is_credit(text) && !is_total(text)
    };
    let several = spans.iter().any(|span| span.clone().filter(whole).count() > 1);
    // The second line may be the channel's that plays it; "Title - Remastered" above an artist is none of these.
    let names = |body: &&&str| shared.split(body).is_some_and(|parts| !is_version(parts[parts.len() - 1]));
    let channels = bodies.iter().filter(names).count() * 4 >= bodies.len() * 3;
    let singles = single * 3 >= rows.len() * 2 && (single < starts.len() || several);
    let channels = channels && single < rows.len();
    if !singles && !channels {
        return None;
    }
    let mut whole_rows = Vec::new();
    for (start, span) in starts.iter().zip(spans) {
        whole_rows.extend(span.clone().filter(whole).map(|line| Row {
            line,
            text: lines[line].raw.to_string(),
            body: lines[line].text.clone(),
            number: start.number,
            ..Row::default()
        }));
    }
    Some(whole_rows)
}

/// In a programme whose pieces have a line for who plays and one for what, a time above a single line tells of the
/// news or of who speaks.
fn only_music(layout: &mut Layout) {
    let several = layout.rows.iter().filter(|row| row.columns.len() > 1).count();
    if layout.form == Form::ArtistLineFirst && several * 2 > layout.rows.len() {
        layout.rows.retain(|row| row.columns.len() > 1);
    }
}

/// Where all that an entry has of words is on one line, artist and title are told apart there.
fn one_line_alone(layout: &mut Layout) {
    if layout.rows.iter().all(|row| row.columns.len() == 1) {
        layout.rows.iter_mut().for_each(|row| row.columns.clear());
        layout.form = Form::Marked;
    }
}

/// Entries that each end with a time alone on its line, or with when they were heard, and take as many lines before it: title, artist, and
/// perhaps the album.
fn ended_by_times(lines: &[Line<'_>]) -> Option<Layout> {
    let ends = |is_end: fn(&Line<'_>) -> bool| (0..lines.len()).filter(move |index| is_end(&lines[*index]));
    let ends =
        [ends(is_length_alone).collect::<Vec<usize>>(), ends(is_ago).collect(), ends(is_dated).collect()]
            .into_iter()
            .max_by_key(Vec::len)
            .unwrap_or_default();
    let mut steps: Vec<usize> = ends.windows(2).map(|pair| pair[1] - pair[0]).collect();
    steps.sort_unstable();
    let step = *steps.get(steps.len() / 2)?;
    let alike = steps.iter().filter(|other| **other == step).count();
    if ends.len() < 3 || !(3..=4).contains(&step) || alike * 4 < steps.len() * 3 {
        return None;
    }
    let mut layout = Layout { form: Form::TitleLineFirst, ..Layout::default() };
    for (at, end) in ends.iter().enumerate() {
        let above = at.checked_sub(1).map_or(0, |before| ends[before] + 1);
        let span = end.saturating_sub(step - 1).max(above)..*end;
        let start = Start { line: *end, number: None };
        let row = record(lines, &start, span.clone(), step - 1, &mut layout.used);
        layout
            .rows
            .extend(row.map(|row| Row { length: time::tail(&lines[*end].text).map(|f| f.length), ..row }));
        layout.used.push(*end);
    }
    layout.score = layout.score_of_several_lines();
    (layout.rows.len() >= 3).then_some(layout)
}

/// Entries that each begin with a number and the title, and end with the performer and the time; between them may
/// stand who wrote it. Catalogues print so.
fn titles_above_performers(lines: &[Line<'_>]) -> Option<Layout> {
    let mark = |(index, line): (usize, &Line<'_>)| {
        let number = number::lead(&line.text).filter(|number| !number.rest.is_empty())?;
        let timed = time::tail(&line.text).is_some();
        (!timed).then_some(Mark { line: index, style: number.style, value: number.value, part: number.part })
    };
    let marks: Vec<Mark> = lines.iter().enumerate().filter_map(mark).collect();
    let run = series::runs(&marks).into_iter().max_by_key(Vec::len).filter(|run| run.len() >= 3)?;
    let mut layout = Layout { form: Form::TitleLineFirst, ..Layout::default() };
    for (at, mark) in run.iter().enumerate() {
        let end = run.get(at + 1).map_or(lines.len(), |next| next.line).min(mark.line + 4);
        let below = (mark.line + 1..end).find_map(|index| {
            Some((index, time::tail(&lines[index].text).filter(|found| found.kind != Kind::Dot)?))
        });
        let (index, timed) = below.filter(|(_, timed)| !timed.rest.is_empty())?;
        let title = number::lead(&lines[mark.line].text)?.rest.to_owned();
        layout.used.extend(mark.line + 1..=index);
        layout.rows.push(Row {
            line: mark.line,
            text: lines[mark.line].raw.to_string(),
            body: title.clone(),
            columns: vec![title, timed.rest.to_owned()],
            number: Some(mark.value),
            length: Some(timed.length),
            ..Row::default()
        });
    }
    layout.score = layout.score_of_several_lines();
    Some(layout)
}

/// "2 minutes ago", "vor 3 Stunden": when somebody heard it, as the pages of scrobblers end each entry.
fn is_ago(line: &Line<'_>) -> bool {
    let lower = if line.text.len() < 40 { line.text.to_lowercase() } else { return false };
    let counts =
        lower.contains(|c: char| c.is_ascii_digit()) || lower.starts_with("an ") || lower.starts_with("a ");
    counts
        && (lower.ends_with(" ago")
            || ["vor ", "il y a ", "hace "].iter().any(|word| lower.starts_with(word))
            || lower.ends_with(" fa")
            || lower.ends_with(" назад"))
}

/// The day on which somebody heard or added it.
fn is_dated(line: &Line<'_>) -> bool {
    is_date(&line.text)
}

fn is_length_alone(line: &Line<'_>) -> bool {
    line.text.len() < 16
        && time::tail(&line.text).is_some_and(|found| found.rest.is_empty() && found.kind != Kind::Dot)
}

/// A line that begins an entry and holds nothing of it.
struct Start {
    line: usize,
    number: Option<u32>,
}

fn starts(lines: &[Line<'_>]) -> Option<(Vec<Start>, Form)> {
    let short = || lines.iter().enumerate().filter(|(_, line)| line.text.len() < 16);
    let marks: Vec<Mark> = short()
        .filter_map(|(index, line)| {
            let number = number::lead(&line.text).filter(|number| number.rest.is_empty())?;
            let style = if number.style == Style::Bare { Style::Marked } else { number.style };
            Some(Mark { line: index, style, value: number.value, part: number.part })
        })
        .collect();
    let run = with_other_discs(series::runs(&marks));
    let times: Vec<(usize, time::Found<'_>)> = short()
        .filter_map(|(index, line)| {
            Some((index, time::lead(&line.text).filter(|found| found.rest.is_empty())?))
        })
        .collect();
    let rising = rise(&times);
    let clocks: Vec<Start> = times
        .into_iter()
        .filter(|(index, found)| found.kind == Kind::Clock || lines[*index].gap || rising)
        .map(|(line, _)| Start { line, number: None })
        .collect();
    if run.len() >= 3 && run.len() >= clocks.len() {
        let starts = run.iter().map(|mark| Start { line: mark.line, number: Some(mark.value) }).collect();
        return Some((starts, Form::TitleLineFirst));
    }
    (clocks.len() >= 3).then_some((clocks, Form::ArtistLineFirst))
}

/// The longest run, and those of its style that begin anew for another disc.
fn with_other_discs(runs: Vec<Vec<Mark>>) -> Vec<Mark> {
    let Some(longest) = runs.iter().max_by_key(|run| run.len()).map(|run| (run.len(), run[0])) else {
        return Vec::new();
    };
    let alike = |run: &Vec<Mark>| {
        let disc = longest.1.value == 1 && run[0].value == 1 && run.len() >= 3 && longest.0 >= 3;
        run[0].style == longest.1.style && (disc || run[0].line == longest.1.line)
    };
    runs.into_iter().filter(alike).flatten().collect()
}

/// So many lengths do not rise from the first to the last by chance.
const MANY: usize = 5;

/// Whether the times tell when something was, and not how long it is: each is later than the one before, even if only by
/// the seconds of a jingle, and none of them is the first one's length again.
fn rise(times: &[(usize, time::Found<'_>)]) -> bool {
    times.len() >= MANY
        && times.windows(2).all(|pair| pair[0].1.length < pair[1].1.length && pair[0].1.kind != Kind::Dot)
}

/// The lines of one entry: up to the next one, and in a programme up to the next blank line.
fn span(lines: &[Line<'_>], range: Range<usize>, form: Form) -> Range<usize> {
    let most = range.start.saturating_add(MOST_LINES).min(range.end);
    let gap =
        |index: &usize| lines[*index].gap && (form == Form::ArtistLineFirst || *index > range.start + 1);
    let end = (range.start..most).skip(1).find(gap).unwrap_or(most);
    range.start..end
}

fn record(
    lines: &[Line<'_>],
    start: &Start,
    span: Range<usize>,
    most: usize,
    used: &mut Vec<usize>,
) -> Option<Row> {
    let mut row = Row { number: start.number, ..Row::default() };
    let (mut own, mut texts) = (Vec::new(), Vec::new());
    for index in span {
        let line = &lines[index];
        if let Some(found) = time::tail(&line.text).filter(|found| found.rest.is_empty()) {
            row.length = Some(found.length);
            own.push(index);
        } else if row.columns.len() < most && is_column(line) {
            let timed =
                time::tail(&line.text).filter(|found| found.kind != Kind::Dot && row.length.is_none());
            row.length = row.length.or(timed.as_ref().map(|found| found.length));
            row.columns.push(timed.map_or(line.text.as_str(), |found| found.rest).to_owned());
            own.push(index);
            texts.push(index);
        }
    }
    // Which of the lines is the title is settled later, over all entries; until then the row
    // lies on its first line.
    row.line = texts.into_iter().next()?;
    row.text = lines[row.line].raw.to_string();
    row.body = row.columns.first()?.clone();
    used.extend(own);
    Some(row)
}

/// The name of a movement may be of several sentences: "III. Langsam getragen. Durchweg leise zu halten".
fn after_movement(text: &str) -> &str {
    let number = number::lead(text).filter(|number| number.style == Style::Roman);
    match number {
        Some(number) if !number.rest.ends_with('.') => number.rest.split(". ").next().unwrap_or(number.rest),
        _ => text,
    }
}

/// Talk ("and now:"), credits and the mark of explicit lyrics are no columns.
fn is_column(line: &Line<'_>) -> bool {
    let text = &line.text;
    let talk = !text.contains(char::is_alphanumeric)
        || text.ends_with(':')
        || is_credit(text)
        || is_total(text)
        || names_part(text)
        || is_count(text)
        || is_prose(after_movement(text));
    text.len() <= LONGEST && !talk && text != "E" && !text.eq_ignore_ascii_case("explicit")
}
