//! The decoder beside other people's: files that the real encoders make have the length and the samples that
//! mpg123, flac, opusdec and FFmpeg find in them. Run with `cargo test --features live-tests --test live_decode`.
//! A test that lacks a program says which, and fails.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;
use tonearm::playback::decode;

/// Frames of the sounds, at any rate: no encoder's block divides it.
const FRAMES: usize = 200_003;

/// Runs a program; gives what it prints.
fn run(words: &[&str]) -> Vec<u8> {
    let output = Command::new(words[0]).args(&words[1..]).stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|_| panic!("this test needs the program `{}`", words[0]));
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A folder with one sound in it.
struct Bench {
    dir: TempDir,
    rate: u32,
    channels: u16,
}

impl Bench {
    /// Sweeps of another pitch in every channel with some noise, as integers of so many bits.
    fn new(rate: u32, channels: u16, bits: u16) -> Self {
        let dir = TempDir::new().unwrap();
        let mut noise = 0x2545_f491_4f6c_dd1d_u64;
        let mut data = Vec::new();
        for at in 0..FRAMES {
            for channel in 0..channels {
                noise ^= noise << 13;
                noise ^= noise >> 7;
                noise ^= noise << 17;
                let time = at as f64 / f64::from(rate);
                let sweep =
                    (time * (300.0 + 170.0 * f64::from(channel) + 400.0 * time) * std::f64::consts::TAU)
                        .sin();
                let sample = 0.4 * sweep + 0.02 * ((noise >> 40) as f64 / f64::from(1 << 24) - 0.5);
                let integer = (sample * f64::from((1_u32 << (bits - 1)) - 1)).round() as i32;
                data.extend_from_slice(&integer.to_le_bytes()[..usize::from(bits / 8)]);
            }
        }
        let block = channels * bits / 8;
        let mut wav = b"RIFF".to_vec();
        wav.extend((36 + data.len() as u32).to_le_bytes());
        wav.extend(b"WAVEfmt \x10\0\0\0\x01\0");
        wav.extend(channels.to_le_bytes());
        wav.extend(rate.to_le_bytes());
        wav.extend((rate * u32::from(block)).to_le_bytes());
        wav.extend(block.to_le_bytes());
        wav.extend(bits.to_le_bytes());
        wav.extend(b"data");
        wav.extend((data.len() as u32).to_le_bytes());
        wav.extend(data);
        fs::write(dir.path().join("in.wav"), wav).unwrap();
        Self { dir, rate, channels }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs a program; a word that begins with `@` is a file of this folder, of which `@in.wav` is the sound.
    fn run(&self, words: &str) -> Vec<u8> {
        let words: Vec<String> = words
            .split_whitespace()
            .map(|word| match word.strip_prefix("@") {
                Some(name) => self.path(name).to_str().unwrap().to_owned(),
                None => word.to_owned(),
            })
            .collect();
        run(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// What tonearm finds in a file, and that it seeks there.
    fn decoded(&self, name: &str) -> Vec<f32> {
        let samples = decoded(&self.path(name));
        let channels = usize::from(self.channels);
        let mut decoder = decode::open(&self.path(name)).unwrap();
        assert_eq!(decoder.format().rate, self.rate, "{name}");
        assert_eq!(decoder.format().channels, self.channels, "{name}");
        for place in [samples.len() / channels / 2, 1000, samples.len() / channels - 100] {
            decoder.seek(place as u64).unwrap();
            let mut part = Vec::new();
            while part.len() < 100 * channels && decoder.decode(&mut part).unwrap() > 0 {}
            assert!(
                part[..100 * channels] == samples[place * channels..][..100 * channels],
                "{name} at {place}"
            );
        }
        samples
    }
}

fn decoded(path: &Path) -> Vec<f32> {
    let mut decoder = decode::open(path).unwrap();
    let mut samples = Vec::new();
    while decoder.decode(&mut samples).unwrap() > 0 {}
    assert_eq!(decoder.damaged(), 0, "{}", path.display());
    assert!(
        decoder
            .format()
            .frames
            .is_none_or(|frames| frames as usize * usize::from(decoder.format().channels) == samples.len())
    );
    samples
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect()
}

fn integers(bytes: &[u8], bits: u16) -> Vec<f32> {
    let width = usize::from(bits / 8);
    let value = |bytes: &[u8]| {
        let mut four = [0; 4];
        four[4 - width..].copy_from_slice(bytes);
        i32::from_le_bytes(four) as f32 / 2_147_483_648.0
    };
    bytes.chunks_exact(width).map(value).collect()
}

/// How far two decoders are apart, in dB below the sound.
fn agreement(ours: &[f32], theirs: &[f32]) -> f64 {
    let power = |samples: &mut dyn Iterator<Item = f64>| samples.map(|sample| sample * sample).sum::<f64>();
    let signal = power(&mut theirs.iter().map(|sample| f64::from(*sample)));
    let noise = power(&mut ours.iter().zip(theirs).map(|(a, b)| f64::from(*a) - f64::from(*b)));
    10.0 * (signal / noise.max(1e-30)).log10()
}

#[test]
fn mp3_has_the_length_and_the_samples_that_mpg123_finds() {
    for (rate, channels, options) in [
        (44_100, 2, "-V2"),
        (44_100, 2, "-b 128"),
        (48_000, 2, "-b 320 -m s"),
        (44_100, 1, "-V5"),
        (22_050, 2, "-b 64"),
        (16_000, 1, "-b 64"),
        (32_000, 2, "--abr 150"),
    ] {
        let bench = Bench::new(rate, channels, 16);
        bench.run(&format!("lame --quiet --resample {rate} {options} @in.wav @a.mp3"));
        let theirs = floats(&bench.run("mpg123 -q -e f32 -s @a.mp3"));
        let ours = bench.decoded("a.mp3");
        assert_eq!(ours.len(), FRAMES * usize::from(channels), "{rate} Hz {options}");
        assert_eq!(ours.len(), theirs.len(), "{rate} Hz {options}");
        let agreement = agreement(&ours, &theirs);
        assert!(agreement > 90.0, "{rate} Hz {options}: {agreement:.1} dB");
    }
}

#[test]
fn flac_is_what_flac_finds() {
    for (rate, channels, bits) in
        [(44_100, 2, 16), (96_000, 2, 24), (192_000, 1, 24), (48_000, 6, 16), (8000, 8, 24)]
    {
        for (name, options) in [("a.flac", "-8"), ("a.oga", "-5 --ogg"), ("b.flac", "-0 -b 4608 --lax")] {
            let bench = Bench::new(rate, channels, bits);
            bench.run(&format!("flac -s -f --channel-map=none {options} @in.wav -o @{name}"));
            let raw =
                bench.run(&format!("flac -s -d -c --force-raw-format --endian=little --sign=signed @{name}"));
            assert!(
                bench.decoded(name) == integers(&raw, bits),
                "{name}, {rate} Hz, {channels} channels, {bits} bits"
            );
        }
    }
}

#[test]
fn alac_is_what_ffmpeg_finds() {
    for (rate, channels, bits, file) in
        [(44_100, 2, 16, "a.m4a"), (96_000, 2, 24, "a.m4a"), (48_000, 1, 16, "a.caf")]
    {
        let bench = Bench::new(rate, channels, bits);
        let kind = if bits == 16 { "s16p" } else { "s32p" };
        bench.run(&format!("ffmpeg -v error -i @in.wav -c:a alac -sample_fmt {kind} @{file}"));
        let raw = bench.run(&format!("ffmpeg -v error -i @{file} -f s{bits}le -"));
        let ours = bench.decoded(file);
        assert_eq!(ours.len(), FRAMES * usize::from(channels), "{file}");
        assert!(ours == integers(&raw, bits), "{file}, {rate} Hz, {bits} bits");
    }
}

#[test]
fn vorbis_is_what_ffmpeg_finds_but_for_rounding() {
    for (rate, channels, options) in [
        (44_100, 2, "-q 5"),
        (48_000, 1, "-q -1"),
        (22_050, 2, "-q 2"),
        (44_100, 6, "-q 4"),
        (48_000, 6, "-q 2"),
    ] {
        let bench = Bench::new(rate, channels, 16);
        bench.run(&format!("oggenc -Q {options} @in.wav -o @a.ogg"));
        let theirs = floats(&bench.run("ffmpeg -v error -i @a.ogg -f f32le -"));
        let ours = bench.decoded("a.ogg");
        assert_eq!(ours.len(), FRAMES * usize::from(channels), "{rate} Hz {options}");
        let len = ours.len().min(theirs.len());
        assert!(ours.len() - len < 64 * usize::from(channels), "{} and {}", ours.len(), theirs.len());
        let agreement = agreement(&ours[..len], &theirs[..len]);
        assert!(agreement > 90.0, "{channels} channels, {rate} Hz {options}: {agreement:.1} dB");
    }
}

#[test]
fn uncoupled_surround_in_vorbis_is_refused_by_name() {
    for (rate, channels, options) in [(44_100, 3, "-q 4"), (44_100, 6, "-q 6"), (32_000, 6, "-q 2")] {
        let bench = Bench::new(rate, channels, 16);
        bench.run(&format!("oggenc -Q {options} @in.wav -o @a.ogg"));
        let error = decode::open(&bench.path("a.ogg")).err().unwrap().to_string();
        assert_eq!(error, "is Vorbis in surround without coupled channels, which tonearm does not play");
    }
}

#[test]
fn opus_is_what_opusdec_finds_but_for_rounding() {
    for (channels, options) in [
        (2, "--bitrate 128"),
        (2, "--bitrate 24 --speech"),
        (1, "--bitrate 64"),
        (2, "--bitrate 96 --framesize 60"),
    ] {
        let bench = Bench::new(48_000, channels, 16);
        bench.run(&format!("opusenc --quiet {options} @in.wav @a.opus"));
        bench.run("opusdec --quiet --float --rate 48000 @a.opus @out.wav");
        let wav = fs::read(bench.path("out.wav")).unwrap();
        let theirs = decoded(&bench.path("out.wav"));
        let ours = bench.decoded("a.opus");
        assert_eq!(ours.len(), FRAMES * usize::from(channels), "{options}");
        assert_eq!(ours.len(), theirs.len(), "{options}: {} bytes", wav.len());
        let agreement = agreement(&ours, &theirs);
        assert!(agreement > 60.0, "{channels} channels, {options}: {agreement:.1} dB");
    }
}

/// Speech in Opus is predicted from its pitch, which a pause makes it forget.
#[test]
fn speech_in_opus_is_sought_to_the_sample() {
    let dir = TempDir::new().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let voice = "aevalsrc=0.4*sin(2*PI*t*(110+20*sin(t)))*gt(sin(2*t)\\,-0.5)+0.003*random(0):s=48000:d=25";
    run(&["ffmpeg", "-v", "error", "-f", "lavfi", "-i", voice, &path("in.wav")]);
    for bitrate in ["12", "24"] {
        let options = ["opusenc", "--quiet", "--speech", "--bitrate", bitrate];
        run(&[&options[..], &[&path("in.wav"), &path("a.opus")]].concat());
        let (name, whole) = (path("a.opus"), decoded(Path::new(&path("a.opus"))));
        let mut decoder = decode::open(Path::new(&name)).unwrap();
        for place in (0..12).map(|step| 1_150_000 - step * 71_003) {
            decoder.seek(place as u64).unwrap();
            let mut part = Vec::new();
            while part.len() < 5000 && decoder.decode(&mut part).unwrap() > 0 {}
            assert!(part == whole[place..][..part.len()], "{bitrate} kbit/s at {place}");
        }
    }
}

#[test]
fn aac_is_what_ffmpeg_finds_but_for_rounding() {
    for (rate, channels, bits) in
        [(44_100, 2, "192k"), (48_000, 2, "96k"), (44_100, 1, "64k"), (22_050, 2, "64k")]
    {
        let bench = Bench::new(rate, channels, 16);
        // Noise substitution is random by design: no two decoders give the same.
        bench.run(&format!("ffmpeg -v error -i @in.wav -c:a aac -b:a {bits} -aac_pns 0 @a.m4a"));
        let theirs = floats(&bench.run("ffmpeg -v error -i @a.m4a -f f32le -"));
        let ours = bench.decoded("a.m4a");
        assert_eq!(ours.len(), FRAMES * usize::from(channels), "{rate} Hz {bits}");
        // FFmpeg leaves the padding of the last packet where the edit list is too coarse to tell.
        let len = ours.len().min(theirs.len());
        assert!(len + 64 * usize::from(channels) > ours.len(), "{} and {}", ours.len(), theirs.len());
        let agreement = agreement(&ours[..len], &theirs[..len]);
        assert!(agreement > 80.0, "{channels} channels, {rate} Hz {bits}: {agreement:.1} dB");
    }
}

#[test]
fn matroska_is_sought_to_the_frame() {
    for (codec, name) in [
        ("libvorbis -q:a 4", "a.mkv"),
        ("aac -b:a 128k -aac_pns 0", "a.mkv"),
        ("libmp3lame -b:a 128k", "a.mkv"),
        ("flac", "a.mkv"),
        ("alac", "a.mkv"),
        ("pcm_s16le", "a.mkv"),
        ("libopus -b:a 96k", "a.webm"),
    ] {
        let rate = if codec.starts_with("libopus") { 48_000 } else { 44_100 };
        let bench = Bench::new(rate, 2, 16);
        bench.run(&format!("ffmpeg -v error -i @in.wav -c:a {codec} -cluster_time_limit 500 @{name}"));
        let ours = bench.decoded(name);
        let missing = (2 * FRAMES).abs_diff(ours.len());
        assert!(missing < 2 * 4096, "{codec}: {} of {}", ours.len(), 2 * FRAMES);
        let theirs = floats(&bench.run(&format!("ffmpeg -v error -i @{name} -f f32le -")));
        let len = ours.len().min(theirs.len());
        assert!(
            agreement(&ours[..len], &theirs[..len]) > 60.0,
            "{codec}: {} dB",
            agreement(&ours[..len], &theirs[..len])
        );
    }
}
