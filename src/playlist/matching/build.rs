//! Takes the tracks of a library, in the order of their paths; gives the bytes of the file that an `Index` reads.
//! Never decides, and keeps no track longer than it takes to read it: a large library need not fit into memory.

use std::collections::HashMap;
use std::path::PathBuf;

use super::filename::Pattern;
use super::grams;
use super::index::{KIND, Place};
use super::key::{ByKey, Keys, key, len_u32, postings};
use super::normalise::Phrase;
use super::parallel::in_parallel;
use super::recording::{self, Sheet};
use super::release;
use super::sound;
use super::tracks::Tracks;
use super::view::{self, Memory};
use super::words::Rarity;
use crate::library::Track;
use crate::table;

// The sections of the file, by number; a list by key takes two.
pub(super) const PLACES: usize = 0;
pub(super) const PATTERNS: usize = 1;
/// Three.
pub(super) const GRAMS: usize = 2;
pub(super) const EXACT: usize = 5;
pub(super) const INITIALS: usize = 7;
pub(super) const ARTISTS: usize = 9;
pub(super) const FILES: usize = 11;
/// The counts, then how many names were counted.
pub(super) const WORDS: usize = 13;
/// Four.
pub(super) const RELEASES: usize = 15;
pub(super) const PEOPLE: usize = 19;
pub(super) const EDITION: usize = 20;
pub(super) const TWINS: usize = 21;

/// The file of `tracks`, marked with `stamp`, read from that edition of the library.
pub(super) fn image(tracks: &dyn Tracks, stamp: u64, edition: u64) -> Vec<u8> {
    let all: Vec<u32> = (0..u32::try_from(tracks.count()).unwrap_or(u32::MAX)).collect();
    let Shelf { folders, artists, people } = Shelf::of(tracks, &all);
    let (patterns, of_folder) = patterns(tracks, &folders, &artists);
    let parts = in_parallel(&all, |_, part| read(part, tracks, &folders, &of_folder));
    let mut rarity = Rarity::new();
    let (mut places, mut albums) = (Vec::with_capacity(all.len()), Vec::with_capacity(all.len()));
    let (mut exact, mut initials, mut artists, mut files) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut lists, mut sheets, mut sounds) = (Vec::new(), Vec::with_capacity(all.len()), Vec::new());
    for part in parts {
        sheets.extend(part.sheets);
        rarity.add(part.places.len(), &part.counts);
        places.extend(part.places);
        albums.extend(part.albums);
        exact.extend(part.exact);
        sounds.extend(part.sounds);
        initials.extend(part.initials);
        artists.extend(part.artists);
        files.extend(part.files);
        lists.push(part.grams);
    }
    let found = release::Found::find(tracks, &places, &albums);
    for (place, releases) in places.iter_mut().zip(&found.of) {
        place.releases = *releases;
    }
    exact.sort_unstable();
    let groups = recording::groups(&sheets, &places, &exact);
    drop(sheets);
    exact.extend(sounds);
    exact.sort_unstable();
    exact.dedup();
    let (words, records) = rarity.to_store();
    let mut sections = vec![places.iter().flat_map(Place::stored).collect(), patterns];
    sections.extend(grams::sections(&lists, all.len()));
    for pairs in [exact, initials, artists, files] {
        sections.extend(postings(pairs));
    }
    sections.extend([words, records.to_bits().to_le_bytes().to_vec()]);
    sections.extend(found.sections(tracks));
    sections.push(table::numbers(people.into_iter().map(|name| (name, 0)).collect::<Vec<_>>().into_iter()));
    sections.push(edition.to_le_bytes().to_vec());
    sections.extend(twins(&groups));
    table::image(KIND, stamp, &sections)
}

/// The two sections of the tracks of each group by each of them: a group stands there once.
fn twins(groups: &[Vec<u32>]) -> [Vec<u8>; 2] {
    let (mut starts, mut lists) = (Vec::new(), Vec::new());
    for group in groups {
        starts.extend(group.iter().map(|at| (u64::from(*at), len_u32(&lists))));
        table::push_list(&mut lists, group);
    }
    [table::numbers(starts.into_iter()), lists]
}

