//! Takes a location as XSPF and JSPF write it, a URI or a reference to one; gives the path it means, and
//! a path as such a location. Never touches the disk, never opens a URL: one stays as it is written.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::tidy;

/// Whether the text is a URL with a host of its own, or of any other scheme than `file`.
pub(in crate::playlist) fn is_url(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
            && !scheme.eq_ignore_ascii_case("file")
    })
}

/// The path of a `file:` URI of this machine, percent-decoded; `None` for anything else.
pub(in crate::playlist) fn file_uri(text: &str) -> Option<PathBuf> {
    let scheme = text.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("file:"))?;
    let rest = &text[scheme.len()..];
    let path = match rest.strip_prefix("//") {
        Some(with_host) => {
            let slash = with_host.find('/')?;
            let host = &with_host[..slash];
            if !host.is_empty() && !host.eq_ignore_ascii_case("localhost") {
                return None;
            }
            &with_host[slash..]
        }
        None => rest,
    };
    path.starts_with('/').then(|| decoded(path).unwrap_or_else(|| path.into()))
}

/// The text with its percent escapes undone; `None` where there is none, or one gives no file name.
pub(in crate::playlist) fn decoded(text: &str) -> Option<PathBuf> {
    if !text.contains('%') {
        return None;
    }
    let hex = |byte: Option<&u8>| byte.and_then(|b| char::from(*b).to_digit(16));
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte == b'%'
            && let (Some(high), Some(low)) = (hex(bytes.get(at + 1)), hex(bytes.get(at + 2)))
        {
            plain.push((high * 16 + low) as u8);
            at += 3;
        } else {
            plain.push(byte);
            at += 1;
        }
    }
    (!plain.contains(&0)).then(|| path_of(plain))
}

#[cfg(unix)]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

/// The path that a location means. A text that no URI can be (it has spaces) is a path that was
/// written without care, and stays.
pub(super) fn path(location: &str, base: &str) -> PathBuf {
    let location = join(base, location.trim());
    if is_url(&location) || location.contains(char::is_whitespace) {
        return location.as_ref().into();
    }
    file_uri(&location).or_else(|| decoded(&location)).unwrap_or_else(|| location.as_ref().into())
}

/// A reference against its base: what RFC 3986 says, as far as folders go.
pub(super) fn join<'a>(base: &str, reference: &'a str) -> Cow<'a, str> {
    let absolute = is_url(reference) || file_uri(reference).is_some() || reference.starts_with('/');
    match base.rfind('/') {
        Some(slash) if !absolute => format!("{}{reference}", &base[..=slash]).into(),
        _ => reference.into(),
    }
}

/// The name of a file for a format that has escapes of its own for any character.
pub(super) fn exact(path: &Path) -> Cow<'_, str> {
    path.to_str().map_or_else(|| written(path, &[]), Cow::from)
}

/// The name of a file for a format that holds text: as it is where it can be, else with those bytes
/// percent-encoded that are no text or that stand in `barred`. A name as in the list is tried first and then
/// decoded, so the file is found either way.
pub(super) fn written<'a>(path: &'a Path, barred: &[char]) -> Cow<'a, str> {
    let holds = |c: char| !tidy::is_control(c) && !barred.contains(&c);
    if let Some(text) = path.to_str().filter(|text| text.chars().all(holds)) {
        return text.into();
    }
    let mut out = String::new();
    let bytes = bytes_of(path);
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                c if holds(c) && c != '%' => out.push(c),
                c => encode(&mut out, c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        encode(&mut out, chunk.invalid());
    }
    out.into()
}

fn encode(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        let _ = write!(out, "%{byte:02X}");
    }
}

/// The location of a path: what a URI cannot hold is percent-encoded. A URL stays one.
pub(in crate::playlist) fn of_path(path: &Path) -> String {
    if let Some(url) = path
        .to_str()
        .filter(|text| is_url(text) && !text.contains(|c: char| c.is_whitespace() || c.is_control()))
    {
        return url.to_owned();
    }
    let mut out = String::from(if path.has_root() { "file://" } else { "" });
    for &byte in bytes_of(path).as_ref() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            encode(&mut out, &[byte]);
        }
    }
    out
}

#[cfg(unix)]
fn bytes_of(path: &Path) -> Cow<'_, [u8]> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().into()
}

#[cfg(not(unix))]
fn bytes_of(path: &Path) -> Cow<'_, [u8]> {
    path.to_string_lossy().replace('\\', "/").into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_become_paths() {
        for (location, expected) in [
            ("02-Low%20Tide.flac", "02-Low Tide.flac"),
            ("file:///m/d%23e.ogg", "/m/d#e.ogg"),
            ("FILE://LocalHost/m/a.ogg", "/m/a.ogg"),
            ("file:/m/a.ogg", "/m/a.ogg"),
            ("file://elsewhere/m/a.ogg", "file://elsewhere/m/a.ogg"),
            ("http://host/a%20b.mp3", "http://host/a%20b.mp3"),
            ("bare name 100%.mp3", "bare name 100%.mp3"),
            ("a%zz%2.mp3", "a%zz%2.mp3"),
            ("a%00.mp3", "a%00.mp3"),
        ] {
            assert_eq!(path(location, ""), PathBuf::from(expected), "{location}");
        }
        assert_eq!(path("b.ogg", "file:///m/x/list"), PathBuf::from("/m/x/b.ogg"));
        assert_eq!(path("/b.ogg", "sub/"), PathBuf::from("/b.ogg"));
    }

    #[test]
    fn paths_are_read_back() {
        for text in ["/m/ü #1?.mp3", "a:b.mp3", "100%25.mp3", "http://host/a%20b", "../x y", "a\\b"] {
            assert_eq!(path(&of_path(Path::new(text)), ""), PathBuf::from(text));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_is_written_so_that_it_is_found() {
        use std::os::unix::ffi::OsStrExt;
        for (name, text) in [
            (&b"a b#1%20.mp3"[..], "a b#1%20.mp3"),
            (b"Caf\xe9.mp3", "Caf%E9.mp3"),
            (b"100%\n\x01\xc2\x9d\".mp3", "100%25%0A%01%C2%9D%22.mp3"),
        ] {
            let name = Path::new(std::ffi::OsStr::from_bytes(name));
            assert_eq!(written(name, &['"']), text);
            let found = decoded(text).filter(|_| text != "a b#1%20.mp3");
            assert!(found.is_none_or(|found| found == name), "{text}");
        }
    }
}
