//! Takes a listing, what matching found for it, and the pins; gives the entries that pins and drives that
//! are away decide instead, and matches the others anew where a pin has taken their file.
//! Never writes the pins: what is to be renewed in them is handed on.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::locate::stray;
use super::{Choice, How, Located, Pin, PinnedFile, Pins, Wanted, is_away, locate};
use crate::cue::Span;
use crate::library::{Library, Track};
use crate::playlist::Listing;
use crate::playlist::matching::{EntryMatch, Pinned, Reason, Report, Status, match_listing};

/// The music there is, and the music that is away.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shelf<'a> {
    /// What can be played.
    pub tracks: &'a [Track],
    /// What the index remembers of music folders that are away.
    pub away: &'a [Track],
    /// Those folders.
    pub away_roots: &'a [PathBuf],
}

impl<'a> Shelf<'a> {
    /// Of a library.
    pub fn of(library: &'a Library) -> Self {
        Self { tracks: &library.tracks, away: &library.away, away_roots: &library.away_roots }
    }

    /// The track at a path: of the library, or a file beside it.
    pub(super) fn track(&self, path: &Path, span: Option<Span>) -> Option<Cow<'a, Track>> {
        // A library is sorted by the bytes of its paths.
        let bytes = |path: &'_ Path| path.as_os_str().as_encoded_bytes().to_owned();
        let wanted = bytes(path);
        let first = self.tracks.partition_point(|track| bytes(&track.path) < wanted);
        let of_path = self.tracks[first..].iter().take_while(|track| track.path == path);
        let known = of_path.into_iter().find(|track| track.span == span);
        known.map(Cow::Borrowed).or_else(|| Some(Cow::Owned(Track { span, ..stray(path)? })))
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
        let chosen = found.chosen.map(|track| part(&shelf.tracks[track]));
        settled[at].is_none() && chosen.is_some_and(|chosen| taken.contains(&chosen))
    });
    if !robbed {
        return;
    }
    let mut named = listing.clone();
    for (at, entry) in named.entries.iter_mut().enumerate() {
        if let Some(track) = pinned(at) {
            (entry.file, entry.span) = (Some(track.path.clone()), track.span);
        }
    }
    let anew = match_listing(&named, shelf.tracks);
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
        let away = file.filter(|file| file.is_absolute() && is_away(file, shelf.away_roots));
        settled[*at] = away.map(|file| Settled::away(file.to_owned()));
    }
    if shelf.away.is_empty() || open.is_empty() {
        return;
    }
    let all = [shelf.tracks, shelf.away].concat();
    let with_away = match_listing(listing, &all);
    for at in open {
        let chosen = with_away.entries[at].chosen.filter(|track| *track >= shelf.tracks.len());
        if let Some(track) = chosen {
            settled[at] = Some(Settled::away(all[track].path.clone()));
        }
    }
}
