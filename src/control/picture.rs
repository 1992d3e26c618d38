//! Takes the player's status; gives what is said of it outside: one flat object with stable names, what
//! of it has changed, and a line by a pattern for status bars.
//! Never asks the player to do anything.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::player::{Repeat, Shuffle, Status, StopAfter};

/// What is playing, as scripts see it. Times are seconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Picture {
    /// `playing`, `paused` or `stopped`.
    pub state: &'static str,
    /// The current entry's number in the queue, from 1.
    pub number: Option<usize>,
    /// How many entries the queue has.
    pub of: usize,
    /// The entry's id: stays the same while the entry is in the queue.
    pub id: Option<u64>,
    /// The entry's artist.
    pub artist: Option<String>,
    /// The entry's title.
    pub title: Option<String>,
    /// The release.
    pub album: Option<String>,
    /// The file that plays.
    #[serde(serialize_with = "as_text")]
    pub file: Option<PathBuf>,
    /// The place that is heard, in seconds.
    pub position: f64,
    /// The track's length in seconds, where its file says.
    pub duration: Option<f64>,
    /// Percent of full volume.
    pub volume: u8,
    /// Whether muted.
    pub muted: bool,
    /// `off`, `tracks` or `albums`.
    pub shuffle: &'static str,
    /// `off`, `all` or `one`.
    pub repeat: &'static str,
    /// After what it pauses by itself: `track`, `each` (after every one) or `entry`.
    pub stop_after: Option<&'static str>,
    /// The id of that entry.
    pub stop_after_id: Option<u64>,
    /// Seconds until it fades out and pauses.
    pub sleep: Option<f64>,
    /// Whether a track that is left is taken out of the queue.
    pub consume: bool,
    /// What the file holds.
    pub format: Option<Encoding>,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Encoding {
    /// The codec's name.
    pub codec: &'static str,
    /// Frames a second.
    pub rate: u32,
    /// Channels.
    pub channels: u16,
    /// Bits a sample, where the codec has such.
    pub bits: Option<u32>,
}

/// JSON has no bytes: a path that is not Unicode is written with marks in place of what cannot be said.
fn as_text<S: serde::Serializer>(path: &Option<PathBuf>, to: S) -> Result<S::Ok, S::Error> {
    path.as_ref().map(|path| path.to_string_lossy()).serialize(to)
}

impl Picture {
    /// How the player stands now.
    pub fn of(status: &Status) -> Self {
        let label = status.track.as_deref().map(|track| &track.label);
        Self {
            state: match (status.item, status.playing) {
                (None, _) => "stopped",
                (_, true) => "playing",
                (_, false) => "paused",
            },
            number: status.number,
            of: status.of,
            id: status.item.map(|id| id.0),
            artist: label.and_then(|label| label.artist.clone()),
            title: label.map(|label| label.title.clone()),
            album: label.and_then(|label| label.album.clone()),
            file: status.track.as_deref().map(|track| track.part.path.clone()),
            position: seconds(status.position()),
            duration: status.length().map(seconds),
            volume: status.volume,
            muted: status.muted,
            shuffle: match status.shuffle {
                Shuffle::Off => "off",
                Shuffle::Tracks => "tracks",
                Shuffle::Albums => "albums",
            },
            repeat: match status.repeat {
                Repeat::Off => "off",
                Repeat::All => "all",
                Repeat::One => "one",
            },
            stop_after: match status.stop_after {
                StopAfter::Never => None,
                StopAfter::Track => Some("track"),
                StopAfter::Each => Some("each"),
                StopAfter::Entry(_) => Some("entry"),
            },
            stop_after_id: match status.stop_after {
                StopAfter::Entry(id) => Some(id.0),
                _ => None,
            },
            sleep: status.sleep_at.map(|at| seconds(at.saturating_duration_since(Instant::now()))),
            consume: status.consume,
            format: status.format.as_ref().map(|format| Encoding {
                codec: format.codec,
                rate: format.rate,
                channels: format.channels,
                bits: format.bits,
            }),
        }
    }

    /// All of it, as the fields of a JSON object.
    pub fn fields(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(), // a struct of plain fields is always an object
        }
    }

    /// The fields that differ from how it stood before, and where it is heard.
    pub fn since(&self, before: &Self) -> Map<String, Value> {
        let old = before.fields();
        let mut changed = self.fields();
        changed.retain(|name, value| name == "position" || old.get(name) != Some(value));
        changed
    }

    /// A line by a pattern: `{artist} - {title} {elapsed}/{duration}`, from the fields of a status. Known
    /// are the names of the fields and `elapsed`, `remaining`, `percent`, `rate`, `codec`; `{{` is a brace.
    ///
    /// # Errors
    /// When the pattern has a name that is not known, or a brace that is not closed.
    pub fn line_of(fields: &Value, pattern: &str) -> Result<String, PatternError> {
        let mut line = String::new();
        let mut rest = pattern;
        while let Some(at) = rest.find(['{', '}']) {
            line.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                line.push_str(brace);
                rest = after;
                continue;
            }
            let name = rest.split('}').next().filter(|name| brace == "{" && name.len() < rest.len());
            let name = name.ok_or_else(|| PatternError::Brace(pattern.to_owned()))?;
            line.push_str(&word(fields, name)?);
            rest = &rest[name.len() + 1..];
        }
        line.push_str(rest);
        Ok(line)
    }
}

