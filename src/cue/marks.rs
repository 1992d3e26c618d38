//! Takes tracks with the marks that a sheet gives them; gives the part of a file that each of them is. A mark
//! that cannot be costs its own track, no other. Never reads text.

use super::read::gain;
use super::{Gain, Gains, Problem, Sector, Sheet, Sound, Span, Track};

/// What a sheet says, line by line.
#[derive(Default)]
pub(super) struct Disc {
    pub(super) files: Vec<File>,
    pub(super) tracks: Vec<Described>,
}

/// A FILE.
pub(super) struct File {
    pub(super) name: String,
    pub(super) is_image: bool,
}

/// A TRACK and what stands below it.
#[derive(Default)]
pub(super) struct Described {
    pub(super) number: Option<u32>,
    /// Its line, from 1.
    pub(super) line: usize,
    pub(super) is_sound: bool,
    /// Whether it is said to be in no file.
    pub(super) is_unfiled: bool,
    /// The FILE above it, by position.
    pub(super) file: Option<usize>,
    pub(super) title: Option<String>,
    pub(super) performer: Option<String>,
    pub(super) songwriter: Option<String>,
    pub(super) marks: Vec<Mark>,
    /// Whether one of its marks cannot be; its line says so.
    pub(super) has_lost_mark: bool,
    /// Where it ends, where it says so itself.
    pub(super) end: Option<Sector>,
    pub(super) gain: Option<i32>,
    pub(super) peak: Option<u32>,
}

/// An INDEX.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    pub(super) number: u8,
    /// The FILE above it, by position.
    pub(super) file: usize,
    pub(super) at: Sector,
}

impl Described {
    /// INDEX 01; where there is none, the first mark that there is.
    fn start(&self) -> Option<Mark> {
        self.marks.iter().find(|mark| mark.number == 1).or(self.marks.first()).copied()
    }

    /// The beginning of its pregap, in the file of its start and before that.
    fn pregap(&self) -> Option<Mark> {
        let start = self.start()?;
        self.marks
            .iter()
            .find(|mark| mark.number == 0 && mark.file == start.file && mark.at < start.at)
            .copied()
    }
}

/// Puts the tracks of sound into the sheet, and what is wrong with their marks.
pub(super) fn settle(disc: Disc, album: Option<Gain>, sheet: &mut Sheet) {
    let begins = Begins::of(&disc);
    let mut last: Option<Mark> = None;
    for (at, track) in disc.tracks.into_iter().enumerate() {
        if !track.is_sound {
            continue;
        }
        let (sound, wrong) = begins.sound(at, &track, &disc.files, &mut last);
        if let Some(why) = wrong.filter(|_| !(track.has_lost_mark && track.marks.is_empty())) {
            let number = track.number.map_or_else(|| "?".into(), |number| format!("{number:02}"));
            sheet.problems.push(Problem { line: track.line, text: format!("TRACK {number} AUDIO ({why})") });
        }
        sheet.tracks.push(Track {
            number: track.number,
            title: track.title,
            performer: track.performer,
            songwriter: track.songwriter,
            sound,
            gains: Gains { track: gain(track.gain, track.peak), album },
        });
    }
}

/// Where tracks begin, by file and place.
struct Begins(Vec<(usize, Sector, usize)>);

impl Begins {
    fn of(disc: &Disc) -> Self {
        let place = |(at, track): (usize, &Described)| {
            let start = track.start()?;
            // Of data nothing is music, its pregap neither.
            let mark = if track.is_sound { start } else { track.pregap().unwrap_or(start) };
            Some((mark.file, mark.at, at))
        };
        let mut begins: Vec<_> = disc.tracks.iter().enumerate().filter_map(place).collect();
        begins.sort_unstable();
        Self(begins)
    }

    /// Where a track is, and what is wrong with its marks.
    fn sound(
        &self,
        at: usize,
        track: &Described,
        files: &[File],
        last: &mut Option<Mark>,
    ) -> (Sound, Option<&'static str>) {
        if track.is_unfiled {
            return (Sound::Unknown, None);
        }
        let nowhere = |why| (Sound::Nowhere(why), Some(why));
        let file = track.start().map(|mark| mark.file).or(track.file);
        let Some(file) = file.and_then(|at| files.get(at)).filter(|file| !file.name.is_empty()) else {
            return nowhere("no file stands before it");
        };
        let name = &file.name;
        if file.is_image {
            return (Sound::Nowhere("in an image of a disc, which tonearm does not play"), None); // its FILE says so
        }
        let Some(start) = track.start() else {
            let file = track.file.unwrap_or_default();
            let begun = self.0.partition_point(|(other, _, _)| *other < file);
            let is_alone = self.0.get(begun).is_none_or(|(other, _, _)| *other != file);
            return match is_alone {
                true => (whole(name), Some("it has no INDEX 01 and is taken for the whole file")),
                false => nowhere("it has no INDEX 01: nobody knows where it begins"),
            };
        };
        let is_behind = last.is_some_and(|last| last.file == start.file && start.at < last.at);
        *last = Some(start);
        let place = self.0.partition_point(|begin| *begin < (start.file, start.at, at));
        let is_first = place == 0 || self.0[place - 1].0 != start.file;
        let from = track.pregap().filter(|_| is_first).map_or(start.at, |pregap| pregap.at);
        let next = self.0.get(place + 1).filter(|(file, _, _)| *file == start.file).map(|(_, next, _)| *next);
        if next == Some(start.at) {
            return nowhere("it has no length: another one begins where it does");
        }
        let to = match (next, track.end.filter(|end| *end > from)) {
            (Some(next), Some(end)) => Some(next.min(end)),
            (next, end) => next.or(end),
        };
        let is_whole = from == Sector(0) && to.is_none();
        // It is not empty: the next mark lies behind the start, and that not before `from`.
        let span = Span::new(from, to).filter(|_| !is_whole);
        let wrong = is_behind.then_some("it begins before the track that stands above it");
        (Sound::In { file: name.clone(), span }, wrong)
    }
}

fn whole(name: &str) -> Sound {
    Sound::In { file: name.to_owned(), span: None }
}
