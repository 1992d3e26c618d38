//! Takes what a client looks for: pairs of tag and words, or an expression such as
//! `((Artist == "X") AND (!(Album contains "live")))`; gives whether a song is it.
//! Never looks for songs.
//!
//! Source: "The MPD protocol", section "Filters".

use caseless::default_case_fold_str;
use regex_lite::Regex;

use super::ack::Fault;
use super::moment;
use super::song::Song;
use super::tag::Tag;

/// How deep expressions may be nested.
const DEEPEST: usize = 64;

/// What is looked for.
#[derive(Debug)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Not(Box<Filter>),
    Says(What, Match),
    /// It lies in that folder or below.
    Below(String),
    /// It was changed then, in seconds since 1970, or later.
    Since(i64),
}

/// Where in a song something is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Tag(Tag),
    Any,
    Name,
}

/// How it is compared.
#[derive(Debug)]
pub(super) struct Match {
    wanted: String,
    how: How,
    folds: bool,
    pattern: Option<Regex>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Is,
    Contains,
    StartsWith,
    Matches,
}

fn wrong(words: impl Into<String>) -> Fault {
    Fault::Argument(words.into())
}

impl Filter {
    /// Reads the arguments of `find` (exact) or `search` (`folds`: in letters of any case, and pairs need to be a
    /// part only). Without arguments everything is found.
    pub(super) fn read(arguments: &[String], folds: bool) -> Result<Self, Fault> {
        let mut all = Vec::new();
        let mut rest = arguments;
        while let [first, behind @ ..] = rest {
            if first.starts_with('(') {
                all.push(Parser { rest: first, folds, depth: 0 }.whole()?);
                rest = behind;
                continue;
            }
            let [value, behind @ ..] = behind else {
                return Err(wrong("Incorrect number of filter arguments"));
            };
            all.push(Self::pair(first, value, folds)?);
            rest = behind;
        }
        Ok(Self::All(all))
    }

    fn pair(name: &str, value: &str, folds: bool) -> Result<Self, Fault> {
        match name.to_ascii_lowercase().as_str() {
            "base" => Ok(Self::Below(value.trim_end_matches('/').to_owned())),
            "modified-since" | "added-since" => since(value),
            _ => {
                let how = if folds && !value.is_empty() { How::Contains } else { How::Is };
                Ok(Self::Says(what(name)?, Match::new(value, how, folds)?))
            }
        }
    }

    /// Whether a song is what is looked for.
    pub(super) fn takes(&self, song: &Song) -> bool {
        match self {
            Self::All(all) => all.iter().all(|one| one.takes(song)),
            Self::Not(one) => !one.takes(song),
            Self::Says(what, like) => like.takes(*what, song),
            Self::Below(folder) => {
                folder.is_empty()
                    || song
                        .uri
                        .strip_prefix(folder.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
            Self::Since(seconds) => song.track.modified.div_euclid(1_000_000_000) >= *seconds,
        }
    }
}

fn since(value: &str) -> Result<Filter, Fault> {
    moment::read(value).map(Filter::Since).ok_or_else(|| wrong(format!("No such date: {value}")))
}

fn what(name: &str) -> Result<What, Fault> {
    match name.to_ascii_lowercase().as_str() {
        "any" => Ok(What::Any),
        "file" | "filename" => Ok(What::Name),
        _ => Tag::named(name).map(What::Tag).ok_or_else(|| wrong("Unknown filter type")),
    }
}

impl Match {
    fn new(wanted: &str, how: How, folds: bool) -> Result<Self, Fault> {
        let pattern = (how == How::Matches).then(|| {
            let flag = if folds { "(?i)" } else { "" };
            Regex::new(&format!("{flag}{wanted}")).map_err(|error| wrong(format!("No such pattern: {error}")))
        });
        let wanted = if folds { default_case_fold_str(wanted) } else { wanted.to_owned() };
        Ok(Self { wanted, how, folds, pattern: pattern.transpose()? })
    }

    fn takes(&self, what: What, song: &Song) -> bool {
        match what {
            What::Name => self.takes_text(&song.uri),
            What::Any => {
                Tag::held().any(|tag| tag.own(&song.track.tags).iter().any(|value| self.takes_text(value)))
            }
            What::Tag(tag) => {
                let values = tag.values(&song.track.tags);
                // A tag that is not there is empty.
                if values.is_empty() {
                    self.takes_text("")
                } else {
                    values.iter().any(|v| self.takes_text(v))
                }
            }
        }
    }

    fn takes_text(&self, text: &str) -> bool {
        if let Some(pattern) = &self.pattern {
            return pattern.is_match(text);
        }
        let folded = if self.folds { default_case_fold_str(text) } else { String::new() };
        let text = if self.folds { folded.as_str() } else { text };
        match self.how {
            How::Is => text == self.wanted,
            How::Contains => text.contains(&self.wanted),
            How::StartsWith => text.starts_with(&self.wanted),
            How::Matches => false,
        }
    }
}

/// Reads an expression.
struct Parser<'a> {
    rest: &'a str,
    folds: bool,
    depth: usize,
}

/// How to compare, by its sign: whether it is turned round, and whether letters of any case are the same, where
/// the sign says so.
const SIGNS: &[(&str, How, bool, Option<bool>)] = &[
    ("==", How::Is, false, None),
    ("!=", How::Is, true, None),
    ("=~", How::Matches, false, None),
    ("!~", How::Matches, true, None),
    ("eq_cs", How::Is, false, Some(false)),
    ("!eq_cs", How::Is, true, Some(false)),
    ("eq_ci", How::Is, false, Some(true)),
    ("!eq_ci", How::Is, true, Some(true)),
    ("contains_cs", How::Contains, false, Some(false)),
    ("!contains_cs", How::Contains, true, Some(false)),
    ("contains_ci", How::Contains, false, Some(true)),
    ("!contains_ci", How::Contains, true, Some(true)),
    ("contains", How::Contains, false, None),
    ("!contains", How::Contains, true, None),
    ("starts_with_cs", How::StartsWith, false, Some(false)),
    ("!starts_with_cs", How::StartsWith, true, Some(false)),
    ("starts_with_ci", How::StartsWith, false, Some(true)),
    ("!starts_with_ci", How::StartsWith, true, Some(true)),
    ("starts_with", How::StartsWith, false, None),
    ("!starts_with", How::StartsWith, true, None),
];

impl Parser<'_> {
    fn whole(mut self) -> Result<Filter, Fault> {
        let filter = self.expression()?;
        if self.rest.trim_start().is_empty() {
            Ok(filter)
        } else {
            Err(wrong("Unparsed garbage after expression"))
        }
    }

