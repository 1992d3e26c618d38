//! `tonearm completions`: takes the name of a shell; gives the script by which it completes tonearm's words, from the same
//! table that reads them.
//! Never asks a player or the library anything.

use clap::builder::PossibleValuesParser;

use super::exit::Exit;
use super::say;
use crate::control::VERBS;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// For which shell. Put what it prints where that looks for completions:
    ///
    /// bash: ~/.local/share/bash-completion/completions/tonearm;
    /// zsh: a folder of $fpath, as _tonearm;
    /// fish: ~/.config/fish/completions/tonearm.fish;
    /// elvish: ~/.config/elvish/rc.elv, at its end;
    /// powershell: the file that $PROFILE names, at its end.
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

pub(super) fn run(options: &Options) -> Exit {
    say::data(&script(options.shell));
    Exit::Done
}

fn script(shell: clap_complete::Shell) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut with_words(super::command()), "tonearm", &mut bytes);
    let mut script = String::from_utf8_lossy(&bytes).into_owned();
    if shell == clap_complete::Shell::Fish {
        // Words that are no options are what the generator leaves out for this shell.
        for (verb, words) in words() {
            let rule = format!("complete -c tonearm -n \"__fish_tonearm_using_subcommand {verb}\" -f -a");
            script.push_str(&format!("{rule} \"{}\"\n", words.join(" ")));
        }
    }
    script
}

/// Verbs that take one of a few words, with those.
fn words() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let verbs = VERBS.iter().filter(|verb| verb.arguments.contains('|'));
    verbs.map(|verb| (verb.name, verb.arguments.trim_matches(['[', ']']).split('|').collect()))
}

/// They take them as such: what a shell offers. (Reading them, `control` knows more.)
fn with_words(command: clap::Command) -> clap::Command {
    words().fold(command, |command, (verb, words)| {
        command.mut_subcommand(verb, |command| {
            command.mut_arg("argument", |argument| argument.value_parser(PossibleValuesParser::new(words)))
        })
    })
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;
    use clap_complete::Shell;

    use super::*;

    #[test]
    fn every_shell_is_told_every_command_verb_and_option() {
        let mut all = super::super::command();
        all.build();
        for shell in Shell::value_variants() {
            let script = script(*shell);
            for command in all.get_subcommands() {
                let name = command.get_name();
                assert!(script.contains(name), "{shell} knows no {name}");
                for option in command.get_arguments().filter_map(clap::Arg::get_long) {
                    assert!(script.contains(option), "{shell} knows no {name} --{option}");
                }
            }
            assert!(script.contains("albums"), "{shell}: shuffle");
        }
    }
}
