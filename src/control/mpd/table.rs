//! The one table of commands that MPD clients may say: each with how many arguments it takes, whether it is for
//! everybody or for those who said the password, and what carries it out.
//! Never carries anything out itself.

use super::ack::Fault;
use super::reply::Reply;
use super::session::Session;
use super::{art, connection, database, playlists, queue, status, stickers, transport};

/// Whether it was done.
pub(super) type Done = Result<(), Fault>;

/// A command.
pub(super) struct Command {
    pub(super) name: &'static str,
    /// The fewest and the most arguments.
    takes: (usize, usize),
    /// Whether it needs no password.
    is_open: bool,
    pub(super) run: fn(&mut Session, &[String], &mut Reply) -> Done,
}

const ANY: usize = usize::MAX;

type Run = fn(&mut Session, &[String], &mut Reply) -> Done;

const fn open(name: &'static str, least: usize, most: usize, run: Run) -> Command {
    Command { name, takes: (least, most), is_open: true, run }
}

const fn trusted(name: &'static str, least: usize, most: usize, run: Run) -> Command {
    Command { name, takes: (least, most), is_open: false, run }
}

/// Every command, by name.
pub(super) const COMMANDS: &[Command] = &[
    trusted("add", 1, 2, queue::add),
    trusted("addid", 1, 2, queue::add_id),
    trusted("addtagid", 3, 3, queue::add_tag),
    trusted("albumart", 2, 2, art::album),
    open("binarylimit", 1, 1, connection::binary_limit),
    trusted("channels", 0, 0, connection::channels),
    trusted("clear", 0, 0, queue::clear),
    trusted("clearerror", 0, 0, transport::clear_error),
    trusted("cleartagid", 1, 2, queue::clear_tag),
    open("close", 0, 0, connection::close),
    open("commands", 0, 0, connection::commands),
    trusted("config", 0, 0, connection::config),
    trusted("consume", 1, 1, transport::consume),
    trusted("count", 1, ANY, database::count),
    trusted("crossfade", 1, 1, transport::crossfade),
    trusted("currentsong", 0, 0, status::current_song),
    trusted("decoders", 0, 0, connection::decoders),
    trusted("delete", 1, 1, queue::delete),
    trusted("deleteid", 1, 1, queue::delete_id),
    trusted("delpartition", 1, 1, connection::delete_partition),
    trusted("disableoutput", 1, 1, transport::disable_output),
    trusted("enableoutput", 1, 1, transport::enable_output),
    trusted("find", 1, ANY, database::find),
    trusted("findadd", 1, ANY, database::find_add),
    trusted("getvol", 0, 0, transport::get_volume),
    trusted("idle", 0, ANY, connection::idle),
    trusted("list", 1, ANY, database::list),
    trusted("listall", 0, 1, database::list_all),
    trusted("listallinfo", 0, 1, database::list_all_info),
    trusted("listfiles", 0, 1, database::list_files),
    trusted("listpartitions", 0, 0, connection::partitions),
    trusted("listplaylist", 1, 1, playlists::names),
    trusted("listplaylistinfo", 1, 1, playlists::info),
    trusted("listplaylists", 0, 0, playlists::list),
    trusted("load", 1, 3, playlists::load),
    trusted("lsinfo", 0, 1, database::folder),
    trusted("mixrampdb", 1, 1, transport::mixramp),
    trusted("mixrampdelay", 1, 1, transport::mixramp),
    trusted("move", 2, 2, queue::move_range),
    trusted("moveid", 2, 2, queue::move_id),
    trusted("moveoutput", 1, 1, connection::move_output),
    trusted("newpartition", 1, 1, connection::new_partition),
    trusted("next", 0, 0, transport::next),
    open("notcommands", 0, 0, connection::not_commands),
    trusted("outputs", 0, 0, transport::outputs),
    trusted("partition", 1, 1, connection::partition),
    open("password", 1, 1, connection::password),
    trusted("pause", 0, 1, transport::pause),
    open("ping", 0, 0, connection::ping),
    trusted("play", 0, 1, transport::play),
    trusted("playid", 0, 1, transport::play_id),
    trusted("playlist", 0, 0, queue::names),
    trusted("playlistadd", 2, 3, playlists::add),
    trusted("playlistclear", 1, 1, playlists::clear),
    trusted("playlistdelete", 2, 2, playlists::delete),
    trusted("playlistfind", 1, ANY, queue::find),
    trusted("playlistid", 0, 1, queue::info_id),
    trusted("playlistinfo", 0, 1, queue::info),
    trusted("playlistmove", 3, 3, playlists::shift),
    trusted("playlistsearch", 1, ANY, queue::search),
    trusted("plchanges", 1, 2, queue::changes_info),
    trusted("plchangesposid", 1, 2, queue::changes_ids),
    trusted("previous", 0, 0, transport::previous),
    trusted("prio", 2, ANY, queue::priority),
    trusted("prioid", 2, ANY, queue::priority_of_ids),
    trusted("random", 1, 1, transport::random),
    trusted("rangeid", 2, 2, queue::cut),
    trusted("readcomments", 1, 1, database::comments),
    trusted("readmessages", 0, 0, connection::read_messages),
    trusted("readpicture", 2, 2, art::embedded),
    trusted("rename", 2, 2, playlists::rename),
    trusted("repeat", 1, 1, transport::repeat),
    trusted("replay_gain_mode", 1, 1, transport::gain_mode),
    trusted("replay_gain_status", 0, 0, transport::gain_status),
    trusted("rescan", 0, 1, database::update),
    trusted("rm", 1, 1, playlists::remove),
    trusted("save", 1, 1, playlists::save),
    trusted("search", 1, ANY, database::search),
    trusted("searchadd", 1, ANY, database::search_add),
    trusted("searchaddpl", 2, ANY, database::search_add_listing),
    trusted("searchcount", 1, ANY, database::search_count),
    trusted("seek", 2, 2, transport::seek),
    trusted("seekcur", 1, 1, transport::seek_current),
    trusted("seekid", 2, 2, transport::seek_id),
    trusted("sendmessage", 2, 2, connection::send_message),
    trusted("setvol", 1, 1, transport::set_volume),
    trusted("shuffle", 0, 1, queue::shuffle),
    trusted("single", 1, 1, transport::single),
    trusted("stats", 0, 0, status::stats),
    trusted("status", 0, 0, status::status),
    trusted("sticker", 3, ANY, stickers::sticker),
    trusted("stop", 0, 0, transport::stop),
    trusted("subscribe", 1, 1, connection::subscribe),
    trusted("swap", 2, 2, queue::swap),
    trusted("swapid", 2, 2, queue::swap_ids),
    open("tagtypes", 0, ANY, connection::tag_types),
    trusted("toggleoutput", 1, 1, transport::toggle_output),
    trusted("unsubscribe", 1, 1, connection::unsubscribe),
    trusted("update", 0, 1, database::update),
    trusted("urlhandlers", 0, 0, connection::url_handlers),
    trusted("volume", 1, 1, transport::change_volume),
];

