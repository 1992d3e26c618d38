//! Takes the calls of MPRIS; gives the player their commands, and its status as their properties.
//! Never waits for anything but the player's own answer; never opens what is no plain sound file.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mpris_server::zbus::{self, fdo};
use mpris_server::{
    LoopStatus, Metadata, PlaybackRate, PlaybackStatus, PlayerInterface, RootInterface, Time, TrackId,
    TrackListInterface, Volume,
};

use super::metadata::{self, item_id, track_id};
use crate::library::FileKind;
use crate::player::{Command, Item, ItemId, Place, Remote, Repeat, Shuffle, Status};

/// The player as the bus sees it.
#[derive(Debug, Clone)]
pub(super) struct Face {
    remote: Remote,
    pictures: PathBuf,
    /// What the file of what plays says; looked for once a track.
    told: Arc<Mutex<Option<Told>>>,
}

/// What an entry's file says: its tags and its cover.
#[derive(Debug, Clone)]
struct Told {
    of: ItemId,
    metadata: Metadata,
}

impl Face {
    pub(super) fn new(remote: Remote, pictures: PathBuf) -> Self {
        Self { remote, pictures, told: Arc::default() }
    }

    /// What is said of the current track; nothing where there is none.
    pub(super) fn metadata_of(&self, status: &Status) -> Metadata {
        let (Some(id), Some(item)) = (status.item, &status.track) else { return Metadata::new() };
        let mut metadata = self.told(id, item);
        if let Some(length) = status.length() {
            metadata.set_length(Some(metadata::time(length)));
        }
        metadata
    }

    fn told(&self, id: ItemId, item: &Item) -> Metadata {
        let mut held = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(told) = held.as_ref().filter(|told| told.of == id) {
            return told.metadata.clone();
        }
        let mut metadata = metadata::of(id, item, None);
        metadata::add_tags(&mut metadata, item);
        metadata.set_art_url(metadata::art(item, &self.pictures));
        *held = Some(Told { of: id, metadata: metadata.clone() });
        metadata
    }

    fn send(&self, command: Command) {
        self.remote.send(command);
    }

    /// Puts a file into the queue, and plays it at once if that is wanted.
    fn add(&self, uri: &str, place: Place, play: bool) -> fdo::Result<()> {
        let refused = |why: &str| Err(fdo::Error::InvalidArgs(why.into()));
        let Some(path) = metadata::path_of(uri) else {
            return refused("only files of this machine are played");
        };
        if FileKind::of(&path).is_none() || !path.is_file() {
            return refused("that is no sound file");
        }
        let new = self.remote.insert(vec![Item::of_file(path)], place);
        if let Some(id) = new.first().filter(|_| play) {
            self.send(Command::Goto(*id));
            self.send(Command::Play);
        }
        Ok(())
    }
}

pub(super) fn playback(status: &Status) -> PlaybackStatus {
    match (status.item, status.playing) {
        (None, _) => PlaybackStatus::Stopped,
        (_, true) => PlaybackStatus::Playing,
        (_, false) => PlaybackStatus::Paused,
    }
}

pub(super) fn loops(repeat: Repeat) -> LoopStatus {
    match repeat {
        Repeat::Off => LoopStatus::None,
        Repeat::One => LoopStatus::Track,
        Repeat::All => LoopStatus::Playlist,
    }
}

pub(super) fn volume(status: &Status) -> Volume {
    if status.muted { 0.0 } else { f64::from(status.volume) / 100.0 }
}

impl RootInterface for Face {
    async fn raise(&self) -> fdo::Result<()> {
        Ok(())
    }

    async fn quit(&self) -> fdo::Result<()> {
        self.send(Command::Quit);
        Ok(())
    }

    async fn can_quit(&self) -> fdo::Result<bool> {
        Ok(true)
    }

    async fn fullscreen(&self) -> fdo::Result<bool> {
        Ok(false)
    }

    async fn set_fullscreen(&self, _: bool) -> zbus::Result<()> {
        Ok(())
    }

    async fn can_set_fullscreen(&self) -> fdo::Result<bool> {
        Ok(false)
    }

    async fn can_raise(&self) -> fdo::Result<bool> {
        Ok(false)
    }

    async fn has_track_list(&self) -> fdo::Result<bool> {
        Ok(true)
    }

    async fn identity(&self) -> fdo::Result<String> {
        Ok("tonearm".into())
    }

    async fn desktop_entry(&self) -> fdo::Result<String> {
        Ok("tonearm".into())
    }

    async fn supported_uri_schemes(&self) -> fdo::Result<Vec<String>> {
        Ok(vec!["file".into()])
    }

    async fn supported_mime_types(&self) -> fdo::Result<Vec<String>> {
        let kinds = [
            "flac",
            "mpeg",
            "mp4",
            "aac",
            "ogg",
            "vorbis",
            "opus",
            "wav",
            "x-wav",
            "aiff",
            "x-aiff",
            "x-caf",
            "x-matroska",
            "webm",
        ];
        Ok(kinds.iter().map(|kind| format!("audio/{kind}")).collect())
    }
}

impl PlayerInterface for Face {
    async fn next(&self) -> fdo::Result<()> {
        self.send(Command::Next);
        Ok(())
    }

    async fn previous(&self) -> fdo::Result<()> {
        self.send(Command::Previous);
        Ok(())
    }

    async fn pause(&self) -> fdo::Result<()> {
        if self.remote.status().item.is_some() {
            self.send(Command::Pause);
        }
        Ok(())
    }

    async fn play_pause(&self) -> fdo::Result<()> {
        if self.remote.status().of == 0 {
            return Err(fdo::Error::NotSupported("there is nothing to pause".into()));
        }
        self.send(Command::Toggle);
        Ok(())
    }

