//! Takes a line of an MPD client; gives the command's name and its arguments, as the protocol quotes them.
//! Never looks a command up, never answers.
//!
//! Source: "The MPD protocol", section "Requests", and the tokeniser of MPD 0.23 where that is silent: a name of
//! letters, digits and underscores; an argument is bare or in double quotes, within which a backslash takes the
//! next character as it is.

/// The longest line that is read, in bytes.
pub(super) const LINE: usize = 64 << 10;

/// One command as it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    /// The command's name.
    pub(super) name: String,
    /// What it is given.
    pub(super) arguments: Vec<String>,
}

/// Why a line is no command. The words are MPD's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum WireError {
    /// Nothing but blanks.
    #[error("No command given")]
    Empty,
    /// The name does not begin with a letter.
    #[error("Letter expected")]
    Letter,
    /// The name goes on with something else than letters, digits and underscores.
    #[error("Invalid word character")]
    Word,
    /// A bare argument holds a quote or a control character.
    #[error("Invalid unquoted character")]
    Unquoted,
    /// A quote is not closed.
    #[error("Missing closing '\"'")]
    Unclosed,
    /// Something follows right after a closing quote.
    #[error("Space expected after closing '\"'")]
    Behind,
}

/// Reads a line, without its line end.
pub(super) fn parse(line: &str) -> Result<Request, WireError> {
    let line = line.trim_matches([' ', '\t', '\r']);
    let end = line.find([' ', '\t']).unwrap_or(line.len());
    let (name, mut rest) = line.split_at(end);
    match name.chars().next() {
        None => return Err(WireError::Empty),
        Some(first) if !first.is_ascii_alphabetic() => return Err(WireError::Letter),
        Some(_) => {}
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(WireError::Word);
    }
    let mut arguments = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        if rest.is_empty() {
            return Ok(Request { name: name.to_owned(), arguments });
        }
        let (argument, behind) = argument(rest)?;
        arguments.push(argument);
        rest = behind;
    }
}

/// The first argument, and what stands behind it.
fn argument(text: &str) -> Result<(String, &str), WireError> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([' ', '\t']).unwrap_or(text.len());
        let (bare, behind) = text.split_at(end);
        let is_wrong = |c: char| c < ' ' || c == '"' || c == '\'';
        return if bare.contains(is_wrong) {
            Err(WireError::Unquoted)
        } else {
            Ok((bare.to_owned(), behind))
        };
    };
    let mut argument = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                let behind = &quoted[at + 1..];
                let is_apart = behind.is_empty() || behind.starts_with([' ', '\t']);
                return if is_apart { Ok((argument, behind)) } else { Err(WireError::Behind) };
            }
            '\\' => argument.push(chars.next().ok_or(WireError::Unclosed)?.1),
            c => argument.push(c),
        }
    }
    Err(WireError::Unclosed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn words(line: &str) -> Vec<String> {
        let request = parse(line).unwrap();
        [request.name].into_iter().chain(request.arguments).collect()
    }

    #[test]
    fn lines_are_taken_apart_as_mpd_does() {
        for (line, expected) in [
            ("status", &["status"][..]),
            ("  play\t3 ", &["play", "3"]),
            ("add \"a b.flac\"", &["add", "a b.flac"]),
            (r#"find "(Artist == \"The \\ \\\"Who\\\"\")""#, &["find", r#"(Artist == "The \ \"Who\"")"#]),
            ("search any \"\"", &["search", "any", ""]),
            ("add Björk/Jóga.flac\r", &["add", "Björk/Jóga.flac"]),
            ("list album \"\" x", &["list", "album", "", "x"]),
        ] {
            assert_eq!(words(line), expected, "{line}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_in_mpds_words() {
        for (line, error) in [
            ("", "No command given"),
            (" ", "No command given"),
            ("\"status\"", "Letter expected"),
            ("5", "Letter expected"),
            ("st-atus", "Invalid word character"),
            ("add a\"b", "Invalid unquoted character"),
            ("add it's", "Invalid unquoted character"),
            ("add \"a", "Missing closing '\"'"),
            ("add \"a\\", "Missing closing '\"'"),
            ("add \"a\"b", "Space expected after closing '\"'"),
        ] {
            assert_eq!(parse(line).unwrap_err().to_string(), error, "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_a_client_quotes_comes_out_as_it_was(arguments: Vec<String>) {
            let quote = |text: &String| format!(" \"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
            let line: String = std::iter::once("find".to_owned()).chain(arguments.iter().map(quote)).collect();
            proptest::prop_assert_eq!(parse(&line).unwrap().arguments, arguments);
        }

        #[test]
        fn no_line_breaks_it(line: String) {
            let _ = parse(&line);
        }
    }
}
