//! Loudness: measured, stored in tags without touching the sound, read again, and applied.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::{Home, Sound, assert_same};
use tonearm::library::{ReplayGain, Tags, write_gain, write_tags};
use tonearm::playback::level::{self, Gain};
use tonearm::playback::{Sample, same_sound};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// A home with a release of two loud and soft files, and one file of no release.
fn home() -> Home {
    let loud = Sound::music(44_100, 2, Sample::S16, 44_100);
    let soft: Vec<f32> = loud.samples.iter().map(|s| (s * 8192.0).round() / 32_768.0).collect();
    let soft = Sound { samples: soft, ..loud.clone() };
    let tags = |title: &str, track| Tags {
        title: Some(title.into()),
        album: Some("Both".into()),
        track: Some(track),
        ..Tags::default()
    };
    Home::new().sound("1.wav", &loud, &tags("Loud", 1)).sound("2.wav", &soft, &tags("Soft", 2)).sound(
        "single.wav",
        &soft,
        &Tags::default(),
    )
}

/// Stores gains in a file by way of a copy.
#[track_caller]
fn tag(file: &Path, gains: &ReplayGain) {
    let copy = file.with_extension("copy");
    fs::copy(file, &copy).unwrap();
    write_gain(file, &copy, gains).unwrap();
    fs::rename(copy, file).unwrap();
}

fn rendered(home: &Home, input: &str, gain: &str) -> Sound {
    home.run(["render", input, "-o", "out.wav", "--format", "f32", "--gain", gain]).ends(0);
    Sound::read(&fs::read(home.path("out.wav")).unwrap())
}

#[test]
fn gains_go_into_every_kind_of_file_and_come_back_and_the_sound_stays() {
    let home = Home::new();
    let gains = ReplayGain { track: (-6.5, 0.875), album: Some((-4.25, 0.9375)) };
    for name in [
        "short.flac",
        "lame.mp3",
        "lavc.mp3",
        "untagged.mp3",
        "lavc.m4a",
        "short.m4a",
        "vorbis.ogg",
        "opus.opus",
        "mono24.aiff",
    ] {
        // The copy has another name on purpose: what it is stands inside.
        let copy = home.path("copy");
        fs::copy(fixture(name), &copy).unwrap();
        write_gain(&fixture(name), &copy, &gains).unwrap();
        assert!(same_sound(&fixture(name), &copy).unwrap(), "{name}");
        assert!(write_gain(&copy, &copy, &gains).is_err(), "a file is no copy of itself");
        let file = home.path(name);
        fs::rename(&copy, &file).unwrap();
        let tags = level::read(&file);
        // Opus has no peaks.
        let peak = |peak| (name != "opus.opus").then_some(peak);
        assert_eq!(tags.track, Some(Gain { db: -6.5, peak: peak(0.875) }), "{name}");
        assert_eq!(tags.album, Some(Gain { db: -4.25, peak: peak(0.9375) }), "{name}");
    }
}

#[test]
fn other_tags_stay_and_gains_of_before_go() {
    let home = home();
    let file = home.path("Music/1.wav");
    tag(&file, &ReplayGain { track: (1.0, 0.5), album: Some((2.0, 0.5)) });
    tag(&file, &ReplayGain { track: (3.0, 0.5), album: None });
    let tags = level::read(&file);
    assert_eq!((tags.track, tags.album), (Some(Gain { db: 3.0, peak: Some(0.5) }), None));
    assert!(tags.release.unwrap().starts_with("Both\n"));
    let shown = home.run(["play", "Music/1.wav", "--output", "wav:out.wav"]).ends(0);
    assert!(shown.out().contains('1'), "{shown}");
}

#[test]
fn tags_that_only_one_kind_of_file_has_stay() {
    use lofty::config::{ParseOptions, WriteOptions};
    use lofty::file::AudioFile;
    use lofty::flac::FlacFile;

    let home = Home::new();
    let file = home.path("a.flac");
    fs::copy(fixture("short.flac"), &file).unwrap();
    let read = || FlacFile::read_from(&mut fs::File::open(&file).unwrap(), ParseOptions::new()).unwrap();
    let mut flac = read();
    let mut comments = flac.remove_vorbis_comments().unwrap_or_default();
    comments.push("MY OWN".into(), "words".into());
    flac.set_vorbis_comments(comments);
    flac.save_to_path(&file, WriteOptions::default()).unwrap();
    tag(&file, &ReplayGain { track: (1.0, 0.5), album: None });
    assert_eq!(read().vorbis_comments().unwrap().get("MY OWN"), Some("words"));
}

