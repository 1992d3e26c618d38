//! Takes what a player was given in the place of the listing that it began with; gives the pages of the screen for it:
//! from the queue at once, and from the listing itself once it is read again and held against what plays.
//! Never changes what plays, never asks.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;

use super::ask::{self, Question};
use super::input::{self, InputOptions, PartOptions, VersionsOption};
use super::music::MusicOptions;
use super::panes;
use super::program::{self, Program, Row};
use super::resuming;
use crate::cue::Span;
use crate::library::{Tags, Track};
use crate::player::{Item, ItemId, Origin, View as Queue};
use crate::playlist::Status;
use crate::tui;
use crate::tui::keys::Page;

/// What plays, and what the pages show of it.
#[derive(Debug)]
pub(super) struct Handed {
    program: Program,
    listing: Vec<tui::Row>,
    questions: Vec<Question>,
}

impl Handed {
    /// What plays, as far as the queue tells: names and files.
    pub(super) fn of_queue(queue: &Queue) -> Self {
        let mut program = Program::default();
        match queue.origin.as_deref().filter(|origin| !origin.items.is_empty()) {
            Some(origin) => program.extend(origin.items.iter().map(|item| row_of(item))),
            None => program.extend(queue.items.iter().map(|(_, item)| row_of(item))),
        }
        Self::of(program)
    }

    /// The listing that plays, with what is missing in it, what was not read, and why each file.
    ///
    /// # Errors
    /// When it cannot be read any more, or is not what plays.
    pub(super) fn read(origin: &Origin, music: MusicOptions) -> anyhow::Result<Self> {
        let options = InputOptions {
            inputs: origin.inputs.iter().cloned().map(PathBuf::from).collect(),
            music,
            strict: false,
            part: origin.part.as_deref().map(PartOptions::of_words).unwrap_or_default(),
            versions: VersionsOption::default(),
        };
        let program = input::read(&options, None, true)?;
        Ok(Self::of(told_by(program, &origin.items).context("it is another listing by now")?))
    }

    fn of(mut program: Program) -> Self {
        let (listing, questions) = (panes::listing(&program), ask::questions(&program));
        program.settle(true);
        program.library = None;
        Self { program, listing, questions }
    }

    /// For each entry of the queue that is of the listing its row.
    pub(super) fn rows_of(&self, queue: &Queue) -> HashMap<ItemId, usize> {
        let mut rows: HashMap<(PathBuf, Option<Span>), VecDeque<usize>> = HashMap::new();
        for (at, row) in self.program.rows.iter().enumerate() {
            if let Some(file) = &row.file {
                rows.entry((whole(file), row.span)).or_default().push_back(at);
            }
        }
        let row = |(id, item): &(ItemId, Arc<Item>)| {
            let row = rows.get_mut(&(item.part.path.clone(), item.part.span))?.pop_front()?;
            Some((*id, row))
        };
        queue.items.iter().filter_map(row).collect()
    }

    /// Puts it on the pages, with the mark on what plays; gives what they are about.
    pub(super) fn show(
        self,
        view: &mut tui::View,
        (row, item): (Option<usize>, Option<ItemId>),
    ) -> (Program, Vec<Question>) {
        let asked: Vec<_> = self.questions.iter().cloned().map(Some).collect();
        view.title = self.program.title.as_deref().unwrap_or_default().into();
        view.plays(row, item);
        view.set(Page::Listing, Vec::new()); // the mark is of another listing
        view.set(Page::Listing, self.listing);
        view.set(Page::Review, panes::review(&asked, None));
        (self.program, self.questions)
    }
}

/// Something that plays, as a row of a listing.
fn row_of(item: &Item) -> Row {
    let label = item.label.clone();
    let tags = Tags { artist: label.artist, title: Some(label.title), album: label.album, ..Tags::default() };
    let part = &item.part;
    let track =
        Track { path: part.path.clone(), span: part.span, gains: part.gains, tags, ..Track::default() };
    program::track_row(track)
}

