//! Takes what somebody says; tells whether it refuses a song, in the languages of the listings one meets most, or adds one to
//! those of others. Never asks which song.

/// Whoever says so, and no more, does not ask for what else is in the message.
const ALONE: &[&str] = &[
    "no",
    "nope",
    "no way",
    "never",
    "not again",
    "please no",
    "veto",
    "nein",
    "bloß nicht",
    "non",
    "não",
    "nie",
];

/// What stands before the song that is not to be played.
const BEFORE: &[&str] = &[
    "no ",
    "not ",
    "nicht ",
    "kein ",
    "keine ",
    "nada de ",
    "pas de ",
    "não ",
    "nie ",
    "dont play",
    "don't play",
    "never ",
];

/// What stands before a song that somebody adds.
const ADDS: &[&str] = &["and ", "also ", "plus ", "oh and ", "nobody said ", "no one said ", "noone said "];

/// The words behind what adds them to those of others: "nobody said Rain?".
pub(super) fn without_addition(text: &str) -> Option<&str> {
    ADDS.iter().find_map(|word| text.strip_prefix(word))
}

/// Whether the words say no, and nothing else: "No way".
pub(super) fn is_refusal(text: &str) -> bool {
    ALONE.contains(&text.trim().to_lowercase().as_str())
}

/// Whether the words refuse a song: "NO macarena".
pub(super) fn refuses(text: &str) -> bool {
    let lower = text.to_lowercase();
    BEFORE.iter().any(|word| lower.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_and_titles_that_sound_like_them() {
        assert!(is_refusal(" No way") && is_refusal("bloß nicht") && !is_refusal("No Rain"));
        assert!(
            refuses("NO rain") && refuses("nicht der Remix") && !refuses("Nothing Rains") && !refuses("no")
        );
    }
}
