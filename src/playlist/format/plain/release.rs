//! Takes what a row says; finds the release that the track is on where it stands among the words of the title:
//! "[Night #03] Rain", "Rain (from Live in Riga)".
//! Never takes a release from a row that has one already, and leaves a film's in the title as well.

use super::fields::Fields;
use super::phrase;

/// "[Release #03] Title", as foobar2000 copies its lists.
pub(super) fn place_on_release(fields: &mut Fields) {
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
pub(super) fn taken_from(fields: &mut Fields) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn found(title: &str, of: fn(&mut Fields)) -> (String, Option<String>, Option<u32>) {
        let mut fields = Fields { title: title.to_owned(), ..Fields::default() };
        of(&mut fields);
        (fields.title, fields.album, fields.number)
    }

    #[test]
    fn releases_among_the_words() {
        let night = Some("Night".to_owned());
        assert_eq!(found("[Night #03] Rain", place_on_release), ("Rain".to_owned(), night.clone(), Some(3)));
        assert_eq!(found("[Live] Rain", place_on_release).1, None);
        assert_eq!(
            found("Rain (from \"Night\")", taken_from),
            ("Rain (from \"Night\")".to_owned(), night, None)
        );
        assert_eq!(found("Rain (from the top)", taken_from).1, None);
    }
}