fn whole(file: &Path) -> PathBuf {
    std::path::absolute(file).unwrap_or_else(|_| file.to_owned())
}

/// Lets what plays say which file each row has: whoever has handed it over may have looked elsewhere, taken only what is sure,
/// or been told by the listener. `None` where something plays that no row stands for.
fn told_by(mut program: Program, items: &[Arc<Item>]) -> Option<Program> {
    let mut left = items.iter().peekable();
    for row in &mut program.rows {
        match left.next_if(|item| is_of(item, row)) {
            Some(item) if resuming::item(row).is_some_and(|own| own.part == item.part) => {}
            Some(item) => {
                let Row { file, span, gains, album, .. } = row_of(item);
                (row.file, row.span, row.gains, row.album) = (file, span, gains, album);
                // It is not known here how sure that was.
                (row.status, row.length, row.reasons, row.candidates) = (None, None, Vec::new(), Vec::new());
            }
            None if row.file.is_some() => {
                row.file = None;
                row.status = row.status.filter(|status| *status != Status::Sure).or(Some(Status::Missing));
            }
            None => {}
        }
    }
    left.peek().is_none().then_some(program)
}

/// Whether an item stands for a row: they have the same name, or the same sound.
fn is_of(item: &Item, row: &Row) -> bool {
    let is_named = (&item.label.artist, &item.label.title) == (&row.artist, &row.title);
    is_named || resuming::item(row).is_some_and(|own| own.part == item.part)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs::File;
    use std::io::BufWriter;
    use std::sync::Arc;

    use super::*;
    use crate::cli::music::Music;
    use crate::library;
    use crate::playback::{Sample, Shape, WavWriter};
    use crate::playlist::Index;
    use crate::tui::What;

    /// Songs of Velo, each in a file of its own.
    fn music(titles: &[&str]) -> (tempfile::TempDir, Music) {
        let folder = tempfile::tempdir().unwrap();
        for title in titles {
            let path = folder.path().join(format!("{title}.wav"));
            let shape = Shape { rate: 8000, channels: 1, sample: Sample::S16 };
            let mut writer = WavWriter::new(BufWriter::new(File::create(&path).unwrap()), shape).unwrap();
            writer.write(&[0.5; 800]).unwrap();
            writer.finish_file().unwrap();
            let (artist, title) = (Some("Velo".into()), Some((*title).into()));
            library::write_tags(&path, &Tags { artist, title, ..Tags::default() }).unwrap();
        }
        let library = library::scan(&[folder.path()], &folder.path().join("library.idx"), |_| {}).unwrap();
        let (index, _) = Index::of_library(&library, folder.path());
        (folder, Music { library, index })
    }

    fn program(listing: &str, music: &Music) -> Program {
        let mut program = Program::default();
        input::add_listing(&mut program, Path::new("/l/list.txt"), listing.as_bytes(), music, false).unwrap();
        program
    }

    /// A queue that begins with what a program has files for; its ids begin there.
    fn queue(program: &Program, first: u64) -> Queue {
        let items: Vec<Arc<Item>> = program.rows.iter().filter_map(resuming::item).map(Arc::new).collect();
        let origin =
            Origin { inputs: vec![PathBuf::from("/l/list.txt").into()], part: None, items: items.clone() };
        let items = (first..).map(ItemId).zip(items).collect();
        Queue { items, origin: Some(Arc::new(origin)), ..Queue::default() }
    }

    fn names(rows: &[tui::Row]) -> Vec<(&'static str, &str)> {
        rows.iter().map(|row| (row.sign, row.name.text())).collect()
    }

    const OLD: &str = "The Stones\n\n1. Velo - Amber\n2. Velo - Basalt\n";
    const NEW: &str = "The Metals\n\n1. Velo - Zzyzx Quartz\n2. Velo - Cobalt\n3. Velo - Nickel\n4. Velo - Pyrite\n\n\
                       Buy the record at our shop, it is the best one we made\n";

    #[test]
    fn the_screen_shows_the_listing_that_plays() {
        let (_folder, music) =
            music(&["Amber", "Basalt", "Cobalt", "Nickel", "Pyrite (Live)", "Pyrite (Remix)"]);
        let mut view = tui::View::default();
        let old = program(OLD, &music);
        let held = queue(&old, 0);
        Handed::of(old).show(&mut view, (Some(0), Some(ItemId(0))));
        assert!(tui::seen(&view, 100, 30).contains("Velo - Basalt"));
        assert!(held.items.len() == 2);

        let new = program(NEW, &music);
        let held = queue(&new, 2);
        // At once what is in the queue, then what the listing says.
        let first = Handed::of_queue(&held);
        assert_eq!(first.rows_of(&held), [(ItemId(2), 0), (ItemId(3), 1)].into());
        first.show(&mut view, (Some(1), Some(ItemId(3))));
        let pane = view.pane(Page::Listing);
        assert_eq!(names(pane.rows()), [("✓", "Velo - Cobalt"), ("✓", "Velo - Nickel")]);
        assert_eq!(pane.marked().unwrap().what, What::Entry(1), "what plays is marked");

        let origin = held.origin.clone().unwrap();
        let read = Handed::of(told_by(new, &origin.items).unwrap());
        assert_eq!(read.rows_of(&held), [(ItemId(2), 1), (ItemId(3), 2)].into());
        let (_, questions) = read.show(&mut view, (Some(2), Some(ItemId(3))));
        assert_eq!(questions.len(), 1);
        assert_eq!(view.pane(Page::Listing).marked().unwrap().what, What::Entry(2));
        let screen = tui::seen(&view, 100, 30);
        for shown in [
            "4 Review!",
            "The Metals",
            "✗ 1 Velo - Zzyzx Quartz",
            "✓ 2 Velo - Cobalt",
            "? 4 Velo - Pyrite",
            "not read as tracks",
            "Buy the record at our shop",
        ] {
            assert!(screen.contains(shown), "{shown}:\n{screen}");
        }
        for gone in ["The Stones", "Amber", "Basalt"] {
            assert!(!screen.contains(gone), "{gone}:\n{screen}");
        }

        // One without a question has no review.
        let again = program(OLD, &music);
        Handed::of(again).show(&mut view, (None, None));
        let screen = tui::seen(&view, 100, 30);
        assert!(screen.contains("Velo - Amber") && !screen.contains("Review!"), "{screen}");
    }

    #[test]
    fn what_plays_has_the_last_word() {
        let (_folder, here) = music(&["Cobalt", "Nickel"]);
        let named = |title: &str| {
            let mut item = Item::of_file(format!("/elsewhere/{title}.flac").into());
            item.label.artist = Some("Velo".into());
            Arc::new(item)
        };
        // Found in another folder, and left out although it is here.
        let told = told_by(program(NEW, &here), &[named("Zzyzx Quartz"), named("Cobalt")]).unwrap();
        let file = |at: usize| told.rows[at].file.clone();
        assert_eq!(file(0), Some("/elsewhere/Zzyzx Quartz.flac".into()));
        assert_eq!((file(1), told.rows[1].status), (Some("/elsewhere/Cobalt.flac".into()), None));
        assert_eq!((file(2), told.rows[2].status), (None, Some(Status::Missing)));
        assert_eq!(
            names(&Handed::of(told).listing)[..3].iter().map(|row| row.0).collect::<Vec<_>>(),
            ["✓", "✓", "✗"]
        );
        // The listing was written anew meanwhile.
        assert!(told_by(program(OLD, &here), &[named("Cobalt")]).is_none());
    }

    #[test]
    fn a_part_is_read_from_its_words() {
        for (section, reverse) in [(None, true), (Some("Side B"), false), (Some("2, odd"), true)] {
            let part = PartOptions { section: section.map(str::to_owned), reverse };
            let read = PartOptions::of_words(&part.words().unwrap());
            assert_eq!((read.section, read.reverse), (part.section, part.reverse));
        }
        assert_eq!(PartOptions::default().words(), None);
    }
}
