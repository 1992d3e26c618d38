//! Takes M3U and M3U8, simple or extended: locations, and what `#EXTINF`, `#EXTALB`, `#EXTART`
//! and `#PLAYLIST` say of them; gives entries whose `file` is the location as written.
//! Never resolves or decodes a location: the literal name is the first one to try.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::problem::Problem;
use super::{KnowsArtist, length, lines, location};
use crate::playlist::{Details, Entry, Listing, Unread};

/// Extensions by which a bare list of paths is known, lower case.
const AUDIO: &[&str] = &[
    "aac", "aif", "aiff", "alac", "ape", "caf", "flac", "m4a", "mka", "mp2", "mp3", "mp4", "mpc", "oga",
    "ogg", "opus", "wav", "weba", "wma", "wv",
];

/// How a comment begins that keeps an entry without a file.
pub(super) const NO_FILE: &str = " no file: ";

/// The header settles it. Without one, every line has to be a path of a sound file, at least
/// one of them with a folder: bare file names are also what people paste as plain text.
pub(super) fn sniff(text: &str) -> bool {
    let mut lines = lines::split(text).map(str::trim).filter(|line| !line.is_empty());
    if lines.clone().next().is_some_and(|line| line.starts_with("#EXTM3U")) {
        return true;
    }
    let mut folders = false;
    let all_paths = lines.all(|line| {
        let comment = line.starts_with('#');
        folders |= !comment && line.contains(['/', '\\']);
        comment || has_audio_extension(line)
    });
    all_paths && folders
}

/// Whether the text ends like the name of a sound file.
pub(super) fn has_audio_extension(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, extension)| AUDIO.contains(&extension.to_ascii_lowercase().as_str()))
}

pub(super) fn read(text: &str, _: &KnowsArtist<'_>) -> Result<Listing, Vec<Problem>> {
    let mut listing = Listing::default();
    let mut next = Next::default();
    for (index, line) in lines::split(text).enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        if line.contains('\0') {
            // No file has such a name, so what follows the NUL can be no more than a guess.
            listing.unread.push(Unread { line: index + 1, text: line.trim().to_owned() });
            continue;
        }
        match line.strip_prefix('#') {
            Some(directive) if directive.starts_with(NO_FILE) => {
                next.display = Some(directive[NO_FILE.len()..].trim());
                let entry = std::mem::take(&mut next).entry();
                listing.entries.extend(Some(entry).filter(|entry| !entry.title.is_empty()));
            }
            Some(directive) => apply(directive, &mut next, &mut listing),
            None => listing.entries.push(finish(std::mem::take(&mut next).entry(), line)),
        }
    }
    Ok(listing)
}

/// What the directives say of the location that follows them.
#[derive(Default)]
struct Next<'a> {
    display: Option<&'a str>,
    /// The artist; said to be none where it is empty.
    artist: Option<&'a str>,
    album: Option<&'a str>,
    length: Option<Duration>,
}

impl Next<'_> {
    fn entry(self) -> Entry {
        let album = self.album.map(str::to_owned);
        let more = Details { album, ..Details::default() }.into();
        let mut entry = Entry { length: self.length, more, ..Entry::default() };
        let display = self.display.unwrap_or_default();
        show(display, &mut entry);
        match self.artist {
            Some("") => {
                entry.artist = None;
                display.clone_into(&mut entry.title);
            }
            Some(artist) => {
                entry.artist = Some(artist.to_owned());
                let rest = display.strip_prefix(artist).and_then(|rest| rest.strip_prefix(" - "));
                if let Some(title) = rest.filter(|title| !title.is_empty()) {
                    title.clone_into(&mut entry.title);
                }
            }
            None => {}
        }
        entry
    }
}

/// A directive speaks of the location that follows it; one that is not known is a comment.
fn apply<'a>(directive: &'a str, next: &mut Next<'a>, listing: &mut Listing) {
    let Some((name, value)) = directive.split_once(':') else { return };
    let value = value.trim();
    match name {
        "EXTART" => next.artist = Some(value),
        _ if value.is_empty() => {}
        "EXTINF" => extinf(value, next),
        "EXTALB" => next.album = Some(value),
        "PLAYLIST" => listing.title = Some(value.to_owned()),
        _ => {}
    }
}

/// `seconds[ attributes],Artist - Title`. -1 seconds means that the length is not known.
fn extinf<'a>(value: &'a str, next: &mut Next<'a>) {
    let (before, display) = split_at_bare_comma(value);
    let seconds = before.split_whitespace().next().unwrap_or_default();
    next.length = length::parse(seconds).filter(|length| *length > Duration::ZERO);
    next.display = Some(display.trim());
}

