//! What a scan of music folders finds, and what it does not read again.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use lofty::config::WriteOptions;
use lofty::tag::{ItemKey, Tag, TagExt, TagType};
use tempfile::TempDir;
use tonearm::library::{Codec, FileKind, Library, ProblemKind, Progress, ScanError, Tags, Track, open, scan};

/// A music folder and an index that vanish with it.
struct Shelf {
    folder: TempDir,
}

impl Shelf {
    fn new() -> Self {
        let shelf = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(shelf.music()).unwrap();
        shelf
    }

    fn music(&self) -> PathBuf {
        self.folder.path().join("music")
    }

    fn index(&self) -> PathBuf {
        self.folder.path().join("cache/library.idx")
    }

    /// Puts a file below the music folder.
    fn put(&self, name: impl AsRef<Path>, bytes: &[u8]) -> PathBuf {
        let path = self.music().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Puts a tagged file there.
    fn put_tagged(&self, name: &str, bytes: &[u8], kind: TagType, tags: &[(ItemKey, &str)]) -> PathBuf {
        let path = self.put(name, bytes);
        let mut tag = Tag::new(kind);
        for (key, value) in tags {
            tag.push(lofty::tag::TagItem::new(*key, lofty::tag::ItemValue::Text((*value).into())));
        }
        tag.save_to_path(&path, WriteOptions::default()).unwrap();
        path
    }

    fn scan(&self) -> Library {
        scan(&[self.music()], &self.index(), |_| {}).unwrap()
    }

    /// Looks at the folders only.
    fn open(&self) -> Library {
        open(&[self.music()], &self.index(), |_| {}).unwrap()
    }
}

/// 16-bit mono at 8 kHz: small, and 8000 samples are a second.
fn wav(samples: u32) -> Vec<u8> {
    let data = samples * 2;
    let mut bytes = Vec::new();
    bytes.extend(b"RIFF");
    bytes.extend((36 + data).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16_u32.to_le_bytes());
    bytes.extend([1, 0, 1, 0]);
    bytes.extend(8000_u32.to_le_bytes());
    bytes.extend(16_000_u32.to_le_bytes());
    bytes.extend([2, 0, 16, 0]);
    bytes.extend(b"data");
    bytes.extend(data.to_le_bytes());
    bytes.resize(bytes.len() + data as usize, 0);
    bytes
}

/// A FLAC header (RFC 9639, section 8.2) that tells of 44.1 kHz stereo, 16 bits, and something
/// that begins like a frame.
fn flac(samples: u64) -> Vec<u8> {
    let mut bytes = b"fLaC\x80\0\0\x22".to_vec();
    bytes.extend(4096_u16.to_be_bytes());
    bytes.extend(4096_u16.to_be_bytes());
    bytes.extend([0; 6]);
    let rate_channels_bits_samples = (44_100 << 44) | (1 << 41) | (15 << 36) | samples;
    bytes.extend(rate_channels_bits_samples.to_be_bytes());
    bytes.extend([0; 16]);
    bytes.extend([0xFF, 0xF8]);
    bytes.resize(bytes.len() + 1000, 0);
    bytes
}

/// 16-bit mono at 8 kHz in Apple's Core Audio Format.
fn caf(samples: u64) -> Vec<u8> {
    let mut bytes = b"caff\0\x01\0\0desc".to_vec();
    bytes.extend(32_u64.to_be_bytes());
    bytes.extend(8000_f64.to_be_bytes());
    bytes.extend(b"lpcm");
    for field in [0_u32, 2, 1, 1, 16] {
        bytes.extend(field.to_be_bytes());
    }
    bytes.extend(b"data");
    bytes.extend((4 + samples * 2).to_be_bytes());
    bytes.resize(bytes.len() + 4 + samples as usize * 2, 0);
    bytes
}

fn names(library: &Library) -> Vec<String> {
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    library.tracks().map(|track| name(&track.path)).collect()
}

mod what_is_found {
    use super::*;

