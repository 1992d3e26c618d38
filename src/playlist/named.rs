//! Takes an entry and the folder of its listing; gives the file that the entry names outright, if it is there.
//! Never guesses: an entry whose file has moved is left to the matcher.

use std::path::{Path, PathBuf};

use crate::playlist::Entry;

/// The plain file that `entry` names, taken relative to `folder`, where the listing lies.
pub fn named_file(entry: &Entry, folder: &Path) -> Option<PathBuf> {
    let path = folder.join(entry.file.as_ref()?);
    path.is_file().then_some(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_name_is_taken_from_where_the_listing_lies_and_must_be_a_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.flac"), "x").unwrap();
        let named = |name: &str| Entry { file: Some(name.into()), ..Entry::default() };
        assert_eq!(named_file(&named("a.flac"), folder.path()), Some(folder.path().join("a.flac")));
        assert_eq!(named_file(&named("b.flac"), folder.path()), None);
        assert_eq!(named_file(&named("."), folder.path()), None);
        assert_eq!(named_file(&Entry::default(), folder.path()), None);
    }
}
