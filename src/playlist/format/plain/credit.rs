//! Takes a line; says whether it credits somebody or describes the release, "Executive Producer – Ana", "Recorded At: Home",
//! in the languages of the listings one meets most.
//! Never takes a name that only begins with such a word: "Country House", "Price Tag", "Style Council".

/// What people do on a record, and what shops and catalogues say of one. A line "Producer – Name"
/// has the shape of a track and is none.
const CREDITS: &[&str] = &[
    "written",
    "writer",
    "composed",
    "composer",
    "music by",
    "words by",
    "lyrics",
    "lyricist",
    "text:",
    "texte:",
    "letra:",
    "words:",
    "produced",
    "producer",
    "production",
    "co-producer",
    "executive",
    "engineer",
    "mixed",
    "mastered",
    "mastering",
    "recorded",
    "recording",
    "arranged",
    "arranger",
    "vocals",
    "vocal",
    "voice",
    "backing",
    "guitar",
    "acoustic guitar",
    "lead guitar",
    "electric guitar",
    "bass",
    "drums",
    "percussion",
    "keyboards",
    "piano",
    "organ",
    "synthesizer",
    "saxophone",
    "trumpet",
    "trombone",
    "violin",
    "viola",
    "cello",
    "flute",
    "harmonica",
    "mellotron",
    "voce",
    "chitarra",
    "basso",
    "batteria",
    "voz",
    "guitarra",
    "bajo",
    "batería",
    "chant",
    "guitare",
    "basse",
    "batterie",
    "gesang",
    "gitarre",
    "schlagzeug",
    "вокал",
    "гитара",
    "tambourine",
    "accordion",
    "mandolin",
    "banjo",
    "clarinet",
    "strings",
    "conductor",
    "orchestra:",
    "choir:",
    "performer",
    "featuring:",
    "remixed",
    "edited",
    "programmed",
    "artwork",
    "design",
    "sleeve",
    "cover",
    "photography",
    "photo",
    "liner",
    "published",
    "publisher",
    "printed",
    "manufactured",
    "distributed",
    "distribution",
    "marketed",
    "licensed",
    "copyright",
    "phonographic",
    "record company",
    "label",
    "format",
    "country",
    "released",
    "release date",
    "genre",
    "style",
    "catalog",
    "barcode",
    "matrix",
    "rights society",
    "location",
    "language",
    "runtime",
    "credits",
    "companies",
    "note",
    "notes",
    "personnel",
    "thanks",
    "tags",
    "filed under",
    "posted",
    "source",
    "website",
    "price",
    "rating",
    "views",
    "musik",
    "regie",
    "musique",
    "paroles",
    "réalisation",
];

/// Behind these anything may follow: "Recorded at Abbey Road".
const OPENS: &[&str] = &["by", "at", "in", "on", "from", "for", "von", "par", "por", "de", "da", "di"];

/// What stands beside the word for a role or a field.
const BESIDE: &[&str] = &[
    "a&r",
    "acoustic",
    "additional",
    "alto",
    "and",
    "arrangement",
    "assistant",
    "associate",
    "background",
    "baritone",
    "brass",
    "code",
    "company",
    "concept",
    "coordinator",
    "date",
    "direction",
    "director",
    "double",
    "electric",
    "hammond",
    "horn",
    "in-chief",
    "lead",
    "live",
    "main",
    "manager",
    "management",
    "moog",
    "no",
    "number",
    "other",
    "pedal",
    "rhodes",
    "rhythm",
    "section",
    "slide",
    "society",
    "solo",
    "soprano",
    "steel",
    "string",
    "studio",
    "supervision",
    "supervisor",
    "synth",
    "tenor",
    "upright",
    "with",
];

