//! Takes described tracks; gives groups of files that hold the same recording (rips of one
//! disc, the same song on a compilation), and later the best file of a group.
//! Never lets the quality of a file decide what it is.

use std::collections::HashMap;

use super::normalise::Phrase;
use super::version::Version;
use super::view::{Described, View};
use crate::library::Track;

/// Rips of one recording differ in length by no more than this many seconds.
const SAME_LENGTH: f64 = 2.0;

/// A file is held against so many of its length: hundreds of "Intro"s are no twins.
const MOST_TWINS: usize = 50;

/// The groups of a library.
#[derive(Debug, Default)]
pub(super) struct Recordings {
    /// The tracks of each recording, by path.
    pub(super) members: Vec<Vec<usize>>,
    /// The recording of each track.
    pub(super) of: Vec<usize>,
}

/// Groups all tracks; a track without a twin is a group of its own.
pub(super) fn group(described: &[Described]) -> Recordings {
    let mut buckets: HashMap<&str, Vec<(usize, &View)>> = HashMap::new();
    for (at, track) in described.iter().enumerate() {
        for view in track.views.iter().filter(|v| v.cost < super::weights::SECOND_READING) {
            buckets.entry(&view.title.base().glued).or_default().push((at, view));
        }
    }
    let mut groups: Vec<Vec<usize>> = (0..described.len()).map(|at| vec![at]).collect();
    let mut of: Vec<usize> = (0..described.len()).collect();
    let mut names: Vec<&str> = buckets.keys().copied().collect();
    names.sort_unstable();
    for name in names {
        let Some(bucket) = buckets.get_mut(name) else { continue };
        let seconds = |at: usize| described[at].seconds.unwrap_or(f64::INFINITY);
        bucket.sort_by(|a, b| {
            seconds(a.0).total_cmp(&seconds(b.0)).then_with(|| described[a.0].path.cmp(&described[b.0].path))
        });
        for (rank, (a, view_a)) in bucket.iter().enumerate() {
            for (b, view_b) in bucket[rank + 1..].iter().take(MOST_TWINS) {
                if seconds(*b) - seconds(*a) > SAME_LENGTH || seconds(*b).is_infinite() {
                    break;
                }
                if of[*a] != of[*b] && same(&described[*a], view_a, &described[*b], view_b) {
                    join(described, &mut groups, &mut of, *a, *b);
                }
            }
        }
    }
    let mut members: Vec<Vec<usize>> = groups.into_iter().filter(|g| !g.is_empty()).collect();
    // By path, so that ties are broken alike in whatever order the tracks came.
    let path = |track: &usize| described[*track].path.as_str();
    members.iter_mut().for_each(|tracks| tracks.sort_by(|a, b| path(a).cmp(path(b)).then(a.cmp(b))));
    members.sort_by(|a, b| path(&a[0]).cmp(path(&b[0])));
    for (group, tracks) in members.iter().enumerate() {
        tracks.iter().for_each(|track| of[*track] = group);
    }
    Recordings { members, of }
}

/// Joins two groups, unless that would put two numbers of one folder together.
fn join(described: &[Described], groups: &mut [Vec<usize>], of: &mut [usize], a: usize, b: usize) {
    let (to, from) = (of[a].min(of[b]), of[a].max(of[b]));
    if groups[to].iter().any(|x| groups[from].iter().any(|y| siblings(&described[*x], &described[*y]))) {
        return;
    }
    for track in std::mem::take(&mut groups[from]) {
        of[track] = to;
        groups[to].push(track);
    }
}

/// Whether two files stand in one folder under different numbers.
fn siblings(a: &Described, b: &Described) -> bool {
    let numbered = a.number.is_some() && b.number.is_some();
    a.folder == b.folder && numbered && (a.number, a.disc) != (b.number, b.disc)
}

/// Whether two files of one title and length hold one recording.
fn same(a: &Described, view_a: &View, b: &Described, view_b: &View) -> bool {
    let kinds = |d: &Described, v: &View| -> Vec<Version> {
        let all = v.title.versions.kinds.union(&d.surroundings);
        all.copied().filter(|kind| *kind != Version::Remaster).collect()
    };
    let (ta, tb) = (&view_a.title, &view_b.title);
    if kinds(a, view_a) != kinds(b, view_b)
        || ta.numbers != tb.numbers
        || ta.versions.label != tb.versions.label
    {
        return false;
    }
    let named =
        |names: &[Phrase], others: &[Phrase]| names.iter().any(|x| others.iter().any(|y| x.glued == y.glued));
    match (view_a.artists.is_empty(), view_b.artists.is_empty()) {
        (false, false) => named(&view_a.artists, &view_b.artists),
        (false, true) => named(&view_a.artists, &b.hints),
        (true, false) => named(&view_b.artists, &a.hints),
        (true, true) => a.number.is_some() && a.number == b.number,
    }
}

/// The file of a recording that is to be played: from the release that most of the listing
/// comes from (`vouched`, in steps), then lossless, then by bit rate, then by path.
pub(super) fn choose(members: &[usize], tracks: &[Track], vouched: impl Fn(usize) -> bool) -> Option<usize> {
    let rank = |at: usize| {
        let track = &tracks[at];
        let rate = track.bitrate.unwrap_or(0);
        (vouched(at), track.codec.is_lossless(), if track.codec.is_lossless() { 0 } else { rate })
    };
    members
        .iter()
        .copied()
        .max_by(|a, b| rank(*a).cmp(&rank(*b)).then_with(|| tracks[*b].path.cmp(&tracks[*a].path)))
}
