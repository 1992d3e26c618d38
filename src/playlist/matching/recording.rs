//! Takes tracks that may be twins; gives the groups of files that hold the same recording (rips of
//! one disc, the same song on a compilation), and later the best file of a group.
//! Never lets the quality of a file decide what it is.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::collection::Collection;
use super::index::{Index, Place};
use super::key::key;
use super::normalise::Phrase;
use super::version::Version;
use super::view::{Described, View};
use crate::library::Track;

/// Rips of one recording differ in length by no more than this many seconds.
const SAME_LENGTH: f64 = 2.0;

/// A file is held against so many of its length: hundreds of "Intro"s are no twins.
const MOST_TWINS: usize = 50;

/// The recordings among all tracks that are twins of `track`, twins of these, and so on. A
/// recording is its tracks by path.
pub(super) fn around(tracks: &Collection<'_>, track: usize) -> Vec<Vec<usize>> {
    let mut known = BTreeSet::from([track]);
    let mut open = vec![track];
    while let Some(at) = open.pop() {
        let described = tracks.described(at);
        for view in accounts(&described) {
            let title = view.title.base().glued.as_str();
            for other in neighbours(&tracks.bucket(title), tracks, at) {
                let twin = |v: &&View| v.title.base().glued == title && same(tracks, (at, view), (other, v));
                if !known.contains(&other) && accounts(&tracks.described(other)).any(|v| twin(&v)) {
                    known.insert(other);
                    open.push(other);
                }
            }
        }
    }
    group(tracks, &known)
}

/// The accounts of a file that are good enough to call it a twin of another.
fn accounts(track: &Described) -> impl Iterator<Item = &View> {
    track.views.iter().filter(|v| v.cost < super::weights::SECOND_READING)
}

/// The tracks of known length that may have a title, with their lengths, by length.
pub(super) type Bucket = Vec<(f64, usize)>;

/// That of a title.
pub(super) fn bucket(index: &Index, title: &str) -> Bucket {
    let all = index.exact.of(key(title)).map(|id| id as usize);
    let mut timed: Bucket = all.filter_map(|at| Some((index.place(at).seconds?, at))).collect();
    timed.sort_by(by_length);
    timed
}

fn by_length(a: &(f64, usize), b: &(f64, usize)) -> std::cmp::Ordering {
    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
}

/// The tracks of a bucket that are as long as `at`.
fn neighbours(bucket: &Bucket, tracks: &Collection<'_>, at: usize) -> Vec<usize> {
    let here = (tracks.place(at).seconds.unwrap_or(f64::INFINITY), at);
    let Ok(rank) = bucket.binary_search_by(|other| by_length(other, &here)) else {
        return Vec::new();
    };
    let near = |other: &&(f64, usize)| (other.0 - here.0).abs() <= SAME_LENGTH;
    let after = bucket[rank + 1..].iter().take(MOST_TWINS).take_while(near);
    let before = bucket[..rank].iter().rev().take(MOST_TWINS).take_while(near);
    after.chain(before).map(|(_, at)| *at).collect()
}

