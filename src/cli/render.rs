//! `tonearm render`: takes the same inputs as play; gives a WAV file of what would be heard, or a
//! stream of it on standard output. Never plays, never leaves a half-written file under the name asked for.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;

use super::cut::{self, Join};
use super::exit::Exit;
use super::gain::GainOption;
use super::input::{self, InputOptions};
use super::program::Program;
use super::{say, signals};
use crate::paths;
use crate::playback::decode::{DecodeError, Format};
use crate::playback::level::Leveller;
use crate::playback::{IntegerPiece, join_integers, need_integers};
use crate::playback::{Part, Piece, Place, Render, Sample, Shape, WavWriter};
use crate::sanitise;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    input: InputOptions,
    /// The listing's format, where its content and its name mislead; what --from is to other commands.
    #[arg(long, value_name = "FORMAT", value_parser = input::format_name)]
    input_format: Option<&'static str>,
    /// The WAV file to write; `-` is standard output.
    #[arg(short, long, value_name = "OUT.wav")]
    output: PathBuf,
    /// How samples are stored.
    #[arg(long, value_enum, default_value_t = Depth::Source)]
    format: Depth,
    /// Frames per second in Hz, or `source`: that of the first track.
    #[arg(long, default_value = "source", value_parser = rate)]
    rate: Wanted<u32>,
    /// Channels, or `source`: those of the first track.
    #[arg(long, default_value = "source", value_parser = channels)]
    channels: Wanted<u16>,
    #[command(flatten)]
    gain: GainOption,
    /// Begin here: seconds 12.5, m:ss, h:mm:ss, or frames of the rendering 529200f.
    #[arg(long, value_name = "T", value_parser = cut::place)]
    from: Option<Place>,
    /// End before this place, counted from the same beginning as --from.
    #[arg(long, value_name = "T", value_parser = cut::place)]
    to: Option<Place>,
    /// Write a cue sheet that says where each track begins.
    #[arg(long, value_name = "FILE")]
    cue: Option<PathBuf>,
    /// Print a JSON object about what was written, on standard error when the sound goes to standard output.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Depth {
    S16,
    S24,
    S32,
    F32,
    /// That of the first track; floats for lossy formats.
    Source,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted<T> {
    Source,
    This(T),
}

impl<T> Wanted<T> {
    fn or(self, source: T) -> T {
        match self {
            Self::Source => source,
            Self::This(value) => value,
        }
    }
}

fn rate(word: &str) -> Result<Wanted<u32>, String> {
    wanted(word, 1_000..=768_000, "a rate is 1000 to 768000 Hz, or `source`")
}

fn channels(word: &str) -> Result<Wanted<u16>, String> {
    wanted(word, 1..=8, "channels are 1 to 8, or `source`")
}

fn wanted<T: std::str::FromStr + PartialOrd>(
    word: &str,
    range: std::ops::RangeInclusive<T>,
    rule: &str,
) -> Result<Wanted<T>, String> {
    if word == "source" {
        return Ok(Wanted::Source);
    }
    word.parse().ok().filter(|value| range.contains(value)).map(Wanted::This).ok_or_else(|| rule.to_owned())
}

pub(super) fn run(options: &Options, quiet: bool) -> anyhow::Result<Exit> {
    let program = input::read(&options.input, options.input_format, quiet)?;
    let files = program.parts();
    if let Some(why) = program.nothing_to_play() {
        anyhow::bail!("nothing to render: {why}; see `tonearm match`");
    }
    let source = first_format(&files);
    let shape = shape(options, source.as_ref());
    let to_stdout = options.output == Path::new("-");
    let job = Job {
        program: &program,
        files,
        shape,
        range: range(options, shape.rate)?,
        levelling: options.gain.leveller()?,
        stop: stop_on_signals()?,
    };

    let written = if to_stdout {
        job.write_stream(io::stdout().lock())
    } else {
        job.write_file(&options.output)
            .with_context(|| format!("{} cannot be written", options.output.display()))
    };
    if written.is_err() && job.stop.load(Ordering::Relaxed) {
        return Ok(Exit::Interrupted);
    }
    let summary = written?;
    if let Some(cue) = &options.cue {
        let name = name_beside(&options.output, cue);
        let sheet = cut::sheet(&name, program.title.as_deref(), &summary.joins, shape.rate);
        paths::write_whole(cue, sheet.as_bytes())?;
    }
    report(options, &summary, shape, quiet, to_stdout)?;
    Ok(if summary.failed == 0 && program.is_whole() { Exit::Done } else { Exit::Partly })
}

