//! Decodes one file and prints its format, its length and a checksum of its samples.
//!
//! ```text
//! cargo run --example decode -- FILE [SAMPLES]
//! ```
//! With a second path, the samples are written there as raw little-endian `f32`. With `--only` in its place
//! they are only decoded, and with `--seek FRAMES` sought: how long each of some places takes is printed.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use tonearm::playback::decode::{self, DecodeError};

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    let Some(path) = args.next() else {
        eprintln!("usage: decode FILE [SAMPLES]");
        return ExitCode::from(2);
    };
    let raw = args.next();
    let (path_only, done) = (Path::new(&path), raw.as_ref().and_then(|raw| raw.to_str()));
    let done = match done {
        Some("--only") => only(path_only),
        Some("--seek") => seek(path_only, args.filter_map(|frame| frame.to_str()?.parse().ok())),
        _ => run(path_only, raw.as_deref().map(Path::new)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{} {error}", Path::new(&path).display());
            ExitCode::FAILURE
        }
    }
}

fn only(path: &Path) -> Result<(), DecodeError> {
    let mut decoder = decode::open(path)?;
    let (mut block, mut frames) = (Vec::new(), 0);
    loop {
        block.clear();
        match decoder.decode(&mut block)? {
            0 => break,
            count => frames += count,
        }
    }
    println!("{frames} frames");
    Ok(())
}

/// From the call to the first frame, in a decoder that stays open.
fn seek(path: &Path, places: impl Iterator<Item = u64>) -> Result<(), DecodeError> {
    let mut decoder = decode::open(path)?;
    let mut block = Vec::new();
    for place in places {
        let start = Instant::now();
        decoder.seek(place)?;
        let frames = decoder.decode(&mut block)?;
        println!("{place}: {frames} frames after {:.1} ms", start.elapsed().as_secs_f64() * 1000.0);
        block.clear();
    }
    Ok(())
}

fn run(path: &Path, raw: Option<&Path>) -> Result<(), DecodeError> {
    let start = Instant::now();
    let mut decoder = decode::open(path)?;
    let opened = start.elapsed();
    let format = decoder.format().clone();
    println!("{format:?}");
    let mut raw = raw.map(std::fs::File::create).transpose()?;
    let (mut block, mut frames, mut hash, mut peak) = (Vec::new(), 0, FNV_OFFSET, 0_f32);
    loop {
        block.clear();
        match decoder.decode(&mut block)? {
            0 => break,
            count => frames += count,
        }
        peak = block.iter().fold(peak, |peak, sample| peak.max(sample.abs()));
        let bytes: Vec<u8> = block.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        hash = bytes.iter().fold(hash, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME));
        if let Some(raw) = &mut raw {
            raw.write_all(&bytes)?;
        }
    }
    println!("{frames} frames, peak {peak}, fnv1a {hash:016x}, {} damaged packets", decoder.damaged());
    println!("opened in {opened:?}, done in {:?}", start.elapsed());
    Ok(())
}

/// FNV-1a, 64 bits.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;
