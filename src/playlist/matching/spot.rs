//! Takes a line as it was written; gives where in it the title of a track stands and where its artist's name, if the library has
//! that track and both stand by themselves: between signs, the ends of the line, each other.
//! Never guesses: a title amid other words is talk about it, an artist amid other words covers it, mixes it or is a guest.

use std::ops::Range;

use super::collection::Collection;
use super::index::Index;
use super::key::key;
use super::normalise::{Phrase, Word};
use super::note::{Note, read_note_text};
use super::tracks::Tracks;
use crate::playlist::witness::Spot;

/// Lines of more words are no entries.
const MOST_WORDS: usize = 32;
/// Words of the longest title or name that is looked for.
const LONGEST: usize = 12;
/// Tracks of one title that are looked at, and of these the ones that are described.
const MOST_TRACKS: usize = 256;
const MOST_DESCRIBED: usize = 12;
/// Letters of the shortest single word of a name that stands for the whole: "Sinatra".
const SHORTEST_NAME: usize = 4;

/// What may stand between a title and an artist, and is part of neither.
const BETWEEN: &[&str] =
    &["by", "from", "de", "del", "da", "do", "von", "par", "di", "od", "af", "av", "door"];
/// Who does this in front of `by` plays what is asked for.
const PLAYS: &[&str] =
    &["performed", "sung", "played", "song", "track", "recorded", "interpretado", "interprétée"];
/// Whoever is named behind one of these plays along, or plays something else.
const JOINS: &[&str] = &[
    "w",
    "with",
    "feat",
    "ft",
    "featuring",
    "con",
    "mit",
    "avec",
    "vs",
    "x",
    "not",
    "no",
    "st",
    "mr",
    "mrs",
    "dr",
    "prod",
    "and",
    "cover",
    "remix",
    "orig",
    "originally",
    "org",
    "arr",
    "written",
    "cf",
];
/// Words in front of one more wish.
const MORE: &[&str] =
    &["and", "also", "then", "plus", "und", "dann", "auch", "y", "luego", "et", "puis", "e", "poi"];
/// Words that names of people have in them and that tell nobody.
const SMALL: &[&str] = &["the", "and", "of", "los", "las", "les", "die", "der", "das"];

/// How a name ends that has something: "Velo's".
const OWNERS: [&str; 2] = ["'s", "’s"];

/// One word of a line.
struct Token {
    at: Range<usize>,
    word: Word,
}

/// Who sees the tracks of a library in lines of text.
pub struct Spotter<'a>(Collection<'a>);

impl<'a> Spotter<'a> {
    /// Of the tracks that the index was made of.
    pub fn new(index: &'a Index, tracks: &'a dyn Tracks) -> Self {
        Self(Collection::new(index, tracks))
    }

    /// Where a track's title and its artist stand in the text; of several the pair that explains most of it.
    pub fn spot(&self, text: &str) -> Option<Spot> {
        let tokens = tokens(text);
        if !(2..=MOST_WORDS).contains(&tokens.len()) {
            return None;
        }
        let mut best: Option<(usize, Spot)> = None;
        for from in 0..tokens.len() {
            let mut glued = Word::default();
            for to in from..tokens.len().min(from + LONGEST) {
                if to > from && is_column(&text[tokens[to - 1].at.end..tokens[to].at.start]) {
                    break;
                }
                glued.push_str(&tokens[to].word);
                let title = from..to + 1;
                for name in self.names_beside(text, &tokens, &title, &glued) {
                    let apart = stands_alone(text, &tokens, &title, &name)
                        && stands_alone(text, &tokens, &name, &title);
                    if !apart || self.is_one_title(text, &tokens, &title, &name) {
                        continue;
                    }
                    let told = letters(&tokens, &title) + letters(&tokens, &name);
                    if best.as_ref().is_none_or(|(most, _)| told > *most) {
                        best = Some((
                            told,
                            Spot { title: bytes(&tokens, &title), artist: bytes(&tokens, &name) },
                        ));
                    }
                }
            }
        }
        let (_, mut spot) = best?;
        spot.artist.end = spot.artist.start + without_owner(&text[spot.artist.clone()]).len();
        Some(spot)
    }

