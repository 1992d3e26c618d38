//! Takes the words of the command line; gives calls of the rooms below, words and tables for people,
//! and an exit code. The only room that knows clap and the only one that prints.
//! Never decides what matches or what plays.

mod arrivals;
mod ask;
mod attend;
mod check;
mod completions;
mod cut;
mod demo;
#[cfg(unix)]
mod detach;
mod devices;
#[cfg(test)]
mod documented;
mod early;
mod exit;
mod export;
mod finder;
mod full;
mod gain;
mod handed;
mod how;
mod import;
mod input;
mod loudness;
mod man;
mod matching;
#[cfg(unix)]
mod mpd;
mod music;
mod pace;
mod panes;
mod pin;
mod pins;
mod play;
mod program;
mod reckoning;
mod remote;
mod render;
mod resuming;
mod say;
mod scan;
mod screen;
mod settings;
mod setup;
mod shelf;
mod show;
mod signals;
mod tune;
mod whole;
mod workers;

use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::sanitise;
use exit::Exit;

/// Plays a track listing, as people write it, from the files you own.
///
/// `tonearm LISTING` is short for `tonearm play LISTING`.
#[derive(Debug, Parser)]
#[command(name = "tonearm", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Say less: only errors.
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Say more, on standard error; twice for everything.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play listings, audio files and folders; without any, the listing that was played last.
    Play(play::Options),
    /// Show which file each entry gets, how sure, and why. Plays nothing.
    Match(matching::Options),
    /// Remember which file an entry means, or that you have none; it outlives moving and re-tagging.
    Pin(pin::PinOptions),
    /// Forget what was remembered for an entry.
    Unpin(pin::UnpinOptions),
    /// List what is remembered.
    Pins(pins::Options),
    /// Write a listing of any format as clean TOML.
    Import(import::Options),
    /// Write a listing in the format of another player, with the files found for it.
    Export(export::Options),
    /// Write the same sound to a WAV file, as fast as the CPU goes.
    Render(render::Options),
    /// Decode every file and say what is missing, damaged, cut short, clipped or silent.
    ///
    /// Ends with 3 when something is wrong: an entry without a file; a file that does not decode, is damaged, ends too
    /// soon, is longer or shorter than its header says, or does not have FLAC's MD5 checksum; one in which more than
    /// one sample in a thousand is clipped (three or more in a row at full scale); one that is silent (below -80 dB)
    /// from beginning to end, or for ten seconds between sounds. Less clipping, as loud masters have it, is only noted.
    Check(check::Options),
    /// Measure how loud files and releases are (EBU R128), and store it as ReplayGain tags.
    Loudness(loudness::Options),
    /// Bring the library index up to date. Also done by itself when needed.
    Scan(scan::Options),
    /// List the audio outputs there are.
    Devices(devices::Options),
    /// Make ten short tracks in a messy folder, match a listing against them, play it. Works anywhere.
    Demo(demo::Options),
    /// Show the settings and where each was set, or open them in your editor.
    Config(settings::Options),
    /// Print the script by which a shell completes tonearm's words.
    Completions(completions::Options),
    /// Show the manual, or write its pages.
    Man(man::Options),
}