/// What players show of an entry is "Artist - Title", or the title alone.
pub(super) fn show(display: &str, entry: &mut Entry) {
    let display = display.trim();
    match display.split_once(" - ") {
        Some((artist, title)) if !artist.trim().is_empty() && !title.trim().is_empty() => {
            entry.artist = Some(artist.trim().to_owned());
            entry.title = title.trim().to_owned();
        }
        _ => entry.title = display.to_owned(),
    }
}

/// Splits at the first comma that is not inside an attribute's quotes (`tvg-name="a, b"`).
fn split_at_bare_comma(value: &str) -> (&str, &str) {
    let mut quoted = false;
    for (at, byte) in value.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => return (&value[..at], &value[at + 1..]),
            _ => {}
        }
    }
    value.split_once(',').unwrap_or((value, ""))
}

/// An entry of a format with locations: its file, and a title where there was none.
pub(super) fn finish(mut entry: Entry, location: &str) -> Entry {
    entry.file = Some(PathBuf::from(location));
    if entry.title.is_empty() {
        entry.title = shown_stem(location);
    }
    entry
}

/// As [`stem`], with the percent escapes undone: a name for people and for the matcher.
pub(in crate::playlist) fn shown_stem(location: &str) -> String {
    let stem = stem(location);
    let decoded = location::decoded(stem).and_then(|name| name.into_os_string().into_string().ok());
    decoded.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| stem.to_owned())
}

/// The name of a file without its folders (of either slash) and its extension.
fn stem(location: &str) -> &str {
    let name = location.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(location).trim();
    if has_audio_extension(name) { name.rsplit_once('.').map_or(name, |(stem, _)| stem) } else { name }
}

/// UTF-8 with a header. An entry without a file is kept as a comment, since no player could
/// open its line.
pub(super) fn write(listing: &Listing) -> String {
    let mut out = String::from("#EXTM3U\n");
    if let Some(title) = &listing.title {
        let _ = writeln!(out, "#PLAYLIST:{title}");
    }
    for entry in &listing.entries {
        let display = display(entry);
        let Some(file) = &entry.file else {
            let _ = writeln!(out, "#{NO_FILE}{display}");
            continue;
        };
        if !is_bare(entry, file) {
            let _ = writeln!(out, "#EXTINF:{},{display}", seconds(entry));
            if let Some(artist) = artist_apart(entry) {
                let _ = writeln!(out, "#EXTART:{artist}");
            }
        }
        if let Some(album) = &entry.more.album {
            let _ = writeln!(out, "#EXTALB:{album}");
        }
        let _ = writeln!(out, "{}", escape_start(file));
    }
    out
}

/// Whether the name of its file says all that an entry's line would.
pub(super) fn is_bare(entry: &Entry, file: &Path) -> bool {
    entry.artist.is_none() && entry.length.is_none() && shown_stem(&escape_start(file)) == entry.title
}

/// The artist where "Artist - Title" would be split elsewhere; empty where there is none.
fn artist_apart(entry: &Entry) -> Option<&str> {
    let mut again = Entry::default();
    show(&display(entry), &mut again);
    (again.artist.as_deref() != artist(entry)).then(|| artist(entry).unwrap_or_default())
}

fn artist(entry: &Entry) -> Option<&str> {
    entry.artist.as_deref().map(str::trim).filter(|artist| !artist.is_empty())
}

/// "Artist - Title", or the one that there is.
pub(super) fn display(entry: &Entry) -> String {
    match artist(entry) {
        Some(artist) if entry.title.trim().is_empty() => artist.to_owned(),
        Some(artist) => format!("{artist} - {}", entry.title),
        None => entry.title.clone(),
    }
}

/// Whole seconds, as players write them; -1 where the length is not known, as nought would say, too.
pub(super) fn seconds(entry: &Entry) -> i64 {
    entry.length.map_or(-1, |length| (length.as_secs_f64().round() as i64).max(1))
}

