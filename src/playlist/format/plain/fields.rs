//! Takes the rows of a listing; gives each row's artist, title, album and remark. Which sign
//! separates and which side is the artist is voted over all rows; a table's head settles it.
//! Never changes the words, but for quotes around a whole title.

use super::super::KnowsArtist;
use super::layout::{Form, Row};
use super::orientation::{self, Roles, Usual};
use super::parts::{from_parts, without_talk};
use super::phrase::{self, Phrase};
use super::separator::{self, Separator};
use super::table::{Column, by_head};
use super::wishes::wish;
use super::words::is_version;
use super::writers::writers;
use super::{codes, composers, loud, publisher, release, single_quotes, source, trim};

/// What a row says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fields {
    pub(super) title: String,
    pub(super) artist: Option<String>,
    pub(super) album: Option<String>,
    /// The track's number, where it stands among the words.
    pub(super) number: Option<u32>,
    pub(super) note: Option<String>,
    /// Which of the row's columns is the title, where it has columns.
    pub(super) title_column: usize,
}

/// The fields of all rows, in order. `head` are the columns of a table, where the page has one.
pub(super) fn fields(rows: &[Row], form: Form, head: &[Column], knows: &KnowsArtist<'_>) -> Vec<Fields> {
    match form {
        Form::Labelled => rows.iter().map(by_labels).collect(),
        Form::TitleLineFirst | Form::ArtistLineFirst => by_lines(rows, form, knows),
        Form::Marked | Form::Titles | Form::Chat => by_words(rows, form, head, knows),
    }
}

/// Rows of one line. First goes what is neither artist nor title, for it would have a say in the vote on what separates them;
/// what shows only once they are apart goes last.
fn by_words(rows: &[Row], form: Form, head: &[Column], knows: &KnowsArtist<'_>) -> Vec<Fields> {
    // Quotes around a film would be taken for those around a title, and from here on only double ones count.
    let (mut words, sources) = without_sources(rows);
    single_quotes::double(&mut words);
    let (bodies, credits) = stripped(&words);
    if head.contains(&Column::Title) {
        return bodies.iter().map(|body| by_head(body, head)).collect();
    }
    let mut fields = Reading::of(&bodies, form, knows).fields(&bodies);
    add_notes(&mut fields, credits);
    add_notes(&mut fields, sources);
    writers_between(&mut fields);
    if form == Form::Marked {
        composers::to_notes(&mut fields, knows);
    }
    // A place on a release names it for sure; a bracket is asked only where there is none.
    fields.iter_mut().for_each(release::place_on_release);
    fields.iter_mut().for_each(release::taken_from);
    drop_shared_ending(&mut fields);
    fields
}

/// The words of each row without what it is from, and that.
fn without_sources(rows: &[Row]) -> (Vec<String>, Vec<Option<String>>) {
    let cut = |row: &Row| match source::cut(&row.body) {
        Some((rest, source)) => (rest, Some(source.to_owned())),
        None => (row.body.clone(), None),
    };
    rows.iter().map(cut).unzip()
}

/// The rows without what charts, shops and sleeves print around artist and title, and what of it is worth a note. From the
/// outside in: each step finds its own only where the ones before have bared the row's end. A society stands behind the
/// writers, and a record company behind all that a title has in round brackets.
fn stripped(words: &[String]) -> (Vec<&str>, Vec<Option<String>>) {
    let mut bodies: Vec<&str> = words.iter().map(String::as_str).collect();
    codes::strip_ranks(&mut bodies);
    codes::strip(&mut bodies);
    codes::strip_sizes(&mut bodies);
    codes::strip_episodes(&mut bodies);
    publisher::strip(&mut bodies);
    let labels = publisher::labels(&mut bodies);
    publisher::strip_companies(&mut bodies);
    let writers = writers(&mut bodies);
    let notes = labels.into_iter().zip(writers).map(|(label, writers)| label.or(writers)).collect();
    (bodies, notes)
}

