//! Takes what plays, what is to be read, and what was asked for by keys and mouse; gives one plain value from which the
//! screen is drawn, and what is wished of others. Pure: no terminal, no player, no clock.

use super::draw::Areas;
use super::extras::Extras;
use super::keys::{Does, Keys, Look, Page, Place, Turn};
use super::lyrics::Scroll;
use super::pane::{Pane, Row, What};
use super::words::Words;
use super::{Chord, Pointed};
use crate::player::{Command, ItemId};
use crate::sanitise;

/// What plays.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Now {
    /// Whether it plays (else it is paused).
    pub playing: bool,
    /// Artist.
    pub artist: Words,
    /// Title.
    pub title: Words,
    /// The release it is on.
    pub release: Words,
    /// What its file holds, and what becomes of that on its way to the device.
    pub format: Words,
    /// Its number, and of how many.
    pub place: Words,
    /// The time that is heard, as a clock shows it.
    pub elapsed: Words,
    /// Its length, or "?".
    pub length: Words,
    /// How much of it was heard, 0.0..=1.0, where its length is known.
    pub share: Option<f64>,
}

/// One of the modes that a line shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Mode {
    /// In words.
    pub words: Words,
    /// Whether it is not as usual: those go first where there is little room.
    pub is_set: bool,
}

/// What is wished of others.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// Of the player.
    Command(Command),
    /// Of the player, from how it stands.
    Turn(Turn),
    /// To a share of the current track, 0.0..=1.0.
    Seek(f64),
    /// Play this now: an entry of the listing, something heard or found.
    Play(What),
    /// Put it at the end of the queue.
    Add(What),
    /// Take it out of the queue.
    Remove(What),
    /// Move it to that place of the queue, from 0.
    Move(ItemId, usize),
    /// Find this in the library.
    Find(String),
    /// Hear a candidate of a question.
    Listen(usize, usize),
    /// A question is answered: this candidate, or none of them.
    Answer(usize, Option<usize>),
    /// Look which outputs there are.
    Outputs,
    /// Let the music go to this output, and to no other.
    Output(usize),
    /// Let it go there, too, or no more.
    Beside(usize),
    /// Something to be said.
    Say(&'static str),
    /// Draw all of it anew.
    Redraw,
    /// Go to sleep until the shell wakes the program.
    Suspend,
    /// End the player.
    Quit,
    /// End it at once.
    Interrupt,
}

