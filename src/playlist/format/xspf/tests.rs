//! Takes small playlists of our own making; gives whether they are read or refused as the format says.
//! Never needs a file.

#![allow(clippy::unwrap_used)]
use std::path::Path;
use std::time::Duration;

use super::*;

const HEAD: &str = "<?xml version='1.0'?>\n<playlist version='1' xmlns='http://xspf.org/ns/0/'";

fn all(text: &str) -> Listing {
    read(text, &|_| false).unwrap()
}

fn problem(text: &str) -> String {
    read(text, &|_| false).unwrap_err()[0].to_string()
}

#[test]
fn a_playlist_is_read() {
    let listing = all(&format!(
        "\u{feff}{HEAD} xml:base='sub/'>\n<title>Night &amp; <![CDATA[Day]]>&#33;</title><trackList>\n\
         <track><trackNum> 2\n</trackNum><title>Rain</title><creator>Velo</creator><duration>61500</duration>\
         <location>a%20b.ogg</location><location>c.ogg</location>\
         <extension application='x'><any xmlns='y'>text</any></extension></track>\n\
         <track><location>file:///m/low%20tide.flac</location></track></trackList></playlist>\n"
    ));
    assert_eq!(listing.title.as_deref(), Some("Night & Day!"));
    let [first, second] = &listing.entries[..] else { panic!("two entries") };
    assert_eq!(first.line(), "2. Velo - Rain");
    assert_eq!(first.length, Some(Duration::from_millis(61_500)));
    assert_eq!(first.file.as_deref(), Some(Path::new("sub/a b.ogg")));
    assert_eq!(
        (second.file.as_deref(), second.artist.as_deref()),
        (Some(Path::new("/m/low tide.flac")), None)
    );
}

#[test]
fn what_breaks_the_schema_is_named_with_its_line() {
    for (body, expected) in [
        (">", "<playlist> is not closed"),
        ("></playlist>", "line 2: there is no <trackList>"),
        (">\n<trackList/><trackList/></playlist>", "line 3: there may be one <trackList> only"),
        (">\n<title><b>x</b></title>", "line 3: <title> has no element \"b\""),
        (">\nx<trackList/></playlist>", "<playlist> holds elements, not text"),
        (">\n<meta>x</meta>", "line 3: the attribute \"rel\" is missing"),
        (" x='y'>", "line 2: there is no attribute \"x\" here"),
        (">\n<date>1985</date>", "line 3: \"date\" takes an XML dateTime"),
        ("><trackList><track><duration>3:41</duration>", "\"duration\" takes a whole number from 0"),
        ("><trackList xmlns='other'/>", "<playlist> has no element \"trackList\""),
        ("><title>&x;</title>", "there is no entity \"x\""),
        ("></title>", "this is no XML"),
        ("><trackList/></playlist><more/>", "the outermost element is no <playlist>"),
    ] {
        let found = problem(&format!("{HEAD}{body}"));
        assert!(found.contains(expected), "{body}: {found}");
    }
    assert!(problem("<playlist version='1'/>").contains("http://xspf.org/ns/0/"));
    assert!(problem("<playlist version='2' xmlns='http://xspf.org/ns/0/'/>").contains("takes 0 or 1"));
}

#[test]
fn a_document_type_is_refused_at_once() {
    let bomb = "<?xml version='1.0'?>\n<!DOCTYPE p [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>\n<p>&b;</p>";
    assert_eq!(problem(bomb), "line 2: a document type (DOCTYPE) is not accepted: no playlist needs one");
    let external = "<!DOCTYPE p SYSTEM 'file:///etc/passwd'><p/>";
    assert!(problem(external).contains("DOCTYPE"));
}

#[test]
fn depth_is_no_danger() {
    let deep = "<a>".repeat(100_000);
    assert!(problem(&format!("{HEAD}><extension application='x'>{deep}")).starts_with("line 2: "));
}