/// The command of that name.
pub(super) fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.binary_search_by(|command| command.name.cmp(name)).ok().map(|at| &COMMANDS[at])
}

impl Command {
    /// Whether a client may say it.
    pub(super) fn is_for(&self, is_trusted: bool) -> bool {
        self.is_open || is_trusted
    }

    /// Whether it may be said, with so many arguments.
    pub(super) fn check(&self, is_trusted: bool, count: usize) -> Done {
        if !self.is_for(is_trusted) {
            return Err(Fault::Permission(self.name));
        }
        let (least, most) = self.takes;
        if (least..=most).contains(&count) {
            return Ok(());
        }
        let words = match count {
            _ if least == most => "wrong number of arguments",
            count if count < least => "too few arguments",
            _ => "too many arguments",
        };
        Err(Fault::Count(words, self.name))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_command_is_found() {
        assert!(COMMANDS.windows(2).all(|two| two[0].name < two[1].name));
        assert!(COMMANDS.iter().all(|command| find(command.name).is_some()));
        assert!(find("kill").is_none() && find("").is_none());
    }

    #[test]
    fn arguments_are_counted() {
        let check =
            |name: &str, count| find(name).unwrap().check(true, count).map_err(|fault| fault.to_string());
        assert_eq!(check("play", 0), Ok(()));
        assert_eq!(check("play", 2).unwrap_err(), "too many arguments for \"play\"");
        assert_eq!(check("find", 0).unwrap_err(), "too few arguments for \"find\"");
        assert_eq!(check("setvol", 0).unwrap_err(), "wrong number of arguments for \"setvol\"");
        assert_eq!(check("find", 99), Ok(()));
    }

    #[test]
    fn without_the_password_little_is_open() {
        let open: Vec<&str> =
            COMMANDS.iter().filter(|command| command.is_for(false)).map(|command| command.name).collect();
        assert_eq!(open, ["binarylimit", "close", "commands", "notcommands", "password", "ping", "tagtypes"]);
        let refused = find("status").unwrap().check(false, 0).unwrap_err();
        assert_eq!(refused.to_string(), "you don't have permission for \"status\"");
    }
}