/// Everything that the screen shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct View {
    /// What the listing calls itself.
    pub title: Words,
    /// What plays, if anything.
    pub now: Option<Now>,
    /// Volume, order, end, gain.
    pub modes: Vec<Mode>,
    /// What has happened, for some seconds.
    pub message: Option<Words>,
    /// The page that is open.
    pub page: Page,
    /// What plays, as the listing and the queue have it.
    pub current: (Option<usize>, Option<ItemId>),
    /// What is searched for.
    pub query: String,
    /// What is said of what was found.
    pub tally: Words,
    /// Keys and their words, while they are shown, and the first of them in sight.
    pub help: Option<(Vec<(String, &'static str)>, usize)>,
    /// What belongs to what plays beside its names.
    pub extras: Extras,
    panes: [Pane; Page::ALL.len()],
    /// The page that the search came from.
    before: Page,
}

/// Rows that a turn of the wheel moves.
const WHEEL: isize = 3;

/// Letters that a search may have.
const QUERY: usize = 200;

impl View {
    /// The list of a page.
    pub fn pane(&self, page: Page) -> &Pane {
        &self.panes[page.at()]
    }

    /// Other rows for a page.
    pub fn set(&mut self, page: Page, rows: Vec<Row>) {
        self.panes[page.at()].set(rows);
    }

    /// Opens a page.
    pub fn open(&mut self, page: Page) {
        if page == Page::Search && self.page != Page::Search {
            self.before = self.page;
        }
        self.page = page;
    }

    /// Something else plays. Marks that were on what played before go along.
    pub fn plays(&mut self, entry: Option<usize>, item: Option<ItemId>) {
        let is_on = |pane: &Pane, what: Option<What>| pane.marked().map(|row| row.what) == what;
        let (old_entry, old_item) = self.current;
        for (page, old, new) in [
            (Page::Listing, old_entry.map(What::Entry), entry.map(What::Entry)),
            (Page::Queue, old_item.map(What::Item), item.map(What::Item)),
        ] {
            let pane = &mut self.panes[page.at()];
            if old.is_none() || is_on(pane, old) {
                new.map(|what| pane.settle_on(what));
            }
        }
        self.current = (entry, item);
    }

    /// Whether a row stands for what plays.
    pub fn is_current(&self, what: What) -> bool {
        match what {
            What::Entry(entry) => self.current.0 == Some(entry),
            What::Item(item) => self.current.1 == Some(item),
            _ => false,
        }
    }

    /// Does what a key asks for; gives what is wished of others.
    pub fn press(&mut self, chord: Chord, keys: &Keys) -> Option<Wish> {
        let place = if self.page == Page::Search { Place::Search } else { Place::Screen };
        match keys.find(chord, place) {
            Some(action) => self.act(action.does, keys),
            None => chord.typed().filter(|_| place == Place::Search).and_then(|letter| self.write(letter)),
        }
    }

    /// Does what the mouse asks for.
    pub fn point(&mut self, pointed: Pointed, areas: &Areas) -> Option<Wish> {
        match pointed {
            Pointed::Wheel(by) => {
                self.scroll(WHEEL * by);
                None
            }
            Pointed::Click { column, row, twice } => {
                if let Some(share) = areas.seek_at(column, row) {
                    return self.now.is_some().then_some(Wish::Seek(share));
                }
                if let Some(page) = areas.page_at(column, row) {
                    return self.look(Look::Page(page));
                }
                let at = areas.row_at(column, row).filter(|at| self.own().rows().len() > *at)?;
                let is_row = self.own().rows()[at].what != What::Heading;
                if is_row && self.help.is_none() {
                    self.own_mut().settle(at);
                    return if twice { self.look(Look::Choose) } else { None };
                }
                None
            }
        }
    }

    fn act(&mut self, does: Does, keys: &Keys) -> Option<Wish> {
        match does {
            Does::Command(command) => Some(Wish::Command(command)),
            Does::Turn(turn) => Some(Wish::Turn(turn)),
            Does::Look(look) => self.look(look),
            Does::Help => {
                self.help = match self.help {
                    None => Some((help(keys), 0)),
                    Some(_) => None,
                };
                None
            }
            Does::Quit => Some(Wish::Quit),
            Does::Interrupt => Some(Wish::Interrupt),
        }
    }

    fn own(&self) -> &Pane {
        self.pane(self.page)
    }

    fn own_mut(&mut self) -> &mut Pane {
        &mut self.panes[self.page.at()]
    }

    fn scroll(&mut self, by: isize) {
        match &mut self.help {
            Some((_, top)) => *top = top.saturating_add_signed(by),
            None if self.page == Page::Lyrics => self.extras.scroll(by),
            None => self.own_mut().step(by),
        }
    }

    fn look(&mut self, look: Look) -> Option<Wish> {
        match look {
            Look::Up => self.scroll(-1),
            Look::Down => self.scroll(1),
            Look::PageUp => self.scroll(-10),
            Look::PageDown => self.scroll(10),
            Look::First => self.scroll(-isize::MAX),
            Look::Last => self.scroll(isize::MAX),
            Look::Current => self.go_to_current(),
            Look::Page(page) => return self.turn_to(page),
            Look::NextPage => return self.turn_to(self.page.turned(1)),
            Look::PreviousPage => return self.turn_to(self.page.turned(-1)),
            Look::Erase => {
                self.query.pop();
                return Some(Wish::Find(self.query.clone()));
            }
            Look::EraseAll => {
                self.query.clear();
                return Some(Wish::Find(String::new()));
            }
            Look::Cover => self.extras.hides_cover = !self.extras.hides_cover,
            Look::Meters => self.extras.toggle_meters(),
            Look::Back => return self.back(),
            Look::Redraw => return Some(Wish::Redraw),
            Look::Suspend => return Some(Wish::Suspend),
            Look::Choose | Look::Add | Look::Remove | Look::Raise | Look::Lower => {
                return self.with_marked(look);
            }
            Look::Listen | Look::NotOwned => {
                let Some(What::Candidate(question, candidate)) = self.own().marked().map(|row| row.what)
                else {
                    return Some(Wish::Say("that is for candidates of the review"));
                };
                return Some(match look {
                    Look::Listen => Wish::Listen(question, candidate),
                    _ => Wish::Answer(question, None),
                });
            }
        }
        None
    }

    /// What is wished of the marked row.
    fn with_marked(&mut self, look: Look) -> Option<Wish> {
        let what = self.own().marked()?.what;
        match (look, what) {
            (_, What::Unread(_)) => Some(Wish::Say("that line was not read as a track")),
            (Look::Choose, What::Item(item)) => Some(Wish::Command(Command::Goto(item))),
            (Look::Choose, What::Candidate(question, candidate)) => {
                Some(Wish::Answer(question, Some(candidate)))
            }
            (Look::Choose, What::Output(output)) => Some(Wish::Output(output)),
            (Look::Choose, _) => Some(Wish::Play(what)),
            (Look::Add, What::Output(output)) => Some(Wish::Beside(output)),
            (Look::Add, What::Candidate(..)) => Some(Wish::Say("only tracks go into the queue")),
            (Look::Add, _) => Some(Wish::Add(what)),
            (Look::Remove, What::Item(_) | What::Entry(_)) => Some(Wish::Remove(what)),
            (Look::Remove, _) => Some(Wish::Say("that is for entries of the queue")),
            (_, What::Item(item)) => {
                let (at, by) = (self.own().mark(), if look == Look::Raise { -1 } else { 1 });
                let to = at.checked_add_signed(by).filter(|to| *to < self.own().rows().len())?;
                Some(Wish::Move(item, to))
            }
            _ => Some(Wish::Say("that is for entries of the queue")),
        }
    }

    fn go_to_current(&mut self) {
        if self.page == Page::Lyrics {
            self.extras.scroll = Scroll::Follow;
            return;
        }
        let (entry, item) = self.current;
        if !matches!(self.page, Page::Listing | Page::Queue) {
            self.page = Page::Queue;
        }
        let what = match self.page {
            Page::Listing => entry.map(What::Entry),
            _ => item.map(What::Item),
        };
        if !what.is_some_and(|what| self.own_mut().settle_on(what)) && self.page == Page::Listing {
            // It is not of the listing.
            self.page = Page::Queue;
            item.map(|item| self.own_mut().settle_on(What::Item(item)));
        }
    }

    fn turn_to(&mut self, page: Page) -> Option<Wish> {
        self.open(page);
        (page == Page::Outputs).then_some(Wish::Outputs)
    }

    fn back(&mut self) -> Option<Wish> {
        match (self.help.take(), self.page) {
            (Some(_), _) => {}
            (None, Page::Listing) => return Some(Wish::Quit),
            (None, Page::Search) => self.page = self.before,
            (None, _) => self.page = Page::Listing,
        }
        None
    }

    fn write(&mut self, letter: char) -> Option<Wish> {
        let has_room = self.query.chars().nth(QUERY).is_none();
        if !sanitise::is_safe(letter) || !has_room {
            return None;
        }
        self.query.push(letter);
        Some(Wish::Find(self.query.clone()))
    }

    /// Remembers what was in sight, so that lists move no more than they must.
    pub fn was_drawn(&mut self, areas: &Areas) {
        self.own_mut().shown_from(areas.top);
        if let Some((_, top)) = &mut self.help {
            *top = areas.help_top;
        }
    }
}

/// All keys of the screen with their words.
fn help(keys: &Keys) -> Vec<(String, &'static str)> {
    keys.help(Place::Screen).into_iter().map(|(keys, words)| (keys.join(" "), words)).collect()
}
