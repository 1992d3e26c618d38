//! Takes what each request would choose for now; gives how the numbers of releases follow the numbers of the listing, and
//! which discs the lengths of their numbers make known.
//! Never looks at a title or a name: numbers and lengths only.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::collection::Collection;
use super::context::Leaning;
use super::index::Index;
use super::request::Request;
use super::weights as w;

/// A disc that the lengths of its numbers make known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Disc {
    /// What the release calls it.
    pub(super) name: Option<u32>,
    /// Numbers that have the written length.
    pub(super) pairs: usize,
}

/// How a release's numbers follow the listing's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Numbering {
    /// Counted by position in the listing, not by the number written.
    pub(super) by_position: bool,
    /// Counted through all discs.
    pub(super) running: bool,
    /// File number less listing number.
    pub(super) offset: i64,
    /// Share of the pairs that follow it.
    pub(super) share: f64,
    /// Pairs that follow it.
    pub(super) pairs: usize,
}

/// Requests that would follow a numbering: by position, running, offset.
type Votes = BTreeMap<(bool, bool, i64), Vec<usize>>;

/// The disc of each request: another one begins where the numbers do not rise.
pub(super) fn disc_of(requests: &[Request]) -> Vec<usize> {
    let (mut disc, mut last) = (0, 0);
    let mut next = |request: &Request| {
        if let Some(number) = request.number {
            disc += usize::from(number <= last);
            last = number;
        }
        disc
    };
    requests.iter().map(&mut next).collect()
}

/// The releases in which most written numbers of a disc have the written length, by release and disc: what disc
/// databases know a disc by.
pub(super) fn discs(
    index: &Index,
    requests: &[Request],
    disc_of: &[usize],
) -> BTreeMap<(usize, usize), Disc> {
    let mut sizes: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    let mut lengths: HashMap<u32, Vec<(usize, f64)>> = HashMap::new();
    for (request, disc) in requests.iter().zip(disc_of) {
        let (all, timed) = sizes.entry(*disc).or_default();
        *all += 1;
        if let (Some(number), Some(seconds)) = (request.number, request.seconds) {
            *timed += 1;
            lengths.entry(number).or_default().push((*disc, seconds));
        }
    }
    sizes.retain(|_, (_, timed)| *timed >= w::DISC_PAIRS);
    if sizes.is_empty() {
        return BTreeMap::new();
    }
    lengths.values_mut().for_each(|all| all.retain(|(disc, _)| sizes.contains_key(disc)));
    let mut pairs: BTreeMap<(usize, usize, Option<u32>), BTreeSet<u32>> = BTreeMap::new();
    for (track, place) in index.places().enumerate() {
        let (Some(number), Some(seconds)) = (place.number, place.seconds) else { continue };
        for (disc, asked) in lengths.get(&number).into_iter().flatten() {
            if (asked - seconds).abs() <= w::SAME_TAKE {
                for release in index.releases.of(track) {
                    pairs.entry((release, *disc, place.disc)).or_default().insert(number);
                }
            }
        }
    }
    let bar = |disc: usize| w::DISC_PAIRS.max((w::DISC_SHARE * sizes[&disc].0 as f64).ceil() as usize);
    let mut found: BTreeMap<(usize, usize), Disc> = BTreeMap::new();
    for ((release, disc, name), numbers) in pairs {
        let pairs = numbers.len();
        let fewer = found.get(&(release, disc)).is_none_or(|known| known.pairs < pairs);
        if pairs >= bar(disc) && fewer {
            found.insert((release, disc), Disc { name, pairs });
        }
    }
    found
}

pub(super) fn listing_number(request: &Request, by_position: bool) -> Option<i64> {
    if by_position { Some(i64::from(request.position)) } else { request.number.map(i64::from) }
}

pub(super) fn file_number(
    tracks: &Collection<'_>,
    release: usize,
    track: usize,
    running: bool,
) -> Option<i64> {
    let place = tracks.place(track);
    let number = if running { tracks.release(release).running(&place) } else { place.number };
    number.map(i64::from)
}

/// The numbering of each release that enough requests follow, as far as the choices for now tell; they stand in the order of
/// the requests.
pub(super) fn numberings(
    tracks: &Collection<'_>,
    requests: &[Request],
    leanings: &[Leaning],
) -> HashMap<usize, Numbering> {
    let mut votes: BTreeMap<usize, (Votes, Vec<usize>)> = BTreeMap::new();
    // Those of one request stand side by side: whoever has a voice has it last.
    let once = |voters: &mut Vec<usize>, request: usize| {
        if voters.last() != Some(&request) {
            voters.push(request);
        }
    };
    for leaning in leanings.iter().filter(|l| l.titled && l.trust > w::TRUSTED) {
        let request = &requests[leaning.request];
        for release in tracks.index.releases.of(leaning.track) {
            let (votes, counted) = votes.entry(release).or_default();
            for (by_position, running) in [(false, false), (false, true), (true, true), (true, false)] {
                let there = file_number(tracks, release, leaning.track, running);
                let here = listing_number(request, by_position);
                let Some((there, here)) = there.zip(here) else { continue };
                once(votes.entry((by_position, running, there - here)).or_default(), leaning.request);
                once(counted, leaning.request);
            }
        }
    }
    let found =
        votes.into_iter().filter_map(|(id, (votes, counted))| Some((id, elect(&votes, counted.len())?)));
    found.collect()
}

/// The numbering that most of so many requests follow, if those are enough.
fn elect(votes: &Votes, all: usize) -> Option<Numbering> {
    // Ties go to the plainest reading: written number, number on the disc, no offset.
    let plain = |(by_position, running, offset): &(bool, bool, i64)| (*by_position, *running, offset.abs());
    let better = |(a, x): &(&_, &Vec<usize>), (b, y): &(&_, &Vec<usize>)| {
        x.len().cmp(&y.len()).then_with(|| plain(b).cmp(&plain(a)))
    };
    let (&(by_position, running, offset), voters) = votes.iter().max_by(better)?;
    // usize counts of entries: exact in f64.
    let share = voters.len() as f64 / all.max(1) as f64;
    let enough = voters.len() >= 2 && share >= w::NUMBERING_SHARE;
    enough.then_some(Numbering { by_position, running, offset, share, pairs: voters.len() })
}
