//! Takes the tracks of a library; gives for each what may be compared: its titles and artists
//! as tags and file name tell them, its number, its surroundings.
//! Never compares anything; a field that is absent stays absent.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::filename::{Kind, Pattern, Reading, unnamed};
use super::key::{ByKey, key};
use super::normalise::{Phrase, beginning, latin, unmangled, words};
use super::script;
use super::surroundings::of_surroundings;
use super::title::Title;
use super::version::{Sound, Version, Versions};
use super::weights;
use crate::library::Track;

/// One account of what a file is.
#[derive(Debug, Clone)]
pub(super) struct View {
    /// The title taken apart.
    pub(super) title: Arc<Title>,
    /// Everybody named as its artist. Empty where this account names nobody.
    pub(super) artists: Arc<[Phrase]>,
    /// Artist and title were taken the other way round than they stand.
    pub(super) turned: bool,
    /// Artist and title were not told apart: all of it is the title.
    pub(super) undivided: bool,
    /// What it costs to believe this account, in nats.
    pub(super) cost: f64,
}

/// A track as the matcher sees it.
#[derive(Debug, Clone, Default)]
pub(super) struct Described {
    /// The accounts, best first. Empty for a file of which nothing but a number is known.
    pub(super) views: Vec<View>,
    /// Names of folders: they can speak for an artist, never against one.
    pub(super) hints: Arc<[Phrase]>,
    /// Versions that album, folder, artist or genre tell of.
    pub(super) surroundings: BTreeSet<Version>,
    /// The album's name.
    pub(super) album: Option<Phrase>,
    /// Where its artist should stand it only says that it is by several.
    pub(super) of_various: bool,
    /// Number on the disc.
    pub(super) number: Option<u32>,
    /// The disc.
    pub(super) disc: Option<u32>,
}

impl Described {
    /// The mix that a file is of, as its title, album or folder says.
    pub(super) fn sound(&self, title: &Title) -> Option<Sound> {
        let album = || self.album.as_ref().and_then(|album| Sound::of(album.words.iter()));
        let folder = || self.hints.first().and_then(|folder| Sound::of(folder.words.iter()));
        title.versions.sound.or_else(album).or_else(folder)
    }
}

/// What was read before: the files of an album repeat their artists and folders. It only saves
/// time, and starts anew where it would grow large.
#[derive(Default)]
pub(super) struct Memory {
    people: ByKey<Arc<[Phrase]>>,
    titles: ByKey<Arc<Title>>,
    surroundings: ByKey<BTreeSet<Version>>,
    names: ByKey<Arc<Name>>,
    folders: ByKey<Arc<Folder>>,
}

/// What one folder's name says.
struct Name {
    /// It only tells the disc.
    is_disc: bool,
    /// The name as possible artists.
    hints: Vec<Phrase>,
}

/// What the folders above a file say.
struct Folder {
    /// Their names, nearest first, without disc folders.
    names: Vec<String>,
    /// The names of the nearest three as possible artists.
    hints: Arc<[Phrase]>,
}

/// Folders above a file that are looked at.
const NEAR_FOLDERS: usize = 4;
/// Entries of a [`Memory`] table from which it starts anew.
const MOST_REMEMBERED: usize = 4_096;

fn remember<T: Clone>(table: &mut ByKey<T>, text: &str, make: impl FnOnce() -> T) -> T {
    if table.len() >= MOST_REMEMBERED {
        table.clear();
    }
    table.entry(key(text)).or_insert_with(make).clone()
}

impl Memory {
    /// The names in an artist field; none for one that names nobody.
    fn people(&mut self, text: &str) -> Arc<[Phrase]> {
        let read = || if is_nobody(text) { Arc::default() } else { names_of(text).into() };
        remember(&mut self.people, text, read)
    }

    /// An artist's name taken apart as a title.
    fn title(&mut self, artist: &str) -> Arc<Title> {
        remember(&mut self.titles, artist, || Arc::new(title_of(artist)))
    }

