//! Takes a file and tags, or gains; writes them into it.
//! Never changes a tag that is not given, never touches the sound.

use std::path::Path;

use lofty::config::WriteOptions;
use lofty::file::{AudioFile, FileType, TaggedFileExt};
use lofty::probe::Probe;
use lofty::tag::{Accessor, ItemKey, Tag};

use super::track::Tags;

/// The tag library has an error type for reading and one for writing.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why tags could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be tagged", path.display())]
pub struct TagError {
    /// The file.
    pub path: std::path::PathBuf,
    /// What the tag writer says.
    #[source]
    pub cause: Cause,
}

/// Writes title, artist, album and track number, where given, into the file's own kind of tag.
///
/// # Errors
/// When the file cannot be read, is of a kind without tags, or cannot be written.
pub fn write_tags(path: &Path, tags: &Tags) -> Result<(), TagError> {
    write(path, tags).map_err(|cause| TagError { path: path.to_owned(), cause })
}

fn write(path: &Path, tags: &Tags) -> Result<(), Cause> {
    let mut file = lofty::read_from_path(path)?;
    let kind = file.primary_tag_type();
    if file.primary_tag().is_none() {
        file.insert_tag(Tag::new(kind));
    }
    if let Some(tag) = file.primary_tag_mut() {
        tags.title.clone().into_iter().for_each(|title| tag.set_title(title));
        tags.artist.clone().into_iter().for_each(|artist| tag.set_artist(artist));
        tags.album.clone().into_iter().for_each(|album| tag.set_album(album));
        tags.track.into_iter().for_each(|track| tag.set_track(track));
    }
    file.save_to_path(path, WriteOptions::default())?;
    Ok(())
}

/// Gains to the reference of ReplayGain 2.0 (-18 LUFS): dB, and the peak with 1.0 as full scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReplayGain {
    /// Of the track by itself.
    pub track: (f64, f64),
    /// Of the release it comes from.
    pub album: Option<(f64, f64)>,
}

/// Stores gains in `copy`, a copy of `file` that may have any name: REPLAYGAIN_* tags, in Opus R128_*.
///
/// # Errors
/// When the file cannot be read, is of a kind without such tags, or cannot be written.
pub fn write_gain(file: &Path, copy: &Path, gains: &ReplayGain) -> Result<(), TagError> {
    store_gain(file, copy, gains).map_err(|cause| TagError { path: file.to_owned(), cause })
}

fn store_gain(path: &Path, copy: &Path, gains: &ReplayGain) -> Result<(), Cause> {
    let mut file = Probe::open(path)?.guess_file_type()?.read()?;
    let texts = match file.file_type() {
        FileType::Opus => r128(gains),
        _ => replay_gain(gains),
    };
    let kind = file.primary_tag_type();
    if file.primary_tag().is_none() {
        file.insert_tag(Tag::new(kind));
    }
    let tag = file.primary_tag_mut().ok_or("is of a kind without tags")?;
    for key in GAIN_KEYS {
        tag.remove_key(key);
    }
    for (key, text) in texts {
        if !tag.insert_text(key, text) {
            return Err("is of a kind whose tags hold no gain".into());
        }
    }
    file.save_to_path(copy, WriteOptions::default())?;
    Ok(())
}

/// What stood there before is out of date.
const GAIN_KEYS: [ItemKey; 6] = [
    ItemKey::ReplayGainTrackGain,
    ItemKey::ReplayGainTrackPeak,
    ItemKey::ReplayGainAlbumGain,
    ItemKey::ReplayGainAlbumPeak,
    ItemKey::R128TrackGain,
    ItemKey::R128AlbumGain,
];

fn replay_gain(gains: &ReplayGain) -> Vec<(ItemKey, String)> {
    let texts = |gain, peak, (db, amplitude): (f64, f64)| {
        [(gain, format!("{db:.2} dB")), (peak, format!("{amplitude:.6}"))]
    };
    let track = texts(ItemKey::ReplayGainTrackGain, ItemKey::ReplayGainTrackPeak, gains.track);
    let album =
        gains.album.map(|album| texts(ItemKey::ReplayGainAlbumGain, ItemKey::ReplayGainAlbumPeak, album));
    track.into_iter().chain(album.into_iter().flatten()).collect()
}

/// Numbers of 1/256 dB to -23 LUFS (RFC 7845, 5.2.1, which forbids REPLAYGAIN_* here).
fn r128(gains: &ReplayGain) -> Vec<(ItemKey, String)> {
    // A gain beyond the range is held to its end.
    let text = |(db, _): (f64, f64)| (((db - 5.0) * 256.0).round() as i16).to_string();
    let album = gains.album.map(|album| (ItemKey::R128AlbumGain, text(album)));
    [(ItemKey::R128TrackGain, text(gains.track))].into_iter().chain(album).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_are_written_as_each_kind_of_file_wants_them() {
        let gains = ReplayGain { track: (-6.524, 0.988_553_1), album: Some((5.0, 1.0)) };
        let texts = |items: Vec<(ItemKey, String)>| -> Vec<String> {
            items.into_iter().map(|(_, text)| text).collect()
        };
        assert_eq!(texts(replay_gain(&gains)), ["-6.52 dB", "0.988553", "5.00 dB", "1.000000"]);
        assert_eq!(texts(r128(&gains)), ["-2950", "0"]);
        assert_eq!(texts(r128(&ReplayGain { album: None, ..gains })), ["-2950"]);
    }
}
