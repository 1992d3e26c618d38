//! Takes how the player stands; gives it as MPD's `status`, `currentsong` and `stats`.
//! Never changes anything.

use super::reply::Reply;
use super::session::Session;
use super::song::seconds;
use super::table::Done;
use super::transport::{Single, song_id};
use crate::player::{Format, Repeat, Shuffle};

pub(super) fn status(session: &mut Session, _: &[String], reply: &mut Reply) -> Done {
    let house = &session.house;
    let status = house.remote.status();
    let current = house.current(&status);
    let queue = house.queue();
    let place = current.and_then(|id| queue.place(id));
    let following = status.next.and_then(|id| Some((id, queue.place(id)?)));
    let (version, length) = (queue.version(), queue.rows().len());
    drop(queue);
    let switch = u8::from;
    reply.pair("volume", if status.muted { 0 } else { status.volume });
    reply.pair("repeat", switch(status.repeat != Repeat::Off));
    reply.pair("random", switch(status.shuffle != Shuffle::Off));
    reply.pair(
        "single",
        match Single::of(&status) {
            Single::Off => "0",
            Single::On => "1",
            Single::Once => "oneshot",
        },
    );
    reply.pair("consume", switch(status.consume));
    reply.pair("partition", "default");
    reply.pair("playlist", version);
    reply.pair("playlistlength", length);
    reply.pair("mixrampdb", 0);
    reply.pair(
        "state",
        match (status.item, status.playing) {
            (None, _) => "stop",
            (_, true) => "play",
            (_, false) => "pause",
        },
    );
    if let (Some(id), Some(place)) = (current, place) {
        reply.pair("song", place);
        reply.pair("songid", song_id(id));
    }
    if let Some(item) = status.track.as_deref() {
        let song = house.song(item, house.catalogue().ok().as_deref());
        let length = status.length().or_else(|| song.length());
        let elapsed = status.position();
        let whole = length.map_or(0, |length| (length.as_millis() + 500) / 1000);
        reply.pair("time", format_args!("{}:{whole}", (elapsed.as_millis() + 500) / 1000));
        reply.pair("elapsed", seconds(elapsed));
        reply.pair("bitrate", song.track.bitrate.unwrap_or(0));
        reply.pair_of("duration", length.map(seconds));
        reply.pair_of("audio", status.format.as_ref().map(audio));
    }
    reply.pair_of("updating_db", house.updating());
    reply.pair_of("error", house.noticed());
    if let Some((id, place)) = following {
        reply.pair("nextsong", place);
        reply.pair("nextsongid", song_id(id));
    }
    Ok(())
}

/// Rate, bits and channels; `f` for sound that has no bits of its own.
fn audio(format: &Format) -> String {
    let bits = format.bits.filter(|_| !format.float).map_or("f".into(), |bits| bits.to_string());
    format!("{}:{bits}:{}", format.rate, format.channels)
}

pub(super) fn current_song(session: &mut Session, _: &[String], reply: &mut Reply) -> Done {
    let house = &session.house;
    let Some(current) = house.current(&house.remote.status()) else { return Ok(()) };
    let queue = house.queue();
    let place = queue.place(current);
    let row = place.map(|place| (place, queue.rows()[place].clone()));
    drop(queue);
    if let Some((place, row)) = row {
        super::queue::tell_row(session, place, &row, house.catalogue().ok().as_deref(), reply);
    }
    Ok(())
}

pub(super) fn stats(session: &mut Session, _: &[String], reply: &mut Reply) -> Done {
    let catalogue = session.house.catalogue()?;
    let totals = catalogue.totals();
    reply.pair("artists", totals.artists);
    reply.pair("albums", totals.albums);
    reply.pair("songs", totals.songs);
    reply.pair("uptime", session.house.started.elapsed().as_secs());
    reply.pair("db_playtime", totals.playtime.as_secs());
    reply.pair("db_update", catalogue.opened());
    reply.pair("playtime", session.house.board.played().as_secs());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_is_described_as_mpd_does() {
        let flac =
            Format { codec: "FLAC", rate: 44_100, channels: 2, bits: Some(16), float: false, frames: None };
        assert_eq!(audio(&flac), "44100:16:2");
        assert_eq!(audio(&Format { bits: None, float: true, rate: 48_000, ..flac }), "48000:f:2");
    }
}
