//! `tonearm pins`: takes the remembered choices; gives them as a table or as JSON. Also what all commands that
//! read listings need of them: which row a pin decides, and keeping track of files that were moved.
//! Never searches for a file by itself.

use std::path::{Path, PathBuf};

use super::exit::Exit;
use super::music::{Music, MusicOptions};
use super::program::{Program, Row};
use super::say;
use crate::library::Track;
use crate::paths::{Environment, Paths};
use crate::playlist::pins::{
    Choice, Pin, PinnedFile, Pins, Scope, Settled, Shelf, Wanted, is_away, listing_name, settle,
};
use crate::playlist::{Candidate, EntryMatch, Listing, Report, Status};
use crate::sanitise;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    music: MusicOptions,
}

/// Nobody is asked about a file that is less likely than this, unless there is no other.
const FAINTEST: f64 = 0.01;

/// What pins have to do with a row.
#[derive(Debug, Default)]
pub(super) struct OfRow {
    /// The entry, as pins know it; none for a file that was named itself.
    pub(super) wanted: Option<Box<Wanted>>,
    /// What its listing is called.
    pub(super) listing: Option<String>,
    /// Of an ambiguous entry the files that it may mean, the likeliest first.
    pub(super) choices: Vec<(Track, f64)>,
    /// What its pin is to remember of the file from now on.
    pub(super) renewed: Option<Box<PinnedFile>>,
}

impl OfRow {
    /// The decision about this row.
    pub(super) fn decided(&self, choice: Choice) -> Option<Pin> {
        let (wanted, listing) = (Wanted::clone(self.wanted.as_ref()?), self.listing.clone());
        let scope = usual_scope(&wanted, listing.as_deref());
        Some(Pin { wanted, choice, listing, scope })
    }
}

/// A title alone ("Intro") means something else in every listing.
pub(super) fn usual_scope(wanted: &Wanted, listing: Option<&str>) -> Scope {
    if wanted.artist.is_some() || listing.is_none() { Scope::Everywhere } else { Scope::Listing }
}

/// Where the pins are.
pub(super) fn path() -> anyhow::Result<PathBuf> {
    Ok(Paths::new(&Environment::of_process())?.pins_file())
}

pub(super) fn load() -> anyhow::Result<Pins> {
    Ok(Pins::load(&path()?)?)
}

/// The path of a listing that is a file.
pub(super) fn file_of(input: &Path) -> Option<&Path> {
    (input != Path::new("-")).then_some(input)
}

/// What pins decide for each entry of a listing, and what they need to know of it.
pub(super) fn of_rows(
    listing: &Listing,
    input: &Path,
    report: &mut Report,
    (music, pins): (&Music, &Pins),
) -> Vec<(Option<Settled>, OfRow)> {
    let name = listing_name(listing, file_of(input));
    let settled = settle(listing, name.as_deref(), report, pins, &Shelf::of(&music.library, &music.index));
    let entries = Wanted::all(listing).into_iter().zip(&report.entries).zip(settled);
    let of_row = |((wanted, found), settled): ((Wanted, &EntryMatch), Option<Settled>)| {
        let open = found.status == Status::Ambiguous && settled.is_none();
        let worth_asking = |(rank, c): &(usize, &Candidate)| open && (*rank == 0 || c.confidence >= FAINTEST);
        let choices = found.candidates.iter().enumerate().filter(worth_asking);
        let choices = choices.filter_map(|(_, c)| Some((music.library.track(c.track)?, c.confidence)));
        let pin = OfRow {
            wanted: Some(wanted.into()),
            listing: name.clone(),
            choices: choices.collect(),
            renewed: settled.as_ref().and_then(|settled| settled.renewed.clone()).map(Box::new),
        };
        (settled, pin)
    };
    entries.map(of_row).collect()
}

/// A row as it was decided.
pub(super) fn settled_row(row: Row, settled: Settled) -> Row {
    let Settled { status, confidence, file, away, reason, .. } = settled;
    let path = file.as_ref().map(|track| track.path.clone());
    let candidates = path.iter().chain(&away).map(|file| (file.clone(), confidence)).collect();
    let (span, length) = file.as_ref().map(|track| (track.span, track.length)).unwrap_or_default();
    let gains = file.map(|track| track.gains).unwrap_or_default();
    let (status, reasons) = (Some(status), vec![reason]);
    Row { status, confidence, reasons, candidates, file: path, length, span, gains, ..row }
}

