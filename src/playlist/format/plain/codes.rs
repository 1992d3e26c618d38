//! Takes the bodies of rows; takes off what charts, catalogues and shops have at either end of them: last week's place, where
//! a track was pressed and which take it is, "tk.5", "Blue Note BLP 1568", the dash that stands for the one above, sizes of files.
//! Never takes the number of a composer's work, and leaves a row its last words.

use super::phrase;
use super::separator::SPACED_DASHES;
use super::words::is_version;

/// So few rows may have titles like that.
const FEWEST: usize = 3;

/// The bodies without such cells, where at least half of the rows have one.
pub(super) fn strip(bodies: &mut [&str]) {
    let coded = bodies.iter().filter(|body| without(body).is_some()).count();
    if coded >= FEWEST && coded * 2 >= bodies.len() {
        bodies.iter_mut().for_each(|body| *body = without(body).unwrap_or(body));
    }
}

/// Takes off where in a series of films a track is heard, before the words and behind them, a column away, where most rows say so:
/// "OP1  Rain - Velo  (eps 1-13)".
pub(super) fn strip_episodes(bodies: &mut [&str]) {
    fn column(body: &str) -> Option<&str> {
        let at = body.find("  ").or_else(|| body.find('\t'))?;
        let (code, rest) = body.split_at(at);
        let letters = code.trim_end_matches(|c: char| c.is_ascii_digit());
        let short = (2..=3).contains(&letters.len()) && code.len() - letters.len() <= 2;
        (short && letters.bytes().all(|byte| byte.is_ascii_uppercase())).then(|| rest.trim_start())
    }
    fn without_end(body: &str) -> &str {
        let before = body.strip_suffix(')').and_then(|body| body.rsplit_once("  ("));
        before
            .filter(|(_, inner)| inner.contains(|c: char| c.is_ascii_digit()))
            .map_or(body, |(rest, _)| rest.trim_end())
    }
    let count = bodies.iter().filter(|body| column(body).is_some()).count();
    if count > FEWEST && count * 3 >= bodies.len() * 2 {
        bodies.iter_mut().for_each(|body| *body = without_end(column(body).unwrap_or(body)));
    }
}

/// Takes off how large a file is, where nearly all rows end so: "Rain 12k".
pub(super) fn strip_sizes(bodies: &mut [&str]) {
    fn before(body: &str) -> Option<&str> {
        let (before, last) = body.trim_end_matches([']', ')']).rsplit_once([' ', '(', '['])?;
        let count = last.trim_end_matches(['k', 'K', 'm', 'M', 'b', 'B']);
        let sized = count.len() < last.len() && count.parse::<f32>().is_ok_and(|count| count > 0.0);
        (sized && !before.trim().is_empty()).then(|| before.trim_end())
    }
    let count = bodies.iter().filter(|body| before(body).is_some()).count();
    if count > FEWEST && count * 4 >= bodies.len() * 3 {
        bodies.iter_mut().for_each(|body| *body = before(body).unwrap_or(body));
    }
}

fn without(body: &str) -> Option<&str> {
    let mut rest = body;
    let mut codes = 0;
    while let Some((first, after)) = rest.split_once('\t').filter(|(first, _)| is_code(first)) {
        codes += usize::from(first.len() > 1);
        rest = after.trim_start();
    }
    while let Some((before, last)) = rest.rsplit_once('\t').filter(|(_, last)| is_code(last)) {
        codes += usize::from(last.len() > 1);
        rest = before.trim_end();
    }
    (codes > 0 && rest.contains(char::is_alphanumeric)).then_some(rest)
}

fn is_code(cell: &str) -> bool {
    /// The catalogues of composers.
    const WORKS: &[&str] = &["BWV", "KV", "RV", "HWV", "TWV", "WV", "WAB", "SWV", "CPEB", "FWV", "JS", "WWV"];
    let cell = cell.trim();
    let take = ["tk.", "tk ", "take ", "mx."].iter().find_map(|word| cell.strip_prefix(word));
    if cell == "-" || take.is_some_and(|take| take.trim().len() <= 4) {
        return true;
    }
    let words: Vec<&str> = cell.split([' ', ',', '/']).filter(|word| !word.is_empty()).collect();
    let capitals = |word: &str| word.chars().take_while(|c| c.is_ascii_uppercase()).count();
    let digits = |word: &str| word.bytes().filter(u8::is_ascii_digit).count();
    let apart = words.windows(2).any(|pair| {
        let label = (2..=6).contains(&pair[0].len()) && capitals(pair[0]) == pair[0].len();
        label && !WORKS.contains(&pair[0]) && (digits(pair[1]) >= 3 || digits(pair[1]) == pair[1].len())
    });
    let together = words.iter().any(|word| {
        let capitals = capitals(word);
        (2..=5).contains(&capitals) && digits(&word[capitals..]) >= 3 && !WORKS.contains(&&word[..capitals])
    });
    (apart || together) && cell.bytes().filter(u8::is_ascii_digit).count() >= 3
}

