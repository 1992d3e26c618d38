//! Takes the choices for a numbered listing whose titles are in another script than the files'; gives the file under each
//! number of the one release that the listing can be.
//! Never goes against a title that can be read.

use std::collections::{BTreeMap, BTreeSet};

use super::collection::Collection;
use super::joint::Choice;
use super::ledger::Piece;
use super::request::Request;
use super::script;
use super::weights as w;

/// The requests and the track under the number of each, where one release must be the listing: titles of several numbers
/// agree by ear or in translation, next to none stands under another number, and it has as many tracks.
pub(super) fn find(
    tracks: &Collection<'_>,
    requests: &[Request],
    table: &[Vec<Choice>],
) -> Vec<(usize, usize)> {
    if !is_foreign_release(requests) {
        return Vec::new();
    }
    let mut agreed: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut astray = agreed.clone();
    for (at, choice) in table.iter().enumerate().flat_map(|(at, row)| row.iter().map(move |c| (at, c))) {
        let evidence = &choice.evidence;
        if evidence.blocked || evidence.title.is_none_or(|title| title < w::SEATED_TITLE) {
            continue;
        }
        for track in tracks.members(choice.recording) {
            let here = tracks.place(track).number == requests[at].number;
            for release in tracks.index.releases.of(track) {
                let votes = if here { &mut agreed } else { &mut astray };
                votes.entry(release).or_default().insert(at);
            }
        }
    }
    let fits = |(id, voters): (usize, BTreeSet<usize>)| {
        let others = astray.get(&id).map_or(0, |others| others.difference(&voters).count());
        let agreed = voters.len() >= w::SEATS_AGREED && voters.len() > 2 * others;
        agreed.then(|| seats(tracks, id, requests)).flatten()
    };
    // A folder and the album that its tags name are two accounts of one release.
    let all: Vec<Vec<(usize, usize)>> = agreed.into_iter().filter_map(fits).collect();
    let Some(most) = all.iter().rev().max_by_key(|files| files.len()) else { return Vec::new() };
    let recordings = |files: &[(usize, usize)]| -> BTreeSet<(usize, usize)> {
        files.iter().map(|(at, track)| (*at, tracks.recording(*track))).collect()
    };
    let known = recordings(most);
    let same = all.iter().all(|files| recordings(files).is_subset(&known));
    if same { most.clone() } else { Vec::new() }
}

/// Whether the entries count from one, have no lengths, and most of their titles are in another script than Latin.
fn is_foreign_release(requests: &[Request]) -> bool {
    let foreign = |r: &&Request| r.readings[0].title.base().glued.chars().any(script::is_foreign);
    let in_order = |(at, r): (usize, &Request)| {
        r.seconds.is_none() && r.number.is_some_and(|number| number as usize == at + 1)
    };
    requests.len() >= w::SEATS_FEWEST
        && requests.iter().enumerate().all(in_order)
        && requests.iter().filter(foreign).count() * 10 >= requests.len() * 6
}

/// The track of each number that a release has, if these are nearly all and no number has two.
fn seats(tracks: &Collection<'_>, release: usize, requests: &[Request]) -> Option<Vec<(usize, usize)>> {
    let release = tracks.release(release);
    let mut under: BTreeMap<u32, usize> = BTreeMap::new();
    for track in release.tracks.iter().map(|track| *track as usize) {
        let number = tracks.place(track).number?;
        let first = *under.entry(number).or_insert(track);
        if tracks.recording(first) != tracks.recording(track) {
            return None;
        }
    }
    let asked = u32::try_from(requests.len()).ok()?;
    let size = under.last_key_value().map_or(0, |(last, _)| *last);
    let asked_for = under.into_iter().filter(|(number, _)| (1..=asked).contains(number));
    let found: Vec<(usize, usize)> = asked_for.map(|(number, track)| (number as usize - 1, track)).collect();
    // usize -> f64: entries of a listing.
    let nearly_all = found.len() as f64 >= w::SEATS_SHARE * requests.len() as f64;
    (nearly_all && size.abs_diff(asked) <= w::SEATS_MORE).then_some(found)
}

/// Raises each of `files` that no other file is found instead of, unless the title of one can be read and is another: then
/// the release is another, too.
pub(super) fn take(
    tracks: &Collection<'_>,
    files: &[(usize, usize)],
    table: &mut [Vec<Choice>],
    chosen: &[Option<usize>],
) {
    let of = |row: &[Choice], track: usize| {
        let recording = tracks.recording(track);
        row.iter().position(|choice| choice.recording == recording)
    };
    let other = |(at, track): &(usize, usize)| {
        let choice = of(&table[*at], *track).map(|seat| &table[*at][seat]);
        choice.is_some_and(|Choice { evidence, .. }| {
            let unlike = evidence.title.is_some_and(|title| title < w::SOME_TITLE);
            evidence.contradiction || (unlike && !evidence.other_script)
        })
    };
    if files.iter().any(other) {
        return;
    }
    for (at, track) in files {
        // The entry was found as another recording, or the recording as another entry's.
        let recording = tracks.recording(*track);
        let taken = chosen.iter().zip(table.iter()).enumerate().any(|(other, (pick, row))| {
            let found = pick.map(|pick| &row[pick]);
            let found = found.filter(|choice| choice.total >= w::FOUND && !choice.evidence.blocked);
            found.is_some_and(|choice| (other == *at) != (choice.recording == recording))
        });
        let Some(seat) = of(&table[*at], *track).filter(|_| !taken) else { continue };
        let choice = &mut table[*at][seat];
        // What is found by its title needs no number.
        let unsure = choice.total < w::SEATED || choice.evidence.other_script;
        if unsure && !choice.evidence.blocked {
            choice.seated = true;
            choice.raise(Piece::OtherName, w::SEATED);
        }
    }
    for row in table {
        row.sort_by(|a, b| b.total.total_cmp(&a.total).then(a.recording.cmp(&b.recording)));
    }
}
