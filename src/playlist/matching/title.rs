//! Takes one title as written; gives its parts: the name, other names of it (subtitle,
//! segments), versions, guests, numbers.
//! Never looks at any other title.

use super::count::{Movement, Numbers, Sequel, follows, without_paper};
use super::key::key;
use super::known;
use super::normalise::{Phrase, Word, beginning, latin, number, roman, words};
use super::note::{Note, read_note, read_note_text};
use super::pieces::{
    after_count, after_credit, is_serial, is_source, is_wide, source, split_brackets, split_dashes,
};
use super::script;
use super::surroundings::of_surroundings;
use super::version::Versions;
use super::weights;

/// A title taken apart.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Title {
    /// What the song may be called by, with the trust in each, the main name first.
    pub(super) names: Vec<(Phrase, f64)>,
    /// Everything outside version notes and credits.
    pub(super) whole: Phrase,
    /// Notes in brackets that name no version: subtitles and remarks.
    pub(super) asides: Vec<Phrase>,
    /// Which version it is.
    pub(super) versions: Versions,
    /// The release that it says the song is from.
    pub(super) source: Option<Phrase>,
    /// Guests that the title names.
    pub(super) guests: Vec<Phrase>,
    /// Numbers that tell siblings apart.
    pub(super) numbers: Numbers,
    /// The movement of a numbered work that it names.
    pub(super) movement: Option<Movement>,
    /// The first letters of the words, where there are enough of them.
    pub(super) initials: String,
}

/// Other names of a title that are held against each file.
const MOST_OTHERS: usize = 4;

impl Title {
    /// Takes `text` apart.
    pub(super) fn new(text: &str) -> Self {
        let text = beginning(text);
        let (outside, notes) = split_brackets(text);
        let mut title = Self::default();
        for note in &notes {
            title.take_note(note);
        }
        let mut parts = split_dashes(&outside);
        let mut head = if parts.is_empty() { String::new() } else { parts.remove(0) };
        let mut tails = Vec::new();
        for part in parts {
            match read_note_text(&part) {
                Note::Version(versions) => title.versions.join(&versions),
                Note::Paper => {}
                Note::Other => tails.push(part),
            }
        }
        title.cut_guests(&mut head);
        for tail in &mut tails {
            title.cut_guests(tail);
        }
        let base = title.cut_plain_version(words(&head));
        title.name(&head, base, &tails);
        title.movement = Movement::read(text, &title.whole.words);
        title
    }

    /// The same for a title that is asked for: with the other names that it is known by.
    pub(super) fn asked(text: &str) -> Self {
        let mut title = Self::new(text);
        title.take_source();
        let others: Vec<Phrase> =
            title.names.iter().flat_map(|(name, _)| known::titles(&name.words)).collect();
        for (rank, other) in others.into_iter().take(MOST_OTHERS).enumerate() {
            if !title.names.iter().any(|(name, _)| name.glued == other.glued) {
                // Behind the main name, where all look-ups see them.
                title.names.insert((rank + 1).min(title.names.len()), (other, weights::KNOWN));
            }
        }
        title
    }

    /// A song from a concert's record is the live one, at that concert.
    fn take_source(&mut self) {
        let Some(source) = self.source.as_ref().filter(|_| self.versions.kinds.is_empty()) else { return };
        let kinds = of_surroundings(&source.words.join(" "));
        if !kinds.is_empty() {
            let label = source.clone();
            self.versions.join(&Versions { kinds, label, ..Versions::default() });
        }
    }

    /// Whether there is nothing to compare.
    pub(super) fn is_empty(&self) -> bool {
        self.whole.is_empty()
    }

    /// A key that is equal for titles of one main name and the same numbers.
    pub(super) fn key(&self) -> u64 {
        let name = key(&self.base().glued);
        // Most have none, and need not be written out.
        let plain = self.numbers == Numbers::default();
        if plain { name } else { name ^ key(&format!("{:?}", self.numbers)) }
    }

