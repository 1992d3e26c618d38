//! Takes a listing and the folder it lies in; gives it with the entries of the lists that it names in
//! their place. Follows each list once, so a list that holds itself ends. Never drops an entry: one
//! whose list is not followed stays.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::format::{self, location};
use super::named::named;
use super::{Entry, Listing};

/// Extensions of playlists that a playlist may name.
const LISTS: &[&str] = &["m3u", "m3u8", "pls", "xspf", "jspf", "cue"];

/// Lists inside lists are followed to this depth, and as many of them in all.
const DEEPEST: usize = 32;
const MOST: usize = 1_000;

/// The listing with the lists that it names read into it. `path` is its own file, where it has one.
pub fn follow_lists(mut listing: Listing, path: Option<&Path>, folder: &Path) -> Listing {
    if !listing.entries.iter().any(names_list) {
        return listing;
    }
    let mut seen: HashSet<PathBuf> = path.and_then(|path| path.canonicalize().ok()).into_iter().collect();
    listing.entries = expanded(listing.entries, folder, &mut seen, 0);
    listing
}

fn names_list(entry: &Entry) -> bool {
    let extension = entry.file.as_deref().and_then(Path::extension).and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| LISTS.iter().any(|list| extension.eq_ignore_ascii_case(list)))
}

fn expanded(entries: Vec<Entry>, folder: &Path, seen: &mut HashSet<PathBuf>, depth: usize) -> Vec<Entry> {
    let mut all = Vec::with_capacity(entries.len());
    for mut entry in entries {
        let list = names_list(&entry).then(|| named(&entry, folder)).flatten();
        let room = depth < DEEPEST && seen.len() < MOST;
        match list.and_then(|list| list.canonicalize().ok()).filter(|_| room) {
            Some(list) => {
                if seen.insert(list.clone()) {
                    let inner = read(&list);
                    let folder = list.parent().unwrap_or(folder);
                    match inner {
                        Some(inner) => all.extend(expanded(inner.entries, folder, seen, depth + 1)),
                        None => all.push(entry),
                    }
                }
            }
            None => {
                if depth > 0 {
                    entry.file = entry.file.map(|file| below(folder, file));
                }
                all.push(entry);
            }
        }
    }
    all
}

fn read(list: &Path) -> Option<Listing> {
    let bytes = std::fs::read(list).ok()?;
    format::read(&bytes, list.to_str()).ok()
}

/// A name of an inner list as its outer list would write it.
fn below(folder: &Path, file: PathBuf) -> PathBuf {
    let is_uri =
        file.to_str().is_some_and(|text| location::is_url(text) || location::file_uri(text).is_some());
    if is_uri { file } else { folder.join(file) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn titles(listing: &Listing) -> Vec<&str> {
        listing.entries.iter().map(|entry| entry.title.as_str()).collect()
    }

    #[test]
    fn lists_are_followed_once_and_in_place() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("sub")).unwrap();
        std::fs::write(at("outer.m3u"), "a.mp3\nsub/inner.pls\nouter.m3u\nsub/inner.pls\ngone.m3u\nz.mp3\n")
            .unwrap();
        std::fs::write(at("sub/inner.pls"), "[playlist]\nFile1=b.mp3\nFile2=../outer.m3u\n").unwrap();
        let outer = format::read(&std::fs::read(at("outer.m3u")).unwrap(), Some("m3u")).unwrap();
        let listing = follow_lists(outer, Some(&at("outer.m3u")), folder.path());
        assert_eq!(titles(&listing), ["a", "b", "gone.m3u", "z"]);
        let inner = listing.entries[1].file.clone().unwrap();
        assert_eq!(inner, at("sub").canonicalize().unwrap().join("b.mp3"));
    }

    #[test]
    fn a_long_chain_of_lists_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..100 {
            let next = format!("{}.m3u\n", number + 1);
            std::fs::write(folder.path().join(format!("{number}.m3u")), next).unwrap();
        }
        let first = format::read(b"0.m3u\n", Some("m3u")).unwrap();
        let listing = follow_lists(first, None, folder.path());
        assert_eq!(listing.entries.len(), 1, "what is too deep stays as an entry");
    }
}
