//! Takes a saved page; gives the listing found in it: tables with a title's column, else ordered lists,
//! else the page's text, each read as the same lines would be read when pasted. Several listings
//! follow each other as sections. Never runs, loads or follows anything that the page names.

mod render;
mod source;

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
    let mut listing = if listing.entries.is_empty() { self::listing(&whole, text, knows) } else { listing };
    source::keep(&mut listing, text);
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
    let parts = parts(page, source, knows);
    let main = [Kind::Table, Kind::Ordered]
        .into_iter()
        .find_map(|kind| parts.iter().position(|part| part.block.kind == kind && part.is_main()));
    let mut found = match main {
        Some(main) => {
            let main = &parts[main];
            let (kind, rank) = (main.block.kind, main.rank);
            let taken = |part: &&Part<'_>| (part.block.kind == kind && part.is_main()) || part.goes_on(rank);
            joined(page, parts.iter().filter(taken).collect())
        }
        None => {
            let lines: Vec<String> = page.blocks.iter().flat_map(marked_lines).collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            plain_lines(&lines, source, knows)
        }
    };
    let own = found.title.take();
    // The first of several sections does not name the page.
    let names_all = |heading: &&String| {
        let of_it = |entry: &&Entry| entry.more.section.as_ref() == Some(*heading);
        let entries = found.entries.iter().filter(of_it).count();
        entries == 0 || entries == found.entries.len()
    };
    match (page.heading.as_ref().filter(names_all), &page.title) {
        (Some(heading), _) => plain::name_listing(&mut found, heading, knows),
        (None, title) => found.title = own.or_else(|| title.clone()),
    }
    found
}

/// The lines of a block; a heading is told from a title by its colon.
fn marked_lines(block: &Block) -> Vec<String> {
    let heads = block.kind == Kind::Heading;
    let marked = |line: &str| match heads && line.ends_with(char::is_alphanumeric) {
        true => format!("{line}:"),
        false => line.to_owned(),
    };
    block.lines().map(marked).collect()
}

/// A block of the page that reads as a listing.
struct Part<'a> {
    block: &'a Block,
    /// The heading above it and, of a higher rank, the one above that.
    heading: Option<&'a str>,
    above: Option<&'a str>,
    /// The rank of its heading.
    rank: u8,
    listing: Listing,
}

impl Part<'_> {
    /// Whether it can be what the page is about. Three entries make a list; a table has its head to show.
    fn is_main(&self) -> bool {
        self.listing.entries.len() >= if self.block.kind == Kind::Table { 1 } else { 3 }
    }

    /// Whether it belongs to a page's listing of another kind: its heading names a part of it, or is of the
    /// rank that the listing's own has, or its entries have times.
    fn goes_on(&self, rank: u8) -> bool {
        let entries = self.listing.entries.len();
        let names_part = self.heading.is_some_and(|heading| {
            let heading = heading.to_lowercase();
            plain::names_part(&heading)
                || plain::is_listing_word(&heading)
                || ["bonus", "edition", "hidden track"].iter().any(|word| heading.contains(word))
        });
        let timed = self.listing.entries.iter().filter(|entry| entry.length.is_some()).count();
        let clean = self.listing.unread.len() <= entries / 2;
        let alike = self.block.kind == Kind::Ordered && self.rank == rank && rank > 0;
        (names_part && entries >= 1) || (entries >= 3 && clean && (alike || timed * 4 >= entries * 3))
    }
}

/// The blocks that read as listings, in the page's order.
fn parts<'a>(page: &'a Page, source: &str, knows: &KnowsArtist<'_>) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    let mut headings: Vec<&Block> = Vec::new();
    for block in &page.blocks {
        if block.kind == Kind::Heading {
            headings.retain(|above| above.rank < block.rank);
            headings.push(block);
            continue;
        }
        let mut above = headings.iter().rev().map(|heading| heading.text.trim());
        let (heading, above) = (above.next(), above.next());
        // A paragraph is a listing of its own only where its heading says so.
        let named =
            heading.is_some_and(|heading| plain::names_part(heading) || plain::is_listing_word(heading));
        if block.kind == Kind::Text && !named {
            continue;
        }
        let Some(lines) = head_known(block) else { continue };
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let mut listing = plain_lines(&lines, source, knows);
        if (listing.entries.is_empty() || lines.len() <= 2) && block.kind != Kind::Table && named {
            listing = few(&lines, source, knows);
        }
        let rank = headings.last().map_or(0, |heading| heading.rank);
        parts.push(Part { block, heading, above, rank, listing });
    }
    parts
}