    /// The main name.
    pub(super) fn base(&self) -> &Phrase {
        self.names.first().map_or(&self.whole, |(name, _)| name)
    }

    fn take_note(&mut self, note: &str) {
        let note_words = words(note);
        if let Some(rest) = after_credit(note) {
            self.guests.extend(guests(&rest));
            return;
        }
        match read_note_text(note) {
            Note::Version(versions) => self.versions.join(&versions),
            Note::Paper => {}
            Note::Other => {
                self.source =
                    source(&note_words).map(|name| Phrase::from_words(name.to_vec())).or(self.source.take());
                let plain: Vec<Word> = note_words.into_iter().filter(|w| w != "version").collect();
                if !plain.is_empty() && !is_source(&plain) && !is_serial(note) {
                    // "(青い傘 Aoi Kasa)" is the name in two scripts.
                    let (wide, latin): (Vec<Word>, Vec<Word>) =
                        plain.into_iter().partition(|word| is_wide(word));
                    let parts = [wide, latin].into_iter().filter(|part| !part.is_empty());
                    self.asides.extend(parts.map(Phrase::from_words));
                }
            }
        }
    }

    /// Moves "feat. X" behind a name to the guests.
    fn cut_guests(&mut self, text: &mut String) {
        if !text.as_bytes().windows(2).any(|pair| matches!(pair, b" f" | b" F")) {
            return;
        }
        let lower = text.to_lowercase();
        if lower.len() != text.len() {
            return; // Offsets would differ; rare, and only the credit is lost.
        }
        for sign in [" feat. ", " feat ", " featuring ", " ft. ", " ft "] {
            if let Some(at) = lower.find(sign).filter(|at| *at > 0) {
                self.guests.extend(guests(&text[at + sign.len()..]));
                text.truncate(at);
                return;
            }
        }
    }

    /// Cuts "Radio Edit" and the like behind a name without brackets or a dash.
    fn cut_plain_version(&mut self, mut base: Vec<Word>) -> Vec<Word> {
        const TAILS: &[&str] = &[
            "radio edit",
            "radio version",
            "album version",
            "single version",
            "extended mix",
            "extended version",
            "club mix",
            "original mix",
            "karaoke version",
            "live version",
            "acoustic version",
            "demo version",
            "instrumental version",
            "karaoke",
            "remastered",
            "acapella",
            "official video",
            "official audio",
            "with lyrics",
            "lyrics",
            "hq",
            "hd",
        ];
        for tail in TAILS {
            // Most names end in none of these words.
            if base.last().is_none_or(|last| !tail.ends_with(last.as_str())) {
                continue;
            }
            let rest = base.len().saturating_sub(tail.split(' ').count());
            if rest > 0 && base[rest..].iter().zip(tail.split(' ')).all(|(x, y)| x == y) {
                if let Note::Version(versions) = read_note(&base[rest..]) {
                    self.versions.join(&versions);
                }
                base.truncate(rest);
                if base.last().is_some_and(|w| w == "and") {
                    base.pop();
                }
                break;
            }
        }
        base
    }

