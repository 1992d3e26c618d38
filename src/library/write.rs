//! Takes a file and tags, or gains; writes them into it.
//! Never changes a tag that is not given, never touches the sound.

use std::path::Path;

use lofty::TextEncoding;
use lofty::aac::AacFile;
use lofty::config::{ParseOptions, WriteOptions};
use lofty::file::{AudioFile, FileType, TaggedFileExt};
use lofty::flac::FlacFile;
use lofty::id3::v2::{ExtendedTextFrame, Frame, Id3v2Tag};
use lofty::iff::aiff::AiffFile;
use lofty::iff::wav::WavFile;
use lofty::mp4::{Atom, AtomData, AtomIdent, Ilst, Mp4File};
use lofty::mpeg::MpegFile;
use lofty::ogg::tag::VorbisComments;
use lofty::ogg::{OpusFile, VorbisFile};
use lofty::probe::Probe;
use lofty::tag::{Accessor, Tag, TagExt};

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
    let probe = Probe::open(path)?.guess_file_type()?;
    let kind = probe.file_type();
    let mut from = probe.into_inner();
    let (reading, writing) = (ParseOptions::new(), WriteOptions::default());
    // Each in the tag of its own kind: what all kinds have in common would lose what only one has.
    match kind {
        Some(FileType::Flac) => {
            let mut file = FlacFile::read_from(&mut from, reading)?;
            let mut tag = file.remove_vorbis_comments().unwrap_or_default();
            into_comments(&mut tag, replay_gain(gains));
            file.set_vorbis_comments(tag);
            file.save_to_path(copy, writing)?;
        }
        Some(FileType::Vorbis) => {
            let mut file = VorbisFile::read_from(&mut from, reading)?;
            into_comments(file.vorbis_comments_mut(), replay_gain(gains));
            file.save_to_path(copy, writing)?;
        }
        Some(FileType::Opus) => {
            let mut file = OpusFile::read_from(&mut from, reading)?;
            into_comments(file.vorbis_comments_mut(), r128(gains));
            file.save_to_path(copy, writing)?;
        }
        Some(FileType::Mp4) => {
            let mut tag = Mp4File::read_from(&mut from, reading)?.remove_ilst().unwrap_or_default();
            into_atoms(&mut tag, replay_gain(gains));
            tag.save_to_path(copy, writing)?;
        }
        kind => {
            let tag = match kind {
                Some(FileType::Mpeg) => MpegFile::read_from(&mut from, reading)?.remove_id3v2(),
                Some(FileType::Wav) => WavFile::read_from(&mut from, reading)?.remove_id3v2(),
                Some(FileType::Aiff) => AiffFile::read_from(&mut from, reading)?.remove_id3v2(),
                Some(FileType::Aac) => AacFile::read_from(&mut from, reading)?.remove_id3v2(),
                _ => return Err("is of a kind whose tags hold no gain here".into()),
            };
            let mut tag = tag.unwrap_or_default();
            into_frames(&mut tag, replay_gain(gains));
            tag.save_to_path(copy, writing)?;
        }
    }
    Ok(())
}

/// What stood there before is out of date.
fn is_gain(name: &str) -> bool {
    GAINS.iter().any(|gain| gain.eq_ignore_ascii_case(name))
}

const GAINS: [&str; 6] = [
    "REPLAYGAIN_TRACK_GAIN",
    "REPLAYGAIN_TRACK_PEAK",
    "REPLAYGAIN_ALBUM_GAIN",
    "REPLAYGAIN_ALBUM_PEAK",
    "R128_TRACK_GAIN",
    "R128_ALBUM_GAIN",
];

type Texts = Vec<(&'static str, String)>;

fn into_comments(tag: &mut VorbisComments, texts: Texts) {
    for name in GAINS {
        tag.remove(name).for_each(drop);
    }
    for (name, text) in texts {
        tag.insert(name.into(), text);
    }
}

fn into_frames(tag: &mut Id3v2Tag, texts: Texts) {
    tag.retain(|frame| !matches!(frame, Frame::UserText(text) if is_gain(&text.description)));
    for (name, text) in texts {
        tag.insert(Frame::UserText(ExtendedTextFrame::new(TextEncoding::UTF8, name, text)));
    }
}

/// Atoms of iTunes, whose names programs write in small letters.
fn into_atoms(tag: &mut Ilst, texts: Texts) {
    tag.retain(|atom| !matches!(atom.ident(), AtomIdent::Freeform { name, .. } if is_gain(name)));
    for (name, text) in texts {
        let name = name.to_ascii_lowercase().into();
        let ident = AtomIdent::Freeform { mean: "com.apple.iTunes".into(), name };
        tag.insert(Atom::new(ident, AtomData::UTF8(text)));
    }
}

fn replay_gain(gains: &ReplayGain) -> Texts {
    let texts = |gain, peak, (db, amplitude): (f64, f64)| {
        [(gain, format!("{db:.2} dB")), (peak, format!("{amplitude:.6}"))]
    };
    let track = texts("REPLAYGAIN_TRACK_GAIN", "REPLAYGAIN_TRACK_PEAK", gains.track);
    let album = gains.album.map(|album| texts("REPLAYGAIN_ALBUM_GAIN", "REPLAYGAIN_ALBUM_PEAK", album));
    track.into_iter().chain(album.into_iter().flatten()).collect()
}

/// Numbers of 1/256 dB to -23 LUFS (RFC 7845, 5.2.1, which forbids REPLAYGAIN_* here).
fn r128(gains: &ReplayGain) -> Texts {
    // A gain beyond the range is held to its end.
    let text = |(db, _): (f64, f64)| (((db - 5.0) * 256.0).round() as i16).to_string();
    let album = gains.album.map(|album| ("R128_ALBUM_GAIN", text(album)));
    [("R128_TRACK_GAIN", text(gains.track))].into_iter().chain(album).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_are_written_as_each_kind_of_file_wants_them() {
        let gains = ReplayGain { track: (-6.524, 0.988_553_1), album: Some((5.0, 1.0)) };
        let texts = |items: Texts| -> Vec<String> { items.into_iter().map(|(_, text)| text).collect() };
        assert_eq!(texts(replay_gain(&gains)), ["-6.52 dB", "0.988553", "5.00 dB", "1.000000"]);
        assert_eq!(texts(r128(&gains)), ["-2950", "0"]);
        assert_eq!(texts(r128(&ReplayGain { album: None, ..gains })), ["-2950"]);
    }
}
