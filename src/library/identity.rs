//! Takes an audio file; gives what it is beyond its name and its tags: the hash of its coded sound and its
//! exact length. Stays the same when the file is moved, renamed or re-tagged; of another coding it differs.
//! Never decodes sound, never reads more than a few megabytes but of files without a header that counts.
//!
//! The hash is FNV-1a (RFC 9923) of 128 bits over the first [`HASHED`] bytes of coded packets, joined: what
//! lies between packets (pages, chunks, padding, tags) does not count, nor how a container cuts them. Tags
//! behind the sound are cut off before the demuxer sees them: in them it might find frames.

use std::error::Error;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use symphonia::core::codecs::CodecParameters;
use symphonia::core::common::Limit;
use symphonia::core::errors::Error as FormatError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::well_known as formats;
use symphonia::core::formats::{FormatId, FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use symphonia::core::units::Time;

use crate::guard::guarded;

/// So many bytes of coded sound are hashed: six seconds of a disc, a minute of MP3.
const HASHED: usize = 1024 * 1024;

/// Bare frames: no header says how many, so that they must be counted.
const BARE: [FormatId; 4] =
    [formats::FORMAT_ID_MP1, formats::FORMAT_ID_MP2, formats::FORMAT_ID_MP3, formats::FORMAT_ID_ADTS];

/// The hash of a file's coded sound. Its text begins with the name of the method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AudioHash(u128);

/// Counts up whenever the same file would get another hash.
const METHOD: &str = "packets1:";

impl std::fmt::Display for AudioHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{METHOD}{:032x}", self.0)
    }
}

/// The text is no audio hash, or of a method that is not known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no audio hash")]
pub struct NoHash;

impl FromStr for AudioHash {
    type Err = NoHash;

    fn from_str(text: &str) -> Result<Self, NoHash> {
        let digits = text.strip_prefix(METHOD).filter(|digits| digits.len() == 32).ok_or(NoHash)?;
        u128::from_str_radix(digits, 16).map(Self).map_err(|_| NoHash)
    }
}

/// What a file is, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The hash of its coded sound.
    pub audio: AudioHash,
    /// How many frames it plays, where the container counts or its frames could be counted.
    pub frames: Option<u64>,
    /// Frames a second.
    pub rate: u32,
}

impl Identity {
    /// Whether both are of one file, or of copies of it. A quarter of a second of length may be between
    /// them: some programs drop the note of what an encoder put before and after the music.
    pub fn is_same(&self, other: &Self) -> bool {
        let as_long = match (self.frames, other.frames) {
            (Some(own), Some(other)) => own.abs_diff(other) <= u64::from(self.rate / 4),
            _ => true,
        };
        self.audio == other.audio && self.rate == other.rate && as_long
    }

    /// Its playing time.
    pub fn length(&self) -> Option<Duration> {
        Some(Duration::from_secs_f64(self.frames? as f64 / f64::from(self.rate.max(1))))
    }
}

/// Why a file has no identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// It cannot be opened or read.
    #[error("cannot be read")]
    Unreadable(#[from] io::Error),
    /// It is a folder, a pipe, a device.
    #[error("is no plain file")]
    NotAFile,
    /// It is not audio, of a kind that is not known here, or damaged.
    #[error("holds no sound that can be read")]
    NoSound(#[source] Box<dyn Error + Send + Sync>),
}

/// Reads what the file is.
///
/// # Errors
/// When it cannot be read, or holds no sound of a kind known here.
pub fn identify(path: &Path) -> Result<Identity, IdentityError> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(IdentityError::NotAFile);
    }
    let sound = Sound::new(File::open(path)?)?;
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
        hint.with_extension(extension);
    }
    match guarded(|| read(sound, &hint)) {
        Ok(outcome) => outcome.map_err(IdentityError::NoSound),
        Err(panicked) => Err(IdentityError::NoSound(panicked.into())),
    }
}

