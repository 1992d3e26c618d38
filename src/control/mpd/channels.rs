//! Takes messages of clients; keeps them for the clients that listen to their channel, until these read them.
//! Never keeps more than a few for a client that does not.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use super::ack::Fault;

/// Messages that are kept for a client.
const KEPT: usize = 64;
/// Channels that a client may listen to.
const CHANNELS: usize = 16;

/// Who listens to what.
#[derive(Debug, Default)]
pub(super) struct Channels(Mutex<BTreeMap<u64, Listener>>);

#[derive(Debug, Default)]
struct Listener {
    channels: BTreeSet<String>,
    messages: VecDeque<(String, String)>,
}

impl Channels {
    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<u64, Listener>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn subscribe(&self, client: u64, channel: &str) -> Result<(), Fault> {
        let is_letter = |c: char| c.is_ascii_alphanumeric() || "_-.:".contains(c);
        if channel.is_empty() || channel.len() > 64 || !channel.chars().all(is_letter) {
            return Err(Fault::Argument("invalid channel name".into()));
        }
        self.with(|all| {
            let listener = all.entry(client).or_default();
            if listener.channels.contains(channel) {
                return Err(Fault::Already("already subscribed to this channel"));
            }
            if listener.channels.len() >= CHANNELS {
                return Err(Fault::Already("subscription list is full"));
            }
            listener.channels.insert(channel.to_owned());
            Ok(())
        })
    }

    pub(super) fn unsubscribe(&self, client: u64, channel: &str) -> Result<(), Fault> {
        let removed =
            self.with(|all| all.get_mut(&client).is_some_and(|listener| listener.channels.remove(channel)));
        if removed { Ok(()) } else { Err(Fault::NoChannel) }
    }

    /// All channels that somebody listens to.
    pub(super) fn names(&self) -> BTreeSet<String> {
        self.with(|all| all.values().flat_map(|listener| listener.channels.clone()).collect())
    }

    pub(super) fn send(&self, channel: &str, words: &str) -> Result<(), Fault> {
        let heard = self.with(|all| {
            let mut heard = false;
            for listener in all.values_mut().filter(|listener| listener.channels.contains(channel)) {
                if listener.messages.len() < KEPT {
                    listener.messages.push_back((channel.to_owned(), words.to_owned()));
                }
                heard = true;
            }
            heard
        });
        if heard { Ok(()) } else { Err(Fault::Unheard) }
    }

    pub(super) fn read(&self, client: u64) -> Vec<(String, String)> {
        self.with(|all| {
            all.get_mut(&client).map(|listener| listener.messages.drain(..).collect()).unwrap_or_default()
        })
    }

    /// The client is gone.
    pub(super) fn leave(&self, client: u64) {
        self.with(|all| all.remove(&client));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn messages_reach_those_who_listen_and_are_bounded() {
        let channels = Channels::default();
        channels.subscribe(1, "scribble").unwrap();
        assert!(channels.subscribe(1, "scribble").is_err());
        assert!(channels.subscribe(1, "no blank").is_err());
        channels.send("scribble", "love").unwrap();
        assert_eq!(channels.send("other", "love"), Err(Fault::Unheard));
        assert_eq!(channels.read(1), [("scribble".to_owned(), "love".to_owned())]);
        (0..1000).for_each(|n| channels.send("scribble", &n.to_string()).unwrap());
        assert_eq!(channels.read(1).len(), KEPT);
        channels.unsubscribe(1, "scribble").unwrap();
        assert!(channels.names().is_empty());
        assert!(channels.unsubscribe(2, "scribble").is_err());
    }
}
