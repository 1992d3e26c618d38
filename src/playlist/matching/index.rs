//! Takes the tracks of a library once; gives, for any name, the few tracks that may bear it.
//! Never decides: it only saves comparing every entry with every file. Keeps no names, only keys
//! and positions: a track is described anew when an entry may mean it.
//!
//! It is a file of the [`crate::table`] that is read in place, made by `build`: what no entry of a listing asks for
//! is not loaded. Its stamp is the mark of the library that it was made of. It says of which edition of the library's
//! index too, so that the mark need not be worked out while that is the one.
//!
//! Tracks are counted by path within the matching room, so that the order in which they came
//! means nothing; [`Index::position`] leads back.

use std::path::{Path, PathBuf};

use super::build;
use super::filename::Pattern;
use super::grams::Grams;
use super::key::{Postings, key};
use super::normalise::{Phrase, Word};
use super::ranking::{ARTIST_SHARE, EXACT, Scores, top};
use super::release::Releases;
use super::script;
use super::tracks::{Row, Sorted, Tracks};
use super::words::Rarity;
use crate::library::{Library, Track};
use crate::paths::{WriteError, sweep, write_whole};
use crate::table::{Check, NAME, Numbers, Section, TableFile, read_u32, read_u64, sum};

/// Counts up whenever a section changes, or the same track would be read differently.
pub(super) const KIND: &[u8; NAME] = b"tonearm names10\n";

/// Files of names kept for other sets of music folders.
const MOST_FILES: usize = 4;

/// What is known of every track without its names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    /// Number on the disc.
    pub(super) number: Option<u32>,
    /// The disc.
    pub(super) disc: Option<u32>,
    /// Length in seconds.
    pub(super) seconds: Option<f64>,
    /// The folder of its release.
    pub(super) folder: u32,
    /// Something but a number is known of it.
    pub(super) titled: bool,
    /// Its tags name an album.
    pub(super) has_album: bool,
    /// How the names of its folder are built, as a position in the patterns.
    pub(super) pattern: u32,
    /// The releases it is in; no release is `u32::MAX`.
    pub(super) releases: [u32; 2],
}

/// Bytes of a place in a file.
pub(super) const PLACE: usize = 36;

impl Place {
    /// Equal for tracks of which a listing as a whole says the same.
    pub(super) fn seat(&self) -> ([u32; 2], u32, Option<u32>, Option<u32>, bool) {
        (self.releases, self.folder, self.disc, self.number, self.has_album)
    }

    pub(super) fn stored(&self) -> [u8; PLACE] {
        let flags =
            [self.number.is_some(), self.disc.is_some(), self.seconds.is_some(), self.titled, self.has_album];
        let flags = flags.into_iter().zip(0..).fold(0_u32, |all, (flag, bit)| all | u32::from(flag) << bit);
        let seconds = self.seconds.unwrap_or(0.0).to_bits();
        // The two halves of the length.
        let (low, high) = (seconds as u32, (seconds >> 32) as u32);
        let [first, second] = self.releases;
        let (number, disc) = (self.number.unwrap_or(0), self.disc.unwrap_or(0));
        let fields = [low, high, number, disc, self.folder, self.pattern, first, second, flags];
        let mut bytes = [0; PLACE];
        bytes.chunks_exact_mut(4).zip(fields).for_each(|(to, from)| to.copy_from_slice(&from.to_le_bytes()));
        bytes
    }
}

/// A track's place in a section of them. One that is not there knows nothing.
pub(super) fn place(places: &Section, track: usize) -> Place {
    let bytes = places.get(track * PLACE..).and_then(|bytes| bytes.first_chunk::<PLACE>());
    let field = |at: usize| bytes.and_then(|bytes| read_u32(bytes, at * 4));
    let flags = field(8).unwrap_or(0);
    let has = |bit: u32| flags & 1 << bit != 0;
    let seconds = bytes.and_then(|bytes| read_u64(bytes, 0)).map(f64::from_bits);
    Place {
        number: field(2).filter(|_| has(0)),
        disc: field(3).filter(|_| has(1)),
        seconds: seconds.filter(|_| has(2)),
        folder: field(4).unwrap_or(u32::MAX),
        titled: has(3),
        has_album: has(4),
        pattern: field(5).unwrap_or(u32::MAX),
        releases: [field(6).unwrap_or(u32::MAX), field(7).unwrap_or(u32::MAX)],
    }
}

/// A file of names, and whether it is as it was written.
#[derive(Debug)]
struct Kept {
    check: Check,
    path: PathBuf,
}

