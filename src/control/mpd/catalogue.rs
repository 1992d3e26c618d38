//! Takes the library; gives it as the tree of folders and songs that MPD clients browse, each under a name that
//! begins at the music folder. Where there are several music folders, each is a folder of that tree.
//! Never gives what is not in the library: a name with `..`, or of a file elsewhere, is the name of nothing.

use std::collections::HashSet;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::song::{Song, label};
use crate::cue::Span;
use crate::library::{Library, Track};
use crate::player::Item;

/// The library, as clients see it.
#[derive(Debug)]
pub(super) struct Catalogue {
    library: Library,
    /// The music folders with their names; the only one has none.
    roots: Vec<(String, PathBuf)>,
    opened: SystemTime,
    totals: OnceLock<Totals>,
}

/// How much there is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    pub(super) artists: usize,
    pub(super) albums: usize,
    pub(super) songs: usize,
    pub(super) playtime: Duration,
}

/// Something in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// A folder, or a file with tracks inside.
    Folder(Folder),
    /// A song.
    Song(Box<Song>),
}

/// A folder, or a file with tracks inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folder {
    pub(super) uri: String,
    pub(super) path: PathBuf,
}

impl Folder {
    /// When it was changed last, in seconds since 1970.
    pub(super) fn modified(&self) -> Option<i64> {
        let modified = fs::metadata(&self.path).ok()?.modified().ok()?;
        i64::try_from(modified.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
    }
}

impl Catalogue {
    pub(super) fn new(library: Library) -> Self {
        let mut roots: Vec<(String, PathBuf)> = Vec::new();
        for root in &library.roots {
            let name =
                root.file_name().unwrap_or(root.as_os_str()).to_string_lossy().replace(['/', '\n'], "_");
            let is_free = |name: &String| roots.iter().all(|(taken, _)| taken != name);
            let names = std::iter::once(name.clone()).chain((2..).map(|n| format!("{name} ({n})")));
            let name = if library.roots.len() == 1 { None } else { names.into_iter().find(is_free) };
            roots.push((name.unwrap_or_default(), root.clone()));
        }
        Self { library, roots, opened: SystemTime::now(), totals: OnceLock::new() }
    }

    pub(super) fn library(&self) -> &Library {
        &self.library
    }

    /// The music folders.
    pub(super) fn roots(&self) -> impl Iterator<Item = &Path> {
        self.roots.iter().map(|(_, root)| root.as_path())
    }

    /// When it was read, in seconds since 1970.
    pub(super) fn opened(&self) -> u64 {
        self.opened.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
    }

    /// How much there is; counted once.
    pub(super) fn totals(&self) -> Totals {
        *self.totals.get_or_init(|| {
            let (mut artists, mut albums) = (HashSet::new(), HashSet::new());
            let mut totals = Totals::default();
            for track in self.library.tracks() {
                totals.songs += 1;
                let song = Song { uri: String::new(), track };
                totals.playtime += song.length().unwrap_or_default();
                artists.extend(super::tag::Tag::ARTIST.own(&song.track.tags));
                albums.extend(song.track.tags.album);
            }
            Totals { artists: artists.len(), albums: albums.len(), ..totals }
        })
    }

    /// The name of a file below a music folder, where it is a name that the protocol can say.
    pub(super) fn uri(&self, path: &Path) -> Option<String> {
        let (name, below) =
            self.roots.iter().find_map(|(name, root)| Some((name, path.strip_prefix(root).ok()?)))?;
        let below = below.to_str().filter(|below| !below.contains(char::is_control))?;
        Some(match (name.is_empty(), below.is_empty()) {
            (true, _) => below.to_owned(),
            (false, true) => name.clone(),
            (false, false) => format!("{name}/{below}"),
        })
    }

    /// The path that a name would have; whether there is anything is another question.
    pub(super) fn path(&self, uri: &str) -> Option<PathBuf> {
        let (root, below) = match self.roots.iter().find(|(name, _)| name.is_empty()) {
            Some((_, root)) => (root, uri),
            None => {
                let (first, rest) = uri.split_once('/').unwrap_or((uri, ""));
                (&self.roots.iter().find(|(name, _)| name == first)?.1, rest)
            }
        };
        let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        let below = Path::new(below);
        below.components().all(is_plain).then(|| root.join(below))
    }

