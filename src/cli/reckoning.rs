//! Takes one row of a program; gives the whole reckoning behind its answer, for a person who wonders:
//! every piece of evidence for the nearest files, the sums, the margin, the guards.
//! Never weighs anything again, never lets a name reach the terminal unsanitised.

use std::fmt::Write as _;

use super::program::{Program, Row};
use super::show::{self, Style};
use crate::playlist::{EntryMatch, Guard, Held, Piece, Reason};
use crate::sanitise;

/// Files that are held against each other.
const SHOWN: usize = 3;
/// Columns of the names of pieces.
const LABEL: usize = 30;

/// The reckoning for `row`.
pub(super) fn of(program: &Program, row: &Row, style: Style) -> String {
    let mut text = String::new();
    let heading = format!("{}. {}", row.number, row.name());
    line(&mut text, &style.paint("1", &style.fit(&heading)));
    line(&mut text, &style.fit(&format!("   \"{}\"", sanitise::line(&row.text))));
    let Some(found) = &row.found else {
        line(&mut text, "   the file is named outright: nothing was weighed");
        return text;
    };
    if found.candidates.is_empty() {
        line(&mut text, "   no file is like it");
        return text;
    }
    files(&mut text, program, row, found, style);
    evidence(&mut text, found);
    verdict(&mut text, row, found, style);
    text
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// "A", "B", "C".
fn letter(at: usize) -> char {
    // usize -> u8: at most SHOWN.
    char::from(b'A' + at.min(25) as u8)
}

fn files(text: &mut String, program: &Program, row: &Row, found: &EntryMatch, style: Style) {
    text.push('\n');
    for (at, ((file, confidence), candidate)) in
        row.candidates.iter().zip(&found.candidates).enumerate().take(SHOWN)
    {
        let name = format!("{}  {:>3.0} %  {}", letter(at), confidence * 100.0, program.name_of(file));
        line(text, &style.fit(&name));
        let reasons = candidate.reasons.iter().map(Reason::to_string).collect::<Vec<_>>().join(", ");
        line(text, &style.paint("2", &style.fit(&format!("{:10}{reasons}", ""))));
    }
}

/// The pieces as a table: a line a piece, a column a file, in nats.
fn evidence(text: &mut String, found: &EntryMatch) {
    let shown = &found.candidates[..found.candidates.len().min(SHOWN)];
    text.push('\n');
    let mut write = |label: &str, cells: Vec<Option<f64>>| {
        let _ = write!(text, "{label:LABEL$}");
        for cell in cells {
            let _ = match cell {
                Some(nats) => write!(text, "{nats:>+8.2}"),
                None => write!(text, "{:>8}", "."),
            };
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    };
    let nats = |at: usize, piece: Piece| {
        shown[at].evidence.iter().find(|(other, _)| *other == piece).map(|(_, nats)| *nats)
    };
    let sum = |of: &dyn Fn(Piece) -> bool| -> Vec<Option<f64>> {
        let sum = |pieces: &[(Piece, f64)]| pieces.iter().filter(|(p, _)| of(*p)).map(|(_, n)| n).sum();
        shown.iter().map(|candidate| Some(sum(&candidate.evidence))).collect()
    };
    for own in [true, false] {
        for piece in Piece::ALL.into_iter().filter(|piece| piece.is_own() == own) {
            let cells: Vec<Option<f64>> = (0..shown.len()).map(|at| nats(at, piece)).collect();
            if cells.iter().any(Option::is_some) {
                write(&format!("  {piece}"), cells);
            }
        }
        if own {
            write("= entry and file alone", sum(&|piece| piece.is_own()));
        } else {
            write("= with the whole listing", sum(&|_| true));
        }
    }
}

fn verdict(text: &mut String, row: &Row, found: &EntryMatch, style: Style) {
    text.push('\n');
    match found.margin {
        Some(margin) => {
            let _ = writeln!(text, "without A the listing as a whole loses {margin:.2}");
        }
        None => line(text, "no file is worth more than none, which is worth 0"),
    }
    for (guard, held) in &found.guards {
        let _ = writeln!(text, "{}", guard_line(*guard, *held, style));
    }
    let (sign, colour) = show::sign(row.status);
    let status = row.status.map_or_else(String::new, |status| status.to_string());
    let _ = writeln!(text, "{} {status}, {:.1} %", style.paint(colour, sign), row.confidence * 100.0);
}

fn guard_line(guard: Guard, held: Held, style: Style) -> String {
    let most = held.most() * 100.0;
    match held {
        Held::Yes => format!("  {} {guard}", style.paint("32", "yes")),
        Held::NotSure => format!("  {}  {guard}: not sure, at most {most:.0} %", style.paint("33", "no")),
        Held::NotPlayed => format!("  {}  {guard}: not played, at most {most:.0} %", style.paint("31", "no")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::PathBuf;
    use std::time::Duration;

    use super::*;
    use crate::library::{Tags, Track};
    use crate::playlist::Details;
    use crate::playlist::{Entry, Listing, match_listing};

    const PLAIN: Style = Style { colour: false, columns: 80, cuts: true };

    fn track(file: &str, title: &str, artist: &str, number: u32) -> Track {
        let tags = Tags {
            title: Some(title.into()),
            artist: Some(artist.into()),
            album: Some("One".into()),
            track: Some(number),
            ..Tags::default()
        };
        let path = PathBuf::from(format!("/m/{file}"));
        Track { path, tags, length: Some(Duration::from_secs(200)), ..Track::default() }
    }

    fn program() -> Program {
        let tracks = [
            track("One/01 Glass River.mp3", "Glass River", "Ada Moor", 1),
            track("One/02 Paper Crown.mp3", "Paper Crown", "Ada Moor", 2),
            track("Glass River (Live).mp3", "Glass River (Live)", "Ada Moor", 9),
            track("Salt Road (Live).mp3", "Salt Road (Live)", "Ada Moor", 10),
        ];
        let entry = |title: &str| Entry {
            artist: Some("Ada Moor".into()),
            title: title.into(),
            more: Details { text: format!("Ada Moor - {title}\x1b[2J"), ..Details::default() }.into(),
            ..Entry::default()
        };
        let entries = vec![entry("Glass River"), entry("Salt Road"), entry("Zzyzx")];
        let report = match_listing(&Listing { entries, ..Listing::default() }, &tracks);
        let mut program = Program { roots: vec!["/m".into()], ..Program::default() };
        program.rows = report
            .entries
            .into_iter()
            .map(|found| Row {
                number: found.number,
                text: "Ada Moor - \x1b[2J".into(),
                artist: found.artist.clone(),
                title: found.title.clone(),
                status: Some(found.status),
                confidence: found.confidence,
                file: found.chosen.map(|at| tracks[at].path.clone()),
                reasons: found.reasons.clone(),
                candidates: found
                    .candidates
                    .iter()
                    .map(|c| (tracks[c.track].path.clone(), c.confidence))
                    .collect(),
                album: None,
                section: None,
                length: None,
                span: None,
                gains: crate::cue::Gains::default(),
                pin: crate::cli::pins::OfRow::default(),
                found: Some(found.into()),
            })
            .collect();
        program
    }

    #[test]
    fn the_whole_reckoning_is_shown() {
        let program = program();
        let got = of(&program, &program.rows[0], PLAIN);
        let want = include_str!("../../tests/golden/why.txt");
        assert_eq!(got, want, "\n{got}");
    }

    #[test]
    fn guards_that_failed_say_what_they_cost_and_nothing_steers_the_terminal() {
        let program = program();
        let live = of(&program, &program.rows[1], PLAIN);
        assert!(live.contains("version  ") && live.contains("ambiguous"), "{live}");
        for row in &program.rows {
            let text = of(&program, row, PLAIN);
            assert!(!text.contains('\x1b'), "{text}");
        }
        let painted = of(&program, &program.rows[0], Style { colour: true, ..PLAIN });
        assert!(painted.contains("\x1b[32myes\x1b[0m"));
    }
}
