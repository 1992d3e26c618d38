//! Takes the words before a dash, a tab or a "by"; says whether they name what somebody does on a record, or what a page
//! says of one: "Executive Producer", "Recorded At", "Vocals [Guest]".
//! Never takes a name that only begins with such a word: "Country House", "Price Tag", "Style Council".

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

/// Whether all the words, in small letters, name roles or fields. `is_role_word` knows the roles.
pub(super) fn is_role(text: &str, is_role_word: impl Fn(&str) -> bool) -> bool {
    let named = text.split(['[', '(', ':', '℗', '©']).next().unwrap_or_default();
    let words = named.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '\'');
    let mut roles = 0;
    for word in words.filter(|word| !word.is_empty()) {
        if OPENS.contains(&word) && roles > 0 {
            return true;
        }
        let single = word.strip_suffix('s').unwrap_or(word);
        let role = is_role_word(word) || is_role_word(single) || word.ends_with("-by");
        roles += usize::from(role);
        if !role && !BESIDE.contains(&word) && !BESIDE.contains(&single) {
            return false;
        }
    }
    roles > 0
}
