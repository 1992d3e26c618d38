//! Takes the questions that a listing leaves open and what is answered; lets candidates be heard, writes the
//! answers down and puts the files at their places in the queue.
//! Never answers by itself; the music waits while a candidate sounds, and goes on after it.

use super::Full;
use crate::cli::ask::{self, Answer, Listening};
use crate::cli::panes;
use crate::library::Track;
use crate::player::{Command, Item, Label, Part, Place, Status};
use crate::tui::What;
use crate::tui::keys::{ACTIONS, Does, Keys, Look, Page, Place as Where};

/// How the questions are answered, with the keys that the listener has.
pub(super) fn how(keys: &Keys) -> String {
    let does = [
        (Look::Choose, "takes the marked file"),
        (Look::Listen, "lets you hear it"),
        (Look::NotOwned, "says you have none"),
    ];
    let words = does.iter().filter_map(|(look, words)| {
        let action = ACTIONS.iter().find(|action| action.does == Does::Look(*look))?;
        Some(format!("{} {words}", keys.of(action, Where::Screen).next()?))
    });
    words.collect::<Vec<_>>().join(", ")
}

impl Full<'_> {
    pub(super) fn listen(&mut self, question: usize, candidate: usize, status: &Status) {
        let heard = self.listening.as_ref().map(|(_, heard, _)| *heard);
        self.end_listening();
        if heard == Some((question, candidate)) {
            return;
        }
        let offer = self.questions.get(question).and_then(|asked| asked.as_ref()?.choices.get(candidate));
        let Some(offer) = offer else { return };
        // Of one that was heard before this the music has not gone on yet.
        let goes_on = status.plays() || (heard.is_some() && self.room.remote.settled().plays());
        self.room.remote.send(Command::Pause);
        match Listening::start(&offer.track, &self.room.target) {
            Ok(started) => {
                self.listening = Some((started, (question, candidate), goes_on));
                self.view.set(Page::Review, panes::review(&self.questions, Some((question, candidate))));
            }
            Err(error) => {
                if goes_on {
                    self.room.remote.send(Command::Play);
                }
                self.say(&error);
            }
        }
    }

    pub(super) fn look_after_listening(&mut self) {
        let over = self.listening.as_mut().and_then(|(listening, ..)| listening.over());
        if let Some(problem) = over {
            self.end_listening();
            if let Some(error) = problem {
                self.say(&error.to_string());
            }
        }
    }

    pub(super) fn end_listening(&mut self) {
        let Some((listening, _, goes_on)) = self.listening.take() else { return };
        drop(listening);
        if goes_on {
            self.room.remote.send(Command::Play);
        }
        self.view.set(Page::Review, panes::review(&self.questions, None));
        self.changed();
    }

    /// Writes an answer down, and lets the file play at its place in the listing.
    pub(super) fn answer(&mut self, question: usize, choice: Option<usize>) {
        let Some(asked) = self.questions.get_mut(question).and_then(Option::take) else { return };
        let offer = choice.and_then(|choice| asked.choices.get(choice));
        let answer = offer.map_or(Answer::NotOwned, |offer| Answer::File(Box::new(offer.track.clone())));
        let program = self.program();
        let problem = asked.rows.first().and_then(|row| ask::remember(program.rows.get(*row)?, &answer));
        let mut rows = self.view.pane(Page::Listing).rows().to_vec();
        for row in &asked.rows {
            if let Some(shown) = rows.iter_mut().find(|shown| shown.what == What::Entry(*row)) {
                *shown = panes::decided(shown, offer.map(|offer| (&offer.track, offer.file.clone())));
            }
            if let Some(offer) = offer {
                self.play_at_its_place(*row, &offer.track);
            }
        }
        self.view.set(Page::Listing, rows);
        self.view.set(Page::Review, panes::review(&self.questions, None));
        match problem {
            Some(problem) => self.say(&problem),
            None if offer.is_some() => self.say("remembered, and in the queue at its place"),
            None => self.say("remembered: you have none of these"),
        }
        if self.questions.iter().all(Option::is_none) {
            self.view.open(Page::Listing);
        }
    }

    /// Puts the file of a row behind the nearest row above it that is in the queue.
    fn play_at_its_place(&mut self, row: usize, track: &Track) {
        let entry = &self.program().rows[row];
        let label = Label {
            artist: entry.artist.clone(),
            title: entry.title.clone(),
            album: track.tags.album.clone(),
        };
        let part = Part { path: track.path.clone(), span: track.span, gains: track.gains };
        let view = self.room.remote.view();
        let held =
            view.items.iter().enumerate().filter_map(|(at, (id, _))| Some((*self.room.rows.get(id)?, at)));
        let held: Vec<(usize, usize)> = held.collect();
        let place = match held.iter().filter(|(above, _)| *above < row).max() {
            Some((_, at)) => Place::At(at + 1),
            None if held.is_empty() => Place::Append,
            None => Place::At(0),
        };
        let ids = self.room.remote.insert(vec![Item { part, label }], place);
        for id in ids {
            self.room.rows.insert(id, row);
            self.lengths.extend(track.length.map(|length| (id, length)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_the_review_are_said() {
        let want = "Enter takes the marked file, l lets you hear it, x says you have none";
        assert_eq!(how(&Keys::default()), want);
    }
}
