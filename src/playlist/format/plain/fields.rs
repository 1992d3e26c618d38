//! Takes the rows of a listing; gives each row's artist, title, album and remark. Which sign
//! separates and which side is the artist is voted over all rows; a table's head settles it.
//! Never changes the words, but for quotes around a whole title.

use super::super::KnowsArtist;
use super::layout::{Form, Row};
use super::orientation::{self, Roles, Usual};
use super::phrase::{self, Phrase};
use super::prose;
use super::separator::{self, Separator, offset};
use super::table::{Column, by_head};
use super::words::is_version;
use super::{codes, composers, loud, publisher, single_quotes, source};

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
    if form == Form::Labelled {
        return rows.iter().map(by_labels).collect();
    }
    if form == Form::TitleLineFirst || form == Form::ArtistLineFirst {
        return by_lines(rows, form, knows);
    }
    let sources: Vec<Option<(String, &str)>> = rows.iter().map(|row| source::cut(&row.body)).collect();
    let whole = |(row, source): (&'_ Row, &'_ Option<(String, &str)>)| -> String {
        source.as_ref().map_or_else(|| row.body.clone(), |(rest, _)| rest.clone())
    };
    let mut whole: Vec<String> = rows.iter().zip(&sources).map(whole).collect();
    single_quotes::double(&mut whole);
    let mut bodies: Vec<&str> = whole.iter().map(String::as_str).collect();
    without_ranks(&mut bodies);
    codes::strip(&mut bodies);
    codes::strip_sizes(&mut bodies);
    publisher::strip(&mut bodies);
    let labels = labels(&mut bodies);
    companies(&mut bodies);
    let credited = writers(&mut bodies);
    if head.contains(&Column::Title) {
        return bodies.iter().map(|body| by_head(body, head)).collect();
    }
    let share =
        |test: &dyn Fn(&str) -> bool| bodies.iter().filter(|body| test(body)).count() * 2 >= bodies.len();
    let quotes = share(&|body| phrase::quoted(body).is_some());
    let voted = separator::vote(&bodies);
    let brackets = voted.is_none()
        && form != Form::Titles
        && !other_names(&bodies, knows)
        && share(&|body| phrase::closing_bracket(body).is_some_and(|(_, inner)| !is_version(inner)));
    let signed = quotes && signed_up(&bodies, knows);
    let capitals = bodies
        .iter()
        .filter(|body| body.trim_start_matches(|c: char| !c.is_alphabetic()).starts_with(char::is_uppercase));
    let capitals = capitals.count() * 4 >= bodies.len() * 3;
    let phrase = |body: &str| {
        let quoted = if quotes || form == Form::Chat { phrase::by_quotes(body, knows) } else { None };
        let quoted = quoted.map(|found| if signed { phrase::performed(found, body, knows) } else { found });
        let bracket = brackets || quotes || form == Form::Chat;
        quoted.or_else(|| if bracket { phrase::by_bracket(body, knows) } else { None })
    };
    // What people ask for in passing they write one way round, too.
    let wishes: Vec<Vec<&str>> = bodies.iter().map(|body| body.splitn(2, " - ").collect()).collect();
    let turned =
        form == Form::Chat && orientation::roles(&wishes, Usual::ArtistFirst, knows).artist == Some(1);
    let voted = if form == Form::Titles || form == Form::Chat { None } else { voted };
    let loud = if voted.is_none() && form == Form::Marked { loud::parts(&bodies) } else { None };
    let is_loud = loud.is_some();
    let parts: Vec<Vec<&str>> =
        loud.unwrap_or_else(|| bodies.iter().map(|body| separator::split(body, voted, knows)).collect());
    let usual = if voted == Some(Separator::By) { Usual::TitleFirst } else { Usual::ArtistFirst };
    let roles = if is_loud {
        Roles { title: 1, artist: Some(0), album: None }
    } else {
        orientation::roles(&parts, usual, knows)
    };
    // `Going out: "Title", Artist`: what stands before the colon is no artist that the library knows.
    let told = |body: &str| {
        let rest = phrase::without_label(body);
        let label = body[..body.len() - rest.len()].trim_end();
        let name = label.trim_end_matches(':');
        let (_, _, after) = phrase::quoted(rest).filter(|_| name.contains(' ') && !knows(name))?;
        phrase::credit(after)?;
        let told = phrase::by_quotes(rest, knows)?;
        Some(Phrase { note: told.note.or_else(|| Some(label.to_owned())), ..told })
    };
    let fields = |(body, parts): (&&str, &Vec<&str>)| match told(body).or_else(|| phrase(body)) {
        Some(phrase) => from_phrase(if capitals { without_small_talk(phrase, knows) } else { phrase }),
        None if parts.len() < 2 => {
            let labelled = phrase::without_label(body);
            let quoted =
                phrase::quoted(labelled).filter(|(before, _, after)| before.is_empty() != after.is_empty());
            let apart = quoted.is_some() && (voted.is_some() || body.contains(['「', '『']));
            let phrase = if apart { phrase::by_quotes(labelled, knows) } else { None };
            phrase.map_or_else(|| title_alone(body, form, turned, knows), from_phrase)
        }
        None => without_talk(from_parts(body, parts, roles, knows)),
    };
    let fields = bodies.iter().zip(&parts).map(fields);
    let mut fields: Vec<Fields> = fields
        .zip(labels.into_iter().zip(credited))
        .map(|(fields, (label, writers))| Fields {
            note: fields.note.clone().or(label).or(writers),
            ..fields
        })
        .collect();
    for (fields, source) in fields.iter_mut().zip(&sources) {
        fields.note = fields.note.take().or_else(|| source.as_ref().map(|(_, source)| (*source).to_owned()));
    }
    // Writers may stand between the title and its singer.
    let mut titles: Vec<&str> = fields.iter().map(|fields| fields.title.as_str()).collect();
    let between = writers(&mut titles);
    let titles: Vec<String> = titles.into_iter().map(str::to_owned).collect();
    for (fields, (title, written)) in fields.iter_mut().zip(titles.into_iter().zip(between)) {
        fields.title = title;
        fields.note = fields.note.take().or(written);
    }
    if form == Form::Marked {
        composers::to_notes(&mut fields, knows);
    }
    fields.iter_mut().for_each(place_on_release);
    fields.iter_mut().for_each(taken_from);
    drop_shared_ending(&mut fields);
    fields
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

