//! Takes ambiguous entries and keys; gives what to show, what to play for the ear, and the answers.
//! Pure: no terminal, no sound, no files. Never answers by itself.

use std::fmt::Write as _;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_width::UnicodeWidthStr;

use crate::cli::program::Program;
use crate::control::clock;
use crate::library::Track;
use crate::sanitise;

/// What is asked about one entry, or about several that are alike.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::cli) struct Question {
    /// Positions of its rows in the program.
    pub(in crate::cli) rows: Vec<usize>,
    pub(in crate::cli) number: usize,
    pub(in crate::cli) name: String,
    pub(in crate::cli) why: String,
    pub(in crate::cli) choices: Vec<Offer>,
}

/// A file that may be meant.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::cli) struct Offer {
    pub(in crate::cli) track: Track,
    pub(in crate::cli) likely: f64,
    /// Its path as people know it.
    pub(in crate::cli) file: String,
}

impl Question {
    /// About the row at `at`.
    pub(super) fn new(at: usize, program: &Program) -> Self {
        let row = &program.rows[at];
        let offer = |(track, likely): &(Track, f64)| Offer {
            track: track.clone(),
            likely: *likely,
            file: program.name_of(&track.path).into_owned(),
        };
        Self {
            rows: vec![at],
            number: row.number,
            name: row.name(),
            why: row.reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            choices: row.pin.choices.iter().take(9).map(offer).collect(),
        }
    }
}

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// The n-th candidate, from 0.
    Choose(usize),
    /// The candidate that is marked.
    Accept,
    Up,
    Down,
    Listen,
    Skip,
    NotOwned,
    Help,
    Quit,
    Interrupt,
    Resized,
    /// Bound to nothing; still ends what is heard.
    Other,
}

impl Key {
    /// Whether it ends what is heard. Another size of the terminal is no key.
    pub(super) fn ends_sound(self) -> bool {
        self != Self::Resized
    }
}

/// One row of the table of keys.
struct Binding {
    codes: &'static [KeyCode],
    key: Key,
    /// What help calls the keys, and what they do.
    help: (&'static str, &'static str),
}

/// All keys but digits, in the order in which help shows them.
const KEYS: &[Binding] = &[
    Binding {
        codes: &[KeyCode::Enter],
        key: Key::Accept,
        help: ("Enter", "take the marked one, at first the likeliest"),
    },
    Binding { codes: &[KeyCode::Up, KeyCode::Char('k')], key: Key::Up, help: ("↑", "mark the one above") },
    Binding {
        codes: &[KeyCode::Down, KeyCode::Char('j')],
        key: Key::Down,
        help: ("↓", "mark the one below"),
    },
    Binding {
        codes: &[KeyCode::Char(' '), KeyCode::Char('l')],
        key: Key::Listen,
        help: ("space", "listen to the marked one; any key ends it"),
    },
    Binding {
        codes: &[KeyCode::Char('s')],
        key: Key::Skip,
        help: ("s", "leave it out this time, ask again next time"),
    },
    Binding {
        codes: &[KeyCode::Char('n')],
        key: Key::NotOwned,
        help: ("n", "none of these, and do not ask again"),
    },
    Binding {
        codes: &[KeyCode::Char('q'), KeyCode::Esc],
        key: Key::Quit,
        help: ("q", "quit; what was answered is kept"),
    },
    Binding { codes: &[KeyCode::Char('?'), KeyCode::Char('h')], key: Key::Help, help: ("?", "this help") },
];

/// What a key of the keyboard asks for.
pub(super) fn key_of(event: KeyEvent) -> Option<Key> {
    if event.modifiers.contains(KeyModifiers::CONTROL) {
        return (event.code == KeyCode::Char('c')).then_some(Key::Interrupt);
    }
    if let KeyCode::Char(digit @ '1'..='9') = event.code {
        return Some(Key::Choose(digit as usize - '1' as usize));
    }
    let bound = KEYS.iter().find(|binding| binding.codes.contains(&event.code));
    Some(bound.map_or(Key::Other, |binding| binding.key))
}

/// What is to be done after a key.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// Show what there is.
    Draw,
    /// Play the n-th candidate for the ear.
    Listen(usize),
    /// The rows are decided.
    Answer(Vec<usize>, Answer),
    Quit,
    Interrupt,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::cli) enum Answer {
    /// This file.
    File(Box<Track>),
    /// None of them, now and later.
    NotOwned,
    /// Not now.
    Skip,
}

/// The questions, and where the listener is in them.
#[derive(Debug)]
pub(super) struct Asking {
    questions: Vec<Question>,
    at: usize,
    marked: usize,
    listening: Option<usize>,
    help: bool,
    note: Option<String>,
}

