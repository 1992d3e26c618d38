//! Takes what happens in the player, on the player's thread; gives it as events to everybody who listens.
//! A listener that does not keep up is let go, so that it can hold up neither the player nor the others.
//! Never waits.

use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};

use super::message;
use super::picture::Picture;
use crate::player::{Beside, Change, Event, Status};

/// How many events may wait for a listener: minutes of hectic listening, a few hundred kilobytes.
const WAITING: usize = 256;

/// Where events are handed on.
#[derive(Debug, Default)]
pub struct Hub {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// As the listeners know the player.
    known: Option<Picture>,
    listeners: Vec<SyncSender<Arc<Happening>>>,
}

/// One event.
#[derive(Debug)]
pub(super) struct Happening {
    /// As it goes out; empty for what only `--wait` needs to know.
    pub(super) line: String,
    /// How the player stood then.
    pub(super) status: Status,
    /// Whether the player does now what it was last asked to.
    pub(super) settled: bool,
}

impl Hub {
    /// Hands on what happened. To be called from the player's `tell`.
    pub fn tell(&self, event: &Event, status: &Status) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.listeners.is_empty() {
            inner.known = None;
            return;
        }
        let picture = Picture::of(status);
        let changed = match &inner.known {
            Some(known) => picture.since(known),
            None => picture.fields(),
        };
        let line = name(event, &picture)
            .map_or_else(String::new, |name| message::event(name, with_cause(changed, event, status)));
        let happening = Arc::new(Happening { line, status: status.clone(), settled: status.is_settled() });
        inner.known = Some(picture);
        inner.listeners.retain(|listener| match listener.try_send(Arc::clone(&happening)) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
        });
    }

    /// Everything that happens from now on. The channel ends when its reader falls too far behind.
    /// The listener knows the player as `now` shows it.
    pub(super) fn listen(&self, now: Picture) -> Receiver<Arc<Happening>> {
        let (sender, receiver) = mpsc::sync_channel(WAITING);
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.known.get_or_insert(now);
        inner.listeners.push(sender);
        receiver
    }

    /// Lets go of all listeners: the player ends.
    pub fn close(&self) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).listeners.clear();
    }
}

/// What an event is called; `None` for what nobody outside asks about.
fn name(event: &Event, picture: &Picture) -> Option<&'static str> {
    Some(match event {
        Event::Started(_) => "track-started",
        Event::Changed(Change::Playing) => match picture.state {
            "playing" => "resumed",
            "paused" => "paused",
            _ => "stopped",
        },
        Event::Changed(Change::Sought) => "seeked",
        Event::Changed(Change::Volume) => "volume-changed",
        Event::Changed(Change::Queue) => "queue-changed",
        Event::Changed(Change::Ending) => "options-changed",
        Event::Changed(Change::Heard) => return None,
        Event::Failed(..) => "error",
        Event::Finished | Event::Quit => "stopped",
        Event::OutputLost(_) => "device-lost",
        Event::OutputBack | Event::OutputMoved => "device-back",
        Event::OutputBroken(_) => "device-broken",
        Event::OutputRefused(_) => "device-refused",
        Event::Changed(Change::Outputs) => "outputs-changed",
        Event::Beside(_, Beside::Lost(_)) => "output-lost",
        Event::Beside(_, Beside::Back) => "output-back",
        Event::Beside(_, Beside::Behind) => "output-behind",
    })
}

fn with_cause(mut fields: Map<String, Value>, event: &Event, status: &Status) -> Map<String, Value> {
    match event {
        Event::Failed(item, error) => {
            fields.insert("failed".into(), item.0.into());
            fields.insert("message".into(), error.to_string().into());
        }
        Event::OutputLost(error) | Event::OutputBroken(error) | Event::OutputRefused(error) => {
            fields.insert("message".into(), error.to_string().into());
        }
        Event::Beside(id, news) => {
            let output = status.outputs.iter().find(|output| output.id == *id);
            fields.insert("output".into(), output.map(|output| output.target.to_string()).into());
            if let Beside::Lost(error) = news {
                fields.insert("message".into(), error.to_string().into());
            }
        }
        _ => {}
    }
    fields
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::player::ItemId;

    #[test]
    fn a_listener_hears_what_has_changed_since_it_knew_the_player() {
        let hub = Hub::default();
        let heard = hub.listen(Picture::of(&Status::default()));
        let mut status = Status::default();
        (status.playing, status.item, status.volume) = (true, Some(ItemId(0)), 100);
        hub.tell(&Event::Started(ItemId(0)), &status);
        status.volume = 80;
        hub.tell(&Event::Changed(Change::Volume), &status);
        status.playing = false;
        hub.tell(&Event::Changed(Change::Playing), &status);
        let lines: Vec<Value> =
            heard.try_iter().map(|happening| serde_json::from_str(&happening.line).unwrap()).collect();
        assert_eq!(lines[0]["event"], "track-started");
        assert_eq!((&lines[0]["volume"], lines[0].get("muted")), (&Value::from(100), None));
        assert_eq!(lines[1], serde_json::json!({ "event": "volume-changed", "volume": 80, "position": 0.0 }));
        assert_eq!(lines[2]["event"], "paused");
    }

    #[test]
    fn a_listener_that_does_not_read_is_let_go_and_the_others_go_on() {
        let hub = Hub::default();
        let now = Picture::of(&Status::default());
        let (deaf, keen) = (hub.listen(now.clone()), hub.listen(now));
        let mut heard = 0;
        for _ in 0..=WAITING {
            hub.tell(&Event::Changed(Change::Sought), &Status::default());
            heard += keen.try_iter().count();
        }
        assert_eq!(heard, WAITING + 1);
        assert_eq!(deaf.try_iter().count(), WAITING);
        assert_eq!(deaf.try_recv().unwrap_err(), mpsc::TryRecvError::Disconnected);
    }
}
