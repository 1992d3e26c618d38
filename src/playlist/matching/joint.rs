//! Takes requests and an index; gives the choices for all requests together: every recording at
//! most once, the context learnt from the choices themselves.
//! Never turns a choice into words or a status: see `confidence`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::assign::{Row, assign, worth};
use super::collection::Collection;
use super::context::{Context, Leaning, Told};
use super::ear;
use super::kanji;
use super::ledger::{Ledger, Piece};
use super::normalise::Phrase;
use super::parallel::{each, shared_out};
use super::people::is_album_of;
use super::ranking::Scores;
use super::report::Accept;
use super::request::{Asked, Heading, Request};
use super::score::{Evidence, Name, Pair, Scale};
use super::script;
use super::shorthand;
use super::weights as w;
use crate::memory;

/// Requests that are worth another thread.
const FEWEST_ROWS: usize = 4;
/// Rounds of choosing and learning from the choices.
const ROUNDS: usize = 3;
/// Rows that a margin is worked out with exactly.
const LARGEST_COMPONENT: usize = 60;
/// Entries of a listing that takes much memory.
pub(super) const MANY: usize = 200;
/// Entries of such a listing after which the pages of the index are given back.
const FEW: usize = 64;
/// Entries of a long listing that tell which way round it is written.
const SAMPLE: usize = 64;
/// So many nats an entry must speak for the one way before the other is not tried.
const CLEAR: f64 = 2.0;
/// Evidence for a file that makes the other way round not worth a look.
const GOOD: f64 = 5.0;
/// Evidence that no context makes up for: release, album and artist add eight nats at most, and what a number adds to
/// is looked for by the number. Below two it is not even asked about.
const HOPELESS: f64 = -10.5;
/// Rips that a line is held against, of all its candidates together.
const MOST_RIPS_SCORED: usize = 256;
/// So many stay at least, to be shown.
const FEWEST_KEPT: usize = 8;
/// Whole numbers per nat in the assignment.
const STEPS: f64 = 1e6;

/// A recording that a request may mean.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// The recording.
    pub(super) recording: usize,
    /// The member with the best evidence of its own.
    pub(super) track: usize,
    /// What each account of its track calls it.
    pub(super) names: Box<[Name]>,
    /// That evidence.
    pub(super) evidence: Evidence,
    /// The best that the context says of any member; what both together say stands in its ledger too.
    pub(super) told: Told,
    /// The same piece under another name: place and length say so.
    pub(super) alias: bool,
    /// Number and length are those of a disc that is known by them.
    pub(super) same_disc: bool,
    /// It is what all other entries left over.
    pub(super) left_over: bool,
    /// Evidence and context together, in nats.
    pub(super) total: f64,
}

impl Choice {
    /// Evidence and context together.
    pub(super) fn ledger(&self) -> Ledger {
        let mut all = self.told.ledger;
        all.join(&self.evidence.ledger);
        all
    }

    /// Adds what evidence and context say together.
    pub(super) fn add(&mut self, piece: Piece, nats: f64) {
        self.told.ledger.add(piece, nats);
        self.total += nats;
    }

    /// Raises the total to `least`.
    fn raise(&mut self, piece: Piece, least: f64) {
        if self.total < least {
            self.add(piece, least - self.total);
        }
    }
}

/// The choices for all requests.
pub(super) struct Joint {
    /// Per request the recordings it may mean, best first.
    pub(super) table: Vec<Vec<Choice>>,
    /// Per request its recording, as a position in its row of the table.
    pub(super) chosen: Vec<Option<usize>>,
    /// What the choices say together.
    pub(super) context: Context,
    /// The listing as a whole was written title first.
    pub(super) turned: bool,
}

