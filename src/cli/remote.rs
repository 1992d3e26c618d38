//! `tonearm pause`, `next`, `seek +10`, `status` ...: takes a verb; asks the player that is running, and
//! shows its answer. The verbs and their help come from the one table in `control`.
//! Never starts a player: where none runs, that is said, with exit code 1.

use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgMatches};
use serde_json::Value;

use super::exit::Exit;
use super::say;
use crate::control::{Client, Picture, VERBS, Verb};
use crate::paths::{Environment, Paths};
use crate::sanitise;

/// The verbs as commands of the command line.
pub(super) fn commands() -> impl Iterator<Item = clap::Command> {
    VERBS.iter().map(command)
}

fn command(verb: &Verb) -> clap::Command {
    let mut command = clap::Command::new(verb.name).about(verb.help);
    if verb.name == "prev" {
        command = command.visible_alias("previous");
    }
    let (least, most) = verb.counts();
    if most > 0 {
        let arguments: &'static str = verb.arguments;
        let names: Vec<&'static str> = arguments.trim_matches(['[', ']']).split(' ').collect();
        command = command.arg(
            Arg::new("argument")
                .num_args(least.max(1)..=most)
                .value_names(names)
                .required(least > 0)
                .allow_hyphen_values(most == 1) // `+5`, `-0:10`
                .help(verb.help),
        );
    }
    let json = Arg::new("json").long("json").action(ArgAction::SetTrue).help("The answer as JSON");
    let wait =
        Arg::new("wait").long("wait").action(ArgAction::SetTrue).help("Come back when the change is heard");
    let format = Arg::new("format")
        .long("format")
        .value_name("PATTERN")
        .help("A line by a pattern, say for a status bar: \"{artist} - {title} {elapsed}/{duration}\"");
    match verb.name {
        "status" => command.arg(json).arg(format.conflicts_with("json")),
        "queue" => command.arg(json),
        "events" => command.arg(json.help("Events are JSON in any case")),
        _ => command.arg(json).arg(wait),
    }
}

/// Whether that is one of the verbs.
pub(super) fn is_verb(name: &str) -> bool {
    VERBS.iter().any(|verb| verb.name == name)
}

/// A verb as it was said on the command line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Said {
    verb: String,
    arguments: Vec<String>,
    format: Option<String>,
    json: bool,
    wait: bool,
    quiet: bool,
}

impl Said {
    /// As clap has understood it.
    pub(super) fn of(verb: &str, matches: &ArgMatches, quiet: bool) -> Self {
        let flag = |name| matches.try_get_one::<bool>(name).ok().flatten().is_some_and(|set| *set);
        let texts = |name| matches.try_get_many::<String>(name).ok().flatten();
        Self {
            verb: verb.to_owned(),
            arguments: texts("argument").into_iter().flatten().cloned().collect(),
            format: texts("format").and_then(|mut texts| texts.next().cloned()),
            json: flag("json"),
            wait: flag("wait"),
            quiet,
        }
    }

    /// What is plain to see, without asking clap: it takes longer to get ready than the player to answer, and keys that
    /// people press call this. `None` for all that clap knows better.
    pub(super) fn at_once(words: &[OsString]) -> Option<Self> {
        let words: Option<Vec<&str>> = words.iter().skip(1).map(|word| word.to_str()).collect();
        let (verb, rest) = words.as_deref()?.split_first()?;
        let verb = VERBS.iter().find(|known| known.name == *verb)?;
        let mut said = Self { verb: verb.name.to_owned(), ..Self::default() };
        for word in rest {
            match *word {
                "--json" => said.json = true,
                "--wait" if !matches!(verb.name, "status" | "queue" | "events") => said.wait = true,
                "-q" | "--quiet" => said.quiet = true,
                // A place or a volume from here; any other dash is clap's.
                back if back.starts_with('-') && !back[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                    return None;
                }
                argument => said.arguments.push(argument.to_owned()),
            }
        }
        let (least, most) = verb.counts();
        (least..=most).contains(&said.arguments.len()).then_some(said)
    }
}