/// "[Release #03] Title", as foobar2000 copies its lists.
fn place_on_release(fields: &mut Fields) {
    let placed = fields.title.strip_prefix('[').and_then(|rest| rest.split_once("] "));
    let Some((place, title)) = placed.and_then(|(place, title)| Some((place.rsplit_once(" #")?, title)))
    else {
        return;
    };
    let (album, number) = place;
    if let (Ok(number), false) = (number.parse(), album.is_empty() || title.trim().is_empty()) {
        (fields.number, fields.album) = (Some(number), Some(album.to_owned()));
        fields.title = title.trim().to_owned();
    }
}

/// "Rain (from Live in Riga)", "Rain (off the album Glass)": the release is the bracket's. Where it is a film's or nobody has it,
/// the words tell no less than before: the title keeps them.
fn taken_from(fields: &mut Fields) {
    const FROM: &[&str] =
        &["from the album ", "off the album ", "from ", "off ", "vom album ", "del disco ", "do disco "];
    let Some((_, inner)) = phrase::closing_bracket(&fields.title).filter(|_| fields.album.is_none()) else {
        return;
    };
    let lower = inner.to_lowercase();
    let release = FROM.iter().find(|from| lower.starts_with(**from)).and_then(|from| inner.get(from.len()..));
    let release = release.map(|name| name.trim_matches(|c: char| "\"“”'‘’ ".contains(c)));
    if let Some(release) = release.filter(|name| name.starts_with(char::is_uppercase)) {
        fields.album = Some(release.to_owned());
    }
}

