//! Decodes real files: exact lengths, exact samples where the codec keeps them, and seeks that equal
//! continuous decoding bit for bit. `tests/fixtures/make.sh` made the files from the sound below.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tonearm::playback::decode::{self, DecodeError, Decoder};

/// Frames of the sounds that the fixtures hold.
const SHORT: u64 = 4201;
const MONO24: u64 = 2003;
const LONG: u64 = 44_117;
const LONG48: u64 = 36_011;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// A triangle wave of rising pitch, another one in each channel; within +-2^14.
fn sample(frame: u64, channel: u64) -> i32 {
    let phase = (frame * (300 + 170 * channel) + frame * frame / 60) & 0xffff;
    let triangle = if phase < 0x8000 { phase } else { 0xffff - phase };
    triangle as i32 - 0x4000
}

fn truth(frames: u64, channels: u64) -> Vec<f32> {
    let frame = |at| (0..channels).map(move |channel| sample(at, channel) as f32 / 32_768.0);
    (0..frames).flat_map(frame).collect()
}

/// The 24-bit sound has something in every bit.
fn sample24(frame: u64) -> i32 {
    sample(frame, 0) * 256 + ((frame * 37) & 0xff) as i32
}

fn truth24() -> Vec<f32> {
    (0..MONO24).map(|at| sample24(at) as f32 / 8_388_608.0).collect()
}

/// A WAV file of integers.
fn wav(rate: u32, channels: u16, bits: u16, samples: &[i32]) -> Vec<u8> {
    let block = channels * bits / 8;
    let len = samples.len() as u32 * u32::from(bits) / 8;
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + len).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    wav.extend(channels.to_le_bytes());
    wav.extend(rate.to_le_bytes());
    wav.extend((rate * u32::from(block)).to_le_bytes());
    wav.extend(block.to_le_bytes());
    wav.extend(bits.to_le_bytes());
    wav.extend(b"data");
    wav.extend(len.to_le_bytes());
    for sample in samples {
        wav.extend(&sample.to_le_bytes()[..usize::from(bits / 8)]);
    }
    wav
}

fn stereo_wav(rate: u32, frames: u64) -> Vec<u8> {
    let samples: Vec<_> = (0..frames).flat_map(|at| [sample(at, 0), sample(at, 1)]).collect();
    wav(rate, 2, 16, &samples)
}

fn mono24_wav() -> Vec<u8> {
    let samples: Vec<_> = (0..MONO24).map(sample24).collect();
    wav(48_000, 1, 24, &samples)
}

/// For `make.sh`: writes the sounds to the folder that it names.
#[test]
#[ignore = "only the fixtures' script runs this"]
fn writes_the_sources() {
    let dir = PathBuf::from(std::env::var_os("TONEARM_SOURCES").unwrap());
    fs::write(dir.join("short.wav"), stereo_wav(44_100, SHORT)).unwrap();
    fs::write(dir.join("long.wav"), stereo_wav(44_100, LONG)).unwrap();
    fs::write(dir.join("long48.wav"), stereo_wav(48_000, LONG48)).unwrap();
    fs::write(dir.join("mono24.wav"), mono24_wav()).unwrap();
}

fn drain(decoder: &mut dyn Decoder) -> Vec<f32> {
    let mut samples = Vec::new();
    while decoder.decode(&mut samples).unwrap() > 0 {}
    samples
}

fn decode_file(path: &Path) -> (Box<dyn Decoder>, Vec<f32>) {
    let mut decoder = decode::open(path).unwrap();
    let samples = drain(decoder.as_mut());
    (decoder, samples)
}

fn decode_bytes(dir: &TempDir, name: &str, bytes: &[u8]) -> (Box<dyn Decoder>, Vec<f32>) {
    let path = dir.path().join(name);
    fs::write(&path, bytes).unwrap();
    decode_file(&path)
}