/// Says a verb to the player that runs.
pub(super) fn run(said: &Said) -> anyhow::Result<Exit> {
    let Said { verb, arguments, format, json, wait, quiet } = said;
    let verb = verb.as_str();
    if let Err(error) = crate::control::parse(verb, arguments) {
        say::problem(&sanitise::line(&error.to_string()));
        return Ok(Exit::Usage);
    }
    let paths = Paths::new(&Environment::of_process())?;
    let mut client = Client::connect(&paths.control_socket())?;
    if verb == "events" {
        client.events(|line| say::try_line(&safe_json(line)))?;
        return Ok(Exit::Done);
    }
    let answer = client.ask(verb, arguments, *wait)?;
    if *json {
        let data = match verb {
            "queue" => &answer["queue"],
            "output" => &answer["outputs"],
            _ => &answer["status"],
        };
        say::line(&say::json_line(data));
    } else if verb == "queue" {
        say::data(&queue(&answer["queue"]));
    } else if verb == "output" {
        if arguments.is_empty() || !quiet {
            say::data(&outputs(&answer["outputs"]));
        }
    } else if let Some(pattern) = format {
        say::line(&sanitise::line(&Picture::line_of(&answer["status"], pattern)?));
    } else if verb == "status" || !quiet {
        say::line(&status(&answer["status"]));
    }
    Ok(Exit::Done)
}

/// A line of JSON that came over the socket, safe to print.
fn safe_json(line: &str) -> String {
    serde_json::from_str(line)
        .map_or_else(|_| sanitise::line(line).into_owned(), |value| say::json_line(&value))
}

/// `▶ 3/10  Touch - The Sweetest Victory  1:07/3:42  vol 80`
fn status(fields: &Value) -> String {
    let word = |name: &str| Picture::line_of(fields, &format!("{{{name}}}")).unwrap_or_default();
    let mut parts = Vec::new();
    match fields["state"].as_str() {
        Some("stopped") | None => parts.push("⏹ stopped".to_owned()),
        state => {
            let sign = if state == Some("playing") { '▶' } else { '⏸' };
            let artist = word("artist");
            let artist = if artist.is_empty() { artist } else { format!("{artist} - ") };
            let duration = word("duration");
            let duration = if duration.is_empty() { "?".into() } else { duration };
            parts.push(format!("{sign} {}/{}", word("number"), word("of")));
            parts.push(format!("{artist}{}", word("title")));
            parts.push(format!("{}/{duration}", word("elapsed")));
        }
    }
    match (fields["muted"].as_bool(), fields["volume"].as_u64()) {
        (Some(true), _) => parts.push("muted".into()),
        (_, Some(100) | None) => {}
        (_, Some(volume)) => parts.push(format!("vol {volume}")),
    }
    match fields["shuffle"].as_str() {
        Some("tracks") => parts.push("shuffle".into()),
        Some("albums") => parts.push("shuffle albums".into()),
        _ => {}
    }
    match fields["repeat"].as_str() {
        Some("all") => parts.push("repeat all".into()),
        Some("one") => parts.push("repeat one".into()),
        _ => {}
    }
    if fields["consume"].as_bool() == Some(true) {
        parts.push("consume".into());
    }
    match fields["stop_after"].as_str() {
        Some("track") => parts.push("stops after this track".into()),
        Some("each") => parts.push("stops after each track".into()),
        Some(_) => parts.push("stops after an entry".into()),
        None => {}
    }
    if fields["sleep"].is_number() {
        parts.push(format!("sleeps in {}", word("sleep")));
    }
    sanitise::line(&parts.join("  ")).into_owned()
}

/// The queue in the order of playing, the current entry marked.
fn queue(rows: &Value) -> String {
    let mut text = String::new();
    for row in rows.as_array().into_iter().flatten() {
        let sign = if row["current"].as_bool() == Some(true) { '▶' } else { ' ' };
        let artist = row["artist"].as_str().map(|artist| format!("{artist} - ")).unwrap_or_default();
        let name = format!("{artist}{}", row["title"].as_str().unwrap_or_default());
        let number = row["number"].as_u64().unwrap_or_default();
        text.push_str(&format!("{sign}{number:>3}  {}\n", sanitise::line(&name)));
    }
    text
}

