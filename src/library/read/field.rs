//! Takes the values of tags as they stand in files; gives the fields of a library entry.
//! Never corrects them: what is misspelt or in the wrong encoding stays as it is.

/// No field of a library entry is longer than this many bytes: no title that is one is either.
const TEXT_MAX: usize = 1024;

/// A tag's text without what surrounds it, if anything is left.
pub(super) fn said(text: &str) -> Option<&str> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!text.is_empty()).then(|| capped(text))
}

/// Several artists in fields of their own, in one.
pub(super) fn joined<'a>(values: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut all = String::new();
    for value in values.filter_map(said) {
        if all.len() + value.len() > TEXT_MAX {
            break;
        }
        if !all.is_empty() {
            all.push_str("; ");
        }
        all.push_str(value);
    }
    (!all.is_empty()).then_some(all)
}

/// The beginning of the text, at most [`TEXT_MAX`] bytes of it.
pub(super) fn capped(text: &str) -> &str {
    let end = (0..=text.len().min(TEXT_MAX)).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

/// The number that a text like "3", "03" or "3/12" begins with; 0 is no number of anything.
pub(super) fn number(text: &str) -> Option<u32> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text[..digits].parse().ok().filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_the_front() {
        assert_eq!(number("3"), Some(3));
        assert_eq!(number("03/12"), Some(3));
        assert_eq!(number("4 of 9"), Some(4));
        for nothing in ["", "0", "A1", "/12", "99999999999"] {
            assert_eq!(number(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn blank_text_says_nothing() {
        assert_eq!(said(" \t\0 "), None);
        assert_eq!(said(" War\0\0"), Some("War"));
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        let long = "é".repeat(TEXT_MAX);
        assert_eq!(said(&long).map(str::len), Some(TEXT_MAX));
        assert_eq!(said(&format!("a{long}")).map(str::len), Some(TEXT_MAX - 1));
        assert!(joined([long.as_str(), "b"].into_iter()).is_some_and(|text| text.len() <= TEXT_MAX));
    }

    #[test]
    fn several_artists_become_one_field() {
        assert_eq!(
            joined(["James Brown", " ", "Vince DiCola"].into_iter()).as_deref(),
            Some("James Brown; Vince DiCola")
        );
        assert_eq!(joined(["", " "].into_iter()), None);
    }
}
