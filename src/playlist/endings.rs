//! Takes the text of a page; gives it without the words that the page puts behind one line after another, such as a button's.
//! Never takes off which version a song is, and never says that the words are no part of the titles: whoever asks reads
//! both and looks of which the library knows more.

use std::collections::BTreeMap;

use super::matching::names_version;

/// Fewer lines that end alike may be titles that do.
const FEWEST: usize = 5;
/// Words of the longest ending that is looked for.
const LONGEST: usize = 4;

/// The text without the longest ending that at least a third of its lines share; `None` where there is none. A length
/// behind it stays: "Sample 3 min 52".
pub(super) fn without(text: &str) -> Option<String> {
    let written = text.lines().filter(|line| !line.trim().is_empty()).count();
    let mut counts: BTreeMap<(usize, String), usize> = BTreeMap::new();
    for line in text.lines() {
        for words in 1..=LONGEST {
            if let Some((_, ending, _)) = ending(line, words) {
                *counts.entry((words, ending)).or_default() += 1;
            }
        }
    }
    let enough = |count: usize| count >= FEWEST && count * 3 >= written;
    let most = counts
        .into_iter()
        .filter(|((_, ending), count)| enough(*count) && is_pages(ending))
        .max_by_key(|((words, _), count)| (*count, *words));
    let ((words, shared), _) = most?;
    let cut = |line: &str| match ending(line, words) {
        Some((rest, ending, length)) if ending == shared => format!("{rest} {length}").trim_end().to_owned(),
        _ => line.to_owned(),
    };
    Some(text.lines().map(cut).collect::<Vec<_>>().join("\n"))
}

/// Whether words that many lines end with may be the page's: no bracket, and no version of the songs.
fn is_pages(ending: &str) -> bool {
    !ending.contains(['(', '[', ')', ']']) && !names_version(ending)
}

/// The line before its last words, these, and the length behind them, if there is one: "1 Rain", "Listen", "3 min 52". `None`
/// for a line that has no more words.
fn ending(line: &str, words: usize) -> Option<(&str, String, &str)> {
    const UNITS: &[&str] = &["h", "min", "mn", "m", "sec", "s"];
    let line = line.trim();
    let mut rest = line;
    // The length is the track's.
    while let Some((before, last)) = rest.rsplit_once(char::is_whitespace)
        && (last.starts_with(|c: char| c.is_ascii_digit()) || UNITS.contains(&last))
    {
        rest = before.trim_end();
    }
    let length = line[rest.len()..].trim();
    let mut ending: Vec<&str> = Vec::new();
    for _ in 0..words {
        let (before, word) = rest.rsplit_once(char::is_whitespace)?;
        ending.insert(0, word);
        rest = before.trim_end();
    }
    let worded = ending.iter().all(|word| word.contains(char::is_alphabetic));
    (worded && rest.contains(char::is_alphabetic)).then(|| (rest, ending.join(" "), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_puts_behind_every_line_goes() {
        let page = |ending: &dyn Fn(u32) -> String| {
            let line = |(number, title): (u32, &str)| format!("{number} {title} {}\n", ending(number));
            let titles = ["Rain", "Low Tide", "Glass", "Salt", "Paper Lungs"];
            "Velo\n".to_owned() + &(1..).zip(titles).map(line).collect::<String>()
        };
        let bare = "Velo\n1 Rain\n2 Low Tide\n3 Glass\n4 Salt\n5 Paper Lungs";
        assert_eq!(without(&page(&|_| "Listen".to_owned())).as_deref(), Some(bare));
        let sampled =
            without(&page(&|number| format!("Sample {number} min {}", 50 - number))).unwrap_or_default();
        assert!(
            sampled.starts_with("Velo\n1 Rain 1 min 49\n2 Low Tide 2 min 48\n"),
            "a length stays: {sampled}"
        );
        assert_eq!(without(&page(&|number| format!("{number}:00"))), None, "a length is no ending");
        assert_eq!(without(&page(&|_| "Live".to_owned())), None, "it is asked for so");
        assert_eq!(
            without(&page(&|number| format!("(Live, {})", 1990 + number))),
            None,
            "a version in brackets"
        );
        assert_eq!(without("1 Rain x\n2 Low Tide x\n3 Glass x\n"), None, "too few");
    }
}
