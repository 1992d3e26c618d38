//! Takes the tracks of a scan and the cue sheets among them, in files of their own or inside sound files; gives
//! the tracks with whole discs replaced by what is on them. Never leaves a file out: one whose sheet is of no
//! use stays as it is.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::track::{Tags, Track};
use crate::cue::{Sheet, Sound, Span};

/// A cue sheet and where it stands.
#[derive(Debug)]
pub(super) struct Found {
    /// The sheet's own file, or the sound file that carries it.
    pub(super) path: PathBuf,
    pub(super) text: String,
}

impl Found {
    /// Whether it stands in the tags of the file that it describes.
    fn is_embedded(&self) -> bool {
        !is_sheet(&self.path)
    }
}

/// Whether a file is a cue sheet by its name.
pub(super) fn is_sheet(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("cue"))
}

/// Puts the tracks of discs in the place of their files. A sheet beside a file counts for more than one in
/// it, for it is the one that people edit; of several, the first.
pub(super) fn put_tracks(tracks: Vec<Track>, mut sheets: Vec<Found>) -> Vec<Track> {
    if sheets.is_empty() {
        return tracks;
    }
    sheets.sort_by(|a, b| (a.is_embedded(), &a.path).cmp(&(b.is_embedded(), &b.path)));
    let mut inside: Vec<Vec<Track>> = vec![Vec::new(); tracks.len()];
    let mut named: Vec<Option<Tags>> = vec![None; tracks.len()];
    let shelf = Shelf::of(&tracks);
    for found in &sheets {
        let sheet = Sheet::read(&found.text);
        let mut discs: HashMap<usize, Vec<Track>> = HashMap::new();
        for on in &sheet.tracks {
            let Sound::In { file, span } = &on.sound else { continue };
            let at =
                if found.is_embedded() { shelf.at(&found.path) } else { shelf.beside(&found.path, file) };
            let Some(at) = at else { continue };
            match span {
                Some(span) => discs.entry(at).or_default().extend(part(&tracks[at], &sheet, on, *span)),
                None if !found.is_embedded() => {
                    named[at].get_or_insert_with(|| tags(&tracks[at].tags, &sheet, on));
                }
                None => {}
            }
        }
        for (at, mut disc) in discs {
            // One mark alone would hide the rest of the disc.
            if inside[at].is_empty() && disc.len() > 1 {
                disc.sort_by_key(|track| track.span);
                inside[at] = disc;
            }
        }
    }
    let all = tracks.into_iter().zip(inside).zip(named);
    all.flat_map(|((mut whole, inside), named)| {
        if !inside.is_empty() {
            return inside;
        }
        if let Some(named) = named.filter(|_| whole.tags.title.is_none()) {
            whole.tags = named;
        }
        vec![whole]
    })
    .collect()
}

/// A track of a disc, if the disc goes so far.
fn part(disc: &Track, sheet: &Sheet, on: &crate::cue::Track, span: Span) -> Option<Track> {
    let is_there = disc.length.is_none_or(|length| span.from().time() < length);
    is_there.then(|| Track {
        length: span.length(disc.length),
        tags: tags(&disc.tags, sheet, on),
        span: Some(span),
        gains: on.gains,
        ..disc.clone()
    })
}

/// What the sheet says, and what it leaves open as the file's tags have it. Those speak of the release.
fn tags(file: &Tags, sheet: &Sheet, on: &crate::cue::Track) -> Tags {
    let or = |first: &Option<String>, second: &Option<String>| first.clone().or_else(|| second.clone());
    Tags {
        title: on.title.clone(),
        artist: or(&on.performer, &or(&sheet.performer, &file.artist)),
        album: or(&sheet.title, &file.album),
        album_artist: or(&sheet.performer, &file.album_artist),
        composer: or(&on.songwriter, &file.composer),
        genre: or(&sheet.genre, &file.genre),
        date: or(&sheet.date, &file.date),
        track: on.number,
        disc: sheet.disc.or(file.disc),
    }
}

/// The sound files, by their names and by their names without extension.
struct Shelf {
    by_path: HashMap<PathBuf, usize>,
    by_stem: HashMap<PathBuf, usize>,
}

impl Shelf {
    fn of(tracks: &[Track]) -> Self {
        let paths = || tracks.iter().enumerate().map(|(at, track)| (track.path.clone(), at));
        let by_stem = paths().map(|(path, at)| (path.with_extension(""), at)).collect();
        Self { by_path: paths().collect(), by_stem }
    }

