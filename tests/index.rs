//! The index on disk under those who write it at once, and under a writer who is killed.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tonearm::library::{Library, Track, open, scan};
use tonearm::playlist::{Accept, Details, Entry, Index, Listing, Status, match_accepting};

/// A FLAC file of its headers alone: a second of 44.1 kHz, with an artist and a title (RFC 9639, section 8).
fn flac(artist: &str, title: &str) -> Vec<u8> {
    let mut info = vec![16, 0, 16, 0, 0, 0, 0, 0, 0, 0];
    info.extend(((44_100_u64 << 44) | (1 << 41) | (15 << 36) | 44_100).to_be_bytes());
    info.resize(34, 0);
    let mut comments = Vec::new();
    let text = |bytes: &mut Vec<u8>, text: &str| {
        bytes.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
        bytes.extend(text.as_bytes());
    };
    text(&mut comments, "");
    comments.extend(2_u32.to_le_bytes());
    text(&mut comments, &format!("ARTIST={artist}"));
    text(&mut comments, &format!("TITLE={title}"));
    let mut bytes = b"fLaC".to_vec();
    for (kind, body) in [(0_u8, info), (0x84, comments)] {
        bytes.push(kind);
        bytes.extend(&u32::try_from(body.len()).unwrap().to_be_bytes()[1..]);
        bytes.extend(body);
    }
    bytes
}

struct Home(TempDir);