    #[test]
    fn tags_and_headers_are_read() {
        let shelf = Shelf::new();
        let tags = [
            (ItemKey::TrackTitle, " Heart's on Fire "),
            (ItemKey::TrackArtist, "John Cafferty"),
            (ItemKey::AlbumTitle, "Rocky IV"),
            (ItemKey::AlbumArtist, "Various Artists"),
            (ItemKey::Composer, "Vince DiCola"),
            (ItemKey::Genre, "Soundtrack"),
            (ItemKey::RecordingDate, "1985-11-27"),
            (ItemKey::TrackNumber, "5/10"),
            (ItemKey::DiscNumber, "1"),
        ];
        let path = shelf.put_tagged("a.flac", &flac(441_000), TagType::VorbisComments, &tags);
        let library = shelf.scan();
        let track = library.track(0).unwrap();
        assert_eq!(track.path, path);
        assert_eq!(track.size, fs::metadata(&path).unwrap().len());
        assert_eq!(track.codec, Codec::Flac);
        assert_eq!(track.length, Some(Duration::from_secs(10)));
        let expected = Tags {
            title: Some("Heart's on Fire".into()),
            artist: Some("John Cafferty".into()),
            album: Some("Rocky IV".into()),
            album_artist: Some("Various Artists".into()),
            composer: Some("Vince DiCola".into()),
            genre: Some("Soundtrack".into()),
            date: Some("1985-11-27".into()),
            track: Some(5),
            disc: Some(1),
        };
        assert_eq!(track.tags, expected);
        assert!(library.problems.is_empty());
    }

    #[test]
    fn of_several_tags_the_one_usual_in_such_files_wins() {
        let shelf = Shelf::new();
        let path = shelf.put_tagged(
            "a.wav",
            &wav(8000),
            TagType::RiffInfo,
            &[(ItemKey::TrackTitle, "in the other")],
        );
        let mut tag = Tag::new(TagType::Id3v2);
        tag.insert_text(ItemKey::TrackTitle, "in the usual tag".into());
        tag.save_to_path(&path, WriteOptions::default()).unwrap();
        let library = shelf.scan();
        assert_eq!(library.track(0).unwrap().tags.title.as_deref(), Some("in the usual tag"));
        assert_eq!(library.track(0).unwrap().length, Some(Duration::from_secs(1)));
    }

    #[test]
    fn what_a_file_is_counts_for_more_than_its_name() {
        let shelf = Shelf::new();
        shelf.put("really-flac.wav", &flac(44_100));
        let library = shelf.scan();
        assert_eq!(library.track(0).unwrap().codec, Codec::Flac);
        assert_eq!(library.track(0).unwrap().length, Some(Duration::from_secs(1)));
    }

    #[test]
    fn blank_and_endless_tags_say_little() {
        let shelf = Shelf::new();
        let endless = "A".repeat(1_000_000);
        let tags =
            [(ItemKey::TrackTitle, "  "), (ItemKey::AlbumTitle, &endless), (ItemKey::TrackNumber, "0")];
        shelf.put_tagged("a.flac", &flac(1), TagType::VorbisComments, &tags);
        let tags = shelf.scan().track(0).unwrap().tags;
        assert_eq!((tags.title.as_deref(), tags.track), (None, None));
        assert_eq!(tags.album.as_ref().map(String::len), Some(1024));
    }

    #[test]
    fn text_in_the_wrong_encoding_is_kept_as_it_is_read() {
        let shelf = Shelf::new();
        let tags = [(ItemKey::TrackTitle, "BjÃ¶rk"), (ItemKey::TrackArtist, "a\u{9d}b\u{202e}c")];
        shelf.put_tagged("a.flac", &flac(1), TagType::VorbisComments, &tags);
        let tags = shelf.scan().track(0).unwrap().tags;
        assert_eq!(tags.title.as_deref(), Some("BjÃ¶rk"));
        assert_eq!(tags.artist.as_deref(), Some("a\u{9d}b\u{202e}c"));
    }

    #[test]
    fn several_artists_are_one_field() {
        let shelf = Shelf::new();
        let tags = [(ItemKey::TrackArtist, "James Brown"), (ItemKey::TrackArtist, "Vince DiCola")];
        shelf.put_tagged("a.flac", &flac(1), TagType::VorbisComments, &tags);
        assert_eq!(shelf.scan().track(0).unwrap().tags.artist.as_deref(), Some("James Brown; Vince DiCola"));
    }

