//! Takes XSPF 1 (<https://xspf.org/spec>); gives its listing, or the first place where it breaks the
//! format's schema. Writes XSPF that carries creator, title, album and length, so that it resolves on
//! another machine. Never takes a document type and never expands an entity of the document's own.

mod schema;
mod write;

use quick_xml::NsReader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

use self::schema::Element;
use super::lines::LineIndex;
use super::problem::{Problem, ProblemKind};
use super::{KnowsArtist, length, location};
use crate::playlist::{Entry, Listing};

pub(super) use self::write::write;

/// The namespace, compared as a string.
const NAMESPACE: &str = "http://xspf.org/ns/0/";

/// Relations of the `meta` elements that hold what XSPF has no element for.
const DISC: &str = "tonearm:disc";
const SECTION: &str = "tonearm:section";
const DATE: &str = "tonearm:date";

pub(super) fn sniff(text: &str) -> bool {
    let text = text.trim_start();
    let head: String = text.chars().take(4096).collect();
    text.starts_with('<') && (head.contains("xspf.org/ns/") || head.contains("<playlist"))
}

pub(super) fn read(text: &str, _: &KnowsArtist<'_>) -> Result<Listing, Vec<Problem>> {
    let mut xml = NsReader::from_str(text);
    xml.config_mut().expand_empty_elements = true;
    let mut document = Document::default();
    loop {
        let step = step(&mut xml, &mut document);
        match step {
            Ok(true) => {}
            Ok(false) => return Ok(document.listing),
            Err(kind) => {
                let at = usize::try_from(xml.buffer_position()).unwrap_or(usize::MAX);
                let line = LineIndex::new(text).line(at.saturating_sub(1));
                return Err(vec![Problem { line, kind }]);
            }
        }
    }
}

/// Takes the next event; `false` at the end.
fn step(xml: &mut NsReader<&[u8]>, document: &mut Document) -> Result<bool, ProblemKind> {
    let syntax = |error: &dyn std::error::Error| ProblemKind::Syntax(format!("this is no XML: {error}"));
    let (space, event) = xml.read_resolved_event().map_err(|error| syntax(&error))?;
    match event {
        Event::Start(start) => {
            let ours = matches!(space, ResolveResult::Bound(namespace) if namespace.as_ref() == NAMESPACE);
            let name = start.local_name().as_ref().to_owned();
            document.open(&name, ours, &start)?;
        }
        Event::End(_) => document.close()?,
        Event::Text(text) => document.text(&text.xml10_content())?,
        Event::CData(text) => document.text(&text.into_inner())?,
        Event::GeneralRef(reference) => {
            let character = reference.resolve_char_ref().map_err(|error| syntax(&error))?;
            let name = reference.into_inner();
            match (character, resolve_predefined_entity(&name)) {
                (Some(character), _) => document.text(character.encode_utf8(&mut [0; 4]))?,
                (None, Some(known)) => document.text(known)?,
                (None, None) => return Err(ProblemKind::Syntax(format!("there is no entity {name:?}"))),
            }
        }
        Event::DocType(_) => return Err(ProblemKind::Doctype),
        Event::Eof => return document.end().map(|()| false),
        Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
    }
    Ok(true)
}

/// An element that is open.
struct Open {
    element: &'static Element,
    /// The children seen, of those that may come once.
    seen: Vec<&'static str>,
    text: String,
    /// `rel` of a `meta`.
    relation: String,
    /// Where relative locations start.
    base: String,
}

#[derive(Default)]
struct Document {
    listing: Listing,
    open: Vec<Open>,
    /// How many elements are open inside an `extension`, whatever they are.
    foreign: usize,
    entry: Entry,
    ended: bool,
}