/// Signal to noise in dB of `got` against `truth`, with `got` moved by `lag` frames of stereo.
fn snr(truth: &[f32], got: &[f32], lag: usize) -> f64 {
    let pairs = truth.iter().zip(&got[2 * lag..]).skip(4000).take(40_000);
    let (signal, noise) = pairs.fold((0.0, 0.0), |(signal, noise), (&t, &g)| {
        (signal + f64::from(t) * f64::from(t), noise + f64::from(t - g) * f64::from(t - g))
    });
    10.0 * (signal / noise).log10()
}

#[test]
fn wav_is_exact_in_every_depth() {
    let dir = TempDir::new().unwrap();
    let (decoder, samples) = decode_bytes(&dir, "a.wav", &stereo_wav(44_100, SHORT));
    let format = decoder.format();
    assert_eq!((format.codec, format.rate, format.channels), ("WAV", 44_100, 2));
    assert_eq!((format.bits, format.float, format.frames), (Some(16), false, Some(SHORT)));
    assert!(samples == truth(SHORT, 2));
    let (_, samples) = decode_bytes(&dir, "b.wav", &mono24_wav());
    assert!(samples == truth24());
}

#[test]
fn a_streamed_wav_without_a_length_plays_to_its_end() {
    let dir = TempDir::new().unwrap();
    let mut bytes = stereo_wav(44_100, SHORT);
    bytes[4..8].fill(0xff);
    bytes[40..44].fill(0xff);
    let (decoder, samples) = decode_bytes(&dir, "a.wav", &bytes);
    assert_eq!((decoder.format().frames, decoder.damaged()), (None, 0));
    assert!(samples == truth(SHORT, 2));
}

#[test]
fn lossless_files_are_exact() {
    let expected = truth(SHORT, 2);
    for name in ["short.flac", "short.oga", "short.m4a", "short-alac.caf"] {
        let (decoder, samples) = decode_file(&fixture(name));
        assert_eq!((decoder.format().bits, decoder.damaged()), (Some(16), 0), "{name}");
        assert!(samples == expected, "{name}: {} samples", samples.len());
    }
    for name in ["mono24.flac", "mono24.aiff"] {
        let (decoder, samples) = decode_file(&fixture(name));
        assert_eq!((decoder.format().bits, decoder.format().frames), (Some(24), Some(MONO24)));
        assert!(samples == truth24(), "{name}: {} samples", samples.len());
    }
}

#[test]
fn lossy_files_are_cut_to_the_frame() {
    let cases = [
        ("lame.mp3", "MP3", LONG, true),
        ("lavc.mp3", "MP3", LONG, true),
        ("lavc.m4a", "AAC in M4A", LONG, true),
        ("vorbis.ogg", "Vorbis in Ogg", LONG, true),
        ("pages.ogg", "Vorbis in Ogg", LONG, true),
        ("vorbis.webm", "Vorbis in WebM", LONG, false),
        ("opus.opus", "Opus in Ogg", LONG48, true),
        ("pages.opus", "Opus in Ogg", LONG48, true),
        ("opus.mp4", "Opus in MP4", LONG48, true),
        ("opus.webm", "Opus in WebM", LONG48, false),
    ];
    for (name, codec, frames, tells) in cases {
        let (decoder, samples) = decode_file(&fixture(name));
        let format = decoder.format();
        assert_eq!((format.codec, format.bits), (codec, None));
        assert_eq!(samples.len() as u64 / 2, frames, "{name}");
        assert_eq!(format.frames, tells.then_some(frames), "{name}");
        assert_eq!(decoder.damaged(), 0, "{name}");
        let truth = truth(frames, 2);
        let (here, before, after) =
            (snr(&truth, &samples, 0), snr(&truth[2..], &samples, 0), snr(&truth, &samples, 1));
        assert!(here > 8.0 && here > before && here > after, "{name}: {before} {here} {after} dB");
    }
}