    fn name(&mut self, folder: &str) -> Arc<Name> {
        let read = || Arc::new(Name { is_disc: is_disc(folder), hints: hints(folder) });
        remember(&mut self.names, folder, read)
    }

    fn surroundings(&mut self, text: &str) -> BTreeSet<Version> {
        remember(&mut self.surroundings, text, || of_surroundings(text))
    }

    fn folder(&mut self, path: &Path) -> Arc<Folder> {
        let parent = path.parent().unwrap_or(Path::new("")).to_string_lossy();
        if let Some(known) = self.folders.get(&key(&parent)) {
            return Arc::clone(known);
        }
        let parents = path.ancestors().skip(1).filter_map(Path::file_name).map(|name| name.to_string_lossy());
        let parents = parents.map(|name| (self.name(&name), name.into_owned()));
        let near: Vec<(Arc<Name>, String)> =
            parents.filter(|(name, _)| !name.is_disc).take(NEAR_FOLDERS).collect();
        let hints = near.iter().take(3).flat_map(|(name, _)| name.hints.iter().cloned()).collect();
        let names = near.into_iter().map(|(_, name)| name).collect();
        remember(&mut self.folders, &parent, || Arc::new(Folder { names, hints }))
    }
}

/// The file's name without its extension. That of a disc says nothing of a track in it.
pub(super) fn stem(track: &Track) -> String {
    if track.span.is_some() {
        return String::new();
    }
    file_stem(&track.path)
}

