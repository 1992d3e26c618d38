//! Takes a line as it was written; gives where in it the title of a track stands and where its artist's name, if the library has
//! that track and both stand by themselves.
//! Never guesses: words that are like a title, or that are a part of one, are nobody's.

use std::ops::Range;

use super::collection::Collection;
use super::index::Index;
use super::key::key;
use super::normalise::{Phrase, Word};
use super::note::{Note, read_note_text};
use super::parted::{Parted, is_small};
use super::tracks::Tracks;
use crate::playlist::witness::Sighting;

/// Words of the longest title that is looked for.
const LONGEST: usize = 12;
/// Tracks of one title that are looked at, and of these the ones that are described.
const MOST_TRACKS: usize = 256;
const MOST_DESCRIBED: usize = 12;
/// A word of the names of more tracks tells nobody.
const MOST_OF_NAME: u32 = 20_000;
/// Letters of the shortest single word of a name that stands for the whole: "Sinatra".
const SHORTEST_NAME: usize = 4;

/// Who sees the tracks of a library in lines of text.
pub(in crate::playlist) struct Spotter<'a>(Collection<'a>);

impl<'a> Spotter<'a> {
    /// Of the tracks that the index was made of.
    pub(in crate::playlist) fn new(index: &'a Index, tracks: &'a dyn Tracks) -> Self {
        Self(Collection::new(index, tracks))
    }

    /// Where a track's title and its artist stand in the text; of several the pair that explains most of it.
    pub(in crate::playlist) fn spot(&self, text: &str) -> Option<Sighting> {
        let line = Parted::new(text)?;
        let of_names: Vec<Vec<u32>> = (0..line.len()).map(|at| self.of_name(&line, at)).collect();
        let mut best: Option<(usize, Range<usize>, Range<usize>)> = None;
        for from in 0..line.len() {
            let mut glued = Word::default();
            for to in from..line.len().min(from + LONGEST) {
                if to > from && line.ends_column(to - 1) {
                    break;
                }
                glued.push_str(line.word(to));
                let title = from..to + 1;
                for name in self.names_beside(&line, &of_names, &title, &glued) {
                    let told = line.letters(&title) + line.letters(&name);
                    if best.as_ref().is_none_or(|(most, ..)| told > *most) {
                        best = Some((told, title.clone(), name));
                    }
                }
            }
        }
        let (_, title, name) = best?;
        let artist = line.place(&name);
        let tagged = self.0.index.knows_artist(&text[artist.clone()]);
        // A title keeps its last letters whatever they look like: "Velo's".
        let start = line.place(&title).start;
        Some(Sighting { title: start..start + line.written(&title).len(), artist, tagged })
    }

    /// The tracks that have a word in the name of an artist or of their folder, ascending.
    fn of_name(&self, line: &Parted<'_>, at: usize) -> Vec<u32> {
        if line.is_small(at) {
            return Vec::new();
        }
        let lists = line.names(at).map(|word| self.0.index.artists.of(key(word)));
        let mut tracks: Vec<u32> = lists.filter(|list| list.size() <= MOST_OF_NAME).flatten().collect();
        tracks.sort_unstable();
        tracks
    }

    /// The runs of words outside of a title that are the name of who plays it, and stand by themselves as it does.
    fn names_beside(
        &self,
        line: &Parted<'_>,
        of_names: &[Vec<u32>],
        title: &Range<usize>,
        glued: &str,
    ) -> Vec<Range<usize>> {
        let tracks: Vec<u32> = match glued.len() {
            0 | 1 => Vec::new(),
            _ => self.0.index.exact.of(key(glued)).take(MOST_TRACKS).collect(),
        };
        if tracks.is_empty() {
            return Vec::new();
        }
        let theirs = |at: usize| {
            let of_name = tracks.iter().filter(move |track| of_names[at].binary_search(track).is_ok());
            of_name.filter(move |_| !title.contains(&at))
        };
        // Before anything is described, which takes longest: words of such a name that stand by themselves.
        let named: Vec<bool> = (0..line.len()).map(|at| theirs(at).next().is_some()).collect();
        let runs = line.runs(|at| named[at]);
        let alone = |run: &Range<usize>| {
            let beside = run.start >= title.end || run.end <= title.start;
            beside && line.stand_alone(title, run) && !self.is_one_title(line, title, run)
        };
        let mut described: Vec<u32> =
            runs.into_iter().filter(alone).flatten().flat_map(theirs).copied().collect();
        described.sort_unstable();
        described.dedup();
        let mut found: Vec<Range<usize>> = described
            .into_iter()
            .take(MOST_DESCRIBED)
            .flat_map(|track| self.names_of(track, line, title, glued))
            .filter(alone)
            .collect();
        found.sort_unstable_by_key(|run| (run.start, run.end));
        found.dedup();
        found
    }