/// A relative name that begins with '#' would be read as a comment; from one that begins with a space,
/// players take the space away.
pub(super) fn escape_start(file: &Path) -> Cow<'_, str> {
    let file = location::written(file, &[]);
    let odd = file.starts_with(|c: char| c == '#' || c.is_whitespace());
    if odd { format!("./{file}").into() } else { file }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read_all(text: &str) -> Listing {
        read(text, &|_| false).unwrap()
    }

    #[test]
    fn extended_lines_describe_the_location_that_follows() {
        let listing = read_all(
            "#EXTM3U\r\n#PLAYLIST:Road\r\n#EXTINF:221,Velo - Tail Lights\r\n#EXTALB:Night\r\nnight/02 tail.flac\r\nb.mp3\r\n",
        );
        assert_eq!(listing.title.as_deref(), Some("Road"));
        let [first, second] = &listing.entries[..] else { panic!("two entries") };
        assert_eq!(first.artist.as_deref(), Some("Velo"));
        assert_eq!(first.title, "Tail Lights");
        assert_eq!(first.more.album.as_deref(), Some("Night"));
        assert_eq!(first.length, Some(Duration::from_secs(221)));
        assert_eq!(first.file, Some("night/02 tail.flac".into()));
        assert_eq!((second.title.as_str(), second.artist.as_deref()), ("b", None));
    }

    #[test]
    fn paths_make_a_playlist_and_numbered_lines_do_not() {
        assert!(sniff("# night\nnight/01 tail.flac\nb.mp3\n"));
        assert!(!sniff("#1 Tail / Velo\n#2 Glass / Ana\n"));
        assert!(!sniff("b.mp3\nc.mp3\n"), "names without a folder may be anybody's");
    }

    #[test]
    fn locations_stay_as_written() {
        let listing = read_all(" lead.flac\rC:\\Music\\x y.mp3\rb%20c.wav\rfile:///a/d%23.ogg");
        let files: Vec<_> =
            listing.entries.iter().map(|e| e.file.as_ref().unwrap().to_str().unwrap()).collect();
        assert_eq!(files, [" lead.flac", "C:\\Music\\x y.mp3", "b%20c.wav", "file:///a/d%23.ogg"]);
        assert_eq!(listing.entries[1].title, "x y");
    }

    #[test]
    fn a_bare_name_that_looks_escaped_keeps_its_title() {
        for (file, title) in
            [("100%25 rain.mp3", "100%25 rain"), ("a%20b.mp3", "a b"), ("#1 hit.mp3", "#1 hit")]
        {
            let entry = Entry { title: title.into(), file: Some(file.into()), ..Entry::default() };
            let written = write(&Listing { entries: vec![entry], ..Listing::default() });
            assert_eq!(read_all(&written).entries[0].title, title, "{written}");
        }
    }

    #[test]
    fn a_line_with_a_nul_is_reported() {
        let listing = read_all("#EXTM3U\na.mp3\nb\0.mp3\nc.mp3\n");
        assert_eq!(listing.entries.len(), 2);
        assert_eq!(listing.unread[0].line, 3);
    }

    #[test]
    fn attributes_may_hold_commas() {
        let listing = read_all("#EXTINF:-1 tvg-name=\"a, b\" x=1,One, Two\nf.mp3");
        assert_eq!(listing.entries[0].title, "One, Two");
        assert_eq!(listing.entries[0].length, None);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut listing = read_all("#EXTM3U\n#PLAYLIST:P\n#EXTINF:10,A - B\n#EXTALB:C\nx/y.flac\n");
        assert_eq!(read_all(&write(&listing)), listing);
        listing.entries[0].file = None;
        assert!(write(&listing).ends_with("# no file: A - B\n"));
    }

    #[test]
    fn what_a_line_would_hide_is_said_apart() {
        let entry = |artist: Option<&str>, title: &str| Entry {
            artist: artist.map(str::to_owned),
            title: title.into(),
            file: Some("x/Velo - Rain.mp3".into()),
            ..Entry::default()
        };
        let lines = |entry: Entry| write(&Listing { entries: vec![entry], ..Listing::default() });
        assert_eq!(lines(entry(None, "Velo - Rain")), "#EXTM3U\nx/Velo - Rain.mp3\n");
        let apart = "#EXTM3U\n#EXTINF:-1,A - B - C\n#EXTART:A - B\nx/Velo - Rain.mp3\n";
        assert_eq!(lines(entry(Some("A - B"), "C")), apart);
        let none = "#EXTM3U\n#EXTINF:-1,A - B\n#EXTART:\nx/Velo - Rain.mp3\n";
        assert_eq!(lines(entry(None, "A - B")), none);
    }

    #[test]
    fn bare_paths_are_known_and_bare_names_are_not() {
        assert!(sniff("\n#EXTM3U8 x\n"));
        assert!(sniff("Music/a.mp3\nMusic/b.flac\n"));
        assert!(!sniff("01 - Velo - Tail Lights.mp3\n02 - Velo - Rain.mp3\n"));
        assert!(!sniff("AC/DC - Thunderstruck"));
    }
}
