//! Takes an open file; gives what its container and tags say, by symphonia's demuxers, which know
//! some that the tag reader does not: Matroska, WebM, CAF, FLAC in Ogg, ADPCM in WAV, RF64.
//! Never decodes sound.

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioCodecId;
use symphonia::core::codecs::audio::well_known as codecs;
use symphonia::core::common::Limit;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::well_known as formats;
use symphonia::core::formats::{FormatId, FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::{MetadataOptions, MetadataRevision, RawTag, RawValue, StandardTag};

use super::field::{joined, number, said};
use super::{Contents, carried, segment};
use crate::library::track::{Codec, Tags};

/// Bare frames of sound: anything may look like them, so that finding some says nothing.
const BARE: [FormatId; 4] =
    [formats::FORMAT_ID_MP1, formats::FORMAT_ID_MP2, formats::FORMAT_ID_MP3, formats::FORMAT_ID_ADTS];

/// Reads the file.
///
/// # Errors
/// When it is in no container, holds no sound, or is damaged.
pub(super) fn read(path: &Path, mut file: File) -> Result<Contents, Box<dyn Error>> {
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
        hint.with_extension(extension);
    }
    let title = segment::title(&mut file)?;
    let stream = MediaSourceStream::new(Box::new(file), Default::default());
    let metadata = MetadataOptions::default().limit_visual_bytes(Limit::Maximum(0));
    let mut reader =
        symphonia::default::get_probe().probe(&hint, stream, FormatOptions::default(), metadata)?;
    let container = reader.format_info().format;
    let track = reader.default_track(TrackType::Audio).ok_or("holds no sound")?;
    if BARE.contains(&container) {
        return Err("is not in any container known here".into());
    }
    let codec = match &track.codec_params {
        Some(CodecParameters::Audio(parameters)) => codec(container, parameters.codec),
        _ => Codec::Other,
    };
    let length = length(&*reader);
    let (mut tags, sheet) = tags(&mut *reader);
    if container == formats::FORMAT_ID_MKV {
        complete(&mut tags, title);
    }
    Ok(Contents { length, codec, tags, sheet, ..Contents::default() })
}

fn length(reader: &dyn FormatReader) -> Option<Duration> {
    let media = reader.media_info();
    let time = media.time_base?.calc_duration(media.duration?)?;
    let nanos = u64::try_from(time.as_nanos()).ok().filter(|nanos| *nanos > 0)?;
    Some(Duration::from_nanos(nanos))
}

fn codec(container: FormatId, codec: AudioCodecId) -> Codec {
    match codec {
        codecs::CODEC_ID_FLAC => Codec::Flac,
        codecs::CODEC_ID_ALAC => Codec::Alac,
        codecs::CODEC_ID_MP3 => Codec::Mp3,
        codecs::CODEC_ID_AAC => Codec::Aac,
        codecs::CODEC_ID_VORBIS => Codec::Vorbis,
        codecs::CODEC_ID_OPUS => Codec::Opus,
        codecs::CODEC_ID_PCM_U8
        | codecs::CODEC_ID_PCM_S16LE
        | codecs::CODEC_ID_PCM_S24LE
        | codecs::CODEC_ID_PCM_S32LE
        | codecs::CODEC_ID_PCM_F32LE
        | codecs::CODEC_ID_PCM_F64LE
            if container == formats::FORMAT_ID_WAVE =>
        {
            Codec::Wav
        }
        _ => Codec::Other,
    }
}

fn tags(reader: &mut dyn FormatReader) -> (Tags, Option<String>) {
    let mut metadata = reader.metadata();
    metadata.skip_to_latest().map(|latest| (tags_of(latest), sheet_of(latest))).unwrap_or_default()
}

/// The cue sheet in a tag of that name; Matroska's have a level before it.
fn sheet_of(revision: &MetadataRevision) -> Option<String> {
    let of_tracks = revision.per_track.iter().flat_map(|track| &track.metadata.tags);
    revision.media.tags.iter().chain(of_tracks).find_map(|tag| match &tag.raw.value {
        RawValue::String(text) if is_sheet(&tag.raw.key) => carried(text),
        _ => None,
    })
}

fn is_sheet(key: &str) -> bool {
    key.rsplit('@').next().is_some_and(|name| name.eq_ignore_ascii_case("CUESHEET"))
}

fn tags_of(revision: &MetadataRevision) -> Tags {
    let of_tracks = revision.per_track.iter().flat_map(|track| &track.metadata.tags);
    let mut tags = Tags::default();
    for tag in revision.media.tags.iter().chain(of_tracks) {
        let Some(standard) = &tag.std else {
            set_unusual(&mut tags, &tag.raw);
            continue;
        };
        match standard {
            StandardTag::TrackTitle(text) => set(&mut tags.title, text),
            StandardTag::Artist(text) => add(&mut tags.artist, text),
            StandardTag::Album(text) => set(&mut tags.album, text),
            StandardTag::AlbumArtist(text) => add(&mut tags.album_artist, text),
            StandardTag::Composer(text) => add(&mut tags.composer, text),
            StandardTag::Genre(text) => add(&mut tags.genre, text),
            StandardTag::RecordingDate(text) | StandardTag::ReleaseDate(text) => set(&mut tags.date, text),
            StandardTag::RecordingYear(year) | StandardTag::ReleaseYear(year) => {
                set(&mut tags.date, &year.to_string());
            }
            StandardTag::TrackNumber(number) => tags.track = counted(*number),
            StandardTag::DiscNumber(number) => tags.disc = counted(*number),
            _ => {}
        }
    }
    tags
}

/// What ffmpeg puts into Matroska files beside the names that Matroska itself has (RFC 9559 and
/// its tag list), with the level that the demuxer writes before them.
fn set_unusual(tags: &mut Tags, raw: &RawTag) {
    let RawValue::String(text) = &raw.value else { return };
    match raw.key.as_str() {
        "ALBUM@ALBUM" => set(&mut tags.album, text),
        "ALBUM@DATE" => set(&mut tags.date, text),
        "ALBUM@PART_NUMBER" => tags.track = tags.track.or(number(text)),
        "ALBUM@DISC" => tags.disc = tags.disc.or(number(text)),
        _ => {}
    }
}

/// A Matroska file of one track that ffmpeg has tagged: the title is the segment's, and the artist, which is of no level
/// that is named, counts as the release's.
fn complete(tags: &mut Tags, title: Option<String>) {
    if let Some(title) = title {
        set(&mut tags.title, &title);
    }
    if tags.artist.is_none() {
        tags.artist.clone_from(&tags.album_artist);
    }
}

fn set(field: &mut Option<String>, text: &str) {
    if field.is_none() {
        *field = said(text).map(str::to_owned);
    }
}

fn add(field: &mut Option<String>, text: &str) {
    *field = joined(field.as_deref().into_iter().chain([text]));
}

fn counted(number: u64) -> Option<u32> {
    u32::try_from(number).ok().filter(|number| *number > 0)
}
