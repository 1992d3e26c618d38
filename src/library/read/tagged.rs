//! Takes an open file; gives what its header and tags say, by the tag reader lofty.
//! Never reads cover art, never decodes sound.

use std::error::Error;
use std::fs::File;
use std::io::BufRead;
use std::path::Path;

use lofty::config::{ParseOptions, ParsingMode};
use lofty::file::{AudioFile, FileType, TaggedFile, TaggedFileExt};
use lofty::flac::FlacFile;
use lofty::mp4::{Atom, AtomData, AtomIdent, Ilst, Mp4Codec, Mp4File};
use lofty::mpeg::{Layer, MpegFile};
use lofty::ogg::tag::VorbisComments;
use lofty::ogg::{OpusFile, VorbisFile};
use lofty::probe::Probe;
use lofty::tag::{ItemKey, Tag, TagType};

use super::field::{joined, number, said};
use super::window::Window;
use super::{Contents, block, carried};
use crate::library::track::{Codec, Tags};

/// Containers that lofty does not know and may take for MP3, in which it looks for a beginning.
const NOT_MPEG: [&[u8]; 2] = [b"OggS", b"RF64"];

/// Reads the file, whose `path` counts only where its beginning does not say what it is.
///
/// # Errors
/// When it is not what it seems to be, or is damaged.
pub(super) fn read(path: &Path, file: File) -> Result<Contents, Box<dyn Error>> {
    let options = ParseOptions::new().read_cover_art(false).parsing_mode(ParsingMode::Relaxed);
    let mut reader = Window::new(file)?;
    let beginning = reader.fill_buf()?;
    let is_mpeg = !NOT_MPEG.iter().any(|magic| beginning.starts_with(magic));
    let mut probe = Probe::new(reader).options(options);
    if let Some(by_name) = path.extension().and_then(FileType::from_ext) {
        probe = probe.set_file_type(by_name);
    }
    // What the file begins with counts for more than its name.
    let probe = probe.guess_file_type()?;
    let (codec, sheet, file) = match probe.file_type() {
        Some(FileType::Mp4) => {
            let file = Mp4File::read_from(&mut probe.into_inner(), options)?;
            let sheet = file.ilst().and_then(mp4_sheet);
            (mp4_codec(&file), sheet, TaggedFile::from(file))
        }
        Some(FileType::Mpeg | FileType::Aac) if !is_mpeg => {
            return Err("not a kind of file with tags known here".into());
        }
        Some(FileType::Mpeg) => {
            let file = MpegFile::read_from(&mut probe.into_inner(), options)?;
            let ape = file.ape().and_then(|tag| tag.get("CUESHEET")).and_then(|item| item.value().text());
            let id3v2 = || file.id3v2().and_then(|tag| tag.get_user_text("CUESHEET"));
            let sheet = ape.or_else(id3v2).and_then(carried);
            (mpeg_codec(&file), sheet, TaggedFile::from(file))
        }
        Some(FileType::Flac) => {
            let mut reader = probe.into_inner();
            let file = FlacFile::read_from(&mut reader, options)?;
            // The tag has names, which the block lacks.
            let sheet = file.vorbis_comments().and_then(comment).or_else(|| block::sheet(&mut reader));
            (Codec::Flac, sheet, TaggedFile::from(file))
        }
        Some(FileType::Vorbis) => {
            let file = VorbisFile::read_from(&mut probe.into_inner(), options)?;
            (Codec::Vorbis, comment(file.vorbis_comments()), TaggedFile::from(file))
        }
        Some(FileType::Opus) => {
            let file = OpusFile::read_from(&mut probe.into_inner(), options)?;
            (Codec::Opus, comment(file.vorbis_comments()), TaggedFile::from(file))
        }
        other => (other.map_or(Codec::Other, codec), None, probe.read()?),
    };
    let properties = file.properties();
    Ok(Contents {
        length: Some(properties.duration()).filter(|length| !length.is_zero()),
        codec,
        bitrate: properties.audio_bitrate().or(properties.overall_bitrate()).filter(|rate| *rate > 0),
        tags: tags(&file),
        sheet,
        damage: None,
    })
}

/// The sheet in a comment of FLAC, Vorbis and Opus.
fn comment(comments: &VorbisComments) -> Option<String> {
    comments.get("CUESHEET").and_then(carried)
}

/// The sheet in an atom of iTunes' own kind, `----:com.apple.iTunes:CUESHEET`, in either case.
fn mp4_sheet(tag: &Ilst) -> Option<String> {
    let is_sheet = |atom: &&Atom<'_>| match atom.ident() {
        AtomIdent::Freeform { name, .. } => name.eq_ignore_ascii_case("CUESHEET"),
        AtomIdent::Fourcc(_) => false,
    };
    let atoms = tag.into_iter().filter(is_sheet);
    atoms.flat_map(Atom::data).find_map(|data| match data {
        AtomData::UTF8(text) | AtomData::UTF16(text) => carried(text),
        _ => None,
    })
}

fn codec(file_type: FileType) -> Codec {
    match file_type {
        FileType::Wav => Codec::Wav,
        FileType::Aiff => Codec::Aiff,
        FileType::Aac => Codec::Aac,
        _ => Codec::Other,
    }
}

fn mp4_codec(file: &Mp4File) -> Codec {
    match file.properties().codec() {
        Some(Mp4Codec::AAC) => Codec::Aac,
        Some(Mp4Codec::ALAC) => Codec::Alac,
        Some(Mp4Codec::MP3) => Codec::Mp3,
        Some(Mp4Codec::FLAC) => Codec::Flac,
        _ => Codec::Other,
    }
}

fn mpeg_codec(file: &MpegFile) -> Codec {
    if *file.properties().layer() == Layer::Layer3 { Codec::Mp3 } else { Codec::Other }
}

/// A file may carry several tags; each field is taken from the first of them that says anything.
fn tags(file: &TaggedFile) -> Tags {
    let mut by_trust: Vec<&Tag> = file.tags().iter().collect();
    by_trust.sort_by_key(|tag| match tag.tag_type() {
        own if own == file.primary_tag_type() => 0,
        TagType::Id3v1 => 2, // cuts every field at 30 characters
        _ => 1,
    });
    let first = |key| by_trust.iter().find_map(|tag| tag.get_strings(key).find_map(said).map(str::to_owned));
    let all = |key| by_trust.iter().find_map(|tag| joined(tag.get_strings(key)));
    Tags {
        title: first(ItemKey::TrackTitle),
        artist: all(ItemKey::TrackArtist),
        album: first(ItemKey::AlbumTitle),
        album_artist: all(ItemKey::AlbumArtist),
        composer: all(ItemKey::Composer),
        genre: all(ItemKey::Genre),
        date: [ItemKey::RecordingDate, ItemKey::Year, ItemKey::ReleaseDate, ItemKey::OriginalReleaseDate]
            .into_iter()
            .find_map(first),
        track: first(ItemKey::TrackNumber).as_deref().and_then(number),
        disc: first(ItemKey::DiscNumber).as_deref().and_then(number),
    }
}
