//! Takes the entries that had no file, and the files that come into the music folders while it plays; puts each entry
//! that a new file is surely meant by into the queue, where it stands in the listing, and each whose own file was away
//! and is back.
//! Never takes anything out of the queue, never looks at files that were there before.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;

use super::program::{Program, Row};
use crate::library::Track;
use crate::player::{Item, ItemId, Label, Part, Place, Remote, View};
use crate::playlist::{Details, Entry, Index, Listing, Reason, Status};

/// A file that came for an entry, and is in the queue.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Arrival {
    /// The entry's number in the listing.
    pub(super) number: usize,
    /// What people call it.
    pub(super) name: String,
    pub(super) file: PathBuf,
}

/// The entries that wait for a file, and where those that have one stand in the queue.
#[derive(Debug)]
pub(super) struct Waiting {
    title: Option<String>,
    /// By number in the listing.
    missing: BTreeMap<usize, Entry>,
    /// The entries that are known to be meant by a file that is away.
    away: BTreeMap<usize, PathBuf>,
    items: BTreeMap<usize, ItemId>,
    /// Files that are an entry's already, each as a number made of its path: there may be thousands.
    taken: HashSet<u64>,
}

impl Waiting {
    /// The missing entries of a program; `rows` tells for each item of the queue its place among the rows with a file.
    /// `None` where nothing is missed.
    pub(super) fn of(program: &Program, rows: &[Option<usize>]) -> Option<Self> {
        let missing: BTreeMap<usize, Entry> =
            program.rows.iter().filter(|row| is_missed(row)).map(|row| (row.number, entry(row))).collect();
        let file = |row: &Row| Some((row.number, row.candidates.first()?.0.clone()));
        let away =
            program.rows.iter().filter(|row| row.status == Some(Status::Away)).filter_map(file).collect();
        if missing.is_empty() {
            return None;
        }
        let playable = program.playable();
        let number = |at: &Option<usize>| Some(playable.get((*at)?)?.number);
        let items = rows.iter().zip(0..).filter_map(|(at, id)| Some((number(at)?, ItemId(id)))).collect();
        let taken = program.rows.iter().filter_map(|row| row.file.as_deref()).map(number_of).collect();
        Some(Self { title: program.title.clone(), missing, away, items, taken })
    }

    /// Takes new tracks until there come no more, or nothing is missed any more.
    pub(super) fn stand(
        mut self,
        coming: &Receiver<Vec<Track>>,
        player: &Remote,
        mut say: impl FnMut(Arrival),
    ) {
        while let Ok(mut tracks) = coming.recv() {
            // Thousands may wait to be looked at still.
            if player.has_ended() {
                return;
            }
            tracks.retain(|track| !self.taken.contains(&number_of(&track.path)));
            if tracks.is_empty() {
                continue;
            }
            for (number, track) in self.found(&tracks) {
                let Some(place) = self.place(number, &player.view()) else { continue };
                let Some(entry) = self.missing.remove(&number) else { continue };
                let arrival = arrival(number, &entry, &track);
                let label =
                    Label { artist: entry.artist, title: entry.title, album: track.tags.album.clone() };
                let ids = player.insert(vec![Item { part: part(&track), label }], place);
                self.items.extend(ids.first().map(|id| (number, *id)));
                self.taken.insert(number_of(&track.path));
                say(arrival);
            }
            if self.missing.is_empty() {
                return;
            }
        }
    }

    /// The missing entries that one of the tracks is surely meant by, in order.
    fn found(&self, tracks: &[Track]) -> Vec<(usize, Track)> {
        // Which part of a disc in one file was meant is not known here.
        let is_of = |file: &PathBuf, track: &Track| track.path == *file && track.span.is_none();
        let back = |number: &usize| {
            let file = self.away.get(number)?;
            Some((*number, tracks.iter().find(|track| is_of(file, track))?.clone()))
        };
        let open = self.missing.iter().filter(|(number, _)| !self.away.contains_key(number));
        let (numbers, entries): (Vec<usize>, Vec<Entry>) =
            open.map(|(number, entry)| (*number, entry.clone())).unzip();
        let listing = Listing { title: self.title.clone(), entries, ..Listing::default() };
        let report = Index::new(tracks).match_listing(&listing, &tracks.to_vec());
        let sure = numbers.into_iter().zip(report.entries).filter(|(_, found)| found.status == Status::Sure);
        let sure = sure.filter_map(|(number, found)| Some((number, tracks.get(found.chosen?)?.clone())));
        let mut found: Vec<_> = self.missing.keys().filter_map(back).chain(sure).collect();
        found.sort_by_key(|(number, _)| *number);
        found
    }