    /// Settles what the song may be called by.
    fn name(&mut self, head: &str, base: Vec<Word>, tails: &[String]) {
        let divided = head.contains(['/', '_', ':', '~']) || head.contains(" aka ");
        if tails.is_empty() && self.asides.is_empty() && !divided && head.is_ascii() {
            return self.name_plainly(base);
        }
        let mut all = base.clone();
        for tail in tails {
            all.extend(words(tail));
        }
        self.numbers = Numbers::read(&all);
        for tail in tails {
            // "- I. Allegro" counts a movement; elsewhere "I" is a word.
            let first = words(tail).into_iter().next().and_then(|word| roman(&word));
            self.numbers.ordinal.extend(first);
        }
        for aside in &self.asides {
            self.numbers.join(Numbers::counted(&aside.words));
        }
        let plain = Phrase::from_words(all.clone());
        let with_asides = self.asides.iter().flat_map(|a| a.words.clone());
        self.whole = Phrase::from_words(all.into_iter().chain(with_asides).collect());
        self.add_name(plain, 1.0);
        self.add_name(self.whole.clone(), 1.0);
        if let Some(unit) = unit(&self.base().words) {
            self.add_name(unit, weights::REPEATED);
        }
        if let Some(plain) = without_paper(&self.base().words) {
            self.add_name(plain, weights::WITHOUT_PAPER);
        }
        self.add_name(Phrase::from_words(base), weights::SEGMENT);
        for tail in tails {
            self.add_name(Phrase::new(tail), weights::SEGMENT);
        }
        for segment in head.split(['/', '_', ':', '~']).filter(|s| s.len() < head.len()) {
            self.add_name(Phrase::new(segment), weights::SEGMENT);
            if let Some(piece) = after_count(segment) {
                self.add_name(Phrase::new(piece), weights::SEGMENT);
            }
        }
        if let Some((one, other)) = head.split_once(" aka ") {
            self.add_name(Phrase::new(one), weights::SEGMENT);
            self.add_name(Phrase::new(other), weights::SEGMENT);
        }
        let script = is_wide(head);
        for aside in self.asides.clone() {
            let other = script != aside.words.iter().any(|word| is_wide(word));
            self.add_name(aside, if other { weights::OTHER_SCRIPT } else { weights::ASIDE });
        }
        if let Some(latin) = latin(head) {
            self.add_name(Phrase::new(&latin), weights::TRANSLITERATED);
            if let Some(meaning) = script::meaning(head) {
                self.add_name(Phrase::new(&meaning), weights::TRANSLATED);
            }
        }
        self.initials = initials(&self.base().words);
    }

    /// The same for a head alone, which most titles are: the other names would all be equal.
    fn name_plainly(&mut self, base: Vec<Word>) {
        self.numbers = Numbers::read(&base);
        self.initials = initials(&base);
        let unit = unit(&base);
        let plain = without_paper(&base);
        self.whole = Phrase::from_words(base);
        self.add_name(self.whole.clone(), 1.0);
        if let Some(unit) = unit {
            self.add_name(unit, weights::REPEATED);
        }
        if let Some(plain) = plain {
            self.add_name(plain, weights::WITHOUT_PAPER);
        }
    }

    /// Whether one title is the other's main name and a number behind it, by any of its good names; how that counts,
    /// and whether the other one is the longer.
    pub(super) fn sequel(&self, other: &Self) -> Option<(Sequel, bool)> {
        let good = self.names.iter().filter(|(_, trust)| *trust >= weights::SEGMENT);
        // The same name with and without its number is no other song.
        let same = good.clone().any(|(name, _)| name.glued == other.base().glued);
        let longer = |name: &Phrase| other.base().words.len() > name.words.len();
        let found = |(name, _): &(Phrase, f64)| Some((follows(name, other.base())?, longer(name)));
        good.filter(|_| !same).find_map(found)
    }

    /// Whether both count the same ("Song 2", "Song (Part 2)").
    pub(super) fn counts_as(&self, other: &Self) -> bool {
        !self.numbers.ordinal.is_empty() && self.numbers.ordinal == other.numbers.ordinal
    }

    /// Whether `other` counts something that this title does not, in digits or words.
    pub(super) fn lacks_number_of(&self, other: &Self) -> bool {
        let said =
            |n: &u32| self.whole.words.iter().any(|word| number(word).or_else(|| roman(word)) == Some(*n));
        other.numbers.ordinal.iter().any(|n| *n > 1 && !self.numbers.ordinal.contains(n) && !said(n))
    }

    /// Whether the last word of the main name is a number; "Parts 1 and 2" are the whole.
    pub(super) fn ends_in_number(&self) -> bool {
        !self.numbers.ordinal.contains(&1)
            && self.base().words.last().is_some_and(|word| number(word).or_else(|| roman(word)).is_some())
    }