    async fn stop(&self) -> fdo::Result<()> {
        self.send(Command::Stop);
        Ok(())
    }

    async fn play(&self) -> fdo::Result<()> {
        self.send(Command::Play);
        Ok(())
    }

    async fn seek(&self, offset: Time) -> fdo::Result<()> {
        self.send(Command::SeekBy(offset.as_millis()));
        Ok(())
    }

    async fn set_position(&self, track: TrackId, position: Time) -> fdo::Result<()> {
        let status = self.remote.status();
        let Ok(micros) = u64::try_from(position.as_micros()) else { return Ok(()) };
        let to = Duration::from_micros(micros);
        let is_inside = status.length().is_none_or(|length| to <= length);
        if status.item.is_some() && status.item == item_id(&track) && is_inside {
            self.send(Command::SeekTo(to));
        }
        Ok(())
    }

    async fn open_uri(&self, uri: String) -> fdo::Result<()> {
        self.add(&uri, Place::Next, true)
    }

    async fn playback_status(&self) -> fdo::Result<PlaybackStatus> {
        Ok(playback(&self.remote.status()))
    }

    async fn loop_status(&self) -> fdo::Result<LoopStatus> {
        Ok(loops(self.remote.status().repeat))
    }

    async fn set_loop_status(&self, status: LoopStatus) -> zbus::Result<()> {
        self.send(Command::Repeat(match status {
            LoopStatus::None => Repeat::Off,
            LoopStatus::Track => Repeat::One,
            LoopStatus::Playlist => Repeat::All,
        }));
        Ok(())
    }

    async fn rate(&self) -> fdo::Result<PlaybackRate> {
        Ok(1.0)
    }

    /// The one rate is 1; as MPRIS has it, 0 is a pause.
    async fn set_rate(&self, rate: PlaybackRate) -> zbus::Result<()> {
        if rate == 0.0 {
            self.send(Command::Pause);
        }
        Ok(())
    }

    async fn shuffle(&self) -> fdo::Result<bool> {
        Ok(self.remote.status().shuffle != Shuffle::Off)
    }

    async fn set_shuffle(&self, shuffle: bool) -> zbus::Result<()> {
        // Releases that are shuffled stay so.
        if shuffle != (self.remote.status().shuffle != Shuffle::Off) {
            self.send(Command::Shuffle(if shuffle { Shuffle::Tracks } else { Shuffle::Off }));
        }
        Ok(())
    }

    async fn metadata(&self) -> fdo::Result<Metadata> {
        Ok(self.metadata_of(&self.remote.status()))
    }

    async fn volume(&self) -> fdo::Result<Volume> {
        Ok(volume(&self.remote.status()))
    }

    async fn set_volume(&self, volume: Volume) -> zbus::Result<()> {
        let percent = (volume * 100.0).round().clamp(0.0, 100.0) as u8; // what is no number is 0
        self.send(Command::Volume(percent));
        Ok(())
    }

    async fn position(&self) -> fdo::Result<Time> {
        Ok(metadata::time(self.remote.status().position()))
    }

    async fn minimum_rate(&self) -> fdo::Result<PlaybackRate> {
        Ok(1.0)
    }

    async fn maximum_rate(&self) -> fdo::Result<PlaybackRate> {
        Ok(1.0)
    }

    async fn can_go_next(&self) -> fdo::Result<bool> {
        Ok(self.remote.status().has_next)
    }

    async fn can_go_previous(&self) -> fdo::Result<bool> {
        Ok(self.remote.status().has_previous)
    }

    async fn can_play(&self) -> fdo::Result<bool> {
        Ok(self.remote.status().of > 0)
    }

    async fn can_pause(&self) -> fdo::Result<bool> {
        Ok(self.remote.status().of > 0)
    }

    async fn can_seek(&self) -> fdo::Result<bool> {
        Ok(self.remote.status().item.is_some())
    }

    async fn can_control(&self) -> fdo::Result<bool> {
        Ok(true)
    }
}

impl TrackListInterface for Face {
    async fn get_tracks_metadata(&self, tracks: Vec<TrackId>) -> fdo::Result<Vec<Metadata>> {
        let (view, status) = (self.remote.view(), self.remote.status());
        let items: std::collections::HashMap<_, _> = view.items.into_iter().collect();
        let of = |track: &TrackId| {
            let id = item_id(track)?;
            let item = items.get(&id)?;
            Some(match status.item == Some(id) {
                true => self.metadata_of(&status),
                false => metadata::of(id, item, None),
            })
        };
        Ok(tracks.iter().filter_map(of).collect())
    }

    async fn add_track(&self, uri: String, after: TrackId, set_as_current: bool) -> fdo::Result<()> {
        let items = self.remote.view().items;
        let place = items.iter().position(|(id, _)| Some(*id) == item_id(&after));
        // Behind a track that is not there is where a list that was edited meanwhile ends.
        let place = match (after == TrackId::NO_TRACK, place) {
            (true, _) => Place::At(0),
            (false, Some(at)) => Place::At(at + 1),
            (false, None) => Place::Append,
        };
        self.add(&uri, place, set_as_current)
    }

    async fn remove_track(&self, track: TrackId) -> fdo::Result<()> {
        if let Some(id) = item_id(&track) {
            self.send(Command::Remove(id));
        }
        Ok(())
    }

    async fn go_to(&self, track: TrackId) -> fdo::Result<()> {
        if let Some(id) = item_id(&track) {
            self.send(Command::Goto(id));
        }
        Ok(())
    }

    async fn tracks(&self) -> fdo::Result<Vec<TrackId>> {
        Ok(self.remote.view().items.into_iter().map(|(id, _)| track_id(id)).collect())
    }

    async fn can_edit_tracks(&self) -> fdo::Result<bool> {
        Ok(true)
    }
}
