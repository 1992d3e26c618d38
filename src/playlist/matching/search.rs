//! Takes requests and an index; gives for each request the tracks that it may mean, with the evidence of each, and which way
//! round the listing as a whole is written.
//! Never chooses: see `joint`.

use std::collections::BTreeSet;

use super::collection::Collection;
use super::ear;
use super::joint::Choice;
use super::kanji;
use super::normalise::Phrase;
use super::parallel::shared_out;
use super::people::is_album_of;
use super::ranking::Scores;
use super::request::{Asked, Request};
use super::score::{Evidence, Pair, Scale};
use super::script;
use super::sound;
use super::weights as w;

/// Requests that are worth another thread.
pub(super) const FEWEST_ROWS: usize = 4;
/// Entries of a listing that takes much memory.
pub(super) const MANY: usize = 200;
/// So many nats an entry must speak for the one way before the other is not tried.
const CLEAR: f64 = 2.0;
/// Entries of such a listing after which the pages of the index are given back.
const FEW: usize = 64;
/// Entries of a long listing that tell which way round it is written.
const SAMPLE: usize = 64;
/// Evidence for a file that makes the other way round not worth a look.
const GOOD: f64 = 5.0;
/// Evidence that no context makes up for: release, album and artist add eight nats at most, and what a number adds to
/// is looked for by the number. Below two it is not even asked about.
const HOPELESS: f64 = -10.5;
/// Rips that a line is held against, of all its candidates together.
const MOST_RIPS_SCORED: usize = 256;
/// So many stay at least, to be shown.
const FEWEST_KEPT: usize = 8;

/// Scores what each request may mean. In a long listing whose lines clearly stand one way round, a line that finds
/// a good file that way is not tried the other way.
pub(super) fn score_all(scale: &Scale<'_>, requests: &[Request]) -> Vec<Vec<(usize, Pair)>> {
    let work = |requests: &[&Request], ways: Ways| {
        let parts = shared_out(requests, requests.len() / FEWEST_ROWS, |_, part| {
            let mut scores = Scores::new(scale.tracks.index.len());
            let mut found = Vec::with_capacity(part.len());
            for few in part.chunks(FEW) {
                found.extend(few.iter().map(|request| score_one(scale, request, ways, &mut scores)));
                if requests.len() > MANY {
                    // Look-ups are all over the files: sooner or later all of them would be in memory.
                    scale.tracks.forget_pages();
                }
            }
            found
        });
        parts.into_iter().flatten().collect::<Vec<_>>()
    };
    let step = requests.len() / SAMPLE;
    if step < 2 {
        return work(&requests.iter().collect::<Vec<_>>(), Ways::Both);
    }
    let sampled = |at: usize| at.is_multiple_of(step);
    let part = |wanted: bool| -> Vec<&Request> {
        let all = requests.iter().enumerate();
        all.filter(|(at, _)| sampled(*at) == wanted).map(|(_, request)| request).collect()
    };
    let sample = work(&part(true), Ways::Both);
    // usize -> f64: entries of a listing.
    let (straight, turned) = votes(part(true), &sample);
    let clear = straight > turned + CLEAR * sample.len() as f64;
    let rest = work(&part(false), if clear { Ways::StraightFirst } else { Ways::Both });
    let (mut sample, mut rest) = (sample.into_iter(), rest.into_iter());
    let next = |at| if sampled(at) { sample.next() } else { rest.next() };
    (0..requests.len()).map(next).map(Option::unwrap_or_default).collect()
}

/// Which way round lines are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ways {
    /// Artist first and title first.
    Both,
    /// As written, and the other way round if that finds nothing good.
    StraightFirst,
}

fn score_one(scale: &Scale<'_>, request: &Request, ways: Ways, scores: &mut Scores) -> Vec<(usize, Pair)> {
    if ways == Ways::StraightFirst && request.readings.iter().any(|asked| asked.turned) {
        let found = candidates(scale.tracks, request, scores, |asked| !asked.turned);
        let scored = score(scale, request, &found, &[], ways);
        if scored.iter().any(|(_, pair)| pair.straight.score() >= GOOD) {
            return promising(scored);
        }
    }
    let found = candidates(scale.tracks, request, scores, |_| true);
    promising(score(scale, request, &found, &[], Ways::Both))
}

