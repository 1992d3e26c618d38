//! Takes the tracks of a library; gives for each what may be compared: its titles and artists
//! as tags and file name tell them, its number, its surroundings.
//! Never compares anything; a field that is absent stays absent.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use super::filename::{Kind, Reading, read_folder, unnamed};
use super::normalise::{Phrase, fold, latin, unmangled, words};
use super::title::Title;
use super::version::{Version, of_surroundings};
use super::weights;
use crate::library::Track;

/// One account of what a file is.
#[derive(Debug, Clone)]
pub(super) struct View {
    /// The title taken apart.
    pub(super) title: Title,
    /// Everybody named as its artist. Empty where this account names nobody.
    pub(super) artists: Vec<Phrase>,
    /// Artist and title were taken the other way round than they stand.
    pub(super) turned: bool,
    /// What it costs to believe this account, in nats.
    pub(super) cost: f64,
}

/// A track as the matcher sees it.
#[derive(Debug, Clone, Default)]
pub(super) struct Described {
    /// The accounts, best first. Empty for a file of which nothing but a number is known.
    pub(super) views: Vec<View>,
    /// Names of folders: they can speak for an artist, never against one.
    pub(super) hints: Vec<Phrase>,
    /// Versions that album, folder, artist or genre tell of.
    pub(super) surroundings: BTreeSet<Version>,
    /// The album's name.
    pub(super) album: Option<Phrase>,
    /// Number on the disc.
    pub(super) number: Option<u32>,
    /// The disc.
    pub(super) disc: Option<u32>,
    /// Length in seconds.
    pub(super) seconds: Option<f64>,
    /// The folder it lies in, without a disc folder.
    pub(super) folder: String,
    /// The whole path, folded, with '/' between its parts.
    pub(super) path: String,
}

/// Describes all tracks, in their order.
pub(super) fn describe(tracks: &[Track]) -> Vec<Described> {
    let artists: HashSet<String> =
        tracks.iter().filter_map(|t| t.tags.artist.as_deref()).map(|a| Phrase::new(a).glued).collect();
    let mut folders: HashMap<&Path, Vec<usize>> = HashMap::new();
    for (at, track) in tracks.iter().enumerate() {
        folders.entry(track.path.parent().unwrap_or(Path::new(""))).or_default().push(at);
    }
    let mut memory = Memory::default();
    let mut described = vec![Described::default(); tracks.len()];
    for members in folders.values() {
        let stems: Vec<String> = members.iter().map(|at| stem(&tracks[*at])).collect();
        for (at, readings) in members.iter().zip(read_folder(&stems, &artists)) {
            described[*at] = describe_one(&tracks[*at], &readings, &mut memory);
        }
    }
    described
}

/// What was read before: the files of an album repeat their artists and folders.
#[derive(Default)]
struct Memory {
    people: HashMap<String, Vec<Phrase>>,
    surroundings: HashMap<String, BTreeSet<Version>>,
    hints: HashMap<String, Vec<Phrase>>,
}

impl Memory {
    fn people(&mut self, text: &str) -> &[Phrase] {
        self.people.entry(text.to_owned()).or_insert_with(|| names_of(text))
    }

    fn surroundings(&mut self, text: &str) -> &BTreeSet<Version> {
        self.surroundings.entry(text.to_owned()).or_insert_with(|| of_surroundings(text))
    }

    fn hints(&mut self, folder: &str) -> &[Phrase] {
        self.hints.entry(folder.to_owned()).or_insert_with(|| hints(folder))
    }
}