/// Does what the arguments say; gives the exit code.
pub fn run(words: impl IntoIterator<Item = OsString>) -> u8 {
    let words: Vec<OsString> = words.into_iter().collect();
    if let Some(said) = remote::Said::at_once(&words) {
        return remote::run(&said).unwrap_or_else(|error| exit::explain(&error)).code();
    }
    let said = command().try_get_matches_from(with_play(words)).and_then(|matches| {
        let verb = matches.subcommand().filter(|(name, _)| remote::is_verb(name));
        Ok(match verb {
            Some((name, of_verb)) => Said::Verb(remote::Said::of(name, of_verb, matches.get_flag("quiet"))),
            None => Said::Command(Arguments::from_arg_matches(&matches)?),
        })
    });
    let arguments = match said {
        Ok(Said::Command(arguments)) => arguments,
        Ok(Said::Verb(said)) => {
            let outcome = remote::run(&said);
            return outcome.unwrap_or_else(|error| exit::explain(&error)).code();
        }
        Err(error) => {
            // Help and version go to standard output and are no errors.
            if error.use_stderr() {
                say_usage(&error);
                return Exit::Usage.code();
            }
            let _ = error.print();
            return Exit::Done.code();
        }
    };
    log(arguments.verbose);
    let quiet = arguments.quiet;
    let outcome = match arguments.command {
        Command::Play(options) => play::run(options, quiet),
        Command::Match(options) => matching::run(&options, quiet),
        Command::Pin(options) => pin::pin(&options, quiet),
        Command::Unpin(options) => pin::unpin(&options, quiet),
        Command::Pins(options) => pins::run(&options),
        Command::Import(options) => import::run(&options, quiet),
        Command::Export(options) => export::run(&options, quiet),
        Command::Render(options) => render::run(&options, quiet),
        Command::Check(options) => check::run(&options, quiet),
        Command::Loudness(options) => loudness::run(&options, quiet),
        Command::Scan(options) => scan::run(&options, quiet),
        Command::Devices(options) => devices::run(&options),
        Command::Demo(options) => demo::run(&options, quiet),
        Command::Config(options) => settings::run(&options),
        Command::Completions(options) => Ok(completions::run(&options)),
        Command::Man(options) => man::run(&options, quiet),
    };
    outcome.unwrap_or_else(|error| exit::explain(&error)).code()
}

/// What the arguments say: a command of this process, or a verb for the player that runs.
enum Said {
    Command(Arguments),
    Verb(remote::Said),
}

/// The whole command line: the commands above, and the verbs of the running player.
fn command() -> clap::Command {
    Arguments::command().subcommands(remote::commands())
}

/// Puts the word `play` in front when the first word is no command: `tonearm list.toml`.
fn with_play(words: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut words: Vec<OsString> = words.into_iter().collect();
    let is_command = |word: &OsString| {
        if word.to_str().is_some_and(remote::is_verb) {
            return true; // the quickest: status bars ask every second
        }
        let known = command();
        known
            .get_subcommands()
            .any(|command| command.get_name_and_visible_aliases().iter().any(|name| *word == **name))
            || ["help", "-h", "--help", "-V", "--version"].iter().any(|known| word == known)
    };
    // Options of ours that may stand before the command.
    let first = words
        .iter()
        .skip(1)
        .find(|word| !["-q", "--quiet", "-v", "-vv", "--verbose"].iter().any(|o| word == o));
    if first.is_some_and(|word| !is_command(word)) {
        words.insert(1, "play".into());
    }
    words
}

/// Says what is wrong with the arguments, in clap's words and colours. They quote the arguments: should
/// those hold what steers a terminal, the words come plain and without it.
fn say_usage(error: &clap::Error) {
    let words = error.render().to_string();
    let safe: Vec<_> = words.lines().map(sanitise::line).collect();
    if safe.iter().zip(words.lines()).all(|(safe, line)| safe == line) {
        let _ = error.print();
    } else {
        say::aside(&safe.join("\n"));
    }
}

fn log(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => tracing::Level::DEBUG,
        _ => tracing::Level::TRACE,
    };
    tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).init();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        let words = line.split(' ').map(OsString::from);
        with_play(words).into_iter().map(|word| word.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn the_arguments_are_sound() {
        command().debug_assert();
    }

    #[test]
    fn a_listing_alone_is_played() {
        assert_eq!(words("tonearm a.toml --shuffle"), ["tonearm", "play", "a.toml", "--shuffle"]);
        assert_eq!(words("tonearm --music m a.toml"), ["tonearm", "play", "--music", "m", "a.toml"]);
        assert_eq!(words("tonearm -q -"), ["tonearm", "play", "-q", "-"]);
    }

    #[test]
    fn commands_stay_commands() {
        for line in
            ["tonearm", "tonearm match a.toml", "tonearm --help", "tonearm -q play a", "tonearm help play"]
        {
            assert_eq!(words(line).join(" "), line);
        }
    }
}