/// Everything about a library that does not depend on the listing.
#[derive(Debug)]
pub struct Index {
    /// The position of each track in the caller's list, where that is not by path.
    order: Option<Vec<u32>>,
    /// The file that it is read from, if it was there before.
    kept: Option<Kept>,
    count: usize,
    places: Section,
    pub(super) releases: Releases,
    pub(super) rarity: Rarity,
    patterns: Section,
    grams: Grams,
    pub(super) exact: Postings,
    initials: Postings,
    pub(super) artists: Postings,
    files: Postings,
    people: Numbers,
    /// The tracks of a recording by each of them, where it has several.
    twins: Postings,
}

impl Default for Index {
    /// The index of no tracks.
    fn default() -> Self {
        Self::of_sections(0, |_| Section::default())
    }
}

impl Index {
    /// Reads the names of all tracks. Positions in `tracks` are what a report speaks of.
    pub fn new(tracks: &[Track]) -> Self {
        // Positions beyond u32 cannot be: a library of four thousand million files.
        let mut order: Vec<u32> = (0..super::key::len_u32(tracks)).collect();
        let place = |at: &u32| &tracks[*at as usize];
        order.sort_by_key(|at| (place(at).path.as_os_str().as_encoded_bytes(), place(at).span));
        let index = Self::of_sorted(&Sorted { tracks: &Row(tracks), order: &order });
        Self { order: Some(order), ..index }
    }

    /// The names of all tracks of a library: those that stand in a file in `folder` if they are still right,
    /// else read anew and kept there. An index that cannot be kept is told of beside the index itself.
    pub fn of_library(library: &Library, folder: &Path) -> (Self, Option<WriteError>) {
        let (path, edition) = (file_for(library, folder), library.edition());
        let old = TableFile::open_checked(&path, KIND).ok();
        let kept = |(file, check): (TableFile, Check)| Self {
            kept: Some(Kept { check, path: path.clone() }),
            ..Self::of(&file)
        };
        let of_edition = |file: &TableFile| read_u64(&file.section(build::EDITION), 0) == Some(edition);
        let mark = match old {
            Some(old) if of_edition(&old.0) => return (kept(old), None),
            Some(old) => {
                let mark = library.mark();
                if old.0.stamp() == mark {
                    return (kept(old), None);
                }
                mark
            }
            None => library.mark(),
        };
        let image = build::image(library, mark, edition);
        let error = write_whole(&path, &image).err();
        forget_oldest(folder, &path);
        let file = TableFile::open(&path, KIND).ok().filter(|file| file.stamp() == mark);
        let file = file.or_else(|| TableFile::of_bytes(image, KIND));
        (file.map_or_else(Self::default, |file| Self::of(&file)), error)
    }

    /// The names of tracks that stand in the order of their paths.
    pub(super) fn of_sorted(tracks: &dyn Tracks) -> Self {
        let file = TableFile::of_bytes(build::image(tracks, 0, 0), KIND);
        file.map_or_else(Self::default, |file| Self::of(&file))
    }

    /// Gives back the memory of what was read from the file; it is there again when it is asked for.
    pub(super) fn rest(&self) {
        self.places.rest();
    }

    /// Whether the file that it is read from is as it was written; one that is not is removed, to be made anew.
    pub(super) fn is_whole(&self) -> bool {
        let Some(kept) = self.kept.as_ref().filter(|kept| !kept.check.is_whole()) else { return true };
        if let Err(error) = std::fs::remove_file(&kept.path) {
            tracing::debug!(path = %kept.path.display(), %error, "damaged and not removed");
        }
        false
    }

    fn of(file: &TableFile) -> Self {
        let records = file.section(build::WORDS + 1);
        let records = read_u64(&records, 0).map_or(0.0, f64::from_bits);
        Self {
            rarity: Rarity::stored(Numbers::new(file.section(build::WORDS)), records),
            ..Self::of_sections(file.section(build::PLACES).len() / PLACE, |at| file.section(at))
        }
    }

    fn of_sections(count: usize, section: impl Fn(usize) -> Section) -> Self {
        let below = u32::try_from(count).unwrap_or(u32::MAX);
        let lists = |at: usize| Postings::new(section(at), section(at + 1), below);
        let releases = [0, 1, 2, 3].map(|at| section(build::RELEASES + at));
        Self {
            order: None,
            kept: None,
            count,
            places: section(build::PLACES),
            releases: Releases::new(releases, section(build::PLACES)),
            rarity: Rarity::new(),
            patterns: section(build::PATTERNS),
            grams: Grams::new([0, 1, 2].map(|at| section(build::GRAMS + at)), below),
            exact: lists(build::EXACT),
            initials: lists(build::INITIALS),
            artists: lists(build::ARTISTS),
            files: lists(build::FILES),
            people: Numbers::new(section(build::PEOPLE)),
            twins: lists(build::TWINS),
        }
    }

