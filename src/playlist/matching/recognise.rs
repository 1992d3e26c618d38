//! Takes words that somebody says among the entries of a listing; gives the artist and the title of which they are the
//! words, where the library has that track.
//! Never guesses: words that are like a title, or that people say to each other whatever is called so, are nobody's.

use super::index::Index;
use super::key::key;
use super::normalise::Phrase;
use super::parted::is_between;
use crate::playlist::talk::without_addition;

impl Index {
    /// Artist, where it is said, and title, where the words are those of a track that is here and of nothing else: a title of two
    /// words or more, or a title and its artist, with a sign between them, a word, or nothing.
    pub(in crate::playlist) fn recognises(&self, text: &str) -> Option<(Option<String>, String)> {
        /// Words of the longest line that is looked at.
        const MOST: usize = 14;
        let text = text.trim_matches(|c: char| !c.is_alphanumeric() && !"()[]!?'’\"".contains(c));
        // "Low Tide > Salt" puts the first one first.
        if let Some((better, _)) =
            text.split_once(" >").filter(|(_, other)| other.trim_start_matches('>').starts_with(' '))
        {
            return self.recognises(better);
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        if !(2..=MOST).contains(&words.len()) {
            return None;
        }
        let dashed = || [" - ", " – ", " — "].iter().find_map(|dash| text.split_once(dash));
        let signed = dashed().filter(|(left, right)| {
            (self.has_title(left) && self.knows_artist(right))
                || (self.has_title(right) && self.knows_artist(left))
        });
        // A file may be called by both names, and then the two of them are no title.
        if signed.is_none() && self.has_title(text) {
            return (!is_said(text)).then(|| (None, text.to_owned()));
        }
        // "Low Tide Pts. 1-5 (Velo)": the part belongs to the title, though files may say it in another way.
        if let Some((title, inner)) = text.split_once(" (").filter(|(title, _)| self.has_part(title)) {
            let artist = bare(&inner.split_whitespace().collect::<Vec<_>>());
            return self.knows_artist(&artist).then(|| (Some(artist), title.to_owned()));
        }
        // "Title (the Artist one, not the other)"
        if let Some((title, inner)) = text.split_once(" (").filter(|(title, _)| self.has_title(title)) {
            let inner: Vec<&str> = inner.split_whitespace().collect();
            let spans = (1..=inner.len().min(6)).rev().flat_map(|length| inner.windows(length));
            let artist = spans.map(bare).find(|name| self.knows_artist(name)).or_else(|| initials(&inner));
            return artist.map(|artist| (Some(artist), title.to_owned()));
        }
        let pair = |title: &str, artist: &str| {
            (self.has_title(title) && self.knows_artist(artist))
                .then(|| (Some(artist.to_owned()), title.to_owned()))
        };
        let either = |left: &str, right: &str| pair(left, right).or_else(|| pair(right, left));
        (1..words.len())
            .find_map(|at| {
                let (left, right) = (&words[..at], &words[at..]);
                let between = |word: &&str| SIGNS.contains(word) || is_between(&word.to_lowercase());
                let shorter = &left[..left.len() - usize::from(left.last().is_some_and(between))];
                either(&bare(left), &bare(right)).or_else(|| either(&bare(shorter), &bare(right)))
            })
            .or_else(|| {
                // "Low Tide, Velo, when Ana still sang"
                let mut pieces = text.split(", ");
                pieces.next().zip(pieces.next()).and_then(|(left, right)| pair(left, right))
            })
            .or_else(|| self.owned(text))
            .or_else(|| self.begins_with_title(&words))
            .or_else(|| self.praised(text))
            .or_else(|| self.added(text))
    }

    /// What somebody adds to others' words, "and Low Tide", "nobody said Low Tide by Velo?".
    fn added(&self, text: &str) -> Option<(Option<String>, String)> {
        let rest = without_addition(text)?;
        let capitals = rest.split_whitespace().all(|word| word.starts_with(|c: char| !c.is_lowercase()));
        self.recognises(rest).filter(|(artist, _)| artist.is_some() || capitals)
    }

    /// "Velo's Low Tide": whose it is, and the title.
    fn owned(&self, text: &str) -> Option<(Option<String>, String)> {
        let (artist, title) = text.split_once("'s ").or_else(|| text.split_once("’s "))?;
        let several = title.split_whitespace().count() >= 2;
        let named = artist.split_whitespace().count() <= 3 && artist.starts_with(char::is_uppercase);
        (named && self.has_title(title) && (several || self.knows_artist(artist)))
            .then(|| (Some(artist.to_owned()), title.to_owned()))
    }

    /// A title of two words or more, with capitals as titles have them, of which somebody tells something: "Low Tide is the one".
    fn praised(&self, text: &str) -> Option<(Option<String>, String)> {
        const TELLS: &[&str] = &[" is ", " was ", " has ", " gets ", " deserves ", " should ", " for me"];
        let added = TELLS.iter().filter_map(|word| text.find(word)).min().map_or("", |at| &text[..at]);
        let capitals = added.split_whitespace().all(|word| word.starts_with(|c: char| !c.is_lowercase()));
        let title = capitals && added.split_whitespace().count() >= 2;
        (title && self.has_title(added) && !is_said(added)).then(|| (None, added.to_owned()))
    }

    /// A title of three words or more, and as many words behind it at the most: "low tide again to finish"; of two words,
    /// with a word behind it that is said of any song: "low tide obviously".
    fn begins_with_title(&self, words: &[&str]) -> Option<(Option<String>, String)> {
        const FEWEST: usize = 3;
        const SAID: &[&str] = &[
            "obviously",
            "obv",
            "obvs",
            "too",
            "again",
            "pls",
            "please",
            "lol",
            "also",
            "ofc",
            "definitely",
        ];
        let title = |length: usize| {
            let title = words.get(..length)?.join(" ");
            let title = title.trim_end_matches([',', ';', ':', '.', '-', '–', '—', ' ']).to_owned();
            (self.has_title(&title) && !is_said(&title)).then_some((None, title))
        };
        let said = words.len() == FEWEST && SAID.contains(&as_said(words[FEWEST - 1]).as_str());
        let long = (FEWEST..words.len()).rev().take(FEWEST).find_map(title);
        long.or_else(|| if said { title(FEWEST - 1) } else { None })
    }

    /// Whether the words are a title and a part of it, by its number.
    fn has_part(&self, text: &str) -> bool {
        const PARTS: &[&str] = &[" pt", " part", " teil", " parte", " partie"];
        let lower = text.to_ascii_lowercase();
        let at = PARTS.iter().filter_map(|word| lower.rfind(word)).max();
        at.is_some_and(|at| lower[at..].contains(|c: char| c.is_ascii_digit()) && self.has_title(&text[..at]))
    }

    /// Whether a track has this title, word for word.
    pub(in crate::playlist) fn has_title(&self, title: &str) -> bool {
        let glued = Phrase::new(title).glued;
        !glued.is_empty() && self.exact.of(key(&glued)).next().is_some()
    }
}

/// Signs between a title and its artist.
const SIGNS: &[&str] = &["-", "–", "—", "/", "|", "=", "~"];

/// A name in its initials, all that a bracket says before its comma: "(RHCP, obviously)".
fn initials(inner: &[&str]) -> Option<String> {
    let first = inner.first()?;
    let name = first.trim_end_matches([',', ')', '.', ';', '!']);
    let alone = inner.len() == 1 || name.len() < first.len();
    (alone && (2..=5).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_uppercase()))
        .then(|| name.to_owned())
}

