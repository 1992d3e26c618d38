//! `tonearm check`: takes the same inputs as play; decodes every file, a worker a core, and says what is missing
//! or wrong. Never plays, never changes a file.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::exit::Exit;
use super::input::{self, FormatOption, InputOptions, Program};
use super::say;
use super::workers;
use crate::playback::decode::{DecodeError, Format};
use crate::playback::{Checked, check};
use crate::sanitise;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    input: InputOptions,
    #[command(flatten)]
    format: FormatOption,
    /// Print JSON: everything that was found out about every file.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options, quiet: bool) -> anyhow::Result<Exit> {
    let program = input::read(&options.input, &options.format, quiet)?;
    let files = once_each(program.files());
    let outcomes = workers::each(&files, "checking", quiet, |file| check(file));
    let found: Vec<(&Path, &Outcome)> = files.iter().map(PathBuf::as_path).zip(&outcomes).collect();
    let wrong = found.iter().filter(|(_, outcome)| !is_well(outcome)).count();

    if options.json {
        let missing = program.rows.iter().filter(|row| row.file.is_none());
        let object = json!({
            "files": found.iter().map(|(file, outcome)| json_of(file, outcome)).collect::<Vec<_>>(),
            "missing": missing.map(|row| json!({ "number": row.number, "text": row.text })).collect::<Vec<_>>(),
            "wrong": wrong,
        });
        say::line(&say::json(&object)?);
    } else {
        for line in lines(&program, &found) {
            say::line(&line);
        }
        if !quiet {
            say::aside(&format!("{} files checked, {wrong} with something wrong", files.len()));
        }
    }
    Ok(if wrong > 0 || program.left_out() > 0 { Exit::Partly } else { Exit::Done })
}

type Outcome = Result<Checked, DecodeError>;

/// A listing may name a file twice.
fn once_each(mut files: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut seen = std::collections::HashSet::new();
    files.retain(|file| seen.insert(file.clone()));
    files
}

/// Loud masters clip and some tracks are meant to be silent: both are told, neither is a fault of the file.
fn is_well(outcome: &Outcome) -> bool {
    outcome.as_ref().is_ok_and(Checked::is_whole)
}

fn lines(program: &Program, found: &[(&Path, &Outcome)]) -> Vec<String> {
    let missing = program.rows.iter().filter(|row| row.file.is_none());
    let mut lines: Vec<String> =
        missing.map(|row| format!("missing: {}. {}", row.number, row.name())).collect();
    for (file, outcome) in found {
        let name = program.name_of(file);
        lines.extend(words(outcome).iter().map(|words| format!("{name}: {words}")));
    }
    lines
}

/// All there is to say about a file, one thing a line; nothing for one that is well.
fn words(outcome: &Outcome) -> Vec<String> {
    let checked = match outcome {
        Ok(checked) => checked,
        Err(error) => return vec![sanitise::line(&error.to_string()).into_owned()],
    };
    let rate = checked.format.rate;
    let mut words = Vec::new();
    if let Some(first) = checked.damage.first() {
        let times: Vec<_> = checked.damage.iter().take(5).map(|frame| time(*frame, rate)).collect();
        let more = if checked.damage.len() > times.len() { ", ..." } else { "" };
        words.push(match checked.damage.len() {
            1 => format!("damaged at {}", time(*first, rate)),
            places => format!("damaged in {places} places: {}{more}", times.join(", ")),
        });
    }
    if let Some(error) = &checked.broken {
        let why = sanitise::line(&error.to_string()).into_owned();
        words.push(format!("breaks off at {}: {why}", time(checked.frames, rate)));
    }
    words.extend(length(checked));
    if checked.checksum == Some(false) {
        words.push("its samples do not have the MD5 checksum that its header states".into());
    }
    match checked.clips {
        0 => {}
        1 => words.push("note: clipped in 1 place".into()),
        places => words.push(format!("note: clipped in {places} places")),
    }
    if checked.is_silent() {
        words.push("note: silent".into());
    }
    words
}

fn length(checked: &Checked) -> Option<String> {
    let Checked { frames, format: Format { frames: told, rate, .. }, .. } = checked;
    let got = time(*frames, *rate);
    match told {
        Some(told) if checked.broken.is_none() && told > frames => {
            Some(format!("truncated: {got} of {} ({} frames missing)", time(*told, *rate), told - frames))
        }
        Some(told) if told < frames => Some(format!("its header says {}, it has {got}", time(*told, *rate))),
        _ if checked.truncated => Some(format!("truncated: it ends within a packet at {got}")),
        _ => None,
    }
}

/// m:ss.mmm
fn time(frame: u64, rate: u32) -> String {
    let millis = u128::from(frame) * 1000 / u128::from(rate.max(1));
    format!("{}:{:02}.{:03}", millis / 60_000, millis / 1000 % 60, millis % 1000)
}

fn json_of(file: &Path, outcome: &Outcome) -> Value {
    let checked = match outcome {
        Ok(checked) => checked,
        Err(error) => {
            return json!({
                "file": file.to_string_lossy(), "ok": false, "decodable": false, "problems": [error.to_string()],
            });
        }
    };
    let seconds = |frame: u64| frame as f64 / f64::from(checked.format.rate);
    json!({
        "file": file.to_string_lossy(), "ok": checked.is_whole(), "decodable": true,
        "codec": checked.format.codec, "rate": checked.format.rate, "channels": checked.format.channels,
        "frames": checked.frames, "header_frames": checked.format.frames, "seconds": seconds(checked.frames),
        "damaged_packets": checked.damaged,
        "damage": checked.damage.iter().map(|f| json!({ "frame": f, "seconds": seconds(*f) })).collect::<Vec<_>>(),
        "truncated": checked.truncated, "md5": checked.checksum,
        "clips": checked.clips, "peak": checked.peak, "silent": checked.is_silent(),
        "problems": words(outcome).into_iter().filter(|w| !w.starts_with("note: ")).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked() -> Checked {
        Checked {
            format: Format {
                codec: "FLAC",
                rate: 1000,
                channels: 2,
                bits: Some(16),
                float: false,
                frames: Some(90_000),
            },
            frames: 90_000,
            damage: Vec::new(),
            damaged: 0,
            truncated: false,
            broken: None,
            checksum: Some(true),
            clips: 0,
            peak: 0.5,
        }
    }

    #[test]
    fn a_file_that_is_well_needs_no_words() {
        assert!(is_well(&Ok(checked())) && words(&Ok(checked())).is_empty());
    }

    #[test]
    fn everything_wrong_has_its_sentence() {
        let outcome = Ok(Checked {
            frames: 61_500,
            damage: vec![1500, 2000],
            damaged: 3,
            truncated: true,
            checksum: Some(false),
            ..checked()
        });
        assert!(!is_well(&outcome));
        assert_eq!(
            words(&outcome),
            [
                "damaged in 2 places: 0:01.500, 0:02.000",
                "truncated: 1:01.500 of 1:30.000 (28500 frames missing)",
                "its samples do not have the MD5 checksum that its header states",
            ]
        );
    }

    #[test]
    fn loud_and_silent_files_are_only_noted() {
        let loud = Ok(Checked { clips: 2, ..checked() });
        assert_eq!(words(&loud), ["note: clipped in 2 places"]);
        let silent = Ok(Checked { peak: 0.0, ..checked() });
        assert_eq!(words(&silent), ["note: silent"]);
        assert!(is_well(&loud) && is_well(&silent));
        assert!(!is_well(&Err(DecodeError::NotAudio)));
    }
}
