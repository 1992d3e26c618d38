//! The player's place on a machine, with the programs that read what it brings: `man`, three shells, the desktop's
//! validator. Run with `cargo test --features live-tests --test live_setup`.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use support::Home;

fn packaging(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging").join(name)
}

fn output(program: &str, words: &[&str], home: &Home) -> (String, String) {
    let mut command = Command::new(program);
    command.args(words).current_dir(home.path("")).env("HOME", home.path("")).stdin(Stdio::null());
    command.env("LC_ALL", "C.UTF-8").env("MANWIDTH", "80").env("MAN_KEEP_FORMATTING", "");
    let Output { status, stdout, stderr } =
        command.output().unwrap_or_else(|error| panic!("this test needs the program `{program}`: {error}"));
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(stdout), text(stderr));
    assert!(status.success(), "{program} {words:?} ends with {status}: {out}{err}");
    (out, err)
}

#[test]
fn every_page_of_the_manual_is_set_without_a_warning() {
    let home = Home::new();
    home.run(["man", "-o", "pages"]).ends(0);
    let mut pages = 0;
    for page in std::fs::read_dir(home.path("pages")).unwrap() {
        let page = page.unwrap().path();
        let (text, warnings) = output("man", &["--warnings", "-l", page.to_str().unwrap()], &home);
        assert_eq!(warnings, "", "{}", page.display());
        for heading in ["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "SEE ALSO"] {
            assert!(text.contains(heading), "{} has no {heading}", page.display());
        }
        assert!(!text.contains('`'), "{}", page.display());
        pages += 1;
    }
    assert!(pages > 30, "{pages} pages");
}

#[test]
fn bash_zsh_and_fish_offer_commands_options_and_words() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish"] {
        std::fs::write(home.path(format!("_{shell}")), home.run(["completions", shell]).ends(0).bytes)
            .unwrap();
    }
    let bash = |words: &str| {
        let count = words.split(' ').count() - 1;
        let script = format!(
            "source ./_bash; COMP_WORDS=({words}); COMP_CWORD={count}; _tonearm tonearm \"${{COMP_WORDS[{count}]}}\" \
             \"${{COMP_WORDS[{}]}}\"; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            count - 1
        );
        output("bash", &["--norc", "-c", &script], &home).0
    };
    assert!(bash("tonearm vol").lines().any(|line| line == "volume"));
    assert!(bash("tonearm play --sh").lines().any(|line| line == "--shuffle"));
    assert!(bash("tonearm shuffle alb").lines().any(|line| line == "albums"));
    let fish = |words: &str| {
        output("fish", &["-N", "-c", &format!("source ./_fish; complete -C '{words}'")], &home).0
    };
    assert!(fish("tonearm vol").starts_with("volume\t"));
    assert!(fish("tonearm play --gain ").lines().any(|line| line.starts_with("album\t")));
    assert!(fish("tonearm shuffle alb").starts_with("albums"));
    // zsh completes at a terminal only; that it reads the script and binds it is what can be seen here.
    std::fs::create_dir(home.path("functions")).unwrap();
    std::fs::rename(home.path("_zsh"), home.path("functions/_tonearm")).unwrap();
    let script = "fpath=($PWD/functions $fpath); autoload -Uz compinit; compinit -u -d dump; autoload +X _tonearm; \
                  print $_comps[tonearm]; functions _tonearm | grep -c albums";
    let (out, _) = output("zsh", &["-f", "-c", script], &home);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], "_tonearm", "{out}");
}

#[test]
fn the_desktop_entry_and_the_unit_are_valid() {
    let home = Home::new();
    let entry = packaging("tonearm.desktop");
    assert_eq!(output("desktop-file-validate", &[entry.to_str().unwrap()], &home).0, "");
    // The unit's command is one that the program takes.
    let unit = std::fs::read_to_string(packaging("tonearm.service")).unwrap();
    let line = unit.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/bin/tonearm ")).unwrap();
    let words: Vec<&str> = line.split(' ').chain(["--help"]).collect();
    home.run(words).ends(0);
}
