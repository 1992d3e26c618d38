//! Takes the lines of a page; finds the listing that has each artist on a line above the artist's titles, which have no
//! numbers: "VELO", "Rain", "Glass", a blank line, "ADA", "Salt".
//! Never believes that where the library knows few of the names, or where the names look like the titles.

use super::super::KnowsArtist;
use super::credit::is_credit;
use super::layout::{Form, Layout, Row};
use super::line::Line;
use super::page::is_end;
use super::prose::is_prose;
use super::separator::SPACED_DASHES;
use super::sums::is_total;
use super::words::{is_listing_word, names_part};
use super::{number, time};

/// So many artists make such a listing.
const FEWEST: usize = 3;

/// The listing, where the page has one of this kind.
pub(super) fn find(lines: &[Line<'_>], knows: &KnowsArtist<'_>) -> Option<Layout> {
    // Either every artist has a blank line above, or all are in capitals and no title is.
    by(lines, knows, |lines, at| lines[at].gap && is_loud(&lines[at].text))
        .or_else(|| by(lines, knows, |lines, at| is_loud(&lines[at].text)))
        .or_else(|| by(lines, knows, |lines, at| lines[at].gap && knows(&lines[at].text)))
}

fn by(
    lines: &[Line<'_>],
    knows: &KnowsArtist<'_>,
    heads: impl Fn(&[Line<'_>], usize) -> bool,
) -> Option<Layout> {
    let may_head = |at: &usize| {
        let text = &lines[*at].text;
        may_be_title(&lines[*at]) && !names_part(text) && !is_listing_word(text) && heads(lines, *at)
    };
    let heads: Vec<usize> = (0..lines.len()).filter(may_head).collect();
    let mut blocks: Vec<(usize, Vec<usize>)> = Vec::new();
    for (index, head) in heads.iter().enumerate() {
        let next = heads.get(index + 1).copied().unwrap_or(lines.len());
        // What stands below the last block's blank line is about something else.
        let last = |at: &usize| !(lines[*at].gap && *at > head + 1);
        let titles: Vec<usize> =
            (head + 1..next).take_while(last).take_while(|at| may_be_title(&lines[*at])).collect();
        if !titles.is_empty() {
            blocks.push((*head, titles));
        }
    }
    // The page's own name may stand above a line about it.
    if blocks.first().is_some_and(|(head, _)| *head == 0 && !is_known(&lines[0].text, knows)) {
        blocks.remove(0);
    }
    let known = blocks.iter().filter(|(head, _)| is_known(&lines[*head].text, knows)).count();
    if blocks.len() < FEWEST || known < FEWEST || known * 2 < blocks.len() {
        return None;
    }
    let mut layout = Layout { form: Form::TitleLineFirst, ..Layout::default() };
    for (head, titles) in &blocks {
        layout.used.push(*head);
        let row = |at: &usize| {
            let text = lines[*at].text.as_str();
            let tail =
                time::tail(text).filter(|found| !found.rest.is_empty() && found.kind != time::Kind::Dot);
            let title = tail.as_ref().map_or(text, |found| found.rest).to_owned();
            Row {
                line: *at,
                text: lines[*at].raw.to_string(),
                body: title.clone(),
                columns: vec![title, lines[*head].text.clone()],
                length: tail.map(|found| found.length),
                ..Row::default()
            }
        };
        layout.rows.extend(titles.iter().map(row));
    }
    layout.score = layout.score_of_several_lines();
    Some(layout)
}

/// A name that the library knows, or several of which it knows the first.
pub(super) fn is_known(text: &str, knows: &KnowsArtist<'_>) -> bool {
    let first = text.split(['&', ',']).next().map(str::trim);
    let first = first.filter(|first| first.len() > 3 && first.len() < text.len());
    knows(text) || first.is_some_and(knows)
}

fn is_loud(text: &str) -> bool {
    text.chars().filter(|c| c.is_uppercase()).count() >= 2 && !text.contains(char::is_lowercase)
}

fn may_be_title(line: &Line<'_>) -> bool {
    let text = &line.text;
    text.contains(char::is_alphabetic)
        && text.split_whitespace().count() <= 10
        && !text.ends_with(':')
        && !SPACED_DASHES.iter().chain(&["\t", "://"]).any(|sign| text.contains(sign))
        && number::lead(text).is_none_or(|number| number.style == number::Style::Bare)
        && !is_credit(text)
        && !is_total(text)
        && !is_prose(text)
        && !is_end(text)
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let lines = line::lines(text);
        let knows = |name: &str| ["velo", "ada moor", "lind"].contains(&name.to_lowercase().as_str());
        let layout = find(&lines, &knows).unwrap_or_default();
        layout.rows.iter().map(|row| row.columns.join(" / ")).collect()
    }

    #[test]
    fn artists_above_their_titles() {
        let want = ["Rain / VELO", "Glass / VELO", "Salt / ADA MOOR & THE SHORE", "7 Tides / LIND"];
        let page = "SONGS OF THE SEA\n2 CD box\n\nVELO\nRain\nGlass\n\nADA MOOR & THE SHORE\nSalt\n\nLIND\n7 Tides 3:12\n\n(c) Nobody\n";
        assert_eq!(found(page), want);
        assert_eq!(found("VELO\nRain\nGlass\nADA MOOR & THE SHORE\nSalt\nLIND\n7 Tides\n"), want);
        assert_eq!(
            found(
                &page
                    .replace("VELO", "Velo")
                    .replace("LIND", "Lind")
                    .replace("ADA MOOR & THE SHORE", "Ada Moor")
            )
            .len(),
            4
        );
    }

    #[test]
    fn headings_that_are_no_artists() {
        assert!(found("SIDE ONE\nRain\nGlass\n\nSIDE TWO\nSalt\n\nSIDE THREE\nTide\n").is_empty());
        assert!(found("SPRING\nRain\n\nSUMMER\nSalt\n\nVELO\nTide\n").is_empty());
    }
}
