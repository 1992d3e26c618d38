//! Takes the commands about the connection itself: the password, what it wants to see, what it waits for, messages
//! between clients; gives what there is.
//! Never touches the player.

use super::ack::Fault;
use super::arguments::number;
use super::idle::Parts;
use super::reply::Reply;
use super::session::Session;
use super::table::{COMMANDS, Done};
use super::tag::{Tag, Wanted};

/// The fewest and the most bytes of a picture at a time.
const BINARY: std::ops::RangeInclusive<usize> = 64..=1 << 20;

/// The kinds of file that are played: what reads them, the ends of their names, and what they are called.
const DECODERS: &[(&str, &[&str], &[&str])] = &[
    ("flac", &["flac"], &["audio/flac", "audio/x-flac"]),
    ("mpa", &["mp3", "mp2", "mp1"], &["audio/mpeg"]),
    ("vorbis", &["ogg", "oga"], &["audio/ogg", "audio/vorbis", "application/ogg"]),
    ("opus", &["opus"], &["audio/opus", "audio/ogg"]),
    ("isomp4", &["m4a", "m4b", "m4r", "m4v", "mp4", "mov"], &["audio/mp4", "audio/x-m4a"]),
    ("aac", &["aac"], &["audio/aac"]),
    ("wav", &["wav"], &["audio/wav", "audio/x-wav"]),
    ("aiff", &["aiff", "aif"], &["audio/aiff", "audio/x-aiff"]),
    ("caf", &["caf"], &["audio/x-caf"]),
    ("mkv", &["mka", "mkv", "webm"], &["audio/x-matroska", "audio/webm"]),
];

pub(super) fn ping(_: &mut Session, _: &[String], _: &mut Reply) -> Done {
    Ok(())
}

pub(super) fn close(session: &mut Session, _: &[String], _: &mut Reply) -> Done {
    session.leaves = true;
    Ok(())
}

pub(super) fn password(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let is_right = match &session.house.backing.password {
        None => false,
        Some(password) => is_same(password.as_bytes(), arguments[0].as_bytes()),
    };
    if is_right {
        session.is_trusted = true;
        return Ok(());
    }
    session.guesses += 1;
    Err(Fault::Password)
}

/// Takes as long wherever the first difference is.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

fn tell_commands(session: &Session, mine: bool, reply: &mut Reply) {
    for command in COMMANDS.iter().filter(|command| command.is_for(session.is_trusted) == mine) {
        reply.pair("command", command.name);
    }
}

pub(super) fn commands(session: &mut Session, _: &[String], reply: &mut Reply) -> Done {
    tell_commands(session, true, reply);
    Ok(())
}

pub(super) fn not_commands(session: &mut Session, _: &[String], reply: &mut Reply) -> Done {
    tell_commands(session, false, reply);
    Ok(())
}

pub(super) fn idle(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    session.waits = Some(Parts::named(arguments)?);
    Ok(())
}

pub(super) fn tag_types(session: &mut Session, arguments: &[String], reply: &mut Reply) -> Done {
    let [word, names @ ..] = arguments else {
        for tag in Tag::held().filter(|tag| session.wanted.has(*tag)) {
            reply.pair("tagtype", tag.name());
        }
        return Ok(());
    };
    let set = |session: &mut Session, wanted| {
        if names.is_empty() {
            return Err(Fault::Argument("Not enough arguments".into()));
        }
        for name in names {
            let tag = Tag::named(name).ok_or_else(|| Fault::Argument("Unknown tag type".into()))?;
            session.wanted.set(tag, wanted);
        }
        Ok(())
    };
    match word.as_str() {
        "all" | "clear" if !names.is_empty() => Err(Fault::Argument("Too many arguments".into())),
        "all" => {
            session.wanted = Wanted::ALL;
            Ok(())
        }
        "clear" => {
            session.wanted = Wanted::NONE;
            Ok(())
        }
        "enable" => set(session, true),
        "disable" => set(session, false),
        _ => Err(Fault::Argument("Unknown sub command".into())),
    }
}

