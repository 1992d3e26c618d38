//! Takes words for people and data for scripts; gives them to standard output and standard error.
//! Never fails: a reader that went away (`tonearm match list | head -1`) is no reason to panic or to stop
//! the music. Never lets JSON carry raw what steers a terminal.

use std::fmt::Write as _;
use std::io::Write;

use serde::Serialize;

use crate::sanitise;

/// Data, to standard output, as it is.
pub(super) fn data(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// A line of data, to standard output.
pub(super) fn line(text: &str) {
    data(&format!("{text}\n"));
}

/// A line of data; false when its reader is gone.
pub(super) fn try_line(text: &str) -> bool {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{text}\n").as_bytes()).and_then(|()| out.flush()).is_ok()
}

/// A line that is no data, to standard error.
pub(super) fn aside(text: &str) {
    let _ = std::io::stderr().lock().write_all(format!("{text}\n").as_bytes());
}

/// A problem, to standard error, after the program's name.
pub(super) fn problem(text: &str) {
    aside(&format!("tonearm: {text}"));
}

/// A value as JSON on several lines.
pub(super) fn json(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string_pretty(value).map(escaped)
}

/// A value as JSON on one line.
pub(super) fn json_line(value: &serde_json::Value) -> String {
    escaped(value.to_string())
}

/// Writes as `\u` escapes (RFC 8259, section 7) what JSON lets through and a terminal would obey: C1
/// controls, and characters that reorder or hide text. The value stays the same.
fn escaped(json: String) -> String {
    // A bare line break stands between values only.
    let is_plain = |c: char| c == '\n' || sanitise::is_safe(c);
    if json.chars().all(is_plain) {
        return json;
    }
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if is_plain(c) {
            text.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(text, "\\u{unit:04x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn json_is_safe_on_a_terminal_and_says_the_same() {
        let evil = "\u{1b}[31m \u{9b}2J \u{7f} \u{202e}abc \u{e0041} \n é 東京";
        let text = json(&[evil]).unwrap();
        assert_eq!(text, "[\n  \"\\u001b[31m \\u009b2J \\u007f \\u202eabc \\udb40\\udc41 \\n é 東京\"\n]");
        assert_eq!(serde_json::from_str::<Vec<String>>(&text).unwrap(), [evil]);
        assert_eq!(json_line(&serde_json::json!({ "a": "\u{9d}" })), "{\"a\":\"\\u009d\"}");
    }
}