    #[test]
    fn a_file_without_sense_stays_untagged_and_an_empty_one_does_not() {
        let shelf = Shelf::new();
        shelf.put("noise.flac", &[7; 3000]);
        shelf.put("empty.mp3", b"");
        shelf.put("cover.jpg", b"not audio");
        for round in ["first", "from the index"] {
            let library = shelf.scan();
            assert_eq!(names(&library), ["noise.flac"], "{round}");
            assert!(library.track(0).unwrap().tags.is_empty());
            assert!(matches!(library.problems[0].kind, ProblemKind::Empty), "{round}");
            assert!(matches!(library.problems[1].kind, ProblemKind::Tags(_)), "{round}");
            assert_eq!(library.problems.len(), 2);
        }
    }

    #[test]
    fn containers_that_the_tag_reader_does_not_know_are_read_by_the_demuxers() {
        let shelf = Shelf::new();
        shelf.put("a.caf", &caf(16_000));
        let library = shelf.scan();
        assert_eq!(library.track(0).unwrap().length, Some(Duration::from_secs(2)));
        assert!(library.problems.is_empty());
    }

    #[test]
    fn no_damage_takes_the_scan_down() {
        let shelf = Shelf::new();
        let mut count = 0;
        for (kind, good) in [("flac", flac(44_100)), ("wav", wav(800)), ("caf", caf(800))] {
            for at in 0..good.len().min(120) {
                for bad in [0, 0x7F, 0xFF] {
                    let mut bytes = good.clone();
                    bytes[at] = bad;
                    shelf.put(format!("{kind} {at} {bad}.{kind}"), &bytes);
                    count += 1;
                }
                shelf.put(format!("{kind} cut at {at}.mp3"), &good[..at + 1]);
                count += 1;
            }
        }
        assert_eq!(shelf.scan().len(), count);
    }

    #[test]
    fn kinds_that_do_not_play_stand_apart() {
        let shelf = Shelf::new();
        shelf.put("a.wma", &[1; 100]);
        shelf.put("b.WAV", &wav(1));
        let library = shelf.scan();
        assert_eq!(names(&library), ["b.WAV"]);
        assert_eq!(FileKind::of(&library.unplayable().next().unwrap().path), Some(FileKind::Unplayable));
    }

    #[test]
    fn hidden_files_and_folders_are_passed_over() {
        let shelf = Shelf::new();
        shelf.put(".hidden.wav", &wav(1));
        shelf.put(".trash/a.wav", &wav(1));
        shelf.put("._a.wav", &wav(1));
        shelf.put("a.wav", &wav(1));
        assert_eq!(names(&shelf.scan()), ["a.wav"]);
    }

    #[test]
    fn a_folder_that_is_itself_hidden_is_scanned_when_asked_for() {
        let shelf = Shelf::new();
        shelf.put(".mine/a.wav", &wav(1));
        let library = scan(&[shelf.music().join(".mine")], &shelf.index(), |_| {}).unwrap();
        assert_eq!(names(&library), ["a.wav"]);
    }

    #[test]
    fn tracks_are_sorted_by_the_bytes_of_their_paths() {
        let shelf = Shelf::new();
        for name in ["b.wav", "A b/1.wav", "A/1.wav", "é.wav", "a.wav"] {
            shelf.put(name, &wav(1));
        }
        let library = shelf.scan();
        let below = |path: &Path| path.strip_prefix(shelf.music()).unwrap().to_str().unwrap().to_owned();
        let sorted: Vec<_> = library.tracks().map(|track| below(&track.path)).collect();
        assert_eq!(sorted, ["A b/1.wav", "A/1.wav", "a.wav", "b.wav", "é.wav"]);
    }

    #[test]
    fn folders_that_lie_in_each_other_count_once() {
        let shelf = Shelf::new();
        shelf.put("a/1.wav", &wav(1));
        let folders = [shelf.music().join("a"), shelf.music(), shelf.music().join("a/../a")];
        assert_eq!(names(&scan(&folders, &shelf.index(), |_| {}).unwrap()), ["1.wav"]);
    }

