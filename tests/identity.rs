//! What a file is does not change with its name and its tags; another sound is another file.
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use lofty::config::WriteOptions;
use lofty::file::TaggedFileExt;
use lofty::picture::{MimeType, Picture, PictureType};
use lofty::tag::{Accessor, ItemKey, Tag, TagExt, TagType};
use tonearm::library::{Identity, IdentityError, identify};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// A copy of a fixture that may be written to.
struct Copy {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Copy {
    fn of(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("another name of {name}"));
        fs::copy(fixture(name), &path).unwrap();
        Self { _folder: folder, path }
    }

    fn identity(&self) -> Identity {
        identify(&self.path).unwrap()
    }

    /// Writes a tag of this kind, with words and a picture of so many bytes.
    fn tag(&self, kind: TagType, picture: usize) {
        let mut tag = Tag::new(kind);
        tag.set_title("Quite another title".into());
        tag.set_artist("Somebody else".into());
        tag.insert_text(ItemKey::Comment, "x".repeat(1000 + picture / 10));
        if picture > 0 && kind != TagType::Id3v1 {
            // As in a JPEG, there are bytes like those that a frame of MP3 begins with.
            let data = [0xFF, 0xFB, 0x90, 0x44].repeat(picture / 4);
            let picture = Picture::unchecked(data).mime_type(MimeType::Jpeg);
            tag.push_picture(picture.pic_type(PictureType::CoverFront).build());
        }
        tag.save_to_path(&self.path, WriteOptions::default()).unwrap();
    }

    fn untag(&self) {
        let file = lofty::read_from_path(&self.path).unwrap();
        for tag in file.tags() {
            tag.tag_type().remove_from_path(&self.path, WriteOptions::default()).unwrap();
        }
    }

    /// Its size, so that a test knows that something was rewritten.
    fn size(&self) -> u64 {
        fs::metadata(&self.path).unwrap().len()
    }
}

/// Re-tags a fixture in several ways; each must leave it what it is.
#[track_caller]
fn survives(name: &str, kinds: &[TagType]) {
    let copy = Copy::of(name);
    let before = copy.identity();
    assert_eq!(before, identify(&fixture(name)).unwrap(), "{name}: another path");
    assert!(before.frames.is_some() && before.rate > 0, "{name}: {before:?}");
    for kind in kinds {
        for picture in [0, 200_000] {
            let size = copy.size();
            copy.tag(*kind, picture);
            assert_eq!(copy.identity(), before, "{name}: {kind:?}, a picture of {picture} bytes");
            assert!(copy.size() != size || *kind == TagType::Id3v1, "{name}: not rewritten");
        }
    }
    copy.untag();
    assert_eq!(copy.identity(), before, "{name}: without tags");
}

#[test]
fn mp3_survives_tags_before_and_behind_the_sound() {
    for name in ["lame.mp3", "lavc.mp3", "untagged.mp3"] {
        survives(name, &[TagType::Id3v2, TagType::Id3v1, TagType::Ape]);
    }
}

#[test]
fn flac_survives_other_comments_padding_and_pictures() {
    survives("short.flac", &[TagType::VorbisComments]);
    survives("mono24.flac", &[TagType::VorbisComments]);
}

#[test]
fn mp4_survives_a_header_that_moves_the_sound() {
    survives("short.m4a", &[TagType::Mp4Ilst]);
    survives("lavc.m4a", &[TagType::Mp4Ilst]);
}

#[test]
fn ogg_survives_other_pages() {
    survives("vorbis.ogg", &[TagType::VorbisComments]);
    survives("opus.opus", &[TagType::VorbisComments]);
}

#[test]
fn adts_and_aiff_survive() {
    survives("adts.aac", &[TagType::Id3v2]);
    survives("mono24.aiff", &[TagType::Id3v2]);
}

#[test]
fn sound_that_is_only_put_into_another_container_keeps_its_hash() {
    let audio = |name: &str| identify(&fixture(name)).unwrap().audio;
    assert_eq!(audio("adts.aac"), audio("lavc.m4a"));
    assert_eq!(audio("opus.opus"), audio("opus.webm"));
}

#[test]
fn every_container_says_how_long_it_is() {
    for name in ["gain.mka", "sheet.mka", "opus.webm", "vorbis.webm", "gain.caf", "opus.mp4", "short.oga"] {
        let identity = identify(&fixture(name)).unwrap();
        assert!(identity.frames.is_some(), "{name}: {identity:?}");
    }
}

#[test]
fn no_two_fixtures_are_one_file() {
    let mut audio = HashSet::new();
    for name in ["lame.mp3", "lavc.m4a", "short.m4a", "vorbis.ogg", "opus.opus", "short.flac", "mono24.flac"]
    {
        assert!(audio.insert(identify(&fixture(name)).unwrap().audio), "{name}");
    }
}

#[test]
fn sound_that_is_cut_short_is_another_file() {
    let copy = Copy::of("short.flac");
    let before = copy.identity();
    let bytes = fs::read(&copy.path).unwrap();
    fs::write(&copy.path, &bytes[..bytes.len() / 2]).unwrap();
    assert!(!copy.identity().is_same(&before));
}

#[test]
fn what_is_no_sound_has_no_identity() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mp3");
    assert!(matches!(identify(&path), Err(IdentityError::Unreadable(_))));
    assert!(matches!(identify(folder.path()), Err(IdentityError::NotAFile)));
    for bytes in [&b""[..], b"TAG", b"just words, no music", &[0; 5000]] {
        fs::write(&path, bytes).unwrap();
        assert!(matches!(identify(&path), Err(IdentityError::NoSound(_))), "{bytes:?}");
    }
}
