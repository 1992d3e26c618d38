//! Takes README and cookbook; holds every command in them against the command line.
//! Never runs one: `tests/cookbook.rs` does.
#![allow(clippy::unwrap_used)]

use super::{command, remote, with_play};

const PAGES: [(&str, &str); 2] =
    [("README.md", include_str!("../../README.md")), ("COOKBOOK.md", include_str!("../../COOKBOOK.md"))];

/// Lines of the page that a shell is meant to read: those of its `sh` blocks.
fn lines(page: &str) -> Vec<&str> {
    let mut inside = false;
    let lines = page.lines().filter(|line| {
        if let Some(info) = line.strip_prefix("```") {
            inside = !inside && info.split(' ').next() == Some("sh");
            return false;
        }
        inside
    });
    lines.collect()
}

/// Pieces of text between single backticks that begin as a command of ours, outside of blocks.
fn in_text(page: &str) -> Vec<&str> {
    let mut inside = false;
    let lines = page.lines().filter(|line| {
        inside ^= line.starts_with("```");
        !inside
    });
    lines
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .filter(|code| code.starts_with("tonearm "))
        .collect()
}

/// The commands of a shell's line: words, quotes taken away, cut at pipes and the like, comments left out.
fn commands(line: &str) -> Vec<Vec<String>> {
    let (mut commands, mut words, mut word) = (Vec::new(), Vec::new(), None::<String>);
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => break,
            (None, ' ') => words.extend(word.take()),
            (None, '|' | ';' | '&') => {
                words.extend(word.take());
                commands.push(std::mem::take(&mut words));
            }
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    commands.push(words);
    commands.into_iter().filter(|words| words.first().is_some_and(|word| word == "tonearm")).collect()
}

/// What is wrong with a command, if anything is.
fn fault(words: &[String]) -> Option<String> {
    let words = with_play(words.iter().map(Into::into));
    let matches = match command().try_get_matches_from(words) {
        Ok(matches) => matches,
        Err(error) if !error.use_stderr() => return None,
        Err(error) => return Some(error.to_string()),
    };
    let (name, of_verb) = matches.subcommand()?;
    if !remote::is_verb(name) {
        return None;
    }
    let arguments = of_verb.try_get_many::<String>("argument").ok().flatten();
    let arguments: Vec<String> = arguments.into_iter().flatten().cloned().collect();
    crate::control::parse(name, &arguments).err().map(|error| error.to_string())
}

#[test]
fn every_command_of_readme_and_cookbook_is_understood() {
    let mut count = 0;
    for (name, page) in PAGES {
        for words in lines(page).into_iter().flat_map(commands) {
            assert_eq!(fault(&words), None, "{name}: {}", words.join(" "));
            count += 1;
        }
    }
    assert!(count > 30, "only {count} commands were found");
}

#[test]
fn so_is_every_command_in_their_text_that_is_whole() {
    let mut count = 0;
    for (name, page) in PAGES {
        // What stands for others is no command: `tonearm play INPUT...`, `tonearm LISTING`.
        let is_whole = |code: &&str| !code.contains("...") && !code.contains(['|', '(']);
        for words in in_text(page).into_iter().filter(is_whole).flat_map(commands) {
            let stands_for = |word: &String| word.bytes().all(|byte| byte.is_ascii_uppercase());
            let names_a_command = words.len() == 2 && command().find_subcommand(&words[1]).is_some();
            if names_a_command || words.iter().any(stands_for) {
                continue;
            }
            assert_eq!(fault(&words), None, "{name}: {}", words.join(" "));
            count += 1;
        }
    }
    assert!(count > 4, "only {count} commands were found");
}

#[test]
fn a_line_of_a_shell_is_cut_into_commands() {
    let line = "xclip -o | tonearm -  # what you copied";
    assert_eq!(commands(line), [["tonearm", "-"]]);
    let line = "tonearm status --format '{artist} - {title}' && tonearm \"seek\" +10";
    assert_eq!(
        commands(line),
        [vec!["tonearm", "status", "--format", "{artist} - {title}"], vec!["tonearm", "seek", "+10"]]
    );
    assert!(fault(&["tonearm".into(), "stop".into(), "tomorrow".into()]).is_some());
    assert!(fault(&["tonearm".into(), "play".into(), "--loud".into()]).is_some());
}
