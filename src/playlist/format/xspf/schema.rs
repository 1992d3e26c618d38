//! Takes nothing; gives what XSPF 1 allows: which elements stand in which, how often, and with which
//! attributes. Never looks at what a text says, but for the form of a date.

use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;

use super::super::problem::ProblemKind;

/// One element of the format.
pub(super) struct Element {
    pub(super) name: &'static str,
    /// The elements in it; one without any holds text.
    pub(super) children: &'static [Child],
    /// A child that has to be there.
    pub(super) required: Option<&'static str>,
    /// An attribute that has to be there, and is the only one.
    attribute: Option<&'static str>,
    /// Whether it may hold anything, of any namespace.
    pub(super) any_content: bool,
}

/// An element inside another.
pub(super) struct Child {
    pub(super) element: &'static Element,
    pub(super) once: bool,
}

const LEAF: Element =
    Element { name: "", children: &[], required: None, attribute: None, any_content: false };

const fn one(element: &'static Element) -> Child {
    Child { element, once: true }
}

const fn many(element: &'static Element) -> Child {
    Child { element, once: false }
}

static TITLE: Element = Element { name: "title", ..LEAF };
static CREATOR: Element = Element { name: "creator", ..LEAF };
static ANNOTATION: Element = Element { name: "annotation", ..LEAF };
static INFO: Element = Element { name: "info", ..LEAF };
static LOCATION: Element = Element { name: "location", ..LEAF };
static IDENTIFIER: Element = Element { name: "identifier", ..LEAF };
static IMAGE: Element = Element { name: "image", ..LEAF };
static DATE: Element = Element { name: "date", ..LEAF };
static LICENSE: Element = Element { name: "license", ..LEAF };
static ALBUM: Element = Element { name: "album", ..LEAF };
static TRACK_NUM: Element = Element { name: "trackNum", ..LEAF };
static DURATION: Element = Element { name: "duration", ..LEAF };
static LINK: Element = Element { name: "link", attribute: Some("rel"), ..LEAF };
static META: Element = Element { name: "meta", attribute: Some("rel"), ..LEAF };
static EXTENSION: Element =
    Element { name: "extension", attribute: Some("application"), any_content: true, ..LEAF };
static ATTRIBUTION: Element =
    Element { name: "attribution", children: &[many(&LOCATION), many(&IDENTIFIER)], ..LEAF };
static TRACK_LIST: Element = Element { name: "trackList", children: &[many(&TRACK)], ..LEAF };
static TRACK: Element = Element {
    name: "track",
    children: &[
        many(&LOCATION),
        many(&IDENTIFIER),
        one(&TITLE),
        one(&CREATOR),
        one(&ANNOTATION),
        one(&INFO),
        one(&IMAGE),
        one(&ALBUM),
        one(&TRACK_NUM),
        one(&DURATION),
        many(&LINK),
        many(&META),
        many(&EXTENSION),
    ],
    ..LEAF
};
pub(super) static PLAYLIST: Element = Element {
    name: "playlist",
    children: &[
        one(&TITLE),
        one(&CREATOR),
        one(&ANNOTATION),
        one(&INFO),
        one(&LOCATION),
        one(&IDENTIFIER),
        one(&IMAGE),
        one(&DATE),
        one(&LICENSE),
        one(&ATTRIBUTION),
        many(&LINK),
        many(&META),
        many(&EXTENSION),
        one(&TRACK_LIST),
    ],
    required: Some("trackList"),
    attribute: Some("version"),
    ..LEAF
};

/// What the attributes of an element say.
#[derive(Default)]
pub(super) struct Attributes {
    /// `xml:base`.
    pub(super) base: Option<String>,
    /// The element's own attribute.
    pub(super) own: Option<String>,
}

/// The attributes of an element, where it may have them.
pub(super) fn attributes(element: &Element, start: &BytesStart<'_>) -> Result<Attributes, ProblemKind> {
    let mut found = Attributes::default();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| ProblemKind::Syntax(error.to_string()))?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map_err(|error| ProblemKind::Syntax(error.to_string()))?.into_owned();
        let key = attribute.key.as_ref();
        if key == "xml:base" {
            found.base = Some(value);
        } else if element.attribute == Some(key) {
            found.own = Some(value);
        } else if key != "xmlns" && !key.starts_with("xmlns:") && !key.starts_with("xml:") {
            return Err(ProblemKind::UnknownAttribute(key.to_owned()));
        }
    }
    match (element.attribute, &found.own) {
        (Some(name), None) => Err(ProblemKind::MissingAttribute(name)),
        (Some("version"), Some(version)) if !matches!(version.trim(), "0" | "1") => {
            Err(ProblemKind::WrongType { key: "version".into(), expected: "0 or 1" })
        }
        _ => Ok(found),
    }
}

/// Whether the text is an XML Schema dateTime: `2005-01-08T17:10:47-05:00`.
pub(super) fn is_date_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else { return false };
    is_date(date.strip_prefix('-').unwrap_or(date)) && is_time(time)
}

fn is_date(date: &str) -> bool {
    let mut parts = date.split('-');
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let is_year = year.len() >= 4 && year.bytes().all(|b| b.is_ascii_digit()) && year != "0000";
    let days = match month {
        "02" => 29,
        "04" | "06" | "09" | "11" => 30,
        _ => 31,
    };
    is_year && two_digits(month, 1, 12) && two_digits(day, 1, days)
}

fn is_time(text: &str) -> bool {
    let zone_at = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (time, zone) = text.split_at(zone_at);
    let is_zone = match zone.as_bytes().first() {
        None => true,
        Some(b'Z') => zone == "Z",
        Some(_) => {
            zone[1..].split_once(':').is_some_and(|(h, m)| two_digits(h, 0, 14) && two_digits(m, 0, 59))
        }
    };
    let (whole, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut parts = whole.split(':');
    let (Some(hour), Some(minute), Some(second), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
    let is_clock = two_digits(hour, 0, 24) && two_digits(minute, 0, 59) && two_digits(second, 0, 59);
    is_zone && is_fraction && is_clock
}

fn two_digits(text: &str, from: u8, to: u8) -> bool {
    let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    digits && text.parse().is_ok_and(|value: u8| (from..=to).contains(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_held_against_the_calendar() {
        for right in ["2005-01-08T17:10:47-05:00", "0001-01-01T01:01:01", "2024-02-29T00:00:00.5Z"] {
            assert!(is_date_time(right), "{right}");
        }
        for wrong in [
            "2005",
            "2005-32-08T17:10:47",
            "2005-02-30T17:10:47",
            "2005-01-08T1:10:47",
            "T",
            "2005-01-08T17:10:47é",
        ] {
            assert!(!is_date_time(wrong), "{wrong}");
        }
    }
}