/// Where the sound goes, a line an output; the main one is marked.
fn outputs(rows: &Value) -> String {
    let mut text = String::new();
    let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
    let name = |row: &Value| sanitise::line(row["output"].as_str().unwrap_or_default()).into_owned();
    let width = rows.iter().map(|row| name(row).chars().count()).max().unwrap_or(0);
    for row in rows {
        let sign = if row["main"].as_bool() == Some(true) { '▶' } else { ' ' };
        let number = row["number"].as_u64().unwrap_or_default();
        let state = match row["state"].as_str() {
            Some("open") => "on".to_owned(),
            Some("behind") => "on, takes no sound now".to_owned(),
            Some("away") => format!("on, waited for: {}", row["trouble"].as_str().unwrap_or_default()),
            _ => "off".to_owned(),
        };
        let gaps = match row["gaps"].as_u64() {
            Some(0) | None => String::new(),
            Some(1) => "; 1 gap".into(),
            Some(gaps) => format!("; {gaps} gaps"),
        };
        let state = sanitise::line(&state).into_owned();
        text.push_str(&format!("{sign}{number:>3}  {:width$}  {state}{gaps}\n", name(row)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plain_to_see_is_understood_as_clap_does() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        for line in [
            "tonearm next",
            "tonearm status --json",
            "tonearm -q next",
            "tonearm next -q",
            "tonearm seek -0:10 --wait",
            "tonearm seek +10",
            "tonearm volume -5%",
            "tonearm output pipe:/a on",
            "tonearm output",
            "tonearm move 3 1 --json",
            "tonearm repeat",
            "tonearm status --format {title}",
            "tonearm next --help",
            "tonearm next now",
            "tonearm seek",
            "tonearm status --wait",
            "tonearm previous",
            "tonearm play next",
            "tonearm seek -- 10",
            "tonearm",
        ] {
            let at_once = Said::at_once(&words(line));
            let by_clap = crate::cli::command().try_get_matches_from(words(line)).ok().and_then(|matches| {
                let (verb, of_verb) = matches.subcommand().filter(|(name, _)| is_verb(name))?;
                Some(Said::of(verb, of_verb, matches.get_flag("quiet")))
            });
            // What is not plain is left to clap; what is, is the same.
            assert!(at_once.is_none() || at_once == by_clap, "{line}: {at_once:?}, {by_clap:?}");
        }
        for line in ["tonearm next", "tonearm seek -10 --wait", "tonearm volume +5", "tonearm status --json"]
        {
            assert!(Said::at_once(&words(line)).is_some(), "{line}");
        }
    }

    #[test]
    fn the_outputs_read_at_a_glance() {
        let rows = serde_json::json!([
            { "number": 1, "output": "auto", "main": true, "state": "open", "gaps": 0 },
            { "number": 2, "output": "pipe:/a\u{1b}b", "main": false, "state": "away", "trouble": "nobody", "gaps": 1 },
            { "number": 3, "output": "null", "main": false, "state": "off", "gaps": 2 },
        ]);
        assert_eq!(
            outputs(&rows),
            "▶  1  auto     on\n   2  pipe:/ab  on, waited for: nobody; 1 gap\n   3  null     off; 2 gaps\n"
                .replace("auto     on", "auto      on")
                .replace("null     off", "null      off")
        );
    }

    #[test]
    fn the_status_reads_at_a_glance() {
        let fields = serde_json::json!({
            "state": "paused", "number": 3, "of": 10, "artist": "Touch\u{1b}[31m", "title": "The Sweetest Victory",
            "position": 67.2, "duration": 222.0, "volume": 80, "muted": false, "shuffle": "tracks", "repeat": "one",
        });
        assert_eq!(
            status(&fields),
            "⏸ 3/10  Touch[31m - The Sweetest Victory  1:07/3:42  vol 80  shuffle  repeat one"
        );
        let fields = serde_json::json!({
            "state": "stopped", "shuffle": "albums", "stop_after": "track", "sleep": 1799.6, "consume": true,
        });
        assert_eq!(
            status(&fields),
            "⏹ stopped  shuffle albums  consume  stops after this track  sleeps in 29:59"
        );
        assert_eq!(status(&serde_json::json!({ "state": "stopped", "volume": 100 })), "⏹ stopped");
    }

    #[test]
    fn the_queue_marks_what_plays() {
        let rows = serde_json::json!([
            { "number": 2, "artist": "A", "title": "B", "current": false },
            { "number": 1, "artist": null, "title": "C", "current": true },
        ]);
        assert_eq!(queue(&rows), "   2  A - B\n▶  1  C\n");
    }
}
