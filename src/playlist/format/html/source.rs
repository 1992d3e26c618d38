//! Takes a page's source and the listing read from it; gives each entry that stands alone on a line of the source that
//! line, with its markup. Never looks at a line that has no word of an entry, and never takes a line twice.

use std::collections::{HashMap, HashSet, VecDeque};

use super::super::lines;
use super::render;
use crate::playlist::{Entry, Listing};

/// No entry takes a longer line.
const LONGEST: usize = 16 << 10;

/// Gives the entries their lines.
pub(super) fn keep(listing: &mut Listing, source: &str) {
    let telling: HashSet<&str> =
        listing.entries.iter().filter_map(|entry| longest_word(&entry.more.text)).collect();
    let mut written: HashMap<String, VecDeque<&str>> = HashMap::new();
    for line in lines::split(source).map(str::trim).filter(|line| line.len() <= LONGEST && line.contains('<'))
    {
        // What a page writes as entities is no word of a line; a title seldom has nothing else.
        if words(line).any(|word| telling.contains(word)) {
            written.entry(letters(&render::line(line))).or_default().push_back(line);
        }
    }
    for entry in &mut listing.entries {
        let line = shown(entry).iter().find_map(|key| written.get_mut(key)?.pop_front());
        if let Some(line) = line {
            entry.more.markup = Some(line.to_owned());
        }
    }
}

/// What the line shows: all of the entry, or all but the number that a list puts before its items.
fn shown(entry: &Entry) -> [String; 2] {
    let text = entry.more.text.as_str();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let unnumbered = text[digits..].strip_prefix(". ").filter(|_| digits > 0).unwrap_or(text);
    [letters(text), letters(unnumbered)]
}

/// What is left when signs and spaces are not looked at.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn longest_word(text: &str) -> Option<&str> {
    words(text).max_by_key(|word| word.len())
}