/// A name without what people write now this way, now that way: capitals, signs, "the", "&".
pub(super) fn as_written(name: &str) -> String {
    let lower = name.to_lowercase().replace('&', " and ");
    let mut words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    if words.len() > 1 && words[0] == "the" {
        words.remove(0);
    }
    // Some names are nothing but signs.
    if words.is_empty() { lower } else { words.join(" ") }
}

/// What all tracks together tell.
struct Shelf {
    folders: Folders,
    /// The keys of all artists that tags name.
    artists: Keys,
    /// The keys of the same, and of those of whole albums, as [`as_written`] compares them.
    people: Keys,
}

impl Shelf {
    fn of(tracks: &dyn Tracks, all: &[u32]) -> Self {
        let parts = in_parallel(all, |_, part| {
            let (mut seen, mut artists, mut people) = (Keys::default(), Keys::default(), Keys::default());
            // The folders as they come, with their first track.
            let mut runs: Vec<(u32, PathBuf)> = Vec::new();
            for at in part {
                let track = tracks.track(*at as usize).unwrap_or_default();
                let parent = track.path.parent().unwrap_or(std::path::Path::new(""));
                if runs.last().is_none_or(|(_, last)| last.as_os_str() != parent.as_os_str()) {
                    runs.push((*at, parent.to_owned()));
                }
                if let Some(name) = track.tags.artist.as_deref().filter(|name| seen.insert(key(name))) {
                    artists.insert(key(&Phrase::new(name).glued));
                    people.insert(key(&as_written(name)));
                }
                if let Some(name) = track.tags.album_artist.as_deref() {
                    people.insert(key(&as_written(name)));
                }
            }
            (runs, artists, people)
        });
        let (mut artists, mut people, mut runs) = (Keys::default(), Keys::default(), Vec::new());
        for (part_runs, part_artists, part_people) in parts {
            runs.extend(part_runs);
            artists.extend(part_artists);
            people.extend(part_people);
        }
        Self { folders: Folders::of(&runs, all.len()), artists, people }
    }
}

/// The patterns of all folders' names, each once, and where that of each folder begins.
fn patterns(tracks: &dyn Tracks, folders: &Folders, artists: &Keys) -> (Vec<u8>, Vec<(u32, Pattern)>) {
    let parts = in_parallel(&folders.members, |_, part| {
        let pattern = |members: &Vec<u32>| {
            let stems: Vec<String> = members.iter().map(|at| tracks.stem(*at as usize)).collect();
            let pattern = Pattern::of(&stems, artists);
            // What cannot be encoded is read as a plain folder's.
            (postcard::to_stdvec(&pattern).unwrap_or_default(), pattern)
        };
        part.iter().map(pattern).collect::<Vec<_>>()
    });
    let (mut bytes, mut known, mut all) = (Vec::new(), HashMap::new(), Vec::new());
    for (stored, pattern) in parts.into_iter().flatten() {
        let start = *known.entry(stored).or_insert_with_key(|stored| {
            let start = len_u32(&bytes);
            bytes.extend_from_slice(stored);
            start
        });
        all.push((start, pattern));
    }
    (bytes, all)
}

/// What one worker read of its tracks.
#[derive(Default)]
struct Part {
    places: Vec<Place>,
    albums: Vec<Option<u64>>,
    grams: grams::Lists,
    exact: Vec<(u64, u32)>,
    sounds: Vec<(u64, u32)>,
    initials: Vec<(u64, u32)>,
    artists: Vec<(u64, u32)>,
    files: Vec<(u64, u32)>,
    counts: ByKey<u32>,
    sheets: Vec<Sheet>,
}

/// The folders that tracks lie in.
struct Folders {
    /// The tracks of each.
    members: Vec<Vec<u32>>,
    /// The folder of each track.
    of: Vec<u32>,
    /// The folder of the release, for each.
    releases: Vec<u32>,
}

