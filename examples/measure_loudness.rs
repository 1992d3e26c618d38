//! Measures how loud files are, each and all together, by EBU R128.
//!
//! ```text
//! cargo run --release --example measure_loudness -- FILE...
//! ```

use std::path::PathBuf;
use std::process::ExitCode;

use tonearm::playback::Part;
use tonearm::playback::decode::DecodeError;
use tonearm::playback::loudness::{self, Loudness};

fn main() -> ExitCode {
    let files: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if files.is_empty() {
        eprintln!("usage: measure_loudness FILE...");
        return ExitCode::from(2);
    }
    println!("{:>9} {:>8} {:>9} {:>8}", "LUFS", "LU", "dBTP", "gain dB");
    let mut measured = Vec::new();
    for file in &files {
        // `measure` asks whether to go on, every few thousand frames: always.
        match loudness::measure(&Part::from(file.clone()), || Ok::<(), DecodeError>(())) {
            Ok(track) => {
                println!("{} {}", line(track.loudness()), file.display());
                measured.push(track);
            }
            Err(error) => eprintln!("{} {error}", file.display()),
        }
    }
    if measured.len() > 1 {
        let tracks: Vec<_> = measured.iter().collect();
        println!("{} all of them as one", line(loudness::of_all(&tracks)));
    }
    if measured.len() == files.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Integrated loudness, its range, the true peak, and the gain of ReplayGain 2.0.
fn line(loudness: Loudness) -> String {
    let or_none = |number: Option<f64>| number.map_or("-".to_owned(), |number| format!("{number:.2}"));
    let peak = 20.0 * loudness.true_peak.log10();
    let (integrated, gain) = (or_none(loudness.integrated), or_none(loudness.gain()));
    format!("{integrated:>9} {:>8.2} {peak:>9.2} {gain:>8}", loudness.range)
}
