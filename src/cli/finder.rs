//! Takes words; gives the tracks of the library that have all of them, in artist, title, release or file name: found by a
//! thread of its own, so that typing never waits.
//! Never plays, never keeps the library when nobody has searched for a while.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::library::{Library, Track};
use crate::memory;

/// How many tracks are given: nobody reads more, a longer search is typed instead.
const MOST: usize = 500;

/// After this time without a search the library is let go; the next one opens it as it is then.
const IDLE: Duration = Duration::from_secs(30);

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What was searched for.
    pub(super) query: String,
    /// The tracks, those first in whose artist and title most of the words stand.
    pub(super) tracks: Vec<Track>,
    /// How many there are in all.
    pub(super) total: usize,
    /// Why nothing can be found, where that is so.
    pub(super) problem: Option<String>,
}

/// Where the library comes from.
pub(super) type OpenLibrary = Box<dyn Fn() -> anyhow::Result<Library> + Send>;

/// The thread that finds.
pub(super) struct Finder {
    queries: Sender<String>,
}

impl Finder {
    /// Starts the thread. What it finds goes to `say`.
    pub(super) fn start(open: OpenLibrary, say: impl Fn(Found) + Send + 'static) -> io::Result<Self> {
        let (queries, asked) = mpsc::channel::<String>();
        std::thread::Builder::new().name("finder".into()).spawn(move || {
            let mut library: Option<Library> = None;
            loop {
                let asked_for = match &library {
                    Some(_) => asked.recv_timeout(IDLE),
                    None => asked.recv().map_err(|_| RecvTimeoutError::Disconnected),
                };
                let query = match asked_for {
                    // Only the last counts: typing is quicker than a large library.
                    Ok(query) => asked.try_iter().last().unwrap_or(query),
                    Err(RecvTimeoutError::Timeout) => {
                        library = None;
                        memory::give_back();
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => return,
                };
                if library.is_none() {
                    match open() {
                        Ok(opened) => library = Some(opened),
                        Err(error) => {
                            let problem = Some(format!("{error:#}"));
                            say(Found { query, problem, ..Found::default() });
                            continue;
                        }
                    }
                }
                if let Some(library) = &library {
                    say(find(library.tracks(), query));
                }
            }
        })?;
        Ok(Self { queries })
    }

    /// Searches for words.
    pub(super) fn find(&self, query: String) {
        // The thread lives as long as this.
        let _ = self.queries.send(query);
    }
}

/// The tracks that have all words of a query.
fn find(tracks: impl Iterator<Item = Track>, query: String) -> Found {
    let words: Vec<String> = query.split_whitespace().map(folded).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return Found { query, ..Found::default() };
    }
    // By how many of the words stand elsewhere than in artist and title.
    let mut shelves: Vec<Vec<Track>> = vec![Vec::new(); words.len() + 1];
    let mut total = 0;
    for track in tracks {
        let tags = &track.tags;
        let name = folded(&format!(
            "{} {}",
            tags.artist.as_deref().unwrap_or_default(),
            tags.title.as_deref().unwrap_or_default()
        ));
        let stem = track.path.file_stem().unwrap_or_default().to_string_lossy();
        let others = [tags.album.as_deref(), tags.album_artist.as_deref(), tags.composer.as_deref()];
        let mut rest = None; // most tracks are told by their names alone
        let mut elsewhere = 0;
        let has = words.iter().all(|word| {
            if name.contains(word.as_str()) {
                return true;
            }
            elsewhere += 1;
            let rest = rest.get_or_insert_with(|| {
                let others = others.iter().flatten().copied().collect::<Vec<_>>().join(" ");
                folded(&format!("{others} {stem}"))
            });
            rest.contains(word.as_str())
        });
        if has {
            total += 1;
            if shelves[elsewhere].len() < MOST {
                shelves[elsewhere].push(track);
            }
        }
    }
    let tracks = shelves.into_iter().flatten().take(MOST).collect();
    Found { query, tracks, total, problem: None }
}

/// As a search sees a text: without case and accents.
fn folded(text: &str) -> String {
    let plain: String = text.nfkd().filter(|c| !is_combining_mark(*c)).collect();
    caseless::default_case_fold_str(&plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::Tags;

    fn track(path: &str, artist: &str, title: &str, album: &str) -> Track {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let tags = Tags { artist: some(artist), title: some(title), album: some(album), ..Tags::default() };
        Track { path: path.into(), tags, ..Track::default() }
    }

    fn found(query: &str) -> Vec<String> {
        let tracks = [
            track("/m/a/1.flac", "Sigur Rós", "Hoppípolla", "Takk"),
            track("/m/b/takk for the music.mp3", "", "", ""),
            track("/m/c/3.flac", "Takk", "東京", "Straße"),
        ];
        let found = find(tracks.into_iter(), query.into());
        assert_eq!(found.total, found.tracks.len());
        found.tracks.iter().map(|track| track.path.display().to_string()).collect()
    }

    #[test]
    fn all_words_must_be_there_and_names_come_first() {
        assert_eq!(found("hoppi ros"), ["/m/a/1.flac"]);
        assert_eq!(found("TAKK"), ["/m/c/3.flac", "/m/a/1.flac", "/m/b/takk for the music.mp3"]);
        assert_eq!(found("takk music"), ["/m/b/takk for the music.mp3"]);
        assert_eq!(found("strasse 東"), ["/m/c/3.flac"]);
        assert!(found("takk nothing").is_empty() && found("  ").is_empty() && found("\u{301}").is_empty());
    }

    #[test]
    fn no_more_are_given_than_anybody_reads() {
        let tracks = (0..MOST + 7).map(|n| track(&format!("/m/{n}.flac"), "A", "B", ""));
        let found = find(tracks, "a".into());
        assert_eq!((found.tracks.len(), found.total), (MOST, MOST + 7));
    }
}