    /// The song of that name. The absolute path of a file in a music folder is a name of it too.
    pub(super) fn song(&self, uri: &str) -> Option<Song> {
        let uri = self.relative(uri)?;
        let (path, number) =
            match uri.rsplit_once("/track").and_then(|(file, n)| Some((file, n.parse().ok()?))) {
                Some((file, number)) if self.tracks_inside(&self.path(file)?) > 0 => {
                    (self.path(file)?, Some(number))
                }
                _ => (self.path(&uri)?, None),
            };
        let mut tracks = self.library.at_path(&path);
        let track = match number {
            Some(number) => tracks.nth(usize::checked_sub(number, 1)?),
            None => tracks.next().filter(|track| track.span.is_none()),
        };
        Some(Song { uri, track: track? })
    }

    fn relative(&self, uri: &str) -> Option<String> {
        let uri = uri.strip_prefix("file://").unwrap_or(uri);
        if !uri.starts_with('/') {
            return Some(uri.to_owned());
        }
        let path = Path::new(uri);
        path.components().all(|part| part != Component::ParentDir).then(|| self.uri(path))?
    }

    fn tracks_inside(&self, path: &Path) -> usize {
        self.library.at_path(path).filter(|track| track.span.is_some()).count()
    }

    /// The song that an entry of the queue is, where the library has it: all of it, where the entry is cut.
    pub(super) fn known(&self, item: &Item) -> Option<Song> {
        let part = &item.part;
        let tracks = || self.library.at_path(&part.path).enumerate();
        let same = tracks().find(|(_, track)| track.span == part.span);
        let (at, track) = same.or_else(|| tracks().find(|(_, track)| is_cut_of(item, track)))?;
        self.named(at, track)
    }

    /// The song that is the track at `at`, from 0, of its file.
    fn named(&self, at: usize, track: Track) -> Option<Song> {
        let uri = self.uri(&track.path)?;
        let uri = if track.span.is_some() { format!("{uri}/track{:04}", at + 1) } else { uri };
        Some(Song { uri, track })
    }

    /// What lies in the folder of that name: folders by name, songs by release; `None` where there is no such folder.
    pub(super) fn list(&self, uri: &str) -> Option<(Vec<Folder>, Vec<Song>)> {
        let uri = self.relative(uri.trim_end_matches('/'))?;
        if uri.is_empty() && self.roots.len() != 1 {
            let folders =
                self.roots.iter().map(|(uri, path)| Folder { uri: uri.clone(), path: path.clone() });
            return Some((folders.collect(), Vec::new()));
        }
        let path = self.path(&uri)?;
        if self.tracks_inside(&path) > 0 {
            let inside = self.library.at_path(&path).enumerate();
            return Some((Vec::new(), inside.filter_map(|(at, track)| self.named(at, track)).collect()));
        }
        let found = self.list_folder(&path);
        let is_there = uri.is_empty() || !found.0.is_empty() || !found.1.is_empty();
        is_there.then_some(found)
    }

    fn list_folder(&self, folder: &Path) -> (Vec<Folder>, Vec<Song>) {
        let (mut folders, mut songs) = (Vec::new(), Vec::new());
        let mut prefix = folder.as_os_str().as_encoded_bytes().to_vec();
        if !prefix.ends_with(b"/") {
            prefix.push(b'/');
        }
        let mut at = self.first_from(&prefix);
        while let Some(path) = self.library.path(at) {
            let Some(rest) = path.as_os_str().as_encoded_bytes().strip_prefix(&prefix[..]) else { break };
            let inside = rest.iter().position(|byte| *byte == b'/');
            let Some(name) = path.strip_prefix(folder).ok().and_then(|below| below.components().next())
            else {
                at += 1;
                continue;
            };
            let child = folder.join(name);
            match (inside, self.library.track(at)) {
                (Some(_), _) => {
                    folders.extend(self.folder(child.clone()));
                    // All that lies in it comes before "name0": 0 is the character after the slash.
                    let mut behind = child.into_os_string().into_encoded_bytes();
                    behind.push(b'/' + 1);
                    at = self.first_from(&behind).max(at + 1);
                }
                (None, Some(track)) if track.span.is_some() => {
                    folders.extend(self.folder(child.clone()));
                    at += self.library.at_path(&child).count().max(1);
                }
                (None, track) => {
                    songs.extend(track.and_then(|track| self.named(0, track)));
                    at += 1;
                }
            }
        }
        folders.sort_by(|a, b| a.uri.cmp(&b.uri));
        songs.sort_by(Song::by_release);
        (folders, songs)
    }