/// How loud a tone is in one channel.
fn tone(samples: &[f32], channels: usize, channel: usize, hz: f64) -> f64 {
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (at, sample) in samples.iter().skip(channel).step_by(channels).enumerate() {
        let phase = at as f64 * hz * std::f64::consts::TAU / 44_100.0;
        sine += f64::from(*sample) * phase.sin();
        cosine += f64::from(*sample) * phase.cos();
    }
    sine.hypot(cosine) * 2.0 / (samples.len() / channels) as f64
}

#[test]
fn surround_in_vorbis_has_every_channel_in_its_place() {
    let (decoder, samples) = decode_file(&fixture("surround.ogg"));
    assert_eq!((decoder.format().channels, samples.len()), (6, 6 * 13_230));
    for channel in 0..6 {
        for (other, hz) in [300.0, 500.0, 700.0, 80.0, 900.0, 1100.0].into_iter().enumerate() {
            let loud = tone(&samples, 6, channel, hz);
            let want = if channel == other { 0.25..0.4 } else { 0.0..0.01 };
            assert!(want.contains(&loud), "{hz} Hz in channel {channel}: {loud}");
        }
    }
}

#[test]
fn without_a_statement_nothing_is_cut() {
    // 40 packets of 1152 frames, and 45 of 1024: the encoder's padding stays.
    for (name, packet) in [("untagged.mp3", 1152), ("adts.aac", 1024)] {
        let (decoder, samples) = decode_file(&fixture(name));
        let frames = samples.len() as u64 / 2;
        assert_eq!(decoder.format().frames, None, "{name}");
        assert!(frames >= LONG && frames.is_multiple_of(packet), "{name}: {frames}");
    }
}

#[test]
fn seeks_equal_continuous_decoding() {
    let mut names: Vec<_> = fs::read_dir(fixture("")).unwrap().map(|e| e.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|e| e != "sh" && e != "jpg"));
    names.sort();
    assert!(names.len() >= 15);
    for path in names {
        let (mut decoder, whole) = decode_file(&path);
        let channels = usize::from(decoder.format().channels);
        let frames = whole.len() / channels;
        let mut random = 7_u64;
        let random = std::iter::repeat_with(|| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (random >> 33) as usize % (frames + 1)
        });
        let targets = [0, frames - 1, frames, 1, frames + 1000, frames / 2];
        for target in targets.into_iter().chain(random.take(40)) {
            decoder.seek(target as u64).unwrap();
            let mut part = Vec::new();
            while part.len() < 3000 * channels && decoder.decode(&mut part).unwrap() > 0 {}
            let rest = &whole[target.min(frames) * channels..];
            let same = part.iter().zip(rest).all(|(a, b)| a.to_bits() == b.to_bits());
            let enough = part.len() >= rest.len().min(3000 * channels) && part.len() <= rest.len();
            let got = part.len() / channels;
            assert!(same && enough, "{} at {target} of {frames}: {got}", path.display());
        }
    }
}

#[test]
fn after_the_end_nothing_comes_until_a_seek() {
    let (mut decoder, whole) = decode_file(&fixture("lavc.m4a"));
    assert_eq!(decoder.decode(&mut Vec::new()).unwrap(), 0);
    decoder.seek(0).unwrap();
    assert!(drain(decoder.as_mut()) == whole);
    decoder.seek(u64::MAX).unwrap();
    assert_eq!(decoder.decode(&mut Vec::new()).unwrap(), 0);
}

#[test]
fn a_file_cut_short_gives_what_it_has_and_counts_it() {
    let dir = TempDir::new().unwrap();
    for name in ["short.flac", "lame.mp3"] {
        let bytes = fs::read(fixture(name)).unwrap();
        let (_, whole) = decode_file(&fixture(name));
        let (decoder, part) = decode_bytes(&dir, name, &bytes[..bytes.len() * 2 / 3]);
        assert!(!part.is_empty() && part.len() < whole.len(), "{name}: {}", part.len());
        assert!(whole.starts_with(&part), "{name}");
        assert!(decoder.damaged() > 0, "{name}");
    }
}