impl Folders {
    /// Of tracks in runs from one folder.
    fn of(runs: &[(u32, PathBuf)], count: usize) -> Self {
        let mut known: HashMap<&PathBuf, u32> = HashMap::new();
        let mut releases: HashMap<String, u32> = HashMap::new();
        let mut folders = Self { members: Vec::new(), of: Vec::with_capacity(count), releases: Vec::new() };
        let ends = runs.iter().skip(1).map(|(first, _)| *first);
        for ((first, parent), end) in runs.iter().zip(ends.chain([u32::try_from(count).unwrap_or(u32::MAX)]))
        {
            let id = *known.entry(parent).or_insert_with(|| {
                let count = len_u32(&folders.members);
                folders.members.push(Vec::new());
                let next = u32::try_from(releases.len()).unwrap_or(u32::MAX);
                // The release folder of a file in it, whatever its name.
                let release = releases.entry(view::release_folder(&parent.join("x"))).or_insert(next);
                folders.releases.push(*release);
                count
            });
            folders.members[id as usize].extend(*first..end);
            folders.of.extend((*first..end).map(|_| id));
        }
        folders
    }
}

/// Reads some tracks.
fn read(part_of: &[u32], tracks: &dyn Tracks, folders: &Folders, patterns: &[(u32, Pattern)]) -> Part {
    let mut memory = Memory::default();
    let mut part = Part::default();
    let (mut keys, mut sounds, mut words, mut artists) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for id in part_of.iter().copied() {
        // One that cannot be read is a file of which nothing is known.
        let track: &Track = &tracks.track(id as usize).unwrap_or_default();
        let folder = folders.of[id as usize];
        let (pattern, named) = &patterns[folder as usize];
        let described = view::describe(track, named, &mut memory);
        if let Some(name) = track.path.file_name().filter(|_| track.span.is_none()) {
            part.files.push((key(&name.to_string_lossy().to_lowercase()), id));
        }
        for view in &described.views {
            for (name, _) in &view.title.names {
                keys.push(key(&name.glued));
                part.grams.add(&name.glued);
            }
            // Names that sound the same, for entries in another script.
            sounds.extend(sound::sound_key(&view.title.base().words));
            let artist_sounds = view.artists.iter().take(2);
            sounds.extend(artist_sounds.filter_map(|artist| sound::sound_key(&artist.words)));
            words.extend(view.title.whole.words.iter().map(|word| key(word)));
            artists.extend(view.artists.iter().flat_map(|a| &a.words).map(|word| key(word)));
            if view.title.initials.len() > 2 {
                part.initials.push((key(&view.title.initials), id));
            }
        }
        artists.extend(described.hints.iter().flat_map(|h| &h.words).map(|word| key(word)));
        part.grams.end_track();
        for list in [&mut keys, &mut sounds, &mut artists] {
            list.sort_unstable();
            list.dedup();
        }
        part.exact.extend(keys.drain(..).map(|key| (key, id)));
        part.sounds.extend(sounds.drain(..).map(|key| (key, id)));
        part.artists.extend(artists.iter().map(|word| (*word, id)));
        words.append(&mut artists);
        words.sort_unstable();
        words.dedup();
        words.drain(..).for_each(|word| *part.counts.entry(word).or_default() += 1);
        part.sheets.push(Sheet::of(&described));
        part.albums.push(described.album.as_ref().map(|album| key(&album.glued)));
        part.places.push(Place {
            number: described.number,
            disc: described.disc,
            seconds: track.length.map(|l| l.as_secs_f64()).filter(|s| *s > 0.0),
            folder: folders.releases[folder as usize],
            titled: !described.views.is_empty(),
            has_album: described.album.is_some(),
            pattern: *pattern,
            releases: [u32::MAX; 2],
        });
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_compare_as_people_hear_them() {
        for (written, known) in [
            ("mild storms", "The Mild Storms"),
            ("VELO & BO", "Velo and Bo"),
            ("Blink 9", "blink-9"),
            ("!!!", "!!!"),
            ("the the", "The The"),
        ] {
            assert_eq!(as_written(written), as_written(known));
        }
        assert_ne!(as_written("The"), as_written("!!!"));
    }
}