/// Chooses for all requests.
pub(super) fn choose(
    tracks: &Collection<'_>,
    heading: &Heading,
    requests: &[Request],
    accept: Accept,
) -> Joint {
    let mut scale = Scale { tracks, rarity: &tracks.index.rarity, heading, accept, by_album: false };
    let mut pairs = score_all(&scale, requests);
    if names_albums(tracks, requests, &pairs) {
        scale.by_album = true;
        pairs = score_all(&scale, requests);
    }
    if requests.len() > MANY {
        // What follows looks little up.
        tracks.rest();
        memory::give_back();
    }
    let turned = leads(votes(requests, &pairs));
    let mut context = Context::headed(tracks, heading, requests);
    let rows = pairs.into_iter().map(|pairs| {
        let mut row = Vec::new();
        add(tracks, turned, &pairs, &mut row);
        row
    });
    let mut table: Vec<Vec<Choice>> = rows.collect();
    if requests.len() > MANY {
        memory::give_back(); // the pairs took as much as the table does
    }
    let first = |row: &Vec<Choice>, at: usize| -> Vec<Leaning> {
        row.iter()
            .filter(|c| c.evidence.score() > -1.0)
            .flat_map(|c| leanings(tracks, at, c, w::logistic(c.evidence.score())))
            .collect()
    };
    let leaning: Vec<Leaning> = table.iter().enumerate().flat_map(|(at, row)| first(row, at)).collect();
    context.learn(tracks, requests, &leaning);
    let mut chosen = Vec::new();
    for round in 0..ROUNDS {
        if requests.len() > MANY {
            tracks.forget_pages();
        }
        each(&mut table, requests.len() / FEWEST_ROWS, |at, row| {
            let placed = context.placed_tracks(tracks, &requests[at], at);
            add(tracks, turned, &score(&scale, &requests[at], &placed, row, Ways::Both), row);
            weigh(tracks, requests, at, &context, row);
        });
        chosen = solve(&table);
        if round + 1 < ROUNDS {
            let sure = |(at, pick): (usize, &Option<usize>)| -> Vec<Leaning> {
                let Some(choice) = pick.map(|p| &table[at][p]) else { return Vec::new() };
                leanings(tracks, at, choice, w::logistic(choice.total))
            };
            let leaning: Vec<Leaning> = chosen.iter().enumerate().flat_map(sure).collect();
            context.learn(tracks, requests, &leaning);
        }
    }
    shorthand::take_slips(requests, &mut table, &chosen);
    if let Some((at, last)) = left_over(tracks, &table, &chosen) {
        let known = table[at].iter().any(|choice| choice.recording == last);
        if !known {
            let scored = score(&scale, &requests[at], &[last], &table[at], Ways::Both);
            add(tracks, turned, &scored, &mut table[at]);
            weigh(tracks, requests, at, &context, &mut table[at]);
        }
        take_left_over(&mut table[at], last);
        chosen = solve(&table);
    }
    Joint { table, chosen, context, turned }
}

/// Scores what each request may mean. In a long listing whose lines clearly stand one way round, a line that finds
/// a good file that way is not tried the other way.
fn score_all(scale: &Scale<'_>, requests: &[Request]) -> Vec<Vec<(usize, Pair)>> {
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
enum Ways {
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
    scored.retain(|(_, pair)| best(pair) >= bar || both(pair).any(|e| e.title.is_some_and(|t| t >= 0.6)));
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
    let mut keys: BTreeSet<u64> = spelt().filter_map(|name| script::sound_key(&name.words)).collect();
    if names.iter().any(|name| ear::is_unvowelled(&name.glued)) {
        keys.extend(spelt().flat_map(|name| ear::unvowelled_keys(&name.words)));
    }
    keys.extend(names.iter().flat_map(|name| kanji::read_keys(&name.glued)));
    let ids = keys.into_iter().map(|key| tracks.index.exact.of(key)).filter(|ids| ids.size() <= MOST);
    ids.flatten().map(|id| id as usize).collect()
}

/// Whether the lines name the film or album that a song is from where others name its artist ("Song – Film"): more of
/// them find the song on an album of that name than by people of it.
fn names_albums(tracks: &Collection<'_>, requests: &[Request], pairs: &[Vec<(usize, Pair)>]) -> bool {
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
        if found().any(|(_, evidence)| evidence.artist.is_some_and(|artist| artist >= 0.7)) {
            people += 1;
        } else if found().any(|(track, evidence)| {
            let ways =
                request.readings.iter().filter(|a| a.turned == evidence.turned && !a.artists.is_empty());
            let described = tracks.described(track);
            ways.into_iter().any(|asked| is_album_of(asked, &described))
        }) {
            albums += 1;
        }
    }
    albums >= FEWEST && albums > people
}

