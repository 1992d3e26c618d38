//! Takes files of the kinds whose tags the tag reader does not know: Matroska, WebM, CAF, FLAC in Ogg; gives what
//! they say about loudness. Never decodes sound, never reads pictures.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use symphonia::core::common::Limit;
use symphonia::core::formats::FormatOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::{MetadataOptions, RawValue};

use super::Said;

/// A kind of file that is read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// Matroska, WebM and FLAC in Ogg: symphonia's demuxers read their tags.
    Demuxed,
    /// Core Audio Format, whose demuxer passes over them.
    Caf,
}

/// The kind that a file is of by its first bytes, if it is to be read here.
pub(super) fn of(file: &mut File) -> Option<Container> {
    let mut head = [0; 33];
    let read = file.read_exact(&mut head);
    file.rewind().ok()?;
    read.ok()?;
    match &head {
        [0x1A, 0x45, 0xDF, 0xA3, ..] => Some(Container::Demuxed),
        [b'c', b'a', b'f', b'f', ..] => Some(Container::Caf),
        // The first packet stands behind a page header of 28 bytes (RFC 3533; the FLAC to Ogg mapping).
        [b'O', b'g', b'g', b'S', ..] if head[28..] == *b"\x7FFLAC" => Some(Container::Demuxed),
        _ => None,
    }
}

pub(super) fn read(container: Container, file: File) -> Option<Said> {
    match container {
        Container::Demuxed => demuxed(file),
        Container::Caf => Some(caf(&mut BufReader::new(file)).unwrap_or_default()),
    }
}

fn demuxed(file: File) -> Option<Said> {
    let stream = MediaSourceStream::new(Box::new(file), Default::default());
    let options = MetadataOptions::default().limit_visual_bytes(Limit::Maximum(0));
    let probe = symphonia::default::get_probe();
    let mut reader = probe.probe(&Hint::new(), stream, FormatOptions::default(), options).ok()?;
    let mut metadata = reader.metadata();
    let mut said = Said::default();
    let Some(revision) = metadata.skip_to_latest() else { return Some(said) };
    let of_tracks = revision.per_track.iter().flat_map(|track| &track.metadata.tags);
    for tag in revision.media.tags.iter().chain(of_tracks) {
        if let RawValue::String(text) = &tag.raw.value {
            said.hear(&tag.raw.key, text);
        }
    }
    Some(said)
}

/// The `info` chunk: pairs of words that end in a zero byte (Apple Core Audio Format Specification 1.0, "Information
/// Chunk"). Chunks have a type of four bytes and a length of eight.
fn caf(file: &mut (impl Read + Seek)) -> Option<Said> {
    /// More than any program writes.
    const MOST: u64 = 1 << 20;
    file.seek(SeekFrom::Start(8)).ok()?;
    loop {
        let mut head = [0; 12];
        file.read_exact(&mut head).ok()?;
        let length = i64::from_be_bytes(*head.last_chunk()?);
        if &head[..4] != b"info" {
            // Only the sound itself may have no length, and then it is the last.
            file.seek(SeekFrom::Current(Some(length).filter(|length| *length >= 0)?)).ok()?;
            continue;
        }
        let mut words = Vec::new();
        file.take(u64::try_from(length).ok()?.min(MOST)).read_to_end(&mut words).ok()?;
        let mut words = words.get(4..)?.split(|byte| *byte == 0).map(String::from_utf8_lossy);
        let mut said = Said::default();
        while let (Some(key), Some(text)) = (words.next(), words.next()) {
            said.hear(&key, &text);
        }
        return Some(said);
    }
}

impl Said {
    /// Takes a tag by its name. Matroska's demuxer writes the level before it that the tag is of; there a gain may
    /// be named after its level (`REPLAYGAIN_GAIN`, Matroska's list of tags) or as elsewhere.
    fn hear(&mut self, key: &str, text: &str) {
        let key = key.to_ascii_uppercase();
        let (level, name) = key.split_once('@').unwrap_or(("", &key));
        let is_track = level != "ALBUM";
        let field = match name {
            "REPLAYGAIN_TRACK_GAIN" => &mut self.track_gain,
            "REPLAYGAIN_TRACK_PEAK" => &mut self.track_peak,
            "REPLAYGAIN_ALBUM_GAIN" => &mut self.album_gain,
            "REPLAYGAIN_ALBUM_PEAK" => &mut self.album_peak,
            "REPLAYGAIN_GAIN" if is_track => &mut self.track_gain,
            "REPLAYGAIN_PEAK" if is_track => &mut self.track_peak,
            "REPLAYGAIN_GAIN" => &mut self.album_gain,
            "REPLAYGAIN_PEAK" => &mut self.album_peak,
            "R128_TRACK_GAIN" => &mut self.r128_track,
            "R128_ALBUM_GAIN" => &mut self.r128_album,
            "ALBUM" => &mut self.album_title,
            "TITLE" if !is_track => &mut self.album_title,
            "ALBUMARTIST" | "ALBUM_ARTIST" => &mut self.album_artist,
            "ARTIST" if !is_track => &mut self.album_artist,
            "MUSICBRAINZ_ALBUMID" => &mut self.release_id,
            _ => return,
        };
        field.get_or_insert_with(|| text.trim().to_owned());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Cursor;

    use super::*;

    fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&name[..], &(body.len() as i64).to_be_bytes(), body].concat()
    }

    #[test]
    fn a_caf_file_says_it_in_pairs_of_words() {
        let info = b"\0\0\0\x02replaygain_track_gain\0-6.5 dB\0album\0Both\0";
        let file = [&b"caff\0\x01\0\0"[..], &chunk(b"desc", &[0; 32]), &chunk(b"info", info)].concat();
        let said = caf(&mut Cursor::new(&file)).unwrap();
        assert_eq!(said.track_gain.as_deref(), Some("-6.5 dB"));
        assert_eq!(said.album_title.as_deref(), Some("Both"));
        for cut in 0..file.len() {
            let _ = caf(&mut Cursor::new(&file[..cut]));
        }
        let endless = [&b"caff\0\x01\0\0"[..], &b"data\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"[..]].concat();
        assert_eq!(caf(&mut Cursor::new(endless)), None);
    }

    #[test]
    fn matroska_names_a_gain_by_its_level() {
        let mut said = Said::default();
        said.hear("ALBUM@REPLAYGAIN_GAIN", "-1 dB");
        said.hear("TRACK@REPLAYGAIN_GAIN", "-2 dB");
        said.hear("ALBUM@REPLAYGAIN_TRACK_PEAK", " 0.5 ");
        said.hear("TRACK@TITLE", "A song");
        let expected = Said {
            album_gain: Some("-1 dB".into()),
            track_gain: Some("-2 dB".into()),
            track_peak: Some("0.5".into()),
            ..Said::default()
        };
        assert_eq!(said, expected);
    }
}
