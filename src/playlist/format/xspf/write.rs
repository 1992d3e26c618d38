//! Takes a listing; gives XSPF 1 that its reader gives back as it was. Where XSPF has no element, a
//! `meta` says it. Never writes what XML cannot hold: such control characters become spaces.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use super::super::location;
use super::{DATE, DISC, NAMESPACE, SECTION, schema};
use crate::playlist::{Entry, Listing};

pub(in super::super) fn write(listing: &Listing) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<playlist version=\"1\" xmlns=\"{NAMESPACE}\">\n"
    );
    element(&mut out, 1, "title", listing.title.as_deref());
    element(&mut out, 1, "creator", listing.artist.as_deref());
    element(&mut out, 1, "annotation", listing.source.as_deref());
    match listing.date.as_deref() {
        Some(date) if schema::is_date_time(date) => element(&mut out, 1, "date", Some(date)),
        words => meta(&mut out, 1, DATE, words),
    }
    out.push_str("  <trackList>\n");
    for entry in &listing.entries {
        track(&mut out, entry);
    }
    out.push_str("  </trackList>\n</playlist>\n");
    out
}

fn track(out: &mut String, entry: &Entry) {
    out.push_str("    <track>\n");
    let number = |number: Option<u32>| number.map(|number| number.to_string());
    element(out, 3, "location", entry.file.as_deref().map(location::of_path).as_deref());
    for identifier in &entry.more.identifiers {
        element(out, 3, "identifier", Some(identifier));
    }
    element(out, 3, "title", Some(&entry.title).filter(|title| !title.is_empty()).map(String::as_str));
    element(out, 3, "creator", entry.artist.as_deref());
    element(out, 3, "annotation", entry.more.note.as_deref());
    element(out, 3, "album", entry.more.album.as_deref());
    element(out, 3, "trackNum", number(entry.number).as_deref());
    element(out, 3, "duration", entry.length.map(|length| length.as_millis().to_string()).as_deref());
    meta(out, 3, DISC, number(entry.disc).as_deref());
    meta(out, 3, SECTION, entry.more.section.as_deref());
    out.push_str("    </track>\n");
}

fn element(out: &mut String, depth: usize, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        let _ = writeln!(out, "{:1$}<{name}>{2}</{name}>", "", depth * 2, clean(text));
    }
}

fn meta(out: &mut String, depth: usize, relation: &str, text: Option<&str>) {
    if let Some(text) = text {
        let _ = writeln!(out, "{:1$}<meta rel=\"{relation}\">{2}</meta>", "", depth * 2, clean(text));
    }
}

/// Escaped; without the characters that XML 1.0 has no way to write.
fn clean(text: &str) -> String {
    let allowed = |c: char| !c.is_control() || matches!(c, '\t' | '\n') || ('\u{80}'..'\u{a0}').contains(&c);
    let text = text.replace(|c| !allowed(c) || matches!(c, '\u{fffe}' | '\u{ffff}'), " ");
    escape(text).into_owned()
}
