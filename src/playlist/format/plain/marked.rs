//! Takes the lines of a page; finds the listing whose lines share a mark: numbers that count,
//! times, bullets, one separator. Credits, totals and prose are no entries, whatever their mark.
//! Never takes a line that only looks like one of the listing's neighbours.

use std::collections::{BTreeMap, BTreeSet};

use super::super::KnowsArtist;
use super::super::m3u::has_audio_extension;
use super::credit::is_credit;
use super::front::{self, Front};
use super::layout::{Form, Layout, Row};
use super::line::{LONGEST, Line};
use super::messages::is_of_server;
use super::number::Style;
use super::page::{is_end, is_letterhead};
use super::phrase::is_quoted_phrase;
use super::prose::is_prose;
use super::separator::{self, SPACED_DASHES, Separator};
use super::series::{self, Mark};
use super::sums::is_total;
use super::table::is_table_head;
use super::words::names_part;
use super::{phrase, row, time};

/// Lines that have one thing in common.
#[derive(Debug)]
struct Group {
    kind: Kind,
    lines: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Numbered(Style),
    Timed(time::Kind),
    TailTimed,
    Bulleted(char),
    Separated,
    Scattered,
    /// Names of sound files.
    Files,
}

/// The listing, its appendices included.
pub(super) fn find(lines: &[Line<'_>], knows: &KnowsArtist<'_>) -> Layout {
    let page = Page::new(lines, knows);
    let groups = page.groups();
    let scored = groups.iter().map(|group| (group, page.score(group)));
    let Some((best, score)) = scored.max_by(|a, b| a.1.total_cmp(&b.1)) else {
        return Layout::default();
    };
    let mut chosen: BTreeMap<usize, Kind> = best.lines.iter().map(|line| (*line, best.kind)).collect();
    let main = separator::vote(&page.bodies(&best.lines));
    let quoted = page.is_quoted(&best.lines);
    for group in &groups {
        let overlaps = group.lines.iter().any(|line| chosen.contains_key(line));
        // A block of titles in quotes may hold some that go without the sign of the others.
        let quotes = || group.lines.iter().all(|line| is_quoted_phrase(page.fronts[*line].body));
        if !std::ptr::eq(group, best)
            && page.goes_on(best, main, quoted, group)
            && (!overlaps || (group.kind == Kind::Separated && quotes()))
        {
            for line in &group.lines {
                chosen.entry(*line).or_insert(group.kind);
            }
        }
    }
    if let Kind::Timed(_) = best.kind {
        chosen.extend(page.timed_otherwise(&best.lines, main).into_iter().map(|line| (line, best.kind)));
    }
    chosen.extend(page.rows_of_table(&best.lines).into_iter().map(|line| (line, best.kind)));
    // Whatever it is that the lines share, a number that counts is no part of a name.
    let mut numbered: BTreeSet<usize> = groups
        .iter()
        .filter(|group| matches!(group.kind, Kind::Numbered(_)))
        .flat_map(|group| group.lines.iter().copied())
        .collect();
    // A line that was copied alone counts nothing, but "7. " is still its number.
    if let (Some((line, _)), 1) = (chosen.first_key_value(), chosen.len()) {
        let number = page.fronts[*line].number.as_ref();
        numbered.extend(number.filter(|number| number.style == Style::Marked).map(|_| *line));
    }
    let mut rows: Vec<Row> = chosen
        .into_iter()
        .map(|(line, kind)| row::row(&lines[line], line, kind, numbered.contains(&line)))
        .collect();
    row::settle_numbers(&mut rows);
    Layout { rows, used: Vec::new(), score, form: Form::Marked }
}

/// The lines with their fronts read, once.
struct Page<'a> {
    lines: &'a [Line<'a>],
    fronts: Vec<Front<'a>>,
    /// Whether the line's words read like prose.
    prose: Vec<bool>,
    /// The lines that end a list.
    ends: Vec<usize>,
    knows: &'a KnowsArtist<'a>,
}

