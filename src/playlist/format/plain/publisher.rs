//! Takes the bodies of rows; takes off what records of the sixties print behind a title and its writers: the publisher and
//! the society that collects for it, "(R. Hart) Cedar Pub., BMI".
//! Never takes a row's last words, nor anything where most rows have no such society.

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
