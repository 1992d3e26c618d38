//! Takes the joint choices; gives how sure each is, with the guards that keep a doubtful one
//! from being played, and the reasons for people.
//! Never changes a choice.
//!
//! The confidence is read off the margin: what all choices for the listing together lose without this
//! one. `benches/made_cases.py` makes listings whose truth is known (records of a public set of dirty song records, put
//! into folders, misspelt, cut, renamed, half owned, among other versions, namesakes and sequels), half of them of other
//! songs than the other half; `benches/confidence.py` fits the reading to the one half and looks at the other. The fit
//! in `weights` is of an earlier set of such listings, and is kept since it claims less than that of the present one:
//! people write worse than a script does. On the 477 listings of the second half that are read line by line, choices
//! that no guard was against (measured before `ear`, `kanji` and what `shorthand` takes for nearly a title):
//!
//! | confidence     | choices | said  | right |
//! |----------------|---------|-------|-------|
//! | below 0.95     | 3       | 0.899 | 0.667 |
//! | 0.95 to 0.98   | 101     | 0.971 | 1.000 |
//! | 0.98 to 0.99   | 147     | 0.982 | 1.000 |
//! | 0.99 to 0.999  | 594     | 0.998 | 0.998 |
//! | 0.999 and more | 1,851   | 1.000 | 1.000 |
//!
//! One of the 2,592 that are sure was wrong: "Intensions 2 2" for "Intensions 2" (at 95 % the rate is at most 0.22 %,
//! Clopper and Pearson). Of the first half 8 of 2,605 were, seven of them such sequels, which the script makes of songs
//! that have a number already. All of 96 choices that a guard kept from being sure, said to be 0.915 likely, were right;
//! of 1,356 that were not to be played 0.038 were, which are shown as 0.25 at most.
//!
//! What the misses on the first half taught, as rules:
//! - a label ("Dusk Brothers") vouches for one version and not for a second one beside it;
//! - what the tags say of the version holds whatever the file is called;
//! - a title and a bare number behind it ("II", "2") are another song, a misspelt title also;
//! - guests of a title whose artist is not told contradict nobody;
//! - where most lines name nobody and end in brackets, the artists stand there; elsewhere a note in
//!   brackets that the file does not answer keeps a match from being sure;
//! - a movement of a numbered work is known by both numbers, whatever nickname or tempo stands beside;
//! - names compared by ear or in translation are never sure, and not played where both song and people are: see `script`;
//! - a number behind the file's title holds however its name or the entry may else be read: a reading that takes it for
//!   something else would dodge the question;
//! - a file's name that is not taken apart has its artist in it, so it does not go without one;
//! - what is like a file's artist, with nobody named besides, says nothing about the song;
//! - a word that is in the song's name anyway vouches for no version.
//!
//! And what cases written by hand taught:
//! - "Ada's Version", a re-recording and "Spanish Version" are other recordings, whichever side says so, and a number in
//!   brackets counts as one without;
//! - a live song is of the concert that is named, and a long mix is not the short one;
//! - what only the version tells apart is told apart by it: such a file takes nothing from the margin;
//! - "Chapter 4" alone is neither a title nor an artist;
//! - where the artist's place names a show, its album is meant, the cast that is named decides, and nothing is sure;
//! - on an album of one people, found in order, a title by others is not the missing one;
//! - a release that a title names ("from Live and Loud") asks for the take that is on it;
//! - who is asked for by their whole name is not the pair that has their surname, and a composer above the pieces vouches for
//!   none of those who play them;
//! - a line beside the entries that names players in full, and the name above a part of the listing, say whose they are.

use std::collections::BTreeSet;

use super::collection::Collection;
use super::count::Sequel;
use super::joint::{Choice, Joint};
use super::margin::Components;
use super::people::Member;
use super::report::{Guard, Held, Reason, Status};
use super::weights as w;

