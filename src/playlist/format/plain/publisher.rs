//! Takes the bodies of rows; takes off who published a track: the publisher and the society that collects for it, as records
//! of the sixties print them behind a title and its writers, "(R. Hart) Cedar Pub., BMI"; the record company, as DJs do.
//! Never takes a row's last words, nor anything where few rows have it.

use super::separator::offset;
use super::words::is_version;

/// Societies that collect for authors.
const SOCIETIES: &[&str] = &[
    "BMI", "ASCAP", "SESAC", "GEMA", "SACEM", "SIAE", "PRS", "MCPS", "BIEM", "SOCAN", "CAPAC", "APRA",
    "JASRAC", "STIM", "NCB", "SGAE", "STEMRA", "SUISA", "AKM", "D.R.", "DR", "PD", "P.D.",
];

/// So few rows may end so by chance.
const FEWEST: usize = 3;

/// The bodies without them, where most rows have one.
pub(super) fn strip(bodies: &mut [&str]) {
    let count = bodies.iter().filter(|body| without(body).is_some()).count();
    if count >= FEWEST && count * 2 >= bodies.len() {
        bodies.iter_mut().for_each(|body| *body = without(body).unwrap_or(body));
    }
}

fn without(body: &str) -> Option<&str> {
    let inner = body.strip_suffix(')').unwrap_or(body).trim_end();
    let (before, society) = inner.rsplit_once([' ', '(', '-', '/', ','])?;
    if !SOCIETIES.contains(&society) {
        return None;
    }
    // "(R. Hart) Cedar Pub., BMI", "(R. Hart) (Cedar, BMI)", "Rain - Cedar Pub. - BMI", "Rain (BMI)"
    let before = before.trim_end_matches([' ', ',', '-', '–', '/', '(']);
    let writers = before.rfind(')').map(|at| &before[..=at]);
    let bracket = || body.ends_with(')').then(|| before.rfind('(')).flatten().map(|at| &before[..at]);
    let dashed = || before.rfind(" - ").or_else(|| before.rfind(" – ")).map(|at| &before[..at]);
    let rest = writers.or_else(bracket).or_else(dashed).unwrap_or(before).trim_end();
    rest.contains(char::is_alphanumeric).then_some(rest)
}

/// DJs put the record company behind each track, in square brackets. Where most rows have such a bracket and
/// it names no version, it is taken off the rows.
pub(super) fn labels(bodies: &mut [&str]) -> Vec<Option<String>> {
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

/// Pages of DJs' sets print the record company behind each title, in capitals and with no bracket: "Velo - Rain STORM".
/// Where most rows end so, it is taken off them.
pub(super) fn strip_companies(bodies: &mut [&str]) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publishers_and_their_societies() {
        for (body, rest) in [
            ("RAIN (R. Hart - J. Moor) Cedar Pub., BMI", "RAIN (R. Hart - J. Moor)"),
            ("Glass (A. Lind) (Tree, ASCAP)", "Glass (A. Lind)"),
            ("Salt - Cedar Pub. - BMI", "Salt"),
            ("Tide (BMI)", "Tide"),
        ] {
            assert_eq!(without(body), Some(rest), "{body}");
        }
        assert_eq!(without("Rain (live)"), None);
        let mut rows = ["Rain", "Glass", "Tide (BMI)"];
        strip(&mut rows);
        assert_eq!(rows[2], "Tide (BMI)");
    }
}
