//! Takes a line of a forum's post as its writer typed it; gives the words that the forum shows: without the tags in
//! square brackets that shape them, and with a bullet for each item of a list.
//! Never touches a bracket that is no tag, nor a page that closes none.

use std::borrow::Cow;

/// Tags that shape words.
const TAGS: &[&str] = &[
    "b", "i", "u", "s", "center", "code", "color", "colour", "font", "h1", "h2", "h3", "hr", "indent",
    "left", "li", "list", "ol", "php", "quote", "right", "size", "spoiler", "sub", "sup", "table", "td",
    "tr", "ul", "url",
];

/// Tags whose inside is an address, and no words.
const ADDRESSES: &[&str] = &["img", "youtube", "media"];

/// Whether the text is written so: it closes a tag somewhere.
pub(super) fn is_used(text: &str) -> bool {
    text.match_indices("[/").any(|(at, _)| tag(&text[at..]).is_some())
}

/// The words of a line.
pub(super) fn shown(line: &str) -> Cow<'_, str> {
    if !line.contains('[') {
        return line.into();
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('[') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("[*]") {
            out.push_str("• ");
            rest = after.trim_start();
            continue;
        }
        let Some((name, after)) = tag(rest) else {
            out.push('[');
            rest = &rest[1..];
            continue;
        };
        let closes = rest.starts_with("[/");
        // An address goes up to the next bracket, which closes it.
        let inside = ADDRESSES.contains(&name.as_str()) && !closes;
        rest = if inside { after.find("[/").map_or("", |end| &after[end..]) } else { after };
    }
    out.push_str(rest);
    out.into()
}

/// The name of the tag that the text begins with, and what follows the tag.
fn tag(text: &str) -> Option<(String, &str)> {
    /// No tag with its value is longer.
    const LONGEST: usize = 300;
    let inner = text.strip_prefix('[')?;
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    let length = inner.bytes().take(10).take_while(u8::is_ascii_alphanumeric).count();
    let (name, rest) = inner.split_at(length);
    let name = name.to_ascii_lowercase();
    let known = TAGS.contains(&name.as_str()) || ADDRESSES.contains(&name.as_str());
    if !known || !rest.starts_with([']', '=', ' ']) {
        return None;
    }
    let end = rest.bytes().take(LONGEST).position(|byte| byte == b']')?;
    Some((name, &rest[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_brackets_stay() {
        for (line, words) in [
            ("[*]Rain [I](3:41)[/I]", "• Rain (3:41)"),
            ("[B][COLOR=#8b4513]Velo[/COLOR] - Rain[/B] [live]", "Velo - Rain [live]"),
            ("[url=http://a.example/b]Rain[/url]", "Rain"),
            ("[img]http://a.example/b.jpg[/img]Rain", "Rain"),
            ("[List=1]", ""),
            ("[1] Rain [b", "[1] Rain [b"),
        ] {
            assert_eq!(shown(line), words, "{line}");
        }
        assert!(is_used("[b]Rain[/b]"));
        assert!(!is_used("Rain [i] and [/or] so"));
    }
}
