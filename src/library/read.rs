//! Takes one audio file; gives what its header and tags say.
//! Never decodes sound, never reads cover art, never lets a damaged file take the scan down.

use std::error::Error;
use std::fs::File;
use std::io::{self, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use lofty::config::{ParseOptions, ParsingMode};
use lofty::error::FileParseError;
use lofty::file::{AudioFile, FileType, TaggedFile, TaggedFileExt};
use lofty::mp4::{Mp4Codec, Mp4File};
use lofty::mpeg::{Layer, MpegFile};
use lofty::probe::Probe;
use lofty::tag::{ItemKey, Tag, TagType};
use serde::{Deserialize, Serialize};

use super::kind::has_readable_tags;
use super::track::{Codec, Tags};

/// What a file says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Contents {
    pub(super) length: Option<Duration>,
    pub(super) codec: Codec,
    pub(super) bitrate: Option<u32>,
    pub(super) tags: Tags,
    /// Why nothing could be read, where that is so.
    pub(super) damage: Option<String>,
}

/// No field of a library entry is longer than this many bytes: no title that is one is either.
const TEXT_MAX: usize = 1024;

/// Reads a file's header and tags. What makes no sense is noted in [`Contents::damage`].
///
/// # Errors
/// When the file cannot be opened.
pub(super) fn read(path: &Path) -> io::Result<Contents> {
    let file = File::open(path)?;
    if !has_readable_tags(path) {
        return Ok(Contents::default());
    }
    // Tag parsers meet every damage there is; a panic is one file's damage, no more.
    let outcome = catch_unwind(AssertUnwindSafe(|| parse(path, file)));
    Ok(match outcome {
        Ok(Ok(contents)) => contents,
        Ok(Err(error)) => damaged(&with_causes(&error)),
        Err(_) => damaged("the tag reader gave up"),
    })
}

fn with_causes(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn damaged(reason: &str) -> Contents {
    Contents { damage: Some(capped(reason).to_owned()), ..Contents::default() }
}

fn parse(path: &Path, file: File) -> Result<Contents, FileParseError> {
    let options = ParseOptions::new().read_cover_art(false).parsing_mode(ParsingMode::Relaxed);
    let mut probe = Probe::new(BufReader::new(file)).options(options);
    if let Some(by_name) = path.extension().and_then(FileType::from_ext) {
        probe = probe.set_file_type(by_name);
    }
    // What the file begins with counts for more than its name.
    let probe = probe.guess_file_type().map_err(FileParseError::from)?;
    let (codec, file) = match probe.file_type() {
        Some(FileType::Mp4) => {
            let file = Mp4File::read_from(&mut probe.into_inner(), options)?;
            (mp4_codec(&file), TaggedFile::from(file))
        }
        Some(FileType::Mpeg) => {
            let file = MpegFile::read_from(&mut probe.into_inner(), options)?;
            (mpeg_codec(&file), TaggedFile::from(file))
        }
        other => (other.map_or(Codec::Other, codec), probe.read()?),
    };
    let properties = file.properties();
    Ok(Contents {
        length: Some(properties.duration()).filter(|length| !length.is_zero()),
        codec,
        bitrate: properties.audio_bitrate().or(properties.overall_bitrate()).filter(|rate| *rate > 0),
        tags: tags(&file),
        damage: None,
    })
}

fn codec(file_type: FileType) -> Codec {
    match file_type {
        FileType::Wav => Codec::Wav,
        FileType::Aiff => Codec::Aiff,
        FileType::Flac => Codec::Flac,
        FileType::Aac => Codec::Aac,
        FileType::Vorbis => Codec::Vorbis,
        FileType::Opus => Codec::Opus,
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

/// A tag's text without what surrounds it, if anything is left.
fn said(text: &str) -> Option<&str> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!text.is_empty()).then(|| capped(text))
}

/// Several artists in fields of their own, in one.
fn joined<'a>(values: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut all = String::new();
    for value in values.filter_map(said) {
        if all.len() + value.len() > TEXT_MAX {
            break;
        }
        if !all.is_empty() {
            all.push_str("; ");
        }
        all.push_str(value);
    }
    (!all.is_empty()).then_some(all)
}

/// The beginning of the text, at most [`TEXT_MAX`] bytes of it.
fn capped(text: &str) -> &str {
    let end = (0..=text.len().min(TEXT_MAX)).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

/// The number that a text like "3", "03" or "3/12" begins with; 0 is no number of anything.
fn number(text: &str) -> Option<u32> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text[..digits].parse().ok().filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_the_front() {
        assert_eq!(number("3"), Some(3));
        assert_eq!(number("03/12"), Some(3));
        assert_eq!(number("4 of 9"), Some(4));
        for nothing in ["", "0", "A1", "/12", "99999999999"] {
            assert_eq!(number(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn blank_text_says_nothing() {
        assert_eq!(said(" \t\0 "), None);
        assert_eq!(said(" War\0\0"), Some("War"));
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        let long = "é".repeat(TEXT_MAX);
        assert_eq!(said(&long).map(str::len), Some(TEXT_MAX));
        assert_eq!(said(&format!("a{long}")).map(str::len), Some(TEXT_MAX - 1));
        assert!(joined([long.as_str(), "b"].into_iter()).is_some_and(|text| text.len() <= TEXT_MAX));
    }

    #[test]
    fn several_artists_become_one_field() {
        assert_eq!(
            joined(["James Brown", " ", "Vince DiCola"].into_iter()).as_deref(),
            Some("James Brown; Vince DiCola")
        );
        assert_eq!(joined(["", " "].into_iter()), None);
    }
}
