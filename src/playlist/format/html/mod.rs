//! Takes a saved page; gives the listing found in it: tables with a title's column, else ordered lists,
//! else the page's text, each read as the same lines would be read when pasted. Several listings
//! follow each other as sections. Never runs, loads or follows anything that the page names.

mod render;

use std::collections::BTreeMap;

use self::render::{Block, Kind, Page};
use super::KnowsArtist;
use super::lines::LineIndex;
use super::plain::{self, Column, column};
use super::problem::{Problem, ProblemKind};
use crate::playlist::{Entry, Listing, Unread};

/// Tags that begin a page or a piece of one.
const TAGS: &[&str] = &[
    "<!doctype html",
    "<html",
    "<head",
    "<body",
    "<table",
    "<tr",
    "<td",
    "<ol",
    "<ul",
    "<li",
    "<p>",
    "<p ",
    "<div",
    "<dl",
    "<h1",
    "<h2",
    "<h3",
    "<br",
    "<meta",
    "<article",
    "<section",
    "<pre",
    "<span",
    "<!--",
];

pub(super) fn sniff(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(2048).collect::<String>().to_ascii_lowercase();
    let xml = head.starts_with("<?xml") && head.contains("<html");
    xml || TAGS.iter().any(|tag| head.starts_with(tag))
}

pub(super) fn read(text: &str, knows: &KnowsArtist<'_>) -> Result<Listing, Vec<Problem>> {
    if let Some(at) = too_deep(text) {
        let kind = ProblemKind::Syntax("the page's elements are nested too deep".to_owned());
        return Err(vec![Problem { line: LineIndex::new(text).line(at), kind }]);
    }
    let (careful, whole) = render::pages(text);
    let listing = listing(&careful, text, knows);
    // A page whose frame has the name of what is left out ("no-sidebar") is read with all there is.
    let listing = if listing.entries.is_empty() { self::listing(&whole, text, knows) } else { listing };
    Ok(listing)
}

/// Elements nested deeper than this are refused; browsers stop at 512. A parser's work grows with
/// the square of the depth.
const DEEPEST: usize = 1_000;

/// Elements that close themselves, or are closed by the next of their kind.
const SELF_CLOSING: &[&str] = &[
    "p", "li", "td", "th", "tr", "dt", "dd", "tbody", "thead", "tfoot", "option", "br", "img", "hr", "meta",
    "link", "input", "col", "colgroup", "area", "base", "embed", "source", "track", "wbr", "param",
];

