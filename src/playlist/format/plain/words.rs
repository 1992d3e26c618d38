//! The words that tell what a line is about, in the languages of the listings one meets most:
//! that a listing follows, the parts of a release, which version a title is. Never sees more than one line.

use super::number::is_year;

/// Whether the line says no more than that a listing follows.
pub(in super::super) fn is_listing_word(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    const WORDS: &[&str] = &[
        "tracklist",
        "track list",
        "tracklisting",
        "track listing",
        "tracks",
        "songs",
        "song list",
        "songlist",
        "setlist",
        "set list",
        "playlist",
        "titelliste",
        "trackliste",
        "liste des titres",
        "lista de canciones",
        "treklist",
        "曲目",
        "треклист",
        "収録曲",
        "music played",
        "the list",
        "the songs",
        "musical numbers",
        "lista de temas",
        "lista de pistas",
        "liste des pistes",
        "liste des chansons",
        "elenco tracce",
        "tracce",
        "lista utworów",
        "список композиций",
        "список песен",
        "faixas",
        "lista de faixas",
        "låtlista",
        "nummers",
    ];
    WORDS.contains(&bare.as_str())
}

/// The parts that a release or a concert falls into.
const PARTS: &[&str] = &[
    "side",
    "disc",
    "disk",
    "cd",
    "lp",
    "vinyl",
    "cassette",
    "tape",
    "record",
    "part",
    "act",
    "set",
    "encore",
    "encores",
    "bonus",
    "volume",
    "vol",
    "vol.",
    "seite",
    "platte",
    "teil",
    "zugabe",
    "zugaben",
    "face",
    "disque",
    "rappel",
    "cara",
    "disco",
    "lado",
    "parte",
    "bis",
    "lato",
    "akt",
    "kant",
    "skiva",
    "sida",
    "strana",
    "сторона",
    "диск",
    "a-side",
    "b-side",
    "a-seite",
    "b-seite",
    "intermission",
    "first",
    "second",
    "early",
    "late",
    "1st",
    "2nd",
];

/// What counts the parts, beside digits, single letters and roman numerals.
const COUNTS: &[&str] = &[
    "one", "two", "three", "four", "five", "six", "un", "deux", "uno", "dos", "eins", "zwei", "drei", "ii",
    "iii", "iv", "aa", "tracks", "track", "songs", "set", "encore", "disc", "cd", "side", "show",
];

/// Whether the line names a part of the listing: "Side A", "--- encore 1 ---", "CD 2: Live".
pub(in super::super) fn names_part(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let mut words = bare.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| !word.is_empty());
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let unnumbered = first.trim_end_matches(|c: char| c.is_ascii_digit());
    let numbered = unnumbered.len() < first.len() && PARTS.contains(&unnumbered);
    let counted = COUNTS.contains(&second) || second.chars().count() == 1 || second.parse::<u8>().is_ok();
    match first {
        "first" | "second" | "early" | "late" | "1st" | "2nd" | "main" => {
            matches!(second, "set" | "encore" | "disc" | "side" | "show" | "half" | "cd")
        }
        // These say it alone; any other part has to be counted or set off.
        "encore" | "encores" | "bonus" | "zugabe" | "zugaben" | "rappel" | "intermission" => {
            second.is_empty() || counted || is_set_off(text)
        }
        _ if super::acts::names_act(&bare) => true,
        _ => numbered || (PARTS.contains(&first) && (counted || is_set_off(text))),
    }
}

/// Set off by signs around it, or by a colon at its end.
fn is_set_off(text: &str) -> bool {
    let sign = |c: char| "-–—=*_#~[(<|:/.".contains(c);
    let signs = text.chars().take_while(|c| sign(*c)).count();
    let both = signs > 0 && text.ends_with(|c: char| sign(c) || c == ')' || c == ']' || c == '>');
    signs >= 2 || both || (text.ends_with(':') && text.split_whitespace().count() <= 4)
}

/// The disc that a heading names: "Disc 2", "CD1".
pub(in super::super) fn disc_of(text: &str) -> Option<u32> {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let word =
        ["disc", "disk", "cd", "disque", "disco", "диск"].into_iter().find(|word| bare.starts_with(word))?;
    let rest = bare[word.len()..].trim_start_matches(|c: char| c.is_whitespace() || "#-:".contains(c));
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let spelled = ["one", "two", "three", "four"].iter().position(|name| rest.starts_with(name));
    digits
        .parse()
        .ok()
        .filter(|disc| (1..=99).contains(disc))
        .or_else(|| spelled.map(|index| index as u32 + 1))
}

/// Whether the words in a bracket say which version it is, not who plays it.
pub(in super::super) fn is_version(text: &str) -> bool {
    let lower = text.to_lowercase();
    const VERSIONS: &[&str] = &[
        "live",
        "remix",
        "mix",
        "version",
        "edit",
        "remaster",
        "remastered",
        "acoustic",
        "demo",
        "instrumental",
        "instr",
        "reprise",
        "feat",
        "ft",
        "featuring",
        "bonus",
        "mono",
        "stereo",
        "explicit",
        "unplugged",
        "session",
        "dub",
        "extended",
        "original",
        "radio",
        "single",
        "album",
        "track",
        "part",
        "pt",
        "vol",
        "intro",
        "outro",
        "interlude",
        "cover",
        "skit",
        "ost",
        "theme",
        "from",
        "solo",
        "medley",
        "karaoke",
        "prod",
        "vocal",
        "inst",
        "orig",
    ];
    lower.starts_with("with ")
        || lower.split(|c: char| !c.is_alphanumeric()).any(|word| VERSIONS.contains(&word) || is_year(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_known() {
        for part in [
            "Side A",
            "SIDE TWO",
            "--- encore 1 ---",
            "CD2",
            "Disc 2: Live",
            "Bonus tracks:",
            "Set 1",
            "Encore:",
            "Seite B",
            "ERSTER AKT",
            "Atto secondo",
            "[Encore]",
        ] {
            assert!(names_part(part), "{part}");
        }
        for none in
            ["Side by Side", "Set Fire to the Rain", "Part of Me Again", "Rain", "Last Act", "Act Naturally"]
        {
            assert!(!names_part(none), "{none}");
        }
        assert_eq!(disc_of("CD2"), Some(2));
        assert_eq!(disc_of("Disc Two"), Some(2));
        assert_eq!(disc_of("Side 2"), None);
    }
}