    /// The runs of words that are the name of who plays this track, as it is told by who tells its title.
    fn names_of(
        &self,
        track: u32,
        line: &Parted<'_>,
        title: &Range<usize>,
        glued: &str,
    ) -> Vec<Range<usize>> {
        let described = self.0.described(track as usize);
        let titled = |name: &(Phrase, f64)| name.0.glued == glued;
        let views = described.views.iter().filter(|view| !view.turned && view.title.names.iter().any(titled));
        let mut runs = Vec::new();
        for view in views {
            let artists = view.artists.iter().map(|artist| (artist, false));
            // A folder's name speaks for an artist where nothing else does, and then the whole of it.
            let folders = described.hints.iter().filter(|_| view.artists.is_empty()).map(|hint| (hint, true));
            for (artist, whole) in artists.chain(folders) {
                runs.extend(runs_of(line, title, artist, whole));
            }
        }
        runs
    }

    /// Whether a bracket behind the title says which version it is, or title and name together are one title.
    fn is_one_title(&self, line: &Parted<'_>, title: &Range<usize>, name: &Range<usize>) -> bool {
        let whole = title.start.min(name.start)..title.end.max(name.end);
        let bracket = name.start.checked_sub(1).is_some_and(|at| line.behind(at).contains(['(', '[']));
        let noted = bracket && read_note_text(line.written(name)) != Note::Other;
        noted || self.0.index.exact.of(key(&line.glued(&whole))).next().is_some()
    }
}

/// The runs of words that are a name, or so much of it that it tells who is meant; the whole of it, if it must be.
fn runs_of(line: &Parted<'_>, title: &Range<usize>, artist: &Phrase, whole: bool) -> Vec<Range<usize>> {
    let of_name = |at: usize| {
        !title.contains(&at) && line.names(at).any(|word| artist.words.iter().any(|other| other == word))
    };
    let words = artist.words.iter().filter(|word| !is_small(word)).count();
    let tells = |run: &Range<usize>| {
        let telling: Vec<usize> = run.clone().filter(|at| of_name(*at) && !line.is_small(*at)).collect();
        let all = telling.len() >= words;
        let long = telling.iter().any(|at| line.word(*at).chars().count() >= SHORTEST_NAME);
        all || (long && !whole)
    };
    let runs = line.runs(of_name).into_iter();
    runs.filter(|run| run.end <= title.start || run.start >= title.end).filter(tells).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::{Tags, Track};

    #[test]
    fn a_track_is_seen_where_both_its_names_stand_by_themselves() {
        let track = |title: &str, artist: &str| {
            let tags =
                Tags { title: Some(title.to_owned()), artist: Some(artist.to_owned()), ..Tags::default() };
            Track { path: format!("/m/{artist}/{title}.flac").into(), tags, ..Track::default() }
        };
        let tracks = vec![
            track("Low Tide", "Ana Velo"),
            track("Salt", "The Mild Storms"),
            track("Glass (Out of the Sea)", "Nova Kite"),
            track("Rain", "Ida"),
        ];
        let index = Index::new(&tracks);
        let spotter = Spotter::new(&index, &tracks);
        let seen = |line: &str| {
            let spot = spotter.spot(line)?;
            Some((line[spot.title.clone()].to_owned(), line[spot.artist].to_owned(), spot.tagged))
        };
        let pair = |title: &str, artist: &str, tagged| Some((title.to_owned(), artist.to_owned(), tagged));
        assert_eq!(seen("> Jo: low tide - ana velo, please"), pair("low tide", "ana velo", true));
        assert_eq!(seen("3. Salt (Storms) 3:41"), pair("Salt", "Storms", false), "a part that tells who");
        assert_eq!(seen("Mild Storms' Salt"), pair("Salt", "Mild Storms'", true));
        assert_eq!(seen("Ana Velo's \"Low Tide\""), pair("Low Tide", "Ana Velo", true));
        for line in [
            "salt by ana velo",
            "I met Ana Velo when Low Tide came out",
            "Low Tide (Ana Velo remix)",
            "Glass (Out of the Sea)",
            "Low Tide (live)",
            "low",
        ] {
            assert_eq!(seen(line), None, "{line}");
        }
    }
}
