//! Takes the lines of a page; finds the listing whose entries are two lines each, artist and title, with nothing to tell
//! where an entry begins: the library tells which lines are artists.
//! Never believes that where the library knows few of them, or where artists stand on odd and on even lines.

use super::super::KnowsArtist;
use super::headed::is_known;
use super::layout::{Form, Layout, Row};
use super::line::{LONGEST, Line};
use super::number;
use super::page::is_end;
use super::words::is_listing_word;

/// So many artists have to be known.
const FEWEST: usize = 3;
/// No line of names is longer.
const LONGEST_NAME: usize = 200;

/// The listing, where the page has one of this kind.
pub(super) fn find(lines: &[Line<'_>], knows: &KnowsArtist<'_>) -> Option<Layout> {
    let known: Vec<usize> = (0..lines.len())
        .filter(|index| lines[*index].text.len() < LONGEST_NAME && is_known(&lines[*index].text, knows))
        .collect();
    let of =
        |parity: usize| known.iter().copied().filter(move |index| index % 2 == parity).collect::<Vec<_>>();
    let (even, odd) = (of(0), of(1));
    let (artists, others) = if even.len() > odd.len() { (even, odd) } else { (odd, even) };
    let (first, last) = (*artists.first()?, *artists.last()?);
    let pairs = (last - first) / 2 + 1;
    // A title may be an artist's name as well, and an artist may be missing from the library.
    if artists.len() < FEWEST || others.len() * 4 > artists.len() || artists.len() * 3 < pairs * 2 {
        return None;
    }
    // Where numbers or times stand between them, those tell where an entry begins.
    let says_nothing = |line: &Line<'_>| !line.text.contains(char::is_alphabetic);
    if lines[first..last].iter().filter(|line| says_nothing(line)).count() * 4 > pairs {
        return None;
    }
    // Pages have the title first, unless the list begins with a known artist.
    let title_first = first.checked_sub(1).is_some_and(|above| !begins_list(lines, above, first));
    let form = if title_first { Form::TitleLineFirst } else { Form::ArtistLineFirst };
    let mut layout = Layout { form, ..Layout::default() };
    for artist in (first..=last).step_by(2) {
        let (above, below) = if title_first { (artist - 1, artist) } else { (artist, artist + 1) };
        let Some(second) = lines.get(below).filter(|line| line.text.len() <= LONGEST) else { continue };
        let columns = vec![lines[above].text.clone(), second.text.clone()];
        layout.used.push(below);
        layout.rows.push(Row {
            line: above,
            text: lines[above].raw.to_string(),
            body: columns[0].clone(),
            columns,
            ..Row::default()
        });
    }
    only_numbered(&mut layout, usize::from(!title_first));
    layout.score = layout.score_of_several_lines();
    Some(layout)
}

/// Where most titles have a number, those without tell of the page, and the number is no part of the title.
fn only_numbered(layout: &mut Layout, title: usize) {
    let numbers: Vec<Option<u32>> =
        layout.rows.iter().map(|row| number::lead(&row.columns[title]).map(|n| n.value)).collect();
    let counted = |at: &usize| {
        let near = |other: Option<usize>| other.and_then(|other| *numbers.get(other)?);
        let (before, own, after) = (near(at.checked_sub(1)), numbers[*at], near(Some(at + 1)));
        own.is_some_and(|own| {
            own.checked_sub(1).is_some_and(|less| before == Some(less)) || after == Some(own + 1)
        })
    };
    let counted: Vec<bool> = (0..numbers.len()).map(|at| counted(&at)).collect();
    let count = counted.iter().filter(|counted| **counted).count();
    if count < FEWEST || count * 2 < numbers.len() {
        return;
    }
    let rows = std::mem::take(&mut layout.rows).into_iter().zip(counted).filter(|(_, counted)| *counted);
    for (mut row, _) in rows {
        if let Some(found) = number::lead(&row.columns[title]).filter(|found| !found.rest.is_empty()) {
            (row.number, row.columns[title]) = (Some(found.value), found.rest.to_owned());
            row.body = row.columns[0].clone();
        }
        layout.rows.push(row);
    }
    let lines: Vec<usize> = layout.rows.iter().map(|row| row.line + 1).collect();
    layout.used.retain(|used| lines.binary_search(used).is_ok());
}

/// Whether the first artist has the words above it that announce a list, or nothing.
fn begins_list(lines: &[Line<'_>], above: usize, first: usize) -> bool {
    lines[first].gap || is_listing_word(&lines[above].text) || is_end(&lines[above].text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::line;
    use super::*;

    fn found(text: &str) -> Option<(Form, Vec<String>)> {
        let knows = |name: &str| ["Velo", "Nova Kite", "Ines Calder", "Ada"].contains(&name);
        let layout = find(&line::lines(text), &knows)?;
        Some((layout.form, layout.rows.iter().map(|row| row.columns.join(" / ")).collect()))
    }

    #[test]
    fn the_library_tells_which_lines_are_artists() {
        let (form, rows) = found(
            "My list\n12 likes\nRain\nVelo\nGlass\nUnknown\nLow Tide\nInes Calder\nOrbit\nNova Kite\nHome\n",
        )
        .unwrap();
        assert_eq!(form, Form::TitleLineFirst);
        assert_eq!(rows, ["Rain / Velo", "Glass / Unknown", "Low Tide / Ines Calder", "Orbit / Nova Kite"]);
        let (form, rows) =
            found("Show\nTracklist\nVelo\nRain\nInes Calder, Bo\nGlass\nNova Kite\nOrbit\n").unwrap();
        assert_eq!(form, Form::ArtistLineFirst);
        assert_eq!(rows, ["Velo / Rain", "Ines Calder, Bo / Glass", "Nova Kite / Orbit"]);
        assert_eq!(found("Velo\nNova Kite\nAda\nInes Calder\nRain\nGlass\n"), None, "names alone");
        assert_eq!(found("Rain\nx\nGlass\ny\nSalt\nz\n"), None);
    }
}
