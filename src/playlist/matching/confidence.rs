//! Takes the joint choices; gives how sure each is, with the guards that keep a doubtful one
//! from being played, and the reasons for people.
//! Never changes a choice.

use std::collections::BTreeSet;

use super::collection::Collection;
use super::joint::{Choice, Components, Joint};
use super::report::{Reason, Status};
use super::weights as w;

/// The verdict on one request.
pub(super) struct Verdict {
    pub(super) status: Status,
    pub(super) confidence: f64,
    /// Position of the choice in its row, also where it must not be played.
    pub(super) best: Option<usize>,
    pub(super) reasons: Vec<Reason>,
}

/// Judges the choice for the request at `at`.
pub(super) fn judge(tracks: &Collection<'_>, joint: &Joint, components: &Components, at: usize) -> Verdict {
    let row = &joint.table[at];
    let Some(pick) = joint.chosen[at] else { return without(row) };
    let choice = &row[pick];
    let mut barred = BTreeSet::from([choice.recording]);
    let mut rival = false;
    for other in row {
        if other.recording != choice.recording && same_song(tracks, choice, other) {
            barred.insert(other.recording);
            rival |= other.total > choice.total - w::RIVAL;
        }
    }
    let margin = joint.margin(at, &barred, components);
    let mut confidence = w::logistic(margin);
    let mut reasons = reasons(choice);
    if rival {
        confidence = confidence.min(w::NEVER_SURE);
    }
    confidence = confidence.min(guard(choice));
    if rival || (confidence < w::LIKELY && margin + 0.5 < choice.total) {
        reasons.push(Reason::Rival);
    }
    let status = match confidence {
        c if c >= w::SURE => Status::Sure,
        c if c >= w::LIKELY => Status::Likely,
        _ => Status::Ambiguous,
    };
    Verdict { status, confidence, best: Some(pick), reasons }
}

/// The most that a choice may be trusted, whatever its margin.
fn guard(choice: &Choice) -> f64 {
    let (evidence, told) = (&choice.evidence, &choice.told);
    if evidence.named_file {
        return 1.0;
    }
    if evidence.blocked || (evidence.other_number && !choice.alias) {
        return w::NEVER_LIKELY;
    }
    let title = evidence.title.unwrap_or(0.0);
    let release = told.release >= w::STRONG_RELEASE;
    let place = release && told.number == Some(true);
    if evidence.contradiction && !(title >= 0.9 && place) && !choice.same_disc {
        return w::NEVER_LIKELY;
    }
    let other_take = evidence.seconds_off.is_none_or(|s| s > w::SAME_TAKE);
    if told.outside && other_take && evidence.seconds_off.is_some() {
        return w::NEVER_LIKELY;
    }
    let named = evidence.artist.is_some_and(|a| a >= 0.7) || told.house;
    let vouched = named || release || evidence.mass >= w::SURE_MASS;
    let alike = title >= w::SURE_TITLE || (place && title >= 0.6);
    let doubtful = evidence.contradiction
        || choice.alias
        || choice.left_over
        || (told.outside && other_take)
        || !vouched
        || !alike;
    let faint_artist = evidence.artist.is_some_and(|a| a < 0.6) && !release;
    if doubtful || faint_artist { w::NEVER_SURE } else { 1.0 }
}

/// Two recordings of one song by the same people, neither of them a version that may not be
/// played: either would do, so they do not make each other wrong.
fn same_song(tracks: &Collection<'_>, a: &Choice, b: &Choice) -> bool {
    if a.evidence.blocked || b.evidence.blocked || a.evidence.other_number || b.evidence.other_number {
        return false;
    }
    let (da, db) = (tracks.described(a.track), tracks.described(b.track));
    let (va, vb) = (&da.views, &db.views);
    let known = [a, b].iter().all(|c| c.evidence.artist.is_some_and(|artist| artist >= 0.7));
    va.iter().any(|x| {
        vb.iter().any(|y| {
            let people = known || x.artists.iter().any(|p| y.artists.iter().any(|q| p.glued == q.glued));
            x.title.base().glued == y.title.base().glued && x.title.numbers == y.title.numbers && people
        })
    })
}

/// The verdict where nothing was chosen: the nearest file is shown, and asked about if it may
/// be wanted after all.
fn without(row: &[Choice]) -> Verdict {
    let Some(nearest) = row.first() else {
        return Verdict { status: Status::Missing, confidence: 0.0, best: None, reasons: Vec::new() };
    };
    let wanted = |c: &Choice| {
        let evidence = &c.evidence;
        let relative = evidence.blocked || evidence.other_number;
        relative && !evidence.contradiction && evidence.title.is_some_and(|t| t >= 0.6) && c.total > -8.0
    };
    let bar = if nearest.evidence.contradiction { w::WORTH_ASKING_AGAINST } else { w::WORTH_ASKING };
    let near = w::logistic(nearest.total) >= bar;
    let relative = row.iter().position(wanted);
    let ask = near || relative.is_some();
    let status = if ask { Status::Ambiguous } else { Status::Missing };
    let best = relative.filter(|_| !near).unwrap_or(0);
    let confidence = w::logistic(row[best].total).min(w::NEVER_LIKELY);
    let shown = row[best].evidence.title.is_some_and(|t| t >= 0.5) || ask;
    Verdict {
        status,
        confidence,
        best: shown.then_some(best),
        reasons: if shown { reasons(&row[best]) } else { Vec::new() },
    }
}

fn reasons(choice: &Choice) -> Vec<Reason> {
    let (evidence, told) = (&choice.evidence, &choice.told);
    let mut reasons = Vec::new();
    if evidence.named_file {
        reasons.push(Reason::NamedFile);
    }
    reasons.push(match evidence.title {
        None => Reason::NoTitle,
        Some(t) if t >= 0.97 => Reason::Title,
        Some(t) if t >= 0.65 => Reason::SimilarTitle,
        Some(_) => Reason::OtherTitle,
    });
    match evidence.artist {
        _ if evidence.contradiction => reasons.push(Reason::OtherArtist),
        Some(a) if a >= 0.9 => reasons.push(Reason::Artist),
        Some(a) if a >= 0.5 => reasons.push(Reason::SimilarArtist),
        _ => {}
    }
    if told.number == Some(true) {
        reasons.push(Reason::TrackNumber);
    }
    if told.release >= w::STRONG_RELEASE {
        reasons.push(Reason::SameFolder);
    }
    if told.named {
        reasons.push(Reason::Album);
    }
    match evidence.seconds_off {
        Some(s) if s <= 3.0 => reasons.push(Reason::Length),
        Some(s) if s > 30.0 => reasons.push(Reason::OtherLength),
        _ => {}
    }
    if evidence.other_number {
        reasons.push(Reason::OtherNumber);
    }
    if let Some(version) = evidence.other_version {
        reasons.push(Reason::OtherVersion(version));
    }
    reasons
}