impl Asking {
    pub(super) fn new(questions: Vec<Question>) -> Self {
        Self { questions, at: 0, marked: 0, listening: None, help: false, note: None }
    }

    /// Whether nothing is left to ask.
    pub(super) fn is_done(&self) -> bool {
        self.at >= self.questions.len()
    }

    /// The n-th candidate of the present question.
    pub(super) fn choice(&self, at: usize) -> &Track {
        &self.questions[self.at].choices[at].track
    }

    /// What was listened to is over, for a reason if there is one.
    pub(super) fn heard(&mut self, problem: Option<String>) {
        self.listening = None;
        self.note = problem.map(|problem| sanitise::line(&problem).into_owned());
    }

    /// Does what a key asks for. Only while there is a question.
    pub(super) fn press(&mut self, key: Key) -> Step {
        let Some(question) = self.questions.get(self.at) else { return Step::Draw };
        let last = question.choices.len().saturating_sub(1);
        let heard = self.listening;
        if key.ends_sound() {
            self.listening = None;
            self.note = None;
        }
        let help = std::mem::take(&mut self.help);
        match key {
            Key::Choose(at) if at <= last => return self.answer(Some(at)),
            Key::Choose(_) => self.note = Some(format!("there are only {} of them", last + 1)),
            Key::Accept => return self.answer(Some(self.marked)),
            Key::Up => self.marked = self.marked.saturating_sub(1),
            Key::Down => self.marked = (self.marked + 1).min(last),
            Key::Listen if heard == Some(self.marked) => {}
            Key::Listen => {
                self.listening = Some(self.marked);
                return Step::Listen(self.marked);
            }
            Key::Skip => {
                let rows = question.rows.clone();
                self.next();
                return Step::Answer(rows, Answer::Skip);
            }
            Key::NotOwned => return self.answer(None),
            Key::Help => self.help = !help,
            Key::Quit => return Step::Quit,
            Key::Interrupt => return Step::Interrupt,
            Key::Resized => self.help = help,
            Key::Other => {}
        }
        Step::Draw
    }

    fn answer(&mut self, choice: Option<usize>) -> Step {
        let question = &self.questions[self.at];
        let offer = choice.and_then(|at| question.choices.get(at));
        let answer = offer.map_or(Answer::NotOwned, |offer| Answer::File(Box::new(offer.track.clone())));
        let rows = question.rows.clone();
        self.next();
        Step::Answer(rows, answer)
    }

    fn next(&mut self) {
        self.at += 1;
        self.marked = 0;
    }

    /// What is shown, no line wider and not more of them than the terminal has.
    pub(super) fn lines(&self, columns: usize, rows: usize) -> Vec<String> {
        let Some(question) = self.questions.get(self.at) else { return Vec::new() };
        let room = columns.saturating_sub(1);
        let detail = [Detail::Wrapped(room), Detail::Cut(room)].map(Some).into_iter().chain([None]);
        let mut lines = Vec::new();
        for detail in detail {
            lines = self.text(question, detail);
            if lines.len() <= rows {
                break;
            }
        }
        lines.truncate(rows.max(1));
        lines.iter().map(|line| sanitise::fit(line, room).into_owned()).collect()
    }

    fn text(&self, question: &Question, detail: Option<Detail>) -> Vec<String> {
        let count = question.choices.len();
        let which = match self.questions.len() {
            1 => "Which one is meant?".to_owned(),
            all => format!("Which one is meant? ({} of {all})", self.at + 1),
        };
        let again = match question.rows.len() {
            1 => String::new(),
            times => format!("  ({times} times)"),
        };
        let mut lines = vec![which, format!("{}. {}{again}", question.number, question.name)];
        if detail.is_some() {
            lines.push(String::new());
        }
        for (at, offer) in question.choices.iter().enumerate() {
            let mark = if at == self.marked { '▸' } else { ' ' };
            let sound = if self.listening == Some(at) { "  ♪" } else { "" };
            lines.push(format!("{mark} {}  {:>2.0} %  {}{sound}", at + 1, offer.likely * 100.0, offer.file));
            if let Some(detail) = detail {
                lines.extend(detail.lines(&about_track(&offer.track), " · "));
                if at == 0 && !question.why.is_empty() {
                    lines.extend(detail.lines(&question.why, ", "));
                }
            }
        }
        lines.push(String::new());
        if self.help {
            let digits = if count == 1 { "1".into() } else { format!("1-{count}") };
            lines.push(format!("  {digits:<6} take that one"));
            lines.extend(KEYS.iter().map(|binding| format!("  {:<6} {}", binding.help.0, binding.help.1)));
        } else {
            let digits = if count == 1 { "1".into() } else { format!("1-{count}") };
            let keys =
                format!("{digits}, Enter take · space listen · n none of these · s skip · q quit · ? help");
            match detail {
                Some(Detail::Wrapped(columns)) => lines.extend(broken(&keys, " · ", columns)),
                _ => lines.push(keys),
            }
        }
        lines.extend(self.note.clone());
        lines
    }
}

