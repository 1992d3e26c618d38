//! Takes the lines of a page where several people write, each in a way of their own; gives the listing of their posts, every
//! post read by itself.
//! Never takes what others say of a page's own list for a part of it.

use super::super::KnowsArtist;
use super::line::Line;
use super::page::is_tally;
use super::separator::SPACED_DASHES;
use super::unread::{aside, unread};
use super::{posts, read_lines};
use crate::playlist::talk::without_addition;
use crate::playlist::{Aside, Entry, Listing};

/// So many entries above the first comment are a page's own list, and what others say of it is none.
const OWN_LIST: usize = 5;

/// Fewer entries than these are hardly a list.
const FEWEST: usize = 3;

/// The listing of a page where several people write, each in a way of their own: every post is read by itself.
pub(super) fn thread(lines: &[Line<'_>], knows: &KnowsArtist<'_>) -> Option<Listing> {
    let posts = posts::posts(lines);
    if posts.is_empty() {
        return None;
    }
    let (posts, tallies): (Vec<Vec<Line<'_>>>, Vec<Vec<Line<'_>>>) =
        posts.into_iter().map(|post| said(&lines[post])).unzip();
    let read = posts.iter().map(|post| (post.as_slice(), read_lines(post, knows).0));
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
    // Among such posts a line of several pieces, one of which names who plays, is a track and what somebody says of it:
    // "Rain, Velo, when Ana still sang".
    let one_each = singles >= FEWEST && singles * 2 >= read.len();
    let talk = |lines: &[Line<'_>], listing: &Listing| {
        let names = |entry: &Entry| knows(&entry.title) || entry.artist.as_deref().is_some_and(knows);
        let several = lines.len() == 1 && listing.entries.len() > 1 && !credited(listing);
        one_each && several && listing.entries.iter().any(names)
    };
    let mut whole = Listing::default();
    for (lines, listing) in read {
        let before = whole.entries.len();
        if talk(lines, &listing) || led_up_to(lines, &listing, knows) {
            whole.asides.extend(lines.iter().map(|line| aside(line, before)));
            whole.unread.extend(unread(lines, |_| true));
            continue;
        }
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
    whole.unread.extend(tallies.iter().flat_map(|lines| unread(lines, |_| true)));
    (whole.entries.len() >= FEWEST).then_some(whole)
}

/// Whether a post of one line has words before its track that only a library tells from it: "nobody said Rain by Velo?", or the
/// name of who plays, "velo rain / the slow one".
fn led_up_to(lines: &[Line<'_>], listing: &Listing, knows: &KnowsArtist<'_>) -> bool {
    let ([line], [entry]) = (lines, listing.entries.as_slice()) else { return false };
    let known = entry.artist.as_deref().is_none_or(knows);
    let words: Vec<&str> = entry.title.split_whitespace().collect();
    let dashed = SPACED_DASHES.iter().any(|dash| line.text.contains(dash));
    let named = || !dashed && (1..words.len().min(4)).any(|count| knows(&words[..count].join(" ")));
    without_addition(&line.text).is_some() || (!known && named())
}

/// What a post says, and the lines of it with which the page counts its readers. Of a post of one line that names a track, the
/// sentence that does: "Rain - Velo. Nothing will ever top that."
fn said<'a>(post: &[Line<'a>]) -> (Vec<Line<'a>>, Vec<Line<'a>>) {
    let (tallies, mut words): (Vec<Line<'a>>, Vec<Line<'a>>) =
        post.iter().cloned().partition(|line| is_tally(&line.text));
    if let [line] = words.as_mut_slice() {
        line.text.truncate(sentence(&line.text).len());
    }
    (words, tallies)
}

/// The sentence with which a text begins, where it has a sign between two names.
fn sentence(text: &str) -> &str {
    /// Words that are shortened, and end no sentence.
    const SHORT: &[&str] = &[
        "feat", "vol", "pts", "mrs", "etc", "orch", "arr", "str", "jr", "sr", "vs", "mr", "dr", "st", "ms",
        "no", "pt", "op",
    ];
    let sign = [" - ", " – ", " — ", " by ", ": "]
        .iter()
        .filter_map(|sign| Some(text.find(sign)? + sign.len()))
        .min();
    let Some(from) = sign else { return text };
    let ends = |at: &usize| {
        let word = text[from..*at].rsplit([' ', '(']).next().unwrap_or_default().to_lowercase();
        let word = word.trim_end_matches([')', '"', '”']);
        word.chars().count() >= 2 && word.chars().all(char::is_alphanumeric) && !SHORT.contains(&word)
    };
    let stop = text[from..].match_indices(". ").map(|(at, _)| from + at).find(ends);
    stop.map_or(text, |at| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_names_its_track_first() {
        for (text, first) in [
            ("Rain - Velo. Nothing will ever top that.", "Rain - Velo"),
            ("Rain - Velo (at the Hall). Where is it??", "Rain - Velo (at the Hall)"),
            ("Rain by Velo. \"The door slams\" every time", "Rain by Velo"),
            ("Velo: Rain. too short", "Velo: Rain"),
            ("Rain - Dr. Velo", "Rain - Dr. Velo"),
            ("Velo - Rain Pts. One (feat. Ana)", "Velo - Rain Pts. One (feat. Ana)"),
            ("Rain. Velo.", "Rain. Velo."),
        ] {
            assert_eq!(sentence(text), first, "{text}");
        }
    }
}