/// Entries under a heading that names a part may be too few to be told from anything else.
fn few(lines: &[&str], source: &str, knows: &KnowsArtist<'_>) -> Listing {
    let unnumbered = |line: &str| {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        line[digits..].strip_prefix(". ").filter(|_| digits > 0).unwrap_or(line).to_owned()
    };
    let bare: Vec<String> =
        lines.iter().filter(|line| line.len() < 200).map(|line| unnumbered(line)).collect();
    let numbered: Vec<String> =
        bare.iter().enumerate().map(|(index, line)| format!("{}. {line}", index + 1)).collect();
    if numbered.is_empty() || numbered.len() > 2 {
        return Listing::default();
    }
    let numbered: Vec<&str> = numbered.iter().map(String::as_str).collect();
    let mut listing = plain_lines(&numbered, source, knows);
    for (entry, line) in listing.entries.iter_mut().zip(bare) {
        entry.number = None;
        entry.more.text = line.trim().to_owned();
    }
    listing
}

/// The parts one behind the other; where there are several, each one's heading is the section.
fn joined(page: &Page, parts: Vec<&Part<'_>>) -> Listing {
    let several = parts.len() > 1;
    let mut all = Listing::default();
    for part in &parts {
        let heading = part.heading.filter(|heading| several && Some(*heading) != page.heading.as_deref());
        // "Side A" of this album and "Side A" of that one.
        let again = parts.iter().any(|other| other.heading == part.heading && other.above != part.above);
        let above = part.above.filter(|above| again && Some(*above) != page.heading.as_deref());
        let section = heading.map(|heading| match above {
            Some(above) => format!("{above}: {heading}"),
            None => heading.to_owned(),
        });
        let disc = heading.and_then(plain::disc_of);
        all.entries.extend(part.listing.entries.iter().cloned().map(|mut entry| {
            if entry.more.section.is_none() && section.is_some() {
                entry.more.section.clone_from(&section);
            }
            Entry { disc: entry.disc.or(disc), ..entry }
        }));
        all.unread.extend(part.listing.unread.iter().cloned());
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
    let mut asides = listing.asides.iter_mut().peekable();
    for unread in &mut listing.unread {
        let line = source_line(source, &index, &mut at, &unread.text);
        while let Some(aside) = asides.next_if(|aside| aside.line <= unread.line) {
            aside.line = line;
            // A page has much around its list that is called like a song.
            aside.near = false;
        }
        *unread = Unread { line, text: unread.text.replace('\t', " ") };
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
            .map(|e| (e.title.as_str(), e.more.section.as_deref(), e.length.map(|l| l.as_secs())))
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
    fn an_entry_alone_on_its_line_has_that_line() {
        let markup = |page: &str| {
            let lines = all(page)
                .entries
                .into_iter()
                .map(|entry| (entry.more.markup.clone(), entry.more.text.clone()));
            lines.collect::<Vec<_>>()
        };
        let list = "<ol>\n  <li><b>Rain</b> <i>3:41</i></li>\n<li>Glass<sup class=reference>[1]</sup> 4:02</li>\n<li>Low\nTide 2:59</li>\n</ol>";
        let own = markup(list);
        assert_eq!(own[0], (Some("<li><b>Rain</b> <i>3:41</i></li>".into()), "1. Rain 3:41".into()));
        assert_eq!(own[1].0.as_deref(), Some("<li>Glass<sup class=reference>[1]</sup> 4:02</li>"));
        assert_eq!(own[2].0, None, "two lines");
        let rows = "<table><tr><th>Title</th><th>Length</th></tr>\n<tr><td>Rain</td><td>3:41</td></tr>\n<tr><td>Glass</td>\n<td>4:02</td></tr></table>";
        let own: Vec<_> = markup(rows).into_iter().map(|(line, _)| line).collect();
        assert_eq!(own, [Some("<tr><td>Rain</td><td>3:41</td></tr>".into()), None]);
        let one = "<ol><li>Velo - Rain<li>Velo - Glass<li>Velo - Salt</ol>";
        assert!(markup(one).iter().all(|(line, _)| line.is_none()), "several on a line");
        let breaks =
            "<p>1.&nbsp;Rain (3:41)<BR>\n2.&nbsp;Rain (3:41)<BR>\n3.&nbsp;Glass &amp; Salt (4:02)</p>";
        let own: Vec<_> = markup(breaks).into_iter().map(|(line, _)| line.unwrap()).collect();
        assert_eq!(
            own,
            ["<p>1.&nbsp;Rain (3:41)<BR>", "2.&nbsp;Rain (3:41)<BR>", "3.&nbsp;Glass &amp; Salt (4:02)</p>"]
        );
    }

    fn sections(listing: &Listing) -> Vec<(&str, &str)> {
        let section = |entry: &'_ Entry| entry.more.section.clone();
        assert_eq!(section(&listing.entries[0]), listing.sections()[0].name);
        let seen =
            listing.entries.iter().map(|e| (e.more.section.as_deref().unwrap_or("-"), e.title.as_str()));
        seen.collect()
    }

    #[test]
    fn a_list_beside_a_table_is_a_part_of_the_listing() {
        let table = "<h2>Track listing</h2><table><tr><th>No.<th>Title<th>Length<tr><td>1.<td>Rain<td>3:41<tr><td>2.<td>Glass<td>4:02</table>";
        let bonus = "<h3>Bonus tracks</h3><ul><li>Orbit<li>Low Tide</ul>";
        let second = "<h2>The other record</h2><ol><li>Amber<li>Basalt<li>Cobalt</ol>";
        let noise = "<h2>Personnel</h2><ul><li>Ana Velo – drums<li>Ines Calder – voice<li>Bo – bass</ul><h3>Read next</h3><ol><li>Ten songs for rain<li>Our week<li>About us</ol>";
        let listing = all(&format!("<h1>Night</h1>{table}{bonus}{second}{noise}"));
        let (first, extra, other) = ("Track listing", "Bonus tracks", "The other record");
        let want = [(first, "Rain"), (first, "Glass"), (extra, "Orbit"), (extra, "Low Tide")];
        assert_eq!(sections(&listing)[..4], want);
        assert_eq!(sections(&listing)[4..], [(other, "Amber"), (other, "Basalt"), (other, "Cobalt")]);
    }

    #[test]
    fn sides_of_two_albums_keep_apart() {
        let list = |words: &str| words.split(' ').map(|word| format!("<li>{word}</li>")).collect::<String>();
        let listing = all(&format!(
            "<h1>Two records</h1><h2>Night</h2><h3>Disc 1</h3><ol>{}</ol><h3>Disc 2</h3><ol>{}</ol><h2>Day</h2><h3>Disc 1</h3><ol>{}</ol>",
            list("Rain Glass Orbit"),
            list("Tide Amber Ash"),
            list("Basalt Cobalt Dune")
        ));
        let names: Vec<_> = listing.sections().into_iter().map(|section| section.name.unwrap()).collect();
        assert_eq!(names, ["Night: Disc 1", "Disc 2", "Day: Disc 1"]);
        assert_eq!(listing.entries[3].disc, Some(2));
    }

    #[test]
    fn lists_of_definitions() {
        let pairs = all("<h1>Mix</h1><dl><dt>Velo<dd>Rain<dt>Nova Kite<dd>Orbit<dt>Velo<dd>Low Tide</dl>");
        assert_eq!(names(&pairs), ["Velo/Rain", "Nova Kite/Orbit", "Velo/Low Tide"]);
        let numbers = all("<dl><dt>1.</dt> <dd>Velo - Rain</dd> <dt>2.</dt> <dd>Nova Kite - Orbit</dd></dl>");
        assert_eq!(names(&numbers), ["Velo/Rain", "Nova Kite/Orbit"]);
        assert_eq!(numbers.entries[1].number, Some(2));
        let times =
            all("<dl><dt>Velo - Rain<dd>3:41<dt>Nova Kite - Orbit<dd>2:59<dt>Ines - Tide<dd>4:00</dl>");
        assert_eq!(times.entries[2].length.map(|length| length.as_secs()), Some(240));
        let sides = all(
            "<dl><dt>Side A<dd>Velo - Rain<dd>Nova Kite - Orbit<dt>Side B<dd>Ines Calder - Low Tide<dd>Velo - Glass</dl>",
        );
        let (a, b) = ("Side A", "Side B");
        assert_eq!(sections(&sides), [(a, "Rain"), (a, "Orbit"), (b, "Low Tide"), (b, "Glass")]);
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
