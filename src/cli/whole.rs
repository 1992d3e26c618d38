//! Takes a listing whose entries are parts of files; gives one for formats that name whole files only, and the
//! words to say about it. Never writes an entry that another player would take for more than it is.

use std::path::Path;

use crate::cue::{Sector, Span};
use crate::playlist::{Details, Entry, Listing};
use crate::sanitise;

/// The pregap that discs have before their first track: two seconds.
const PREGAP: Sector = Sector(150);

/// All tracks of a file in their order become that file. Other parts keep their names alone, as entries
/// without a file do.
pub(super) fn without_parts(listing: &mut Listing, format: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut lost = 0;
    let mut entries: Vec<Entry> = Vec::with_capacity(listing.entries.len());
    let groups = listing.entries.chunk_by(|before, entry| {
        let spans = entry.more.span.zip(before.more.span);
        before.file == entry.file && spans.is_some_and(|(span, before)| span.continues(before))
    });
    for group in groups {
        match (group, &group[0].file) {
            ([first, .., last], Some(file)) if first.more.span.is_some() && is_whole(first, last) => {
                let tracks = group.len();
                let name = sanitise::path(file);
                words.push(format!(
                    "{format} cannot name parts of files: {tracks} tracks are written as the one file {name}; --to cue keeps them"
                ));
                entries.push(disc(file, first, listing.artist.as_deref()));
            }
            (group, Some(_)) if group[0].more.span.is_some() => {
                lost += group.len();
                entries.extend(group.iter().map(nameless));
            }
            (group, _) => entries.extend_from_slice(group),
        }
    }
    if lost > 0 {
        let tracks = if lost == 1 { "1 track is" } else { &format!("{lost} tracks are") };
        words.push(format!(
            "{format} cannot name parts of files: {tracks} written without a file; --to cue keeps them"
        ));
    }
    listing.entries = entries;
    words
}

fn is_whole(first: &Entry, last: &Entry) -> bool {
    let from = first.more.span.map(Span::from);
    from.is_some_and(|from| from <= PREGAP) && last.more.span.is_some_and(|span| span.to().is_none())
}

/// A part of a file by its name alone.
fn nameless(entry: &Entry) -> Entry {
    let mut entry = Entry { file: None, ..entry.clone() };
    entry.more.span = None;
    entry
}

/// A disc as one entry.
fn disc(file: &Path, first: &Entry, artist: Option<&str>) -> Entry {
    let stem = || file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Entry {
        artist: artist.map(str::to_owned),
        title: first.more.album.clone().unwrap_or_else(stem),
        file: Some(file.to_owned()),
        more: Details { album: first.more.album.clone(), ..Details::default() }.into(),
        ..Entry::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(file: &str, from: u32, to: Option<u32>) -> Entry {
        Entry {
            title: format!("from {from}"),
            file: Some(file.into()),
            more: Details {
                album: Some("Night".into()),
                span: Span::new(Sector(from), to.map(Sector)),
                ..Details::default()
            }
            .into(),
            ..Entry::default()
        }
    }

    #[test]
    fn a_disc_becomes_its_file_and_other_parts_names() {
        let whole = Entry { title: "Song".into(), file: Some("song.mp3".into()), ..Entry::default() };
        let entries = vec![
            part("a.flac", 0, Some(500)),
            part("a.flac", 500, Some(900)),
            part("a.flac", 900, None),
            whole.clone(),
            part("b.flac", 500, Some(900)),
        ];
        let mut listing = Listing { artist: Some("Velo".into()), entries, ..Listing::default() };
        let words = without_parts(&mut listing, "m3u8");
        let lines: Vec<_> = listing
            .entries
            .iter()
            .map(|e| (e.title.as_str(), e.file.as_ref().and_then(|f| f.to_str())))
            .collect();
        assert_eq!(lines, [("Night", Some("a.flac")), ("Song", Some("song.mp3")), ("from 500", None)]);
        assert_eq!(
            words,
            [
                "m3u8 cannot name parts of files: 3 tracks are written as the one file a.flac; --to cue keeps them",
                "m3u8 cannot name parts of files: 1 track is written without a file; --to cue keeps them",
            ]
        );
    }
}