/// The frames that are asked for.
fn range(options: &Options, rate: u32) -> anyhow::Result<Range<u64>> {
    let from = options.from.map_or(0, |place| place.frame(rate));
    let to = options.to.map_or(u64::MAX, |place| place.frame(rate));
    anyhow::ensure!(from < to, "there is nothing to render: --to is not behind --from");
    Ok(from..to)
}

/// How a cue sheet names the sound: by its name alone when it lies beside it.
fn name_beside(sound: &Path, cue: &Path) -> String {
    let folder = |path: &Path| std::path::absolute(path).ok()?.parent().map(Path::to_owned);
    let name = sound.file_name().filter(|_| folder(sound) == folder(cue));
    name.map_or(sound.to_string_lossy(), |name| name.to_string_lossy()).into_owned()
}

/// What is to be written.
struct Job<'a> {
    program: &'a Program,
    files: Vec<Part>,
    shape: Shape,
    range: Range<u64>,
    levelling: Leveller,
    stop: Arc<AtomicBool>,
}

/// What was written.
#[derive(Default)]
struct Summary {
    frames: u64,
    joins: Vec<Join>,
    failed: usize,
}

/// Set by the signals that ask to end; the file that is being written is taken away then.
fn stop_on_signals() -> io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in signals::ENDING {
        signal_hook::flag::register(*signal, Arc::clone(&stop))?;
    }
    Ok(stop)
}

impl Job<'_> {
    /// Writes to what cannot be rewound.
    fn write_stream(&self, out: impl Write) -> anyhow::Result<Summary> {
        let mut writer = WavWriter::new(BufWriter::new(out), self.shape)?;
        let summary = self.write(&mut writer)?;
        writer.finish_stream()?;
        Ok(summary)
    }

    /// Writes beside the target and takes its place when all is well.
    fn write_file(&self, path: &Path) -> anyhow::Result<Summary> {
        // A device or FIFO is written to, not replaced.
        let in_place = path.exists() && !path.is_file();
        if in_place {
            return self.write_stream(File::create(path)?);
        }
        let temporary = paths::temporary_beside(path)?;
        let mut writer = WavWriter::new(BufWriter::new(temporary.as_file().try_clone()?), self.shape)?;
        let summary = self.write(&mut writer)?;
        writer.finish_file()?;
        temporary.persist(path)?;
        Ok(summary)
    }

    fn write<W: Write>(&self, writer: &mut WavWriter<W>) -> anyhow::Result<Summary> {
        let Shape { rate, channels, sample } = self.shape;
        let is_as_it_is = sample == Sample::S32 && self.levelling.is_off();
        if is_as_it_is && need_integers(&self.files, rate, channels) {
            return self.write_integers(writer);
        }
        let mut summary = Summary::default();
        let render = Render::between(self.files.clone(), rate, channels, self.range.clone());
        let render = render.levelled(self.levelling.clone());
        summary.frames = render.run(|piece| {
            match piece {
                Piece::Begins { file, format, at, gain } => {
                    summary.joins.push(self.join(file, at));
                    writer.set_dither(loses_depth(format, gain, self.shape));
                }
                Piece::Frames(frames) => {
                    self.go_on()?;
                    writer.write(frames)?;
                }
                Piece::Failed { file, error } => {
                    summary.failed += 1;
                    self.tell(file, &error);
                }
            }
            Ok(())
        })?;
        Ok(summary)
    }

    /// As [`Job::write`], for files of more bits than a float holds.
    fn write_integers<W: Write>(&self, writer: &mut WavWriter<W>) -> anyhow::Result<Summary> {
        let mut summary = Summary::default();
        summary.frames = join_integers(&self.files, self.range.clone(), |piece| {
            match piece {
                IntegerPiece::Begins(file, at) => summary.joins.push(self.join(file, at)),
                IntegerPiece::Frames(frames) => {
                    self.go_on()?;
                    writer.write_integers(frames)?;
                }
                IntegerPiece::Failed(file, error) => {
                    summary.failed += 1;
                    self.tell(file, &error);
                }
            }
            Ok(())
        })?;
        Ok(summary)
    }

    /// An error when a signal has asked to end.
    fn go_on(&self) -> io::Result<()> {
        if self.stop.load(Ordering::Relaxed) { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
    }

    fn tell(&self, file: usize, error: &DecodeError) {
        let name = self.program.name_of(&self.files[file].path);
        say::problem(&format!("{name} {}", sanitise::line(&error.to_string())));
    }

    fn join(&self, file: usize, frame: u64) -> Join {
        let row = self.program.rows.iter().filter(|row| row.file.is_some()).nth(file);
        Join {
            frame,
            title: row.map(|row| row.title.clone()).unwrap_or_default(),
            artist: row.and_then(|row| row.artist.clone()),
        }
    }
}