/// A word that a page puts behind every title says nothing of one: "Rain Lyrics".
fn drop_shared_ending(fields: &mut [Fields]) {
    const ENDING: &str = " Lyrics";
    if fields.len() >= 3 && fields.iter().all(|fields| fields.title.ends_with(ENDING)) {
        fields.iter_mut().for_each(|fields| fields.title.truncate(fields.title.len() - ENDING.len()));
    }
}

/// DJs put the record company behind each track, in square brackets. Where most rows have such a bracket and
/// it names no version, it is taken off the rows.
fn labels(bodies: &mut [&str]) -> Vec<Option<String>> {
    fn label(body: &str) -> Option<(&str, &str)> {
        let (before, inner) = body.strip_suffix(']')?.rsplit_once(" [")?;
        (!is_version(inner) && !before.trim().is_empty()).then_some((before.trim_end(), inner))
    }
    let count = bodies.iter().filter(|body| label(body).is_some()).count();
    if count < 3 || count * 2 < bodies.len() {
        return vec![None; bodies.len()];
    }
    let take = |body: &mut &str| {
        let (before, inner) = label(body)?;
        let inner = inner.to_owned();
        *body = before;
        Some(inner)
    };
    bodies.iter_mut().map(take).collect()
}

/// A chart has further columns of numbers before the title: last week's place, how many weeks. Where every row has so
/// many, they are no part of the title.
fn without_ranks(bodies: &mut [&str]) {
    /// So few rows may have titles that begin with numbers.
    const FEWEST: usize = 5;
    fn rest(body: &str) -> Option<&str> {
        let (first, rest) = body.split_once([' ', '\t'])?;
        let number = first.len() <= 3 && first.bytes().all(|byte| byte.is_ascii_digit());
        let other = matches!(first, "NEW" | "New" | "RE" | "Re" | "-" | "–" | "=" | "▲" | "▼");
        (number || other).then(|| rest.trim_start()).filter(|rest| !rest.is_empty())
    }
    while bodies.len() >= FEWEST && bodies.iter().all(|body| rest(body).is_some()) {
        bodies.iter_mut().for_each(|body| *body = rest(body).unwrap_or(body));
    }
}