    /// How many tracks it is of.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Where a track stands in the caller's list.
    pub(super) fn position(&self, track: usize) -> usize {
        self.order.as_ref().map_or(track, |order| order.get(track).map_or(track, |at| *at as usize))
    }

    /// Where a track stands on its disc and on the shelf.
    pub(super) fn place(&self, track: usize) -> Place {
        place(&self.places, track)
    }

    /// The places of all tracks.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> {
        (0..self.count).map(|track| self.place(track))
    }

    /// The pattern of names that a track's place speaks of.
    pub(super) fn pattern(&self, start: usize) -> Pattern {
        let pattern = self.patterns.get(start..).and_then(|bytes| postcard::take_from_bytes(bytes).ok());
        pattern.map(|(pattern, _)| pattern).unwrap_or_default()
    }

    /// The tracks of the recording that a track holds, ascending; never none.
    pub(super) fn recording(&self, track: usize) -> impl Iterator<Item = usize> + use<'_> {
        let twins = self.twins.of(track as u64).map(|id| id as usize);
        let is_right = twins.clone().any(|twin| twin == track);
        let twins = is_right.then_some(twins);
        let alone = (!is_right).then_some(track);
        twins.into_iter().flatten().chain(alone)
    }

    /// Whether tags name an artist so, of a track or of an album, without regard to capitals, signs, "the" and "&".
    pub fn knows_artist(&self, name: &str) -> bool {
        self.people.of(key(&build::as_written(name))).is_some()
    }

    /// The tracks whose file is called `name`, without regard to case.
    pub(super) fn files_called(&self, name: &str) -> impl Iterator<Item = usize> {
        self.files.of(key(&name.to_lowercase())).map(|id| id as usize)
    }

    /// The tracks that may be `title` by `artist`, as positions, best first.
    pub(super) fn candidates(
        &self,
        names: &[&Phrase],
        artists: &[&Phrase],
        scores: &mut Scores,
    ) -> Vec<usize> {
        for name in names {
            self.grams.score(&name.glued, scores);
            let short = if name.words.len() == 1 { name.glued.as_str() } else { "" };
            let same = self.initials.of(key(short)).chain(self.exact.of(key(&name.glued)));
            same.for_each(|id| scores.set(id, EXACT));
        }
        artists.iter().for_each(|artist| self.add_artist(artist, scores));
        // Titles in two scripts share no letters; else a file that shares nothing but the artist is as good as the
        // next one.
        let foreign = names.iter().any(|name| name.glued.chars().any(script::is_foreign));
        top(scores.take(), if foreign { 0.0 } else { ARTIST_SHARE * artists.len() as f32 })
    }

    fn add_artist(&self, artist: &Phrase, scores: &mut Scores) {
        let all: f64 = self.rarity.mass(&artist.words);
        let mut words: Vec<&Word> = artist.words.iter().collect();
        words.sort_unstable();
        words.dedup();
        for word in words {
            // f64 -> f32: a share between 0 and 1.
            let share = (self.rarity.weight(word) / all.max(1.0)) as f32;
            for id in self.artists.of(key(word)) {
                scores.add(id, ARTIST_SHARE * share);
            }
        }
    }
}

/// Where the names of a library are kept: a file for each set of music folders.
fn file_for(library: &Library, folder: &Path) -> PathBuf {
    let roots: Vec<&[u8]> = library.roots.iter().map(|root| root.as_os_str().as_encoded_bytes()).collect();
    folder.join(format!("names-{:016x}.idx", sum(&roots.join(&0))))
}

/// Removes the files of names that have not been written for longest, but for a few. Whoever reads one keeps it.
fn forget_oldest(folder: &Path, newest: &Path) {
    let is_ours = |path: &Path| {
        let name = path.file_name().map(|name| name.to_string_lossy());
        name.is_some_and(|name| name.starts_with("names-") && name.ends_with(".idx")) && path != newest
    };
    sweep(folder);
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut files: Vec<_> = entries
        .flatten()
        .filter(|entry| is_ours(&entry.path()))
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    files.sort_unstable();
    for (_, path) in files.iter().rev().skip(MOST_FILES - 1) {
        if let Err(error) = std::fs::remove_file(path) {
            tracing::debug!(path = %path.display(), %error, "not removed");
        }
    }
}
