//! Takes nothing; gives the words that name versions of songs in notes, in the languages that files are labelled in.
//! Never reads a note: see `note`.

use std::sync::OnceLock;

use super::version::Version;

/// Where in a note a word must stand to name a version.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
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
                "canli",
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
        (
            Some(Acapella),
            Any,
            &[
                "acapella",
                "acappella",
                "a cappella",
                "a capella",
                "vocals only",
                "vocal only",
                "only vocals",
                "isolated vocals",
                "isolated vocal",
            ],
        ),
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
                "false start",
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

/// [`NAMES`] cut into words.
pub(super) struct Lexicon {
    /// The names in their order.
    pub(super) names: Vec<(Option<Version>, Place, Vec<&'static str>)>,
    /// All their words, sorted: a note without any of them names nothing.
    pub(super) words: Vec<&'static str>,
}

pub(super) fn lexicon() -> &'static Lexicon {
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