/// Pages of DJs' sets print the record company behind each title, in capitals and with no bracket: "Velo - Rain STORM".
/// Where most rows end so, it is taken off them.
fn companies(bodies: &mut [&str]) {
    fn before(body: &str) -> Option<&str> {
        let loud = |word: &str| {
            word.len() >= 2
                && word.contains(char::is_alphabetic)
                && !word.contains(|c: char| c.is_lowercase() || "()[]".contains(c))
        };
        let (_, title) = body.rsplit_once(" - ")?;
        let mut rest = title.trim_end();
        while let Some((head, _)) =
            rest.rsplit_once(' ').filter(|(_, last)| loud(last) || matches!(*last, "&" | "/"))
        {
            rest = head.trim_end();
        }
        let quiet = rest.contains(char::is_lowercase) && rest.len() < title.trim_end().len();
        quiet.then(|| body[..offset(body, rest) + rest.len()].trim_end())
    }
    let count = bodies.iter().filter(|body| before(body).is_some()).count();
    if count >= 5 && count * 3 >= bodies.len() * 2 {
        bodies.iter_mut().for_each(|body| *body = before(body).unwrap_or(body));
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
    Fields { title: tidy(&phrase.title), artist: phrase.artist, note: phrase.note, ..Fields::default() }
}

/// A title and perhaps a remark that a fan wrote behind it.
fn title_alone(body: &str, form: Form, turned: bool, knows: &KnowsArtist<'_>) -> Fields {
    if form == Form::Chat {
        return wish(body, turned, knows);
    }
    let remark = |sign: &str| body.find(sign).filter(|at| *at > 0);
    let at = if form == Form::Titles {
        remark(" -> ").or_else(|| remark(" <- ")).or_else(|| remark(" - ")).or_else(|| remark(" – "))
    } else {
        None
    };
    match at {
        Some(at) => {
            let note = body[at..].trim_start_matches([' ', '-', '–', '>', '<']).to_owned();
            Fields { title: tidy(&body[..at]), note: Some(note), ..Fields::default() }
        }
        None => Fields { title: tidy(body), ..Fields::default() },
    }
}

/// What somebody asks for in passing: "title, artist", "title - artist", "title artist".
fn wish(body: &str, turned: bool, knows: &KnowsArtist<'_>) -> Fields {
    let dashed = body.split_once(" - ");
    let parts = dashed.or_else(|| body.split_once(", "));
    match parts {
        Some((title, remark)) if phrase::is_pointing(remark) => {
            Fields { title: tidy(title), note: Some(remark.trim().to_owned()), ..Fields::default() }
        }
        Some((artist, title)) if knows(artist) || (dashed.is_some() && !turned && !knows(title)) => {
            Fields { title: tidy(title), artist: Some(artist.trim().to_owned()), ..Fields::default() }
        }
        Some((title, artist)) => {
            Fields { title: tidy(title), artist: Some(artist.trim().to_owned()), ..Fields::default() }
        }
        None => match known_at_end(body, knows) {
            Some((title, artist)) => {
                Fields { title: tidy(title), artist: Some(artist.to_owned()), ..Fields::default() }
            }
            None => Fields { title: tidy(body), ..Fields::default() },
        },
    }
}

/// An artist of two words or more that the library knows, at the end of the text. A single word
/// is too easily the title's own ("dancing queen").
fn known_at_end<'a>(body: &'a str, knows: &KnowsArtist<'_>) -> Option<(&'a str, &'a str)> {
    let spaces: Vec<usize> = body.match_indices(' ').map(|(at, _)| at).collect();
    let candidates = spaces.iter().rev().skip(1).take(5);
    candidates
        .map(|at| (without_of(body[..*at].trim()), body[at + 1..].trim()))
        .find(|(title, name)| !title.is_empty() && knows(name))
}

/// Without the word between a title and whose it is: "Lluvia de [Ana Velo]".
fn without_of(title: &str) -> &str {
    const OF: &[&str] =
        &[" de", " del", " do", " da", " dos", " by", " von", " par", " di", " dei", " od", " from", " -"];
    OF.iter().find_map(|of| title.strip_suffix(of)).unwrap_or(title).trim_end()
}

fn from_parts(body: &str, parts: &[&str], roles: Roles, knows: &KnowsArtist<'_>) -> Fields {
    let last = parts.len() - 1;
    let part = |column: usize| parts[column.min(last)];
    // A part too many belongs to the title: "Artist - Title - Live", "Title - Live - Artist".
    let (title, artist) = match (roles.title, roles.artist, roles.album) {
        (title, Some(artist), None) if parts.len() == 2 => (part(title), Some(part(artist))),
        (0, Some(1), None) => (&body[..offset(body, parts[last])], Some(part(last))),
        (1, Some(0), None) => (&body[offset(body, parts[1])..], Some(part(0))),
        (title, artist, _) => (part(title), artist.map(part)),
    };
    let name = artist.map(|artist| name_before_remark(artist, knows));
    // "Rain - Velo (unplugged, 1999)": the version is the song's, wherever it stands.
    let names_one = |note: &str| is_version(note) && note.contains(char::is_alphabetic);
    let version = artist
        .and_then(phrase::closing_bracket)
        .filter(|(before, inner)| name == Some(before.trim_end()) && inner.split(", ").any(names_one));
    Fields {
        title: version.map_or_else(|| tidy(title), |(_, inner)| format!("{} ({inner})", tidy(title))),
        artist: name.map(tidy_artist),
        album: roles.album.filter(|_| parts.len() > 2).map(|album| part(album).to_owned()),
        ..Fields::default()
    }
}