    /// The title as one name, where its parts are not known to be names.
    pub(super) fn undivided(text: &str) -> Self {
        let mut title = Self::new(text);
        title.names.truncate(1);
        title
    }

    fn add_name(&mut self, name: Phrase, trust: f64) {
        const MOST_NAMES: usize = 8;
        if !name.is_empty()
            && self.names.len() < MOST_NAMES
            && !self.names.iter().any(|(n, _)| n.glued == name.glued)
        {
            self.names.push((name, trust));
        }
    }
}

/// What a name repeats ("Let It Snow! Let It Snow!").
fn unit(words: &[Word]) -> Option<Phrase> {
    let fits =
        |n: &usize| words.len().is_multiple_of(*n) && words.chunks(*n).all(|chunk| *chunk == words[..*n]);
    (1..=words.len() / 2).find(fits).map(|n| Phrase::from_words(words[..n].to_vec()))
}

/// The first letters of a name of three words or more.
fn initials(words: &[Word]) -> String {
    if words.len() < 3 { String::new() } else { words.iter().filter_map(|w| w.chars().next()).collect() }
}

fn guests(text: &str) -> Vec<Phrase> {
    let all = Phrase::new(text);
    if all.is_empty() { Vec::new() } else { vec![all] }
}

#[cfg(test)]
mod tests {
    use super::super::version::Version;
    use super::*;

    fn names(text: &str) -> Vec<String> {
        Title::new(text).names.iter().map(|(n, _)| n.words.join(" ")).collect()
    }

    #[test]
    fn segments_and_subtitles_are_names() {
        assert_eq!(
            names("War / Fanfare from Rocky"),
            ["war fanfare from rocky", "war", "fanfare from rocky"]
        );
        assert!(names("(Sittin' On) The Dock of the Bay").contains(&"the dock of the bay".into()));
        assert!(names("Welcome Home (Sanitarium)").contains(&"sanitarium".into()));
    }

    #[test]
    fn versions_and_guests_leave_the_name() {
        let title = Title::new("Levels - Radio Edit");
        assert_eq!(title.base().words, ["levels"]);
        assert!(title.versions.kinds.contains(&Version::Edit));
        let title = Title::new("Crazy in Love (feat. Jay-Z) [Live]");
        assert_eq!(title.base().words, ["crazy", "in", "love"]);
        assert_eq!(title.guests.len(), 1);
        assert!(title.versions.kinds.contains(&Version::Live));
    }

    #[test]
    fn catalogue_numbers_keys_and_all_parts_are_left_out_at_will() {
        let has = |text: &str, name: &str| assert!(names(text).contains(&name.into()), "{:?}", names(text));
        has("Erlkönig, D.328", "erlkonig");
        has("Piano Trio No. 2 in E flat, D929", "piano trio no 2");
        has("Violin Concerto in D major, Op. 35", "violin concerto");
        has("Shout, Pts. 1 & 2", "shout");
        has("Paper Diamond (Parts I-V)", "paper diamond");
        assert_eq!(names("In a Sentimental Mood"), ["in a sentimental mood"]);
        assert_eq!(names("Shout, Pt. 2"), ["shout part 2"]);
        assert_eq!(names("D12 World"), ["d12 world"]);
    }

    #[test]
    fn traps_of_credits() {
        assert_eq!(names("Ft. Smith Breakdown"), ["ft smith breakdown"]);
        assert_eq!(names("50,000 ft."), ["50 000 ft"]);
        assert_eq!(names("Draft Beer"), ["draft beer"]);
    }

