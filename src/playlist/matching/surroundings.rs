//! Takes the name of a release, a folder or an artist; gives which versions all its songs are.
//! Stricter than what reads a note beside a title: many an album is called like a version.
//! Never looks at a song's own title.

use std::collections::BTreeSet;

use super::normalise::{Word, number, words};
use super::note::OWNED;
use super::version::Version;

/// What the name of a release, a folder or an artist says about every song in it. Stricter than
/// a note: an album called "Live and Let Die" or "The Mix Tape" is no version of anything.
pub(super) fn of_surroundings(text: &str) -> BTreeSet<Version> {
    const SIGNS: &[(Version, &[&str])] = &[
        (
            Version::Karaoke,
            &["karaoke", "in the style of", "made famous by", "backing tracks", "sing along", "singalong"],
        ),
        (
            Version::Live,
            &[
                "live at",
                "live in",
                "live from",
                "live on",
                "in concert",
                "bbc sessions",
                "peel sessions",
                "at the bbc",
                "live album",
                "en vivo",
                "en directo",
                "ao vivo",
                "dal vivo",
                "en concert",
                "en concierto",
                "ultimo concierto",
                "in concerto",
                "im konzert",
                "na zywo",
                "живои концерт",
                "концерт в",
                "концерт на",
                "живьем",
            ],
        ),
        (
            Version::Acoustic,
            &[
                "unplugged",
                "acoustic mtv",
                "mtv acoustic",
                "acustico",
                "acustica",
                "acoustique",
                "akustik",
                "akustisch",
                "акустика",
                "акустическии",
            ],
        ),
        (
            Version::Cover,
            &[
                "tribute to",
                "a tribute",
                "tribute band",
                "string quartet",
                "piano tribute",
                "lullaby renditions",
                "rockabye baby",
                "cover versions",
            ],
        ),
        (Version::Instrumental, &["instrumentals", "instrumental version"]),
        (Version::Altered, &["8 bit", "8bit", "nightcore", "music box"]),
        (Version::Other, &["re recorded", "rerecorded", "re recordings", "new recordings"]),
    ];
    let words = words(text);
    let has = |sign: &str| {
        // A quick look that spares most names the long one.
        if !words.iter().any(|word| sign.starts_with(word.as_str())) {
            return false;
        }
        let length = sign.split(' ').count();
        words.windows(length).any(|w| w.iter().zip(sign.split(' ')).all(|(x, y)| x == y))
    };
    let mut kinds: BTreeSet<Version> =
        SIGNS.iter().filter(|(_, signs)| signs.iter().any(|s| has(s))).map(|(k, _)| *k).collect();
    let bracketed = text.to_lowercase();
    if OWNED.iter().any(|sign| bracketed.contains(sign)) {
        kinds.insert(Version::Other);
    }
    let alone = words.len() == 1 && words[0] == "live";
    if alone
        || bracketed.contains("(live)")
        || bracketed.contains("[live]")
        || bracketed.ends_with(" - live")
        || bracketed.contains(" live!")
        || is_live(&words)
        || CONCERTS.iter().any(|sign| text.contains(sign))
    {
        kinds.insert(Version::Live);
    }
    if ACOUSTIC.iter().any(|sign| text.contains(sign)) {
        kinds.insert(Version::Acoustic);
    }
    kinds
}

/// Concerts in scripts that put no gaps between words.
const CONCERTS: [&str; 10] =
    ["演唱会", "演唱會", "现场", "現場", "音乐会", "音樂會", "ライブ", "ライヴ", "라이브", "콘서트"];
/// The same of songs that are played without the band's current.
const ACOUSTIC: [&str; 6] = ["弾き語り", "アコースティック", "アンプラグド", "不插电", "不插電", "어쿠스틱"];