    #[test]
    fn progress_is_told() {
        let shelf = Shelf::new();
        (0..5).for_each(|n| drop(shelf.put(format!("{n}.wav"), &wav(1))));
        let mut told = Vec::new();
        scan(&[shelf.music()], &shelf.index(), |progress| told.push(progress)).unwrap();
        assert_eq!(told[0], Progress { found: 1, read: 0, to_read: None });
        assert_eq!(told.last(), Some(&Progress { found: 5, read: 5, to_read: Some(5) }));
    }

    #[test]
    fn a_folder_that_is_none_is_an_error_that_names_it() {
        let shelf = Shelf::new();
        let file = shelf.put("a.wav", &wav(1));
        let missing = shelf.music().join("none");
        let error = scan(&[&missing], &shelf.index(), |_| {}).unwrap_err();
        assert!(matches!(&error, ScanError::Missing { folder } if *folder == missing));
        assert!(error.to_string().contains("none"));
        let error = scan(&[&file], &shelf.index(), |_| {}).unwrap_err();
        assert!(matches!(error, ScanError::NotAFolder { folder } if folder == file));
        let below_file = file.join("x");
        assert!(scan(&[below_file], &shelf.index(), |_| {}).is_err());
    }

    #[test]
    fn no_folder_is_an_empty_library() {
        let shelf = Shelf::new();
        let none: [PathBuf; 0] = [];
        assert!(scan(&none, &shelf.index(), |_| {}).unwrap().is_empty());
        assert!(!shelf.index().exists());
    }
}

#[cfg(unix)]
mod odd_folders {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn symlinks_are_followed_but_not_round_in_a_circle() {
        let shelf = Shelf::new();
        shelf.put("a/1.wav", &wav(1));
        symlink(shelf.music(), shelf.music().join("a/up")).unwrap();
        symlink("self", shelf.music().join("self")).unwrap();
        let elsewhere = shelf.folder.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        fs::write(elsewhere.join("2.wav"), wav(1)).unwrap();
        symlink(&elsewhere, shelf.music().join("b")).unwrap();
        let library = shelf.scan();
        assert_eq!(names(&library), ["1.wav", "2.wav"]);
        assert!(library.track(1).unwrap().path.starts_with(shelf.music()));
        // The link to itself leads nowhere and is told of; the one upwards is no loss.
        assert_eq!(library.problems.len(), 1);
        assert_eq!(library.problems[0].path, shelf.music().join("self"));
    }

    #[test]
    fn only_plain_files_are_audio() {
        let shelf = Shelf::new();
        fs::create_dir(shelf.music().join("folder.flac")).unwrap();
        shelf.put("folder.flac/1.wav", &wav(1));
        let _socket = UnixListener::bind(shelf.music().join("socket.flac")).unwrap();
        symlink("/dev/zero", shelf.music().join("device.flac")).unwrap();
        symlink(shelf.music().join("socket.flac"), shelf.music().join("link.flac")).unwrap();
        let library = shelf.scan();
        assert_eq!(names(&library), ["1.wav"]);
        assert!(library.problems.is_empty());
    }

    #[test]
    fn names_that_are_no_utf8_are_names() {
        let shelf = Shelf::new();
        let path = shelf.put(OsStr::from_bytes(b"Caf\xE9/S\xF8n\x1b.wav"), &wav(1));
        for files_read in [1, 0] {
            let library = shelf.scan();
            assert_eq!(library.track(0).unwrap().path, path);
            assert_eq!(library.files_read, files_read);
        }
    }

    #[test]
    fn what_may_not_be_read_is_told_of_once() {
        let shelf = Shelf::new();
        let folder = shelf.put("closed/1.wav", &wav(1)).parent().unwrap().to_owned();
        let file = shelf.put("closed.wav", &wav(1));
        shelf.put("open.wav", &wav(1));
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o000)).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
        let library = shelf.scan();
        let may_read_anything = fs::read(&file).is_ok(); // the superuser
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
        if may_read_anything {
            return;
        }
        assert_eq!(names(&library), ["open.wav"]);
        let problems: Vec<_> = library.problems.iter().map(|problem| &problem.path).collect();
        assert_eq!(problems, [&folder, &file]);
        assert!(library.problems.iter().all(|problem| matches!(problem.kind, ProblemKind::Unreadable(_))));
        // Once it may be read, it is, though neither size nor modification time has changed.
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(shelf.scan().len(), 3);
    }

    #[test]
    fn a_link_to_nothing_is_told_of() {
        let shelf = Shelf::new();
        symlink("/nonexistent", shelf.music().join("gone.flac")).unwrap();
        symlink("/nonexistent", shelf.music().join(".#lock")).unwrap();
        let library = shelf.scan();
        assert_eq!(library.problems.len(), 1);
        assert!(matches!(library.problems[0].kind, ProblemKind::Unreadable(_)));
    }
}