/// Where the page's tags are nested too deep; what only looks like tags counts as well.
fn too_deep(text: &str) -> Option<usize> {
    let mut open: BTreeMap<String, usize> = BTreeMap::new();
    let mut depth = 0_usize;
    for (at, _) in text.match_indices('<') {
        let tag = text[at + 1..].trim_start_matches('/');
        let closes = text[at + 1..].starts_with('/');
        // A name longer than any of the language's counts by its beginning.
        let name: String = tag.chars().take(16).take_while(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || SELF_CLOSING.contains(&name.as_str()) {
            continue;
        }
        let count = open.entry(name).or_default();
        // A closing tag without its opening one closes nothing.
        if closes {
            depth -= usize::from(*count > 0);
            *count = count.saturating_sub(1);
        } else {
            *count += 1;
            depth += 1;
        }
        if depth > DEEPEST {
            return Some(at);
        }
    }
    None
}

fn listing(page: &Page, source: &str, knows: &KnowsArtist<'_>) -> Listing {
    let mut found = from_blocks(page, source, knows, Kind::Table);
    if found.entries.is_empty() {
        found = from_blocks(page, source, knows, Kind::Ordered);
    }
    if found.entries.is_empty() {
        let lines: Vec<&str> = page.blocks.iter().flat_map(Block::lines).collect();
        found = plain_lines(&lines, source, knows);
    }
    found.title = page.heading.clone().or(found.title).or_else(|| page.title.clone());
    found
}

/// The listings of all blocks of a kind that hold one; each block's heading is the section.
fn from_blocks(page: &Page, source: &str, knows: &KnowsArtist<'_>, kind: Kind) -> Listing {
    let mut parts: Vec<(Option<&str>, Listing)> = Vec::new();
    let mut heading = None;
    for block in &page.blocks {
        match block.kind {
            Kind::Heading => heading = Some(block.text.trim()),
            _ if block.kind == kind => {
                let lines = head_known(block);
                if let Some(lines) = lines {
                    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
                    let part = plain_lines(&lines, source, knows);
                    if part.entries.len() >= if kind == Kind::Table { 1 } else { 3 } {
                        parts.push((heading, part));
                    }
                }
            }
            _ => {}
        }
    }
    let several = parts.len() > 1;
    let mut all = Listing::default();
    for (heading, part) in parts {
        let section = heading.filter(|heading| several && Some(*heading) != page.heading.as_deref());
        all.entries.extend(part.entries.into_iter().map(|entry| {
            let section = entry.section.or_else(|| section.map(str::to_owned));
            Entry { section, ..entry }
        }));
        all.unread.extend(part.unread);
    }
    all
}

/// The lines of a block that can be a listing: a table needs the heading of a title's column, and
/// columns that mean nothing to a listing get a heading that says so.
fn head_known(block: &Block) -> Option<Vec<String>> {
    if block.kind != Kind::Table {
        return Some(block.lines().map(str::to_owned).collect());
    }
    let is_head = |line: &&str| {
        let columns: Vec<_> = line.split('\t').map(column).collect();
        columns.contains(&Some(Column::Title)) && columns.iter().flatten().count() >= 2
    };
    let head = block.lines().take(4).find(is_head)?;
    let known = |cell: &str| if column(cell).is_some() { cell.to_owned() } else { "notes".to_owned() };
    let rest = block.lines().skip_while(|line| *line != head).skip(1);
    let head = head.split('\t').map(known).collect::<Vec<_>>().join("\t");
    Some(std::iter::once(head).chain(rest.map(str::to_owned)).collect())
}

/// Lines read as pasted text; those that are unread get their lines in the page's source.
fn plain_lines(lines: &[&str], source: &str, knows: &KnowsArtist<'_>) -> Listing {
    let mut listing = plain::read(&lines.join("\n"), knows).unwrap_or_default();
    let index = LineIndex::new(source);
    let mut at = 0;
    for unread in &mut listing.unread {
        *unread = Unread {
            line: source_line(source, &index, &mut at, &unread.text),
            text: unread.text.replace('\t', " "),
        };
    }
    listing
}

/// Where the words of a line stand in the source, looked for onwards from the last ones.
fn source_line(source: &str, index: &LineIndex, at: &mut usize, text: &str) -> usize {
    let words = text.split(['\t', '&', '<']).next().unwrap_or_default();
    let words = words.char_indices().nth(24).map_or(words, |(end, _)| &words[..end]);
    if let Some(found) = source[*at..].find(words) {
        *at += found;
    }
    index.line(*at)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn all(text: &str) -> Listing {
        read(text, &|_| false).unwrap()
    }

    fn names(listing: &Listing) -> Vec<String> {
        listing.entries.iter().map(|e| format!("{}/{}", e.artist.as_deref().unwrap_or(""), e.title)).collect()
    }

    #[test]
    fn ordered_lists_are_read_and_what_is_around_them_is_not() {
        let listing = all(
            "<!DOCTYPE html><html><head><title>Blog: Mix</title><script>1. Evil - Script</script></head><body>\
             <nav><ol><li>Home - x<li>About - y<li>Mail - z</ol></nav><h1>The&nbsp;Mix</h1>\
             <ol><li>Velo - <b>Rain</b> &amp; Snow</li><li>Nova Kite - Orbit<li value=3>Ines Calder - Low Tide</ol>\
             <div class='comments'><ol><li>Bob - great<li>Ann - bad<li>Joe - meh</ol></div></body></html>",
        );
        assert_eq!(listing.title.as_deref(), Some("The Mix"));
        assert_eq!(names(&listing), ["Velo/Rain & Snow", "Nova Kite/Orbit", "Ines Calder/Low Tide"]);
        assert_eq!(listing.entries[2].number, Some(3));
        assert!(listing.unread.is_empty());
    }

    #[test]
    fn tables_are_sections_under_their_headings() {
        let table = |rows: &str| {
            format!(
                "<table><tr><th>No.</th><th>Title</th><th>Writer(s)</th><th>Length</th></tr>{rows}</table>"
            )
        };
        let listing = all(&format!(
            "<body><h1>Night</h1><h2>Disc 1</h2>{}<h2>Disc 2</h2>{}<table><tr><td>Chart</td><td>Peak</td></tr></table>",
            table(
                "<tr><th>1.</th><td>\"Rain\"</td><td>V. Elo</td><td>3:41</td></tr><tr><th>2.</th><td>\"Glass\"<sup class=reference>[1]</sup></td><td>N. Kite</td><td>4:02</td></tr>"
            ),
            table(
                "<tr><td>1.</td><td>\"Orbit\"</td><td>N. Kite</td><td>2:59</td></tr><tr><td>2.</td><td>\"Tide\"</td><td>I. C.</td><td>2:00</td></tr><tr><td colspan=3>Total length:</td><td>12:42</td></tr>"
            ),
        ));
        let seen: Vec<_> = listing
            .entries
            .iter()
            .map(|e| (e.title.as_str(), e.section.as_deref(), e.length.map(|l| l.as_secs())))
            .collect();
        assert_eq!(
            seen,
            [
                ("Rain", Some("Disc 1"), Some(221)),
                ("Glass", Some("Disc 1"), Some(242)),
                ("Orbit", Some("Disc 2"), Some(179)),
                ("Tide", Some("Disc 2"), Some(120)),
            ]
        );
    }

    #[test]
    fn paragraphs_with_line_breaks_are_text() {
        let listing = all(
            "<p>Hello, here it is.</p>\n<p>1. Velo - Rain<br>2. Nova Kite - Orbit<br/>\n3. Ines Calder - Low Tide</p>",
        );
        assert_eq!(names(&listing), ["Velo/Rain", "Nova Kite/Orbit", "Ines Calder/Low Tide"]);
        let paragraphs =
            all("<p>1. Velo - Rain</p><p>2. Nova Kite - Orbit</p><p>3. Ines Calder - Low Tide</p>");
        assert_eq!(names(&paragraphs), names(&listing));
    }

    #[test]
    fn a_frame_with_an_unlucky_name_is_no_reason_to_find_nothing() {
        let listing = all("<div class='no-sidebar'><ol><li>A B - C<li>D E - F<li>G H - I</ol></div>");
        assert_eq!(listing.entries.len(), 3);
    }

    #[test]
    fn depth_is_no_danger() {
        for tag in ["<div>", "</x><div>", "<b>", "<table>", "<ol><li>", "<font size=1>"] {
            assert!(read(&tag.repeat(3_000), &|_| false).is_err());
            let _ = read(&tag.repeat(900), &|_| false);
        }
        assert!(read(&"<p>1. A - B<td>".repeat(3_000), &|_| false).is_ok());
    }
}