    /// `( ... )`
    fn expression(&mut self) -> Result<Filter, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(wrong("The expression is nested too deep"));
        }
        self.expect('(')?;
        let filter = if self.next_is('(') {
            self.chain()?
        } else if self.rest.trim_start().starts_with("!(") {
            self.expect('!')?;
            let inner = Filter::Not(Box::new(self.expression()?));
            self.expect(')')?;
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(filter)
    }

    /// `(...) AND (...) AND (...))`
    fn chain(&mut self) -> Result<Filter, Fault> {
        let mut all = vec![self.expression()?];
        loop {
            if self.next_is(')') {
                self.expect(')')?;
                return Ok(Filter::All(all));
            }
            let word = self.word();
            if !word.eq_ignore_ascii_case("and") {
                return Err(wrong("'AND' expected"));
            }
            all.push(self.expression()?);
        }
    }

    /// `TAG == "words")`
    fn comparison(&mut self) -> Result<Filter, Fault> {
        let name = self.word();
        let filter = match name.to_ascii_lowercase().as_str() {
            "base" => Filter::Below(self.text()?.trim_end_matches('/').to_owned()),
            "modified-since" | "added-since" => since(&self.text()?)?,
            "audioformat" | "prio" => {
                return Err(wrong(format!("tonearm does not find songs by {name}")));
            }
            _ => {
                let what = what(&name)?;
                let sign = self.word();
                let sign = SIGNS.iter().find(|known| known.0 == sign.to_ascii_lowercase());
                let (_, how, negated, folds) = sign.ok_or_else(|| wrong("'==' or '!=' expected"))?;
                let text = self.text()?;
                let says = Filter::Says(what, Match::new(&text, *how, folds.unwrap_or(self.folds))?);
                if *negated { Filter::Not(Box::new(says)) } else { says }
            }
        };
        self.expect(')')?;
        Ok(filter)
    }

    fn next_is(&self, c: char) -> bool {
        self.rest.trim_start().starts_with(c)
    }

    fn expect(&mut self, c: char) -> Result<(), Fault> {
        let rest = self.rest.trim_start().strip_prefix(c);
        self.rest = rest.ok_or_else(|| wrong(format!("'{c}' expected")))?;
        Ok(())
    }

    /// Up to the next blank, quote or bracket.
    fn word(&mut self) -> String {
        let rest = self.rest.trim_start();
        let end = rest.find(|c: char| c.is_whitespace() || "()\"'".contains(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        self.rest = behind;
        word.to_owned()
    }

    /// In quotes of one kind or the other; a backslash takes the next character as it is.
    fn text(&mut self) -> Result<String, Fault> {
        let rest = self.rest.trim_start();
        let quote = rest.chars().next().filter(|c| ['"', '\''].contains(c));
        let quote = quote.ok_or_else(|| wrong("Quoted string expected"))?;
        let mut text = String::new();
        let mut chars = rest[1..].char_indices();
        while let Some((at, c)) = chars.next() {
            if c == quote {
                self.rest = &rest[at + 2..];
                return Ok(text);
            }
            let c = if c == '\\' { chars.next().map(|(_, c)| c) } else { Some(c) };
            text.push(c.ok_or_else(|| wrong("Closing quote not found"))?);
        }
        Err(wrong("Closing quote not found"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::song::tests::song;
    use super::*;

    fn songs() -> Vec<Song> {
        let mut songs = vec![
            song("a/1.flac", "Survivor; Friends", "Burning Heart", "Rocky IV", 1),
            song("a/2.flac", "James Brown", "Living in America", "Rocky IV", 2),
            song("ab/3.flac", "survivor", "Burning Heart (Live)", "On Stage", 3),
            song("ab/4.flac", "", "It's \"War\"", "", 4),
        ];
        songs[2].track.modified = 1_000_000_000 * 1_000_000_000;
        songs
    }

    /// The numbers of the songs that are found.
    fn found(arguments: &[&str], folds: bool) -> String {
        let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
        let filter = Filter::read(&arguments, folds).unwrap();
        songs()
            .iter()
            .filter(|song| filter.takes(song))
            .map(|song| song.track.tags.track.unwrap().to_string())
            .collect()
    }

    #[test]
    fn expressions_find_what_mpd_finds() {
        for (expression, exact, folded) in [
            (r#"(Artist == "Survivor")"#, "1", "13"),
            (r#"(Artist != "Survivor")"#, "234", "24"),
            (r#"(artist == 'Friends')"#, "1", "1"),
            (r#"(AlbumArtist == "Survivor")"#, "1", "13"),
            (r#"((Artist == ''))"#, "4", "4"),
            (r#"(Artist != "")"#, "123", "123"),
            (r#"(Title contains "Heart")"#, "13", "13"),
            (r#"(Title contains "heart")"#, "", "13"),
            (r#"(Title !contains "Heart")"#, "24", "24"),
            (r#"(Title starts_with "Living")"#, "2", "2"),
            (r#"(Title =~ "^Burning Heart$")"#, "1", "1"),
            (r#"(Title !~ "Heart")"#, "24", "24"),
            (r#"(Artist eq_ci "SURVIVOR")"#, "13", "13"),
            (r#"(Artist eq_cs "survivor")"#, "3", "3"),
            (r#"((Artist == "Survivor") AND (Album == "Rocky IV"))"#, "1", "1"),
            (r#"(!(Album == "Rocky IV"))"#, "34", "34"),
            (r#"((!(Album == "Rocky IV")) AND (Artist != ""))"#, "3", "3"),
            (r#"(any == "Rocky IV")"#, "12", "12"),
            (r#"(file == "a/2.flac")"#, "2", "2"),
            (r#"(base "a")"#, "12", "12"),
            (r#"(base "")"#, "1234", "1234"),
            (r#"(modified-since "2001-01-01T00:00:00Z")"#, "3", "3"),
            (r#"(Title == "It's \"War\"")"#, "4", "4"),
            (r#"(Title == 'It\'s "War"')"#, "4", "4"),
            (r#"(Track == "2")"#, "2", "2"),
            (r#"(Performer == "X")"#, "", ""),
        ] {
            assert_eq!(
                (found(&[expression], false).as_str(), found(&[expression], true).as_str()),
                (exact, folded),
                "{expression}"
            );
        }
    }

    #[test]
    fn pairs_are_exact_or_a_part() {
        assert_eq!(found(&["artist", "Survivor"], false), "1");
        assert_eq!(found(&["artist", "surv"], false), "");
        assert_eq!(found(&["artist", "SURV"], true), "13");
        assert_eq!(found(&["artist", "surv", "title", "live"], true), "3");
        assert_eq!(found(&["any", "rocky"], true), "12");
        assert_eq!(found(&["filename", "ab/"], true), "34");
        assert_eq!(found(&["album", ""], false), "4", "an empty value finds songs without the tag");
        assert_eq!(found(&["base", "a", "(Track == '1')"], false), "1");
        assert_eq!(found(&["any", "STRASSE"], true), "");
        assert_eq!(found(&[], true), "1234");
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for arguments in [
            &["artist"][..],
            &["moon", "x"],
            &["(Artist == \"x\""],
            &["(Artist == \"x\") y"],
            &["(Artist ~~ \"x\")"],
            &["(Artist == x)"],
            &["(Artist == \"x)"],
            &["(Artist == \"x\\"],
            &["((Artist == \"x\") OR (Artist == \"y\"))"],
            &["(Title =~ \"(\")"],
            &["()"],
            &["("],
            &["(AudioFormat == \"44100:16:2\")"],
            &["modified-since", "tomorrow"],
            &[&"(".repeat(100_000)],
        ] {
            let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
            assert!(
                matches!(Filter::read(&arguments, false), Err(Fault::Argument(_))),
                "{:.30}",
                arguments[0]
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn no_expression_breaks_it(text in "[(]{1,3}(Artist|any|!|base| ){0,3}(==|contains|=~)? ?['\"]?[a\\\\(\"']{0,4}[)]{0,3}") {
            let _ = Filter::read(&[text], true);
        }
    }
}
