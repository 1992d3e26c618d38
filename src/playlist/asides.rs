//! Takes a listing with words that may be entries or talk; gives it with those as entries that a library knows, and the others as
//! they were, for `witness`.
//! Never makes an entry of words that the library has not, and never moves one that is there.

use super::talk::is_refusal;
use super::{Details, Entry, Listing};

/// Artist, where there is one, and title of what the library knows by these words.
pub(super) type Recognises<'a> = dyn Fn(&str) -> Option<(Option<String>, String)> + 'a;

/// Puts the asides that the library knows among the entries, in their places.
pub(super) fn settle(listing: &mut Listing, recognises: &Recognises<'_>) {
    let mut put = 0;
    for mut aside in std::mem::take(&mut listing.asides) {
        let found = if aside.near { parts(&aside.text, recognises) } else { Vec::new() };
        aside.before += put;
        if found.is_empty() {
            listing.asides.push(aside);
            continue;
        }
        listing.unread.retain(|unread| unread.line != aside.line);
        for entry in found {
            listing.entries.insert((aside.before).min(listing.entries.len()), entry);
            aside.before += 1;
            put += 1;
        }
    }
}

/// The entries of an aside: the whole of it, or what stands between its commas and the ends of its sentences.
fn parts(text: &str, recognises: &Recognises<'_>) -> Vec<Entry> {
    let entry = |text: &str| {
        let (artist, title) = recognises(text)?;
        let more = Details { text: text.to_owned(), ..Details::default() }.into();
        Some(Entry { artist, title, more, ..Entry::default() })
    };
    if let Some(whole) = entry(text) {
        return vec![whole];
    }
    // "low tide??? no way"
    if text.split([',', '.', '!', '?', '…']).any(is_refusal) {
        return Vec::new();
    }
    let parts = text.split([',', ';', '!', '?', '…']).flat_map(|part| part.split(". ")).map(str::trim);
    parts.filter(|part| !part.is_empty()).filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Aside;
    use super::*;

    #[test]
    fn what_the_library_knows_stands_where_it_was_said() {
        let entry = |title: &str| Entry { title: title.to_owned(), ..Entry::default() };
        let aside = |before, line, text: &str| Aside { before, line, text: text.to_owned(), near: true };
        let mut listing = Listing {
            entries: vec![entry("Rain"), entry("Glass")],
            asides: vec![
                aside(1, 2, "low tide!!! paper lungs velo"),
                aside(1, 3, "so true"),
                aside(2, 5, "Salt"),
            ],
            unread: vec![super::super::Unread { line: 2, text: "low tide!!! paper lungs velo".to_owned() }],
            ..Listing::default()
        };
        settle(&mut listing, &|text| match text {
            "low tide" | "Salt" => Some((None, text.to_owned())),
            "paper lungs velo" => Some((Some("velo".to_owned()), "paper lungs".to_owned())),
            _ => None,
        });
        let titles: Vec<&str> = listing.entries.iter().map(|entry| entry.title.as_str()).collect();
        assert_eq!(titles, ["Rain", "low tide", "paper lungs", "Glass", "Salt"]);
        assert!(listing.unread.is_empty() && listing.asides.len() == 1);
    }
}
