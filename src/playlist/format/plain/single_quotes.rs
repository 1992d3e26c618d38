//! Takes the bodies of rows; where charts quote titles with single signs, "VELO 'Rain' (Label)", gives them quotes that are
//! no apostrophes elsewhere. Never touches a row where most have no such pair.

use super::phrase;
use super::words::is_version;

/// So few rows may have a pair by chance.
const FEWEST: usize = 4;

/// Sets double quotes where most rows have a pair that stands apart. A name in the bracket behind is the company's.
pub(super) fn double(bodies: &mut [String]) {
    let quoted = |body: &str| -> Option<String> {
        let open = body.find(" '").or_else(|| body.find(" ‘")).filter(|at| *at > 0)?;
        let rest = &body[open + 1..];
        let sign = rest.chars().next()?.len_utf8();
        let closes = |(at, c): &(usize, char)| {
            let after = &rest[at + c.len_utf8()..];
            *at > sign + 1 && (after.is_empty() || after.starts_with([' ', ',', '.']))
        };
        let (close, c) = rest.char_indices().filter(|(_, c)| matches!(c, '\'' | '’')).rfind(closes)?;
        let (title, after) = (&rest[sign..close], rest[close + c.len_utf8()..].trim());
        let company =
            phrase::closing_bracket(&format!("x {after}")).is_some_and(|(_, inner)| !is_version(inner));
        let after = if company { "" } else { after };
        Some(format!("{} \"{title}\" {after}", &body[..open]).trim_end().to_owned())
    };
    let found: Vec<Option<String>> = bodies.iter().map(|body| quoted(body)).collect();
    let count = found.iter().flatten().count();
    if count >= FEWEST && count * 4 >= bodies.len() * 3 {
        for (body, found) in bodies.iter_mut().zip(found) {
            *body = found.unwrap_or_else(|| std::mem::take(body));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_signs_that_quote() {
        let rows = [
            "VELO 'Hips don't lie' (Label)",
            "ADA 'Rain'",
            "MOOR ‘Salt’ (remix)",
            "LIND 'Tide' (Two Records)",
        ];
        let mut bodies = rows.map(str::to_owned);
        double(&mut bodies);
        assert_eq!(
            bodies,
            ["VELO \"Hips don't lie\"", "ADA \"Rain\"", "MOOR \"Salt\" (remix)", "LIND \"Tide\""]
        );
    }

    #[test]
    fn apostrophes_stay() {
        let rows = ["Velo - Rock 'n' Roll", "Ada - Singin'", "Moor - 'Tis Salt", "Lind - Tide"];
        let mut bodies = rows.map(str::to_owned);
        double(&mut bodies);
        assert_eq!(bodies, rows);
    }
}