mod what_is_read_again {
    use super::*;

    fn age(path: &Path, seconds: u64) {
        let file = fs::File::options().append(true).open(path).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
    }

    fn shelf_of(count: usize) -> Shelf {
        let shelf = Shelf::new();
        (0..count).for_each(|n| age(&shelf.put(format!("{n}.wav"), &wav(8000)), 1_000_000_000));
        assert_eq!(shelf.scan().files_read, count);
        shelf
    }

    #[test]
    fn nothing_when_nothing_changes_and_the_index_is_left_alone() {
        let shelf = shelf_of(3);
        age(&shelf.index(), 5);
        let before = fs::metadata(shelf.index()).unwrap().modified().unwrap();
        let library = shelf.scan();
        assert_eq!((library.files_read, library.len()), (0, 3));
        assert_eq!(fs::metadata(shelf.index()).unwrap().modified().unwrap(), before);
    }

    #[test]
    fn only_what_is_new_or_has_another_size_or_time() {
        let shelf = shelf_of(4);
        shelf.put("new.wav", &wav(1));
        age(&shelf.put("1.wav", &wav(16_000)), 1_000_000_000); // another size
        age(&shelf.music().join("2.wav"), 1_000_000_001); // another time
        fs::remove_file(shelf.music().join("3.wav")).unwrap();
        let library = shelf.scan();
        assert_eq!(names(&library), ["0.wav", "1.wav", "2.wav", "new.wav"]);
        assert_eq!(library.files_read, 3);
        assert_eq!(library.track(1).unwrap().length, Some(Duration::from_secs(2)));
        assert_eq!(shelf.scan().files_read, 0);
    }

    #[test]
    fn what_is_gone_leaves_the_index() {
        let shelf = shelf_of(2);
        let full = fs::metadata(shelf.index()).unwrap().len();
        fs::remove_file(shelf.music().join("0.wav")).unwrap();
        assert_eq!(shelf.scan().files_read, 0);
        assert!(fs::metadata(shelf.index()).unwrap().len() < full);
    }

    #[test]
    fn what_the_index_knows_of_other_folders_is_kept() {
        let shelf = shelf_of(2);
        let other = tempfile::tempdir().unwrap();
        fs::write(other.path().join("x.wav"), wav(1)).unwrap();
        let library = scan(&[other.path()], &shelf.index(), |_| {}).unwrap();
        assert_eq!((library.files_read, names(&library)), (1, vec!["x.wav".to_owned()]));
        assert_eq!(shelf.scan().files_read, 0);
        let both = scan(&[other.path(), &shelf.music()], &shelf.index(), |_| {}).unwrap();
        assert_eq!((both.files_read, both.len()), (0, 3));
    }