/// Notes for the rows that have none.
fn add_notes(fields: &mut [Fields], notes: Vec<Option<String>>) {
    for (fields, note) in fields.iter_mut().zip(notes) {
        fields.note = fields.note.take().or(note);
    }
}

/// Writers may stand between the title and its singer: behind the title, once that is alone.
fn writers_between(fields: &mut [Fields]) {
    let mut titles: Vec<&str> = fields.iter().map(|fields| fields.title.as_str()).collect();
    let written = writers(&mut titles);
    let titles: Vec<String> = titles.into_iter().map(str::to_owned).collect();
    fields.iter_mut().zip(titles).for_each(|(fields, title)| fields.title = title);
    add_notes(fields, written);
}

/// How the rows of one listing are written: what most of them have, for people keep to one way.
struct Reading<'a> {
    form: Form,
    knows: &'a KnowsArtist<'a>,
    /// What stands between artist and title.
    separator: Option<Separator>,
    /// Titles are in quotes.
    quotes: bool,
    /// The names before titles in quotes are those of who wants to hear or sing them.
    signed: bool,
    /// Artists are in a bracket behind the title.
    brackets: bool,
    /// Names begin with capitals.
    capitals: bool,
    /// What people ask for in passing has its artist last.
    turned: bool,
}

impl<'a> Reading<'a> {
    fn of(bodies: &[&str], form: Form, knows: &'a KnowsArtist<'a>) -> Self {
        let half =
            |test: &dyn Fn(&str) -> bool| bodies.iter().filter(|body| test(body)).count() * 2 >= bodies.len();
        let voted = separator::vote(bodies);
        let quotes = half(&|body| phrase::quoted(body).is_some());
        let brackets = voted.is_none()
            && form != Form::Titles
            && !other_names(bodies, knows)
            && half(&|body| phrase::closing_bracket(body).is_some_and(|(_, inner)| !is_version(inner)));
        let begins = |body: &&&str| {
            body.trim_start_matches(|c: char| !c.is_alphabetic()).starts_with(char::is_uppercase)
        };
        let capitals = bodies.iter().filter(begins).count() * 4 >= bodies.len() * 3;
        let wishes: Vec<Vec<&str>> = bodies.iter().map(|body| body.splitn(2, " - ").collect()).collect();
        let turned =
            form == Form::Chat && orientation::roles(&wishes, Usual::ArtistFirst, knows).artist == Some(1);
        // A dash between bare titles begins a remark, and messages are taken apart wish by wish.
        let separator = voted.filter(|_| form == Form::Marked);
        let signed = quotes && signed_up(bodies, knows);
        Self { form, knows, separator, quotes, signed, brackets, capitals, turned }
    }

    fn fields(&self, bodies: &[&str]) -> Vec<Fields> {
        let (parts, roles) = self.parts(bodies);
        bodies.iter().zip(&parts).map(|(body, parts)| self.row(body, parts, roles)).collect()
    }