/// Without those that no context can make worth choosing or showing: they are most.
fn promising(mut scored: Vec<(usize, Pair)>) -> Vec<(usize, Pair)> {
    let both = |pair: &Pair| std::iter::once(pair.straight).chain(pair.turned.as_deref().copied());
    let best = |pair: &Pair| both(pair).map(|e| e.score()).fold(f64::NEG_INFINITY, f64::max);
    let mut all: Vec<f64> = scored.iter().map(|(_, pair)| best(pair)).collect();
    all.sort_by(|a, b| b.total_cmp(a));
    let bar = all.get(FEWEST_KEPT).map_or(HOPELESS, |score| score.min(HOPELESS));
    scored.retain(|(_, pair)| {
        best(pair) >= bar || both(pair).any(|e| e.title.is_some_and(|t| t >= w::SOME_TITLE))
    });
    scored.shrink_to_fit();
    scored
}

fn candidates(
    tracks: &Collection<'_>,
    request: &Request,
    scores: &mut Scores,
    wanted: impl Fn(&Asked) -> bool,
) -> Vec<usize> {
    let mut found = BTreeSet::new();
    for asked in request.readings.iter().filter(|asked| wanted(asked)) {
        let mut names: Vec<&Phrase> = asked.title.names.iter().map(|(name, _)| name).take(5).collect();
        if !names.contains(&&asked.title.whole) {
            names.push(&asked.title.whole);
        }
        let in_full = asked.title.whole.spelt_out();
        names.extend(&in_full);
        let people: Vec<&Phrase> = asked.artists.iter().take(1).chain(asked.also.iter().take(3)).collect();
        found.extend(tracks.index.candidates(&names, &people, scores));
    }
    for asked in request.readings.iter().filter(|asked| wanted(asked)) {
        found.extend(by_ear(tracks, asked));
    }
    if let Some(file) = &request.file {
        let name = file.rsplit('/').next().unwrap_or(file);
        found.extend(tracks.files_called(name));
    }
    found.into_iter().collect()
}

/// The tracks whose artist or title sounds like that of an entry in another script than Latin: no look-up
/// by letters finds them.
fn by_ear(tracks: &Collection<'_>, asked: &Asked) -> Vec<usize> {
    // An artist of so many tracks is found by the titles.
    const MOST: u32 = 300;
    let titles = asked.title.names.iter().map(|(name, _)| name);
    let names: Vec<&Phrase> = titles.chain(&asked.artists).chain(&asked.also).collect();
    if !names.iter().any(|name| name.glued.chars().any(script::is_foreign)) {
        return Vec::new();
    }
    let spelt = || names.iter().filter(|name| name.glued.is_ascii());
    let mut keys: BTreeSet<u64> = spelt().filter_map(|name| sound::sound_key(&name.words)).collect();
    if names.iter().any(|name| ear::is_unvowelled(&name.glued)) {
        keys.extend(spelt().flat_map(|name| ear::unvowelled_keys(&name.words)));
    }
    keys.extend(names.iter().flat_map(|name| kanji::read_keys(&name.glued)));
    let ids = keys.into_iter().map(|key| tracks.index.exact.of(key)).filter(|ids| ids.size() <= MOST);
    ids.flatten().map(|id| id as usize).collect()
}

