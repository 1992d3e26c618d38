//! Takes a track; gives the lines that describe it to MPD clients.
//! Never looks for it.

use std::cmp::Ordering;
use std::time::Duration;

use super::moment;
use super::reply::Reply;
use super::tag::{Tag, Wanted};
use crate::cue::{Mark, Span};
use crate::library::Track;
use crate::player::{Item, Label, Part};

/// A track under the name by which clients know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Song {
    /// Its path below the music folder; that of a track inside a file ends with `/track0001`.
    pub(super) uri: String,
    /// What is known of it.
    pub(super) track: Track,
}

impl Song {
    /// All that is said of it.
    pub(super) fn tell(&self, wanted: Wanted, reply: &mut Reply) {
        reply.pair("file", &self.uri);
        if let Some(span) = self.track.span {
            let end = span.end().map(|end| seconds(end.time())).unwrap_or_default();
            reply.pair("Range", format_args!("{}-{end}", seconds(span.start().time())));
        }
        if self.track.modified > 0 {
            reply.pair("Last-Modified", moment::written(self.track.modified.div_euclid(1_000_000_000)));
        }
        for tag in Tag::held().filter(|tag| wanted.has(*tag)) {
            for value in tag.own(&self.track.tags) {
                reply.pair(tag.name(), value);
            }
        }
        if let Some(length) = self.length() {
            reply.pair("Time", (length.as_millis() + 500) / 1000);
            reply.pair("duration", seconds(length));
        }
    }

    /// Its playing time: of the part that it is.
    pub(super) fn length(&self) -> Option<Duration> {
        self.track.length
    }

    /// Where it begins in its file, and where it ends if that is known.
    pub(super) fn ends(&self) -> (Duration, Option<Duration>) {
        let start = self.track.span.map_or(Duration::ZERO, |span| span.start().time());
        (start, self.track.length.map(|length| start + length))
    }

    /// Another part of its file. Where that is open at its end, it ends where the song did.
    pub(super) fn cut(mut self, span: Option<Span>) -> Self {
        if span == self.track.span {
            return self;
        }
        let (_, end) = self.ends();
        let start = span.map_or(Duration::ZERO, |span| span.start().time());
        let end = span.and_then(Span::end).map(Mark::time).or(end);
        self.track.length = end.map(|end| end.saturating_sub(start));
        self.track.span = span;
        self
    }

    /// What the player is given of it.
    pub(super) fn item(&self) -> Item {
        let Track { path, span, gains, .. } = &self.track;
        Item { part: Part { path: path.clone(), span: *span, gains: *gains }, label: label(&self.track) }
    }

    /// The order within a folder: by release, disc and number, else by name.
    pub(super) fn by_release(&self, other: &Self) -> Ordering {
        let key = |song: &Self| (song.track.tags.album.clone(), song.track.tags.disc, song.track.tags.track);
        key(self).cmp(&key(other)).then_with(|| self.uri.cmp(&other.uri))
    }
}

/// What people call a track.
pub(super) fn label(track: &Track) -> Label {
    let stem = || track.path.file_stem().unwrap_or(track.path.as_os_str()).to_string_lossy().into_owned();
    let tags = &track.tags;
    Label {
        artist: tags.artist.clone(),
        title: tags.title.clone().unwrap_or_else(stem),
        album: tags.album.clone(),
    }
}

/// Seconds as the protocol has them, to the millisecond.
pub(super) fn seconds(time: Duration) -> String {
    format!("{}.{:03}", time.as_secs(), time.subsec_millis())
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::reply::tests::said;
    use super::*;
    use crate::library::Tags;

    pub(in crate::control::mpd) fn song(
        uri: &str,
        artist: &str,
        title: &str,
        album: &str,
        track: u32,
    ) -> Song {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let tags = Tags {
            artist: text(artist),
            title: text(title),
            album: text(album),
            track: Some(track),
            ..Tags::default()
        };
        let track = Track { path: format!("/music/{uri}").into(), tags, ..Track::default() };
        Song { uri: uri.to_owned(), track }
    }

    #[test]
    fn a_song_is_told_as_mpd_tells_it() {
        let mut song = song("a/b.flac", "A; B", "T\nOK", "", 3);
        song.track.length = Some(Duration::from_millis(83_500));
        song.track.modified = 1_000_000_000;
        let text = said(|reply| song.tell(Wanted::ALL, reply));
        assert_eq!(
            text,
            "file: a/b.flac\nLast-Modified: 1970-01-01T00:00:01Z\nArtist: A\nArtist: B\nTitle: T OK\nTrack: 3\n\
             Time: 84\nduration: 83.500\n"
        );
        let text = said(|reply| song.tell(Wanted::NONE, reply));
        assert_eq!(text, "file: a/b.flac\nLast-Modified: 1970-01-01T00:00:01Z\nTime: 84\nduration: 83.500\n");
    }

    #[test]
    fn of_a_part_its_own_length_is_told() {
        let span = |start, end: Option<u64>| {
            let mark = |millis| Mark::at(Duration::from_millis(millis));
            Span::between(mark(start), end.map(mark))
        };
        let told = |song: Song| said(|reply| song.tell(Wanted::NONE, reply));
        let mut song = song("a.flac", "", "", "", 1);
        song.track.length = Some(Duration::from_secs(60));
        let part = song.clone().cut(span(1500, Some(3250)));
        assert_eq!(told(part), "file: a.flac\nRange: 1.500-3.250\nTime: 2\nduration: 1.750\n");
        let rest = song.clone().cut(span(59_000, None));
        assert_eq!(told(rest), "file: a.flac\nRange: 59.000-\nTime: 1\nduration: 1.000\n");
        // A track of a disc in one file: its length is its own, and so is its end.
        song.track.span = span(20_000, Some(40_000));
        song.track.length = Some(Duration::from_secs(20));
        assert_eq!(told(song.clone()), "file: a.flac\nRange: 20.000-40.000\nTime: 20\nduration: 20.000\n");
        assert_eq!(song.cut(span(35_000, None)).length(), Some(Duration::from_secs(5)));
    }
}