    #[test]
    fn nothing_after_several_have_scanned_at_once() {
        let shelf = Shelf::new();
        for n in 0..50 {
            shelf.put(format!("{n}.wav"), &wav(1));
        }
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert_eq!(shelf.scan().len(), 50));
            }
        });
        assert_eq!(shelf.scan().files_read, 0);
        assert_eq!(fs::read_dir(shelf.index().parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn everything_when_the_index_is_damaged_or_not_one() {
        let shelf = shelf_of(2);
        let good = fs::read(shelf.index()).unwrap();
        for bad in [&good[..good.len() / 2], b"", b"SQLite format 3\0", &[0xFF; 5000]] {
            fs::write(shelf.index(), bad).unwrap();
            assert_eq!(shelf.scan().files_read, 2);
            assert_eq!(shelf.scan().files_read, 0);
        }
    }

    #[test]
    fn everything_when_the_index_cannot_be_kept_and_that_is_told() {
        let shelf = Shelf::new();
        shelf.put("a.wav", &wav(1));
        fs::create_dir_all(shelf.index()).unwrap(); // a folder stands in its place
        for _ in 0..2 {
            let library = shelf.scan();
            assert_eq!(library.files_read, 1);
            assert!(matches!(library.problems[0].kind, ProblemKind::Index(_)));
        }
    }
}

mod what_the_folders_tell {
    use super::*;

    /// Makes a folder as old as one that was left alone for years.
    fn settle(folder: &Path, second: u64) {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000 + second);
        fs::File::open(folder).unwrap().set_modified(time).unwrap();
    }

    fn settled() -> Shelf {
        let shelf = Shelf::new();
        for name in ["a/1.wav", "a/2.wav", "b/c/3.wav"] {
            shelf.put(name, &wav(1));
        }
        ["a", "b/c", "b", ""].into_iter().for_each(|folder| settle(&shelf.music().join(folder), 0));
        assert_eq!(shelf.scan().files_read, 3);
        shelf
    }

    #[test]
    fn nothing_has_changed() {
        let shelf = settled();
        let library = shelf.open();
        assert_eq!((library.files_read, names(&library)), (0, names(&shelf.scan())));
    }

    #[test]
    fn what_came_and_what_went() {
        let shelf = settled();
        shelf.put("a/new.wav", &wav(1));
        shelf.put("d/e/f.wav", &wav(1));
        fs::remove_dir_all(shelf.music().join("b/c")).unwrap();
        let library = shelf.open();
        assert_eq!((library.files_read, names(&library).join(" ")), (2, "1.wav 2.wav new.wav f.wav".into()));
        assert_eq!(shelf.scan().files_read, 0);
        assert_eq!(names(&shelf.open()), names(&library));
    }

    #[test]
    fn a_folder_that_moved_is_found_in_its_new_place() {
        let shelf = settled();
        fs::rename(shelf.music().join("b"), shelf.music().join("a/b")).unwrap();
        let library = shelf.open();
        assert_eq!(library.len(), 3);
        assert_eq!(library.path(2).unwrap(), shelf.music().join("a/b/c/3.wav"));
    }

    #[test]
    fn two_folders_that_change_places_are_not_taken_for_each_other() {
        let shelf = settled();
        let [a, b, c] = ["a", "x", "y"].map(|name| shelf.music().join(name));
        shelf.put("x/9.wav", &wav(8000));
        settle(&b, 0);
        settle(&shelf.music(), 0);
        shelf.scan();
        fs::rename(&a, &c).unwrap();
        fs::rename(&b, &a).unwrap();
        fs::rename(&c, &b).unwrap();
        settle(&shelf.music(), 0); // as if the clock had not moved
        assert_eq!(names(&shelf.open()).join(" "), "9.wav 3.wav 1.wav 2.wav");
    }

    #[test]
    fn a_file_changed_in_place_is_seen_by_who_looks_at_it_or_at_all() {
        let shelf = settled();
        fs::write(shelf.music().join("a/1.wav"), wav(8000)).unwrap();
        let library = shelf.open();
        assert_eq!(library.files_read, 0);
        assert_eq!([0, 1].map(|at| library.is_current(at)), [false, true]);
        assert_eq!(shelf.scan().files_read, 1);
        assert!(shelf.open().is_current(0));
        assert!(!shelf.open().is_current(99));
    }

    #[test]
    fn a_folder_that_changed_just_now_is_not_trusted() {
        let shelf = Shelf::new();
        shelf.put("1.wav", &wav(1));
        shelf.scan();
        let before = fs::metadata(shelf.music()).unwrap().modified().unwrap();
        shelf.put("2.wav", &wav(1));
        // As if both had come within one tick of a coarse clock.
        fs::File::open(shelf.music()).unwrap().set_modified(before).unwrap();
        assert_eq!(shelf.open().len(), 2);
    }

    #[test]
    fn problems_are_told_every_time() {
        let shelf = settled();
        shelf.put("a/empty.wav", b"");
        shelf.put("a/odd.flac", b"no flac at all");
        settle(&shelf.music().join("a"), 9);
        for _ in 0..3 {
            assert_eq!(shelf.open().problems.len(), 2);
        }
    }

    #[test]
    fn a_folder_inside_and_one_above_are_told_apart() {
        let shelf = settled();
        let inner = open(&[shelf.music().join("b")], &shelf.index(), |_| {}).unwrap();
        assert_eq!((inner.files_read, names(&inner)), (0, vec!["3.wav".to_owned()]));
        let both = open(&[shelf.folder.path()], &shelf.index(), |_| {}).unwrap();
        assert_eq!(both.len(), 3);
        assert_eq!(shelf.open().len(), 3);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_was_closed_for_a_while_comes_back() {
        use std::os::unix::fs::PermissionsExt;
        let shelf = settled();
        let above = shelf.music().join("b");
        let mode = |mode| fs::set_permissions(&above, fs::Permissions::from_mode(mode)).unwrap();
        mode(0o000);
        let may_read_anything = fs::read_dir(&above).is_ok(); // the superuser
        let closed = shelf.open();
        mode(0o700);
        assert!(may_read_anything || closed.len() == 2);
        assert_eq!(shelf.open().len(), 3);
    }
}

#[cfg(target_os = "linux")]
mod watched {
    use std::sync::mpsc;

    use tonearm::library::Watch;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    fn watched(shelf: &Shelf) -> (Watch, mpsc::Receiver<Vec<String>>) {
        let (say, changes) = mpsc::channel();
        let library = shelf.scan();
        let changed = move |library: &Library| drop(say.send(names(library)));
        (Watch::start(&library, shelf.index(), changed).unwrap(), changes)
    }

    /// Waits for the library to hold just these.
    fn until(changes: &mpsc::Receiver<Vec<String>>, wanted: &[&str]) {
        while changes.recv_timeout(PATIENCE).expect("the change is told of") != wanted {}
    }

    #[test]
    fn what_comes_goes_and_changes_is_told_and_in_the_index() {
        let shelf = Shelf::new();
        shelf.put("a/1.wav", &wav(1));
        let (watch, changes) = watched(&shelf);
        shelf.put("a/2.wav", &wav(1));
        until(&changes, &["1.wav", "2.wav"]);
        fs::remove_file(shelf.music().join("a/1.wav")).unwrap();
        until(&changes, &["2.wav"]);
        shelf.put("new/deep/3.wav", &wav(1));
        until(&changes, &["2.wav", "3.wav"]);
        shelf.put("new/deep/4.wav", &wav(1)); // in a folder that was not there at first
        until(&changes, &["2.wav", "3.wav", "4.wav"]);
        fs::write(shelf.music().join("a/2.wav"), wav(8000)).unwrap(); // in place
        changes.recv_timeout(PATIENCE).unwrap();
        drop(watch);
        let library = shelf.open();
        assert_eq!((library.files_read, library.track(0).unwrap().length), (0, Some(Duration::from_secs(1))));
    }

    /// Waits for fresh tracks of just these names.
    fn until_fresh(changes: &mpsc::Receiver<Vec<String>>, wanted: &[&str]) {
        let mut fresh: Vec<String> = Vec::new();
        while fresh != wanted {
            fresh.extend(changes.recv_timeout(PATIENCE).expect("what came is told"));
            fresh.sort();
        }
    }

    fn watched_for_fresh(shelf: &Shelf) -> (Watch, mpsc::Receiver<Vec<String>>) {
        let (say, changes) = mpsc::channel();
        let name = |track: Track| track.path.file_name().unwrap().to_string_lossy().into_owned();
        let changed = move |library: &Library| drop(say.send(library.fresh().map(name).collect()));
        (Watch::start(&shelf.scan(), shelf.index(), changed).unwrap(), changes)
    }

    #[test]
    fn what_came_is_fresh_though_another_has_read_it_and_however_much_it_is() {
        let shelf = Shelf::new();
        shelf.put("a/1.wav", &wav(1));
        let (_watch, changes) = watched_for_fresh(&shelf);
        shelf.put("a/2.wav", &wav(1));
        assert_eq!(shelf.scan().len(), 2, "another scan is quicker than the watch");
        until_fresh(&changes, &["2.wav"]);
        let many: Vec<String> = (0..1500).map(|n| format!("{n:04}.wav")).collect();
        many.iter().for_each(|name| drop(shelf.put(format!("many/{name}"), &wav(1))));
        until_fresh(&changes, &many.iter().map(String::as_str).collect::<Vec<_>>());
    }

    #[test]
    fn a_music_folder_that_goes_and_comes_back_is_seen() {
        let shelf = Shelf::new();
        shelf.put("1.wav", &wav(1));
        let (_watch, changes) = watched_for_fresh(&shelf);
        let elsewhere = shelf.folder.path().join("elsewhere");
        fs::rename(shelf.music(), &elsewhere).unwrap();
        assert_eq!(changes.recv_timeout(PATIENCE).unwrap(), [""; 0]);
        fs::rename(&elsewhere, shelf.music()).unwrap();
        until_fresh(&changes, &["1.wav"]);
        // Another folder of that name, which nobody watches yet.
        fs::rename(shelf.music(), &elsewhere).unwrap();
        shelf.put("2.wav", &wav(1));
        until_fresh(&changes, &["2.wav"]);
        shelf.put("3.wav", &wav(1));
        until_fresh(&changes, &["3.wav"]);
    }

    #[test]
    fn a_watch_that_is_dropped_ends_at_once() {
        let shelf = Shelf::new();
        let (watch, changes) = watched(&shelf);
        drop(watch);
        assert!(changes.recv().is_err());
    }
}

mod a_folder_that_is_away {
    use super::*;

    /// A shelf whose music was scanned, in a folder that now is away.
    fn away(leave_empty: bool) -> Shelf {
        let shelf = Shelf::new();
        shelf.put_tagged("a.wav", &wav(8000), TagType::Id3v2, &[(ItemKey::TrackTitle, "Amber")]);
        shelf.put("b.ape", b"x");
        shelf.scan();
        fs::rename(shelf.music(), shelf.folder.path().join("elsewhere")).unwrap();
        if leave_empty {
            fs::create_dir(shelf.music()).unwrap();
        }
        shelf
    }

    #[test]
    fn is_remembered_however_often_it_is_looked_for() {
        for leave_empty in [false, true] {
            let shelf = away(leave_empty);
            for _ in 0..2 {
                let library = shelf.scan();
                assert_eq!((library.len(), library.roots.len()), (0, 0));
                assert_eq!(library.away_roots, [shelf.music()]);
                assert_eq!(library.away().count(), 1, "what is not played is not missed");
                assert_eq!(library.away().next().unwrap().tags.title.as_deref(), Some("Amber"));
            }
        }
    }

    #[test]
    fn is_all_there_without_reading_when_it_comes_back() {
        let shelf = away(true);
        shelf.scan();
        fs::remove_dir(shelf.music()).unwrap();
        fs::rename(shelf.folder.path().join("elsewhere"), shelf.music()).unwrap();
        let library = shelf.scan();
        assert_eq!((library.len(), library.away().count(), library.files_read), (1, 0, 0));
    }

    #[test]
    fn does_not_keep_the_others_from_being_played() {
        let shelf = away(false);
        let other = tempfile::tempdir().unwrap();
        fs::write(other.path().join("c.wav"), wav(8000)).unwrap();
        let library = scan(&[shelf.music(), other.path().to_owned()], &shelf.index(), |_| {}).unwrap();
        assert_eq!(names(&library), ["c.wav"]);
        assert_eq!(library.away().count(), 1);
    }

    #[test]
    fn a_folder_that_was_emptied_while_its_parent_is_there_is_gone() {
        let shelf = Shelf::new();
        let path = shelf.put("album/a.wav", &wav(8000));
        shelf.scan();
        fs::remove_file(path).unwrap();
        let library = shelf.scan();
        assert_eq!((library.len(), library.away().count()), (0, 0));
    }

    #[test]
    fn a_folder_of_which_nothing_is_known_is_an_error_still() {
        let shelf = away(false);
        let typo = shelf.folder.path().join("musik");
        assert!(matches!(scan(&[typo], &shelf.index(), |_| {}), Err(ScanError::Missing { .. })));
    }
}
