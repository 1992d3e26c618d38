//! Every way to number a line, to part artist and title and to write a time, with every other: twelve tracks, short
//! names and long ones, below a heading and above a foot. All twelve are read, and nothing else.
#![allow(clippy::unwrap_used, missing_docs)]

use tonearm::playlist::format;

/// Names as rock, chamber music and the stage have them: short, long, with signs of their own.
const TRACKS: [(&str, &str, u64); 12] = [
    ("Nova Kite", "Paper Lungs", 221),
    ("Riga Town Band, Ana Velo, Jo Mild", "Concerto No. 2 in B minor, Op. 61: II. Andante", 797),
    ("Ines Calder & The Long Winters of Old Harbour Street", "The Boy Who Never Came Home (Reprise)", 244),
    ("DJ Ohm", "4 A.M.", 305),
    ("Mild Storms", "Who Are You?", 62),
    (
        "Riga Town Band, Ana Velo, Jo Mild",
        "The Four Rivers, Spring (La primavera): 1. Allegro non molto",
        212,
    ),
    ("Ida", "7 Days", 187),
    ("Velo feat. Ana", "Glass", 199),
    ("The Sounding Board", "I Don't Mind", 230),
    ("Mr. Ohm", "Rain (Live at the Hall)", 301),
    ("Los Niños", "Adiós, mi amor", 178),
    ("Ada King", "Low Tide", 143),
];

type Number = fn(usize) -> String;
const NUMBERS: &[(&str, Number)] = &[
    ("1.", |n| format!("{n}. ")),
    ("01", |n| format!("{n:02} ")),
    ("1)", |n| format!("{n}) ")),
    ("#1", |n| format!("#{n} ")),
    ("01 -", |n| format!("{n:02} - ")),
    ("[1]", |n| format!("[{n}] ")),
    ("none", |_| String::new()),
    ("•", |_| "• ".into()),
    ("-", |_| "- ".into()),
    ("*", |_| "* ".into()),
    ("Track 1:", |n| format!("Track {n}: ")),
    ("No. 1", |n| format!("No. {n} ")),
    ("tab", |n| format!("{n}\t")),
    ("A1", |n| format!("{}{} ", if n <= 6 { 'A' } else { 'B' }, (n - 1) % 6 + 1)),
    ("I.", |n| {
        let roman = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];
        format!("{}. ", roman[n - 1])
    }),
    ("1-01", |n| format!("1-{n:02} ")),
];

type Parting = fn(&str, &str) -> String;
const PARTINGS: &[(&str, Parting)] = &[
    ("a - t", |a, t| format!("{a} - {t}")),
    ("a – t", |a, t| format!("{a} – {t}")),
    ("a — t", |a, t| format!("{a} — {t}")),
    ("a- t", |a, t| format!("{a}- {t}")),
    ("t by a", |a, t| format!("{t} by {a}")),
    ("a \"t\"", |a, t| format!("{a} \"{t}\"")),
    ("a – “t”", |a, t| format!("{a} – “{t}”")),
    ("\"t\" by a", |a, t| format!("\"{t}\" by {a}")),
    ("t (a)", |a, t| format!("{t} ({a})")),
    ("t tab a", |a, t| format!("{t}\t{a}")),
    ("t / a", |a, t| format!("{t} / {a}")),
    ("a | t", |a, t| format!("{a} | {t}")),
    ("\"t\", a", |a, t| format!("\"{t}\", {a}")),
    ("t - a", |a, t| format!("{t} - {a}")),
    ("a -- t", |a, t| format!("{a} -- {t}")),
    ("a · t", |a, t| format!("{a} · {t}")),
    ("a » t", |a, t| format!("{a} » {t}")),
    ("a – «t»", |a, t| format!("{a} – «{t}»")),
];

type Time = fn(u64) -> String;
const TIMES: &[(&str, Time)] = &[
    ("none", |_| String::new()),
    ("3:41", |s| format!(" {}:{:02}", s / 60, s % 60)),
    ("(3:41)", |s| format!(" ({}:{:02})", s / 60, s % 60)),
    ("[03:41]", |s| format!(" [{:02}:{:02}]", s / 60, s % 60)),
    ("tab", |s| format!("\t{}:{:02}", s / 60, s % 60)),
    ("....", |s| format!(" ........ {}:{:02}", s / 60, s % 60)),
    ("- 3:41", |s| format!(" - {}:{:02}", s / 60, s % 60)),
    ("3'41\"", |s| format!(" {}'{:02}\"", s / 60, s % 60)),
    ("3m41s", |s| format!("  {}m{:02}s", s / 60, s % 60)),
    ("| 3:41", |s| format!(" | {}:{:02}", s / 60, s % 60)),
];

const HEADS: &[&str] =
    &["", "Tracklist:\n\n", "Songs for a Long Night\n", "Various Artists – Night Songs (2004)\n\n"];
const FEET: &[&str] = &["", "\nTotal time: 51:19\n", "\nEnjoy!\n"];

/// What of a listing is not read as it was written; empty where all is.
fn misread(text: &str, timed: bool) -> Vec<String> {
    let knows = |name: &str| TRACKS.iter().any(|(artist, ..)| artist.eq_ignore_ascii_case(name));
    let listing = format::read_with(text.as_bytes(), Some("list.txt"), &knows).unwrap();
    if listing.entries.len() != TRACKS.len() {
        return vec![format!("{} entries", listing.entries.len())];
    }
    let mut wrong = Vec::new();
    for (entry, (artist, title, seconds)) in listing.entries.iter().zip(TRACKS) {
        let read = (entry.artist.as_deref().unwrap_or("-"), entry.title.as_str());
        if read != (artist, title) {
            wrong.push(format!("{artist} / {title} is read as {} / {}", read.0, read.1));
        }
        if timed != (entry.length.map(|length| length.as_secs()) == Some(seconds)) {
            wrong.push(format!("{title}: the time is {:?}", entry.length));
        }
    }
    wrong
}

#[test]
fn every_way_to_write_a_line_is_read() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (n, (number, front)) in NUMBERS.iter().enumerate() {
        for (p, (parting, part)) in PARTINGS.iter().enumerate() {
            for (t, (time, tail)) in TIMES.iter().enumerate() {
                let lines = TRACKS.iter().zip(1..).map(|((artist, title, seconds), at)| {
                    format!("{}{}{}\n", front(at), part(artist, title), tail(*seconds))
                });
                let head = HEADS[(n + p + t) % HEADS.len()];
                let text =
                    format!("{head}{}{}", lines.collect::<String>(), FEET[(n + 2 * p + t) % FEET.len()]);
                // With nothing else that its lines share this might be anything: titles with a remark, a cast.
                if *number == "none" && *time == "none" && ["t (a)", "a \"t\""].contains(parting) {
                    continue;
                }
                count += 1;
                let found = misread(&text, *time != "none");
                if !found.is_empty() {
                    wrong.push(format!("{number} | {parting} | {time}: {}", found.join("; ")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} listings:\n{}", wrong.len(), wrong.join("\n"));
}
