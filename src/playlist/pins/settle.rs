//! Takes a listing, what matching found for it, and the pins; gives the entries that pins and drives that
//! are away decide instead, and matches the others anew where a pin has taken their file.
//! Never writes the pins: what is to be renewed in them is handed on.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::locate::stray;
use super::{Choice, How, Located, Pin, PinnedFile, Pins, Wanted, is_away, locate};
use crate::cue::Span;
use crate::library::{Identity, Library, Track, identify};
use crate::playlist::Listing;
use crate::playlist::matching::{EntryMatch, Index, Pinned, Reason, Report, Status, match_listing};

/// The music there is, and the music that is away.
#[derive(Debug)]
pub struct Shelf<'a> {
    library: &'a Library,
    index: &'a Index,
    /// All tracks: read when a pinned file is not where it was, which is seldom.
    tracks: OnceCell<Vec<Track>>,
    away: OnceCell<Vec<Track>>,
    /// What was read of files: many pins may ask for the same.
    identities: RefCell<HashMap<PathBuf, Option<Identity>>>,
}

impl<'a> Shelf<'a> {
    /// Of a library and the index of its names.
    pub fn of(library: &'a Library, index: &'a Index) -> Self {
        Self {
            library,
            index,
            tracks: OnceCell::new(),
            away: OnceCell::new(),
            identities: RefCell::default(),
        }
    }

    /// What can be played.
    pub(super) fn tracks(&self) -> &[Track] {
        self.tracks.get_or_init(|| self.library.tracks().collect())
    }

    /// What the index remembers of music folders that are away.
    pub(super) fn away(&self) -> &[Track] {
        self.away.get_or_init(|| self.library.away().collect())
    }

    /// Those folders.
    pub(super) fn away_roots(&self) -> &'a [PathBuf] {
        &self.library.away_roots
    }

    /// What the file is, read once; `None` where it cannot be read.
    pub(super) fn identity(&self, path: &Path) -> Option<Identity> {
        if let Some(known) = self.identities.borrow().get(path) {
            return *known;
        }
        let identity = identify(path).ok();
        self.identities.borrow_mut().insert(path.to_owned(), identity);
        identity
    }

    /// The track at a path: of the library, or a file beside it.
    pub(super) fn track(&self, path: &Path, span: Option<Span>) -> Option<Track> {
        let known = self.library.at_path(path).find(|track| track.span == span);
        // What was written into since its tags were read is read again.
        let known = known.filter(Track::is_current);
        known.or_else(|| Some(Track { span, ..stray(path)? }))
    }
}

/// What was decided for an entry otherwise than by matching names.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// What may be done with the entry.
    pub status: Status,
    /// How likely the file is the right one, 0 to 1.
    pub confidence: f64,
    /// The file to play.
    pub file: Option<Box<Track>>,
    /// The file that would be played if it were there.
    pub away: Option<PathBuf>,
    /// Why.
    pub reason: Reason,
    /// What the pin is to remember of the file from now on.
    pub renewed: Option<PinnedFile>,
    /// It was decided for this very listing, and outranks even a file that the listing names.
    pub is_own: bool,
}

/// How likely a file of the same tags and the same length is another coding of the pinned one.
const TRANSCODED: f64 = 0.9;
/// How likely, at most, a file is the right one that was matched because the pinned one is gone.
const WITHOUT_PINNED: f64 = 0.9;

impl Settled {
    fn new(status: Status, confidence: f64, why: Pinned) -> Self {
        let reason = Reason::Pinned(why);
        Self { status, confidence, file: None, away: None, reason, renewed: None, is_own: false }
    }

    fn away(path: PathBuf) -> Self {
        let settled = Self::new(Status::Away, 0.0, Pinned::Here);
        Self { away: Some(path), reason: Reason::Away, ..settled }
    }

    /// What a pin says of its entry; `None` if its file is nowhere.
    fn by(pin: &Pin, shelf: &Shelf<'_>) -> Option<Self> {
        let Choice::File(file) = &pin.choice else {
            return Some(Self::new(Status::Missing, 0.0, Pinned::NotOwned));
        };
        match locate(file, shelf) {
            Located::There { track, how, renewed } => {
                let (status, confidence, why) = match how {
                    How::Unchanged => (Status::Sure, 1.0, Pinned::Here),
                    How::Retagged => (Status::Sure, 1.0, Pinned::Retagged),
                    How::Moved => (Status::Sure, 1.0, Pinned::Moved),
                    How::Transcoded => (Status::Likely, TRANSCODED, Pinned::Transcoded),
                };
                let renewed = renewed.map(|file| *file);
                Some(Self { file: Some(track), renewed, ..Self::new(status, confidence, why) })
            }
            Located::Away => Some(Self::away(file.path.clone())),
            Located::Gone => None,
        }
    }
}