#[test]
fn a_damaged_packet_is_silence_and_time_stays_true() {
    let dir = TempDir::new().unwrap();
    let mut bytes = fs::read(fixture("short.flac")).unwrap();
    let at = bytes.len() / 2;
    bytes[at..at + 40].fill(0x55);
    let (decoder, samples) = decode_bytes(&dir, "a.flac", &bytes);
    let truth = truth(SHORT, 2);
    assert_eq!(samples.len(), truth.len());
    assert!(decoder.damaged() > 0);
    assert!(samples[..4096] == truth[..4096]);
    assert!(samples.iter().zip(&truth).all(|(got, truth)| got == truth || *got == 0.0));
}

#[test]
fn tags_and_junk_in_front_do_no_harm() {
    let dir = TempDir::new().unwrap();
    let tag = [&b"ID3\x04\0\0\0\0\x02\0"[..], &[0; 256]].concat();
    for name in ["short.flac", "lame.mp3"] {
        let (_, whole) = decode_file(&fixture(name));
        let bytes = [tag.clone(), fs::read(fixture(name)).unwrap()].concat();
        assert!(decode_bytes(&dir, name, &bytes).1 == whole, "{name}");
    }
    let (_, whole) = decode_file(&fixture("lame.mp3"));
    let bytes = [vec![7; 1500], fs::read(fixture("lame.mp3")).unwrap()].concat();
    assert!(decode_bytes(&dir, "junk.mp3", &bytes).1 == whole);
}

#[test]
fn chained_ogg_plays_through_and_seeks() {
    let dir = TempDir::new().unwrap();
    let link = fs::read(fixture("vorbis.ogg")).unwrap();
    let (_, whole) = decode_file(&fixture("vorbis.ogg"));
    let (mut decoder, samples) = decode_bytes(&dir, "a.ogg", &[link.clone(), link].concat());
    assert_eq!(decoder.format().frames, None);
    assert!(samples == [whole.clone(), whole.clone()].concat());
    for target in [LONG + 100, 10, LONG - 1, 2 * LONG - 1] {
        decoder.seek(target).unwrap();
        assert!(drain(decoder.as_mut()) == samples[target as usize * 2..], "at {target}");
    }
}

#[test]
fn a_chain_of_another_rate_goes_on_at_the_first_one() {
    let dir = TempDir::new().unwrap();
    let links = ["vorbis.ogg", "opus.opus", "vorbis.ogg"].map(|name| fs::read(fixture(name)).unwrap());
    let (mut decoder, samples) = decode_bytes(&dir, "a.ogg", &links.concat());
    let (_, vorbis) = decode_file(&fixture("vorbis.ogg"));
    let (_, opus) = decode_file(&fixture("opus.opus"));
    // 36011 frames at 48 kHz are 33085.1 at 44.1 kHz.
    let middle = 2 * 33_085;
    assert_eq!(samples.len(), 2 * vorbis.len() + middle);
    assert!(samples.starts_with(&vorbis) && samples.ends_with(&vorbis));
    let energy =
        |samples: &[f32]| samples.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / samples.len() as f64;
    let converted = &samples[vorbis.len()..vorbis.len() + middle];
    assert!((energy(converted) / energy(&opus) - 1.0).abs() < 0.05);
    for target in [10, LONG + 5, LONG + 20_001, LONG + 33_085, 2 * LONG + 33_000, LONG - 1] {
        decoder.seek(target).unwrap();
        assert!(drain(decoder.as_mut()) == samples[target as usize * 2..], "at {target}");
    }
}

#[test]
fn a_chain_of_other_channels_keeps_those_of_the_first() {
    let dir = TempDir::new().unwrap();
    let mono = fs::read(fixture("mono.opus")).unwrap();
    let stereo = fs::read(fixture("opus.opus")).unwrap();
    let (_, alone) = decode_file(&fixture("mono.opus"));
    let (decoder, samples) = decode_bytes(&dir, "a.opus", &[stereo, mono].concat());
    assert_eq!(decoder.format().channels, 2);
    assert_eq!(samples.len() as u64, 2 * LONG48 + 2 * alone.len() as u64);
    let second = &samples[2 * LONG48 as usize..];
    assert!(second.chunks_exact(2).zip(&alone).all(|(frame, one)| frame == [*one, *one]));
}