    /// The parts of each row, and which of them is what.
    fn parts<'b>(&self, bodies: &[&'b str]) -> (Vec<Vec<&'b str>>, Roles) {
        let may_be_loud = self.separator.is_none() && self.form == Form::Marked;
        if let Some(parts) = may_be_loud.then(|| loud::parts(bodies)).flatten() {
            return (parts, Roles { title: 1, artist: Some(0), album: None });
        }
        let split = |body: &&'b str| separator::split(body, self.separator, self.knows);
        let parts: Vec<Vec<&str>> = bodies.iter().map(split).collect();
        let by = self.separator == Some(Separator::By);
        let roles =
            orientation::roles(&parts, if by { Usual::TitleFirst } else { Usual::ArtistFirst }, self.knows);
        (parts, roles)
    }

    /// Quotes and brackets tell a title from its artist better than a sign between them, so that they come first.
    fn row(&self, body: &str, parts: &[&str], roles: Roles) -> Fields {
        match self.told(body).or_else(|| self.phrase(body)) {
            Some(phrase) if self.capitals => from_phrase(without_small_talk(phrase, self.knows)),
            Some(phrase) => from_phrase(phrase),
            None if parts.len() < 2 => {
                self.single_quoted(body).map_or_else(|| self.title_alone(body), from_phrase)
            }
            None => without_talk(from_parts(body, parts, roles, self.knows)),
        }
    }

    /// `Going out: "Title", Artist`: what stands before the colon is no artist that the library knows.
    fn told(&self, body: &str) -> Option<Phrase> {
        let rest = phrase::without_label(body);
        let label = body[..body.len() - rest.len()].trim_end();
        let name = label.trim_end_matches(':');
        let (_, _, after) = phrase::quoted(rest).filter(|_| name.contains(' ') && !(self.knows)(name))?;
        phrase::credit(after)?;
        let told = phrase::by_quotes(rest, self.knows)?;
        Some(Phrase { note: told.note.or_else(|| Some(label.to_owned())), ..told })
    }

    /// The row as most rows are written, with quotes or brackets; messages have them here and there.
    fn phrase(&self, body: &str) -> Option<Phrase> {
        let quotes = self.quotes || self.form == Form::Chat;
        let quoted = quotes.then(|| phrase::by_quotes(body, self.knows)).flatten();
        let asked = |found| if self.signed { phrase::performed(found, body, self.knows) } else { found };
        let bracketed = || (self.brackets || quotes).then(|| phrase::by_bracket(body, self.knows)).flatten();
        quoted.map(asked).or_else(bracketed)
    }

    /// A title in quotes on a row that has no other sign of the listing's, with words on one side of it.
    fn single_quoted(&self, body: &str) -> Option<Phrase> {
        let labelled = phrase::without_label(body);
        let quoted =
            phrase::quoted(labelled).filter(|(before, _, after)| before.is_empty() != after.is_empty());
        let apart = quoted.is_some() && (self.separator.is_some() || body.contains(['「', '『']));
        apart.then(|| phrase::by_quotes(labelled, self.knows)).flatten()
    }

    /// A title and perhaps a remark that a fan wrote behind it.
    fn title_alone(&self, body: &str) -> Fields {
        const SIGNS: &[&str] = &[" -> ", " <- ", " - ", " – "];
        let remark = |sign: &&str| body.find(*sign).filter(|at| *at > 0);
        let at = match self.form {
            Form::Chat => return wish(body, self.turned, self.knows),
            Form::Titles => SIGNS.iter().find_map(remark),
            _ => None,
        };
        match at {
            Some(at) => {
                let note = body[at..].trim_start_matches([' ', '-', '–', '>', '<']).to_owned();
                Fields { title: trim::title(&body[..at]), note: Some(note), ..Fields::default() }
            }
            None => Fields { title: trim::title(body), ..Fields::default() },
        }
    }
}

/// Whether what most rows have in brackets is their title in another script: "Blue Umbrella (青い傘)".
fn other_names(bodies: &[&str], knows: &KnowsArtist<'_>) -> bool {
    let brackets = || {
        bodies.iter().filter_map(|body| phrase::closing_bracket(body)).filter(|(_, inner)| !is_version(inner))
    };
    let wide = |text: &str| {
        text.contains(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '가'..='힣'))
    };
    let latin = |text: &str| text.contains(|c: char| c.is_ascii_alphabetic());
    let apart = brackets().filter(|(title, inner)| {
        (wide(inner) && !wide(title) && latin(title)) || (wide(title) && !wide(inner) && latin(inner))
    });
    let known = brackets().filter(|(_, inner)| knows(inner)).count();
    let apart = apart.count();
    apart >= 3 && apart * 2 >= brackets().count() && known * 4 < apart
}