/// What is shown below a candidate, in so many columns.
#[derive(Debug, Clone, Copy)]
enum Detail {
    /// On as many lines as it takes.
    Wrapped(usize),
    /// On one line.
    Cut(usize),
}

impl Detail {
    fn lines(self, text: &str, between: &str) -> Vec<String> {
        let (Self::Wrapped(columns) | Self::Cut(columns)) = self;
        let indent = if columns < 60 { 4 } else { 12 };
        let lines = match self {
            Self::Wrapped(_) => broken(text, between, columns.saturating_sub(indent)),
            Self::Cut(_) => vec![text.to_owned()],
        };
        lines.iter().map(|line| format!("{:indent$}{line}", "")).collect()
    }
}

/// The parts of a text, as many on a line as it has columns for.
fn broken(text: &str, between: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in text.split(between) {
        match lines.last_mut() {
            Some(line) if line.width() + between.width() + part.width() <= columns => {
                line.push_str(between);
                line.push_str(part);
            }
            _ => lines.push(part.to_owned()),
        }
    }
    lines
}

/// What tells a file from another: its tags, its length, its kind.
pub(in crate::cli) fn about_track(track: &Track) -> String {
    let tags = &track.tags;
    let mut text = match (&tags.artist, &tags.title) {
        (Some(artist), Some(title)) => format!("{artist} - {title}"),
        (_, Some(title)) => title.clone(),
        (Some(artist), None) => format!("{artist}, without a title"),
        (None, None) => "no tags".into(),
    };
    if let Some(album) = &tags.album {
        let _ = write!(text, " · {album}");
    }
    if let Some(length) = track.length {
        let _ = write!(text, " · {}", clock(length));
    }
    if let Some(kind) = track.path.extension() {
        let _ = write!(text, " · {}", kind.to_string_lossy().to_uppercase());
    }
    if let Some(bitrate) = track.bitrate {
        let _ = write!(text, " {bitrate} kbit/s");
    }
    sanitise::line(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::library::Tags;

    fn track(path: &str, artist: &str, title: &str, album: Option<&str>) -> Track {
        let tags = Tags {
            artist: Some(artist.into()),
            title: Some(title.into()),
            album: album.map(str::to_owned),
            ..Tags::default()
        };
        let length = Some(Duration::from_secs(221));
        Track { path: path.into(), tags, length, bitrate: Some(256), ..Track::default() }
    }

    fn question(rows: &[usize], number: usize, name: &str) -> Question {
        let offers = [
            (track("/m/b/x.mp3", "Band", "Third", Some("Best")), 0.62),
            (track("/m/b/y.flac", "Band", "Third (Live\u{1b})", None), 0.08),
        ];
        let offer = |(track, likely): (Track, f64)| Offer {
            file: track.path.strip_prefix("/m").unwrap_or(&track.path).display().to_string(),
            track,
            likely,
        };
        Question {
            rows: rows.to_vec(),
            number,
            name: name.into(),
            why: "title, another file fits as well".into(),
            choices: offers.into_iter().map(offer).collect(),
        }
    }

    fn asking() -> Asking {
        Asking::new(vec![question(&[2], 3, "Band - Third"), question(&[4, 5], 5, "Band - Fifth")])
    }

    fn screen(asking: &Asking) -> String {
        asking.lines(80, 24).join("\n")
    }

    #[test]
    fn a_question_reads_at_a_glance() {
        let want = "\
Which one is meant? (1 of 2)
3. Band - Third

▸ 1  62 %  b/x.mp3
            Band - Third · Best · 3:41 · MP3 256 kbit/s
            title, another file fits as well
  2   8 %  b/y.flac
            Band - Third (Live) · 3:41 · FLAC 256 kbit/s

1-2, Enter take · space listen · n none of these · s skip · q quit · ? help";
        let got = screen(&asking());
        assert_eq!(got, want, "\n{got}");
    }

    #[test]
    fn a_small_terminal_shows_what_counts() {
        let asking = asking();
        assert_eq!(
            asking.lines(30, 6),
            [
                "Which one is meant? (1 of 2)",
                "3. Band - Third",
                "▸ 1  62 %  b/x.mp3",
                "  2   8 %  b/y.flac",
                "",
                "1-2, Enter take · space list…",
            ]
        );
        let narrow = asking.lines(40, 20).join("\n");
        let first = "  2   8 %  b/y.flac\n    Band - Third (Live) · 3:41\n    FLAC 256 kbit/s\n";
        assert!(narrow.contains(first), "{narrow}");
        assert!(narrow.ends_with("\nn none of these · s skip · q quit\n? help"), "{narrow}");
        for (columns, rows) in [(20, 5), (1, 1), (80, 10), (200, 3)] {
            let lines = asking.lines(columns, rows);
            assert!(lines.len() <= rows && lines.iter().all(|line| line.width() < columns.max(1)));
        }
    }

    #[test]
    fn one_key_answers_and_the_next_question_comes() {
        let mut asking = asking();
        let second = asking.choice(1).clone();
        assert_eq!(asking.press(Key::Choose(1)), Step::Answer(vec![2], Answer::File(Box::new(second))));
        assert!(screen(&asking).contains("(2 of 2)\n5. Band - Fifth  (2 times)"), "{}", screen(&asking));
        let best = asking.choice(0).clone();
        assert_eq!(asking.press(Key::Accept), Step::Answer(vec![4, 5], Answer::File(Box::new(best))));
        assert!(asking.is_done() && asking.lines(80, 24).is_empty());
        assert_eq!(asking.press(Key::Accept), Step::Draw, "nothing is asked any more");
    }

    #[test]
    fn skipping_and_having_none_are_not_the_same() {
        let mut asking = asking();
        assert_eq!(asking.press(Key::Skip), Step::Answer(vec![2], Answer::Skip));
        assert_eq!(asking.press(Key::NotOwned), Step::Answer(vec![4, 5], Answer::NotOwned));
        assert!(asking.is_done());
    }

    #[test]
    fn the_marked_one_is_heard_until_the_next_key() {
        let mut asking = asking();
        assert_eq!(asking.press(Key::Up), Step::Draw);
        assert_eq!(asking.press(Key::Down), Step::Draw);
        assert_eq!(asking.press(Key::Down), Step::Draw);
        assert_eq!(asking.press(Key::Listen), Step::Listen(1));
        assert!(screen(&asking).contains("▸ 2   8 %  b/y.flac  ♪"), "{}", screen(&asking));
        asking.press(Key::Resized);
        assert!(screen(&asking).contains('♪'), "another size of the terminal is no key");
        assert!(!Key::Resized.ends_sound() && Key::Other.ends_sound());
        assert_eq!(asking.press(Key::Listen), Step::Draw, "the same key ends it");
        assert!(!screen(&asking).contains('♪'));
        assert_eq!(asking.press(Key::Listen), Step::Listen(1), "and begins it again");
        let marked = asking.choice(1).clone();
        assert_eq!(asking.press(Key::Accept), Step::Answer(vec![2], Answer::File(Box::new(marked))));
        assert!(!screen(&asking).contains('♪'));
    }

    #[test]
    fn what_cannot_be_heard_or_chosen_is_said() {
        let mut asking = asking();
        asking.press(Key::Listen);
        asking.heard(Some("no \u{1b}device".into()));
        assert!(screen(&asking).ends_with("\nno device"), "{}", screen(&asking));
        assert_eq!(asking.press(Key::Choose(7)), Step::Draw);
        assert!(screen(&asking).ends_with("\nthere are only 2 of them"));
        asking.press(Key::Other);
        assert!(!screen(&asking).contains("only 2"));
    }

    #[test]
    fn help_shows_every_key_until_the_next_one() {
        let mut asking = asking();
        asking.press(Key::Help);
        for binding in KEYS {
            assert!(screen(&asking).contains(&format!("  {:<6} {}", binding.help.0, binding.help.1)));
        }
        assert_eq!(asking.press(Key::Help), Step::Draw);
        assert!(screen(&asking).ends_with("? help"));
    }

    #[test]
    fn quitting_and_interrupting_answer_nothing() {
        assert_eq!(asking().press(Key::Quit), Step::Quit);
        assert_eq!(asking().press(Key::Interrupt), Step::Interrupt);
    }

    #[test]
    fn keys_are_those_of_the_table() {
        let press = |code, modifiers| key_of(KeyEvent::new(code, modifiers));
        let plain = |code| press(code, KeyModifiers::NONE);
        assert_eq!(plain(KeyCode::Char('3')), Some(Key::Choose(2)));
        assert_eq!(plain(KeyCode::Char('0')), Some(Key::Other));
        assert_eq!(plain(KeyCode::Char(' ')), Some(Key::Listen));
        assert_eq!(plain(KeyCode::Enter), Some(Key::Accept));
        assert_eq!(press(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Key::Interrupt));
        assert_eq!(press(KeyCode::Char('n'), KeyModifiers::CONTROL), None);
        let mut codes: Vec<_> =
            KEYS.iter().flat_map(|binding| binding.codes).map(|c| format!("{c:?}")).collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all, "a key is bound twice");
    }
}
