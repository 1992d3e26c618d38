//! Takes the lines of a page and where each went; gives those that are no entries: as unread, and as asides where a library
//! may yet know them for titles.
//! Never makes an entry of one.

use super::layout::{Form, Row};
use super::line::Line;
use super::{Place, front, messages};
use crate::playlist::{Aside, Unread};

/// What could be an entry, for a library to tell.
pub(super) fn aside(line: &Line<'_>, before: usize) -> Aside {
    let text = messages::said(&line.text).unwrap_or_else(|| front::read(&line.text, true, true).body);
    Aside { before, line: line.number, text: text.to_owned() }
}

/// The lines that stand among entries that share nothing but being lines, and the messages among those that ask for
/// something: they may be titles.
pub(super) fn asides(lines: &[Line<'_>], rows: &[Row], places: &[Place], form: Form) -> Vec<Aside> {
    let bare = rows.iter().all(|row| row.number.is_none() && row.length.is_none() && row.columns.is_empty());
    let (true, Some(first)) = (bare, rows.first()) else { return Vec::new() };
    let entry = |line: usize| places.get(line) == Some(&Place::Entry);
    let near = |line: &usize| {
        let above = entry(line.wrapping_sub(1)) && !lines[*line].gap;
        let below = entry(line + 1) && !lines[line + 1].gap;
        form == Form::Chat || lines[*line].said || above || below
    };
    let from = if form == Form::Chat { 0 } else { first.line };
    let unread = (from..lines.len()).filter(|line| places[*line] == Place::Unread).filter(near);
    unread.map(|line| aside(&lines[line], rows.partition_point(|row| row.line < line))).collect()
}

/// The lines that `is_unread` at their index, as the listing shows them.
pub(super) fn unread(lines: &[Line<'_>], is_unread: impl Fn(usize) -> bool) -> Vec<Unread> {
    let unread = lines.iter().enumerate().filter(|(index, _)| is_unread(*index));
    unread.map(|(_, line)| Unread { line: line.number, text: line.raw.to_string() }).collect()
}
