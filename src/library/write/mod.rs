//! Takes a file and tags, or gains; writes them into it, or into a copy of it.
//! Never changes a tag that is not given, known or not, and never touches the sound.
//!
//! In FLAC files and ID3 tags what changes is cut out and put in, so that all else stays byte for byte. Ogg and MP4
//! files, whose tags lie between other things, and ID3 tags within WAV and AIFF are written by the tag library, each
//! in its own kind of tag: what all kinds have in common would lose what only one has.

mod flac;
mod id3;

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use lofty::TextEncoding;
use lofty::ape::ApeTag;
use lofty::config::{ParseOptions, WriteOptions};
use lofty::file::{AudioFile, FileType};
use lofty::id3::v2::{ExtendedTextFrame, Frame, Id3v2Tag, Id3v2Version};
use lofty::iff::aiff::AiffFile;
use lofty::iff::wav::WavFile;
use lofty::mp4::{Atom, AtomData, AtomIdent, Ilst, Mp4File};
use lofty::mpeg::MpegFile;
use lofty::ogg::tag::VorbisComments;
use lofty::ogg::{OpusFile, VorbisFile};
use lofty::probe::Probe;
use lofty::tag::{Accessor, TagExt};

use super::track::Tags;
use crate::paths;

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

/// Writes title, artist, album and track number, where given, into the file's own kind of tag. The file is replaced
/// by a copy of it that is whole.
///
/// # Errors
/// When the file cannot be read, is of a kind without tags, or cannot be written.
pub fn write_tags(path: &Path, tags: &Tags) -> Result<(), TagError> {
    replace(path, tags).map_err(|cause| TagError { path: path.to_owned(), cause })
}