    /// Whether a bracket behind the title says which version it is, or title and name together are one title.
    fn is_one_title(&self, text: &str, tokens: &[Token], title: &Range<usize>, name: &Range<usize>) -> bool {
        let whole = title.start.min(name.start)..title.end.max(name.end);
        let glued: String = tokens[whole].iter().map(|token| token.word.as_str()).collect();
        let bracket =
            name.start.checked_sub(1).map(|at| &text[tokens[at].at.end..tokens[name.start].at.start]);
        let noted = bracket.is_some_and(|between| between.contains(['(', '[']))
            && read_note_text(&text[bytes(tokens, name)]) != Note::Other;
        noted || self.0.index.exact.of(key(&glued)).next().is_some()
    }

    /// The runs of words outside of a title that are the name of who plays it.
    fn names_beside(
        &self,
        text: &str,
        tokens: &[Token],
        title: &Range<usize>,
        glued: &str,
    ) -> Vec<Range<usize>> {
        let tracks: Vec<u32> = match glued.len() {
            0 | 1 => Vec::new(),
            _ => self.0.index.exact.of(key(glued)).take(MOST_TRACKS).collect(),
        };
        if tracks.is_empty() {
            return Vec::new();
        }
        let outside = || (0..tokens.len()).filter(|at| !title.contains(at));
        let mut named: Vec<u32> = outside()
            .flat_map(|at| names(text, &tokens[at]))
            .filter(|word| !SMALL.contains(word))
            .flat_map(|word| {
                self.0.index.artists.of(key(word)).filter(|track| tracks.binary_search(track).is_ok())
            })
            .collect();
        named.sort_unstable();
        named.dedup();
        let mut runs = Vec::new();
        for track in named.into_iter().take(MOST_DESCRIBED) {
            let described = self.0.described(track as usize);
            let of_title = described
                .views
                .iter()
                .filter(|view| !view.turned && view.title.names.iter().any(|(name, _)| name.glued == glued));
            for view in of_title {
                let artists = view.artists.iter().map(|artist| (artist, false));
                let folders =
                    described.hints.iter().filter(|_| view.artists.is_empty()).map(|hint| (hint, true));
                for (artist, whole) in artists.chain(folders) {
                    runs.extend(runs_of(text, tokens, title, artist, whole));
                }
            }
        }
        runs.sort_unstable_by_key(|run: &Range<usize>| (run.start, run.end));
        runs.dedup();
        runs
    }
}

/// The runs of words that are a name, or so much of it that it tells who is meant; the whole of it, if it must be.
fn runs_of(
    text: &str,
    tokens: &[Token],
    title: &Range<usize>,
    artist: &Phrase,
    whole: bool,
) -> Vec<Range<usize>> {
    let of_name = |at: usize| {
        !title.contains(&at) && names(text, &tokens[at]).any(|word| artist.words.iter().any(|w| w == word))
    };
    let small = |at: usize| !title.contains(&at) && SMALL.contains(&tokens[at].word.as_str());
    let mut runs = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let from = at;
        while at < tokens.len()
            && (of_name(at) || small(at))
            && (at == from || joined(text, &tokens[at - 1], &tokens[at]))
        {
            at += 1;
        }
        let telling: Vec<usize> = (from..at)
            .filter(|word| of_name(*word) && !SMALL.contains(&tokens[*word].word.as_str()))
            .collect();
        let all = telling.len() >= artist.words.iter().filter(|word| !SMALL.contains(&word.as_str())).count();
        let long = telling.iter().any(|word| tokens[*word].word.chars().count() >= SHORTEST_NAME);
        if !telling.is_empty() && (all || (long && !whole)) {
            runs.push(from..at);
        }
        at = at.max(from + 1);
    }
    runs
}

/// The word, and who it is that has something: "Artist's "Title"".
fn names<'t>(text: &str, token: &'t Token) -> impl Iterator<Item = &'t str> {
    let owns = OWNERS.iter().any(|sign| text[token.at.clone()].ends_with(sign));
    let owner = if owns { token.word.strip_suffix('s') } else { None };
    [Some(token.word.as_str()), owner].into_iter().flatten()
}