/// "Absolutely Live", "Live Killers", "The Show Live 1980-81", "Live 77 85": a concert's record. "Long Live", "Learning to
/// Live" and "Live Through This" are none.
fn is_live(words: &[Word]) -> bool {
    const BEFORE_A_VERB: &[&str] = &[
        "to", "we", "you", "i", "they", "he", "she", "it", "long", "only", "can", "who", "how", "where",
        "people", "all", "still", "and", "the", "will", "should", "let", "us", "man", "die", "must", "never",
        "not", "cannot", "could", "would", "ll", "don", "dont", "t",
    ];
    const BEHIND_A_VERB: &[&str] = &[
        "a", "and", "another", "as", "by", "fast", "for", "forever", "free", "how", "in", "is", "it", "its",
        "life", "like", "long", "love", "me", "my", "now", "off", "or", "out", "right", "so", "the", "this",
        "through", "to", "today", "together", "tonight", "up", "what", "where", "while", "with", "without",
        "young", "your",
    ];
    let is_year = |word: &Word| word.len() == 4 && number(word).is_some_and(|n| (1950..2100).contains(&n));
    let is_other = |words: &[&str], word: &Word| !words.contains(&word.as_str());
    // "Live and Loud"; "Live and Let Live" and "Live and Learn" are none.
    const AFTER_AND_A_VERB: &[&str] = &[
        "be", "breathe", "die", "do", "dream", "forget", "forgive", "give", "grow", "laugh", "learn", "let",
        "love",
    ];
    let and_so = matches!(words, [first, and, next, ..] if first == "live" && and == "and" && is_other(AFTER_AND_A_VERB, next));
    and_so
        || words.windows(2).any(|pair| pair[0] == "live" && is_year(&pair[1]))
        || matches!(words, [first, next, ..] if first == "live" && is_other(BEHIND_A_VERB, next))
        || matches!(words, [.., before, last] if last == "live" && is_other(BEFORE_A_VERB, before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concerts_are_told_from_songs_of_living() {
        assert!(of_surroundings("Live and Let Die").is_empty());
        assert!(of_surroundings("Learning to Live").is_empty());
        assert!(of_surroundings("Live and Learn").is_empty());
        assert!(of_surroundings("Live and Loud").contains(&Version::Live));
        assert!(of_surroundings("Live Through This").is_empty());
        assert!(of_surroundings("Live After Dusk").contains(&Version::Live));
        assert!(of_surroundings("Glass River: The Lanterns Live 1980-81").contains(&Version::Live));
        assert!(of_surroundings("The Lanterns Play Live").contains(&Version::Live));
        assert!(of_surroundings("Alive 2007").is_empty());
        assert!(of_surroundings("Long Live").is_empty());
        assert!(of_surroundings("光年世界巡回演唱会").contains(&Version::Live));
        assert!(of_surroundings("Quite Absolutely Live").contains(&Version::Live));
        assert!(of_surroundings("Live 1975-85").contains(&Version::Live));
        assert!(of_surroundings("Live at Chastain Park").contains(&Version::Live));
    }

    #[test]
    fn other_languages_have_their_words_for_concerts() {
        for name in [
            "Acústico MTV",
            "MTV Acústico",
            "Acoustic MTV",
            "Akustik",
            "アコースティック・ベスト",
            "Акустика",
        ] {
            assert!(of_surroundings(name).contains(&Version::Acoustic), "{name}");
        }
        for name in
            ["El Último Concierto B", "Im Konzert", "Концерт в Риге", "Живой концерт", "Ao Vivo em Riga"]
        {
            assert!(of_surroundings(name).contains(&Version::Live), "{name}");
        }
        for name in
            ["Konzert für Klavier", "Concierto de Aranjuez", "Концерт для скрипки", "Acoustic Alchemy"]
        {
            assert!(of_surroundings(name).is_empty(), "{name}");
        }
    }

    #[test]
    fn recordings_made_anew_are_other_ones() {
        assert!(of_surroundings("Nights (Ada_s Version)").contains(&Version::Other));
        assert!(of_surroundings("Nights (Re-Recorded)").contains(&Version::Other));
    }
}
