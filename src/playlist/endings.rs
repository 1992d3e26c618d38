//! Takes the text of a page; gives it without what the page puts behind one line after another: a button, the length of a sample.
//! Never says that they are no part of the titles: whoever asks reads both and looks which of them a library knows.

use std::collections::BTreeMap;

/// Fewer lines that end alike may be titles that do.
const FEWEST: usize = 5;
/// Words of the longest ending that is looked for.
const LONGEST: usize = 4;

/// The text without the longest ending that at least a third of its lines share; `None` where there is none. Numbers may differ
/// from line to line: "Sample 3 min 52".
pub fn without(text: &str) -> Option<String> {
    let written = text.lines().filter(|line| !line.trim().is_empty()).count();
    let mut counts: BTreeMap<(usize, String), usize> = BTreeMap::new();
    for line in text.lines() {
        for words in 1..=LONGEST {
            if let Some((_, ending)) = ending(line, words) {
                *counts.entry((words, ending)).or_default() += 1;
            }
        }
    }
    let enough = |count: usize| count >= FEWEST && count * 3 >= written;
    let most = counts
        .into_iter()
        .filter(|(_, count)| enough(*count))
        .max_by_key(|((words, _), count)| (*count, *words));
    let ((words, shared), _) = most?;
    let cut = |line: &str| match ending(line, words) {
        Some((rest, ending)) if ending == shared => rest.to_owned(),
        _ => line.to_owned(),
    };
    Some(text.lines().map(cut).collect::<Vec<_>>().join("\n"))
}

/// The line before its last words, and these with `#` for every number; `None` for a line that has no more words, and where the last ones
/// say nothing but numbers.
fn ending(line: &str, words: usize) -> Option<(&str, String)> {
    let mut rest = line.trim_end();
    let mut ending: Vec<String> = Vec::new();
    for _ in 0..words {
        let at = rest.rfind(char::is_whitespace)?;
        let word = rest[at..].trim();
        let number = word.contains(char::is_numeric) && !word.contains(char::is_alphabetic);
        ending.insert(0, if number { "#".to_owned() } else { word.to_owned() });
        rest = rest[..at].trim_end();
    }
    // What begins with a number begins in the middle of something.
    let begins = ending.first().is_some_and(|word| word.starts_with(char::is_alphabetic));
    (begins && rest.contains(char::is_alphabetic)).then(|| (rest, ending.join(" ")))
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
        assert_eq!(
            without(&page(&|number| format!("Sample {number} min {}", 50 - number))).as_deref(),
            Some(bare)
        );
        assert_eq!(without(&page(&|number| format!("{number}:00"))), None, "a length is no ending");
        assert_eq!(without("1 Rain x\n2 Low Tide x\n3 Glass x\n"), None, "too few");
    }
}
