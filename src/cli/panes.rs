//! Takes programs, queues, tracks, outputs and questions; gives the rows in which the full screen lists them, and the words
//! for what plays. Never draws, never asks the player.

use std::time::{Duration, Instant};

use super::ask::{self, Question};
use super::program::{Program, Row as Entry, with_place};
use super::show;
use crate::control::clock;
use crate::library::Track;
use crate::playback::output::Device;
use crate::player::{Format, Item, ItemId, Link, Outlet, Repeat, Shuffle, Status, StopAfter, Target};
use crate::playlist::{Reason, Status as Match};
use crate::tui::{Mode, Row, Tone, What, Words};

/// The entries of a listing under their headings, and the lines that are no entries.
pub(super) fn listing(program: &Program) -> Vec<Row> {
    let mut rows = Vec::with_capacity(program.rows.len() + program.unread.len());
    let mut section = None;
    for (at, entry) in program.rows.iter().enumerate() {
        let heading = entry.section.as_deref().filter(|heading| section != Some(*heading));
        rows.extend(heading.map(Row::heading));
        section = entry.section.as_deref();
        rows.push(of_entry(at, entry, program));
    }
    if !program.unread.is_empty() {
        rows.push(Row::heading("not read as tracks"));
    }
    for (at, unread) in program.unread.iter().enumerate() {
        let detail = vec![
            Words::from(format!("line {} of the listing is no track to tonearm:", unread.line)),
            Words::of(&unread.text),
        ];
        let row = Row::new(What::Unread(at), unread.text.as_str());
        rows.push(Row { sign: "·", tone: Tone::Faint, detail, ..row });
    }
    rows
}

fn tone(status: Option<Match>) -> Tone {
    match status {
        None | Some(Match::Sure) => Tone::Good,
        Some(Match::Likely) => Tone::Maybe,
        Some(Match::Ambiguous) => Tone::Doubt,
        Some(Match::Missing) => Tone::Bad,
        Some(Match::Away) => Tone::Away,
    }
}

/// One entry, with what speaks for its file, or what was nearest and what speaks against that.
fn of_entry(at: usize, entry: &Entry, program: &Program) -> Row {
    let row = Row::new(What::Entry(at), entry.name());
    let mut detail = Vec::new();
    if !entry.text.is_empty() && entry.text != entry.title {
        detail.push(Words::from(format!("written: {}", entry.text)));
    }
    let file = match (&entry.file, entry.candidates.first()) {
        (Some(file), _) => Some(format!("file: {}", with_place(program.name_of(file), entry.span))),
        (None, Some((away, _))) if entry.status == Some(Match::Away) => {
            Some(format!("away: {}", program.name_of(away)))
        }
        (None, Some((nearest, likely))) => {
            Some(format!("nearest: {} ({:.0} %)", program.name_of(nearest), likely * 100.0))
        }
        (None, None) => None,
    };
    detail.extend(file.map(Words::from));
    let why = show::why(entry);
    if !why.is_empty() {
        detail.push(Words::from(format!("why: {why}")));
    }
    if entry.status == Some(Match::Ambiguous) || entry.reasons.contains(&Reason::Rival) {
        let rivals = entry.candidates.iter().skip(1).take(2);
        let rivals: Vec<_> = rivals
            .map(|(file, likely)| format!("{} ({:.0} %)", program.name_of(file), likely * 100.0))
            .collect();
        if !rivals.is_empty() {
            detail.push(Words::from(format!("or: {}", rivals.join(", "))));
        }
    }
    Row {
        sign: show::sign(entry.status).0,
        tone: tone(entry.status),
        number: entry.number,
        beside: entry.album.as_deref().unwrap_or_default().into(),
        time: time(entry.length),
        detail,
        ..row
    }
}

/// An entry for which a file was chosen just now, or none is owned.
pub(super) fn decided(row: &Row, file: Option<(&Track, String)>) -> Row {
    let status = if file.is_some() { Match::Sure } else { Match::Missing };
    let written = row.detail.first().cloned();
    let told = match &file {
        Some((_, name)) => format!("file: {name}"),
        None => "you have none of these".into(),
    };
    let track = file.as_ref().map(|(track, _)| *track);
    Row {
        sign: show::sign(Some(status)).0,
        tone: tone(Some(status)),
        beside: track.and_then(|track| track.tags.album.as_deref()).unwrap_or_default().into(),
        time: time(track.and_then(|track| track.length)),
        detail: written.into_iter().chain([Words::from(told)]).collect(),
        ..row.clone()
    }
}

fn time(length: Option<Duration>) -> Words {
    length.map(clock).unwrap_or_default().into()
}

fn name(artist: Option<&str>, title: &str) -> Words {
    match artist {
        Some(artist) => format!("{artist} - {title}").into(),
        None => title.into(),
    }
}