/// The words of a line with their places: runs of letters and digits, and `&`.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut start: Option<usize> = None;
    let end = |tokens: &mut Vec<Token>, start: &mut Option<usize>, at: usize| {
        if let Some(from) = start.take() {
            let word = Phrase::new(&text[from..at]).glued;
            tokens.push(Token { at: from..at, word });
        }
    };
    for (at, c) in text.char_indices() {
        let inside = c.is_alphanumeric()
            || unicode_normalization::char::is_combining_mark(c)
            || matches!(c, '\'' | '’' | 'ʼ');
        if inside {
            start.get_or_insert(at);
            continue;
        }
        end(&mut tokens, &mut start, at);
        if matches!(c, '&' | '+') {
            tokens.push(Token { at: at..at + 1, word: "and".into() });
        }
        if tokens.len() > MOST_WORDS {
            break;
        }
    }
    end(&mut tokens, &mut start, text.len());
    tokens.retain(|token| !token.word.is_empty());
    tokens
}

fn bytes(tokens: &[Token], words: &Range<usize>) -> Range<usize> {
    tokens[words.start].at.start..tokens[words.end - 1].at.end
}

fn letters(tokens: &[Token], words: &Range<usize>) -> usize {
    tokens[words.clone()].iter().map(|token| token.word.chars().count()).sum()
}

/// Whether nothing but a space, a dot or a sign that names have stands between two words.
fn joined(text: &str, left: &Token, right: &Token) -> bool {
    let between = &text[left.at.end..right.at.start];
    between.trim_start_matches(['.', '!', ',']).trim().is_empty() || matches!(between, "-" | "/")
}

/// Whether the words stand by themselves beside the others: a sign, an end, a number or a word that leads from one
/// to the other on both sides.
fn stands_alone(text: &str, tokens: &[Token], words: &Range<usize>, others: &Range<usize>) -> bool {
    let left = words.start.checked_sub(1).is_none_or(|at| {
        let between = &text[tokens[at].at.end..tokens[words.start].at.start];
        let word = tokens[at].word.as_str();
        let guest = JOINS.contains(&word);
        // "and then Title by Artist"
        let more = at < 3 && others.start > words.start && MORE.contains(&word);
        others.contains(&at)
            || more
            || (!guest && (parts(between) || is_number(&tokens[at]) || leads(text, tokens, at, others)))
    });
    let right = tokens.get(words.end).is_none_or(|next| {
        let between = &text[tokens[words.end - 1].at.end..next.at.start];
        let leads = || BETWEEN.contains(&next.word.as_str()) && others.start == words.end + 1;
        others.contains(&words.end) || parts(between) || is_number(next) || leads()
    });
    left && right
}

/// Whether what stands between two words begins another column, or another part in quotes.
fn is_column(between: &str) -> bool {
    between.contains(|c: char| matches!(c, '\t' | '"' | '“' | '”' | '„' | '«' | '»' | '「' | '」'))
        || between.contains("  ")
}

/// Whether what stands between two words keeps them apart.
fn parts(between: &str) -> bool {
    let ends = |c: char| matches!(c, '.' | '!' | '?');
    let sign = |c: char| !c.is_whitespace() && !ends(c) && !matches!(c, '\'' | '’' | '&' | '+');
    between.contains(sign)
        || (between.starts_with(ends) && between.ends_with(char::is_whitespace))
        || between.contains('\t')
        || between.contains("  ")
}

fn is_number(token: &Token) -> bool {
    token.word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the word at `at` leads from the other part, or who plays is said in front of it.
fn leads(text: &str, tokens: &[Token], at: usize, others: &Range<usize>) -> bool {
    if !BETWEEN.contains(&tokens[at].word.as_str()) {
        return false;
    }
    let Some(before) = at.checked_sub(1) else { return true };
    let sign = text[tokens[before].at.end..tokens[at].at.start].contains(|c: char| !c.is_whitespace());
    sign || others.contains(&before) || PLAYS.contains(&tokens[before].word.as_str())
}

/// "Velo's" is Velo.
fn without_owner(name: &str) -> &str {
    OWNERS.iter().find_map(|sign| name.strip_suffix(sign)).unwrap_or(name)
}