fn replace(path: &Path, tags: &Tags) -> Result<(), Cause> {
    let texts = [
        ("TITLE", "TIT2", tags.title.clone()),
        ("ARTIST", "TPE1", tags.artist.clone()),
        ("ALBUM", "TALB", tags.album.clone()),
        ("TRACKNUMBER", "TRCK", tags.track.map(|track| track.to_string())),
    ];
    let given = texts.into_iter().filter(|(_, _, text)| text.is_some());
    let changes: Vec<Change> =
        given.map(|(comment, frame, text)| Change { comment, frame: Some(frame), text }).collect();
    let path = &std::fs::canonicalize(path)?;
    let copy = paths::temporary_beside(path)?;
    io::copy(&mut File::open(path)?, &mut copy.as_file())?;
    edit(path, copy.path(), kind(path)?, &changes)?;
    copy.as_file().sync_all()?;
    copy.persist(path)?;
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

/// Stores gains in `copy`, a copy of `file` that may have any name: REPLAYGAIN_* tags, in Opus R128_*. Gains that stood
/// there before are gone.
///
/// # Errors
/// When the file cannot be read, is of a kind without such tags, or cannot be written.
pub fn write_gain(file: &Path, copy: &Path, gains: &ReplayGain) -> Result<(), TagError> {
    store_gain(file, copy, gains).map_err(|cause| TagError { path: file.to_owned(), cause })
}

fn store_gain(file: &Path, copy: &Path, gains: &ReplayGain) -> Result<(), Cause> {
    if std::fs::canonicalize(file)? == std::fs::canonicalize(copy)? {
        return Err("is its own copy".into());
    }
    let kind = kind(file)?;
    let texts = if kind == FileType::Opus { r128(gains) } else { replay_gain(gains) };
    let text_of = |name| texts.iter().find(|(of, _)| *of == name).map(|(_, text)| text.clone());
    let changes = GAINS.map(|comment| Change { comment, frame: None, text: text_of(comment) });
    edit(file, copy, kind, &changes)
}

/// A tag that gets another text, or none.
#[derive(Debug, Clone)]
struct Change {
    /// Its name in Vorbis comments, APE tags, and as a text of the user's own in ID3.
    comment: &'static str,
    /// The frame that ID3 has for it (as of 2.3); `None` where it is a text of the user's own.
    frame: Option<&'static str>,
    text: Option<String>,
}

fn kind(file: &Path) -> Result<FileType, Cause> {
    Probe::open(file)?
        .guess_file_type()?
        .file_type()
        .ok_or_else(|| "is of a kind whose tags are not known".into())
}

/// Makes the changes in `copy`, which is one of `file`.
fn edit(file: &Path, copy: &Path, kind: FileType, changes: &[Change]) -> Result<(), Cause> {
    let mut from = BufReader::new(File::open(file)?);
    let (reading, writing) = (ParseOptions::new(), WriteOptions::default());
    match kind {
        FileType::Flac => {
            // Some programs put an ID3 tag before all.
            let id3 = id3_tag(&mut from)?;
            let metadata = flac::edit(&mut from, changes)?;
            rewrite(&mut from, copy, &[&id3, &metadata])?;
        }
        FileType::Mpeg | FileType::Aac => {
            let tag = id3::edit(&id3_tag(&mut from)?, changes)?;
            rewrite(&mut from, copy, &[&tag])?;
            if kind == FileType::Mpeg {
                edit_ape(&mut from, copy, changes)?;
            }
        }
        FileType::Vorbis => {
            let mut file = VorbisFile::read_from(&mut from, reading)?;
            into_comments(file.vorbis_comments_mut(), changes);
            file.save_to_path(copy, writing)?;
        }
        FileType::Opus => {
            let mut file = OpusFile::read_from(&mut from, reading)?;
            into_comments(file.vorbis_comments_mut(), changes);
            file.save_to_path(copy, writing)?;
        }
        FileType::Mp4 => {
            let mut tag = Mp4File::read_from(&mut from, reading)?.remove_ilst().unwrap_or_default();
            into_atoms(&mut tag, changes);
            tag.save_to_path(copy, writing)?;
        }
        kind => {
            let tag = match kind {
                FileType::Wav => WavFile::read_from(&mut from, reading)?.remove_id3v2(),
                FileType::Aiff => AiffFile::read_from(&mut from, reading)?.remove_id3v2(),
                _ => return Err("is of a kind whose tags are not written".into()),
            };
            let mut tag = tag.unwrap_or_default();
            into_frames(&mut tag, changes);
            let mut writing = writing;
            writing.use_id3v23(tag.original_version() == Id3v2Version::V3);
            tag.save_to_path(copy, writing)?;
        }
    }
    Ok(())
}

/// The ID3 tag that a file begins with, empty where there is none; reading goes on behind it.
fn id3_tag(from: &mut (impl Read + Seek)) -> io::Result<Vec<u8>> {
    let mut tag = Vec::new();
    from.by_ref().take(10).read_to_end(&mut tag)?;
    let length = id3::length(&tag);
    let missing = length.saturating_sub(tag.len());
    if length == 0 {
        tag.clear();
        from.rewind()?;
    }
    from.take(missing as u64).read_to_end(&mut tag)?;
    Ok(tag)
}

/// Writes the copy anew: these beginnings, then what `from` still has.
fn rewrite(from: &mut impl Read, copy: &Path, beginnings: &[&[u8]]) -> io::Result<()> {
    let mut to = File::create(copy)?;
    for beginning in beginnings {
        to.write_all(beginning)?;
    }
    io::copy(from, &mut to)?;
    Ok(())
}

/// Programs such as mp3gain put gains into an APE tag at the end of an MP3; two that differ would be as bad as none.
fn edit_ape(from: &mut (impl Read + Seek), copy: &Path, changes: &[Change]) -> Result<(), Cause> {
    from.seek(SeekFrom::Start(0))?;
    let file = MpegFile::read_from(from, ParseOptions::new().read_properties(false))?;
    let Some(ape) = file.ape() else { return Ok(()) };
    let mut tag: ApeTag = ape.clone();
    for change in changes.iter().filter(|change| change.frame.is_none()) {
        tag.remove(change.comment);
    }
    if tag != *ape {
        tag.save_to_path(copy, WriteOptions::default())?;
    }
    Ok(())
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

fn into_comments(tag: &mut VorbisComments, changes: &[Change]) {
    let is_replaced = |name: &str| changes.iter().any(|change| change.comment.eq_ignore_ascii_case(name));
    // Removing one by one would change the order of the others.
    let kept: Vec<(String, String)> = tag.take_items().filter(|(name, _)| !is_replaced(name)).collect();
    let new = changes.iter().filter_map(|change| Some((change.comment.to_owned(), change.text.clone()?)));
    for (name, text) in kept.into_iter().chain(new) {
        tag.push(name, text);
    }
}

fn into_frames(tag: &mut Id3v2Tag, changes: &[Change]) {
    for Change { comment, frame, text } in changes {
        if frame.is_some() {
            set(tag, comment, text.as_deref());
            continue;
        }
        tag.retain(
            |frame| !matches!(frame, Frame::UserText(user) if user.description.eq_ignore_ascii_case(comment)),
        );
        if let Some(text) = text {
            tag.insert(Frame::UserText(ExtendedTextFrame::new(TextEncoding::UTF8, *comment, text.clone())));
        }
    }
}

/// Atoms of iTunes, whose names programs write in small letters.
fn into_atoms(tag: &mut Ilst, changes: &[Change]) {
    for Change { comment, frame, text } in changes {
        if frame.is_some() {
            set(tag, comment, text.as_deref());
            continue;
        }
        tag.retain(|atom| {
            !matches!(atom.ident(), AtomIdent::Freeform { name, .. } if name.eq_ignore_ascii_case(comment))
        });
        if let Some(text) = text {
            let name = comment.to_ascii_lowercase().into();
            let ident = AtomIdent::Freeform { mean: "com.apple.iTunes".into(), name };
            tag.insert(Atom::new(ident, AtomData::UTF8(text.clone())));
        }
    }
}

fn set(tag: &mut impl Accessor, comment: &str, text: Option<&str>) {
    let Some(text) = text else { return };
    match comment {
        "TITLE" => tag.set_title(text.into()),
        "ARTIST" => tag.set_artist(text.into()),
        "ALBUM" => tag.set_album(text.into()),
        _ => text.parse().into_iter().for_each(|track| tag.set_track(track)),
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
