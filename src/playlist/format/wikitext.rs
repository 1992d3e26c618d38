//! Takes the source of a wiki's article; gives the listing in it: the titles of its track listing templates, else its
//! lists and tables read as the plain lines that they show.
//! Never fetches what a link or a template names; a template is known by its own name and those of its fields.

mod words;

use std::time::Duration;

use self::words::words;
use super::plain::{self, Column, column};
use super::problem::Problem;
use super::{KnowsArtist, length, lines};
use crate::playlist::{Details, Entry, Listing};

/// The beginnings of the names of templates that list tracks, in several languages.
const LISTS: &[&str] = &[
    "track list",
    "tracklist",
    "pistes",
    "lista de canciones",
    "lista de temas",
    "tracce",
    "lista de faixas",
];
/// Those of a template about the whole record.
const RECORDS: &[&str] =
    &["infobox album", "infobox musique (œuvre)", "ficha de álbum", "infobox musikalbum"];

pub(super) fn sniff(text: &str) -> bool {
    let is_heading = |line: &str| heading(line.trim()).is_some();
    let linked = || text.contains("[[") && text.contains("]]");
    next_template(text, LISTS).is_some() || (linked() && text.lines().take(1000).any(is_heading))
}

pub(super) fn read(text: &str, knows: &KnowsArtist<'_>) -> Result<Listing, Vec<Problem>> {
    let mut listing = Listing::default();
    for template in templates(text, LISTS) {
        listing.entries.extend(entries(&template, text));
    }
    if listing.entries.is_empty() {
        let shown = shown(text);
        listing = plain::read(&shown, knows)?;
        lines::keep_source(&mut listing, &shown, text);
    }
    if let Some(record) = templates(text, RECORDS).next() {
        let field = |names: &[&str]| record.value(names, None).map(words).filter(|words| !words.is_empty());
        listing.title = field(&["name", "nom", "nombre", "titre", "titel"]).or(listing.title);
        listing.artist = field(&["artist", "artiste", "artista", "musiker"]).or(listing.artist);
    }
    Ok(listing)
}

/// A template of the page, taken apart.
struct Template<'a> {
    fields: Vec<Field<'a>>,
}

/// `name12 = value`
struct Field<'a> {
    name: String,
    count: Option<u32>,
    value: &'a str,
    /// Where it begins and ends in the text.
    at: usize,
    end: usize,
}

impl<'a> Template<'a> {
    fn value(&self, names: &[&str], count: Option<u32>) -> Option<&'a str> {
        let named = |field: &&Field<'_>| names.contains(&field.name.as_str()) && field.count == count;
        self.fields.iter().find(named).map(|field| field.value)
    }
}

/// Where the next template of one of these names begins.
fn next_template(text: &str, names: &[&str]) -> Option<usize> {
    let named = |at: &usize| {
        let name: String = text[at + 2..].trim_start().chars().take(24).collect();
        let name = name.to_lowercase().replace('_', " ");
        names.iter().any(|known| name.starts_with(known))
    };
    text.match_indices("{{").map(|(at, _)| at).find(named)
}

/// The templates of these names, in order. One that is never closed goes up to the end.
fn templates<'a>(text: &'a str, names: &'static [&'static str]) -> impl Iterator<Item = Template<'a>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + next_template(&text[from..], names)?;
        let end = words::closing(&text[at + 2..], "{{", "}}").map_or(text.len(), |length| at + 2 + length);
        from = end;
        Some(Template { fields: fields(text, at + 2, end) })
    })
}

/// The fields between two places of the text: what bars part, but for those of links and templates within.
fn fields(text: &str, from: usize, to: usize) -> Vec<Field<'_>> {
    let (mut depth, mut start) = (0_usize, from);
    let mut fields = Vec::new();
    let bytes = text.as_bytes();
    let mut at = from;
    while at <= to {
        let pair = bytes.get(at..at + 2).filter(|_| at + 2 <= to);
        match pair {
            Some(b"{{" | b"[[") => depth += 1,
            Some(b"}}" | b"]]") => depth = depth.saturating_sub(1),
            _ if at == to || (bytes[at] == b'|' && depth == 0) => {
                fields.extend(field(text, start, at));
                start = at + 1;
            }
            _ => {}
        }
        at += if matches!(pair, Some(b"{{" | b"[[" | b"}}" | b"]]")) { 2 } else { 1 };
    }
    fields
}