/// The fields, where somebody goes on talking behind the title: "Rain. Start with the one you know.", "Rain #np https://…".
fn without_talk(fields: Fields) -> Fields {
    let title = &fields.title;
    let tag = title
        .match_indices(" #")
        .map(|(at, _)| at)
        .find(|at| title[at + 2..].starts_with(char::is_alphabetic) && !title[at + 2..].contains(['(', ')']));
    let at = [tag, title.find(" http"), prose::end_of_sentence(title)].into_iter().flatten().min();
    match at.filter(|at| *at > 0) {
        Some(at) => {
            let note = title[at..].trim_start_matches(['.', '!', '?', ' ']).to_owned();
            let title = title[..at].trim_end().to_owned();
            Fields { title, note: fields.note.or(Some(note)), ..fields }
        }
        None => fields,
    }
}

/// The name that the library knows, where somebody goes on talking behind it: "Velo (128 bpm) the last mile", "Velo, live or not".
/// A name that the library knows whole stays whole, and so does one of which it knows nothing.
fn name_before_remark<'a>(artist: &'a str, knows: &KnowsArtist<'_>) -> &'a str {
    if knows(artist) {
        return artist;
    }
    // "I'm getting off here. Last one: Velo": what somebody says before it.
    if let Some((_, name)) = artist.rsplit_once(": ").filter(|(_, name)| knows(name)) {
        return name;
    }
    // "(128 bpm)", "(4x)": no name goes on behind that.
    let counted =
        artist.match_indices(" (").find(|(at, _)| artist[at + 2..].starts_with(|c: char| c.is_ascii_digit()));
    if let Some((at, _)) = counted {
        return artist[..at].trim_end();
    }
    let stops = [
        " (", " [", ", ", ". ", "! ", "!", "? ", "?", " ...", "...", "…", " - ", " – ", ": ", "; ", "'s ",
        "'s,", " / ",
    ];
    let ends = stops.iter().flat_map(|stop| artist.match_indices(stop)).map(|(at, _)| at);
    // The longest name: "Ana, Velo & Jo" is not Ana alone.
    let names = ends.map(|end| artist[..end].trim_end()).filter(|name| knows(name));
    names.max_by_key(|name| name.len()).unwrap_or(artist)
}

fn by_labels(row: &Row) -> Fields {
    let column = |at: usize| row.columns.get(at).filter(|value| !value.is_empty()).cloned();
    Fields { title: column(0).unwrap_or_default(), artist: column(1), album: column(2), ..Fields::default() }
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
        let title = columns.get(title_column).map_or_else(|| tidy(&row.body), |title| tidy(title));
        Fields { title, artist, album, title_column, ..Fields::default() }
    };
    rows.iter().map(fields).collect()
}

/// A title without the separator that it was cut off at, without the extension of a pasted file
/// name, and without quotes around all of it.
pub(super) fn tidy(title: &str) -> String {
    let title = title.trim();
    // A dash may close what another one opens: "Rain -Instrumental-".
    let paired = title.ends_with('-') && title.contains(" -") && !title.ends_with(" -");
    let title = title.strip_suffix(" >").or_else(|| title.strip_suffix(" ->")).unwrap_or(title);
    let title = if paired { title } else { title.trim_end_matches(['-', '–', '—', '|', '/']).trim_end() };
    let title = if super::super::m3u::has_audio_extension(title) {
        title.rsplit_once('.').map_or(title, |(stem, _)| stem)
    } else {
        title
    };
    for (open, close) in [
        ('*', '*'),
        ('_', '_'),
        ('`', '`'),
        ('"', '"'),
        ('“', '”'),
        ('„', '“'),
        ('«', '»'),
        ('‘', '’'),
        ('「', '」'),
        ('『', '』'),
    ] {
        let inner = title.strip_prefix(open).and_then(|inner| inner.strip_suffix(close));
        if let Some(inner) = inner.filter(|inner| !inner.contains(open) && !inner.is_empty()) {
            return inner.to_owned();
        }
    }
    without_emphasis(title)
}

