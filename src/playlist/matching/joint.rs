//! Takes requests and an index; gives the choices for all requests together: every recording at
//! most once, the context learnt from the choices themselves.
//! Never turns a choice into words or a status: see `confidence`.

use std::collections::{BTreeMap, BTreeSet};

use super::collection::Collection;
use super::context::{Context, Leaning, Told};
use super::heading::Heading;
use super::ledger::{Ledger, Piece};
use super::margin::solve;
use super::normalise::Word;
use super::parallel::each;
use super::report::Accept;
use super::request::Request;
use super::score::{Evidence, Name, Pair, Scale};
use super::search::{FEWEST_ROWS, MANY, Ways, leads, names_albums, score, score_all, votes};
use super::seats;
use super::shorthand;
use super::weights as w;
use crate::memory;

/// Rounds of choosing and learning from the choices.
const ROUNDS: usize = 3;

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
    /// Only its number on the one release that the listing can be says that it is meant.
    pub(super) seated: bool,
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
    pub(super) fn raise(&mut self, piece: Piece, least: f64) {
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
    /// The page names who plays, and many of the files say that it is them.
    pub(super) credited: bool,
}

/// Chooses for all requests.
pub(super) fn choose(
    tracks: &Collection<'_>,
    heading: &Heading,
    requests: &[Request],
    accept: Accept,
) -> Joint {
    let named = artists_named(requests);
    let mut scale =
        Scale { tracks, rarity: &tracks.index.rarity, heading, accept, by_album: false, named: &named };
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
            .filter(|c| c.evidence.score() > w::WORTH_A_VOICE)
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
    let files = seats::find(tracks, requests, &table);
    if !files.is_empty() {
        for (at, track) in &files {
            let row = &mut table[*at];
            add(tracks, turned, &score(&scale, &requests[*at], &[*track], row, Ways::Both), row);
            weigh(tracks, requests, *at, &context, row);
        }
        chosen = solve(&table);
        seats::take(tracks, &files, &mut table, &chosen);
        chosen = solve(&table);
    }
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
    let credited = chosen.iter().zip(&table).filter_map(|(pick, row)| pick.map(|pick| &row[pick].evidence));
    let credited = !heading.players.is_empty()
        && credited.filter(|evidence| !evidence.uncredited).count() >= w::FEWEST_CREDITED;
    Joint { table, chosen, context, turned, credited }
}

/// All whom entries or the parts of the listing name as artists, as one word each.
fn artists_named(requests: &[Request]) -> BTreeSet<Word> {
    let readings = requests.iter().flat_map(|request| &request.readings).filter(|asked| !asked.turned);
    readings.filter_map(|asked| asked.artists.first()).map(|name| name.glued.clone()).collect()
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
            seated: false,
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
        let same_length = evidence.seconds_off.is_some_and(|s| s <= w::SAME_LENGTH);
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
            choice.alias |= evidence.title.is_none_or(|t| t < w::SOME_TITLE);
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
    let titled = choice.evidence.title.is_some_and(|t| t >= w::TITLED) && !choice.evidence.blocked;
    let trust = if choice.evidence.blocked { trust * w::BLOCKED_TRUST } else { trust };
    let members = tracks.members(choice.recording);
    members.map(|track| Leaning { request, track, trust, titled }).collect()
}