/// What would be written down of pinned files that were moved or re-tagged, in lines.
pub(super) fn would_keep(program: &Program) -> Vec<String> {
    let renewed = program.rows.iter().filter_map(|row| Some((row, row.pin.renewed.as_ref()?)));
    let told = renewed.map(|(row, file)| {
        let why = row.reasons.first().map(ToString::to_string).unwrap_or_default();
        format!("would be renewed: {}. {} -> {} ({why})", row.number, row.name(), program.name_of(&file.path))
    });
    let lines: Vec<String> = told.collect();
    if lines.is_empty() { vec!["nothing that is pinned would be renewed".into()] } else { lines }
}

/// Writes down what has become of pinned files.
pub(super) fn keep(program: &Program) -> anyhow::Result<()> {
    let renewed =
        |row: &Row| Some((row.pin.wanted.clone()?, row.pin.listing.clone(), row.pin.renewed.clone()?));
    let changes: Vec<_> = program.rows.iter().filter_map(renewed).collect();
    if !changes.is_empty() {
        Pins::change(&path()?, |pins| {
            for (wanted, listing, file) in changes {
                pins.renew(&wanted, listing.as_deref(), *file);
            }
        })?;
    }
    Ok(())
}

pub(super) fn run(options: &Options) -> anyhow::Result<Exit> {
    let pins = load()?;
    let away = options.music.bare();
    if options.json {
        let all: Vec<_> = pins.all().iter().map(|pin| object(pin, state(pin, &away))).collect();
        say::line(&say::json(&all)?);
        return Ok(Exit::Done);
    }
    if pins.all().is_empty() {
        say::aside("nothing is pinned");
    }
    for pin in pins.all() {
        say::line(&line(pin, state(pin, &away)));
    }
    Ok(Exit::Done)
}

/// What has become of a pin's file, in a word; `away` are music folders that are not there.
fn state(pin: &Pin, away: &[PathBuf]) -> &'static str {
    match &pin.choice {
        Choice::NotOwned => "not owned",
        Choice::File(file) if file.path.is_file() => "there",
        Choice::File(file) if is_away(&file.path, away) => "away",
        Choice::File(_) => "moved or gone",
    }
}

/// One line a pin: what, where it holds, which file.
fn line(pin: &Pin, state: &str) -> String {
    let name = pin.wanted.name();
    let place = match (&pin.listing, pin.scope) {
        (Some(listing), Scope::Listing) => format!("only in {}", sanitise::line(listing)),
        (Some(listing), Scope::Everywhere) => format!("from {}", sanitise::line(listing)),
        (None, _) => "everywhere".into(),
    };
    let file = match &pin.choice {
        Choice::File(file) if state == "there" => sanitise::path(&file.path).into_owned(),
        Choice::File(file) => format!("{} ({state})", sanitise::path(&file.path)),
        Choice::NotOwned => "none of your files".into(),
    };
    format!("{}  ->  {file}  [{place}]", sanitise::line(&name))
}

fn object(pin: &Pin, state: &str) -> serde_json::Value {
    let file = match &pin.choice {
        Choice::File(file) => Some(file),
        Choice::NotOwned => None,
    };
    serde_json::json!({
        "artist": pin.wanted.artist, "title": pin.wanted.title, "album": pin.wanted.album,
        "section": pin.wanted.section, "number": pin.wanted.number,
        "listing": pin.listing,
        "scope": if pin.scope == Scope::Everywhere { "everywhere" } else { "listing" },
        "file": file.map(|file| file.path.to_string_lossy()),
        "from": file.and_then(|file| file.span).map(|span| span.from().to_string()),
        "to": file.and_then(|file| file.span?.to()).map(|place| place.to_string()),
        "size": file.map(|file| file.size),
        "frames": file.and_then(|file| file.identity.frames),
        "rate": file.map(|file| file.identity.rate),
        "audio": file.map(|file| file.identity.audio.to_string()),
        "state": state,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_reads_as_a_sentence() {
        let wanted = Wanted { artist: Some("A\u{1b}".into()), title: "B".into(), ..Wanted::default() };
        let pin =
            Pin { wanted, choice: Choice::NotOwned, listing: Some("Mix".into()), scope: Scope::Everywhere };
        assert_eq!(line(&pin, "not owned"), "A - B  ->  none of your files  [from Mix]");
        let here = Pin { scope: Scope::Listing, ..pin };
        assert_eq!(line(&here, "not owned"), "A - B  ->  none of your files  [only in Mix]");
    }

    #[test]
    fn a_title_alone_is_remembered_for_its_listing() {
        let intro = Wanted { title: "Intro".into(), ..Wanted::default() };
        assert_eq!(usual_scope(&intro, Some("x")), Scope::Listing);
        assert_eq!(usual_scope(&intro, None), Scope::Everywhere);
        let song = Wanted { artist: Some("A".into()), ..intro };
        assert_eq!(usual_scope(&song, Some("x")), Scope::Everywhere);
    }
}
