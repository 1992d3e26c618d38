//! `tonearm config`: takes the settings file, the environment and options; shows what holds and where it was set, opens the
//! file in the owner's editor, says where it is. Also reads the settings for other commands.
//! Never changes the file but through that editor, and by making it where there is none.

mod edit;
mod show;

use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgMatches, FromArgMatches, Parser};

use super::exit::Exit;
use super::how::How;
#[cfg(unix)]
use super::mpd::MpdOption;
use super::say;
use crate::config::{Config, ConfigError, Kind, Mistake, SETTINGS, Setting, Source, Value};
use crate::paths::{Environment, Paths};
use crate::sanitise;
use crate::tui::keys::{self, Keys};

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Show every setting with its value and where that was set: the file and its line, a variable of the environment, an
    /// option given here, or nowhere. This is what it does without an option, too.
    #[arg(long, group = "what")]
    show: bool,
    /// Open the settings file in $VISUAL or $EDITOR, made with every setting explained where there is none; then say what
    /// is wrong in it, with the line. What was written stays.
    #[arg(long, group = "what")]
    edit: bool,
    /// Say where the settings file is.
    #[arg(long, group = "what")]
    path: bool,
    /// Show them as JSON.
    #[arg(long, conflicts_with_all = ["edit", "path"])]
    json: bool,
    #[command(flatten)]
    said: Said,
}

