//! Takes the words of `--from` and `--to`; gives a place in the rendering. And takes where tracks begin in
//! a rendering; gives a cue sheet of them. Pure: never opens or writes a file.

use std::time::Duration;

use crate::playback::Place;
use crate::playlist::format;
use crate::sanitise;

/// Seconds `12.5`, `m:ss`, `h:mm:ss` (all with or without a fraction), or frames `529200f`.
pub(super) fn place(word: &str) -> Result<Place, String> {
    let rule = || {
        let hint = format::by_name(word).map_or("", |_| "; a listing's format is --input-format here");
        format!("{word:?} is no time: 12.5 (seconds), m:ss, h:mm:ss, or frames as in 529200f{hint}")
    };
    if let Some(frames) = word.strip_suffix('f') {
        return digits(frames).map(Place::Frame).ok_or_else(rule);
    }
    time(word).map(Place::Time).ok_or_else(rule)
}

fn time(word: &str) -> Option<Duration> {
    let (whole, fraction) = word.split_once('.').unwrap_or((word, "0"));
    let parts: Vec<&str> = whole.split(':').collect();
    let mut seconds = 0_u64;
    for (n, part) in parts.iter().enumerate() {
        let number = digits(part).filter(|number| n == 0 || (*number < 60 && part.len() == 2))?;
        seconds = seconds.checked_mul(60)?.checked_add(number)?;
    }
    // Nanoseconds: further digits are far below a frame of any rate.
    digits(fraction)?;
    let nanos = digits(format!("{fraction:0<9}").get(..9)?)?;
    (parts.len() <= 3).then_some(Duration::new(seconds, u32::try_from(nanos).ok()?))
}

/// Digits and nothing else; signs are no part of a time.
fn digits(word: &str) -> Option<u64> {
    word.bytes().all(|byte| byte.is_ascii_digit()).then(|| word.parse().ok())?
}

/// A track in a rendering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Join {
    /// The first frame of it, at the rate of the rendering.
    pub(super) frame: u64,
    pub(super) title: String,
    pub(super) artist: Option<String>,
}

/// A cue sheet. Its own unit is the frame of the compact disc, 1/75 s, in which a join between two such frames
/// cannot be written: the exact one stands beside it in a `REM FRAME`.
pub(super) fn sheet(file: &str, title: Option<&str>, joins: &[Join], rate: u32) -> String {
    let mut sheet = format!("REM RATE {rate}\n");
    let mut line = |text: String| sheet.extend([text.as_str(), "\n"]);
    if let Some(title) = title {
        line(format!("TITLE {}", quoted(title)));
    }
    line(format!("FILE {} WAVE", quoted(file)));
    for (n, join) in joins.iter().enumerate() {
        line(format!("  TRACK {:02} AUDIO", n + 1));
        line(format!("    TITLE {}", quoted(&join.title)));
        if let Some(artist) = &join.artist {
            line(format!("    PERFORMER {}", quoted(artist)));
        }
        line(format!("    REM FRAME {}", join.frame));
        line(format!("    INDEX 01 {}", index(join.frame, rate)));
    }
    sheet
}

/// `mm:ss:ff`, the last disc frame that begins at or before the join.
fn index(frame: u64, rate: u32) -> String {
    let frames = u128::from(frame) * 75 / u128::from(rate.max(1));
    format!("{:02}:{:02}:{:02}", frames / (75 * 60), frames / 75 % 60, frames % 75)
}

/// A cue sheet has no way to write a quotation mark inside quotation marks.
fn quoted(text: &str) -> String {
    format!("\"{}\"", sanitise::line(text).replace('"', "'"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_time_is_written_in_four_ways() {
        let millis = |word| match place(word) {
            Ok(Place::Time(time)) => time.as_millis(),
            other => panic!("{word}: {other:?}"),
        };
        assert_eq!(millis("12"), 12_000);
        assert_eq!(millis("12.5"), 12_500);
        assert_eq!(millis("90"), 90_000);
        assert_eq!(millis("3:05"), 185_000);
        assert_eq!(millis("3:05.25"), 185_250);
        assert_eq!(millis("1:00:01"), 3_601_000);
        assert_eq!(millis("100:00"), 6_000_000);
        assert_eq!(place("529200f"), Ok(Place::Frame(529_200)));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for word in [
            "",
            "f",
            "-1",
            "+1",
            "1:5",
            "1:60",
            "1:2:3",
            "1:00:00:00",
            "1.",
            ".5",
            "1,5",
            "1.5f",
            "1e3",
            "99999999999999999999",
        ] {
            assert!(place(word).is_err(), "{word}");
        }
    }

    #[test]
    fn a_format_is_told_where_it_belongs() {
        assert!(place("toml").unwrap_err().contains("--input-format"));
        assert!(!place("tape").unwrap_err().contains("--input-format"));
    }

    #[test]
    fn a_time_is_an_exact_frame_where_it_can_be() {
        assert_eq!(place("12.5").unwrap().frame(44_100), 551_250);
        assert_eq!(place("0.1").unwrap().frame(48_000), 4800);
    }

    #[test]
    fn a_sheet_says_where_every_track_begins() {
        let join = |frame, title: &str, artist: Option<&str>| Join {
            frame,
            title: title.into(),
            artist: artist.map(Into::into),
        };
        let joins = [join(0, "Amber", Some("Velo")), join(44_100 * 61 + 589, "The \"Blue\" One", None)];
        assert_eq!(
            sheet("out.wav", Some("Two"), &joins, 44_100),
            "REM RATE 44100\nTITLE \"Two\"\nFILE \"out.wav\" WAVE\n\
             \x20 TRACK 01 AUDIO\n    TITLE \"Amber\"\n    PERFORMER \"Velo\"\n    REM FRAME 0\n    INDEX 01 00:00:00\n\
             \x20 TRACK 02 AUDIO\n    TITLE \"The 'Blue' One\"\n    REM FRAME 2690689\n    INDEX 01 01:01:01\n"
        );
    }
}
