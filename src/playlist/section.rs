//! Takes a listing and the name or number of one of its sections: a side, a disc, one of two albums on a
//! page; gives the listing of that section alone, or says which sections there are.
//! Never changes an entry, and never their order.

use std::fmt::Write as _;
use std::ops::Range;

use super::{Entry, Listing};

/// Entries that stand together under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading; of a listing that only counts discs, "Disc 2". `None` above the first heading.
    pub name: Option<String>,
    /// How many entries it has.
    pub entries: usize,
}

/// There is no such section. Says in one sentence which there are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no section {wanted:?}; {}", sentence(sections))]
pub struct NoSuchSection {
    /// What was asked for.
    pub wanted: String,
    /// The sections there are, in order.
    pub sections: Vec<Section>,
}

fn sentence(sections: &[Section]) -> String {
    if sections.iter().all(|section| section.name.is_none()) {
        return "this listing is not divided into sections".to_owned();
    }
    let mut words = String::from("the sections are");
    for (index, section) in sections.iter().enumerate() {
        let name = section.name.as_ref().map_or("(no heading)".to_owned(), |name| format!("{name:?}"));
        let comma = if index == 0 { "" } else { "," };
        let entries = if section.entries == 1 { "entry" } else { "entries" };
        let _ = write!(words, "{comma} {} {name} ({} {entries})", index + 1, section.entries);
    }
    words
}

impl Listing {
    /// The sections, in order. A listing without headings is one section without a name.
    pub fn sections(&self) -> Vec<Section> {
        let mut sections: Vec<Section> = Vec::new();
        let headed = self.entries.iter().any(|entry| entry.more.section.is_some());
        let mut disc = None;
        for entry in &self.entries {
            let name = name(entry, headed);
            let goes_on = entry.disc == disc;
            disc = entry.disc;
            match sections.last_mut().filter(|last| last.name == name && goes_on) {
                Some(last) => last.entries += 1,
                None => sections.push(Section { name, entries: 1 }),
            }
        }
        sections
    }

    /// This listing with the entries of one section only, asked for by its name (capitals do not matter,
    /// and a part will do that no other has) or by its number, from 1.
    ///
    /// # Errors
    /// When no section, or more than one, is called that.
    pub fn section(mut self, wanted: &str) -> Result<Self, NoSuchSection> {
        let range = self.section_range(wanted)?;
        self.entries.truncate(range.end);
        self.entries.drain(..range.start);
        Ok(self)
    }

    /// Which entries that section has, as positions in [`Listing::entries`].
    ///
    /// # Errors
    /// As for [`Listing::section`].
    pub fn section_range(&self, wanted: &str) -> Result<Range<usize>, NoSuchSection> {
        let sections = self.sections();
        let Some(chosen) = choose(&sections, wanted) else {
            return Err(NoSuchSection { wanted: wanted.to_owned(), sections });
        };
        let from: usize = sections[..chosen].iter().map(|section| section.entries).sum();
        Ok(from..from + sections[chosen].entries)
    }
}

fn name(entry: &Entry, headed: bool) -> Option<String> {
    if headed { entry.more.section.clone() } else { entry.disc.map(|disc| format!("Disc {disc}")) }
}

fn choose(sections: &[Section], wanted: &str) -> Option<usize> {
    let wanted = wanted.trim().to_lowercase();
    let named = |test: &dyn Fn(&str) -> bool| {
        let fits = |section: &Section| section.name.as_ref().is_some_and(|name| test(&name.to_lowercase()));
        let mut found = (0..sections.len()).filter(|index| fits(&sections[*index]));
        found.next().filter(|_| found.next().is_none())
    };
    let number: Option<usize> = wanted.parse().ok();
    let by_number =
        || number.and_then(|number| number.checked_sub(1)).filter(|index| *index < sections.len());
    let is_part = |name: &str| number.is_none() && !wanted.is_empty() && name.contains(&wanted);
    named(&|name| name == wanted).or_else(by_number).or_else(|| named(&is_part))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::playlist::Details;

    /// A listing of entries in sections, "Side A/1/Rain": section, disc, title.
    fn listing(entries: &[&str]) -> Listing {
        let entry = |text: &&str| {
            let parts: Vec<&str> = text.split('/').collect();
            let section = Some(parts[0].to_owned()).filter(|section| !section.is_empty());
            let more = Details { section, ..Details::default() }.into();
            Entry { disc: parts[1].parse().ok(), title: parts[2].into(), more, ..Entry::default() }
        };
        Listing { entries: entries.iter().map(entry).collect(), ..Listing::default() }
    }

    fn titles(listing: &Listing, section: &str) -> String {
        match listing.clone().section(section) {
            Ok(part) => part.entries.iter().map(|entry| entry.title.as_str()).collect(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn by_name_by_part_of_it_and_by_number() {
        let listing = listing(&["//a", "Side A//b", "Side A//c", "Side B: Live//d", "10//e"]);
        assert_eq!(titles(&listing, "side a"), "bc");
        assert_eq!(titles(&listing, "live"), "d");
        assert_eq!(titles(&listing, "1"), "a");
        assert_eq!(titles(&listing, "10"), "e", "the name comes before the number");
        let sentence = "there is no section \"side\"; the sections are 1 (no heading) (1 entry), 2 \"Side A\" (2 entries), \
                        3 \"Side B: Live\" (1 entry), 4 \"10\" (1 entry)";
        assert_eq!(titles(&listing, "side"), sentence);
        assert!(titles(&listing, "0").contains("there is no section"));
        assert!(titles(&listing, "").contains("there is no section"));
    }

    #[test]
    fn discs_are_sections_where_nothing_else_is() {
        assert_eq!(titles(&listing(&["/1/a", "/1/b", "/2/c"]), "disc 2"), "c");
        assert_eq!(titles(&listing(&["Side A/1/a", "Side A/2/b"]), "2"), "b");
        let sentence = "there is no section \"x\"; this listing is not divided into sections";
        assert_eq!(titles(&listing(&["//a"]), "x"), sentence);
    }
}
