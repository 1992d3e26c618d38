//! Takes a file; gives what its tags say about loudness: ReplayGain, R128 (Opus), and iTunes Sound Check where
//! there is nothing else. Never reads pictures, never fails: what cannot be read says nothing.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use lofty::config::{ParseOptions, ParsingMode};
use lofty::file::{AudioFile, FileType, TaggedFile, TaggedFileExt};
use lofty::mp4::{AtomData, AtomIdent, Mp4File};
use lofty::probe::Probe;
use lofty::tag::ItemKey;

use super::Gain;
use crate::guard::guarded;

/// ReplayGain 2.0 makes everything -18 LUFS loud, R128 tags -23 LUFS (RFC 7845, 5.2.1).
const R128_TO_REPLAYGAIN: f64 = 5.0;

/// No music needs more, in dB either way.
const MOST: f64 = 60.0;

/// What tags say about loudness.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GainTags {
    /// For the track by itself.
    pub track: Option<Gain>,
    /// For the release it comes from.
    pub album: Option<Gain>,
    /// Names the release: what two tracks of it have in common.
    pub release: Option<String>,
}

/// Reads a file's tags.
pub fn read(path: &Path) -> GainTags {
    guarded(|| tagged(path)).ok().flatten().unwrap_or_default()
}

fn tagged(path: &Path) -> Option<GainTags> {
    let options =
        ParseOptions::new().read_cover_art(false).read_properties(false).parsing_mode(ParsingMode::Relaxed);
    let mut probe = Probe::new(BufReader::new(File::open(path).ok()?)).options(options);
    if let Some(by_name) = path.extension().and_then(FileType::from_ext) {
        probe = probe.set_file_type(by_name);
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let probe = probe.guess_file_type().ok()?;
    if probe.file_type() != Some(FileType::Mp4) {
        return Some(of_file(&probe.read().ok()?, folder, None));
    }
    let file = Mp4File::read_from(&mut probe.into_inner(), options).ok()?;
    let check = sound_check_of_mp4(&file);
    Some(of_file(&TaggedFile::from(file), folder, check))
}

fn of_file(file: &TaggedFile, folder: &Path, sound_check: Option<String>) -> GainTags {
    let first = |key| file.tags().iter().find_map(|tag| tag.get_string(key)).map(str::trim);
    let replay = |gain, peak| {
        let db = decibels(first(gain)?)?;
        Some(Gain { db, peak: first(peak).and_then(amplitude) })
    };
    let r128 = |key| first(key).and_then(q7_8).map(|db| Gain { db: db + R128_TO_REPLAYGAIN, peak: None });
    let comment = || {
        let items = file.tags().iter().flat_map(|tag| tag.get_items(ItemKey::Comment));
        items.filter(|item| item.description() == "iTunNORM").find_map(|item| item.value().text())
    };
    let track = r128(ItemKey::R128TrackGain)
        .or_else(|| replay(ItemKey::ReplayGainTrackGain, ItemKey::ReplayGainTrackPeak));
    let album = r128(ItemKey::R128AlbumGain)
        .or_else(|| replay(ItemKey::ReplayGainAlbumGain, ItemKey::ReplayGainAlbumPeak));
    let check = || sound_check.as_deref().or_else(comment).and_then(sound_check_gain);
    let album_title = first(ItemKey::AlbumTitle).filter(|title| !title.is_empty());
    let release = album_title.map(|title| {
        let id = first(ItemKey::MusicBrainzReleaseId).or(first(ItemKey::AlbumArtist)).map(Into::into);
        // Many releases are called "Greatest Hits".
        format!("{title}\n{}", id.unwrap_or_else(|| folder.to_string_lossy()))
    });
    GainTags { track: track.or_else(|| if album.is_none() { check() } else { None }), album, release }
}

fn sound_check_of_mp4(file: &Mp4File) -> Option<String> {
    let ident = AtomIdent::Freeform { mean: "com.apple.iTunes".into(), name: "iTunNORM".into() };
    file.ilst()?.get(&ident)?.data().find_map(|data| match data {
        AtomData::UTF8(text) => Some(text.clone()),
        _ => None,
    })
}

/// "-6.52 dB", "+1,2".
fn decibels(text: &str) -> Option<f64> {
    let number = text.trim_end_matches(|c: char| c.is_alphabetic() || c.is_whitespace());
    sane(number.replace(',', ".").parse().ok()?)
}

fn amplitude(text: &str) -> Option<f64> {
    text.replace(',', ".").parse().ok().filter(|peak: &f64| peak.is_finite() && *peak >= 0.0)
}

/// A number of 1/256 dB (RFC 7845, 5.2.1).
fn q7_8(text: &str) -> Option<f64> {
    let number: i16 = text.parse().ok()?;
    sane(f64::from(number) / 256.0)
}

fn sane(db: f64) -> Option<f64> {
    (db.abs() <= MOST).then_some(db)
}

/// Ten numbers in hexadecimal; the first two are the power of left and right to the base of 1/1000, the
/// seventh and eighth their peaks of 16 bits (the format as players read it; Apple has not published it).
fn sound_check_gain(text: &str) -> Option<Gain> {
    let numbers: Option<Vec<u32>> =
        text.split_whitespace().map(|word| u32::from_str_radix(word, 16).ok()).collect();
    let numbers = numbers.filter(|numbers| numbers.len() >= 10)?;
    let power = numbers[0].max(numbers[1]);
    let peak = f64::from(numbers[6].max(numbers[7])) / 32_768.0;
    let db = sane(-10.0 * (f64::from(power) / 1000.0).log10())?;
    Some(Gain { db, peak: Some(peak).filter(|peak| *peak > 0.0) })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn gains_are_read_as_people_write_them() {
        for (text, db) in [("-6.52 dB", -6.52), ("+1.2dB", 1.2), ("3", 3.0), ("-7,5 db", -7.5)] {
            assert_eq!(decibels(text), Some(db), "{text}");
        }
        for text in ["", "dB", "loud", "nan", "inf dB", "1e9 dB", "-6 - 7"] {
            assert_eq!(decibels(text), None, "{text}");
        }
        assert_eq!(amplitude("0.988553"), Some(0.988_553));
        assert_eq!(amplitude("-1"), None);
    }

    #[test]
    fn r128_is_a_number_of_256ths() {
        assert_eq!(q7_8("-1280"), Some(-5.0));
        assert_eq!(q7_8("64"), Some(0.25));
        for text in ["40000", "1.5", "", "-20000"] {
            assert_eq!(q7_8(text), None, "{text}");
        }
    }

    #[test]
    fn sound_check_is_a_power_and_a_peak() {
        let gain = sound_check_gain(
            " 000003E8 000003E8 00002710 00002710 00024CA8 00024CA8 00004000 00007FFF 00024CA8 00024CA8",
        )
        .unwrap();
        assert_eq!(gain.db, 0.0);
        assert!((gain.peak.unwrap() - 1.0).abs() < 1e-4);
        let louder = " 00002710 000003E8 0 0 0 0 0 0 0 0";
        assert_eq!(sound_check_gain(louder), Some(Gain { db: -10.0, peak: None }));
        for text in ["", "xyz", "0 0 0 0 0 0 0 0 0 0", "3E8 3E8"] {
            assert_eq!(sound_check_gain(text), None, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_nothing() {
        assert_eq!(read(Path::new("/nowhere")), GainTags::default());
    }
}
