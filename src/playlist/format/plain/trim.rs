//! Takes a title or a name as it was cut out of a row; gives it without what is none of its own: the separator that it was
//! cut off at, the extension of a file, quotes around all of it.
//! Never takes a quote or a dash that has its other half.

use super::super::m3u::has_audio_extension;

/// A title without the separator that it was cut off at, without the extension of a pasted file
/// name, and without quotes around all of it.
pub(super) fn title(title: &str) -> String {
    let title = title.trim();
    // A dash may close what another one opens: "Rain -Instrumental-".
    let paired = title.ends_with('-') && title.contains(" -") && !title.ends_with(" -");
    let title = title.strip_suffix(" >").or_else(|| title.strip_suffix(" ->")).unwrap_or(title);
    let title = if paired { title } else { title.trim_end_matches(['-', '–', '—', '|', '/']).trim_end() };
    let title = if has_audio_extension(title) {
        title.rsplit_once('.').map_or(title, |(stem, _)| stem)
    } else {
        title
    };
    for (open, close) in [
        ('*', '*'),
        ('_', '_'),
        ('`', '`'),
        ('"', '"'),
        ('“', '”'),
        ('„', '“'),
        ('«', '»'),
        ('‘', '’'),
        ('「', '」'),
        ('『', '』'),
    ] {
        let inner = title.strip_prefix(open).and_then(|inner| inner.strip_suffix(close));
        if let Some(inner) = inner.filter(|inner| !inner.contains(open) && !inner.is_empty()) {
            return inner.to_owned();
        }
    }
    without_emphasis(title)
}

/// Markdown's emphasis around a part: "*Rain* (live)". A lone asterisk is the title's own.
fn without_emphasis(title: &str) -> String {
    let emphasised = title.strip_prefix('*').and_then(|rest| rest.split_once("* "));
    match emphasised.filter(|(inner, rest)| !inner.is_empty() && !rest.contains('*')) {
        Some((inner, rest)) => format!("{inner} {rest}"),
        None => title.to_owned(),
    }
}

/// DJs write "w/ Artist" for a track laid over another one.
pub(super) fn artist(artist: &str) -> String {
    let bare = artist.strip_prefix("w/").map_or(artist, str::trim_start);
    title(if bare.is_empty() { artist } else { bare })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_none_of_a_title() {
        for text in ["Rain", "Rain -", "Rain ->", "Rain >", "\"Rain\"", "*Rain*", "Rain.mp3", " Rain |"] {
            assert_eq!(title(text), "Rain", "{text}");
        }
        for text in ["Rain -Live-", "\"Rain\" and \"Glass\"", "Rain*"] {
            assert_eq!(title(text), text);
        }
        assert_eq!(title("*Rain* (live)"), "Rain (live)");
        assert_eq!(artist("w/ Velo"), "Velo");
    }
}