#[test]
fn a_file_whose_frames_change_their_rate_goes_on_at_the_first_one() {
    let dir = TempDir::new().unwrap();
    let first = fs::read(fixture("untagged.mp3")).unwrap();
    let second = fs::read(fixture("half.mp3")).unwrap();
    let (_, before) = decode_file(&fixture("untagged.mp3"));
    let (_, after) = decode_file(&fixture("half.mp3"));
    let (mut decoder, samples) = decode_bytes(&dir, "a.mp3", &[first, second].concat());
    assert!(samples.starts_with(&before));
    assert_eq!(samples.len(), before.len() + 2 * after.len());
    for target in [before.len() / 2 + 5000, 30_000, before.len() / 2] {
        decoder.seek(target as u64).unwrap();
        let got = drain(decoder.as_mut());
        let at = got.iter().zip(&samples[target * 2..]).position(|(a, b)| a != b);
        assert!(
            got == samples[target * 2..],
            "at {target}: {} of {}, {at:?}",
            got.len(),
            samples.len() - target * 2
        );
    }
}

#[test]
fn a_page_of_ogg_that_is_lost_leaves_its_own_time_silent() {
    let dir = TempDir::new().unwrap();
    for name in ["pages.ogg", "pages.opus"] {
        let (_, whole) = decode_file(&fixture(name));
        let bytes = fs::read(fixture(name)).unwrap();
        let pages: Vec<usize> =
            bytes.windows(4).enumerate().filter(|(_, w)| w == b"OggS").map(|(at, _)| at).collect();
        // The first page of the sound, one in the middle, and the last but one.
        for lost in [2, 7, pages.len() - 2] {
            let cut = [&bytes[..pages[lost]], &bytes[pages[lost + 1]..]].concat();
            let (decoder, samples) = decode_bytes(&dir, name, &cut);
            assert_eq!(samples.len(), whole.len(), "{name} without page {lost}");
            assert!(decoder.damaged() > 0, "{name}");
            let granule =
                |page: usize| i64::from_le_bytes(bytes[pages[page] + 6..][..8].try_into().unwrap()) as usize;
            let skip = if name == "pages.opus" { 312 } else { 0 };
            let (from, to) = (granule(lost - 1).saturating_sub(skip), granule(lost).saturating_sub(skip));
            let before = 2 * from.saturating_sub(2048);
            assert!(samples[..before] == whole[..before], "{name}: before page {lost}");
            // Vorbis needs a block more to overlap with; Opus forgets what it missed only slowly.
            let behind = 2 * (to + 2048).min(whole.len() / 2);
            let near = samples[behind..].iter().zip(&whole[behind..]).all(|(a, b)| (a - b).abs() < 0.1);
            assert!(near, "{name}: behind page {lost}");
            if lost == 7 {
                let silent = samples[2 * from + 2..2 * to - 2].iter().filter(|s| **s == 0.0).count();
                assert!(silent > 2 * (to - from) / 2, "{name}: {silent} of {}", 2 * (to - from));
            }
        }
    }
}

