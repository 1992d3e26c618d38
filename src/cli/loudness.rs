//! `tonearm loudness`: takes the same inputs as play; measures how loud each file and each release is, shows it,
//! and stores it as tags where asked. Never changes the sound: a tagged copy is decoded and held
//! against the original before it takes its place.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};

use super::exit::Exit;
use super::gain;
use super::input::ReportOptions;
use super::program::{self, Program};
use super::say;
use super::workers;
use crate::cue::Sector;
use crate::library::{self, ReplayGain};
use crate::paths;
use crate::playback::decode::DecodeError;
use crate::playback::level::{self, Identity, Memory};
use crate::playback::loudness::{self, Loudness, Measured};
use crate::playback::{Part, same_sound};
use crate::sanitise;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    report: ReportOptions,
    /// Store the gains as tags: REPLAYGAIN_*, in Opus R128_*. The sound is proved to be unchanged.
    #[arg(long)]
    write: bool,
    /// Measure anew what was measured before.
    #[arg(long)]
    again: bool,
}

pub(super) fn run(options: &Options, quiet: bool) -> anyhow::Result<Exit> {
    let program = options.report.read(quiet)?;
    let mut parts = program.parts();
    parts.sort_by(|a, b| (&a.path, a.span).cmp(&(&b.path, b.span)));
    parts.dedup_by(|a, b| (&a.path, a.span) == (&b.path, b.span));
    anyhow::ensure!(!parts.is_empty(), "there is nothing to measure: no entry has a file");
    let memory = gain::memory()?;
    let report = Report::of(parts, &memory, options.again, quiet);
    let mut failures = report.failures(&program);
    if options.write {
        failures.extend(report.write(&program, &memory, quiet));
    }
    if let Err(error) = memory.save() {
        say::problem(&sanitise::line(&format!("what was measured is not remembered: {error}")));
    }
    if options.report.json {
        say::line(&say::json(&report.json(&failures))?);
    } else {
        report.lines(&program).iter().for_each(|line| say::line(line));
        failures.iter().for_each(|failure| say::problem(failure));
    }
    Ok(if failures.is_empty() && program.left_out() == 0 { Exit::Done } else { Exit::Partly })
}

struct Track {
    part: Part,
    measured: Result<Measured, DecodeError>,
    /// The release that its tags name; of tracks in one file, that file.
    release: Option<String>,
}

impl Track {
    fn remember(&self, memory: &Memory) {
        if let (Ok(file), Ok(measured)) = (Identity::of_part(&self.part), &self.measured) {
            memory.remember(file, self.release.as_deref(), measured.clone());
        }
    }
}

/// The release that its tags name; of tracks in one file, that file.
fn release_of(part: &Part) -> Option<String> {
    part.gain_tags(level::read(&part.path)).release
}

fn measure(part: &Part, memory: &Memory) -> Result<Measured, DecodeError> {
    let before = Identity::of_part(part);
    let measured = loudness::measure(part, || Ok::<(), DecodeError>(()))?;
    if let Ok(before) = before {
        memory.remember(before, release_of(part).as_deref(), measured.clone());
    }
    Ok(measured)
}

struct Report {
    tracks: Vec<Track>,
    releases: BTreeMap<String, Loudness>,
}

impl Report {
    fn of(parts: Vec<Part>, memory: &Memory, again: bool, quiet: bool) -> Self {
        let measured = workers::each(&parts, "measuring", quiet, |part| {
            let known = memory.get_part(part).filter(|_| !again);
            known.map_or_else(|| measure(part, memory), Ok)
        });
        let track = |(part, measured): (Part, _)| Track { release: release_of(&part), part, measured };
        let tracks: Vec<Track> = parts.into_iter().zip(measured).map(track).collect();
        let mut by_release: BTreeMap<String, Vec<&Measured>> = BTreeMap::new();
        for track in &tracks {
            if let (Some(release), Ok(measured)) = (&track.release, &track.measured) {
                by_release.entry(release.clone()).or_default().push(measured);
            }
        }
        for release in by_release.keys() {
            let mut of_it = tracks.iter().filter(|track| track.release.as_ref() == Some(release));
            memory.set_whole(release, of_it.all(|track| track.measured.is_ok()));
        }
        let releases =
            by_release.into_iter().map(|(name, tracks)| (name, loudness::of_all(&tracks))).collect();
        Self { tracks, releases }
    }

    fn failures(&self, program: &Program) -> Vec<String> {
        let wrong = self.tracks.iter().filter_map(|track| {
            let name = name(program, track);
            match &track.measured {
                Err(error) => Some(format!("{name} {}", sanitise::line(&error.to_string()))),
                Ok(measured) if measured.damaged > 0 => Some(format!("{name} is damaged")),
                Ok(_) => None,
            }
        });
        wrong.collect()
    }

    fn release_of(&self, track: &Track) -> Option<Loudness> {
        self.releases.get(track.release.as_ref()?).copied()
    }