#[test]
fn what_ogg_mp4_and_ape_tags_hold_beside_gains_stays() {
    use lofty::ape::{ApeItem, ApeTag};
    use lofty::config::{ParseOptions, WriteOptions};
    use lofty::file::AudioFile;
    use lofty::mp4::{Atom, AtomData, AtomIdent, Mp4File};
    use lofty::mpeg::MpegFile;
    use lofty::ogg::{OggPictureStorage, VorbisFile};
    use lofty::picture::{MimeType, Picture, PictureInformation, PictureType};
    use lofty::tag::{ItemValue, TagExt};

    let home = Home::new();
    let gains = ReplayGain { track: (1.0, 0.5), album: None };
    let start = |name: &str| {
        let file = home.path(name);
        fs::copy(fixture(name), &file).unwrap();
        file
    };
    let open = |file: &Path| fs::File::open(file).unwrap();
    let picture = || {
        let about = Picture::unchecked(vec![0x89, b'P', b'N', b'G', 1, 2, 3]);
        about.pic_type(PictureType::Leaflet).mime_type(MimeType::Png).description("inside").build()
    };

    let file = start("vorbis.ogg");
    let mut ogg = VorbisFile::read_from(&mut open(&file), ParseOptions::new()).unwrap();
    let comments = ogg.vorbis_comments_mut();
    comments.push("MY OWN".into(), "one".into());
    comments.push("MY OWN".into(), "two".into());
    comments.push("replaygain_track_gain".into(), "-9 dB".into());
    comments.insert_picture(picture(), Some(PictureInformation::default())).unwrap();
    ogg.save_to_path(&file, WriteOptions::default()).unwrap();
    tag(&file, &gains);
    let ogg = VorbisFile::read_from(&mut open(&file), ParseOptions::new()).unwrap();
    let comments = ogg.vorbis_comments();
    assert_eq!(comments.get_all("MY OWN").collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(comments.get_all("REPLAYGAIN_TRACK_GAIN").collect::<Vec<_>>(), ["1.00 dB"]);
    assert_eq!(comments.pictures()[0].0, picture());
    assert!(same_sound(&fixture("vorbis.ogg"), &file).unwrap());

    let file = start("lavc.m4a");
    let mut mp4 = Mp4File::read_from(&mut open(&file), ParseOptions::new()).unwrap();
    let mut ilst = mp4.remove_ilst().unwrap_or_default();
    let own = || AtomIdent::Freeform { mean: "org.example".into(), name: "My Own".into() };
    let several = vec![AtomData::UTF8("one".into()), AtomData::UTF8("two".into())];
    ilst.insert(Atom::from_collection(own(), several).unwrap());
    let odd = AtomIdent::Fourcc(*b"odd ");
    ilst.insert(Atom::new(odd.clone(), AtomData::UTF8("nobody knows".into())));
    ilst.insert_picture(picture());
    ilst.save_to_path(&file, WriteOptions::default()).unwrap();
    tag(&file, &gains);
    let mp4 = Mp4File::read_from(&mut open(&file), ParseOptions::new()).unwrap();
    let ilst = mp4.ilst().unwrap();
    assert_eq!(ilst.get(&own()).unwrap().data().count(), 2);
    assert!(ilst.get(&odd).is_some() && ilst.pictures().unwrap().next().is_some());
    assert!(same_sound(&fixture("lavc.m4a"), &file).unwrap());

    let file = start("lame.mp3");
    let mut ape = ApeTag::new();
    for (key, text) in
        [("My Own", "words"), ("MP3GAIN_UNDO", "+001,+001,N"), ("replaygain_track_gain", "-9 dB")]
    {
        ape.insert(ApeItem::new(key.into(), ItemValue::Text(text.into())).unwrap());
    }
    ape.save_to_path(&file, WriteOptions::default()).unwrap();
    tag(&file, &gains);
    let mp3 = MpegFile::read_from(&mut open(&file), ParseOptions::new()).unwrap();
    let ape = mp3.ape().unwrap();
    assert!(ape.get("My Own").is_some() && ape.get("MP3GAIN_UNDO").is_some());
    assert!(ape.get("REPLAYGAIN_TRACK_GAIN").is_none(), "two that differ are as bad as none");
    assert_eq!(level::read(&file).track, Some(Gain { db: 1.0, peak: Some(0.5) }));
    assert!(same_sound(&fixture("lame.mp3"), &file).unwrap());
}

#[test]
fn names_are_written_where_they_belong_and_nothing_else_goes() {
    let home = Home::new();
    for name in ["short.flac", "lame.mp3", "lavc.m4a", "vorbis.ogg", "opus.opus", "mono24.aiff"] {
        let file = home.path("Music").join(name);
        fs::copy(fixture(name), &file).unwrap();
        let gains = ReplayGain { track: (1.0, 0.5), album: None };
        tag(&file, &gains);
        for title in ["Before", "Ämber"] {
            let tags = Tags {
                artist: Some("Velo".into()),
                title: Some(title.into()),
                track: Some(7),
                ..Tags::default()
            };
            write_tags(&file, &tags).unwrap();
        }
        assert!(level::read(&file).track.is_some_and(|gain| gain.db == 1.0), "{name}");
        assert!(same_sound(&fixture(name), &file).unwrap(), "{name}");
        let index = home.path("index");
        let _ = fs::remove_file(&index);
        let library = tonearm::library::scan(&[home.path("Music")], &index, |_| {}).unwrap();
        let tracks: Vec<_> = library.tracks().collect();
        let [track] = &tracks[..] else { panic!("{name}: {tracks:?}") };
        let tags = &track.tags;
        assert_eq!(
            (tags.artist.as_deref(), tags.title.as_deref(), tags.track),
            (Some("Velo"), Some("Ämber"), Some(7)),
            "{name}"
        );
        fs::remove_file(&file).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn links_permissions_and_read_only_files_are_respected() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let home = home();
    let (file, link, twin) = (home.path("Music/1.wav"), home.path("link.wav"), home.path("twin.wav"));
    symlink(&file, &link).unwrap();
    fs::hard_link(&file, &twin).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).unwrap();
    let before = fs::read(&twin).unwrap();
    home.run(["loudness", "link.wav", "--write"]).ends(0).says("1 files tagged").says("hard links");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o664);
    assert!(fs::read(&twin).unwrap() == before && fs::read(&file).unwrap() != before);
    let read_only = home.path("Music/single.wav");
    fs::set_permissions(&read_only, fs::Permissions::from_mode(0o444)).unwrap();
    let before = fs::read(&read_only).unwrap();
    home.run(["loudness", "Music/single.wav", "--write"]).ends(3).says("read-only");
    assert!(fs::read(&read_only).unwrap() == before);
    let beside = fs::read_dir(home.path("Music")).unwrap().count();
    assert_eq!(beside, 3, "nothing is left over");
}

