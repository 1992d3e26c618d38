//! Takes the parts of a row between its separators, and which of them is what; gives title, artist and album, without
//! what people go on to say behind them.
//! Never decides which part is the artist: `orientation` does, over all rows.

use super::super::KnowsArtist;
use super::fields::Fields;
use super::orientation::Roles;
use super::separator::offset;
use super::words::is_version;
use super::{phrase, prose, trim};

pub(super) fn from_parts(body: &str, parts: &[&str], roles: Roles, knows: &KnowsArtist<'_>) -> Fields {
    let last = parts.len() - 1;
    let part = |column: usize| parts[column.min(last)];
    // A part too many belongs to the title: "Artist - Title - Live", "Title - Live - Artist".
    let (title, artist) = match (roles.title, roles.artist, roles.album) {
        (title, Some(artist), None) if parts.len() == 2 => (part(title), Some(part(artist))),
        (0, Some(1), None) => (&body[..offset(body, parts[last])], Some(part(last))),
        (1, Some(0), None) => (&body[offset(body, parts[1])..], Some(part(0))),
        (title, artist, _) => (part(title), artist.map(part)),
    };
    let name = artist.map(|artist| name_before_remark(artist, knows));
    // "Rain - Velo (unplugged, 1999)": the version is the song's, wherever it stands.
    let names_one = |note: &str| is_version(note) && note.contains(char::is_alphabetic);
    let version = artist
        .and_then(phrase::closing_bracket)
        .filter(|(before, inner)| name == Some(before.trim_end()) && inner.split(", ").any(names_one));
    Fields {
        title: version
            .map_or_else(|| trim::title(title), |(_, inner)| format!("{} ({inner})", trim::title(title))),
        artist: name.map(trim::artist),
        album: roles.album.filter(|_| parts.len() > 2).map(|album| part(album).to_owned()),
        ..Fields::default()
    }
}

/// The fields, where somebody goes on talking behind the title: "Rain. Start with the one you know.", "Rain #np https://…".
pub(super) fn without_talk(fields: Fields) -> Fields {
    let title = &fields.title;
    let tag = title
        .match_indices(" #")
        .map(|(at, _)| at)
        .find(|at| title[at + 2..].starts_with(char::is_alphabetic) && !title[at + 2..].contains(['(', ')']));
    let at = [tag, title.find(" http"), prose::end_of_sentence(title)].into_iter().flatten().min();
    match at.filter(|at| *at > 0) {
        Some(at) => {
            let note = title[at..].trim_start_matches(['.', '!', '?', ' ']).to_owned();
            let title = title[..at].trim_end().to_owned();
            Fields { title, note: fields.note.or(Some(note)), ..fields }
        }
        None => fields,
    }
}

/// The name that the library knows, where somebody goes on talking behind it: "Velo (128 bpm) the last mile", "Velo, live or not".
/// A name that the library knows whole stays whole, and so does one of which it knows nothing.
fn name_before_remark<'a>(artist: &'a str, knows: &KnowsArtist<'_>) -> &'a str {
    if knows(artist) {
        return artist;
    }
    // "I'm getting off here. Last one: Velo": what somebody says before it.
    if let Some((_, name)) = artist.rsplit_once(": ").filter(|(_, name)| knows(name)) {
        return name;
    }
    // "(128 bpm)", "(4x)": no name goes on behind that.
    let counted =
        artist.match_indices(" (").find(|(at, _)| artist[at + 2..].starts_with(|c: char| c.is_ascii_digit()));
    if let Some((at, _)) = counted {
        return artist[..at].trim_end();
    }
    let stops = [
        " (", " [", ", ", ". ", "! ", "!", "? ", "?", " ...", "...", "…", " - ", " – ", ": ", "; ", "'s ",
        "'s,", " / ",
    ];
    let ends = stops.iter().flat_map(|stop| artist.match_indices(stop)).map(|(at, _)| at);
    // The longest name: "Ana, Velo & Jo" is not Ana alone.
    let names = ends.map(|end| artist[..end].trim_end()).filter(|name| knows(name));
    names.max_by_key(|name| name.len()).unwrap_or(artist)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_without_what_is_said_behind_them() {
        let knows = |name: &str| ["Velo", "Ana & Jo"].contains(&name);
        let read = |body: &str| {
            let parts: Vec<&str> = body.split(" - ").collect();
            let roles = Roles { title: 0, artist: Some(1), album: None };
            let fields = without_talk(from_parts(body, &parts, roles, &knows));
            (fields.title, fields.artist.unwrap_or_default())
        };
        let want = |title: &str, artist: &str| (title.to_owned(), artist.to_owned());
        assert_eq!(read("Rain - Velo (128 bpm) the last mile"), want("Rain", "Velo"));
        assert_eq!(read("Rain - Velo (unplugged, 1999)"), want("Rain (unplugged, 1999)", "Velo"));
        assert_eq!(read("Rain - Live - Ana & Jo, or not"), want("Rain - Live", "Ana & Jo"));
        assert_eq!(read("Rain. That was the first one. - Bo"), want("Rain", "Bo"));
        assert_eq!(read("Rain #np - Nobody, Known"), want("Rain", "Nobody, Known"));
    }
}