fn field(text: &str, from: usize, to: usize) -> Option<Field<'_>> {
    let (name, value) = text.get(from..to)?.split_once('=')?;
    let at = from + (name.len() - name.trim_start().len());
    let lower = name.trim().to_lowercase();
    let bare = lower.trim_end_matches(|c: char| c.is_ascii_digit());
    let count = lower[bare.len()..].parse().ok();
    Some(Field {
        name: bare.trim_end_matches(['_', ' ']).to_owned(),
        count,
        value: value.trim(),
        at,
        end: from + name.len() + 1 + value.trim_end().len(),
    })
}

/// The tracks of a template.
fn entries(template: &Template<'_>, text: &str) -> Vec<Entry> {
    const TITLES: &[&str] = &["title", "titre", "título", "titulo", "titolo"];
    let section = template.value(&["headline", "titre", "titulo", "título"], None).map(words);
    let section = section.filter(|section| !section.is_empty());
    let performed = template.value(&["extra_column", "extra column"], None).map(words);
    let performed = performed.is_some_and(|heading| column(&heading) == Some(Column::Artist));
    let disc = section.as_deref().and_then(plain::disc_of);
    let entry = |field: &Field<'_>| {
        let value =
            |names: &[&str]| template.value(names, field.count).map(words).filter(|words| !words.is_empty());
        let title = words(field.value);
        let title = title.trim_matches(['"', '«', '»', ' ']).to_owned();
        let note = value(&["note", "nota", "info"]);
        // "(live)" says which version it is, "(with a choir)" does not.
        let version = note.as_deref().filter(|note| plain::is_version(note) && note.len() < 60);
        let shown = version.map_or_else(|| title.clone(), |note| format!("{title} ({note})"));
        let performer = performed.then(|| value(&["extra"])).flatten();
        Entry {
            artist: value(&["artist", "artiste", "artista", "interprète"]).or(performer),
            title: shown,
            number: field.count,
            disc,
            length: value(&["length", "lenght", "temps", "durée", "duración", "durata", "duração"])
                .and_then(|time| time_of(&time)),
            file: None,
            more: Details {
                text: format!("{}. {title}", field.count.unwrap_or_default()),
                section: section.clone(),
                note: note.clone().filter(|_| version.is_none()),
                markup: own_line(text, field),
                ..Details::default()
            }
            .into(),
        }
    };
    let titled = |field: &&Field<'_>| {
        TITLES.contains(&field.name.as_str()) && field.count.is_some() && !words(field.value).is_empty()
    };
    template.fields.iter().filter(titled).map(entry).collect()
}

fn time_of(text: &str) -> Option<Duration> {
    length::parse(text.trim_matches(|c: char| !c.is_ascii_digit()))
}

/// The line of a field that has it for itself.
fn own_line(text: &str, field: &Field<'_>) -> Option<String> {
    let start = text[..field.at].rfind('\n').map_or(0, |feed| feed + 1);
    let end = text[field.at..].find('\n').map_or(text.len(), |feed| field.at + feed);
    let bar = |c: char| c == '|' || c.is_whitespace();
    let alone = text[start..field.at].trim_matches(bar).is_empty()
        && text.get(field.end..end).is_some_and(|rest| rest.trim_matches(bar).is_empty());
    alone.then(|| text[start..end].trim().to_owned())
}

/// The words of a heading: `== Track listing ==`.
fn heading(line: &str) -> Option<&str> {
    let inner = line.strip_prefix("==")?.strip_suffix("==")?.trim_matches('=').trim();
    (!inner.is_empty()).then_some(inner)
}

/// The page's lines as they are shown, each in its place: numbers before the items of a list that counts, the cells of a
/// table's row beside each other.
fn shown(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let (mut count, mut table, mut row) = (0_u32, false, None::<usize>);
    for line in lines::split(text) {
        let line = line.trim();
        if line.starts_with("{|") || line.starts_with("|}") {
            (table, row) = (line.starts_with("{|"), None);
            out.push(String::new());
            continue;
        }
        if table && line.starts_with(['|', '!']) {
            let cells = cells(line);
            match row.filter(|_| !line.starts_with("|-") && !line.starts_with("|+")) {
                Some(first) => {
                    out[first].push('\t');
                    out[first].push_str(&cells);
                    out.push(String::new());
                }
                None if line.starts_with("|-") => {
                    row = None;
                    out.push(String::new());
                }
                None => {
                    row = (!line.starts_with("|+")).then_some(out.len());
                    out.push(cells);
                }
            }
            if line.starts_with("|-") {
                row = None;
            }
            continue;
        }
        let item = line.strip_prefix('#').filter(|item| !item.starts_with(['#', ':', '*']));
        count = if item.is_some() { count + 1 } else { 0 };
        out.push(match (item, heading(line)) {
            (Some(item), _) => format!("{count}. {}", words(item)),
            (None, Some(heading)) => words(heading),
            (None, None) => words(line),
        });
    }
    out.join("\n")
}

