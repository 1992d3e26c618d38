//! Takes the words of `--gain` and `--preamp`; gives how tracks are made equally loud. Never knows a level.

use std::sync::Arc;

use crate::paths::{Environment, Paths};
use crate::playback::level::{Leveller, Levelling, Memory};

/// More in either direction is a slip of the finger, in dB.
const MOST: f64 = 24.0;

#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(super) struct GainOption {
    /// Make tracks equally loud by their ReplayGain, R128 or Sound Check tags; never so loud that they clip [default: off].
    ///
    /// Off by default, as in mpv and MPD: unless asked, every sample is played as the file has it. `play` measures
    /// tracks without such tags in the background; what it finds counts from their next start on, and is
    /// remembered. So is what `tonearm loudness` measures.
    #[arg(long = "gain", value_enum, value_name = "WHAT")]
    word: Option<Word>,
    /// Decibels added to every gain of --gain, -24 to 24; peaks stay below full scale [default: 0].
    #[arg(long, value_name = "DB", value_parser = preamp, allow_negative_numbers = true)]
    preamp: Option<f64>,
}

fn preamp(word: &str) -> Result<f64, String> {
    let db = word.parse().ok().filter(|db: &f64| db.abs() <= MOST);
    db.ok_or_else(|| format!("a pre-amplification is -{MOST} to {MOST} dB"))
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum Word {
    /// Files sound as they are.
    #[default]
    Off,
    /// Every track is equally loud.
    Track,
    /// Every release is, its tracks as loud to each other as they were made.
    Album,
    /// Album where neighbours come from the same release, else track.
    Auto,
}

impl GainOption {
    /// The same, and what `usual` has where nothing was said.
    pub(super) fn or(self, usual: Self) -> Self {
        Self { word: self.word.or(usual.word), preamp: self.preamp.or(usual.preamp) }
    }

    fn word(self) -> Word {
        self.word.unwrap_or_default()
    }

    /// Whether the gain of a track depends on what stands beside it.
    pub(super) fn looks_beside(self) -> bool {
        self.word() == Word::Auto
    }

    /// Its word.
    pub(super) fn name(self) -> &'static str {
        match self.word() {
            Word::Off => "off",
            Word::Track => "track",
            Word::Album => "album",
            Word::Auto => "auto",
        }
    }

    /// # Errors
    /// When there is no place for what was measured: neither a home folder nor `TONEARM_HOME`.
    pub(super) fn leveller(self) -> anyhow::Result<Leveller> {
        let levelling = match self.word() {
            // The listener may want it later.
            Word::Off => {
                return Ok(Leveller {
                    preamp: self.preamp.unwrap_or_default(),
                    memory: memory().ok(),
                    ..Leveller::default()
                });
            }
            Word::Track => Levelling::Track,
            Word::Album => Levelling::Album,
            Word::Auto => Levelling::Auto,
        };
        Ok(Leveller { levelling, preamp: self.preamp.unwrap_or(0.0), memory: Some(memory()?) })
    }
}

/// What was measured before.
pub(super) fn memory() -> anyhow::Result<Arc<Memory>> {
    let paths = Paths::new(&Environment::of_process())?;
    Ok(Arc::new(Memory::open(paths.loudness_memory())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preamp_is_a_number_of_decibels() {
        assert_eq!(preamp("-3.5"), Ok(-3.5));
        assert_eq!(preamp("+6"), Ok(6.0));
        assert!(preamp("30").is_err() && preamp("nan").is_err() && preamp("loud").is_err());
    }
}