    fn at(&self, path: &Path) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// The file that a sheet names; else the one of the same stem, for it may have been converted since; else
    /// the one that is called like the sheet.
    fn beside(&self, sheet: &Path, name: &str) -> Option<usize> {
        let folder = sheet.parent().unwrap_or(Path::new(""));
        let path = folder.join(name.replace('\\', "/"));
        let literal = self.at(&folder.join(name)).or_else(|| self.at(&path));
        let stem = |path: &Path| self.by_stem.get(&path.with_extension("")).copied();
        literal.or_else(|| stem(&path)).or_else(|| stem(sheet))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SHEET: &str = "PERFORMER Velo\nTITLE Night\nFILE \"CDImage.wav\" WAVE\nTRACK 01 AUDIO\nTITLE Rain\nINDEX 01 00:00:00\n\
                         TRACK 02 AUDIO\nTITLE Glass\nPERFORMER Nova\nINDEX 01 01:00:00\nTRACK 03 AUDIO\nINDEX 01 05:00:00\n";

    fn file(path: &str) -> Track {
        let tags = Tags { title: Some("Night".into()), genre: Some("Rock".into()), ..Tags::default() };
        Track { path: path.into(), length: Some(Duration::from_secs(100)), tags, ..Track::default() }
    }

    fn found(path: &str, text: &str) -> Found {
        Found { path: path.into(), text: text.into() }
    }

    fn lines(tracks: &[Track]) -> Vec<String> {
        let line = |track: &Track| {
            let tags = &track.tags;
            let word = |text: &Option<String>| text.clone().unwrap_or("-".into());
            let from = track.span.map_or("".into(), |span| format!(" {}", span.from()));
            format!(
                "{}{from} {} {} {}",
                track.path.display(),
                word(&tags.artist),
                word(&tags.title),
                word(&tags.genre)
            )
        };
        tracks.iter().map(line).collect()
    }

    #[test]
    fn a_disc_gives_way_to_its_tracks() {
        for (path, sheet) in [
            ("/m/CDImage.wav", "/m/x.cue"),
            ("/m/CDImage.flac", "/m/x.CUE"),
            ("/m/x.flac", "/m/x.cue"),
            ("/m/x.flac", "/m/x.flac"),
        ] {
            let tracks = put_tracks(vec![file("/m/a.mp3"), file(path)], vec![found(sheet, SHEET)]);
            let parts =
                [format!("{path} 00:00:00 Velo Rain Rock"), format!("{path} 01:00:00 Nova Glass Rock")];
            assert_eq!(lines(&tracks)[1..], parts, "the third lies behind the end");
            assert_eq!(tracks[2].length, Some(Duration::from_secs(40)));
        }
    }

    #[test]
    fn a_sheet_of_no_use_leaves_the_file() {
        for text in ["", "FILE x.flac WAVE\nTRACK 01 AUDIO\nINDEX 01 00:30:00\n"] {
            let tracks = put_tracks(vec![file("/m/x.flac")], vec![found("/m/x.cue", text)]);
            assert_eq!(tracks, [file("/m/x.flac")]);
        }
        let other = put_tracks(vec![file("/m/y.flac")], vec![found("/m/sub/x.cue", SHEET)]);
        assert_eq!(other, [file("/m/y.flac")]);
    }

    #[test]
    fn files_of_a_track_each_are_named_by_the_sheet_where_their_tags_are_silent() {
        let text = "PERFORMER Velo\nFILE a.wav WAVE\nTRACK 01 AUDIO\nTITLE Rain\nINDEX 01 00:00:00\n\
                    FILE b.wav WAVE\nTRACK 02 AUDIO\nTITLE Glass\nINDEX 01 00:00:00\n";
        let untagged = Track { tags: Tags::default(), ..file("/m/a.wav") };
        let tracks = put_tracks(vec![untagged, file("/m/b.wav")], vec![found("/m/x.cue", text)]);
        assert_eq!(lines(&tracks), ["/m/a.wav Velo Rain -", "/m/b.wav - Night Rock"]);
    }

    #[test]
    fn the_sheet_beside_a_file_counts_for_more_than_the_one_in_it() {
        let other = SHEET.replace("Rain", "Regen");
        let sheets = vec![found("/m/x.flac", SHEET), found("/m/x.cue", &other)];
        let tracks = put_tracks(vec![file("/m/x.flac")], sheets);
        assert_eq!(tracks[0].tags.title.as_deref(), Some("Regen"));
    }
}