fn of_item(what: What, number: usize, item: &Item, length: Option<Duration>) -> Row {
    let label = &item.label;
    Row {
        number,
        beside: label.album.as_deref().unwrap_or_default().into(),
        time: time(length),
        detail: vec![item.part.path.to_string_lossy().as_ref().into()],
        ..Row::new(what, name(label.artist.as_deref(), &label.title))
    }
}

/// What plays, in the order of playing.
pub(super) fn queue<'a>(
    items: impl Iterator<Item = (ItemId, &'a Item)>,
    length: impl Fn(ItemId) -> Option<Duration>,
) -> Vec<Row> {
    items.zip(1..).map(|((id, item), number)| of_item(What::Item(id), number, item, length(id))).collect()
}

/// What was heard, the last first.
pub(super) fn history<'a>(heard: impl DoubleEndedIterator<Item = (&'a Item, Option<Duration>)>) -> Vec<Row> {
    let rows = heard.enumerate().map(|(at, (item, length))| of_item(What::Heard(at), at + 1, item, length));
    let mut rows: Vec<_> = rows.collect();
    rows.reverse();
    rows
}

/// Tracks of the library.
pub(super) fn found(tracks: &[Track]) -> Vec<Row> {
    let row = |(at, track): (usize, &Track)| {
        let stem = track.path.file_stem().unwrap_or_default().to_string_lossy();
        let title = track.tags.title.as_deref().unwrap_or(&stem);
        Row {
            beside: track.tags.album.as_deref().unwrap_or_default().into(),
            time: time(track.length),
            detail: vec![track.path.to_string_lossy().as_ref().into(), ask::about_track(track).into()],
            ..Row::new(What::Found(at), name(track.tags.artist.as_deref(), title))
        }
    };
    tracks.iter().enumerate().map(row).collect()
}

/// Questions that are not answered, each with its candidates; `heard` is the candidate that sounds.
pub(super) fn review(questions: &[Option<Question>], heard: Option<(usize, usize)>) -> Vec<Row> {
    let mut rows = Vec::new();
    for (at, question) in questions.iter().enumerate() {
        let Some(question) = question else { continue };
        let times = if question.rows.len() > 1 {
            format!("  ({} times)", question.rows.len())
        } else {
            String::new()
        };
        rows.push(Row::heading(format!("Which one is {}. {}?{times}", question.number, question.name)));
        for (candidate, offer) in question.choices.iter().enumerate() {
            let sound = heard == Some((at, candidate));
            let detail = vec![
                offer.file.as_str().into(),
                ask::about_track(&offer.track).into(),
                question.why.as_str().into(),
            ];
            rows.push(Row {
                sign: if sound { "♪" } else { "?" },
                tone: if sound { Tone::Good } else { Tone::Doubt },
                beside: ask::about_track(&offer.track).into(),
                time: format!("{:.0} %", offer.likely * 100.0).into(),
                detail,
                ..Row::new(What::Candidate(at, candidate), offer.file.as_str())
            });
        }
    }
    rows
}

/// A place where the sound goes, or can go.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outward {
    pub(super) target: Target,
    name: String,
    about: String,
    link: Link,
}

/// Where the sound goes, then the devices besides.
pub(super) fn outward(outlets: &[Outlet], devices: &[Device]) -> Vec<Outward> {
    let about = |device: &Device| {
        let shape = device.shape.map(|(rate, channels)| format!(", {rate} Hz, {channels} channels"));
        format!("{}{}", device.system, shape.unwrap_or_default())
    };
    let device_of = |word: &str| devices.iter().find(|device| device.output == word);
    let used = outlets.iter().map(|outlet| {
        let word = outlet.target.to_string();
        let device = device_of(&word);
        let name = match &outlet.target {
            Target::Auto => "the system's default output".into(),
            _ => device.map_or(word, |device| device.name.clone()),
        };
        let target = outlet.target.clone();
        Outward { target, name, about: device.map(about).unwrap_or_default(), link: outlet.link.clone() }
    });
    let mut all: Vec<Outward> = used.collect();
    for device in devices {
        let Ok(target) = device.output.parse::<Target>() else { continue };
        if !all.iter().any(|known| known.target == target) {
            all.push(Outward { target, name: device.name.clone(), about: about(device), link: Link::Off });
        }
    }
    all
}

/// Where the sound goes, or can go.
pub(super) fn outputs(places: &[Outward]) -> Vec<Row> {
    let row = |(at, place): (usize, &Outward)| {
        let (sign, tone, state) = match &place.link {
            Link::Off => ("·", Tone::Faint, String::new()),
            Link::Open => ("✓", Tone::Good, "on".into()),
            Link::Behind => ("!", Tone::Maybe, "takes no sound".into()),
            Link::Away(why) => ("!", Tone::Bad, format!("waited for: {why}")),
        };
        let keys = "Enter: play there; a: play there, too, or no more";
        Row {
            sign,
            tone,
            beside: place.about.as_str().into(),
            time: state.into(),
            detail: vec![
                format!("--output {}", place.target).into(),
                place.about.as_str().into(),
                keys.into(),
            ],
            ..Row::new(What::Output(at), place.name.as_str())
        }
    };
    places.iter().enumerate().map(row).collect()
}

