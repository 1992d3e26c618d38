//! Takes the words beside a title ("2011 Remaster", "Live at Wembley", "Dub Mix"); gives which
//! version of a song they name, if they name one.
//! Never compares titles, never looks beyond the note.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::normalise::{Phrase, Word, number, words};
use super::version::{Sound, Version, Versions};

/// What a note in brackets or after a dash is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Note {
    /// It names a version.
    Version(Versions),
    /// It says nothing about the song.
    Paper,
    /// It is a part of the name, or a remark: no version is named.
    Other,
}

/// Where in a note a word must stand to name a version.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Anywhere in a note.
    Any,
    /// First or last, or before "at", "in", "from" or "version".
    Edge,
}

/// What words name which version. Longer phrases stand before their parts.
const NAMES: &[(Option<Version>, Place, &[&str])] = {
    use Place::{Any, Edge};
    use Version::*;
    &[
        (
            Some(Karaoke),
            Any,
            &[
                "karaoke",
                "in the style of",
                "made famous by",
                "originally performed by",
                "sing along",
                "singalong",
                "backing track",
                "minus one",
                "off vocal",
                "playback",
                // As Chinese, Japanese, Korean and Russian files are marked; see `han` for the writing.
                "伴奏",
                "伴奏版",
                "伴唱",
                "banzou",
                "ban zou",
                "卡拉ok",
                "カラオケ",
                "オフボーカル",
                "반주",
                "노래방",
                "караоке",
                "минус",
                "минусовка",
            ],
        ),
        (
            Some(Extended),
            Any,
            &[
                "extended mix",
                "extended version",
                "extended",
                "12 inch mix",
                "12 inch version",
                "12 inch",
                "12 version",
                "12 mix",
                "long version",
                "maxi version",
                "maxi",
                "full length version",
            ],
        ),
        (
            Some(Edit),
            Any,
            &[
                "radio edit",
                "single edit",
                "video edit",
                "radio version",
                "radio mix",
                "single version",
                "single mix",
                "short version",
                // As songs are cut for the opening of a series.
                "tv size",
                "tv version",
                "tv edit",
                "tv ver",
                "tvサイズ",
                "7 inch",
                "7 version",
                "7 mix",
            ],
        ),
        (
            Some(Remaster),
            Any,
            &[
                "remastered",
                "remaster",
                "digitally remastered",
                "mono version",
                "stereo version",
                "mono mix",
                "stereo mix",
                "mono",
                "stereo",
                "explicit",
                "clean",
                "album version",
                "lp version",
                "full version",
                "full size",
                "full ver",
                "complete version",
                "standard version",
                "soundtrack version",
                "original version",
                "original mix",
                "main version",
                "bonus track",
                "bonus",
                "deluxe edition",
                "title track",
                "hidden track",
            ],
        ),
        (
            Some(Demo),
            Edge,
            &[
                "demo",
                "demos",
                "rehearsal",
                "alternate take",
                "alternative take",
                "alternate version",
                "alternative version",
                "outtake",
                "early version",
                "rough mix",
                "home recording",
            ],
        ),
        (
            Some(Remix),
            Edge,
            &[
                "remix", "remixes", "remixed", "rmx", "mix", "dub", "rework", "reworked", "bootleg", "refix",
                "mashup", "mash up", "flip", "vip",
            ],
        ),
        (
            Some(Live),
            Edge,
            &[
                "live",
                "in concert",
                "bbc session",
                "bbc sessions",
                "peel session",
                "peel sessions",
                "radio session",
                "in session",
                "live lounge",
                // "(The Basement Sessions)": played for a broadcaster or a site.
                "session",
                "sessions",
                "kexp",
                "tiny desk",
                "audiotree",
                "blogotheque",
                "tour",
                "canlı",
                "na zywo",
                "nazywo",
                "nazivo",
                "наживо",
                "живьём",
                "ζωντανα",
                "แสดงสด",
                "en vivo",
                "en directo",
                "ao vivo",
                "dal vivo",
                "en public",
                "na zywo",
                "canli",
                "canlı",
                "现场",
                "现场版",
                "演唱会",
                "ライブ",
                "라이브",
                "концерт",
                "живой концерт",
            ],
        ),
        (
            Some(Acoustic),
            Edge,
            &[
                "acoustic",
                "unplugged",
                "mtv unplugged",
                "stripped",
                "solo piano",
                "piano version",
                "acustico",
                "acustica",
                "acoustica",
                "acoustique",
                "akustisch",
                "akustik",
                "akustycznie",
                "akustisk",
                "akoestisch",
                "акустика",
                "アコースティック",
                "어쿠스틱",
            ],
        ),
        (Some(Fragment), Edge, &["intro", "outro", "interlude", "reprise", "skit", "medley"]),
        (
            Some(Instrumental),
            Edge,
            &[
                "instrumental",
                "instrumentals",
                "instr",
                "inst",
                "strumentale",
                "instrumentale",
                "enstrumantal",
                "instrumentalny",
                "纯音乐",
                "インスト",
                "инструментал",
            ],
        ),
        (Some(Acapella), Any, &["acapella", "acappella", "a cappella", "a capella"]),
        (
            Some(Cover),
            Edge,
            &[
                "cover",
                "cover version",
                "tribute to",
                "tribute",
                "lullaby version",
                "string quartet",
                "翻唱",
                "カバー",
                "커버",
                "кавер",
            ],
        ),
        (
            Some(Altered),
            Any,
            &[
                "sped up",
                "slowed",
                "nightcore",
                "8 bit",
                "8bit",
                "8d audio",
                "chipmunk",
                "music box",
                "lofi",
                "lo fi",
                "reverb",
            ],
        ),
        (Some(Edit), Edge, &["edit", "edited"]),
        (
            Some(Other),
            Any,
            &[
                "re recorded",
                "rerecorded",
                "re recording",
                "rerecording",
                "new recording",
                "remake",
                "symphonic",
                "orchestral",
                // What file systems and hasty fingers leave of a name and an apostrophe.
                "s version",
            ],
        ),
        // No version, only paper: left out of names.
        (
            None,
            Any,
            &[
                "official music video",
                "official video",
                "official audio",
                "official lyric video",
                "lyric video",
                "official",
                "lyrics",
                "with lyrics",
                "hq",
                "hd",
                "m v",
                "mv",
                "320",
                "320kbps",
                "album",
                "single",
                "full audio",
            ],
        ),
    ]
};

