//! `tonearm check`: takes the same inputs as play; decodes every file, a worker a core, and says what is missing
//! or wrong. Never plays, never changes a file.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::exit::Exit;
use super::input::ReportOptions;
use super::program::{Program, Row};
use super::say;
use super::workers;
use crate::playback::decode::{DecodeError, Format};
use crate::playback::{Checked, check};
use crate::playlist::Status;
use crate::sanitise;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    report: ReportOptions,
}

pub(super) fn run(options: &Options, quiet: bool) -> anyhow::Result<Exit> {
    let program = options.report.read(quiet)?;
    let files = once_each(program.files());
    let outcomes = workers::each(&files, "checking", quiet, |file| check(file));
    let found: Vec<(&Path, &Outcome)> = files.iter().map(PathBuf::as_path).zip(&outcomes).collect();
    let wrong = found.iter().filter(|(_, outcome)| !is_well(outcome)).count();

    if options.report.json {
        let without = |is_away: bool| {
            let left_out = program.rows.iter().filter(|row| row.file.is_none());
            let rows = left_out.filter(|row| (row.status == Some(Status::Away)) == is_away);
            rows.map(|row| json!({ "number": row.number, "text": row.text })).collect::<Vec<_>>()
        };
        let object = json!({
            "files": found.iter().map(|(file, outcome)| json_of(file, outcome)).collect::<Vec<_>>(),
            "missing": without(false),
            "away": without(true),
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

fn is_well(outcome: &Outcome) -> bool {
    outcome.as_ref().is_ok_and(Checked::is_well)
}

fn lines(program: &Program, found: &[(&Path, &Outcome)]) -> Vec<String> {
    let word = |row: &Row| if row.status == Some(Status::Away) { "away" } else { "missing" };
    let left_out = program.rows.iter().filter(|row| row.file.is_none());
    let mut lines: Vec<String> =
        left_out.map(|row| format!("{}: {}. {}", word(row), row.number, row.name())).collect();
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
    let note = if checked.is_clipped() { "" } else { "note: " };
    match checked.clips {
        0 => {}
        1 => words.push(format!("{note}clipped in 1 place")),
        places => words.push(format!("{note}clipped in {places} places")),
    }
    if checked.is_silent() {
        words.push("silent from beginning to end".into());
    }
    if let Some(gap) = checked.long_gap() {
        words.push(format!("silent from {} to {}", time(gap.start, rate), time(gap.end, rate)));
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
        "file": file.to_string_lossy(), "ok": checked.is_well(), "decodable": true,
        "codec": checked.format.codec, "rate": checked.format.rate, "channels": checked.format.channels,
        "frames": checked.frames, "header_frames": checked.format.frames, "seconds": seconds(checked.frames),
        "damaged_packets": checked.damaged,
        "damage": checked.damage.iter().map(|f| json!({ "frame": f, "seconds": seconds(*f) })).collect::<Vec<_>>(),
        "truncated": checked.truncated, "md5": checked.checksum,
        "clips": checked.clips, "clipped_samples": checked.clipped_samples, "peak": checked.peak,
        "silent": checked.is_silent(),
        "gap": checked.long_gap().map(|gap| json!({ "from": seconds(gap.start), "to": seconds(gap.end) })),
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
            clipped_samples: 0,
            gap: 0..0,
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
    fn a_loud_file_is_noted_a_clipped_or_silent_one_is_wrong() {
        let loud = Ok(Checked { clips: 2, clipped_samples: 8, ..checked() });
        assert_eq!(words(&loud), ["note: clipped in 2 places"]);
        assert!(is_well(&loud));
        let clipped = Ok(Checked { clips: 2, clipped_samples: 9000, ..checked() });
        assert_eq!(words(&clipped), ["clipped in 2 places"]);
        let silent = Ok(Checked { peak: 0.0, ..checked() });
        assert_eq!(words(&silent), ["silent from beginning to end"]);
        let gap = Ok(Checked { gap: 1000..61_500, ..checked() });
        assert_eq!(words(&gap), ["silent from 0:01.000 to 1:01.500"]);
        assert!([clipped, silent, gap].iter().all(|outcome| !is_well(outcome)));
        assert!(!is_well(&Err(DecodeError::NotAudio)));
    }
}