impl<'a> Page<'a> {
    fn new(lines: &'a [Line<'a>], knows: &'a KnowsArtist<'a>) -> Self {
        let read = |line: &'a Line<'a>| {
            let long = line.text.len() > LONGEST;
            if long { Front::default() } else { front::read(&line.text, true, true) }
        };
        let fronts: Vec<Front<'a>> = lines.iter().map(read).collect();
        let prose = fronts.iter().map(|front| is_prose(front.body)).collect();
        let ends = (0..lines.len()).filter(|line| is_end(&lines[*line].text)).collect();
        Self { lines, fronts, prose, ends, knows }
    }

    fn bodies(&self, lines: &[usize]) -> Vec<&'a str> {
        lines.iter().map(|line| self.fronts[*line].body).collect()
    }

    /// Whether the line can be an entry at all.
    fn may_be_entry(&self, line: usize) -> bool {
        let body = self.fronts[line].body;
        self.may_be_counted(line) && !is_credit(body)
    }

    /// Whether the line can be an entry where its number speaks for it: "3. Style - Velo" credits nobody.
    fn may_be_counted(&self, line: usize) -> bool {
        let body = self.fronts[line].body;
        let text = &self.lines[line].text;
        body.contains(char::is_alphanumeric)
            && !is_total(body)
            && !is_total(text)
            && !is_table_head(text)
            && !is_ruled(text)
            && !self.heads_letter(line)
            && !is_of_server(body)
    }

    /// Whether the line is of the head of a letter; one line alone is a track ("De: Rain", "A: Rain").
    fn heads_letter(&self, line: usize) -> bool {
        let head = |line: usize| self.lines.get(line).is_some_and(|line| is_letterhead(&line.text));
        line < 8 && head(line) && (head(line + 1) || line.checked_sub(1).is_some_and(head))
    }

    /// Every group that could be a listing.
    fn groups(&self) -> Vec<Group> {
        let mut groups = self.numbered();
        let mut by_kind: BTreeMap<Kind, Vec<usize>> = BTreeMap::new();
        for (index, front) in self.fronts.iter().enumerate().filter(|(index, _)| self.may_be_entry(*index)) {
            if let Some(time) = &front.time {
                by_kind.entry(Kind::Timed(time.kind)).or_default().push(index);
            }
            if let Some(bullet) = front.bullet {
                by_kind.entry(Kind::Bulleted(bullet)).or_default().push(index);
            }
            if has_audio_extension(front.body) {
                by_kind.entry(Kind::Files).or_default().push(index);
            }
            if time::tail(row::without_credit(front.body)).is_some_and(|found| !found.rest.is_empty()) {
                by_kind.entry(Kind::TailTimed).or_default().push(index);
            }
        }
        by_kind.retain(|_, lines| lines.len() >= 3);
        groups.extend(by_kind.into_iter().map(|(kind, lines)| Group { kind, lines }));
        groups.extend(self.separated_blocks());
        groups.iter_mut().for_each(|group| self.end(group));
        groups.retain(|group| self.prose(&group.lines) * 5 <= group.lines.len() * 2);
        groups
    }

    /// Takes away what stands below the end of the list, where only its form speaks for a line.
    fn end(&self, group: &mut Group) {
        if matches!(group.kind, Kind::Numbered(_) | Kind::Timed(_) | Kind::Files) {
            return;
        }
        group.lines.sort_unstable();
        if let Some(end) = self.end_below(&group.lines) {
            group.lines.retain(|line| *line < end);
        }
    }

    /// The line that ends the list: the first of its kind below three entries.
    fn end_below(&self, lines: &[usize]) -> Option<usize> {
        let third = *lines.get(2)?;
        let at = self.ends.partition_point(|end| *end < third);
        self.ends.get(at).copied()
    }

    fn prose(&self, lines: &[usize]) -> usize {
        lines.iter().filter(|line| self.prose[**line] && !is_quoted_phrase(self.fronts[**line].body)).count()
    }

    /// One group a style, of all its runs that are alike.
    fn numbered(&self) -> Vec<Group> {
        let mark = |(line, front): (usize, &Front<'_>)| {
            let number = front.number.as_ref().filter(|number| match number.style {
                Style::Bare | Style::Roman | Style::Letter => self.may_be_entry(line),
                _ => self.may_be_counted(line),
            })?;
            Some(Mark { line, style: number.style, value: number.value, part: number.part })
        };
        let mut marks: Vec<Mark> = self.fronts.iter().enumerate().filter_map(mark).collect();
        encores_without_sides(&mut marks);
        let mut by_style: BTreeMap<Style, Vec<Vec<usize>>> = BTreeMap::new();
        for run in series::runs(&marks) {
            let lines = self.fill_gaps(&run);
            if self.prose(&lines) * 5 <= lines.len() * 2 {
                by_style.entry(run[0].style).or_default().push(lines);
            }
        }
        self.add_short_sides(&marks, &mut by_style);
        let merge = |(style, runs): (Style, Vec<Vec<usize>>)| {
            let longest = runs.iter().max_by_key(|run| run.len())?;
            let separated = self.separated(longest);
            let alike =
                runs.iter().filter(|run| !separated || std::ptr::eq(*run, longest) || self.separated(run));
            let lines: BTreeSet<usize> = alike.flatten().copied().collect();
            Some(Group { kind: Kind::Numbered(style), lines: lines.into_iter().collect() })
        };
        by_style.into_iter().filter_map(merge).collect()
    }

    /// A side may have one track only, or two: then its numbers count little but for its heading.
    fn add_short_sides(&self, marks: &[Mark], runs: &mut BTreeMap<Style, Vec<Vec<usize>>>) {
        let headed =
            |mark: &&Mark| mark.line.checked_sub(1).is_some_and(|above| names_part(&self.lines[above].text));
        let mut counted: BTreeMap<Style, BTreeSet<usize>> =
            runs.iter().map(|(style, runs)| (*style, runs.iter().flatten().copied().collect())).collect();
        for mark in marks.iter().filter(|mark| mark.value == 1).filter(headed) {
            let (Some(runs), Some(counted)) = (runs.get_mut(&mark.style), counted.get_mut(&mark.style))
            else {
                continue;
            };
            if counted.contains(&mark.line) {
                continue;
            }
            let below = marks.binary_search_by_key(&(mark.line + 1), |next| next.line);
            let second = below.ok().map(|at| &marks[at]);
            let second = second.filter(|next| (next.style, next.value) == (mark.style, mark.value + 1));
            let side: Vec<usize> = [Some(mark), second].into_iter().flatten().map(|mark| mark.line).collect();
            counted.extend(&side);
            runs.push(side);
        }
    }

    /// A number left out of a run may stand on a line between, written another way ("4 Title"
    /// between "3. Title" and "5. Title").
    fn fill_gaps(&self, run: &[Mark]) -> Vec<usize> {
        let mut lines: Vec<usize> = run.iter().map(|mark| mark.line).collect();
        for pair in run.windows(2) {
            if pair[0].value.abs_diff(pair[1].value) != 2 || pair[0].part != pair[1].part {
                continue;
            }
            let wanted = u32::midpoint(pair[0].value, pair[1].value);
            let between = pair[0].line + 1..pair[1].line;
            let fits = |line: &usize| {
                self.fronts[*line].number.as_ref().is_some_and(|number| number.value == wanted)
            };
            lines.extend(between.take(20).find(|line| fits(line) && self.may_be_counted(*line)));
        }
        lines
    }

    /// The rows of a table, and the lines among them or right above and below them that have as many columns and miss what
    /// else the rows share.
    fn rows_of_table(&self, rows: &[usize]) -> Vec<usize> {
        /// Columns of a table that is no list of two things.
        const COLUMNS: usize = 4;
        let tabs = |line: usize| self.lines[line].text.matches('\t').count();
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Vec::new() };
        let usual = tabs(*first);
        let alike = rows.iter().filter(|row| tabs(**row) == usual).count();
        if usual + 1 < COLUMNS || rows.len() < 5 || alike * 4 < rows.len() * 3 {
            return Vec::new();
        }
        let range = first.saturating_sub(1)..(*last + 2).min(self.lines.len());
        let row = |line: &usize| tabs(*line) == usual && self.may_be_entry(*line);
        range.filter(row).collect()
    }

    /// A line among timed ones may have its time written another way: "[21:07] Artist - Title" between
    /// "15:20 Artist - Title" and "25:45 Artist - Title", or none: "w/ Artist - Title" is laid over the one before.
    fn timed_otherwise(&self, timed: &[usize], main: Option<Separator>) -> Vec<usize> {
        let (Some(first), Some(last), Some(main)) = (timed.first(), timed.last(), main) else {
            return Vec::new();
        };
        let fits = |line: &usize| {
            let front = &self.fronts[*line];
            let marked = front.time.is_some() || self.lines[*line].text.starts_with("w/");
            marked && main.split(front.body).is_some() && self.may_be_entry(*line)
        };
        // A track may be laid over the last one, too.
        let last = (*last + 1..self.lines.len())
            .take_while(|line| self.lines[*line].text.starts_with("w/"))
            .last()
            .map_or(*last, |line| line + 1);
        let mut found: Vec<usize> =
            (*first..last).filter(|line| timed.binary_search(line).is_err()).filter(fits).collect();
        // What plays at the beginning may have no time: "Artist - Title" right above "4:31 Artist - Title".
        let times: Vec<_> = timed.iter().filter_map(|line| self.fronts[*line].time.as_ref()).collect();
        let rising = times.len() >= 3 && times.windows(2).all(|pair| pair[0].length < pair[1].length);
        let opening = first.checked_sub(1).filter(|above| {
            rising
                && !times[0].length.is_zero()
                && !self.lines[*first].gap
                && main.split(self.fronts[*above].body).is_some()
                && self.may_be_entry(*above)
        });
        found.extend(opening);
        found
    }

    /// Blocks of lines between blank lines that share a separator.
    fn separated_blocks(&self) -> Vec<Group> {
        let mut blocks: Vec<Vec<usize>> = Vec::new();
        for (index, line) in self.lines.iter().enumerate() {
            match blocks.last_mut() {
                Some(block) if !line.gap => block.push(index),
                _ => blocks.push(vec![index]),
            }
        }
        let mut groups: Vec<Group> =
            blocks.into_iter().filter_map(|block| self.separated_block(block)).collect();
        let mut scattered: Vec<usize> = groups.iter().flat_map(|group| &group.lines).copied().collect();
        if let Some(shared) = separator::vote(&self.bodies(&scattered)) {
            // A paragraph that has another sign in it is about something else.
            let quoted = self.is_quoted(&scattered);
            let alike = |line: &usize| {
                let body = self.fronts[*line].body;
                shared.split(body).is_some() && (!quoted || phrase::quoted(body).is_some())
            };
            scattered.retain(alike);
            // One entry a paragraph, with words about it below.
            scattered.sort_unstable();
            groups.push(Group { kind: Kind::Scattered, lines: scattered });
        }
        groups
    }

    fn separated_block(&self, block: Vec<usize>) -> Option<Group> {
        let mut lines: Vec<usize> = block
            .into_iter()
            .filter(|line| self.may_be_entry(*line) && !names_part(&self.lines[*line].text))
            .collect();
        if separator::vote(&self.bodies(&lines)).is_none() && lines.len() >= 6 {
            // A title may stand right above the list, and a greeting right below it.
            let inner = &lines[1..lines.len() - 1];
            if let Some(shared) = separator::vote(&self.bodies(inner)) {
                lines.retain(|line| shared.split(self.fronts[*line].body).is_some());
            }
        }
        // Spaces part no row of a table whose rows are parted by tabs.
        let tabbed = lines.iter().filter(|line| self.lines[**line].text.contains('\t')).count();
        if tabbed >= 3 && tabbed * 2 >= lines.len() {
            lines.retain(|line| self.lines[*line].text.contains('\t'));
        }
        let bodies = self.bodies(&lines);
        let quoted = bodies.iter().filter(|body| is_quoted_phrase(body)).count();
        let separator = separator::vote(&bodies);
        if quoted * 2 < lines.len() && separator.is_none() {
            return None;
        }
        let fits = |line: &usize| {
            let body = self.fronts[*line].body;
            let quote = is_quoted_phrase(body);
            // A label in front of a title in quotes ends with a colon, too, and that separates nothing.
            let labels = separator == Some(Separator::Colon) && quoted * 2 >= bodies.len();
            let split = !labels && separator::split(body, separator, self.knows).len() >= 2;
            quote || (split && !is_prose(body))
        };
        let lines: Vec<usize> = lines.into_iter().filter(fits).collect();
        (!lines.is_empty()).then_some(Group { kind: Kind::Separated, lines })
    }

    /// Whether most of the lines have tabs in them.
    fn tabbed(&self, lines: &[usize]) -> bool {
        lines.iter().filter(|line| self.lines[**line].text.contains('\t')).count() * 2 > lines.len()
    }

    /// Whether most of the lines have their title in quotes.
    fn is_quoted(&self, lines: &[usize]) -> bool {
        self.bodies(lines).iter().filter(|body| phrase::quoted(body).is_some()).count() * 2 > lines.len()
    }

    fn separated(&self, lines: &[usize]) -> bool {
        separator::vote(&self.bodies(lines)).is_some()
    }

    /// Whether the lines are one that says when to play a title in quotes, and whose it is: `And to close: "Title" by Artist`.
    fn has_label(&self, lines: &[usize]) -> bool {
        let &[line] = lines else { return false };
        let text = self.fronts[line].body;
        // `First dance: Artist - Title`, where the library has the artist.
        let dashed =
            text.split_once(": ").filter(|(label, _)| !(self.knows)(label)).is_some_and(|(_, song)| {
                let parts = SPACED_DASHES.iter().find_map(|dash| song.split_once(dash));
                // "Best placed: none. Record of the year: Artist - Title" tells of more than one thing.
                parts
                    .filter(|(left, _)| !left.contains(": "))
                    .is_some_and(|(left, right)| (self.knows)(left.trim()) || (self.knows)(right.trim()))
            });
        if dashed {
            return true;
        }
        let rest = phrase::without_label(text);
        rest.len() < text.len()
            && phrase::quoted(rest).is_some_and(|(_, _, after)| {
                phrase::credit(after).is_some() && phrase::quoted(after).is_none()
            })
    }

    /// How much a group is like a listing: its tracks, less its prose, weighed by how telling
    /// the thing is that its lines have in common.
    fn score(&self, group: &Group) -> f64 {
        let separated = if self.separated(&group.lines) { 1.5 } else { 1.0 };
        let trust = match group.kind {
            Kind::Numbered(Style::Bare | Style::Roman | Style::Letter) => 1.8,
            Kind::Numbered(_) => 2.0,
            Kind::Timed(_) => 1.9,
            Kind::TailTimed => 1.5,
            Kind::Bulleted(_) => 1.2,
            Kind::Separated => 1.0,
            Kind::Scattered => 0.8,
            // Nothing else ends so: what stands around them tells of the files.
            Kind::Files => 9.0,
        };
        (group.lines.len() as f64 - 2.0 * self.prose(&group.lines) as f64) * separated * trust
    }

    /// Whether a second group carries on the listing that the best one is, with its separator and its titles `in_quotes` or not:
    /// more numbers, or a block with the same separator, or with titles in quotes.
    fn goes_on(&self, best: &Group, main: Option<Separator>, in_quotes: bool, other: &Group) -> bool {
        let few = other.lines.len() < 2 && !self.has_label(&other.lines);
        if self.prose(&other.lines) > 0 || few {
            return false;
        }
        let over = self
            .end_below(&best.lines)
            .is_some_and(|end| other.lines.first().is_some_and(|line| *line > end));
        if over && !matches!(other.kind, Kind::Numbered(_)) {
            return false;
        }
        let more = separator::vote(&self.bodies(&other.lines));
        match other.kind {
            Kind::Numbered(_) => {
                matches!(best.kind, Kind::Numbered(_))
                    && other.lines.len() >= 3
                    && (main.is_none() || more.is_some())
            }
            Kind::Separated => {
                let quoted = self.bodies(&other.lines).iter().all(|body| is_quoted_phrase(body));
                // Names below titles in quotes are those of a cast.
                // A table without numbers beside one that has them tells of something else.
                let table = main == Some(Separator::Tab) && matches!(best.kind, Kind::Numbered(_));
                // Where tabs part the columns, several spaces part the buttons of a page.
                let spaced =
                    main == Some(Separator::Tab) && self.tabbed(&best.lines) && !self.tabbed(&other.lines);
                let alike = main.is_some() && main == more && !table && !spaced && !in_quotes;
                // Whoever copies a list together takes over one dash here and another one there.
                let dashes = |separator: Option<Separator>| matches!(separator, Some(Separator::Dash(_)));
                let dashed = dashes(main) && dashes(more) && !in_quotes;
                let headed =
                    other.lines.first().and_then(|first| first.checked_sub(1)).is_some_and(|above| {
                        !self.lines[above + 1].gap && self.lines[above].text.ends_with(':')
                    });
                quoted
                    || self.has_label(&other.lines)
                    || (other.lines.len() >= if headed { 2 } else { 3 } && (alike || dashed))
            }
            // Several tracks of one line, which had no numbers, beside those that have.
            Kind::Bulleted(_) => {
                let lines = || other.lines.iter().map(|line| self.lines[*line].number);
                main == more && lines().count() >= 3 && lines().min() == lines().max()
            }
            Kind::Timed(_) | Kind::TailTimed | Kind::Scattered | Kind::Files => false,
        }
    }
}