/// A path's last name without its extension.
pub(super) fn file_stem(path: &Path) -> String {
    path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Describes a track of a folder whose names are built as `pattern` says.
pub(super) fn describe(track: &Track, pattern: &Pattern, memory: &mut Memory) -> Described {
    let tags = &track.tags;
    let readings = pattern.read(&stem(track));
    let folder = memory.folder(&track.path);
    let number_in_title = tags.title.as_deref().and_then(|t| unnamed(t).flatten());
    let first = readings.first();
    let (disc, number) = match tags.track {
        Some(n) if n > 100 && tags.disc.is_none() => (Some(n / 100), Some(n % 100)),
        Some(n) => (tags.disc, Some(n)),
        None => (tags.disc.or(first.and_then(|r| r.disc)), first.and_then(|r| r.number).or(number_in_title)),
    };
    let mut surroundings = BTreeSet::new();
    let near = folder.names.iter().take(2).map(String::as_str);
    let told =
        [tags.album.as_deref(), tags.artist.as_deref(), tags.album_artist.as_deref(), tags.genre.as_deref()];
    // A band of that name does not play everything on stage.
    let is_name =
        |text: &&str| tags.artist.as_deref().is_some_and(|artist| artist.eq_ignore_ascii_case(text));
    let told =
        told.into_iter().flatten().filter(|text| !(text.eq_ignore_ascii_case("live") && is_name(text)));
    let near = near.filter(|text| !(text.eq_ignore_ascii_case("live") && is_name(text)));
    for text in near.chain(told) {
        surroundings.append(&mut memory.surroundings(text));
    }
    let named = tags.artist.as_deref().or(first.and_then(|reading| reading.artist.as_deref()));
    let views = views(track, &readings, &folder.names, memory);
    let nobody = || views.iter().all(|view| view.turned || view.artists.is_empty());
    Described {
        of_various: named.is_some_and(|artist| memory.people(artist).is_empty()) && nobody(),
        views,
        hints: Arc::clone(&folder.hints),
        surroundings,
        album: tags.album.as_deref().map(Phrase::new).filter(|a| !a.is_empty()),
        number,
        disc,
    }
}

/// The accounts of a file, the likeliest first.
fn views(track: &Track, readings: &[Reading], folders: &[String], memory: &mut Memory) -> Vec<View> {
    let tags = &track.tags;
    let tag_artists = tag_artists(track, memory);
    let mut titles = Titles::default();
    let mut views = Vec::new();
    let tag_title = tags.title.as_deref().filter(|t| unnamed(t).is_none());
    if let Some(title) = tag_title {
        views.push(view(titles.of(title), &tag_artists, 0.0));
        let versions = views[0].title.versions.clone();
        if let Some((artist, rest)) =
            title.split_once(" - ").or_else(|| title.split_once(" / ")).filter(|_| tag_artists.is_empty())
        {
            views.push(view(titles.of(rest), &names_of(artist).into(), weights::SECOND_READING));
        }
        if let Some(artist) = tags.artist.as_deref().filter(|a| !memory.people(a).is_empty()) {
            let title_names = names_of(title).into();
            let mut swapped = view(memory.title(artist), &title_names, weights::SWAPPED_TAGS);
            swapped.turned = true;
            swapped.join(&versions);
            views.push(swapped);
        }
    }
    for (rank, reading) in readings.iter().enumerate() {
        let Some(title) = &reading.title else { continue };
        let named = reading.artist.as_deref().map(|a| memory.people(a)).unwrap_or_default();
        let artists = if named.is_empty() { &tag_artists } else { &named };
        let plain = reading.kind == Kind::Likeliest;
        if plain && tag_title == Some(title.as_str()) && *artists == tag_artists {
            continue; // The same account as the tags'.
        }
        let mut cost = if rank == 0 { 0.0 } else { weights::SECOND_READING };
        if tag_title.is_some() {
            cost += weights::BESIDE_TAGS;
        } else if let Some((artist, rest)) = folder_in_front(title, folders).filter(|_| named.is_empty()) {
            views.push(view(titles.of(&rest), &[artist].into(), cost));
            cost += weights::SECOND_READING;
        }
        let undivided = reading.kind == Kind::Undivided;
        let title = if undivided { Arc::new(Title::undivided(title)) } else { titles.of(title) };
        let mut view = view(title, artists, cost);
        match reading.kind {
            Kind::Likeliest => {}
            Kind::Undivided => view.undivided = true,
            Kind::Turned => {
                view.turned = true;
                let other = reading.artist.as_deref().map(|a| titles.of(a)).unwrap_or_default();
                view.join(&other.versions);
            }
        }
        views.push(view);
    }
    drop_repeated(&mut views);
    views
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

/// The titles of one track, taken apart once: its accounts repeat them.
#[derive(Default)]
struct Titles(Vec<(u64, Arc<Title>)>);

impl Titles {
    fn of(&mut self, text: &str) -> Arc<Title> {
        let key = key(text);
        if let Some((_, title)) = self.0.iter().find(|(known, _)| *known == key) {
            return Arc::clone(title);
        }
        let title = Arc::new(title_of(text));
        self.0.push((key, Arc::clone(&title)));
        title
    }
}

fn title_of(text: &str) -> Title {
    unmangled(text).map_or_else(|| Title::new(text), |meant| Title::new(&meant))
}

impl View {
    /// Adds what another name says of versions.
    fn join(&mut self, versions: &Versions) {
        if *versions != Versions::default() {
            Arc::make_mut(&mut self.title).versions.join(versions);
        }
    }
}

fn view(title: Arc<Title>, artists: &Arc<[Phrase]>, cost: f64) -> View {
    let artists = match title.guests.as_slice() {
        [] => Arc::clone(artists),
        guests => artists.iter().chain(guests).cloned().collect(),
    };
    View { title, artists, turned: false, undivided: false, cost }
}

fn drop_repeated(views: &mut Vec<View>) {
    let same = |a: &View, b: &View| {
        let (x, y) = (&a.title, &b.title);
        x.whole.glued == y.whole.glued && x.versions.kinds == y.versions.kinds && a.artists == b.artists
    };
    let mut kept: Vec<View> = Vec::with_capacity(views.len());
    for view in views.drain(..) {
        if !view.title.is_empty() && !kept.iter().any(|k| same(k, &view)) {
            kept.push(view);
        }
    }
    *views = kept;
}

fn tag_artists(track: &Track, memory: &mut Memory) -> Arc<[Phrase]> {
    let tags = &track.tags;
    let mut people =
        |name: &Option<String>| name.as_deref().map(|name| memory.people(name)).unwrap_or_default();
    let (artist, album_artist) = (people(&tags.artist), people(&tags.album_artist));
    // Only a composer or a compiler: nobody is named who could contradict a performer.
    if artist.is_empty() && album_artist.is_empty() {
        return Arc::default();
    }
    let composer = people(&tags.composer);
    if album_artist.is_empty() && composer.is_empty() {
        return artist;
    }
    [artist, album_artist, composer].iter().flat_map(|names| names.iter().cloned()).collect()
}

/// People looked at in one artist field: all are held against all.
const MOST_PEOPLE: usize = 24;

/// The artist as a whole, and each of several.
pub(super) fn names_of(text: &str) -> Vec<Phrase> {
    let text = beginning(text);
    let meant = unmangled(text).unwrap_or_else(|| text.to_owned());
    let mut names = vec![Phrase::new(&meant)];
    let lower = meant.to_lowercase();
    let mut pieces = vec![lower];
    // A quick look that spares most names the long one: the words of the signs below.
    let several = pieces[0].contains([';', ',', '(', ')'])
        || pieces[0].split(' ').any(|word| {
            let signs =
                ["&", "and", "feat.", "feat", "ft.", "featuring", "with", "vs.", "vs", "x", "×", "+", "/"];
            signs.contains(&word)
        });
    let signs: &[&str] = &[
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
    ];
    for sign in signs.iter().filter(|_| several) {
        if pieces.iter().any(|p| p.contains(*sign)) {
            pieces = pieces.iter().flat_map(|p| p.split(*sign)).map(str::to_owned).collect();
        }
    }
    if pieces.len() > 1 {
        names.extend(pieces.iter().take(MOST_PEOPLE).map(|p| Phrase::new(p)).filter(|p| !p.is_empty()));
    }
    if let Some(latin) = latin(&meant) {
        names.push(Phrase::new(&latin));
        names.extend(script::meaning(&meant).map(|meaning| Phrase::new(&meaning)));
        names.extend(script::spelt(&meant).map(|letters| Phrase::new(&letters)));
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

/// The folder of a file's release: the one it lies in, without a disc folder.
pub(super) fn release_folder(path: &Path) -> String {
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

    fn describe_all(tracks: &[Track]) -> Vec<Described> {
        let stems: Vec<String> = tracks.iter().map(stem).collect();
        let pattern = Pattern::of(&stems, &super::super::key::Keys::default());
        tracks.iter().map(|track| describe(track, &pattern, &mut Memory::default())).collect()
    }

    #[test]
    fn an_untagged_file_is_read_by_name_and_folder() {
        let all = describe_all(&[track("/m/rips/01_survivor-burning_heart.mp3", "", "")]);
        assert_eq!(all[0].views[0].title.base().words, ["burning", "heart"]);
        assert_eq!(all[0].views[0].artists[0].words, ["survivor"]);
        assert_eq!(all[0].number, Some(1));
    }

    #[test]
    fn stand_ins_are_no_titles() {
        let all = describe_all(&[track("/m/x/Track 03.mp3", "Track 3", "Unknown Artist")]);
        assert!(all[0].views.is_empty());
        assert_eq!(all[0].number, Some(3));
    }

    #[test]
    fn disc_folders_are_one_release() {
        let folder = |path: &str| release_folder(Path::new(path));
        assert_eq!(folder("/m/Now 5/CD1/01 A.mp3"), folder("/m/Now 5/CD2/01 B.mp3"));
        assert!(!is_disc("Discovery") && !is_disc("Side Effects"));
    }
}