/// Whether the lines name the film or album that a song is from where others name its artist ("Song – Film"): more of
/// them find the song on an album of that name than by people of it.
pub(super) fn names_albums(
    tracks: &Collection<'_>,
    requests: &[Request],
    pairs: &[Vec<(usize, Pair)>],
) -> bool {
    const FEWEST: usize = 3;
    let (mut albums, mut people) = (0, 0);
    let two = requests.iter().zip(pairs).filter(|(r, _)| r.readings.iter().any(|a| a.turned));
    for (request, pairs) in two.take(MANY) {
        let found = || {
            let ways = pairs.iter().flat_map(|(track, pair)| {
                let turned = pair.turned.as_deref().map(|evidence| (*track, evidence));
                std::iter::once((*track, &pair.straight)).chain(turned)
            });
            ways.filter(|(_, evidence)| evidence.title.is_some_and(|title| title >= 0.8))
        };
        let of_album = |(track, evidence): (usize, &Evidence)| {
            let mut ways =
                request.readings.iter().filter(|a| a.turned == evidence.turned && !a.artists.is_empty());
            let described = tracks.described(track);
            ways.any(|asked| is_album_of(asked, &described))
        };
        match found().find(|(_, evidence)| evidence.is_theirs()) {
            // An album that has its people's name, or songs of a film tagged as the film's, speak for neither.
            Some(theirs) => people += usize::from(!of_album(theirs)),
            None => albums += usize::from(found().any(of_album)),
        }
    }
    albums >= FEWEST && albums > people
}

/// What speaks for each way round of the listing as a whole: as its reader thought, and turned.
pub(super) fn votes<'a>(
    requests: impl IntoIterator<Item = &'a Request>,
    pairs: &[Vec<(usize, Pair)>],
) -> (f64, f64) {
    const RANGE: (f64, f64) = (-6.0, 12.0);
    let two: Vec<&Vec<(usize, Pair)>> = requests
        .into_iter()
        .zip(pairs)
        .filter(|(r, _)| r.readings.iter().any(|a| a.turned))
        .map(|(_, pairs)| pairs)
        .collect();
    let sum = |score: &dyn Fn(&Pair) -> f64| -> f64 {
        two.iter().map(|pairs| pairs.iter().map(|(_, p)| score(p)).fold(RANGE.0, f64::max).min(RANGE.1)).sum()
    };
    (sum(&|pair| pair.straight.score()), sum(&|pair| pair.turned.as_ref().map_or(RANGE.0, |t| t.score())))
}

/// Whether the listing as a whole was written the other way round than its reader thought.
pub(super) fn leads((straight, turned): (f64, f64)) -> bool {
    turned > straight + 1.0
}

/// Scores all members of the recordings of `tracks` that the row does not have yet.
pub(super) fn score(
    scale: &Scale<'_>,
    request: &Request,
    tracks: &[usize],
    row: &[Choice],
    ways: Ways,
) -> Vec<(usize, Pair)> {
    let known: BTreeSet<usize> = row.iter().map(|c| c.recording).collect();
    let recordings: BTreeSet<usize> =
        tracks.iter().map(|t| scale.tracks.recording(*t)).filter(|r| !known.contains(r)).collect();
    let members: Vec<Vec<usize>> = recordings.iter().map(|r| scale.tracks.members(*r).collect()).collect();
    held_against(&members).map(|track| (track, scale.pair(request, track, ways == Ways::Both))).collect()
}

/// The tracks of so many recordings that a line is held against: all, unless they are a heap of rips. Then the first
/// of each recording speak for the others, which are called the same.
fn held_against(recordings: &[Vec<usize>]) -> impl Iterator<Item = usize> {
    let all: usize = recordings.iter().map(Vec::len).sum();
    let each = if all <= MOST_RIPS_SCORED { all } else { (MOST_RIPS_SCORED / recordings.len()).max(1) };
    recordings.iter().flat_map(move |members| members.iter().take(each)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heap_of_rips_is_not_held_against_every_line() {
        let recordings = |count: usize, rips: usize| -> Vec<Vec<usize>> {
            (0..count).map(|at| (at * rips..(at + 1) * rips).collect()).collect()
        };
        let held = |count, rips| held_against(&recordings(count, rips)).count();
        assert_eq!(held(24, 3), 72, "what people have is looked at");
        assert_eq!(held(3, 32), 96);
        assert!((80..=MOST_RIPS_SCORED).contains(&held(80, 32)));
        assert_eq!(held(1_000, 2), 1_000, "each recording by one");
        assert_eq!(held(0, 0), 0);
    }
}
