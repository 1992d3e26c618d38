//! Takes the commands that play, pause, skip, seek and set modes; gives them to the player.
//! Never touches what is in the queue.

use std::time::Duration;

use super::ack::Fault;
use super::arguments::{bounded, number, signed, switch, time, too_large};
use super::idle::Parts;
use super::reply::Reply;
use super::session::Session;
use super::table::Done;
use crate::player::{
    Command, ItemId, Levelling, OutputError, OutputId, Repeat, Shuffle, Status, StopAfter, Switch,
};

/// How clients count the entries of the queue: from 1, for some take 0 for none.
pub(super) fn song_id(id: ItemId) -> u64 {
    id.0 + 1
}

/// The entry of that number, which is in the queue.
pub(super) fn entry(session: &Session, text: &str) -> Result<ItemId, Fault> {
    let id = number(text)?.checked_sub(1).ok_or(Fault::NoSong)?;
    let id = ItemId(id as u64);
    session.house.queue().place(id).map(|_| id).ok_or(Fault::NoSong)
}

/// Plays an entry; or goes on, or begins where it was stopped.
fn start(session: &Session, entry: Option<ItemId>) {
    let house = &session.house;
    let status = house.remote.status();
    let stopped = || house.board.last().filter(|last| house.queue().place(*last).is_some());
    let entry = entry.or_else(|| if status.item.is_none() { stopped() } else { None });
    match entry {
        Some(id) => house.obey(&[Command::Goto(id), Command::Play]),
        None => house.obey(&[Command::Play]),
    };
}

pub(super) fn play(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let entry = match arguments.first() {
        Some(place) if signed(place)? != -1 => Some(session.house.row(number(place)?)?.id),
        _ => None,
    };
    start(session, entry);
    Ok(())
}

pub(super) fn play_id(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let id = match arguments.first() {
        Some(id) if signed(id)? != -1 => Some(entry(session, id)?),
        _ => None,
    };
    start(session, id);
    Ok(())
}

pub(super) fn pause(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let wanted = arguments.first().map(|text| switch(text)).transpose()?;
    let status = session.house.remote.status();
    if status.item.is_some() && wanted.is_none_or(|pauses| pauses == status.playing) {
        session.house.obey(&[if status.playing { Command::Pause } else { Command::Play }]);
    }
    Ok(())
}

pub(super) fn stop(session: &mut Session, _: &[String], _: &mut Reply) -> Done {
    if session.house.remote.status().item.is_some() {
        session.house.obey(&[Command::Stop]);
    }
    Ok(())
}

/// As in MPD a skip while paused plays, and one while stopped does nothing.
fn skip(session: &Session, command: Command) -> Done {
    let status = session.house.remote.status();
    if status.item.is_none() {
        return Err(Fault::NotPlaying);
    }
    let after = session.house.obey(&[command]);
    if !status.playing && after.item.is_some() {
        session.house.obey(&[Command::Play]);
    }
    Ok(())
}

pub(super) fn next(session: &mut Session, _: &[String], _: &mut Reply) -> Done {
    skip(session, Command::Next)
}

pub(super) fn previous(session: &mut Session, _: &[String], _: &mut Reply) -> Done {
    skip(session, Command::Previous)
}

fn seek_entry(session: &Session, id: ItemId, to: Duration) {
    let status = session.house.remote.status();
    if status.item == Some(id) {
        session.house.obey(&[Command::SeekTo(to)]);
    } else {
        session.house.obey(&[Command::Goto(id), Command::SeekTo(to)]);
        if status.item.is_none() {
            session.house.obey(&[Command::Play]);
        }
    }
}

pub(super) fn seek(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let to = time(&arguments[1])?;
    let row = session.house.row(number(&arguments[0])?)?;
    seek_entry(session, row.id, to);
    Ok(())
}

pub(super) fn seek_id(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let to = time(&arguments[1])?;
    let id = entry(session, &arguments[0])?;
    seek_entry(session, id, to);
    Ok(())
}

pub(super) fn seek_current(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let text = &arguments[0];
    let distance = time(text.trim_start_matches(['+', '-']))?;
    if session.house.remote.status().item.is_none() {
        return Err(Fault::NotPlaying);
    }
    let millis = i64::try_from(distance.as_millis()).unwrap_or(i64::MAX);
    session.house.obey(&[match text.chars().next() {
        Some('+') => Command::SeekBy(millis),
        Some('-') => Command::SeekBy(-millis),
        _ => Command::SeekTo(distance),
    }]);
    Ok(())
}

pub(super) fn set_volume(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let percent = u8::try_from(bounded(&arguments[0], 100)?).unwrap_or(100);
    session.house.obey(&[Command::Volume(percent)]);
    Ok(())
}

pub(super) fn change_volume(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let points = signed(&arguments[0])?;
    let points = i8::try_from(points).ok().filter(|points| points.abs() <= 100);
    let points = points.ok_or_else(|| too_large(&arguments[0]))?;
    session.house.obey(&[Command::VolumeBy(points)]);
    Ok(())
}

pub(super) fn get_volume(session: &mut Session, _: &[String], reply: &mut Reply) -> Done {
    let status = session.house.remote.status();
    reply.pair("volume", if status.muted { 0 } else { status.volume });
    Ok(())
}