    /// Tags every file that was measured without damage; says what could not be tagged.
    fn write(&self, program: &Program, memory: &Memory, quiet: bool) -> Vec<String> {
        let mut failures = Vec::new();
        let (mut written, mut linked) = (0, 0);
        for track in &self.tracks {
            let Some(gains) = self.gains(track) else { continue };
            if track.part.span.is_some() {
                let why = "a track inside a file has no tags of its own; its gain is not stored";
                failures.push(format!("{}: {why}", name(program, track)));
                continue;
            }
            let has_other_name = has_other_name(&track.part.path);
            match write(&track.part.path, &gains) {
                Ok(()) => {
                    written += 1;
                    linked += usize::from(has_other_name);
                    track.remember(memory); // as it is now: other tags, the same sound
                }
                Err(error) => {
                    let why = format!("{error:#}");
                    failures.push(format!("{}: {}", name(program, track), sanitise::line(&why)));
                }
            }
        }
        if !quiet {
            say::aside(&format!("{written} files tagged; their sound is unchanged"));
            if linked > 0 {
                say::aside(&format!(
                    "{linked} of them had other names (hard links), which keep the old tags"
                ));
            }
        }
        failures
    }

    fn gains(&self, track: &Track) -> Option<ReplayGain> {
        let measured = track.measured.as_ref().ok().filter(|measured| measured.damaged == 0)?;
        let own = measured.loudness();
        let album = self.release_of(track).and_then(|album| Some((album.gain()?, album.true_peak)));
        Some(ReplayGain { track: (own.gain()?, own.true_peak), album })
    }

    fn lines(&self, program: &Program) -> Vec<String> {
        let mut lines = vec![HEADING.to_owned()];
        for track in &self.tracks {
            if let Ok(measured) = &track.measured {
                lines.push(row(&measured.loudness(), &name(program, track)));
            }
        }
        for (release, loudness) in &self.releases {
            lines.push(row(loudness, &format!("release: {}", sanitise::line(title(release)))));
        }
        lines
    }

    fn json(&self, failures: &[String]) -> Value {
        let tracks = self.tracks.iter().filter_map(|track| {
            let own = track.measured.as_ref().ok()?.loudness();
            let mut object = json_of(&own);
            object["file"] = json!(track.part.path.to_string_lossy());
            if let Some(span) = track.part.span {
                let seconds = |at: Sector| at.time().as_secs_f64();
                object["part"] = json!({ "from": seconds(span.from()), "to": span.to().map(seconds) });
            }
            object["release"] = json!(track.release.as_deref().map(title));
            Some(object)
        });
        let releases = self.releases.iter().map(|(release, loudness)| {
            let mut object = json_of(loudness);
            object["release"] = json!(title(release));
            object
        });
        json!({
            "tracks": tracks.collect::<Vec<_>>(), "releases": releases.collect::<Vec<_>>(), "failed": failures,
        })
    }
}

/// A file as people know it, and where in it the track begins.
fn name(program: &Program, track: &Track) -> String {
    program::with_place(program.name_of(&track.part.path), track.part.span)
}

const HEADING: &str = "   LUFS      gain  true peak    LRA";

fn row(loudness: &Loudness, name: &str) -> String {
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"));
    format!(
        "{:>7} {:>6} dB {:>5} dBTP {:>3.1} LU  {name}",
        number(loudness.integrated),
        number(loudness.gain()),
        number(decibels(loudness.true_peak)),
        loudness.range
    )
}

fn json_of(loudness: &Loudness) -> Value {
    json!({
        "lufs": loudness.integrated, "gain_db": loudness.gain(), "true_peak": loudness.true_peak,
        "true_peak_dbtp": decibels(loudness.true_peak), "range_lu": loudness.range,
    })
}

fn decibels(amplitude: f64) -> Option<f64> {
    (amplitude > 0.0).then(|| 20.0 * amplitude.log10())
}

/// The title that a release's name begins with.
fn title(release: &str) -> &str {
    release.lines().next().unwrap_or_default()
}

/// Tags a copy, proves that it sounds the same, and only then lets it take the file's place.
fn write(file: &Path, gains: &ReplayGain) -> anyhow::Result<()> {
    // The file itself, not the link that leads to it.
    let file = &std::fs::canonicalize(file)?;
    let before = Identity::of(file)?;
    let permissions = std::fs::metadata(file)?.permissions();
    anyhow::ensure!(!permissions.readonly(), "is read-only; it was left as it is");
    let copy = paths::temporary_beside(file)?;
    std::io::copy(&mut File::open(file)?, &mut copy.as_file())?;
    library::write_gain(file, copy.path(), gains)?;
    let is_same = same_sound(file, copy.path()).context("the tagged copy does not play")?;
    anyhow::ensure!(is_same, "tagging would change its sound; it was left as it is");
    copy.as_file().sync_all()?;
    anyhow::ensure!(
        Identity::of(file)? == before,
        "was changed by another program meanwhile; it was left as it is"
    );
    copy.persist(file)?;
    Ok(())
}

/// Whether the file has another name (a hard link): that one will keep the file as it was.
fn has_other_name(file: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        std::fs::metadata(file).is_ok_and(|about| about.nlink() > 1)
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_in_columns() {
        let loudness = Loudness { integrated: Some(-9.25), range: 4.26, true_peak: 1.0 };
        assert_eq!(row(&loudness, "a.flac"), "  -9.25  -8.75 dB  0.00 dBTP 4.3 LU  a.flac");
        let silent = Loudness { integrated: None, range: 0.0, true_peak: 0.0 };
        assert_eq!(row(&silent, "b"), "      -      - dB     - dBTP 0.0 LU  b");
    }

    #[test]
    fn the_title_of_a_release_is_its_first_line() {
        assert_eq!(title("Rocky IV\nVarious Artists"), "Rocky IV");
    }
}