#[test]
fn files_that_are_cut_short_play_what_is_there() {
    let dir = TempDir::new().unwrap();
    for (name, least) in
        [("mono24.aiff", 6), ("vorbis.webm", 4), ("opus.webm", 4), ("pages.ogg", 4), ("lame.mp3", 5)]
    {
        let bytes = fs::read(fixture(name)).unwrap();
        let (_, whole) = decode_file(&fixture(name));
        let (mut decoder, samples) = decode_bytes(&dir, name, &bytes[..bytes.len() * 7 / 10]);
        assert!(
            samples.len() >= whole.len() * least / 10 && samples.len() < whole.len(),
            "{name}: {}",
            samples.len()
        );
        assert!(samples == whole[..samples.len()], "{name}");
        assert!(decoder.damaged() > 0 || samples.is_empty(), "{name}");
        let half = samples.len() / usize::from(decoder.format().channels) / 2;
        decoder.seek(half as u64).unwrap();
        assert!(
            drain(decoder.as_mut()) == samples[half * usize::from(decoder.format().channels)..],
            "{name}"
        );
    }
    let bytes = stereo_wav(44_100, SHORT);
    let (decoder, samples) = decode_bytes(&dir, "a.wav", &bytes[..bytes.len() - 8001]);
    assert!(decoder.damaged() > 0 && samples == truth(SHORT, 2)[..2 * SHORT as usize - 4002]);
}

/// A Matroska file whose one cluster is there again and again, each later than the one before it.
fn long_webm(bytes: &[u8], times: u64, milliseconds: u64) -> Vec<u8> {
    let cluster = bytes.windows(4).position(|window| window == b"\x1f\x43\xb6\x75").unwrap();
    let timestamp = cluster + bytes[cluster..].windows(2).position(|window| window == b"\xe7\x81").unwrap();
    let cues = bytes.windows(4).rposition(|window| window == b"\x1c\x53\xbb\x6b").unwrap_or(bytes.len());
    // Sizes that are not known: the segment's, and every cluster's.
    let segment = bytes.windows(4).position(|window| window == b"\x18\x53\x80\x67").unwrap();
    let mut long = bytes[..cluster].to_vec();
    long[segment + 4..segment + 12].copy_from_slice(b"\x01\xff\xff\xff\xff\xff\xff\xff");
    for number in 0..times {
        long.extend(b"\x1f\x43\xb6\x75\x01\xff\xff\xff\xff\xff\xff\xff\xe7\x88");
        long.extend((number * milliseconds).to_be_bytes());
        long.extend(&bytes[timestamp + 3..cues]);
    }
    long
}

#[test]
fn a_long_matroska_is_sought_by_its_clusters() {
    let dir = TempDir::new().unwrap();
    // 38 packets of 20 ms, the padding of the last one included.
    for (name, length) in [("opus.webm", 760)] {
        let bytes = fs::read(fixture(name)).unwrap();
        let (mut decoder, whole) = decode_bytes(&dir, name, &long_webm(&bytes, 60, length));
        let frames = whole.len() / 2;
        assert!(frames > 2_000_000, "{name}: {frames}");
        for target in [frames - 1, 1_000_000, 999_999, 10, 700_007, frames - 70_000, 600_000] {
            decoder.seek(target as u64).unwrap();
            let mut part = Vec::new();
            while part.len() < 20_000 && decoder.decode(&mut part).unwrap() > 0 {}
            let want = &whole[target * 2..][..part.len()];
            let at = part.iter().zip(want).position(|(a, b)| a != b);
            assert!(at.is_none() && !part.is_empty(), "{name} at {target} of {frames}: {at:?}");
        }
    }
}

#[test]
fn an_mp4_without_its_index_says_so() {
    let dir = TempDir::new().unwrap();
    let bytes = fs::read(fixture("lavc.m4a")).unwrap();
    let path = dir.path().join("a.m4a");
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let error = decode::open(&path).err().unwrap().to_string();
    assert_eq!(error, "is damaged: its index (moov) is missing: the recording was never finished");
}

/// A WAV whose sizes stand in the chunk `ds64`, with something behind the samples.
fn rf64(mark: &[u8], len: u64, samples: &[u8]) -> Vec<u8> {
    let mut bytes = [mark, b"\xff\xff\xff\xffWAVEds64\x1c\0\0\0"].concat();
    bytes.extend((len + 72).to_le_bytes());
    bytes.extend(len.to_le_bytes());
    bytes.extend([0; 12]);
    bytes.extend(&stereo_wav(44_100, 0)[12..36]);
    bytes.extend(b"data\xff\xff\xff\xff");
    bytes.extend(samples);
    bytes
}