impl Home {
    fn new(files: usize) -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        for n in 0..files {
            home.put(&format!("{}/{n:03}.flac", n / 20), n);
        }
        home
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn put(&self, name: &str, n: usize) {
        let path = self.path().join("music").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, flac(&format!("Artist {n}"), &format!("Song number {n}"))).unwrap();
    }

    /// The program at work in this home.
    fn start(&self, words: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_tonearm"))
            .args(words)
            .arg("--music")
            .arg(self.path().join("music"))
            .env("TONEARM_HOME", self.path().join("home"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn scan(&self) -> Library {
        scan(&[self.path().join("music")], &self.path().join("home/library.idx"), |_| {}).unwrap()
    }

    /// Who is found for the last song, by the names on disk.
    fn matched(&self, library: &Library, n: usize) -> Option<std::path::PathBuf> {
        let entry = Entry {
            artist: Some(format!("Artist {n}")),
            title: format!("Song number {n}"),
            ..Entry::default()
        };
        let listing = Listing { entries: vec![entry], ..Listing::default() };
        let (index, error) = Index::of_library(library, &self.path().join("home"));
        assert!(error.is_none());
        let found = index.match_listing(&listing, library).entries.remove(0);
        assert!(found.chosen.is_none() || found.status != Status::Missing);
        found.chosen.and_then(|at| library.path(at))
    }
}

#[test]
fn whenever_a_writer_is_killed_the_old_index_or_the_new_one_is_there() {
    const ROUNDS: usize = 200;
    let home = Home::new(200);
    let start = Instant::now();
    home.start(&["scan"]).wait().unwrap();
    let whole = start.elapsed().max(Duration::from_millis(5));
    assert_eq!(home.scan().files_read, 0);
    let mut chance = 0x2545_f491_4f6c_dd1d_u64;
    let (mut old, mut new) = (0, 0);
    for round in 0..ROUNDS {
        home.put(&format!("new/{round:03}.flac"), 1000 + round);
        // xorshift64 (Marsaglia, "Xorshift RNGs", 2003)
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let after = whole.mul_f64((chance >> 11) as f64 / (1_u64 << 53) as f64 * 1.2);
        let (start, mut child) = (Instant::now(), home.start(&["scan"]));
        while start.elapsed() < after && child.try_wait().unwrap().is_none() {
            thread::yield_now();
        }
        let _ = child.kill(); // SIGKILL; it may have ended by itself
        child.wait().unwrap();
        let library = home.scan();
        assert_eq!(library.len(), 200 + round + 1);
        match library.files_read {
            0 => new += 1,
            1 => old += 1,
            read => panic!("round {round}: {read} files were read again: the index was neither old nor new"),
        }
        if round % 20 == 0 {
            let found = home.matched(&library, 1000 + round);
            assert_eq!(found, Some(home.path().join(format!("music/new/{round:03}.flac"))));
        }
    }
    assert!(old > 0, "no writer was killed before it wrote ({new} after)");
}

#[test]
fn several_processes_that_scan_and_match_at_once_leave_a_whole_index() {
    let home = Home::new(120);
    fs::write(home.path().join("list.txt"), "1. Artist 7 - Song number 7\n").unwrap();
    let list = home.path().join("list.txt");
    let list = list.to_str().unwrap();
    for round in 0..3 {
        home.put(&format!("new/{round}.flac"), 500 + round);
        let work: [&[&str]; 5] = [&["scan"], &["match", list], &["scan"], &["match", list], &["match", list]];
        let children: Vec<Child> = work.iter().map(|words| home.start(words)).collect();
        for mut child in children {
            assert!(child.wait().unwrap().success());
        }
        let library = home.scan();
        assert_eq!((library.len(), library.files_read), (121 + round, 0));
        assert!(home.matched(&library, 500 + round).unwrap().ends_with(format!("new/{round}.flac")));
    }
    let left = fs::read_dir(home.path().join("home")).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with('.')).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn names_on_disk_that_are_damaged_or_of_another_library_are_read_anew() {
    let home = Home::new(40);
    let library = home.scan();
    assert!(home.matched(&library, 7).is_some());
    let names = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with("names-");
    let path =
        fs::read_dir(home.path().join("home")).unwrap().map(Result::unwrap).find(names).unwrap().path();
    let good = fs::read(&path).unwrap();
    for bad in [&good[..good.len() / 2], b"", b"SQLite format 3\0", &[0xFF; 9000]] {
        fs::remove_file(&path).unwrap();
        fs::write(&path, bad).unwrap();
        assert!(home.matched(&library, 7).is_some());
        assert_eq!(fs::read(&path).unwrap().len(), good.len());
    }
    // What is damaged beyond the header changes no answer either.
    let right = home.matched(&library, 7);
    for at in (0..good.len()).step_by(good.len() / 150) {
        let mut bad = good.clone();
        bad[at..(at + 40).min(good.len())].fill(0xFF);
        let _ = fs::remove_file(&path);
        fs::write(&path, bad).unwrap();
        assert_eq!(home.matched(&library, 7), right, "damaged from byte {at} on");
    }
    fs::write(&path, &good).unwrap();
    fs::remove_file(&path).unwrap();
    home.put("new.flac", 77);
    assert!(home.matched(&home.scan(), 77).unwrap().ends_with("new.flac"));
}

#[cfg(unix)]
#[test]
fn a_file_whose_path_is_no_utf8_is_found_by_its_tags() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let home = Home::new(20);
    let folder = home.path().join("music").join(OsStr::from_bytes(b"Caf\xE9"));
    fs::create_dir(&folder).unwrap();
    let file = folder.join(OsStr::from_bytes(b"S\xF8ng.flac"));
    fs::write(&file, flac("Artist 99", "Song number 99")).unwrap();
    for _ in 0..2 {
        assert_eq!(home.matched(&home.scan(), 99), Some(file.clone()));
    }
}

/// A disc in one file, with a sheet of two tracks and their gains beside it.
fn put_disc(home: &Home) {
    let sheet = "PERFORMER Velo\nTITLE Night\nFILE \"disc.flac\" WAVE\nTRACK 01 AUDIO\nTITLE Rain on Glass\n\
                 REM REPLAYGAIN_TRACK_GAIN -6.52 dB\nINDEX 01 00:00:00\n\
                 TRACK 02 AUDIO\nTITLE Harbour Lamps\nINDEX 01 00:00:30\n";
    home.put("disc/disc.flac", 9_000);
    fs::write(home.path().join("music/disc/disc.cue"), sheet).unwrap();
}

/// Entries that are found by letters, by ear, inside a disc, by the file's name, and not at all.
fn asked() -> Listing {
    let entry = |artist: &str, title: &str| Entry {
        artist: Some(artist.into()).filter(|artist: &String| !artist.is_empty()),
        title: title.into(),
        more: Details { text: format!("{artist} - {title}"), ..Details::default() }.into(),
        ..Entry::default()
    };
    let mut entries: Vec<Entry> =
        (0..40).map(|n| entry(&format!("Artist {n}"), &format!("Song numbr {}", n * 3 % 40))).collect();
    entries.extend([
        entry("Velo", "Rain on Glass"),
        entry("", "Harbour Lamps"),
        entry("\u{30b7}\u{30e7}\u{30d1}\u{30f3}", "\u{30ce}\u{30af}\u{30bf}\u{30fc}\u{30f3}"),
        entry("\u{42e}\u{440}\u{438}\u{439} \u{428}\u{430}\u{442}\u{443}\u{43d}\u{43e}\u{432}", "Bonfire"),
        entry("Nobody", "Nothing of the Kind"),
        Entry { file: Some("7/145.flac".into()), ..entry("", "145") },
    ]);
    Listing { entries, ..Listing::default() }
}

#[test]
fn what_is_damaged_in_the_index_does_not_go_on_into_the_next() {
    let home = Home::new(40);
    home.scan();
    let index = home.path().join("home/library.idx");
    let mut bytes = fs::read(&index).unwrap();
    let title = b"Song number 7";
    let at = bytes.windows(title.len()).position(|window| window == title).unwrap();
    bytes[at] = b'X';
    fs::write(&index, bytes).unwrap();
    home.put("new/40.flac", 40);
    let titles = |library: Library| -> Vec<String> {
        library
            .tracks()
            .filter_map(|track| track.tags.title)
            .filter(|title| title.contains("ong number"))
            .collect()
    };
    for library in [open(&[home.path().join("music")], &index, |_| {}).unwrap(), home.scan()] {
        let titles = titles(library);
        assert_eq!((titles.len(), titles.iter().filter(|title| title.starts_with("Song")).count()), (41, 41));
    }
}

#[test]
fn scans_of_other_folders_at_the_same_time_give_each_its_own() {
    let home = Home::new(160);
    for _ in 0..4 {
        let _ = fs::remove_file(home.path().join("home/library.idx"));
        let counts: Vec<usize> = thread::scope(|scope| {
            let scan_of = |folder: usize| {
                let folder = home.path().join(format!("music/{folder}"));
                let index = home.path().join("home/library.idx");
                scope.spawn(move || scan(&[folder], &index, |_| {}).unwrap().tracks().count())
            };
            let scans: Vec<_> = (0..8).map(scan_of).collect();
            scans.into_iter().map(|scan| scan.join().unwrap()).collect()
        });
        assert_eq!(counts, [20; 8]);
    }
}

#[test]
fn what_is_read_in_place_decides_as_the_same_tracks_in_memory_do() {
    let home = Home::new(160);
    put_disc(&home);
    let names =
        [("Chopin", "Nocturne"), ("Chopin", "Nokturn"), ("Yury Shatunov", "Bonfire"), ("Velo", "Rain")];
    for (n, (artist, title)) in names.into_iter().enumerate() {
        fs::write(home.path().join(format!("music/disc/{n}.flac")), flac(artist, title)).unwrap();
    }
    let listing = asked();
    let roots = [home.path().join("music")];
    for round in 0..3 {
        let library = match round {
            0 => home.scan(),
            _ => open(&roots, &home.path().join("home/library.idx"), |_| {}).unwrap(),
        };
        let tracks: Vec<Track> = library.tracks().collect();
        assert_eq!((tracks.len(), library.len()), (166, 166), "the disc gave way to its two tracks");
        assert_eq!(tracks.iter().filter(|track| track.span.is_some()).count(), 2);
        assert_eq!(tracks.iter().filter(|track| track.gains.track.is_some()).count(), 1);
        let (index, error) = Index::of_library(&library, &home.path().join("home"));
        assert!(error.is_none());
        for accept in [Accept::Exact, Accept::Any] {
            let in_place = index.match_accepting(&listing, &library, accept);
            let in_memory = match_accepting(&listing, &tracks, accept);
            for (entry, (a, b)) in listing.entries.iter().zip(in_place.entries.iter().zip(&in_memory.entries))
            {
                assert_eq!(a, b, "{} in round {round}", entry.more.text);
            }
            let sure = in_place.entries.iter().filter(|entry| entry.status == Status::Sure).count();
            assert!(sure > 5 && sure < listing.entries.len(), "{sure}");
            let spans = in_place.entries.iter().filter_map(|entry| library.track(entry.chosen?)?.span);
            assert_eq!(spans.count(), 2);
        }
    }
}

#[test]
fn a_sheet_that_comes_changes_or_goes_is_followed() {
    let home = Home::new(3);
    put_disc(&home);
    let titles = || -> Vec<String> {
        home.scan()
            .tracks()
            .filter(|track| track.span.is_some())
            .filter_map(|track| track.tags.title)
            .collect()
    };
    assert_eq!(titles(), ["Rain on Glass", "Harbour Lamps"]);
    let path = home.path().join("music/disc/disc.cue");
    let sheet = fs::read_to_string(&path).unwrap();
    fs::write(&path, sheet.replace("Rain on Glass", "Hail")).unwrap();
    assert_eq!(titles(), ["Hail", "Harbour Lamps"]);
    fs::remove_file(&path).unwrap();
    assert_eq!(titles(), [""; 0]);
    assert_eq!(home.scan().len(), 4, "the disc is a file again");
    fs::write(&path, sheet).unwrap();
    assert_eq!(titles(), ["Rain on Glass", "Harbour Lamps"]);
    home.put("4.flac", 4);
    assert_eq!(titles(), ["Rain on Glass", "Harbour Lamps"], "nor lost when something else comes");
}