pub(super) fn binary_limit(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let limit = number(&arguments[0])?;
    if limit < *BINARY.start() {
        return Err(Fault::Argument("Value too small".into()));
    }
    session.binary = limit.min(*BINARY.end());
    Ok(())
}

/// No address of another kind is ever opened.
pub(super) fn url_handlers(_: &mut Session, _: &[String], _: &mut Reply) -> Done {
    Ok(())
}

pub(super) fn decoders(_: &mut Session, _: &[String], reply: &mut Reply) -> Done {
    for (plugin, suffixes, types) in DECODERS {
        reply.pair("plugin", plugin);
        suffixes.iter().for_each(|suffix| reply.pair("suffix", suffix));
        types.iter().for_each(|kind| reply.pair("mime_type", kind));
    }
    Ok(())
}

pub(super) fn config(session: &mut Session, _: &[String], reply: &mut Reply) -> Done {
    if !session.is_local {
        return Err(Fault::Permission("config"));
    }
    let catalogue = session.house.catalogue()?;
    if let Some(root) = catalogue.roots().next() {
        reply.pair("music_directory", root.display());
    }
    reply.pair("playlist_directory", session.house.backing.saved.display());
    Ok(())
}

pub(super) fn partitions(_: &mut Session, _: &[String], reply: &mut Reply) -> Done {
    reply.pair("partition", "default");
    Ok(())
}

pub(super) fn partition(_: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    if arguments[0] == "default" { Ok(()) } else { Err(Fault::NoPartition) }
}

/// One player, one set of ears: there are no others.
pub(super) fn new_partition(_: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let name = arguments[0].as_str();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || !name.chars().all(is_name) {
        return Err(Fault::Argument("bad name".into()));
    }
    if name == "default" {
        return Err(Fault::Already("name already exists"));
    }
    Err(Fault::Refused("tonearm has one partition: play elsewhere too with another output".into()))
}

pub(super) fn delete_partition(_: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    match arguments[0].as_str() {
        "default" => Err(Fault::Unable("cannot delete the default partition")),
        _ => Err(Fault::NoSuchPartition),
    }
}

/// All outputs are where they can be moved to.
pub(super) fn move_output(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    let outputs = session.house.remote.status().outputs;
    let is_there = outputs.iter().any(|outlet| outlet.target.to_string() == arguments[0]);
    if is_there { Ok(()) } else { Err(Fault::NoSuchOutput) }
}

pub(super) fn subscribe(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    session.house.channels.subscribe(session.number, &arguments[0])?;
    session.house.board.changed(Parts::SUBSCRIPTION);
    Ok(())
}

pub(super) fn unsubscribe(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    session.house.channels.unsubscribe(session.number, &arguments[0])?;
    session.house.board.changed(Parts::SUBSCRIPTION);
    Ok(())
}

pub(super) fn channels(session: &mut Session, _: &[String], reply: &mut Reply) -> Done {
    session.house.channels.names().iter().for_each(|name| reply.pair("channel", name));
    Ok(())
}

pub(super) fn read_messages(session: &mut Session, _: &[String], reply: &mut Reply) -> Done {
    for (channel, words) in session.house.channels.read(session.number) {
        reply.pair("channel", channel);
        reply.pair("message", words);
    }
    Ok(())
}

pub(super) fn send_message(session: &mut Session, arguments: &[String], _: &mut Reply) -> Done {
    session.house.channels.send(&arguments[0], &arguments[1])?;
    session.house.board.changed(Parts::MESSAGE);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_the_same_or_not() {
        assert!(is_same(b"secret", b"secret"));
        assert!(!is_same(b"secret", b"secres") && !is_same(b"secret", b"") && !is_same(b"", b"x"));
    }
}