fn stem(track: &Track) -> String {
    track.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

fn describe_one(track: &Track, readings: &[Reading], memory: &mut Memory) -> Described {
    let tags = &track.tags;
    let folders = folder_names(&track.path);
    let tag_artists = tag_artists(track, memory);
    let mut views = Vec::new();
    let tag_title = tags.title.as_deref().filter(|t| unnamed(t).is_none());
    if let Some(title) = tag_title {
        views.push(view(title, &tag_artists, 0.0));
        if let Some((artist, rest)) =
            title.split_once(" - ").or_else(|| title.split_once(" / ")).filter(|_| tag_artists.is_empty())
        {
            views.push(view(rest, &names_of(artist), weights::SECOND_READING));
        }
        if let Some(artist) = tags.artist.as_deref().filter(|a| !is_nobody(a)) {
            let mut swapped = view(artist, &names_of(title), weights::SWAPPED_TAGS);
            swapped.turned = true;
            swapped.title.versions.join(&Title::new(title).versions);
            views.push(swapped);
        }
    }
    for (rank, reading) in readings.iter().enumerate() {
        let Some(title) = &reading.title else { continue };
        let named = reading.artist.as_deref().filter(|a| !is_nobody(a)).map(names_of).unwrap_or_default();
        let mut cost = if rank == 0 { 0.0 } else { weights::SECOND_READING };
        if tag_title.is_some() {
            cost += weights::BESIDE_TAGS;
        } else if let Some((artist, rest)) = folder_in_front(title, &folders).filter(|_| named.is_empty()) {
            views.push(view(&rest, &[artist], cost));
            cost += weights::SECOND_READING;
        }
        let artists = if named.is_empty() { &tag_artists } else { &named };
        let mut view = view(title, artists, cost);
        match reading.kind {
            Kind::Likeliest => {}
            Kind::Turned => {
                view.turned = true;
                let other = reading.artist.as_deref().map(Title::new).unwrap_or_default();
                view.title.versions.join(&other.versions);
            }
            Kind::Undivided => view.title = Title::undivided(title),
        }
        views.push(view);
    }
    drop_repeated(&mut views);
    let first = readings.first();
    let number_in_title = tags.title.as_deref().and_then(|t| unnamed(t).flatten());
    let (disc, number) = match tags.track {
        Some(n) if n > 100 && tags.disc.is_none() => (Some(n / 100), Some(n % 100)),
        Some(n) => (tags.disc, Some(n)),
        None => (tags.disc.or(first.and_then(|r| r.disc)), first.and_then(|r| r.number).or(number_in_title)),
    };
    let mut surroundings = BTreeSet::new();
    let near = folders.iter().take(2).map(String::as_str);
    let told =
        [tags.album.as_deref(), tags.artist.as_deref(), tags.album_artist.as_deref(), tags.genre.as_deref()];
    for text in near.chain(told.into_iter().flatten()) {
        surroundings.extend(memory.surroundings(text));
    }
    Described {
        views,
        hints: folders.iter().take(3).flat_map(|name| memory.hints(name).to_vec()).collect(),
        surroundings,
        album: tags.album.as_deref().map(Phrase::new).filter(|a| !a.is_empty()),
        number,
        disc,
        seconds: track.length.map(|l| l.as_secs_f64()).filter(|s| *s > 0.0),
        folder: release_folder(&track.path),
        path: fold(&track.path.to_string_lossy().replace('\\', "/")),
    }
}

/// The folder's name and the rest of a title that begins with it ("queen/QUEEN BOHEMIAN RHAPSODY").
fn folder_in_front(title: &str, folders: &[String]) -> Option<(Phrase, String)> {
    let words = words(title);
    let front = |name: &String| {
        let name = Phrase::new(name);
        let fits = name.words.len() < words.len() && words.starts_with(&name.words) && !name.is_empty();
        fits.then(|| (words[name.words.len()..].join(" "), name))
    };
    folders.iter().take(2).find_map(front).map(|(rest, name)| (name, rest))
}

fn view(title: &str, artists: &[Phrase], cost: f64) -> View {
    let title = unmangled(title).map_or_else(|| Title::new(title), |meant| Title::new(&meant));
    let mut artists = artists.to_vec();
    artists.extend(title.guests.iter().cloned());
    View { title, artists, turned: false, cost }
}

fn drop_repeated(views: &mut Vec<View>) {
    let mut seen: Vec<(String, Vec<Phrase>)> = Vec::new();
    views.retain(|v| {
        let key = (format!("{}{:?}", v.title.whole.glued, v.title.versions.kinds), v.artists.clone());
        let new = !v.title.is_empty() && !seen.contains(&key);
        if new {
            seen.push(key);
        }
        new
    });
}

fn tag_artists(track: &Track, memory: &mut Memory) -> Vec<Phrase> {
    let tags = &track.tags;
    let mut names = Vec::new();
    for name in [&tags.artist, &tags.album_artist, &tags.composer].into_iter().flatten() {
        if !is_nobody(name) {
            names.extend_from_slice(memory.people(name));
        }
    }
    // Only a composer or a compiler: nobody is named who could contradict a performer.
    if tags.artist.as_deref().is_none_or(is_nobody) && tags.album_artist.as_deref().is_none_or(is_nobody) {
        names.clear();
    }
    names
}

/// The artist as a whole, and each of several.
pub(super) fn names_of(text: &str) -> Vec<Phrase> {
    let meant = unmangled(text).unwrap_or_else(|| text.to_owned());
    let mut names = vec![Phrase::new(&meant)];
    let lower = meant.to_lowercase();
    let mut pieces = vec![lower];
    for sign in [
        ";",
        ",",
        " & ",
        " and ",
        " feat. ",
        " feat ",
        " ft. ",
        " featuring ",
        " with ",
        " vs. ",
        " vs ",
        " x ",
        " × ",
        " + ",
        " / ",
        "(",
        ")",
    ] {
        pieces = pieces.iter().flat_map(|p| p.split(sign)).map(str::to_owned).collect();
    }
    if pieces.len() > 1 {
        names.extend(pieces.iter().map(|p| Phrase::new(p)).filter(|p| !p.is_empty()));
    }
    if let Some(latin) = latin(&meant) {
        names.push(Phrase::new(&latin));
    }
    names.retain(|n| !n.is_empty());
    names
}

/// Whether an artist field names nobody.
pub(super) fn is_nobody(artist: &str) -> bool {
    const NOBODY: &[&str] = &[
        "",
        "various artists",
        "various",
        "va",
        "v a",
        "unknown artist",
        "unknown",
        "artist",
        "soundtrack",
        "ost",
        "original soundtrack",
        "original motion picture soundtrack",
        "diverse",
        "verschiedene",
        "verschiedene interpreten",
        "artistes divers",
        "varios artistas",
        "compilation",
        "compilations",
        "no artist",
        "none",
    ];
    NOBODY.contains(&words(artist).join(" ").as_str())
}

/// The names of the folders, nearest first, without disc folders.
fn folder_names(path: &Path) -> Vec<String> {
    let parents = path.ancestors().skip(1).filter_map(Path::file_name);
    parents.map(|n| n.to_string_lossy().into_owned()).filter(|n| !is_disc(n)).take(4).collect()
}

fn hints(folder: &str) -> Vec<Phrase> {
    let tidy = if folder.contains(' ') { folder.to_owned() } else { folder.replace('_', " ") };
    let mut names = vec![Phrase::new(&tidy)];
    names.extend(tidy.split(['-', '–', ',', '_']).map(Phrase::new));
    names.retain(|n| !n.is_empty());
    names.dedup();
    names
}

/// Whether a folder only tells the disc ("CD1", "Disc 2").
fn is_disc(folder: &str) -> bool {
    let words = words(folder);
    let name = words.concat();
    let rest = ["cd", "disc", "disk", "dvd", "side"].iter().find_map(|w| name.strip_prefix(w));
    rest.is_some_and(|rest| {
        !rest.is_empty() && rest.len() <= 2 && (rest.bytes().all(|b| b.is_ascii_digit()) || rest.len() == 1)
    })
}

fn release_folder(path: &Path) -> String {
    let parent = path.parent().unwrap_or(Path::new(""));
    let name = parent.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = if is_disc(&name) { parent.parent().unwrap_or(parent) } else { parent };
    folder.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::Tags;

    fn track(path: &str, title: &str, artist: &str) -> Track {
        let some = |s: &str| (!s.is_empty()).then(|| s.to_owned());
        Track {
            path: path.into(),
            tags: Tags { title: some(title), artist: some(artist), ..Tags::default() },
            ..Track::default()
        }
    }

    #[test]
    fn an_untagged_file_is_read_by_name_and_folder() {
        let all = describe(&[track("/m/rips/01_survivor-burning_heart.mp3", "", "")]);
        assert_eq!(all[0].views[0].title.base().words, ["burning", "heart"]);
        assert_eq!(all[0].views[0].artists[0].words, ["survivor"]);
        assert_eq!(all[0].number, Some(1));
    }

    #[test]
    fn stand_ins_are_no_titles() {
        let all = describe(&[track("/m/x/Track 03.mp3", "Track 3", "Unknown Artist")]);
        assert!(all[0].views.is_empty());
        assert_eq!(all[0].number, Some(3));
    }

    #[test]
    fn disc_folders_are_one_release() {
        let all =
            describe(&[track("/m/Now 5/CD1/01 A.mp3", "A", ""), track("/m/Now 5/CD2/01 B.mp3", "B", "")]);
        assert_eq!(all[0].folder, all[1].folder);
        assert!(!is_disc("Discovery") && !is_disc("Side Effects"));
    }
}