pub(super) fn random(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let shuffle = if switch(&arguments[0])? { Shuffle::Tracks } else { Shuffle::Off };
    // Whole releases in random order are random too, and stay so.
    if (session.house.remote.status().shuffle != Shuffle::Off) != (shuffle != Shuffle::Off) {
        session.house.obey(&[Command::Shuffle(shuffle)]);
    }
    Ok(())
}

/// Whether it stops after a song, and after which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Single {
    Off,
    On,
    Once,
}

impl Single {
    /// The player has this in two places: an entry that repeats alone is single too.
    pub(super) fn of(status: &Status) -> Self {
        match (status.repeat, status.stop_after) {
            (Repeat::One, _) | (_, StopAfter::Each) => Self::On,
            (_, StopAfter::Track) => Self::Once,
            _ => Self::Off,
        }
    }
}

fn set_repeat(session: &Session, repeats: bool, single: Single) {
    let (repeat, stop_after) = match (repeats, single) {
        (true, Single::On) => (Repeat::One, StopAfter::Never),
        (true, Single::Off) => (Repeat::All, StopAfter::Never),
        (true, Single::Once) => (Repeat::All, StopAfter::Track),
        (false, Single::On) => (Repeat::Off, StopAfter::Each),
        (false, Single::Off) => (Repeat::Off, StopAfter::Never),
        (false, Single::Once) => (Repeat::Off, StopAfter::Track),
    };
    let status = session.house.remote.status();
    if status.repeat != repeat {
        session.house.obey(&[Command::Repeat(repeat)]);
    }
    if status.stop_after != stop_after {
        session.house.obey(&[Command::StopAfter(stop_after)]);
    }
}

pub(super) fn repeat(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let repeats = switch(&arguments[0])?;
    let single = Single::of(&session.house.remote.status());
    set_repeat(session, repeats, single);
    Ok(())
}

pub(super) fn single(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let single = match arguments[0].as_str() {
        "0" => Single::Off,
        "1" => Single::On,
        "oneshot" => Single::Once,
        _ => return Err(Fault::Argument("Unrecognized single mode, expected 0, 1, or oneshot".into())),
    };
    let repeats = session.house.remote.status().repeat != Repeat::Off;
    set_repeat(session, repeats, single);
    Ok(())
}

pub(super) fn consume(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let consume = switch(&arguments[0])?;
    if session.house.remote.status().consume != consume {
        session.house.obey(&[Command::Consume(consume)]);
    }
    Ok(())
}

/// Whether a setting that there is none of is set to nothing.
fn only_zero(text: &str, words: &str) -> Done {
    let seconds: f64 = text.parse().map_err(|_| Fault::Argument(format!("Float expected: {text}")))?;
    if seconds == 0.0 || seconds.is_nan() { Ok(()) } else { Err(Fault::Refused(words.into())) }
}

pub(super) fn crossfade(_: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    number(&arguments[0])?;
    only_zero(&arguments[0], "tonearm joins tracks as they were made, and does not cross-fade")
}

pub(super) fn mixramp(_: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    only_zero(&arguments[0], "tonearm joins tracks as they were made, and does not mix them")
}

pub(super) fn gain_status(session: &mut Session, _: &[String], reply: &mut Reply) -> Done {
    let word = match session.house.remote.status().levelling {
        Levelling::Off => "off",
        Levelling::Track => "track",
        Levelling::Album => "album",
        Levelling::Auto => "auto",
    };
    reply.pair("replay_gain_mode", word);
    Ok(())
}

pub(super) fn gain_mode(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let levelling = match arguments[0].as_str() {
        "off" => Levelling::Off,
        "track" => Levelling::Track,
        "album" => Levelling::Album,
        "auto" => Levelling::Auto,
        _ => return Err(Fault::Argument("Unrecognized replay gain mode".into())),
    };
    session.house.obey(&[Command::Level(levelling)]);
    Ok(())
}

pub(super) fn outputs(session: &mut Session, _: &[String], reply: &mut Reply) -> Done {
    for outlet in session.house.remote.status().outputs.iter() {
        let name = outlet.target.to_string();
        reply.pair("outputid", outlet.id.0);
        reply.pair("outputname", &name);
        // The word before the colon is the kind of output.
        reply.pair("plugin", name.split(':').next().unwrap_or_default());
        reply.pair("outputenabled", u8::from(outlet.is_on()));
    }
    Ok(())
}

fn set_output(session: &Session, id: &str, switch: Switch) -> Done {
    let id = u32::try_from(number(id)?).map(OutputId).map_err(|_| Fault::NoOutput)?;
    let outputs = session.house.remote.status().outputs;
    let outlet = outputs.iter().find(|outlet| outlet.id == id).ok_or(Fault::NoOutput)?;
    let refused = |error: OutputError| Fault::Refused(error.to_string());
    session.house.remote.switch(outlet.target.clone(), switch).map_err(refused)
}

pub(super) fn enable_output(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    set_output(session, &arguments[0], Switch::On)
}

pub(super) fn disable_output(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    set_output(session, &arguments[0], Switch::Off)
}

pub(super) fn toggle_output(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    set_output(session, &arguments[0], Switch::Toggle)
}

pub(super) fn clear_error(session: &mut Session, _: &[String], _: &mut Reply) -> Done {
    session.house.notice(None);
    session.house.board.changed(Parts::PLAYER);
    Ok(())
}
