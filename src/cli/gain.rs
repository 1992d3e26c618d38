//! Takes the word of `--gain`; gives how tracks are made equally loud. Never knows a level.

use crate::playback::level::Levelling;

#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(super) struct GainOption {
    /// Make tracks equally loud by their ReplayGain, R128 or Sound Check tags; never so loud that they clip.
    ///
    /// Off by default, as in mpv and MPD: unless asked, every sample is played as the file has it.
    #[arg(long = "gain", value_enum, value_name = "WHAT", default_value_t = Word::Off)]
    word: Word,
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
    pub(super) fn levelling(self) -> Levelling {
        match self.word {
            Word::Off => Levelling::Off,
            Word::Track => Levelling::Track,
            Word::Album => Levelling::Album,
            Word::Auto => Levelling::Auto,
        }
    }
}
