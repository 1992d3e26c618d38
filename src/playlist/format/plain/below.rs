//! Takes the rows of a page and the lines right below each; gives rows what those say of them: how long a track is, which
//! version it is.
//! Never takes a line that another room has used.

use super::credit::is_credit;
use super::layout::{Form, Row};
use super::line::Line;
use super::sums::is_total;
use super::words::is_version;
use super::{Place, time};

/// A time at the end of the credits below an entry is the entry's (Discogs prints them so).
pub(super) fn times_below(lines: &[Line<'_>], rows: &mut [Row], places: &mut [Place]) {
    for row in rows.iter_mut().filter(|row| row.length.is_none() && row.columns.is_empty()) {
        let below = (row.line + 1..lines.len()).take(4);
        let own = below.take_while(|index| places[*index] == Place::Unread && !lines[*index].gap);
        for index in own {
            let line = &lines[index];
            let timed = time::tail(&line.text).filter(|found| !is_total(found.rest));
            let belongs = |rest: &str| rest.is_empty() || line.indented || is_credit(rest);
            if let Some(found) = timed.filter(|found| belongs(found.rest)) {
                row.length = Some(found.length);
                places[index] = Place::Context;
                break;
            }
        }
    }
}

/// A line in brackets below a title says which version it is: "(acoustic)".
pub(super) fn remarks_below(lines: &[Line<'_>], rows: &mut [Row], places: &mut [Place], form: Form) {
    for row in rows.iter_mut().filter(|_| form == Form::Titles) {
        let Some(below) = lines.get(row.line + 1).filter(|below| !below.gap) else { continue };
        let inner = below.text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
        // More words than these tell how it went: "(with an extended outro)".
        let version = |inner: &str| {
            let lower = inner.to_lowercase();
            is_version(inner)
                && inner.split_whitespace().count() <= 3
                && !["cover", "debut", "premiere", "with "].iter().any(|word| lower.contains(word))
        };
        if inner.is_some_and(version) && places[row.line + 1] == Place::Unread {
            row.body = format!("{} {}", row.body, below.text);
            places[row.line + 1] = Place::Context;
        }
    }
}