/// Settings that the command line says: the options of `play` that are in the table, to see what they change.
#[derive(Debug)]
struct Said(Vec<(&'static Setting, Vec<OsString>)>);

impl clap::Args for Said {
    fn augment_args(command: clap::Command) -> clap::Command {
        let option = |setting: &'static Setting| {
            let action = if matches!(setting.kind, Kind::Folders | Kind::Texts) {
                ArgAction::Append
            } else {
                ArgAction::Set
            };
            Some(
                Arg::new(setting.name)
                    .long(setting.option?)
                    .value_name("VALUE")
                    .value_parser(clap::value_parser!(OsString))
                    .allow_hyphen_values(matches!(setting.kind, Kind::Decibels(_)))
                    .action(action)
                    .help(format!("As if `play` were given it: {}", setting.help)),
            )
        };
        command.args(SETTINGS.iter().filter_map(option))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Said {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let said = |setting: &'static Setting| {
            let words = matches.try_get_many::<OsString>(setting.name).ok().flatten()?;
            Some((setting, words.cloned().collect()))
        };
        Ok(Self(SETTINGS.iter().filter_map(said).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

pub(super) fn run(options: &Options) -> anyhow::Result<Exit> {
    let paths = Paths::new(&Environment::of_process())?;
    if options.path {
        let path = paths.config_file().into_os_string();
        say::line(&sanitise::line(&path.to_string_lossy()));
        return Ok(Exit::Done);
    }
    if options.edit {
        return edit::run(&paths);
    }
    let mut config = config()?;
    for (setting, words) in &options.said.0 {
        if let Err(mistake) = config.say(setting, words) {
            say::problem(&sanitise::line(&mistake.to_string()));
            return Ok(Exit::Usage);
        }
    }
    check(&config)?;
    if options.json {
        say::line(&say::json(&show::as_json(&config, &paths))?);
    } else {
        say::data(&show::as_text(&config, &paths));
    }
    Ok(Exit::Done)
}

/// The settings of this process.
///
/// # Errors
/// When something is set wrongly.
pub(super) fn config() -> Result<Config, ConfigError> {
    let environment = Environment::of_process();
    // Without a home there is no file.
    let file = Paths::new(&environment).map(|paths| paths.config_file()).unwrap_or_default();
    let home = environment.user.map(|user| user.home);
    Config::load(&file, home.as_deref(), &|name| std::env::var_os(name))
}

/// Whether everything that is set can be used.
fn check(config: &Config) -> anyhow::Result<()> {
    usual(config)?;
    keys(config)?;
    Ok(())
}

/// The keys as the settings have them.
///
/// # Errors
/// When something is no action or no key.
pub(super) fn keys(config: &Config) -> Result<Keys, ConfigError> {
    let said = config.keys().iter();
    let said = said.map(|of| keys::Setting { action: &of.action, keys: &of.keys, line: of.line });
    Keys::with(said).map_err(|error| {
        let file = match config.get("keys").map(|set| &set.source) {
            Some(Source::File { path, .. }) => path.clone(),
            _ => Default::default(), // only the file has keys
        };
        let place = Source::File { path: file, line: error.line };
        ConfigError::Wrong(vec![Mistake { place, message: format!("`keys`: {}", error.fault) }])
    })
}

/// What `play` takes from the settings. They are read by the parsers of its options.
#[derive(Debug, Parser)]
#[command(no_binary_name = true)]
struct Usual {
    #[command(flatten)]
    how: How,
    #[cfg(unix)]
    #[command(flatten)]
    _mpd: MpdOption,
}

/// How things are played where the command line does not say.
///
/// # Errors
/// When a setting is none that its option would take; all of them are named.
pub(super) fn usual(config: &Config) -> Result<How, ConfigError> {
    let (mut words, mut mistakes) = (Vec::new(), Vec::new());
    for set in config.all() {
        let option =
            SETTINGS.iter().find(|setting| setting.name == set.name).and_then(|setting| setting.option);
        let texts = match &set.value {
            Value::Text(text) => std::slice::from_ref(text),
            Value::Texts(texts) => texts,
            Value::Folders(_) | Value::Keys(_) => continue,
        };
        let Some(option) = option else { continue };
        for word in texts.iter().map(|text| format!("--{option}={text}")) {
            match Usual::try_parse_from([&word]) {
                Ok(_) => words.push(word),
                Err(error) => {
                    let message = format!("`{}`: {}", set.name, why(&error));
                    mistakes.push(Mistake { place: set.source.clone(), message });
                }
            }
        }
    }
    match Usual::try_parse_from(&words) {
        Ok(usual) if mistakes.is_empty() => Ok(usual.how),
        _ => Err(ConfigError::Wrong(mistakes)),
    }
}

/// Why an option does not take its value, without clap's words around it.
fn why(error: &clap::Error) -> String {
    use std::error::Error as _;
    error.source().map_or_else(
        || error.to_string().lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned(),
        ToString::to_string,
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use clap::{Args as _, CommandFactory as _};

    use super::*;

    fn play() -> clap::Command {
        let mut all = super::super::command();
        all.build();
        all.find_subcommand("play").unwrap().clone()
    }

    #[test]
    fn the_table_and_the_options_of_play_agree() {
        for setting in SETTINGS {
            let Some(option) = setting.option else { continue };
            let play = play();
            let argument = play.get_arguments().find(|argument| argument.get_long() == Some(option));
            let argument = argument.unwrap_or_else(|| panic!("play has no --{option}"));
            if let Kind::Word(words) = setting.kind {
                let known = argument.get_possible_values();
                let known: Vec<&str> = known.iter().map(|value| value.get_name()).collect();
                assert_eq!(known, words, "{option}");
            }
        }
    }

    #[test]
    fn what_play_can_be_told_to_take_as_usual_is_in_the_table() {
        let known: Vec<_> = SETTINGS.iter().filter_map(|setting| setting.option).collect();
        // What belongs to one time only.
        let once = ["seed", "sleep", "start", "json"];
        for argument in Usual::command().get_arguments().filter_map(Arg::get_long) {
            assert!(known.contains(&argument) || once.contains(&argument), "--{argument}");
        }
    }

    #[test]
    fn options_of_config_are_those_of_the_table() {
        let command = Said::augment_args(clap::Command::new("config"));
        let matches = command.get_matches_from(["config", "--music", "a", "--music", "b", "--preamp", "-3"]);
        let said = Said::from_arg_matches(&matches).unwrap();
        let names: Vec<_> = said.0.iter().map(|(setting, words)| (setting.name, words.len())).collect();
        assert_eq!(names, [("music", 2), ("preamp", 1)]);
    }
}