/// What speaks for each way round of the listing as a whole: as its reader thought, and turned.
fn votes<'a>(requests: impl IntoIterator<Item = &'a Request>, pairs: &[Vec<(usize, Pair)>]) -> (f64, f64) {
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
fn leads((straight, turned): (f64, f64)) -> bool {
    turned > straight + 1.0
}

/// Scores all members of the recordings of `tracks` that the row does not have yet.
fn score(
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

/// Adds scored tracks to a row, by recording.
fn add(tracks: &Collection<'_>, turned: bool, pairs: &[(usize, Pair)], row: &mut Vec<Choice>) {
    let mut best: BTreeMap<usize, (usize, Evidence, &[Name])> = BTreeMap::new();
    for (track, pair) in pairs {
        let evidence = pair.best(turned);
        let known = best.entry(tracks.recording(*track)).or_insert((*track, evidence, &pair.names));
        if evidence.score() > known.1.score() {
            *known = (*track, evidence, &pair.names);
        }
    }
    row.reserve_exact(best.len());
    for (recording, (track, evidence, names)) in best {
        row.push(Choice {
            recording,
            track,
            names: names.into(),
            evidence,
            told: Told::default(),
            alias: false,
            same_disc: false,
            left_over: false,
            total: evidence.score(),
        });
    }
}

/// Adds the context to a row and puts the best first.
fn weigh(tracks: &Collection<'_>, requests: &[Request], at: usize, context: &Context, row: &mut [Choice]) {
    for choice in row.iter_mut() {
        let mut told: Option<Told> = None;
        // Rips that lie side by side under one number are told the same.
        let mut seats = BTreeSet::new();
        for track in
            tracks.members(choice.recording).filter(|track| seats.insert(tracks.place(*track).seat()))
        {
            let this = context.tell(tracks, requests, at, track);
            if told.is_none_or(|t| this.score() > t.score()) {
                told = Some(this);
            }
        }
        choice.told = told.unwrap_or_default();
        choice.total = choice.evidence.score() + choice.told.score();
        let evidence = choice.evidence;
        let same_length = evidence.seconds_off.is_some_and(|s| s <= 3.0);
        let fits = choice.told.placed
            && same_length
            && !evidence.blocked
            && choice.told.release >= w::STRONG_RELEASE;
        choice.alias = fits && evidence.title.is_some() && evidence.title_nats < w::ALIAS_FLOOR;
        if choice.alias {
            choice.add(Piece::OtherName, w::ALIAS_FLOOR - evidence.title_nats + w::ALIAS_LENGTH);
            if evidence.other_number {
                choice.add(Piece::TitleNumber, -w::NUMBERS_DIFFER);
            }
        }
        choice.same_disc = choice.told.disc && same_length && !evidence.blocked;
        if choice.same_disc {
            choice.alias |= evidence.title.is_none_or(|t| t < 0.6);
            choice.raise(Piece::Disc, w::DISC_PLACE);
            choice.add(Piece::Disc, w::DISC);
        }
    }
    shorthand::take(tracks, &requests[at], row);
    row.sort_by(|a, b| b.total.total_cmp(&a.total).then(a.recording.cmp(&b.recording)));
}

/// The only request without a choice and the only recording that the others leave, where they
/// are all from one release of the listing's size.
fn left_over(
    tracks: &Collection<'_>,
    table: &[Vec<Choice>],
    chosen: &[Option<usize>],
) -> Option<(usize, usize)> {
    let mut without = (0..chosen.len()).filter(|at| chosen[*at].is_none());
    let (Some(at), None) = (without.next(), without.next()) else { return None };
    let taken: BTreeSet<usize> =
        chosen.iter().zip(table).filter_map(|(pick, row)| pick.map(|pick| row[pick].recording)).collect();
    if taken.len() < w::LEFT_BY || taken.len() + 1 != chosen.len() {
        return None;
    }
    let mut first = tracks.members(*taken.first()?).flat_map(|track| tracks.index.releases.of(track));
    first.find_map(|id| {
        let release = tracks.release(id);
        let members = &release.tracks;
        // Rips of each track may lie there too, but not ten.
        if members.len() > 10 * chosen.len() {
            return None;
        }
        let all: BTreeSet<usize> = members.iter().map(|track| tracks.recording(*track as usize)).collect();
        let mut rest = all.difference(&taken);
        match (rest.next(), rest.next()) {
            (Some(last), None) if all.len() == chosen.len() => Some((at, *last)),
            _ => None,
        }
    })
}

/// Raises what was left over, unless something but a weak title speaks against it.
fn take_left_over(row: &mut [Choice], last: usize) {
    let Some(choice) = row.iter_mut().find(|choice| choice.recording == last) else { return };
    let evidence = &choice.evidence;
    let against = evidence.blocked
        || evidence.contradiction
        || evidence.other_number
        || evidence.title.is_some_and(|t| t < w::LEFT_TITLE)
        || evidence.seconds_off.is_some_and(|s| s > w::SAME_TAKE);
    if !against && choice.total < w::LEFT_OVER {
        choice.left_over = true;
        choice.raise(Piece::LeftOver, w::LEFT_OVER);
    }
    row.sort_by(|a, b| b.total.total_cmp(&a.total).then(a.recording.cmp(&b.recording)));
}

fn leanings(tracks: &Collection<'_>, request: usize, choice: &Choice, trust: f64) -> Vec<Leaning> {
    let titled = choice.evidence.title.is_some_and(|t| t >= 0.75) && !choice.evidence.blocked;
    let trust = if choice.evidence.blocked { trust * 0.3 } else { trust };
    let members = tracks.members(choice.recording);
    members.map(|track| Leaning { request, track, trust, titled }).collect()
}

fn rows<'a>(table: impl Iterator<Item = &'a Vec<Choice>>) -> Vec<Row> {
    // f64 -> i64: totals are some tens of nats, so some 10^7 steps.
    table.map(|row| row.iter().map(|c| (c.recording, (c.total * STEPS) as i64)).collect()).collect()
}

/// The best choices for now, as positions in the rows.
fn solve(table: &[Vec<Choice>]) -> Vec<Option<usize>> {
    let pairing = assign(&rows(table.iter()));
    let position = |(row, recording): (&Vec<Choice>, &Option<usize>)| {
        recording.and_then(|r| row.iter().position(|c| c.recording == r))
    };
    table.iter().zip(&pairing).map(position).collect()
}

impl Joint {
    /// What all choices together lose if a request must do without its choice and every other
    /// recording in `barred`: the only measure of doubt that knows that files are used once.
    pub(super) fn margin(&self, at: usize, barred: &BTreeSet<usize>, components: &Components) -> f64 {
        let Some(choice) = self.chosen[at].map(|p| &self.table[at][p]) else { return 0.0 };
        let members = &components.members[components.of[at]];
        if members.len() > LARGEST_COMPONENT {
            let taken = &components.taken;
            let others = self.table[at]
                .iter()
                .filter(|c| !barred.contains(&c.recording) && !taken.contains(&c.recording));
            return choice.total - others.map(|c| c.total).fold(0.0, f64::max);
        }
        let mut part: Vec<Row> = rows(members.iter().map(|m| &self.table[*m]));
        let before = worth(&part, &assign(&part));
        if let Some(row) = members.iter().position(|m| *m == at) {
            part[row].retain(|(recording, _)| !barred.contains(recording));
        }
        // i64 -> f64: far below 2^53.
        (before - worth(&part, &assign(&part))) as f64 / STEPS
    }

    /// The requests that compete with each other, directly or through others.
    pub(super) fn components(&self) -> Components {
        let mut of: Vec<usize> = (0..self.table.len()).collect();
        let mut first: HashMap<usize, usize> = HashMap::new();
        for (at, row) in self.table.iter().enumerate() {
            for choice in row.iter().filter(|c| c.total > 0.0) {
                let other = *first.entry(choice.recording).or_insert(at);
                let (a, b) = (of[at], of[other]);
                if a != b {
                    of.iter_mut().filter(|c| **c == a.max(b)).for_each(|c| *c = a.min(b));
                }
            }
        }
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, component) in of.iter().enumerate() {
            members.entry(*component).or_default().push(at);
        }
        let ranks: HashMap<usize, usize> = members.keys().enumerate().map(|(rank, c)| (*c, rank)).collect();
        let taken = self.chosen.iter().zip(&self.table).filter_map(|(p, row)| p.map(|p| row[p].recording));
        Components {
            of: of.iter().map(|c| ranks[c]).collect(),
            members: members.into_values().collect(),
            taken: taken.collect(),
        }
    }
}

/// Requests grouped by competition.
pub(super) struct Components {
    /// The group of each request.
    of: Vec<usize>,
    /// The requests of each group.
    members: Vec<Vec<usize>>,
    /// The recordings that are chosen.
    taken: BTreeSet<usize>,
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