/// Markdown's emphasis around a part: "*Rain* (live)". A lone asterisk is the title's own.
fn without_emphasis(title: &str) -> String {
    let emphasised = title.strip_prefix('*').and_then(|rest| rest.split_once("* "));
    match emphasised.filter(|(inner, rest)| !inner.is_empty() && !rest.contains('*')) {
        Some((inner, rest)) => format!("{inner} {rest}"),
        None => title.to_owned(),
    }
}

/// Sleeves print who wrote a track behind its title, in brackets. Where most rows have that, it is taken off them.
fn writers(bodies: &mut [&str]) -> Vec<Option<String>> {
    fn written(body: &str) -> Option<(&str, &str)> {
        phrase::closing_bracket(body).filter(|(title, inner)| !title.is_empty() && names_writers(inner))
    }
    /// The bracket's words, where they are surnames: how many.
    fn surnamed(body: &str) -> Option<(&str, &str, usize)> {
        let (title, inner) = phrase::closing_bracket(body)?;
        Some((title, inner, surnames(inner)?))
    }
    let count = bodies.iter().filter(|body| written(body).is_some()).count();
    let several = bodies.iter().filter(|body| surnamed(body).is_some_and(|(_, _, names)| names > 1)).count();
    let any = bodies.iter().filter(|body| surnamed(body).is_some()).count();
    // Several names joined by hyphens, on line after line, are those of writers; then so is a single one.
    let surnames = several >= 3 && several * 2 >= any && any * 3 >= bodies.len() * 2;
    if !surnames && (count < 2 || count * 2 < bodies.len()) {
        return vec![None; bodies.len()];
    }
    let take = |body: &mut &str| {
        let named = if surnames { surnamed(body).map(|(title, inner, _)| (title, inner)) } else { None };
        let (title, inner) = named.or_else(|| written(body))?;
        let inner = inner.to_owned();
        *body = title;
        Some(inner)
    };
    bodies.iter_mut().map(take).collect()
}

/// How many names the words are, joined as sleeves join those of writers: "Moor-Lind", "Moor/Lind/Vale", "Calder"; in full
/// with a stroke between, "Ana Moor/Jo Lind", which nobody has between players.
fn surnames(inner: &str) -> Option<usize> {
    let name = |name: &str| {
        name.starts_with(char::is_uppercase)
            && name.chars().count() >= 3
            && name.chars().all(char::is_alphabetic)
    };
    let full = |name: &str| {
        let words = name.split_whitespace().count();
        let letter = |c: char| c.is_alphabetic() || " .'’".contains(c);
        name.starts_with(char::is_uppercase) && (1..=4).contains(&words) && name.chars().all(letter)
    };
    let surnames: Vec<&str> = inner.split(['-', '–', '/']).map(str::trim).collect();
    let stroked: Vec<&str> = inner.split('/').flat_map(|part| part.split(" - ")).map(str::trim).collect();
    if is_version(inner) {
        return None;
    }
    if surnames.iter().all(|word| name(word)) {
        return Some(surnames.len());
    }
    (stroked.iter().all(|word| full(word))).then_some(stroked.len())
}

/// "J. Ingram, Q. Jones": sleeves shorten the names of writers so, and not those of performers.
fn names_writers(inner: &str) -> bool {
    let has_initial = |name: &str| {
        let (first, rest) = name.trim().split_once(['.', ' ']).unwrap_or(("", ""));
        first.chars().count() == 1
            && name.contains('.')
            && rest.chars().filter(|c| c.is_alphabetic()).count() >= 3
    };
    // A surname may be two: "V. Moor-Lind".
    inner.split([',', '&', '/', '–', '—']).all(|part| {
        let mut names = part.split('-').map(str::trim);
        let word = |name: &str| !name.is_empty() && name.chars().all(char::is_alphabetic);
        names.next().is_some_and(has_initial) && names.all(|name| has_initial(name) || word(name))
    })
}

/// DJs write "w/ Artist" for a track laid over another one.
fn tidy_artist(artist: &str) -> String {
    let bare = artist.strip_prefix("w/").map_or(artist, str::trim_start);
    tidy(if bare.is_empty() { artist } else { bare })
}
