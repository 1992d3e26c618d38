//! Takes lines or the bodies of rows; where charts quote titles with single signs, "VELO 'Rain' (Label)", gives them quotes
//! that are no apostrophes elsewhere: the sign of a shortened word is none ("Rockin' All Night", "(Velo's Records)").
//! Never touches a row where most have no such pair.

use super::line::Line;
use super::phrase;
use super::words::is_version;

/// So few rows may have a pair by chance.
const FEWEST: usize = 4;

/// Sets double quotes where most rows have a pair that stands apart. A name in the bracket behind is the company's.
pub(super) fn double(bodies: &mut [String]) {
    let found: Vec<Option<String>> = bodies.iter().map(|body| quoted(body)).collect();
    let count = found.iter().flatten().count();
    if count >= FEWEST && count * 4 >= bodies.len() * 3 {
        for (body, found) in bodies.iter_mut().zip(found) {
            *body = found.unwrap_or_else(|| std::mem::take(body));
        }
    }
}

/// The same for the lines of a page, before it is told which of them are entries: lines that share nothing but quotes have
/// to have some. At least every second line has the pair and nothing behind it but a bracket: talk quotes otherwise.
pub(super) fn double_lines(lines: &mut [Line<'_>]) {
    let whole = |line: &Line<'_>| {
        let text = Some(&line.text).filter(|text| text.len() <= LONGEST)?;
        quoted(text).filter(|found| found.ends_with(['"', ')', ']']))
    };
    let found: Vec<Option<String>> = lines.iter().map(whole).collect();
    let count = found.iter().flatten().count();
    if count >= FEWEST && count * 2 >= lines.len() {
        for (line, found) in lines.iter_mut().zip(found) {
            line.text = found.unwrap_or_else(|| std::mem::take(&mut line.text));
        }
    }
}

/// A line is no longer.
const LONGEST: usize = 200;

fn quoted(body: &str) -> Option<String> {
    // "Rock 'n' Roll" opens nothing.
    let opens = |(at, _): &(usize, &str)| {
        let mut signs = body[at + 1..].chars().skip(1);
        let joins = matches!((signs.next(), signs.next()), (Some('n' | 'N'), Some('\'' | '’' | ' ')));
        *at > 0 && !joins
    };
    let open = [" '", " ‘"]
        .iter()
        .flat_map(|sign| body.match_indices(sign))
        .filter(opens)
        .map(|(at, _)| at)
        .min()?;
    let rest = &body[open + 1..];
    let sign = rest.chars().next()?.len_utf8();
    let mut depth = 0_i32;
    let mut close = None;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '\'' | '’' if depth == 0 && at > sign + 1 => {
                let after = &rest[at + c.len_utf8()..];
                let apart = after.is_empty() || after.starts_with([' ', ',', '.']);
                close = if apart { Some((at, c)) } else { close };
            }
            _ => {}
        }
    }
    let (close, c) = close?;
    let (title, after) = (&rest[sign..close], rest[close + c.len_utf8()..].trim());
    let company = phrase::closing_bracket(&format!("x {after}")).is_some_and(|(_, inner)| !is_version(inner));
    let after = if company { "" } else { after };
    Some(format!("{} \"{title}\" {after}", &body[..open]).trim_end().to_owned())
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
            "Velo & Ana 'Brown Bag (Jo's mix)' (Talkin' Loud)",
            "Rock 'n' Velo 'Keepin' On Movin' Up' (Vale)",
        ];
        let mut bodies = rows.map(str::to_owned);
        double(&mut bodies);
        assert_eq!(
            bodies,
            [
                "VELO \"Hips don't lie\"",
                "ADA \"Rain\"",
                "MOOR \"Salt\" (remix)",
                "LIND \"Tide\"",
                "Velo & Ana \"Brown Bag (Jo's mix)\"",
                "Rock 'n' Velo \"Keepin' On Movin' Up\""
            ]
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
