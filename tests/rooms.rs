//! Holds the `crate::` paths of every source file against the arrows drawn in `src/lib.rs`, so
//! that the picture stays true; and wants a header in every file.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// Who may see whom. A room that is not here is unknown, and the test says so.
const ARROWS: &[(&str, &[&str])] = &[
    ("cli", &["player", "control", "tui", "playlist", "library", "playback", "queue", "resume", "config"]),
    ("control", &["player", "playlist", "library"]),
    ("tui", &["player", "playlist", "library"]),
    ("player", &["playback", "queue"]),
    ("playlist", &["library"]),
    ("library", &[]),
    ("playback", &[]),
    ("queue", &[]),
    ("resume", &["player"]),
    ("config", &[]),
    ("errand", &[]),
    ("cue", &[]),
    ("encoding", &[]),
    ("guard", &[]),
    ("memory", &[]),
    ("paths", &[]),
    ("sanitise", &[]),
    ("table", &[]),
];

/// Shelves that stand beside the rooms: all may use them, they use nobody.
const SHELVES: &[&str] = &["cue", "encoding", "errand", "guard", "memory", "paths", "sanitise", "table"];

#[test]
fn imports_follow_the_arrows() {
    let wrong: Vec<String> = sources().iter().flat_map(|(file, text)| wrong_paths(file, text)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_begins_by_saying_what_it_takes_gives_and_never_does() {
    for (file, text) in sources() {
        assert!(text.starts_with("//! "), "src/{} has no header", file.display());
    }
}

/// What can wait for another thread, for a file or for a terminal. Locks that nobody contends leave no trace at run time,
/// so that it is the source that must not name them.
const WAITS: &[&str] = &[
    "Mutex", "RwLock", "Condvar", "Barrier", "mpsc", "park", "sleep", "join()", "tracing", "print",
    "std::fs", "std::io",
];

#[test]
fn the_callback_names_nothing_that_waits() {
    let callback = Path::new("playback/realtime");
    let mut files = 0;
    for (file, text) in
        sources().iter().filter(|(file, _)| file.starts_with(callback) && !file.ends_with("tests.rs"))
    {
        files += 1;
        for (line, code) in text.lines().enumerate() {
            let code = code.split("//").next().unwrap();
            let waits = WAITS.iter().find(|word| code.contains(*word));
            assert_eq!(waits, None, "src/{}:{}", file.display(), line + 1);
        }
    }
    assert!(files > 4, "the callback has moved");
}

#[test]
fn every_room_of_the_table_can_be_reached_from_the_map() {
    let map = fs::read_to_string(src().join("lib.rs")).unwrap();
    let modules = map.lines().filter_map(|line| line.trim().strip_prefix("pub mod ")?.strip_suffix(';'));
    for module in modules {
        assert!(ARROWS.iter().any(|(room, _)| *room == module), "no arrows are drawn for `{module}`");
    }
}

mod the_checker {
    use super::*;

    fn wrong(file: &str, text: &str) -> Vec<String> {
        wrong_paths(Path::new(file), text)
    }

    #[test]
    fn lets_through_what_the_picture_allows() {
        assert!(
            wrong("playlist/matching/score.rs", "use crate::library::Track;\nuse crate::playlist::Entry;")
                .is_empty()
        );
        assert!(wrong("queue.rs", "use crate::paths::Paths;").is_empty());
        assert!(wrong("player.rs", "use crate::{playback::Engine, queue::{ItemId, Queue}};").is_empty());
        assert!(wrong("main.rs", "use tonearm::cli;").is_empty());
    }

    #[test]
    fn finds_what_it_forbids() {
        for (file, text) in [
            ("queue.rs", "use crate::playback::Format;"),
            ("playback/feed.rs", "    use crate::library::Track;"),
            ("library/scan.rs", "fn f() -> crate::playlist::Listing { todo!() }"),
            (
                "player.rs",
                "pub(crate) use crate::{\n    queue::Queue, // fine\n    library::{self, Track},\n};",
            ),
            ("playlist/mod.rs", "use crate::{playback};"),
            ("control/mpd.rs", "use crate::{player::Status, playback::{decode::open}};"),
            ("tui/mod.rs", "use crate::cli::Command;"),
            ("sanitise.rs", "use crate::paths::Paths;"),
            ("queue.rs", "use crate::*;"),
            ("queue.rs", "use crate as all;"),
            ("playback/mod.rs", "use super::library::Track;"),
            ("playback/decode/mod.rs", "use super::super::library::Track;"),
            ("queue.rs", "use tonearm::library::Track;"),
            ("queue.rs", "mod tests {\n    use super::*;\n    use crate::player::Status;\n}"),
            ("unheard_of.rs", ""),
        ] {
            assert_eq!(wrong(file, text).len(), 1, "{file}: {text}: {:?}", wrong(file, text));
        }
    }

    #[test]
    fn does_not_read_comments_and_strings() {
        let text = "//! never crate::cli\n/// [`crate::cli`]\nfn f() {} // crate::cli\nconst A: &str = \"crate::cli\";";
        assert!(wrong("queue.rs", text).is_empty());
    }
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every source file, its path below `src`.
fn sources() -> Vec<(PathBuf, String)> {
    let files = walkdir::WalkDir::new(src()).sort_by_file_name().into_iter().map(Result::unwrap);
    let rust = files.filter(|file| file.path().extension().is_some_and(|extension| extension == "rs"));
    let sources: Vec<_> = rust
        .map(|file| {
            (file.path().strip_prefix(src()).unwrap().to_owned(), fs::read_to_string(file.path()).unwrap())
        })
        .collect();
    assert!(!sources.is_empty());
    sources
}

/// One sentence for each path of the file that goes against the arrows.
fn wrong_paths(file: &Path, text: &str) -> Vec<String> {
    let room = room_of(file);
    let place = format!("src/{}", file.display());
    if ["main", "lib"].contains(&room.as_str()) {
        return Vec::new(); // the doorbell and the map
    }
    let Some((_, may_see)) = ARROWS.iter().find(|(name, _)| *name == room) else {
        return vec![format!("{place}: no arrows are drawn for `{room}`")];
    };
    let allowed = |seen: &str| {
        seen == room
            || may_see.contains(&seen)
            || (SHELVES.contains(&seen) && !SHELVES.contains(&room.as_str()))
    };
    rooms_seen(&code_only(text), depth_of(file))
        .into_iter()
        .filter(|seen| !allowed(seen))
        .map(|seen| format!("{place}: `{room}` must not see `{seen}`"))
        .collect()
}

/// The room a file belongs to: the folder or file right below `src`.
fn room_of(file: &Path) -> String {
    let first = file.components().next().unwrap();
    Path::new(&first).file_stem().unwrap().to_str().unwrap().to_owned()
}

/// How many `super::` lead from the file's own module to the crate's root.
fn depth_of(file: &Path) -> usize {
    let parts = file.components().count();
    if file.file_name().unwrap() == "mod.rs" { parts - 1 } else { parts }
}

/// The source without comments and the insides of strings.
fn code_only(text: &str) -> String {
    let without_comment = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    let without_strings = |line: String| line.split('"').step_by(2).collect::<Vec<_>>().join("\"\"");
    text.lines().map(|line| without_comment(&without_strings(line.to_owned()))).collect::<Vec<_>>().join("\n")
}

/// The first names of all paths that begin at the crate's root, in whichever way that is written.
fn rooms_seen(code: &str, depth: usize) -> Vec<String> {
    let to_root = "super::".repeat(depth);
    let outside_tests = code.split("mod tests {").next().unwrap_or_default(); // there `super` means less
    let roots = [("crate::", code), ("tonearm::", code), ("crate as", code), (&to_root, outside_tests)];
    let mut seen = Vec::new();
    for (root, code) in roots {
        for (at, _) in code.match_indices(root) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '$') {
                continue;
            }
            seen.extend(first_names(code[at + root.len()..].trim_start()));
        }
    }
    seen
}

/// Of `a::b` the `a`; of `{a::{b, c}, d as e}` the `a` and the `d`; of anything else itself.
fn first_names(path: &str) -> Vec<String> {
    let Some(list) = path.strip_prefix('{') else {
        return vec![name(path)];
    };
    let mut names = Vec::new();
    let mut depth = 0;
    let mut at_start = true;
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => at_start = true,
            c if c.is_whitespace() => {}
            _ if at_start => {
                names.push(name(&list[at..]));
                at_start = false;
            }
            _ => {}
        }
    }
    names
}

fn name(path: &str) -> String {
    let name: String = path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    if name.is_empty() { "everything".to_owned() } else { name }
}