/// `E1`, `E2` below `1.`, `2.` are no side E of a record that has no other: they are the encore.
fn encores_without_sides(marks: &mut [Mark]) {
    const E: Option<u32> = Some(5);
    let sides = |mark: &&mut Mark| mark.style == Style::Side;
    let numbered = marks.iter().any(|mark| mark.style == Style::Marked);
    if numbered && marks.iter_mut().filter(sides).all(|mark| mark.part == E) {
        marks.iter_mut().filter(sides).for_each(|mark| mark.style = Style::Marked);
    }
}

/// A heading between rules: "*** Friday's set ***", "== Friday's set ==", or between two pictures that are the same.
fn is_ruled(text: &str) -> bool {
    if front::pictured(text) {
        return true;
    }
    let Some(sign) = text.chars().next().filter(|sign| "*=~#_-".contains(*sign)) else { return false };
    let inner = text.trim_matches(sign);
    let (before, after) =
        (text.len() - text.trim_start_matches(sign).len(), text.len() - text.trim_end_matches(sign).len());
    let apart = inner.starts_with(' ') && inner.ends_with(' ') && sign != '-';
    inner.contains(char::is_alphanumeric) && after > 0 && ((before > 1 && after > 1) || apart)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_no_entries() {
        for text in ["*** Late — Set ***", "* Late - Set *", "== A - B ==", "~~~ a ~~~"] {
            assert!(is_ruled(text), "{text}");
        }
        for text in ["* Rain - Velo", "*Velo - Rain*", "- Rain -Live-", "- Velo - Rain -", "***", "# 1 Rain"]
        {
            assert!(!is_ruled(text), "{text}");
        }
    }
}