/// The verdict on one request.
pub(super) struct Verdict {
    pub(super) status: Status,
    pub(super) confidence: f64,
    /// What all choices together lose without this one, in nats; `None` where none was made.
    pub(super) margin: Option<f64>,
    pub(super) guards: Vec<(Guard, Held)>,
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
        if other.recording != choice.recording && other_version(choice, other) {
            // What words tell apart is no closer for a small difference in nats.
            barred.insert(other.recording);
        } else if other.recording != choice.recording && same_song(tracks, choice, other) {
            barred.insert(other.recording);
            rival |= other.total > choice.total - w::RIVAL;
        }
    }
    let margin = joint.margin(at, &barred, components);
    let guards = guards(choice, rival, joint.credited);
    let most = guards.iter().map(|(_, held)| held.most()).fold(1.0, f64::min);
    // The fit is of choices that no guard is against; the others were found no better than they count.
    let clear = guards.iter().all(|(_, held)| *held == Held::Yes);
    let confidence = if clear { w::calibrated(margin) } else { w::logistic(margin).min(most) };
    let mut reasons = reasons(choice);
    if rival || (confidence < w::LIKELY && margin + 0.5 < choice.total) {
        reasons.push(Reason::Rival);
    }
    let status = match confidence {
        c if c >= w::SURE => Status::Sure,
        c if c >= w::LIKELY => Status::Likely,
        _ => Status::Ambiguous,
    };
    Verdict { status, confidence, margin: Some(margin), guards, best: Some(pick), reasons }
}

/// Asks every question of a choice.
fn guards(choice: &Choice, rival: bool, credited: bool) -> Vec<(Guard, Held)> {
    let (evidence, told) = (&choice.evidence, &choice.told);
    if evidence.named_file {
        return Vec::new();
    }
    let title = evidence.title.unwrap_or(0.0);
    let release = told.release >= w::STRONG_RELEASE || choice.seated;
    let place = release && told.number == Some(true);
    let named = evidence.is_theirs() || told.house || evidence.remarked;
    let placed_title = title >= w::GOOD_TITLE && place;
    let other_take = told.outside && evidence.seconds_off.is_none_or(|s| s > w::SAME_TAKE);
    let held = |doubt: bool, otherwise: Held| if doubt { otherwise } else { Held::Yes };
    let number = match evidence.sequel {
        Some(_) if place => Held::NotSure,
        Some(Sequel::Song) => Held::NotPlayed,
        // The piece is not the whole; of a whole the piece may be a part.
        Some(Sequel::Part) => match evidence.longer_file {
            true => Held::NotPlayed,
            false => Held::NotSure,
        },
        Some(Sequel::First) => Held::NotSure,
        None if evidence.other_number && !choice.alias => Held::NotPlayed,
        // Misspelt, "Song II" is no nearer to "Song".
        None if evidence.ends_in_number && !place => Held::NotPlayed,
        None => held(evidence.extra_number && !place, Held::NotSure),
    };
    let artist = match evidence.contradiction {
        // A disc known by its lengths may be any rip of it, but not where the page's own is found elsewhere.
        true if placed_title || (choice.same_disc && !told.outside) => Held::NotSure,
        // One people's album: the same title by others is not on it.
        false if told.outside && told.stranger && !named => Held::NotPlayed,
        doubt => held(doubt, Held::NotPlayed),
    };
    let version = match evidence.blocked || told.unlike {
        false => held(evidence.other_version.is_some_and(|v| w::gap(v).in_file >= w::NOTABLE), Held::NotSure),
        true => Held::NotPlayed,
    };
    let take = if evidence.seconds_off.is_some() { Held::NotPlayed } else { Held::NotSure };
    let alike = title >= w::SURE_TITLE || (place && title >= w::SOME_TITLE);
    let faint = evidence.artist.is_some_and(|a| a < w::FAINT_ARTIST) && !release;
    // A show or film for an artist: the song is the right one, its singers are unknown.
    let by_album = evidence.artist == Some(w::ALBUM_FOR_ARTIST);
    let how_faint = if evidence.mass < w::FAINT_MASS { Held::NotPlayed } else { Held::NotSure };
    // Somebody of that surname is one of them; where the listing names both elsewhere, it is not them who are meant here.
    let credit = match evidence.member {
        Some(Member::OfNamed) => Held::NotPlayed,
        Some(Member::Perhaps) => Held::NotSure,
        // Where the owner has others by the player whom the page names, this one is somebody else's as likely.
        _ if evidence.uncredited && credited => Held::NotPlayed,
        Some(Member::Short) | None => {
            // A song of somebody else's on which they sing may not be the one of theirs.
            let guest = evidence.guest && !release && !told.named;
            held(guest || (evidence.uncredited && !place), Held::NotSure)
        }
    };
    // A collection in a mixed list vouches for nobody who sings on it.
    let various = match evidence.of_various && !told.named && !told.inside && !place {
        true if evidence.mass < w::RARE_MASS => Held::NotPlayed,
        various => held(various, Held::NotSure),
    };
    // Names of the song and of its people in another script are two unknowns.
    let by_ear = if named || release { Held::NotSure } else { Held::NotPlayed };
    // The artist's name alone says nothing about the song.
    let only_artist = evidence.swapped && !told.named;
    let vouched = named || release || evidence.mass >= w::SURE_MASS;
    vec![
        (Guard::SameVersion, version),
        (Guard::SameNumber, number),
        (Guard::SameArtist, artist),
        (Guard::SameTake, held(other_take, take).max(held(evidence.other_source, Held::NotSure))),
        (Guard::OnlyRecording, held(rival, Held::NotSure)),
        (Guard::VouchedFor, held(only_artist, Held::NotPlayed).max(held(!vouched, Held::NotSure))),
        (Guard::AlikeTitle, held(!alike, Held::NotSure)),
        (
            Guard::CertainArtist,
            held(faint, how_faint).max(held(by_album, Held::NotSure)).max(credit).max(various),
        ),
        (Guard::MoreThanPlace, held(choice.alias || choice.left_over || choice.seated, Held::NotSure)),
        (Guard::AsWritten, held(evidence.other_script, by_ear)),
        (Guard::NoteAnswered, held(evidence.unanswered && !named && !release, Held::NotSure)),
    ]
}

