//! Takes the lines of a page where several people write, each in a way of their own; gives the listing of their posts, every
//! post read by itself.
//! Never takes what others say of a page's own list for a part of it.

use super::super::KnowsArtist;
use super::line::Line;
use super::unread::{aside, unread};
use super::{posts, read_lines};
use crate::playlist::{Aside, Listing};

/// So many entries above the first comment are a page's own list, and what others say of it is none.
const OWN_LIST: usize = 5;

/// Fewer entries than these are hardly a list.
const FEWEST: usize = 3;

/// The listing of a page where several people write, each in a way of their own: every post is read by itself.
pub(super) fn thread(lines: &[Line<'_>], knows: &KnowsArtist<'_>) -> Option<Listing> {
    let posts = posts::posts(lines);
    let read = posts.into_iter().map(|post| (&lines[post.clone()], read_lines(&lines[post], knows).0));
    let read: Vec<(&[Line<'_>], Listing)> = read.collect();
    if read.first().is_some_and(|(_, listing)| listing.entries.len() >= OWN_LIST) {
        return None;
    }
    // Talk has the looks of a track here and there.
    let credited = |listing: &Listing| listing.entries.iter().all(|entry| entry.artist.is_some());
    let lists = |lines: &[Line<'_>], listing: &Listing| {
        let artists = listing.entries.iter().filter_map(|entry| entry.artist.as_deref());
        let most = listing.entries.len() >= FEWEST && listing.entries.len() * 2 > lines.len();
        most || artists.filter(|artist| knows(artist)).count() > 0
    };
    // Where one post after another is a track, those are, too, of whose artists the library has nothing.
    let single = |lines: &[Line<'_>], listing: &Listing| {
        lines.len() == 1 && listing.entries.len() == 1 && credited(listing)
    };
    let singles =
        read.iter().filter(|(lines, listing)| single(lines, listing) && lists(lines, listing)).count();
    let mut whole = Listing::default();
    for (lines, listing) in read {
        let before = whole.entries.len();
        if lists(lines, &listing) || (singles >= FEWEST && single(lines, &listing)) {
            // A post has no heading: its first line is somebody's first wish, or nothing.
            let first =
                listing.title.as_ref().and_then(|title| lines.iter().find(|line| line.text == *title));
            whole.asides.extend(first.map(|line| aside(line, before)));
            whole.title = whole.title.or(listing.title);
            whole.entries.extend(listing.entries);
            whole.unread.extend(listing.unread);
            let asides = listing.asides.into_iter();
            whole.asides.extend(asides.map(|aside| Aside { before: before + aside.before, ..aside }));
        } else {
            whole.asides.extend(lines.iter().map(|line| aside(line, before)));
            whole.unread.extend(unread(lines, |_| true));
        }
    }
    (whole.entries.len() >= FEWEST).then_some(whole)
}
