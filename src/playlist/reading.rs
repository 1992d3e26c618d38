//! Takes the bytes of a listing and a library; gives the listing as a reader of its format and the library together see it.
//! The library knows who is an artist while the lines are read, what a page puts around the names, which words amid talk
//! are titles, and where in a line its tracks stand. Never looks for files.

use super::format::{self, KnowsArtist, ReadError};
use super::matching::{Index, Spotter, Tracks};
use super::{Entry, Listing, asides, endings, witness};

/// How a listing is told what format it is in.
#[derive(Debug, Clone, Copy)]
pub enum Kind<'a> {
    /// In this one, whatever it looks like.
    Named(&'a str),
    /// A file's name, an extension, or nothing: the content may decide.
    Hinted(Option<&'a str>),
}

/// Reads a listing with the help of the library that `index` was made of.
pub fn read(bytes: &[u8], kind: Kind<'_>, index: &Index, tracks: &dyn Tracks) -> Result<Listing, ReadError> {
    let knows: &KnowsArtist<'_> = &|name| index.knows_artist(name);
    let read = |bytes: &[u8]| match kind {
        Kind::Named(format) => format::read_as(bytes, format, knows),
        Kind::Hinted(hint) => format::read_with(bytes, hint, knows),
    };
    let mut listing = read(bytes)?;
    if let Some(other) = without_endings(bytes, index, &listing, &read) {
        listing = other;
    }
    asides::settle(&mut listing, &|text| index.recognises(text));
    let spotter = Spotter::new(index, tracks);
    witness::settle(&mut listing, &|line| spotter.spot(line));
    Ok(listing)
}

/// The listing without what its page puts behind every line, where the library has more of it so.
fn without_endings(
    bytes: &[u8],
    index: &Index,
    listing: &Listing,
    read: &dyn Fn(&[u8]) -> Result<Listing, ReadError>,
) -> Option<Listing> {
    /// Fewer tracks may be called like that by chance.
    const FEWEST: usize = 3;
    let text = endings::without(&format::decode(bytes).ok()?)?;
    let other = read(text.as_bytes()).ok()?;
    let has = |entry: &&Entry| {
        index.has_title(&entry.title) && entry.artist.as_deref().is_none_or(|name| index.knows_artist(name))
    };
    let known = |listing: &Listing| listing.entries.iter().filter(has).count();
    (known(&other) >= FEWEST + 2 * known(listing)).then_some(other)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::library::{Tags, Track};

    /// The entries of a listing, read beside a library that has Velo's "Rain", "Glass" and "Salt".
    fn names(text: &str) -> Vec<String> {
        let track = |title: &str| {
            let tags =
                Tags { title: Some(title.to_owned()), artist: Some("Velo".to_owned()), ..Tags::default() };
            Track { path: format!("/m/{title}.flac").into(), tags, ..Track::default() }
        };
        let tracks = ["Rain", "Glass", "Salt"].map(track).to_vec();
        let listing = read(text.as_bytes(), Kind::Hinted(None), &Index::new(&tracks), &tracks).unwrap();
        let name = |entry: &Entry| format!("{} / {}", entry.artist.as_deref().unwrap_or("-"), entry.title);
        listing.entries.iter().map(name).collect()
    }

    #[test]
    fn what_the_page_puts_around_names_is_told_from_them() {
        let want = ["Velo / Rain", "Velo / Glass", "Velo / Salt", "Ana / Mist", "Ana / Low Tide"];
        let songs = ["Rain - Velo", "Glass - Velo", "Salt - Velo", "Mist - Ana", "Low Tide - Ana"];
        let page = |line: &dyn Fn(&str) -> String| songs.map(line).join("\n");
        assert_eq!(names(&page(&|song| format!("{song} Listen"))), want);
        assert_eq!(names(&page(&|song| format!("> Jo: {song}"))), want);
        assert_eq!(names(&page(&|song| song.to_owned())), want);
        let live = names(&page(&|song| format!("{song} (live)")));
        assert!(live.iter().all(|name| name.contains("(live)")), "which version it is stays: {live:?}");
    }
}
