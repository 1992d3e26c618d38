//! Takes the listener's decisions about entries; gives the one that holds for an entry of a listing, and
//! keeps them in a file that people can read and edit (`file`).
//! Never asks, never overrules what a listing's own files say elsewhere: a pin of another listing only
//! settles doubt.
//!
//! ```text
//! listing, tracks, pins -> settle: pin of the entry -> locate: path, else identity -> file, away, gone
//! ```

mod away;
mod file;
mod locate;
mod settle;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cue::Span;
use crate::library::{Identity, IdentityError, Track, identify};
use crate::playlist::matching::name_key;
use crate::playlist::{Entry, Listing};

pub use away::is_away;
pub use file::PinsError;
pub use locate::{How, Located, locate};
pub use settle::{Settled, Shelf, settle};

/// The entry that a decision is about, as the listing has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Its artist, or the listing's.
    pub artist: Option<String>,
    /// Its title.
    pub title: String,
    /// The release that the entry names.
    pub album: Option<String>,
    /// The heading that the entry stands under.
    pub section: Option<String>,
    /// Its number, where nothing else tells it from another entry of the listing.
    pub number: Option<u32>,
}

impl Wanted {
    /// The entries of a listing, in order.
    pub fn all(listing: &Listing) -> Vec<Self> {
        let named = |entry: &Entry| Self {
            artist: entry.artist.clone().or_else(|| listing.artist.clone()),
            title: entry.title.clone(),
            album: entry.more.album.clone(),
            section: entry.more.section.clone(),
            number: None,
        };
        let mut all: Vec<Self> = listing.entries.iter().map(named).collect();
        let keys: Vec<Key> = all.iter().map(Key::of).collect();
        let mut alike: HashMap<&[String], Vec<usize>> = HashMap::new();
        for (at, key) in keys.iter().enumerate() {
            alike.entry(&key.names).or_default().push(at);
        }
        let number = |at: usize| listing.entries[at].number;
        for (at, wanted) in all.iter_mut().enumerate() {
            let twin = |other: &usize| number(*other) != number(at) && keys[*other].agrees(&keys[at]);
            if alike[keys[at].names.as_slice()].iter().any(twin) {
                wanted.number = number(at);
            }
        }
        all
    }

    /// "Artist - Title", or the title alone.
    pub fn name(&self) -> String {
        match &self.artist {
            Some(artist) => format!("{artist} - {}", self.title),
            None => self.title.clone(),
        }
    }
}

/// What counts of an entry. Which of its names is the artist does not: with other files in the library the
/// same line may be read the other way round.
#[derive(Debug, Clone)]
struct Key {
    names: Vec<String>,
    album: Option<String>,
    section: Option<String>,
    number: Option<u32>,
}

impl Key {
    fn of(wanted: &Wanted) -> Self {
        let mut names: Vec<String> =
            wanted.artist.iter().chain([&wanted.title]).map(|name| name_key(name)).collect();
        names.sort_unstable();
        let key = |text: &Option<String>| text.as_deref().map(name_key);
        Self { names, album: key(&wanted.album), section: key(&wanted.section), number: wanted.number }
    }

    /// Whether both are about one thing, as far as both say.
    fn agrees(&self, other: &Self) -> bool {
        fn agree<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> bool {
            a.is_none() || b.is_none() || a == b
        }
        self.names == other.names
            && agree(&self.album, &other.album)
            && agree(&self.section, &other.section)
            && agree(&self.number, &other.number)
    }
}

/// What a listing is called: by its title, else by its file.
pub fn listing_name(listing: &Listing, path: Option<&Path>) -> Option<String> {
    let stem = || path.and_then(Path::file_stem).map(|stem| stem.to_string_lossy().into_owned());
    listing.title.clone().or_else(stem)
}

/// Where a decision holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In the listing it was made for; in others wherever there is doubt.
    Everywhere,
    /// In the listing it was made for.
    Listing,
}