impl Document {
    fn open(&mut self, name: &str, ours: bool, start: &BytesStart<'_>) -> Result<(), ProblemKind> {
        if self.open.last().is_some_and(|open| open.element.any_content) {
            self.foreign += 1;
            return Ok(());
        }
        let element = match self.open.last_mut() {
            None if self.ended || !ours || name != schema::PLAYLIST.name => {
                return Err(ProblemKind::NoPlaylist);
            }
            None => &schema::PLAYLIST,
            Some(parent) => parent.child(name, ours)?,
        };
        let base = self.open.last().map(|open| open.base.as_str()).unwrap_or_default();
        let attributes = schema::attributes(element, start)?;
        let base =
            attributes.base.map_or_else(|| base.to_owned(), |own| location::join(base, &own).into_owned());
        let relation = attributes.own.unwrap_or_default();
        self.open.push(Open { element, seen: Vec::new(), text: String::new(), relation, base });
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), ProblemKind> {
        let blank = text.trim_matches([' ', '\t', '\r', '\n', '\u{feff}']).is_empty();
        match self.open.last_mut() {
            Some(open) if open.element.any_content => {}
            Some(open) if open.element.children.is_empty() => open.text.push_str(text),
            Some(open) if !blank => return Err(ProblemKind::StrayText(open.element.name)),
            None if !blank => return Err(ProblemKind::NoPlaylist),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), ProblemKind> {
        if self.foreign > 0 {
            self.foreign -= 1;
            return Ok(());
        }
        let Some(open) = self.open.pop() else { return Ok(()) };
        let missing = open.element.required.filter(|name| !open.seen.contains(name));
        if let Some(missing) = missing {
            return Err(ProblemKind::MissingElement(missing));
        }
        match self.open.last().map(|parent| parent.element.name) {
            None => self.ended = true,
            Some("playlist") => self.playlist(&open)?,
            Some("track") => self.track(&open)?,
            Some("trackList") => self.finish(),
            _ => {}
        }
        Ok(())
    }

    fn playlist(&mut self, open: &Open) -> Result<(), ProblemKind> {
        let listing = &mut self.listing;
        match open.element.name {
            "title" => listing.title = open.value(),
            "creator" => listing.artist = open.value(),
            "annotation" => listing.source = open.value(),
            "date" if !schema::is_date_time(open.text.trim()) => {
                return Err(ProblemKind::WrongType { key: "date".into(), expected: "an XML dateTime" });
            }
            "date" => listing.date = open.value(),
            "meta" if open.relation == DATE => listing.date = open.value(),
            _ => {}
        }
        Ok(())
    }

    fn track(&mut self, open: &Open) -> Result<(), ProblemKind> {
        let entry = &mut self.entry;
        match open.element.name {
            "title" => entry.title = open.value().unwrap_or_default(),
            "creator" => entry.artist = open.value(),
            "album" => entry.more.album = open.value(),
            "annotation" => entry.more.note = open.value(),
            "trackNum" => entry.number = open.count()?.try_into().ok(),
            "duration" => entry.length = length::from_millis(open.count()?),
            "identifier" => entry.more.identifiers.extend(open.value()),
            // One location is played at most: the first.
            "location" if entry.file.is_none() => {
                entry.file = open.value().map(|text| location::path(&text, &open.base));
            }
            "meta" if open.relation == DISC => entry.disc = open.value().and_then(|disc| disc.parse().ok()),
            "meta" if open.relation == SECTION => entry.more.section = open.value(),
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self) {
        self.listing.entries.push(std::mem::take(&mut self.entry));
    }

    fn end(&mut self) -> Result<(), ProblemKind> {
        match self.open.last() {
            Some(open) => Err(ProblemKind::Syntax(format!("<{}> is not closed", open.element.name))),
            None if !self.ended => Err(ProblemKind::NoPlaylist),
            None => Ok(()),
        }
    }
}

impl Open {
    fn child(&mut self, name: &str, ours: bool) -> Result<&'static Element, ProblemKind> {
        let parent = self.element.name;
        let found = self.element.children.iter().find(|child| ours && child.element.name == name);
        let Some(child) = found else {
            return Err(ProblemKind::UnknownElement { element: name.to_owned(), parent });
        };
        if child.once && self.seen.contains(&child.element.name) {
            return Err(ProblemKind::RepeatedElement(name.to_owned()));
        }
        if child.once {
            self.seen.push(child.element.name);
        }
        Ok(child.element)
    }

    fn value(&self) -> Option<String> {
        let text = self.text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// An XML nonNegativeInteger; one beyond any use is the largest.
    fn count(&self) -> Result<u64, ProblemKind> {
        let text = self.text.trim();
        let digits = text.strip_prefix('+').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            let expected = "a whole number from 0";
            return Err(ProblemKind::WrongType { key: self.element.name.into(), expected });
        }
        Ok(digits.parse().unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests;
