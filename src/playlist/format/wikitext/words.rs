//! Takes a piece of a wiki's source; gives the words that a reader of the article sees in it.
//! Never takes more than a few passes over a piece, however its signs are nested.

/// What is nested deeper than this is no words.
const DEEPEST: usize = 16;
/// A longer piece is no title.
const LONGEST: usize = 16 << 10;

/// The words, without links, templates, notes and the signs that shape them.
pub(super) fn words(text: &str) -> String {
    let mut out = String::new();
    if text.len() <= LONGEST {
        put(&mut out, text, 0);
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn put(out: &mut String, text: &str, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    let mut rest = text;
    // A sign that nothing closes is looked for once.
    let (mut links, mut templates, mut tags) = (true, true, true);
    while let Some(c) = rest.chars().next() {
        if let Some(inner) = rest.strip_prefix("[[").filter(|_| links) {
            match closing(inner, "[[", "]]") {
                Some(end) => {
                    link(out, &inner[..end], depth);
                    rest = &inner[end + 2..];
                    continue;
                }
                None => links = false,
            }
        } else if let Some(inner) = rest.strip_prefix("{{").filter(|_| templates) {
            match closing(inner, "{{", "}}") {
                Some(end) => {
                    template(out, &inner[..end], depth);
                    rest = &inner[end + 2..];
                    continue;
                }
                None => templates = false,
            }
        } else if rest.starts_with('<') && tags {
            match behind_tag(rest) {
                Some(behind) => {
                    out.push(' ');
                    rest = behind;
                    continue;
                }
                None => tags = false,
            }
        } else if rest.starts_with("''") {
            rest = rest.trim_start_matches('\'');
            continue;
        } else if let Some((sign, behind)) = entity(rest) {
            out.push(sign);
            rest = behind;
            continue;
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
}

/// Where what was opened before the text is closed in it.
pub(super) fn closing(text: &str, open: &str, close: &str) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    let bytes = text.as_bytes();
    while at + 2 <= bytes.len() {
        let pair = &bytes[at..at + 2];
        if pair == close.as_bytes() {
            if depth == 0 {
                return Some(at);
            }
            depth -= 1;
            at += 2;
        } else if pair == open.as_bytes() {
            depth += 1;
            at += 2;
        } else {
            at += 1;
        }
    }
    None
}

/// `[[target|words]]`, `[[words]]`; a picture has none.
fn link(out: &mut String, inner: &str, depth: usize) {
    let target = inner.split('|').next().unwrap_or_default();
    let space = target.split_once(':').map(|(space, _)| space.trim().to_lowercase());
    let picture = space.is_some_and(|space| {
        ["file", "image", "datei", "bild", "fichier", "archivo", "category", "kategorie", "файл"]
            .contains(&space.as_str())
    });
    if !picture {
        put(out, inner.split_once('|').map_or(inner, |(_, words)| words), depth + 1);
    }
}

/// `{{lang|fr|words}}`, `{{nihongo|words|…}}`, `{{duration|m=3|s=41}}`: the words are the last value without a name, but
/// for templates that explain the first one.
fn template(out: &mut String, inner: &str, depth: usize) {
    let mut parts = inner.split('|').map(str::trim);
    let name = parts.next().unwrap_or_default().to_lowercase();
    if ["cite", "efn", "refn", "sfn", "citation", "anchor", "fact", "r|"]
        .iter()
        .any(|note| name.starts_with(note))
    {
        return;
    }
    let named =
        |key: &str| inner.split('|').find_map(|part| part.trim().strip_prefix(key)?.trim().strip_prefix('='));
    if let ("duration" | "durée", Some(minutes)) = (name.as_str(), named("m")) {
        out.push_str(&format!("{}:{:0>2}", minutes.trim(), named("s").unwrap_or("0").trim()));
        return;
    }
    let mut unnamed =
        parts.filter(|part| !part.split(['[', '{']).next().is_some_and(|head| head.contains('=')));
    let explains = ["nihongo", "tooltip", "abbr", "small", "nowrap", "korean"]
        .iter()
        .any(|first| name.starts_with(first));
    let words = if explains { unnamed.next() } else { unnamed.next_back() };
    put(out, words.unwrap_or_default(), depth + 1);
}

/// What follows a tag; of a note, what follows all of it.
fn behind_tag(text: &str) -> Option<&str> {
    if let Some(comment) = text.strip_prefix("<!--") {
        return Some(comment.split_once("-->").map_or("", |(_, behind)| behind));
    }
    let inner = &text[1..];
    if !inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
        return None;
    }
    let (tag, behind) = inner.split_once('>')?;
    let note = tag.get(..3).is_some_and(|name| name.eq_ignore_ascii_case("ref")) && !tag.ends_with('/');
    let closed = if note { behind.split_once("</ref>") } else { None };
    Some(closed.map_or(behind, |(_, behind)| behind))
}

fn entity(text: &str) -> Option<(char, &str)> {
    const SIGNS: &[(&str, char)] = &[
        ("&nbsp;", ' '),
        ("&amp;", '&'),
        ("&ndash;", '–'),
        ("&mdash;", '—'),
        ("&quot;", '"'),
        ("&#39;", '\''),
        ("&lt;", '<'),
        ("&gt;", '>'),
    ];
    SIGNS.iter().find_map(|(name, sign)| Some((*sign, text.strip_prefix(name)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_sees() {
        for (source, seen) in [
            ("[[Rain (song)|Rain]]", "Rain"),
            ("''[[Rain]]'' <small>(live)</small>", "Rain (live)"),
            ("Rain<ref name=\"a\">{{cite web|title=x}}</ref>", "Rain"),
            ("Rain<ref name=a /> & Snow", "Rain & Snow"),
            ("{{lang|fr|La [[pluie]]}}", "La pluie"),
            ("{{nihongo|Rain|雨|Ame}}", "Rain"),
            ("[[File:Rain.jpg|thumb]]Rain&nbsp;&amp; Snow<!-- no -->", "Rain & Snow"),
            ("[[Rain {{ Snow", "[[Rain {{ Snow"),
            ("3 < 4", "3 < 4"),
        ] {
            assert_eq!(words(source), seen, "{source}");
        }
    }

    #[test]
    fn nested_signs_take_no_time() {
        let started = std::time::Instant::now();
        for open in ["[[", "{{", "<a", "{{x|", "[[a|"] {
            words(&open.repeat(4_000));
            words(&format!("{}{}", open.repeat(2_000), "}}".repeat(2_000)));
        }
        assert!(started.elapsed().as_secs() < 5);
    }
}