/// Words after which "live" and the like are notes wherever they stand.
const PLACES: &[&str] =
    &["at", "in", "from", "on", "version", "session", "sessions", "lounge", "take", "recording"];
/// Words that say nothing in a label.
const EMPTY: &[&str] =
    &["the", "a", "version", "mix", "and", "at", "in", "from", "on", "s", "original", "by", "re"];

/// How a version is said to be somebody's own, as people and as names of files have it.
pub(super) const OWNED: [&str; 3] = ["'s version", "’s version", "_s version"];

/// Reads a note as written: "Ada's version" is one by its sign.
pub(super) fn read_note_text(note: &str) -> Note {
    let lower = note.to_lowercase();
    let owned = OWNED.iter().find(|sign| lower.contains(**sign));
    let inches = INCHES.iter().find(|sign| lower.contains(**sign));
    match (owned, inches) {
        (Some(sign), _) => read_note(&words(&lower.replace(sign, " s version"))),
        (None, Some(sign)) => {
            let size = sign.trim_end_matches(|c: char| !c.is_ascii_digit());
            read_note(&words(&lower.replace(sign, &format!("{size} inch "))))
        }
        (None, None) => read_note(&words(note)),
    }
}

/// How the size of a single is written, also by file systems that allow no such sign.
const INCHES: [&str; 10] = ["12\"", "12''", "12”", "12″", "12_", "7\"", "7''", "7”", "7″", "7_"];

/// Reads a note.
pub(super) fn read_note(note: &[Word]) -> Note {
    // Alone in brackets it is how Korean sellers mark a backing track; with a name it is a man.
    if note.iter().map(Word::as_str).eq(["mr"]) {
        return Note::Version(Versions { kinds: BTreeSet::from([Version::Karaoke]), ..Versions::default() });
    }
    let known_words = &lexicon().words;
    if !note.iter().any(|word| known_words.binary_search(&word.as_str()).is_ok()) {
        return Note::Other;
    }
    let mut kinds = BTreeSet::new();
    let mut taken = vec![false; note.len()];
    let mut known = false;
    for (kind, place, name) in &lexicon().names {
        let Some(at) = find(note, name, *place, &taken) else { continue };
        taken[at..at + name.len()].fill(true);
        kinds.extend(*kind);
        known = true;
    }
    if kinds.is_empty() && is_wording(note, &taken) {
        // "Spanish Version", "Bossa Version": whatever it is, it is not the plain song.
        kinds.insert(Version::Other);
    }
    if kinds.is_empty() {
        let all = note.iter().zip(&taken).all(|(word, taken)| *taken || EMPTY.contains(&word.as_str()));
        return if known && all { Note::Paper } else { Note::Other };
    }
    let rest = note.iter().zip(taken).filter(|(word, taken)| !taken && !EMPTY.contains(&word.as_str()));
    let label = Phrase::from_words(rest.map(|(word, _)| word.clone()).collect());
    // "Ana Velo Radio Edit" is Ana Velo's work, cut for the radio.
    let names = label.words.iter().filter(|word| number(word).is_none() && word.chars().count() > 2).count();
    if names >= 2 && kinds.len() == 1 && kinds.contains(&Version::Edit) {
        kinds.insert(Version::Remix);
    }
    Note::Version(Versions { kinds, sound: Sound::of(note.iter()), label })
}

