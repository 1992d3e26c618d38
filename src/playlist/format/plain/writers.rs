//! Takes the bodies of rows; where sleeves print who wrote a track behind its title, "Rain (A. Moor)", "Glass (Lind-Vale)",
//! takes that off and gives it.
//! Never takes the bracket of a single row: most have to name writers, and a version is none.

use super::phrase;
use super::words::is_version;

/// Sleeves print who wrote a track behind its title, in brackets. Where most rows have that, it is taken off them.
pub(super) fn writers(bodies: &mut [&str]) -> Vec<Option<String>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_that_name_writers() {
        let mut rows = ["Rain (A. Moor)", "Glass (C. Vale, B. Lind)", "Salt (live)"];
        assert_eq!(
            writers(&mut rows),
            [Some("A. Moor".to_owned()), Some("C. Vale, B. Lind".to_owned()), None]
        );
        assert_eq!(rows, ["Rain", "Glass", "Salt (live)"]);
        let mut rows = ["Rain (Moor-Lind)", "Glass (Moor/Vale)", "Salt (Lind/Vale)", "Tide (Vale)"];
        assert_eq!(writers(&mut rows)[3].as_deref(), Some("Vale"), "one, among several that are several");
    }

    #[test]
    fn brackets_that_name_others() {
        let mut rows = ["Rain (Velo)", "Glass (Ana)", "Salt (Velo)"];
        assert_eq!(writers(&mut rows), [None, None, None]);
    }
}
