//! Takes what went wrong; gives the line that MPD clients know it by: `ACK [code@place] {command} words`.
//! The one place where errors become codes. Never decides what is wrong.

use super::reply::one_line;
use super::wire::WireError;

/// Why a command was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    /// The line cannot be read.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The line is not UTF-8.
    #[error("the line is not UTF-8")]
    Encoding,
    /// More than a client may say at once.
    #[error("{0}")]
    TooLong(&'static str),
    /// There is no such command.
    #[error("unknown command \"{0}\"")]
    Unknown(String),
    /// It can be said, and never be done.
    #[error("{0}")]
    Unable(&'static str),
    /// Too few, too many, or another number of arguments than the one it takes.
    #[error("{0} for \"{1}\"")]
    Count(&'static str, &'static str),
    /// An argument makes no sense.
    #[error("{0}")]
    Argument(String),
    /// The wrong password.
    #[error("incorrect password")]
    Password,
    /// A password is needed first.
    #[error("you don't have permission for \"{0}\"")]
    Permission(&'static str),
    /// It is not for clients to change.
    #[error("{0}")]
    Denied(&'static str),
    /// There is no such place in the queue.
    #[error("Bad song index")]
    Index,
    /// There is no such song.
    #[error("No such song")]
    NoSong,
    /// There is no such folder.
    #[error("No such directory")]
    NoFolder,
    /// There is no such listing.
    #[error("No such playlist")]
    NoPlaylist,
    /// There is no such file, as a cover.
    #[error("No file exists")]
    NoFile,
    /// A song has no such note.
    #[error("no such sticker")]
    NoSticker,
    /// There is no such output.
    #[error("No such audio output")]
    NoOutput,
    /// There is one partition, and this is not its name.
    #[error("partition does not exist")]
    NoPartition,
    /// There is no partition of that name to be changed.
    #[error("no such partition")]
    NoSuchPartition,
    /// There is no output of that name.
    #[error("No such output")]
    NoSuchOutput,
    /// Nobody listens to that channel.
    #[error("nobody is subscribed to this channel")]
    Unheard,
    /// The client does not listen to that channel.
    #[error("not subscribed to this channel")]
    NoChannel,
    /// A listing of this name is there already.
    #[error("Playlist already exists")]
    Exists,
    /// There is already one.
    #[error("{0}")]
    Already(&'static str),
    /// It needs something that plays.
    #[error("Not playing")]
    NotPlaying,
    /// tonearm does no such thing, or the system does not let it.
    #[error("{0}")]
    Refused(String),
    /// A listing could not be read.
    #[error("{0}")]
    Listing(String),
}

impl Fault {
    /// The number by which clients know it (`src/protocol/Ack.hxx` of MPD).
    fn code(&self) -> u8 {
        match self {
            Self::Argument(_) | Self::Count(..) | Self::Index => 2,
            Self::Password => 3,
            Self::Permission(_) | Self::Denied(_) => 4,
            Self::Wire(_) | Self::Encoding | Self::TooLong(_) | Self::Unknown(_) | Self::Unable(_) => 5,
            Self::NoSong
            | Self::NoFolder
            | Self::NoPlaylist
            | Self::NoFile
            | Self::NoOutput
            | Self::NoSticker
            | Self::NoPartition
            | Self::NoSuchPartition
            | Self::NoSuchOutput
            | Self::Unheard
            | Self::NoChannel => 50,
            Self::Refused(_) => 52,
            Self::Listing(_) => 53,
            Self::NotPlaying => 55,
            Self::Exists | Self::Already(_) => 56,
        }
    }

    /// The whole line, with its end. `place` counts the commands of a list from 0.
    pub(super) fn line(&self, place: usize, command: &str) -> String {
        let words = self.to_string();
        format!("ACK [{}@{place}] {{{command}}} {}\n", self.code(), one_line(&words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_the_line_that_clients_know() {
        for (fault, command, line) in [
            (Fault::Unknown("x".into()), "", "ACK [5@0] {} unknown command \"x\"\n"),
            (Fault::Wire(WireError::Unclosed), "", "ACK [5@0] {} Missing closing '\"'\n"),
            (
                Fault::Count("wrong number of arguments", "play"),
                "play",
                "ACK [2@0] {play} wrong number of arguments for \"play\"\n",
            ),
            (
                Fault::Argument("Integer expected: a\nb".into()),
                "seek",
                "ACK [2@0] {seek} Integer expected: a b\n",
            ),
            (Fault::Password, "password", "ACK [3@0] {password} incorrect password\n"),
            (Fault::Permission("add"), "add", "ACK [4@0] {add} you don't have permission for \"add\"\n"),
            (Fault::Index, "play", "ACK [2@0] {play} Bad song index\n"),
            (Fault::NoSong, "playid", "ACK [50@0] {playid} No such song\n"),
            (Fault::NotPlaying, "seekcur", "ACK [55@0] {seekcur} Not playing\n"),
            (Fault::Exists, "save", "ACK [56@0] {save} Playlist already exists\n"),
        ] {
            assert_eq!(fault.line(0, command), line);
        }
        assert_eq!(Fault::NoPlaylist.line(3, "load"), "ACK [50@3] {load} No such playlist\n");
    }
}
