//! Runs the cookbook: every `sh` block that is not marked `no-run`, in bash, in a home with the files that it names. A
//! command that fails, or finds less than all, ends its block.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use support::{Home, ROCKY_IV, Running, Sound, rocky_iv, tags};

/// What the recipes take for granted: music, and listings that ask for it.
fn kitchen() -> Home {
    let lines = |rows: &[(&str, &str)]| {
        let lines = rows.iter().zip(1..).map(|((artist, title), n)| format!("{n}. {artist} - {title}\n"));
        lines.collect::<String>()
    };
    let rows: String =
        ROCKY_IV.iter().map(|(artist, title)| format!("<li>{artist} - {title}</li>\n")).collect();
    let page = format!("<html><body><h1>Rocky IV</h1>\n<ol>\n{rows}</ol></body></html>\n");
    let whole = Sound::tone(8000);
    let sheet = "PERFORMER \"Velo\"\nTITLE \"Disc\"\nFILE \"disc.wav\" WAVE\n  TRACK 01 AUDIO\n    TITLE \"Amber\"\n    \
                 INDEX 01 00:00:00\n  TRACK 02 AUDIO\n    TITLE \"Basalt\"\n    INDEX 01 00:00:30\n";
    let home = Home::new()
        .sound("Motown/Edwin Starr - War.wav", &Sound::short(), &tags("Edwin Starr", "War", None))
        .file("page.html", page)
        .file("rocky-iv.txt", lines(&ROCKY_IV))
        .file("party.txt", lines(&[ROCKY_IV[0], ROCKY_IV[3], ROCKY_IV[9]]))
        .file("disc.cue", sheet);
    whole.write(&home.path("disc.wav"));
    rocky_iv(&home.path("Music/Rocky IV"), &Sound::tone(8000).cut(10));
    home
}

/// Blocks that are to be run, with the heading above each.
fn blocks(page: &str) -> Vec<(String, String)> {
    let (mut blocks, mut heading, mut block) = (Vec::new(), String::new(), None::<String>);
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut block) {
            (Some(_), Some(_)) => blocks.extend(block.take().map(|block| (heading.clone(), block))),
            (Some("sh"), None) => block = Some(String::new()),
            (_, Some(block)) => *block += &format!("{line}\n"),
            (_, None) => heading = line.strip_prefix("## ").map_or(heading, str::to_owned),
        }
    }
    // What is no `sh` block opens and closes without a word.
    blocks
}

fn path_with_tonearm() -> std::ffi::OsString {
    let folder = Path::new(env!("CARGO_BIN_EXE_tonearm")).parent().unwrap().to_owned();
    let others = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = [folder].into_iter().chain(std::env::split_paths(&others)).collect();
    std::env::join_paths(folders).unwrap()
}

#[test]
fn every_recipe_comes_out() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("COOKBOOK.md")).unwrap();
    let blocks = blocks(&page);
    assert!(blocks.len() >= 8, "only {} blocks were found", blocks.len());
    for (heading, block) in blocks {
        let home = kitchen();
        let mut command = Command::new("bash");
        command.args(["-euo", "pipefail", "-c", &block]);
        command
            .current_dir(home.path(""))
            .env_clear()
            .env("PATH", path_with_tonearm())
            .env("HOME", home.path(""))
            .env("TONEARM_HOME", home.path("state"))
            .env("TONEARM_OUTPUT", "null")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let outcome = Running::start(&mut command).end();
        let _ = home.run(["quit"]); // should a block have left a player behind
        assert_eq!(outcome.code(), 0, "{heading}:\n{block}{outcome}");
    }
}