    /// Where in the queue an entry of that number belongs: behind the nearest before it that is still there. `None` where
    /// nothing of the listing is there: something else plays by now.
    fn place(&self, number: usize, queue: &View) -> Option<Place> {
        let index = |id: &ItemId| queue.items.iter().position(|(held, _)| held == id);
        let before = self.items.range(..number).rev().find_map(|(_, id)| index(id)).map(|index| index + 1);
        before.or_else(|| self.items.range(number..).find_map(|(_, id)| index(id))).map(Place::At)
    }
}

/// Whether a row is one that a file may come for. What was decided stays so.
fn is_missed(row: &Row) -> bool {
    let is_decided = row.reasons.iter().any(|reason| matches!(reason, Reason::Pinned(_)));
    let is_open = matches!(row.status, Some(Status::Missing | Status::Away));
    row.file.is_none() && is_open && !is_decided
}

/// Equal for equal paths, and as good as never for others.
fn number_of(path: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    hasher.finish()
}

fn entry(row: &Row) -> Entry {
    let more = Details { text: row.text.clone(), ..Details::default() }.into();
    Entry { artist: row.artist.clone(), title: row.title.clone(), more, ..Entry::default() }
}

fn part(track: &Track) -> Part {
    Part { path: track.path.clone(), span: track.span, gains: track.gains }
}

fn arrival(number: usize, entry: &Entry, track: &Track) -> Arrival {
    let artist = entry.artist.as_ref().map(|artist| format!("{artist} - ")).unwrap_or_default();
    Arrival { number, name: format!("{artist}{}", entry.title), file: track.path.clone() }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::library::Tags;

    fn track(path: &str, artist: &str, title: &str) -> Track {
        let tags = Tags { artist: Some(artist.into()), title: Some(title.into()), ..Tags::default() };
        Track { path: path.into(), tags, ..Track::default() }
    }

    /// Of four entries the second and the fourth are missed.
    fn waiting() -> Waiting {
        let entry = |artist: &str, title: &str| Entry {
            artist: Some(artist.into()),
            title: title.into(),
            ..Entry::default()
        };
        Waiting {
            title: None,
            missing: [(2, entry("Ada Moor", "Paper Crown")), (4, entry("Bo Lind", "Old Bridge"))].into(),
            items: [(1, ItemId(0)), (3, ItemId(1))].into(),
            away: BTreeMap::new(),
            taken: HashSet::new(),
        }
    }

    #[test]
    fn a_file_that_was_away_comes_back_for_its_entry_and_no_other_does() {
        let waiting = Waiting { away: [(4, "/drive/x.flac".into())].into(), ..waiting() };
        let found = |tracks: &[Track]| -> Vec<usize> {
            waiting.found(tracks).into_iter().map(|(number, _)| number).collect()
        };
        let nameless = Track { path: "/drive/x.flac".into(), ..Track::default() };
        assert_eq!(found(&[nameless, track("/m/a.flac", "Ada Moor", "Paper Crown")]), [2, 4]);
        assert_eq!(found(&[track("/m/b.flac", "Bo Lind", "Old Bridge")]), [0; 0]);
    }

    fn queue(ids: &[u64]) -> View {
        let item = |id: &u64| (ItemId(*id), Arc::new(Item::of_file("/m/x.flac".into())));
        View { items: ids.iter().map(item).collect(), ..View::default() }
    }

    #[test]
    fn only_what_is_sure_comes_into_the_queue() {
        let found = |tracks: &[Track]| -> Vec<usize> {
            waiting().found(tracks).into_iter().map(|(number, _)| number).collect()
        };
        assert_eq!(found(&[track("/m/a.flac", "Ada Moor", "Paper Crown")]), [2]);
        assert_eq!(found(&[track("/m/a.flac", "Ada Moor", "Paper Crown (Live)")]), [0; 0]);
        assert_eq!(found(&[track("/m/a.flac", "Somebody Else", "Old Bridge")]), [0; 0]);
    }

    #[test]
    fn it_goes_where_the_listing_has_it() {
        let waiting = waiting();
        assert_eq!(waiting.place(2, &queue(&[0, 1])), Some(Place::At(1)));
        assert_eq!(waiting.place(4, &queue(&[0, 1])), Some(Place::At(2)));
        // Moved about, with something put in by hand; then without what stood before.
        assert_eq!(waiting.place(4, &queue(&[1, 9, 0])), Some(Place::At(1)));
        assert_eq!(waiting.place(2, &queue(&[9, 1])), Some(Place::At(1)));
        assert_eq!(waiting.place(2, &queue(&[7, 8])), None, "another listing plays");
    }
}