/// A file, by more than its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedFile {
    /// Where it was last, absolute.
    pub path: PathBuf,
    /// The part of it, of a disc in one file; `None` for the whole.
    pub span: Option<Span>,
    /// Its size in bytes.
    pub size: u64,
    /// Its sound, which outlives its name and tags.
    pub identity: Identity,
    /// What its tags said.
    pub tags: PinnedTags,
}

/// The tags that a pin remembers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PinnedTags {
    /// Track artist.
    pub artist: Option<String>,
    /// Track title.
    pub title: Option<String>,
    /// Release title.
    pub album: Option<String>,
}

impl PinnedTags {
    fn of(track: &Track) -> Self {
        let tags = &track.tags;
        Self { artist: tags.artist.clone(), title: tags.title.clone(), album: tags.album.clone() }
    }
}

impl PinnedFile {
    /// Reads what identifies the file of a track.
    ///
    /// # Errors
    /// When it cannot be read, or holds no sound.
    pub fn of(track: &Track) -> Result<Self, IdentityError> {
        let identity = identify(&track.path)?;
        Ok(Self::with(track, identity))
    }

    fn with(track: &Track, identity: Identity) -> Self {
        let Track { size, span, .. } = *track;
        Self { path: track.path.clone(), span, size, identity, tags: PinnedTags::of(track) }
    }

    /// How long it plays.
    fn length(&self) -> Option<Duration> {
        let file = self.identity.length();
        self.span.map_or(file, |span| span.length(file))
    }
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// This file.
    File(PinnedFile),
    /// The owner does not have it.
    NotOwned,
}

/// A decision about an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// The entry.
    pub wanted: Wanted,
    /// What was decided.
    pub choice: Choice,
    /// What the listing is called for which it was decided.
    pub listing: Option<String>,
    /// Where it holds.
    pub scope: Scope,
}

impl Pin {
    fn is_of_listing(&self, listing: Option<&str>) -> bool {
        self.listing.is_some() && self.listing.as_deref().map(name_key) == listing.map(name_key)
    }
}

/// All decisions, as the file has them.
#[derive(Debug, Clone, Default)]
pub struct Pins {
    pins: Vec<Pin>,
    /// What counts of the entry of each.
    keys: Vec<Key>,
    /// With what people wrote into it.
    document: file::Document,
}

impl Pins {
    /// The decisions, in the order of the file.
    pub fn all(&self) -> &[Pin] {
        &self.pins
    }

    /// The decision about an entry, as a position in [`Pins::all`]: one for this listing rather than one
    /// for another, a later one rather than an earlier.
    pub fn find(&self, wanted: &Wanted, listing: Option<&str>) -> Option<usize> {
        let key = Key::of(wanted);
        let about = || (0..self.pins.len()).rev().filter(|at| self.keys[*at].agrees(&key));
        let own = about().find(|at| self.pins[*at].is_of_listing(listing));
        own.or_else(|| about().find(|at| self.pins[*at].scope == Scope::Everywhere))
    }

    /// Whether the decision at `at` was made for this listing.
    pub fn is_own(&self, at: usize, listing: Option<&str>) -> bool {
        self.pins[at].is_of_listing(listing)
    }

    /// Remembers a decision in place of the one that there is for the same entry of the same listing.
    pub fn set(&mut self, pin: Pin) {
        let of = |pin: &Pin| pin.listing.as_deref().map(name_key);
        match self.find(&pin.wanted, pin.listing.as_deref()).filter(|at| of(&self.pins[*at]) == of(&pin)) {
            Some(at) => self.replace(at, pin),
            None => {
                self.document.append(&pin);
                self.keys.push(Key::of(&pin.wanted));
                self.pins.push(pin);
            }
        }
    }

    /// Remembers what has become of the file of the decision about `wanted`.
    pub fn renew(&mut self, wanted: &Wanted, listing: Option<&str>, file: PinnedFile) {
        if let Some(at) = self.find(wanted, listing) {
            let pin = Pin { choice: Choice::File(file), ..self.pins[at].clone() };
            self.replace(at, pin);
        }
    }

    fn replace(&mut self, at: usize, pin: Pin) {
        self.document.replace(at, &pin);
        self.keys[at] = Key::of(&pin.wanted);
        self.pins[at] = pin;
    }

