//! Takes the lines of a page and where each went; gives those that are no entries: as unread, and as asides where a library
//! may yet know them for titles.
//! Never makes an entry of one.

use super::layout::{Form, Row};
use super::line::Line;
use super::number::Style;
use super::{Place, front, messages};
use crate::playlist::{Aside, Unread};

/// What could be an entry, for a library to tell.
pub(super) fn aside(line: &Line<'_>, before: usize) -> Aside {
    // A number without a mark may be the title's first word: "7 Tides".
    let body = || {
        let front = front::read(&line.text, true, true);
        let bare = front.number.is_some_and(|number| number.style == Style::Bare);
        if bare { front::read(&line.text, false, true).body } else { front.body }
    };
    let text = messages::said(&line.text).unwrap_or_else(body);
    Aside { before, line: line.number, text: text.to_owned(), near: true }
}

/// The lines that are no entries and that a library may know. Those among entries that share nothing but being lines, and the
/// messages among those that ask for something, may be titles.
pub(super) fn asides(lines: &[Line<'_>], rows: &[Row], places: &[Place], form: Form) -> Vec<Aside> {
    let bare = rows.iter().all(|row| row.number.is_none() && row.length.is_none() && row.columns.is_empty());
    let entry = |line: usize| places.get(line) == Some(&Place::Entry);
    let from = if form == Form::Chat { Some(0) } else { rows.first().map(|row| row.line) };
    let near = |line: usize| {
        let above = entry(line.wrapping_sub(1)) && !lines[line].gap;
        let below = entry(line + 1) && !lines[line + 1].gap;
        let among = form == Form::Chat || lines[line].said || above || below;
        among && bare && from.is_some_and(|from| line >= from)
    };
    let aside = |line: usize, before: usize| {
        let words = if near(line) { return aside(&lines[line], before) } else { &lines[line] };
        Aside { before, line: words.number, text: words.text.clone(), near: false }
    };
    let (mut found, mut before) = (Vec::new(), 0);
    for (line, place) in places.iter().enumerate() {
        match place {
            // A chat's line may hold several.
            Place::Entry => before = rows.partition_point(|row| row.line <= line),
            Place::Unread => found.push(aside(line, before)),
            Place::Context => {}
        }
    }
    found
}

/// The lines that `is_unread` at their index, as the listing shows them.
pub(super) fn unread(lines: &[Line<'_>], is_unread: impl Fn(usize) -> bool) -> Vec<Unread> {
    let unread = lines.iter().enumerate().filter(|(index, _)| is_unread(*index));
    unread.map(|(_, line)| Unread { line: line.number, text: line.raw.to_string() }).collect()
}
