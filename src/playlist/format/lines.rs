//! Takes a text and a byte offset in it; gives the number of the line, for messages; a listing and its source, and
//! gives each entry the line that it stands on.
//! Never fails: an offset beyond the end lies on the last line.

use crate::playlist::Listing;

/// Byte offsets to line numbers.
pub(super) struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    pub(super) fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self { starts: std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect() }
    }

    /// The line, from 1, that holds this offset.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }
}

/// Gives each entry that a format shows otherwise than it is written the line of its source. `shown` has the source's
/// lines in their places; entries are in the order of their lines. A line that holds several is no one's own.
pub(super) fn keep_source(listing: &mut Listing, shown: &str, source: &str) {
    let mut lines = shown.split('\n').zip(source.split('\n')).enumerate().peekable();
    let mut found: Vec<Option<(usize, &str)>> = Vec::with_capacity(listing.entries.len());
    for entry in &listing.entries {
        while lines.next_if(|(_, (shown, _))| !shown.contains(entry.more.text.as_str())).is_some() {}
        found.push(lines.peek().map(|(index, (_, line))| (*index, line.trim())));
    }
    for (at, entry) in listing.entries.iter_mut().enumerate() {
        let Some((index, line)) = found[at] else { return };
        let shared = |other: Option<usize>| {
            other.and_then(|other| *found.get(other)?).is_some_and(|(other, _)| other == index)
        };
        if line != entry.more.text && !shared(at.checked_sub(1)) && !shared(Some(at + 1)) {
            entry.more.markup = Some(line.to_owned());
        }
    }
}

/// Lines end in LF, CRLF or CR; spaces may belong to a file's name.
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> + Clone {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}