    /// Forgets the decisions at these positions.
    pub fn remove(&mut self, positions: &[usize]) {
        for at in (0..self.pins.len()).rev().filter(|at| positions.contains(at)) {
            self.document.remove(at);
            self.keys.remove(at);
            self.pins.remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::playlist::Details;

    fn wanted(artist: &str, title: &str) -> Wanted {
        Wanted { artist: Some(artist.into()), title: title.into(), ..Wanted::default() }
    }

    fn none(wanted: Wanted, listing: &str, scope: Scope) -> Pin {
        Pin { wanted, choice: Choice::NotOwned, listing: Some(listing.into()), scope }
    }

    #[test]
    fn an_entry_is_known_by_its_names_however_they_are_written() {
        let mut pins = Pins::default();
        pins.set(none(wanted("Vinnie DiCola", "Heart's on Fire"), "Rocky IV", Scope::Everywhere));
        for (artist, title) in [("VINNIE DICOLA", "Hearts on  fire"), ("Heart’s on Fire", "Vinnie Dicola")]
        {
            assert_eq!(pins.find(&wanted(artist, title), None), Some(0), "{artist} - {title}");
        }
        for (artist, title) in [("Vinnie DiCola", "War"), ("", "Hearts on fire")] {
            assert_eq!(pins.find(&wanted(artist, title), None), None, "{artist} - {title}");
        }
        let mut live = wanted("Vinnie DiCola", "Heart's on Fire");
        live.album = Some("Live".into());
        assert_eq!(pins.find(&live, None), Some(0), "a pin that says no album holds for any");
        pins.set(none(Wanted { album: Some("Studio".into()), ..live.clone() }, "x", Scope::Listing));
        assert_eq!(pins.find(&live, Some("x")), Some(0));
    }

    #[test]
    fn the_listings_own_decision_comes_first_and_others_only_where_they_hold() {
        let mut pins = Pins::default();
        let song = wanted("A", "B");
        pins.set(none(song.clone(), "first", Scope::Everywhere));
        pins.set(none(song.clone(), "second", Scope::Listing));
        let found = |listing: Option<&str>| pins.find(&song, listing);
        assert_eq!(found(Some("First ")), Some(0));
        assert_eq!(found(Some("second")), Some(1));
        assert_eq!((found(Some("third")), found(None)), (Some(0), Some(0)));
        assert!(pins.is_own(1, Some("second")) && !pins.is_own(0, Some("third")) && !pins.is_own(0, None));
    }

    #[test]
    fn a_new_decision_takes_the_place_of_the_old() {
        let mut pins = Pins::default();
        pins.set(none(wanted("A", "B"), "one", Scope::Everywhere));
        pins.set(none(wanted("A", "B"), "one", Scope::Listing));
        pins.set(none(wanted("A", "B"), "two", Scope::Everywhere));
        assert_eq!(pins.all().len(), 2);
        assert_eq!(pins.all()[0].scope, Scope::Listing);
        pins.remove(&[0]);
        assert_eq!(pins.all().len(), 1);
        assert_eq!(pins.all()[0].listing.as_deref(), Some("two"));
    }

    #[test]
    fn only_entries_that_nothing_else_tells_apart_are_known_by_number() {
        let entry = |number, title: &str, section: Option<&str>| Entry {
            title: title.into(),
            number: Some(number),
            more: Details { section: section.map(str::to_owned), ..Details::default() }.into(),
            ..Entry::default()
        };
        let entries = vec![
            entry(1, "Interlude", None),
            entry(2, "Song", None),
            entry(3, "Interlude", None),
            entry(4, "Allegro", Some("First")),
            entry(5, "Allegro", Some("Second")),
        ];
        let listing = Listing { artist: Some("Band".into()), entries, ..Listing::default() };
        let wanted = Wanted::all(&listing);
        let numbers: Vec<_> = wanted.iter().map(|wanted| wanted.number).collect();
        assert_eq!(numbers, [Some(1), None, Some(3), None, None]);
        assert_eq!(wanted[1].name(), "Band - Song");
    }
}