/// A chart has further columns of numbers before the title: last week's place, how many weeks. Where every row has so
/// many, they are no part of the title.
pub(super) fn strip_ranks(bodies: &mut [&str]) {
    /// So few rows may have titles that begin with numbers.
    const FEWEST: usize = 5;
    fn rest(body: &str) -> Option<&str> {
        let (first, rest) = body.split_once([' ', '\t'])?;
        let number = first.len() <= 3 && first.bytes().all(|byte| byte.is_ascii_digit());
        let other = matches!(
            first,
            "NEW"
                | "New"
                | "new"
                | "NEU"
                | "NE"
                | "N"
                | "RE"
                | "Re"
                | "R"
                | "-"
                | "–"
                | "--"
                | "="
                | "▲"
                | "▼"
                | "*"
        );
        (number || other).then(|| rest.trim_start()).filter(|rest| !rest.is_empty())
    }
    // The list's own end, and a word about it, may be taken for rows.
    let most = |bodies: &[&str]| {
        let ranked = bodies.iter().filter(|body| rest(body).is_some()).count();
        ranked >= FEWEST && ranked * 10 >= bodies.len() * 9
    };
    let mut ranked = false;
    while most(bodies) {
        bodies.iter_mut().for_each(|body| *body = rest(body).unwrap_or(body));
        ranked = true;
    }
    // The best place that each has had stands a column away, at the end.
    fn without_peak(body: &str) -> Option<&str> {
        let rest = body.trim_end_matches(|c: char| c.is_ascii_digit());
        let apart = rest.ends_with("  ") || rest.ends_with('\t');
        (rest.len() < body.len() && body.len() - rest.len() <= 3 && apart).then(|| rest.trim_end())
    }
    let peaks = bodies.iter().filter(|body| without_peak(body).is_some()).count();
    if ranked && peaks >= FEWEST && peaks * 10 >= bodies.len() * 9 {
        bodies.iter_mut().for_each(|body| *body = without_peak(body).unwrap_or(body));
    }
    // Who sells it stands in brackets behind both names.
    fn without_company(body: &str) -> Option<&str> {
        let (before, inner) = phrase::closing_bracket(body)?;
        let named = SPACED_DASHES.iter().any(|dash| before.contains(dash)) && !is_version(inner);
        named.then_some(before)
    }
    let sold = bodies.iter().filter(|body| without_company(body).is_some()).count();
    if ranked && sold >= FEWEST && sold * 10 >= bodies.len() * 9 {
        bodies.iter_mut().for_each(|body| *body = without_company(body).unwrap_or(body));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_and_pressings_are_no_names() {
        let mut rows = [
            "tk.2\tRain\tVelo Records BLP 1568",
            "tk.5\tGlass\t-",
            "tk.12\tSalt\tVelo 45-1798, BST 84031",
            "Tide\tUPCH-1040",
        ];
        strip(&mut rows);
        assert_eq!(rows, ["Rain", "Glass", "Salt", "Tide"]);
    }

    #[test]
    fn ranks_of_charts_are_no_words() {
        let mut rows = [
            "1   4   RAIN - Velo (Lind)     1",
            "NEW 1   GLASS \"NIGHT\" - Ana     3",
            "-   2   SALT - Jo              10",
            "RE  9   7 TIDES - Velo         2",
            "5   5   SHORE - Ida & Bo       1",
        ];
        strip_ranks(&mut rows);
        let bare = [
            "RAIN - Velo (Lind)",
            "GLASS \"NIGHT\" - Ana",
            "SALT - Jo",
            "7 TIDES - Velo",
            "SHORE - Ida & Bo",
        ];
        assert_eq!(rows, bare);
        let mut titles = ["7 Tides", "99 Rains", "1 Night  2", "Salt", "5 Shores"];
        strip_ranks(&mut titles);
        assert_eq!(titles, ["7 Tides", "99 Rains", "1 Night  2", "Salt", "5 Shores"]);
    }

    #[test]
    fn sizes_are_no_words() {
        let mut rows = ["Rain 12k", "Glass (3.1 MB)", "Salt 7k", "Tide [812kb]", "Shore 9k"];
        strip_sizes(&mut rows);
        assert_eq!(rows, ["Rain", "Glass (3.1 MB)", "Salt", "Tide", "Shore"]);
    }

    #[test]
    fn works_and_words_stay() {
        for body in ["Violin Concerto\tBWV 1041", "Velo\tRain", "Velo\tStudio 545", "-\tRain"] {
            assert_eq!(without(body), None, "{body}");
        }
    }
}