    fn folder(&self, path: PathBuf) -> Option<Folder> {
        Some(Folder { uri: self.uri(&path)?, path })
    }

    /// The folder in which songs of that folder lie; a file with tracks inside is a folder too, and lies in one.
    pub(super) fn folder_path(&self, uri: &str) -> Option<PathBuf> {
        let uri = self.relative(uri.trim_end_matches('/'))?;
        self.list(&uri)?;
        let path = self.path(&uri)?;
        match path.is_dir() {
            true => Some(path),
            false => path.parent().map(Path::to_owned),
        }
    }

    /// The first track whose path is not before these bytes.
    fn first_from(&self, bytes: &[u8]) -> usize {
        let (mut low, mut high) = (0, self.library.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            let is_before =
                self.library.path(middle).is_some_and(|path| path.as_os_str().as_encoded_bytes() < bytes);
            if is_before { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// Shows everything below a folder, a folder before what is in it, songs before folders. Whether there is
    /// such a folder.
    pub(super) fn walk(&self, uri: &str, visit: &mut dyn FnMut(Node)) -> bool {
        let mut ahead: Vec<Folder> = Vec::new();
        let enter = |uri: &str, ahead: &mut Vec<Folder>, visit: &mut dyn FnMut(Node)| {
            let Some((folders, songs)) = self.list(uri) else { return false };
            songs.into_iter().for_each(|song| visit(Node::Song(Box::new(song))));
            ahead.extend(folders.into_iter().rev()); // the first of them is taken next
            true
        };
        if !enter(uri, &mut ahead, visit) {
            return false;
        }
        while let Some(folder) = ahead.pop() {
            let uri = folder.uri.clone();
            visit(Node::Folder(folder));
            enter(&uri, &mut ahead, visit);
        }
        true
    }

    /// All songs, in the order of the tree.
    pub(super) fn songs(&self, mut visit: impl FnMut(Song)) {
        self.walk("", &mut |node| {
            if let Node::Song(song) = node {
                visit(*song);
            }
        });
    }
}

/// Whether an entry of the queue plays a part of that track, as a client has cut it: it lies in the track, and is called
/// as the track is. A part that only a listing knows is called otherwise.
fn is_cut_of(item: &Item, track: &Track) -> bool {
    let lies_in = |part: Span, whole: Span| {
        whole.start() <= part.start()
            && whole.end().is_none_or(|end| part.end().is_some_and(|part| part <= end))
    };
    let label = label(track);
    item.part.span.is_some_and(|part| track.span.is_none_or(|whole| lies_in(part, whole)))
        && (&label.title, &label.artist) == (&item.label.title, &item.label.artist)
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::library::{Tags, scan, write_tags};

    /// A folder of short songs by name, with artist, title and album, and the catalogue of it.
    pub(in crate::control::mpd) fn catalogue(files: &[(&str, [&str; 3])]) -> (tempfile::TempDir, Catalogue) {
        let home = tempfile::tempdir().unwrap();
        for (name, [artist, title, album]) in files {
            let path = home.path().join("music").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, silence()).unwrap();
            let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            let tags =
                Tags { artist: text(artist), title: text(title), album: text(album), ..Tags::default() };
            if !tags.is_empty() {
                write_tags(&path, &tags).unwrap();
            }
        }
        fs::create_dir_all(home.path().join("music")).unwrap();
        let library = scan(&[home.path().join("music")], &home.path().join("index"), |_| {}).unwrap();
        (home, Catalogue::new(library))
    }

    /// A tenth of a second as a WAV file: one channel, 8 kHz, 16 bits.
    fn silence() -> Vec<u8> {
        let mut wav =
            b"RIFF\x64\x06\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0".to_vec();
        wav.extend_from_slice(b"data\x40\x06\0\0");
        wav.resize(44 + 1600, 0);
        wav
    }

    fn names(catalogue: &Catalogue, uri: &str) -> Option<String> {
        let mut names = Vec::new();
        let there = catalogue.walk(uri, &mut |node| {
            names.push(match node {
                Node::Folder(folder) => format!("[{}]", folder.uri),
                Node::Song(song) => song.uri,
            });
        });
        there.then(|| names.join(" "))
    }

    const FILES: &[(&str, [&str; 3])] = &[
        ("b/2.wav", ["B", "two", "x"]),
        ("b/1.wav", ["B", "one", "x"]),
        ("b-side/3.wav", ["B", "three", "y"]),
        ("a/deep/er/4.wav", ["", "", ""]),
        ("top.wav", ["T", "top", ""]),
    ];

    #[test]
    fn the_tree_is_walked_folder_by_folder() {
        let (_home, catalogue) = catalogue(FILES);
        let all =
            "top.wav [a] [a/deep] [a/deep/er] a/deep/er/4.wav [b] b/1.wav b/2.wav [b-side] b-side/3.wav";
        assert_eq!(names(&catalogue, "").as_deref(), Some(all));
        assert_eq!(names(&catalogue, "b").as_deref(), Some("b/1.wav b/2.wav"));
        assert_eq!(names(&catalogue, "a/deep/").as_deref(), Some("[a/deep/er] a/deep/er/4.wav"));
        let totals = catalogue.totals();
        assert_eq!((totals.songs, totals.artists, totals.albums), (5, 2, 2));
    }

    #[test]
    fn nothing_outside_the_music_folder_has_a_name() {
        let (home, catalogue) = catalogue(FILES);
        fs::copy(home.path().join("music/top.wav"), home.path().join("secret.wav")).unwrap();
        assert_eq!(catalogue.song("b/1.wav").unwrap().track.tags.title.as_deref(), Some("one"));
        let inside = home.path().join("music/b/1.wav");
        assert_eq!(catalogue.song(inside.to_str().unwrap()).unwrap().uri, "b/1.wav");
        let outside = home.path().join("secret.wav");
        let around = home.path().join("music/../secret.wav");
        for uri in [
            "../secret.wav",
            "b/../../secret.wav",
            "b/../b/1.wav",
            "./b/1.wav",
            outside.to_str().unwrap(),
            around.to_str().unwrap(),
            "file:///etc/passwd",
            "/etc/passwd",
            "http://host/a.wav",
            "b",
            "b/1.wav/track0001",
            "",
        ] {
            assert_eq!(catalogue.song(uri), None, "{uri}");
        }
        for uri in ["..", "../", "b/..", "/", "/etc", "b/1.wav/", "no"] {
            let there = catalogue.list(uri).is_some();
            assert_eq!(there, uri == "/", "{uri}");
        }
    }

    #[test]
    fn several_music_folders_are_folders() {
        let home = tempfile::tempdir().unwrap();
        let (first, _) = catalogue(FILES);
        let (second, _) = catalogue(&[("z.wav", ["Z", "z", ""])]);
        let roots = [first.path().join("music"), second.path().join("music")];
        let library = scan(&roots, &home.path().join("index"), |_| {}).unwrap();
        let both = Catalogue::new(library);
        let z = roots[1].join("z.wav");
        let z = both.known(&Item::of_file(z)).unwrap();
        assert!(["music/z.wav", "music (2)/z.wav"].contains(&z.uri.as_str()), "{}", z.uri);
        assert_eq!(both.song(&z.uri).unwrap(), z);
        assert_eq!(both.list("").unwrap().0.len(), 2);
    }

    #[test]
    fn an_entry_that_was_cut_is_still_the_song() {
        use crate::cue::Sector;
        let (_home, catalogue) = catalogue(FILES);
        let song = catalogue.song("b/1.wav").unwrap();
        let mut item = song.item();
        assert_eq!(catalogue.known(&item).as_ref(), Some(&song));
        item.part.span = Span::new(Sector(1), Some(Sector(2)));
        assert_eq!(catalogue.known(&item).as_ref(), Some(&song));
        item.label.title = "a track of a sheet that the library does not know".into();
        assert_eq!(catalogue.known(&item), None);
        let track = |from, to| Track { span: Span::new(Sector(from), to), ..song.track.clone() };
        let mut item = song.item();
        for (from, to, is_part) in [
            (75, Some(Sector(150)), true),
            (80, Some(Sector(90)), true),
            (74, Some(Sector(90)), false),
            (80, Some(Sector(151)), false),
            (80, None, false),
        ] {
            item.part.span = Span::new(Sector(from), to);
            assert_eq!(is_cut_of(&item, &track(75, Some(Sector(150)))), is_part, "{from} {to:?}");
        }
        assert!(is_cut_of(&item, &track(75, None)));
    }
}