/// The words, without signs around them: "(Velo)".
fn bare(words: &[&str]) -> String {
    words.join(" ").trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

/// Whether people say this to each other, whatever songs are called so.
fn is_said(text: &str) -> bool {
    const SAID: &[&str] = &[
        "thank you",
        "thanks a lot",
        "good night",
        "good morning",
        "happy birthday",
        "i love you",
        "i love it",
        "love you",
        "see you",
        "see you later",
        "see you soon",
        "bye bye",
        "oh my god",
        "oh no",
        "i know",
        "so true",
        "i don't know",
        "why not",
        "no way",
        "let's go",
        "of course",
        "me too",
        "i'm sorry",
        "all right",
        "good times",
        "i do",
        "yes i do",
        "let me know",
        "what about us",
        "love it",
        "here we go",
        "te quiero",
        "te amo",
        "buenas noches",
        "gute nacht",
    ];
    let said = as_said(text);
    SAID.contains(&said.as_str())
}

/// Small letters, and no signs at the ends.
fn as_said(text: &str) -> String {
    text.trim_matches(|c: char| !c.is_alphanumeric()).replace('’', "'").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::{Tags, Track};

    #[test]
    fn only_what_the_library_has_is_told_from_talk() {
        let track = |title: &str, artist: &str| {
            let tags =
                Tags { title: Some(title.to_owned()), artist: Some(artist.to_owned()), ..Tags::default() };
            Track { path: format!("/m/{artist}/{title}.flac").into(), tags, ..Track::default() }
        };
        let tracks = [track("Low Tide", "Ana Velo"), track("Salt", "Velo"), track("Thank You", "Velo")];
        let index = Index::new(&tracks);
        for (text, artist, title) in [
            ("low tide!!", None, "low tide"),
            ("Salt by Velo", Some("Velo"), "Salt"),
            ("velo - salt", Some("velo"), "salt"),
            ("low tide obviously", None, "low tide"),
            ("Low Tide > Salt", None, "Low Tide"),
            ("Low Tide is a hell of a song", None, "Low Tide"),
            ("and Low Tide", None, "Low Tide"),
            ("Salt, Velo, when Ana still sang", Some("Velo"), "Salt"),
            ("nobody said Salt by Velo?", Some("Velo"), "Salt"),
            ("Low Tide Pts. 1-5 (Ana Velo)", Some("Ana Velo"), "Low Tide Pts. 1-5"),
            ("Velo's Salt", Some("Velo"), "Salt"),
            ("Low Tide (AV, no shade to the other)", Some("AV"), "Low Tide"),
            // "The" is no part of an artist's name, here as elsewhere.
            ("Low Tide (the Ana Velo one, not the other)", Some("the Ana Velo"), "Low Tide"),
        ] {
            let found = index.recognises(text).map(|(artist, title)| {
                (artist, title.trim_matches(|c: char| !c.is_alphanumeric()).to_owned())
            });
            assert_eq!(found, Some((artist.map(str::to_owned), title.to_owned())), "{text}");
        }
        // A word that people say, a sentence that is a title as well, a title that is not here.
        for talk in [
            "salt",
            "thank you!",
            "low water",
            "pass the salt",
            "a tide that is low, obviously",
            "and salt",
            "my low tide is in",
        ] {
            assert_eq!(index.recognises(talk), None, "{talk}");
        }
    }
}