/// Groups tracks, title by title; a track without a twin is a group of its own.
fn group(tracks: &Collection<'_>, all: &BTreeSet<usize>) -> Vec<Vec<usize>> {
    let mut buckets: BTreeMap<&str, Vec<(usize, &View)>> = BTreeMap::new();
    let described: Vec<(usize, Arc<Described>)> =
        all.iter().filter(|_| all.len() > 1).map(|at| (*at, tracks.described(*at))).collect();
    for (at, track) in &described {
        for view in accounts(track) {
            buckets.entry(&view.title.base().glued).or_default().push((*at, view));
        }
    }
    let mut of: BTreeMap<usize, usize> = all.iter().map(|at| (*at, *at)).collect();
    let mut groups: BTreeMap<usize, Vec<usize>> = all.iter().map(|at| (*at, vec![*at])).collect();
    for bucket in buckets.values_mut() {
        let length = |at: usize| (tracks.place(at).seconds.unwrap_or(f64::INFINITY), at);
        bucket.sort_by(|a, b| by_length(&length(a.0), &length(b.0)));
        for (rank, a) in bucket.iter().enumerate() {
            for b in bucket[rank + 1..].iter().take(MOST_TWINS) {
                let seconds = |at: usize| tracks.place(at).seconds;
                let (Some(shorter), Some(longer)) = (seconds(a.0), seconds(b.0)) else { break };
                if longer - shorter > SAME_LENGTH {
                    break;
                }
                if of[&a.0] != of[&b.0] && same(tracks, *a, *b) {
                    join(tracks, &mut groups, &mut of, a.0, b.0);
                }
            }
        }
    }
    let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
    groups.iter_mut().for_each(|tracks| tracks.sort_unstable());
    groups
}

/// Joins two groups, unless that would put two numbers of one folder together.
fn join(
    tracks: &Collection<'_>,
    groups: &mut BTreeMap<usize, Vec<usize>>,
    of: &mut BTreeMap<usize, usize>,
    a: usize,
    b: usize,
) {
    let (to, from) = (of[&a].min(of[&b]), of[&a].max(of[&b]));
    let apart = groups[&to]
        .iter()
        .any(|x| groups[&from].iter().any(|y| siblings(&tracks.place(*x), &tracks.place(*y))));
    if apart {
        return;
    }
    for track in groups.remove(&from).unwrap_or_default() {
        of.insert(track, to);
        groups.entry(to).or_default().push(track);
    }
}

/// Whether two files stand in one folder under different numbers.
fn siblings(a: &Place, b: &Place) -> bool {
    let numbered = a.number.is_some() && b.number.is_some();
    a.folder == b.folder && numbered && (a.number, a.disc) != (b.number, b.disc)
}

/// Whether two files of one title and length hold one recording.
fn same(tracks: &Collection<'_>, (a, view_a): (usize, &View), (b, view_b): (usize, &View)) -> bool {
    let (ta, tb) = (&view_a.title, &view_b.title);
    if ta.numbers != tb.numbers || ta.versions.label != tb.versions.label {
        return false;
    }
    let (place_a, place_b) = (tracks.place(a), tracks.place(b));
    let (a, b) = (tracks.described(a), tracks.described(b));
    let kinds = |d: &Described, v: &View| -> Vec<Version> {
        let all = v.title.versions.kinds.union(&d.surroundings);
        all.copied().filter(|kind| *kind != Version::Remaster).collect()
    };
    if kinds(&a, view_a) != kinds(&b, view_b) {
        return false;
    }
    let named =
        |names: &[Phrase], others: &[Phrase]| names.iter().any(|x| others.iter().any(|y| x.glued == y.glued));
    match (view_a.artists.is_empty(), view_b.artists.is_empty()) {
        (false, false) => named(&view_a.artists, &view_b.artists),
        (false, true) => named(&view_a.artists, &b.hints),
        (true, false) => named(&view_b.artists, &a.hints),
        (true, true) => place_a.number.is_some() && place_a.number == place_b.number,
    }
}

/// The file of a recording that is to be played: from the release that most of the listing
/// comes from (`vouched`), then lossless, then by bit rate, then by path.
pub(super) fn choose<'a>(
    members: &[usize],
    track: impl Fn(usize) -> Option<Cow<'a, Track>>,
    vouched: impl Fn(usize) -> bool,
) -> Option<usize> {
    let rank = |at: usize| {
        let track = track(at);
        let rate = track.as_ref().and_then(|track| track.bitrate).unwrap_or(0);
        let lossless = track.is_some_and(|track| track.codec.is_lossless());
        (vouched(at), lossless, if lossless { 0 } else { rate })
    };
    members.iter().copied().max_by(|a, b| rank(*a).cmp(&rank(*b)).then(b.cmp(a)))
}