/// The one is of the version that is asked for by its words, the other one is not and may not be played.
fn other_version(choice: &Choice, other: &Choice) -> bool {
    let (ours, theirs) = (&choice.evidence, &other.evidence);
    ours.other_version.is_none() && !ours.blocked && theirs.blocked
}

/// Two recordings of one song by the same people, neither of them a version that may not be
/// played: either would do, so they do not make each other wrong.
fn same_song(tracks: &Collection<'_>, a: &Choice, b: &Choice) -> bool {
    if a.evidence.blocked || b.evidence.blocked || a.evidence.other_number || b.evidence.other_number {
        return false;
    }
    // Of a pair with one of that name, somebody who has the song alone is the rival.
    if a.evidence.member.is_some() && b.evidence.member.is_none() {
        return false;
    }
    if a.evidence.guest && !b.evidence.guest {
        return false;
    }
    let names = || a.names.iter().flat_map(|x| b.names.iter().map(move |y| (*x, *y)));
    let known = [a, b].iter().all(|c| c.evidence.is_theirs());
    if known {
        return names().any(|(x, y)| x.is_same(y));
    }
    // A quick look that spares most pairs the long one.
    if !names().any(|(x, y)| x.is_same(y) && x.may_share_people(y)) {
        return false;
    }
    let (da, db) = (tracks.described(a.track), tracks.described(b.track));
    da.views.iter().any(|x| {
        db.views.iter().any(|y| {
            let people = x.artists.iter().any(|p| y.artists.iter().any(|q| p.glued == q.glued));
            people && x.title.key() == y.title.key()
        })
    })
}

/// The verdict where nothing was chosen: the nearest file is shown, and asked about if it may
/// be wanted after all.
fn without(row: &[Choice]) -> Verdict {
    let Some(nearest) = row.first() else {
        return Verdict {
            status: Status::Missing,
            confidence: 0.0,
            margin: None,
            guards: Vec::new(),
            best: None,
            reasons: Vec::new(),
        };
    };
    let wanted = |c: &Choice| {
        let evidence = &c.evidence;
        let relative = evidence.blocked || evidence.other_number;
        relative
            && !evidence.contradiction
            && evidence.title.is_some_and(|t| t >= w::SOME_TITLE)
            && c.total > w::FAR_OFF
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
        margin: None,
        guards: Vec::new(),
        best: shown.then_some(best),
        reasons: if shown { reasons(&row[best]) } else { Vec::new() },
    }
}

/// What speaks for a choice, and what against.
pub(super) fn reasons(choice: &Choice) -> Vec<Reason> {
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
    if told.number == Some(true) || choice.seated {
        reasons.push(Reason::TrackNumber);
    }
    if told.release >= w::STRONG_RELEASE {
        reasons.push(Reason::SameFolder);
    }
    if told.named {
        reasons.push(Reason::Album);
    }
    match evidence.seconds_off {
        Some(s) if s <= w::SAME_LENGTH => reasons.push(Reason::Length),
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
