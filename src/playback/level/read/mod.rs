//! Takes a file; gives what its tags say about loudness: ReplayGain, R128 (Opus), and iTunes Sound Check where
//! there is nothing else. Never reads pictures, never fails: what cannot be read says nothing.

mod demuxed;

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

impl GainTags {
    /// Whether they say how loud the track or its release is.
    pub fn has_gain(&self) -> bool {
        self.track.is_some() || self.album.is_some()
    }
}

/// Reads a file's tags.
pub fn read(path: &Path) -> GainTags {
    guarded(|| tagged(path)).ok().flatten().unwrap_or_default()
}

fn tagged(path: &Path) -> Option<GainTags> {
    let mut file = File::open(path).ok()?;
    // Whichever way the file is named, its folder is the same.
    let path = &std::path::absolute(path).ok()?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let said = match demuxed::of(&mut file) {
        Some(container) => demuxed::read(container, file)?,
        None => by_tag_reader(path, file)?,
    };
    Some(said.tags(folder))
}

/// What a file says that matters here, in its own words.
#[derive(Debug, Default, PartialEq)]
struct Said {
    track_gain: Option<String>,
    track_peak: Option<String>,
    album_gain: Option<String>,
    album_peak: Option<String>,
    r128_track: Option<String>,
    r128_album: Option<String>,
    sound_check: Option<String>,
    album_title: Option<String>,
    album_artist: Option<String>,
    release_id: Option<String>,
}

impl Said {
    fn tags(&self, folder: &Path) -> GainTags {
        let replay = |gain: &Option<String>, peak: &Option<String>| {
            let db = decibels(gain.as_deref()?)?;
            Some(Gain { db, peak: peak.as_deref().and_then(amplitude) })
        };
        let r128 = |gain: &Option<String>| {
            let db = q7_8(gain.as_deref()?)? + R128_TO_REPLAYGAIN;
            Some(Gain { db, peak: None })
        };
        let track = r128(&self.r128_track).or_else(|| replay(&self.track_gain, &self.track_peak));
        let album = r128(&self.r128_album).or_else(|| replay(&self.album_gain, &self.album_peak));
        let check = || self.sound_check.as_deref().filter(|_| album.is_none()).and_then(sound_check_gain);
        let release = self.album_title.as_ref().filter(|title| !title.is_empty()).map(|title| {
            let id = self.release_id.as_ref().or(self.album_artist.as_ref()).map(Into::into);
            // Many releases are called "Greatest Hits".
            format!("{title}\n{}", id.unwrap_or_else(|| folder.to_string_lossy()))
        });
        GainTags { track: track.or_else(check), album, release }
    }
}

fn by_tag_reader(path: &Path, file: File) -> Option<Said> {
    let options =
        ParseOptions::new().read_cover_art(false).read_properties(false).parsing_mode(ParsingMode::Relaxed);
    let mut probe = Probe::new(BufReader::new(file)).options(options);
    if let Some(by_name) = path.extension().and_then(FileType::from_ext) {
        probe = probe.set_file_type(by_name);
    }
    let probe = probe.guess_file_type().ok()?;
    if probe.file_type() != Some(FileType::Mp4) {
        return Some(said(&probe.read().ok()?, None));
    }
    let file = Mp4File::read_from(&mut probe.into_inner(), options).ok()?;
    let check = sound_check_of_mp4(&file);
    Some(said(&TaggedFile::from(file), check))
}

fn said(file: &TaggedFile, sound_check: Option<String>) -> Said {
    let first = |key| {
        let text = file.tags().iter().find_map(|tag| tag.get_string(key));
        text.map(|text| text.trim().to_owned())
    };
    let comment = || {
        let items = file.tags().iter().flat_map(|tag| tag.get_items(ItemKey::Comment));
        let mut norms = items.filter(|item| item.description() == "iTunNORM");
        norms.find_map(|item| item.value().text().map(str::to_owned))
    };
    Said {
        track_gain: first(ItemKey::ReplayGainTrackGain),
        track_peak: first(ItemKey::ReplayGainTrackPeak),
        album_gain: first(ItemKey::ReplayGainAlbumGain),
        album_peak: first(ItemKey::ReplayGainAlbumPeak),
        r128_track: first(ItemKey::R128TrackGain),
        r128_album: first(ItemKey::R128AlbumGain),
        sound_check: sound_check.or_else(comment),
        album_title: first(ItemKey::AlbumTitle),
        album_artist: first(ItemKey::AlbumArtist),
        release_id: first(ItemKey::MusicBrainzReleaseId),
    }
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