/// What a file holds, and what becomes of that: `FLAC 44.1 kHz 16 bit stereo, bit-perfect`.
pub(super) fn format(status: &Status) -> Words {
    let Some(format) = &status.format else { return Words::default() };
    let mut words = vec![format.codec.to_owned(), rate(format.rate)];
    words.extend(format.bits.map(|bits| format!("{bits} bit{}", if format.float { " float" } else { "" })));
    words.push(match format.channels {
        1 => "mono".into(),
        2 => "stereo".into(),
        channels => format!("{channels} channels"),
    });
    let mut text = words.join(" ");
    let Some(passage) = status.passage() else { return text.into() };
    if is_untouched(status, format) {
        text.push_str(", bit-perfect");
    }
    if passage.rate != format.rate {
        text.push_str(&format!(", to {}", rate(passage.rate)));
    }
    if passage.gain != 1.0 {
        text.push_str(&format!(", {:+.1} dB", 20.0 * f64::from(passage.gain).log10()));
    }
    text.into()
}

fn rate(rate: u32) -> String {
    if rate.is_multiple_of(1000) {
        format!("{} kHz", rate / 1000)
    } else {
        format!("{:.1} kHz", f64::from(rate) / 1000.0)
    }
}

/// Whether the output gets every sample as the file has it: at its rate, in its channels, by no gain, and of no more bits
/// than a sample has on its way (24, or a float).
fn is_untouched(status: &Status, format: &Format) -> bool {
    let fits = format.float || format.bits.is_none_or(|bits| bits <= 24);
    // A sleep timer may be fading the music out.
    let is_loud = status.volume == 100 && !status.muted && status.sleep_at.is_none();
    status.passage().is_some_and(|passage| {
        fits && is_loud
            && passage.gain == 1.0
            && (passage.rate, passage.channels) == (format.rate, format.channels)
    })
}

/// Volume, order, end and gain, each in a word or two.
pub(super) fn modes(status: &Status, gain: &str) -> Vec<Mode> {
    let mode = |words: String, is_set: bool| Mode { words: words.into(), is_set };
    let volume = if status.muted { "muted".into() } else { format!("volume {}", status.volume) };
    let shuffle = match status.shuffle {
        Shuffle::Off => "shuffle off",
        Shuffle::Tracks => "shuffle",
        Shuffle::Albums => "shuffle albums",
    };
    let repeat = match status.repeat {
        Repeat::Off => "repeat off",
        Repeat::One => "repeat one",
        Repeat::All => "repeat all",
    };
    let mut modes = vec![
        mode(volume, status.muted || status.volume != 100),
        mode(shuffle.into(), status.shuffle != Shuffle::Off),
        mode(repeat.into(), status.repeat != Repeat::Off),
        mode(format!("gain {gain}"), gain != "off"),
    ];
    let stop = match status.stop_after {
        StopAfter::Never => None,
        StopAfter::Track => Some("then stop"),
        StopAfter::Each => Some("stop after each"),
        StopAfter::Entry(_) => Some("stop after an entry"),
    };
    modes.extend(stop.map(|words| mode(words.into(), true)));
    if let Some(at) = status.sleep_at {
        modes.push(mode(format!("sleep {}", clock(at.saturating_duration_since(Instant::now()))), true));
    }
    modes.extend(status.consume.then(|| mode("consume".into(), true)));
    modes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_read_as_on_a_box() {
        assert_eq!([rate(44_100), rate(48_000), rate(11_025)], ["44.1 kHz", "48 kHz", "11.0 kHz"]);
    }

    #[test]
    fn modes_say_what_is_not_as_usual() {
        let mut status = Status::default();
        (status.volume, status.repeat, status.stop_after) = (100, Repeat::One, StopAfter::Track);
        let shown: Vec<_> =
            modes(&status, "off").iter().map(|mode| (mode.words.text().to_owned(), mode.is_set)).collect();
        let want = [
            ("volume 100", false),
            ("shuffle off", false),
            ("repeat one", true),
            ("gain off", false),
            ("then stop", true),
        ];
        assert_eq!(shown, want.map(|(words, set)| (words.to_owned(), set)));
    }

    #[test]
    fn the_last_heard_comes_first() {
        let items = ["a", "b"].map(|name| Item::of_file(format!("/m/{name}.flac").into()));
        let rows = history(items.iter().map(|item| (item, None)));
        assert_eq!(
            rows.iter().map(|row| (row.name.text(), row.what)).collect::<Vec<_>>(),
            [("b", What::Heard(1)), ("a", What::Heard(0))]
        );
    }
}