/// Whether samples of this format lose bits that they really have. A lossy codec's own error is far above
/// the last bit of 16, so that noise would only be added: it is rounded.
fn loses_depth(format: &Format, gain: f32, shape: Shape) -> bool {
    let Some(target) = shape.sample.bits() else { return false };
    // One channel for two speakers is a copy of each sample.
    let kept = format.channels == shape.channels || format.channels == 1;
    let exact = !format.float && format.rate == shape.rate && kept && gain == 1.0;
    match format.bits {
        Some(bits) => bits > target || !exact,
        None => false,
    }
}

/// The format of the first file that opens.
pub(super) fn first_format(files: &[Part]) -> Option<Format> {
    files.iter().find_map(|file| file.format().ok())
}

/// The shape that keeps what a format has.
pub(super) fn shape_of(format: &Format) -> Shape {
    let sample = match format.bits {
        _ if format.float => Sample::F32,
        Some(..=16) => Sample::S16,
        Some(..=24) => Sample::S24,
        Some(_) => Sample::S32,
        None => Sample::F32,
    };
    Shape { rate: format.rate, channels: format.channels, sample }
}

fn shape(options: &Options, source: Option<&Format>) -> Shape {
    let source = source.map_or_else(Shape::default, shape_of);
    Shape {
        rate: options.rate.or(source.rate),
        channels: options.channels.or(source.channels),
        sample: match options.format {
            Depth::S16 => Sample::S16,
            Depth::S24 => Sample::S24,
            Depth::S32 => Sample::S32,
            Depth::F32 => Sample::F32,
            Depth::Source => source.sample,
        },
    }
}

fn report(
    options: &Options,
    summary: &Summary,
    shape: Shape,
    quiet: bool,
    to_stdout: bool,
) -> anyhow::Result<()> {
    if options.json {
        let object = serde_json::json!({
            "file": options.output.to_string_lossy(), "frames": summary.frames, "rate": shape.rate,
            "channels": shape.channels, "tracks": summary.joins.len(), "failed": summary.failed,
        });
        if to_stdout {
            say::aside(&say::json_line(&object));
        } else {
            say::line(&say::json_line(&object));
        }
    } else if !quiet {
        let seconds = summary.frames as f64 / f64::from(shape.rate);
        let name = sanitise::path(&options.output);
        say::aside(&format!(
            "{name}: {} tracks, {} frames, {seconds:.3} s",
            summary.joins.len(),
            summary.frames
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(bits: Option<u32>, float: bool) -> Format {
        Format { codec: "test", rate: 44_100, channels: 2, bits, float, frames: None }
    }

    #[test]
    fn only_a_real_loss_of_depth_is_dithered() {
        let s16 = Shape::default();
        assert!(!loses_depth(&format(Some(16), false), 1.0, s16));
        assert!(loses_depth(&format(Some(24), false), 1.0, s16));
        assert!(loses_depth(&format(Some(32), true), 1.0, s16));
        assert!(!loses_depth(&format(None, false), 1.0, s16), "lossy");
        assert!(loses_depth(&format(Some(16), false), 1.0, Shape { rate: 48_000, ..s16 }), "resampled");
        assert!(!loses_depth(&format(Some(24), false), 1.0, Shape { sample: Sample::F32, ..s16 }));
        assert!(loses_depth(&format(Some(16), false), 0.5, s16), "made softer");
        let mono = Format { channels: 1, ..format(Some(16), false) };
        assert!(!loses_depth(&mono, 1.0, s16), "the same samples twice");
        assert!(loses_depth(&format(Some(16), false), 1.0, Shape { channels: 1, ..s16 }), "mixed");
    }

    #[test]
    fn the_source_keeps_what_it_has() {
        assert_eq!(shape_of(&format(Some(16), false)).sample, Sample::S16);
        assert_eq!(shape_of(&format(Some(20), false)).sample, Sample::S24);
        assert_eq!(shape_of(&format(None, false)).sample, Sample::F32);
    }

    #[test]
    fn a_rate_is_a_number_in_range_or_the_word_source() {
        assert_eq!(rate("source"), Ok(Wanted::Source));
        assert_eq!(rate("48000"), Ok(Wanted::This(48_000)));
        assert!(rate("0").is_err() && rate("fast").is_err());
    }
}
