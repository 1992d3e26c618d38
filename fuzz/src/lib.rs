//! Takes bytes of a fuzzer; gives them to a reader of listings and holds what comes back against what is
//! true of every listing. Never returns when it is not: the fuzzer keeps the bytes.

use tonearm::playlist::Listing;
use tonearm::playlist::format::{self, FORMATS, ReadError};

/// Reads the bytes in the format of this name.
pub fn read_as(bytes: &[u8], format: &str) {
    if let Ok(listing) = format::read_as(bytes, format, &some_artists) {
        check(&listing);
    }
}

/// Reads the bytes in the format that their content is in.
pub fn read_any(bytes: &[u8]) {
    if let Ok(listing) = format::read_with(bytes, None, &some_artists) {
        check(&listing);
    }
}

/// Finds the encoding of the bytes. Text that is UTF-8 comes back as it is, but for its byte order mark.
pub fn decode(bytes: &[u8]) {
    let Ok(text) = format::decode(bytes) else { return };
    if let (Ok(given), false) = (std::str::from_utf8(bytes), bytes.starts_with(&[0xfe, 0xff])) {
        assert_eq!(text, given.strip_prefix('\u{feff}').unwrap_or(given));
    }
    assert_eq!(
        format::decode(text.as_bytes()).as_deref(),
        Ok(text.strip_prefix('\u{feff}').unwrap_or(&text))
    );
}

/// Stands for a library: knows some names and not others, the same ones each time.
fn some_artists(name: &str) -> bool {
    name.len() % 3 == 0
}

/// What is true of every listing: the native format gives it back, and every other format that takes it
/// can be read again.
fn check(listing: &Listing) {
    assert!(listing.unread.iter().all(|unread| unread.line > 0), "lines count from 1");
    for writable in FORMATS {
        let Ok(written) = format::write(listing, writable.name) else { continue };
        let again = format::read_as(written.as_bytes(), writable.name, &|_| false);
        if listing.entries.is_empty() || matches!(again, Err(ReadError::TooLarge { .. })) {
            continue;
        }
        if writable.name == "toml" {
            assert_eq!(again.map(native), Ok(native(listing.clone())));
        } else {
            assert!(again.is_ok(), "{} is not read back: {again:?}\n{written}", writable.name);
        }
    }
}

/// What the native format holds: the fields, and not the lines that they were written as.
fn native(mut listing: Listing) -> Listing {
    listing.unread.clear();
    for entry in &mut listing.entries {
        entry.text.clear();
    }
    listing
}