/// Whether the line credits somebody or describes the release, as "Role – Name", "Role: Name" or
/// "Name – role, role".
pub(super) fn is_credit(text: &str) -> bool {
    let lower = text.to_lowercase();
    let Some((left, right)) = split_once_any(&lower, &[" – ", " - ", " — ", ": ", ":\t", "：", " by "])
    else {
        return false;
    };
    // With its colon: "text: A. Velo" names who wrote it, "Text – Velo" a track.
    let left = if lower[left.len()..].starts_with(':') { &lower[..=left.len()] } else { left };
    let left =
        if lower[left.len()..].starts_with('：') { &lower[..left.len() + '：'.len_utf8()] } else { left };
    // A name may begin with such a word: "Price Tag - Velo". Before a colon it hardly does.
    let field = left.ends_with([':', '：']) && starts_with_credit(left);
    if left.split_whitespace().count() <= 5 && (field || is_role(left)) {
        return true;
    }
    // The name may come first: then the role is all in small letters.
    // Small letters may take more or fewer bytes than capitals, so the place may be none of the text's.
    let Some(tail) = text.len().checked_sub(right.len()).and_then(|at| text.get(at..)) else { return false };
    lower.len() == text.len()
        && !text.contains(": ")
        && tail.chars().all(|c| !c.is_uppercase())
        && is_role(right.split([',', ';', '&', '/']).next().unwrap_or(right))
}

/// Whether the words, in small letters, name nothing but roles or fields.
fn is_role(text: &str) -> bool {
    // "Music by", "Release date": some are of several words.
    if text.contains(' ') && CREDITS.contains(&text) {
        return true;
    }
    let named = text.split(['[', '(', ':', '℗', '©']).next().unwrap_or_default();
    let words = named.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '\'');
    let mut roles = 0;
    for word in words.filter(|word| !word.is_empty()) {
        if OPENS.contains(&word) && roles > 0 {
            return true;
        }
        let single = word.strip_suffix('s').unwrap_or(word);
        let role = CREDITS.contains(&word) || CREDITS.contains(&single) || word.ends_with("-by");
        roles += usize::from(role);
        if !role && !BESIDE.contains(&word) && !BESIDE.contains(&single) {
            return false;
        }
    }
    roles > 0
}

fn starts_with_credit(text: &str) -> bool {
    let text = text.trim();
    CREDITS
        .iter()
        .any(|word| text.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphabetic)))
}

fn split_once_any<'a>(text: &'a str, separators: &[&str]) -> Option<(&'a str, &'a str)> {
    separators.iter().filter_map(|separator| text.split_once(separator)).min_by_key(|(left, _)| left.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_may_be_longer_or_shorter_than_small_letters() {
        for text in ["\u{8df1f}Ⱥ: Ⱥ", "Ⱥ - \u{8df1f}Ⱥ", "İİ: x", "ẞ by ẞ"] {
            assert!(!is_credit(text), "{text}");
        }
    }

    #[test]
    fn credits_are_known_on_either_side() {
        for credit in [
            "Written-By – Ana Velo",
            "Producer: Ana",
            "Label:\tNone",
            "Ana Velo – producer, drums",
            "Recorded At – Home",
        ] {
            assert!(is_credit(credit), "{credit}");
        }
        for credit in [
            "Executive Producer – Ana Velo",
            "Lead Vocals, Guitar – Ana Velo",
            "Vocals [Guest Star] – Ana Velo",
            "Phonographic Copyright ℗ – Velo",
            "Record Company – Velo",
            "Recorded live at the Hall by Velo",
            "Ana Velo – guitar & tabla",
        ] {
            assert!(is_credit(credit), "{credit}");
        }
        for track in [
            "Ana Velo – Producer",
            "Velo - Drums of Night",
            "Bassline – Velo",
            "Label Me",
            "Price Tag - Velo",
            "Country House – Velo",
            "Mixed Emotions by Velo",
            "Style Council - Rain",
            "velo - country roads",
        ] {
            assert!(!is_credit(track), "{track}");
        }
    }
}