fn read(sound: Sound, hint: &Hint) -> Result<Identity, Box<dyn Error + Send + Sync>> {
    let stream = MediaSourceStream::new(Box::new(sound), Default::default());
    let metadata = MetadataOptions::default().limit_visual_bytes(Limit::Maximum(0));
    let mut reader =
        symphonia::default::get_probe().probe(hint, stream, FormatOptions::default(), metadata)?;
    let is_bare = BARE.contains(&reader.format_info().format);
    let track = reader.default_track(TrackType::Audio).ok_or("holds no sound")?.clone();
    let rate = match &track.codec_params {
        Some(CodecParameters::Audio(parameters)) => parameters.sample_rate.unwrap_or(0),
        _ => 0,
    };
    let mut hash = Fnv::default();
    let mut counted = 0_u64;
    while let Some(packet) = next(&mut *reader, track.id)? {
        hash.add(&packet.data);
        counted = counted.saturating_add(packet.dur.get());
        if hash.is_full() && !is_bare {
            break;
        }
    }
    if hash.bytes == 0 {
        return Err("holds no sound".into());
    }
    let stated = || stated(&track, rate).or_else(|| of_whole(&*reader, rate));
    let frames = if is_bare { Some(counted) } else { stated() };
    Ok(Identity { audio: AudioHash(hash.value), frames, rate })
}

