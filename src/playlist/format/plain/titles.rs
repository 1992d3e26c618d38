//! Takes the lines of a page; finds the block of bare titles, a line each, that a set list or a
//! copied sleeve is. Such lines share nothing but being short, so this reading is believed
//! only where no other one explains the page. Never takes a page of prose.

use super::layout::{Form, Layout, Row};
use super::line::Line;
use super::marked::is_quoted_phrase;
use super::number;
use super::prose::is_prose;
use super::sums::is_total;
use super::time;
use super::words::{heads_setlist, is_credit, names_part};

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
        .flatten()
        .map(|index| row(&lines[*index], *index))
        .collect();
    let score = 0.7 * rows.len() as f64;
    Some(Layout { rows, used: Vec::new(), score, form: Form::Titles })
}

/// Blocks between blank lines, or of lines that each have a blank line above, without their
/// headings. A block with much prose is none.
fn blocks(lines: &[Line<'_>]) -> Vec<Vec<usize>> {
    let mut blocks: Vec<Vec<usize>> = vec![Vec::new()];
    for (index, line) in lines.iter().enumerate() {
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
        !block.is_empty() && talk * 4 <= block.len()
    });
    blocks
}

fn may_be_title(line: &Line<'_>) -> bool {
    let text = &line.text;
    let time_alone = time::tail(text).is_some_and(|found| found.rest.is_empty());
    let heading = time_alone
        || text.ends_with(':')
        || names_part(text)
        || !text.contains(char::is_alphanumeric)
        || heads_setlist(text);
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
    is_prose(text) || text.split_whitespace().count() > MOST_WORDS
}

/// A further block goes on with the listing where a heading stands right above it ("Encore").
fn goes_on(lines: &[Line<'_>], block: &[usize]) -> bool {
    let Some(first) = block.first() else { return false };
    let above = first.checked_sub(1).map(|above| &lines[above]);
    let headed = above.is_some_and(|above| names_part(&above.text));
    headed && block.iter().all(|index| !is_talk(&lines[*index].text))
}

fn row(line: &Line<'_>, index: usize) -> Row {
    let tail = time::tail(&line.text).filter(|found| !found.rest.is_empty() && found.kind != time::Kind::Dot);
    Row {
        line: index,
        text: line.raw.to_string(),
        body: tail.as_ref().map_or(line.text.as_str(), |found| found.rest).to_owned(),
        length: tail.map(|found| found.length),
        ..Row::default()
    }
}