#[test]
fn gains_are_read_where_other_containers_have_them() {
    for name in ["gain.mka", "gain.caf", "gain.oga"] {
        let tags = level::read(&fixture(name));
        assert_eq!(tags.track, Some(Gain { db: -6.5, peak: Some(0.875) }), "{name}");
        assert!(tags.release.is_some_and(|release| release.starts_with("Both\n")), "{name}");
    }
    assert_eq!(level::read(&fixture("r128.webm")).track, Some(Gain { db: 0.0, peak: None }));
}

#[test]
fn what_was_measured_is_remembered_and_heard() {
    let home = home();
    let file = home.path("Music/1.wav");
    let first = home.run(["loudness", "Music", "--json"]).ends(0).json();
    // Other sound in a file that looks the same: what was measured is believed, unless asked not to.
    let modified = fs::metadata(&file).unwrap().modified().unwrap();
    let loud = Sound::read(&fs::read(&file).unwrap());
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 40_000].fill(0);
    fs::write(&file, bytes).unwrap();
    fs::File::options().write(true).open(&file).unwrap().set_modified(modified).unwrap();
    assert_eq!(home.run(["loudness", "Music", "--json"]).ends(0).json(), first);

    let as_it_is = rendered(&home, "Music/1.wav", "off");
    assert!(as_it_is.samples != loud.samples);
    let levelled = rendered(&home, "Music/1.wav", "track");
    let db = first["tracks"][0]["gain_db"].as_f64().unwrap();
    let factor = Gain { db, peak: first["tracks"][0]["true_peak"].as_f64() }.factor();
    assert_same(&levelled.samples, &as_it_is.samples.iter().map(|s| s * factor).collect::<Vec<_>>());
    let album = rendered(&home, "Music/1.wav", "album");
    let db = first["releases"][0]["gain_db"].as_f64().unwrap();
    let factor = Gain { db, peak: first["releases"][0]["true_peak"].as_f64() }.factor();
    assert_same(&album.samples, &as_it_is.samples.iter().map(|s| s * factor).collect::<Vec<_>>());

    assert_ne!(home.run(["loudness", "Music", "--json", "--again"]).ends(0).json(), first);
    home.run(["loudness", "Music/1.wav", "--preamp", "3"]).ends(2);
    home.run(["render", "Music/1.wav", "-o", "b.wav", "--gain", "track", "--preamp", "-3"]).ends(0);
}