    #[test]
    fn sibling_numbers_conflict() {
        let conflict = |a: &str, b: &str| Title::new(a).numbers.conflict(&Title::new(b).numbers);
        assert!(conflict("Boss Battle 1", "Boss Battle 2"));
        assert!(conflict("Chapter III", "Chapter IV"));
        assert!(!conflict("Another Brick in the Wall Part 2", "Another Brick in the Wall, Pt. II"));
        assert!(!conflict("Symphony No. 7", "Symphony No 7: 2nd movement"));
        assert!(conflict("Symphony No 7: 1st movement", "Symphony No 7: 2nd movement"));
        assert!(!conflict("Bla Bla Bla", "Bla Bla Bla 2003"));
        assert!(!conflict("Nocturne No. 5, Op. 15 No. 2", "Nocturne in F sharp major, Op. 15/2"));
        assert!(conflict("Nocturne No. 5, Op. 15 No. 2", "Nocturne, Op. 15/1"));
    }

    #[test]
    fn movements_of_numbered_works_are_known() {
        let same = |a: &str, b: &str| {
            Movement::same(Title::new(a).movement.as_ref(), Title::new(b).movement.as_ref())
        };
        assert!(same(
            "Symphony No 4 'Tragic' - 2nd movement",
            "Symphony No. 4 in C minor, D. 417: II. Andante"
        ));
        assert!(same("Piano Sonata No. 8: third movement", "Sonata No. 8, Op. 13 - III. Rondo"));
        assert!(!same("Symphony No 4: 2nd movement", "Symphony No. 4: III. Menuetto"));
        assert!(!same("Symphony No 4: 2nd movement", "Symphony No. 5: II. Andante"));
        assert!(!same("Symphony No 4: 2nd movement", "Quartet No. 4: II. Andante"));
        let other = |a: &str, b: &str| {
            Movement::conflict(Title::new(a).movement.as_ref(), Title::new(b).movement.as_ref())
        };
        assert!(other(
            "Sonata in C sharp minor, Op 27 No 2 (1st movement)",
            "Sonata No. 14 - II. Allegretto"
        ));
        assert!(!other("Sonata in C sharp minor, Op 27 No 2 (1st movement)", "Sonata No. 14 - I. Adagio"));
        assert!(!same("Sonata (1st movement)", "Sonata - I. Adagio"), "sonatas are many");
        assert_eq!(Title::new("Symphony of Rain").movement, None);
    }

    #[test]
    fn a_lost_bracket_hides_no_version() {
        let title = Title::new("Maria (Open Window (Instrumental)");
        assert!(title.versions.kinds.contains(&Version::Instrumental));
        assert!(title.versions.label.is_empty());
        assert_eq!(title.asides[0].words, ["open", "window"]);
    }

    #[test]
    fn a_number_behind_a_title_is_a_sequel() {
        let sequel = |a: &str, b: &str| Title::new(a).sequel(&Title::new(b)).map(|(sequel, _)| sequel);
        assert_eq!(sequel("Glass River", "Glass River II"), Some(Sequel::Song));
        assert_eq!(sequel("Glass River 2", "Glass River"), Some(Sequel::Song));
        assert_eq!(sequel("Glas River", "Glass River II"), Some(Sequel::Song));
        assert_eq!(sequel("Glass River", "Glass River, Pt. 2"), Some(Sequel::Part));
        assert_eq!(sequel("Glass River", "Glass River, Pt. 1"), Some(Sequel::First));
        assert_eq!(sequel("Glass River", "Glass River, Pts. 1 & 2"), None);
        assert_eq!(sequel("Glass River", "Glass River (2011 Remaster)"), None);
        assert_eq!(sequel("Bla Bla Bla", "Bla Bla Bla 2003"), None);
        assert_eq!(sequel("Glass River", "Paper Crown 2"), None);
    }

    #[test]
    fn odd_titles_survive() {
        for odd in ["", "(", ")", "()", "(((", "!!!", "-", " - ", "feat. X", "(feat. )", "İ ft. X"] {
            let _ = Title::new(odd);
        }
        assert_eq!(names("(What's the Story)"), ["whats the story"]);
        assert_eq!(names("!!!"), ["!!!"]);
    }
}
