//! Takes what was pointed at on a page: an entry, something heard or found; gives the queue its item, and the
//! page of the queue its rows.
//! Never decides what plays next: it asks the player.

use std::collections::HashMap;
use std::time::Duration;

use super::Full;
use crate::cli::ask::Question;
use crate::cli::program;
use crate::cli::{panes, resuming};
use crate::player::{Command, Item, ItemId, Place};
use crate::tui::What;
use crate::tui::keys::Page;

impl Full<'_> {
    /// The entry of the queue that something is.
    pub(super) fn item_of(&self, what: What) -> Option<ItemId> {
        let in_queue = |item: &ItemId| self.room.remote.view().items.iter().any(|(held, _)| held == item);
        let item = match what {
            What::Item(item) => Some(item),
            What::Heard(at) => self.history.get(at).map(|(item, _)| *item),
            What::Entry(row) => self.room.rows.iter().find(|(_, at)| **at == row).map(|(item, _)| *item),
            _ => None,
        };
        item.filter(in_queue)
    }

    /// Something as the player takes it.
    fn as_item(&self, what: What) -> Option<Item> {
        match what {
            What::Entry(row) => resuming::item(self.program().rows.get(row)?),
            What::Heard(at) => self.history.get(at).map(|(_, item)| (**item).clone()),
            What::Found(at) => resuming::item(&program::track_row(self.found.get(at)?.clone())),
            _ => None,
        }
    }

    fn length_of(&self, what: What) -> Option<Duration> {
        match what {
            What::Entry(row) => self.program().rows.get(row)?.length,
            What::Heard(at) => self.lengths.get(&self.history.get(at)?.0).copied(),
            What::Found(at) => self.found.get(at)?.length,
            _ => None,
        }
    }

    /// Puts something into the queue; gives its id there.
    fn insert(&mut self, what: What, place: Place) -> Option<ItemId> {
        let item = self.as_item(what)?;
        let id = *self.room.remote.insert(vec![item], place).first()?;
        self.lengths.extend(self.length_of(what).map(|length| (id, length)));
        if let What::Entry(row) = what {
            self.room.rows.insert(id, row);
        }
        Some(id)
    }

    pub(super) fn play(&mut self, what: What) {
        let asks = |question: &Option<Question>| match (question, what) {
            (Some(question), What::Entry(row)) => question.rows.contains(&row),
            _ => false,
        };
        if let Some(question) = self.questions.iter().position(asks) {
            return self.view.show(Page::Review, What::Candidate(question, 0));
        }
        let item = self.item_of(what).or_else(|| self.insert(what, Place::Next));
        match item {
            Some(item) => {
                self.room.remote.send(Command::Goto(item));
                self.room.remote.send(Command::Play);
            }
            None => self.say("there is no file for that"),
        }
    }

    pub(super) fn add(&mut self, what: What) {
        let what = match what {
            What::Item(item) => match self.room.remote.view().items.iter().find(|(held, _)| *held == item) {
                Some((_, held)) => {
                    let copy = Item::clone(held);
                    self.room.remote.add(vec![copy], Place::Append);
                    return self.say("once more at the end of the queue");
                }
                None => return,
            },
            what => what,
        };
        match self.insert(what, Place::Append) {
            Some(_) => self.say("at the end of the queue"),
            None => self.say("there is no file for that"),
        }
    }

    pub(super) fn list_queue(&mut self) {
        let view = self.room.remote.view();
        let items: HashMap<ItemId, &Item> = view.items.iter().map(|(id, item)| (*id, &**item)).collect();
        let order = view.order.iter().filter_map(|id| Some((*id, *items.get(id)?)));
        let rows = panes::queue(order, |id| self.lengths.get(&id).copied());
        self.view.set(Page::Queue, rows);
        self.queue_is_old = false;
    }
}