/// Whether a note of two or three words names a version that has no name of its own ("Spanish Version"). A year tells
/// when ("2000 Version"), and most often of a new transfer; what was made for the pictures or a shop is the same take.
fn is_wording(note: &[Word], taken: &[bool]) -> bool {
    const SAME: &[&str] = &[
        "movie", "film", "video", "ep", "cd", "us", "uk", "hit", "bonus", "main", "regular", "long", "uncut",
        "vocal", "deluxe",
    ];
    let Some((last, label)) = note.split_last() else { return false };
    let says = |word: &Word| number(word).is_none() && !EMPTY.contains(&word.as_str());
    last == "version"
        && !taken.contains(&true)
        && (1..=2).contains(&label.len())
        && label.iter().all(says)
        && !label.iter().any(|word| SAME.contains(&word.as_str()))
}

/// [`NAMES`] cut into words.
struct Lexicon {
    /// The names in their order.
    names: Vec<(Option<Version>, Place, Vec<&'static str>)>,
    /// All their words, sorted: a note without any of them names nothing.
    words: Vec<&'static str>,
}

fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(|| {
        let cut = |name: &&'static str| name.split(' ').collect::<Vec<_>>();
        let names: Vec<_> = NAMES
            .iter()
            .flat_map(|(kind, place, names)| names.iter().map(move |name| (*kind, *place, cut(name))))
            .collect();
        let mut words: Vec<&str> = names.iter().flat_map(|(_, _, name)| name.iter().copied()).collect();
        words.sort_unstable();
        words.dedup();
        Lexicon { names, words }
    })
}

fn find(note: &[Word], name: &[&str], place: Place, taken: &[bool]) -> Option<usize> {
    (0..note.len().checked_sub(name.len())? + 1).find(|&at| {
        let end = at + name.len();
        let here = note[at..end].iter().zip(name).all(|(x, y)| x == y) && !taken[at..end].contains(&true);
        let edge = at == 0
            || end == note.len()
            || taken[at - 1]
            || note.get(end).is_some_and(|w| PLACES.contains(&w.as_str()) || number(w).is_some());
        here && (place == Place::Any || edge)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(note: &str) -> Vec<Version> {
        match read_note(&words(note)) {
            Note::Version(v) => v.kinds.into_iter().collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn notes_name_versions() {
        assert_eq!(kinds("2011 Remaster"), [Version::Remaster]);
        assert_eq!(kinds("Live at Chastain Park"), [Version::Live]);
        assert_eq!(kinds("Karaoke Version"), [Version::Karaoke]);
        assert_eq!(kinds("12\" Version"), [Version::Extended]);
        assert_eq!(kinds("Bassline Remake"), [Version::Other]);
        let Note::Version(size) = read_note_text("12\"") else { panic!("a version") };
        assert!(size.kinds.contains(&Version::Extended));
        assert_eq!(kinds("Album Version"), [Version::Remaster]);
        assert_eq!(kinds("Monster Mix"), [Version::Remix]);
        assert_eq!(kinds("Radio Edit"), [Version::Edit]);
        assert_eq!(kinds("Acoustic, MTV Unplugged"), [Version::Acoustic]);
        assert_eq!(kinds("Akustik"), [Version::Acoustic]);
        assert_eq!(kinds("The Basement Sessions"), [Version::Live]);
        assert_eq!(kinds("Spanish Version"), [Version::Other]);
        assert_eq!(kinds("2000 Version"), []);
        assert_eq!(kinds("Film Version"), []);
    }

    #[test]
    fn somebodys_version_is_another_one() {
        for note in ["Ada's Version", "Ada’s version", "Ada_s Version", "Ada Moor's Version"] {
            let Note::Version(v) = read_note_text(note) else { panic!("{note}") };
            assert!(v.kinds.contains(&Version::Other) && v.label.words[0] == "ada", "{note}");
        }
    }

    #[test]
    fn parts_of_titles_are_no_versions() {
        assert_eq!(kinds("A Deal with God"), []);
        assert_eq!(kinds("How I Live Now"), []);
        assert_eq!(kinds("That Thing"), []);
    }

    #[test]
    fn paper_is_known() {
        assert_eq!(read_note(&words("Official Video")), Note::Paper);
        assert_eq!(read_note(&words("lyrics")), Note::Paper);
    }

    #[test]
    fn sizes_and_mixes_are_read() {
        for note in ["12\"", "12''", "12” version", "12_", "12 inch"] {
            let Note::Version(v) = read_note_text(note) else { panic!("{note}") };
            assert_eq!(Vec::from_iter(v.kinds), [Version::Extended], "{note}");
        }
        let sound = |note| match read_note_text(note) {
            Note::Version(versions) => versions.sound,
            _ => None,
        };
        assert_eq!(sound("2009 Mono Remaster"), Some(Sound::Mono));
        assert_eq!(sound("Stereo Mix"), Some(Sound::Stereo));
        assert_eq!(sound("Mono & Stereo"), None);
    }

    #[test]
    fn a_remixer_is_the_label() {
        let Note::Version(v) = read_note(&words("Afro Bros Remix")) else { panic!("a version") };
        assert_eq!(v.label.words, ["afro", "bros"]);
    }
}