/// A word that a page puts behind every title says nothing of one: "Rain Lyrics".
fn drop_shared_ending(fields: &mut [Fields]) {
    const ENDING: &str = " Lyrics";
    if fields.len() >= 3 && fields.iter().all(|fields| fields.title.ends_with(ENDING)) {
        fields.iter_mut().for_each(|fields| fields.title.truncate(fields.title.len() - ENDING.len()));
    }
}

/// Whether the names before the titles in quotes are those of people who want to sing them, or asked for them: then it is
/// the bracket behind the title that names who the library knows: `Jo – "Rain" (Velo)`.
fn signed_up(bodies: &[&str], knows: &KnowsArtist<'_>) -> bool {
    let names = bodies.iter().filter_map(|body| {
        let (before, _, after) = phrase::quoted(body).filter(|(before, _, _)| !before.is_empty())?;
        let credit = phrase::credit(after)?;
        let before = before.trim_end_matches(|c: char| !c.is_alphanumeric());
        Some((knows(before), knows(credit)))
    });
    let (before, behind) = names.fold((0, 0), |(before, behind), (known_before, known_behind)| {
        (before + usize::from(known_before), behind + usize::from(known_behind))
    });
    behind >= 3 && behind > 2 * before
}

/// Where names begin with capitals, a bracket that does not is a remark: "(duet!!)", "(you know who)".
fn without_small_talk(phrase: Phrase, knows: &KnowsArtist<'_>) -> Phrase {
    let name = |word: &str| word.starts_with(char::is_uppercase);
    let small = |artist: &String| {
        artist.starts_with(char::is_lowercase) && !artist.split_whitespace().any(name) && !knows(artist)
    };
    match &phrase.artist {
        Some(remark) if small(remark) => {
            Phrase { note: phrase.note.or_else(|| Some(remark.clone())), artist: None, title: phrase.title }
        }
        _ => phrase,
    }
}

fn from_phrase(phrase: Phrase) -> Fields {
    Fields {
        title: trim::title(&phrase.title),
        artist: phrase.artist,
        note: phrase.note,
        ..Fields::default()
    }
}

fn by_labels(row: &Row) -> Fields {
    let column = |at: usize| row.columns.get(at).filter(|value| !value.is_empty()).cloned();
    Fields {
        title: column(0).unwrap_or_default(),
        artist: column(1),
        album: column(2),
        note: column(3),
        ..Fields::default()
    }
}

/// Rows of several lines. The performers of a programme's piece belong to its artist as much as
/// its composer does: either may be what a file is tagged with.
fn by_lines(rows: &[Row], form: Form, knows: &KnowsArtist<'_>) -> Vec<Fields> {
    let two: Vec<Vec<&str>> =
        rows.iter().map(|row| row.columns.iter().take(2).map(String::as_str).collect()).collect();
    let usual = if form == Form::TitleLineFirst { Usual::TitleFirst } else { Usual::ArtistFirst };
    let roles = orientation::roles(&two, usual, knows);
    let fields = |row: &Row| {
        let columns = &row.columns;
        let title_column = roles.title.min(columns.len().saturating_sub(1));
        let artist =
            roles.artist.filter(|artist| *artist != title_column).and_then(|artist| columns.get(artist));
        let rest: Vec<&str> = columns.iter().skip(2).map(String::as_str).collect();
        let (artist, album) = match form {
            Form::TitleLineFirst => (artist.cloned(), rest.first().map(|album| (*album).to_owned())),
            _ => {
                let names: Vec<&str> = artist.map(String::as_str).into_iter().chain(rest).collect();
                ((!names.is_empty()).then(|| names.join(" / ")), None)
            }
        };
        let title =
            columns.get(title_column).map_or_else(|| trim::title(&row.body), |title| trim::title(title));
        Fields { title, artist, album, title_column, ..Fields::default() }
    };
    rows.iter().map(fields).collect()
}
