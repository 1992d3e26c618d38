//! Takes a file name; gives whether it is that of an audio file, and whether tonearm plays such.
//! Never opens the file: what is in it is for the tag reader and the decoder to say.

use std::path::Path;

/// What a file's extension says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Audio that tonearm plays.
    Playable,
    /// Audio for which tonearm has no decoder; worth naming when a track is missed.
    Unplayable,
}

/// One row a file extension, in lower case: what it is and whether the tag reader knows it.
struct Extension {
    name: &'static str,
    kind: FileKind,
    known_tags: bool,
}

const fn playable(name: &'static str) -> Extension {
    Extension { name, kind: FileKind::Playable, known_tags: true }
}

const fn playable_demuxed(name: &'static str) -> Extension {
    Extension { name, kind: FileKind::Playable, known_tags: false }
}

const fn unplayable(name: &'static str) -> Extension {
    Extension { name, kind: FileKind::Unplayable, known_tags: true }
}

const fn unplayable_unknown(name: &'static str) -> Extension {
    Extension { name, kind: FileKind::Unplayable, known_tags: false }
}

/// The commonest first: they are looked up once a file.
const EXTENSIONS: &[Extension] = &[
    playable("flac"),
    playable("mp3"),
    playable("m4a"),
    playable("ogg"),
    playable("opus"),
    playable("wav"),
    playable("m4b"),
    playable("mp4"),
    playable("m4v"),
    playable("m4r"),
    playable_demuxed("mov"),
    playable("aac"),
    playable("oga"),
    playable("aif"),
    playable("aiff"),
    playable("aifc"),
    playable("wave"),
    playable("mp2"),
    playable("mp1"),
    playable_demuxed("caf"),
    playable_demuxed("mka"),
    playable_demuxed("webm"),
    playable_demuxed("mkv"),
    unplayable("wv"),
    unplayable("ape"),
    unplayable("mpc"),
    unplayable("m4p"),
    unplayable("spx"),
    unplayable_unknown("wma"),
    unplayable_unknown("dsf"),
    unplayable_unknown("dff"),
    unplayable_unknown("tta"),
    unplayable_unknown("tak"),
    unplayable_unknown("ac3"),
    unplayable_unknown("dts"),
    unplayable_unknown("ra"),
    unplayable_unknown("amr"),
];

impl FileKind {
    /// What the file's extension says, in upper or lower case; `None` for anything but audio.
    pub fn of(path: &Path) -> Option<Self> {
        extension(path).map(|extension| extension.kind)
    }
}

/// Whether the tag reader knows such files.
pub(super) fn has_known_tags(path: &Path) -> bool {
    extension(path).is_some_and(|extension| extension.known_tags)
}

fn extension(path: &Path) -> Option<&'static Extension> {
    let name = path.extension()?.to_str()?;
    EXTENSIONS.iter().find(|extension| extension.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_lower_case_and_names_nothing_twice() {
        for (index, extension) in EXTENSIONS.iter().enumerate() {
            assert_eq!(extension.name, extension.name.to_ascii_lowercase());
            assert!(
                EXTENSIONS[..index].iter().all(|other| other.name != extension.name),
                "{}",
                extension.name
            );
        }
    }

    #[test]
    fn extensions_count_in_either_case() {
        let kind = |name: &str| FileKind::of(Path::new(name));
        assert_eq!(kind("a/b.FLAC"), Some(FileKind::Playable));
        assert_eq!(kind("a.b.Ape"), Some(FileKind::Unplayable));
        assert_eq!(kind("live.MKV"), Some(FileKind::Playable));
        assert_eq!(kind("live.mov"), Some(FileKind::Playable));
        assert_eq!(kind("cover.jpg"), None);
        assert_eq!(kind("flac"), None);
        assert_eq!(kind(".flac"), None);
    }
}