/// Every name that a pattern may have.
const NAMES: &[&str] = &[
    "state",
    "number",
    "of",
    "id",
    "artist",
    "title",
    "album",
    "file",
    "elapsed",
    "position",
    "duration",
    "remaining",
    "percent",
    "volume",
    "muted",
    "shuffle",
    "repeat",
    "stop_after",
    "stop_after_id",
    "sleep",
    "consume",
    "codec",
    "rate",
    "format",
];

fn word(fields: &Value, name: &str) -> Result<String, PatternError> {
    if !NAMES.contains(&name) {
        return Err(PatternError::Name(name.to_owned()));
    }
    let time =
        |name: &str| fields[name].as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let position = time("position").unwrap_or_default();
    let duration = time("duration");
    let format = &fields["format"];
    Ok(match name {
        "elapsed" | "position" => clock(position),
        "sleep" => time("sleep").map(clock).unwrap_or_default(),
        "duration" => duration.map(clock).unwrap_or_default(),
        "remaining" => duration.map(|all| clock(all.saturating_sub(position))).unwrap_or_default(),
        "percent" => match duration {
            Some(all) if !all.is_zero() => {
                format!("{}", (position.as_secs_f64() / all.as_secs_f64() * 100.0).min(100.0) as u8)
            }
            _ => String::new(),
        },
        "codec" | "rate" => plain(&format[name]),
        "format" if format.is_object() => {
            format!("{} {} Hz", plain(&format["codec"]), plain(&format["rate"]))
        }
        _ => plain(&fields[name]),
    })
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// What is wrong with a pattern for a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// A name that stands for nothing.
    #[error("there is no {{{0}}}; there are {names}", names = NAMES.join(", "))]
    Name(String),
    /// A brace without its other half.
    #[error("a brace in \"{0}\" has no other half; write {{{{ or }}}} for a brace itself")]
    Brace(String),
}

/// To the millisecond, which is more than anybody hears.
fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1000.0).round() / 1000.0
}

/// A time as a sleeve has it, in whole seconds: 3:07, or 1:02:03.
pub fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    pub(in crate::control) fn picture() -> Picture {
        Picture {
            state: "playing",
            number: Some(3),
            of: 10,
            id: Some(2),
            artist: Some("Touch".into()),
            title: Some("The {Sweetest} Victory".into()),
            album: None,
            file: Some("/music/9.flac".into()),
            position: 67.4,
            duration: Some(222.0),
            volume: 100,
            muted: false,
            shuffle: "off",
            repeat: "off",
            stop_after: None,
            stop_after_id: None,
            sleep: None,
            consume: false,
            format: Some(Encoding { codec: "FLAC", rate: 44_100, channels: 2, bits: Some(16) }),
        }
    }

    #[test]
    fn a_pattern_makes_a_line() {
        let fields = Value::Object(picture().fields());
        let line = |pattern| Picture::line_of(&fields, pattern).unwrap();
        assert_eq!(
            line("{artist} - {title} {elapsed}/{duration}"),
            "Touch - The {Sweetest} Victory 1:07/3:42"
        );
        assert_eq!(line("{number}/{of} {percent}% -{remaining} {state}{album}"), "3/10 30% -2:34 playing");
        assert_eq!(line("{{{codec}}} {rate}"), "{FLAC} 44100");
    }

    #[test]
    fn a_pattern_that_is_wrong_says_why() {
        let fields = Value::Object(picture().fields());
        let wrong = |pattern| Picture::line_of(&fields, pattern).unwrap_err().to_string();
        assert!(wrong("{artits}").starts_with("there is no {artits}; there are state, number, "));
        for pattern in ["{artist", "artist}", "{", "}"] {
            assert!(wrong(pattern).starts_with("a brace in"), "{pattern}");
        }
    }

    #[test]
    fn every_field_has_a_name_in_patterns() {
        let fields = picture().fields();
        assert!(fields.keys().all(|field| NAMES.contains(&field.as_str())), "{:?}", fields.keys());
        for name in NAMES {
            Picture::line_of(&Value::Object(fields.clone()), &format!("{{{name}}}")).unwrap();
        }
    }

    #[test]
    fn only_what_has_changed_is_told_again() {
        let mut later = picture();
        (later.volume, later.position) = (80, 68.0);
        let changed = Value::Object(later.since(&picture()));
        assert_eq!(changed, serde_json::json!({ "volume": 80, "position": 68.0 }));
    }
}