#[test]
fn what_plays_without_tags_is_measured_beside() {
    let home = home();
    let store = home.path("state/loudness.idx");
    support::until("the store is there", support::PATIENCE, || {
        home.run(["play", "Music", "--output", "null", "--gain", "auto"]).ends(0);
        store.is_file()
    });
    let kept = level::Memory::open(store);
    assert!(kept.get(&home.path("Music/1.wav")).is_some());
}

#[test]
fn the_table_and_the_json_say_how_loud_it_is() {
    let home = home();
    let outcome = home.run(["loudness", "Music"]).ends(0).says_nothing();
    assert_eq!(outcome.lines().len(), 1 + 3 + 1, "{outcome}");
    assert!(outcome.lines()[4].ends_with("release: Both"), "{outcome}");
    let object = home.run(["loudness", "Music", "--json"]).ends(0).json();
    let lufs = |at: usize| object["tracks"][at]["lufs"].as_f64().unwrap();
    // A quarter of the amplitude: 12.04 dB.
    assert!((lufs(0) - lufs(1) - 12.04).abs() < 0.02, "{object}");
    assert_eq!(lufs(1), lufs(2));
    assert!((object["tracks"][0]["gain_db"].as_f64().unwrap() + lufs(0) + 18.0).abs() < 1e-9);
    assert_eq!(object["releases"].as_array().unwrap().len(), 1);
}

#[test]
fn stored_gains_are_heard_where_asked_and_only_there() {
    let home = home();
    let before = rendered(&home, "Music/1.wav", "track");
    let untouched = fs::read(home.path("Music/single.wav")).unwrap();
    home.run(["loudness", "Music/1.wav", "Music/2.wav", "--write"]).ends(0).says("2 files tagged");
    assert!(fs::read(home.path("Music/single.wav")).unwrap() == untouched);

    assert_same(&rendered(&home, "Music/1.wav", "off").samples, &before.samples);
    let factor = level::read(&home.path("Music/1.wav")).track.unwrap().factor();
    assert!(factor < 1.0);
    let softer: Vec<f32> = before.samples.iter().map(|sample| sample * factor).collect();
    assert_same(&rendered(&home, "Music/1.wav", "track").samples, &softer);
    // Alone, a track is no release.
    assert_same(&rendered(&home, "Music/1.wav", "auto").samples, &softer);
    let album = rendered(&home, "Music", "album");
    assert_same(
        &album.samples[..before.samples.len()],
        &rendered(&home, "Music", "auto").samples[..before.samples.len()],
    );
    assert!(album.samples[1000] != softer[1000]);
    home.run(["play", "Music/1.wav", "--output", "wav:played.wav", "--gain", "track"]).ends(0);
    assert!(fs::read(home.path("played.wav")).unwrap().len() > 44_100 * 4);
    home.run(["play", "Music/1.wav", "--gain", "loud"]).ends(2);
}

#[test]
fn what_cannot_be_measured_is_told_and_left_alone() {
    let mut cut = fs::read(fixture("lame.mp3")).unwrap();
    cut.truncate(cut.len() / 2);
    let home = Home::new().file("cut.mp3", &cut);
    home.run(["loudness", "cut.mp3", "--write"]).ends(3).says("cut.mp3 is damaged");
    assert!(fs::read(home.path("cut.mp3")).unwrap() == cut);
}

#[test]
fn sound_check_is_the_last_resort() {
    let home = Home::new();
    let file = home.path("a.mp3");
    let comment = b"\0engiTunNORM\0 00002710 000003E8 0 0 0 0 00004000 0 0 0";
    let mut id3 = b"ID3\x03\0\0\0\0\0".to_vec();
    id3.push(comment.len() as u8 + 10);
    id3.extend(b"COMM\0\0\0");
    id3.push(comment.len() as u8);
    id3.extend(b"\0\0");
    id3.extend(comment);
    fs::write(&file, [id3, fs::read(fixture("untagged.mp3")).unwrap()].concat()).unwrap();
    assert_eq!(level::read(&file).track, Some(Gain { db: -10.0, peak: Some(0.5) }));
    tag(&file, &ReplayGain { track: (-3.0, 0.5), album: None });
    assert_eq!(level::read(&file).track, Some(Gain { db: -3.0, peak: Some(0.5) }));
    write_tags(&file, &Tags { title: Some("A".into()), ..Tags::default() }).unwrap();
    assert_eq!(level::read(&file).track, Some(Gain { db: -3.0, peak: Some(0.5) }));
}
