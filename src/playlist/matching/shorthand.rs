//! Takes the choices of one request; raises a song whose title the entry gives only in part or in other sounds, where it is
//! the only one of the people meant that it can be.
//! Never raises one of several: what is doubtful stays so.

use std::collections::BTreeSet;

use super::collection::Collection;
use super::joint::Choice;
use super::ledger::Piece;
use super::normalise::{Phrase, Word};
use super::request::Request;
use super::similarity;
use super::weights as w;

/// Raises what an entry may stand for in short.
pub(super) fn take(tracks: &Collection<'_>, request: &Request, row: &mut [Choice]) {
    take_shorthand(tracks, request, row);
    take_beginning(tracks, request, row);
    take_only_sound(tracks, row);
}

/// Raises the only title of the listing's artist that holds all of a short entry: people write "Rhapsody" among
/// songs of one band.
fn take_shorthand(tracks: &Collection<'_>, request: &Request, row: &mut [Choice]) {
    let (asked, rarity) = (&request.readings[0], &tracks.index.rarity);
    if !asked.artists.is_empty() || rarity.mass(&asked.title.whole.words) < w::SHORTHAND_MASS {
        return;
    }
    if row.iter().any(|c| c.told.house && c.evidence.title.is_some_and(|t| t >= w::SHORTHAND)) {
        return;
    }
    let within = |name: &Phrase| similarity::within(&asked.title.whole, name, rarity).value >= 0.99;
    let holds = |choice: &&mut Choice| {
        choice.told.house
            && !choice.evidence.blocked
            && choice.evidence.title.is_some()
            && tracks.described(choice.track).views.iter().any(|view| within(&view.title.whole))
    };
    let holding: Vec<&mut Choice> = row.iter_mut().filter(holds).collect();
    let name = |choice: &Choice| tracks.described(choice.track).views[0].title.base().glued.clone();
    let songs: BTreeSet<Word> = holding.iter().map(|choice| name(choice)).collect();
    if songs.len() != 1 {
        return;
    }
    for choice in holding {
        let title = choice.evidence.title.unwrap_or(0.0);
        choice.add(Piece::Title, w::on_curve(w::TITLE, w::SHORTHAND) - w::on_curve(w::TITLE, title));
    }
}

/// Raises the only song of the artist asked for whose long title begins with all of a short entry: "Paper" for "Paper, the
/// crown and the river". A word or two more are another song as often ("Love Me", "Love Me Tender").
fn take_beginning(tracks: &Collection<'_>, request: &Request, row: &mut [Choice]) {
    let (asked, rarity) = (&request.readings[0], &tracks.index.rarity);
    let short = &asked.title.whole; // without what tells its version ("Paper (Reprise)")
    if asked.artists.is_empty() || rarity.mass(&short.words) < w::SHORTHAND_MASS {
        return;
    }
    let theirs = |c: &Choice| !c.evidence.turned && c.evidence.is_theirs();
    if row.iter().any(|c| theirs(c) && c.evidence.title.is_some_and(|t| t >= w::SHORTHAND)) {
        return;
    }
    let begins = |choice: &Choice| {
        let described = tracks.described(choice.track);
        let title = &described.views.first()?.title;
        // "Crown" is short for "Crown's" too.
        let (first, rest) = title.whole.words.split_at_checked(short.words.len())?;
        let alike = first.iter().zip(&short.words).all(|(x, y)| similarity::word(x, y) >= w::PLURAL);
        (alike && rest.len() >= w::BEGINNING_REST).then(|| title.key())
    };
    let beginning: Vec<(&mut Choice, u64)> = row
        .iter_mut()
        .filter(|c| theirs(c) && !c.evidence.blocked && c.evidence.title.is_some_and(|t| t >= w::BEGINNING))
        .filter_map(|c| begins(c).map(|title| (c, title)))
        .collect();
    let songs: BTreeSet<u64> = beginning.iter().map(|(_, title)| *title).collect();
    if songs.len() == 1 {
        for (choice, _) in beginning {
            let title = choice.evidence.title.unwrap_or(0.0);
            choice.add(Piece::Title, w::on_curve(w::TITLE, w::SHORTHAND) - w::on_curve(w::TITLE, title));
        }
    }
}

/// Raises the only song of the people asked for that sounds like the title, where the two are in different scripts: of the
/// few songs that somebody has of them, another one seldom has the same sounds.
fn take_only_sound(tracks: &Collection<'_>, row: &mut [Choice]) {
    let theirs = |c: &&mut Choice| c.evidence.other_script && c.evidence.is_theirs();
    let sounding: Vec<&mut Choice> = row
        .iter_mut()
        .filter(theirs)
        .filter(|c| !c.evidence.blocked && c.evidence.title.is_some_and(|title| title >= w::ONLY_SOUND))
        .collect();
    let name = |choice: &Choice| tracks.described(choice.track).views.first().map(|view| view.title.key());
    let songs: BTreeSet<Option<u64>> = sounding.iter().map(|choice| name(choice)).collect();
    if songs.len() == 1 {
        sounding.into_iter().for_each(|choice| choice.add(Piece::Title, w::ONLY_SOUND_NATS));
    }
}

/// Raises titles that name nobody and are nearly a file's, in a listing of which the owner has nearly all else: files that
/// hold the rest hold this one, too. One with a rival stays as it was; what is likely already is not made sure.
pub(super) fn take_slips(requests: &[Request], table: &mut [Vec<Choice>], chosen: &[Option<usize>]) {
    let found = |at: usize| chosen[at].is_some_and(|pick| table[at][pick].total >= w::FOUND);
    let all = (0..requests.len()).filter(|at| found(*at)).count();
    // usize -> f64: entries of a listing.
    if all < w::FEWEST_FOUND || (all as f64) < w::MOST_FOUND * (requests.len() - 1) as f64 {
        return;
    }
    for (request, row) in requests.iter().zip(table) {
        let Some((best, others)) = row.split_first_mut().filter(|_| request.readings[0].artists.is_empty())
        else {
            continue;
        };
        let near = best.evidence.title.is_some_and(|title| title >= w::SLIP) && !best.evidence.other_script;
        let named =
            best.evidence.contradiction || best.evidence.other_number || best.evidence.sequel.is_some();
        let rival = others.iter().any(|other| other.total > best.total - w::SLIP_MARGIN);
        let short = w::FOUND - best.total;
        if near && !named && !rival && !best.evidence.blocked && short > 0.0 {
            best.add(Piece::Any, w::OWNS_THE_REST.min(short));
        }
    }
}