/// The next packet of the track; the end of what can be read is the end.
fn next(reader: &mut dyn FormatReader, track: u32) -> Result<Option<Packet>, Box<dyn Error + Send + Sync>> {
    loop {
        match reader.next_packet() {
            Ok(Some(packet)) if packet.track_id == track => return Ok(Some(packet)),
            Ok(Some(_)) | Err(FormatError::DecodeError(_)) => {}
            Ok(None) | Err(FormatError::ResetRequired) => return Ok(None),
            Err(FormatError::IoError(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// The frames that the container counts, at the rate of the sound.
fn stated(track: &Track, rate: u32) -> Option<u64> {
    if let Some(frames) = track.num_frames {
        return Some(frames).filter(|frames| *frames > 0);
    }
    frames_in(track.time_base?.calc_duration(track.duration?)?, rate)
}

/// The frames in the time that the container states for all that it holds: Matroska's states no other.
fn of_whole(reader: &dyn FormatReader, rate: u32) -> Option<u64> {
    let media = reader.media_info();
    frames_in(media.time_base?.calc_duration(media.duration?)?, rate)
}

fn frames_in(time: Time, rate: u32) -> Option<u64> {
    let frames = u128::try_from(time.as_nanos()).ok()? * u128::from(rate) / 1_000_000_000;
    u64::try_from(frames).ok().filter(|frames| *frames > 0)
}

/// FNV-1a of 128 bits (RFC 9923, sections 3 and 5) over at most [`HASHED`] bytes.
struct Fnv {
    value: u128,
    bytes: usize,
}

impl Default for Fnv {
    fn default() -> Self {
        Self { value: 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, bytes: 0 }
    }
}

impl Fnv {
    fn add(&mut self, bytes: &[u8]) {
        let taken = &bytes[..bytes.len().min(HASHED - self.bytes)];
        for byte in taken {
            self.value = (self.value ^ u128::from(*byte)).wrapping_mul(0x0100_0000_0000_0000_0000_013b);
        }
        self.bytes += taken.len();
    }

    fn is_full(&self) -> bool {
        self.bytes == HASHED
    }
}

/// A file without the tags at its end.
struct Sound {
    file: File,
    end: u64,
    at: u64,
}

impl Sound {
    fn new(mut file: File) -> io::Result<Self> {
        let end = end_of_sound(&mut file)?;
        file.rewind()?;
        Ok(Self { file, end, at: 0 })
    }
}

/// Where ID3v1, APEv2 and Lyrics3v2 tags begin that stand at the end, in any order.
fn end_of_sound(file: &mut File) -> io::Result<u64> {
    let mut end = file.metadata()?.len();
    // Damaged sizes must not send us round in circles.
    for _ in 0..8 {
        let mut tail = [0; 128];
        let Some(start) = end.checked_sub(128) else { break };
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(&mut tail)?;
        match tag_before(&tail).filter(|length| *length <= end) {
            Some(length) => end -= length,
            None => break,
        }
    }
    Ok(end)
}

/// The length of the tag that ends with these bytes.
fn tag_before(tail: &[u8; 128]) -> Option<u64> {
    if tail.starts_with(b"TAG") {
        return Some(128);
    }
    // The footer of APEv2: magic, version, size with the footer, items, flags, 8 bytes of nothing.
    let footer = &tail[96..];
    if footer.starts_with(b"APETAGEX") {
        let field = |at: usize| footer[at..at + 4].try_into().map(u32::from_le_bytes).ok();
        let (size, flags) = (field(12)?, field(20)?);
        let header = if flags & 1 << 31 == 0 { 0 } else { 32 };
        return Some(u64::from(size).max(32) + header);
    }
    // Lyrics3v2 ends with its size in six digits, and its name.
    let size = tail.strip_suffix(b"LYRICS200").and_then(|tail| tail.last_chunk::<6>())?;
    let size: u64 = std::str::from_utf8(size).ok()?.parse().ok()?;
    Some(size + 15)
}

impl Read for Sound {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let room = buffer.len().min(left);
        let read = self.file.read(&mut buffer[..room])?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Sound {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let from_start = match to {
            SeekFrom::End(offset) => {
                SeekFrom::Start(self.end.checked_add_signed(offset).ok_or(io::ErrorKind::InvalidInput)?)
            }
            other => other,
        };
        self.at = self.file.seek(from_start)?;
        Ok(self.at)
    }
}

impl MediaSource for Sound {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.end)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn hash(bytes: &[u8]) -> AudioHash {
        let mut hash = Fnv::default();
        hash.add(bytes);
        AudioHash(hash.value)
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(hash(b"").to_string(), "packets1:6c62272e07bb014262b821756295c58d");
        assert_eq!(hash(b"a").to_string(), "packets1:d228cb696f1a8caf78912b704e4a8964");
        assert_eq!(hash(b"foobar").to_string(), "packets1:343e1662793c64bf6f0d3597ba446f18");
    }

    #[test]
    fn a_hash_is_read_back_and_nothing_else_is_one() {
        assert_eq!(hash(b"foobar").to_string().parse(), Ok(hash(b"foobar")));
        for text in
            ["", "packets1:", "343e1662793c64bf6f0d3597ba446f18", "packets2:343e1662793c64bf6f0d3597ba446f18"]
        {
            assert_eq!(text.parse::<AudioHash>(), Err(NoHash), "{text}");
        }
    }

    #[test]
    fn no_more_is_hashed_than_is_said() {
        let mut one = Fnv::default();
        one.add(&vec![1; HASHED]);
        let full = one.value;
        assert!(one.is_full());
        one.add(&[2]);
        assert_eq!(one.value, full);
    }

    #[test]
    fn tags_at_the_end_are_no_sound() {
        let end = |bytes: &[u8]| {
            let mut file = tempfile::tempfile().unwrap();
            io::Write::write_all(&mut file, bytes).unwrap();
            end_of_sound(&mut file).unwrap()
        };
        let sound = vec![7; 500];
        let id3v1 = [b"TAG".as_slice(), &[0; 125]].concat();
        let mut ape = b"APETAGEX\xd0\x07\0\0".to_vec();
        ape.extend(132_u32.to_le_bytes());
        ape.extend(1_u32.to_le_bytes());
        ape.extend((1_u32 << 31).to_le_bytes());
        ape.extend([0; 8]);
        let ape = [&[9; 132], ape.as_slice()].concat();
        let lyrics = [b"LYRICSBEGIN".as_slice(), &[b'x'; 20], b"000031LYRICS200"].concat();
        assert_eq!(end(&sound), 500);
        assert_eq!(end(&[&sound, id3v1.as_slice()].concat()), 500);
        assert_eq!(end(&[&sound, ape.as_slice()].concat()), 500);
        assert_eq!(end(&[&sound, ape.as_slice(), &lyrics, &id3v1].concat()), 500);
        assert_eq!(end(b"TAG"), 3, "too short for any tag");
        let lie = [sound.as_slice(), b"999999LYRICS200"].concat();
        assert_eq!(end(&lie), lie.len() as u64);
    }
}
