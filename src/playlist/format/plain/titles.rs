//! Takes the lines of a page; finds the block of bare titles, a line each, that a set list or a
//! copied sleeve is. Such lines share nothing but being short, so this reading is believed
//! only where no other one explains the page. Never takes a page of prose.

use std::ops::Range;

use super::credit::is_credit;
use super::layout::{Form, Layout, Row};
use super::line::Line;
use super::number;
use super::page::{SETLIST_AT, heads_setlist, is_clock, is_count, is_date, is_end};
use super::phrase::is_quoted_phrase;
use super::prose::is_prose;
use super::row::strip_size;
use super::sums::is_total;
use super::words::{is_listing_word, names_part};
use super::{phrase, time};

/// A block has at least this many titles, or it might be anything.
const FEWEST: usize = 4;
/// More words than this, on most lines, and it is talk.
const MOST_WORDS: usize = 8;

/// The listing, where the page has a block of short lines.
pub(super) fn find(lines: &[Line<'_>]) -> Option<Layout> {
    let blocks = blocks(lines);
    let longest = blocks.iter().filter(|block| block.len() >= FEWEST).max_by_key(|block| block.len())?;
    if longest.iter().filter(|index| is_quoted_phrase(&lines[**index].text)).count() * 2 >= longest.len()
        || counts(lines, longest)
    {
        return None;
    }
    let rows: Vec<Row> = blocks
        .iter()
        .filter(|block| std::ptr::eq(*block, longest) || goes_on(lines, block))
        .flat_map(|block| {
            block.iter().filter(|index| std::ptr::eq(block, longest) || !is_talk(&lines[**index].text))
        })
        .flat_map(|index| segued(&lines[*index], *index))
        .collect();
    // Lines of other forms among them are a page's, and no titles.
    let odd = longest.iter().filter(|index| has_other_form(&lines[**index].text)).count();
    let odd = if odd * 4 > longest.len() { odd } else { 0 };
    let score = 0.7 * (rows.len() as f64 - 2.0 * odd as f64);
    Some(Layout { rows, used: Vec::new(), score, form: Form::Titles })
}

/// Blocks between blank lines, or of lines that each have a blank line above, without their
/// headings. A block with much prose is none.
fn blocks(lines: &[Line<'_>]) -> Vec<Vec<usize>> {
    let mut blocks: Vec<Vec<usize>> = vec![Vec::new()];
    let mut over = false;
    let concert = concert(lines);
    // A paragraph may have many lines that are asked for: it is read once.
    let mut paragraph: Option<Paragraph> = None;
    let mut is_title_within = |index: usize| {
        let known = paragraph.take().filter(|paragraph| paragraph.lines.contains(&index));
        paragraph.insert(known.unwrap_or_else(|| Paragraph::around(lines, index))).has_title_at(index)
    };
    for (index, line) in lines.iter().enumerate() {
        if concert.contains(&index) {
            continue;
        }
        // What stands above the words that announce the list is none of it, nor what stands below its end.
        let announced = is_listing_word(&line.text);
        let goes_on_below = over && line.gap;
        let ends = ends_listing(&line.text, blocks.last()) && !is_title_within(index);
        over = (over || ends) && !announced && !goes_on_below;
        if announced || over {
            blocks.push(Vec::new());
            continue;
        }
        let spaced_out = lines.get(index + 1).is_none_or(|next| next.gap);
        let alone_before = index > 0 && lines[index - 1].gap;
        let goes_on = !line.gap || (spaced_out && alone_before) || names_part(&line.text);
        if !goes_on {
            blocks.push(Vec::new());
        }
        if let (true, Some(block)) = (may_be_title(line), blocks.last_mut()) {
            block.push(index);
        }
    }
    blocks.retain(|block| {
        let talk = block.iter().filter(|index| is_talk(&lines[**index].text)).count();
        let most = if block.len() == 3 { 1 } else { block.len() / 4 };
        !block.is_empty() && talk <= most
    });
    blocks
}

/// The lines below the heading of a concert that say its words again: who plays, and where.
fn concert(lines: &[Line<'_>]) -> Vec<usize> {
    /// So near to the heading.
    const NEAR: usize = 12;
    let named = |(index, line): (usize, &Line<'_>)| {
        let at = line.text.to_ascii_lowercase().find(SETLIST_AT)?;
        Some((index, line.text[..at].to_owned(), line.text[at + SETLIST_AT.len()..].to_owned()))
    };
    let Some((head, artist, place)) = lines.iter().enumerate().take(NEAR).find_map(named) else {
        return Vec::new();
    };
    let below = || (head + 1..lines.len()).take(NEAR);
    // A band may have a song of its own name: only the first line of it is the band.
    let who = below().find(|index| lines[*index].text == artist);
    let at_place = |index: &usize| lines[*index].text.len() > 2 && place.starts_with(&lines[*index].text);
    who.into_iter().chain(below().filter(at_place)).collect()
}

/// The lines between two blank ones.
struct Paragraph {
    lines: Range<usize>,
    /// Whether it is one of bare titles, on a page that has others above and below.
    bare: bool,
}

impl Paragraph {
    fn around(lines: &[Line<'_>], index: usize) -> Self {
        let first = (0..=index).rev().find(|at| lines[*at].gap).unwrap_or(0);
        let end = (index + 1..lines.len()).find(|at| lines[*at].gap).unwrap_or(lines.len());
        let own = &lines[first..end];
        let bare = first > 0
            && end < lines.len()
            && own.len() >= FEWEST
            && own.iter().all(may_be_title)
            && !own.iter().any(|line| is_talk(&line.text));
        Self { lines: first..end, bare }
    }

    /// Whether the line stands amid bare titles: then it is one of them.
    fn has_title_at(&self, index: usize) -> bool {
        self.bare && index > self.lines.start && index + 1 < self.lines.end
    }
}

/// Whether the line is the heading of what a page has below its list.
fn ends_listing(text: &str, block: Option<&Vec<usize>>) -> bool {
    block.is_some_and(|block| block.len() >= FEWEST) && is_end(text)
}

/// Columns, artist and title, a number by itself: a title alone has none of them.
fn has_other_form(text: &str) -> bool {
    let separated = [" - ", " – ", " — ", " | ", " · ", "@"].iter().any(|sign| text.contains(sign));
    let number = text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    separated || number || text.contains('\t') || text.contains("://") || text.starts_with("***")
}

fn may_be_title(line: &Line<'_>) -> bool {
    let text = &line.text;
    let time_alone = time::tail(text).is_some_and(|found| found.rest.is_empty());
    let heading = time_alone
        || text.ends_with(':')
        || names_part(text)
        || !text.contains(char::is_alphanumeric)
        || heads_setlist(text)
        || is_date(text)
        || is_clock(text)
        || is_count(text);
    let remark = text.starts_with('(') && text.ends_with(')');
    !heading && !remark && !is_credit(text) && !is_total(text) && !text.contains("://") && text.len() < 200
}

/// Whether some of the lines are numbered: then those are the entries, and the others say more of them.
fn counts(lines: &[Line<'_>], block: &[usize]) -> bool {
    let numbers = block.iter().filter_map(|index| {
        number::lead(&lines[*index].text).filter(|number| !number.rest.is_empty()).map(|number| number.value)
    });
    numbers.enumerate().filter(|(at, value)| *value as usize == at + 1).count() >= FEWEST - 1
}

fn is_talk(text: &str) -> bool {
    // What a fan remarks in brackets or behind an arrow is not counted.
    let bare = text.find(" <-").or_else(|| text.find(" -> ")).map_or(text, |at| &text[..at]);
    let bare = phrase::closing_bracket(bare).map_or(bare, |(title, _)| title);
    is_prose(bare) || bare.split_whitespace().count() > MOST_WORDS
}

/// A further block goes on with the listing where a heading stands right above it ("Encore").
fn goes_on(lines: &[Line<'_>], block: &[usize]) -> bool {
    let Some(first) = block.first() else { return false };
    let above = first.checked_sub(1).map(|above| &lines[above]);
    let headed = above.is_some_and(|above| names_part(&above.text) || is_break(&above.text));
    let talk = block.iter().filter(|index| is_talk(&lines[**index].text)).count();
    headed && talk * 3 <= block.len()
}

/// The titles of a line: "Rain > Glass" is two that were played into each other.
fn segued(line: &Line<'_>, index: usize) -> Vec<Row> {
    let parts: Vec<&str> = line.text.split(" > ").map(str::trim).collect();
    let title = |part: &&str| {
        (1..=6).contains(&part.split_whitespace().count())
            && part.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
    };
    if parts.len() < 2 || !parts.iter().all(title) {
        return vec![row(line, index)];
    }
    let part =
        |part: &str| Row { line: index, text: part.to_owned(), body: part.to_owned(), ..Row::default() };
    parts.into_iter().map(part).collect()
}

/// "-- they go off, we stamp --": what a set breaks off with.
fn is_break(text: &str) -> bool {
    ["--", "~~", "==", "**", "––", "——"].iter().any(|sign| text.starts_with(sign) && text.ends_with(sign))
        && text.contains(char::is_alphanumeric)
}

fn row(line: &Line<'_>, index: usize) -> Row {
    let text = strip_size(&line.text);
    let tail = time::tail(text).filter(|found| !found.rest.is_empty() && found.kind != time::Kind::Dot);
    Row {
        line: index,
        text: line.raw.to_string(),
        body: tail.as_ref().map_or(text, |found| found.rest).to_owned(),
        length: tail.map(|found| found.length),
        ..Row::default()
    }
}