/// What pins and absent drives decide for the entries of a listing called `name`; `None` where it is left to
/// the report. A pin of this listing outranks what was matched; one of another listing only where matching
/// was not sure. An entry whose pinned file was taken for another entry's is no longer that entry's.
pub fn settle(
    listing: &Listing,
    name: Option<&str>,
    report: &mut Report,
    pins: &Pins,
    shelf: &Shelf<'_>,
) -> Vec<Option<Settled>> {
    let mut settled = vec![None; listing.entries.len()];
    let mut gone = Vec::new();
    let wanted = if pins.all().is_empty() { Vec::new() } else { Wanted::all(listing) };
    for (at, wanted) in wanted.iter().enumerate() {
        let Some(found) = pins.find(wanted, name) else { continue };
        let is_own = pins.is_own(found, name);
        if report.entries[at].status == Status::Sure && !is_own {
            continue;
        }
        match Settled::by(&pins.all()[found], shelf) {
            Some(by_pin) => settled[at] = Some(Settled { is_own, ..by_pin }),
            None => gone.push(at),
        }
    }
    match_the_others(listing, report, &settled, shelf);
    gone.into_iter().for_each(|at| doubt(&mut report.entries[at]));
    find_away(listing, report, &mut settled, shelf);
    settled
}

/// A decision was made, and its file is gone: what names alone say is not sure any more.
fn doubt(found: &mut EntryMatch) {
    if found.status == Status::Sure {
        found.status = Status::Likely;
        found.confidence = found.confidence.min(WITHOUT_PINNED);
    }
    found.reasons.push(Reason::Pinned(Pinned::Gone));
}

/// Where a pin has taken the file of another entry, that entry is matched as if the pinned ones named their
/// files, which is what pins do.
fn match_the_others(listing: &Listing, report: &mut Report, settled: &[Option<Settled>], shelf: &Shelf<'_>) {
    let pinned = |at: usize| settled[at].as_ref().and_then(|settled| settled.file.as_deref());
    let part = |track: &'_ Track| (track.path.clone(), track.span);
    let taken: HashSet<_> = (0..settled.len()).filter_map(pinned).map(part).collect();
    let robbed = report.entries.iter().enumerate().any(|(at, found)| {
        let chosen = found.chosen.and_then(|at| shelf.library.track(at)).map(|track| part(&track));
        settled[at].is_none() && chosen.is_some_and(|chosen| taken.contains(&chosen))
    });
    if !robbed {
        return;
    }
    let mut named = listing.clone();
    for (at, entry) in named.entries.iter_mut().enumerate() {
        if let Some(track) = pinned(at) {
            (entry.file, entry.more.span) = (Some(track.path.clone()), track.span);
        }
    }
    let anew = shelf.index.match_listing(&named, shelf.library);
    for (at, found) in anew.entries.into_iter().enumerate().filter(|(at, _)| settled[*at].is_none()) {
        report.entries[at] = found;
    }
}

/// Entries without a file of which one is known, on a drive that is away.
fn find_away(listing: &Listing, report: &Report, settled: &mut [Option<Settled>], shelf: &Shelf<'_>) {
    let open: Vec<usize> = (0..settled.len())
        .filter(|at| settled[*at].is_none() && report.entries[*at].chosen.is_none())
        .collect();
    for at in &open {
        let file = listing.entries[*at].file.as_deref();
        let away = file.filter(|file| file.is_absolute() && is_away(file, shelf.away_roots()));
        settled[*at] = away.map(|file| Settled::away(file.to_owned()));
    }
    if open.is_empty() || shelf.away().is_empty() {
        return;
    }
    let all = [shelf.tracks(), shelf.away()].concat();
    let with_away = match_listing(listing, &all);
    for at in open {
        let chosen = with_away.entries[at].chosen.filter(|track| *track >= shelf.tracks().len());
        if let Some(track) = chosen {
            settled[at] = Some(Settled::away(all[track].path.clone()));
        }
    }
}