#[test]
fn wav_above_four_gigabytes_plays_and_seeks() {
    use std::io::{Seek, SeekFrom, Write};
    let dir = TempDir::new().unwrap();
    let wav = stereo_wav(44_100, SHORT);
    let samples = &wav[44..];
    for mark in [b"RF64", b"BW64"] {
        let bytes = [rf64(mark, samples.len() as u64, samples), b"LIST\x04\0\0\0junk".to_vec()].concat();
        let (mut decoder, got) = decode_bytes(&dir, "a.wav", &bytes);
        assert_eq!((decoder.format().codec, decoder.format().frames), ("WAV", Some(SHORT)));
        assert!(got == truth(SHORT, 2) && decoder.damaged() == 0);
        decoder.seek(4000).unwrap();
        assert!(drain(decoder.as_mut()) == truth(SHORT, 2)[8000..]);
    }
    // A hole of 6 GB, and music behind it.
    let frames = 1_500_000_000;
    let path = dir.path().join("large.wav");
    let mut file = fs::File::create(&path).unwrap();
    file.write_all(&rf64(b"RF64", (frames + SHORT) * 4, b"")).unwrap();
    file.seek(SeekFrom::Start(80 + frames * 4)).unwrap();
    file.write_all(samples).unwrap();
    let mut decoder = decode::open(&path).unwrap();
    assert_eq!(decoder.format().frames, Some(frames + SHORT));
    decoder.seek(frames).unwrap();
    assert!(drain(decoder.as_mut()) == truth(SHORT, 2) && decoder.damaged() == 0);
}

#[test]
fn a_file_of_nothing_but_damage_is_given_up() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("a.aac");
    // Frames of ADTS whose one element is of a kind that does not exist in AAC-LC.
    let frame = [&[0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc][..], &[0x55; 9]].concat();
    fs::write(&path, frame.repeat(3000)).unwrap();
    let Ok(mut decoder) = decode::open(&path) else { return };
    let mut samples = Vec::new();
    let error = loop {
        match decoder.decode(&mut samples) {
            Ok(frames) => assert!(frames > 0, "it ended without a word"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, DecodeError::Damaged(_)), "{error}");
    assert!(decoder.damaged() >= 1000);
}

#[test]
fn a_long_file_is_sought_by_its_frames() {
    let dir = TempDir::new().unwrap();
    for (name, packet) in [("untagged.mp3", 1152), ("adts.aac", 1024)] {
        let bytes = fs::read(fixture(name)).unwrap().repeat(40);
        let (mut decoder, whole) = decode_bytes(&dir, name, &bytes);
        let frames = whole.len() / 2;
        assert!(frames.is_multiple_of(packet) && frames > 1_500_000, "{name}: {frames}");
        for target in [frames - 1, 1_000_000, 999_999, 10, 700_007, frames - 70_000, 600_000] {
            decoder.seek(target as u64).unwrap();
            let mut part = Vec::new();
            while part.len() < 20_000 && decoder.decode(&mut part).unwrap() > 0 {}
            let want = &whole[target * 2..][..part.len()];
            assert!(part == want && !part.is_empty(), "{name} at {target} of {frames}");
        }
        assert_eq!(decoder.damaged(), 0);
    }
}

#[test]
fn itunsmpb_decides_before_the_edit_list() {
    use lofty::config::WriteOptions;
    use lofty::file::AudioFile;
    use lofty::mp4::{Atom, AtomData, AtomIdent, Ilst, Mp4File};

    let dir = TempDir::new().unwrap();
    let path = dir.path().join("a.m4a");
    fs::copy(fixture("lavc.m4a"), &path).unwrap();
    let ident = AtomIdent::Freeform { mean: "com.apple.iTunes".into(), name: "iTunSMPB".into() };
    let text = " 00000000 00000400 0000038B 000000000000A000 00000000";
    let mut file = fs::File::open(&path).unwrap();
    let mut tagged = Mp4File::read_from(&mut file, lofty::config::ParseOptions::new()).unwrap();
    let mut ilst = Ilst::new();
    ilst.insert(Atom::new(ident, AtomData::UTF8(text.into())));
    tagged.set_ilst(ilst);
    tagged.save_to_path(&path, WriteOptions::default()).unwrap();
    let (decoder, samples) = decode_file(&path);
    let (_, whole) = decode_file(&fixture("lavc.m4a"));
    assert_eq!(decoder.format().frames, Some(0xa000));
    assert!(samples == whole[..2 * 0xa000]);
}

