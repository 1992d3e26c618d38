//! Takes the bytes of a listing in any known format; gives a [`Listing`], or what is wrong and
//! on which line. Writes listings back as text. One table, [`FORMATS`], names every format.
//! Never touches the disk, never resolves a file that a listing names.

mod csv;
mod cue;
mod dump;
mod encoding;
mod html;
mod json;
mod jspf;
mod length;
mod lines;
pub(super) mod location;
pub(super) mod m3u;
mod markdown;
mod part;
mod plain;
mod pls;
mod problem;
mod tidy;
mod toml;
mod wikitext;
mod xspf;

use crate::playlist::Listing;

pub use encoding::decode;
pub use problem::{MAX_BYTES, Problem, ProblemKind, ReadError, WriteError};

/// Whether the library knows an artist of this name. Settles which side of a dash the artist
/// is, and whether a bare dash separates at all ("blink-182", "Jay-Z").
pub type KnowsArtist<'a> = dyn Fn(&str) -> bool + 'a;

/// Writes a tidy listing as text.
type Write = fn(&Listing) -> String;

/// One format of listing.
pub struct Format {
    /// The name used in `--to` and in messages.
    pub name: &'static str,
    /// File extensions, lower case, without the dot.
    pub extensions: &'static [&'static str],
    /// Whether the text is clearly in this format.
    sniff: fn(&str) -> bool,
    read: fn(&str, &KnowsArtist<'_>) -> Result<Listing, Vec<Problem>>,
    /// `None` for a format that is only read.
    write: Option<Write>,
}

/// Every format, in the order in which input is tried; the last one takes any text.
pub const FORMATS: &[Format] = &[
    Format {
        name: "toml",
        extensions: &["toml"],
        sniff: toml::sniff,
        read: toml::read,
        write: Some(toml::write),
    },
    Format {
        name: "m3u8",
        extensions: &["m3u8", "m3u"],
        sniff: m3u::sniff,
        read: m3u::read,
        write: Some(m3u::write),
    },
    Format { name: "pls", extensions: &["pls"], sniff: pls::sniff, read: pls::read, write: Some(pls::write) },
    Format {
        name: "xspf",
        extensions: &["xspf"],
        sniff: xspf::sniff,
        read: xspf::read,
        write: Some(xspf::write),
    },
    Format {
        name: "html",
        extensions: &["html", "htm", "xhtml"],
        sniff: html::sniff,
        read: html::read,
        write: None,
    },
    // Before what begins with a brace as well.
    Format {
        name: "wiki",
        extensions: &["wiki", "mediawiki"],
        sniff: wikitext::sniff,
        read: wikitext::read,
        write: None,
    },
    Format {
        name: "jspf",
        extensions: &["jspf"],
        sniff: jspf::sniff,
        read: jspf::read,
        write: Some(jspf::write),
    },
    Format {
        name: "json",
        extensions: &["json"],
        sniff: json::sniff,
        read: json::read,
        write: Some(json::write),
    },
    Format { name: "csv", extensions: &["csv"], sniff: csv::sniff, read: csv::read, write: Some(csv::write) },
    Format {
        name: "tsv",
        extensions: &["tsv", "tab"],
        sniff: |_| false,
        read: csv::read,
        write: Some(csv::write_tabs),
    },
    Format { name: "cue", extensions: &["cue"], sniff: cue::sniff, read: cue::read, write: Some(cue::write) },
    Format {
        name: "md",
        extensions: &["md", "markdown"],
        sniff: markdown::sniff,
        read: markdown::read,
        write: Some(markdown::write),
    },
    Format {
        name: "txt",
        extensions: &["txt", "text"],
        sniff: |_| true,
        read: plain::read,
        write: Some(plain::write),
    },
];

/// Reads a listing. `hint` is a format's name, an extension or a file name, where one is known;
/// without one, and for plain text, the content decides.
pub fn read(bytes: &[u8], hint: Option<&str>) -> Result<Listing, ReadError> {
    read_with(bytes, hint, &|_| false)
}

/// As [`read`], with the help of a library that knows some artists by name.
pub fn read_with(
    bytes: &[u8],
    hint: Option<&str>,
    knows_artist: &KnowsArtist<'_>,
) -> Result<Listing, ReadError> {
    let text = decode(bytes)?;
    read_text(&text, choose(&text, hint), knows_artist)
}

/// As [`read_with`], in the format of this name and no other; where there is none, the content decides.
pub fn read_as(bytes: &[u8], format: &str, knows_artist: &KnowsArtist<'_>) -> Result<Listing, ReadError> {
    let text = decode(bytes)?;
    let format = by_name(format).unwrap_or_else(|| choose(&text, None));
    read_text(&text, format, knows_artist)
}

fn read_text(
    text: &str,
    format: &'static Format,
    knows_artist: &KnowsArtist<'_>,
) -> Result<Listing, ReadError> {
    let mut listing = (format.read)(text, knows_artist)
        .map_err(|problems| ReadError::Malformed { format: format.name, problems })?;
    tidy::tidy(&mut listing);
    Ok(listing)
}

/// Writes a listing in the format of this name or extension.
pub fn write(listing: &Listing, format: &str) -> Result<String, WriteError> {
    let format = by_name(format).ok_or_else(|| WriteError::UnknownFormat(format.to_owned()))?;
    let write = format.write.ok_or(WriteError::ReadOnly(format.name))?;
    Ok(write(&tidy::tidied(listing)))
}

/// Whether a format can say that a track is a part of a file. The others name files as wholes.
pub fn holds_parts(format: &str) -> bool {
    by_name(format).is_some_and(|format| ["toml", "json", "cue"].contains(&format.name))
}

/// The format that has this name or extension.
pub fn by_name(name: &str) -> Option<&'static Format> {
    let name = name.to_ascii_lowercase();
    FORMATS.iter().find(|f| f.name == name || f.extensions.contains(&name.as_str()))
}

/// A hint that names a format settles it, except plain text: people save anything as `.txt`.
fn choose(text: &str, hint: Option<&str>) -> &'static Format {
    let plain = &FORMATS[FORMATS.len() - 1];
    let hinted = hint.and_then(|hint| by_name(hint.rsplit('.').next().unwrap_or(hint)));
    match hinted {
        Some(format) if format.name != plain.name => format,
        _ => FORMATS.iter().find(|format| (format.sniff)(text)).unwrap_or(plain),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_table_has_no_name_twice_and_ends_with_the_one_that_takes_all() {
        let mut names: Vec<_> = FORMATS.iter().flat_map(|f| f.extensions).collect();
        names.sort();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!((FORMATS.last().unwrap().sniff)("anything"));
    }

    #[test]
    fn a_hint_may_be_a_name_an_extension_or_a_file_name() {
        for hint in ["m3u8", "M3U", "Party Mix.v2.m3u8"] {
            assert_eq!(choose("1. A - B", Some(hint)).name, "m3u8");
        }
        assert_eq!(choose("#EXTM3U\na.mp3", Some("list.txt")).name, "m3u8");
        assert_eq!(choose("1. A - B", None).name, "txt");
    }
}