/// The cells of a row's line, a tab apart, without what shapes them.
fn cells(line: &str) -> String {
    let inner = line.trim_start_matches(['|', '!', '-', '+']);
    let mark = if line.starts_with('!') { "!!" } else { "||" };
    let cell = |cell: &str| {
        let shaped =
            cell.split_once('|').filter(|(before, _)| before.contains('=') && !before.contains("[["));
        words(shaped.map_or(cell, |(_, cell)| cell))
    };
    inner.split(mark).map(cell).collect::<Vec<_>>().join("\t")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const PAGE: &str = "{{Infobox album\n| name = Night\n| artist = [[Velo (band)|Velo]]\n}}\n'''''Night''''' is a record.\n\
        {{Track listing\n| headline = Disc 2\n| extra_column = Performer(s)\n| title1 = [[Rain (song)|Rain]]<ref>{{cite|title=x}}</ref>\n\
        | note1 = live\n| length1 = 3:41\n| title2 = {{lang|fr|Glass}}\n| extra2 = [[Ada]]\n| length2 = {{duration|m=4|s=02}}\n}}\n== Personnel ==\n* Velo – drums\n";

    #[test]
    fn templates_are_read_by_their_fields() {
        assert!(sniff(PAGE));
        let listing = read(PAGE, &|_| false).unwrap();
        assert_eq!((listing.title.as_deref(), listing.artist.as_deref()), (Some("Night"), Some("Velo")));
        let seen: Vec<_> = listing
            .entries
            .iter()
            .map(|e| (e.title.as_str(), e.artist.as_deref(), e.number, e.disc, e.length.map(|l| l.as_secs())))
            .collect();
        assert_eq!(
            seen,
            [
                ("Rain (live)", None, Some(1), Some(2), Some(221)),
                ("Glass", Some("Ada"), Some(2), Some(2), Some(242))
            ]
        );
        assert_eq!(listing.entries[1].more.text, "2. Glass");
        assert_eq!(listing.entries[1].more.markup.as_deref(), Some("| title2 = {{lang|fr|Glass}}"));
    }

    #[test]
    fn a_template_on_one_line_has_no_line_for_each_track() {
        let listing =
            read("{{tracklist|title1=Rain|length1=3:41|title2=Glass|title3=}}", &|_| false).unwrap();
        let seen: Vec<_> =
            listing.entries.iter().map(|e| (e.title.as_str(), e.more.markup.as_deref())).collect();
        assert_eq!(seen, [("Rain", None), ("Glass", None)]);
    }

    #[test]
    fn lists_and_tables_are_read_as_they_show() {
        let list = "== Tracks ==\n# ''[[Rain]]'' – 3:41\n# \"Glass\" – 4:02\n# [[Low Tide|Tide]] – 2:59\n";
        assert!(sniff(list));
        let listing = read(list, &|_| false).unwrap();
        let seen: Vec<_> = listing.entries.iter().map(|e| (e.number.unwrap(), e.title.as_str())).collect();
        assert_eq!(seen, [(1, "Rain"), (2, "Glass"), (3, "Tide")]);
        assert_eq!(listing.entries[2].more.markup.as_deref(), Some("# [[Low Tide|Tide]] – 2:59"));
        let table = "== Tracks ==\n{| class=\"wikitable\"\n! No. !! Title !! Length\n|-\n| 1\n| [[Rain]]\n| 3:41\n|-\n| 2 || Glass || 4:02\n|-\n| 3 || Tide || 2:59\n|}\n";
        let listing = read(table, &|_| false).unwrap();
        let seen: Vec<_> = listing.entries.iter().map(|e| (e.number.unwrap(), e.title.as_str())).collect();
        assert_eq!(seen, [(1, "Rain"), (2, "Glass"), (3, "Tide")]);
        assert!(!sniff("== Friday - Night ==\n1. Rain\n2. Glass\n"));
    }
}
