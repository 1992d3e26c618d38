//! Takes a track; gives the lines that describe it to MPD clients.
//! Never looks for it.

use std::cmp::Ordering;
use std::time::Duration;

use super::moment;
use super::reply::Reply;
use super::tag::{Tag, Wanted};
use crate::cue::Span;
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

    /// Its playing time.
    pub(super) fn length(&self) -> Option<Duration> {
        match self.track.span {
            Some(span) => Span::length(span, self.track.length),
            None => self.track.length,
        }
    }

    /// What the player is given of it.
    pub(super) fn item(&self) -> Item {
        let Track { path, tags, span, gains, .. } = &self.track;
        let stem = || path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let label = Label {
            artist: tags.artist.clone(),
            title: tags.title.clone().unwrap_or_else(stem),
            album: tags.album.clone(),
        };
        Item { part: Part { path: path.clone(), span: *span, gains: *gains }, label }
    }

    /// The order within a folder: by release, disc and number, else by name.
    pub(super) fn by_release(&self, other: &Self) -> Ordering {
        let key = |song: &Self| (song.track.tags.album.clone(), song.track.tags.disc, song.track.tags.track);
        key(self).cmp(&key(other)).then_with(|| self.uri.cmp(&other.uri))
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
}