#[test]
fn itunsmpb_cuts_an_mp3_that_has_no_other_statement() {
    let dir = TempDir::new().unwrap();
    let comment = b"\0engiTunSMPB\0 00000000 00000210 00000A38 000000000000A000 00000000";
    let mut tag = b"ID3\x03\0\0\0\0\0".to_vec();
    tag.push(comment.len() as u8 + 10);
    tag.extend(b"COMM\0\0\0");
    tag.push(comment.len() as u8);
    tag.extend(b"\0\0");
    tag.extend(comment);
    let bytes = [tag, fs::read(fixture("untagged.mp3")).unwrap()].concat();
    let (decoder, samples) = decode_bytes(&dir, "a.mp3", &bytes);
    let (_, whole) = decode_file(&fixture("untagged.mp3"));
    // 0x210 frames of the encoder's delay, and 529 of the decoder's.
    let start = 2 * (0x210 + 529);
    assert_eq!(decoder.format().frames, Some(0xa000));
    assert!(samples == whole[start..start + 2 * 0xa000]);
}

#[test]
fn what_cannot_play_says_why() {
    let dir = TempDir::new().unwrap();
    let refused = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        decode::open(&path).err().map(|error| error.to_string()).unwrap()
    };
    let no_audio = "is not audio in any format tonearm knows";
    assert_eq!(refused("empty.flac", b""), "is empty");
    assert_eq!(refused("text.mp3", b"1. Survivor - Burning Heart\n"), no_audio);
    assert_eq!(refused("zeros.mp3", &[0; 5000]), no_audio);
    assert_eq!(refused("a.wv", b"wvpk\0\0\0\0"), "is WavPack, which tonearm does not play");
    assert_eq!(refused("head.flac", b"fLaC\0\0"), "is damaged: it ends within its header");
    let folder = decode::open(dir.path());
    assert!(matches!(folder, Err(DecodeError::NotAFile)));
    let missing = decode::open(&dir.path().join("missing"));
    let cause = std::error::Error::source(&missing.err().unwrap()).map(ToString::to_string);
    assert!(cause.is_some_and(|cause| cause.contains("No such file")));
}

#[cfg(unix)]
#[test]
fn a_device_is_refused_without_opening_it() {
    // Opening /dev/tty or a FIFO could wait for ever; no plain file is ever asked.
    assert!(matches!(decode::open(Path::new("/dev/null")), Err(DecodeError::NotAFile)));
}

#[test]
fn damaged_files_never_panic_or_hang() {
    let dir = TempDir::new().unwrap();
    let mut random = 99_u64;
    let mut next = || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (random >> 33) as usize
    };
    for entry in fs::read_dir(fixture("")).unwrap() {
        let original = fs::read(entry.unwrap().path()).unwrap();
        for _ in 0..8 {
            let mut bytes = original.clone();
            for _ in 0..=next() % 20 {
                let at = next() % bytes.len();
                bytes[at] = next() as u8;
            }
            let path = dir.path().join("damaged");
            fs::write(&path, bytes).unwrap();
            let Ok(mut decoder) = decode::open(&path) else { continue };
            let mut samples = Vec::new();
            while samples.len() < 1_000_000 && decoder.decode(&mut samples).is_ok_and(|n| n > 0) {}
            let _ = decoder.seek(20_000);
            let _ = decoder.decode(&mut samples);
        }
    }
}
