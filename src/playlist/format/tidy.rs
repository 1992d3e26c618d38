//! Takes a listing as its reader left it, or before it is written; gives it with words that any format
//! can hold: no control characters, and the name of its file for an entry that has no title. Never touches the name of a file.

use std::borrow::Cow;

use super::m3u;
use crate::playlist::{Details, Entry, Listing};

/// Mends the words of a listing in place.
pub(super) fn tidy(listing: &mut Listing) {
    for name in [&mut listing.title, &mut listing.artist, &mut listing.date] {
        optional(name, is_control);
    }
    optional(&mut listing.source, is_no_text);
    listing.entries.iter_mut().for_each(entry);
}

/// The listing with its words mended, where they need it.
pub(super) fn tidied(listing: &Listing) -> Cow<'_, Listing> {
    let is_name = |name: &Option<String>| name.as_ref().is_none_or(|name| !name.contains(is_control));
    let is_text = |words: &Option<String>| words.as_ref().is_none_or(|words| !words.contains(is_no_text));
    let is_tidy = |entry: &Entry| {
        [&entry.artist, &entry.more.album, &entry.more.section].into_iter().all(is_name)
            && !entry.title.contains(is_control)
            && !entry.more.text.contains(is_no_text)
            && is_text(&entry.more.markup)
            && is_text(&entry.more.note)
            && entry.more.identifiers.iter().all(|identifier| !identifier.contains(is_control))
            && (entry.file.is_none() || !entry.title.trim().is_empty())
    };
    let heads = [&listing.title, &listing.artist, &listing.date].into_iter().all(is_name);
    if heads && is_text(&listing.source) && listing.entries.iter().all(is_tidy) {
        return Cow::Borrowed(listing);
    }
    let mut listing = listing.clone();
    tidy(&mut listing);
    Cow::Owned(listing)
}

fn entry(entry: &mut Entry) {
    clean(&mut entry.title, is_control);
    optional(&mut entry.artist, is_control);
    if let Some(more) = entry.more.get_mut() {
        details(more);
    }
    if let Some(file) = entry.file.as_deref().filter(|_| entry.title.trim().is_empty()) {
        entry.title = m3u::shown_stem(&file.to_string_lossy());
        clean(&mut entry.title, is_control);
    }
}

fn details(more: &mut Details) {
    clean(&mut more.text, is_no_text);
    optional(&mut more.markup, is_no_text);
    optional(&mut more.album, is_control);
    optional(&mut more.section, is_control);
    optional(&mut more.note, is_no_text);
    for identifier in &mut more.identifiers {
        clean(identifier, is_control);
    }
    more.identifiers.retain(|identifier| !identifier.is_empty());
}

fn optional(words: &mut Option<String>, odd: fn(char) -> bool) {
    if let Some(inner) = words
        && clean(inner, odd)
        && inner.is_empty()
    {
        *words = None;
    }
}

/// What no name has: characters that steer a device, break a line, or are none.
pub(super) fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// As [`is_control`], but for tabs and line breaks, which a remark may have.
fn is_no_text(c: char) -> bool {
    is_control(c) && !matches!(c, '\t' | '\n')
}

/// What keeps words apart becomes a space, everything else goes: a name is the same name without it.
/// Gives whether there was any.
fn clean(words: &mut String, odd: fn(char) -> bool) -> bool {
    if !words.contains(odd) {
        return false;
    }
    let shown = |c: char| match c {
        '\t' | '\n' | '\r' | '\x0b' | '\x0c' | '\u{85}' if odd(c) => Some(' '),
        c => Some(c).filter(|c| !odd(*c)),
    };
    let kept: String = words.replace("\r\n", "\n").chars().filter_map(shown).collect();
    kept.trim().clone_into(words);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lose_control_characters_and_files_keep_them() {
        let mut listing = Listing {
            title: Some("a\u{1}b\r\nc".into()),
            artist: Some("\u{80}".into()),
            source: Some("one\u{7}\r\ntwo".into()),
            entries: vec![Entry {
                title: "Ra\u{9d}in\r2\tx".into(),
                artist: Some("\u{1b}[31mVelo".into()),
                file: Some("a\u{1}.mp3".into()),
                more: Details { identifiers: vec!["x\u{7f}".into(), "\u{7f}".into()], ..Details::default() }
                    .into(),
                ..Entry::default()
            }],
            ..Listing::default()
        };
        tidy(&mut listing);
        assert_eq!((listing.title.as_deref(), listing.artist.as_deref()), (Some("ab c"), None));
        assert_eq!(listing.source.as_deref(), Some("one\ntwo"));
        let found = &listing.entries[0];
        assert_eq!((found.title.as_str(), found.artist.as_deref()), ("Rain 2 x", Some("[31mVelo")));
        assert_eq!(found.file, Some("a\u{1}.mp3".into()));
        assert_eq!(found.more.identifiers, ["x"]);
        assert!(matches!(tidied(&listing), Cow::Borrowed(_)), "once is enough");
    }

    #[test]
    fn an_entry_without_a_title_is_called_like_its_file() {
        let file = |file: &str| Entry { title: "\u{1}".into(), file: Some(file.into()), ..Entry::default() };
        let mut listing = Listing { entries: vec![file("x/Ra\u{2}in.mp3")], ..Listing::default() };
        tidy(&mut listing);
        assert_eq!((listing.entries[0].title.as_str(), listing.entries[0].line().as_ref()), ("Rain", "Rain"));
    }
}
