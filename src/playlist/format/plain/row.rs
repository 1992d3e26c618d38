//! Takes a line that is an entry; gives its row: number, disc, length and words, without what shops and sleeves print behind them.
//! What the numbers count is settled over all rows.
//! Never decides whether a line is an entry: `marked` does.

use std::collections::BTreeSet;

use super::credit::is_credit;
use super::layout::Row;
use super::line::Line;
use super::marked::Kind;
use super::number::Style;
use super::{front, phrase, time};

pub(super) fn row(line: &Line<'_>, index: usize, kind: Kind, counts: bool) -> Row {
    let front = front::read(&line.text, counts, true);
    let number = front.number.as_ref();
    let disc = number
        .filter(|number| matches!(number.style, Style::DiscTrack | Style::Medium))
        .and_then(|number| number.part);
    let body = without_credit(strip_size(strip_price(strip_buttons(front.body))));
    let tail = time::tail(body).filter(|found| !found.rest.is_empty());
    Row {
        line: index,
        text: line.raw.to_string(),
        body: tail.as_ref().map_or(body, |found| found.rest).to_owned(),
        columns: Vec::new(),
        // An encore's numbers are no track's.
        number: number
            .filter(|number| match number.style {
                Style::Letter => false,
                Style::Marked => number.part.is_none(),
                Style::Side => kind != Kind::Numbered(Style::Marked),
                _ => true,
            })
            .map(|number| number.value),
        disc,
        length: tail.map(|found| found.length),
    }
}

/// Who wrote a single track of an album may stand in brackets behind it, and behind its time: "Rain – 3:41 (Music: A. Velo)".
pub(super) fn without_credit(text: &str) -> &str {
    match phrase::closing_bracket(text) {
        Some((before, inner)) if inner.contains([':', '：']) && is_credit(inner) && text.ends_with(')') => {
            before.trim_end()
        }
        _ => text,
    }
}

/// Words that pages put behind every track, a column away: "lyrics", "buy track".
fn strip_buttons(text: &str) -> &str {
    const BUTTONS: &[&str] = &[
        "lyrics",
        "buy track",
        "buy",
        "download",
        "info",
        "play",
        "play video",
        "video",
        "share",
        "more",
        "explicit",
    ];
    let Some((before, last)) = text.rsplit_once('\t') else { return text };
    let button = last.trim().is_empty() || BUTTONS.contains(&last.trim().to_lowercase().as_str());
    if button { strip_buttons(before.trim_end()) } else { text }
}

/// How large a file is, at the end: "Rain 3.1 MB", or a column away, "Rain    12k".
pub(super) fn strip_size(text: &str) -> &str {
    let digits =
        |count: &str| !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let sized = |unit: &&str| {
        let (before, last) = text.strip_suffix(unit)?.trim_end().rsplit_once([' ', '\t'])?;
        let apart = unit.len() > 1 || before.ends_with(' ') || text.contains('\t');
        (digits(last) && apart && !before.trim().is_empty()).then(|| before.trim_end())
    };
    ["KB", "MB", "Kb", "Mb", "kb", "mb", "Ko", "Mo", "K", "M", "k", "m"]
        .iter()
        .find_map(sized)
        .unwrap_or(text)
}

/// A shop's price at the end: "$0.99", "1,29 €".
fn strip_price(text: &str) -> &str {
    let Some(at) = text.rfind(['\t', ' ']) else { return text };
    let (before, last) = (text[..at].trim_end(), text[at..].trim());
    let currency = |text: &str| text.chars().all(|c| "$€£¥".contains(c)) && !text.is_empty();
    let amount =
        |text: &str| text.len() >= 3 && text.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',');
    if amount(last.trim_matches(|c| "$€£¥".contains(c))) && last.contains(['$', '€', '£', '¥']) {
        return before;
    }
    match before.rfind(['\t', ' ']) {
        Some(at) if currency(last) && amount(before[at..].trim()) => before[..at].trim_end(),
        _ => text,
    }
}

/// Makes of the numbers what they count, over all rows: tracks, tracks of several discs, or nothing.
pub(super) fn settle_numbers(rows: &mut [Row]) {
    discs_in_hundreds(rows);
    which_of_how_many(rows);
    // So many lists of one item count nothing.
    if rows.len() >= 3 && rows.iter().all(|row| row.number == Some(1)) {
        rows.iter_mut().for_each(|row| row.number = None);
    }
}

/// `1/12`, `2/12`, … is no track 12 of twelve discs.
fn which_of_how_many(rows: &mut [Row]) {
    let counted = |row: &Row| row.disc.is_some();
    let all: BTreeSet<Option<u32>> = rows.iter().filter(|row| counted(row)).map(|row| row.number).collect();
    let discs: BTreeSet<Option<u32>> = rows.iter().filter_map(|row| row.disc.map(Some)).collect();
    let most = all.first().copied().flatten();
    if all.len() == 1 && discs.len() >= 3 && discs.last().copied().flatten() <= most {
        for row in rows.iter_mut().filter(|row| counted(row)) {
            row.number = row.disc.take();
        }
    }
}

/// 101, 102, … 201, 202, …: the hundreds count the discs. 199, 200, 201 count tracks.
fn discs_in_hundreds(rows: &mut [Row]) {
    let mut before = 0;
    let mut discs = 0;
    let counts = |row: &Row| {
        let number = row.number.unwrap_or(0);
        let begins = number % 100 == 1 && number / 100 == before / 100 + 1;
        let goes_on = number == before + 1 && number % 100 > 1;
        before = number;
        discs += usize::from(begins);
        (101..1000).contains(&number) && (goes_on || begins)
    };
    if rows.iter().all(counts) && discs > 1 {
        for row in rows {
            row.disc = row.number.map(|number| number / 100);
            row.number = row.number.map(|number| number % 100);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_no_part_of_a_title() {
        for text in ["Rain 3.1 MB", "Rain    12k", "Rain\t640K", "Rain 812kb"] {
            assert_eq!(strip_size(text), "Rain", "{text}");
        }
        assert_eq!(strip_size("Life in 4K"), "Life in 4K");
    }

    #[test]
    fn prices_are_no_part_of_a_title() {
        assert_eq!(strip_price("Rain  3:41  $0.99"), "Rain  3:41");
        assert_eq!(strip_price("Rain 1,29 €"), "Rain");
        assert_eq!(strip_price("Rain 0.99"), "Rain 0.99");
        assert_eq!(strip_price("Money $"), "Money $");
    }
}
