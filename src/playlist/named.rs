//! Takes an entry and the folder of its listing; gives the file that the entry names outright, if it is there.
//! Tries the name as written, then percent-decoded, then with backslashes as slashes, each also in the
//! other Unicode normal form. Never opens a URL, a device or a pipe; a file that moved is the matcher's.

use std::path::{Component, Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use super::format::location;
use crate::library::FileKind;
use crate::playlist::{Entry, Listing};

/// The audio file that `entry` names, taken relative to `folder`, where the listing lies. One that was
/// converted since, a `.wav` that is a `.flac` now, is found beside it by its stem.
pub fn named_file(entry: &Entry, folder: &Path) -> Option<PathBuf> {
    let named = named(entry, folder).filter(|path| FileKind::of(path).is_some());
    named.or_else(|| converted(entry, folder))
}

/// What people convert music to, the likeliest first.
const CONVERTED: &[&str] =
    &["flac", "m4a", "mp3", "opus", "ogg", "wav", "aiff", "aif", "mka", "FLAC", "MP3", "wv", "ape", "WAV"];

fn converted(entry: &Entry, folder: &Path) -> Option<PathBuf> {
    let name = entry.file.as_deref()?;
    FileKind::of(name)?;
    spellings(name).iter().find_map(|spelling| of_stem(folder, spelling))
}

/// The audio file of this name but for its extension.
fn of_stem(folder: &Path, name: &Path) -> Option<PathBuf> {
    CONVERTED.iter().find_map(|extension| find(folder, &name.with_extension(extension)))
}

/// Gives the parts of a disc their file where the one that the sheet names is gone: the audio file beside
/// the sheet that is called like it ("Night.cue", "Night.flac").
pub fn beside_sheet(listing: &mut Listing, sheet: &Path) {
    let folder = sheet.parent().unwrap_or(Path::new(""));
    let names = || listing.entries.iter().filter_map(|entry| entry.file.as_ref());
    let is_disc = listing.entries.iter().any(|entry| entry.more.span.is_some());
    let Some(name) = names().next().filter(|first| is_disc && names().all(|name| name == *first)) else {
        return;
    };
    let named = Entry { file: Some(name.clone()), ..Entry::default() };
    if named_file(&named, folder).is_some() {
        return;
    }
    let beside = sheet.file_name().and_then(|name| of_stem(folder, Path::new(name)));
    let Some(beside) = beside.as_deref().and_then(Path::file_name) else { return };
    for entry in listing.entries.iter_mut().filter(|entry| entry.file.is_some()) {
        entry.file = Some(beside.into());
    }
}

/// The plain file of any kind that `entry` names.
pub(super) fn named(entry: &Entry, folder: &Path) -> Option<PathBuf> {
    let name = entry.file.as_deref()?;
    spellings(name).iter().find_map(|spelling| find(folder, spelling))
}

/// What the name may mean, the likeliest first.
fn spellings(name: &Path) -> Vec<PathBuf> {
    let Some(text) = name.to_str() else { return vec![name.to_owned()] };
    if location::is_url(text) {
        return Vec::new();
    }
    let mut spellings = vec![name.to_owned()];
    spellings.extend(location::file_uri(text));
    spellings.extend(location::decoded(text));
    if text.contains('\\') {
        let slashed = text.replace('\\', "/");
        spellings.extend(location::decoded(&slashed));
        spellings.push(slashed.into());
    }
    spellings
}

/// The plain file of this name below `folder`, whichever normal form each part of it has on the disk.
fn find(folder: &Path, name: &Path) -> Option<PathBuf> {
    let whole = folder.join(name);
    if whole.is_file() {
        return Some(whole);
    }
    if name.to_str().is_none_or(str::is_ascii) {
        return None;
    }
    let mut path = folder.to_owned();
    for part in name.components() {
        path = match part {
            Component::Normal(part) => existing(&path, part.to_str()?)?,
            other => path.join(other),
        };
    }
    path.is_file().then_some(path)
}

fn existing(folder: &Path, part: &str) -> Option<PathBuf> {
    let forms = [part.to_owned(), part.nfc().collect(), part.nfd().collect()];
    forms.into_iter().map(|form: String| folder.join(form)).find(|path| path.exists())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The file that a name finds, below a folder that holds these files.
    fn found(files: &[&str], name: &str) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let lists = folder.path().join("lists");
        std::fs::create_dir(&lists).unwrap();
        for file in files {
            let path = lists.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        let name = name.replace("HERE", lists.to_str().unwrap());
        let entry = Entry { file: Some(name.into()), ..Entry::default() };
        let path = named_file(&entry, &lists)?;
        Some(path.to_str().unwrap().replace(lists.to_str().unwrap(), "HERE"))
    }

    #[test]
    fn every_way_to_write_a_name_finds_the_file() {
        for (file, name) in [
            ("a.flac", "a.flac"),
            ("b c.wav", "b%20c.wav"),
            ("pct%20x.wav", "pct%20x.wav"),
            ("d#e.wav", "d#e.wav"),
            ("q?r.wav", "q?r.wav"),
            (" lead.flac", " lead.flac"),
            ("x/y z.mp3", "x\\y z.mp3"),
            ("x/y z.mp3", "x\\y%20z.mp3"),
            ("a b.flac", "file://HERE/a%20b.flac"),
            ("a b.flac", "file://localhostHERE/a%20b.flac"),
            ("a.flac", "HERE/a.flac"),
            ("u\u{308}/o\u{308}.flac", "\u{fc}/\u{f6}.flac"),
            ("\u{fc}/o\u{308}.flac", "u\u{308}/\u{f6}.flac"),
        ] {
            assert_eq!(found(&[file], name), Some(format!("HERE/{file}")), "{name}");
        }
        assert_eq!(found(&["../music/a.flac"], "../music/a.flac").as_deref(), Some("HERE/../music/a.flac"));
        let both = ["b c.wav", "b%20c.wav"];
        assert_eq!(
            found(&both, "b%20c.wav").as_deref(),
            Some("HERE/b%20c.wav"),
            "the literal name comes first"
        );
    }

    #[test]
    fn a_file_that_was_converted_is_found_by_its_stem() {
        assert_eq!(found(&["a b.flac", "a b.txt"], "a b.wav").as_deref(), Some("HERE/a b.flac"));
        assert_eq!(found(&["x/a.mp3"], "x\\a.WAV").as_deref(), Some("HERE/x/a.mp3"));
        assert_eq!(found(&["a.flac"], "b.wav"), None);
        assert_eq!(found(&["a.flac"], "a.txt"), None, "no name of sound");
    }

    #[test]
    fn nothing_but_a_plain_audio_file_is_named() {
        for name in
            ["gone.flac", ".", "", "/dev/null", "/etc/hostname", "http://host/a.flac", "file://host/a.flac"]
        {
            assert_eq!(found(&["a.flac"], name), None, "{name}");
        }
        assert_eq!(named_file(&Entry::default(), Path::new("")), None);
    }
}
